/*
 * sql/functions/string.c: making strings from strings: ||, CONCAT, case, TRIM, SUBSTRING, OVERLAY, REPEAT, pads,
 * REVERSE.
 *
 * Positions and lengths count characters, from 1. Results that are a part of the argument share its memory. Searching
 * and splitting is in string_search.c, encodings in string_encode.c.
 */
#include "sql/functions/kernel.h"

#include <utf8proc.h>

#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/functions/text.h"

/* The bytes one value may have; asked before memory for it is taken. */
enum { STRING_BYTES_MAX = 64 << 20 };

static bool fits(EvalCtx *ctx, const FunctionCall *call, Column *out, uint32_t i, uint64_t bytes)
{
	if (bytes <= STRING_BYTES_MAX)
		return true;
	kernel_fail(ctx, out, i, ROW_BAD_VALUE, "the result of %s would have more than %d bytes", call->fn->name,
	            STRING_BYTES_MAX);
	return false;
}

/* ---- || , CONCAT, CONCAT_WS ---- */

KERNEL(concat)
{
	KERNEL_EACH(i)
	{
		uint64_t len = 0;
		for (uint32_t k = 0; k < call->nargs; k++)
			len += kernel_str(args[k], i).len;
		if (!fits(ctx, call, out, i, len))
			continue;
		char *p = arena_alloc(ctx->arena, len);
		out->str[i] = str_make(p, len);
		for (uint32_t k = 0; k < call->nargs; k++) {
			Str s = kernel_str(args[k], i);
			memcpy(p, s.ptr, s.len);
			p += s.len;
		}
	}
}

RESOLVE(resolve_concat)
{
	bool binary = false;
	for (uint32_t i = 0; i < rc->nargs; i++)
		binary = binary || type_is_binary(rc->arg_types[i]);
	if (!resolve_simple(rc, binary ? "y+" : "s+", binary ? &type_bytes : &type_string, concat, err)) {
		if (!binary)
			err_hint(err, "Only texts are joined; CAST makes a text of another value.");
		return false;
	}
	return true;
}

/* Not strict: NULL arguments are left out, a NULL separator makes NULL. */
KERNEL(concat_ws)
{
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < n; i++) {
		bool failed = false;
		for (uint32_t k = 0; k < call->nargs && !failed; k++)
			failed = kernel_copy_err(ctx, out, i, args[k]);
		if (failed)
			continue;
		if (column_is_null(args[0], i)) {
			kernel_null(ctx, out, i);
			continue;
		}
		strbuf_clear(&b);
		bool first = true;
		for (uint32_t k = 1; k < call->nargs; k++) {
			if (column_is_null(args[k], i))
				continue;
			if (!first)
				strbuf_put_str(&b, kernel_str(args[0], i));
			first = false;
			strbuf_put_str(&b, kernel_str(args[k], i));
		}
		if (fits(ctx, call, out, i, b.len))
			out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

RESOLVE(resolve_concat_ws)
{
	return resolve_nullable(rc, "s+", type_with_null(rc->arena, &type_string, !rc->arg_types[0]->not_null), concat_ws,
	                        err);
}

/* ---- case ---- */

enum { SHARP_S = 0xdf };

static Str map_chars(EvalCtx *ctx, Str s, utf8proc_int32_t (*map)(utf8proc_int32_t))
{
	bool up = map == utf8proc_toupper;
	/* A character of two bytes may become one of three. */
	char *out = arena_alloc(ctx->arena, (size_t)s.len * 2 + 4);
	size_t n = 0;
	for (uint32_t at = 0, len; at < s.len; at += len) {
		uint32_t c = text_decode(s, at, &len);
		if (len == 1 && c >= 0x80) {
			out[n++] = (char)c; /* not UTF-8: kept */
		} else if (up && c == SHARP_S) {
			out[n++] = 'S'; /* as Java */
			out[n++] = 'S';
		} else {
			n += text_encode((uint32_t)map((utf8proc_int32_t)c), out + n);
		}
	}
	return str_make(out, n);
}

static Str shift_ascii(EvalCtx *ctx, Str s, char first, char last)
{
	char *out = arena_alloc(ctx->arena, s.len);
	for (uint32_t k = 0; k < s.len; k++) {
		char c = s.ptr[k];
		out[k] = (char)(c ^ (c >= first && c <= last ? 0x20 : 0));
	}
	return str_make(out, s.len);
}

KERNEL(upper)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		out->str[i] = text_is_ascii(s) ? shift_ascii(ctx, s, 'a', 'z') : map_chars(ctx, s, utf8proc_toupper);
	}
}

