/*
 * engine/connectors/filesystem_blocks.h: files of a format with blocks and a footer (Parquet), for the sink.
 *
 *   .part-ID-7.parquet     blocks that are complete
 *   .part-ID-7.open-3      u64 shape of the blocks | u32 bytes of notes | notes of those blocks | rows of the open
 * block, as chunks hold them
 *
 * A block is closed when it is large, not when an epoch ends; until then its rows lie in the second file, synced with
 * every epoch, and in memory as columns. After a crash they are put into a block again. Closing a block, and ending the
 * file with its footer, begins a new generation of the second file, or none: the marker says which one counts.
 *
 * Thread: one (delivery).
 */
#ifndef WEIR_ENGINE_CONNECTORS_FILESYSTEM_BLOCKS_H
#define WEIR_ENGINE_CONNECTORS_FILESYSTEM_BLOCKS_H

#include "engine/connectors/filesystem_parts.h"
#include "engine/formats/format.h"

typedef struct FilesystemBlocks {
	const FormatFiles *type; /* NULL: a format of records */
	const Options *own;
	const FormatSchema *schema;
	/* Rows as chunks hold them: all columns of the sink, and which of them are in the files. */
	const Type *const *types;
	uint32_t ncols;
	const uint32_t *cols;
	Value *values, *record; /* for one row */
	/* Of the blocks that were closed, as they lay in memory and in files. */
	double plain, encoded;
} FilesystemBlocks;

/* Before the rows of a delivery, which can be taken back. */
void filesystem_blocks_mark(const FilesystemBlocks *b, FilesystemParts *parts);
void filesystem_blocks_undo(const FilesystemBlocks *b, FilesystemParts *parts);
/* A row into a file: its record, and its bytes in the chunk. false: refused. */
bool filesystem_blocks_add(const FilesystemBlocks *b, FilesystemPart *part, const Value *record, Str bytes, Err *err);
/* Bytes of a part that are not in its file yet, as they lie in memory. */
int64_t filesystem_blocks_open_bytes(const FilesystemBlocks *b, const FilesystemPart *part);
/* Is the file, with its open block as that will be encoded, so large? May close the block to see. */
bool filesystem_blocks_full(FilesystemBlocks *b, FilesystemPart *part, int64_t most_bytes);
/* Closes what is large, and ends files that are done. Before filesystem_parts_commit. */
bool filesystem_blocks_seal(FilesystemBlocks *b, FilesystemParts *parts, Err *err);
/* Puts the rows of open blocks into memory. After filesystem_parts_recover. */
bool filesystem_blocks_load(const FilesystemBlocks *b, FilesystemParts *parts, Err *err);

#endif
