/*
 * engine/connectors/kafka_txn.h: the producer of one sink: transactions with an epoch marker, or plain sending.
 *
 * The marker is the committed offset of the group weir-<engine>-<sink> on partition 0 of the sink's topic; its value is
 * the epoch. It is committed in the transaction that holds the epoch's records, so both are there or none. The
 * transactional id is the same text: whoever takes it ends what an older self has left open.
 *
 * Thread: delivery (one).
 */
#ifndef WEIR_ENGINE_CONNECTORS_KAFKA_TXN_H
#define WEIR_ENGINE_CONNECTORS_KAFKA_TXN_H

#include <librdkafka/rdkafka.h>

#include "engine/connectors/kafka_encode.h"

typedef struct KafkaTxn KafkaTxn;

enum { KAFKA_TXN_TAG_BITS = 48 };

/* What a call came to: go on, try again later (the producer is made anew), or never. */
typedef enum KafkaOutcome { KAFKA_OK, KAFKA_AGAIN, KAFKA_NEVER } KafkaOutcome;

bool kafka_txn_open(const SinkSpec *spec, bool transactional, KafkaTxn **out, Err *err);
void kafka_txn_close(KafkaTxn *t);

/* Makes the producer if there is none; transactional: ends the transaction of an older self, then reads the marker. */
KafkaOutcome kafka_txn_recover(KafkaTxn *t, uint64_t *epoch, bool *known, Err *err);
KafkaOutcome kafka_txn_begin(KafkaTxn *t, Err *err);
/* Queues a record; tag (KAFKA_TXN_TAG_BITS bits) comes back in kafka_txn_refused. false: it cannot be sent as it is
 * (KAFKA_OK in *out, err says why), or *out says what. */
bool kafka_txn_send(KafkaTxn *t, const KafkaRecord *r, uint64_t tag, KafkaOutcome *out, Err *err);
/* Waits for the broker's answers. */
KafkaOutcome kafka_txn_flush(KafkaTxn *t, Err *err);
/* Records that the broker refused for what they are, since begin; false past the end. */
bool kafka_txn_refused(const KafkaTxn *t, uint32_t index, uint64_t *tag, Err *err);
/* Commits with the marker; plain: nothing to do. */
KafkaOutcome kafka_txn_commit(KafkaTxn *t, uint64_t epoch, Err *err);
/* Ends without effect. */
void kafka_txn_abort(KafkaTxn *t);
/* The same, and recover makes another producer: librdkafka's (2.0) sequence numbers have a hole after a record that the
 * broker refused. */
void kafka_txn_restart(KafkaTxn *t);
/* Answers to what was sent are taken in; call now and then. */
void kafka_txn_idle(KafkaTxn *t);

#endif
