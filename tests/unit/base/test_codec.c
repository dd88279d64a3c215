/*
 * Tests of base/codec.c: the order of bytes is the order of values, what is written reads back, and
 * bytes that were never written are refused.
 */
#include "base/arena.h"
#include "base/codec.h"
#include "base/hash.h"
#include "tests/support/check.h"

static uint64_t seed = 1;

static uint64_t rnd(uint64_t below)
{
	return hash_mix(++seed) % below;
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

/* Numbers of every magnitude, near powers of two, of both signs. */
static int64_t rnd_i64(void)
{
	uint64_t v = hash_mix(++seed) >> rnd(64);
	if (rnd(3) == 0)
		v = (UINT64_C(1) << rnd(64)) + rnd(3) - 1;
	return (int64_t)(rnd(2) ? v : ~v);
}

static Int128 rnd_i128(void)
{
	if (rnd(3) == 0)
		return rnd_i64();
	return (Int128)((UInt128)(uint64_t)rnd_i64() << 64 | (uint64_t)rnd_i64());
}

static double rnd_f64(void)
{
	static const double special[] = {0.0, -0.0,   1.0,     -1.0,    INFINITY, -INFINITY,
	                                 NAN, 5e-324, -5e-324, 1.7e308, -1.7e308, 2.2250738585072014e-308};
	if (rnd(3) == 0)
		return special[rnd(sizeof special / sizeof special[0])];
	uint64_t bits = hash_mix(++seed);
	double v;
	memcpy(&v, &bits, sizeof v);
	return v;
}

/* Short strings over few bytes, so that prefixes, zeros and 0xff meet often. */
static Str rnd_str(char buffer[8])
{
	static const char alphabet[] = {0, 0, 1, 'a', (char)0xfe, (char)0xff};
	uint32_t len = (uint32_t)rnd(8);
	for (uint32_t i = 0; i < len; i++)
		buffer[i] = alphabet[rnd(sizeof alphabet)];
	return (Str){buffer, len};
}

/* NaN is the largest and equal to itself; the zeros are equal. */
static int cmp_f64(double a, double b)
{
	if (isnan(a) || isnan(b))
		return (isnan(a) ? 1 : 0) - (isnan(b) ? 1 : 0);
	return (a > b) - (a < b);
}

/* One column of a row: how it is made, compared, written and read. */
typedef enum Kind { KIND_I64, KIND_I128, KIND_F64, KIND_BYTES, KINDS } Kind;
typedef struct Value {
	bool present;
	int64_t i64;
	Int128 i128;
	double f64;
	char buffer[8];
	Str bytes;
} Value;

static void value_make(Value *v)
{
	v->present = rnd(8) != 0;
	v->i64 = rnd_i64();
	v->i128 = rnd_i128();
	v->f64 = rnd_f64();
	v->bytes = rnd_str(v->buffer);
}

static int value_cmp(Kind kind, const Value *a, const Value *b)
{
	if (!a->present || !b->present)
		return (int)a->present - (int)b->present;
	switch (kind) {
	case KIND_I64: return (a->i64 > b->i64) - (a->i64 < b->i64);
	case KIND_I128: return (a->i128 > b->i128) - (a->i128 < b->i128);
	case KIND_F64: return cmp_f64(a->f64, b->f64);
	default: return sign(str_cmp(a->bytes, b->bytes));
	}
}

static void value_put(Kind kind, bool descending, const Value *v, StrBuf *out)
{
	size_t from = out->len;
	codec_put_null(out, v->present);
	if (v->present) {
		switch (kind) {
		case KIND_I64: codec_put_i64(out, v->i64); break;
		case KIND_I128: codec_put_i128(out, v->i128); break;
		case KIND_F64: codec_put_f64(out, v->f64); break;
		default: codec_put_bytes(out, v->bytes); break;
		}
	}
	if (descending)
		codec_invert(out, from);
}

static bool value_get(Kind kind, bool descending, CodecReader *r, Value *v, StrBuf *bytes)
{
	r->inverted = descending;
	if (!codec_get_null(r, &v->present))
		return false;
	if (!v->present)
		return true;
	switch (kind) {
	case KIND_I64: return codec_get_i64(r, &v->i64);
	case KIND_I128: return codec_get_i128(r, &v->i128);
	case KIND_F64: return codec_get_f64(r, &v->f64);
	default:
		strbuf_clear(bytes);
		bool ok = codec_get_bytes(r, bytes);
		v->bytes = strbuf_str(bytes);
		return ok;
	}
}

enum { COLUMNS = 4 };

TEST(rows_compare_as_their_values)
{
	StrBuf a_bytes;
	StrBuf b_bytes;
	strbuf_init(&a_bytes);
	strbuf_init(&b_bytes);
	for (int round = 0; round < 300; round++) {
		Kind kinds[COLUMNS];
		bool descending[COLUMNS];
		for (int c = 0; c < COLUMNS; c++) {
			kinds[c] = (Kind)rnd(KINDS);
			descending[c] = rnd(2);
		}
		for (int pair = 0; pair < 300; pair++) {
			Value a[COLUMNS];
			Value b[COLUMNS];
			strbuf_clear(&a_bytes);
			strbuf_clear(&b_bytes);
			int want = 0;
			for (int c = 0; c < COLUMNS; c++) {
				value_make(&a[c]);
				value_make(&b[c]);
				if (rnd(2)) {
					b[c] = a[c];
					b[c].bytes.ptr = b[c].buffer;
				}
				value_put(kinds[c], descending[c], &a[c], &a_bytes);
				value_put(kinds[c], descending[c], &b[c], &b_bytes);
				int order = value_cmp(kinds[c], &a[c], &b[c]);
				if (want == 0)
					want = descending[c] ? -order : order;
			}
			REQUIRE(sign(str_cmp(strbuf_str(&a_bytes), strbuf_str(&b_bytes))) == want);
		}
	}
	strbuf_deinit(&a_bytes);
	strbuf_deinit(&b_bytes);
}

TEST(rows_read_back_and_short_ones_do_not)
{
	StrBuf row;
	StrBuf bytes;
	strbuf_init(&row);
	strbuf_init(&bytes);
	for (int round = 0; round < 20000; round++) {
		Kind kinds[COLUMNS];
		bool descending[COLUMNS];
		Value values[COLUMNS];
		strbuf_clear(&row);
		for (int c = 0; c < COLUMNS; c++) {
			kinds[c] = (Kind)rnd(KINDS);
			descending[c] = rnd(2);
			value_make(&values[c]);
			value_put(kinds[c], descending[c], &values[c], &row);
		}
		/* From memory of its own, so that a read past the end is seen. */
		char *copy = mem_alloc(row.len);
		memcpy(copy, row.ptr, row.len);
		CodecReader r = codec_reader(str_make(copy, row.len));
		for (int c = 0; c < COLUMNS; c++) {
			Value got;
			REQUIRE(value_get(kinds[c], descending[c], &r, &got, &bytes));
			REQUIRE(value_cmp(kinds[c], &got, &values[c]) == 0);
		}
		REQUIRE(r.at == r.end);
		size_t cut = (size_t)rnd(row.len);
		char *part = mem_alloc(cut);
		memcpy(part, row.ptr, cut);
		r = codec_reader(str_make(part, cut));
		int read = 0;
		for (Value got; read < COLUMNS && value_get(kinds[read], descending[read], &r, &got, &bytes);)
			read++;
		REQUIRE(read < COLUMNS);
		mem_free(part);
		mem_free(copy);
	}
	strbuf_deinit(&row);
	strbuf_deinit(&bytes);
}

TEST(f64_order)
{
	static const double order[] = {-INFINITY, -1.7e308, -1.0, -2.3e-308, -5e-324,  0.0,
	                               5e-324,    2.3e-308, 1.0,  1.7e308,   INFINITY, NAN};
	StrBuf b;
	strbuf_init(&b);
	for (size_t i = 0; i < 12; i++)
		codec_put_f64(&b, order[i]);
	for (size_t i = 1; i < 12; i++)
		CHECK(memcmp(b.ptr + 8 * (i - 1), b.ptr + 8 * i, 8) < 0);
	strbuf_clear(&b);
	codec_put_f64(&b, 0.0);
	codec_put_f64(&b, -0.0);
	CHECK(memcmp(b.ptr, b.ptr + 8, 8) == 0);
	strbuf_clear(&b);
	codec_put_f64(&b, NAN);
	codec_put_f64(&b, -NAN);
	CHECK(memcmp(b.ptr, b.ptr + 8, 8) == 0);
	CodecReader r = codec_reader(strbuf_str(&b));
	double v;
	CHECK(codec_get_f64(&r, &v) && isnan(v));
	strbuf_deinit(&b);
}

TEST(forms_are_fixed)
{
	StrBuf b;
	strbuf_init(&b);
	codec_put_null(&b, false);
	codec_put_null(&b, true);
	codec_put_i64(&b, 1);
	codec_put_i64(&b, -1);
	codec_put_i128(&b, -1);
	codec_put_f64(&b, 1.0);
	codec_put_bytes(&b, STR("a\0b"));
	codec_put_varint(&b, 300);
	codec_put_zigzag(&b, -2);
	codec_put_blob(&b, STR("xy"));
	static const unsigned char want[] = {
	    0x00, 0x01,                                     /* NULL, present */
	    0x80, 0,    0,    0,    0,    0,    0,    1,    /* 1 */
	    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* -1 */
	    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* -1, 16 bytes */
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* */
	    0xbf, 0xf0, 0,    0,    0,    0,    0,    0,    /* 1.0 */
	    'a',  0,    0xff, 'b',  0,    0,                /* bytes */
	    0xac, 0x02, 0x03, 0x02, 'x',  'y',              /* 300, -2, blob */
	};
	REQUIRE(b.len == sizeof want);
	CHECK(memcmp(b.ptr, want, sizeof want) == 0);
	strbuf_deinit(&b);
}

static CodecReader reader_of(const char *bytes, size_t n, bool inverted)
{
	CodecReader r = codec_reader(str_make(bytes, n));
	r.inverted = inverted;
	return r;
}

TEST(malformed)
{
	bool present;
	double v;
	StrBuf out;
	strbuf_init(&out);
	strbuf_puts(&out, "kept");
	CodecReader r = reader_of("\x02", 1, false);
	CHECK(!codec_get_null(&r, &present));
	r = reader_of("\x01", 1, true);
	CHECK(!codec_get_null(&r, &present));
	r = reader_of("\xfe", 1, true);
	CHECK(codec_get_null(&r, &present) && present);
	/* -0.0, and a NaN with a payload. */
	r = reader_of("\x7f\xff\xff\xff\xff\xff\xff\xff", 8, false);
	CHECK(!codec_get_f64(&r, &v));
	r = reader_of("\xff\xf8\x00\x00\x00\x00\x00\x01", 8, false);
	CHECK(!codec_get_f64(&r, &v));
	CHECK((const char *)r.end - (const char *)r.at == 8);
	/* No end; an end cut in half; a zero followed by neither 0x00 nor 0xff. */
	r = reader_of("abc", 3, false);
	CHECK(!codec_get_bytes(&r, &out));
	r = reader_of("a\0", 2, false);
	CHECK(!codec_get_bytes(&r, &out));
	r = reader_of("a\0\x01\0\0", 5, false);
	CHECK(!codec_get_bytes(&r, &out));
	r = reader_of("a\xff\xff", 3, true);
	CHECK(codec_get_bytes(&r, &out));
	CHECK_STR(out.ptr, "kept\x9e");
	strbuf_deinit(&out);
}

TEST(varints)
{
	StrBuf b;
	strbuf_init(&b);
	for (int i = 0; i < 100000; i++) {
		strbuf_clear(&b);
		int64_t number = rnd_i64();
		codec_put_varint(&b, (uint64_t)number);
		codec_put_zigzag(&b, number);
		CodecReader r = codec_reader(strbuf_str(&b));
		uint64_t u;
		int64_t s;
		REQUIRE(codec_get_varint(&r, &u) && u == (uint64_t)number);
		REQUIRE(codec_get_zigzag(&r, &s) && s == number);
		REQUIRE(r.at == r.end);
		r = codec_reader(str_make(b.ptr, b.len - 1));
		REQUIRE(codec_get_varint(&r, &u) && !codec_get_zigzag(&r, &s));
	}
	uint64_t u;
	CodecReader r = reader_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, false);
	CHECK(codec_get_varint(&r, &u) && u == UINT64_MAX);
	r = reader_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10, false);
	CHECK(!codec_get_varint(&r, &u));
	r = reader_of("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11, false);
	CHECK(!codec_get_varint(&r, &u));
	strbuf_clear(&b);
	codec_put_zigzag(&b, -1);
	CHECK(b.len == 1 && b.ptr[0] == 1);
	strbuf_deinit(&b);
}

