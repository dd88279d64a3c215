/*
 * tests/support/op_harness.h: operators under test: plans built by hand, a script of rows, played in steps of any size,
 * with restarts.
 *
 *     OpHarness *h = op_new();
 *     Plan *in = op_scan(h, "k STRING, ts TIMESTAMP, v BIGINT");
 *     op_rowtime(h, in, 1, 2000);                            watermark = ts - 2 s
 *     Plan *agg = op_window_agg(h, in, spec, 1, "0", "COUNT(), SUM(2)");
 *     op_row(h, in, 1, "a|1000|5");                          +1; timestamps in ms
 *     op_end(h);
 *     CHECK_STR(op_play(h, agg, 7, 0), "...");               steps of 7 rows, no restarts
 *
 * op_play gives what the root emitted, a line per row; op_table what is left when the weights are added up, sorted.
 */
#ifndef WEIR_TESTS_SUPPORT_OP_HARNESS_H
#define WEIR_TESTS_SUPPORT_OP_HARNESS_H

#include "engine/operators/graph.h"
#include "sql/types/zone.h"

typedef struct OpHarness OpHarness;

OpHarness *op_new(void);
void op_free(OpHarness *h);
Arena *op_arena(OpHarness *h);
/* How many of n random streams a test takes: all in soak, a fourth of them otherwise. */
uint32_t op_rounds(uint32_t n);

/* ---- plans ---- */

/* Columns: "name TYPE, ..."; types BOOLEAN INT BIGINT DOUBLE STRING DECIMAL TIMESTAMP LTZ. NOT NULL is not asked for.
 * Weights may be negative: append_only is set by op_append. */
Plan *op_scan(OpHarness *h, const char *cols);
Plan *op_append(Plan *p); /* marks it as append-only */
/* The scan's column `col` moves its watermark, delay_ms behind. */
void op_rowtime(OpHarness *h, const Plan *scan, uint32_t col, int64_t delay_ms);
/* keys: "0,2" or "". aggs: "COUNT(), SUM(2), MIN(2) FILTER 3, COUNT(DISTINCT 1)". */
Plan *op_agg(OpHarness *h, Plan *in, const char *keys, const char *aggs);
Plan *op_window_agg(OpHarness *h, Plan *in, WindowSpec spec, int32_t time_col, const char *keys, const char *aggs);
Plan *op_window(OpHarness *h, Plan *in, WindowSpec spec, uint32_t time_col);
/* Over the output of op_window (perhaps filtered): grouped by the window that its rows carry. */
Plan *op_attached_agg(OpHarness *h, Plan *in, WindowSpec spec, uint32_t start_col, uint32_t end_col, const char *keys,
                      const char *aggs);
Plan *op_union(OpHarness *h, Plan *a, Plan *b);
Plan *op_filter(OpHarness *h, Plan *in, const Expr *predicate);
Plan *op_join(OpHarness *h, Plan *l, Plan *r, JoinKind kind, const char *lkeys, const char *rkeys,
              const Expr *residual);
Plan *op_setop(OpHarness *h, Plan *l, Plan *r, SetOpKind kind, bool all);
/* keys: "0", "1 desc", "2 desc nulls first", comma separated. limit, offset < 0: none. */
Plan *op_sort(OpHarness *h, Plan *in, const char *keys, int64_t limit, int64_t offset);
Plan *op_limit(OpHarness *h, Plan *in, int64_t limit, int64_t offset);
/* A continuous Top-N; the columns' time attributes are as set in `in`. order as in op_sort. */
Plan *op_topn(OpHarness *h, Plan *in, RankKind rank, const char *partition, const char *order, int64_t from, int64_t to,
              bool show_rank);
/* Aggregates OVER a window; bounds of RANGE are microseconds along a time attribute. */
Plan *op_over(OpHarness *h, Plan *in, const char *partition, const char *order, bool rows, OverBound start,
              OverBound end, const char *aggs);
/* PLAN_NORMALIZE, PLAN_LAST_WINS, PLAN_SINK (retract or upsert by key), PLAN_RESULT, by kind. */
Plan *op_keyed(OpHarness *h, Plan *in, PlanKind kind, const char *key, bool retract, bool upsert);
Plan *op_apply(OpHarness *h, Plan *l, Plan *r, ApplyKind kind, const char *params, const Expr *test, bool all);
const Expr *op_col(OpHarness *h, const Plan *p, uint32_t col);
const Expr *op_call2(OpHarness *h, const char *fn, const Expr *a, const Expr *b);
const Expr *op_int(OpHarness *h, int64_t v);

/* ---- scripts ---- */

/* Cells separated by '|', "NULL", times in ms. */
void op_row(OpHarness *h, const Plan *scan, int64_t weight, const char *cells);
void op_rowf(OpHarness *h, const Plan *scan, int64_t weight, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void op_advance(OpHarness *h, const Plan *scan, int64_t watermark_ms);
void op_clock(OpHarness *h, int64_t now_us); /* between steps: ends the running one */
void op_step(OpHarness *h);                  /* ends the running step */
void op_end(OpHarness *h);                   /* of all scans */
void op_clear(OpHarness *h);                 /* an empty script */

/* Plays the script from an empty state, at most `rows` rows a step; restart > 0: closes and opens everything after so
 * many steps. NULL: failed (op_error). The text lives until the next op_play. */
const char *op_play(OpHarness *h, const Plan *root, uint32_t rows, uint32_t restart);
/* Runs the plan as a snapshot over all rows of the script, `rows` a batch. */
const char *op_snapshot(OpHarness *h, const Plan *root, uint32_t rows);
const char *op_table(OpHarness *h); /* of the last play */
const char *op_late(OpHarness *h);  /* "time watermark [start, end)" per late row of the last play */
const Err *op_error(OpHarness *h);
/* Counters of the root, of the last play (since the last restart). */
OperatorCounts op_counts(OpHarness *h);
/* Is one text the same as the other, line by line in any order? */
const char *op_sorted(OpHarness *h, const char *lines);

#endif
