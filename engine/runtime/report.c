/*
 * engine/runtime/report.c: copies what the engine is doing, in the engine thread between two steps.
 */
#include "engine/runtime/report.h"

#include "engine/runtime/delivery.h"
#include "engine/runtime/engine_int.h"

typedef struct ReportRequest {
	EngineRequest req;
	Arena *arena;
	Report *out;
} ReportRequest;

/* Is all read that will ever come? Own tables may be changed at any time. */
static bool has_ended(const Query *q)
{
	if (q->endless || q->reading)
		return false;
	for (uint32_t i = 0; i < q->nfeeds; i++)
		if (!q->feeds[i].reader && (!q->feeds[i].view || !has_ended(q->feeds[i].view)))
			return false;
	return true;
}

static Str state_of(const Query *q)
{
	switch (q->state) {
	case QUERY_RUNNING: return has_ended(q) ? STR("done") : STR("running");
	case QUERY_PAUSED: return STR("paused");
	case QUERY_FAILED: return STR("failed");
	case QUERY_HELD: return STR("held");
	}
	return STR_EMPTY;
}

static Str code_text(Arena *arena, const Err *err)
{
	return err->code ? arena_printf(arena, "W%04d", (int)err->code) : STR_EMPTY;
}

static Str copy_text(Arena *arena, const char *text)
{
	return arena_str(arena, str_from(text));
}

/* ---- sources ---- */

static void put_partition(Arena *arena, const Query *q, Reader *r, Str name, const ReaderPosition *pos,
                          const SourcePartition *info, int64_t now_us, ReportSource *out)
{
	ReaderStats stats;
	source_reader_stats(r, &stats);
	*out = (ReportSource){
	    .query = arena_str(arena, q->name),
	    .table = arena_str(arena, source_reader_relation(r)->name),
	    .partition = arena_str(arena, name),
	    .position = pos->known ? pos->next : REPORT_UNKNOWN,
	    .end = REPORT_UNKNOWN,
	    .lag_records = -1,
	    .watermark_ms = pos->watermark_ms,
	    .table_watermark_ms = source_reader_watermark(r),
	    .time_us = REPORT_UNKNOWN,
	    .idle = pos->idle,
	    .blamed = str_eq(source_reader_blame(r), name),
	    .future = stats.future,
	};
	const char *trouble = source_reader_trouble(r);
	if (trouble)
		out->trouble = copy_text(arena, trouble);
	if (!info)
		return;
	int64_t end = info->bound != SOURCE_END_NONE ? info->bound : info->end;
	out->done = info->done;
	out->gaps = info->gaps;
	out->time_us = info->time_us;
	if (end == SOURCE_END_NONE)
		return;
	out->end = end;
	out->lag_records = pos->known && end > pos->next ? end - pos->next : 0;
	if (out->lag_records && info->time_us != INT64_MIN)
		out->lag_us = now_us - info->time_us;
}

/* After a start the source tells its partitions when it answers; until then they are those of which a position is
 * stored. */
static uint32_t stored_partitions(const ReportRequest *r, const Query *q, const Feed *f, Str **names)
{
	Str name;
	ReaderPosition pos;
	if (!f->reader || source_reader_partition(f->reader, 0, &name, &pos, NULL))
		return 0;
	return position_list(q->engine, q->name, f->positions, r->arena, names);
}

/* The reader of a feed; NULL: it has none, or an earlier feed has the same one (a join of a table with itself). */
static Reader *own_reader(const Query *q, uint32_t feed)
{
	for (uint32_t f = 0; f < feed; f++)
		if (q->feeds[f].reader == q->feeds[feed].reader)
			return NULL;
	return q->feeds[feed].reader;
}

static uint32_t count_partitions(const ReportRequest *r, const Query *q)
{
	uint32_t n = 0;
	Str name, *stored;
	ReaderPosition pos;
	for (uint32_t f = 0; f < q->nfeeds; f++) {
		for (uint32_t i = 0; q->feeds[f].reader && source_reader_partition(q->feeds[f].reader, i, &name, &pos, NULL);
		     i++)
			n++;
		n += stored_partitions(r, q, &q->feeds[f], &stored);
	}
	return n;
}

