/*
 * base/log.h: structured lines on standard error.
 *
 * text:  2024-05-01T10:00:00.123Z | kafka | WARN | broker is down, trying again | broker=... retry_ms=500
 *        behind the message pairs as logfmt has them: a value in quotes has \" for a quote, \\ for a backslash, \n
 * json:  {"time":...,"component":...,"level":...,"message":...,"broker":...}
 * Thread: any. Values that hold secrets are the caller's duty to mask.
 */
#ifndef WEIR_BASE_LOG_H
#define WEIR_BASE_LOG_H

#include <stdbool.h>

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_NONE } LogLevel;
typedef enum LogFormat { LOG_TEXT, LOG_JSON } LogFormat;

void log_set(LogLevel least, LogFormat format);
bool log_is_json(void);
bool log_level_parse(const char *text, LogLevel *level); /* debug, info, warn, error, none */
/* kv: printf form of "k=v k2=v2"; values with blanks in double quotes; NULL: none.
 * In JSON a whole number without quotes stays a number. */
void log_write(LogLevel level, const char *component, const char *message, const char *kv, ...)
    __attribute__((format(printf, 4, 5)));
#define LOGD(component, message, ...) log_write(LOG_DEBUG, component, message, __VA_ARGS__)
#define LOGI(component, message, ...) log_write(LOG_INFO, component, message, __VA_ARGS__)
#define LOGW(component, message, ...) log_write(LOG_WARN, component, message, __VA_ARGS__)
#define LOGE(component, message, ...) log_write(LOG_ERROR, component, message, __VA_ARGS__)
/* Another place for the lines (tests, the shell's screen); NULL: standard error. The line has no newline;
 * the sink is called by one thread at a time and must not log. */
void log_redirect(void (*sink)(void *ctx, const char *line), void *ctx);

#endif
