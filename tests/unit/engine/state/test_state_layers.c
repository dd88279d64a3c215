/*
 * The layers from the inside: what a seal takes, what a landing removes, what may leave RAM, what a filter saves.
 */
#include "engine/state/evict.h"
#include "engine/state/load.h"
#include "engine/state/reader.h"
#include "engine/state/seal.h"
#include "engine/state/state_open.h"
#include "engine/state/table.h"
#include "tests/support/check.h"

static Store *open_store(int64_t memory)
{
	Store *store;
	Err err;
	StoreOptions o = {.clock = &clock_real, .memory_bytes = memory, .wal_max_bytes = 1 << 30, .inline_writer = true};
	REQUIRE(store_open(&o, &store, &err));
	return store;
}

static StateTable *open_table(Store *store, const char *name, StateKind kind, uint32_t prefix_len)
{
	StateTable *t;
	StateSpec spec = {.name = str_from(name), .kind = kind, .prefix_len = prefix_len};
	Err err;
	REQUIRE(state_open(store, &spec, &t, &err));
	return t;
}

static Str number_key(uint32_t i, char out[8])
{
	snprintf(out, 8, "%06u", i);
	return (Str){out, 6};
}

static void put_numbers(StateTable *t, uint32_t from, uint32_t to)
{
	char key[8];
	for (uint32_t i = from; i < to; i++)
		state_put(t, number_key(i, key), STR("value"));
}

static void land(Store *store)
{
	store_seal(store);
	CHECK(store_poll(store, NULL));
}

TEST(the_sealed_layer_stays_until_it_is_dropped)
{
	Store *store = open_store(1 << 20);
	StateTable *t = open_table(store, "t", STATE_ORDERED, 0);
	put_numbers(t, 0, 3);
	land(store);
	char key[8];
	state_del(t, number_key(1, key));
	state_put(t, number_key(2, key), STR("new"));
	/* By hand, as if the writer had not come to it yet. */
	seal_epoch(store);
	CHECK(store->sealed && t->sealed && t->sealed->n == 2 && store->sealed->entries == 2);
	Entry *gone = table_find(t, number_key(1, key), 0);
	CHECK(gone && !entry_live(gone) && table_is_pinned(t, gone));
	CHECK(!table_is_pinned(t, table_find(t, number_key(0, key), 0)));
	CHECK(!seal_drop_landed(store) && table_find(t, number_key(1, key), 0));
	/* A table that is loaded meanwhile has what was sealed. */
	Err err;
	table_reset(t);
	t->sealed = NULL;
	CHECK(load_table(t, &err));
	CHECK(t->sealed && state_rows(t) == 2 && !state_get(t, number_key(1, key), NULL));
	uint32_t len;
	const char *v = state_get(t, number_key(2, key), &len);
	CHECK(v && len == 3 && memcmp(v, "new", 3) == 0);
	CHECK(table_is_pinned(t, table_find(t, number_key(2, key), 0)));
	seal_forget(store);
	t->sealed = NULL;
	store_crash(store);
}

TEST(what_lived_within_one_epoch_is_not_written)
{
	Store *store = open_store(1 << 20);
	StateTable *hash = open_table(store, "hash", STATE_HASH, 3);
	StateTable *ordered = open_table(store, "ordered", STATE_ORDERED, 0);
	put_numbers(hash, 0, 100);
	put_numbers(ordered, 0, 100);
	state_del_range(hash, STR("000"), (Str){0});
	state_del_range(ordered, STR("000010"), (Str){0});
	char key[8];
	for (uint32_t i = 0; i < 10; i++)
		state_del(ordered, number_key(i, key));
	CHECK(hash->cuts.n == 0 && ordered->cuts.n == 0);
	StoreStats before, after;
	store_stats(store, &before);
	land(store);
	store_stats(store, &after);
	CHECK_EQ_I64(after.entries_written, before.entries_written);
	CHECK(state_rows(hash) == 0 && hash->live_parts == 0 && ordered->tree.count == 0);
	CHECK(hash->slab.used == 0 && ordered->slab.used == 0);
	/* Then as one range, once it has been written. */
	put_numbers(ordered, 0, 100);
	put_numbers(hash, 0, 100);
	land(store);
	state_del_range(ordered, STR("000010"), STR("000090"));
	state_del_range(hash, STR("000"), (Str){0});
	CHECK(ordered->cuts.n == 1 && hash->cuts.n == 1 && ordered->tree.count == 20);
	store_stats(store, &before);
	land(store);
	store_stats(store, &after);
	CHECK_EQ_I64(after.entries_written, before.entries_written + 2);
	/* A short range goes key by key. */
	state_del_range(ordered, STR("000000"), STR("000005"));
	CHECK(ordered->cuts.n == 0 && ordered->nchanged == 5);
	land(store);
	CHECK(ordered->tree.count == 15);
	store_close(store);
}

