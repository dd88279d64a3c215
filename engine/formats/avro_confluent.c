/*
 * engine/formats/avro_confluent.c: the wire form around Avro, with one program per schema number.
 *
 * A message whose schema is not there yet is not decoded: `ready` asks the registry, and the reader comes again.
 */
#include "engine/formats/avro_confluent.h"

#include "engine/formats/avro_program.h"
#include "engine/formats/avro_write.h"
#include "engine/net/registry.h"

static const char scope[] = "format:avro-confluent";

enum { HEAD = 5 }; /* bytes before the value */

typedef struct Known {
	uint32_t id;
	AvroProgram *program; /* NULL: the schema cannot be read into these columns */
	Err *why;
} Known;

struct Decoder {
	FormatSchema schema;
	Arena *arena; /* of programs */
	const AvroNode *reader;
	Registry *registry;
	Known *items;
	uint32_t len, cap;
	uint32_t last; /* where the last message's schema was */
};

struct Encoder {
	Arena *arena;
	const AvroWrite *write;
	Registry *registry;
	Str subject, text;
	bool registered;
	char head[HEAD];
};

/* ---- opening */

static bool parse_texts(const Str *texts, uint32_t n, Arena *arena, const void **out, Err *err)
{
	const AvroNode *node;
	bool ok = avro_schema_parse(texts, n, arena, &node, err);
	*out = node;
	return ok;
}

static Str option_schema(const Options *options)
{
	Str text = options_get(options, "schema");
	return text.len ? text : options_get(options, "schema-registry.schema");
}

static bool parse_option(const Options *options, Arena *arena, const AvroNode **out, Err *err)
{
	Str text = option_schema(options);
	*out = NULL;
	if (!text.len || avro_schema_parse(&text, 1, arena, out, err))
		return true;
	Err why = *err;
	const OptionValue *o = options_find(options, STR("schema"));
	err_set_at(err, ERR_BAD_OPTION, o ? o->span : (Span){0}, "\"schema\": %s", why.message);
	return err_detail(err, "%s", why.detail);
}

/* What is written: its schema, and how. */
static bool plan_write(const Options *options, const FormatSchema *schema, Arena *arena, Str *text,
                       const AvroWrite **write, Err *err)
{
	const AvroNode *node;
	*text = option_schema(options);
	if (!text->len) {
		StrBuf out;
		strbuf_init(&out);
		bool ok = avro_write_derive(schema, &out, err);
		*text = arena_str(arena, strbuf_str(&out));
		strbuf_deinit(&out);
		if (!ok)
			return false;
	}
	return avro_schema_parse(text, 1, arena, &node, err) && avro_write_resolve(node, schema, arena, write, err);
}

/* With a topic the columns are to be written. */
static bool confluent_check(const Options *options, const FormatSchema *schema, Err *err)
{
	RegistryConfig config;
	const AvroNode *node;
	const AvroWrite *write;
	Str text;
	Arena *scratch = arena_open("avro check", 0);
	bool ok = registry_config(options, scope, scratch, &config, err) && parse_option(options, scratch, &node, err);
	if (ok && schema->topic.len)
		ok = plan_write(options, schema, scratch, &text, &write, err);
	arena_close(scratch);
	return ok;
}

static bool confluent_decoder_open(const Options *options, const FormatSchema *schema, Arena *arena, Decoder **out,
                                   Err *err)
{
	RegistryConfig config;
	Decoder *d = ARENA_NEW(arena, Decoder);
	d->schema = *schema;
	if (!registry_config(options, scope, arena, &config, err) || !parse_option(options, arena, &d->reader, err))
		return false;
	AvroProgram *program;
	if (d->reader && (!avro_program_make(d->reader, d->reader, &d->schema, arena, &program, err) ||
	                  !avro_program_fits(program, arena, err))) {
		err->code = ERR_BAD_OPTION;
		return false;
	}
	d->arena = arena_open("avro programs", 0);
	d->registry = registry_open(&config, parse_texts, schema->wake, schema->wake_ctx);
	*out = d;
	return true;
}

