/*
 * engine/connectors/filesystem_stdin.h: standard input, read by a thread, so that the engine never waits for whoever
 * types or pipes.
 */
#ifndef WEIR_ENGINE_CONNECTORS_FILESYSTEM_STDIN_H
#define WEIR_ENGINE_CONNECTORS_FILESYSTEM_STDIN_H

#include "base/err.h"
#include "base/str.h"

typedef struct FilesystemStdin FilesystemStdin;

bool filesystem_stdin_open(int fd, void (*wake)(void *ctx), void *wake_ctx, FilesystemStdin **out, Err *err);
/* Appends what has come to out, up to max bytes. *ended: nothing more will come. */
size_t filesystem_stdin_take(FilesystemStdin *in, StrBuf *out, size_t max, bool *ended);
void filesystem_stdin_close(FilesystemStdin *in);

#endif
