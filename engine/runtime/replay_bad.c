/*
 * engine/runtime/replay_bad.c: bad records are decoded again, by the table as it is now, for the queries that missed
 * them; rows that a query left out (RESUME SKIP) enter it again.
 *
 * Who missed a record: the query that met its error, or, when nobody could read it, each query over the table; but not
 * one that will come to the record by itself, nor one that was made later and has read it as good. What is to be had
 * again goes into the log of the query's scan (missed.c, again.c) and enters in the next steps, as a row that arrives
 * now; what is still bad stays, with its new reason.
 */
#include "engine/runtime/again.h"
#include "engine/runtime/hooks.h"
#include "engine/runtime/missed.h"
#include "engine/runtime/replay.h"
#include "engine/runtime/skip.h"

#include <stdio.h>

typedef struct Target {
	Feed *feed;
	bool only; /* the query reads the table once */
} Target;

typedef struct Targets {
	Target *items;
	uint32_t len, cap;
} Targets;

static bool reads_table(const Query *q, const Relation *table)
{
	for (uint32_t i = 0; i < q->plan->nreads; i++)
		if (q->plan->reads[i]->kind == REL_SOURCE && str_eq(q->plan->reads[i]->name, table->name))
			return true;
	return false;
}

static bool standing(Replay *r, const Query *q, Err *err)
{
	err_set_at(err, ERR_WRONG_OBJECT, r->x->stmt->span, "query \"%.*s\", which gets the rows, does not run",
	           STR_ARG(q->name));
	return err_hint(err, "RESUME \"%.*s\" first (SKIP leaves out the row on which it failed), or drop it.",
	                STR_ARG(q->name));
}

/* Scans of the table by queries that run. false: one of them stands. */
static bool find_targets(Replay *r, const Relation *table, Targets *out, Err *err)
{
	Engine *e = r->x->e;
	for (Query *q = e->queries; q; q = q->next) {
		if (q->follower || !reads_table(q, table))
			continue;
		if (q->state != QUERY_RUNNING)
			return standing(r, q, err);
		uint32_t n = 0;
		for (uint32_t i = 0; i < q->nfeeds; i++)
			n += q->feeds[i].reader && str_eq(q->feeds[i].rel->name, table->name);
		for (uint32_t i = 0; i < q->nfeeds; i++)
			if (q->feeds[i].reader && str_eq(q->feeds[i].rel->name, table->name)) {
				Target t = {&q->feeds[i], n == 1};
				ARENA_PUSH(r->x->arena, out, t);
			}
	}
	return true;
}

/* ---- records ---- */

typedef enum Fate { FATE_NONE, FATE_TO_COME, FATE_STILL_BAD, FATE_TAKEN } Fate;

typedef struct RecordState {
	const ReplayRow *row;
	ReaderRecord record;
	Fate fate;
	bool met; /* somebody it belongs to is there */
	bool unclear;
	const ReaderCheck *why;
	uint64_t takers; /* bit per target, up to 64 */
} RecordState;

static Str bytes_of(const Value *v)
{
	return v->null ? (Str){0} : v->s;
}

/* Which of the records the target wants, and whether it can have them. */
static bool ask_target(Replay *r, const Target *t, uint32_t number, RecordState *states, uint32_t n, Arena *arena,
                       Err *err)
{
	Engine *e = r->x->e;
	ReaderRecord *list = ARENA_ARRAY(arena, ReaderRecord, n + 1);
	uint32_t *of = ARENA_ARRAY(arena, uint32_t, n + 1), m = 0;
	for (uint32_t i = 0; i < n; i++) {
		RecordState *s = &states[i];
		const Value *query = &s->row->values[SIDE_BAD_QUERY];
		if (!query->null && !str_eq(query->s, t->feed->query->name))
			continue;
		s->met = true;
		if (!query->null && !t->only) {
			s->unclear = true;
			continue;
		}
		PositionPassed p = position_passed(e, t->feed, s->record.partition, s->record.position, s->row->raw.met);
		if (p == POSITION_TO_COME && s->fate == FATE_NONE)
			s->fate = FATE_TO_COME;
		if (p != POSITION_NOT_READ)
			continue;
		list[m] = s->record;
		of[m++] = i;
	}
	if (!m)
		return true;
	ReaderCheck *checks = ARENA_ARRAY_ZERO(arena, ReaderCheck, m);
	if (!source_reader_check(t->feed->reader, t->feed->scan_in, list, m, arena, checks, err))
		return false;
	for (uint32_t i = 0; i < m; i++) {
		RecordState *s = &states[of[i]];
		if (checks[i].bad) {
			if (s->fate != FATE_TAKEN)
				s->fate = FATE_STILL_BAD;
			s->why = &checks[i];
		} else {
			s->fate = FATE_TAKEN;
		}
		s->takers |= UINT64_C(1) << number; /* one that finds a field bad says so itself, when it meets it */
	}
	return true;
}

/* The row stays, with what is wrong with it now. A second meeting is known by the new field, too. */
static void keep_with_reason(Replay *r, const RecordState *s)
{
	Value v[SIDE_COLUMNS_MAX];
	char code[16];
	memcpy(v, s->row->values, sizeof v);
	snprintf(code, sizeof code, "W%04d", (int)s->why->code);
	v[SIDE_BAD_CODE] = value_str(str_from(code));
	v[SIDE_BAD_FIELD] = s->why->field.len ? value_str(s->why->field) : VALUE_NULL;
	v[SIDE_BAD_ERROR] = value_str(s->why->error);
	side_change(r->side, s->row->key, v);
	StrBuf index;
	strbuf_init(&index);
	const Value *query = &s->row->values[SIDE_BAD_QUERY];
	side_index(&index, r->rel->schema, s->record.partition, s->record.position, query->null ? STR_EMPTY : query->s,
	           s->why->field);
	if (!str_eq(strbuf_str(&index), s->row->raw.index)) {
		SideRaw raw = s->row->raw;
		state_del(r->x->e->bad_rows, raw.index);
		raw.index = strbuf_str(&index);
		side_put_raw(r->side, s->row->key, &raw);
		int64_t seq = s->row->values[0].i;
		state_put(r->x->e->bad_rows, raw.index, str_make((const char *)&seq, sizeof seq));
	}
	strbuf_deinit(&index);
}

