/*
 * Tests of engine/connectors/filesystem_source.c, filesystem_stdin.c and filesystem_path.c: files, folders, offsets,
 * blocks, standard input.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "engine/connectors/filesystem_path.h"
#include "engine/connectors/filesystem_stdin.h"
#include "tests/support/connectors/live.h"

static char folder[200];

static const SourceType *files(void)
{
	return source_find(STR("filesystem"));
}

static const char *make_folder(void)
{
	snprintf(folder, sizeof folder, "%s/weir-files-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	REQUIRE(mkdtemp(folder) != NULL);
	return folder;
}

static void put_file(Arena *arena, const char *name, const char *data, size_t len)
{
	const char *path = arena_printf(arena, "%s/%s", folder, name).ptr;
	FILE *f = fopen(path, "wb");
	REQUIRE(f && fwrite(data, 1, len, f) == len && fclose(f) == 0);
}

static void remove_all(Arena *arena)
{
	REQUIRE(system(arena_printf(arena, "rm -rf '%s'", folder).ptr) == 0);
}

typedef struct Stored {
	const char *end;
	int64_t position;
} Stored;

static int64_t stored(void *ctx, Str partition)
{
	const Stored *s = ctx;
	return s && str_ends(partition, str_from(s->end)) ? s->position : SOURCE_POSITION_NEW;
}

static void table(LiveTable *t, const char *path, const char *format)
{
	live_table(t, "t", "filesystem");
	live_option(t, "path", path);
	live_option(t, "format", format);
	live_column(t, "x", &type_string);
}

static Source *start_at(LiveTable *t, const Clock *clock, int64_t memory, Stored *positions, Err *err)
{
	if (!files()->check(&t->def, err))
		fprintf(stderr, "%s\n", err->message);
	SourceSpec spec = {.table = &t->def, .clock = clock, .memory_bytes = memory, .stored = stored, .ctx = positions};
	Source *s = NULL;
	return files()->open(&spec, &s, err) ? s : NULL;
}

static Source *start(LiveTable *t)
{
	Err err = {0};
	Source *s = start_at(t, &clock_real, 0, NULL, &err);
	REQUIRE(s != NULL);
	return s;
}

/* Everything of all files: "name@offset=message ..." ; counts the polls' chunks against their positions. */
static const char *read_all(Source *s, Arena *arena, uint32_t max)
{
	StrBuf b;
	strbuf_init(&b);
	Err err = {0};
	uint32_t n;
	bool all;
	files()->partitions(s, &n, &all);
	for (uint32_t i = 0; i < n; i++) {
		for (int rounds = 0; rounds < 100000; rounds++) {
			const SourcePartition *p = files()->partitions(s, &n, &all);
			if (p[i].done)
				break;
			SourceChunk c;
			if (!files()->poll(s, i, max, &c, &err)) {
				strbuf_printf(&b, "%sERROR %s", b.len ? " " : "", err.message);
				break;
			}
			for (uint32_t k = 0; k < c.n; k++) {
				Str name = files()->partitions(s, &n, &all)[i].name;
				int64_t slash = (int64_t)name.len;
				while (slash > 0 && name.ptr[slash - 1] != '/')
					slash--;
				strbuf_printf(&b, "%s%.*s@%lld=%.*s", b.len ? " " : "", (int)(name.len - slash), name.ptr + slash,
				              (long long)c.position[k], c.value[k].len > 20 ? 20 : (int)c.value[k].len, c.value[k].ptr);
			}
			files()->release(s, c.hold);
		}
	}
	const char *text = arena_cstr(arena, b.ptr ? strbuf_str(&b) : STR_EMPTY);
	strbuf_deinit(&b);
	return text;
}

