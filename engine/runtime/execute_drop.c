/*
 * engine/runtime/execute_drop.c: DROP, and what depends on what is dropped.
 */
#include "base/log.h"
#include "engine/runtime/execute.h"

/* Drops everything that names the relation (NULL: a function). */
static bool drop_dependents(Engine *e, const Relation *r, const CatalogNames *names, Err *err)
{
	for (uint32_t i = 0; i < names->len; i++) {
		const FunctionDef *f = catalog_names_function(e->catalog, names->items[i]);
		if (f && !execute_drop_function(e, f, true, err))
			return false;
		if (f)
			continue;
		Query *q = query_find(e, names->items[i]);
		if (q && q->def) {
			if (!execute_drop_query(e, q, true, err))
				return false;
			continue;
		}
		const Relation *d = catalog_find(e->catalog, STR_EMPTY, names->items[i]);
		if (d && d != r && !execute_drop_relation(e, d, true, err))
			return false;
	}
	return true;
}

/* Refuses, or drops, what reads the relation (NULL: none) or the side tables of its name. */
static bool clear_dependents(Engine *e, const Relation *r, Str name, bool bad_too, bool cascade, Err *err)
{
	CatalogNames names = {.arena = arena_open("dependents", 0)};
	uint32_t n = r ? catalog_dependents(e->catalog, r, &names)
	               : catalog_side_dependents(e->catalog, name, bad_too ? NULL : "bad", &names);
	bool ok = true;
	if (n && !cascade) {
		ok = err_set(err, ERR_DEPENDENT_OBJECTS, "cannot drop \"%.*s\": %.*s read%s it", STR_ARG(name),
		             STR_ARG(catalog_names_text(&names)), n == 1 ? "s" : "");
		err_hint(err, "Drop them first, or use CASCADE.");
	} else if (n) {
		ok = drop_dependents(e, r, &names, err);
	}
	arena_close(names.arena);
	return ok;
}

bool execute_drop_function(Engine *e, const FunctionDef *f, bool cascade, Err *err)
{
	CatalogNames names = {.arena = arena_open("dependents", 0)};
	Str name = arena_str(names.arena, f->name);
	bool ok = true;
	if (!catalog_function_dependents(e->catalog, f, &names)) {
		ok = true;
	} else if (cascade) {
		ok = drop_dependents(e, NULL, &names, err);
	} else {
		ok = err_set(err, ERR_DEPENDENT_OBJECTS, "cannot drop the function \"%.*s\": %.*s call%s it", STR_ARG(name),
		             STR_ARG(catalog_names_text(&names)), names.len == 1 ? "s" : "");
		err_hint(err, "Drop them first, or use CASCADE.");
	}
	if (ok) {
		CatalogEdit *ce = catalog_edit(e->catalog);
		restore_forget(e, RECORD_FUNCTION, name);
		catalog_drop_function(ce, name);
		engine_set_catalog(e, catalog_publish(ce));
	}
	arena_close(names.arena);
	return ok;
}

bool execute_drop_query(Engine *e, Query *q, bool cascade, Err *err)
{
	bool shared = side_shares_bad(e, q->name);
	if (!clear_dependents(e, NULL, q->name, !shared, cascade, err))
		return false;
	Arena *arena = arena_open("drop", 0);
	Str name = arena_str(arena, q->name);
	CatalogEdit *ce = catalog_edit(e->catalog);
	catalog_drop_query(ce, name);
	catalog_drop_relation(ce, name, STR("late"));
	catalog_drop_relation(ce, name, STR("refused"));
	if (!shared)
		catalog_drop_relation(ce, name, STR("bad"));
	restore_forget(e, RECORD_QUERY, name);
	side_drop(e, name, !shared);
	query_stop(e, q, true);
	engine_set_catalog(e, catalog_publish(ce));
	LOGI("engine", "query dropped", "query=\"%.*s\"", STR_ARG(name));
	arena_close(arena);
	return true;
}

bool execute_drop_relation(Engine *e, const Relation *r, bool cascade, Err *err)
{
	return execute_replace_relation(e, r, false, cascade, err);
}

