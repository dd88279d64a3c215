/*
 * engine/formats/json.c: the JSON format: opening, and decoding a batch of messages into columns.
 *
 * As a rule row i is message i. When a message is an array the batch is started again with rows and messages numbered
 * apart, and the next batches begin so: topics do not mix the two.
 */
#include "engine/formats/json.h"

#include "engine/formats/json_int.h"

enum { ROWS_MIN = 64 };

void json_options(const Options *options, JsonOptions *out)
{
	static const char scope[] = "format:json";
	Str style = options_str(options, scope, "timestamp-format.standard");
	Str null_key = options_str(options, scope, "map-null-key.mode");
	out->fail_on_missing = options_bool(options, scope, "fail-on-missing-field");
	out->time_style = str_eq(style, STR("SQL"))        ? FIELD_TIME_SQL
	                  : str_eq(style, STR("ISO-8601")) ? FIELD_TIME_ISO
	                                                   : FIELD_TIME_OFFSET;
	out->null_key = str_eq(null_key, STR("FAIL"))   ? JSON_NULL_KEY_FAIL
	                : str_eq(null_key, STR("DROP")) ? JSON_NULL_KEY_DROP
	                                                : JSON_NULL_KEY_LITERAL;
	out->null_key_literal = options_str(options, scope, "map-null-key.literal");
	out->plain_decimals = options_bool(options, scope, "encode.decimal-as-plain-number");
	out->ignore_nulls = options_bool(options, scope, "encode.ignore-null-fields");
}

static const JsonKernel *const json_kernels[] = {&json_walk_avx2, &json_walk_sse2, &json_walk_plain};

static const JsonKernel *best_kernel(void)
{
	uint32_t i = 0;
	while (!json_kernels[i]->usable())
		i++;
	return json_kernels[i];
}

bool json_use_kernel(Decoder *d, JsonKernelKind kind)
{
	if (!json_kernels[kind]->usable())
		return false;
	d->kernel = json_kernels[kind];
	return true;
}

