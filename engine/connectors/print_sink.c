/*
 * engine/connectors/print_sink.c: changes as lines, as Flink's print connector writes them: `[identifier> ]+I[1, foo,
 * null]`.
 */
#include "engine/connectors/connectors.h"

#include <stdio.h>

#include "engine/connectors/sink_rows.h"

struct Sink {
	SinkSpec spec;
	Str identifier; /* empty: none */
	bool to_stderr;
	StrBuf text;
	Value *values;
};

static bool print_check(const TableDef *table, unsigned *accepts, Err *err)
{
	(void)table;
	(void)err;
	*accepts = SINK_APPEND | SINK_UPSERT | SINK_RETRACT;
	return true;
}

static bool print_open(const SinkSpec *spec, Sink **out, Err *err)
{
	(void)err;
	Sink *s = MEM_NEW(Sink);
	s->spec = *spec;
	s->identifier = options_str(&spec->table->options, "print", "print-identifier");
	s->to_stderr = options_bool(&spec->table->options, "print", "standard-error");
	s->values = MEM_ARRAY(Value, spec->ncols + 1);
	strbuf_init(&s->text);
	*out = s;
	return true;
}

static void put_row(Sink *s, RowKind kind)
{
	if (s->identifier.len) {
		strbuf_put_str(&s->text, s->identifier);
		strbuf_puts(&s->text, "> ");
	}
	strbuf_puts(&s->text, chunk_kind_name(kind));
	strbuf_putc(&s->text, '[');
	for (uint32_t c = 0; c < s->spec.ncols; c++) {
		if (c)
			strbuf_puts(&s->text, ", ");
		if (s->values[c].null)
			strbuf_puts(&s->text, "null");
		else
			value_print(s->spec.types[c], s->values[c], VALUE_JAVA, s->spec.zone, &s->text);
	}
	strbuf_puts(&s->text, "]\n");
}

static SinkResult print_deliver(Sink *s, uint64_t last, const SinkEpoch *epochs, uint32_t n, SinkRefused *refused,
                                uint32_t max_refused, uint32_t *nrefused, Err *err)
{
	(void)last;
	(void)refused;
	(void)max_refused;
	*nrefused = 0;
	SinkRows rows;
	sink_rows_init(&rows, epochs, n, s->spec.types, s->spec.ncols);
	strbuf_clear(&s->text);
	RowKind kind;
	Err bad = {0};
	while (sink_rows_next(&rows, &kind, s->values, &bad))
		put_row(s, kind);
	if (bad.code) {
		*err = bad;
		return SINK_FAILED;
	}
	if (s->text.len == 0)
		return SINK_DELIVERED;
	if (!s->to_stderr && s->spec.out) {
		s->spec.out(s->spec.out_ctx, strbuf_str(&s->text));
		return SINK_DELIVERED;
	}
	FILE *f = s->to_stderr ? stderr : stdout;
	bool ok = fwrite(s->text.ptr, 1, s->text.len, f) == s->text.len;
	if (fflush(f) != 0 || !ok) {
		err_set(err, ERR_SINK_FAILED, "%s cannot be written", s->to_stderr ? "standard error" : "standard output");
		return SINK_FAILED;
	}
	return SINK_DELIVERED;
}

static void print_close(Sink *s)
{
	strbuf_deinit(&s->text);
	mem_free(s->values);
	mem_free(s);
}

const SinkType print_sink_type = {
    .connector = "print",
    .check = print_check,
    .open = print_open,
    .recover = sink_rows_no_marker,
    .deliver = print_deliver,
    .close = print_close,
};