static void put_sources(ReportRequest *r, const Query *q)
{
	Report *out = r->out;
	for (uint32_t f = 0; f < q->nfeeds; f++) {
		Reader *reader = own_reader(q, f);
		if (!reader)
			continue;
		Str name, *stored = NULL;
		ReaderPosition pos = {0};
		const SourcePartition *info = NULL;
		uint32_t from = out->nsources;
		for (uint32_t i = 0; source_reader_partition(reader, i, &name, &pos, &info); i++)
			put_partition(r->arena, q, reader, name, &pos, info, out->now_us, &out->sources[out->nsources++]);
		uint32_t n = stored_partitions(r, q, &q->feeds[f], &stored);
		for (uint32_t i = 0; i < n; i++)
			if (position_load(q->engine, q->name, q->feeds[f].positions, stored[i], &pos))
				put_partition(r->arena, q, reader, stored[i], &pos, NULL, out->now_us, &out->sources[out->nsources++]);
		for (uint32_t i = from; i < out->nsources; i++)
			out->sources[i].scan = q->feeds[f].number;
	}
}

/* ---- operators, queries ---- */

static void put_operators(ReportRequest *r, const Query *q, ReportQuery *sum)
{
	Report *out = r->out;
	for (uint32_t i = 0; q->graph && i < q->graph->nops; i++) {
		Operator *op = q->graph->ops[i];
		const OperatorCounts *n = &op->counts;
		ReportOperator *o = &out->operators[out->noperators++];
		*o = (ReportOperator){
		    .query = sum->name,
		    .id = op->plan->id,
		    .name = str_from(plan_kind_name(op->plan->kind)),
		    .rows_in = n->rows_in,
		    .rows_out = n->rows_out,
		    .filtered = n->filtered,
		    .late = n->late,
		    .partly_late = n->partly_late,
		    .duplicate = n->duplicate,
		    .expired = n->expired,
		    .unknown = n->unknown,
		    .held_rows = n->held,
		    .watermark_ms = curve_last(&op->curve),
		};
		for (uint32_t s = 0; s < op->nstates; s++) {
			o->state_rows += state_rows(op->states[s]);
			o->state_bytes += state_bytes(op->states[s]);
		}
		if (op->type->describe) {
			StrBuf text;
			strbuf_init(&text);
			op->type->describe(op, &text);
			o->holds = arena_str(r->arena, strbuf_str(&text));
			strbuf_deinit(&text);
		}
		sum->filtered += n->filtered;
		sum->expired += n->expired;
		sum->unknown += n->unknown;
		sum->held_rows += n->held;
		sum->state_bytes += o->state_bytes;
		sum->watermark_ms = o->watermark_ms; /* the last is the root */
		sum->rows_out = n->rows_out;
	}
	for (uint32_t i = 0; q->graph && i < q->graph->nscans; i++)
		sum->rows_in += q->graph->scans[i]->counts.rows_out;
}

static void put_lag(const Query *q, ReportQuery *out)
{
	for (uint32_t f = 0; f < q->nfeeds; f++) {
		out->backfill |= q->feeds[f].walking;
		if (!own_reader(q, f))
			continue;
		ReaderStats stats;
		source_reader_stats(q->feeds[f].reader, &stats);
		if (stats.lag_records < 0 || out->lag_records < 0)
			out->lag_records = -1;
		else
			out->lag_records += stats.lag_records;
		if (stats.lag_us > out->lag_us)
			out->lag_us = stats.lag_us;
	}
}

static void put_query(ReportRequest *r, const Query *q)
{
	Arena *arena = r->arena;
	ReportQuery *out = &r->out->queries[r->out->nqueries++];
	*out = (ReportQuery){
	    .name = arena_str(arena, q->name),
	    .kind = q->follower ? STR("follow")
	            : q->def    ? STR("sink")
	                        : STR("view"),
	    .state = state_of(q),
	    .late = q->late,
	    .bad = q->bad,
	    .watermark_ms = BATCH_NO_WATERMARK,
	    .started_us = q->started_us,
	    .outbox_full = q->outbox && outbox_full(q->outbox),
	    .held_by = q->held_by ? arena_str(arena, q->held_by->name) : STR_EMPTY,
	};
	if (q->error.code) {
		out->error_code = code_text(arena, &q->error);
		out->error = copy_text(arena, q->error.message);
		out->detail = copy_text(arena, q->error.detail);
	}
	put_operators(r, q, out);
	put_lag(q, out);
	put_sources(r, q);
}

