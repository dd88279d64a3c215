/*
 * sql/functions/text.h: UTF-8 by characters (code points). Bytes that are no UTF-8 count as one character each.
 */
#ifndef WEIR_SQL_FUNCTIONS_TEXT_H
#define WEIR_SQL_FUNCTIONS_TEXT_H

#include "base/arena.h"
#include "base/str.h"

/* Bytes of the character at s.ptr[at]; at < s.len. */
uint32_t text_char(Str s, uint32_t at);
uint32_t text_length(Str s);
/* Byte offset of character `chars` (from 0); s.len if there are fewer. */
uint32_t text_offset(Str s, uint32_t chars);
/* The characters [from, from + len), cut to what exists. */
Str text_slice(Str s, uint32_t from, uint32_t len);
bool text_is_ascii(Str s);
/* s itself, or a copy in which bytes that are no UTF-8 became U+FFFD. */
Str text_valid(Arena *arena, Str s);
/* Decodes one character; the byte itself where it is no UTF-8. */
uint32_t text_decode(Str s, uint32_t at, uint32_t *len);
/* Writes 1 to 4 bytes; returns how many. */
uint32_t text_encode(uint32_t code_point, char out[4]);

#endif
