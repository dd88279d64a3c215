/*
 * engine/connectors/connectors.h: the descriptors that source.c and sink.c list.
 */
#ifndef WEIR_ENGINE_CONNECTORS_CONNECTORS_H
#define WEIR_ENGINE_CONNECTORS_CONNECTORS_H

#include "engine/connectors/lookup.h"
#include "engine/connectors/sink.h"
#include "engine/connectors/source.h"

extern const SourceType kafka_source_type, kafka_source_upsert_type, filesystem_source_type, datagen_source_type,
    nexmark_source_type, postgres_source_type;

extern const SinkType kafka_sink_type, kafka_sink_upsert_type, postgres_sink_type, print_sink_type, stdout_sink_type,
    blackhole_sink_type, filesystem_sink_type;

extern const LookupType postgres_lookup_type;

#endif