TEST(folder_in_order)
{
	LiveTable t;
	table(&t, make_folder(), "csv");
	put_file(t.arena, "b.csv", "3\n4", 3);
	put_file(t.arena, "a.csv", "1\r\n\"2\n2\"\n", 9);
	put_file(t.arena, ".hidden", "9\n", 2);
	put_file(t.arena, "_SUCCESS", "", 0);
	put_file(t.arena, "empty", "", 0);
	REQUIRE(mkdir(arena_printf(t.arena, "%s/c=1", folder).ptr, 0777) == 0);
	put_file(t.arena, "c=1/z.csv", "5\n", 2);
	CHECK(files()->is_bounded(&t.def));
	for (uint32_t max = 1; max < 4; max++) {
		Source *s = start(&t);
		CHECK_STR(read_all(s, t.arena, max), "a.csv@0=1 a.csv@3=\"2\n2\" b.csv@0=3 b.csv@2=4 z.csv@0=5");
		files()->close(s);
	}
	Stored at = {"a.csv", 3};
	Err err = {0};
	Source *s = start_at(&t, &clock_real, 0, &at, &err);
	REQUIRE(s != NULL);
	CHECK_STR(read_all(s, t.arena, 10), "a.csv@3=\"2\n2\" b.csv@0=3 b.csv@2=4 z.csv@0=5");
	CHECK(files()->seek(s, 0, 0, &err));
	CHECK_STR(read_all(s, t.arena, 10), "a.csv@0=1 a.csv@3=\"2\n2\"");
	files()->close(s);
	Stored beyond = {"a.csv", 33};
	CHECK(start_at(&t, &clock_real, 0, &beyond, &err) == NULL);
	CHECK_EQ_I64(err.code, ERR_DATA_LOSS);
	live_option(&t, "source.path.regex-pattern", ".*/[bz]\\.csv");
	s = start(&t);
	CHECK_STR(read_all(s, t.arena, 10), "b.csv@0=3 b.csv@2=4 z.csv@0=5");
	files()->close(s);
	remove_all(t.arena);
	live_drop(&t);
}

/* Records across the edges of blocks, and longer than a block. */
TEST(blocks)
{
	LiveTable t;
	table(&t, make_folder(), "csv");
	StrBuf b, want;
	strbuf_init(&b);
	strbuf_init(&want);
	for (int i = 0; i < 2000; i++) {
		size_t at = b.len;
		strbuf_printf(&b, "%d,", i);
		strbuf_fill(&b, 'x', (size_t)(i % 7 == 0 ? 70000 : i % 400));
		int len = (int)(b.len - at);
		strbuf_printf(&want, "%sbig.csv@%zu=%.*s", i ? " " : "", at, len > 20 ? 20 : len, b.ptr + at);
		strbuf_putc(&b, '\n');
		if (b.len > 3000000)
			break;
	}
	put_file(t.arena, "big.csv", b.ptr, b.len);
	static const int64_t memory[] = {0, 1, 600000};
	for (size_t i = 0; i < 3; i++) {
		Err err = {0};
		Source *s = start_at(&t, &clock_real, memory[i], NULL, &err);
		REQUIRE(s != NULL);
		CHECK_STR(read_all(s, t.arena, 100), strbuf_cstr(&want));
		files()->close(s);
	}
	strbuf_deinit(&b);
	strbuf_deinit(&want);
	remove_all(t.arena);
	live_drop(&t);
}

TEST(chunks_live_until_release)
{
	LiveTable t;
	table(&t, make_folder(), "json");
	StrBuf b;
	strbuf_init(&b);
	for (int i = 0; i < 20000; i++)
		strbuf_printf(&b, "{\"x\":\"%d\"}\n", i);
	put_file(t.arena, "f", b.ptr, b.len);
	Err err = {0};
	Source *s = start_at(&t, &clock_real, 1, NULL, &err);
	REQUIRE(s != NULL);
	SourceChunk held[64];
	uint32_t n = 0, np;
	bool all;
	while (!files()->partitions(s, &np, &all)[0].done) {
		REQUIRE(n < 64 && files()->poll(s, 0, 500, &held[n], &err));
		n += held[n].n > 0;
	}
	int at = 0;
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < held[i].n; k++, at++) {
			char want[40];
			snprintf(want, sizeof want, "{\"x\":\"%d\"}", at);
			REQUIRE(str_eq_c(held[i].value[k], want));
		}
	CHECK_EQ_I64(at, 20000);
	for (uint32_t i = 0; i < n; i += 2)
		files()->release(s, held[i].hold);
	files()->close(s); /* also with chunks that were not given back */
	strbuf_deinit(&b);
	remove_all(t.arena);
	live_drop(&t);
}

