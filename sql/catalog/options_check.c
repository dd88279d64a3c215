/*
 * sql/catalog/options_check.c: checks WITH (...) against the table of options, when the statement is read.
 *
 * The one idea: a key belongs to the connector, or, behind its prefix, to a format of the table; every key is resolved
 * to a row of the table, and what has none is an error that names the nearest key that would have been right.
 * Combinations that only one connector or format knows are checked there.
 */
#include "base/config.h"
#include "sql/catalog/options_int.h"

enum { OPTIONS_NEAR_MAX = 6 }; /* a name further away than this many letters is no suggestion */

/* What a table's keys are resolved against: its connector, and up to two formats behind their prefixes. */
typedef struct CheckScope {
	Str scope;  /* "kafka", "format:json" */
	Str prefix; /* "", "json.", "value.json.", "key.csv." */
} CheckScope;

typedef struct Checker {
	const Options *options;
	Arena *arena;
	CheckScope scopes[3];
	uint32_t nscopes;
	Err *err;
} Checker;

static const OptionScope *scope_find(const char *kind, Str name)
{
	const OptionScope *scope;
	Str head = str_from(kind);
	for (uint32_t i = 0; (scope = options_scope_at(i)); i++) {
		Str full = str_from(scope->name);
		if (str_starts(full, head) && str_eq(str_slice(full, head.len, full.len), name))
			return scope;
	}
	return NULL;
}

/* Keeps the nearest name seen so far. */
typedef struct Nearest {
	Str name;
	unsigned distance;
} Nearest;

static void nearest_try(Nearest *n, Str wanted, Str candidate)
{
	unsigned limit = wanted.len / 3 + 1;
	unsigned cap = limit < OPTIONS_NEAR_MAX ? limit + 1 : OPTIONS_NEAR_MAX + 1;
	unsigned distance = str_distance(wanted, candidate, cap);
	if (distance < cap && (n->name.len == 0 || distance < n->distance))
		*n = (Nearest){candidate, distance};
}

/* "format:" or "" for connectors; supported ones only. */
static void nearest_scope(Nearest *n, const char *kind, Str wanted)
{
	const OptionScope *scope;
	Str head = str_from(kind);
	for (uint32_t i = 0; (scope = options_scope_at(i)); i++) {
		Str full = str_from(scope->name);
		bool is_format = str_starts(full, STR("format:"));
		if (scope->supported && is_format == (head.len > 0))
			nearest_try(n, wanted, str_slice(full, head.len, full.len));
	}
}

static void scope_list(const char *kind, StrBuf *out)
{
	const OptionScope *scope;
	size_t head = strlen(kind);
	for (uint32_t i = 0; (scope = options_scope_at(i)); i++) {
		bool is_format = str_starts(str_from(scope->name), STR("format:"));
		if (scope->supported && is_format == (head > 0))
			strbuf_printf(out, "%s%s", out->len > 0 ? ", " : "", scope->name + head);
	}
}

/* The connector or format that an option names. */
static bool check_scope(Checker *c, const OptionValue *item, const char *kind, const char *what)
{
	bool is_connector = *kind == '\0';
	const OptionScope *scope =
	    is_connector && str_find(item->value, STR(":"), 0) >= 0 ? NULL : scope_find(kind, item->value);
	if (scope && scope->supported)
		return true;
	if (scope) {
		err_set_at(c->err, ERR_NOT_SUPPORTED, item->span, "the %s \"%.*s\" is not supported yet", what,
		           STR_ARG(item->value));
		return err_hint(c->err, "%s", scope->doc);
	}
	err_set_at(c->err, ERR_BAD_OPTION, item->span, "unknown %s \"%.*s\"", what, STR_ARG(item->value));
	Nearest near = {0};
	nearest_scope(&near, kind, item->value);
	StrBuf list;
	strbuf_init(&list);
	scope_list(kind, &list);
	if (near.name.len > 0)
		err_hint(c->err, "Did you mean \"%.*s\"? The %ss are: %s.", STR_ARG(near.name), what, strbuf_cstr(&list));
	else
		err_hint(c->err, "The %ss are: %s.", what, strbuf_cstr(&list));
	strbuf_deinit(&list);
	return false;
}

