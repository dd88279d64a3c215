/*
 * Keys that were seen: against a list of all of them, with restarts; what is counted as memory; damage.
 */
#include "engine/operators/seen_keys.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "tests/support/check.h"

typedef struct Fixture {
	char path[64];
	int64_t memory_bytes, within_ms;
	Arena *arena;
	Store *store;
	OperatorRun run;
	Plan plan;
	Operator op;
	SeenKeys seen;
} Fixture;

static uint64_t random_state;

static uint32_t random_next(void)
{
	random_state = hash_mix(random_state + 1);
	return (uint32_t)(random_state >> 33);
}

static bool open_keys(Fixture *f, Err *err)
{
	StoreOptions o = {.path = f->path,
	                  .clock = &clock_real,
	                  .memory_bytes = f->memory_bytes,
	                  .wal_max_bytes = 1 << 30,
	                  .inline_writer = true};
	if (!store_open(&o, &f->store, err))
		return false;
	f->arena = arena_open("query", 0);
	f->run = (OperatorRun){.name = STR("q"), .store = f->store, .unit = 1, .arena = f->arena};
	f->op = (Operator){.run = &f->run, .plan = &f->plan};
	return seen_keys_open(&f->seen, &f->op, f->within_ms, err);
}

static void seal(Fixture *f)
{
	Err err;
	seen_keys_save(&f->seen);
	if (store_dirty(f->store)) {
		store_seal(f->store);
		REQUIRE(store_wait_landed(f->store, store_sealed_epoch(f->store), -1, &err));
	}
	REQUIRE(store_poll(f->store, &err));
}

static void close_keys(Fixture *f)
{
	seen_keys_close(&f->seen);
	store_close(f->store);
	arena_close(f->arena);
}

static void remove_files(const Fixture *f)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char name[96];
		snprintf(name, sizeof name, "%s%s", f->path, ends[i]);
		unlink(name);
	}
}

static void begin(Fixture *f, int64_t within_ms, int64_t memory_bytes)
{
	Err err;
	*f = (Fixture){.within_ms = within_ms, .memory_bytes = memory_bytes};
	snprintf(f->path, sizeof f->path, "/tmp/weir-seen-keys-%d.db", (int)getpid());
	remove_files(f);
	REQUIRE(open_keys(f, &err));
}

static void end(Fixture *f)
{
	close_keys(f);
	remove_files(f);
}

static bool before(Fixture *f, const char *key, int64_t time_ms, int64_t watermark_ms)
{
	Str k = str_from(key);
	seen_keys_reserve(&f->seen, 1);
	return seen_keys_before(&f->seen, k, state_hash(k), time_ms, watermark_ms);
}

enum { MODEL_ROWS = 4000, MODEL_KEYS = 60 };

/* Every key with the time at which it is over; the keys of a long enough text fill chunks. */
static void play(int64_t within_ms, uint32_t restart)
{
	Fixture f;
	Err err;
	begin(&f, within_ms, 1 << 20);
	int64_t *over = mem_alloc(MODEL_KEYS * sizeof *over), watermark = -5000;
	for (uint32_t k = 0; k < MODEL_KEYS; k++)
		over[k] = INT64_MIN;
	for (uint32_t i = 0; i < MODEL_ROWS; i++) {
		uint32_t k = random_next() % MODEL_KEYS;
		int64_t time = watermark + (int64_t)(random_next() % 3000) - 1000;
		char key[400];
		snprintf(key, sizeof key, "%0*u", 100 + (int)k * 4, k);
		bool want = over[k] > watermark, got = before(&f, key, time, watermark);
		CHECK_EQ_I64(got, want);
		if (!want)
			over[k] = time + within_ms;
		if (random_next() % 8)
			continue;
		watermark += random_next() % 300;
		seen_keys_forget(&f.seen, watermark);
		if (random_next() % 4 == 0)
			seal(&f);
		if (restart && random_next() % restart == 0) {
			seal(&f);
			close_keys(&f);
			REQUIRE(open_keys(&f, &err));
		}
	}
	int64_t kept = f.seen.keys;
	CHECK_EQ_I64(seen_keys_forget(&f.seen, watermark + 10000 + 2 * within_ms), kept);
	CHECK_EQ_I64(f.seen.keys, 0);
	seal(&f);
	CHECK_EQ_I64(state_rows(f.seen.log), 0);
	mem_free(over);
	end(&f);
}

