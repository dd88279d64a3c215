/*
 * engine/formats/base64.h: how JSON and CSV write bytes (RFC 4648, the standard alphabet).
 */
#ifndef WEIR_ENGINE_FORMATS_BASE64_H
#define WEIR_ENGINE_FORMATS_BASE64_H

#include "base/arena.h"

/* Four letters for three bytes, with = at the end. */
void base64_print(Str bytes, StrBuf *out);
/* The padding must be there; bits beyond the last byte are ignored. In the arena. false: not of the form. */
bool base64_parse(Str text, Arena *arena, Str *out);

#endif
