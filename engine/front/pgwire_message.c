/*
 * engine/front/pgwire_message.c: messages of PostgreSQL's protocol: cutting, reading, writing.
 */
#include "engine/front/pgwire_message.h"

typedef struct Bytes {
	const uint8_t *at, *end;
	bool bad;
} Bytes;

static uint32_t load32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static Bytes open_body(Str body)
{
	return (Bytes){(const uint8_t *)body.ptr, (const uint8_t *)body.ptr + body.len, false};
}

static bool need(Bytes *b, size_t n)
{
	if ((size_t)(b->end - b->at) < n)
		b->bad = true;
	return !b->bad;
}

static uint8_t get_u8(Bytes *b)
{
	return need(b, 1) ? *b->at++ : 0;
}

static uint32_t get_u16(Bytes *b)
{
	if (!need(b, 2))
		return 0;
	uint32_t v = (uint32_t)b->at[0] << 8 | b->at[1];
	b->at += 2;
	return v;
}

static uint32_t get_u32(Bytes *b)
{
	if (!need(b, 4))
		return 0;
	uint32_t v = load32(b->at);
	b->at += 4;
	return v;
}

static Str get_bytes(Bytes *b, size_t n)
{
	if (!need(b, n))
		return STR_EMPTY;
	Str s = str_make((const char *)b->at, n);
	b->at += n;
	return s;
}

static Str get_text(Bytes *b)
{
	size_t left = (size_t)(b->end - b->at);
	const void *nul = left ? memchr(b->at, 0, left) : NULL;
	if (b->bad || !nul) {
		b->bad = true;
		return STR_EMPTY;
	}
	Str s = get_bytes(b, (size_t)((const uint8_t *)nul - b->at));
	b->at++;
	return s;
}

/* Everything was read, and nothing but it. */
static bool close_body(const Bytes *b, const char *what, Err *err)
{
	if (!b->bad && b->at == b->end)
		return true;
	return err_set(err, ERR_PROTOCOL, "malformed %s message", what);
}

PgwireFrame pgwire_message_frame(const char *in, size_t len, bool startup, char *type, Str *body, size_t *size)
{
	size_t head = startup ? 4 : 5;
	*size = head;
	if (len < head)
		return FRAME_PARTIAL;
	const uint8_t *p = (const uint8_t *)in;
	uint32_t n = load32(startup ? p : p + 1);
	if (n < 4 || n > (startup ? PGWIRE_STARTUP_MAX : PGWIRE_MESSAGE_MAX))
		return FRAME_BAD;
	*size = head - 4 + n;
	if (len < *size)
		return FRAME_PARTIAL;
	*type = startup ? 0 : in[0];
	*body = str_make(in + head, n - 4);
	return FRAME_WHOLE;
}

bool pgwire_message_startup(Str body, Arena *arena, PgwireStartup *out, Err *err)
{
	Bytes b = open_body(body);
	*out = (PgwireStartup){.code = get_u32(&b)};
	if (out->code == PGWIRE_CANCEL) {
		out->pid = get_u32(&b);
		out->key = get_u32(&b);
	} else if (out->code >> 16 == 3) {
		/* A pair takes two bytes at least. */
		size_t most = body.len / 2 + 1;
		out->names = ARENA_ARRAY_ZERO(arena, Str, most);
		out->values = ARENA_ARRAY_ZERO(arena, Str, most);
		for (;;) {
			Str name = get_text(&b);
			if (b.bad || !name.len)
				break;
			out->names[out->nparams] = name;
			out->values[out->nparams++] = get_text(&b);
		}
	}
	return close_body(&b, "start-up", err);
}

bool pgwire_message_text(Str body, Str *out, Err *err)
{
	Bytes b = open_body(body);
	*out = get_text(&b);
	return close_body(&b, "text", err);
}

bool pgwire_message_sasl_initial(Str body, Str *mechanism, Str *response, Err *err)
{
	Bytes b = open_body(body);
	*mechanism = get_text(&b);
	uint32_t n = get_u32(&b);
	*response = n == UINT32_MAX ? STR_EMPTY : get_bytes(&b, n);
	return close_body(&b, "SASL", err);
}

static int16_t *get_formats(Bytes *b, Arena *arena, uint32_t *n)
{
	*n = get_u16(b);
	if (!need(b, (size_t)*n * 2))
		*n = 0;
	int16_t *formats = ARENA_ARRAY_ZERO(arena, int16_t, *n + 1);
	for (uint32_t i = 0; i < *n; i++) {
		uint32_t f = get_u16(b);
		b->bad |= f > 1;
		formats[i] = (int16_t)f;
	}
	return formats;
}

