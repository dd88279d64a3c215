/*
 * engine/runtime/position.c: where each query stands in each partition: next position, watermark, idle flag, and
 * the bound of a bounded read, the mark that the source stores with a position.
 *
 * Key: query, table, partition (ordered bytes). A query owns its positions; a reader that serves several writes them
 * for each. A query that reads a table with several sets of options has positions for each: Feed.positions. With them
 * goes the watermark of the table as a whole, which can be ahead of what its partitions say: one that was idle has come
 * back with older rows. It never falls, so it is stored, not computed again.
 */
#include "engine/runtime/engine_int.h"

static void position_key(StrBuf *key, Str query, const Str *table, const Str *partition)
{
	strbuf_clear(key);
	codec_put_bytes(key, query);
	if (table)
		codec_put_bytes(key, *table);
	if (partition)
		codec_put_bytes(key, *partition);
}

bool position_load(Engine *e, Str query, Str table, Str partition, ReaderPosition *out)
{
	StrBuf key;
	strbuf_init(&key);
	position_key(&key, query, &table, &partition);
	uint32_t len;
	const void *v = state_get(e->positions, strbuf_str(&key), &len);
	strbuf_deinit(&key);
	if (!v)
		return false;
	CodecReader r = codec_reader(str_make(v, len));
	uint8_t idle = 0;
	if (!codec_get_fixed(&r, &out->next, 8) || !codec_get_fixed(&r, &out->watermark_ms, 8) ||
	    !codec_get_fixed(&r, &idle, 1))
		return false;
	if (!codec_get_fixed(&r, &out->bound, 8))
		out->bound = SOURCE_END_NONE; /* unbounded */
	if (!codec_get_fixed(&r, &out->mark, 8))
		out->mark = 0;
	out->idle = idle != 0;
	out->known = true;
	return true;
}

uint32_t position_list(Engine *e, Str query, Str table, Arena *arena, Str **partitions)
{
	struct {
		Str *items;
		uint32_t len, cap;
	} list = {0};
	StrBuf from, to, name;
	strbuf_init(&from);
	strbuf_init(&to);
	strbuf_init(&name);
	position_key(&from, query, &table, NULL);
	position_key(&to, query, &table, NULL);
	bool bounded = codec_prefix_end(&to);
	StateScan *s =
	    state_scan_open(e->positions, strbuf_str(&from), bounded ? strbuf_str(&to) : (Str){0}, false, true, arena);
	Str key, value;
	while (state_scan_next(s, &key, &value)) {
		CodecReader r = codec_reader(str_slice(key, (uint32_t)from.len, key.len));
		strbuf_clear(&name);
		if (codec_get_bytes(&r, &name) && r.at == r.end)
			ARENA_PUSH(arena, &list, arena_str(arena, strbuf_str(&name)));
	}
	state_scan_close(s);
	strbuf_deinit(&from);
	strbuf_deinit(&to);
	strbuf_deinit(&name);
	*partitions = list.items;
	return list.len;
}

static void mark_key(StrBuf *key, Str query, Str table)
{
	strbuf_clear(key);
	codec_put_bytes(key, query);
	codec_put_bytes(key, STR("\x01mark"));
	codec_put_bytes(key, table);
}

int64_t position_watermark(Engine *e, Str query, Str table)
{
	StrBuf key;
	strbuf_init(&key);
	mark_key(&key, query, table);
	uint32_t len;
	const void *v = state_get(e->positions, strbuf_str(&key), &len);
	strbuf_deinit(&key);
	int64_t ms = BATCH_NO_WATERMARK;
	if (v && len == sizeof ms)
		memcpy(&ms, v, sizeof ms);
	return ms;
}

static void put_changed(StateTable *t, Str key, Str value)
{
	uint32_t len;
	const void *old = state_get(t, key, &len);
	if (!old || len != value.len || memcmp(old, value.ptr, len) != 0)
		state_put(t, key, value);
}

