/*
 * engine/runtime/send.c: rows of one statement on their way to a connector.
 */
#include "engine/runtime/send.h"

#include <stdio.h>

#include "engine/runtime/execute.h"

enum { SEND_PAUSE_MS = 200, SEND_TRIES_MAX = 300, SEND_REFUSED_MAX = 4 };

typedef struct Send {
	struct Send *next;
	Str once;
	Arena *arena;
	Catalog *catalog; /* holds the table */
	const SinkType *type;
	SinkSpec spec;
	Str *chunks;
	uint32_t nchunks, cap;
	StrBuf chunk;
	uint64_t rows;
} Send;

static void close_chunk(Send *d)
{
	if (d->nchunks == d->cap) {
		uint32_t cap = d->cap ? d->cap * 2 : 4;
		d->chunks = arena_grow(d->arena, d->chunks, d->cap * sizeof *d->chunks, cap * sizeof *d->chunks);
		d->cap = cap;
	}
	d->chunks[d->nchunks++] = arena_str(d->arena, strbuf_str(&d->chunk));
	chunk_begin(&d->chunk);
}

static bool collect(void *ctx, const Batch *b, bool *done, Err *err)
{
	(void)done;
	(void)err;
	Send *d = ctx;
	for (uint32_t i = 0; i < b->n; i++) {
		chunk_add(&d->chunk, ROW_INSERT, b, i);
		if (d->chunk.len >= CHUNK_BYTES_MAX)
			close_chunk(d);
	}
	d->rows += b->n;
	return true;
}

bool send_collect(Engine *e, EngineStatement *s, const PlanQuery *plan, const Relation *target, Str once, Err *err)
{
	Arena *arena = arena_open("send", 0);
	Send *d = ARENA_NEW(arena, Send);
	d->arena = arena;
	d->catalog = engine_catalog(e);
	strbuf_init(&d->chunk);
	chunk_begin(&d->chunk);
	d->once = arena_str(arena, once);
	struct Send **last = &s->send;
	while (*last)
		last = &(*last)->next;
	*last = d;
	d->type = e->opt.test_sink ? e->opt.test_sink : sink_find(target->table->connector);
	if (!d->type)
		return err_set(err, ERR_WRONG_OBJECT, "table \"%.*s\" cannot be written: its connector only reads",
		               STR_ARG(target->name));
	outbox_spec(e, target->table, s->settings, arena, &d->spec);
	d->spec.name = arena_printf(arena, "%.*s-values", STR_ARG(target->name));
	d->spec.zone = plan->zone;
	d->spec.exactly_once = false;
	if (!own_run(s, e, plan, collect, d, err))
		return false;
	close_chunk(d);
	snprintf(s->tag, sizeof s->tag, "INSERT 0 %llu", (unsigned long long)d->rows);
	return true;
}

void send_free(EngineStatement *s)
{
	while (s->send) {
		Send *d = s->send;
		s->send = d->next;
		catalog_unref(d->catalog);
		strbuf_deinit(&d->chunk);
		arena_close(d->arena);
	}
}

/* One try. false: err; an outage is retriable. */
static bool try_once(Send *d, Sink *sink, Err *err)
{
	uint64_t epoch = 0;
	bool known = false;
	SinkResult r = d->type->recover ? d->type->recover(sink, &epoch, &known, err) : SINK_DELIVERED;
	if (r == SINK_DELIVERED) {
		SinkEpoch one = {epoch + 1, d->chunks, d->nchunks};
		SinkRefused refused[SEND_REFUSED_MAX] = {0};
		uint32_t n = 0;
		r = d->type->deliver(sink, epoch, &one, 1, refused, SEND_REFUSED_MAX, &n, err);
		if (r == SINK_REFUSED) {
			*err = refused[0].err;
			err_detail(err, "row %llu of the statement; nothing was sent", (unsigned long long)refused[0].row + 1);
		}
	}
	if (r == SINK_RETRY)
		err->flags |= ERR_RETRIABLE;
	else
		err->flags &= ~(unsigned)ERR_RETRIABLE;
	return r == SINK_DELIVERED;
}

static bool deliver(Send *d, const EngineStatement *s, Err *err)
{
	Sink *sink = NULL;
	bool ok = d->type->open(&d->spec, &sink, err);
	bool opened = ok;
	for (uint32_t n = 0; opened; n++) {
		err_clear(err);
		ok = try_once(d, sink, err);
		if (ok || !(err->flags & ERR_RETRIABLE))
			break;
		if (n >= SEND_TRIES_MAX || (s->req.cancel && atomic_load(s->req.cancel)))
			break;
		clock_sleep_us(SEND_PAUSE_MS * 1000);
	}
	if (opened)
		d->type->close(sink);
	return ok;
}

typedef struct SentRequest {
	EngineRequest req;
	Str once;
	const Settings *settings;
} SentRequest;

static bool record_sent(Engine *e, EngineRequest *r, Err *err)
{
	(void)err;
	const SentRequest *sent = (const SentRequest *)(const void *)r;
	execute_ran_once(e, sent->once, sent->settings);
	return true;
}

bool send_deliver(Engine *e, EngineStatement *s, Err *err)
{
	bool ok = true;
	for (Send *d = s->send; d && ok; d = d->next) {
		SentRequest sent = {.req = {.run = record_sent, .wait_landed = true}, .once = d->once, .settings = s->settings};
		ok = deliver(d, s, err) && (!d->once.len || engine_call(e, &sent.req, err));
	}
	send_free(s);
	return ok;
}
