/*
 * sql/plan/explain_state.c: what a node of a plan keeps, and what bounds it.
 */
#include "sql/plan/explain_state.h"

#include "base/config.h"

void explain_state_cols(const Plan *in, const uint32_t *cols, uint32_t n, StrBuf *out)
{
	for (uint32_t i = 0; i < n; i++) {
		strbuf_puts(out, i ? ", " : "");
		strbuf_put_str(out, in->cols[cols[i]].name);
	}
}

/* What bounds state that the watermark does not. */
static void put_life(const Plan *p, uint32_t side, const char *what, StrBuf *out)
{
	int64_t us = plan_ttl_us(p, side);
	if (us) {
		strbuf_puts(out, "ttl ");
		config_print_duration(out, us);
	} else {
		strbuf_printf(out, "nothing bounds %s", what);
	}
}

/* What a join keeps of one side, in the table <query>.<id>.left or right, and what bounds it. */
static void put_side(const Plan *p, uint32_t port, StrBuf *out)
{
	const Plan *in = p->inputs[port];
	strbuf_printf(out, "%s %u.%s: ", port ? ";" : "; state", p->id, port ? "right" : "left");
	bool keys_only = port && (p->join.kind == JOIN_SEMI || p->join.kind == JOIN_ANTI) && !p->join.residual;
	if (in->has_key && in->nkey == 0) {
		strbuf_puts(out, "one row");
	} else if (in->has_key) {
		strbuf_puts(out, "one row per ");
		explain_state_cols(in, in->key, in->nkey, out);
	} else if (keys_only) {
		strbuf_puts(out, "one entry per key");
	} else {
		strbuf_puts(out, in->bounded ? "every row of a bounded input" : "every row");
	}
	if (plan_ttl_us(p, port) || (!in->has_key && (keys_only || !in->bounded))) {
		strbuf_puts(out, ", ");
		put_life(p, port, "it", out);
	}
}

static void put_over_state(const Plan *p, StrBuf *out)
{
	const PlanOver *v = &p->over;
	bool lags = false;
	for (uint32_t i = 0; i < v->ncalls; i++)
		lags |= v->calls[i].fn != OVER_AGG;
	if (v->time_col < 0) {
		strbuf_puts(out, "; state: all rows, ");
		put_life(p, 0, "it", out);
		strbuf_puts(out, "; a change computes its partition again");
	} else if (!v->rows && v->start.kind != OVER_UNBOUNDED_PRECEDING && !lags) {
		strbuf_printf(out, "; state: the rows of the frames, freed by %s", v->proctime ? "the clock" : "the watermark");
	} else if (v->ncalls == 0) {
		strbuf_puts(out, "; state: rows above the watermark");
	} else if (v->start.kind == OVER_UNBOUNDED_PRECEDING) {
		strbuf_puts(out, "; state: one entry per partition, ");
		put_life(p, 0, "it", out);
	} else {
		strbuf_puts(out, "; state: the rows of one frame per partition, ");
		put_life(p, 0, "the partitions", out);
	}
	if (v->time_col >= 0 && !v->proctime)
		strbuf_puts(out, "; rows wait until the watermark reaches them");
}

static void put_topn_state(const Plan *p, StrBuf *out)
{
	const PlanTopN *t = &p->topn;
	const Plan *in = p->inputs[0];
	if (t->mode == TOPN_WINDOW) {
		strbuf_puts(out, "; state: open windows, freed by the watermark");
		return;
	}
	bool timed = plan_topn_forgets(t);
	if (t->mode == TOPN_SEEN)
		strbuf_puts(out, "; state: the partition's key");
	else if (t->mode == TOPN_ARRIVAL)
		strbuf_puts(out, t->npartition ? "; state: a counter per partition" : "; state: a counter");
	else if (t->mode == TOPN_DEDUP)
		strbuf_puts(out, "; state: one row per partition");
	else if (in->append_only)
		strbuf_puts(out, t->npartition ? "; state: the top rows per partition" : "; state: the top rows");
	else
		strbuf_puts(out, "; state: all rows, since the input takes rows back");
	if (timed) {
		strbuf_puts(out, ", freed ");
		config_print_duration(out, t->within_us);
		strbuf_printf(out, " after its row, by %s",
		              t->proctime && t->mode != TOPN_SEEN ? "the clock" : "the watermark");
	} else if (t->bound_col >= 0) {
		strbuf_printf(out, ", freed by the watermark, since the partition holds \"%.*s\"",
		              STR_ARG(in->cols[t->bound_col].name));
	} else if (t->npartition || plan_ttl_us(p, 0)) {
		strbuf_puts(out, ", ");
		put_life(p, 0, "it", out);
	}
}

