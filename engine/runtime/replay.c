/*
 * engine/runtime/replay.c: REPLAY: which side table, who else must have read it, the answer.
 */
#include "engine/runtime/replay.h"

#include "engine/runtime/delivery.h"

/* The next rows behind *after (moved on; empty: from the first). */
static uint32_t next_rows(const Replay *r, StrBuf *after, int64_t until, Arena *arena, ReplayRow *rows)
{
	const Type *const *types;
	uint32_t ncols = side_types(r->side->what, &types), n = 0;
	StrBuf to;
	strbuf_init(&to);
	value_encode_key(&type_bigint, value_i64(until), &to);
	StateScan *s =
	    state_scan_open(r->side->rows, after->len ? strbuf_str(after) : (Str){0}, strbuf_str(&to), false, true, arena);
	Str key, value;
	while (n < REPLAY_CHUNK && state_scan_next(s, &key, &value)) {
		ReplayRow *row = &rows[n];
		row->key = arena_str(arena, key);
		if (batch_decode_row(arena_str(arena, value), types, ncols, row->values))
			n++;
	}
	state_scan_close(s);
	strbuf_deinit(&to);
	for (uint32_t i = 0; i < n; i++) {
		SideRaw *raw = &rows[i].raw;
		rows[i].has_raw = side_raw(r->side, rows[i].key, raw);
		raw->index = arena_str(arena, raw->index);
		raw->partition = arena_str(arena, raw->partition);
		raw->values = arena_str(arena, raw->values);
		if (raw->headers.ptr)
			raw->headers = arena_str(arena, raw->headers);
	}
	if (n) {
		strbuf_clear(after);
		strbuf_put_str(after, rows[n - 1].key);
		strbuf_putc(after, 0);
	}
	return n;
}

bool replay_each(Replay *r, int64_t until, ReplayTake take, void *ctx, Err *err)
{
	StrBuf after;
	strbuf_init(&after);
	bool ok = true;
	ReplayRow *rows = ARENA_ARRAY(r->x->arena, ReplayRow, REPLAY_CHUNK);
	for (uint32_t n = REPLAY_CHUNK; ok && n == REPLAY_CHUNK;) {
		Arena *arena = arena_open("replay", 0);
		n = next_rows(r, &after, until, arena, rows);
		ok = take(r, ctx, rows, n, arena, err);
		arena_close(arena);
	}
	strbuf_deinit(&after);
	return ok;
}

static const char *state_words(const Query *q)
{
	return q->state == QUERY_PAUSED ? "is paused" : q->state == QUERY_HELD ? "waits for another query" : "has failed";
}

/* A query over the side table must have read what is taken out. */
static bool let_readers_read(Replay *r, Err *err)
{
	Engine *e = r->x->e;
	const Query *q;
	while ((q = side_unread(e, r->side))) {
		StepResult step;
		if (q->state != QUERY_RUNNING) {
			err_set_at(err, ERR_WRONG_OBJECT, r->x->stmt->span, "query \"%.*s\" reads \"%.*s.%.*s\" and %s",
			           STR_ARG(q->name), STR_ARG(r->rel->schema), STR_ARG(r->rel->name), state_words(q));
			return err_hint(err, "It has not read all rows yet, and REPLAY takes them out. RESUME \"%.*s\" first.",
			                STR_ARG(q->name));
		}
		if (!engine_step(e, &step, err))
			return false;
	}
	return true;
}

static bool find_side(Replay *r, Err *err)
{
	Execute *x = r->x;
	const AstNames *path = &r->node->path;
	Str *parts = ARENA_ARRAY(x->arena, Str, path->len + 1);
	for (uint32_t i = 0; i < path->len; i++)
		parts[i] = path->items[i].text;
	r->rel = catalog_relation(x->e->catalog, parts, path->len, path->items[0].span, err);
	if (!r->rel)
		return false;
	if (r->rel->kind != REL_SIDE) {
		err_set_at(err, ERR_WRONG_OBJECT, path->items[0].span, "\"%.*s\" is not a side table", STR_ARG(r->rel->name));
		return err_hint(err, "REPLAY wants table.bad, sink.refused, or view.late INTO table.");
	}
	r->side = side_of(x->e, r->rel);
	if (!r->side || !r->side->rows)
		return err_set(err, ERR_INTERNAL, "side table \"%.*s.%.*s\" cannot be opened", STR_ARG(r->rel->schema),
		               STR_ARG(r->rel->name));
	bool late = r->side->what == SIDE_LATE;
	if (late && !r->node->into.len) {
		err_set_at(err, ERR_SYNTAX, x->stmt->span, "late rows need a table to go into");
		return err_hint(err, "Their window is closed and stays so. Write REPLAY %.*s.late INTO table.",
		                STR_ARG(r->rel->schema));
	}
	if (!late && r->node->into.len) {
		err_set_at(err, ERR_SYNTAX, r->node->into.items[0].span, "only late rows go INTO a table");
		return err_hint(err, r->side->what == SIDE_BAD ? "Bad rows go to the queries that missed them."
		                                               : "Refused rows go to their sink again.");
	}
	return true;
}

