/*
 * GROUP BY over changes: golden vectors, a naive model over random changes, errors.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/op_harness.h"

static const uint32_t splits[] = {1, 2, 7, 1000};

TEST(group_by_v5)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "id BIGINT, k STRING, v BIGINT");
	Plan *sink = op_keyed(h, op_agg(h, in, "1", "COUNT(), SUM(2)"), PLAN_SINK, "0", true, false);
	op_row(h, in, 1, "1|a|1");
	op_row(h, in, 1, "2|a|2");
	op_row(h, in, -1, "2|a|2");
	op_row(h, in, 1, "2|b|7");
	op_row(h, in, -1, "1|a|1");
	CHECK_STR(op_play(h, sink, 1, 0), "+I ('a', 1, 1)\n-U ('a', 1, 1)\n+U ('a', 2, 3)\n-U ('a', 2, 3)\n+U ('a', 1, "
	                                  "1)\n+I ('b', 1, 7)\n-D ('a', 1, 1)\n");
	CHECK_STR(op_play(h, sink, 1, 1), "+I ('a', 1, 1)\n-U ('a', 1, 1)\n+U ('a', 2, 3)\n-U ('a', 2, 3)\n+U ('a', 1, "
	                                  "1)\n+I ('b', 1, 7)\n-D ('a', 1, 1)\n");
	CHECK_STR(op_play(h, sink, 100, 0), "+I ('b', 1, 7)\n");
	CHECK_STR(op_play(h, sink, 2, 0),
	          "+I ('a', 2, 3)\n-U ('a', 2, 3)\n+U ('a', 1, 1)\n+I ('b', 1, 7)\n-D ('a', 1, 1)\n");
	op_free(h);
}

TEST(unchanged_results_are_not_sent)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "k STRING, v BIGINT"));
	Plan *agg = op_agg(h, in, "0", "MAX(1)");
	op_row(h, in, 1, "a|5");
	op_row(h, in, 1, "a|3");
	op_row(h, in, 1, "a|NULL");
	op_row(h, in, 1, "a|6");
	CHECK_STR(op_play(h, agg, 1, 0), "+1 ('a', 5)\n-1 ('a', 5)\n+1 ('a', 6)\n");
	CHECK_STR(op_play(h, agg, 4, 0), "+1 ('a', 6)\n");
	op_free(h);
}

TEST(global_aggregate)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "v BIGINT");
	Plan *none = op_agg(h, in, "", "COUNT(), SUM(0)"), *one = op_agg(h, in, "", "COUNT(), SUM(0)");
	one->agg.one_row = true;
	CHECK_STR(op_play(h, none, 1, 0), "");
	op_step(h);
	op_row(h, in, 1, "4");
	op_row(h, in, -1, "4");
	op_end(h);
	CHECK_STR(op_play(h, none, 1, 0), "+1 (1, 4)\n-1 (1, 4)\n");
	CHECK_STR(op_play(h, one, 1, 0), "+1 (1, 4)\n-1 (1, 4)\n+1 (0, NULL)\n");
	CHECK_STR(op_play(h, one, 1, 1), "+1 (1, 4)\n-1 (1, 4)\n+1 (0, NULL)\n");
	CHECK_STR(op_play(h, one, 2, 0), "+1 (0, NULL)\n");
	op_clear(h);
	op_end(h);
	CHECK_STR(op_play(h, one, 1, 1), "+1 (0, NULL)\n");
	CHECK_STR(op_snapshot(h, one, 1), "+1 (0, NULL)\n");
	CHECK_STR(op_snapshot(h, none, 1), "");
	op_free(h);
}

TEST(keys_in_canonical_form)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "k DOUBLE, s STRING");
	Plan *agg = op_agg(h, in, "0", "COUNT()");
	op_row(h, in, 1, "0|x");
	op_row(h, in, 1, "-0|x");
	op_row(h, in, 1, "NaN|x");
	op_row(h, in, 1, "NaN|y");
	op_row(h, in, 1, "NULL|y");
	op_row(h, in, -1, "-0|x");
	op_row(h, in, 1, "NULL|x");
	CHECK_STR((op_play(h, agg, 3, 1), op_table(h)), "(0.0, 1) x1\n(NULL, 2) x1\n(NaN, 2) x1\n");
	op_free(h);
}

TEST(distinct_rows)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "a BIGINT, b STRING"));
	Plan *agg = op_agg(h, in, "0,1", "");
	op_row(h, in, 1, "1|x");
	op_row(h, in, 1, "1|x");
	op_row(h, in, 1, "NULL|x");
	op_row(h, in, 1, "1|y");
	op_row(h, in, 1, "NULL|x");
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
		CHECK_STR(op_play(h, agg, splits[i], 1), "+1 (1, 'x')\n+1 (NULL, 'x')\n+1 (1, 'y')\n");
	CHECK_STR(op_snapshot(h, agg, 2), "+1 (1, 'x')\n+1 (NULL, 'x')\n+1 (1, 'y')\n");
	op_free(h);
}

static void check_unknown(OpHarness *h, const Plan *root)
{
	for (uint32_t rows = 1; rows < 4; rows++) {
		CHECK(op_play(h, root, rows, 0) == NULL);
		CHECK_EQ_I64(op_error(h)->code, ERR_RETRACT_UNKNOWN);
	}
}

TEST(unknown_rows_are_refused)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "k BIGINT, v BIGINT");
	op_row(h, in, 1, "1|5");
	op_row(h, in, -1, "2|5");
	check_unknown(h, op_agg(h, in, "0", "COUNT()"));
	CHECK(strstr(op_error(h)->detail, "(2, 5)") != NULL);
	op_clear(h);
	op_row(h, in, 1, "1|5");
	op_row(h, in, -1, "1|6");
	check_unknown(h, op_agg(h, in, "0", "COUNT(DISTINCT 1)"));
	check_unknown(h, op_agg(h, in, "0", "MIN(1)"));
	check_unknown(h, op_agg(h, in, "0", "LAST_VALUE(1)"));
	/* within a step a row may come after its retraction */
	op_clear(h);
	op_row(h, in, -1, "1|5");
	op_row(h, in, 1, "1|5");
	CHECK_STR(op_play(h, op_agg(h, in, "0", "COUNT(), MIN(1)"), 2, 0), "");
	op_free(h);
}

