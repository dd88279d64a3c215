/*
 * The structures below state tables, each against something naive: slab, hash map, ordered map, filter, ranges.
 */
#include "engine/state/bloom.h"
#include "engine/state/cuts.h"
#include "engine/state/hashmap.h"
#include "engine/state/ordered.h"
#include "engine/state/slab.h"
#include "tests/support/check.h"

static uint64_t seed = 7;

static uint32_t rnd(uint32_t n)
{
	return (uint32_t)(hash_mix(seed++) % n);
}

/* Key number i of a family whose order is that of the numbers: 1 to 40 bytes, many with equal beginnings. */
static Str key_of(uint32_t i, char *out)
{
	uint32_t shared = i / 64 % 3 * 9, at = 0;
	out[at++] = (char)(i / 64);
	for (uint32_t j = 0; j < shared; j++)
		out[at++] = 0;
	out[at++] = (char)(i % 64 * 4);
	return (Str){out, at};
}

TEST(slab_gives_room_that_nobody_else_has)
{
	enum { N = 3000 };
	Slab s;
	slab_init(&s);
	char *p[N];
	size_t n[N];
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < N; i++) {
			n[i] = 1 + rnd(i % 50 == 0 ? 100000 : 700);
			p[i] = slab_alloc(&s, n[i]);
			CHECK(((uintptr_t)p[i] & 15) == 0);
			CHECK(slab_room(n[i]) >= n[i] && slab_room(slab_room(n[i])) == slab_room(n[i]));
			memset(p[i], i & 127, n[i]);
		}
		for (int i = 0; i < N; i++) {
			CHECK(p[i][0] == (i & 127) && p[i][n[i] - 1] == (i & 127));
			if (round < 2 || i % 2)
				slab_free(&s, p[i], n[i]);
		}
		if (round < 2)
			CHECK_EQ_I64(s.used, 0);
	}
	CHECK(s.used > 0);
	slab_deinit(&s);
	CHECK_EQ_I64(s.used, 0);
}

TEST(hashmap_that_comes_and_goes_does_not_grow)
{
	enum { N = 500 }; /* of 1,024 slots */
	Slab slab;
	HashMap m;
	slab_init(&slab);
	hashmap_init(&m);
	static Entry *there[N];
	for (uint32_t i = 0; i < 50 * N; i++) {
		char bytes[8];
		memcpy(bytes, &i, 4);
		Str key = {bytes, 4};
		if (there[i % N]) {
			hashmap_remove(&m, there[i % N]);
			entry_free(&slab, there[i % N]);
		}
		there[i % N] = entry_new(&slab, key, entry_hash(key, 1), 8);
		hashmap_insert(&m, there[i % N]);
	}
	CHECK_EQ_I64(m.live, N);
	CHECK_EQ_I64(m.mask, 1023);
	hashmap_deinit(&m);
	slab_deinit(&slab);
}

TEST(hashmap_finds_what_was_put_and_not_removed)
{
	enum { N = 1500 };
	static Entry *there[N];
	Slab slab;
	HashMap m;
	slab_init(&slab);
	hashmap_init(&m);
	char bytes[64];
	CHECK(!hashmap_find(&m, STR("x"), 5));
	for (int step = 0; step < 60000; step++) {
		uint32_t i = rnd(step % 20000 < 10000 ? N : 40);
		Str key = key_of(i, bytes);
		uint64_t hash = entry_hash(key, 1) & (i % 8 ? UINT64_MAX : 0xff); /* some collide */
		Entry *e = hashmap_find(&m, key, hash);
		CHECK(e == there[i]);
		if (!e) {
			there[i] = e = entry_new(&slab, key, hash, 8);
			hashmap_insert(&m, e);
			Entry *candidate = hashmap_candidate(&m, hash);
			CHECK(candidate != NULL);
		} else if (rnd(2)) {
			hashmap_remove(&m, e);
			entry_free(&slab, e);
			there[i] = NULL;
		}
	}
	uint64_t live = 0;
	for (int i = 0; i < N; i++)
		live += there[i] != NULL;
	CHECK_EQ_U64(m.live, live);
	CHECK(m.filled <= (m.mask + 1) * 7 / 10 + 1);
	hashmap_deinit(&m);
	slab_deinit(&slab);
}

TEST(entries_keep_values_that_grow_and_shrink)
{
	Slab slab;
	slab_init(&slab);
	Entry *e = entry_new(&slab, STR("key"), 1, 3);
	for (int i = 0; i < 2000; i++) {
		uint32_t len = rnd(i % 10 ? 60 : 50000);
		char *v = entry_resize(&slab, e, len);
		memset(v, i, len);
		CHECK(entry_value(e) == v && e->vlen == len && ((uintptr_t)v & 15) == 0);
		CHECK(entry_is(e, STR("key")));
	}
	entry_free(&slab, e);
	CHECK_EQ_I64(slab.used, 0);
	slab_deinit(&slab);
}

static void check_ordered(const Ordered *t, Entry *const *there, uint32_t n)
{
	OrderedCursor c;
	uint32_t i = 0;
	for (Entry *e = ordered_first(t, &c); e; e = ordered_next(&c), i++) {
		while (i < n && !there[i])
			i++;
		CHECK(i < n && there[i] == e);
	}
	while (i < n && !there[i])
		i++;
	CHECK_EQ_I64(i, n);
	i = n;
	for (Entry *e = ordered_last(t, &c); e; e = ordered_prev(&c)) {
		while (i > 0 && !there[i - 1])
			i--;
		CHECK(i > 0 && there[--i] == e);
	}
}

