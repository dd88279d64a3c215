/*
 * engine/runtime/alter.c: see alter.h.
 *
 *   list what is concerned -> bind all of it in a catalog of its own -> compare plans -> an epoch
 *     -> stop, readers first -> records -> start again, readers last: from the last epoch, or from nothing
 *
 * What is stopped, dropped and recorded lands in one epoch, so a crash finds the old or the new definition.
 */
#include "engine/runtime/alter.h"

#include <stdio.h>

#include "base/log.h"
#include "engine/runtime/execute.h"
#include "engine/runtime/origin.h"
#include "engine/runtime/rename.h"
#include "sql/plan/explain.h"

typedef struct Item {
	RestoreRecord rec;
	bool changed; /* its definition is the one that changes */
	bool is_query, rebuilt;
	bool paused;
	const Relation *sink; /* of an INSERT */
	uint64_t hash;
	char why[120];
	Str operators; /* those that keep state */
} Item;

typedef struct Alter {
	Engine *e;
	const AlterChange *change;
	Arena *arena;
	Item *items;
	uint32_t n;
	uint32_t more; /* columns that an own table gets */
	bool moves;    /* RENAME of what keeps rows */
	Rename rename;
} Alter;

/* ---- what is concerned ---- */

/* A query has the name of its sink's table, which reads nothing. */
static const Relation *view_named(const Catalog *c, Str name)
{
	const Relation *r = catalog_find(c, STR_EMPTY, name);
	return r && (r->kind == REL_VIEW || r->kind == REL_MVIEW) ? r : NULL;
}

/* All that reads a relation, calls a function or (both NULL) reads the side tables of a query, or what reads it, by
 * name; each name once. */
static void add_readers(const Catalog *c, const Relation *r, const FunctionDef *f, Str query, CatalogNames *names)
{
	CatalogNames direct = {.arena = names->arena};
	if (r)
		catalog_dependents(c, r, &direct);
	else if (f)
		catalog_function_dependents(c, f, &direct);
	else
		catalog_side_dependents(c, query, NULL, &direct);
	for (uint32_t i = 0; i < direct.len; i++) {
		if (catalog_names_have(names, direct.items[i]))
			continue;
		catalog_names_add(names, direct.items[i]);
		add_readers(c, view_named(c, direct.items[i]), catalog_names_function(c, direct.items[i]), direct.items[i],
		            names);
	}
}

/* Is the record that of an index on something listed? */
static bool index_of(const Catalog *c, const CatalogNames *names, Str self, Str index)
{
	const Relation *r;
	for (uint32_t i = 0; (r = catalog_relation_at(c, i)); i++)
		for (uint32_t k = 0; k < r->nindexes; k++)
			if (str_eq(r->indexes[k].name, index))
				return str_eq(r->name, self) || (view_named(c, r->name) && catalog_names_have(names, r->name));
	return false;
}

/* The state of what reads a table does not say by which columns it was computed. */
static bool refuse_tables(const Alter *a, const CatalogNames *names, Err *err)
{
	for (uint32_t i = 0; i < names->len; i++) {
		const Relation *r = catalog_find(a->e->catalog, STR_EMPTY, names->items[i]);
		if (!r || (r->kind != REL_SOURCE && r->kind != REL_OWN) || !r->table->nuses)
			continue;
		err_set(err, ERR_DEPENDENT_OBJECTS, "cannot replace the function \"%.*s\": columns of table \"%.*s\" call it",
		        STR_ARG(a->change->name), STR_ARG(r->name));
		return err_hint(err, "Give the new function another name, or DROP the table first.");
	}
	return true;
}

static bool is_function_of(const CatalogNames *names, const RestoreRecord *rec, Arena *arena)
{
	return rec->kind == RECORD_FUNCTION && catalog_names_have(names, arena_printf(arena, "%.*s()", STR_ARG(rec->name)));
}

