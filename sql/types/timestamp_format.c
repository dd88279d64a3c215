/*
 * sql/types/timestamp_format.c: Java's date patterns, both ways.
 *
 * A pattern is a row of runs: one letter n times ("MM"), quoted text, or any other character for itself. The meaning of
 * letters and counts is java.time.format.DateTimeFormatter's with English names; Y, w and e are ISO's weeks. Reading
 * follows its rule for adjacent numbers: in yyyyMMdd the first takes what the fixed ones behind it leave.
 */
#include "sql/types/timestamp.h"

static const char *const timestamp_months[] = {"January", "February", "March",     "April",   "May",      "June",
                                               "July",    "August",   "September", "October", "November", "December"};
static const char *const timestamp_weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                 "Friday", "Saturday", "Sunday"};

/* One run of the pattern. */
typedef struct Run {
	char letter; /* 0: text */
	uint32_t count;
	Str text;
} Run;

static bool timestamp_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Cuts the next run off; false: the pattern is used up. A quote without end takes the rest. */
static bool timestamp_next_run(Str *rest, Run *run)
{
	if (rest->len == 0) {
		return false;
	}
	const char *p = rest->ptr;
	uint32_t n = 1;
	if (timestamp_is_letter(*p)) {
		while (n < rest->len && p[n] == *p) {
			n++;
		}
		*run = (Run){*p, n, {p, n}};
	} else if (*p == '\'') {
		while (n < rest->len && p[n] != '\'') {
			n++;
		}
		*run = n == 1 ? (Run){0, 1, {p, 1}} : (Run){0, n - 1, {p + 1, n - 1}};
		n += n < rest->len;
	} else {
		*run = (Run){0, 1, {p, 1}};
	}
	rest->ptr += n;
	rest->len -= n;
	return true;
}

/* ---- printing ---- */

static void timestamp_put_number(StrBuf *out, int64_t v, unsigned width)
{
	char buf[24];
	char *end = buf + sizeof buf;
	char *p = end;
	uint64_t left = v < 0 ? -(uint64_t)v : (uint64_t)v;
	do {
		*--p = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0 || (unsigned)(end - p) < width);
	if (v < 0) {
		*--p = '-';
	}
	strbuf_put(out, p, (size_t)(end - p));
}

static void timestamp_put_name(StrBuf *out, const char *const *names, int64_t index, uint32_t count)
{
	const char *name = names[index];
	size_t len = strlen(name);
	strbuf_put(out, name, count == 4 ? len : count == 5 ? 1 : 3);
}

/* Forms of an offset: 1 +hh[mm], 2 +hhmm, 3 +hh:mm, 4 and 5 with seconds where there are any. */
static void timestamp_put_offset(StrBuf *out, int64_t offset_us, uint32_t count, bool zulu)
{
	if (offset_us == 0 && zulu) {
		strbuf_putc(out, 'Z');
		return;
	}
	int64_t seconds = offset_us / TIMESTAMP_US_PER_SECOND;
	int64_t abs = seconds < 0 ? -seconds : seconds;
	strbuf_printf(out, "%c%02d", seconds < 0 ? '-' : '+', (int)(abs / 3600));
	int minutes = (int)(abs / 60 % 60);
	if (count > 1 || minutes != 0) {
		strbuf_printf(out, count == 3 || count == 5 ? ":%02d" : "%02d", minutes);
	}
	if (count >= 4 && abs % 60 != 0) {
		strbuf_printf(out, count == 5 ? ":%02d" : "%02d", (int)(abs % 60));
	}
}

/* Letters for numbers: which field, the most times the letter may stand, and what is added for clocks that begin at 1.
 */
static bool timestamp_number_field(char letter, const Civil *c, int64_t us, int64_t *v, uint32_t *count_max)
{
	*count_max = 2;
	switch (letter) {
	case 'd': *v = c->day; return true;
	case 'H': *v = c->hour; return true;
	case 'h': *v = c->hour % 12 == 0 ? 12 : c->hour % 12; return true;
	case 'k': *v = c->hour == 0 ? 24 : c->hour; return true;
	case 'K': *v = c->hour % 12; return true;
	case 'm': *v = c->minute; return true;
	case 's': *v = c->second; return true;
	case 'w': *v = timestamp_extract(UNIT_WEEK, us); return true;
	case 'D':
		*count_max = 3;
		*v = timestamp_extract(UNIT_DOY, us);
		return true;
	case 'A':
		*count_max = 19;
		*v = (timestamp_extract(UNIT_HOUR, us) * 3600 + c->minute * 60 + c->second) * 1000 + c->micros / 1000;
		return true;
	case 'n':
		*count_max = 19;
		*v = (int64_t)c->micros * 1000;
		return true;
	default: return false;
	}
}

