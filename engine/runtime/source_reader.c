/*
 * engine/runtime/source_reader.c: the life of a reader: opening, partitions, idle time, watermarks, memory of chunks.
 *
 * Decoding is in source_reader_decode.c, the order of arrival in source_reader_take.c, what each scan gets in
 * source_reader_emit.c.
 */
#include "engine/runtime/source_reader.h"

#include <stdio.h>

#include "base/config.h"
#include "base/log.h"
#include "engine/runtime/source_reader_int.h"
#include "sql/types/zone.h"

static int64_t stored_position(void *ctx, Str partition)
{
	Reader *r = ctx;
	ReaderPosition pos = {0};
	if (r->opt.stored && r->opt.stored(r->opt.ctx, partition, &pos) && pos.known)
		return pos.next;
	return SOURCE_POSITION_NEW;
}

/* What was resolved when the read began counts after a restart too; a partition that came since is not part of it. */
static int64_t stored_bound(void *ctx, Str partition)
{
	Reader *r = ctx;
	ReaderPosition pos = {0};
	if (r->opt.stored && r->opt.stored(r->opt.ctx, partition, &pos) && pos.known)
		return pos.bound;
	return SOURCE_END_NONE;
}

static uint64_t stored_mark(void *ctx, Str partition)
{
	Reader *r = ctx;
	ReaderPosition pos = {0};
	if (r->opt.stored && r->opt.stored(r->opt.ctx, partition, &pos) && pos.known)
		return pos.mark;
	return 0;
}

static const Options *source_reader_options(const Reader *r)
{
	return &r->opt.rel->table->options;
}

static bool option_is(const Reader *r, const char *key, const char *value)
{
	return str_eq_c(options_get(source_reader_options(r), key), value);
}

static bool find_formats(Reader *r, Err *err)
{
	const Options *o = source_reader_options(r);
	Str name = options_get(o, "value.format");
	if (!name.len)
		name = options_get(o, "format");
	if (!name.len)
		return true; /* rows come decoded */
	r->format = format_find(name);
	if (!r->format)
		return err_set(err, ERR_BAD_OPTION, "unknown format \"%.*s\"", STR_ARG(name));
	if (r->format->files) {
		r->format = NULL; /* the source decodes it */
		return true;
	}
	Str key = options_get(o, "key.format");
	if (key.len) {
		r->key_format = format_find(key);
		if (!r->key_format)
			return err_set(err, ERR_BAD_OPTION, "unknown key format \"%.*s\"", STR_ARG(key));
	}
	char ignore[80];
	snprintf(ignore, sizeof ignore, "%s.ignore-parse-errors", r->format->name);
	Str value = options_get(o, ignore);
	if (!value.len) {
		snprintf(ignore, sizeof ignore, "value.%s.ignore-parse-errors", r->format->name);
		value = options_get(o, ignore);
	}
	bool on = false;
	r->ignore_errors = value.len && config_bool(value, &on) && on;
	return true;
}

/* What of the query's settings decides the times of its rows. */
static bool read_time(const ReaderOptions *o, ReaderTime *t, Err *err)
{
	const TableDef *table = o->rel->table;
	*t = (ReaderTime){.zone = zone_utc, .max_skew_us = INT64_MAX};
	if (o->settings) {
		t->zone = zone_find(settings_str(o->settings, "table.local-time-zone"), NULL);
		t->idle_us = settings_duration_us(o->settings, "table.exec.source.idle-timeout");
	}
	Str idle = options_get(&table->options, "scan.watermark.idle-timeout");
	if (idle.len && !config_duration_us(idle, &t->idle_us))
		return err_set(err, ERR_BAD_OPTION, "\"%.*s\" is not a duration", STR_ARG(idle));
	if (o->skew_guard && o->settings && table->watermark) {
		t->max_skew_us = settings_duration_us(o->settings, "weir.watermark.max-skew");
		if (t->max_skew_us <= 0)
			t->max_skew_us = INT64_MAX;
		else if (table->cols[table->watermark_col].type->kind == TYPE_TIMESTAMP)
			t->max_skew_us += 14 * INT64_C(3600000000); /* somebody's local time */
	}
	return true;
}

