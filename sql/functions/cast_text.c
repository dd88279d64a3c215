/*
 * sql/functions/cast_text.c: casts from and to CHAR, VARCHAR, STRING, BINARY, VARBINARY, BYTES and JSON.
 *
 * Lengths of texts are characters (code points), of bytes bytes: what is too long is cut, CHAR and BINARY are filled
 * up.
 */
#include "sql/functions/cast.h"
#include "sql/functions/kernel.h"
#include "sql/functions/text.h"
#include "sql/types/jsonpath.h"

static Str fit_text(EvalCtx *ctx, const Type *to, Str s)
{
	if (s.len > to->length)
		s.len = text_offset(s, to->length);
	if (to->kind != TYPE_CHAR)
		return s;
	uint32_t chars = text_length(s);
	if (chars >= to->length)
		return s;
	uint32_t fill = to->length - chars;
	char *p = arena_alloc(ctx->arena, (size_t)s.len + fill);
	memcpy(p, s.ptr, s.len);
	memset(p + s.len, ' ', fill);
	return str_make(p, (size_t)s.len + fill);
}

static Str fit_bytes(EvalCtx *ctx, const Type *to, Str s)
{
	if (s.len > to->length)
		s.len = to->length;
	if (to->kind != TYPE_BINARY || s.len == to->length)
		return s;
	char *p = arena_alloc_zero(ctx->arena, to->length);
	memcpy(p, s.ptr, s.len);
	return str_make(p, to->length);
}

#define ROW(name)                                                                                                      \
	static RowErr name(KERNEL_UNUSED EvalCtx *ctx, KERNEL_UNUSED const Type *from, KERNEL_UNUSED const Type *to,       \
	                   Value in, Value *out)

ROW(text_to_text)
{
	*out = value_str(fit_text(ctx, to, in.s));
	return ROW_OK;
}

ROW(to_bytes)
{
	*out = value_str(fit_bytes(ctx, to, in.s));
	return ROW_OK;
}

ROW(bytes_to_text)
{
	*out = value_str(fit_text(ctx, to, text_valid(ctx->arena, in.s)));
	return ROW_OK;
}

ROW(print_value)
{
	StrBuf b;
	strbuf_init(&b);
	value_print(from, in, to->kind == TYPE_JSON ? VALUE_JSON : VALUE_SQL, kernel_zone(ctx), &b);
	Str s = kernel_keep(ctx, &b);
	strbuf_deinit(&b);
	*out = value_str(to->kind == TYPE_JSON ? s : fit_text(ctx, to, s));
	return ROW_OK;
}

ROW(parse_value)
{
	Err why;
	err_clear(&why);
	if (value_parse(to, in.s, kernel_zone(ctx), ctx->arena, out, &why))
		return ROW_OK;
	return why.code == ERR_OUT_OF_RANGE ? ROW_OVERFLOW : ROW_BAD_CAST;
}

ROW(text_to_json)
{
	JsonKind kind;
	if (!jsonpath_is_json(in.s, &kind))
		return ROW_BAD_CAST;
	*out = value_str(str_trim(in.s));
	return ROW_OK;
}

ROW(json_to_value)
{
	return value_parse_json(to, in.s, ctx->arena, out, NULL) ? ROW_OK : ROW_BAD_CAST;
}

/* ---- integers to texts: the loop ---- */

enum { DIGITS_MAX = 20 }; /* -9223372036854775808 */

KERNEL(int_to_text_loop)
{
	char *p = arena_alloc(ctx->arena, (size_t)n * DIGITS_MAX);
	KERNEL_LOOP1(int64_t, {
		uint64_t v = x < 0 ? -(uint64_t)x : (uint64_t)x;
		char digits[DIGITS_MAX];
		unsigned len = 0;
		do {
			digits[DIGITS_MAX - ++len] = (char)('0' + v % 10);
			v /= 10;
		} while (v);
		if (x < 0)
			digits[DIGITS_MAX - ++len] = '-';
		memcpy(p, digits + DIGITS_MAX - len, len);
		out->str[i] = str_make(p, len);
		p += len;
	});
}

Kernel cast_text_kernel(const Type *from, const Type *to)
{
	return type_is_integer(from) && to->kind == TYPE_VARCHAR && to->length >= DIGITS_MAX ? int_to_text_loop : NULL;
}

CastRow cast_text_row(const Type *from, const Type *to)
{
	bool from_text = type_is_text(from);
	if (to->kind == TYPE_JSON)
		return from_text ? text_to_json : type_is_binary(from) ? NULL : print_value;
	if (type_is_text(to)) {
		if (from_text || from->kind == TYPE_JSON)
			return text_to_text;
		return type_is_binary(from) ? bytes_to_text : print_value;
	}
	if (type_is_binary(to))
		return from_text || type_is_binary(from) ? to_bytes : NULL;
	if (from->kind == TYPE_JSON)
		return json_to_value;
	return from_text && !type_is_nested(to) ? parse_value : NULL;
}
