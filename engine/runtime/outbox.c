/*
 * engine/runtime/outbox.c: the output of one sink's query: collected step by step, sealed with the epoch, kept until it
 * was delivered and some epochs longer.
 *
 * Table weir.outbox: (sink, epoch, n) -> chunk; (sink, 0, 0) -> delivered and trimmed epoch as our file knows them; 1 +
 * the newest epoch that was sealed when the target's marker had last been seen, 0: it is seen; is the query fresh.
 */
#include "base/log.h"
#include "engine/runtime/delivery.h"
#include "engine/runtime/side.h"
#include "engine/operators/sink.h"

static const int64_t AHEAD_BYTES_MAX = INT64_C(16) << 20;

/* A row in the side table, by the sink's key: has a later row of the key been sent? */
typedef struct RefusedKey {
	uint64_t epoch;
	int64_t seq;
} RefusedKey;

struct Outbox {
	Engine *engine;
	Query *query;
	Arena *arena;
	StrBuf *chunks; /* of this epoch; the last one is being filled */
	uint32_t nchunks, cap;
	uint32_t rows;
	StrBuf again; /* rows that were refused, of the epoch to come: a failure of the query does not take them back */
	uint32_t nagain;
	SinkSpec spec;
	Map refused; /* sinks with a key: key -> RefusedKey */
	int64_t unsealed_bytes;
	int64_t most_bytes;
	uint64_t proven;   /* the newest epoch when it was opened, or when a marker had last been seen */
	uint64_t unproven; /* what the file says: 1 + proven; 0: the marker is seen */
	bool fresh, promise;
	uint64_t *kept; /* delivered or waiting epochs that are in the table, rising */
	uint32_t *kept_chunks;
	uint32_t nkept, kept_cap;
	uint64_t keep;
	uint64_t trimmed, delivered;
	Delivery *delivery;
};

static void outbox_key(StrBuf *key, Str sink, uint64_t epoch, uint32_t n)
{
	strbuf_clear(key);
	codec_put_bytes(key, sink);
	codec_put_i64(key, (int64_t)epoch);
	codec_put_i64(key, n);
}

static void put_marks(Engine *e, Outbox *o)
{
	StrBuf key;
	strbuf_init(&key);
	outbox_key(&key, o->query->name, 0, 0);
	uint64_t v[4] = {o->delivered, o->trimmed, o->unproven, o->fresh};
	state_put(e->outboxes, strbuf_str(&key), str_make((const char *)v, sizeof v));
	strbuf_deinit(&key);
}

typedef struct RefusedRequest {
	EngineRequest req;
	Outbox *outbox;
	const DeliveryRefused *rows;
	uint32_t n;
} RefusedRequest;

/* ---- refused rows of sinks with a key ---- */

static void key_of(const Outbox *o, const Value *values, StrBuf *key)
{
	strbuf_clear(key);
	for (uint32_t i = 0; i < o->spec.nkey; i++)
		value_encode_key(o->spec.types[o->spec.key[i]], values[o->spec.key[i]], key);
}

static void set_stale(Engine *e, const Outbox *o, int64_t seq)
{
	SideTable *s = side_open(e, o->query->name, SIDE_REFUSED);
	SideRaw raw;
	StrBuf key;
	strbuf_init(&key);
	value_encode_key(&type_bigint, value_i64(seq), &key);
	if (s->rows && side_raw(s, strbuf_str(&key), &raw)) {
		raw.stale = true;
		side_put_raw(s, strbuf_str(&key), &raw);
	}
	strbuf_deinit(&key);
}

/* A refused row of the key is known: of two the later one counts. */
static void note_refused(Engine *e, Outbox *o, const Value *values, RefusedKey now)
{
	StrBuf key;
	strbuf_init(&key);
	key_of(o, values, &key);
	RefusedKey *old = map_get(&o->refused, strbuf_str(&key));
	if (!old) {
		old = MEM_NEW(RefusedKey);
		*old = now;
		map_put(&o->refused, strbuf_str(&key), old);
	} else if (old->epoch < now.epoch) {
		set_stale(e, o, old->seq);
		*old = now;
	} else if (old->epoch > now.epoch) {
		set_stale(e, o, now.seq);
	}
	strbuf_deinit(&key);
}

