/*
 * engine/runtime/delivery.c: the thread of one sink.
 */
#include "engine/runtime/delivery.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "base/log.h"

/* Of one call: a sink may keep all of it in another form until its end. */
enum { DELIVERY_EPOCHS_MAX = 16, DELIVERY_BYTES_MAX = 16 << 20, DELIVERY_REFUSED_MAX = 64 };
static const int64_t DELIVERY_PAUSE_LEAST_MS = 50, DELIVERY_PAUSE_MOST_MS = 10000, DELIVERY_BEAT_MS = 1000;

typedef struct Pending {
	uint64_t epoch;
	Str *chunks;
	uint32_t n;
	int64_t bytes;
	uint64_t *skip; /* numbers of refused rows, rising; of the whole epoch */
	uint32_t nskip;
	struct Pending *next;
} Pending;

struct Delivery {
	DeliveryOptions opt;
	Sink *sink;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool threaded;
	bool stop;
	bool recovered, recovered_once;
	Pending *head, **tail;
	DeliveryStatus status;
	uint64_t proof;     /* 0: not yet sealed */
	atomic_bool cancel; /* it is being closed: it must not wait for the engine, who waits for it */
	int64_t pause_ms;
	bool said_outage;
	int64_t beat_ms;
};

static int64_t mono_ms(void)
{
	return clock_mono_us(&clock_real) / 1000;
}

static void free_pending(Pending *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		mem_free((void *)(uintptr_t)p->chunks[i].ptr);
	mem_free(p->chunks);
	mem_free(p->skip);
	mem_free(p);
}

static void fail(Delivery *d, const Err *err)
{
	pthread_mutex_lock(&d->lock);
	d->status.failed = true;
	d->status.err = *err;
	pthread_mutex_unlock(&d->lock);
	LOGE("sink", "sink failed", "sink=\"%.*s\" code=W%04d error=\"%s\" detail=\"%s\" hint=\"%s\"",
	     STR_ARG(d->opt.spec.name), (int)err->code, err->message, err->detail, err->hint);
	if (d->opt.changed)
		d->opt.changed(d->opt.ctx);
}

static void outage(Delivery *d, const Err *err)
{
	pthread_mutex_lock(&d->lock);
	d->status.waiting = true;
	d->status.retries++;
	d->status.err = *err;
	pthread_mutex_unlock(&d->lock);
	d->pause_ms = d->pause_ms ? d->pause_ms * 2 : DELIVERY_PAUSE_LEAST_MS;
	if (d->pause_ms > DELIVERY_PAUSE_MOST_MS)
		d->pause_ms = DELIVERY_PAUSE_MOST_MS;
	if (!d->said_outage)
		LOGW("sink", "the target does not answer; the output waits in the outbox",
		     "sink=\"%.*s\" error=\"%s\" hint=\"%s\"", STR_ARG(d->opt.spec.name), err->message, err->hint);
	d->said_outage = true;
}

static void answered(Delivery *d)
{
	if (d->said_outage)
		LOGI("sink", "the target answers again", "sink=\"%.*s\"", STR_ARG(d->opt.spec.name));
	d->said_outage = false;
	d->pause_ms = 0;
	pthread_mutex_lock(&d->lock);
	d->status.waiting = false;
	pthread_mutex_unlock(&d->lock);
}

/* A marker that was seen before has not gone back. */
static bool same_marker(const Delivery *d, bool known, uint64_t marker, Err *err)
{
	if (known ? marker >= d->status.delivered : !d->status.delivered)
		return true;
	err_set(err, ERR_SINK_MARKER, "sink \"%.*s\" held epoch %llu and now holds %s%.0llu", STR_ARG(d->opt.spec.name),
	        (unsigned long long)d->status.delivered, known ? "epoch " : "no marker",
	        known ? (unsigned long long)marker : 0ULL);
	return err_hint(err, "The target lost commits (a failover?). A restart of weir sends again what it still keeps "
	                     "('weir.outbox.keep').");
}

