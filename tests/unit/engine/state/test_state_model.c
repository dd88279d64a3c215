/*
 * State tables against a naive model: random operations on tables of every kind, across seals, landings, discards,
 * evictions, reopening and crashes. The model is an array with a place for each possible key.
 */
#include "engine/state/store.h"

#include <unistd.h>

#include "base/codec.h"

#include "tests/support/check.h"

enum { KEYS = 400, VALUE_MAX = 70, TABLES = 4, HISTORY = 128 };

typedef struct Cell {
	bool there;
	uint8_t len;
	char bytes[VALUE_MAX];
} Cell;

typedef struct Model {
	Cell cells[KEYS];
} Model;

typedef struct Key {
	char bytes[40];
	uint32_t len;
} Key;

static Key keys[KEYS]; /* in order */
static uint64_t seed;
static Arena *arena;

static uint32_t rnd(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((seed >> 33) % n);
}

static int compare_keys(const void *a, const void *b)
{
	const Key *x = a, *y = b;
	return str_cmp((Str){x->bytes, x->len}, (Str){y->bytes, y->len});
}

/* Prefixes of two bytes, lengths from 2 to 33, some that differ only in trailing zeros. */
static void make_keys(void)
{
	for (int i = 0; i < KEYS; i++) {
		Key *k = &keys[i];
		k->bytes[0] = (char)(i % 3 ? i % 5 : 255);
		k->bytes[1] = (char)(i % 3 ? i % 7 * 40 : 255);
		k->len = 2;
		int kind = i % 4;
		k->bytes[k->len++] = (char)(i >> 8);
		k->bytes[k->len++] = (char)i;
		for (int j = 0; j < kind * 9 + kind; j++)
			k->bytes[k->len++] = (char)(j % 3 == 0 ? 0 : i);
	}
	qsort(keys, KEYS, sizeof *keys, compare_keys);
}

static Str key_at(uint32_t i)
{
	return (Str){keys[i].bytes, keys[i].len};
}

static uint32_t key_number(Str key)
{
	for (uint32_t i = 0; i < KEYS; i++) {
		if (str_eq(key, key_at(i)))
			return i;
	}
	REQUIRE(false); /* a key that was never put */
	return 0;
}

typedef struct World {
	Store *store;
	StoreOptions options;
	char path[256];
	StateTable *tables[TABLES];
	Model now[TABLES], sealed[TABLES];
	Model (*history)[TABLES]; /* by epoch % HISTORY */
	bool fixed[TABLES];       /* values of 16 bytes, for edit_many */
	uint64_t landed_known;
} World;

static const Type *const row_types[] = {&type_bytes};
static const Str row_names[] = {STR("payload")};
static const StateRows typed = {STR("rows view"), 1, row_names, row_types};

static const StateSpec specs[TABLES] = {
    {.name = STR("hash"), .unit = 0, .kind = STATE_HASH},
    {.name = STR("parts"), .unit = 1, .kind = STATE_HASH, .prefix_len = 2},
    {.name = STR("ordered"), .unit = 2, .kind = STATE_ORDERED},
    {.name = STR("rows"), .unit = 2, .kind = STATE_ORDERED, .rows = &typed},
};

static void world_open(World *w)
{
	Err err;
	bool ok = store_open(&w->options, &w->store, &err);
	if (!ok)
		fprintf(stderr, "%s\n", err.message);
	REQUIRE(ok);
	uint32_t order = rnd(24);
	for (uint32_t i = 0; i < TABLES; i++) {
		uint32_t t = (i + order) % TABLES;
		ok = state_open(w->store, &specs[t], &w->tables[t], &err);
		if (!ok)
			fprintf(stderr, "%s\n", err.message);
		REQUIRE(ok);
	}
}

/* A random value for the table. The typed table's are a BYTES column: present, length, bytes. */
static uint32_t make_value(const World *w, uint32_t t, char *out)
{
	uint32_t len = w->fixed[t] ? 16 : rnd(4) ? rnd(20) : rnd(VALUE_MAX - 2);
	uint32_t at = 0;
	if (specs[t].rows) {
		StrBuf b;
		strbuf_init(&b);
		char bytes[VALUE_MAX];
		for (uint32_t i = 0; i < len; i++)
			bytes[i] = (char)rnd(256);
		codec_put_null(&b, true);
		codec_put_blob(&b, (Str){bytes, len});
		memcpy(out, b.ptr, b.len);
		at = (uint32_t)b.len;
		strbuf_deinit(&b);
		return at;
	}
	for (; at < len; at++)
		out[at] = (char)rnd(256);
	return len;
}

