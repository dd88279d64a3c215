/*
 * sql/functions/regexp.c: REGEXP, REGEXP_REPLACE, REGEXP_EXTRACT and their like, and SIMILAR TO.
 *
 * As in Flink: a pattern that is not valid gives FALSE (REGEXP) or NULL, never an error; the replacement of
 * REGEXP_REPLACE is taken literally, $1 included. A match that takes too many steps is an error of its row. Constant
 * patterns are compiled once, at resolution; others when they differ from the row before.
 */
#include "sql/functions/regex.h"

#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/functions/text.h"
#include "sql/types/packed.h"

typedef struct RegexpData {
	bool constant;
	const Regex *regex; /* NULL: not valid */
} RegexpData;

/* The pattern of the row at hand. */
typedef struct Patterns {
	const RegexpData *data;
	const Column *column;
	bool known;
	Str last;
	const Regex *regex;
	Matcher *matcher;
} Patterns;

static Patterns patterns_open(const FunctionCall *call, const Column *column)
{
	return (Patterns){.data = call->data, .column = column, .matcher = regex_open()};
}

static const Regex *pattern_of(EvalCtx *ctx, Patterns *p, uint32_t i)
{
	if (p->data->constant)
		return p->data->regex;
	Str s = kernel_str(p->column, i);
	if (!p->known || !str_eq(s, p->last)) {
		p->known = true;
		p->last = s;
		p->regex = regex_compile(s, false, ctx->arena);
	}
	return p->regex;
}

/* A search that fails the row when it is too long. */
static bool search(EvalCtx *ctx, Patterns *p, const Regex *r, Str text, uint32_t from, Column *out, uint32_t i,
                   bool *failed)
{
	RegexFound found = regex_find(p->matcher, r, text, from);
	*failed = found == REGEX_LIMIT;
	if (*failed)
		kernel_fail(ctx, out, i, ROW_BAD_VALUE, "the regular expression takes too many steps");
	return found == REGEX_FOUND;
}

/* Where to search on after a match: after it, or one character further when it was empty. */
static uint32_t after(Str text, uint32_t begin, uint32_t end)
{
	if (end > begin)
		return end;
	return end < text.len ? end + text_char(text, end) : text.len + 1;
}

static Str cut(Str text, uint32_t begin, uint32_t end)
{
	return str_make(text.ptr + begin, end - begin);
}

KERNEL(regexp)
{
	Patterns p = patterns_open(call, args[1]);
	KERNEL_EACH(i)
	{
		const Regex *r = pattern_of(ctx, &p, i);
		bool failed = false;
		bool empty = kernel_str(args[1], i).len == 0;
		bool found = r && !empty && search(ctx, &p, r, kernel_str(args[0], i), 0, out, i, &failed);
		if (!failed)
			out->b[i] = found;
	}
	regex_close(p.matcher);
}

static void put_replaced(EvalCtx *ctx, Patterns *p, const Regex *r, Str text, Str with, StrBuf *b, Column *out,
                         uint32_t i)
{
	uint32_t from = 0;
	uint32_t copied = 0;
	bool failed = false;
	strbuf_clear(b);
	while (from <= text.len && search(ctx, p, r, text, from, out, i, &failed)) {
		uint32_t begin, end;
		if (!regex_group(p->matcher, 0, &begin, &end))
			break;
		strbuf_put_str(b, cut(text, copied, begin));
		strbuf_put_str(b, with);
		copied = end;
		from = after(text, begin, end);
	}
	if (failed)
		return;
	strbuf_put_str(b, cut(text, copied, text.len));
	out->str[i] = kernel_keep(ctx, b);
}

KERNEL(regexp_replace)
{
	Patterns p = patterns_open(call, args[1]);
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		const Regex *r = pattern_of(ctx, &p, i);
		if (!r)
			kernel_null(ctx, out, i);
		else
			put_replaced(ctx, &p, r, kernel_str(args[0], i), kernel_str(args[2], i), &b, out, i);
	}
	strbuf_deinit(&b);
	regex_close(p.matcher);
}

/* The group of the first match, or NULL. */
static void extract_rows(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t n, Column *out)
{
	Patterns p = patterns_open(call, args[1]);
	KERNEL_EACH(i)
	{
		const Regex *r = pattern_of(ctx, &p, i);
		Str text = kernel_str(args[0], i);
		int64_t group = call->nargs == 3 ? kernel_i64(args[2], i) : 0;
		bool failed = false;
		uint32_t begin, end;
		bool found = r && group >= 0 && group <= regex_groups(r) && search(ctx, &p, r, text, 0, out, i, &failed) &&
		             regex_group(p.matcher, (uint32_t)group, &begin, &end);
		if (found)
			out->str[i] = cut(text, begin, end);
		else if (!failed)
			kernel_null(ctx, out, i);
	}
	regex_close(p.matcher);
}

