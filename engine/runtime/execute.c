/*
 * engine/runtime/execute.c: statements that change something: dispatch, CREATE.
 *
 * The text is copied into the arena of the object that it makes, and parsed and bound there, so that nothing of a
 * definition points elsewhere.
 */
#include "engine/runtime/execute.h"

#include <stdio.h>

#include "base/log.h"
#include "engine/runtime/alter.h"
#include "engine/runtime/history.h"
#include "engine/runtime/origin.h"
#include "engine/runtime/replay.h"
#include "parser/print.h"

void execute_tag(Execute *x, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vsnprintf(x->s->tag, sizeof x->s->tag, fmt, args);
	va_end(args);
}

void execute_notice(Execute *x, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	if (x->s->notices) {
		strbuf_vprintf(x->s->notices, fmt, args);
		strbuf_putc(x->s->notices, '\n');
	}
	va_end(args);
}

Str execute_path_name(const AstNames *path)
{
	return path->items[path->len - 1].text;
}

bool execute_same(Execute *x, RecordKind kind, Str name)
{
	Arena *arena = arena_open("same", 0);
	Str sql;
	uint64_t hash;
	bool same = restore_find(x->e, kind, name, arena, &sql, &hash) && str_eq(str_trim(sql), str_trim(x->text));
	arena_close(arena);
	return same;
}

/* A query keeps the settings it was made with: it is said where those of today are others. */
static void tell_settings(Execute *x, RecordKind kind, Str name)
{
	RestoreRecord was;
	Err ignored = {0};
	const SettingDef *d;
	if (!restore_get(x->e, kind, name, x->arena, &was))
		return;
	Settings *old = restore_base(x->e);
	bool ok = restore_settings(old, was.settings, &ignored);
	for (uint32_t i = 0; ok && (d = settings_def_at(i)); i++) {
		if (d->scope != SETTING_QUERY || d->class != OPTION_HONOURED)
			continue;
		Str then = settings_str(old, d->name), now = settings_str(x->s->settings, d->name);
		if (!str_eq(then, now))
			execute_notice(x,
			               "\"%.*s\" keeps the setting it was made with: %s is %.*s, not %.*s; "
			               "a change of its query takes what holds then",
			               STR_ARG(name), d->name, STR_ARG(then), STR_ARG(now));
	}
	settings_free(old);
}

void execute_goes_on(Execute *x, RecordKind kind, Str name, const char *what)
{
	execute_notice(x, "%s \"%.*s\" goes on", what, STR_ARG(name));
	const Relation *r = kind == RECORD_OBJECT ? catalog_find(x->e->catalog, STR_EMPTY, name) : NULL;
	if (kind == RECORD_QUERY || (r && r->kind == REL_MVIEW))
		tell_settings(x, kind, name);
}

static void publish(Execute *x, CatalogEdit *ce)
{
	engine_set_catalog(x->e, catalog_publish(ce));
	x->kept = true;
}

/* What to do about an object that is there already. *go: create; else the statement is done (or failed). */
static bool existing(Execute *x, Str name, bool if_not_exists, bool or_replace, const char *what, bool *go, Err *err)
{
	*go = false;
	const Relation *old = catalog_find(x->e->catalog, STR_EMPTY, name);
	if (!old) {
		*go = true;
		return true;
	}
	if (x->s->from_file && execute_same(x, RECORD_OBJECT, name)) {
		execute_goes_on(x, RECORD_OBJECT, name, what);
		return true;
	}
	if (if_not_exists) {
		execute_notice(x, "%s \"%.*s\" exists, skipping", what, STR_ARG(name));
		return true;
	}
	if (!or_replace && !x->s->from_file) {
		err_set_at(err, ERR_DUPLICATE_OBJECT, x->stmt->span, "\"%.*s\" exists already", STR_ARG(name));
		return err_hint(err, "DROP it first, or write IF NOT EXISTS%s.",
		                old->kind == REL_VIEW || old->kind == REL_MVIEW ? " or OR REPLACE" : "");
	}
	RestoreRecord was;
	if ((x->s->from_file || or_replace) && restore_get(x->e, RECORD_OBJECT, name, x->arena, &was) &&
	    alter_possible(old, x->stmt)) {
		AlterChange change = {.name = name,
		                      .kind = RECORD_OBJECT,
		                      .sql = x->text,
		                      .settings = x->s->settings,
		                      .from_file = x->s->from_file,
		                      .dry = x->s->dry};
		return alter_apply(x->e, &change, x->s->notices, err);
	}
	bool is_table = old->kind == REL_SOURCE || old->kind == REL_OWN;
	if (old->kind == REL_OWN || (!x->s->from_file && is_table != (x->stmt->kind == AST_CREATE_TABLE))) {
		err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span, "\"%.*s\" is a %s", STR_ARG(name),
		           old->kind == REL_OWN ? "table that keeps rows"
		           : is_table           ? "table"
		                                : "view");
		return err_hint(err, "DROP it first, if it is not needed any more.");
	}
	if (!execute_replace_relation(x->e, old, old->kind == REL_SOURCE, false, err))
		return false;
	x->bc.catalog = x->e->catalog;
	*go = true;
	return true;
}