static void say(Replay *r, uint64_t n, const char *one, const char *many)
{
	if (n)
		execute_notice(r->x, "%llu %s", (unsigned long long)n, n == 1 ? one : many);
}

static void answer(Replay *r)
{
	Execute *x = r->x;
	execute_tag(x, "REPLAY %llu", (unsigned long long)r->replayed);
	execute_notice(x, "%llu replayed, %llu stay in \"%.*s.%.*s\"", (unsigned long long)r->replayed,
	               (unsigned long long)r->stayed, STR_ARG(r->rel->schema), STR_ARG(r->rel->name));
	bool refused = r->side->what == SIDE_REFUSED;
	say(r, r->read,
	    refused ? "taken out, for a later row of its key was sent"
	            : "taken out, for it was read again or left its input meanwhile",
	    refused ? "taken out, for later rows of their keys were sent"
	            : "taken out, for they were read again or left their input meanwhile");
	say(r, r->to_come, "of those that stay is still to be read by its query",
	    "of those that stay are still to be read by their queries");
	say(r, r->passed, "of those that stay went on without the field", "of those that stay went on without the field");
	say(r, r->ownerless, "of those that stay was met by a query that is no more, or reads its table twice",
	    "of those that stay were met by queries that are no more, or read their table twice");
	say(r, r->retractions, "of those that stay is a retraction, which only its closed window could take",
	    "of those that stay are retractions, which only their closed windows could take");
}

bool replay_run(Execute *x, const AstReplay *node, Err *err)
{
	Replay r = {.x = x, .node = node};
	if (!find_side(&r, err))
		return false;
	execute_tag(x, "REPLAY");
	if (x->s->dry)
		return true;
	/* what is in flight is closed with an epoch: positions, outboxes and side rows agree */
	if (!let_readers_read(&r, err) || !engine_settle(x->e, err))
		return false;
	bool ok = r.side->what == SIDE_BAD    ? replay_bad(&r, err)
	          : r.side->what == SIDE_LATE ? replay_late(&r, err)
	                                      : replay_refused(&r, err);
	if (ok)
		answer(&r);
	return ok;
}

/* ---- the session that waits ---- */

typedef struct Wait {
	EngineRequest req;
	EngineStatement *s;
	bool waits;
	bool away;      /* the target does not answer */
	uint64_t again; /* refused again */
	Str sink;
} Wait;

static void ask_logs(Engine *e, Wait *w)
{
	for (const Query *q = e->queries; q; q = q->next)
		for (uint32_t i = 0; !q->follower && q->state == QUERY_RUNNING && i < q->nfeeds; i++)
			w->waits |= q->feeds[i].behind && q->feeds[i].reader;
}

static void ask_outbox(Engine *e, Wait *w)
{
	const Query *q = query_find(e, w->sink);
	if (!q || !q->outbox || !w->s->replay_epoch)
		return;
	DeliveryStatus status;
	delivery_status((Delivery *)(uintptr_t)outbox_delivery(q->outbox), &status);
	w->away = status.waiting || status.failed;
	w->waits = status.delivered < w->s->replay_epoch && !w->away;
	if (w->waits || w->away)
		return;
	const SideTable *s = side_open(e, q->name, SIDE_REFUSED);
	Arena *arena = arena_open("replay", 0);
	StrBuf from;
	strbuf_init(&from);
	value_encode_key(&type_bigint, value_i64(w->s->replay_seq), &from);
	StateScan *scan = s->rows ? state_scan_open(s->rows, strbuf_str(&from), (Str){0}, false, true, arena) : NULL;
	Str key, value;
	while (scan && state_scan_next(scan, &key, &value)) {
		SideRaw raw;
		Str copy = arena_str(arena, key);
		w->again += side_raw(s, copy, &raw) && raw.epoch == w->s->replay_epoch;
	}
	if (scan)
		state_scan_close(scan);
	strbuf_deinit(&from);
	arena_close(arena);
}

static bool ask(Engine *e, EngineRequest *r, Err *err)
{
	(void)err;
	Wait *w = (Wait *)(void *)r;
	w->waits = false;
	if (w->sink.len)
		ask_outbox(e, w);
	else
		ask_logs(e, w);
	return true;
}

bool replay_wait(Engine *e, EngineStatement *s, Err *err)
{
	const AstReplay *node = AST_CONST(AstReplay, s->stmt);
	Str what = node->path.items[node->path.len - 1].text;
	Wait w = {.req = {.run = ask, .wait_landed = true, .cancel = s->req.cancel}, .s = s};
	if (str_eq_nocase(what, STR("refused")) && node->path.len > 1)
		w.sink = node->path.items[node->path.len - 2].text;
	do {
		if (!engine_call(e, &w.req, err))
			return err->code == ERR_CANCELED ? err_hint(err, "The rows are on their way and go on.") : false;
		s->req.epoch = w.req.epoch;
		if (w.waits)
			clock_sleep_us(2000);
	} while (w.waits);
	if (s->notices && w.away)
		strbuf_puts(s->notices, "the target does not answer: the rows wait in the outbox\n");
	if (s->notices && w.again)
		strbuf_printf(s->notices, "%llu were refused again\n", (unsigned long long)w.again);
	return true;
}
