/*
 * tests/support/op_harness.c: scripts, and playing them.
 *
 * The scans of a snapshot are REL_SOURCE relations whose rows come from the script; those of a continuous plan are fed.
 */
#include "tests/support/op_harness_int.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/operators/operators.h"
#include "sql/plan/ttl.h"
#include "tests/support/check.h"
#include "engine/operators/scan.h"
#include "engine/operators/sink.h"

OpHarness *op_new(void)
{
	Arena *arena = arena_open("op test", 0);
	OpHarness *h = ARENA_NEW(arena, OpHarness);
	h->arena = arena;
	h->step = arena_open("op step", 0);
	strbuf_init(&h->out);
	strbuf_init(&h->late);
	strbuf_init(&h->table);
	strbuf_init(&h->sorted);
	return h;
}

void op_free(OpHarness *h)
{
	strbuf_deinit(&h->out);
	strbuf_deinit(&h->late);
	strbuf_deinit(&h->table);
	strbuf_deinit(&h->sorted);
	arena_close(h->step);
	arena_close(h->arena);
}

uint32_t op_rounds(uint32_t n)
{
	return getenv("WEIR_SOAK") ? n : (n + 3) / 4;
}

Arena *op_arena(OpHarness *h)
{
	return h->arena;
}

/* ---- scripts ---- */

static void add_event(OpHarness *h, Event e)
{
	ARENA_PUSH(h->arena, &h->events, e);
}

void op_row(OpHarness *h, const Plan *scan, int64_t weight, const char *cells)
{
	Value *values = ARENA_ARRAY_ZERO(h->arena, Value, scan->ncols + 1);
	Str rest = arena_str(h->arena, str_from(cells)), part;
	for (uint32_t i = 0; i < scan->ncols; i++) {
		REQUIRE(str_next(&rest, '|', &part));
		const Type *t = scan->cols[i].type;
		if (str_eq_c(part, "NULL")) {
			values[i] = VALUE_NULL;
		} else if (type_is_timestamp(t)) {
			REQUIRE(str_to_i64(part, &values[i].i));
			values[i].i *= 1000;
		} else {
			Err err = {0};
			if (type_phys(t) == PHYS_F64 && str_eq_c(part, "-0"))
				values[i].f = -0.0;
			else
				REQUIRE(value_parse(t, part, NULL, h->arena, &values[i], &err));
		}
	}
	add_event(h, (Event){EVENT_ROW, scan->id, weight, 0, values});
}

void op_rowf(OpHarness *h, const Plan *scan, int64_t weight, const char *fmt, ...)
{
	char text[256];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	op_row(h, scan, weight, text);
}

void op_advance(OpHarness *h, const Plan *scan, int64_t watermark_ms)
{
	add_event(h, (Event){.kind = EVENT_ADVANCE, .scan = scan->id, .time = watermark_ms});
}

void op_clock(OpHarness *h, int64_t now_us)
{
	add_event(h, (Event){.kind = EVENT_CLOCK, .time = now_us});
}

void op_step(OpHarness *h)
{
	add_event(h, (Event){.kind = EVENT_STEP});
}

void op_end(OpHarness *h)
{
	add_event(h, (Event){.kind = EVENT_END});
}

void op_clear(OpHarness *h)
{
	h->events.len = 0;
}

/* ---- playing ---- */

static void note_late(void *ctx, Operator *op, const LateRow *row)
{
	(void)op;
	OpHarness *h = ctx;
	strbuf_printf(&h->late, "%s%" PRId64 " %" PRId64 " [%" PRId64 ", %" PRId64 ")\n", row->weight < 0 ? "-" : "",
	              row->time_ms, row->watermark_ms, row->window_start_ms, row->window_end_ms);
}

static bool open_graph(OpHarness *h, const Plan *root)
{
	h->query_arena = arena_open("op query", 0);
	h->query = (PlanQuery){.root = root, .nnodes = h->nnodes, .nparams = 4};
	ttl_settle(&h->query, (Plan *)(uintptr_t)root);
	int64_t now = h->run.env.now_us;
	h->run = (OperatorRun){
	    .plan = &h->query, .name = STR("q"), .store = h->store, .unit = 1, .arena = h->query_arena, .step = h->step};
	h->run.late = note_late;
	h->run.ctx = h;
	h->run.env = (EvalEnv){.zone = zone_utc, .watermark_us = INT64_MIN, .now_us = now};
	return graph_open(&h->run, &h->query, &h->graph, &h->err);
}

