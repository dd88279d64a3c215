/*
 * engine/connectors/filesystem_sink.c: files as a sink (connector filesystem): one file a folder at a time, rolled by
 * size and age.
 *
 * A file is hidden while it is written and gets its name once (filesystem_parts.c). PARTITIONED BY columns name
 * folders, as Hive does, and are not in the files. When the sink is closed what it has written becomes visible too, so
 * that a query that has ended leaves no hidden files.
 */
#include "engine/connectors/connectors.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "engine/connectors/filesystem_blocks.h"
#include "engine/connectors/filesystem_parts.h"
#include "engine/connectors/filesystem_path.h"
#include "engine/connectors/filesystem_place.h"
#include "engine/connectors/sink_marker.h"
#include "engine/connectors/sink_rows.h"
#include "engine/formats/format.h"

/* 10,000 parts, as filesystem_bucket.c makes them, hold a little more. */
static const int64_t OBJECT_BYTES_MAX = INT64_C(400) << 30;
enum { ROLL_ROWS = 1000, /* between looks at the sizes */ PACE_BYTES = 8 << 20 };
/* For the files that are open at the end; less for a target that has not answered before. */
static const int64_t CLOSE_US = INT64_C(10) * 1000000, CLOSE_FAILED_US = INT64_C(3) * 1000000;
static const int64_t CHECK_US = INT64_C(10) * 1000000;
enum { FILES_OPEN_MAX = 4096, NAME_BYTES_MAX = 255 };

struct Sink {
	SinkSpec spec;
	Arena *arena;
	const Format *format;
	Encoder *encoder;        /* formats of records */
	FilesystemBlocks blocks; /* formats of blocks */
	FilesystemParts parts;
	uint32_t *cols; /* of the sink's columns, those in the files */
	uint32_t ncols;
	uint32_t *folders; /* those that name folders */
	uint32_t nfolders;
	Str default_name;
	int64_t committed_us; /* when, by the real clock; 0: not yet */
	int64_t most_bytes, most_age_us, most_idle_us, check_us, checked_us;
	Value *values, *record;
	StrBuf folder, text;
	bool ready; /* recovered, and nothing went wrong since */
	bool begun; /* was ready once */
};

/* ---- options ---- */

static const Format *find_format(const TableDef *t, Err *err)
{
	const OptionValue *o = options_find(&t->options, STR("format"));
	const Format *f = o ? format_find(o->value) : NULL;
	if (!o)
		err_set(err, ERR_MISSING_OPTION, "\"format\" is missing");
	else if (!f || (!f->files && (!f->split || !f->encoder_open)))
		err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\" is no format for files", STR_ARG(o->value));
	return f && (f->files || (f->split && f->encoder_open)) ? f : NULL;
}

static bool check_bucket(const TableDef *table, Str path, Err *err)
{
	S3Config config;
	Arena *arena = arena_open("scratch", 0);
	bool ok = s3_config_read(&table->options, path, arena, &config, err);
	arena_close(arena);
	const OptionValue *size = options_find(&table->options, STR("sink.rolling-policy.file-size"));
	if (ok && size && options_size(&table->options, "filesystem", "sink.rolling-policy.file-size") > OBJECT_BYTES_MAX) {
		err_set_at(err, ERR_BAD_OPTION, size->span, "an upload to S3 has no room for so large a file");
		ok = err_hint(err, "Give \"sink.rolling-policy.file-size\" at most 400 GB.");
	}
	return ok;
}

/* sink.partition-commit.*: a file that says that a folder is complete, by the clock. */
static bool check_commits(const Options *o, Err *err)
{
	const OptionValue *kind = options_find(o, STR("sink.partition-commit.policy.kind"));
	const OptionValue *trigger = options_find(o, STR("sink.partition-commit.trigger"));
	const OptionValue *name = options_find(o, STR("sink.partition-commit.success-file.name"));
	if (kind && !str_eq(str_trim(kind->value), STR("success-file"))) {
		err_set_at(err, ERR_NOT_SUPPORTED, kind->span, "the policy \"%.*s\" is not supported yet",
		           STR_ARG(kind->value));
		return err_hint(err, "Use 'success-file'.");
	}
	if (trigger && str_eq(trigger->value, STR("partition-time"))) {
		err_set_at(err, ERR_NOT_SUPPORTED, trigger->span, "the trigger \"partition-time\" is not supported yet");
		return err_hint(err, "Use 'process-time' with 'sink.partition-commit.delay'.");
	}
	if (name && (!name->value.len || str_find(name->value, STR("/"), 0) >= 0))
		return err_set_at(err, ERR_BAD_OPTION, name->span, "\"%.*s\" is no name of a file", STR_ARG(name->value));
	return true;
}

