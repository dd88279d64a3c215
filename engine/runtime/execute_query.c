/*
 * engine/runtime/execute_query.c: INSERT, statement sets, UPDATE, DELETE, TRUNCATE, PAUSE, RESUME, CANCEL.
 */
#include "engine/runtime/execute.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/log.h"
#include "engine/runtime/alter.h"
#include "engine/runtime/send.h"

/* A query is known by its sink's name; a second one into the same sink by name_2 and so on. */
static bool query_name(Execute *x, Str sink, Str *name, bool *goes_on, bool *changed)
{
	*goes_on = *changed = false;
	if (x->restore) {
		*name = arena_str(x->arena, x->restore->name);
		return true;
	}
	for (unsigned n = 1; n < 1000; n++) {
		*name = n == 1 ? arena_str(x->arena, sink) : arena_printf(x->arena, "%.*s_%u", STR_ARG(sink), n);
		Query *q = query_find(x->e, *name);
		if (!q)
			return true;
		if (x->s->from_file && execute_same(x, RECORD_QUERY, *name)) {
			*goes_on = true;
			return true;
		}
		RestoreRecord was;
		if (x->s->from_file && x->s->declared && restore_get(x->e, RECORD_QUERY, *name, x->arena, &was) &&
		    was.from_file && !map_get(x->s->declared, str_trim(was.sql))) {
			*changed = true; /* the files have another text in its place */
			return true;
		}
	}
	return false;
}

/* Statements of served files run once per state file, known by their text. */
static Str once_name(Str text, char *buf, size_t cap)
{
	snprintf(buf, cap, "once:%016llx", (unsigned long long)hash_bytes(text.ptr, text.len, 0));
	return str_from(buf);
}

static bool runs_once(const Execute *x)
{
	return x->s->from_file && !x->restore && !x->s->once_always;
}

static bool ran_before(Execute *x)
{
	char name[40];
	Arena *arena = arena_open("once", 0);
	Str sql;
	uint64_t hash;
	bool ran =
	    runs_once(x) && restore_find(x->e, RECORD_ONCE, once_name(x->text, name, sizeof name), arena, &sql, &hash);
	arena_close(arena);
	return ran;
}

void execute_ran_once(Engine *e, Str text, const Settings *settings)
{
	char name[40];
	restore_record(e, RECORD_ONCE, once_name(text, name, sizeof name), text, settings, true, 0, 0, STR_EMPTY);
}

/* Has an INSERT of the same table run that is in the files no more? Then this one is most likely the same with another
 * text, and its rows are there already. */
static bool refuse_changed(Execute *x, const Relation *target, Err *err)
{
	if (!runs_once(x) || !x->s->declared)
		return true;
	Arena *arena = arena_open("once", 0);
	RestoreRecord *list;
	uint32_t n;
	bool ok = restore_list(x->e, arena, &list, &n, err);
	for (uint32_t i = 0; ok && i < n; i++) {
		AstNode *was = NULL;
		uint32_t next;
		Err ignored = {0};
		if (list[i].kind != RECORD_ONCE || map_get(x->s->declared, str_trim(list[i].sql)) ||
		    !parser_statement(arena, list[i].sql, 0, NULL, &was, &next, &ignored) || was->kind != AST_INSERT ||
		    !str_eq_nocase(execute_path_name(&AST_CONST(AstInsert, was)->path), target->name))
			continue;
		ok = err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span,
		                "the INSERT into \"%.*s\" that ran with this state file has another text",
		                STR_ARG(target->name));
		err_hint(err,
		         "Its rows are there. Put the old text back, and write what is new as an INSERT of its own behind it; "
		         "UPDATE and DELETE from a client change rows.");
	}
	arena_close(arena);
	return ok;
}