static void timestamp_put_year(StrBuf *out, int64_t year, uint32_t count)
{
	if (count == 2) {
		timestamp_put_number(out, year < 0 ? -year % 100 : year % 100, 2);
	} else {
		if (count >= 4 && year > 9999 && count < 5) {
			strbuf_putc(out, '+');
		}
		timestamp_put_number(out, year, count == 1 ? 0 : count);
	}
}

static bool timestamp_format_letter(const Run *run, const Civil *c, int64_t us, int64_t offset_us, StrBuf *out)
{
	int64_t v;
	uint32_t count_max;
	uint32_t n = run->count;
	if (timestamp_number_field(run->letter, c, us, &v, &count_max)) {
		timestamp_put_number(out, v, n == 1 ? 0 : n);
		return n <= count_max;
	}
	switch (run->letter) {
	case 'y':
	case 'u': timestamp_put_year(out, c->year, n); return n <= 19;
	case 'Y': timestamp_put_year(out, timestamp_extract(UNIT_ISOYEAR, us), n); return n <= 19;
	case 'M':
	case 'L':
		if (n <= 2) {
			timestamp_put_number(out, c->month, n == 1 ? 0 : n);
		} else {
			timestamp_put_name(out, timestamp_months, c->month - 1, n);
		}
		return n <= 5;
	case 'E': timestamp_put_name(out, timestamp_weekdays, timestamp_extract(UNIT_ISODOW, us) - 1, n); return n <= 5;
	case 'e': timestamp_put_number(out, timestamp_extract(UNIT_ISODOW, us), n == 1 ? 0 : n); return n <= 2;
	case 'Q':
	case 'q':
		v = timestamp_extract(UNIT_QUARTER, us);
		strbuf_printf(out, n == 3 ? "Q%d" : n == 2 ? "0%d" : "%d", (int)v);
		return n <= 3;
	case 'G': strbuf_puts(out, c->year > 0 ? "AD" : "BC"); return n <= 3;
	case 'a': strbuf_puts(out, c->hour < 12 ? "AM" : "PM"); return n == 1;
	case 'S':
		for (uint32_t i = 0, unit = 100000; i < n; i++, unit /= 10) {
			strbuf_putc(out, unit > 0 ? (char)('0' + (uint32_t)c->micros / unit % 10) : '0');
		}
		return n <= 9;
	case 'X':
	case 'x': timestamp_put_offset(out, offset_us, n, run->letter == 'X'); return n <= 5;
	case 'Z':
		if (n == 4) {
			strbuf_puts(out, "GMT");
			n = 3;
		}
		if (n != 3 || offset_us != 0 || run->count != 4) {
			timestamp_put_offset(out, offset_us, run->count < 4 ? 2 : run->count == 4 ? 3 : 5, run->count == 5);
		}
		return run->count <= 5;
	case 'z':
	case 'V':
	case 'O':
		strbuf_puts(out, offset_us == 0 ? "UTC" : "GMT");
		if (offset_us != 0) {
			timestamp_put_offset(out, offset_us, 3, false);
		}
		return n <= 4;
	default: return false;
	}
}

bool timestamp_format(Str pattern, int64_t us, int64_t offset_us, StrBuf *out, Err *err)
{
	Civil c;
	Run run;
	size_t begin = out->len;
	timestamp_civil(us, &c);
	for (Str rest = pattern; timestamp_next_run(&rest, &run);) {
		if (run.letter == 0) {
			/* The brackets of optional parts leave no trace. */
			if (!(run.count == 1 && (*run.text.ptr == '[' || *run.text.ptr == ']'))) {
				strbuf_put_str(out, run.text);
			}
		} else if (!timestamp_format_letter(&run, &c, us, offset_us, out)) {
			out->len = begin;
			if (out->ptr) /* nothing was written yet when the first letter is the wrong one */
				out->ptr[begin] = 0;
			(void)err_set(err, ERR_BAD_VALUE, "\"%.*s\" in the date pattern \"%.*s\" has no meaning", STR_ARG(run.text),
			              STR_ARG(pattern));
			return err_hint(err, "Letters are y M d H h m s S a E D X z and others of Java's patterns; put plain text "
			                     "between single quotes.");
		}
	}
	return true;
}

/* ---- reading ---- */

