/*
 * sql/catalog/table.h: what a CREATE TABLE declares: columns, key, watermark, options.
 *
 * Definitions are immutable; they live in the arena of the catalog entry that owns them.
 */
#ifndef WEIR_SQL_CATALOG_TABLE_H
#define WEIR_SQL_CATALOG_TABLE_H

#include "sql/catalog/options.h"
#include "sql/expr/expr.h"

typedef enum ColumnKind { COLUMN_PHYSICAL, COLUMN_COMPUTED, COLUMN_METADATA } ColumnKind;

typedef enum TimeAttr { TIME_NONE, TIME_ROWTIME, TIME_PROCTIME } TimeAttr;

typedef struct ColumnDef {
	Str name;
	const Type *type;
	ColumnKind kind;
	Str metadata_key;     /* COLUMN_METADATA */
	bool is_virtual;      /* metadata that cannot be written */
	const Expr *computed; /* COLUMN_COMPUTED: over all columns of the table by number */
	Str computed_text;
	Str comment;
	TimeAttr time;
} ColumnDef;

typedef struct TableDef {
	Str name;
	Str comment;
	ColumnDef *cols;
	uint32_t ncols;
	uint32_t *key; /* column numbers of the PRIMARY KEY */
	uint32_t nkey;
	Str key_name;          /* CONSTRAINT name, or empty */
	int32_t watermark_col; /* -1: none */
	const Expr *watermark; /* over all columns by number; TIMESTAMP or TIMESTAMP_LTZ */
	Str watermark_text;
	uint32_t *partitioned_by; /* column numbers */
	uint32_t npartitioned_by;
	Options options;
	Str connector; /* empty: a table that weir keeps itself */
	Str sql;       /* canonical text of the statement */
	Str view_sql;  /* of a virtual view: the text of its query with ${NAME} replaced */
	Str *uses;     /* what a virtual view names: "t", "weir.queries", "f()" for a function; of a table only functions */
	uint32_t nuses;
} TableDef;

int32_t table_column(const TableDef *t, Str name); /* exact; -1: none */

#endif