static void put_sink(ReportRequest *r, const Query *q)
{
	DeliveryStatus d;
	const Delivery *delivery = outbox_delivery(q->outbox);
	delivery_status((Delivery *)(uintptr_t)delivery, &d);
	ReportSink *out = &r->out->sinks[r->out->nsinks++];
	*out = (ReportSink){
	    .name = arena_str(r->arena, q->name),
	    .connector = arena_str(r->arena, q->rel->table->connector),
	    .state = d.failed    ? STR("failed")
	             : d.waiting ? STR("waiting")
	                         : STR("delivering"),
	    .delivered = d.delivered,
	    .sealed = r->out->store.sealed,
	    .waiting_bytes = d.bytes,
	    .rows = d.rows,
	    .refused = d.refused,
	    .retries = d.retries,
	};
	if (d.failed || d.waiting) {
		out->error_code = code_text(r->arena, &d.err);
		out->error = copy_text(r->arena, d.err.message);
	}
}

static void put_store(Engine *e, ReportStore *out)
{
	StoreStats s;
	store_stats(e->store, &s);
	*out = (ReportStore){
	    .sealed = store_sealed_epoch(e->store),
	    .landed = store_landed_epoch(e->store),
	    .epochs = s.epochs,
	    .wal_bytes = s.wal_bytes,
	    .written_bytes = s.written_bytes,
	    .entries = s.entries_written,
	    .commit_us_last = s.commit_us_last,
	    .commit_us_max = s.commit_us_max,
	    .landed_us = s.landed_us,
	    .ram_bytes = s.ram_bytes,
	    .unlanded_bytes = store_unlanded_bytes(e->store),
	    .pressed = store_pressed(e->store),
	    .evicted = s.evicted,
	    .reloaded = s.reloaded,
	    .memory_bytes = settings_size(e->settings, "weir.memory"),
	    .commits = s.commits,
	    .epochs_age = e->epochs_age,
	};
}

static bool take(Engine *e, EngineRequest *req, Err *err)
{
	(void)err;
	ReportRequest *r = (ReportRequest *)(void *)req;
	Report *out = r->out;
	uint32_t queries = 0, operators = 0, sources = 0, sinks = 0;
	for (const Query *q = e->queries; q; q = q->next) {
		queries++;
		operators += q->graph ? q->graph->nops : 0;
		sources += count_partitions(r, q);
		sinks += q->outbox != NULL;
	}
	*out = (Report){.now_us = clock_wall_us(e->clock)};
	out->queries = ARENA_ARRAY_ZERO(r->arena, ReportQuery, queries + 1);
	out->operators = ARENA_ARRAY_ZERO(r->arena, ReportOperator, operators + 1);
	out->sources = ARENA_ARRAY_ZERO(r->arena, ReportSource, sources + 1);
	out->sinks = ARENA_ARRAY_ZERO(r->arena, ReportSink, sinks + 1);
	put_store(e, &out->store);
	for (const Query *q = e->queries; q; q = q->next) {
		put_query(r, q);
		if (q->outbox)
			put_sink(r, q);
	}
	return true;
}

bool report_take_until(Engine *e, Arena *arena, Report *out, const atomic_bool *cancel, Err *err)
{
	ReportRequest r = {.req = {.run = take, .cancel = cancel}, .arena = arena, .out = out};
	return engine_call(e, &r.req, err);
}

bool report_take_within(Engine *e, Arena *arena, Report *out, int64_t us, Err *err)
{
	ReportRequest r = {.req = {.run = take, .until_us = clock_mono_us(&clock_real) + us}, .arena = arena, .out = out};
	return engine_call(e, &r.req, err);
}

bool report_take(Engine *e, Arena *arena, Report *out, Err *err)
{
	return report_take_until(e, arena, out, NULL, err);
}
