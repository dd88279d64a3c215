/*
 * sql/plan/explain.c: EXPLAIN.
 */
#include "sql/plan/explain.h"

#include "base/config.h"
#include "sql/catalog/catalog.h"
#include "sql/plan/explain_state.h"

static void put_list(const char *before, const Plan *in, const uint32_t *cols, uint32_t n, const char *behind,
                     StrBuf *out)
{
	strbuf_puts(out, before);
	explain_state_cols(in, cols, n, out);
	strbuf_puts(out, behind);
}

static Str *names_of(Arena *arena, const Plan *in)
{
	Str *names = ARENA_ARRAY(arena, Str, in->ncols + 1);
	for (uint32_t i = 0; i < in->ncols; i++)
		names[i] = in->cols[i].name;
	return names;
}

static void put_window(const WindowSpec *w, StrBuf *out)
{
	static const char *const names[] = {"TUMBLE", "HOP", "CUMULATE", "SESSION"};
	strbuf_printf(out, "%s(", names[w->kind]);
	if (w->kind == WINDOW_HOP || w->kind == WINDOW_CUMULATE) {
		config_print_duration(out, w->slide_ms * 1000);
		strbuf_puts(out, ", ");
	}
	config_print_duration(out, w->size_ms * 1000);
	if (w->offset_ms) {
		strbuf_puts(out, ", offset ");
		config_print_duration(out, w->offset_ms * 1000);
	}
	if (w->only_on_update)
		strbuf_puts(out, ", only on update");
	strbuf_putc(out, ')');
	if (w->proctime)
		strbuf_puts(out, " on processing time");
}

static void put_field(const ScanField *f, StrBuf *out)
{
	for (uint32_t k = 0; k < f->npath; k++) {
		strbuf_puts(out, k ? "." : "");
		strbuf_put_str(out, f->path[k]);
	}
	if (f->kind == SCAN_METADATA)
		strbuf_puts(out, " (metadata)");
	else if (f->kind == SCAN_KEY)
		strbuf_puts(out, " (key)");
	else if (f->kind == SCAN_PROCTIME)
		strbuf_puts(out, "PROCTIME()");
}

static void put_limit(const PlanScan *s, uint32_t col, const char *between, const char *op, const Expr *e, StrBuf *out)
{
	strbuf_printf(out, "%s%.*s %s ", between, STR_ARG(s->rel->table->cols[col].name), op);
	expr_print(e, NULL, out);
}

static void put_cache(const Options *o, StrBuf *out)
{
	bool partial = str_eq_nocase(options_get(o, "lookup.cache"), STR("PARTIAL"));
	bool old = options_has(o, "lookup.cache.max-rows") && options_has(o, "lookup.cache.ttl");
	strbuf_puts(out, ", asked for the keys of each batch at once, ");
	if (!partial && !old) {
		strbuf_puts(out, "no cache");
		return;
	}
	static const char *const names[] = {"lookup.partial-cache.max-rows", "lookup.partial-cache.expire-after-write",
	                                    "lookup.partial-cache.expire-after-access", "lookup.cache.max-rows",
	                                    "lookup.cache.ttl"};
	strbuf_puts(out, "cache");
	const char *between = ": ";
	for (size_t i = partial ? 0 : 3; i < (partial ? 3u : 5u); i++)
		if (options_has(o, names[i])) {
			strbuf_printf(out, "%s%s %.*s", between, strrchr(names[i], '.') + 1, STR_ARG(options_get(o, names[i])));
			between = ", ";
		}
}

/* How a lookup join reads it. */
static void put_path(const PlanScan *s, StrBuf *out)
{
	if (s->index >= 0)
		strbuf_printf(out, ", looked up by index %.*s", STR_ARG(s->rel->indexes[s->index].name));
	else
		strbuf_puts(out, ", looked up by key");
}

