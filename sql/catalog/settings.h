/*
 * sql/catalog/settings.h: SET: the one table of settings, and a set of values.
 *
 * As with options, each setting is honoured, or without effect here (accepted with a NOTICE), or unknown (an error with
 * the nearest name). Settings are per session, but for those of the engine, which are one for all; those of a file hold
 * for the statements behind them; a query keeps the values it was made with.
 */
#ifndef WEIR_SQL_CATALOG_SETTINGS_H
#define WEIR_SQL_CATALOG_SETTINGS_H

#include "sql/catalog/options.h"

typedef enum SettingScope {
	SETTING_ENGINE,  /* of the whole engine: weir.memory, weir.step.rows ... */
	SETTING_START,   /* likewise, fixed when it opens: --set alone changes it */
	SETTING_QUERY,   /* kept with each query made after it: table.local-time-zone ... */
	SETTING_SESSION, /* of the connection: how results are shown ... */
} SettingScope;

typedef struct SettingDef {
	const char *name;
	SettingScope scope;
	OptionClass class;
	OptionType type;
	const char *choices;
	int64_t least, greatest; /* OPTION_INT, DURATION (us), SIZE; 0, 0: no bounds */
	const char *default_;
	const char *doc;
} SettingDef;

const SettingDef *settings_def_at(uint32_t index);
const SettingDef *settings_find(Str name); /* PostgreSQL's names of the same thing too: timezone */

typedef struct Settings Settings; /* a set of values; immutable copies are cheap */

Settings *settings_new(void); /* the defaults */
Settings *settings_copy(const Settings *s);
void settings_free(Settings *s);
/* ERR_NO_SUCH_OPTION, ERR_BAD_OPTION. *no_effect is set for settings of that class. */
bool settings_set(Settings *s, Str name, Str value, bool *no_effect, Err *err);
/* The same, of the command line or a settings file: RESET goes back to it. origin is what SHOW SETTINGS says of it. */
bool settings_start(Settings *s, Str name, Str value, const char *origin, bool *no_effect, Err *err);
/* To what settings_start has said, else the default; empty name: all. */
bool settings_reset(Settings *s, Str name, Err *err);
void settings_clear(Settings *s, const char *name); /* to the default of the table, whatever was said; known names */
void settings_take(Settings *to, const Settings *from, const char *name); /* one value, with its origin; known names */
Str settings_str(const Settings *s, const char *name);                    /* known names only (ASSERT) */
bool settings_bool(const Settings *s, const char *name);
int64_t settings_int(const Settings *s, const char *name);
int64_t settings_duration_us(const Settings *s, const char *name);
int64_t settings_size(const Settings *s, const char *name);
bool settings_is_default(const Settings *s, const char *name);
Str settings_origin(const Settings *s, const char *name); /* "default", "SET", or of settings_start */

#endif
