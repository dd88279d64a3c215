/*
 * engine/formats/parquet/leaf.c: pages and levels of a leaf; its values are in leaf_values.c.
 */
#include "engine/formats/parquet/leaf.h"

#include <zlib.h>

#include "engine/formats/parquet/compress.h"

enum { WINDOW_LEAST = 64 << 10 };

static bool wrong(LeafReader *r, const char *why)
{
	r->why = why;
	return false;
}

void leaf_page_drop(LeafPage *page)
{
	if (!page || --page->refs > 0)
		return;
	mem_free(page->data);
	mem_free(page);
}

static LeafPage *page_new(size_t len)
{
	LeafPage *p = MEM_NEW(LeafPage);
	p->refs = 1;
	p->len = len;
	p->data = mem_alloc(len + 8);
	return p;
}

static void drop_page(LeafReader *r)
{
	leaf_page_drop(r->page);
	r->page = NULL;
	r->page_left = 0;
	if (r->strings_open)
		delta_strings_close(&r->strings);
	r->strings_open = false;
}

static void drop_dictionary(LeafReader *r)
{
	leaf_page_drop(r->dictionary);
	r->dictionary = NULL;
	mem_free(r->entries.data);
	r->entries.data = NULL;
	r->nentries = 0;
}

void leaf_init(LeafReader *r, const FormatInput *in, const SchemaLeaf *leaf, const SchemaNode *node,
               const struct Zone *zone)
{
	*r = (LeafReader){.in = in, .leaf = leaf, .node = node, .zone = zone};
	r->phys = node ? type_phys(node->type) : PHYS_I64;
	strbuf_init(&r->window);
}

void leaf_deinit(LeafReader *r)
{
	drop_page(r);
	drop_dictionary(r);
	strbuf_deinit(&r->window);
}

bool leaf_start(LeafReader *r, const MetaChunk *chunk)
{
	drop_page(r);
	drop_dictionary(r);
	r->why = NULL;
	r->codec = chunk->codec;
	r->left = chunk->values;
	r->at = chunk->dictionary_at > 0 && chunk->dictionary_at < chunk->data_at ? chunk->dictionary_at : chunk->data_at;
	r->page_at = r->at;
	strbuf_clear(&r->window);
	r->window_at = r->at;
	if (chunk->elsewhere)
		return wrong(r, "the column is in another file, or encrypted");
	if (chunk->type != r->leaf->type)
		return wrong(r, "the row group and the schema give the column different types");
	if (!compress_supported(r->codec))
		return wrong(r, "its compression is not supported yet");
	if (r->at < META_MAGIC_BYTES || chunk->bytes < 0 || chunk->values < 0 || r->at > r->in->size ||
	    chunk->bytes > r->in->size - r->at)
		return wrong(r, "the column lies outside of the file");
	r->end = r->at + chunk->bytes;
	return true;
}

/* ---- bytes ---- */

/* Makes the window hold n bytes from r->at on, or all that the chunk has. */
static bool fill_window(LeafReader *r, size_t n, Err *err)
{
	size_t skip = (size_t)(r->at - r->window_at);
	if ((int64_t)n > r->end - r->at)
		n = (size_t)(r->end - r->at);
	if (r->window.len >= skip + n)
		return true;
	size_t kept = r->window.len > skip ? r->window.len - skip : 0;
	if (kept)
		memmove(r->window.ptr, r->window.ptr + skip, kept);
	r->window.len = kept;
	r->window_at = r->at;
	strbuf_reserve(&r->window, n - kept + 1);
	if (!r->in->read(r->in->ctx, r->at + (int64_t)kept, r->window.ptr + kept, n - kept, err))
		return false;
	r->window.len = n;
	return true;
}

static Str window(const LeafReader *r)
{
	size_t skip = (size_t)(r->at - r->window_at);
	return skip < r->window.len ? str_make(r->window.ptr + skip, r->window.len - skip) : STR_EMPTY;
}

static bool read_head(LeafReader *r, MetaPage *head, Err *err)
{
	size_t want = WINDOW_LEAST, used;
	bool more;
	r->page_at = r->at;
	for (;;) {
		if (!fill_window(r, want, err))
			return false;
		Str bytes = window(r);
		if (meta_read_page(bytes, head, &used, &more))
			break;
		if (!more || (int64_t)bytes.len >= r->end - r->at || want >= LEAF_HEAD_BYTES_MAX)
			return wrong(r, "the head of a page is damaged");
		want *= 4;
	}
	r->at += (int64_t)used;
	if (head->bytes > r->end - r->at)
		return wrong(r, "a page is longer than its column");
	if (head->plain_bytes > LEAF_PAGE_BYTES_MAX ||
	    (head->type == META_DICTIONARY_PAGE && head->plain_bytes > LEAF_DICTIONARY_BYTES_MAX))
		return wrong(r, "a page is larger than weir reads");
	return true;
}

