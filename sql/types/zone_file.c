/*
 * sql/types/zone_file.c: TZif files (RFC 8536) and the POSIX rule at their end.
 *
 *   header v1 | data v1, 32-bit times: skipped | header v2 | data v2, 64-bit times | \n rule \n
 *
 * Of the data only the times of change and the offsets are kept; names of offsets and leap seconds are not.
 */
#include "sql/types/zone_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "sql/types/timestamp.h"

#define ZONE_ROOT "/usr/share/zoneinfo"

enum {
	ZONE_HEADER = 44,
	ZONE_FILE_MAX = 1024 * 1024,
	ZONE_OFFSET_MAX = 26 * 3600, /* of a change, in seconds; RFC 8536: -25 h .. +26 h */
};

typedef struct ZoneHeader {
	uint32_t nisut, nisstd, nleap, ntimes, ntypes, nchars;
} ZoneHeader;

static uint32_t zone_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t zone_be64(const uint8_t *p)
{
	return (int64_t)((uint64_t)zone_be32(p) << 32 | zone_be32(p + 4));
}

/* Reads a header; its data may not be longer than the file. */
static bool zone_parse_header(const uint8_t *p, size_t n, ZoneHeader *h, size_t time_size, size_t *data_size)
{
	if (n < ZONE_HEADER || memcmp(p, "TZif", 4) != 0) {
		return false;
	}
	const uint8_t *at = p + 20;
	uint32_t *fields[] = {&h->nisut, &h->nisstd, &h->nleap, &h->ntimes, &h->ntypes, &h->nchars};
	for (size_t i = 0; i < 6; i++, at += 4) {
		*fields[i] = zone_be32(at);
		if (*fields[i] > ZONE_CHANGES_MAX) {
			return false;
		}
	}
	*data_size = h->ntimes * (time_size + 1) + h->ntypes * (size_t)6 + h->nchars + h->nleap * (time_size + 4) +
	             h->nisstd + h->nisut;
	return h->ntypes > 0 && *data_size <= n - ZONE_HEADER;
}

static bool zone_parse_data(const uint8_t *p, const ZoneHeader *h, Zone *zone)
{
	const uint8_t *indexes = p + (size_t)h->ntimes * 8;
	const uint8_t *types = indexes + h->ntimes;
	zone->first_offset = (int32_t)zone_be32(types);
	ZoneChange *changes = MEM_ARRAY(ZoneChange, h->ntimes + 1);
	zone->changes = changes;
	zone->nchanges = h->ntimes;
	for (uint32_t i = 0; i < h->ntimes; i++) {
		changes[i].at = zone_be64(p + (size_t)i * 8);
		if (indexes[i] >= h->ntypes || (i > 0 && changes[i].at <= changes[i - 1].at)) {
			return false;
		}
		changes[i].offset = (int32_t)zone_be32(types + (size_t)indexes[i] * 6);
		if (changes[i].offset > ZONE_OFFSET_MAX || changes[i].offset < -ZONE_OFFSET_MAX) {
			return false;
		}
	}
	return zone->first_offset <= ZONE_OFFSET_MAX && zone->first_offset >= -ZONE_OFFSET_MAX;
}

static bool zone_parse_footer(const uint8_t *p, size_t n, Zone *zone)
{
	if (n < 2 || p[0] != '\n') {
		return false;
	}
	const uint8_t *end = memchr(p + 1, '\n', n - 1);
	if (!end) {
		return false;
	}
	Str text = str_make((const char *)p + 1, (size_t)(end - p - 1));
	zone->has_rule = text.len > 0;
	return text.len == 0 || zone_parse_rule(text, &zone->rule);
}

bool zone_parse(const uint8_t *bytes, size_t n, Zone *zone)
{
	ZoneHeader h;
	size_t size;
	if (!zone_parse_header(bytes, n, &h, 4, &size) || bytes[4] < '2') {
		return false;
	}
	bytes += ZONE_HEADER + size;
	n -= ZONE_HEADER + size;
	if (!zone_parse_header(bytes, n, &h, 8, &size)) {
		return false;
	}
	bytes += ZONE_HEADER;
	n -= ZONE_HEADER;
	if (!zone_parse_data(bytes, &h, zone) || !zone_parse_footer(bytes + size, n - size, zone)) {
		mem_free(zone->changes);
		zone->changes = NULL;
		zone->nchanges = 0;
		return false;
	}
	return true;
}

