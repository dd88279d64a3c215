/*
 * sql/types/timestamp.h: dates, times of day and timestamps: civil calendar, text forms, fields.
 *
 * Proleptic Gregorian calendar. Units: days since 1970-01-01; microseconds.
 */
#ifndef WEIR_SQL_TYPES_TIMESTAMP_H
#define WEIR_SQL_TYPES_TIMESTAMP_H

#include "base/err.h"
#include "base/str.h"

#define TIMESTAMP_US_PER_SECOND INT64_C(1000000)
#define TIMESTAMP_US_PER_MINUTE INT64_C(60000000)
#define TIMESTAMP_US_PER_HOUR INT64_C(3600000000)
#define TIMESTAMP_US_PER_DAY INT64_C(86400000000)

typedef struct Civil {
	int32_t year;  /* 0 .. 9999 in the language; wider inside */
	int32_t month; /* 1 .. 12 */
	int32_t day;   /* 1 .. 31 */
	int32_t hour, minute, second;
	int32_t micros;
} Civil;

int64_t timestamp_days(int32_t year, int32_t month, int32_t day); /* days since the epoch */
void timestamp_civil_date(int64_t days, Civil *out);
void timestamp_civil(int64_t us, Civil *out);
int64_t timestamp_from_civil(const Civil *c);
bool timestamp_valid_date(int32_t year, int32_t month, int32_t day);
int32_t timestamp_month_days(int32_t year, int32_t month);
int64_t timestamp_add_months(int64_t us, int64_t months); /* the day is cut to the month's last */

/* Fields, for EXTRACT, FLOOR/CEIL TO, TIMESTAMPADD/DIFF. */
typedef enum TimeUnit {
	UNIT_MICROSECOND,
	UNIT_MILLISECOND,
	UNIT_SECOND,
	UNIT_MINUTE,
	UNIT_HOUR,
	UNIT_DAY,
	UNIT_WEEK,
	UNIT_MONTH,
	UNIT_QUARTER,
	UNIT_YEAR,
	UNIT_DECADE,
	UNIT_CENTURY,
	UNIT_MILLENNIUM,
	UNIT_DOW,
	UNIT_ISODOW,
	UNIT_DOY,
	UNIT_ISOYEAR,
	UNIT_EPOCH,
	UNIT_NANOSECOND,
	UNITS
} TimeUnit;
bool timestamp_unit_parse(Str name, TimeUnit *unit); /* SECOND, SECONDS, ... any case */
int64_t timestamp_extract(TimeUnit unit, int64_t us);
/* WEEK begins on Sunday here, as in Flink (in EXTRACT it is the ISO week). Field-only units change nothing. */
int64_t timestamp_floor(TimeUnit unit, int64_t us);
int64_t timestamp_ceil(TimeUnit unit, int64_t us);
int64_t timestamp_add(TimeUnit unit, int64_t n, int64_t us);     /* stops at the ends of int64 */
int64_t timestamp_diff(TimeUnit unit, int64_t from, int64_t to); /* whole units between, sign of (to - from) */

/* Text to value; false: not of the form or no such date. The whole text must match, after trimming.
 * timestamp_parse takes 'yyyy-M-d[ |T]H:m[:s[.f]]' and a date alone; *offset_us receives a zone suffix (Z, +hh:mm) when
 * has_offset is not NULL, and a suffix is an error when it is NULL. */
bool timestamp_parse_date(Str text, int64_t *days);
bool timestamp_parse_time(Str text, int64_t *us);
bool timestamp_parse(Str text, int64_t *us, bool *has_offset, int64_t *offset_us);
void timestamp_print_date(int64_t days, StrBuf *out);
void timestamp_print_time(int64_t us, unsigned precision, StrBuf *out);
/* sep ' ' or 'T'; exactly `precision` fractional digits, no point for 0. */
void timestamp_print(int64_t us, unsigned precision, char sep, StrBuf *out);

/* Java patterns (yyyy MM dd HH hh mm ss SSS a E EEE D w X z 'text'), java.time's meaning and English names, for
 * DATE_FORMAT, TO_TIMESTAMP, TO_DATE. format: offset_us is for X, Z and z; ERR_BAD_VALUE names the letter that is none.
 * parse: the text begins with what the pattern says, and becomes what is left of it; no trimming; fields that are not
 * there are 1970-01-01 00:00:00; an offset in the text is read and ignored, as in Flink. */
bool timestamp_format(Str pattern, int64_t us, int64_t offset_us, StrBuf *out, Err *err);
bool timestamp_parse_format(Str pattern, Str *text, int64_t *us);

/* Intervals: 'text' with leading unit `from` and last unit `to` (equal for a single unit). months or micros is set by
 * the kind. */
bool timestamp_parse_interval(Str text, TimeUnit from, TimeUnit to, int64_t *months_or_us, Err *err);
/* PostgreSQL's form: '10 minutes', '1 day 02:03:04'. Either months or micros; both: error. */
bool timestamp_parse_interval_pg(Str text, bool *is_months, int64_t *months_or_us, Err *err);
void timestamp_print_interval_months(int64_t months, StrBuf *out); /* +1-02 */
void timestamp_print_interval_us(int64_t us, StrBuf *out);         /* +1 02:03:04.005 */

#endif
