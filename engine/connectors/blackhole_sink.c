/*
 * engine/connectors/blackhole_sink.c: takes every change and keeps nothing, as Flink's blackhole connector.
 */
#include "engine/connectors/connectors.h"
#include "engine/connectors/sink_rows.h"

struct Sink {
	char nothing;
};

static bool blackhole_check(const TableDef *table, unsigned *accepts, Err *err)
{
	(void)table;
	(void)err;
	*accepts = SINK_APPEND | SINK_UPSERT | SINK_RETRACT;
	return true;
}

static bool blackhole_open(const SinkSpec *spec, Sink **out, Err *err)
{
	(void)spec;
	(void)err;
	*out = MEM_NEW(Sink);
	return true;
}

static SinkResult blackhole_deliver(Sink *s, uint64_t last, const SinkEpoch *epochs, uint32_t n, SinkRefused *refused,
                                    uint32_t max_refused, uint32_t *nrefused, Err *err)
{
	(void)s;
	(void)last;
	(void)epochs;
	(void)n;
	(void)refused;
	(void)max_refused;
	(void)err;
	*nrefused = 0;
	return SINK_DELIVERED;
}

static void blackhole_close(Sink *s)
{
	mem_free(s);
}

const SinkType blackhole_sink_type = {
    .connector = "blackhole",
    .check = blackhole_check,
    .open = blackhole_open,
    .recover = sink_rows_no_marker,
    .deliver = blackhole_deliver,
    .close = blackhole_close,
};
