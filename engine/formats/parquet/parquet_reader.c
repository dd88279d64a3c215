/*
 * engine/formats/parquet/parquet_reader.c: see parquet_reader.h.
 *
 * A column is opened when it is first asked for, and from then on stands at a row: to read on from there costs nothing
 * else, any other row begins at its row group again. So what nobody asks for is never read.
 */
#include "engine/formats/parquet/parquet_reader.h"

#include "engine/formats/parquet/assemble.h"
#include "engine/formats/parquet/compress.h"
#include "engine/formats/parquet/parquet_writer.h"
#include "engine/formats/parquet/skip.h"
#include "sql/types/zone.h"

enum { FOOTER_BYTES_MAX = 256 << 20 };

typedef struct ReaderColumn {
	Assemble assemble;
	bool open;
	uint32_t group; /* UINT32_MAX: at none */
	int64_t row;    /* of the file: the next one */
} ReaderColumn;

struct FileReader {
	Arena *arena;
	FormatInput in;
	Str name;
	MetaFile file;
	Schema schema;
	int64_t *first; /* row of each group; first[ngroups]: all rows */
	ReaderColumn *cols;
	bool *wanted;  /* of the file's leaves: those below a column of the schema */
	bool *skipped; /* row groups without a row that is asked for */
	uint32_t nskipped;
	const struct Zone *zone;
};

static bool broken(const FileReader *r, Err *err, const char *why)
{
	err_set(err, ERR_SOURCE_FAILED, "\"%.*s\" cannot be read as Parquet: %s", STR_ARG(r->name), why);
	return err_hint(err, "Remove the file from the path, or put a whole one in its place.");
}

static bool read_footer(FileReader *r, Err *err)
{
	char tail[META_TAIL_BYTES];
	uint32_t len;
	if (r->in.size < META_MAGIC_BYTES + META_TAIL_BYTES)
		return broken(r, err, "it is too short");
	if (!r->in.read(r->in.ctx, r->in.size - META_TAIL_BYTES, tail, sizeof tail, err))
		return false;
	if (memcmp(tail + 4, "PARE", META_MAGIC_BYTES) == 0)
		return broken(r, err, "it is encrypted");
	if (memcmp(tail + 4, META_MAGIC, META_MAGIC_BYTES) != 0)
		return broken(r, err, "it does not end with \"PAR1\"");
	memcpy(&len, tail, sizeof len);
	if (len > FOOTER_BYTES_MAX || len > r->in.size - META_TAIL_BYTES - META_MAGIC_BYTES)
		return broken(r, err, "its footer is larger than the file");
	char *bytes = arena_alloc(r->arena, len);
	if (!r->in.read(r->in.ctx, r->in.size - META_TAIL_BYTES - (int64_t)len, bytes, len, err))
		return false;
	return meta_read_file(str_make(bytes, len), r->arena, &r->file) || broken(r, err, "its footer is damaged");
}

static bool count_rows(FileReader *r, Err *err)
{
	const MetaFile *f = &r->file;
	r->first = ARENA_ARRAY_ZERO(r->arena, int64_t, f->ngroups + 1);
	for (uint32_t i = 0; i < f->ngroups; i++) {
		if (f->groups[i].nchunks != r->schema.nleaves)
			return broken(r, err, "a row group does not have the columns of the schema");
		if (__builtin_add_overflow(r->first[i], f->groups[i].rows, &r->first[i + 1]))
			return broken(r, err, "its row groups have more rows than there can be");
	}
	return r->first[f->ngroups] == f->rows || broken(r, err, "its row groups do not have as many rows as it says");
}

static void mark_leaves(const FileReader *r, const SchemaNode *node)
{
	if (node->kind == SCHEMA_ABSENT)
		return;
	if (node->leaf >= 0)
		r->wanted[node->leaf] = true;
	for (uint32_t i = 0; i < node->nkids; i++)
		mark_leaves(r, &node->kids[i]);
}

bool parquet_reader_open(const FormatInput *in, Str name, const Options *options, const FormatSchema *schema,
                         FileReader **out, Err *err)
{
	Arena *arena = arena_open("parquet reader", 0);
	FileReader *r = ARENA_NEW(arena, FileReader);
	r->arena = arena;
	r->in = *in;
	r->name = arena_str(arena, name);
	r->zone = schema->zone ? schema->zone : zone_utc;
	SchemaOptions so;
	Err why = {0};
	bool ok = parquet_writer_schema_options(options, &so, err) && read_footer(r, err);
	if (ok && (!schema_of_file(&r->file, arena, &r->schema, &why) ||
	           !schema_match(&r->schema, schema->names, schema->types, schema->ncols, &so, arena, &why))) {
		ok = err_set(err, why.code, "\"%.*s\": %s", STR_ARG(name), why.message);
		if (why.hint[0])
			err_hint(err, "%s", why.hint);
	}
	ok = ok && count_rows(r, err);
	if (!ok) {
		arena_close(arena);
		return false;
	}
	r->cols = ARENA_ARRAY_ZERO(arena, ReaderColumn, schema->ncols + 1);
	r->wanted = ARENA_ARRAY_ZERO(arena, bool, r->schema.nleaves + 1);
	for (uint32_t i = 0; i < r->schema.ncols; i++)
		mark_leaves(r, &r->schema.cols[i]);
	r->skipped = ARENA_ARRAY_ZERO(arena, bool, r->file.ngroups + 1);
	for (uint32_t g = 0; g < r->file.ngroups; g++) {
		for (uint32_t i = 0; i < schema->nasks && !r->skipped[g]; i++)
			r->skipped[g] = skip_group(&r->schema, &r->file, g, &schema->asks[i], r->zone, arena);
		r->nskipped += r->skipped[g];
	}
	*out = r;
	return true;
}