TEST(overflow_names_the_aggregate)
{
	OpHarness *h = op_new();
	Plan *in = op_scan(h, "v BIGINT");
	op_row(h, in, 1, "9223372036854775807");
	op_row(h, in, 1, "1");
	CHECK(op_play(h, op_agg(h, in, "", "SUM(0)"), 2, 0) == NULL);
	CHECK_EQ_I64(op_error(h)->code, ERR_OUT_OF_RANGE);
	CHECK_STR(op_error(h)->message, "the result of SUM does not fit BIGINT");
	/* only the result has to fit */
	op_row(h, in, -1, "9223372036854775807");
	CHECK_STR(op_play(h, op_agg(h, in, "", "SUM(0)"), 3, 0), "+1 (1)\n");
	op_free(h);
}

/* ---- a naive model ---- */

typedef struct ModelRow {
	int k, v, s;
	int64_t weight;
} ModelRow;

enum { MODEL_ROWS = 300 };

static const char *const texts[] = {"NULL", "x", "yy", "long enough to lie outside of any inline place", ""};

static uint64_t random_state;

static int random_below(int n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((random_state >> 33) % (uint64_t)n);
}

static bool same_row(const ModelRow *a, const ModelRow *b)
{
	return a->k == b->k && a->v == b->v && a->s == b->s;
}

