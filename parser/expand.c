/*
 * parser/expand.c: ${NAME} in string literals of query files.
 */
#include "parser/expand.h"

#include <stdlib.h>

typedef struct Expander {
	Arena *arena;
	const Expand *expand;
	Span span;
	Err *err;
	StrBuf out;
} Expander;

static bool lookup_environment(void *ctx, Str name, Str *value)
{
	char key[256];
	(void)ctx;
	if (name.len >= sizeof key)
		return false;
	memcpy(key, name.ptr, name.len);
	key[name.len] = '\0';
	const char *found = getenv(key);
	if (found == NULL)
		return false;
	*value = str_from(found);
	return true;
}

const Expand expand_environment = {.lookup = lookup_environment};

static bool is_name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

static bool fail_form(Expander *x, Str text, uint32_t begin)
{
	Str shown = str_slice(text, begin, 40);
	err_set_at(x->err, ERR_BAD_LITERAL, x->span, "\"%.*s\" is not of the form ${NAME}", STR_ARG(shown));
	return err_hint(x->err,
	                "Write ${NAME}, ${NAME:-default}, ${NAME:+text} or ${NAME:?message}; the text ${ is written $${.");
}

/* The place of the `}` that closes the one opened before `at`; text.len if there is none. */
static uint32_t closing_brace(Str text, uint32_t at)
{
	uint32_t level = 1;
	for (; at < text.len; at++) {
		if (text.ptr[at] == '$' && at + 1 < text.len && text.ptr[at + 1] == '{') {
			level++;
			at++;
		} else if (text.ptr[at] == '}' && --level == 0) {
			return at;
		}
	}
	return text.len;
}

static bool expand_into(Expander *x, Str text, uint32_t depth);

static bool fail_unset(Expander *x, Str name, Str message)
{
	if (message.len > 0) {
		err_set_at(x->err, ERR_UNSET_VARIABLE, x->span, "\"%.*s\" is not set: %.*s", STR_ARG(name), STR_ARG(message));
		return false;
	}
	err_set_at(x->err, ERR_UNSET_VARIABLE, x->span, "the environment variable \"%.*s\" is not set", STR_ARG(name));
	return err_hint(x->err, "Set it before weir starts, or give a default: ${%.*s:-default}.", STR_ARG(name));
}

/* variable := "${" name [":-" text | ":+" text | ":?" text] "}"; *at is behind "${" and is moved behind "}" */
static bool expand_variable(Expander *x, Str text, uint32_t *at, uint32_t depth)
{
	uint32_t begin = *at - 2, name_begin = *at;
	while (*at < text.len && is_name_char(text.ptr[*at], *at == name_begin))
		(*at)++;
	Str name = str_slice(text, name_begin, *at - name_begin);
	uint32_t end = closing_brace(text, *at);
	if (name.len == 0 || end == text.len || depth > EXPAND_DEPTH_MAX)
		return fail_form(x, text, begin);
	char form = 0;
	Str rest = STR_EMPTY;
	if (*at < end) {
		form = *at + 1 < end ? text.ptr[*at + 1] : '\0';
		if (text.ptr[*at] != ':' || (form != '-' && form != '+' && form != '?'))
			return fail_form(x, text, begin);
		rest = str_slice(text, *at + 2, end - *at - 2);
	}
	*at = end + 1;
	Str value = STR_EMPTY;
	bool set = x->expand->lookup(x->expand->ctx, name, &value);
	if (x->expand->used != NULL)
		x->expand->used(x->expand->ctx, name, set ? &value : NULL);
	bool full = set && value.len > 0;
	if (form == '+')
		return full ? expand_into(x, rest, depth + 1) : true;
	if (form == '-' && !full)
		return expand_into(x, rest, depth + 1);
	if (!set || (form == '?' && !full))
		return fail_unset(x, name, form == '?' ? rest : STR_EMPTY);
	strbuf_put_str(&x->out, value);
	return true;
}

static bool expand_into(Expander *x, Str text, uint32_t depth)
{
	uint32_t at = 0;
	while (at < text.len) {
		bool escaped = at + 2 < text.len && text.ptr[at] == '$' && text.ptr[at + 1] == '$' && text.ptr[at + 2] == '{';
		if (escaped) {
			strbuf_puts(&x->out, "${");
			at += 3;
		} else if (text.ptr[at] == '$' && at + 1 < text.len && text.ptr[at + 1] == '{') {
			at += 2;
			if (!expand_variable(x, text, &at, depth))
				return false;
		} else {
			strbuf_putc(&x->out, text.ptr[at++]);
		}
		if (x->out.len > EXPAND_BYTES_MAX)
			return err_set_at(x->err, ERR_BAD_LITERAL, x->span,
			                  "the literal is longer than %u bytes with its ${} replaced", EXPAND_BYTES_MAX);
	}
	return true;
}

bool expand_text(Arena *arena, const Expand *expand, Str text, Span span, Str *out, Err *err)
{
	*out = text;
	if (str_find(text, STR("${"), 0) < 0)
		return true;
	Expander x = {.arena = arena, .expand = expand, .span = span, .err = err};
	strbuf_init(&x.out);
	bool ok = expand_into(&x, text, 0);
	if (ok)
		*out = arena_str(arena, strbuf_str(&x.out));
	strbuf_deinit(&x.out);
	return ok;
}
