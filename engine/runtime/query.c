/*
 * engine/runtime/query.c: the life of a continuous query: start, failure, pause, resume, end; which readers it shares.
 *
 * A query is a unit of failure of its own in the store. When it fails inside a step, what it changed since the last
 * seal is thrown away, and those who read its view wait for it.
 */
#include "base/log.h"
#include "engine/runtime/engine_int.h"
#include "engine/runtime/history.h"
#include "engine/runtime/lookup.h"

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
	    .lookup = &lookup_of_query,
	    .table_rows = lookup_rows_of,
	    .table_index = lookup_index_of,
	    .ctx = q,
	};
	q->run.env = bind_env(q->settings, 0); /* each step brings its own time */
	q->run.env.zone = q->plan->zone;
	if (!graph_open(&q->run, q->plan, &q->graph, err))
		return false;
	q->feeds = ARENA_ARRAY_ZERO(q->arena, Feed, q->graph->nscans + 1);
	for (uint32_t i = 0; i < q->graph->nscans; i++) {
		Feed *f = &q->feeds[q->nfeeds];
		f->query = q;
		f->op = q->graph->scans[i];
		f->scan = f->op->plan;
		f->rel = f->scan->scan.rel;
		f->watermark_ms = BATCH_NO_WATERMARK;
		strbuf_init(&f->cursor);
		strbuf_init(&f->fed);
		strbuf_init(&f->log_at);
		strbuf_init(&f->log_key);
		if (!feed_open(e, q, f, err))
			return false;
		q->nfeeds++;
	}
	query_regroup(e);
	return true;
}

/* A paused query stays paused over a restart. */
static void paused_key(Str name, StrBuf *key)
{
	strbuf_clear(key);
	strbuf_puts(key, "paused:");
	strbuf_put_str(key, name);
}

static bool stored_paused(Engine *e, const Query *q)
{
	StrBuf key;
	strbuf_init(&key);
	paused_key(q->name, &key);
	uint32_t len;
	bool paused = state_get(e->meta, strbuf_str(&key), &len) != NULL;
	strbuf_deinit(&key);
	return paused;
}

static void store_paused(Engine *e, const Query *q, bool paused)
{
	StrBuf key;
	strbuf_init(&key);
	paused_key(q->name, &key);
	if (paused)
		state_put(e->meta, strbuf_str(&key), STR("1"));
	else
		state_del(e->meta, strbuf_str(&key));
	strbuf_deinit(&key);
}

void query_rename_paused(Engine *e, Str name, Str to)
{
	StrBuf key;
	strbuf_init(&key);
	paused_key(name, &key);
	bool paused = state_del(e->meta, strbuf_str(&key));
	paused_key(to, &key);
	if (paused)
		state_put(e->meta, strbuf_str(&key), STR("1"));
	else
		state_del(e->meta, strbuf_str(&key));
	strbuf_deinit(&key);
}

/* An input that does not run. */
static Query *standing_input(Engine *e, const Query *q)
{
	for (uint32_t i = 0; i < q->ninputs; i++) {
		Query *v = feed_maker(e, q->inputs[i]->scan.rel);
		if (v && v->state != QUERY_RUNNING)
			return v;
	}
	return NULL;
}

static void list_inputs(Query *q, const Plan *p)
{
	for (uint32_t i = 0; i < q->ninputs; i++)
		if (q->inputs[i] == p)
			return;
	RelationKind kind = p->kind == PLAN_SCAN ? p->scan.rel->kind : REL_SOURCE;
	if (kind == REL_MVIEW || kind == REL_OWN || kind == REL_SIDE) {
		const Plan **grown = ARENA_ARRAY(q->arena, const Plan *, q->ninputs + 1);
		if (q->ninputs)
			memcpy(grown, q->inputs, q->ninputs * sizeof *grown);
		grown[q->ninputs++] = p;
		q->inputs = grown;
	}
	for (uint32_t i = 0; i < p->ninputs; i++)
		if (p->kind != PLAN_APPLY || i != 1)
			list_inputs(q, p->inputs[i]);
}

