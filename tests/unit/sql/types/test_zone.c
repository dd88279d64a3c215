/*
 * tests/unit/sql/types/test_zone.c: zones at the hours when clocks change, in both directions.
 */
#include "sql/types/zone.h"

#include "sql/types/timestamp.h"
#include "base/arena.h"
#include "sql/types/zone_internal.h"
#include "tests/support/check.h"

#define HOUR TIMESTAMP_US_PER_HOUR

static const Zone *zone(const char *name)
{
	Err err = {0};
	const Zone *z = zone_find(str_from(name), &err);
	if (!z)
		fprintf(stderr, "%s: %s\n", name, err.message);
	REQUIRE(z);
	return z;
}

static int64_t ts(const char *text)
{
	int64_t us;
	REQUIRE(timestamp_parse(str_from(text), &us, NULL, NULL));
	return us;
}

static void check_local(const Zone *z, const char *instant, const char *local)
{
	CHECK_FMT(zone_to_local(z, ts(instant)) == ts(local), "    %s\n", instant);
}

/* The instants that a wall time means: by itself, and for firing windows. */
static void check_instants(const Zone *z, const char *local, const char *instant, const char *latest)
{
	CHECK_FMT(zone_to_instant(z, ts(local)) == ts(instant), "    %s\n", local);
	CHECK_FMT(zone_to_instant_latest(z, ts(local)) == ts(latest), "    %s latest\n", local);
}

TEST(zone_berlin_in_march)
{
	const Zone *z = zone("Europe/Berlin");
	check_local(z, "2024-03-31 00:59:59.999999", "2024-03-31 01:59:59.999999");
	check_local(z, "2024-03-31 01:00:00", "2024-03-31 03:00:00");
	check_instants(z, "2024-03-31 01:59:59.999999", "2024-03-31 00:59:59.999999", "2024-03-31 00:59:59.999999");
	check_instants(z, "2024-03-31 02:00:00", "2024-03-31 01:00:00", "2024-03-31 01:00:00");
	check_instants(z, "2024-03-31 02:30:00", "2024-03-31 01:30:00", "2024-03-31 01:00:00");
	check_instants(z, "2024-03-31 02:59:59.999999", "2024-03-31 01:59:59.999999", "2024-03-31 01:00:00");
	check_instants(z, "2024-03-31 03:00:00", "2024-03-31 01:00:00", "2024-03-31 01:00:00");
	check_instants(z, "2024-03-31 00:00:00", "2024-03-30 23:00:00", "2024-03-30 23:00:00");
	check_instants(z, "2024-04-01 00:00:00", "2024-03-31 22:00:00", "2024-03-31 22:00:00");
}

TEST(zone_berlin_in_october)
{
	const Zone *z = zone("Europe/Berlin");
	check_local(z, "2024-10-27 00:59:59.999999", "2024-10-27 02:59:59.999999");
	check_local(z, "2024-10-27 01:00:00", "2024-10-27 02:00:00");
	check_instants(z, "2024-10-27 01:59:59.999999", "2024-10-26 23:59:59.999999", "2024-10-26 23:59:59.999999");
	check_instants(z, "2024-10-27 02:00:00", "2024-10-27 00:00:00", "2024-10-27 01:00:00");
	check_instants(z, "2024-10-27 02:30:00", "2024-10-27 00:30:00", "2024-10-27 01:30:00");
	check_instants(z, "2024-10-27 02:59:59.999999", "2024-10-27 00:59:59.999999", "2024-10-27 01:59:59.999999");
	check_instants(z, "2024-10-27 03:00:00", "2024-10-27 02:00:00", "2024-10-27 02:00:00");
}

