/*
 * The option table and its checks: names, values, formats behind prefixes, suggestions, secrets.
 */
#include "sql/catalog/options.h"

#include "tests/support/check.h"

typedef struct Pair {
	const char *key;
	const char *value;
} Pair;

static Arena *arena;
static StrBuf notice;
static Err err;

/* {"key", "value"}, ... ended by {NULL}; the span of item i is [i + 1, i + 2). */
static Options make(const Pair *pairs)
{
	Options o = {0};
	for (uint32_t i = 0; pairs[i].key; i++) {
		OptionValue item = {str_from(pairs[i].key), str_from(pairs[i].value), str_from(pairs[i].value), {i + 1, i + 2}};
		ARENA_PUSH(arena, &o, item);
	}
	return o;
}

static bool run(const Pair *pairs)
{
	arena_reset(arena);
	strbuf_clear(&notice);
	err_clear(&err);
	Options o = make(pairs);
	return options_check(&o, arena, &notice, &err);
}

#define RUN(...) run((const Pair[]){__VA_ARGS__, {NULL, NULL}})
#define KAFKA_BASE                                                                                                     \
	{"connector", "kafka"}, {"topic", "t"},                                                                            \
	{                                                                                                                  \
		"properties.bootstrap.servers", "h:1"                                                                          \
	}

static void setup(void)
{
	if (!arena)
		arena = arena_open("test", 0);
}

static void expect(ErrCode code, const char *message, const char *hint)
{
	CHECK_EQ_I64(err.code, code);
	CHECK_STR(err.message, message);
	CHECK_STR(err.hint, hint);
}

TEST(accepts_what_flink_files_hold)
{
	setup();
	CHECK(RUN(KAFKA_BASE, {"format", "json"}, {"scan.startup.mode", "earliest-offset"},
	          {"json.ignore-parse-errors", "true"}, {"properties.group.id", "g"},
	          {"scan.watermark.idle-timeout", "1min"}));
	CHECK_EQ_U64(notice.len, 0);
	CHECK(RUN(KAFKA_BASE, {"key.format", "raw"}, {"key.fields", "a;b"}, {"value.format", "csv"},
	          {"value.csv.field-delimiter", "|"}, {"key.raw.endianness", "LITTLE-endian"},
	          {"value.fields-include", "EXCEPT_KEY"}));
	CHECK(RUN({"connector", "upsert-kafka"}, {"topic", "t"}, {"properties.bootstrap.servers", "h"},
	          {"key.format", "json"}, {"value.format", "json"}, {"value.json.fail-on-missing-field", "false"}));
	CHECK(RUN({"connector", "jdbc"}, {"url", "jdbc:postgresql://h/d"}, {"table-name", "t"}, {"username", "u"},
	          {"password", "p"}));
	CHECK(RUN({"connector", "filesystem"}, {"path", "/tmp/x"}, {"format", "csv"},
	          {"sink.rolling-policy.file-size", "64 MB"}));
	CHECK(RUN({"connector", "datagen"}, {"fields.a.kind", "sequence"}, {"fields.a.b.min", "1"},
	          {"rows-per-second", "5"}));
	CHECK(RUN({"connector", "print"}, {"print-identifier", "x"}, {"standard-error", "true"}));
	CHECK(RUN({"connector", "blackhole"}));
	CHECK(RUN({"connector", "stdout"}, {"format", "json"}, {"title", "x"}, {"json.encode.ignore-null-fields", "true"}));
	CHECK(RUN({"connector", "stdout"}, {"format", "table"}));
	CHECK(run((const Pair[]){{NULL, NULL}}));
}

TEST(names_those_without_effect)
{
	setup();
	CHECK(RUN(KAFKA_BASE, {"format", "json"}, {"scan.parallelism", "4"}, {"json.decode.json-parser.enabled", "false"},
	          {"sink.parallelism", "2"}));
	CHECK_MEM(notice.ptr, notice.len, "scan.parallelism, json.decode.json-parser.enabled, sink.parallelism");
}

