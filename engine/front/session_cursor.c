/*
 * engine/front/session_cursor.c: results that are taken piece by piece; SELECT, EMIT CHANGES and SUBSCRIBE push them to
 * their end.
 */
#include "engine/front/session_cursor.h"

#include "engine/front/session_int.h"
#include "engine/front/session_spool.h"
#include "engine/runtime/follow.h"

enum { CURSOR_BATCH = 1024, CURSOR_SPOOL_MEMORY = 8 << 20 };

struct SessionCursor {
	Session *session;
	Arena *arena; /* plan, copies of the text */
	Arena *rows;  /* of the batch handed out */
	Catalog *catalog;
	Settings *settings;
	const PlanQuery *plan;
	const Type **types;
	SessionSpool *spool;
	Follower *follower;
	Str chunk; /* of the follower, being read */
	ChunkReader reader;
	uint32_t chunk_left;
};

static bool spool_batch(void *ctx, const Batch *b, bool *done, Err *err)
{
	(void)done;
	SessionSpool *sp = ctx;
	StrBuf row;
	strbuf_init(&row);
	bool ok = true;
	for (uint32_t i = 0; ok && i < b->n; i++) {
		strbuf_clear(&row);
		batch_encode_row(b, i, &row);
		for (int64_t w = batch_weight(b, i); ok && w > 0; w--)
			ok = session_spool_put(sp, strbuf_str(&row), err);
	}
	strbuf_deinit(&row);
	return ok;
}

