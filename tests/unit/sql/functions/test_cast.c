#include "tests/unit/sql/functions/vectors.h"

VECTORS(numbers, {"CAST<BIGINT>(5)", "5", "BIGINT"}, {"CAST<TINYINT>(127)", "127", "TINYINT"},
        {"CAST<TINYINT>(128)", "!W1203 128 does not fit TINYINT", NULL}, {"TRY_CAST<TINYINT>(128)", "NULL", "TINYINT"},
        {"CAST<INT>(<BIGINT>'4294967296')", "!W1203", NULL}, {"CAST<INT>(1.9)", "1", "INT"},
        {"CAST<INT>(-1.9)", "-1", NULL}, {"CAST<INT>(1.9e0)", "1", NULL}, {"CAST<INT>(1e20)", "2147483647", NULL},
        {"CAST<INT>(-1e20)", "-2147483648", NULL}, {"CAST<BIGINT>(1e19)", "9223372036854775807", NULL},
        {"CAST<INT>(<DOUBLE>'NaN')", "0", NULL}, {"CAST<INT>(<DECIMAL(20, 0)>'12345678901')", "!W1203", NULL},
        {"CAST<DECIMAL(5, 2)>(123)", "123.00", "DECIMAL(5, 2)"}, {"CAST<DECIMAL(5, 2)>(1234)", "NULL", NULL},
        {"CAST<DECIMAL(5, 2)>(1.005)", "1.01", NULL}, {"CAST<DECIMAL(3, 1)>(-0.25)", "-0.3", NULL},
        {"CAST<DECIMAL(5, 2)>(1e10)", "NULL", NULL}, {"CAST<DECIMAL(10, 3)>(2.5e0)", "2.500", NULL},
        {"CAST<DECIMAL(38, 20)>(<BIGINT>'9223372036854775807')", "NULL", NULL}, {"CAST<DOUBLE>(1.5)", "1.5", NULL},
        {"CAST<DOUBLE>(<FLOAT>'0.1')", "0.10000000149011612", NULL}, {"CAST<FLOAT>(0.1e0)", "0.1", "FLOAT"},
        {"CAST<FLOAT>(16777217)", "1.6777216E7", NULL}, {"CAST<BOOLEAN>(2)", "TRUE", NULL},
        {"CAST<INT>(TRUE)", "1", NULL}, {"CAST<DECIMAL(3, 1)>(TRUE)", "1.0", NULL}, {"CAST<INT>(NULL)", "NULL", "INT"},
        {"CAST<INT>(<INT>'5')", "5", "INT"})

VECTORS(texts, {"CAST<INT>(' 42 ')", "42", NULL}, {"CAST<INT>('abc')", "!W1202 cannot cast 'abc' to INT", NULL},
        {"TRY_CAST<INT>('abc')", "NULL", NULL}, {"CAST<DOUBLE>('1e3')", "1000.0", NULL},
        {"CAST<DECIMAL(4, 1)>('12.34')", "12.3", NULL}, {"CAST<DECIMAL(4, 1)>('12345')", "!W1203", NULL},
        {"CAST<DECIMAL(4, 1)>('x')", "!W1202", NULL}, {"CAST<BOOLEAN>('Yes')", "TRUE", NULL},
        {"CAST<BOOLEAN>('2')", "!W1202", NULL}, {"CAST<DATE>('2024-02-30')", "!W1202", NULL},
        {"CAST<DATE>('2024-02-29')", "2024-02-29", NULL},
        {"CAST<TIMESTAMP(3)>('2024-01-01 10:00:00.123456')", "2024-01-01 10:00:00.123", NULL},
        {"CAST<STRING>(1.50)", "1.50", "STRING"}, {"CAST<STRING>(1e10)", "1.0E10", NULL},
        {"CAST<STRING>(<BIGINT>'-9223372036854775808')", "-9223372036854775808", NULL}, {"CAST<STRING>(0)", "0", NULL},
        {"CAST<STRING>(TRUE)", "TRUE", NULL},
        {"CAST<STRING>(<TIMESTAMP(3)>'2024-01-01 10:00:00')", "2024-01-01 10:00:00.000", NULL},
        {"CAST<VARCHAR(3)>(12345)", "123", "VARCHAR(3)"}, {"CAST<CHAR(5)>('ab')", "ab   ", "CHAR(5)"},
        {"CAST<CHAR(2)>('äöü')", "äö", NULL}, {"CAST<VARCHAR(2)>('äöü')", "äö", NULL},
        {"CAST<BYTES>('ab')", "x'6162'", NULL}, {"CAST<BINARY(3)>('ab')", "x'616200'", NULL},
        {"CAST<VARBINARY(1)>(<BYTES>'ab')", "x'61'", NULL}, {"CAST<STRING>(<BYTES>'ab')", "ab", NULL},
        {"CAST<STRING>(<ARRAY<INT>>'[1,null]')", "[1, NULL]", NULL}, {"CAST<INT>(<STRING>NULL)", "NULL", NULL})