KERNEL(lower)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		out->str[i] = text_is_ascii(s) ? shift_ascii(ctx, s, 'A', 'Z') : map_chars(ctx, s, utf8proc_tolower);
	}
}

/* Words are runs of ASCII letters and digits, as in Flink. */
KERNEL(initcap)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		char *p = arena_alloc(ctx->arena, s.len);
		bool in_word = false;
		for (uint32_t k = 0; k < s.len; k++) {
			char c = s.ptr[k];
			bool lower_case = c >= 'a' && c <= 'z';
			bool upper_case = c >= 'A' && c <= 'Z';
			p[k] = (char)(c ^ ((in_word ? upper_case : lower_case) ? 0x20 : 0));
			in_word = lower_case || upper_case || (c >= '0' && c <= '9');
		}
		out->str[i] = str_make(p, s.len);
	}
}

RESOLVE_SIMPLE(resolve_upper, "s", &type_string, upper)
RESOLVE_SIMPLE(resolve_lower, "s", &type_string, lower)
RESOLVE_SIMPLE(resolve_initcap, "s", &type_string, initcap)

/* ---- TRIM: takes away any of the given characters ---- */

enum { TRIM_LEFT = 1, TRIM_RIGHT = 2, TRIM_BOTH = 3 };

static bool is_one_of(Str chars, Str c)
{
	for (uint32_t at = 0, len; at < chars.len; at += len) {
		len = text_char(chars, at);
		if (len == c.len && memcmp(chars.ptr + at, c.ptr, len) == 0)
			return true;
	}
	return false;
}

static Str trim(Str s, Str chars, int sides)
{
	while ((sides & TRIM_LEFT) && s.len) {
		uint32_t len = text_char(s, 0);
		if (!is_one_of(chars, str_make(s.ptr, len)))
			break;
		s = str_make(s.ptr + len, s.len - len);
	}
	while ((sides & TRIM_RIGHT) && s.len) {
		uint32_t at = s.len - 1;
		while (at > 0 && ((unsigned char)s.ptr[at] & 0xc0) == 0x80 && s.len - at < 4)
			at--;
		if (at + text_char(s, at) != s.len)
			at = s.len - 1; /* not UTF-8 */
		if (!is_one_of(chars, str_make(s.ptr + at, s.len - at)))
			break;
		s.len = at;
	}
	return s;
}

static const int trim_sides[] = {TRIM_BOTH, TRIM_LEFT, TRIM_RIGHT};

static void trim_rows(const FunctionCall *call, const Column *text, const Column *chars, uint32_t n, Column *out)
{
	int sides = *(const int *)call->data;
	KERNEL_EACH(i)
	out->str[i] = trim(kernel_str(text, i), chars ? kernel_str(chars, i) : STR(" "), sides);
}

KERNEL(trim_special)
{
	trim_rows(call, args[2], args[1], n, out);
}

KERNEL(trim_plain)
{
	trim_rows(call, args[0], call->nargs == 2 ? args[1] : NULL, n, out);
}

RESOLVE(resolve_trim)
{
	static const char *const words[] = {"BOTH", "LEADING", "TRAILING", NULL};
	if (rc->nargs != 3) {
		rc->call->data = &trim_sides[0];
		return resolve_simple(rc, "ss", &type_string, trim_plain, err);
	}
	int word = resolve_word(rc, 0, words, err);
	if (word < 0)
		return false;
	rc->call->data = &trim_sides[word];
	return resolve_simple(rc, "sss", &type_string, trim_special, err);
}

RESOLVE(resolve_side_trim)
{
	char c = rc->call->fn->name[0];
	rc->call->data = &trim_sides[c == 'B' ? 0 : c == 'L' ? 1 : 2];
	return resolve_simple(rc, "ss", &type_string, trim_plain, err);
}

/* ---- parts ---- */

/* Flink's SUBSTRING: from 0 counts as 1, from < 0 counts from the end, and is empty if it points before the begin. */
static bool substring(Str s, int64_t from, int64_t len, Str *out)
{
	*out = STR_EMPTY;
	if (len < 0)
		return false;
	int64_t start = from > 0 ? from - 1 : 0;
	if (from < 0) {
		start = (int64_t)text_length(s) + from;
		if (start < 0)
			return true;
	}
	if (start < s.len)
		*out = text_slice(s, (uint32_t)start, len > UINT32_MAX ? UINT32_MAX : (uint32_t)len);
	return true;
}

