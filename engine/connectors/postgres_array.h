/*
 * engine/connectors/postgres_array.h: text[] in PostgreSQL's binary form, as a parameter that holds many values.
 */
#ifndef WEIR_ENGINE_CONNECTORS_POSTGRES_ARRAY_H
#define WEIR_ENGINE_CONNECTORS_POSTGRES_ARRAY_H

#include "base/str.h"

enum { POSTGRES_TEXT_OID = 25, POSTGRES_TEXT_ARRAY_OID = 1009 };

void postgres_array_begin(StrBuf *b); /* empties b */
void postgres_array_null(StrBuf *b);
/* Between the two the caller appends the element's text. */
size_t postgres_array_open(StrBuf *b);
void postgres_array_close(StrBuf *b, size_t at);
void postgres_array_end(StrBuf *b, uint32_t n); /* n: elements */

#endif
