/*
 * tests/bench/state_bench.c: what state tables cost: edits in RAM, seals, epochs in the file, loading, more keys than
 * memory.
 *
 *     state_bench [DIR]      the state files go to DIR (default /tmp)
 */
#include "engine/state/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

enum { BATCH = 4096, KEY_BYTES = 16 };

static const char *dir = "/tmp";
static uint64_t seed = 1;

static uint64_t next_random(void)
{
	return hash_mix(seed++);
}

static double now_s(void)
{
	return (double)clock_mono_us(&clock_real) / 1e6;
}

static long rss_kb(void)
{
	char line[256];
	long kb = 0;
	FILE *f = fopen("/proc/self/status", "re");
	while (f && fgets(line, sizeof line, f)) {
		if (strncmp(line, "VmRSS:", 6) == 0)
			kb = strtol(line + 6, NULL, 10);
	}
	if (f)
		fclose(f);
	return kb;
}

static Store *open_store(const char *name, int64_t memory, bool fresh)
{
	StrBuf path;
	Err err;
	Store *store;
	strbuf_init(&path);
	strbuf_printf(&path, "%s/%s.db", dir, name);
	if (fresh) {
		unlink(strbuf_cstr(&path));
		strbuf_puts(&path, "-wal");
		unlink(strbuf_cstr(&path));
		path.ptr[path.len - 4] = 0;
	}
	StoreOptions o = {.path = path.ptr, .clock = &clock_real, .memory_bytes = memory, .wal_max_bytes = 1 << 30};
	if (!store_open(&o, &store, &err)) {
		fprintf(stderr, "%s\n", err.message);
		exit(1);
	}
	strbuf_deinit(&path);
	return store;
}

static StateTable *open_table(Store *store, const char *name, StateKind kind, uint32_t prefix)
{
	Err err;
	StateTable *t;
	StateSpec spec = {.name = str_from(name), .kind = kind, .prefix_len = prefix};
	if (!state_open(store, &spec, &t, &err)) {
		fprintf(stderr, "%s\n", err.message);
		exit(1);
	}
	return t;
}

/* group (1), slice (7), id (8) */
static void make_key(char *out, uint64_t id, uint64_t slice)
{
	out[0] = (char)(hash_mix(id) & 127);
	memcpy(out + 1, &slice, 7);
	memcpy(out + 8, &id, 8);
}

typedef struct Sum {
	int64_t count, sum;
} Sum;

static void land(Store *store)
{
	Err err;
	if (!store_wait_landed(store, store_seal(store), -1, &err)) {
		fprintf(stderr, "%s\n", err.message);
		exit(1);
	}
	store_poll(store, NULL);
}

/* Returns ns per row. */
static double edit(Store *store, StateTable *t, uint64_t nkeys, uint64_t rows, bool hashes, bool seals, uint64_t slice)
{
	static char bytes[BATCH * KEY_BYTES];
	static Str keys[BATCH];
	static void *out[BATCH];
	static uint8_t created[BATCH];
	double spent = 0;
	(void)hashes;
	for (uint64_t at = 0; at < rows; at += BATCH) {
		for (int i = 0; i < BATCH; i++) {
			make_key(bytes + i * KEY_BYTES, nkeys >= rows ? at + (uint64_t)i : next_random() % nkeys, slice);
			keys[i] = str_make(bytes + i * KEY_BYTES, KEY_BYTES);
		}
		double start = now_s();
		state_edit_many(t, keys, NULL, BATCH, sizeof(Sum), out, created);
		for (int i = 0; i < BATCH; i++) {
			Sum *s = out[i];
			s->count++;
			s->sum += i;
		}
		spent += now_s() - start;
		store_poll(store, NULL);
		if (seals && store_unlanded_bytes(store) > (16 << 20) && store_writer_free(store))
			store_seal(store);
		while (seals && store_unlanded_bytes(store) > (32 << 20)) {
			store_poll(store, NULL);
			usleep(1000);
		}
	}
	return spent * 1e9 / (double)rows;
}