TEST(monitor)
{
	Clock clock;
	clock_init_virtual(&clock, 0);
	LiveTable t;
	table(&t, make_folder(), "csv");
	live_option(&t, "source.monitor-interval", "10 s");
	CHECK(!files()->is_bounded(&t.def));
	Err err = {0};
	Source *s = start_at(&t, &clock, 0, NULL, &err);
	REQUIRE(s != NULL);
	CHECK_STR(read_all(s, t.arena, 10), "");
	put_file(t.arena, "one", "1\n", 2);
	CHECK(files()->service(s, &err));
	CHECK_STR(read_all(s, t.arena, 10), "");
	clock_advance(&clock, 11000000);
	CHECK(files()->service(s, &err));
	CHECK_STR(read_all(s, t.arena, 10), "one@0=1");
	put_file(t.arena, "two", "2\n", 2);
	clock_advance(&clock, 11000000);
	CHECK(files()->service(s, &err));
	CHECK_STR(read_all(s, t.arena, 10), "two@0=2");
	files()->close(s);
	remove_all(t.arena);
	live_drop(&t);
}

TEST(errors)
{
	LiveTable t;
	Err err = {0};
	table(&t, "/no/such/file", "csv");
	CHECK(files()->check(&t.def, &err));
	CHECK(start_at(&t, &clock_real, 0, NULL, &err) == NULL);
	live_drop(&t);
	table(&t, "gs://bucket/x", "csv");
	CHECK(!files()->check(&t.def, &err));
	live_drop(&t);
	table(&t, "/tmp", "avro");
	CHECK(!files()->check(&t.def, &err));
	live_drop(&t);
}

TEST(standard_input)
{
	int fds[2];
	REQUIRE(pipe(fds) == 0);
	FilesystemStdin *in;
	Err err = {0};
	REQUIRE(filesystem_stdin_open(fds[0], NULL, NULL, &in, &err));
	StrBuf b;
	strbuf_init(&b);
	bool ended = true;
	CHECK(filesystem_stdin_take(in, &b, 100, &ended) == 0 && !ended);
	REQUIRE(write(fds[1], "hello", 5) == 5);
	for (int i = 0; i < 1000 && b.len < 5; i++) {
		filesystem_stdin_take(in, &b, 3, &ended);
		live_sleep_ms(1);
	}
	CHECK(str_eq_c(strbuf_str(&b), "hello") && !ended);
	close(fds[1]);
	for (int i = 0; i < 1000 && !ended; i++) {
		filesystem_stdin_take(in, &b, 3, &ended);
		live_sleep_ms(1);
	}
	CHECK(ended);
	filesystem_stdin_close(in);
	close(fds[0]);
	/* Closing while it waits. */
	REQUIRE(pipe(fds) == 0 && filesystem_stdin_open(fds[0], NULL, NULL, &in, &err));
	filesystem_stdin_close(in);
	close(fds[0]);
	close(fds[1]);
	strbuf_deinit(&b);
	/* As a table. */
	LiveTable t;
	table(&t, "-", "csv");
	REQUIRE(pipe(fds) == 0);
	int kept = dup(STDIN_FILENO);
	REQUIRE(dup2(fds[0], STDIN_FILENO) == STDIN_FILENO);
	REQUIRE(write(fds[1], "a\nb\nhal", 7) == 7);
	Source *s = start(&t);
	SourceChunk c;
	uint32_t got = 0;
	for (int i = 0; i < 1000 && got < 2; i++) {
		REQUIRE(files()->poll(s, 0, 10, &c, &err));
		got += c.n;
		files()->release(s, c.hold);
		live_sleep_ms(1);
	}
	CHECK_EQ_I64(got, 2);
	REQUIRE(write(fds[1], "f", 1) == 1);
	close(fds[1]);
	CHECK_STR(read_all(s, t.arena, 10), "-@4=half");
	CHECK(!files()->seek(s, 0, 0, &err));
	files()->close(s);
	REQUIRE(dup2(kept, STDIN_FILENO) == STDIN_FILENO);
	close(kept);
	close(fds[0]);
	live_drop(&t);
}