bool execute_replace_relation(Engine *e, const Relation *r, bool keep_bad, bool cascade, Err *err)
{
	if (!clear_dependents(e, r, r->name, true, cascade, err))
		return false;
	Arena *arena = arena_open("drop", 0);
	Str name = arena_str(arena, r->name);
	if (r->kind == REL_MVIEW) {
		Query *q = query_find(e, name);
		bool closed = q && !q->graph;
		if (q)
			query_stop(e, q, true);
		for (uint32_t i = 0; closed && i < r->nindexes; i++)
			store_drop_table(e->store, r->indexes[i].state);
	}
	if (r->kind == REL_OWN) {
		OwnTable *t = own_find(e, r);
		if (t)
			own_close(e, t, true);
	}
	side_drop(e, name, !keep_bad);
	CatalogEdit *ce = catalog_edit(e->catalog);
	catalog_drop_relation(ce, STR_EMPTY, name);
	catalog_drop_relation(ce, name, STR("bad"));
	catalog_drop_relation(ce, name, STR("late"));
	catalog_drop_relation(ce, name, STR("refused"));
	restore_forget(e, RECORD_OBJECT, name);
	for (uint32_t i = 0; i < r->nindexes; i++)
		restore_forget(e, RECORD_INDEX, r->indexes[i].name);
	engine_set_catalog(e, catalog_publish(ce));
	LOGI("engine", "dropped", "object=\"%.*s\"", STR_ARG(name));
	arena_close(arena);
	return true;
}

static const char *const kind_words[] = {"TABLE", "VIEW",  "MATERIALIZED VIEW", "FUNCTION",
                                         "QUERY", "INDEX", "DATABASE",          "CATALOG"};

static bool kind_fits(AstObjectKind kind, const Relation *r)
{
	switch (kind) {
	case AST_OBJECT_TABLE: return r->kind == REL_OWN || r->kind == REL_SOURCE;
	case AST_OBJECT_VIEW: return r->kind == REL_VIEW;
	case AST_OBJECT_MATERIALIZED_VIEW: return r->kind == REL_MVIEW;
	default: return false;
	}
}

static const char *relation_words(const Relation *r)
{
	return r->kind == REL_MVIEW ? "a materialized view" : r->kind == REL_VIEW ? "a view" : "a table";
}

bool execute_drop(Execute *x, const AstDrop *node, Err *err)
{
	Engine *e = x->e;
	Str name = execute_path_name(&node->path);
	execute_tag(x, "DROP %s", kind_words[node->object]);
	if (x->s->dry)
		return true;
	if (node->object == AST_OBJECT_QUERY) {
		Query *q = query_find(e, name);
		if (q && q->def)
			return execute_drop_query(e, q, node->behavior == AST_DROP_CASCADE, err);
		if (q)
			return err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span,
			                  "\"%.*s\" is a view: DROP MATERIALIZED VIEW ends it", STR_ARG(name));
	} else if (node->object == AST_OBJECT_FUNCTION) {
		const FunctionDef *f = catalog_function(e->catalog, name);
		if (f)
			return execute_drop_function(e, f, node->behavior == AST_DROP_CASCADE, err);
	} else if (node->object == AST_OBJECT_INDEX) {
		bool found;
		if (!execute_index_drop(x, name, &found, err))
			return false;
		if (found)
			return true;
	} else {
		Err ignored = {0};
		const Relation *r = catalog_relation(e->catalog, &name, 1, x->stmt->span, node->if_exists ? &ignored : err);
		if (!r && !node->if_exists)
			return false;
		if (r && !kind_fits(node->object, r)) {
			err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span, "\"%.*s\" is %s", STR_ARG(r->name), relation_words(r));
			return err_hint(err, "Write DROP %s.",
			                r->kind == REL_MVIEW  ? "MATERIALIZED VIEW"
			                : r->kind == REL_VIEW ? "VIEW"
			                                      : "TABLE");
		}
		if (r)
			return execute_drop_relation(e, r, node->behavior == AST_DROP_CASCADE, err);
	}
	if (node->if_exists) {
		execute_notice(x, "\"%.*s\" does not exist, skipping", STR_ARG(name));
		return true;
	}
	return err_set_at(err, ERR_NO_SUCH_OBJECT, x->stmt->span, "no %s \"%.*s\"", kind_words[node->object],
	                  STR_ARG(name));
}
