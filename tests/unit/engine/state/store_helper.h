/*
 * tests/unit/engine/state/store_helper.h: a store in a file of this process's own, for the tests of one.
 */
#ifndef WEIR_TESTS_UNIT_ENGINE_STATE_STORE_HELPER_H
#define WEIR_TESTS_UNIT_ENGINE_STATE_STORE_HELPER_H

#include <stdio.h>
#include <unistd.h>

#include "engine/state/store.h"
#include "tests/support/check.h"

static Arena *arena;
static char path[128];

static inline void remove_store(void)
{
	char name[160];
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof name, "%s%s", path, (const char *[]){"", "-lock", "-wal", "-shm"}[i]);
		unlink(name);
	}
}

static inline StoreOptions options(void)
{
	return (StoreOptions){.path = path, .clock = &clock_real, .memory_bytes = 1 << 20, .wal_max_bytes = 1 << 30};
}

static inline Store *open_with(const StoreOptions *o)
{
	Store *store;
	Err err;
	bool ok = store_open(o, &store, &err);
	if (!ok)
		fprintf(stderr, "%s\n", err.message);
	REQUIRE(ok);
	return store;
}

static inline Store *open_store(void)
{
	StoreOptions o = options();
	return open_with(&o);
}

static inline StateTable *open_table(Store *store, const char *name)
{
	StateTable *t;
	Err err;
	StateSpec spec = {.name = str_from(name), .kind = STATE_HASH};
	REQUIRE(state_open(store, &spec, &t, &err));
	return t;
}

static inline void put(StateTable *t, const char *key, const char *value)
{
	state_put(t, str_from(key), str_from(value));
}

static inline bool has(StateTable *t, const char *key, const char *value)
{
	uint32_t len = 0;
	const char *v = state_get(t, str_from(key), &len);
	return v && str_eq(str_make(v, len), str_from(value));
}

static inline void seal_and_land(Store *store)
{
	Err err;
	while (!store_writer_free(store))
		usleep(100);
	bool ok = store_wait_landed(store, store_seal(store), 20000, &err);
	if (!CHECK(ok))
		fprintf(stderr, "%s\n", err.message);
	CHECK(store_poll(store, NULL));
}

static inline bool open_fails(ErrCode code, const char *word)
{
	Store *store;
	Err err;
	StoreOptions o = options();
	if (store_open(&o, &store, &err)) {
		store_close(store);
		return false;
	}
	bool ok = err.code == code && strstr(err.message, word);
	if (!ok)
		fprintf(stderr, "%d: %s\n", (int)err.code, err.message);
	return ok;
}

static inline void write_file(const char *name, const void *bytes, size_t n, long at)
{
	FILE *f = fopen(name, at < 0 ? "wb" : "r+b");
	REQUIRE(f);
	if (at > 0)
		fseek(f, at, SEEK_SET);
	CHECK(fwrite(bytes, 1, n, f) == n);
	fclose(f);
}

static inline void ignore_log(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

#endif