static void record(Execute *x, RecordKind kind, Str name, uint64_t plan_hash, Str origin)
{
	if (!x->restore)
		restore_record(x->e, kind, name, x->text, x->s->settings, x->s->from_file, plan_hash, x->group, origin);
}

static bool known_connector(Execute *x, const TableDef *t, Err *err)
{
	if (!t->connector.len || x->e->opt.test_source)
		return true;
	char name[64];
	snprintf(name, sizeof name, "%.*s", STR_ARG(t->connector));
	if (!source_find(t->connector) && !sink_find(t->connector))
		return err_set_at(err, ERR_BAD_OPTION, x->stmt->span, "unknown connector \"%s\"", name);
	return true;
}

bool execute_table(Execute *x, const AstCreateTable *node, Relation **out, Err *err)
{
	TableDef *t;
	bool bound = x->origin.len ? origin_bind(x, x->origin, &t, err) : bind_create_table(&x->bc, x->stmt, &t, err);
	if (!bound || !known_connector(x, t, err))
		return false;
	Relation *r = ARENA_NEW(x->arena, Relation);
	bool own = !t->connector.len;
	if (x->e->opt.test_is_stream && x->e->opt.test_is_stream(x->e->opt.test_ctx, t->name))
		own = false;
	r->kind = own ? REL_OWN : REL_SOURCE;
	r->schema = STR_EMPTY;
	r->name = t->name;
	r->table = t;
	r->version = x->e->next_version++;
	r->arena = x->arena;
	r->temporary = node->temporary;
	if (own) {
		r->stored.kind = t->nkey ? STORED_BY_KEY : STORED_BY_ORDINAL;
		r->stored.key = t->key;
		r->stored.nkey = t->nkey;
		r->stored.state = arena_printf(x->arena, "table.%.*s", STR_ARG(t->name));
	} else {
		bool readable, bounded, changelog = false;
		Err found = {0}; /* a table that is only written may lack what a reader needs; no name is unknown to both */
		bool fine = x->e->opt.source_facts(t, &readable, &bounded, &changelog, &found);
		if (!fine && found.code == ERR_NO_SUCH_OPTION && !x->restore) {
			*err = found;
			return false;
		}
		r->append_only = !changelog;
	}
	*out = r;
	return true;
}

static bool create_table(Execute *x, const AstCreateTable *node, Err *err)
{
	Str name = execute_path_name(&node->path);
	bool go;
	if (!existing(x, name, node->if_not_exists, node->or_replace, "table", &go, err))
		return false;
	execute_tag(x, "CREATE TABLE");
	if (!go)
		return true;
	Relation *r;
	if (!execute_table(x, node, &r, err) || (r->kind == REL_OWN && !own_open(x->e, r, NULL, err)))
		return false;
	Str origin = x->restore ? STR_EMPTY : origin_of(x, node, r->table);
	CatalogEdit *ce = catalog_edit(x->e->catalog);
	catalog_put_relation(ce, r);
	side_declare(ce, r, r->version);
	record(x, RECORD_OBJECT, name, 0, origin);
	publish(x, ce);
	if (!node->query || x->restore)
		return true;
	/* CREATE TABLE ... AS query: the INSERT is a statement of its own */
	StrBuf text;
	strbuf_init(&text);
	strbuf_puts(&text, "INSERT INTO ");
	print_name(name, &text);
	strbuf_printf(&text, " %.*s", (int)(node->query->span.end - node->query->span.begin),
	              x->text.ptr + node->query->span.begin);
	Arena *arena = arena_open("ctas", 0);
	AstNode *insert = NULL;
	uint32_t next;
	EngineStatement s = *x->s;
	s.text = arena_str(arena, strbuf_str(&text));
	strbuf_deinit(&text);
	ParserOptions po = {.expand = x->s->from_file ? &expand_environment : NULL};
	bool ok = parser_statement(arena, s.text, 0, &po, &insert, &next, err);
	s.stmt = insert;
	ok = ok && execute_statement(x->e, &s, NULL, err);
	x->s->send = s.send;
	if (!ok && (err->span.begin || err->span.end)) {
		/* from the made text to the place of the query in ours */
		uint32_t prefix = (uint32_t)(s.text.len - (node->query->span.end - node->query->span.begin));
		bool inside = err->span.begin >= prefix;
		err->span.begin = node->query->span.begin + (inside ? err->span.begin - prefix : 0);
		err->span.end = inside ? node->query->span.begin + err->span.end - prefix : node->query->span.end;
	}
	arena_close(arena);
	/* an empty table would pass for the one that was asked for; what x points at ends with it */
	const Relation *made = ok ? NULL : catalog_find(x->e->catalog, STR_EMPTY, name);
	Err ignored = {0};
	if (made)
		execute_drop_relation(x->e, made, true, &ignored);
	return ok;
}

