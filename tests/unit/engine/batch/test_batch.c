/*
 * Unit tests of engine/batch: batches from values, their text, consolidation against a naive count, rows and chunks as
 * bytes.
 */
#include "engine/batch/batch.h"

#include "engine/batch/chunk.h"
#include "tests/support/check.h"

static Arena *arena;

static const Type *const two[] = {&type_bigint, &type_string};

static Value text(const char *s)
{
	return value_str(str_from(s));
}

static void expect_text(const Batch *b, const char *want)
{
	StrBuf buf;
	strbuf_init(&buf);
	batch_print(b, &buf);
	CHECK_STR(strbuf_cstr(&buf), want);
	strbuf_deinit(&buf);
}

TEST(print_shows_weights_quotes_and_nulls)
{
	Value rows[] = {value_i64(1), text("it's"), VALUE_NULL, VALUE_NULL, value_i64(-3), text("NULL")};
	int64_t weight[] = {1, -2, 7};
	Batch *b = batch_from_values(two, 2, rows, 3, weight, NULL, NULL, arena);
	expect_text(b, "+1 (1, 'it''s')\n-2 (NULL, NULL)\n+7 (-3, 'NULL')\n");
}

TEST(gather_slice_and_concat_keep_the_side_arrays)
{
	Value rows[] = {value_i64(1), text("a"), value_i64(2), text("b"), value_i64(3), text("c")};
	int64_t weight[] = {1, -1, 1}, ord[] = {10, 11, 12}, stamp[] = {100, 100, 101};
	Batch *b = batch_from_values(two, 2, rows, 3, weight, ord, stamp, arena);
	Batch *g = batch_gather(b, (uint32_t[]){2, 1}, 2, arena);
	expect_text(g, "+1 (3, 'c')\n-1 (2, 'b')\n");
	CHECK(g->ord[0] == 12 && g->ord[1] == 11 && g->stamp[0] == 101);
	Batch *s = batch_slice(b, 1, 3, arena);
	expect_text(s, "-1 (2, 'b')\n+1 (3, 'c')\n");
	CHECK(s->ord[0] == 11 && s->stamp[1] == 101);
	expect_text(batch_slice(b, 3, 3, arena), "");
	Batch *plain = batch_from_values(two, 2, rows, 1, NULL, NULL, NULL, arena);
	CHECK(plain->weight == NULL);
	Batch *both = batch_concat((const Batch *const[]){s, plain}, 2, arena);
	expect_text(both, "-1 (2, 'b')\n+1 (3, 'c')\n+1 (1, 'a')\n");
	CHECK(both->stamp[2] == BATCH_NO_WATERMARK);
}

TEST(consolidate_adds_up_and_drops_zero)
{
	Value rows[] = {value_i64(1), text("a"), value_i64(2), text("b"), value_i64(1), text("a"),
	                value_i64(2), text("b"), VALUE_NULL,   text("b"), VALUE_NULL,   text("b")};
	int64_t weight[] = {1, 1, 2, -1, -1, -1}, ord[] = {1, 2, 3, 4, 5, 5};
	Batch *b = batch_from_values(two, 2, rows, 6, weight, ord, NULL, arena);
	expect_text(batch_consolidate(b, false, arena), "+3 (1, 'a')\n-2 (NULL, 'b')\n");
	Batch *o = batch_consolidate(b, true, arena);
	expect_text(o, "+1 (1, 'a')\n+1 (2, 'b')\n+2 (1, 'a')\n-1 (2, 'b')\n-2 (NULL, 'b')\n");
	Batch *same = batch_slice(b, 0, 2, arena);
	CHECK(batch_consolidate(same, false, arena) == same);
	Batch *none = batch_slice(b, 0, 0, arena);
	CHECK(batch_consolidate(none, false, arena)->n == 0);
}

TEST(consolidate_knows_equal_doubles_and_errors)
{
	const Type *const types[] = {&type_double};
	Value rows[] = {{.f = 0.0}, {.f = -0.0}, {.f = NAN}, {.f = -NAN}, {.f = 1.5}, {.f = 1.5}};
	int64_t weight[] = {1, 1, 1, -1, 1, 1};
	Batch *b = batch_from_values(types, 1, rows, 6, weight, NULL, NULL, arena);
	Batch *c = batch_consolidate(b, false, arena);
	CHECK_EQ_I64(c->n, 2);
	CHECK(batch_weight(c, 0) == 2 && batch_weight(c, 1) == 2);
	Column *col = (Column *)&b->cols[0];
	column_set_err(col, 4, ROW_OVERFLOW, arena);
	column_set_err(col, 5, ROW_DIV_ZERO, arena);
	CHECK_EQ_I64(batch_consolidate(b, false, arena)->n, 3);
}

