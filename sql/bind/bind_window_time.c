/*
 * sql/bind/bind_window_time.c: follows a column down the plan: where it stopped being a time attribute; and takes a
 * window function off a plan.
 */
#include "sql/bind/bind_int.h"

/* ---- where the time attribute was lost ---- */

static bool had_time(const Plan *p, const Expr *e)
{
	if (e->kind == EXPR_COLUMN)
		return e->index < p->ncols && p->cols[e->index].time != TIME_NONE;
	for (uint32_t i = 0; i < e->nargs; i++)
		if (had_time(p, e->args[i]))
			return true;
	return false;
}

static void print_over(const Plan *p, const Expr *e, StrBuf *out)
{
	Str *names = mem_alloc(p->ncols * sizeof(Str));
	for (uint32_t i = 0; i < p->ncols; i++)
		names[i] = p->cols[i].name;
	expr_print(e, names, out);
	mem_free(names);
}

static const char *trace(const Plan *p, uint32_t col, StrBuf *why);

static const char *lost_at_scan(const Plan *p, uint32_t col, StrBuf *why)
{
	const Relation *r = p->scan.rel;
	if (r->kind == REL_MVIEW && r->plan && r->plan->root && p->scan.cols[col] < r->plan->root->ncols)
		return trace(r->plan->root, p->scan.cols[col], why);
	strbuf_printf(why, "\"%.*s\" has no WATERMARK for \"%.*s\"", STR_ARG(r->name), STR_ARG(p->cols[col].name));
	return r->kind == REL_SOURCE
	           ? "Add WATERMARK FOR column AS column - INTERVAL '5' SECOND to the table, or a column AS PROCTIME()."
	           : "Only tables of connectors have a WATERMARK; a view keeps the time attribute of what it reads.";
}

/* Describes the step; returns the hint. */
static const char *trace(const Plan *p, uint32_t col, StrBuf *why)
{
	const Plan *in = p->ninputs ? p->inputs[0] : NULL;
	const Expr *e;
	switch (p->kind) {
	case PLAN_SCAN: return lost_at_scan(p, col, why);
	case PLAN_PROJECT:
		e = p->exprs[col];
		if (e->kind == EXPR_COLUMN)
			return trace(in, e->index, why);
		strbuf_puts(why, had_time(in, e) ? "it stopped being one in the expression "
		                                 : "it is the result of the expression ");
		print_over(in, e, why);
		return "Pass the time column on as it is, or compute it in the CREATE TABLE and put the WATERMARK on the "
		       "result.";
	case PLAN_WINDOW:
		if (col < in->ncols && in->cols[col].time == TIME_NONE)
			return trace(in, col, why);
		strbuf_puts(why, "behind a window function the time attribute is window_time");
		return "Use window_time, which is one.";
	case PLAN_WINDOW_AGG:
		if (col < p->agg.nkeys)
			strbuf_puts(why, "a key of GROUP BY is no time attribute");
		else
			strbuf_puts(why, "behind a window aggregation the time attribute is window_time");
		return "Select and group by window_time too, and use that.";
	case PLAN_AGG:
		strbuf_puts(why, "it stopped being one at GROUP BY without a window, whose results have no time of their own");
		return "Group by a window.";
	case PLAN_JOIN: strbuf_puts(why, "it stopped being one at a join without time bounds"); return NULL;
	case PLAN_TEMPORAL_JOIN:
		strbuf_puts(why, "behind a temporal join only the time after AS OF is one");
		return "Use that column.";
	case PLAN_INTERVAL_JOIN:
	case PLAN_WINDOW_JOIN:
		if (col < in->ncols && in->cols[col].time == TIME_NONE)
			return trace(in, col, why);
		if (col >= in->ncols && p->inputs[1]->cols[col - in->ncols].time == TIME_NONE)
			return trace(p->inputs[1], col - in->ncols, why);
		strbuf_puts(why, "it is NULL in rows of the other side that the join found no partner for");
		return "Use the time column of the side that the join keeps.";
	case PLAN_UNION:
		for (uint32_t i = 0; i < p->ninputs; i++)
			if (p->inputs[i]->cols[col].time == TIME_NONE)
				return trace(p->inputs[i], col, why);
		strbuf_puts(why, "the sides of UNION have different kinds of time");
		return NULL;
	case PLAN_VALUES: strbuf_puts(why, "VALUES have no time of their own"); return NULL;
	case PLAN_TOPN:
		strbuf_puts(why, "it stopped being one at a LIMIT or a bound on ROW_NUMBER, whose rows change");
		return "Use the window function below it.";
	default:
		if (in && col < in->ncols && in->cols[col].time == TIME_NONE)
			return trace(in, col, why);
		strbuf_printf(why, "it stopped being one at %s", plan_kind_name(p->kind));
		return NULL;
	}
}

