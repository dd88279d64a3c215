/*
 * sql/types/jsonpath.c: JSON paths: $.a['b c'][0][-1][*].d, lax or strict.
 *
 * The rules are those of the path library that Flink uses. A path without [*] is definite: it leads to one value or
 * nowhere (lax: empty; strict, which is the default: an error). Behind the first [*] what is missing is just left out,
 * and the matches are collected in an array. Values are found by stepping over the text; nothing is built. Objects in
 * results have their members in order of names, as Flink prints them.
 */
#include "sql/types/jsonpath.h"

#include "sql/types/json_scan.h"

typedef enum StepKind { STEP_MEMBER, STEP_INDEX, STEP_ALL } StepKind;

typedef struct Step {
	StepKind kind;
	Str name;
	int64_t index; /* below 0: from the end */
} Step;

struct JsonPath {
	bool lax;
	bool many; /* has a STEP_ALL */
	Step *items;
	uint32_t len;
	uint32_t cap;
};

enum { JSON_PATH_STEPS_MAX = 256 };

static bool jsonpath_failed(Str path, const char *why, Err *err)
{
	(void)err_set(err, ERR_BAD_VALUE, "JSON path \"%.*s\": %s", STR_ARG(path), why);
	return err_hint(err,
	                "Write paths like '$.a.b', '$[0]', '$[''a b'']', '$.a[*].b', with 'lax ' or 'strict ' before.");
}

/* 'lax' or 'strict' and a blank in front. */
static bool jsonpath_mode(Str *s, const char *mode)
{
	Str word = str_from(mode);
	if (!str_starts_nocase(*s, word) || s->len == word.len || !strchr(" \t\r\n", s->ptr[word.len])) {
		return false;
	}
	*s = str_trim(str_make(s->ptr + word.len, s->len - word.len));
	return true;
}

/* A quoted name in brackets; a backslash takes the next character as it is. */
static bool jsonpath_quoted(Str *s, Arena *arena, Str *name)
{
	char quote = *s->ptr;
	char *out = arena_alloc(arena, s->len);
	uint32_t n = 0;
	uint32_t i = 1;
	for (; i < s->len && s->ptr[i] != quote; i++) {
		i += s->ptr[i] == '\\' && i + 1 < s->len;
		out[n++] = s->ptr[i];
	}
	if (i == s->len) {
		return false;
	}
	*name = str_make(out, n);
	s->ptr += i + 1;
	s->len -= i + 1;
	return true;
}

/* What stands in [ ]; s begins behind the bracket. */
static const char *jsonpath_bracket(Str *s, Arena *arena, Step *step)
{
	*s = str_trim(*s);
	if (s->len == 0) {
		return "a bracket is not closed";
	}
	if (*s->ptr == '\'' || *s->ptr == '"') {
		step->kind = STEP_MEMBER;
		if (!jsonpath_quoted(s, arena, &step->name)) {
			return "a quote is not closed";
		}
	} else if (*s->ptr == '*') {
		step->kind = STEP_ALL;
		s->ptr++;
		s->len--;
	} else {
		uint32_t n = 0;
		while (n < s->len && ((s->ptr[n] >= '0' && s->ptr[n] <= '9') || (n == 0 && s->ptr[n] == '-'))) {
			n++;
		}
		step->kind = STEP_INDEX;
		if (!str_to_i64(str_make(s->ptr, n), &step->index)) {
			return "filters, slices and functions are not supported";
		}
		s->ptr += n;
		s->len -= n;
	}
	*s = str_trim(*s);
	if (s->len == 0 || *s->ptr != ']') {
		return "unions, slices and filters are not supported";
	}
	s->ptr++;
	s->len--;
	return NULL;
}

static const char *jsonpath_dotted(Str *s, Step *step)
{
	uint32_t n = 0;
	if (s->len > 0 && *s->ptr == '*') {
		step->kind = STEP_ALL;
		n = 1;
	} else {
		while (n < s->len && !strchr(".[ ()", s->ptr[n])) {
			n++;
		}
		if (n == 0) {
			return s->len > 0 && *s->ptr == '.' ? "'..' is not supported" : "a name is missing";
		}
		if (n < s->len && *(s->ptr + n) == '(') {
			return "functions are not supported";
		}
		step->kind = STEP_MEMBER;
		step->name = str_make(s->ptr, n);
	}
	s->ptr += n;
	s->len -= n;
	return NULL;
}

JsonPath *jsonpath_parse(Str path, Arena *arena, Err *err)
{
	JsonPath *p = ARENA_NEW(arena, JsonPath);
	Str copy = arena_str(arena, path);
	Str s = str_trim(copy);
	p->lax = jsonpath_mode(&s, "lax");
	if (!p->lax) {
		(void)jsonpath_mode(&s, "strict");
	}
	if (s.len == 0) {
		(void)jsonpath_failed(path, "it is empty", err);
		return NULL;
	}
	/* Without $ the text is a name. */
	bool dot = *s.ptr != '$';
	if (!dot) {
		s.ptr++;
		s.len--;
	}
	while (s.len > 0) {
		Step step = {.kind = STEP_ALL};
		const char *why = "a '.' or '[' is missing";
		char c = *s.ptr;
		if (!dot && (c == '.' || c == '[')) {
			s.ptr++;
			s.len--;
		}
		if (c == '[') {
			why = jsonpath_bracket(&s, arena, &step);
		} else if (dot || c == '.') {
			why = jsonpath_dotted(&s, &step);
		}
		dot = false;
		if (!why && p->len == JSON_PATH_STEPS_MAX) {
			why = "it has too many steps";
		}
		if (why) {
			(void)jsonpath_failed(path, why, err);
			return NULL;
		}
		p->many = p->many || step.kind == STEP_ALL;
		ARENA_PUSH(arena, p, step);
	}
	return p;
}