bool pgwire_message_parse(Str body, Arena *arena, PgwireParse *out, Err *err)
{
	Bytes b = open_body(body);
	out->name = get_text(&b);
	out->query = get_text(&b);
	out->ntypes = get_u16(&b);
	if (!need(&b, (size_t)out->ntypes * 4))
		out->ntypes = 0;
	out->types = ARENA_ARRAY_ZERO(arena, uint32_t, out->ntypes + 1);
	for (uint32_t i = 0; i < out->ntypes; i++)
		out->types[i] = get_u32(&b);
	return close_body(&b, "Parse", err);
}

bool pgwire_message_bind(Str body, Arena *arena, PgwireBind *out, Err *err)
{
	Bytes b = open_body(body);
	out->portal = get_text(&b);
	out->statement = get_text(&b);
	out->formats = get_formats(&b, arena, &out->nformats);
	out->nvalues = get_u16(&b);
	if (!need(&b, (size_t)out->nvalues * 4))
		out->nvalues = 0;
	out->values = ARENA_ARRAY_ZERO(arena, Str, out->nvalues + 1);
	for (uint32_t i = 0; i < out->nvalues && !b.bad; i++) {
		uint32_t n = get_u32(&b);
		if (n != UINT32_MAX)
			out->values[i] = get_bytes(&b, n);
	}
	out->results = get_formats(&b, arena, &out->nresults);
	if (out->nformats > 1 && out->nformats != out->nvalues)
		return err_set(err, ERR_PROTOCOL, "Bind has %u formats for %u parameters", out->nformats, out->nvalues);
	return close_body(&b, "Bind", err);
}

bool pgwire_message_target(Str body, PgwireTarget *out, Err *err)
{
	Bytes b = open_body(body);
	out->kind = (char)get_u8(&b);
	out->name = get_text(&b);
	b.bad |= out->kind != 'S' && out->kind != 'P';
	return close_body(&b, "Describe or Close", err);
}

bool pgwire_message_execute(Str body, PgwireExecute *out, Err *err)
{
	Bytes b = open_body(body);
	out->portal = get_text(&b);
	out->most = get_u32(&b);
	if (out->most > INT32_MAX)
		out->most = 0;
	return close_body(&b, "Execute", err);
}

/* ---- writing ---- */

size_t pgwire_message_begin(StrBuf *b, char type)
{
	strbuf_putc(b, type);
	size_t at = b->len;
	strbuf_fill(b, 0, 4);
	return at;
}

void pgwire_message_end(StrBuf *b, size_t begun)
{
	pgwire_message_patch(b, begun, (int64_t)(b->len - begun));
}

void pgwire_message_put_i16(StrBuf *b, int32_t v)
{
	uint8_t bytes[2] = {(uint8_t)((uint32_t)v >> 8), (uint8_t)v};
	strbuf_put(b, bytes, 2);
}

void pgwire_message_put_i32(StrBuf *b, int64_t v)
{
	uint32_t u = (uint32_t)v;
	uint8_t bytes[4] = {(uint8_t)(u >> 24), (uint8_t)(u >> 16), (uint8_t)(u >> 8), (uint8_t)u};
	strbuf_put(b, bytes, 4);
}

void pgwire_message_put_i64(StrBuf *b, int64_t v)
{
	pgwire_message_put_i32(b, v >> 32);
	pgwire_message_put_i32(b, v);
}

void pgwire_message_put_text(StrBuf *b, Str s)
{
	for (uint32_t at = 0; at < s.len;) {
		const char *nul = memchr(s.ptr + at, 0, s.len - at);
		size_t n = nul ? (size_t)(nul - s.ptr) - at : s.len - at;
		strbuf_put(b, s.ptr + at, n);
		at += (uint32_t)n + 1;
	}
	strbuf_putc(b, 0);
}

void pgwire_message_patch(StrBuf *b, size_t at, int64_t v)
{
	uint32_t u = (uint32_t)v;
	uint8_t bytes[4] = {(uint8_t)(u >> 24), (uint8_t)(u >> 16), (uint8_t)(u >> 8), (uint8_t)u};
	memcpy(b->ptr + at, bytes, 4);
}

void pgwire_message_empty(StrBuf *b, char type)
{
	pgwire_message_end(b, pgwire_message_begin(b, type));
}
