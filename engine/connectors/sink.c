/*
 * engine/connectors/sink.c: the connectors that write, by name.
 */
#include "engine/connectors/sink.h"

#include "engine/connectors/connectors.h"

static const SinkType *const sink_types[] = {
    &kafka_sink_type,  &kafka_sink_upsert_type, &postgres_sink_type,   &print_sink_type,
    &stdout_sink_type, &blackhole_sink_type,    &filesystem_sink_type,
};

const SinkType *sink_find(Str connector)
{
	for (size_t i = 0; i < sizeof sink_types / sizeof *sink_types; i++)
		if (str_eq_c(connector, sink_types[i]->connector))
			return sink_types[i];
	return NULL;
}
