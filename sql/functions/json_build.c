/*
 * sql/functions/json_build.c: JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON, JSON_QUOTE, JSON_UNQUOTE: making JSON text.
 *
 * A value that is JSON already (of type JSON, or the result of another of these calls) goes in as it is, other texts
 * become strings.
 */
#include "sql/functions/kernel.h"

#include "sql/functions/json_text.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/functions/text.h"
#include "sql/types/json_scan.h"

typedef struct BuildData {
	bool absent; /* NULL values are left out */
} BuildData;

static bool resolve_mode(ResolveCtx *rc, const Type *result, Kernel kernel, Err *err)
{
	static const char *const words[] = {"NULL", "ABSENT", NULL};
	int word = resolve_word(rc, 0, words, err);
	if (word < 0)
		return false;
	BuildData *d = ARENA_NEW(rc->arena, BuildData);
	d->absent = word == 1;
	for (uint32_t i = 1; i < rc->nargs; i++)
		if (rc->arg_types[i]->kind == TYPE_NULL)
			rc->arg_types[i] = &type_string;
	rc->call->data = d;
	rc->call->kernel = kernel;
	rc->call->type = result;
	return true;
}

static bool any_err(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t i, Column *out)
{
	for (uint32_t k = 0; k < call->nargs; k++)
		if (kernel_copy_err(ctx, out, i, args[k]))
			return true;
	return false;
}

static Value value_or_null(const Column *c, uint32_t i)
{
	return column_is_null(c, i) ? VALUE_NULL : column_value(c, i);
}

KERNEL(json_object)
{
	const BuildData *d = call->data;
	StrBuf b;
	strbuf_init(&b);
	JsonMember *members = ARENA_ARRAY(ctx->arena, JsonMember, call->nargs);
	for (uint32_t i = 0; i < n; i++) {
		if (any_err(ctx, call, args, i, out))
			continue;
		size_t len = 0;
		bool fine = true;
		for (uint32_t k = 1; k < call->nargs && fine; k += 2) {
			Value v = value_or_null(args[k + 1], i);
			fine = !column_is_null(args[k], i);
			if (!fine || (v.null && d->absent))
				continue;
			strbuf_clear(&b);
			json_text_value(call->arg_types[k + 1], v, ctx->arena, &b);
			members[len++] = (JsonMember){kernel_str(args[k], i), kernel_keep(ctx, &b)};
		}
		if (!fine) {
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "a key of JSON_OBJECT is NULL");
			continue;
		}
		strbuf_clear(&b);
		json_text_object(members, len, &b);
		out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

RESOLVE(resolve_object)
{
	if (rc->nargs % 2 == 0)
		return resolve_mismatch(rc, err);
	for (uint32_t i = 1; i < rc->nargs; i += 2) {
		if (!type_is_text(rc->arg_types[i])) {
			resolve_mismatch(rc, err);
			return err_hint(err, "A key of JSON_OBJECT must be a text.");
		}
	}
	return resolve_mode(rc, &type_string_nn, json_object, err);
}

KERNEL(json_array)
{
	const BuildData *d = call->data;
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < n; i++) {
		if (any_err(ctx, call, args, i, out))
			continue;
		strbuf_clear(&b);
		strbuf_putc(&b, '[');
		for (uint32_t k = 1; k < call->nargs; k++) {
			Value v = value_or_null(args[k], i);
			if (v.null && d->absent)
				continue;
			if (b.len > 1)
				strbuf_putc(&b, ',');
			json_text_value(call->arg_types[k], v, ctx->arena, &b);
		}
		strbuf_putc(&b, ']');
		out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

RESOLVE(resolve_array)
{
	return resolve_mode(rc, &type_string_nn, json_array, err);
}

KERNEL(json_string)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		strbuf_clear(&b);
		json_text_value(call->arg_types[0], column_value(args[0], i), ctx->arena, &b);
		out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

RESOLVE_SIMPLE(resolve_string, "a", &type_string, json_string)

/* JSON(text): the text as JSON, for JSON_OBJECT and JSON_ARRAY; blank text is NULL. */
KERNEL(json_check)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		Str s = str_trim(kernel_str(args[0], i));
		strbuf_clear(&b);
		if (s.len == 0)
			kernel_null(ctx, out, i);
		else if (json_text_canonical(s, ctx->arena, &b))
			out->str[i] = kernel_keep(ctx, &b);
		else
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "'%.*s' is not JSON",
			            STR_ARG(kernel_text(ctx, &type_string, value_str(s))));
	}
	strbuf_deinit(&b);
}

