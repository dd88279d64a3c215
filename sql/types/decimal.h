/*
 * sql/types/decimal.h: exact decimals of up to 38 digits in 128 bits.
 *
 * A decimal is its unscaled Int128; precision and scale are the type's. Intermediate results use 256 bits where needed.
 * Rounding is half up (away from zero), as Flink's. false from an operation: the result does not fit 38 digits, or the
 * asked precision; Flink's result is then NULL.
 */
#ifndef WEIR_SQL_TYPES_DECIMAL_H
#define WEIR_SQL_TYPES_DECIMAL_H

#include "base/codec.h"
#include "sql/types/type.h"

Int128 decimal_pow10(unsigned n); /* n <= 38 */
/* The result types of + - * / % (op is the character) for DECIMAL operands, by Flink's rules. */
void decimal_result(char op, unsigned p1, unsigned s1, unsigned p2, unsigned s2, unsigned *p, unsigned *s);
/* Changes the scale; rounds half up when digits are cut. */
bool decimal_rescale(Int128 v, unsigned from, unsigned to, unsigned precision, Int128 *out);
bool decimal_fits(Int128 v, unsigned precision);
bool decimal_add(Int128 a, unsigned as, Int128 b, unsigned bs, unsigned p, unsigned s, Int128 *out);
bool decimal_sub(Int128 a, unsigned as, Int128 b, unsigned bs, unsigned p, unsigned s, Int128 *out);
bool decimal_mul(Int128 a, unsigned as, Int128 b, unsigned bs, unsigned p, unsigned s, Int128 *out);
/* b != 0 is the caller's duty for div and mod. */
bool decimal_div(Int128 a, unsigned as, Int128 b, unsigned bs, unsigned p, unsigned s, Int128 *out);
bool decimal_mod(Int128 a, unsigned as, Int128 b, unsigned bs, unsigned p, unsigned s, Int128 *out);
int decimal_compare(Int128 a, unsigned as, Int128 b, unsigned bs);

/* Text with optional sign, point and exponent; surplus digits are rounded half up. false: no number, or does not fit.
 */
bool decimal_parse(Str text, unsigned precision, unsigned scale, Int128 *out);
bool decimal_is_number(Str text); /* of that form, whatever its size */
/* The precision and scale that a numeric literal's text has: "1.50" is (3,2). false: more than 38 digits. */
bool decimal_literal_type(Str text, unsigned *precision, unsigned *scale);
void decimal_print(Int128 v, unsigned scale, StrBuf *out); /* plain, trailing zeros kept: 1.50 */
double decimal_to_f64(Int128 v, unsigned scale);           /* correctly rounded */
bool decimal_from_f64(double v, unsigned precision, unsigned scale, Int128 *out);

#endif