static bool open_store(OpHarness *h)
{
	StoreOptions o = {.path = h->path,
	                  .clock = &clock_real,
	                  .memory_bytes = 64 << 20,
	                  .wal_max_bytes = 1 << 30,
	                  .inline_writer = true};
	return store_open(&o, &h->store, &h->err);
}

static void remove_files(OpHarness *h)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-lock", "-journal"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char name[96];
		snprintf(name, sizeof name, "%s%s", h->path, ends[i]);
		unlink(name);
	}
}

static bool seal(OpHarness *h)
{
	if (!graph_checkpoint(h->graph, &h->err))
		return false;
	if (store_dirty(h->store)) {
		store_seal(h->store);
		if (!store_wait_landed(h->store, store_sealed_epoch(h->store), -1, &h->err))
			return false;
	}
	return store_poll(h->store, &h->err);
}

static bool restart(OpHarness *h, const Plan *root)
{
	if (!seal(h))
		return false;
	graph_close(h->graph);
	arena_close(h->query_arena);
	store_close(h->store);
	return open_store(h) && open_graph(h, root);
}

static void print_out(OpHarness *h)
{
	Operator *op = h->graph->ops[h->graph->nops - 1];
	if (op->type == &sink_type) {
		const SinkChange *changes;
		uint32_t n = sink_changes(op, &changes);
		for (uint32_t i = 0; i < n; i++) {
			StrBuf line;
			strbuf_init(&line);
			batch_print(batch_slice(changes[i].batch, changes[i].row, changes[i].row + 1, h->step), &line);
			const char *paren = strchr(strbuf_cstr(&line), '(');
			strbuf_printf(&h->out, "%s %s", chunk_kind_name(changes[i].kind), paren);
			strbuf_deinit(&line);
		}
		return;
	}
	for (uint32_t i = 0; i < op->out.len; i++)
		batch_print(op->out.items[i], &h->out);
}

static ScanInfo *info_of(OpHarness *h, const Operator *scan)
{
	return &h->scans[scan->plan->id];
}

/* The events [from, to) as one step. */
static bool run_step(OpHarness *h, uint32_t from, uint32_t to)
{
	int64_t first_ord = h->run.next_ord;
	bool end = false;
	for (uint32_t s = 0; s < h->graph->nscans; s++) {
		Operator *op = h->graph->scans[s];
		ScanInfo *info = info_of(h, op);
		uint32_t ncols = op->plan->ncols, n = 0, npoints = 0;
		Value *values = ARENA_ARRAY(h->step, Value, (size_t)(to - from) * ncols + 1);
		int64_t *weight = ARENA_ARRAY(h->step, int64_t, to - from + 1);
		int64_t *ord = ARENA_ARRAY(h->step, int64_t, to - from + 1);
		int64_t *stamp = ARENA_ARRAY(h->step, int64_t, to - from + 1);
		WatermarkPoint *points = ARENA_ARRAY(h->step, WatermarkPoint, to - from + 1);
		int64_t before = info->watermark, next = first_ord;
		bool ones = true;
		for (uint32_t i = from; i < to; i++) {
			const Event *e = &h->events.items[i];
			int64_t rise = BATCH_NO_WATERMARK;
			if (e->kind == EVENT_ROW) {
				next++;
				if (e->scan != op->plan->id)
					continue;
				memcpy(values + (size_t)n * ncols, e->cells, ncols * sizeof *values);
				weight[n] = e->weight;
				ones &= e->weight == 1;
				ord[n] = next - 1;
				stamp[n++] = info->watermark;
				if (info->time_col >= 0 && !e->cells[info->time_col].null)
					rise = e->cells[info->time_col].i / 1000 - info->delay;
			} else if (e->kind == EVENT_ADVANCE && e->scan == op->plan->id) {
				rise = e->time;
			} else if (e->kind == EVENT_END) {
				rise = BATCH_END;
				end = true;
			}
			if (rise <= info->watermark)
				continue;
			info->watermark = rise;
			if (npoints && points[npoints - 1].ord == next)
				points[npoints - 1].ms = rise;
			else
				points[npoints++] = (WatermarkPoint){next, rise};
		}
		const Type **types = ARENA_ARRAY(h->step, const Type *, ncols + 1);
		for (uint32_t c = 0; c < ncols; c++)
			types[c] = op->plan->cols[c].type;
		const Batch *b = batch_from_values(types, ncols, values, n, ones ? NULL : weight, ord, stamp, h->step);
		scan_feed(op, &b, n ? 1 : 0, (Curve){before, points, npoints});
	}
	for (uint32_t i = from; i < to; i++)
		h->run.next_ord += h->events.items[i].kind == EVENT_ROW;
	h->run.at_end = end;
	bool ok = graph_step(h->graph, &h->err);
	if (ok)
		print_out(h);
	graph_end_step(h->graph);
	arena_reset(h->step);
	return ok;
}

