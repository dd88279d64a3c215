/*
 * engine/formats/parquet/pages.c: see pages.h.
 *
 * A chunk is written when its row group is complete, so it is known before whether a dictionary pays: a column has one
 * for all of its pages, or none. A page ends with a row, when it is large enough or has PAGES_ROWS_MAX rows.
 */
#include "engine/formats/parquet/pages.h"

#include <zlib.h>

#include "engine/formats/parquet/dictionary.h"
#include "engine/formats/parquet/hybrid.h"
#include "engine/formats/parquet/stats.h"

enum { PAGES_ROWS_MAX = 20000 };

typedef struct Putting {
	const SchemaLeaf *leaf;
	const ShredLeaf *column;
	const PagesOptions *options;
	const Dictionary *dictionary; /* NULL: none */
	StrBuf *out;
	MetaChunk *chunk;
	StrBuf body, packed;
} Putting;

static void put_page(Putting *p, MetaPage *head)
{
	Str body = strbuf_str(&p->body);
	if (p->options->codec != COMPRESS_NONE) {
		strbuf_clear(&p->packed);
		compress_put(p->options->codec, body, &p->packed);
		body = strbuf_str(&p->packed);
	}
	head->plain_bytes = (int32_t)p->body.len;
	head->bytes = (int32_t)body.len;
	head->crc = (uint32_t)crc32(0, (const Bytef *)body.ptr, body.len);
	size_t from = p->out->len;
	meta_put_page(head, p->out);
	p->chunk->plain_bytes += (int64_t)(p->out->len - from + p->body.len);
	strbuf_put_str(p->out, body);
	p->chunk->bytes += (int64_t)(p->out->len - from);
	strbuf_clear(&p->body);
}

static void put_levels(Putting *p, const StrBuf *levels, uint8_t most, uint32_t from, uint32_t n)
{
	if (!most)
		return;
	size_t at = p->body.len;
	strbuf_fill(&p->body, 0, 4);
	hybrid_put_bytes(&p->body, (const uint8_t *)levels->ptr + from, n, hybrid_width(most));
	uint32_t len = (uint32_t)(p->body.len - at - 4);
	memcpy(p->body.ptr + at, &len, sizeof len);
}

static void put_bits(StrBuf *out, const char *values, uint32_t n)
{
	for (uint32_t i = 0; i < n; i += 8) {
		unsigned byte = 0;
		for (uint32_t k = 0; k < 8 && i + k < n; k++)
			byte |= (unsigned)values[i + k] << k;
		strbuf_putc(out, (char)byte);
	}
}

typedef struct Piece {
	uint32_t entry, nentries, value, nvalues;
	size_t at, bytes; /* of the values */
} Piece;

static void put_piece(Putting *p, const Piece *x)
{
	put_levels(p, &p->column->rep, p->leaf->max_rep, x->entry, x->nentries);
	put_levels(p, &p->column->def, p->leaf->max_def, x->entry, x->nentries);
	MetaPage head = {.type = META_DATA_PAGE, .values = (int32_t)x->nentries, .encoding = META_PLAIN};
	if (p->dictionary) {
		unsigned width = hybrid_width(p->dictionary->n - 1);
		head.encoding = META_RLE_DICTIONARY;
		strbuf_putc(&p->body, (char)width);
		hybrid_put(&p->body, p->dictionary->index + x->value, x->nvalues, width);
	} else if (p->leaf->type == META_BOOLEAN) {
		put_bits(&p->body, p->column->values.ptr + x->at, x->nvalues);
	} else if (x->bytes) {
		strbuf_put(&p->body, p->column->values.ptr + x->at, x->bytes);
	}
	put_page(p, &head);
}

static void put_pieces(Putting *p)
{
	const ShredLeaf *c = p->column;
	uint32_t width = shred_width(p->leaf);
	/* What a value counts for: with a dictionary, its number's bits. */
	size_t weight = p->dictionary ? hybrid_width(p->dictionary->n - 1) : 0;
	Piece x = {0};
	size_t at = 0, bits = 0;
	uint32_t rows = 0;
	for (uint32_t i = 0; i < c->nentries; i++) {
		bool row = !p->leaf->max_rep || c->rep.ptr[i] == 0;
		if (row && (rows == PAGES_ROWS_MAX || bits / 8 >= p->options->page_bytes)) {
			put_piece(p, &x);
			x = (Piece){.entry = i, .value = x.value + x.nvalues, .at = at};
			bits = 0;
			rows = 0;
		}
		rows += row;
		x.nentries++;
		if (p->leaf->max_def && (uint8_t)c->def.ptr[i] != p->leaf->max_def)
			continue;
		uint32_t len = width;
		if (!width) {
			memcpy(&len, c->values.ptr + at, sizeof len);
			len += (uint32_t)sizeof len;
		}
		at += len;
		x.nvalues++;
		x.bytes += len;
		bits += p->dictionary ? weight : (size_t)len * 8;
	}
	put_piece(p, &x);
}

void pages_put(const SchemaLeaf *leaf, const MetaElement *element, const ShredLeaf *column, const PagesOptions *options,
               int64_t offset, Arena *arena, StrBuf *out, MetaChunk *chunk)
{
	*chunk = (MetaChunk){
	    .type = leaf->type,
	    .codec = (int)options->codec,
	    .values = column->nentries,
	    .path = leaf->path,
	    .npath = leaf->npath,
	    .encodings = {META_PLAIN, META_RLE},
	    .nencodings = 2,
	    .data_at = offset,
	};
	Putting p = {.leaf = leaf, .column = column, .options = options, .out = out, .chunk = chunk};
	strbuf_init(&p.body);
	strbuf_init(&p.packed);
	Dictionary d = {0};
	Str values = strbuf_str(&column->values);
	bool whole = options->dictionary && leaf->type != META_BOOLEAN &&
	             dictionary_make(&d, values, column->nvalues, shred_width(leaf), options->dictionary_bytes);
	if (whole) {
		p.dictionary = &d;
		chunk->encodings[chunk->nencodings++] = META_RLE_DICTIONARY;
		MetaPage head = {.type = META_DICTIONARY_PAGE, .values = (int32_t)d.n, .encoding = META_PLAIN};
		strbuf_put_str(&p.body, strbuf_str(&d.page));
		put_page(&p, &head);
		chunk->dictionary_at = offset;
		chunk->data_at = offset + chunk->bytes;
		/* each entry is somebody's value */
		stats_range(leaf, element, strbuf_str(&d.page), d.n, arena, &chunk->stats);
	} else {
		stats_range(leaf, element, values, column->nvalues, arena, &chunk->stats);
	}
	if (chunk->stats.has_range) { /* the column and the dictionary go */
		chunk->stats.least = arena_str(arena, chunk->stats.least);
		chunk->stats.most = arena_str(arena, chunk->stats.most);
	}
	chunk->stats.has_nulls = true;
	chunk->stats.nulls = column->nentries - column->nvalues;
	put_pieces(&p);
	dictionary_free(&d);
	strbuf_deinit(&p.body);
	strbuf_deinit(&p.packed);
}
