/*
 * engine/runtime/query.c: the life of a continuous query: start, failure, pause, resume, end; which readers it shares.
 *
 * A query is a unit of failure of its own in the store. When it fails inside a step, what it changed since the last
 * seal is thrown away, and those who read its view wait for it.
 */
#include "base/log.h"
#include "engine/runtime/engine_int.h"

Query *query_find(Engine *e, Str name)
{
	Query *found = NULL;
	for (Query *q = e->queries; q; q = q->next)
		if (!q->follower && str_eq(q->name, name))
			return q;
	for (Query *q = e->queries; q; q = q->next)
		if (!q->follower && str_eq_nocase(q->name, name)) {
			if (found)
				return NULL;
			found = q;
		}
	return found;
}

static void link_last(Engine *e, Query *q)
{
	Query **p = &e->queries;
	while (*p)
		p = &(*p)->next;
	*p = q;
}

static void unlink_query(Engine *e, Query *q)
{
	for (Query **p = &e->queries; *p; p = &(*p)->next)
		if (*p == q) {
			*p = q->next;
			return;
		}
}

static void close_parts(Engine *e, Query *q)
{
	for (uint32_t i = 0; i < q->nfeeds; i++)
		feed_close(e, &q->feeds[i]);
	q->nfeeds = 0;
	if (q->graph)
		graph_close(q->graph);
	q->graph = NULL;
}

static bool system_rows_refused(void *ctx, const Relation *rel, Arena *arena, Batch **out, Err *err)
{
	(void)ctx;
	(void)arena;
	(void)out;
	return err_set(err, ERR_NOT_SUPPORTED, "continuous queries over \"%.*s\" are not supported yet",
	               STR_ARG(rel->name));
}

/* Operators, feeds and readers, from the last epoch. */
static bool open_parts(Engine *e, Query *q, Err *err)
{
	q->run = (OperatorRun){
	    .plan = q->plan,
	    .name = q->name,
	    .store = e->store,
	    .unit = q->unit,
	    .rel = q->def ? NULL : q->rel,
	    .arena = q->arena,
	    .step = e->step,
	    .side_rows_max = settings_int(e->settings, "weir.side-rows.max"),
	    .late = side_late,
	    .system_rows = system_rows_refused,
	    .ctx = q,
	};
	q->run.env = (EvalEnv){
	    .zone = q->plan->zone,
	    .flink_arithmetic = str_eq_c(settings_str(q->settings, "weir.arithmetic"), "flink"),
	    .legacy_cast = str_eq_c(settings_str(q->settings, "table.exec.legacy-cast-behaviour"), "enabled"),
	    .watermark_us = INT64_MIN,
	};
	if (!graph_open(&q->run, q->plan, &q->graph, err))
		return false;
	q->feeds = ARENA_ARRAY_ZERO(q->arena, Feed, q->graph->nscans + 1);
	q->bounded = true;
	for (uint32_t i = 0; i < q->graph->nscans; i++) {
		Feed *f = &q->feeds[q->nfeeds];
		f->query = q;
		f->op = q->graph->scans[i];
		f->scan = f->op->plan;
		f->rel = f->scan->scan.rel;
		f->watermark_ms = BATCH_NO_WATERMARK;
		strbuf_init(&f->cursor);
		if (!feed_open(e, q, f, err))
			return false;
		q->nfeeds++;
	}
	query_regroup(e);
	return true;
}

bool query_start(Engine *e, const QueryStart *qs, Query **out, Err *err)
{
	Arena *arena = arena_open("query", 0);
	Query *q = ARENA_NEW(arena, Query);
	q->engine = e;
	q->arena = arena;
	q->name = arena_str(arena, qs->name);
	q->plan = qs->plan;
	q->rel = qs->rel;
	q->def = qs->def;
	q->group = qs->def ? qs->def->group : 0;
	q->settings = settings_copy(qs->settings);
	q->follower = qs->follower;
	q->unit = e->next_unit++;
	q->started_us = clock_wall_us(e->clock);
	link_last(e, q);
	if (!open_parts(e, q, err))
		goto fail;
	if (qs->def) {
		q->outbox = outbox_open(e, q, qs->restored, err);
		if (!q->outbox)
			goto fail;
	}
	if (out)
		*out = q;
	if (!qs->follower)
		LOGI("engine", qs->restored ? "query goes on from its last epoch" : "query started", "query=\"%.*s\"",
		     STR_ARG(q->name));
	engine_wake(e);
	return true;
fail:
	query_stop(e, q, !qs->restored);
	return false;
}

