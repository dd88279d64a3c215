/*
 * tests/fuzz/fuzz_json.c: JSON messages through every build of the decoder, the slow reference, and jansson.
 *
 * The first byte of the input chooses columns and options; the rest is messages, separated by the byte 0x1e. All go
 * through one decoder, so that what it remembers of one meets the next. Cells, errors and bad messages must be the same
 * everywhere. Rows without errors are encoded and decoded again, which must give the same rows.
 *
 * jansson's own limits, where it is not asked: numbers beyond 64 bits or double, lone surrogates, NUL in names; a byte
 * order mark, which it does not take; NUL bytes, which it overlooks behind numbers. Nesting beyond 512 is our limit.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/formats/json.h"
#include "sql/types/packed.h"
#include "tests/support/json_reference.h"

enum { MESSAGES_MAX = 16, COLUMNS_MAX = 32, WANTED_MAX = 40, SCHEMAS = 4, DEPTH_LOW = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Table {
	Str names[COLUMNS_MAX];
	const Type *types[COLUMNS_MAX];
	FormatField fields[WANTED_MAX];
	Str paths[WANTED_MAX][4];
	FormatSchema schema;
} Table;

static Arena *forever;
static Arena *scratch;
static Table tables[SCHEMAS];
static uint32_t current; /* message, for what is printed */

