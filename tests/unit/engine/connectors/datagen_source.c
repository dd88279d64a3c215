/*
 * Tests of engine/connectors/datagen_source.c and datagen_gen.c: kinds, ranges, rates, and that rows depend on seed and
 * row number only.
 */
#include "engine/batch/batch.h"
#include "tests/support/connectors/live.h"

static const SourceType *datagen(void)
{
	return source_find(STR("datagen"));
}

static int64_t stored_at;

static int64_t stored(void *ctx, Str partition)
{
	(void)ctx;
	CHECK(str_eq_c(partition, "0"));
	return stored_at;
}

static Source *start(LiveTable *t, const Clock *clock, int64_t at)
{
	Err err = {0};
	stored_at = at;
	if (!datagen()->check(&t->def, &err))
		fprintf(stderr, "%s\n", err.message);
	SourceSpec spec = {.table = &t->def, .clock = clock, .stored = stored};
	Source *s = NULL;
	REQUIRE(datagen()->open(&spec, &s, &err));
	return s;
}

/* The next up to max rows, printed. */
static const char *take(Source *s, uint32_t max, Arena *arena)
{
	SourceChunk c;
	Err err = {0};
	REQUIRE(datagen()->poll(s, 0, max, &c, &err));
	StrBuf b;
	strbuf_init(&b);
	if (c.n)
		batch_print(c.rows, &b);
	const char *text = arena_cstr(arena, b.ptr ? strbuf_str(&b) : STR_EMPTY);
	strbuf_deinit(&b);
	datagen()->release(s, c.hold);
	return text;
}

static const SourcePartition *partition(Source *s)
{
	uint32_t n;
	bool all;
	return datagen()->partitions(s, &n, &all);
}

TEST(sequence_and_choice)
{
	Clock clock;
	clock_init_virtual(&clock, 0);
	LiveTable t;
	live_table(&t, "t", "datagen");
	live_column(&t, "id", &type_bigint);
	live_column(&t, "name", &type_string);
	live_column(&t, "at", &type_timestamp3);
	live_option(&t, "fields.id.kind", "sequence");
	live_option(&t, "fields.id.start", "5");
	live_option(&t, "fields.id.end", "7");
	live_option(&t, "fields.name.kind", "choice");
	live_option(&t, "fields.name.values", "only; x");
	live_option(&t, "fields.name.weights", "1;0");
	live_option(&t, "start-time", "2020-01-01 00:00:00");
	live_option(&t, "step", "1500 ms");
	live_option(&t, "seed", "1");
	CHECK(datagen()->is_bounded(&t.def));
	Source *s = start(&t, &clock, SOURCE_POSITION_NEW);
	CHECK_STR(take(s, 1, t.arena), "+1 (5, 'only', 2020-01-01 00:00:00.000)\n");
	clock_advance(&clock, 1000000);
	CHECK_STR(take(s, 100, t.arena),
	          "+1 (6, 'only', 2020-01-01 00:00:01.500)\n+1 (7, 'only', 2020-01-01 00:00:03.000)\n");
	CHECK(partition(s)->done && partition(s)->next == 3 && partition(s)->bound == 3);
	datagen()->close(s);
	s = start(&t, &clock, 2);
	CHECK_STR(take(s, 100, t.arena), "+1 (7, 'only', 2020-01-01 00:00:03.000)\n");
	datagen()->close(s);
	live_drop(&t);
}

TEST(rate_follows_the_clock)
{
	Clock clock;
	clock_init_virtual(&clock, 0);
	LiveTable t;
	live_table(&t, "t", "datagen");
	live_column(&t, "x", &type_int);
	live_option(&t, "rows-per-second", "10");
	CHECK(!datagen()->is_bounded(&t.def));
	Source *s = start(&t, &clock, SOURCE_POSITION_NEW);
	take(s, 100, t.arena);
	CHECK_EQ_I64(partition(s)->next, 1);
	clock_advance(&clock, 950000);
	take(s, 100, t.arena);
	CHECK_EQ_I64(partition(s)->next, 10);
	take(s, 100, t.arena);
	CHECK_EQ_I64(partition(s)->next, 10);
	clock_advance(&clock, 100000000);
	take(s, 7, t.arena);
	CHECK_EQ_I64(partition(s)->next, 17);
	datagen()->close(s);
	live_drop(&t);
}

