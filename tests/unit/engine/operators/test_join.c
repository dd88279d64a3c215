/*
 * Snapshots: joins, set operations, sorting, limits and subqueries against nested loops over single values.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/op_harness.h"

typedef struct Pair {
	int k, v; /* k 0: NULL */
} Pair;

enum { ROWS = 60 };

static uint64_t random_state;

static int random_below(int n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((random_state >> 33) % (uint64_t)n);
}

static int fill(OpHarness *h, const Plan *scan, Pair *rows, int most, int keys)
{
	int n = random_below(most);
	for (int i = 0; i < n; i++) {
		rows[i] = (Pair){random_below(keys), random_below(6)};
		if (rows[i].k)
			op_rowf(h, scan, 1, "%d|%d", rows[i].k, rows[i].v);
		else
			op_rowf(h, scan, 1, "NULL|%d", rows[i].v);
	}
	return n;
}

static void put_cell(StrBuf *out, int k)
{
	if (k)
		strbuf_printf(out, "%d", k);
	else
		strbuf_puts(out, "NULL");
}

static void put_pair(StrBuf *out, const Pair *p)
{
	if (!p) {
		strbuf_puts(out, "NULL, NULL");
		return;
	}
	put_cell(out, p->k);
	strbuf_printf(out, ", %d", p->v);
}

static void put_row(StrBuf *out, const Pair *l, const Pair *r, bool both)
{
	strbuf_puts(out, "+1 (");
	put_pair(out, l);
	if (both) {
		strbuf_puts(out, ", ");
		put_pair(out, r);
	}
	strbuf_puts(out, ")\n");
}

/* keyed: equal keys; residual: l.v < r.v; null_equal: NULL = NULL. */
static void naive_join(const Pair *l, int nl, const Pair *r, int nr, JoinKind kind, bool keyed, bool residual,
                       bool null_equal, StrBuf *out)
{
	bool used[ROWS] = {false};
	for (int i = 0; i < nl; i++) {
		bool any = false;
		for (int j = 0; j < nr; j++) {
			if (keyed && (l[i].k != r[j].k || (!l[i].k && !null_equal)))
				continue;
			if (residual && l[i].v >= r[j].v)
				continue;
			any = used[j] = true;
			if (kind != JOIN_SEMI && kind != JOIN_ANTI)
				put_row(out, &l[i], &r[j], true);
		}
		if (!any && (kind == JOIN_LEFT || kind == JOIN_FULL))
			put_row(out, &l[i], NULL, true);
		if (any ? kind == JOIN_SEMI : kind == JOIN_ANTI)
			put_row(out, &l[i], NULL, false);
	}
	for (int j = 0; j < nr; j++)
		if (!used[j] && (kind == JOIN_RIGHT || kind == JOIN_FULL))
			put_row(out, NULL, &r[j], true);
}

TEST(joins)
{
	static bool null_equal[1] = {true};
	for (uint64_t seed = 1; seed <= 60 && !check_failed; seed++) {
		OpHarness *h = op_new();
		random_state = seed;
		Plan *l = op_append(op_scan(h, "k BIGINT, v BIGINT")), *r = op_append(op_scan(h, "k BIGINT, v BIGINT"));
		Pair lr[ROWS], rr[ROWS];
		int nl = fill(h, l, lr, ROWS, 8), nr = fill(h, r, rr, random_below(4) ? ROWS : 2, 8);
		bool keyed = random_below(3) != 0, residual = random_below(2), nulls = keyed && random_below(3) == 0;
		JoinKind kind = (JoinKind)random_below(6);
		const Expr *less =
		    op_call2(h, "<", expr_column(op_arena(h), &type_bigint, 1), expr_column(op_arena(h), &type_bigint, 3));
		Plan *join = op_join(h, l, r, kind, keyed ? "0" : "", keyed ? "0" : "", residual ? less : NULL);
		if (nulls)
			join->join.null_equal = null_equal;
		StrBuf want;
		strbuf_init(&want);
		strbuf_puts(&want, "");
		naive_join(lr, nl, rr, nr, kind, keyed, residual, nulls, &want);
		if (!CHECK_STR(op_snapshot(h, join, 1 + (uint32_t)random_below(20)), strbuf_cstr(&want)))
			fprintf(stderr, "    seed %d kind %d keyed %d residual %d nulls %d\n", (int)seed, (int)kind, keyed,
			        residual, nulls);
		strbuf_deinit(&want);
		op_free(h);
	}
}

static bool same_pair(const Pair *a, const Pair *b)
{
	return a->k == b->k && a->v == b->v;
}

