/*
 * engine/front/metrics.c: what the engine is doing as text for Prometheus.
 *
 * A family is a line in a table: its name, type, help, and where its value lies in the report's struct.
 */
#include "engine/front/metrics.h"

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/front/command.h"

/* How a field becomes a number. */
typedef enum Unit {
	UNIT_U64,
	UNIT_I64,      /* negative: not known, no sample */
	UNIT_POSITION, /* REPORT_UNKNOWN: no sample */
	UNIT_MICROS,   /* seconds */
	UNIT_CLOCK_MS, /* a watermark in milliseconds since 1970, as seconds; none yet, or the end: no sample */
	UNIT_BEHIND,   /* the same, as how far it is behind the clock */
	UNIT_BOOL,
	UNIT_ABSENT, /* is the text empty? */
} Unit;

typedef struct Family {
	const char *name, *type, *help;
	Unit unit;
	size_t at;
} Family;

#define QUERY(name, type, unit, field, help)                                                                           \
	{                                                                                                                  \
		"weir_query_" name, type, help, unit, offsetof(ReportQuery, field)                                             \
	}
static const Family query_families[] = {
    QUERY("rows_in_total", "counter", UNIT_U64, rows_in, "Rows that the query has read."),
    QUERY("rows_out_total", "counter", UNIT_U64, rows_out, "Rows that it has put out, retractions included."),
    QUERY("rows_filtered_total", "counter", UNIT_U64, filtered, "Rows that a condition has dropped."),
    QUERY("rows_late_total", "counter", UNIT_U64, late, "Rows that came after their last window had closed."),
    QUERY("rows_bad_total", "counter", UNIT_U64, bad, "Records that could not be decoded."),
    QUERY("rows_held", "gauge", UNIT_I64, held_rows, "Rows in windows that are open."),
    QUERY("lag_records", "gauge", UNIT_I64, lag_records, "Records between its positions and the ends of its inputs."),
    QUERY("lag_seconds", "gauge", UNIT_MICROS, lag_us, "Age of the newest record read, while there are more."),
    QUERY("watermark_seconds", "gauge", UNIT_CLOCK_MS, watermark_ms, "Watermark of its output, since 1970."),
    QUERY("watermark_delay_seconds", "gauge", UNIT_BEHIND, watermark_ms, "The clock less the watermark."),
    QUERY("state_bytes", "gauge", UNIT_I64, state_bytes, "Its state in memory."),
    QUERY("backfill", "gauge", UNIT_BOOL, backfill, "1 while it reads what its inputs held when it was made."),
    QUERY("outbox_full", "gauge", UNIT_BOOL, outbox_full, "1 while it waits for its target to take output."),
};

#define SOURCE(name, type, unit, field, help)                                                                          \
	{                                                                                                                  \
		"weir_source_" name, type, help, unit, offsetof(ReportSource, field)                                           \
	}
static const Family source_families[] = {
    SOURCE("position", "gauge", UNIT_POSITION, position, "Next record of the partition that the query reads."),
    SOURCE("end", "gauge", UNIT_POSITION, end, "End of the partition."),
    SOURCE("lag_records", "gauge", UNIT_I64, lag_records, "Records between the two."),
    SOURCE("lag_seconds", "gauge", UNIT_MICROS, lag_us, "Age of the newest record read, while there are more."),
    SOURCE("watermark_seconds", "gauge", UNIT_CLOCK_MS, watermark_ms, "Watermark of the partition, since 1970."),
    SOURCE("watermark_delay_seconds", "gauge", UNIT_BEHIND, watermark_ms, "The clock less the watermark."),
    SOURCE("idle", "gauge", UNIT_BOOL, idle, "1 while the partition is left out of the watermark."),
    SOURCE("gaps_total", "counter", UNIT_U64, gaps,
           "Offsets that held no record: compacted, or marks of transactions."),
    SOURCE("up", "gauge", UNIT_ABSENT, trouble, "0 while the source cannot be reached."),
};