static bool filesystem_check(const TableDef *table, unsigned *accepts, Err *err)
{
	const Format *f = find_format(table, err);
	const OptionValue *o = options_find(&table->options, STR("path"));
	Str path;
	if (!f)
		return false;
	if (!o || str_trim(o->value).len == 0)
		return err_set(err, ERR_MISSING_OPTION, "\"path\" is missing");
	if (s3_is_path(o->value)) {
		if (!check_bucket(table, o->value, err))
			return false;
	} else if (!filesystem_path_local(o->value, &path)) {
		err_set_at(err, ERR_NOT_SUPPORTED, o->span, "\"%.*s\" is neither a local path nor one on S3",
		           STR_ARG(o->value));
		return err_hint(err, "Write a path, file:///path or s3://bucket/prefix.");
	} else if (filesystem_path_is_stdin(path)) {
		err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\" is standard input and cannot be written", STR_ARG(o->value));
		return err_hint(err, "Use the connector \"stdout\" to print.");
	}
	if (!check_commits(&table->options, err))
		return false;
	*accepts = f->changelog_out ? SINK_APPEND | SINK_UPSERT | SINK_RETRACT : SINK_APPEND;
	return true;
}

/* Is the bucket there, and may it be listed? */
static bool check_bucket_target(const Options *o, Str path, Err *err)
{
	S3Config config;
	S3Objects none;
	Arena *arena = arena_open("scratch", 0);
	bool ok = s3_config_read(o, path, arena, &config, err);
	if (ok) {
		S3 *s3 = s3_open(&config, ERR_SINK_UNREACHABLE, ERR_SINK_FAILED, NULL);
		s3_until(s3, clock_mono_us(&clock_real) + CHECK_US);
		ok = s3_list(s3, config.prefix, 0, arena, &none, err);
		s3_close(s3);
	}
	arena_close(arena);
	return ok;
}

static bool filesystem_check_target(const SinkSpec *spec, Err *err)
{
	Str path = options_get(&spec->table->options, "path");
	if (s3_is_path(path))
		return check_bucket_target(&spec->table->options, path, err);
	if (!filesystem_path_local(path, &path))
		return true;
	char *p = mem_cstr(path);
	struct stat st;
	bool file = stat(p, &st) == 0 && !S_ISDIR(st.st_mode);
	mem_free(p);
	return !file || err_set(err, ERR_SINK_SCHEMA, "\"%.*s\" is a file; a sink writes into a folder", STR_ARG(path));
}

static bool is_folder_column(const TableDef *t, Str name)
{
	for (uint32_t i = 0; i < t->npartitioned_by; i++)
		if (str_eq(t->cols[t->partitioned_by[i]].name, name))
			return true;
	return false;
}

static void read_columns(Sink *s, FormatSchema *schema)
{
	const SinkSpec *spec = &s->spec;
	const TableDef *t = spec->table;
	Str *names = ARENA_ARRAY(s->arena, Str, spec->ncols);
	const Type **types = ARENA_ARRAY(s->arena, const Type *, spec->ncols);
	s->cols = ARENA_ARRAY(s->arena, uint32_t, spec->ncols);
	s->folders = ARENA_ARRAY(s->arena, uint32_t, t->npartitioned_by + 1);
	for (uint32_t c = 0; c < spec->ncols; c++) {
		if (is_folder_column(t, spec->names[c]) || spec->cols[c]->kind == COLUMN_METADATA)
			continue;
		names[s->ncols] = spec->names[c];
		types[s->ncols] = spec->types[c];
		s->cols[s->ncols++] = c;
	}
	for (uint32_t i = 0; i < t->npartitioned_by; i++)
		for (uint32_t c = 0; c < spec->ncols; c++)
			if (str_eq(spec->names[c], t->cols[t->partitioned_by[i]].name))
				s->folders[s->nfolders++] = c;
	*schema = (FormatSchema){.names = names, .types = types, .ncols = s->ncols, .zone = spec->zone};
}

static void free_sink(Sink *s)
{
	if (s->encoder)
		s->format->encoder_close(s->encoder);
	if (s->parts.arena)
		filesystem_parts_deinit(&s->parts);
	strbuf_deinit(&s->folder);
	strbuf_deinit(&s->text);
	mem_free(s->values);
	mem_free(s->record);
	arena_close(s->arena);
	mem_free(s);
}

