/*
 * sql/catalog/stored.h: how the rows of a view or own table are kept in the state file.
 *
 * Shared by the catalog (which remembers it), the planner (which finds key ranges) and the engine (which writes and
 * scans). The state table's key k$ is: by key      value_encode_key of the key columns, one after another by ordinal
 * the ordinal, ordered i64; further rows of one ordinal have their number, 4 bytes big endian, behind it by hash
 * 128-bit hash of the row's encoded columns, then the copy's number, ordered i64
 */
#ifndef WEIR_SQL_CATALOG_STORED_H
#define WEIR_SQL_CATALOG_STORED_H

#include "sql/types/value.h"

typedef enum StoredKey { STORED_NONE, STORED_BY_KEY, STORED_BY_ORDINAL, STORED_BY_HASH } StoredKey;

typedef struct Stored {
	StoredKey kind;
	Str state;     /* name of the state table */
	uint32_t *key; /* STORED_BY_KEY: columns */
	uint32_t nkey;
} Stored;

#endif
