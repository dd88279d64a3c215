/*
 * sql/types/zone.c: finding zones, and instants to wall clocks and back.
 *
 * A zone is a list of instants at which the offset changes, and a rule for the time behind the last of them
 * (zone_file.c reads both). A fixed offset is a zone without changes. Wall times are resolved by trying the offsets
 * that are in force one day before and after: a clock never changes twice in that span.
 */
#include "sql/types/zone.h"

#include <pthread.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/map.h"
#include "sql/types/timestamp.h"
#include "sql/types/zone_internal.h"

static const Zone zone_utc_value = {.name = {"UTC", 3}};
const Zone *const zone_utc = &zone_utc_value;

Str zone_name(const Zone *zone)
{
	return zone->name;
}

int64_t zone_offset_at(const Zone *zone, int64_t instant_us)
{
	int64_t second = instant_us / TIMESTAMP_US_PER_SECOND - (instant_us % TIMESTAMP_US_PER_SECOND < 0);
	if (zone->nchanges == 0 || second < zone->changes[0].at) {
		return (zone->nchanges == 0 && zone->has_rule ? zone_rule_offset(&zone->rule, second) : zone->first_offset) *
		       TIMESTAMP_US_PER_SECOND;
	}
	if (zone->has_rule && second >= zone->changes[zone->nchanges - 1].at) {
		return zone_rule_offset(&zone->rule, second) * TIMESTAMP_US_PER_SECOND;
	}
	uint32_t low = 0;
	uint32_t high = zone->nchanges;
	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;
		if (zone->changes[mid].at <= second) {
			low = mid;
		} else {
			high = mid;
		}
	}
	return zone->changes[low].offset * TIMESTAMP_US_PER_SECOND;
}

static bool zone_is_fixed(const Zone *zone)
{
	return zone->nchanges == 0 && !zone->has_rule;
}

/* Sums stop at the ends: watermarks may be INT64_MIN and INT64_MAX. */
static int64_t zone_shift(int64_t us, int64_t by)
{
	int64_t sum;
	return __builtin_add_overflow(us, by, &sum) ? (by > 0 ? INT64_MAX : INT64_MIN) : sum;
}

int64_t zone_to_local(const Zone *zone, int64_t instant_us)
{
	return zone_shift(instant_us, zone_offset_at(zone, instant_us));
}

/* The offsets in force around a wall time; before >= after: shown twice or once; before < after: maybe a gap. */
static void zone_offsets_around(const Zone *zone, int64_t local_us, int64_t *before, int64_t *after)
{
	*before = zone_offset_at(zone, zone_shift(local_us, -TIMESTAMP_US_PER_DAY));
	*after = zone_offset_at(zone, zone_shift(local_us, TIMESTAMP_US_PER_DAY));
}

int64_t zone_to_instant(const Zone *zone, int64_t local_us)
{
	if (zone_is_fixed(zone)) {
		return zone_shift(local_us, -zone->first_offset * TIMESTAMP_US_PER_SECOND);
	}
	int64_t before;
	int64_t after;
	zone_offsets_around(zone, local_us, &before, &after);
	int64_t early = zone_shift(local_us, -before);
	int64_t late = zone_shift(local_us, -after);
	if (before == after || zone_offset_at(zone, early) == before) {
		return early;
	}
	/* Inside a gap the old offset moves the time forward by the gap. */
	return zone_offset_at(zone, late) == after ? late : early;
}

/* The instant at which the offset changes from `before`, between two instants less than three days apart. */
static int64_t zone_change_between(const Zone *zone, int64_t from, int64_t to, int64_t before)
{
	while (to - from > 1) {
		int64_t mid = from + (to - from) / 2;
		if (zone_offset_at(zone, mid) == before) {
			from = mid;
		} else {
			to = mid;
		}
	}
	return to;
}

int64_t zone_to_instant_latest(const Zone *zone, int64_t local_us)
{
	if (zone_is_fixed(zone)) {
		return zone_shift(local_us, -zone->first_offset * TIMESTAMP_US_PER_SECOND);
	}
	int64_t before;
	int64_t after;
	zone_offsets_around(zone, local_us, &before, &after);
	int64_t late = zone_shift(local_us, -after);
	if (before == after || zone_offset_at(zone, late) == after) {
		return late;
	}
	int64_t early = zone_shift(local_us, -before);
	if (zone_offset_at(zone, early) == before) {
		return early;
	}
	/* In the gap: late lies before the change, early behind it. */
	return zone_change_between(zone, late, early, before);
}

/* ---- finding ---- */

