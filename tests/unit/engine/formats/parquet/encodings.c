/*
 * The parts of the Parquet format: Thrift, runs and packed bits, deltas, compression, dictionaries, statistics.
 */
#include "engine/formats/parquet/compress.h"
#include "engine/formats/parquet/delta.h"
#include "engine/formats/parquet/dictionary.h"
#include "engine/formats/parquet/hybrid.h"
#include "engine/formats/parquet/meta.h"
#include "engine/formats/parquet/stats.h"
#include "engine/formats/parquet/thrift.h"
#include "tests/support/check.h"

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

TEST(thrift_both_ways)
{
	StrBuf b;
	strbuf_init(&b);
	ThriftOut t;
	thrift_start(&t, &b);
	thrift_put_i32(&t, 1, -7);
	thrift_put_bool(&t, 3, true);
	thrift_put_i64(&t, 40, INT64_MIN);
	thrift_begin(&t, 41);
	thrift_put_binary(&t, 2, STR("abc"));
	thrift_put_list(&t, 3, THRIFT_I32, 20);
	for (int i = 0; i < 20; i++)
		thrift_item_i32(&t, i);
	thrift_end(&t);
	thrift_put_i8(&t, 42, 5);
	thrift_end(&t);
	ThriftIn in = thrift_in(strbuf_str(&b));
	int16_t id = 0;
	ThriftType type;
	CHECK(thrift_field(&in, &id, &type) && id == 1 && thrift_i32(&in, type) == -7);
	CHECK(thrift_field(&in, &id, &type) && id == 3 && thrift_bool(&in, type));
	CHECK(thrift_field(&in, &id, &type) && id == 40 && thrift_int(&in, type) == INT64_MIN);
	CHECK(thrift_field(&in, &id, &type) && id == 41);
	thrift_skip(&in, type);
	CHECK(thrift_field(&in, &id, &type) && id == 42 && thrift_int(&in, type) == 5);
	CHECK(!thrift_field(&in, &id, &type) && !in.bad && in.at == in.end);
	for (uint32_t cut = 0; cut < b.len; cut++) { /* every beginning is broken, and nothing else */
		in = thrift_in(str_slice(strbuf_str(&b), 0, cut));
		thrift_skip(&in, THRIFT_STRUCT);
		CHECK(in.bad);
	}
	strbuf_deinit(&b);
}

TEST(thrift_has_a_bottom)
{
	char deep[64];
	memset(deep, 0x1c, sizeof deep); /* a struct in a struct ... */
	ThriftIn in = thrift_in(str_make(deep, sizeof deep));
	thrift_skip(&in, THRIFT_STRUCT);
	CHECK(in.bad);
	in = thrift_in(STR("\xf9\xff\xff\xff\xff\x0f")); /* a list of four billion lists */
	ThriftType item;
	CHECK(thrift_list(&in, THRIFT_LIST, &item) == 0 && in.bad);
}

static void hybrid_case(uint64_t seed, unsigned width, uint32_t n, uint32_t run_most)
{
	uint32_t *v = MEM_ARRAY(uint32_t, n + 1), *back = MEM_ARRAY(uint32_t, n + 1);
	uint64_t mask = (UINT64_C(1) << width) - 1;
	for (uint32_t i = 0; i < n;) {
		uint32_t value = (uint32_t)(next_random(&seed) & mask), run = 1 + (uint32_t)(next_random(&seed) % run_most);
		for (; run-- && i < n; i++)
			v[i] = value;
	}
	StrBuf b;
	strbuf_init(&b);
	hybrid_put(&b, v, n, width);
	HybridReader r;
	hybrid_open(&r, strbuf_str(&b), width);
	bool ok = true;
	for (uint32_t i = 0; i < n && ok;) {
		uint32_t m = 1 + (uint32_t)(next_random(&seed) % 37);
		m = m < n - i ? m : n - i;
		ok = hybrid_read(&r, m % 3 ? back + i : NULL, m) && (m % 3 == 0 || memcmp(back + i, v + i, m * sizeof *v) == 0);
		i += m;
	}
	CHECK_FMT(ok, "width %u, %u values, runs of %u\n", width, n, run_most);
	if (width <= 8) {
		uint8_t *bytes = MEM_ARRAY(uint8_t, n + 1), *out = MEM_ARRAY(uint8_t, n + 1);
		for (uint32_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)v[i];
		strbuf_clear(&b);
		hybrid_put_bytes(&b, bytes, n, width);
		hybrid_open(&r, strbuf_str(&b), width);
		CHECK(hybrid_read_bytes(&r, out, n) && memcmp(bytes, out, n) == 0);
		mem_free(bytes);
		mem_free(out);
	}
	strbuf_deinit(&b);
	mem_free(v);
	mem_free(back);
}

