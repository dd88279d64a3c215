/*
 * sql/types/decimal.c: arithmetic of 128-bit decimals.
 *
 * Every operation computes the exact result, if need be in 256 bits, and rounds it once, half up. Magnitudes are
 * handled unsigned; the sign is put back at the end. Text and doubles are decimal_text.c.
 */
#include "sql/types/decimal.h"

/* A magnitude of 256 bits. */
typedef struct Wide {
	UInt128 high;
	UInt128 low;
} Wide;

#define POW10_19 UINT64_C(10000000000000000000)

Int128 decimal_pow10(unsigned n)
{
	static const uint64_t small[20] = {
	    1,
	    10,
	    100,
	    1000,
	    10000,
	    100000,
	    1000000,
	    10000000,
	    100000000,
	    1000000000,
	    10000000000,
	    100000000000,
	    1000000000000,
	    10000000000000,
	    100000000000000,
	    1000000000000000,
	    10000000000000000,
	    100000000000000000,
	    1000000000000000000,
	    POW10_19,
	};
	DCHECK(n <= TYPE_DECIMAL_MAX);
	return n <= 19 ? (Int128)small[n] : (Int128)((UInt128)small[n - 19] * POW10_19);
}

static unsigned decimal_max(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static unsigned decimal_min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* The rules and the cut at 38 digits are Flink's (LogicalTypeMerging). */
void decimal_result(char op, unsigned p1, unsigned s1, unsigned p2, unsigned s2, unsigned *p, unsigned *s)
{
	unsigned precision;
	unsigned scale;
	switch (op) {
	case '+':
	case '-':
		scale = decimal_max(s1, s2);
		precision = decimal_max(p1 - s1, p2 - s2) + scale + 1;
		break;
	case '*':
		scale = s1 + s2;
		precision = p1 + p2 + 1;
		break;
	case '/':
		scale = decimal_max(6, s1 + p2 + 1);
		precision = p1 - s1 + s2 + scale;
		break;
	default:
		ASSERT(op == '%');
		scale = decimal_max(s1, s2);
		precision = decimal_max(1, decimal_min(p1 - s1, p2 - s2) + scale);
		break;
	}
	if (precision > TYPE_DECIMAL_MAX) {
		unsigned whole = precision - scale;
		unsigned least = decimal_min(scale, 6);
		unsigned room = whole < TYPE_DECIMAL_MAX ? TYPE_DECIMAL_MAX - whole : 0;
		scale = decimal_max(room, least);
		precision = TYPE_DECIMAL_MAX;
	}
	*p = precision;
	*s = scale;
}

static UInt128 decimal_abs(Int128 v)
{
	return v < 0 ? -(UInt128)v : (UInt128)v;
}

bool decimal_fits(Int128 v, unsigned precision)
{
	return decimal_abs(v) < (UInt128)decimal_pow10(precision);
}

/* Gives a magnitude its sign, if it has at most `precision` digits. */
static bool decimal_close(UInt128 magnitude, bool negative, unsigned precision, Int128 *out)
{
	if (magnitude >= (UInt128)decimal_pow10(precision)) {
		return false;
	}
	*out = negative ? -(Int128)magnitude : (Int128)magnitude;
	return true;
}

static Wide decimal_wide_mul(UInt128 a, UInt128 b)
{
	uint64_t a0 = (uint64_t)a;
	uint64_t a1 = (uint64_t)(a >> 64);
	uint64_t b0 = (uint64_t)b;
	uint64_t b1 = (uint64_t)(b >> 64);
	UInt128 low = (UInt128)a0 * b0;
	UInt128 mid1 = (UInt128)a0 * b1;
	UInt128 mid2 = (UInt128)a1 * b0;
	UInt128 mid = (low >> 64) + (uint64_t)mid1 + (uint64_t)mid2;
	Wide w;
	w.low = (mid << 64) | (uint64_t)low;
	w.high = (UInt128)a1 * b1 + (mid1 >> 64) + (mid2 >> 64) + (mid >> 64);
	return w;
}

static Wide decimal_wide_add(Wide a, Wide b)
{
	Wide w;
	w.low = a.low + b.low;
	w.high = a.high + b.high + (w.low < a.low ? 1 : 0);
	return w;
}

static Wide decimal_wide_sub(Wide a, Wide b)
{
	Wide w;
	w.low = a.low - b.low;
	w.high = a.high - b.high - (a.low < b.low ? 1 : 0);
	return w;
}

static int decimal_wide_compare(Wide a, Wide b)
{
	if (a.high != b.high) {
		return a.high < b.high ? -1 : 1;
	}
	return a.low == b.low ? 0 : a.low < b.low ? -1 : 1;
}

/* 256 bits by 128 bits; bit by bit above the divisor, which is rare: most quotients fit the first branch. */
static Wide decimal_wide_divmod(Wide a, UInt128 d, UInt128 *rem)
{
	Wide q = {0, 0};
	if (a.high == 0) {
		q.low = a.low / d;
		*rem = a.low % d;
		return q;
	}
	if (d <= UINT64_MAX) {
		uint64_t words[4] = {(uint64_t)(a.high >> 64), (uint64_t)a.high, (uint64_t)(a.low >> 64), (uint64_t)a.low};
		UInt128 r = 0;
		for (int i = 0; i < 4; i++) {
			UInt128 cur = (r << 64) | words[i];
			words[i] = (uint64_t)(cur / d);
			r = cur % d;
		}
		q.high = ((UInt128)words[0] << 64) | words[1];
		q.low = ((UInt128)words[2] << 64) | words[3];
		*rem = r;
		return q;
	}
	UInt128 r = a.high % d;
	q.high = a.high / d;
	for (int i = 127; i >= 0; i--) {
		bool carry = (r >> 127) != 0;
		r = (r << 1) | ((a.low >> i) & 1);
		if (carry || r >= d) {
			r -= d;
			q.low |= (UInt128)1 << i;
		}
	}
	*rem = r;
	return q;
}

/* magnitude / divisor, rounded half up; false when it passes 128 bits. */
static bool decimal_wide_div_round(Wide magnitude, UInt128 divisor, UInt128 *out)
{
	UInt128 rem;
	Wide q = decimal_wide_divmod(magnitude, divisor, &rem);
	if (q.high != 0 || q.low == ~(UInt128)0) {
		return false;
	}
	*out = q.low + (rem >= divisor - rem ? 1 : 0);
	return true;
}

bool decimal_rescale(Int128 v, unsigned from, unsigned to, unsigned precision, Int128 *out)
{
	UInt128 m = decimal_abs(v);
	if (to >= from) {
		UInt128 factor = (UInt128)decimal_pow10(to - from);
		if (m > (UInt128)decimal_pow10(TYPE_DECIMAL_MAX) / factor) {
			return false;
		}
		return decimal_close(m * factor, v < 0, precision, out);
	}
	UInt128 factor = (UInt128)decimal_pow10(from - to);
	UInt128 q = m / factor;
	UInt128 rem = m % factor;
	return decimal_close(q + (rem >= factor - rem ? 1 : 0), v < 0, precision, out);
}

/* Rounds a wide magnitude of scale `from` to scale `to`; from - to may pass 38. */
static bool decimal_wide_close(Wide m, bool negative, unsigned from, unsigned to, unsigned precision, Int128 *out)
{
	if (to >= from) {
		if (m.high != 0 || m.low > (UInt128)decimal_pow10(TYPE_DECIMAL_MAX)) {
			return false;
		}
		return decimal_rescale(negative ? -(Int128)m.low : (Int128)m.low, from, to, precision, out);
	}
	unsigned cut = from - to;
	UInt128 q;
	if (cut <= TYPE_DECIMAL_MAX) {
		if (!decimal_wide_div_round(m, (UInt128)decimal_pow10(cut), &q)) {
			return false;
		}
		return decimal_close(q, negative, precision, out);
	}
	/* Cut in two goes: whole digits first (no rounding), then the rest; a half is decided by the last cut digit alone.
	 */
	UInt128 rem;
	Wide part = decimal_wide_divmod(m, (UInt128)decimal_pow10(cut - TYPE_DECIMAL_MAX), &rem);
	if (!decimal_wide_div_round(part, (UInt128)decimal_pow10(TYPE_DECIMAL_MAX), &q)) {
		return false;
	}
	return decimal_close(q, negative, precision, out);
}

static bool decimal_sum(Int128 a, unsigned as, bool a_negative, Int128 b, unsigned bs, bool b_negative, unsigned p,
                        unsigned s, Int128 *out)
{
	unsigned scale = decimal_max(as, bs);
	if (as == bs && s == as) {
		UInt128 ma = decimal_abs(a);
		UInt128 mb = decimal_abs(b);
		if (a_negative == b_negative) {
			return decimal_close(ma + mb, a_negative, p, out);
		}
		return ma >= mb ? decimal_close(ma - mb, a_negative, p, out) : decimal_close(mb - ma, b_negative, p, out);
	}
	Wide wa = decimal_wide_mul(decimal_abs(a), (UInt128)decimal_pow10(scale - as));
	Wide wb = decimal_wide_mul(decimal_abs(b), (UInt128)decimal_pow10(scale - bs));
	Wide sum;
	bool negative = a_negative;
	if (a_negative == b_negative) {
		sum = decimal_wide_add(wa, wb);
	} else if (decimal_wide_compare(wa, wb) >= 0) {
		sum = decimal_wide_sub(wa, wb);
	} else {
		sum = decimal_wide_sub(wb, wa);
		negative = b_negative;
	}
	return decimal_wide_close(sum, negative, scale, s, p, out);
}

bool decimal_add(Int128 a, unsigned as, Int128 b, unsigned bs, unsigned p, unsigned s, Int128 *out)
{
	return decimal_sum(a, as, a < 0, b, bs, b < 0, p, s, out);
}

bool decimal_sub(Int128 a, unsigned as, Int128 b, unsigned bs, unsigned p, unsigned s, Int128 *out)
{
	return decimal_sum(a, as, a < 0, b, bs, b >= 0, p, s, out);
}

bool decimal_mul(Int128 a, unsigned as, Int128 b, unsigned bs, unsigned p, unsigned s, Int128 *out)
{
	return decimal_wide_close(decimal_wide_mul(decimal_abs(a), decimal_abs(b)), (a < 0) != (b < 0), as + bs, s, p, out);
}

/* a / 10^as / (b / 10^bs) = a * 10^(s + bs - as) / b at scale s. */
bool decimal_div(Int128 a, unsigned as, Int128 b, unsigned bs, unsigned p, unsigned s, Int128 *out)
{
	ASSERT(b != 0);
	bool negative = (a < 0) != (b < 0);
	UInt128 ma = decimal_abs(a);
	UInt128 mb = decimal_abs(b);
	UInt128 q;
	if (s + bs >= as) {
		unsigned up = s + bs - as;
		Wide num = {0, ma};
		if (up > TYPE_DECIMAL_MAX) {
			/* 10^38 * |a| just fits; the missing powers are multiplied into quotient and remainder of a first division.
			 */
			UInt128 rem;
			Wide whole = decimal_wide_divmod(decimal_wide_mul(ma, (UInt128)decimal_pow10(TYPE_DECIMAL_MAX)), mb, &rem);
			UInt128 rest = (UInt128)decimal_pow10(up - TYPE_DECIMAL_MAX);
			if (whole.high != 0) {
				return false;
			}
			Wide low = decimal_wide_mul(rem, rest);
			UInt128 tail;
			if (!decimal_wide_div_round(low, mb, &tail)) {
				return false;
			}
			Wide sum = decimal_wide_add(decimal_wide_mul(whole.low, rest), (Wide){0, tail});
			return sum.high == 0 && decimal_close(sum.low, negative, p, out);
		}
		num = decimal_wide_mul(ma, (UInt128)decimal_pow10(up));
		return decimal_wide_div_round(num, mb, &q) && decimal_close(q, negative, p, out);
	}
	/* The scale falls: divide by b * 10^(as - s - bs), which may pass 128 bits only when the quotient is below one
	 * half. */
	Wide den = decimal_wide_mul(mb, (UInt128)decimal_pow10(as - s - bs));
	if (den.high != 0 || den.low > ~(UInt128)0 / 4) {
		return decimal_close(decimal_wide_compare(decimal_wide_add((Wide){0, ma}, (Wide){0, ma}), den) >= 0 ? 1 : 0,
		                     negative, p, out);
	}
	return decimal_wide_div_round((Wide){0, ma}, den.low, &q) && decimal_close(q, negative, p, out);
}

bool decimal_mod(Int128 a, unsigned as, Int128 b, unsigned bs, unsigned p, unsigned s, Int128 *out)
{
	ASSERT(b != 0);
	unsigned scale = decimal_max(as, bs);
	Wide wa = decimal_wide_mul(decimal_abs(a), (UInt128)decimal_pow10(scale - as));
	Wide wb = decimal_wide_mul(decimal_abs(b), (UInt128)decimal_pow10(scale - bs));
	if (decimal_wide_compare(wa, wb) < 0) {
		return decimal_wide_close(wa, a < 0, scale, s, p, out);
	}
	/* wa >= wb: if wb passes 128 bits then a's scale was not raised, so wa < 2^128, a contradiction. */
	ASSERT(wb.high == 0);
	UInt128 rem;
	(void)decimal_wide_divmod(wa, wb.low, &rem);
	return decimal_wide_close((Wide){0, rem}, a < 0, scale, s, p, out);
}

int decimal_compare(Int128 a, unsigned as, Int128 b, unsigned bs)
{
	if (as == bs || (a < 0) != (b < 0)) {
		return a == b ? 0 : a < b ? -1 : 1;
	}
	unsigned scale = decimal_max(as, bs);
	int c = decimal_wide_compare(decimal_wide_mul(decimal_abs(a), (UInt128)decimal_pow10(scale - as)),
	                             decimal_wide_mul(decimal_abs(b), (UInt128)decimal_pow10(scale - bs)));
	return a < 0 ? -c : c;
}
