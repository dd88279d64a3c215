/*
 * engine/front/test_expect.c: EXPECT: what is there, what was expected, side by side.
 */
#include "engine/front/test_int.h"

#include <math.h>
#include <stdlib.h>

#include "engine/front/session_int.h"
#include "sql/types/packed.h"
#include "sql/types/zone.h"

/* ---- reading what is there ---- */

typedef struct Got {
	World *w;
	const Type **types;
	uint32_t ncols;
	TestRows rows;
	Err err;
} Got;

static bool got_begin(void *ctx, const PlanCol *cols, uint32_t ncols, const struct Zone *zone)
{
	(void)zone;
	Got *g = ctx;
	g->ncols = ncols;
	g->types = ARENA_ARRAY(g->w->arena, const Type *, ncols + 1);
	for (uint32_t i = 0; i < ncols; i++)
		g->types[i] = type_copy(g->w->arena, cols[i].type);
	return true;
}

static bool got_rows(void *ctx, const Batch *b, const RowKind *kinds)
{
	Got *g = ctx;
	Value *row = ARENA_ARRAY(g->w->arena, Value, g->ncols + 1);
	for (uint32_t i = 0; i < b->n; i++) {
		for (uint32_t c = 0; c < g->ncols; c++)
			row[c] = column_value(&b->cols[c], i);
		test_world_put(g->w, &g->rows, g->types, g->ncols, kinds ? kinds[i] : ROW_INSERT, 1, row);
	}
	return true;
}

static bool run_query(World *w, Str text, Got *g, Err *err)
{
	AstNode *n = NULL;
	uint32_t next;
	if (!parser_statement(w->arena, text, 0, NULL, &n, &next, err))
		return false;
	Results results = {.ctx = g, .begin = got_begin, .rows = got_rows};
	return session_statement(w->session, n, text, NULL, NULL, 0, &results, err);
}

static Str path_text(World *w, const AstNames *path, const char *side)
{
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < path->len; i++)
		strbuf_printf(&b, "%s`%.*s`", i ? "." : "", STR_ARG(path->items[i].text));
	if (side)
		strbuf_printf(&b, ".`%s`", side);
	Str s = arena_str(w->arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return s;
}

/* The table of a view, sink or query as it is now. */
static bool read_target(World *w, const AstExpect *x, Got *g, Err *err)
{
	g->w = w;
	if (x->query) {
		Str q = str_make(w->text.ptr + x->query->span.begin, x->query->span.end - x->query->span.begin);
		return run_query(w, arena_str(w->arena, q), g, err);
	}
	if (x->path.len == 1) {
		TestSink *s = test_world_find_sink(w, x->path.items[0].text);
		if (s) {
			g->types = s->types;
			g->ncols = s->ncols;
			g->rows.items = arena_copy(w->arena, s->rows.items, s->rows.len * sizeof *s->rows.items);
			g->rows.len = g->rows.cap = s->rows.len;
			return true;
		}
	}
	const char *side = x->what == AST_EXPECT_LATE      ? "late"
	                   : x->what == AST_EXPECT_BAD     ? "bad"
	                   : x->what == AST_EXPECT_REFUSED ? "refused"
	                                                   : NULL;
	Str from = path_text(w, &x->path, side);
	const char *cols = x->what == AST_EXPECT_LATE || x->what == AST_EXPECT_REFUSED ? "`row`"
	                   : x->what == AST_EXPECT_BAD ? "CAST(`value` AS STRING), field, code"
	                                               : "*";
	const char *order = side ? " ORDER BY seq" : "";
	return run_query(w, arena_printf(w->arena, "SELECT %s FROM %.*s%s", cols, STR_ARG(from), order), g, err);
}

/* ---- comparing ---- */

static bool close_enough(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) && isnan(b);
	if (isinf(a) || isinf(b))
		return a == b;
	double scale = fabs(a) > fabs(b) ? fabs(a) : fabs(b);
	return fabs(a - b) <= 1e-9 * (scale > 1 ? scale : 1);
}

static bool same_value(const Type *type, Value a, Value b)
{
	if (!a.null && !b.null && type_is_approx(type))
		return close_enough(a.f, b.f);
	return value_equal(type, a, b);
}

