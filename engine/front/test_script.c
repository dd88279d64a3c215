/*
 * engine/front/test_script.c: the statements of one test, in order.
 */
#include "engine/front/test_int.h"

#include <stdarg.h>
#include <stdio.h>

#include "engine/front/session_int.h"

void test_script_fail(World *w, Span span, const char *fmt, ...)
{
	ErrPlace p = err_place(w->text.ptr, w->text.len, span.begin);
	if (p.line <= w->included_lines)
		strbuf_printf(w->report, "  line %u of what is included: ", p.line);
	else
		strbuf_printf(w->report, "  line %u: ", p.line - w->included_lines + w->first_line - 1);
	va_list args;
	va_start(args, fmt);
	strbuf_vprintf(w->report, fmt, args);
	va_end(args);
	strbuf_putc(w->report, '\n');
	w->failed = true;
}

static void fail_with(World *w, Span span, const Err *err)
{
	test_script_fail(w, err->span.end ? err->span : span, "ERROR W%04d: %s%s%s%s%s", (int)err->code, err->message,
	                 err->detail[0] ? "; " : "", err->detail, err->hint[0] ? "; " : "", err->hint);
}

static Str last_name(const AstNames *path)
{
	return path->items[path->len - 1].text;
}

static uint32_t partition_of(const AstNode *n)
{
	int64_t v = 0;
	if (n && n->kind == AST_LITERAL)
		str_to_i64(AST_CONST(AstLiteral, n)->value, &v);
	return v < 0 || v > 1000 ? 0 : (uint32_t)v;
}

bool test_script_scan(World *w, Err *err)
{
	Arena *arena = arena_open("scan", 0);
	uint32_t at = 0;
	bool ok = true;
	struct {
		Str *items;
		size_t len, cap;
	} views = {0}, logs = {0};
	for (;;) {
		AstNode *n = NULL;
		uint32_t next = at;
		Err why = {0};
		if (!parser_statement(arena, w->text, at, NULL, &n, &next, &why) || !n) {
			if (!why.code || next <= at)
				break; /* a syntax error is met again when the script runs */
			at = next;
			continue;
		}
		at = next;
		if (n->kind == AST_PUSH) {
			const AstPush *p = AST_CONST(AstPush, n);
			TestTable *t = test_world_table(w, last_name(&p->path), true);
			t->changelog |= p->kind == AST_PUSH_DELETE;
			test_world_partition(w, t, partition_of(p->partition));
		} else if ((n->kind == AST_ADVANCE && !AST_CONST(AstAdvance, n)->clock) || n->kind == AST_IDLE) {
			const AstAdvance *a = AST_CONST(AstAdvance, n);
			test_world_partition(w, test_world_table(w, last_name(&a->path), true), partition_of(a->partition));
		} else if (n->kind == AST_CREATE_VIEW) {
			ARENA_PUSH(arena, &views, last_name(&AST_CONST(AstCreateView, n)->path));
		} else if (n->kind == AST_EXPECT && AST_CONST(AstExpect, n)->what == AST_EXPECT_CHANGELOG) {
			w->pins_changelog = true;
			ARENA_PUSH(arena, &logs, last_name(&AST_CONST(AstExpect, n)->path));
		}
	}
	(void)err;
	for (size_t i = 0; i < logs.len; i++)
		for (size_t k = 0; k < views.len; k++)
			if (str_eq_nocase(logs.items[i], views.items[k])) {
				w->view_changelog = true;
				TestFollow *f = ARENA_NEW(w->arena, TestFollow);
				f->name = arena_str(w->arena, views.items[k]);
				f->next = w->follows;
				w->follows = f;
			}
	arena_close(arena);
	return ok;
}

bool test_script_open(World *w, Err *err)
{
	test_world_use(w);
	EngineOptions eo = {
	    .state_path = w->state,
	    .clock = &w->clock,
	    /* what SET said of the engine holds after a restart too: a script reads on as if there had been none */
	    .settings = w->session ? w->session->settings : w->settings,
	    .manual = true,
	    .test_source = &test_world_source,
	    .test_sink = &test_world_sink,
	    .test_ctx = w,
	    .test_is_stream = test_world_is_stream,
	    .sink_accepts = test_world_sink_accepts,
	    .source_facts = test_world_source_facts,
	};
	if (!engine_open(&eo, &w->engine, err)) {
		w->engine = NULL;
		return false;
	}
	if (!w->session) {
		SessionOptions so = {.engine = w->engine, .settings = w->settings, .user = "weir"};
		w->session = session_open(&so);
	} else {
		w->session->opt.engine = w->engine;
		w->session->epoch = 0;
	}
	return true;
}

