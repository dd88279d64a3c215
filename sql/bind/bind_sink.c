/*
 * sql/bind/bind_sink.c: where rows go: which columns a table takes, whether values fit, and whether a sink can take the
 * query's changes.
 *
 *   query only appends                -> every sink
 *   query updates, sink retracts      -> all kinds of changes
 *   query updates, sink has a key     -> upserts; where the query's key is another, PLAN_LAST_WINS keeps the newest row
 * per sink key query updates, sink only appends  -> refused, naming the operator that updates
 */
#include "sql/bind/bind_int.h"

#include "sql/expr/eval.h"

uint32_t bind_sink_columns(Binder *b, const TableDef *t, uint32_t **cols)
{
	uint32_t n = 0;
	*cols = ARENA_ARRAY(b->arena, uint32_t, t->ncols);
	for (uint32_t i = 0; i < t->ncols; i++)
		if (t->cols[i].kind == COLUMN_PHYSICAL || (t->cols[i].kind == COLUMN_METADATA && !t->cols[i].is_virtual))
			(*cols)[n++] = i;
	return n;
}

/* ---- values ---- */

static bool same_storage(const Type *a, const Type *b)
{
	return (type_is_text(a) && type_is_text(b)) || (type_is_binary(a) && type_is_binary(b));
}

/* A literal may be written in a wider type than the column's, as long as it fits. */
static const Expr *assign_constant(Binder *b, const Expr *e, const Type *to)
{
	bool narrow = type_is_numeric(e->type) && type_is_numeric(to);
	bool text = type_is_text(e->type) && !type_is_numeric(to) && to->kind != TYPE_BOOLEAN;
	Value v;
	if (e->kind != EXPR_CONST || e->constant.null || (!narrow && !text))
		return NULL;
	const Expr *cast = expr_cast(b->arena, e, type_with_null(b->arena, to, false), false, e->span, NULL);
	if (!cast || !eval_const(cast, &b->bc->env, NULL, b->arena, &v, NULL) || v.null)
		return NULL;
	if (narrow && type_is_integer(to)) {
		int64_t least, greatest;
		double given;
		StrBuf text_form;
		strbuf_init(&text_form);
		value_print(e->type, e->constant, VALUE_SQL, NULL, &text_form);
		type_int_range(to->kind, &least, &greatest);
		bool fits = str_to_f64(strbuf_str(&text_form), &given) && given >= (double)least && given <= (double)greatest &&
		            given == (double)v.i;
		strbuf_deinit(&text_form);
		if (!fits)
			return NULL;
	}
	return expr_const(b->arena, cast->type, v);
}

/* A client's parameter has the type that its driver made of the value: a small integer where the column is TINYINT, a
 * double where it is FLOAT, a date where it is TIMESTAMP. Integers go through their text, which checks the range. */
static const Expr *assign_param(Binder *b, const Expr *e, const Type *to, Span span)
{
	const Expr *leaf = e;
	while (leaf->kind == EXPR_CALL && strcmp(leaf->call.fn->name, "CAST") == 0)
		leaf = leaf->args[0];
	if (leaf->kind != EXPR_PARAM || leaf->index >= b->nclient)
		return NULL;
	if (type_is_integer(e->type) && type_is_integer(to))
		return expr_cast(b->arena, expr_cast(b->arena, e, &type_string, false, span, NULL), to, false, span, NULL);
	bool real = e->type->kind == TYPE_DOUBLE && to->kind == TYPE_FLOAT;
	bool day = e->type->kind == TYPE_DATE && (to->kind == TYPE_TIMESTAMP || to->kind == TYPE_TIMESTAMP_LTZ);
	return real || day ? expr_cast(b->arena, e, to, false, span, NULL) : NULL;
}

