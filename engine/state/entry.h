/*
 * engine/state/entry.h: one key and its value in RAM. An entry never moves while it lives.
 *
 *   | header, 32 bytes | value, or where it lies | key |        value aligned to 16
 *
 * The epoch says which layer an entry belongs to, so that neither a seal nor a landing has to visit clean entries:
 * the store's running epoch: current; the one before it, while it is sealed: sealed; else the file's (may be evicted).
 */
#ifndef WEIR_ENGINE_STATE_ENTRY_H
#define WEIR_ENGINE_STATE_ENTRY_H

#include <stdbool.h>

#include "base/codec.h"
#include "base/hash.h"
#include "engine/state/slab.h"

enum {
	ENTRY_DELETED = 1,   /* a tombstone: the key is absent, the file may still have it */
	ENTRY_USED = 2,      /* touched since the clock's hand passed */
	ENTRY_OUTSIDE = 4,   /* the value outgrew its place: EntryOutside lies there */
	ENTRY_NEW = 8,       /* neither the file nor the sealed layer has the key */
	ENTRY_UNLINKED = 16, /* out of its table, but still in the list of changes */
};

enum {
	ENTRY_CLEAN = 0,
	/* Both in a row of SQLite's 10^9 bytes. */
	ENTRY_KEY_MAX = 400000000,
	ENTRY_VALUE_MAX = 500000000,
};

typedef struct Entry {
	uint64_t hash;  /* STATE_HASH: of the key; STATE_ORDERED: its first 8 bytes, big endian */
	uint32_t epoch; /* last change, in the store's count of running epochs */
	uint32_t pos;   /* STATE_HASH: place in its part */
	uint32_t part;
	uint32_t klen;
	uint32_t vlen;
	uint32_t room : 27; /* of the value's place, in 16 bytes */
	uint32_t flags : 5;
} Entry;

typedef struct EntryOutside {
	char *value;
	uint64_t cap;
} EntryOutside;

static inline char *entry_place(const Entry *e)
{
	return (char *)(uintptr_t)(e + 1);
}

static inline char *entry_value(const Entry *e)
{
	return __builtin_expect(e->flags & ENTRY_OUTSIDE, 0) ? ((EntryOutside *)(void *)entry_place(e))->value
	                                                     : entry_place(e);
}

static inline const char *entry_key_ptr(const Entry *e)
{
	return entry_place(e) + (size_t)e->room * 16;
}

static inline Str entry_key(const Entry *e)
{
	return (Str){entry_key_ptr(e), e->klen};
}

static inline bool entry_is(const Entry *e, Str key)
{
	return e->klen == key.len && memcmp(entry_key_ptr(e), key.ptr, key.len) == 0;
}

static inline bool entry_live(const Entry *e)
{
	return !(e->flags & ENTRY_DELETED);
}

/* The value's bytes are undefined. */
static inline Entry *entry_new(Slab *slab, Str key, uint64_t hash, uint32_t vlen)
{
	uint32_t room = vlen ? (vlen + 15) / 16 : 1;
	Entry *e = slab_alloc(slab, sizeof *e + (size_t)room * 16 + key.len);
	*e = (Entry){.hash = hash, .klen = key.len, .vlen = vlen, .room = room & 0x7ffffffu};
	if (key.len)
		memcpy(entry_place(e) + (size_t)room * 16, key.ptr, key.len);
	return e;
}

static inline void entry_drop_outside(Slab *slab, Entry *e)
{
	if (e->flags & ENTRY_OUTSIDE) {
		EntryOutside *o = (EntryOutside *)(void *)entry_place(e);
		slab_free(slab, o->value, o->cap);
		e->flags &= ~(unsigned)ENTRY_OUTSIDE & 31u;
	}
}

static inline void entry_free(Slab *slab, Entry *e)
{
	entry_drop_outside(slab, e);
	slab_free(slab, e, sizeof *e + (size_t)e->room * 16 + e->klen);
}

/* Makes room for a value of vlen bytes; what was there is lost. */
static inline char *entry_resize(Slab *slab, Entry *e, uint32_t vlen)
{
	e->vlen = vlen;
	if (e->flags & ENTRY_OUTSIDE) {
		EntryOutside *o = (EntryOutside *)(void *)entry_place(e);
		if (vlen <= o->cap && vlen > (size_t)e->room * 16)
			return o->value;
		entry_drop_outside(slab, e);
	}
	if (vlen <= (size_t)e->room * 16)
		return entry_place(e);
	size_t cap = slab_room(vlen);
	char *value = slab_alloc(slab, cap);
	*(EntryOutside *)(void *)entry_place(e) = (EntryOutside){value, cap};
	e->flags |= ENTRY_OUTSIDE;
	return value;
}

/* Sorts as bytes do: the first 8 bytes of a key, padded with zeros. */
static inline uint64_t entry_order(Str key)
{
	if (key.len >= 8)
		return codec_load_be64(key.ptr);
	uint64_t v = 0;
	for (uint32_t i = 0; i < key.len; i++)
		v |= (uint64_t)(uint8_t)key.ptr[i] << (56 - 8 * i);
	return v;
}

static inline uint64_t entry_fold(uint64_t a, uint64_t b)
{
	UInt128 m = (UInt128)a * b;
	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* Hash of a key for this process: short keys by two folded multiplications (as wyhash, public domain), long ones by
 * XXH3. */
static inline uint64_t entry_hash(Str key, uint64_t seed)
{
	const char *p = key.ptr;
	uint64_t a = 0, b = 0;
	uint32_t n = key.len;
	if (n > 16)
		return hash_bytes(p, n, seed);
	if (n >= 8) {
		memcpy(&a, p, 8);
		memcpy(&b, p + n - 8, 8);
	} else if (n >= 4) {
		uint32_t x, y;
		memcpy(&x, p, 4);
		memcpy(&y, p + n - 4, 4);
		a = x;
		b = y;
	} else if (n > 0) {
		a = (uint64_t)(uint8_t)p[0] << 16 | (uint64_t)(uint8_t)p[n >> 1] << 8 | (uint8_t)p[n - 1];
	}
	uint64_t x = entry_fold(a ^ seed, b ^ UINT64_C(0xe7037ed1a0b428db) ^ (seed << 32 | seed >> 32));
	return entry_fold(x ^ UINT64_C(0xa0761d6478bd642f), (uint64_t)n ^ UINT64_C(0x8ebc6af09c88c6e3));
}

#endif
