/*
 * engine/connectors/filesystem_path.c: see filesystem_path.h.
 */
#include "engine/connectors/filesystem_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { DEPTH_MAX = 32, FILES_MAX = 1000000 };

bool filesystem_path_local(Str option, Str *path)
{
	option = str_trim(option);
	if (str_starts(option, STR("file:"))) {
		option = str_slice(option, 5, option.len);
		while (str_starts(option, STR("//")))
			option = str_slice(option, 1, option.len);
	} else if (str_find(option, STR("://"), 0) >= 0) {
		return false;
	}
	while (option.len > 1 && option.ptr[option.len - 1] == '/')
		option.len--;
	*path = option;
	return true;
}

bool filesystem_path_is_stdin(Str path)
{
	return str_eq_c(path, "-") || str_eq_c(path, "/dev/stdin") || str_eq_c(path, "stdin");
}

bool filesystem_path_failed(const char *what, const char *path, Err *err)
{
	int e = errno;
	err_set(err, ERR_IO, "%s \"%s\": %s", what, path, strerror(e));
	if (err && e != EACCES && e != EPERM && e != ENOTDIR && e != EISDIR && e != ENAMETOOLONG)
		err->flags |= ERR_RETRIABLE;
	return false;
}

static bool add_file(FilesystemFiles *out, Arena *arena, const char *path, const struct stat *st, Err *err)
{
	if (out->len == FILES_MAX)
		return err_set(err, ERR_IO, "more than %d files", FILES_MAX);
	FilesystemFile f = {
	    .path = arena_str(arena, str_from(path)),
	    .size = (int64_t)st->st_size,
	    .modified_us = (int64_t)st->st_mtim.tv_sec * 1000000 + st->st_mtim.tv_nsec / 1000,
	};
	ARENA_PUSH(arena, out, f);
	return true;
}

static bool walk(const char *path, unsigned depth, Arena *arena, FilesystemFiles *out, Err *err)
{
	DIR *dir = opendir(path);
	if (!dir)
		return errno == ENOENT || filesystem_path_failed("cannot list", path, err);
	bool ok = true;
	for (;;) {
		errno = 0;
		const struct dirent *e = ok ? readdir(dir) : NULL;
		if (!e) {
			ok = ok && (errno == 0 || filesystem_path_failed("cannot list", path, err));
			break;
		}
		if (e->d_name[0] == '.' || e->d_name[0] == '_')
			continue;
		Str full = arena_printf(arena, "%s/%s", path, e->d_name);
		struct stat st;
		if (stat(full.ptr, &st) != 0)
			ok = errno == ENOENT || filesystem_path_failed("cannot read", full.ptr, err);
		else if (S_ISDIR(st.st_mode))
			ok = depth < DEPTH_MAX ? walk(full.ptr, depth + 1, arena, out, err)
			                       : err_set(err, ERR_IO, "\"%s\" lies too deep", full.ptr);
		else if (S_ISREG(st.st_mode))
			ok = add_file(out, arena, full.ptr, &st, err);
	}
	closedir(dir);
	return ok;
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const FilesystemFile *)a)->path, ((const FilesystemFile *)b)->path);
}

bool filesystem_path_list(Str path, Arena *arena, FilesystemFiles *out, Err *err)
{
	const char *p = arena_cstr(arena, path);
	struct stat st;
	*out = (FilesystemFiles){0};
	if (stat(p, &st) != 0)
		return filesystem_path_failed("cannot read", p, err);
	bool ok = S_ISDIR(st.st_mode) ? walk(p, 0, arena, out, err) : add_file(out, arena, p, &st, err);
	if (ok && out->len > 1)
		qsort(out->items, out->len, sizeof *out->items, by_path);
	return ok;
}

