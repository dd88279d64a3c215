/*
 * tests/support/plan_print.c: see plan_print.h. Columns of a node's input are $0, $1 ...; the last line says what is
 * known of the root.
 */
#include "tests/support/plan_print.h"

#include "sql/catalog/catalog.h"
#include "sql/types/zone.h"

static void put_expr(const Expr *e, StrBuf *out)
{
	expr_print(e, NULL, out);
}

static void put_list(const char *name, const uint32_t *items, uint32_t n, StrBuf *out)
{
	strbuf_printf(out, " %s(", name);
	for (uint32_t i = 0; i < n; i++)
		strbuf_printf(out, "%s$%u", i ? ", " : "", items[i]);
	strbuf_putc(out, ')');
}

static void put_ms(int64_t ms, StrBuf *out)
{
	strbuf_printf(out, "%lldms", (long long)ms);
}

static void put_window(const WindowSpec *w, StrBuf *out)
{
	static const char *const names[] = {"TUMBLE", "HOP", "CUMULATE", "SESSION"};
	strbuf_printf(out, " %s(size ", names[w->kind]);
	put_ms(w->size_ms, out);
	if (w->kind == WINDOW_HOP || w->kind == WINDOW_CUMULATE) {
		strbuf_puts(out, ", slide ");
		put_ms(w->slide_ms, out);
	}
	if (w->offset_ms) {
		strbuf_puts(out, ", offset ");
		put_ms(w->offset_ms, out);
	}
	if (w->only_on_update)
		strbuf_puts(out, ", only on update");
	if (w->ltz)
		strbuf_printf(out, ", zone %.*s", STR_ARG(zone_name(w->zone)));
	if (w->proctime)
		strbuf_puts(out, ", proctime");
	strbuf_putc(out, ')');
}

static void put_scan(const Plan *p, StrBuf *out)
{
	static const char *const kinds[] = {"", "key ", "metadata ", "proctime"};
	const PlanScan *s = &p->scan;
	strbuf_putc(out, ' ');
	catalog_put_name(s->rel, out);
	if (s->side.len)
		strbuf_printf(out, " side=%.*s", STR_ARG(s->side));
	if (!s->exprs)
		return;
	strbuf_puts(out, " fields(");
	for (uint32_t i = 0; i < s->nfields; i++) {
		strbuf_printf(out, "%s%s", i ? ", " : "", kinds[s->fields[i].kind]);
		for (uint32_t k = 0; k < s->fields[i].npath; k++)
			strbuf_printf(out, "%s%.*s", k ? "." : "", STR_ARG(s->fields[i].path[k]));
	}
	strbuf_putc(out, ')');
	bool plain = true;
	for (uint32_t i = 0; i < p->ncols; i++)
		plain = plain && s->exprs[i]->kind == EXPR_COLUMN && s->exprs[i]->index == i;
	for (uint32_t i = 0; !plain && i < p->ncols; i++) {
		strbuf_printf(out, "%s%.*s=", i ? ", " : " ", STR_ARG(p->cols[i].name));
		put_expr(s->exprs[i], out);
	}
	if (s->watermark) {
		strbuf_puts(out, " watermark ");
		put_expr(s->watermark, out);
	}
}

static void put_agg(const Plan *p, StrBuf *out)
{
	const PlanAgg *a = &p->agg;
	if (p->kind == PLAN_WINDOW_AGG) {
		put_window(&a->window, out);
		if (a->attached)
			strbuf_printf(out, " attached($%u, $%u)", a->start_col, a->end_col);
		else
			strbuf_printf(out, " time $%d", a->time_col);
	}
	put_list("keys", a->keys, a->nkeys, out);
	for (uint32_t i = 0; i < a->naggs; i++) {
		const PlanAggCall *c = &a->aggs[i];
		strbuf_printf(out, " %s(%s", c->call.agg->name, c->call.distinct ? "DISTINCT " : "");
		for (uint32_t k = 0; k < c->call.nargs; k++)
			strbuf_printf(out, "%s$%u", k ? ", " : "", c->args[k]);
		strbuf_putc(out, ')');
		if (c->filter >= 0)
			strbuf_printf(out, " if $%d", c->filter);
	}
	if (a->one_row)
		strbuf_puts(out, " one-row");
	if (a->needs_order)
		strbuf_puts(out, " ordered");
	if (a->emit == EMIT_EARLY)
		strbuf_puts(out, " early");
}

