/*
 * base/arena.h: memory that is freed all at once.
 *
 * An arena is named by the lifetime of what lies in it (stmt, query, step, scratch). Nothing in it
 * is freed singly; arena_reset keeps the first blocks for the next round. A limit is soft: memory
 * is always given, arena_over_limit tells, and loops ask once per batch. Out of memory aborts.
 * Debug builds poison what was reset. An arena belongs to one thread at a time.
 */
#ifndef WEIR_BASE_ARENA_H
#define WEIR_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

typedef struct Arena Arena;

/* limit in bytes; 0: none. */
Arena *arena_open(const char *name, size_t limit);
void arena_close(Arena *arena); /* NULL is fine */
void arena_reset(Arena *arena);

/* Aligned to 16 bytes; contents undefined. n may be 0. Never NULL. */
void *arena_alloc(Arena *arena, size_t n);
void *arena_alloc_zero(Arena *arena, size_t n);
#define ARENA_NEW(arena, T) ((T *)arena_alloc_zero((arena), sizeof(T)))
#define ARENA_ARRAY(arena, T, n) ((T *)arena_alloc((arena), (size_t)(n) * sizeof(T)))
#define ARENA_ARRAY_ZERO(arena, T, n) ((T *)arena_alloc_zero((arena), (size_t)(n) * sizeof(T)))

/* Copies; arena_str ends the copy with a NUL (not counted in len), arena_cstr returns a C string. */
void *arena_copy(Arena *arena, const void *data, size_t n);
Str arena_str(Arena *arena, Str s);
char *arena_cstr(Arena *arena, Str s);
Str arena_printf(Arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A mark to go back to: everything allocated after it is given back. */
typedef struct ArenaMark {
	void *block;
	size_t used;
} ArenaMark;
ArenaMark arena_mark(const Arena *arena);
void arena_rewind(Arena *arena, ArenaMark mark);

size_t arena_bytes(const Arena *arena); /* bytes handed out since the last reset */
bool arena_over_limit(const Arena *arena);

/* A growing array in an arena: T *items; size_t len, cap. Old copies stay until the arena is reset. */
#define ARENA_PUSH(arena, vec, item)                                                                                   \
	do {                                                                                                               \
		if ((vec)->len == (vec)->cap) {                                                                                \
			size_t arena_push_cap = (vec)->cap ? (size_t)(vec)->cap * 2 : 8;                                           \
			(vec)->items = arena_grow((arena), (vec)->items, (size_t)(vec)->len * sizeof *(vec)->items,                \
			                          arena_push_cap * sizeof *(vec)->items);                                          \
			(vec)->cap = (__typeof__((vec)->cap))arena_push_cap;                                                       \
		}                                                                                                              \
		(vec)->items[(vec)->len++] = (item);                                                                           \
	} while (0)
void *arena_grow(Arena *arena, void *old, size_t old_bytes, size_t new_bytes);

#endif