/* Is it the number of an epoch that this file has delivered, or may have? */
static bool own_marker(const Delivery *d, uint64_t marker)
{
	if (marker == d->opt.delivered || (marker && marker == d->opt.trimmed))
		return true;
	for (const Pending *p = d->head; p && p->epoch <= marker; p = p->next)
		if (p->epoch == marker)
			return marker <= d->opt.proven;
	return false;
}

/* The first marker after a start. Numbers of epochs alone do not say whose they are: a file that was restored from a
 * copy counts on from there, and comes by the same numbers with other rows. */
static bool first_marker(Delivery *d, bool *known, uint64_t *marker, Err *err)
{
	Str name = d->opt.spec.name;
	unsigned long long held = *marker;
	pthread_mutex_lock(&d->lock);
	bool own = *known && (own_marker(d, *marker) || (!*marker && !d->opt.delivered));
	pthread_mutex_unlock(&d->lock);
	if (own)
		return true;
	bool reset = d->opt.type->reset != NULL;
	if (d->opt.fresh && reset && (!*known || d->opt.made || *marker <= d->opt.proven)) {
		SinkResult r = d->opt.type->reset(d->sink, err);
		if (r == SINK_RETRY)
			err->flags |= ERR_RETRIABLE;
		*marker = 0;
		return r == SINK_DELIVERED;
	}
	if (d->opt.fresh && !reset && *known && *marker <= d->opt.proven)
		return true; /* of an earlier query of its name: its own epochs come after */
	if (!*known || !*marker) {
		if (!d->opt.delivered && !reset)
			return true;
		err_set(err, ERR_SINK_MARKER, "sink \"%.*s\" has no marker, but its query has met one", STR_ARG(name));
		err_detail(err, "Epochs up to %llu were delivered, as far as the state file knows.",
		           (unsigned long long)d->opt.delivered);
		return err_hint(err, "The target's marker is gone. Restore it, or drop and create the query again with an "
		                     "emptied target.");
	}
	if (*marker < d->opt.trimmed) {
		err_set(err, ERR_SINK_MARKER,
		        "sink \"%.*s\" holds epoch %llu, but epochs up to %llu were delivered and are no longer kept",
		        STR_ARG(name), held, (unsigned long long)d->opt.trimmed);
		return err_hint(err, "The target lost commits (an older backup?). Restore it, or drop and create the query "
		                     "again with an emptied target.");
	}
	err_set(err, ERR_SINK_MARKER, "sink \"%.*s\" holds epoch %llu, but the state file %s", STR_ARG(name), held,
	        *marker > d->opt.proven ? "was older when it was opened" : "has delivered no such epoch");
	err_detail(err, "The newest epoch that this file can have delivered is %llu.", (unsigned long long)d->opt.proven);
	return err_hint(err, "An older state file was restored. Restore the newest one, or drop and create the query again "
	                     "with an emptied target.");
}

/* Reads the target's marker and compares it with what the file says. */
static bool recover(Delivery *d, Err *err)
{
	uint64_t marker = 0;
	bool known = false;
	SinkResult r = d->opt.type->recover ? d->opt.type->recover(d->sink, &marker, &known, err) : SINK_DELIVERED;
	if (r == SINK_RETRY) {
		err->flags |= ERR_RETRIABLE;
		return false;
	}
	if (r != SINK_DELIVERED)
		return false;
	store_fail_point("recovery");
	if (d->opt.type->recover && d->opt.promise) {
		if (d->recovered_once ? !same_marker(d, known, marker, err) : !first_marker(d, &known, &marker, err))
			return false;
	} else {
		marker = d->opt.delivered;
		known = marker > 0;
	}
	pthread_mutex_lock(&d->lock);
	d->status.delivered = known ? marker : 0;
	d->status.recovered = true;
	while (d->head && d->head->epoch <= d->status.delivered) {
		Pending *p = d->head;
		d->head = p->next;
		if (!d->head)
			d->tail = &d->head;
		d->status.bytes -= p->bytes;
		free_pending(p);
	}
	pthread_mutex_unlock(&d->lock);
	d->recovered = true;
	d->recovered_once = true;
	return true;
}

