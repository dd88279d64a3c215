/*
 * engine/runtime/engine_step.c: one step of the engine, and the epochs that steps are closed by.
 */
#include "base/log.h"
#include "engine/runtime/history.h"
#include "engine/runtime/lookup.h"

enum {
	REPORT_EVERY_US = 1000000, /* positions to the sources, for tools that look at lag */
	CHECKPOINT_MS = 60000,     /* how long a checkpoint waits for the file */
};

/* Queries whose reader failed for good fail with it. */
static void fail_reader(Engine *e, Reader *r, const Err *err)
{
	bool again = true;
	while (again) {
		again = false;
		for (Query *q = e->queries; q && !again; q = q->next)
			for (uint32_t i = 0; i < q->nfeeds; i++)
				if (q->feeds[i].reader == r && q->state == QUERY_RUNNING) {
					query_fail(e, q, err);
					again = true;
					break;
				}
	}
}

static void note_jumps(Engine *e, Reader *r)
{
	Str part;
	int64_t from, to;
	while (source_reader_jump(r, &part, &from, &to)) {
		StrBuf detail;
		strbuf_init(&detail);
		strbuf_printf(&detail, "%.*s: from %lld to %lld", STR_ARG(part), (long long)from, (long long)to);
		history_add(e, "records lost", source_reader_relation(r)->name, NULL, strbuf_str(&detail));
		strbuf_deinit(&detail);
	}
}

static void service_readers(Engine *e, int64_t now_us)
{
	for (uint32_t i = 0; i < e->nreaders;) {
		Reader *r = e->readers[i].reader;
		Err err = {0};
		if (source_reader_service(r, now_us, &err)) {
			i++;
			note_jumps(e, r);
			continue;
		}
		fail_reader(e, r, &err);
		if (i < e->nreaders && e->readers[i].reader == r)
			i++; /* nobody running was attached */
	}
}

/* What cannot be delivered any more must not fill the outbox and hold the readers that others share. */
static void fail_sinks(Engine *e)
{
	for (Query *q = e->queries; q; q = q->next) {
		Err why = {0};
		if (q->outbox && q->state == QUERY_RUNNING && outbox_failed(q->outbox, &why))
			query_fail(e, q, &why);
	}
}

/* Is some query of the group held back by a full outbox? Then its readers wait. */
static bool group_held(Engine *e, uint32_t group)
{
	for (const Query *q = e->queries; q; q = q->next)
		if (q->outbox && q->state == QUERY_RUNNING && outbox_full(q->outbox) && query_in_group(e, q, group))
			return true;
	return false;
}

static uint32_t take_rows(Engine *e, uint32_t max, int64_t now_us, bool *more)
{
	uint32_t taken = 0;
	*more = false;
	Reader **list = ARENA_ARRAY(e->step, Reader *, e->nreaders + 1);
	/* each group in turn gets what is left; the first one changes with every step, so that none starves */
	for (uint32_t g = 0; g < e->nreaders; g++) {
		uint32_t group = (uint32_t)((g + (uint64_t)e->next_ord) % e->nreaders);
		uint32_t n = 0;
		for (uint32_t i = 0; i < e->nreaders; i++)
			if (e->readers[i].group == group)
				list[n++] = e->readers[i].reader;
		if (!n)
			continue;
		bool waiting = false;
		uint32_t left = max - taken;
		bool held = group_held(e, group);
		/* tables in order of name, so that ties do not depend on the order of creation */
		for (uint32_t a = 1; a < n; a++)
			for (uint32_t b = a;
			     b > 0 && str_cmp(source_reader_relation(list[b])->name, source_reader_relation(list[b - 1])->name) < 0;
			     b--) {
				Reader *t = list[b];
				list[b] = list[b - 1];
				list[b - 1] = t;
			}
		uint32_t got = source_reader_take(list, n, held ? 0 : left, e->next_ord + taken, now_us, e->step, &waiting);
		if (got)
			for (uint32_t i = 0; i < e->nreaders; i++)
				if (e->readers[i].group == group)
					e->readers[i].started = true;
		taken += got;
		*more |= waiting && !held;
	}
	return taken;
}

