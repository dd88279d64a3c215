/*
 * engine/formats/parquet/compress.c: see compress.h.
 */
#include "engine/formats/parquet/compress.h"

#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

#include "base/arena.h"

enum { ZSTD_LEVEL = 3, GZIP_WINDOW = 15 + 16 };

static const char *const names[] = {"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"};

const char *compress_name(int codec)
{
	return codec >= 0 && codec <= COMPRESS_LZ4_RAW ? names[codec] : NULL;
}

bool compress_supported(int codec)
{
	return codec == COMPRESS_NONE || codec == COMPRESS_SNAPPY || codec == COMPRESS_GZIP || codec == COMPRESS_ZSTD;
}

bool compress_find(Str name, CompressCodec *out)
{
	for (int i = 0; i <= COMPRESS_LZ4_RAW; i++)
		if (str_eq_nocase(name, str_from(names[i]))) {
			*out = (CompressCodec)i;
			return true;
		}
	return false;
}

static void put_gzip(Str bytes, StrBuf *out)
{
	z_stream z = {0};
	int e = deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY);
	ASSERT(e == Z_OK);
	size_t most = deflateBound(&z, bytes.len);
	strbuf_reserve(out, most + 1);
	z.next_in = (Bytef *)(uintptr_t)bytes.ptr;
	z.avail_in = bytes.len;
	z.next_out = (Bytef *)out->ptr + out->len;
	z.avail_out = (uInt)most;
	e = deflate(&z, Z_FINISH);
	ASSERT(e == Z_STREAM_END);
	out->len += z.total_out;
	deflateEnd(&z);
}

void compress_put(CompressCodec codec, Str bytes, StrBuf *out)
{
	size_t n;
	switch (codec) {
	case COMPRESS_SNAPPY:
		n = snappy_max_compressed_length(bytes.len);
		strbuf_reserve(out, n + 1);
		ASSERT(snappy_compress(bytes.ptr, bytes.len, out->ptr + out->len, &n) == SNAPPY_OK);
		out->len += n;
		break;
	case COMPRESS_ZSTD:
		n = ZSTD_compressBound(bytes.len);
		strbuf_reserve(out, n + 1);
		n = ZSTD_compress(out->ptr + out->len, n, bytes.ptr, bytes.len, ZSTD_LEVEL);
		ASSERT(!ZSTD_isError(n));
		out->len += n;
		break;
	case COMPRESS_GZIP: put_gzip(bytes, out); break;
	default: strbuf_put_str(out, bytes); return;
	}
	out->ptr[out->len] = 0;
}

/* Members may follow one another. */
static bool get_gzip(Str bytes, char *out, size_t len)
{
	z_stream z = {0};
	if (inflateInit2(&z, GZIP_WINDOW + 16) != Z_OK) /* gzip or zlib, by its head */
		return false;
	z.next_in = (Bytef *)(uintptr_t)bytes.ptr;
	z.avail_in = bytes.len;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)len;
	int e;
	do {
		e = inflate(&z, Z_FINISH);
	} while (e == Z_STREAM_END && z.avail_in && inflateReset(&z) == Z_OK);
	bool ok = e == Z_STREAM_END && z.avail_out == 0;
	inflateEnd(&z);
	return ok;
}

bool compress_get(CompressCodec codec, Str bytes, char *out, size_t len)
{
	size_t n;
	switch (codec) {
	case COMPRESS_NONE:
		if (bytes.len != len)
			return false;
		if (len)
			memcpy(out, bytes.ptr, len);
		return true;
	case COMPRESS_SNAPPY:
		if (snappy_uncompressed_length(bytes.ptr, bytes.len, &n) != SNAPPY_OK || n != len)
			return false;
		return snappy_uncompress(bytes.ptr, bytes.len, out, &n) == SNAPPY_OK && n == len;
	case COMPRESS_ZSTD: n = ZSTD_decompress(out, len, bytes.ptr, bytes.len); return !ZSTD_isError(n) && n == len;
	case COMPRESS_GZIP: return get_gzip(bytes, out, len);
	default: return false;
	}
}
