/*
 * engine/front/pg_catalog.c: relations, columns, keys and indexes as PostgreSQL's catalogs: what psql's \d and drivers
 * read.
 */
#include "engine/front/pg_catalog.h"

#include "base/hash.h"
#include "engine/front/pgwire_types.h"
#include "engine/front/system_int.h"
#include "sql/types/packed.h"

int64_t pg_catalog_schema_oid(Str schema)
{
	if (!schema.len)
		return PG_SCHEMA_PUBLIC;
	if (str_eq_c(schema, "pg_catalog"))
		return PG_SCHEMA_CATALOG;
	if (str_eq_c(schema, "information_schema"))
		return PG_SCHEMA_INFORMATION;
	return PG_SCHEMA_WEIR;
}

const char *pg_catalog_schema_name(Str schema)
{
	switch (pg_catalog_schema_oid(schema)) {
	case PG_SCHEMA_PUBLIC: return "public";
	case PG_SCHEMA_CATALOG: return "pg_catalog";
	case PG_SCHEMA_INFORMATION: return "information_schema";
	default: return "weir";
	}
}

/* 31 bits: two of a thousand names meet once in four thousand catalogs. */
static int64_t oid_of(Str schema, Str name, Str part)
{
	uint64_t h = hash_bytes(schema.ptr, schema.len, 1);
	h = hash_bytes(name.ptr, name.len, h);
	h = hash_bytes(part.ptr, part.len, h);
	return PG_OID_FIRST + (int64_t)(h % (INT32_MAX - PG_OID_FIRST));
}

/* Those that clients know by number. */
static int64_t fixed_oid(const Relation *r)
{
	static const struct {
		const char *name;
		int64_t oid;
	} known[] = {{"pg_type", 1247},  {"pg_attribute", 1249}, {"pg_proc", 1255},
	             {"pg_class", 1259}, {"pg_namespace", 2615}, {"pg_database", 1262}};
	for (size_t i = 0; r->kind == REL_SYSTEM && i < sizeof known / sizeof *known; i++)
		if (str_eq_c(r->name, known[i].name))
			return known[i].oid;
	return 0;
}

int64_t pg_catalog_oid(const Relation *r)
{
	int64_t fixed = fixed_oid(r);
	if (fixed)
		return fixed;
	return oid_of(r->schema, r->name, STR_EMPTY);
}

int64_t pg_catalog_index_oid(const Relation *r, Str index)
{
	return oid_of(r->schema, r->name, index);
}

int64_t pg_catalog_constraint_oid(const Relation *r, Str name)
{
	return oid_of(r->schema, name, STR("constraint"));
}

bool pg_catalog_shows(const Relation *r)
{
	return r->kind != REL_SIDE;
}

char pg_catalog_kind(const Relation *r)
{
	switch (r->kind) {
	case REL_MVIEW: return 'm';
	case REL_VIEW:
	case REL_SYSTEM: return 'v';
	default: return 'r';
	}
}

static Str kind_text(Arena *arena, char kind)
{
	return arena_str(arena, str_make(&kind, 1));
}

static const Relation *shown_at(const SystemRows *r, uint32_t *i)
{
	const Relation *rel;
	while ((rel = catalog_relation_at(r->catalog, (*i)++)))
		if (pg_catalog_shows(rel))
			return rel;
	return NULL;
}

static Str key_name(Arena *arena, const Relation *rel)
{
	return rel->table->key_name.len ? rel->table->key_name : arena_printf(arena, "%.*s_pkey", STR_ARG(rel->name));
}

/* ---- pg_class ---- */

