/*
 * engine/state/state_scan.c: scans over the layers while they change.
 *
 * In key order a scan merges two sources, RAM and the file; on equal keys RAM wins, and a tombstone hides the file's
 * row. RAM's next entry is found by its key again whenever the tree has changed. Without order it gives the part's
 * entries first, then the rows of the file that were not among them.
 */
#include "engine/state/reader.h"

#include <stdlib.h>

enum { SCAN_KEY_BYTES = 64 };

struct StateScan {
	StateTable *t;
	Str from, to;
	bool reverse, sorted;
	bool started, ended; /* started: `last` is set */
	/* STATE_HASH */
	uint32_t part, serial;
	uint32_t at, limit; /* entries of the part that were there at the start */
	Entry **order;      /* sorted: the same in key order */
	/* STATE_ORDERED */
	OrderedCursor ram;
	enum {
		SCAN_LOST,
		SCAN_BEFORE,
		SCAN_BEHIND
	} ram_at; /* the cursor stands at ram_next, or at the entry passed last */
	const Entry *ram_next;
	Str last; /* key passed last: a copy, in last_bytes or in last_long */
	/* file */
	bool file_open, file_row; /* file_row: the cursor's row is not used yet */
	/* set up when they are needed */
	ReaderCursor file;
	StrBuf last_long;
	char last_bytes[SCAN_KEY_BYTES];
};

static int state_scan_compare(const void *a, const void *b)
{
	return str_cmp(entry_key(*(Entry *const *)a), entry_key(*(Entry *const *)b));
}

static int state_scan_compare_down(const void *a, const void *b)
{
	return state_scan_compare(b, a);
}

static void state_scan_open_file(StateScan *s)
{
	s->file_open = true;
	reader_cursor_open(s->t->store, s->t->file, s->from, s->to, s->reverse, false, &s->file);
}

static void state_scan_open_part(StateScan *s, Arena *arena)
{
	StateTable *t = s->t;
	ASSERT(s->from.len == t->prefix_len);
	Part *p = part_find(t, s->from);
	if (!p) {
		s->ended = true;
		return;
	}
	s->part = (uint32_t)(p - t->parts);
	s->serial = p->serial;
	s->limit = p->n;
	if (s->sorted) {
		s->order = arena_copy(arena, p->entries, p->n * sizeof *p->entries);
		if (p->n > 1)
			qsort(s->order, p->n, sizeof *s->order, s->reverse ? state_scan_compare_down : state_scan_compare);
	}
	if (!p->complete) {
		StrBuf end;
		strbuf_init(&end);
		strbuf_put_str(&end, s->from);
		s->to = s->from.len && codec_prefix_end(&end) ? arena_str(arena, strbuf_str(&end)) : (Str){0};
		strbuf_deinit(&end);
		state_scan_open_file(s);
	}
}

StateScan *state_scan_open(StateTable *t, Str from, Str to, bool reverse, bool sorted, Arena *arena)
{
	StateScan *s = arena_alloc(arena, sizeof *s);
	memset(s, 0, offsetof(StateScan, file));
	s->t = t;
	s->from = from.ptr ? arena_str(arena, from) : from;
	s->reverse = reverse;
	s->sorted = sorted;
	strbuf_init(&s->last_long);
	t->store->cursors++;
	if (t->kind == STATE_HASH) {
		state_scan_open_part(s, arena);
		return s;
	}
	s->to = to.ptr ? arena_str(arena, to) : to;
	if (from.ptr && to.ptr && str_cmp(from, to) >= 0)
		s->ended = true;
	else if (!t->parts[0].complete)
		state_scan_open_file(s);
	return s;
}

static bool state_scan_give(const Entry *e, Str *key, Str *value)
{
	*key = entry_key(e);
	*value = (Str){entry_value(e), e->vlen};
	return true;
}

/* Is the key deleted in the layers above by a range? */
static bool state_scan_is_cut(const StateTable *t, Str key)
{
	return t->kind == STATE_ORDERED && (cuts_have(t->cuts.items, t->cuts.n, key) ||
	                                    (t->sealed && cuts_have(t->sealed->cuts, t->sealed->ncuts, key)));
}

/* Steps the file's cursor to the next row that is there. A row that waits for its turn may be cut meanwhile. */
static bool state_scan_peek_file(StateScan *s)
{
	while (s->file_open && (!s->file_row || state_scan_is_cut(s->t, s->file.key))) {
		s->file_row = reader_cursor_next(&s->file);
		if (!s->file_row)
			return false;
	}
	return s->file_row;
}