TEST(same_seed_same_rows)
{
	Clock clock;
	clock_init_virtual(&clock, 1000000000);
	static const TypeField fields[] = {{{"a", 1}, &type_int}, {{"b", 1}, &type_string}};
	LiveTable t;
	live_table(&t, "t", "datagen");
	live_column(&t, "i", &type_int);
	live_column(&t, "d", &type_double);
	live_column(&t, "n", type_decimal(t.arena, 10, 3));
	live_column(&t, "s", &type_string);
	live_column(&t, "b", &type_bytes);
	live_column(&t, "f", &type_boolean);
	live_column(&t, "day", &type_date);
	live_column(&t, "tod", type_temporal(t.arena, TYPE_TIME, 0));
	live_column(&t, "ltz", &type_ltz3);
	live_column(&t, "arr", type_array(t.arena, &type_int));
	live_column(&t, "m", type_map(t.arena, &type_string_nn, &type_int));
	live_column(&t, "r", type_row(t.arena, fields, 2));
	live_column(&t, "z", &type_bigint);
	live_option(&t, "fields.s.length", "4");
	live_option(&t, "fields.b.var-len", "true");
	live_option(&t, "fields.i.null-rate", "0.5");
	live_option(&t, "fields.r.b.length", "2");
	live_option(&t, "fields.z.kind", "zipf");
	live_option(&t, "fields.z.max", "1000000");
	live_option(&t, "fields.ltz.max-past", "1 h");
	live_option(&t, "start-time", "2020-01-01 00:00:00Z");
	live_option(&t, "seed", "42");
	live_option(&t, "number-of-rows", "3000");
	Source *a = start(&t, &clock, SOURCE_POSITION_NEW);
	clock_advance(&clock, 10000000);
	StrBuf whole, parts;
	strbuf_init(&whole);
	strbuf_init(&parts);
	strbuf_puts(&whole, take(a, 3000, t.arena));
	datagen()->close(a);
	CHECK(whole.len > 3000 * 50);
	for (int64_t at = 0; at < 3000;) {
		Source *b = start(&t, &clock, at);
		clock_advance(&clock, 10000000);
		strbuf_puts(&parts, take(b, 700, t.arena));
		at = partition(b)->next;
		datagen()->close(b);
	}
	CHECK(str_eq(strbuf_str(&whole), strbuf_str(&parts)));
	strbuf_deinit(&whole);
	strbuf_deinit(&parts);
	live_drop(&t);
}

TEST(distributions)
{
	Clock clock;
	clock_init_virtual(&clock, 0);
	LiveTable t;
	live_table(&t, "t", "datagen");
	live_column(&t, "u", &type_int);
	live_column(&t, "c", &type_int);
	live_column(&t, "z", &type_int);
	live_option(&t, "fields.u.min", "-3");
	live_option(&t, "fields.u.max", "3");
	live_option(&t, "fields.c.kind", "choice");
	live_option(&t, "fields.c.values", "1;2;3");
	live_option(&t, "fields.c.weights", "7;2;1");
	live_option(&t, "fields.z.kind", "zipf");
	live_option(&t, "fields.z.max", "10");
	live_option(&t, "seed", "7");
	Source *s = start(&t, &clock, SOURCE_POSITION_NEW);
	clock_advance(&clock, 1000000000);
	int u[7] = {0}, c[4] = {0}, z[11] = {0}, n = 0;
	Err err = {0};
	while (n < 40960) {
		SourceChunk k;
		REQUIRE(datagen()->poll(s, 0, 4096, &k, &err) && k.n);
		for (uint32_t i = 0; i < k.n; i++) {
			int64_t v = k.rows->cols[0].i64[i];
			REQUIRE(v >= -3 && v <= 3);
			u[v + 3]++;
			c[k.rows->cols[1].i64[i]]++;
			v = k.rows->cols[2].i64[i];
			REQUIRE(v >= 1 && v <= 10);
			z[v]++;
		}
		n += (int)k.n;
		datagen()->release(s, k.hold);
	}
	for (int i = 0; i < 7; i++)
		CHECK_NEAR(u[i] / (double)n, 1.0 / 7, 0.01);
	CHECK_NEAR(c[1] / (double)n, 0.7, 0.01);
	CHECK_NEAR(c[3] / (double)n, 0.1, 0.01);
	double h = 0;
	for (int i = 1; i <= 10; i++)
		h += 1.0 / i;
	for (int i = 1; i <= 10; i++)
		CHECK_NEAR(z[i] / (double)n, 1.0 / i / h, 0.01);
	datagen()->close(s);
	live_drop(&t);
}

static void expect_error(const char *key, const char *value, const char *key2, const char *value2, ErrCode code)
{
	LiveTable t;
	live_table(&t, "t", "datagen");
	live_column(&t, "x", &type_int);
	live_column(&t, "ts", &type_timestamp3);
	live_option(&t, key, value);
	if (key2)
		live_option(&t, key2, value2);
	Err err = {0};
	CHECK(!datagen()->check(&t.def, &err));
	CHECK_EQ_I64(err.code, code);
	live_drop(&t);
}

TEST(errors)
{
	expect_error("fields.x.min", "a", NULL, NULL, ERR_BAD_OPTION);
	expect_error("fields.x.min", "4", "fields.x.max", "3", ERR_BAD_OPTION);
	expect_error("fields.y.min", "4", NULL, NULL, ERR_NO_SUCH_OPTION);
	expect_error("fields.x.kind", "sequence", NULL, NULL, ERR_MISSING_OPTION);
	expect_error("fields.x.kind", "choice", "fields.x.values", "1;b", ERR_BAD_OPTION);
	expect_error("fields.ts.kind", "zipf", "fields.ts.max", "9", ERR_BAD_OPTION);
	expect_error("fields.x.null-rate", "2", NULL, NULL, ERR_BAD_OPTION);
	expect_error("step", "1 s", NULL, NULL, ERR_MISSING_OPTION);
	expect_error("start-time", "yesterday", NULL, NULL, ERR_BAD_OPTION);
}

TESTS(sequence_and_choice, rate_follows_the_clock, same_seed_same_rows, distributions, errors)
