/*
 * tests/unit/sql/plan/test_explain_topn.c: what EXPLAIN says of groups, Top-N, deduplication and OVER: kinds of
 * changes, what they keep, and what bounds it.
 */
#include "sql/bind/bind.h"
#include "sql/plan/explain.h"
#include "sql/types/zone.h"
#include "tests/support/check.h"
#include "tests/support/plan_world.h"

/* The line of the node in EXPLAIN, changes and state included. */
static void check_node(World *w, int line, const char *node, const char *sql, const char *want)
{
	Arena *arena = arena_open("query", 0);
	BindContext bc;
	AstNode *stmt = plan_world_begin(w, arena, sql, &bc);
	PlanQuery *q = NULL;
	Err err = {0};
	StrBuf out;
	strbuf_init(&out);
	ExplainOptions o = {.changes = true, .state = true};
	if (bind_select(&bc, AST_CONST(AstStmtQuery, stmt)->query, true, &q, &err))
		explain_print(q, &o, &out);
	else
		strbuf_puts(&out, err.message);
	const char *at = strstr(strbuf_cstr(&out), node), *end = at ? strchr(at, '\n') : NULL;
	Str got = end ? str_make(at, (size_t)(end - at)) : strbuf_str(&out);
	if (!str_eq_c(got, want)) {
		check_report(false, __FILE__, line, sql);
		fprintf(stderr, "---- got\n%.*s\n---- want\n%s\n", STR_ARG(got), want);
	}
	strbuf_deinit(&out);
	arena_close(arena);
}

#define RANK(sql, want) check_node(w, __LINE__, "Rank(", sql, want)
#define OVER(sql, want) check_node(w, __LINE__, "OverAggregate(", sql, want)

static void test_groups(World *w)
{
#define MODES(node, sql, want) check_node(w, __LINE__, node, sql, want)
	/* groups of rows that are only added do not become empty */
	MODES("GroupAggregate(", "SELECT k, COUNT(*) FROM s GROUP BY k EMIT CHANGES",
	      "GroupAggregate(groupBy=[k], select=[COUNT(*)]), changelogMode=[I,UB,UA]; state: one entry per group, "
	      "nothing bounds it; unique=[k]");
	MODES("Result(", "SELECT k, COUNT(*) FROM s GROUP BY k EMIT CHANGES",
	      "Result(), changelogMode=[I,UB,UA]; unique=[k]");
	/* a condition on the count takes rows away; so does what loses the key, and a group of a count */
	MODES("Filter(", "SELECT k, COUNT(*) FROM s GROUP BY k HAVING COUNT(*) > 1 EMIT CHANGES",
	      "Filter($agg0 > 1), changelogMode=[I,UB,UA,D]; unique=[k]");
	MODES("Project(", "SELECT COUNT(*) + 1 FROM s GROUP BY k EMIT CHANGES",
	      "Project($agg0 + 1 AS EXPR$0), changelogMode=[I,UB,UA,D]");
	MODES("GroupAggregate(",
	      "SELECT c, COUNT(*) FROM (SELECT k, COUNT(*) AS c FROM s GROUP BY k) AS g GROUP BY c EMIT CHANGES",
	      "GroupAggregate(groupBy=[c], select=[COUNT(*)]), changelogMode=[I,UB,UA,D]; state: one entry per group, "
	      "nothing bounds it; unique=[c]");
#undef MODES
}

static void test_topn(World *w)
{
	RANK("SELECT * FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM s) WHERE rn <= 3 "
	     "EMIT CHANGES",
	     "Rank(ROW_NUMBER, partitionBy=[k], orderBy=[v DESC], rank=[1..3], with rank), changelogMode=[I,UB,UA,D]; "
	     "state: the top rows per partition, nothing bounds it; unique=[k, $over4]");
	RANK("SELECT k, v FROM s QUALIFY RANK() OVER (ORDER BY v NULLS LAST) <= 3 EMIT CHANGES",
	     "Rank(RANK, orderBy=[v NULLS LAST], rank=[1..3]), changelogMode=[I,UB,UA,D]; state: the top rows");
	RANK("SELECT k, v FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) <= 3 EMIT CHANGES",
	     "Rank(ROW_NUMBER, partitionBy=[k], orderBy=[v], rank=[1..3]), changelogMode=[I,UB,UA,D]; state: all rows, "
	     "since the input takes rows back, nothing bounds it");
	RANK("SELECT k, v FROM s ORDER BY v LIMIT 3 OFFSET 1 EMIT CHANGES",
	     "Rank(ROW_NUMBER, orderBy=[v], rank=[2..4]), changelogMode=[I,UB,UA,D]; state: the top rows");
	RANK("SELECT k, v FROM s LIMIT 3 EMIT CHANGES", "Rank(limit, rank=[1..3]), changelogMode=[I]; state: a counter");
	RANK("SELECT k, window_end FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) "
	     "QUALIFY ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v) <= 3 EMIT CHANGES",
	     "Rank(ROW_NUMBER, window attached, partitionBy=[window_start, window_end], orderBy=[v], rank=[1..3]), "
	     "changelogMode=[I]; state: open windows, freed by the watermark");
}

