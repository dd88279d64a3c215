/*
 * engine/connectors/kafka_encode.c: see kafka_encode.h.
 */
#include "engine/connectors/kafka_encode.h"

typedef struct Side {
	const Format *format; /* NULL: no key */
	Encoder *encoder;
	uint32_t *cols; /* numbers into the sink's columns */
	uint32_t ncols;
	Value *values;
	StrBuf text;
	bool raw; /* a NULL is a null payload */
} Side;

struct KafkaEncode {
	Arena *arena;
	bool upsert;
	Side key, value;
	int32_t timestamp, headers, topic; /* columns; -1: none */
};

/* ---- which format, which columns ---- */

static const OptionValue *format_option(const Options *o, bool key)
{
	const OptionValue *v = options_find(o, key ? STR("key.format") : STR("value.format"));
	return v || key ? v : options_find(o, STR("format"));
}

static const Format *find_format(const OptionValue *o, Err *err)
{
	const Format *f = format_find(o->value);
	if (!f || !f->encoder_open) {
		err_set_at(err, ERR_BAD_OPTION, o->span, "the format \"%.*s\" cannot be written", STR_ARG(o->value));
		if (f && f->files)
			err_hint(err, "It is for files, not for messages. Use \"json\", \"csv\" or \"raw\".");
		return NULL;
	}
	return f;
}

static bool is_listed(const Options *o, Str name)
{
	Str rest = options_get(o, "key.fields"), one;
	while (rest.ptr && str_next(&rest, ';', &one))
		if (str_eq(str_trim(one), name))
			return true;
	return false;
}

static bool is_table_key(const TableDef *t, Str name)
{
	for (uint32_t k = 0; k < t->nkey; k++)
		if (str_eq(t->cols[t->key[k]].name, name))
			return true;
	return false;
}

static bool in_key(const TableDef *t, bool upsert, Str name)
{
	return upsert ? is_table_key(t, name) : is_listed(&t->options, name);
}

static bool check_key_fields(const TableDef *t, Err *err)
{
	const OptionValue *fields = options_find(&t->options, STR("key.fields"));
	Str rest = fields ? fields->value : STR_EMPTY, one;
	while (fields && str_next(&rest, ';', &one)) {
		one = str_trim(one);
		int32_t c = one.len ? table_column(t, one) : -1;
		if (one.len && (c < 0 || t->cols[c].kind != COLUMN_PHYSICAL))
			return err_set_at(err, ERR_BAD_OPTION, fields->span,
			                  "\"key.fields\" names \"%.*s\", which is no physical column", STR_ARG(one));
	}
	return true;
}

/* Options and columns of a format that asks a server. */
static bool check_own(const TableDef *t, bool upsert, bool key, const Format *f, Err *err)
{
	if (!f->encoder_ready)
		return true;
	Arena *scratch = arena_open("scratch", 0);
	Options own;
	Str *names = ARENA_ARRAY(scratch, Str, t->ncols + 1);
	const Type **types = ARENA_ARRAY(scratch, const Type *, t->ncols + 1);
	FormatSchema s = {.names = names, .types = types, .topic = options_get(&t->options, "topic"), .is_key = key};
	bool except = str_eq_nocase(options_get(&t->options, "value.fields-include"), STR("EXCEPT_KEY"));
	Str prefix = options_get(&t->options, "key.fields-prefix");
	for (uint32_t c = 0; c < t->ncols; c++) {
		bool of_key = in_key(t, upsert, t->cols[c].name);
		if (t->cols[c].kind != COLUMN_PHYSICAL || (key ? !of_key : of_key && except))
			continue;
		names[s.ncols] = key ? str_slice(t->cols[c].name, prefix.len, t->cols[c].name.len) : t->cols[c].name;
		types[s.ncols++] = t->cols[c].type;
	}
	(void)options_format(&t->options, key, scratch, &own);
	bool ok = f->check(&own, &s, err);
	arena_close(scratch);
	return ok;
}

static const char *const written_metadata[] = {"timestamp", "headers", "topic"};

