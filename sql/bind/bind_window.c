/*
 * sql/bind/bind_window.c: TUMBLE, HOP, CUMULATE and SESSION: as table functions in FROM, and as the old form in GROUP
 * BY.
 */
#include "sql/bind/bind_int.h"

#include "sql/types/zone.h"

typedef struct WindowFn {
	const char *name;
	WindowKind kind;
	/* parameters behind the time column, in order; those from `required` on may be left out */
	const char *params[4];
	uint32_t required;
} WindowFn;

static const WindowFn window_fns[] = {
    {"TUMBLE", WINDOW_TUMBLE, {"SIZE", "OFFSET"}, 1},
    {"HOP", WINDOW_HOP, {"SLIDE", "SIZE", "OFFSET"}, 2},
    {"CUMULATE", WINDOW_CUMULATE, {"STEP", "SIZE", "OFFSET", "EMITONLYONUPDATE"}, 2},
    {"SESSION", WINDOW_SESSION, {"GAP"}, 1},
};

static const WindowFn *window_fn(const AstCall *call)
{
	Str name = call->name.items[call->name.len - 1].text;
	for (size_t i = 0; call->name.len == 1 && i < sizeof window_fns / sizeof window_fns[0]; i++)
		if (str_eq_nocase(name, str_from(window_fns[i].name)))
			return &window_fns[i];
	return NULL;
}

bool bind_window_is_tvf(const AstCall *call)
{
	return window_fn(call) != NULL;
}

/* ---- sizes ---- */

bool bind_window_duration(Scope *s, const AstNode *node, const char *what, bool positive, int64_t *ms, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, node);
	const Expr *e = bind_expr(s, node, err);
	if (!e)
		return false;
	e = bind_fold(b, e);
	if (e->type->kind == TYPE_INTERVAL_MONTHS) {
		err_set_at(err, ERR_WINDOW_MISUSE, span, "%s in months or years is not supported: they differ in length", what);
		return err_hint(err, "Use days: INTERVAL '30' DAY.");
	}
	if (e->kind != EXPR_CONST || e->type->kind != TYPE_INTERVAL_SECONDS || e->constant.null) {
		err_set_at(err, ERR_WINDOW_MISUSE, span, "%s must be a constant interval, not %s", what,
		           bind_type_text(b->arena, e->type));
		return err_hint(err, "For example INTERVAL '10' MINUTE.");
	}
	if (e->constant.i % 1000 != 0)
		return err_set_at(err, ERR_WINDOW_MISUSE, span, "%s must be a whole number of milliseconds", what);
	*ms = e->constant.i / 1000;
	if (positive && *ms <= 0)
		return err_set_at(err, ERR_WINDOW_MISUSE, span, "%s must be greater than zero", what);
	return true;
}

static bool check_sizes(Binder *b, const WindowSpec *w, bool tvf, Span span, Err *err)
{
	if (w->kind == WINDOW_TUMBLE || w->kind == WINDOW_SESSION)
		return true;
	bool hop = w->kind == WINDOW_HOP;
	if (w->slide_ms > w->size_ms && (!hop || tvf)) {
		err_set_at(err, ERR_WINDOW_MISUSE, bind_spanned(b, span), "the %s is greater than the size",
		           hop ? "slide" : "step");
		return err_hint(err, "The order is %s(..., %s, size).", hop ? "HOP" : "CUMULATE", hop ? "slide" : "step");
	}
	if (w->size_ms % w->slide_ms != 0 && (!hop || tvf))
		return err_set_at(err, ERR_WINDOW_MISUSE, bind_spanned(b, span), "the size must be a multiple of the %s",
		                  hop ? "slide" : "step");
	return true;
}

static bool take_flag(Scope *s, const AstNode *node, bool *out, Err *err)
{
	const Expr *e = bind_expr(s, node, err);
	if (!e)
		return false;
	e = bind_fold(s->b, e);
	if (e->kind != EXPR_CONST || e->type->kind != TYPE_BOOLEAN || e->constant.null)
		return err_set_at(err, ERR_WINDOW_MISUSE, bind_span(s->b, node), "EMITONLYONUPDATE must be TRUE or FALSE");
	*out = e->constant.i != 0;
	return true;
}

