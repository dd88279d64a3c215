/*
 * OVER along time, over retractions and in snapshots, against frames that are looked at row by row; in steps of every
 * size, with restarts.
 */
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"

#include "tests/support/check.h"
#include "tests/support/op_harness.h"

static const uint32_t splits[] = {1, 3, 7, 1000};

static uint64_t random_state;

static uint32_t random_next(void)
{
	random_state = hash_mix(random_state + 1);
	return (uint32_t)(random_state >> 33);
}

enum { MODEL_ROWS = 200 };

typedef struct Row {
	int k, v;
	int64_t ts;
	int life; /* of its partition: how often that was freed before */
} Row;

/* A partition as Flink's functions keep it. */
typedef struct Part {
	Row waiting[MODEL_ROWS], out[MODEL_ROWS];
	int nwaiting, n, life;
	int64_t last, cleanup; /* ms; INT64_MIN: none */
	int64_t timers[MODEL_ROWS];
	int ntimers;
} Part;

/* frame_ms < 0: nothing is freed. */
static void let_out(Part *p, int64_t watermark, int64_t frame_ms)
{
	int rest = 0;
	for (int i = 0; i < p->nwaiting; i++) {
		Row r = p->waiting[i];
		if (r.ts > watermark) {
			p->waiting[rest++] = r;
			continue;
		}
		r.life = p->life;
		p->out[p->n++] = r;
		p->last = r.ts;
		if (frame_ms >= 0 && p->cleanup < r.ts + frame_ms + 1)
			p->timers[p->ntimers++] = p->cleanup = r.ts + frame_ms * 3 / 2 + 1;
	}
	p->nwaiting = rest;
	int left = 0;
	for (int i = 0; i < p->ntimers; i++) {
		int64_t at = p->timers[i];
		if (at > watermark)
			p->timers[left++] = at;
		else if (p->cleanup > at)
			p->last = at > p->last ? at : p->last;
		else
			p->last = p->cleanup = INT64_MIN, p->life++;
	}
	p->ntimers = left;
}

static bool in_frame(const Row *list, int i, int j, bool rows, OverBound start, OverBound end)
{
	int64_t back = start.kind == OVER_PRECEDING ? start.number : 0, until = end.kind == OVER_PRECEDING ? end.number : 0;
	bool open = start.kind == OVER_UNBOUNDED_PRECEDING;
	if (list[i].life != list[j].life)
		return false;
	if (rows)
		return (open || j >= i - back) && j <= i - until;
	return (open || list[j].ts * 1000 >= list[i].ts * 1000 - back) && list[j].ts * 1000 <= list[i].ts * 1000 - until;
}

static void put_ts(int64_t ms, StrBuf *out)
{
	strbuf_printf(out, "1970-01-01 00:%02lld:%02lld.%03lld", (long long)(ms / 60000), (long long)(ms / 1000 % 60),
	              (long long)(ms % 1000));
}

/* COUNT(*), SUM(v), MIN(v), SUM of v as DOUBLE, COUNT(DISTINCT v) of the frames of one partition, in its order. */
static void model_frames(const Row *list, int n, bool rows, OverBound start, OverBound end, StrBuf *out)
{
	for (int i = 0; i < n; i++) {
		int count = 0, sum = 0, least = 1000, distinct = 0;
		bool seen[16] = {0};
		for (int j = 0; j < n; j++) {
			if (!in_frame(list, i, j, rows, start, end))
				continue;
			count++;
			sum += list[j].v;
			least = list[j].v < least ? list[j].v : least;
			distinct += !seen[list[j].v];
			seen[list[j].v] = true;
		}
		strbuf_printf(out, "+1 (%d, %d, ", list[i].k, list[i].v);
		put_ts(list[i].ts, out);
		if (count)
			strbuf_printf(out, ", %d.0, %d, %d, %d, %d.0, %d)\n", list[i].v, count, sum, least, sum, distinct);
		else
			strbuf_printf(out, ", %d.0, 0, NULL, NULL, NULL, 0)\n", list[i].v);
	}
}

