/*
 * tests/support/connectors/postgres_live.c: the PostgreSQL sink against a real server: kinds, types, markers, refused
 * rows, lost connections.
 */
#include <libpq-fe.h>

#include "engine/connectors/postgres_conn.h"
#include "sql/types/packed.h"
#include "tests/support/connectors/live.h"

static PGconn *admin;

static const char *url(Arena *arena)
{
	return arena_printf(arena, "jdbc:postgresql://%s:%s/%s?user=%s", PQhost(admin), PQport(admin), PQdb(admin),
	                    PQuser(admin))
	    .ptr;
}

static void run(const char *sql)
{
	PGresult *r = PQexec(admin, sql);
	ExecStatusType s = PQresultStatus(r);
	if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK)
		fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(admin));
	REQUIRE(s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK);
	PQclear(r);
}

/* All rows as text, cells joined by | and rows by a blank. */
static const char *rows(Arena *arena, const char *sql)
{
	PGresult *r = PQexec(admin, sql);
	REQUIRE(PQresultStatus(r) == PGRES_TUPLES_OK);
	StrBuf b;
	strbuf_init(&b);
	for (int i = 0; i < PQntuples(r); i++)
		for (int c = 0; c < PQnfields(r); c++)
			strbuf_printf(&b, "%s%s", c ? "|" : i ? " " : "", PQgetisnull(r, i, c) ? "-" : PQgetvalue(r, i, c));
	PQclear(r);
	const char *s = arena_cstr(arena, b.ptr ? strbuf_str(&b) : STR_EMPTY);
	strbuf_deinit(&b);
	return s;
}

static void setup(LiveTable *t, const char *table)
{
	if (!admin) {
		REQUIRE(getenv("WEIR_TEST_PG") != NULL);
		admin = PQconnectdb(getenv("WEIR_TEST_PG"));
		REQUIRE(PQstatus(admin) == CONNECTION_OK);
		run("SET client_min_messages = warning");
	}
	live_table(t, table, "jdbc");
	live_option(t, "url", url(t->arena));
	live_option(t, "table-name", table);
	run(arena_printf(t->arena, "DROP TABLE IF EXISTS %s", table).ptr);
}

static Sink *start(const SinkSpec *spec, uint64_t *epoch, bool *known)
{
	const SinkType *type = sink_find(STR("jdbc"));
	Err err = {0};
	Sink *s = NULL;
	REQUIRE(type->open(spec, &s, &err));
	SinkResult r = type->recover(s, epoch, known, &err);
	if (r != SINK_DELIVERED)
		fprintf(stderr, "recover: %s (%s)\n", err.message, err.hint);
	REQUIRE(r == SINK_DELIVERED);
	if (!*known && spec->exactly_once)
		REQUIRE(type->reset(s, &err) == SINK_DELIVERED);
	return s;
}

static SinkResult deliver(Sink *s, uint64_t last, const SinkEpoch *epochs, uint32_t n, SinkRefused *refused,
                          uint32_t *nrefused, Err *err)
{
	SinkResult r = sink_find(STR("jdbc"))->deliver(s, last, epochs, n, refused, 8, nrefused, err);
	if (r == SINK_RETRY || r == SINK_FAILED)
		fprintf(stderr, "    (deliver: %s)\n", err->message);
	return r;
}

static void two_columns(LiveTable *t, bool key)
{
	live_column(t, "id", &type_bigint);
	live_column(t, "name", &type_string);
	if (key)
		live_key(t, 0);
}

static void add(LiveEpoch *e, const LiveTable *t, RowKind kind, int64_t id, const char *name)
{
	live_row(e, t, kind, (Value[]){value_i64(id), live_text(name)});
}

