/*
 * sql/dialect/dialect_stmt.c: rules of whole statements: what they are, their options, keys and settings.
 */
#include "sql/dialect/dialect_int.h"

/* ---- what a statement declares -------------------------------------------------------------------------------- */

static Str option_value(const AstList *options, const char *key)
{
	for (uint32_t i = 0; i < options->len; i++) {
		const AstOption *o = AST_CONST(AstOption, options->items[i]);
		if (o->value != NULL && str_eq_c(o->key->value, key))
			return o->value->value;
	}
	return STR_EMPTY;
}

static bool is_own(const AstCreateTable *t)
{
	return !t->with_options && t->like.len == 0;
}

static bool exactly(Str a, Str b)
{
	return str_eq(a, b);
}

static const AstName *find_declared(const Dialect *d, Str name, bool (*eq)(Str, Str), bool *again)
{
	const AstName *found = NULL;
	for (uint32_t i = 0; i < d->declared.len; i++) {
		if (!eq(d->declared.items[i].text, name))
			continue;
		*again = found != NULL;
		found = &d->declared.items[i];
	}
	return found;
}

const AstName *dialect_spelling(const Dialect *d, const AstName *name)
{
	bool again = false;
	if (find_declared(d, name->text, exactly, &again) != NULL)
		return NULL;
	const AstName *other = find_declared(d, name->text, str_eq_nocase, &again);
	return again ? NULL : other;
}

/* Every name that is declared anywhere: a reference is not resolved here, so what nobody declares so is enough. */
static void remember_declared(void *ctx, const AstNode *owner, const AstName *name)
{
	Dialect *d = ctx;
	bool again;
	switch (owner->kind) {
	case AST_COLUMN:
	case AST_STAR:
	case AST_REF_TABLE:
		if (owner->kind != AST_REF_TABLE || name != &AST_CONST(AstRefTable, owner)->head.alias)
			return;
		break;
	case AST_TABLE_ARG:
	case AST_DESCRIPTOR:
	case AST_INSERT:
	case AST_CALL:
	case AST_TYPE_NAME: return;
	default: break;
	}
	if (find_declared(d, name->text, exactly, &again) == NULL)
		ARENA_PUSH(d->arena, &d->declared, *name);
}

static bool remember_read(void *ctx, AstNode *node)
{
	Dialect *d = ctx;
	ast_walk_names(node, remember_declared, d);
	if (node->kind == AST_REF_TABLE)
		dialect_remember(d, &d->read, &AST_CONST(AstRefTable, node)->path);
	else if (node->kind == AST_TABLE_ARG)
		dialect_remember(d, &d->read, &AST_CONST(AstTableArg, node)->path);
	else if (node->kind == AST_TABLE_QUERY)
		dialect_remember(d, &d->read, &AST_CONST(AstTableQuery, node)->path);
	return ast_walk(node, remember_read, d);
}

void dialect_learn(Dialect *d, AstNode *stmt)
{
	if (stmt->kind == AST_CREATE_TABLE) {
		const AstCreateTable *t = AST_CONST(AstCreateTable, stmt);
		Str connector = option_value(&t->options, "connector");
		if (is_own(t))
			dialect_remember(d, &d->own, &t->path);
		if (str_eq_c(connector, "kafka") || str_eq_c(connector, "upsert-kafka") || str_eq_c(connector, "jdbc"))
			dialect_remember(d, &d->targets, &t->path);
	}
	if (stmt->kind == AST_CREATE_VIEW && AST_CONST(AstCreateView, stmt)->materialized)
		dialect_remember(d, &d->materialized, &AST_CONST(AstCreateView, stmt)->path);
	remember_read(d, stmt);
}

/* ---- tables --------------------------------------------------------------------------------------------------- */

bool dialect_option_stays(Str key)
{
	return !str_starts(key, STR("weir."));
}

