/*
 * engine/operators/scan_later.c: see scan_later.h.
 *
 * Such changes are few and rare: the range is read whole, rows that came later are left out, rows that went later are
 * put in, and all are sorted by the path anew.
 */
#include "engine/operators/scan_later.h"

#include <stdlib.h>

#include "base/map.h"

typedef struct Entry {
	Str key, row;
} Entry;

typedef struct Entries {
	Entry *items;
	uint32_t len, cap;
} Entries;

/* What a row's number goes back by. */
typedef struct Net {
	int64_t weight;
	const Batch *batch;
	uint32_t at;
	Str row;
} Net;

typedef struct NetList {
	Net **items;
	uint32_t len, cap;
} NetList;

static void add_up(Operator *op, const BatchList *later, Map *by_row, NetList *list)
{
	Arena *arena = op->run->arena;
	StrBuf bytes;
	strbuf_init(&bytes);
	for (uint32_t k = 0; k < later->len; k++) {
		const Batch *b = later->items[k];
		for (uint32_t i = 0; i < b->n; i++) {
			strbuf_clear(&bytes);
			batch_encode_row(b, i, &bytes);
			Net *net = map_get(by_row, strbuf_str(&bytes));
			if (!net) {
				net = ARENA_NEW(arena, Net);
				*net = (Net){.batch = b, .at = i, .row = arena_str(arena, strbuf_str(&bytes))};
				map_put(by_row, net->row, net);
				ARENA_PUSH(arena, list, net);
			}
			net->weight += batch_weight(b, i);
		}
	}
	strbuf_deinit(&bytes);
}

static bool read_range(Operator *op, StateTable *table, StateTable *index, const ScanKeys *keys, Map *by_row,
                       Entries *out, Err *err)
{
	Arena *arena = op->run->arena;
	StateScan *s = state_scan_open(index ? index : table, keys->from, keys->to, false, true, arena);
	Str key, value;
	bool ok = true;
	while (ok && state_scan_next(s, &key, &value)) {
		uint32_t len = value.len;
		const char *row = index ? state_get(table, arena_str(arena, value), &len) : value.ptr;
		if (!row) {
			ok = err_set(err, ERR_STATE_CORRUPT, "an index of \"%.*s\" names a row that is not there",
			             STR_ARG(op->plan->scan.rel->name));
			break;
		}
		Entry e = {arena_str(arena, key), arena_str(arena, str_make(row, len))};
		Net *net = map_get(by_row, e.row);
		if (net && net->weight > 0)
			net->weight--;
		else
			ARENA_PUSH(arena, out, e);
	}
	state_scan_close(s);
	return ok;
}

/* The path's columns of a row that is not there any more. */
static Str path_key(const Relation *r, const IndexDef *index, const Batch *b, uint32_t row, Arena *arena)
{
	bool by_key = !index && r->stored.kind == STORED_BY_KEY;
	const uint32_t *cols = index ? index->cols : r->stored.key;
	uint32_t n = index ? index->ncols : by_key ? r->stored.nkey : 0;
	StrBuf key;
	strbuf_init(&key);
	for (uint32_t k = 0; k < n; k++) {
		size_t from = key.len;
		value_encode_key(r->table->cols[cols[k]].type, column_value(&b->cols[cols[k]], row), &key);
		if (index && index->desc && index->desc[k])
			codec_invert(&key, from);
	}
	Str out = arena_str(arena, strbuf_str(&key));
	strbuf_deinit(&key);
	return out;
}

static int compare(const void *a, const void *b)
{
	const Entry *x = a, *y = b;
	int c = str_cmp(x->key, y->key);
	return c ? c : str_cmp(x->row, y->row);
}

bool scan_later_rows(Operator *op, StateTable *table, StateTable *index, const ScanKeys *keys, const BatchList *later,
                     Str **rows, uint32_t *n, Err *err)
{
	Arena *arena = op->run->arena;
	const PlanScan *s = &op->plan->scan;
	Map by_row;
	NetList nets = {0};
	Entries entries = {0};
	map_init(&by_row);
	add_up(op, later, &by_row, &nets);
	bool ok = read_range(op, table, index, keys, &by_row, &entries, err);
	map_deinit(&by_row);
	for (uint32_t i = 0; i < nets.len; i++) {
		const Net *net = nets.items[i];
		if (net->weight >= 0)
			continue;
		Str key = path_key(s->rel, s->index >= 0 ? &s->rel->indexes[s->index] : NULL, net->batch, net->at, arena);
		if ((keys->from.ptr && str_cmp(key, keys->from) < 0) || (keys->to.ptr && str_cmp(key, keys->to) >= 0))
			continue;
		for (int64_t w = net->weight; w < 0; w++)
			ARENA_PUSH(arena, &entries, ((Entry){key, net->row}));
	}
	if (entries.len)
		qsort(entries.items, entries.len, sizeof *entries.items, compare);
	*n = entries.len;
	*rows = ARENA_ARRAY(arena, Str, entries.len + 1);
	for (uint32_t i = 0; i < entries.len; i++)
		(*rows)[s->reverse ? entries.len - 1 - i : i] = entries.items[i].row;
	return ok;
}
