/*
 * Tests of engine/connectors/filesystem_sink.c and filesystem_parts.c: what is visible when, and what is left after a
 * crash at any place.
 */
#include <sys/stat.h>

#include "tests/support/connectors/live.h"

static char folder[200];

static const SinkType *files(void)
{
	return sink_find(STR("filesystem"));
}

static void setup(LiveTable *t)
{
	snprintf(folder, sizeof folder, "%s/weir-sink-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	REQUIRE(mkdtemp(folder) != NULL);
	live_table(t, "t", "filesystem");
	live_option(t, "path", folder);
	live_option(t, "format", "json");
	live_column(t, "x", &type_int);
	live_column(t, "day", &type_string);
}

static void drop(LiveTable *t)
{
	REQUIRE(system(arena_printf(t->arena, "rm -rf '%s'", folder).ptr) == 0);
	live_drop(t);
}

static void shell(Arena *arena, const char *command)
{
	REQUIRE(system(arena_printf(arena, "cd '%s' && %s", folder, command).ptr) == 0);
}

/* Output of a shell command in the folder, line ends as blanks. */
static const char *look(Arena *arena, const char *command)
{
	FILE *f = popen(arena_printf(arena, "cd '%s' && %s", folder, command).ptr, "r");
	REQUIRE(f != NULL);
	char buf[4000];
	size_t n = fread(buf, 1, sizeof buf - 1, f);
	pclose(f);
	while (n && buf[n - 1] == '\n')
		n--;
	for (size_t i = 0; i < n; i++)
		if (buf[i] == '\n')
			buf[i] = ' ';
	return arena_str(arena, str_make(buf, n)).ptr;
}

static Sink *start(const SinkSpec *spec, uint64_t *epoch, bool *known)
{
	Err err = {0};
	unsigned accepts;
	REQUIRE(files()->check(spec->table, &accepts, &err));
	CHECK_EQ_I64(accepts, SINK_APPEND);
	Sink *s = NULL;
	REQUIRE(files()->open(spec, &s, &err));
	SinkResult r = files()->recover(s, epoch, known, &err);
	if (r != SINK_DELIVERED)
		fprintf(stderr, "%s\n", err.message);
	REQUIRE(r == SINK_DELIVERED);
	return s;
}

static SinkResult deliver(Sink *s, uint64_t last, uint64_t epoch, const LiveTable *t, int64_t from, int64_t to,
                          Err *err)
{
	LiveEpoch e;
	live_epoch(&e, epoch);
	for (int64_t i = from; i < to; i++)
		live_row(&e, t, ROW_INSERT, (Value[]){value_i64(i), i % 2 ? live_text("a b/c") : VALUE_NULL});
	uint32_t n;
	SinkRefused refused[4];
	SinkResult r = files()->deliver(s, last, live_sealed(&e), 1, refused, 4, &n, err);
	live_epoch_drop(&e);
	return r;
}

TEST(hidden_until_finished)
{
	Clock clock;
	clock_init_virtual(&clock, 1000);
	LiveTable t;
	setup(&t);
	live_option(&t, "sink.rolling-policy.file-size", "100");
	live_option(&t, "sink.rolling-policy.rollover-interval", "10 min");
	live_option(&t, "sink.rolling-policy.inactivity-interval", "1 h");
	SinkSpec spec = live_sink_spec(&t, 0xab, "s/1", true);
	spec.clock = &clock;
	uint64_t epoch;
	bool known;
	Err err = {0};
	Sink *s = start(&spec, &epoch, &known);
	CHECK(!known);
	CHECK(deliver(s, 0, 3, &t, 0, 2, &err) == SINK_DELIVERED);
	CHECK_STR(look(t.arena, "ls"), "");
	CHECK(deliver(s, 3, 4, &t, 2, 6, &err) == SINK_DELIVERED);
	CHECK_STR(look(t.arena, "ls"), "part-00000000000000ab-s%2F1-1.json");
	CHECK_STR(look(t.arena, "cat part*-1.json | wc -l"), "6");
	CHECK(deliver(s, 4, 5, &t, 6, 7, &err) == SINK_DELIVERED);
	/* By age, at a heartbeat. */
	uint32_t n;
	clock_advance(&clock, INT64_C(700000000));
	CHECK(files()->deliver(s, 5, NULL, 0, NULL, 0, &n, &err) == SINK_DELIVERED);
	CHECK_STR(look(t.arena, "cat part*-2.json"), "{\"x\":6,\"day\":null}");
	CHECK(deliver(s, 5, 6, &t, 7, 8, &err) == SINK_DELIVERED);
	files()->close(s);
	CHECK_STR(look(t.arena, "cat part* | wc -l"), "8");
	CHECK_STR(look(t.arena, "ls -A | grep -c '^.part' || true"), "0");
	s = start(&spec, &epoch, &known);
	CHECK(known && epoch == 6);
	files()->close(s);
	drop(&t);
}

/* One delivery may bring many times what a file is to hold. */
TEST(rolls_within_a_delivery)
{
	LiveTable t;
	setup(&t);
	live_option(&t, "sink.rolling-policy.file-size", "20000");
	SinkSpec spec = live_sink_spec(&t, 1, "s", true);
	uint64_t epoch;
	bool known;
	Err err = {0};
	Sink *s = start(&spec, &epoch, &known);
	CHECK(deliver(s, 0, 1, &t, 0, 3500, &err) == SINK_DELIVERED);
	CHECK_STR(look(t.arena, "ls part* | wc -l"), "3");
	CHECK_STR(look(t.arena, "cat part* | wc -l"), "3000");
	Sink *again = start(&spec, &epoch, &known);
	CHECK(known && epoch == 1);
	files()->close(again);
	CHECK_STR(look(t.arena, "cat part* | wc -l"), "3500");
	CHECK_STR(look(t.arena, "cat part* | sort -u | wc -l"), "3500");
	files()->close(s); /* the dead one gives back its memory */
	drop(&t);
}

/* A sink that is left as a crash leaves it: its files may hold more than the marker says, and things may be half done.
 */
TEST(crash)
{
	LiveTable t;
	setup(&t);
	SinkSpec spec = live_sink_spec(&t, 1, "s", true);
	uint64_t epoch;
	bool known;
	Err err = {0};
	Sink *dead = start(&spec, &epoch, &known);
	CHECK(deliver(dead, 0, 1, &t, 0, 3, &err) == SINK_DELIVERED);
	shell(t.arena, "printf '{\"x\":99' >> .part-0000000000000001-s-1.json; echo stray > "
	               ".part-0000000000000001-s-7.json; echo other > .part-0000000000000001-t-7.json");
	Sink *s = start(&spec, &epoch, &known);
	CHECK(known && epoch == 1);
	CHECK_STR(look(t.arena, "ls -A | grep part"), ".part-0000000000000001-s-1.json .part-0000000000000001-t-7.json");
	CHECK(deliver(s, 1, 2, &t, 3, 5, &err) == SINK_DELIVERED);
	CHECK_STR(look(t.arena, "cat .part-*-s-1.json | tr -dc '0-9\\n'"), "0 1 2 3 4");
	/* The same epoch again, as after a crash behind the marker's rename. */
	CHECK(deliver(s, 1, 2, &t, 3, 5, &err) == SINK_DELIVERED);
	CHECK_STR(look(t.arena, "cat .part-*-s-1.json | wc -l"), "5");
	CHECK(deliver(s, 7, 8, &t, 3, 5, &err) == SINK_FAILED);
	CHECK_EQ_I64(err.code, ERR_SINK_MARKER);
	CHECK(deliver(s, 0, 1, &t, 3, 5, &err) == SINK_FAILED);
	/* A rename that the marker promises is made. */
	shell(t.arena, "sed -i 's/^part 1 .*/done 1 /' .weir-*");
	Sink *again = start(&spec, &epoch, &known);
	CHECK_STR(look(t.arena, "ls"), "part-0000000000000001-s-1.json");
	CHECK(deliver(again, 2, 3, &t, 5, 6, &err) == SINK_DELIVERED);
	CHECK_STR(look(t.arena, "cat .part-*-s-2.json"), "{\"x\":5,\"day\":\"a b/c\"}");
	/* Rows that were there are gone: that is said. */
	shell(t.arena, "truncate -s 3 .part-*-s-2.json");
	Sink *lost = NULL;
	REQUIRE(files()->open(&spec, &lost, &err));
	CHECK(files()->recover(lost, &epoch, &known, &err) == SINK_FAILED);
	CHECK_EQ_I64(err.code, ERR_SINK_MARKER);
	shell(t.arena, "echo junk > .weir-0000000000000001-s");
	CHECK(files()->recover(lost, &epoch, &known, &err) == SINK_FAILED);
	CHECK_EQ_I64(err.code, ERR_SINK_MARKER);
	files()->close(lost);
	shell(t.arena, "rm -rf .weir*");
	/* The dead ones give back their memory only. */
	REQUIRE(system("true") == 0);
	files()->close(again);
	files()->close(s);
	files()->close(dead);
	drop(&t);
}

/* How a start goes that finds the file finished in the marker, and on the disk what the command left. */
static SinkResult start_with(Arena *arena, const SinkSpec *spec, const char *command)
{
	Err err = {0};
	Sink *s = NULL;
	uint64_t epoch;
	bool known;
	shell(arena, "rm -f part* .part* && cp kept .part-0000000000000001-s-1.json && cp marker .weir-0000000000000001-s");
	shell(arena, command);
	REQUIRE(files()->open(spec, &s, &err));
	SinkResult r = files()->recover(s, &epoch, &known, &err);
	CHECK(r == SINK_DELIVERED || (err.code == ERR_SINK_MARKER && err.hint[0]));
	files()->close(s);
	return r;
}

/* A rename that the marker promises was made, or the file is there to be renamed: nothing else will do. */
TEST(finished_file_is_gone)
{
	LiveTable t;
	setup(&t);
	SinkSpec spec = live_sink_spec(&t, 1, "s", true);
	uint64_t epoch;
	bool known;
	Err err = {0};
	Sink *s = start(&spec, &epoch, &known);
	CHECK(deliver(s, 0, 1, &t, 0, 3, &err) == SINK_DELIVERED);
	shell(t.arena, "cp .part-*-s-1.json kept; wc -c <kept >size; sed 's/^part 1 .*/done 1 \\nsize '$(cat size)'/' "
	               ".weir-* >marker");
	files()->close(s);
	CHECK(start_with(t.arena, &spec, "true") == SINK_DELIVERED);
	CHECK_STR(look(t.arena, "cat part* | wc -l"), "3");
	CHECK(start_with(t.arena, &spec, "mv .part-*-s-1.json part-0000000000000001-s-1.json") == SINK_DELIVERED);
	CHECK(start_with(t.arena, &spec, "rm .part-*-s-1.json") == SINK_FAILED);
	CHECK(start_with(t.arena, &spec, "head -c 9 .part-*-s-1.json >part-0000000000000001-s-1.json; rm .part*") ==
	      SINK_FAILED);
	/* a marker that does not say how long the file is */
	CHECK(start_with(t.arena, &spec, "sed -i /^size/d .weir-*; mv .part-*-s-1.json part-0000000000000001-s-1.json") ==
	      SINK_DELIVERED);
	CHECK(start_with(t.arena, &spec, "sed -i /^size/d .weir-*; rm .part-*-s-1.json") == SINK_FAILED);
	/* no row ever came to it */
	CHECK(start_with(t.arena, &spec, "sed -i 's/^size.*/size 0/' .weir-*; rm .part-*-s-1.json") == SINK_DELIVERED);
	/* who reads the files takes them away */
	CHECK(start_with(t.arena, &spec, "true") == SINK_DELIVERED);
	shell(t.arena, "rm part-*");
	s = start(&spec, &epoch, &known);
	CHECK(deliver(s, 1, 2, &t, 0, 3, &err) == SINK_DELIVERED);
	files()->close(s);
	s = start(&spec, &epoch, &known);
	shell(t.arena, "rm part-*");
	files()->close(s);
	s = start(&spec, &epoch, &known);
	files()->close(s);
	drop(&t);
}

/* What is being written is removed, or cut, while the sink runs: rows are lost, and that is said; nothing is filled up
 * with zeros. */
TEST(written_file_is_gone)
{
	static const char *const commands[] = {"rm .part-*", "truncate -s 3 .part-*"};
	for (size_t i = 0; i < 2; i++) {
		LiveTable t;
		setup(&t);
		SinkSpec spec = live_sink_spec(&t, 1, "s", true);
		uint64_t epoch;
		bool known;
		Err err = {0};
		Sink *s = start(&spec, &epoch, &known);
		CHECK(deliver(s, 0, 1, &t, 0, 3, &err) == SINK_DELIVERED);
		shell(t.arena, commands[i]);
		CHECK(deliver(s, 1, 2, &t, 3, 5, &err) == SINK_FAILED);
		CHECK_EQ_I64(err.code, ERR_SINK_MARKER);
		CHECK(err.hint[0]);
		files()->close(s);
		CHECK_STR(look(t.arena, "ls"), "");
		drop(&t);
	}
}

/* The description of a row group that is complete lies in the file of the open rows until the footer is written. A
 * footer that cannot be made is an error, and no file without one. */
TEST(damaged_notes)
{
	LiveTable t;
	setup(&t);
	live_option(&t, "format", "parquet");
	live_option(&t, "parquet.block.size", "1 kb");
	live_option(&t, "parquet.page.size", "64 b");
	SinkSpec spec = live_sink_spec(&t, 1, "s", true);
	uint64_t epoch;
	bool known;
	Err err = {0};
	Sink *dead = start(&spec, &epoch, &known);
	CHECK(deliver(dead, 0, 1, &t, 0, 2000, &err) == SINK_DELIVERED);
	CHECK_STR(look(t.arena, "ls -A | grep -c open-"), "1");
	/* behind the shape and two lengths */
	shell(t.arena, "printf '\\377\\377\\377\\377' | dd of=$(ls .part*open-*) bs=1 seek=16 conv=notrunc status=none");
	Sink *s = start(&spec, &epoch, &known);
	CHECK(known && epoch == 1);
	files()->close(s); /* would end the file */
	CHECK_STR(look(t.arena, "ls"), "");
	shell(t.arena, "rm -rf .weir* .part*");
	files()->close(dead);
	drop(&t);
}

TEST(folders)
{
	LiveTable t;
	setup(&t);
	uint32_t by = 1;
	t.def.partitioned_by = &by;
	t.def.npartitioned_by = 1;
	SinkSpec spec = live_sink_spec(&t, 1, "s", true);
	uint64_t epoch;
	bool known;
	Err err = {0};
	Sink *s = start(&spec, &epoch, &known);
	CHECK(deliver(s, 0, 1, &t, 0, 4, &err) == SINK_DELIVERED);
	files()->close(s);
	CHECK_STR(look(t.arena, "ls"), "day=__DEFAULT_PARTITION__ day=a b%2Fc");
	CHECK_STR(look(t.arena, "cat 'day=a b%2Fc'/part*"), "{\"x\":1} {\"x\":3}");
	CHECK_STR(look(t.arena, "cat day=__*/part*"), "{\"x\":0} {\"x\":2}");
	drop(&t);
}

TEST(errors)
{
	LiveTable t;
	setup(&t);
	Err err = {0};
	shell(t.arena, "touch file");
	live_option(&t, "path", arena_printf(t.arena, "%s/file", folder).ptr);
	SinkSpec spec = live_sink_spec(&t, 1, "s", true);
	CHECK(!files()->check_target(&spec, &err));
	Sink *s;
	uint64_t epoch;
	bool known;
	REQUIRE(files()->open(&spec, &s, &err));
	CHECK(files()->recover(s, &epoch, &known, &err) != SINK_DELIVERED);
	files()->close(s);
	drop(&t);
}

TESTS(hidden_until_finished, rolls_within_a_delivery, crash, finished_file_is_gone, written_file_is_gone, damaged_notes,
      folders, errors)
