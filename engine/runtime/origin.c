/*
 * engine/runtime/origin.c: see origin.h.
 *
 *   LIKE t     the statements that t was made by (its own origin first), each with whether ${} is replaced in it
 *   LIKE v     CREATE TABLE v (the columns of the view v)
 *   AS query   CREATE TABLE "$as" (the columns of the query); the query becomes SELECT * FROM "$as"
 */
#include "engine/runtime/origin.h"

#define ORIGIN_QUERY "$as"

static void put_name(Str name, StrBuf *out)
{
	strbuf_putc(out, '`');
	for (uint32_t i = 0; i < name.len; i++) {
		strbuf_putc(out, name.ptr[i]);
		if (name.ptr[i] == '`')
			strbuf_putc(out, '`');
	}
	strbuf_putc(out, '`');
}

static void put_statement(Str sql, bool from_file, StrBuf *out)
{
	uint8_t file = from_file;
	codec_put_fixed(out, &file, 1);
	codec_put_blob(out, sql);
}

/* A table of these columns, without anything else. */
static void put_columns(Str name, const TableDef *t, StrBuf *out)
{
	StrBuf sql;
	strbuf_init(&sql);
	strbuf_puts(&sql, "CREATE TABLE ");
	put_name(name, &sql);
	const char *before = " (";
	for (uint32_t i = 0; i < t->ncols; i++) {
		if (t->cols[i].kind != COLUMN_PHYSICAL)
			continue;
		strbuf_puts(&sql, before);
		put_name(t->cols[i].name, &sql);
		strbuf_putc(&sql, ' ');
		type_print(t->cols[i].type, true, &sql);
		before = ", ";
	}
	strbuf_putc(&sql, ')');
	put_statement(strbuf_str(&sql), false, out);
	strbuf_deinit(&sql);
}

Str origin_of(Execute *x, const AstCreateTable *node, const TableDef *t)
{
	StrBuf out;
	strbuf_init(&out);
	if (node->query)
		put_columns(STR(ORIGIN_QUERY), t, &out);
	Err ignored = {0};
	Str like = node->like.len ? execute_path_name(&node->like) : STR_EMPTY;
	const Relation *r = like.len ? catalog_relation(x->bc.catalog, &like, 1, (Span){0}, &ignored) : NULL;
	RestoreRecord rec;
	if (r && (r->kind == REL_OWN || r->kind == REL_SOURCE) &&
	    restore_get(x->e, RECORD_OBJECT, r->name, x->arena, &rec)) {
		strbuf_put_str(&out, rec.origin);
		put_statement(rec.sql, rec.from_file, &out);
	} else if (r) {
		put_columns(r->name, r->table, &out);
	}
	Str text = arena_str(x->arena, strbuf_str(&out));
	strbuf_deinit(&out);
	return text;
}

static bool parse(Execute *x, Str sql, bool from_file, AstNode **out, Err *err)
{
	uint32_t next;
	ParserOptions po = {.expand = from_file ? &expand_environment : NULL};
	return parser_statement(x->arena, sql, 0, &po, out, &next, err);
}

/* Its parts lie in the arena of x, since what is bound over it points at them. */
static bool enter(Execute *x, CatalogEdit *ce, Str sql, bool from_file, Err *err)
{
	AstNode *stmt = NULL;
	BindContext bc = x->bc;
	bc.text = sql;
	bc.catalog = catalog_edited(ce);
	bc.notices = NULL;
	TableDef *t;
	if (!parse(x, sql, from_file, &stmt, err) || !bind_create_table(&bc, stmt, &t, err))
		return false;
	Relation *r = ARENA_NEW(x->arena, Relation);
	r->kind = t->connector.len ? REL_SOURCE : REL_OWN;
	r->schema = STR_EMPTY;
	r->name = t->name;
	r->table = t;
	r->arena = arena_open("origin", 0); /* what the catalog closes */
	catalog_put_relation(ce, r);
	return true;
}

bool origin_bind(Execute *x, Str origin, TableDef **out, Err *err)
{
	CatalogEdit *ce = catalog_edit(x->bc.catalog);
	CodecReader c = codec_reader(origin);
	bool ok = true;
	while (ok && c.at < c.end) {
		uint8_t file = 0;
		Str sql;
		ok = codec_get_fixed(&c, &file, 1) && codec_get_blob(&c, &sql)
		         ? enter(x, ce, arena_str(x->arena, sql), file != 0, err)
		         : err_set(err, ERR_STATE_CORRUPT, "a record of the catalog is damaged");
	}
	AstCreateTable *node = (AstCreateTable *)(uintptr_t)AST_CONST(AstCreateTable, x->stmt);
	const AstNode *query = node->query;
	AstNode *select = NULL;
	if (ok && query) {
		ok = parse(x, STR("SELECT * FROM `" ORIGIN_QUERY "`"), false, &select, err);
		if (ok)
			node->query = AST(AstStmtQuery, select)->query;
	}
	const Catalog *catalog = x->bc.catalog;
	x->bc.catalog = catalog_edited(ce);
	ok = ok && bind_create_table(&x->bc, x->stmt, out, err);
	x->bc.catalog = catalog;
	node->query = (AstNode *)(uintptr_t)query;
	catalog_discard(ce);
	return ok;
}
