/*
 * engine/connectors/filesystem_upload.h: what a file that is being written on S3 consists of: parts of an upload, and
 * pieces of journals behind them; its lines in the marker. What for: filesystem_bucket.c.
 *
 *   upload ID
 *   sent 8388608 "etag"               a part, in order
 *   tail 9f3c0123456789ab 0 611392    a piece of a journal: which, where in it, how long
 *   side 9f3c0123456789ab 611392 9    likewise, of the open block's rows
 */
#ifndef WEIR_ENGINE_CONNECTORS_FILESYSTEM_UPLOAD_H
#define WEIR_ENGINE_CONNECTORS_FILESYSTEM_UPLOAD_H

#include "engine/connectors/filesystem_parts.h"

typedef struct FilesystemPiece {
	uint64_t journal;
	int64_t at, len;
} FilesystemPiece;

typedef struct FilesystemPieces {
	FilesystemPiece *items;
	uint32_t len, cap;
} FilesystemPieces;

typedef struct FilesystemSent {
	int64_t len;
	char *etag;
} FilesystemSent;

typedef struct FilesystemUpload {
	char *upload; /* NULL: not begun */
	FilesystemSent *sent;
	uint32_t nsent, cap;
	FilesystemPieces tail, side;
	StrBuf held; /* the tail in memory, if is_held */
	bool is_held;
	bool tail_anew; /* the tail's fresh bytes are all of it */
} FilesystemUpload;

FilesystemUpload *filesystem_upload_of(FilesystemPart *f); /* made if there is none */
void filesystem_upload_free(FilesystemPart *f);
void filesystem_upload_piece(FilesystemPieces *list, FilesystemPiece piece);
void filesystem_upload_sent(FilesystemUpload *b, int64_t len, Str etag);
int64_t filesystem_upload_bytes(const FilesystemPieces *list);
int64_t filesystem_upload_sent_bytes(const FilesystemUpload *b);

void filesystem_upload_print(const FilesystemPart *f, StrBuf *out);
bool filesystem_upload_parse(FilesystemPart *f, Str what, Str line); /* false: it is none of these */
/* The name of a journal: 16 digits. */
bool filesystem_upload_number(Str text, uint64_t *out);

#endif