static void bench_ram(StateKind kind, uint32_t prefix)
{
	Store *store = open_store("bench_ram", INT64_C(1) << 40, true);
	StateTable *t = open_table(store, "t", kind, prefix);
	const char *name = kind == STATE_HASH ? prefix ? "hash, prefix 8" : "hash" : "ordered";
	edit(store, t, 1000, 1 << 20, false, false, 7);
	printf("edit_many %-15s 1,000 keys   %6.1f ns a row\n", name, edit(store, t, 1000, 4 << 20, false, false, 7));
	printf("edit_many %-15s 1 M new      %6.1f ns a row\n", name, edit(store, t, 1 << 20, 1 << 20, false, false, 8));
	printf("edit_many %-15s 1 M keys     %6.1f ns a row   %.0f bytes a key\n", name,
	       edit(store, t, 1000000, 4 << 20, false, false, 8), (double)state_bytes(t) / (double)state_rows(t));
	if (kind == STATE_ORDERED) {
		Arena *arena = arena_open("bench", 0);
		double from_s = now_s();
		uint64_t found = 0;
		enum { SCANS = 1 << 20 };
		for (int i = 0; i < SCANS; i++) {
			char from[KEY_BYTES], to[KEY_BYTES + 1];
			Str key, value;
			make_key(from, next_random() % 1000000, 8);
			memcpy(to, from, KEY_BYTES);
			to[KEY_BYTES] = 0;
			StateScan *s =
			    state_scan_open(t, str_make(from, KEY_BYTES), str_make(to, KEY_BYTES + 1), false, true, arena);
			while (state_scan_next(s, &key, &value))
				found++;
			state_scan_close(s);
			if (i % BATCH == 0)
				arena_reset(arena);
		}
		printf("scan      %-15s of one row   %6.1f ns a scan, %" PRIu64 " found\n", name,
		       (now_s() - from_s) * 1e9 / SCANS, found);
		StateScan *s = state_scan_open(t, (Str){0}, (Str){0}, false, true, arena);
		Str key, value;
		from_s = now_s();
		for (found = 0; state_scan_next(s, &key, &value); found++)
			;
		printf("scan      %-15s of all rows  %6.1f ns a row\n", name, (now_s() - from_s) * 1e9 / (double)found);
		state_scan_close(s);
		arena_close(arena);
	}
	double start = now_s();
	store_seal(store);
	printf("seal      %-15s 1 M entries  %6.1f ns an entry\n", name, (now_s() - start) * 1e9 / (double)state_rows(t));
	start = now_s();
	store_wait_landed(store, store_sealed_epoch(store), -1, NULL);
	printf("write     %-15s 1 M entries  %6.2f us an entry\n", name, (now_s() - start) * 1e6 / (double)state_rows(t));
	start = now_s();
	store_poll(store, NULL);
	printf("land      %-15s              %6.1f ns an entry\n", name, (now_s() - start) * 1e9 / (double)state_rows(t));
	if (kind == STATE_HASH && prefix) {
		char prefix_bytes[KEY_BYTES];
		start = now_s();
		int64_t rows = state_rows(t);
		for (int g = 0; g < 128; g++) {
			make_key(prefix_bytes, 0, 8);
			prefix_bytes[0] = (char)g;
			state_del_range(t, str_make(prefix_bytes, 8), (Str){0});
		}
		printf("drop      %-15s slice        %6.1f ns an entry\n", name,
		       (now_s() - start) * 1e9 / (double)(rows - state_rows(t)));
	}
	store_close(store);
}

static void bench_epochs(uint64_t nkeys, int changed)
{
	Store *store = open_store("bench_epochs", INT64_C(1) << 40, true);
	StateTable *t = open_table(store, "t", STATE_HASH, 0);
	edit(store, t, nkeys, nkeys, false, true, 0);
	while (!store_writer_free(store))
		usleep(1000);
	land(store);
	StoreStats a, b;
	store_stats(store, &a);
	double worst = 0, start = now_s(), sealing = 0;
	enum { EPOCHS = 50 };
	for (int e = 0; e < EPOCHS; e++) {
		double one = now_s();
		for (int i = 0; i < changed; i++) {
			char key[KEY_BYTES];
			make_key(key, next_random() % nkeys, 0);
			Sum *s = state_edit(t, str_make(key, KEY_BYTES), sizeof *s, NULL, NULL);
			s->count++;
		}
		while (!store_writer_free(store)) {
			store_poll(store, NULL);
			usleep(100);
		}
		double seal = now_s();
		uint64_t epoch = store_seal(store);
		sealing += now_s() - seal;
		store_wait_landed(store, epoch, -1, NULL);
		store_poll(store, NULL);
		if (now_s() - one > worst)
			worst = now_s() - one;
	}
	store_stats(store, &b);
	printf("epochs of %d of %" PRIu64 " keys: %.2f ms each, worst %.1f ms; %.0f bytes of WAL a key; seal %.1f us\n",
	       changed, nkeys, (now_s() - start) * 1e3 / EPOCHS, worst * 1e3,
	       (double)(b.written_bytes - a.written_bytes) / ((double)EPOCHS * changed), sealing * 1e6 / EPOCHS);
	store_close(store);
	start = now_s();
	store = open_store("bench_epochs", INT64_C(1) << 40, false);
	t = open_table(store, "t", STATE_HASH, 0);
	printf("load of %" PRId64 " keys: %.2f s\n", state_rows(t), now_s() - start);
	store_close(store);
}

