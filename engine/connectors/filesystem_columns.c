/*
 * engine/connectors/filesystem_columns.c: see filesystem_columns.h.
 */
#include "engine/connectors/filesystem_columns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	OPEN_READERS_MAX = 16, /* with more files than that each chunk is smaller, and its strings are copied */
	CHUNK_ROWS_LEAST = 64,
	FOOTER_BYTES = 64 << 10, /* of a remote file's end, fetched at once */
};

typedef struct File {
	char *path;
	int fd;          /* local */
	uint32_t remote; /* number of a remote file */
	FilesystemRemote *from;
	bool done;          /* remote: read to its end */
	bool waits;         /* for bytes of a remote file */
	int64_t block;      /* where the bytes of the block being read begin; what lies before them may go */
	FileReader *reader; /* NULL: not open */
	uint64_t used;
} File;

typedef struct Hold {
	Arena *arena;
	FormatPins pins;
	Batch batch;
	Column *cols; /* of the batch */
	bool *filled;
	uint32_t part;
	int64_t row;
	bool copies;
	struct Hold *next_free, *next_all;
} Hold;

struct FilesystemColumns {
	Arena *arena;
	FilesystemRemote *remote;
	const FormatFiles *type;
	Options own;
	FormatSchema schema; /* columns that are in the files */
	uint32_t *in_file;   /* physical column -> number in the schema; UINT32_MAX: in the names of the folders */
	uint32_t nphysical;
	File *files;
	uint32_t nfiles;
	uint32_t nopen;
	uint64_t clock;
	Hold *free_holds, *all_holds;
	uint64_t blocks, skipped; /* of all files */
	char note[80];
	Err failed;
};

static bool in_folder(const TableDef *t, uint32_t col)
{
	for (uint32_t i = 0; i < t->npartitioned_by; i++)
		if (t->partitioned_by[i] == col)
			return true;
	return false;
}

FilesystemColumns *filesystem_columns_open(const Format *format, const Options *own, const SourceSpec *spec,
                                           FilesystemRemote *remote)
{
	Arena *arena = arena_open("files by columns", 0);
	FilesystemColumns *c = ARENA_NEW(arena, FilesystemColumns);
	const TableDef *t = spec->table;
	c->arena = arena;
	c->type = format->files;
	c->remote = remote;
	c->own = *own;
	c->in_file = ARENA_ARRAY(arena, uint32_t, t->ncols + 1);
	Str *names = ARENA_ARRAY(arena, Str, t->ncols + 1);
	const Type **types = ARENA_ARRAY(arena, const Type *, t->ncols + 1);
	for (uint32_t i = 0; i < t->ncols; i++) {
		if (t->cols[i].kind != COLUMN_PHYSICAL)
			continue;
		c->in_file[c->nphysical++] = in_folder(t, i) ? UINT32_MAX : c->schema.ncols;
		if (in_folder(t, i))
			continue;
		names[c->schema.ncols] = t->cols[i].name;
		types[c->schema.ncols++] = t->cols[i].type;
	}
	c->schema.names = names;
	c->schema.types = types;
	c->schema.zone = spec->zone;
	FormatAsk *asks = ARENA_ARRAY(arena, FormatAsk, spec->nasks + 1);
	for (uint32_t i = 0; i < spec->nasks && spec->snapshot; i++) {
		const SourceAsk *a = &spec->asks[i];
		if (c->in_file[a->column] != UINT32_MAX)
			asks[c->schema.nasks++] = (FormatAsk){c->in_file[a->column], a->op, a->type, a->value};
	}
	c->schema.asks = asks;
	return c;
}

/* ---- files ---- */

static bool io(Err *err, const char *path, int e)
{
	return err_set(err, ERR_SOURCE_FAILED, "\"%s\" cannot be read: %s", path, strerror(e));
}

static bool read_bytes(void *ctx, int64_t at, char *out, size_t n, Err *err)
{
	const File *f = ctx;
	while (n) {
		ssize_t r = pread(f->fd, out, n, at);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return io(err, f->path, errno);
		if (r == 0)
			return err_set(err, ERR_SOURCE_FAILED, "\"%s\" became shorter while it was read", f->path);
		out += r;
		at += r;
		n -= (size_t)r;
	}
	return true;
}

static bool read_remote(void *ctx, int64_t at, char *out, size_t n, Err *err)
{
	File *f = ctx;
	if (!filesystem_remote_want(f->from, f->remote, at, (int64_t)n)) {
		f->waits = true;
		return err_set(err, ERR_SOURCE_UNREACHABLE, "\"%s\" is still on its way", f->path);
	}
	return filesystem_remote_read(f->from, f->remote, at, out, n, err);
}

static void close_file(FilesystemColumns *c, File *f)
{
	if (!f->reader)
		return;
	c->type->reader_close(f->reader);
	f->reader = NULL;
	if (!f->from)
		close(f->fd);
	c->nopen--;
}