bool kafka_encode_check(const TableDef *t, bool upsert, bool *changelog, Err *err)
{
	const Options *o = &t->options;
	const OptionValue *value = format_option(o, false), *key = format_option(o, true);
	if (!value)
		return err_set(err, ERR_MISSING_OPTION, "\"format\" or \"value.format\" is missing");
	const Format *f = find_format(value, err);
	if (!f)
		return false;
	*changelog = f->changelog_out;
	if (!check_own(t, upsert, false, f, err))
		return false;
	if (upsert && f->changelog_out)
		return err_set_at(err, ERR_BAD_OPTION, value->span, "upsert-kafka needs a format without row kinds");
	const Format *k = key ? find_format(key, err) : NULL;
	if (key && !k)
		return false;
	if (k && !check_own(t, upsert, true, k, err))
		return false;
	if (k && k->changelog_out)
		return err_set_at(err, ERR_BAD_OPTION, key->span, "\"%.*s\" is no format of a key", STR_ARG(key->value));
	bool fields = options_get(o, "key.fields").len > 0;
	if (!upsert && (key != NULL) != fields)
		return err_set(err, ERR_MISSING_OPTION, "\"key.format\" and \"key.fields\" go together");
	if (upsert && !key)
		return err_set(err, ERR_MISSING_OPTION, "\"key.format\" is missing");
	Str prefix = options_get(o, "key.fields-prefix");
	if (prefix.len && !str_eq_nocase(options_get(o, "value.fields-include"), STR("EXCEPT_KEY"))) {
		err_set(err, ERR_BAD_OPTION, "\"key.fields-prefix\" needs 'value.fields-include' = 'EXCEPT_KEY'");
		return err_hint(err, "A column with the prefix exists in the key only.");
	}
	for (uint32_t c = 0; prefix.len && c < t->ncols; c++)
		if (in_key(t, upsert, t->cols[c].name) && !str_starts(t->cols[c].name, prefix))
			return err_set(err, ERR_BAD_OPTION, "the key's column \"%.*s\" does not begin with \"key.fields-prefix\"",
			               STR_ARG(t->cols[c].name));
	for (uint32_t c = 0; c < t->ncols; c++) {
		const ColumnDef *d = &t->cols[c];
		if (d->kind != COLUMN_METADATA || d->is_virtual)
			continue;
		bool known = false;
		for (size_t i = 0; i < sizeof written_metadata / sizeof *written_metadata; i++)
			known = known || str_eq_c(d->metadata_key, written_metadata[i]);
		if (!known) {
			err_set(err, ERR_BAD_OPTION, "metadata \"%.*s\" of column \"%.*s\" cannot be written",
			        STR_ARG(d->metadata_key), STR_ARG(d->name));
			return err_hint(err, "Declare it METADATA FROM ... VIRTUAL.");
		}
	}
	return check_key_fields(t, err);
}

/* ---- opening ---- */

static bool open_side(KafkaEncode *e, Side *s, const SinkSpec *spec, bool key, Err *err)
{
	const Options *o = &spec->table->options;
	const OptionValue *name = format_option(o, key);
	strbuf_init(&s->text);
	if (!name)
		return true;
	s->format = find_format(name, err);
	if (!s->format)
		return false;
	s->raw = strcmp(s->format->name, "raw") == 0;
	bool except = str_eq_nocase(options_get(o, "value.fields-include"), STR("EXCEPT_KEY"));
	Str prefix = options_get(o, "key.fields-prefix");
	Str *names = ARENA_ARRAY(e->arena, Str, spec->ncols);
	const Type **types = ARENA_ARRAY(e->arena, const Type *, spec->ncols);
	s->cols = ARENA_ARRAY(e->arena, uint32_t, spec->ncols);
	s->values = ARENA_ARRAY_ZERO(e->arena, Value, spec->ncols + 1);
	for (uint32_t c = 0; c < spec->ncols; c++) {
		if (spec->cols[c]->kind != COLUMN_PHYSICAL)
			continue;
		bool of_key = in_key(spec->table, e->upsert, spec->names[c]);
		if (key ? !of_key : (of_key && except))
			continue;
		names[s->ncols] = key ? str_slice(spec->names[c], prefix.len, spec->names[c].len) : spec->names[c];
		types[s->ncols] = spec->types[c];
		s->cols[s->ncols++] = c;
	}
	const char *scope = key ? "key." : str_eq_c(name->key, "format") ? "" : "value.";
	Options own = options_with_prefix(o, arena_printf(e->arena, "%s%s.", scope, s->format->name), e->arena);
	Options *kept = arena_copy(e->arena, &own, sizeof own);
	FormatSchema *schema = ARENA_NEW(e->arena, FormatSchema);
	*schema = (FormatSchema){.names = names,
	                         .types = types,
	                         .ncols = s->ncols,
	                         .zone = spec->zone,
	                         .topic = str_trim(options_get(o, "topic")),
	                         .is_key = key};
	return s->format->encoder_open(kept, schema, e->arena, &s->encoder, err);
}

