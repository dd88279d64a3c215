/*
 * engine/runtime/history.c: what happened to the engine and its queries: weir.history.
 *
 * Table weir.history: seq -> time, epoch, event, name, code, detail. It belongs to no query, so what a failure throws
 * back does not take the record of the failure with it; and it lands with the epoch, so that a crash leaves what was
 * true of the epoch the engine goes on from.
 */
#include "engine/runtime/history.h"

#include "engine/runtime/engine_int.h"
#include "engine/runtime/execute.h"
#include "parser/print.h"

enum { DETAIL_MAX = 2000 };

static void drop_oldest(Engine *e)
{
	int64_t most = settings_int(e->settings, "weir.history.max");
	if (state_rows(e->history) <= most)
		return;
	Arena *arena = arena_open("history", 0);
	StateScan *s = state_scan_open(e->history, (Str){0}, (Str){0}, false, true, arena);
	struct {
		Str *items;
		size_t len, cap;
	} gone = {0};
	Str k, v;
	for (int64_t n = state_rows(e->history) - most; n > 0 && state_scan_next(s, &k, &v); n--)
		ARENA_PUSH(arena, &gone, arena_str(arena, k));
	state_scan_close(s);
	for (size_t i = 0; i < gone.len; i++)
		state_del(e->history, gone.items[i]);
	arena_close(arena);
}

void history_add(Engine *e, const char *event, Str name, const Err *error, Str detail)
{
	StrBuf key, value;
	strbuf_init(&key);
	strbuf_init(&value);
	int64_t at_us = clock_wall_us(e->clock);
	uint64_t epoch = store_sealed_epoch(e->store);
	char code[8] = "";
	if (error)
		snprintf(code, sizeof code, "W%04d", (int)error->code);
	if (detail.len > DETAIL_MAX)
		detail.len = (uint32_t)str_utf8_cut(detail.ptr, DETAIL_MAX);
	codec_put_i64(&key, (int64_t)e->next_side++);
	codec_put_fixed(&value, &at_us, 8);
	codec_put_fixed(&value, &epoch, 8);
	codec_put_blob(&value, str_from(event));
	codec_put_blob(&value, name);
	codec_put_blob(&value, str_from(code));
	codec_put_blob(&value, detail);
	state_put(e->history, strbuf_str(&key), strbuf_str(&value));
	strbuf_deinit(&key);
	strbuf_deinit(&value);
	drop_oldest(e);
}

static Str name_of(const AstNode *n)
{
	const AstNames *path = NULL;
	switch (n->kind) {
	case AST_CREATE_TABLE: path = &AST_CONST(AstCreateTable, n)->path; break;
	case AST_CREATE_VIEW: path = &AST_CONST(AstCreateView, n)->path; break;
	case AST_CREATE_FUNCTION: path = &AST_CONST(AstCreateFunction, n)->path; break;
	case AST_DROP: path = &AST_CONST(AstDrop, n)->path; break;
	case AST_ALTER: path = &AST_CONST(AstAlter, n)->path; break;
	case AST_CONTROL: path = &AST_CONST(AstControl, n)->path; break;
	default: break;
	}
	return path && path->len ? path->items[path->len - 1].text : STR_EMPTY;
}

void history_add_statement(Engine *e, const AstNode *stmt, const Catalog *before)
{
	/* of what is declared again nothing has changed; rows that come and go are no history */
	if (e->catalog == before && stmt->kind != AST_CONTROL && stmt->kind != AST_TRUNCATE && stmt->kind != AST_REPLAY)
		return;
	StrBuf text;
	strbuf_init(&text);
	print_sql(stmt, &(PrintOptions){.masked = true}, &text);
	history_add(e, "statement", name_of(stmt), NULL, strbuf_str(&text));
	strbuf_deinit(&text);
}

/* ---- reading ---- */

typedef struct TakeRequest {
	EngineRequest req;
	Arena *arena;
	HistoryEvent *events;
	uint32_t n;
} TakeRequest;

static bool decode(Str key, Str value, HistoryEvent *out)
{
	CodecReader k = codec_reader(key), v = codec_reader(value);
	return codec_get_i64(&k, &out->seq) && codec_get_fixed(&v, &out->at_us, 8) && codec_get_fixed(&v, &out->epoch, 8) &&
	       codec_get_blob(&v, &out->event) && codec_get_blob(&v, &out->name) && codec_get_blob(&v, &out->error_code) &&
	       codec_get_blob(&v, &out->detail);
}

static bool take(Engine *e, EngineRequest *req, Err *err)
{
	TakeRequest *t = (TakeRequest *)(void *)req;
	struct {
		HistoryEvent *items;
		size_t len, cap;
	} events = {0};
	StateScan *s = state_scan_open(e->history, (Str){0}, (Str){0}, false, true, t->arena);
	Str k, v;
	bool fine = true;
	while (fine && state_scan_next(s, &k, &v)) {
		HistoryEvent event = {0};
		fine = decode(k, arena_str(t->arena, v), &event);
		ARENA_PUSH(t->arena, &events, event);
	}
	state_scan_close(s);
	t->events = events.items;
	t->n = (uint32_t)events.len;
	return fine || err_set(err, ERR_STATE_CORRUPT, "an entry of weir.history is damaged");
}

bool history_take(Engine *e, Arena *arena, HistoryEvent **out, uint32_t *n, Err *err)
{
	TakeRequest t = {.req = {.run = take}, .arena = arena};
	if (!engine_call(e, &t.req, err))
		return false;
	*out = t.events;
	*n = t.n;
	return true;
}
