/*
 * engine/front/session_why.c: WHY query: in words, what a continuous query does, and what it waits for.
 *
 * Everything is taken from one report of the engine, made between two steps, and from the query's plan: first whether
 * it runs, then its input, its time, what went wrong with rows, its output.
 */
#include "engine/front/session_int.h"

#include "base/config.h"
#include "engine/batch/batch.h"
#include "engine/runtime/report.h"
#include "sql/types/zone.h"

typedef struct Why {
	Report report;
	const ReportQuery *query;
	const PlanQuery *plan; /* NULL: the catalog does not know the query any more */
	const Settings *settings;
	StrBuf text;
} Why;

static void put_time(StrBuf *out, int64_t ms)
{
	if (ms == BATCH_NO_WATERMARK)
		strbuf_puts(out, "not known yet");
	else if (ms == BATCH_END)
		strbuf_puts(out, "the end of the input");
	else
		value_print(&type_timestamp3, value_i64(ms * 1000), VALUE_SQL, zone_utc, out);
}

static bool is(Str s, const char *word)
{
	return str_eq(s, str_from(word));
}

/* ---- state ---- */

static void put_state(Why *w)
{
	const ReportQuery *q = w->query;
	StrBuf *out = &w->text;
	strbuf_printf(out, "\"%.*s\" ", STR_ARG(q->name));
	if (is(q->state, "failed")) {
		strbuf_printf(out, "has failed and stands at its last epoch: %.*s %.*s\n", STR_ARG(q->error_code),
		              STR_ARG(q->error));
		if (q->detail.len)
			strbuf_printf(out, "  %.*s\n", STR_ARG(q->detail));
		strbuf_puts(out, "  RESUME tries again, DROP ends it.\n");
	} else if (is(q->state, "held")) {
		strbuf_printf(out, "waits for \"%.*s\", which it reads and which does not run: WHY \"%.*s\" says more\n",
		              STR_ARG(q->held_by), STR_ARG(q->held_by));
	} else if (is(q->state, "paused")) {
		strbuf_puts(out, "is paused: RESUME lets it go on from where it stands\n");
	} else if (is(q->state, "done")) {
		strbuf_puts(out, "is done: its input was bounded and is read to its end\n");
	} else {
		strbuf_printf(out, "is running; it has taken %llu rows since the engine started",
		              (unsigned long long)q->rows_in);
		if (q->filtered)
			strbuf_printf(out, ", filters left %llu out", (unsigned long long)q->filtered);
		strbuf_putc(out, '\n');
	}
	if (q->backfill)
		strbuf_puts(out,
		            "backfill: it still walks the rows that its inputs hold; until then its watermark stands still\n");
}

/* ---- input ---- */

static void put_lag(const Why *w, const ReportSource *s, StrBuf *out)
{
	if (s->done)
		strbuf_puts(out, ", read to its end");
	else if (s->lag_records > 0)
		strbuf_printf(out, ", %lld records behind", (long long)s->lag_records);
	else if (s->lag_records == 0)
		strbuf_puts(out, ", at the end");
	if (s->lag_records > 0 && s->lag_us > 0) {
		strbuf_puts(out, " (");
		config_print_duration(out, s->lag_us / 1000000 * 1000000);
		strbuf_puts(out, ")");
	}
	if (s->time_us != REPORT_UNKNOWN && w->report.now_us > s->time_us + 1000000) {
		strbuf_puts(out, ", its newest record is ");
		config_print_duration(out, (w->report.now_us - s->time_us) / 1000000 * 1000000);
		strbuf_puts(out, " old");
	}
}

static void put_sources(Why *w)
{
	StrBuf *out = &w->text;
	for (uint32_t i = 0; i < w->report.nsources; i++) {
		const ReportSource *s = &w->report.sources[i];
		if (!str_eq(s->query, w->query->name))
			continue;
		strbuf_printf(out, "input \"%.*s\" partition %.*s: ", STR_ARG(s->table), STR_ARG(s->partition));
		if (s->position == REPORT_UNKNOWN)
			strbuf_puts(out, "nothing read yet");
		else
			strbuf_printf(out, "at position %lld", (long long)s->position);
		put_lag(w, s, out);
		if (s->watermark_ms != BATCH_NO_WATERMARK) {
			strbuf_puts(out, ", watermark ");
			put_time(out, s->watermark_ms);
		}
		if (s->idle)
			strbuf_puts(out, ", idle: the watermark does not wait for it");
		else if (s->blamed)
			strbuf_puts(out, " <- holds the watermark");
		if (s->future && s->blamed)
			strbuf_printf(out,
			              "; rows of the table that do not move it, as they are dated ahead of the clock: %llu "
			              "('weir.watermark.max-skew')",
			              (unsigned long long)s->future);
		if (s->gaps)
			strbuf_printf(out, ", %llu gaps", (unsigned long long)s->gaps);
		strbuf_putc(out, '\n');
		if (s->trouble.len)
			strbuf_printf(out, "  trouble: %.*s\n", STR_ARG(s->trouble));
	}
}

