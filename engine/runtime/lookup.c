/*
 * engine/runtime/lookup.c: the right sides of lookup joins: the current rows and indexes of views and own tables.
 */
#include "engine/runtime/lookup.h"

#include "engine/operators/operators.h"
#include "engine/runtime/engine_int.h"

/* Indexes come and go: the plan's is known by its state table. */
static uint32_t index_at(const Relation *now, const PlanScan *s)
{
	for (uint32_t i = 0; i < now->nindexes; i++)
		if (str_eq(now->indexes[i].state, s->rel->indexes[s->index].state))
			return i;
	return UINT32_MAX;
}

static bool kept(void *ctx, const Plan *scan, StateTable **rows, StateTable **index, Err *err)
{
	const Query *q = ctx;
	const PlanScan *s = &scan->scan;
	const OwnTable *t = s->rel->kind == REL_OWN ? own_find(q->engine, s->rel) : NULL;
	const Query *v = s->rel->kind == REL_MVIEW ? query_find(q->engine, s->rel->name) : NULL;
	if (!t && (!v || !v->graph))
		return err_set(err, ERR_INTERNAL, "\"%.*s\" is not open", STR_ARG(s->rel->name));
	Operator *root = t ? NULL : v->graph->ops[v->graph->nops - 1];
	*rows = t ? t->rows : materialize_rows(root);
	*index = NULL;
	if (s->index < 0)
		return true;
	uint32_t at = index_at(t ? t->rel : v->rel, s);
	if (at == UINT32_MAX)
		return err_set(err, ERR_NO_SUCH_OBJECT, "the index \"%.*s\" of \"%.*s\" is gone",
		               STR_ARG(s->rel->indexes[s->index].name), STR_ARG(s->rel->name));
	*index = t ? t->index[at] : materialize_index(root, at);
	return true;
}

const OperatorLookup lookup_of_query = {
    .kept = kept,
};