static bool same_row(const Got *g, const TestRow *a, const TestRow *b, bool kinds)
{
	if (kinds && a->kind != b->kind)
		return false;
	for (uint32_t i = 0; i < g->ncols; i++)
		if (!same_value(g->types[i], a->values[i], b->values[i]))
			return false;
	return true;
}

/* As a row is written in the script: instants in the session's zone. */
static void print_row(const Got *g, const TestRow *r, bool kinds, bool weights, StrBuf *out)
{
	const Zone *zone = zone_find(settings_str(session_settings(g->w->session), "table.local-time-zone"), NULL);
	if (kinds)
		strbuf_puts(out, chunk_kind_name(r->kind));
	else if (weights)
		strbuf_printf(out, "%+lld", (long long)r->weight);
	strbuf_putc(out, '(');
	for (uint32_t i = 0; i < g->ncols; i++) {
		strbuf_puts(out, i ? ", " : "");
		if (r->values[i].null)
			strbuf_puts(out, "NULL");
		else
			value_print(g->types[i], r->values[i], VALUE_SQL, zone, out);
	}
	strbuf_putc(out, ')');
}

static void print_difference(World *w, const AstExpect *x, const Got *g, const TestRows *want, const TestRows *got,
                             bool kinds, bool weights)
{
	test_script_fail(w, x->node.span, "expected %u row%s, got %u:", want->len, want->len == 1 ? "" : "s", got->len);
	uint32_t n = want->len > got->len ? want->len : got->len;
	for (uint32_t i = 0; i < n && i < 40; i++) {
		StrBuf a, b;
		strbuf_init(&a);
		strbuf_init(&b);
		if (i < want->len)
			print_row(g, &want->items[i], kinds, weights, &a);
		if (i < got->len)
			print_row(g, &got->items[i], kinds, weights, &b);
		bool same = i < want->len && i < got->len && same_row(g, &want->items[i], &got->items[i], kinds) &&
		            (!weights || want->items[i].weight == got->items[i].weight);
		strbuf_printf(w->report, "    %s %-40s | %s\n", same ? " " : "!", strbuf_cstr(&a), strbuf_cstr(&b));
		strbuf_deinit(&a);
		strbuf_deinit(&b);
	}
}

static const Got *sorting;

static int compare_rows(const void *a, const void *b)
{
	const TestRow *x = a, *y = b;
	for (uint32_t i = 0; i < sorting->ncols; i++) {
		int c = value_compare(sorting->types[i], x->values[i], y->values[i]);
		if (c)
			return c;
	}
	return 0;
}

static void sort_rows(const Got *g, TestRows *rows)
{
	sorting = g;
	if (rows->len > 1)
		qsort(rows->items, rows->len, sizeof *rows->items, compare_rows);
}

static bool equal_rows(const Got *g, const TestRows *a, const TestRows *b, bool kinds, bool weights)
{
	if (a->len != b->len)
		return false;
	for (uint32_t i = 0; i < a->len; i++)
		if (!same_row(g, &a->items[i], &b->items[i], kinds) || (weights && a->items[i].weight != b->items[i].weight))
			return false;
	return true;
}

/* The output of a statement as text: a line per row, " | " between columns. */
static void expect_like(World *w, const AstExpect *x, const Got *g)
{
	StrBuf text;
	strbuf_init(&text);
	for (uint32_t r = 0; r < g->rows.len; r++) {
		for (uint32_t c = 0; c < g->ncols; c++) {
			strbuf_puts(&text, c ? " | " : "");
			if (!g->rows.items[r].values[c].null)
				value_print(g->types[c], g->rows.items[r].values[c], VALUE_PG, NULL, &text);
		}
		strbuf_putc(&text, '\n');
	}
	if (test_script_like(x->like->value, strbuf_str(&text)) == x->not_like)
		test_script_fail(w, x->node.span, "expected output %slike '%.*s', but got:\n%s", x->not_like ? "not " : "",
		                 STR_ARG(x->like->value), strbuf_cstr(&text));
	strbuf_deinit(&text);
}