static void forget_refused(Outbox *o, Str key)
{
	mem_free(map_remove(&o->refused, key));
}

/* Rows of an epoch, on their way: refused ones of their keys are out of date. */
static void note_sent(Engine *e, Outbox *o, uint64_t epoch, Str chunk)
{
	if (!o->refused.live)
		return;
	Value *values = MEM_ARRAY(Value, o->spec.ncols + 1);
	StrBuf key;
	strbuf_init(&key);
	ChunkReader r;
	RowKind kind;
	bool damaged = false;
	if (chunk_open(&r, chunk, o->spec.types, o->spec.ncols))
		while (chunk_next(&r, &kind, values, &damaged)) {
			key_of(o, values, &key);
			RefusedKey *old = map_get(&o->refused, strbuf_str(&key));
			if (!old || old->epoch >= epoch)
				continue;
			set_stale(e, o, old->seq);
			forget_refused(o, strbuf_str(&key));
		}
	strbuf_deinit(&key);
	mem_free(values);
}

static void load_refused(Engine *e, Outbox *o)
{
	StrBuf name;
	strbuf_init(&name);
	strbuf_printf(&name, "%.*s.refused", STR_ARG(o->query->name));
	bool there = o->spec.nkey && store_has_table(e->store, strbuf_str(&name));
	strbuf_deinit(&name);
	SideTable *s = there ? side_open(e, o->query->name, SIDE_REFUSED) : NULL;
	if (!s || !s->rows)
		return;
	Arena *arena = arena_open("refused", 0);
	StateScan *scan = state_scan_open(s->raw, (Str){0}, (Str){0}, false, true, arena);
	Value *values = ARENA_ARRAY(arena, Value, o->spec.ncols + 1);
	Str key, value;
	while (state_scan_next(scan, &key, &value)) {
		SideRaw raw;
		CodecReader r = codec_reader(key);
		Value seq;
		if (value_decode_key(&type_bigint, &r, arena, &seq) && side_raw(s, key, &raw) && !raw.stale &&
		    batch_decode_row(raw.values, o->spec.types, o->spec.ncols, values))
			note_refused(e, o, values, (RefusedKey){raw.epoch, seq.i});
	}
	state_scan_close(scan);
	arena_close(arena);
}

static void close_refused(Outbox *o)
{
	uint32_t it = 0;
	for (MapEntry *m; (m = map_next(&o->refused, &it));)
		mem_free(m->value);
	map_deinit(&o->refused);
}

/* Epochs behind `epoch` that are in the table: all that are not delivered are. */
static void check_later(Engine *e, Outbox *o, uint64_t epoch)
{
	StrBuf key;
	strbuf_init(&key);
	for (uint32_t i = 0; i < o->nkept; i++)
		for (uint32_t c = 0; o->kept[i] > epoch && c < o->kept_chunks[i]; c++) {
			uint32_t len;
			outbox_key(&key, o->query->name, o->kept[i], c);
			const void *v = state_get(e->outboxes, strbuf_str(&key), &len);
			if (v)
				note_sent(e, o, o->kept[i], str_make(v, len));
		}
	strbuf_deinit(&key);
}

static bool refused_in_engine(Engine *e, EngineRequest *r, Err *err)
{
	(void)err;
	RefusedRequest *q = (RefusedRequest *)(void *)r;
	Outbox *o = q->outbox;
	Value *values = MEM_ARRAY(Value, o->spec.ncols + 1);
	uint64_t first = UINT64_MAX;
	for (uint32_t i = 0; i < q->n; i++) {
		const DeliveryRefused *d = &q->rows[i];
		int64_t seq = side_refused(e, o->query->name, &d->why, (uint8_t)d->kind, d->values, d->json);
		if (!seq || !o->spec.nkey || !batch_decode_row(d->values, o->spec.types, o->spec.ncols, values))
			continue;
		note_refused(e, o, values, (RefusedKey){d->why.epoch, seq});
		first = d->why.epoch < first ? d->why.epoch : first;
	}
	if (first != UINT64_MAX)
		check_later(e, o, first);
	mem_free(values);
	return true;
}

