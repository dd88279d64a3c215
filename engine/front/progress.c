/*
 * engine/front/progress.c: the moving line of a run, and its losses in words.
 */
#include "engine/front/progress.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/runtime/report.h"
#include "sql/types/timestamp.h"

enum { PROGRESS_FIRST_US = 500000, PROGRESS_EVERY_US = 200000 };

void progress_init(Progress *p, Engine *e)
{
	int64_t now = clock_mono_us(&clock_real);
	*p = (Progress){.engine = e, .on = isatty(STDERR_FILENO), .next_us = now + PROGRESS_FIRST_US, .last_us = now};
}

static void put_thousands(StrBuf *out, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			strbuf_putc(out, ',');
		strbuf_putc(out, digits[i]);
	}
}

/* Rows of one table: queries that share its scan have read the same ones. */
static uint64_t rows_of(const Report *r, Str table)
{
	uint64_t most = 0;
	for (uint32_t i = 0; i < r->nsources; i++)
		for (uint32_t k = 0; str_eq(r->sources[i].table, table) && k < r->nqueries; k++)
			if (str_eq(r->queries[k].name, r->sources[i].query) && r->queries[k].rows_in > most)
				most = r->queries[k].rows_in;
	return most;
}

static bool seen_before(const Report *r, uint32_t i, bool partition)
{
	for (uint32_t k = 0; k < i; k++)
		if (str_eq(r->sources[k].table, r->sources[i].table) &&
		    (!partition || str_eq(r->sources[k].partition, r->sources[i].partition)))
			return true;
	return false;
}

/* Do results go to the terminal themselves? */
static bool prints(const Report *r)
{
	for (uint32_t i = 0; i < r->nsinks; i++)
		if (str_eq_c(r->sinks[i].connector, "print") || str_eq_c(r->sinks[i].connector, "stdout"))
			return isatty(STDOUT_FILENO);
	return false;
}

static void draw(Progress *p, const Report *r, int64_t now)
{
	uint64_t rows = 0;
	int64_t lag = 0, watermark_ms = INT64_MAX;
	for (uint32_t i = 0; i < r->nsources; i++) {
		if (!seen_before(r, i, false))
			rows += rows_of(r, r->sources[i].table);
		if (!seen_before(r, i, true) && r->sources[i].lag_records > 0)
			lag += r->sources[i].lag_records;
	}
	for (uint32_t i = 0; i < r->nqueries; i++)
		if (r->queries[i].watermark_ms < watermark_ms)
			watermark_ms = r->queries[i].watermark_ms;
	StrBuf line;
	strbuf_init(&line);
	put_thousands(&line, rows);
	strbuf_puts(&line, " rows | ");
	put_thousands(&line, (rows - p->last_rows) * 1000000 / (uint64_t)(now - p->last_us + 1));
	strbuf_puts(&line, "/s");
	if (lag) {
		strbuf_puts(&line, " | lag ");
		put_thousands(&line, (uint64_t)lag);
	}
	if (watermark_ms != REPORT_UNKNOWN && watermark_ms != INT64_MAX) {
		strbuf_puts(&line, " | wm ");
		timestamp_print(watermark_ms * 1000, 0, ' ', &line);
	}
	fprintf(stderr, "\r\033[K\033[2m%s\033[0m", strbuf_cstr(&line));
	fflush(stderr);
	strbuf_deinit(&line);
	p->shown = true;
	p->last_rows = rows;
	p->last_us = now;
}

void progress_show(Progress *p)
{
	int64_t now = clock_mono_us(&clock_real);
	if (!p->on || now < p->next_us)
		return;
	p->next_us = now + PROGRESS_EVERY_US;
	Arena *arena = arena_open("progress", 0);
	Report r;
	Err err = {0};
	if (report_take(p->engine, arena, &r, &err) && r.nsources && !prints(&r))
		draw(p, &r, now);
	arena_close(arena);
}

void progress_clear(Progress *p)
{
	if (!p->shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	p->shown = false;
}

static void tell(FILE *out, Str name, uint64_t n, const char *what, const char *table)
{
	if (n)
		fprintf(out, "NOTICE: \"%.*s\": %llu %s%s (%.*s.%s)\n", STR_ARG(name), (unsigned long long)n, what,
		        n == 1 ? "" : "s", STR_ARG(name), table);
}

void progress_losses(Engine *e, bool kept, FILE *out)
{
	Arena *arena = arena_open("losses", 0);
	Report r;
	Err err = {0};
	uint64_t all = 0;
	if (report_take(e, arena, &r, &err)) {
		for (uint32_t i = 0; i < r.nqueries; i++) {
			const ReportQuery *q = &r.queries[i];
			Str from = q->name;
			for (uint32_t k = 0; k < r.nsources; k++)
				if (str_eq(r.sources[k].query, q->name))
					from = r.sources[k].table;
			tell(out, from, q->bad, "undecodable record", "bad");
			tell(out, q->name, q->late, "late row", "late");
			all += q->bad + q->late;
		}
		for (uint32_t i = 0; i < r.nsinks; i++) {
			tell(out, r.sinks[i].name, r.sinks[i].refused, "refused row", "refused");
			all += r.sinks[i].refused;
		}
	}
	if (all && !kept)
		fputs("HINT: they are gone with this engine: --state FILE keeps them, a SELECT in the file shows them.\n", out);
	arena_close(arena);
}
