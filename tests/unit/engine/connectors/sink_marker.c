/*
 * Tests of engine/connectors/sink_marker.c and sink_rows.c: markers against epochs, and the numbering of rows.
 */
#include "engine/connectors/sink_marker.h"
#include "engine/connectors/sink_rows.h"
#include "tests/support/connectors/live.h"

TEST(markers)
{
	static const struct {
		uint64_t marker, last;
		int from; /* -1: refused */
	} cases[] = {{2, 2, 0},  {5, 2, 1},  {7, 2, 2}, {9, 2, 3}, {10, 2, -1},
	             {1, 2, -1}, {6, 2, -1}, {0, 0, 0}, {0, 2, -1}};
	const SinkEpoch epochs[3] = {{.epoch = 5}, {.epoch = 7}, {.epoch = 9}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t from = 77;
		Err err = {0};
		bool ok = sink_marker_check(STR("s"), "it", cases[i].marker, cases[i].last, epochs, 3, &from, &err);
		CHECK_EQ_I64(ok ? (int)from : -1, cases[i].from);
		CHECK(ok || (err.code == ERR_SINK_MARKER && err.hint[0]));
	}
}

TEST(rows)
{
	LiveTable t;
	live_table(&t, "t", "print");
	live_column(&t, "x", &type_int);
	LiveEpoch part[3];
	int64_t value = 0;
	Str chunks[3];
	for (int i = 0; i < 3; i++) {
		live_epoch(&part[i], 0);
		for (int k = 0; k < i; k++)
			live_row(&part[i], &t, k ? ROW_DELETE : ROW_INSERT, (Value[]){value_i64(value++)});
		chunks[i] = *live_sealed(&part[i])->chunks;
	}
	SinkEpoch epochs[3] = {{4, chunks, 3}, {5, NULL, 0}, {6, chunks + 2, 1}};
	CHECK_EQ_I64(sink_rows_count(epochs, 3), 5);
	SinkRows r;
	sink_rows_init(&r, epochs, 3, t.types, 1);
	RowKind kind;
	Value v[1];
	Err err = {0};
	StrBuf b;
	strbuf_init(&b);
	while (sink_rows_next(&r, &kind, v, &err)) {
		strbuf_printf(&b, "%llu/%llu:%s%lld ", (unsigned long long)epochs[r.epoch].epoch, (unsigned long long)r.row,
		              chunk_kind_name(kind), (long long)v[0].i);
		ChunkReader again = {.rest = r.before, .left = 1, .types = t.types, .ncols = 1};
		RowKind k;
		Value w[1];
		bool damaged;
		CHECK(chunk_next(&again, &k, w, &damaged) && k == kind && w[0].i == v[0].i);
	}
	CHECK_EQ_I64(err.code, 0);
	CHECK_STR(strbuf_cstr(&b), "4/0:+I0 4/1:+I1 4/2:-D2 6/0:+I1 6/1:-D2 ");
	Str broken = str_make(chunks[2].ptr, chunks[2].len - 1);
	epochs[0] = (SinkEpoch){4, &broken, 1};
	sink_rows_init(&r, epochs, 1, t.types, 1);
	while (sink_rows_next(&r, &kind, v, &err))
		;
	CHECK_EQ_I64(err.code, ERR_INTERNAL);
	for (int i = 0; i < 3; i++)
		live_epoch_drop(&part[i]);
	strbuf_deinit(&b);
	live_drop(&t);
}

TESTS(markers, rows)
