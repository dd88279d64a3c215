/*
 * engine/connectors/filesystem_remote.h: objects in a bucket as files of the source: bytes are asked for, fetched by
 * threads, and read when they are there. Nothing here waits for the server but those threads, and an outage lasts as
 * long as it lasts: trouble() says so.
 *
 * What was fetched lies in a file without a name in TMPDIR until it is dropped.
 *
 * Thread: the source's; the fetching threads are its own.
 */
#ifndef WEIR_ENGINE_CONNECTORS_FILESYSTEM_REMOTE_H
#define WEIR_ENGINE_CONNECTORS_FILESYSTEM_REMOTE_H

#include "engine/connectors/filesystem_path.h"
#include "engine/net/s3.h"

typedef struct FilesystemRemote FilesystemRemote;

/* Reads the path and the options s3.* of a table. wake (may be NULL): called by any thread when something has come. */
bool filesystem_remote_open(const Options *o, Str path, void (*wake)(void *ctx), void *wake_ctx, FilesystemRemote **out,
                            Err *err);
void filesystem_remote_close(FilesystemRemote *r); /* NULL is fine */

/* Begins to list the objects below the path. */
void filesystem_remote_look(FilesystemRemote *r);
/* true, once for each look: the list has come, "s3://bucket/key" each, hidden ones left out, sorted; texts in the
 * arena. */
bool filesystem_remote_found(FilesystemRemote *r, Arena *arena, FilesystemFiles *out);

/* The file of a path that was found. */
uint32_t filesystem_remote_file(FilesystemRemote *r, Str path);
int64_t filesystem_remote_size(FilesystemRemote *r, uint32_t file);
/* Are these bytes there? If not they are fetched. */
bool filesystem_remote_want(FilesystemRemote *r, uint32_t file, int64_t at, int64_t n);
/* Exactly n bytes that are there. */
bool filesystem_remote_read(FilesystemRemote *r, uint32_t file, int64_t at, char *out, size_t n, Err *err);
/* What lies wholly before `before` is no longer needed. */
void filesystem_remote_drop(FilesystemRemote *r, uint32_t file, int64_t before);

/* false: it failed for good (ERR_SOURCE_FAILED, ERR_DATA_LOSS). */
bool filesystem_remote_check(FilesystemRemote *r, Err *err);
/* An outage in words, or NULL. */
const char *filesystem_remote_trouble(FilesystemRemote *r);

#endif