TEST(suggests_the_nearest_name)
{
	setup();
	CHECK(!RUN(KAFKA_BASE, {"format", "json"}, {"scan.statup.mode", "x"}));
	expect(ERR_NO_SUCH_OPTION, "connector \"kafka\" has no option \"scan.statup.mode\"",
	       "Did you mean \"scan.startup.mode\"?");
	CHECK_EQ_U64(err.span.begin, 5);
	CHECK(!RUN(KAFKA_BASE, {"format", "json"}, {"json.ignore-parse-error", "true"}));
	CHECK_STR(err.hint, "Did you mean \"json.ignore-parse-errors\"?");
	CHECK(!RUN(KAFKA_BASE, {"value.format", "json"}, {"json.ignore-parse-errors", "true"}));
	CHECK_STR(err.hint, "Did you mean \"value.json.ignore-parse-errors\"?");
	CHECK(!RUN(KAFKA_BASE, {"value.format", "json"}, {"json.timestamp-format.standard", "SQL"}));
	CHECK_STR(err.hint, "Did you mean \"value.json.timestamp-format.standard\"?");
	CHECK(!RUN({"connector", "datagen"}, {"fields.price.knd", "random"}));
	CHECK_STR(err.hint, "Did you mean \"fields.price.kind\"?");
	CHECK(!RUN({"connector", "print"}, {"table-name", "x"}));
	CHECK_STR(err.hint, "It is an option of jdbc.");
	CHECK(!RUN(KAFKA_BASE, {"format", "csv"}, {"json.ignore-parse-errors", "true"}));
	CHECK_STR(err.hint, "Did you mean \"csv.ignore-parse-errors\"?");
	CHECK(!RUN(KAFKA_BASE, {"format", "raw"}, {"json.map-null-key.mode", "FAIL"}));
	CHECK_STR(err.hint, "The table has no format \"json\".");
	CHECK(!RUN(KAFKA_BASE, {"format", "debezium-json"}, {"debezium-json.nothing-like-it", "x"}));
	CHECK_STR(err.message, "format \"debezium-json\" has no option \"debezium-json.nothing-like-it\"");
	CHECK(strstr(err.hint, "Behind \"debezium-json.\" it has: ") && strstr(err.hint, "schema-include"));
	CHECK(!RUN(KAFKA_BASE, {"value.format", "json"}, {"value.json.foo", "x"}));
	CHECK_STR(err.message, "format \"json\" has no option \"value.json.foo\"");
	CHECK(strstr(err.hint, "Behind \"value.json.\" it has: "));
	CHECK(!RUN(KAFKA_BASE, {"format", "json"}, {"csv.field-delimiter", ";"}));
	CHECK_STR(err.hint, "The table has no format \"csv\".");
	CHECK(!RUN(KAFKA_BASE, {"format", "json"}, {"json", "x"}));
	CHECK_STR(err.message, "connector \"kafka\" has no option \"json\"");
	CHECK(!RUN({"connector", "kafak"}));
	expect(ERR_BAD_OPTION, "unknown connector \"kafak\"",
	       "Did you mean \"kafka\"? The connectors are: kafka, upsert-kafka, jdbc, filesystem, print, blackhole, "
	       "datagen, stdout, nexmark.");
	CHECK(!RUN(KAFKA_BASE, {"format", "jsn"}));
	expect(ERR_BAD_OPTION, "unknown format \"jsn\"",
	       "Did you mean \"json\"? The formats are: json, csv, raw, debezium-json, avro-confluent, parquet.");
	CHECK(!RUN({"connector", "format:json"}));
	CHECK_EQ_I64(err.code, ERR_BAD_OPTION);
}

TEST(refuses_what_is_not_there_yet)
{
	setup();
	CHECK(!RUN(KAFKA_BASE, {"format", "canal-json"}));
	CHECK_EQ_I64(err.code, ERR_NOT_SUPPORTED);
	CHECK_STR(err.message, "the format \"canal-json\" is not supported yet");
	CHECK(!RUN({"connector", "filesystem"}, {"path", "/x"}, {"format", "json"},
	           {"sink.partition-commit.policy.class", "x.Y"}));
	CHECK_EQ_I64(err.code, ERR_NOT_SUPPORTED);
	CHECK_EQ_U64(err.span.begin, 4);
}

