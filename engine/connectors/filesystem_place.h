/*
 * engine/connectors/filesystem_place.h: where the files of a sink lie: a local folder (filesystem_local.c) or a bucket
 * on S3 (filesystem_bucket.c). What filesystem_parts.c needs of it.
 *
 * A function that fails leaves the parts in memory of no use: they are recovered from the marker.
 */
#ifndef WEIR_ENGINE_CONNECTORS_FILESYSTEM_PLACE_H
#define WEIR_ENGINE_CONNECTORS_FILESYSTEM_PLACE_H

#include "engine/connectors/filesystem_parts.h"
#include "engine/net/s3.h"

enum { FILESYSTEM_MARKER_BYTES_MAX = 64 << 20 };

typedef struct FilesystemPlace {
	const char *name; /* of the marker, in words */
	int64_t pace_us;  /* commits are so far apart at least: each costs requests that are paid for */
	bool (*read_marker)(FilesystemParts *p, StrBuf *text, bool *there, Err *err);
	bool (*write_marker)(FilesystemParts *p, Str text, Err *err); /* whole or not at all */
	/* Lines of the place's own behind that of a part ("what ..."). NULL: none. */
	void (*print)(const FilesystemPart *part, StrBuf *out);
	bool (*parse)(FilesystemPart *part, Str what, Str line);
	/* Makes all that is fresh durable, but not visible; the marker does not count it yet. */
	bool (*store)(FilesystemParts *p, Err *err);
	void (*stored)(FilesystemParts *p); /* the marker counts it: removes what no longer does */
	/* Makes a finished file visible under its name; again after a crash: then it may be. */
	bool (*finish)(FilesystemParts *p, const FilesystemPart *part, Err *err);
	/* After all that were finished at once, if they were many (parts->many): makes their names durable. NULL: they are.
	 */
	bool (*finished)(FilesystemParts *p, Err *err);
	/* Makes an empty file in a folder; it may be there. */
	bool (*tell)(FilesystemParts *p, Str folder, Str name, Err *err);
	bool finish_is_marked; /* the marker is to be written again then: somebody may take the file away */
	/* The marker was read: drops what lies beyond the valid lengths. */
	bool (*restore)(FilesystemParts *p, Err *err);
	bool (*remove_strays)(FilesystemParts *p, Err *err); /* what the marker does not name */
	bool (*read_side)(const FilesystemParts *p, const FilesystemPart *part, StrBuf *out, Err *err);
	void (*free_part)(FilesystemPart *part);
	void (*until)(FilesystemParts *p, int64_t until_us); /* calls end at that time (monotonous). NULL: they are short */
	void (*close)(FilesystemParts *p);
} FilesystemPlace;

extern const FilesystemPlace filesystem_local;
/* The parts lie in a bucket from now on (after filesystem_parts_init, with the config's prefix as path). The config's
 * texts must outlive them. earlier: SinkSpec.earlier; *cancel (may be NULL) ends calls. */
void filesystem_bucket_use(FilesystemParts *p, const S3Config *config, uint64_t earlier, const atomic_bool *cancel);

#endif
