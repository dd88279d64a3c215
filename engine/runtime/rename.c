/*
 * engine/runtime/rename.c: see rename.h.
 */
#include "engine/runtime/rename.h"

#include "engine/runtime/side.h"
#include "parser/print.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_';
}

/* "12.slices": what an operator keeps. Names of objects may have dots in them, so it is looked at closely. */
static bool of_operator(Str rest)
{
	uint32_t i = 0;
	while (i < rest.len && is_digit(rest.ptr[i]))
		i++;
	if (i == 0 || i + 1 >= rest.len || rest.ptr[i] != '.' || !is_letter(rest.ptr[i + 1]))
		return false;
	for (i++; i < rest.len; i++)
		if (!is_letter(rest.ptr[i]) && !is_digit(rest.ptr[i]))
			return false;
	return true;
}

static bool of_side(Str rest, bool *raw)
{
	*raw = str_ends(rest, STR(".raw"));
	Str what = *raw ? str_slice(rest, 0, rest.len - 4) : rest;
	return str_eq_c(what, "bad") || str_eq_c(what, "late") || str_eq_c(what, "refused");
}

/* Side tables of an object whose name looks like one of our operators: "v.1" has "v.1.bad". */
static bool of_other_side(Str rest)
{
	Str what = str_ends(rest, STR(".raw")) ? str_slice(rest, 0, rest.len - 4) : rest;
	return str_ends(what, STR(".bad")) || str_ends(what, STR(".late")) || str_ends(what, STR(".refused"));
}

/* The name that a stored table of the relation gets; ptr NULL: it is not one. */
static RenameTable table_of(const Relation *r, Str to, Str name, Arena *arena)
{
	RenameTable t = {.from = arena_str(arena, name)};
	for (uint32_t i = 0; i < r->nindexes; i++)
		if (str_eq(name, r->indexes[i].state)) {
			t.to = arena_printf(arena, "%.*s$%.*s", STR_ARG(to), STR_ARG(r->indexes[i].name));
			return t;
		}
	if (str_eq(name, r->stored.state)) {
		t.to = r->kind == REL_OWN ? arena_printf(arena, "table.%.*s", STR_ARG(to))
		                          : arena_printf(arena, "%.*s$rows", STR_ARG(to));
		t.view = to;
		return t;
	}
	Str prefix = arena_printf(arena, "%.*s.", STR_ARG(r->name));
	if (r->kind != REL_MVIEW || !str_starts(name, prefix))
		return t;
	Str rest = str_slice(name, prefix.len, name.len);
	bool raw, side = of_side(rest, &raw);
	if (!side && (!of_operator(rest) || of_other_side(rest)))
		return t;
	t.to = arena_printf(arena, "%.*s.%.*s", STR_ARG(to), STR_ARG(rest));
	if (side && !raw)
		t.view = t.to;
	return t;
}

bool rename_list(Engine *e, const Relation *r, Str to, Arena *arena, Rename *out, Err *err)
{
	*out = (Rename){.from = arena_str(arena, r->name), .to = arena_str(arena, to)};
	struct {
		RenameTable *items;
		uint32_t len, cap;
	} list = {0};
	Str *names;
	uint32_t n = store_tables(e->store, arena, &names);
	for (uint32_t i = 0; i < n; i++) {
		RenameTable t = table_of(r, out->to, names[i], arena);
		if (t.to.ptr)
			ARENA_PUSH(arena, &list, t);
	}
	for (uint32_t i = 0; i < list.len; i++)
		for (uint32_t k = 0; k < n; k++)
			if (str_eq(names[k], list.items[i].to)) {
				err_set(err, ERR_DUPLICATE_OBJECT, "the state file has a table \"%.*s\" of something else",
				        STR_ARG(names[k]));
				return err_hint(err, "Take another name.");
			}
	out->tables = list.items;
	out->n = list.len;
	return true;
}

void rename_stored(Engine *e, const Rename *r)
{
	for (int what = SIDE_BAD; what <= SIDE_REFUSED; what++)
		side_close_one(e, r->from, (SideWhat)what);
	for (uint32_t i = 0; i < r->n; i++)
		store_rename_table(e->store, r->tables[i].from, r->tables[i].to, r->tables[i].view);
	query_rename_paused(e, r->from, r->to);
	position_rename(e, r->from, r->to);
	side_rename(e, r->from, r->to);
}

bool rename_index_text(Str sql, Str index, Str on, Arena *arena, Str *out, Err *err)
{
	AstNode *node = NULL;
	uint32_t next;
	if (!parser_statement(arena, sql, 0, NULL, &node, &next, err))
		return false;
	AstCreateIndex *ci = AST(AstCreateIndex, node);
	ci->name.text = index;
	ci->path.items[ci->path.len - 1].text = on;
	StrBuf text;
	strbuf_init(&text);
	print_sql(node, NULL, &text);
	*out = arena_str(arena, strbuf_str(&text));
	strbuf_deinit(&text);
	return true;
}
