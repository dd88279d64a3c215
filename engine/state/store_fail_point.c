/*
 * engine/state/store_fail_point.c: places where a test has the process killed, or a thread of it hang.
 */
#include "engine/state/store.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

const char *const store_fail_points[] = {
    "before-seal",          /* runtime: a step is done, nothing is frozen yet */
    "after-seal",           /* runtime: the epoch is with the writer */
    "before-sqlite-commit", /* writer: all is written, nothing is committed */
    "after-sqlite-commit",  /* writer: committed, nobody knows */
    "before-delivery",      /* delivery: an epoch is to be sent */
    "before-pg-commit",     /* PostgreSQL sink: all is sent */
    "after-pg-commit",      /* PostgreSQL sink: committed, the answer is not read by anybody else */
    "before-kafka-commit",  /* Kafka sink: all is sent, offsets are in the transaction */
    "after-kafka-commit",
    "before-file-marker", /* filesystem sink: the rows are in hidden files, the marker is the old one */
    "after-file-marker",  /* filesystem sink: the marker counts them, finished files have no name yet */
    "after-delivery",     /* delivery: the target has it, our file does not know */
    "between-sinks",      /* delivery: one sink has the epoch, another may not */
    "recovery",           /* delivery: the target's marker was read after a start */
    NULL,
};

static pthread_once_t store_fail_point_once = PTHREAD_ONCE_INIT;
static Str store_fail_point_name;
static bool store_fail_point_hangs;
static atomic_int store_fail_point_left;

static void store_fail_point_read(void)
{
	const char *text = getenv("WEIR_FAIL_POINT");
	if (!text || !*text)
		return;
	Str name = str_from(text);
	int64_t left = 1;
	store_fail_point_hangs = str_starts(name, STR("hang:"));
	if (store_fail_point_hangs)
		name = str_slice(name, 5, name.len);
	int64_t colon = str_find(name, STR(":"), 0);
	if (colon >= 0) {
		str_to_i64(str_slice(name, (uint32_t)colon + 1, name.len), &left);
		name.len = (uint32_t)colon;
	}
	store_fail_point_name = name;
	atomic_store(&store_fail_point_left, (int)left);
}

void store_fail_point(const char *name)
{
	pthread_once(&store_fail_point_once, store_fail_point_read);
	if (!store_fail_point_name.ptr || !str_eq_c(store_fail_point_name, name))
		return;
	if (atomic_fetch_sub(&store_fail_point_left, 1) != 1)
		return;
	while (store_fail_point_hangs)
		pause();
	kill(getpid(), SIGKILL);
}
