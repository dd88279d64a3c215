/*
 * Tests of base/mem.c: nothing is ever NULL, and the end of memory is the end of the process.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/mem.h"
#include "tests/support/check.h"

TEST(never_null)
{
	void *p = mem_alloc(0);
	CHECK(p != NULL);
	p = mem_realloc(p, 0);
	CHECK(p != NULL);
	mem_free(p);
	mem_free(NULL);
	p = mem_alloc_zero(0);
	CHECK(p != NULL);
	mem_free(p);
}

TEST(zeroed_and_kept)
{
	uint64_t *numbers = MEM_ARRAY(uint64_t, 1000);
	for (size_t i = 0; i < 1000; i++)
		REQUIRE(numbers[i] == 0);
	numbers[999] = 42;
	numbers = mem_realloc(numbers, 100000 * sizeof *numbers);
	CHECK_EQ_U64(numbers[999], 42);
	mem_free(numbers);
	ArenaMark *one = MEM_NEW(ArenaMark);
	CHECK(one->block == NULL && one->used == 0);
	mem_free(one);
}

TEST(cstr)
{
	char *text = mem_cstr(str_slice(STR("abcdef"), 1, 3));
	CHECK_STR(text, "bcd");
	mem_free(text);
	text = mem_cstr((Str){NULL, 0});
	CHECK_STR(text, "");
	mem_free(text);
}

TEST(out_of_memory_aborts)
{
	int out[2];
	REQUIRE(pipe(out) == 0);
	pid_t child = fork();
	REQUIRE(child >= 0);
	if (child == 0) {
		const struct rlimit no_core = {0, 0};
		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		dup2(out[1], STDERR_FILENO);
		volatile size_t n = SIZE_MAX / 2;
		mem_alloc(n);
		_exit(0);
	}
	close(out[1]);
	char text[4096];
	size_t len = 0;
	for (ssize_t n; len < sizeof text && (n = read(out[0], text + len, sizeof text - len)) > 0;)
		len += (size_t)n;
	close(out[0]);
	int status = 0;
	REQUIRE(waitpid(child, &status, 0) == child);
	/* The sanitizers' allocators end the process themselves. */
	CHECK(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) != 0));
	CHECK(len > 0);
}

TESTS(never_null, zeroed_and_kept, cstr, out_of_memory_aborts)
