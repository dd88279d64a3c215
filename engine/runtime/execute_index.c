/*
 * engine/runtime/execute_index.c: CREATE INDEX, DROP INDEX on materialised views and on tables that weir keeps.
 *
 * The relation gets a new version in the catalog that differs in its indexes only; its catalog entry keeps the old one
 * alive for the plans that point at it. The rows there are are indexed in the request, between two steps; from then on
 * the materialize operator or own.c keep the index with the rows. The epoch with the index lands before the catalog
 * shows it, so no plan that names an index meets a snapshot without it.
 *
 *   entry of an index: index columns (descending ones inverted), then k$  ->  k$
 */
#include "base/log.h"
#include "engine/operators/operators.h"
#include "engine/runtime/execute.h"
#include "engine/operators/materialize.h"

enum { EXECUTE_INDEXES_MAX = 8 };

/* Where an index stands. */
typedef struct Place {
	const Relation *rel;
	uint32_t at;
} Place;

static bool find_index(const Catalog *c, Str name, Place *out)
{
	const Relation *r;
	uint32_t found = 0;
	for (int exact = 1; exact >= 0 && !found; exact--)
		for (uint32_t i = 0; (r = catalog_relation_at(c, i)); i++)
			for (uint32_t k = 0; k < r->nindexes; k++) {
				Str other = r->indexes[k].name;
				if (exact ? !str_eq(other, name) : !str_eq_nocase(other, name))
					continue;
				*out = (Place){r, k};
				found++;
			}
	return found == 1;
}

/* The relation with n indexes of the given list, in the arena. */
static Relation *version_with(Execute *x, const Relation *old, const IndexDef *list, uint32_t n)
{
	Relation *r = ARENA_NEW(x->arena, Relation);
	*r = *old;
	r->indexes = list;
	r->nindexes = n;
	r->version = x->e->next_version++;
	r->arena = x->arena;
	return r;
}

static bool fill(const Relation *r, const IndexDef *ix, StateTable *rows, StateTable *index, Err *err)
{
	Arena *arena = arena_open("index", 0), *scratch = arena_open("index row", 0);
	uint32_t ncols = r->table->ncols;
	const Type **types = ARENA_ARRAY(arena, const Type *, ncols + 1);
	for (uint32_t i = 0; i < ncols; i++)
		types[i] = r->table->cols[i].type;
	Value *row = ARENA_ARRAY(arena, Value, ncols + 1);
	StateScan *scan = state_scan_open(rows, (Str){0}, (Str){0}, false, true, arena);
	StrBuf entry;
	strbuf_init(&entry);
	Str k, v;
	bool ok = true;
	while (ok && state_scan_next(scan, &k, &v)) {
		arena_reset(scratch);
		Str key = arena_str(scratch, k);
		ok = batch_decode_row(arena_str(scratch, v), types, ncols, row) ||
		     err_set(err, ERR_STATE_CORRUPT, "a row of \"%.*s\" is damaged", STR_ARG(r->name));
		strbuf_clear(&entry);
		for (uint32_t c = 0; ok && c < ix->ncols; c++) {
			size_t from = entry.len;
			value_encode_key(types[ix->cols[c]], row[ix->cols[c]], &entry);
			if (ix->desc && ix->desc[c])
				codec_invert(&entry, from);
		}
		strbuf_put_str(&entry, key);
		if (ok)
			state_put(index, strbuf_str(&entry), key);
	}
	state_scan_close(scan);
	strbuf_deinit(&entry);
	arena_close(scratch);
	arena_close(arena);
	return ok;
}

static bool own_add(Engine *e, OwnTable *t, const Relation *r, StateTable **out, Err *err)
{
	StateSpec spec = {.name = r->indexes[r->nindexes - 1].state, .unit = 0, .kind = STATE_ORDERED};
	if (!state_open(e->store, &spec, out, err))
		return false;
	t->index = mem_realloc(t->index, r->nindexes * sizeof(StateTable *));
	t->index[r->nindexes - 1] = *out;
	t->rel = r;
	return true;
}

