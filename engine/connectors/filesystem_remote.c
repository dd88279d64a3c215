/*
 * engine/connectors/filesystem_remote.c: see filesystem_remote.h.
 *
 * The file without a name grows at its end only, by a place for each range; what is dropped becomes a hole in it. What
 * does not fit on the disk is tried again at the same place, and is not fetched again for it. Per object there is a
 * list of ranges, sorted, each on its way or there:
 *
 *   object   |####|~~~~|      |####|        # there, at `where` of the file    ~ on its way
 */
#include "engine/connectors/filesystem_remote.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"

enum { THREADS = 4, PIECE_BYTES = 4 << 20, OBJECTS_MAX = 1000000 };

static const int64_t PAUSE_MAX_US = 10000000;

typedef struct Range {
	int64_t at, len;
	int64_t where; /* -1: on its way */
} Range;

typedef struct Remote {
	Str key, etag;
	int64_t size;
	Range *ranges;
	uint32_t n, cap;
} Remote;

typedef struct Job {
	bool list;
	uint32_t file;
	int64_t at, len;
	int64_t where; /* its place in the file, once it is fetched; -1: it is not */
	struct Job *next;
} Job;

struct FilesystemRemote {
	Arena *arena;
	S3Config config;
	Str base; /* "s3://bucket/" */
	void (*wake)(void *ctx);
	void *wake_ctx;
	pthread_t threads[THREADS];
	uint32_t nthreads;
	atomic_bool stop;
	char said[800]; /* trouble for the source's thread */

	pthread_mutex_t lock; /* all below */
	pthread_cond_t more;
	Job *jobs, **last;
	Remote *files;
	uint32_t nfiles, cap;
	Map known; /* key -> number of the file + 1 */
	int fd;
	int64_t end;
	Arena *listed_arena;
	S3Objects listed;
	bool listed_new;
	char trouble[800];
	Err failed;
};

/* ---- threads ---- */

static void push(FilesystemRemote *r, Job job)
{
	Job *j = MEM_NEW(Job);
	*j = job;
	*r->last = j;
	r->last = &j->next;
	pthread_cond_broadcast(&r->more); /* threads that pause are woken too */
}

/* Waits for a job; NULL: the end. */
static Job *take(FilesystemRemote *r)
{
	pthread_mutex_lock(&r->lock);
	while (!r->jobs && !atomic_load(&r->stop))
		pthread_cond_wait(&r->more, &r->lock);
	Job *j = atomic_load(&r->stop) ? NULL : r->jobs;
	if (j) {
		r->jobs = j->next;
		if (!r->jobs)
			r->last = &r->jobs;
	}
	pthread_mutex_unlock(&r->lock);
	return j;
}

static Range *find(Remote *f, int64_t at)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (f->ranges[i].at == at)
			return &f->ranges[i];
	return NULL;
}

static bool io(Err *err, int e)
{
	err_set(err, ERR_IO, "what was fetched cannot be kept: %s", strerror(e));
	err_hint(err, "Make room in the folder that TMPDIR names (default /tmp).");
	err->flags |= ERR_RETRIABLE;
	return false;
}

static bool put_bytes(FilesystemRemote *r, const Job *j, const StrBuf *bytes, Err *err)
{
	for (size_t done = 0; done < bytes->len;) {
		ssize_t n = pwrite(r->fd, bytes->ptr + done, bytes->len - done, j->where + (int64_t)done);
		if (n < 0 && errno != EINTR)
			return io(err, errno);
		done += n > 0 ? (size_t)n : 0;
	}
	pthread_mutex_lock(&r->lock);
	Range *range = find(&r->files[j->file], j->at);
	if (range)
		range->where = j->where;
	pthread_mutex_unlock(&r->lock);
	return true;
}

