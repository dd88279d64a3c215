/*
 * sql/bind/bind_over.c: f(...) OVER (...): calls are collected while the expressions of a SELECT are bound, as virtual
 * columns (BIND_OVER + i), and become PLAN_OVER nodes when the rows are known that they look at, behind GROUP BY:
 *
 *   SELECT k, SUM(x) OVER (PARTITION BY k ORDER BY t), RANK() OVER (ORDER BY x + 1)
 *
 *   Over(partition k, order t: SUM(x)) -> Over(order $4: RANK)      one node per window, on a projection that adds x +
 * 1
 *
 * The node of a ranking comes last, so that a filter on the rank finds it (bind_topn.c).
 */
#include "sql/bind/bind_int.h"

typedef struct OverItem {
	OverFn fn;
	GroupAgg agg;
	const Expr *arg, *fallback;
	int64_t number;
	bool ignore_nulls;
	const Type *type;
	ExprList partition, order;
	SortKey *keys; /* directions; columns are found when the node is made */
	bool rows;
	OverBound start, end;
	const Expr *ends[2]; /* RANGE: distances */
	Span span, order_span;
	bool built;
	uint32_t out; /* column of the result */
} OverItem;

struct Overs {
	const AstSelect *sel;
	OverItem **items;
	uint32_t len, cap;
};

void bind_over_allow(Scope *s, const AstSelect *sel)
{
	s->overs = ARENA_NEW(s->b->arena, Overs);
	s->overs->sel = sel;
}

/* ---- the window ---- */

/* What OVER means: the parts of the named windows that it builds on. */
typedef struct Spec {
	const AstList *partition, *order;
	const AstFrame *frame;
} Spec;

static bool resolve_spec(Scope *s, const Overs *o, const AstWindow *w, uint32_t depth, Spec *out, Err *err)
{
	Binder *b = s->b;
	if (w->base.text.ptr) {
		const AstWindow *base = NULL;
		for (uint32_t i = 0; i < o->sel->windows.len; i++) {
			const AstWindow *named = AST_CONST(AstWindow, o->sel->windows.items[i]);
			if (named == w || !str_eq_nocase(named->name.text, w->base.text))
				continue;
			if (base)
				return err_set_at(err, ERR_DUPLICATE_OBJECT, bind_spanned(b, named->name.span),
				                  "WINDOW declares \"%.*s\" twice", STR_ARG(named->name.text));
			base = named;
		}
		if (!base || depth > o->sel->windows.len) {
			err_set_at(err, ERR_NO_SUCH_TABLE, bind_spanned(b, w->base.span), "there is no window \"%.*s\"",
			           STR_ARG(w->base.text));
			return err_hint(err, "WINDOW %.*s AS (PARTITION BY ... ORDER BY ...) behind HAVING declares one.",
			                STR_ARG(w->base.text));
		}
		if (!resolve_spec(s, o, base, depth + 1, out, err))
			return false;
		if (w->partition_by.len || (w->order_by.len && out->order) || (out->frame && !w->bare)) {
			err_set_at(err, ERR_WINDOW_MISUSE, bind_spanned(b, w->base.span),
			           "the window \"%.*s\" cannot be changed, only completed", STR_ARG(w->base.text));
			return err_hint(err, "Add an ORDER BY or a frame that it does not have, or write the window out.");
		}
	}
	if (w->partition_by.len)
		out->partition = &w->partition_by;
	if (w->order_by.len)
		out->order = &w->order_by;
	if (w->frame)
		out->frame = w->frame;
	return true;
}

static bool bind_list(Scope *s, const AstList *list, const char *place, ExprList *out, Err *err)
{
	for (uint32_t i = 0; list && i < list->len; i++) {
		const AstNode *n = list->items[i];
		s->place = place;
		const Expr *e = bind_expr(s, n->kind == AST_SORT_ITEM ? AST_CONST(AstSortItem, n)->expr : n, err);
		if (!e)
			return false;
		e = bind_fold(s->b, bind_param_settle(s->b, e, NULL));
		ARENA_PUSH(s->b->arena, out, e);
	}
	return true;
}