KERNEL(substring_kernel)
{
	KERNEL_EACH(i)
	{
		int64_t len = call->nargs == 3 ? kernel_i64(args[2], i) : INT64_MAX;
		if (!substring(kernel_str(args[0], i), kernel_i64(args[1], i), len, &out->str[i]))
			kernel_null(ctx, out, i);
	}
}

KERNEL(left)
{
	KERNEL_EACH(i)
	{
		int64_t len = kernel_i64(args[1], i);
		substring(kernel_str(args[0], i), 1, len < 0 ? 0 : len, &out->str[i]);
	}
}

KERNEL(right)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		int64_t len = kernel_i64(args[1], i);
		int64_t chars = text_length(s);
		out->str[i] = len <= 0 ? STR_EMPTY : text_slice(s, len < chars ? (uint32_t)(chars - len) : 0, UINT32_MAX);
	}
}

RESOLVE(resolve_substring)
{
	if (rc->nargs == 3)
		return resolve_nullable(rc, "sii", &type_string, substring_kernel, err);
	return resolve_simple(rc, "si", &type_string, substring_kernel, err);
}

RESOLVE_SIMPLE(resolve_left, "si", &type_string, left)
RESOLVE_SIMPLE(resolve_right, "si", &type_string, right)

/* Flink's rule: a begin outside of the string changes nothing; the rest follows only if it begins inside the string. */
KERNEL(overlay)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		Str with = kernel_str(args[1], i);
		int64_t from = kernel_i64(args[2], i);
		int64_t len = call->nargs == 4 ? kernel_i64(args[3], i) : text_length(with);
		int64_t chars = text_length(s);
		if (from <= 0 || from > chars) {
			out->str[i] = s;
			continue;
		}
		Str head = text_slice(s, 0, (uint32_t)from - 1);
		Str tail = STR_EMPTY;
		if (len > 0 && len <= chars - from)
			tail = text_slice(s, (uint32_t)(from - 1 + len), UINT32_MAX);
		char *p = arena_alloc(ctx->arena, (size_t)head.len + with.len + tail.len);
		memcpy(p, head.ptr, head.len);
		memcpy(p + head.len, with.ptr, with.len);
		memcpy(p + head.len + with.len, tail.ptr, tail.len);
		out->str[i] = str_make(p, (size_t)head.len + with.len + tail.len);
	}
}

RESOLVE_SIMPLE(resolve_overlay, "ssii", &type_string, overlay)

/* ---- filling ---- */

KERNEL(repeat)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		int64_t times = kernel_i64(args[1], i);
		if (times <= 0 || s.len == 0) {
			out->str[i] = STR_EMPTY;
			continue;
		}
		uint64_t len;
		if (__builtin_mul_overflow((uint64_t)times, (uint64_t)s.len, &len))
			len = UINT64_MAX;
		if (!fits(ctx, call, out, i, len))
			continue;
		char *p = arena_alloc(ctx->arena, len);
		for (uint64_t at = 0; at < len; at += s.len)
			memcpy(p + at, s.ptr, s.len);
		out->str[i] = str_make(p, len);
	}
}

RESOLVE_SIMPLE(resolve_repeat, "si", &type_string, repeat)

static void pad_rows(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t n, Column *out,
                     bool on_left)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		int64_t want = kernel_i64(args[1], i);
		Str with = call->nargs == 3 ? kernel_str(args[2], i) : STR(" ");
		if (want < 0 || with.len == 0) {
			kernel_null(ctx, out, i);
			continue;
		}
		int64_t have = text_length(s);
		if (want <= have) {
			out->str[i] = text_slice(s, 0, (uint32_t)want);
			continue;
		}
		if (!fits(ctx, call, out, i, (uint64_t)want))
			continue;
		strbuf_clear(&b);
		if (!on_left)
			strbuf_put_str(&b, s);
		uint32_t fill = text_length(with);
		int64_t missing = want - have;
		for (; missing >= fill; missing -= fill)
			strbuf_put_str(&b, with);
		strbuf_put_str(&b, text_slice(with, 0, (uint32_t)missing));
		if (on_left)
			strbuf_put_str(&b, s);
		out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

KERNEL(lpad)
{
	pad_rows(ctx, call, args, n, out, true);
}

KERNEL(rpad)
{
	pad_rows(ctx, call, args, n, out, false);
}

RESOLVE_NULLABLE(resolve_lpad, "sis", &type_string, lpad)
RESOLVE_NULLABLE(resolve_rpad, "sis", &type_string, rpad)

