/*
 * sql/types/timestamp_interval.c: intervals as text: SQL's ('1 02:03:04.005' DAY TO SECOND), PostgreSQL's
 * ('10 minutes', '1 day 02:03:04'), and how they are printed.
 *
 * An interval is a number of months or a number of microseconds, never both. Amounts are bounded so that sums cannot
 * pass 64 bits.
 */
#include "sql/types/timestamp.h"

/* Of the leading field; 10 digits. 9,999,999,999 weeks still fit int64 microseconds when checked. */
enum { INTERVAL_DIGITS_MAX = 10 };

typedef struct IntervalCursor {
	const char *at;
	const char *end;
} IntervalCursor;

static void timestamp_interval_blanks(IntervalCursor *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r')) {
		c->at++;
	}
}

static bool timestamp_interval_char(IntervalCursor *c, char wanted)
{
	if (c->at < c->end && *c->at == wanted) {
		c->at++;
		return true;
	}
	return false;
}

static bool timestamp_interval_number(IntervalCursor *c, int64_t *out)
{
	int n = 0;
	int64_t v = 0;
	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++, n++) {
		if (n == INTERVAL_DIGITS_MAX) {
			return false;
		}
		v = v * 10 + (*c->at - '0');
	}
	*out = v;
	return n > 0;
}

/* What follows the point, as microseconds of a unit of `unit_us`. */
static bool timestamp_interval_fraction(IntervalCursor *c, int64_t unit_us, int64_t *us)
{
	int n = 0;
	int64_t digits = 0;
	int64_t scale = 1;
	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++, n++) {
		if (n < 9) {
			digits = digits * 10 + (*c->at - '0');
			scale *= 10;
		}
	}
	*us = (int64_t)((__int128_t)digits * unit_us / scale);
	return n > 0;
}

static bool timestamp_interval_sum(int64_t *sum, int64_t n, int64_t unit)
{
	int64_t part;
	return !__builtin_mul_overflow(n, unit, &part) && !__builtin_add_overflow(*sum, part, sum);
}

static int64_t timestamp_interval_unit_us(TimeUnit unit)
{
	return timestamp_add(unit, 1, 0);
}

/* One field of a range may not pass its unit's limit unless it leads. */
static bool timestamp_interval_within(TimeUnit unit, int64_t n)
{
	switch (unit) {
	case UNIT_MONTH: return n < 12;
	case UNIT_HOUR: return n < 24;
	case UNIT_MINUTE:
	case UNIT_SECOND: return n < 60;
	default: return true;
	}
}

static bool timestamp_interval_months(IntervalCursor *c, TimeUnit from, TimeUnit to, int64_t *months)
{
	int64_t n;
	if (!timestamp_interval_number(c, &n)) {
		return false;
	}
	int64_t per = from == UNIT_MONTH     ? 1
	              : from == UNIT_QUARTER ? 3
	              : from == UNIT_YEAR    ? 12
	              : from == UNIT_DECADE  ? 120
	              : from == UNIT_CENTURY ? 1200
	                                     : 12000;
	*months = n * per;
	if (from == to) {
		return true;
	}
	if (from != UNIT_YEAR || to != UNIT_MONTH || !timestamp_interval_char(c, '-') ||
	    !timestamp_interval_number(c, &n) || !timestamp_interval_within(UNIT_MONTH, n)) {
		return false;
	}
	*months += n;
	return true;
}

/* DAY h:m:s.f: from the leading field down to the last, with ' ' after days and ':' between the others. */
static bool timestamp_interval_time(IntervalCursor *c, TimeUnit from, TimeUnit to, int64_t *us)
{
	*us = 0;
	if (from < to) {
		return false;
	}
	for (TimeUnit unit = from;; unit = (TimeUnit)(unit - 1)) {
		int64_t n;
		int64_t part;
		if (!timestamp_interval_number(c, &n) || (unit != from && !timestamp_interval_within(unit, n)) ||
		    !timestamp_interval_sum(us, n, timestamp_interval_unit_us(unit))) {
			return false;
		}
		if (unit == to) {
			bool fine = to == UNIT_SECOND || to == UNIT_MILLISECOND;
			if (fine && timestamp_interval_char(c, '.')) {
				return timestamp_interval_fraction(c, timestamp_interval_unit_us(unit), &part) &&
				       timestamp_interval_sum(us, part, 1);
			}
			return true;
		}
		if (unit == UNIT_DAY) {
			timestamp_interval_blanks(c);
		} else if (!timestamp_interval_char(c, ':')) {
			return false;
		}
	}
}

