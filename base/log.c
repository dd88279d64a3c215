/*
 * base/log.c: structured lines on standard error.
 *
 * The one idea: a line is made whole in the caller's thread, and only its writing is under the
 * mutex, so lines never mix. What a line is made of may come from outside: control characters are
 * replaced, so that nobody can write a second line or move the terminal's cursor.
 */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

enum {
	LOG_KV_MAX = 4096,      /* bytes of a line's pairs; the rest is cut */
	LOG_INNER_QUOTE = 0x01, /* stands for a quote of a value until the pairs are cut apart */
};

static atomic_int log_least = LOG_INFO;
static atomic_int log_format = LOG_TEXT;
static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;
static void (*log_sink)(void *ctx, const char *line); /* under log_mutex */
static void *log_sink_ctx;

static const char *const log_names[] = {"DEBUG", "INFO", "WARN", "ERROR", "NONE"};

void log_set(LogLevel least, LogFormat format)
{
	atomic_store_explicit(&log_least, (int)least, memory_order_relaxed);
	atomic_store_explicit(&log_format, (int)format, memory_order_relaxed);
}

bool log_is_json(void)
{
	return atomic_load_explicit(&log_format, memory_order_relaxed) == LOG_JSON;
}

bool log_level_parse(const char *text, LogLevel *level)
{
	for (int i = LOG_DEBUG; i <= LOG_NONE; i++) {
		if (str_eq_nocase(str_from(text), str_from(log_names[i]))) {
			*level = (LogLevel)i;
			return true;
		}
	}
	return false;
}

void log_redirect(void (*sink)(void *ctx, const char *line), void *ctx)
{
	pthread_mutex_lock(&log_mutex);
	log_sink = sink;
	log_sink_ctx = ctx;
	pthread_mutex_unlock(&log_mutex);
}

static void log_put_time(StrBuf *line)
{
	int64_t now_us = clock_wall_us(&clock_real);
	time_t seconds = (time_t)(now_us / 1000000);
	struct tm tm;
	gmtime_r(&seconds, &tm);
	strbuf_printf(line, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	              tm.tm_min, tm.tm_sec, (int)(now_us / 1000 % 1000));
}

static void log_put_plain(StrBuf *line, Str s)
{
	for (uint32_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c == LOG_INNER_QUOTE)
			strbuf_putc(line, '"');
		else
			strbuf_putc(line, c < 0x20 || c == 0x7f ? ' ' : s.ptr[i]);
	}
}

/* A %s with its precision, as printf would print it. In quotes its own quotes are masked: a value may come from
 * anybody's record, and must not end early and go on as pairs of its own. */
