/*
 * Tests of base/log.c: both formats, levels, what comes from outside, whole lines from many threads.
 */
#include <pthread.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "tests/support/check.h"

enum { TIME_LEN = sizeof "2024-05-01T10:00:00.123Z" - 1 };

static char last_line[16384];
static unsigned lines;

static void keep_line(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(last_line, sizeof last_line, "%s", line);
	lines++;
}

/* The last line behind its time. */
static const char *after_time(const char *before)
{
	size_t n = strlen(before);
	REQUIRE(strncmp(last_line, before, n) == 0 && strlen(last_line) > n + TIME_LEN);
	CHECK(last_line[n] == '2' && last_line[n + 10] == 'T' && last_line[n + TIME_LEN - 1] == 'Z');
	return last_line + n + TIME_LEN;
}

TEST(text)
{
	log_redirect(keep_line, NULL);
	log_set(LOG_INFO, LOG_TEXT);
	LOGW("kafka", "broker is down", "broker=%s retry_ms=%d", "localhost:9092", 500);
	CHECK_STR(after_time(""), " | kafka | WARN | broker is down | broker=localhost:9092 retry_ms=500");
	const char *volatile none = NULL; /* as an empty Str may have it */
	LOGI("main", "m", "part=\"%.*s\"", 0, none);
	CHECK_STR(after_time(""), " | main | INFO | m | part=\"\"");
	LOGI("main", "ready", NULL);
	CHECK_STR(after_time(""), " | main | INFO | ready");
	LOGE("main", "100%", "a=\"b c\"");
	CHECK_STR(after_time(""), " | main | ERROR | 100% | a=\"b c\"");
	LOGE("main", "m", "error=\"%s\" path=%s n=%d", "table \"a\" b=\"c\" \\ d", "C:\\x", 3);
	CHECK_STR(after_time(""),
	          " | main | ERROR | m | error=\"table \\\"a\\\" b=\\\"c\\\" \\\\ d\" path=\"C:\\\\x\" n=3");
	log_redirect(NULL, NULL);
}

TEST(json)
{
	log_redirect(keep_line, NULL);
	log_set(LOG_INFO, LOG_JSON);
	LOGI("main", "say \"hi\"", "a=1 b=-2 c=007 d=\"3\" e=x=y f= g=1.5");
	CHECK_STR(after_time("{\"time\":\""),
	          "\",\"component\":\"main\",\"level\":\"INFO\",\"message\":\"say \\\"hi\\\"\","
	          "\"a\":1,\"b\":-2,\"c\":\"007\",\"d\":\"3\",\"e\":\"x=y\",\"f\":\"\",\"g\":\"1.5\"}");
	LOGI("main", "m", "reason=\"%s\" n=%d", "no table \"a b\" here", 3);
	CHECK_STR(after_time("{\"time\":\""), "\",\"component\":\"main\",\"level\":\"INFO\",\"message\":\"m\","
	                                      "\"reason\":\"no table \\\"a b\\\" here\",\"n\":3}");
	/* a value that looks like more pairs stays one */
	LOGI("main", "m", "error=\"%s\" part=\"%.*s\" n=%lld u=%u f=%.1f p=100%%", "the string \"a\" level=\"DEBUG\" x", 3,
	     "a\" b", 5LL, 4000000000U, 2.25);
	CHECK_STR(after_time("{\"time\":\""),
	          "\",\"component\":\"main\",\"level\":\"INFO\",\"message\":\"m\","
	          "\"error\":\"the string \\\"a\\\" level=\\\"DEBUG\\\" x\",\"part\":\"a\\\" \",\"n\":5,"
	          "\"u\":4000000000,\"f\":\"2.2\",\"p\":\"100%\"}");
	LOGI("main", "m", "cut=\"%.12s\" wide=%05d", "the string of bytes", 42);
	CHECK_STR(after_time("{\"time\":\""), "\",\"component\":\"main\",\"level\":\"INFO\",\"message\":\"m\","
	                                      "\"cut\":\"the string o\",\"wide\":\"00042\"}");
	LOGI("main", "m", "open=\"never closed");
	CHECK_STR(after_time("{\"time\":\""), "\",\"component\":\"main\",\"level\":\"INFO\",\"message\":\"m\","
	                                      "\"open\":\"never closed\"}");
	LOGI("main", "m", NULL);
	CHECK_STR(after_time("{\"time\":\""), "\",\"component\":\"main\",\"level\":\"INFO\",\"message\":\"m\"}");
	log_redirect(NULL, NULL);
}

TEST(levels)
{
	log_redirect(keep_line, NULL);
	for (int least = LOG_DEBUG; least <= LOG_NONE; least++) {
		log_set((LogLevel)least, LOG_TEXT);
		lines = 0;
		LOGD("c", "m", NULL);
		LOGI("c", "m", NULL);
		LOGW("c", "m", NULL);
		LOGE("c", "m", NULL);
		log_write(LOG_NONE, "c", "m", NULL);
		CHECK_EQ_U64(lines, LOG_NONE - least);
	}
	log_redirect(NULL, NULL);
	LogLevel level = LOG_DEBUG;
	CHECK(log_level_parse("warn", &level) && level == LOG_WARN);
	CHECK(log_level_parse("NONE", &level) && level == LOG_NONE);
	CHECK(!log_level_parse("loud", &level) && level == LOG_NONE);
}

TEST(one_line_whatever_comes)
{
	log_redirect(keep_line, NULL);
	log_set(LOG_INFO, LOG_TEXT);
	LOGI("c", "a\nb\x1b[2J", "k=%s", "x\r\ny\x7f");
	CHECK_STR(after_time(""), " | c | INFO | a b [2J | k=\"x \\ny \"");
	/* Too long: cut between two characters. */
	static char wide[10001];
	for (size_t i = 0; i < 10000; i += 2)
		memcpy(wide + i, "\xc3\xa4", 2);
	LOGI("c", "m", "k=%s", wide);
	CHECK(strlen(last_line) < 4200);
	CHECK(str_is_utf8(str_from(last_line)));
	log_redirect(NULL, NULL);
}

static void *write_lines(void *ctx)
{
	for (int i = 0; i < 200; i++)
		LOGI("thread", "a line of some length, that must not be torn by another thread's", "id=%s i=%d", (char *)ctx,
		     i);
	return NULL;
}

TEST(lines_do_not_mix)
{
	FILE *file = tmpfile();
	REQUIRE(file != NULL);
	fflush(stderr);
	int saved = dup(STDERR_FILENO);
	REQUIRE(saved >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
	log_set(LOG_INFO, LOG_TEXT);
	pthread_t threads[4];
	static char names[4][2] = {"a", "b", "c", "d"};
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, write_lines, names[i]);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	char line[300];
	int seen = 0;
	int next[4] = {0};
	while (fgets(line, sizeof line, file) != NULL) {
		char id;
		int i;
		REQUIRE(strlen(line) > TIME_LEN);
		REQUIRE(
		    sscanf(line + TIME_LEN,
		           " | thread | INFO | a line of some length, that must not be torn by another thread's | id=%c i=%d",
		           &id, &i) == 2);
		REQUIRE(id >= 'a' && id <= 'd');
		CHECK_EQ_I64(i, next[id - 'a']++);
		seen++;
	}
	CHECK_EQ_I64(seen, 800);
	fclose(file);
}

TESTS(text, json, levels, one_line_whatever_comes, lines_do_not_mix)
