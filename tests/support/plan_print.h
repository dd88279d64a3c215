/*
 * tests/support/plan_print.h: a plan as plain text, for golden tests: every field that the binder sets, nothing made
 * pretty.
 */
#ifndef WEIR_TESTS_SUPPORT_PLAN_PRINT_H
#define WEIR_TESTS_SUPPORT_PLAN_PRINT_H

#include "sql/plan/plan.h"

void plan_print(const Plan *root, StrBuf *out);

#endif