static bool same_time(const ReaderTime *a, const ReaderTime *b)
{
	return a->zone == b->zone && a->idle_us == b->idle_us && a->max_skew_us == b->max_skew_us;
}

/* What the table says of bad records goes before what the query's settings say. */
static bool fails_on_bad(const ReaderOptions *o)
{
	Str said = options_get(&o->rel->table->options, "weir.on-bad-record");
	if (!said.len && o->settings)
		said = settings_str(o->settings, "weir.on-bad-record");
	return str_eq_c(said, "fail");
}

bool source_reader_alike(const Reader *a, const Reader *b)
{
	return same_time(&a->time, &b->time) && a->fail_on_bad == b->fail_on_bad;
}

bool source_reader_suits(const Reader *r, const ReaderOptions *options)
{
	ReaderTime t;
	Err err = {0};
	return read_time(options, &t, &err) && same_time(&r->time, &t) && r->fail_on_bad == fails_on_bad(options);
}

/* What one scan reads. */
static void put_hints(Reader *r, const PlanScan *s, SourceSpec *spec)
{
	bool *wanted = ARENA_ARRAY_ZERO(r->arena, bool, r->opt.rel->table->ncols + 1);
	SourceAsk *asks = ARENA_ARRAY_ZERO(r->arena, SourceAsk, s->nasks + 1);
	for (uint32_t i = 0; i < s->nfields; i++)
		if (s->fields[i].kind == SCAN_VALUE)
			wanted[s->fields[i].position] = true;
	for (uint32_t i = 0; i < s->nasks; i++) {
		const Expr *v = s->asks[i].value;
		asks[i] = (SourceAsk){s->fields[s->asks[i].field].position, s->asks[i].op, v->type, v->constant};
	}
	spec->wanted = wanted;
	spec->asks = asks;
	spec->nasks = s->nasks;
}

bool source_reader_open(const ReaderOptions *options, Reader **out, Err *err)
{
	Arena *arena = arena_open("reader", 0);
	Reader *r = ARENA_NEW(arena, Reader);
	r->arena = arena;
	r->opt = *options;
	r->watermark_ms = r->before_ms = options->watermark_ms;
	/* the query that they are of may go before the reader does */
	r->opt.settings = NULL;
	r->depth_max = options->settings ? (uint32_t)settings_int(options->settings, "weir.json.max-depth") : 0;
	r->stats.lag_records = -1;
	r->fields_stale = true;
	const TableDef *t = options->rel->table;
	r->has_watermark = t->watermark != NULL;
	r->upsert = option_is(r, "connector", "upsert-kafka");
	r->fail_on_bad = fails_on_bad(options);
	if (!read_time(options, &r->time, err))
		goto fail;
	r->type = options->source ? options->source : source_find(t->connector);
	if (!r->type) {
		err_set(err, ERR_BAD_OPTION, "connector \"%.*s\" cannot be read", STR_ARG(t->connector));
		goto fail;
	}
	if (!find_formats(r, err))
		goto fail;
	bool headers = false;
	for (uint32_t i = 0; i < t->ncols; i++)
		headers |= t->cols[i].kind == COLUMN_METADATA && str_eq_c(t->cols[i].metadata_key, "headers");
	SourceSpec spec = {
	    .table = t,
	    .clock = options->clock,
	    .want_keys = true,
	    .want_headers = headers,
	    .want_times = true,
	    .memory_bytes = options->memory_bytes,
	    .stored = stored_position,
	    .stored_bound = stored_bound,
	    .stored_mark = stored_mark,
	    .ctx = r,
	    .wake = options->wake,
	    .wake_ctx = options->wake_ctx,
	    .zone = r->time.zone,
	    .snapshot = options->snapshot,
	};
	if (options->only)
		put_hints(r, &options->only->scan, &spec);
	if (!r->type->open(&spec, &r->source, err))
		goto fail;
	*out = r;
	return true;
fail:
	arena_close(arena);
	return false;
}