static Operator *root_of(const Query *q)
{
	return q->graph->ops[q->graph->nops - 1];
}

/* Opens the last index of the new version where the rows are kept, and indexes what is there. */
static bool open_index(Execute *x, const Relation *r, Err *err)
{
	StateTable *index, *rows;
	if (r->kind == REL_OWN) {
		OwnTable *t = own_find(x->e, r);
		ASSERT(t);
		if (!own_add(x->e, t, r, &index, err))
			return false;
		rows = t->rows;
	} else {
		Query *q = query_find(x->e, r->name);
		ASSERT(q);
		q->rel = r;
		q->run.rel = r;
		if (!q->graph)
			return true; /* restored and not running: opened with the rest when it is resumed */
		if (!materialize_add_index(root_of(q), r, &index, err))
			return false;
		rows = materialize_rows(root_of(q));
	}
	return x->restore || fill(r, &r->indexes[r->nindexes - 1], rows, index, err);
}

/* Changes of tables that wait for the next step belong into the epoch that is to be closed. */
static bool close_epoch(Engine *e, Err *err)
{
	StepResult ignored;
	for (const OwnTable *t = e->tables; t; t = t->next)
		if (t->changes.len)
			return engine_step(e, &ignored, err) && engine_checkpoint(e, err);
	return engine_checkpoint(e, err);
}

static void publish(Execute *x, Relation *r)
{
	CatalogEdit *ce = catalog_edit(x->e->catalog);
	catalog_put_relation(ce, r);
	engine_set_catalog(x->e, catalog_publish(ce));
	x->kept = true;
}

static bool running(Execute *x, const Relation *rel, Err *err)
{
	if (rel->kind != REL_MVIEW || x->restore)
		return true;
	const Query *q = query_find(x->e, rel->name);
	if (q && q->state == QUERY_RUNNING && q->graph)
		return true;
	err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span, "view \"%.*s\" is not running", STR_ARG(rel->name));
	return err_hint(err, "RESUME it first; WHY \"%.*s\" says what is wrong.", STR_ARG(rel->name));
}

bool execute_index(Execute *x, Relation **out, IndexDef *index, Err *err)
{
	const Relation *rel;
	IndexDef ix = {0};
	if (!bind_create_index(&x->bc, x->stmt, &rel, &ix, err))
		return false;
	IndexDef *list = ARENA_ARRAY(x->arena, IndexDef, rel->nindexes + 1);
	if (rel->nindexes)
		memcpy(list, rel->indexes, rel->nindexes * sizeof *list);
	list[rel->nindexes] = ix;
	*out = version_with(x, rel, list, rel->nindexes + 1);
	if (index)
		*index = ix;
	return true;
}

/* The file has another definition of the index. */
static bool drop_changed(Execute *x, Str name, Err *err)
{
	Execute y = *x; /* what is made here has an arena of its own */
	y.arena = arena_open("definition", 0);
	bool found, ok = execute_index_drop(&y, name, &found, err);
	if (!y.kept)
		arena_close(y.arena);
	x->bc.catalog = x->e->catalog;
	return ok;
}