KERNEL(regexp_extract)
{
	extract_rows(ctx, call, args, n, out);
}

KERNEL(regexp_extract_all)
{
	Patterns p = patterns_open(call, args[1]);
	struct {
		Value *items;
		size_t len, cap;
	} list = {0};
	const Type *elem = &type_string;
	KERNEL_EACH(i)
	{
		const Regex *r = pattern_of(ctx, &p, i);
		Str text = kernel_str(args[0], i);
		int64_t group = call->nargs == 3 ? kernel_i64(args[2], i) : 1;
		if (!r || group < 0 || group > regex_groups(r)) {
			kernel_null(ctx, out, i);
			continue;
		}
		bool failed = false;
		uint32_t begin, end;
		list.len = 0;
		for (uint32_t from = 0; from <= text.len && search(ctx, &p, r, text, from, out, i, &failed);
		     from = after(text, begin, end)) {
			Value v = VALUE_NULL;
			if (regex_group(p.matcher, (uint32_t)group, &begin, &end))
				v = value_str(cut(text, begin, end));
			ARENA_PUSH(ctx->arena, &list, v);
			if (!regex_group(p.matcher, 0, &begin, &end))
				break;
		}
		if (!failed)
			out->str[i] = packed_build(ctx->arena, &elem, true, list.items, (uint32_t)list.len);
	}
	regex_close(p.matcher);
}

KERNEL(regexp_count)
{
	Patterns p = patterns_open(call, args[1]);
	KERNEL_EACH(i)
	{
		const Regex *r = pattern_of(ctx, &p, i);
		Str text = kernel_str(args[0], i);
		if (!r) {
			kernel_null(ctx, out, i);
			continue;
		}
		bool failed = false;
		uint32_t begin, end;
		int64_t count = 0;
		for (uint32_t from = 0; from <= text.len && search(ctx, &p, r, text, from, out, i, &failed);
		     from = after(text, begin, end)) {
			count++;
			if (!regex_group(p.matcher, 0, &begin, &end))
				break;
		}
		if (!failed)
			out->i64[i] = count;
	}
	regex_close(p.matcher);
}

KERNEL(regexp_instr)
{
	Patterns p = patterns_open(call, args[1]);
	KERNEL_EACH(i)
	{
		const Regex *r = pattern_of(ctx, &p, i);
		Str text = kernel_str(args[0], i);
		bool failed = false;
		uint32_t begin, end;
		if (!r)
			kernel_null(ctx, out, i);
		else if (search(ctx, &p, r, text, 0, out, i, &failed) && regex_group(p.matcher, 0, &begin, &end))
			out->i64[i] = text_length(cut(text, 0, begin)) + 1;
		else if (!failed)
			out->i64[i] = 0;
	}
	regex_close(p.matcher);
}

static bool finish(ResolveCtx *rc, const char *spec, const Type *result, Kernel kernel, bool nullable, Err *err)
{
	RegexpData *d = ARENA_NEW(rc->arena, RegexpData);
	Str pattern;
	d->constant = resolve_const_str(rc, 1, &pattern);
	if (d->constant)
		d->regex = regex_compile(pattern, false, rc->arena);
	rc->call->data = d;
	return nullable ? resolve_nullable(rc, spec, result, kernel, err) : resolve_simple(rc, spec, result, kernel, err);
}

RESOLVE(resolve_regexp)
{
	return finish(rc, "ss", &type_boolean, regexp, false, err);
}

RESOLVE(resolve_replace)
{
	return finish(rc, "sss", &type_string, regexp_replace, true, err);
}

RESOLVE(resolve_extract)
{
	return finish(rc, "ssi", &type_string, regexp_extract, true, err);
}

RESOLVE(resolve_extract_all)
{
	return finish(rc, "ssi", type_array(rc->arena, &type_string), regexp_extract_all, true, err);
}

RESOLVE(resolve_count)
{
	return finish(rc, "ss", &type_int, regexp_count, true, err);
}

RESOLVE(resolve_instr)
{
	return finish(rc, "ss", &type_int, regexp_instr, true, err);
}

/* ---- SIMILAR TO ---- */

/* SQL's pattern as a regular expression: % and _ are wildcards, | * + ? ( ) [ ] { } as usual, all else is itself.
 * false: the escape character stands before nothing. */
