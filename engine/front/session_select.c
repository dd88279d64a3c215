/*
 * engine/front/session_select.c: SELECT on a snapshot of the committed file; EMIT CHANGES and SUBSCRIBE.
 *
 * A snapshot is read to its end into a spool before the client gets the first row, so that a slow client never holds the file's old pages.
 */
#include <stdio.h>

#include "engine/front/session_int.h"
#include "engine/operators/graph.h"
#include "engine/runtime/follow.h"
#include "engine/runtime/reader.h"
#include "engine/state/snapshot.h"
#include "sql/types/zone.h"

/* ---- the spool ---- */

typedef struct Spool {
	Arena *arena;
	StrBuf bytes; /* rows as batch_encode_row, each with its length */
	uint64_t rows;
	int64_t most;
} Spool;

static bool spool_rows(void *ctx, const Batch *b, bool *done, Err *err)
{
	(void)done;
	Spool *sp = ctx;
	StrBuf row;
	strbuf_init(&row);
	bool ok = true;
	for (uint32_t i = 0; ok && i < b->n; i++) {
		strbuf_clear(&row);
		batch_encode_row(b, i, &row);
		for (int64_t w = batch_weight(b, i); w > 0; w--) {
			codec_put_blob(&sp->bytes, strbuf_str(&row));
			sp->rows++;
		}
		if ((int64_t)sp->bytes.len > sp->most)
			ok = err_set(err, ERR_OUT_OF_MEMORY, "the result is larger than 'weir.query.memory' allows");
	}
	strbuf_deinit(&row);
	return ok;
}

static bool send_spool(Running *r, Spool *sp, const Plan *root, const struct Zone *zone, Err *err)
{
	if (r->results->begin && !r->results->begin(r->results->ctx, root->cols, root->ncols, zone)) {
		session_end(r, "SELECT 0");
		return true;
	}
	const Type **types = ARENA_ARRAY(r->arena, const Type *, root->ncols + 1);
	for (uint32_t i = 0; i < root->ncols; i++)
		types[i] = root->cols[i].type;
	CodecReader cr = codec_reader(strbuf_str(&sp->bytes));
	Arena *arena = arena_open("result", 0);
	Value *values = ARENA_ARRAY(r->arena, Value, (size_t)1024 * root->ncols + 1);
	uint64_t left = sp->rows;
	bool go = true, ok = true;
	while (ok && go && left) {
		uint32_t n = left < 1024 ? (uint32_t)left : 1024;
		for (uint32_t i = 0; i < n; i++) {
			Str row;
			if (!codec_get_blob(&cr, &row) || !batch_decode_row(row, types, root->ncols, values + (size_t)i * root->ncols))
				ok = err_set(err, ERR_INTERNAL, "the spool of a result is damaged");
		}
		Batch *b = batch_from_values(types, root->ncols, values, n, NULL, NULL, NULL, arena);
		go = ok && (!r->results->rows || r->results->rows(r->results->ctx, b, NULL));
		left -= n;
		arena_reset(arena);
		if (atomic_load(&r->s->cancel))
			ok = err_set(err, ERR_CANCELED, "canceled by the user");
	}
	arena_close(arena);
	if (ok)
		session_end(r, "SELECT %llu", (unsigned long long)(sp->rows - left));
	return ok;
}

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
		s = ARENA_NEW(sc->arena, SourceScan);
		s->step = arena_open("source step", 0);
		ReaderOptions ro = {
		    .rel = scan->scan.rel,
		    .clock = engine_clock(sc->session->opt.engine),
		    .settings = sc->session->settings,
		    .query = "select",
		    .memory_bytes = settings_size(sc->session->settings, "weir.source.memory"),
		    .snapshot = true,
		    .bad = refuse_bad,
		};
		if (sc->nopen == 16)
			return err_set(err, ERR_NOT_SUPPORTED, "more than 16 connector tables in one SELECT are not supported yet");
		if (!reader_open(&ro, &s->reader, err)) {
			arena_close(s->step);
			return false;
		}
		sc->open[sc->nopen++] = s;
		s->run.step = s->step;
		s->op.run = &s->run;
		s->op.plan = scan;
		s->scan = reader_attach(s->reader, scan, &s->op, s, err);
		if (!s->scan)
			return false;
		*handle = s;
	}
	if (s->started) {
		reader_end_step(s->reader);
		s->op.out = (BatchList){0};
		arena_reset(s->step);
	}
	s->started = true;
	for (;;) {
		if (atomic_load(&sc->session->cancel))
			return err_set(err, ERR_CANCELED, "canceled by the user");
		int64_t now = clock_wall_us(engine_clock(sc->session->opt.engine));
		if (!reader_service(s->reader, now, err))
			return false;
		bool more = false;
		uint32_t n = reader_take(&s->reader, 1, BATCH_ROWS_MAX, s->ord, now, s->step, &more);
		s->ord += n;
		EvalEnv env = {.now_us = now, .watermark_us = INT64_MIN, .zone = zone_utc};
		if (!reader_emit(s->reader, s->scan, &env, s->step, err))
			return false;
		if (s->op.out.len) {
			const Batch *b = s->op.out.len == 1 ? s->op.out.items[0] : batch_concat(s->op.out.items, s->op.out.len, arena);
			*out = b;
			return true;
		}
		reader_end_step(s->reader);
		s->op.out = (BatchList){0};
		arena_reset(s->step);
		if (reader_done(s->reader))
			return true;
		if (!n)
			clock_sleep_us(2000);
	}
}

