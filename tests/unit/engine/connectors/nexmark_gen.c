/*
 * Tests of engine/connectors/nexmark_gen.c: proportions, ids that were made before they are used, skew, and that an
 * event depends on the seed and its number only.
 */
#include "engine/connectors/nexmark_gen.h"

#include "tests/support/check.h"

static const NexmarkGen gen = {.seed = 7, .start_us = 1000000, .rate = 1000, .people = 1, .auctions = 3, .bids = 46};

TEST(proportions_and_times)
{
	int64_t counts[3] = {0};
	for (int64_t n = 0; n < 5000; n++)
		counts[nexmark_gen_kind(&gen, n)]++;
	CHECK_EQ_I64(counts[NEXMARK_PERSON], 100);
	CHECK_EQ_I64(counts[NEXMARK_AUCTION], 300);
	CHECK_EQ_I64(counts[NEXMARK_BID], 4600);
	CHECK_EQ_I64(nexmark_gen_time_us(&gen, 0), 1000000);
	CHECK_EQ_I64(nexmark_gen_time_us(&gen, 1500), 2500000);
	NexmarkGen fast = gen;
	fast.rate = 3000;
	CHECK_EQ_I64(nexmark_gen_time_us(&fast, 1) % 1000, 0);
}

TEST(ids_count_up_and_bids_find_auctions)
{
	Arena *arena = arena_open("test", 0);
	int64_t person = 1000, auction = 1000, hot = 0, bids = 0;
	for (int64_t n = 0; n < 20000; n++) {
		Value v[NEXMARK_FIELDS_MAX];
		uint32_t fields = nexmark_gen_event(&gen, n, arena, v);
		switch (nexmark_gen_kind(&gen, n)) {
		case NEXMARK_PERSON:
			CHECK_EQ_U64(fields, 8);
			CHECK_EQ_I64(v[0].i, person++);
			break;
		case NEXMARK_AUCTION:
			CHECK_EQ_U64(fields, 10);
			CHECK_EQ_I64(v[0].i, auction++);
			CHECK(v[4].i > v[3].i && v[6].i > v[5].i && v[7].i >= 1000 && v[8].i >= 10 && v[8].i <= 14);
			break;
		case NEXMARK_BID:
			CHECK_EQ_U64(fields, 7);
			CHECK(v[0].i >= 1000 && v[0].i < auction + 10 && v[2].i >= 100 && v[2].i <= 100000000);
			hot += v[0].i == 1000 + (auction - 1001) / 100 * 100;
			bids++;
			break;
		}
		if (n % 1000 == 999)
			arena_reset(arena);
	}
	CHECK_FMT(hot * 10 > bids * 4 && hot * 10 < bids * 6, "  %lld of %lld bids on the hot auction\n", (long long)hot,
	          (long long)bids);
	arena_close(arena);
}

TEST(an_event_depends_on_seed_and_number)
{
	Arena *arena = arena_open("test", 0);
	NexmarkGen other = gen;
	other.seed = 8;
	int differ = 0;
	for (int64_t n = 0; n < 200; n++) {
		Value a[NEXMARK_FIELDS_MAX], b[NEXMARK_FIELDS_MAX], c[NEXMARK_FIELDS_MAX];
		uint32_t fields = nexmark_gen_event(&gen, n, arena, a);
		nexmark_gen_event(&gen, n, arena, b);
		nexmark_gen_event(&other, n, arena, c);
		const Type *type = nexmark_gen_type(nexmark_gen_kind(&gen, n), arena);
		CHECK_EQ_U64(type->nfields, fields);
		for (uint32_t k = 0; k < fields; k++) {
			CHECK(value_equal(type->fields[k].type, a[k], b[k]));
			differ += !value_equal(type->fields[k].type, a[k], c[k]);
		}
	}
	CHECK(differ > 500);
	arena_close(arena);
}

TESTS(proportions_and_times, ids_count_up_and_bids_find_auctions, an_event_depends_on_seed_and_number)