/* One step's events: up to `rows` rows, or until a step, the clock or the end. */
static uint32_t step_end(const OpHarness *h, uint32_t from, uint32_t rows)
{
	uint32_t n = 0, i = from;
	for (; i < h->events.len; i++) {
		const Event *e = &h->events.items[i];
		if (e->kind == EVENT_STEP || e->kind == EVENT_CLOCK)
			break;
		if (e->kind == EVENT_ROW && n++ == rows)
			break;
	}
	return i;
}

const char *op_play(OpHarness *h, const Plan *root, uint32_t rows, uint32_t restart_after)
{
	strbuf_clear(&h->out);
	strbuf_clear(&h->late);
	strbuf_puts(&h->out, "");
	strbuf_puts(&h->late, "");
	err_clear(&h->err);
	for (uint32_t i = 0; i < OP_NODES; i++)
		h->scans[i].watermark = BATCH_NO_WATERMARK;
	const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; /* nothing here is about the disk */
	snprintf(h->path, sizeof h->path, "%s/weir-op-%d.db", folder, (int)getpid());
	remove_files(h);
	h->run.env.now_us = 0;
	REQUIRE(open_store(h));
	bool ok = open_graph(h, root);
	uint32_t steps = 0;
	int64_t ord = 1;
	for (uint32_t at = 0; ok && at < h->events.len;) {
		const Event *e = &h->events.items[at];
		if (e->kind == EVENT_CLOCK)
			h->run.env.now_us = e->time;
		if (e->kind == EVENT_STEP) {
			at++;
			continue;
		}
		uint32_t from = e->kind == EVENT_CLOCK ? at + 1 : at;
		uint32_t to = step_end(h, from, rows);
		h->run.next_ord = ord;
		ok = run_step(h, from, to);
		ord = h->run.next_ord;
		at = to;
		if (ok && restart_after && ++steps % restart_after == 0)
			ok = restart(h, root);
	}
	if (h->graph) {
		h->counts = h->graph->ops[h->graph->nops - 1]->counts;
		Err ignored = {0};
		Err kept = h->err;
		if (ok)
			ok = seal(h);
		else
			store_discard(h->store, 1, &ignored);
		if (kept.code)
			h->err = kept;
		graph_close(h->graph);
	}
	h->graph = NULL;
	arena_close(h->query_arena);
	store_close(h->store);
	remove_files(h);
	return ok ? strbuf_cstr(&h->out) : NULL;
}

/* ---- snapshots ---- */

static bool source_rows(void *ctx, const Plan *scan, void **handle, Arena *arena, const Batch **out, Err *err)
{
	(void)err;
	OpHarness *h = ctx;
	uint32_t *given = *handle;
	if (!given)
		*handle = given = ARENA_NEW(h->arena, uint32_t);
	uint32_t ncols = scan->ncols, n = 0;
	Value *values = ARENA_ARRAY(arena, Value, (size_t)h->snapshot_rows * ncols + 1);
	int64_t *weight = ARENA_ARRAY(arena, int64_t, h->snapshot_rows + 1);
	while (*given < h->events.len && n < h->snapshot_rows) {
		const Event *e = &h->events.items[(*given)++];
		if (e->kind != EVENT_ROW || e->scan != scan->id)
			continue;
		memcpy(values + (size_t)n * ncols, e->cells, ncols * sizeof *values);
		weight[n++] = e->weight;
	}
	const Type **types = ARENA_ARRAY(arena, const Type *, ncols + 1);
	for (uint32_t c = 0; c < ncols; c++)
		types[c] = scan->cols[c].type;
	*out = batch_from_values(types, ncols, values, n, scan->append_only ? NULL : weight, NULL, NULL, arena);
	return true;
}

