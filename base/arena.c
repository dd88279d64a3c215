/*
 * base/arena.c: arenas as a chain of blocks.
 *
 *   first              current
 *   [used ####|####] -> [used ##|      ] -> [spare          ] -> ...
 *
 * Memory is handed out from `current` on; the blocks behind it are spare, kept by a rewind or a
 * reset. Blocks double in size; an object that does not fit the next size gets a block of its own.
 * What is not handed out is poisoned: with bytes in debug builds, for AddressSanitizer when it is there.
 */
#include "base/arena.h"

#include <stdio.h>

#include "base/assert.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

enum {
	ARENA_ALIGN = 16,
	ARENA_BLOCK_MIN = 64 * 1024,
	ARENA_BLOCK_MAX = 4 * 1024 * 1024,
	ARENA_KEEP_MAX = 4 * 1024 * 1024, /* bytes of blocks that a reset keeps */
	ARENA_POISON = 0xa5,
#ifdef ARENA_ASAN
	ARENA_GAP = 16, /* stays poisoned behind each object */
#else
	ARENA_GAP = 0,
#endif
};

typedef struct Block {
	struct Block *next;
	size_t cap;
	size_t used;
	size_t before; /* bytes handed out from the blocks before this one */
	_Alignas(ARENA_ALIGN) char data[];
} Block;

struct Arena {
	Block *first;
	Block *current; /* NULL: nothing handed out */
	const char *name;
	size_t limit;
	size_t next_cap; /* of the next block to be made */
};

/* What an object of n bytes takes from its block. */
static size_t arena_span(size_t n)
{
	ASSERT(n <= SIZE_MAX / 2);
	return ((n + (ARENA_ALIGN - 1)) & ~(size_t)(ARENA_ALIGN - 1)) + ARENA_GAP;
}

static void arena_poison(char *p, size_t n)
{
#ifndef NDEBUG
	ASAN_UNPOISON_MEMORY_REGION(p, n);
	memset(p, ARENA_POISON, n);
#endif
	ASAN_POISON_MEMORY_REGION(p, n);
}

Arena *arena_open(const char *name, size_t limit)
{
	Arena *arena = MEM_NEW(Arena);
	arena->name = name;
	arena->limit = limit;
	arena->next_cap = ARENA_BLOCK_MIN;
	return arena;
}

static void arena_free_blocks(Block *block)
{
	while (block != NULL) {
		Block *next = block->next;
		ASAN_UNPOISON_MEMORY_REGION(block->data, block->cap);
		mem_free(block);
		block = next;
	}
}

void arena_close(Arena *arena)
{
	if (arena == NULL)
		return;
	arena_free_blocks(arena->first);
	mem_free(arena);
}

void arena_reset(Arena *arena)
{
	arena_rewind(arena, (ArenaMark){NULL, 0});
	size_t kept = 0;
	Block **link = &arena->first;
	while (*link != NULL && kept + (*link)->cap <= ARENA_KEEP_MAX) {
		kept += (*link)->cap;
		link = &(*link)->next;
	}
	if (*link != NULL) {
		arena_free_blocks(*link);
		*link = NULL;
		if (kept == 0)
			arena->next_cap = ARENA_BLOCK_MIN;
	}
}

/* Makes `current` a block with room for span bytes: the next spare one, or a new one before it. */
static void arena_next_block(Arena *arena, size_t span)
{
	Block *old = arena->current;
	Block **link = old ? &old->next : &arena->first;
	Block *block = *link;
	if (block == NULL || block->cap < span) {
		size_t cap = arena->next_cap;
		if (span > cap)
			cap = span;
		else if (arena->next_cap < ARENA_BLOCK_MAX)
			arena->next_cap *= 2;
		block = mem_alloc(sizeof(Block) + cap);
		block->cap = cap;
		block->next = *link;
		*link = block;
		ASAN_POISON_MEMORY_REGION(block->data, cap);
	}
	block->used = 0;
	block->before = old ? old->before + old->used : 0;
	arena->current = block;
}

void *arena_alloc(Arena *arena, size_t n)
{
	size_t span = arena_span(n);
	Block *block = arena->current;
	if (block == NULL || block->cap - block->used < span) {
		arena_next_block(arena, span);
		block = arena->current;
	}
	char *p = block->data + block->used;
	block->used += span;
	ASAN_UNPOISON_MEMORY_REGION(p, n);
	return p;
}

void *arena_alloc_zero(Arena *arena, size_t n)
{
	return memset(arena_alloc(arena, n), 0, n);
}

void *arena_copy(Arena *arena, const void *data, size_t n)
{
	void *p = arena_alloc(arena, n);
	if (n > 0)
		memcpy(p, data, n);
	return p;
}

char *arena_cstr(Arena *arena, Str s)
{
	char *p = arena_alloc(arena, (size_t)s.len + 1);
	if (s.len > 0)
		memcpy(p, s.ptr, s.len);
	p[s.len] = '\0';
	return p;
}

Str arena_str(Arena *arena, Str s)
{
	return (Str){arena_cstr(arena, s), s.len};
}

Str arena_printf(Arena *arena, const char *fmt, ...)
{
	char small[256];
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(small, sizeof small, fmt, args);
	va_end(args);
	ASSERT(n >= 0);
	if ((size_t)n < sizeof small)
		return arena_str(arena, str_make(small, (size_t)n));
	char *p = arena_alloc(arena, (size_t)n + 1);
	va_start(args, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, args);
	va_end(args);
	return str_make(p, (size_t)n);
}

ArenaMark arena_mark(const Arena *arena)
{
	return (ArenaMark){arena->current, arena->current ? arena->current->used : 0};
}

void arena_rewind(Arena *arena, ArenaMark mark)
{
	Block *keep = mark.block;
	if (arena->current == NULL) {
		ASSERT(keep == NULL);
		return;
	}
	for (Block *block = keep ? keep->next : arena->first; block != NULL && keep != arena->current;
	     block = block->next) {
		arena_poison(block->data, block->used);
		block->used = 0;
		if (block == arena->current)
			break;
	}
	if (keep != NULL) {
		ASSERT(mark.used <= keep->used);
		arena_poison(keep->data + mark.used, keep->used - mark.used);
		keep->used = mark.used;
	}
	arena->current = keep;
}

size_t arena_bytes(const Arena *arena)
{
	return arena->current ? arena->current->before + arena->current->used : 0;
}

bool arena_over_limit(const Arena *arena)
{
	return arena->limit != 0 && arena_bytes(arena) > arena->limit;
}

void *arena_grow(Arena *arena, void *old, size_t old_bytes, size_t new_bytes)
{
	DCHECK(new_bytes >= old_bytes);
	Block *block = arena->current;
	if (old != NULL && block != NULL) {
		/* The last object of its block grows where it is. */
		size_t old_span = arena_span(old_bytes);
		size_t new_span = arena_span(new_bytes);
		bool is_last = block->used >= old_span && block->data + (block->used - old_span) == (char *)old;
		if (is_last && block->cap - block->used >= new_span - old_span) {
			block->used += new_span - old_span;
			ASAN_UNPOISON_MEMORY_REGION(old, new_bytes);
			return old;
		}
	}
	void *p = arena_alloc(arena, new_bytes);
	if (old_bytes > 0)
		memcpy(p, old, old_bytes);
	return p;
}
