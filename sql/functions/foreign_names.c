/*
 * sql/functions/foreign_names.c: what users of PostgreSQL, MySQL, SQL Server, Oracle, SQLite and Spark write, and the
 * cure.
 */
#include "sql/functions/foreign_names.h"

#include <stddef.h>

typedef struct ForeignName {
	const char *name, *cure;
} ForeignName;

#define USE(x) "Use " x "."

static const ForeignName functions[] = {
    {"add_months", USE("date + INTERVAL '1' MONTH")},
    {"age", USE("TIMESTAMPDIFF(DAY, a, b)")},
    {"array_size", USE("CARDINALITY(array)")},
    {"bool", USE("CAST(x AS BOOLEAN)")},
    {"char_index", USE("POSITION(substring IN string)")},
    {"charindex", USE("POSITION(substring IN string)")},
    {"convert", USE("CAST(x AS type)")},
    {"count_distinct", USE("COUNT(DISTINCT x)")},
    {"countif", USE("COUNT(*) FILTER (WHERE condition)")},
    {"count_if", USE("COUNT(*) FILTER (WHERE condition)")},
    {"curdate", USE("CURRENT_DATE")},
    {"curtime", USE("CURRENT_TIME")},
    {"date_add", USE("time + INTERVAL '1' DAY")},
    {"date_bin",
     "Use FLOOR(time TO unit), or a window: TABLE(TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '5' MINUTE))."},
    {"date_diff", USE("TIMESTAMPDIFF(unit, a, b)")},
    {"date_sub", USE("time - INTERVAL '1' DAY")},
    {"dateadd", USE("TIMESTAMPADD(unit, n, time)")},
    {"datediff", USE("TIMESTAMPDIFF(unit, a, b)")},
    {"datepart", USE("EXTRACT(unit FROM time)")},
    {"day", USE("DAYOFMONTH(time)")},
    {"day_of_month", USE("DAYOFMONTH(time)")},
    {"dayname", USE("DATE_FORMAT(time, 'EEEE')")},
    {"epoch_ms", USE("TO_TIMESTAMP_LTZ(millis, 3)")},
    {"explode", USE("CROSS JOIN UNNEST(array) AS t(x)")},
    {"first", USE("FIRST_VALUE(x)")},
    {"format", USE("PRINTF(format, ...)")},
    {"from_iso8601_timestamp", USE("TO_TIMESTAMP(string, pattern)")},
    {"getdate", USE("CURRENT_TIMESTAMP")},
    {"group_concat", USE("LISTAGG(text, separator)")},
    {"iif", USE("IF(condition, a, b)")},
    {"is_null", USE("x IS NULL")},
    {"isnull", "Use COALESCE(x, other), or x IS NULL."},
    {"json_agg", USE("JSON_ARRAYAGG(value)")},
    {"json_array_elements", USE("JSON_QUERY(json, '$.path' RETURNING ARRAY<STRING>) and UNNEST")},
    {"json_build_array", USE("JSON_ARRAY(value, ...)")},
    {"json_build_object", USE("JSON_OBJECT(KEY 'name' VALUE value, ...)")},
    {"json_extract", USE("JSON_VALUE(json, '$.path')")},
    {"json_extract_path_text", USE("JSON_VALUE(json, '$.path')")},
    {"json_object_agg", USE("JSON_OBJECTAGG(KEY k VALUE v)")},
    {"jsonb_agg", USE("JSON_ARRAYAGG(value)")},
    {"jsonb_build_object", USE("JSON_OBJECT(KEY 'name' VALUE value, ...)")},
    {"jsonb_object_agg", USE("JSON_OBJECTAGG(KEY k VALUE v)")},
    {"last", USE("LAST_VALUE(x)")},
    {"len", USE("CHAR_LENGTH(string)")},
    {"list", USE("ARRAY_AGG(x)")},
    {"listagg_distinct", USE("LISTAGG(DISTINCT text)")},
    {"make_date", USE("TO_DATE(string)")},
    {"make_interval", USE("INTERVAL '1' DAY")},
    {"newid", USE("UUID()")},
    {"nvl2", USE("CASE WHEN x IS NOT NULL THEN a ELSE b END")},
    {"regexp_match", USE("REGEXP_EXTRACT(string, regex, group)")},
    {"regexp_matches", USE("REGEXP_EXTRACT_ALL(string, regex)")},
    {"regexp_split_to_array", USE("SPLIT(string, separator)")},
    {"rlike", USE("REGEXP(string, regex)")},
    {"std", USE("STDDEV_POP(x)")},
    {"str_split", USE("SPLIT(string, separator)")},
    {"strftime", USE("DATE_FORMAT(time, pattern)")},
    {"string_split", USE("SPLIT(string, separator)")},
    {"substring_index", USE("SPLIT_INDEX(string, separator, index)")},
    {"sum_if", USE("SUM(x) FILTER (WHERE condition)")},
    {"sumif", USE("SUM(x) FILTER (WHERE condition)")},
    {"sysdate", USE("CURRENT_TIMESTAMP")},
    {"sysdatetime", USE("CURRENT_TIMESTAMP")},
    {"systimestamp", USE("CURRENT_TIMESTAMP")},
    {"time_bucket", "Use a window: TABLE(TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '5' MINUTE))."},
    {"to_json", USE("JSON_STRING(value)")},
    {"to_jsonb", USE("JSON_STRING(value)")},
    {"to_number", USE("CAST(text AS DECIMAL(p, s))")},
    {"to_varchar", USE("CAST(x AS STRING)")},
    {"toDateTime", USE("TO_TIMESTAMP(string)")},
    {"unnest", "It stands in FROM: SELECT x FROM t CROSS JOIN UNNEST(t.xs) AS u (x)."},
    {"unix_millis", USE("UNIX_TIMESTAMP() * 1000")},
    {"zeroifnull", USE("COALESCE(x, 0)")},
};