static bool translate(Str sql, Str escape, StrBuf *b)
{
	bool in_class = false;
	for (uint32_t at = 0, len; at < sql.len; at += len) {
		len = text_char(sql, at);
		Str c = str_make(sql.ptr + at, len);
		if (escape.len && str_eq(c, escape)) {
			if (at + len >= sql.len)
				return false;
			at += len;
			len = text_char(sql, at);
			c = str_make(sql.ptr + at, len);
			if (!memchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ", c.ptr[0], 64) && len == 1)
				strbuf_putc(b, '\\');
			strbuf_put_str(b, c);
		} else if (c.ptr[0] == '[' || c.ptr[0] == ']') {
			in_class = c.ptr[0] == '[';
			strbuf_put_str(b, c);
		} else if (in_class) {
			strbuf_put_str(b, c);
		} else if (c.ptr[0] == '%') {
			strbuf_puts(b, ".*");
		} else if (c.ptr[0] == '_') {
			strbuf_putc(b, '.');
		} else if (c.ptr[0] == '.' || c.ptr[0] == '^' || c.ptr[0] == '$' || c.ptr[0] == '\\') {
			strbuf_putc(b, '\\');
			strbuf_put_str(b, c);
		} else {
			strbuf_put_str(b, c);
		}
	}
	return true;
}

static const Regex *compile_similar(Str sql, Str escape, Arena *arena)
{
	StrBuf b;
	strbuf_init(&b);
	strbuf_puts(&b, "(?:");
	bool fine = translate(sql, escape, &b);
	strbuf_putc(&b, ')');
	const Regex *r = fine ? regex_compile(strbuf_str(&b), true, arena) : NULL;
	strbuf_deinit(&b);
	return r;
}

KERNEL(similar)
{
	const RegexpData *d = call->data;
	Patterns p = patterns_open(call, args[1]);
	KERNEL_EACH(i)
	{
		Str pattern = kernel_str(args[1], i);
		const Regex *r = d->regex;
		if (!d->constant)
			r = compile_similar(pattern, call->nargs == 3 ? kernel_str(args[2], i) : STR_EMPTY, ctx->arena);
		bool failed = false;
		bool found = r && search(ctx, &p, r, kernel_str(args[0], i), 0, out, i, &failed);
		if (!r)
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "'%.*s' is not a pattern of SIMILAR TO", STR_ARG(pattern));
		else if (!failed)
			out->b[i] = found;
	}
	regex_close(p.matcher);
}

RESOLVE(resolve_similar)
{
	RegexpData *d = ARENA_NEW(rc->arena, RegexpData);
	Str pattern;
	Str escape = STR_EMPTY;
	d->constant = resolve_const_str(rc, 1, &pattern) && (rc->nargs == 2 || resolve_const_str(rc, 2, &escape));
	if (d->constant) {
		d->regex = compile_similar(pattern, escape, rc->arena);
		if (!d->regex)
			return err_set_at(err, ERR_BAD_VALUE, rc->span, "'%.*s' is not a pattern of SIMILAR TO", STR_ARG(pattern));
	}
	rc->call->data = d;
	return resolve_simple(rc, "sss", &type_boolean, similar, err);
}

#define ENTRY(name, sig, doc, least, most, resolve)                                                                    \
	{                                                                                                                  \
		name, "string", sig, doc, least, most, FN_STRICT | FN_CAN_FAIL, resolve                                        \
	}

static const Function items[] = {
    ENTRY("REGEXP", "REGEXP(string, regex) -> BOOLEAN", "Does the regular expression match somewhere in the string?", 2,
          2, resolve_regexp),
    ENTRY("REGEXP_REPLACE", "REGEXP_REPLACE(string, regex, replacement) -> STRING",
          "The string with all matches replaced.", 3, 3, resolve_replace),
    ENTRY("REGEXP_EXTRACT", "REGEXP_EXTRACT(string, regex [, group]) -> STRING",
          "A group of the first match; group 0 is the match.", 2, 3, resolve_extract),
    ENTRY("REGEXP_EXTRACT_ALL", "REGEXP_EXTRACT_ALL(string, regex [, group]) -> ARRAY<STRING>",
          "A group of every match; group 1 unless given.", 2, 3, resolve_extract_all),
    ENTRY("REGEXP_SUBSTR", "REGEXP_SUBSTR(string, regex) -> STRING", "The first match.", 2, 2, resolve_extract),
    ENTRY("REGEXP_COUNT", "REGEXP_COUNT(string, regex) -> INT", "The number of matches.", 2, 2, resolve_count),
    ENTRY("REGEXP_INSTR", "REGEXP_INSTR(string, regex) -> INT",
          "The position of the first match, from 1; 0 if there is none.", 2, 2, resolve_instr),
    {"SIMILAR TO", "string", "s SIMILAR TO pattern [ESCAPE c] -> BOOLEAN",
     "Does the whole string match the SQL pattern?", 2, 3, FN_STRICT | FN_CAN_FAIL | FN_HIDDEN, resolve_similar},
};

const FunctionTable regexp_functions = {items, sizeof items / sizeof *items};