TEST(clean_entries_leave_and_come_back)
{
	enum { N = 5000 };
	Store *store = open_store(0);
	StateTable *t = open_table(store, "t", STATE_HASH, 0);
	StateTable *o = open_table(store, "o", STATE_ORDERED, 0);
	put_numbers(t, 0, N);
	put_numbers(o, 0, N);
	evict_to_bound(store);
	CHECK(t->cold == 0 && t->map.live == N); /* changed ones stay */
	store_seal(store);
	evict_to_bound(store);
	evict_to_bound(store);
	CHECK(t->cold == 1 && o->cold == 1 && t->map.live < 200 && state_rows(t) == N && state_rows(o) == N);
	char key[8];
	uint32_t maybe = 0;
	const Part *p = part_find(t, STR_EMPTY);
	for (uint32_t i = 0; i < N; i++) {
		Str k = number_key(i, key);
		CHECK(table_find(t, k, table_hash(t, k)) || table_maybe_stored(t, k, table_hash(t, k), p));
		k = number_key(N + i, key);
		maybe += table_maybe_stored(t, k, table_hash(t, k), p);
	}
	CHECK_FMT(maybe < N / 20, "%u of %u misses go to the file\n", maybe, (unsigned)N);
	Str keys[N];
	static char bytes[N][8];
	for (uint32_t i = 0; i < N; i++)
		keys[i] = number_key((i * 7919) % (2 * N), bytes[i]);
	state_warm(t, keys, N);
	for (uint32_t i = 0; i < N; i++)
		CHECK((table_find(t, keys[i], table_hash(t, keys[i])) != NULL) == ((i * 7919) % (2 * N) < N));
	StoreStats stats;
	store_poll(store, NULL);
	store_stats(store, &stats);
	CHECK(stats.evicted >= N && stats.reloaded > N / 3);
	/* Filters made anew know the same keys. */
	Err err;
	CHECK(load_filters(t, &err) && load_filters(o, &err));
	for (uint32_t i = 0; i < N; i++) {
		CHECK(state_get(t, number_key(i, key), NULL) != NULL);
		CHECK(state_get(o, number_key(i, key), NULL) != NULL);
	}
	CHECK(store_check(store, &err));
	store_close(store);
}

TEST(a_small_part_asks_the_file_without_a_filter)
{
	Store *store = open_store(0);
	StateTable *t = open_table(store, "t", STATE_HASH, 5);
	put_numbers(t, 0, 4000); /* 400 parts of ten */
	land(store);
	evict_to_bound(store);
	evict_to_bound(store);
	CHECK(t->live_parts == 400 && t->cold > 300 && state_rows(t) == 4000);
	for (uint32_t i = 0; i < t->nparts; i++)
		CHECK(!t->parts[i].filter);
	char key[8];
	for (uint32_t i = 0; i < 4000; i++)
		CHECK(state_get(t, number_key(i, key), NULL) != NULL);
	CHECK(!state_get(t, STR("00000x"), NULL) && !state_get(t, STR("999990"), NULL));
	/* The prefix goes from the file too, though RAM does not have its rows. */
	evict_to_bound(store);
	evict_to_bound(store);
	state_del_range(t, STR("00012"), (Str){0});
	CHECK(!state_get(t, STR("000123"), NULL) && state_get(t, STR("000130"), NULL));
	land(store);
	CHECK(state_rows(t) == 3990 && !state_get(t, STR("000123"), NULL));
	store_close(store);
}

TEST(the_reader_goes_both_ways)
{
	Store *store = open_store(1 << 20);
	StateTable *t = open_table(store, "t", STATE_ORDERED, 0);
	put_numbers(t, 0, 50);
	ReaderCursor c;
	reader_cursor_open(store, t->file, STR_EMPTY, (Str){0}, false, false, &c);
	CHECK(!reader_cursor_next(&c)); /* not in the file yet */
	reader_cursor_close(&c);
	land(store);
	char key[8];
	for (int reverse = 0; reverse < 2; reverse++) {
		for (int keys_only = 0; keys_only < 2; keys_only++) {
			reader_cursor_open(store, t->file, STR("000010"), STR("000020"), reverse, keys_only, &c);
			for (uint32_t i = 0; i < 10; i++) {
				CHECK(reader_cursor_next(&c) && str_eq(c.key, number_key(reverse ? 19 - i : 10 + i, key)));
				CHECK(keys_only || str_eq(c.value, STR("value")));
			}
			CHECK(!reader_cursor_next(&c) && !reader_cursor_next(&c));
			reader_cursor_close(&c);
		}
	}
	StrBuf value;
	strbuf_init(&value);
	CHECK(reader_get(store, t->file, STR("000049"), &value) && value.len == 5);
	CHECK(!reader_get(store, t->file, STR("000050"), &value));
	strbuf_deinit(&value);
	CHECK(store->reader_begun);
	reader_release(store);
	CHECK(!store->reader_begun);
	store_close(store);
}

