/*
 * sql/types/zone_internal.h: a zone from within: zone.c asks it, zone_file.c reads it.
 */
#ifndef WEIR_SQL_TYPES_ZONE_INTERNAL_H
#define WEIR_SQL_TYPES_ZONE_INTERNAL_H

#include "sql/types/zone.h"

enum {
	ZONE_NAME_MAX = 64,
	ZONE_CHANGES_MAX = 10000,
};

/* From second `at` (since 1970, UTC) on, clocks are `offset` seconds ahead of UTC. */
typedef struct ZoneChange {
	int64_t at;
	int64_t offset;
} ZoneChange;

/* A day of each year and a second of it, in wall time before the change: POSIX's Mm.w.d, Jn and n. */
typedef struct ZoneDay {
	char kind;                    /* 'M', 'J' (1..365, no 29 February), 'N' (0..365) */
	int32_t month, week, weekday; /* M: 1..12, 1..5 (5: the last), 0 Sunday .. 6 */
	int32_t day;                  /* J, N */
	int64_t second;
} ZoneDay;

/* The rule for the time behind the last change: POSIX TZ, without names. */
typedef struct ZoneRule {
	int64_t standard; /* offsets, seconds east of UTC */
	int64_t summer;
	bool has_summer;
	ZoneDay begin; /* of summer time */
	ZoneDay end;
} ZoneRule;

struct Zone {
	Str name;
	int64_t first_offset; /* before the first change, or always */
	uint32_t nchanges;
	ZoneChange *changes; /* ascending */
	bool has_rule;
	ZoneRule rule;
};

/* Reads the file of a zone; false: there is none, or it is not TZif. Names that leave the folder are refused. */
bool zone_read(Str name, Zone *zone);
/* Parses a TZif file's bytes; the changes are malloc'd. */
bool zone_parse(const uint8_t *bytes, size_t n, Zone *zone);
bool zone_parse_rule(Str text, ZoneRule *rule);
int64_t zone_rule_offset(const ZoneRule *rule, int64_t second);
/* The known zone name nearest to this one; false: none is near. */
bool zone_nearest(Str name, char nearest[ZONE_NAME_MAX]);

#endif