/* The chunks of an epoch without its refused rows. */
static bool leave_out(const Delivery *d, const Pending *p, Arena *arena, SinkEpoch *out, Err *err)
{
	if (!p->nskip)
		return true;
	Str *chunks = ARENA_ARRAY(arena, Str, p->n);
	uint64_t row = 0;
	uint32_t at = 0;
	Value *values = ARENA_ARRAY(arena, Value, d->opt.spec.ncols + 1);
	for (uint32_t i = 0; i < p->n; i++) {
		StrBuf b;
		strbuf_init(&b);
		chunk_begin(&b);
		ChunkReader r;
		RowKind kind;
		bool damaged = !chunk_open(&r, p->chunks[i], d->opt.spec.types, d->opt.spec.ncols);
		while (!damaged && chunk_next(&r, &kind, values, &damaged)) {
			while (at < p->nskip && p->skip[at] < row)
				at++;
			if (at >= p->nskip || p->skip[at] != row)
				chunk_add_values(&b, kind, d->opt.spec.types, values, d->opt.spec.ncols);
			row++;
		}
		chunks[i] = arena_str(arena, strbuf_str(&b));
		strbuf_deinit(&b);
		if (damaged)
			return err_set(err, ERR_STATE_CORRUPT, "the undelivered output of epoch %llu is damaged",
			               (unsigned long long)p->epoch);
	}
	out->chunks = chunks;
	return true;
}

