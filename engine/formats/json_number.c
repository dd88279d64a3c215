/*
 * engine/formats/json_number.c: the text of a JSON number to a value of a column's type, exactly.
 *
 * A number's text is taken apart into its digits as one integer and a power of ten. Most fit 64 bits; then integers and
 * decimals are a multiplication, and doubles one operation that rounds once (Clinger's fast path; with 64-bit mantissas
 * where the machine has them and the result is not near the middle between two doubles). What does not fit goes to the
 * slow readers of the text.
 */
#include "engine/formats/json_int.h"

#include <float.h>
#include <math.h>

#include "sql/types/decimal.h"
#include "sql/types/real.h"

enum {
	DIGITS_MAX = 19,           /* that surely fit 64 bits */
	DOUBLE_EXACT_POWER = 22,   /* 10^22 is a double */
	LONG_EXACT_POWER = 27,     /* 10^27 is a number of 64 bits of mantissa */
	FLOAT_EXACT_POWER = 10,    /* 10^10 is a float */
	DECIMAL_SHORT_POWER = 18,  /* 10^18 fits 64 bits */
	EXPONENT_CAP = 1000000000, /* written exponents beyond are the same: nothing or too much */
};

/* value = digits * 10^power, negated; ndigits counts without leading zeros. Only with ndigits <= DIGITS_MAX is digits
 * right. */
typedef struct Parts {
	bool negative;
	uint64_t digits;
	uint64_t ndigits;
	int64_t power;
	const char *first; /* digit that is not 0; points may follow */
	const char *mantissa_end;
} Parts;

static Parts take_apart(Str text)
{
	Parts n = {0};
	const char *p = text.ptr;
	const char *end = p + text.len;
	int64_t fraction = 0;
	bool point = false;
	if (*p == '-') {
		n.negative = true;
		p++;
	}
	for (; p < end && *p != 'e' && *p != 'E'; p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		fraction += point;
		if (!n.first && *p == '0')
			continue;
		if (!n.first)
			n.first = p;
		n.ndigits++;
		n.digits = n.digits * 10 + (uint64_t)(*p - '0');
	}
	n.mantissa_end = p;
	int64_t exponent = 0;
	if (p < end) {
		p++;
		bool minus = *p == '-';
		p += *p == '-' || *p == '+';
		for (; p < end; p++) {
			if (exponent < EXPONENT_CAP)
				exponent = exponent * 10 + (*p - '0');
		}
		exponent = minus ? -exponent : exponent;
	}
	n.power = exponent - fraction;
	return n;
}

static uint64_t power_u64(unsigned n)
{
	uint64_t v = 1;
	while (n-- > 0)
		v *= 10;
	return v;
}

/* The first n digits as an integer. */
static uint64_t leading_digits(const Parts *parts, uint64_t n)
{
	uint64_t v = 0;
	for (const char *p = parts->first; n > 0; p++) {
		if (*p == '.')
			continue;
		v = v * 10 + (uint64_t)(*p - '0');
		n--;
	}
	return v;
}

bool json_number_i64(Str text, int64_t *out)
{
	Parts n = take_apart(text);
	int64_t whole = n.ndigits == 0 ? 0 : (int64_t)n.ndigits + n.power; /* digits before the point */
	uint64_t v = 0;
	if (whole > DIGITS_MAX)
		return false;
	if (whole > 0) {
		uint64_t written = (uint64_t)whole < n.ndigits ? (uint64_t)whole : n.ndigits;
		v = leading_digits(&n, written) * power_u64((unsigned)((uint64_t)whole - written));
	}
	if (v > (uint64_t)INT64_MAX + n.negative)
		return false;
	*out = n.negative ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

static bool number_f64_slow(Str text, bool single, double *out)
{
	return real_parse(text, single, out) && isfinite(*out);
}

#if LDBL_MANT_DIG == 64
/* One operation with a mantissa of 64 bits, then one rounding to 53: the same as one rounding unless the lower 11 bits
 * are a half or next to it. false: they are. */
static bool number_f64_long(uint64_t digits, int64_t power, double *out)
{
	static const long double powers[] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,
	                                     1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L,
	                                     1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};
	long double v = (long double)digits;
	v = power < 0 ? v / powers[-power] : v * powers[power];
	uint64_t mantissa;
	memcpy(&mantissa, &v, sizeof mantissa);
	uint64_t low = mantissa & 0x7ff;
	*out = (double)v;
	return low < 0x3ff || low > 0x401;
}
#else
static bool number_f64_long(uint64_t digits, int64_t power, double *out)
{
	(void)digits, (void)power, (void)out;
	return false;
}
#endif

static bool number_f32(const Parts *n, Str text, double *out)
{
	static const float powers[] = {1e0F, 1e1F, 1e2F, 1e3F, 1e4F, 1e5F, 1e6F, 1e7F, 1e8F, 1e9F, 1e10F};
	if (n->ndigits > DIGITS_MAX || n->digits > UINT64_C(1) << FLT_MANT_DIG || n->power < -FLOAT_EXACT_POWER ||
	    n->power > FLOAT_EXACT_POWER)
		return number_f64_slow(text, true, out);
	float v = (float)n->digits;
	v = n->power < 0 ? v / powers[-n->power] : v * powers[n->power];
	*out = n->negative ? -(double)v : (double)v;
	return true;
}

bool json_number_f64(Str text, bool single, double *out)
{
	static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
	                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
	Parts n = take_apart(text);
	if (single)
		return number_f32(&n, text, out);
	if (n.ndigits > DIGITS_MAX)
		return number_f64_slow(text, false, out);
	double v;
	if (n.digits <= UINT64_C(1) << DBL_MANT_DIG && n.power >= -DOUBLE_EXACT_POWER && n.power <= DOUBLE_EXACT_POWER) {
		v = (double)n.digits;
		v = n.power < 0 ? v / powers[-n.power] : v * powers[n.power];
	} else if (n.power < -LONG_EXACT_POWER || n.power > LONG_EXACT_POWER || !number_f64_long(n.digits, n.power, &v)) {
		return number_f64_slow(text, false, out);
	}
	*out = n.negative ? -v : v;
	return true;
}

bool json_number_decimal(Str text, unsigned precision, unsigned scale, Int128 *out)
{
	Parts n = take_apart(text);
	int64_t up = n.power + (int64_t)scale; /* zeros to append; below 0: digits to cut, with rounding */
	if (n.ndigits > DECIMAL_SHORT_POWER || up < 0 || up > DECIMAL_SHORT_POWER)
		return decimal_parse(text, precision, scale, out);
	Int128 v = (Int128)n.digits * (Int128)power_u64((unsigned)up);
	*out = n.negative ? -v : v;
	return decimal_fits(v, precision);
}
