/*
 * engine/operators/window_front.c: HOP over states that cannot be taken out again (MIN, MAX, real numbers): two stacks
 * per key.
 *
 *      slices    1   2   3   4 | 5   6   7                 pivot = end of slice 4
 *      front     1-4 2-4 3-4 4 |                           per key: what the slices from each one up to the pivot make
 * together back                    | 5-7                       in the running block: what came behind the pivot
 *
 * A window is the front's entry of its oldest slice and the back: one look-up and one merge, however many slices there
 * are. When the window has passed the pivot, the pivot becomes its end and the front is made anew: each slice is merged
 * once more. A row into a slice before the pivot spoils the front of its key, which is then made anew from the slices
 * when it is asked for. Which slice is merged with which depends on the windows that have fired, never on batches.
 *
 *   front: group key -> (end of a slice, states), newest slice first; no bytes: spoiled
 */
#include "engine/operators/window_agg.h"

bool window_front_open(Operator *op, Err *err)
{
	WindowAggOp *w = op->state;
	for (uint32_t k = 0; k < w->st.nitems; k++)
		if (w->st.flat[k] && !w->st.items[k].call->subtract)
			w->front_size += (w->st.items[k].call->size + 7) & ~7u;
	w->front_size += 8;
	return operator_state_open(op, "front", STATE_HASH, 0, &w->front, err);
}

/* Copies the states that the front is about between a block and an entry of the front. */
static void move_states(const WindowAggOp *w, char *block, char *entry, bool to_block)
{
	char *at = entry + 8;
	for (uint32_t k = 0; k < w->st.nitems; k++) {
		const AggItem *it = &w->st.items[k];
		if (!w->st.flat[k] || it->call->subtract)
			continue;
		if (to_block)
			memcpy(block + it->offset, at, it->call->size);
		else
			memcpy(at, block + it->offset, it->call->size);
		at += (it->call->size + 7) & ~7u;
	}
}

/* into = into and then from. */
static bool merge_states(WindowAggOp *w, char *into, const char *from, Err *err)
{
	for (uint32_t k = 0; k < w->st.nitems; k++)
		if (w->st.flat[k] && !w->st.items[k].call->subtract && !agg_state_merge_item(&w->st, k, into, from, err))
			return false;
	return true;
}

void window_front_spoil(WindowAggOp *w, const Str *groups, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		state_put(w->front, groups[i], STR_EMPTY);
}

void window_front_drop_key(WindowAggOp *w, Str group)
{
	state_del(w->front, group);
}

void window_front_clear(WindowAggOp *w)
{
	if (w->slices.pivot == INT64_MIN)
		return;
	slices_set_pivot(&w->slices, INT64_MIN);
	state_del_range(w->front, STR_EMPTY, (Str){0});
}

/* Adds the entry of one slice to a front: the slice's states, then those of the front's oldest entry. */
static bool add_entry(Operator *op, StrBuf *front, int64_t end, const char *slice, char *scratch, Err *err)
{
	WindowAggOp *w = op->state;
	char *block = memcpy(scratch, slice, w->st.size);
	if (front->len) {
		char *later = scratch + w->st.size;
		move_states(w, later, front->ptr + front->len - w->front_size, true);
		if (!merge_states(w, block, later, err))
			return false;
	}
	size_t at = front->len;
	strbuf_fill(front, 0, w->front_size);
	memcpy(front->ptr + at, &end, 8);
	move_states(w, block, front->ptr + at, false);
	return true;
}

