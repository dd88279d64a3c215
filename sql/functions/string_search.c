/*
 * sql/functions/string_search.c: lengths, positions, replacing and splitting of strings.
 */
#include "sql/functions/kernel.h"

#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/functions/text.h"
#include "sql/types/packed.h"

/* ---- lengths ---- */

KERNEL(char_length)
{
	KERNEL_EACH(i)
	out->i64[i] = text_length(kernel_str(args[0], i));
}

KERNEL(octet_length)
{
	KERNEL_EACH(i)
	out->i64[i] = kernel_str(args[0], i).len;
}

KERNEL(ascii)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		out->i64[i] = s.len ? (signed char)s.ptr[0] : 0;
	}
}

KERNEL(chr)
{
	KERNEL_EACH(i)
	{
		int64_t c = kernel_i64(args[0], i);
		char *p = arena_alloc(ctx->arena, 4);
		out->str[i] = c < 0 ? STR_EMPTY : str_make(p, text_encode((uint32_t)(c & 0xff), p));
	}
}

RESOLVE_SIMPLE(resolve_char_length, "s", &type_int, char_length)
RESOLVE_SIMPLE(resolve_octet_length, "Y", &type_int, octet_length)
RESOLVE_SIMPLE(resolve_ascii, "s", &type_int, ascii)
RESOLVE_SIMPLE(resolve_chr, "i", &type_string, chr)

/* ---- positions ---- */

/* Position of the needle, from 1, at or after character `from` (from 1); 0: none. */
static int64_t position(Str s, Str needle, int64_t from)
{
	if (from < 1)
		return 0;
	if (from - 1 > s.len)
		return 0;
	uint32_t begin = text_offset(s, (uint32_t)(from - 1));
	if (needle.len == 0)
		return from;
	int64_t at = str_find(s, needle, begin);
	return at < 0 ? 0 : (int64_t)text_length(str_make(s.ptr, (size_t)at)) + 1;
}

/* A begin before the string is its begin; an empty needle is found there, wherever the search begins. */
KERNEL(position_kernel)
{
	KERNEL_EACH(i)
	{
		Str needle = kernel_str(args[0], i);
		int64_t from = call->nargs == 3 && needle.len ? kernel_i64(args[2], i) : 1;
		out->i64[i] = position(kernel_str(args[1], i), needle, from < 1 ? 1 : from);
	}
}

KERNEL(strpos)
{
	KERNEL_EACH(i)
	out->i64[i] = position(kernel_str(args[0], i), kernel_str(args[1], i), 1);
}

static Str reversed(EvalCtx *ctx, Str s)
{
	char *p = arena_alloc(ctx->arena, s.len);
	for (uint32_t at = 0, len; at < s.len; at += len) {
		len = text_char(s, at);
		memcpy(p + s.len - at - len, s.ptr + at, len);
	}
	return str_make(p, s.len);
}

static int64_t nth_position(Str s, Str needle, int64_t from, int64_t nth)
{
	int64_t found = 0;
	for (int64_t k = 0; k < nth; k++) {
		found = position(s, needle, from);
		if (!found)
			return 0;
		from = found + 1;
	}
	return found;
}

/* INSTR(s, sub [, from [, nth]]): from < 0 searches backwards from the end. */
KERNEL(instr)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		Str needle = kernel_str(args[1], i);
		int64_t from = call->nargs >= 3 ? kernel_i64(args[2], i) : 1;
		int64_t nth = call->nargs == 4 ? kernel_i64(args[3], i) : 1;
		if (nth <= 0) {
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "the occurrence asked of INSTR must be positive");
		} else if (from >= 0) {
			out->i64[i] = from == 0 ? 0 : nth_position(s, needle, from, nth);
		} else {
			int64_t at =
			    nth_position(reversed(ctx, s), reversed(ctx, needle), from == INT64_MIN ? INT64_MAX : -from, nth);
			out->i64[i] = at ? (int64_t)text_length(s) + 2 - at - text_length(needle) : 0;
		}
	}
}

RESOLVE_SIMPLE(resolve_position, "ssi", &type_int, position_kernel)
RESOLVE_SIMPLE(resolve_strpos, "ss", &type_int, strpos)

RESOLVE(resolve_instr)
{
	rc->call->can_fail = rc->nargs == 4;
	return resolve_simple(rc, "ssii", &type_int, instr, err);
}