KERNEL(reverse)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		char *p = arena_alloc(ctx->arena, s.len);
		for (uint32_t at = 0, len; at < s.len; at += len) {
			len = text_char(s, at);
			memcpy(p + s.len - at - len, s.ptr + at, len);
		}
		out->str[i] = str_make(p, s.len);
	}
}

RESOLVE_SIMPLE(resolve_reverse, "s", &type_string, reverse)

/* Each character of `from` becomes the one at its place in `to`, or goes if there is none. */
KERNEL(translate)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		Str from = kernel_str(args[1], i);
		Str to = kernel_str(args[2], i);
		strbuf_clear(&b);
		for (uint32_t at = 0, len; at < s.len; at += len) {
			len = text_char(s, at);
			uint32_t k = 0;
			uint32_t f = 0;
			while (f < from.len && !(text_char(from, f) == len && memcmp(from.ptr + f, s.ptr + at, len) == 0)) {
				f += text_char(from, f);
				k++;
			}
			strbuf_put_str(&b, f < from.len ? text_slice(to, k, 1) : str_make(s.ptr + at, len));
		}
		out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

RESOLVE_SIMPLE(resolve_translate, "sss", &type_string, translate)

#define ENTRY(name, sig, doc, least, most, resolve)                                                                    \
	{                                                                                                                  \
		name, "string", sig " -> STRING", doc, least, most, FN_STRICT, resolve                                         \
	}
#define FALLIBLE(name, sig, doc, least, most, resolve)                                                                 \
	{                                                                                                                  \
		name, "string", sig " -> STRING", doc, least, most, FN_STRICT | FN_CAN_FAIL, resolve                           \
	}

static const Function items[] = {
    {"||", "string", "a || b", "Two texts joined.", 2, 2, FN_STRICT | FN_HIDDEN, resolve_concat},
    ENTRY("CONCAT", "CONCAT(a, b, ...)", "Texts joined; NULL if any is NULL.", 1, 255, resolve_concat),
    {"CONCAT_WS", "string", "CONCAT_WS(separator, a, b, ...) -> STRING",
     "Texts joined with a separator; NULLs are left out.", 1, 255, FN_CAN_FAIL, resolve_concat_ws},
    ENTRY("UPPER", "UPPER(string)", "In capital letters.", 1, 1, resolve_upper),
    ENTRY("LOWER", "LOWER(string)", "In small letters.", 1, 1, resolve_lower),
    ENTRY("INITCAP", "INITCAP(string)", "Each word with a capital first letter.", 1, 1, resolve_initcap),
    ENTRY("TRIM", "TRIM([BOTH | LEADING | TRAILING] [chars] FROM string)",
          "Without blanks, or the given characters, at the ends.", 1, 3, resolve_trim),
    ENTRY("LTRIM", "LTRIM(string [, chars])", "Without blanks, or the given characters, at the begin.", 1, 2,
          resolve_side_trim),
    ENTRY("RTRIM", "RTRIM(string [, chars])", "Without blanks, or the given characters, at the end.", 1, 2,
          resolve_side_trim),
    ENTRY("BTRIM", "BTRIM(string [, chars])", "Without blanks, or the given characters, at both ends.", 1, 2,
          resolve_side_trim),
    ENTRY("SUBSTRING", "SUBSTRING(string, from [, length])", "A part of the string; from < 0 counts from the end.", 2,
          3, resolve_substring),
    ENTRY("SUBSTR", "SUBSTR(string, from [, length])", "The same as SUBSTRING.", 2, 3, resolve_substring),
    ENTRY("LEFT", "LEFT(string, length)", "The first characters.", 2, 2, resolve_left),
    ENTRY("RIGHT", "RIGHT(string, length)", "The last characters.", 2, 2, resolve_right),
    ENTRY("OVERLAY", "OVERLAY(string PLACING with FROM from [FOR length])", "The string with a part replaced.", 3, 4,
          resolve_overlay),
    FALLIBLE("REPEAT", "REPEAT(string, times)", "The string several times.", 2, 2, resolve_repeat),
    FALLIBLE("LPAD", "LPAD(string, length [, fill])", "Filled up at the begin, or cut, to a length.", 2, 3,
             resolve_lpad),
    FALLIBLE("RPAD", "RPAD(string, length [, fill])", "Filled up at the end, or cut, to a length.", 2, 3, resolve_rpad),
    ENTRY("REVERSE", "REVERSE(string)", "The characters in reverse order.", 1, 1, resolve_reverse),
    ENTRY("TRANSLATE", "TRANSLATE(string, from, to)", "Characters replaced one by one.", 3, 3, resolve_translate),
};

const FunctionTable string_functions = {items, sizeof items / sizeof *items};