bool session_cursor_subscribe(Arena *arena, const AstSubscribe *node, Str *text, const AstNode **query, Err *err)
{
	StrBuf b;
	strbuf_init(&b);
	strbuf_puts(&b, "SELECT * FROM ");
	for (uint32_t i = 0; i < node->path.len; i++) {
		strbuf_puts(&b, i ? ".`" : "`");
		for (uint32_t k = 0; k < node->path.items[i].text.len; k++) {
			char ch = node->path.items[i].text.ptr[k];
			strbuf_puts(&b, ch == '`' ? "`" : "");
			strbuf_putc(&b, ch);
		}
		strbuf_putc(&b, '`');
	}
	strbuf_puts(&b, " EMIT CHANGES");
	*text = arena_str(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	AstNode *stmt = NULL;
	uint32_t next;
	if (!parser_statement(arena, *text, 0, NULL, &stmt, &next, err))
		return false;
	*query = AST_CONST(AstStmtQuery, stmt)->query;
	return true;
}

static void send_notices(const Results *to, StrBuf *notices, Arena *arena)
{
	if (!to || !to->notice || !notices->len)
		return;
	Str rest = strbuf_str(notices), line;
	while (str_next(&rest, '\n', &line))
		if (line.len)
			to->notice(to->ctx, arena_cstr(arena, line));
}

/* Rows that queries bring, not statements. */
static bool reads_results(const Plan *p)
{
	if (p->kind == PLAN_SCAN)
		return p->scan.rel->kind == REL_MVIEW || p->scan.rel->kind == REL_SIDE;
	for (uint32_t i = 0; i < p->ninputs; i++)
		if (reads_results(p->inputs[i]))
			return true;
	return false;
}

/* SessionOptions.settle: queries whose inputs end are at the end, and what they made has landed. */
static bool settle(Session *s, Arena *arena, Err *err)
{
	while (engine_reading(s->opt.engine)) {
		if (atomic_load(&s->cancel))
			return err_set(err, ERR_CANCELED, "canceled by the user");
		if (s->opt.waiting)
			s->opt.waiting(s->opt.waiting_ctx, false);
		clock_sleep_us(2000);
	}
	if (s->opt.waiting)
		s->opt.waiting(s->opt.waiting_ctx, true);
	AstNode *flush = NULL;
	uint32_t next;
	Str text = STR("FLUSH");
	if (!parser_statement(arena, text, 0, NULL, &flush, &next, err))
		return false;
	EngineStatement es = {.stmt = flush, .text = text, .settings = s->settings};
	es.req.cancel = &s->cancel;
	if (!engine_execute(s->opt.engine, &es, err))
		return false;
	if (es.req.epoch > s->epoch)
		s->epoch = es.req.epoch;
	return true;
}

static bool open_plan(SessionCursor *c, const AstNode *query, Str text, const Type **param_types, const Value *params,
                      uint32_t nparams, const Results *notice, bool follow, Err *err)
{
	Session *s = c->session;
	StrBuf notices;
	strbuf_init(&notices);
	BindContext bc;
	session_bind_context(s, c->catalog, c->arena, text, &notices, &bc);
	bc.param_types = param_types;
	bc.nparams = nparams;
	PlanQuery *plan = NULL;
	bool ok = bind_select(&bc, query, follow, &plan, err);
	send_notices(notice, &notices, c->arena);
	strbuf_deinit(&notices);
	if (!ok)
		return false;
	c->plan = plan;
	c->types = ARENA_ARRAY(c->arena, const Type *, plan->root->ncols + 1);
	for (uint32_t i = 0; i < plan->root->ncols; i++)
		c->types[i] = plan->root->cols[i].type;
	if (s->opt.dry)
		return true;
	if (follow && nparams)
		return err_set(err, ERR_NOT_SUPPORTED, "parameters in a followed query are not supported yet");
	if (follow)
		return follow_open(s->opt.engine, plan, c->settings, &c->follower, err);
	if (s->opt.settle && reads_results(plan->root) && !settle(s, c->arena, err))
		return false;
	c->spool = session_spool_open(CURSOR_SPOOL_MEMORY, settings_size(s->settings, "weir.query.spool"));
	strbuf_init(&notices);
	ok = session_select_run(s, c->arena, plan, params, spool_batch, c->spool, &notices, err);
	send_notices(notice, &notices, c->arena);
	strbuf_deinit(&notices);
	return ok;
}

bool session_cursor_open(Session *s, const AstNode *stmt, Str text, const Type **param_types, const Value *params,
                         uint32_t nparams, const Results *notice, SessionCursor **out, Err *err)
{
	if (!session_params_given(stmt, nparams, err))
		return false;
	SessionCursor *c = MEM_NEW(SessionCursor);
	c->session = s;
	c->arena = arena_open("cursor", 0);
	c->rows = arena_open("cursor rows", 0);
	c->catalog = engine_catalog(s->opt.engine);
	c->settings = settings_copy(s->settings);
	const AstNode *query = stmt->kind == AST_STMT_QUERY ? AST_CONST(AstStmtQuery, stmt)->query : stmt;
	bool ok;
	if (stmt->kind == AST_SUBSCRIBE) {
		Str copy;
		Err why = {0};
		ok = session_cursor_subscribe(c->arena, AST_CONST(AstSubscribe, stmt), &copy, &query, &why) &&
		     open_plan(c, query, copy, NULL, NULL, 0, notice, true, &why);
		if (!ok) {
			*err = why;
			err->span = stmt->span;
		}
	} else {
		bool follow = AST_CONST(AstQuery, query)->emit != AST_EMIT_UNSPECIFIED;
		ok = open_plan(c, query, text, param_types, params, nparams, notice, follow, err);
	}
	if (!ok) {
		session_cursor_close(c);
		return false;
	}
	*out = c;
	return true;
}

void session_cursor_close(SessionCursor *c)
{
	if (!c)
		return;
	if (c->follower)
		follow_close(c->follower);
	mem_free((void *)(uintptr_t)c->chunk.ptr);
	session_spool_close(c->spool);
	settings_free(c->settings);
	catalog_unref(c->catalog);
	arena_close(c->rows);
	arena_close(c->arena);
	mem_free(c);
}

const PlanCol *session_cursor_cols(const SessionCursor *c, uint32_t *ncols)
{
	*ncols = c->plan->root->ncols;
	return c->plan->root->cols;
}

const struct Zone *session_cursor_zone(const SessionCursor *c)
{
	return c->plan->zone;
}

bool session_cursor_follows(const SessionCursor *c)
{
	return c->follower != NULL;
}

uint64_t session_cursor_rows(const SessionCursor *c)
{
	return c->spool ? session_spool_rows(c->spool) : 0;
}

void session_cursor_rewind(SessionCursor *c)
{
	if (c->spool)
		session_spool_rewind(c->spool);
}

void session_cursor_status(SessionCursor *c, int64_t *watermark_ms, uint64_t *rows_in, uint64_t *late)
{
	follow_status(c->follower, watermark_ms, rows_in, late);
}

static CursorState next_stored(SessionCursor *c, uint32_t most, CursorRows *out, Err *err)
{
	uint32_t ncols = c->plan->root->ncols, n = 0;
	Value *values = ARENA_ARRAY(c->rows, Value, (size_t)most * ncols + 1);
	err->code = ERR_OK;
	Str row;
	while (n < most && session_spool_next(c->spool, &row, err)) {
		/* The row lies in a window that moves on. */
		if (!batch_decode_row(arena_str(c->rows, row), c->types, ncols, values + (size_t)n * ncols)) {
			err_set(err, ERR_INTERNAL, "the spool of a result is damaged");
			return CURSOR_FAILED;
		}
		n++;
	}
	if (err->code)
		return CURSOR_FAILED;
	if (!n)
		return CURSOR_END;
	out->batch = batch_from_values(c->types, ncols, values, n, NULL, NULL, NULL, c->rows);
	out->kinds = NULL;
	return CURSOR_ROWS;
}

static bool damaged(Err *err)
{
	return err_set(err, ERR_INTERNAL, "a chunk of changes is damaged");
}

static CursorState next_followed(SessionCursor *c, uint32_t most, int64_t wait_ms, CursorRows *out, Err *err)
{
	uint32_t ncols = c->plan->root->ncols;
	if (!c->chunk_left) {
		mem_free((void *)(uintptr_t)c->chunk.ptr);
		c->chunk = (Str){0};
		bool ended = false;
		err->code = ERR_OK;
		if (!follow_next(c->follower, wait_ms, &c->chunk, &ended, err)) {
			c->chunk = (Str){0};
			return err->code ? CURSOR_FAILED : ended ? CURSOR_END : CURSOR_NONE_YET;
		}
		c->chunk_left = chunk_rows(c->chunk);
		if (!chunk_open(&c->reader, c->chunk, c->types, ncols)) {
			damaged(err);
			return CURSOR_FAILED;
		}
	}
	uint32_t n = c->chunk_left < most ? c->chunk_left : most;
	Value *values = ARENA_ARRAY(c->rows, Value, (size_t)n * ncols + 1);
	RowKind *kinds = ARENA_ARRAY(c->rows, RowKind, n);
	for (uint32_t i = 0; i < n; i++) {
		bool bad = false;
		if (!chunk_next(&c->reader, &kinds[i], values + (size_t)i * ncols, &bad)) {
			damaged(err);
			return CURSOR_FAILED;
		}
	}
	c->chunk_left -= n;
	out->batch = batch_from_values(c->types, ncols, values, n, NULL, NULL, NULL, c->rows);
	out->kinds = kinds;
	return CURSOR_ROWS;
}

CursorState session_cursor_next(SessionCursor *c, uint32_t most, int64_t wait_ms, CursorRows *out, Err *err)
{
	arena_reset(c->rows);
	if (atomic_load(&c->session->cancel)) {
		err_set(err, ERR_CANCELED, "canceled by the user");
		return CURSOR_FAILED;
	}
	if (!most || (!c->spool && !c->follower))
		return CURSOR_END;
	if (most > CURSOR_BATCH)
		most = CURSOR_BATCH;
	return c->follower ? next_followed(c, most, wait_ms, out, err) : next_stored(c, most, out, err);
}

bool session_cursor_run(Running *r, const AstNode *query, Err *err)
{
	SessionCursor *c;
	const Results *res = r->results;
	if (!session_cursor_open(r->s, query, r->text, r->param_types, r->params, r->nparams, res, &c, err))
		return false;
	uint64_t rows = 0;
	bool go =
	    r->s->opt.dry || !res->begin || res->begin(res->ctx, c->plan->root->cols, c->plan->root->ncols, c->plan->zone);
	bool ok = true;
	while (go) {
		CursorRows got;
		CursorState state = session_cursor_next(c, CURSOR_BATCH, 100, &got, err);
		if (state == CURSOR_NONE_YET) {
			go = !res->idle || res->idle(res->ctx);
			continue;
		}
		ok = state != CURSOR_FAILED;
		if (state != CURSOR_ROWS)
			break;
		rows += got.batch->n;
		go = !res->rows || res->rows(res->ctx, got.batch, got.kinds);
	}
	session_cursor_close(c);
	if (ok)
		session_end(r, "SELECT %llu", (unsigned long long)rows);
	return ok;
}
