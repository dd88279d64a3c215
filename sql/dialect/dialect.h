/*
 * sql/dialect/dialect.h: what of a text would not run on Flink, and the text rewritten for Flink.
 *
 * Works on trees alone, after the binder of weir has accepted them: a rule looks at one node and says what Flink 1.20
 * does not take, why, and what to write instead. A finding that dialect_export mends says so. Several texts may be
 * given one after the other, as files that are run together: what one declares the next knows.
 */
#ifndef WEIR_SQL_DIALECT_DIALECT_H
#define WEIR_SQL_DIALECT_DIALECT_H

#include "base/arena.h"
#include "parser/parser.h"

typedef enum DialectSeverity {
	DIALECT_ERROR,   /* does not run on Flink as it is */
	DIALECT_WARNING, /* runs, and may surprise */
	DIALECT_NOTE     /* a difference between the engines that the text touches */
} DialectSeverity;

typedef struct DialectFinding {
	DialectSeverity severity;
	const char *rule; /* a short stable name: "materialized-view" */
	bool mended;      /* dialect_export rewrites it */
	Span span;
	Str message; /* lower case, no full stop */
	Str hint;    /* a full sentence, or empty */
} DialectFinding;

typedef struct DialectFindings {
	DialectFinding *items;
	uint32_t len;
	uint32_t cap;
} DialectFindings;

typedef struct Dialect Dialect;

/* All lives in the arena. */
Dialect *dialect_open(Arena *arena);
/* Parses all statements of a text; ${NAME} is replaced from the environment. The first error ends it. */
bool dialect_parse(Arena *arena, Str text, AstList *stmts, Err *err);
/* Findings in the order of the text, then the notes. They stay until the next call. */
const DialectFindings *dialect_check(Dialect *d, Str text, const AstList *stmts);
const char *dialect_severity_name(DialectSeverity severity); /* "error" */
/* Statements that Flink takes, after dialect_check has found nothing that is not mended. Changes the trees. */
void dialect_export(Dialect *d, Str text, AstList *stmts, StrBuf *out);

#endif
