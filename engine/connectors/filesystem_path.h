/*
 * engine/connectors/filesystem_path.h: paths of the filesystem connector: listing, Hive's folder names (k=v), facts
 * about files.
 */
#ifndef WEIR_ENGINE_CONNECTORS_FILESYSTEM_PATH_H
#define WEIR_ENGINE_CONNECTORS_FILESYSTEM_PATH_H

#include "sql/types/value.h"

/* The local path of a `path` option: "file:///a/b" and "file:/a/b" are /a/b, "-" stays. false: another scheme. */
bool filesystem_path_local(Str option, Str *path);
bool filesystem_path_is_stdin(Str path);

typedef struct FilesystemFile {
	Str path;
	int64_t size;
	int64_t modified_us;
	bool counted; /* size is a number of rows */
} FilesystemFile;

typedef struct FilesystemFiles {
	FilesystemFile *items;
	uint32_t len, cap;
} FilesystemFiles;

/* All regular files at or below path, sorted by path; names that begin with '.' or '_' are left out (those are being
 * written, or are markers). All of them, or false: none is passed over but for what is gone in the meantime. */
bool filesystem_path_list(Str path, Arena *arena, FilesystemFiles *out, Err *err);
/* The same of a path that is looked at again and again, and may come later: none when it cannot be listed. trouble
 * keeps why not, from one call to the next, and is "" when it can, or is not there; a new trouble is logged. */
void filesystem_path_watch(Str path, char *trouble, size_t size, Arena *arena, FilesystemFiles *out);

/* "2020-01-01 10:00" -> "2020-01-01 10%3A00" and back, as Hive does. */
void filesystem_path_escape(Str value, StrBuf *out);
Str filesystem_path_unescape(Str text, Arena *arena);
/* The value of a partition column out of a file's path (.../k=v/...); false: no such folder. *null when it is the
 * default name. */
bool filesystem_path_partition(Str path, Str column, Str default_name, Arena *arena, Str *value, bool *null);
/* The same as a value of the column's type; *out is NULL for the default name. false: no such folder, or its text is no
 * value of the type (err). */
bool filesystem_path_partition_value(Str path, Str column, const Type *type, Str default_name, const struct Zone *zone,
                                     Arena *arena, Value *out, Err *err);
/* Metadata of a file: file.path, file.name, file.size, file.modification-time (TIMESTAMP_LTZ). false: unknown key, or
 * the file is gone. */
bool filesystem_path_metadata(Str path, Str key, Arena *arena, Value *out);
/* Sets ERR_IO by errno; returns false. Space may come back, a network file system too: ERR_RETRIABLE. Missing rights
 * and folders that are files do not cure themselves. */
bool filesystem_path_failed(const char *what, const char *path, Err *err);
/* mkdir -p. */
bool filesystem_path_make_folders(const char *path, Err *err);
/* fsync of a folder, so that a rename in it survives. */
bool filesystem_path_sync_folder(const char *path, Err *err);

#endif