static bool run_steps(World *w, Err *err)
{
	for (int i = 0; i < 1000000; i++) {
		StepResult r;
		if (!engine_step(w->engine, &r, err))
			return false;
		if (!r.rows && !r.more)
			return true;
	}
	return err_set(err, ERR_INTERNAL, "the steps do not come to an end");
}

static void note_landed(World *w)
{
	uint64_t landed = store_landed_epoch(engine_store(w->engine));
	if (landed != w->landed)
		w->steps.len = 0;
	w->landed = landed;
}

static bool commit(World *w, Err *err)
{
	bool ok = engine_checkpoint(w->engine, err);
	w->steps.len = 0;
	w->landed = store_landed_epoch(engine_store(w->engine));
	return ok;
}

/* Kills the engine, opens it again, and plays what was not committed once more with the clock readings of the first
 * time. The sources end where they ended: one that ended before the rows of another would let the watermark pass. */
static bool crash(World *w, Err *err)
{
	engine_crash(w->engine);
	int64_t clock = w->clock.now_us, visible = w->visible;
	bool finished = w->finished;
	uint32_t n = w->steps.len;
	if (n)
		w->finished = w->steps.items[0].finished;
	if (!test_script_open(w, err))
		return false;
	w->steps.len = 0;
	for (uint32_t i = 0; i < n; i++) {
		w->clock.now_us = w->steps.items[i].clock_us;
		w->visible = w->steps.items[i].visible;
		w->finished = w->steps.items[i].finished;
		if (!run_steps(w, err))
			return false;
	}
	w->steps.len = n;
	w->clock.now_us = clock;
	w->visible = visible;
	w->finished = finished;
	return true;
}

static bool take_step(World *w, Err *err)
{
	w->visible = w->seq;
	TestStep st = {w->clock.now_us, w->visible, w->finished};
	ARENA_PUSH(w->arena, &w->steps, st);
	if (!run_steps(w, err))
		return false;
	/* A query that failed is to be seen, not started again. */
	if (w->restart == TEST_NO_RESTART || engine_first_failure(w->engine, &(Err){0}))
		return true;
	if (w->restart == TEST_COMMIT_CRASH && !commit(w, err))
		return false;
	return crash(w, err);
}

static bool query_failure(World *w, Err *err)
{
	return engine_first_failure(w->engine, err);
}

/* ---- PUSH, ADVANCE, IDLE ---- */

static const Relation *relation_of(World *w, const AstNames *path, Catalog **catalog, Err *err)
{
	*catalog = engine_catalog(w->engine);
	Str name = last_name(path);
	return catalog_relation(*catalog, &name, 1, path->items[0].span, err);
}

static bool push_rows(World *w, const AstPush *p, const Relation *rel, Err *err)
{
	const TableDef *t = rel->table;
	const Type **types = ARENA_ARRAY(w->arena, const Type *, t->ncols + 1);
	const Type **given = ARENA_ARRAY(w->arena, const Type *, t->ncols + 1);
	uint32_t *slot = ARENA_ARRAY(w->arena, uint32_t, t->ncols + 1);
	Str *names = ARENA_ARRAY(w->arena, Str, t->ncols + 1);
	uint32_t ncols = 0, ngiven = 0;
	for (uint32_t i = 0; i < t->ncols; i++)
		if (t->cols[i].kind == COLUMN_PHYSICAL) {
			names[ncols] = t->cols[i].name;
			types[ncols++] = t->cols[i].type;
		}
	if (!p->columns.len) {
		for (uint32_t i = 0; i < ncols; i++) {
			given[i] = types[i];
			slot[i] = i;
		}
		ngiven = ncols;
	}
	for (uint32_t i = 0; i < p->columns.len; i++) {
		uint32_t k = 0;
		while (k < ncols && !str_eq(names[k], p->columns.items[i].text))
			k++;
		if (k == ncols)
			return err_set_at(err, ERR_NO_SUCH_COLUMN, p->columns.items[i].span, "unknown column \"%.*s\"",
			                  STR_ARG(p->columns.items[i].text));
		given[ngiven] = types[k];
		slot[ngiven++] = k;
	}
	BindContext bc;
	Catalog *c = engine_catalog(w->engine);
	session_bind_context(w->session, c, w->arena, w->text, NULL, &bc);
	bool ok = true;
	TestTable *table = test_world_table(w, rel->name, true);
	for (uint32_t r = 0; ok && r < p->rows.len; r++) {
		Value *row = ARENA_ARRAY(w->arena, Value, ncols + 1), *in = ARENA_ARRAY(w->arena, Value, ngiven + 1);
		for (uint32_t i = 0; i < ncols; i++)
			row[i] = VALUE_NULL;
		ok = bind_const_row(&bc, p->rows.items[r], given, ngiven, in, err);
		for (uint32_t i = 0; ok && i < ngiven; i++)
			row[slot[i]] = value_copy(w->arena, given[i], in[i]);
		if (ok)
			test_world_add(
			    w, table, partition_of(p->partition),
			    (TestItem){
			        .kind = TEST_ITEM_ROW, .row = row, .ncols = ncols, .weight = p->kind == AST_PUSH_DELETE ? -1 : 1});
	}
	catalog_unref(c);
	return ok;
}

