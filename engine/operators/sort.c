/*
 * engine/operators/sort.c: sort.
 */
#include "engine/operators/operators.h"

static bool sort_open(Operator *op, Err *err)
{
	return err_set_at(err, ERR_NOT_SUPPORTED, op->plan->span, "%s is not supported yet", plan_kind_name(op->plan->kind));
}

static bool sort_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)op;
	(void)port;
	(void)b;
	return err_set(err, ERR_INTERNAL, "not open");
}

const OperatorType sort_type = {
    .name = "sort",
    .open = sort_open,
    .push = sort_push,
};
