/*
 * engine/state/lockfile.h: one engine per state file: a lock on a file beside it, which says whose it is.
 *
 * The lock goes with the descriptor, so it ends with the process however that ends. The file stays.
 */
#ifndef WEIR_ENGINE_STATE_LOCKFILE_H
#define WEIR_ENGINE_STATE_LOCKFILE_H

#include "base/err.h"

/* Locks PATH-lock. *fd is to be kept. ERR_STATE_LOCKED names the holder's pid. */
bool lockfile_take(const char *path, int *fd, Err *err);
void lockfile_release(int fd);

#endif