static void put_scan(Arena *arena, const Plan *p, StrBuf *out)
{
	const PlanScan *s = &p->scan;
	catalog_put_name(s->rel, out);
	if (s->fields) {
		strbuf_puts(out, ", fields=[");
		Str *names = ARENA_ARRAY(arena, Str, s->nfields + 1);
		for (uint32_t f = 0; f < s->nfields; f++) {
			strbuf_puts(out, f ? ", " : "");
			put_field(&s->fields[f], out);
			names[f] = s->fields[f].npath ? s->fields[f].path[s->fields[f].npath - 1] : STR("PROCTIME()");
		}
		strbuf_putc(out, ']');
		if (s->lookup)
			put_cache(&s->rel->table->options, out);
		for (uint32_t i = 0; i < s->nasks; i++) {
			const ScanAsk *ask = &s->asks[i];
			strbuf_printf(out, "%s%.*s %s ", i ? " AND " : ", asked for [", STR_ARG(names[ask->field]), ask->op);
			expr_print(ask->value, NULL, out);
		}
		strbuf_puts(out, s->nasks ? "]" : "");
		if (s->watermark) {
			strbuf_puts(out, ", watermark=[");
			expr_print(s->watermark, names, out);
			strbuf_putc(out, ']');
		}
		return;
	}
	if (s->lookup) {
		put_path(s, out);
		return;
	}
	const IndexDef *index = s->index >= 0 ? &s->rel->indexes[s->index] : NULL;
	const uint32_t *path = index ? index->cols : s->rel->stored.key;
	if (s->whole && index)
		strbuf_printf(out, ", in order of index %.*s", STR_ARG(index->name));
	else if (s->whole)
		strbuf_puts(out, s->limit >= 0 ? ", first rows" : ", all rows");
	if (s->range.neq || s->range.low || s->range.high) {
		if (index)
			strbuf_printf(out, ", by index %.*s [", STR_ARG(index->name));
		else
			strbuf_puts(out, ", by key [");
		const char *between = "";
		for (uint32_t i = 0; i < s->range.neq; i++) {
			put_limit(s, path[i], between, "=", s->range.eq[i], out);
			between = " AND ";
		}
		if (s->range.low) {
			put_limit(s, path[s->range.neq], between, s->range.low_incl ? ">=" : ">", s->range.low, out);
			between = " AND ";
		}
		if (s->range.high)
			put_limit(s, path[s->range.neq], between, s->range.high_incl ? "<=" : "<", s->range.high, out);
		strbuf_putc(out, ']');
	}
	if (s->reverse)
		strbuf_puts(out, ", descending");
	if (s->limit >= 0)
		strbuf_printf(out, ", limit=%lld", (long long)s->limit);
}

static void put_agg(const Plan *p, StrBuf *out)
{
	const PlanAgg *a = &p->agg;
	const Plan *in = p->inputs[0];
	if (a->nkeys)
		put_list("groupBy=[", in, a->keys, a->nkeys, "], ", out);
	if (p->kind == PLAN_WINDOW_AGG) {
		strbuf_puts(out, "window=[");
		put_window(&a->window, out);
		if (a->attached)
			strbuf_puts(out, " attached");
		strbuf_puts(out, "], ");
		if (a->emit == EMIT_EARLY)
			strbuf_puts(out, "early results, ");
	}
	strbuf_puts(out, "select=[");
	for (uint32_t i = 0; i < a->naggs; i++) {
		strbuf_puts(out, i ? ", " : "");
		if (a->aggs[i].text.len) {
			strbuf_put_str(out, a->aggs[i].text);
			continue;
		}
		strbuf_printf(out, "%s(%s", a->aggs[i].call.agg->name, a->aggs[i].call.distinct ? "DISTINCT " : "");
		explain_state_cols(in, a->aggs[i].args, a->aggs[i].call.nargs, out);
		strbuf_putc(out, ')');
	}
	strbuf_putc(out, ']');
}

static Str *names_of_both(Arena *arena, const Plan *p)
{
	const Plan *l = p->inputs[0], *r = p->inputs[1];
	Str *names = ARENA_ARRAY(arena, Str, l->ncols + r->ncols + 1);
	for (uint32_t i = 0; i < l->ncols + r->ncols; i++)
		names[i] = i < l->ncols ? l->cols[i].name : r->cols[i - l->ncols].name;
	return names;
}

static void put_order(const Plan *in, const SortKey *order, uint32_t n, StrBuf *out)
{
	for (uint32_t i = 0; i < n; i++)
		strbuf_printf(out, "%s%.*s%s%s", i ? ", " : "", STR_ARG(in->cols[order[i].col].name),
		              order[i].desc ? " DESC" : "",
		              order[i].nulls_first != order[i].desc ? ""
		              : order[i].desc                       ? " NULLS FIRST"
		                                                    : " NULLS LAST");
}

static void put_partition(const Plan *in, const uint32_t *cols, uint32_t n, StrBuf *out)
{
	if (!n)
		return;
	put_list("partitionBy=[", in, cols, n, "], ", out);
}