/* ---- time and windows ---- */

/* What the windows of the operator compare with: the watermark that reaches it. */
static int64_t watermark_into(const Why *w, const Plan *p)
{
	for (uint32_t i = 0; p->ninputs && i < w->report.noperators; i++) {
		const ReportOperator *o = &w->report.operators[i];
		if (str_eq(o->query, w->query->name) && o->id == p->inputs[0]->id)
			return o->watermark_ms;
	}
	return BATCH_NO_WATERMARK;
}

/* The end of the first window that a watermark has not closed. */
static int64_t next_end(const WindowSpec *s, int64_t watermark_ms)
{
	int64_t at = watermark_ms + 1 - s->offset_ms, slide = s->slide_ms;
	int64_t floor = at / slide - (at % slide < 0);
	return (floor + 1) * slide + s->offset_ms;
}

static const Plan *first_scan(const Plan *p)
{
	while (p->ninputs)
		p = p->inputs[0];
	return p->kind == PLAN_SCAN ? p : NULL;
}

/* After a start no row has brought the watermark to the operators yet: it is that of the table, as it was stored. */
static int64_t table_watermark(const Why *w, const Plan *p)
{
	while (p->ninputs == 1)
		p = p->inputs[0];
	for (uint32_t i = 0; p->kind == PLAN_SCAN && i < w->report.nsources; i++) {
		const ReportSource *s = &w->report.sources[i];
		if (str_eq(s->query, w->query->name) && str_eq(s->table, p->scan.rel->name))
			return s->table_watermark_ms;
	}
	return BATCH_NO_WATERMARK;
}

static void put_window(Why *w, const Plan *p)
{
	StrBuf *out = &w->text;
	const WindowSpec *s = &p->agg.window;
	const Plan *scan = first_scan(p);
	int64_t mark = watermark_into(w, p);
	if (mark == BATCH_NO_WATERMARK)
		mark = table_watermark(w, p);
	strbuf_puts(out, "windows: ");
	if (s->proctime) {
		strbuf_puts(out, "the wall clock closes them\n");
		return;
	}
	if (mark == BATCH_END) {
		strbuf_puts(out, "all are closed\n");
		return;
	}
	if (mark == BATCH_NO_WATERMARK) {
		strbuf_puts(out, "no watermark yet, so none can close: ");
		strbuf_puts(out, scan && scan->scan.watermark ? "each partition that is not idle must bring a row first\n"
		                                              : "its input has to bring one\n");
	} else if (s->kind == WINDOW_SESSION || (s->ltz && s->zone != zone_utc)) {
		strbuf_puts(out, "watermark ");
		put_time(out, mark);
		strbuf_puts(out, "; a window closes when the watermark reaches its end\n");
	} else {
		int64_t end = next_end(s, mark);
		strbuf_puts(out, "watermark ");
		put_time(out, mark);
		strbuf_puts(out, "; the next one ends at ");
		put_time(out, end);
		strbuf_puts(out, " and closes when the watermark is ");
		config_print_duration(out, (end - 1 - mark) * 1000);
		strbuf_puts(out, " further\n");
	}
	if (scan && scan->scan.rel->table->watermark_text.len)
		strbuf_printf(out, "  what moves it: rows of \"%.*s\"; their watermark is %.*s\n",
		              STR_ARG(scan->scan.rel->name), STR_ARG(scan->scan.rel->table->watermark_text));
	for (uint32_t i = 0; i < w->report.noperators; i++) {
		const ReportOperator *o = &w->report.operators[i];
		if (str_eq(o->query, w->query->name) && o->id == p->id && o->holds.len)
			strbuf_printf(out, "  holds %.*s\n", STR_ARG(o->holds));
	}
}

static void put_windows(Why *w, const Plan *p)
{
	if (p->kind == PLAN_WINDOW_AGG)
		put_window(w, p);
	for (uint32_t i = 0; i < p->ninputs; i++)
		put_windows(w, p->inputs[i]);
}

/* ---- rows that could not be used, output ---- */

