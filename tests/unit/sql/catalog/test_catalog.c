/*
 * tests/unit/sql/catalog/test_catalog.c: versions of the catalog, and how names are found in them.
 */
#include "sql/catalog/catalog.h"

#include "sql/plan/plan.h"
#include "tests/support/check.h"

static Relation *relation(RelationKind kind, const char *schema, const char *name)
{
	Arena *a = arena_open("relation", 0);
	Relation *r = ARENA_NEW(a, Relation);
	TableDef *t = ARENA_NEW(a, TableDef);
	r->kind = kind;
	r->schema = arena_str(a, str_from(schema));
	r->name = arena_str(a, str_from(name));
	t->name = r->name;
	r->table = t;
	r->arena = a;
	return r;
}

static Catalog *with(Catalog *c, Relation *r)
{
	CatalogEdit *e = catalog_edit(c);
	catalog_put_relation(e, r);
	Catalog *next = catalog_publish(e);
	catalog_unref(c);
	return next;
}

static Catalog *sample(void)
{
	Catalog *c = catalog_new();
	c = with(c, relation(REL_SOURCE, "", "purchases"));
	c = with(c, relation(REL_OWN, "", "Users"));
	c = with(c, relation(REL_OWN, "", "orders"));
	c = with(c, relation(REL_OWN, "", "ORDERS"));
	c = with(c, relation(REL_SIDE, "", "purchases.bad"));
	c = with(c, relation(REL_SYSTEM, "weir", "queries"));
	return with(c, relation(REL_SYSTEM, "pg_catalog", "pg_class"));
}

static const Relation *find(const Catalog *c, const char *path, Err *err)
{
	Str rest = str_from(path), part, parts[8];
	uint32_t n = 0;
	while (str_next(&rest, '.', &part))
		parts[n++] = part;
	*err = (Err){0};
	return catalog_relation(c, parts, n, (Span){1, 2}, err);
}

TEST(names_exact_and_in_another_case)
{
	Catalog *c = sample();
	Err err;
	CHECK(str_eq_c(find(c, "purchases", &err)->name, "purchases"));
	CHECK(str_eq_c(find(c, "PURCHASES", &err)->name, "purchases"));
	CHECK(str_eq_c(find(c, "users", &err)->name, "Users"));
	CHECK(str_eq_c(find(c, "orders", &err)->name, "orders"));
	CHECK(str_eq_c(find(c, "ORDERS", &err)->name, "ORDERS"));
	CHECK(find(c, "Orders", &err) == NULL);
	CHECK_EQ_I64(err.code, ERR_AMBIGUOUS);
	CHECK_STR(err.message, "\"Orders\" may be \"orders\", \"ORDERS\"");
	catalog_unref(c);
}

TEST(names_with_catalog_and_database)
{
	Catalog *c = sample();
	Err err;
	CHECK(find(c, "default_catalog.default_database.purchases", &err) != NULL);
	CHECK(find(c, "default_database.purchases", &err) != NULL);
	CHECK(find(c, "public.purchases", &err) != NULL);
	CHECK(find(c, "weir.public.purchases", &err) != NULL);
	CHECK(find(c, "weir.queries", &err)->kind == REL_SYSTEM);
	CHECK(find(c, "weir.pg_catalog.pg_class", &err)->kind == REL_SYSTEM);
	CHECK(find(c, "pg_class", &err)->kind == REL_SYSTEM);
	CHECK(find(c, "queries", &err) == NULL);
	CHECK(find(c, "mydb.purchases", &err) == NULL);
	catalog_unref(c);
}

TEST(names_of_side_tables)
{
	Catalog *c = sample();
	Err err;
	CHECK(find(c, "purchases.bad", &err)->kind == REL_SIDE);
	CHECK(find(c, "default_database.Purchases.BAD", &err)->kind == REL_SIDE);
	CHECK(find(c, "purchases.late", &err) == NULL);
	CHECK_STR(err.message, "\"purchases\" has no table \"late\"");
	catalog_unref(c);
}

TEST(names_unknown_are_guessed)
{
	Catalog *c = sample();
	Err err;
	CHECK(find(c, "purchase", &err) == NULL);
	CHECK_EQ_I64(err.code, ERR_NO_SUCH_TABLE);
	CHECK_STR(err.message, "unknown table or view \"purchase\"");
	CHECK_STR(err.hint, "Did you mean \"purchases\"?");
	CHECK(find(c, "zzzzzzzzzz", &err) == NULL);
	CHECK_STR(err.hint, "SHOW TABLES and SHOW VIEWS list what there is.");
	CHECK(catalog_query(c, STR("q"), &err) == NULL);
	CHECK_EQ_I64(err.code, ERR_NO_SUCH_OBJECT);
	catalog_unref(c);
}

TEST(versions_do_not_change)
{
	Catalog *one = sample();
	uint64_t version = catalog_version(one);
	CatalogEdit *e = catalog_edit(one);
	Relation *r = relation(REL_SOURCE, "", "purchases");
	r->version = 2;
	catalog_put_relation(e, r);
	CHECK(catalog_drop_relation(e, STR(""), STR("Users")));
	CHECK(!catalog_drop_relation(e, STR(""), STR("Nobody")));
	CHECK_EQ_I64(catalog_find(catalog_edited(e), STR(""), STR("purchases"))->version, 2);
	CHECK_EQ_I64(catalog_find(one, STR(""), STR("purchases"))->version, 0);
	Catalog *two = catalog_publish(e);
	CHECK_EQ_U64(catalog_version(two), version + 1);
	CHECK(catalog_find(two, STR(""), STR("Users")) == NULL);
	CHECK(catalog_find(one, STR(""), STR("Users")) != NULL);
	/* a replaced relation keeps its place */
	CHECK(str_eq_c(catalog_relation_at(two, 0)->name, "purchases"));
	CHECK(catalog_relation_at(two, 99) == NULL);
	Catalog *held = catalog_ref(one);
	catalog_unref(one);
	CHECK(catalog_find(held, STR(""), STR("Users")) != NULL);
	catalog_unref(held);
	catalog_unref(two);
}

