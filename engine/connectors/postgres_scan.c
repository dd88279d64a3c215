/*
 * engine/connectors/postgres_scan.c: see postgres_scan.h.
 *
 *   BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; DECLARE weir_scan CURSOR FOR SELECT a, b FROM t WHERE ...;
 *   FETCH n, again and again, while there is room in the queue
 *
 * The order is that of the table's pages: no index, no second worker and no scan that others began before is used, so
 * that two transactions see rows that did not change in the same order.
 */
#include "engine/connectors/postgres_scan.h"

#include <stdatomic.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/queue.h"
#include "engine/connectors/postgres_check.h"
#include "engine/connectors/postgres_read.h"

enum {
	BLOCKS_MAX = 4, /* that wait to be taken */
	FETCH_FIRST = 256,
	FETCH_MIN = 16,
	AGAIN_ROWS = 1024,
	MEMORY_DEFAULT = 32 << 20,
	FIRST_WAIT_MS = 100,
	LAST_WAIT_MS = 5000,
	CONNECT_MS = 10000,
	ANSWER_MS = 3600 * 1000, /* a view may compute for long before its first row */
};

struct PostgresScan {
	PostgresScanSpec spec;
	Arena *arena;
	Arena *table_arena; /* of the table as it was found on this connection */
	PostgresParams params;
	PostgresConn conn;
	PostgresFields fields;
	int64_t fetch_max;
	uint32_t fetch;
	uint64_t mark; /* of the last row that was put into the queue */
	int64_t rows;  /* so many were */
	pthread_t thread;
	bool started;
	atomic_bool stop;
	Queue queue;           /* of PostgresRows */
	pthread_mutex_t mutex; /* guards what follows */
	Err failed;
	char trouble[512];
	char shown[512]; /* the owner's copy */
};

/* ---- options ---- */

typedef struct Splits {
	bool any;
	Str column;
	int64_t n, lower, upper;
} Splits;

static Splits read_splits(const Options *o)
{
	Splits s = {.any = options_has(o, "scan.partition.column")};
	if (!s.any)
		return s;
	s.column = options_get(o, "scan.partition.column");
	s.n = options_int(o, "jdbc", "scan.partition.num");
	s.lower = options_int(o, "jdbc", "scan.partition.lower-bound");
	s.upper = options_int(o, "jdbc", "scan.partition.upper-bound");
	return s;
}

static const ColumnDef *find_column(const TableDef *t, Str name)
{
	for (uint32_t i = 0; i < t->ncols; i++)
		if (str_eq(t->cols[i].name, name) && t->cols[i].kind == COLUMN_PHYSICAL)
			return &t->cols[i];
	return NULL;
}

bool postgres_scan_check(const TableDef *table, Err *err)
{
	static const char *const names[] = {"scan.partition.column", "scan.partition.num", "scan.partition.lower-bound",
	                                    "scan.partition.upper-bound"};
	const Options *o = &table->options;
	const OptionValue *given = NULL;
	const char *missing = NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const OptionValue *v = options_find(o, str_from(names[i]));
		if (v)
			given = v;
		else
			missing = names[i];
	}
	if (!given)
		return true;
	if (missing) {
		err_set_at(err, ERR_MISSING_OPTION, given->span, "\"%s\" is missing: the options scan.partition.* go together",
		           missing);
		return err_hint(err, "Give all four of them, or none.");
	}
	Splits s = read_splits(o);
	const OptionValue *column = options_find(o, STR("scan.partition.column"));
	const ColumnDef *c = find_column(table, s.column);
	if (!c)
		return err_set_at(err, ERR_BAD_OPTION, column->span, "table \"%.*s\" has no column \"%.*s\"",
		                  STR_ARG(table->name), STR_ARG(s.column));
	if (!type_is_numeric(c->type)) {
		err_set_at(err, ERR_BAD_OPTION, column->span, "scan.partition.column \"%.*s\" is no number", STR_ARG(s.column));
		return err_hint(err, "Leave out scan.partition.*: the table is read in one scan, with or without them.");
	}
	if (s.lower > s.upper)
		return err_set_at(err, ERR_BAD_OPTION, options_find(o, STR("scan.partition.lower-bound"))->span,
		                  "scan.partition.lower-bound is above scan.partition.upper-bound");
	return true;
}

/* ---- the thread: connecting ---- */

static void say(PostgresScan *s, const char *words)
{
	pthread_mutex_lock(&s->mutex);
	snprintf(s->trouble, sizeof s->trouble, "%s", words);
	pthread_mutex_unlock(&s->mutex);
}

static void fail(PostgresScan *s, const Err *err)
{
	pthread_mutex_lock(&s->mutex);
	s->failed = *err;
	postgres_read_failed(&s->failed);
	pthread_mutex_unlock(&s->mutex);
}

