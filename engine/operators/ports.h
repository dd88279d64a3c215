/*
 * engine/operators/ports.h: where channels meet: the rows of several ports in one order, and the watermark of all of
 * them.
 *
 * An operator with several ports hands each batch to ports_add while it is pushed; in flush ports_take gives the step's
 * rows, merged by ordinal, with stamps lowered to the minimum over the ports, and ports_set_curve makes the minimum of
 * the curves its own. Ports that are idle are left out of the minimum; when all are, the highest counts. Of rows with
 * one ordinal those with the smaller stamp come first (what a window let out before the row that closed it), then those
 * of the lower port.
 */
#ifndef WEIR_ENGINE_OPERATORS_PORTS_H
#define WEIR_ENGINE_OPERATORS_PORTS_H

#include "engine/operators/operator.h"

typedef struct PortRow {
	int64_t ord, stamp;
	uint32_t port;
	uint32_t row; /* of the port's batch */
} PortRow;

typedef struct Ports {
	Operator *op;
	BatchList *pending; /* per port, of the step */
	int64_t watermark;  /* of the output, never falls */
	/* The watermark went on without a port that was idle, and that port may come back behind it: then it is stored. */
	StateTable *kept;
	bool apart;
} Ports;

/* What one step brought. In the step's arena. */
typedef struct PortsStep {
	const Batch **batches; /* per port: all its rows, stamps lowered; NULL: none */
	PortRow *rows;         /* in order; NULL unless asked for */
	uint32_t n;
	uint32_t nports; /* that have rows */
} PortsStep;

bool ports_open(Ports *p, Operator *op, Err *err);
void ports_add(Ports *p, uint32_t port, const Batch *b);
/* The rows of the step; `order` asks for PortsStep.rows. Once per step. */
PortsStep ports_take(Ports *p, bool order);
/* The operator's curve: the minimum over its inputs. Once per step, in flush. */
void ports_set_curve(Ports *p);

#endif
