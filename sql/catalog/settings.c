/*
 * sql/catalog/settings.c: the table of settings and sets of values.
 *
 * A set is two arrays beside the table: what holds now, and what RESET goes back to. Each value is its text in the
 * canonical spelling, NULL for the default, and who said so. What a text means was checked when it was set, so the
 * readers cannot fail.
 */
#include "sql/catalog/settings.h"

#include "base/config.h"
#include "sql/types/zone.h"

static const SettingDef settings_defs[] = {
#define SETTING(name, scope, class, type, choices, least, greatest, default_, doc)                                     \
	{name, SETTING_##scope, OPTION_##class, OPTION_##type, choices, least, greatest, default_, doc},
#include "sql/catalog/settings.def"
#undef SETTING
};

enum { SETTINGS_COUNT = sizeof settings_defs / sizeof settings_defs[0] };

/* PostgreSQL's and older names of the same thing. */
static const struct {
	const char *alias;
	const char *name;
} settings_aliases[] = {
    {"timezone", "table.local-time-zone"},
    {"time zone", "table.local-time-zone"},
    {"names", "client_encoding"},
    {"sql-client.display.max-column-width", "table.display.max-column-width"},
};

typedef struct SettingValue {
	char *text;   /* NULL: the default */
	char *origin; /* NULL: nobody has set it */
} SettingValue;

struct Settings {
	SettingValue now[SETTINGS_COUNT];
	SettingValue start[SETTINGS_COUNT]; /* of the command line and the settings file */
};

static void value_put(SettingValue *v, const char *text, const char *origin)
{
	SettingValue old = *v;
	v->text = text ? mem_cstr(str_from(text)) : NULL;
	v->origin = origin ? mem_cstr(str_from(origin)) : NULL;
	mem_free(old.text);
	mem_free(old.origin);
}

const SettingDef *settings_def_at(uint32_t index)
{
	return index < SETTINGS_COUNT ? &settings_defs[index] : NULL;
}

static bool is_wildcard(const SettingDef *d)
{
	return d->name[strlen(d->name) - 1] == '*';
}

static bool matches_wildcard(const SettingDef *d, Str name)
{
	Str prefix = {d->name, (uint32_t)strlen(d->name) - 1};
	return is_wildcard(d) && name.len > prefix.len && str_starts(name, prefix);
}

const SettingDef *settings_find(Str name)
{
	name = str_trim(name);
	for (uint32_t i = 0; i < SETTINGS_COUNT; i++)
		if (str_eq_c(name, settings_defs[i].name))
			return &settings_defs[i];
	for (uint32_t i = 0; i < SETTINGS_COUNT; i++)
		if (!is_wildcard(&settings_defs[i]) && str_eq_nocase(name, str_from(settings_defs[i].name)))
			return &settings_defs[i];
	for (size_t i = 0; i < sizeof settings_aliases / sizeof settings_aliases[0]; i++)
		if (str_eq_nocase(name, str_from(settings_aliases[i].alias)))
			return settings_find(str_from(settings_aliases[i].name));
	for (uint32_t i = 0; i < SETTINGS_COUNT; i++)
		if (matches_wildcard(&settings_defs[i], name))
			return &settings_defs[i];
	return NULL;
}

static bool fail_unknown(Str name, Err *err)
{
	const char *best = NULL;
	unsigned best_distance = name.len / 3 + 2;
	for (uint32_t i = 0; i < SETTINGS_COUNT; i++) {
		if (is_wildcard(&settings_defs[i]))
			continue;
		unsigned d = str_distance(name, str_from(settings_defs[i].name), best_distance);
		if (d < best_distance) {
			best = settings_defs[i].name;
			best_distance = d;
		}
	}
	err_set(err, ERR_NO_SUCH_OPTION, "unknown setting \"%.*s\"", STR_ARG(name));
	return best ? err_hint(err, "Did you mean \"%s\"? SHOW SETTINGS lists them all.", best)
	            : err_hint(err, "SHOW SETTINGS lists them all.");
}

/* The choice as the table spells it. */
static bool choose(const char *choices, Str value, Str *out)
{
	Str rest = str_from(choices), choice;
	while (str_next(&rest, '|', &choice)) {
		if (str_eq_nocase(choice, value)) {
			*out = choice;
			return true;
		}
	}
	return false;
}

static bool in_bounds(const SettingDef *d, int64_t v)
{
	return (d->least == 0 && d->greatest == 0) || (v >= d->least && v <= d->greatest);
}

static bool fail_bounds(const SettingDef *d, Str value, Err *err)
{
	StrBuf b;
	strbuf_init(&b);
	if (d->type == OPTION_DURATION) {
		config_print_duration(&b, d->least);
		strbuf_puts(&b, " to ");
		config_print_duration(&b, d->greatest);
	} else if (d->type == OPTION_SIZE) {
		config_print_size(&b, d->least);
		strbuf_puts(&b, " to ");
		config_print_size(&b, d->greatest);
	} else {
		strbuf_printf(&b, "%lld to %lld", (long long)d->least, (long long)d->greatest);
	}
	err_set(err, ERR_BAD_OPTION, "\"%.*s\" is out of range for the setting \"%s\"", STR_ARG(value), d->name);
	err_hint(err, "It takes %s.", strbuf_cstr(&b));
	strbuf_deinit(&b);
	return false;
}

static bool fail_form(const SettingDef *d, Str value, const char *wants, Err *err)
{
	err_set(err, ERR_BAD_OPTION, "\"%.*s\" is no value for the setting \"%s\"", STR_ARG(value), d->name);
	return err_hint(err, "It takes %s.", wants);
}

/* Checks the text of a value; *out is its canonical spelling. */
static bool check_value(const SettingDef *d, Str value, Str *out, Err *err)
{
	int64_t n;
	double f;
	bool b;
	*out = value;
	switch (d->type) {
	case OPTION_BOOL:
		if (!config_bool(value, &b))
			return fail_form(d, value, "true or false", err);
		*out = b ? STR("true") : STR("false");
		return true;
	case OPTION_INT:
		if (!str_to_i64(value, &n))
			return fail_form(d, value, "a whole number", err);
		return in_bounds(d, n) || fail_bounds(d, value, err);
	case OPTION_DURATION:
		if (!config_duration_us(value, &n) || n < 0)
			return fail_form(d, value, "a duration such as '500 ms', '5 s' or '1 min'", err);
		return in_bounds(d, n) || fail_bounds(d, value, err);
	case OPTION_SIZE:
		if (!config_size_bytes(value, &n) || n < 0)
			return fail_form(d, value, "a size such as '64 MB'", err);
		return in_bounds(d, n) || fail_bounds(d, value, err);
	case OPTION_DOUBLE: return str_to_f64(value, &f) || fail_form(d, value, "a number", err);
	case OPTION_ENUM:
		if (choose(d->choices, value, out))
			return true;
		err_set(err, ERR_BAD_OPTION, "\"%.*s\" is no value for the setting \"%s\"", STR_ARG(value), d->name);
		return strchr(d->choices, '|') ? err_hint(err, "It takes: %s.", d->choices)
		                               : err_hint(err, "It takes %s alone: %s.", d->choices, d->doc);
	case OPTION_STRING:
		if (str_eq_c(str_from(d->name), "table.local-time-zone"))
			return zone_find(value, err) != NULL;
		return true;
	case OPTION_LIST: return true;
	}
	return true;
}

Settings *settings_new(void)
{
	return MEM_NEW(Settings);
}

Settings *settings_copy(const Settings *s)
{
	Settings *copy = settings_new();
	for (uint32_t i = 0; i < SETTINGS_COUNT; i++) {
		value_put(&copy->now[i], s->now[i].text, s->now[i].origin);
		value_put(&copy->start[i], s->start[i].text, s->start[i].origin);
	}
	return copy;
}

void settings_free(Settings *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < SETTINGS_COUNT; i++) {
		value_put(&s->now[i], NULL, NULL);
		value_put(&s->start[i], NULL, NULL);
	}
	mem_free(s);
}

