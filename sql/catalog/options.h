/*
 * sql/catalog/options.h: the options of WITH (...): a list as written, and the one table of what each connector and
 * format takes.
 *
 * Every option falls in one of three classes: honoured; without effect here (Flink's, that cannot change a result:
 * accepted with one NOTICE); everything else is an error that names the nearest. A connector reads its options only
 * through this list, and an honoured option that nobody reads is a defect.
 */
#ifndef WEIR_SQL_CATALOG_OPTIONS_H
#define WEIR_SQL_CATALOG_OPTIONS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

typedef struct OptionValue {
	Str key;
	Str raw;   /* as written, with ${...} */
	Str value; /* after replacement */
	Span span;
} OptionValue;

typedef struct Options {
	OptionValue *items;
	uint32_t len;
	uint32_t cap;
} Options;

typedef enum OptionType {
	OPTION_STRING,
	OPTION_BOOL,
	OPTION_INT, /* with least and greatest */
	OPTION_DURATION,
	OPTION_SIZE,
	OPTION_ENUM, /* choices "a|b|c" */
	OPTION_LIST, /* a;b;c */
	OPTION_DOUBLE,
} OptionType;

typedef enum OptionClass {
	OPTION_HONOURED,
	OPTION_NO_EFFECT,
	OPTION_NOT_YET, /* Flink's, and it would change a result: an error that says "not supported yet" (doc is the hint)
	                 */
} OptionClass;

typedef struct OptionDef {
	const char *scope; /* connector or "format:json"; several: "kafka,upsert-kafka" */
	const char *name;  /* exact; or with # for a column name (fields.#.kind); or ending in * (properties.*) */
	OptionClass class;
	OptionType type;
	const char *choices;  /* OPTION_ENUM */
	const char *default_; /* as text; NULL: none */
	bool required;
	const char *doc;
	int64_t least, greatest; /* OPTION_INT; 0, 0: no bounds */
} OptionDef;

/* A connector or format that the language knows by name. */
typedef struct OptionScope {
	const char *name; /* "kafka"; "format:json" */
	bool supported;   /* false: "not supported yet" */
	const char *doc;
} OptionScope;

/* The tables, for checking, SHOW and the reference page. NULL past the end. */
const OptionDef *options_def_at(uint32_t index);
const OptionScope *options_scope_at(uint32_t index);

const OptionValue *options_find(const Options *o, Str key); /* exact key; NULL: not given */
Str options_get(const Options *o, const char *key);         /* value, or the default of `def`-less options: empty */
bool options_has(const Options *o, const char *key);
/* With the defaults of the table of `scope`; the values were checked at CREATE, so these cannot fail. */
Str options_str(const Options *o, const char *scope, const char *key);
bool options_bool(const Options *o, const char *scope, const char *key);
int64_t options_int(const Options *o, const char *scope, const char *key);
int64_t options_duration_us(const Options *o, const char *scope, const char *key);
int64_t options_size(const Options *o, const char *scope, const char *key);
double options_double(const Options *o, const char *scope, const char *key);
/* The options whose key begins with prefix, without it ("json." -> the format's own; "properties."). In the arena. */
Options options_with_prefix(const Options *o, Str prefix, Arena *arena);
void options_set(Options *o, Arena *arena, Str key, Str value);
/* The format of the values (format, value.format) or keys (key.format), and its own options ("json.x", "value.json.x",
 * "key.json.x") without the prefix. Empty: the table has none. */
Str options_format(const Options *o, bool key, Arena *arena, Options *own);
/* The value as SHOW, EXPLAIN, logs and errors may print it: as written, secrets as ***. In the arena. */
Str options_masked(const OptionValue *item, Arena *arena);

/* Checks all options of a table against the tables of its connector and formats: unknown names (did you mean), value
 * forms, required ones. *notice gets the names of those without effect, comma separated, or stays empty. */
bool options_check(const Options *o, Arena *arena, StrBuf *notice, Err *err);

#endif
