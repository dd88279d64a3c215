/*
 * sql/bind/bind_scope.c: what a name means: a column, a field of a row, an alias, an outer column.
 *
 *   a.b.c    table a, column b, field c;  else column a, fields b.c;  else schema a, table b, column c
 *
 * At each step an exact match wins, else a unique one in another case. What no scope knows is refused with the nearest
 * name.
 */
#include "sql/bind/bind_int.h"

#include "parser/print.h"

void bind_scope_init(Scope *s, Binder *b, Scope *outer, const Cte *ctes)
{
	*s = (Scope){.b = b, .outer = outer, .ctes = ctes, .place = "this place"};
}

void bind_scope_push(Scope *s, ScopeCol col)
{
	ARENA_PUSH(s->b->arena, &s->cols, col);
}

void bind_scope_add_plan(Scope *s, Plan *plan, Str schema, Str table, uint32_t first_index)
{
	for (uint32_t i = 0; i < plan->ncols; i++) {
		const PlanCol *c = &plan->cols[i];
		bind_scope_push(s, (ScopeCol){.schema = schema,
		                              .table = table,
		                              .name = c->name,
		                              .type = c->type,
		                              .time = c->time,
		                              .index = first_index + i});
	}
}

bool bind_scope_has_table(const Scope *s, Str table)
{
	for (uint32_t i = 0; i < s->cols.len; i++)
		if (s->cols.items[i].table.len && str_eq_nocase(s->cols.items[i].table, table))
			return true;
	return false;
}

/* ---- one scope ---- */

typedef enum Found { FOUND_NONE, FOUND_ONE, FOUND_MANY } Found;

typedef struct Pick {
	const Str *schema, *table; /* NULL: any */
	Str name;
	bool nocase;
} Pick;

static bool same(Str a, Str b, bool nocase)
{
	return nocase ? str_eq_nocase(a, b) : str_eq(a, b);
}

static bool picks(const Pick *p, const ScopeCol *c)
{
	if (p->table && !same(c->table, *p->table, p->nocase))
		return false;
	if (p->schema && !same(c->schema, *p->schema, p->nocase) &&
	    !(c->schema.len == 0 &&
	      (str_eq_nocase(*p->schema, STR("default_database")) || str_eq_nocase(*p->schema, STR("public")))))
		return false;
	return (p->table || !c->hidden) && same(c->name, p->name, p->nocase);
}

static Found pick(const Scope *s, const Pick *p, const ScopeCol **out)
{
	Found found = FOUND_NONE;
	for (uint32_t i = 0; i < s->cols.len; i++) {
		const ScopeCol *c = &s->cols.items[i];
		if (!picks(p, c))
			continue;
		if (found == FOUND_ONE && (*out)->index == c->index)
			continue;
		found = found == FOUND_NONE ? FOUND_ONE : FOUND_MANY;
		if (found == FOUND_ONE)
			*out = c;
	}
	return found;
}

static bool fail_ambiguous(const Scope *s, const Pick *p, Span span, Err *err)
{
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < s->cols.len; i++) {
		const ScopeCol *c = &s->cols.items[i];
		if (!picks(p, c))
			continue;
		strbuf_puts(&b, b.len ? ", \"" : "\"");
		if (c->table.len) {
			strbuf_put_str(&b, c->table);
			strbuf_putc(&b, '.');
		}
		strbuf_put_str(&b, c->name);
		strbuf_putc(&b, '"');
	}
	err_set_at(err, ERR_AMBIGUOUS, span, "column \"%.*s\" may be %s", STR_ARG(p->name), strbuf_cstr(&b));
	err_hint(err, p->nocase ? "Write the name in its exact case." : "Put the table's name or alias in front of it.");
	strbuf_deinit(&b);
	return false;
}

/* The readings of a path in their order: how many parts are the table's, and the column's place. */
static const struct {
	int32_t schema, table;
	uint32_t column;
} readings[] = {{-1, 0, 1}, {-1, -1, 0}, {0, 1, 2}, {1, 2, 3}};

