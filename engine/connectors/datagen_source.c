/*
 * engine/connectors/datagen_source.c: made-up rows (connector datagen).
 *
 * Rows by number, at the pace of the clock (made_rows.h). With a seed the same rows come again after a crash.
 */
#include "base/hash.h"
#include "engine/connectors/connectors.h"
#include "engine/connectors/datagen_gen.h"
#include "engine/connectors/made_rows.h"
#include "sql/types/timestamp.h"

struct Source {
	Arena *arena;
	const DatagenField **fields;
	uint64_t seed;
	bool has_start;
	int64_t start_us, step_us;
	MadeRows made;
};

static bool read_fields(const TableDef *t, Arena *arena, const DatagenField ***out, uint32_t *n, int64_t *rows,
                        Err *err)
{
	const DatagenField **fields = ARENA_ARRAY(arena, const DatagenField *, t->ncols);
	*n = 0;
	*rows = INT64_MAX;
	for (uint32_t i = 0; i < t->ncols; i++) {
		if (t->cols[i].kind != COLUMN_PHYSICAL)
			continue;
		const DatagenField *f = datagen_gen_new(&t->options, t->cols[i].name, t->cols[i].type, i, arena, err);
		if (!f)
			return false;
		fields[(*n)++] = f;
		if (datagen_gen_rows(f) < *rows)
			*rows = datagen_gen_rows(f);
	}
	if (options_has(&t->options, "number-of-rows")) {
		int64_t limit = options_int(&t->options, "datagen", "number-of-rows");
		if (limit < *rows)
			*rows = limit;
	}
	if (out)
		*out = fields;
	return true;
}

static bool read_start(const Options *o, int64_t *start_us, Err *err)
{
	const OptionValue *start = options_find(o, STR("start-time"));
	if (!start)
		return !options_has(o, "step") || err_set(err, ERR_MISSING_OPTION, "\"step\" needs \"start-time\"");
	bool has_offset;
	int64_t offset_us;
	if (!timestamp_parse(start->value, start_us, &has_offset, &offset_us))
		return err_set_at(err, ERR_BAD_OPTION, start->span, "\"%.*s\" is no time", STR_ARG(start->value));
	if (has_offset)
		*start_us -= offset_us;
	return true;
}

/* A name in fields.NAME.* that is no column would be read by nobody. */
static bool check_names(const TableDef *t, Err *err)
{
	for (uint32_t i = 0; i < t->options.len; i++) {
		const OptionValue *o = &t->options.items[i];
		if (!str_starts(o->key, STR("fields.")))
			continue;
		Str rest = str_slice(o->key, 7, o->key.len);
		bool known = false;
		for (uint32_t c = 0; c < t->ncols && !known; c++)
			known = t->cols[c].kind == COLUMN_PHYSICAL && str_starts(rest, t->cols[c].name) &&
			        rest.len > t->cols[c].name.len && rest.ptr[t->cols[c].name.len] == '.';
		if (!known)
			return err_set_at(err, ERR_NO_SUCH_OPTION, o->span, "\"%.*s\" names no column of the table",
			                  STR_ARG(o->key));
	}
	return true;
}

static bool datagen_check(const TableDef *table, Err *err)
{
	Arena *arena = arena_open("scratch", 0);
	uint32_t n;
	int64_t rows, start_us;
	bool ok = check_names(table, err) && read_start(&table->options, &start_us, err) &&
	          read_fields(table, arena, NULL, &n, &rows, err);
	arena_close(arena);
	return ok;
}

static bool datagen_is_bounded(const TableDef *table)
{
	Arena *arena = arena_open("scratch", 0);
	uint32_t n;
	int64_t rows = INT64_MAX;
	bool ok = read_fields(table, arena, NULL, &n, &rows, NULL);
	arena_close(arena);
	return ok && rows != INT64_MAX;
}

static void make(void *ctx, int64_t from, uint32_t n, Arena *arena, int64_t *time_us, Column *cols)
{
	const Source *s = ctx;
	int64_t now_us = clock_wall_us(s->made.clock);
	for (uint32_t i = 0; i < n; i++)
		time_us[i] = s->has_start ? s->start_us + (from + i) * s->step_us : now_us;
	for (uint32_t c = 0; c < s->made.ncols; c++)
		datagen_gen_column(s->fields[c], s->seed, from, n, time_us, &cols[c], arena);
}

static bool datagen_open(const SourceSpec *spec, Source **out, Err *err)
{
	const Options *o = &spec->table->options;
	Source *s = MEM_NEW(Source);
	s->arena = arena_open("datagen", 0);
	int64_t rows;
	if (!read_fields(spec->table, s->arena, &s->fields, &s->made.ncols, &rows, err) ||
	    !read_start(o, &s->start_us, err)) {
		arena_close(s->arena);
		mem_free(s);
		return false;
	}
	s->has_start = options_has(o, "start-time");
	s->made.rows_per_second = options_int(o, "datagen", "rows-per-second");
	s->step_us = options_has(o, "step") ? options_duration_us(o, "datagen", "step") : 1000000 / s->made.rows_per_second;
	if (options_has(o, "seed"))
		s->seed = (uint64_t)options_int(o, "datagen", "seed");
	else
		hash_random(&s->seed, sizeof s->seed);
	s->made.make = make;
	s->made.ctx = s;
	made_rows_open(&s->made, spec, rows);
	*out = s;
	return true;
}

static bool datagen_service(Source *s, Err *err)
{
	(void)s;
	(void)err;
	return true;
}

static const SourcePartition *datagen_partitions(Source *s, uint32_t *n, bool *all_known)
{
	*n = 1;
	*all_known = true;
	return &s->made.part;
}

static bool datagen_poll(Source *s, uint32_t partition, uint32_t max, SourceChunk *chunk, Err *err)
{
	(void)partition;
	(void)err;
	made_rows_poll(&s->made, max, chunk);
	return true;
}

static void datagen_release(Source *s, void *hold)
{
	made_rows_release(&s->made, hold);
}

static bool datagen_seek(Source *s, uint32_t partition, int64_t position, Err *err)
{
	(void)partition;
	(void)err;
	made_rows_seek(&s->made, position);
	return true;
}

static void datagen_close(Source *s)
{
	made_rows_close(&s->made);
	arena_close(s->arena);
	mem_free(s);
}

const SourceType datagen_source_type = {
    .connector = "datagen",
    .check = datagen_check,
    .is_bounded = datagen_is_bounded,
    .open = datagen_open,
    .service = datagen_service,
    .partitions = datagen_partitions,
    .poll = datagen_poll,
    .release = datagen_release,
    .seek = datagen_seek,
    .close = datagen_close,
};