#define SINK(name, type, unit, field, help)                                                                            \
	{                                                                                                                  \
		"weir_sink_" name, type, help, unit, offsetof(ReportSink, field)                                               \
	}
static const Family sink_families[] = {
    SINK("rows_total", "counter", UNIT_U64, rows, "Rows that the target has taken."),
    SINK("rows_refused_total", "counter", UNIT_U64, refused, "Rows that the target has refused."),
    SINK("retries_total", "counter", UNIT_U64, retries, "Deliveries that were tried again."),
    SINK("waiting_bytes", "gauge", UNIT_I64, waiting_bytes, "Output that waits for the target."),
    SINK("delivered_epoch", "gauge", UNIT_U64, delivered, "Newest epoch that the target has."),
    SINK("up", "gauge", UNIT_ABSENT, error, "0 while the target cannot be reached, or has refused for good."),
};

#define STORE(name, type, unit, field, help)                                                                           \
	{                                                                                                                  \
		"weir_" name, type, help, unit, offsetof(ReportStore, field)                                                   \
	}
static const Family store_families[] = {
    STORE("epoch", "gauge", UNIT_U64, sealed, "Newest epoch that is closed."),
    STORE("epoch_landed", "gauge", UNIT_U64, landed, "Newest epoch that is in the state file."),
    STORE("epochs_total", "counter", UNIT_U64, epochs, "Epochs that were written."),
    STORE("state_entries_written_total", "counter", UNIT_I64, entries, "Entries of state that were written."),
    STORE("state_written_bytes_total", "counter", UNIT_I64, written_bytes, "Bytes written to the write-ahead log."),
    STORE("state_wal_bytes", "gauge", UNIT_I64, wal_bytes, "Size of the write-ahead log."),
    STORE("state_evicted_total", "counter", UNIT_I64, evicted, "Entries that left memory for the file."),
    STORE("state_reloaded_total", "counter", UNIT_I64, reloaded, "Entries that were read back."),
    STORE("memory_state_bytes", "gauge", UNIT_I64, ram_bytes, "State of all queries in memory."),
    STORE("memory_limit_bytes", "gauge", UNIT_I64, memory_bytes, "What it may be: setting weir.memory."),
    STORE("memory_unlanded_bytes", "gauge", UNIT_I64, unlanded_bytes, "State that is not in the file yet."),
    STORE("backpressure", "gauge", UNIT_BOOL, pressed, "1 while nothing is read until an epoch has landed."),
};

/* ---- text ---- */