/* The table after all rows, as op_table prints it: sorted by the harness. */
static void model_table(OpHarness *h, const ModelRow *rows, int n, bool ordered, StrBuf *out)
{
	for (int k = 0; k < 5; k++) {
		int alive[MODEL_ROWS], m = 0;
		for (int i = 0; i < n; i++) {
			if (rows[i].k != k)
				continue;
			if (rows[i].weight > 0) {
				alive[m++] = i;
				continue;
			}
			int at = m - 1;
			while (!same_row(&rows[alive[at]], &rows[i]))
				at--;
			memmove(alive + at, alive + at + 1, (size_t)(m - at - 1) * sizeof *alive);
			m--;
		}
		if (!m)
			continue;
		int64_t count = 0, sum = 0, least = INT64_MAX, distinct = 0;
		const char *greatest = NULL, *first = NULL, *last = NULL;
		/* texts in order: a retraction takes the oldest equal one */
		int texts_left[MODEL_ROWS], ntexts = 0;
		for (int i = 0; i < n; i++) {
			if (rows[i].k != k || !rows[i].s)
				continue;
			if (rows[i].weight > 0) {
				texts_left[ntexts++] = rows[i].s;
				continue;
			}
			int at = 0;
			while (texts_left[at] != rows[i].s)
				at++;
			memmove(texts_left + at, texts_left + at + 1, (size_t)(ntexts - at - 1) * sizeof *texts_left);
			ntexts--;
		}
		first = ntexts ? texts[texts_left[0]] : NULL;
		last = ntexts ? texts[texts_left[ntexts - 1]] : NULL;
		for (int i = 0; i < m; i++) {
			const ModelRow *r = &rows[alive[i]];
			if (r->v) {
				count++;
				sum += r->v;
				least = r->v < least ? r->v : least;
				bool seen = false;
				for (int j = 0; j < i; j++)
					seen |= rows[alive[j]].v == r->v;
				distinct += !seen;
			}
			if (r->s) {
				const char *t = texts[r->s];
				greatest = !greatest || strcmp(t, greatest) > 0 ? t : greatest;
			}
		}
		StrBuf line;
		strbuf_init(&line);
		if (k)
			strbuf_printf(&line, "(%d, %d", k, m);
		else
			strbuf_printf(&line, "(NULL, %d", m);
		if (count)
			strbuf_printf(&line, ", %" PRId64 ", %" PRId64 ", ", sum, least);
		else
			strbuf_puts(&line, ", NULL, NULL, ");
		strbuf_printf(&line, greatest ? "'%s', %" PRId64 : "%s, %" PRId64, greatest ? greatest : "NULL", distinct);
		if (ordered)
			strbuf_printf(&line, first ? ", '%s', '%s'" : ", %s, %s", first ? first : "NULL", last ? last : "NULL");
		strbuf_printf(out, "%s) x1\n", strbuf_cstr(&line));
		strbuf_deinit(&line);
	}
	const char *sorted = op_sorted(h, strbuf_cstr(out));
	StrBuf copy;
	strbuf_init(&copy);
	strbuf_puts(&copy, sorted);
	strbuf_clear(out);
	strbuf_put_str(out, strbuf_str(&copy));
	strbuf_puts(out, "");
	strbuf_deinit(&copy);
}

static void model_round(uint64_t seed, bool retract)
{
	OpHarness *h = op_new();
	random_state = seed;
	Plan *in = op_scan(h, "k BIGINT, v BIGINT, s STRING");
	in->append_only = !retract;
	Plan *agg = op_agg(h, in, "0", "COUNT(), SUM(1), MIN(1), MAX(2), COUNT(DISTINCT 1), FIRST_VALUE(2), LAST_VALUE(2)");
	ModelRow rows[MODEL_ROWS];
	int n = 1 + random_below(MODEL_ROWS - 1);
	for (int i = 0; i < n; i++) {
		ModelRow *r = &rows[i];
		*r = (ModelRow){random_below(5), random_below(5), random_below(5), 1};
		if (retract && i && random_below(2)) {
			*r = rows[random_below(i)];
			int64_t left = 0;
			for (int k = 0; k < i; k++)
				left += same_row(&rows[k], r) ? rows[k].weight : 0;
			r->weight = left > 0 ? -1 : 1;
		}
		char k[16] = "NULL", v[16] = "NULL";
		if (r->k)
			snprintf(k, sizeof k, "%d", r->k);
		if (r->v)
			snprintf(v, sizeof v, "%d", r->v);
		op_rowf(h, in, r->weight, "%s|%s|%s", k, v, texts[r->s]);
	}
	StrBuf want;
	strbuf_init(&want);
	strbuf_puts(&want, "");
	model_table(h, rows, n, true, &want);
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
		const char *got = op_play(h, agg, splits[i], (uint32_t)random_below(3) * 7);
		if (!CHECK(got != NULL) || !CHECK_STR(op_table(h), strbuf_cstr(&want))) {
			fprintf(stderr, "    seed %d retract %d step %u: %s\n", (int)seed, retract, splits[i],
			        op_error(h)->message);
			break;
		}
	}
	if (!retract) {
		op_snapshot(h, agg, 13);
		CHECK_STR(op_table(h), strbuf_cstr(&want));
	}
	strbuf_deinit(&want);
	op_free(h);
}

TEST(as_the_model)
{
	for (uint64_t seed = 1; seed <= 15 && !check_failed; seed++) {
		model_round(seed, false);
		model_round(seed + 1000, true);
	}
}

TESTS(group_by_v5, unchanged_results_are_not_sent, global_aggregate, keys_in_canonical_form, distinct_rows,
      unknown_rows_are_refused, overflow_names_the_aggregate, as_the_model)