static void run_ordered(uint32_t n, int steps, int style)
{
	Entry **there = calloc(n, sizeof *there);
	Slab slab;
	Ordered t;
	slab_init(&slab);
	ordered_init(&t);
	char bytes[64];
	uint32_t front = 0, back = 0;
	for (int step = 0; step < steps; step++) {
		uint32_t i = rnd(n);
		if (style == 1) /* a queue: put at the end, taken from the front */
			i = rnd(2) && front < back ? front++ : back < n ? back++ : i;
		else if (style == 2) /* filled, then emptied at random */
			i = step < (int)n ? (uint32_t)step : i;
		Str key = key_of(i, bytes);
		Entry *e = ordered_find(&t, key);
		CHECK(e == there[i]);
		if (!e && (style != 2 || step < (int)n)) {
			there[i] = e = entry_new(&slab, key, entry_order(key), 8);
			ordered_insert(&t, e);
		} else if (e && (style || rnd(2))) {
			ordered_remove(&t, e);
			entry_free(&slab, e);
			there[i] = NULL;
		}
		/* Seeking, on both sides of a key that may be absent. */
		uint32_t k = rnd(n), at = k;
		OrderedCursor c;
		while (at < n && !there[at])
			at++;
		key = key_of(k, bytes);
		CHECK(ordered_seek(&t, key, false, &c) == (at < n ? there[at] : NULL));
		at = k + 1;
		while (at < n && !there[at])
			at++;
		CHECK(ordered_seek(&t, key, true, &c) == (at < n ? there[at] : NULL));
		at = k;
		while (at > 0 && !there[at - 1])
			at--;
		CHECK(ordered_seek_before(&t, key, &c) == (at > 0 ? there[at - 1] : NULL));
		if (step % 500 == 0)
			check_ordered(&t, there, n);
	}
	check_ordered(&t, there, n);
	for (uint32_t i = 0; i < n; i++) {
		if (there[i])
			ordered_remove(&t, there[i]);
	}
	CHECK(t.count == 0 && t.height == 0);
	ordered_deinit(&t);
	slab_deinit(&slab);
	free(there);
}

TEST(ordered_keeps_the_order)
{
	run_ordered(50, 3000, 0);
	run_ordered(5000, 20000, 0);
	run_ordered(5000, 9000, 1);
	run_ordered(8000, 30000, 2);
}

TEST(bloom_has_no_false_negatives_and_few_false_positives)
{
	enum { N = 20000 };
	for (int first = 0; first < 2; first++) {
		Bloom *b = bloom_open(first ? N : 100); /* made for all of them, or grown in links */
		for (uint64_t i = 0; i < N; i++)
			b = bloom_add(b, hash_mix(i));
		int wrong = 0;
		for (uint64_t i = 0; i < N; i++)
			CHECK(bloom_may_have(b, hash_mix(i)));
		for (uint64_t i = N; i < 2 * N; i++)
			wrong += bloom_may_have(b, hash_mix(i));
		CHECK_FMT(wrong < N / (first ? 40 : 15), "%d false of %d\n", wrong, N);
		CHECK_EQ_U64(bloom_keys(b), N);
		CHECK(bloom_bytes(b) > N);
		bloom_close(b);
	}
}

TEST(cuts_cover_what_was_cut)
{
	enum { N = 256 };
	Arena *arena = arena_open("test", 0);
	for (int round = 0; round < 50; round++) {
		bool cut[N] = {false};
		Cuts c;
		cuts_init(&c);
		for (int step = 0; step < 12; step++) {
			uint32_t from = rnd(N), to = from + 1 + rnd(30);
			char a = (char)from, b = (char)to;
			cuts_add(&c, (Str){&a, from ? 1 : 0}, to < N ? (Str){&b, 1} : (Str){0});
			for (uint32_t i = from; i < N && i < to; i++)
				cut[i] = true;
			for (uint32_t i = 1; i < N; i++) {
				char k = (char)i;
				CHECK_EQ_I64(cuts_have(c.items, c.n, (Str){&k, 1}), cut[i]);
			}
			for (uint32_t i = 1; i < c.n; i++)
				CHECK(c.items[i - 1].to.ptr && str_cmp(c.items[i - 1].to, c.items[i].from) < 0);
		}
		Cut *copy = cuts_copy(&c, arena);
		CHECK(c.n == 0 || str_eq(copy[0].from, c.items[0].from));
		cuts_deinit(&c);
	}
	Cuts c;
	cuts_init(&c);
	cuts_append(&c, STR("b"), STR("c"));
	cuts_append(&c, STR("a"), STR("b"));
	Cut *copy = cuts_copy(&c, arena);
	CHECK(str_eq(copy[0].from, STR("a")) && str_eq(copy[1].from, STR("b")));
	cuts_deinit(&c);
	arena_close(arena);
}

TESTS(slab_gives_room_that_nobody_else_has, hashmap_finds_what_was_put_and_not_removed,
      hashmap_that_comes_and_goes_does_not_grow, entries_keep_values_that_grow_and_shrink, ordered_keeps_the_order,
      bloom_has_no_false_negatives_and_few_false_positives, cuts_cover_what_was_cut)