static void model_set(Model *m, uint32_t k, const char *bytes, uint32_t len)
{
	m->cells[k].there = true;
	m->cells[k].len = (uint8_t)len;
	if (len)
		memcpy(m->cells[k].bytes, bytes, len);
}

static bool same(const Cell *c, const void *value, uint32_t len)
{
	return c->there && c->len == len && (len == 0 || memcmp(c->bytes, value, len) == 0);
}

static void do_get(World *w, uint32_t t)
{
	uint32_t k = rnd(KEYS), len = 99;
	const void *v = state_get(w->tables[t], key_at(k), &len);
	const Cell *c = &w->now[t].cells[k];
	CHECK((v != NULL) == c->there);
	if (v && c->there)
		CHECK(same(c, v, len));
}

static void do_put(World *w, uint32_t t)
{
	char value[VALUE_MAX + 8];
	uint32_t k = rnd(KEYS), len = make_value(w, t, value);
	void *stored = state_put(w->tables[t], key_at(k), (Str){value, len});
	CHECK(len == 0 || memcmp(stored, value, len) == 0);
	model_set(&w->now[t], k, value, len);
}

static void do_edit(World *w, uint32_t t)
{
	char value[VALUE_MAX + 8];
	uint32_t k = rnd(KEYS), new_len = make_value(w, t, value), len;
	bool created;
	char *v = state_edit(w->tables[t], key_at(k), new_len, &len, &created);
	Cell *c = &w->now[t].cells[k];
	CHECK(((uintptr_t)v & 15) == 0);
	CHECK_EQ_I64(created, !c->there);
	if (created) {
		CHECK_EQ_I64(len, new_len);
		for (uint32_t i = 0; i < len; i++)
			CHECK(v[i] == 0);
		if (len)
			memcpy(v, value, len);
		model_set(&w->now[t], k, value, len);
	} else {
		CHECK(same(c, v, len));
		if (len > 2 && !specs[t].rows) {
			v[0] = (char)rnd(256);
			c->bytes[0] = v[0];
		}
	}
}

static void do_edit_many(World *w, uint32_t t)
{
	enum { MANY = 90 };
	Str many[MANY];
	uint64_t hashes[MANY];
	uint32_t numbers[MANY], n = rnd(MANY);
	void *out[MANY];
	uint8_t created[MANY];
	if (!w->fixed[t])
		return;
	uint32_t span = 1 + rnd(KEYS);
	for (uint32_t i = 0; i < n; i++) {
		numbers[i] = rnd(span);
		many[i] = key_at(numbers[i]);
		hashes[i] = state_hash(many[i]);
	}
	state_edit_many(w->tables[t], many, rnd(2) ? hashes : NULL, n, 16, out, rnd(8) ? created : NULL);
	for (uint32_t i = 0; i < n; i++) {
		Cell *c = &w->now[t].cells[numbers[i]];
		if (!c->there)
			model_set(&w->now[t], numbers[i], (char[16]){0}, 16);
		CHECK(same(c, out[i], 16));
		*(char *)out[i] = c->bytes[0] = (char)rnd(256);
	}
}

static void do_del(World *w, uint32_t t)
{
	uint32_t k = rnd(KEYS);
	bool was = state_del(w->tables[t], key_at(k));
	CHECK_EQ_I64(was, w->now[t].cells[k].there);
	w->now[t].cells[k].there = false;
}

static bool in_prefix(uint32_t t, uint32_t k, uint32_t like)
{
	return memcmp(keys[k].bytes, keys[like].bytes, specs[t].prefix_len) == 0;
}

static void do_del_range(World *w, uint32_t t)
{
	uint32_t a = rnd(KEYS), b = a + rnd(rnd(3) ? 20 : KEYS);
	if (specs[t].kind == STATE_HASH) {
		if (specs[t].prefix_len == 0 && rnd(10))
			return;
		state_del_range(w->tables[t], (Str){keys[a].bytes, specs[t].prefix_len}, (Str){0});
		for (uint32_t k = 0; k < KEYS; k++)
			w->now[t].cells[k].there = w->now[t].cells[k].there && !in_prefix(t, k, a);
		return;
	}
	bool from_open = rnd(20) == 0;
	Str to = b < KEYS ? key_at(b) : (Str){0};
	state_del_range(w->tables[t], from_open ? (Str){0} : key_at(a), to);
	for (uint32_t k = from_open ? 0 : a; k < KEYS && k < b; k++)
		w->now[t].cells[k].there = false;
}