static bool frame_rows(Scope *s, const AstNode *n, int64_t *out, Err *err)
{
	const Expr *e = bind_expr(s, n, err);
	if (!e)
		return false;
	e = bind_fold(s->b, e);
	if (e->kind == EXPR_CONST && type_is_integer(e->type) && !e->constant.null && e->constant.i >= 0) {
		*out = e->constant.i;
		return true;
	}
	err_set_at(err, ERR_WINDOW_MISUSE, bind_span(s->b, n),
	           "the bound of a ROWS frame must be a constant number of rows");
	return err_hint(err, "A distance of time needs RANGE: RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW.");
}

static bool frame_bound(Scope *s, OverItem *it, int end, AstFrameBound kind, const AstNode *value, Err *err)
{
	Binder *b = s->b;
	OverBound *out = end ? &it->end : &it->start;
	*out = (OverBound){.kind = (OverBoundKind)kind, .col = -1};
	if (!value)
		return true;
	s->place = "a frame";
	if (it->rows)
		return frame_rows(s, value, &out->number, err);
	Span span = bind_span(b, value);
	if (it->order.len != 1) {
		err_set_at(err, ERR_WINDOW_MISUSE, span, "RANGE with a distance needs ORDER BY of exactly one value");
		return err_hint(err, "ROWS counts rows, whatever their order.");
	}
	const Expr *e = bind_expr(s, value, err);
	if (!e)
		return false;
	e = bind_fold(b, e);
	const Type *key = it->order.items[0]->type;
	bool fits = type_is_numeric(key)
	                ? type_is_numeric(e->type)
	                : (type_is_timestamp(key) || key->kind == TYPE_DATE) &&
	                      (e->type->kind == TYPE_INTERVAL_SECONDS || e->type->kind == TYPE_INTERVAL_MONTHS);
	if (!fits || e->kind != EXPR_CONST || e->constant.null) {
		err_set_at(err, ERR_WINDOW_MISUSE, span, "a RANGE over %s cannot end at a distance of %s%s",
		           bind_type_text(b->arena, key), bind_type_text(b->arena, e->type),
		           fits ? " that is not constant" : "");
		return err_hint(err, "Times have an INTERVAL as distance, numbers a number: INTERVAL '10' MINUTE PRECEDING.");
	}
	bool negative = type_phys(e->type) == PHYS_I64   ? e->constant.i < 0
	                : type_phys(e->type) == PHYS_F64 ? !(e->constant.f >= 0)
	                                                 : e->constant.d < 0;
	if (negative)
		return err_set_at(err, ERR_WINDOW_MISUSE, span, "the distance of a frame must not be negative");
	it->ends[end] = e;
	if (e->type->kind == TYPE_INTERVAL_SECONDS)
		out->number = e->constant.i;
	return true;
}

static bool bind_frame(Scope *s, OverItem *it, const AstFrame *f, Err *err)
{
	Binder *b = s->b;
	if (!f) {
		it->start = (OverBound){.kind = OVER_UNBOUNDED_PRECEDING, .col = -1};
		it->end = (OverBound){.kind = it->order.len ? OVER_CURRENT_ROW : OVER_UNBOUNDED_FOLLOWING, .col = -1};
		return true;
	}
	if (f->unit == AST_FRAME_GROUPS)
		return bind_unsupported(b, f->node.span, err, "a frame of GROUPS is");
	if (f->exclude != AST_EXCLUDE_UNSPECIFIED && f->exclude != AST_EXCLUDE_NO_OTHERS)
		return bind_unsupported(b, f->node.span, err, "EXCLUDE in a frame is");
	it->rows = f->unit == AST_FRAME_ROWS;
	AstFrameBound end = f->between ? f->end : AST_BOUND_CURRENT_ROW;
	if (f->start == AST_BOUND_UNBOUNDED_FOLLOWING || end == AST_BOUND_UNBOUNDED_PRECEDING || f->start > end) {
		err_set_at(err, ERR_WINDOW_MISUSE, bind_span(b, &f->node), "the frame ends before it begins");
		return err_hint(err, "For example ROWS BETWEEN 10 PRECEDING AND CURRENT ROW.");
	}
	return frame_bound(s, it, 0, f->start, f->start_value, err) &&
	       frame_bound(s, it, 1, end, f->between ? f->end_value : NULL, err);
}