void position_save(Engine *e, Query *q)
{
	StrBuf key, value;
	strbuf_init(&key);
	strbuf_init(&value);
	for (uint32_t f = 0; f < q->nfeeds; f++) {
		Reader *r = q->feeds[f].reader;
		if (!r)
			continue;
		Str name;
		ReaderPosition pos;
		q->feeds[f].known_saved = source_reader_known(r);
		position_note_first(e, &q->feeds[f]);
		for (uint32_t i = 0; source_reader_partition(r, i, &name, &pos, NULL); i++) {
			if (!pos.known)
				continue;
			uint8_t idle = pos.idle;
			strbuf_clear(&value);
			codec_put_fixed(&value, &pos.next, 8);
			codec_put_fixed(&value, &pos.watermark_ms, 8);
			codec_put_fixed(&value, &idle, 1);
			if (pos.bound != SOURCE_END_NONE || pos.mark)
				codec_put_fixed(&value, &pos.bound, 8);
			if (pos.mark)
				codec_put_fixed(&value, &pos.mark, 8);
			position_key(&key, q->name, &q->feeds[f].positions, &name);
			put_changed(e->positions, strbuf_str(&key), strbuf_str(&value));
		}
		int64_t ms = source_reader_watermark(r);
		if (ms > BATCH_NO_WATERMARK) {
			mark_key(&key, q->name, q->feeds[f].positions);
			put_changed(e->positions, strbuf_str(&key), str_make((const char *)&ms, sizeof ms));
		}
	}
	strbuf_deinit(&key);
	strbuf_deinit(&value);
}

void position_report(Engine *e)
{
	for (uint32_t i = 0; i < e->nreaders; i++) {
		const Reader *r = e->readers[i].reader;
		const Feed *f = feed_of_reader(e, r);
		Str name;
		ReaderPosition pos, landed = {0};
		for (uint32_t p = 0; f && source_reader_partition(r, p, &name, &pos, NULL); p++)
			if (position_load(e, f->query->name, f->positions, name, &landed) && landed.known)
				source_reader_report(e->readers[i].reader, name, landed.next);
	}
}

/* ---- what a query has read, whatever has become of it ---- */

static void first_key(StrBuf *key, Str query, Str table, Str partition)
{
	strbuf_clear(key);
	codec_put_bytes(key, query);
	codec_put_bytes(key, STR("\x01"
	                         "first"));
	codec_put_bytes(key, table);
	codec_put_bytes(key, partition);
}

void position_note_first(Engine *e, const Feed *f)
{
	StrBuf key;
	strbuf_init(&key);
	Str name;
	ReaderPosition pos;
	for (uint32_t i = 0; source_reader_partition(f->reader, i, &name, &pos, NULL); i++) {
		uint32_t len;
		first_key(&key, f->query->name, f->positions, name);
		if (pos.known && !state_get(e->positions, strbuf_str(&key), &len))
			state_put(e->positions, strbuf_str(&key), str_make((const char *)&pos.first, sizeof pos.first));
	}
	strbuf_deinit(&key);
}

static void born_key(StrBuf *key, Str query)
{
	strbuf_clear(key);
	codec_put_bytes(key, query);
	codec_put_bytes(key, STR("\x01"
	                         "born"));
}

void position_note_born(Engine *e, Str query)
{
	StrBuf key;
	strbuf_init(&key);
	born_key(&key, query);
	uint64_t number = e->next_side++;
	state_put(e->positions, strbuf_str(&key), str_make((const char *)&number, sizeof number));
	strbuf_deinit(&key);
}

PositionPassed position_passed(Engine *e, const Feed *f, Str partition, int64_t position, uint64_t met)
{
	ReaderPosition pos = {0};
	Str query = f->query->name;
	if (!position_load(e, query, f->positions, partition, &pos)) {
		/* a read that has not begun there may come to it; a partition that is no more has none to come */
		Str name;
		bool there = false;
		for (uint32_t i = 0; !there && source_reader_partition(f->reader, i, &name, &pos, NULL); i++)
			there = str_eq(name, partition);
		if (there ? !pos.known : !source_reader_known(f->reader))
			return POSITION_TO_COME;
		pos.known &= there;
	}
	if (pos.known && position >= pos.next)
		return POSITION_TO_COME;
	StrBuf key;
	strbuf_init(&key);
	uint32_t len;
	int64_t first = INT64_MIN;
	first_key(&key, query, f->positions, partition);
	const void *v = state_get(e->positions, strbuf_str(&key), &len);
	bool began = v && len == sizeof first;
	if (began)
		memcpy(&first, v, sizeof first);
	uint64_t born = 0;
	born_key(&key, query);
	v = state_get(e->positions, strbuf_str(&key), &len);
	if (v && len == sizeof born)
		memcpy(&born, v, sizeof born);
	strbuf_deinit(&key);
	/* in its reach, and not met as bad since it is there: then it was read as good */
	return pos.known && position >= first && met < born ? POSITION_READ : POSITION_NOT_READ;
}

