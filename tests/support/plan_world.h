/*
 * tests/support/plan_world.h: a catalog that statements of a unit test make, and binding against it.
 */
#ifndef WEIR_TESTS_SUPPORT_PLAN_WORLD_H
#define WEIR_TESTS_SUPPORT_PLAN_WORLD_H

#include "sql/bind/bind.h"

typedef struct World {
	Catalog *catalog;
	Settings *settings;
} World;

/* Parses one statement (REQUIRE) and fills what the binder wants. */
AstNode *plan_world_begin(World *w, Arena *arena, const char *sql, BindContext *bc);
/* The world's next catalog has r. */
void plan_world_put(World *w, Relation *r);
/* CREATE TABLE: with a connector an endless source that appends, else an own table. */
void plan_world_table(World *w, const char *sql);

#endif