static void put_class(SystemRows *r, int64_t oid, Str name, const Relation *rel, char kind, uint32_t ncols)
{
	bool indexed = rel->table->nkey || rel->nindexes;
	bool stored = kind != 'v';
	system_i64(r, oid);
	system_str(r, name);
	system_i64(r, pg_catalog_schema_oid(rel->schema));
	system_i64(r, 0); /* reltype */
	system_i64(r, 0); /* reloftype */
	system_i64(r, PG_OWNER);
	system_i64(r, kind == 'i' ? PG_AM_BTREE : stored ? PG_AM_HEAP : 0);
	system_i64(r, 0); /* relfilenode */
	system_i64(r, 0); /* reltablespace */
	system_i64(r, 0); /* relpages */
	system_put(r, (Value){.f = -1});
	system_i64(r, 0); /* reltoastrelid */
	system_bool(r, kind != 'i' && indexed);
	system_bool(r, false);
	system_str(r, rel->temporary ? STR("t") : STR("p"));
	system_str(r, kind_text(r->arena, kind));
	system_i64(r, ncols);
	system_i64(r, 0);           /* relchecks */
	for (int i = 0; i < 5; i++) /* relhasrules, relhastriggers, relhassubclass, relrowsecurity, relforcerowsecurity */
		system_bool(r, false);
	system_bool(r, true); /* relispopulated */
	system_str(r, STR("d"));
	system_bool(r, false);
	system_null(r); /* relacl */
	system_null(r); /* reloptions */
	system_null(r); /* relpartbound */
	system_bool(r, false);
}

static bool classes(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));) {
		put_class(r, pg_catalog_oid(rel), rel->name, rel, pg_catalog_kind(rel), rel->table->ncols);
		if (rel->table->nkey) {
			Str name = key_name(r->arena, rel);
			put_class(r, pg_catalog_index_oid(rel, name), name, rel, 'i', rel->table->nkey);
		}
		for (uint32_t k = 0; k < rel->nindexes; k++)
			put_class(r, pg_catalog_index_oid(rel, rel->indexes[k].name), rel->indexes[k].name, rel, 'i',
			          rel->indexes[k].ncols);
	}
	return true;
}

/* ---- pg_attribute ---- */

static void put_attribute(SystemRows *r, int64_t oid, uint32_t number, const ColumnDef *c, bool not_null)
{
	uint32_t type = pgwire_types_oid(c->type);
	int16_t len = pgwire_types_len(type);
	system_i64(r, oid);
	system_str(r, c->name);
	system_i64(r, type);
	system_i64(r, len);
	system_i64(r, number);
	system_i64(r, type && pgwire_types_find(type)->elem ? 1 : 0);
	system_i64(r, pgwire_types_modifier(c->type));
	system_bool(r, len > 0 && len <= 8);
	system_str(r, len < 0 ? STR("x") : STR("p"));
	system_bool(r, not_null || c->type->not_null);
	system_bool(r, c->kind == COLUMN_COMPUTED);
	system_bool(r, false);
	system_str(r, STR_EMPTY);
	system_str(r, c->kind == COLUMN_COMPUTED ? STR("s") : STR_EMPTY);
	system_bool(r, false);
	system_bool(r, true);
	system_i64(r, 0);
	system_i64(r, 0);
	system_null(r);
	system_null(r);
	system_str(r, STR_EMPTY);
	system_i64(r, -1);
}

static bool attributes(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));) {
		const TableDef *t = rel->table;
		for (uint32_t c = 0; c < t->ncols; c++)
			put_attribute(r, pg_catalog_oid(rel), c + 1, &t->cols[c], false); /* of a view's key too */
		int64_t key = t->nkey ? pg_catalog_index_oid(rel, key_name(r->arena, rel)) : 0;
		for (uint32_t c = 0; c < t->nkey; c++)
			put_attribute(r, key, c + 1, &t->cols[t->key[c]], true);
		for (uint32_t k = 0; k < rel->nindexes; k++)
			for (uint32_t c = 0; c < rel->indexes[k].ncols; c++)
				put_attribute(r, pg_catalog_index_oid(rel, rel->indexes[k].name), c + 1,
				              &t->cols[rel->indexes[k].cols[c]], false);
	}
	return true;
}

static bool defaults(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));)
		for (uint32_t c = 0; c < rel->table->ncols; c++)
			if (rel->table->cols[c].kind == COLUMN_COMPUTED) {
				system_i64(r, oid_of(rel->schema, rel->name, rel->table->cols[c].name));
				system_i64(r, pg_catalog_oid(rel));
				system_i64(r, c + 1);
				system_str(r, rel->table->cols[c].computed_text);
			}
	return true;
}

static bool descriptions(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));) {
		if (rel->table->comment.len) {
			system_i64(r, pg_catalog_oid(rel));
			system_i64(r, 1259);
			system_i64(r, 0);
			system_str(r, rel->table->comment);
		}
		for (uint32_t c = 0; c < rel->table->ncols; c++)
			if (rel->table->cols[c].comment.len) {
				system_i64(r, pg_catalog_oid(rel));
				system_i64(r, 1259);
				system_i64(r, c + 1);
				system_str(r, rel->table->cols[c].comment);
			}
	}
	return true;
}

