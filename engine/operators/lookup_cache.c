/*
 * engine/operators/lookup_cache.c: a hash table whose entries are also in a list, the one used last in front.
 */
#include "engine/operators/lookup_cache.h"

#include "base/hash.h"

enum { LOOKUP_CACHE_KEYS = 100000, LOOKUP_CACHE_SLOTS = 64 };

typedef struct CacheEntry {
	struct CacheEntry *chain;         /* of its slot */
	struct CacheEntry *newer, *older; /* in the order of use */
	uint64_t hash;
	int64_t written_us, used_us;
	uint32_t klen, nrows;
	char *bytes;   /* the key, then the rows */
	uint32_t *len; /* of each row */
} CacheEntry;

struct LookupCache {
	int64_t max;                 /* keys */
	int64_t write_us, access_us; /* 0: entries do not grow old */
	bool missing;                /* keys without rows too */
	CacheEntry **slots;
	uint32_t nslots, n;
	CacheEntry *newest, *oldest;
};

LookupCache *lookup_cache_open(const Options *o)
{
	bool partial = str_eq_nocase(options_get(o, "lookup.cache"), STR("PARTIAL"));
	bool old = options_has(o, "lookup.cache.max-rows") && options_has(o, "lookup.cache.ttl");
	if (!partial && !old)
		return NULL;
	LookupCache *c = MEM_NEW(LookupCache);
	c->max = LOOKUP_CACHE_KEYS;
	c->missing = true;
	if (partial) {
		if (options_has(o, "lookup.partial-cache.max-rows"))
			c->max = options_int(o, "jdbc", "lookup.partial-cache.max-rows");
		if (options_has(o, "lookup.partial-cache.expire-after-write"))
			c->write_us = options_duration_us(o, "jdbc", "lookup.partial-cache.expire-after-write");
		if (options_has(o, "lookup.partial-cache.expire-after-access"))
			c->access_us = options_duration_us(o, "jdbc", "lookup.partial-cache.expire-after-access");
		if (options_has(o, "lookup.partial-cache.cache-missing-key"))
			c->missing = options_bool(o, "jdbc", "lookup.partial-cache.cache-missing-key");
	} else {
		c->max = options_int(o, "jdbc", "lookup.cache.max-rows");
		c->write_us = options_duration_us(o, "jdbc", "lookup.cache.ttl");
		if (options_has(o, "lookup.cache.caching-missing-key"))
			c->missing = options_bool(o, "jdbc", "lookup.cache.caching-missing-key");
	}
	if (c->max > UINT32_MAX / 4)
		c->max = UINT32_MAX / 4;
	c->nslots = LOOKUP_CACHE_SLOTS;
	c->slots = MEM_ARRAY(CacheEntry *, c->nslots);
	memset(c->slots, 0, c->nslots * sizeof(CacheEntry *));
	return c;
}

static void unlink_use(LookupCache *c, CacheEntry *e)
{
	*(e->newer ? &e->newer->older : &c->newest) = e->older;
	*(e->older ? &e->older->newer : &c->oldest) = e->newer;
}

static void link_newest(LookupCache *c, CacheEntry *e)
{
	e->newer = NULL;
	e->older = c->newest;
	*(c->newest ? &c->newest->newer : &c->oldest) = e;
	c->newest = e;
}

static void drop(LookupCache *c, CacheEntry *e)
{
	CacheEntry **p = &c->slots[e->hash & (c->nslots - 1)];
	while (*p != e)
		p = &(*p)->chain;
	*p = e->chain;
	unlink_use(c, e);
	mem_free(e->bytes);
	mem_free(e->len);
	mem_free(e);
	c->n--;
}

void lookup_cache_close(LookupCache *c)
{
	if (!c)
		return;
	while (c->oldest)
		drop(c, c->oldest);
	mem_free(c->slots);
	mem_free(c);
}

uint32_t lookup_cache_len(const LookupCache *c)
{
	return c->n;
}

static CacheEntry *find(const LookupCache *c, Str key, uint64_t hash)
{
	CacheEntry *e = c->slots[hash & (c->nslots - 1)];
	while (e && (e->hash != hash || !str_eq(str_make(e->bytes, e->klen), key)))
		e = e->chain;
	return e;
}

static bool is_old(const LookupCache *c, const CacheEntry *e, int64_t now_us)
{
	return (c->write_us > 0 && now_us - e->written_us >= c->write_us) ||
	       (c->access_us > 0 && now_us - e->used_us >= c->access_us);
}

bool lookup_cache_get(LookupCache *c, Str key, int64_t now_us, Arena *arena, Str **rows, uint32_t *n)
{
	CacheEntry *e = find(c, key, hash_bytes(key.ptr, key.len, 0));
	if (!e)
		return false;
	if (is_old(c, e, now_us)) {
		drop(c, e);
		return false;
	}
	e->used_us = now_us;
	unlink_use(c, e);
	link_newest(c, e);
	*n = e->nrows;
	*rows = ARENA_ARRAY(arena, Str, e->nrows + 1);
	const char *at = e->bytes + e->klen;
	for (uint32_t i = 0; i < e->nrows; at += e->len[i++])
		(*rows)[i] = arena_str(arena, str_make(at, e->len[i]));
	return true;
}

static void grow(LookupCache *c)
{
	uint32_t old = c->nslots;
	CacheEntry **slots = c->slots;
	c->nslots *= 2;
	c->slots = MEM_ARRAY(CacheEntry *, c->nslots);
	memset(c->slots, 0, c->nslots * sizeof(CacheEntry *));
	for (uint32_t i = 0; i < old; i++)
		for (CacheEntry *e = slots[i], *next; e; e = next) {
			next = e->chain;
			CacheEntry **p = &c->slots[e->hash & (c->nslots - 1)];
			e->chain = *p;
			*p = e;
		}
	mem_free(slots);
}

void lookup_cache_put(LookupCache *c, Str key, int64_t now_us, const Str *rows, uint32_t n)
{
	uint64_t hash = hash_bytes(key.ptr, key.len, 0);
	CacheEntry *e = find(c, key, hash);
	if (e)
		drop(c, e);
	if ((!n && !c->missing) || c->max <= 0)
		return;
	while (c->n >= c->max)
		drop(c, c->oldest);
	if (c->n >= c->nslots)
		grow(c);
	size_t bytes = key.len;
	for (uint32_t i = 0; i < n; i++)
		bytes += rows[i].len;
	e = MEM_NEW(CacheEntry);
	*e = (CacheEntry){.hash = hash, .written_us = now_us, .used_us = now_us, .klen = key.len, .nrows = n};
	e->bytes = MEM_ARRAY(char, bytes + 1);
	e->len = MEM_ARRAY(uint32_t, n + 1);
	memcpy(e->bytes, key.ptr, key.len);
	char *at = e->bytes + key.len;
	for (uint32_t i = 0; i < n; i++) {
		memcpy(at, rows[i].ptr, rows[i].len);
		at += rows[i].len;
		e->len[i] = rows[i].len;
	}
	CacheEntry **p = &c->slots[hash & (c->nslots - 1)];
	e->chain = *p;
	*p = e;
	link_newest(c, e);
	c->n++;
}