TEST(append)
{
	LiveTable t;
	setup(&t, "live_append");
	run("CREATE TABLE live_append (id bigint, name text)");
	two_columns(&t, false);
	SinkSpec spec = live_sink_spec(&t, 1, "append", true);
	run("CREATE TABLE IF NOT EXISTS weir_sink_progress (engine text, sink text, epoch bigint NOT NULL, PRIMARY KEY "
	    "(engine, sink))");
	run("DELETE FROM weir_sink_progress");
	uint64_t epoch;
	bool known;
	Sink *s = start(&spec, &epoch, &known);
	CHECK(!known);
	/* A marker beyond those of an earlier process was moved by somebody else, unless a COMMIT was not answered. */
	run("UPDATE weir_sink_progress SET epoch = 5");
	LiveEpoch e[2];
	live_epoch(&e[0], 3);
	add(&e[0], &t, ROW_INSERT, 1, "a\tb\\c\nd");
	add(&e[0], &t, ROW_INSERT, 2, NULL);
	live_epoch(&e[1], 5);
	add(&e[1], &t, ROW_INSERT, 2, "");
	SinkEpoch list[2] = {*live_sealed(&e[0]), *live_sealed(&e[1])};
	uint32_t n = 9;
	Err err = {0};
	CHECK(deliver(s, 0, list, 2, NULL, &n, &err) == SINK_FAILED);
	CHECK(err.code == ERR_SINK_MARKER && err.hint[0]);
	run("UPDATE weir_sink_progress SET epoch = 0");
	sink_find(STR("jdbc"))->close(s);
	spec.earlier = UINT64_MAX;
	s = start(&spec, &epoch, &known);
	CHECK(known && epoch == 0);
	CHECK(deliver(s, 0, list, 2, NULL, &n, &err) == SINK_DELIVERED);
	CHECK_STR(rows(t.arena, "SELECT id, replace(replace(name, chr(9), '<tab>'), chr(10), '<nl>') FROM live_append "
	                        "ORDER BY 1, 2 NULLS FIRST"),
	          "1|a<tab>b\\c<nl>d 2|- 2|");
	CHECK_STR(rows(t.arena, "SELECT epoch FROM weir_sink_progress WHERE sink = 'append'"), "5");
	/* The answer to COMMIT was lost: the same epochs again change nothing, also together with a newer one. */
	CHECK(deliver(s, 0, list, 2, NULL, &n, &err) == SINK_DELIVERED);
	LiveEpoch e7;
	live_epoch(&e7, 7);
	add(&e7, &t, ROW_INSERT, 7, "seven");
	SinkEpoch three[3] = {list[0], list[1], *live_sealed(&e7)};
	CHECK(deliver(s, 0, three, 3, NULL, &n, &err) == SINK_DELIVERED);
	CHECK_STR(rows(t.arena, "SELECT count(*), max(id) FROM live_append"), "4|7");
	/* Ahead of ours, behind ours. */
	CHECK(deliver(s, 0, list, 2, NULL, &n, &err) == SINK_FAILED);
	CHECK(err.code == ERR_SINK_MARKER && err.hint[0]);
	run("UPDATE weir_sink_progress SET epoch = 2");
	SinkEpoch nine = three[2];
	nine.epoch = 9;
	CHECK(deliver(s, 7, &nine, 1, NULL, &n, &err) == SINK_FAILED);
	CHECK(err.code == ERR_SINK_MARKER);
	run("UPDATE weir_sink_progress SET epoch = 7");
	sink_find(STR("jdbc"))->close(s);
	s = start(&spec, &epoch, &known);
	CHECK(known && epoch == 7);
	sink_find(STR("jdbc"))->close(s);
	for (int i = 0; i < 2; i++)
		live_epoch_drop(&e[i]);
	live_epoch_drop(&e7);
	live_drop(&t);
}

