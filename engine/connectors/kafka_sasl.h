/*
 * engine/connectors/kafka_sasl.h: SASL and TLS as Kafka's Java clients write them (JAAS text, key stores), in
 * librdkafka's terms.
 *
 * Key stores in PEM or PKCS#12 form are readable here, Java's own JKS form is not; the error says how to convert.
 */
#ifndef WEIR_ENGINE_CONNECTORS_KAFKA_SASL_H
#define WEIR_ENGINE_CONNECTORS_KAFKA_SASL_H

#include <librdkafka/rdkafka.h>

#include "sql/catalog/options.h"

/* The Java-only properties of one table, as given; the values live in the table's options. */
typedef struct KafkaJava {
	const OptionValue *jaas;
	const OptionValue *truststore, *truststore_type, *truststore_password;
	const OptionValue *keystore, *keystore_type, *keystore_password;
	const OptionValue *endpoint_identification;
} KafkaJava;

/* Notes a property; name is without "properties.". */
bool kafka_sasl_collect(KafkaJava *java, Str name, const OptionValue *o, Err *err);
/* Sets what they mean on conf. */
bool kafka_sasl_apply(const KafkaJava *java, rd_kafka_conf_t *conf, Err *err);

#endif
