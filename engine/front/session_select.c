/*
 * engine/front/session_select.c: runs a planned SELECT on a snapshot of the committed file; bounded connector tables
 * are read whole.
 */
#include "engine/front/session_int.h"

#include "engine/operators/graph.h"
#include "engine/runtime/source_reader.h"
#include "engine/state/snapshot.h"
#include "sql/types/zone.h"

/* ---- bounded connector tables in a snapshot ---- */

typedef struct SourceScan {
	Reader *reader;
	ReaderScan *scan;
	Operator op; /* receives what the reader emits */
	OperatorRun run;
	Arena *step;
	int64_t ord;
	bool started;
} SourceScan;

typedef struct SelectContext {
	Session *session;
	SourceScan *open[16];
	uint32_t nopen;
	Arena *arena;
} SelectContext;

static bool refuse_bad(void *ctx, const ReaderBad *bad, Err *err)
{
	(void)ctx;
	(void)bad;
	(void)err;
	return true; /* counted by the reader; a snapshot keeps no side table */
}

static bool source_rows(void *ctx, const Plan *scan, void **handle, Arena *arena, const Batch **out, Err *err)
{
	SelectContext *sc = ctx;
	SourceScan *s = *handle;
	*out = NULL;
	if (!s) {
		if (sc->nopen == 16)
			return err_set(err, ERR_NOT_SUPPORTED, "more than 16 connector tables in one SELECT are not supported yet");
		s = ARENA_NEW(sc->arena, SourceScan);
		s->step = arena_open("source step", 0);
		ReaderOptions ro = {
		    .rel = scan->scan.rel,
		    .clock = engine_clock(sc->session->opt.engine),
		    .settings = sc->session->settings,
		    .query = "select",
		    .memory_bytes = settings_size(sc->session->settings, "weir.source.memory"),
		    .snapshot = true,
		    .watermark_ms = BATCH_NO_WATERMARK,
		    .bad = refuse_bad,
		};
		if (!source_reader_open(&ro, &s->reader, err)) {
			arena_close(s->step);
			return false;
		}
		sc->open[sc->nopen++] = s;
		s->run.step = s->step;
		s->op.run = &s->run;
		s->op.plan = scan;
		s->scan = source_reader_attach(s->reader, scan, &s->op, s, err);
		if (!s->scan)
			return false;
		*handle = s;
	}
	if (s->started) {
		source_reader_end_step(s->reader);
		s->op.out = (BatchList){0};
		arena_reset(s->step);
	}
	s->started = true;
	for (;;) {
		if (atomic_load(&sc->session->cancel))
			return err_set(err, ERR_CANCELED, "canceled by the user");
		int64_t now = clock_wall_us(engine_clock(sc->session->opt.engine));
		if (!source_reader_service(s->reader, now, err))
			return false;
		bool more = false;
		uint32_t n = source_reader_take(&s->reader, 1, BATCH_ROWS_MAX, s->ord, now, s->step, &more);
		s->ord += n;
		EvalEnv env = {.now_us = now, .watermark_us = INT64_MIN, .zone = zone_utc};
		if (!source_reader_emit(s->reader, s->scan, &env, s->step, err))
			return false;
		if (s->op.out.len) {
			const Batch *b =
			    s->op.out.len == 1 ? s->op.out.items[0] : batch_concat(s->op.out.items, s->op.out.len, arena);
			*out = b;
			return true;
		}
		source_reader_end_step(s->reader);
		s->op.out = (BatchList){0};
		arena_reset(s->step);
		if (source_reader_done(s->reader))
			return true;
		if (!n)
			clock_sleep_us(2000);
	}
}

static void close_sources(SelectContext *sc)
{
	for (uint32_t i = 0; i < sc->nopen; i++) {
		source_reader_end_step(sc->open[i]->reader);
		source_reader_close(sc->open[i]->reader);
		arena_close(sc->open[i]->step);
	}
}

/* ---- SELECT ---- */

bool session_select_run(Session *s, Arena *arena, const PlanQuery *plan, const Value *params, SessionRows rows,
                        void *ctx, Err *err)
{
	Store *store = engine_store(s->opt.engine);
	if (s->epoch > store_landed_epoch(store) && !store_wait_landed(store, s->epoch, 60000, err))
		return false;
	Snapshot *snap;
	if (!snapshot_open(store, &s->cancel, &snap, err))
		return false;
	SelectContext sc = {.session = s, .arena = arena};
	int64_t memory = settings_size(s->settings, "weir.query.memory");
	OperatorRun run = {
	    .plan = plan,
	    .name = STR("select"),
	    .snapshot = snap,
	    .is_snapshot = true,
	    .params = params,
	    .arena = arena_open("query", (size_t)memory),
	    .step = arena_open("query step", (size_t)memory),
	    .cancel = &s->cancel,
	    .system_rows = system_rows,
	    .source_rows = source_rows,
	    .ctx = &sc,
	};
	run.env =
	    (EvalEnv){.zone = plan->zone, .now_us = clock_wall_us(engine_clock(s->opt.engine)), .watermark_us = INT64_MIN};
	run.env.flink_arithmetic = str_eq_c(settings_str(s->settings, "weir.arithmetic"), "flink");
	run.env.pg = &s->pg;
	run.env.user = s->opt.user;
	run.env.database = "default_database";
	bool ok = graph_run_snapshot(&run, plan, rows, ctx, err);
	close_sources(&sc);
	arena_close(run.arena);
	arena_close(run.step);
	snapshot_close(snap);
	return ok;
}
