/*
 * tests/unit/sql/bind/test_limits.c: a statement that would take all memory to bind is refused.
 */
#include "sql/bind/bind.h"
#include "tests/support/check.h"
#include "tests/support/plan_world.h"

/* n tables of so many columns each, in one FROM. */
static bool binds(uint32_t n, uint32_t columns, size_t *bytes, Err *err)
{
	World w = {.catalog = catalog_new(), .settings = settings_new()};
	plan_world_table(&w, "CREATE TABLE t (k BIGINT)");
	Arena *arena = arena_open("query", 0);
	StrBuf sql;
	strbuf_init(&sql);
	strbuf_puts(&sql, "WITH w AS (SELECT k AS c0");
	for (uint32_t i = 1; i < columns; i++)
		strbuf_printf(&sql, ", k + %u AS c%u", i, i);
	strbuf_puts(&sql, " FROM t) SELECT a0.c0 FROM w a0");
	for (uint32_t i = 1; i < n; i++)
		strbuf_printf(&sql, ", w a%u", i);
	BindContext bc;
	AstNode *stmt = plan_world_begin(&w, arena, strbuf_cstr(&sql), &bc);
	PlanQuery *q;
	bool ok = bind_select(&bc, AST_CONST(AstStmtQuery, stmt)->query, false, &q, err);
	*bytes = arena_bytes(arena);
	strbuf_deinit(&sql);
	arena_close(arena);
	catalog_unref(w.catalog);
	settings_free(w.settings);
	return ok;
}

/* Each join has all columns of what stands before it. */
TEST(columns_of_many_joins)
{
	Err err = {0};
	size_t bytes;
	CHECK(binds(20, 100, &bytes, &err));
	CHECK(bytes < (size_t)256 << 20);
	CHECK(!binds(600, 200, &bytes, &err));
	CHECK(err.code == ERR_TOO_DEEP);
	CHECK_STR(err.message, "the tables that the statement reads have too many columns between them");
	CHECK(bytes < (size_t)1200 << 20);
}

TESTS(columns_of_many_joins)