/* bytes: of the same job, when it is tried again. */
static bool fetch(FilesystemRemote *r, S3 *s3, Job *j, StrBuf *bytes, Err *err)
{
	if (j->where >= 0)
		return put_bytes(r, j, bytes, err);
	pthread_mutex_lock(&r->lock);
	Str key = r->files[j->file].key, etag = r->files[j->file].etag; /* in the arena: they stay */
	pthread_mutex_unlock(&r->lock);
	bool there;
	if (!s3_get(s3, key, j->at, j->len, etag, bytes, &there, err))
		return false;
	if (!there || bytes->len != (size_t)j->len) {
		err_set(err, ERR_DATA_LOSS, "\"%.*s%.*s\" has changed or gone while it was read", STR_ARG(r->base),
		        STR_ARG(key));
		return err_hint(err, "Put the object back, or remove it and give the new one another name.");
	}
	pthread_mutex_lock(&r->lock);
	j->where = r->end;
	r->end += j->len;
	pthread_mutex_unlock(&r->lock);
	return put_bytes(r, j, bytes, err);
}

static bool list(FilesystemRemote *r, S3 *s3, Err *err)
{
	Arena *arena = arena_open("s3 list", 0);
	S3Objects found;
	if (!s3_list(s3, r->config.prefix, OBJECTS_MAX, arena, &found, err)) {
		arena_close(arena);
		return false;
	}
	pthread_mutex_lock(&r->lock);
	arena_close(r->listed_arena);
	r->listed_arena = arena;
	r->listed = found;
	r->listed_new = true;
	pthread_mutex_unlock(&r->lock);
	return true;
}

static void *fetcher(void *arg)
{
	FilesystemRemote *r = arg;
	S3 *s3 = s3_open(&r->config, ERR_SOURCE_UNREACHABLE, ERR_SOURCE_FAILED, &r->stop);
	StrBuf bytes;
	strbuf_init(&bytes);
	for (Job *j; (j = take(r)); mem_free(j)) {
		Err err = {0};
		int64_t pause_us = 200000;
		while (!(j->list ? list(r, s3, &err) : fetch(r, s3, j, &bytes, &err)) && (err.flags & ERR_RETRIABLE) &&
		       !atomic_load(&r->stop)) {
			pthread_mutex_lock(&r->lock);
			if (!r->trouble[0])
				LOGW("filesystem", "the bucket cannot be read; trying again", "reason=\"%s\" detail=\"%s\" hint=\"%s\"",
				     err.message, err.detail, err.hint);
			snprintf(r->trouble, sizeof r->trouble, "%s", err.message);
			struct timespec until = clock_deadline(pause_us);
			while (!atomic_load(&r->stop) && pthread_cond_timedwait(&r->more, &r->lock, &until) != ETIMEDOUT)
				;
			pthread_mutex_unlock(&r->lock);
			pause_us = pause_us * 2 > PAUSE_MAX_US ? PAUSE_MAX_US : pause_us * 2;
			err = (Err){0};
		}
		pthread_mutex_lock(&r->lock);
		if (!err.code)
			r->trouble[0] = 0;
		else if (!r->failed.code && !atomic_load(&r->stop))
			r->failed = err;
		pthread_mutex_unlock(&r->lock);
		if (r->wake)
			r->wake(r->wake_ctx);
	}
	strbuf_deinit(&bytes);
	s3_close(s3);
	return NULL;
}

/* ---- opening ---- */

static bool open_spool(FilesystemRemote *r, Err *err)
{
	const char *folder = getenv("TMPDIR");
	folder = folder && *folder ? folder : "/tmp";
	r->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (r->fd >= 0)
		return true;
	/* Not every file system makes files without a name. */
	Str name = arena_printf(r->arena, "%s/weir-s3-XXXXXX", folder);
	char *path = arena_cstr(r->arena, name);
	r->fd = mkostemp(path, O_CLOEXEC);
	if (r->fd < 0) {
		err_set(err, ERR_IO, "cannot make a file in \"%s\": %s", folder, strerror(errno));
		return err_hint(err, "What is fetched from S3 lies there for a while. TMPDIR names another folder.");
	}
	unlink(path);
	return true;
}