static const ForeignName types[] = {
    {"bigserial", "There is no counter of rows; use BIGINT, or STRING with UUID()."},
    {"bit", USE("BOOLEAN, or BYTES")},
    {"blob", USE("BYTES")},
    {"clob", USE("STRING")},
    {"datetime", USE("TIMESTAMP(3), a wall clock, or TIMESTAMP_LTZ(3), an instant")},
    {"datetime2", USE("TIMESTAMP(6), a wall clock, or TIMESTAMP_LTZ(6), an instant")},
    {"datetime64", USE("TIMESTAMP(3), a wall clock, or TIMESTAMP_LTZ(3), an instant")},
    {"datetimeoffset", USE("TIMESTAMP_LTZ(3)")},
    {"enum", USE("STRING")},
    {"float32", USE("FLOAT")},
    {"float64", USE("DOUBLE")},
    {"hugeint", USE("DECIMAL(38, 0)")},
    {"image", USE("BYTES")},
    {"inet", USE("STRING; a jdbc target may have inet")},
    {"int16", USE("SMALLINT")},
    {"int32", USE("INT")},
    {"int64", USE("BIGINT")},
    {"list", USE("ARRAY<type>")},
    {"long", USE("BIGINT")},
    {"longtext", USE("STRING")},
    {"mediumint", USE("INT")},
    {"mediumtext", USE("STRING")},
    {"money", USE("DECIMAL(19, 2)")},
    {"nchar", USE("CHAR(n)")},
    {"ntext", USE("STRING")},
    {"number", USE("DECIMAL(p, s), INT or BIGINT")},
    {"nvarchar", USE("STRING, or VARCHAR(n)")},
    {"object", USE("ROW<name type, ...>, or JSON")},
    {"serial", "There is no counter of rows; use INT or BIGINT, or STRING with UUID()."},
    {"short", USE("SMALLINT")},
    {"smalldatetime", USE("TIMESTAMP(0)")},
    {"struct", USE("ROW<name type, ...>")},
    {"tinytext", USE("STRING")},
    {"ubigint", USE("DECIMAL(20, 0)")},
    {"uint", USE("BIGINT")},
    {"uint32", USE("BIGINT")},
    {"uint64", USE("DECIMAL(20, 0)")},
    {"uuid", USE("STRING; a jdbc target may have uuid")},
    {"varchar2", USE("STRING, or VARCHAR(n)")},
    {"variant", USE("JSON")},
    {"xml", USE("STRING")},
    {"year", USE("INT")},
};

static const char *look_up(const ForeignName *list, size_t n, Str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(name, str_from(list[i].name)))
			return list[i].cure;
	return NULL;
}

const char *foreign_names_function(Str name)
{
	return look_up(functions, sizeof functions / sizeof functions[0], name);
}

const char *foreign_names_type(Str name)
{
	return look_up(types, sizeof types / sizeof types[0], name);
}