static QueryDef *make_def(Execute *x, Str name, const PlanQuery *plan, const Relation *sink)
{
	QueryDef *def = ARENA_NEW(x->arena, QueryDef);
	def->name = name;
	def->sql = x->text;
	def->sink = sink;
	def->plan = plan;
	def->group = x->group;
	def->arena = x->arena;
	return def;
}

bool execute_insert(Execute *x, Str name, QueryDef **out, Err *err)
{
	PlanQuery *plan;
	const Relation *target;
	bool continuous;
	if (!bind_insert(&x->bc, x->stmt, &plan, &target, &continuous, err))
		return false;
	*out = make_def(x, arena_str(x->arena, name), plan, target);
	return continuous ||
	       err_set(err, ERR_WRONG_OBJECT, "query \"%.*s\" would not be continuous any more", STR_ARG(name));
}

static bool start_insert(Execute *x, const PlanQuery *plan, const Relation *sink, Err *err)
{
	Str name;
	bool goes_on, changed;
	if (!query_name(x, sink->name, &name, &goes_on, &changed))
		return err_set_at(err, ERR_DUPLICATE_OBJECT, x->stmt->span, "too many queries write into \"%.*s\"",
		                  STR_ARG(sink->name));
	if (goes_on) {
		execute_goes_on(x, RECORD_QUERY, name, "query");
		return true;
	}
	if (changed) {
		AlterChange change = {.name = name,
		                      .kind = RECORD_QUERY,
		                      .sql = x->text,
		                      .settings = x->s->settings,
		                      .from_file = x->s->from_file,
		                      .dry = x->s->dry};
		return alter_apply(x->e, &change, x->s->notices, err);
	}
	if (x->s->dry)
		return true;
	QueryDef *def = make_def(x, name, plan, sink);
	QueryStart qs = {.name = name,
	                 .plan = plan,
	                 .rel = sink,
	                 .def = def,
	                 .settings = x->s->settings,
	                 .restored = x->restore && !x->restore->fresh};
	Query *q;
	if (!query_start(x->e, &qs, &q, err))
		return false;
	if (x->restore && x->restore->plan_hash != plan->hash)
		execute_plan_changed(x, q);
	CatalogEdit *ce = catalog_edit(x->e->catalog);
	catalog_put_query(ce, def);
	side_declare_query(ce, name, true, x->e->next_version++);
	if (!x->restore)
		restore_record(x->e, RECORD_QUERY, name, x->text, x->s->settings, x->s->from_file, plan->hash, x->group,
		               STR_EMPTY);
	engine_set_catalog(x->e, catalog_publish(ce));
	x->kept = true;
	return true;
}

bool execute_query_insert(Execute *x, const AstInsert *node, Err *err)
{
	(void)node;
	PlanQuery *plan;
	const Relation *target;
	bool continuous;
	execute_tag(x, "INSERT 0 0");
	if (ran_before(x)) { /* before it is bound: its table may have more columns by now */
		execute_notice(x, "INSERT was run before with this state file, skipping");
		return true;
	}
	if (!bind_insert(&x->bc, x->stmt, &plan, &target, &continuous, err))
		return false;
	if (continuous)
		return start_insert(x, plan, target, err);
	if (x->s->dry)
		return true;
	if (!refuse_changed(x, target, err))
		return false;
	if (target->kind == REL_OWN) {
		uint64_t rows = 0;
		if (!own_insert(x->s, x->e, plan, target, &rows, err))
			return false;
		if (runs_once(x))
			execute_ran_once(x->e, x->text, x->s->settings);
		execute_tag(x, "INSERT 0 %llu", (unsigned long long)rows);
		return true;
	}
	return send_collect(x->e, x->s, plan, target, runs_once(x) ? x->text : STR_EMPTY, err);
}