static bool list_items(Alter *a, Err *err)
{
	Engine *e = a->e;
	const AlterChange *c = a->change;
	RestoreRecord *records;
	uint32_t n;
	if (!restore_list(e, a->arena, &records, &n, err))
		return false;
	CatalogNames names = {.arena = a->arena};
	const Relation *r = c->kind == RECORD_OBJECT ? catalog_find(e->catalog, STR_EMPTY, c->name) : NULL;
	const FunctionDef *f = c->kind == RECORD_FUNCTION ? catalog_function(e->catalog, c->name) : NULL;
	add_readers(e->catalog, r, f, c->name, &names);
	if (f && !refuse_tables(a, &names, err))
		return false;
	a->items = ARENA_ARRAY_ZERO(a->arena, Item, n + 1);
	bool found = false;
	for (uint32_t i = 0; i < n; i++) {
		const RestoreRecord *rec = &records[i];
		bool self = rec->kind == c->kind && str_eq(rec->name, c->name);
		bool reader =
		    (rec->kind == RECORD_QUERY || (rec->kind == RECORD_OBJECT && view_named(e->catalog, rec->name))) &&
		    catalog_names_have(&names, rec->name);
		bool index = rec->kind == RECORD_INDEX && index_of(e->catalog, &names, c->name, rec->name);
		if (!self && !reader && !index && !is_function_of(&names, rec, a->arena))
			continue;
		a->items[a->n] = (Item){.rec = *rec, .changed = self};
		if (index && c->new_name.len &&
		    !rename_index_text(rec->sql, rec->name, c->new_name, a->arena, &a->items[a->n].rec.sql, err))
			return false;
		a->n++;
		found |= self;
	}
	return found || err_set(err, ERR_INTERNAL, "\"%.*s\" has no record", STR_ARG(c->name));
}

/* ---- comparing ---- */

static bool keeps_state(PlanKind kind)
{
	switch (kind) {
	case PLAN_SCAN:
	case PLAN_VALUES:
	case PLAN_FILTER:
	case PLAN_PROJECT:
	case PLAN_UNION:
	case PLAN_WINDOW:
	case PLAN_EXCHANGE:
	case PLAN_APPLY:
	case PLAN_SINK:
	case PLAN_RESULT: return false;
	default: return true;
	}
}

/* Nodes whose meaning the plan's hash and its EXPLAIN hold in full. */
static bool is_told(const Plan *p)
{
	switch (p->kind) {
	case PLAN_SCAN:
	case PLAN_FILTER:
	case PLAN_PROJECT:
	case PLAN_UNION:
	case PLAN_WINDOW:
	case PLAN_WINDOW_AGG:
	case PLAN_AGG:
	case PLAN_NORMALIZE:
	case PLAN_ONCE:
	case PLAN_EXCHANGE:
	case PLAN_LAST_WINS:
	case PLAN_MATERIALIZE:
	case PLAN_SINK: break;
	default: return false;
	}
	for (uint32_t i = 0; i < p->ninputs; i++)
		if (!is_told(p->inputs[i]))
			return false;
	return true;
}

static void put_operators(const Plan *p, StrBuf *out)
{
	for (uint32_t i = 0; i < p->ninputs; i++)
		put_operators(p->inputs[i], out);
	if (keeps_state(p->kind))
		strbuf_printf(out, "%s%s #%u", out->len ? ", " : "", plan_kind_name(p->kind), p->id);
}

static bool same_explain(const PlanQuery *a, const PlanQuery *b)
{
	StrBuf ta, tb;
	strbuf_init(&ta);
	strbuf_init(&tb);
	ExplainOptions o = {.changes = true, .state = true};
	explain_print(a, &o, &ta);
	explain_print(b, &o, &tb);
	bool same = str_eq(strbuf_str(&ta), strbuf_str(&tb));
	strbuf_deinit(&ta);
	strbuf_deinit(&tb);
	return same;
}

