/*
 * engine/connectors/filesystem_source.c: files as a source (connector filesystem): one file, a folder, or standard
 * input ("-").
 *
 * Each file is a partition named by its path; a position is a byte offset. Files are read in blocks with pread; a
 * record that does not end within the block is read again in the next one, which begins at the record (and is larger if
 * need be). A block is shared by all chunks cut from it and goes back to a free list with the last of them.
 *
 *   file:   |......|......|..|      block at `base`:  [r1][r2][r3][r4..    at: first byte not handed out
 *           0      next       bound                       ^at
 *
 * Files of a format with columns (Parquet) are read by filesystem_columns.c; a position is a row number then.
 *
 * Objects on S3 are fetched by filesystem_remote.c; what has not come yet is nothing now, like a silent standard input.
 *
 * The size of a file is taken when it is found: what is appended later is not read. With source.monitor-interval new
 * files are looked for, and the source is unbounded.
 */
#include "engine/connectors/connectors.h"

#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <unistd.h>

#include "engine/connectors/filesystem_columns.h"
#include "base/map.h"
#include "engine/connectors/filesystem_path.h"
#include "engine/connectors/filesystem_remote.h"
#include "engine/connectors/filesystem_stdin.h"
#include "engine/formats/format.h"

enum {
	BLOCK_BYTES_MIN = 64 << 10,
	BLOCK_BYTES_MAX = 1 << 20,
	RECORD_BYTES_MAX = 64 << 20,
	AHEAD_BYTES = 32 << 20,
	OPEN_FILES_MAX = 64, /* beyond that a file is opened anew for each block */
};

typedef struct Block {
	StrBuf data;
	int64_t base; /* offset of data in the file */
	uint32_t refs;
	struct Block *next_free, *next_all;
} Block;

typedef struct Hold {
	Block *block;
	Str *messages;
	int64_t *positions;
	struct Hold *next_free, *next_all;
} Hold;

typedef struct FilePart {
	int fd; /* -1: not open */
	uint32_t remote;
	Block *block;
	size_t at;   /* in the block */
	size_t want; /* block size of the next read: grows for long records */
	bool ended;  /* the block reaches the file's end */
} FilePart;

struct Source {
	Arena *arena;
	SourceSpec spec;
	const Format *format;
	Options format_options;
	Str path;
	bool has_regex;
	regex_t regex;
	int64_t monitor_us; /* 0: bounded */
	int64_t looked_us;
	FilesystemStdin *in;
	FilesystemColumns *columns; /* NULL: files of records */
	FilesystemRemote *remote;   /* NULL: local files */
	FilesystemFiles found;      /* remote ones whose size in rows is not known yet */
	Arena *found_arena;
	bool looked, all_known; /* the first list has come; and all of its files have become parts */
	int64_t in_base;        /* position of the first byte of standard input */
	SourcePartition *parts;
	FilePart *files;
	uint32_t nparts, cap;
	Map known; /* names of parts */
	uint32_t nopen;
	size_t block_bytes;
	Block *free_blocks, *all_blocks;
	Hold *free_holds, *all_holds;
	char trouble[300]; /* of a local folder that is watched */
};

/* ---- options ---- */

static const Format *find_format(const TableDef *t, Err *err)
{
	const OptionValue *o = options_find(&t->options, STR("format"));
	if (!o) {
		err_set(err, ERR_MISSING_OPTION, "\"format\" is missing");
		return NULL;
	}
	const Format *f = format_find(o->value);
	if (!f || (!f->split && !f->files)) {
		err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\" is no format for files", STR_ARG(o->value));
		return NULL;
	}
	return f;
}

static bool read_path(const TableDef *t, Str *path, Err *err)
{
	const OptionValue *o = options_find(&t->options, STR("path"));
	if (!o || str_trim(o->value).len == 0)
		return err_set(err, ERR_MISSING_OPTION, "\"path\" is missing");
	if (s3_is_path(o->value)) {
		S3Config config;
		Arena *arena = arena_open("scratch", 0);
		bool ok = s3_config_read(&t->options, o->value, arena, &config, err);
		arena_close(arena);
		*path = str_trim(o->value);
		return ok;
	}
	if (filesystem_path_local(o->value, path))
		return true;
	err_set_at(err, ERR_NOT_SUPPORTED, o->span, "\"%.*s\" is neither a local path nor one on S3", STR_ARG(o->value));
	return err_hint(err, "Write a path, file:///path or s3://bucket/prefix.");
}

