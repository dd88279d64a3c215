/*
 * sql/catalog/options.c: lists of options, and their values with the defaults of the table.
 *
 * Reading never fails: options_check.c has refused what does not fit when the table was made.
 */
#include "sql/catalog/options.h"

#include "base/config.h"
#include "sql/catalog/options_int.h"

const OptionValue *options_find(const Options *o, Str key)
{
	for (uint32_t i = 0; i < o->len; i++) {
		if (str_eq(o->items[i].key, key))
			return &o->items[i];
	}
	return NULL;
}

Str options_get(const Options *o, const char *key)
{
	const OptionValue *item = options_find(o, str_from(key));
	return item ? item->value : STR_EMPTY;
}

bool options_has(const Options *o, const char *key)
{
	return options_find(o, str_from(key)) != NULL;
}

bool options_scope_has(const char *scopes, Str scope)
{
	Str rest = str_from(scopes);
	Str one;
	while (str_next(&rest, ',', &one)) {
		if (str_eq(one, scope))
			return true;
	}
	return false;
}

/* fields.#.kind, properties.*, or the name itself. */
static bool options_name_matches(const char *name, Str key)
{
	const char *hole = strpbrk(name, "#*");
	if (!hole)
		return str_eq_c(key, name);
	Str before = str_make(name, (size_t)(hole - name));
	Str after = str_from(hole + 1);
	return key.len > before.len + after.len && str_starts(key, before) && str_ends(key, after);
}

const OptionDef *options_def_find(Str scope, Str key)
{
	const OptionDef *wild = NULL;
	const OptionDef *def;
	for (uint32_t i = 0; (def = options_def_at(i)); i++) {
		if (!options_scope_has(def->scope, scope) || !options_name_matches(def->name, key))
			continue;
		if (str_eq_c(key, def->name))
			return def;
		wild = def;
	}
	return wild;
}

Str options_choice(const OptionDef *def, Str value)
{
	Str rest = str_from(def->choices);
	Str one;
	value = str_trim(value);
	while (str_next(&rest, '|', &one)) {
		if (str_eq_nocase(one, value))
			return one;
	}
	return STR_EMPTY;
}

/* The value as given or by default, and the row of the table; asking for what the table does not have is a bug. */
static Str options_text(const Options *o, const char *scope, const char *key, OptionType type, const OptionDef **out)
{
	const OptionDef *def = options_def_find(str_from(scope), str_from(key));
	ASSERT(def != NULL);
	ASSERT(type == OPTION_STRING || def->type == type);
	*out = def;
	const OptionValue *item = options_find(o, str_from(key));
	if (item)
		return item->value;
	return def->default_ ? str_from(def->default_) : STR_EMPTY;
}

Str options_str(const Options *o, const char *scope, const char *key)
{
	const OptionDef *def;
	Str text = options_text(o, scope, key, OPTION_STRING, &def);
	return def->type == OPTION_ENUM && text.len > 0 ? options_choice(def, text) : text;
}

bool options_bool(const Options *o, const char *scope, const char *key)
{
	const OptionDef *def;
	bool value = false;
	(void)config_bool(options_text(o, scope, key, OPTION_BOOL, &def), &value);
	return value;
}

int64_t options_int(const Options *o, const char *scope, const char *key)
{
	const OptionDef *def;
	int64_t value = 0;
	(void)str_to_i64(str_trim(options_text(o, scope, key, OPTION_INT, &def)), &value);
	return value;
}

int64_t options_duration_us(const Options *o, const char *scope, const char *key)
{
	const OptionDef *def;
	int64_t value = 0;
	(void)config_duration_us(options_text(o, scope, key, OPTION_DURATION, &def), &value);
	return value;
}

int64_t options_size(const Options *o, const char *scope, const char *key)
{
	const OptionDef *def;
	int64_t value = 0;
	(void)config_size_bytes(options_text(o, scope, key, OPTION_SIZE, &def), &value);
	return value;
}

double options_double(const Options *o, const char *scope, const char *key)
{
	const OptionDef *def;
	double value = 0;
	(void)str_to_f64(str_trim(options_text(o, scope, key, OPTION_DOUBLE, &def)), &value);
	return value;
}

Options options_with_prefix(const Options *o, Str prefix, Arena *arena)
{
	Options own = {0};
	for (uint32_t i = 0; i < o->len; i++) {
		if (!str_starts(o->items[i].key, prefix))
			continue;
		OptionValue item = o->items[i];
		item.key = str_slice(item.key, prefix.len, item.key.len);
		ARENA_PUSH(arena, &own, item);
	}
	return own;
}

void options_set(Options *o, Arena *arena, Str key, Str value)
{
	for (uint32_t i = 0; i < o->len; i++) {
		if (str_eq(o->items[i].key, key)) {
			o->items[i].raw = value;
			o->items[i].value = value;
			return;
		}
	}
	OptionValue item = {.key = key, .raw = value, .value = value};
	ARENA_PUSH(arena, o, item);
}

Str options_format(const Options *o, bool key, Arena *arena, Options *own)
{
	const char *prefix = key ? "key." : options_has(o, "value.format") ? "value." : "";
	Str name = options_get(o, key ? "key.format" : *prefix ? "value.format" : "format");
	*own = (Options){0};
	if (name.len > 0)
		*own = options_with_prefix(o, arena_printf(arena, "%s%.*s.", prefix, STR_ARG(name)), arena);
	return name;
}

Str options_masked(const OptionValue *item, Arena *arena)
{
	StrBuf b;
	strbuf_init(&b);
	config_put_shown(&b, item->key, item->raw);
	Str shown = arena_str(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return shown;
}