static void drop_state(Engine *e, Query *q)
{
	for (uint32_t i = 0; q->graph && i < q->graph->nops; i++) {
		Operator *op = q->graph->ops[i];
		operator_state_drop(op);
	}
	position_drop(e, q->name);
}

void query_stop(Engine *e, Query *q, bool drop)
{
	if (drop)
		drop_state(e, q);
	if (q->outbox)
		outbox_close(e, q->outbox, drop);
	close_parts(e, q);
	unlink_query(e, q);
	for (Query *d = e->queries; d; d = d->next)
		if (d->held_by == q)
			d->held_by = NULL;
	settings_free(q->settings);
	query_regroup(e);
	arena_close(q->arena);
}

static bool reads(const Query *q, const Query *view)
{
	for (uint32_t i = 0; i < q->nfeeds; i++)
		if (q->feeds[i].view == view)
			return true;
	return false;
}

static void detach_readers(Engine *e, Query *q)
{
	for (uint32_t i = 0; i < q->nfeeds; i++)
		if (q->feeds[i].reader)
			feed_close(e, &q->feeds[i]);
}

/* Back to the last sealed epoch, standing there in the given state. */
static void throw_back(Engine *e, Query *q, QueryState state)
{
	Err err = {0};
	q->state = state;
	if (!store_discard(e->store, q->unit, &err)) {
		e->fatal = true;
		e->fatal_err = err;
	}
	close_parts(e, q);
	if (q->outbox)
		outbox_discard(q->outbox);
}

void query_fail(Engine *e, Query *q, const Err *err)
{
	if (q->state == QUERY_FAILED)
		return;
	LOGE("engine", "query failed and stands at its last epoch",
	     "query=\"%.*s\" code=W%04d error=\"%s\" detail=\"%s\" epoch=%llu", STR_ARG(q->name), (int)err->code,
	     err->message, err->detail, (unsigned long long)store_sealed_epoch(e->store));
	q->error = *err;
	if (q->follower) {
		follow_fail(q->follower, err);
		q->state = QUERY_FAILED;
		detach_readers(e, q);
		return;
	}
	/* dependents first: they still name q's operators */
	for (Query *d = q->next; d; d = d->next) {
		bool below = reads(d, q);
		for (Query *h = q->next; h && !below; h = h->next)
			below = h->held_by && h->state == QUERY_HELD && reads(d, h);
		if (!below || d->state != QUERY_RUNNING)
			continue;
		if (d->follower) {
			follow_fail(d->follower, err);
			d->state = QUERY_FAILED;
			continue;
		}
		d->held_by = q;
		d->state = QUERY_HELD;
	}
	for (Query *d = q->next; d; d = d->next)
		if (d->state == QUERY_HELD && d->held_by == q)
			throw_back(e, d, QUERY_HELD);
	throw_back(e, q, QUERY_FAILED);
	query_regroup(e);
}

bool query_resume(Engine *e, Query *q, bool skip, Err *err)
{
	(void)skip;
	if (q->state == QUERY_RUNNING)
		return err_set(err, ERR_WRONG_OBJECT, "query \"%.*s\" is running", STR_ARG(q->name));
	if (q->state == QUERY_HELD)
		return err_set(err, ERR_WRONG_OBJECT, "query \"%.*s\" waits for \"%.*s\"", STR_ARG(q->name),
		               STR_ARG(q->held_by->name));
	if (!open_parts(e, q, err)) {
		close_parts(e, q);
		return false;
	}
	q->state = QUERY_RUNNING;
	err_clear(&q->error);
	for (Query *d = e->queries; d; d = d->next)
		if (d->state == QUERY_HELD && d->held_by == q) {
			d->held_by = NULL;
			Err why = {0};
			d->state = QUERY_RUNNING;
			if (!open_parts(e, d, &why)) {
				close_parts(e, d);
				d->state = QUERY_FAILED;
				d->error = why;
			}
		}
	engine_wake(e);
	return true;
}

