/*
 * sql/types/real.h: FLOAT and DOUBLE as text: the shortest digits that read back as the same number.
 *
 * `single`: the value is a FLOAT, whose digits need only tell it from other floats.
 */
#ifndef WEIR_SQL_TYPES_REAL_H
#define WEIR_SQL_TYPES_REAL_H

#include "base/str.h"

enum { REAL_DIGITS_MAX = 17 };

/* Of a finite value that is not 0: its digits (not ended by NUL, no zeros at the end) and the exponent of the first:
 * |v| = d.ddd * 10^exponent. Returns how many. When one digit would do, the nearest two are taken if they are nearer,
 * as Java does (4.9E-324). */
unsigned real_digits(double v, bool single, char digits[REAL_DIGITS_MAX], int *exponent);
/* Java's Double.toString and Float.toString: 1.0, 1.0E10, 1.0E-4, NaN, Infinity. */
void real_print_java(double v, bool single, StrBuf *out);
/* PostgreSQL's output: 1, 1e+15, 1e-05, NaN, Infinity. */
void real_print_pg(double v, bool single, StrBuf *out);
/* Java's Float.parseFloat and Double.parseDouble, rounded once; NaN, Infinity and a trailing d or f too. */
bool real_parse(Str text, bool single, double *out);

#endif