bool execute_index_create(Execute *x, const AstCreateIndex *node, Err *err)
{
	execute_tag(x, "CREATE INDEX");
	Place place;
	if (node->name.text.len && find_index(x->e->catalog, node->name.text, &place)) {
		if (x->s->from_file && execute_same(x, RECORD_INDEX, node->name.text))
			return true;
		if (node->if_not_exists) {
			execute_notice(x, "index \"%.*s\" exists, skipping", STR_ARG(node->name.text));
			return true;
		}
		if (!x->s->from_file)
			return err_set_at(err, ERR_DUPLICATE_OBJECT, x->stmt->span, "index \"%.*s\" exists already",
			                  STR_ARG(node->name.text));
		if (x->s->dry)
			return true;
		if (!drop_changed(x, node->name.text, err))
			return false;
	}
	Relation *r;
	IndexDef ix;
	if (!execute_index(x, &r, &ix, err)) {
		bool there = err->code == ERR_DUPLICATE_OBJECT && (node->if_not_exists || x->s->from_file);
		if (there)
			err_clear(err);
		return there;
	}
	if (r->nindexes > EXECUTE_INDEXES_MAX)
		return err_set_at(err, ERR_NOT_SUPPORTED, x->stmt->span,
		                  "more than %d indexes of \"%.*s\" are not supported yet", EXECUTE_INDEXES_MAX,
		                  STR_ARG(r->name));
	if (!x->s->dry && !running(x, r, err))
		return false;
	if (x->s->dry) { /* nothing is kept, but what is planned later may look something up by it */
		publish(x, r);
		return true;
	}
	bool ok = open_index(x, r, err);
	if (ok && !x->restore) {
		restore_record(x->e, RECORD_INDEX, ix.name, x->text, x->s->settings, x->s->from_file, 0, 0, STR_EMPTY);
		ok = close_epoch(x->e, err);
		LOGI("engine", "index created", "index=\"%.*s\" on=\"%.*s\"", STR_ARG(ix.name), STR_ARG(r->name));
	}
	/* also after an error: whoever keeps the rows points at this version already */
	publish(x, r);
	return ok;
}

/* Does a lookup join of the plan read by the index, or the body of a function? */
static bool looks_up_by(const Plan *p, Str state)
{
	const PlanScan *s = &p->scan;
	if (p->kind == PLAN_SCAN && s->index >= 0 && str_eq(s->rel->indexes[s->index].state, state))
		return true;
	if (p->kind == PLAN_APPLY && p->apply.many && looks_up_by(p->apply.many, state))
		return true;
	for (uint32_t i = 0; i < p->ninputs; i++)
		if (looks_up_by(p->inputs[i], state))
			return true;
	return false;
}

static bool in_use(const Engine *e, const IndexDef *ix, Err *err)
{
	for (const Query *q = e->queries; q; q = q->next) {
		if (q->follower || !looks_up_by(q->plan->root, ix->state))
			continue;
		err_set(err, ERR_DEPENDENT_OBJECTS, "cannot drop the index \"%.*s\": \"%.*s\" reads by it", STR_ARG(ix->name),
		        STR_ARG(q->name));
		err_hint(err, "Drop \"%.*s\" first.", STR_ARG(q->name));
		return true;
	}
	return false;
}

bool execute_index_drop(Execute *x, Str name, bool *found, Err *err)
{
	Place place;
	*found = find_index(x->e->catalog, name, &place);
	if (!*found)
		return true;
	if (!running(x, place.rel, err) || in_use(x->e, &place.rel->indexes[place.at], err))
		return false;
	const Relation *rel = place.rel;
	Str own_name = arena_str(x->arena, rel->indexes[place.at].name);
	IndexDef *list = ARENA_ARRAY(x->arena, IndexDef, rel->nindexes);
	uint32_t n = 0;
	for (uint32_t i = 0; i < rel->nindexes; i++)
		if (i != place.at)
			list[n++] = rel->indexes[i];
	Relation *r = version_with(x, rel, list, n);
	if (r->kind == REL_OWN) {
		OwnTable *t = own_find(x->e, r);
		ASSERT(t);
		state_drop(t->index[place.at]);
		for (uint32_t i = place.at; i < n; i++)
			t->index[i] = t->index[i + 1];
		t->rel = r;
	} else {
		Query *q = query_find(x->e, r->name);
		ASSERT(q && q->graph);
		materialize_drop_index(root_of(q), r, place.at);
		q->rel = r;
		q->run.rel = r;
	}
	restore_forget(x->e, RECORD_INDEX, own_name);
	publish(x, r);
	LOGI("engine", "index dropped", "index=\"%.*s\"", STR_ARG(own_name));
	return true;
}
