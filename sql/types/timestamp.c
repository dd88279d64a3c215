/*
 * sql/types/timestamp.c: the civil calendar, and the fields and units of a timestamp.
 *
 * Days and civil dates convert by counting years from 1 March, so that the leap day is the last of its year
 * (Howard Hinnant, "chrono-compatible low-level date algorithms"). All divisions here round down, so that times before
 * 1970 need no special case.
 */
#include "sql/types/timestamp.h"

static int64_t timestamp_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t timestamp_mod(int64_t a, int64_t b)
{
	int64_t r = a % b;
	return r < 0 ? r + b : r;
}

int64_t timestamp_days(int32_t year, int32_t month, int32_t day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = timestamp_div(y, 400);
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

void timestamp_civil_date(int64_t days, Civil *out)
{
	int64_t z = days + 719468;
	int64_t era = timestamp_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int64_t month = mp < 10 ? mp + 3 : mp - 9;
	*out = (Civil){
	    .year = (int32_t)(yoe + era * 400 + (month <= 2)),
	    .month = (int32_t)month,
	    .day = (int32_t)(doy - (153 * mp + 2) / 5 + 1),
	};
}

void timestamp_civil(int64_t us, Civil *out)
{
	timestamp_civil_date(timestamp_div(us, TIMESTAMP_US_PER_DAY), out);
	int64_t rest = timestamp_mod(us, TIMESTAMP_US_PER_DAY);
	out->micros = (int32_t)(rest % TIMESTAMP_US_PER_SECOND);
	int32_t seconds = (int32_t)(rest / TIMESTAMP_US_PER_SECOND);
	out->hour = seconds / 3600;
	out->minute = seconds / 60 % 60;
	out->second = seconds % 60;
}

int64_t timestamp_from_civil(const Civil *c)
{
	int64_t us;
	int64_t clock = c->hour * TIMESTAMP_US_PER_HOUR + c->minute * TIMESTAMP_US_PER_MINUTE +
	                c->second * TIMESTAMP_US_PER_SECOND + c->micros;
	if (__builtin_mul_overflow(timestamp_days(c->year, c->month, c->day), TIMESTAMP_US_PER_DAY, &us) ||
	    __builtin_add_overflow(us, clock, &us)) {
		return c->year < 1970 ? INT64_MIN : INT64_MAX;
	}
	return us;
}

int32_t timestamp_month_days(int32_t year, int32_t month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return month == 2 && leap ? 29 : days[month - 1];
}

bool timestamp_valid_date(int32_t year, int32_t month, int32_t day)
{
	return month >= 1 && month <= 12 && day >= 1 && day <= timestamp_month_days(year, month);
}

/* The years that int64 microseconds can hold, with room to spare on both sides. */
enum { TIMESTAMP_YEAR_MAX = 290000 };

int64_t timestamp_add_months(int64_t us, int64_t months)
{
	Civil c;
	timestamp_civil(us, &c);
	if (months > INT64_C(24) * TIMESTAMP_YEAR_MAX) {
		return INT64_MAX;
	}
	if (months < INT64_C(-24) * TIMESTAMP_YEAR_MAX) {
		return INT64_MIN;
	}
	int64_t total = (int64_t)c.year * 12 + (c.month - 1) + months;
	int64_t year = timestamp_div(total, 12);
	if (year > TIMESTAMP_YEAR_MAX || year < -TIMESTAMP_YEAR_MAX) {
		return year > 0 ? INT64_MAX : INT64_MIN;
	}
	c.year = (int32_t)year;
	c.month = (int32_t)timestamp_mod(total, 12) + 1;
	int32_t last = timestamp_month_days(c.year, c.month);
	c.day = c.day < last ? c.day : last;
	return timestamp_from_civil(&c);
}

/* What a unit is for arithmetic: a number of microseconds, or of months; both 0: a field only. */
typedef struct UnitInfo {
	const char *name;
	int64_t us;
	int32_t months;
} UnitInfo;

static const UnitInfo timestamp_units[UNITS] = {
    [UNIT_MICROSECOND] = {"MICROSECOND", 1, 0},
    [UNIT_MILLISECOND] = {"MILLISECOND", 1000, 0},
    [UNIT_SECOND] = {"SECOND", TIMESTAMP_US_PER_SECOND, 0},
    [UNIT_MINUTE] = {"MINUTE", TIMESTAMP_US_PER_MINUTE, 0},
    [UNIT_HOUR] = {"HOUR", TIMESTAMP_US_PER_HOUR, 0},
    [UNIT_DAY] = {"DAY", TIMESTAMP_US_PER_DAY, 0},
    [UNIT_WEEK] = {"WEEK", 7 * TIMESTAMP_US_PER_DAY, 0},
    [UNIT_MONTH] = {"MONTH", 0, 1},
    [UNIT_QUARTER] = {"QUARTER", 0, 3},
    [UNIT_YEAR] = {"YEAR", 0, 12},
    [UNIT_DECADE] = {"DECADE", 0, 120},
    [UNIT_CENTURY] = {"CENTURY", 0, 1200},
    [UNIT_MILLENNIUM] = {"MILLENNIUM", 0, 12000},
    [UNIT_DOW] = {"DOW", 0, 0},
    [UNIT_ISODOW] = {"ISODOW", 0, 0},
    [UNIT_DOY] = {"DOY", 0, 0},
    [UNIT_ISOYEAR] = {"ISOYEAR", 0, 0},
    [UNIT_EPOCH] = {"EPOCH", 0, 0},
    [UNIT_NANOSECOND] = {"NANOSECOND", 0, 0},
};

bool timestamp_unit_parse(Str name, TimeUnit *unit)
{
	static const struct {
		const char *name;
		TimeUnit unit;
	} others[] = {
	    {"CENTURIES", UNIT_CENTURY},       {"MILLENNIA", UNIT_MILLENNIUM},  {"FRAC_SECOND", UNIT_MICROSECOND},
	    {"SQL_TSI_SECOND", UNIT_SECOND},   {"SQL_TSI_MINUTE", UNIT_MINUTE}, {"SQL_TSI_HOUR", UNIT_HOUR},
	    {"SQL_TSI_DAY", UNIT_DAY},         {"SQL_TSI_WEEK", UNIT_WEEK},     {"SQL_TSI_MONTH", UNIT_MONTH},
	    {"SQL_TSI_QUARTER", UNIT_QUARTER}, {"SQL_TSI_YEAR", UNIT_YEAR},
	};
	Str one = name;
	if (one.len > 1 && (one.ptr[one.len - 1] == 'S' || one.ptr[one.len - 1] == 's')) {
		one.len--;
	}
	for (unsigned u = 0; u < UNITS; u++) {
		Str known = str_from(timestamp_units[u].name);
		if (str_eq_nocase(name, known) || str_eq_nocase(one, known)) {
			*unit = (TimeUnit)u;
			return true;
		}
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (str_eq_nocase(name, str_from(others[i].name))) {
			*unit = others[i].unit;
			return true;
		}
	}
	return false;
}

/* Monday 1 .. Sunday 7; day 0 was a Thursday. */
static int64_t timestamp_isodow(int64_t days)
{
	return timestamp_mod(days + 3, 7) + 1;
}

/* The ISO year of a day and the first day of that year's week 1: the week with the first Thursday. */
static int64_t timestamp_iso_year(int64_t days, int64_t *first)
{
	Civil c;
	int64_t thursday = days - timestamp_isodow(days) + 4;
	timestamp_civil_date(thursday, &c);
	int64_t fourth = timestamp_days(c.year, 1, 4);
	*first = fourth - timestamp_isodow(fourth) + 1;
	return c.year;
}

/* Years are counted from 1 in centuries and millennia: 2000 is in the 20th century, 2001 in the 21st. */
static int64_t timestamp_ordinal(int64_t year, int64_t span)
{
	return year > 0 ? (year + span - 1) / span : (year - span + 1) / span;
}

int64_t timestamp_extract(TimeUnit unit, int64_t us)
{
	Civil c;
	int64_t days = timestamp_div(us, TIMESTAMP_US_PER_DAY);
	int64_t first;
	timestamp_civil(us, &c);
	switch (unit) {
	case UNIT_MICROSECOND: return c.micros;
	case UNIT_MILLISECOND: return c.micros / 1000;
	case UNIT_NANOSECOND: return (int64_t)c.micros * 1000;
	case UNIT_SECOND: return c.second;
	case UNIT_MINUTE: return c.minute;
	case UNIT_HOUR: return c.hour;
	case UNIT_DAY: return c.day;
	case UNIT_WEEK: (void)timestamp_iso_year(days, &first); return (days - first) / 7 + 1;
	case UNIT_MONTH: return c.month;
	case UNIT_QUARTER: return (c.month + 2) / 3;
	case UNIT_YEAR: return c.year;
	case UNIT_DECADE: return timestamp_div(c.year, 10);
	case UNIT_CENTURY: return timestamp_ordinal(c.year, 100);
	case UNIT_MILLENNIUM: return timestamp_ordinal(c.year, 1000);
	case UNIT_DOW: return timestamp_mod(days + 4, 7) + 1;
	case UNIT_ISODOW: return timestamp_isodow(days);
	case UNIT_DOY: return days - timestamp_days(c.year, 1, 1) + 1;
	case UNIT_ISOYEAR: return timestamp_iso_year(days, &first);
	case UNIT_EPOCH: return us / TIMESTAMP_US_PER_SECOND;
	case UNITS: break;
	}
	return 0;
}

/* The first year of the decade, century or millennium. */
static int64_t timestamp_floor_year(TimeUnit unit, int64_t year)
{
	switch (unit) {
	case UNIT_DECADE: return timestamp_div(year, 10) * 10;
	case UNIT_CENTURY: return timestamp_div(year - 1, 100) * 100 + 1;
	case UNIT_MILLENNIUM: return timestamp_div(year - 1, 1000) * 1000 + 1;
	default: return year;
	}
}

int64_t timestamp_floor(TimeUnit unit, int64_t us)
{
	Civil c;
	int64_t floor;
	int64_t span = timestamp_units[unit].us;
	if (timestamp_units[unit].months == 0) {
		/* The epoch was a Thursday; weeks begin on the Sunday four days before. */
		int64_t rest = unit == UNIT_WEEK ? timestamp_mod(timestamp_mod(us, span) + 4 * TIMESTAMP_US_PER_DAY, span)
		               : span > 1        ? timestamp_mod(us, span)
		                                 : 0;
		return __builtin_sub_overflow(us, rest, &floor) ? INT64_MIN : floor;
	}
	timestamp_civil_date(timestamp_div(us, TIMESTAMP_US_PER_DAY), &c);
	c.day = 1;
	if (unit == UNIT_QUARTER) {
		c.month = (c.month - 1) / 3 * 3 + 1;
	} else if (unit != UNIT_MONTH) {
		c.month = 1;
		c.year = (int32_t)timestamp_floor_year(unit, c.year);
	}
	return timestamp_from_civil(&c);
}

int64_t timestamp_ceil(TimeUnit unit, int64_t us)
{
	int64_t floor = timestamp_floor(unit, us);
	return floor == us ? us : timestamp_add(unit, 1, floor);
}

int64_t timestamp_add(TimeUnit unit, int64_t n, int64_t us)
{
	int64_t by;
	int64_t sum;
	if (timestamp_units[unit].months != 0) {
		bool far = __builtin_mul_overflow(n, (int64_t)timestamp_units[unit].months, &by);
		return far ? (n > 0 ? INT64_MAX : INT64_MIN) : timestamp_add_months(us, by);
	}
	if (unit == UNIT_NANOSECOND) {
		by = n / 1000;
	} else if (__builtin_mul_overflow(n, timestamp_units[unit].us, &by)) {
		return n > 0 ? INT64_MAX : INT64_MIN;
	}
	return __builtin_add_overflow(us, by, &sum) ? (by > 0 ? INT64_MAX : INT64_MIN) : sum;
}

/* Whole months from the earlier to the later time. */
static int64_t timestamp_months_between(int64_t from, int64_t to)
{
	Civil a;
	Civil b;
	timestamp_civil(from, &a);
	timestamp_civil(to, &b);
	int64_t months = ((int64_t)b.year - a.year) * 12 + b.month - a.month;
	return timestamp_add_months(from, months) > to ? months - 1 : months;
}

int64_t timestamp_diff(TimeUnit unit, int64_t from, int64_t to)
{
	if (timestamp_units[unit].months != 0) {
		int64_t months = to >= from ? timestamp_months_between(from, to) : -timestamp_months_between(to, from);
		return months / timestamp_units[unit].months;
	}
	int64_t us;
	if (__builtin_sub_overflow(to, from, &us)) {
		us = to > from ? INT64_MAX : INT64_MIN;
	}
	if (unit == UNIT_NANOSECOND) {
		int64_t ns;
		return __builtin_mul_overflow(us, INT64_C(1000), &ns) ? (us > 0 ? INT64_MAX : INT64_MIN) : ns;
	}
	return timestamp_units[unit].us > 0 ? us / timestamp_units[unit].us : 0;
}
