/*
 * engine/connectors/postgres_sink.c: a table of PostgreSQL as a sink (connector jdbc).
 *
 *   BEGIN; UPDATE marker old -> new     locks the marker's row, see postgres_marker.h
 *   deletes, upserts or COPY            postgres_write.c
 *   COMMIT                              answer lost: the next attempt finds the marker moved
 *
 * A row that the server refuses is looked for by bisection with savepoints, in a transaction that is rolled back; the
 * caller keeps the rows that were found and calls again without them.
 */
#include "engine/connectors/connectors.h"

#include <stdlib.h>

#include "engine/state/store.h"
#include "engine/connectors/postgres_marker.h"
#include "engine/connectors/postgres_write.h"
#include "engine/connectors/sink_marker.h"

enum { FLAKY_MAX = 3 };

struct Sink {
	SinkSpec spec;
	Arena *arena;        /* of the sink */
	Arena *target_arena; /* of the target as it was found at the last recover */
	PostgresParams params;
	PostgresConn conn;
	PostgresMarker marker;
	PostgresTarget target;
	PostgresWriter writer;
	bool ready;     /* recovered on this connection */
	bool unsure;    /* a COMMIT was sent and its answer never came: the marker may have been moved by us */
	uint32_t flaky; /* refusals in a row for which no row was found */
};

static bool postgres_check(const TableDef *table, unsigned *accepts, Err *err)
{
	*accepts = table->nkey ? SINK_APPEND | SINK_UPSERT : SINK_APPEND;
	if (!options_has(&table->options, "table-name"))
		return err_set(err, ERR_MISSING_OPTION, "\"table-name\" is missing");
	Arena *arena = arena_open("scratch", 0);
	PostgresParams params;
	PostgresConn conn;
	bool ok = postgres_conn_options(&table->options, arena, &params, &conn, err);
	arena_close(arena);
	return ok;
}

static bool postgres_check_spec(const SinkSpec *spec, Err *err)
{
	Arena *arena = arena_open("postgres check", 0);
	PostgresParams params;
	PostgresConn conn;
	PostgresTarget target;
	bool ok = postgres_conn_options(&spec->table->options, arena, &params, &conn, err) &&
	          postgres_conn_open(&conn, &params, err) && postgres_check_target(&conn, spec, arena, &target, err);
	postgres_conn_close(&conn);
	arena_close(arena);
	return ok;
}

static bool postgres_open(const SinkSpec *spec, Sink **out, Err *err)
{
	Sink *s = MEM_NEW(Sink);
	s->spec = *spec;
	s->arena = arena_open("postgres sink", 0);
	s->target_arena = arena_open("postgres target", 0);
	if (!postgres_conn_options(&spec->table->options, s->arena, &s->params, &s->conn, err)) {
		arena_close(s->target_arena);
		arena_close(s->arena);
		mem_free(s);
		return false;
	}
	postgres_marker_init(&s->marker, spec->engine_id, spec->name, s->arena);
	*out = s;
	return true;
}

static void postgres_close(Sink *s)
{
	postgres_write_deinit(&s->writer);
	postgres_conn_close(&s->conn);
	arena_close(s->target_arena);
	arena_close(s->arena);
	mem_free(s);
}

/* What an error on the connection means for the caller; a transaction that may be open is ended with the connection: a
 * sink that has failed may stay so for days. */
static SinkResult give_up(Sink *s)
{
	bool outage = s->conn.fault == POSTGRES_OUTAGE || s->conn.fault == POSTGRES_FINE;
	postgres_conn_close(&s->conn);
	s->ready = false;
	return outage ? SINK_RETRY : SINK_FAILED;
}