void source_reader_close(Reader *r)
{
	if (!r)
		return;
	source_reader_end_step(r);
	for (uint32_t i = 0; i < r->nparts; i++)
		while (r->parts[i].chunk) {
			ReaderChunk *c = r->parts[i].chunk;
			r->parts[i].chunk = c->next;
			source_reader_chunk_retire(r, c);
		}
	for (uint32_t i = 0; i < r->nparts; i++)
		if (r->parts[i].held)
			source_reader_chunk_retire(r, r->parts[i].held);
	source_reader_end_step(r);
	for (uint32_t i = 0; i < r->nspare; i++)
		arena_close(r->spare[i]);
	if (r->decoder)
		r->format->decoder_close(r->decoder);
	if (r->key_decoder)
		r->key_format->decoder_close(r->key_decoder);
	if (r->source)
		r->type->close(r->source);
	for (ReaderScan *next, *s = r->scans; s; s = next) {
		next = s->next; /* s is in the arena */
		arena_close(s->arena);
	}
	arena_close(r->plan_arena);
	mem_free(r->parts);
	arena_close(r->arena);
}

ReaderScan *source_reader_attach(Reader *r, const Plan *scan, Operator *op, void *owner, Err *err)
{
	(void)err;
	Arena *arena = arena_open("reader scan", 0);
	ReaderScan *s = ARENA_NEW(arena, ReaderScan);
	s->arena = arena;
	s->scan = scan;
	s->op = op;
	s->owner = owner;
	s->eval = eval_open(arena, scan->scan.exprs, scan->ncols);
	s->next = r->scans;
	r->scans = s;
	r->nscans++;
	r->fields_stale = true;
	return s;
}

void source_reader_detach(Reader *r, ReaderScan *s)
{
	for (ReaderScan **p = &r->scans; *p; p = &(*p)->next)
		if (*p == s) {
			*p = s->next;
			r->nscans--;
			r->fields_stale = true;
			arena_close(s->arena);
			return;
		}
}

uint32_t source_reader_nscans(const Reader *r)
{
	return r->nscans;
}

bool source_reader_planned(const Reader *r)
{
	return !r->fields_stale;
}

void *source_reader_owner(const ReaderScan *s)
{
	return s->owner;
}

uint64_t source_reader_bad_messages(ReaderScan *s)
{
	uint64_t n = s->bad_messages;
	s->bad_messages = 0;
	return n;
}

const Plan *source_reader_plan(const ReaderScan *s)
{
	return s->scan;
}

Operator *source_reader_operator(const ReaderScan *s)
{
	return s->op;
}

/* "t/2" before "t/10": by the text before the last run of digits, then the number. */
static int partition_compare(Str a, Str b)
{
	uint32_t ad = a.len, bd = b.len;
	while (ad && a.ptr[ad - 1] >= '0' && a.ptr[ad - 1] <= '9')
		ad--;
	while (bd && b.ptr[bd - 1] >= '0' && b.ptr[bd - 1] <= '9')
		bd--;
	int c = str_cmp(str_make(a.ptr, ad), str_make(b.ptr, bd));
	if (c)
		return c;
	if (a.len - ad != b.len - bd)
		return a.len - ad < b.len - bd ? -1 : 1;
	return str_cmp(a, b);
}

static void order_partitions(Reader *r)
{
	for (uint32_t i = 0; i < r->nparts; i++) {
		r->parts[i].order = 0;
		for (uint32_t k = 0; k < r->nparts; k++)
			if (k != i && partition_compare(r->parts[k].name, r->parts[i].name) < 0)
				r->parts[i].order++;
	}
}

