/*
 * engine/front/http_answer.c: the paths of the HTTP server.
 */
#include "engine/front/http_answer.h"

#include <jansson.h>
#include <string.h>

#include "engine/front/command.h"
#include "engine/front/metrics.h"

enum {
	HANGS_S = 30, /* a round of the engine takes milliseconds */
	WAIT_S = 5,   /* one thread answers: a question of metrics must not keep that of health waiting */
};

static void plain(HttpAnswer *out, unsigned status, const char *text)
{
	out->status = status;
	out->content_type = "text/plain; charset=utf-8";
	strbuf_puts(&out->body, text);
}

static void put_json(HttpAnswer *out, unsigned status, json_t *root)
{
	char *text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	out->status = text ? status : 500;
	out->content_type = "application/json";
	strbuf_puts(&out->body, text ? text : "{}");
	strbuf_putc(&out->body, '\n');
	free(text);
	json_decref(root);
}

static void put_error(HttpAnswer *out, unsigned status, const char *what)
{
	put_json(out, status, json_pack("{s:s}", "error", what));
}

/* ---- health ---- */

/* NULL: it lives. */
static const char *ill(Engine *e)
{
	if (engine_broken(e))
		return "the engine has ended: its state file cannot be trusted; see the log\n";
	if (engine_round_us(e) > (int64_t)HANGS_S * 1000000)
		return "the engine hangs: it has been in one step for more than 30 s\n";
	return NULL;
}

static void health(Engine *e, HttpAnswer *out)
{
	const char *why = ill(e);
	plain(out, why ? 503 : 200, why ? why : "ok\n");
}

static void readiness(Engine *e, bool ready, HttpAnswer *out)
{
	if (!ready && !ill(e))
		plain(out, 503, "starting: the query files are still being run\n");
	else
		health(e, out);
}

/* ---- JSON ---- */

/* Jansson takes UTF-8 only; other bytes, as in the name of a file, become U+FFFD. */
static json_t *text(Str s)
{
	if (!s.len)
		return json_null();
	json_t *plain = json_stringn(s.ptr, s.len);
	if (plain)
		return plain;
	StrBuf quoted;
	strbuf_init(&quoted);
	strbuf_put_json(&quoted, s);
	json_t *made = json_loadb(quoted.ptr, quoted.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	strbuf_deinit(&quoted);
	return made;
}

static json_t *known(int64_t v, int64_t unknown)
{
	return v == unknown ? json_null() : json_integer(v);
}

static json_t *count(uint64_t v)
{
	return json_integer((json_int_t)v);
}

/* A watermark: milliseconds since 1970. */
static json_t *time_ms(int64_t ms)
{
	return ms == BATCH_NO_WATERMARK || ms == BATCH_END ? json_null() : json_integer(ms);
}

static json_t *query_json(const ReportQuery *q)
{
	json_t *o = json_object();
	json_object_set_new(o, "name", text(q->name));
	json_object_set_new(o, "kind", text(q->kind));
	json_object_set_new(o, "state", text(q->state));
	json_object_set_new(o, "rows_in", count(q->rows_in));
	json_object_set_new(o, "rows_out", count(q->rows_out));
	json_object_set_new(o, "rows_filtered", count(q->filtered));
	json_object_set_new(o, "rows_late", count(q->late));
	json_object_set_new(o, "rows_bad", count(q->bad));
	json_object_set_new(o, "rows_held", json_integer(q->held_rows));
	json_object_set_new(o, "lag_records", known(q->lag_records, -1));
	json_object_set_new(o, "lag_ms", json_integer(q->lag_us / 1000));
	json_object_set_new(o, "watermark_ms", time_ms(q->watermark_ms));
	json_object_set_new(o, "state_bytes", json_integer(q->state_bytes));
	json_object_set_new(o, "started_ms",
	                    q->started_us == REPORT_UNKNOWN ? json_null() : json_integer(q->started_us / 1000));
	json_object_set_new(o, "backfill", json_boolean(q->backfill));
	json_object_set_new(o, "outbox_full", json_boolean(q->outbox_full));
	json_object_set_new(o, "held_by", text(q->held_by));
	json_object_set_new(o, "error_code", text(q->error_code));
	json_object_set_new(o, "error", text(q->error));
	return o;
}

static json_t *operator_json(const ReportOperator *p)
{
	json_t *o = json_object();
	json_object_set_new(o, "id", json_integer(p->id));
	json_object_set_new(o, "operator", text(p->name));
	json_object_set_new(o, "holds", text(p->holds));
	json_object_set_new(o, "rows_in", count(p->rows_in));
	json_object_set_new(o, "rows_out", count(p->rows_out));
	json_object_set_new(o, "rows_filtered", count(p->filtered));
	json_object_set_new(o, "rows_late", count(p->late));
	json_object_set_new(o, "rows_partly_late", count(p->partly_late));
	json_object_set_new(o, "rows_duplicate", count(p->duplicate));
	json_object_set_new(o, "rows_expired", count(p->expired));
	json_object_set_new(o, "watermark_ms", time_ms(p->watermark_ms));
	json_object_set_new(o, "state_rows", json_integer(p->state_rows));
	json_object_set_new(o, "state_bytes", json_integer(p->state_bytes));
	return o;
}

static json_t *source_json(const ReportSource *s)
{
	json_t *o = json_object();
	json_object_set_new(o, "table", text(s->table));
	json_object_set_new(o, "partition", text(s->partition));
	json_object_set_new(o, "position", known(s->position, REPORT_UNKNOWN));
	json_object_set_new(o, "end", known(s->end, REPORT_UNKNOWN));
	json_object_set_new(o, "lag_records", known(s->lag_records, -1));
	json_object_set_new(o, "lag_ms", json_integer(s->lag_us / 1000));
	json_object_set_new(o, "watermark_ms", time_ms(s->watermark_ms));
	json_object_set_new(o, "holds_watermark", json_boolean(s->blamed));
	json_object_set_new(o, "idle", json_boolean(s->idle));
	json_object_set_new(o, "done", json_boolean(s->done));
	json_object_set_new(o, "gaps", count(s->gaps));
	json_object_set_new(o, "trouble", text(s->trouble));
	return o;
}

static json_t *sink_json(const ReportSink *s)
{
	json_t *o = json_object();
	json_object_set_new(o, "name", text(s->name));
	json_object_set_new(o, "connector", text(s->connector));
	json_object_set_new(o, "state", text(s->state));
	json_object_set_new(o, "delivered_epoch", count(s->delivered));
	json_object_set_new(o, "epoch", count(s->sealed));
	json_object_set_new(o, "waiting_bytes", json_integer(s->waiting_bytes));
	json_object_set_new(o, "rows", count(s->rows));
	json_object_set_new(o, "rows_refused", count(s->refused));
	json_object_set_new(o, "retries", count(s->retries));
	json_object_set_new(o, "error_code", text(s->error_code));
	json_object_set_new(o, "error", text(s->error));
	return o;
}

static void list_queries(const Report *r, HttpAnswer *out)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < r->nqueries; i++)
		json_array_append_new(list, query_json(&r->queries[i]));
	put_json(out, 200,
	         json_pack("{s:s, s:I, s:I, s:o}", "version", WEIR_VERSION, "now_ms", (json_int_t)(r->now_us / 1000),
	                   "epoch", (json_int_t)r->store.sealed, "queries", list));
}