static SinkResult postgres_recover(Sink *s, uint64_t *epoch, bool *known, Err *err)
{
	s->ready = false;
	*known = false;
	*epoch = 0;
	if (!postgres_conn_open(&s->conn, &s->params, err))
		return give_up(s);
	postgres_write_deinit(&s->writer);
	arena_reset(s->target_arena);
	if (!postgres_check_target(&s->conn, &s->spec, s->target_arena, &s->target, err))
		return err->code == ERR_SINK_SCHEMA ? SINK_FAILED : give_up(s);
	postgres_write_init(&s->writer, &s->spec, &s->target, s->target_arena);
	if (s->spec.exactly_once) {
		if (!postgres_marker_recover(&s->marker, &s->conn, epoch, known, err))
			return give_up(s);
	}
	s->ready = true;
	return SINK_DELIVERED;
}

static SinkResult postgres_reset(Sink *s, Err *err)
{
	return postgres_marker_reset(&s->marker, &s->conn, err) ? SINK_DELIVERED : give_up(s);
}

/* ---- refused rows ---- */

typedef struct Hunt {
	Sink *s;
	const PostgresRows *rows;
	SinkRefused *refused;
	uint32_t max, n;
} Hunt;

static bool savepoint(Hunt *h, const char *what, Err *err)
{
	return postgres_conn_run(&h->s->conn, what, err);
}

/* Sends [from, to) in the open transaction and takes out what is refused. false: an outage, or the statement itself is
 * at fault. */
static bool hunt(Hunt *h, uint32_t from, uint32_t to, Err *err)
{
	PostgresConn *c = &h->s->conn;
	if (from >= to || h->n == h->max)
		return true;
	if (!savepoint(h, "SAVEPOINT weir", err))
		return false;
	if (postgres_write_send(&h->s->writer, c, h->rows, from, to, err))
		return savepoint(h, "RELEASE SAVEPOINT weir", err);
	if (c->fault != POSTGRES_DATA)
		return false;
	Err why = *err;
	if (!savepoint(h, "ROLLBACK TO SAVEPOINT weir; RELEASE SAVEPOINT weir", err))
		return false;
	if (to - from > 1) {
		uint32_t half = from + (to - from) / 2;
		return hunt(h, from, half, err) && hunt(h, half, to, err);
	}
	const PostgresRow *row = &h->rows->items[from];
	h->refused[h->n++] = (SinkRefused){.epoch = h->rows->epochs[row->epoch].epoch, .row = row->row, .err = why};
	return true;
}