/* ---- keys and indexes ---- */

static void put_numbers(SystemRows *r, const uint32_t *cols, uint32_t n)
{
	/* int2vector: numbers with blanks */
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < n; i++)
		strbuf_printf(&b, "%s%u", i ? " " : "", cols[i] + 1);
	system_str(r, arena_str(r->arena, strbuf_str(&b)));
	strbuf_deinit(&b);
}

static void put_oids(SystemRows *r, const uint32_t *cols, uint32_t n)
{
	const Type *type = &type_bigint;
	Value *items = ARENA_ARRAY(r->arena, Value, n);
	for (uint32_t i = 0; i < n; i++)
		items[i] = value_i64(cols[i] + 1);
	system_str(r, packed_build(r->arena, &type, true, items, n));
}

static void put_index(SystemRows *r, const Relation *rel, int64_t oid, const uint32_t *cols, uint32_t n, bool primary)
{
	system_i64(r, oid);
	system_i64(r, pg_catalog_oid(rel));
	system_i64(r, n);
	system_i64(r, n);
	system_bool(r, primary);
	system_bool(r, primary);
	system_bool(r, false);
	system_bool(r, true);
	system_bool(r, primary && rel->kind == REL_OWN);
	system_bool(r, false);
	system_bool(r, true);
	system_bool(r, false);
	system_bool(r, true);
	system_bool(r, true);
	system_bool(r, false);
	put_numbers(r, cols, n);
	StrBuf ascending;
	strbuf_init(&ascending);
	for (uint32_t i = 0; i < n; i++)
		strbuf_puts(&ascending, i ? " 0" : "0");
	system_str(r, arena_str(r->arena, strbuf_str(&ascending)));
	strbuf_deinit(&ascending);
	system_null(r);
	system_null(r);
	system_bool(r, false);
}

static bool indexes(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));) {
		if (rel->table->nkey)
			put_index(r, rel, pg_catalog_index_oid(rel, key_name(r->arena, rel)), rel->table->key, rel->table->nkey,
			          true);
		for (uint32_t k = 0; k < rel->nindexes; k++)
			put_index(r, rel, pg_catalog_index_oid(rel, rel->indexes[k].name), rel->indexes[k].cols,
			          rel->indexes[k].ncols, false);
	}
	return true;
}

static Str column_list(Arena *arena, const TableDef *t, const uint32_t *cols, uint32_t n)
{
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < n; i++)
		strbuf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(t->cols[cols[i]].name));
	Str text = arena_str(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return text;
}

static bool constraints(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));) {
		const TableDef *t = rel->table;
		if (!t->nkey)
			continue;
		Str name = key_name(r->arena, rel);
		system_i64(r, pg_catalog_constraint_oid(rel, name));
		system_str(r, name);
		system_i64(r, pg_catalog_schema_oid(rel->schema));
		system_str(r, STR("p"));
		system_bool(r, false);
		system_bool(r, false);
		system_bool(r, true);
		system_i64(r, pg_catalog_oid(rel));
		system_i64(r, 0);
		system_i64(r, pg_catalog_index_oid(rel, name));
		system_i64(r, 0);
		system_i64(r, 0);
		system_str(r, STR_EMPTY);
		system_str(r, STR_EMPTY);
		system_bool(r, true);
		put_oids(r, t->key, t->nkey);
		system_null(r);
		system_str(r, arena_printf(r->arena, "PRIMARY KEY (%.*s)", STR_ARG(column_list(r->arena, t, t->key, t->nkey))));
	}
	return true;
}

static bool index_definitions(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));) {
		for (uint32_t k = 0; k <= rel->nindexes; k++) {
			bool primary = k == rel->nindexes;
			if (primary && !rel->table->nkey)
				continue;
			Str name = primary ? key_name(r->arena, rel) : rel->indexes[k].name;
			Str cols = primary ? column_list(r->arena, rel->table, rel->table->key, rel->table->nkey)
			                   : column_list(r->arena, rel->table, rel->indexes[k].cols, rel->indexes[k].ncols);
			system_text(r, pg_catalog_schema_name(rel->schema));
			system_str(r, rel->name);
			system_str(r, name);
			system_null(r);
			system_str(r, arena_printf(r->arena, "CREATE %sINDEX %.*s ON %s.%.*s USING btree (%.*s)",
			                           primary ? "UNIQUE " : "", STR_ARG(name), pg_catalog_schema_name(rel->schema),
			                           STR_ARG(rel->name), STR_ARG(cols)));
		}
	}
	return true;
}

