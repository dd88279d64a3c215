/*
 * sql/plan/infer.c: facts of a node's output from the facts of its inputs: does it retract, what is its key, which
 * window do its rows carry.
 *
 * One function per kind of fact would walk the kinds four times; one per node kind keeps what belongs together.
 */
#include "sql/plan/infer.h"

#include "sql/catalog/catalog.h"

static void set_key(Plan *p, uint32_t *key, uint32_t nkey)
{
	p->has_key = true;
	p->key = key;
	p->nkey = nkey;
}

static void same_as(Plan *p, const Plan *in)
{
	p->append_only = in->append_only;
	p->has_key = in->has_key;
	p->key = in->key;
	p->nkey = in->nkey;
	p->bounded = in->bounded;
	p->window_cols = in->window_cols;
	p->lost_time = in->lost_time;
}

static int32_t index_of(const uint32_t *list, uint32_t n, uint32_t v)
{
	for (uint32_t i = 0; i < n; i++)
		if (list[i] == v)
			return (int32_t)i;
	return -1;
}

/* The output column that shows column `col` of the relation or input; -1: none. */
static int32_t shown_by(const Expr *const *exprs, uint32_t n, uint32_t col)
{
	for (uint32_t i = 0; i < n; i++)
		if (exprs[i]->kind == EXPR_COLUMN && exprs[i]->index == col)
			return (int32_t)i;
	return -1;
}

static void infer_scan(Arena *arena, Plan *p)
{
	const PlanScan *s = &p->scan;
	const Relation *r = s->rel;
	const uint32_t *key = NULL;
	uint32_t nkey = 0;
	if (r->kind == REL_SOURCE) {
		key = r->table->key;
		nkey = r->table->nkey;
	} else if (r->stored.kind == STORED_BY_KEY) {
		key = r->stored.key;
		nkey = r->stored.nkey;
		if (r->kind == REL_MVIEW && r->plan && nkey == 0) {
			set_key(p, NULL, 0);
			return;
		}
	}
	if (!nkey)
		return;
	uint32_t *out = ARENA_ARRAY(arena, uint32_t, nkey);
	for (uint32_t k = 0; k < nkey; k++) {
		int32_t at = -1;
		if (s->cols) {
			at = index_of(s->cols, p->ncols, key[k]);
		} else {
			for (uint32_t c = 0; c < p->ncols; c++)
				if (str_eq(p->cols[c].name, r->table->cols[key[k]].name))
					at = (int32_t)c;
		}
		if (at < 0)
			return;
		out[k] = (uint32_t)at;
	}
	set_key(p, out, nkey);
}

/* A view's rows carry the window that its plan attached to them. */
static void infer_view_window(Plan *p)
{
	const PlanScan *s = &p->scan;
	const Relation *r = s->rel;
	if (r->kind != REL_MVIEW || !r->plan || !s->cols)
		return;
	WindowCols w = r->plan->root->window_cols;
	if (!w.attached)
		return;
	w.start_col = w.start_col < 0 ? -1 : index_of(s->cols, p->ncols, (uint32_t)w.start_col);
	w.end_col = w.end_col < 0 ? -1 : index_of(s->cols, p->ncols, (uint32_t)w.end_col);
	w.time_col = w.time_col < 0 ? -1 : index_of(s->cols, p->ncols, (uint32_t)w.time_col);
	w.attached = w.start_col >= 0 && w.end_col >= 0;
	if (w.attached)
		p->window_cols = w;
}