/* Behind the last change in the file the rule at its end holds. */
TEST(zone_rules_hold_for_ever)
{
	const Zone *z = zone("Europe/Berlin");
	CHECK_EQ_I64(zone_offset_at(z, ts("2500-01-15 12:00:00")), HOUR);
	CHECK_EQ_I64(zone_offset_at(z, ts("2500-07-15 12:00:00")), 2 * HOUR);
	check_instants(z, "2500-03-28 02:30:00", "2500-03-28 01:30:00", "2500-03-28 01:00:00");
	/* South of the equator summer spans the new year. */
	CHECK_EQ_I64(zone_offset_at(zone("Australia/Sydney"), ts("2400-01-15 12:00:00")), 11 * HOUR);
	CHECK_EQ_I64(zone_offset_at(zone("Australia/Sydney"), ts("2400-07-15 12:00:00")), 10 * HOUR);
	/* Ireland's rule has its summer in winter. */
	CHECK_EQ_I64(zone_offset_at(zone("Europe/Dublin"), ts("2400-07-15 12:00:00")), HOUR);
	CHECK_EQ_I64(zone_offset_at(zone("Europe/Dublin"), ts("2400-01-15 12:00:00")), 0);
	CHECK_EQ_I64(zone_offset_at(zone("Asia/Tokyo"), ts("2400-01-15 12:00:00")), 9 * HOUR);
	CHECK_EQ_I64(zone_offset_at(zone("America/New_York"), ts("2024-07-04 12:00:00")), -4 * HOUR);
	/* Before the first change clocks showed local mean time. */
	CHECK_EQ_I64(zone_offset_at(z, ts("1800-01-01 00:00:00")), (53 * 60 + 28) * TIMESTAMP_US_PER_SECOND);
}

/* Samoa had no 30 December 2011: a gap of a day. */
TEST(zone_gap_of_a_day)
{
	const Zone *z = zone("Pacific/Apia");
	check_local(z, "2011-12-30 09:59:59", "2011-12-29 23:59:59");
	check_local(z, "2011-12-30 10:00:00", "2011-12-31 00:00:00");
	check_instants(z, "2011-12-30 12:00:00", "2011-12-30 22:00:00", "2011-12-30 10:00:00");
}

static void check_round_trip(const Zone *z, int64_t instant)
{
	int64_t local = zone_to_local(z, instant);
	int64_t first = zone_to_instant(z, local);
	int64_t last = zone_to_instant_latest(z, local);
	CHECK_FMT(first <= instant && instant <= last, "    %.*s %lld\n", STR_ARG(zone_name(z)), (long long)instant);
	CHECK(zone_to_local(z, first) == local && zone_to_local(z, last) == local);
}

TEST(zone_wall_times_lie_around_their_instant)
{
	static const char *const names[] = {
	    "Europe/Berlin", "America/New_York",  "Pacific/Apia",      "Australia/Lord_Howe",
	    "Asia/Kolkata",  "Africa/Casablanca", "Pacific/Kwajalein", "UTC",
	    "+05:45",        "Europe/Dublin",     "America/St_Johns",  "Antarctica/Troll"};
	uint64_t seed = 3;
	for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
		const Zone *z = zone(names[n]);
		for (uint32_t i = 0; i < z->nchanges; i++) {
			for (int64_t d = -26; d <= 26; d++)
				check_round_trip(z, (z->changes[i].at + d * 1800) * TIMESTAMP_US_PER_SECOND);
		}
		for (int i = 0; i < 2000; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			check_round_trip(z, (int64_t)(seed >> 8) - (INT64_C(1) << 55));
		}
	}
}

TEST(zone_names_and_offsets)
{
	CHECK(zone("UTC") == zone_utc && zone("Z") == zone_utc && zone("GMT") == zone_utc && zone(" utc ") == zone_utc);
	CHECK_EQ_I64(zone_offset_at(zone("+02:00"), 0), 2 * HOUR);
	CHECK_EQ_I64(zone_offset_at(zone("-02:30"), 0), -150 * TIMESTAMP_US_PER_MINUTE);
	CHECK_EQ_I64(zone_offset_at(zone("GMT+2"), 0), 2 * HOUR);
	CHECK_EQ_I64(zone_offset_at(zone("UTC-10:30"), 0), -630 * TIMESTAMP_US_PER_MINUTE);
	CHECK_EQ_I64(zone_offset_at(zone("+0530"), 0), 330 * TIMESTAMP_US_PER_MINUTE);
	CHECK_EQ_I64(zone_offset_at(zone("+01:02:03"), 0), 3723 * TIMESTAMP_US_PER_SECOND);
	CHECK_EQ_I64(zone_offset_at(zone("Etc/GMT+2"), 0), -2 * HOUR);
	CHECK(zone("GMT+2") == zone("+02:00"));
	CHECK(zone("Europe/Berlin") == zone("Europe/Berlin"));
	CHECK(str_eq(zone_name(zone("Europe/Berlin")), STR("Europe/Berlin")));
	CHECK_EQ_I64(zone_to_local(zone("+02:00"), INT64_MAX), INT64_MAX);
	CHECK_EQ_I64(zone_to_instant(zone("Europe/Berlin"), INT64_MIN), INT64_MIN);
	CHECK_EQ_I64(zone_to_instant_latest(zone("Europe/Berlin"), INT64_MAX),
	             INT64_MAX - zone_offset_at(zone("Europe/Berlin"), INT64_MAX));
}