static bool bind_spec(Scope *s, const Overs *o, const AstWindow *w, OverItem *it, Err *err)
{
	Binder *b = s->b;
	Spec spec = {0};
	if (!resolve_spec(s, o, w, 0, &spec, err))
		return false;
	if (!bind_list(s, spec.partition, "PARTITION BY", &it->partition, err) ||
	    !bind_list(s, spec.order, "ORDER BY of a window", &it->order, err))
		return false;
	it->keys = ARENA_ARRAY(b->arena, SortKey, it->order.len + 1);
	it->order_span = bind_span(b, spec.order ? spec.order->items[0] : &w->node);
	for (uint32_t i = 0; i < it->order.len; i++) {
		const Type *t = it->order.items[i]->type;
		it->keys[i] = bind_order_key(AST_CONST(AstSortItem, spec.order->items[i]), 0);
		if (!type_is_ordered(t)) {
			err_set_at(err, ERR_TYPE_MISMATCH, bind_span(b, spec.order->items[i]), "values of type %s have no order",
			           bind_type_text(b->arena, t));
			return err_hint(err, "Sort by a field of it, or by CAST(x AS STRING).");
		}
	}
	return bind_frame(s, it, spec.frame, err);
}

/* ---- the function ---- */

static const struct {
	const char *name;
	OverFn fn;
	const Type *type;
} rankings[] = {
    {"ROW_NUMBER", OVER_ROW_NUMBER, &type_bigint_nn},
    {"RANK", OVER_RANK, &type_bigint_nn},
    {"DENSE_RANK", OVER_DENSE_RANK, &type_bigint_nn},
    {"PERCENT_RANK", OVER_PERCENT_RANK, &type_double},
    {"CUME_DIST", OVER_CUME_DIST, &type_double},
    {"NTILE", OVER_NTILE, &type_bigint},
    {"LAG", OVER_LAG, NULL},
    {"LEAD", OVER_LEAD, NULL},
};

static bool constant_number(Scope *s, const AstNode *n, const char *what, int64_t least, int64_t *out, Err *err)
{
	const Expr *e = bind_expr(s, n, err);
	if (!e)
		return false;
	e = bind_fold(s->b, e);
	if (e->kind != EXPR_CONST || !type_is_integer(e->type) || e->constant.null || e->constant.i < least)
		return err_set_at(err, ERR_WINDOW_MISUSE, bind_span(s->b, n), "%s must be a constant number from %lld on", what,
		                  (long long)least);
	*out = e->constant.i;
	return true;
}

static bool bind_shift(Scope *s, const AstCall *c, OverItem *it, const char *name, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &c->node);
	it->number = 1;
	it->ignore_nulls = c->nulls == AST_NULLS_IGNORE;
	if (c->args.len < 1 || c->args.len > 3)
		return err_set_at(err, ERR_TYPE_MISMATCH, span, "%s takes a value, a number of rows and a default", name);
	if (!(it->arg = bind_expr(s, c->args.items[0], err)))
		return false;
	it->arg = bind_param_settle(b, it->arg, NULL);
	if (it->arg->type->kind == TYPE_NULL)
		it->arg = bind_cast_to(b, it->arg, &type_int, span, err);
	if (c->args.len > 1 && !constant_number(s, c->args.items[1], "the number of rows", 0, &it->number, err))
		return false;
	it->type = type_with_null(b->arena, it->arg->type, true);
	if (c->args.len < 3)
		return true;
	if (!(it->fallback = bind_expr(s, c->args.items[2], err)))
		return false;
	it->fallback = bind_param_settle(b, it->fallback, it->arg->type);
	const Type *common = type_common(b->arena, it->arg->type, it->fallback->type);
	if (!common) {
		err_set_at(err, ERR_TYPE_MISMATCH, bind_span(b, c->args.items[2]), "the default is %s, the value %s",
		           bind_type_text(b->arena, it->fallback->type), bind_type_text(b->arena, it->arg->type));
		return false;
	}
	it->type = type_with_null(b->arena, common, true);
	return (it->arg = bind_cast_to(b, it->arg, common, span, err)) &&
	       (it->fallback = bind_cast_to(b, it->fallback, common, span, err));
}