static void check_time(bool rows, OverBound start, OverBound end, unsigned seed)
{
	random_state = seed;
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "k INT, v INT, ts TIMESTAMP, d DOUBLE"));
	in->cols[2].time = TIME_ROWTIME;
	op_rowtime(h, in, 2, 2000);
	Plan *over =
	    op_over(h, in, "0", "2 nulls first", rows, start, end, "COUNT(), SUM(1), MIN(1), SUM(3), COUNT(DISTINCT 1)");
	CHECK(over->append_only);
	bool bounded = start.kind != OVER_UNBOUNDED_PRECEDING;
	int64_t frame_ms = !bounded || rows ? -1 : start.kind == OVER_PRECEDING ? start.number / 1000 : 0;
	Part *parts = calloc(3, sizeof *parts);
	for (int k = 0; k < 3; k++)
		parts[k].last = parts[k].cleanup = INT64_MIN;
	int late = 0, taken = 0;
	int64_t watermark = INT64_MIN;
	for (int i = 0; i < MODEL_ROWS; i++) {
		Row r = {.k = (int)random_next() % 3,
		         .v = (int)random_next() % 9,
		         .ts = 10000 + i * 250 - (int)random_next() % 5 * 1000};
		op_rowf(h, in, 1, "%d|%d|%lld|%d", r.k, r.v, (long long)r.ts, r.v);
		Part *p = &parts[r.k];
		bool is_late = r.ts <= watermark;
		if (!is_late || (bounded && r.ts > p->last)) {
			taken += is_late;
			int at = p->nwaiting++;
			for (; at > 0 && p->waiting[at - 1].ts > r.ts; at--)
				p->waiting[at] = p->waiting[at - 1];
			p->waiting[at] = r;
		} else {
			late++;
		}
		if (r.ts - 2000 <= watermark)
			continue;
		watermark = r.ts - 2000;
		for (int k = 0; k < 3; k++)
			let_out(&parts[k], watermark, frame_ms);
	}
	for (int k = 0; k < 3; k++)
		let_out(&parts[k], INT64_MAX, frame_ms);
	CHECK(!bounded || taken > 5);
	op_end(h);
	StrBuf want;
	strbuf_init(&want);
	for (int k = 0; k < 3; k++)
		model_frames(parts[k].out, parts[k].n, rows, start, end, &want);
	char *expected = strdup(op_sorted(h, strbuf_cstr(&want)));
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
		for (uint32_t restart = 0; restart < 3; restart++) {
			const char *got = op_play(h, over, splits[i], restart);
			if (!got) {
				CHECK_STR(op_error(h)->message, "");
				break;
			}
			if (!CHECK_STR(op_sorted(h, got), expected)) {
				fprintf(stderr, "    rows %d, seed %u, rows a step %u, restart %u\n", rows, seed, splits[i], restart);
				i = 100;
				break;
			}
		}
	op_play(h, over, 1000, 0);
	CHECK_EQ_U64(op_counts(h).late, (uint64_t)late);
	CHECK_EQ_I64(op_counts(h).held, 0);
	free(parts);
	free(expected);
	strbuf_deinit(&want);
	op_free(h);
}

static OverBound bound(OverBoundKind kind, int64_t number)
{
	return (OverBound){.kind = kind, .number = number, .col = -1};
}

TEST(time_rows)
{
	check_time(true, bound(OVER_UNBOUNDED_PRECEDING, 0), bound(OVER_CURRENT_ROW, 0), 1);
	check_time(true, bound(OVER_PRECEDING, 3), bound(OVER_CURRENT_ROW, 0), 2);
	check_time(true, bound(OVER_PRECEDING, 5), bound(OVER_PRECEDING, 2), 3);
	check_time(true, bound(OVER_UNBOUNDED_PRECEDING, 0), bound(OVER_PRECEDING, 1), 4);
	check_time(true, bound(OVER_CURRENT_ROW, 0), bound(OVER_CURRENT_ROW, 0), 5);
	check_time(true, bound(OVER_PRECEDING, 1), bound(OVER_PRECEDING, 3), 6);
}

TEST(time_range)
{
	check_time(false, bound(OVER_UNBOUNDED_PRECEDING, 0), bound(OVER_CURRENT_ROW, 0), 11);
	check_time(false, bound(OVER_PRECEDING, 3000000), bound(OVER_CURRENT_ROW, 0), 12);
	check_time(false, bound(OVER_PRECEDING, 5000000), bound(OVER_PRECEDING, 1500000), 13);
	check_time(false, bound(OVER_UNBOUNDED_PRECEDING, 0), bound(OVER_PRECEDING, 1000000), 14);
	check_time(false, bound(OVER_CURRENT_ROW, 0), bound(OVER_CURRENT_ROW, 0), 15);
}