/* false: err, or the footer is not there yet (f->waits). */
static bool open_remote(FilesystemColumns *c, File *f, Err *err)
{
	Str path = str_from(f->path);
	f->from = c->remote;
	f->remote = filesystem_remote_file(c->remote, path);
	FormatInput in = {.ctx = f, .size = filesystem_remote_size(c->remote, f->remote), .read = read_remote};
	int64_t tail = in.size < FOOTER_BYTES ? in.size : FOOTER_BYTES;
	f->waits = !filesystem_remote_want(c->remote, f->remote, in.size - tail, tail);
	bool ok = !f->waits && c->type->reader_open(&in, path, &c->own, &c->schema, &f->reader, err);
	c->nopen += ok;
	return ok;
}

static bool open_file(FilesystemColumns *c, File *f, Err *err)
{
	if (c->remote)
		return open_remote(c, f, err);
	struct stat st;
	f->fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return io(err, f->path, errno);
	bool ok = fstat(f->fd, &st) == 0 || io(err, f->path, errno);
	if (ok) {
		FormatInput in = {.ctx = f, .size = (int64_t)st.st_size, .read = read_bytes};
		ok = c->type->reader_open(&in, str_from(f->path), &c->own, &c->schema, &f->reader, err);
	}
	if (!ok)
		close(f->fd);
	c->nopen += ok;
	return ok;
}

bool filesystem_columns_rows(FilesystemColumns *c, Str path, int64_t *rows, bool *waits, Err *err)
{
	File f = {.path = mem_cstr(path)};
	bool ok = open_file(c, &f, err);
	if (ok) {
		uint32_t blocks, skipped;
		c->type->blocks(f.reader, &blocks, &skipped);
		c->blocks += blocks;
		c->skipped += skipped;
		*rows = c->type->rows(f.reader);
		close_file(c, &f);
	}
	*waits = f.waits;
	mem_free(f.path);
	return ok || *waits;
}

/* The file with its reader open; the one that was not used for longest gives way. */
static File *use_file(FilesystemColumns *c, uint32_t part, Str path, Err *err)
{
	if (part >= c->nfiles) {
		/* A reader knows its file by address: the places are not moved while any is open. */
		for (uint32_t i = 0; i < c->nfiles; i++)
			close_file(c, &c->files[i]);
		uint32_t n = part + 1 > c->nfiles * 2 ? part + 1 : c->nfiles * 2;
		c->files = mem_realloc(c->files, n * sizeof *c->files);
		memset(c->files + c->nfiles, 0, (n - c->nfiles) * sizeof *c->files);
		c->nfiles = n;
	}
	File *f = &c->files[part];
	if (!f->path)
		f->path = mem_cstr(path);
	f->used = ++c->clock;
	f->done = false; /* it may be read again */
	if (f->reader)
		return f;
	if (c->nopen >= OPEN_READERS_MAX) {
		File *oldest = NULL;
		for (uint32_t i = 0; i < c->nfiles; i++)
			if (c->files[i].reader && (!oldest || c->files[i].used < oldest->used))
				oldest = &c->files[i];
		close_file(c, oldest);
	}
	return open_file(c, f, err) ? f : NULL;
}

/* ---- chunks ---- */

static Hold *take_hold(FilesystemColumns *c)
{
	Hold *h = c->free_holds;
	if (h) {
		c->free_holds = h->next_free;
	} else {
		h = MEM_NEW(Hold);
		h->arena = arena_open("file rows", 0);
		h->next_all = c->all_holds;
		c->all_holds = h;
	}
	h->pins = (FormatPins){0};
	h->cols = ARENA_ARRAY_ZERO(h->arena, Column, c->nphysical + 1);
	h->filled = ARENA_ARRAY_ZERO(h->arena, bool, c->nphysical + 1);
	return h;
}

/* Frees what a remote file that was read to its end holds, when nobody can ask for more of it. */
static void leave_file(FilesystemColumns *c, uint32_t part)
{
	if (part >= c->nfiles || !c->files[part].done)
		return;
	for (const Hold *h = c->all_holds; h; h = h->next_all)
		if (h->batch.n && h->part == part)
			return;
	close_file(c, &c->files[part]);
	filesystem_remote_drop(c->remote, c->files[part].remote, INT64_MAX);
}

void filesystem_columns_done(FilesystemColumns *c, uint32_t part)
{
	if (c->remote && part < c->nfiles && c->files[part].path)
		c->files[part].done = true;
	leave_file(c, part);
}

void filesystem_columns_release(FilesystemColumns *c, void *hold)
{
	Hold *h = hold;
	if (!h)
		return;
	c->type->unpin(&h->pins);
	h->batch.n = 0; /* not in use */
	arena_reset(h->arena);
	h->next_free = c->free_holds;
	c->free_holds = h;
	leave_file(c, h->part);
}