/* What the connectors of both engines have here and not there. */
static bool is_ours(Str connector, Str key, Str value)
{
	static const char *const datagen[] = {"seed", "start-time", "step"};
	static const char *const nexmark[] = {"seed", "start-time", "rows-per-second"};
	bool is_nexmark = str_eq_c(connector, "nexmark");
	if (!is_nexmark && !str_eq_c(connector, "datagen"))
		return false;
	for (size_t i = 0; i < 3; i++)
		if (str_eq_c(key, (is_nexmark ? nexmark : datagen)[i]))
			return true;
	return str_starts(key, STR("fields.")) &&
	       (str_ends(key, STR(".values")) || str_ends(key, STR(".weights")) || str_ends(key, STR(".exponent")) ||
	        (str_ends(key, STR(".kind")) && (str_eq_c(value, "choice") || str_eq_c(value, "zipf"))));
}

static void check_option(Dialect *d, Str connector, const AstOption *o)
{
	Str key = o->key->value, value = o->value != NULL ? o->value->value : STR_EMPTY;
	Span span = o->node.span;
	if (!dialect_option_stays(key))
		dialect_mended(d, "option", span, "Leave it out there; what it asks for has to be done another way.",
		               "Flink does not know the option \"%.*s\" and refuses the table", STR_ARG(key));
	else if (is_ours(connector, key, value))
		dialect_error(d, "option", span, "Use \"random\" or \"sequence\" of Flink's datagen.",
		              "Flink's connector \"%.*s\" has no \"%.*s\" = \"%.*s\"", STR_ARG(connector), STR_ARG(key),
		              STR_ARG(value));
	else if (str_eq_c(key, "properties.bootstrap.servers") && str_eq_c(value, "embedded"))
		dialect_error(d, "option", span, "Name a broker, host:port.", "the broker \"embedded\" is in weir alone");
	else if (str_eq_c(key, "connector") && str_eq_c(value, "stdout"))
		dialect_error(d, "connector", span, "Use 'connector' = 'print'.", "Flink has no connector \"stdout\"");
	else if (str_eq_c(key, "connector") && str_eq_c(value, "nexmark"))
		dialect_warn(d, "connector", span, "Put the jar of nexmark-flink into lib/, whose connector takes this table.",
		             "the connector \"nexmark\" does not come with Flink");
	if (str_ends(key, STR("format")) &&
	    (str_eq_c(value, "json") || str_eq_c(value, "csv") || str_eq_c(value, "avro-confluent")))
		dialect_touch(d, DIFFERENCE_BAD_RECORD, span);
}

/* Times that Flink's Avro has no type for; its schemas have milliseconds, and no TIMESTAMP_LTZ. */
typedef struct AvroColumn {
	Dialect *d;
	Str name;
} AvroColumn;

static bool check_avro_type(void *ctx, AstNode *n)
{
	const AvroColumn *c = ctx;
	if (n->kind != AST_TYPE_NAME)
		return ast_walk(n, check_avro_type, ctx);
	const AstType *t = AST_CONST(AstType, n);
	Str name = t->name.items[t->name.len - 1].text;
	bool stamp = str_eq_nocase(name, STR("TIMESTAMP")), zoned = t->zone == AST_ZONE_WITH_LOCAL;
	if (str_eq_nocase(name, STR("TIMESTAMP_LTZ")) || (stamp && zoned))
		dialect_error(c->d, "avro", n->span, "Use TIMESTAMP(3), or BIGINT and TO_TIMESTAMP_LTZ.",
		              "column \"%.*s\": Flink's avro-confluent has no TIMESTAMP_LTZ", STR_ARG(c->name));
	else if ((stamp && (t->nparams == 0 || t->params[0] > 3)) ||
	         (str_eq_nocase(name, STR("TIME")) && t->nparams > 0 && t->params[0] > 3))
		dialect_error(c->d, "avro", n->span, "Use a precision of 3.",
		              "column \"%.*s\": Flink's avro-confluent has times of up to 3 digits", STR_ARG(c->name));
	return true;
}

static void check_avro(Dialect *d, const AstCreateTable *t)
{
	static const char *const keys[] = {"format", "value.format", "key.format"};
	bool avro = false;
	for (size_t i = 0; i < 3; i++)
		avro = avro || str_eq_c(option_value(&t->options, keys[i]), "avro-confluent");
	for (uint32_t i = 0; avro && i < t->columns.len; i++) {
		if (t->columns.items[i]->kind != AST_COLUMN_DEF)
			continue;
		const AstColumnDef *c = AST_CONST(AstColumnDef, t->columns.items[i]);
		AvroColumn column = {d, c->name.text};
		if (c->form == AST_COLUMN_PHYSICAL && c->type)
			(void)check_avro_type(&column, &c->type->node);
	}
}