bool filesystem_remote_open(const Options *o, Str path, void (*wake)(void *ctx), void *wake_ctx, FilesystemRemote **out,
                            Err *err)
{
	Arena *arena = arena_open("s3 source", 0);
	FilesystemRemote *r = MEM_NEW(FilesystemRemote);
	pthread_condattr_t attr;
	r->arena = arena;
	r->fd = -1;
	r->last = &r->jobs;
	r->wake = wake;
	r->wake_ctx = wake_ctx;
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->more, &attr);
	pthread_condattr_destroy(&attr);
	map_init(&r->known);
	if (!s3_config_read(o, path, arena, &r->config, err) || !open_spool(r, err)) {
		filesystem_remote_close(r);
		return false;
	}
	r->base = arena_printf(arena, "s3://%.*s/", STR_ARG(r->config.bucket));
	while (r->nthreads < THREADS && pthread_create(&r->threads[r->nthreads], NULL, fetcher, r) == 0)
		r->nthreads++;
	ASSERT(r->nthreads > 0);
	*out = r;
	return true;
}

void filesystem_remote_close(FilesystemRemote *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	atomic_store(&r->stop, true);
	pthread_cond_broadcast(&r->more);
	pthread_mutex_unlock(&r->lock);
	for (uint32_t i = 0; i < r->nthreads; i++)
		pthread_join(r->threads[i], NULL);
	for (Job *j = r->jobs, *next; j; j = next) {
		next = j->next;
		mem_free(j);
	}
	for (uint32_t i = 0; i < r->nfiles; i++)
		mem_free(r->files[i].ranges);
	mem_free(r->files);
	if (r->fd >= 0)
		close(r->fd);
	map_deinit(&r->known);
	arena_close(r->listed_arena);
	pthread_cond_destroy(&r->more);
	pthread_mutex_destroy(&r->lock);
	arena_close(r->arena);
	mem_free(r);
}

/* ---- lists ---- */

void filesystem_remote_look(FilesystemRemote *r)
{
	pthread_mutex_lock(&r->lock);
	push(r, (Job){.list = true});
	pthread_mutex_unlock(&r->lock);
}

/* The path itself, or below it as a folder; no folder or file on the way is hidden. */
static bool is_wanted(const FilesystemRemote *r, const S3Object *o)
{
	Str rest = str_slice(o->key, r->config.prefix.len, o->key.len), name;
	if (r->config.prefix.len && rest.len && rest.ptr[0] != '/')
		return false;
	if (str_ends(o->key, STR("/")))
		return false; /* how some tools make a folder */
	while (rest.ptr && str_next(&rest, '/', &name))
		if (name.len && (name.ptr[0] == '.' || name.ptr[0] == '_'))
			return false;
	return true;
}

static void remember(FilesystemRemote *r, const S3Object *o)
{
	if (map_has(&r->known, o->key))
		return;
	if (r->nfiles == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 64;
		r->files = mem_realloc(r->files, r->cap * sizeof *r->files);
	}
	r->files[r->nfiles++] =
	    (Remote){.key = arena_str(r->arena, o->key), .etag = arena_str(r->arena, o->etag), .size = o->size};
	map_put(&r->known, o->key, (void *)(uintptr_t)r->nfiles);
}

bool filesystem_remote_found(FilesystemRemote *r, Arena *arena, FilesystemFiles *out)
{
	*out = (FilesystemFiles){0};
	pthread_mutex_lock(&r->lock);
	bool is_new = r->listed_new;
	r->listed_new = false;
	for (uint32_t i = 0; is_new && i < r->listed.len; i++) {
		const S3Object *o = &r->listed.items[i];
		if (!is_wanted(r, o))
			continue;
		remember(r, o);
		FilesystemFile f = {.path = arena_printf(arena, "%.*s%.*s", STR_ARG(r->base), STR_ARG(o->key)),
		                    .size = o->size,
		                    .modified_us = o->modified_us};
		ARENA_PUSH(arena, out, f);
	}
	pthread_mutex_unlock(&r->lock);
	return is_new;
}

uint32_t filesystem_remote_file(FilesystemRemote *r, Str path)
{
	pthread_mutex_lock(&r->lock);
	uintptr_t n = (uintptr_t)map_get(&r->known, str_slice(path, r->base.len, path.len));
	pthread_mutex_unlock(&r->lock);
	ASSERT(n > 0);
	return (uint32_t)(n - 1);
}

