/*
 * engine/net/s3_xml.h: the little XML that S3 answers with: elements by name, no attributes, no nesting of equal names.
 *
 * Thread: any.
 */
#ifndef WEIR_ENGINE_NET_S3_XML_H
#define WEIR_ENGINE_NET_S3_XML_H

#include "base/arena.h"
#include "base/str.h"

/* The content of the next element of that name in *rest, which moves behind it. false: there is none. */
bool s3_xml_next(Str *rest, const char *name, Str *content);
/* The first element's text, entities resolved, in the arena; empty: there is none. */
Str s3_xml_text(Str xml, const char *name, Arena *arena);
/* "a%20b" -> "a b" */
Str s3_xml_unescape_url(Str text, Arena *arena);
/* Appends text with entities. */
void s3_xml_put(StrBuf *out, Str text);

#endif