static void settle(Replay *r, const Targets *targets, const RecordState *s)
{
	Engine *e = r->x->e;
	if (!s->met || s->unclear) {
		r->ownerless++;
		r->stayed++;
		return;
	}
	switch (s->fate) {
	case FATE_TO_COME:
		r->to_come++;
		r->stayed++;
		return;
	case FATE_STILL_BAD:
		keep_with_reason(r, s);
		r->stayed++;
		return;
	case FATE_NONE: r->read++; break;
	case FATE_TAKEN:
		for (uint32_t t = 0; t < targets->len; t++) {
			Feed *f = targets->items[t].feed;
			if (!(s->takers >> t & 1))
				continue;
			if (!s->row->values[SIDE_BAD_QUERY].null)
				position_unskip(e, f, s->record.partition, s->record.position);
			again_put(e, f, &s->record);
		}
		r->replayed++;
		break;
	}
	side_remove(e, r->side, s->row->key);
}

/* ---- rows of stored inputs ---- */

static bool replay_row(Replay *r, const ReplayRow *row, Err *err)
{
	Engine *e = r->x->e;
	const Value *query = &row->values[SIDE_BAD_QUERY];
	Query *q = query->null ? NULL : query_find(e, query->s);
	if (q && q->state != QUERY_RUNNING)
		return standing(r, q, err);
	Feed *f = NULL;
	for (uint32_t i = 0; q && i < q->nfeeds; i++)
		if (q->feeds[i].walk && q->feeds[i].scan->id == row->raw.node)
			f = &q->feeds[i];
	if (!f) {
		r->ownerless++;
		r->stayed++;
		return true;
	}
	int64_t weight = row->raw.weight, out = skip_weight(f, row->raw.values);
	if ((out > 0) != (weight > 0) || !out) {
		r->read++; /* its input has taken it back */
	} else {
		skip_add(e, f, row->raw.values, -weight);
		missed_put_row(e, f, weight, row->raw.values);
		r->replayed++;
	}
	side_remove(e, r->side, row->key);
	return true;
}

static bool replay_chunk(Replay *r, void *ctx, const ReplayRow *rows, uint32_t n, Arena *arena, Err *err)
{
	const Targets *targets = ctx;
	RecordState *states = ARENA_ARRAY_ZERO(arena, RecordState, n + 1);
	uint32_t m = 0;
	for (uint32_t i = 0; i < n; i++) {
		const ReplayRow *row = &rows[i];
		if (!row->has_raw || row->raw.passed) {
			r->passed += row->raw.passed;
			r->stayed++;
		} else if (row->raw.is_row) {
			if (!replay_row(r, row, err))
				return false;
		} else {
			states[m].row = row;
			states[m++].record = (ReaderRecord){.partition = row->raw.partition,
			                                    .position = row->raw.position,
			                                    .time_us = row->raw.time_us,
			                                    .key = bytes_of(&row->values[SIDE_BAD_KEY]),
			                                    .value = bytes_of(&row->values[SIDE_BAD_VALUE]),
			                                    .headers = row->raw.headers};
		}
	}
	for (uint32_t t = 0; t < targets->len; t++)
		if (!ask_target(r, &targets->items[t], t, states, m, arena, err))
			return false;
	for (uint32_t i = 0; i < m; i++)
		settle(r, targets, &states[i]);
	return true;
}

static bool check_table(Replay *r, const Relation *table, Targets *targets, Err *err)
{
	if (!table || table->kind != REL_SOURCE)
		return true;
	bool upsert = str_eq_c(table->table->connector, "upsert-kafka");
	if (upsert || (hooks_is_capture(table->table) && table->table->nkey)) {
		err_set_at(err, ERR_NOT_SUPPORTED, r->x->stmt->span, "REPLAY of records of %s is not supported",
		           upsert ? "an upsert-kafka table" : "a changelog table with a PRIMARY KEY");
		return err_hint(err, "A record takes effect in its order by key: an old one must not overwrite a newer. Write "
		                     "the mended record to the topic.");
	}
	if (!find_targets(r, table, targets, err))
		return false;
	if (targets->len > 64)
		return err_set_at(err, ERR_NOT_SUPPORTED, r->x->stmt->span,
		                  "REPLAY for more than 64 readers of one table is not supported");
	return true;
}

bool replay_bad(Replay *r, Err *err)
{
	Engine *e = r->x->e;
	Targets targets = {0};
	const Relation *table = catalog_find(e->catalog, STR_EMPTY, r->rel->schema);
	if (!check_table(r, table, &targets, err))
		return false;
	const Query *own = query_find(e, r->rel->schema);
	if (own && own->state != QUERY_RUNNING)
		return standing(r, own, err);
	if (!targets.len && !own) {
		err_set_at(err, ERR_WRONG_OBJECT, r->x->stmt->span, "no query reads \"%.*s\"", STR_ARG(r->rel->schema));
		return err_hint(err, "Bad rows go to the queries that missed them: create one first.");
	}
	return replay_each(r, (int64_t)e->next_side, replay_chunk, &targets, err);
}
