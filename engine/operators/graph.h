/*
 * engine/operators/graph.h: a plan as running operators.
 *
 * One Graph per query. graph_step visits every operator once. Where a view feeds other queries, their graphs have scan
 * operators that the runtime feeds with the changes which the view's materialize operator let through in the same step
 * (scan_feed).
 */
#ifndef WEIR_ENGINE_OPERATORS_GRAPH_H
#define WEIR_ENGINE_OPERATORS_GRAPH_H

#include "engine/batch/chunk.h"
#include "engine/operators/operator.h"

typedef struct Graph {
	const PlanQuery *plan;
	OperatorRun *run;
	Operator **ops; /* inputs before consumers; the last is the root */
	uint32_t nops;
	Operator **scans; /* operators that are fed from outside */
	uint32_t nscans;
} Graph;

bool graph_open(OperatorRun *run, const PlanQuery *plan, Graph **out, Err *err);
/* Runs the operators over what scan_feed gave to the scans. Output: the root's `out` and curve. */
bool graph_step(Graph *g, Err *err);
/* Clears what the operators hold of the step (out lists): call when the step's arena is reset. */
void graph_end_step(Graph *g);
bool graph_checkpoint(Graph *g, Err *err);
void graph_close(Graph *g);

/* Root PLAN_MATERIALIZE: the state table with the view's rows. */
StateTable *graph_view_rows(Graph *g);

/* Runs a snapshot plan to its end: `row` gets each result batch in order. stop: *done set by the callback ends early.
 */
bool graph_run_snapshot(OperatorRun *run, const PlanQuery *plan,
                        bool (*rows)(void *ctx, const Batch *b, bool *done, Err *err), void *ctx, Err *err);

#endif
