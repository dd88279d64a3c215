/*
 * engine/formats/parquet/compress.h: the compression of pages, by the libraries that there are for it.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_COMPRESS_H
#define WEIR_ENGINE_FORMATS_PARQUET_COMPRESS_H

#include "base/err.h"
#include "base/str.h"

/* The numbers are those of the format. */
typedef enum CompressCodec {
	COMPRESS_NONE = 0,
	COMPRESS_SNAPPY = 1,
	COMPRESS_GZIP = 2,
	COMPRESS_LZO = 3,
	COMPRESS_BROTLI = 4,
	COMPRESS_LZ4 = 5,
	COMPRESS_ZSTD = 6,
	COMPRESS_LZ4_RAW = 7,
} CompressCodec;

const char *compress_name(int codec); /* "SNAPPY"; NULL: unknown */
bool compress_supported(int codec);
bool compress_find(Str name, CompressCodec *out); /* letters' case ignored */

/* Appends the compressed bytes. */
void compress_put(CompressCodec codec, Str bytes, StrBuf *out);
/* Exactly len bytes into out; false: the bytes are damaged, or are more or fewer. */
bool compress_get(CompressCodec codec, Str bytes, char *out, size_t len);

#endif
