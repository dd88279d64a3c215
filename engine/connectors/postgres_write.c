/*
 * engine/connectors/postgres_write.c: see postgres_write.h.
 *
 * Values go as text, cast by the server to the column's type: as arrays of text in binary form (no quoting), one for
 * each column; an array column is the text '{1,2}' within its parameter, which unnest leaves whole.
 */
#include "engine/connectors/postgres_write.h"

#include <stdlib.h>

#include "engine/connectors/postgres_array.h"
#include "sql/types/zone.h"

enum { SLICE_ROWS_MAX = 4096, SLICE_BYTES_MAX = 8 << 20, COPY_BYTES = 256 << 10 };

/* ---- statements ---- */

static void put_unnest(StrBuf *b, uint32_t n)
{
	strbuf_puts(b, "unnest(");
	for (uint32_t i = 0; i < n; i++)
		strbuf_printf(b, "%s$%u::text[]", i ? ", " : "", i + 1);
	strbuf_puts(b, ") AS u(");
	for (uint32_t i = 0; i < n; i++)
		strbuf_printf(b, "%sc%u", i ? ", " : "", i + 1);
	strbuf_putc(b, ')');
}

static bool in_key(const PostgresTarget *t, uint32_t col)
{
	for (uint32_t k = 0; k < t->nkey; k++)
		if (t->key[k] == col)
			return true;
	return false;
}

static void put_columns(StrBuf *b, const PostgresTarget *t)
{
	for (uint32_t i = 0; i < t->ncols; i++)
		strbuf_printf(b, "%s%s", i ? ", " : "", t->cols[i].name);
}

static void put_conflict(StrBuf *b, const PostgresTarget *t)
{
	strbuf_puts(b, " ON CONFLICT (");
	for (uint32_t k = 0; k < t->nkey; k++)
		strbuf_printf(b, "%s%s", k ? ", " : "", t->cols[t->key[k]].name);
	strbuf_puts(b, t->ncols > t->nkey ? ") DO UPDATE SET " : ") DO NOTHING");
	bool first = true;
	for (uint32_t i = 0; i < t->ncols; i++) {
		if (in_key(t, i))
			continue;
		strbuf_printf(b, "%s%s = EXCLUDED.%s", first ? "" : ", ", t->cols[i].name, t->cols[i].name);
		first = false;
	}
}

static const char *take(StrBuf *b, Arena *arena)
{
	const char *s = arena_cstr(arena, strbuf_str(b));
	strbuf_clear(b);
	return s;
}

void postgres_write_init(PostgresWriter *w, const SinkSpec *spec, const PostgresTarget *target, Arena *arena)
{
	*w = (PostgresWriter){.spec = spec, .target = target};
	StrBuf b;
	strbuf_init(&b);
	strbuf_printf(&b, "INSERT INTO %s (", target->table);
	put_columns(&b, target);
	strbuf_puts(&b, ") SELECT ");
	for (uint32_t i = 0; i < target->ncols; i++)
		strbuf_printf(&b, "%su.c%u::%s", i ? ", " : "", i + 1, target->cols[i].cast);
	strbuf_puts(&b, " FROM ");
	put_unnest(&b, target->ncols);
	put_conflict(&b, target);
	w->insert = take(&b, arena);
	strbuf_printf(&b, "DELETE FROM %s AS t USING ", target->table);
	put_unnest(&b, target->nkey);
	for (uint32_t k = 0; k < target->nkey; k++)
		strbuf_printf(&b, "%s t.%s = u.c%u::%s", k ? " AND" : " WHERE", target->cols[target->key[k]].name, k + 1,
		              target->cols[target->key[k]].cast);
	w->remove = take(&b, arena);
	strbuf_printf(&b, "COPY %s (", target->table);
	put_columns(&b, target);
	strbuf_puts(&b, ") FROM STDIN");
	w->copy = take(&b, arena);
	strbuf_deinit(&b);
	w->values = MEM_ARRAY(Value, spec->ncols + 1);
	w->columns = MEM_ARRAY(StrBuf, spec->ncols + 1);
	for (uint32_t i = 0; i < spec->ncols; i++)
		strbuf_init(&w->columns[i]);
	strbuf_init(&w->text);
}

void postgres_write_deinit(PostgresWriter *w)
{
	for (uint32_t i = 0; w->columns && i < w->spec->ncols; i++)
		strbuf_deinit(&w->columns[i]);
	mem_free(w->columns);
	mem_free(w->values);
	strbuf_deinit(&w->text);
	*w = (PostgresWriter){0};
}