static bool refused_rows(void *ctx, const DeliveryRefused *rows, uint32_t n, const atomic_bool *cancel, Err *err)
{
	Outbox *o = ctx;
	RefusedRequest q = {
	    .req = {.run = refused_in_engine, .wait_landed = true, .cancel = cancel}, .outbox = o, .rows = rows, .n = n};
	return engine_call(o->engine, &q.req, err);
}

static void delivered_some(void *ctx)
{
	Outbox *o = ctx;
	engine_wake(o->engine);
}

void outbox_spec(Engine *e, const TableDef *t, const Settings *settings, Arena *arena, SinkSpec *spec)
{
	Str *names = ARENA_ARRAY(arena, Str, t->ncols + 1);
	const Type **types = ARENA_ARRAY(arena, const Type *, t->ncols + 1);
	const ColumnDef **cols = ARENA_ARRAY(arena, const ColumnDef *, t->ncols + 1);
	uint32_t *number = ARENA_ARRAY(arena, uint32_t, t->ncols + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < t->ncols; i++) {
		const ColumnDef *c = &t->cols[i];
		if (c->kind == COLUMN_COMPUTED || (c->kind == COLUMN_METADATA && c->is_virtual))
			continue;
		number[i] = n;
		names[n] = c->name;
		types[n] = c->type;
		cols[n++] = c;
	}
	uint32_t *key = ARENA_ARRAY(arena, uint32_t, t->nkey + 1);
	for (uint32_t i = 0; i < t->nkey; i++)
		key[i] = number[t->key[i]];
	Str guarantee = options_get(&t->options, "sink.delivery-guarantee");
	bool exactly = str_eq_c(settings_str(settings, "weir.delivery"), "exactly-once");
	if (guarantee.len)
		exactly = str_eq_c(guarantee, "exactly-once");
	*spec = (SinkSpec){
	    .table = t,
	    .names = names,
	    .types = types,
	    .cols = cols,
	    .ncols = n,
	    .key = key,
	    .nkey = t->nkey,
	    .engine_id = store_engine_id(e->store),
	    .exactly_once = exactly,
	    .lasting = e->opt.state_path != NULL,
	    .clock = e->clock,
	    .out = e->opt.out,
	    .out_ctx = e->opt.test_sink ? e->opt.test_ctx : e->opt.out_ctx,
	};
}

static void note_kept(Outbox *o, uint64_t epoch, uint32_t n)
{
	if (o->nkept == o->kept_cap) {
		o->kept_cap = o->kept_cap ? o->kept_cap * 2 : 16;
		o->kept = mem_realloc(o->kept, o->kept_cap * sizeof *o->kept);
		o->kept_chunks = mem_realloc(o->kept_chunks, o->kept_cap * sizeof *o->kept_chunks);
	}
	o->kept[o->nkept] = epoch;
	o->kept_chunks[o->nkept++] = n;
}

/* Epochs that the file still holds go to the delivery again; what the target has already is dropped there by its
 * marker. */