void parquet_reader_close(FileReader *r)
{
	for (uint32_t i = 0; i < r->schema.ncols; i++)
		if (r->cols[i].open)
			assemble_close(&r->cols[i].assemble);
	arena_close(r->arena);
}

int64_t parquet_reader_rows(const FileReader *r)
{
	return r->file.rows;
}

static uint32_t group_of(const FileReader *r, int64_t row)
{
	uint32_t low = 0, high = r->file.ngroups;
	while (low < high) { /* the first that ends behind the row */
		uint32_t mid = low + (high - low) / 2;
		if (r->first[mid + 1] > row)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

int64_t parquet_reader_next(const FileReader *r, int64_t row)
{
	if (row < 0 || row >= r->file.rows)
		return r->file.rows;
	uint32_t g = group_of(r, row);
	while (g < r->file.ngroups && r->skipped[g])
		row = r->first[++g];
	return row;
}

void parquet_reader_blocks(const FileReader *r, uint32_t *blocks, uint32_t *skipped)
{
	*blocks = r->file.ngroups;
	*skipped = r->nskipped;
}

uint32_t parquet_reader_run(const FileReader *r, int64_t row, uint32_t most)
{
	if (row < 0 || row >= r->file.rows)
		return 0;
	int64_t left = r->first[group_of(r, row) + 1] - row;
	if (most > LEAF_ENTRIES_MAX)
		most = LEAF_ENTRIES_MAX;
	return left < most ? (uint32_t)left : most;
}

bool parquet_reader_extent(const FileReader *r, int64_t row, uint32_t i, int64_t *at, int64_t *len)
{
	if (row < 0 || row >= r->file.rows || i >= r->schema.nleaves)
		return false;
	const MetaChunk *c = &r->file.groups[group_of(r, row)].chunks[i];
	*at = c->dictionary_at > 0 && c->dictionary_at < c->data_at ? c->dictionary_at : c->data_at;
	*len = r->wanted[i] ? c->bytes : 0;
	if (*at < 0 || *len < 0 || *at > r->in.size || *len > r->in.size - *at)
		*at = *len = 0; /* reading it says why it cannot be */
	return true;
}

static bool column_error(const FileReader *r, const ReaderColumn *c, int64_t row, Err *err)
{
	const LeafReader *l = c->assemble.failed;
	if (err->code)
		return false;
	StrBuf path;
	strbuf_init(&path);
	for (uint32_t i = 0; i < l->leaf->npath; i++)
		strbuf_printf(&path, "%s%.*s", i ? "." : "", STR_ARG(l->leaf->path[i]));
	err_set(err, ERR_SOURCE_FAILED, "\"%.*s\": column \"%s\", page at byte %lld: %s", STR_ARG(r->name),
	        strbuf_cstr(&path), (long long)l->page_at, l->why ? l->why : "the values are damaged");
	err_detail(err, "Row group %u, at or behind row %lld of the file.", c->group, (long long)row);
	if (l->why && !compress_supported(l->codec))
		err_hint(err, "Write the file with snappy, gzip, zstd or no compression; %s is none of them.",
		         compress_name(l->codec) ? compress_name(l->codec) : "its codec");
	else
		err_hint(err, "Remove the file from the path, or put a whole one in its place.");
	strbuf_deinit(&path);
	return false;
}

/* Brings a column to a row. */
static bool seek(FileReader *r, ReaderColumn *c, uint32_t group, int64_t row, Err *err)
{
	if (c->group != group || c->row > row) {
		c->group = group;
		c->row = r->first[group];
		if (!assemble_start(&c->assemble, &r->file.groups[group])) {
			c->group = group;
			return false;
		}
	}
	if (c->row == row)
		return true;
	int64_t n = row - c->row;
	c->row = row;
	return assemble_skip(&c->assemble, n, err);
}

bool parquet_reader_read(FileReader *r, int64_t row, uint32_t n, const uint32_t *cols, uint32_t ncols, Arena *arena,
                         FormatPins *pins, Column *out, Err *err)
{
	uint32_t group = group_of(r, row);
	for (uint32_t i = 0; i < ncols; i++) {
		SchemaNode *node = &r->schema.cols[cols[i]];
		ReaderColumn *c = &r->cols[cols[i]];
		if (node->kind == SCHEMA_ABSENT) {
			column_init_const(&out[cols[i]], node->type, VALUE_NULL, n, arena);
			continue;
		}
		if (!c->open) {
			assemble_open(&c->assemble, node, &r->schema, &r->in, r->zone, r->arena);
			c->open = true;
			c->group = UINT32_MAX;
		}
		if (!seek(r, c, group, row, err) || !assemble_rows(&c->assemble, n, &out[cols[i]], arena, pins, err)) {
			column_error(r, c, row, err);
			c->group = UINT32_MAX;
			return false;
		}
		c->row += n;
	}
	return true;
}

void parquet_reader_unpin(FormatPins *pins)
{
	for (uint32_t i = 0; i < pins->len; i++)
		leaf_page_drop(pins->items[i]);
	pins->len = 0;
}
