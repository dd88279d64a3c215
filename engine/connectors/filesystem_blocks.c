/*
 * engine/connectors/filesystem_blocks.c: see filesystem_blocks.h.
 */
#include "engine/connectors/filesystem_blocks.h"

#include "engine/batch/chunk.h"

/* Memory of all open blocks of a sink; over it the largest is closed. */
static const size_t OPEN_BYTES_MAX = (size_t)128 << 20;
/* So many closed bytes say how well a block is encoded; before that a block is closed to see. */
static const double RATIO_FROM = 1 << 16;

static bool open_writer(const FilesystemBlocks *b, FilesystemPart *part, Err *err)
{
	FileWriter *w;
	if (!b->type->writer_open(b->own, b->schema, &w, err))
		return false;
	part->writer = w;
	part->writer_close = b->type->writer_close;
	b->type->mark(w);
	return true;
}

void filesystem_blocks_mark(const FilesystemBlocks *b, FilesystemParts *parts)
{
	for (uint32_t i = 0; i < parts->len; i++)
		if (parts->items[i].writer)
			b->type->mark(parts->items[i].writer);
}

void filesystem_blocks_undo(const FilesystemBlocks *b, FilesystemParts *parts)
{
	for (uint32_t i = 0; i < parts->len; i++)
		if (parts->items[i].writer)
			b->type->undo(parts->items[i].writer);
}

/* Begins another generation of the file of open rows: the notes, and no row. */
static void begin_side(const FilesystemBlocks *b, FilesystemPart *part)
{
	uint32_t n = (uint32_t)part->notes.len;
	uint64_t shape = b->type->shape(part->writer);
	strbuf_clear(&part->side_fresh);
	strbuf_put(&part->side_fresh, &shape, sizeof shape);
	strbuf_put(&part->side_fresh, &n, sizeof n);
	strbuf_put_str(&part->side_fresh, strbuf_str(&part->notes));
	part->side_anew = true;
}

bool filesystem_blocks_add(const FilesystemBlocks *b, FilesystemPart *part, const Value *record, Str bytes, Err *err)
{
	if (!part->writer && !open_writer(b, part, err))
		return false;
	if (!b->type->add(part->writer, record, err))
		return false;
	if (!part->side && !part->side_anew)
		begin_side(b, part);
	strbuf_put_str(&part->side_fresh, bytes);
	return true;
}

int64_t filesystem_blocks_open_bytes(const FilesystemBlocks *b, const FilesystemPart *part)
{
	return part->writer ? (int64_t)b->type->bytes(part->writer) : 0;
}

static void close_block(FilesystemBlocks *b, FilesystemPart *part)
{
	StrBuf note;
	size_t before = part->fresh.len;
	strbuf_init(&note);
	b->plain += (double)b->type->bytes(part->writer);
	b->type->block(part->writer, part->length + (int64_t)part->fresh.len, &part->fresh, &note);
	b->encoded += (double)(part->fresh.len - before);
	uint32_t n = (uint32_t)note.len;
	strbuf_put(&part->notes, &n, sizeof n);
	strbuf_put_str(&part->notes, strbuf_str(&note));
	strbuf_deinit(&note);
	begin_side(b, part);
}

bool filesystem_blocks_full(FilesystemBlocks *b, FilesystemPart *part, int64_t most_bytes)
{
	int64_t file = part->length + (int64_t)part->fresh.len, open = filesystem_blocks_open_bytes(b, part);
	if (open == 0 || file + open < most_bytes)
		return file >= most_bytes;
	if (b->plain < RATIO_FROM) {
		close_block(b, part);
		return part->length + (int64_t)part->fresh.len >= most_bytes;
	}
	double ratio = b->encoded < b->plain ? b->encoded / b->plain : 1;
	return (double)file + (double)open * ratio >= (double)most_bytes;
}

/* Cuts the next note off; false: there is none. *damaged: what is there is no note. */
static bool next_note(Str *rest, Str *note, bool *damaged)
{
	uint32_t n;
	if (!rest->len)
		return false;
	*damaged = rest->len < sizeof n;
	if (!*damaged) {
		memcpy(&n, rest->ptr, sizeof n);
		*damaged = n > rest->len - sizeof n;
	}
	if (*damaged)
		return false;
	*note = str_slice(*rest, sizeof n, n);
	*rest = str_slice(*rest, (uint32_t)sizeof n + n, rest->len);
	return true;
}