static bool zone_name_ok(Str name)
{
	for (uint32_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!letter && c != '_' && c != '-' && c != '+' && c != '/') {
			return false;
		}
	}
	return name.len > 0 && name.len < ZONE_NAME_MAX && name.ptr[0] != '/' && name.ptr[name.len - 1] != '/';
}

/* The whole file, to be freed; NULL: there is none of reasonable size. */
static uint8_t *zone_slurp(const char *path, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return NULL;
	}
	uint8_t *bytes = mem_alloc(ZONE_FILE_MAX);
	*n = 0;
	for (;;) {
		ssize_t got = read(fd, bytes + *n, ZONE_FILE_MAX - *n);
		if (got <= 0) {
			if (got < 0 || *n == ZONE_FILE_MAX) {
				*n = 0;
			}
			break;
		}
		*n += (size_t)got;
	}
	close(fd);
	return bytes;
}

bool zone_read(Str name, Zone *zone)
{
	char path[sizeof ZONE_ROOT + ZONE_NAME_MAX + 1];
	if (!zone_name_ok(name)) {
		return false;
	}
	snprintf(path, sizeof path, "%s/%.*s", ZONE_ROOT, STR_ARG(name));
	size_t n;
	uint8_t *bytes = zone_slurp(path, &n);
	bool ok = bytes && zone_parse(bytes, n, zone);
	mem_free(bytes);
	return ok;
}

/* tzdata.zi has a line "Z name ..." per zone and "L target name" per alias. */
bool zone_nearest(Str name, char nearest[ZONE_NAME_MAX])
{
	enum { ZONE_NEAR = 4 };
	size_t n;
	uint8_t *bytes = zone_slurp(ZONE_ROOT "/tzdata.zi", &n);
	if (!bytes) {
		return false;
	}
	Str rest = str_make((const char *)bytes, n);
	Str line;
	unsigned best = ZONE_NEAR;
	while (str_next(&rest, '\n', &line)) {
		Str kind;
		Str known;
		if (!str_next(&line, ' ', &kind) || (!str_eq(kind, STR("Z")) && !str_eq(kind, STR("L"))) ||
		    !str_next(&line, ' ', &known)) {
			continue;
		}
		if (str_eq(kind, STR("L")) && !str_next(&line, ' ', &known)) {
			continue;
		}
		/* "berlin" is near "Europe/Berlin". */
		const char *slash = memrchr(known.ptr, '/', known.len);
		Str city = slash ? str_make(slash + 1, known.len - (size_t)(slash + 1 - known.ptr)) : known;
		unsigned whole = str_distance(name, known, ZONE_NEAR);
		unsigned part = str_distance(name, city, ZONE_NEAR);
		unsigned distance = part + 1 < whole ? part + 1 : whole;
		if (distance < best && known.len < ZONE_NAME_MAX) {
			best = distance;
			memcpy(nearest, known.ptr, known.len);
			nearest[known.len] = 0;
		}
	}
	mem_free(bytes);
	return best < ZONE_NEAR;
}

/* ---- POSIX rules: CET-1CEST,M3.5.0,M10.5.0/3 ---- */

static bool zone_rule_number(Str *s, int64_t max, int64_t *v)
{
	uint32_t n = 0;
	*v = 0;
	while (n < s->len && n < 4 && s->ptr[n] >= '0' && s->ptr[n] <= '9') {
		*v = *v * 10 + (s->ptr[n++] - '0');
	}
	s->ptr += n;
	s->len -= n;
	return n > 0 && *v <= max;
}

static bool zone_rule_char(Str *s, char c)
{
	if (s->len == 0 || *s->ptr != c) {
		return false;
	}
	s->ptr++;
	s->len--;
	return true;
}

/* Three letters or more, or <...>. */
static bool zone_rule_name(Str *s)
{
	uint32_t n = 0;
	if (zone_rule_char(s, '<')) {
		while (n < s->len && s->ptr[n] != '>') {
			n++;
		}
		s->ptr += n;
		s->len -= n;
		return zone_rule_char(s, '>');
	}
	while (n < s->len && ((s->ptr[n] | 0x20) >= 'a' && (s->ptr[n] | 0x20) <= 'z')) {
		n++;
	}
	s->ptr += n;
	s->len -= n;
	return n >= 3;
}