static bool reads_rebuilt(const Alter *a, const Item *it, const PlanQuery *plan, Str *which)
{
	for (uint32_t i = 0; i < a->n; i++) {
		const Item *other = &a->items[i];
		if (other == it || !other->is_query || !other->rebuilt)
			continue;
		for (uint32_t k = 0; k < plan->nreads; k++)
			if (plan->reads[k]->kind == REL_SIDE ? str_eq(plan->reads[k]->schema, other->rec.name)
			                                     : !other->sink && str_eq(plan->reads[k]->name, other->rec.name)) {
				*which = other->rec.name;
				return true;
			}
	}
	return false;
}

static void judge(Alter *a, Item *it, const PlanQuery *plan)
{
	Engine *e = a->e;
	const AlterChange *c = a->change;
	const Relation *r = it->sink ? NULL : catalog_find(e->catalog, STR_EMPTY, it->rec.name);
	const QueryDef *def = it->sink ? catalog_query(e->catalog, it->rec.name, NULL) : NULL;
	const PlanQuery *old = r ? r->plan : def ? def->plan : NULL;
	it->is_query = true;
	it->hash = plan->hash;
	Str input;
	bool same_text = c->options_only || c->new_name.len ||
	                 (it->changed && c->sql.ptr && str_eq(str_trim(c->sql), str_trim(it->rec.sql)));
	if (reads_rebuilt(a, it, plan, &input))
		snprintf(it->why, sizeof it->why, "it reads \"%.*s\", which is built anew", STR_ARG(input));
	else if (it->changed && !c->sql.ptr)
		snprintf(it->why, sizeof it->why, "its state was made with another plan");
	else if (!old || it->rec.plan_hash != plan->hash ||
	         (!c->new_name.len && !same_explain(old, plan))) /* which has the name in it */
		snprintf(it->why, sizeof it->why, "its plan differs");
	else if (!same_text && !is_told(plan->root))
		snprintf(it->why, sizeof it->why, "plans of this kind are not compared yet");
	else if (missed_is_lost(e, it->rec.name))
		snprintf(it->why, sizeof it->why, "changes of its inputs that it missed are not kept");
	it->rebuilt = it->why[0] != 0;
	StrBuf ops;
	strbuf_init(&ops);
	put_operators(plan->root, &ops);
	it->operators = arena_str(a->arena, strbuf_str(&ops));
	strbuf_deinit(&ops);
}

/* Rows that weir keeps stay: more columns may follow, which are NULL in them. */
static bool fits_rows(Alter *a, const Relation *old, const Relation *r, Err *err)
{
	const TableDef *was = old->table, *t = r->table;
	bool fits = r->kind == REL_OWN && t->ncols >= was->ncols && t->nkey == was->nkey;
	for (uint32_t i = 0; fits && i < was->ncols; i++)
		fits = str_eq(t->cols[i].name, was->cols[i].name) && type_equal(t->cols[i].type, was->cols[i].type);
	for (uint32_t i = 0; fits && i < was->nkey; i++)
		fits = t->key[i] == was->key[i];
	for (uint32_t i = was->ncols; fits && i < t->ncols; i++)
		fits = !t->cols[i].type->not_null;
	if (fits && old->nindexes && t->ncols > was->ncols) {
		err_set(err, ERR_NOT_SUPPORTED, "columns of a table with an index are not supported yet");
		return err_hint(err, "DROP its indexes, alter the table, and make them again.");
	}
	a->more = fits ? t->ncols - was->ncols : 0;
	if (fits)
		return true;
	err_set(err, ERR_NOT_SUPPORTED,
	        "table \"%.*s\" holds rows; another change of it than columns that may be NULL, at "
	        "its end, is not supported yet",
	        STR_ARG(old->name));
	return err_hint(err, "Make a new table, INSERT INTO it SELECT from this one, and DROP this one.");
}

