/*
 * Tests of base/config.c: durations, sizes, booleans, secrets.
 */
#include "base/config.h"
#include "base/hash.h"
#include "tests/support/check.h"

typedef struct Case {
	const char *text;
	int64_t value; /* -1: refused */
} Case;

static void check_cases(const Case *cases, size_t n, bool (*parse)(Str, int64_t *))
{
	for (size_t i = 0; i < n; i++) {
		int64_t value = -1;
		bool ok = parse(str_from(cases[i].text), &value);
		CHECK_FMT(ok == (cases[i].value >= 0), "\"%s\"\n", cases[i].text);
		CHECK_EQ_I64(value, cases[i].value);
	}
}

TEST(durations)
{
	static const Case cases[] = {
	    {"5 s", 5000000},
	    {"5s", 5000000},
	    {"  5   sec  ", 5000000},
	    {"5 SECONDS", 5000000},
	    {"1 second", 1000000},
	    {"1min", 60000000},
	    {"10 minutes", 600000000},
	    {"2 m", 120000000},
	    {"500 ms", 500000},
	    {"500", 500000},
	    {"0", 0},
	    {"0 s", 0},
	    {"7 us", 7},
	    {"7 \xc2\xb5s", 7},
	    {"3 micros", 3},
	    {"1 h", INT64_C(3600000000)},
	    {"2 hours", INT64_C(7200000000)},
	    {"1 d", INT64_C(86400000000)},
	    {"30 days", INT64_C(2592000000000)},
	    {"9223372036854775807 us", INT64_MAX},
	    {"9223372036854775807 ms", -1},
	    {"9223372036854775808", -1},
	    {"106751992 d", -1},
	    {"", -1},
	    {"s", -1},
	    {"-5 s", -1},
	    {"+5 s", -1},
	    {"1.5 s", -1},
	    {"5 parsecs", -1},
	    {"5 s s", -1},
	    {"5 mi", -1},
	    {"1 min 5 s", -1},
	};
	check_cases(cases, sizeof cases / sizeof cases[0], config_duration_us);
}

TEST(sizes)
{
	static const Case cases[] = {
	    {"0", 0},
	    {"1000", 1000},
	    {"17 b", 17},
	    {"17 bytes", 17},
	    {"64kb", 65536},
	    {"64 k", 65536},
	    {"1 mib", 1048576},
	    {"128 MB", 134217728},
	    {"1 GB", 1073741824},
	    {"3 g", INT64_C(3221225472)},
	    {"2 TiB", INT64_C(2199023255552)},
	    {"9000000 tb", -1},
	    {"mb", -1},
	    {"1.5 mb", -1},
	    {"-1 mb", -1},
	    {"1 pb", -1},
	    {"", -1},
	};
	check_cases(cases, sizeof cases / sizeof cases[0], config_size_bytes);
}

TEST(booleans)
{
	static const char *const yes[] = {"true", "TRUE", "on", "Yes", "1", " true "};
	static const char *const no[] = {"false", "False", "off", "NO", "0"};
	static const char *const neither[] = {"", "t", "y", "2", "truee", "01", "enabled"};
	bool out;
	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
		CHECK_FMT(config_bool(str_from(yes[i]), &out) && out, "\"%s\"\n", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		CHECK_FMT(config_bool(str_from(no[i]), &out) && !out, "\"%s\"\n", no[i]);
	for (size_t i = 0; i < sizeof neither / sizeof neither[0]; i++)
		CHECK_FMT(!config_bool(str_from(neither[i]), &out), "\"%s\"\n", neither[i]);
}

static void check_printed(void (*print)(StrBuf *, int64_t), int64_t value, const char *want)
{
	StrBuf b;
	strbuf_init(&b);
	print(&b, value);
	CHECK_STR(b.ptr, want);
	strbuf_deinit(&b);
}

TEST(printing)
{
	check_printed(config_print_duration, 0, "0 ms");
	check_printed(config_print_duration, 500000, "500 ms");
	check_printed(config_print_duration, 5000000, "5 s");
	check_printed(config_print_duration, 90000000, "90 s");
	check_printed(config_print_duration, 600000000, "10 min");
	check_printed(config_print_duration, INT64_C(7200000000), "2 h");
	check_printed(config_print_duration, INT64_C(86400000000), "1 d");
	check_printed(config_print_duration, 1500, "1500 us");
	check_printed(config_print_duration, -5000000, "-5 s");
	check_printed(config_print_size, 0, "0 bytes");
	check_printed(config_print_size, 134217728, "128 MB");
	check_printed(config_print_size, 1000, "1000 bytes");
	check_printed(config_print_size, 1536, "1536 bytes");
	check_printed(config_print_size, 2048, "2 KB");
}

TEST(printed_reads_back)
{
	StrBuf b;
	strbuf_init(&b);
	for (uint64_t i = 0; i < 20000; i++) {
		int64_t value = (int64_t)(hash_mix(i) >> 1 >> i % 62);
		if (i % 3 == 0)
			value = value / 3600000 % 1000000 * 3600000;
		int64_t back;
		strbuf_clear(&b);
		config_print_duration(&b, value);
		REQUIRE(config_duration_us(strbuf_str(&b), &back) && back == value);
		strbuf_clear(&b);
		config_print_size(&b, value);
		REQUIRE(config_size_bytes(strbuf_str(&b), &back) && back == value);
	}
	strbuf_deinit(&b);
}

TEST(secrets)
{
	static const char *const secret[] = {
	    "password",   "sasl.password", "Properties.SSL.Key.Password",   "client-secret",  "sasl.jaas.config",
	    "auth.token", "ssl.key.pem",   "basic-auth.credentials-source", "schema.api-key",
	};
	static const char *const open[] = {
	    "",
	    "topic",
	    "key.format",
	    "key.fields",
	    "properties.bootstrap.servers",
	    "ssl.ca.location",
	    "user-name",
	    "primary-keys",
	    "value.fields-include",
	};
	for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++)
		CHECK_FMT(config_is_secret(str_from(secret[i])), "\"%s\"\n", secret[i]);
	for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
		CHECK_FMT(!config_is_secret(str_from(open[i])), "\"%s\"\n", open[i]);
}

