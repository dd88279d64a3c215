/*
 * engine/operators/last_wins.c: last wins.
 */
#include "engine/operators/operators.h"

static bool last_wins_open(Operator *op, Err *err)
{
	return err_set_at(err, ERR_NOT_SUPPORTED, op->plan->span, "%s is not supported yet", plan_kind_name(op->plan->kind));
}

static bool last_wins_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)op;
	(void)port;
	(void)b;
	return err_set(err, ERR_INTERNAL, "not open");
}

const OperatorType last_wins_type = {
    .name = "last wins",
    .open = last_wins_open,
    .push = last_wins_push,
};