static Str query_text(Execute *x, const AstNode *query)
{
	return str_make(x->text.ptr + query->span.begin, query->span.end - query->span.begin);
}

bool execute_view(Execute *x, const AstCreateView *node, Relation **out, Err *err)
{
	Relation *r = ARENA_NEW(x->arena, Relation);
	if (node->materialized) {
		if (!bind_create_mview(&x->bc, x->stmt, r, err))
			return false;
	} else {
		TableDef *t;
		if (!bind_create_view(&x->bc, x->stmt, &t, err))
			return false;
		r->kind = REL_VIEW;
		r->name = t->name;
		r->table = t;
		r->query_sql = query_text(x, node->query);
	}
	r->schema = STR_EMPTY;
	r->version = x->e->next_version++;
	r->arena = x->arena;
	r->temporary = node->temporary;
	*out = r;
	return true;
}

/* The state was made with another plan: it is not read, and not lost. */
void execute_plan_changed(Execute *x, Query *q)
{
	Err why = {0};
	err_set(&why, ERR_STATE_FORMAT, "the plan of %s \"%.*s\" is not the one its state was made with",
	        q->def ? "query" : "view", STR_ARG(q->name));
	err_detail(&why, "This version of weir plans it otherwise than the one that wrote the state file. Its state and "
	                 "rows are as they were; the version before goes on with them.");
	if (q->def)
		err_hint(&why, "To build it anew start with --set weir.state.on-changed-plan=rebuild, or DROP QUERY it and "
		               "start it again.");
	else
		err_hint(&why,
		         "To build it anew write ALTER MATERIALIZED VIEW \"%.*s\" AS its query, or start with --set "
		         "weir.state.on-changed-plan=rebuild.",
		         STR_ARG(q->name));
	query_fail(x->e, q, &why);
	q->plan_changed = true;
}

static bool create_view(Execute *x, const AstCreateView *node, Err *err)
{
	Str name = execute_path_name(&node->path);
	bool go;
	const char *what = node->materialized ? "materialized view" : "view";
	if (!existing(x, name, node->if_not_exists, node->or_replace, what, &go, err))
		return false;
	execute_tag(x, node->materialized ? "CREATE MATERIALIZED VIEW" : "CREATE VIEW");
	if (!go)
		return true;
	Relation *r;
	if (!execute_view(x, node, &r, err))
		return false;
	uint64_t hash = r->plan ? r->plan->hash : 0;
	if (node->materialized && !x->s->dry) {
		QueryStart qs = {.name = r->name,
		                 .plan = r->plan,
		                 .rel = r,
		                 .settings = x->s->settings,
		                 .restored = x->restore && !x->restore->fresh};
		Query *q;
		if (!query_start(x->e, &qs, &q, err))
			return false;
		if (x->restore && x->restore->plan_hash != hash)
			execute_plan_changed(x, q);
	}
	CatalogEdit *ce = catalog_edit(x->e->catalog);
	catalog_put_relation(ce, r);
	if (node->materialized)
		side_declare(ce, r, r->version);
	record(x, RECORD_OBJECT, name, hash, STR_EMPTY);
	publish(x, ce);
	return true;
}