TEST(versions_discarded_edits_leave_nothing)
{
	Catalog *c = sample();
	CatalogEdit *e = catalog_edit(c);
	catalog_put_relation(e, relation(REL_OWN, "", "new"));
	catalog_discard(e);
	CHECK(catalog_find(c, STR(""), STR("new")) == NULL);
	catalog_discard(NULL);
	catalog_unref(c);
}

/* A view that reads and names another. */
static Relation *view_over(const Relation *read, const char *name)
{
	Relation *v = relation(REL_MVIEW, "", name);
	PlanQuery *q = ARENA_NEW(v->arena, PlanQuery);
	q->reads = arena_copy(v->arena, &read, sizeof read);
	q->nreads = 1;
	q->uses = arena_copy(v->arena, &read->name, sizeof(Str));
	q->nuses = 1;
	v->plan = q;
	return v;
}

TEST(dependents_and_what_plans_hold)
{
	Catalog *c = sample();
	const Relation *orders = catalog_find(c, STR(""), STR("orders"));
	c = with(c, view_over(orders, "v1"));
	c = with(c, view_over(orders, "v, 2"));
	CatalogNames names = {.arena = arena_open("names", 0)}, none = names;
	CHECK_EQ_I64(catalog_dependents(c, orders, &names), 2);
	CHECK(str_eq_c(catalog_names_text(&names), "v1, v, 2"));
	CHECK(catalog_names_have(&names, STR("v, 2")) && !catalog_names_have(&names, STR("v")));
	CHECK_EQ_I64(catalog_dependents(c, catalog_find(c, STR(""), STR("purchases")), &none), 0);
	arena_close(names.arena);
	/* the old form of a replaced table stays as long as a plan points at it */
	c = with(c, relation(REL_OWN, "", "orders"));
	const Relation *read = catalog_find(c, STR(""), STR("v1"))->plan->reads[0];
	CHECK(read == orders && str_eq_c(read->name, "orders"));
	CHECK(catalog_find(c, STR(""), STR("orders")) != orders);
	catalog_unref(c);
}

TEST(queries_and_functions)
{
	Catalog *c = sample();
	Arena *qa = arena_open("query", 0), *fa = arena_open("function", 0);
	QueryDef *q = ARENA_NEW(qa, QueryDef);
	q->name = arena_str(qa, STR("Out"));
	q->arena = qa;
	q->sink = catalog_find(c, STR(""), STR("purchases"));
	FunctionDef *f = ARENA_NEW(fa, FunctionDef);
	f->name = arena_str(fa, STR("twice"));
	f->arena = fa;
	CatalogEdit *e = catalog_edit(c);
	catalog_put_query(e, q);
	catalog_put_function(e, f);
	catalog_unref(c);
	c = catalog_publish(e);
	Err err;
	CHECK(catalog_query(c, STR("Out"), &err) == q);
	CHECK(catalog_query(c, STR("out"), &err) == q);
	CHECK(catalog_query_at(c, 0) == q && catalog_query_at(c, 1) == NULL);
	CHECK(catalog_function(c, STR("TWICE")) == f);
	CHECK(catalog_function(c, STR("thrice")) == NULL);
	CatalogNames names = {.arena = arena_open("names", 0)}, none = names;
	CHECK_EQ_I64(catalog_dependents(c, q->sink, &names), 1);
	CHECK(str_eq_c(catalog_names_text(&names), "Out"));
	CHECK_EQ_I64(catalog_function_dependents(c, f, &none), 0);
	arena_close(names.arena);
	e = catalog_edit(c);
	CHECK(catalog_drop_query(e, STR("Out")));
	CHECK(catalog_drop_function(e, STR("twice")));
	catalog_unref(c);
	c = catalog_publish(e);
	CHECK(catalog_query_at(c, 0) == NULL);
	catalog_unref(c);
}

TEST(system_relations_are_in_every_new_catalog)
{
	Str cols[] = {STR("name"), STR("lag")};
	const Type *types[] = {&type_string, &type_bigint};
	catalog_register_system(STR("weir"), STR("tested"), cols, types, 2);
	catalog_register_system(STR("weir"), STR("tested"), cols, types, 2);
	Catalog *c = catalog_new();
	const Relation *r = catalog_find(c, STR("weir"), STR("tested"));
	REQUIRE(r != NULL);
	CHECK_EQ_I64(r->table->ncols, 2);
	CHECK_EQ_I64(table_column(r->table, STR("lag")), 1);
	CHECK_EQ_I64(table_column(r->table, STR("LAG")), -1);
	CHECK(catalog_relation_at(c, 1) == NULL);
	catalog_unref(c);
}

TESTS(names_exact_and_in_another_case, names_with_catalog_and_database, names_of_side_tables, names_unknown_are_guessed,
      versions_do_not_change, versions_discarded_edits_leave_nothing, dependents_and_what_plans_hold,
      queries_and_functions, system_relations_are_in_every_new_catalog)