void filesystem_path_watch(Str path, char *trouble, size_t size, Arena *arena, FilesystemFiles *out)
{
	Err why = {0};
	struct stat st;
	if (!filesystem_path_list(path, arena, out, &why))
		out->len = 0;
	if (why.code && stat(arena_cstr(arena, path), &st) != 0 && errno == ENOENT)
		err_clear(&why);
	if (why.code && !trouble[0])
		LOGW("filesystem", "the folder cannot be listed; trying again", "path=\"%.*s\" reason=\"%s\"", STR_ARG(path),
		     why.message);
	snprintf(trouble, size, "%s", why.message);
}

/* ---- Hive's names ---- */

void filesystem_path_escape(Str value, StrBuf *out)
{
	for (uint32_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.ptr[i];
		if (c < 0x20 || c == 0x7f || strchr("\"#%'*/:=?\\{}[]^", c))
			strbuf_printf(out, "%%%02X", c);
		else
			strbuf_putc(out, (char)c);
	}
}

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

Str filesystem_path_unescape(Str text, Arena *arena)
{
	char *out = arena_alloc(arena, text.len + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < text.len; i++) {
		int high = text.ptr[i] == '%' && i + 2 < text.len ? hex(text.ptr[i + 1]) : -1;
		int low = high >= 0 ? hex(text.ptr[i + 2]) : -1;
		if (low >= 0) {
			out[n++] = (char)(high * 16 + low);
			i += 2;
		} else {
			out[n++] = text.ptr[i];
		}
	}
	return str_make(out, n);
}

bool filesystem_path_partition(Str path, Str column, Str default_name, Arena *arena, Str *value, bool *null)
{
	Str rest = path, part;
	bool found = false;
	while (str_next(&rest, '/', &part)) {
		int64_t eq = str_find(part, STR("="), 0);
		/* Folders only: rest is used up at the file's own name. */
		if (eq < 0 || !rest.ptr || !str_eq(filesystem_path_unescape(str_slice(part, 0, (uint32_t)eq), arena), column))
			continue;
		Str v = str_slice(part, (uint32_t)eq + 1, part.len);
		*null = str_eq(v, default_name);
		*value = filesystem_path_unescape(v, arena);
		found = true;
	}
	return found;
}

bool filesystem_path_partition_value(Str path, Str column, const Type *type, Str default_name, const struct Zone *zone,
                                     Arena *arena, Value *out, Err *err)
{
	Str text;
	bool null;
	if (!filesystem_path_partition(path, column, default_name, arena, &text, &null))
		return err_set(err, ERR_BAD_RECORD, "\"%.*s\" lies in no folder \"%.*s=...\"", STR_ARG(path), STR_ARG(column));
	*out = VALUE_NULL;
	return null || value_parse(type, text, zone, arena, out, err);
}

bool filesystem_path_metadata(Str path, Str key, Arena *arena, Value *out)
{
	uint32_t slash = path.len;
	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	if (str_eq_c(key, "file.path")) {
		*out = value_str(path);
		return true;
	}
	if (str_eq_c(key, "file.name")) {
		*out = value_str(str_slice(path, slash, path.len));
		return true;
	}
	struct stat st;
	bool size = str_eq_c(key, "file.size");
	if ((!size && !str_eq_c(key, "file.modification-time")) || stat(arena_cstr(arena, path), &st) != 0)
		return false;
	*out = value_i64(size ? (int64_t)st.st_size : (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000);
	return true;
}

/* ---- folders ---- */

bool filesystem_path_make_folders(const char *path, Err *err)
{
	StrBuf b;
	strbuf_init(&b);
	bool ok = true;
	for (const char *p = path; ok; p++) {
		if ((*p == '/' || !*p) && b.len && mkdir(strbuf_cstr(&b), 0777) != 0 && errno != EEXIST)
			ok = filesystem_path_failed("cannot make the folder", strbuf_cstr(&b), err);
		if (!*p)
			break;
		strbuf_putc(&b, *p);
	}
	strbuf_deinit(&b);
	return ok;
}

bool filesystem_path_sync_folder(const char *path, Err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return filesystem_path_failed("cannot open the folder", path, err);
	bool ok = fsync(fd) == 0 || errno == EINVAL || filesystem_path_failed("cannot sync the folder", path, err);
	close(fd);
	return ok;
}