/* The page's bytes, decompressed behind its first `plain` bytes, which are not compressed. */
static bool read_body(LeafReader *r, const MetaPage *head, size_t plain, bool compressed, LeafPage **out, Err *err)
{
	if (!fill_window(r, (size_t)head->bytes, err))
		return false;
	Str bytes = str_slice(window(r), 0, (uint32_t)head->bytes);
	if (bytes.len < (uint32_t)head->bytes)
		return wrong(r, "a page is cut off");
	if (head->has_crc && (uint32_t)crc32(0, (const Bytef *)bytes.ptr, bytes.len) != head->crc)
		return wrong(r, "a page's bytes are not those that its checksum was made of");
	if (plain > bytes.len || plain > (size_t)head->plain_bytes)
		return wrong(r, "the levels are longer than their page");
	size_t len = (size_t)head->plain_bytes - plain;
	Str rest = str_slice(bytes, (uint32_t)plain, bytes.len);
	int codec = compressed ? r->codec : COMPRESS_NONE;
	if (codec == COMPRESS_SNAPPY && len > 64 && len / 64 > rest.len)
		return wrong(r, "a page cannot be decompressed");
	LeafPage *p = page_new((size_t)head->plain_bytes);
	if (plain)
		memcpy(p->data, bytes.ptr, plain);
	if (len && !compress_get((CompressCodec)codec, rest, p->data + plain, len)) {
		leaf_page_drop(p);
		return wrong(r, "a page cannot be decompressed");
	}
	r->at += head->bytes;
	if (r->window.cap > (4 << 20) && r->window.cap > 4 * (size_t)head->bytes) {
		strbuf_deinit(&r->window);
		strbuf_init(&r->window);
		r->window_at = r->at;
	}
	*out = p;
	return true;
}

/* ---- pages ---- */

static bool read_dictionary(LeafReader *r, const MetaPage *head, Err *err)
{
	if (r->dictionary || !read_body(r, head, 0, true, &r->dictionary, err))
		return wrong(r, r->why ? r->why : "a column has two dictionaries");
	if (head->encoding != META_PLAIN && head->encoding != META_PLAIN_DICTIONARY)
		return wrong(r, "a dictionary has an encoding that is not of the format");
	Str bytes = str_make(r->dictionary->data, r->dictionary->len);
	return !r->node || leaf_values_dictionary(r, bytes, (uint32_t)head->values);
}

/* Version 1: each kind of levels has its length before it, but for the deprecated form. */
static bool start_levels(LeafReader *r, Str *rest, uint8_t most, int encoding, uint32_t n, HybridReader *out)
{
	if (!most)
		return true;
	unsigned width = hybrid_width(most);
	if (encoding == META_BIT_PACKED) {
		uint64_t len = ((uint64_t)n * width + 7) / 8;
		if (len > rest->len)
			return wrong(r, "the levels are longer than their page");
		hybrid_open_old(out, str_slice(*rest, 0, (uint32_t)len), width);
		*rest = str_slice(*rest, (uint32_t)len, rest->len);
		return true;
	}
	uint32_t len = 0;
	if (encoding != META_RLE)
		return wrong(r, "levels have an encoding that is not of the format");
	if (rest->len >= sizeof len)
		memcpy(&len, rest->ptr, sizeof len);
	if (rest->len < sizeof len || len > rest->len - sizeof len)
		return wrong(r, "the levels are longer than their page");
	hybrid_open(out, str_slice(*rest, sizeof len, len), width);
	*rest = str_slice(*rest, (uint32_t)sizeof len + len, rest->len);
	return true;
}