static void check_table(Dialect *d, const AstCreateTable *t)
{
	Str name = dialect_path(d, &t->path), connector = option_value(&t->options, "connector");
	Span span = t->node.span;
	if (is_own(t))
		dialect_error(d, "own-table", span, "Give it a connector: WITH ('connector' = ...).",
		              "Flink keeps no tables itself: \"%.*s\" has no connector", STR_ARG(name));
	if (t->or_replace)
		dialect_mended(d, "or-replace", span, "Write DROP TABLE IF EXISTS before CREATE TABLE.",
		               "Flink's catalog has no CREATE OR REPLACE TABLE");
	if (t->query != NULL && t->columns.len + t->keys.len + t->watermarks.len > 0)
		dialect_error(d, "table-as", span, "Write CREATE TABLE, then INSERT INTO.",
		              "Flink 1.20 takes no columns, keys or watermarks before AS query");
	for (uint32_t i = 0; i < t->options.len; i++)
		check_option(d, connector, AST_CONST(AstOption, t->options.items[i]));
	check_avro(d, t);
}

static void check_view(Dialect *d, const AstCreateView *v)
{
	Str name = dialect_path(d, &v->path);
	if (v->materialized)
		dialect_mended(d, "materialized-view", v->node.span,
		               "Write CREATE VIEW, and INSERT INTO a table with a connector what shall be kept.",
		               "Flink has no materialized views: \"%.*s\"", STR_ARG(name));
	if (v->or_replace)
		dialect_mended(d, "or-replace", v->node.span, "Write DROP VIEW IF EXISTS before CREATE VIEW.",
		               "Flink has no CREATE OR REPLACE VIEW: \"%.*s\"", STR_ARG(name));
	const AstNode *body = AST_CONST(AstQuery, v->query)->body;
	if (!v->materialized || body->kind != AST_SELECT)
		return;
	const AstSelect *s = AST_CONST(AstSelect, body);
	for (uint32_t i = 0; !s->grouped && i < s->items.len; i++) {
		const AstNode *e = AST_CONST(AstSelectItem, s->items.items[i])->expr;
		static const char *const aggregates[] = {"COUNT", "SUM", "MIN", "MAX", "AVG"};
		for (size_t k = 0; e->kind == AST_CALL && k < 5; k++) {
			const AstCall *c = AST_CONST(AstCall, e);
			if (c->over == NULL && str_eq_nocase(c->name.items[0].text, str_from(aggregates[k])))
				dialect_touch(d, DIFFERENCE_GLOBAL, e->span);
		}
	}
}

/* ---- changing rows, settings ---------------------------------------------------------------------------------- */

static void check_insert(Dialect *d, const AstInsert *s)
{
	Str name = dialect_path(d, &s->path);
	if (dialect_knows(&d->own, &s->path))
		dialect_error(d, "own-table", s->node.span, "Give the table a connector.",
		              "Flink keeps no tables itself: INSERT INTO \"%.*s\"", STR_ARG(name));
	if (s->on_conflict != AST_CONFLICT_UNSPECIFIED)
		dialect_error(d, "on-conflict", s->node.span, "Leave it out.", "Flink 1.20 has no ON CONFLICT");
	if (dialect_knows(&d->targets, &s->path))
		dialect_touch(d, DIFFERENCE_DELIVERY, s->node.span);
}

static void check_set(Dialect *d, const AstSet *s)
{
	if (s->key == NULL)
		return;
	Str key = s->key->value;
	if (s->form != AST_SET_FLINK) {
		dialect_error(d, "set", s->node.span, "Write SET 'key' = 'value', with a key of Flink's.",
		              "SET in PostgreSQL's form does not parse on Flink");
		return;
	}
	if (str_starts(key, STR("weir.")))
		dialect_touch(d, DIFFERENCE_SETTING, s->node.span);
	d->zone_set = d->zone_set || str_eq_c(key, "table.local-time-zone");
	if (str_eq_c(key, "weir.arithmetic") && s->values.len == 1)
		d->flink_arithmetic = str_eq_c(AST_CONST(AstLiteral, s->values.items[0])->value, "flink");
}

