/*
 * engine/formats/json_explain.c: says what is wrong with a message, for people.
 *
 * The message is decoded again, alone; what the decoder noted at the first field with an error is put into words.
 */
#include "engine/formats/json_int.h"

enum { EXCERPT_MAX = 60 };

static const char *token_name(JsonToken token)
{
	static const char *const names[] = {"null", "false", "true", "the number", "the string", "an array", "an object"};
	return names[token];
}

/* Cut to what a line can show, between characters. */
static Str excerpt(Str text, Arena *arena)
{
	if (text.len <= EXCERPT_MAX)
		return text;
	return arena_printf(arena, "%.*s...", (int)str_utf8_cut(text.ptr, EXCERPT_MAX), text.ptr);
}

static Str path_text(const FormatField *field, Arena *arena)
{
	Str out = field->path[0];
	for (uint32_t i = 1; i < field->npath; i++)
		out = arena_printf(arena, "%.*s.%.*s", STR_ARG(out), STR_ARG(field->path[i]));
	return out;
}

static bool is_number(JsonToken token)
{
	return token == JSON_TOKEN_NUMBER;
}

/* The mistakes that are made again and again. */
static void hint(const Decoder *d, const JsonTarget *t, Err *err)
{
	bool time = type_is_timestamp(t->type) && t->why != JSON_WHY_MISSING && t->why != JSON_WHY_PARENT;
	Str text = t->bad.text;
	bool has_t = text.len > 10 && text.ptr[10] == 'T';
	if (time && is_number(t->bad.token)) {
		err_hint(err, "Declare the column as BIGINT and add a computed column with TO_TIMESTAMP_LTZ(column, 3).");
	} else if (time && t->bad.token == JSON_TOKEN_STRING && has_t != (d->options.time_style != FIELD_TIME_SQL)) {
		err_hint(err, "The table's 'json.timestamp-format.standard' is '%s'; the other one is '%s'.",
		         has_t ? "SQL" : "ISO-8601", has_t ? "ISO-8601" : "SQL");
	} else if (t->type->kind == TYPE_TIMESTAMP_LTZ && t->bad.token == JSON_TOKEN_STRING && !str_ends(text, STR("Z"))) {
		err_hint(err, "TIMESTAMP_LTZ needs a Z at the end; declare the column as TIMESTAMP for a time without zone.");
	} else if (t->type->kind == TYPE_TIMESTAMP && t->bad.token == JSON_TOKEN_STRING && str_ends(text, STR("Z"))) {
		err_hint(err, "Declare the column as TIMESTAMP_LTZ for a time with Z.");
	} else if (t->why == JSON_WHY_RANGE && type_is_integer(t->type)) {
		err_hint(err, "Declare the column as a wider type.");
	}
}

static void explain_field(const Decoder *d, const JsonTarget *t, Str path, Arena *arena, Err *err)
{
	StrBuf type;
	strbuf_init(&type);
	type_print(t->type, false, &type);
	Str shown = excerpt(t->bad.text, arena);
	JsonToken token = t->bad.token;
	const char *what = token_name(token);
	const char *quote = token == JSON_TOKEN_STRING ? "\"" : "";
	if (token != JSON_TOKEN_STRING && token != JSON_TOKEN_NUMBER)
		shown = STR_EMPTY;
	const char *gap = token == JSON_TOKEN_STRING || token == JSON_TOKEN_NUMBER ? " " : "";
	switch (t->why) {
	case JSON_WHY_MISSING:
		err_set(err, ERR_BAD_RECORD, "field \"%.*s\" is missing", STR_ARG(path));
		err_hint(err, "With 'json.fail-on-missing-field' = 'false' a missing field is NULL.");
		break;
	case JSON_WHY_PARENT:
		err_set(err, ERR_BAD_RECORD, "field \"%.*s\": %s%s%s%.*s%s stands where an object was expected", STR_ARG(path),
		        what, gap, quote, STR_ARG(shown), quote);
		break;
	case JSON_WHY_RANGE:
		err_set(err, ERR_BAD_RECORD, "field \"%.*s\": %s%s%s%.*s%s is out of the range of %s", STR_ARG(path), what, gap,
		        quote, STR_ARG(shown), quote, strbuf_cstr(&type));
		break;
	case JSON_WHY_ITEM:
		err_set(err, ERR_BAD_RECORD, "field \"%.*s\": an item cannot be converted to that of %s", STR_ARG(path),
		        strbuf_cstr(&type));
		err_detail(err, "The value is %.*s.", STR_ARG(excerpt(t->bad.text, arena)));
		break;
	default:
		err_set(err, ERR_BAD_RECORD, "field \"%.*s\": %s%s%s%.*s%s cannot be converted to %s", STR_ARG(path), what, gap,
		        quote, STR_ARG(shown), quote, strbuf_cstr(&type));
	}
	strbuf_deinit(&type);
	hint(d, t, err);
}

void json_explain(Decoder *d, Str message, Arena *arena, Str *field, Err *err)
{
	Decoded out;
	*field = STR_EMPTY;
	json_decode(d, &message, 1, arena, &out);
	if (out.nbad > 0) {
		size_t at = d->bad_at ? (size_t)(d->bad_at - message.ptr) : 0;
		err_set(err, ERR_BAD_RECORD, "the message is not a JSON object: %s at byte %zu of %u", d->bad_why, at,
		        message.len);
		size_t from = at > EXCERPT_MAX / 2 ? at - EXCERPT_MAX / 2 : 0;
		while (from < at && ((unsigned char)message.ptr[from] & 0xc0) == 0x80)
			from++;
		Str around = excerpt(str_slice(message, (uint32_t)from, message.len), arena);
		if (str_is_utf8(around) && around.len > 0)
			err_detail(err, "Near: %.*s", STR_ARG(around));
		return;
	}
	for (uint32_t row = 0; row < out.nrows; row++) {
		for (uint32_t i = 0; i < d->ntargets; i++) {
			JsonTarget *t = &d->targets[i];
			if (!t->err || t->err[row] == ROW_OK)
				continue;
			*field = path_text(t->field, arena);
			if (out.nrows > 1 && t->why == JSON_WHY_NONE)
				err_set(err, ERR_BAD_RECORD, "field \"%.*s\" of item %u cannot be converted", STR_ARG(*field), row + 1);
			else
				explain_field(d, t, *field, arena, err);
			return;
		}
	}
	err_set(err, ERR_BAD_RECORD, "the message can be decoded");
}