int64_t filesystem_remote_size(FilesystemRemote *r, uint32_t file)
{
	pthread_mutex_lock(&r->lock);
	int64_t size = r->files[file].size;
	pthread_mutex_unlock(&r->lock);
	return size;
}

/* ---- bytes ---- */

static void insert(Remote *f, uint32_t i, Range range)
{
	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 8;
		f->ranges = mem_realloc(f->ranges, f->cap * sizeof *f->ranges);
	}
	memmove(f->ranges + i + 1, f->ranges + i, (f->n - i) * sizeof *f->ranges);
	f->ranges[i] = range;
	f->n++;
}

bool filesystem_remote_want(FilesystemRemote *r, uint32_t file, int64_t at, int64_t n)
{
	bool there = true;
	pthread_mutex_lock(&r->lock);
	Remote *f = &r->files[file];
	int64_t end = at + n > f->size ? f->size : at + n;
	uint32_t i = 0;
	while (at < end) {
		while (i < f->n && f->ranges[i].at + f->ranges[i].len <= at)
			i++;
		if (i < f->n && f->ranges[i].at <= at) {
			there = there && f->ranges[i].where >= 0;
			at = f->ranges[i].at + f->ranges[i].len;
			continue;
		}
		int64_t to = i < f->n && f->ranges[i].at < end ? f->ranges[i].at : end;
		int64_t len = to - at > PIECE_BYTES ? PIECE_BYTES : to - at;
		insert(f, i, (Range){.at = at, .len = len, .where = -1});
		push(r, (Job){.file = file, .at = at, .len = len, .where = -1});
		there = false;
		at += len;
	}
	pthread_mutex_unlock(&r->lock);
	return there;
}

bool filesystem_remote_read(FilesystemRemote *r, uint32_t file, int64_t at, char *out, size_t n, Err *err)
{
	bool ok = true;
	pthread_mutex_lock(&r->lock);
	const Remote *f = &r->files[file];
	for (uint32_t i = 0; ok && n > 0 && i < f->n; i++) {
		const Range *x = &f->ranges[i];
		if (x->where < 0 || at < x->at || at >= x->at + x->len)
			continue;
		size_t take = (size_t)(x->at + x->len - at) < n ? (size_t)(x->at + x->len - at) : n;
		for (size_t done = 0; ok && done < take;) {
			ssize_t got = pread(r->fd, out + done, take - done, x->where + (at - x->at) + (int64_t)done);
			ok = got > 0 || (got < 0 && errno == EINTR);
			done += got > 0 ? (size_t)got : 0;
		}
		at += (int64_t)take;
		out += take;
		n -= take;
	}
	if (!ok || n > 0)
		ok = err_set(err, ERR_SOURCE_FAILED, "\"%.*s%.*s\": byte %lld is not there", STR_ARG(r->base), STR_ARG(f->key),
		             (long long)at);
	pthread_mutex_unlock(&r->lock);
	return ok;
}

void filesystem_remote_drop(FilesystemRemote *r, uint32_t file, int64_t before)
{
	pthread_mutex_lock(&r->lock);
	Remote *f = &r->files[file];
	uint32_t n = 0;
	for (uint32_t i = 0; i < f->n; i++) {
		const Range *x = &f->ranges[i];
		if (x->where < 0 || x->at + x->len > before) {
			f->ranges[n++] = *x;
			continue;
		}
		/* That it fails costs room only. */
		(void)fallocate(r->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, x->where, x->len);
	}
	f->n = n;
	pthread_mutex_unlock(&r->lock);
}

/* ---- how it goes ---- */

bool filesystem_remote_check(FilesystemRemote *r, Err *err)
{
	pthread_mutex_lock(&r->lock);
	bool ok = !r->failed.code;
	if (!ok)
		*err = r->failed;
	pthread_mutex_unlock(&r->lock);
	return ok;
}

const char *filesystem_remote_trouble(FilesystemRemote *r)
{
	pthread_mutex_lock(&r->lock);
	snprintf(r->said, sizeof r->said, "%s", r->trouble);
	pthread_mutex_unlock(&r->lock);
	return r->said[0] ? r->said : NULL;
}
