/*
 * engine/operators/slices.c: slices of windows and their directory.
 *
 *   directory key: the end, ordered i64; value: rows, 8 bytes.      key "" : the marks: end of the window fired last,
 * pivot
 */
#include "engine/operators/slices.h"

#include <stdlib.h>

#include "base/hash.h"

static int64_t gcd(int64_t a, int64_t b)
{
	while (b) {
		int64_t t = a % b;
		a = b;
		b = t;
	}
	return a;
}

void slices_cut(Slicing *s, const WindowSpec *spec)
{
	*s = (Slicing){spec->kind, spec->size_ms, spec->size_ms, spec->slide_ms, spec->offset_ms};
	if (spec->kind == WINDOW_HOP)
		s->width = gcd(spec->size_ms, spec->slide_ms);
	else if (spec->kind == WINDOW_CUMULATE)
		s->width = spec->slide_ms;
	else
		s->slide = spec->size_ms;
}

int64_t slices_first_window(const Slicing *s, int64_t end)
{
	if (s->kind != WINDOW_HOP)
		return end;
	/* the least end of the form k * slide + offset + size that is not before the slice's */
	return window_time_floor(end - 1, s->slide, s->offset + s->size) + s->slide;
}

int64_t slices_last_window(const Slicing *s, int64_t end)
{
	if (s->kind == WINDOW_HOP)
		return window_time_floor(end - s->width, s->slide, s->offset) + s->size;
	if (s->kind == WINDOW_CUMULATE)
		return window_time_floor(end - s->width, s->size, s->offset) + s->size;
	return end;
}

int64_t slices_window_start(const Slicing *s, int64_t end)
{
	return s->kind == WINDOW_CUMULATE ? window_time_floor(end - 1, s->size, s->offset) : end - s->size;
}

/* ---- directory ---- */

void slices_init(Slices *s, StateTable *table)
{
	*s = (Slices){.table = table, .fired = INT64_MIN, .pivot = INT64_MIN};
}

void slices_deinit(Slices *s)
{
	mem_free(s->items);
	mem_free(s->slots);
	mem_free(s->dropped);
	*s = (Slices){0};
}

static uint32_t *slot_of(const Slices *s, int64_t end)
{
	uint32_t at = (uint32_t)hash_mix((uint64_t)end) & s->mask;
	while (s->slots[at] && (s->slots[at] - 1 < s->head || s->items[s->slots[at] - 1].end != end))
		at = (at + 1) & s->mask;
	return &s->slots[at];
}

static void rebuild_slots(Slices *s)
{
	uint32_t nslots = 32;
	while (nslots < 2 * s->cap)
		nslots *= 2;
	if (nslots != s->mask + 1 || !s->slots) {
		mem_free(s->slots);
		s->slots = mem_alloc(nslots * sizeof *s->slots);
		s->mask = nslots - 1;
	}
	memset(s->slots, 0, nslots * sizeof *s->slots);
	for (uint32_t i = s->head; i < s->len; i++)
		*slot_of(s, s->items[i].end) = i + 1;
}

static Slice *append(Slices *s, int64_t end)
{
	if (s->len == s->cap) {
		if (s->head > s->cap / 2) {
			memmove(s->items, s->items + s->head, (s->len - s->head) * sizeof *s->items);
			s->len -= s->head;
			s->head = 0;
		} else {
			s->cap = s->cap ? s->cap * 2 : 16;
			s->items = mem_realloc(s->items, s->cap * sizeof *s->items);
		}
		rebuild_slots(s);
	}
	s->unsorted |= s->len > s->head && s->items[s->len - 1].end > end;
	s->items[s->len] = (Slice){.end = end};
	*slot_of(s, end) = ++s->len;
	return &s->items[s->len - 1];
}

static int compare_ends(const void *a, const void *b)
{
	int64_t x = ((const Slice *)a)->end, y = ((const Slice *)b)->end;
	return (x > y) - (x < y);
}

