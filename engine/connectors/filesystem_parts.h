/*
 * engine/connectors/filesystem_parts.h: the files that a sink is writing, and the marker beside them.
 *
 *   path/.weir-<engine>-<sink>                  the marker: epoch, files being written with their valid length, files
 * to be renamed path/k=v/.part-<engine>-<sink>-7.json       being written; what lies beyond its valid length does not
 * count path/k=v/part-<engine>-<sink>-6.json        finished, renamed once
 *
 * An epoch is made visible by one rename, that of the marker. Whatever a crash leaves half done is put right from it:
 * files are cut to their valid length, outstanding renames are made, files it does not name are removed.
 *
 * Formats with blocks have a second hidden file each: filesystem_blocks.h.
 *
 * Thread: one (delivery).
 */
#ifndef WEIR_ENGINE_CONNECTORS_FILESYSTEM_PARTS_H
#define WEIR_ENGINE_CONNECTORS_FILESYSTEM_PARTS_H

#include "base/arena.h"
#include "base/err.h"

typedef struct FilesystemPart {
	Str folder; /* below the sink's path, "" or "a=1/b=2" */
	uint64_t number;
	int64_t length;                 /* valid bytes */
	int64_t created_us, touched_us; /* wall clock */
	StrBuf fresh;                   /* of the epochs at hand */
	/* Formats with blocks (filesystem_blocks.h): the file of the open block's rows. */
	uint64_t side;       /* its generation; 0: there is none */
	int64_t side_length; /* valid bytes */
	StrBuf side_fresh;   /* to be appended, or with side_anew the whole of the next generation */
	bool side_anew;
	StrBuf notes; /* of the blocks in the file */
	struct FileWriter *writer;
	void (*writer_close)(struct FileWriter *writer);
	bool done; /* finished: to be renamed */
} FilesystemPart;

typedef struct FilesystemParts {
	Arena *arena;
	const char *path, *id, *extension; /* id: "<engine>-<sink>", fit for a file name */
	FilesystemPart *items;
	uint32_t len, cap;
	uint64_t epoch;
	uint64_t next_number;
	bool known; /* there is a marker */
} FilesystemParts;

void filesystem_parts_init(FilesystemParts *p, Str path, uint64_t engine_id, Str sink, const char *extension);
void filesystem_parts_deinit(FilesystemParts *p);
/* Reads the marker and puts the files right. false: ERR_IO (retriable or not), ERR_SINK_MARKER. */
bool filesystem_parts_recover(FilesystemParts *p, Err *err);
/* The file that rows of a folder go to; made (in memory) if there is none. */
FilesystemPart *filesystem_parts_of(FilesystemParts *p, Str folder, int64_t now_us);
/* The valid bytes of the file of a part's open rows. */
bool filesystem_parts_read_side(const FilesystemParts *p, const FilesystemPart *part, StrBuf *out, Err *err);
/* Forgets what was put into `fresh` and `side_fresh`. */
void filesystem_parts_forget(FilesystemParts *p);
/* Writes and syncs all that is fresh, then the marker with the epoch, then makes the renames of parts marked done.
 * false: err; to be recovered. */
bool filesystem_parts_commit(FilesystemParts *p, uint64_t epoch, Err *err);

#endif
