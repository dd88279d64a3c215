/*
 * engine/formats/csv_record.c: bytes to records, records to fields.
 *
 *   field    = quoted | plain            A quote counts only as the first character of a field; a doubled quote inside
 * is one. quoted   = " ... " blanks            The escape character takes the next one as it is (0, n, r, t: NUL and
 * line ends, tab), plain    = ...                       inside of quotes and outside.
 */
#include "engine/formats/csv_int.h"

/* One character, also written as \t, \n, \\ or \u0001, as in Java. */
static bool one_character(Str text, Str *out, Arena *arena)
{
	static const char names[] = "tnrbf\\'\"";
	static const char values[] = "\t\n\r\b\f\\'\"";
	*out = text;
	if (text.len == 2 && text.ptr[0] == '\\') {
		const char *at = strchr(names, text.ptr[1]);
		if (!at || !*at)
			return false;
		*out = arena_str(arena, str_make(&values[at - names], 1));
		return true;
	}
	if (text.len == 6 && str_starts(text, STR("\\u"))) {
		uint32_t code = 0;
		for (uint32_t i = 2; i < 6; i++) {
			char c = (char)(text.ptr[i] | 0x20);
			bool letter = c >= 'a' && c <= 'f';
			if (!letter && (text.ptr[i] < '0' || text.ptr[i] > '9'))
				return false;
			code = code << 4 | (uint32_t)(letter ? c - 'a' + 10 : text.ptr[i] - '0');
		}
		char utf8[3] = {(char)code, 0, 0};
		size_t len = 1;
		if (code >= 0x800) {
			utf8[0] = (char)(0xe0 | code >> 12);
			utf8[1] = (char)(0x80 | (code >> 6 & 0x3f));
			utf8[2] = (char)(0x80 | (code & 0x3f));
			len = 3;
		} else if (code >= 0x80) {
			utf8[0] = (char)(0xc0 | code >> 6);
			utf8[1] = (char)(0x80 | (code & 0x3f));
			len = 2;
		}
		*out = arena_str(arena, str_make(utf8, len));
	}
	return out->len > 0 && str_utf8_char(out->ptr, out->len) == out->len;
}

static bool option_character(const Options *options, const char *key, Arena *arena, Str *out, Err *err)
{
	Str text = options_str(options, "format:csv", key);
	*out = STR_EMPTY;
	if (text.len == 0 && !options_has(options, key))
		return true;
	if (one_character(text, out, arena))
		return true;
	err_set(err, ERR_BAD_OPTION, "\"%.*s\" is not a value for \"csv.%s\"", STR_ARG(text), key);
	return err_hint(err, "It is one character; \\t is a tab.");
}

static bool option_byte(const Options *options, const char *key, Arena *arena, char *out, Err *err)
{
	Str text;
	if (!option_character(options, key, arena, &text, err))
		return false;
	if (text.len > 1)
		return err_set(err, ERR_NOT_SUPPORTED, "\"csv.%s\" beyond ASCII is not supported yet", key);
	*out = text.len > 0 ? text.ptr[0] : '\0';
	return true;
}

bool csv_record_rules(const Options *options, Arena *arena, CsvRules *r, Err *err)
{
	static const char scope[] = "format:csv";
	*r = (CsvRules){.quote = '"'};
	if (!option_character(options, "field-delimiter", arena, &r->delimiter, err) ||
	    !option_byte(options, "quote-character", arena, &r->quote, err) ||
	    !option_byte(options, "escape-character", arena, &r->escape, err))
		return false;
	if (options_bool(options, scope, "disable-quote-character")) {
		if (options_has(options, "quote-character"))
			return err_set(err, ERR_BAD_OPTION,
			               "\"csv.quote-character\" is given, and \"csv.disable-quote-character\" is true");
		r->quote = '\0';
	}
	char first = r->delimiter.ptr[0];
	if (first == '\n' || first == '\r' || (r->delimiter.len == 1 && (first == r->quote || first == r->escape)))
		return err_set(err, ERR_BAD_OPTION,
		               "\"csv.field-delimiter\" is a line end, or the same as the quote or escape character");
	r->comments = options_bool(options, scope, "allow-comments");
	r->lenient = options_bool(options, scope, "ignore-parse-errors");
	r->scientific = options_bool(options, scope, "write-bigdecimal-in-scientific-notation");
	r->has_null = options_has(options, "null-literal");
	r->null_literal = options_str(options, scope, "null-literal");
	r->array_delimiter = options_str(options, scope, "array-element-delimiter");
	if (r->array_delimiter.len == 0)
		return err_set(err, ERR_BAD_OPTION, "\"csv.array-element-delimiter\" is empty");
	return true;
}

static inline bool at_delimiter(const CsvRules *r, const char *p, const char *end)
{
	Str d = r->delimiter;
	return *p == d.ptr[0] && (d.len == 1 || ((size_t)(end - p) >= d.len && memcmp(p, d.ptr, d.len) == 0));
}

