/*
 * tests/support/check.h: the unit tests' harness, in one header.
 *
 * One executable per file of tests/unit. A test is a function made with TEST; TESTS names them all
 * and makes main:
 *
 *     #include "base/str.h"
 *     #include "tests/support/check.h"
 *
 *     TEST(str_eq_compares_bytes)
 *     {
 *         CHECK(str_eq(STR("a"), STR("a")));
 *         CHECK_EQ_I64(str_len("abc"), 3);
 *     }
 *
 *     TESTS(str_eq_compares_bytes)
 *
 * A failed check prints file:line and goes on with the next one; the process exits 1 at the end.
 * REQUIRE is for what the rest of the test cannot live without: it ends the process at once.
 * Arguments of the program are names: only tests that contain one of them are run.
 */
#ifndef WEIR_TESTS_SUPPORT_CHECK_H
#define WEIR_TESTS_SUPPORT_CHECK_H

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct CheckTest {
	const char *name;
	void (*run)(void);
} CheckTest;

/* Counted for the whole process; checks belong to the main thread. */
static int check_failed __attribute__((unused));

static inline bool check_report(bool ok, const char *file, int line, const char *what)
{
	if (!ok) {
		check_failed++;
		fprintf(stderr, "%s:%d: check failed: %s\n", file, line, what);
	}
	return ok;
}

static inline bool check_i64(int64_t got, int64_t want, const char *file, int line, const char *what)
{
	if (!check_report(got == want, file, line, what))
		fprintf(stderr, "    got  %" PRId64 "\n    want %" PRId64 "\n", got, want);
	return got == want;
}

static inline bool check_u64(uint64_t got, uint64_t want, const char *file, int line, const char *what)
{
	if (!check_report(got == want, file, line, what))
		fprintf(stderr, "    got  %" PRIu64 "\n    want %" PRIu64 "\n", got, want);
	return got == want;
}

/* Relative to the larger of the two and 1; NaN is near NaN. */
static inline bool check_near(double got, double want, double eps, const char *file, int line, const char *what)
{
	double scale = fmax(1.0, fmax(fabs(got), fabs(want)));
	bool ok = (isnan(got) && isnan(want)) || (isinf(want) && isinf(got) && signbit(got) == signbit(want)) ||
	          fabs(got - want) <= eps * scale;
	if (!check_report(ok, file, line, what))
		fprintf(stderr, "    got  %.17g\n    want %.17g\n", got, want);
	return ok;
}

static inline bool check_bytes(const char *got, size_t got_len, const char *want, size_t want_len, const char *file,
                               int line, const char *what)
{
	bool ok = got != NULL && want != NULL ? got_len == want_len && (got_len == 0 || memcmp(got, want, got_len) == 0)
	                                      : got == want;
	if (!check_report(ok, file, line, what)) {
		fprintf(stderr, "    got  %s%.*s%s\n", got ? "\"" : "NULL", got ? (int)got_len : 0, got ? got : "",
		        got ? "\"" : "");
		fprintf(stderr, "    want %s%.*s%s\n", want ? "\"" : "NULL", want ? (int)want_len : 0, want ? want : "",
		        want ? "\"" : "");
	}
	return ok;
}

static inline bool check_cstr(const char *got, const char *want, const char *file, int line, const char *what)
{
	return check_bytes(got, got ? strlen(got) : 0, want, want ? strlen(want) : 0, file, line, what);
}

#define CHECK(cond) check_report((cond), __FILE__, __LINE__, #cond)
#define CHECK_FMT(cond, ...) (check_report((cond), __FILE__, __LINE__, #cond) ? 0 : fprintf(stderr, __VA_ARGS__))
#define CHECK_EQ_I64(got, want) check_i64((int64_t)(got), (int64_t)(want), __FILE__, __LINE__, #got " == " #want)
#define CHECK_EQ_U64(got, want) check_u64((uint64_t)(got), (uint64_t)(want), __FILE__, __LINE__, #got " == " #want)
#define CHECK_NEAR(got, want, eps) check_near((got), (want), (eps), __FILE__, __LINE__, #got " ~ " #want)
/* C strings; NULL equals only NULL. */
#define CHECK_STR(got, want) check_cstr((got), (want), __FILE__, __LINE__, #got " == " #want)
/* Bytes with a length against a C string. */
#define CHECK_MEM(got, len, want) check_bytes((got), (len), (want), strlen(want), __FILE__, __LINE__, #got " == " #want)
#define REQUIRE(cond)                                                                                                  \
	do {                                                                                                               \
		if (!check_report((cond), __FILE__, __LINE__, #cond))                                                          \
			exit(1);                                                                                                   \
	} while (0)

#define TEST(name) static void test_##name(void)

static inline int check_main(const CheckTest *tests, size_t n, int argc, char **argv)
{
	int bad = 0, run = 0;
	for (size_t i = 0; i < n; i++) {
		bool wanted = argc < 2;
		for (int a = 1; a < argc; a++)
			wanted = wanted || strstr(tests[i].name, argv[a]) != NULL;
		if (!wanted)
			continue;
		int before = check_failed;
		tests[i].run();
		run++;
		if (check_failed != before) {
			bad++;
			fprintf(stderr, "FAILED %s\n", tests[i].name);
		}
	}
	printf("%d tests, %d failed\n", run, bad);
	return bad > 0 || run == 0 ? 1 : 0;
}

/* TESTS(a, b, c): the table of up to 96 tests, and main. More: write the table by hand and call
 * check_main. */
#define CHECK_ROW(name) {#name, test_##name},
#define CHECK_PARENS ()
#define CHECK_EXPAND(...) CHECK_EXPAND3(CHECK_EXPAND3(CHECK_EXPAND3(CHECK_EXPAND3(__VA_ARGS__))))
#define CHECK_EXPAND3(...) CHECK_EXPAND2(CHECK_EXPAND2(CHECK_EXPAND2(CHECK_EXPAND2(__VA_ARGS__))))
#define CHECK_EXPAND2(...) CHECK_EXPAND1(CHECK_EXPAND1(CHECK_EXPAND1(CHECK_EXPAND1(__VA_ARGS__))))
#define CHECK_EXPAND1(...) __VA_ARGS__
#define CHECK_EACH(...) __VA_OPT__(CHECK_EXPAND(CHECK_EACH1(__VA_ARGS__)))
#define CHECK_EACH1(first, ...) CHECK_ROW(first) __VA_OPT__(CHECK_EACH2 CHECK_PARENS(__VA_ARGS__))
#define CHECK_EACH2() CHECK_EACH1
#define TESTS(...)                                                                                                     \
	static const CheckTest check_tests[] = {CHECK_EACH(__VA_ARGS__)};                                                  \
	int main(int argc, char **argv)                                                                                    \
	{                                                                                                                  \
		return check_main(check_tests, sizeof check_tests / sizeof check_tests[0], argc, argv);                        \
	}

#endif
