/*
 * engine/operators/operators.c: plan node to type.
 */
#include "engine/operators/operators.h"

#include "engine/operators/topn.h"

const OperatorType *operators_type(const Plan *plan, bool snapshot)
{
	static const OperatorType *const topn[] = {&topn_type, &topn_arrival_type, &dedup_type, &topn_window_type,
	                                           &dedup_arrival_type};
	switch (plan->kind) {
	case PLAN_SCAN: return snapshot ? &scan_snapshot_type : &scan_type;
	case PLAN_VALUES: return &values_type;
	case PLAN_FILTER: return &filter_type;
	case PLAN_PROJECT: return &project_type;
	case PLAN_UNION: return &union_type;
	case PLAN_UNNEST: return &unnest_type;
	case PLAN_WINDOW: return plan->window.spec.kind == WINDOW_SESSION ? &session_type : &window_type;
	case PLAN_WINDOW_AGG:
		return plan->agg.window.kind == WINDOW_SESSION && !plan->agg.attached ? &session_agg_type : &window_agg_type;
	case PLAN_EXPAND: return &expand_type;
	case PLAN_AGG: return &agg_type;
	case PLAN_JOIN: return snapshot ? &join_type : &regular_join_type;
	case PLAN_INTERVAL_JOIN: return snapshot ? NULL : &interval_join_type;
	case PLAN_WINDOW_JOIN: return snapshot ? NULL : &window_join_type;
	case PLAN_TEMPORAL_JOIN: return snapshot ? NULL : &temporal_join_type;
	case PLAN_LOOKUP_JOIN: return &lookup_join_type;
	case PLAN_APPLY: return &apply_type;
	case PLAN_SETOP: return snapshot ? &setop_type : &regular_setop_type;
	case PLAN_SORT: return snapshot ? &sort_type : NULL;
	case PLAN_LIMIT: return snapshot ? &limit_type : NULL;
	case PLAN_OVER: return snapshot ? &over_type : plan->over.time_col >= 0 ? &over_time_type : &over_update_type;
	case PLAN_TOPN: return snapshot ? NULL : topn[plan->topn.mode];
	case PLAN_NORMALIZE: return &normalize_type;
	case PLAN_ONCE: return snapshot ? NULL : &once_type;
	case PLAN_EXCHANGE: return &exchange_type;
	case PLAN_LAST_WINS: return &last_wins_type;
	case PLAN_MATERIALIZE: return &materialize_type;
	case PLAN_SINK:
	case PLAN_RESULT: return snapshot ? &result_type : &sink_type;
	case PLAN_KINDS: break;
	}
	return NULL;
}