/* Binds one definition over those before it, and enters it into the catalog that is being made. */
static bool bind_item(Alter *a, CatalogEdit *ce, Item *it, Err *err)
{
	Engine *e = a->e;
	const AlterChange *c = a->change;
	bool replaced = it->changed && c->sql.ptr;
	Settings *settings = replaced && c->settings ? settings_copy(c->settings) : restore_base(e);
	if (!(replaced && c->settings) && !restore_settings(settings, it->rec.settings, err)) {
		settings_free(settings);
		return false;
	}
	bool from_file = replaced ? c->from_file : it->rec.from_file;
	EngineStatement s = {.settings = settings, .from_file = from_file};
	Execute x = {.e = e, .s = &s, .arena = arena_open("definition", 0), .group = it->rec.group};
	x.text = arena_str(x.arena, replaced ? c->sql : it->rec.sql);
	x.origin = replaced && !c->same_origin ? STR_EMPTY : it->rec.origin;
	AstNode *node = NULL;
	uint32_t next;
	ParserOptions po = {.expand = from_file ? &expand_environment : NULL};
	Relation *r = NULL;
	QueryDef *def = NULL;
	FunctionDef *function = NULL;
	bool ok = parser_statement(x.arena, x.text, 0, &po, &node, &next, err) &&
	          engine_bind_context(e, settings, x.arena, x.text, NULL, &x.bc);
	x.stmt = node;
	x.bc.catalog = catalog_edited(ce);
	if (ok && node->kind == AST_CREATE_TABLE)
		ok = execute_table(&x, AST_CONST(AstCreateTable, node), &r, err);
	else if (ok && node->kind == AST_CREATE_VIEW)
		ok = execute_view(&x, AST_CONST(AstCreateView, node), &r, err);
	else if (ok && node->kind == AST_INSERT)
		ok = execute_insert(&x, it->rec.name, &def, err);
	else if (ok && node->kind == AST_CREATE_FUNCTION)
		ok = execute_function(&x, &function, err);
	else if (ok && node->kind == AST_CREATE_INDEX)
		ok = execute_index(&x, &r, NULL, err);
	if (ok && node->kind == AST_CREATE_TABLE && replaced && !c->same_origin)
		it->rec.origin = arena_str(a->arena, origin_of(&x, AST_CONST(AstCreateTable, node), r->table));
	const Relation *old = it->changed && r ? catalog_find(e->catalog, STR_EMPTY, it->rec.name) : NULL;
	if (ok && old && old->kind == REL_OWN)
		ok = fits_rows(a, old, r, err);
	if (ok && node->kind != AST_CREATE_INDEX && (r ? r->plan != NULL : def != NULL)) {
		it->sink = def ? def->sink : NULL;
		judge(a, it, r ? r->plan : def->plan);
	}
	if (ok && r)
		catalog_put_relation(ce, r);
	else if (ok && def)
		catalog_put_query(ce, def);
	else if (ok && function)
		catalog_put_function(ce, function);
	else
		arena_close(x.arena);
	settings_free(settings);
	if (!ok && !it->changed) {
		err->span = (Span){0};
		err_detail(err, "\"%.*s\" reads \"%.*s\" and would not be valid any more", STR_ARG(it->rec.name),
		           STR_ARG(c->name));
		err_hint(err, "Change or DROP it first.");
	}
	return ok;
}

static void take_out(CatalogEdit *ce, const Item *it)
{
	if (it->rec.kind == RECORD_QUERY)
		catalog_drop_query(ce, it->rec.name);
	else if (it->rec.kind == RECORD_FUNCTION)
		catalog_drop_function(ce, it->rec.name);
	else if (it->rec.kind == RECORD_OBJECT)
		catalog_drop_relation(ce, STR_EMPTY, it->rec.name);
}

/* The changed definition waits for an item that waits for it. */
static void tell_circle(const Alter *a, uint32_t done, Err *err)
{
	char quoted[80];
	for (uint32_t i = done; i < a->n; i++) {
		snprintf(quoted, sizeof quoted, "\"%.*s\"", STR_ARG(a->items[i].rec.name));
		bool unknown = err->code == ERR_NO_SUCH_TABLE || err->code == ERR_NO_SUCH_FUNCTION;
		if (!unknown || !strstr(err->message, quoted))
			continue;
		Span span = err->span;
		err_set_at(err, ERR_WRONG_OBJECT, span, "\"%.*s\" would read itself", STR_ARG(a->change->name));
		if (!a->items[i].changed)
			err_detail(err, "%s reads \"%.*s\"", quoted, STR_ARG(a->change->name));
	}
}

