/*
 * engine/connectors/stdout_text.h: texts in tables on a terminal.
 */
#ifndef WEIR_ENGINE_CONNECTORS_STDOUT_TEXT_H
#define WEIR_ENGINE_CONNECTORS_STDOUT_TEXT_H

#include "base/str.h"

/* Characters of a UTF-8 text. */
uint32_t stdout_text_width(Str text);
/* Appends the text on one line: line breaks and other control characters, which would break a table, are escaped. */
void stdout_text_put(StrBuf *b, Str text);

#endif