TEST(checks_values)
{
	static const Pair bad[] = {
	    {"json.ignore-parse-errors", "maybe"},
	    {"scan.startup.timestamp-millis", "12x"},
	    {"scan.topic-partition-discovery.interval", "5 parsecs"},
	    {"scan.startup.mode", "earliest"},
	    {"weir.source.rows-per-step", "0"},
	    {"key.fields", ""},
	};
	setup();
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		CHECK(!RUN(KAFKA_BASE, {"format", "json"}, bad[i]));
		CHECK_EQ_I64(err.code, ERR_BAD_OPTION);
		CHECK(err.hint[0] != '\0');
		CHECK_EQ_U64(err.span.begin, 5);
	}
	CHECK(!RUN(KAFKA_BASE, {"format", "json"}, {"scan.startup.mode", "earliest-ofset"}));
	expect(ERR_BAD_OPTION, "\"earliest-ofset\" is not a value for \"scan.startup.mode\"",
	       "Did you mean \"earliest-offset\"? Possible are: earliest-offset, latest-offset, group-offsets, timestamp, "
	       "specific-offsets.");
	CHECK(
	    !RUN({"connector", "filesystem"}, {"path", "x"}, {"format", "json"}, {"sink.rolling-policy.file-size", "big"}));
	CHECK_EQ_I64(err.code, ERR_BAD_OPTION);
	CHECK(!RUN({"connector", "datagen"}, {"fields.a.null-rate", "some"}));
	CHECK_EQ_I64(err.code, ERR_BAD_OPTION);
	CHECK(!RUN(KAFKA_BASE, {"format", "json"}, {"topic", "u"}));
	CHECK_STR(err.message, "option \"topic\" is given twice");
	CHECK(!RUN(KAFKA_BASE, {"format", "json"}, {"value.format", "json"}));
	CHECK_EQ_I64(err.code, ERR_BAD_OPTION);
}

TEST(asks_for_required_ones)
{
	setup();
	CHECK(!RUN({"topic", "t"}));
	CHECK_EQ_I64(err.code, ERR_MISSING_OPTION);
	CHECK(!RUN({"connector", "kafka"}, {"topic", "t"}, {"format", "json"}));
	CHECK_STR(err.message, "connector \"kafka\" needs the option \"properties.bootstrap.servers\"");
	CHECK(!RUN(KAFKA_BASE));
	CHECK_STR(err.message, "connector \"kafka\" needs the option \"format\"");
	CHECK(!RUN({"connector", "jdbc"}, {"url", "x"}));
	CHECK_STR(err.message, "connector \"jdbc\" needs the option \"table-name\"");
	CHECK(!RUN({"connector", "upsert-kafka"}, {"topic", "t"}, {"properties.bootstrap.servers", "h"},
	           {"value.format", "json"}));
	CHECK_STR(err.message, "connector \"upsert-kafka\" needs the option \"key.format\"");
	CHECK(!RUN({"connector", "filesystem"}, {"path", "x"}));
	CHECK_STR(err.message, "connector \"filesystem\" needs the option \"format\"");
}

