/*
 * engine/front/pg_catalog_schema.c: information_schema, as the SQL standard and PostgreSQL have it.
 */
#include "engine/front/pg_catalog.h"

#include "engine/front/pgwire_types.h"
#include "engine/front/system_int.h"

static const Relation *shown_at(const SystemRows *r, uint32_t *i)
{
	const Relation *rel;
	while ((rel = catalog_relation_at(r->catalog, (*i)++)))
		if (pg_catalog_shows(rel))
			return rel;
	return NULL;
}

static void put_name(SystemRows *r, const Relation *rel)
{
	system_text(r, "default_database");
	system_text(r, pg_catalog_schema_name(rel->schema));
	system_str(r, rel->name);
}

static bool schemata(SystemRows *r, Err *err)
{
	(void)err;
	static const char *const names[] = {"public", "pg_catalog", "information_schema", "weir"};
	for (int i = 0; i < 4; i++) {
		system_text(r, "default_database");
		system_text(r, names[i]);
		system_text(r, "weir");
	}
	return true;
}

static void put_table(SystemRows *r, const Relation *rel)
{
	put_name(r, rel);
	/* Materialised views are not in PostgreSQL's, and tools that look for what can be read would not find them. */
	system_text(r, rel->kind == REL_VIEW || rel->kind == REL_SYSTEM ? "VIEW" : "BASE TABLE");
	system_text(r, rel->kind == REL_OWN ? "YES" : "NO");
	system_text(r, "NO");
}

static bool tables(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));)
		put_table(r, rel);
	return true;
}

static void put_number(SystemRows *r, bool known, int64_t v)
{
	system_put(r, known ? value_i64(v) : VALUE_NULL);
}

static void put_column(SystemRows *r, const Relation *rel, uint32_t number)
{
	const ColumnDef *c = &rel->table->cols[number];
	const PgwireType *type = pgwire_types_find(pgwire_types_oid(c->type));
	bool text = type->oid == PG_VARCHAR || type->oid == PG_BPCHAR;
	bool integer = type_is_integer(c->type), decimal = c->type->kind == TYPE_DECIMAL;
	put_name(r, rel);
	system_str(r, c->name);
	system_i64(r, number + 1);
	system_opt(r, STR_EMPTY);
	system_text(r, c->type->not_null ? "NO" : "YES"); /* the key of a view may be NULL */
	system_text(r, type->elem ? "ARRAY" : type->sql);
	put_number(r, text, c->type->length);
	put_number(r, integer || decimal, integer ? type->len * 8 : c->type->precision);
	put_number(r, integer || decimal, integer ? 2 : 10);
	put_number(r, integer || decimal, integer ? 0 : c->type->scale);
	put_number(r, type_is_timestamp(c->type) || c->type->kind == TYPE_TIME, c->type->precision);
	system_text(r, "default_database");
	system_text(r, "pg_catalog");
	system_text(r, type->name);
	system_text(r, "NO");
	system_text(r, c->kind == COLUMN_COMPUTED ? "ALWAYS" : "NEVER");
	system_opt(r, c->computed_text);
	system_text(r, rel->kind == REL_OWN ? "YES" : "NO");
}

static bool columns(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));)
		for (uint32_t c = 0; c < rel->table->ncols; c++)
			put_column(r, rel, c);
	return true;
}

static bool views(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));) {
		if (rel->kind != REL_VIEW)
			continue;
		put_name(r, rel);
		system_str(r, session_shown_query(rel->query_sql, r->arena));
		system_text(r, "NONE");
		system_text(r, "NO");
	}
	return true;
}

static Str key_name(SystemRows *r, const Relation *rel)
{
	return rel->table->key_name.len ? rel->table->key_name : arena_printf(r->arena, "%.*s_pkey", STR_ARG(rel->name));
}

static bool constraints(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));) {
		if (!rel->table->nkey)
			continue;
		system_text(r, "default_database");
		system_text(r, pg_catalog_schema_name(rel->schema));
		system_str(r, key_name(r, rel));
		put_name(r, rel);
		system_text(r, "PRIMARY KEY");
		system_text(r, "NO");
		system_text(r, "NO");
		system_text(r, rel->kind == REL_OWN ? "YES" : "NO");
	}
	return true;
}

static bool key_columns(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));)
		for (uint32_t k = 0; k < rel->table->nkey; k++) {
			system_text(r, "default_database");
			system_text(r, pg_catalog_schema_name(rel->schema));
			system_str(r, key_name(r, rel));
			put_name(r, rel);
			system_str(r, rel->table->cols[rel->table->key[k]].name);
			system_i64(r, k + 1);
			system_null(r);
		}
	return true;
}

/* clang-format off */
const SystemTable pg_catalog_schema_tables[] = {
    {"information_schema", "schemata", "catalog_name:s schema_name:s schema_owner:s", schemata},
    {"information_schema", "tables", "table_catalog:s table_schema:s table_name:s table_type:s is_insertable_into:s is_typed:s", tables},
    {"information_schema", "columns", "table_catalog:s table_schema:s table_name:s column_name:s ordinal_position:i column_default:s is_nullable:s data_type:s character_maximum_length:i numeric_precision:i numeric_precision_radix:i numeric_scale:i datetime_precision:i udt_catalog:s udt_schema:s udt_name:s is_identity:s is_generated:s generation_expression:s is_updatable:s", columns},
    {"information_schema", "views", "table_catalog:s table_schema:s table_name:s view_definition:s check_option:s is_updatable:s", views},
    {"information_schema", "table_constraints", "constraint_catalog:s constraint_schema:s constraint_name:s table_catalog:s table_schema:s table_name:s constraint_type:s is_deferrable:s initially_deferred:s enforced:s", constraints},
    {"information_schema", "key_column_usage", "constraint_catalog:s constraint_schema:s constraint_name:s table_catalog:s table_schema:s table_name:s column_name:s ordinal_position:i position_in_unique_constraint:i", key_columns},
    {"information_schema", "referential_constraints", "constraint_catalog:s constraint_schema:s constraint_name:s unique_constraint_catalog:s unique_constraint_schema:s unique_constraint_name:s", NULL},
    {"information_schema", "constraint_column_usage", "table_catalog:s table_schema:s table_name:s column_name:s constraint_catalog:s constraint_schema:s constraint_name:s", NULL},
    {"information_schema", "routines", "routine_catalog:s routine_schema:s routine_name:s routine_type:s data_type:s", NULL},
    {"information_schema", "sequences", "sequence_catalog:s sequence_schema:s sequence_name:s data_type:s", NULL},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */
