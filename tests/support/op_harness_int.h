/*
 * tests/support/op_harness_int.h: what op_harness.c (scripts) and op_plan.c (plans) share.
 */
#ifndef WEIR_TESTS_SUPPORT_OP_HARNESS_INT_H
#define WEIR_TESTS_SUPPORT_OP_HARNESS_INT_H

#include "tests/support/op_harness.h"

typedef enum EventKind { EVENT_ROW, EVENT_ADVANCE, EVENT_CLOCK, EVENT_STEP, EVENT_END } EventKind;

typedef struct Event {
	EventKind kind;
	uint32_t scan; /* plan id */
	int64_t weight;
	int64_t time;
	Value *cells;
} Event;

typedef struct ScanInfo {
	const Plan *plan;
	int32_t time_col;
	int64_t delay;
	int64_t watermark;
} ScanInfo;

enum { OP_NODES = 64 };

struct OpHarness {
	Arena *arena, *step, *query_arena;
	ScanInfo scans[OP_NODES];
	uint32_t nnodes;
	struct {
		Event *items;
		uint32_t len, cap;
	} events;
	OperatorRun run;
	PlanQuery query;
	Store *store;
	Graph *graph;
	char path[64];
	StrBuf out, late, table, sorted;
	Err err;
	OperatorCounts counts;
	uint32_t snapshot_rows;
};

#endif
