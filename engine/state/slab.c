/*
 * engine/state/slab.c: size classes and chunks.
 */
#include "engine/state/slab.h"

#include "base/arena.h"
#include "base/err.h"

#if defined(__SANITIZE_ADDRESS__)
#define SLAB_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLAB_ASAN 1
#endif
#endif
#ifdef SLAB_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

enum {
	SLAB_STEP = 16,
	SLAB_SMALL = 512, /* steps of 16 up to here: classes 0..31 */
	SLAB_SMALL_CLASSES = 32,
	SLAB_BLOCK_MAX = 32768, /* four classes for each doubling: 32..55 */
	SLAB_CHUNK_MIN = 2048,
	SLAB_CHUNK_MAX = 256 * 1024,
};

/* The class of n bytes and the size of its blocks; SLAB_CLASSES: a large block. */
static unsigned slab_class(size_t n, size_t *size)
{
	if (n <= SLAB_SMALL) {
		size_t steps = (n + SLAB_STEP - 1) / SLAB_STEP;
		*size = steps * SLAB_STEP;
		return (unsigned)steps - 1;
	}
	if (n > SLAB_BLOCK_MAX) {
		*size = (n + SLAB_STEP - 1) & ~(size_t)(SLAB_STEP - 1);
		return SLAB_CLASSES;
	}
	unsigned log =
	    63u - (unsigned)__builtin_clzll((unsigned long long)(n - 1)); /* 2^log <= n - 1 < 2^(log + 1), log >= 9 */
	size_t quarter = (size_t)1 << (log - 2);
	size_t quarters = (n - 1 - ((size_t)1 << log)) / quarter + 1; /* 1..4 */
	*size = ((size_t)1 << log) + quarters * quarter;
	return SLAB_SMALL_CLASSES + (log - 9) * 4 + (unsigned)quarters - 1;
}

void slab_init(Slab *s)
{
	*s = (Slab){.next_chunk = SLAB_CHUNK_MIN};
}

void slab_deinit(Slab *s)
{
	while (s->chunks) {
		SlabChunk *next = s->chunks->next;
		ASAN_UNPOISON_MEMORY_REGION(s->chunks, s->chunks->bytes);
		mem_free(s->chunks);
		s->chunks = next;
	}
	while (s->large) {
		SlabLarge *next = s->large->next;
		mem_free(s->large);
		s->large = next;
	}
	slab_init(s);
}

static void *slab_alloc_large(Slab *s, size_t size)
{
	SlabLarge *l = mem_alloc(sizeof *l + size);
	*l = (SlabLarge){.next = s->large, .bytes = size};
	if (s->large)
		s->large->prev = l;
	s->large = l;
	return l + 1;
}

static void slab_more(Slab *s, size_t size)
{
	size_t bytes = s->next_chunk;
	while (bytes < sizeof(SlabChunk) + size)
		bytes *= 2;
	if (s->next_chunk < SLAB_CHUNK_MAX)
		s->next_chunk *= 2;
	SlabChunk *c = mem_alloc(bytes);
	*c = (SlabChunk){s->chunks, bytes};
	s->chunks = c;
	s->at = (char *)(c + 1);
	s->end = (char *)c + bytes;
	ASAN_POISON_MEMORY_REGION(s->at, (size_t)(s->end - s->at));
}

void *slab_alloc(Slab *s, size_t n)
{
	size_t size;
	unsigned class = slab_class(n, &size);
	s->used += (int64_t)size;
	if (class == SLAB_CLASSES)
		return slab_alloc_large(s, size);
	void *p = s->free[class];
	if (p) {
		ASAN_UNPOISON_MEMORY_REGION(p, size);
		s->free[class] = *(void **)p;
		return p;
	}
	if ((size_t)(s->end - s->at) < size)
		slab_more(s, size);
	p = s->at;
	s->at += size;
	ASAN_UNPOISON_MEMORY_REGION(p, size);
	return p;
}

void slab_free(Slab *s, void *p, size_t n)
{
	size_t size;
	unsigned class = slab_class(n, &size);
	s->used -= (int64_t)size;
	if (class < SLAB_CLASSES) {
		*(void **)p = s->free[class];
		s->free[class] = p;
		ASAN_POISON_MEMORY_REGION(p, size);
		return;
	}
	SlabLarge *l = (SlabLarge *)p - 1;
	ASSERT(l->bytes == size);
	if (l->next)
		l->next->prev = l->prev;
	if (l->prev)
		l->prev->next = l->next;
	else
		s->large = l->next;
	mem_free(l);
}

size_t slab_room(size_t n)
{
	size_t size;
	slab_class(n, &size);
	return size;
}