static void close_sources(SelectContext *sc)
{
	for (uint32_t i = 0; i < sc->nopen; i++) {
		reader_end_step(sc->open[i]->reader);
		reader_close(sc->open[i]->reader);
		arena_close(sc->open[i]->step);
	}
}

/* ---- SELECT ---- */

static bool run_snapshot(Running *r, const PlanQuery *plan, Spool *sp, Err *err)
{
	Session *s = r->s;
	Store *store = engine_store(s->opt.engine);
	if (s->epoch > store_landed_epoch(store) && !store_wait_landed(store, s->epoch, 60000, err))
		return false;
	Snapshot *snap;
	if (!snapshot_open(store, &s->cancel, &snap, err))
		return false;
	SelectContext sc = {.session = s, .arena = r->arena};
	int64_t memory = settings_size(s->settings, "weir.query.memory");
	OperatorRun run = {
	    .plan = plan,
	    .name = STR("select"),
	    .snapshot = snap,
	    .is_snapshot = true,
	    .params = r->params,
	    .arena = arena_open("query", (size_t)memory),
	    .step = arena_open("query step", (size_t)memory),
	    .cancel = &s->cancel,
	    .system_rows = system_rows,
	    .source_rows = source_rows,
	    .ctx = &sc,
	};
	run.env = (EvalEnv){.zone = plan->zone, .now_us = clock_wall_us(engine_clock(s->opt.engine)), .watermark_us = INT64_MIN};
	run.env.flink_arithmetic = str_eq_c(settings_str(s->settings, "weir.arithmetic"), "flink");
	run.env.user = s->opt.user;
	run.env.database = "default_database";
	bool ok = graph_run_snapshot(&run, plan, spool_rows, sp, err);
	close_sources(&sc);
	arena_close(run.arena);
	arena_close(run.step);
	snapshot_close(snap);
	return ok;
}

bool session_select(Running *r, const AstNode *query, Err *err)
{
	Session *s = r->s;
	Catalog *catalog = engine_catalog(s->opt.engine);
	StrBuf notices;
	strbuf_init(&notices);
	BindContext bc;
	session_bind_context(s, catalog, r->arena, r->text, &notices, &bc);
	bc.param_types = r->param_types;
	bc.nparams = r->nparams;
	PlanQuery *plan;
	Spool sp = {.arena = r->arena, .most = settings_size(s->settings, "weir.query.memory")};
	strbuf_init(&sp.bytes);
	bool ok = bind_select(&bc, query, false, &plan, err);
	session_notices(r, &notices);
	if (ok && s->opt.dry)
		session_end(r, "SELECT");
	else
		ok = ok && run_snapshot(r, plan, &sp, err) && send_spool(r, &sp, plan->root, plan->zone, err);
	strbuf_deinit(&sp.bytes);
	strbuf_deinit(&notices);
	catalog_unref(catalog);
	return ok;
}