TEST(dropped_and_made_again_within_one_epoch)
{
	Store *store = open_store(1 << 20);
	StateTable *t = open_table(store, "t", STATE_HASH, 0);
	put_numbers(t, 0, 10);
	land(store);
	state_drop(t);
	CHECK(!store_has_table(store, STR("t")) && store->drops.len == 1);
	t = open_table(store, "t", STATE_HASH, 0);
	CHECK(state_rows(t) == 0);
	put_numbers(t, 5, 7);
	land(store);
	CHECK(state_rows(t) == 2 && store_has_table(store, STR("t")));
	/* Made and dropped: nothing is left to write. */
	StateTable *other = open_table(store, "other", STATE_HASH, 0);
	put_numbers(other, 0, 10);
	state_drop(other);
	CHECK(!store_dirty(store) && store->creates.len == 0);
	state_close(t);
	t = open_table(store, "t", STATE_HASH, 0);
	CHECK(state_rows(t) == 2);
	store_close(store);
}

TEST(changes_of_what_the_file_has_do_not_fill_the_filter)
{
	enum { N = 5000 };
	Store *store = open_store(0);
	StateTable *t = open_table(store, "t", STATE_HASH, 0);
	put_numbers(t, 0, N);
	land(store);
	land(store);
	const Part *p = part_find(t, STR_EMPTY);
	CHECK(!p->complete && p->filter);
	int64_t bytes = bloom_bytes(p->filter);
	uint64_t keys = bloom_keys(p->filter);
	for (int round = 0; round < 5; round++) {
		put_numbers(t, 0, N); /* without a look into the file */
		land(store);
		land(store);
	}
	CHECK_EQ_I64(bloom_bytes(p->filter), bytes);
	CHECK(bloom_keys(p->filter) == keys && state_rows(t) == N);
	store_close(store);
}

TEST(a_key_may_be_there_or_is_not)
{
	Store *store = open_store(0);
	StateTable *t = open_table(store, "t", STATE_ORDERED, 0);
	put_numbers(t, 0, 1000);
	char key[8];
	CHECK(state_may_have(t, number_key(7, key)) && !state_may_have(t, number_key(1000, key)));
	land(store);
	land(store);
	CHECK(t->cold == 1 && t->tree.count < 200);
	uint32_t wrong = 0;
	for (uint32_t i = 0; i < 1000; i++) {
		CHECK(state_may_have(t, number_key(i, key)));
		wrong += state_may_have(t, number_key(1000 + i, key));
	}
	CHECK(wrong < 50);
	state_del(t, number_key(7, key));
	CHECK(!state_may_have(t, number_key(7, key)));
	StoreStats stats;
	store_stats(store, &stats);
	CHECK(stats.reloaded <= 1); /* by the deletion */
	store_close(store);
}

TEST(what_is_put_unseen_leaves_before_what_is_asked_for)
{
	enum { N = 4000 };
	Store *store = open_store(1 << 20);
	StateTable *t = open_table(store, "t", STATE_HASH, 0);
	put_numbers(t, 0, N);
	char key[8];
	for (uint32_t i = 0; i < N; i += 4)
		CHECK(state_get(t, number_key(i, key), NULL) != NULL);
	store_seal(store);
	store->options.memory_bytes = store->sealed_bytes + table_bytes(t) - 1000;
	store->evict_at = 0;
	evict_to_bound(store);
	CHECK(t->map.live < N);
	uint32_t asked = 0;
	for (uint32_t i = 0; i < N; i += 4)
		asked += table_find(t, number_key(i, key), table_hash(t, number_key(i, key))) != NULL;
	CHECK_EQ_I64(asked, N / 4);
	store_close(store);
}

TEST(the_bound_holds_with_the_copy_that_is_written)
{
	Store *store = open_store(1 << 20);
	StateTable *t = open_table(store, "t", STATE_HASH, 0);
	uint32_t n = 0;
	while (!store_pressed(store)) {
		put_numbers(t, n, n + 100);
		n += 100;
	}
	CHECK(store_unlanded_bytes(store) > (1 << 20) / 4 && table_bytes(t) < 1 << 20);
	put_numbers(t, n, 2 * n);
	land(store);
	CHECK(!store_pressed(store) && store->sealed_bytes > (1 << 20) / 4);
	CHECK(store->sealed_bytes + table_bytes(t) <= 1 << 20);
	store_close(store);
}

TEST(an_entry_without_bytes_is_sealed)
{
	Store *store = open_store(1 << 20);
	StateTable *t = open_table(store, "t", STATE_HASH, 0);
	state_put(t, STR_EMPTY, STR_EMPTY);
	land(store);
	CHECK(state_rows(t) == 1 && state_get(t, STR_EMPTY, NULL));
	state_del(t, STR_EMPTY);
	land(store);
	CHECK(state_rows(t) == 0 && !state_may_have(t, STR_EMPTY));
	store_close(store);
}

TESTS(the_sealed_layer_stays_until_it_is_dropped, what_lived_within_one_epoch_is_not_written,
      clean_entries_leave_and_come_back, a_small_part_asks_the_file_without_a_filter, the_reader_goes_both_ways,
      dropped_and_made_again_within_one_epoch, changes_of_what_the_file_has_do_not_fill_the_filter,
      a_key_may_be_there_or_is_not, what_is_put_unseen_leaves_before_what_is_asked_for,
      the_bound_holds_with_the_copy_that_is_written, an_entry_without_bytes_is_sealed)
