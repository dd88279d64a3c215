/*
 * sql/types/zone.h: time zones, read from TZif files by our own reader; the process's TZ is never used.
 *
 * A zone is immutable and shared; zones live as long as the process. Thread: any.
 */
#ifndef WEIR_SQL_TYPES_ZONE_H
#define WEIR_SQL_TYPES_ZONE_H

#include "base/err.h"
#include "base/str.h"

typedef struct Zone Zone;

extern const Zone *const zone_utc;

/* 'Europe/Berlin', 'UTC', 'Z', '+02:00', 'GMT+2'. ERR_BAD_OPTION if unknown (names the nearest). */
const Zone *zone_find(Str name, Err *err);
Str zone_name(const Zone *zone);
/* Offset east of UTC in microseconds at an instant. */
int64_t zone_offset_at(const Zone *zone, int64_t instant_us);
/* Instant to wall clock and back. to_instant: a wall time that the clock shows twice becomes the earlier instant (as
 * java.time), one inside a gap is moved forward by the gap. */
int64_t zone_to_local(const Zone *zone, int64_t instant_us);
int64_t zone_to_instant(const Zone *zone, int64_t local_us);
/* For firing windows: the latest instant that shows this wall time; inside a gap the instant of the gap's end. */
int64_t zone_to_instant_latest(const Zone *zone, int64_t local_us);

#endif