static void sort(Slices *s)
{
	if (!s->unsorted)
		return;
	qsort(s->items + s->head, s->len - s->head, sizeof *s->items, compare_ends);
	s->unsorted = false;
	rebuild_slots(s);
}

bool slices_load(Slices *s, Arena *scratch, Err *err)
{
	StateScan *scan = state_scan_open(s->table, (Str){0}, (Str){0}, false, true, scratch);
	Str key, value;
	bool fine = true;
	while (fine && state_scan_next(scan, &key, &value)) {
		fine = key.len == 0 ? value.len == 16 : key.len == 8 && value.len == 8;
		if (!fine)
			break;
		int64_t v;
		memcpy(&v, value.ptr, 8);
		if (!key.len) {
			s->fired = v;
			memcpy(&s->pivot, value.ptr + 8, 8);
			continue;
		}
		Slice *x = append(s, (int64_t)codec_order_i64((int64_t)codec_load_be64(key.ptr)));
		x->rows = v;
		x->stored = true;
	}
	state_scan_close(scan);
	return fine ||
	       err_set(err, ERR_STATE_CORRUPT, "the state table \"%.*s\" is damaged", STR_ARG(state_name(s->table)));
}

static Str slice_key(int64_t end, char *buf)
{
	codec_store_be64(buf, codec_order_i64(end));
	return str_make(buf, 8);
}

void slices_save(Slices *s)
{
	char buf[8];
	for (uint32_t i = 0; i < s->ndropped; i++)
		state_del(s->table, slice_key(s->dropped[i], buf));
	s->ndropped = 0;
	for (uint32_t i = s->head; i < s->len; i++) {
		Slice *x = &s->items[i];
		if (!x->changed)
			continue;
		state_put(s->table, slice_key(x->end, buf), str_make((const char *)&x->rows, 8));
		x->changed = false;
		x->stored = true;
	}
	int64_t marks[2] = {s->fired, s->pivot};
	if (s->marks_changed)
		state_put(s->table, STR_EMPTY, str_make((const char *)marks, 16));
	s->marks_changed = false;
}

/* Number of the first slice with end >= `end`. */
static uint32_t lower_bound(const Slices *s, int64_t end)
{
	uint32_t low = s->head, high = s->len;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (s->items[mid].end < end)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

Slice *slices_need(Slices *s, int64_t end, bool *created)
{
	*created = false;
	if (s->hit >= s->head && s->hit < s->len && s->items[s->hit].end == end)
		return &s->items[s->hit];
	uint32_t at = s->slots ? *slot_of(s, end) : 0;
	if (!at) {
		append(s, end)->changed = true;
		at = s->len;
		*created = true;
	}
	s->hit = at - 1;
	return &s->items[s->hit];
}

Slice *slices_after(Slices *s, int64_t after)
{
	sort(s);
	if (s->head < s->len && s->items[s->head].end > after)
		return &s->items[s->head];
	uint32_t at = after == INT64_MAX ? s->len : lower_bound(s, after + 1);
	return at < s->len ? &s->items[at] : NULL;
}

void slices_drop_until(Slices *s, int64_t end)
{
	sort(s);
	while (s->head < s->len && s->items[s->head].end <= end) {
		const Slice *x = &s->items[s->head++];
		if (!x->stored)
			continue;
		if (s->ndropped == s->dropped_cap) {
			s->dropped_cap = s->dropped_cap ? s->dropped_cap * 2 : 16;
			s->dropped = mem_realloc(s->dropped, s->dropped_cap * sizeof *s->dropped);
		}
		s->dropped[s->ndropped++] = x->end;
	}
}

int64_t slices_rows(const Slices *s)
{
	int64_t rows = 0;
	for (uint32_t i = s->head; i < s->len; i++)
		rows += s->items[i].rows;
	return rows;
}

void slices_set_fired(Slices *s, int64_t end)
{
	s->marks_changed |= s->fired != end;
	s->fired = end;
}

void slices_set_pivot(Slices *s, int64_t end)
{
	s->marks_changed |= s->pivot != end;
	s->pivot = end;
}