static bool load_epochs(Engine *e, Outbox *o, Err *err)
{
	Arena *arena = arena_open("outbox", 0);
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	outbox_key(&from, o->query->name, 1, 0);
	codec_put_bytes(&to, o->query->name);
	codec_prefix_end(&to);
	StateScan *s = state_scan_open(e->outboxes, strbuf_str(&from), strbuf_str(&to), false, true, arena);
	Str key, value;
	struct {
		Str *items;
		uint32_t len, cap;
	} chunks = {0};
	uint64_t epoch = 0;
	bool ok = true;
	StrBuf name;
	strbuf_init(&name);
	while (state_scan_next(s, &key, &value)) {
		CodecReader r = codec_reader(key);
		int64_t at, n;
		strbuf_clear(&name);
		if (!codec_get_bytes(&r, &name) || !codec_get_i64(&r, &at) || !codec_get_i64(&r, &n)) {
			ok = err_set(err, ERR_STATE_CORRUPT, "the outbox of \"%.*s\" is damaged", STR_ARG(o->query->name));
			break;
		}
		if ((uint64_t)at != epoch && chunks.len) {
			delivery_add(o->delivery, epoch, chunks.items, chunks.len);
			note_kept(o, epoch, chunks.len);
			chunks.len = 0;
		}
		epoch = (uint64_t)at;
		ARENA_PUSH(arena, &chunks, arena_str(arena, value));
	}
	if (ok && chunks.len) {
		delivery_add(o->delivery, epoch, chunks.items, chunks.len);
		note_kept(o, epoch, chunks.len);
	}
	state_scan_close(s);
	strbuf_deinit(&name);
	strbuf_deinit(&from);
	strbuf_deinit(&to);
	arena_close(arena);
	return ok;
}

/* Asks the target when the statement is read; one that does not answer is no reason to refuse it. */
static bool check_target(const SinkType *type, const SinkSpec *spec, Err *err)
{
	Err why = {0};
	if (!type->check_target || type->check_target(spec, &why))
		return true;
	if (why.flags & ERR_RETRIABLE) {
		LOGW("sink", "the target does not answer; it is looked at when output is delivered",
		     "sink=\"%.*s\" error=\"%s\"", STR_ARG(spec->name), why.message);
		return true;
	}
	*err = why;
	return false;
}

void outbox_take_settings(Outbox *o)
{
	o->most_bytes = settings_size(o->engine->settings, "weir.outbox.max");
	o->keep = (uint64_t)settings_int(o->engine->settings, "weir.outbox.keep");
}

static void free_outbox(Outbox *o)
{
	for (uint32_t i = 0; i < o->cap; i++)
		strbuf_deinit(&o->chunks[i]);
	mem_free(o->chunks);
	mem_free(o->kept);
	mem_free(o->kept_chunks);
	close_refused(o);
	strbuf_deinit(&o->again);
	arena_close(o->arena);
}

Outbox *outbox_open(Engine *e, Query *q, bool restored, Err *err)
{
	Arena *arena = arena_open("outbox", 0);
	Outbox *o = ARENA_NEW(arena, Outbox);
	o->arena = arena;
	o->engine = e;
	o->query = q;
	map_init(&o->refused);
	strbuf_init(&o->again);
	outbox_take_settings(o);
	StrBuf key;
	strbuf_init(&key);
	outbox_key(&key, q->name, 0, 0);
	uint32_t len;
	const void *v = state_get(e->outboxes, strbuf_str(&key), &len);
	strbuf_deinit(&key);
	uint64_t marks[4] = {0};
	if (v && (len == 16 || len == 32))
		memcpy(marks, v, len);
	o->delivered = marks[0];
	o->trimmed = marks[1];
	o->unproven = marks[2];
	o->fresh = !restored || !v || marks[3];
	uint64_t proven = o->unproven ? o->unproven - 1 : store_sealed_epoch(e->store);
	DeliveryOptions dopt = {
	    .type = e->opt.test_sink ? e->opt.test_sink : sink_find(q->rel->table->connector),
	    .store = e->store,
	    .delivered = o->delivered,
	    .trimmed = o->trimmed,
	    .proven = e->opt.manual ? UINT64_MAX : proven,
	    .fresh = o->fresh,
	    .made = !restored,
	    .inline_calls = e->opt.manual,
	    .refused = refused_rows,
	    .fail_on_refused = str_eq_c(settings_str(q->settings, "weir.on-refused-row"), "fail"),
	    .changed = delivered_some,
	    .ctx = o,
	};
	if (!dopt.type) {
		err_set(err, ERR_BAD_OPTION, "connector \"%.*s\" cannot be written", STR_ARG(q->rel->table->connector));
		goto fail;
	}
	outbox_spec(e, q->rel->table, q->settings, arena, &dopt.spec);
	dopt.spec.name = q->name;
	dopt.spec.zone = q->plan->zone;
	if (!restored && !check_target(dopt.type, &dopt.spec, err))
		goto fail;
	dopt.wait_for_landing = dopt.spec.exactly_once;
	dopt.promise = dopt.spec.exactly_once && dopt.type->exactly_once &&
	               (!dopt.type->keeps_promise || dopt.type->keeps_promise(dopt.spec.table));
	if (dopt.spec.exactly_once && !dopt.type->exactly_once && !e->opt.test_sink)
		LOGI("sink", "this target cannot keep the exactly-once promise across a crash: rows may be repeated then",
		     "sink=\"%.*s\" connector=%.*s", STR_ARG(q->name), STR_ARG(q->rel->table->connector));
	dopt.spec.earlier = dopt.proven;
	o->proven = proven;
	o->promise = dopt.promise && !e->opt.manual;
	if (o->promise && !restored) {
		o->unproven = proven + 1;
		put_marks(e, o);
	}
	dopt.unsaid = o->promise && o->unproven;
	o->spec = dopt.spec;
	load_refused(e, o);
	o->delivery = delivery_open(&dopt, err);
	if (!o->delivery)
		goto fail;
	if (!load_epochs(e, o, err) || !delivery_start(o->delivery, err))
		goto fail;
	return o;
fail:
	if (o->delivery)
		delivery_close(o->delivery);
	free_outbox(o);
	return NULL;
}