static void show_query(const Report *r, Str name, HttpAnswer *out)
{
	json_t *o = NULL;
	for (uint32_t i = 0; i < r->nqueries && !o; i++)
		if (str_eq(r->queries[i].name, name))
			o = query_json(&r->queries[i]);
	if (!o) {
		put_error(out, 404, "no query has this name");
		return;
	}
	json_t *operators = json_array(), *sources = json_array(), *sink = json_null();
	for (uint32_t i = 0; i < r->noperators; i++)
		if (str_eq(r->operators[i].query, name))
			json_array_append_new(operators, operator_json(&r->operators[i]));
	for (uint32_t i = 0; i < r->nsources; i++)
		if (str_eq(r->sources[i].query, name))
			json_array_append_new(sources, source_json(&r->sources[i]));
	for (uint32_t i = 0; i < r->nsinks; i++)
		if (str_eq(r->sinks[i].name, name))
			sink = sink_json(&r->sinks[i]);
	json_object_set_new(o, "operators", operators);
	json_object_set_new(o, "sources", sources);
	json_object_set_new(o, "sink", sink);
	put_json(out, 200, o);
}

/* ---- paths ---- */

static bool take_report(Engine *e, Arena *arena, Report *r, HttpAnswer *out)
{
	Err err = {0};
	const char *why = ill(e);
	if (why) {
		plain(out, 503, why);
		return false;
	}
	if (report_take_within(e, arena, r, (int64_t)WAIT_S * 1000000, &err))
		return true;
	if (engine_round_us(e) > (int64_t)WAIT_S * 1000000) {
		plain(out, 503, "the engine does not answer: it has been in one step for more than 5 s\n");
		return false;
	}
	plain(out, 503, err.message);
	strbuf_putc(&out->body, '\n');
	return false;
}

static const char index_text[] = "weir " WEIR_VERSION "\n"
                                 "/metrics  /healthz  /readyz  /api/v1/queries  /api/v1/queries/NAME\n";

void http_answer(Engine *e, bool ready, bool open_only, const char *path, HttpAnswer *out)
{
	static const char queries[] = "/api/v1/queries";
	if (!strcmp(path, "/healthz")) {
		health(e, out);
		return;
	}
	if (!strcmp(path, "/readyz")) {
		readiness(e, ready, out);
		return;
	}
	bool metrics = !strcmp(path, "/metrics");
	bool api = !open_only && !strncmp(path, queries, strlen(queries));
	const char *rest = api ? path + strlen(queries) : "";
	api = api && (!*rest || *rest == '/');
	if (!metrics && !api) {
		if (!open_only && !strcmp(path, "/"))
			plain(out, 200, index_text);
		else
			plain(out, 404,
			      open_only ? "not found; here are /metrics, /healthz and /readyz\n"
			                : "not found; / lists what there is\n");
		return;
	}
	Arena *arena = arena_open("http", 0);
	Report r;
	if (!take_report(e, arena, &r, out)) {
		arena_close(arena);
		return;
	}
	if (metrics) {
		out->status = 200;
		out->content_type = METRICS_CONTENT_TYPE;
		metrics_print(&r, &out->body);
	} else if (!*rest || !rest[1]) {
		list_queries(&r, out);
	} else {
		show_query(&r, str_from(rest + 1), out);
	}
	arena_close(arena);
}
