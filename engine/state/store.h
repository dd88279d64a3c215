/*
 * engine/state/store.h: the state file: layered key-value tables, epochs, one writing thread.
 *
 * Everything that must agree commits in one SQLite transaction: operator state, positions, view rows, undelivered
 * output, side rows, the catalog. All of it is StateTables: byte keys to byte values. Three layers, newest first:
 *
 *   current  changed since the last seal     engine thread, hash or ordered map in RAM
 *   sealed   frozen at the seal              read by the engine, written out by the writer thread
 *   file     one SQLite table per StateTable committed epochs; read through when an entry is not in RAM
 *
 * A table that has evicted nothing since it was loaded answers misses from RAM alone.
 * Every StateTable belongs to a unit of failure; store_discard throws away what a unit changed since its last seal.
 *
 * Read errors of the file: the call answers as if the entry were absent and the store remembers the error
 * (store_check); the engine asks before it seals, so nothing computed from it is ever committed.
 *
 * Thread: engine, except where said.
 */
#ifndef WEIR_ENGINE_STATE_STORE_H
#define WEIR_ENGINE_STATE_STORE_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/histogram.h"
#include "sql/types/type.h"

typedef struct Store Store;
typedef struct StateTable StateTable;

typedef struct StoreOptions {
	const char *path; /* NULL: a private temporary file, synchronous=OFF, gone at close */
	const Clock *clock;
	int64_t memory_bytes;  /* weir.memory */
	int64_t wal_max_bytes; /* weir.wal.max */
	bool inline_writer;    /* no writer thread: store_seal returns when the epoch has landed (weir test) */
	/* Called by the writer thread when an epoch has landed or failed; may be NULL. Must not call the store. */
	void (*on_landed)(void *ctx, uint64_t epoch, const Err *err);
	/* The same, when the writer is free again (store_writer_free): behind an epoch, or the checkpoint that follows it.
	 */
	void (*on_free)(void *ctx);
	void *on_landed_ctx;
} StoreOptions;

/* Opens or makes the file; takes the lock FILE-lock with our pid in it (ERR_STATE_LOCKED names the holder's); checks
 * application id, format version and integrity markers (ERR_STATE_FORMAT, ERR_STATE_CORRUPT). A new file gets a random
 * engine id and group seed. */
bool store_open(const StoreOptions *options, Store **out, Err *err);
/* Waits for the writer. What is not sealed is lost. */
void store_close(Store *store);
/* As if the process had died: sealed but unlanded epochs are lost too (tests). The Store is gone. */
void store_crash(Store *store);

const char *store_path(const Store *store); /* also of the private file */
uint64_t store_engine_id(const Store *store);
uint64_t store_group_seed(const Store *store);

/* ---- tables ---- */

typedef enum StateKind {
	STATE_HASH,    /* get, edit, del by key; scans in no particular order over a fixed prefix */
	STATE_ORDERED, /* scans in key order over any range */
} StateKind;

/* Columns of a table whose rows people read: stored as typed SQLite columns beside the key k$, with a readable SQL view
 * of `view_name`. The value bytes are value_encode of each column, one after another (engine/batch: batch_encode_row).
 */
typedef struct StateRows {
	Str view_name; /* the name people type; the SQLite table is view_name || '$rows' (a suffix makes names unique that
	                  differ in case only) */
	uint32_t ncols;
	const Str *names;
	const Type *const *types;
} StateRows;

typedef struct StateSpec {
	Str name; /* unique in the store: "purchases_by_minute.agg0.slices" */
	uint32_t unit;
	StateKind kind;
	uint32_t prefix_len;   /* STATE_HASH: number of leading key bytes that scans and range deletions may name; 0: none.
	                        * Entries of one   prefix live together: dropping a prefix costs one call */
	const StateRows *rows; /* NULL: blobs, nobody's interface. Copied. */
} StateSpec;

