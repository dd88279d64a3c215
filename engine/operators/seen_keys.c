/*
 * engine/operators/seen_keys.c: keys that were seen, each until a time.
 */
#include "engine/operators/seen_keys.h"

#include "base/hash.h"

enum {
	CHUNK_BYTES = 8550, /* two pages of overflow in the file are full then, and little is in the tree itself */
	OPEN_MAX = 64,
	PARTS = 16, /* a chunk holds keys that are over within a sixteenth of the time they are kept */
};

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

static uint64_t slot_make(uint32_t tag, uint32_t chunk)
{
	return (uint64_t)tag << 32 | (chunk + 1);
}

static int64_t add(int64_t a, int64_t b)
{
	int64_t sum;
	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX - 1 : sum;
}

/* When all keys are over that are over at `ms` or shortly before. */
static int64_t round_up(const SeenKeys *s, int64_t ms)
{
	int64_t rest = ms % s->width_ms;
	return rest == 0 ? ms : add(ms - rest, rest > 0 ? s->width_ms : 0);
}

static Str chunk_key(const SeenChunk *c, char *buf)
{
	codec_store_be64(buf, codec_order_i64(c->due));
	codec_store_be64(buf + 8, codec_order_i64(c->number));
	return str_make(buf, 16);
}

/* ---- slots ---- */

static void insert(SeenKeys *s, uint32_t tag, uint32_t chunk)
{
	uint32_t at = tag & s->mask;
	while (s->slots[at])
		at = (at + 1) & s->mask;
	s->slots[at] = slot_make(tag, chunk);
	s->used++;
}

/* Slots for `more` keys beside those that are there; what names gone chunks is left out. */
static void rebuild(SeenKeys *s, uint32_t more)
{
	uint64_t want = 1024;
	while (want < 2 * ((uint64_t)s->keys + more))
		want *= 2;
	ASSERT(want <= UINT64_C(1) << 32);
	uint64_t *old = s->slots;
	uint64_t nold = old ? (uint64_t)s->mask + 1 : 0;
	s->slots = mem_alloc(want * sizeof *s->slots);
	memset(s->slots, 0, want * sizeof *s->slots);
	s->mask = (uint32_t)(want - 1);
	s->used = 0;
	for (uint64_t i = 0; i < nold; i++) {
		uint32_t chunk = (uint32_t)old[i] - 1;
		if (old[i] && !s->chunks[chunk].gone)
			insert(s, (uint32_t)(old[i] >> 32), chunk);
	}
	mem_free(old);
	s->nfree = 0;
	for (uint32_t i = 0; i < s->nchunks; i++)
		if (s->chunks[i].gone)
			s->free[s->nfree++] = i;
}

void seen_keys_reserve(SeenKeys *s, uint32_t n)
{
	if (!s->slots || (uint64_t)s->used + n > ((uint64_t)s->mask + 1) / 4 * 3)
		rebuild(s, n);
}

/* ---- chunks ---- */

static uint32_t new_chunk(SeenKeys *s, int64_t due, int64_t number)
{
	uint32_t i;
	if (s->nfree) {
		i = s->free[--s->nfree];
	} else {
		if (s->nchunks == s->chunks_cap) {
			s->chunks_cap = s->chunks_cap ? s->chunks_cap * 2 : 256;
			s->chunks = mem_realloc(s->chunks, s->chunks_cap * sizeof *s->chunks);
			s->free = mem_realloc(s->free, s->chunks_cap * sizeof *s->free);
		}
		i = s->nchunks++;
	}
	s->chunks[i] = (SeenChunk){.due = due, .number = number};
	if (due < s->next_due)
		s->next_due = due;
	return i;
}

static void write_chunk(SeenKeys *s, SeenChunk *c)
{
	char buf[16];
	if (c->changed)
		state_put(s->log, chunk_key(c, buf), strbuf_str(c->open));
	c->changed = false;
}

static void drop_open(SeenKeys *s, uint32_t place)
{
	SeenChunk *c = &s->chunks[s->open[place]];
	strbuf_deinit(c->open);
	mem_free(c->open);
	c->open = NULL;
	s->open[place] = s->open[--s->nopen];
}

static void close_chunk(SeenKeys *s, uint32_t place)
{
	write_chunk(s, &s->chunks[s->open[place]]);
	drop_open(s, place);
}

/* The chunk that is filled with keys of this due; its place in the list of open ones. */
static uint32_t open_chunk(SeenKeys *s, int64_t due)
{
	for (uint32_t p = s->nopen; p-- > 0;)
		if (s->chunks[s->open[p]].due == due)
			return p;
	if (s->nopen == OPEN_MAX)
		close_chunk(s, 0);
	uint32_t i = new_chunk(s, due, s->next_number++);
	s->chunks[i].open = mem_alloc(sizeof(StrBuf));
	strbuf_init(s->chunks[i].open);
	s->open[s->nopen] = i;
	return s->nopen++;
}

static void put_entry(SeenChunk *c, int64_t time_ms, Str key)
{
	codec_put_varint(c->open, (uint64_t)c->due - (uint64_t)time_ms);
	codec_put_blob(c->open, key);
}

static Str chunk_bytes(const SeenKeys *s, const SeenChunk *c)
{
	if (c->open)
		return strbuf_str(c->open);
	char buf[16];
	uint32_t len = 0;
	const char *bytes = state_get(s->log, chunk_key(c, buf), &len);
	return str_make(bytes, bytes ? len : 0);
}