/* The column that the path begins with; *used: parts that it took. false: ambiguous, err is set. */
static bool find_in(const Scope *s, const AstNames *path, Span span, const ScopeCol **col, uint32_t *used, Err *err)
{
	*col = NULL;
	for (int nocase = 0; nocase < 2; nocase++) {
		for (size_t r = 0; r < sizeof readings / sizeof readings[0]; r++) {
			if (readings[r].column >= path->len)
				continue;
			Pick p = {.name = path->items[readings[r].column].text, .nocase = nocase};
			if (readings[r].table >= 0)
				p.table = &path->items[readings[r].table].text;
			if (readings[r].schema >= 0)
				p.schema = &path->items[readings[r].schema].text;
			Found f = pick(s, &p, col);
			if (f == FOUND_MANY) {
				*col = NULL;
				return fail_ambiguous(s, &p, span, err);
			}
			*used = readings[r].column + 1;
			if (f == FOUND_ONE)
				return true;
		}
	}
	return true;
}

static const Expr *find_alias(const Scope *s, Str name)
{
	const Expr *nocase = NULL;
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->aliases.len; i++) {
		if (str_eq(s->aliases.items[i].name, name))
			return s->aliases.items[i].expr;
		if (str_eq_nocase(s->aliases.items[i].name, name)) {
			nocase = s->aliases.items[i].expr;
			n++;
		}
	}
	return n == 1 ? nocase : NULL;
}

/* ---- expressions ---- */

const Expr *bind_scope_column_expr(Scope *s, const ScopeCol *col, Span span)
{
	Expr *e = arena_copy(s->b->arena, expr_column(s->b->arena, col->type, col->index), sizeof(Expr));
	e->span = span;
	return e;
}

static void put_path(const AstNames *path, StrBuf *out)
{
	for (uint32_t i = 0; i < path->len; i++) {
		if (i > 0)
			strbuf_putc(out, '.');
		strbuf_put_str(out, path->items[i].text);
	}
}

static bool fail_unknown(Scope *s, const AstNames *path, Span span, Err *err)
{
	StrBuf b;
	strbuf_init(&b);
	put_path(path, &b);
	err_set_at(err, ERR_NO_SUCH_COLUMN, span, "unknown column \"%s\"", strbuf_cstr(&b));
	strbuf_clear(&b);
	Str table = path->len > 1 ? path->items[0].text : STR_EMPTY;
	Nearest near = bind_nearest(path->items[path->len > 1 ? 1 : 0].text);
	Nearest near_table = bind_nearest(table);
	bool known_table = false;
	uint32_t listed = 0;
	for (Scope *at = s; at; at = at->outer) {
		for (uint32_t i = 0; i < at->cols.len; i++) {
			const ScopeCol *c = &at->cols.items[i];
			if (c->table.len)
				bind_nearest_try(&near_table, c->table);
			if (table.len && !str_eq_nocase(c->table, table))
				continue;
			known_table = known_table || table.len;
			bind_nearest_try(&near, c->name);
			if (listed++ < 12)
				strbuf_printf(&b, "%s%.*s", b.len ? ", " : "", STR_ARG(c->name));
		}
		for (uint32_t i = 0; i < at->aliases.len; i++)
			bind_nearest_try(&near, at->aliases.items[i].name);
	}
	if (table.len && !known_table) {
		if (!bind_nearest_hint(&near_table, err))
			err_hint(err, "\"%.*s\" is neither a table nor a column in FROM.", STR_ARG(table));
	} else if (!bind_nearest_hint(&near, err) && listed > 0) {
		err_hint(err, "There are: %s%s.", strbuf_cstr(&b), listed > 12 ? ", ..." : "");
	}
	strbuf_deinit(&b);
	return false;
}

static void hint_fields(const Type *row, Err *err)
{
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < row->nfields && i < 12; i++) {
		strbuf_puts(&b, i ? ", " : "");
		print_name(row->fields[i].name, &b);
	}
	if (row->nfields > 0)
		err_hint(err, "Its fields are: %s%s.", strbuf_cstr(&b), row->nfields > 12 ? ", ..." : "");
	strbuf_deinit(&b);
}

