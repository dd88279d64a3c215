/*
 * engine/connectors/stdout_text.h: texts in tables on a terminal.
 */
#ifndef WEIR_ENGINE_CONNECTORS_STDOUT_TEXT_H
#define WEIR_ENGINE_CONNECTORS_STDOUT_TEXT_H

#include "base/str.h"

/* Columns that a text takes on a terminal: 2 for a wide character, 0 for one that joins the one before it. */
uint32_t stdout_text_width(Str s);
/* Appends the text on one line: line breaks and other control characters, which would break a table, are escaped. */
void stdout_text_put(StrBuf *b, Str text);

#endif