static void put_bound(const Plan *p, const OverBound *o, StrBuf *out)
{
	static const char *const words[] = {"UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING",
	                                    "UNBOUNDED FOLLOWING"};
	bool distance = o->kind == OVER_PRECEDING || o->kind == OVER_FOLLOWING;
	if (distance && o->col >= 0)
		strbuf_printf(out, "to %.*s ", STR_ARG(p->inputs[0]->cols[o->col].name));
	else if (distance && p->over.rows)
		strbuf_printf(out, "%lld ", (long long)o->number);
	else if (distance)
		config_print_duration(out, o->number);
	strbuf_printf(out, "%s%s", distance && o->col < 0 && !p->over.rows ? " " : "", words[o->kind]);
}

static void put_over(const Plan *p, StrBuf *out)
{
	const PlanOver *v = &p->over;
	const Plan *in = p->inputs[0];
	put_partition(in, v->partition, v->npartition, out);
	if (v->norder) {
		strbuf_puts(out, "orderBy=[");
		put_order(in, v->order, v->norder, out);
		strbuf_puts(out, "], ");
	}
	bool framed = false;
	for (uint32_t i = 0; i < v->ncalls; i++)
		framed |= v->calls[i].fn == OVER_AGG;
	if (framed) {
		strbuf_printf(out, "window=[%s BETWEEN ", v->rows ? "ROWS" : "RANGE");
		put_bound(p, &v->start, out);
		strbuf_puts(out, " AND ");
		put_bound(p, &v->end, out);
		strbuf_puts(out, "], ");
	}
	strbuf_puts(out, "select=[");
	for (uint32_t i = 0; i < v->ncalls; i++)
		strbuf_printf(out, "%s%.*s", i ? ", " : "", STR_ARG(v->calls[i].text));
	strbuf_putc(out, ']');
}

static void put_topn(const Plan *p, StrBuf *out)
{
	static const char *const ranks[] = {"ROW_NUMBER", "RANK", "DENSE_RANK"};
	const PlanTopN *t = &p->topn;
	const Plan *in = p->inputs[0];
	bool one = t->from == 1 && t->to == 1 && t->time_col >= 0 && t->rank == RANK_ROW_NUMBER;
	if (one)
		strbuf_printf(out, "deduplicate, keep=[%s], ", t->order[0].desc ? "last" : "first");
	else if (t->from_limit && t->norder == 0)
		strbuf_puts(out, "limit, ");
	else
		strbuf_printf(out, "%s, ", ranks[t->rank]);
	if (t->mode == TOPN_WINDOW)
		strbuf_puts(out, "window attached, ");
	put_partition(in, t->partition, t->npartition, out);
	if (t->norder) {
		strbuf_puts(out, "orderBy=[");
		put_order(in, t->order, t->norder, out);
		strbuf_puts(out, "], ");
	}
	strbuf_printf(out, "rank=[%lld..%lld]%s", (long long)t->from, (long long)t->to, t->show_rank ? ", with rank" : "");
	if (one && t->within_us) {
		strbuf_puts(out, ", within=");
		config_print_duration(out, t->within_us);
	}
}

static void put_sets(const Plan *p, StrBuf *out)
{
	const PlanExpand *x = &p->expand;
	strbuf_puts(out, "sets=[");
	for (uint32_t s = 0; s < x->nsets; s++) {
		strbuf_puts(out, s ? ", (" : "(");
		const char *between = "";
		for (uint32_t k = 0; k < x->ncols; k++) {
			if (x->left_out[s] >> k & 1)
				continue;
			strbuf_puts(out, between);
			strbuf_put_str(out, p->inputs[0]->cols[x->cols[k]].name);
			between = ", ";
		}
		strbuf_putc(out, ')');
	}
	strbuf_putc(out, ']');
}

/* "ts - 5 min"; a bound that < or > gave is a microsecond off. */
static void put_moved(const Plan *p, int64_t us, int64_t inwards, StrBuf *out)
{
	bool open = us % 1000 != 0 && (us - inwards) % 1000 == 0;
	strbuf_puts(out, open ? inwards < 0 ? "< left " : "> left " : inwards < 0 ? "<= left " : ">= left ");
	strbuf_put_str(out, p->inputs[0]->cols[p->join.left_time].name);
	us -= open ? inwards : 0;
	if (!us)
		return;
	strbuf_puts(out, us < 0 ? " - " : " + ");
	config_print_duration(out, us < 0 ? -us : us);
}