static void add_partition(Reader *r, const SourcePartition *sp, int64_t now_us)
{
	if (r->nparts == r->parts_cap) {
		r->parts_cap = r->parts_cap ? r->parts_cap * 2 : 8;
		r->parts = mem_realloc(r->parts, r->parts_cap * sizeof *r->parts);
	}
	ReaderPart *p = &r->parts[r->nparts++];
	memset(p, 0, sizeof *p);
	p->id = sp->id;
	p->name = arena_str(r->arena, sp->name);
	p->pos.next = sp->next;
	p->pos.watermark_ms = BATCH_NO_WATERMARK;
	p->pos.bound = SOURCE_END_NONE;
	ReaderPosition stored = {0};
	if (r->opt.stored && r->opt.stored(r->opt.ctx, p->name, &stored) && stored.known)
		p->pos = stored;
	p->last_us = now_us;
	p->time_us = INT64_MIN;
	p->behind = true;
	order_partitions(r);
}

static void update_partition(ReaderPart *p, const SourcePartition *sp, int64_t now_us)
{
	if (!p->pos.known && sp->ready) {
		p->pos.next = p->pos.first = sp->next;
		p->pos.known = true;
	}
	p->pos.bound = sp->bound;
	int64_t goal = sp->bound != SOURCE_END_NONE ? sp->bound : sp->catchup;
	bool behind =
	    sp->bound != SOURCE_END_NONE ? p->pos.next < sp->bound : goal == SOURCE_END_NONE || p->pos.next < goal;
	if (p->behind && !behind)
		p->last_us = now_us;
	p->behind = behind;
	p->done = sp->done && !p->chunk && !p->held;
}

int64_t source_reader_min_watermark(const Reader *r)
{
	bool ends = r->type->is_bounded(r->opt.rel->table); /* else more may come: of a folder that is watched, say */
	if (!r->all_known || !r->nparts)
		return r->all_known && ends ? BATCH_END : BATCH_NO_WATERMARK;
	int64_t least = INT64_MAX, still_most = BATCH_NO_WATERMARK;
	bool any = false, any_still = false;
	for (uint32_t i = 0; i < r->nparts; i++) {
		const ReaderPart *p = &r->parts[i];
		if (p->done && ends)
			continue;
		if (p->done || p->pos.idle) {
			any_still = true;
			if (p->pos.watermark_ms > still_most)
				still_most = p->pos.watermark_ms;
			continue;
		}
		any = true;
		if (p->pos.watermark_ms < least)
			least = p->pos.watermark_ms;
	}
	if (any)
		return least;
	return any_still ? still_most : BATCH_END;
}

static bool service_partitions(Reader *r, int64_t now_us)
{
	uint32_t n = 0;
	bool all_known = false;
	const SourcePartition *sp = r->type->partitions(r->source, &n, &all_known);
	for (uint32_t i = r->nparts; i < n; i++)
		add_partition(r, &sp[i], now_us);
	for (uint32_t i = 0; i < r->nparts; i++)
		update_partition(&r->parts[i], &sp[i], now_us);
	r->all_known = all_known;
	return true;
}

static void service_idle(Reader *r, int64_t now_us)
{
	if (r->time.idle_us <= 0)
		return;
	for (uint32_t i = 0; i < r->nparts; i++) {
		ReaderPart *p = &r->parts[i];
		if (p->pos.idle || p->done || p->chunk || p->held || p->behind)
			continue;
		if (now_us - p->last_us >= r->time.idle_us) {
			p->pos.idle = true;
			LOGI("reader", "partition is idle and no longer holds the watermark", "table=%.*s partition=%.*s",
			     STR_ARG(r->opt.rel->name), STR_ARG(p->name));
		}
	}
}

bool source_reader_service(Reader *r, int64_t now_us, Err *err)
{
	if (r->fields_stale && r->nscans && !source_reader_decode_plan(r, err))
		return false;
	if (!r->type->service(r->source, err))
		return false;
	service_partitions(r, now_us);
	service_idle(r, now_us);
	if (!r->said_done && source_reader_done(r)) {
		r->said_done = true;
		int64_t us = r->last_us - r->first_us;
		LOGI("source", "read to its end",
		     "table=%.*s rows=%llu bad=%llu seconds=%.3f rows_per_second=%.0f rows_per_step=%.0f",
		     STR_ARG(r->opt.rel->name), (unsigned long long)r->stats.read, (unsigned long long)r->stats.bad,
		     (double)us / 1e6, us > 0 ? (double)r->stats.read * 1e6 / (double)us : 0.0,
		     r->takes ? (double)r->stats.read / (double)r->takes : 0.0);
	}
	for (uint32_t i = 0; i < r->nparts; i++) {
		bool got = false;
		if (r->nscans && !r->parts[i].chunk && !source_reader_fill(r, &r->parts[i], &got, err))
			return false;
	}
	return true;
}

