/*
 * engine/front/pg_catalog_psql.c: questions of psql, JDBC, SQLAlchemy, Django and Grafana about the catalog run as
 * ordinary queries; a few phrases in them have no meaning in weir's SQL and are replaced by their text.
 *
 * They are: literals that PostgreSQL reads as arrays ('{0}'), functions that return sets (generate_series,
 * _pg_expandarray), names of functions as values (regproc). Texts without the names of catalogs are not looked at.
 */
#include "engine/front/pg_catalog_psql.h"

typedef struct Phrase {
	const char *begin, *end; /* the phrase goes from one to the other; end NULL: it is `begin` */
	const char *meant;
} Phrase;

static const Phrase phrases[] = {
    /* psql */
    {"pol.polroles = '{0}'", NULL, "pol.polroles IS NULL"},
    {"polroles <> '{0}'", NULL, "polroles IS NOT NULL"},
    {"polroles = '{0}'", NULL, "polroles IS NULL"},
    {"c.reloptions || array(select 'toast.' || x from pg_catalog.unnest(tc.reloptions) x)", NULL, "c.reloptions"},
    {"(SELECT string_agg(attname, ', ')", "prattrs[s])", "NULL"},
    {"(SELECT pg_catalog.string_agg(attname, ', ')", "prattrs[s])", "NULL"},
    /* JDBC: columns, keys, indexes, functions, names of types */
    {"row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum)", NULL, "a.attnum"},
    {"(information_schema._pg_expandarray(i.indkey)).n AS KEY_SEQ", NULL,
     "PG_KEY_POSITION(i.indkey, a.attnum) AS KEY_SEQ"},
    {"information_schema._pg_expandarray(i.indkey) AS KEYS", NULL, "i.indkey AS KEYS"},
    {"result.A_ATTNUM = (result.KEYS).x", NULL, "result.KEY_SEQ IS NOT NULL"},
    {"(information_schema._pg_expandarray(i.indkey)).n AS ORDINAL_POSITION", NULL, "ia.attnum AS ORDINAL_POSITION"},
    {"JOIN pg_catalog.pg_am am ON (ci.relam = am.oid) WHERE true", NULL,
     "JOIN pg_catalog.pg_am am ON (ci.relam = am.oid) JOIN pg_catalog.pg_attribute ia ON (ia.attrelid = ci.oid) "
     "WHERE true"},
    {"CASE tmp.I_INDOPTION[", "END     ELSE NULL", "'A' ELSE NULL"},
    {"information_schema._pg_expandarray(i.indkey) AS keys", NULL, "i.indkey AS keys"},
    {"a.attnum = (i.keys).x", NULL, "PG_KEY_POSITION(i.keys, a.attnum) IS NOT NULL"},
    {"pg_catalog.generate_series(1, ", ") pos(n)", "(SELECT 1 AS n) pos"},
    {"p.proname || '_' || p.oid", NULL, "p.proname || '_' || CAST(p.oid AS STRING)"},
    {"(select ns.oid as nspoid, ns.nspname, r.r", ") as sp",
     "(SELECT oid AS nspoid, 1 AS r FROM pg_catalog.pg_namespace WHERE nspname = 'public') AS sp"},
    {"'pg_catalog.array_in'::regproc", NULL, "'array_in'"},
    {"'array_in'::regproc", NULL, "'array_in'"},
    /* SQLAlchemy: columns without sequences and collations; the columns of keys and indexes */
    {"(SELECT json_build_object(", "AS REGCLASS) AS OID))", "CAST(NULL AS STRING)"},
    {"(SELECT json_build_object(", "pg_collation.oid = pg_catalog.pg_attribute.attcollation)", "CAST(NULL AS STRING)"},
    {"unnest(pg_catalog.pg_index.indkey) AS attnum", NULL, "pg_catalog.pg_index.indkey AS attnum"},
    {"unnest(pg_catalog.pg_index.indclass) AS att_opclass", NULL, "0 AS att_opclass"},
    {"unnest(pg_catalog.pg_constraint.conkey) AS attnum", NULL,
     "ARRAY_JOIN(CAST(pg_catalog.pg_constraint.conkey AS ARRAY<STRING>), ' ') AS attnum"},
    {"generate_subscripts(pg_catalog.pg_constraint.conkey, ", ") AS ord", "1 AS ord"},
    {"generate_subscripts(pg_catalog.pg_index.indkey, ", ") AS ord", "1 AS ord"},
    {"con.ord AS ord", NULL, "PG_KEY_POSITION(con.attnum, pg_catalog.pg_attribute.attnum) AS ord"},
    {"idx.ord AS ord", NULL, "PG_KEY_POSITION(idx.attnum, pg_catalog.pg_attribute.attnum) AS ord"},
    {"ON pg_catalog.pg_attribute.attnum = con.attnum", NULL,
     "ON PG_KEY_POSITION(con.attnum, pg_catalog.pg_attribute.attnum) IS NOT NULL"},
    {"ON pg_catalog.pg_attribute.attnum = idx.attnum", NULL,
     "ON PG_KEY_POSITION(idx.attnum, pg_catalog.pg_attribute.attnum) IS NOT NULL"},
    {"CASE WHEN (idx.attnum = ", "ELSE CAST(pg_catalog.pg_attribute.attname AS TEXT) END AS element",
     "CAST(pg_catalog.pg_attribute.attname AS STRING) AS element"},
    {"idx.attnum = ", "AS is_expr", "FALSE AS is_expr"},
    /* Django: the columns of an index */
    {"CASE (option & 1)", "END", "'ASC'"},
    {"unnest(i.indkey, i.indoption)", "koi(key, option, arridx)",
     "(VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16)) koi (arridx) "
     "WHERE koi.arridx <= i.indnatts"},
    {"attr.attnum = idx.key", NULL, "PG_KEY_POSITION(idx.indkey, attr.attnum) = idx.arridx"},
    /* Grafana: the schemas of the search path */
    {"quote_ident(table_schema) IN (", "string_to_array(current_setting('search_path'),',') s",
     "quote_ident(table_schema) IN ('public'"},
};