/* Sizes given by position or name fill the spec. */
static bool fill_spec(Scope *s, const WindowFn *fn, const AstNode *const *values, bool tvf, Span span, WindowSpec *w,
                      Err *err)
{
	w->kind = fn->kind;
	for (uint32_t i = 0; i < 4 && fn->params[i]; i++) {
		Str name = str_from(fn->params[i]);
		if (!values[i]) {
			if (i >= fn->required)
				continue;
			err_set_at(err, ERR_WINDOW_MISUSE, bind_spanned(s->b, span), "%s needs its %s", fn->name, fn->params[i]);
			return false;
		}
		if (str_eq_c(name, "EMITONLYONUPDATE")) {
			if (!take_flag(s, values[i], &w->only_on_update, err))
				return false;
			continue;
		}
		int64_t *ms = str_eq_c(name, "OFFSET")                            ? &w->offset_ms
		              : str_eq_c(name, "SLIDE") || str_eq_c(name, "STEP") ? &w->slide_ms
		                                                                  : &w->size_ms;
		if (!bind_window_duration(
		        s, values[i],
		        arena_cstr(s->b->arena, arena_printf(s->b->arena, "the %s of %s", fn->params[i], fn->name)),
		        ms != &w->offset_ms, ms, err))
			return false;
	}
	if (fn->kind == WINDOW_TUMBLE)
		w->slide_ms = w->size_ms;
	return check_sizes(s->b, w, tvf, span, err);
}

/* ---- the time column ---- */

bool bind_window_time_ok(Binder *b, const Plan *plan, uint32_t col, Span span, Err *err)
{
	const PlanCol *c = &plan->cols[col];
	if (!type_is_timestamp(c->type)) {
		err_set_at(err, ERR_NO_TIME_ATTRIBUTE, span, "\"%.*s\" is %s, and a window needs a TIMESTAMP or TIMESTAMP_LTZ",
		           STR_ARG(c->name), bind_type_text(b->arena, c->type));
		return err_hint(
		    err, "Make a timestamp of it in a computed column, for example with TO_TIMESTAMP or TO_TIMESTAMP_LTZ.");
	}
	if (b->snapshot || c->time != TIME_NONE)
		return true;
	err_set_at(err, ERR_NO_TIME_ATTRIBUTE, span, "\"%.*s\" is not a time attribute", STR_ARG(c->name));
	bind_window_explain_lost(plan, col, err);
	return false;
}

static void set_time(Binder *b, const PlanCol *c, WindowSpec *w)
{
	w->ltz = c->type->kind == TYPE_TIMESTAMP_LTZ;
	w->proctime = c->time == TIME_PROCTIME && !b->snapshot;
	w->zone = w->ltz ? (b->bc->env.zone ? b->bc->env.zone : zone_utc) : NULL;
}

void bind_window_cols(Arena *arena, const WindowSpec *spec, const Type *time_type, PlanCol out[3])
{
	out[0] = (PlanCol){.name = STR("window_start"), .type = &type_timestamp3_nn};
	out[1] = (PlanCol){.name = STR("window_end"), .type = &type_timestamp3_nn};
	const Type *t = time_type->kind == TYPE_TIMESTAMP_LTZ ? &type_ltz3 : &type_timestamp3;
	out[2] = (PlanCol){.name = STR("window_time"),
	                   .type = type_with_null(arena, t, false),
	                   .time = spec->proctime ? TIME_PROCTIME : TIME_ROWTIME};
}

/* ---- in FROM ---- */

typedef struct TvfArgs {
	const AstTableArg *data;
	const AstDescriptor *time;
	const AstNode *values[4];
} TvfArgs;