static void put_join(const Plan *p, StrBuf *out)
{
	static const char *const kinds[] = {"INNER", "LEFT", "RIGHT", "FULL", "SEMI", "ANTI"};
	const PlanJoin *j = &p->join;
	strbuf_printf(out, " %s", kinds[j->kind]);
	for (uint32_t i = 0; i < j->nkeys; i++)
		strbuf_printf(out, "%s $%u%s$%u", i ? "," : "", j->left_keys[i],
		              j->null_equal && j->null_equal[i] ? "<=>" : "=", j->right_keys[i]);
	if (p->kind == PLAN_INTERVAL_JOIN)
		strbuf_printf(out, " $%u + [%lld, %lld] us = $%u", j->left_time, (long long)j->low_us, (long long)j->high_us,
		              j->right_time);
	if (p->kind == PLAN_TEMPORAL_JOIN)
		strbuf_printf(out, " $%u as of $%u", j->right_time, j->left_time);
	if (p->kind == PLAN_WINDOW_JOIN)
		strbuf_printf(out, " window $%u..$%u = $%u..$%u", j->left_start, j->left_end, j->right_start, j->right_end);
	if (j->residual) {
		strbuf_puts(out, " if ");
		put_expr(j->residual, out);
	}
}

static void put_apply(const Plan *p, StrBuf *out)
{
	static const char *const kinds[] = {"SCALAR", "EXISTS", "IN", "ARRAY", "CROSS", "LEFT"};
	const PlanApply *a = &p->apply;
	strbuf_printf(out, " %s", kinds[a->kind]);
	for (uint32_t i = 0; i < a->nparams; i++)
		strbuf_printf(out, " ?%u=$%u", a->first_param + i + 1, a->params[i]);
	if (a->test) {
		strbuf_puts(out, a->all ? " all " : " any ");
		put_expr(a->test, out);
	}
}

static void put_sort(const Plan *p, StrBuf *out)
{
	const PlanSort *s = &p->sort;
	for (uint32_t i = 0; i < s->nkeys; i++)
		strbuf_printf(out, "%s $%u%s%s", i ? "," : "", s->keys[i].col, s->keys[i].desc ? " desc" : "",
		              s->keys[i].nulls_first == s->keys[i].desc ? (s->keys[i].desc ? " nulls-first" : " nulls-last")
		                                                        : "");
	if (s->limit) {
		strbuf_puts(out, " limit ");
		put_expr(s->limit, out);
	}
	if (s->offset) {
		strbuf_puts(out, " offset ");
		put_expr(s->offset, out);
	}
}

static void put_target(const Plan *p, StrBuf *out)
{
	static const char *const stores[] = {"", " by-key", " by-ordinal", " by-hash"};
	const PlanTarget *t = &p->target;
	if (t->rel)
		strbuf_printf(out, " %.*s", STR_ARG(t->rel->name));
	strbuf_puts(out, stores[t->store]);
	if (t->nkey || t->store == STORED_BY_KEY)
		put_list("key", t->key, t->nkey, out);
	strbuf_puts(out, t->retract ? " retract" : t->upsert ? " upsert" : "");
}

static void put_cells(const Plan *p, StrBuf *out)
{
	for (uint32_t r = 0; r < p->values.nrows; r++) {
		strbuf_puts(out, r ? ", (" : " (");
		for (uint32_t c = 0; c < p->ncols; c++) {
			strbuf_puts(out, c ? ", " : "");
			put_expr(p->values.cells[r * p->ncols + c], out);
		}
		strbuf_putc(out, ')');
	}
}

static void put_window_order(const uint32_t *partition, uint32_t npartition, const SortKey *order, uint32_t norder,
                             StrBuf *out)
{
	strbuf_puts(out, " by [");
	for (uint32_t i = 0; i < npartition; i++)
		strbuf_printf(out, "%s$%u", i ? " " : "", partition[i]);
	strbuf_puts(out, "] order [");
	for (uint32_t i = 0; i < norder; i++)
		strbuf_printf(out, "%s$%u%s%s", i ? " " : "", order[i].col, order[i].desc ? " desc" : "",
		              order[i].nulls_first ? "" : " nulls last");
	strbuf_putc(out, ']');
}

static void put_over(const Plan *p, StrBuf *out)
{
	static const char *const bounds[] = {"unbounded", "-", "current", "+", "unbounded"};
	const PlanOver *v = &p->over;
	put_window_order(v->partition, v->npartition, v->order, v->norder, out);
	strbuf_printf(out, " %s", v->rows ? "rows" : "range");
	for (int end = 0; end < 2; end++) {
		const OverBound *b = end ? &v->end : &v->start;
		strbuf_printf(out, " %s", bounds[b->kind]);
		if (b->col >= 0)
			strbuf_printf(out, "$%d", b->col);
		else if (b->kind == OVER_PRECEDING || b->kind == OVER_FOLLOWING)
			strbuf_printf(out, "%lld", (long long)b->number);
	}
	if (v->time_col >= 0)
		strbuf_printf(out, " time $%d%s", v->time_col, v->proctime ? " proctime" : "");
	for (uint32_t i = 0; i < v->ncalls; i++)
		strbuf_printf(out, " %.*s", STR_ARG(v->calls[i].text));
}

