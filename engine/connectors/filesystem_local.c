/*
 * engine/connectors/filesystem_local.c: the local file system as the place of a sink's files (filesystem_place.h).
 *
 *   path/.weir-ID                     the marker
 *   path/k=v/.part-ID-7.json          being written; what lies beyond its valid length does not count
 *   path/k=v/.part-ID-7.open-3        its open rows, third generation
 *   path/k=v/part-ID-6.json           finished, renamed once
 *
 * The marker says how long a finished file is ("size 9000" behind its line): when a rename is repeated after a crash,
 * the file must be there under its name, whole. Who reads files may take them away, so the marker is written again when
 * they have their names.
 */
#include "engine/connectors/filesystem_place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/connectors/filesystem_path.h"

enum { TOGETHER_FROM = 8 }; /* files of one epoch */
static const size_t SIDE_BYTES_MAX = (size_t)4000 << 20;

static bool io(Err *err, const char *what, const char *path)
{
	return filesystem_path_failed(what, path, err);
}

/* ---- names ---- */

static void put_folder(const FilesystemParts *p, Str folder, StrBuf *out)
{
	strbuf_clear(out);
	strbuf_puts(out, p->path);
	if (folder.len) {
		strbuf_putc(out, '/');
		strbuf_put_str(out, folder);
	}
}

static void put_name(const FilesystemParts *p, const FilesystemPart *part, bool hidden, StrBuf *out)
{
	put_folder(p, part->folder, out);
	strbuf_printf(out, "/%spart-%s-%llu.%s", hidden ? "." : "", p->id, (unsigned long long)part->number, p->extension);
}

static void put_side_name(const FilesystemParts *p, const FilesystemPart *part, uint64_t generation, StrBuf *out)
{
	put_folder(p, part->folder, out);
	strbuf_printf(out, "/.part-%s-%llu.open-%llu", p->id, (unsigned long long)part->number,
	              (unsigned long long)generation);
}

static void put_marker_name(const FilesystemParts *p, const char *end, StrBuf *out)
{
	strbuf_clear(out);
	strbuf_printf(out, "%s/.weir-%s%s", p->path, p->id, end);
}

/* ---- the marker ---- */

static bool read_all(const char *path, size_t most, StrBuf *out, bool *there, Err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	*there = fd >= 0;
	if (fd < 0)
		return errno == ENOENT || io(err, "cannot read", path);
	bool ok = true;
	for (;;) {
		strbuf_reserve(out, 65536);
		ssize_t n = read(fd, out->ptr + out->len, 65535);
		if (n < 0 && errno == EINTR)
			continue;
		ok = n >= 0 || io(err, "cannot read", path);
		if (n <= 0)
			break;
		out->len += (size_t)n;
		if (out->len > most) {
			ok = err_set(err, ERR_SINK_MARKER, "\"%s\" is no marker of weir", path);
			break;
		}
	}
	close(fd);
	return ok;
}

static bool local_read_marker(FilesystemParts *p, StrBuf *text, bool *there, Err *err)
{
	StrBuf name;
	strbuf_init(&name);
	put_marker_name(p, "", &name);
	bool ok = filesystem_path_make_folders(p->path, err) &&
	          read_all(strbuf_cstr(&name), FILESYSTEM_MARKER_BYTES_MAX, text, there, err);
	strbuf_deinit(&name);
	return ok;
}

static void local_print(const FilesystemPart *f, StrBuf *out)
{
	if (f->done && f->length >= 0)
		strbuf_printf(out, "size %lld\n", (long long)f->length);
}

static bool local_parse(FilesystemPart *f, Str what, Str line)
{
	return f->done && str_eq_c(what, "size") && line.ptr && str_to_i64(line, &f->length);
}

