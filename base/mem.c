/*
 * base/mem.c: malloc that never returns NULL.
 *
 * The one idea: nobody can do anything sensible when memory is gone, so the process says so and
 * ends; it recovers from its last epoch. Limits that a user can hit are arenas' and budgets' work.
 */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

static void *mem_or_abort(void *p, size_t n)
{
	if (p == NULL) {
		fprintf(stderr, "weir: out of memory (%zu bytes wanted)\n", n);
		abort();
	}
	return p;
}

void *mem_alloc(size_t n)
{
	return mem_or_abort(malloc(n ? n : 1), n);
}

void *mem_alloc_zero(size_t n)
{
	return mem_or_abort(calloc(1, n ? n : 1), n);
}

void *mem_realloc(void *p, size_t n)
{
	return mem_or_abort(realloc(p, n ? n : 1), n);
}

void mem_free(void *p)
{
	free(p);
}