static bool read_regex(const TableDef *t, regex_t *out, bool *has, Err *err)
{
	const OptionValue *o = options_find(&t->options, STR("source.path.regex-pattern"));
	*has = false;
	if (!o)
		return true;
	StrBuf re;
	strbuf_init(&re);
	strbuf_printf(&re, "^(%.*s)$", STR_ARG(o->value));
	int e = regcomp(out, strbuf_cstr(&re), REG_EXTENDED | REG_NOSUB);
	strbuf_deinit(&re);
	*has = e == 0;
	return *has || err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\" is no regular expression", STR_ARG(o->value));
}

static bool filesystem_check(const TableDef *table, Err *err)
{
	Str path;
	regex_t re;
	bool has;
	const Format *f = find_format(table, err);
	if (!f || !read_path(table, &path, err) || !read_regex(table, &re, &has, err))
		return false;
	if (f->files && filesystem_path_is_stdin(path)) {
		if (has)
			regfree(&re);
		err_set_at(err, ERR_BAD_OPTION, options_find(&table->options, STR("path"))->span,
		           "a file of the format \"%s\" is read from its end, and standard input has none", f->name);
		return err_hint(err, "Write the bytes to a file, and name that.");
	}
	if (has)
		regfree(&re);
	return true;
}

static bool filesystem_is_bounded(const TableDef *table)
{
	return !options_has(&table->options, "source.monitor-interval");
}

/* ---- files ---- */

static void grow(Source *s)
{
	if (s->nparts < s->cap)
		return;
	s->cap = s->cap ? s->cap * 2 : 16;
	s->parts = mem_realloc(s->parts, s->cap * sizeof *s->parts);
	s->files = mem_realloc(s->files, s->cap * sizeof *s->files);
}

/* A bounded read that goes on ends where it was to end when it began, though the file has grown since. */
static bool keep_bound(const Source *s, Str name, int64_t *size, Err *err)
{
	if (s->monitor_us > 0 || !s->spec.stored_bound || *size == SOURCE_END_NONE)
		return true;
	int64_t bound = s->spec.stored_bound(s->spec.ctx, name);
	if (bound == SOURCE_END_NONE)
		return true;
	const char *unit = s->columns ? "row" : "byte";
	if (bound > *size) {
		err_set(err, ERR_DATA_LOSS, "\"%.*s\" is to be read up to %s %lld, but has only %lld", STR_ARG(name), unit,
		        (long long)bound, (long long)*size);
		return err_hint(err, "Put the file back, or remove it and give the new one another name.");
	}
	*size = bound;
	return true;
}

static bool add_part(Source *s, Str name, int64_t size, Err *err)
{
	int64_t stored = s->spec.stored ? s->spec.stored(s->spec.ctx, name) : SOURCE_POSITION_NEW;
	int64_t at = stored == SOURCE_POSITION_NEW ? 0 : stored;
	if (stored != SOURCE_POSITION_NEW && !keep_bound(s, name, &size, err))
		return false;
	if (size != SOURCE_END_NONE && at > size) {
		err_set(err, ERR_DATA_LOSS, "\"%.*s\" was read up to %s %lld, but has only %lld", STR_ARG(name),
		        s->columns ? "row" : "byte", (long long)at, (long long)size);
		return err_hint(err, "Put the file back, or remove it and give the new one another name.");
	}
	grow(s);
	map_put(&s->known, name, s);
	uint32_t id = s->nparts++;
	s->files[id] = (FilePart){.fd = -1, .want = s->block_bytes};
	if (s->remote)
		s->files[id].remote = filesystem_remote_file(s->remote, name);
	s->parts[id] = (SourcePartition){
	    .name = arena_str(s->arena, name),
	    .id = id,
	    .next = at,
	    .bound = size,
	    .catchup = size == SOURCE_END_NONE ? at : size,
	    .end = size,
	    .done = at >= size,
	    .ready = true,
	    .time_us = INT64_MIN,
	};
	return true;
}