static void put_topn(const Plan *p, StrBuf *out)
{
	static const char *const modes[] = {"sorted", "arrival", "dedup", "window"};
	static const char *const ranks[] = {"ROW_NUMBER", "RANK", "DENSE_RANK"};
	const PlanTopN *t = &p->topn;
	strbuf_printf(out, " %s %s", ranks[t->rank], modes[t->mode]);
	put_window_order(t->partition, t->npartition, t->order, t->norder, out);
	strbuf_printf(out, " %lld..%lld%s", (long long)t->from, (long long)t->to, t->show_rank ? " ranked" : "");
	if (t->time_col >= 0)
		strbuf_printf(out, " time $%d%s", t->time_col, t->proctime ? " proctime" : "");
	if (t->bound_col >= 0)
		strbuf_printf(out, " bound $%d", t->bound_col);
	if (t->within_us)
		strbuf_printf(out, " within %lld", (long long)t->within_us);
}

static void put_node(const Plan *p, StrBuf *out)
{
	switch (p->kind) {
	case PLAN_SCAN: put_scan(p, out); break;
	case PLAN_VALUES: put_cells(p, out); break;
	case PLAN_FILTER:
		strbuf_putc(out, ' ');
		put_expr(p->predicate, out);
		break;
	case PLAN_PROJECT:
		for (uint32_t i = 0; i < p->ncols; i++) {
			strbuf_printf(out, "%s%.*s=", i ? ", " : " ", STR_ARG(p->cols[i].name));
			put_expr(p->exprs[i], out);
		}
		break;
	case PLAN_WINDOW:
		put_window(&p->window.spec, out);
		strbuf_printf(out, " time $%u", p->window.time_col);
		if (p->window.nkeys)
			put_list("partition by", p->window.keys, p->window.nkeys, out);
		break;
	case PLAN_EXPAND:
		put_list("keys", p->expand.cols, p->expand.ncols, out);
		for (uint32_t i = 0; i < p->expand.nsets; i++)
			strbuf_printf(out, " %llx", (unsigned long long)p->expand.ids[i]);
		break;
	case PLAN_WINDOW_AGG:
	case PLAN_AGG: put_agg(p, out); break;
	case PLAN_INTERVAL_JOIN:
	case PLAN_WINDOW_JOIN:
	case PLAN_TEMPORAL_JOIN:
	case PLAN_LOOKUP_JOIN:
	case PLAN_JOIN: put_join(p, out); break;
	case PLAN_APPLY: put_apply(p, out); break;
	case PLAN_SETOP:
		strbuf_printf(out, " %s%s", p->setop.op == SETOP_INTERSECT ? "INTERSECT" : "EXCEPT",
		              p->setop.all ? " ALL" : "");
		break;
	case PLAN_SORT:
	case PLAN_LIMIT: put_sort(p, out); break;
	case PLAN_OVER: put_over(p, out); break;
	case PLAN_TOPN: put_topn(p, out); break;
	case PLAN_NORMALIZE:
	case PLAN_LAST_WINS:
	case PLAN_MATERIALIZE:
	case PLAN_SINK: put_target(p, out); break;
	default: break;
	}
}

static void put_tree(const Plan *p, unsigned depth, StrBuf *out)
{
	strbuf_fill(out, ' ', depth * 2u);
	strbuf_puts(out, plan_kind_name(p->kind));
	put_node(p, out);
	strbuf_putc(out, '\n');
	for (uint32_t i = 0; i < p->ninputs; i++)
		put_tree(p->inputs[i], depth + 1, out);
}

void plan_print(const Plan *root, StrBuf *out)
{
	put_tree(root, 0, out);
	strbuf_putc(out, '=');
	for (uint32_t i = 0; i < root->ncols; i++) {
		const PlanCol *c = &root->cols[i];
		strbuf_printf(out, "%s%.*s ", i ? ", " : " ", STR_ARG(c->name));
		type_print(c->type, true, out);
		if (c->time != TIME_NONE)
			strbuf_puts(out, c->time == TIME_ROWTIME ? " *ROWTIME*" : " *PROCTIME*");
	}
	strbuf_puts(out, root->append_only ? "; append" : "; updates");
	if (root->has_key)
		put_list("key", root->key, root->nkey, out);
	strbuf_putc(out, '\n');
}
