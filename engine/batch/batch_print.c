/*
 * engine/batch/batch_print.c: the text form of a batch that every test compares.
 *
 * One line per row, "+1 (1, 'a', NULL)": the weight with its sign, then the values as VALUE_SQL writes them. Text is
 * quoted, so that 'NULL' and NULL, '1' and 1 differ; an error shows as its code.
 */
#include "engine/batch/batch.h"

#include <inttypes.h>

static void batch_print_cell(const Column *c, uint32_t row, StrBuf *out)
{
	uint8_t e = column_err(c, row);
	if (e != ROW_OK) {
		strbuf_printf(out, "error W%d", (int)column_err_code((RowErr)e));
		return;
	}
	if (column_is_null(c, row)) {
		strbuf_puts(out, "NULL");
		return;
	}
	Value v = column_value(c, row);
	if (!type_is_text(c->type)) {
		value_print(c->type, v, VALUE_SQL, NULL, out);
		return;
	}
	strbuf_putc(out, '\'');
	for (uint32_t i = 0; i < v.s.len; i++) {
		if (v.s.ptr[i] == '\'')
			strbuf_putc(out, '\'');
		strbuf_putc(out, v.s.ptr[i]);
	}
	strbuf_putc(out, '\'');
}

void batch_print(const Batch *b, StrBuf *out)
{
	for (uint32_t r = 0; r < b->n; r++) {
		strbuf_printf(out, "%+" PRId64 " (", batch_weight(b, r));
		for (uint32_t c = 0; c < b->ncols; c++) {
			if (c)
				strbuf_puts(out, ", ");
			batch_print_cell(&b->cols[c], r, out);
		}
		strbuf_puts(out, ")\n");
	}
}