/* Scans a random range while the table changes under it. */
static void do_scan(World *w, uint32_t t, bool change)
{
	bool must[KEYS] = {false}, seen[KEYS] = {false};
	uint32_t a = rnd(KEYS), b = a + rnd(KEYS);
	bool reverse = rnd(2), sorted = true, from_open = rnd(4) == 0, to_open = b >= KEYS;
	Str from = key_at(a), to = to_open ? (Str){0} : key_at(b);
	if (specs[t].kind == STATE_HASH) {
		sorted = rnd(2);
		from.len = specs[t].prefix_len;
		to = (Str){0};
		for (uint32_t k = 0; k < KEYS; k++)
			must[k] = w->now[t].cells[k].there && in_prefix(t, k, a);
	} else {
		if (from_open)
			from = (Str){0};
		for (uint32_t k = from_open ? 0 : a; k < KEYS && (to_open || k < b); k++)
			must[k] = w->now[t].cells[k].there;
	}
	StateScan *s = state_scan_open(w->tables[t], from, to, reverse, sorted, arena);
	Str key, value;
	int64_t last = -1;
	while (state_scan_next(s, &key, &value)) {
		uint32_t k = key_number(key);
		CHECK(!seen[k]);
		seen[k] = true;
		CHECK(same(&w->now[t].cells[k], value.ptr, value.len));
		if (sorted && last >= 0)
			CHECK(reverse ? (int64_t)k < last : (int64_t)k > last);
		last = k;
		if (!change)
			CHECK(must[k]);
		for (uint32_t i = change ? rnd(3) : 0; i > 0; i--) {
			switch (rnd(6)) {
			case 0: do_del(w, t); break;
			case 1: do_put(w, t); break;
			case 2: do_get(w, t); break;
			case 3:
				state_del(w->tables[t], key_at(k));
				w->now[t].cells[k].there = false;
				break;
			case 4: do_edit(w, t); break;
			default:
				if (rnd(10) == 0)
					do_del_range(w, t);
			}
			/* What was deleted meanwhile need not come; what was put again may or may not. */
			for (uint32_t j = 0; j < KEYS; j++)
				must[j] = must[j] && w->now[t].cells[j].there;
		}
	}
	state_scan_close(s);
	uint32_t missing = 0;
	for (uint32_t k = 0; k < KEYS; k++)
		missing += must[k] && !seen[k];
	CHECK_EQ_I64(missing, 0);
	arena_reset(arena);
}

static void do_seal(World *w)
{
	Err err;
	if (!store_writer_free(w->store)) {
		if (rnd(3))
			return;
		while (!store_writer_free(w->store))
			usleep(100);
	}
	uint64_t epoch = store_seal(w->store);
	memcpy(w->sealed, w->now, sizeof w->now);
	memcpy(w->history[epoch % HISTORY], w->now, sizeof w->now);
	if (rnd(2)) {
		CHECK(store_wait_landed(w->store, epoch, -1, &err));
		w->landed_known = epoch;
	}
}

static void do_discard(World *w)
{
	Err err;
	uint32_t unit = rnd(3);
	CHECK(store_discard(w->store, unit, &err));
	for (uint32_t t = 0; t < TABLES; t++) {
		if (specs[t].unit == unit)
			w->now[t] = w->sealed[t];
	}
}

static void do_reopen(World *w, bool crash)
{
	uint64_t sealed = store_sealed_epoch(w->store);
	if (crash)
		store_crash(w->store);
	else
		store_close(w->store);
	world_open(w);
	uint64_t epoch = store_sealed_epoch(w->store);
	CHECK(crash ? epoch <= sealed && epoch >= w->landed_known : epoch == sealed);
	if (epoch == 0)
		memset(w->now, 0, sizeof w->now);
	else
		memcpy(w->now, w->history[epoch % HISTORY], sizeof w->now);
	memcpy(w->sealed, w->now, sizeof w->now);
	w->landed_known = epoch;
}