static pthread_mutex_t zone_mutex = PTHREAD_MUTEX_INITIALIZER;
static Map zone_cache; /* name -> Zone; guarded by zone_mutex; entries stay for the life of the process */

/* Digits of an offset: h, hh, hmm?, hhmm, h:mm, hh:mm, hh:mm:ss. */
static bool zone_parse_offset(Str s, int64_t *offset)
{
	int64_t part[3] = {0, 0, 0};
	if (s.len < 2 || (s.ptr[0] != '+' && s.ptr[0] != '-')) {
		return false;
	}
	bool negative = s.ptr[0] == '-';
	Str rest = {s.ptr + 1, s.len - 1};
	if (str_find(rest, STR(":"), 0) < 0) {
		if (rest.len == 4) {
			Str minutes = {rest.ptr + 2, 2};
			rest.len = 2;
			if (!str_to_i64(minutes, &part[1])) {
				return false;
			}
		}
		if (rest.len > 2 || !str_to_i64(rest, &part[0])) {
			return false;
		}
	} else {
		Str field;
		int n = 0;
		while (str_next(&rest, ':', &field)) {
			if (n == 3 || field.len == 0 || field.len > 2 || (n > 0 && field.len != 2) ||
			    !str_to_i64(field, &part[n++])) {
				return false;
			}
		}
	}
	if (part[0] < 0 || part[0] > 18 || part[1] < 0 || part[1] > 59 || part[2] < 0 || part[2] > 59) {
		return false;
	}
	*offset = part[0] * 3600 + part[1] * 60 + part[2];
	*offset = negative ? -*offset : *offset;
	return true;
}

/* 'Z', 'UTC', 'GMT', 'UT' alone or with an offset behind, or an offset alone. */
static bool zone_is_offset_name(Str name, int64_t *offset)
{
	static const char *const prefixes[] = {"UTC", "GMT", "UT"};
	*offset = 0;
	if (str_eq_nocase(name, STR("Z"))) {
		return true;
	}
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		Str prefix = str_from(prefixes[i]);
		if (str_starts_nocase(name, prefix)) {
			Str rest = {name.ptr + prefix.len, name.len - prefix.len};
			if (rest.len == 0 || zone_parse_offset(rest, offset)) {
				return true;
			}
		}
	}
	return zone_parse_offset(name, offset);
}

/* One spelling per offset, so that the cache stays small: +02:00, -00:30:15. */
static void zone_print_offset(int64_t offset, char name[ZONE_NAME_MAX])
{
	int seconds = (int)(offset < 0 ? -offset : offset);
	int n = snprintf(name, ZONE_NAME_MAX, "%c%02d:%02d", offset < 0 ? '-' : '+', seconds / 3600, seconds / 60 % 60);
	if (seconds % 60 != 0) {
		snprintf(name + n, (size_t)(ZONE_NAME_MAX - n), ":%02d", seconds % 60);
	}
}

/* Under zone_mutex. `offset`: of a zone that is nothing else; from_file: read it instead. */
static Zone *zone_cached(Str name, bool from_file, int64_t offset)
{
	Zone *zone = map_get(&zone_cache, name);
	if (zone) {
		return zone;
	}
	zone = MEM_NEW(Zone);
	zone->first_offset = offset;
	if (from_file && !zone_read(name, zone)) {
		mem_free(zone);
		return NULL;
	}
	zone->name = str_make(mem_cstr(name), name.len);
	(void)map_put(&zone_cache, name, zone);
	return zone;
}

static bool zone_unknown(Str name, Err *err)
{
	char near[ZONE_NAME_MAX];
	(void)err_set(err, ERR_BAD_OPTION, "unknown time zone \"%.*s\"", STR_ARG(name));
	if (zone_nearest(name, near)) {
		return err_hint(err, "Did you mean \"%s\"?", near);
	}
	return err_hint(err, "Write a name like 'Europe/Berlin', 'UTC' or an offset like '+02:00'.");
}

const Zone *zone_find(Str name, Err *err)
{
	int64_t offset = 0;
	char canonical[ZONE_NAME_MAX];
	name = str_trim(name);
	bool fixed = zone_is_offset_name(name, &offset);
	if (fixed && offset == 0) {
		return zone_utc;
	}
	if (name.len == 0 || name.len >= ZONE_NAME_MAX) {
		(void)zone_unknown(name, err);
		return NULL;
	}
	if (fixed) {
		zone_print_offset(offset, canonical);
		name = str_from(canonical);
	}
	pthread_mutex_lock(&zone_mutex);
	Zone *zone = zone_cached(name, !fixed, offset);
	pthread_mutex_unlock(&zone_mutex);
	if (!zone) {
		(void)zone_unknown(name, err);
	}
	return zone;
}
