/*
 * tests/fuzz/fuzz_avro.c: Avro schemas and messages of strangers.
 *
 * The first byte of the input chooses the columns and whether the schema is the input's own or one of a list; a zero
 * byte ends the schema's text, the rest is the message. Checked is: nothing is read outside of the message, what fails
 * can be explained, and what can be read is written with the same schema and read again with the same result.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/formats/avro_program.h"
#include "engine/formats/avro_write.h"

enum { COLUMNS = 6 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(cond)                                                                                               \
	do {                                                                                                               \
		if (!(cond)) {                                                                                                 \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond);                                                 \
			abort();                                                                                                   \
		}                                                                                                              \
	} while (0)

static const char *const schemas[] = {
    "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a\",\"type\":[\"null\",\"long\"]},{\"name\":\"b\","
    "\"type\":"
    "[\"null\",\"string\"]},{\"name\":\"c\",\"type\":[\"null\",{\"type\":\"bytes\",\"logicalType\":\"decimal\","
    "\"precision\":12,"
    "\"scale\":3}]},{\"name\":\"d\",\"type\":[\"null\",{\"type\":\"array\",\"items\":[\"null\",\"int\"]}]},{\"name\":"
    "\"e\",\"type\":"
    "[\"null\",{\"type\":\"map\",\"values\":[\"null\",\"double\"]}]},{\"name\":\"f\",\"type\":[\"null\",{\"type\":"
    "\"record\",\"name\":"
    "\"in\",\"fields\":[{\"name\":\"x\",\"type\":[\"null\",\"int\"]},{\"name\":\"y\",\"type\":[\"null\",\"string\"]}]}]"
    "}]}",
    "{\"type\":\"record\",\"name\":\"n\",\"fields\":[{\"name\":\"f\",\"type\":[\"null\",\"n\"]},{\"name\":\"x\","
    "\"type\":\"int\"},"
    "{\"name\":\"q\",\"type\":{\"type\":\"array\",\"items\":\"n\"}},{\"name\":\"a\",\"type\":{\"type\":\"long\","
    "\"logicalType\":"
    "\"timestamp-micros\"}}]}",
    "{\"type\":\"record\",\"name\":\"s\",\"fields\":[{\"name\":\"b\",\"type\":{\"type\":\"enum\",\"name\":\"e\","
    "\"symbols\":[\"A\",\"B\"]}},"
    "{\"name\":\"skip\",\"type\":{\"type\":\"map\",\"values\":{\"type\":\"fixed\",\"name\":\"z\",\"size\":0}}},{"
    "\"name\":\"c\",\"type\":"
    "{\"type\":\"fixed\",\"name\":\"w\",\"size\":20,\"logicalType\":\"decimal\",\"precision\":30,\"scale\":3}},{"
    "\"name\":\"d\",\"type\":"
    "{\"type\":\"array\",\"items\":\"null\"}}]}",
    "[\"null\",\"string\"]",
};

static Arena *forever, *scratch;
static const Type *types[COLUMNS], *times[COLUMNS];
static Str names[COLUMNS], deep[2];

static void make_tables(void)
{
	static const char *const letters[COLUMNS] = {"a", "b", "c", "d", "e", "f"};
	forever = arena_open("fuzz", 0);
	scratch = arena_open("fuzz input", 0);
	TypeField in[] = {{STR("x"), &type_int}, {STR("y"), &type_string}};
	const Type *mixed[COLUMNS] = {&type_bigint,
	                              &type_string,
	                              type_decimal(forever, 12, 3),
	                              type_array(forever, &type_int),
	                              type_map(forever, &type_string, &type_double),
	                              type_row(forever, in, 2)};
	for (uint32_t i = 0; i < COLUMNS; i++) {
		names[i] = str_from(letters[i]);
		types[i] = times[i] = mixed[i];
	}
	times[0] = &type_timestamp3;
	times[1] = &type_bytes;
	deep[0] = STR("f");
	deep[1] = STR("x");
}

static bool run(const AvroProgram *p, const FormatSchema *s, Str message, Column *cols)
{
	for (uint32_t i = 0; i < s->nfields; i++)
		column_init(&cols[i], s->fields[i].type, 1, scratch);
	bool ok = avro_program_run(p, message, 0, cols, scratch);
	bool fine = ok;
	for (uint32_t i = 0; ok && i < s->nfields; i++)
		fine = fine && !column_err(&cols[i], 0);
	Str field;
	Err why = {0};
	avro_program_explain(p, message, scratch, &field, &why);
	FUZZ_CHECK(why.code == ERR_BAD_RECORD && fine == (strcmp(why.message, "the message can be decoded") == 0));
	return fine;
}

static void write_and_read(const AvroNode *node, const AvroProgram *p, const FormatSchema *s, const Column *cols)
{
	const AvroWrite *w;
	Err err = {0};
	Value values[COLUMNS];
	Column again[COLUMNS + 1];
	StrBuf out;
	if (!avro_write_resolve(node, s, scratch, &w, &err))
		return;
	for (uint32_t i = 0; i < s->ncols; i++)
		values[i] = column_value(&cols[i], 0);
	strbuf_init(&out);
	if (avro_write_row(w, values, &out, &err)) {
		FUZZ_CHECK(run(p, s, out.len ? strbuf_str(&out) : STR_EMPTY, again));
		for (uint32_t i = 0; i < s->ncols; i++)
			FUZZ_CHECK(value_equal(s->types[i], values[i], column_value(&again[i], 0)));
	}
	strbuf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!forever)
		make_tables();
	if (size < 1 || size > 1 << 16)
		return 0;
	arena_reset(scratch);
	uint8_t choice = data[0];
	Str rest = str_make((const char *)data + 1, size - 1), text = str_from(schemas[choice & 3]);
	if (choice & 4) {
		const char *end = memchr(rest.ptr, 0, rest.len);
		text = str_make(rest.ptr, end ? (size_t)(end - rest.ptr) : rest.len);
		rest = end ? str_make(end + 1, rest.len - text.len - 1) : STR_EMPTY;
	}
	const AvroNode *node;
	Err err = {0};
	if (!avro_schema_parse(&text, 1, scratch, &node, &err)) {
		FUZZ_CHECK(err.code == ERR_BAD_VALUE);
		return 0;
	}
	FormatField fields[COLUMNS + 1];
	const Type *const *t = choice & 8 ? times : types;
	FormatSchema s = {.names = names, .types = t, .ncols = choice & 16 ? 1 : COLUMNS, .fields = fields};
	s.nfields = s.ncols;
	for (uint32_t i = 0; i < COLUMNS; i++)
		fields[i] = (FormatField){.path = &names[i], .npath = 1, .position = i, .type = t[i]};
	if (choice & 32 && s.ncols == COLUMNS)
		fields[s.nfields++] = (FormatField){.path = deep, .npath = 2, .position = 5, .type = &type_int};
	char *exact = mem_alloc(rest.len ? rest.len : 1);
	memcpy(exact, rest.ptr, rest.len);
	AvroProgram *p;
	Column cols[COLUMNS + 1];
	if (avro_program_make(node, choice & 64 ? node : NULL, &s, scratch, &p, &err)) {
		if (run(p, &s, str_make(exact, rest.len), cols))
			write_and_read(node, p, &s, cols);
	}
	mem_free(exact);
	return 0;
}
