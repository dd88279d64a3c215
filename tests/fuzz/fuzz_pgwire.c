/*
 * tests/fuzz/fuzz_pgwire.c: bytes of strangers on the wire: frames, every message body, SCRAM messages, parameters in
 * binary and text form.
 *
 * The first byte chooses what the rest is. Whatever is accepted must point into the input, and a parameter that is read
 * must be a value of its type.
 */
#include <stdlib.h>

#include "engine/front/pgwire_binary.h"
#include "engine/front/pgwire_message.h"
#include "engine/front/pgwire_types.h"
#include "engine/front/scram.h"
#include "sql/types/packed.h"
#include "sql/types/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Arena *arena;

static void within(Str s, Str whole)
{
	if (s.len && (s.ptr < whole.ptr || s.ptr + s.len > whole.ptr + whole.len))
		abort();
}

static void read_body(char type, Str body)
{
	Err err = {0};
	PgwireStartup startup;
	PgwireParse parse;
	PgwireBind bind;
	PgwireTarget target;
	PgwireExecute execute;
	Str a, b;
	switch (type) {
	case 0:
		if (pgwire_message_startup(body, arena, &startup, &err))
			for (uint32_t i = 0; i < startup.nparams; i++) {
				within(startup.names[i], body);
				within(startup.values[i], body);
			}
		break;
	case 'P':
		if (pgwire_message_parse(body, arena, &parse, &err)) {
			within(parse.name, body);
			within(parse.query, body);
		}
		break;
	case 'B':
		if (pgwire_message_bind(body, arena, &bind, &err))
			for (uint32_t i = 0; i < bind.nvalues; i++)
				within(bind.values[i].ptr ? bind.values[i] : STR_EMPTY, body);
		break;
	case 'E': pgwire_message_execute(body, &execute, &err); break;
	case 'p':
		if (pgwire_message_sasl_initial(body, &a, &b, &err)) {
			within(a, body);
			within(b, body);
		}
		break;
	case 'Q': pgwire_message_text(body, &a, &err); break;
	default: pgwire_message_target(body, &target, &err);
	}
}

static void read_stream(Str in)
{
	bool startup = true;
	size_t at = 0;
	while (at < in.len) {
		char type;
		Str body;
		size_t used;
		if (pgwire_message_frame(in.ptr + at, in.len - at, startup, &type, &body, &used) != FRAME_WHOLE)
			return;
		within(body, in);
		read_body(type, body);
		at += used;
		startup = false;
	}
}

static void read_scram(Str in)
{
	static const uint8_t salt[] = {1, 2, 3, 4};
	static ScramVerifier v;
	if (!v.iterations)
		scram_verifier_make(STR("x"), salt, sizeof salt, 1, &v);
	Scram *s = scram_open(&v, "nonce");
	StrBuf out;
	strbuf_init(&out);
	Err err = {0};
	Str rest = in, first;
	if (str_next(&rest, '\n', &first) && scram_first(s, first, &out, &err) && rest.ptr)
		scram_final(s, rest, &out, &err);
	ScramVerifier w;
	scram_verifier_parse(in, &w);
	strbuf_deinit(&out);
	scram_close(s);
}

static void read_param(Str in, bool binary)
{
	if (!in.len)
		return;
	const PgwireType *t;
	uint32_t n = 0;
	while (pgwire_types_at(n))
		n++;
	t = pgwire_types_at((uint8_t)in.ptr[0] % n);
	const Type *type;
	if (!pgwire_types_declared(t->oid, arena, &type) || !type)
		return;
	Value v;
	Err err = {0};
	if (!pgwire_binary_param(t->oid, binary, str_slice(in, 1, in.len), zone_utc, arena, &type, &v, &err) || v.null)
		return;
	StrBuf out;
	strbuf_init(&out);
	if (type_is_nested(type) && !packed_check(v.s, type))
		abort();
	value_print(type, v, VALUE_PG, zone_utc, &out);
	strbuf_clear(&out);
	pgwire_binary_encode(type, v, &out);
	strbuf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > 1 << 16)
		return 0;
	arena = arena_open("fuzz", 0);
	Str in = arena_str(arena, str_make((const char *)data + 1, size - 1));
	switch (data[0] % 4) {
	case 0: read_stream(in); break;
	case 1: read_scram(in); break;
	case 2: read_param(in, true); break;
	default: read_param(in, false);
	}
	arena_close(arena);
	return 0;
}
