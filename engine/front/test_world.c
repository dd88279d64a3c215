/*
 * engine/front/test_world.c: sources fed by PUSH, sinks that remember: the connectors of weir test.
 *
 * A pushed table is a log per partition that stays when the engine crashes: the engine reads again from its stored
 * positions. The sink is exactly-once by the number of the epoch.
 */
#include "engine/front/test_int.h"
#include "engine/runtime/hooks.h"

static World *current;

void test_world_use(World *w)
{
	current = w;
}

TestTable *test_world_table(World *w, Str name, bool make)
{
	for (TestTable *t = w->tables; t; t = t->next)
		if (str_eq_nocase(t->name, name))
			return t;
	if (!make)
		return NULL;
	TestTable *t = ARENA_NEW(w->arena, TestTable);
	t->name = arena_str(w->arena, name);
	t->next = w->tables;
	w->tables = t;
	test_world_partition(w, t, 0);
	return t;
}

TestPartition *test_world_partition(World *w, TestTable *t, uint32_t number)
{
	if (number >= t->nparts) {
		t->parts = arena_grow(w->arena, t->parts, t->nparts * sizeof *t->parts, (number + 1) * sizeof *t->parts);
		for (uint32_t i = t->nparts; i <= number; i++) {
			t->parts[i] = (TestPartition){0};
			t->parts[i].name = arena_printf(w->arena, "%.*s/%u", STR_ARG(t->name), i);
		}
		t->nparts = number + 1;
	}
	return &t->parts[number];
}

void test_world_add(World *w, TestTable *t, uint32_t partition, TestItem item)
{
	TestPartition *p = test_world_partition(w, t, partition);
	item.seq = w->seq++;
	item.clock_us = w->clock.now_us;
	ARENA_PUSH(w->arena, p, item);
}

TestSink *test_world_find_sink(World *w, Str name)
{
	for (TestSink *s = w->sinks; s; s = s->next)
		if (str_eq(s->name, name))
			return s;
	for (TestSink *s = w->sinks; s; s = s->next)
		if (str_eq_nocase(s->name, name))
			return s;
	return NULL;
}

bool test_world_is_stream(void *ctx, Str table)
{
	return test_world_table(ctx, table, false) != NULL;
}

bool test_world_sink_accepts(const TableDef *table, unsigned *accepts, Err *err)
{
	(void)table;
	(void)err;
	*accepts = table->nkey ? SINK_APPEND | SINK_UPSERT : SINK_APPEND | SINK_RETRACT;
	Str connector = options_get(&table->options, "connector");
	if (str_eq_c(connector, "kafka") || str_eq_c(connector, "filesystem"))
		*accepts = hooks_is_capture(table) ? SINK_APPEND | SINK_RETRACT : SINK_APPEND;
	return true;
}

bool test_world_source_facts(const TableDef *table, bool *readable, bool *bounded, bool *changelog, Err *err)
{
	(void)err;
	TestTable *t = test_world_table(current, table->name, false);
	*readable = true;
	*bounded = false;
	*changelog = (t && t->changelog) || str_eq_c(options_get(&table->options, "connector"), "upsert-kafka") ||
	             hooks_is_capture(table);
	return true;
}

void test_world_put(World *w, TestRows *rows, const Type *const *types, uint32_t ncols, RowKind kind, int64_t weight,
                    const Value *values)
{
	Value *copy = ARENA_ARRAY(w->arena, Value, ncols + 1);
	for (uint32_t i = 0; i < ncols; i++)
		copy[i] = value_copy(w->arena, types[i], values[i]);
	TestRow row = {kind, weight, copy};
	ARENA_PUSH(w->arena, rows, row);
}

/* ---- the source ---- */

typedef struct PushSource {
	World *world;
	TestTable *table;
	const TableDef *def;
	SourceSpec spec;
	SourcePartition *parts;
	uint32_t nparts;
} PushSource;

struct Source {
	PushSource push;
};

static bool push_bounded(const TableDef *table)
{
	(void)table;
	return current->finished;
}

static bool push_open(const SourceSpec *spec, Source **out, Err *err)
{
	(void)err;
	Source *s = MEM_NEW(Source);
	s->push.world = current;
	s->push.def = spec->table;
	s->push.spec = *spec;
	s->push.table = test_world_table(current, spec->table->name, true);
	*out = s;
	return true;
}