static void confluent_decoder_close(Decoder *d)
{
	if (!d)
		return;
	registry_close(d->registry);
	arena_close(d->arena);
}

/* ---- schemas */

static const char *head_wrong(Str message)
{
	if (message.len < HEAD)
		return "it is shorter than its head of 5 bytes";
	return message.ptr[0] ? "it does not begin with a zero byte" : NULL;
}

static uint32_t id_of(Str message)
{
	const unsigned char *p = (const unsigned char *)message.ptr;
	return (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
}

static Known *known(Decoder *d, uint32_t id)
{
	if (d->len && d->items[d->last].id == id)
		return &d->items[d->last];
	for (uint32_t i = 0; i < d->len; i++)
		if (d->items[i].id == id) {
			d->last = i;
			return &d->items[i];
		}
	return NULL;
}

static Known *learn(Decoder *d, uint32_t id, const AvroNode *node)
{
	Known k = {.id = id};
	Err why = {0};
	if (!avro_program_make(node, d->reader, &d->schema, d->arena, &k.program, &why)) {
		k.program = NULL;
		k.why = arena_copy(d->arena, &why, sizeof why);
	}
	ARENA_PUSH(d->arena, d, k);
	d->last = d->len - 1;
	return &d->items[d->last];
}

/* The schemas of all messages are asked for together; the first answer that hinders is told. */
static FormatReady ask(Decoder *d, const Str *messages, uint32_t n, Err *err)
{
	FormatReady ready = FORMAT_READY;
	const void *node;
	uint32_t last = 0;
	bool any = false;
	for (uint32_t i = 0; i < n; i++) {
		if (!messages[i].ptr || head_wrong(messages[i]))
			continue;
		uint32_t id = id_of(messages[i]);
		if ((any && id == last) || known(d, id))
			continue;
		any = true;
		last = id;
		RegistryAnswer answer = registry_schema(d->registry, id, true, &node, ready == FORMAT_READY ? err : NULL);
		if (answer == REGISTRY_HAS)
			learn(d, id, node);
		else if (answer == REGISTRY_WAITS && ready == FORMAT_READY)
			ready = FORMAT_WAITS;
		else if (answer == REGISTRY_DENIED) {
			(void)registry_schema(d->registry, id, false, &node, err);
			return FORMAT_FAILED;
		}
	}
	return ready;
}

static FormatReady confluent_ready(Decoder *d, const Str *messages, uint32_t n, int64_t wait_ms, Err *err)
{
	FormatReady ready = ask(d, messages, n, err);
	for (int64_t i = 0; ready == FORMAT_WAITS && i < wait_ms; i += 50) {
		(void)registry_wait(d->registry, 50);
		ready = ask(d, messages, n, err);
	}
	return ready;
}

/* ---- messages */

static void null_row(const Decoder *d, uint32_t row, Column *cols, Arena *arena)
{
	for (uint32_t i = 0; i < d->schema.nfields; i++) {
		column_set_null(&cols[i], row, arena);
		if (cols[i].err)
			cols[i].err[row] = ROW_OK;
	}
}

/* NULL: there is no program for it. */
static const AvroProgram *program_of(Decoder *d, Str message)
{
	if (head_wrong(message))
		return NULL;
	uint32_t id = id_of(message);
	Known *k = known(d, id);
	const void *node;
	if (!k && registry_schema(d->registry, id, false, &node, NULL) == REGISTRY_HAS)
		k = learn(d, id, node);
	return k ? k->program : NULL;
}

static void confluent_decode(Decoder *d, const Str *messages, uint32_t n, Arena *arena, Decoded *out)
{
	Column *cols = ARENA_ARRAY(arena, Column, d->schema.nfields + 1);
	uint8_t *bad = NULL;
	uint32_t nbad = 0;
	for (uint32_t i = 0; i < d->schema.nfields; i++)
		column_init(&cols[i], d->schema.fields[i].type, n, arena);
	for (uint32_t i = 0; i < n; i++) {
		if (!messages[i].ptr) {
			null_row(d, i, cols, arena);
			continue;
		}
		const AvroProgram *p = program_of(d, messages[i]);
		if (p && avro_program_run(p, str_slice(messages[i], HEAD, messages[i].len), i, cols, arena))
			continue;
		if (!bad)
			bad = ARENA_ARRAY_ZERO(arena, uint8_t, n);
		bad[i] = 1;
		nbad++;
		null_row(d, i, cols, arena);
	}
	*out = (Decoded){.nrows = n, .cols = cols, .bad = bad, .nbad = nbad};
}

static void confluent_explain(Decoder *d, Str message, Arena *arena, Str *field, Err *err)
{
	const char *wrong = head_wrong(message);
	const void *node;
	*field = STR_EMPTY;
	if (wrong) {
		err_set(err, ERR_BAD_RECORD, "the message is not of the format avro-confluent: %s", wrong);
		return;
	}
	uint32_t id = id_of(message);
	const AvroProgram *p = program_of(d, message);
	if (p) {
		avro_program_explain(p, str_slice(message, HEAD, message.len), arena, field, err);
		return;
	}
	const Known *k = known(d, id);
	if (k)
		*err = *k->why;
	else
		(void)registry_schema(d->registry, id, false, &node, err);
	err->code = ERR_BAD_RECORD;
	err->flags = 0;
}

/* ---- writing */

static bool make_subject(const Options *options, const FormatSchema *schema, Arena *arena, Str *out, Err *err)
{
	*out = options_get(options, "subject");
	if (!out->len)
		*out = options_get(options, "schema-registry.subject");
	if (out->len)
		return true;
	if (!schema->topic.len)
		return err_set(err, ERR_MISSING_OPTION, "\"avro-confluent.subject\" is missing");
	*out = arena_printf(arena, "%.*s-%s", STR_ARG(schema->topic), schema->is_key ? "key" : "value");
	return true;
}

static bool confluent_encoder_open(const Options *options, const FormatSchema *schema, Arena *arena, Encoder **out,
                                   Err *err)
{
	RegistryConfig config;
	Encoder *e = ARENA_NEW(arena, Encoder);
	if (!confluent_check(options, schema, err) || !registry_config(options, scope, arena, &config, err) ||
	    !make_subject(options, schema, arena, &e->subject, err) ||
	    !plan_write(options, schema, arena, &e->text, &e->write, err))
		return false;
	e->registry = registry_open(&config, parse_texts, NULL, NULL);
	*out = e;
	return true;
}

static FormatReady confluent_encoder_ready(Encoder *e, Err *err)
{
	uint32_t id;
	if (e->registered)
		return FORMAT_READY;
	if (!registry_register(e->registry, e->subject, e->text, &id, err))
		return err->flags & ERR_RETRIABLE ? FORMAT_WAITS : FORMAT_FAILED;
	for (uint32_t i = 0; i < 4; i++)
		e->head[1 + i] = (char)(id >> (24 - 8 * i));
	e->registered = true;
	return FORMAT_READY;
}

static bool confluent_encode(Encoder *e, RowKind kind, const Value *values, StrBuf *out, Err *err)
{
	(void)kind;
	ASSERT(e->registered);
	size_t from = out->len;
	strbuf_put(out, e->head, HEAD);
	if (avro_write_row(e->write, values, out, err))
		return true;
	out->len = from;
	out->ptr[from] = '\0';
	return false;
}

static void confluent_encoder_close(Encoder *e)
{
	if (e)
		registry_close(e->registry);
}

const Format avro_confluent_format = {
    .name = "avro-confluent",
    .check = confluent_check,
    .decoder_open = confluent_decoder_open,
    .ready = confluent_ready,
    .decode = confluent_decode,
    .explain = confluent_explain,
    .decoder_close = confluent_decoder_close,
    .encoder_open = confluent_encoder_open,
    .encoder_ready = confluent_encoder_ready,
    .encode = confluent_encode,
    .encoder_close = confluent_encoder_close,
};
