/*
 * engine/runtime/delivery.h: sealed epochs of one sink on their way into the target: a queue, and the thread that
 * empties it.
 *
 *   outbox_seal -> delivery_add ... epoch lands -> deliver -> delivery_delivered
 *
 * An epoch is handed to the connector only after it has landed in the file (exactly-once), or at once (at-least-once).
 * An outage is waited for with growing pauses; a refused row goes to the side table first (a request to the engine) and
 * is then left out. Thread: any, but for delivery_open, _add, _close: engine.
 */
#ifndef WEIR_ENGINE_RUNTIME_DELIVERY_H
#define WEIR_ENGINE_RUNTIME_DELIVERY_H

#include <stdatomic.h>

#include "engine/connectors/sink.h"
#include "engine/state/store.h"

typedef struct Delivery Delivery;

/* A row that the target refused, with what it was. */
typedef struct DeliveryRefused {
	SinkRefused why;
	RowKind kind;
	Str values; /* value_encode of the sink's columns */
	Str json;   /* the same to be read */
} DeliveryRefused;

typedef struct DeliveryOptions {
	const SinkType *type;
	SinkSpec spec; /* lives as long as the delivery */
	Store *store;
	uint64_t delivered; /* last epoch that our file knows to be in the target */
	uint64_t trimmed;   /* epochs up to this one are no longer in the outbox */
	/* The newest epoch that an engine on this file can have delivered: later ones were sealed without having seen the
	 * target's marker, so an equal number there is another file's. */
	uint64_t proven;
	bool fresh;  /* nothing was ever delivered for this query: a marker is of an earlier one of its name */
	bool made;   /* just now, by a statement */
	bool unsaid; /* the file says `proven` still: nothing is sent before delivery_proof */
	bool wait_for_landing;
	bool promise;      /* exactly-once, and the target can keep it: its marker is believed */
	bool inline_calls; /* no thread: delivery_run does the work */
	/* Keeps refused rows in the side table and returns when that is committed. */
	bool (*refused)(void *ctx, const DeliveryRefused *rows, uint32_t n, const atomic_bool *cancel, Err *err);
	bool fail_on_refused;
	void (*changed)(void *ctx); /* something was delivered: wakes the engine; may be NULL */
	void *ctx;
} DeliveryOptions;

typedef struct DeliveryStatus {
	uint64_t delivered;
	int64_t bytes; /* waiting */
	uint64_t rows, refused, retries;
	bool failed, waiting; /* waiting: for the target */
	bool recovered;       /* the target's marker was seen, and is ours */
	Err err;              /* of the failure, or of the last outage */
} DeliveryStatus;

Delivery *delivery_open(const DeliveryOptions *options, Err *err);
/* Begins, when the epochs that the file holds have been added: the marker is one of them. */
bool delivery_start(Delivery *d, Err *err);
/* Chunks are copied. Epochs come in rising order. */
void delivery_add(Delivery *d, uint64_t epoch, const Str *chunks, uint32_t n);
void delivery_status(Delivery *d, DeliveryStatus *out);
bool delivery_recovered(Delivery *d);
/* The file is about to say that epochs were sealed before the marker was seen: from now on as if opened with `unsaid`.
 * false: it was seen in the meantime. */
bool delivery_unsaid(Delivery *d);
/* With `unsaid`: the epoch in which the file says that the marker was seen. */
void delivery_proof(Delivery *d, uint64_t epoch);
bool delivery_idle(Delivery *d);
/* inline_calls: tries to deliver what has landed; returns when there is nothing left, or on an outage (retriable) or
 * failure. */
bool delivery_run(Delivery *d, Err *err);
void delivery_close(Delivery *d); /* lets the current call end; what is queued stays in the outbox */

#endif