/* A row that meets many of another side makes them all in its step. What the last step made of its rows tells how many
 * the next may have; how rows are cut into steps changes no answer. */
static void bound_rows(Engine *e, uint32_t rows)
{
	enum { MOST = 256 << 20, FEW = MOST / 4 };
	size_t bytes = arena_bytes(e->step);
	uint32_t each = rows < e->step_rows ? rows : e->step_rows;
	if (bytes > MOST && rows)
		e->step_rows = (uint32_t)((uint64_t)each * MOST / bytes) + 1;
	else if (bytes < FEW && e->step_rows < ENGINE_STEP_ROWS)
		e->step_rows *= 2;
}

/* One query over what its feeds have. false: it failed. */
static bool run_query(Engine *e, Query *q, int64_t now_us, uint32_t *walked, Err *err)
{
	q->run.env.now_us = now_us;
	q->run.step = e->step;
	bool at_end = q->nfeeds > 0;
	for (uint32_t i = 0; i < q->nfeeds; i++) {
		uint32_t w = 0;
		q->run.next_ord = e->next_ord;
		if (!feed_step(e, &q->feeds[i], e->next_ord, &w, err))
			return false;
		e->next_ord += w;
		*walked += w;
		if (!q->feeds[i].scan->scan.lookup)
			at_end &= q->feeds[i].reader && source_reader_done(q->feeds[i].reader);
	}
	q->run.next_ord = e->next_ord;
	q->run.at_end = at_end;
	if (!graph_step(q->graph, err))
		return false;
	Operator *root = q->graph->ops[q->graph->nops - 1];
	if (q->outbox && !outbox_collect(q->outbox, root, err))
		return false;
	if (q->follower)
		follow_collect(q->follower, root);
	q->closed |= q->prompt && root->out.len > 0;
	return true;
}

/* Where the row that made q fail came from, while the readers still hold it. */
static void put_origin(const Engine *e, const Query *q, Err *why)
{
	if (why->detail[0] || q->run.failed_ord < 0)
		return;
	for (uint32_t i = 0; i < e->nreaders; i++) {
		const ReaderSlot *s = &e->readers[i];
		Str partition;
		int64_t position;
		if (source_reader_origin(s->reader, q->run.failed_ord, &partition, &position)) {
			err_detail(why, "table \"%.*s\", partition %.*s, offset %lld", STR_ARG(s->rel->name), STR_ARG(partition),
			           (long long)position);
			return;
		}
	}
}

static void count_taken(Query *q)
{
	for (uint32_t i = 0; i < q->nfeeds; i++) {
		uint32_t n = q->feeds[i].reader ? source_reader_taken(q->feeds[i].reader) : 0;
		q->rows_unsealed += n;
		q->positions_stale |=
		    !q->follower &&
		    (n > 0 || (q->feeds[i].reader && source_reader_known(q->feeds[i].reader) != q->feeds[i].known_saved));
		q->skip_left -= n;
	}
	bool search = q->skip_left >= 0;
	for (uint32_t i = 0; i < q->nfeeds; i++) {
		Feed *f = &q->feeds[i];
		f->step_rows = f->nwalked = 0;
		search |= missed_searching(f) || (f->walking && q->skip_walk_left >= 0);
	}
	/* else the row that failed was not met again */
	q->skipping = q->skipping && search;
}

static bool any_skipping(const Engine *e)
{
	for (const Query *q = e->queries; q; q = q->next)
		if (q->skipping && q->state == QUERY_RUNNING)
			return true;
	return false;
}

/* Views stand before those who read them. An own table has no rows to come by itself. */
static void note_inputs(Engine *e)
{
	bool any_endless = false, any_reading = false;
	for (Query *q = e->queries; q; q = q->next) {
		q->endless = q->reading = false;
		for (uint32_t i = 0; q->state == QUERY_RUNNING && i < q->nfeeds; i++) {
			const Feed *f = &q->feeds[i];
			if (f->scan->scan.lookup)
				continue;
			q->endless |= f->endless || (f->view && f->view->endless);
			q->reading |= f->walking || f->behind || (f->view && f->view->reading);
			if (f->reader)
				q->reading |= !source_reader_done(f->reader) || source_reader_watermark(f->reader) != BATCH_END;
		}
		q->reading &= !q->endless;
		any_endless |= q->endless;
		any_reading |= q->reading || (q->state == QUERY_FAILED && q->retry_us);
	}
	atomic_store(&e->endless, any_endless);
	atomic_store(&e->reading, any_reading);
}