static void infer_project(Arena *arena, Plan *p)
{
	const Plan *in = p->inputs[0];
	same_as(p, in);
	p->has_key = false;
	p->key = NULL;
	p->nkey = 0;
	if (in->has_key) {
		uint32_t *out = ARENA_ARRAY(arena, uint32_t, in->nkey + 1);
		bool all = true;
		for (uint32_t k = 0; k < in->nkey; k++) {
			int32_t at = shown_by(p->exprs, p->ncols, in->key[k]);
			all &= at >= 0;
			out[k] = (uint32_t)at;
		}
		if (all)
			set_key(p, out, in->nkey);
	}
	WindowCols *w = &p->window_cols;
	if (w->attached) {
		w->start_col =
		    in->window_cols.start_col < 0 ? -1 : shown_by(p->exprs, p->ncols, (uint32_t)in->window_cols.start_col);
		w->end_col = in->window_cols.end_col < 0 ? -1 : shown_by(p->exprs, p->ncols, (uint32_t)in->window_cols.end_col);
		w->time_col =
		    in->window_cols.time_col < 0 ? -1 : shown_by(p->exprs, p->ncols, (uint32_t)in->window_cols.time_col);
		w->attached = w->start_col >= 0 && w->end_col >= 0;
	}
	bool had = false, has = false;
	for (uint32_t i = 0; i < in->ncols; i++)
		had |= in->cols[i].time != TIME_NONE;
	for (uint32_t i = 0; i < p->ncols; i++)
		has |= p->cols[i].time != TIME_NONE;
	if (had && !has)
		p->lost_time = "the SELECT list does not pass the time column on as it is";
}

/* Rows of one input row differ by the element's number, if that is shown. */
static void infer_unnest(Arena *arena, Plan *p)
{
	const Plan *in = p->inputs[0];
	same_as(p, in);
	p->has_key = false;
	p->key = NULL;
	p->nkey = 0;
	if (!in->has_key || !p->unnest.ordinality)
		return;
	uint32_t *key = ARENA_ARRAY(arena, uint32_t, in->nkey + 1);
	if (in->nkey)
		memcpy(key, in->key, in->nkey * sizeof *key);
	key[in->nkey] = p->ncols - 1;
	set_key(p, key, in->nkey + 1);
}

bool infer_same_window(const WindowSpec *a, const WindowSpec *b)
{
	return a->kind == b->kind && a->size_ms == b->size_ms && a->slide_ms == b->slide_ms &&
	       a->offset_ms == b->offset_ms && a->ltz == b->ltz && a->proctime == b->proctime && a->zone == b->zone;
}

/* UNION ALL of relations with the same windows in the same columns carries them, too. */
static void infer_union_window(Plan *p)
{
	WindowCols w = p->inputs[0]->window_cols;
	for (uint32_t i = 1; w.attached && i < p->ninputs; i++) {
		const WindowCols *x = &p->inputs[i]->window_cols;
		w.attached = x->attached && infer_same_window(&w.spec, &x->spec) && w.start_col == x->start_col &&
		             w.end_col == x->end_col;
		if (w.time_col != x->time_col)
			w.time_col = -1;
	}
	if (w.attached)
		p->window_cols = w;
}

static void infer_window(Arena *arena, Plan *p)
{
	const Plan *in = p->inputs[0];
	same_as(p, in);
	uint32_t n = in->ncols;
	if (in->has_key) {
		uint32_t *key = ARENA_ARRAY(arena, uint32_t, in->nkey + 2);
		if (in->nkey)
			memcpy(key, in->key, in->nkey * sizeof *key);
		key[in->nkey] = n;
		key[in->nkey + 1] = n + 1;
		bool once = p->window.spec.kind == WINDOW_TUMBLE || p->window.spec.kind == WINDOW_SESSION;
		set_key(p, key, in->nkey + (once ? 0 : 2));
	}
	if (p->window.spec.kind == WINDOW_SESSION) { /* rows come when their session has closed, in order of arrival */
		p->append_only = true;
		p->needs_order = true;
	}
	p->window_cols = (WindowCols){true, p->window.spec, (int32_t)n, (int32_t)n + 1, (int32_t)n + 2};
	p->lost_time = NULL;
}

static void infer_expand(Arena *arena, Plan *p)
{
	const Plan *in = p->inputs[0];
	same_as(p, in);
	if (!in->has_key)
		return;
	uint32_t *key = ARENA_ARRAY(arena, uint32_t, in->nkey + 1);
	if (in->nkey)
		memcpy(key, in->key, in->nkey * sizeof *key);
	key[in->nkey] = p->ncols - 1;
	set_key(p, key, in->nkey + 1);
}

