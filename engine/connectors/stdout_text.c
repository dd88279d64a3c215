/*
 * engine/connectors/stdout_text.c: texts in tables on a terminal.
 */
#include "engine/connectors/stdout_text.h"

#include <utf8proc.h>

uint32_t stdout_text_width(Str s)
{
	uint32_t width = 0;
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s.ptr;
	utf8proc_ssize_t left = s.len;
	while (left > 0) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate(p, left, &c);
		if (n <= 0) {
			n = 1;
			width++;
		} else {
			int w = c < 32 ? 1 : utf8proc_charwidth(c); /* a control character is shown as a blank */
			width += w > 0 ? (uint32_t)w : 0;
		}
		p += n;
		left -= n;
	}
	return width;
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