static bool filesystem_open(const SinkSpec *spec, Sink **out, Err *err)
{
	const Options *o = &spec->table->options;
	Sink *s = MEM_NEW(Sink);
	s->spec = *spec;
	s->arena = arena_open("filesystem sink", 0);
	strbuf_init(&s->folder);
	strbuf_init(&s->text);
	s->format = find_format(spec->table, err);
	Str path = options_get(o, "path");
	S3Config *bucket = s3_is_path(path) ? ARENA_NEW(s->arena, S3Config) : NULL;
	unsigned accepts;
	bool ok = s->format && filesystem_check(spec->table, &accepts, err); /* INSERT ... VALUES comes without a plan */
	if (ok && bucket)
		ok = s3_config_read(o, path, s->arena, bucket, err);
	else if (ok && !filesystem_path_local(path, &path))
		ok = err_set(err, ERR_BAD_OPTION, "\"path\" is no local path");
	if (ok) {
		FormatSchema *schema = ARENA_NEW(s->arena, FormatSchema);
		read_columns(s, schema);
		Options own = options_with_prefix(o, arena_printf(s->arena, "%s.", s->format->name), s->arena);
		const Options *kept = arena_copy(s->arena, &own, sizeof own);
		s->blocks = (FilesystemBlocks){.type = s->format->files, .own = kept, .schema = schema};
		ok = s->format->files ? s->format->check(kept, schema, err)
		                      : s->format->encoder_open(kept, schema, s->arena, &s->encoder, err);
	}
	if (!ok) {
		free_sink(s);
		return false;
	}
	s->default_name = options_str(o, "filesystem", "partition.default-name");
	s->most_bytes = options_size(o, "filesystem", "sink.rolling-policy.file-size");
	s->most_age_us = options_duration_us(o, "filesystem", "sink.rolling-policy.rollover-interval");
	s->most_idle_us = options_duration_us(o, "filesystem", "sink.rolling-policy.inactivity-interval");
	s->check_us = options_duration_us(o, "filesystem", "sink.rolling-policy.check-interval");
	s->values = MEM_ARRAY(Value, spec->ncols + 1);
	s->record = MEM_ARRAY(Value, spec->ncols + 1);
	s->blocks.types = spec->types;
	s->blocks.ncols = spec->ncols;
	s->blocks.cols = s->cols;
	s->blocks.values = s->values;
	s->blocks.record = s->record;
	filesystem_parts_init(&s->parts, bucket ? bucket->prefix : path, spec->engine_id, spec->name, s->format->name);
	if (bucket)
		filesystem_bucket_use(&s->parts, bucket, spec->earlier, spec->cancel);
	if (options_find(o, STR("sink.partition-commit.policy.kind"))) {
		s->parts.commits.file = options_str(o, "filesystem", "sink.partition-commit.success-file.name");
		s->parts.commits.delay_us = options_duration_us(o, "filesystem", "sink.partition-commit.delay");
	}
	*out = s;
	return true;
}

/* ---- delivery ---- */

static SinkResult failed(Sink *s, const Err *err)
{
	s->ready = false;
	return err->flags & ERR_RETRIABLE ? SINK_RETRY : SINK_FAILED;
}

static SinkResult filesystem_recover(Sink *s, uint64_t *epoch, bool *known, Err *err)
{
	*known = false;
	*epoch = 0;
	if (!filesystem_parts_recover(&s->parts, err) ||
	    (s->blocks.type && !filesystem_blocks_load(&s->blocks, &s->parts, err)))
		return failed(s, err);
	s->ready = s->begun = true;
	*known = s->parts.known && s->parts.epoch > 0;
	*epoch = s->parts.epoch;
	return SINK_DELIVERED;
}

/* "day=2020-01-01/shop=a%2Fb". false: no file system takes such a name, so the row is refused; another one's may do. */
static bool put_folder(Sink *s, Err *err)
{
	strbuf_clear(&s->folder);
	for (uint32_t i = 0; i < s->nfolders; i++) {
		uint32_t c = s->folders[i];
		strbuf_puts(&s->folder, i ? "/" : "");
		size_t from = s->folder.len;
		filesystem_path_escape(s->spec.names[c], &s->folder);
		strbuf_putc(&s->folder, '=');
		strbuf_clear(&s->text);
		if (!s->values[c].null)
			value_print(s->spec.types[c], s->values[c], VALUE_SQL, s->spec.zone, &s->text);
		if (s->text.len)
			filesystem_path_escape(strbuf_str(&s->text), &s->folder);
		else
			strbuf_put_str(&s->folder, s->default_name);
		if (s->folder.len - from > NAME_BYTES_MAX)
			return err_set(err, ERR_SINK_REFUSED,
			               "column \"%.*s\": the name of its folder has %zu bytes, %d is the most",
			               STR_ARG(s->spec.names[c]), s->folder.len - from, NAME_BYTES_MAX);
	}
	return true;
}

