/*
 * base/mem.h: malloc for what must outlive every arena: tables of the engine, buffers of threads. Never NULL; the owner
 * frees with mem_free.
 */
#ifndef WEIR_BASE_MEM_H
#define WEIR_BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t n);
void *mem_alloc_zero(size_t n);
void *mem_realloc(void *p, size_t n);
void mem_free(void *p); /* NULL is fine */
#define MEM_NEW(T) ((T *)mem_alloc_zero(sizeof(T)))
#define MEM_ARRAY(T, n) ((T *)mem_alloc_zero((size_t)(n) * sizeof(T)))

#endif
