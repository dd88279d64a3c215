/*
 * tests/support/plan_world.c: see plan_world.h.
 */
#include "tests/support/plan_world.h"

#include "sql/types/zone.h"
#include "tests/support/check.h"

static bool source_facts(const TableDef *t, bool *readable, bool *bounded, bool *changelog, Err *err)
{
	(void)t;
	(void)err;
	*readable = true;
	*bounded = false;
	*changelog = false;
	return true;
}

AstNode *plan_world_begin(World *w, Arena *arena, const char *sql, BindContext *bc)
{
	Str text = arena_str(arena, str_from(sql));
	AstNode *stmt = NULL;
	uint32_t at = 0;
	Err err = {0};
	REQUIRE(parser_statement(arena, text, 0, NULL, &stmt, &at, &err) && stmt);
	*bc = (BindContext){
	    .arena = arena, .catalog = w->catalog, .settings = w->settings, .text = text, .source_facts = source_facts};
	bc->env.zone = zone_utc;
	bc->env.watermark_us = INT64_MIN;
	return stmt;
}

void plan_world_put(World *w, Relation *r)
{
	CatalogEdit *e = catalog_edit(w->catalog);
	catalog_put_relation(e, r);
	Catalog *next = catalog_publish(e);
	catalog_unref(w->catalog);
	w->catalog = next;
}

void plan_world_table(World *w, const char *sql)
{
	Arena *arena = arena_open("table", 0);
	BindContext bc;
	AstNode *stmt = plan_world_begin(w, arena, sql, &bc);
	TableDef *t;
	Err err = {0};
	REQUIRE(bind_create_table(&bc, stmt, &t, &err));
	Relation *r = ARENA_NEW(arena, Relation);
	r->kind = t->connector.len ? REL_SOURCE : REL_OWN;
	r->schema = STR_EMPTY;
	r->name = t->name;
	r->table = t;
	r->append_only = t->connector.len > 0;
	r->stored.kind = t->nkey ? STORED_BY_KEY : STORED_BY_ORDINAL;
	r->stored.key = t->key;
	r->stored.nkey = t->nkey;
	r->arena = arena;
	plan_world_put(w, r);
}