static void skip_key(StrBuf *key, Str query, Str table)
{
	strbuf_clear(key);
	codec_put_bytes(key, query);
	codec_put_bytes(key, STR("\x01skip"));
	codec_put_bytes(key, table);
}

void position_skip(Engine *e, Str query, Str table, Str partition, int64_t position)
{
	StrBuf key;
	strbuf_init(&key);
	skip_key(&key, query, table);
	codec_put_bytes(&key, partition);
	codec_put_i64(&key, position);
	state_put(e->positions, strbuf_str(&key), STR("1"));
	strbuf_deinit(&key);
}

void position_unskip(Engine *e, Feed *f, Str partition, int64_t position)
{
	StrBuf key;
	strbuf_init(&key);
	skip_key(&key, f->query->name, f->rel->name);
	codec_put_bytes(&key, partition);
	codec_put_i64(&key, position);
	state_del(e->positions, strbuf_str(&key));
	source_reader_unskip(f->scan_in, partition, position);
	strbuf_deinit(&key);
}

void position_skips(Engine *e, Str query, Str table, ReaderScan *scan)
{
	StrBuf from, to, partition;
	strbuf_init(&from);
	strbuf_init(&to);
	strbuf_init(&partition);
	skip_key(&from, query, table);
	skip_key(&to, query, table);
	if (scan && codec_prefix_end(&to)) {
		Arena *arena = arena_open("skips", 0);
		StateScan *s = state_scan_open(e->positions, strbuf_str(&from), strbuf_str(&to), false, true, arena);
		Str key, value;
		while (state_scan_next(s, &key, &value)) {
			CodecReader r = codec_reader(str_slice(key, (uint32_t)from.len, key.len));
			int64_t position;
			strbuf_clear(&partition);
			if (codec_get_bytes(&r, &partition) && codec_get_i64(&r, &position))
				source_reader_skip(scan, strbuf_str(&partition), position);
		}
		state_scan_close(s);
		arena_close(arena);
	}
	strbuf_deinit(&from);
	strbuf_deinit(&to);
	strbuf_deinit(&partition);
}

void position_drop(Engine *e, Str query)
{
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	position_key(&from, query, NULL, NULL);
	position_key(&to, query, NULL, NULL);
	if (codec_prefix_end(&to))
		state_del_range(e->positions, strbuf_str(&from), strbuf_str(&to));
	strbuf_deinit(&from);
	strbuf_deinit(&to);
}

/* Moves all entries that begin with the one name. What a query of the new name left, if anything, goes. */
static void move_entries(StateTable *t, Str name, Str to, Arena *arena)
{
	struct {
		Str *items;
		uint32_t len, cap;
	} list = {0};
	StrBuf from, end, key;
	strbuf_init(&from);
	strbuf_init(&end);
	strbuf_init(&key);
	position_key(&from, name, NULL, NULL);
	position_key(&end, name, NULL, NULL);
	bool bounded = codec_prefix_end(&end);
	ASSERT(bounded); /* names do not consist of 0xff */
	StateScan *s = state_scan_open(t, strbuf_str(&from), strbuf_str(&end), false, true, arena);
	Str k, v;
	while (state_scan_next(s, &k, &v)) {
		ARENA_PUSH(arena, &list, arena_str(arena, str_slice(k, (uint32_t)from.len, k.len)));
		ARENA_PUSH(arena, &list, arena_str(arena, v));
	}
	state_scan_close(s);
	state_del_range(t, strbuf_str(&from), strbuf_str(&end));
	position_key(&from, to, NULL, NULL);
	position_key(&end, to, NULL, NULL);
	bounded = codec_prefix_end(&end);
	ASSERT(bounded);
	state_del_range(t, strbuf_str(&from), strbuf_str(&end));
	for (uint32_t i = 0; i < list.len; i += 2) {
		strbuf_clear(&key);
		strbuf_put_str(&key, strbuf_str(&from));
		strbuf_put_str(&key, list.items[i]);
		state_put(t, strbuf_str(&key), list.items[i + 1]);
	}
	strbuf_deinit(&from);
	strbuf_deinit(&end);
	strbuf_deinit(&key);
}

void position_rename(Engine *e, Str query, Str to)
{
	Arena *arena = arena_open("rename", 0);
	move_entries(e->positions, query, to, arena);
	move_entries(e->missed, query, to, arena);
	arena_close(arena);
}