ReaderChunk *source_reader_chunk_new(Reader *r)
{
	Arena *arena = r->nspare ? r->spare[--r->nspare] : arena_open("reader chunk", 0);
	ReaderChunk *c = ARENA_NEW(arena, ReaderChunk);
	c->arena = arena;
	return c;
}

void source_reader_chunk_retire(Reader *r, ReaderChunk *c)
{
	c->next = r->retired;
	r->retired = c;
}

/* Offsets without a row for us (markers and aborted rows of transactions, what compaction took) at the end of what is
 * there: without this the partition would be behind its end for ever. */
static void pass_over_nothing(Reader *r, ReaderPart *p)
{
	uint32_t n;
	bool all;
	const SourcePartition *sp = &r->type->partitions(r->source, &n, &all)[p - r->parts];
	if (p->pos.known && sp->next > p->pos.next)
		p->pos.next = sp->next;
}

/* What the messages need is asked for without waiting; who is not served is held, and comes again. */
static bool is_ready(Reader *r, const ReaderPart *p, const ReaderChunk *c, bool *ok, Err *err)
{
	Err why = {0};
	FormatReady ready = source_reader_decode_ready(r, &c->src, 0, &why);
	*ok = ready != FORMAT_FAILED;
	if (!*ok && err)
		*err = why;
	if (ready == FORMAT_WAITS)
		snprintf(r->waits, sizeof r->waits, "partition %.*s: %.440s", (int)(p->name.len < 50 ? p->name.len : 50),
		         p->name.ptr, why.message);
	else
		r->waits[0] = '\0';
	return ready == FORMAT_READY;
}

bool source_reader_fill(Reader *r, ReaderPart *p, bool *got, Err *err)
{
	*got = false;
	ReaderChunk *c = p->held ? p->held : source_reader_chunk_new(r);
	bool ok = p->held || r->type->poll(r->source, p->id, BATCH_ROWS_MAX, &c->src, err);
	bool something = ok && (c->src.n || c->src.advance || c->src.idle_after);
	if (something) {
		bool ready = is_ready(r, p, c, &ok, err);
		p->held = ready ? NULL : c;
		if (!ready)
			return ok;
		ok = source_reader_decode_chunk(r, p, c, err);
	}
	if (ok && !something)
		pass_over_nothing(r, p);
	if (!ok || !something) {
		if (c->src.hold)
			r->type->release(r->source, c->src.hold);
		Arena *arena = c->arena;
		arena_reset(arena);
		if (r->nspare < 8)
			r->spare[r->nspare++] = arena;
		else
			arena_close(arena);
		return ok;
	}
	p->chunk = c;
	p->done = false;
	*got = true;
	return true;
}

void source_reader_end_step(Reader *r)
{
	while (r->retired) {
		ReaderChunk *c = r->retired;
		r->retired = c->next;
		if (c->src.hold)
			r->type->release(r->source, c->src.hold);
		Arena *arena = c->arena;
		arena_reset(arena);
		if (r->nspare < 8)
			r->spare[r->nspare++] = arena;
		else
			arena_close(arena);
	}
	for (ReaderScan *s = r->scans; s; s = s->next)
		s->again = NULL;
	r->nsegs = 0;
	r->nrows = 0;
	r->npoints = 0;
	r->segs = NULL;
	r->segs_cap = 0;
	r->points = NULL;
	r->points_cap = 0;
	r->step_cols_made = false;
	r->before_ms = r->watermark_ms;
	r->step_started = false;
	r->idle = (ChannelIdle){0};
}

