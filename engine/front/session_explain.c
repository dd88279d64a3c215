/*
 * engine/front/session_explain.c: EXPLAIN.
 */
#include "engine/front/session_int.h"

#include "base/clock.h"
#include "base/config.h"
#include "engine/batch/batch.h"
#include "engine/runtime/report.h"
#include "sql/plan/explain.h"
#include "sql/types/zone.h"

enum { ANALYZE_PAUSE_US = 500000 }; /* rates are of this long */

bool session_explain_lines(Running *r, const char *name, Str text, const char *tag)
{
	struct {
		Str *items;
		size_t len, cap;
	} lines = {0};
	Str rest = text, line;
	while (str_next(&rest, '\n', &line))
		if (line.len || rest.ptr)
			ARENA_PUSH(r->arena, &lines, arena_str(r->arena, line));
	const char *names[] = {name};
	return session_text_result(r, names, 1, lines.items, (uint32_t)lines.len, tag);
}

/* A SELECT over a table without an end is no snapshot; its plan is that of one that follows. */
static bool plan_of_query(BindContext *bc, const AstNode *q, PlanQuery **plan, Err *err)
{
	if (AST_CONST(AstQuery, q)->emit != AST_EMIT_UNSPECIFIED)
		return bind_select(bc, q, true, plan, err);
	if (bind_select(bc, q, false, plan, err))
		return true;
	if (err->code != ERR_UNBOUNDED_SELECT)
		return false;
	*err = (Err){0};
	if (!bind_select(bc, q, true, plan, err))
		return false;
	strbuf_puts(bc->notices,
	            "a SELECT reads to the end, and there is none: this is the plan of a view or of EMIT CHANGES\n");
	return true;
}

static bool plan_of(Running *r, BindContext *bc, const AstNode *target, PlanQuery **plan, Err *err)
{
	const Relation *rel;
	bool continuous;
	switch (target->kind) {
	case AST_STMT_QUERY: return plan_of_query(bc, AST_CONST(AstStmtQuery, target)->query, plan, err);
	case AST_INSERT: return bind_insert(bc, target, plan, &rel, &continuous, err);
	case AST_CREATE_VIEW:
		if (AST_CONST(AstCreateView, target)->materialized) {
			Relation *out = ARENA_NEW(r->arena, Relation);
			if (!bind_create_mview(bc, target, out, err))
				return false;
			*plan = (PlanQuery *)(uintptr_t)out->plan;
			return true;
		}
		return bind_select(bc, AST_CONST(AstCreateView, target)->query, true, plan, err);
	case AST_UPDATE: return bind_update(bc, target, plan, &rel, err);
	case AST_DELETE: return bind_delete(bc, target, plan, &rel, err);
	default: return err_set_at(err, ERR_NOT_SUPPORTED, target->span, "EXPLAIN of this statement is not supported yet");
	}
}

/* ---- EXPLAIN ANALYZE: two reports, a moment apart ---- */

typedef struct Analyze {
	Report before, now;
	Str query;
} Analyze;

static const ReportOperator *find_operator(const Report *r, Str query, uint32_t id)
{
	for (uint32_t i = 0; i < r->noperators; i++)
		if (str_eq(r->operators[i].query, query) && r->operators[i].id == id)
			return &r->operators[i];
	return NULL;
}

static void put_rows(const Analyze *a, const char *what, uint64_t before, uint64_t now, StrBuf *out)
{
	double s = (double)(a->now.now_us - a->before.now_us) / 1e6;
	strbuf_printf(out, "%s %llu (%.0f/s)", what, (unsigned long long)now, s > 0 ? (double)(now - before) / s : 0);
}

static void put_count(const char *what, uint64_t n, StrBuf *out)
{
	if (n)
		strbuf_printf(out, ", %s %llu", what, (unsigned long long)n);
}

/* How far the partitions of the scanned table are behind. */
static void put_lag(const Analyze *a, const Plan *p, StrBuf *out)
{
	int64_t records = -1, us = 0;
	for (uint32_t i = 0; p->kind == PLAN_SCAN && i < a->now.nsources; i++) {
		const ReportSource *s = &a->now.sources[i];
		if (!str_eq(s->query, a->query) || !str_eq(s->table, p->scan.rel->name) || s->lag_records < 0)
			continue;
		records = (records < 0 ? 0 : records) + s->lag_records;
		us = s->lag_us > us ? s->lag_us : us;
	}
	if (records >= 0)
		strbuf_printf(out, ", lag %lld records, %lld ms", (long long)records, (long long)us / 1000);
}

static void put_figures(void *ctx, const Plan *p, StrBuf *out)
{
	const Analyze *a = ctx;
	const ReportOperator *was = find_operator(&a->before, a->query, p->id),
	                     *is = find_operator(&a->now, a->query, p->id);
	if (!was || !is)
		return;
	strbuf_puts(out, "; now: ");
	if (p->ninputs) {
		put_rows(a, "in", was->rows_in, is->rows_in, out);
		strbuf_puts(out, ", ");
	}
	put_rows(a, "out", was->rows_out, is->rows_out, out);
	put_count("filtered", is->filtered, out);
	put_count("late", is->late, out);
	put_count("duplicate", is->duplicate, out);
	put_count("expired", is->expired, out);
	put_lag(a, p, out);
	if (is->state_bytes) {
		strbuf_printf(out, ", state %lld rows ", (long long)is->state_rows);
		config_print_size(out, is->state_bytes);
	}
	if (is->watermark_ms != BATCH_NO_WATERMARK && is->watermark_ms != BATCH_END) {
		strbuf_puts(out, ", watermark ");
		value_print(&type_timestamp3, value_i64(is->watermark_ms * 1000), VALUE_SQL, zone_utc, out);
	}
	if (is->holds.len)
		strbuf_printf(out, ", holds %.*s", STR_ARG(is->holds));
}