TEST(upsert)
{
	LiveTable t;
	setup(&t, "live_upsert");
	run("CREATE TABLE live_upsert (id int PRIMARY KEY, name varchar(5), extra int DEFAULT 4)");
	two_columns(&t, true);
	SinkSpec spec = live_sink_spec(&t, 1, "upsert", true);
	uint64_t epoch;
	bool known;
	Sink *s = start(&spec, &epoch, &known);
	LiveEpoch e[2];
	live_epoch(&e[0], 1);
	add(&e[0], &t, ROW_INSERT, 2, "b");
	add(&e[0], &t, ROW_INSERT, 1, "a");
	add(&e[0], &t, ROW_UPDATE_BEFORE, 2, "b");
	add(&e[0], &t, ROW_UPDATE_AFTER, 2, "bb");
	add(&e[0], &t, ROW_INSERT, 3, "c");
	live_epoch(&e[1], 2);
	add(&e[1], &t, ROW_DELETE, 3, "c");
	add(&e[1], &t, ROW_INSERT, 4, NULL);
	SinkEpoch list[2] = {*live_sealed(&e[0]), *live_sealed(&e[1])};
	uint32_t n;
	Err err = {0};
	CHECK(deliver(s, 0, list, 1, NULL, &n, &err) == SINK_DELIVERED);
	CHECK(deliver(s, 1, list + 1, 1, NULL, &n, &err) == SINK_DELIVERED);
	CHECK_STR(rows(t.arena, "SELECT * FROM live_upsert ORDER BY id"), "1|a|4 2|bb|4 4|-|4");
	/* Too long, out of range: found one by one, nothing is visible before they are gone. */
	LiveEpoch bad;
	live_epoch(&bad, 3);
	for (int i = 10; i < 400; i++)
		add(&bad, &t, ROW_INSERT, i == 77 ? INT64_C(5000000000) : i, i == 55 ? "much too long" : "ok");
	live_row(&bad, &t, ROW_INSERT, (Value[]){value_i64(500), value_str(str_make("a\0b", 3))});
	SinkRefused refused[8];
	CHECK(deliver(s, 2, live_sealed(&bad), 1, refused, &n, &err) == SINK_REFUSED);
	CHECK_EQ_I64(n, 3);
	CHECK_EQ_I64((int64_t)refused[0].row, 45);
	CHECK_EQ_I64((int64_t)refused[1].row, 67);
	CHECK(refused[0].epoch == 3 && strstr(refused[0].err.message, "22001"));
	CHECK(strstr(refused[1].err.message, "22003"));
	CHECK(refused[2].row == 390 && strstr(refused[2].err.message, "22021"));
	CHECK_STR(rows(t.arena, "SELECT count(*) FROM live_upsert"), "3");
	CHECK_STR(rows(t.arena, "SELECT epoch FROM weir_sink_progress WHERE sink = 'upsert'"), "2");
	/* More are refused than the caller has room for. */
	LiveEpoch many;
	live_epoch(&many, 3);
	for (int i = 0; i < 100; i++)
		add(&many, &t, ROW_INSERT, i, "much too long");
	CHECK(deliver(s, 2, live_sealed(&many), 1, refused, &n, &err) == SINK_REFUSED);
	CHECK_EQ_I64(n, 8);
	/* The server ends the connection between two deliveries, and in the middle of one. */
	run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'weir'");
	live_sleep_ms(200);
	LiveEpoch good;
	live_epoch(&good, 3);
	add(&good, &t, ROW_UPDATE_AFTER, 1, "again");
	CHECK(deliver(s, 2, live_sealed(&good), 1, NULL, &n, &err) == SINK_DELIVERED);
	CHECK_STR(rows(t.arena, "SELECT name FROM live_upsert WHERE id = 1"), "again");
	sink_find(STR("jdbc"))->close(s);
	live_epoch_drop(&e[0]);
	live_epoch_drop(&e[1]);
	live_epoch_drop(&bad);
	live_epoch_drop(&many);
	live_epoch_drop(&good);
	live_drop(&t);
}

TEST(deferred_constraint)
{
	LiveTable t;
	setup(&t, "live_deferred");
	run("DROP TABLE IF EXISTS live_parent CASCADE");
	run("CREATE TABLE live_parent (id bigint PRIMARY KEY); INSERT INTO live_parent VALUES (1), (2)");
	run("CREATE TABLE live_deferred (id bigint REFERENCES live_parent DEFERRABLE INITIALLY DEFERRED, name text)");
	two_columns(&t, false);
	SinkSpec spec = live_sink_spec(&t, 1, live_unique(t.arena, "deferred"), true);
	uint64_t epoch;
	bool known;
	Sink *s = start(&spec, &epoch, &known);
	LiveEpoch e;
	live_epoch(&e, 1);
	add(&e, &t, ROW_INSERT, 1, "ok");
	add(&e, &t, ROW_INSERT, 9, "no parent");
	add(&e, &t, ROW_INSERT, 2, "ok");
	add(&e, &t, ROW_DELETE, 2, "not possible");
	SinkRefused refused[8];
	uint32_t n;
	Err err = {0};
	CHECK(deliver(s, 0, live_sealed(&e), 1, refused, &n, &err) == SINK_REFUSED);
	CHECK(n == 1 && refused[0].row == 3);
	LiveEpoch f;
	live_epoch(&f, 1);
	add(&f, &t, ROW_INSERT, 1, "ok");
	add(&f, &t, ROW_INSERT, 9, "no parent");
	add(&f, &t, ROW_INSERT, 2, "ok");
	CHECK(deliver(s, 0, live_sealed(&f), 1, refused, &n, &err) == SINK_REFUSED);
	CHECK(n == 1 && refused[0].row == 1 && strstr(refused[0].err.message, "23503"));
	CHECK_STR(rows(t.arena, "SELECT count(*) FROM live_deferred"), "0");
	sink_find(STR("jdbc"))->close(s);
	live_epoch_drop(&e);
	live_epoch_drop(&f);
	live_drop(&t);
}

TEST(types)
{
	LiveTable t;
	setup(&t, "live_types");
	live_option(&t, "weir.create-table", "true");
	const TypeField fields[2] = {{STR("x"), &type_int}, {STR("y"), &type_string}};
	live_column(&t, "Id", &type_bigint_nn);
	live_column(&t, "b", &type_boolean);
	live_column(&t, "f", &type_float);
	live_column(&t, "d", &type_double);
	live_column(&t, "n", type_decimal(t.arena, 12, 2));
	live_column(&t, "v", type_varchar(t.arena, TYPE_VARCHAR, 10));
	live_column(&t, "raw", &type_bytes);
	live_column(&t, "day", &type_date);
	live_column(&t, "clock", type_temporal(t.arena, TYPE_TIME, 3));
	live_column(&t, "ts", &type_timestamp3);
	live_column(&t, "ltz", &type_ltz3);
	live_column(&t, "ints", type_array(t.arena, &type_int));
	live_column(&t, "texts", type_array(t.arena, &type_string));
	live_column(&t, "r", type_row(t.arena, fields, 2));
	live_column(&t, "j", &type_json);
	live_column(&t, "m", type_map(t.arena, &type_string_nn, &type_int));
	live_key(&t, 0);
	SinkSpec spec = live_sink_spec(&t, 1, live_unique(t.arena, "types"), true);
	Err err = {0};
	REQUIRE(sink_find(STR("jdbc"))->check_target(&spec, &err));
	uint64_t epoch;
	bool known;
	Sink *s = start(&spec, &epoch, &known);
	const Type *ri[2] = {&type_int, &type_string}, *mi[2] = {&type_string_nn, &type_int};
	Value ints[2] = {value_i64(1), VALUE_NULL}, texts[2] = {live_text("a \"b\", {c}"), live_text("")},
	      r[2] = {value_i64(7), live_text("z")}, m[2] = {live_text("k"), value_i64(5)};
	LiveEpoch e;
	live_epoch(&e, 1);
	Value row[16] = {
	    value_i64(1),
	    {.b = true},
	    {.f = 1.5},
	    {.f = -0.1},
	    {.d = 12345},
	    live_text("h\xc3\xa9llo"),
	    value_str(str_make("\0\xff\\x", 4)),
	    value_i64(-1),
	    value_i64(3723004000),
	    value_i64(INT64_C(1577872800123000)),
	    value_i64(INT64_C(1577872800123000)),
	    value_str(packed_build(t.arena, (const Type *[]){&type_int}, true, ints, 2)),
	    value_str(packed_build(t.arena, (const Type *[]){&type_string}, true, texts, 2)),
	    value_str(packed_build(t.arena, ri, false, r, 2)),
	    live_text("{\"a\": [1, null]}"),
	    value_str(packed_build(t.arena, mi, false, m, 2)),
	};
	live_row(&e, &t, ROW_INSERT, row);
	Value nulls[16];
	for (int i = 0; i < 16; i++)
		nulls[i] = VALUE_NULL;
	nulls[0] = value_i64(2);
	live_row(&e, &t, ROW_INSERT, nulls);
	uint32_t n;
	CHECK(deliver(s, 0, live_sealed(&e), 1, NULL, &n, &err) == SINK_DELIVERED);
	run("SET TimeZone = 'UTC'");
	CHECK_STR(rows(t.arena, "SELECT * FROM live_types WHERE \"Id\" = 1"),
	          "1|t|1.5|-0.1|123.45|h\xc3\xa9llo|\\x00ff5c78|1969-12-31|01:02:03.004|2020-01-01 10:00:00.123|2020-01-01 "
	          "10:00:00.123+00|{1,NULL}|"
	          "{\"a \\\"b\\\", {c}\",\"\"}|{\"x\": 7, \"y\": \"z\"}|{\"a\": [1, null]}|{\"k\": 5}");
	CHECK_STR(rows(t.arena, "SELECT * FROM live_types WHERE \"Id\" = 2"), "2|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-");
	/* Times of both kinds cross over by the session's zone. */
	run("ALTER TABLE live_types ALTER ts TYPE timestamptz, ALTER ltz TYPE timestamp");
	spec.zone = zone_find(STR("Europe/Berlin"), &err);
	spec.name = arena_str(t.arena, str_from(live_unique(t.arena, "types")));
	sink_find(STR("jdbc"))->close(s);
	s = start(&spec, &epoch, &known);
	CHECK(deliver(s, 0, live_sealed(&e), 1, NULL, &n, &err) == SINK_DELIVERED);
	CHECK_STR(rows(t.arena, "SELECT ts, ltz FROM live_types WHERE \"Id\" = 1"),
	          "2020-01-01 09:00:00.123+00|2020-01-01 11:00:00.123");
	sink_find(STR("jdbc"))->close(s);
	live_epoch_drop(&e);
	live_drop(&t);
}

static void expect_mismatch(LiveTable *t, const char *what)
{
	SinkSpec spec = live_sink_spec(t, 1, "mismatch", true);
	Err err = {0};
	CHECK(!sink_find(STR("jdbc"))->check_target(&spec, &err));
	CHECK_EQ_I64(err.code, ERR_SINK_SCHEMA);
	if (!strstr(err.message, what) && !strstr(err.detail, what))
		fprintf(stderr, "    %s / %s\n", err.message, err.detail);
	CHECK(strstr(err.message, what) || strstr(err.detail, what));
}

TEST(target_check)
{
	LiveTable t;
	setup(&t, "live_check");
	two_columns(&t, true);
	expect_mismatch(&t, "there is no table");
	run("CREATE TABLE live_check (id bigint)");
	expect_mismatch(&t, "no column \"name\"");
	run("ALTER TABLE live_check ADD name int[]");
	expect_mismatch(&t, "no primary key or unique index");
	run("ALTER TABLE live_check ADD must int NOT NULL, DROP name, ADD name text");
	expect_mismatch(&t, "\"must\"");
	run("ALTER TABLE live_check ALTER must SET DEFAULT 1, ALTER id TYPE text");
	expect_mismatch(&t, "\"id\" is BIGINT");
	run("ALTER TABLE live_check ALTER id TYPE numeric(3,0) USING 1, ADD gen int GENERATED ALWAYS AS IDENTITY");
	run("CREATE UNIQUE INDEX ON live_check (id) WHERE id > 3");
	expect_mismatch(&t, "no primary key or unique index");
	run("CREATE UNIQUE INDEX ON live_check (id)");
	SinkSpec spec = live_sink_spec(&t, 1, "check", true);
	Err err = {0};
	CHECK(sink_find(STR("jdbc"))->check_target(&spec, &err));
	live_column(&t, "gen", &type_int);
	expect_mismatch(&t, "generated");
	live_drop(&t);
	setup(&t, "live_check");
	run("CREATE TABLE live_check (n numeric(5,1), ts timestamp(0))");
	live_column(&t, "n", type_decimal(t.arena, 10, 2));
	expect_mismatch(&t, "rounded");
	run("ALTER TABLE live_check ALTER n TYPE numeric(5,2)");
	live_column(&t, "ts", &type_timestamp3);
	expect_mismatch(&t, "rounded");
	live_drop(&t);
	/* An outage does not refuse the statement. */
	setup(&t, "live_check");
	two_columns(&t, false);
	live_option(&t, "url", "jdbc:postgresql://127.0.0.1:1/x");
	spec = live_sink_spec(&t, 1, "check", true);
	CHECK(!sink_find(STR("jdbc"))->check_target(&spec, &err));
	CHECK(err.flags & ERR_RETRIABLE);
	live_drop(&t);
}

/* Two writers on one key range, and a reader that holds the marker: no deadlock, bounded waits. */
TEST(waits_are_bounded)
{
	LiveTable t;
	setup(&t, "live_wait");
	run("CREATE TABLE live_wait (id bigint PRIMARY KEY, name text)");
	two_columns(&t, true);
	live_option(&t, "connection.max-retry-timeout", "1 s");
	SinkSpec spec = live_sink_spec(&t, 1, live_unique(t.arena, "wait"), true);
	uint64_t epoch;
	bool known;
	Sink *s = start(&spec, &epoch, &known);
	run("BEGIN; LOCK TABLE live_wait");
	LiveEpoch e;
	live_epoch(&e, 1);
	add(&e, &t, ROW_INSERT, 1, "x");
	uint32_t n;
	Err err = {0};
	int64_t from = live_now_ms();
	CHECK(deliver(s, 0, live_sealed(&e), 1, NULL, &n, &err) == SINK_RETRY);
	CHECK(live_now_ms() - from < 5000);
	run("ROLLBACK");
	CHECK(deliver(s, 0, live_sealed(&e), 1, NULL, &n, &err) == SINK_DELIVERED);
	CHECK_STR(rows(t.arena, "SELECT count(*) FROM live_wait"), "1");
	sink_find(STR("jdbc"))->close(s);
	live_epoch_drop(&e);
	live_drop(&t);
}

TESTS(append, upsert, deferred_constraint, types, target_check, waits_are_bounded)