/* Brings the items into an order in which each is bound after what it reads: a definition that is replaced may read
 * what is younger. An item that cannot be bound yet waits for the others; what goes wrong when none is left that can is
 * told of the changed one, else of the first. */
static bool bind_items(Alter *a, Err *err)
{
	CatalogEdit *ce = catalog_edit(a->e->catalog);
	for (uint32_t i = 0; i < a->n; i++)
		take_out(ce, &a->items[i]);
	uint32_t done = 0;
	for (bool more = true; more && done < a->n;) {
		more = false;
		for (uint32_t i = done; i < a->n; i++) {
			Err why = {0};
			bool first = err->code == ERR_OK;
			if (!bind_item(a, ce, &a->items[i], &why)) {
				if (first || a->items[i].changed)
					*err = why;
				continue;
			}
			Item it = a->items[i];
			memmove(&a->items[done + 1], &a->items[done], (i - done) * sizeof it);
			a->items[done++] = it;
			more = true;
		}
		if (more && done < a->n)
			err_clear(err);
	}
	catalog_discard(ce);
	if (done < a->n)
		tell_circle(a, done, err);
	return done == a->n;
}

/* ---- receipts ---- */

static void say(const Alter *a, StrBuf *notices)
{
	if (a->change->new_name.len && !a->moves && notices)
		strbuf_printf(notices, "side rows of \"%.*s\" do not come with the new name\n", STR_ARG(a->change->name));
	for (uint32_t i = 0; i < a->n; i++) {
		const Item *it = &a->items[i];
		if (!it->is_query)
			continue;
		StrBuf line;
		strbuf_init(&line);
		strbuf_printf(&line, "\"%.*s\": ", STR_ARG(it->rec.name));
		const char *would = a->change->dry ? "would be " : "";
		if (it->rebuilt)
			strbuf_printf(&line, "%sbuilt anew from the start of its inputs, because %s", would, it->why);
		else
			strbuf_printf(&line, "%skept, with its positions", would);
		if (it->operators.len)
			strbuf_printf(&line, " (%.*s)", STR_ARG(it->operators));
		if (it->rebuilt && it->sink)
			strbuf_printf(
			    &line,
			    it->sink->table->nkey
			        ? "; rows of equal keys in \"%.*s\" are written over, others of the old definition stay there"
			        : "; its rows are sent again to \"%.*s\", which keeps those sent before",
			    STR_ARG(it->sink->name));
		if (notices)
			strbuf_printf(notices, "%s\n", strbuf_cstr(&line));
		if (!a->change->dry)
			LOGI("engine",
			     it->rebuilt ? "definition changed: state is built anew" : "definition changed: state is kept",
			     "query=\"%.*s\" receipt=%s", STR_ARG(it->rec.name), strbuf_cstr(&line));
		strbuf_deinit(&line);
	}
}

/* ---- carrying it out ---- */

/* What was changed before must have landed: state that is kept is opened again from the file. */
static bool close_epoch(Engine *e, Err *err)
{
	StepResult ignored;
	for (const OwnTable *t = e->tables; t; t = t->next)
		if (t->changes.len)
			return engine_step(e, &ignored, err) && engine_checkpoint(e, err);
	return engine_checkpoint(e, err);
}

static Query *query_named(Engine *e, Str name)
{
	for (Query *q = e->queries; q; q = q->next)
		if (!q->follower && str_eq(q->name, name))
			return q;
	return NULL;
}

/* Rows of an own table that gets more columns, as they are to be stored. */
typedef struct SavedRows {
	Str *keys, *rows;
	size_t len, cap;
} SavedRows;