uint32_t source_reader_known(const Reader *r)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < r->nparts; i++)
		n += r->parts[i].pos.known;
	return n;
}

bool source_reader_jump(Reader *r, Str *part, int64_t *from, int64_t *to)
{
	uint32_t n = 0;
	bool all;
	const SourcePartition *sp = r->type->partitions(r->source, &n, &all);
	for (uint32_t i = 0; i < r->nparts && i < n; i++) {
		if (sp[i].jumps == r->parts[i].jumps)
			continue;
		r->parts[i].jumps = sp[i].jumps;
		*part = r->parts[i].name;
		*from = sp[i].jumped_from;
		*to = sp[i].jumped_to;
		return true;
	}
	return false;
}

bool source_reader_done(const Reader *r)
{
	if (!r->all_known || !r->type->is_bounded(r->opt.rel->table))
		return false;
	for (uint32_t i = 0; i < r->nparts; i++)
		if (!r->parts[i].done)
			return false;
	return true;
}

int64_t source_reader_watermark(const Reader *r)
{
	return r->watermark_ms;
}

bool source_reader_partition(const Reader *r, uint32_t i, Str *name, ReaderPosition *pos, const SourcePartition **info)
{
	if (i >= r->nparts)
		return false;
	uint32_t n;
	bool all;
	const SourcePartition *sp = r->type->partitions(r->source, &n, &all);
	*name = r->parts[i].name;
	*pos = r->parts[i].pos;
	if (info)
		*info = i < n ? &sp[i] : NULL;
	return true;
}

void source_reader_stats(const Reader *r, ReaderStats *out)
{
	*out = r->stats;
	uint32_t n;
	bool all;
	const SourcePartition *sp = r->type->partitions(r->source, &n, &all);
	int64_t lag = 0, oldest = INT64_MAX;
	bool known = r->nparts > 0;
	for (uint32_t i = 0; i < r->nparts; i++) {
		int64_t end = sp[i].bound != SOURCE_END_NONE ? sp[i].bound : sp[i].end;
		if (end == SOURCE_END_NONE) {
			known = false;
			continue;
		}
		if (end > r->parts[i].pos.next) {
			lag += end - r->parts[i].pos.next;
			if (r->parts[i].time_us != INT64_MIN && r->parts[i].time_us < oldest)
				oldest = r->parts[i].time_us;
		}
	}
	out->lag_records = known ? lag : -1;
	out->lag_us = oldest == INT64_MAX ? 0 : clock_wall_us(r->opt.clock) - oldest;
}

const char *source_reader_trouble(Reader *r)
{
	if (r->waits[0])
		return r->waits;
	return r->type->trouble ? r->type->trouble(r->source) : NULL;
}

const char *source_reader_note(const Reader *r)
{
	return r->type->note ? r->type->note(r->source) : NULL;
}

const Relation *source_reader_relation(const Reader *r)
{
	return r->opt.rel;
}

Str source_reader_blame(const Reader *r)
{
	Str name = STR_EMPTY;
	int64_t least = INT64_MAX;
	for (uint32_t i = 0; i < r->nparts; i++) {
		const ReaderPart *p = &r->parts[i];
		if (p->done || p->pos.idle || p->pos.watermark_ms >= least)
			continue;
		least = p->pos.watermark_ms;
		name = p->name;
	}
	return name;
}

void source_reader_report(Reader *r, Str partition, int64_t position)
{
	if (!r->type->report)
		return;
	for (uint32_t i = 0; i < r->nparts; i++)
		if (str_eq(r->parts[i].name, partition))
			r->type->report(r->source, r->parts[i].id, position);
}

int64_t source_reader_next_clock(const Reader *r)
{
	int64_t next = INT64_MAX;
	if (r->time.idle_us <= 0)
		return next;
	for (uint32_t i = 0; i < r->nparts; i++) {
		const ReaderPart *p = &r->parts[i];
		if (!p->pos.idle && !p->done && !p->behind && p->last_us + r->time.idle_us < next)
			next = p->last_us + r->time.idle_us;
	}
	return next;
}
