/*
 * engine/front/test.c: weir test: files, tests, modes, report.
 *
 * Each test runs with step sizes 1, 7 and the default, without restarts, with a commit and a crash after each step, and
 * with a crash without a commit; one of them failing fails the test.
 */
#include "engine/front/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/front/test_int.h"

typedef struct Summary {
	uint32_t files, failed_files, tests, failed, checks;
} Summary;

static const int64_t TEST_START_US = INT64_C(1704067200000000); /* 2024-01-01 00:00:00 UTC */

static const char *mode_name(TestRestart r)
{
	return r == TEST_NO_RESTART ? "no restart" : r == TEST_COMMIT_CRASH ? "commit and crash" : "crash without commit";
}

/* A folder of this process alone, where the state files lie. A name made of the process's number is not enough: numbers
 * are used again, and who was killed has left files. */
static char folder[200];

static bool make_folder(void)
{
	const char *dir = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	int n = snprintf(folder, sizeof folder, "%s/weir-test-XXXXXX", dir);
	if (n > 0 && (size_t)n < sizeof folder && mkdtemp(folder))
		return true;
	fprintf(stderr, "weir: cannot make a folder in %s: %s\n", dir, strerror(errno));
	return false;
}

static void remove_state(const char *path)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
	for (int i = 0; i < 4; i++) {
		char name[300];
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		unlink(name);
	}
}

/* A test, and what stands before it. */
typedef struct TestText {
	Str text; /* included files, then the test */
	uint32_t included, included_lines;
	uint32_t first_line; /* of the test in its file */
} TestText;

static bool run_once(const TestText *t, const Command *c, const char *step_rows, TestRestart restart, bool replayable,
                     uint32_t *checks, bool *skipped, StrBuf *report)
{
	static unsigned counter;
	char state[256];
	snprintf(state, sizeof state, "%s/%u.db", folder, counter++);
	World w = {.arena = arena_open("test", 0),
	           .text = t->text,
	           .included = t->included,
	           .included_lines = t->included_lines,
	           .state = state,
	           .restart = restart,
	           .report = report,
	           .first_line = t->first_line};
	clock_init_virtual(&w.clock, TEST_START_US);
	w.settings = settings_new();
	bool no_effect;
	Err err = {0};
	*skipped = false;
	test_world_use(&w);
	bool ok = command_settings(c, w.settings) && test_script_scan(&w, &err);
	if (step_rows)
		ok = ok && settings_set(w.settings, STR("weir.step.rows"), str_from(step_rows), &no_effect, &err);
	if (w.pins_changelog && (!step_rows || strcmp(step_rows, "1") != 0))
		*skipped = true;
	if ((w.view_changelog && restart != TEST_NO_RESTART) || (!replayable && restart == TEST_CRASH_REPLAY))
		*skipped = true;
	if (ok && !*skipped)
		ok = test_script_run(&w);
	*checks = w.checks;
	settings_free(w.settings);
	arena_close(w.arena);
	remove_state(state);
	return ok;
}

static bool run_test(Str name, const TestText *text, bool replayable, const Command *c, Summary *sum, StrBuf *report)
{
	static const char *const steps[] = {"1", "7", NULL}, *const restarts[] = {"none", "commit", "crash"};
	uint32_t most = 0;
	for (int s = 0; s < 3; s++)
		for (int r = 0; r < 3; r++) {
			if ((c->steps && strcmp(c->steps, steps[s] ? steps[s] : "default") != 0) ||
			    (c->restarts && strcmp(c->restarts, restarts[r]) != 0))
				continue;
			StrBuf one;
			strbuf_init(&one);
			uint32_t checks = 0;
			bool skipped;
			bool ok = run_once(text, c, steps[s], (TestRestart)r, replayable, &checks, &skipped, &one);
			if (checks > most)
				most = checks;
			if (!ok) {
				strbuf_printf(report, "  test \"%.*s\" failed with step size %s, %s\n", STR_ARG(name),
				              steps[s] ? steps[s] : "default", mode_name((TestRestart)r));
				strbuf_put_str(report, strbuf_str(&one));
				strbuf_deinit(&one);
				sum->checks += most;
				return false;
			}
			strbuf_deinit(&one);
		}
	sum->checks += most;
	return true;
}

static bool marker(Str line, Str *name, bool *replayable)
{
	Str l = str_trim(line);
	if (!str_starts(l, STR("-- test:")))
		return false;
	*name = str_trim(str_slice(l, 8, l.len));
	int64_t at = str_find(*name, STR("-- not replayable"), 0);
	*replayable = at < 0;
	if (at >= 0)
		*name = str_trim(str_slice(*name, 0, (uint32_t)at));
	return true;
}

