/*
 * engine/operators/scan.c: a scan of a continuous query: its rows are handed in from outside (scan_feed).
 */
#include "engine/operators/scan.h"

#include "engine/operators/operators.h"

static bool scan_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)op;
	(void)port;
	(void)b;
	return err_set(err, ERR_INTERNAL, "a scan has no inputs");
}

void scan_feed(Operator *scan, const Batch *const *batches, uint32_t n, Curve curve)
{
	for (uint32_t i = 0; i < n; i++)
		operator_emit(scan, batches[i]);
	operator_set_curve(scan, curve);
}

const OperatorType scan_type = {
    .name = "scan",
    .push = scan_push,
};