static bool is_new(const Source *s, const FilesystemFile *f)
{
	return !(s->has_regex && regexec(&s->regex, f->path.ptr, 0, NULL, 0) != 0) && !map_has(&s->known, f->path);
}

static bool find_files(Source *s, Err *err)
{
	Arena *scratch = arena_open("scratch", 0);
	FilesystemFiles files;
	bool ok = true;
	if (s->monitor_us > 0) {
		filesystem_path_watch(s->path, s->trouble, sizeof s->trouble, scratch, &files);
	} else if (!filesystem_path_list(s->path, scratch, &files, err)) {
		ok = false;
		err->code = ERR_SOURCE_FAILED;
		err->flags = 0;
	}
	for (uint32_t i = 0; ok && i < files.len; i++) {
		const FilesystemFile *f = &files.items[i];
		if (!is_new(s, f))
			continue;
		int64_t size = f->size;
		bool waits;
		ok = (!s->columns || filesystem_columns_rows(s->columns, f->path, &size, &waits, err)) &&
		     add_part(s, f->path, size, err);
	}
	arena_close(scratch);
	return ok;
}

/* Those of the list become parts in its order, each when its size is known. */
static bool add_found(Source *s, Err *err)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->found.len; i++) {
		FilesystemFile *f = &s->found.items[i];
		bool waits = false;
		if (!is_new(s, f))
			continue;
		if (s->columns && !f->counted && !filesystem_columns_rows(s->columns, f->path, &f->size, &waits, err))
			return false;
		f->counted = !waits;
		if (waits || n > 0) /* the ones behind are asked for already */
			s->found.items[n++] = *f;
		else if (!add_part(s, f->path, f->size, err))
			return false;
	}
	s->found.len = n;
	s->all_known = s->all_known || (s->looked && !n);
	return true;
}

static bool find_remote(Source *s, Err *err)
{
	int64_t now = clock_mono_us(s->spec.clock);
	if (!filesystem_remote_check(s->remote, err))
		return false;
	if (!s->found.len && (!s->looked || s->monitor_us > 0)) {
		arena_reset(s->found_arena);
		if (filesystem_remote_found(s->remote, s->found_arena, &s->found)) {
			if (!s->found.len && s->monitor_us <= 0) {
				err_set(err, ERR_SOURCE_FAILED, "there is nothing at or below \"%.*s\"", STR_ARG(s->path));
				return err_hint(err, "Correct the table's \"path\", or give \"source.monitor-interval\" to wait for "
				                     "objects.");
			}
			s->looked = true;
			s->looked_us = now;
		} else if (s->looked && now - s->looked_us >= s->monitor_us) {
			s->looked_us = now;
			filesystem_remote_look(s->remote);
		}
	}
	return add_found(s, err);
}

static void filesystem_close(Source *s);

static bool filesystem_open(const SourceSpec *spec, Source **out, Err *err)
{
	Source *s = MEM_NEW(Source);
	s->arena = arena_open("filesystem", 0);
	map_init(&s->known);
	s->spec = *spec;
	s->format = find_format(spec->table, err);
	bool ok =
	    s->format && read_path(spec->table, &s->path, err) && read_regex(spec->table, &s->regex, &s->has_regex, err);
	if (ok && s3_is_path(s->path)) {
		s->found_arena = arena_open("files found", 0);
		ok = filesystem_remote_open(&spec->table->options, s->path, spec->wake, spec->wake_ctx, &s->remote, err);
	}
	if (ok) {
		Str name = arena_printf(s->arena, "%s.", s->format->name);
		s->format_options = options_with_prefix(&spec->table->options, name, s->arena);
		if (!filesystem_is_bounded(spec->table) && !spec->snapshot)
			s->monitor_us = options_duration_us(&spec->table->options, "filesystem", "source.monitor-interval");
		s->block_bytes = BLOCK_BYTES_MAX;
		if (spec->memory_bytes > 0 && spec->memory_bytes / 4 < BLOCK_BYTES_MAX)
			s->block_bytes =
			    spec->memory_bytes / 4 < BLOCK_BYTES_MIN ? BLOCK_BYTES_MIN : (size_t)spec->memory_bytes / 4;
		s->looked_us = clock_mono_us(spec->clock);
		if (s->format->files)
			s->columns = filesystem_columns_open(s->format, &s->format_options, spec, s->remote);
	}
	if (ok && s->remote) {
		filesystem_remote_look(s->remote);
	} else if (ok && filesystem_path_is_stdin(s->path)) {
		ok = add_part(s, STR("-"), SOURCE_END_NONE, err) &&
		     filesystem_stdin_open(STDIN_FILENO, spec->wake, spec->wake_ctx, &s->in, err);
		if (ok)
			s->in_base = s->parts[0].next;
	} else if (ok) {
		ok = find_files(s, err);
	}
	if (!ok) {
		filesystem_close(s);
		return false;
	}
	*out = s;
	return true;
}