void bind_window_explain_lost(const Plan *plan, uint32_t col, Err *err)
{
	StrBuf why;
	strbuf_init(&why);
	const char *hint = trace(plan, col, &why);
	err_detail(err, "%s", strbuf_cstr(&why));
	if (hint)
		err_hint(err, "%s", hint);
	strbuf_deinit(&why);
}

/* ---- taking the window function off ---- */

static bool strip_node(Binder *b, const Plan *p, WindowStrip *out);

static bool maps(const Expr *e, const uint32_t *map)
{
	if (e->kind == EXPR_COLUMN)
		return map[e->index] < STRIP_TIME;
	for (uint32_t i = 0; i < e->nargs; i++)
		if (!maps(e->args[i], map))
			return false;
	return true;
}

static bool strip_window(Binder *b, const Plan *p, WindowStrip *out)
{
	uint32_t n = p->inputs[0]->ncols;
	out->plan = (Plan *)p->inputs[0];
	out->spec = p->window.spec;
	out->time_col = p->window.time_col;
	out->keys = arena_copy(b->arena, p->window.keys, p->window.nkeys * sizeof *out->keys);
	out->nkeys = p->window.nkeys;
	out->map = ARENA_ARRAY(b->arena, uint32_t, n + 3);
	for (uint32_t i = 0; i < n; i++)
		out->map[i] = i;
	out->map[n] = STRIP_START;
	out->map[n + 1] = STRIP_END;
	out->map[n + 2] = STRIP_TIME;
	return true;
}

/* Does e read no columns but those that sessions are kept apart by? */
static bool reads_keys_only(const Expr *e, const WindowStrip *strip)
{
	if (e->kind == EXPR_COLUMN) {
		for (uint32_t i = 0; i < strip->nkeys; i++)
			if (strip->keys[i] == strip->map[e->index])
				return true;
		return false;
	}
	for (uint32_t i = 0; i < e->nargs; i++)
		if (!reads_keys_only(e->args[i], strip))
			return false;
	return true;
}

static bool strip_filter(Binder *b, const Plan *p, WindowStrip *out)
{
	if (!strip_node(b, p->inputs[0], out) || !maps(p->predicate, out->map))
		return false;
	/* a row that is filtered above the function has made its session longer */
	if (out->spec.kind == WINDOW_SESSION && !reads_keys_only(p->predicate, out))
		return false;
	out->plan = bind_plan_filter(b, out->plan, expr_remap(b->arena, p->predicate, out->map), p->span);
	return true;
}

static bool strip_project(Binder *b, const Plan *p, WindowStrip *out)
{
	if (!strip_node(b, p->inputs[0], out))
		return false;
	uint32_t *map = ARENA_ARRAY(b->arena, uint32_t, p->ncols);
	const Expr **exprs = ARENA_ARRAY(b->arena, const Expr *, p->ncols + 1);
	Str *names = ARENA_ARRAY(b->arena, Str, p->ncols + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < p->ncols; i++) {
		const Expr *e = p->exprs[i];
		if (e->kind == EXPR_COLUMN && out->map[e->index] >= STRIP_TIME) {
			map[i] = out->map[e->index];
			continue;
		}
		if (!maps(e, out->map))
			return false;
		names[n] = p->cols[i].name;
		exprs[n] = expr_remap(b->arena, e, out->map);
		map[i] = n++;
	}
	uint32_t time = 0, col;
	while (time < n && !(bind_plan_is_column(exprs[time], &col) && col == out->time_col))
		time++;
	if (time == n) {
		names[n] = out->plan->cols[out->time_col].name;
		exprs[n++] = bind_plan_column(b, out->plan, out->time_col);
	}
	for (uint32_t k = 0; k < out->nkeys; k++) {
		uint32_t at = 0;
		while (at < n && !(bind_plan_is_column(exprs[at], &col) && col == out->keys[k]))
			at++;
		out->keys[k] = at < n ? at : UINT32_MAX;
	}
	out->plan = bind_plan_project(b, out->plan, exprs, names, n, p->span);
	out->time_col = time;
	out->map = map;
	return true;
}

static bool strip_node(Binder *b, const Plan *p, WindowStrip *out)
{
	switch (p->kind) {
	case PLAN_WINDOW: return strip_window(b, p, out);
	case PLAN_FILTER: return strip_filter(b, p, out);
	case PLAN_PROJECT: return strip_project(b, p, out);
	default: return false;
	}
}

bool bind_window_strip(Binder *b, const Plan *plan, WindowStrip *out)
{
	return strip_node(b, plan, out);
}
