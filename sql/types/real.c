/*
 * sql/types/real.c: shortest digits of binary floating point numbers.
 *
 * A decimal of 15 digits (6 for FLOAT) survives the way through a double and back. So if scaling the number to 15
 * digits gives an integer that, divided again, is the number, these digits without the zeros at their end are the
 * shortest: two operations that decide nearly all numbers that people write. Quotients have 16 or 17 digits: between
 * 1e-4 and 1e15 they are found in whole numbers of 128 bits, without an error. The others are printed with more and
 * more digits until they read back.
 */
#include "sql/types/real.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"

static const double real_pow10[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static unsigned real_strip(const char *digits, unsigned n)
{
	while (n > 1 && digits[n - 1] == '0') {
		n--;
	}
	return n;
}

static unsigned real_digits_write(uint64_t u, char digits[REAL_DIGITS_MAX])
{
	char reversed[REAL_DIGITS_MAX];
	unsigned n = 0;
	for (; u > 0; u /= 10) {
		reversed[n++] = (char)('0' + u % 10);
	}
	for (unsigned i = 0; i < n; i++) {
		digits[i] = reversed[n - 1 - i];
	}
	return n;
}

/* Numbers of at most 15 (6) digits between about 1e-7 and 1e15; 0: not one of them. */
static unsigned real_digits_fast(double v, bool single, char digits[REAL_DIGITS_MAX], int *exponent)
{
	int wanted = single ? 6 : 15;
	double high = real_pow10[wanted];
	if (v >= high || v < (single ? 1e-5 : 1e-7)) {
		return 0;
	}
	int k = 0;
	/* The power that brings v to its full number of digits. */
	while (k < 22 && v * real_pow10[k + 1] < high) {
		k++;
	}
	double m = nearbyint(v * real_pow10[k]);
	double back = m / real_pow10[k];
	if (m >= high || (single ? (double)(float)back != v : back != v)) {
		return 0;
	}
	unsigned n = real_digits_write((uint64_t)m, digits);
	*exponent = (int)n - 1 - k;
	return real_strip(digits, n);
}

/* Does d.ddd * 10^exponent read as v? The text has no point, so that no locale can matter. */
static bool real_reads_as(const char *digits, unsigned n, int exponent, double v, bool single)
{
	char text[40];
	snprintf(text, sizeof text, "%.*se%d", (int)n, digits, exponent - (int)n + 1);
	return single ? (double)strtof(text, NULL) == v : strtod(text, NULL) == v;
}

/* The n digits nearest to v. */
static void real_digits_exact(double v, unsigned n, char digits[REAL_DIGITS_MAX], int *exponent)
{
	char text[40];
	snprintf(text, sizeof text, "%.*e", (int)n - 1, v);
	unsigned got = 0;
	char *p = text;
	for (; *p && *p != 'e'; p++) {
		if (*p >= '0' && *p <= '9' && got < n) {
			digits[got++] = *p;
		}
	}
	*exponent = (int)strtol(p + 1, NULL, 10);
}

/* The next greater number of as many digits; false: it has one more. */
static bool real_digits_next(char *digits, unsigned n)
{
	for (unsigned i = n; i-- > 0;) {
		if (digits[i] != '9') {
			digits[i]++;
			return true;
		}
		digits[i] = '0';
	}
	return false;
}

/* The n digits that read as v, the nearest first; false: there are none. Not far from v, only these can be: the nearest
 * and, at a power of two, where the numbers below lie closer together than those above, the next one up. */
static bool real_digits_try(double v, unsigned n, bool single, char digits[REAL_DIGITS_MAX], int *exponent)
{
	real_digits_exact(v, n, digits, exponent);
	return real_reads_as(digits, n, *exponent, v, single) ||
	       (real_digits_next(digits, n) && real_reads_as(digits, n, *exponent, v, single));
}

/* Between 1e-4 and 1e15 a double is a whole number of at most 125 bits over a power of two, when it is brought to 17
 * digits before the point: which decimals read as v is then a comparison of whole numbers. 0: v is not in that range.
 */
static unsigned real_digits_wide(double v, char digits[REAL_DIGITS_MAX], int *exponent)
{
	static const uint64_t limit = UINT64_C(100000000000000000); /* 1e17 */
	if (v < 1e-4 || v >= 1e15) {
		return 0;
	}
	int binary;
	uint64_t m = (uint64_t)ldexp(frexp(v, &binary), 53);
	int shift = 53 - binary + 2; /* v = 4 m / 2 ^ shift */
	int k = 16 - (int)floor(log10(v));
	UInt128 power, scaled;
	uint64_t whole;
	for (;;) { /* log10 may have been rounded over a power of ten */
		power = (UInt128)real_pow10[k];
		scaled = power * m * 4;
		whole = (uint64_t)(scaled >> shift);
		if (whole >= limit) {
			k--;
		} else if (whole < limit / 10) {
			k++;
		} else {
			break;
		}
	}
	UInt128 one = 1, rest = scaled & ((one << shift) - 1), half = one << (shift - 1);
	UInt128 low = scaled - power * (m == UINT64_C(1) << 52 ? 1 : 2), high = scaled + power * 2;
	uint64_t c = whole + (rest > half || (rest == half && whole % 2 != 0)), unit = 1;
	/* 15 digits, 16, else 17: the nearest first, then the next one up */
	for (uint64_t u = 100; u > 1 && unit == 1; u /= 10) {
		uint64_t behind = whole % u, near = whole / u;
		near += behind > u / 2 || (behind == u / 2 && (rest != 0 || near % 2 != 0));
		for (uint64_t next = 0; next < 2 && unit == 1; next++) {
			UInt128 at = (UInt128)((near + next) * u) << shift;
			if (m % 2 == 0 ? at >= low && at <= high : at > low && at < high) {
				c = near + next;
				unit = u;
			}
		}
	}
	*exponent = 16 - k + (c * unit >= limit);
	return real_strip(digits, real_digits_write(c, digits));
}

unsigned real_digits(double v, bool single, char digits[REAL_DIGITS_MAX], int *exponent)
{
	v = fabs(v);
	DCHECK(v > 0 && isfinite(v));
	unsigned n = real_digits_fast(v, single, digits, exponent);
	if (n == 0 && !single) {
		n = real_digits_wide(v, digits, exponent);
	}
	if (n > 0) {
		return n;
	}
	/* Digits that are always kept; denormal numbers keep fewer. */
	unsigned kept = v < (single ? (double)FLT_MIN : DBL_MIN) ? 2 : single ? 6 : 15;
	unsigned max = single ? 9 : 17;
	for (n = kept; n < max; n++) {
		if (real_digits_try(v, n, single, digits, exponent)) {
			return real_strip(digits, n);
		}
	}
	real_digits_exact(v, max, digits, exponent);
	return real_strip(digits, max);
}

/* Zero, NaN and the infinities, whose words Java and PostgreSQL share but for zero. */
static bool real_print_special(double v, const char *zero, StrBuf *out)
{
	if (isnan(v)) {
		strbuf_puts(out, "NaN");
		return true;
	}
	if (signbit(v)) {
		strbuf_putc(out, '-');
	}
	if (isinf(v)) {
		strbuf_puts(out, "Infinity");
	} else if (v == 0) {
		strbuf_puts(out, zero);
	} else {
		return false;
	}
	return true;
}

/* Plain digits with the point where the exponent says. */
static void real_print_plain(const char *digits, unsigned n, int exponent, StrBuf *out)
{
	if (exponent < 0) {
		strbuf_puts(out, "0.");
		strbuf_fill(out, '0', (size_t)(-exponent - 1));
		strbuf_put(out, digits, n);
		return;
	}
	unsigned whole = (unsigned)exponent + 1;
	if (n <= whole) {
		strbuf_put(out, digits, n);
		strbuf_fill(out, '0', whole - n);
		return;
	}
	strbuf_put(out, digits, whole);
	strbuf_putc(out, '.');
	strbuf_put(out, digits + whole, n - whole);
}

void real_print_java(double v, bool single, StrBuf *out)
{
	char digits[REAL_DIGITS_MAX];
	int exponent;
	if (real_print_special(v, "0.0", out)) {
		return;
	}
	unsigned n = real_digits(v, single, digits, &exponent);
	if (exponent >= -3 && exponent < 7) {
		real_print_plain(digits, n, exponent, out);
		if (exponent >= 0 && n <= (unsigned)exponent + 1) {
			strbuf_puts(out, ".0");
		}
		return;
	}
	strbuf_putc(out, digits[0]);
	strbuf_putc(out, '.');
	if (n == 1) {
		strbuf_putc(out, '0');
	} else {
		strbuf_put(out, digits + 1, n - 1);
	}
	strbuf_printf(out, "E%d", exponent);
}

void real_print_pg(double v, bool single, StrBuf *out)
{
	char digits[REAL_DIGITS_MAX];
	int exponent;
	if (real_print_special(v, "0", out)) {
		return;
	}
	unsigned n = real_digits(v, single, digits, &exponent);
	if (exponent >= -4 && exponent < (single ? 6 : 15)) {
		real_print_plain(digits, n, exponent, out);
		return;
	}
	strbuf_putc(out, digits[0]);
	if (n > 1) {
		strbuf_putc(out, '.');
		strbuf_put(out, digits + 1, n - 1);
	}
	strbuf_printf(out, "e%c%02d", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

bool real_parse(Str text, bool single, double *out)
{
	if (text.len > 1 && strchr("dDfF", text.ptr[text.len - 1]) && text.ptr[text.len - 2] <= '9') {
		text.len--;
	}
	if (!str_to_f64(text, out)) {
		return false;
	}
	if (single && isfinite(*out)) {
		/* Rounding to double first can be off by one float: when that matters, the text is read again as a float. */
		float f = (float)*out;
		if ((double)f != *out && text.len < 400) {
			char copy[400];
			memcpy(copy, text.ptr, text.len);
			copy[text.len] = 0;
			f = strtof(copy, NULL);
		}
		*out = (double)f;
	}
	return true;
}
