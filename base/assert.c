/*
 * base/assert.c: the end of a process that has found a bug in itself.
 */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void assert_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "weir: %s:%d: assertion failed: %s\n", file, line, what);
	abort();
}