static void put_join_time(const Plan *p, StrBuf *out)
{
	if (p->kind == PLAN_INTERVAL_JOIN) {
		strbuf_printf(out, ", right %.*s ", STR_ARG(p->inputs[1]->cols[p->join.right_time].name));
		put_moved(p, p->join.low_us, 1, out);
		strbuf_puts(out, " and ");
		put_moved(p, p->join.high_us, -1, out);
	} else if (p->kind == PLAN_TEMPORAL_JOIN) {
		strbuf_printf(out, ", right as of left %.*s", STR_ARG(p->inputs[0]->cols[p->join.left_time].name));
	} else if (p->kind == PLAN_LOOKUP_JOIN) {
		strbuf_puts(out, ", right as it is when the left row comes");
	} else if (p->kind == PLAN_WINDOW_JOIN) {
		strbuf_puts(out, ", window=[");
		put_window(&p->join.window, out);
		strbuf_putc(out, ']');
	} else {
		strbuf_puts(out, p->join.nkeys ? ", hash" : ", nested loop");
	}
}

static void put_node(Arena *arena, const Plan *p, StrBuf *out)
{
	static const char *const joins[] = {"inner", "left", "right", "full", "semi", "anti"};
	static const char *const applies[] = {"scalar", "exists", "in", "array", "cross", "left"};
	switch (p->kind) {
	case PLAN_SCAN: put_scan(arena, p, out); break;
	case PLAN_VALUES: strbuf_printf(out, "%u rows", p->values.nrows); break;
	case PLAN_FILTER: expr_print(p->predicate, names_of(arena, p->inputs[0]), out); break;
	case PLAN_PROJECT: {
		Str *names = names_of(arena, p->inputs[0]);
		for (uint32_t i = 0; i < p->ncols; i++) {
			StrBuf text;
			strbuf_init(&text);
			expr_print(p->exprs[i], names, &text);
			strbuf_puts(out, i ? ", " : "");
			strbuf_put_str(out, strbuf_str(&text));
			if (!str_eq(strbuf_str(&text), p->cols[i].name))
				strbuf_printf(out, " AS %.*s", STR_ARG(p->cols[i].name));
			strbuf_deinit(&text);
		}
		break;
	}
	case PLAN_UNNEST:
		for (uint32_t i = 0; i < p->unnest.nargs; i++)
			strbuf_printf(out, "%s%.*s", i ? ", " : "", STR_ARG(p->inputs[0]->cols[p->unnest.args[i]].name));
		strbuf_puts(out, p->unnest.outer ? ", left" : "");
		strbuf_puts(out, p->unnest.ordinality ? ", with ordinality" : "");
		break;
	case PLAN_WINDOW:
		put_window(&p->window.spec, out);
		if (p->window.nkeys)
			put_list(", partitionBy=[", p, p->window.keys, p->window.nkeys, "]", out);
		break;
	case PLAN_EXPAND: put_sets(p, out); break;
	case PLAN_AGG:
	case PLAN_WINDOW_AGG: put_agg(p, out); break;
	case PLAN_JOIN:
	case PLAN_INTERVAL_JOIN:
	case PLAN_WINDOW_JOIN:
	case PLAN_TEMPORAL_JOIN:
	case PLAN_LOOKUP_JOIN:
		strbuf_printf(out, "%s", joins[p->join.kind]);
		for (uint32_t i = 0; i < p->join.nkeys; i++)
			strbuf_printf(out, ", %.*s = %.*s", STR_ARG(p->inputs[0]->cols[p->join.left_keys[i]].name),
			              STR_ARG(p->inputs[1]->cols[p->join.right_keys[i]].name));
		if (p->join.residual) {
			strbuf_puts(out, ", where=[");
			expr_print(p->join.residual, names_of_both(arena, p), out);
			strbuf_putc(out, ']');
		}
		put_join_time(p, out);
		break;
	case PLAN_APPLY:
		strbuf_puts(out, applies[p->apply.kind]);
		if (p->apply.nparams)
			put_list(", correlated by [", p->inputs[0], p->apply.params, p->apply.nparams, "]", out);
		strbuf_puts(out, p->apply.by_row ? ", when the row comes" : "");
		strbuf_puts(out, p->apply.many ? ", a batch at once" : "");
		break;
	case PLAN_SETOP:
		strbuf_printf(out, "%s%s", p->setop.op == SETOP_INTERSECT ? "intersect" : "except", p->setop.all ? " all" : "");
		break;
	case PLAN_SORT:
	case PLAN_LIMIT:
		for (uint32_t i = 0; i < p->sort.nkeys; i++)
			strbuf_printf(out, "%s%.*s%s", i ? ", " : "", STR_ARG(p->cols[p->sort.keys[i].col].name),
			              p->sort.keys[i].desc ? " DESC" : "");
		if (p->sort.limit) {
			strbuf_puts(out, p->sort.nkeys ? ", limit=" : "limit=");
			expr_print(p->sort.limit, NULL, out);
		}
		if (p->sort.offset) {
			strbuf_puts(out, ", offset=");
			expr_print(p->sort.offset, NULL, out);
		}
		break;
	case PLAN_OVER: put_over(p, out); break;
	case PLAN_TOPN: put_topn(p, out); break;
	case PLAN_EXCHANGE:
		if (p->exchange.nkeys) {
			put_list("hash[", p, p->exchange.keys, p->exchange.nkeys, "]", out);
		} else {
			strbuf_puts(out, "single");
		}
		break;
	case PLAN_ONCE: put_list("keeps=[", p, p->once.cols, p->once.ncols, "]", out); break;
	case PLAN_LAST_WINS:
	case PLAN_NORMALIZE: put_list("key=[", p, p->target.key, p->target.nkey, "]", out); break;
	case PLAN_MATERIALIZE:
	case PLAN_SINK:
		strbuf_put_str(out, p->target.rel->name);
		if (p->target.nkey)
			put_list(", key=[", p, p->target.key, p->target.nkey, "]", out);
		break;
	default: break;
	}
}

