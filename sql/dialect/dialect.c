/*
 * sql/dialect/dialect.c: the walk over the statements, the findings, and the notes at their end.
 */
#include "sql/dialect/dialect.h"

#include <stdlib.h>

#include "sql/dialect/dialect_int.h"

Dialect *dialect_open(Arena *arena)
{
	Dialect *d = ARENA_NEW(arena, Dialect);
	d->arena = arena;
	return d;
}

bool dialect_parse(Arena *arena, Str text, AstList *stmts, Err *err)
{
	ParserOptions options = {.expand = &expand_environment};
	uint32_t offset = 0;
	for (;;) {
		AstNode *stmt = NULL;
		if (!parser_statement(arena, text, offset, &options, &stmt, &offset, err))
			return false;
		if (stmt == NULL)
			return true;
		ARENA_PUSH(arena, stmts, stmt);
	}
}

const char *dialect_severity_name(DialectSeverity severity)
{
	static const char *const names[] = {"error", "warning", "note"};
	return names[severity];
}

/* ---- findings ------------------------------------------------------------------------------------------------- */

static void report(Dialect *d, DialectFinding finding, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));
static void report(Dialect *d, DialectFinding finding, const char *fmt, va_list args)
{
	StrBuf b;
	strbuf_init(&b);
	strbuf_vprintf(&b, fmt, args);
	finding.message = arena_str(d->arena, strbuf_str(&b));
	strbuf_deinit(&b);
	ARENA_PUSH(d->arena, &d->findings, finding);
}

void dialect_error(Dialect *d, const char *rule, Span span, const char *hint, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	report(d, (DialectFinding){DIALECT_ERROR, rule, false, span, STR_EMPTY, str_from(hint)}, fmt, args);
	va_end(args);
}

void dialect_mended(Dialect *d, const char *rule, Span span, const char *hint, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	report(d, (DialectFinding){DIALECT_ERROR, rule, true, span, STR_EMPTY, str_from(hint)}, fmt, args);
	va_end(args);
}

void dialect_warn(Dialect *d, const char *rule, Span span, const char *hint, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	report(d, (DialectFinding){DIALECT_WARNING, rule, true, span, STR_EMPTY, str_from(hint)}, fmt, args);
	va_end(args);
}

void dialect_touch(Dialect *d, DialectDifference difference, Span span)
{
	if (d->is_touched[difference])
		return;
	d->is_touched[difference] = true;
	d->touched[difference] = span;
}

/* ---- names that statements declare and read ------------------------------------------------------------------- */

bool dialect_knows(const AstNames *names, const AstNames *path)
{
	for (uint32_t i = 0; path->len > 0 && i < names->len; i++)
		if (str_eq_nocase(names->items[i].text, path->items[path->len - 1].text))
			return true;
	return false;
}

void dialect_remember(Dialect *d, AstNames *names, const AstNames *path)
{
	if (path->len > 0 && !dialect_knows(names, path))
		ARENA_PUSH(d->arena, names, path->items[path->len - 1]);
}

Str dialect_path(Dialect *d, const AstNames *path)
{
	Str out = STR_EMPTY;
	for (uint32_t i = 0; i < path->len; i++)
		out = arena_printf(d->arena, "%.*s%s%.*s", STR_ARG(out), i > 0 ? "." : "", STR_ARG(path->items[i].text));
	return out;
}

/* ---- the notes ------------------------------------------------------------------------------------------------ */

static const struct {
	const char *rule, *message, *hint;
} differences[DIFFERENCES] = {
    [DIFFERENCE_OVERFLOW] = {"integer-overflow", "an integer that overflows is an error here and wraps on Flink",
                             "SET 'weir.arithmetic' = 'flink' wraps here too."},
    [DIFFERENCE_BAD_RECORD] =
        {"bad-record", "a record that cannot be decoded goes to the table's .bad here and fails the job on Flink",
         "'weir.on-bad-record' = 'fail' stops the query here too."},
    [DIFFERENCE_SKEW] = {"skew-guard",
                         "a row dated far ahead of the clock does not move the watermark here; on Flink it does",
                         "SET 'weir.watermark.max-skew' = '0' takes the guard away."},
    [DIFFERENCE_WATERMARK] = {"watermark-per-row",
                              "watermarks move with each row here and every 200 ms on Flink, and a catching-up read "
                              "has a fixed order here: other rows may be late",
                              ""},
    [DIFFERENCE_LATE] = {"late-rows",
                         "what comes at or below the watermark goes to .late here; Flink's temporal join and OVER with "
                         "a bounded frame take it while their state holds what it needs",
                         ""},
    [DIFFERENCE_MERGED] = {"merged-updates",
                           "updates of one key within a step are merged here, as by Flink's mini-batch, which is off "
                           "there unless it is set",
                           "SET 'table.exec.mini-batch.enabled' = 'false' shows every update here too."},
    [DIFFERENCE_GLOBAL] = {"global-aggregate",
                           "an aggregate without GROUP BY over no rows is one row of a materialized view here, and no "
                           "row of Flink's stream",
                           ""},
    [DIFFERENCE_ZONE] = {"time-zone", "the time zone is UTC here and the machine's on Flink",
                         "SET 'table.local-time-zone' says it for both."},
    [DIFFERENCE_DELIVERY] = {"delivery", "output is delivered exactly once here; Flink's default is at least once",
                             "'sink.delivery-guarantee' = 'exactly-once' says it for Kafka on Flink."},
    [DIFFERENCE_SETTING] = {"settings", "a setting that nobody knows is an error here and ignored on Flink",
                            "Settings 'weir.*' have no effect there."},
};

static void put_notes(Dialect *d)
{
	for (size_t i = 0; i < DIFFERENCES; i++) {
		if (!d->is_touched[i] || (i == DIFFERENCE_OVERFLOW && d->flink_arithmetic) ||
		    (i == DIFFERENCE_ZONE && d->zone_set))
			continue;
		DialectFinding note = {DIALECT_NOTE,
		                       differences[i].rule,
		                       true,
		                       d->touched[i],
		                       str_from(differences[i].message),
		                       str_from(differences[i].hint)};
		ARENA_PUSH(d->arena, &d->findings, note);
	}
}

/* ---- the walk ------------------------------------------------------------------------------------------------- */

static bool visit(void *ctx, AstNode *node)
{
	Dialect *d = ctx;
	if (node->kind >= AST_STMT_QUERY)
		dialect_stmt(d, node);
	else if (node->kind >= AST_COLUMN_DEF)
		dialect_part(d, node);
	else if (node->kind >= AST_QUERY)
		dialect_query(d, node);
	else
		dialect_expr(d, node);
	ast_walk_names(node, dialect_name, d);
	return ast_walk(node, visit, d);
}

static int by_place(const void *a, const void *b)
{
	const DialectFinding *x = a, *y = b;
	if (x->span.begin != y->span.begin)
		return x->span.begin < y->span.begin ? -1 : 1;
	return strcmp(x->rule, y->rule);
}

const DialectFindings *dialect_check(Dialect *d, Str text, const AstList *stmts)
{
	d->text = text;
	d->findings = (DialectFindings){0};
	memset(d->is_touched, 0, sizeof d->is_touched);
	for (uint32_t i = 0; i < stmts->len; i++)
		dialect_learn(d, stmts->items[i]);
	for (uint32_t i = 0; i < stmts->len; i++)
		visit(d, stmts->items[i]);
	if (d->findings.len > 0)
		qsort(d->findings.items, d->findings.len, sizeof *d->findings.items, by_place);
	put_notes(d);
	return &d->findings;
}