/* Takes the format that option `key` names, if it is given, among the scopes. */
static bool add_format(Checker *c, const char *key, const char *prefix)
{
	const OptionValue *item = options_find(c->options, str_from(key));
	if (!item)
		return true;
	if (!check_scope(c, item, "format:", "format"))
		return false;
	CheckScope *scope = &c->scopes[c->nscopes++];
	scope->scope = arena_printf(c->arena, "format:%.*s", STR_ARG(item->value));
	scope->prefix = arena_printf(c->arena, "%s%.*s.", prefix, STR_ARG(item->value));
	return true;
}

static bool check_formats(Checker *c, Str connector)
{
	const OptionDef *plain = options_def_find(connector, STR("format"));
	bool has_value = options_def_find(connector, STR("value.format")) != NULL;
	if (plain && plain->type == OPTION_ENUM) {
		/* stdout: a choice of its own; json and csv take their format's options */
		const OptionValue *item = options_find(c->options, STR("format"));
		if (!item || !scope_find("format:", item->value))
			return true;
		return add_format(c, "format", "");
	}
	const OptionValue *value = options_find(c->options, STR("value.format"));
	if (plain && has_value && value && options_has(c->options, "format"))
		return err_set_at(c->err, ERR_BAD_OPTION, value->span,
		                  "\"format\" and \"value.format\" are the same thing, and both are given");
	if (plain && !add_format(c, "format", ""))
		return false;
	if (has_value && !add_format(c, "value.format", "value."))
		return false;
	if (options_def_find(connector, STR("key.format")) && !add_format(c, "key.format", "key."))
		return false;
	if (plain && has_value && !value && !options_has(c->options, "format")) {
		err_set(c->err, ERR_MISSING_OPTION, "connector \"%.*s\" needs the option \"format\"", STR_ARG(connector));
		return err_hint(c->err, "Add 'format' = 'json', or csv, or raw.");
	}
	return true;
}

static const OptionDef *find_def(const Checker *c, Str key)
{
	for (uint32_t i = c->nscopes; i-- > 0;) {
		const CheckScope *scope = &c->scopes[i];
		if (!str_starts(key, scope->prefix))
			continue;
		const OptionDef *def = options_def_find(scope->scope, str_slice(key, scope->prefix.len, key.len));
		if (def)
			return def;
	}
	return NULL;
}

/* A row's name as the user would have written it: fields.#.kind gets the column name of the wanted key. */
static Str spell(const Checker *c, const CheckScope *scope, const OptionDef *def, Str wanted)
{
	const char *hole = strchr(def->name, '#');
	if (!hole)
		return arena_printf(c->arena, "%.*s%s", STR_ARG(scope->prefix), def->name);
	Str before = str_make(def->name, (size_t)(hole - def->name));
	uint32_t dot = wanted.len;
	while (dot > 0 && wanted.ptr[dot - 1] != '.')
		dot--;
	if (!str_starts(wanted, before) || dot <= before.len + 1)
		return str_from(def->name);
	return arena_printf(c->arena, "%.*s%s", (int)dot - 1, wanted.ptr, hole + 1);
}

/* The table has the format, and the format no such option. */
static bool unknown_format_key(const Checker *c, const CheckScope *scope, const OptionValue *item)
{
	Nearest near = {0};
	StrBuf all;
	strbuf_init(&all);
	const OptionDef *def;
	for (uint32_t i = 0; (def = options_def_at(i)); i++) {
		if (!options_scope_has(def->scope, scope->scope) || strchr(def->name, '*'))
			continue;
		nearest_try(&near, item->key, spell(c, scope, def, item->key));
		if (def->class == OPTION_HONOURED)
			strbuf_printf(&all, "%s%s", all.len ? ", " : "", def->name);
	}
	Str format = str_slice(scope->scope, (uint32_t)strlen("format:"), scope->scope.len);
	err_set_at(c->err, ERR_NO_SUCH_OPTION, item->span, "format \"%.*s\" has no option \"%.*s\"", STR_ARG(format),
	           STR_ARG(item->key));
	if (near.name.len)
		err_hint(c->err, "Did you mean \"%.*s\"?", STR_ARG(near.name));
	else if (all.len)
		err_hint(c->err, "Behind \"%.*s\" it has: %s.", STR_ARG(scope->prefix), strbuf_cstr(&all));
	else
		err_hint(c->err, "It has none.");
	strbuf_deinit(&all);
	return false;
}

