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
	Arena *arena;
	int64_t ord;
	bool started;
	uint64_t bad, nulls; /* records left out; fields that were made NULL */
	Str first;           /* why the first of them could not be used */
} SourceScan;

typedef struct SelectContext {
	Session *session;
	const EvalEnv *env; /* of the whole SELECT: a computed column has its zone and its one NOW() */
	SourceScan *open[16];
	uint32_t nopen;
	Arena *arena;
	StrBuf *notices; /* may be NULL */
} SelectContext;

/* A SELECT keeps no side rows: the user is told instead. */
static bool note_bad(void *ctx, const ReaderBad *bad, Err *err)
{
	SourceScan *s = ctx;
	(void)err;
	if (bad->kept_as_null)
		s->nulls++;
	else
		s->bad++;
	if (s->bad + s->nulls == 1)
		s->first = arena_printf(s->arena, "%s (%.*s, offset %lld)", bad->err->message, STR_ARG(bad->partition),
		                        (long long)bad->position);
	return true;
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
		s->arena = sc->arena;
		ReaderOptions ro = {
		    .rel = scan->scan.rel,
		    .clock = engine_clock(sc->session->opt.engine),
		    .settings = sc->session->settings,
		    .memory_bytes = settings_size(sc->session->settings, "weir.source.memory"),
		    .snapshot = true,
		    .only = scan,
		    .watermark_ms = BATCH_NO_WATERMARK,
		    .bad = note_bad,
		    .ctx = s,
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
		if (!source_reader_emit(s->reader, s->scan, sc->env, s->step, err))
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

static void tell_bad(SelectContext *sc, const SourceScan *s)
{
	if (!sc->notices || s->bad + s->nulls == 0)
		return;
	Str table = s->op.plan->scan.rel->name;
	strbuf_printf(sc->notices, "\"%.*s\": ", STR_ARG(table));
	if (s->bad)
		strbuf_printf(sc->notices, "%llu record%s could not be decoded and %s left out", (unsigned long long)s->bad,
		              s->bad == 1 ? "" : "s", s->bad == 1 ? "is" : "are");
	if (s->nulls)
		strbuf_printf(sc->notices, "%s%llu field%s could not be decoded and %s NULL", s->bad ? ", " : "",
		              (unsigned long long)s->nulls, s->nulls == 1 ? "" : "s", s->nulls == 1 ? "is" : "are");
	strbuf_printf(sc->notices, ": %.*s\n", STR_ARG(s->first));
}

static void note_scan(const SelectContext *sc, const SourceScan *s)
{
	SessionScans *scans = sc->session->scans;
	if (!scans || !s->scan)
		return;
	const char *note = source_reader_note(s->reader);
	SessionScan scan = {.plan = s->op.plan, .rows = (uint64_t)s->ord, .note = STR_EMPTY};
	if (note)
		scan.note = arena_str(sc->arena, str_from(note));
	ARENA_PUSH(sc->arena, scans, scan);
}

static void close_sources(SelectContext *sc)
{
	for (uint32_t i = 0; i < sc->nopen; i++) {
		tell_bad(sc, sc->open[i]);
		note_scan(sc, sc->open[i]);
		source_reader_end_step(sc->open[i]->reader);
		source_reader_close(sc->open[i]->reader);
		arena_close(sc->open[i]->step);
	}
}

/* ---- SELECT ---- */

bool session_select_run(Session *s, Arena *arena, const PlanQuery *plan, const Value *params, SessionRows rows,
                        void *ctx, StrBuf *notices, Err *err)
{
	Store *store = engine_store(s->opt.engine);
	if (s->epoch > store_landed_epoch(store) && !store_wait_landed(store, s->epoch, 60000, err))
		return false;
	Snapshot *snap;
	if (!snapshot_open(store, &s->cancel, &snap, err))
		return false;
	SelectContext sc = {.session = s, .arena = arena, .notices = notices};
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
	    .memory = memory,
	    .system_rows = system_rows,
	    .source_rows = source_rows,
	    .ctx = &sc,
	};
	sc.env = &run.env;
	run.env = bind_env(s->settings, clock_wall_us(engine_clock(s->opt.engine)));
	run.env.zone = plan->zone;
	run.env.pg = &s->pg;
	run.env.user = s->opt.user;
	bool ok = graph_run_snapshot(&run, plan, rows, ctx, err);
	close_sources(&sc);
	arena_close(run.arena);
	arena_close(run.step);
	snapshot_close(snap);
	return ok;
}