bool kafka_encode_open(const SinkSpec *spec, bool upsert, KafkaEncode **out, Err *err)
{
	KafkaEncode *e = MEM_NEW(KafkaEncode);
	e->arena = arena_open("kafka encode", 0);
	e->upsert = upsert;
	int32_t *slots[] = {&e->timestamp, &e->headers, &e->topic};
	for (size_t i = 0; i < 3; i++) {
		*slots[i] = -1;
		for (uint32_t c = 0; c < spec->ncols; c++)
			if (spec->cols[c]->kind == COLUMN_METADATA && str_eq_c(spec->cols[c]->metadata_key, written_metadata[i]))
				*slots[i] = (int32_t)c;
	}
	if (!open_side(e, &e->key, spec, true, err) || !open_side(e, &e->value, spec, false, err)) {
		kafka_encode_close(e);
		return false;
	}
	*out = e;
	return true;
}

void kafka_encode_close(KafkaEncode *e)
{
	if (!e)
		return;
	Side *sides[] = {&e->key, &e->value};
	for (size_t i = 0; i < 2; i++) {
		if (sides[i]->encoder)
			sides[i]->format->encoder_close(sides[i]->encoder);
		strbuf_deinit(&sides[i]->text);
	}
	arena_close(e->arena);
	mem_free(e);
}

FormatReady kafka_encode_ready(KafkaEncode *e, Err *err)
{
	Side *sides[] = {&e->key, &e->value};
	FormatReady ready = FORMAT_READY;
	for (size_t i = 0; i < 2 && ready == FORMAT_READY; i++)
		if (sides[i]->encoder && sides[i]->format->encoder_ready)
			ready = sides[i]->format->encoder_ready(sides[i]->encoder, err);
	return ready;
}

/* ---- rows ---- */

static bool encode_side(Side *s, RowKind kind, const Value *values, Str *out, Err *err)
{
	*out = (Str){NULL, 0};
	if (!s->encoder)
		return true;
	for (uint32_t i = 0; i < s->ncols; i++)
		s->values[i] = values[s->cols[i]];
	if (s->raw && s->ncols == 1 && s->values[0].null)
		return true;
	strbuf_clear(&s->text);
	if (!s->format->encode(s->encoder, kind, s->values, &s->text, err))
		return false;
	*out = s->text.len ? strbuf_str(&s->text) : STR_EMPTY;
	return true;
}

bool kafka_encode_row(KafkaEncode *e, RowKind kind, const Value *values, KafkaRecord *out, bool *skip, Err *err)
{
	*out = (KafkaRecord){0};
	*skip = e->upsert && kind == ROW_UPDATE_BEFORE;
	if (*skip)
		return true;
	/* The key has no kind: an upsert's key of a delete is the same bytes as that of the insert. */
	if (!encode_side(&e->key, ROW_INSERT, values, &out->key, err))
		return false;
	if (!(e->upsert && kind == ROW_DELETE) &&
	    !encode_side(&e->value, e->upsert ? ROW_INSERT : kind, values, &out->value, err))
		return false;
	if (e->timestamp >= 0 && !values[e->timestamp].null) {
		int64_t us = values[e->timestamp].i;
		out->time_ms = us / 1000 - (us % 1000 < 0);
		if (out->time_ms <= 0)
			return err_set(err, ERR_SINK_REFUSED, "Kafka takes no timestamps before 1970-01-01 00:00:00.001");
	}
	if (e->headers >= 0 && !values[e->headers].null)
		out->headers = values[e->headers].s;
	if (e->topic >= 0 && !values[e->topic].null)
		out->topic = values[e->topic].s;
	return true;
}