void query_pause(Engine *e, Query *q)
{
	q->state = QUERY_PAUSED;
	position_save(e, q);
	graph_checkpoint(q->graph, NULL);
	for (uint32_t i = 0; i < q->nfeeds; i++)
		feed_close(e, &q->feeds[i]);
	q->nfeeds = 0;
	if (q->graph)
		graph_close(q->graph);
	q->graph = NULL;
	query_regroup(e);
}

/* ---- readers ---- */

static ReaderSlot *slot_of(Engine *e, const Reader *r)
{
	for (uint32_t i = 0; i < e->nreaders; i++)
		if (e->readers[i].reader == r)
			return &e->readers[i];
	return NULL;
}

void query_regroup(Engine *e)
{
	for (uint32_t i = 0; i < e->nreaders; i++)
		e->readers[i].group = i;
	bool changed = true;
	while (changed) {
		changed = false;
		for (Query *q = e->queries; q; q = q->next) {
			/* all readers that feed q, directly or through views, belong together; views carry their group on through
			 * their own feeds */
			uint32_t least = UINT32_MAX;
			for (uint32_t i = 0; i < q->nfeeds; i++) {
				ReaderSlot *s = slot_of(e, q->feeds[i].reader);
				if (!s && q->feeds[i].view && q->feeds[i].view->nfeeds)
					s = slot_of(e, q->feeds[i].view->feeds[0].reader);
				if (s && s->group < least)
					least = s->group;
			}
			for (uint32_t i = 0; i < q->nfeeds; i++) {
				ReaderSlot *s = slot_of(e, q->feeds[i].reader);
				if (!s && q->feeds[i].view && q->feeds[i].view->nfeeds)
					s = slot_of(e, q->feeds[i].view->feeds[0].reader);
				if (s && s->group != least) {
					s->group = least;
					changed = true;
				}
			}
		}
	}
}

static bool same_positions(const Reader *a, const Reader *b)
{
	Str an, bn;
	ReaderPosition ap, bp;
	uint32_t i = 0;
	while (source_reader_partition(a, i, &an, &ap, NULL)) {
		bool found = false;
		for (uint32_t k = 0; source_reader_partition(b, k, &bn, &bp, NULL); k++)
			if (str_eq(an, bn)) {
				found = ap.known && bp.known && ap.next == bp.next && ap.watermark_ms == bp.watermark_ms &&
				        ap.idle == bp.idle;
				break;
			}
		if (!found)
			return false;
		i++;
	}
	uint32_t nb = 0;
	while (source_reader_partition(b, nb, &bn, &bp, NULL))
		nb++;
	return i == nb && i > 0 && source_reader_watermark(a) == source_reader_watermark(b);
}

void query_join_readers(Engine *e)
{
	for (uint32_t a = 0; a < e->nreaders; a++)
		for (uint32_t b = a + 1; b < e->nreaders; b++) {
			if (e->readers[a].rel != e->readers[b].rel || !same_positions(e->readers[a].reader, e->readers[b].reader))
				continue;
			Reader *keep = e->readers[a].reader, *gone = e->readers[b].reader;
			for (Query *q = e->queries; q; q = q->next)
				for (uint32_t i = 0; i < q->nfeeds; i++) {
					Feed *f = &q->feeds[i];
					if (f->reader != gone)
						continue;
					Err err = {0};
					feed_close(e, f);
					f->reader = keep;
					f->scan_in = source_reader_attach(keep, f->scan, f->op, f, &err);
				}
			query_regroup(e);
			return; /* one pair a step is enough */
		}
}
