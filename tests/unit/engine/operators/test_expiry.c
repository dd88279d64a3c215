/*
 * State that is forgotten a while after its last write: the same results for every step size and restart, against a
 * model; what is counted; what is swept.
 */
#include "tests/support/check.h"
#include "tests/support/op_harness.h"

static const uint32_t splits[] = {1, 2, 7, 1000};

enum { KEYS = 5, ROWS = 400, TTL_MS = 1000 };

static Plan *with_ttl(Plan *p, int64_t left_ms, int64_t right_ms)
{
	p->ttl[0] = (StateTtl){true, left_ms * 1000};
	p->ttl[1] = (StateTtl){true, right_ms * 1000};
	return p;
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* Rows and clock readings; what a table of groups that begin anew shows in the end: lines "(k, n, s)". */
static uint64_t make_groups(OpHarness *h, const Plan *in, uint32_t seed, StrBuf *want)
{
	int64_t now = 0, n[KEYS] = {0}, s[KEYS] = {0}, written[KEYS] = {0};
	uint64_t expired = 0;
	for (uint32_t i = 0; i < ROWS; i++) {
		if (next(&seed) % 4 == 0) {
			now += next(&seed) % 500;
			op_clock(h, now * 1000);
		}
		uint32_t k = next(&seed) % (i % 50 < 10 ? 2 : KEYS), v = next(&seed) % 10;
		if (n[k] && now - written[k] >= TTL_MS) {
			n[k] = s[k] = 0;
			expired++;
		}
		n[k]++;
		s[k] += v;
		written[k] = now;
		op_rowf(h, in, 1, "%u|%u", k, v);
	}
	op_clock(h, (now + 2 * TTL_MS) * 1000);
	op_step(h);
	for (uint32_t k = 0; k < KEYS; k++) {
		strbuf_printf(want, "(%u, %lld, %lld)\n", k, (long long)n[k], (long long)s[k]);
		expired += n[k] > 0;
	}
	return expired;
}

/* The last row of each key: what a table with that key would hold. */
static void last_rows(const char *lines, StrBuf *out)
{
	for (char k = '0'; k < '0' + KEYS; k++) {
		char mark[] = {'+', '1', ' ', '(', k, ',', 0};
		const char *last = NULL, *at = lines;
		while (at && (at = strstr(at, mark))) {
			last = at;
			at++;
		}
		if (last)
			strbuf_put(out, last + 3, (size_t)(strchr(last, '\n') - last - 2));
	}
}

TEST(groups_against_a_model)
{
	for (uint32_t seed = 1; seed <= op_rounds(20); seed++) {
		OpHarness *h = op_new();
		Plan *in = op_append(op_scan(h, "k BIGINT, v BIGINT"));
		Plan *agg = with_ttl(op_agg(h, in, "0", "COUNT(), SUM(1)"), TTL_MS, 0);
		StrBuf want, got;
		strbuf_init(&want);
		strbuf_init(&got);
		uint64_t expired = make_groups(h, in, seed, &want);
		for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
			for (uint32_t restart = 0; restart < 8; restart += 7) {
				const char *lines = op_play(h, agg, splits[i], restart);
				REQUIRE(lines != NULL);
				strbuf_clear(&got);
				last_rows(lines, &got);
				CHECK_STR(strbuf_cstr(&got), strbuf_cstr(&want));
				if (!restart)
					CHECK_EQ_U64(op_counts(h).expired, expired);
				CHECK_EQ_U64(op_counts(h).unknown, 0);
			}
		strbuf_deinit(&want);
		strbuf_deinit(&got);
		op_free(h);
	}
}

/* Rows come and go, also after they were forgotten: the result is the same for all step sizes, and nothing fails. */
static void same_for_all(OpHarness *h, const Plan *root)
{
	const char *first = op_play(h, root, 1, 0);
	REQUIRE(first != NULL);
	StrBuf want;
	strbuf_init(&want);
	strbuf_puts(&want, op_table(h));
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
		for (uint32_t restart = 0; restart < 4; restart += 3) {
			REQUIRE(op_play(h, root, splits[i], restart) != NULL);
			CHECK_STR(op_table(h), strbuf_cstr(&want));
		}
	strbuf_deinit(&want);
}

static void come_and_go(OpHarness *h, const Plan *in, const Plan *other, uint32_t seed)
{
	int64_t now = 0;
	for (uint32_t i = 0; i < ROWS; i++) {
		if (next(&seed) % 8 == 0) {
			now += next(&seed) % 600;
			op_clock(h, now * 1000);
		}
		uint32_t k = next(&seed) % KEYS, v = next(&seed) % 4;
		op_rowf(h, other && next(&seed) % 2 ? other : in, next(&seed) % 3 ? 1 : -1, "%u|%u", k, v);
	}
	op_clock(h, (now + 1) * 1000);
	op_step(h);
}

TEST(groups_of_rows_that_come_and_go)
{
	for (uint32_t seed = 1; seed <= op_rounds(20); seed++) {
		OpHarness *h = op_new();
		Plan *in = op_scan(h, "k BIGINT, v BIGINT");
		come_and_go(h, in, NULL, seed);
		same_for_all(h, with_ttl(op_agg(h, in, "0", "COUNT(), SUM(1), MIN(1), COUNT(DISTINCT 1)"), TTL_MS, 0));
		op_free(h);
	}
}

TEST(joins_of_rows_that_come_and_go)
{
	static const JoinKind kinds[] = {JOIN_INNER, JOIN_LEFT, JOIN_FULL, JOIN_SEMI, JOIN_ANTI};
	for (uint32_t seed = 1; seed <= op_rounds(20); seed++) {
		OpHarness *h = op_new();
		Plan *l = op_scan(h, "k BIGINT, v BIGINT"), *r = op_scan(h, "k BIGINT, w BIGINT");
		come_and_go(h, l, r, seed);
		same_for_all(h, with_ttl(op_join(h, l, r, kinds[seed % 5], "0", "0", NULL), TTL_MS, seed % 2 ? 300 : 0));
		op_free(h);
	}
}

TEST(others_of_rows_that_come_and_go)
{
	for (uint32_t seed = 1; seed <= op_rounds(20); seed++) {
		OpHarness *h = op_new();
		Plan *l = op_scan(h, "k BIGINT, v BIGINT"), *r = op_scan(h, "k BIGINT, w BIGINT");
		come_and_go(h, l, r, seed);
		same_for_all(h, with_ttl(op_setop(h, l, r, SETOP_EXCEPT, seed % 2), TTL_MS, 0));
		op_free(h);
		h = op_new();
		l = op_scan(h, "k BIGINT, v BIGINT");
		come_and_go(h, l, NULL, seed);
		same_for_all(h, with_ttl(op_topn(h, l, RANK_ROW_NUMBER, "0", "1 desc", 1, 2, seed % 2), TTL_MS, 0));
		op_free(h);
	}
}

TEST(a_burst_is_swept_in_parts_and_absent_at_once)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "k BIGINT"));
	Plan *agg = with_ttl(op_agg(h, in, "0", "COUNT()"), TTL_MS, 0);
	for (uint32_t i = 0; i < 50000; i++)
		op_rowf(h, in, 1, "%u", i);
	op_clock(h, 2 * TTL_MS * 1000);
	op_row(h, in, 1, "49999");
	op_step(h);
	const char *lines = op_play(h, agg, 1000, 0);
	REQUIRE(lines != NULL);
	CHECK(strstr(lines, "(49999, 2)") == NULL);
	CHECK(op_counts(h).expired > 1);
	CHECK(op_counts(h).expired < 50000);
	for (uint32_t i = 0; i < 3; i++) {
		op_row(h, in, 1, "1");
		op_step(h);
	}
	REQUIRE(op_play(h, agg, 1000, 0) != NULL);
	CHECK_EQ_U64(op_counts(h).expired, 50000);
	op_free(h);
}

TESTS(groups_against_a_model, groups_of_rows_that_come_and_go, joins_of_rows_that_come_and_go,
      others_of_rows_that_come_and_go, a_burst_is_swept_in_parts_and_absent_at_once)
