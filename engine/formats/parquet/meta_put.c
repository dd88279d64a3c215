/*
 * engine/formats/parquet/meta_put.c: footers and page heads to bytes.
 *
 * Logical types are written together with the older converted types that mean the same, as the format asks for.
 */
#include "engine/formats/parquet/meta.h"

#include "engine/formats/parquet/thrift.h"

/* -1: there is none. */
static int32_t converted_of(const MetaElement *e)
{
	switch (e->logical) {
	case META_STRING: return 0;
	case META_MAP: return 1;
	case META_LIST: return 3;
	case META_DECIMAL: return 5;
	case META_DATE: return 6;
	case META_TIME: return e->unit == META_MILLIS ? 7 : e->unit == META_MICROS ? 8 : -1;
	case META_TIMESTAMP: return e->unit == META_NANOS || !e->utc ? -1 : e->unit == META_MILLIS ? 9 : 10;
	case META_INTEGER: return e->bits == 8 ? 15 : e->bits == 16 ? 16 : e->bits == 32 ? 17 : 18;
	case META_JSON: return 19;
	default: return -1;
	}
}

static int16_t logical_of(const MetaElement *e)
{
	switch (e->logical) {
	case META_STRING: return 1;
	case META_MAP: return 2;
	case META_LIST: return 3;
	case META_DECIMAL: return 5;
	case META_DATE: return 6;
	case META_TIME: return 7;
	case META_TIMESTAMP: return 8;
	case META_INTEGER: return 10;
	case META_JSON: return 12;
	default: return 0;
	}
}

static void put_logical(ThriftOut *t, const MetaElement *e)
{
	thrift_begin(t, 10);
	thrift_begin(t, logical_of(e));
	if (e->logical == META_DECIMAL) {
		thrift_put_i32(t, 1, e->scale);
		thrift_put_i32(t, 2, e->precision);
	} else if (e->logical == META_TIME || e->logical == META_TIMESTAMP) {
		thrift_put_bool(t, 1, e->utc);
		thrift_begin(t, 2);
		thrift_begin(t, (int16_t)(e->unit + 1));
		thrift_end(t);
		thrift_end(t);
	} else if (e->logical == META_INTEGER) {
		thrift_put_i8(t, 1, (int8_t)e->bits);
		thrift_put_bool(t, 2, e->is_signed);
	}
	thrift_end(t);
	thrift_end(t);
}

static void put_element(ThriftOut *t, const MetaElement *e, bool root)
{
	thrift_begin_item(t);
	if (e->leaf)
		thrift_put_i32(t, 1, (int32_t)e->type);
	if (e->leaf && e->type == META_FIXED)
		thrift_put_i32(t, 2, e->length);
	if (!root)
		thrift_put_i32(t, 3, (int32_t)e->repetition);
	thrift_put_binary(t, 4, e->name);
	if (!e->leaf)
		thrift_put_i32(t, 5, (int32_t)e->nchildren);
	if (converted_of(e) >= 0)
		thrift_put_i32(t, 6, converted_of(e));
	if (e->logical == META_DECIMAL) {
		thrift_put_i32(t, 7, e->scale);
		thrift_put_i32(t, 8, e->precision);
	}
	if (logical_of(e))
		put_logical(t, e);
	thrift_end(t);
}

static void put_stats(ThriftOut *t, int16_t id, const MetaStats *s)
{
	thrift_begin(t, id);
	if (s->has_nulls)
		thrift_put_i64(t, 3, s->nulls);
	if (s->has_range) {
		thrift_put_binary(t, 5, s->most);
		thrift_put_binary(t, 6, s->least);
		thrift_put_bool(t, 7, true);
		thrift_put_bool(t, 8, true);
	}
	thrift_end(t);
}

