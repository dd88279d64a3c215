/*
 * engine/operators/setop.c: set operation.
 */
#include "engine/operators/operators.h"

static bool setop_open(Operator *op, Err *err)
{
	return err_set_at(err, ERR_NOT_SUPPORTED, op->plan->span, "%s is not supported yet", plan_kind_name(op->plan->kind));
}

static bool setop_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)op;
	(void)port;
	(void)b;
	return err_set(err, ERR_INTERNAL, "not open");
}

const OperatorType setop_type = {
    .name = "set operation",
    .open = setop_open,
    .push = setop_push,
};
