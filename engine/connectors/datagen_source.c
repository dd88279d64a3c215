/*
 * engine/connectors/datagen_source.c: made-up rows (connector datagen).
 *
 * One partition, "0"; a position is a row number. Row n exists once the clock has moved n / rows-per-second beyond the
 * opening. With a seed the same rows come again after a crash.
 */
#include "base/hash.h"
#include "engine/connectors/connectors.h"
#include "engine/connectors/datagen_gen.h"
#include "sql/types/timestamp.h"

typedef struct DatagenHold {
	Arena *arena;
	struct DatagenHold *next_free, *next_all;
} DatagenHold;

struct Source {
	Arena *arena;
	const Clock *clock;
	const DatagenField **fields;
	uint32_t nfields;
	uint64_t seed;
	int64_t rows_per_second;
	int64_t opened_us; /* monotonic */
	int64_t opened_at; /* row number at that time */
	bool has_start;
	int64_t start_us, step_us;
	SourcePartition part;
	DatagenHold *free_holds, *all_holds;
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

static bool datagen_open(const SourceSpec *spec, Source **out, Err *err)
{
	const Options *o = &spec->table->options;
	Source *s = MEM_NEW(Source);
	s->arena = arena_open("datagen", 0);
	s->clock = spec->clock;
	int64_t rows;
	if (!read_fields(spec->table, s->arena, &s->fields, &s->nfields, &rows, err) || !read_start(o, &s->start_us, err)) {
		arena_close(s->arena);
		mem_free(s);
		return false;
	}
	s->has_start = options_has(o, "start-time");
	s->rows_per_second = options_int(o, "datagen", "rows-per-second");
	s->step_us = options_has(o, "step") ? options_duration_us(o, "datagen", "step") : 1000000 / s->rows_per_second;
	if (options_has(o, "seed"))
		s->seed = (uint64_t)options_int(o, "datagen", "seed");
	else
		hash_random(&s->seed, sizeof s->seed);
	int64_t stored = spec->stored ? spec->stored(spec->ctx, STR("0")) : SOURCE_POSITION_NEW;
	int64_t at = stored == SOURCE_POSITION_NEW ? 0 : stored;
	s->opened_us = clock_mono_us(s->clock);
	s->opened_at = at;
	int64_t bound = rows == INT64_MAX ? SOURCE_END_NONE : rows;
	s->part = (SourcePartition){
	    .name = STR("0"),
	    .next = at,
	    .bound = bound,
	    .catchup = rows == INT64_MAX ? at : rows,
	    .end = bound,
	    .done = at >= bound,
	    .ready = true,
	    .time_us = INT64_MIN,
	};
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
	return &s->part;
}

/* How many rows exist by now. */
static int64_t rows_by_now(const Source *s)
{
	Int128 n = (Int128)(clock_mono_us(s->clock) - s->opened_us) * s->rows_per_second / 1000000 + 1 + s->opened_at;
	return n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

static DatagenHold *take_hold(Source *s)
{
	DatagenHold *h = s->free_holds;
	if (h) {
		s->free_holds = h->next_free;
		return h;
	}
	h = MEM_NEW(DatagenHold);
	h->arena = arena_open("datagen rows", 0);
	h->next_all = s->all_holds;
	s->all_holds = h;
	return h;
}

static void datagen_release(Source *s, void *hold)
{
	DatagenHold *h = hold;
	if (!h)
		return;
	arena_reset(h->arena);
	h->next_free = s->free_holds;
	s->free_holds = h;
}

static bool datagen_poll(Source *s, uint32_t partition, uint32_t max, SourceChunk *chunk, Err *err)
{
	(void)partition;
	(void)err;
	int64_t from = s->part.next, to = rows_by_now(s);
	*chunk = (SourceChunk){.next = from};
	if (to > s->part.bound)
		to = s->part.bound;
	if (max > BATCH_ROWS_MAX)
		max = BATCH_ROWS_MAX;
	if (to - from > (int64_t)max)
		to = from + (int64_t)max;
	if (to <= from)
		return true;
	uint32_t n = (uint32_t)(to - from);
	DatagenHold *h = take_hold(s);
	int64_t *position = ARENA_ARRAY(h->arena, int64_t, n), *time_us = ARENA_ARRAY(h->arena, int64_t, n);
	int64_t now_us = clock_wall_us(s->clock);
	for (uint32_t i = 0; i < n; i++) {
		position[i] = from + i;
		time_us[i] = s->has_start ? s->start_us + (from + i) * s->step_us : now_us;
	}
	Column *cols = ARENA_ARRAY_ZERO(h->arena, Column, s->nfields);
	for (uint32_t c = 0; c < s->nfields; c++)
		datagen_gen_column(s->fields[c], s->seed, from, n, time_us, &cols[c], h->arena);
	Batch *rows = ARENA_NEW(h->arena, Batch);
	*rows = (Batch){.n = n, .ncols = s->nfields, .cols = cols};
	s->part.next = to;
	s->part.time_us = time_us[n - 1];
	s->part.done = to >= s->part.bound;
	*chunk = (SourceChunk){.n = n, .position = position, .time_us = time_us, .rows = rows, .next = to, .hold = h};
	return true;
}

static bool datagen_seek(Source *s, uint32_t partition, int64_t position, Err *err)
{
	(void)partition;
	(void)err;
	s->part.next = position;
	s->part.done = position >= s->part.bound;
	return true;
}

static void datagen_close(Source *s)
{
	for (DatagenHold *h = s->all_holds, *next; h; h = next) {
		next = h->next_all;
		arena_close(h->arena);
		mem_free(h);
	}
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