static void log_put_string(StrBuf *out, const char *text, int precision, bool in_quotes)
{
	size_t n = !text           ? 0
	           : precision < 0 ? strlen(text)
	                           : strnlen(text, (size_t)precision); /* an empty Str may have no text */
	for (size_t i = 0; i < n; i++) {
		char c = text[i] == LOG_INNER_QUOTE ? ' ' : text[i];
		strbuf_putc(out, in_quotes && c == '"' ? LOG_INNER_QUOTE : c);
	}
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the compiler has checked the whole; these are its pieces */

/* One conversion that is no %s; spec ends with its letter. */
static void log_put_number(StrBuf *out, const char *spec, va_list *args)
{
	size_t n = strlen(spec);
	char last = spec[n - 1], before = spec[n - 2];
	if (strchr("aAeEfFgG", last) != NULL)
		strbuf_printf(out, spec, va_arg(*args, double));
	else if (last == 'p')
		strbuf_printf(out, spec, va_arg(*args, void *));
	else if (before == 'l' || before == 'z' || before == 'j' || before == 't')
		strbuf_printf(out, spec, va_arg(*args, long long)); /* all have 64 bits */
	else
		strbuf_printf(out, spec, va_arg(*args, int));
}

#pragma GCC diagnostic pop

static void log_put_pairs(StrBuf *out, const char *format, va_list *args)
{
	bool in_quotes = false;
	for (const char *f = format; *f != '\0'; f++) {
		if (*f != '%') {
			in_quotes ^= *f == '"';
			strbuf_putc(out, *f);
			continue;
		}
		if (f[1] == '%') {
			strbuf_putc(out, *f++);
			continue;
		}
		char spec[32] = "%";
		size_t n = 1;
		int precision = -1;
		while (*++f != '\0' && n + 12 < sizeof spec) {
			if (*f == '*') {
				precision = va_arg(*args, int);
				n += (size_t)snprintf(spec + n, sizeof spec - n, "%d", precision);
			} else {
				if (*f == '.')
					precision = 0;
				else if (precision >= 0 && *f >= '0' && *f <= '9')
					precision = precision * 10 + (*f - '0');
				spec[n++] = *f;
			}
			if (strchr("diouxXcsaAeEfFgGp", *f) != NULL)
				break;
		}
		spec[n] = '\0';
		if (*f == 's')
			log_put_string(out, va_arg(*args, const char *), precision, in_quotes);
		else
			log_put_number(out, spec, args);
		if (*f == '\0')
			return;
	}
}

/* Cuts the next k=v off *kv. */
static bool log_next_pair(Str *kv, Str *key, Str *value, bool *quoted)
{
	while (kv->len > 0 && kv->ptr[0] == ' ')
		*kv = str_slice(*kv, 1, kv->len);
	if (kv->len == 0)
		return false;
	uint32_t i = 0;
	while (i < kv->len && kv->ptr[i] != '=' && kv->ptr[i] != ' ')
		i++;
	*key = str_slice(*kv, 0, i);
	if (i < kv->len && kv->ptr[i] == '=')
		i++;
	uint32_t begin = i;
	*quoted = i < kv->len && kv->ptr[i] == '"' && kv->ptr[i - 1] == '=';
	if (*quoted) {
		begin = ++i;
		while (i < kv->len && kv->ptr[i] != '"')
			i++;
	} else {
		while (i < kv->len && kv->ptr[i] != ' ')
			i++;
	}
	*value = str_slice(*kv, begin, i - begin);
	*kv = str_slice(*kv, i + 1, kv->len);
	return true;
}

static bool log_is_json_integer(Str s)
{
	int64_t ignored;
	uint32_t first = s.len > 0 && s.ptr[0] == '-' ? 1 : 0;
	bool leading_zero = s.len > first + 1 && s.ptr[first] == '0';
	return s.len > 0 && s.ptr[0] != '+' && !leading_zero && str_to_i64(s, &ignored);
}

static void log_put_value(StrBuf *line, Str value)
{
	StrBuf whole;
	strbuf_init(&whole);
	for (uint32_t i = 0; i < value.len; i++)
		strbuf_putc(&whole, value.ptr[i] == LOG_INNER_QUOTE ? '"' : value.ptr[i]);
	strbuf_put_json(line, strbuf_str(&whole));
	strbuf_deinit(&whole);
}

static void log_put_json_field(StrBuf *line, const char *key, Str value)
{
	strbuf_printf(line, ",\"%s\":", key);
	strbuf_put_json(line, value);
}

static void log_put_json(StrBuf *line, LogLevel level, const char *component, const char *message, Str kv)
{
	strbuf_puts(line, "{\"time\":\"");
	log_put_time(line);
	strbuf_putc(line, '"');
	log_put_json_field(line, "component", str_from(component));
	log_put_json_field(line, "level", str_from(log_names[level]));
	log_put_json_field(line, "message", str_from(message));
	Str key;
	Str value;
	bool quoted;
	while (log_next_pair(&kv, &key, &value, &quoted)) {
		strbuf_putc(line, ',');
		strbuf_put_json(line, key);
		strbuf_putc(line, ':');
		if (!quoted && log_is_json_integer(value))
			strbuf_put_str(line, value);
		else
			log_put_value(line, value);
	}
	strbuf_putc(line, '}');
}

/* As logfmt has it: in quotes where the value has blanks or was written so, with \" and \\ for what would end it. */
static void log_put_text_value(StrBuf *line, Str value, bool quoted)
{
	strbuf_putc(line, '=');
	for (uint32_t i = 0; i < value.len && !quoted; i++)
		quoted = value.ptr[i] == '"' || value.ptr[i] == '\\' || (unsigned char)value.ptr[i] <= ' ';
	if (!quoted) {
		strbuf_put_str(line, value);
		return;
	}
	strbuf_putc(line, '"');
	for (uint32_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];
		if (c == LOG_INNER_QUOTE || c == '"')
			strbuf_puts(line, "\\\"");
		else if (c == '\\')
			strbuf_puts(line, "\\\\");
		else if (c == '\n')
			strbuf_puts(line, "\\n");
		else
			strbuf_putc(line, (unsigned char)c < 0x20 || c == 0x7f ? ' ' : c);
	}
	strbuf_putc(line, '"');
}

static void log_put_text(StrBuf *line, LogLevel level, const char *component, const char *message, Str kv)
{
	log_put_time(line);
	strbuf_printf(line, " | %s | %s | ", component, log_names[level]);
	log_put_plain(line, str_from(message));
	if (kv.len > 0)
		strbuf_puts(line, " |");
	Str key, value;
	for (bool quoted; log_next_pair(&kv, &key, &value, &quoted);) {
		strbuf_putc(line, ' ');
		log_put_plain(line, key);
		if (value.ptr != key.ptr + key.len) /* there is a = */
			log_put_text_value(line, value, quoted);
	}
}

static void log_emit(StrBuf *line)
{
	pthread_mutex_lock(&log_mutex);
	if (log_sink != NULL) {
		log_sink(log_sink_ctx, strbuf_cstr(line));
	} else {
		strbuf_putc(line, '\n');
		const char *at = line->ptr;
		size_t left = line->len;
		while (left > 0) {
			ssize_t n = write(STDERR_FILENO, at, left);
			if (n < 0 && errno == EINTR)
				continue;
			if (n <= 0)
				break; /* there is no better place to say so */
			at += n;
			left -= (size_t)n;
		}
	}
	pthread_mutex_unlock(&log_mutex);
}

void log_write(LogLevel level, const char *component, const char *message, const char *kv, ...)
{
	if ((int)level < atomic_load_explicit(&log_least, memory_order_relaxed) || level >= LOG_NONE)
		return;
	int saved_errno = errno;
	StrBuf pairs;
	strbuf_init(&pairs);
	if (kv != NULL) {
		va_list args;
		va_start(args, kv);
		log_put_pairs(&pairs, kv, &args);
		va_end(args);
	}
	Str cut = strbuf_str(&pairs);
	if (cut.len >= LOG_KV_MAX)
		cut = str_slice(cut, 0, (uint32_t)str_utf8_cut(cut.ptr, LOG_KV_MAX - 1));
	StrBuf line;
	strbuf_init(&line);
	if (log_is_json())
		log_put_json(&line, level, component, message, cut);
	else
		log_put_text(&line, level, component, message, cut);
	log_emit(&line);
	strbuf_deinit(&line);
	strbuf_deinit(&pairs);
	errno = saved_errno;
}