static bool filesystem_service(Source *s, Err *err)
{
	int64_t now = clock_mono_us(s->spec.clock);
	if (s->columns && filesystem_columns_failed(s->columns)->code) {
		*err = *filesystem_columns_failed(s->columns);
		return false;
	}
	if (s->remote)
		return find_remote(s, err);
	if (s->in || s->monitor_us <= 0 || now - s->looked_us < s->monitor_us)
		return true;
	s->looked_us = now;
	return find_files(s, err);
}

static const SourcePartition *filesystem_partitions(Source *s, uint32_t *n, bool *all_known)
{
	*n = s->nparts;
	*all_known = !s->remote || s->all_known;
	return s->parts;
}

/* ---- blocks ---- */

static Block *take_block(Source *s)
{
	Block *b = s->free_blocks;
	if (b) {
		s->free_blocks = b->next_free;
	} else {
		b = MEM_NEW(Block);
		strbuf_init(&b->data);
		b->next_all = s->all_blocks;
		s->all_blocks = b;
	}
	b->refs = 1;
	return b;
}

static void drop_block(Source *s, Block *b)
{
	if (!b || --b->refs > 0)
		return;
	strbuf_clear(&b->data);
	if (b->data.cap > 4 * (size_t)BLOCK_BYTES_MAX)
		strbuf_deinit(&b->data);
	b->next_free = s->free_blocks;
	s->free_blocks = b;
}

static bool read_error(const Source *s, uint32_t id, int e, Err *err)
{
	return err_set(err, ERR_SOURCE_FAILED, "\"%.*s\" cannot be read: %s", STR_ARG(s->parts[id].name), strerror(e));
}

static void close_file(Source *s, FilePart *f)
{
	if (f->fd < 0)
		return;
	close(f->fd);
	f->fd = -1;
	s->nopen--;
}

/* How far ahead a remote file is fetched: all of them together so much. */
static int64_t ahead(const Source *s)
{
	int64_t n = AHEAD_BYTES / (s->nparts ? s->nparts : 1);
	return n < (int64_t)s->block_bytes ? 0 : n;
}

/* Appends n bytes of a remote file. *waits: they are on their way. */
static bool read_remote(Source *s, uint32_t id, StrBuf *out, int64_t offset, size_t n, bool *waits, Err *err)
{
	uint32_t file = s->files[id].remote;
	*waits = !filesystem_remote_want(s->remote, file, offset, (int64_t)n);
	filesystem_remote_want(s->remote, file, offset + (int64_t)n, ahead(s));
	if (*waits)
		return true;
	strbuf_reserve(out, n + 1);
	if (!filesystem_remote_read(s->remote, file, offset, out->ptr + out->len, n, err))
		return false;
	out->len += n;
	filesystem_remote_drop(s->remote, file, offset + (int64_t)n);
	return true;
}

/* Appends up to n bytes of the file from offset on. */
static bool read_file(Source *s, uint32_t id, StrBuf *out, int64_t offset, size_t n, Err *err)
{
	FilePart *f = &s->files[id];
	if (f->fd < 0) {
		char *path = mem_cstr(s->parts[id].name);
		f->fd = open(path, O_RDONLY | O_CLOEXEC);
		mem_free(path);
		if (f->fd < 0)
			return read_error(s, id, errno, err);
		s->nopen++;
	}
	strbuf_reserve(out, n + 1);
	size_t got = 0;
	while (got < n) {
		ssize_t r = pread(f->fd, out->ptr + out->len, n - got, offset + (int64_t)got);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return read_error(s, id, errno, err);
		if (r == 0)
			return err_set(err, ERR_SOURCE_FAILED, "\"%.*s\" became shorter while it was read",
			               STR_ARG(s->parts[id].name));
		out->len += (size_t)r;
		got += (size_t)r;
	}
	if (s->nopen > OPEN_FILES_MAX)
		close_file(s, f);
	return true;
}

