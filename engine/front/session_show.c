/*
 * engine/front/session_show.c: SHOW, DESCRIBE, HELP.
 */
#include "engine/front/session_int.h"
#include "base/config.h"
#include "parser/parser.h"
#include "parser/print.h"
#include "sql/types/zone.h"

typedef struct Cells {
	Str *items;
	size_t len, cap;
} Cells;

static bool matches(const AstShow *node, Str name)
{
	if (!node->like)
		return true;
	/* LIKE with % and _ only, greedy with backtracking */
	Str p = node->like->value;
	uint32_t i = 0, k = 0, star = UINT32_MAX, mark = 0;
	while (i < name.len) {
		char a = name.ptr[i], b = k < p.len ? p.ptr[k] : 0;
		bool same = k < p.len && (b == '_' || a == b || (node->ilike && (a | 32) == (b | 32)));
		if (k < p.len && b == '%') {
			star = k++;
			mark = i;
		} else if (same) {
			i++;
			k++;
		} else if (star != UINT32_MAX) {
			k = star + 1;
			i = ++mark;
		} else {
			return node->like_negated;
		}
	}
	while (k < p.len && p.ptr[k] == '%')
		k++;
	return (k == p.len) != node->like_negated;
}

static bool show_relations(Running *r, const AstShow *node, const Catalog *c)
{
	static const char *const names[] = {"name", "kind"};
	Cells cells = {0};
	uint32_t n = 0;
	const Relation *rel;
	for (uint32_t i = 0; (rel = catalog_relation_at(c, i)); i++) {
		bool table = rel->kind == REL_OWN || rel->kind == REL_SOURCE;
		bool view = rel->kind == REL_VIEW || rel->kind == REL_MVIEW;
		bool wanted = node->what == AST_SHOW_TABLES  ? table || view
		              : node->what == AST_SHOW_VIEWS ? view
		                                             : rel->kind == REL_MVIEW;
		if (!wanted || !matches(node, rel->name))
			continue;
		ARENA_PUSH(r->arena, &cells, rel->name);
		ARENA_PUSH(r->arena, &cells,
		           rel->kind == REL_OWN      ? STR("table")
		           : rel->kind == REL_SOURCE ? rel->table->connector
		           : rel->kind == REL_VIEW   ? STR("view")
		                                     : STR("materialized view"));
		n++;
	}
	return session_text_result(r, names, 2, cells.items, n, "SHOW");
}

