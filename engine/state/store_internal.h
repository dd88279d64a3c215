/*
 * engine/state/store_internal.h: what the files of the store share. Nobody else includes it.
 */
#ifndef WEIR_ENGINE_STATE_STORE_INTERNAL_H
#define WEIR_ENGINE_STATE_STORE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/map.h"
#include "engine/state/db.h"
#include "engine/state/table.h"

#define STORE_APPLICATION_ID 0x77656972 /* "weir" */
enum { STORE_FORMAT = 1, STORE_PAGE_BYTES = 4096, STORE_WAL_FRAME = STORE_PAGE_BYTES + 24 };

/* A sealed epoch: made by the engine, read by both sides, dropped by the engine when its reader can see it in the file.
 */
typedef struct Epoch {
	uint64_t number;
	TableFile **creates, **drops, **renames;
	uint32_t ncreates, ndrops, nrenames;
	TableSeal *tables;
	uint32_t ntables;
	int64_t bytes;
	int64_t entries;
} Epoch;

typedef struct FileVec {
	TableFile **items;
	uint32_t len, cap;
} FileVec;

typedef struct TableVec {
	StateTable **items;
	uint32_t len, cap;
} TableVec;

typedef struct Writer Writer;
typedef struct SnapshotPool SnapshotPool;

struct Store {
	StoreOptions options;
	char *path;
	char *private_dir; /* NULL: the file is somebody's */
	int lock_fd;
	uint64_t engine_id, group_seed;
	uint64_t hash_seed;
	Arena *arena; /* lives as long as the store */
	/* tables */
	Map files; /* TableFile by name: in the file, or to be made with the next epoch */
	int64_t next_id;
	TableVec tables;  /* open handles */
	TableVec changed; /* with something for the next epoch */
	FileVec creates, drops, renames;
	/* epochs */
	uint32_t epoch;                /* running, counted from 1 in this process */
	_Atomic uint64_t sealed_epoch; /* number of the last seal */
	Epoch *sealed;                 /* sealed and not yet dropped */
	int64_t sealed_bytes;          /* of the last one */
	Arena *seal_arena;
	/* the engine's read connection */
	sqlite3 *reader;
	bool reader_begun; /* in a transaction: one snapshot */
	uint32_t cursors;  /* open scans */
	bool read_failed;
	Err read_err;
	Writer *writer;
	SnapshotPool *snapshots;
	uint32_t evict_at;   /* which table the clock looks at next */
	int64_t evict_retry; /* too much was pinned: not again below so many bytes, or before a landing; 0: any time */
	_Atomic int64_t ram_bytes, evicted, reloaded;
};

/* Is the table in the committed file? */
static inline bool store_file_landed(const Store *store, const TableFile *f)
{
	return f->made != 0 && f->made <= store_landed_epoch(store);
}

static inline void store_file_push(FileVec *v, TableFile *f)
{
	if (v->len == v->cap) {
		v->cap = v->cap ? v->cap * 2 : 8;
		v->items = mem_realloc(v->items, v->cap * sizeof *v->items);
	}
	v->items[v->len++] = f;
}

static inline void store_table_push(TableVec *v, StateTable *t)
{
	if (v->len == v->cap) {
		v->cap = v->cap ? v->cap * 2 : 8;
		v->items = mem_realloc(v->items, v->cap * sizeof *v->items);
	}
	v->items[v->len++] = t;
}

#endif