TEST(hybrid_both_ways)
{
	for (unsigned width = 0; width <= 32; width++)
		for (uint32_t n = 0; n < 70; n += 3)
			hybrid_case(width * 100 + n, width, n, 1 + n % 20);
	hybrid_case(1, 3, 100000, 1);
	hybrid_case(2, 1, 100000, 40);
	hybrid_case(3, 17, 50000, 9);
}

TEST(hybrid_ends_where_its_bytes_do)
{
	HybridReader r;
	uint32_t v[64];
	hybrid_open(&r, STR("\x05\x88"), 3); /* two groups of 3 bytes, and one byte of them */
	CHECK(hybrid_read(&r, v, 2) && v[0] == 0 && v[1] == 1);
	CHECK(!hybrid_read(&r, v, 10));
	hybrid_open(&r, STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), 3);
	CHECK(!hybrid_read(&r, v, 1));
	hybrid_open(&r, STR("\x08\x04"), 2); /* a run of a value that has three bits */
	CHECK(!hybrid_read(&r, v, 1));
	hybrid_open_old(&r, STR("\x05\x39\x77"), 3); /* the example of the format: 0 to 7, from the highest bit on */
	CHECK(hybrid_read(&r, v, 8));
	for (uint32_t i = 0; i < 8; i++)
		CHECK_EQ_I64(v[i], i);
	CHECK(!hybrid_read(&r, v, 1));
}

TEST(delta_of_the_format)
{
	/* 7, 5, 3, 1, 2, 3, 4, 5: first value 7, least difference -2, differences above it 0 0 0 3 3 3 3 in 2 bits */
	DeltaReader r;
	int64_t v[8];
	static const int64_t want[] = {7, 5, 3, 1, 2, 3, 4, 5};
	Str bytes = STR("\x80\x01\x04\x08\x0e\x03\x02\x00\x00\x00\xc0\x3f\x00\x00\x00\x00\x00\x00");
	REQUIRE(delta_open(&r, bytes));
	const uint8_t *end;
	CHECK(delta_end(&r, &end) && end == (const uint8_t *)bytes.ptr + bytes.len);
	CHECK(delta_read(&r, v, 3) && delta_read(&r, v + 3, 5));
	CHECK(memcmp(v, want, sizeof want) == 0);
	CHECK(!delta_read(&r, v, 1));
	REQUIRE(delta_open(&r, str_slice(bytes, 0, 11)));
	CHECK(!delta_end(&r, &end));
	CHECK(!delta_read(&r, v, 8));
	CHECK(!delta_open(&r, STR("\x80\x01\x03\x08\x0e"))); /* 128 in 3 miniblocks */
}

TEST(compress_both_ways)
{
	StrBuf plain, packed;
	strbuf_init(&plain);
	strbuf_init(&packed);
	for (int i = 0; i < 20000; i++)
		strbuf_printf(&plain, "%d,", i % 100);
	char *out = mem_alloc(plain.len + 1);
	static const CompressCodec codecs[] = {COMPRESS_NONE, COMPRESS_SNAPPY, COMPRESS_GZIP, COMPRESS_ZSTD};
	for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
		strbuf_clear(&packed);
		compress_put(codecs[i], strbuf_str(&plain), &packed);
		CHECK(codecs[i] == COMPRESS_NONE || packed.len < plain.len / 2);
		CHECK(compress_get(codecs[i], strbuf_str(&packed), out, plain.len) && memcmp(out, plain.ptr, plain.len) == 0);
		CHECK(!compress_get(codecs[i], strbuf_str(&packed), out, plain.len - 1));
		CHECK(!compress_get(codecs[i], str_slice(strbuf_str(&packed), 0, (uint32_t)packed.len / 2), out, plain.len));
	}
	CompressCodec c;
	CHECK(compress_find(STR("zstd"), &c) && c == COMPRESS_ZSTD);
	CHECK(compress_find(STR("LZO"), &c) && !compress_supported((int)c));
	CHECK(!compress_find(STR("zip"), &c));
	mem_free(out);
	strbuf_deinit(&plain);
	strbuf_deinit(&packed);
}

TEST(dictionary_pays_or_is_none)
{
	Dictionary d;
	StrBuf v;
	strbuf_init(&v);
	for (int64_t i = 0; i < 5000; i++) {
		int64_t x = i % 7 * 1000;
		strbuf_put(&v, &x, sizeof x);
	}
	CHECK(dictionary_make(&d, strbuf_str(&v), 5000, 8, 1 << 20));
	CHECK_EQ_I64(d.n, 7);
	CHECK_EQ_I64(d.index[4999], 4999 % 7);
	dictionary_free(&d);
	CHECK(!dictionary_make(&d, strbuf_str(&v), 5000, 8, 50)); /* seven values have 56 bytes */
	dictionary_free(&d);
	strbuf_clear(&v);
	for (uint32_t i = 0; i < 5000; i++) { /* strings: a length, then the bytes; all differ */
		uint32_t pair[2] = {4, i};
		strbuf_put(&v, pair, sizeof pair);
	}
	CHECK(!dictionary_make(&d, strbuf_str(&v), 5000, 0, 1 << 20));
	dictionary_free(&d);
	strbuf_deinit(&v);
}

