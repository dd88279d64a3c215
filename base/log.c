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
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

enum { LOG_KV_MAX = 4096 }; /* bytes of a line's pairs; the rest is cut */

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
		strbuf_putc(line, c < 0x20 || c == 0x7f ? ' ' : s.ptr[i]);
	}
}

/* Is this the end of a value in quotes: a quote before the end or before the next k=? What is in the
 * quotes is not escaped, so it may have quotes and blanks itself. */
static bool log_is_closing_quote(Str kv, uint32_t i)
{
	if (kv.ptr[i] != '"' || (i + 1 < kv.len && kv.ptr[i + 1] != ' '))
		return false;
	uint32_t at = i + 1;
	while (at < kv.len && kv.ptr[at] == ' ')
		at++;
	if (at == kv.len)
		return true;
	while (at < kv.len && kv.ptr[at] != ' ' && kv.ptr[at] != '"' && kv.ptr[at] != '=')
		at++;
	return at < kv.len && kv.ptr[at] == '=';
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
		while (i < kv->len && !log_is_closing_quote(*kv, i))
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
			strbuf_put_json(line, value);
	}
	strbuf_putc(line, '}');
}

static void log_put_text(StrBuf *line, LogLevel level, const char *component, const char *message, Str kv)
{
	log_put_time(line);
	strbuf_printf(line, " | %s | %s | ", component, log_names[level]);
	log_put_plain(line, str_from(message));
	if (kv.len > 0) {
		strbuf_puts(line, " | ");
		log_put_plain(line, kv);
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
	char pairs[LOG_KV_MAX];
	size_t len = 0;
	if (kv != NULL) {
		va_list args;
		va_start(args, kv);
		int n = vsnprintf(pairs, sizeof pairs, kv, args);
		va_end(args);
		len = n < 0 ? 0 : (size_t)n;
		if (len >= sizeof pairs)
			len = str_utf8_cut(pairs, sizeof pairs - 1);
	}
	StrBuf line;
	strbuf_init(&line);
	if (log_is_json())
		log_put_json(&line, level, component, message, str_make(pairs, len));
	else
		log_put_text(&line, level, component, message, str_make(pairs, len));
	log_emit(&line);
	strbuf_deinit(&line);
	errno = saved_errno;
}
