/*
 * engine/front/pgwire_reply.c: answers: errors, notices, parameters, descriptions of rows.
 */
#include "engine/front/pgwire_int.h"

#include <stdio.h>

#include "engine/front/pgwire_types.h"

static void put_field(StrBuf *out, char field, const char *text)
{
	if (!text || !*text)
		return;
	strbuf_putc(out, field);
	pgwire_message_put_text(out, str_from(text));
}

/* Characters of the text before a byte offset, from 1. */
static uint32_t position(Str text, uint32_t offset)
{
	uint32_t n = 1;
	for (uint32_t i = 0; i < offset && i < text.len; i++)
		n += str_begins_char(text.ptr[i]);
	return n;
}

void pgwire_reply_error(StrBuf *out, const Err *err, const char *severity, const char *sqlstate, Str text)
{
	char message[sizeof err->message + 24], code[16], place[16];
	snprintf(code, sizeof code, "W%04d", (int)err->code);
	snprintf(message, sizeof message, "%s [%s]", err->message, code);
	size_t at = pgwire_message_begin(out, 'E');
	put_field(out, 'S', severity);
	put_field(out, 'V', severity);
	put_field(out, 'C', sqlstate ? sqlstate : err_sqlstate(err->code));
	put_field(out, 'M', message);
	put_field(out, 'D', err->detail);
	put_field(out, 'H', err->hint);
	if (text.ptr && err->span.end > err->span.begin && err->span.end <= text.len) {
		snprintf(place, sizeof place, "%u", position(text, err->span.begin));
		put_field(out, 'P', place);
	}
	put_field(out, 'F', "weir");
	put_field(out, 'R', code);
	strbuf_putc(out, 0);
	pgwire_message_end(out, at);
}

void pgwire_reply_notice(StrBuf *out, const char *text)
{
	size_t at = pgwire_message_begin(out, 'N');
	put_field(out, 'S', "NOTICE");
	put_field(out, 'V', "NOTICE");
	put_field(out, 'C', "00000");
	put_field(out, 'M', text);
	strbuf_putc(out, 0);
	pgwire_message_end(out, at);
}

void pgwire_reply_tag(StrBuf *out, const char *fmt, ...)
{
	char tag[128];
	va_list args;
	va_start(args, fmt);
	vsnprintf(tag, sizeof tag, fmt, args);
	va_end(args);
	size_t at = pgwire_message_begin(out, 'C');
	pgwire_message_put_text(out, str_from(tag));
	pgwire_message_end(out, at);
}

void pgwire_reply_ready(StrBuf *out, char transaction)
{
	size_t at = pgwire_message_begin(out, 'Z');
	strbuf_putc(out, transaction);
	pgwire_message_end(out, at);
}

void pgwire_reply_parameter(StrBuf *out, Str name, Str value)
{
	size_t at = pgwire_message_begin(out, 'S');
	pgwire_message_put_text(out, name);
	pgwire_message_put_text(out, value);
	pgwire_message_end(out, at);
}

void pgwire_reply_parameters(PgwireConn *c, StrBuf *out)
{
	static const struct {
		const char *name, *setting; /* setting NULL: value is fixed */
		const char *value;
	} reported[] = {
	    {"server_version", "server_version", NULL},
	    {"server_encoding", NULL, "UTF8"},
	    {"client_encoding", NULL, "UTF8"},
	    {"application_name", "application_name", NULL},
	    {"is_superuser", NULL, "on"},
	    {"session_authorization", NULL, "weir"},
	    {"DateStyle", "DateStyle", NULL},
	    {"IntervalStyle", "IntervalStyle", NULL},
	    {"TimeZone", "table.local-time-zone", NULL},
	    {"integer_datetimes", NULL, "on"},
	    {"standard_conforming_strings", NULL, "on"},
	};
	const Settings *s = session_settings(c->session);
	for (size_t i = 0; i < sizeof reported / sizeof *reported; i++) {
		Str name = str_from(reported[i].name);
		Str value = reported[i].setting ? settings_str(s, reported[i].setting) : str_from(reported[i].value);
		char *known = map_get(&c->reported, name);
		if (known && str_eq_c(value, known))
			continue;
		mem_free(map_put(&c->reported, name, mem_cstr(value)));
		pgwire_reply_parameter(out, name, value);
	}
}

int16_t pgwire_reply_format(const int16_t *formats, uint32_t nformats, uint32_t column)
{
	if (!nformats)
		return 0;
	return nformats == 1 ? formats[0] : column < nformats ? formats[column] : 0;
}

static void put_column(StrBuf *out, Str name, uint32_t oid, int32_t modifier, int16_t format)
{
	pgwire_message_put_text(out, name);
	pgwire_message_put_i32(out, 0); /* table */
	pgwire_message_put_i16(out, 0); /* column of it */
	pgwire_message_put_i32(out, oid);
	pgwire_message_put_i16(out, pgwire_types_len(oid));
	pgwire_message_put_i32(out, modifier);
	pgwire_message_put_i16(out, format);
}

void pgwire_reply_columns(StrBuf *out, const PlanCol *cols, uint32_t ncols, bool follows, const int16_t *formats,
                          uint32_t nformats)
{
	if (!ncols) {
		pgwire_message_empty(out, 'n');
		return;
	}
	size_t at = pgwire_message_begin(out, 'T');
	pgwire_message_put_i16(out, (int32_t)(ncols + follows));
	if (follows)
		put_column(out, STR("op"), PG_TEXT, -1, pgwire_reply_format(formats, nformats, 0));
	for (uint32_t i = 0; i < ncols; i++)
		put_column(out, cols[i].name, pgwire_types_oid(cols[i].type), pgwire_types_modifier(cols[i].type),
		           pgwire_reply_format(formats, nformats, i + follows));
	pgwire_message_end(out, at);
}