/* Why the key is unknown: the nearest one of this table, or where it belongs. */
static bool unknown_key(const Checker *c, const OptionValue *item)
{
	Str connector = c->scopes[0].scope;
	for (uint32_t s = 1; s < c->nscopes; s++)
		if (str_starts(item->key, c->scopes[s].prefix))
			return unknown_format_key(c, &c->scopes[s], item);
	err_set_at(c->err, ERR_NO_SUCH_OPTION, item->span, "connector \"%.*s\" has no option \"%.*s\"", STR_ARG(connector),
	           STR_ARG(item->key));
	Nearest near = {0};
	const OptionDef *def;
	const char *elsewhere = NULL;
	for (uint32_t i = 0; (def = options_def_at(i)); i++) {
		for (uint32_t s = 0; s < c->nscopes; s++) {
			if (options_scope_has(def->scope, c->scopes[s].scope) && !strchr(def->name, '*'))
				nearest_try(&near, item->key, spell(c, &c->scopes[s], def, item->key));
		}
		if (!elsewhere && strncmp(def->scope, "format:", 7) != 0 && str_eq_c(item->key, def->name))
			elsewhere = def->scope;
	}
	if (near.name.len > 0)
		return err_hint(c->err, "Did you mean \"%.*s\"?", STR_ARG(near.name));
	if (elsewhere)
		return err_hint(c->err, "It is an option of %s.", elsewhere);
	/* json.x at a table whose format is another, or is given as value.format */
	for (uint32_t s = 1; s < c->nscopes; s++) {
		Str prefix = c->scopes[s].prefix;
		Str bare = str_starts(prefix, STR("value.")) ? str_slice(prefix, 6, prefix.len) : prefix;
		if (bare.len < prefix.len && str_starts(item->key, bare))
			return err_hint(c->err, "With \"value.format\" the format's options begin with \"%.*s\".", STR_ARG(prefix));
	}
	uint32_t dot = 0;
	while (dot < item->key.len && item->key.ptr[dot] != '.')
		dot++;
	if (scope_find("format:", str_slice(item->key, 0, dot)))
		return err_hint(c->err, "The table has no format \"%.*s\".", (int)dot, item->key.ptr);
	return false;
}

static bool bad_value(const Checker *c, const OptionValue *item, const char *form)
{
	Str shown = options_masked(item, c->arena);
	err_set_at(c->err, ERR_BAD_OPTION, item->span, "\"%.*s\" is not a value for \"%.*s\"", STR_ARG(shown),
	           STR_ARG(item->key));
	return err_hint(c->err, "%s", form);
}

static bool bad_choice(const Checker *c, const OptionValue *item, const OptionDef *def)
{
	Nearest near = {0};
	StrBuf list;
	strbuf_init(&list);
	Str rest = str_from(def->choices);
	Str one;
	while (str_next(&rest, '|', &one)) {
		nearest_try(&near, item->value, one);
		strbuf_printf(&list, "%s%.*s", list.len > 0 ? ", " : "", STR_ARG(one));
	}
	Str hint = near.name.len > 0 ? arena_printf(c->arena, "Did you mean \"%.*s\"? Possible are: %s.",
	                                            STR_ARG(near.name), strbuf_cstr(&list))
	                             : arena_printf(c->arena, "Possible are: %s.", strbuf_cstr(&list));
	strbuf_deinit(&list);
	return bad_value(c, item, hint.ptr);
}