/* Makes f->block hold the bytes from the partition's position on, more than before. *more: there was more to get. */
static bool next_block(Source *s, uint32_t id, bool *more, Err *err)
{
	FilePart *f = &s->files[id];
	SourcePartition *pub = &s->parts[id];
	Block *old = f->block;
	size_t rest = old ? old->data.len - f->at : 0;
	Block *b = take_block(s);
	b->base = pub->next;
	if (rest)
		strbuf_put(&b->data, old->data.ptr + f->at, rest);
	bool ok = true;
	if (rest >= RECORD_BYTES_MAX) {
		ok = err_set(err, ERR_SOURCE_FAILED, "\"%.*s\": the record at byte %lld is larger than %d MB",
		             STR_ARG(pub->name), (long long)pub->next, RECORD_BYTES_MAX >> 20);
		*more = false;
	} else if (s->in) {
		bool ended;
		*more = filesystem_stdin_take(s->in, &b->data, f->want, &ended) > 0 || (ended && !f->ended);
		f->ended = ended;
	} else {
		int64_t from = pub->next + (int64_t)rest, left = pub->bound - from;
		size_t n = left < (int64_t)f->want ? (size_t)left : f->want;
		bool waits = false;
		ok = n == 0 || (s->remote ? read_remote(s, id, &b->data, from, n, &waits, err)
		                          : read_file(s, id, &b->data, from, n, err));
		if (waits) {
			drop_block(s, b);
			*more = false;
			return true;
		}
		*more = n > 0;
		f->ended = from + (int64_t)n >= pub->bound;
	}
	f->want = f->want * 2 > RECORD_BYTES_MAX ? RECORD_BYTES_MAX : f->want * 2;
	drop_block(s, old);
	f->block = b;
	f->at = 0;
	return ok;
}

static void finish(Source *s, uint32_t id)
{
	FilePart *f = &s->files[id];
	SourcePartition *pub = &s->parts[id];
	pub->done = true;
	pub->bound = pub->end = pub->next;
	drop_block(s, f->block);
	f->block = NULL;
	close_file(s, f);
	if (s->remote && !s->columns)
		filesystem_remote_drop(s->remote, f->remote, INT64_MAX);
	if (s->columns)
		filesystem_columns_done(s->columns, id);
}

/* ---- chunks ---- */

static Hold *take_hold(Source *s)
{
	Hold *h = s->free_holds;
	if (h) {
		s->free_holds = h->next_free;
		return h;
	}
	h = MEM_NEW(Hold);
	h->messages = MEM_ARRAY(Str, BATCH_ROWS_MAX);
	h->positions = MEM_ARRAY(int64_t, BATCH_ROWS_MAX);
	h->next_all = s->all_holds;
	s->all_holds = h;
	return h;
}

static void filesystem_release(Source *s, void *hold)
{
	Hold *h = hold;
	if (s->columns) {
		filesystem_columns_release(s->columns, hold);
		return;
	}
	if (!h)
		return;
	drop_block(s, h->block);
	h->block = NULL;
	h->next_free = s->free_holds;
	s->free_holds = h;
}

static bool poll_columns(Source *s, SourcePartition *pub, uint32_t max, SourceChunk *chunk, Err *err)
{
	if (pub->done || max == 0)
		return true;
	if (pub->bound - pub->next < max)
		max = (uint32_t)(pub->bound - pub->next);
	bool waits;
	if (!filesystem_columns_poll(s->columns, pub->id, pub->name, pub->next, max, s->nparts, chunk, &waits, err))
		return false;
	if (waits)
		return true;
	if (!chunk->n && chunk->next <= pub->next)
		return err_set(err, ERR_DATA_LOSS, "\"%.*s\" has changed while it was read", STR_ARG(pub->name));
	pub->next = chunk->next;
	if (pub->next >= pub->bound)
		finish(s, pub->id);
	return true;
}

