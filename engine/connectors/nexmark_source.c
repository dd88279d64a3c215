/*
 * engine/connectors/nexmark_source.c: the events of Nexmark as a table (connector nexmark).
 *
 *   event_type INT (0 person, 1 auction, 2 bid), person ROW<...>, auction ROW<...>, bid ROW<...>
 *
 * in any order, and any part of them and of their fields; the rows of the other two kinds are NULL. Rows come by number
 * (made_rows.h); every event depends on the seed and its number alone.
 */
#include "engine/connectors/connectors.h"
#include "engine/connectors/made_rows.h"
#include "engine/connectors/nexmark_gen.h"
#include "sql/types/packed.h"
#include "sql/types/timestamp.h"

#define SCOPE "nexmark"

static const char *const kind_names[] = {"person", "auction", "bid"};

/* A column of the table: the kind (-1: event_type) and which of its fields it shows. */
typedef struct NexmarkCol {
	const Type *type;
	int kind;
	uint32_t field[NEXMARK_FIELDS_MAX];
	const Type *field_types[NEXMARK_FIELDS_MAX];
} NexmarkCol;

struct Source {
	Arena *arena;
	NexmarkGen gen;
	NexmarkCol *cols;
	MadeRows made;
};

static bool fail_column(const ColumnDef *c, const char *why, Err *err)
{
	err_set(err, ERR_NOT_SUPPORTED, "column \"%.*s\" of a nexmark table %s", STR_ARG(c->name), why);
	return err_hint(err, "The columns are event_type INT and person, auction, bid as ROWs of the events' fields.");
}

static bool read_row(const ColumnDef *c, NexmarkCol *col, Arena *arena, Err *err)
{
	if (c->type->kind != TYPE_ROW)
		return fail_column(c, "must be a ROW", err);
	const Type *all = nexmark_gen_type((NexmarkKind)col->kind, arena);
	for (uint32_t i = 0; i < c->type->nfields; i++) {
		const TypeField *f = &c->type->fields[i];
		uint32_t k = 0;
		while (k < all->nfields && !str_eq(all->fields[k].name, f->name))
			k++;
		bool same = k < all->nfields && i < NEXMARK_FIELDS_MAX &&
		            type_equal(type_with_null(arena, f->type, true), all->fields[k].type);
		if (!same) {
			StrBuf text;
			strbuf_init(&text);
			type_print(all, false, &text);
			err_set(err, ERR_TYPE_MISMATCH, "field \"%.*s\" of column \"%.*s\" is none of a nexmark event's",
			        STR_ARG(f->name), STR_ARG(c->name));
			err_hint(err, "Its fields are %s.", strbuf_cstr(&text));
			strbuf_deinit(&text);
			return false;
		}
		col->field[i] = k;
		col->field_types[i] = f->type;
	}
	return true;
}

static bool read_columns(const TableDef *t, Arena *arena, NexmarkCol **out, uint32_t *n, Err *err)
{
	NexmarkCol *cols = ARENA_ARRAY_ZERO(arena, NexmarkCol, t->ncols + 1);
	*n = 0;
	for (uint32_t i = 0; i < t->ncols; i++) {
		const ColumnDef *c = &t->cols[i];
		if (c->kind != COLUMN_PHYSICAL)
			continue;
		NexmarkCol *col = &cols[(*n)++];
		col->type = c->type;
		col->kind = -1;
		if (str_eq(c->name, STR("event_type"))) {
			if (c->type->kind != TYPE_INT)
				return fail_column(c, "must be INT", err);
			continue;
		}
		for (int k = 0; k < 3; k++)
			if (str_eq_c(c->name, kind_names[k]))
				col->kind = k;
		if (col->kind < 0)
			return fail_column(c, "is not known", err);
		if (!read_row(c, col, arena, err))
			return false;
	}
	*out = cols;
	return true;
}

static bool read_gen(const Options *o, NexmarkGen *g, Err *err)
{
	g->seed = (uint64_t)options_int(o, SCOPE, "seed");
	g->rate = options_int(o, SCOPE, "first-event.rate");
	g->people = options_int(o, SCOPE, "person.proportion");
	g->auctions = options_int(o, SCOPE, "auction.proportion");
	g->bids = options_int(o, SCOPE, "bid.proportion");
	const OptionValue *start = options_find(o, STR("start-time"));
	Str text = start ? start->value : STR("2024-01-01 00:00:00");
	bool has_offset;
	int64_t offset_us;
	if (!timestamp_parse(text, &g->start_us, &has_offset, &offset_us))
		return err_set_at(err, ERR_BAD_OPTION, start ? start->span : (Span){0, 0}, "\"%.*s\" is no time",
		                  STR_ARG(text));
	g->start_us -= has_offset ? offset_us : 0;
	return true;
}