static bool fail_form(Binder *b, const WindowFn *fn, Span span, Err *err)
{
	static const char *const forms[] = {
	    "TUMBLE(TABLE t, DESCRIPTOR(ts), size [, offset])",
	    "HOP(TABLE t, DESCRIPTOR(ts), slide, size [, offset])",
	    "CUMULATE(TABLE t, DESCRIPTOR(ts), step, size [, offset [, emitOnlyOnUpdate]])",
	    "SESSION(TABLE t [PARTITION BY k, ...], DESCRIPTOR(ts), gap)",
	};
	err_set_at(err, ERR_WINDOW_MISUSE, bind_spanned(b, span), "these are not the arguments of %s", fn->name);
	return err_hint(err, "Its form is %s.", forms[fn->kind]);
}

static bool take_named(Binder *b, const WindowFn *fn, const AstNamedArg *arg, TvfArgs *out, Err *err)
{
	Str name = arg->name.text;
	Span span = arg->node.span;
	if (str_eq_nocase(name, STR("DATA")) && arg->value->kind == AST_TABLE_ARG) {
		out->data = AST_CONST(AstTableArg, arg->value);
		return true;
	}
	if (str_eq_nocase(name, STR("TIMECOL")) && arg->value->kind == AST_DESCRIPTOR) {
		out->time = AST_CONST(AstDescriptor, arg->value);
		return true;
	}
	Nearest near = bind_nearest(name);
	bind_nearest_try(&near, STR("DATA"));
	bind_nearest_try(&near, STR("TIMECOL"));
	for (uint32_t i = 0; i < 4 && fn->params[i]; i++) {
		bind_nearest_try(&near, str_from(fn->params[i]));
		if (str_eq_nocase(name, str_from(fn->params[i]))) {
			out->values[i] = arg->value;
			return true;
		}
	}
	err_set_at(err, ERR_WINDOW_MISUSE, bind_spanned(b, span), "%s has no argument \"%.*s\"", fn->name, STR_ARG(name));
	bind_nearest_hint(&near, err);
	return false;
}

static bool take_args(Binder *b, const WindowFn *fn, const AstCall *call, TvfArgs *out, Err *err)
{
	uint32_t at = 0; /* of the sizes by position */
	for (uint32_t i = 0; i < call->args.len; i++) {
		const AstNode *a = call->args.items[i];
		if (a->kind == AST_NAMED_ARG) {
			if (!take_named(b, fn, AST_CONST(AstNamedArg, a), out, err))
				return false;
		} else if (i == 0 && a->kind == AST_TABLE_ARG) {
			out->data = AST_CONST(AstTableArg, a);
		} else if (i == 1 && a->kind == AST_DESCRIPTOR) {
			out->time = AST_CONST(AstDescriptor, a);
		} else if (i >= 2 && at < 4 && fn->params[at]) {
			out->values[at++] = a;
		} else {
			return fail_form(b, fn, a->span, err);
		}
	}
	if (!out->data || !out->time || out->time->columns.len != 1)
		return fail_form(b, fn, call->node.span, err);
	return true;
}

/* A column of the input that has the name of a window column gives way: the new window is the one that is meant. */
static void give_way(Binder *b, PlanCol *cols, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		Str base = cols[i].name;
		for (uint32_t w = 0; w < 3; w++)
			if (str_eq_nocase(base, cols[n + w].name))
				cols[i].name = arena_printf(b->arena, "%.*s0", STR_ARG(base));
		for (uint32_t k = 1, c = 0; c < n && !str_eq(base, cols[i].name); c++)
			if (c != i && str_eq(cols[c].name, cols[i].name)) {
				cols[i].name = arena_printf(b->arena, "%.*s%u", STR_ARG(base), k++);
				c = 0;
			}
	}
}