TEST(values_without_their_secrets)
{
	static const char *const rows[][3] = {
	    {"password", "hunter2", "***"},
	    {"s3.secret-key", "a=b c", "***"},
	    {"properties.sasl.jaas.config", "x required username=\"u\" password=\"p\";", "***"},
	    {"topic", "a@b:c", "a@b:c"},
	    {"url", "jdbc:postgresql://h:5432/d", "jdbc:postgresql://h:5432/d"},
	    {"url", "jdbc:postgresql://h:5432/d?user=a@b", "jdbc:postgresql://h:5432/d?user=a@b"},
	    {"url", "jdbc:postgresql://h/d?password=p&x=y", "jdbc:postgresql://h/d?password=***&x=y"},
	    {"url", "jdbc:postgresql://h/d?user=u&PassWord=a b;c", "jdbc:postgresql://h/d?user=u&PassWord=***"},
	    {"url", "jdbc:postgresql://h/d?pass%77ord=p", "jdbc:postgresql://h/d?pass%77ord=***"},
	    {"url", "jdbc:postgresql://h/d?sslpassword=p&sslkey=k", "jdbc:postgresql://h/d?sslpassword=***&sslkey=***"},
	    {"url", "postgresql://u:p@h/d", "postgresql://u:***@h/d"},
	    {"url", "postgresql://u@h/d", "postgresql://u@h/d"},
	    {"url", "postgresql://u:p@q@h/d?password=r", "postgresql://u:***@h/d?password=***"},
	    {"url", "postgresql://u:a/b@h/d", "postgresql://u:***@h/d"},
	    {"url", "postgresql://u:a?b@h/d", "postgresql://u:***@h/d"},
	    {"url", "postgresql://u:12@h/d", "postgresql://u:***@h/d"},
	    {"url", "http://u:p@h1,http://u:q@h2", "http://u:***@h2"},
	    {"avro-confluent.url", "https://h?token=t", "https://h?token=***"},
	    {"x", "host=h password='a b' user=u", "host=h password=*** user=u"},
	    {"x", "host=h password=a user=u", "host=h password=*** user=u"},
	    {"x", "host=h password=", "host=h password="},
	    {"x", "password", "password"},
	    {"x", "", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		StrBuf b;
		strbuf_init(&b);
		config_put_shown(&b, str_from(rows[i][0]), str_from(rows[i][1]));
		CHECK_STR(strbuf_cstr(&b), rows[i][2]);
		strbuf_deinit(&b);
	}
}

TEST(lines_of_sql_with_secrets)
{
	static const char *const rows[][2] = {
	    {"'password' = 'p', 'x' = 'y'", "14-15"},
	    {"WITH ('a'='b','s3.secret-key'='it''s','x'='y')", "31-36"},
	    {"'url' = 'jdbc:postgresql://h/d?password=p'", "40-41"},
	    {"'sasl.password' = 'open", "19-23"},
	    {"SELECT 'password', 'p'", ""},
	    {"'password'", ""},
	    {"it''s", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char got[32] = "";
		Span s;
		if (config_secret_literal(str_from(rows[i][0]), 0, &s)) {
			snprintf(got, sizeof got, "%u-%u", s.begin, s.end);
			CHECK(!config_secret_literal(str_from(rows[i][0]), s.end, &s));
		}
		CHECK_STR(got, rows[i][1]);
	}
}

TESTS(durations, sizes, booleans, printing, printed_reads_back, secrets, values_without_their_secrets,
      lines_of_sql_with_secrets)
