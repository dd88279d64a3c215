/*
 * base/map.h: open addressing from byte strings to pointers, for names and other small sets.
 *
 * The map copies its keys. Iteration goes in order of insertion, so that what is printed from a map
 * is the same every time. Not for operator state: that is engine/state.
 */
#ifndef WEIR_BASE_MAP_H
#define WEIR_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

typedef struct MapEntry {
	Str key; /* key.ptr == NULL: a removed entry */
	void *value;
} MapEntry;

typedef struct Map {
	MapEntry *entries; /* in order of insertion */
	uint32_t len;      /* entries, removed ones included */
	uint32_t live;
	uint32_t cap;
	uint32_t *slots; /* index + 1 of the entry, 0: free */
	uint32_t nslots; /* power of two */
} Map;

void map_init(Map *m);
void map_deinit(Map *m);
void *map_get(const Map *m, Str key); /* NULL: absent */
bool map_has(const Map *m, Str key);
/* Sets; returns the value that was there, or NULL. */
void *map_put(Map *m, Str key, void *value);
void *map_remove(Map *m, Str key); /* returns the value that was there */
/* for (uint32_t it = 0; (e = map_next(m, &it));) */
MapEntry *map_next(const Map *m, uint32_t *it);

#endif
