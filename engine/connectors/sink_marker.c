/*
 * engine/connectors/sink_marker.c: see sink_marker.h.
 */
#include "engine/connectors/sink_marker.h"

bool sink_marker_check(Str sink, const char *target, uint64_t marker, uint64_t last, const SinkEpoch *epochs,
                       uint32_t n, uint32_t *from, Err *err)
{
	*from = 0;
	if (marker == last)
		return true;
	while (*from < n && epochs[*from].epoch <= marker)
		(*from)++;
	if (*from > 0 && epochs[*from - 1].epoch == marker)
		return true;
	if (marker < last) {
		err_set(err, ERR_SINK_MARKER, "sink \"%.*s\": %s holds epoch %llu, but epochs up to %llu were delivered",
		        STR_ARG(sink), target, (unsigned long long)marker, (unsigned long long)last);
		return err_hint(err, "The target lost commits, or an older copy of it was restored. Restore the newest one, or "
		                     "drop the query, empty the target and create the query again.");
	}
	err_set(err, ERR_SINK_MARKER, "sink \"%.*s\": %s holds epoch %llu, but the newest one here is %llu", STR_ARG(sink),
	        target, (unsigned long long)marker, (unsigned long long)(n ? epochs[n - 1].epoch : last));
	return err_hint(err, "An older state file was restored, or another engine runs on a copy of it. Use the newest "
	                     "file, or drop the query, empty the target and create the query again.");
}