/* [+-]h[:m[:s]] in seconds. */
static bool zone_rule_time(Str *s, int64_t *seconds)
{
	bool negative = zone_rule_char(s, '-');
	int64_t h;
	int64_t m = 0;
	int64_t sec = 0;
	if (!negative) {
		(void)zone_rule_char(s, '+');
	}
	if (!zone_rule_number(s, 167, &h)) {
		return false;
	}
	if (zone_rule_char(s, ':')) {
		if (!zone_rule_number(s, 59, &m) || (zone_rule_char(s, ':') && !zone_rule_number(s, 59, &sec))) {
			return false;
		}
	}
	*seconds = h * 3600 + m * 60 + sec;
	*seconds = negative ? -*seconds : *seconds;
	return true;
}

static bool zone_rule_day(Str *s, ZoneDay *d)
{
	int64_t a;
	int64_t b;
	int64_t c;
	*d = (ZoneDay){.second = INT64_C(2) * 3600};
	if (zone_rule_char(s, 'M')) {
		if (!zone_rule_number(s, 12, &a) || !zone_rule_char(s, '.') || !zone_rule_number(s, 5, &b) ||
		    !zone_rule_char(s, '.') || !zone_rule_number(s, 6, &c) || a < 1 || b < 1) {
			return false;
		}
		d->kind = 'M';
		d->month = (int32_t)a;
		d->week = (int32_t)b;
		d->weekday = (int32_t)c;
	} else {
		d->kind = zone_rule_char(s, 'J') ? 'J' : 'N';
		if (!zone_rule_number(s, 365, &a) || (d->kind == 'J' && a < 1)) {
			return false;
		}
		d->day = (int32_t)a;
	}
	return !zone_rule_char(s, '/') || zone_rule_time(s, &d->second);
}

bool zone_parse_rule(Str text, ZoneRule *rule)
{
	Str s = text;
	*rule = (ZoneRule){0};
	/* POSIX counts offsets west of Greenwich. */
	if (!zone_rule_name(&s) || !zone_rule_time(&s, &rule->standard)) {
		return false;
	}
	rule->standard = -rule->standard;
	if (s.len == 0) {
		return true;
	}
	rule->has_summer = true;
	rule->summer = rule->standard + 3600;
	if (!zone_rule_name(&s)) {
		return false;
	}
	if (s.len > 0 && *s.ptr != ',') {
		if (!zone_rule_time(&s, &rule->summer)) {
			return false;
		}
		rule->summer = -rule->summer;
	}
	if (s.len == 0) {
		s = STR(",M3.2.0,M11.1.0");
	}
	return zone_rule_char(&s, ',') && zone_rule_day(&s, &rule->begin) && zone_rule_char(&s, ',') &&
	       zone_rule_day(&s, &rule->end) && s.len == 0;
}

/* Seconds since 1970 of a rule's moment in a year, as wall time. */
static int64_t zone_rule_moment(const ZoneDay *d, int32_t year)
{
	int64_t day;
	if (d->kind == 'M') {
		int64_t first = timestamp_days(year, d->month, 1);
		int64_t weekday = ((first + 4) % 7 + 7) % 7;
		day = first + (d->weekday - weekday + 7) % 7 + INT64_C(7) * (d->week - 1);
		if (day >= first + timestamp_month_days(year, d->month)) {
			day -= 7;
		}
	} else if (d->kind == 'J') {
		bool leap = timestamp_month_days(year, 2) == 29;
		day = timestamp_days(year, 1, 1) + d->day - 1 + (leap && d->day >= 60);
	} else {
		day = timestamp_days(year, 1, 1) + d->day;
	}
	return day * 86400 + d->second;
}

int64_t zone_rule_offset(const ZoneRule *rule, int64_t second)
{
	if (!rule->has_summer) {
		return rule->standard;
	}
	Civil c;
	int64_t local = second + rule->standard;
	timestamp_civil_date(local / 86400 - (local % 86400 < 0), &c);
	int64_t begin = zone_rule_moment(&rule->begin, c.year) - rule->standard;
	int64_t end = zone_rule_moment(&rule->end, c.year) - rule->summer;
	bool summer = begin < end ? second >= begin && second < end : second >= begin || second < end;
	return summer ? rule->summer : rule->standard;
}
