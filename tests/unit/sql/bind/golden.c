/*
 * tests/unit/sql/bind/golden.c: runs the files *.txt beside it: statements, and the plan, definition or error that each
 * gives.
 *
 *     ## what is tested
 *     SELECT a FROM t;
 *     --
 *     Result
 *       ...
 *
 * The statements of one file share a catalog; `SET 'k'='v'` and RESET hold for those behind it. Plans are printed as
 * the binder made them, before the rewrites of sql/plan. `golden --update` writes what came out into the files.
 */
#include "sql/bind/bind.h"

#include <dirent.h>

#include "sql/types/zone.h"
#include "tests/support/check.h"
#include "tests/support/plan_print.h"

static const char *const golden_folder = "tests/unit/sql/bind";

typedef struct Golden {
	Catalog *catalog;
	Settings *settings;
	bool for_test;
	StrBuf out;
} Golden;

/* ---- what connectors would say ---- */

static bool is(Str s, const char *name)
{
	return str_eq_c(s, name);
}

static bool sink_accepts(const TableDef *t, unsigned *accepts, Err *err)
{
	Str c = t->connector;
	if (is(c, "datagen"))
		return err_set(err, ERR_WRONG_OBJECT, "table \"%.*s\" cannot be written: its connector only reads",
		               STR_ARG(t->name));
	*accepts = 1;
	if (is(c, "print") || is(c, "blackhole") || is(c, "test"))
		*accepts = 7;
	if (is(c, "upsert-kafka") || (is(c, "jdbc") && t->nkey))
		*accepts = 3;
	if (is(options_get(&t->options, "format"), "debezium-json"))
		*accepts = 5;
	return true;
}

static bool source_facts(const TableDef *t, bool *readable, bool *bounded, bool *changelog, Err *err)
{
	(void)err;
	Str c = t->connector;
	*readable = !is(c, "print") && !is(c, "blackhole");
	*bounded = is(c, "filesystem") || is(c, "jdbc") || options_has(&t->options, "number-of-rows") ||
	           options_has(&t->options, "scan.bounded.mode");
	*changelog = is(c, "upsert-kafka") || is(options_get(&t->options, "format"), "debezium-json");
	return true;
}

/* ---- what each statement gives ---- */

static void put_table(Golden *g, const char *what, const TableDef *t)
{
	StrBuf *o = &g->out;
	strbuf_printf(o, "%s %.*s%s%.*s\n", what, STR_ARG(t->name), t->connector.len ? " connector " : "",
	              STR_ARG(t->connector));
	for (uint32_t i = 0; i < t->ncols; i++) {
		const ColumnDef *c = &t->cols[i];
		strbuf_printf(o, "  %.*s ", STR_ARG(c->name));
		type_print(c->type, true, o);
		if (c->time != TIME_NONE)
			strbuf_puts(o, c->time == TIME_ROWTIME ? " *ROWTIME*" : " *PROCTIME*");
		if (c->kind == COLUMN_METADATA)
			strbuf_printf(o, " METADATA %.*s%s", STR_ARG(c->metadata_key), c->is_virtual ? " VIRTUAL" : "");
		if (c->kind == COLUMN_COMPUTED) {
			strbuf_puts(o, " AS ");
			expr_print(c->computed, NULL, o);
		}
		strbuf_putc(o, '\n');
	}
	for (uint32_t i = 0; i < t->nkey; i++)
		strbuf_printf(o, "%s$%u%s", i ? ", " : "  key ", t->key[i], i + 1 == t->nkey ? "\n" : "");
	if (t->watermark) {
		strbuf_printf(o, "  watermark $%d: ", t->watermark_col);
		expr_print(t->watermark, NULL, o);
		strbuf_putc(o, '\n');
	}
	for (uint32_t i = 0; i < t->npartitioned_by; i++)
		strbuf_printf(o, "  partitioned by $%u\n", t->partitioned_by[i]);
	for (uint32_t i = 0; i < t->options.len; i++)
		strbuf_printf(o, "  '%.*s'='%.*s'\n", STR_ARG(t->options.items[i].key), STR_ARG(t->options.items[i].value));
}

static void put_uses(Golden *g, const Str *uses, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		strbuf_printf(&g->out, "%s%.*s%s", i ? ", " : "uses ", STR_ARG(uses[i]), i + 1 == n ? "\n" : "");
}

static void put_query(Golden *g, const PlanQuery *q)
{
	plan_print(q->root, &g->out);
	for (uint32_t i = 0; i < q->nclient_params; i++) {
		strbuf_printf(&g->out, "$%u ", i + 1);
		type_print(q->param_types[i], false, &g->out);
		strbuf_putc(&g->out, '\n');
	}
}

static void publish(Golden *g, CatalogEdit *e)
{
	Catalog *next = catalog_publish(e);
	catalog_unref(g->catalog);
	g->catalog = next;
}

static void keep(Golden *g, Relation *r, Arena *arena)
{
	CatalogEdit *e = catalog_edit(g->catalog);
	r->arena = arena;
	catalog_put_relation(e, r);
	publish(g, e);
}