static bool bind_fn(Scope *s, const AstCall *c, OverItem *it, Err *err)
{
	Binder *b = s->b;
	Str name = c->name.items[c->name.len - 1].text;
	Span span = bind_span(b, &c->node);
	s->place = "the arguments of a function with OVER";
	for (size_t i = 0; i < sizeof rankings / sizeof rankings[0]; i++) {
		if (!str_eq_nocase(name, str_from(rankings[i].name)))
			continue;
		it->fn = rankings[i].fn;
		it->type = rankings[i].type;
		if (c->distinct || c->filter || c->star || c->order_by.len)
			return err_set_at(err, ERR_AGGREGATE_MISUSE, span,
			                  "DISTINCT, FILTER and * are for aggregates, and %s is none", rankings[i].name);
		if (it->fn == OVER_LAG || it->fn == OVER_LEAD)
			return bind_shift(s, c, it, rankings[i].name, err);
		if (it->fn == OVER_NTILE)
			return c->args.len == 1 ? constant_number(s, c->args.items[0], "the number of tiles", 1, &it->number, err)
			                        : err_set_at(err, ERR_TYPE_MISMATCH, span, "NTILE takes a number of tiles");
		return c->args.len == 0 || err_set_at(err, ERR_TYPE_MISMATCH, span, "%s takes no argument", rankings[i].name);
	}
	if (!c->star && !aggregate_find(name)) {
		err_set_at(err, ERR_NO_SUCH_FUNCTION, span, "%.*s is no function that takes OVER", STR_ARG(name));
		return err_hint(err,
		                "Aggregates do, and ROW_NUMBER, RANK, DENSE_RANK, PERCENT_RANK, CUME_DIST, NTILE, LAG, LEAD.");
	}
	if (c->star && !str_eq_nocase(name, STR("COUNT")))
		return err_set_at(err, ERR_AGGREGATE_MISUSE, span, "%.*s(*): only COUNT takes *", STR_ARG(name));
	if (c->order_by.len || c->within_group.len)
		return bind_unsupported(b, c->node.span, err, "ORDER BY within an aggregate with OVER is");
	it->fn = OVER_AGG;
	if (!bind_agg_resolve(s, c, name, &it->agg, err))
		return false;
	it->type = it->agg.call.type;
	return true;
}

const Expr *bind_over_call(Scope *s, const AstCall *c, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &c->node);
	Overs *o = s->overs;
	if (!o) {
		err_set_at(err, ERR_AGGREGATE_MISUSE, span, "no function with OVER may stand in %s", s->place);
		err_hint(err, "It may stand in the select list, ORDER BY and QUALIFY; a subquery computes it for all else.");
		return NULL;
	}
	OverItem *it = ARENA_NEW(b->arena, OverItem);
	it->span = span;
	const char *place = s->place;
	s->overs = NULL;
	bool ok = bind_fn(s, c, it, err) && bind_spec(s, o, c->over, it, err);
	s->overs = o;
	s->place = place;
	if (!ok)
		return NULL;
	Expr *e = arena_copy(b->arena, expr_column(b->arena, it->type, BIND_OVER + o->len), sizeof(Expr));
	e->span = span;
	ARENA_PUSH(b->arena, o, it);
	return e;
}

/* ---- the nodes ---- */

/* The input's columns, and behind them what is computed for the windows. */
typedef struct Inputs {
	Scope *s;
	ExprList list;
	Err *err;
	bool failed;
} Inputs;

static uint32_t need(Inputs *in, const Expr *e)
{
	uint32_t col;
	if (e && in->s->group)
		e = bind_agg_map(in->s, e, in->err);
	if (!e) {
		in->failed = true;
		return 0;
	}
	if (bind_plan_is_column(e, &col))
		return col;
	for (uint32_t i = 0; i < in->list.len; i++)
		if (expr_equal(in->list.items[i], e))
			return i;
	ARENA_PUSH(in->s->b->arena, &in->list, e);
	return in->list.len - 1;
}

/* The order key's value at a distance, for frames of RANGE. */
static int32_t bound_column(Inputs *in, const OverItem *it, int end)
{
	Binder *b = in->s->b;
	if (!it->ends[end])
		return -1;
	OverBoundKind kind = end ? it->end.kind : it->start.kind;
	bool back = (kind == OVER_PRECEDING) != it->keys[0].desc;
	const Expr *key = it->order.items[0];
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 2);
	args[0] = key;
	args[1] = it->ends[end];
	const Expr *e = bind_call_fn(b, back ? "-" : "+", args, 2, it->span, in->err);
	if (e)
		e = bind_cast_to(b, e, key->type, it->span, in->err);
	return (int32_t)need(in, e);
}