void outbox_close(Engine *e, Outbox *o, bool drop)
{
	delivery_close(o->delivery);
	if (drop) {
		StrBuf from, to;
		strbuf_init(&from);
		strbuf_init(&to);
		codec_put_bytes(&from, o->query->name);
		codec_put_bytes(&to, o->query->name);
		codec_prefix_end(&to);
		state_del_range(e->outboxes, strbuf_str(&from), strbuf_str(&to));
		strbuf_deinit(&from);
		strbuf_deinit(&to);
	}
	free_outbox(o);
}

static StrBuf *open_chunk(Outbox *o)
{
	if (o->nchunks && o->chunks[o->nchunks - 1].len < CHUNK_BYTES_MAX)
		return &o->chunks[o->nchunks - 1];
	if (o->nchunks == o->cap) {
		uint32_t cap = o->cap ? o->cap * 2 : 4;
		o->chunks = mem_realloc(o->chunks, cap * sizeof *o->chunks);
		for (uint32_t i = o->cap; i < cap; i++)
			strbuf_init(&o->chunks[i]);
		o->cap = cap;
	}
	StrBuf *b = &o->chunks[o->nchunks++];
	chunk_begin(b);
	return b;
}

bool outbox_collect(Outbox *o, Operator *root, Err *err)
{
	(void)err;
	const SinkChange *changes;
	uint32_t n = sink_changes(root, &changes);
	for (uint32_t i = 0; i < n; i++) {
		StrBuf *b = open_chunk(o);
		size_t before = b->len;
		chunk_add(b, changes[i].kind, changes[i].batch, changes[i].row);
		o->unsealed_bytes += (int64_t)(b->len - before);
	}
	o->rows += n;
	o->query->rows_out += n;
	return true;
}

bool outbox_dirty(const Outbox *o)
{
	return o->rows > 0 || o->nagain > 0;
}

bool outbox_again(Outbox *o, uint8_t kind, Str row)
{
	Value *values = MEM_ARRAY(Value, o->spec.ncols + 1);
	bool ok = batch_decode_row(row, o->spec.types, o->spec.ncols, values);
	if (ok) {
		if (!o->nagain)
			chunk_begin(&o->again);
		chunk_add_values(&o->again, (RowKind)kind, o->spec.types, values, o->spec.ncols);
		o->nagain++;
	}
	mem_free(values);
	return ok;
}

bool outbox_wants_proof(const Outbox *o)
{
	return o->promise && o->unproven && delivery_recovered(o->delivery);
}