/* ---- followed queries ---- */

static bool send_chunk(Running *r, Str chunk, const Plan *root, const Type *const *types, Arena *arena, uint64_t *rows, bool *go, Err *err)
{
	uint32_t n = chunk_rows(chunk);
	Value *values = ARENA_ARRAY(arena, Value, (size_t)n * root->ncols + 1);
	RowKind *kinds = ARENA_ARRAY(arena, RowKind, n + 1);
	ChunkReader cr;
	bool damaged = !chunk_open(&cr, chunk, types, root->ncols);
	uint32_t at = 0;
	while (!damaged && at < n && chunk_next(&cr, &kinds[at], values + (size_t)at * root->ncols, &damaged))
		at++;
	if (damaged)
		return err_set(err, ERR_INTERNAL, "a chunk of changes is damaged");
	Batch *b = batch_from_values(types, root->ncols, values, at, NULL, NULL, NULL, arena);
	*go = !r->results->rows || r->results->rows(r->results->ctx, b, kinds);
	*rows += at;
	return true;
}

static bool follow_plan(Running *r, const PlanQuery *plan, Err *err)
{
	Session *s = r->s;
	const Plan *root = plan->root;
	Follower *f;
	if (!follow_open(s->opt.engine, plan, s->settings, &f, err))
		return false;
	const Type **types = ARENA_ARRAY(r->arena, const Type *, root->ncols + 1);
	for (uint32_t i = 0; i < root->ncols; i++)
		types[i] = root->cols[i].type;
	bool go = !r->results->begin || r->results->begin(r->results->ctx, root->cols, root->ncols, plan->zone);
	bool ok = true, ended = false;
	uint64_t rows = 0;
	Arena *arena = arena_open("follow", 0);
	while (ok && go && !ended) {
		Str chunk;
		Err why = {0};
		if (follow_next(f, 100, &chunk, &ended, &why)) {
			ok = send_chunk(r, chunk, root, types, arena, &rows, &go, err);
			mem_free((void *)(uintptr_t)chunk.ptr);
			arena_reset(arena);
			ended = false;
		} else if (why.code) {
			*err = why;
			ok = false;
		} else if (!ended && r->results->idle && !r->results->idle(r->results->ctx)) {
			go = false;
		}
		if (ok && atomic_load(&s->cancel)) {
			ok = err_set(err, ERR_CANCELED, "canceled by the user");
			err->flags |= ERR_BY_USER;
		}
	}
	arena_close(arena);
	follow_close(f);
	if (ok)
		session_end(r, "SELECT %llu", (unsigned long long)rows);
	return ok;
}

bool session_follow(Running *r, const AstNode *query, Err *err)
{
	Session *s = r->s;
	Catalog *catalog = engine_catalog(s->opt.engine);
	StrBuf notices;
	strbuf_init(&notices);
	BindContext bc;
	session_bind_context(s, catalog, r->arena, r->text, &notices, &bc);
	PlanQuery *plan;
	bool ok = bind_select(&bc, query, true, &plan, err);
	session_notices(r, &notices);
	strbuf_deinit(&notices);
	ok = ok && (s->opt.dry || follow_plan(r, plan, err));
	catalog_unref(catalog);
	return ok;
}

bool session_subscribe(Running *r, const AstSubscribe *node, Err *err)
{
	StrBuf text;
	strbuf_init(&text);
	strbuf_puts(&text, "SELECT * FROM ");
	for (uint32_t i = 0; i < node->path.len; i++)
		strbuf_printf(&text, "%s`%.*s`", i ? "." : "", STR_ARG(node->path.items[i].text));
	strbuf_puts(&text, " EMIT CHANGES");
	AstNode *stmt = NULL;
	uint32_t next;
	Str copy = arena_str(r->arena, strbuf_str(&text));
	strbuf_deinit(&text);
	if (!parser_statement(r->arena, copy, 0, NULL, &stmt, &next, err))
		return false;
	Running again = *r;
	again.text = copy;
	Err why = {0};
	if (session_follow(&again, AST_CONST(AstStmtQuery, stmt)->query, &why))
		return true;
	*err = why;
	err->span = node->node.span;
	return false;
}