/* PARTITION BY of SESSION. */
static bool take_partition(Scope *s, const WindowFn *fn, const AstTableArg *data, PlanWindow *out, Err *err)
{
	Binder *b = s->b;
	const AstList *list = &data->partition_by;
	if (data->order_by.len || (list->len && fn->kind != WINDOW_SESSION)) {
		err_set_at(err, ERR_WINDOW_MISUSE, bind_span(b, &data->node), "%s takes no %s", fn->name,
		           data->order_by.len ? "ORDER BY" : "PARTITION BY");
		return err_hint(err, data->order_by.len ? "Rows are in the order in which they arrive."
		                                        : "Its windows are the same for all keys; name the keys in GROUP BY.");
	}
	if (list->len == 1 && list->items[0]->kind == AST_ROW)
		list = &AST_CONST(AstItems, list->items[0])->items;
	out->keys = ARENA_ARRAY(b->arena, uint32_t, list->len + 1);
	for (uint32_t i = 0; i < list->len; i++) {
		const Expr *e = bind_expr(s, list->items[i], err);
		if (!e)
			return false;
		uint32_t col, k = 0;
		if (!bind_plan_is_column(e, &col)) {
			err_set_at(err, ERR_WINDOW_MISUSE, bind_span(b, list->items[i]),
			           "PARTITION BY of %s takes columns, not expressions", fn->name);
			return err_hint(err, "Compute the value in a view or a computed column.");
		}
		while (k < out->nkeys && out->keys[k] != col)
			k++;
		if (k == out->nkeys)
			out->keys[out->nkeys++] = col;
	}
	return true;
}

static Plan *make_window(Binder *b, Plan *input, const PlanWindow *window, Span span)
{
	const WindowSpec *spec = &window->spec;
	uint32_t col = window->time_col;
	Plan *p = bind_plan_new(b, PLAN_WINDOW, span, input, NULL);
	p->window = *window;
	p->ncols = input->ncols + 3;
	p->cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, p->ncols);
	memcpy(p->cols, input->cols, input->ncols * sizeof(PlanCol));
	for (uint32_t i = 0; i < input->ncols; i++)
		p->cols[i].time = TIME_NONE;
	bind_window_cols(b->arena, spec, input->cols[col].type, &p->cols[input->ncols]);
	give_way(b, p->cols, input->ncols);
	return bind_plan_done(b, p);
}

bool bind_window_tvf(Binder *b, const AstRefFunction *ref, Scope *outer, const Cte *ctes, Plan **out, Err *err)
{
	const AstCall *call = ref->call;
	const WindowFn *fn = window_fn(call);
	TvfArgs args = {0};
	PlanWindow window = {0};
	if (!take_args(b, fn, call, &args, err))
		return false;
	Plan *p;
	Str schema = STR_EMPTY, name = STR_EMPTY;
	bool ok = args.data->query ? bind_query(b, args.data->query, outer, ctes, &p, err)
	                           : bind_from_path(b, &args.data->path, NULL, ctes, &p, &schema, &name, err);
	if (!ok)
		return false;
	Scope s;
	bind_scope_init(&s, b, NULL, NULL);
	s.place = fn->name;
	bind_scope_add_plan(&s, p, schema, name, 0);
	AstColumn col = {.node = {.kind = AST_COLUMN, .span = args.time->node.span}, .path = args.time->columns};
	const Expr *time = bind_scope_path(&s, &col, err);
	uint32_t at;
	if (!time)
		return false;
	Span span = bind_span(b, &args.time->node);
	if (!bind_plan_is_column(time, &at))
		return err_set_at(err, ERR_NO_TIME_ATTRIBUTE, span,
		                  "DESCRIPTOR needs a column of the table, not a field of one");
	if (!bind_window_time_ok(b, p, at, span, err) || !take_partition(&s, fn, args.data, &window, err))
		return false;
	window.time_col = at;
	s.cols = (ScopeCols){0};
	if (!fill_spec(&s, fn, args.values, true, call->node.span, &window.spec, err))
		return false;
	set_time(b, &p->cols[at], &window.spec);
	*out = make_window(b, p, &window, call->node.span);
	return true;
}

/* ---- in GROUP BY ---- */