static void bench_cold(uint64_t nkeys, int64_t memory, StateKind kind, uint32_t prefix)
{
	long before = rss_kb();
	printf("cold: %s, prefix %u\n", kind == STATE_HASH ? "hash" : "ordered", prefix);
	Store *store = open_store("bench_cold", memory, true);
	StateTable *t = open_table(store, "t", kind, prefix);
	double start = now_s();
	edit(store, t, nkeys, nkeys, false, true, 0);
	printf("cold: %" PRIu64 " new keys in %.1f s", nkeys, now_s() - start);
	while (!store_writer_free(store))
		usleep(1000);
	land(store);
	printf(", RSS %ld MB (before: %ld)\n", rss_kb() / 1024, before / 1024);
	StoreStats stats;
	double ns = edit(store, t, nkeys - 4096, 1 << 19, false, true, 0);
	while (!store_writer_free(store))
		usleep(1000);
	land(store);
	store_stats(store, &stats);
	printf("cold: edits %.0f ns a row, rows %" PRId64 ", evicted %" PRId64 ", reloaded %" PRId64
	       ", state %.1f MB, RSS %ld MB, WAL %.1f MB\n",
	       ns, state_rows(t), stats.evicted, stats.reloaded, (double)stats.ram_bytes / 1e6, rss_kb() / 1024,
	       (double)stats.wal_bytes / 1e6);
	/* Every key is there, with the sum of what was added. */
	int64_t wrong = 0, total = 0;
	start = now_s();
	for (uint64_t id = 0; id < nkeys; id++) {
		char key[KEY_BYTES];
		uint32_t len = 0;
		make_key(key, id, 0);
		const Sum *s = state_get(t, str_make(key, KEY_BYTES), &len);
		wrong += !s || len != sizeof *s;
		total += s ? s->count : 0;
		if (id % BATCH == 0)
			store_poll(store, NULL);
	}
	printf("cold: all keys read in %.1f s, %" PRId64 " missing, %" PRId64 " counted of %" PRIu64 ", RSS %ld MB\n",
	       now_s() - start, wrong, total, nkeys + (1 << 19), rss_kb() / 1024);
	store_close(store);
	start = now_s();
	store = open_store("bench_cold", memory, false);
	t = open_table(store, "t", kind, prefix);
	printf("cold: opened in %.2f s, rows %" PRId64 ", state %.1f MB, RSS %ld MB\n", now_s() - start, state_rows(t),
	       (double)state_bytes(t) / 1e6, rss_kb() / 1024);
	store_close(store);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		dir = argv[1];
	const char *only = argc > 2 ? argv[2] : "all";
	bool all = strcmp(only, "all") == 0;
	if (all || strcmp(only, "cold") == 0)
		bench_cold(2 << 20, 64 << 20, STATE_HASH, 0);
	if (all || strcmp(only, "cold_parts") == 0)
		bench_cold(2 << 20, 64 << 20, STATE_HASH, 8);
	if (all || strcmp(only, "cold_ordered") == 0)
		bench_cold(2 << 20, 64 << 20, STATE_ORDERED, 0);
	if (all || strcmp(only, "ram") == 0) {
		bench_ram(STATE_HASH, 0);
		bench_ram(STATE_HASH, 8);
		bench_ram(STATE_ORDERED, 0);
	}
	if (all || strcmp(only, "epochs") == 0) {
		bench_epochs(1 << 20, 1000);
		bench_epochs(1 << 20, 100);
	}
	return 0;
}