static bool closes_windows(const Plan *p)
{
	bool found = p->kind == PLAN_WINDOW_AGG;
	for (uint32_t i = 0; i < p->ninputs && !found; i++)
		found = closes_windows(p->inputs[i]);
	return found;
}

bool query_start(Engine *e, const QueryStart *qs, Query **out, Err *err)
{
	Arena *arena = arena_open("query", 0);
	Query *q = ARENA_NEW(arena, Query);
	q->engine = e;
	q->missed_bytes = -1;
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
	q->reading = true; /* until the first step has looked */
	q->prompt = !qs->def && !qs->follower && q->plan->root->append_only && closes_windows(q->plan->root);
	list_inputs(q, q->plan->root);
	link_last(e, q);
	if (!qs->restored && !qs->follower)
		position_note_born(e, q->name);
	if (qs->restored && stored_paused(e, q)) {
		q->state = QUERY_PAUSED;
	} else if (qs->restored && (q->held_by = standing_input(e, q))) {
		q->state = QUERY_HELD;
	} else if (!open_parts(e, q, err)) {
		goto fail;
	}
	if (qs->def) {
		q->outbox = outbox_open(e, q, qs->restored, err);
		if (!q->outbox)
			goto fail;
	}
	if (out)
		*out = q;
	if (!qs->follower && !qs->restored)
		history_add(e, "query started", q->name, NULL, STR_EMPTY);
	if (!qs->follower)
		LOGI("engine", qs->restored ? "query goes on from its last epoch" : "query started", "query=\"%.*s\"",
		     STR_ARG(q->name));
	engine_wake(e);
	return true;
fail:
	query_stop(e, q, !qs->restored);
	return false;
}

/* The state tables of a query that stands are not open: by their names. */
static void drop_closed(Engine *e, const Query *q)
{
	Arena *arena = arena_open("drop", 0);
	Str *names;
	uint32_t n = store_tables(e->store, arena, &names);
	StrBuf prefix;
	strbuf_init(&prefix);
	strbuf_printf(&prefix, "%.*s.", STR_ARG(q->name));
	for (uint32_t i = 0; i < n; i++) {
		Str name = str_ends(names[i], STR(".raw")) ? str_slice(names[i], 0, names[i].len - 4) : names[i];
		bool side = str_ends(name, STR(".bad")) || str_ends(name, STR(".late")) || str_ends(name, STR(".refused"));
		if ((str_starts(names[i], strbuf_str(&prefix)) && !side) ||
		    (q->rel && !q->def && q->rel->stored.state.len && str_eq(names[i], q->rel->stored.state)))
			store_drop_table(e->store, names[i]);
	}
	strbuf_deinit(&prefix);
	arena_close(arena);
}