static void infer_agg(Arena *arena, Plan *p)
{
	const PlanAgg *a = &p->agg;
	bool windowed = p->kind == PLAN_WINDOW_AGG;
	uint32_t extra = windowed ? 2 : 0;
	uint32_t *key = ARENA_ARRAY(arena, uint32_t, a->nkeys + extra + 1);
	for (uint32_t i = 0; i < a->nkeys; i++)
		key[i] = i;
	p->bounded = p->inputs[0]->bounded;
	p->needs_order = a->needs_order;
	if (windowed) {
		uint32_t at = a->nkeys + a->naggs;
		key[a->nkeys] = at;
		key[a->nkeys + 1] = at + 1;
		p->append_only = a->emit == EMIT_ON_CLOSE;
		p->window_cols = (WindowCols){true, a->window, (int32_t)at, (int32_t)at + 1, (int32_t)at + 2};
		p->lost_time = NULL;
	} else {
		p->append_only = a->naggs == 0 && p->inputs[0]->append_only;
		p->lost_time = "GROUP BY without a window has no time of its own";
	}
	set_key(p, key, a->nkeys + extra);
}

/* Is the key of side `port` among its join keys (so that a row of the other side has one partner at most)? */
static bool one_partner(const Plan *p, uint32_t port)
{
	const Plan *in = p->inputs[port];
	const uint32_t *keys = port ? p->join.right_keys : p->join.left_keys;
	for (uint32_t k = 0; k < in->nkey; k++)
		if (index_of(keys, p->join.nkeys, in->key[k]) < 0)
			return false;
	return in->has_key;
}

static void shift_key(Arena *arena, Plan *p, const Plan *in, uint32_t by)
{
	uint32_t *key = ARENA_ARRAY(arena, uint32_t, in->nkey + 1);
	for (uint32_t k = 0; k < in->nkey; k++)
		key[k] = in->key[k] + by;
	set_key(p, key, in->nkey);
}

/* The keys of both sides, without right columns that equal a left one which is there. */
static void both_keys(Arena *arena, Plan *p, bool equal)
{
	const Plan *l = p->inputs[0], *r = p->inputs[1];
	uint32_t *key = ARENA_ARRAY(arena, uint32_t, l->nkey + r->nkey + 1), n = 0;
	for (uint32_t k = 0; k < l->nkey; k++)
		key[n++] = l->key[k];
	for (uint32_t k = 0; k < r->nkey; k++) {
		int32_t at = equal ? index_of(p->join.right_keys, p->join.nkeys, r->key[k]) : -1;
		if (at < 0 || index_of(l->key, l->nkey, p->join.left_keys[at]) < 0)
			key[n++] = r->key[k] + l->ncols;
	}
	set_key(p, key, n);
}

/* Is some column of the key never NULL? Else a row that a FULL JOIN pads may look like one of the other side. */
static bool key_tells(const Plan *in)
{
	for (uint32_t k = 0; k < in->nkey; k++)
		if (in->cols[in->key[k]].type->not_null)
			return true;
	return false;
}

static void infer_join(Arena *arena, Plan *p)
{
	const Plan *l = p->inputs[0], *r = p->inputs[1];
	JoinKind kind = p->join.kind;
	p->bounded = l->bounded && r->bounded;
	p->append_only = (kind == JOIN_INNER || kind == JOIN_SEMI) && l->append_only && r->append_only;
	p->lost_time = "a regular join has no time of its own";
	if (kind == JOIN_SEMI || kind == JOIN_ANTI) {
		if (l->has_key)
			set_key(p, l->key, l->nkey);
		return;
	}
	if (l->has_key && one_partner(p, 1) && (kind == JOIN_INNER || kind == JOIN_LEFT))
		set_key(p, l->key, l->nkey);
	else if (r->has_key && one_partner(p, 0) && (kind == JOIN_INNER || kind == JOIN_RIGHT))
		shift_key(arena, p, r, l->ncols);
	else if (l->has_key && r->has_key && (kind != JOIN_FULL || key_tells(l) || key_tells(r)))
		both_keys(arena, p, kind == JOIN_INNER || kind == JOIN_LEFT);
}

