/*
 * Tests of engine/formats/parquet/skip.c: what bounds, counts and their absence say of a row group. Whole files:
 * tests/e2e/parquet_skip.sh.
 */
#include "engine/formats/parquet/skip.h"

#include <math.h>

#include "sql/types/zone.h"
#include "tests/support/check.h"

/* A file of one column and one row group of 10 rows. */
typedef struct One {
	SchemaNode node;
	SchemaLeaf leaf;
	Schema schema;
	MetaChunk chunk;
	MetaGroup group;
	MetaFile file;
	bool ordered;
} One;

static void make(One *o, const Type *type, MetaType stored, SchemaConvert convert, Str least, Str most)
{
	*o = (One){.ordered = true};
	o->node = (SchemaNode){.kind = SCHEMA_LEAF, .type = type, .optional = true, .def = 1, .convert = convert};
	o->leaf = (SchemaLeaf){.type = stored, .max_def = 1};
	o->schema = (Schema){.cols = &o->node, .ncols = 1, .leaves = &o->leaf, .nleaves = 1};
	o->chunk = (MetaChunk){.type = stored, .values = 10};
	o->chunk.stats = (MetaStats){.has_nulls = true, .has_range = true, .least = least, .most = most};
	o->group = (MetaGroup){.chunks = &o->chunk, .nchunks = 1, .rows = 10};
	o->file = (MetaFile){.groups = &o->group, .ngroups = 1, .ordered = &o->ordered, .nordered = 1};
}

static bool skips(const One *o, const char *op, Value v)
{
	Arena *arena = arena_open("test", 0);
	FormatAsk ask = {.op = op, .type = o->node.type, .value = v};
	bool skip = skip_group(&o->schema, &o->file, 0, &ask, zone_utc, arena);
	arena_close(arena);
	return skip;
}

#define BYTES(v) str_make((const char *)&(v), sizeof(v))

TEST(operators)
{
	One o;
	int64_t least = -5, most = 7;
	make(&o, &type_bigint, META_INT64, SCHEMA_INT, BYTES(least), BYTES(most));
	static const struct {
		const char *op;
		bool skip[5]; /* of -6, -5, 0, 7, 8 */
	} want[] = {{"=", {true, false, false, false, true}},
	            {"<", {true, true, false, false, false}},
	            {"<=", {true, false, false, false, false}},
	            {">", {false, false, false, true, true}},
	            {">=", {false, false, false, false, true}}};
	static const int64_t values[] = {-6, -5, 0, 7, 8};
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		for (size_t k = 0; k < 5; k++)
			CHECK_EQ_I64(skips(&o, want[i].op, value_i64(values[k])), want[i].skip[k]);
}

TEST(nulls)
{
	One o;
	int64_t least = 1, most = 2;
	make(&o, &type_bigint, META_INT64, SCHEMA_INT, BYTES(least), BYTES(most));
	o.chunk.stats.nulls = 9;
	CHECK(!skips(&o, "=", value_i64(1)));
	o.chunk.stats.nulls = 10;
	CHECK(skips(&o, "=", value_i64(1)));
	o.chunk.stats.has_nulls = false; /* a count that nobody gave */
	CHECK(!skips(&o, "=", value_i64(1)));
	o.node.kind = SCHEMA_ABSENT;
	CHECK(skips(&o, "=", value_i64(1)));
}

/* What must not be believed. */
TEST(doubtful)
{
	One o;
	int64_t least = 1, most = 2;
	Value far = value_i64(100);
	make(&o, &type_bigint, META_INT64, SCHEMA_INT, BYTES(least), BYTES(most));
	CHECK(skips(&o, "=", far));
	o.ordered = false;
	CHECK(!skips(&o, "=", far));
	o.ordered = true;
	o.file.nordered = 0;
	CHECK(!skips(&o, "=", far));
	o.file.nordered = 1;
	o.chunk.stats.has_range = false;
	CHECK(!skips(&o, "=", far));
	o.chunk.stats.has_range = true;
	o.chunk.stats.least = BYTES(far); /* another width */
	CHECK(!skips(&o, "=", far));
	o.chunk.stats.least = BYTES(most);
	o.chunk.stats.most = BYTES(least); /* the wrong way round */
	CHECK(!skips(&o, "=", far));
	o.chunk.stats.least = BYTES(least);
	o.chunk.stats.most = BYTES(most);
	o.leaf.max_rep = 1; /* values of a list are not the rows' */
	CHECK(!skips(&o, "=", far));
	o.leaf.max_rep = 0;
	o.chunk.values = 9; /* not as many as rows: damaged */
	CHECK(!skips(&o, "=", far));
	o.chunk.values = 10;
	o.node.type = &type_int;
	int64_t large = INT64_C(1) << 40;
	o.chunk.stats.most = BYTES(large); /* does not fit the type: reading it says so */
	CHECK(!skips(&o, "<", value_i64(-5)));
}