/* Has the marker been seen? What the file says of it changes with an epoch, and delivery waits for that. */
static bool prove(Outbox *o, uint64_t epoch)
{
	if (!o->promise)
		return false;
	if (!o->unproven && delivery_unsaid(o->delivery)) {
		o->unproven = o->proven + 1;
		return true;
	}
	if (!outbox_wants_proof(o))
		return false;
	o->unproven = 0;
	o->fresh = false;
	delivery_proof(o->delivery, epoch);
	return true;
}

const SinkSpec *outbox_columns(const Outbox *o)
{
	return &o->spec;
}

void outbox_seal(Engine *e, Outbox *o, uint64_t epoch)
{
	if (!outbox_dirty(o))
		return;
	StrBuf key;
	strbuf_init(&key);
	uint32_t n = 0;
	Str *list = MEM_ARRAY(Str, o->nchunks + 1);
	if (o->nagain)
		list[n++] = strbuf_str(&o->again);
	for (uint32_t i = 0; i < o->nchunks; i++)
		list[n++] = strbuf_str(&o->chunks[i]);
	for (uint32_t i = 0; i < n; i++) {
		outbox_key(&key, o->query->name, epoch, i);
		state_put(e->outboxes, strbuf_str(&key), list[i]);
		note_sent(e, o, epoch, list[i]);
	}
	note_kept(o, epoch, n);
	delivery_add(o->delivery, epoch, list, n);
	mem_free(list);
	strbuf_deinit(&key);
	o->nagain = 0;
	outbox_discard(o);
}

void outbox_discard(Outbox *o)
{
	o->nchunks = 0;
	o->rows = 0;
	o->unsealed_bytes = 0;
}

/* weir.outbox.max is for a target that does not answer. While it does, more than it takes in some calls only costs
 * memory. */
bool outbox_full(const Outbox *o)
{
	DeliveryStatus s;
	delivery_status(o->delivery, &s);
	int64_t most = !s.waiting && s.recovered && o->most_bytes > AHEAD_BYTES_MAX ? AHEAD_BYTES_MAX : o->most_bytes;
	return s.bytes + o->unsealed_bytes > most;
}

int64_t outbox_bytes(const Outbox *o)
{
	DeliveryStatus s;
	delivery_status(o->delivery, &s);
	return s.bytes + o->unsealed_bytes;
}

/* Takes delivered epochs out of the table, all but the last few. */
void outbox_trim(Engine *e, Outbox *o, uint64_t epoch)
{
	DeliveryStatus s;
	delivery_status(o->delivery, &s);
	uint32_t done = 0;
	while (done < o->nkept && o->kept[done] <= s.delivered)
		done++;
	bool moved = s.delivered > o->delivered;
	o->delivered = s.delivered > o->delivered ? s.delivered : o->delivered;
	uint32_t gone = done > o->keep ? done - (uint32_t)o->keep : 0;
	StrBuf key;
	strbuf_init(&key);
	for (uint32_t i = 0; i < gone; i++) {
		for (uint32_t c = 0; c < o->kept_chunks[i]; c++) {
			outbox_key(&key, o->query->name, o->kept[i], c);
			state_del(e->outboxes, strbuf_str(&key));
		}
		o->trimmed = o->kept[i];
	}
	strbuf_deinit(&key);
	if (gone) {
		memmove(o->kept, o->kept + gone, (o->nkept - gone) * sizeof *o->kept);
		memmove(o->kept_chunks, o->kept_chunks + gone, (o->nkept - gone) * sizeof *o->kept_chunks);
		o->nkept -= gone;
	}
	if (prove(o, epoch) || moved || gone)
		put_marks(e, o);
}

const Delivery *outbox_delivery(const Outbox *o)
{
	return o->delivery;
}

bool outbox_idle(const Outbox *o)
{
	return delivery_idle(o->delivery);
}

bool outbox_failed(const Outbox *o, Err *err)
{
	DeliveryStatus s;
	delivery_status(o->delivery, &s);
	if (s.failed && err)
		*err = s.err;
	return s.failed;
}

void outbox_deliver_inline(Engine *e, Outbox *o, Err *err)
{
	(void)e;
	delivery_run(o->delivery, err);
}