static bool do_push(World *w, const AstPush *p, Err *err)
{
	Catalog *c;
	const Relation *rel = relation_of(w, &p->path, &c, err);
	bool ok = rel != NULL;
	if (ok && rel->kind != REL_SOURCE)
		ok = err_set_at(err, ERR_WRONG_OBJECT, p->node.span, "PUSH wants a table that is read, not a view");
	if (ok && p->kind == AST_PUSH_BYTES && !options_has(&rel->table->options, "format") &&
	    !options_has(&rel->table->options, "value.format")) {
		err_set_at(err, ERR_MISSING_OPTION, p->node.span, "\"%.*s\" has no format that could read bytes",
		           STR_ARG(rel->name));
		ok = err_hint(err, "Give it one: WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json').");
	}
	if (ok && p->kind != AST_PUSH_BYTES)
		ok = push_rows(w, p, rel, err);
	else if (ok)
		for (uint32_t i = 0; i < p->rows.len; i++)
			test_world_add(w, test_world_table(w, rel->name, true), partition_of(p->partition),
			               (TestItem){.kind = TEST_ITEM_BYTES,
			                          .bytes = arena_str(w->arena, AST_CONST(AstLiteral, p->rows.items[i])->value),
			                          .weight = 1});
	catalog_unref(c);
	return ok;
}

static bool const_value(World *w, const AstNode *n, const Type *want, Value *v, Err *err)
{
	BindContext bc;
	Catalog *c = engine_catalog(w->engine);
	session_bind_context(w->session, c, w->arena, w->text, NULL, &bc);
	const Type *type;
	bool ok = bind_const(&bc, n, want, &type, v, err);
	catalog_unref(c);
	return ok;
}

static bool do_advance(World *w, const AstAdvance *a, bool idle, Err *err)
{
	Value v;
	if (!idle && a->clock) {
		if (!const_value(w, a->value, a->by ? &type_interval_seconds : &type_ltz6, &v, err))
			return false;
		w->clock.now_us = a->by ? w->clock.now_us + v.i : v.i;
		/* clock readings happen between steps */
		return run_steps(w, err);
	}
	TestTable *t = test_world_table(w, last_name(&a->path), true);
	TestItem item = {.kind = idle ? TEST_ITEM_IDLE : TEST_ITEM_ADVANCE};
	if (!idle) {
		if (!const_value(w, a->value, &type_timestamp6, &v, err))
			return false;
		item.ms = v.i / 1000 - (v.i % 1000 < 0);
	}
	if (a->partition) {
		test_world_add(w, t, partition_of(a->partition), item);
		return true;
	}
	for (uint32_t i = 0; i < t->nparts; i++)
		test_world_add(w, t, i, item);
	return true;
}

/* ---- statements ---- */

static bool start_follows(World *w, Err *err)
{
	for (TestFollow *f = w->follows; f; f = f->next) {
		if (f->follower)
			continue;
		Catalog *c = engine_catalog(w->engine);
		Err ignored = {0};
		const Relation *rel = catalog_relation(c, &f->name, 1, (Span){0, 0}, &ignored);
		bool ok = true;
		if (rel && rel->kind == REL_MVIEW) {
			f->arena = arena_open("follow", 0);
			Str text = arena_printf(f->arena, "SELECT * FROM `%.*s` EMIT CHANGES", STR_ARG(f->name));
			AstNode *n;
			uint32_t next;
			BindContext bc;
			session_bind_context(w->session, c, f->arena, text, NULL, &bc);
			f->settings = settings_copy(w->settings);
			ok = parser_statement(f->arena, text, 0, NULL, &n, &next, err) &&
			     bind_select(&bc, AST_CONST(AstStmtQuery, n)->query, true, &f->plan, err) &&
			     follow_open(w->engine, f->plan, f->settings, &f->follower, err);
		}
		catalog_unref(c);
		if (!ok)
			return false;
	}
	return true;
}

typedef struct Failure {
	Err err;
	bool failed;
} Failure;

static void keep_error(void *ctx, const Err *err, Str text)
{
	(void)text;
	Failure *f = ctx;
	f->err = *err;
	f->failed = true;
}