/* The state of a partition whose frames are empty for all that may come is freed. */
TEST(state_is_freed)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "k INT, v INT, ts TIMESTAMP"));
	in->cols[2].time = TIME_ROWTIME;
	op_rowtime(h, in, 2, 0);
	for (int i = 0; i < 50; i++)
		op_rowf(h, in, 1, "%d|1|%d", i, i * 1000);
	op_end(h);
	Plan *over = op_over(h, in, "0", "2 nulls first", false, bound(OVER_PRECEDING, 1000000), bound(OVER_CURRENT_ROW, 0),
	                     "COUNT(), COUNT(DISTINCT 1)");
	for (uint32_t restart = 0; restart < 3; restart++)
		REQUIRE(op_play(h, over, 4, restart));
	op_play(h, over, 4, 0);
	CHECK_EQ_U64(op_counts(h).expired, 50);
	op_free(h);
}

/* Over rows that are taken back: what is left is what a snapshot of the rows alive says. */
TEST(update_is_snapshot)
{
	for (unsigned seed = 1; seed <= op_rounds(12); seed++) {
		random_state = seed;
		OpHarness *h = op_new(), *fresh = op_new();
		Plan *in = op_scan(h, "k INT, v INT, id INT"), *in2 = op_scan(fresh, "k INT, v INT, id INT");
		bool rows = seed % 2;
		OverBound start = rows ? bound(OVER_PRECEDING, 2) : bound(OVER_UNBOUNDED_PRECEDING, 0);
		OverBound end = rows ? bound(OVER_FOLLOWING, 1) : bound(OVER_CURRENT_ROW, 0);
		const char *aggs = "COUNT(), SUM(1), MAX(1), COUNT(DISTINCT 1)";
		Plan *over = op_over(h, in, "0", "1 desc, 2 nulls first", rows, start, end, aggs);
		Plan *snap = op_over(fresh, in2, "0", "1 desc, 2 nulls first", rows, start, end, aggs);
		CHECK(!over->append_only);
		Row live[MODEL_ROWS];
		int n = 0;
		for (int i = 0; i < 80; i++) {
			if (n > 3 && (int)random_next() % 3 == 0) {
				int at = (int)random_next() % n;
				op_rowf(h, in, -1, "%d|%d|%lld", live[at].k, live[at].v, (long long)live[at].ts);
				live[at] = live[--n];
				continue;
			}
			live[n] = (Row){.k = (int)random_next() % 3, .v = (int)random_next() % 6, .ts = i};
			op_rowf(h, in, 1, "%d|%d|%lld", live[n].k, live[n].v, (long long)live[n].ts);
			n++;
		}
		for (int i = 0; i < n; i++)
			op_rowf(fresh, in2, 1, "%d|%d|%lld", live[i].k, live[i].v, (long long)live[i].ts);
		REQUIRE(op_snapshot(fresh, snap, 10));
		char *want = strdup(op_table(fresh));
		for (size_t s = 0; s < sizeof splits / sizeof *splits; s++)
			for (uint32_t restart = 0; restart < 3; restart++) {
				REQUIRE(op_play(h, over, splits[s], restart));
				CHECK_STR(op_table(h), want);
			}
		free(want);
		op_free(h);
		op_free(fresh);
	}
}

/* Processor time to free n partitions whose rows have one time. */
static double time_to_free(int n)
{
	OpHarness *h = op_new();
	Plan *in = op_append(op_scan(h, "k INT, v INT, ts TIMESTAMP"));
	in->cols[2].time = TIME_ROWTIME;
	op_rowtime(h, in, 2, 0);
	OverBound start = bound(OVER_PRECEDING, 1000000), end = bound(OVER_CURRENT_ROW, 0);
	Plan *over = op_over(h, in, "0", "2 nulls first", false, start, end, "COUNT()");
	for (int i = 0; i < n; i++)
		op_rowf(h, in, 1, "%d|1|1000", i);
	op_step(h);
	op_rowf(h, in, 1, "0|1|60000");
	op_step(h);
	op_rowf(h, in, 1, "0|1|120000");
	op_step(h);
	clock_t from = clock();
	REQUIRE(op_play(h, over, (uint32_t)n + 1, 0));
	double took = (double)(clock() - from);
	CHECK_EQ_U64(op_counts(h).expired, (uint64_t)n - 1); /* k 0 is there again */
	op_free(h);
	return took;
}

/* What was freed is not walked over again: eight times the partitions take about eight times as long, not 64 times. */
TEST(freeing_is_linear)
{
	double few = time_to_free(2500), many = time_to_free(20000);
	CHECK(many < 25 * few);
}

TESTS(time_rows, time_range, state_is_freed, update_is_snapshot, freeing_is_linear)