static int64_t next_clock(Engine *e)
{
	int64_t next = INT64_MAX;
	for (uint32_t i = 0; i < e->nreaders; i++) {
		int64_t t = source_reader_next_clock(e->readers[i].reader);
		if (t < next)
			next = t;
	}
	for (Query *q = e->queries; q; q = q->next)
		if (q->state == QUERY_FAILED && q->retry_us && !q->probe && q->retry_us < next)
			next = q->retry_us;
	for (Query *q = e->queries; q; q = q->next)
		for (uint32_t i = 0; q->graph && i < q->graph->nops; i++) {
			Operator *op = q->graph->ops[i];
			if (op->type->next_proctime) {
				int64_t t = op->type->next_proctime(op);
				if (t < next)
					next = t;
			}
		}
	return next;
}

static bool any_walking(const Engine *e)
{
	for (const Query *q = e->queries; q; q = q->next)
		for (uint32_t i = 0; q->state == QUERY_RUNNING && i < q->nfeeds; i++)
			if (q->feeds[i].walking || q->feeds[i].behind)
				return true;
	return false;
}

bool engine_step(Engine *e, StepResult *out, Err *err)
{
	memset(out, 0, sizeof *out);
	out->wake_us = INT64_MAX;
	if (e->fatal) {
		*err = e->fatal_err;
		return false;
	}
	Err trouble = {0};
	if (!store_poll(e->store, &trouble)) {
		if (trouble.flags & ERR_FATAL) {
			*err = trouble;
			return false;
		}
		if (!e->store_trouble)
			LOGE("state", "the state file cannot be written; trying again", "error=\"%s\"", trouble.message);
		e->store_trouble = true;
	} else if (e->store_trouble) {
		e->store_trouble = false;
		LOGI("state", "the state file is written again", NULL);
	}
	int64_t now_us = clock_wall_us(e->clock);
	if (e->nreaders > 1)
		query_join_readers(e); /* before service, which decodes for the scans that have come */
	fail_sinks(e);
	lookup_retry(e, now_us);
	service_readers(e, now_us);
	bool pressed = store_pressed(e->store) || atomic_load(&e->hold);
	bool more = false;
	uint32_t max = (uint32_t)settings_int(e->settings, "weir.step.rows");
	if (!settings_bool(e->settings, "table.exec.mini-batch.enabled") || any_skipping(e))
		max = 1;
	max = max < e->step_rows ? max : e->step_rows;
	uint32_t taken = take_rows(e, pressed ? 0 : max, now_us, &more);
	e->next_ord += taken;
	uint32_t walked = 0;
	e->in_run = true;
	for (Query *q = e->queries; q; q = q->next) {
		if (q->state != QUERY_RUNNING)
			continue;
		count_taken(q);
		Err why = {0};
		q->run.failed_ord = -1;
		bool ok = run_query(e, q, now_us, &walked, &why);
		if (!ok)
			put_origin(e, q, &why);
		if (ok)
			ok = store_check(e->store, &why);
		if (!ok && !skip_row(e, q, &why))
			query_fail(e, q, &why);
	}
	e->in_run = false;
	missed_step(e);
	for (OwnTable *t = e->tables; t; t = t->next)
		t->changes = (BatchList){0};
	for (Query *q = e->queries; q; q = q->next)
		if (q->graph)
			graph_end_step(q->graph);
	for (uint32_t i = 0; i < e->nreaders; i++)
		source_reader_end_step(e->readers[i].reader);
	bound_rows(e, taken + walked);
	arena_reset(e->step);
	note_inputs(e);
	out->rows = taken + walked;
	out->more = (more && !pressed) || any_walking(e); /* what the writer has to do first wakes us */
	out->wake_us = next_clock(e);
	out->all_done = !atomic_load(&e->endless) && !atomic_load(&e->reading);
	return true;
}

