/*
 * engine/front/test_int.h: what the files of the test runner share: test.c (files, modes, report), test_script.c
 * (statements), test_world.c (sources and sinks in memory), test_expect.c (comparison).
 */
#ifndef WEIR_ENGINE_FRONT_TEST_INT_H
#define WEIR_ENGINE_FRONT_TEST_INT_H

#include "engine/front/session.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/follow.h"

typedef enum TestRestart { TEST_NO_RESTART, TEST_COMMIT_CRASH, TEST_CRASH_REPLAY } TestRestart;

/* One thing that happened at a partition of a pushed table. Its number is its position. */
typedef enum TestItemKind { TEST_ITEM_ROW, TEST_ITEM_BYTES, TEST_ITEM_ADVANCE, TEST_ITEM_IDLE } TestItemKind;

typedef struct TestItem {
	TestItemKind kind;
	int64_t seq;      /* over all tables: the order of arrival */
	const Value *row; /* physical columns, as many as there were */
	uint32_t ncols;
	int64_t weight;
	Str bytes;
	int64_t ms; /* TEST_ITEM_ADVANCE */
	int64_t clock_us;
} TestItem;

typedef struct TestPartition {
	Str name; /* "t/0" */
	TestItem *items;
	uint32_t len, cap;
} TestPartition;

typedef struct TestTable {
	Str name;
	TestPartition *parts;
	uint32_t nparts;
	bool changelog;
	struct TestTable *next;
} TestTable;

typedef struct TestRow {
	RowKind kind;
	int64_t weight;
	Value *values;
} TestRow;

typedef struct TestRows {
	TestRow *items;
	uint32_t len, cap;
} TestRows;

/* What a sink holds. */
typedef struct TestSink {
	Str name;
	const Type **types;
	uint32_t ncols;
	uint32_t *key;
	uint32_t nkey;
	TestRows rows;
	TestRows log; /* since the last EXPECT CHANGELOG */
	uint64_t epoch;
	bool known;
	struct TestSink *next;
} TestSink;

/* A table as it was at the last EXPECT CHANGES. */
typedef struct TestBefore {
	Str name;
	TestRows rows;
	struct TestBefore *next;
} TestBefore;

typedef struct TestFollow {
	Str name;
	Follower *follower;
	PlanQuery *plan;
	Settings *settings;
	Arena *arena;
	TestRows log;
	struct TestFollow *next;
} TestFollow;

/* A STEP since the last epoch, to be played again after a crash. */
typedef struct TestStep {
	int64_t clock_us;
	int64_t visible;
	bool finished;
} TestStep;

typedef struct World {
	Arena *arena; /* of the test */
	Clock clock;
	Engine *engine;
	Session *session;
	Settings *settings;
	const char *state;
	TestTable *tables;
	TestSink *sinks;
	TestBefore *before;
	TestFollow *follows;
	int64_t seq;
	int64_t visible; /* items with a smaller seq may be read */
	bool finished;
	struct {
		TestStep *items;
		uint32_t len, cap;
	} steps;
	uint64_t landed;
	TestRestart restart;
	Str text;
	uint32_t checks;
	bool failed;
	StrBuf *report;
	uint32_t first_line;
	/* The text begins with files that the script includes: bytes and lines of them. */
	uint32_t included, included_lines;
	/* of the statement that comes: EXPECT ERROR */
	bool want_error;
	ErrCode want_code;
	Str want_like;
	Span want_span;
	bool pins_changelog, view_changelog, not_replayable;
} World;

extern const SourceType test_world_source;
extern const SinkType test_world_sink;

/* test_world.c */
void test_world_use(World *w); /* the hooks without context ask this one */
TestTable *test_world_table(World *w, Str name, bool make);
TestPartition *test_world_partition(World *w, TestTable *t, uint32_t number);
void test_world_add(World *w, TestTable *t, uint32_t partition, TestItem item);
TestSink *test_world_find_sink(World *w, Str name);
bool test_world_is_stream(void *ctx, Str table);
bool test_world_sink_accepts(const TableDef *table, unsigned *accepts, Err *err);
bool test_world_source_facts(const TableDef *table, bool *readable, bool *bounded, bool *changelog, Err *err);
void test_world_put(World *w, TestRows *rows, const Type *const *types, uint32_t ncols, RowKind kind, int64_t weight,
                    const Value *values);

/* test_script.c */
bool test_script_scan(World *w, Err *err); /* finds what the script pushes into */
bool test_script_run(World *w);
bool test_script_open(World *w, Err *err);
bool test_script_like(Str pattern, Str text); /* the pieces between its % occur in this order */
void test_script_fail(World *w, Span span, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* test_expect.c */
bool test_expect(World *w, const AstExpect *node);

#endif