static bool put_row(Sink *s, RowKind kind, Str bytes, int64_t now_us, Err *err)
{
	if (!put_folder(s, err))
		return false;
	FilesystemPart *part = filesystem_parts_of(&s->parts, s->nfolders ? strbuf_str(&s->folder) : STR_EMPTY, now_us);
	for (uint32_t i = 0; i < s->ncols; i++)
		s->record[i] = s->values[s->cols[i]];
	if (s->blocks.type) {
		part->touched_us = now_us;
		return filesystem_blocks_add(&s->blocks, part, s->record, bytes, err);
	}
	size_t at = part->fresh.len;
	if (!s->format->encode(s->encoder, kind, s->record, &part->fresh, err)) {
		part->fresh.len = at;
		return false;
	}
	strbuf_putc(&part->fresh, '\n');
	part->touched_us = now_us;
	return true;
}

static bool is_full(Sink *s, FilesystemPart *p)
{
	return s->blocks.type ? filesystem_blocks_full(&s->blocks, p, s->most_bytes)
	                      : p->length + (int64_t)p->fresh.len >= s->most_bytes;
}

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Each open file costs memory: of too many, the quietest half is ended. */
static void end_quietest(Sink *s)
{
	uint32_t n = s->parts.len;
	if (n <= FILES_OPEN_MAX)
		return;
	int64_t *times = MEM_ARRAY(int64_t, n);
	for (uint32_t i = 0; i < n; i++)
		times[i] = s->parts.items[i].touched_us;
	qsort(times, n, sizeof *times, compare_times);
	uint32_t most = n - FILES_OPEN_MAX / 2;
	int64_t last = times[most - 1];
	for (uint32_t i = 0; i < n && most; i++)
		if (s->parts.items[i].touched_us <= last) {
			s->parts.items[i].done = true;
			most--;
		}
	mem_free(times);
}

/* Marks files that are large enough: in the middle of what is delivered the next rows go to new ones. Not of a format
 * of blocks: to know what a file takes closes its open block, which a refused row could not undo. */
static void roll_large(Sink *s)
{
	for (uint32_t i = 0; i < s->parts.len; i++)
		if (!s->parts.items[i].done)
			s->parts.items[i].done = is_full(s, &s->parts.items[i]);
}

/* Marks files that are large, old or quiet enough. */
static bool roll(Sink *s, int64_t now_us)
{
	bool any = false;
	end_quietest(s);
	for (uint32_t i = 0; i < s->parts.len; i++) {
		FilesystemPart *p = &s->parts.items[i];
		int64_t bytes = p->length + (int64_t)p->fresh.len + filesystem_blocks_open_bytes(&s->blocks, p);
		p->done = p->done || (bytes > 0 && (now_us - p->created_us >= s->most_age_us ||
		                                    now_us - p->touched_us >= s->most_idle_us || is_full(s, p)));
		any = any || p->done;
	}
	return filesystem_parts_end_due(&s->parts, now_us) || any;
}

static bool commit(Sink *s, uint64_t epoch, Err *err)
{
	return (!s->blocks.type || filesystem_blocks_seal(&s->blocks, &s->parts, err)) &&
	       filesystem_parts_commit(&s->parts, epoch, err) &&
	       filesystem_parts_commit_due(&s->parts, clock_wall_us(s->spec.clock), err);
}

/* Meanwhile more epochs come, which go in the next commit. With so many bytes the commit's requests count for little.
 */
static void keep_pace(Sink *s, const SinkEpoch *epochs, uint32_t n)
{
	size_t bytes = 0;
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t c = 0; c < epochs[i].nchunks; c++)
			bytes += epochs[i].chunks[c].len;
	int64_t left = s->committed_us + s->parts.place->pace_us - clock_mono_us(&clock_real);
	if (s->committed_us && s->parts.place->pace_us && left > 0 && bytes < PACE_BYTES)
		clock_sleep_us(left);
	s->committed_us = clock_mono_us(&clock_real);
}