static void save_rows(Alter *a, OwnTable *t, SavedRows *out)
{
	StateScan *s = state_scan_open(t->rows, (Str){0}, (Str){0}, false, true, a->arena);
	StrBuf row;
	strbuf_init(&row);
	Str k, v;
	while (state_scan_next(s, &k, &v)) {
		if (out->len == out->cap) {
			size_t cap = out->cap ? out->cap * 2 : 256;
			out->keys = arena_grow(a->arena, out->keys, out->len * sizeof(Str), cap * sizeof(Str));
			out->rows = arena_grow(a->arena, out->rows, out->len * sizeof(Str), cap * sizeof(Str));
			out->cap = cap;
		}
		strbuf_clear(&row);
		strbuf_put_str(&row, v);
		for (uint32_t i = 0; i < a->more; i++)
			value_encode(&type_string, VALUE_NULL, &row); /* NULL is encoded alike for every type */
		out->keys[out->len] = arena_str(a->arena, k);
		out->rows[out->len++] = arena_str(a->arena, strbuf_str(&row));
	}
	state_scan_close(s);
	strbuf_deinit(&row);
}

static void stop_items(Alter *a, SavedRows *saved)
{
	Engine *e = a->e;
	for (uint32_t i = a->n; i-- > 0;) {
		Item *it = &a->items[i];
		Query *q = it->is_query ? query_named(e, it->rec.name) : NULL;
		if (q) {
			it->paused = q->state == QUERY_PAUSED;
			if (it->rebuilt)
				side_drop(e, it->rec.name, !side_shares_bad(e, it->rec.name));
			query_stop(e, q, it->rebuilt);
			if (!it->rebuilt)
				side_let_go(e, it->rec.name);
		}
		const Relation *r = it->changed && !it->is_query ? catalog_find(e->catalog, STR_EMPTY, it->rec.name) : NULL;
		OwnTable *t = r && r->kind == REL_OWN ? own_find(e, r) : NULL;
		if (t && a->moves) {
			own_let_go(e, t);
		} else if (t) {
			save_rows(a, t, saved);
			own_close(e, t, true);
		}
	}
	CatalogEdit *ce = catalog_edit(e->catalog);
	for (uint32_t i = 0; i < a->n; i++)
		take_out(ce, &a->items[i]);
	if (a->change->new_name.len) {
		if (!a->moves)
			side_drop(e, a->change->name, true);
		catalog_drop_relation(ce, a->change->name, STR("bad"));
		catalog_drop_relation(ce, a->change->name, STR("late"));
		catalog_drop_relation(ce, a->change->name, STR("refused"));
	}
	engine_set_catalog(e, catalog_publish(ce));
}

static void record_item(Alter *a, Item *it)
{
	const AlterChange *c = a->change;
	if (it->is_query)
		it->rec.plan_hash = it->hash;
	if (it->changed && c->sql.ptr) {
		it->rec.sql = c->sql;
		if (c->new_name.len)
			it->rec.name = c->new_name;
		it->rec.from_file = c->from_file;
		if (c->settings)
			it->rec.settings = restore_settings_text(c->settings, a->arena);
	}
	restore_put_last(a->e, &it->rec, a->arena);
}

static bool start_items(Alter *a, const SavedRows *saved, Err *err)
{
	Engine *e = a->e;
	bool ok = true;
	for (uint32_t i = 0; i < a->n; i++)
		record_item(a, &a->items[i]);
	if (a->moves) {
		/* lands before anybody sees the new name, and looks for it in the file */
		rename_stored(e, &a->rename);
		ok = engine_checkpoint(e, err);
	}
	for (uint32_t i = 0; i < a->n; i++) {
		Item *it = &a->items[i];
		Err why = {0};
		bool done = restore_run(e, &it->rec, it->rebuilt, &why);
		if (!done && ok) {
			*err = why;
			err->span = (Span){0};
			err_detail(err, "\"%.*s\" has its new definition but could not be started; the next start tries again",
			           STR_ARG(it->rec.name));
		}
		ok = ok && done;
		const Relation *r = it->changed && done ? catalog_find(e->catalog, STR_EMPTY, it->rec.name) : NULL;
		OwnTable *t = r && r->kind == REL_OWN ? own_find(e, r) : NULL;
		for (size_t k = 0; t && k < saved->len; k++)
			state_put(t->rows, saved->keys[k], saved->rows[k]);
	}
	return ok;
}