static void close_and_open_table(World *w)
{
	uint32_t t = rnd(TABLES);
	Err err;
	if (store_dirty(w->store))
		return;
	state_close(w->tables[t]);
	REQUIRE(state_open(w->store, &specs[t], &w->tables[t], &err));
}

static void check_all(World *w)
{
	for (uint32_t t = 0; t < TABLES; t++) {
		for (uint32_t k = 0; k < KEYS; k++) {
			uint32_t len;
			const void *v = state_get(w->tables[t], key_at(k), &len);
			const Cell *c = &w->now[t].cells[k];
			if (!CHECK((v != NULL) == c->there) || (v && !CHECK(same(c, v, len)))) {
				fprintf(stderr, "table %u key %u\n", t, k);
				exit(1);
			}
		}
	}
}

static void run(uint64_t start, bool inline_writer, int64_t memory, int steps)
{
	static World w;
	memset(&w, 0, sizeof w);
	seed = start;
	snprintf(w.path, sizeof w.path, "/tmp/weir-state-test-%ld-%d.db", (long)getpid(), (int)start);
	w.options = (StoreOptions){.path = w.path,
	                           .clock = &clock_real,
	                           .memory_bytes = memory,
	                           .wal_max_bytes = 1 << 30,
	                           .inline_writer = inline_writer};
	w.history = calloc(HISTORY, sizeof *w.history);
	w.fixed[0] = w.fixed[1] = true;
	world_open(&w);
	for (int i = 0; i < steps; i++) {
		uint32_t t = rnd(TABLES), what = rnd(1000);
		if (what < 200)
			do_get(&w, t);
		else if (what < 400)
			do_put(&w, t);
		else if (what < 550)
			do_edit(&w, t);
		else if (what < 600)
			do_edit_many(&w, t);
		else if (what < 750)
			do_del(&w, t);
		else if (what < 770)
			do_del_range(&w, t);
		else if (what < 790)
			do_scan(&w, t, false);
		else if (what < 805)
			do_scan(&w, t, true);
		else if (what < 850)
			do_seal(&w);
		else if (what < 980)
			CHECK(store_poll(w.store, NULL));
		else if (what < 990)
			do_discard(&w);
		else if (what < 993)
			close_and_open_table(&w);
		else if (what < 995)
			do_reopen(&w, false);
		else if (what < 998)
			do_reopen(&w, true);
		else
			check_all(&w);
		if (check_failed) {
			fprintf(stderr, "seed %d, step %d, operation %u, table %u\n", (int)start, i, what, t);
			exit(1);
		}
	}
	check_all(&w);
	CHECK(store_check(w.store, NULL));
	store_close(w.store);
	free(w.history);
	char name[300];
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof name, "%s%s", w.path, (const char *[]){"", "-lock", "-wal", "-shm"}[i]);
		unlink(name);
	}
}

static int rounds = 3;

TEST(agrees_with_the_model_in_ram)
{
	for (int i = 0; i < rounds; i++)
		run((uint64_t)i + 100, false, 1 << 30, 6000);
}

TEST(agrees_with_the_model_while_evicting)
{
	for (int i = 0; i < rounds; i++)
		run((uint64_t)i + 200, false, 9000, 6000);
}

TEST(agrees_with_the_model_with_nothing_in_ram)
{
	for (int i = 0; i < rounds; i++)
		run((uint64_t)i + 300, false, 0, 6000);
}

TEST(agrees_with_the_model_with_an_inline_writer)
{
	for (int i = 0; i < rounds; i++) {
		run((uint64_t)i + 400, true, 9000, 5000);
		run((uint64_t)i + 500, true, 1 << 30, 5000);
	}
}

int main(int argc, char **argv)
{
	static const CheckTest tests[] = {
	    {"ram", test_agrees_with_the_model_in_ram},
	    {"evicting", test_agrees_with_the_model_while_evicting},
	    {"cold", test_agrees_with_the_model_with_nothing_in_ram},
	    {"inline", test_agrees_with_the_model_with_an_inline_writer},
	};
	const char *more = getenv("WEIR_TEST_ROUNDS");
	if (more)
		rounds = (int)strtol(more, NULL, 10);
	arena = arena_open("test", 0);
	make_keys();
	int rc = check_main(tests, sizeof tests / sizeof tests[0], argc, argv);
	arena_close(arena);
	return rc;
}