TEST(consolidate_agrees_with_counting)
{
	static const char *const texts[8] = {"", "a", "b", "abcdefghijklmnopqrstuvwxyz", "d", "e", "f", "g"};
	uint64_t seed = 12345;
	for (uint32_t n = 1; n <= 200; n++) {
		Value rows[400];
		int64_t weight[200], count[9][8] = {0};
		for (uint32_t i = 0; i < n; i++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			unsigned number = (unsigned)(seed >> 40) % 9, word = (unsigned)(seed >> 50) % 8;
			rows[i * 2] = number < 8 ? value_i64(number) : VALUE_NULL;
			rows[i * 2 + 1] = text(texts[word]);
			weight[i] = (seed >> 33) % 2 ? 1 : -1;
			count[number][word] += weight[i];
		}
		Batch *b = batch_from_values(two, 2, rows, n, weight, NULL, NULL, arena);
		Batch *c = batch_consolidate(b, false, arena);
		uint32_t want = 0;
		for (unsigned number = 0; number < 9; number++) {
			for (unsigned word = 0; word < 8; word++)
				want += count[number][word] != 0;
		}
		CHECK_EQ_I64(c->n, want);
		for (uint32_t i = 0; i < c->n; i++) {
			unsigned number = column_is_null(&c->cols[0], i) ? 8 : (unsigned)c->cols[0].i64[i];
			unsigned word = 0;
			while (!str_eq_c(c->cols[1].str[i], texts[word]))
				word++;
			CHECK_EQ_I64(batch_weight(c, i), count[number][word]);
		}
		arena_reset(arena);
	}
}

TEST(rows_and_chunks_go_to_bytes_and_back)
{
	Value rows[] = {value_i64(1), text("a"), VALUE_NULL, text("")};
	Batch *b = batch_from_values(two, 2, rows, 2, NULL, NULL, NULL, arena);
	StrBuf buf;
	strbuf_init(&buf);
	batch_encode_row(b, 1, &buf);
	Value got[2];
	CHECK(batch_decode_row(strbuf_str(&buf), two, 2, got) && got[0].null && got[1].s.len == 0);
	strbuf_putc(&buf, 'x');
	CHECK(!batch_decode_row(strbuf_str(&buf), two, 2, got));

	chunk_begin(&buf);
	CHECK_EQ_I64(chunk_rows(strbuf_str(&buf)), 0);
	chunk_add(&buf, ROW_UPDATE_AFTER, b, 0);
	chunk_add_values(&buf, ROW_DELETE, two, rows + 2, 2);
	Str chunk = strbuf_str(&buf);
	CHECK_EQ_I64(chunk_rows(chunk), 2);
	ChunkReader r;
	RowKind kind;
	bool damaged;
	CHECK(chunk_open(&r, chunk, two, 2));
	CHECK(chunk_next(&r, &kind, got, &damaged) && kind == ROW_UPDATE_AFTER && got[0].i == 1);
	CHECK(chunk_next(&r, &kind, got, &damaged) && kind == ROW_DELETE && got[0].null);
	CHECK(!chunk_next(&r, &kind, got, &damaged) && !damaged);
	CHECK_STR(chunk_kind_name(ROW_UPDATE_BEFORE), "-U");
	/* Every cut is noticed. */
	for (uint32_t len = 0; len < chunk.len; len++) {
		bool ok = chunk_open(&r, str_make(chunk.ptr, len), two, 2);
		damaged = !ok;
		while (ok && chunk_next(&r, &kind, got, &damaged))
			;
		CHECK(damaged);
	}
	strbuf_deinit(&buf);
}

int main(int argc, char **argv)
{
	static const CheckTest tests[] = {
	    {"print", test_print_shows_weights_quotes_and_nulls},
	    {"gather", test_gather_slice_and_concat_keep_the_side_arrays},
	    {"consolidate", test_consolidate_adds_up_and_drops_zero},
	    {"doubles", test_consolidate_knows_equal_doubles_and_errors},
	    {"counting", test_consolidate_agrees_with_counting},
	    {"chunks", test_rows_and_chunks_go_to_bytes_and_back},
	};
	arena = arena_open("test", 0);
	int rc = check_main(tests, sizeof tests / sizeof tests[0], argc, argv);
	arena_close(arena);
	return rc;
}