KERNEL(starts_with)
{
	KERNEL_EACH(i)
	out->b[i] = str_starts(kernel_str(args[0], i), kernel_str(args[1], i));
}

KERNEL(ends_with)
{
	KERNEL_EACH(i)
	out->b[i] = str_ends(kernel_str(args[0], i), kernel_str(args[1], i));
}

RESOLVE_SIMPLE(resolve_starts_with, "YY", &type_boolean, starts_with)
RESOLVE_SIMPLE(resolve_ends_with, "YY", &type_boolean, ends_with)

/* ---- replacing ---- */

/* An empty `what` stands between all characters, as in Java. */
static void put_replaced(Str s, Str what, Str with, StrBuf *b)
{
	if (what.len == 0) {
		strbuf_put_str(b, with);
		for (uint32_t at = 0, len; at < s.len; at += len) {
			len = text_char(s, at);
			strbuf_put(b, s.ptr + at, len);
			strbuf_put_str(b, with);
		}
		return;
	}
	uint32_t from = 0;
	for (int64_t at; (at = str_find(s, what, from)) >= 0; from = (uint32_t)at + what.len) {
		strbuf_put(b, s.ptr + from, (size_t)at - from);
		strbuf_put_str(b, with);
	}
	strbuf_put(b, s.ptr + from, s.len - from);
}

KERNEL(replace)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		strbuf_clear(&b);
		put_replaced(kernel_str(args[0], i), kernel_str(args[1], i), kernel_str(args[2], i), &b);
		out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

RESOLVE_SIMPLE(resolve_replace, "sss", &type_string, replace)

/* ---- splitting ---- */

/* Part `index` (from 0) between separators, and whether it exists. */
static bool split_part(Str s, Str separator, int64_t index, Str *part)
{
	uint32_t from = 0;
	for (;; index--) {
		int64_t at = separator.len ? str_find(s, separator, from) : -1;
		uint32_t end = at < 0 ? s.len : (uint32_t)at;
		if (index == 0) {
			*part = str_make(s.ptr + from, end - from);
			return true;
		}
		if (at < 0)
			return false;
		from = end + separator.len;
	}
}

KERNEL(split_index)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		char byte;
		Str separator;
		bool fine = true;
		if (type_phys(call->arg_types[1]) == PHYS_STR) {
			separator = kernel_str(args[1], i);
		} else {
			int64_t code = kernel_i64(args[1], i);
			fine = code >= 1 && code <= 127;
			byte = (char)code;
			separator = str_make(&byte, 1);
		}
		int64_t index = kernel_i64(args[2], i);
		if (!fine || index < 0 || s.len == 0 || !split_part(s, separator, index, &out->str[i]))
			kernel_null(ctx, out, i);
	}
}

RESOLVE(resolve_split_index)
{
	return resolve_nullable(rc, type_is_integer(rc->arg_types[1]) ? "sii" : "ssi", &type_string, split_index, err);
}

/* PostgreSQL's: from 1, from the end when negative, '' if there is no such part. */
KERNEL(split_part_kernel)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		Str separator = kernel_str(args[1], i);
		int64_t index = kernel_i64(args[2], i);
		Str part = STR_EMPTY;
		if (index < 0) {
			int64_t parts = 1;
			Str unused;
			while (split_part(s, separator, parts, &unused))
				parts++;
			index += parts + 1;
		}
		if (index < 1 || !split_part(s, separator, index - 1, &part))
			part = STR_EMPTY;
		out->str[i] = part;
	}
}

RESOLVE_SIMPLE(resolve_split_part, "ssi", &type_string, split_part_kernel)

/* An empty separator splits into characters. */
KERNEL(split)
{
	struct {
		Value *items;
		size_t len, cap;
	} parts = {0};
	const Type *elem = &type_string;
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		Str separator = kernel_str(args[1], i);
		parts.len = 0;
		if (separator.len == 0) {
			for (uint32_t at = 0, len; at < s.len; at += len) {
				len = text_char(s, at);
				ARENA_PUSH(ctx->arena, &parts, value_str(str_make(s.ptr + at, len)));
			}
		} else {
			uint32_t from = 0;
			for (int64_t at; (at = str_find(s, separator, from)) >= 0; from = (uint32_t)at + separator.len)
				ARENA_PUSH(ctx->arena, &parts, value_str(str_make(s.ptr + from, (size_t)at - from)));
			ARENA_PUSH(ctx->arena, &parts, value_str(str_make(s.ptr + from, s.len - from)));
		}
		out->str[i] = packed_build(ctx->arena, &elem, true, parts.items, (uint32_t)parts.len);
	}
}

