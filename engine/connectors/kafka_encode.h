/*
 * engine/connectors/kafka_encode.h: a row of a sink as a Kafka record: key, value, timestamp, headers, topic.
 *
 * Which columns go where is said by value.fields-include, key.fields (or the PRIMARY KEY of upsert-kafka) and the
 * METADATA columns.
 */
#ifndef WEIR_ENGINE_CONNECTORS_KAFKA_ENCODE_H
#define WEIR_ENGINE_CONNECTORS_KAFKA_ENCODE_H

#include "engine/connectors/sink.h"
#include "engine/formats/format.h"

typedef struct KafkaRecord {
	Str key;         /* ptr NULL: none */
	Str value;       /* ptr NULL: a tombstone */
	int64_t time_ms; /* 0: now */
	Str headers;     /* packed MAP<STRING, BYTES>; ptr NULL: none */
	Str topic;       /* ptr NULL: the table's */
} KafkaRecord;

typedef struct KafkaEncode KafkaEncode;

/* Options and columns of a table that is written; *changelog: all row kinds can be encoded. */
bool kafka_encode_check(const TableDef *table, bool upsert, bool *changelog, Err *err);
bool kafka_encode_open(const SinkSpec *spec, bool upsert, KafkaEncode **out, Err *err);
/* *skip: the row is not sent (update-before of an upsert). The record lies in e until the next call. false: the row
 * cannot be encoded. */
bool kafka_encode_row(KafkaEncode *e, RowKind kind, const Value *values, KafkaRecord *out, bool *skip, Err *err);
/* May rows be encoded? Waits for the server of a format, for seconds. */
FormatReady kafka_encode_ready(KafkaEncode *e, Err *err);
void kafka_encode_close(KafkaEncode *e);

#endif