/* ---- epochs ---- */

bool engine_needs_seal(Engine *e)
{
	if (store_dirty(e->store))
		return true;
	for (Query *q = e->queries; q; q = q->next)
		if (q->positions_stale || (q->outbox && (outbox_dirty(q->outbox) || outbox_wants_proof(q->outbox))))
			return true;
	return false;
}

static void put_counter(StateTable *t, const char *name, uint64_t v)
{
	uint32_t len;
	const void *old = state_get(t, str_from(name), &len);
	if (!old || memcmp(old, &v, sizeof v) != 0)
		state_put(t, str_from(name), str_make((const char *)&v, sizeof v));
}

bool engine_seal(Engine *e, Err *err)
{
	if (!store_check(e->store, err))
		return false;
	int64_t now_us = clock_mono_us(e->clock);
	if (now_us - e->last_report_us >= REPORT_EVERY_US) {
		position_report(e);
		e->last_report_us = now_us;
	}
	for (Query *q = e->queries; q; q = q->next) {
		if (q->state != QUERY_RUNNING || q->follower)
			continue;
		Err why = {0};
		bool ok = graph_checkpoint(q->graph, &why);
		if (!ok) {
			query_fail(e, q, &why);
			continue;
		}
		for (uint32_t i = 0; i < q->nfeeds; i++)
			feed_checkpoint(e, &q->feeds[i]);
		position_save(e, q);
		q->positions_stale = false;
		if (q->rows_unsealed || q->walked_unsealed)
			q->wait_us = 0, q->probed = false;
		q->rows_unsealed = q->walked_unsealed = 0;
		q->closed = false;
	}
	bool output = false;
	for (Query *q = e->queries; q; q = q->next)
		output |= q->outbox && (outbox_dirty(q->outbox) || outbox_wants_proof(q->outbox));
	if (!store_dirty(e->store) && !output)
		return true;
	uint64_t epoch = store_sealed_epoch(e->store) + 1;
	for (Query *q = e->queries; q; q = q->next)
		if (q->outbox) {
			outbox_trim(e, q->outbox, epoch);
			outbox_seal(e, q->outbox, epoch);
		}
	put_counter(e->meta, "ordinal", (uint64_t)e->next_ord);
	put_counter(e->meta, "side", e->next_side);
	put_counter(e->meta, "record", e->next_seq);
	put_counter(e->meta, "version", e->next_version);
	store_fail_point("before-seal");
	uint64_t sealed = store_seal(e->store);
	side_sealed(e);
	store_fail_point("after-seal");
	ASSERT(sealed == epoch);
	e->last_seal_us = clock_mono_us(e->clock);
	if (e->changed_us)
		histogram_add(&e->epochs_age, e->last_seal_us - e->changed_us);
	e->changed_us = 0;
	return true;
}

bool engine_checkpoint(Engine *e, Err *err)
{
	/* whoever asked for the end waits so long and no longer, also for a disk that is full */
	int64_t most_ms = e->stop_ms ? e->stop_ms : CHECKPOINT_MS;
	if (engine_needs_seal(e)) {
		while (!store_writer_free(e->store)) {
			if (!store_wait_landed(e->store, store_sealed_epoch(e->store), most_ms < 10000 ? most_ms : 10000, err))
				return false;
			if (!store_poll(e->store, err))
				return false;
		}
		if (!engine_seal(e, err))
			return false;
	}
	if (!store_wait_landed(e->store, store_sealed_epoch(e->store), most_ms, err))
		return false;
	if (!store_poll(e->store, err))
		return false;
	for (Query *q = e->queries; q; q = q->next)
		if (q->outbox && !e->threaded)
			outbox_deliver_inline(e, q->outbox, err);
	return true;
}

bool engine_settle(Engine *e, Err *err)
{
	StepResult step;
	return engine_step(e, &step, err) && engine_checkpoint(e, err);
}
