/*
 * sql/dialect/dialect_int.h: shared by the files of this folder.
 */
#ifndef WEIR_SQL_DIALECT_DIALECT_INT_H
#define WEIR_SQL_DIALECT_DIALECT_INT_H

#include "sql/dialect/dialect.h"

/* The differences that are no fault of the text. */
typedef enum DialectDifference {
	DIFFERENCE_OVERFLOW,
	DIFFERENCE_BAD_RECORD,
	DIFFERENCE_SKEW,
	DIFFERENCE_WATERMARK,
	DIFFERENCE_LATE,
	DIFFERENCE_MERGED,
	DIFFERENCE_GLOBAL,
	DIFFERENCE_ZONE,
	DIFFERENCE_DELIVERY,
	DIFFERENCE_SETTING,
	DIFFERENCES
} DialectDifference;

struct Dialect {
	Arena *arena;
	Str text;
	DialectFindings findings;
	AstNames own;     /* tables that weir keeps itself */
	AstNames targets; /* of Kafka and PostgreSQL */
	AstNames materialized;
	AstNames declared; /* names of tables, columns, fields, aliases, each spelling once */

	AstNames read; /* what stands in FROM anywhere */
	Span touched[DIFFERENCES];
	bool is_touched[DIFFERENCES];
	bool flink_arithmetic, zone_set;
};

void dialect_error(Dialect *d, const char *rule, Span span, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* An error that dialect_export rewrites. */
void dialect_mended(Dialect *d, const char *rule, Span span, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void dialect_warn(Dialect *d, const char *rule, Span span, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void dialect_touch(Dialect *d, DialectDifference difference, Span span);
bool dialect_knows(const AstNames *names, const AstNames *path);
void dialect_remember(Dialect *d, AstNames *names, const AstNames *path);
Str dialect_path(Dialect *d, const AstNames *path);

/* The spelling of a name that stands here in another case than it was declared; NULL: as declared, or unknown. */
const AstName *dialect_spelling(const Dialect *d, const AstName *name);

/* A SELECT that looks at a materialized view? */
bool dialect_snapshot(Dialect *d, AstNode *stmt);

/* One node, not its children. */
void dialect_stmt(Dialect *d, AstNode *node);
void dialect_part(Dialect *d, const AstNode *node); /* of a statement: keys, watermarks, columns */
void dialect_learn(Dialect *d, AstNode *stmt);      /* what a statement declares and reads */
void dialect_query(Dialect *d, AstNode *node);
void dialect_expr(Dialect *d, AstNode *node);
void dialect_name(void *dialect, const AstNode *owner, const AstName *name);

/* Flink's name of a type that only weir has; NULL: Flink has it under its own. */
const char *dialect_type_name(const AstType *type);
typedef enum DialectInterval { INTERVAL_FINE, INTERVAL_REWRITTEN, INTERVAL_HOPELESS } DialectInterval;
DialectInterval dialect_interval(Arena *arena, const AstInterval *interval, AstInterval *out);
/* May an option stay in WITH (...) on Flink? */
bool dialect_option_stays(Str key);

#endif