/* false: the chunk has ended, or is damaged, which seen_keys_open has looked for. */
static bool next_entry(CodecReader *r, const SeenChunk *c, int64_t *time_ms, Str *key)
{
	uint64_t before;
	if (!codec_get_varint(r, &before) || !codec_get_blob(r, key))
		return false;
	*time_ms = (int64_t)((uint64_t)c->due - before);
	return true;
}

/* Does the chunk hold the key, not over yet? */
static bool holds(const SeenKeys *s, const SeenChunk *c, Str key, int64_t watermark_ms)
{
	CodecReader r = codec_reader(chunk_bytes(s, c));
	Str k;
	int64_t time_ms;
	while (next_entry(&r, c, &time_ms, &k))
		if (str_eq(k, key) && add(time_ms, s->within_ms) > watermark_ms)
			return true;
	return false;
}

/* ---- keys ---- */

bool seen_keys_before(SeenKeys *s, Str key, uint64_t hash, int64_t time_ms, int64_t watermark_ms)
{
	uint32_t tag = tag_of(hash), at = tag & s->mask;
	for (; s->slots[at]; at = (at + 1) & s->mask) {
		if ((uint32_t)(s->slots[at] >> 32) != tag)
			continue;
		const SeenChunk *c = &s->chunks[(uint32_t)s->slots[at] - 1];
		if (!c->gone && c->due > watermark_ms && holds(s, c, key, watermark_ms))
			return true;
	}
	int64_t over = add(time_ms, s->within_ms);
	if (over <= watermark_ms)
		return false;
	uint32_t place = open_chunk(s, round_up(s, over)), chunk = s->open[place];
	SeenChunk *c = &s->chunks[chunk];
	put_entry(c, time_ms, key);
	c->changed = true;
	c->keys++;
	s->keys++;
	s->slots[at] = slot_make(tag, chunk);
	s->used++;
	if (c->open->len >= CHUNK_BYTES)
		close_chunk(s, place);
	return false;
}

int64_t seen_keys_forget(SeenKeys *s, int64_t watermark_ms)
{
	if (watermark_ms < s->next_due)
		return 0;
	int64_t forgotten = 0;
	for (uint32_t p = s->nopen; p-- > 0;)
		if (s->chunks[s->open[p]].due <= watermark_ms)
			drop_open(s, p);
	s->next_due = INT64_MAX;
	for (uint32_t i = 0; i < s->nchunks; i++) {
		SeenChunk *c = &s->chunks[i];
		if (c->gone)
			continue;
		if (c->due <= watermark_ms) {
			c->gone = true;
			forgotten += c->keys;
		} else if (c->due < s->next_due) {
			s->next_due = c->due;
		}
	}
	s->keys -= forgotten;
	char to[8];
	codec_store_be64(to, codec_order_i64(add(watermark_ms, 1)));
	state_del_range(s->log, STR_EMPTY, str_make(to, 8));
	return forgotten;
}

void seen_keys_count(SeenKeys *s)
{
	int64_t bytes = s->slots ? ((int64_t)s->mask + 1) * (int64_t)sizeof *s->slots : 0;
	bytes += (int64_t)s->chunks_cap * (int64_t)(sizeof *s->chunks + sizeof *s->free);
	for (uint32_t p = 0; p < s->nopen; p++)
		bytes += (int64_t)s->chunks[s->open[p]].open->cap;
	state_beside(s->log, bytes);
}

void seen_keys_save(SeenKeys *s)
{
	for (uint32_t p = 0; p < s->nopen; p++)
		write_chunk(s, &s->chunks[s->open[p]]);
}

/* ---- life ---- */

/* A chunk of the log: its keys get their slots. false: it is damaged. */
static bool load_chunk(SeenKeys *s, Str key, Str bytes)
{
	CodecReader r = codec_reader(key), keys = codec_reader(bytes);
	int64_t due, number, time_ms;
	if (!codec_get_i64(&r, &due) || !codec_get_i64(&r, &number))
		return false;
	uint32_t i = new_chunk(s, due, number);
	if (number >= s->next_number)
		s->next_number = number + 1;
	for (Str k; next_entry(&keys, &s->chunks[i], &time_ms, &k);) {
		seen_keys_reserve(s, 1);
		insert(s, tag_of(state_hash(k)), i);
		s->chunks[i].keys++;
		s->keys++;
	}
	return keys.at == keys.end;
}

bool seen_keys_open(SeenKeys *s, Operator *op, int64_t within_ms, Err *err)
{
	*s = (SeenKeys){.within_ms = within_ms, .next_due = INT64_MAX};
	s->width_ms = within_ms / PARTS > 0 ? within_ms / PARTS : 1;
	s->open = mem_alloc(OPEN_MAX * sizeof *s->open);
	if (!operator_state_open(op, "seen", STATE_ORDERED, 0, &s->log, err))
		return false;
	StateScan *scan = state_scan_open(s->log, (Str){0}, (Str){0}, false, true, op->run->arena);
	Str key, bytes;
	bool fine = true;
	while (fine && state_scan_next(scan, &key, &bytes))
		fine = load_chunk(s, key, bytes);
	state_scan_close(scan);
	if (!fine)
		return err_set(err, ERR_STATE_CORRUPT, "a row of the state table \"%.*s\" is damaged",
		               STR_ARG(state_name(s->log)));
	seen_keys_reserve(s, 1);
	seen_keys_count(s);
	return true;
}

void seen_keys_close(SeenKeys *s)
{
	while (s->nopen)
		drop_open(s, s->nopen - 1);
	mem_free(s->slots);
	mem_free(s->chunks);
	mem_free(s->free);
	mem_free(s->open);
	*s = (SeenKeys){0};
}