static bool end_file(const FilesystemBlocks *b, FilesystemPart *part, Err *err)
{
	Str rest = strbuf_str(&part->notes), note, *notes = NULL;
	uint32_t n = 0;
	bool damaged = false;
	while (next_note(&rest, &note, &damaged)) {
		notes = mem_realloc(notes, (n + 1) * sizeof *notes);
		notes[n++] = note;
	}
	bool ok = damaged ? err_set(err, ERR_SINK_MARKER, "the notes of a file's blocks are damaged")
	                  : part->writer || open_writer(b, part, err);
	ok = ok && b->type->footer(part->writer, notes, n, &part->fresh, err);
	mem_free(notes);
	part->side_anew = false;
	strbuf_clear(&part->side_fresh);
	return ok;
}

static void close_largest(FilesystemBlocks *b, FilesystemParts *parts)
{
	for (;;) {
		size_t all = 0, most = 0;
		FilesystemPart *largest = NULL;
		for (uint32_t i = 0; i < parts->len; i++) {
			const FilesystemPart *part = &parts->items[i];
			size_t bytes = filesystem_blocks_open_bytes(b, part) ? b->type->memory(part->writer) : 0;
			all += bytes;
			if (bytes > most) {
				most = bytes;
				largest = &parts->items[i];
			}
		}
		if (all <= OPEN_BYTES_MAX || !largest)
			return;
		close_block(b, largest);
	}
}

bool filesystem_blocks_seal(FilesystemBlocks *b, FilesystemParts *parts, Err *err)
{
	close_largest(b, parts);
	for (uint32_t i = 0; i < parts->len; i++) {
		FilesystemPart *part = &parts->items[i];
		int64_t bytes = filesystem_blocks_open_bytes(b, part);
		if (bytes > 0 && (part->done || (size_t)bytes >= b->type->block_bytes(part->writer)))
			close_block(b, part);
		if (part->done && part->notes.len && !end_file(b, part, err))
			return false;
	}
	return true;
}

/* ---- after a start ---- */

static bool load_rows(const FilesystemBlocks *b, FilesystemPart *part, Str rows, bool *damaged, Err *err)
{
	ChunkReader r = {.rest = rows, .types = b->types, .ncols = b->ncols};
	RowKind kind;
	while (r.rest.len) {
		r.left = 1;
		if (!chunk_next(&r, &kind, b->values, damaged)) {
			*damaged = true;
			return false;
		}
		for (uint32_t i = 0; i < b->schema->ncols; i++)
			b->record[i] = b->values[b->cols[i]];
		if (!b->type->add(part->writer, b->record, err))
			return false;
	}
	return true;
}

static bool load_part(const FilesystemBlocks *b, const FilesystemParts *parts, FilesystemPart *part, Err *err)
{
	StrBuf side;
	strbuf_init(&side);
	uint32_t n = 0;
	uint64_t shape = 0;
	bool damaged = false, ok = filesystem_parts_read_side(parts, part, &side, err) && open_writer(b, part, err);
	Str rest = strbuf_str(&side), note;
	if (ok) {
		damaged = rest.len < sizeof shape + sizeof n;
		if (!damaged) {
			memcpy(&shape, rest.ptr, sizeof shape);
			memcpy(&n, rest.ptr + sizeof shape, sizeof n);
			rest = str_slice(rest, sizeof shape, rest.len);
		}
		damaged = damaged || n > rest.len - sizeof n;
	}
	if (ok && !damaged && shape != b->type->shape(part->writer)) {
		err_set(err, ERR_SINK_MARKER,
		        "file %llu of \"%s\" was begun with other columns or options than the sink has now",
		        (unsigned long long)part->number, parts->path);
		ok = err_hint(err,
		              "Start with the old definition and stop, which ends the file; then change it. Or give the new "
		              "table another path.");
	}
	if (ok && !damaged) {
		Str notes = str_slice(rest, sizeof n, n);
		strbuf_put_str(&part->notes, notes);
		while (next_note(&notes, &note, &damaged))
			;
		ok = !damaged && load_rows(b, part, str_slice(rest, (uint32_t)sizeof n + n, rest.len), &damaged, err);
	}
	if (damaged)
		ok = err_set(err, ERR_SINK_MARKER, "the rows that wait for file %llu of \"%s\" are damaged",
		             (unsigned long long)part->number, parts->path);
	strbuf_deinit(&side);
	return ok;
}

bool filesystem_blocks_load(const FilesystemBlocks *b, FilesystemParts *parts, Err *err)
{
	for (uint32_t i = 0; i < parts->len; i++)
		if (!parts->items[i].done && parts->items[i].side && !load_part(b, parts, &parts->items[i], err))
			return false;
	filesystem_blocks_mark(b, parts);
	return true;
}