/* The files that a script includes, each of them before each of its tests: lines "-- include: FILE", relative to the
 * script. */
static bool read_included(const char *script, Str text, StrBuf *out)
{
	Str rest = text, line;
	while (str_next(&rest, '\n', &line)) {
		Str l = str_trim(line);
		if (!str_starts(l, STR("-- include:")))
			continue;
		Str name = str_trim(str_slice(l, 11, l.len - 11));
		const char *slash = strrchr(script, '/');
		char path[4096];
		int n = snprintf(path, sizeof path, "%.*s%.*s", slash ? (int)(slash - script) + 1 : 0, script, STR_ARG(name));
		if (n < 0 || (size_t)n >= sizeof path || !command_read_file(path, out))
			return false;
		strbuf_putc(out, '\n');
		if (!rest.ptr)
			break;
	}
	return true;
}

static void run_file(const char *file, const Command *c, Summary *sum, FILE *junit)
{
	StrBuf text, report;
	strbuf_init(&text);
	strbuf_init(&report);
	sum->files++;
	uint32_t tests = 0, failed = 0, checks = sum->checks;
	StrBuf included, whole;
	strbuf_init(&included);
	strbuf_init(&whole);
	if (!command_read_file(file, &text) || !read_included(file, strbuf_str(&text), &included)) {
		failed++;
		tests++;
		strbuf_clear(&text);
	}
	TestText t = {.included = (uint32_t)included.len};
	for (size_t i = 0; i < included.len; i++)
		t.included_lines += included.ptr[i] == '\n';
	Str rest = strbuf_str(&text), line;
	Str name = str_from(file);
	bool replayable = true, open = false, named = false;
	const char *from = rest.ptr;
	uint32_t number = 0, first_line = 1;
	while (rest.len || open || !number) {
		Str next_name;
		bool next_replayable = true;
		bool more = str_next(&rest, '\n', &line);
		number++;
		bool starts = more && marker(line, &next_name, &next_replayable);
		if (more && !starts) {
			Str l = str_trim(line);
			bool blank = !l.len || str_starts(l, STR("--"));
			if (str_eq(l, STR("-- not replayable")))
				replayable = false;
			open |= !blank;
			if (rest.ptr)
				continue;
		}
		/* the end of a test */
		const char *to = starts ? line.ptr : text.ptr + text.len;
		if (open) {
			tests++;
			strbuf_clear(&whole);
			strbuf_put_str(&whole, strbuf_str(&included));
			strbuf_put(&whole, from, (size_t)(to - from));
			t.text = strbuf_str(&whole);
			t.first_line = first_line;
			if (!run_test(name, &t, replayable, c, sum, &report))
				failed++;
		}
		open = false;
		if (!starts)
			break;
		named = true;
		name = next_name;
		replayable = next_replayable;
		from = line.ptr;
		first_line = number;
	}
	(void)named;
	sum->tests += tests;
	sum->failed += failed;
	sum->failed_files += failed > 0;
	printf("%s %u - %s (%u test%s, %u checks)\n", failed ? "not ok" : "ok", sum->files, file, tests,
	       tests == 1 ? "" : "s", sum->checks - checks);
	if (report.len)
		printf("%s", strbuf_cstr(&report));
	fflush(stdout);
	if (junit) {
		fprintf(junit, "  <testcase name=\"%s\">", file);
		if (failed)
			fprintf(junit, "<failure><![CDATA[%s]]></failure>", strbuf_cstr(&report));
		fprintf(junit, "</testcase>\n");
	}
	strbuf_deinit(&text);
	strbuf_deinit(&included);
	strbuf_deinit(&whole);
	strbuf_deinit(&report);
}

int test_main(const Command *c)
{
	if (!c->nargs) {
		fprintf(stderr, "weir: test which files?\n");
		return 2;
	}
	if (!make_folder())
		return 1;
	Summary sum = {0};
	FILE *junit = NULL;
	if (c->junit) {
		junit = fopen(c->junit, "w");
		if (!junit) {
			fprintf(stderr, "weir: cannot write %s\n", c->junit);
			rmdir(folder);
			return 2;
		}
		fprintf(junit, "<testsuite name=\"weir\">\n");
	}
	for (int i = 0; i < c->nargs; i++)
		run_file(c->args[i], c, &sum, junit);
	rmdir(folder);
	if (junit) {
		fprintf(junit, "</testsuite>\n");
		fclose(junit);
	}
	printf("1..%u\n# %u tests, %u failed, %u checks\n", sum.files, sum.tests, sum.failed, sum.checks);
	return sum.failed ? 1 : 0;
}
