/*
 * engine/state/table.h: a StateTable's entries in RAM (state_ functions are made of these), and its side in the file.
 *
 * A table is divided into parts by the leading prefix_len bytes of its keys (STATE_HASH; else there is one part). All
 * prefixes that the file has are known in RAM, so an unknown one is absent. A part is complete while RAM has all its
 * entries; the first eviction ends that, and makes a filter of its keys.
 */
#ifndef WEIR_ENGINE_STATE_TABLE_H
#define WEIR_ENGINE_STATE_TABLE_H

#include <sqlite3.h>

#include "engine/state/bloom.h"
#include "engine/state/cuts.h"
#include "engine/state/hashmap.h"
#include "engine/state/ordered.h"
#include "engine/state/store.h"

enum { TABLE_SCAN_POOL = 4 };

/* What the file knows of a table. Owned by the store; lives until the epoch that drops it has landed. */
typedef struct TableFile {
	Arena *arena;
	int64_t id;
	Str name;
	StateKind kind;
	uint32_t prefix_len;
	Str sql_table;
	Str sql_view;   /* ptr NULL: blobs, no view */
	Str was_view;   /* of a table that is being renamed: the view that the file has */
	Str columns;    /* signature of the typed columns; "" for blobs */
	StateRows rows; /* ncols 0 and names NULL: blobs, or not opened yet */
	struct RowsColumn *sql_columns;
	uint64_t made;                                 /* the epoch that makes it in the file; 0: none yet */
	StateTable *table;                             /* engine's handle, NULL: not open */
	sqlite3_stmt *put, *del, *cut, *cut_end;       /* writer's */
	sqlite3_stmt *get, *scans[4][TABLE_SCAN_POOL]; /* engine's reader's */
} TableFile;

typedef struct Part {
	Str prefix;
	uint64_t hash;
	uint32_t serial; /* tells one part from the next in the same place */
	bool used;
	bool complete;
	Entry **entries; /* STATE_HASH */
	uint32_t n, cap;
	int64_t rows;  /* live entries, in RAM or not */
	Bloom *filter; /* of an incomplete part; NULL: too few rows, ask the file */
} Part;

/* A table's changes as the seal froze them. */
typedef struct SealedEntry {
	uint64_t order;
	const char *bytes; /* the key, then the value; not aligned */
	uint32_t klen;
	uint32_t vlen; /* SEALED_DELETED: there is none */
} SealedEntry;

#define SEALED_DELETED UINT32_MAX

static inline Str sealed_key(const SealedEntry *e)
{
	return (Str){e->bytes, e->klen};
}

static inline Str sealed_value(const SealedEntry *e)
{
	return (Str){e->bytes + e->klen, e->vlen};
}

typedef struct TableSeal {
	TableFile *file;
	SealedEntry *entries;
	Cut *cuts; /* happen before the entries */
	uint32_t n, ncuts;
} TableSeal;

struct StateTable {
	Store *store;
	const uint32_t *epoch; /* the store's running epoch */
	TableFile *file;
	uint32_t unit;
	StateKind kind;
	uint32_t prefix_len;
	uint64_t hash_seed;
	HashMap map;
	Ordered tree;
	Slab slab;
	Part *parts;
	uint32_t nparts, cap_parts;
	uint32_t *part_slots; /* number + 1 */
	uint32_t part_mask, live_parts, part_serial;
	uint32_t free_part;   /* number + 1 of the first free place */
	int64_t part_bytes;   /* entries arrays and filters */
	int64_t beside_bytes; /* what the operator holds in RAM beside it: state_beside */
	uint32_t cold;        /* incomplete parts; 0: misses are answered from RAM */
	Entry **changed;
	uint32_t nchanged, cap_changed;
	int64_t changed_bytes;
	Cuts cuts;
	const TableSeal *sealed; /* NULL: nothing of ours in the sealed layer */
	bool listed;             /* in the store's list of changed tables */
	uint64_t hand;           /* of the clock: slot, STATE_HASH */
	StrBuf hand_key;         /* STATE_ORDERED */
	StrBuf scratch;          /* a value read from the file */
	uint64_t filter_added;   /* keys since the filters were made */
	uint32_t place;          /* in the store's list */
};

StateTable *table_new(Store *store, TableFile *file, uint32_t unit);
void table_free(StateTable *t);
/* Forgets everything in RAM; changes too. */
void table_reset(StateTable *t);
int64_t table_bytes(const StateTable *t);

Entry *table_find(const StateTable *t, Str key, uint64_t hash);
/* find, then the file; NULL: absent. May return a tombstone. */
Entry *table_fetch(StateTable *t, Str key, uint64_t hash);
uint64_t table_hash(const StateTable *t, Str key); /* STATE_ORDERED: the order */
/* A new entry, linked, value undefined; the key is not in RAM. */
Entry *table_add(StateTable *t, Str key, uint64_t hash, uint32_t vlen);
/* A new entry that the operators made; zeroed and marked changed. known_absent: neither file nor sealed layer have it.
 */
Entry *table_create(StateTable *t, Str key, uint64_t hash, uint32_t vlen, bool known_absent);
/* A clean entry from the file. */
Entry *table_load_entry(StateTable *t, Str key, uint64_t hash, Str value);
/* Out of RAM. Freed at once, or by the seal if it is in the list of changes. */
void table_unlink(StateTable *t, Entry *e);
/* Between steps: out of RAM for good; the part too if it was the last of a complete one. */
void table_remove(StateTable *t, Entry *e);
/* Marks as changed in the running epoch. */
void table_touch_slow(StateTable *t, Entry *e);
void table_cut_part(StateTable *t, Str prefix);
void table_cut_range(StateTable *t, Str from, Str to);
void table_note_change(StateTable *t); /* into the store's list */
/* Could the file have a key that RAM does not have? */
bool table_maybe_stored(const StateTable *t, Str key, uint64_t hash, const Part *p);

static inline void table_touch(StateTable *t, Entry *e)
{
	if (e->epoch != *t->epoch)
		table_touch_slow(t, e);
}

static inline bool table_is_pinned(const StateTable *t, const Entry *e)
{
	return e->epoch == *t->epoch || (t->sealed && e->epoch + 1 == *t->epoch);
}

/* ---- parts ---- */

Part *part_find(const StateTable *t, Str key); /* of a key or prefix; NULL: none */
Part *part_need(StateTable *t, Str key);       /* made complete if there is none */
void part_link(StateTable *t, Part *p, Entry *e);
void part_unlink(StateTable *t, Part *p, Entry *e);
void part_free(StateTable *t, Part *p);
/* From now on RAM need not have all its entries; rows: how many the filter is made for, few: none is. */
void part_cool(StateTable *t, Part *p, uint64_t rows);
void part_open_filter(StateTable *t, Part *p, uint64_t rows); /* with the keys that RAM has */
void part_add_filter(StateTable *t, Part *p, uint64_t hash);
void part_free_all(StateTable *t);

#endif
