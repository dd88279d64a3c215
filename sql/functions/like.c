/*
 * sql/functions/like.c: s LIKE pattern [ESCAPE c].
 *
 * A pattern is cut at its % into segments:      'ab%c_d%'  ->  [ab] [c_d] []
 * The first must stand at the begin, the last at the end, the others are found from left to right, each as early as
 * possible: no backtracking. There is no escape character unless one is given.
 */
#include "sql/functions/kernel.h"

#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/functions/text.h"

typedef struct Segment {
	const char *bytes;
	const uint8_t *any; /* any[k] != 0: bytes[k] stands for any one character; NULL: none does */
	uint32_t len;
} Segment;

typedef struct Pattern {
	Segment *segments;
	uint32_t nsegments; /* at least 1; 1: no % */
} Pattern;

/* NULL: the escape character is followed by something else than %, _ or itself, or is not one character. */
static const Pattern *compile(Str s, Str escape, Arena *arena)
{
	if (escape.len && text_char(escape, 0) != escape.len)
		return NULL;
	uint32_t most = 1;
	for (uint32_t i = 0; i < s.len; i++)
		most += s.ptr[i] == '%';
	Pattern *p = ARENA_NEW(arena, Pattern);
	p->segments = ARENA_ARRAY_ZERO(arena, Segment, most);
	char *bytes = arena_alloc(arena, s.len);
	uint8_t *any = arena_alloc_zero(arena, s.len);
	bool has_any = false;
	uint32_t n = 0;
	uint32_t begin = 0;
	for (uint32_t at = 0;; at++) {
		bool ends = at == s.len;
		if (ends || s.ptr[at] == '%') {
			bool escaped = escape.len && !ends && str_starts(str_make(s.ptr + at, s.len - at), escape);
			if (!escaped) {
				p->segments[p->nsegments++] = (Segment){bytes + begin, has_any ? any + begin : NULL, n - begin};
				begin = n;
				has_any = false;
				if (ends)
					return p;
				continue;
			}
		}
		if (escape.len && str_starts(str_make(s.ptr + at, s.len - at), escape)) {
			at += escape.len;
			Str rest = str_make(s.ptr + at, s.len - at);
			if (rest.len == 0 || !(*rest.ptr == '%' || *rest.ptr == '_' || str_starts(rest, escape)))
				return NULL;
			if (*rest.ptr != '%' && *rest.ptr != '_') {
				memcpy(bytes + n, escape.ptr, escape.len);
				n += escape.len;
				at += escape.len - 1;
				continue;
			}
		} else if (s.ptr[at] == '_') {
			any[n] = 1;
			has_any = true;
		}
		bytes[n++] = s.ptr[at];
	}
}

/* Matches the segment at `at`; the end of the match, or -1. */
static int64_t match_at(const Segment *g, Str s, uint32_t at)
{
	if (!g->any)
		return s.len - at >= g->len && memcmp(s.ptr + at, g->bytes, g->len) == 0 ? (int64_t)at + g->len : -1;
	for (uint32_t k = 0; k < g->len; k++) {
		if (at >= s.len)
			return -1;
		if (g->any[k])
			at += text_char(s, at);
		else if (s.ptr[at] == g->bytes[k])
			at++;
		else
			return -1;
	}
	return at;
}

enum { SHORT_NEEDLE = 8 };

/* memmem prepares itself for long needles; short ones are sooner found by their first byte. */
static const char *find_bytes(const char *p, size_t n, const Segment *g)
{
	if (g->len > SHORT_NEEDLE)
		return memmem(p, n, g->bytes, g->len);
	while (n >= g->len) {
		const char *q = memchr(p, g->bytes[0], n - g->len + 1);
		if (!q || memcmp(q, g->bytes, g->len) == 0)
			return q;
		n -= (size_t)(q - p) + 1;
		p = q + 1;
	}
	return NULL;
}

/* The earliest match from `at` on; its end, or -1. */
static int64_t find_from(const Segment *g, Str s, uint32_t at)
{
	if (g->len == 0)
		return at;
	if (!g->any) {
		const char *p = find_bytes(s.ptr + at, s.len - at, g);
		return p ? p - s.ptr + (int64_t)g->len : -1;
	}
	while (at < s.len) {
		int64_t end = match_at(g, s, at);
		if (end >= 0)
			return end;
		at += text_char(s, at);
	}
	return -1;
}

/* Characters of a segment, to know where its match at the end begins. */
static int64_t begin_at_end(const Segment *g, Str s, uint32_t from)
{
	if (!g->any)
		return s.len >= from && s.len - from >= g->len ? (int64_t)s.len - g->len : -1;
	uint32_t chars = 0;
	for (uint32_t k = 0; k < g->len; k++)
		chars += g->any[k] || ((unsigned char)g->bytes[k] & 0xc0) != 0x80;
	uint32_t have = text_length(str_make(s.ptr + from, s.len - from));
	if (have < chars)
		return -1;
	return from + (int64_t)text_offset(str_make(s.ptr + from, s.len - from), have - chars);
}

static bool matches(const Pattern *p, Str s)
{
	int64_t at = match_at(&p->segments[0], s, 0);
	if (at < 0 || p->nsegments == 1)
		return at == (int64_t)s.len;
	for (uint32_t k = 1; k + 1 < p->nsegments; k++) {
		at = find_from(&p->segments[k], s, (uint32_t)at);
		if (at < 0)
			return false;
	}
	const Segment *last = &p->segments[p->nsegments - 1];
	int64_t begin = begin_at_end(last, s, (uint32_t)at);
	return begin >= 0 && match_at(last, s, (uint32_t)begin) == (int64_t)s.len;
}

KERNEL(like)
{
	const Pattern *constant = call->data;
	const Pattern *p = constant;
	Str last = STR_EMPTY;
	Str last_escape = STR_EMPTY;
	KERNEL_EACH(i)
	{
		if (!constant) {
			Str s = kernel_str(args[1], i);
			Str escape = call->nargs == 3 ? kernel_str(args[2], i) : STR_EMPTY;
			if (!p || !str_eq(s, last) || !str_eq(escape, last_escape))
				p = compile(s, escape, ctx->arena);
			last = s;
			last_escape = escape;
			if (!p) {
				kernel_fail(ctx, out, i, ROW_BAD_VALUE, "'%.*s' is not a pattern of LIKE with the escape '%.*s'",
				            STR_ARG(s), STR_ARG(escape));
				continue;
			}
		}
		out->b[i] = matches(p, kernel_str(args[0], i));
	}
}

RESOLVE(resolve_like)
{
	Str s;
	Str escape = STR_EMPTY;
	bool constant = resolve_const_str(rc, 1, &s) && (rc->nargs == 2 || resolve_const_str(rc, 2, &escape));
	if (constant) {
		rc->call->data = compile(s, escape, rc->arena);
		if (!rc->call->data)
			return err_set_at(err, ERR_BAD_VALUE, rc->span, "'%.*s' is not a pattern of LIKE with the escape '%.*s'",
			                  STR_ARG(s), STR_ARG(escape));
		rc->call->can_fail = false;
	} else {
		rc->call->can_fail = rc->nargs == 3;
	}
	return resolve_simple(rc, "sss", &type_boolean, like, err);
}

static const Function items[] = {
    {"LIKE", "string", "s LIKE pattern [ESCAPE c] -> BOOLEAN",
     "Does the whole string match, where % is any text and _ any character?", 2, 3, FN_STRICT | FN_CAN_FAIL | FN_HIDDEN,
     resolve_like},
};

const FunctionTable like_functions = {items, sizeof items / sizeof *items};