static bool same_list(const ExprList *a, const ExprList *b)
{
	bool same = a->len == b->len;
	for (uint32_t i = 0; same && i < a->len; i++)
		same = expr_equal(a->items[i], b->items[i]);
	return same;
}

static bool same_bound(const OverItem *a, const OverItem *b, int end)
{
	const OverBound *x = end ? &a->end : &a->start, *y = end ? &b->end : &b->start;
	return x->kind == y->kind && x->number == y->number && !a->ends[end] == !b->ends[end] &&
	       (!a->ends[end] || expr_equal(a->ends[end], b->ends[end]));
}

static bool same_window(const OverItem *a, const OverItem *b)
{
	if (!same_list(&a->partition, &b->partition) || !same_list(&a->order, &b->order))
		return false;
	for (uint32_t i = 0; i < a->order.len; i++)
		if (a->keys[i].desc != b->keys[i].desc || a->keys[i].nulls_first != b->keys[i].nulls_first)
			return false;
	bool framed = a->fn == OVER_AGG && b->fn == OVER_AGG;
	return !framed || (a->rows == b->rows && same_bound(a, b, 0) && same_bound(a, b, 1));
}

static Str call_text(Binder *b, const OverItem *it, const PlanOverCall *c, const Plan *in)
{
	StrBuf text;
	strbuf_init(&text);
	const char *name = it->fn == OVER_AGG ? it->agg.call.agg->name : "";
	for (size_t i = 0; i < sizeof rankings / sizeof rankings[0] && it->fn != OVER_AGG; i++)
		if (rankings[i].fn == it->fn)
			name = rankings[i].name;
	strbuf_printf(&text, "%s(", name);
	if (it->fn == OVER_AGG) {
		strbuf_puts(&text, c->agg.call.distinct ? "DISTINCT " : c->agg.call.nargs ? "" : "*");
		for (uint32_t k = 0; k < c->agg.call.nargs; k++)
			strbuf_printf(&text, "%s%.*s", k ? ", " : "", STR_ARG(in->cols[c->agg.args[k]].name));
	} else if (it->fn == OVER_LAG || it->fn == OVER_LEAD) {
		strbuf_printf(&text, "%.*s, %lld", STR_ARG(in->cols[c->arg].name), (long long)it->number);
	} else if (it->fn == OVER_NTILE) {
		strbuf_printf(&text, "%lld", (long long)it->number);
	}
	strbuf_putc(&text, ')');
	if (c->agg.filter >= 0 && it->fn == OVER_AGG)
		strbuf_printf(&text, " FILTER (WHERE %.*s)", STR_ARG(in->cols[c->agg.filter].name));
	Str s = arena_str(b->arena, strbuf_str(&text));
	strbuf_deinit(&text);
	return s;
}

static PlanOverCall make_call(Inputs *in, const OverItem *it)
{
	Binder *b = in->s->b;
	PlanOverCall c = {.fn = it->fn,
	                  .number = it->number,
	                  .ignore_nulls = it->ignore_nulls,
	                  .type = it->type,
	                  .fallback = -1,
	                  .agg = {.filter = -1}};
	if (it->fn == OVER_AGG) {
		c.agg.call = it->agg.call;
		c.agg.args = ARENA_ARRAY(b->arena, uint32_t, it->agg.call.nargs + 1);
		for (uint32_t k = 0; k < it->agg.call.nargs; k++)
			c.agg.args[k] = need(in, it->agg.args[k]);
		c.agg.filter = it->agg.filter ? (int32_t)need(in, it->agg.filter) : -1;
	}
	if (it->arg)
		c.arg = need(in, it->arg);
	if (it->fallback)
		c.fallback = (int32_t)need(in, it->fallback);
	return c;
}

/* All calls of one window; columns are numbers of the input list. */
typedef struct Node {
	PlanOver over;
	OverItem **items;
	Span span;
	bool ranks; /* a filter may make Top-N of it */
} Node;