static bool bind_rows(World *w, const AstExpect *x, const Got *g, TestRows *out, Err *err)
{
	BindContext bc;
	Catalog *c = engine_catalog(w->engine);
	session_bind_context(w->session, c, w->arena, w->text, NULL, &bc);
	bool ok = true;
	Value *row = ARENA_ARRAY(w->arena, Value, g->ncols + 1);
	const Type **nullable = ARENA_ARRAY(w->arena, const Type *, g->ncols + 1);
	for (uint32_t i = 0; i < g->ncols; i++)
		nullable[i] = type_with_null(w->arena, g->types[i], true);
	for (uint32_t i = 0; ok && i < x->rows.len; i++) {
		const AstExpectRow *r = AST_CONST(AstExpectRow, x->rows.items[i]);
		ok = bind_const_row(&bc, r->row, nullable, g->ncols, row, err);
		if (ok)
			test_world_put(w, out, g->types, g->ncols, (RowKind)r->kind, r->weight, row);
	}
	catalog_unref(c);
	return ok;
}

/* Net difference of two multisets, as weighted rows; sorts both. */
static void difference(World *w, const Got *g, TestRows *before, TestRows *now, TestRows *out)
{
	sort_rows(g, before);
	sort_rows(g, now);
	uint32_t i = 0, k = 0;
	sorting = g;
	while (i < before->len || k < now->len) {
		int c = i == before->len ? 1 : k == now->len ? -1 : compare_rows(&before->items[i], &now->items[k]);
		if (c == 0) {
			i++;
			k++;
			continue;
		}
		const TestRow *r = c < 0 ? &before->items[i++] : &now->items[k++];
		int64_t weight = c < 0 ? -1 : 1;
		if (out->len && compare_rows(&out->items[out->len - 1], r) == 0) {
			out->items[out->len - 1].weight += weight;
			continue;
		}
		TestRow row = {ROW_INSERT, weight, r->values};
		ARENA_PUSH(w->arena, out, row);
	}
}

static bool expect_changes(World *w, const AstExpect *x, Got *g, Err *err)
{
	Str name = x->path.items[x->path.len - 1].text;
	TestBefore *b = w->before;
	while (b && !str_eq_nocase(b->name, name))
		b = b->next;
	if (!b) {
		b = ARENA_NEW(w->arena, TestBefore);
		b->name = arena_str(w->arena, name);
		b->next = w->before;
		w->before = b;
	}
	TestRows changes = {0}, want = {0}, want_net = {0};
	difference(w, g, &b->rows, &g->rows, &changes);
	b->rows = g->rows;
	if (!bind_rows(w, x, g, &want, err))
		return false;
	sort_rows(g, &want);
	sorting = g;
	for (uint32_t i = 0; i < want.len; i++) {
		if (want_net.len && compare_rows(&want_net.items[want_net.len - 1], &want.items[i]) == 0)
			want_net.items[want_net.len - 1].weight += want.items[i].weight;
		else
			ARENA_PUSH(w->arena, &want_net, want.items[i]);
	}
	if (!equal_rows(g, &want_net, &changes, false, true))
		print_difference(w, x, g, &want_net, &changes, false, true);
	return true;
}

static bool drain_follow(World *w, TestFollow *f, Got *g, Err *err)
{
	const Plan *root = f->plan->root;
	g->ncols = root->ncols;
	g->types = ARENA_ARRAY(w->arena, const Type *, root->ncols + 1);
	for (uint32_t i = 0; i < root->ncols; i++)
		g->types[i] = type_copy(w->arena, root->cols[i].type);
	Value *row = ARENA_ARRAY(w->arena, Value, root->ncols + 1);
	for (;;) {
		Str chunk;
		bool ended, damaged = false;
		Err why = {0};
		if (!follow_next(f->follower, 0, &chunk, &ended, &why)) {
			if (why.code)
				*err = why;
			return !why.code;
		}
		ChunkReader r;
		RowKind kind;
		if (chunk_open(&r, chunk, g->types, g->ncols))
			while (chunk_next(&r, &kind, row, &damaged))
				test_world_put(w, &g->rows, g->types, g->ncols, kind, 1, row);
		mem_free((void *)(uintptr_t)chunk.ptr);
	}
}