static bool check_value(const Checker *c, const OptionValue *item, const OptionDef *def)
{
	int64_t number;
	double real;
	bool truth;
	switch (def->type) {
	case OPTION_STRING: return true;
	case OPTION_BOOL: return config_bool(item->value, &truth) || bad_value(c, item, "It is true or false.");
	case OPTION_INT:
		if (!str_to_i64(str_trim(item->value), &number))
			return bad_value(c, item, "It is a whole number.");
		if ((def->least != 0 || def->greatest != 0) && (number < def->least || number > def->greatest)) {
			Str form = arena_printf(c->arena, "It is a whole number from %lld to %lld.", (long long)def->least,
			                        (long long)def->greatest);
			return bad_value(c, item, form.ptr);
		}
		return true;
	case OPTION_DURATION:
		return config_duration_us(item->value, &number) ||
		       bad_value(c, item, "It is a duration such as '500 ms', '5 s', '10 min', '1 h'.");
	case OPTION_SIZE:
		return config_size_bytes(item->value, &number) ||
		       bad_value(c, item, "It is a size such as '64 kb' or '128 MB'.");
	case OPTION_ENUM: return options_choice(def, item->value).len > 0 || bad_choice(c, item, def);
	case OPTION_LIST:
		return item->value.len > 0 || bad_value(c, item, "It is a list separated by semicolons, and not empty.");
	case OPTION_DOUBLE: return str_to_f64(str_trim(item->value), &real) || bad_value(c, item, "It is a number.");
	}
	return true;
}

static bool check_item(const Checker *c, uint32_t index, StrBuf *notice)
{
	const OptionValue *item = &c->options->items[index];
	for (uint32_t i = 0; i < index; i++) {
		if (str_eq(c->options->items[i].key, item->key))
			return err_set_at(c->err, ERR_BAD_OPTION, item->span, "option \"%.*s\" is given twice", STR_ARG(item->key));
	}
	const OptionDef *def = find_def(c, item->key);
	if (!def)
		return unknown_key(c, item);
	switch (def->class) {
	case OPTION_HONOURED: return check_value(c, item, def);
	case OPTION_NO_EFFECT:
		strbuf_printf(notice, "%s%.*s", notice->len > 0 ? ", " : "", STR_ARG(item->key));
		return true;
	case OPTION_NOT_YET:
		err_set_at(c->err, ERR_NOT_SUPPORTED, item->span, "option \"%.*s\" is not supported yet", STR_ARG(item->key));
		return err_hint(c->err, "%s", def->doc);
	}
	return true;
}

static bool check_required(const Checker *c)
{
	const OptionDef *def;
	for (uint32_t i = 0; (def = options_def_at(i)); i++) {
		for (uint32_t s = 0; s < c->nscopes && def->required; s++) {
			const CheckScope *scope = &c->scopes[s];
			if (!options_scope_has(def->scope, scope->scope))
				continue;
			Str key = arena_printf(c->arena, "%.*s%s", STR_ARG(scope->prefix), def->name);
			if (options_find(c->options, key))
				continue;
			err_set(c->err, ERR_MISSING_OPTION, "connector \"%.*s\" needs the option \"%.*s\"",
			        STR_ARG(c->scopes[0].scope), STR_ARG(key));
			return err_hint(c->err, "%s", def->doc);
		}
	}
	return true;
}

bool options_check(const Options *o, Arena *arena, StrBuf *notice, Err *err)
{
	if (o->len == 0)
		return true;
	Checker c = {.options = o, .arena = arena, .err = err};
	const OptionValue *connector = options_find(o, STR("connector"));
	if (!connector) {
		err_set_at(err, ERR_MISSING_OPTION, o->items[0].span, "WITH (...) does not say the \"connector\"");
		return err_hint(err, "Add 'connector' = 'kafka' or another one; a table that weir keeps itself has no WITH.");
	}
	if (!check_scope(&c, connector, "", "connector"))
		return false;
	c.scopes[c.nscopes++] = (CheckScope){connector->value, STR_EMPTY};
	if (!check_formats(&c, connector->value))
		return false;
	for (uint32_t i = 0; i < o->len; i++) {
		if (!check_item(&c, i, notice))
			return false;
	}
	return check_required(&c);
}
