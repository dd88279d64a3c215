/*
 * engine/operators/scan_snapshot.c: scan.
 */
#include "engine/operators/operators.h"

static bool scan_snapshot_open(Operator *op, Err *err)
{
	return err_set_at(err, ERR_NOT_SUPPORTED, op->plan->span, "%s is not supported yet", plan_kind_name(op->plan->kind));
}

static bool scan_snapshot_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)op;
	(void)port;
	(void)b;
	return err_set(err, ERR_INTERNAL, "not open");
}

const OperatorType scan_snapshot_type = {
    .name = "scan",
    .open = scan_snapshot_open,
    .push = scan_snapshot_push,
};