static bool push_service(Source *src, Err *err)
{
	(void)err;
	PushSource *s = &src->push;
	while (s->nparts < s->table->nparts) {
		s->parts = mem_realloc(s->parts, (s->nparts + 1) * sizeof *s->parts);
		SourcePartition *p = &s->parts[s->nparts];
		*p = (SourcePartition){.id = s->nparts,
		                       .bound = SOURCE_END_NONE,
		                       .catchup = 0,
		                       .end = SOURCE_END_NONE,
		                       .ready = true,
		                       .time_us = INT64_MIN};
		p->name = s->table->parts[s->nparts].name;
		int64_t at = s->spec.stored ? s->spec.stored(s->spec.ctx, p->name) : SOURCE_POSITION_NEW;
		p->next = at == SOURCE_POSITION_NEW ? 0 : at;
		s->nparts++;
	}
	for (uint32_t i = 0; i < s->nparts; i++) {
		SourcePartition *p = &s->parts[i];
		if (s->world->finished)
			p->bound = s->table->parts[i].len;
		p->done = s->world->finished && p->next >= p->bound;
	}
	return true;
}

static const SourcePartition *push_partitions(Source *src, uint32_t *n, bool *all_known)
{
	*n = src->push.nparts;
	*all_known = true;
	return src->push.parts;
}

/* Rows up to the next ADVANCE or IDLE, which goes with them. */
static bool push_poll(Source *src, uint32_t partition, uint32_t max, SourceChunk *chunk, Err *err)
{
	(void)err;
	PushSource *s = &src->push;
	SourcePartition *sp = &s->parts[partition];
	TestPartition *p = &s->table->parts[partition];
	Arena *arena = arena_open("push", 0);
	uint32_t ncols = 0;
	for (uint32_t i = 0; i < s->def->ncols; i++)
		ncols += s->def->cols[i].kind == COLUMN_PHYSICAL;
	const Type **types = ARENA_ARRAY(arena, const Type *, ncols + 1);
	for (uint32_t i = 0, k = 0; i < s->def->ncols; i++)
		if (s->def->cols[i].kind == COLUMN_PHYSICAL)
			types[k++] = s->def->cols[i].type;
	Value *values = ARENA_ARRAY(arena, Value, (size_t)max * ncols + 1);
	Str *bytes = ARENA_ARRAY(arena, Str, max + 1), *keys = ARENA_ARRAY_ZERO(arena, Str, max + 1);
	int64_t *weight = ARENA_ARRAY(arena, int64_t, max + 1), *arrival = ARENA_ARRAY(arena, int64_t, max + 1);
	int64_t *position = ARENA_ARRAY(arena, int64_t, max + 1), *time = ARENA_ARRAY(arena, int64_t, max + 1);
	uint32_t n = 0, at = (uint32_t)sp->next;
	bool raw = false, retracts = false;
	while (at < p->len && n < max && p->items[at].seq < s->world->visible) {
		const TestItem *it = &p->items[at];
		if (it->kind == TEST_ITEM_ADVANCE || it->kind == TEST_ITEM_IDLE) {
			chunk->idle_after = it->kind == TEST_ITEM_IDLE;
			if (it->kind == TEST_ITEM_ADVANCE) {
				chunk->advance = true;
				chunk->advance_ms = it->ms;
			}
			at++;
			break;
		}
		if (n && raw != (it->kind == TEST_ITEM_BYTES))
			break;
		raw = it->kind == TEST_ITEM_BYTES;
		if (raw)
			bytes[n] = it->bytes;
		else
			for (uint32_t i = 0; i < ncols; i++) /* a column that came later is NULL */
				values[(size_t)n * ncols + i] = i < it->ncols ? it->row[i] : VALUE_NULL;
		weight[n] = it->weight;
		retracts |= it->weight != 1;
		arrival[n] = it->seq;
		time[n] = it->clock_us;
		position[n++] = at++;
	}
	if (at == (uint32_t)sp->next) {
		arena_close(arena);
		return true;
	}
	chunk->n = n;
	chunk->position = position;
	chunk->time_us = time;
	chunk->arrival = arrival;
	if (n && raw) {
		chunk->value = bytes;
		chunk->key = keys;
	} else if (n) {
		chunk->rows = batch_from_values(types, ncols, values, n, retracts ? weight : NULL, NULL, NULL, arena);
	}
	chunk->next = at;
	chunk->hold = arena;
	sp->next = at;
	sp->done = s->world->finished && at >= p->len;
	return true;
}

static void push_release(Source *src, void *hold)
{
	(void)src;
	arena_close(hold);
}