static bool run_create_table(Golden *g, BindContext *bc, const AstNode *stmt, bool *kept, Err *err)
{
	TableDef *t;
	if (!bind_create_table(bc, stmt, &t, err))
		return false;
	put_table(g, t->connector.len ? "source" : "own table", t);
	Relation *r = ARENA_NEW(bc->arena, Relation);
	r->kind = t->connector.len ? REL_SOURCE : REL_OWN;
	r->schema = STR_EMPTY;
	r->name = t->name;
	r->table = t;
	if (r->kind == REL_OWN) {
		r->stored.kind = t->nkey ? STORED_BY_KEY : STORED_BY_HASH;
		r->stored.key = t->key;
		r->stored.nkey = t->nkey;
	}
	keep(g, r, bc->arena);
	*kept = true;
	return true;
}

static bool run_create_view(Golden *g, BindContext *bc, const AstNode *stmt, bool *kept, Err *err)
{
	Relation *r = ARENA_NEW(bc->arena, Relation);
	if (AST_CONST(AstCreateView, stmt)->materialized) {
		if (!bind_create_mview(bc, stmt, r, err))
			return false;
		put_query(g, r->plan);
		put_uses(g, r->plan->uses, r->plan->nuses);
	} else {
		TableDef *t;
		if (!bind_create_view(bc, stmt, &t, err))
			return false;
		put_table(g, "view", t);
		put_uses(g, t->uses, t->nuses);
		r->kind = REL_VIEW;
		r->schema = STR_EMPTY;
		r->name = t->name;
		r->table = t;
		r->query_sql = t->view_sql;
	}
	keep(g, r, bc->arena);
	*kept = true;
	return true;
}

static bool run_create_function(Golden *g, BindContext *bc, const AstNode *stmt, bool *kept, Err *err)
{
	FunctionDef *f = ARENA_NEW(bc->arena, FunctionDef);
	if (!bind_create_function(bc, stmt, f, err))
		return false;
	strbuf_printf(&g->out, "function %.*s: %.*s\n", STR_ARG(f->name), STR_ARG(f->body_sql));
	CatalogEdit *e = catalog_edit(g->catalog);
	f->arena = bc->arena;
	catalog_put_function(e, f);
	publish(g, e);
	*kept = true;
	return true;
}

static bool run_set(Golden *g, const AstSet *set, Err *err)
{
	bool no_effect;
	if (set->node.kind == AST_RESET)
		return settings_reset(g->settings, set->key ? set->key->value : STR_EMPTY, err);
	if (!set->key || set->values.len == 0)
		return err_set(err, ERR_INTERNAL, "the golden harness knows SET 'k'='v'");
	if (str_eq_c(set->key->value, "test")) {
		g->for_test = true;
		return true;
	}
	return settings_set(g->settings, set->key->value, AST_CONST(AstLiteral, set->values.items[0])->value, &no_effect,
	                    err);
}

static bool run(Golden *g, BindContext *bc, const AstNode *stmt, bool *kept, Err *err)
{
	PlanQuery *q = NULL;
	const Relation *rel = NULL;
	bool continuous = false, ok;
	switch (stmt->kind) {
	case AST_CREATE_TABLE: return run_create_table(g, bc, stmt, kept, err);
	case AST_CREATE_VIEW: return run_create_view(g, bc, stmt, kept, err);
	case AST_CREATE_FUNCTION: return run_create_function(g, bc, stmt, kept, err);
	case AST_SET:
	case AST_RESET: return run_set(g, AST_CONST(AstSet, stmt), err);
	case AST_STMT_QUERY: {
		const AstNode *query = AST_CONST(AstStmtQuery, stmt)->query;
		ok = bind_select(bc, query, AST_CONST(AstQuery, query)->emit != AST_EMIT_UNSPECIFIED, &q, err);
		break;
	}
	case AST_INSERT:
		ok = bind_insert(bc, stmt, &q, &rel, &continuous, err);
		if (ok)
			strbuf_printf(&g->out, "%s into %.*s\n", continuous ? "continuous" : "once", STR_ARG(rel->name));
		break;
	case AST_UPDATE: ok = bind_update(bc, stmt, &q, &rel, err); break;
	case AST_DELETE: ok = bind_delete(bc, stmt, &q, &rel, err); break;
	case AST_CREATE_INDEX: {
		IndexDef d = {0};
		ok = bind_create_index(bc, stmt, &rel, &d, err);
		if (ok)
			strbuf_printf(&g->out, "index %.*s on %.*s, %u columns\n", STR_ARG(d.name), STR_ARG(rel->name), d.ncols);
		break;
	}
	default: return err_set(err, ERR_INTERNAL, "the golden harness has no case for %s", ast_kind_name(stmt->kind));
	}
	if (ok && q)
		put_query(g, q);
	return ok;
}