/* Unordered: the part's entries, then what only the file has. */
static bool state_scan_next_unsorted(StateScan *s, Str *key, Str *value)
{
	StateTable *t = s->t;
	const Part *p = &t->parts[s->part];
	while (s->at < s->limit) {
		const Entry *e = p->entries[s->at++];
		if (s->at + 2 < s->limit)
			__builtin_prefetch(p->entries[s->at + 2]);
		if (entry_live(e))
			return state_scan_give(e, key, value);
	}
	while (state_scan_peek_file(s)) {
		s->file_row = false;
		const Entry *e = table_find(t, s->file.key, table_hash(t, s->file.key));
		if (e && (e->pos < s->limit || !entry_live(e)))
			continue;
		if (e)
			return state_scan_give(e, key, value);
		*key = s->file.key;
		*value = s->file.value;
		return true;
	}
	return false;
}

/* The tree's next entry behind `last`, or the first of the range. */
static const Entry *state_scan_seek(StateScan *s)
{
	const Ordered *tree = &s->t->tree;
	Str last = s->last;
	if (!s->reverse) {
		if (s->started)
			return ordered_seek(tree, last, true, &s->ram);
		return s->from.ptr ? ordered_seek(tree, s->from, false, &s->ram) : ordered_first(tree, &s->ram);
	}
	if (s->started)
		return ordered_seek_before(tree, last, &s->ram);
	return s->to.ptr ? ordered_seek_before(tree, s->to, &s->ram) : ordered_last(tree, &s->ram);
}

/* RAM's next entry in key order, tombstones included, not yet used; NULL: no more. */
static const Entry *state_scan_peek_ram(StateScan *s)
{
	if (s->t->kind == STATE_HASH)
		return s->at < s->limit ? s->order[s->at] : NULL;
	const Entry *e;
	if (s->ram_at == SCAN_LOST || s->ram.version != s->t->tree.version)
		e = state_scan_seek(s);
	else if (s->ram_at == SCAN_BEFORE)
		return s->ram_next;
	else
		e = s->reverse ? ordered_prev(&s->ram) : ordered_next(&s->ram);
	if (e && !s->reverse && s->to.ptr && str_cmp(entry_key(e), s->to) >= 0)
		e = NULL;
	if (e && s->reverse && s->from.ptr && str_cmp(entry_key(e), s->from) < 0)
		e = NULL;
	s->ram_at = SCAN_BEFORE;
	s->ram_next = e;
	return e;
}

static void state_scan_pass(StateScan *s, Str key)
{
	if (s->t->kind == STATE_HASH)
		return;
	char *place = s->last_bytes;
	if (key.len > SCAN_KEY_BYTES) {
		strbuf_clear(&s->last_long);
		strbuf_reserve(&s->last_long, key.len);
		place = s->last_long.ptr;
	}
	memcpy(place, key.ptr, key.len);
	s->last = (Str){place, key.len};
	s->started = true;
}

static bool state_scan_next_sorted(StateScan *s, Str *key, Str *value)
{
	for (;;) {
		const Entry *e = state_scan_peek_ram(s);
		bool stored = state_scan_peek_file(s);
		if (!e && !stored)
			return false;
		int c = !stored ? -1 : !e ? 1 : str_cmp(entry_key(e), s->file.key);
		if (s->reverse && e && stored)
			c = -c;
		if (c <= 0) {
			s->file_row = s->file_row && c < 0;
			s->at++;
			state_scan_pass(s, entry_key(e));
			s->ram_at = SCAN_BEHIND;
		} else {
			s->file_row = false;
			state_scan_pass(s, s->file.key);
			/* An entry that was read in after a sorted scan of a part had begun is not in its list. */
			if (s->t->kind == STATE_HASH)
				e = table_find(s->t, s->file.key, table_hash(s->t, s->file.key));
			else
				e = NULL;
			if (!e) {
				*key = s->file.key;
				*value = s->file.value;
				return true;
			}
		}
		if (entry_live(e))
			return state_scan_give(e, key, value);
	}
}

bool state_scan_next(StateScan *s, Str *key, Str *value)
{
	StateTable *t = s->t;
	if (s->ended)
		return false;
	bool more;
	if (t->kind == STATE_ORDERED)
		more = state_scan_next_sorted(s, key, value);
	else if (t->parts[s->part].serial != s->serial)
		more = false; /* the part was deleted as a whole */
	else
		more = s->sorted ? state_scan_next_sorted(s, key, value) : state_scan_next_unsorted(s, key, value);
	s->ended = !more;
	return more;
}

void state_scan_close(StateScan *s)
{
	if (s->file_open)
		reader_cursor_close(&s->file);
	strbuf_deinit(&s->last_long);
	s->t->store->cursors--;
}