static bool expect_changelog(World *w, const AstExpect *x, Err *err)
{
	Str name = x->path.items[x->path.len - 1].text;
	Got g = {.w = w};
	TestSink *s = test_world_find_sink(w, name);
	if (s) {
		g.types = s->types;
		g.ncols = s->ncols;
		g.rows = s->log;
		s->log = (TestRows){0};
	} else {
		TestFollow *f = w->follows;
		while (f && !str_eq_nocase(f->name, name))
			f = f->next;
		if (!f || !f->follower)
			return err_set_at(err, ERR_NO_SUCH_OBJECT, x->node.span, "no view or sink \"%.*s\"", STR_ARG(name));
		if (!drain_follow(w, f, &g, err))
			return false;
	}
	TestRows want = {0};
	if (!bind_rows(w, x, &g, &want, err))
		return false;
	if (!equal_rows(&g, &want, &g.rows, true, false))
		print_difference(w, x, &g, &want, &g.rows, true, false);
	return true;
}

/* Late and refused rows are JSON objects: their values in order are compared as text; an expected row may be shorter.
 */
static bool expect_json_rows(World *w, const AstExpect *x, Got *g, Err *err)
{
	(void)err;
	bool same = x->rows.len == g->rows.len;
	for (uint32_t i = 0; same && i < x->rows.len; i++) {
		const AstNode *row = AST_CONST(AstExpectRow, x->rows.items[i])->row;
		const AstList *cells = &AST_CONST(AstItems, row)->items;
		Str json = g->rows.items[i].values[0].s;
		uint32_t at = 0;
		for (uint32_t c = 0; same && c < cells->len; c++) {
			/* the c-th value: after the c-th colon at depth 1 */
			int64_t colon = str_find(json, STR(":"), at);
			same = colon >= 0;
			if (!same)
				break;
			uint32_t from = (uint32_t)colon + 1, to = from;
			bool quoted = from < json.len && json.ptr[from] == '"';
			while (to < json.len &&
			       (quoted ? to == from || json.ptr[to] != '"' : json.ptr[to] != ',' && json.ptr[to] != '}'))
				to++;
			Str text = quoted ? str_make(json.ptr + from + 1, to - from - 1) : str_make(json.ptr + from, to - from);
			at = to + 1;
			Str want = STR("null");
			const AstNode *cell = cells->items[c];
			if (cell->kind == AST_LITERAL && AST_CONST(AstLiteral, cell)->kind != AST_LIT_NULL)
				want = AST_CONST(AstLiteral, cell)->value;
			else if (cell->kind != AST_LITERAL)
				want = str_make(w->text.ptr + cell->span.begin, cell->span.end - cell->span.begin);
			same = str_eq(text, want) || str_starts(text, want);
		}
	}
	if (!same) {
		test_script_fail(w, x->node.span, "expected %u rows, got %u:", x->rows.len, g->rows.len);
		for (uint32_t i = 0; i < g->rows.len && i < 40; i++)
			strbuf_printf(w->report, "    %.*s\n", STR_ARG(g->rows.items[i].values[0].s));
	}
	return true;
}

bool test_expect(World *w, const AstExpect *x)
{
	Err err = {0};
	Got g = {.w = w};
	bool ok;
	if (x->what == AST_EXPECT_CHANGELOG) {
		ok = expect_changelog(w, x, &err);
	} else {
		ok = read_target(w, x, &g, &err);
		TestRows want = {0};
		if (ok && x->what == AST_EXPECT_CHANGES) {
			ok = expect_changes(w, x, &g, &err);
		} else if (ok && (x->what == AST_EXPECT_LATE || x->what == AST_EXPECT_REFUSED)) {
			ok = expect_json_rows(w, x, &g, &err);
		} else if (ok && x->like) {
			/* what WHY says of rows and sources begins anew with the engine */
			if (w->restart == TEST_NO_RESTART || !x->query || x->query->kind != AST_WHY)
				expect_like(w, x, &g);
		} else if (ok) {
			ok = bind_rows(w, x, &g, &want, &err);
			if (ok && !x->ordered) {
				sort_rows(&g, &want);
				sort_rows(&g, &g.rows);
			}
			if (ok && !equal_rows(&g, &want, &g.rows, false, false))
				print_difference(w, x, &g, &want, &g.rows, false, false);
		}
	}
	if (!ok)
		test_script_fail(w, err.span.end && !x->query ? err.span : x->node.span, "ERROR W%04d: %s %s", (int)err.code,
		                 err.message, err.hint);
	return ok && !w->failed;
}
