/*
 * sql/functions/regex.c: the glue to PCRE2; the functions are in regexp.c.
 *
 * Patterns are Java's as far as PCRE2 shares them (nearly all). Texts that are not UTF-8 do no harm: nothing matches
 * across such bytes.
 */
#include "sql/functions/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/err.h"

struct Regex {
	pcre2_code *code;
	uint32_t groups;
};

struct Matcher {
	pcre2_general_context *general;
	pcre2_match_context *limits;
	pcre2_match_data *data;
	uint32_t pairs;
	uint32_t found; /* groups of the last match, and one */
};

static void *take(size_t n, void *arena)
{
	return arena_alloc(arena, n);
}

static void leave(void *p, void *arena)
{
	(void)p;
	(void)arena;
}

static void *heap_take(size_t n, void *unused)
{
	(void)unused;
	return mem_alloc(n);
}

static void heap_leave(void *p, void *unused)
{
	(void)unused;
	mem_free(p);
}

const Regex *regex_compile(Str pattern, bool whole, Arena *arena)
{
	pcre2_general_context *general = pcre2_general_context_create(take, leave, arena);
	pcre2_compile_context *context = pcre2_compile_context_create(general);
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
	if (whole)
		options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOTALL;
	int code;
	PCRE2_SIZE at;
	pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &code, &at, context);
	if (!compiled)
		return NULL;
	Regex *r = ARENA_NEW(arena, Regex);
	r->code = compiled;
	pcre2_pattern_info(compiled, PCRE2_INFO_CAPTURECOUNT, &r->groups);
	return r;
}

uint32_t regex_groups(const Regex *regex)
{
	return regex->groups;
}

Matcher *regex_open(void)
{
	Matcher *m = MEM_NEW(Matcher);
	m->general = pcre2_general_context_create(heap_take, heap_leave, NULL);
	m->limits = pcre2_match_context_create(m->general);
	pcre2_set_match_limit(m->limits, REGEX_STEPS_MAX);
	pcre2_set_depth_limit(m->limits, REGEX_STEPS_MAX);
	pcre2_set_heap_limit(m->limits, REGEX_HEAP_KB_MAX);
	return m;
}

void regex_close(Matcher *m)
{
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->limits);
	pcre2_general_context_free(m->general);
	mem_free(m);
}

RegexFound regex_find(Matcher *m, const Regex *regex, Str text, uint32_t from)
{
	if (!m->data || m->pairs < regex->groups + 1) {
		pcre2_match_data_free(m->data);
		m->pairs = regex->groups + 1;
		m->data = pcre2_match_data_create(m->pairs, m->general);
	}
	int rc = pcre2_match(regex->code, (PCRE2_SPTR)text.ptr, text.len, from, 0, m->data, m->limits);
	m->found = rc > 0 ? (uint32_t)rc : 0;
	if (rc > 0)
		return REGEX_FOUND;
	return rc == PCRE2_ERROR_NOMATCH ? REGEX_NONE : REGEX_LIMIT;
}

bool regex_group(const Matcher *m, uint32_t group, uint32_t *begin, uint32_t *end)
{
	if (group >= m->found)
		return false;
	const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(m->data);
	if (pairs[2 * group] == PCRE2_UNSET || pairs[2 * group + 1] < pairs[2 * group])
		return false;
	*begin = (uint32_t)pairs[2 * group];
	*end = (uint32_t)pairs[2 * group + 1];
	return true;
}