const Expr *bind_sink_assign(Binder *b, const Expr *e, const ColumnDef *col, bool by_position, Span span, Err *err)
{
	const Type *to = col->type;
	if (bind_param_open(b, e))
		return bind_param_as(b, e, to);
	if (e->kind == EXPR_CONST && e->constant.null && to->not_null) {
		err_set_at(err, ERR_NOT_NULL_VIOLATION, span, "column \"%.*s\" is NOT NULL", STR_ARG(col->name));
		return NULL;
	}
	if (type_equal(e->type, to) ||
	    (same_storage(e->type, to) &&
	     !str_eq_c(settings_str(b->bc->settings, "table.exec.sink.type-length-enforcer"), "TRIM_PAD")))
		return e->kind == EXPR_CONST && !e->constant.null
		           ? expr_const(b->arena, type_with_null(b->arena, to, false), e->constant)
		           : e;
	const Expr *constant = assign_constant(b, e, to);
	if (constant)
		return constant;
	if (type_assignable(e->type, to))
		return bind_cast_to(b, e, to, span, err);
	const Expr *param = assign_param(b, e, type_with_null(b->arena, to, !e->type->not_null), span);
	if (param)
		return param;
	err_set_at(err, ERR_SINK_SCHEMA, span, "column \"%.*s\" is %s, but this is %s", STR_ARG(col->name),
	           bind_type_text(b->arena, to), bind_type_text(b->arena, e->type));
	const char *position = by_position ? "Columns match by position, not by name. " : "";
	if (type_castable(e->type, to))
		err_hint(err, "%sWrite CAST(... AS %s) if the conversion is meant.", position, bind_type_text(b->arena, to));
	else if (by_position)
		err_hint(err, "Columns match by position, not by name.");
	return NULL;
}

/* ---- who updates ---- */

static const Plan *updater(const Plan *p)
{
	for (uint32_t i = 0; i < p->ninputs; i++)
		if (!p->inputs[i]->append_only)
			return updater(p->inputs[i]);
	return p;
}

static Span updater_span(const Plan *u, const Plan *top)
{
	return u->span.end ? u->span : top->span;
}

static bool fail_needs_append(Binder *b, const Relation *target, const Plan *p, Span span, Err *err)
{
	const Plan *u = updater(p);
	const char *what = "the query", *cure = "";
	char name[160];
	const Relation *r = u->kind == PLAN_SCAN                                           ? u->scan.rel
	                    : u->kind == PLAN_NORMALIZE && u->inputs[0]->kind == PLAN_SCAN ? u->inputs[0]->scan.rel
	                                                                                   : NULL;
	switch (u->kind) {
	case PLAN_AGG:
		what = u->agg.naggs ? "GROUP BY without a window" : "SELECT DISTINCT";
		cure = "group by a window (TUMBLE, HOP, CUMULATE), whose results are final; or ";
		break;
	case PLAN_WINDOW_AGG:
		what = "EMIT CHANGES, which sends a window's result before the window closes,";
		cure = "leave EMIT CHANGES out; or ";
		break;
	case PLAN_JOIN: {
		static const char *const joins[] = {
		    "the join",
		    "LEFT JOIN, which takes a row without partner back when one comes,",
		    "RIGHT JOIN, which takes a row without partner back when one comes,",
		    "FULL JOIN, which takes a row without partner back when one comes,",
		    "the semi join",
		    "the anti join, which takes a row back when a partner comes,",
		};
		what = joins[u->join.kind];
		if (u->join.kind == JOIN_LEFT || u->join.kind == JOIN_RIGHT || u->join.kind == JOIN_FULL)
			cure = "use an inner join, which only appends; or ";
		break;
	}
	case PLAN_SETOP: what = "EXCEPT, which takes a row back when the right side gets it,"; break;
	case PLAN_TOPN:
		what = u->topn.from_limit ? "the Rank node of LIMIT, where a later row may push an earlier one out,"
		       : u->topn.mode == TOPN_DEDUP
		           ? "the Rank node of the deduplication, where another row may take the place of the first,"
		           : "the Rank node of ROW_NUMBER, where a later row may push an earlier one out,";
		cure = u->topn.mode == TOPN_DEDUP
		           ? "keep the first by processing time, or SET 'weir.dedup.within' = '10 min', or put the window into "
		             "PARTITION BY; or "
		           : "partition by window_start and window_end, whose results are final; or ";
		break;
	case PLAN_OVER: what = "OVER, whose input takes rows back,"; break;
	case PLAN_SCAN:
	case PLAN_NORMALIZE:
		if (r) {
			int n = (int)(r->name.len < 100 ? r->name.len : 100);
			memcpy(name, "\"", 1);
			memcpy(name + 1, r->name.ptr, (size_t)n);
			memcpy(name + 1 + n, "\", whose rows change,", sizeof "\", whose rows change,");
			what = name;
		}
		break;
	default: break;
	}
	(void)span;
	err_set_at(err, ERR_NEEDS_APPEND, bind_spanned(b, updater_span(u, p)),
	           "sink \"%.*s\" can only append, and %s updates rows that were sent before", STR_ARG(target->name), what);
	const char *upsert = str_eq_c(target->table->connector, "kafka")
	                         ? "use 'connector'='upsert-kafka' with a PRIMARY KEY, or 'format'='debezium-json'"
	                     : str_eq_c(target->table->connector, "jdbc")
	                         ? "declare a PRIMARY KEY in the sink's table, so that rows can be replaced"
	                         : "send to a sink that takes updates, as upsert-kafka or jdbc with a PRIMARY KEY";
	static const char view[] = "; or CREATE MATERIALIZED VIEW, which keeps the result for any SELECT";
	if (*cure)
		return err_hint(err, "Either %s%s%s.", cure, upsert, view);
	return err_hint(err, "%c%s%s.", upsert[0] - 'a' + 'A', upsert + 1, view);
}

