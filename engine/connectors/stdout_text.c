/*
 * engine/connectors/stdout_text.c: texts in tables on a terminal.
 */
#include "engine/connectors/stdout_text.h"

uint32_t stdout_text_width(Str text)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < text.len; i++)
		n += str_begins_char(text.ptr[i]);
	return n;
}

void stdout_text_put(StrBuf *b, Str text)
{
	for (uint32_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '\n')
			strbuf_puts(b, "\\n");
		else if (c == '\r')
			strbuf_puts(b, "\\r");
		else if (c == '\t')
			strbuf_puts(b, "\\t");
		else if ((unsigned char)c < 0x20 || c == 0x7f)
			strbuf_printf(b, "\\x%02x", (unsigned char)c);
		else
			strbuf_putc(b, c);
	}
}