const Expr *bind_field(Binder *b, const Expr *row, Str name, Span span, Err *err)
{
	if (row->type->kind != TYPE_ROW) {
		err_set_at(err, ERR_NO_SUCH_COLUMN, span, "\"%.*s\" is asked of a value of type %s, which has no fields",
		           STR_ARG(name), bind_type_text(b->arena, row->type));
		if (row->type->kind == TYPE_MAP)
			err_hint(err, "The value of a key is map['key'].");
		else if (row->type->kind == TYPE_JSON || type_is_text(row->type))
			err_hint(err, "JSON_VALUE(document, '$.path') reads a field of a JSON text.");
		return NULL;
	}
	const TypeField *found = NULL;
	uint32_t n = 0;
	Nearest near = bind_nearest(name);
	for (uint32_t i = 0; i < row->type->nfields; i++) {
		const TypeField *f = &row->type->fields[i];
		bind_nearest_try(&near, f->name);
		if (str_eq(f->name, name)) {
			found = f;
			n = 1;
			break;
		}
		if (str_eq_nocase(f->name, name)) {
			found = f;
			n++;
		}
	}
	if (n != 1) {
		err_set_at(err, n ? ERR_AMBIGUOUS : ERR_NO_SUCH_COLUMN, span,
		           n ? "field \"%.*s\" is ambiguous" : "unknown field \"%.*s\"", STR_ARG(name));
		if (n)
			err_hint(err, "Write the name in its exact case.");
		else if (!bind_nearest_hint(&near, err))
			hint_fields(row->type, err);
		return NULL;
	}
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 2);
	args[0] = row;
	args[1] = expr_const(b->arena, &type_string, value_str(found->name));
	return expr_call(b->arena, STR("FIELD"), args, 2, span, err);
}

static const Expr *fields(Binder *b, const Expr *e, const AstNames *path, uint32_t from, Span span, Err *err)
{
	for (uint32_t i = from; e && i < path->len; i++)
		e = bind_field(b, e, path->items[i].text, span, err);
	return e;
}

const ScopeCol *bind_scope_find(Scope *s, const AstNames *path, Err *err)
{
	const ScopeCol *col;
	uint32_t used;
	if (!find_in(s, path, bind_path_span(s->b, path), &col, &used, err))
		return NULL;
	return col && used == path->len ? col : NULL;
}

/* Whether a path that begins with a column without fields names a table's column further out: `d.id` of a subquery over
 * a table with a number "d", within a query over a table "d". */
static bool names_outer_table(const Scope *s, const AstNames *path, const ScopeCol *col, uint32_t used)
{
	if (used == path->len || col->type->kind == TYPE_ROW)
		return false;
	for (const Scope *at = s->outer; at && !s->args_only; s = at, at = at->outer) {
		const ScopeCol *outer;
		uint32_t parts;
		if (find_in(at, path, (Span){0, 0}, &outer, &parts, NULL) && outer && parts > 1)
			return true;
	}
	return false;
}

const Expr *bind_scope_path(Scope *s, const AstColumn *node, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &node->node);
	for (Scope *at = s; at; at = at->outer) {
		const ScopeCol *col;
		uint32_t used;
		if (!find_in(at, &node->path, span, &col, &used, err))
			return NULL;
		const Expr *e = NULL;
		if (col && !names_outer_table(at, &node->path, col, used)) {
			e = bind_scope_column_expr(at, col, span);
		} else if (!col && (e = find_alias(at, node->path.items[0].text))) {
			used = 1;
		} else {
			if (at->args_only)
				break;
			continue;
		}
		if (at != s && (!at->args_only || at->apply) && !(e = bind_subquery_param(at, e, span, err)))
			return NULL;
		return fields(b, e, &node->path, used, span, err);
	}
	fail_unknown(s, &node->path, span, err);
	return NULL;
}