bool bind_window_group(Scope *s, const AstCall *call, bool *handled, Err *err)
{
	Binder *b = s->b;
	Grouping *g = s->group;
	const WindowFn *fn = window_fn(call);
	*handled = fn && fn->kind != WINDOW_CUMULATE && !call->over;
	if (!*handled)
		return true;
	Span span = bind_span(b, &call->node);
	if (g->window.present)
		return err_set_at(err, ERR_WINDOW_MISUSE, span, "GROUP BY has two windows");
	uint32_t least = fn->required + 1, most = fn->kind == WINDOW_SESSION ? 2 : least + 1;
	if (call->args.len < least || call->args.len > most)
		return err_set_at(err, ERR_WINDOW_MISUSE, span, "in GROUP BY the form is %s",
		                  fn->kind == WINDOW_HOP      ? "HOP(ts, slide, size)"
		                  : fn->kind == WINDOW_TUMBLE ? "TUMBLE(ts, size)"
		                                              : "SESSION(ts, gap)");
	g->base.place = fn->name;
	const Expr *time = bind_expr(&g->base, call->args.items[0], err);
	if (!time)
		return false;
	Span time_span = bind_span(b, call->args.items[0]);
	uint32_t col;
	if (!bind_plan_is_column(time, &col)) {
		err_set_at(err, ERR_NO_TIME_ATTRIBUTE, time_span, "the time of %s must be a column, not an expression",
		           fn->name);
		return err_hint(err, "Declare it as a computed column of the table, with a WATERMARK.");
	}
	const AstNode *values[4] = {0};
	for (uint32_t i = 1; i < call->args.len; i++)
		values[i - 1] = call->args.items[i];
	g->window = (GroupWindow){.present = true, .time_col = col, .call = call};
	if (!bind_window_time_ok(b, g->base.plan, col, time_span, err) ||
	    !fill_spec(&g->base, fn, values, false, call->node.span, &g->window.spec, err))
		return false;
	set_time(b, &g->base.plan->cols[col], &g->window.spec);
	return true;
}

static bool same_args(const AstCall *a, const AstCall *b)
{
	bool same = a->args.len == b->args.len;
	for (uint32_t i = 0; same && i < a->args.len; i++)
		same = ast_equal(a->args.items[i], b->args.items[i]);
	return same;
}

bool bind_window_property(Scope *s, const AstCall *call, const Expr **out, bool *handled, Err *err)
{
	static const struct {
		const char *suffix;
		VirtualKind kind;
	} suffixes[] = {{"_START", VIRTUAL_START},
	                {"_END", VIRTUAL_END},
	                {"_ROWTIME", VIRTUAL_ROWTIME},
	                {"_PROCTIME", VIRTUAL_PROCTIME}};
	Str name = call->name.items[call->name.len - 1].text;
	*handled = false;
	for (size_t f = 0; f < sizeof window_fns / sizeof window_fns[0]; f++) {
		Str fn = str_from(window_fns[f].name);
		if (!str_starts_nocase(name, fn))
			continue;
		for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
			if (!str_eq_nocase(str_slice(name, fn.len, name.len), str_from(suffixes[i].suffix)))
				continue;
			*handled = true;
			Span span = bind_span(s->b, &call->node);
			const GroupWindow *w = s->group ? &s->group->window : NULL;
			if (!w || !w->present || !str_eq_nocase(w->call->name.items[w->call->name.len - 1].text, fn) ||
			    !same_args(w->call, call)) {
				err_set_at(err, ERR_WINDOW_MISUSE, span, "%.*s needs GROUP BY %s with the same arguments",
				           STR_ARG(name), window_fns[f].name);
				return err_hint(
				    err, "With a window function in FROM, the columns are window_start, window_end and window_time.");
			}
			PlanCol cols[3];
			bind_window_cols(s->b->arena, &w->spec, s->group->base.plan->cols[w->time_col].type, cols);
			VirtualKind kind = suffixes[i].kind;
			*out = bind_agg_virtual(s, kind, 0,
			                        cols[kind == VIRTUAL_START ? 0
			                             : kind == VIRTUAL_END ? 1
			                                                   : 2]
			                            .type,
			                        span);
			return true;
		}
	}
	return true;
}