typedef struct Fields {
	int32_t year, month, day, doy, weekday; /* 0 in month, day, doy, weekday: not given */
	int32_t hour;                           /* -1: not given */
	int32_t hour12;                         /* 0..11; -1: not given */
	int32_t pm;                             /* -1: not given */
	int32_t minute, second, micros;
} Fields;

/* A run of digits of min to max; `reserved` digits at its end belong to the fields behind. */
static bool timestamp_scan(Str *text, uint32_t min, uint32_t max, uint32_t reserved, int64_t *v)
{
	uint32_t n = 0;
	while (n < text->len && text->ptr[n] >= '0' && text->ptr[n] <= '9') {
		n++;
	}
	n = n > reserved ? n - reserved : 0;
	n = n < max ? n : max;
	if (n < min || n > 18) {
		return false;
	}
	*v = 0;
	for (uint32_t i = 0; i < n; i++) {
		*v = *v * 10 + (text->ptr[i] - '0');
	}
	text->ptr += n;
	text->len -= n;
	return true;
}

/* Is the run a number, and if it has a fixed width, which (0: none)? */
static bool timestamp_numeric_run(const Run *run, uint32_t *width)
{
	*width = 0;
	switch (run->letter) {
	case 'S': *width = run->count; return true;
	case 'M':
	case 'L': *width = run->count == 2 ? 2 : 0; return run->count <= 2;
	case 'y':
	case 'u': *width = run->count == 2 ? 2 : 0; return true;
	case 'D': *width = run->count == 3 ? 3 : 0; return true;
	case 'd':
	case 'H':
	case 'h':
	case 'k':
	case 'K':
	case 'm':
	case 's': *width = run->count == 2 ? 2 : 0; return true;
	default: return false;
	}
}

/* Digits that the fixed numbers directly behind this run will need. */
static uint32_t timestamp_reserved(Str rest)
{
	Run run;
	uint32_t sum = 0;
	uint32_t width;
	while (timestamp_next_run(&rest, &run) && timestamp_numeric_run(&run, &width) && width > 0) {
		sum += width;
	}
	return sum;
}

static bool timestamp_scan_name(Str *text, const char *const *names, int32_t n, uint32_t count, int32_t *index)
{
	for (int32_t i = 0; i < n; i++) {
		Str name = str_from(names[i]);
		name.len = count == 4 ? name.len : 3;
		if (str_starts(*text, name)) {
			text->ptr += name.len;
			text->len -= name.len;
			*index = i + 1;
			return true;
		}
	}
	return false;
}

static bool timestamp_is_offset_char(char c, char letter)
{
	return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == ':' ||
	       (letter == 'z' || letter == 'V' || letter == 'O' ? timestamp_is_letter(c) || c == '/' || c == '_'
	                                                        : c == 'Z');
}

static bool timestamp_in(int64_t v, int64_t least, int64_t greatest, int32_t *out)
{
	*out = (int32_t)v;
	return v >= least && v <= greatest;
}

static bool timestamp_set_number(const Run *run, int64_t v, Fields *f)
{
	int32_t field;
	switch (run->letter) {
	case 'y':
	case 'u': return timestamp_in(run->count == 2 ? v + 2000 : v, 0, 9999, &f->year);
	case 'M':
	case 'L': return timestamp_in(v, 1, 12, &f->month);
	case 'd': return timestamp_in(v, 1, 31, &f->day);
	case 'D': return timestamp_in(v, 1, 366, &f->doy);
	case 'H': return timestamp_in(v, 0, 23, &f->hour);
	case 'k': f->hour = (int32_t)(v % 24); return timestamp_in(v, 1, 24, &field);
	case 'h': f->hour12 = (int32_t)(v % 12); return timestamp_in(v, 1, 12, &field);
	case 'K': return timestamp_in(v, 0, 11, &f->hour12);
	case 'm': return timestamp_in(v, 0, 59, &f->minute);
	default: return timestamp_in(v, 0, 59, &f->second);
	}
}