static bool start_page(LeafReader *r, const MetaPage *head, Err *err)
{
	bool v2 = head->type == META_DATA_PAGE_V2;
	uint32_t n = (uint32_t)head->values;
	size_t plain = v2 ? (size_t)head->rep_bytes + (size_t)head->def_bytes : 0;
	if (n > r->left)
		return wrong(r, "a page has more values than its column");
	if (!read_body(r, head, plain, !v2 || head->compressed, &r->page, err))
		return false;
	Str rest = str_make(r->page->data, r->page->len);
	if (v2) {
		hybrid_open(&r->rep, str_slice(rest, 0, (uint32_t)head->rep_bytes), hybrid_width(r->leaf->max_rep));
		hybrid_open(&r->def, str_slice(rest, (uint32_t)head->rep_bytes, (uint32_t)head->def_bytes),
		            hybrid_width(r->leaf->max_def));
		rest = str_slice(rest, (uint32_t)plain, rest.len);
	} else if (!start_levels(r, &rest, r->leaf->max_rep, head->rep_encoding, n, &r->rep) ||
	           !start_levels(r, &rest, r->leaf->max_def, head->def_encoding, n, &r->def)) {
		return false;
	}
	r->encoding = head->encoding;
	r->page_left = n;
	return !r->node || leaf_values_start(r, rest);
}

/* Goes on to the next page with data. At most `skip` entries of pages that need not be read are passed over. */
static bool next_page(LeafReader *r, int64_t skip, int64_t *skipped, Err *err)
{
	*skipped = 0;
	drop_page(r);
	for (;;) {
		MetaPage head;
		if (r->at >= r->end)
			return wrong(r, "the column ends before its last value");
		if (!read_head(r, &head, err))
			return false;
		bool data = head.type == META_DATA_PAGE || head.type == META_DATA_PAGE_V2;
		if (head.type == META_DICTIONARY_PAGE) {
			if (!read_dictionary(r, &head, err))
				return false;
		} else if (!data) {
			r->at += head.bytes;
		} else if (head.values > 0 && head.values <= skip - *skipped && head.values <= r->left) {
			r->at += head.bytes;
			r->left -= head.values;
			*skipped += head.values;
			if (*skipped == skip)
				return true;
		} else if (!start_page(r, &head, err)) {
			return false;
		} else if (r->page_left) {
			return true;
		} else {
			drop_page(r);
		}
	}
}

bool leaf_skip(LeafReader *r, int64_t n, Err *err)
{
	DCHECK(r->leaf->max_rep == 0);
	uint8_t def[LEAF_ENTRIES_MAX];
	Arena *scratch = NULL;
	bool ok = true;
	while (ok && n > 0) {
		int64_t skipped = 0;
		if (!r->page_left) {
			if (n > r->left)
				return wrong(r, "the column ends before its last value");
			ok = next_page(r, n, &skipped, err);
			n -= skipped;
			continue;
		}
		if (!scratch)
			scratch = arena_open("skip", 0);
		uint32_t m = n < LEAF_ENTRIES_MAX ? (uint32_t)n : LEAF_ENTRIES_MAX, got = 0, nvalues;
		size_t budget = SIZE_MAX;
		ok = leaf_read(r, m, NULL, def, (LeafValues){.data = NULL}, &got, &nvalues, scratch, &budget, err);
		n -= got;
		arena_reset(scratch);
	}
	arena_close(scratch);
	return ok;
}

bool leaf_read(LeafReader *r, uint32_t n, uint8_t *rep, uint8_t *def, LeafValues out, uint32_t *got, uint32_t *nvalues,
               Arena *arena, size_t *budget, Err *err)
{
	int64_t skipped;
	*got = *nvalues = 0;
	if (n > r->left)
		return wrong(r, "the column ends before its last value");
	if (!r->page_left && !next_page(r, 0, &skipped, err))
		return false;
	if (n > r->page_left)
		n = r->page_left;
	uint8_t most = r->leaf->max_def;
	if (r->leaf->max_rep && rep && !hybrid_read_bytes(&r->rep, rep, n))
		return wrong(r, "the repetition levels are damaged");
	if (most && !hybrid_read_bytes(&r->def, def, n))
		return wrong(r, "the definition levels are damaged");
	uint32_t values = n;
	if (most) {
		values = 0;
		uint8_t over = 0;
		for (uint32_t i = 0; i < n; i++) {
			values += def[i] == most;
			over |= def[i] > most;
		}
		if (over)
			return wrong(r, "the definition levels are damaged");
	}
	for (uint32_t i = 0; r->leaf->max_rep && rep && i < n; i++)
		if (rep[i] > r->leaf->max_rep)
			return wrong(r, "the repetition levels are damaged");
	if (r->node && values && !leaf_values_read(r, out, values, arena, budget))
		return wrong(r, r->why ? r->why : "the values of a page are damaged");
	r->page_left -= n;
	r->left -= n;
	*got = n;
	*nvalues = values;
	return true;
}
