/*
 * engine/formats/parquet/parquet_writer.c: see parquet_writer.h.
 *
 * The open row group is held as leaf columns, not yet encoded. Closing it encodes column by column; its description (a
 * note, in the form that the footer holds) is kept by the caller until the file ends.
 */
#include "engine/formats/parquet/parquet_writer.h"

#include "base/hash.h"
#include "engine/formats/parquet/pages.h"
#include "sql/types/zone.h"

struct FileWriter {
	Arena *arena;
	Schema schema;
	PagesOptions options;
	size_t block_bytes;
	ShredLeaf *leaves;
	ShredMark *marks;
	uint64_t rows, marked_rows;
	const struct Zone *zone;
};

static const int64_t BLOCK_BYTES_MOST = INT64_C(1) << 30;

static bool unit_of(Str name, MetaUnit *out)
{
	static const char *const units[] = {"millis", "micros", "nanos"};
	for (int i = 0; i < 3; i++)
		if (str_eq_c(name, units[i])) {
			*out = (MetaUnit)i;
			return true;
		}
	return false;
}

bool parquet_writer_schema_options(const Options *options, SchemaOptions *out, Err *err)
{
	*out = (SchemaOptions){
	    .int64_timestamps = options_bool(options, PARQUET_SCOPE, "write.int64.timestamp"),
	    .utc = options_bool(options, PARQUET_SCOPE, "utc-timezone"),
	};
	Str unit = options_str(options, PARQUET_SCOPE, "timestamp.time.unit");
	return unit_of(unit, &out->unit) || err_set(err, ERR_BAD_OPTION, "\"%.*s\" is no unit of time", STR_ARG(unit));
}

static bool read_options(const Options *o, FileWriter *w, Err *err)
{
	Str codec = options_str(o, PARQUET_SCOPE, "compression");
	int64_t block = options_size(o, PARQUET_SCOPE, "block.size");
	int64_t page = options_size(o, PARQUET_SCOPE, "page.size");
	int64_t dictionary = options_size(o, PARQUET_SCOPE, "dictionary.page.size");
	CompressCodec c = COMPRESS_NONE;
	if (!compress_find(codec, &c) || !compress_supported((int)c)) {
		err_set(err, ERR_NOT_SUPPORTED, "the compression \"%.*s\" is not supported yet", STR_ARG(codec));
		return err_hint(err, "Use SNAPPY, ZSTD, GZIP or UNCOMPRESSED.");
	}
	if (block < 1024 || block > BLOCK_BYTES_MOST || page < 64 || page > block) {
		err_set(err, ERR_BAD_OPTION, "\"parquet.block.size\" is not between 1 KB and 1 GB, or smaller than a page");
		return err_hint(err, "The defaults are 128 MB for a row group and 1 MB for a page.");
	}
	w->options = (PagesOptions){.codec = c,
	                            .page_bytes = (size_t)page,
	                            .dictionary_bytes = (size_t)dictionary,
	                            .dictionary = options_bool(o, PARQUET_SCOPE, "enable.dictionary")};
	w->block_bytes = (size_t)block;
	return true;
}

bool parquet_writer_open(const Options *options, const FormatSchema *schema, FileWriter **out, Err *err)
{
	Arena *arena = arena_open("parquet writer", 0);
	FileWriter *w = ARENA_NEW(arena, FileWriter);
	SchemaOptions so;
	w->arena = arena;
	w->zone = schema->zone ? schema->zone : zone_utc;
	if (!read_options(options, w, err) || !parquet_writer_schema_options(options, &so, err) ||
	    !schema_of_types(schema->names, schema->types, schema->ncols, &so, arena, &w->schema, err)) {
		arena_close(arena);
		return false;
	}
	w->leaves = ARENA_ARRAY_ZERO(arena, ShredLeaf, w->schema.nleaves);
	w->marks = ARENA_ARRAY_ZERO(arena, ShredMark, w->schema.nleaves);
	shred_init(w->leaves, w->schema.nleaves);
	*out = w;
	return true;
}

