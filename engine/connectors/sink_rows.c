/*
 * engine/connectors/sink_rows.c: see sink_rows.h.
 */
#include "engine/connectors/sink_rows.h"

void sink_rows_init(SinkRows *r, const SinkEpoch *epochs, uint32_t n, const Type *const *types, uint32_t ncols)
{
	*r = (SinkRows){.epochs = epochs, .n = n, .types = types, .ncols = ncols};
}

static bool damaged(const SinkRows *r, Err *err)
{
	return err_set(err, ERR_INTERNAL, "the stored output of epoch %llu is damaged",
	               (unsigned long long)r->epochs[r->epoch].epoch);
}

bool sink_rows_next(SinkRows *r, RowKind *kind, Value *values, Err *err)
{
	for (;;) {
		if (r->epoch >= r->n) {
			err_clear(err);
			return false;
		}
		const SinkEpoch *e = &r->epochs[r->epoch];
		if (r->open) {
			bool bad = false;
			r->before = r->reader.rest;
			if (chunk_next(&r->reader, kind, values, &bad)) {
				r->row = r->next_row++;
				return true;
			}
			if (bad)
				return damaged(r, err);
			r->open = false;
			r->chunk++;
		}
		if (r->chunk < e->nchunks) {
			if (!chunk_open(&r->reader, e->chunks[r->chunk], r->types, r->ncols))
				return damaged(r, err);
			r->open = true;
			continue;
		}
		r->epoch++;
		r->chunk = 0;
		r->next_row = 0;
	}
}

uint64_t sink_rows_count(const SinkEpoch *epochs, uint32_t n)
{
	uint64_t rows = 0;
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t c = 0; c < epochs[i].nchunks; c++)
			rows += chunk_rows(epochs[i].chunks[c]);
	return rows;
}

SinkResult sink_rows_no_marker(Sink *s, uint64_t *epoch, bool *known, Err *err)
{
	(void)s;
	(void)err;
	*epoch = 0;
	*known = false;
	return SINK_DELIVERED;
}