TEST(against_a_model)
{
	static const int64_t within[] = {1, 10, 700, 20000};
	for (size_t i = 0; i < sizeof within / sizeof *within; i++)
		for (uint32_t restart = 0; restart < 60; restart += 20)
			play(within[i], restart);
}

TEST(times_at_the_ends)
{
	Fixture f;
	begin(&f, INT64_MAX / 2, 1 << 20);
	CHECK(!before(&f, "none yet", BATCH_NO_WATERMARK, BATCH_NO_WATERMARK));
	CHECK(before(&f, "none yet", 0, BATCH_NO_WATERMARK));
	CHECK(!before(&f, "late", INT64_MAX - 5, 0));
	CHECK(before(&f, "late", INT64_MAX - 5, INT64_MAX - 2));
	CHECK_EQ_I64(seen_keys_forget(&f.seen, 0), 1);
	CHECK(!before(&f, "none yet", 0, 0));
	CHECK_EQ_I64(seen_keys_forget(&f.seen, BATCH_END), 2);
	end(&f);
}

/* What is over when it comes is not kept. */
TEST(over_at_once)
{
	Fixture f;
	begin(&f, 10, 1 << 20);
	CHECK(!before(&f, "a", 90, 100));
	CHECK(!before(&f, "a", 90, 100));
	CHECK_EQ_I64(f.seen.keys, 0);
	CHECK(!before(&f, "a", 91, 100));
	CHECK(before(&f, "a", 91, 100));
	end(&f);
}

/* The slots are memory of the state: other tables make room for them. */
TEST(counts_as_memory)
{
	enum { KEYS = 40000, OTHERS = 2000 };
	Fixture f;
	Err err;
	StateTable *other;
	StoreStats stats;
	begin(&f, 1000, 1 << 20);
	StateSpec spec = {.name = STR("other"), .unit = 1, .kind = STATE_HASH};
	REQUIRE(state_open(f.store, &spec, &other, &err));
	char key[32], value[200] = {1};
	for (uint32_t i = 0; i < OTHERS; i++) {
		snprintf(key, sizeof key, "%u", i);
		state_put(other, str_from(key), str_make(value, sizeof value));
	}
	seal(&f);
	seal(&f);
	CHECK(state_bytes(other) > OTHERS * (int64_t)sizeof value);
	for (uint32_t i = 0; i < KEYS; i++) {
		snprintf(key, sizeof key, "k%u", i);
		REQUIRE(!before(&f, key, 0, 0));
	}
	seen_keys_count(&f.seen);
	CHECK(state_bytes(f.seen.log) > KEYS * 8);
	seal(&f);
	seal(&f);
	CHECK(state_bytes(other) < OTHERS * (int64_t)sizeof value);
	store_stats(f.store, &stats);
	CHECK(stats.ram_bytes > KEYS * 8);
	end(&f);
}

TEST(damaged)
{
	Fixture f;
	Err err;
	begin(&f, 1000, 1 << 20);
	CHECK(!before(&f, "a key", 0, 0));
	seal(&f);
	Str key, value;
	StateScan *scan = state_scan_open(f.seen.log, (Str){0}, (Str){0}, false, true, f.arena);
	REQUIRE(state_scan_next(scan, &key, &value));
	key = arena_str(f.arena, key);
	value = arena_str(f.arena, value);
	state_scan_close(scan);
	state_put(f.seen.log, key, str_slice(value, 0, value.len - 1));
	seal(&f);
	close_keys(&f);
	CHECK(!open_keys(&f, &err));
	CHECK_STR(err.message, "a row of the state table \"q.0.seen\" is damaged");
	end(&f);
}

TESTS(against_a_model, times_at_the_ends, over_at_once, counts_as_memory, damaged)
