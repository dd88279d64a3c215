/*
 * engine/connectors/postgres_array.c: dimensions, has NULLs, element type, length, lower bound; then length and bytes
 * of each.
 */
#include "engine/connectors/postgres_array.h"

static void put_be32(StrBuf *b, uint32_t v)
{
	v = __builtin_bswap32(v);
	strbuf_put(b, &v, 4);
}

void postgres_array_begin(StrBuf *b)
{
	strbuf_clear(b);
	put_be32(b, 1);
	put_be32(b, 1);
	put_be32(b, POSTGRES_TEXT_OID);
	put_be32(b, 0); /* the number of elements, set at the end */
	put_be32(b, 1);
}

void postgres_array_null(StrBuf *b)
{
	put_be32(b, UINT32_MAX);
}

size_t postgres_array_open(StrBuf *b)
{
	size_t at = b->len;
	put_be32(b, 0);
	return at;
}

void postgres_array_close(StrBuf *b, size_t at)
{
	uint32_t len = __builtin_bswap32((uint32_t)(b->len - at - 4));
	memcpy(b->ptr + at, &len, 4);
}

void postgres_array_end(StrBuf *b, uint32_t n)
{
	n = __builtin_bswap32(n);
	memcpy(b->ptr + 12, &n, 4);
}