static Str user_signature(const FunctionDef *f, Arena *arena)
{
	StrBuf b;
	strbuf_init(&b);
	strbuf_printf(&b, "%.*s(", STR_ARG(f->name));
	for (uint32_t i = 0; i < f->nparams; i++) {
		strbuf_printf(&b, "%s%.*s ", i ? ", " : "", STR_ARG(f->params[i]));
		type_print(f->param_types[i], false, &b);
	}
	strbuf_puts(&b, ") -> ");
	type_print(f->returns, false, &b);
	Str out = arena_str(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return out;
}

static bool show_functions(Running *r, const AstShow *node, const Catalog *c)
{
	static const char *const names[] = {"name", "signature", "description"};
	Cells cells = {0};
	uint32_t n = 0;
	const FunctionDef *own;
	for (uint32_t i = 0; (own = catalog_function_at(c, i)); i++) {
		if (!matches(node, own->name))
			continue;
		ARENA_PUSH(r->arena, &cells, own->name);
		ARENA_PUSH(r->arena, &cells, user_signature(own, r->arena));
		ARENA_PUSH(r->arena, &cells, STR("made by CREATE FUNCTION"));
		n++;
	}
	if (node->what == AST_SHOW_USER_FUNCTIONS)
		return session_text_result(r, names, 3, cells.items, n, "SHOW");
	const Function *f;
	for (uint32_t i = 0; (f = function_at(i)); i++) {
		if ((f->flags & FN_HIDDEN) || !matches(node, str_from(f->name)))
			continue;
		ARENA_PUSH(r->arena, &cells, str_from(f->name));
		ARENA_PUSH(r->arena, &cells, str_from(f->signature));
		ARENA_PUSH(r->arena, &cells, str_from(f->doc));
		n++;
	}
	const Aggregate *a;
	for (uint32_t i = 0; (a = aggregate_at(i)); i++) {
		if ((a->flags & FN_HIDDEN) || !matches(node, str_from(a->name)))
			continue;
		ARENA_PUSH(r->arena, &cells, str_from(a->name));
		ARENA_PUSH(r->arena, &cells, str_from(a->signature));
		ARENA_PUSH(r->arena, &cells, str_from(a->doc));
		n++;
	}
	return session_text_result(r, names, 3, cells.items, n, "SHOW");
}

const Relation *session_relation(const Catalog *c, const AstNames *path, Err *err)
{
	Str parts[4];
	uint32_t n = path->len < 4 ? path->len : 4;
	for (uint32_t i = 0; i < n; i++)
		parts[i] = path->items[i].text;
	Span span = {path->items[0].span.begin, path->items[path->len - 1].span.end};
	return catalog_relation(c, parts, n, span, err);
}

/* show: SHOW COLUMNS, perhaps LIKE something; NULL: DESCRIBE. */
static bool describe(Running *r, const AstNames *path, const AstShow *show, const Catalog *c, Err *err)
{
	static const char *const names[] = {"name", "type", "null", "key", "extras", "watermark"};
	const Relation *rel = session_relation(c, path, err);
	if (!rel)
		return false;
	const TableDef *t = rel->table;
	Cells cells = {0};
	uint32_t n = 0;
	for (uint32_t i = 0; i < t->ncols; i++) {
		const ColumnDef *col = &t->cols[i];
		if (show && !matches(show, col->name))
			continue;
		n++;
		StrBuf type, key, extras;
		strbuf_init(&type);
		strbuf_init(&key);
		strbuf_init(&extras);
		type_print(col->type, false, &type);
		if ((int32_t)i == t->watermark_col || col->time == TIME_ROWTIME)
			strbuf_puts(&type, " *ROWTIME*");
		else if (col->time == TIME_PROCTIME)
			strbuf_puts(&type, " *PROCTIME*");
		bool in_key = false;
		for (uint32_t k = 0; k < t->nkey; k++)
			in_key |= t->key[k] == i;
		if (in_key) {
			strbuf_puts(&key, "PRI(");
			for (uint32_t k = 0; k < t->nkey; k++) {
				strbuf_puts(&key, k ? ", " : "");
				strbuf_put_str(&key, t->cols[t->key[k]].name);
			}
			strbuf_putc(&key, ')');
		}
		if (col->kind == COLUMN_COMPUTED)
			strbuf_printf(&extras, "AS %.*s", STR_ARG(col->computed_text));
		else if (col->kind == COLUMN_METADATA)
			strbuf_printf(&extras, "METADATA FROM '%.*s'%s", STR_ARG(col->metadata_key),
			              col->is_virtual ? " VIRTUAL" : "");
		ARENA_PUSH(r->arena, &cells, col->name);
		ARENA_PUSH(r->arena, &cells, arena_str(r->arena, strbuf_str(&type)));
		ARENA_PUSH(r->arena, &cells, col->type->not_null ? STR("FALSE") : STR("TRUE"));
		ARENA_PUSH(r->arena, &cells, in_key ? arena_str(r->arena, strbuf_str(&key)) : (Str){0});
		ARENA_PUSH(r->arena, &cells, extras.len ? arena_str(r->arena, strbuf_str(&extras)) : (Str){0});
		ARENA_PUSH(r->arena, &cells, (int32_t)i == t->watermark_col ? t->watermark_text : (Str){0});
		strbuf_deinit(&type);
		strbuf_deinit(&key);
		strbuf_deinit(&extras);
	}
	return session_text_result(r, names, 6, cells.items, n, "DESCRIBE");
}

static bool describe_object(Running *r, const AstDescribe *node, const Catalog *c, Err *err)
{
	if (node->object == AST_OBJECT_FUNCTION)
		return err_set_at(err, ERR_NOT_SUPPORTED, node->node.span, "DESCRIBE FUNCTION is not supported yet") ||
		       err_hint(err, "SHOW FUNCTIONS LIKE '%.*s' shows its form; SHOW CREATE FUNCTION the text of one's own.",
		                STR_ARG(node->path.items[node->path.len - 1].text));
	if (node->object == AST_OBJECT_CATALOG || node->object == AST_OBJECT_DATABASE)
		return err_set_at(err, ERR_NOT_SUPPORTED, node->node.span, "DESCRIBE of a catalog is not supported yet") ||
		       err_hint(err, "There is one catalog with one database: SHOW TABLES lists what it holds.");
	return describe(r, &node->path, NULL, c, err);
}

Str session_without_secrets(Str sql, Arena *arena)
{
	AstNode *stmt = NULL;
	uint32_t next;
	Err err = {0};
	if (!parser_statement(arena, sql, 0, NULL, &stmt, &next, &err) || !stmt)
		return sql; /* of weir's own tables: no statement made them */
	StrBuf out;
	strbuf_init(&out);
	print_sql(stmt, &(PrintOptions){.masked = true}, &out);
	Str text = arena_str(arena, strbuf_str(&out));
	strbuf_deinit(&out);
	return text;
}

Str session_shown_query(Str sql, Arena *arena)
{
	return sql.ptr && str_find(sql, STR("/*+"), 0) >= 0 ? session_without_secrets(sql, arena) : sql;
}

static bool show_setting(Running *r, const AstShow *node, Err *err)
{
	const char *names[] = {arena_cstr(r->arena, node->setting)};
	Str value;
	if (str_eq_nocase(node->setting, STR("transaction_isolation")) ||
	    str_eq_nocase(node->setting, STR("transaction isolation level"))) {
		value = STR("read committed");
	} else if (str_eq_nocase(node->setting, STR("server_version"))) {
		value = STR("15.0");
	} else {
		const SettingDef *d = settings_find(node->setting);
		if (!d)
			return err_set_at(err, ERR_NO_SUCH_OPTION, node->node.span, "unknown setting \"%.*s\"",
			                  STR_ARG(node->setting));
		value = settings_str(session_settings_fresh(r->s), d->name);
	}
	return session_text_result(r, names, 1, &value, 1, "SHOW");
}

static bool show_query(Running *r, const AstShow *node, const char *sql, Err *err)
{
	AstNode *stmt = NULL;
	uint32_t next;
	StrBuf b;
	strbuf_init(&b);
	strbuf_puts(&b, sql);
	if (node->like) {
		strbuf_printf(&b, " WHERE name %s%s ", node->like_negated ? "NOT " : "", node->ilike ? "ILIKE" : "LIKE");
		print_sql(&node->like->node, NULL, &b);
	}
	Str text = arena_str(r->arena, strbuf_str(&b));
	strbuf_deinit(&b);
	if (!parser_statement(r->arena, text, 0, NULL, &stmt, &next, err))
		return false;
	Running again = *r;
	again.text = text;
	again.stmt = stmt;
	return session_cursor_run(&again, AST_CONST(AstStmtQuery, stmt)->query, err);
}

static bool show(Running *r, const AstShow *node, const Catalog *c, Err *err)
{
	static const char *const one[] = {"name"};
	Str text;
	switch (node->what) {
	case AST_SHOW_TABLES:
	case AST_SHOW_VIEWS:
	case AST_SHOW_MATERIALIZED_VIEWS: return show_relations(r, node, c);
	case AST_SHOW_QUERIES:
	case AST_SHOW_JOBS: return show_query(r, node, "SELECT * FROM weir.queries", err);
	case AST_SHOW_FUNCTIONS:
	case AST_SHOW_USER_FUNCTIONS: return show_functions(r, node, c);
	case AST_SHOW_SETTINGS:
	case AST_SHOW_ALL: return show_query(r, node, "SELECT name, value, origin, description FROM weir.settings", err);
	case AST_SHOW_CATALOGS:
	case AST_SHOW_CURRENT_CATALOG:
		text = STR("default_catalog");
		return session_text_result(r, one, 1, &text, 1, "SHOW");
	case AST_SHOW_DATABASES:
	case AST_SHOW_CURRENT_DATABASE:
		text = STR("default_database");
		return session_text_result(r, one, 1, &text, 1, "SHOW");
	case AST_SHOW_COLUMNS: return describe(r, &node->in, node, c, err);
	case AST_SHOW_CREATE: return session_show_create(r, node, c, err);
	case AST_SHOW_SETTING: return show_setting(r, node, err);
	default: return err_set_at(err, ERR_NOT_SUPPORTED, node->node.span, "this SHOW is not supported yet");
	}
}

static bool help(Running *r)
{
	static const char *const names[] = {"statement", "what it does"};
	static const char *const lines[][2] = {
	    {"CREATE TABLE t (...) WITH ('connector'='kafka', ...)", "declares a stream or a sink"},
	    {"CREATE TABLE t (...)", "a table that weir keeps itself"},
	    {"CREATE MATERIALIZED VIEW v AS SELECT ...", "a result that is kept up to date and can be queried"},
	    {"CREATE VIEW v AS SELECT ...", "a name for a query"},
	    {"INSERT INTO sink SELECT ...", "a continuous query"},
	    {"EXECUTE STATEMENT SET BEGIN INSERT ...; END", "several, sharing one scan of each source"},
	    {"INSERT, UPDATE, DELETE", "change rows of a table that weir keeps"},
	    {"SELECT ...", "a snapshot of views, tables and bounded sources"},
	    {"SELECT ... EMIT CHANGES, SUBSCRIBE TO v", "follows until cancelled"},
	    {"EXPLAIN ..., WHY q", "the plan; what a query waits for"},
	    {"SHOW TABLES | VIEWS | QUERIES | FUNCTIONS | SETTINGS", "lists"},
	    {"DESCRIBE t, SHOW CREATE TABLE | VIEW | FUNCTION | QUERY | INDEX x", "columns; the statement that makes it"},
	    {"ALTER MATERIALIZED VIEW v AS SELECT ... [DRY RUN], ALTER TABLE t SET | ADD ...", "another definition"},
	    {"PAUSE, RESUME, CANCEL QUERY q; DROP ...", "ends things"},
	    {"BACKUP TO '/path/copy.db'", "a consistent copy of the state file"},
	    {"SET 'key' = 'value', RESET", "settings"},
	};
	enum { N = sizeof lines / sizeof *lines };
	Str cells[N * 2];
	for (int i = 0; i < N; i++) {
		cells[i * 2] = str_from(lines[i][0]);
		cells[i * 2 + 1] = str_from(lines[i][1]);
	}
	return session_text_result(r, names, 2, cells, N, "HELP");
}

bool session_show(Running *r, Err *err)
{
	Catalog *c = engine_catalog(r->s->opt.engine);
	bool ok;
	switch (r->stmt->kind) {
	case AST_DESCRIBE: ok = describe_object(r, AST_CONST(AstDescribe, r->stmt), c, err); break;
	case AST_HELP: ok = help(r); break;
	default: ok = show(r, AST_CONST(AstShow, r->stmt), c, err);
	}
	catalog_unref(c);
	return ok;
}