TEST(blobs_and_fixed)
{
	StrBuf b;
	strbuf_init(&b);
	codec_put_blob(&b, STR("ab\0c"));
	codec_put_blob(&b, (Str){NULL, 0});
	uint32_t fixed = 0x01020304;
	codec_put_fixed(&b, &fixed, sizeof fixed);
	CodecReader r = codec_reader(strbuf_str(&b));
	Str s;
	uint32_t got;
	CHECK(codec_get_blob(&r, &s) && str_eq(s, STR("ab\0c")) && s.ptr == b.ptr + 1);
	CHECK(codec_get_blob(&r, &s) && s.len == 0);
	CHECK(codec_get_fixed(&r, &got, sizeof got) && got == fixed);
	CHECK(codec_get_fixed(&r, NULL, 0));
	CHECK(!codec_get_fixed(&r, &got, 1));
	r = codec_reader(str_make(b.ptr, 4));
	CHECK(!codec_get_blob(&r, &s));
	CHECK((const char *)r.at == b.ptr);
	r = reader_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, false);
	CHECK(!codec_get_blob(&r, &s));
	strbuf_deinit(&b);
}

TEST(prefix_end)
{
	StrBuf b;
	strbuf_init(&b);
	CHECK(!codec_prefix_end(&b));
	strbuf_puts(&b, "ab\xff\xff");
	CHECK(codec_prefix_end(&b));
	CHECK_STR(b.ptr, "ac");
	strbuf_clear(&b);
	strbuf_puts(&b, "\xff\xff");
	CHECK(!codec_prefix_end(&b));
	CHECK_EQ_U64(b.len, 2);
	for (int i = 0; i < 100000; i++) {
		char prefix_buffer[8];
		char other_buffer[8];
		Str prefix = rnd_str(prefix_buffer);
		Str other = rnd_str(other_buffer);
		strbuf_clear(&b);
		strbuf_put_str(&b, prefix);
		bool has_end = codec_prefix_end(&b);
		bool inside = str_cmp(other, prefix) >= 0 && (!has_end || str_cmp(other, strbuf_str(&b)) < 0);
		REQUIRE(inside == str_starts(other, prefix));
	}
	strbuf_deinit(&b);
}

TEST(loads)
{
	unsigned char bytes[8];
	codec_store_be64(bytes, UINT64_C(0x0102030405060708));
	CHECK(bytes[0] == 1 && bytes[7] == 8);
	CHECK_EQ_U64(codec_load_be64(bytes), UINT64_C(0x0102030405060708));
	CHECK(codec_order_i64(-1) < codec_order_i64(0) && codec_order_i64(INT64_MIN) == 0);
}

TESTS(rows_compare_as_their_values, rows_read_back_and_short_ones_do_not, f64_order, forms_are_fixed, malformed,
      varints, blobs_and_fixed, prefix_end, loads)