#define FUZZ_CHECK(cond)                                                                                               \
	do {                                                                                                               \
		if (!(cond)) {                                                                                                 \
			fprintf(stderr, "%s:%d: message %u: %s\n", __FILE__, __LINE__, current, #cond);                            \
			abort();                                                                                                   \
		}                                                                                                              \
	} while (0)

static void add_column(Table *t, const char *name, const Type *type)
{
	uint32_t n = t->schema.ncols++;
	t->names[n] = str_from(name);
	t->types[n] = type;
}

/* "r/x" */
static void add_field(Table *t, const char *path, const Type *type)
{
	uint32_t n = t->schema.nfields++;
	FormatField *f = &t->fields[n];
	Str rest = str_from(path);
	*f = (FormatField){.path = t->paths[n], .type = type};
	while (str_next(&rest, '/', &t->paths[n][f->npath]))
		f->npath++;
	while (f->position < t->schema.ncols && !str_eq(t->names[f->position], t->paths[n][0]))
		f->position++;
}

static void all_columns(Table *t)
{
	for (uint32_t i = 0; i < t->schema.ncols; i++) {
		t->paths[i][0] = t->names[i];
		t->fields[i] = (FormatField){.path = t->paths[i], .npath = 1, .position = i, .type = t->types[i]};
	}
	t->schema.nfields = t->schema.ncols;
}

static void make_tables(void)
{
	forever = arena_open("fuzz", 0);
	scratch = arena_open("fuzz input", 0);
	TypeField inner[] = {{STR("p"), &type_int}, {STR("q"), &type_string}};
	const Type *small = type_row(forever, inner, 2);
	TypeField outer[] = {{STR("x"), &type_int}, {STR("y"), &type_string}, {STR("z"), small}};
	const Type *row = type_row(forever, outer, 3);
	for (int i = 0; i < SCHEMAS; i++) {
		Table *t = &tables[i];
		t->schema.names = t->names;
		t->schema.types = t->types;
		t->schema.fields = t->fields;
	}
	Table *t = &tables[0]; /* scalars */
	add_column(t, "a", &type_int);
	add_column(t, "b", &type_string);
	add_column(t, "c", &type_double);
	add_column(t, "d", type_decimal(forever, 10, 2));
	add_column(t, "e", &type_bigint);
	add_column(t, "f", &type_float);
	add_column(t, "g", &type_boolean);
	add_column(t, "h", &type_bytes);
	add_column(t, "i", type_decimal(forever, 38, 18));
	add_column(t, "j", &type_tinyint);
	add_column(t, "k", &type_json);
	add_column(t, "l", &type_smallint);
	all_columns(t);
	t = &tables[1]; /* times */
	add_column(t, "a", &type_timestamp3);
	add_column(t, "b", &type_ltz3);
	add_column(t, "c", &type_date);
	add_column(t, "d", &type_time);
	add_column(t, "e", &type_timestamp6);
	add_column(t, "f", &type_ltz6);
	add_column(t, "g", &type_interval_months);
	add_column(t, "h", &type_interval_seconds);
	all_columns(t);
	t = &tables[2]; /* paths */
	add_column(t, "a", &type_int);
	add_column(t, "r", row);
	add_column(t, "a_name_of_more_than_thirty_two_bytes", &type_int);
	add_column(t, "", &type_string);
	add_field(t, "r/z/p", &type_int);
	add_field(t, "r/x", &type_int);
	add_field(t, "r/z", small);
	add_field(t, "a", &type_int);
	add_field(t, "r/z/q", &type_string);
	add_field(t, "r/x", &type_int);
	add_field(t, "a_name_of_more_than_thirty_two_bytes", &type_int);
	add_field(t, "", &type_string);
	t = &tables[3]; /* nested */
	add_column(t, "a", type_array(forever, &type_int));
	add_column(t, "b", type_map(forever, &type_string, &type_double));
	add_column(t, "r", row);
	add_column(t, "d", type_array(forever, type_array(forever, &type_string)));
	add_column(t, "e", type_map(forever, &type_string, row));
	add_column(t, "f", type_multiset(forever, &type_string));
	add_column(t, "g", type_array(forever, &type_json));
	add_column(t, "h", type_array(forever, &type_ltz3));
	all_columns(t);
}

static bool same_value(const Type *type, Value a, Value b)
{
	if (a.null || b.null)
		return a.null == b.null;
	switch (type_phys(type)) {
	case PHYS_BOOL: return a.b == b.b;
	case PHYS_I64: return a.i == b.i;
	case PHYS_F64: return (isnan(a.f) && isnan(b.f)) || memcmp(&a.f, &b.f, sizeof a.f) == 0;
	case PHYS_I128: return a.d == b.d;
	case PHYS_STR: return type_is_nested(type) ? value_compare(type, a, b) == 0 : str_eq(a.s, b.s);
	}
	return false;
}

/* One row of what a decoder gave against one of the reference. */
static void compare_row(const Table *t, const Decoded *got, uint32_t row, const JsonReferenceRows *want,
                        uint32_t want_row)
{
	uint32_t n = t->schema.nfields;
	for (uint32_t i = 0; i < n; i++) {
		const Column *c = &got->cols[i];
		bool error = want->errors[want_row * n + i];
		FUZZ_CHECK(column_err(c, row) == (error ? ROW_BAD_FIELD : ROW_OK));
		if (error)
			FUZZ_CHECK(column_is_null(c, row));
		else
			FUZZ_CHECK(same_value(c->type, column_value(c, row), want->values[want_row * n + i]));
		if (!column_is_null(c, row) && type_is_nested(c->type))
			FUZZ_CHECK(packed_check(c->str[row], c->type));
	}
}

/* Behind blanks and a byte order mark. */
static char first_byte(Str message)
{
	if (str_starts(message, STR("\xef\xbb\xbf")))
		message = str_make(message.ptr + 3, message.len - 3);
	while (message.len > 0 &&
	       (*message.ptr == ' ' || *message.ptr == '\t' || *message.ptr == '\n' || *message.ptr == '\r'))
		message = str_make(message.ptr + 1, message.len - 1);
	return message.len > 0 ? *message.ptr : '\0';
}

static void compare(const Table *t, const Decoded *got, const Str *messages, const JsonReferenceRows *want, uint32_t n)
{
	bool arrays = false;
	uint32_t row = 0;
	uint32_t bad = 0;
	for (uint32_t m = 0; m < n; m++)
		arrays = arrays || first_byte(messages[m]) == '[';
	FUZZ_CHECK(arrays == (got->message != NULL));
	for (uint32_t m = 0; m < n; m++) {
		current = m;
		FUZZ_CHECK((got->bad && got->bad[m]) == want[m].bad);
		bad += want[m].bad;
		if (want[m].bad) {
			FUZZ_CHECK(row < got->nrows && (!arrays || got->message[row] == m));
			for (uint32_t i = 0; i < t->schema.nfields; i++)
				FUZZ_CHECK(column_is_null(&got->cols[i], row) && !column_err(&got->cols[i], row));
			row++;
			continue;
		}
		for (uint32_t k = 0; k < want[m].nrows; k++, row++) {
			FUZZ_CHECK(row < got->nrows);
			FUZZ_CHECK(!arrays || got->message[row] == m);
			compare_row(t, got, row, &want[m], k);
		}
	}
	FUZZ_CHECK(row == got->nrows);
	FUZZ_CHECK(bad == got->nbad);
}

static unsigned tree_depth(const json_t *v)
{
	unsigned deepest = 0;
	size_t i;
	const char *key;
	json_t *item;
	if (json_is_array(v)) {
		json_array_foreach(v, i, item)
		{
			unsigned d = tree_depth(item);
			deepest = d > deepest ? d : deepest;
		}
	} else if (json_is_object(v)) {
		json_object_foreach((json_t *)v, key, item)
		{
			unsigned d = tree_depth(item);
			deepest = d > deepest ? d : deepest;
		}
	} else {
		return 0;
	}
	return deepest + 1;
}

static void ask_jansson(Str message, unsigned depth_max, bool bad)
{
	json_error_t error;
	if (str_starts(message, STR("\xef\xbb\xbf")) || memchr(message.ptr, '\0', message.len))
		return;
	json_t *root =
	    json_loadb(message.ptr, message.len, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
	if (!root) {
		enum json_error_code code = json_error_code(&error);
		bool limit = code == json_error_numeric_overflow || code == json_error_null_byte_in_key ||
		             strstr(error.text, "invalid Unicode '\\u") != NULL;
		FUZZ_CHECK(bad || limit);
		return;
	}
	bool record = json_is_object(root);
	if (json_is_array(root)) {
		size_t i;
		json_t *item;
		record = true;
		json_array_foreach(root, i, item) record = record && json_is_object(item);
	}
	/* Members that came twice are gone from the tree, and may have been deeper. */
	unsigned depth = tree_depth(root);
	if (record && depth <= depth_max && message.len < depth_max)
		FUZZ_CHECK(!bad);
	if (!record || depth > depth_max)
		FUZZ_CHECK(bad);
	json_decref(root);
}

static void options_of(uint8_t choice, Options *out)
{
	static const char *const styles[] = {"SQL", "ISO-8601", "ISO-8601-WITH-OFFSET", "SQL"};
	*out = (Options){0};
	options_set(out, scratch, STR("fail-on-missing-field"), choice & 4 ? STR("true") : STR("false"));
	options_set(out, scratch, STR("timestamp-format.standard"), str_from(styles[choice >> 3 & 3]));
	if (choice & 32)
		options_set(out, scratch, STR("encode.decimal-as-plain-number"), STR("true"));
}

/* Rows without errors, written and read again. Only for tables whose fields are their columns. */
static void there_and_back(const Table *t, const Options *options, const Decoded *rows)
{
	Encoder *e;
	Decoder *d;
	Err err;
	StrBuf out;
	if (t->schema.nfields != t->schema.ncols || t->fields[0].npath != 1 || t->schema.fields == tables[2].schema.fields)
		return;
	FUZZ_CHECK(json_format.encoder_open(options, &t->schema, scratch, &e, &err));
	FUZZ_CHECK(json_format.decoder_open(options, &t->schema, scratch, &d, &err));
	strbuf_init(&out);
	for (uint32_t row = 0; row < rows->nrows; row++) {
		Value values[COLUMNS_MAX];
		for (uint32_t i = 0; i < t->schema.ncols; i++)
			values[i] = column_value(&rows->cols[i], row);
		strbuf_clear(&out);
		FUZZ_CHECK(json_format.encode(e, ROW_INSERT, values, &out, &err));
		Str message = strbuf_str(&out);
		Decoded again;
		json_format.decode(d, &message, 1, scratch, &again);
		FUZZ_CHECK(again.nbad == 0);
		for (uint32_t i = 0; i < t->schema.ncols; i++)
			FUZZ_CHECK(!column_err(&again.cols[i], 0) &&
			           same_value(t->types[i], column_value(&again.cols[i], 0), values[i]));
	}
	strbuf_deinit(&out);
	json_format.decoder_close(d);
	json_format.encoder_close(e);
}

static void run_kernel(const Table *t, const Options *options, JsonKernelKind kind, const Str *messages, uint32_t n,
                       const JsonReferenceRows *want)
{
	Decoder *d;
	Decoded got;
	Err err;
	FUZZ_CHECK(json_format.decoder_open(options, &t->schema, scratch, &d, &err));
	if (json_use_kernel(d, kind)) {
		/* Twice: the second time everything was seen before. */
		for (int pass = 0; pass < 2; pass++) {
			json_format.decode(d, messages, n, scratch, &got);
			compare(t, &got, messages, want, n);
		}
		for (uint32_t m = 0; m < n; m++) {
			Str field;
			Err why = {0};
			json_format.explain(d, messages[m], scratch, &field, &why);
			FUZZ_CHECK(why.code == ERR_BAD_RECORD && why.message[0]);
		}
		if (kind == JSON_AVX2) {
			json_format.decode(d, messages, n, scratch, &got);
			there_and_back(t, options, &got);
		}
	}
	json_format.decoder_close(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!forever)
		make_tables();
	if (size == 0)
		return 0;
	uint8_t choice = data[0];
	Table table = tables[choice % SCHEMAS];
	table.schema.depth_max = choice & 128 ? DEPTH_LOW : 0;
	const Table *t = &table;
	JsonReferenceRules rules = {.fail_on_missing = choice & 4, .time = (JsonReferenceTime)((choice >> 3 & 3) % 3)};
	Options options;
	options_of(choice, &options);

	/* Each message in memory of exactly its size. */
	Str messages[MESSAGES_MAX];
	uint32_t n = 0;
	Str rest = str_make((const char *)data + 1, size - 1);
	Str part;
	while (n < MESSAGES_MAX && str_next(&rest, '\x1e', &part)) {
		char *copy = malloc(part.len ? part.len : 1);
		memcpy(copy, part.ptr, part.len);
		messages[n++] = str_make(copy, part.len);
	}
	JsonReferenceRows want[MESSAGES_MAX];
	for (uint32_t m = 0; m < n; m++) {
		current = m;
		json_reference_decode(&rules, &t->schema, messages[m], scratch, &want[m]);
		ask_jansson(messages[m], t->schema.depth_max ? t->schema.depth_max : JSON_DEPTH_MAX, want[m].bad);
	}
	run_kernel(t, &options, JSON_AVX2, messages, n, want);
	run_kernel(t, &options, JSON_SSE2, messages, n, want);
	run_kernel(t, &options, JSON_PLAIN, messages, n, want);
	for (uint32_t m = 0; m < n; m++)
		free((char *)messages[m].ptr);
	arena_reset(scratch);
	return 0;
}
