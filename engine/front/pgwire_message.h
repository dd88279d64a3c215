/*
 * engine/front/pgwire_message.h: messages of PostgreSQL's protocol 3.0: cutting them out of a stream, reading their
 * bodies, writing them.
 *
 *   u8 type | u32 length (of itself and the body) | body       big endian; the start-up message has no type
 *
 * Pure: no connection, no session. What the readers give points into the body; arrays are in the arena. Source:
 * PostgreSQL documentation, "Message Formats".
 */
#ifndef WEIR_ENGINE_FRONT_PGWIRE_MESSAGE_H
#define WEIR_ENGINE_FRONT_PGWIRE_MESSAGE_H

#include "base/arena.h"
#include "base/err.h"

enum {
	PGWIRE_STARTUP_MAX = 10000,
	PGWIRE_MESSAGE_MAX = (64 << 20) + 1024, /* a statement of the greatest length */
	PGWIRE_PARAMS_MAX = 65535,
	PGWIRE_PROTOCOL = 196608, /* 3.0 */
	PGWIRE_CANCEL = 80877102,
	PGWIRE_SSL = 80877103,
	PGWIRE_GSSENC = 80877104,
};

typedef enum PgwireFrame { FRAME_WHOLE, FRAME_PARTIAL, FRAME_BAD } PgwireFrame;

/* Looks at the first message of `in`. WHOLE: its type (0 at start-up) and body, *size bytes of `in`. PARTIAL: *size is
 * what it needs in all, as far as known. */
PgwireFrame pgwire_message_frame(const char *in, size_t len, bool startup, char *type, Str *body, size_t *size);

/* ---- reading ---- */

typedef struct PgwireStartup {
	uint32_t code;       /* PGWIRE_PROTOCOL, PGWIRE_CANCEL ... */
	Str *names, *values; /* of PGWIRE_PROTOCOL */
	uint32_t nparams;
	uint32_t pid, key; /* of PGWIRE_CANCEL */
} PgwireStartup;

typedef struct PgwireParse {
	Str name, query;
	uint32_t *types; /* OIDs; 0: to be inferred */
	uint32_t ntypes;
} PgwireParse;

typedef struct PgwireBind {
	Str portal, statement;
	int16_t *formats; /* 0 text, 1 binary; none: all text; one: of all */
	uint32_t nformats;
	Str *values; /* ptr NULL: NULL */
	uint32_t nvalues;
	int16_t *results; /* formats of the result's columns */
	uint32_t nresults;
} PgwireBind;

typedef struct PgwireTarget {
	char kind; /* 'S' a statement, 'P' a portal */
	Str name;
} PgwireTarget;

typedef struct PgwireExecute {
	Str portal;
	uint32_t most; /* rows; 0: all */
} PgwireExecute;

bool pgwire_message_startup(Str body, Arena *arena, PgwireStartup *out, Err *err);
bool pgwire_message_text(Str body, Str *out, Err *err); /* Query, PasswordMessage, CopyFail */
bool pgwire_message_sasl_initial(Str body, Str *mechanism, Str *response, Err *err);
bool pgwire_message_parse(Str body, Arena *arena, PgwireParse *out, Err *err);
bool pgwire_message_bind(Str body, Arena *arena, PgwireBind *out, Err *err);
bool pgwire_message_target(Str body, PgwireTarget *out, Err *err); /* Describe, Close */
bool pgwire_message_execute(Str body, PgwireExecute *out, Err *err);

/* ---- writing ---- */

/* Begins a message; the result goes to pgwire_message_end. */
size_t pgwire_message_begin(StrBuf *b, char type);
void pgwire_message_end(StrBuf *b, size_t begun);
void pgwire_message_put_i16(StrBuf *b, int32_t v);
void pgwire_message_put_i32(StrBuf *b, int64_t v);
void pgwire_message_put_i64(StrBuf *b, int64_t v);
void pgwire_message_put_text(StrBuf *b, Str s); /* ended by NUL; NULs within are left out */
/* Puts the length of what was written since `at` (a place of four bytes made with put_i32) there. */
void pgwire_message_patch(StrBuf *b, size_t at, int64_t v);
/* A message without body. */
void pgwire_message_empty(StrBuf *b, char type);

#endif