static bool put(Settings *s, Str name, Str value, const char *start, bool *no_effect, Err *err)
{
	*no_effect = false;
	const SettingDef *d = settings_find(name);
	if (!d)
		return fail_unknown(str_trim(name), err);
	if (is_wildcard(d)) {
		*no_effect = true;
		return true;
	}
	Str canonical;
	if (!check_value(d, str_trim(value), &canonical, err))
		return false;
	if (d->class == OPTION_NOT_YET && !str_eq_c(canonical, d->default_)) {
		err_set(err, ERR_NOT_SUPPORTED, "\"%s\" is not supported yet", d->name);
		return err_hint(err, "%s", d->doc);
	}
	uint32_t i = (uint32_t)(d - settings_defs);
	char *text = str_eq_c(canonical, d->default_) ? NULL : mem_cstr(canonical);
	value_put(&s->now[i], text, start ? start : "SET");
	if (start)
		value_put(&s->start[i], text, start);
	mem_free(text);
	*no_effect = d->class == OPTION_NO_EFFECT;
	return true;
}

bool settings_set(Settings *s, Str name, Str value, bool *no_effect, Err *err)
{
	return put(s, name, value, NULL, no_effect, err);
}

bool settings_start(Settings *s, Str name, Str value, const char *origin, bool *no_effect, Err *err)
{
	return put(s, name, value, origin, no_effect, err);
}