RESOLVE_NULLABLE(resolve_check, "s", &type_string, json_check)

KERNEL(json_quote)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		strbuf_clear(&b);
		strbuf_putc(&b, '"');
		for (uint32_t at = 0, len; at < s.len; at += len) {
			uint32_t c = text_decode(s, at, &len);
			static const char escaped[] = "\"\\\b\f\n\r\t";
			static const char letters[] = "\"\\bfnrt";
			const char *e = c && c < 0x80 ? strchr(escaped, (int)c) : NULL;
			if (e)
				strbuf_printf(&b, "\\%c", letters[e - escaped]);
			else if (c >= 0x20 && c < 0x7f)
				strbuf_putc(&b, (char)c);
			else if (c < 0x10000)
				strbuf_printf(&b, "\\u%04x", (unsigned)c);
			else
				strbuf_printf(&b, "\\u%04x\\u%04x", 0xd800 + ((unsigned)(c - 0x10000) >> 10),
				              0xdc00 + ((unsigned)(c - 0x10000) & 0x3ff));
		}
		strbuf_putc(&b, '"');
		out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

RESOLVE_SIMPLE(resolve_quote, "s", &type_string, json_quote)

/* A JSON string without its quotes and escapes; anything else stays as it is. */
KERNEL(json_unquote)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		JsonKind kind;
		Str value;
		if (json_scan_whole(s, &kind, &value) && kind == JSON_KIND_STRING && value.len == s.len)
			out->str[i] = json_scan_string(value, ctx->arena);
		else
			out->str[i] = s;
	}
}

RESOLVE_SIMPLE(resolve_unquote, "s", &type_string, json_unquote)

#define ENTRY(name, sig, doc, least, most, flags, resolve)                                                             \
	{                                                                                                                  \
		name, "json", sig " -> STRING", doc, least, most, flags, resolve                                               \
	}

static const Function items[] = {
    ENTRY("JSON_OBJECT", "JSON_OBJECT([KEY] key VALUE value, ... [{NULL | ABSENT} ON NULL])",
          "A JSON object; its keys are sorted.", 1, 255, FN_CAN_FAIL | FN_JSON_TEXT, resolve_object),
    ENTRY("JSON_ARRAY", "JSON_ARRAY(value, ... [{NULL | ABSENT} ON NULL])", "A JSON array.", 1, 255, FN_JSON_TEXT,
          resolve_array),
    ENTRY("JSON_STRING", "JSON_STRING(value)", "The value as JSON.", 1, 1, FN_STRICT, resolve_string),
    ENTRY("JSON", "JSON(string)", "Text that is JSON already, as a value in JSON_OBJECT and JSON_ARRAY.", 1, 1,
          FN_STRICT | FN_CAN_FAIL | FN_JSON_TEXT, resolve_check),
    ENTRY("JSON_QUOTE", "JSON_QUOTE(string)", "The text as a JSON string, in quotes and escaped.", 1, 1, FN_STRICT,
          resolve_quote),
    ENTRY("JSON_UNQUOTE", "JSON_UNQUOTE(string)", "The text of a JSON string.", 1, 1, FN_STRICT, resolve_unquote),
};

const FunctionTable json_build_functions = {items, sizeof items / sizeof *items};