bool json_is_valid(Str text)
{
	Decoder d = {.kernel = best_kernel(), .depth_max = JSON_DEPTH_MAX, .begin = text.ptr, .end = text.ptr + text.len};
	const char *p = d.begin;
	while (p < d.end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	p = d.kernel->skip(&d, p, 0);
	while (p && p < d.end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p == d.end;
}

/* ---- opening */

/* MAP and MULTISET need names as keys. */
static bool check_type(const Type *type, Str column, Err *err)
{
	switch (type->kind) {
	case TYPE_ARRAY: return check_type(type->elem, column, err);
	case TYPE_MAP:
	case TYPE_MULTISET: {
		const Type *key = type->kind == TYPE_MAP ? type->key : type->elem;
		if (!type_is_text(key)) {
			err_set(err, ERR_BAD_TYPE, "column \"%.*s\": the keys of a JSON object are text", STR_ARG(column));
			return err_hint(err, "Declare the keys as STRING, and cast them in the query.");
		}
		return type->kind == TYPE_MULTISET || check_type(type->elem, column, err);
	}
	case TYPE_ROW:
		for (uint32_t i = 0; i < type->nfields; i++) {
			if (!check_type(type->fields[i].type, column, err))
				return false;
		}
		return true;
	default: return true;
	}
}

static bool json_check(const Options *options, const FormatSchema *schema, Err *err)
{
	static const char scope[] = "format:json";
	if (options_bool(options, scope, "fail-on-missing-field") && options_bool(options, scope, "ignore-parse-errors"))
		return err_set(err, ERR_BAD_OPTION,
		               "\"fail-on-missing-field\" and \"ignore-parse-errors\" cannot both be true");
	for (uint32_t i = 0; i < schema->ncols; i++) {
		if (!check_type(schema->types[i], schema->names[i], err))
			return false;
	}
	return true;
}

static bool json_decoder_open(const Options *options, const FormatSchema *schema, Arena *arena, Decoder **out, Err *err)
{
	if (!json_check(options, schema, err))
		return false;
	Decoder *d = ARENA_NEW(arena, Decoder);
	d->kernel = best_kernel();
	d->schema = *schema;
	d->depth_max = schema->depth_max ? schema->depth_max : JSON_DEPTH_MAX;
	ASSERT(d->depth_max <= JSON_DEPTH_LIMIT);
	d->memory = arena_open("json decoder", 0);
	d->ntargets = schema->nfields;
	d->targets = ARENA_ARRAY_ZERO(arena, JsonTarget, schema->nfields + 1);
	json_options(options, &d->options);
	for (uint32_t i = 0; i < schema->nfields; i++) {
		JsonTarget *t = &d->targets[i];
		t->field = &schema->fields[i];
		t->type = schema->fields[i].type;
		if (type_is_integer(t->type)) {
			t->fast = JSON_FAST_INT;
			type_int_range(t->type->kind, &t->least, &t->greatest);
		} else if (type_is_text(t->type)) {
			t->fast = JSON_FAST_STRING;
		}
	}
	d->root = json_tree_make(schema, d->targets, d->memory);
	*out = d;
	return true;
}

static void json_decoder_close(Decoder *d)
{
	if (d)
		arena_close(d->memory);
}

/* ---- the batch's columns */

static void *grown(Arena *arena, const void *old, size_t old_bytes, size_t bytes)
{
	char *p = arena_alloc(arena, bytes);
	if (old_bytes > 0)
		memcpy(p, old, old_bytes);
	memset(p + old_bytes, 0, bytes - old_bytes);
	return p;
}

/* Room for cap rows, all NULL. */
static void reserve_rows(Decoder *d, uint32_t cap)
{
	uint32_t old = d->cap;
	for (uint32_t i = 0; i < d->ntargets; i++) {
		JsonTarget *t = &d->targets[i];
		size_t width = column_width(type_phys(t->type));
		t->data = grown(d->arena, t->data, old * width, cap * width);
		t->valid = grown(d->arena, t->valid, bit_words(old) * sizeof(uint64_t), bit_words(cap) * sizeof(uint64_t));
		if (t->err)
			t->err = grown(d->arena, t->err, old, cap);
	}
	if (d->mapped)
		d->message_of = grown(d->arena, d->message_of, old * sizeof(uint32_t), cap * sizeof(uint32_t));
	d->cap = cap;
}

static void begin_batch(Decoder *d, uint32_t n, Arena *arena)
{
	d->arena = arena;
	d->row = 0;
	d->cap = 0;
	d->message_of = NULL;
	for (uint32_t i = 0; i < d->ntargets; i++) {
		d->targets[i].data = NULL;
		d->targets[i].valid = NULL;
		d->targets[i].err = NULL;
	}
	reserve_rows(d, n > ROWS_MIN ? n : ROWS_MIN);
}

/* Takes back what a message has put into the row before it proved bad. */
static void clear_row(Decoder *d)
{
	for (uint32_t i = 0; i < d->ntargets; i++) {
		bit_clear(d->targets[i].valid, d->row);
		if (d->targets[i].err)
			d->targets[i].err[d->row] = ROW_OK;
	}
}

static bool no_nulls(const uint64_t *valid, uint32_t n)
{
	for (uint32_t i = 0; i < n / 64; i++) {
		if (valid[i] != UINT64_MAX)
			return false;
	}
	return n % 64 == 0 || valid[n / 64] == (UINT64_C(1) << n % 64) - 1;
}

static void end_column(JsonTarget *t, uint32_t n, Column *out)
{
	*out = (Column){.type = t->type, .phys = type_phys(t->type), .len = n, .err = t->err};
	out->data = t->data;
	if (no_nulls(t->valid, n))
		return;
	out->valid = t->valid;
	if (out->phys == PHYS_STR) {
		for (uint32_t i = 0; i < n; i++) {
			if (!bit_get(t->valid, i))
				t->str[i] = STR_EMPTY;
		}
	}
}

/* ---- messages */

static bool one_row(Decoder *d, Str text)
{
	if (!d->kernel->row(d, text)) {
		clear_row(d);
		return false;
	}
	if (JSON_UNLIKELY(d->options.fail_on_missing))
		json_tree_missing(d, d->root);
	return true;
}

static bool fail_message(Decoder *d, const char *p, const char *why)
{
	d->bad_at = p;
	d->bad_why = p >= d->end ? "the message ends too early" : why;
	return false;
}

static const char *step_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

typedef struct Elements {
	Str *items;
	uint32_t len;
	uint32_t cap;
} Elements;

/* The objects of the array that the message is. Nothing is decoded before the last byte was checked. */
static bool array_elements(Decoder *d, Str message, const char *p, Elements *list)
{
	const char *end = message.ptr + message.len;
	d->begin = message.ptr;
	d->end = end;
	p = step_blanks(p + 1, end);
	bool more = p >= end || *p != ']';
	while (more) {
		if (p >= end || *p != '{')
			return fail_message(d, p, "an array may hold objects only");
		const char *q = d->kernel->skip(d, p, 1);
		if (!q)
			return false;
		ARENA_PUSH(d->arena, list, str_make(p, (size_t)(q - p)));
		p = step_blanks(q, end);
		more = p < end && *p == ',';
		if (more)
			p = step_blanks(p + 1, end);
	}
	if (p >= end || *p != ']')
		return fail_message(d, p, "a comma or ] is expected");
	p = step_blanks(p + 1, end);
	return p == end || fail_message(d, p, "nothing may follow the array");
}

static bool array_rows(Decoder *d, Str message, const char *p, uint32_t index)
{
	Elements list = {0};
	if (!array_elements(d, message, p, &list))
		return false;
	for (uint32_t i = 0; i < list.len; i++) {
		if (d->row == d->cap)
			reserve_rows(d, d->cap * 2);
		bool ok = one_row(d, list.items[i]);
		ASSERT(ok);
		d->message_of[d->row++] = index;
	}
	return true;
}

/* Some programs put a byte order mark before UTF-8. */
static Str without_mark(Str message)
{
	return str_starts(message, STR("\xef\xbb\xbf")) ? str_make(message.ptr + 3, message.len - 3) : message;
}

/* false: the batch must be started again with rows and messages apart. */
static bool decode_batch(Decoder *d, const Str *messages, uint32_t n, Arena *arena, Decoded *out, bool *arrays)
{
	begin_batch(d, n, arena);
	uint8_t *bad = NULL;
	*out = (Decoded){.nrows = 0};
	*arrays = false;
	for (uint32_t i = 0; i < n; i++) {
		bool ok = true;
		if (d->row == d->cap)
			reserve_rows(d, d->cap * 2);
		if (JSON_LIKELY(messages[i].ptr != NULL)) {
			Str message = messages[i];
			if (JSON_LIKELY(message.len > 1 && *message.ptr == '{')) {
				ok = one_row(d, message);
			} else {
				message = without_mark(message);
				const char *p = step_blanks(message.ptr, message.ptr + message.len);
				if (p < message.ptr + message.len && *p == '[') {
					*arrays = true;
					if (!d->mapped)
						return false;
					ok = array_rows(d, message, p, i);
					if (ok)
						continue;
				} else {
					ok = one_row(d, message);
				}
			}
		}
		if (!ok) {
			if (!bad)
				bad = ARENA_ARRAY_ZERO(arena, uint8_t, n);
			bad[i] = 1;
			out->nbad++;
		}
		if (d->mapped)
			d->message_of[d->row] = i;
		d->row++;
	}
	out->bad = bad;
	out->nrows = d->row;
	out->message = d->message_of;
	out->cols = ARENA_ARRAY(arena, Column, d->ntargets + 1);
	for (uint32_t i = 0; i < d->ntargets; i++)
		end_column(&d->targets[i], d->row, &out->cols[i]);
	return true;
}

void json_decode(Decoder *d, const Str *messages, uint32_t n, Arena *arena, Decoded *out)
{
	bool arrays;
	if (!decode_batch(d, messages, n, arena, out, &arrays)) {
		d->mapped = true;
		bool ok = decode_batch(d, messages, n, arena, out, &arrays);
		ASSERT(ok);
	}
	d->mapped = arrays;
}

/* One object a line; lines of blanks alone hold none. */
static uint32_t json_split(const Options *options, Str data, bool at_end, Str *messages, uint32_t max, size_t *used)
{
	uint32_t n = 0;
	*used = 0;
	(void)options;
	while (n < max && *used < data.len) {
		const char *line = data.ptr + *used;
		size_t left = data.len - *used;
		const char *newline = memchr(line, '\n', left);
		if (!newline && !at_end)
			break;
		size_t len = newline ? (size_t)(newline - line) : left;
		*used += len + (newline ? 1 : 0);
		Str message = str_make(line, len);
		if (str_trim(message).len > 0)
			messages[n++] = message;
	}
	return n;
}

static void json_encoder_close(Encoder *e)
{
	(void)e;
}

const Format json_format = {
    .name = "json",
    .check = json_check,
    .split = json_split,
    .decoder_open = json_decoder_open,
    .decode = json_decode,
    .explain = json_explain,
    .decoder_close = json_decoder_close,
    .encoder_open = json_encode_open,
    .encode = json_encode_row,
    .encoder_close = json_encoder_close,
};