/* Are the bytes of the block of a row there? Those of the blocks that no chunk is held of are dropped. */
static bool block_is_there(FilesystemColumns *c, File *f, uint32_t part, int64_t row)
{
	bool there = true;
	int64_t at, len, begin = INT64_MAX, oldest = row;
	for (uint32_t i = 0; c->type->extent(f->reader, row, i, &at, &len); i++)
		there = filesystem_remote_want(c->remote, f->remote, at, len) && there;
	for (const Hold *h = c->all_holds; h; h = h->next_all)
		if (h->batch.n && h->part == part && h->row < oldest)
			oldest = h->row;
	for (uint32_t i = 0; c->type->extent(f->reader, oldest, i, &at, &len); i++)
		if (len > 0 && at < begin)
			begin = at;
	if (begin != INT64_MAX && begin > f->block) {
		f->block = begin;
		filesystem_remote_drop(c->remote, f->remote, begin);
	}
	return there;
}

bool filesystem_columns_poll(FilesystemColumns *c, uint32_t part, Str path, int64_t row, uint32_t max, uint32_t files,
                             SourceChunk *chunk, bool *waits, Err *err)
{
	*waits = false;
	if (c->failed.code) {
		*err = c->failed;
		return false;
	}
	File *f = use_file(c, part, path, err);
	*waits = !f && c->files[part].waits;
	if (!f)
		return *waits;
	chunk->next = row = c->type->next(f->reader, row);
	if (row >= c->type->rows(f->reader))
		return true;
	*waits = c->remote && !block_is_there(c, f, part, row);
	if (*waits)
		return true;
	if (files > OPEN_READERS_MAX) {
		uint32_t share = BATCH_ROWS_MAX * OPEN_READERS_MAX / files;
		share = share < CHUNK_ROWS_LEAST ? CHUNK_ROWS_LEAST : share;
		max = max < share ? max : share;
	}
	uint32_t n = c->type->run(f->reader, row, max);
	if (!n)
		return true;
	Hold *h = take_hold(c);
	h->part = part;
	h->row = row;
	h->copies = files > OPEN_READERS_MAX;
	h->batch = (Batch){.n = n, .ncols = c->nphysical, .cols = h->cols};
	int64_t *position = ARENA_ARRAY(h->arena, int64_t, n);
	for (uint32_t i = 0; i < n; i++)
		position[i] = row + i;
	chunk->n = n;
	chunk->rows = &h->batch;
	chunk->position = position;
	chunk->next = row + n;
	chunk->hold = h;
	return true;
}

static bool fill(FilesystemColumns *c, Hold *h, const uint32_t *cols, uint32_t ncols, Err *err)
{
	uint32_t n = 0, *wanted = ARENA_ARRAY(h->arena, uint32_t, ncols + 1);
	for (uint32_t i = 0; i < ncols; i++)
		if (!h->filled[cols[i]] && c->in_file[cols[i]] != UINT32_MAX)
			wanted[n++] = c->in_file[cols[i]];
	const File *f = n ? use_file(c, h->part, STR_EMPTY, err) : NULL;
	Column *out = ARENA_ARRAY(h->arena, Column, c->schema.ncols + 1);
	if (n && (!f || !c->type->read(f->reader, h->row, h->batch.n, wanted, n, h->arena, &h->pins, out, err)))
		return false;
	for (uint32_t i = 0; i < ncols; i++) {
		uint32_t p = cols[i];
		if (h->filled[p] || c->in_file[p] == UINT32_MAX)
			continue;
		h->filled[p] = true;
		if (h->copies && out[c->in_file[p]].phys == PHYS_STR)
			column_copy(&out[c->in_file[p]], &h->cols[p], h->arena);
		else
			h->cols[p] = out[c->in_file[p]];
	}
	if (h->copies)
		c->type->unpin(&h->pins);
	return true;
}

bool filesystem_columns_fill(FilesystemColumns *c, SourceChunk *chunk, const uint32_t *cols, uint32_t ncols, Err *err)
{
	if (!c->failed.code && fill(c, chunk->hold, cols, ncols, &c->failed))
		return true;
	*err = c->failed;
	return false;
}

const char *filesystem_columns_note(FilesystemColumns *c)
{
	snprintf(c->note, sizeof c->note, "%llu of %llu row groups skipped", (unsigned long long)c->skipped,
	         (unsigned long long)c->blocks);
	return c->note;
}

const Err *filesystem_columns_failed(const FilesystemColumns *c)
{
	return &c->failed;
}

void filesystem_columns_close(FilesystemColumns *c)
{
	if (!c)
		return;
	for (uint32_t i = 0; i < c->nfiles; i++) {
		close_file(c, &c->files[i]);
		mem_free(c->files[i].path);
	}
	mem_free(c->files);
	for (Hold *h = c->all_holds, *next; h; h = next) {
		next = h->next_all;
		c->type->unpin(&h->pins);
		arena_close(h->arena);
		mem_free(h);
	}
	arena_close(c->arena);
}