/* The front of one group from its slices, newest first. */
static bool make_front(Operator *op, const Firing *f, Str group, StrBuf *front, Err *err)
{
	WindowAggOp *w = op->state;
	char *key = arena_alloc(op->run->step, WINDOW_SCOPE + group.len);
	char *scratch = arena_alloc(op->run->step, (size_t)w->st.size * 2);
	memcpy(key + WINDOW_SCOPE, group.ptr, group.len);
	strbuf_clear(front);
	for (uint32_t i = f->nslices; i-- > 0;) {
		uint32_t len;
		if (f->slices[i] > w->slices.pivot)
			continue;
		window_scope(f->slices[i], key);
		const char *slice = state_get(w->blocks, str_make(key, WINDOW_SCOPE + group.len), &len);
		if (slice && !add_entry(op, front, f->slices[i], slice, scratch, err))
			return false;
	}
	return true;
}

/* The end of the window becomes the pivot. */
static bool turn_over(Operator *op, const Firing *f, Err *err)
{
	WindowAggOp *w = op->state;
	state_del_range(w->front, STR_EMPTY, (Str){0});
	slices_set_pivot(&w->slices, f->end);
	char *scratch = arena_alloc(op->run->step, (size_t)w->st.size * 2);
	StrBuf front;
	strbuf_init(&front);
	bool fine = true;
	for (uint32_t i = f->nslices; fine && i-- > 0;) {
		StateScan *s =
		    state_scan_open(w->blocks, window_scope(f->slices[i], w->scope), (Str){0}, false, false, op->run->step);
		Str key, block;
		while (fine && state_scan_next(s, &key, &block)) {
			Str group = str_slice(key, WINDOW_SCOPE, key.len);
			uint32_t len = 0;
			const char *old = state_get(w->front, group, &len);
			strbuf_clear(&front);
			if (old)
				strbuf_put(&front, old, len);
			fine = add_entry(op, &front, f->slices[i], block.ptr, scratch, err);
			if (fine)
				state_put(w->front, group, strbuf_str(&front));
		}
		state_scan_close(s);
	}
	strbuf_deinit(&front);
	/* nothing is behind the pivot */
	StateScan *s =
	    state_scan_open(w->blocks, window_scope(WINDOW_RUNNING, w->scope), (Str){0}, false, false, op->run->step);
	Str key, block;
	while (fine && state_scan_next(s, &key, &block)) {
		char *run = state_edit(w->blocks, key, w->st.size, NULL, NULL);
		for (uint32_t k = 0; k < w->st.nitems; k++)
			if (w->st.flat[k] && !w->st.items[k].call->subtract)
				memset(run + w->st.items[k].offset, 0, w->st.items[k].call->size);
	}
	state_scan_close(s);
	return fine;
}

bool window_front_prepare(Operator *op, const Firing *f, Err *err)
{
	WindowAggOp *w = op->state;
	return f->start < w->slices.pivot || turn_over(op, f, err);
}

/* The oldest entry that lies inside the window; those behind it in the list have left. NULL: none. */
static const char *entry_inside(const WindowAggOp *w, const Firing *f, const char *front, size_t len)
{
	for (size_t n = len / w->front_size; n > 0; n--) {
		const char *entry = front + (n - 1) * w->front_size;
		int64_t end;
		memcpy(&end, entry, 8);
		if (end > f->start)
			return entry;
	}
	return NULL;
}

bool window_front_merge(Operator *op, const Firing *f, Str group, char *block, Err *err)
{
	WindowAggOp *w = op->state;
	uint32_t len;
	const char *front = state_get(w->front, group, &len);
	if (!front)
		return true; /* all of it is behind the pivot */
	if (!len) {
		StrBuf made;
		strbuf_init(&made);
		bool fine = make_front(op, f, group, &made, err);
		len = (uint32_t)made.len;
		if (!fine || !len)
			state_del(w->front, group);
		else
			front = state_put(w->front, group, strbuf_str(&made));
		strbuf_deinit(&made);
		if (!fine)
			return false;
	}
	const char *entry = entry_inside(w, f, front, len);
	if (!entry)
		return true;
	char *back = memcpy(block + w->st.size, block, w->st.size);
	move_states(w, block, (char *)(uintptr_t)entry, true);
	return merge_states(w, block, back, err);
}