bool settings_reset(Settings *s, Str name, Err *err)
{
	const SettingDef *d = name.len ? settings_find(name) : NULL;
	if (name.len && !d)
		return fail_unknown(str_trim(name), err);
	for (uint32_t i = 0; i < SETTINGS_COUNT; i++)
		if (!d || d == &settings_defs[i])
			value_put(&s->now[i], s->start[i].text, s->start[i].origin);
	return true;
}

static uint32_t index_of(const char *name)
{
	const SettingDef *d = settings_find(str_from(name));
	ASSERT(d != NULL && !is_wildcard(d));
	return (uint32_t)(d - settings_defs);
}

void settings_clear(Settings *s, const char *name)
{
	value_put(&s->now[index_of(name)], NULL, NULL);
}

void settings_take(Settings *to, const Settings *from, const char *name)
{
	uint32_t i = index_of(name);
	value_put(&to->now[i], from->now[i].text, from->now[i].origin);
}

Str settings_str(const Settings *s, const char *name)
{
	uint32_t i = index_of(name);
	return str_from(s->now[i].text ? s->now[i].text : settings_defs[i].default_);
}

bool settings_bool(const Settings *s, const char *name)
{
	bool b = false;
	bool ok = config_bool(settings_str(s, name), &b);
	ASSERT(ok);
	return b;
}

int64_t settings_int(const Settings *s, const char *name)
{
	int64_t n = 0;
	bool ok = str_to_i64(settings_str(s, name), &n);
	ASSERT(ok);
	return n;
}

int64_t settings_duration_us(const Settings *s, const char *name)
{
	int64_t us = 0;
	bool ok = config_duration_us(settings_str(s, name), &us);
	ASSERT(ok);
	return us;
}

int64_t settings_size(const Settings *s, const char *name)
{
	int64_t bytes = 0;
	bool ok = config_size_bytes(settings_str(s, name), &bytes);
	ASSERT(ok);
	return bytes;
}

bool settings_is_default(const Settings *s, const char *name)
{
	return s->now[index_of(name)].text == NULL;
}

Str settings_origin(const Settings *s, const char *name)
{
	const char *origin = s->now[index_of(name)].origin;
	return origin ? str_from(origin) : STR("default");
}