/* ---- lists by kind ---- */

static bool tables(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));) {
		if (pg_catalog_kind(rel) != 'r')
			continue;
		system_text(r, pg_catalog_schema_name(rel->schema));
		system_str(r, rel->name);
		system_str(r, STR("weir"));
		system_null(r);
		system_bool(r, rel->table->nkey || rel->nindexes);
		for (int k = 0; k < 3; k++)
			system_bool(r, false);
	}
	return true;
}

static bool views(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));) {
		if (pg_catalog_kind(rel) != 'v')
			continue;
		system_text(r, pg_catalog_schema_name(rel->schema));
		system_str(r, rel->name);
		system_str(r, STR("weir"));
		system_str(r, rel->query_sql.ptr ? session_shown_query(rel->query_sql, r->arena) : STR_EMPTY);
	}
	return true;
}

static bool materialized(SystemRows *r, Err *err)
{
	(void)err;
	const Relation *rel;
	for (uint32_t i = 0; (rel = shown_at(r, &i));) {
		if (rel->kind != REL_MVIEW)
			continue;
		system_text(r, pg_catalog_schema_name(rel->schema));
		system_str(r, rel->name);
		system_str(r, STR("weir"));
		system_null(r);
		system_bool(r, rel->table->nkey || rel->nindexes);
		system_bool(r, true);
		system_str(r, session_shown_query(rel->query_sql, r->arena));
	}
	return true;
}

/* clang-format off */
const SystemTable pg_catalog_tables[] = {
    {"pg_catalog", "pg_class", "oid:i relname:s relnamespace:i reltype:i reloftype:i relowner:i relam:i relfilenode:i reltablespace:i relpages:i reltuples:d reltoastrelid:i relhasindex:b relisshared:b relpersistence:s relkind:s relnatts:i relchecks:i relhasrules:b relhastriggers:b relhassubclass:b relrowsecurity:b relforcerowsecurity:b relispopulated:b relreplident:s relispartition:b relacl:a reloptions:a relpartbound:s relhasoids:b", classes},
    {"pg_catalog", "pg_attribute", "attrelid:i attname:s atttypid:i attlen:i attnum:i attndims:i atttypmod:i attbyval:b attstorage:s attnotnull:b atthasdef:b atthasmissing:b attidentity:s attgenerated:s attisdropped:b attislocal:b attinhcount:i attcollation:i attacl:a attoptions:a attcompression:s attstattarget:i", attributes},
    {"pg_catalog", "pg_attrdef", "oid:i adrelid:i adnum:i adbin:s", defaults},
    {"pg_catalog", "pg_description", "objoid:i classoid:i objsubid:i description:s", descriptions},
    {"pg_catalog", "pg_index", "indexrelid:i indrelid:i indnatts:i indnkeyatts:i indisunique:b indisprimary:b indisexclusion:b indimmediate:b indisenforced:b indisclustered:b indisvalid:b indcheckxmin:b indisready:b indislive:b indisreplident:b indkey:s indoption:s indexprs:s indpred:s indnullsnotdistinct:b", indexes},
    {"pg_catalog", "pg_constraint", "oid:i conname:s connamespace:i contype:s condeferrable:b condeferred:b convalidated:b conrelid:i contypid:i conindid:i conparentid:i confrelid:i confupdtype:s confdeltype:s conislocal:b conkey:k confkey:k condef:s", constraints},
    {"pg_catalog", "pg_indexes", "schemaname:s tablename:s indexname:s tablespace:s indexdef:s", index_definitions},
    {"pg_catalog", "pg_tables", "schemaname:s tablename:s tableowner:s tablespace:s hasindexes:b hasrules:b hastriggers:b rowsecurity:b", tables},
    {"pg_catalog", "pg_views", "schemaname:s viewname:s viewowner:s definition:s", views},
    {"pg_catalog", "pg_matviews", "schemaname:s matviewname:s matviewowner:s tablespace:s hasindexes:b ispopulated:b definition:s", materialized},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */
