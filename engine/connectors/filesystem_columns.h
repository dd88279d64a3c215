/*
 * engine/connectors/filesystem_columns.h: files that are read by columns (Parquet), for the source: positions are row
 * numbers.
 *
 * Polling hands out rows whose columns are not decoded yet; those that the plans read are filled in afterwards, and
 * further ones when another plan comes. Only some files are held open; where another one stood, it is taken up again.
 *
 * Thread: the source's.
 */
#ifndef WEIR_ENGINE_CONNECTORS_FILESYSTEM_COLUMNS_H
#define WEIR_ENGINE_CONNECTORS_FILESYSTEM_COLUMNS_H

#include "engine/connectors/filesystem_remote.h"
#include "engine/connectors/source.h"
#include "engine/formats/format.h"

typedef struct FilesystemColumns FilesystemColumns;

/* remote: where the files are fetched; NULL: they are local. */
FilesystemColumns *filesystem_columns_open(const Format *format, const Options *own, const SourceSpec *spec,
                                           FilesystemRemote *remote);
/* Reads the footer of a file; false: ERR_SOURCE_FAILED. *waits: it has to come first, ask again. */
bool filesystem_columns_rows(FilesystemColumns *c, Str path, int64_t *rows, bool *waits, Err *err);
/* Rows of a file from `row` on, at most max; files: how many the source has. Sets n, rows, position, next, hold. n 0
 * with a next: nothing up to there is asked for. *waits: their bytes have to come first, ask again. */
bool filesystem_columns_poll(FilesystemColumns *c, uint32_t part, Str path, int64_t row, uint32_t max, uint32_t files,
                             SourceChunk *chunk, bool *waits, Err *err);
/* A file that was read to its end. */
void filesystem_columns_done(FilesystemColumns *c, uint32_t part);
/* Decodes columns (numbers among the table's physical ones) of a chunk. */
bool filesystem_columns_fill(FilesystemColumns *c, SourceChunk *chunk, const uint32_t *cols, uint32_t ncols, Err *err);
/* What was not read, in words. */
const char *filesystem_columns_note(FilesystemColumns *c);
/* Why decoding failed: whoever asks later is told again, for the rows were lost. */
const Err *filesystem_columns_failed(const FilesystemColumns *c); /* code 0: it did not */
void filesystem_columns_release(FilesystemColumns *c, void *hold);
void filesystem_columns_close(FilesystemColumns *c); /* NULL is fine */

#endif