/* Opens a table, which is made in the file with the next epoch if it is not there; loads it up to the memory bound. */
bool state_open(Store *store, const StateSpec *spec, StateTable **out, Err *err);
/* The table is removed from the file with the next epoch. The handle is gone. */
void state_drop(StateTable *t);
/* Forgets the handle, keeps the stored table (a paused or replaced plan). Only when nothing is unsealed. */
void state_close(StateTable *t);
/* A table of its own in RAM, without store and file (snapshots): spec->rows is NULL. Closed by state_close_memory only.
 * Thread: its opener's. */
bool state_open_memory(const StateSpec *spec, StateTable **out, Err *err);
void state_close_memory(StateTable *t);
/* Is there a stored table of that name? */
bool store_has_table(Store *store, Str name);
/* Removes a stored table that is not open, with the next epoch. false: there is none. */
bool store_drop_table(Store *store, Str name);
/* Gives a stored table that is not open, and has landed, another name with the next epoch; nothing else of that epoch
 * comes before. view: the readable view's name, of a table with rows. In the file the table itself keeps its name.
 * Until the epoch has landed, and afterwards under the old name, a snapshot's look-up of it is an error, not an empty
 * table. */
void store_rename_table(Store *store, Str name, Str to, Str view);
/* Names of all stored tables, in the arena. Returns how many. */
uint32_t store_tables(Store *store, Arena *arena, Str **names);

/* Value of a key, or NULL. Addresses of values are stable until the entry is deleted or resized, or state is trimmed
 * (between steps). */
const void *state_get(StateTable *t, Str key, uint32_t *len);
/* false: the key is absent. Does not look into the file, so true may be wrong about few. */
bool state_may_have(const StateTable *t, Str key);
/* Value for changing in place, marked changed. Absent: made with new_len zero bytes and *created set. */
void *state_edit(StateTable *t, Str key, uint32_t new_len, uint32_t *len, bool *created);
/* The same for n keys at once (the hot path: one hash per row, prefetching, file look-ups sorted by key). All values
 * have the fixed length new_len. hashes may be NULL; hashes[i] must be state_hash(key). out[i] is the value; created[i]
 * (may be NULL) tells new ones; of equal keys in one call only the first is "created". */
void state_edit_many(StateTable *t, const Str *keys, const uint64_t *hashes, uint32_t n, uint32_t new_len, void **out,
                     uint8_t *created);
uint64_t state_hash(Str key);
/* Reads those of the keys that RAM does not have and the file may have, sorted by key: one call before many of get or
 * edit. */
void state_warm(StateTable *t, const Str *keys, uint32_t n);
/* Hints before look-ups that are made one by one: state_get, state_edit, state_put of these keys; scans of these
 * prefixes (the first prefix_len bytes of the keys). STATE_HASH, at most STATE_PREFETCH_MAX keys. */
enum { STATE_PREFETCH_MAX = 32 };
void state_prefetch(StateTable *t, const Str *keys, uint32_t n);
void state_prefetch_prefixes(StateTable *t, const Str *keys, uint32_t n);
void *state_put(StateTable *t, Str key, Str value); /* sets, whatever was there; returns the stored value */
bool state_del(StateTable *t, Str key);             /* was it there? */
/* Deletes all keys with from <= key < to; to.ptr NULL: to the end. STATE_HASH: from is a prefix of prefix_len bytes, to
 * is ignored. */
void state_del_range(StateTable *t, Str from, Str to);

/* A scan sees the table as it is when each step of it is made; the entry just returned may be changed or deleted. */
typedef struct StateScan StateScan;
/* STATE_ORDERED: keys in [from, to) ascending, or descending with reverse; from/to .ptr NULL: open. STATE_HASH: from is
 * a prefix (prefix_len bytes; empty if prefix_len is 0), order unspecified unless sorted (then by key). */
StateScan *state_scan_open(StateTable *t, Str from, Str to, bool reverse, bool sorted, Arena *arena);
/* Both point into the table or the scan, valid until the next call; values are aligned to 16 bytes, here as everywhere.
 */
