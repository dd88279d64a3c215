/*
 * Rows that people read: every type to the file and back, byte by byte; snapshots of them; the readable views.
 */
#include "engine/state/rows.h"

#include <unistd.h>

#include "engine/state/db.h"
#include "engine/state/snapshot.h"
#include "tests/unit/sql/types/random_type.h"

enum { COLUMNS_MAX = 6, ROWS = 60 };

static Arena *arena;
static char path[128];

static Store *open_store(void)
{
	Store *store;
	Err err;
	StoreOptions o = {
	    .path = path, .clock = &clock_real, .memory_bytes = 0, .wal_max_bytes = 1 << 30, .inline_writer = true};
	bool ok = store_open(&o, &store, &err);
	if (!ok)
		fprintf(stderr, "%s\n", err.message);
	REQUIRE(ok);
	return store;
}

static void remove_store(void)
{
	char name[160];
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof name, "%s%s", path, (const char *[]){"", "-lock", "-wal", "-shm"}[i]);
		unlink(name);
	}
}

static StateTable *open_table(Store *store, const StateSpec *spec)
{
	StateTable *t;
	Err err;
	bool ok = state_open(store, spec, &t, &err);
	if (!ok)
		fprintf(stderr, "%s %s\n", err.message, err.detail);
	REQUIRE(ok);
	return t;
}

static Str row_key(int i)
{
	return arena_printf(arena, "%03d", i);
}

typedef struct Table {
	StateRows rows;
	StateSpec spec;
	Value values[ROWS][COLUMNS_MAX];
	Str bytes[ROWS];
} Table;

static void make_table(Table *table, bool all_nested)
{
	static const Str names[COLUMNS_MAX] = {STR("a"), STR("A"), STR("a$"), STR("k$"), STR("select"), STR("x\"y")};
	uint32_t n = 1 + random_below(COLUMNS_MAX);
	const Type **types = ARENA_ARRAY(arena, const Type *, COLUMNS_MAX);
	for (uint32_t c = 0; c < n; c++)
		types[c] = all_nested ? type_array(arena, random_type(arena, 2)) : random_type(arena, 2);
	table->rows = (StateRows){STR("v"), n, names, types};
	table->spec = (StateSpec){.name = STR("view"), .kind = STATE_ORDERED, .rows = &table->rows};
	StrBuf buf;
	strbuf_init(&buf);
	for (int i = 0; i < ROWS; i++) {
		strbuf_clear(&buf);
		for (uint32_t c = 0; c < n; c++) {
			table->values[i][c] = random_value(arena, types[c], true);
			value_encode(types[c], table->values[i][c], &buf);
		}
		table->bytes[i] = arena_str(arena, strbuf_str(&buf));
	}
	strbuf_deinit(&buf);
}

static void put_rows(StateTable *t, const Table *table)
{
	for (int i = 0; i < ROWS; i++)
		state_put(t, row_key(i), table->bytes[i]);
}

static void check_stored(StateTable *t, const Table *table)
{
	for (int i = 0; i < ROWS; i++) {
		uint32_t len = 0;
		const char *v = state_get(t, row_key(i), &len);
		CHECK(v && str_eq(str_make(v, len), table->bytes[i]));
	}
	StateScan *s = state_scan_open(t, (Str){0}, (Str){0}, false, true, arena);
	Str key, value;
	int i = 0;
	for (; state_scan_next(s, &key, &value); i++)
		CHECK(i < ROWS && str_eq(key, row_key(i)) && str_eq(value, table->bytes[i]));
	CHECK_EQ_I64(i, ROWS);
	state_scan_close(s);
}

static void check_snapshot(Store *store, const Table *table)
{
	Snapshot *s;
	Err err;
	REQUIRE(snapshot_open(store, NULL, &s, &err));
	CHECK_EQ_U64(snapshot_epoch(s), store_landed_epoch(store));
	uint32_t wanted[COLUMNS_MAX], n = random_below(table->rows.ncols + 1);
	for (uint32_t c = 0; c < n; c++)
		wanted[c] = random_below(table->rows.ncols);
	int from = (int)random_below(ROWS), to = from + (int)random_below(ROWS), end = to < ROWS ? to : ROWS;
	bool reverse = random_below(2);
	int64_t limit = random_below(2) ? -1 : (int64_t)random_below(20);
	SnapshotScanSpec spec = {.table = STR("view"),
	                         .rows = &table->rows,
	                         .cols = wanted,
	                         .ncols = n,
	                         .want_key = true,
	                         .key_from = row_key(from),
	                         .key_to = row_key(to),
	                         .reverse = reverse,
	                         .limit = limit};
	SnapshotScan *scan;
	REQUIRE(snapshot_scan_open(s, &spec, &scan, &err));
	int seen = 0;
	uint32_t got = 1;
	while (got) {
		Column cols[COLUMNS_MAX + 1];
		REQUIRE(snapshot_scan_next(scan, 7, arena, cols, &got, &err));
		for (uint32_t r = 0; r < got; r++, seen++) {
			int i = reverse ? end - 1 - seen : from + seen;
			CHECK(str_eq(column_value(&cols[n], r).s, row_key(i)));
			for (uint32_t c = 0; c < n; c++)
				CHECK(
				    value_equal(table->rows.types[wanted[c]], column_value(&cols[c], r), table->values[i][wanted[c]]));
		}
	}
	snapshot_scan_close(scan);
	CHECK_EQ_I64(seen, limit >= 0 && limit < end - from ? limit : end - from);
	Value row[COLUMNS_MAX + 1];
	bool found;
	CHECK(snapshot_get(s, &spec, row_key(from), arena, row, &found, &err) && found);
	for (uint32_t c = 0; c < n; c++)
		CHECK(value_equal(table->rows.types[wanted[c]], row[c], table->values[from][wanted[c]]));
	CHECK(snapshot_get(s, &spec, STR("nobody"), arena, row, &found, &err) && !found);
	spec.table = STR("no such table");
	CHECK(snapshot_get(s, &spec, row_key(0), arena, row, &found, &err) && !found);
	REQUIRE(snapshot_scan_open(s, &spec, &scan, &err));
	Column cols[COLUMNS_MAX + 1];
	CHECK(snapshot_scan_next(scan, 7, arena, cols, &got, &err) && got == 0);
	snapshot_scan_close(scan);
	snapshot_close(s);
}