static bool analyze(Running *r, Analyze *a, Err *err)
{
	if (!report_take(r->s->opt.engine, r->arena, &a->before, err))
		return false;
	clock_sleep_us(ANALYZE_PAUSE_US);
	return report_take(r->s->opt.engine, r->arena, &a->now, err);
}

/* ---- EXPLAIN ANALYZE SELECT: it is run, and its rows are counted ---- */

typedef struct Counted {
	SessionScans scans;
	uint64_t rows;
} Counted;

static bool count_rows(void *ctx, const Batch *b, bool *done, Err *err)
{
	(void)done, (void)err;
	((Counted *)ctx)->rows += b->n;
	return true;
}

static void put_scanned(void *ctx, const Plan *p, StrBuf *out)
{
	const Counted *c = ctx;
	uint64_t rows = 0;
	const SessionScan *last = NULL;
	for (uint32_t i = 0; i < c->scans.len; i++)
		if (c->scans.items[i].plan == p) {
			last = &c->scans.items[i];
			rows += last->rows;
		}
	if (!last)
		return;
	strbuf_printf(out, "; read %llu rows", (unsigned long long)rows);
	if (last->note.len)
		strbuf_printf(out, ", %.*s", STR_ARG(last->note));
}

static bool run_counted(Running *r, const PlanQuery *plan, Counted *c, StrBuf *notices, Err *err)
{
	*c = (Counted){0};
	r->s->scans = &c->scans;
	bool ok = session_select_run(r->s, r->arena, plan, r->params, count_rows, c, notices, err);
	r->s->scans = NULL;
	return ok;
}

static bool explain(Running *r, const AstExplain *node, Err *err)
{
	if (node->details & AST_EXPLAIN_JSON_PLAN) {
		err_set_at(err, ERR_NOT_SUPPORTED, node->node.span, "EXPLAIN JSON_EXECUTION_PLAN is not supported yet");
		return err_hint(err, "EXPLAIN prints the plan as text.");
	}
	if (node->analyze && node->target && node->target->kind != AST_STMT_QUERY) {
		err_set_at(err, ERR_NOT_SUPPORTED, node->node.span,
		           "EXPLAIN ANALYZE of a statement other than SELECT is not supported yet");
		return err_hint(
		    err, "EXPLAIN shows its plan; EXPLAIN ANALYZE with the name of a running query or view has figures.");
	}
	Catalog *c = engine_catalog(r->s->opt.engine);
	StrBuf notices, text;
	strbuf_init(&notices);
	strbuf_init(&text);
	BindContext bc;
	session_bind_context(r->s, c, r->arena, r->text, &notices, &bc);
	bool ok = true;
	PlanQuery *plan = NULL;
	Analyze figures = {0};
	Counted counted = {0};
	bool runs = false;
	if (node->target) {
		ok = plan_of(r, &bc, node->target, &plan, err);
	} else {
		Str name = node->path.items[node->path.len - 1].text;
		const Relation *rel = catalog_find(c, STR_EMPTY, name);
		const QueryDef *q = rel && rel->plan ? NULL : catalog_query(c, name, err);
		figures.query = rel && rel->plan ? rel->name : q ? q->name : STR_EMPTY;
		if (rel && rel->plan)
			plan = (PlanQuery *)(uintptr_t)rel->plan;
		else if (q)
			plan = (PlanQuery *)(uintptr_t)q->plan;
		ok = plan != NULL;
	}
	runs = ok && node->analyze && node->target && plan->snapshot && !r->s->opt.dry;
	if (ok && node->analyze && node->target && !plan->snapshot) {
		err_set_at(err, ERR_NOT_SUPPORTED, node->node.span,
		           "EXPLAIN ANALYZE of a query without an end is not supported yet");
		ok = err_hint(err, "Make a view of it; EXPLAIN ANALYZE with its name has figures.");
	} else if (runs) {
		ok = run_counted(r, plan, &counted, &notices, err);
	} else if (ok && node->analyze && !node->target) {
		ok = analyze(r, &figures, err);
	}
	if (ok) {
		ExplainOptions o = {.changes = !plan->snapshot || (node->details & AST_EXPLAIN_CHANGELOG_MODE),
		                    .state = !plan->snapshot,
		                    .extra = runs                             ? put_scanned
		                             : node->analyze && !node->target ? put_figures
		                                                              : NULL,
		                    .ctx = runs ? (void *)&counted : &figures};
		explain_print(plan, &o, &text);
		if (runs)
			strbuf_printf(&text, "rows: %llu\n", (unsigned long long)counted.rows);
		session_notices(r, &notices);
		ok = session_explain_lines(r, "plan", strbuf_str(&text), "EXPLAIN");
	}
	strbuf_deinit(&text);
	strbuf_deinit(&notices);
	catalog_unref(c);
	return ok;
}

bool session_explain(Running *r, Err *err)
{
	if (r->stmt->kind == AST_EXPLAIN)
		return explain(r, AST_CONST(AstExplain, r->stmt), err);
	return session_why(r, err);
}