bool timestamp_parse_interval(Str text, TimeUnit from, TimeUnit to, int64_t *months_or_us, Err *err)
{
	Str s = str_trim(text);
	IntervalCursor c = {s.ptr, s.ptr + s.len};
	bool negative = timestamp_interval_char(&c, '-');
	if (!negative) {
		(void)timestamp_interval_char(&c, '+');
	}
	timestamp_interval_blanks(&c);
	int64_t v = 0;
	bool months = from >= UNIT_MONTH && from <= UNIT_MILLENNIUM;
	bool clock = from <= UNIT_WEEK && (from == to || (from <= UNIT_DAY && to >= UNIT_SECOND && to <= UNIT_DAY));
	bool ok = months ? timestamp_interval_months(&c, from, to, &v) : clock && timestamp_interval_time(&c, from, to, &v);
	if (!ok || c.at != c.end) {
		(void)err_set(err, ERR_BAD_LITERAL, "\"%.*s\" is not an interval of these units", STR_ARG(s));
		return err_hint(err, "Write INTERVAL '10' MINUTE, INTERVAL '1 02:03:04.005' DAY TO SECOND or INTERVAL '2-10' "
		                     "YEAR TO MONTH.");
	}
	*months_or_us = negative ? -v : v;
	return true;
}

/* ---- PostgreSQL's form ---- */

/* The name of a unit in PostgreSQL's words and short forms. */
static bool timestamp_interval_word(IntervalCursor *c, TimeUnit *unit)
{
	static const struct {
		const char *name;
		TimeUnit unit;
	} shorts[] = {
	    {"us", UNIT_MICROSECOND},   {"usec", UNIT_MICROSECOND},  {"usecs", UNIT_MICROSECOND}, {"ms", UNIT_MILLISECOND},
	    {"msec", UNIT_MILLISECOND}, {"msecs", UNIT_MILLISECOND}, {"s", UNIT_SECOND},          {"sec", UNIT_SECOND},
	    {"secs", UNIT_SECOND},      {"m", UNIT_MINUTE},          {"min", UNIT_MINUTE},        {"mins", UNIT_MINUTE},
	    {"h", UNIT_HOUR},           {"hr", UNIT_HOUR},           {"hrs", UNIT_HOUR},          {"d", UNIT_DAY},
	    {"w", UNIT_WEEK},           {"mon", UNIT_MONTH},         {"mons", UNIT_MONTH},        {"y", UNIT_YEAR},
	    {"yr", UNIT_YEAR},          {"yrs", UNIT_YEAR},
	};
	const char *begin = c->at;
	while (c->at < c->end && ((*c->at | 0x20) >= 'a' && (*c->at | 0x20) <= 'z')) {
		c->at++;
	}
	Str word = str_make(begin, (size_t)(c->at - begin));
	if (word.len == 0) {
		return false;
	}
	for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++) {
		if (str_eq_nocase(word, str_from(shorts[i].name))) {
			*unit = shorts[i].unit;
			return true;
		}
	}
	return timestamp_unit_parse(word, unit) && *unit <= UNIT_MILLENNIUM;
}

typedef struct PgInterval {
	int64_t months;
	int64_t us;
	bool has_months;
	bool has_us;
} PgInterval;