RESOLVE(resolve_split)
{
	return resolve_simple(rc, "ss", type_array(rc->arena, &type_string), split, err);
}

/* ELT(i, a, b, ..): the i-th text; not strict, as only that one matters. */
KERNEL(elt)
{
	for (uint32_t i = 0; i < n; i++) {
		if (kernel_copy_err(ctx, out, i, args[0]))
			continue;
		int64_t k = column_is_null(args[0], i) ? 0 : kernel_i64(args[0], i);
		if (k < 1 || k >= call->nargs)
			kernel_null(ctx, out, i);
		else
			kernel_copy(ctx, out, i, args[k], i);
	}
}

RESOLVE_NULLABLE(resolve_elt, "is+", &type_string, elt)

#define ENTRY(name, sig, doc, least, most, resolve)                                                                    \
	{                                                                                                                  \
		name, "string", sig, doc, least, most, FN_STRICT, resolve                                                      \
	}
#define OURS(name, sig, doc, least, most, resolve)                                                                     \
	{                                                                                                                  \
		name, "string", sig, doc, least, most, FN_STRICT | FN_OURS, resolve                                            \
	}

static const Function items[] = {
    ENTRY("CHAR_LENGTH", "CHAR_LENGTH(string) -> INT", "The number of characters.", 1, 1, resolve_char_length),
    ENTRY("CHARACTER_LENGTH", "CHARACTER_LENGTH(string) -> INT", "The number of characters.", 1, 1,
          resolve_char_length),
    OURS("LENGTH", "LENGTH(string) -> INT", "The number of characters.", 1, 1, resolve_char_length),
    OURS("OCTET_LENGTH", "OCTET_LENGTH(string or bytes) -> INT", "The number of bytes.", 1, 1, resolve_octet_length),
    ENTRY("ASCII", "ASCII(string) -> INT", "The first byte; 0 of an empty string.", 1, 1, resolve_ascii),
    ENTRY("CHR", "CHR(integer) -> STRING", "The character of a code from 0 to 255.", 1, 1, resolve_chr),
    ENTRY("POSITION", "POSITION(substring IN string) -> INT", "Where the substring begins, from 1; 0 if nowhere.", 2, 3,
          resolve_position),
    ENTRY("LOCATE", "LOCATE(substring, string [, from]) -> INT", "Where the substring begins, from 1; 0 if nowhere.", 2,
          3, resolve_position),
    {"INSTR", "string", "INSTR(string, substring [, from [, nth]]) -> INT",
     "Where the substring begins, from 1; 0 if nowhere.", 2, 4, FN_STRICT | FN_CAN_FAIL, resolve_instr},
    OURS("STRPOS", "STRPOS(string, substring) -> INT", "Where the substring begins, from 1; 0 if nowhere.", 2, 2,
         resolve_strpos),
    ENTRY("STARTSWITH", "STARTSWITH(string, prefix) -> BOOLEAN", "Does the string begin so?", 2, 2,
          resolve_starts_with),
    ENTRY("ENDSWITH", "ENDSWITH(string, suffix) -> BOOLEAN", "Does the string end so?", 2, 2, resolve_ends_with),
    ENTRY("REPLACE", "REPLACE(string, what, with) -> STRING", "The string with every occurrence replaced.", 3, 3,
          resolve_replace),
    ENTRY("SPLIT_INDEX", "SPLIT_INDEX(string, separator, index) -> STRING",
          "A part of the string between separators, from 0; NULL if there is none.", 3, 3, resolve_split_index),
    OURS("SPLIT_PART", "SPLIT_PART(string, separator, n) -> STRING",
         "A part of the string between separators, from 1; '' if there is none.", 3, 3, resolve_split_part),
    ENTRY("SPLIT", "SPLIT(string, separator) -> ARRAY<STRING>", "The parts between separators.", 2, 2, resolve_split),
    {"ELT", "string", "ELT(i, a, b, ...) -> STRING", "The i-th of the texts, from 1; NULL if there is none.", 2, 255, 0,
     resolve_elt},
};

const FunctionTable string_search_functions = {items, sizeof items / sizeof *items};
