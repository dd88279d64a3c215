/*
 * tests/unit/sql/plan/test_share.c: what a continuous query computes once and several of its nodes read, as EXPLAIN
 * shows it.
 */
#include "sql/bind/bind.h"
#include "sql/plan/explain.h"
#include "tests/support/check.h"
#include "tests/support/plan_world.h"

static void check_plan(World *w, int line, const char *sql, const char *want)
{
	Arena *arena = arena_open("query", 0);
	BindContext bc;
	AstNode *stmt = plan_world_begin(w, arena, sql, &bc);
	PlanQuery *q = NULL;
	Err err = {0};
	StrBuf out;
	strbuf_init(&out);
	if (bind_select(&bc, AST_CONST(AstStmtQuery, stmt)->query, true, &q, &err))
		explain_print(q, NULL, &out);
	else
		strbuf_puts(&out, err.message);
	if (strcmp(strbuf_cstr(&out), want) != 0) {
		check_report(false, __FILE__, line, sql);
		fprintf(stderr, "---- got\n%s---- want\n%s", strbuf_cstr(&out), want);
	}
	strbuf_deinit(&out);
	arena_close(arena);
}

#define PLAN(sql, want) check_plan(w, __LINE__, sql " EMIT CHANGES", want)

/* The shared node has the columns that either reader wants. */
static void test_columns(World *w)
{
	PLAN("WITH g AS (SELECT k, COUNT(*) AS c, SUM(n) AS t FROM s GROUP BY k) SELECT k, c FROM g UNION ALL SELECT k, t "
	     "FROM g",
	     "Result()\n"
	     "+- Union()\n"
	     "   +- Project(k, $agg0 AS c)\n"
	     "      +- GroupAggregate(groupBy=[k], select=[COUNT(*), SUM(n)])(reuse_id=[1])\n"
	     "         +- Exchange(hash[k])\n"
	     "            +- Scan(s, fields=[k, n])\n"
	     "   +- Project(k, CAST($agg1 AS BIGINT) AS t)\n"
	     "      +- Reused(reference_id=[1])\n");
}

/* A filter that makes state smaller goes down into a copy of its own; one that does not stays above. */
static void test_filters(World *w)
{
	PLAN("WITH g AS (SELECT k, COUNT(*) AS c FROM s GROUP BY k) SELECT c FROM g WHERE k = 1 UNION ALL SELECT c FROM g "
	     "WHERE k = 2",
	     "Result()\n"
	     "+- Union()\n"
	     "   +- Project(c)\n"
	     "      +- Project($agg0 AS c)\n"
	     "         +- GroupAggregate(groupBy=[k], select=[COUNT(*)])\n"
	     "            +- Exchange(hash[k])\n"
	     "               +- Filter(k = 1)\n"
	     "                  +- Scan(s, fields=[k])\n"
	     "   +- Project(c)\n"
	     "      +- Project($agg0 AS c)\n"
	     "         +- GroupAggregate(groupBy=[k], select=[COUNT(*)])\n"
	     "            +- Exchange(hash[k])\n"
	     "               +- Filter(k = 2)\n"
	     "                  +- Scan(s, fields=[k])\n");
	PLAN("WITH g AS (SELECT k, COUNT(*) AS c FROM s GROUP BY k) SELECT k FROM g WHERE c = 1 UNION ALL SELECT k FROM g "
	     "WHERE c = 2",
	     "Result()\n"
	     "+- Union()\n"
	     "   +- Project(k)\n"
	     "      +- Filter(c = 1)\n"
	     "         +- Project(k, $agg0 AS c)(reuse_id=[1])\n"
	     "            +- GroupAggregate(groupBy=[k], select=[COUNT(*)])\n"
	     "               +- Exchange(hash[k])\n"
	     "                  +- Scan(s, fields=[k])\n"
	     "   +- Project(k)\n"
	     "      +- Filter(c = 2)\n"
	     "         +- Reused(reference_id=[1])\n");
}

/* Bare scans stay apart, each with its own fields; so does what has another result each time. */
static void test_apart(World *w)
{
	PLAN("SELECT k FROM s WHERE k > 0 UNION ALL SELECT n FROM s WHERE k > 0", "Result()\n"
	                                                                          "+- Union()\n"
	                                                                          "   +- Project(k)\n"
	                                                                          "      +- Filter(k > 0)\n"
	                                                                          "         +- Scan(s, fields=[k])\n"
	                                                                          "   +- Project(n)\n"
	                                                                          "      +- Filter(k > 0)\n"
	                                                                          "         +- Scan(s, fields=[k, n])\n");
	PLAN("WITH g AS (SELECT k, RAND() AS r FROM s) SELECT k, r FROM g UNION ALL SELECT k, r FROM g",
	     "Result()\n"
	     "+- Union()\n"
	     "   +- Project(k, RAND() AS r)\n"
	     "      +- Scan(s, fields=[k])\n"
	     "   +- Project(k, RAND() AS r)\n"
	     "      +- Scan(s, fields=[k])\n");
}

int main(void)
{
	World world = {.catalog = catalog_new(), .settings = settings_new()};
	World *w = &world;
	plan_world_table(w, "CREATE TABLE s (k INT, n INT) WITH ('connector'='datagen')");
	test_columns(w);
	test_filters(w);
	test_apart(w);
	catalog_unref(w->catalog);
	settings_free(w->settings);
	return check_failed > 0;
}
