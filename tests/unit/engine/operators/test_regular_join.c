/*
 * Continuous joins and set operations against nested loops over single values: random rows come and go on both sides,
 * in steps of any size, with restarts. What comes out, line by line, does not depend on either.
 *
 * timeout: 240
 */
#include "tests/support/check.h"
#include "tests/support/op_harness.h"

typedef struct Row {
	int k, v; /* k 0: NULL */
	bool alive;
} Row;

typedef struct Side {
	Row *rows;
	int n;
} Side;

enum { ROWS = 80 };

static uint64_t random_state;

static int random_below(int n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((random_state >> 33) % (uint64_t)n);
}

static void put_event(OpHarness *h, const Plan *scan, int weight, const Row *r)
{
	if (r->k)
		op_rowf(h, scan, weight, "%d|%d", r->k, r->v);
	else
		op_rowf(h, scan, weight, "NULL|%d", r->v);
}

static void change_side(OpHarness *h, const Plan *scan, Side *s, int keys, bool deletes)
{
	if (deletes && s->n && random_below(3) == 0) {
		Row *r = &s->rows[random_below(s->n)];
		if (r->alive) {
			r->alive = false;
			put_event(h, scan, -1, r);
		}
		return;
	}
	s->rows[s->n] = (Row){random_below(keys), random_below(5), true};
	put_event(h, scan, 1, &s->rows[s->n++]);
}

/* ---- the answer ---- */

typedef struct Line {
	int cells[4]; /* -1: NULL */
	int n;
} Line;

static Line lines[ROWS * ROWS * 2];
static int nlines;

static void put_line(const Row *l, const Row *r, bool both)
{
	Line x = {{-1, -1, -1, -1}, both ? 4 : 2};
	if (l) {
		x.cells[0] = l->k ? l->k : -1;
		x.cells[1] = l->v;
	}
	if (r) {
		x.cells[2] = r->k ? r->k : -1;
		x.cells[3] = r->v;
	}
	lines[nlines++] = x;
}

/* keyed: equal keys; residual: l.v < r.v; null_equal: NULL = NULL. */
static void naive_join(const Side *l, const Side *r, JoinKind kind, bool keyed, bool residual, bool null_equal)
{
	bool used[ROWS] = {false};
	nlines = 0;
	for (int i = 0; i < l->n; i++) {
		const Row *a = &l->rows[i];
		if (!a->alive)
			continue;
		bool any = false;
		for (int j = 0; j < r->n; j++) {
			const Row *b = &r->rows[j];
			if (!b->alive || (keyed && (a->k != b->k || (!a->k && !null_equal))) || (residual && a->v >= b->v))
				continue;
			any = used[j] = true;
			if (kind != JOIN_SEMI && kind != JOIN_ANTI)
				put_line(a, b, true);
		}
		if (!any && (kind == JOIN_LEFT || kind == JOIN_FULL))
			put_line(a, NULL, true);
		if ((any && kind == JOIN_SEMI) || (!any && kind == JOIN_ANTI))
			put_line(a, NULL, false);
	}
	for (int j = 0; j < r->n; j++)
		if (r->rows[j].alive && !used[j] && (kind == JOIN_RIGHT || kind == JOIN_FULL))
			put_line(NULL, &r->rows[j], true);
}

static void print_line(const Line *x, int copies, StrBuf *out)
{
	strbuf_puts(out, "(");
	for (int i = 0; i < x->n; i++) {
		strbuf_puts(out, i ? ", " : "");
		if (x->cells[i] < 0)
			strbuf_puts(out, "NULL");
		else
			strbuf_printf(out, "%d", x->cells[i]);
	}
	strbuf_printf(out, ") x%d\n", copies);
}

static void naive_table(OpHarness *h, StrBuf *want)
{
	StrBuf text;
	strbuf_init(&text);
	strbuf_puts(&text, "");
	for (int i = 0; i < nlines; i++) {
		int copies = 0;
		bool first = true;
		for (int k = 0; k < nlines; k++) {
			bool same = memcmp(lines[i].cells, lines[k].cells, sizeof lines[i].cells) == 0;
			copies += same;
			first = first && !(same && k < i);
		}
		if (first)
			print_line(&lines[i], copies, &text);
	}
	strbuf_puts(want, op_sorted(h, strbuf_cstr(&text)));
	strbuf_deinit(&text);
}

/* ---- tests ---- */

static void play_and_compare(OpHarness *h, const Plan *join, const char *want, uint32_t seed)
{
	static const struct {
		uint32_t rows, restart;
	} ways[] = {{1, 0}, {7, 0}, {4096, 0}, {1, 5}, {7, 1}};
	char *first = NULL;
	for (size_t i = 0; i < sizeof ways / sizeof *ways && !check_failed; i++) {
		const char *out = op_play(h, join, ways[i].rows, ways[i].restart);
		REQUIRE(out);
		if (!first)
			first = mem_cstr(str_from(out));
		else
			CHECK_STR(out, first);
		CHECK_STR(op_table(h), want);
		if (check_failed)
			fprintf(stderr, "    seed %u, %u rows a step\n", seed, ways[i].rows);
	}
	mem_free(first);
}

static void play_random(uint32_t seed)
{
	static bool null_equal[1] = {true};
	OpHarness *h = op_new();
	random_state = (uint64_t)seed;
	bool deletes = random_below(4) != 0;
	Plan *l = op_scan(h, "k BIGINT, v BIGINT"), *r = op_scan(h, "k BIGINT, v BIGINT");
	if (!deletes) {
		op_append(l);
		op_append(r);
	}
	Row lr[ROWS], rr[ROWS];
	Side ls = {lr, 0}, rs = {rr, 0};
	int keys = 1 + random_below(6), events = random_below(ROWS);
	for (int i = 0; i < events; i++) {
		bool left = random_below(2);
		change_side(h, left ? l : r, left ? &ls : &rs, keys, deletes);
	}
	bool keyed = random_below(4) != 0, residual = random_below(2), nulls = keyed && random_below(3) == 0;
	JoinKind kind = (JoinKind)random_below(6);
	const Expr *less =
	    op_call2(h, "<", expr_column(op_arena(h), l->cols[1].type, 1), expr_column(op_arena(h), r->cols[1].type, 3));
	Plan *join = op_join(h, l, r, kind, keyed ? "0" : "", keyed ? "0" : "", residual ? less : NULL);
	join->append_only = !deletes && (kind == JOIN_INNER || kind == JOIN_SEMI);
	if (nulls)
		join->join.null_equal = null_equal;
	StrBuf want;
	strbuf_init(&want);
	strbuf_puts(&want, "");
	naive_join(&ls, &rs, kind, keyed, residual, nulls);
	naive_table(h, &want);
	play_and_compare(h, join, strbuf_cstr(&want), seed);
	strbuf_deinit(&want);
	op_free(h);
}

TEST(random_changes_on_both_sides)
{
	for (uint32_t seed = 1; seed <= op_rounds(200) && !check_failed; seed++)
		play_random(seed);
}

/* Both sides are the same stream: each row meets itself. */
TEST(a_stream_joined_with_itself)
{
	for (uint32_t seed = 1; seed <= op_rounds(40) && !check_failed; seed++) {
		OpHarness *h = op_new();
		random_state = (uint64_t)seed;
		Plan *in = op_scan(h, "k BIGINT, v BIGINT");
		Row rows[ROWS];
		Side s = {rows, 0};
		for (int i = 0; i < 40; i++)
			change_side(h, in, &s, 4, true);
		bool residual = random_below(2);
		JoinKind kind = (JoinKind)random_below(6);
		const Expr *less =
		    op_call2(h, "<", expr_column(op_arena(h), &type_bigint, 1), expr_column(op_arena(h), &type_bigint, 3));
		Plan *join = op_join(h, in, in, kind, "0", "0", residual ? less : NULL);
		StrBuf want;
		strbuf_init(&want);
		strbuf_puts(&want, "");
		naive_join(&s, &s, kind, true, residual, false);
		naive_table(h, &want);
		play_and_compare(h, join, strbuf_cstr(&want), seed);
		strbuf_deinit(&want);
		op_free(h);
	}
}

TEST(weights_multiply)
{
	OpHarness *h = op_new();
	Plan *l = op_scan(h, "k BIGINT, v BIGINT"), *r = op_scan(h, "k BIGINT, v BIGINT");
	op_row(h, l, 2, "1|5");
	op_row(h, r, 3, "1|6");
	op_row(h, l, -1, "1|5");
	op_row(h, r, -3, "1|6");
	CHECK_STR(op_play(h, op_join(h, l, r, JOIN_FULL, "0", "0", NULL), 1, 0),
	          "+2 (1, 5, NULL, NULL)\n-2 (1, 5, NULL, NULL)\n+6 (1, 5, 1, 6)\n-3 (1, 5, 1, 6)\n-3 (1, 5, 1, 6)\n"
	          "+1 (1, 5, NULL, NULL)\n");
	op_free(h);
}

/* Doubles and texts with zero bytes come back as they were. */
TEST(values_survive)
{
	OpHarness *h = op_new();
	Plan *l = op_scan(h, "k STRING, v DOUBLE"), *r = op_scan(h, "k STRING, v STRING");
	op_row(h, l, 1, "a|-0");
	op_row(h, l, 1, "a|NULL");
	op_row(h, r, 1, "a|");
	op_row(h, r, 1, "a|x\xc3\xa9");
	CHECK_STR(op_play(h, op_join(h, l, r, JOIN_INNER, "0", "0", NULL), 1, 1),
	          "+1 ('a', -0.0, 'a', '')\n+1 ('a', NULL, 'a', '')\n+1 ('a', -0.0, 'a', 'x\xc3\xa9')\n"
	          "+1 ('a', NULL, 'a', 'x\xc3\xa9')\n");
	op_free(h);
}

TEST(an_unknown_row_is_an_error)
{
	OpHarness *h = op_new();
	Plan *l = op_scan(h, "k BIGINT, v BIGINT"), *r = op_scan(h, "k BIGINT, v BIGINT");
	op_row(h, l, 1, "1|5");
	op_row(h, l, -1, "1|6");
	CHECK(op_play(h, op_join(h, l, r, JOIN_INNER, "0", "0", NULL), 4096, 0) == NULL);
	CHECK_EQ_I64(op_error(h)->code, ERR_RETRACT_UNKNOWN);
	CHECK(strstr(op_error(h)->detail, "(1, 6)") != NULL);
	op_free(h);
}

/* The watermark is the minimum of both; rows keep ordinals and stamps that never fall (checked by what follows). */
TEST(watermarks_meet)
{
	OpHarness *h = op_new();
	Plan *l = op_scan(h, "k BIGINT, ts TIMESTAMP"), *r = op_scan(h, "k BIGINT, ts TIMESTAMP");
	op_rowtime(h, l, 1, 0);
	op_rowtime(h, r, 1, 0);
	WindowSpec spec = {.kind = WINDOW_TUMBLE, .size_ms = 10, .slide_ms = 10};
	Plan *join = op_join(h, l, r, JOIN_INNER, "0", "0", NULL);
	join->append_only = true;
	Plan *agg = op_window_agg(h, join, spec, 1, "0", "COUNT()");
	op_row(h, l, 1, "1|1");
	op_row(h, l, 1, "1|30");
	op_row(h, r, 1, "1|2");
	op_row(h, r, 1, "1|3");
	op_row(h, r, 1, "2|12");
	for (uint32_t rows = 1; rows <= 5; rows += 4)
		CHECK_STR(op_play(h, agg, rows, 0), "+1 (1, 2, 1970-01-01 00:00:00.000, 1970-01-01 00:00:00.010, "
		                                    "1970-01-01 00:00:00.009)\n");
	op_free(h);
}

static int copies_of(const Side *s, const Row *r)
{
	int n = 0;
	for (int i = 0; i < s->n; i++)
		n += s->rows[i].alive && s->rows[i].k == r->k && s->rows[i].v == r->v;
	return n;
}

TEST(set_operations)
{
	for (uint32_t seed = 1; seed <= op_rounds(120) && !check_failed; seed++) {
		OpHarness *h = op_new();
		random_state = (uint64_t)seed;
		bool deletes = random_below(4) != 0, intersect = random_below(2), all = random_below(2);
		Plan *l = op_scan(h, "k BIGINT, v BIGINT"), *r = op_scan(h, "k BIGINT, v BIGINT");
		Row lr[ROWS], rr[ROWS];
		Side ls = {lr, 0}, rs = {rr, 0};
		for (int i = 0, n = random_below(ROWS); i < n; i++) {
			bool left = random_below(2);
			change_side(h, left ? l : r, left ? &ls : &rs, 3, deletes);
		}
		nlines = 0;
		for (int k = 0; k < 3; k++)
			for (int v = 0; v < 5; v++) {
				Row row = {k, v, true};
				int a = copies_of(&ls, &row), b = copies_of(&rs, &row);
				int n = !all ? a > 0 && (b > 0) == intersect : intersect ? (a < b ? a : b) : a > b ? a - b : 0;
				while (n-- > 0)
					put_line(&row, NULL, false);
			}
		StrBuf want;
		strbuf_init(&want);
		strbuf_puts(&want, "");
		naive_table(h, &want);
		play_and_compare(h, op_setop(h, l, r, intersect ? SETOP_INTERSECT : SETOP_EXCEPT, all), strbuf_cstr(&want),
		                 seed);
		strbuf_deinit(&want);
		op_free(h);
	}
}

TESTS(random_changes_on_both_sides, set_operations, a_stream_joined_with_itself, weights_multiply, values_survive,
      an_unknown_row_is_an_error, watermarks_meet)
