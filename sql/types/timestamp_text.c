/*
 * sql/types/timestamp_text.c: dates, times and timestamps as text, both ways.
 *
 * Reading is done by a cursor that knows numbers of a given width; whatever is left at the end is an error.
 */
#include "sql/types/timestamp.h"

typedef struct Cursor {
	const char *at;
	const char *end;
} Cursor;

/* A number of min to max digits. */
static bool timestamp_number(Cursor *c, int min, int max, int32_t *out)
{
	int32_t v = 0;
	int n = 0;
	while (n < max && c->at < c->end && *c->at >= '0' && *c->at <= '9') {
		v = v * 10 + (*c->at++ - '0');
		n++;
	}
	*out = v;
	return n >= min;
}

static bool timestamp_char(Cursor *c, char wanted)
{
	if (c->at < c->end && *c->at == wanted) {
		c->at++;
		return true;
	}
	return false;
}

/* 1 to 9 digits behind the point, cut to microseconds. */
static bool timestamp_fraction(Cursor *c, int32_t *micros)
{
	int32_t v = 0;
	int n = 0;
	for (; n < 9 && c->at < c->end && *c->at >= '0' && *c->at <= '9'; n++, c->at++) {
		if (n < 6) {
			v = v * 10 + (*c->at - '0');
		}
	}
	for (int i = n; i < 6; i++) {
		v *= 10;
	}
	*micros = v;
	return n > 0;
}

/* H[:m[:s[.f]]]; need_minute: not the hour alone. */
static bool timestamp_clock(Cursor *c, bool need_minute, Civil *out)
{
	out->hour = out->minute = out->second = out->micros = 0;
	if (!timestamp_number(c, 1, 2, &out->hour)) {
		return false;
	}
	if (timestamp_char(c, ':')) {
		if (!timestamp_number(c, 1, 2, &out->minute)) {
			return false;
		}
		if (timestamp_char(c, ':')) {
			if (!timestamp_number(c, 1, 2, &out->second)) {
				return false;
			}
			if (timestamp_char(c, '.') && !timestamp_fraction(c, &out->micros)) {
				return false;
			}
		}
	} else if (need_minute) {
		return false;
	}
	return out->hour < 24 && out->minute < 60 && out->second < 60;
}

static int64_t timestamp_clock_us(const Civil *c)
{
	return c->hour * TIMESTAMP_US_PER_HOUR + c->minute * TIMESTAMP_US_PER_MINUTE + c->second * TIMESTAMP_US_PER_SECOND +
	       c->micros;
}

/* Z, +h, +hh:mm, +hhmm, +hh:mm:ss, after an optional blank. At the end of the text: none, which is fine. */
static bool timestamp_offset(Cursor *c, bool *has, int64_t *us)
{
	*has = false;
	*us = 0;
	if (c->at == c->end) {
		return true;
	}
	(void)timestamp_char(c, ' ');
	*has = true;
	if (timestamp_char(c, 'Z') || timestamp_char(c, 'z')) {
		return c->at == c->end;
	}
	bool negative = c->at < c->end && *c->at == '-';
	if (!timestamp_char(c, '+') && !timestamp_char(c, '-')) {
		return false;
	}
	int32_t hours;
	int32_t minutes = 0;
	int32_t seconds = 0;
	if (!timestamp_number(c, 1, 2, &hours)) {
		return false;
	}
	if (c->at < c->end) {
		(void)timestamp_char(c, ':');
		if (!timestamp_number(c, 2, 2, &minutes)) {
			return false;
		}
	}
	if (timestamp_char(c, ':') && !timestamp_number(c, 2, 2, &seconds)) {
		return false;
	}
	*us = hours * TIMESTAMP_US_PER_HOUR + minutes * TIMESTAMP_US_PER_MINUTE + seconds * TIMESTAMP_US_PER_SECOND;
	*us = negative ? -*us : *us;
	return c->at == c->end && hours <= 18 && minutes < 60 && seconds < 60;
}

bool timestamp_parse_date(Str text, int64_t *days)
{
	Str s = str_trim(text);
	Cursor c = {s.ptr, s.ptr + s.len};
	Civil d = {.month = 1, .day = 1};
	if (!timestamp_number(&c, 1, 4, &d.year)) {
		return false;
	}
	if (timestamp_char(&c, '-')) {
		if (!timestamp_number(&c, 1, 2, &d.month)) {
			return false;
		}
		if (timestamp_char(&c, '-') && !timestamp_number(&c, 1, 2, &d.day)) {
			return false;
		}
	}
	if (c.at < c.end) {
		/* A time behind the date is checked and dropped. */
		Civil clock;
		if ((!timestamp_char(&c, ' ') && !timestamp_char(&c, 'T')) || !timestamp_clock(&c, true, &clock) ||
		    c.at != c.end) {
			return false;
		}
	}
	if (!timestamp_valid_date(d.year, d.month, d.day)) {
		return false;
	}
	*days = timestamp_days(d.year, d.month, d.day);
	return true;
}