/* ---- the root ---- */

static bool covers(const uint32_t *key, uint32_t nkey, const Plan *p)
{
	for (uint32_t i = 0; i < p->nkey; i++) {
		bool in = false;
		for (uint32_t k = 0; k < nkey; k++)
			in = in || key[k] == p->key[i];
		if (!in)
			return false;
	}
	return p->has_key;
}

static Plan *drop_nulls(Binder *b, Plan *p, const TableDef *t, const uint32_t *cols, uint32_t ncols, Span span)
{
	if (!str_eq_c(settings_str(b->bc->settings, "table.exec.sink.not-null-enforcer"), "DROP"))
		return p;
	for (uint32_t i = 0; i < ncols; i++) {
		if (!t->cols[cols[i]].type->not_null || p->cols[i].type->not_null)
			continue;
		const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 1);
		args[0] = bind_plan_column(b, p, i);
		const Expr *e = expr_call(b->arena, STR("IS NOT NULL"), args, 1, span, NULL);
		ASSERT(e);
		p = bind_plan_filter(b, p, e, span);
	}
	return p;
}

bool bind_sink_root(Binder *b, const Relation *target, Plan *p, const uint32_t *cols, uint32_t ncols, Span span,
                    Plan **out, Err *err)
{
	const TableDef *t = target->table;
	unsigned accepts = 7;
	if (b->bc->sink_accepts && !b->bc->sink_accepts(t, &accepts, err)) {
		if (err) /* not the place of an option: that is one in the statement which made the table */
			err->span = bind_spanned(b, span);
		return false;
	}
	p = drop_nulls(b, p, t, cols, ncols, span);
	uint32_t *key = ARENA_ARRAY(b->arena, uint32_t, t->nkey), nkey = 0;
	for (uint32_t k = 0; k < t->nkey; k++)
		for (uint32_t i = 0; i < ncols; i++)
			if (cols[i] == t->key[k])
				key[nkey++] = i;
	bool retract = accepts & 4, upsert = !retract && (accepts & 2) && nkey > 0;
	if (!p->append_only && !retract && !upsert)
		return fail_needs_append(b, target, p, span, err);
	Str materialize = settings_str(b->bc->settings, "table.exec.sink.upsert-materialize");
	bool last_wins = upsert && !covers(key, nkey, p) && !str_eq_c(materialize, "NONE");
	if (last_wins || (upsert && str_eq_c(materialize, "FORCE"))) {
		Plan *w = bind_plan_new(b, PLAN_LAST_WINS, span, p, NULL);
		w->target = (PlanTarget){.rel = target, .key = key, .nkey = nkey};
		p = bind_plan_done(b, w);
	}
	Plan *root = bind_plan_new(b, PLAN_SINK, span, p, NULL);
	root->target = (PlanTarget){.rel = target, .key = key, .nkey = nkey, .retract = retract, .upsert = upsert};
	*out = bind_plan_done(b, root);
	return true;
}