TEST(reals)
{
	One o;
	double least = -0.0, most = 0.0, nan = (double)NAN;
	make(&o, &type_double, META_DOUBLE, SCHEMA_REAL, BYTES(least), BYTES(most));
	CHECK(!skips(&o, "=", (Value){.f = 0.0}));
	CHECK(!skips(&o, "=", (Value){.f = -0.0}));
	CHECK(!skips(&o, ">=", (Value){.f = 0.0}));
	CHECK(!skips(&o, "<=", (Value){.f = -0.0}));
	CHECK(skips(&o, ">", (Value){.f = 0.0}));
	CHECK(skips(&o, "<", (Value){.f = -0.0}));
	CHECK(!skips(&o, "<", (Value){.f = nan}));
	make(&o, &type_double, META_DOUBLE, SCHEMA_REAL, BYTES(nan), BYTES(most));
	CHECK(!skips(&o, ">", (Value){.f = 5}));
	make(&o, &type_double, META_DOUBLE, SCHEMA_REAL, BYTES(least), BYTES(nan));
	CHECK(!skips(&o, ">", (Value){.f = 5}));
}

/* Bounds of long texts are cut: the greatest one is made greater then, and need not be UTF-8. */
TEST(texts)
{
	One o;
	make(&o, &type_string, META_BYTES, SCHEMA_TEXT, STR("ab"), STR("ac"));
	CHECK(!skips(&o, "=", value_str(STR("abzzz"))));
	CHECK(!skips(&o, ">", value_str(STR("abzzz"))));
	CHECK(!skips(&o, "=", value_str(STR("ab")))); /* may be a cut one, and may not */
	CHECK(skips(&o, "=", value_str(STR("ad"))));
	CHECK(skips(&o, "<", value_str(STR("ab"))));
	CHECK(skips(&o, ">", value_str(STR("ac"))));
	make(&o, &type_string, META_BYTES, SCHEMA_TEXT, STR("\xc3"), STR("\xc4"));
	CHECK(!skips(&o, "=", value_str(STR("\xc3\xbc"))));
	CHECK(skips(&o, "=", value_str(STR("z"))));
	make(&o, &type_string, META_BYTES, SCHEMA_TEXT, STR(""), STR(""));
	CHECK(!skips(&o, "=", value_str(STR(""))));
	CHECK(skips(&o, ">", value_str(STR(""))));
}

TEST(times)
{
	One o;
	int64_t least = 1000999, most = 1002001; /* nanoseconds as microseconds: downwards */
	make(&o, &type_timestamp6, META_INT64, SCHEMA_DIVIDE, BYTES(least), BYTES(most));
	o.node.factor = 1000;
	CHECK(!skips(&o, "=", value_i64(1000)));
	CHECK(!skips(&o, ">=", value_i64(1002)));
	CHECK(skips(&o, ">", value_i64(1002)));
	o.node.instant = true; /* in UTC the order is kept */
	CHECK(skips(&o, ">", value_i64(1002)));
	Arena *arena = arena_open("test", 0);
	FormatAsk ask = {.op = ">", .type = o.node.type, .value = value_i64(INT64_C(1) << 50)};
	Err err = {0};
	const Zone *zone = zone_find(STR("Europe/Berlin"), &err);
	REQUIRE(zone != NULL);
	CHECK(!skip_group(&o.schema, &o.file, 0, &ask, zone, arena)); /* clocks that are set back */
	arena_close(arena);
	make(&o, &type_timestamp6, META_INT96, SCHEMA_INT96, STR("123456789012"), STR("123456789012"));
	CHECK(!skips(&o, ">", value_i64(INT64_C(1) << 50)));
}

TESTS(operators, nulls, doubtful, reals, texts, times)