static void collect_node(Inputs *in, Overs *o, OverItem *first, Node *out)
{
	Binder *b = in->s->b;
	PlanOver *v = &out->over;
	out->items = ARENA_ARRAY(b->arena, OverItem *, o->len);
	v->calls = ARENA_ARRAY_ZERO(b->arena, PlanOverCall, o->len);
	OverItem *lead = first; /* whose frame counts */
	for (uint32_t i = 0; i < o->len && lead->fn != OVER_AGG; i++)
		if (!o->items[i]->built && o->items[i]->fn == OVER_AGG && same_window(first, o->items[i]))
			lead = o->items[i];
	for (uint32_t i = 0; i < o->len; i++) {
		OverItem *it = o->items[i];
		if (it->built || !same_window(first, it) || !same_window(lead, it))
			continue;
		it->built = true;
		out->items[v->ncalls] = it;
		v->calls[v->ncalls++] = make_call(in, it);
	}
	v->npartition = first->partition.len;
	v->partition = ARENA_ARRAY(b->arena, uint32_t, v->npartition + 1);
	for (uint32_t i = 0; i < v->npartition; i++)
		v->partition[i] = need(in, first->partition.items[i]);
	v->norder = first->order.len;
	v->order = ARENA_ARRAY(b->arena, SortKey, v->norder + 1);
	for (uint32_t i = 0; i < v->norder; i++) {
		v->order[i] = first->keys[i];
		v->order[i].col = need(in, first->order.items[i]);
	}
	v->rows = lead->rows;
	v->start = lead->start;
	v->end = lead->end;
	v->start.col = bound_column(in, lead, 0);
	v->end.col = bound_column(in, lead, 1);
	out->span = first->span;
	out->ranks =
	    v->ncalls == 1 && (first->fn == OVER_ROW_NUMBER || first->fn == OVER_RANK || first->fn == OVER_DENSE_RANK);
}

/* Continuous: does the order follow a time attribute? */
static void find_time(const Binder *b, const Plan *in, PlanOver *v)
{
	v->time_col = -1;
	if (b->snapshot || !in->append_only || v->norder != 1 || v->order[0].desc)
		return;
	TimeAttr t = in->cols[v->order[0].col].time;
	if (t == TIME_NONE)
		return;
	v->time_col = (int32_t)v->order[0].col;
	v->proctime = t == TIME_PROCTIME;
	/* the distance is a number then */
	v->start.col = v->end.col = -1;
}

static Plan *make_node(Binder *b, Plan *in, Node *n)
{
	PlanOver *v = &n->over;
	Plan *p = bind_plan_new(b, PLAN_OVER, n->span, in, NULL);
	p->span = n->span;
	p->cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, in->ncols + v->ncalls);
	memcpy(p->cols, in->cols, in->ncols * sizeof(PlanCol));
	p->ncols = in->ncols + v->ncalls;
	for (uint32_t i = 0; i < v->ncalls; i++) {
		v->calls[i].text = call_text(b, n->items[i], &v->calls[i], in);
		p->cols[in->ncols + i] =
		    (PlanCol){.name = arena_printf(b->arena, "$over%u", in->ncols + i), .type = v->calls[i].type};
		n->items[i]->out = in->ncols + i;
	}
	find_time(b, in, v);
	p->over = *v;
	return bind_plan_done(b, p);
}

bool bind_over_build(Scope *s, Err *err)
{
	Binder *b = s->b;
	Overs *o = s->overs;
	if (!o || o->len == 0)
		return true;
	Inputs in = {.s = s, .err = err};
	for (uint32_t i = 0; i < s->plan->ncols; i++) {
		const Expr *e = bind_plan_column(b, s->plan, i);
		ARENA_PUSH(b->arena, &in.list, e);
	}
	uint32_t ninput = s->plan->ncols, nnodes = 0;
	Node *nodes = ARENA_ARRAY_ZERO(b->arena, Node, o->len);
	for (uint32_t i = 0; i < o->len; i++)
		if (!o->items[i]->built)
			collect_node(&in, o, o->items[i], &nodes[nnodes++]);
	if (in.failed)
		return false;
	Plan *p = s->plan;
	if (in.list.len > ninput)
		p = bind_plan_project(b, p, in.list.items, NULL, in.list.len, nodes[0].span);
	for (int ranks = 0; ranks < 2; ranks++)
		for (uint32_t i = 0; i < nnodes; i++)
			if (nodes[i].ranks == (ranks == 1))
				p = make_node(b, p, &nodes[i]);
	s->plan = p;
	return true;
}