static void infer_time_join(Arena *arena, Plan *p)
{
	infer_join(arena, p);
	p->append_only = true;
	p->lost_time = NULL;
	if (p->kind != PLAN_WINDOW_JOIN || p->join.kind == JOIN_FULL)
		return;
	WindowCols w = p->inputs[p->join.kind == JOIN_RIGHT]->window_cols;
	int32_t by = p->join.kind == JOIN_RIGHT ? (int32_t)p->inputs[0]->ncols : 0;
	w.start_col += by;
	w.end_col += by;
	w.time_col += w.time_col >= 0 ? by : 0;
	p->window_cols = w;
}

static void infer_setop(Arena *arena, Plan *p)
{
	const Plan *l = p->inputs[0], *r = p->inputs[1];
	p->bounded = l->bounded && r->bounded;
	p->append_only = p->setop.op == SETOP_INTERSECT && l->append_only && r->append_only;
	p->lost_time = "a set operation has no time of its own";
	if (l->has_key) {
		set_key(p, l->key, l->nkey);
	} else if (!p->setop.all) {
		uint32_t *key = ARENA_ARRAY(arena, uint32_t, p->ncols + 1);
		for (uint32_t i = 0; i < p->ncols; i++)
			key[i] = i;
		set_key(p, key, p->ncols);
	}
}

static void infer_over(Plan *p)
{
	const Plan *in = p->inputs[0];
	same_as(p, in);
	p->append_only = in->append_only && p->over.time_col >= 0;
	p->needs_order = true;
}

/* Which state the node needs: see TopNMode. */
static void topn_mode(PlanTopN *t, const Plan *in)
{
	const WindowCols *w = &in->window_cols;
	bool number = t->rank == RANK_ROW_NUMBER;
	bool window = w->attached && w->start_col >= 0 && w->end_col >= 0 &&
	              index_of(t->partition, t->npartition, (uint32_t)w->start_col) >= 0 &&
	              index_of(t->partition, t->npartition, (uint32_t)w->end_col) >= 0;
	bool as_they_come = t->norder == 0 || (t->norder == 1 && t->time_col >= 0 && t->proctime && !t->order[0].desc);
	t->bound_col = -1;
	for (uint32_t i = 0; i < t->npartition && t->bound_col < 0; i++)
		if (in->cols[t->partition[i]].time == TIME_ROWTIME)
			t->bound_col = (int32_t)t->partition[i];
	if (window)
		t->mode = TOPN_WINDOW;
	else if (in->append_only && number && as_they_come && t->by_watermark && t->bound_col < 0)
		t->mode = TOPN_SEEN;
	else if (in->append_only && number && as_they_come)
		t->mode = TOPN_ARRIVAL;
	else if (in->append_only && number && t->from == 1 && t->to == 1 && t->norder == 1 && t->time_col >= 0)
		t->mode = TOPN_DEDUP;
	else
		t->mode = TOPN_SORTED;
	if (t->mode == TOPN_WINDOW)
		t->bound_col = -1;
}

static void infer_topn(Arena *arena, Plan *p)
{
	const Plan *in = p->inputs[0];
	PlanTopN *t = &p->topn;
	same_as(p, in);
	topn_mode(t, in);
	p->needs_order = true;
	bool first = t->mode == TOPN_DEDUP && !t->order[0].desc && !t->proctime;
	bool settled = first && (t->within_us > 0 || t->bound_col == t->time_col);
	p->append_only = t->mode == TOPN_WINDOW || t->mode == TOPN_ARRIVAL || t->mode == TOPN_SEEN || settled;
	bool forgets = plan_topn_forgets(t);
	forgets = forgets || (t->mode == TOPN_ARRIVAL && plan_ttl_us(p, 0) > 0);
	bool one = t->from == t->to && t->rank == RANK_ROW_NUMBER;
	if (t->mode == TOPN_SORTED) {
		p->window_cols = (WindowCols){.start_col = -1, .end_col = -1, .time_col = -1};
		p->lost_time = "Top-N has no time of its own";
	}
	if (forgets || !(one || (t->show_rank && t->rank == RANK_ROW_NUMBER)))
		return;
	uint32_t *key = ARENA_ARRAY(arena, uint32_t, t->npartition + 1);
	if (t->npartition)
		memcpy(key, t->partition, t->npartition * sizeof *key);
	key[t->npartition] = in->ncols;
	set_key(p, key, t->npartition + (one ? 0 : 1));
}