/* One definite step; false: nothing there. */
static bool jsonpath_step(const Step *step, Arena *arena, JsonKind *kind, Str *text)
{
	JsonScan s = json_scan(*text);
	bool first = true;
	bool found = false;
	JsonKind k;
	Str key;
	Str value;
	if (step->kind == STEP_MEMBER) {
		if (*kind != JSON_KIND_OBJECT) {
			return false;
		}
		while (json_scan_member(&s, &first, &key, &k, &value)) {
			if (str_eq(json_scan_string(key, arena), step->name)) {
				*kind = k;
				*text = value;
				found = true;
			}
		}
		return found;
	}
	if (*kind != JSON_KIND_ARRAY) {
		return false;
	}
	int64_t wanted = step->index;
	if (wanted < 0) {
		while (json_scan_element(&s, &first, &k, &value)) {
			wanted++;
		}
		if (wanted < 0) {
			return false;
		}
		/* wanted was raised once per element: it is the index now. */
		s = json_scan(*text);
		first = true;
	}
	for (int64_t i = 0; json_scan_element(&s, &first, &k, &value); i++) {
		if (i == wanted) {
			*kind = k;
			*text = value;
			return true;
		}
	}
	return false;
}

typedef struct Matches {
	const JsonPath *path;
	Arena *arena;
	StrBuf out; /* the matches behind each other, with commas */
} Matches;

/* Follows the steps from `from` on behind a [*]; what is missing is no match. At most JSON_PATH_STEPS_MAX deep. */
static void jsonpath_collect(Matches *m, uint32_t from, JsonKind kind, Str text)
{
	for (uint32_t i = from; i < m->path->len; i++) {
		const Step *step = &m->path->items[i];
		if (step->kind != STEP_ALL) {
			if (!jsonpath_step(step, m->arena, &kind, &text)) {
				return;
			}
			continue;
		}
		JsonScan s = json_scan(text);
		bool first = true;
		JsonKind k;
		Str key;
		Str value;
		if (kind == JSON_KIND_ARRAY) {
			while (json_scan_element(&s, &first, &k, &value)) {
				jsonpath_collect(m, i + 1, k, value);
			}
		} else if (kind == JSON_KIND_OBJECT) {
			while (json_scan_member(&s, &first, &key, &k, &value)) {
				jsonpath_collect(m, i + 1, k, value);
			}
		}
		return;
	}
	if (m->out.len > 1) {
		strbuf_putc(&m->out, ',');
	}
	json_scan_sorted(text, kind, m->arena, &m->out);
}

static Str jsonpath_text(JsonKind kind, Str text, Arena *arena)
{
	if (kind != JSON_KIND_ARRAY && kind != JSON_KIND_OBJECT) {
		return arena_str(arena, text);
	}
	StrBuf buf;
	strbuf_init(&buf);
	json_scan_sorted(text, kind, arena, &buf);
	Str out = arena_str(arena, strbuf_str(&buf));
	strbuf_deinit(&buf);
	return out;
}

JsonFound jsonpath_find(const JsonPath *path, Str json, Arena *arena, JsonKind *kind, Str *text, Str *scalar,
                        bool *many)
{
	Str value;
	*many = path->many;
	*text = *scalar = STR_EMPTY;
	*kind = JSON_KIND_NULL;
	if (!json_scan_whole(json, kind, &value)) {
		return path->lax ? JSON_EMPTY : JSON_ERROR;
	}
	uint32_t i = 0;
	bool found = true;
	for (; found && i < path->len && path->items[i].kind != STEP_ALL; i++) {
		found = jsonpath_step(&path->items[i], arena, kind, &value);
	}
	if (!found && !path->lax) {
		return JSON_ERROR;
	}
	if (path->many) {
		Matches m = {.path = path, .arena = arena};
		strbuf_init(&m.out);
		strbuf_putc(&m.out, '[');
		if (found) {
			jsonpath_collect(&m, i, *kind, value);
		}
		strbuf_putc(&m.out, ']');
		*kind = JSON_KIND_ARRAY;
		*text = arena_str(arena, strbuf_str(&m.out));
		strbuf_deinit(&m.out);
		return JSON_FOUND;
	}
	if (!found) {
		return JSON_EMPTY;
	}
	*text = jsonpath_text(*kind, value, arena);
	if (*kind == JSON_KIND_STRING) {
		*scalar = arena_str(arena, json_scan_string(value, arena));
	} else if (*kind != JSON_KIND_ARRAY && *kind != JSON_KIND_OBJECT) {
		*scalar = *text;
	}
	return JSON_FOUND;
}

bool jsonpath_is_json(Str text, JsonKind *kind)
{
	Str value;
	return json_scan_whole(text, kind, &value);
}