static Arena *arena;

static MetaStats range(MetaType type, int32_t length, MetaLogical logical, const void *values, size_t len, uint32_t n)
{
	SchemaLeaf leaf = {.type = type, .length = length};
	MetaElement e = {.logical = logical};
	MetaStats s = {0};
	stats_range(&leaf, &e, str_make(values, len), n, arena, &s);
	return s;
}

TEST(stats_have_the_order_of_the_type)
{
	arena = arena_open("test", 0);
	double reals[] = {NAN, 0.0, -0.0, 3, NAN}, back;
	MetaStats s = range(META_DOUBLE, 0, META_NONE, reals, sizeof reals, 5);
	REQUIRE(s.has_range && s.least.len == 8);
	memcpy(&back, s.least.ptr, 8);
	CHECK(back == 0 && signbit(back));
	double zero = -0.0;
	s = range(META_DOUBLE, 0, META_NONE, &zero, sizeof zero, 1);
	memcpy(&back, s.most.ptr, 8);
	CHECK(back == 0 && !signbit(back));
	CHECK(!range(META_DOUBLE, 0, META_NONE, reals, 8, 1).has_range); /* NaN alone */
	int32_t ints[] = {5, -1, 3};
	s = range(META_INT32, 0, META_NONE, ints, sizeof ints, 3);
	CHECK(memcmp(s.least.ptr, &ints[1], 4) == 0 && memcmp(s.most.ptr, &ints[0], 4) == 0);
	static const char fixed[] = "\x00\x05\xff\xff\x7f\x00"; /* 5, -1, 32512 */
	s = range(META_FIXED, 2, META_DECIMAL, fixed, 6, 3);
	CHECK(memcmp(s.least.ptr, "\xff\xff", 2) == 0 && memcmp(s.most.ptr, "\x7f\x00", 2) == 0);
	s = range(META_FIXED, 2, META_NONE, fixed, 6, 3);
	CHECK(memcmp(s.least.ptr, "\x00\x05", 2) == 0 && memcmp(s.most.ptr, "\xff\xff", 2) == 0);
	static const char strings[] = "\x01\0\0\0z\x02\0\0\0\xc3\xa9\x00\0\0\0"; /* "z", "e" with an accent, "" */
	s = range(META_BYTES, 0, META_STRING, strings, sizeof strings - 1, 3);
	CHECK(s.has_range && s.least.len == 0 && str_eq(s.most, STR("\xc3\xa9")));
	static const char time[12] = {0};
	CHECK(!range(META_INT96, 0, META_NONE, time, 12, 1).has_range);
	static char longer[5004];
	longer[0] = (char)0x88;
	longer[1] = 0x13;
	CHECK(!range(META_BYTES, 0, META_STRING, longer, sizeof longer, 1).has_range);
	arena_close(arena);
}

TEST(meta_of_damaged_bytes)
{
	arena = arena_open("test", 0);
	MetaPage page = {.type = META_DICTIONARY_PAGE, .plain_bytes = 100, .bytes = 50, .crc = 77, .values = 9}, back;
	StrBuf b;
	strbuf_init(&b);
	meta_put_page(&page, &b);
	size_t used;
	bool more;
	CHECK(meta_read_page(strbuf_str(&b), &back, &used, &more) && used == b.len);
	CHECK(back.type == META_DICTIONARY_PAGE && back.bytes == 50 && back.values == 9 && back.crc == 77);
	for (uint32_t cut = 0; cut < b.len; cut++)
		CHECK(!meta_read_page(str_slice(strbuf_str(&b), 0, cut), &back, &used, &more) && more);
	MetaFile file;
	CHECK(!meta_read_file(STR(""), arena, &file));
	CHECK(!meta_read_file(STR("\x29\xfc\xff\xff\xff\x0f"), arena, &file)); /* a schema of four billion nodes */
	strbuf_deinit(&b);
	arena_close(arena);
}

TESTS(thrift_both_ways, thrift_has_a_bottom, hybrid_both_ways, hybrid_ends_where_its_bytes_do, delta_of_the_format,
      compress_both_ways, dictionary_pays_or_is_none, stats_have_the_order_of_the_type, meta_of_damaged_bytes)