bool timestamp_parse_time(Str text, int64_t *us)
{
	Str s = str_trim(text);
	Cursor c = {s.ptr, s.ptr + s.len};
	Civil clock;
	if (!timestamp_clock(&c, false, &clock) || c.at != c.end) {
		return false;
	}
	*us = timestamp_clock_us(&clock);
	return true;
}

bool timestamp_parse(Str text, int64_t *us, bool *has_offset, int64_t *offset_us)
{
	Str s = str_trim(text);
	Cursor c = {s.ptr, s.ptr + s.len};
	Civil t = {0};
	bool suffix = false;
	int64_t offset = 0;
	if (!timestamp_number(&c, 4, 4, &t.year) || !timestamp_char(&c, '-') || !timestamp_number(&c, 1, 2, &t.month) ||
	    !timestamp_char(&c, '-') || !timestamp_number(&c, 1, 2, &t.day) ||
	    !timestamp_valid_date(t.year, t.month, t.day)) {
		return false;
	}
	if (c.at < c.end) {
		if (!timestamp_char(&c, ' ') && !timestamp_char(&c, 'T') && !timestamp_char(&c, 't')) {
			return false;
		}
		if (!timestamp_clock(&c, true, &t) || !timestamp_offset(&c, &suffix, &offset)) {
			return false;
		}
	}
	if (suffix && !has_offset) {
		return false;
	}
	if (has_offset) {
		*has_offset = suffix;
		*offset_us = offset;
	}
	*us = timestamp_from_civil(&t);
	return true;
}

static char *timestamp_put2(char *to, int32_t v)
{
	to[0] = (char)('0' + v / 10);
	to[1] = (char)('0' + v % 10);
	return to + 2;
}

/* Years outside of 0 .. 9999 carry a sign, as java.time writes them. */
static char *timestamp_put_date(char *to, const Civil *c)
{
	uint32_t year = c->year < 0 ? -(uint32_t)c->year : (uint32_t)c->year;
	if (c->year < 0) {
		*to++ = '-';
	} else if (c->year > 9999) {
		*to++ = '+';
	}
	char digits[10];
	int n = 0;
	do {
		digits[n++] = (char)('0' + year % 10);
		year /= 10;
	} while (year > 0 || n < 4);
	while (n > 0) {
		*to++ = digits[--n];
	}
	*to++ = '-';
	to = timestamp_put2(to, c->month);
	*to++ = '-';
	return timestamp_put2(to, c->day);
}

static char *timestamp_put_clock(char *to, const Civil *c, unsigned precision)
{
	to = timestamp_put2(to, c->hour);
	*to++ = ':';
	to = timestamp_put2(to, c->minute);
	*to++ = ':';
	to = timestamp_put2(to, c->second);
	if (precision > 0) {
		*to++ = '.';
		int32_t rest = c->micros;
		int32_t unit = 100000;
		for (unsigned i = 0; i < precision && i < 6; i++) {
			*to++ = (char)('0' + rest / unit);
			rest %= unit;
			unit = unit > 1 ? unit / 10 : 1;
		}
	}
	return to;
}

enum { TIMESTAMP_TEXT_MAX = 48 };

void timestamp_print_date(int64_t days, StrBuf *out)
{
	char buf[TIMESTAMP_TEXT_MAX];
	Civil c;
	timestamp_civil_date(days, &c);
	strbuf_put(out, buf, (size_t)(timestamp_put_date(buf, &c) - buf));
}

void timestamp_print_time(int64_t us, unsigned precision, StrBuf *out)
{
	char buf[TIMESTAMP_TEXT_MAX];
	Civil c;
	timestamp_civil(us, &c);
	strbuf_put(out, buf, (size_t)(timestamp_put_clock(buf, &c, precision) - buf));
}

void timestamp_print(int64_t us, unsigned precision, char sep, StrBuf *out)
{
	char buf[TIMESTAMP_TEXT_MAX];
	Civil c;
	timestamp_civil(us, &c);
	char *at = timestamp_put_date(buf, &c);
	*at++ = sep;
	at = timestamp_put_clock(at, &c, precision);
	strbuf_put(out, buf, (size_t)(at - buf));
}