static bool nexmark_check(const TableDef *table, Err *err)
{
	Arena *arena = arena_open("scratch", 0);
	NexmarkGen gen;
	NexmarkCol *cols;
	uint32_t n;
	bool ok = read_gen(&table->options, &gen, err) && read_columns(table, arena, &cols, &n, err);
	arena_close(arena);
	return ok;
}

static int64_t rows_of(const TableDef *table)
{
	int64_t n = options_int(&table->options, SCOPE, "events.num");
	return n ? n : INT64_MAX;
}

static bool nexmark_is_bounded(const TableDef *table)
{
	return rows_of(table) != INT64_MAX;
}

static Value row_value(const NexmarkCol *c, const Value *fields, Arena *arena)
{
	Value shown[NEXMARK_FIELDS_MAX];
	for (uint32_t i = 0; i < c->type->nfields; i++)
		shown[i] = fields[c->field[i]];
	return value_str(packed_build(arena, c->field_types, false, shown, c->type->nfields));
}

static void make(void *ctx, int64_t from, uint32_t n, Arena *arena, int64_t *time_us, Column *cols)
{
	const Source *s = ctx;
	for (uint32_t c = 0; c < s->made.ncols; c++) {
		column_init(&cols[c], s->cols[c].type, n, arena);
		if (s->cols[c].kind >= 0)
			column_need_valid(&cols[c], arena);
	}
	Value fields[NEXMARK_FIELDS_MAX];
	for (uint32_t i = 0; i < n; i++) {
		NexmarkKind kind = nexmark_gen_kind(&s->gen, from + i);
		time_us[i] = nexmark_gen_time_us(&s->gen, from + i);
		bool made = false;
		for (uint32_t c = 0; c < s->made.ncols; c++) {
			if (s->cols[c].kind < 0) {
				cols[c].i64[i] = (int64_t)kind;
			} else if (s->cols[c].kind != (int)kind) {
				column_set_null(&cols[c], i, arena);
				cols[c].str[i] = STR_EMPTY;
			} else {
				if (!made)
					nexmark_gen_event(&s->gen, from + i, arena, fields);
				made = true;
				cols[c].str[i] = row_value(&s->cols[c], fields, arena).s;
			}
		}
	}
}

static bool nexmark_open(const SourceSpec *spec, Source **out, Err *err)
{
	const Options *o = &spec->table->options;
	Source *s = MEM_NEW(Source);
	s->arena = arena_open("nexmark", 0);
	if (!read_gen(o, &s->gen, err) || !read_columns(spec->table, s->arena, &s->cols, &s->made.ncols, err)) {
		arena_close(s->arena);
		mem_free(s);
		return false;
	}
	int64_t rows = rows_of(spec->table);
	s->made.make = make;
	s->made.ctx = s;
	s->made.rows_per_second = options_has(o, "rows-per-second") ? options_int(o, SCOPE, "rows-per-second")
	                          : rows == INT64_MAX               ? s->gen.rate
	                                                            : 0;
	made_rows_open(&s->made, spec, rows);
	*out = s;
	return true;
}

static bool nexmark_service(Source *s, Err *err)
{
	(void)s;
	(void)err;
	return true;
}

static const SourcePartition *nexmark_partitions(Source *s, uint32_t *n, bool *all_known)
{
	*n = 1;
	*all_known = true;
	return &s->made.part;
}

static bool nexmark_poll(Source *s, uint32_t partition, uint32_t max, SourceChunk *chunk, Err *err)
{
	(void)partition;
	(void)err;
	made_rows_poll(&s->made, max, chunk);
	return true;
}

static void nexmark_release(Source *s, void *hold)
{
	made_rows_release(&s->made, hold);
}

static bool nexmark_seek(Source *s, uint32_t partition, int64_t position, Err *err)
{
	(void)partition;
	(void)err;
	made_rows_seek(&s->made, position);
	return true;
}

static void nexmark_close(Source *s)
{
	made_rows_close(&s->made);
	arena_close(s->arena);
	mem_free(s);
}

const SourceType nexmark_source_type = {
    .connector = "nexmark",
    .check = nexmark_check,
    .is_bounded = nexmark_is_bounded,
    .open = nexmark_open,
    .service = nexmark_service,
    .partitions = nexmark_partitions,
    .poll = nexmark_poll,
    .release = nexmark_release,
    .seek = nexmark_seek,
    .close = nexmark_close,
};