const Expr *bind_over_map(Scope *s, const Expr *e)
{
	const Overs *o = s->overs;
	if (!o || o->len == 0)
		return e;
	if (e->kind == EXPR_COLUMN && e->index >= BIND_OVER && e->index < BIND_RIGHT_COL)
		return expr_column(s->b->arena, e->type, o->items[e->index - BIND_OVER]->out);
	const Expr **args = ARENA_ARRAY(s->b->arena, const Expr *, e->nargs + 1);
	bool changed = false;
	for (uint32_t i = 0; i < e->nargs; i++) {
		uint32_t k = 0; /* an argument that appears twice (BETWEEN) stays one */
		while (k < i && e->args[k] != e->args[i])
			k++;
		args[i] = k < i ? args[k] : bind_over_map(s, e->args[i]);
		changed = changed || args[i] != e->args[i];
	}
	if (!changed)
		return e;
	Expr *copy = arena_copy(s->b->arena, e, sizeof *e);
	copy->args = args;
	return copy;
}

/* ---- what a continuous query cannot run ---- */

static bool fail_order(Binder *b, const Plan *p, Err *err)
{
	const PlanOver *v = &p->over;
	const Plan *in = p->inputs[0];
	bool ranks = v->ncalls == 1 && v->calls[0].fn >= OVER_ROW_NUMBER && v->calls[0].fn <= OVER_DENSE_RANK;
	if (v->norder == 0)
		err_set_at(err, ERR_WINDOW_MISUSE, p->span, "OVER needs an ORDER BY in a continuous query");
	else if (v->norder == 1 && in->cols[v->order[0].col].time != TIME_NONE)
		err_set_at(err, ERR_WINDOW_MISUSE, p->span, "OVER can only follow time forwards in a continuous query");
	else {
		err_set_at(err, ERR_WINDOW_MISUSE, p->span,
		           "OVER in a continuous query must be ordered by one time attribute, ascending, and \"%.*s\" is none",
		           STR_ARG(in->cols[v->order[0].col].name));
		if (type_is_timestamp(in->cols[v->order[0].col].type))
			bind_window_explain_lost(in, v->order[0].col, err);
	}
	(void)b;
	if (ranks)
		return err_hint(err,
		                "A bound on the rank makes Top-N of it, in any order: WHERE rn <= 10 around it, or QUALIFY.");
	return err_hint(
	    err, "Order by the WATERMARK column or by a column AS PROCTIME(); a SELECT over a view takes any order.");
}

static bool check_time_node(Binder *b, const Plan *p, Err *err)
{
	(void)b;
	const PlanOver *v = &p->over;
	if (v->start.kind > OVER_CURRENT_ROW || v->end.kind > OVER_CURRENT_ROW) {
		err_set_at(err, ERR_WINDOW_MISUSE, p->span, "a frame in a continuous query cannot hold rows that follow");
		return err_hint(err, "It may end at CURRENT ROW or n PRECEDING: ROWS BETWEEN 10 PRECEDING AND CURRENT ROW.");
	}
	for (uint32_t i = 0; i < v->ncalls; i++) {
		OverFn fn = v->calls[i].fn;
		if (fn == OVER_AGG || fn == OVER_ROW_NUMBER || (fn == OVER_LAG && !v->calls[i].ignore_nulls))
			continue;
		err_set_at(err, ERR_NOT_SUPPORTED, p->span, "%.*s OVER in a continuous query is not supported",
		           STR_ARG(v->calls[i].text));
		return err_hint(err, "Aggregates, ROW_NUMBER and LAG are; a SELECT over a view takes the others too.");
	}
	return true;
}

bool bind_over_check(Binder *b, const Plan *p, Err *err)
{
	uint32_t n = p->kind == PLAN_APPLY ? 1 : p->ninputs; /* the right is run as a snapshot */
	for (uint32_t i = 0; i < n; i++)
		if (!bind_over_check(b, p->inputs[i], err))
			return false;
	if (p->kind != PLAN_OVER)
		return true;
	if (p->over.time_col >= 0)
		return check_time_node(b, p, err);
	return !p->inputs[0]->append_only || fail_order(b, p, err);
}