static void put_head(StrBuf *out, const char *name, const char *type, const char *help)
{
	strbuf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Bytes that are not UTF-8 (in the name of a file) become U+FFFD: for them a scraper would refuse all of the text. */
static void put_label(StrBuf *out, const char *name, Str value, char before)
{
	strbuf_printf(out, "%c%s=\"", before, name);
	for (uint32_t i = 0; i < value.len;) {
		char c = value.ptr[i];
		unsigned len = str_utf8_char(value.ptr + i, value.len - i);
		if (c == '"' || c == '\\')
			strbuf_putc(out, '\\');
		if (c == '\n')
			strbuf_puts(out, "\\n");
		else if (len)
			strbuf_put(out, value.ptr + i, len);
		else
			strbuf_puts(out, "\xef\xbf\xbd");
		i += len ? len : 1;
	}
	strbuf_putc(out, '"');
}

static void put_micros(StrBuf *out, int64_t us)
{
	uint64_t size = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
	strbuf_printf(out, "%s%" PRIu64 ".%06" PRIu64, us < 0 ? "-" : "", size / 1000000, size % 1000000);
}

/* false: the report does not know it. */
static bool put_number(const Family *f, const void *row, int64_t now_us, StrBuf *out)
{
	const void *at = (const char *)row + f->at;
	int64_t i = 0, us;
	switch (f->unit) {
	case UNIT_U64: strbuf_printf(out, "%" PRIu64, *(const uint64_t *)at); return true;
	case UNIT_BOOL: strbuf_printf(out, "%d", *(const bool *)at); return true;
	case UNIT_ABSENT: strbuf_printf(out, "%d", ((const Str *)at)->len == 0); return true;
	default: i = *(const int64_t *)at; break;
	}
	switch (f->unit) {
	case UNIT_MICROS: put_micros(out, i); return true;
	case UNIT_CLOCK_MS:
	case UNIT_BEHIND:
		if (i == BATCH_NO_WATERMARK || i == BATCH_END || __builtin_mul_overflow(i, 1000, &us) ||
		    (f->unit == UNIT_BEHIND && __builtin_sub_overflow(now_us, us, &us)))
			return false;
		put_micros(out, us);
		return true;
	case UNIT_POSITION:
		if (i == REPORT_UNKNOWN)
			return false;
		break;
	default:
		if (i < 0)
			return false;
	}
	strbuf_printf(out, "%" PRId64, i);
	return true;
}

/* One sample a row; a row whose value is not known has none. */
typedef void (*PutLabels)(const void *row, StrBuf *out);

static void put_families(const Family *families, size_t n, const void *rows, uint32_t nrows, size_t size,
                         PutLabels labels, int64_t now_us, StrBuf *out)
{
	StrBuf number;
	strbuf_init(&number);
	for (size_t k = 0; k < n; k++) {
		put_head(out, families[k].name, families[k].type, families[k].help);
		for (uint32_t i = 0; i < nrows; i++) {
			const void *row = (const char *)rows + i * size;
			strbuf_clear(&number);
			if (!put_number(&families[k], row, now_us, &number))
				continue;
			strbuf_puts(out, families[k].name);
			if (labels) {
				labels(row, out);
				strbuf_putc(out, '}');
			}
			strbuf_printf(out, " %s\n", strbuf_cstr(&number));
		}
	}
	strbuf_deinit(&number);
}
#define PUT(families, rows, nrows, labels)                                                                             \
	put_families(families, sizeof families / sizeof *families, rows, nrows, sizeof *(rows), labels, r->now_us, out)

static void label_query(const void *row, StrBuf *out)
{
	put_label(out, "query", ((const ReportQuery *)row)->name, '{');
}

static void label_source(const void *row, StrBuf *out)
{
	const ReportSource *s = row;
	put_label(out, "query", s->query, '{');
	put_label(out, "table", s->table, ',');
	put_label(out, "partition", s->partition, ',');
	if (s->scan > 1)
		strbuf_printf(out, ",scan=\"%u\"", s->scan);
}

static void label_sink(const void *row, StrBuf *out)
{
	const ReportSink *s = row;
	put_label(out, "sink", s->name, '{');
	put_label(out, "connector", s->connector, ',');
}

/* ---- what is no plain field ---- */

static void put_states(const Report *r, StrBuf *out)
{
	static const char *const states[] = {"running", "paused", "failed", "held", "done"};
	put_head(out, "weir_query_state", "gauge", "1 for the state that the query is in, 0 for the others.");
	for (uint32_t i = 0; i < r->nqueries; i++)
		for (size_t k = 0; k < sizeof states / sizeof *states; k++) {
			strbuf_puts(out, "weir_query_state");
			label_query(&r->queries[i], out);
			put_label(out, "kind", r->queries[i].kind, ',');
			put_label(out, "state", str_from(states[k]), ',');
			strbuf_printf(out, "} %d\n", str_eq_c(r->queries[i].state, states[k]));
		}
}

/* What only the operators know, added up by query; they lie together in the report. */
static void put_operator_sum(const Report *r, const Family *f, StrBuf *out)
{
	put_head(out, f->name, f->type, f->help);
	for (uint32_t i = 0; i < r->nqueries; i++) {
		uint64_t sum = 0;
		for (uint32_t k = 0; k < r->noperators; k++)
			if (str_eq(r->operators[k].query, r->queries[i].name))
				sum += *(const uint64_t *)(const void *)((const char *)&r->operators[k] + f->at);
		strbuf_puts(out, f->name);
		label_query(&r->queries[i], out);
		strbuf_printf(out, "} %" PRIu64 "\n", sum);
	}
}

static void put_operator_sums(const Report *r, StrBuf *out)
{
	static const Family sums[] = {
	    {"weir_query_state_rows", "gauge", "Entries of its state.", UNIT_I64, offsetof(ReportOperator, state_rows)},
	    {"weir_query_rows_partly_late_total", "counter", "Rows that missed some of their windows, not all.", UNIT_U64,
	     offsetof(ReportOperator, partly_late)},
	    {"weir_query_rows_duplicate_total", "counter", "Rows that deduplication has dropped.", UNIT_U64,
	     offsetof(ReportOperator, duplicate)},
	    {"weir_query_rows_expired_total", "counter", "Rows of state whose time was over.", UNIT_U64,
	     offsetof(ReportOperator, expired)},
	};
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		put_operator_sum(r, &sums[i], out);
}

static void put_histogram(StrBuf *out, const char *name, const char *help, const Histogram *h)
{
	uint64_t below = 0;
	put_head(out, name, "histogram", help);
	for (int i = 0; i < HISTOGRAM_CLASSES; i++) {
		below += h->classes[i];
		strbuf_printf(out, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, (double)histogram_bounds_us[i] / 1e6, below);
	}
	strbuf_printf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_sum ", name, h->count, name);
	put_micros(out, h->sum_us);
	strbuf_printf(out, "\n%s_count %" PRIu64 "\n", name, h->count);
}

static void put_process(StrBuf *out)
{
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	put_head(out, "process_cpu_seconds_total", "counter", "Processor time of the process.");
	strbuf_puts(out, "process_cpu_seconds_total ");
	put_micros(out,
	           (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000 + use.ru_utime.tv_usec + use.ru_stime.tv_usec);
	strbuf_putc(out, '\n');

	char text[128];
	FILE *f = fopen("/proc/self/statm", "re");
	size_t n = f ? fread(text, 1, sizeof text, f) : 0;
	if (f)
		fclose(f);
	Str rest = str_make(text, (uint32_t)n), part;
	int64_t pages;
	put_head(out, "process_resident_memory_bytes", "gauge", "Memory of the process that is resident.");
	/* the second number */
	if (str_next(&rest, ' ', &part) && str_next(&rest, ' ', &part) && str_to_i64(part, &pages))
		strbuf_printf(out, "process_resident_memory_bytes %" PRId64 "\n", pages * sysconf(_SC_PAGESIZE));

	uint32_t fds = 0;
	DIR *dir = opendir("/proc/self/fd");
	for (const struct dirent *d; dir && (d = readdir(dir));)
		fds += d->d_name[0] != '.';
	put_head(out, "process_open_fds", "gauge", "Files and sockets that the process has open.");
	if (dir) {
		closedir(dir);
		strbuf_printf(out, "process_open_fds %u\n", fds - 1); /* less the one that reads the folder */
	}
}

void metrics_print(const Report *r, StrBuf *out)
{
	put_head(out, "weir_build_info", "gauge", "1, with the version.");
	strbuf_printf(out, "weir_build_info{version=\"%s\"} 1\n", WEIR_VERSION);
	put_states(r, out);
	PUT(query_families, r->queries, r->nqueries, label_query);
	put_operator_sums(r, out);
	PUT(source_families, r->sources, r->nsources, label_source);
	PUT(sink_families, r->sinks, r->nsinks, label_sink);
	PUT(store_families, &r->store, 1, NULL);
	put_histogram(out, "weir_epoch_duration_seconds", "From the first change of an epoch to its end.",
	              &r->store.epochs_age);
	put_histogram(out, "weir_commit_duration_seconds", "The transaction that writes an epoch.", &r->store.commits);
	put_process(out);
}
