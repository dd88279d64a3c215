/*
 * base/config.h: how values of options and settings are written: durations, sizes, booleans, lists.
 */
#ifndef WEIR_BASE_CONFIG_H
#define WEIR_BASE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* '5 s', '1min', '500 ms', '1 h', '1 d', '10 minutes'; a bare number is milliseconds. */
bool config_duration_us(Str text, int64_t *us);
/* '128 MB', '64kb', '1 GB', '1 mib'; a bare number is bytes. Powers of 1024, as in Flink. */
bool config_size_bytes(Str text, int64_t *bytes);
bool config_bool(Str text, bool *out); /* true, false, on, off, yes, no, 1, 0 */
/* Prints a duration the short way: 500 ms, 5 s, 10 min. */
void config_print_duration(StrBuf *out, int64_t us);
void config_print_size(StrBuf *out, int64_t bytes);
/* Does the option or setting name hold a secret (password, secret, key material, token, jaas)? */
bool config_is_secret(Str name);
/* The first part of the value, from `at` on, that must not be shown: all of a secret's; in other values passwords in
 * URLs (user:password@host, ?password=...) and in lists of name=value. */
bool config_secret_next(Str name, Str value, uint32_t at, Span *out);
/* Likewise in a line of SQL: in its literals, where a literal and = stand before one, that is its name. */
bool config_secret_literal(Str line, uint32_t at, Span *out);
/* The value with those parts as ***. */
void config_put_shown(StrBuf *out, Str name, Str value);

#endif