static void check_show(Dialect *d, const AstShow *s)
{
	static const AstShowWhat ours[] = {AST_SHOW_MATERIALIZED_VIEWS, AST_SHOW_QUERIES, AST_SHOW_INDEXES,
	                                   AST_SHOW_SETTINGS,           AST_SHOW_SETTING, AST_SHOW_ALL};
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (s->what == ours[i])
			dialect_error(d, "statement", s->node.span, "Use Flink's SHOW JOBS, SHOW TABLES or SET.",
			              "Flink does not show this");
	if (s->what == AST_SHOW_CREATE && s->object != AST_OBJECT_TABLE && s->object != AST_OBJECT_VIEW)
		dialect_error(d, "statement", s->node.span, "It has SHOW CREATE TABLE and SHOW CREATE VIEW.",
		              "Flink does not show this");
}

static void check_explain(Dialect *d, const AstExplain *e)
{
	if (e->analyze || e->target == NULL || (e->details & AST_EXPLAIN_VERBOSE) != 0)
		dialect_error(d, "statement", e->node.span, "Use EXPLAIN [CHANGELOG_MODE] query.",
		              "Flink explains queries, not views and running ones");
}

static void check_drop(Dialect *d, const AstDrop *s)
{
	if (s->object == AST_OBJECT_MATERIALIZED_VIEW)
		dialect_mended(d, "materialized-view", s->node.span, "Write DROP VIEW.", "Flink has no materialized views");
	else if (s->object == AST_OBJECT_QUERY || s->object == AST_OBJECT_INDEX)
		dialect_error(d, "statement", s->node.span, "Use STOP JOB for a query; there are no indexes.",
		              "Flink has no DROP QUERY and no DROP INDEX");
	if (s->behavior != AST_DROP_UNSPECIFIED && s->object != AST_OBJECT_DATABASE)
		dialect_mended(d, "drop-behavior", s->node.span, "Leave it out.",
		               "CASCADE and RESTRICT do not parse on Flink here");
}

/* ---- statements of weir alone --------------------------------------------------------------------------------- */

static const struct {
	AstKind kind;
	bool mended;
	const char *what, *hint;
} unknown[] = {
    {AST_CREATE_INDEX, true, "CREATE INDEX", "Leave it out: it changes no result."},
    {AST_CREATE_FUNCTION, false, "CREATE FUNCTION ... RETURN", "Write the expression where it is called, or a UDF."},
    {AST_UPDATE, false, "UPDATE in streams", "Send changed rows to a table with a key."},
    {AST_DELETE, false, "DELETE in streams", "Send deletes to a table with a key."},
    {AST_TRUNCATE, false, "TRUNCATE in streams", "Empty the table where it is kept."},
    {AST_SUBSCRIBE, false, "SUBSCRIBE", "Use SELECT * FROM the view: it follows there."},
    {AST_COPY, false, "COPY", "Use INSERT INTO or SELECT."},
    {AST_DECLARE, false, "cursors", "Use SELECT: it follows there."},
    {AST_FETCH, false, "cursors", "Use SELECT: it follows there."},
    {AST_CLOSE, false, "cursors", "Leave it out."},
    {AST_TRANSACTION, false, "transactions", "Leave it out."},
    {AST_WHY, false, "WHY", "Look at the job in Flink's web interface."},
    {AST_CONTROL, false, "PAUSE, RESUME and CANCEL", "Use STOP JOB 'id' WITH SAVEPOINT."},
    {AST_REPLAY, false, "REPLAY", "There are no side tables to replay from."},
    {AST_FLUSH, true, "FLUSH", "Leave it out."},
    {AST_BACKUP, false, "BACKUP", "Use a savepoint."},
    {AST_DISCARD, false, "DISCARD", "Leave it out."},
    {AST_PREPARE, false, "PREPARE", "Write the statement itself."},
    {AST_EXECUTE, false, "EXECUTE of a prepared statement", "Write the statement itself."},
    {AST_DEALLOCATE, false, "DEALLOCATE", "Leave it out."},
    {AST_PUSH, false, "weir test", "Tests in SQL are run by weir."},
    {AST_ADVANCE, false, "weir test", "Tests in SQL are run by weir."},
    {AST_IDLE, false, "weir test", "Tests in SQL are run by weir."},
    {AST_TEST_ACTION, false, "weir test", "Tests in SQL are run by weir."},
    {AST_EXPECT, false, "weir test", "Tests in SQL are run by weir."},
};

