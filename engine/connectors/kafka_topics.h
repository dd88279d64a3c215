/*
 * engine/connectors/kafka_topics.h: which topics a table reads: `topic` ('a;b') or `topic-pattern` (the whole name must
 * match).
 */
#ifndef WEIR_ENGINE_CONNECTORS_KAFKA_TOPICS_H
#define WEIR_ENGINE_CONNECTORS_KAFKA_TOPICS_H

#include <regex.h>

#include "sql/catalog/options.h"

typedef struct KafkaTopics {
	Str *names; /* NULL: by pattern */
	uint32_t len;
	regex_t pattern;
} KafkaTopics;

/* Names lie in the arena, a compiled pattern is freed by deinit. ERR_BAD_OPTION, ERR_MISSING_OPTION. */
bool kafka_topics_init(KafkaTopics *t, const Options *options, Arena *arena, Err *err);
void kafka_topics_deinit(KafkaTopics *t);
/* A pattern never means topics whose name begins with an underscore: they are the brokers' own. */
bool kafka_topics_match(const KafkaTopics *t, const char *topic);

#endif