void infer_plan(Arena *arena, Plan *p)
{
	const Plan *in = p->ninputs ? p->inputs[0] : NULL;
	if (p->kind != PLAN_SCAN) {
		p->append_only = false;
		p->bounded = false;
	}
	p->has_key = false;
	p->key = NULL;
	p->nkey = 0;
	p->needs_order = false;
	p->window_cols = (WindowCols){.start_col = -1, .end_col = -1, .time_col = -1};
	p->lost_time = NULL;
	switch (p->kind) {
	case PLAN_SCAN:
		infer_scan(arena, p);
		infer_view_window(p);
		if (p->scan.rel->kind == REL_MVIEW && p->scan.rel->plan) {
			const Plan *root = p->scan.rel->plan->root;
			p->lost_time = root->inputs[0]->lost_time;
		}
		break;
	case PLAN_VALUES:
		p->append_only = true;
		p->bounded = true;
		break;
	case PLAN_FILTER:
	case PLAN_ONCE:
	case PLAN_EXCHANGE:
	case PLAN_SORT:
	case PLAN_LIMIT:
	case PLAN_MATERIALIZE:
	case PLAN_SINK:
	case PLAN_RESULT: same_as(p, in); break;
	case PLAN_PROJECT: infer_project(arena, p); break;
	case PLAN_UNION:
		p->append_only = true;
		p->bounded = true;
		for (uint32_t i = 0; i < p->ninputs; i++) {
			p->append_only &= p->inputs[i]->append_only;
			p->bounded &= p->inputs[i]->bounded;
		}
		infer_union_window(p);
		break;
	case PLAN_WINDOW: infer_window(arena, p); break;
	case PLAN_UNNEST: infer_unnest(arena, p); break;
	case PLAN_EXPAND: infer_expand(arena, p); break;
	case PLAN_WINDOW_AGG:
	case PLAN_AGG: infer_agg(arena, p); break;
	case PLAN_JOIN: infer_join(arena, p); break;
	case PLAN_TEMPORAL_JOIN:
		p->append_only = true;
		p->bounded = in->bounded && p->inputs[1]->bounded;
		if (in->has_key)
			set_key(p, in->key, in->nkey);
		break;
	case PLAN_LOOKUP_JOIN:
		p->append_only = in->append_only;
		p->bounded = in->bounded;
		p->window_cols = in->window_cols;
		p->needs_order = true;
		if (in->has_key && p->join.unique)
			set_key(p, in->key, in->nkey);
		break;
	case PLAN_INTERVAL_JOIN:
	case PLAN_WINDOW_JOIN: infer_time_join(arena, p); break;
	case PLAN_SETOP: infer_setop(arena, p); break;
	case PLAN_APPLY:
		p->bounded = in->bounded;
		if (p->apply.kind != APPLY_CROSS && p->apply.kind != APPLY_LEFT) {
			same_as(p, in);
			p->append_only = (p->apply.pure || p->apply.by_row) && in->append_only;
		} else if (p->apply.pure) {
			same_as(p, in);
			p->has_key = false;
			p->key = NULL;
			p->nkey = 0;
		}
		break;
	case PLAN_OVER: infer_over(p); break;
	case PLAN_TOPN: infer_topn(arena, p); break;
	case PLAN_LAST_WINS:
	case PLAN_NORMALIZE:
		same_as(p, in);
		p->append_only = false;
		p->needs_order = true;
		set_key(p, p->target.key, p->target.nkey);
		break;
	case PLAN_KINDS: break;
	}
}