static void put_lost(Why *w)
{
	const ReportQuery *q = w->query;
	StrBuf *out = &w->text;
	if (q->late)
		strbuf_printf(out, "late: %llu rows came after their window had closed: SELECT * FROM \"%.*s\".late\n",
		              (unsigned long long)q->late, STR_ARG(q->name));
	if (q->bad) {
		strbuf_printf(out, "bad: %llu records could not be decoded", (unsigned long long)q->bad);
		const Plan *scan = w->plan ? first_scan(w->plan->root) : NULL;
		if (scan)
			strbuf_printf(out, ": SELECT * FROM \"%.*s\".bad", STR_ARG(scan->scan.rel->name));
		strbuf_putc(out, '\n');
	}
	if (w->plan && w->plan->forgets) {
		strbuf_printf(out, "state that was not written for its ttl is forgotten: %llu keys so far",
		              (unsigned long long)q->expired);
		if (q->unknown)
			strbuf_printf(out, "; %llu rows were taken back that are not known any more, and left out",
			              (unsigned long long)q->unknown);
		strbuf_putc(out, '\n');
	}
}

static void put_output(Why *w)
{
	StrBuf *out = &w->text;
	for (uint32_t i = 0; i < w->report.nsinks; i++) {
		const ReportSink *s = &w->report.sinks[i];
		if (!str_eq(s->name, w->query->name))
			continue;
		strbuf_printf(out, "output (%.*s): %llu rows delivered, epoch %llu of %llu", STR_ARG(s->connector),
		              (unsigned long long)s->rows, (unsigned long long)s->delivered, (unsigned long long)s->sealed);
		if (s->waiting_bytes) {
			strbuf_puts(out, ", ");
			config_print_size(out, s->waiting_bytes);
			strbuf_puts(out, " wait");
		}
		if (s->retries)
			strbuf_printf(out, ", %llu retries", (unsigned long long)s->retries);
		strbuf_putc(out, '\n');
		if (s->error.len)
			strbuf_printf(out, "  the target %s: %.*s %.*s\n",
			              is(s->state, "failed") ? "has failed" : "does not answer", STR_ARG(s->error_code),
			              STR_ARG(s->error));
		if (s->refused)
			strbuf_printf(out, "  the target refused %llu rows: SELECT * FROM \"%.*s\".refused\n",
			              (unsigned long long)s->refused, STR_ARG(s->name));
	}
	if (w->query->outbox_full)
		strbuf_puts(out, "backpressure: the outbox is full; nothing is read until the target takes rows\n");
	if (w->report.store.pressed) {
		strbuf_puts(out, "backpressure: ");
		config_print_size(out, w->report.store.unlanded_bytes);
		strbuf_puts(out,
		            " of changes are not in the state file yet, more than weir.memory allows: the disk is behind\n");
	}
}

static const ReportQuery *find_query(const Report *r, Str name)
{
	const ReportQuery *found = NULL;
	for (int exact = 1; exact >= 0 && !found; exact--)
		for (uint32_t i = 0; i < r->nqueries; i++) {
			const ReportQuery *q = &r->queries[i];
			if (!is(q->kind, "follow") && (exact ? str_eq(q->name, name) : str_eq_nocase(q->name, name)))
				found = q;
		}
	return found;
}

static const PlanQuery *plan_of(const Catalog *c, Str name)
{
	const Relation *r = catalog_find(c, STR_EMPTY, name);
	if (r && r->kind == REL_MVIEW)
		return r->plan;
	Err ignored = {0};
	const QueryDef *q = catalog_query(c, name, &ignored);
	return q ? q->plan : NULL;
}

bool session_why(Running *r, Err *err)
{
	Str name = AST_CONST(AstNamed, r->stmt)->path.items[AST_CONST(AstNamed, r->stmt)->path.len - 1].text;
	Why w = {.settings = r->s->settings};
	if (!report_take(r->s->opt.engine, r->arena, &w.report, err))
		return false;
	w.query = find_query(&w.report, name);
	if (!w.query) {
		err_set_at(err, ERR_NO_SUCH_OBJECT, r->stmt->span, "no query or view \"%.*s\"", STR_ARG(name));
		return err_hint(err, "SHOW QUERIES lists them.");
	}
	Catalog *c = engine_catalog(r->s->opt.engine);
	w.plan = plan_of(c, w.query->name);
	strbuf_init(&w.text);
	put_state(&w);
	put_sources(&w);
	if (w.plan && is(w.query->state, "running"))
		put_windows(&w, w.plan->root);
	put_lost(&w);
	put_output(&w);
	bool ok = session_explain_lines(r, "why", strbuf_str(&w.text), "WHY");
	strbuf_deinit(&w.text);
	catalog_unref(c);
	return ok;
}
