/*
 * engine/connectors/kafka_config.h: the properties.* options of a table as a librdkafka configuration.
 *
 * Tables carry the names of Kafka's Java clients, as in Flink. An allow-list says what each means here: most names are
 * the same in librdkafka, some have another name, Java's way of writing SASL and TLS is taken apart, and what only
 * concerns a Java process has no effect. Anything else is an error that names the nearest.
 *
 * Thread: any; nothing is kept.
 */
#ifndef WEIR_ENGINE_CONNECTORS_KAFKA_CONFIG_H
#define WEIR_ENGINE_CONNECTORS_KAFKA_CONFIG_H

#include <librdkafka/rdkafka.h>

#include "sql/catalog/options.h"

typedef enum KafkaUse { KAFKA_CONSUMER = 1, KAFKA_PRODUCER = 2 } KafkaUse;

/* Checks all properties.* (names, values, combinations), for reading and writing; at CREATE TABLE. */
bool kafka_config_check(const Options *options, Err *err);
/* A configuration for one client: bootstrap.servers and the properties; NULL: err says why. The caller owns it
 * (rd_kafka_conf_destroy, or rd_kafka_new takes it). */
rd_kafka_conf_t *kafka_config_make(const Options *options, KafkaUse use, Err *err);
/* Sets one librdkafka name that is ours to choose. */
bool kafka_config_set(rd_kafka_conf_t *conf, const char *name, const char *value, Err *err);
/* Sets it unless the table gives it (by its librdkafka or its Java name). */
bool kafka_config_default(rd_kafka_conf_t *conf, const Options *options, const char *name, const char *value, Err *err);
/* The value of properties.NAME, empty if not given. */
Str kafka_config_property(const Options *options, const char *name);
/* Does properties.bootstrap.servers name the in-process broker? */
bool kafka_config_is_embedded(const Options *options);

#endif