static int by_place(const void *a, const void *b)
{
	const SinkRefused *x = a, *y = b;
	if (x->epoch != y->epoch)
		return x->epoch < y->epoch ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static SinkResult find_refused(Sink *s, const PostgresRows *rows, SinkRefused *refused, uint32_t max, uint32_t *n,
                               Err *err)
{
	Err first = *err;
	Hunt h = {.s = s, .rows = rows, .refused = refused, .max = max};
	bool ok = postgres_conn_run(&s->conn, "ROLLBACK", err) && postgres_marker_begin_plain(&s->conn, err) &&
	          postgres_conn_run(&s->conn, "SET CONSTRAINTS ALL IMMEDIATE", err) && hunt(&h, 0, rows->len, err) &&
	          postgres_conn_run(&s->conn, "ROLLBACK", err);
	if (!ok)
		return give_up(s);
	*n = h.n;
	*err = first;
	if (h.n) {
		qsort(refused, h.n, sizeof *refused, by_place);
		s->flaky = 0;
		return SINK_REFUSED;
	}
	/* Together they were refused, one by one they are not: it may have passed. */
	if (++s->flaky < FLAKY_MAX)
		return SINK_RETRY;
	err_detail(err, "no single row is refused, but all together are");
	return SINK_FAILED;
}

/* ---- delivery ---- */

/* Begins the transaction; *from is the first epoch that is not in the target yet, n when all are. */
static bool begin(Sink *s, uint64_t last, const SinkEpoch *epochs, uint32_t n, uint32_t *from, SinkResult *result,
                  Err *err)
{
	PostgresConn *c = &s->conn;
	*from = 0;
	if (!s->spec.exactly_once) {
		bool ok = postgres_marker_begin_plain(c, err);
		*result = ok ? SINK_DELIVERED : give_up(s);
		return ok;
	}
	uint64_t newest = epochs[n - 1].epoch, old = last;
	for (int tries = 0; tries < 3; tries++) {
		bool moved, found;
		uint64_t marker;
		if (!postgres_marker_begin(&s->marker, c, old, newest, &moved, err)) {
			*result = give_up(s);
			return false;
		}
		if (moved)
			return true;
		if (!postgres_marker_read(&s->marker, c, &marker, &found, err) || !postgres_conn_run(c, "ROLLBACK", err)) {
			*result = give_up(s);
			return false;
		}
		if (found && !s->unsure && marker > s->spec.earlier) {
			err_set(err, ERR_SINK_MARKER, "sink \"%.*s\": PostgreSQL held epoch %llu and now holds epoch %llu",
			        STR_ARG(s->spec.name), (unsigned long long)last, (unsigned long long)marker);
			err_hint(err,
			         "Another engine runs on a copy of the state file, or the target was restored. Stop the other "
			         "one and use the newest file, or drop the query, empty the target and create the query again.");
			*result = SINK_FAILED;
			return false;
		}
		if (!found || !sink_marker_check(s->spec.name, "PostgreSQL", marker, last, epochs, n, from, err)) {
			if (!found)
				err_set(err, ERR_SINK_MARKER, "the marker of sink \"%.*s\" is gone", STR_ARG(s->spec.name));
			*result = SINK_FAILED;
			return false;
		}
		if (*from == n)
			return true;
		old = marker;
	}
	err_set(err, ERR_SINK_UNREACHABLE, "the marker of sink \"%.*s\" is moved by somebody else", STR_ARG(s->spec.name));
	*result = SINK_RETRY;
	return false;
}

static SinkResult send_rows(Sink *s, const PostgresRows *rows, SinkRefused *refused, uint32_t max_refused,
                            uint32_t *nrefused, Err *err)
{
	PostgresConn *c = &s->conn;
	bool sent = postgres_write_send(&s->writer, c, rows, 0, rows->len, err);
	if (sent)
		store_fail_point("before-pg-commit");
	if (sent && postgres_conn_run(c, "COMMIT", err)) {
		store_fail_point("after-pg-commit");
		s->flaky = 0;
		s->unsure = false;
		return SINK_DELIVERED;
	}
	s->unsure |= sent;
	/* COMMIT itself may refuse rows: deferred constraints. */
	if (c->fault == POSTGRES_DATA)
		return find_refused(s, rows, refused, max_refused, nrefused, err);
	return give_up(s);
}

static SinkResult postgres_deliver(Sink *s, uint64_t last, const SinkEpoch *epochs, uint32_t n, SinkRefused *refused,
                                   uint32_t max_refused, uint32_t *nrefused, Err *err)
{
	*nrefused = 0;
	if (n == 0)
		return SINK_DELIVERED;
	/* A connection that the server has ended in the meantime is noticed here, not in the middle of a transaction. */
	if (!s->ready || !postgres_conn_alive(&s->conn)) {
		uint64_t epoch;
		bool known;
		SinkResult r = postgres_recover(s, &epoch, &known, err);
		if (r != SINK_DELIVERED)
			return r;
	}
	uint32_t from;
	SinkResult result = SINK_RETRY;
	if (!begin(s, last, epochs, n, &from, &result, err))
		return result;
	if (from == n)
		return SINK_DELIVERED;
	PostgresRows rows;
	bool ok = postgres_write_collect(&s->writer, epochs, from, n, &rows, refused, max_refused, nrefused, err);
	if (!ok || *nrefused) {
		postgres_conn_run(&s->conn, "ROLLBACK", NULL);
		result = ok ? SINK_REFUSED : SINK_FAILED;
	} else {
		result = send_rows(s, &rows, refused, max_refused, nrefused, err);
	}
	postgres_write_rows_deinit(&rows);
	return result;
}

const SinkType postgres_sink_type = {
    .connector = "jdbc",
    .check = postgres_check,
    .check_target = postgres_check_spec,
    .open = postgres_open,
    .recover = postgres_recover,
    .reset = postgres_reset,
    .deliver = postgres_deliver,
    .close = postgres_close,
    .exactly_once = true,
};