static void put_chunk(ThriftOut *t, const MetaChunk *c)
{
	thrift_begin_item(t);
	thrift_put_i64(t, 2, 0);
	thrift_begin(t, 3);
	thrift_put_i32(t, 1, (int32_t)c->type);
	thrift_put_list(t, 2, THRIFT_I32, c->nencodings);
	for (uint32_t i = 0; i < c->nencodings; i++)
		thrift_item_i32(t, c->encodings[i]);
	thrift_put_list(t, 3, THRIFT_BINARY, c->npath);
	for (uint32_t i = 0; i < c->npath; i++)
		thrift_item_binary(t, c->path[i]);
	thrift_put_i32(t, 4, c->codec);
	thrift_put_i64(t, 5, c->values);
	thrift_put_i64(t, 6, c->plain_bytes);
	thrift_put_i64(t, 7, c->bytes);
	thrift_put_i64(t, 9, c->data_at);
	if (c->dictionary_at)
		thrift_put_i64(t, 11, c->dictionary_at);
	put_stats(t, 12, &c->stats);
	thrift_end(t);
	thrift_end(t);
}

void meta_put_group(const MetaGroup *group, StrBuf *out)
{
	ThriftOut t;
	thrift_start(&t, out);
	thrift_put_list(&t, 1, THRIFT_STRUCT, group->nchunks);
	for (uint32_t i = 0; i < group->nchunks; i++)
		put_chunk(&t, &group->chunks[i]);
	const MetaChunk *first = &group->chunks[0];
	thrift_put_i64(&t, 2, group->plain_bytes);
	thrift_put_i64(&t, 3, group->rows);
	thrift_put_i64(&t, 5, first->dictionary_at ? first->dictionary_at : first->data_at);
	thrift_put_i64(&t, 6, group->bytes);
	thrift_end(&t);
}

void meta_put_file(const MetaFile *file, const Str *groups, uint32_t ngroups, uint32_t nleaves, StrBuf *out)
{
	size_t from = out->len;
	ThriftOut t;
	thrift_start(&t, out);
	thrift_put_i32(&t, 1, 1);
	thrift_put_list(&t, 2, THRIFT_STRUCT, file->nelements);
	for (uint32_t i = 0; i < file->nelements; i++)
		put_element(&t, &file->elements[i], i == 0);
	thrift_put_i64(&t, 3, file->rows);
	thrift_put_list(&t, 4, THRIFT_STRUCT, ngroups);
	for (uint32_t i = 0; i < ngroups; i++)
		strbuf_put_str(out, groups[i]); /* a struct's bytes do not depend on their place */
	thrift_put_binary(&t, 6, file->created_by);
	thrift_put_list(&t, 7, THRIFT_STRUCT, nleaves);
	for (uint32_t i = 0; i < nleaves; i++) { /* TYPE_ORDER: the logical type's */
		thrift_begin_item(&t);
		thrift_begin(&t, 1);
		thrift_end(&t);
		thrift_end(&t);
	}
	thrift_end(&t);
	uint32_t len = (uint32_t)(out->len - from);
	uint8_t tail[4] = {(uint8_t)len, (uint8_t)(len >> 8), (uint8_t)(len >> 16), (uint8_t)(len >> 24)};
	strbuf_put(out, tail, sizeof tail);
	strbuf_put(out, META_MAGIC, META_MAGIC_BYTES);
}

void meta_put_page(const MetaPage *page, StrBuf *out)
{
	ThriftOut t;
	thrift_start(&t, out);
	thrift_put_i32(&t, 1, (int32_t)page->type);
	thrift_put_i32(&t, 2, page->plain_bytes);
	thrift_put_i32(&t, 3, page->bytes);
	thrift_put_i32(&t, 4, (int32_t)page->crc);
	if (page->type == META_DICTIONARY_PAGE) {
		thrift_begin(&t, 7);
		thrift_put_i32(&t, 1, page->values);
		thrift_put_i32(&t, 2, page->encoding);
	} else {
		thrift_begin(&t, 5);
		thrift_put_i32(&t, 1, page->values);
		thrift_put_i32(&t, 2, page->encoding);
		thrift_put_i32(&t, 3, META_RLE);
		thrift_put_i32(&t, 4, META_RLE);
	}
	thrift_end(&t);
	thrift_end(&t);
}