/* How long a row of an interval join is kept. */
static void put_kept(const Plan *p, uint32_t port, StrBuf *out)
{
	int64_t us = port ? -p->join.low_us : p->join.high_us;
	us += (us + 1) % 1000 == 0 ? 1 : 0; /* as above */
	const PlanCol *c = &p->inputs[port]->cols[port ? p->join.right_time : p->join.left_time];
	strbuf_printf(out, "%s %u.%s: rows until the %s passes %.*s", port ? ";" : "; state", p->id,
	              port ? "right" : "left", p->join.proctime ? "clock" : "watermark", STR_ARG(c->name));
	if (!us)
		return;
	strbuf_puts(out, us < 0 ? " - " : " + ");
	config_print_duration(out, us < 0 ? -us : us);
}

/* Does an aggregate keep more than a state of fixed size per group? The values it was given, or their counts. */
static bool keeps_values(const PlanAgg *agg, const AggCall *call)
{
	switch (call->kind) {
	case AGG_FLAT: return call->distinct && call->nargs;
	case AGG_EXTREME: return !agg->input_append || !call->size;
	case AGG_COUNTS: return call->distinct || (!call->count_of && (!call->counters_max || !agg->input_append));
	case AGG_ORDERED: return !agg->input_append || call->needs_all;
	}
	return false;
}

static void put_agg_state(const Plan *p, StrBuf *out)
{
	const PlanAgg *agg = &p->agg;
	bool values = false;
	strbuf_puts(out, agg->nkeys ? "; state: one entry per group" : "; state: one row");
	for (uint32_t i = 0; i < agg->naggs; i++) {
		bool listed = false;
		for (uint32_t k = 0; k < i; k++)
			listed |= str_eq(agg->aggs[k].text, agg->aggs[i].text);
		if (listed || !keeps_values(agg, &agg->aggs[i].call))
			continue;
		strbuf_printf(out, "%s%.*s", values ? ", " : " and the values of ", STR_ARG(agg->aggs[i].text));
		values = true;
	}
	if (agg->nkeys || values || plan_ttl_us(p, 0)) {
		strbuf_puts(out, ", ");
		put_life(p, 0, "it", out);
	}
}

void explain_state(const Plan *p, StrBuf *out)
{
	switch (p->kind) {
	case PLAN_WINDOW:
		if (p->window.spec.kind == WINDOW_SESSION)
			strbuf_puts(out, "; state: rows of open sessions, freed by the watermark");
		break;
	case PLAN_WINDOW_AGG:
		if (p->agg.window.kind != WINDOW_SESSION || p->agg.attached)
			strbuf_puts(out, "; state: open slices, freed by the watermark");
		else
			strbuf_printf(out, "; state: %s, freed by the watermark",
			              p->agg.input_append ? "open sessions" : "rows of open sessions");
		break;
	case PLAN_AGG: put_agg_state(p, out); break;
	case PLAN_JOIN:
		put_side(p, 0, out);
		put_side(p, 1, out);
		break;
	case PLAN_INTERVAL_JOIN:
		put_kept(p, 0, out);
		put_kept(p, 1, out);
		break;
	case PLAN_TEMPORAL_JOIN:
		strbuf_printf(out,
		              "; state %u.left: rows until the watermark reaches their time; %u.right: per key the version "
		              "valid at the watermark, and later ones",
		              p->id, p->id);
		break;
	case PLAN_LOOKUP_JOIN:
		if (p->inputs[0]->append_only)
			strbuf_puts(out, "; no state: the left only appends");
		else
			strbuf_printf(out, "; state %u.given: per left row alive what it was joined to", p->id);
		break;
	case PLAN_WINDOW_JOIN: strbuf_puts(out, "; state: rows of open windows, freed by the watermark"); break;
	case PLAN_SETOP:
		strbuf_printf(out, "; state %u.rows: counts per distinct row of both sides, ", p->id);
		put_life(p, 0, "it", out);
		break;
	case PLAN_OVER: put_over_state(p, out); break;
	case PLAN_TOPN: put_topn_state(p, out); break;
	case PLAN_LAST_WINS:
		strbuf_puts(out, "; state: the rows alive per sink key, ");
		put_life(p, 0, "it", out);
		break;
	case PLAN_ONCE:
		strbuf_puts(out, "; state: those columns of each row alive, ");
		put_life(p, 0, "it", out);
		break;
	case PLAN_NORMALIZE:
		strbuf_puts(out, "; state: one row per key, ");
		put_life(p, 0, "it", out);
		break;
	default: break;
	}
}