/* A signed amount: '-1.5', '+3', or a clock '02:03:04.5' (then *clock and its microseconds). */
static bool timestamp_interval_amount(IntervalCursor *c, PgInterval *sum)
{
	bool negative = timestamp_interval_char(c, '-');
	int64_t sign = negative ? -1 : 1;
	int64_t n = 0;
	int64_t part = 0;
	if (!negative) {
		(void)timestamp_interval_char(c, '+');
	}
	const char *begin = c->at;
	bool point = c->at < c->end && *c->at == '.';
	if (!point && !timestamp_interval_number(c, &n)) {
		return false;
	}
	if (timestamp_interval_char(c, ':')) {
		/* h:m[:s[.f]] */
		c->at = begin;
		int colons = 0;
		for (const char *p = begin; p < c->end && (*p == ':' || (*p >= '0' && *p <= '9')); p++) {
			colons += *p == ':';
		}
		if (!timestamp_interval_time(c, UNIT_HOUR, colons == 1 ? UNIT_MINUTE : UNIT_SECOND, &part)) {
			return false;
		}
		sum->has_us = true;
		return timestamp_interval_sum(&sum->us, part, sign);
	}
	IntervalCursor fraction = *c;
	bool has_fraction = timestamp_interval_char(c, '.');
	if (has_fraction && !timestamp_interval_fraction(c, 1, &part)) {
		return false;
	}
	timestamp_interval_blanks(c);
	TimeUnit unit = UNIT_SECOND;
	if (c->at < c->end && !timestamp_interval_word(c, &unit)) {
		return false;
	}
	if (unit >= UNIT_MONTH) {
		int64_t per = timestamp_diff(UNIT_MONTH, 0, timestamp_add(unit, 1, 0));
		if (has_fraction) {
			fraction.at++;
			if (!timestamp_interval_fraction(&fraction, per, &part)) {
				return false;
			}
		}
		sum->has_months = true;
		return timestamp_interval_sum(&sum->months, n * sign, per) && timestamp_interval_sum(&sum->months, part, sign);
	}
	int64_t per = timestamp_interval_unit_us(unit);
	part = 0;
	if (has_fraction) {
		fraction.at++;
		if (!timestamp_interval_fraction(&fraction, per, &part)) {
			return false;
		}
	}
	sum->has_us = true;
	return timestamp_interval_sum(&sum->us, n * sign, per) && timestamp_interval_sum(&sum->us, part, sign);
}

bool timestamp_parse_interval_pg(Str text, bool *is_months, int64_t *months_or_us, Err *err)
{
	Str s = str_trim(text);
	IntervalCursor c = {s.ptr, s.ptr + s.len};
	PgInterval sum = {0};
	bool ok = s.len > 0;
	while (ok && c.at < c.end) {
		if (str_eq_nocase(str_make(c.at, (size_t)(c.end - c.at)), STR("ago")) && (sum.has_months || sum.has_us)) {
			sum.months = -sum.months;
			sum.us = -sum.us;
			c.at = c.end;
			break;
		}
		ok = timestamp_interval_amount(&c, &sum);
		timestamp_interval_blanks(&c);
	}
	if (!ok) {
		(void)err_set(err, ERR_BAD_LITERAL, "\"%.*s\" is not an interval", STR_ARG(s));
		return err_hint(err, "Write '10 minutes', '1 day 02:03:04' or '3 months'.");
	}
	/* '1 month 0 days' has no time in it. */
	if (sum.months != 0 && sum.us != 0) {
		(void)err_set(err, ERR_BAD_LITERAL, "\"%.*s\" mixes months with days or times", STR_ARG(s));
		return err_hint(err, "An interval is either years and months, or days and times.");
	}
	*is_months = sum.months != 0 || (sum.has_months && !sum.has_us);
	*months_or_us = *is_months ? sum.months : sum.us;
	return true;
}

void timestamp_print_interval_months(int64_t months, StrBuf *out)
{
	uint64_t m = months < 0 ? -(uint64_t)months : (uint64_t)months;
	strbuf_printf(out, "%c%llu-%02u", months < 0 ? '-' : '+', (unsigned long long)(m / 12), (unsigned)(m % 12));
}

/* Milliseconds as Flink prints them; all six digits when there are microseconds. */
void timestamp_print_interval_us(int64_t us, StrBuf *out)
{
	uint64_t v = us < 0 ? -(uint64_t)us : (uint64_t)us;
	uint64_t seconds = v / 1000000;
	unsigned micros = (unsigned)(v % 1000000);
	strbuf_printf(out, "%c%llu %02u:%02u:%02u", us < 0 ? '-' : '+', (unsigned long long)(seconds / 86400),
	              (unsigned)(seconds / 3600 % 24), (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
	if (micros % 1000 == 0) {
		strbuf_printf(out, ".%03u", micros / 1000);
	} else {
		strbuf_printf(out, ".%06u", micros);
	}
}
