/*
 * sql/types/decimal_text.c: decimals as text and as doubles.
 *
 * A number's text is first taken apart into sign, significant digits and the power of ten of the last one; its digits
 * are then taken from the front until the wanted scale is reached, and the next one decides the rounding.
 */
#include "sql/types/decimal.h"

#include <math.h>

#include "sql/types/real.h"

typedef struct NumberText {
	bool negative;
	const char *first; /* significant digit; a point may lie between the digits */
	int64_t ndigits;   /* significant digits; 0: the number is 0 */
	int64_t power;     /* of the last digit */
	uint32_t written;  /* digits before the exponent, leading zeros included */
	uint32_t fraction; /* of these behind the point */
	bool exponent;
} NumberText;

static bool decimal_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The exponent, cut at a billion: far beyond all digits. */
static bool decimal_scan_exponent(const char *p, const char *end, int64_t *exponent)
{
	bool negative = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+')) {
		p++;
	}
	if (p == end) {
		return false;
	}
	*exponent = 0;
	for (; p < end; p++) {
		if (!decimal_is_digit(*p)) {
			return false;
		}
		if (*exponent < 1000000000) {
			*exponent = *exponent * 10 + (*p - '0');
		}
	}
	*exponent = negative ? -*exponent : *exponent;
	return true;
}

static bool decimal_scan(Str text, NumberText *out)
{
	const char *p = text.ptr;
	const char *end = p + text.len;
	int64_t exponent = 0;
	bool point = false;
	*out = (NumberText){0};
	if (p < end && (*p == '-' || *p == '+')) {
		out->negative = *p == '-';
		p++;
	}
	for (; p < end && (decimal_is_digit(*p) || (*p == '.' && !point)); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		out->written++;
		out->fraction += point;
		if (!out->first && *p != '0') {
			out->first = p;
		}
		out->ndigits += out->first != NULL;
	}
	if (out->written == 0) {
		return false;
	}
	if (p < end) {
		out->exponent = true;
		if ((*p != 'e' && *p != 'E') || !decimal_scan_exponent(p + 1, end, &exponent)) {
			return false;
		}
	}
	out->power = exponent - out->fraction;
	return true;
}

bool decimal_parse(Str text, unsigned precision, unsigned scale, Int128 *out)
{
	NumberText t;
	if (!decimal_scan(text, &t)) {
		return false;
	}
	*out = 0;
	/* Digits of the result, before rounding. */
	int64_t keep = t.ndigits + t.power + scale;
	if (t.ndigits == 0 || keep < 0) {
		return true;
	}
	if (keep > TYPE_DECIMAL_MAX) {
		return false;
	}
	UInt128 m = 0;
	const char *p = t.first;
	int64_t taken = 0;
	for (; taken < keep && taken < t.ndigits; p++) {
		if (*p != '.') {
			m = m * 10 + (unsigned)(*p - '0');
			taken++;
		}
	}
	if (taken < keep) {
		m *= (UInt128)decimal_pow10((unsigned)(keep - taken));
	} else if (taken < t.ndigits) {
		p += *p == '.';
		m += *p >= '5';
	}
	*out = t.negative ? -(Int128)m : (Int128)m;
	return decimal_fits(*out, precision);
}

bool decimal_is_number(Str text)
{
	NumberText t;
	return decimal_scan(text, &t);
}

bool decimal_literal_type(Str text, unsigned *precision, unsigned *scale)
{
	NumberText t;
	if (!decimal_scan(text, &t) || t.exponent || t.written > TYPE_DECIMAL_MAX) {
		return false;
	}
	*precision = t.written;
	*scale = t.fraction;
	return true;
}

void decimal_print(Int128 v, unsigned scale, StrBuf *out)
{
	char buf[48];
	char *end = buf + sizeof buf;
	char *p = end;
	UInt128 m = v < 0 ? -(UInt128)v : (UInt128)v;
	unsigned n = 0;
	/* 64 bits at a time: divisions of 128 bits are slow. */
	while (m > UINT64_MAX) {
		*--p = (char)('0' + (unsigned)(m % 10));
		m /= 10;
		if (++n == scale) {
			*--p = '.';
		}
	}
	for (uint64_t low = (uint64_t)m; low > 0 || n <= scale; low /= 10) {
		*--p = (char)('0' + low % 10);
		if (++n == scale) {
			*--p = '.';
		}
	}
	if (v < 0) {
		*--p = '-';
	}
	strbuf_put(out, p, (size_t)(end - p));
}

double decimal_to_f64(Int128 v, unsigned scale)
{
	const Int128 exact = (Int128)1 << 53;
	if (v >= -exact && v <= exact && scale <= 22) {
		static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
		                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
		/* Both are exact, so the division rounds once. */
		return (double)v / powers[scale];
	}
	StrBuf text;
	double f = 0;
	strbuf_init(&text);
	decimal_print(v, scale, &text);
	bool ok = str_to_f64(strbuf_str(&text), &f);
	ASSERT(ok);
	strbuf_deinit(&text);
	return f;
}

/* By way of the shortest digits, as Java's BigDecimal.valueOf: 1.005 is 1.005, not a little less. */
bool decimal_from_f64(double v, unsigned precision, unsigned scale, Int128 *out)
{
	*out = 0;
	if (v == 0) {
		return true;
	}
	if (!isfinite(v) || fabs(v) >= 1e39) {
		return false;
	}
	char digits[REAL_DIGITS_MAX];
	int exponent;
	int n = (int)real_digits(v, false, digits, &exponent);
	Int128 m = 0;
	for (int i = 0; i < n; i++) {
		m = m * 10 + (digits[i] - '0');
	}
	m = v < 0 ? -m : m;
	/* v = m * 10^power, so the unscaled result is m * 10^(power + scale). */
	int up = exponent - n + 1 + (int)scale;
	if (up < -TYPE_DECIMAL_MAX) {
		return true;
	}
	if (up > TYPE_DECIMAL_MAX) {
		return false;
	}
	return up < 0 ? decimal_rescale(m, (unsigned)-up, 0, precision, out)
	              : decimal_rescale(m, 0, (unsigned)up, precision, out);
}