TEST(every_type_comes_back_byte_by_byte)
{
	for (int round = 0; round < 60; round++) {
		Table *table = ARENA_NEW(arena, Table);
		make_table(table, round % 10 == 0);
		remove_store();
		Store *store = open_store();
		StateTable *t = open_table(store, &table->spec);
		put_rows(t, table);
		check_stored(t, table);
		store_seal(store);
		store_poll(store, NULL);
		check_stored(t, table);
		check_snapshot(store, table);
		state_del(t, row_key(5));
		state_put(t, row_key(5), table->bytes[5]);
		store_seal(store);
		store_close(store);
		store = open_store();
		t = open_table(store, &table->spec);
		check_stored(t, table);
		CHECK(store_check(store, NULL));
		check_snapshot(store, table);
		store_close(store);
		arena_reset(arena);
	}
	remove_store();
}

/* What a plain SQLite shell shows. */
static void expect_sql(const char *sql, const char *want)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	REQUIRE(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
	StrBuf out;
	strbuf_init(&out);
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		strbuf_puts(&out, sqlite3_errmsg(db));
	while (stmt && sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			const char *text = (const char *)sqlite3_column_text(stmt, i);
			strbuf_printf(&out, "%s%s", i ? "|" : "", text ? text : "NULL");
		}
		strbuf_putc(&out, '\n');
	}
	CHECK_STR(strbuf_cstr(&out), want);
	strbuf_deinit(&out);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static int64_t us_of(const char *text)
{
	int64_t us = 0;
	CHECK(timestamp_parse(str_from(text), &us, NULL, NULL));
	return us;
}

