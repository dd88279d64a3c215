#include "sql/functions/aggregate.h"
#include "sql/functions/foreign_names.h"
#include "sql/functions/function.h"

#include "tests/unit/sql/functions/vectors.h"

TEST(entries_are_whole)
{
	const Function *f;
	uint32_t n = 0;
	for (; (f = function_at(n)); n++) {
		CHECK_FMT(f->signature && *f->signature, "  %s\n", f->name);
		CHECK_FMT(f->doc && (f->doc[strlen(f->doc) - 1] == '.' || f->doc[strlen(f->doc) - 1] == '?'), "  %s\n",
		          f->name);
		CHECK_FMT(f->min_args <= f->max_args && f->resolve, "  %s\n", f->name);
		CHECK(n == 0 || strcmp(function_at(n - 1)->name, f->name) < 0);
		CHECK(function_find(str_from(f->name)) == f);
		for (const char *c = f->name; *c; c++)
			CHECK_FMT(!(*c >= 'a' && *c <= 'z'), "  %s\n", f->name);
	}
	CHECK(n > 200);
}

TEST(names_are_found_in_any_case)
{
	CHECK(function_find(STR("substring")) == function_find(STR("SUBSTRING")));
	CHECK(function_find(STR("is null")) == function_find(STR("IS NULL")));
	CHECK(!function_find(STR("SUBSTRIN")));
	CHECK(!function_find(STR("SUBSTRINGS")));
	CHECK(!function_find(STR("")));
}

TEST(nearest_names)
{
	Str s = function_nearest(STR("substrin"));
	CHECK_MEM(s.ptr, s.len, "SUBSTRING");
	s = function_nearest(STR("COUTN"));
	CHECK_MEM(s.ptr, s.len, "COUNT");
	s = function_nearest(STR("LSITAGG"));
	CHECK_MEM(s.ptr, s.len, "LISTAGG");
	CHECK_EQ_I64(function_nearest(STR("xyzzy_plugh")).len, 0);
	CHECK_EQ_I64(function_nearest(STR("q")).len, 0);
}

TEST(errors_name_the_cure)
{
	Arena *arena = arena_open("test", 0);
	Err err;
	const Expr *args[3] = {expr_const(arena, &type_int, value_i64(1)), expr_const(arena, &type_int, value_i64(1)),
	                       NULL};
	Span span = {3, 7};
	CHECK(!expr_call(arena, STR("uper"), args, 1, span, &err));
	CHECK_EQ_I64(err.code, ERR_NO_SUCH_FUNCTION);
	CHECK_STR(err.message, "function \"uper\" does not exist");
	CHECK_STR(err.hint, "Did you mean \"UPPER\"?");
	CHECK_EQ_I64(err.span.begin, 3);
	CHECK(!expr_call(arena, STR("upper"), args, 2, span, &err));
	CHECK_STR(err.message, "function \"UPPER\" does not take 2 arguments");
	CHECK(!expr_call(arena, STR("upper"), args, 1, span, &err));
	CHECK_EQ_I64(err.code, ERR_TYPE_MISMATCH);
	CHECK_STR(err.message, "\"upper\" does not take (INT)");
	CHECK_STR(err.hint, "Its form is UPPER(string) -> STRING. CAST converts an argument.");
	CHECK(!expr_call(arena, STR("upper"), args, 1, span, NULL));
	arena_close(arena);
}

TEST(foreign_names_are_none_of_ours)
{
	const Function *f;
	for (uint32_t i = 0; (f = function_at(i)); i++)
		CHECK(!foreign_names_function(str_from(f->name)));
	const Aggregate *a;
	for (uint32_t i = 0; (a = aggregate_at(i)); i++)
		CHECK(!foreign_names_function(str_from(a->name)));
	CHECK_STR(foreign_names_function(STR("GetDate")), "Use CURRENT_TIMESTAMP.");
	CHECK_STR(foreign_names_type(STR("uuid")), "Use STRING; a jdbc target may have uuid.");
	CHECK(!foreign_names_type(STR("quux")));
}

TESTS(foreign_names_are_none_of_ours, entries_are_whole, names_are_found_in_any_case, nearest_names,
      errors_name_the_cure)
