/*
 * engine/front/session_spool.h: rows of a result, kept until the client has taken them: in memory first, then in a file
 * without a name.
 *
 * Written once to the end, read in order, any number of times. Thread: one at a time.
 */
#ifndef WEIR_ENGINE_FRONT_SESSION_SPOOL_H
#define WEIR_ENGINE_FRONT_SESSION_SPOOL_H

#include "base/err.h"
#include "base/str.h"

typedef struct SessionSpool SessionSpool;

/* memory_max: bytes kept in memory; file_max: bytes on disk, above which writing fails. */
SessionSpool *session_spool_open(int64_t memory_max, int64_t file_max);
void session_spool_close(SessionSpool *sp); /* NULL is fine */
bool session_spool_put(SessionSpool *sp, Str row, Err *err);
uint64_t session_spool_rows(const SessionSpool *sp);
/* The next row, valid until the next call. false: the end (err->code is 0), or the file cannot be read. */
bool session_spool_next(SessionSpool *sp, Str *row, Err *err);
void session_spool_rewind(SessionSpool *sp);

#endif