static bool write_all(int fd, const char *data, size_t len, int64_t at)
{
	while (len) {
		ssize_t n = pwrite(fd, data, len, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static bool local_write_marker(FilesystemParts *p, Str text, Err *err)
{
	StrBuf name, fresh;
	strbuf_init(&name);
	strbuf_init(&fresh);
	put_marker_name(p, "", &name);
	put_marker_name(p, ".new", &fresh);
	int fd = open(strbuf_cstr(&fresh), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	bool ok = fd >= 0 && write_all(fd, text.ptr, text.len, 0) && fsync(fd) == 0;
	ok = (fd < 0 || close(fd) == 0) && ok;
	ok = (ok && rename(strbuf_cstr(&fresh), strbuf_cstr(&name)) == 0) || io(err, "cannot write", strbuf_cstr(&fresh));
	ok = ok && filesystem_path_sync_folder(p->path, err);
	strbuf_deinit(&name);
	strbuf_deinit(&fresh);
	return ok;
}

/* ---- files ---- */

/* With files in many folders a sync of the file system is one wait instead of one for each file and folder. What lies
 * on another one (a mount below the path) is synced by itself. An error of the write-back is told to who had the folder
 * open before (Linux 5.8). */
typedef struct Together {
	int fd; /* of the path; -1: each by itself */
	dev_t device;
} Together;

static Together begin_together(const FilesystemParts *p, bool many)
{
	Together t = {.fd = many ? open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1};
	struct stat st;
	if (t.fd >= 0 && fstat(t.fd, &st) == 0) {
		t.device = st.st_dev;
	} else if (t.fd >= 0) {
		close(t.fd);
		t.fd = -1;
	}
	return t;
}

static bool is_together(const Together *t, int fd)
{
	struct stat st;
	return t->fd >= 0 && fstat(fd, &st) == 0 && st.st_dev == t->device;
}

static bool end_together(const FilesystemParts *p, const Together *t, bool ok, Err *err)
{
	if (t->fd < 0)
		return ok;
	ok = ok && (syncfs(t->fd) == 0 || io(err, "cannot sync", p->path));
	close(t->fd);
	return ok;
}

static bool lost_rows(const char *name, int64_t length, int64_t there, Err *err)
{
	err_set(err, ERR_SINK_MARKER, "\"%s\" has lost rows: %lld bytes are valid, %lld are there", name, (long long)length,
	        (long long)there);
	return err_hint(err,
	                "Somebody has changed or removed the file. Put it back, or drop the query and create it again.");
}

/* Opened for writing, and cut behind its valid length; -1: err. A file that was begun must be there, with all of it. */
static int open_file(const char *name, int64_t length, Err *err)
{
	struct stat st = {0};
	int fd = open(name, O_WRONLY | O_CLOEXEC | (length ? 0 : O_CREAT), 0666);
	bool gone = fd < 0 && length && errno == ENOENT;
	bool ok = gone || (fd >= 0 && fstat(fd, &st) == 0) || io(err, "cannot write", name);
	if (ok && (gone || st.st_size < length))
		ok = lost_rows(name, length, (int64_t)st.st_size, err);
	ok = ok && (ftruncate(fd, length) == 0 || io(err, "cannot cut", name));
	if (!ok && fd >= 0)
		close(fd);
	return ok ? fd : -1;
}

/* Appends to a file of a part behind its valid length; 0: it is new. */
static bool write_file(FilesystemParts *p, const FilesystemPart *f, const Together *t, StrBuf *name, int64_t length,
                       const StrBuf *bytes, Err *err)
{
	StrBuf folder;
	strbuf_init(&folder);
	put_folder(p, f->folder, &folder);
	bool fresh = length == 0, synced = false;
	bool ok = !fresh || filesystem_path_make_folders(strbuf_cstr(&folder), err);
	int fd = ok ? open_file(strbuf_cstr(name), length, err) : -1;
	ok = fd >= 0;
	if (ok) {
		ok = write_all(fd, bytes->ptr, bytes->len, length);
		synced = ok && is_together(t, fd);
		ok = (ok && (synced || fsync(fd) == 0)) || io(err, "cannot write", strbuf_cstr(name));
		close(fd);
	}
	/* The new name, and those of the folders on the way to it; the sink's own folder is synced with the marker. */
	for (Str rest = f->folder; ok && fresh && !synced && rest.len;) {
		put_folder(p, rest, &folder);
		ok = filesystem_path_sync_folder(strbuf_cstr(&folder), err);
		while (rest.len && rest.ptr[rest.len - 1] != '/')
			rest.len--;
		rest.len -= rest.len > 0;
	}
	strbuf_deinit(&folder);
	return ok;
}

static bool write_part(FilesystemParts *p, FilesystemPart *f, const Together *t, Err *err)
{
	StrBuf name;
	strbuf_init(&name);
	put_name(p, f, true, &name);
	bool ok = !f->fresh.len || write_file(p, f, t, &name, f->length, &f->fresh, err);
	if (ok && !f->done && (f->side_anew || f->side_fresh.len)) {
		put_side_name(p, f, f->side + f->side_anew, &name);
		ok = write_file(p, f, t, &name, f->side_anew ? 0 : f->side_length, &f->side_fresh, err);
	}
	strbuf_deinit(&name);
	return ok;
}

/* What of a part's files no longer counts, the marker being written. That it fails costs only room, until the next
 * start. */
static void remove_side(FilesystemParts *p, const FilesystemPart *f, uint64_t generation)
{
	StrBuf name;
	strbuf_init(&name);
	put_side_name(p, f, generation, &name);
	unlink(strbuf_cstr(&name));
	strbuf_deinit(&name);
}

static bool local_store(FilesystemParts *p, Err *err)
{
	uint32_t touched = 0;
	for (uint32_t i = 0; i < p->len; i++)
		touched += p->items[i].fresh.len || p->items[i].side_fresh.len;
	Together t = begin_together(p, touched > TOGETHER_FROM);
	bool ok = true;
	for (uint32_t i = 0; i < p->len && ok; i++)
		ok = write_part(p, &p->items[i], &t, err);
	return end_together(p, &t, ok, err);
}

static void local_stored(FilesystemParts *p)
{
	for (uint32_t i = 0; i < p->len; i++) {
		const FilesystemPart *f = &p->items[i];
		if (f->side_anew && !f->done && f->side > 1)
			remove_side(p, f, f->side - 1);
	}
}

/* Will `finished` sync the folder? */
static bool is_later(const FilesystemParts *p, const char *folder)
{
	struct stat all, one;
	return p->many && stat(p->path, &all) == 0 && stat(folder, &one) == 0 && all.st_dev == one.st_dev;
}

static bool local_finished(FilesystemParts *p, Err *err)
{
	Together t = begin_together(p, true);
	return t.fd < 0 ? io(err, "cannot sync", p->path) : end_together(p, &t, true, err);
}

/* What was to get its name is not there: it has it already, or there never was a row. */
static bool has_name(const FilesystemPart *f, StrBuf *name, Err *err)
{
	struct stat st;
	bool there = stat(strbuf_cstr(name), &st) == 0;
	if (!there && errno != ENOENT)
		return io(err, "cannot read", strbuf_cstr(name));
	if (there ? f->length < 0 || st.st_size == f->length : f->length == 0)
		return true;
	if (there)
		err_set(err, ERR_SINK_MARKER, "\"%s\" has lost rows: it was written with %lld bytes and has %lld",
		        strbuf_cstr(name), (long long)f->length, (long long)st.st_size);
	else
		err_set(err, ERR_SINK_MARKER, "\"%s\" is gone, and rows with it", strbuf_cstr(name));
	return err_hint(err,
	                "Somebody has removed or changed the file before it was finished. Put it back, or drop the query "
	                "and create it again.");
}

/* Gives a finished file its name. Again after a crash: then it may have it. */
static bool local_finish(FilesystemParts *p, const FilesystemPart *f, Err *err)
{
	StrBuf hidden, name, folder;
	strbuf_init(&hidden);
	strbuf_init(&name);
	strbuf_init(&folder);
	put_name(p, f, true, &hidden);
	put_name(p, f, false, &name);
	put_folder(p, f->folder, &folder);
	bool moved = rename(strbuf_cstr(&hidden), strbuf_cstr(&name)) == 0;
	bool ok = moved || (errno == ENOENT ? has_name(f, &name, err) : io(err, "cannot rename", strbuf_cstr(&hidden)));
	ok = ok && (!moved || is_later(p, strbuf_cstr(&folder)) || filesystem_path_sync_folder(strbuf_cstr(&folder), err));
	if (ok && f->side)
		remove_side(p, f, f->side);
	strbuf_deinit(&hidden);
	strbuf_deinit(&name);
	strbuf_deinit(&folder);
	return ok;
}

static bool local_tell(FilesystemParts *p, Str folder, Str file, Err *err)
{
	StrBuf name, path;
	strbuf_init(&name);
	strbuf_init(&path);
	put_folder(p, folder, &path);
	put_folder(p, folder, &name);
	strbuf_putc(&name, '/');
	strbuf_put_str(&name, file);
	int fd = open(strbuf_cstr(&name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	bool ok = (fd >= 0 && fsync(fd) == 0) || io(err, "cannot write", strbuf_cstr(&name));
	if (fd >= 0)
		close(fd);
	ok = ok && filesystem_path_sync_folder(strbuf_cstr(&path), err);
	strbuf_deinit(&name);
	strbuf_deinit(&path);
	return ok;
}

/* ---- after a start ---- */

static bool cut_file(StrBuf *name, int64_t length, Err *err)
{
	struct stat st;
	bool ok = stat(strbuf_cstr(name), &st) == 0;
	if (!ok && errno != ENOENT) {
		io(err, "cannot read", strbuf_cstr(name));
	} else if (!ok && length == 0) {
		ok = true;
	} else if (!ok || st.st_size < length) {
		ok = lost_rows(strbuf_cstr(name), length, ok ? (int64_t)st.st_size : 0, err);
	} else if (st.st_size > length) {
		ok = truncate(strbuf_cstr(name), length) == 0 || io(err, "cannot cut", strbuf_cstr(name));
	}
	return ok;
}

static bool cut_part(FilesystemParts *p, const FilesystemPart *f, Err *err)
{
	StrBuf name;
	strbuf_init(&name);
	put_name(p, f, true, &name);
	bool ok = cut_file(&name, f->length, err);
	if (ok && f->side) {
		put_side_name(p, f, f->side, &name);
		ok = cut_file(&name, f->side_length, err);
	}
	strbuf_deinit(&name);
	return ok;
}

static bool local_read_side(const FilesystemParts *p, const FilesystemPart *part, StrBuf *out, Err *err)
{
	StrBuf name;
	strbuf_init(&name);
	put_side_name(p, part, part->side, &name);
	bool there;
	bool ok = read_all(strbuf_cstr(&name), SIDE_BYTES_MAX, out, &there, err);
	ok = ok && (out->len == (size_t)part->side_length ||
	            err_set(err, ERR_SINK_MARKER, "\"%s\" is not as it was written", strbuf_cstr(&name)));
	strbuf_deinit(&name);
	return ok;
}

static bool local_restore(FilesystemParts *p, Err *err)
{
	for (uint32_t i = 0; i < p->len; i++)
		if (!p->items[i].done && !cut_part(p, &p->items[i], err))
			return false;
	return true;
}

/* Is it the file of a part (its end is the format's name), or the generation of its open rows that counts? */
static bool is_listed(const FilesystemParts *p, Str folder, uint64_t n, Str end)
{
	for (uint32_t i = 0; i < p->len; i++) {
		const FilesystemPart *f = &p->items[i];
		if (f->number != n || !str_eq(f->folder, folder))
			continue;
		int64_t generation;
		if (!str_starts(end, STR("open-")))
			return true;
		return !f->done && str_to_i64(str_slice(end, 5, end.len), &generation) && f->side == (uint64_t)generation;
	}
	return false;
}

/* Removes files of ours that the marker does not name: an epoch that never came to be. */
static void remove_strays(FilesystemParts *p, Str folder, unsigned depth)
{
	StrBuf path, ours;
	strbuf_init(&path);
	strbuf_init(&ours);
	put_folder(p, folder, &path);
	strbuf_printf(&ours, ".part-%s-", p->id);
	DIR *dir = depth < 32 ? opendir(strbuf_cstr(&path)) : NULL;
	const struct dirent *e;
	while (dir && (e = readdir(dir))) {
		Str name = str_from(e->d_name);
		int64_t n;
		if (str_starts(name, strbuf_str(&ours))) {
			Str rest = str_slice(name, (uint32_t)ours.len, name.len);
			int64_t dot = str_find(rest, STR("."), 0);
			if (dot > 0 && str_to_i64(str_slice(rest, 0, (uint32_t)dot), &n) &&
			    !is_listed(p, folder, (uint64_t)n, str_slice(rest, (uint32_t)dot + 1, rest.len)))
				unlinkat(dirfd(dir), e->d_name, 0);
		} else if (name.ptr[0] != '.' && str_find(name, STR("="), 0) > 0) {
			StrBuf sub;
			strbuf_init(&sub);
			strbuf_printf(&sub, "%.*s%s%s", STR_ARG(folder), folder.len ? "/" : "", e->d_name);
			remove_strays(p, strbuf_str(&sub), depth + 1);
			strbuf_deinit(&sub);
		}
	}
	if (dir)
		closedir(dir);
	strbuf_deinit(&path);
	strbuf_deinit(&ours);
}

static bool local_remove_strays(FilesystemParts *p, Err *err)
{
	(void)err;
	remove_strays(p, STR_EMPTY, 0);
	return true;
}

const FilesystemPlace filesystem_local = {
    .name = "the folder's marker",
    .read_marker = local_read_marker,
    .write_marker = local_write_marker,
    .store = local_store,
    .stored = local_stored,
    .finish = local_finish,
    .finished = local_finished,
    .print = local_print,
    .parse = local_parse,
    .finish_is_marked = true,
    .tell = local_tell,
    .restore = local_restore,
    .remove_strays = local_remove_strays,
    .read_side = local_read_side,
};