static void push_close(Source *src)
{
	mem_free(src->push.parts);
	mem_free(src);
}

const SourceType test_world_source = {
    .connector = "push",
    .is_bounded = push_bounded,
    .open = push_open,
    .service = push_service,
    .partitions = push_partitions,
    .poll = push_poll,
    .release = push_release,
    .close = push_close,
};

/* ---- the sink ---- */

struct Sink {
	World *world;
	TestSink *sink;
};

static bool sink_open(const SinkSpec *spec, Sink **out, Err *err)
{
	(void)err;
	World *w = spec->out_ctx;
	TestSink *t = NULL;
	for (TestSink *s = w->sinks; s; s = s->next)
		if (str_eq(s->name, spec->name))
			t = s;
	if (!t) {
		t = ARENA_NEW(w->arena, TestSink);
		t->name = arena_str(w->arena, spec->name);
		t->next = w->sinks;
		w->sinks = t;
		t->types = ARENA_ARRAY(w->arena, const Type *, spec->ncols + 1);
		for (uint32_t i = 0; i < spec->ncols; i++)
			t->types[i] = type_copy(w->arena, spec->types[i]);
		t->ncols = spec->ncols;
		t->key = arena_copy(w->arena, spec->key, spec->nkey * sizeof *spec->key);
		t->nkey = spec->nkey;
	}
	Sink *s = MEM_NEW(Sink);
	s->world = w;
	s->sink = t;
	*out = s;
	return true;
}

static SinkResult sink_recover(Sink *s, uint64_t *epoch, bool *known, Err *err)
{
	(void)err;
	*epoch = s->sink->epoch;
	*known = s->sink->known;
	s->sink->known = true;
	return SINK_DELIVERED;
}

static bool same_values(const TestSink *t, const Value *a, const Value *b, bool by_key)
{
	if (by_key) {
		for (uint32_t i = 0; i < t->nkey; i++)
			if (!value_equal(t->types[t->key[i]], a[t->key[i]], b[t->key[i]]))
				return false;
		return true;
	}
	for (uint32_t i = 0; i < t->ncols; i++)
		if (!value_equal(t->types[i], a[i], b[i]))
			return false;
	return true;
}

static void apply(World *w, TestSink *t, RowKind kind, const Value *values)
{
	bool add = kind == ROW_INSERT || kind == ROW_UPDATE_AFTER;
	if (!add || t->nkey)
		for (uint32_t i = 0; i < t->rows.len; i++)
			if (same_values(t, t->rows.items[i].values, values, t->nkey > 0)) {
				t->rows.items[i] = t->rows.items[--t->rows.len];
				break;
			}
	if (add)
		test_world_put(w, &t->rows, t->types, t->ncols, ROW_INSERT, 1, values);
}

static SinkResult sink_deliver(Sink *s, uint64_t last, const SinkEpoch *epochs, uint32_t n, SinkRefused *refused,
                               uint32_t max_refused, uint32_t *nrefused, Err *err)
{
	(void)last;
	(void)refused;
	(void)max_refused;
	*nrefused = 0;
	TestSink *t = s->sink;
	Value *values = ARENA_ARRAY(s->world->arena, Value, t->ncols + 1);
	for (uint32_t e = 0; e < n; e++) {
		if (epochs[e].epoch <= t->epoch)
			continue;
		for (uint32_t c = 0; c < epochs[e].nchunks; c++) {
			ChunkReader r;
			RowKind kind;
			bool damaged = !chunk_open(&r, epochs[e].chunks[c], t->types, t->ncols);
			while (!damaged && chunk_next(&r, &kind, values, &damaged)) {
				apply(s->world, t, kind, values);
				test_world_put(s->world, &t->log, t->types, t->ncols, kind, 1, values);
			}
			if (damaged) {
				err_set(err, ERR_INTERNAL, "a chunk of the outbox is damaged");
				return SINK_FAILED;
			}
		}
		t->epoch = epochs[e].epoch;
	}
	return SINK_DELIVERED;
}

static void sink_close(Sink *s)
{
	mem_free(s);
}

static bool sink_check(const TableDef *table, unsigned *accepts, Err *err)
{
	return test_world_sink_accepts(table, accepts, err);
}

const SinkType test_world_sink = {
    .connector = "test",
    .check = sink_check,
    .open = sink_open,
    .recover = sink_recover,
    .deliver = sink_deliver,
    .close = sink_close,
    .exactly_once = true,
};