bool state_scan_next(StateScan *s, Str *key, Str *value);
void state_scan_close(StateScan *s);

int64_t state_rows(const StateTable *t);  /* live entries (exact while nothing is evicted, else an estimate) */
int64_t state_bytes(const StateTable *t); /* in RAM */
/* The operator holds so many bytes in RAM beside the table, an index of its own: they count against memory_bytes like
 * the table's, so that other entries leave for them. */
void state_beside(StateTable *t, int64_t bytes);
Str state_name(const StateTable *t);

/* ---- epochs ---- */

/* Is there anything unsealed? */
bool store_dirty(const Store *store);
/* Has the writer nothing to do? */
bool store_writer_free(Store *store);
/* Freezes all changes as the next epoch and hands them to the writer. Only when no other epoch is with the writer
 * (ASSERT): ask store_writer_free. Returns the epoch's number. */
uint64_t store_seal(Store *store);
uint64_t store_sealed_epoch(const Store *store); /* Thread: any. Of the last seal */
uint64_t store_landed_epoch(const Store *store); /* Thread: any. Committed to the file */
/* Waits until an epoch has landed. timeout_ms < 0: for ever. false: timed out or failed (err). Thread: any. */
bool store_wait_landed(Store *store, uint64_t epoch, int64_t timeout_ms, Err *err);
/* Between steps: takes notice of landed epochs (drops sealed layers), evicts down to the memory bound. false: the file
 * failed for good (failed fsync, foreign writer: ERR_FATAL), or is failing and tried again (ERR_RETRIABLE: disk full).
 */
bool store_poll(Store *store, Err *err);
/* A read error since the last call? Then the step's results must not be kept. */
bool store_check(Store *store, Err *err);
/* Throws away what the unit's tables changed since the last seal. Does not wait for the writer. */
bool store_discard(Store *store, uint32_t unit, Err *err);
/* Bytes changed and not landed: of the running epoch and of the sealed one. */
int64_t store_unlanded_bytes(const Store *store);
/* weir.memory has changed. Thread: engine. */
void store_set_memory(Store *store, int64_t bytes);
/* Has the running epoch more than a quarter of memory_bytes? Then the engine takes no input until it is sealed. So an
 * epoch of that size can be written while the next one grows, and the two with the sealed one's copy are three
 * quarters. */
bool store_pressed(const Store *store);

typedef struct StoreBackup {
	const char *from, *to;
	const atomic_bool *cancel;                                      /* may be NULL */
	void (*progress)(void *ctx, int64_t written, int64_t expected); /* bytes, every two seconds; may be NULL */
	void *ctx;
} StoreBackup;
/* VACUUM INTO b->to, checked, synced, renamed; *epoch is the one that it stands at. `from` is the store's own file, and
 * its bound on the write-ahead log is lifted meanwhile. Thread: any. */
bool store_backup(Store *store, StoreBackup *b, uint64_t *epoch, Err *err);
/* The same of a file that another process may hold. */
bool store_backup_file(const StoreBackup *b, uint64_t *epoch, Err *err);

/* Fault injection: kill -9 ourselves when the named point is passed for the n-th time (environment
 * WEIR_FAIL_POINT=name[:n]), or, with hang:name, let its thread hang. Points are listed in store_fail_points. Thread:
 * any. */
void store_fail_point(const char *name);
extern const char *const store_fail_points[]; /* ended by NULL */

typedef struct StoreStats {
	uint64_t epochs;
	int64_t wal_bytes;     /* size of the WAL now */
	int64_t written_bytes; /* WAL bytes written since the start */
	int64_t entries_written;
	int64_t commit_us_last, commit_us_max;
	int64_t landed_us; /* when the newest epoch was written, since 1970; 0: none yet */
	Histogram commits; /* how long the transaction of an epoch took */
	int64_t ram_bytes;
	int64_t evicted, reloaded;
} StoreStats;
void store_stats(Store *store, StoreStats *out); /* Thread: any */

#endif