VECTORS(times, {"CAST<DATE>(<TIMESTAMP(3)>'1969-12-31 23:59:59')", "1969-12-31", NULL},
        {"CAST<TIME(0)>(<TIMESTAMP(3)>'1969-12-31 23:59:59.5')", "23:59:59", NULL},
        {"CAST<TIMESTAMP(3)>(<DATE>'2024-01-01')", "2024-01-01 00:00:00.000", NULL},
        {"CAST<TIMESTAMP(0)>(<TIMESTAMP(3)>'2024-01-01 00:00:00.999')", "2024-01-01 00:00:00", NULL},
        {"CAST<TIMESTAMP(3)>(<TIMESTAMP(6)>'1969-12-31 23:59:59.999999')", "1969-12-31 23:59:59.999", NULL},
        {"CAST<TIMESTAMP(6)>(<TIMESTAMP(3)>'2024-01-01 00:00:00.5')", "2024-01-01 00:00:00.500000", NULL},
        {"CAST<DATE>(<TIME(0)>'10:00:00')", "?W1201", NULL},
        {"CAST<TIMESTAMP(3)>(5)", "?W1201 cannot cast INT to TIMESTAMP(3)", NULL},
        {"CAST<BIGINT>(<TIMESTAMP(3)>'2024-01-01 00:00:00')", "?W1201", NULL},
        {"CAST<SECONDS>(<BIGINT>'1500')", "+0 00:00:01.500", NULL},
        {"CAST<BIGINT>(<SECONDS>'2 seconds')", "2000", NULL}, {"CAST<MONTHS>(14)", "+1-02", NULL},
        {"CAST<INT>(<MONTHS>'14 months')", "14", NULL})

VECTORS(nested_and_json, {"CAST<ARRAY<STRING>>(<ARRAY<INT>>'[1,null,3]')", "[1, NULL, 3]", "ARRAY<STRING>"},
        {"CAST<ARRAY<TINYINT>>(<ARRAY<INT>>'[1,300]')", "!W1203", NULL},
        {"TRY_CAST<ARRAY<TINYINT>>(<ARRAY<INT>>'[1,300]')", "NULL", NULL},
        {"CAST<ARRAY<BIGINT>>(<ARRAY<INT>>'[1,2]')", "[1, 2]", NULL},
        {"CAST<ROW<x BIGINT, y STRING>>(ROW(1, 2))", "(1, 2)", NULL},
        {"CAST<MAP<STRING, INT>>(<MAP<INT, DOUBLE>>'{\"1\":2.7}')", "{1=2}", NULL},
        {"CAST<MAP<INT, INT>>(<MAP<DOUBLE, INT>>'{\"1.2\":1,\"1.3\":2}')", "{1=2}", NULL},
        {"CAST<ARRAY<INT>>(5)", "?W1201", NULL}, {"CAST<ARRAY<INT>>('x')", "?W1201", NULL},
        {"CAST<JSON>(' {\"a\":1}')", "{\"a\":1}", "JSON"}, {"CAST<JSON>('{')", "!W1202", NULL},
        {"CAST<JSON>(<ARRAY<INT>>'[1,2]')", "[1,2]", NULL}, {"CAST<STRING>(<JSON>'{\"a\":1}')", "{\"a\":1}", NULL},
        {"CAST<INT>(<JSON>'12')", "12", NULL}, {"CAST<ARRAY<INT>>(<JSON>'[1,2]')", "[1, 2]", NULL},
        {"CAST<INT>(<JSON>'{}')", "!W1202", NULL})

TEST(legacy_casts_give_null)
{
	static const Vector vectors[] = {{"CAST<INT>('abc')", "NULL", NULL}, {"CAST<TINYINT>(1000)", "NULL", NULL}};
	EvalEnv env = vector_env();
	env.legacy_cast = true;
	vector_check(vectors, sizeof vectors / sizeof *vectors, &env);
}

TEST(the_zone_is_the_sessions)
{
	static const Vector vectors[] = {
	    {"CAST<TIMESTAMP(3)>(<LTZ(3)>'2024-07-01 10:00:00')", "2024-07-01 12:00:00.000", NULL},
	    {"CAST<LTZ(3)>(<TIMESTAMP(3)>'2024-07-01 12:00:00')", "2024-07-01 12:00:00.000", NULL},
	    {"CAST<BIGINT>(\"-\"(CAST<LTZ(3)>(<TIMESTAMP(3)>'2024-07-01 12:00:00'), <LTZ(3)>'2024-07-01 12:00:00'))",
	     "-7200000", NULL},
	    {"CAST<DATE>(<LTZ(3)>'2024-07-01 23:00:00')", "2024-07-02", NULL},
	    {"CAST<STRING>(<LTZ(0)>'2024-07-01 10:00:00')", "2024-07-01 12:00:00", NULL},
	    {"EXTRACT('HOUR', <LTZ(3)>'2024-07-01 10:00:00')", "12", NULL},
	    {"EXTRACT('EPOCH', <LTZ(3)>'1970-01-01 00:00:10')", "10", NULL},
	    {"FLOOR(<LTZ(0)>'2024-07-01 23:30:00', 'DAY')", "2024-07-02 00:00:00", NULL},
	    {"DATE_FORMAT(<LTZ(3)>'2024-07-01 10:00:00', 'HH:mm')", "12:00", NULL},
	    {"FROM_UNIXTIME(0)", "1970-01-01 01:00:00", NULL},
	    {"UNIX_TIMESTAMP('1970-01-01 01:00:00')", "0", NULL},
	    {"CAST<STRING>(LOCALTIMESTAMP())", "2024-05-01 12:20:30.456", NULL},
	    {"CAST<STRING>(CURRENT_TIME())", "12:20:30", NULL},
	};
	EvalEnv env = vector_env();
	env.zone = zone_find(STR("Europe/Berlin"), NULL);
	REQUIRE(env.zone);
	vector_check(vectors, sizeof vectors / sizeof *vectors, &env);
}

TESTS(numbers, texts, times, nested_and_json, legacy_casts_give_null, the_zone_is_the_sessions)