/* ---- what is sent ---- */

static int by_key(const void *a, const void *b)
{
	const PostgresRow *x = a, *y = b;
	int c = str_cmp(x->key, y->key);
	if (c)
		return c;
	if (x->epoch != y->epoch)
		return x->epoch < y->epoch ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static int by_kind_and_key(const void *a, const void *b)
{
	const PostgresRow *x = a, *y = b;
	if (x->delete != y->delete)
		return x->delete ? -1 : 1;
	return str_cmp(x->key, y->key);
}

/* The last change of each key, deletes first. */
static void merge_by_key(PostgresRows *rows)
{
	if (rows->len == 0)
		return;
	qsort(rows->items, rows->len, sizeof *rows->items, by_key);
	uint32_t n = 0;
	for (uint32_t i = 0; i < rows->len; i++)
		if (i + 1 == rows->len || !str_eq(rows->items[i].key, rows->items[i + 1].key))
			rows->items[n++] = rows->items[i];
	rows->len = n;
	qsort(rows->items, rows->len, sizeof *rows->items, by_kind_and_key);
}

static void add_row(PostgresRows *rows, PostgresRow row)
{
	if (rows->len == rows->cap) {
		rows->cap = rows->cap ? rows->cap * 2 : 256;
		rows->items = mem_realloc(rows->items, rows->cap * sizeof *rows->items);
	}
	rows->items[rows->len++] = row;
}

static Str encode_key(PostgresWriter *w, Arena *arena)
{
	strbuf_clear(&w->text);
	for (uint32_t k = 0; k < w->spec->nkey; k++)
		value_encode_key(w->spec->types[w->spec->key[k]], w->values[w->spec->key[k]], &w->text);
	return arena_str(arena, strbuf_str(&w->text));
}

bool postgres_write_collect(PostgresWriter *w, const SinkEpoch *epochs, uint32_t from, uint32_t n, PostgresRows *rows,
                            SinkRefused *refused, uint32_t max_refused, uint32_t *nrefused, Err *err)
{
	*rows = (PostgresRows){.arena = arena_open("postgres keys", 0), .epochs = epochs};
	SinkRows it;
	sink_rows_init(&it, epochs, n, w->spec->types, w->spec->ncols);
	it.epoch = from;
	RowKind kind;
	Err bad = {0};
	while (sink_rows_next(&it, &kind, w->values, &bad)) {
		if (w->spec->nkey) {
			if (kind != ROW_UPDATE_BEFORE)
				add_row(rows, (PostgresRow){.bytes = it.before,
				                            .key = encode_key(w, rows->arena),
				                            .epoch = it.epoch,
				                            .row = it.row,
				                            .delete = kind == ROW_DELETE});
		} else if (kind == ROW_INSERT) {
			add_row(rows, (PostgresRow){.bytes = it.before, .epoch = it.epoch, .row = it.row});
		} else if (*nrefused < max_refused) {
			SinkRefused *r = &refused[(*nrefused)++];
			*r = (SinkRefused){.epoch = epochs[it.epoch].epoch, .row = it.row};
			err_set(&r->err, ERR_SINK_REFUSED, "a table without key takes inserts only, not %s", chunk_kind_name(kind));
		}
	}
	if (bad.code) {
		*err = bad;
		return false;
	}
	if (w->spec->nkey)
		merge_by_key(rows);
	return true;
}

void postgres_write_rows_deinit(PostgresRows *rows)
{
	mem_free(rows->items);
	arena_close(rows->arena);
	*rows = (PostgresRows){0};
}

/* ---- values ---- */

static void put_value(PostgresWriter *w, uint32_t col, StrBuf *out)
{
	const Type *type = w->spec->types[col];
	Value v = w->values[col];
	switch (w->target->cols[col].form) {
	case POSTGRES_TEXT: value_print(type, v, VALUE_PG, NULL, out); break;
	case POSTGRES_JSON: value_print(type, v, VALUE_JSON, w->spec->zone, out); break;
	case POSTGRES_WALL_TO_INSTANT:
		value_print(&type_ltz6, value_i64(w->spec->zone ? zone_to_instant(w->spec->zone, v.i) : v.i), VALUE_PG, NULL,
		            out);
		break;
	case POSTGRES_INSTANT_TO_WALL:
		value_print(&type_timestamp6, value_i64(w->spec->zone ? zone_to_local(w->spec->zone, v.i) : v.i), VALUE_PG,
		            NULL, out);
		break;
	}
}

static bool decode(PostgresWriter *w, const PostgresRow *row, Err *err)
{
	ChunkReader r = {.rest = row->bytes, .left = 1, .types = w->spec->types, .ncols = w->spec->ncols};
	RowKind kind;
	bool damaged = false;
	return chunk_next(&r, &kind, w->values, &damaged) || err_set(err, ERR_INTERNAL, "the stored output is damaged");
}

static void put_element(PostgresWriter *w, uint32_t col, StrBuf *b)
{
	if (w->values[col].null) {
		postgres_array_null(b);
		return;
	}
	size_t at = postgres_array_open(b);
	put_value(w, col, b);
	postgres_array_close(b, at);
}

/* ---- sending ---- */

/* Rows of one kind as parameters of one statement; *to is lowered when the slice is large enough. */
static bool send_slice(PostgresWriter *w, PostgresConn *c, const PostgresRows *rows, uint32_t from, uint32_t *to,
                       Err *err)
{
	bool delete = rows->items[from].delete;
	uint32_t ncols = delete ? w->spec->nkey : w->spec->ncols, n = 0;
	size_t bytes = 0;
	for (uint32_t i = 0; i < ncols; i++)
		postgres_array_begin(&w->columns[i]);
	uint32_t at = from;
	for (; at < *to && n < SLICE_ROWS_MAX && bytes < SLICE_BYTES_MAX && rows->items[at].delete == delete; at++, n++) {
		if (!decode(w, &rows->items[at], err)) {
			c->fault = POSTGRES_HARD;
			return false;
		}
		bytes = 0;
		for (uint32_t i = 0; i < ncols; i++) {
			put_element(w, delete ? w->spec->key[i] : i, &w->columns[i]);
			bytes += w->columns[i].len;
		}
	}
	*to = at;
	PostgresParam *params = MEM_ARRAY(PostgresParam, ncols);
	for (uint32_t i = 0; i < ncols; i++) {
		postgres_array_end(&w->columns[i], n);
		params[i] = (PostgresParam){w->columns[i].ptr, w->columns[i].len, POSTGRES_TEXT_ARRAY_OID, true};
	}
	PGresult *r = postgres_conn_query(c, delete ? w->remove : w->insert, params, (int)ncols, err);
	mem_free(params);
	PQclear(r);
	return r != NULL;
}

static void put_copy_text(StrBuf *out, Str text)
{
	for (uint32_t i = 0; i < text.len; i++) {
		char ch = text.ptr[i];
		switch (ch) {
		case '\\': strbuf_puts(out, "\\\\"); break;
		case '\n': strbuf_puts(out, "\\n"); break;
		case '\r': strbuf_puts(out, "\\r"); break;
		case '\t': strbuf_puts(out, "\\t"); break;
		default: strbuf_putc(out, ch);
		}
	}
}

static bool send_copy(PostgresWriter *w, PostgresConn *c, const PostgresRows *rows, uint32_t from, uint32_t to,
                      Err *err)
{
	if (!postgres_conn_copy_begin(c, w->copy, err))
		return false;
	StrBuf line, text;
	strbuf_init(&line);
	strbuf_init(&text);
	bool ok = true;
	for (uint32_t r = from; ok && r < to; r++) {
		ok = decode(w, &rows->items[r], err);
		if (!ok) {
			postgres_conn_close(c);
			c->fault = POSTGRES_HARD;
		}
		for (uint32_t i = 0; ok && i < w->spec->ncols; i++) {
			if (i)
				strbuf_putc(&line, '\t');
			if (w->values[i].null) {
				strbuf_puts(&line, "\\N");
				continue;
			}
			strbuf_clear(&text);
			put_value(w, i, &text);
			if (text.len)
				put_copy_text(&line, strbuf_str(&text));
		}
		strbuf_putc(&line, '\n');
		if (ok && (line.len >= COPY_BYTES || r + 1 == to)) {
			ok = postgres_conn_copy_put(c, line.ptr, line.len, err);
			strbuf_clear(&line);
		}
	}
	strbuf_deinit(&line);
	strbuf_deinit(&text);
	return ok && postgres_conn_copy_end(c, err);
}

bool postgres_write_send(PostgresWriter *w, PostgresConn *c, const PostgresRows *rows, uint32_t from, uint32_t to,
                         Err *err)
{
	if (from >= to)
		return true;
	if (w->spec->nkey == 0)
		return send_copy(w, c, rows, from, to, err);
	while (from < to) {
		uint32_t end = to;
		if (!send_slice(w, c, rows, from, &end, err))
			return false;
		from = end;
	}
	return true;
}
