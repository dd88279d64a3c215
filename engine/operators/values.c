/*
 * engine/operators/values.c: values.
 */
#include "engine/operators/operators.h"

static bool values_open(Operator *op, Err *err)
{
	return err_set_at(err, ERR_NOT_SUPPORTED, op->plan->span, "%s is not supported yet", plan_kind_name(op->plan->kind));
}

static bool values_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)op;
	(void)port;
	(void)b;
	return err_set(err, ERR_INTERNAL, "not open");
}

const OperatorType values_type = {
    .name = "values",
    .open = values_open,
    .push = values_push,
};
