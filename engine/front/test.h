/*
 * engine/front/test.h: weir test: scripts of SQL with PUSH, STEP, EXPECT ..., on virtual time.
 */
#ifndef WEIR_ENGINE_FRONT_TEST_H
#define WEIR_ENGINE_FRONT_TEST_H

#include "engine/front/command.h"

int test_main(const Command *c);

#endif
