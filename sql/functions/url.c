/*
 * sql/functions/url.c: PARSE_URL: the parts of a URL, by the rules of java.net.URL.
 *
 *   http://user:pw@host:80/path/file?a=1&b=2#ref
 *   PROTOCOL http   AUTHORITY user:pw@host:80   USERINFO user:pw   HOST host
 *   PATH /path/file   QUERY a=1&b=2   FILE /path/file?a=1&b=2   REF ref
 */
#include "sql/functions/kernel.h"

#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

/* A part with ptr == NULL is absent. */
typedef struct Url {
	Str protocol, authority, userinfo, host, path, query, ref, file;
} Url;

static Str cut(Str s, int64_t from, int64_t to)
{
	return str_make(s.ptr + from, (size_t)(to - from));
}

static bool is_protocol(Str s)
{
	for (uint32_t k = 0; k < s.len; k++) {
		char c = s.ptr[k];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && (k == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')))
			return false;
	}
	return s.len > 0;
}

static void split_authority(Url *u)
{
	Str a = u->authority;
	int64_t at = str_find(a, STR("@"), 0);
	if (at >= 0) {
		u->userinfo = cut(a, 0, at);
		a = cut(a, at + 1, a.len);
	}
	/* The port follows the last colon outside of [..]. */
	int64_t bracket = str_find(a, STR("]"), 0);
	int64_t colon = str_find(a, STR(":"), bracket < 0 ? 0 : (uint32_t)bracket);
	u->host = colon >= 0 ? cut(a, 0, colon) : a;
}

static bool parse(Str s, Url *u)
{
	*u = (Url){0};
	s = str_trim(s);
	int64_t colon = str_find(s, STR(":"), 0);
	if (colon < 0 || !is_protocol(cut(s, 0, colon)))
		return false;
	u->protocol = cut(s, 0, colon);
	Str rest = cut(s, colon + 1, s.len);
	int64_t hash = str_find(rest, STR("#"), 0);
	if (hash >= 0) {
		u->ref = cut(rest, hash + 1, rest.len);
		rest = cut(rest, 0, hash);
	}
	u->host = STR_EMPTY;
	if (str_starts(rest, STR("//"))) {
		uint32_t end = 2;
		while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?')
			end++;
		u->authority = cut(rest, 2, end);
		rest = cut(rest, end, rest.len);
		split_authority(u);
	}
	u->file = rest;
	int64_t question = str_find(rest, STR("?"), 0);
	u->path = question >= 0 ? cut(rest, 0, question) : rest;
	if (question >= 0)
		u->query = cut(rest, question + 1, rest.len);
	return true;
}

static Str part_of(const Url *u, Str name)
{
	const struct {
		const char *name;
		Str part;
	} parts[] = {
	    {"HOST", u->host},         {"PATH", u->path}, {"QUERY", u->query},         {"REF", u->ref},
	    {"PROTOCOL", u->protocol}, {"FILE", u->file}, {"AUTHORITY", u->authority}, {"USERINFO", u->userinfo},
	};
	for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
		if (str_eq_c(name, parts[k].name))
			return parts[k].part;
	return (Str){NULL, 0};
}

static Str query_value(Str query, Str key)
{
	Str pair;
	while (query.ptr && str_next(&query, '&', &pair)) {
		if (pair.len > key.len && str_starts(pair, key) && pair.ptr[key.len] == '=')
			return cut(pair, (int64_t)key.len + 1, pair.len);
	}
	return (Str){NULL, 0};
}

KERNEL(parse_url)
{
	KERNEL_EACH(i)
	{
		Url u;
		Str name = kernel_str(args[1], i);
		Str found = {NULL, 0};
		if (parse(kernel_str(args[0], i), &u))
			found = part_of(&u, name);
		if (call->nargs == 3 && found.ptr)
			found = str_eq(name, STR("QUERY")) ? query_value(found, kernel_str(args[2], i)) : (Str){NULL, 0};
		if (found.ptr)
			out->str[i] = found;
		else
			kernel_null(ctx, out, i);
	}
}

RESOLVE_NULLABLE(resolve_parse_url, "sss", &type_string, parse_url)

static const Function items[] = {
    {"PARSE_URL", "string", "PARSE_URL(url, part [, key]) -> STRING",
     "A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, AUTHORITY, FILE, USERINFO; with QUERY, the value of a key.", 2,
     3, FN_STRICT, resolve_parse_url},
};

const FunctionTable url_functions = {items, sizeof items / sizeof *items};