static bool snapshot_rows(void *ctx, const Batch *b, bool *done, Err *err)
{
	(void)done;
	(void)err;
	OpHarness *h = ctx;
	batch_print(b, &h->out);
	return true;
}

const char *op_snapshot(OpHarness *h, const Plan *root, uint32_t rows)
{
	strbuf_clear(&h->out);
	strbuf_puts(&h->out, "");
	err_clear(&h->err);
	h->snapshot_rows = rows;
	Arena *arena = arena_open("op query", 0);
	h->query = (PlanQuery){.root = root, .snapshot = true, .nnodes = h->nnodes, .nparams = 4};
	OperatorRun run = {.plan = &h->query,
	                   .name = STR("s"),
	                   .is_snapshot = true,
	                   .arena = arena,
	                   .step = h->step,
	                   .source_rows = source_rows,
	                   .ctx = h};
	Value params[4] = {VALUE_NULL, VALUE_NULL, VALUE_NULL, VALUE_NULL};
	run.params = params;
	run.env = (EvalEnv){.zone = zone_utc, .watermark_us = INT64_MIN};
	bool ok = graph_run_snapshot(&run, &h->query, snapshot_rows, h, &h->err);
	arena_close(arena);
	return ok ? strbuf_cstr(&h->out) : NULL;
}

/* ---- what came out ---- */

static int compare_lines(const void *a, const void *b)
{
	return str_cmp(*(const Str *)a, *(const Str *)b);
}

const char *op_sorted(OpHarness *h, const char *lines)
{
	Arena *arena = arena_open("sorted", 0);
	struct {
		Str *items;
		uint32_t len, cap;
	} list = {0};
	Str rest = str_from(lines), line;
	while (rest.len && str_next(&rest, '\n', &line))
		if (line.len)
			ARENA_PUSH(arena, &list, line);
	if (list.len)
		qsort(list.items, list.len, sizeof *list.items, compare_lines);
	strbuf_clear(&h->sorted);
	strbuf_puts(&h->sorted, "");
	for (uint32_t i = 0; i < list.len; i++) {
		strbuf_put_str(&h->sorted, list.items[i]);
		strbuf_putc(&h->sorted, '\n');
	}
	arena_close(arena);
	return strbuf_cstr(&h->sorted);
}

/* Lines "+1 (...)", "-2 (...)": added up by what follows the weight. */
const char *op_table(OpHarness *h)
{
	Map sums;
	map_init(&sums);
	Arena *arena = arena_open("table", 0);
	Str rest = strbuf_str(&h->out), line;
	while (rest.len && str_next(&rest, '\n', &line)) {
		if (!line.len)
			continue;
		char sign = line.ptr[0];
		Str weight, row;
		row = line;
		str_next(&row, ' ', &weight);
		int64_t w = sign == '-' ? -1 : 1;
		int64_t v = 0;
		if (str_to_i64(str_slice(weight, 1, weight.len), &v))
			w *= v;
		else if (weight.len == 2 && (weight.ptr[1] == 'U' || weight.ptr[1] == 'D' || weight.ptr[1] == 'I'))
			w = sign == '-' ? -1 : 1;
		int64_t *sum = map_get(&sums, row);
		if (!sum) {
			sum = ARENA_NEW(arena, int64_t);
			map_put(&sums, row, sum);
		}
		*sum += w;
	}
	StrBuf lines;
	strbuf_init(&lines);
	strbuf_puts(&lines, "");
	const MapEntry *e;
	for (uint32_t it = 0; (e = map_next(&sums, &it));)
		if (*(int64_t *)e->value)
			strbuf_printf(&lines, "%.*s x%" PRId64 "\n", STR_ARG(e->key), *(int64_t *)e->value);
	strbuf_clear(&h->table);
	strbuf_puts(&h->table, op_sorted(h, strbuf_cstr(&lines)));
	strbuf_deinit(&lines);
	map_deinit(&sums);
	arena_close(arena);
	return strbuf_cstr(&h->table);
}

const char *op_late(OpHarness *h)
{
	return strbuf_cstr(&h->late);
}

const Err *op_error(OpHarness *h)
{
	return &h->err;
}

OperatorCounts op_counts(OpHarness *h)
{
	return h->counts;
}