static void run_text(Golden *g, Str text)
{
	uint32_t at = 0;
	for (;;) {
		Arena *arena = arena_open("golden", 0);
		StrBuf notices;
		strbuf_init(&notices);
		Str copy = arena_str(arena, text);
		AstNode *stmt = NULL;
		Err err = {0};
		bool kept = false;
		bool ok = parser_statement(arena, copy, at, NULL, &stmt, &at, &err);
		BindContext bc = {
		    .arena = arena, .catalog = g->catalog, .settings = g->settings, .text = copy, .notices = &notices};
		bc.sink_accepts = sink_accepts;
		bc.source_facts = source_facts;
		bc.for_test = g->for_test;
		bc.unfinished = true;
		bc.env.zone = zone_find(settings_str(g->settings, "table.local-time-zone"), NULL);
		bc.env.watermark_us = INT64_MIN;
		if (ok && stmt)
			ok = run(g, &bc, stmt, &kept, &err);
		if (notices.len)
			strbuf_printf(&g->out, "NOTICE %s", strbuf_cstr(&notices));
		if (!ok)
			err_print(&err, NULL, 1, copy.ptr, copy.len, &g->out);
		strbuf_deinit(&notices);
		if (!kept)
			arena_close(arena);
		if (!stmt && ok)
			return;
	}
}

/* ---- files ---- */

static bool read_file(const char *path, StrBuf *out)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	char buf[65536];
	size_t n;
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		strbuf_put(out, buf, n);
	fclose(f);
	return true;
}

static void write_file(const char *path, Str text)
{
	FILE *f = fopen(path, "wb");
	REQUIRE(f != NULL);
	REQUIRE(fwrite(text.ptr, 1, text.len, f) == text.len);
	REQUIRE(fclose(f) == 0);
}

/* Cuts one case off: its text up to the line "--", and what is expected up to the next "## ". */
static bool next_case(Str *rest, Str *head, Str *sql, Str *want)
{
	if (rest->len == 0)
		return false;
	int64_t nl = str_find(*rest, STR("\n"), 0), end = str_find(*rest, STR("\n## "), 0);
	Str whole = end < 0 ? *rest : str_slice(*rest, 0, (uint32_t)end + 1);
	*rest = end < 0 ? STR_EMPTY : str_slice(*rest, (uint32_t)end + 1, rest->len);
	*head = str_slice(whole, 0, (uint32_t)nl);
	int64_t mark = str_find(whole, STR("\n--\n"), 0);
	REQUIRE(nl >= 0);
	*sql = str_trim(mark < 0 ? str_slice(whole, (uint32_t)nl, whole.len)
	                         : str_slice(whole, (uint32_t)nl, (uint32_t)(mark - nl)));
	*want = mark < 0 ? STR_EMPTY : str_trim(str_slice(whole, (uint32_t)mark + 4, whole.len));
	return true;
}

static uint32_t run_file(const char *name, bool update)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", golden_folder, name);
	StrBuf file, fresh;
	strbuf_init(&file);
	strbuf_init(&fresh);
	REQUIRE(read_file(path, &file));
	Golden g = {.catalog = catalog_new(), .settings = settings_new()};
	Str rest = strbuf_str(&file), head, sql, want;
	int64_t first = str_starts(rest, STR("## ")) ? 0 : str_find(rest, STR("\n## "), 0) + 1;
	strbuf_put_str(&fresh, str_slice(rest, 0, (uint32_t)first));
	rest = str_slice(rest, (uint32_t)first, rest.len);
	uint32_t cases = 0;
	while (next_case(&rest, &head, &sql, &want)) {
		strbuf_init(&g.out);
		run_text(&g, sql);
		Str got = str_trim(strbuf_str(&g.out));
		strbuf_printf(&fresh, "%.*s\n%.*s\n--\n%.*s\n%s", STR_ARG(head), STR_ARG(sql), STR_ARG(got),
		              rest.len ? "\n" : "");
		if (!update && !str_eq(got, want)) {
			check_report(false, path, 0, "the case below");
			fprintf(stderr, "%.*s\n---- got\n%.*s\n---- want\n%.*s\n", STR_ARG(head), STR_ARG(got), STR_ARG(want));
		}
		strbuf_deinit(&g.out);
		cases++;
	}
	if (update)
		write_file(path, strbuf_str(&fresh));
	strbuf_deinit(&file);
	strbuf_deinit(&fresh);
	catalog_unref(g.catalog);
	settings_free(g.settings);
	return cases;
}

int main(int argc, char **argv)
{
	bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	struct dirent **names;
	int n = scandir(golden_folder, &names, NULL, alphasort);
	uint32_t cases = 0, files = 0;
	for (int i = 0; i < n; i++) {
		const char *dot = strrchr(names[i]->d_name, '.');
		bool wanted = dot && strcmp(dot, ".txt") == 0;
		bool named = argc <= (update ? 2 : 1);
		for (int a = update ? 2 : 1; a < argc; a++)
			named = named || strstr(names[i]->d_name, argv[a]) != NULL;
		wanted = wanted && named;
		if (wanted) {
			cases += run_file(names[i]->d_name, update);
			files++;
		}
		free(names[i]);
	}
	if (n > 0)
		free(names);
	printf("%u cases in %u files, %d failed\n", cases, files, check_failed);
	return check_failed > 0 || cases == 0;
}