TEST(paths)
{
	Str p;
	CHECK(filesystem_path_local(STR("file:///a/b/"), &p) && str_eq_c(p, "/a/b"));
	CHECK(filesystem_path_local(STR("file:/a"), &p) && str_eq_c(p, "/a"));
	CHECK(filesystem_path_local(STR("a/b"), &p) && str_eq_c(p, "a/b"));
	CHECK(filesystem_path_local(STR("/"), &p) && str_eq_c(p, "/"));
	CHECK(!filesystem_path_local(STR("s3://x/y"), &p));
	StrBuf b;
	strbuf_init(&b);
	filesystem_path_escape(STR("a/b=c d%\n\xc3\xa9"), &b);
	CHECK(str_eq_c(strbuf_str(&b), "a%2Fb%3Dc d%25%0A\xc3\xa9"));
	Arena *a = arena_open("test", 0);
	CHECK(str_eq_c(filesystem_path_unescape(strbuf_str(&b), a), "a/b=c d%\n\xc3\xa9"));
	CHECK(str_eq_c(filesystem_path_unescape(STR("%2"), a), "%2"));
	bool null;
	CHECK(filesystem_path_partition(STR("/x/day=1/shop=a%2Fb/f.csv"), STR("shop"), STR("__D"), a, &p, &null) &&
	      str_eq_c(p, "a/b") && !null);
	CHECK(filesystem_path_partition(STR("/x/day=__D/f.csv"), STR("day"), STR("__D"), a, &p, &null) && null);
	CHECK(!filesystem_path_partition(STR("/x/day=1"), STR("day"), STR("__D"), a, &p, &null));
	Value v;
	Err err = {0};
	CHECK(filesystem_path_partition_value(STR("/x/n=17/f"), STR("n"), &type_int, STR("__D"), NULL, a, &v, &err) &&
	      v.i == 17);
	CHECK(filesystem_path_partition_value(STR("/x/n=__D/f"), STR("n"), &type_int, STR("__D"), NULL, a, &v, &err) &&
	      v.null);
	CHECK(!filesystem_path_partition_value(STR("/x/n=x/f"), STR("n"), &type_int, STR("__D"), NULL, a, &v, &err));
	CHECK(!filesystem_path_partition_value(STR("/x/f"), STR("n"), &type_int, STR("__D"), NULL, a, &v, &err));
	CHECK(filesystem_path_metadata(STR("/x/y.csv"), STR("file.name"), a, &v) && str_eq_c(v.s, "y.csv"));
	CHECK(!filesystem_path_metadata(STR("/no/such"), STR("file.size"), a, &v));
	arena_close(a);
	strbuf_deinit(&b);
}

/* A file that is gone is none; one that cannot be looked at is an error: its rows would be missing. */
TEST(lists_all_or_says_why)
{
	LiveTable t;
	table(&t, make_folder(), "csv");
	put_file(t.arena, "a", "1\n", 2);
	REQUIRE(symlink("/no/such/file", arena_printf(t.arena, "%s/dangling", folder).ptr) == 0);
	Source *s = start(&t);
	CHECK_STR(read_all(s, t.arena, 10), "a@0=1");
	files()->close(s);
	REQUIRE(symlink("circle", arena_printf(t.arena, "%s/circle", folder).ptr) == 0);
	Err err = {0};
	CHECK(start_at(&t, &clock_real, 0, NULL, &err) == NULL);
	CHECK(strstr(err.message, "/circle\": ") != NULL);
	live_drop(&t);
	/* Who waits for files waits for this one too, and says what for. */
	Clock clock;
	clock_init_virtual(&clock, 0);
	table(&t, folder, "csv");
	live_option(&t, "source.monitor-interval", "10 s");
	err = (Err){0};
	s = start_at(&t, &clock, 0, NULL, &err);
	REQUIRE(s != NULL);
	CHECK(files()->trouble(s) && strstr(files()->trouble(s), "/circle\": "));
	REQUIRE(unlink(arena_printf(t.arena, "%s/circle", folder).ptr) == 0);
	clock_advance(&clock, 11000000);
	CHECK(files()->service(s, &err));
	CHECK(!files()->trouble(s));
	CHECK_STR(read_all(s, t.arena, 10), "a@0=1");
	files()->close(s);
	remove_all(t.arena);
	live_drop(&t);
}

TESTS(folder_in_order, blocks, chunks_live_until_release, monitor, errors, standard_input, paths, lists_all_or_says_why)