static bool run_statement(World *w, const AstNode *n, Err *err)
{
	switch (n->kind) {
	case AST_PUSH: return do_push(w, AST_CONST(AstPush, n), err);
	case AST_ADVANCE:
	case AST_IDLE: return do_advance(w, AST_CONST(AstAdvance, n), n->kind == AST_IDLE, err);
	case AST_TEST_ACTION:
		switch (AST_CONST(AstTestAction, n)->action) {
		case AST_TEST_STEP: return take_step(w, err) && !query_failure(w, err);
		case AST_TEST_CHECKPOINT: return commit(w, err) && !query_failure(w, err);
		case AST_TEST_CRASH: return crash(w, err) && !query_failure(w, err);
		case AST_TEST_FINISH: w->finished = true; return take_step(w, err) && !query_failure(w, err);
		}
		return false;
	default: {
		Failure f = {0};
		Results results = {.ctx = &f, .error = keep_error};
		bool ok = session_statement(w->session, n, w->text, NULL, NULL, 0, &results, err);
		note_landed(w);
		return ok && run_steps(w, err) && start_follows(w, err);
	}
	}
}

/* The pieces between the % in their order, anywhere in the text; _ is a letter like others. */
bool test_script_like(Str pattern, Str text)
{
	uint32_t at = 0;
	while (pattern.len) {
		int64_t end = str_find(pattern, STR("%"), 0);
		Str piece = end < 0 ? pattern : str_slice(pattern, 0, (uint32_t)end);
		int64_t found = str_find(text, piece, at);
		if (found < 0)
			return false;
		at = (uint32_t)found + piece.len;
		pattern = end < 0 ? (Str){0} : str_slice(pattern, (uint32_t)end + 1, pattern.len);
	}
	return true;
}

static void check_wanted(World *w, const AstNode *n, bool ok, const Err *err)
{
	w->want_error = false;
	w->checks++;
	if (ok) {
		test_script_fail(w, n->span, "expected error W%04d, but the statement succeeded", (int)w->want_code);
	} else if (err->code != w->want_code) {
		test_script_fail(w, n->span, "expected error W%04d, but got W%04d: %s", (int)w->want_code, (int)err->code,
		                 err->message);
	} else if (w->want_like.ptr) {
		StrBuf all;
		strbuf_init(&all);
		strbuf_printf(&all, "%s %s %s", err->message, err->detail, err->hint);
		if (!test_script_like(w->want_like, strbuf_str(&all)))
			test_script_fail(w, n->span, "expected an error like '%.*s', but got: %s", STR_ARG(w->want_like),
			                 strbuf_cstr(&all));
		strbuf_deinit(&all);
	}
}

static bool prepare_expect(World *w, const AstExpect *x, Err *err)
{
	if (x->what == AST_EXPECT_ERROR) {
		w->want_error = true;
		if (!err_code_find(arena_cstr(w->arena, x->code->value), &w->want_code))
			return err_set_at(err, ERR_NO_SUCH_OBJECT, x->code->node.span, "no error has the code \"%.*s\"",
			                  STR_ARG(x->code->value));
		w->want_like = x->like ? arena_str(w->arena, x->like->value) : (Str){0};
		return true;
	}
	return commit(w, err);
}

bool test_script_run(World *w)
{
	Err err = {0};
	if (!test_script_open(w, &err)) {
		fail_with(w, (Span){0, 0}, &err);
		return false;
	}
	uint32_t at = 0;
	while (!w->failed) {
		AstNode *n = NULL;
		uint32_t next = at;
		Arena *arena = w->arena;
		err_clear(&err);
		/* what is included is a query file: ${} is replaced */
		w->session->opt.from_file = at < w->included;
		ParserOptions po = {.expand = at < w->included ? &expand_environment : NULL};
		bool parsed = parser_statement(arena, w->text, at, &po, &n, &next, &err);
		if (parsed && !n)
			break;
		AstNode place = {.span = err.span};
		if (!parsed)
			n = NULL;
		at = next;
		if (parsed && n->kind == AST_EXPECT) {
			const AstExpect *x = AST_CONST(AstExpect, n);
			if (!prepare_expect(w, x, &err))
				fail_with(w, n->span, &err);
			else if (x->what != AST_EXPECT_ERROR) {
				w->checks++;
				test_expect(w, x);
			}
			continue;
		}
		bool ok = parsed && run_statement(w, n, &err);
		if (w->want_error)
			check_wanted(w, n ? n : &place, ok, &err);
		else if (!ok)
			fail_with(w, n ? n->span : place.span, &err);
	}
	for (TestFollow *f = w->follows; f; f = f->next)
		if (f->follower) {
			follow_close(f->follower);
			settings_free(f->settings);
			arena_close(f->arena);
		}
	session_close(w->session);
	w->session = NULL;
	if (w->engine)
		engine_crash(w->engine);
	return !w->failed;
}
