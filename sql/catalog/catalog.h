/*
 * sql/catalog/catalog.h: what the engine knows by name: tables, views, materialised views, functions, indexes, sinks'
 * queries.
 *
 * A Catalog is an immutable version, counted: whoever plans or runs a statement holds one (catalog_ref) and lets go
 * (catalog_unref). A change makes the next version: catalog_edit copies the directory (not the entries), the edit
 * functions change the copy, catalog_publish hands it over. Entries (Relation, FunctionDef, QueryDef) are immutable,
 * counted through the versions that hold them, and own an arena. Thread: reading any; editing the engine thread.
 */
#ifndef WEIR_SQL_CATALOG_CATALOG_H
#define WEIR_SQL_CATALOG_CATALOG_H

#include "base/map.h"
#include "sql/catalog/settings.h"
#include "sql/catalog/table.h"
#include "sql/catalog/stored.h"

typedef struct Catalog Catalog;
typedef struct CatalogEdit CatalogEdit;

typedef enum RelationKind {
	REL_SOURCE, /* a connector table: source, sink or both */
	REL_OWN,    /* a table that weir keeps itself */
	REL_VIEW,   /* virtual: expanded where it is used */
	REL_MVIEW,  /* materialised view */
	REL_SYSTEM, /* weir.queries, pg_catalog.pg_class ...: rows made by a function of the front */
	REL_SIDE,   /* x.bad, x.late, x.refused */
} RelationKind;

typedef struct IndexDef {
	Str name;
	uint32_t *cols;
	bool *desc;
	uint32_t ncols;
	Str state; /* name of its state table */
	Str sql;
} IndexDef;

typedef struct Relation {
	RelationKind kind;
	Str schema; /* "" for the default; "weir", "pg_catalog", "information_schema" */
	Str name;
	const TableDef *table;        /* columns, key, watermark, options: for every kind */
	Str query_sql;                /* REL_VIEW, REL_MVIEW: the text after AS, canonical */
	const struct PlanQuery *plan; /* REL_MVIEW: continuous plan, root PLAN_MATERIALIZE */
	Stored stored;                /* REL_OWN, REL_MVIEW, REL_SIDE: how the rows are kept */
	bool append_only;             /* REL_OWN: false; REL_MVIEW: inferred; REL_SOURCE: by format */
	const IndexDef *indexes;
	uint32_t nindexes;
	uint64_t version; /* changes with each new definition of the same name */
	Arena *arena;     /* owns everything above */
	bool temporary;
} Relation;

typedef struct FunctionDef {
	Str name;
	Str *params;
	const Type **param_types;
	uint32_t nparams;
	const Type *returns;
	Str body_sql; /* an expression, or a scalar query */
	bool is_query;
	Str sql;
	Str *uses; /* what the body names: "t", "f()" for a function */
	uint32_t nuses;
	Arena *arena;
} FunctionDef;

/* A continuous INSERT (a statement set's have one group). */
typedef struct QueryDef {
	Str name; /* the sink's name, as query name */
	Str sql;  /* canonical text of the INSERT */
	const Relation *sink;
	const struct PlanQuery *plan; /* root PLAN_SINK */
	uint32_t group;               /* statements of one STATEMENT SET share a number; 0: alone */
	Arena *arena;
} QueryDef;

Catalog *catalog_new(void); /* empty but for the system relations registered so far */
Catalog *catalog_ref(Catalog *c);
void catalog_unref(Catalog *c);
uint64_t catalog_version(const Catalog *c);

/* Looks a name up by DIALECT's rule: exact; else case-insensitive if unique; else an error that names the candidates
 * (ERR_NO_SUCH_TABLE with "did you mean", ERR_AMBIGUOUS). parts: 1 to 4; the default catalog and database may be named;
 * pg_catalog need not be. x.bad, x.late, x.refused find side tables: relations of kind REL_SIDE that are named `x.bad`
 * (schema ""), or `bad` in schema `x`. */
const Relation *catalog_relation(const Catalog *c, const Str *parts, uint32_t nparts, Span span, Err *err);
const Relation *catalog_find(const Catalog *c, Str schema, Str name); /* exact; NULL: absent */
const FunctionDef *catalog_function(const Catalog *c, Str name);
const QueryDef *catalog_query(const Catalog *c, Str name, Err *err);
/* Iteration in order of creation: index from 0; NULL past the end. */
const Relation *catalog_relation_at(const Catalog *c, uint32_t i);
const FunctionDef *catalog_function_at(const Catalog *c, uint32_t i);
const QueryDef *catalog_query_at(const Catalog *c, uint32_t i);

/* Engine thread. The edit takes over the entry (and its arena). */
CatalogEdit *catalog_edit(const Catalog *base);
void catalog_put_relation(CatalogEdit *e, Relation *r); /* replaces one of the same name */
void catalog_put_function(CatalogEdit *e, FunctionDef *f);
void catalog_put_query(CatalogEdit *e, QueryDef *q);
bool catalog_drop_relation(CatalogEdit *e, Str schema, Str name);
bool catalog_drop_function(CatalogEdit *e, Str name);
bool catalog_drop_query(CatalogEdit *e, Str name);
/* The version that is being made, to look up in; ends with the edit. */
const Catalog *catalog_edited(const CatalogEdit *e);
Catalog *catalog_publish(CatalogEdit *e); /* the next version, one reference; the edit is gone */
void catalog_discard(CatalogEdit *e);

/* Names of views and queries, and "f()" of functions, in an arena. */
typedef struct CatalogNames {
	Arena *arena;
	Str *items;
	uint32_t len, cap;
} CatalogNames;

bool catalog_names_have(const CatalogNames *names, Str name);
void catalog_names_add(CatalogNames *names, Str name);                 /* once */
Str catalog_names_text(const CatalogNames *names);                     /* for people: "a, b" */
const FunctionDef *catalog_names_function(const Catalog *c, Str name); /* that "f()" names; NULL: no function */

/* Adds who reads a relation (or a side table of it), or calls a function. Returns how many they are. */
uint32_t catalog_dependents(const Catalog *c, const Relation *r, CatalogNames *names);
/* Who reads the side tables of a table, view or query; all of them, but for one (NULL: none). */
uint32_t catalog_side_dependents(const Catalog *c, Str owner, const char *but, CatalogNames *names);
uint32_t catalog_function_dependents(const Catalog *c, const FunctionDef *f, CatalogNames *names);
/* "name", or "schema.name" outside of the default schema. */
void catalog_put_name(const Relation *r, StrBuf *out);

/* System relations are registered once, before the first catalog: name, columns; their rows come from engine/front. */
void catalog_register_system(Str schema, Str name, const Str *cols, const Type *const *types, uint32_t ncols);

#endif