TEST(zone_unknown_names_are_refused)
{
	static const char *const bad[] = {
	    "",      "Europe/Berlim", "../../../etc/passwd", "/etc/passwd", "Europe", "+25:00",
	    "+2:60", "GMT+",          "tzdata.zi",           "Europe/",     "a b"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		Err err = {0};
		CHECK_FMT(!zone_find(str_from(bad[i]), &err) && err.code == ERR_BAD_OPTION && err.hint[0], "    %s\n", bad[i]);
	}
	Err err = {0};
	CHECK(!zone_find(STR("berlin"), &err));
	CHECK_STR(err.hint, "Did you mean \"Europe/Berlin\"?");
}

TEST(zone_rules_are_parsed)
{
	ZoneRule r;
	CHECK(zone_parse_rule(STR("CET-1CEST,M3.5.0,M10.5.0/3"), &r) && r.standard == 3600 && r.summer == 7200);
	CHECK(zone_parse_rule(STR("<-03>3"), &r) && r.standard == -3 * 3600 && !r.has_summer);
	CHECK(zone_parse_rule(STR("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"), &r) && r.standard == 37800 && r.summer == 39600);
	CHECK(zone_parse_rule(STR("EST5EDT"), &r) && r.summer == -4 * 3600 && r.begin.month == 3 && r.end.month == 11);
	CHECK(zone_parse_rule(STR("XXX3YYY,J60/0,300/-1:30"), &r));
	CHECK_EQ_I64(r.end.second, -5400);
	/* J60 is 1 March, in leap years too. */
	CHECK_EQ_I64(zone_rule_offset(&r, ts("2024-02-29 12:00:00") / 1000000), -3 * 3600);
	CHECK_EQ_I64(zone_rule_offset(&r, ts("2024-03-01 12:00:00") / 1000000), -2 * 3600);
	/* Summer time all year. */
	CHECK(zone_parse_rule(STR("EST5EDT,0/0,J365/25"), &r));
	CHECK_EQ_I64(zone_rule_offset(&r, ts("2024-01-01 04:30:00") / 1000000), -4 * 3600);
	CHECK_EQ_I64(zone_rule_offset(&r, ts("2024-12-31 23:30:00") / 1000000), -4 * 3600);
	static const char *const bad[] = {"",
	                                  "AB1",
	                                  "CET",
	                                  "CET-1CEST,M13.1.0,M1.1.0",
	                                  "CET-1CEST,M3.5.0",
	                                  "CET-1x",
	                                  "<CET-1",
	                                  "CET-1CEST,M3.5.0,M10.5.0/3x",
	                                  "CET-1CEST,J366,J1"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_FMT(!zone_parse_rule(str_from(bad[i]), &r), "    %s\n", bad[i]);
}

/* Cut and damaged files are refused, and nothing is read behind their end. */
TEST(zone_damaged_files_are_refused)
{
	FILE *f = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
	REQUIRE(f);
	static uint8_t bytes[8192];
	size_t n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	REQUIRE(n > 100);
	for (size_t cut = 0; cut < n; cut++) {
		uint8_t *copy = mem_alloc(cut + 1);
		memcpy(copy, bytes, cut);
		Zone z = {0};
		CHECK(!zone_parse(copy, cut, &z));
		mem_free(copy);
	}
	uint64_t seed = 9;
	for (int i = 0; i < 20000; i++) {
		uint8_t *copy = mem_alloc(n);
		memcpy(copy, bytes, n);
		for (int k = 0; k < 3; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			copy[(seed >> 20) % n] = (uint8_t)(seed >> 56);
		}
		Zone z = {0};
		if (zone_parse(copy, n, &z)) {
			(void)zone_to_instant_latest(&z, 0);
			mem_free(z.changes);
		}
		mem_free(copy);
	}
}

TESTS(zone_berlin_in_march, zone_berlin_in_october, zone_rules_hold_for_ever, zone_gap_of_a_day,
      zone_wall_times_lie_around_their_instant, zone_names_and_offsets, zone_unknown_names_are_refused,
      zone_rules_are_parsed, zone_damaged_files_are_refused)