static void drop_state(Engine *e, Query *q)
{
	if (!q->graph && !q->follower)
		drop_closed(e, q);
	store_paused(e, q, false);
	missed_drop(e, q->name);
	q->missed_bytes = 0;
	q->missed_lost = false;

	for (uint32_t i = 0; q->graph && i < q->graph->nops; i++) {
		Operator *op = q->graph->ops[i];
		operator_state_drop(op);
	}
	position_drop(e, q->name);
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

static void end_follower(Engine *e, Query *d, Str name)
{
	Err gone = {0};
	err_set(&gone, ERR_NO_SUCH_OBJECT, "\"%.*s\" was dropped or renamed, or has another definition now", STR_ARG(name));
	query_fail(e, d, &gone);
}

void query_end_followers(Engine *e, const OwnTable *t)
{
	for (Query *d = e->queries; d; d = d->next) {
		bool follows = false;
		for (uint32_t i = 0; d->follower && i < d->nfeeds; i++)
			follows |= d->feeds[i].table == t;
		if (follows)
			end_follower(e, d, t->name);
		for (uint32_t i = 0; follows && i < d->nfeeds; i++)
			if (d->feeds[i].table == t)
				d->feeds[i].table = NULL;
	}
}

/* Who follows q's changes has nothing to follow any more. */
static void end_followers(Engine *e, const Query *q)
{
	for (Query *d = e->queries; d; d = d->next) {
		if (!d->follower || !reads(d, q))
			continue;
		end_follower(e, d, q->name);
		for (uint32_t i = 0; i < d->nfeeds; i++)
			if (d->feeds[i].view == q)
				d->feeds[i].view = NULL;
	}
}

void query_stop(Engine *e, Query *q, bool drop)
{
	if (!q->follower)
		end_followers(e, q);
	lookup_stop(q);
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

/* Back to the last sealed epoch, standing there in the given state. */
static void throw_back(Engine *e, Query *q, QueryState state)
{
	Err err = {0};
	q->state = state;
	missed_keep(e, q);
	q->rows_unsealed = q->walked_unsealed = 0;
	q->positions_stale = false;
	if (!store_discard(e->store, q->unit, &err)) {
		e->fatal = true;
		e->fatal_err = err;
	}
	side_thrown_back(e, q);
	close_parts(e, q);
	if (q->outbox)
		outbox_discard(q->outbox);
}

/* Those who read q's view wait for it. */
static void hold_dependents(Engine *e, Query *q, const Err *err)
{
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
	QueryState was = q->state;
	q->state = QUERY_HELD; /* its changes come again: those below must not keep them */
	for (Query *d = q->next; d; d = d->next)
		if (d->state == QUERY_HELD && d->held_by == q)
			throw_back(e, d, QUERY_HELD);
	q->state = was;
}

void query_fail(Engine *e, Query *q, const Err *err)
{
	if (q->state == QUERY_FAILED)
		return;
	LOGE("engine", "query failed and stands at its last epoch",
	     "query=\"%.*s\" code=W%04d error=\"%s\" detail=\"%s\" hint=\"%s\" epoch=%llu", STR_ARG(q->name),
	     (int)err->code, err->message, err->detail, err->hint, (unsigned long long)store_sealed_epoch(e->store));
	q->error = *err;
	q->skip_left = q->rows_unsealed;
	q->skip_walk_left = q->walked_unsealed;
	if (q->follower) {
		follow_fail(q->follower, err);
		q->state = QUERY_FAILED;
		detach_readers(e, q);
		query_regroup(e);
		return;
	}
	if (!q->wait_us) { /* else it is the outage that is known */
		StrBuf detail;
		strbuf_init(&detail);
		strbuf_printf(&detail, "%s%s%s", err->message, err->detail[0] ? ": " : "", err->detail);
		history_add(e, "query failed", q->name, err, strbuf_str(&detail));
		strbuf_deinit(&detail);
	}
	hold_dependents(e, q, err);
	throw_back(e, q, QUERY_FAILED);
	lookup_failed(q, err);
	query_regroup(e);
}

/* Delivery of a sink that failed has ended; another one begins as after a restart, with the target's marker. */
static bool open_outbox_again(Engine *e, Query *q, Err *err)
{
	if (q->outbox)
		outbox_close(e, q->outbox, false);
	q->outbox = outbox_open(e, q, true, err);
	return q->outbox != NULL;
}

bool query_resume(Engine *e, Query *q, bool skip, Err *err)
{
	if (q->state == QUERY_RUNNING)
		return err_set(err, ERR_WRONG_OBJECT, "query \"%.*s\" is running", STR_ARG(q->name));
	if (q->state == QUERY_HELD)
		return err_set(err, ERR_WRONG_OBJECT, "query \"%.*s\" waits for \"%.*s\"", STR_ARG(q->name),
		               STR_ARG(q->held_by->name));
	if (q->plan_changed)
		return (*err = q->error, false); /* the plan there is now must not read that state */
	if (skip && q->state != QUERY_FAILED)
		return err_set(err, ERR_WRONG_OBJECT, "query \"%.*s\" has not failed: there is no row to skip",
		               STR_ARG(q->name));
	const Query *input = standing_input(e, q);
	if (input)
		return err_set(err, ERR_WRONG_OBJECT, "query \"%.*s\" reads \"%.*s\", which does not run", STR_ARG(q->name),
		               STR_ARG(input->name)) ||
		       err_hint(err, "RESUME \"%.*s\" first.", STR_ARG(input->name));
	if (q->def && (!q->outbox || outbox_failed(q->outbox, NULL)) && !open_outbox_again(e, q, err))
		return false;
	if (!open_parts(e, q, err)) {
		close_parts(e, q);
		return false;
	}
	if (q->state == QUERY_PAUSED)
		store_paused(e, q, false);
	q->state = QUERY_RUNNING;
	q->retry_us = 0;
	lookup_stop(q);
	q->skipping = skip;
	for (uint32_t i = 0; i < q->nfeeds; i++)
		q->feeds[i].log_until = (int64_t)e->next_side;
	err_clear(&q->error);
	/* inputs stand before those who read them: after a restart each of these waits for the one before it */
	for (Query *d = e->queries; d; d = d->next)
		if (d->state == QUERY_HELD && d->held_by && d->held_by->state == QUERY_RUNNING) {
			d->held_by = standing_input(e, d);
			if (d->held_by)
				continue;
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

bool query_pause(Engine *e, Query *q, Err *err)
{
	/* what it holds is closed with an epoch, so nothing is read twice */
	if (!engine_settle(e, err))
		return false;
	if (q->state != QUERY_RUNNING) {
		*err = q->error;
		return false;
	}
	err_set(&q->error, ERR_CANCELED, "view \"%.*s\" is paused", STR_ARG(q->name));
	hold_dependents(e, q, &q->error);
	err_clear(&q->error);
	throw_back(e, q, QUERY_PAUSED);
	store_paused(e, q, true);
	query_regroup(e);
	LOGI("engine", "query paused", "query=\"%.*s\"", STR_ARG(q->name));
	return true;
}

/* ---- readers ---- */

static ReaderSlot *slot_of(Engine *e, const Reader *r)
{
	for (uint32_t i = 0; i < e->nreaders; i++)
		if (e->readers[i].reader == r)
			return &e->readers[i];
	return NULL;
}

/* A reader that brings rows to the feed, itself or through views; NULL: only own tables do. */
static ReaderSlot *slot_under(Engine *e, const Feed *f)
{
	ReaderSlot *s = slot_of(e, f->reader);
	for (uint32_t i = 0; !s && f->view && i < f->view->nfeeds; i++)
		s = slot_under(e, &f->view->feeds[i]);
	return s;
}

bool query_in_group(Engine *e, const Query *q, uint32_t group)
{
	for (uint32_t i = 0; i < q->nfeeds; i++) {
		const ReaderSlot *s = slot_under(e, &q->feeds[i]);
		if (s && s->group == group)
			return true;
	}
	return false;
}

void query_regroup(Engine *e)
{
	for (uint32_t i = 0; i < e->nreaders; i++)
		e->readers[i].group = i;
	bool changed = true;
	while (changed) {
		changed = false;
		for (Query *q = e->queries; q; q = q->next) {
			/* one reader under a feed stands for all under it: a view's own feeds are brought together likewise */
			uint32_t least = UINT32_MAX;
			for (uint32_t i = 0; i < q->nfeeds; i++) {
				const ReaderSlot *s = slot_under(e, &q->feeds[i]);
				if (s && s->group < least)
					least = s->group;
			}
			for (uint32_t i = 0; i < q->nfeeds; i++) {
				ReaderSlot *s = slot_under(e, &q->feeds[i]);
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
				        ap.bound == bp.bound && ap.idle == bp.idle && ap.mark == bp.mark;
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
			if (e->readers[a].rel != e->readers[b].rel || !same_positions(e->readers[a].reader, e->readers[b].reader) ||
			    !source_reader_alike(e->readers[a].reader, e->readers[b].reader))
				continue;
			Reader *keep = e->readers[a].reader, *gone = e->readers[b].reader;
			for (Query *q = e->queries; q; q = q->next)
				for (uint32_t i = 0; i < q->nfeeds; i++) {
					Feed *f = &q->feeds[i];
					if (f->reader != gone)
						continue;
					Err err = {0};
					if (!q->follower)
						position_note_first(e, f);
					feed_detach(e, f);
					f->reader = keep;
					f->scan_in = source_reader_attach(keep, f->scan, f->op, f, &err);
					position_skips(e, q->name, f->rel->name, f->scan_in);
				}
			query_regroup(e);
			return; /* one pair a step is enough */
		}
}
