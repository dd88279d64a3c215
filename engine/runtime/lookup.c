/*
 * engine/runtime/lookup.c: the right sides of lookup joins: the current rows and indexes of views and own tables.
 */
#include "engine/runtime/lookup.h"

#include "base/log.h"
#include "engine/operators/operators.h"
#include "engine/operators/materialize.h"

/* Indexes come and go: the plan's is known by its state table. */
static uint32_t index_at(const Relation *now, const IndexDef *index)
{
	for (uint32_t i = 0; i < now->nindexes; i++)
		if (str_eq(now->indexes[i].state, index->state))
			return i;
	return UINT32_MAX;
}

/* The view's root; NULL: it is not open, or no view. */
static Operator *view_root(const Query *q, const Relation *rel, const Relation **now)
{
	const Query *v = rel->kind == REL_MVIEW ? query_find(q->engine, rel->name) : NULL;
	if (!v || !v->graph)
		return NULL;
	*now = v->rel;
	return v->graph->ops[v->graph->nops - 1];
}

StateTable *lookup_rows_of(void *ctx, const Relation *rel)
{
	const Query *q = ctx;
	const OwnTable *t = rel->kind == REL_OWN ? own_find(q->engine, rel) : NULL;
	const Relation *now;
	Operator *root = view_root(q, rel, &now);
	return t ? t->rows : root ? materialize_rows(root) : NULL;
}

StateTable *lookup_index_of(void *ctx, const Relation *rel, uint32_t index)
{
	const Query *q = ctx;
	const OwnTable *t = rel->kind == REL_OWN ? own_find(q->engine, rel) : NULL;
	const Relation *now = t ? t->rel : NULL;
	Operator *root = view_root(q, rel, &now);
	uint32_t at = now ? index_at(now, &rel->indexes[index]) : UINT32_MAX;
	return at == UINT32_MAX ? NULL : t ? t->index[at] : materialize_index(root, at);
}

static bool kept(void *ctx, const Plan *scan, StateTable **rows, StateTable **index, Err *err)
{
	const PlanScan *s = &scan->scan;
	*rows = lookup_rows_of(ctx, s->rel);
	if (!*rows)
		return err_set(err, ERR_INTERNAL, "\"%.*s\" is not open", STR_ARG(s->rel->name));
	*index = s->index < 0 ? NULL : lookup_index_of(ctx, s->rel, (uint32_t)s->index);
	return s->index < 0 || *index ||
	       err_set(err, ERR_NO_SUCH_OBJECT, "the index \"%.*s\" of \"%.*s\" is gone",
	               STR_ARG(s->rel->indexes[s->index].name), STR_ARG(s->rel->name));
}

/* ---- tables elsewhere ---- */

enum {
	LOOKUP_FIRST_WAIT_US = 500000,
	LOOKUP_LAST_WAIT_US = 30000000,
	LOOKUP_FIRST_PATIENCE_MS = 2000, /* the engine waits meanwhile */
	LOOKUP_LAST_PATIENCE_MS = 60000,
	LOOKUP_TARGETS_MAX = 64,
};

/* The field that a column of the scan is. */
static uint32_t position_of(const PlanScan *s, uint32_t col)
{
	ASSERT(s->exprs[col]->kind == EXPR_COLUMN);
	return s->fields[s->exprs[col]->index].position;
}

static bool open_remote(const Query *q, const Plan *join, LookupTarget *out, Err *err)
{
	const Plan *l = join->inputs[0];
	const PlanScan *s = &join->inputs[1]->scan;
	const PlanJoin *j = &join->join;
	out->type = lookup_find(s->rel->table->connector);
	if (!out->type)
		return err_set(err, ERR_NOT_SUPPORTED, "tables of the connector '%.*s' cannot be looked up in",
		               STR_ARG(s->rel->table->connector));
	Arena *arena = arena_open("lookup", 0);
	uint32_t *keys = ARENA_ARRAY(arena, uint32_t, j->nkeys + 1), *fields = ARENA_ARRAY(arena, uint32_t, s->nfields + 1);
	const Type **types = ARENA_ARRAY(arena, const Type *, j->nkeys + 1);
	LookupSpec spec = {.table = s->rel->table,
	                   .keys = keys,
	                   .key_types = types,
	                   .nkeys = j->nkeys,
	                   .fields = fields,
	                   .patience_ms = q->patience_ms ? q->patience_ms : LOOKUP_FIRST_PATIENCE_MS};
	for (uint32_t k = 0; k < j->nkeys; k++) {
		keys[k] = position_of(s, j->right_keys[k]);
		types[k] = l->cols[j->left_keys[k]].type;
	}
	for (uint32_t i = 0; i < s->nfields; i++)
		if (s->fields[i].kind == SCAN_VALUE)
			fields[spec.nfields++] = s->fields[i].position;
	bool ok = out->type->open(&spec, &out->lookup, err);
	arena_close(arena);
	return ok;
}