bool parquet_writer_check(const Options *options, const FormatSchema *schema, Err *err)
{
	FileWriter *w;
	if (!parquet_writer_open(options, schema, &w, err))
		return false;
	parquet_writer_close(w);
	return true;
}

void parquet_writer_close(FileWriter *w)
{
	shred_clear(w->leaves, w->schema.nleaves);
	arena_close(w->arena);
}

bool parquet_writer_add(FileWriter *w, const Value *values, Err *err)
{
	if (!shred_row(&w->schema, w->leaves, values, w->zone, err))
		return false;
	w->rows++;
	return true;
}

size_t parquet_writer_bytes(const FileWriter *w)
{
	return shred_bytes(w->leaves, w->schema.nleaves);
}

size_t parquet_writer_memory(const FileWriter *w)
{
	return shred_memory(w->leaves, w->schema.nleaves);
}

size_t parquet_writer_block_bytes(const FileWriter *w)
{
	return w->block_bytes;
}

void parquet_writer_mark(FileWriter *w)
{
	shred_mark(w->leaves, w->marks, w->schema.nleaves);
	w->marked_rows = w->rows;
}

void parquet_writer_undo(FileWriter *w)
{
	shred_undo(w->leaves, w->marks, w->schema.nleaves);
	w->rows = w->marked_rows;
}

void parquet_writer_block(FileWriter *w, int64_t offset, StrBuf *out, StrBuf *note)
{
	Arena *scratch = arena_open("row group", 0);
	size_t from = out->len;
	if (offset == 0)
		strbuf_put(out, META_MAGIC, META_MAGIC_BYTES);
	const Schema *s = &w->schema;
	MetaGroup group = {
	    .chunks = ARENA_ARRAY_ZERO(scratch, MetaChunk, s->nleaves), .nchunks = s->nleaves, .rows = (int64_t)w->rows};
	for (uint32_t i = 0; i < s->nleaves; i++) {
		pages_put(&s->leaves[i], &s->elements[s->leaves[i].element], &w->leaves[i], &w->options,
		          offset + (int64_t)(out->len - from), scratch, out, &group.chunks[i]);
		group.plain_bytes += group.chunks[i].plain_bytes;
		group.bytes += group.chunks[i].bytes;
		shred_clear(&w->leaves[i], 1); /* encoded: the group is in memory once, not twice */
	}
	meta_put_group(&group, note);
	arena_close(scratch);
	w->rows = 0;
	parquet_writer_mark(w);
}

/* Of the schema as the footer has it. */
uint64_t parquet_writer_shape(const FileWriter *w)
{
	MetaFile file = {.elements = w->schema.elements, .nelements = w->schema.nelements, .created_by = STR_EMPTY};
	StrBuf bytes;
	strbuf_init(&bytes);
	meta_put_file(&file, NULL, 0, w->schema.nleaves, &bytes);
	uint64_t shape = hash_bytes(bytes.ptr, bytes.len, 0);
	strbuf_deinit(&bytes);
	return shape;
}

bool parquet_writer_footer(const FileWriter *w, const Str *notes, uint32_t n, StrBuf *out, Err *err)
{
	Arena *scratch = arena_open("footer", 0);
	MetaFile file = {.elements = w->schema.elements,
	                 .nelements = w->schema.nelements,
	                 .created_by = STR("weir version " WEIR_VERSION)};
	bool ok = true;
	for (uint32_t i = 0; i < n && ok; i++) {
		MetaGroup group;
		ok = meta_read_group(notes[i], scratch, &group) && group.nchunks == w->schema.nleaves;
		file.rows += ok ? group.rows : 0;
	}
	if (ok)
		meta_put_file(&file, notes, n, w->schema.nleaves, out);
	else
		err_set(err, ERR_SINK_MARKER, "the row groups that were noted are damaged, or of another table");
	arena_close(scratch);
	return ok;
}