bool execute_function(Execute *x, FunctionDef **out, Err *err)
{
	FunctionDef *f = ARENA_NEW(x->arena, FunctionDef);
	if (!bind_create_function(&x->bc, x->stmt, f, err))
		return false;
	f->arena = x->arena;
	*out = f;
	return true;
}

static bool create_function(Execute *x, const AstCreateFunction *node, Err *err)
{
	Str name = execute_path_name(&node->path);
	execute_tag(x, "CREATE FUNCTION");
	const FunctionDef *old = catalog_function(x->e->catalog, name);
	if (old) {
		if (x->s->from_file && execute_same(x, RECORD_FUNCTION, old->name))
			return true;
		if (node->if_not_exists)
			return true;
		if ((!node->or_replace && !x->s->from_file) || !str_eq(old->name, name))
			return err_set_at(err, ERR_DUPLICATE_OBJECT, x->stmt->span, "function \"%.*s\" exists already",
			                  STR_ARG(old->name));
		AlterChange change = {.name = old->name,
		                      .kind = RECORD_FUNCTION,
		                      .sql = x->text,
		                      .settings = x->s->settings,
		                      .from_file = x->s->from_file,
		                      .dry = x->s->dry};
		return alter_apply(x->e, &change, x->s->notices, err);
	}
	FunctionDef *f;
	if (!execute_function(x, &f, err))
		return false;
	CatalogEdit *ce = catalog_edit(x->e->catalog);
	catalog_put_function(ce, f);
	record(x, RECORD_FUNCTION, f->name, 0, STR_EMPTY);
	publish(x, ce);
	return true;
}

static bool dispatch(Execute *x, Err *err)
{
	const AstNode *n = x->stmt;
	switch (n->kind) {
	case AST_CREATE_TABLE: return create_table(x, AST_CONST(AstCreateTable, n), err);
	case AST_CREATE_VIEW: return create_view(x, AST_CONST(AstCreateView, n), err);
	case AST_CREATE_FUNCTION: return create_function(x, AST_CONST(AstCreateFunction, n), err);
	case AST_CREATE_INDEX: return execute_index_create(x, AST_CONST(AstCreateIndex, n), err);
	case AST_DROP: return execute_drop(x, AST_CONST(AstDrop, n), err);
	case AST_INSERT: return execute_query_insert(x, AST_CONST(AstInsert, n), err);
	case AST_STATEMENT_SET: return execute_query_set(x, AST_CONST(AstStatementSet, n), err);
	case AST_UPDATE:
	case AST_DELETE:
	case AST_TRUNCATE: return execute_query_change(x, err);
	case AST_CONTROL: return execute_query_control(x, AST_CONST(AstControl, n), err);
	case AST_FLUSH: execute_tag(x, "FLUSH"); return true;
	case AST_ALTER: return execute_alter(x, AST_CONST(AstAlter, n), err);
	case AST_REPLAY: return replay_run(x, AST_CONST(AstReplay, n), err);
	default: return err_set_at(err, ERR_NOT_SUPPORTED, n->span, "this statement is not supported yet");
	}
}

bool execute_statement(Engine *e, EngineStatement *s, const ExecuteRestore *restore, Err *err)
{
	Execute x = {.e = e, .s = s, .restore = restore, .arena = arena_open("definition", 0)};
	uint32_t begin = s->stmt->span.begin, end = s->stmt->span.end;
	/* the statement alone, so that spans of the definition count from its first byte; errors are moved back */
	x.text = arena_str(x.arena, str_make(s->text.ptr + begin, end - begin));
	x.group = restore ? restore->group : 0;
	x.origin = restore ? restore->origin : STR_EMPTY;
	AstNode *node = NULL;
	uint32_t next;
	ParserOptions po = {.expand = s->from_file ? &expand_environment : NULL};
	bool ok = parser_statement(x.arena, x.text, 0, &po, &node, &next, err);
	if (ok && !node)
		ok = err_set(err, ERR_INTERNAL, "a statement vanished");
	if (ok) {
		x.stmt = node;
		ok = engine_bind_context(e, s->settings, x.arena, x.text, s->notices, &x.bc);
		x.bc.param_types = s->param_types;
		x.bc.nparams = s->nparams;
		const Catalog *before = e->catalog;
		ok = ok && dispatch(&x, err);
		if (ok && !restore && !s->dry)
			history_add_statement(e, node, before);
	}
	if (!ok && (err->span.begin || err->span.end)) {
		err->span.begin += begin;
		err->span.end += begin;
	}
	if (!x.kept)
		arena_close(x.arena);
	return ok;
}