static bool filesystem_fill(Source *s, SourceChunk *chunk, const uint32_t *cols, uint32_t ncols, Err *err)
{
	return !s->columns || filesystem_columns_fill(s->columns, chunk, cols, ncols, err);
}

static bool filesystem_poll(Source *s, uint32_t id, uint32_t max, SourceChunk *chunk, Err *err)
{
	FilePart *f = &s->files[id];
	SourcePartition *pub = &s->parts[id];
	*chunk = (SourceChunk){.next = pub->next};
	if (s->columns)
		return poll_columns(s, pub, max, chunk, err);
	if (max > BATCH_ROWS_MAX)
		max = BATCH_ROWS_MAX;
	while (!pub->done && max > 0) {
		uint32_t n = 0;
		size_t used = 0;
		Hold *h = NULL;
		if (f->block && (f->block->data.len > f->at || f->ended)) {
			h = take_hold(s);
			Str data = str_make(f->block->data.ptr + f->at, f->block->data.len - f->at);
			if (data.len)
				n = s->format->split(&s->format_options, data, f->ended, h->messages, max, &used);
		}
		for (uint32_t i = 0; i < n; i++)
			h->positions[i] = f->block->base + (h->messages[i].ptr - f->block->data.ptr);
		f->at += used;
		pub->next += (int64_t)used;
		bool at_end = f->ended && f->block && f->at >= f->block->data.len;
		if (n > 0) {
			f->want = s->block_bytes;
			h->block = f->block;
			f->block->refs++;
			*chunk =
			    (SourceChunk){.n = n, .value = h->messages, .position = h->positions, .next = pub->next, .hold = h};
			if (at_end)
				finish(s, id);
			return true;
		}
		filesystem_release(s, h);
		chunk->next = pub->next;
		if (at_end || (f->ended && used == 0)) {
			pub->next = chunk->next = f->ended && f->block ? f->block->base + (int64_t)f->block->data.len : pub->next;
			finish(s, id);
			break;
		}
		if (used > 0)
			continue;
		bool more;
		if (!next_block(s, id, &more, err))
			return false;
		if (!more && !f->ended)
			break; /* nothing now: standard input, or bytes on their way */
	}
	return true;
}

static bool filesystem_seek(Source *s, uint32_t id, int64_t position, Err *err)
{
	if (s->in)
		return err_set(err, ERR_NOT_SUPPORTED, "standard input cannot be read again");
	drop_block(s, s->files[id].block);
	s->files[id].block = NULL;
	s->files[id].at = 0;
	s->files[id].ended = false;
	s->parts[id].next = position;
	s->parts[id].done = position >= s->parts[id].bound;
	return true;
}

static const char *filesystem_trouble(Source *s)
{
	return s->remote ? filesystem_remote_trouble(s->remote) : s->trouble[0] ? s->trouble : NULL;
}

static const char *filesystem_note(Source *s)
{
	return s->columns ? filesystem_columns_note(s->columns) : NULL;
}

static void filesystem_close(Source *s)
{
	if (s->in)
		filesystem_stdin_close(s->in);
	for (uint32_t i = 0; i < s->nparts; i++)
		close_file(s, &s->files[i]);
	for (Hold *h = s->all_holds, *next; h; h = next) {
		next = h->next_all;
		mem_free(h->messages);
		mem_free(h->positions);
		mem_free(h);
	}
	for (Block *b = s->all_blocks, *next; b; b = next) {
		next = b->next_all;
		strbuf_deinit(&b->data);
		mem_free(b);
	}
	filesystem_columns_close(s->columns);
	filesystem_remote_close(s->remote);
	arena_close(s->found_arena);
	if (s->has_regex)
		regfree(&s->regex);
	map_deinit(&s->known);
	mem_free(s->parts);
	mem_free(s->files);
	arena_close(s->arena);
	mem_free(s);
}

const SourceType filesystem_source_type = {
    .connector = "filesystem",
    .check = filesystem_check,
    .is_bounded = filesystem_is_bounded,
    .open = filesystem_open,
    .service = filesystem_service,
    .partitions = filesystem_partitions,
    .poll = filesystem_poll,
    .fill = filesystem_fill,
    .release = filesystem_release,
    .seek = filesystem_seek,
    .trouble = filesystem_trouble,
    .note = filesystem_note,
    .close = filesystem_close,
};