static void describe_row(const Delivery *d, const Pending *p, Arena *arena, DeliveryRefused *out)
{
	Value *values = ARENA_ARRAY(arena, Value, d->opt.spec.ncols + 1);
	uint64_t at = 0;
	StrBuf json, row;
	strbuf_init(&json);
	strbuf_init(&row);
	for (uint32_t i = 0; i < p->n; i++) {
		ChunkReader r;
		RowKind kind;
		bool damaged = false;
		if (!chunk_open(&r, p->chunks[i], d->opt.spec.types, d->opt.spec.ncols))
			continue;
		while (chunk_next(&r, &kind, values, &damaged)) {
			if (at++ != out->why.row)
				continue;
			out->kind = kind;
			strbuf_putc(&json, '{');
			for (uint32_t c = 0; c < d->opt.spec.ncols; c++) {
				if (c)
					strbuf_putc(&json, ',');
				strbuf_put_json(&json, d->opt.spec.names[c]);
				strbuf_putc(&json, ':');
				value_print(d->opt.spec.types[c], values[c], VALUE_JSON, d->opt.spec.zone, &json);
				value_encode(d->opt.spec.types[c], values[c], &row);
			}
			strbuf_putc(&json, '}');
		}
	}
	out->json = arena_str(arena, strbuf_str(&json));
	out->values = arena_str(arena, strbuf_str(&row));
	strbuf_deinit(&json);
	strbuf_deinit(&row);
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static uint64_t original_row(const Pending *p, uint64_t row)
{
	/* the connector counts without the rows left out already */
	for (uint32_t i = 0; i < p->nskip; i++)
		if (p->skip[i] <= row)
			row++;
	return row;
}

static bool keep_refused(Delivery *d, Pending **list, uint32_t n, SinkRefused *refused, uint32_t nrefused, Err *err)
{
	if (d->opt.fail_on_refused) {
		*err = refused[0].err;
		return err_detail(err, "row %llu of epoch %llu", (unsigned long long)refused[0].row,
		                  (unsigned long long)refused[0].epoch);
	}
	Arena *arena = arena_open("refused", 0);
	DeliveryRefused *rows = ARENA_ARRAY_ZERO(arena, DeliveryRefused, nrefused + 1);
	bool known = true;
	for (uint32_t i = 0; i < nrefused; i++) {
		Pending *p = NULL;
		for (uint32_t k = 0; k < n; k++)
			if (list[k]->epoch == refused[i].epoch)
				p = list[k];
		if (!p) {
			known = err_set(err, ERR_INTERNAL, "a sink refused a row of an epoch that it was not given");
			break;
		}
		refused[i].row = original_row(p, refused[i].row);
		rows[i].why = refused[i];
		describe_row(d, p, arena, &rows[i]);
	}
	bool kept = known && d->opt.refused(d->opt.ctx, rows, nrefused, &d->cancel, err);
	arena_close(arena);
	if (known && !kept)
		err->flags |= ERR_RETRIABLE;
	if (!kept)
		return false;
	for (uint32_t i = 0; i < nrefused; i++)
		for (uint32_t k = 0; k < n; k++)
			if (list[k]->epoch == refused[i].epoch) {
				Pending *p = list[k];
				p->skip = mem_realloc(p->skip, (p->nskip + 1) * sizeof *p->skip);
				p->skip[p->nskip++] = refused[i].row;
				qsort(p->skip, p->nskip, sizeof *p->skip, compare_u64);
			}
	pthread_mutex_lock(&d->lock);
	/* said at the first one, and whenever their number has doubled */
	uint64_t before = d->status.refused, after = before + nrefused;
	if (!before || (before ^ after) > before)
		LOGW("sink", "the target refuses rows; they are kept in the side table .refused",
		     "sink=\"%.*s\" refused=%llu error=\"%s\"", STR_ARG(d->opt.spec.name), (unsigned long long)after,
		     refused[0].err.message);
	d->status.refused = after;
	pthread_mutex_unlock(&d->lock);
	return true;
}

/* Until the file says that the marker was seen, a crash would make what is sent look like another file's. */
static bool proof_landed(Delivery *d)
{
	pthread_mutex_lock(&d->lock);
	bool unsaid = d->opt.unsaid;
	uint64_t proof = d->proof;
	if (proof && store_landed_epoch(d->opt.store) >= proof)
		d->opt.unsaid = unsaid = false;
	pthread_mutex_unlock(&d->lock);
	if (unsaid && !proof && d->opt.changed)
		d->opt.changed(d->opt.ctx); /* the engine closes an epoch for it */
	return !unsaid;
}

/* One round. *did: something was delivered. false: an outage (retriable) or a failure. */
static bool deliver_some(Delivery *d, bool *did, Err *err)
{
	*did = false;
	if (!d->recovered && !recover(d, err))
		return false;
	if (!proof_landed(d))
		return true;
	uint64_t landed = d->opt.wait_for_landing ? store_landed_epoch(d->opt.store) : UINT64_MAX;
	Pending *list[DELIVERY_EPOCHS_MAX];
	uint32_t n = 0;
	pthread_mutex_lock(&d->lock);
	uint64_t last = d->status.delivered;
	int64_t bytes = 0;
	for (Pending *p = d->head; p && p->epoch <= landed && n < DELIVERY_EPOCHS_MAX; p = p->next) {
		bytes += p->bytes;
		if (n && bytes > DELIVERY_BYTES_MAX)
			break;
		list[n++] = p;
	}
	pthread_mutex_unlock(&d->lock);
	if (!n)
		return true;
	Arena *arena = arena_open("delivery", 0);
	SinkEpoch epochs[DELIVERY_EPOCHS_MAX];
	uint64_t rows = 0;
	for (uint32_t i = 0; i < n; i++) {
		epochs[i] = (SinkEpoch){list[i]->epoch, list[i]->chunks, list[i]->n};
		if (!leave_out(d, list[i], arena, &epochs[i], err)) {
			arena_close(arena);
			return false;
		}
		for (uint32_t k = 0; k < epochs[i].nchunks; k++)
			rows += chunk_rows(epochs[i].chunks[k]);
	}
	SinkRefused *refused = ARENA_ARRAY_ZERO(arena, SinkRefused, DELIVERY_REFUSED_MAX);
	uint32_t nrefused = 0;
	store_fail_point("before-delivery");
	SinkResult r = d->opt.type->deliver(d->sink, last, epochs, n, refused, DELIVERY_REFUSED_MAX, &nrefused, err);
	bool ok = true;
	switch (r) {
	case SINK_DELIVERED:
		store_fail_point("after-delivery");
		pthread_mutex_lock(&d->lock);
		d->status.delivered = list[n - 1]->epoch;
		d->status.rows += rows;
		for (uint32_t i = 0; i < n; i++) {
			d->head = list[i]->next;
			d->status.bytes -= list[i]->bytes;
		}
		if (!d->head)
			d->tail = &d->head;
		pthread_mutex_unlock(&d->lock);
		for (uint32_t i = 0; i < n; i++)
			free_pending(list[i]);
		*did = true;
		store_fail_point("between-sinks");
		if (d->opt.changed)
			d->opt.changed(d->opt.ctx);
		break;
	case SINK_REFUSED: *did = ok = keep_refused(d, list, n, refused, nrefused, err); break;
	case SINK_RETRY:
		err->flags |= ERR_RETRIABLE;
		d->recovered = false; /* what the target holds is asked again */
		ok = false;
		break;
	case SINK_FAILED:
		err->flags &= ~(unsigned)ERR_RETRIABLE;
		ok = false;
		break;
	}
	arena_close(arena);
	return ok;
}

bool delivery_run(Delivery *d, Err *err)
{
	bool did = true;
	while (did && !d->status.failed)
		if (!deliver_some(d, &did, err)) {
			if (!(err->flags & ERR_RETRIABLE))
				fail(d, err);
			return false;
		}
	return true;
}

static void nap(Delivery *d, int64_t ms)
{
	struct timespec ts = clock_deadline(ms * 1000);
	pthread_mutex_lock(&d->lock);
	if (!d->stop)
		pthread_cond_timedwait(&d->wake, &d->lock, &ts);
	pthread_mutex_unlock(&d->lock);
}

static bool work_waits(Delivery *d)
{
	uint64_t landed = d->opt.wait_for_landing ? store_landed_epoch(d->opt.store) : UINT64_MAX;
	pthread_mutex_lock(&d->lock);
	bool waits = d->head && d->head->epoch <= landed;
	pthread_mutex_unlock(&d->lock);
	return waits;
}

/* Now and then a connector is called without an epoch: files that have been quiet are closed, markers are renewed. When
 * it is time for that the connector knows. */
static bool beat(Delivery *d, bool did, Err *err)
{
	if (did || !d->recovered || mono_ms() - d->beat_ms < DELIVERY_BEAT_MS)
		return true;
	d->beat_ms = mono_ms();
	if (!proof_landed(d))
		return true;
	uint32_t none = 0;
	SinkResult r = d->opt.type->deliver(d->sink, d->status.delivered, NULL, 0, NULL, 0, &none, err);
	if (r == SINK_DELIVERED)
		return true;
	err->flags = r == SINK_RETRY ? err->flags | ERR_RETRIABLE : err->flags & ~(unsigned)ERR_RETRIABLE;
	d->recovered = false; /* what the target holds is asked again */
	return false;
}

static void *delivery_main(void *arg)
{
	Delivery *d = arg;
	d->beat_ms = mono_ms();
	for (;;) {
		pthread_mutex_lock(&d->lock);
		bool stop = d->stop;
		pthread_mutex_unlock(&d->lock);
		if (stop)
			break;
		Err err = {0};
		bool did = false;
		if (!deliver_some(d, &did, &err) || !beat(d, did, &err)) {
			if (!(err.flags & ERR_RETRIABLE)) {
				fail(d, &err);
				break;
			}
			if (atomic_load(&d->cancel))
				break;
			outage(d, &err);
			uint8_t jitter;
			hash_random(&jitter, 1);
			nap(d, d->pause_ms + d->pause_ms * jitter / 1024);
			continue;
		}
		answered(d);
		if (!did && !work_waits(d)) {
			/* landings do not wake this thread by themselves: the engine does through delivery_add, else look again
			 * soon */
			nap(d, d->head ? 2 : 200);
		}
	}
	return NULL;
}

Delivery *delivery_open(const DeliveryOptions *options, Err *err)
{
	Delivery *d = MEM_NEW(Delivery);
	d->opt = *options;
	d->opt.spec.cancel = &d->cancel;
	d->tail = &d->head;
	d->status.delivered = options->delivered;
	pthread_mutex_init(&d->lock, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&d->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (!options->type->open(&d->opt.spec, &d->sink, err)) {
		mem_free(d);
		return NULL;
	}
	return d;
}

bool delivery_start(Delivery *d, Err *err)
{
	if (d->opt.inline_calls)
		return true;
	d->threaded = pthread_create(&d->thread, NULL, delivery_main, d) == 0;
	return d->threaded ||
	       err_set(err, ERR_INTERNAL, "cannot start a thread for sink \"%.*s\"", STR_ARG(d->opt.spec.name));
}

void delivery_add(Delivery *d, uint64_t epoch, const Str *chunks, uint32_t n)
{
	Pending *p = MEM_NEW(Pending);
	p->epoch = epoch;
	p->n = n;
	p->chunks = MEM_ARRAY(Str, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		char *copy = mem_alloc(chunks[i].len);
		memcpy(copy, chunks[i].ptr, chunks[i].len);
		p->chunks[i] = str_make(copy, chunks[i].len);
		p->bytes += chunks[i].len;
	}
	pthread_mutex_lock(&d->lock);
	*d->tail = p;
	d->tail = &p->next;
	d->status.bytes += p->bytes;
	pthread_cond_signal(&d->wake);
	pthread_mutex_unlock(&d->lock);
}

void delivery_status(Delivery *d, DeliveryStatus *out)
{
	pthread_mutex_lock(&d->lock);
	*out = d->status;
	pthread_mutex_unlock(&d->lock);
}

bool delivery_recovered(Delivery *d)
{
	pthread_mutex_lock(&d->lock);
	bool recovered = d->status.recovered;
	pthread_mutex_unlock(&d->lock);
	return recovered;
}

bool delivery_unsaid(Delivery *d)
{
	pthread_mutex_lock(&d->lock);
	bool unsaid = !d->status.recovered;
	d->opt.unsaid |= unsaid;
	pthread_mutex_unlock(&d->lock);
	return unsaid;
}

void delivery_proof(Delivery *d, uint64_t epoch)
{
	pthread_mutex_lock(&d->lock);
	d->proof = epoch;
	pthread_cond_signal(&d->wake);
	pthread_mutex_unlock(&d->lock);
}

bool delivery_idle(Delivery *d)
{
	pthread_mutex_lock(&d->lock);
	bool idle = !d->head;
	pthread_mutex_unlock(&d->lock);
	return idle;
}

void delivery_close(Delivery *d)
{
	if (d->threaded) {
		atomic_store(&d->cancel, true);
		pthread_mutex_lock(&d->lock);
		d->stop = true;
		pthread_cond_signal(&d->wake);
		pthread_mutex_unlock(&d->lock);
		pthread_join(d->thread, NULL);
	}
	if (d->sink)
		d->opt.type->close(d->sink);
	while (d->head) {
		Pending *p = d->head;
		d->head = p->next;
		free_pending(p);
	}
	pthread_cond_destroy(&d->wake);
	pthread_mutex_destroy(&d->lock);
	mem_free(d);
}