/* What was paused and is built anew waits for RESUME as before; readers first. */
static bool pause_items(const Alter *a, StrBuf *notices, Err *err)
{
	bool ok = true;
	for (uint32_t i = a->n; ok && i-- > 0;) {
		const Item *it = &a->items[i];
		Query *q = it->paused ? query_named(a->e, it->rec.name) : NULL;
		if (!q || q->state != QUERY_RUNNING)
			continue;
		ok = query_pause(a->e, q, err);
		if (ok && notices)
			strbuf_printf(notices, "\"%.*s\" is paused as before: RESUME lets it go on\n", STR_ARG(it->rec.name));
	}
	return ok;
}

/* What keeps rows and gets another name must go on as it is. */
static bool list_moves(Alter *a, Err *err)
{
	const AlterChange *c = a->change;
	const Relation *r = c->new_name.len ? catalog_find(a->e->catalog, STR_EMPTY, c->name) : NULL;
	a->moves = r && (r->kind == REL_OWN || r->kind == REL_MVIEW);
	for (uint32_t i = 0; a->moves && i < a->n; i++)
		if (a->items[i].rebuilt) {
			err_set(err, ERR_WRONG_OBJECT, "\"%.*s\" cannot be renamed: its state would not be kept, because %s",
			        STR_ARG(c->name), a->items[i].why);
			return err_hint(err, "WHY \"%.*s\" says what to do first.", STR_ARG(c->name));
		}
	return !a->moves || rename_list(a->e, r, c->new_name, a->arena, &a->rename, err);
}

bool alter_apply(Engine *e, const AlterChange *change, StrBuf *notices, Err *err)
{
	Alter a = {.e = e, .change = change, .arena = arena_open("alter", 0)};
	AlterChange own = *change; /* texts may lie in what is about to end */
	own.name = arena_str(a.arena, change->name);
	own.new_name = arena_str(a.arena, change->new_name);
	own.sql = change->sql.ptr ? arena_str(a.arena, change->sql) : (Str){0};
	a.change = &own;
	bool ok = list_items(&a, err) && bind_items(&a, err);
	/* while the state file is being opened nothing has changed yet */
	if (ok && !change->dry && (e->threaded || e->opt.manual))
		ok = close_epoch(e, err);
	ok = ok && list_moves(&a, err);
	if (ok)
		say(&a, notices);
	if (ok && !change->dry) {
		SavedRows saved = {0};
		stop_items(&a, &saved);
		ok = start_items(&a, &saved, err);
		if (ok && (e->threaded || e->opt.manual))
			ok = pause_items(&a, notices, err);
	}
	arena_close(a.arena);
	return ok;
}

bool alter_possible(const Relation *old, const AstNode *stmt)
{
	if (stmt->kind == AST_CREATE_VIEW)
		return old->kind == (AST_CONST(AstCreateView, stmt)->materialized ? REL_MVIEW : REL_VIEW);
	return stmt->kind == AST_CREATE_TABLE && (old->kind == REL_SOURCE || old->kind == REL_OWN);
}

bool alter_rebuild_changed(Engine *e, Err *err)
{
	for (;;) {
		Query *q = e->queries;
		while (q && !(q->plan_changed && q->state == QUERY_FAILED))
			q = q->next;
		if (!q)
			return true;
		AlterChange c = {.name = q->name, .kind = q->def ? RECORD_QUERY : RECORD_OBJECT};
		if (!alter_apply(e, &c, NULL, err))
			return false;
	}
}