/* Behind the field's last character; *field is set. NULL: *why. */
static const char *quoted_field(const CsvRules *r, const char *p, const char *end, CsvField *field, const char **why)
{
	const char *from = ++p;
	*field = (CsvField){.quoted = true};
	for (;; p++) {
		if (p >= end) {
			*why = "a closing quote is missing";
			return NULL;
		}
		if (r->escape && *p == r->escape && r->escape != r->quote) {
			field->escaped = true;
			p++;
			if (p >= end) {
				*why = "a closing quote is missing";
				return NULL;
			}
		} else if (*p == r->quote) {
			if (p + 1 >= end || p[1] != r->quote)
				break;
			field->escaped = true;
			p++;
		}
	}
	field->text = str_make(from, (size_t)(p - from));
	p++;
	while (p < end && (*p == ' ' || *p == '\t') && !at_delimiter(r, p, end))
		p++;
	if (p < end && !at_delimiter(r, p, end)) {
		*why = "a delimiter is expected behind the closing quote";
		return NULL;
	}
	return p;
}

static const char *plain_field(const CsvRules *r, const char *p, const char *end, CsvField *field, const char **why)
{
	const char *from = p;
	*field = (CsvField){.quoted = false};
	for (; p < end && !at_delimiter(r, p, end); p++) {
		if (*p == '\n' || *p == '\r') {
			*why = "the message holds more than one line";
			return NULL;
		}
		if (r->escape && *p == r->escape) {
			field->escaped = true;
			if (++p >= end) {
				*why = "nothing stands behind the escape character";
				return NULL;
			}
		}
	}
	field->text = str_make(from, (size_t)(p - from));
	return p;
}

bool csv_record_fields(const CsvRules *r, Str record, CsvField *fields, uint32_t max, uint32_t *count, const char **why,
                       uint32_t *at)
{
	const char *p = record.ptr;
	const char *end = p + record.len;
	uint32_t n = 0;
	for (;;) {
		CsvField field;
		const char *from = p;
		bool quoted = p < end && r->quote && *p == r->quote;
		p = quoted ? quoted_field(r, p, end, &field, why) : plain_field(r, p, end, &field, why);
		if (!p) {
			*at = (uint32_t)(from - record.ptr);
			return false;
		}
		if (n < max)
			fields[n] = field;
		n++;
		if (p >= end)
			break;
		p += r->delimiter.len;
	}
	*count = n;
	return true;
}

static char unescaped(char c)
{
	switch (c) {
	case '0': return '\0';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	default: return c;
	}
}

Str csv_record_text(const CsvRules *r, const CsvField *field, Arena *arena)
{
	if (!field->escaped)
		return field->text;
	char *out = arena_alloc(arena, field->text.len);
	size_t n = 0;
	for (uint32_t i = 0; i < field->text.len; i++) {
		char c = field->text.ptr[i];
		bool doubled = field->quoted && c == r->quote;
		bool escape = r->escape && c == r->escape && r->escape != r->quote;
		if ((doubled || escape) && i + 1 < field->text.len) {
			c = field->text.ptr[++i];
			c = escape ? unescaped(c) : c;
		}
		out[n++] = c;
	}
	return str_make(out, n);
}

bool csv_record_is_comment(const CsvRules *r, Str record)
{
	return r->comments && record.len > 0 && record.ptr[0] == '#';
}

/* The line end behind the record that begins at p, outside of quotes; NULL: none before end. */
static const char *record_end(const CsvRules *r, const char *p, const char *end)
{
	enum { START, PLAIN, QUOTED, CLOSED } state = START; /* a quote in CLOSED was the first of two */
	while (p < end) {
		bool quote = r->quote && *p == r->quote;
		if (r->escape && *p == r->escape && r->escape != r->quote) {
			state = state == QUOTED ? QUOTED : PLAIN;
			if (++p == end)
				return NULL;
			p++;
		} else if (state == QUOTED) {
			state = quote ? CLOSED : QUOTED;
			p++;
		} else if (*p == '\n') {
			return p;
		} else if (quote && state != PLAIN) {
			state = QUOTED;
			p++;
		} else if (at_delimiter(r, p, end)) {
			state = START;
			p += r->delimiter.len;
		} else {
			state = state == CLOSED ? CLOSED : PLAIN;
			p++;
		}
	}
	return NULL;
}

uint32_t csv_record_split(const Options *options, Str data, bool at_end, Str *messages, uint32_t max, size_t *used)
{
	CsvRules rules;
	Err ignored;
	Arena *scratch = arena_open("csv split", 0);
	uint32_t n = 0;
	*used = 0;
	bool ok = csv_record_rules(options, scratch, &rules, &ignored);
	ASSERT(ok);
	while (n < max && *used < data.len) {
		const char *from = data.ptr + *used;
		const char *end = data.ptr + data.len;
		bool comment = rules.comments && *from == '#';
		const char *newline = comment ? memchr(from, '\n', (size_t)(end - from)) : record_end(&rules, from, end);
		if (!newline && !at_end)
			break;
		const char *stop = newline ? newline : end;
		*used = (size_t)(stop - data.ptr) + (newline ? 1 : 0);
		if (stop > from && stop[-1] == '\r')
			stop--;
		if (!comment)
			messages[n++] = str_make(from, (size_t)(stop - from));
	}
	arena_close(scratch);
	return n;
}
