/*
 * engine/state/cuts.c: a sorted array of ranges.
 */
#include "engine/state/cuts.h"

#include <stdlib.h>

static Str cuts_key(Str key)
{
	if (!key.ptr)
		return key;
	char *p = mem_alloc(key.len + 1u);
	memcpy(p, key.ptr, key.len);
	p[key.len] = 0;
	return str_make(p, key.len);
}

static void cuts_free(Cut *cut)
{
	mem_free((void *)(uintptr_t)cut->from.ptr);
	mem_free((void *)(uintptr_t)cut->to.ptr);
}

void cuts_init(Cuts *c)
{
	*c = (Cuts){0};
}

void cuts_clear(Cuts *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		cuts_free(&c->items[i]);
	c->n = 0;
	c->unsorted = false;
}

void cuts_deinit(Cuts *c)
{
	cuts_clear(c);
	mem_free(c->items);
	cuts_init(c);
}

static void cuts_room(Cuts *c)
{
	if (c->n == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 4;
		c->items = mem_realloc(c->items, c->cap * sizeof *c->items);
	}
}

/* The first range that ends at or behind key. */
static uint32_t cuts_find(const Cut *items, uint32_t n, Str key)
{
	uint32_t lo = 0, hi = n;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		if (items[mid].to.ptr && str_cmp(items[mid].to, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void cuts_add(Cuts *c, Str from, Str to)
{
	uint32_t first = cuts_find(c->items, c->n, from), last = first;
	Cut merged = {cuts_key(from), cuts_key(to)};
	/* Ranges first .. last - 1 touch the new one. */
	while (last < c->n && (!to.ptr || str_cmp(c->items[last].from, to) <= 0)) {
		Cut *old = &c->items[last++];
		if (str_cmp(old->from, merged.from) < 0) {
			Str keep = old->from;
			old->from = merged.from;
			merged.from = keep;
		}
		if (merged.to.ptr && (!old->to.ptr || str_cmp(old->to, merged.to) > 0)) {
			Str keep = old->to;
			old->to = merged.to;
			merged.to = keep;
		}
		cuts_free(old);
	}
	if (last == first) {
		cuts_room(c);
		memmove(&c->items[first + 1], &c->items[first], (c->n - first) * sizeof *c->items);
		c->n++;
	} else {
		memmove(&c->items[first + 1], &c->items[last], (c->n - last) * sizeof *c->items);
		c->n -= last - first - 1;
	}
	c->items[first] = merged;
}

void cuts_append(Cuts *c, Str from, Str to)
{
	cuts_room(c);
	c->items[c->n++] = (Cut){cuts_key(from), cuts_key(to)};
	c->unsorted = true;
}

bool cuts_have(const Cut *items, uint32_t n, Str key)
{
	/* A range that ends exactly at key does not have it, but the next one may begin there. */
	for (uint32_t at = cuts_find(items, n, key); at < n && str_cmp(items[at].from, key) <= 0; at++) {
		if (!items[at].to.ptr || str_cmp(items[at].to, key) > 0)
			return true;
	}
	return false;
}

static int cuts_compare(const void *a, const void *b)
{
	return str_cmp(((const Cut *)a)->from, ((const Cut *)b)->from);
}

Cut *cuts_copy(const Cuts *c, Arena *arena)
{
	Cut *out = ARENA_ARRAY(arena, Cut, c->n);
	for (uint32_t i = 0; i < c->n; i++) {
		out[i].from = arena_str(arena, c->items[i].from);
		out[i].to = c->items[i].to.ptr ? arena_str(arena, c->items[i].to) : (Str){0};
	}
	if (c->unsorted && c->n > 1)
		qsort(out, c->n, sizeof *out, cuts_compare);
	return out;
}
