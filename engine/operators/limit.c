/*
 * engine/operators/limit.c: limit.
 */
#include "engine/operators/operators.h"

static bool limit_open(Operator *op, Err *err)
{
	return err_set_at(err, ERR_NOT_SUPPORTED, op->plan->span, "%s is not supported yet", plan_kind_name(op->plan->kind));
}

static bool limit_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)op;
	(void)port;
	(void)b;
	return err_set(err, ERR_INTERNAL, "not open");
}

const OperatorType limit_type = {
    .name = "limit",
    .open = limit_open,
    .push = limit_push,
};