static void test_dedup(World *w)
{
	RANK("SELECT k FROM s QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) = 1 EMIT CHANGES",
	     "Rank(deduplicate, keep=[first], partitionBy=[k], orderBy=[ts], rank=[1..1]), changelogMode=[I,UB,UA,D]; "
	     "state: one row per partition, nothing bounds it; unique=[k]");
	RANK("SELECT k FROM s QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) = 1 EMIT CHANGES",
	     "Rank(deduplicate, keep=[last], partitionBy=[k], orderBy=[ts DESC], rank=[1..1]), changelogMode=[I,UB,UA,D]; "
	     "state: one row per partition, nothing bounds it; unique=[k]");
	RANK("SELECT k FROM s QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY p) = 1 EMIT CHANGES",
	     "Rank(deduplicate, keep=[first], partitionBy=[k], orderBy=[p], rank=[1..1]), changelogMode=[I]; state: a "
	     "counter per partition, nothing bounds it; unique=[k]");
	RANK("SELECT k FROM s QUALIFY ROW_NUMBER() OVER (PARTITION BY k, ts ORDER BY ts) = 1 EMIT CHANGES",
	     "Rank(deduplicate, keep=[first], partitionBy=[k, ts], orderBy=[ts], rank=[1..1]), changelogMode=[I]; state: "
	     "one row per partition, freed by the watermark, since the partition holds \"ts\"; unique=[k, ts]");
	bool no_effect;
	Err err = {0};
	REQUIRE(settings_set(w->settings, STR("weir.dedup.within"), STR("10 min"), &no_effect, &err));
	RANK("SELECT k FROM s QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) = 1 EMIT CHANGES",
	     "Rank(deduplicate, keep=[first], partitionBy=[k], orderBy=[ts], rank=[1..1], within=10 min), "
	     "changelogMode=[I]; state: one row per partition, freed 10 min after its row, by the watermark");
	RANK("SELECT k FROM s QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY p) = 1 EMIT CHANGES",
	     "Rank(deduplicate, keep=[first], partitionBy=[k], orderBy=[p], rank=[1..1], within=10 min), "
	     "changelogMode=[I]; state: a counter per partition, freed 10 min after its row, by the clock");
}

static void test_over(World *w)
{
	OVER("SELECT SUM(v) OVER (PARTITION BY k ORDER BY ts) FROM s EMIT CHANGES",
	     "OverAggregate(partitionBy=[k], orderBy=[ts], window=[RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW], "
	     "select=[SUM(v)]), changelogMode=[I]; state: one entry per partition, nothing bounds it; rows wait until the "
	     "watermark reaches them");
	OVER("SELECT SUM(v) OVER (PARTITION BY k ORDER BY ts RANGE INTERVAL '1' HOUR PRECEDING) FROM s EMIT CHANGES",
	     "OverAggregate(partitionBy=[k], orderBy=[ts], window=[RANGE BETWEEN 1 h PRECEDING AND CURRENT ROW], "
	     "select=[SUM(v)]), changelogMode=[I]; state: the rows of the frames, freed by the watermark; rows wait until "
	     "the watermark reaches them");
	OVER("SELECT SUM(v) OVER (PARTITION BY k ORDER BY p ROWS 9 PRECEDING), LAG(v) OVER (PARTITION BY k ORDER BY p) "
	     "FROM s EMIT CHANGES",
	     "OverAggregate(partitionBy=[k], orderBy=[p], window=[ROWS BETWEEN 9 PRECEDING AND CURRENT ROW], "
	     "select=[SUM(v), LAG(v, 1)]), changelogMode=[I]; state: the rows of one frame per partition, nothing bounds "
	     "the partitions");
	OVER("SELECT SUM(v) OVER (PARTITION BY k ORDER BY v) FROM t EMIT CHANGES",
	     "OverAggregate(partitionBy=[k], orderBy=[v], window=[RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW], "
	     "select=[SUM(v)]), changelogMode=[I,UB,UA,D]; state: all rows, nothing bounds it; a change computes its "
	     "partition again");
	OVER("SELECT v FROM s ORDER BY ts EMIT CHANGES",
	     "OverAggregate(orderBy=[$order0], select=[]), changelogMode=[I]; state: rows above the watermark; rows wait "
	     "until the watermark reaches them");
}

int main(void)
{
	World world = {.catalog = catalog_new(), .settings = settings_new()};
	World *w = &world;
	plan_world_table(w, "CREATE TABLE t (k INT, v INT)");
	plan_world_table(w, "CREATE TABLE s (k INT, v INT, ts TIMESTAMP(3), p AS PROCTIME(), WATERMARK FOR ts AS ts) WITH "
	                    "('connector'='datagen')");
	test_groups(w);
	test_topn(w);
	test_dedup(w);
	test_over(w);
	catalog_unref(w->catalog);
	settings_free(w->settings);
	return check_failed > 0;
}