TEST(set_operations)
{
	for (uint64_t seed = 1; seed <= 40 && !check_failed; seed++) {
		OpHarness *h = op_new();
		random_state = seed;
		Plan *l = op_append(op_scan(h, "k BIGINT, v BIGINT")), *r = op_append(op_scan(h, "k BIGINT, v BIGINT"));
		Pair lr[ROWS], rr[ROWS];
		int nl = fill(h, l, lr, ROWS, 3), nr = fill(h, r, rr, ROWS, 3);
		bool intersect = random_below(2), all = random_below(2);
		StrBuf want;
		strbuf_init(&want);
		strbuf_puts(&want, "");
		for (int i = 0; i < nl; i++) {
			int before = 0, right = 0;
			for (int j = 0; j < i; j++)
				before += same_pair(&lr[j], &lr[i]);
			for (int j = 0; j < nr; j++)
				right += same_pair(&rr[j], &lr[i]);
			bool in = all ? before < right : right > 0;
			if (in == intersect && (all || !before))
				put_row(&want, &lr[i], NULL, false);
		}
		Plan *op = op_setop(h, l, r, intersect ? SETOP_INTERSECT : SETOP_EXCEPT, all);
		if (!CHECK_STR(op_snapshot(h, op, 7), strbuf_cstr(&want)))
			fprintf(stderr, "    seed %d intersect %d all %d\n", (int)seed, intersect, all);
		strbuf_deinit(&want);
		op_free(h);
	}
}

TEST(sorting)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "a BIGINT, b STRING"));
	op_row(h, in, 1, "2|x");
	op_row(h, in, 1, "NULL|y");
	op_row(h, in, 1, "1|z");
	op_row(h, in, 1, "2|NULL");
	op_row(h, in, 1, "-5|x");
	op_row(h, in, 1, "2|xx");
	CHECK_STR(op_snapshot(h, op_sort(h, in, "0", -1, -1), 2),
	          "+1 (-5, 'x')\n+1 (1, 'z')\n+1 (2, 'x')\n+1 (2, NULL)\n+1 (2, 'xx')\n+1 (NULL, 'y')\n");
	CHECK_STR(op_snapshot(h, op_sort(h, in, "0 nulls first", -1, -1), 2),
	          "+1 (NULL, 'y')\n+1 (-5, 'x')\n+1 (1, 'z')\n+1 (2, 'x')\n+1 (2, NULL)\n+1 (2, 'xx')\n");
	CHECK_STR(op_snapshot(h, op_sort(h, in, "0 desc, 1 nulls first", 3, 1), 3),
	          "+1 (2, 'x')\n+1 (2, 'xx')\n+1 (1, 'z')\n");
	CHECK_STR(op_snapshot(h, op_sort(h, in, "1 desc, 0", 2, 5), 3), "+1 (2, NULL)\n");
	CHECK_STR(op_snapshot(h, op_sort(h, in, "0", 0, -1), 3), "");
	CHECK_STR(op_snapshot(h, op_sort(h, in, "0", 3, 100), 3), "");
	CHECK_STR(op_snapshot(h, op_limit(h, in, 2, 1), 1), "+1 (NULL, 'y')\n+1 (1, 'z')\n");
	CHECK_STR(op_snapshot(h, op_limit(h, in, -1, 4), 4), "+1 (-5, 'x')\n+1 (2, 'xx')\n");
	CHECK_STR(op_snapshot(h, op_limit(h, in, 0, -1), 4), "");
	CHECK(op_snapshot(h, op_limit(h, in, 0, -1), 4) != NULL);
	op_free(h);
}

/* More rows than are kept before the worst are thrown away. */
TEST(sorting_the_best_of_many)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "a BIGINT"));
	random_state = 5;
	for (int i = 0; i < 300000; i++)
		op_rowf(h, in, 1, "%d", random_below(1 << 30) + 10);
	op_row(h, in, 1, "3");
	op_row(h, in, 1, "1");
	op_row(h, in, 1, "2");
	CHECK_STR(op_snapshot(h, op_sort(h, in, "0", 2, 1), 4096), "+1 (2)\n+1 (3)\n");
	op_free(h);
}