static bool reads_none_materialized(void *ctx, AstNode *n)
{
	const Dialect *d = ctx;
	return !(n->kind == AST_REF_TABLE && dialect_knows(&d->materialized, &AST_CONST(AstRefTable, n)->path)) &&
	       ast_walk(n, reads_none_materialized, ctx);
}

bool dialect_snapshot(Dialect *d, AstNode *stmt)
{
	return stmt->kind == AST_STMT_QUERY && !reads_none_materialized(d, stmt);
}

static void check_snapshot(Dialect *d, AstNode *stmt)
{
	const AstQuery *q = AST_CONST(AstQuery, AST_CONST(AstStmtQuery, stmt)->query);
	if (dialect_snapshot(d, stmt)) {
		dialect_mended(d, "snapshot", stmt->span, "INSERT INTO a table with a connector, and ask that.",
		               "Flink keeps no views that a SELECT could look at");
		return;
	}
	if (q->order_by.len > 0 && q->limit == NULL)
		dialect_error(d, "order-by", stmt->span, "Add LIMIT, or SET 'execution.runtime-mode' = 'batch'.",
		              "Flink does not sort a stream without LIMIT");
	if (q->body->kind != AST_SELECT || AST_CONST(AstSelect, q->body)->from.len > 0)
		dialect_warn(d, "snapshot", stmt->span,
		             "SET 'execution.runtime-mode' = 'batch' reads bounded inputs to their end.",
		             "SELECT shows its result at the end here; on Flink it shows changes");
}

static void check_key(Dialect *d, const AstKeyDef *key)
{
	if (key->enforced != AST_ENFORCED_NO)
		dialect_mended(d, "enforced", key->node.span, "Write PRIMARY KEY (...) NOT ENFORCED.",
		               "Flink takes only keys that are NOT ENFORCED");
}

void dialect_stmt(Dialect *d, AstNode *n)
{
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		if (unknown[i].kind == n->kind)
			(unknown[i].mended ? dialect_mended : dialect_error)(d, "statement", n->span, unknown[i].hint,
			                                                     "Flink has no %s", unknown[i].what);
	switch (n->kind) {
	case AST_CREATE_TABLE: check_table(d, AST_CONST(AstCreateTable, n)); break;
	case AST_CREATE_VIEW: check_view(d, AST_CONST(AstCreateView, n)); break;
	case AST_INSERT: check_insert(d, AST_CONST(AstInsert, n)); break;
	case AST_SET:
	case AST_RESET: check_set(d, AST_CONST(AstSet, n)); break;
	case AST_SHOW: check_show(d, AST_CONST(AstShow, n)); break;
	case AST_EXPLAIN: check_explain(d, AST_CONST(AstExplain, n)); break;
	case AST_DROP: check_drop(d, AST_CONST(AstDrop, n)); break;
	case AST_ALTER: {
		AstObjectKind object = AST_CONST(AstAlter, n)->object;
		if (object == AST_OBJECT_MATERIALIZED_VIEW || object == AST_OBJECT_QUERY)
			dialect_error(d, "materialized-view", n->span, "Change the INSERT and start it anew.",
			              "Flink has no materialized views and no named queries");
		break;
	}
	case AST_STMT_QUERY: check_snapshot(d, n); break;
	default: break;
	}
}

void dialect_part(Dialect *d, const AstNode *n)
{
	if (n->kind == AST_KEY_DEF)
		check_key(d, AST_CONST(AstKeyDef, n));
	if (n->kind == AST_WATERMARK_DEF) {
		dialect_touch(d, DIFFERENCE_SKEW, n->span);
		dialect_touch(d, DIFFERENCE_WATERMARK, n->span);
	}
	if (n->kind == AST_COLUMN_DEF && AST_CONST(AstColumnDef, n)->default_value != NULL)
		dialect_error(d, "default", n->span, "Name every column in INSERT.", "Flink has no DEFAULT of a column");
}