static void replace(StrBuf *text, uint32_t at, uint32_t len, const char *with)
{
	StrBuf out;
	strbuf_init(&out);
	strbuf_put(&out, text->ptr, at);
	strbuf_puts(&out, with);
	strbuf_put(&out, text->ptr + at + len, text->len - at - len);
	strbuf_deinit(text);
	*text = out;
}

static bool find(Str text, const Phrase *p, uint32_t from, uint32_t *at, uint32_t *len)
{
	int64_t begin = str_find(text, str_from(p->begin), from);
	if (begin < 0)
		return false;
	int64_t end = begin + (int64_t)strlen(p->begin);
	if (p->end) {
		end = str_find(text, str_from(p->end), (uint32_t)end);
		if (end < 0)
			return false;
		end += (int64_t)strlen(p->end);
	}
	*at = (uint32_t)begin;
	*len = (uint32_t)(end - begin);
	return true;
}

void pg_catalog_psql_rewrite(StrBuf *text)
{
	bool asks = str_find(strbuf_str(text), STR("pg_catalog."), 0) >= 0 ||
	            str_find(strbuf_str(text), STR("information_schema."), 0) >= 0;
	if (text->len > 16384 || !asks)
		return;
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
		uint32_t from = 0, at, len;
		while (find(strbuf_str(text), &phrases[i], from, &at, &len)) {
			replace(text, at, len, phrases[i].meant);
			from = at + (uint32_t)strlen(phrases[i].meant);
		}
	}
}

/* No type here has attributes, a base type or a range; elements are base types. */
static const char types_query[] =
    "SELECT t.oid AS oid, ns.nspname AS ns, t.typname AS name, t.typtype AS kind, CAST(NULL AS BIGINT) AS basetype, "
    "t.typelem AS elemtype, "
    "e.typdelim AS elemdelim, CAST(NULL AS BIGINT) AS range_subtype, CAST(NULL AS STRING) AS attrtypoids, CAST(NULL AS "
    "STRING) AS attrnames, "
    "0 AS depth, CAST(NULL AS STRING) AS basetype_name, t.typelem::regtype AS elemtype_name, CAST(NULL AS STRING) AS "
    "range_subtype_name "
    "FROM pg_catalog.pg_type t INNER JOIN pg_catalog.pg_namespace ns ON ns.oid = t.typnamespace "
    "LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem WHERE t.oid = ANY($1)";

bool pg_catalog_psql_types(Str text, Str *query)
{
	if (!str_starts(str_trim(text), STR("WITH RECURSIVE typeinfo_tree(")))
		return false;
	*query = str_from(types_query);
	return true;
}