TEST(subqueries)
{
	OpHarness *h = op_new();
	Plan *l = op_append(op_scan(h, "k BIGINT, v BIGINT")), *r = op_append(op_scan(h, "k BIGINT, v BIGINT"));
	const Expr *slot = expr_param(op_arena(h), &type_bigint, 1);
	Plan *mine = op_filter(h, r, op_call2(h, "=", op_col(h, r, 0), slot));
	op_row(h, l, 1, "1|10");
	op_row(h, l, 1, "2|20");
	op_row(h, l, 1, "3|30");
	op_row(h, l, 1, "1|11");
	op_row(h, r, 1, "1|5");
	op_row(h, r, 1, "2|6");
	op_row(h, r, 1, "2|7");
	Plan *p = op_apply(h, l, mine, APPLY_EXISTS, "0", NULL, false);
	p->apply.first_param = 1;
	CHECK_STR(op_snapshot(h, p, 2), "+1 (1, 10, TRUE)\n+1 (2, 20, TRUE)\n+1 (3, 30, FALSE)\n+1 (1, 11, TRUE)\n");
	p = op_apply(h, l, mine, APPLY_CROSS, "0", NULL, false);
	p->apply.first_param = 1;
	CHECK_STR(op_snapshot(h, p, 2), "+1 (1, 10, 1, 5)\n+1 (2, 20, 2, 6)\n+1 (2, 20, 2, 7)\n+1 (1, 11, 1, 5)\n");
	p = op_apply(h, l, mine, APPLY_LEFT, "0", NULL, false);
	p->apply.first_param = 1;
	CHECK_STR(op_snapshot(h, p, 2),
	          "+1 (1, 10, 1, 5)\n+1 (2, 20, 2, 6)\n+1 (2, 20, 2, 7)\n+1 (3, 30, NULL, NULL)\n+1 (1, 11, 1, 5)\n");
	p = op_apply(h, l, op_agg(h, mine, "", "SUM(1)"), APPLY_SCALAR, "0", NULL, false);
	p->apply.first_param = 1;
	CHECK_STR(op_snapshot(h, p, 2), "+1 (1, 10, 5)\n+1 (2, 20, 13)\n+1 (3, 30, NULL)\n+1 (1, 11, 5)\n");
	p = op_apply(h, l, mine, APPLY_ARRAY, "0", NULL, false);
	p->apply.first_param = 1;
	CHECK_STR(op_snapshot(h, p, 2), "+1 (1, 10, [1])\n+1 (2, 20, [2, 2])\n+1 (3, 30, [])\n+1 (1, 11, [1])\n");
	Plan *many = op_keyed(h, op_apply(h, l, r, APPLY_SCALAR, "", NULL, false), PLAN_RESULT, "", false, false);
	CHECK(op_snapshot(h, many, 2) == NULL);
	CHECK_EQ_I64(op_error(h)->code, ERR_MORE_THAN_ONE_ROW);
	op_free(h);
}

TEST(quantified_subqueries)
{
	OpHarness *h = op_new();
	Plan *l = op_append(op_scan(h, "k BIGINT")), *r = op_append(op_scan(h, "v BIGINT")),
	     *none = op_append(op_scan(h, "v BIGINT"));
	const Expr *left = expr_column(op_arena(h), &type_bigint, 0), *right = expr_column(op_arena(h), &type_bigint, 1);
	const Expr *equal = op_call2(h, "=", left, right), *less = op_call2(h, "<", left, right);
	op_row(h, l, 1, "1");
	op_row(h, l, 1, "NULL");
	op_row(h, l, 1, "9");
	op_row(h, r, 1, "1");
	op_row(h, r, 1, "5");
	CHECK_STR(op_snapshot(h, op_apply(h, l, r, APPLY_IN, "", equal, false), 2),
	          "+1 (1, TRUE)\n+1 (NULL, NULL)\n+1 (9, FALSE)\n");
	CHECK_STR(op_snapshot(h, op_apply(h, l, r, APPLY_IN, "", less, false), 2),
	          "+1 (1, TRUE)\n+1 (NULL, NULL)\n+1 (9, FALSE)\n");
	CHECK_STR(op_snapshot(h, op_apply(h, l, r, APPLY_IN, "", less, true), 2),
	          "+1 (1, FALSE)\n+1 (NULL, NULL)\n+1 (9, FALSE)\n");
	CHECK_STR(op_snapshot(h, op_apply(h, l, none, APPLY_IN, "", equal, false), 2),
	          "+1 (1, FALSE)\n+1 (NULL, FALSE)\n+1 (9, FALSE)\n");
	CHECK_STR(op_snapshot(h, op_apply(h, l, none, APPLY_IN, "", less, true), 2),
	          "+1 (1, TRUE)\n+1 (NULL, TRUE)\n+1 (9, TRUE)\n");
	op_row(h, r, 1, "NULL");
	CHECK_STR(op_snapshot(h, op_apply(h, l, r, APPLY_IN, "", equal, false), 2),
	          "+1 (1, TRUE)\n+1 (NULL, NULL)\n+1 (9, NULL)\n");
	CHECK_STR(op_snapshot(h, op_apply(h, l, r, APPLY_IN, "", less, true), 2),
	          "+1 (1, FALSE)\n+1 (NULL, NULL)\n+1 (9, FALSE)\n");
	op_free(h);
}

TESTS(joins, set_operations, sorting, sorting_the_best_of_many, subqueries, quantified_subqueries)