TEST(a_person_reads_the_view)
{
	const Type *types[] = {&type_boolean,
	                       &type_double,
	                       type_decimal(arena, 10, 2),
	                       &type_string,
	                       &type_date,
	                       &type_timestamp3,
	                       &type_ltz6,
	                       type_temporal(arena, TYPE_TIME, 3),
	                       type_array(arena, &type_int)};
	static const Str names[] = {STR("b"),  STR("f"),  STR("d"), STR("s"), STR("day"),
	                            STR("ts"), STR("at"), STR("t"), STR("xs")};
	StateRows rows = {STR("V"), 9, names, types};
	StateSpec spec = {.name = STR("view"), .kind = STATE_ORDERED, .rows = &rows};
	Value items[] = {value_i64(1), VALUE_NULL};
	Value first[] = {{.b = true},
	                 {.f = 1.5},
	                 {.d = 150},
	                 value_str(STR("it's \xc3\xa4")),
	                 value_i64(-1),
	                 value_i64(us_of("1969-12-31 23:59:59.001")),
	                 value_i64(us_of("2024-02-29 12:00:00.123456")),
	                 value_i64(3723004000),
	                 value_str(packed_build(arena, &types[0], true, NULL, 0))};
	first[8].s = packed_build(arena, (const Type *const[]){&type_int, &type_int}, false, items, 2);
	Value second[9];
	for (int i = 0; i < 9; i++)
		second[i] = VALUE_NULL;
	Value third[9];
	memcpy(third, first, sizeof first);
	third[1].f = NAN;
	third[2].d = -5;
	third[4].i = timestamp_days(9999, 12, 31);
	third[5].i = us_of("0001-01-01 00:00:00");
	remove_store();
	Store *store = open_store();
	StateTable *t = open_table(store, &spec);
	StrBuf buf;
	strbuf_init(&buf);
	const Value *all[] = {first, second, third};
	for (int i = 0; i < 3; i++) {
		strbuf_clear(&buf);
		for (int c = 0; c < 9; c++)
			value_encode(types[c], all[i][c], &buf);
		state_put(t, row_key(i), strbuf_str(&buf));
	}
	strbuf_deinit(&buf);
	/* A second view whose name differs in case only, and one that is called as the first one's table. */
	StateRows other = {STR("v"), 1, names, types};
	StateSpec other_spec = {.name = STR("other"), .kind = STATE_ORDERED, .rows = &other};
	open_table(store, &other_spec);
	StateRows evil = {STR("V$rows"), 1, names, types};
	StateSpec evil_spec = {.name = STR("evil"), .kind = STATE_ORDERED, .rows = &evil};
	open_table(store, &evil_spec);
	/* Names that belong to SQLite and to the store. */
	StateRows reserved = {STR("SQLITE_x"), 1, names, types};
	StateSpec reserved_spec = {.name = STR("weir$meta"), .kind = STATE_ORDERED, .rows = &reserved};
	open_table(store, &reserved_spec);
	StateSpec blobs_spec = {.name = STR("weir$tables"), .kind = STATE_ORDERED};
	open_table(store, &blobs_spec);
	store_seal(store);
	const char *want = "1|1.5|1.50|it's \xc3\xa4|1969-12-31|1969-12-31 23:59:59.001000|2024-02-29 12:00:00.123456|"
	                   "01:02:03.004000|[1,null]\n"
	                   "NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL\n"
	                   "1|NaN|-0.05|it's \xc3\xa4|9999-12-31|0001-01-01 00:00:00.000000|2024-02-29 12:00:00.123456|"
	                   "01:02:03.004000|[1,null]\n";
	expect_sql("SELECT * FROM V", want);
	expect_sql("SELECT count(*) FROM v_2", "0\n");
	expect_sql("SELECT count(*) FROM \"V$rows\"", "3\n");
	expect_sql("SELECT count(*) FROM \"V$rows_2\"", "0\n");
	expect_sql("SELECT count(*) FROM _SQLITE_x", "0\n");
	expect_sql("SELECT count(*) FROM \"_weir$tables$state\"", "0\n");
	expect_sql("SELECT typeof(d), typeof(f), typeof(b), typeof(xs) FROM \"V$rows\" LIMIT 1",
	           "text|real|integer|text\n");
	store_close(store);
	expect_sql("SELECT * FROM v", want);
	/* Dropped: table and view are gone, and the name is free again. */
	store = open_store();
	CHECK(store_drop_table(store, STR("view")) && !store_drop_table(store, STR("view")));
	t = open_table(store, &spec);
	CHECK(state_get(t, row_key(0), NULL) == NULL);
	store_seal(store);
	expect_sql("SELECT count(*) FROM V", "0\n");
	store_close(store);
	remove_store();
}

TEST(another_definition_is_refused)
{
	const Type *types[] = {&type_int};
	StateRows rows = {STR("v"), 1, (const Str[]){STR("a")}, types};
	StateSpec spec = {.name = STR("view"), .kind = STATE_ORDERED, .rows = &rows};
	remove_store();
	Store *store = open_store();
	open_table(store, &spec);
	store_seal(store);
	store_close(store);
	store = open_store();
	StateTable *t;
	Err err;
	StateSpec other = spec;
	other.kind = STATE_HASH;
	CHECK(!state_open(store, &other, &t, &err) && err.code == ERR_STATE_FORMAT);
	other = spec;
	types[0] = &type_bigint;
	CHECK(!state_open(store, &other, &t, &err) && err.code == ERR_STATE_FORMAT);
	const Type *many[2100];
	Str many_names[2100];
	for (int i = 0; i < 2100; i++) {
		many[i] = &type_int;
		many_names[i] = STR("x");
	}
	StateRows wide = {STR("w"), 2000, many_names, many};
	StateSpec wide_spec = {.name = STR("wide"), .kind = STATE_ORDERED, .rows = &wide};
	CHECK(!state_open(store, &wide_spec, &t, &err) && err.code == ERR_NOT_SUPPORTED && *err.hint);
	wide.ncols = 1999;
	CHECK(state_open(store, &wide_spec, &t, &err));
	store_seal(store);
	CHECK(store_poll(store, &err));
	SnapshotScanSpec scan_spec = {.table = STR("view"), .rows = &rows, .limit = -1};
	Snapshot *s;
	SnapshotScan *scan;
	REQUIRE(snapshot_open(store, NULL, &s, &err));
	CHECK(!snapshot_scan_open(s, &scan_spec, &scan, &err) && err.code == ERR_STATE_FORMAT);
	snapshot_close(s);
	types[0] = &type_int;
	CHECK(state_open(store, &spec, &t, &err));
	store_close(store);
	remove_store();
}

int main(int argc, char **argv)
{
	static const CheckTest tests[] = {
	    {"types", test_every_type_comes_back_byte_by_byte},
	    {"view", test_a_person_reads_the_view},
	    {"definition", test_another_definition_is_refused},
	};
	arena = arena_open("test", 0);
	snprintf(path, sizeof path, "/tmp/weir-rows-test-%ld.db", (long)getpid());
	int rc = check_main(tests, sizeof tests / sizeof tests[0], argc, argv);
	arena_close(arena);
	return rc;
}
