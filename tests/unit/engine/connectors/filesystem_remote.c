/*
 * Tests of engine/connectors/filesystem_remote.c: a disk that is full for what was fetched. All else: tests/e2e/s3.sh.
 */
#include "engine/connectors/filesystem_remote.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/check.h"
#include "tests/support/http_peer.h"

enum { OBJECT_BYTES = 3 << 20 };

static char object[OBJECT_BYTES];

static bool one_object(void *ctx, const HttpPeerRequest *r, int fd)
{
	unsigned *gets = ctx;
	char head[200];
	if (strstr(r->target, "list-type"))
		return http_peer_reply(fd, r, 200, "",
		                       "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a/k</Key><Size>3145728"
		                       "</Size><ETag>e</ETag></Contents></ListBucketResult>");
	++*gets;
	int n = snprintf(head, sizeof head, "HTTP/1.1 206 OK\r\nContent-Length: %d\r\n\r\n", OBJECT_BYTES);
	http_peer_bytes(fd, head, (size_t)n);
	http_peer_bytes(fd, object, OBJECT_BYTES);
	return true;
}

/* The largest of the process's files without a name. */
static int64_t spool_bytes(void)
{
	int64_t most = 0;
	for (int fd = 3; fd < 100; fd++) {
		struct stat st;
		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 0 && st.st_size > most)
			most = (int64_t)st.st_size;
	}
	return most;
}

static void limit_files(rlim_t bytes)
{
	struct rlimit l;
	REQUIRE(getrlimit(RLIMIT_FSIZE, &l) == 0);
	l.rlim_cur = bytes;
	REQUIRE(setrlimit(RLIMIT_FSIZE, &l) == 0);
}

TEST(full_disk)
{
	unsigned gets = 0;
	char url[60], got[100];
	Err err = {0};
	Arena *arena = arena_open("test", 0);
	Options o = {0};
	signal(SIGXFSZ, SIG_IGN);
	for (int i = 0; i < OBJECT_BYTES; i++)
		object[i] = (char)('a' + i % 23);
	HttpPeer *p = http_peer_open(one_object, &gets);
	snprintf(url, sizeof url, "http://127.0.0.1:%u", http_peer_port(p));
	options_set(&o, arena, STR("s3.endpoint"), str_from(url));
	options_set(&o, arena, STR("s3.access-key"), STR("k"));
	options_set(&o, arena, STR("s3.secret-key"), STR("s"));
	FilesystemRemote *r;
	FilesystemFiles files = {0};
	REQUIRE(filesystem_remote_open(&o, STR("s3://bucket/a"), NULL, NULL, &r, &err));
	filesystem_remote_look(r);
	for (int i = 0; i < 1000 && !filesystem_remote_found(r, arena, &files); i++)
		usleep(10000);
	REQUIRE(files.len == 1);
	CHECK_STR(files.items[0].path.ptr, "s3://bucket/a/k");
	uint32_t file = filesystem_remote_file(r, files.items[0].path);
	limit_files(1 << 20);
	CHECK(!filesystem_remote_want(r, file, 0, OBJECT_BYTES));
	for (int i = 0; i < 1000 && !filesystem_remote_trouble(r); i++)
		usleep(10000);
	usleep(1200000); /* tried again, twice at least */
	const char *trouble = filesystem_remote_trouble(r);
	CHECK(trouble && strstr(trouble, "cannot be kept"));
	CHECK(spool_bytes() <= 1 << 20);
	limit_files(RLIM_INFINITY);
	for (int i = 0; i < 1000 && !filesystem_remote_want(r, file, 0, OBJECT_BYTES); i++)
		usleep(10000);
	CHECK(filesystem_remote_want(r, file, 0, OBJECT_BYTES));
	CHECK_EQ_I64(spool_bytes(), OBJECT_BYTES); /* one place for all tries */
	CHECK_EQ_U64(gets, 1);
	CHECK(filesystem_remote_read(r, file, 2000000, got, sizeof got, &err));
	CHECK(memcmp(got, object + 2000000, sizeof got) == 0);
	CHECK(filesystem_remote_check(r, &err) && !filesystem_remote_trouble(r));
	filesystem_remote_close(r);
	http_peer_close(p);
	arena_close(arena);
}

TESTS(full_disk)
