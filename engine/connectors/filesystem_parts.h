/*
 * engine/connectors/filesystem_parts.h: the files that a sink is writing, and the marker beside them.
 *
 * An epoch is made visible by one write, that of the marker, which holds its number, the files being written with their
 * valid lengths, and those that are finished. Whatever a crash leaves half done is put right from it: what lies beyond
 * a valid length is dropped, finished files get their names, and what the marker does not name is removed. Where all
 * that lies and how it is done is the place's: filesystem_place.h.
 *
 * Formats with blocks have the rows of the open block beside each file: filesystem_blocks.h.
 *
 * Thread: one (delivery).
 */
#ifndef WEIR_ENGINE_CONNECTORS_FILESYSTEM_PARTS_H
#define WEIR_ENGINE_CONNECTORS_FILESYSTEM_PARTS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "engine/connectors/filesystem_commits.h"

typedef struct FilesystemPart {
	Str folder; /* below the sink's path, "" or "a=1/b=2" */
	uint64_t number;
	int64_t length;                 /* valid bytes; -1: done, and not known */
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
	bool done; /* finished: to get its name */
	void *at;  /* the place's own */
} FilesystemPart;

typedef struct FilesystemParts {
	Arena *arena;
	const struct FilesystemPlace *place;
	void *at;                          /* the place's own */
	const char *path, *id, *extension; /* id: "<engine>-<sink>", fit for a file name */
	FilesystemPart *items;
	uint32_t len, cap;
	Map by_folder; /* index + 1 of the file that takes rows, where there are many */
	bool by_folder_stale;
	bool many; /* files get their names: so many that the place makes that durable in its `finished` */
	FilesystemCommits commits;
	uint64_t epoch;
	uint64_t next_number;
	bool known; /* there is a marker */
} FilesystemParts;

/* On the local file system; filesystem_bucket_use() puts it elsewhere. */
void filesystem_parts_init(FilesystemParts *p, Str path, uint64_t engine_id, Str sink, const char *extension);
void filesystem_parts_deinit(FilesystemParts *p);
/* Reads the marker and puts the files right. false: ERR_SINK_MARKER, or the place's error (retriable or not). */
bool filesystem_parts_recover(FilesystemParts *p, Err *err);
/* The file that rows of a folder go to; made (in memory) if there is none. */
FilesystemPart *filesystem_parts_of(FilesystemParts *p, Str folder, int64_t now_us);
/* The valid bytes of the file of a part's open rows. */
bool filesystem_parts_read_side(const FilesystemParts *p, const FilesystemPart *part, StrBuf *out, Err *err);
/* Forgets what was put into `fresh` and `side_fresh`. */
void filesystem_parts_forget(FilesystemParts *p);
/* Writes and syncs all that is fresh, then the marker with the epoch, then gives parts marked done their names.
 * false: err; to be recovered. */
bool filesystem_parts_commit(FilesystemParts *p, uint64_t epoch, Err *err);
/* Ends open files of folders that are to be committed; is there anything to commit? Before filesystem_parts_commit. */
bool filesystem_parts_end_due(FilesystemParts *p, int64_t now_us);
/* Commits the folders that are due and have no open file. After filesystem_parts_commit. */
bool filesystem_parts_commit_due(FilesystemParts *p, int64_t now_us, Err *err);

#endif