TEST(reads_with_defaults)
{
	setup();
	Options o = make((const Pair[]){{"scan.startup.mode", " Latest-Offset"},
	                                {"scan.watermark.idle-timeout", "2 s"},
	                                {"fields.a.null-rate", "0.5"},
	                                {"fields.a.kind", "SEQUENCE"},
	                                {"value.format", "json"},
	                                {"value.json.fail-on-missing-field", "TRUE"},
	                                {"properties.a.b", "c"},
	                                {NULL, NULL}});
	CHECK(str_eq_c(options_str(&o, "kafka", "scan.startup.mode"), "latest-offset"));
	CHECK(str_eq_c(options_str(&o, "kafka", "value.fields-include"), "ALL"));
	CHECK_EQ_U64(options_str(&o, "kafka", "topic").len, 0);
	CHECK_EQ_I64(options_duration_us(&o, "kafka", "scan.watermark.idle-timeout"), 2000000);
	CHECK_EQ_I64(options_duration_us(&o, "kafka", "scan.topic-partition-discovery.interval"), 300000000);
	CHECK_EQ_I64(options_int(&o, "datagen", "rows-per-second"), 10000);
	CHECK_EQ_I64(options_int(&o, "datagen", "fields.x.length"), 100);
	CHECK_EQ_I64(options_size(&o, "filesystem", "sink.rolling-policy.file-size"), 128 << 20);
	CHECK_NEAR(options_double(&o, "datagen", "fields.a.null-rate"), 0.5, 0);
	CHECK(str_eq_c(options_str(&o, "datagen", "fields.a.kind"), "sequence"));
	CHECK(!options_bool(&o, "format:json", "ignore-parse-errors"));
	Options own;
	CHECK(str_eq_c(options_format(&o, false, arena, &own), "json"));
	CHECK_EQ_U64(own.len, 1);
	CHECK(options_bool(&own, "format:json", "fail-on-missing-field"));
	CHECK_EQ_U64(options_format(&o, true, arena, &own).len, 0);
	Options props = options_with_prefix(&o, STR("properties."), arena);
	CHECK_EQ_U64(props.len, 1);
	CHECK(str_eq_c(options_get(&props, "a.b"), "c"));
	options_set(&o, arena, STR("scan.startup.mode"), STR("earliest-offset"));
	options_set(&o, arena, STR("new"), STR("x"));
	CHECK(str_eq_c(options_get(&o, "scan.startup.mode"), "earliest-offset"));
	CHECK(options_has(&o, "new") && !options_has(&o, "old"));
}

TEST(masks_secrets)
{
	setup();
	Options o = make((const Pair[]){{"password", "hunter2"},
	                                {"url", "jdbc:postgresql://h/d?user=u&password=hunter2&x=y"},
	                                {"url", "postgresql://u:hunter2@h/d"},
	                                {"s3.secret-key", "hunter2"},
	                                {"topic", "t"},
	                                {"properties.sasl.jaas.config", "hunter2"},
	                                {NULL, NULL}});
	static const char *const want[] = {
	    "***", "jdbc:postgresql://h/d?user=u&password=***&x=y", "postgresql://u:***@h/d", "***", "t", "***"};
	for (uint32_t i = 0; i < o.len; i++) {
		Str got = options_masked(&o.items[i], arena);
		CHECK_MEM(got.ptr, got.len, want[i]);
	}
}

/* Each row names scopes that exist, and its default is a value it would accept. */
TEST(the_table_is_sound)
{
	setup();
	const OptionDef *def;
	for (uint32_t i = 0; (def = options_def_at(i)); i++) {
		Str rest = str_from(def->scope);
		Str one;
		while (str_next(&rest, ',', &one)) {
			bool known = false;
			const OptionScope *scope;
			for (uint32_t s = 0; (scope = options_scope_at(s)); s++)
				known |= str_eq_c(one, scope->name) && scope->supported;
			CHECK_FMT(known, "%s: scope %.*s\n", def->name, STR_ARG(one));
		}
		CHECK_FMT((def->type == OPTION_ENUM) == (def->choices != NULL), "%s\n", def->name);
		CHECK_FMT(def->doc[strlen(def->doc) - 1] == '.' || strchr(def->doc, ':'), "%s: %s\n", def->name, def->doc);
		const OptionDef *other;
		for (uint32_t j = 0; (other = options_def_at(j)); j++)
			CHECK_FMT(i == j || strcmp(def->name, other->name) != 0 || strcmp(def->scope, other->scope) != 0,
			          "%s twice\n", def->name);
		if (def->type == OPTION_ENUM && def->default_) {
			Options o = {0};
			Str first = STR_EMPTY;
			rest = str_from(def->scope);
			(void)str_next(&rest, ',', &first);
			char *name = arena_cstr(arena, str_from(def->name));
			for (char *p = name; *p; p++)
				*p = *p == '#' ? 'x' : *p;
			CHECK_STR(arena_cstr(arena, options_str(&o, arena_cstr(arena, first), name)), def->default_);
		}
	}
}

TESTS(accepts_what_flink_files_hold, names_those_without_effect, suggests_the_nearest_name,
      refuses_what_is_not_there_yet, checks_values, asks_for_required_ones, reads_with_defaults, masks_secrets,
      the_table_is_sound)