static bool open_lookup(void *ctx, const Plan *join, void **handle, Err *err)
{
	LookupTarget *r = MEM_NEW(LookupTarget);
	if (!open_remote(ctx, join, r, err)) {
		mem_free(r);
		return false;
	}
	*handle = r;
	return true;
}

static bool ask(void *handle, const Column *keys, uint32_t n, Arena *arena, Batch *rows, const uint32_t **of, Err *err)
{
	LookupTarget *r = handle;
	return r->type->ask(r->lookup, keys, n, arena, rows, of, err);
}

static void close_lookup(void *handle)
{
	LookupTarget *r = handle;
	r->type->close(r->lookup);
	mem_free(r);
}

const OperatorLookup lookup_of_query = {
    .kept = kept,
    .open = open_lookup,
    .ask = ask,
    .close = close_lookup,
};

/* ---- outages ---- */

/* When it is tried again. */
static void wait_more(Query *q)
{
	q->wait_us = !q->wait_us                            ? LOOKUP_FIRST_WAIT_US
	             : q->wait_us * 2 > LOOKUP_LAST_WAIT_US ? LOOKUP_LAST_WAIT_US
	                                                    : q->wait_us * 2;
	q->retry_us = clock_wall_us(q->engine->clock) + q->wait_us;
}

void lookup_failed(Query *q, const Err *err)
{
	bool outage = err->code == ERR_SOURCE_UNREACHABLE && (err->flags & ERR_RETRIABLE) && !q->follower;
	q->retry_us = 0;
	if (!outage)
		return;
	/* it answered the probe, and then not in time: it is slow */
	int64_t more = q->patience_ms ? q->patience_ms * 2 : LOOKUP_FIRST_PATIENCE_MS * 2;
	if (q->probed)
		q->patience_ms = more > LOOKUP_LAST_PATIENCE_MS ? LOOKUP_LAST_PATIENCE_MS : more;
	q->probed = false;
	wait_more(q);
}

/* The tables elsewhere that the plan looks into. */
static bool open_targets(const Query *q, const Plan *p, LookupTarget *out, uint32_t *n, Err *err)
{
	if (p->kind == PLAN_LOOKUP_JOIN && p->inputs[1]->scan.rel->kind == REL_SOURCE && *n < LOOKUP_TARGETS_MAX) {
		if (!open_remote(q, p, &out[*n], err))
			return false;
		++*n;
	}
	for (uint32_t i = 0; i < p->ninputs; i++)
		if (!open_targets(q, p->inputs[i], out, n, err))
			return false;
	return true;
}

static void start_probe(Engine *e, Query *q)
{
	LookupTarget targets[LOOKUP_TARGETS_MAX];
	uint32_t n = 0;
	Err err = {0};
	if (open_targets(q, q->plan->root, targets, &n, &err)) {
		q->probe = lookup_probe_start(targets, n, engine_wake, e);
	} else {
		for (uint32_t i = 0; i < n; i++)
			targets[i].type->close(targets[i].lookup);
	}
	if (!q->probe)
		wait_more(q);
}

void lookup_stop(Query *q)
{
	lookup_probe_close(q->probe);
	q->probe = NULL;
}

static void end_probe(Engine *e, Query *q)
{
	bool ok;
	Err err = {0};
	if (!lookup_probe_done(q->probe, &ok, &err))
		return;
	lookup_stop(q);
	if (q->state != QUERY_FAILED)
		return;
	if (!ok) {
		wait_more(q);
		return;
	}
	q->retry_us = 0;
	if (query_resume(e, q, false, &err)) {
		q->probed = true;
		LOGI("engine", "the table that is looked up in answers again; the query goes on", "query=\"%.*s\"",
		     STR_ARG(q->name));
	} else {
		LOGW("engine", "the query cannot go on", "query=\"%.*s\" error=\"%s\"", STR_ARG(q->name), err.message);
	}
}

void lookup_retry(Engine *e, int64_t now_us)
{
	for (Query *q = e->queries; q; q = q->next) {
		if (q->probe)
			end_probe(e, q);
		else if (q->state == QUERY_FAILED && q->retry_us && q->retry_us <= now_us)
			start_probe(e, q);
	}
}