/* The ranges of whole numbers that Flink's readers would share: rows in none of them are not read. */
static void put_splits(const PostgresScan *s, StrBuf *sql)
{
	Splits p = read_splits(&s->spec.table->options);
	if (!p.any)
		return;
	uint32_t i = 0;
	while (!str_eq(s->fields.declared[i], p.column))
		i++;
	const char *name = s->fields.names[i];
	/* between the ranges nothing is lost but fractions */
	if (type_is_integer(s->fields.types[i]))
		p.n = 1;
	Int128 all = (Int128)p.upper - p.lower + 1;
	Int128 n = all < p.n ? all : p.n, size = (all + n - 1) / n, large = all - (size - 1) * n, from = p.lower;
	for (Int128 k = 0; k < n; k++) {
		Int128 to = from + size - 1 - (k < large ? 0 : 1);
		strbuf_printf(sql, "%s %s BETWEEN %lld AND %lld", k ? " OR" : " WHERE (", name, (long long)from, (long long)to);
		from = to + 1;
	}
	strbuf_putc(sql, ')');
}

static bool is_one_of(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

/* Is the column there of a type that compares as the declared one? */
static bool compares_alike(const PostgresScan *s, const SourceAsk *a)
{
	static const char *const integers[] = {"smallint", "integer", "bigint"};
	static const char *const texts[] = {"text", "character varying"};
	const Type *t = s->fields.types[a->column];
	const char *there = s->fields.casts[a->column];
	if (type_is_integer(t))
		return is_one_of(there, integers, 3);
	if (t->kind == TYPE_DATE)
		return strcmp(there, "date") == 0;
	return t->kind == TYPE_VARCHAR && is_one_of(there, texts, 2) && a->op[0] == '=' &&
	       !memchr(a->value.s.ptr, 0, a->value.s.len);
}

static void put_asks(const PostgresScan *s, StrBuf *sql)
{
	bool any = options_has(&s->spec.table->options, "scan.partition.column");
	StrBuf text;
	strbuf_init(&text);
	for (uint32_t i = 0; i < s->spec.nasks; i++) {
		const SourceAsk *a = &s->spec.asks[i];
		if (!compares_alike(s, a))
			continue;
		strbuf_printf(sql, " %s %s %s ", any ? "AND" : "WHERE", s->fields.names[a->column], a->op);
		strbuf_clear(&text);
		value_print(a->type, a->value, VALUE_PG, NULL, &text);
		if (type_is_integer(a->type)) /* not of the column's own width: nothing to overflow */
			strbuf_put_str(sql, strbuf_str(&text));
		else
			postgres_conn_quote_literal(sql, strbuf_str(&text));
		any = true;
	}
	strbuf_deinit(&text);
}

static bool is_wanted(const PostgresScan *s, uint32_t column)
{
	return !s->spec.wanted || s->spec.wanted[column];
}

static bool declare_cursor(PostgresScan *s, Err *err)
{
	StrBuf sql;
	strbuf_init(&sql);
	strbuf_puts(&sql, "DECLARE weir_scan NO SCROLL CURSOR FOR SELECT ");
	const char *between = "";
	for (uint32_t i = 0; i < s->fields.n; i++) {
		if (!is_wanted(s, i))
			continue;
		strbuf_printf(&sql, "%s%s", between, s->fields.names[i]);
		between = ", ";
	}
	strbuf_printf(&sql, "%s FROM %s", between[0] ? "" : "NULL", s->fields.table);
	put_splits(s, &sql);
	put_asks(s, &sql);
	bool ok = postgres_conn_run(&s->conn, strbuf_cstr(&sql), err);
	strbuf_deinit(&sql);
	return ok;
}

static const char by_pages[] =
    "SET LOCAL synchronize_seqscans = off; SET LOCAL max_parallel_workers_per_gather = 0; "
    "SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off";

/* A connection, a transaction, the table looked at in it, and a cursor before its first row. */
static bool begin(PostgresScan *s, Err *err)
{
	arena_reset(s->table_arena);
	postgres_conn_close(&s->conn);
	if (!postgres_read_connect(&s->conn, &s->params, err))
		return false;
	/* the server gives up a query whose client is gone */
	if (PQserverVersion(s->conn.pg) >= 140000 &&
	    !postgres_conn_run(&s->conn, "SET client_connection_check_interval = '2s'", err))
		return false;
	return postgres_conn_run(&s->conn,
	                         "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
	                         "SET LOCAL idle_in_transaction_session_timeout = 0",
	                         err) &&
	       postgres_check_source(&s->conn, s->spec.table, s->table_arena, &s->fields, err) &&
	       (!s->fields.has_pages || s->spec.once || postgres_conn_run(&s->conn, by_pages, err)) &&
	       declare_cursor(s, err);
}

/* ---- the thread: rows ---- */

static uint64_t next_mark(uint64_t mark, const PGresult *r, int row, int ncols)
{
	for (int c = 0; c < ncols; c++) {
		if (PQgetisnull(r, row, c))
			mark = hash_mix(mark + 1);
		else
			mark = hash_bytes(PQgetvalue(r, row, c), (size_t)PQgetlength(r, row, c), mark);
	}
	mark = hash_mix(mark);
	return mark ? mark : 1;
}

static bool has_changed(PostgresScan *s, Err *err)
{
	err_set(err, ERR_DATA_LOSS,
	        "the table \"%.*s\" in PostgreSQL has changed while it was read: of the %lld rows that "
	        "were read some are no longer there as they were",
	        STR_ARG(s->spec.table->name), (long long)s->rows);
	return err_hint(err, "A scan that is interrupted goes on only if what it has read has not changed. DROP the query "
	                     "and create it again: it reads the table anew.");
}

static PostgresRows *make_rows(const PostgresScan *s, const PGresult *r, uint32_t skip, const uint64_t *marks)
{
	Arena *arena = arena_open("postgres rows", 0);
	PostgresRows *rows = ARENA_NEW(arena, PostgresRows);
	uint32_t n = (uint32_t)PQntuples(r) - skip;
	Column *cols = ARENA_ARRAY_ZERO(arena, Column, s->fields.n + 1);
	int at = 0;
	for (uint32_t c = 0; c < s->fields.n; c++)
		if (is_wanted(s, c))
			postgres_read_column(r, at++, skip, s->fields.types[c], arena, &cols[c]);
	*rows = (PostgresRows){
	    .arena = arena,
	    .batch = {.n = n, .ncols = s->fields.n, .cols = cols},
	    .marks = arena_copy(arena, marks + skip, (n + 1) * sizeof *marks),
	};
	return rows;
}

static bool put(PostgresScan *s, PostgresRows *rows)
{
	while (!atomic_load(&s->stop))
		if (queue_push(&s->queue, rows, 100)) {
			if (s->spec.wake)
				s->spec.wake(s->spec.wake_ctx);
			return true;
		}
	postgres_scan_give_back(rows);
	return false;
}

/* Blocks of a size that fits the memory. */
static void choose_fetch(PostgresScan *s, size_t bytes, uint32_t n)
{
	size_t room = (size_t)(s->spec.memory_bytes > 0 ? s->spec.memory_bytes : MEMORY_DEFAULT) / (BLOCKS_MAX + 2);
	size_t fit = room / (bytes / n + 1);
	uint32_t most = s->fetch_max > 0 && s->fetch_max < BATCH_ROWS_MAX ? (uint32_t)s->fetch_max : BATCH_ROWS_MAX;
	s->fetch = fit < FETCH_MIN ? FETCH_MIN : fit > 2 * (size_t)s->fetch ? 2 * s->fetch : (uint32_t)fit;
	if (s->fetch > most)
		s->fetch = most;
}

/* The rows of one FETCH of `asked`. *seen: rows of this transaction so far, *mark: of the last of them. */
static bool take_result(PostgresScan *s, const PGresult *r, uint32_t asked, int64_t *seen, uint64_t *mark, bool *last,
                        Err *err)
{
	uint32_t n = (uint32_t)PQntuples(r), skip = 0;
	uint64_t *marks = MEM_ARRAY(uint64_t, n + 1);
	bool ok = true;
	for (uint32_t i = 0; i < n && ok; i++) {
		marks[i] = *mark = next_mark(*mark, r, (int)i, PQnfields(r));
		++*seen;
		skip += *seen <= s->rows;
		ok = *seen != s->rows || *mark == s->mark || has_changed(s, err);
	}
	*last = n < asked;
	if (ok && *last && *seen < s->rows)
		ok = has_changed(s, err);
	if (ok && (n > skip || *last)) {
		PostgresRows *rows = make_rows(s, r, skip, marks);
		rows->last = *last;
		size_t bytes = arena_bytes(rows->arena);
		s->rows = *seen;
		s->mark = *mark;
		ok = put(s, rows);
		if (ok && n > skip)
			choose_fetch(s, bytes, n - skip);
	}
	mem_free(marks);
	return ok;
}

/* Reads to the end. false: with err, or told to stop. */
static bool read_all(PostgresScan *s, Err *err)
{
	int64_t seen = 0;
	uint64_t mark = 0;
	for (bool last = false; !last;) {
		/* what was read already is compared and not kept */
		int64_t again = s->rows - seen;
		uint32_t asked = again <= 0 ? s->fetch : again < AGAIN_ROWS ? (uint32_t)again : AGAIN_ROWS;
		char sql[60];
		snprintf(sql, sizeof sql, "FETCH %u FROM weir_scan", asked);
		PGresult *r = postgres_conn_batch(&s->conn, sql, err);
		bool ok = r && take_result(s, r, asked, &seen, &mark, &last, err);
		PQclear(r);
		if (!ok)
			return false;
	}
	return postgres_conn_run(&s->conn, "COMMIT", err) || true; /* everything was read */
}

static void wait_ms(PostgresScan *s, int64_t ms)
{
	for (int64_t t = 0; t < ms && !atomic_load(&s->stop); t += 50)
		clock_sleep_us(50000);
}

static void *run(void *arg)
{
	PostgresScan *s = arg;
	int64_t wait = FIRST_WAIT_MS;
	bool outage = false;
	while (!atomic_load(&s->stop)) {
		Err err = {0};
		int64_t before = s->rows;
		if (begin(s, &err)) {
			if (outage)
				LOGI("jdbc", "answers again", "table=%.*s", STR_ARG(s->spec.table->name));
			outage = false;
			say(s, "");
			if (read_all(s, &err))
				break;
		}
		if (atomic_load(&s->stop))
			break;
		if (s->rows > before)
			wait = FIRST_WAIT_MS;
		if (err.code == ERR_DATA_LOSS || s->conn.fault != POSTGRES_OUTAGE || s->spec.once) {
			fail(s, &err);
			break;
		}
		if (!outage)
			LOGW("jdbc", "source unreachable, tried again until it answers", "table=%.*s reason=\"%s\"",
			     STR_ARG(s->spec.table->name), err.message);
		outage = true;
		say(s, err.message);
		wait_ms(s, wait);
		wait = wait * 2 > LAST_WAIT_MS ? LAST_WAIT_MS : wait * 2;
	}
	postgres_conn_close(&s->conn);
	if (s->spec.wake)
		s->spec.wake(s->spec.wake_ctx);
	return NULL;
}

/* ---- the owner ---- */

bool postgres_scan_open(const PostgresScanSpec *spec, PostgresScan **out, Err *err)
{
	PostgresScan *s = MEM_NEW(PostgresScan);
	s->spec = *spec;
	s->rows = spec->had;
	s->mark = spec->mark;
	s->arena = arena_open("postgres scan", 0);
	s->table_arena = arena_open("postgres scan table", 0);
	s->fetch = FETCH_FIRST;
	s->fetch_max = options_int(&spec->table->options, "jdbc", "scan.fetch-size");
	if (s->fetch_max > 0 && s->fetch_max < s->fetch)
		s->fetch = (uint32_t)s->fetch_max;
	pthread_mutex_init(&s->mutex, NULL);
	queue_init(&s->queue, BLOCKS_MAX);
	bool ok = postgres_conn_options(&spec->table->options, s->arena, &s->params, &s->conn, err);
	s->conn.stop = &s->stop;
	if (s->params.socket_timeout_ms <= 0)
		s->conn.answer_ms = ANSWER_MS;
	if (s->conn.connect_ms > CONNECT_MS)
		s->conn.connect_ms = CONNECT_MS;
	if (ok && pthread_create(&s->thread, NULL, run, s) != 0)
		ok = err_set(err, ERR_IO, "no thread for reading \"%.*s\"", STR_ARG(spec->table->name));
	s->started = ok;
	if (!ok) {
		postgres_scan_close(s);
		return false;
	}
	*out = s;
	return true;
}

PostgresRows *postgres_scan_take(PostgresScan *s)
{
	return queue_pop(&s->queue, 0);
}

void postgres_scan_give_back(PostgresRows *rows)
{
	if (rows)
		arena_close(rows->arena);
}

bool postgres_scan_failed(PostgresScan *s, Err *err)
{
	pthread_mutex_lock(&s->mutex);
	bool failed = s->failed.code != 0;
	if (failed && err)
		*err = s->failed;
	pthread_mutex_unlock(&s->mutex);
	return failed && queue_len(&s->queue) == 0;
}

const char *postgres_scan_trouble(PostgresScan *s)
{
	pthread_mutex_lock(&s->mutex);
	memcpy(s->shown, s->trouble, sizeof s->shown);
	pthread_mutex_unlock(&s->mutex);
	return s->shown[0] ? s->shown : NULL;
}

void postgres_scan_close(PostgresScan *s)
{
	atomic_store(&s->stop, true);
	if (s->started)
		pthread_join(s->thread, NULL);
	PostgresRows *rows;
	while ((rows = queue_pop(&s->queue, 0)))
		postgres_scan_give_back(rows);
	queue_deinit(&s->queue);
	pthread_mutex_destroy(&s->mutex);
	postgres_conn_close(&s->conn);
	arena_close(s->table_arena);
	arena_close(s->arena);
	mem_free(s);
}
