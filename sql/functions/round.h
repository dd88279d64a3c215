/*
 * sql/functions/round.h: rounding of doubles by their decimal digits.
 */
#ifndef WEIR_SQL_FUNCTIONS_ROUND_H
#define WEIR_SQL_FUNCTIONS_ROUND_H

#include <stdbool.h>

/* v with `digits` digits after the point, from the shortest decimal text that means v: half up, or cut. */
double round_decimal(double v, int digits, bool cut);

#endif
