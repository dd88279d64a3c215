/*
 * sql/functions/pg_names.c: the names under which users of PostgreSQL, MySQL and DuckDB look for functions that are
 * here under Flink's names. Resolving one resolves the other, which then is the function of the call.
 */
#include "sql/functions/function.h"

#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

#define SAME(resolve, of)                                                                                              \
	RESOLVE(resolve)                                                                                                   \
	{                                                                                                                  \
		rc->name = STR(of);                                                                                            \
		return function_resolve(rc, err);                                                                              \
	}

SAME(resolve_array_concat, "ARRAY_CONCAT")
SAME(resolve_coalesce, "COALESCE")
SAME(resolve_current_row_timestamp, "CURRENT_ROW_TIMESTAMP")
SAME(resolve_extract, "EXTRACT")
SAME(resolve_hex, "HEX")
SAME(resolve_lower, "LOWER")
SAME(resolve_power, "POWER")
SAME(resolve_rand, "RAND")
SAME(resolve_regexp, "REGEXP")
SAME(resolve_split, "SPLIT")
SAME(resolve_startswith, "STARTSWITH")
SAME(resolve_truncate, "TRUNCATE")
SAME(resolve_upper, "UPPER")
SAME(resolve_uuid, "UUID")

#define ENTRY(name, of, sig, resolve)                                                                                  \
	{                                                                                                                  \
		name, "alias", sig, "Another name of " of ".", 0, 255, FN_OURS, resolve                                        \
	}

static const Function items[] = {
    ENTRY("ARRAY_CAT", "ARRAY_CONCAT", "ARRAY_CAT(a, b, ...) -> array", resolve_array_concat),
    ENTRY("CLOCK_TIMESTAMP", "CURRENT_ROW_TIMESTAMP", "CLOCK_TIMESTAMP() -> TIMESTAMP_LTZ(3)",
          resolve_current_row_timestamp),
    ENTRY("DATE_PART", "EXTRACT", "DATE_PART('unit', time) -> BIGINT", resolve_extract),
    ENTRY("GEN_RANDOM_UUID", "UUID", "GEN_RANDOM_UUID() -> STRING", resolve_uuid),
    ENTRY("LCASE", "LOWER", "LCASE(string) -> STRING", resolve_lower),
    ENTRY("NVL", "COALESCE", "NVL(value, ...) -> common type", resolve_coalesce),
    ENTRY("POW", "POWER", "POW(x, y) -> DOUBLE", resolve_power),
    ENTRY("RANDOM", "RAND", "RANDOM() -> DOUBLE", resolve_rand),
    ENTRY("REGEXP_LIKE", "REGEXP", "REGEXP_LIKE(string, regex) -> BOOLEAN", resolve_regexp),
    ENTRY("STARTS_WITH", "STARTSWITH", "STARTS_WITH(string, prefix) -> BOOLEAN", resolve_startswith),
    ENTRY("STRING_TO_ARRAY", "SPLIT", "STRING_TO_ARRAY(string, separator) -> ARRAY<STRING>", resolve_split),
    ENTRY("TO_HEX", "HEX", "TO_HEX(integer or string or bytes) -> STRING", resolve_hex),
    ENTRY("TRUNC", "TRUNCATE", "TRUNC(number [, digits]) -> type of the number", resolve_truncate),
    ENTRY("UCASE", "UPPER", "UCASE(string) -> STRING", resolve_upper),
};

const FunctionTable pg_names_functions = {items, sizeof items / sizeof *items};
