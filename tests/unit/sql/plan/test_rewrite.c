/*
 * tests/unit/sql/plan/test_rewrite.c: what EXPLAIN shows after the rewrites: filters that sank, ranges, order and
 * limits in the scans.
 */
#include "sql/bind/bind.h"
#include "sql/plan/explain.h"
#include "sql/types/zone.h"
#include "tests/support/check.h"
#include "tests/support/plan_world.h"

static void create_index(World *w, const char *sql)
{
	Arena *arena = arena_open("index", 0);
	BindContext bc;
	AstNode *stmt = plan_world_begin(w, arena, sql, &bc);
	const Relation *old;
	IndexDef *list = ARENA_ARRAY_ZERO(arena, IndexDef, 8);
	Err err = {0};
	IndexDef ix = {0};
	REQUIRE(bind_create_index(&bc, stmt, &old, &ix, &err));
	if (old->nindexes)
		memcpy(list, old->indexes, old->nindexes * sizeof *list);
	list[old->nindexes] = ix;
	Relation *r = ARENA_NEW(arena, Relation);
	*r = *old;
	r->indexes = list;
	r->nindexes++;
	r->arena = arena;
	plan_world_put(w, r); /* the entry before stays: it owns the definition */
}

static void check_plan(World *w, int line, const char *sql, const char *want)
{
	Arena *arena = arena_open("query", 0);
	BindContext bc;
	AstNode *stmt = plan_world_begin(w, arena, sql, &bc);
	PlanQuery *q = NULL;
	Err err = {0};
	const AstNode *query = AST_CONST(AstStmtQuery, stmt)->query;
	StrBuf out;
	strbuf_init(&out);
	if (bind_select(&bc, query, AST_CONST(AstQuery, query)->emit != AST_EMIT_UNSPECIFIED, &q, &err))
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

#define PLAN(sql, want) check_plan(w, __LINE__, sql, want)

static void test_ranges(World *w)
{
	PLAN("SELECT v FROM t WHERE a = 1 AND b = 'x'", "Result()\n"
	                                                "+- Project(v)\n"
	                                                "   +- Scan(t, by key [a = 1 AND b = 'x'])\n");
	PLAN("SELECT v FROM t WHERE 1 = a AND 'x' < b AND b <= 'z'",
	     "Result()\n+- Project(v)\n   +- Scan(t, by key [a = 1 AND b > 'x' AND b <= 'z'])\n");
	/* c has no path: the key's part is a range, the rest a filter */
	PLAN("SELECT a FROM t WHERE c = 1.5 AND a > 2",
	     "Result()\n+- Project(a)\n   +- Filter(c = 1.5)\n      +- Scan(t, by key [a > 2])\n");
	/* only leading columns */
	PLAN("SELECT a FROM t WHERE b = 'x'",
	     "Result()\n+- Project(a)\n   +- Filter(b = 'x')\n      +- Scan(t, all rows)\n");
	/* a DOUBLE does not compare as its bytes */
	PLAN("SELECT a FROM t WHERE d = 1", "Result()\n"
	                                    "+- Project(a)\n"
	                                    "   +- Filter(d = 1.0)\n"
	                                    "      +- Scan(t, all rows)\n");
}

static void test_order(World *w)
{
	PLAN("SELECT a, b FROM t ORDER BY a, b", "Result()\n"
	                                         "+- Project(a, b)\n"
	                                         "   +- Scan(t, all rows)\n");
	PLAN("SELECT a, b FROM t ORDER BY a DESC LIMIT 5 OFFSET 2", "Result()\n"
	                                                            "+- Limit(limit=5, offset=2)\n"
	                                                            "   +- Project(a, b)\n"
	                                                            "      +- Scan(t, first rows, descending, limit=7)\n");
	PLAN("SELECT a, b FROM t ORDER BY a DESC, b", "Result()\n"
	                                              "+- Sort(a DESC, b)\n"
	                                              "   +- Project(a, b)\n"
	                                              "      +- Scan(t, all rows)\n");
	PLAN("SELECT MAX(a) FROM t", "Result()\n+- Project($agg0 AS EXPR$0)\n   +- GroupAggregate(select=[MAX(a)])\n"
	                             "      +- Scan(t, first rows, descending, limit=1)\n");
	/* MIN passes NULLs over, and v may be NULL */
	PLAN("SELECT MIN(v) FROM t", "Result()\n+- Project($agg0 AS EXPR$0)\n   +- GroupAggregate(select=[MIN(v)])\n"
	                             "      +- Scan(t, all rows)\n");
}

static void test_indexes(World *w)
{
	create_index(w, "CREATE INDEX by_v ON t (v DESC, c)");
	PLAN("SELECT v FROM t WHERE v = 3", "Result()\n"
	                                    "+- Project(v)\n"
	                                    "   +- Scan(t, by index by_v [v = 3])\n");
	PLAN("SELECT v FROM t WHERE v > 3 ORDER BY v DESC LIMIT 1", "Result()\n"
	                                                            "+- Limit(limit=1)\n"
	                                                            "   +- Project(v)\n"
	                                                            "      +- Scan(t, by index by_v [v > 3], limit=1)\n");
	/* the key says more */
	PLAN("SELECT v FROM t WHERE v = 3 AND a = 1 AND b = 'x'",
	     "Result()\n+- Project(v)\n   +- Filter(v = 3)\n      +- Scan(t, by key [a = 1 AND b = 'x'])\n");
	/* an index only gives an order where few rows are wanted */
	PLAN("SELECT v FROM t ORDER BY v", "Result()\n"
	                                   "+- Sort(v)\n"
	                                   "   +- Project(v)\n"
	                                   "      +- Scan(t, all rows)\n");
	PLAN("SELECT v FROM t ORDER BY v LIMIT 1", "Result()\n"
	                                           "+- Limit(limit=1)\n"
	                                           "   +- Project(v)\n"
	                                           "      +- Scan(t, in order of index by_v, descending, limit=1)\n");
}

static void test_filters(World *w)
{
	PLAN("SELECT k FROM (SELECT v AS k, c FROM t) x WHERE k > 1 AND 1 / k > 0", "Result()\n"
	                                                                            "+- Project(k)\n"
	                                                                            "   +- Project(v AS k)\n"
	                                                                            "      +- Filter(v > 1 AND 1 / v > 0)\n"
	                                                                            "         +- Scan(t, all rows)\n");
	PLAN("SELECT k, COUNT(*) FROM s GROUP BY k HAVING k = 3 AND COUNT(*) > 1 EMIT CHANGES",
	     "Result()\n"
	     "+- Project(k, $agg0 AS EXPR$1)\n"
	     "   +- Filter($agg0 > 1)\n"
	     "      +- GroupAggregate(groupBy=[k], select=[COUNT(*)])\n"
	     "         +- Exchange(hash[k])\n"
	     "            +- Filter(k = 3)\n"
	     "               +- Scan(s, fields=[k])\n");
}

int main(void)
{
	World world = {.catalog = catalog_new(), .settings = settings_new()};
	World *w = &world;
	plan_world_table(w, "CREATE TABLE t (a INT, b STRING, v BIGINT, c DECIMAL(5,2), d DOUBLE, PRIMARY KEY (a, b))");
	plan_world_table(w, "CREATE TABLE s (k INT, n INT) WITH ('connector'='datagen')");
	test_ranges(w);
	test_order(w);
	test_filters(w);
	test_indexes(w);
	catalog_unref(w->catalog);
	settings_free(w->settings);
	return check_failed > 0;
}
