/*
 * engine/front/session_spool.c: rows of a result, kept until the client has taken them.
 *
 *   length as varint | bytes | length | bytes ...       the first `filed` bytes lie in the file, the rest in `tail`
 *
 * Reading goes through `window`, which holds the bytes of the file from window_at on.
 */
#include "engine/front/session_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/codec.h"

enum { SPOOL_WINDOW = 256 << 10, SPOOL_HEAD = 10 };

struct SessionSpool {
	int64_t memory_max, file_max;
	int fd; /* -1: all is in memory */
	int64_t filed;
	StrBuf tail;
	uint64_t rows;
	/* reading */
	int64_t at;
	StrBuf window;
	int64_t window_at;
};

SessionSpool *session_spool_open(int64_t memory_max, int64_t file_max)
{
	SessionSpool *sp = MEM_NEW(SessionSpool);
	sp->memory_max = memory_max;
	sp->file_max = file_max;
	sp->fd = -1;
	strbuf_init(&sp->tail);
	strbuf_init(&sp->window);
	return sp;
}

void session_spool_close(SessionSpool *sp)
{
	if (!sp)
		return;
	if (sp->fd >= 0)
		close(sp->fd);
	strbuf_deinit(&sp->tail);
	strbuf_deinit(&sp->window);
	mem_free(sp);
}

/* A file that is gone when we are. /var/tmp is on a disk where /tmp may be memory. */
static int open_unnamed(void)
{
	const char *dir = getenv("TMPDIR");
	char path[4096];
	snprintf(path, sizeof path, "%s/weir-spool-XXXXXX", dir && *dir ? dir : "/var/tmp");
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static bool file_failed(Err *err)
{
	return err_set(err, ERR_IO, "the rows of a result cannot be kept in a temporary file: %s", strerror(errno));
}

static bool write_tail(SessionSpool *sp, Err *err)
{
	if (sp->filed + (int64_t)sp->tail.len > sp->file_max) {
		err_set(err, ERR_OUT_OF_MEMORY, "the result is larger than %lld MB", (long long)(sp->file_max >> 20));
		return err_hint(err, "Take less at once, with WHERE or LIMIT, or raise 'weir.query.spool'.");
	}
	if (sp->fd < 0 && (sp->fd = open_unnamed()) < 0)
		return file_failed(err);
	for (size_t done = 0; done < sp->tail.len;) {
		ssize_t n = pwrite(sp->fd, sp->tail.ptr + done, sp->tail.len - done, (off_t)sp->filed + (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return file_failed(err);
		done += (size_t)n;
	}
	sp->filed += (int64_t)sp->tail.len;
	strbuf_clear(&sp->tail);
	return true;
}

bool session_spool_put(SessionSpool *sp, Str row, Err *err)
{
	codec_put_blob(&sp->tail, row);
	sp->rows++;
	return (int64_t)sp->tail.len <= sp->memory_max || write_tail(sp, err);
}

uint64_t session_spool_rows(const SessionSpool *sp)
{
	return sp->rows;
}

/* Makes n bytes from sp->at on readable; fewer only where the file ends. */
static bool read_window(SessionSpool *sp, size_t n, Str *out, Err *err)
{
	int64_t skip = sp->at - sp->window_at;
	if (skip < 0 || skip + (int64_t)n > (int64_t)sp->window.len) {
		size_t want = n > SPOOL_WINDOW ? n : SPOOL_WINDOW;
		if ((int64_t)want > sp->filed - sp->at)
			want = (size_t)(sp->filed - sp->at);
		strbuf_clear(&sp->window);
		strbuf_reserve(&sp->window, want);
		while (sp->window.len < want) {
			ssize_t got = pread(sp->fd, sp->window.ptr + sp->window.len, want - sp->window.len,
			                    (off_t)sp->at + (off_t)sp->window.len);
			if (got < 0 && errno == EINTR)
				continue;
			if (got <= 0)
				return file_failed(err);
			sp->window.len += (size_t)got;
		}
		sp->window_at = sp->at;
		skip = 0;
	}
	*out = str_make(sp->window.ptr + skip, sp->window.len - (size_t)skip);
	return true;
}

static bool next_filed(SessionSpool *sp, Str *row, Err *err)
{
	Str bytes;
	size_t head = sp->filed - sp->at < SPOOL_HEAD ? (size_t)(sp->filed - sp->at) : SPOOL_HEAD;
	if (!read_window(sp, head, &bytes, err))
		return false;
	CodecReader r = codec_reader(bytes);
	uint64_t len;
	if (!codec_get_varint(&r, &len))
		return err_set(err, ERR_INTERNAL, "the spool of a result is damaged");
	size_t prefix = (size_t)((const char *)r.at - bytes.ptr);
	if (!read_window(sp, prefix + (size_t)len, &bytes, err))
		return false;
	*row = str_make(bytes.ptr + prefix, (size_t)len);
	sp->at += (int64_t)prefix + (int64_t)len;
	return true;
}

bool session_spool_next(SessionSpool *sp, Str *row, Err *err)
{
	if (sp->at < sp->filed)
		return next_filed(sp, row, err);
	size_t from = (size_t)(sp->at - sp->filed);
	if (from >= sp->tail.len)
		return false;
	/* A Str is cut at 4 GB; the tail is not longer than memory_max and a row. */
	CodecReader r = {(const uint8_t *)sp->tail.ptr + from, (const uint8_t *)sp->tail.ptr + sp->tail.len, false};
	if (!codec_get_blob(&r, row))
		return err_set(err, ERR_INTERNAL, "the spool of a result is damaged");
	sp->at = sp->filed + (int64_t)((const char *)r.at - sp->tail.ptr);
	return true;
}

void session_spool_rewind(SessionSpool *sp)
{
	sp->at = 0;
}