/* Nodes that several others read, as Flink shows them: in full where they come first, with a number. */
typedef struct Shared {
	const Plan *node;
	uint32_t readers, number;
} Shared;

typedef struct Printing {
	Arena *arena;
	const ExplainOptions *o;
	struct {
		Shared *items;
		uint32_t len, cap;
	} shared;
	uint32_t shown;
	StrBuf *out;
} Printing;

static Shared *find_shared(Printing *t, const Plan *p)
{
	for (uint32_t i = 0; p->share && i < t->shared.len; i++)
		if (t->shared.items[i].node == p)
			return &t->shared.items[i];
	return NULL;
}

static void count_readers(Printing *t, const Plan *p)
{
	Shared *s = find_shared(t, p);
	if (s) {
		s->readers++;
		return;
	}
	if (p->share) {
		Shared first = {p, 1, 0};
		ARENA_PUSH(t->arena, &t->shared, first);
	}
	for (uint32_t i = 0; i < p->ninputs; i++)
		count_readers(t, p->inputs[i]);
}

static void print(Printing *t, const Plan *p, uint32_t depth)
{
	Arena *arena = t->arena;
	const ExplainOptions *o = t->o;
	StrBuf *out = t->out;
	strbuf_fill(out, ' ', (size_t)(depth ? (depth - 1) * 3 : 0));
	strbuf_puts(out, depth ? "+- " : "");
	Shared *s = find_shared(t, p);
	if (s && s->number) {
		strbuf_printf(out, "Reused(reference_id=[%u])\n", s->number);
		return;
	}
	strbuf_puts(out, plan_kind_name(p->kind));
	strbuf_putc(out, '(');
	put_node(arena, p, out);
	strbuf_putc(out, ')');
	if (s && s->readers > 1) {
		s->number = ++t->shown;
		strbuf_printf(out, "(reuse_id=[%u])", s->number);
	}
	if (o && o->changes) {
		const char *update = plan_never_deletes(p) ? ", changelogMode=[I,UB,UA]" : ", changelogMode=[I,UB,UA,D]";
		strbuf_puts(out, p->append_only ? ", changelogMode=[I]" : update);
	}
	if (o && o->state)
		explain_state(p, out);
	if (o && o->state && p->has_key && p->kind != PLAN_MATERIALIZE && p->kind != PLAN_SINK &&
	    p->kind != PLAN_EXCHANGE && p->nkey) {
		put_list("; unique=[", p, p->key, p->nkey, "]", out);
	}
	if (o && o->extra)
		o->extra(o->ctx, p, out);
	strbuf_putc(out, '\n');
	for (uint32_t i = 0; i < p->ninputs; i++)
		print(t, p->inputs[i], depth + 1);
}

void explain_print(const PlanQuery *q, const ExplainOptions *options, StrBuf *out)
{
	Arena *arena = arena_open("explain", 0);
	Printing t = {.arena = arena, .o = options, .out = out};
	count_readers(&t, q->root);
	print(&t, q->root, 0);
	arena_close(arena);
}