static bool set_insert(Execute *x, const AstNode *stmt, uint32_t group, bool dry, Err *err)
{
	EngineStatement s = *x->s;
	s.stmt = stmt;
	s.text = x->text;
	s.dry = dry;
	s.notices = dry && !x->s->dry ? NULL : s.notices;
	Execute y = {.e = x->e, .s = &s, .arena = arena_open("definition", 0), .group = group};
	y.text = arena_str(y.arena, str_make(x->text.ptr + stmt->span.begin, stmt->span.end - stmt->span.begin));
	AstNode *again = NULL;
	uint32_t next;
	ParserOptions po = {.expand = x->s->from_file ? &expand_environment : NULL};
	bool ok = parser_statement(y.arena, y.text, 0, &po, &again, &next, err);
	y.stmt = again;
	ok = ok && engine_bind_context(x->e, s.settings, y.arena, y.text, s.notices, &y.bc) &&
	     execute_query_insert(&y, AST_CONST(AstInsert, again), err);
	x->s->send = s.send;
	if (!ok && (err->span.begin || err->span.end)) {
		err->span.begin += stmt->span.begin;
		err->span.end += stmt->span.begin;
	}
	if (!y.kept)
		arena_close(y.arena);
	return ok;
}

bool execute_query_set(Execute *x, const AstStatementSet *node, Err *err)
{
	uint32_t group = (uint32_t)x->e->next_seq;
	/* all are bound before the first is started: a set with an error in it does nothing */
	for (uint32_t i = 0; i < node->inserts.len; i++)
		if (!set_insert(x, node->inserts.items[i], group, true, err))
			return false;
	for (uint32_t i = 0; i < node->inserts.len && !x->s->dry; i++)
		if (!set_insert(x, node->inserts.items[i], group, false, err))
			return false;
	execute_tag(x, "STATEMENT SET %u", node->inserts.len);
	return true;
}

bool execute_query_change(Execute *x, Err *err)
{
	PlanQuery *plan = NULL;
	const Relation *target;
	uint64_t rows = 0;
	if (x->stmt->kind == AST_TRUNCATE) {
		const AstNamed *n = AST_CONST(AstNamed, x->stmt);
		Str name = execute_path_name(&n->path);
		target = catalog_relation(x->e->catalog, &name, 1, x->stmt->span, err);
		if (!target)
			return false;
		if (target->kind != REL_OWN)
			return err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span, "\"%.*s\" is not a table that weir keeps",
			                  STR_ARG(target->name));
		execute_tag(x, "TRUNCATE TABLE");
		return x->s->dry || own_truncate(x->e, target, &rows, err);
	}
	bool update = x->stmt->kind == AST_UPDATE;
	if (!(update ? bind_update : bind_delete)(&x->bc, x->stmt, &plan, &target, err))
		return false;
	if (!x->s->dry && !own_change(x->s, x->e, plan, target, update, &rows, err))
		return false;
	execute_tag(x, "%s %llu", update ? "UPDATE" : "DELETE", (unsigned long long)rows);
	return true;
}

bool execute_query_control(Execute *x, const AstControl *node, Err *err)
{
	Str name = execute_path_name(&node->path);
	Query *q = query_find(x->e, name);
	if (!q)
		return err_set_at(err, ERR_NO_SUCH_OBJECT, x->stmt->span, "no query or view \"%.*s\" is running",
		                  STR_ARG(name));
	switch (node->action) {
	case AST_CONTROL_PAUSE:
		execute_tag(x, "PAUSE");
		if (q->state != QUERY_RUNNING)
			return err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span, "query \"%.*s\" is not running", STR_ARG(name));
		return query_pause(x->e, q, err);
	case AST_CONTROL_RESUME: execute_tag(x, "RESUME"); return query_resume(x->e, q, node->skip, err);
	case AST_CONTROL_CANCEL:
		execute_tag(x, "CANCEL");
		if (!q->def)
			return err_set_at(err, ERR_WRONG_OBJECT, x->stmt->span,
			                  "\"%.*s\" is a view: DROP MATERIALIZED VIEW ends it", STR_ARG(name));
		return execute_drop_query(x->e, q, false, err);
	}
	return false;
}