static SinkResult heartbeat(Sink *s, Err *err)
{
	int64_t now_us = clock_wall_us(s->spec.clock);
	if (!s->ready || now_us - s->checked_us < s->check_us)
		return SINK_DELIVERED;
	s->checked_us = now_us;
	if (!roll(s, now_us) || commit(s, s->parts.epoch, err))
		return SINK_DELIVERED;
	return failed(s, err);
}

static SinkResult filesystem_deliver(Sink *s, uint64_t last, const SinkEpoch *epochs, uint32_t n, SinkRefused *refused,
                                     uint32_t max_refused, uint32_t *nrefused, Err *err)
{
	*nrefused = 0;
	if (n == 0)
		return heartbeat(s, err);
	uint64_t epoch;
	bool known;
	SinkResult r = s->ready ? SINK_DELIVERED : filesystem_recover(s, &epoch, &known, err);
	if (r != SINK_DELIVERED)
		return r;
	uint32_t from = 0;
	if (s->spec.exactly_once && s->parts.known && s->parts.epoch > 0 &&
	    !sink_marker_check(s->spec.name, s->parts.place->name, s->parts.epoch, last, epochs, n, &from, err))
		return SINK_FAILED;
	if (from == n)
		return SINK_DELIVERED;
	keep_pace(s, epochs + from, n - from);
	int64_t now_us = clock_wall_us(s->spec.clock);
	SinkRows rows;
	sink_rows_init(&rows, epochs, n, s->spec.types, s->spec.ncols);
	rows.epoch = from;
	RowKind kind;
	uint64_t nrows = 0;
	Err bad = {0}, why = {0};
	if (s->blocks.type)
		filesystem_blocks_mark(&s->blocks, &s->parts);
	while (*nrefused < max_refused && sink_rows_next(&rows, &kind, s->values, &bad)) {
		Str bytes = str_slice(rows.before, 0, rows.before.len - rows.reader.rest.len);
		if (!s->blocks.type && nrows++ % ROLL_ROWS == 0)
			roll_large(s);
		if (put_row(s, kind, bytes, now_us, &why))
			continue;
		refused[*nrefused] = (SinkRefused){.epoch = epochs[rows.epoch].epoch, .row = rows.row, .err = why};
		refused[(*nrefused)++].err.code = ERR_SINK_REFUSED;
	}
	if (bad.code || *nrefused) {
		filesystem_parts_forget(&s->parts);
		for (uint32_t i = 0; i < s->parts.len; i++)
			s->parts.items[i].done = false;
		if (s->blocks.type)
			filesystem_blocks_undo(&s->blocks, &s->parts);
		*err = bad.code ? bad : refused[0].err;
		return bad.code ? SINK_FAILED : SINK_REFUSED;
	}
	roll(s, now_us);
	return commit(s, epochs[n - 1].epoch, err) ? SINK_DELIVERED : failed(s, err);
}

/* Ends all files. */
static bool end_files(Sink *s, Err *err)
{
	uint64_t epoch;
	bool known;
	if (!s->ready && filesystem_recover(s, &epoch, &known, err) != SINK_DELIVERED)
		return false;
	for (uint32_t i = 0; i < s->parts.len; i++)
		s->parts.items[i].done = true;
	if (s->parts.len == 0 || commit(s, s->parts.epoch, err))
		return true;
	failed(s, err);
	return false;
}

/* An outage is given some time: without a state file there is no next start that could end the files. */
static void filesystem_close(Sink *s)
{
	int64_t until_us = clock_mono_us(&clock_real) + (s->ready ? CLOSE_US : CLOSE_FAILED_US);
	if (s->parts.place->until)
		s->parts.place->until(&s->parts, s->spec.lasting ? until_us : 0);
	for (bool ok = !s->begun; !ok;) {
		Err err = {0};
		ok = end_files(s, &err);
		bool again = !ok && err.flags & ERR_RETRIABLE && clock_mono_us(&clock_real) < until_us;
		if (!ok && !again) {
			LOGE("filesystem", "files stay hidden until the next start", "sink=\"%.*s\" reason=\"%s\"",
			     STR_ARG(s->spec.name), err.message);
			break;
		}
		if (again)
			clock_sleep_us(300000);
	}
	free_sink(s);
}

const SinkType filesystem_sink_type = {
    .connector = "filesystem",
    .check = filesystem_check,
    .check_target = filesystem_check_target,
    .open = filesystem_open,
    .recover = filesystem_recover,
    .deliver = filesystem_deliver,
    .close = filesystem_close,
    .exactly_once = true,
};