static bool timestamp_parse_letter(const Run *run, Str rest, Str *text, Fields *f)
{
	uint32_t width;
	int64_t v;
	if (run->letter == 'S') {
		if (run->count > 9 || !timestamp_scan(text, run->count, run->count, 0, &v)) {
			return false;
		}
		for (uint32_t i = run->count; i < 6; i++) {
			v *= 10;
		}
		for (uint32_t i = 6; i < run->count; i++) {
			v /= 10;
		}
		f->micros = (int32_t)v;
		return true;
	}
	if (timestamp_numeric_run(run, &width)) {
		bool year = run->letter == 'y' || run->letter == 'u';
		uint32_t min = width > 0 ? width : year ? run->count : 1;
		uint32_t max = width > 0 ? width : year && run->count >= 4 ? run->count : 18;
		/* A width that is not fixed leaves digits for the fixed numbers behind. */
		uint32_t reserved = width > 0 ? 0 : timestamp_reserved(rest);
		if (run->count > (year ? 18u : run->letter == 'D' ? 3u : 2u)) {
			return false;
		}
		return timestamp_scan(text, min, max, reserved, &v) && timestamp_set_number(run, v, f);
	}
	switch (run->letter) {
	case 'M':
	case 'L': return run->count <= 4 && timestamp_scan_name(text, timestamp_months, 12, run->count, &f->month);
	case 'E': return run->count <= 4 && timestamp_scan_name(text, timestamp_weekdays, 7, run->count, &f->weekday);
	case 'a':
		f->pm = str_starts(*text, STR("PM"));
		if (!f->pm && !str_starts(*text, STR("AM"))) {
			return false;
		}
		text->ptr += 2;
		text->len -= 2;
		return true;
	case 'X':
	case 'x':
	case 'Z':
	case 'z':
	case 'V':
	case 'O': {
		uint32_t n = 0;
		while (n < text->len && timestamp_is_offset_char(text->ptr[n], run->letter)) {
			n++;
		}
		text->ptr += n;
		text->len -= n;
		return n > 0;
	}
	default: return false;
	}
}

/* The part of the pattern behind the bracket that closes an optional part. */
static Str timestamp_after_optional(Str rest)
{
	Run run;
	int depth = 0;
	while (timestamp_next_run(&rest, &run)) {
		if (run.letter == 0 && run.count == 1 && *run.text.ptr == '[') {
			depth++;
		} else if (run.letter == 0 && run.count == 1 && *run.text.ptr == ']' && depth-- == 0) {
			break;
		}
	}
	return rest;
}

static bool timestamp_resolve(const Fields *f, int64_t *us)
{
	Civil c = {.year = f->year, .month = f->month ? f->month : 1, .day = f->day ? f->day : 1};
	if (!timestamp_valid_date(c.year, c.month, c.day)) {
		return false;
	}
	int64_t days = timestamp_days(c.year, c.month, c.day);
	if (f->doy > 0 && f->month == 0 && f->day == 0) {
		days = timestamp_days(c.year, 1, 1) + f->doy - 1;
		if (days >= timestamp_days(c.year + 1, 1, 1)) {
			return false;
		}
	}
	if (f->weekday > 0 && f->month > 0 && f->day > 0 &&
	    timestamp_extract(UNIT_ISODOW, days * TIMESTAMP_US_PER_DAY) != f->weekday) {
		return false;
	}
	/* An hour of the half day without AM or PM does not say which hour, and counts for nothing. */
	int32_t hour = f->hour >= 0 ? f->hour : f->hour12 >= 0 && f->pm >= 0 ? f->hour12 + 12 * f->pm : 0;
	*us = days * TIMESTAMP_US_PER_DAY + hour * TIMESTAMP_US_PER_HOUR + f->minute * TIMESTAMP_US_PER_MINUTE +
	      f->second * TIMESTAMP_US_PER_SECOND + f->micros;
	return true;
}

bool timestamp_parse_format(Str pattern, Str *whole, int64_t *us)
{
	Str text = *whole;
	Fields f = {.year = 1970, .hour = -1, .hour12 = -1, .pm = -1};
	/* Where an optional part began; parts within it are given up together with it. */
	Str optional_pattern = {NULL, 0};
	Str optional_text = {NULL, 0};
	Fields optional_fields = f;
	Run run;
	for (Str rest = pattern; timestamp_next_run(&rest, &run);) {
		bool ok;
		if (run.letter != 0) {
			ok = timestamp_parse_letter(&run, rest, &text, &f);
		} else if (run.count == 1 && *run.text.ptr == '[') {
			ok = true;
			if (!optional_pattern.ptr) {
				optional_pattern = rest;
				optional_text = text;
				optional_fields = f;
			}
		} else if (run.count == 1 && *run.text.ptr == ']') {
			ok = true;
			optional_pattern.ptr = NULL;
		} else {
			ok = str_starts(text, run.text);
			text.ptr += ok ? run.text.len : 0;
			text.len -= ok ? run.text.len : 0;
		}
		if (!ok) {
			if (!optional_pattern.ptr) {
				return false;
			}
			rest = timestamp_after_optional(optional_pattern);
			text = optional_text;
			f = optional_fields;
			optional_pattern.ptr = NULL;
		}
	}
	*whole = text;
	return timestamp_resolve(&f, us);
}
