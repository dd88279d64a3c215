/*
 * engine/formats/parquet/assemble.c: see assemble.h.
 *
 * Leaves of one column may contradict each other in a damaged file. Each stream hands out its own entries only, and all
 * of them must be at the start of a row when a row begins, so that is an error and no more.
 */
#include "engine/formats/parquet/assemble.h"

#include <stdlib.h>

#include "sql/types/packed.h"

typedef struct Items {
	Value *items;
	uint32_t len, cap;
} Items;

typedef struct Reading {
	Assemble *a;
	Arena *arena;   /* of the result */
	Arena *scratch; /* of the row */
	size_t budget;
	bool bad;
	Err *err;
} Reading;

/* ---- streams ---- */

static AssembleStream *add_stream(Assemble *a, SchemaNode *node, const SchemaNode *values, const Schema *schema,
                                  const FormatInput *in, const struct Zone *zone)
{
	node->slot = a->nstreams;
	AssembleStream *s = &a->streams[a->nstreams++];
	leaf_init(&s->reader, in, &schema->leaves[node->leaf], values, zone);
	s->reader.chunk = (uint32_t)node->leaf;
	if (!a->flat) {
		s->values.data = mem_alloc_zero(ASSEMBLE_ENTRIES * column_width(s->reader.phys));
		s->strings = arena_open("parquet strings", 0);
	}
	return s;
}

static void open_streams(Assemble *a, SchemaNode *node, const Schema *schema, const FormatInput *in,
                         const struct Zone *zone)
{
	if (node->kind == SCHEMA_ABSENT)
		return;
	if (node->kind == SCHEMA_LEAF) {
		add_stream(a, node, node, schema, in, zone);
		return;
	}
	bool any = false;
	for (uint32_t i = 0; i < node->nkids; i++) {
		bool first = !any && node->kids[i].kind != SCHEMA_ABSENT;
		open_streams(a, &node->kids[i], schema, in, zone);
		if (first)
			node->slot = node->kids[i].slot;
		any |= first;
	}
	if (!any)
		add_stream(a, node, NULL, schema, in, zone);
}

static uint32_t count_streams(const SchemaNode *node)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < node->nkids; i++)
		n += count_streams(&node->kids[i]);
	return node->kind == SCHEMA_ABSENT ? 0 : n ? n : 1;
}

void assemble_open(Assemble *a, SchemaNode *node, const Schema *schema, const FormatInput *in, const struct Zone *zone,
                   Arena *arena)
{
	*a = (Assemble){.node = node, .flat = node->kind == SCHEMA_LEAF};
	a->streams = ARENA_ARRAY_ZERO(arena, AssembleStream, count_streams(node) + 1);
	open_streams(a, node, schema, in, zone);
}

void assemble_close(Assemble *a)
{
	for (uint32_t i = 0; i < a->nstreams; i++) {
		leaf_deinit(&a->streams[i].reader);
		mem_free(a->streams[i].values.data);
		arena_close(a->streams[i].strings);
	}
	a->nstreams = 0;
}

bool assemble_start(Assemble *a, const MetaGroup *group)
{
	for (uint32_t i = 0; i < a->nstreams; i++) {
		AssembleStream *s = &a->streams[i];
		s->n = s->at = s->value_at = 0;
		a->failed = &s->reader;
		/* Where the leaf stands among the file's is where its chunk stands in the row group. */
		const MetaChunk *chunk = &group->chunks[s->reader.chunk];
		if (!leaf_start(&s->reader, chunk))
			return false;
		if (s->reader.leaf->max_rep == 0 && chunk->values != group->rows) {
			s->reader.why = "the column has not as many values as its row group has rows";
			return false;
		}
	}
	return true;
}

/* ---- plain columns ---- */

/* Dense values to their rows, from the last one down. */
static void spread(Column *c, uint32_t from, uint32_t n, const uint8_t *def, uint8_t most, uint32_t nvalues,
                   Arena *arena)
{
	column_need_valid(c, arena);
	for (uint32_t i = n, v = nvalues; i-- > 0;) {
		bool there = def[i] == most;
		v -= there;
		if (!there)
			bit_clear(c->valid, from + i);
		switch (c->phys) {
		case PHYS_BOOL: c->b[from + i] = there ? c->b[from + v] : 0; break;
		case PHYS_I64:
		case PHYS_F64: c->i64[from + i] = there ? c->i64[from + v] : 0; break;
		case PHYS_I128: c->i128[from + i] = there ? c->i128[from + v] : 0; break;
		case PHYS_STR: c->str[from + i] = there ? c->str[from + v] : STR_EMPTY; break;
		}
	}
}

static void pin(FormatPins *pins, LeafPage *page, Arena *arena)
{
	if (!page || (pins->len && pins->items[pins->len - 1] == page))
		return;
	page->refs++;
	ARENA_PUSH(arena, pins, page);
}

static bool flat_rows(Assemble *a, uint32_t n, Column *out, Arena *arena, FormatPins *pins, Err *err)
{
	LeafReader *r = &a->streams[0].reader;
	uint8_t def[LEAF_ENTRIES_MAX];
	size_t budget = ASSEMBLE_BYTES_MAX;
	column_init(out, a->node->type, n, arena);
	for (uint32_t from = 0; from < n;) {
		uint32_t got, nvalues;
		LeafValues to = {.b = out->b + from * column_width(out->phys)};
		if (!leaf_read(r, n - from, NULL, def, to, &got, &nvalues, arena, &budget, err))
			return false;
		if (out->phys == PHYS_STR) {
			pin(pins, r->page, arena);
			pin(pins, r->dictionary, arena);
		}
		if (nvalues < got)
			spread(out, from, got, def, r->leaf->max_def, nvalues, arena);
		from += got;
	}
	return true;
}

/* ---- nested columns ---- */

static bool refill(Reading *x, AssembleStream *s)
{
	LeafReader *r = &s->reader;
	uint32_t n = r->left < ASSEMBLE_ENTRIES ? (uint32_t)r->left : ASSEMBLE_ENTRIES, nvalues;
	size_t budget = ASSEMBLE_BYTES_MAX;
	s->n = s->at = s->value_at = 0;
	arena_reset(s->strings);
	if (x->bad || leaf_read(r, n, s->rep, s->def, s->values, &s->n, &nvalues, s->strings, &budget, x->err))
		return !x->bad;
	if (!x->err->code)
		x->a->failed = r;
	s->n = 0;
	x->bad = true;
	return false;
}

/* The levels of the next entry; 0 and 0 once something went wrong. */
static uint8_t next_def(Reading *x, AssembleStream *s)
{
	if (s->at == s->n && !refill(x, s))
		return 0;
	return s->reader.leaf->max_def ? s->def[s->at] : 0;
}

static uint8_t next_rep(Reading *x, AssembleStream *s)
{
	if (s->at == s->n && (!s->reader.left || !refill(x, s)))
		return 0;
	return s->reader.leaf->max_rep ? s->rep[s->at] : 0;
}

static void take_entry(Reading *x, AssembleStream *s)
{
	if (next_def(x, s) == s->reader.leaf->max_def && !x->bad)
		s->value_at++;
	s->at += !x->bad;
}

static void take_entries(Reading *x, const SchemaNode *node)
{
	if (node->kind == SCHEMA_ABSENT)
		return;
	bool any = false;
	for (uint32_t i = 0; i < node->nkids; i++) {
		any |= node->kids[i].kind != SCHEMA_ABSENT;
		take_entries(x, &node->kids[i]);
	}
	if (!any)
		take_entry(x, &x->a->streams[node->slot]);
}

static bool spend(Reading *x, size_t bytes)
{
	if (!x->bad && bytes > x->budget) {
		x->bad = true;
		x->a->failed = &x->a->streams[0].reader;
		x->a->failed->why = "rows of a nested column are larger than weir reads";
	}
	if (!x->bad)
		x->budget -= bytes;
	return !x->bad;
}

static Value leaf_value(Reading *x, const SchemaNode *node)
{
	AssembleStream *s = &x->a->streams[node->slot];
	Value v = VALUE_NULL;
	if (next_def(x, s) == node->def && !x->bad) {
		uint32_t i = s->value_at;
		v = (Value){.null = false};
		switch (s->reader.phys) {
		case PHYS_BOOL: v.b = s->values.b[i]; break;
		case PHYS_I64: v.i = s->values.i64[i]; break;
		case PHYS_F64: v.f = s->values.f64[i]; break;
		case PHYS_I128: v.d = s->values.i128[i]; break;
		case PHYS_STR:
			v.s = spend(x, s->values.str[i].len) ? arena_str(x->scratch, s->values.str[i]) : STR_EMPTY;
			break;
		}
	}
	take_entry(x, s);
	return v;
}

static Value read_node(Reading *x, const SchemaNode *node);

static Value row_value(Reading *x, const SchemaNode *node)
{
	const Type **types = ARENA_ARRAY(x->scratch, const Type *, node->nkids + 1);
	Value *items = ARENA_ARRAY(x->scratch, Value, node->nkids + 1);
	bool any = false;
	for (uint32_t i = 0; i < node->nkids; i++) {
		types[i] = node->kids[i].type;
		items[i] = read_node(x, &node->kids[i]);
		any |= node->kids[i].kind != SCHEMA_ABSENT;
	}
	if (!any)
		take_entry(x, &x->a->streams[node->slot]);
	return value_str(packed_build(x->scratch, types, false, items, node->nkids));
}

static int by_key(const void *a, const void *b, void *ctx)
{
	const Value *x = a, *y = b; /* pairs */
	int c = value_compare(ctx, x[0], y[0]);
	return c ? c : x[1].i < y[1].i ? -1 : 1;
}

/* A key that comes twice: the last one counts. */
static void each_key_once(Reading *x, const Type *key, Items *v)
{
	uint32_t n = v->len / 2;
	Value *sorted = ARENA_ARRAY(x->scratch, Value, v->len + 1);
	for (uint32_t i = 0; i < n; i++) {
		sorted[2 * i] = v->items[2 * i];
		sorted[2 * i + 1] = value_i64(i);
	}
	qsort_r(sorted, n, 2 * sizeof(Value), by_key, (void *)(uintptr_t)key);
	uint8_t *drop = NULL;
	for (uint32_t i = 0; i + 1 < n; i++)
		if (value_equal(key, sorted[2 * i], sorted[2 * i + 2])) {
			drop = drop ? drop : ARENA_ARRAY_ZERO(x->scratch, uint8_t, n);
			drop[sorted[2 * i + 1].i] = 1;
		}
	if (!drop)
		return;
	v->len = 0;
	for (uint32_t i = 0; i < n; i++)
		if (!drop[i]) {
			v->items[v->len++] = v->items[2 * i];
			v->items[v->len++] = v->items[2 * i + 1];
		}
}

static Value list_value(Reading *x, const SchemaNode *node)
{
	AssembleStream *s = &x->a->streams[node->slot];
	Items v = {0};
	bool map = node->kind == SCHEMA_MAP;
	const Type *types[2] = {node->kids[0].type, map ? node->kids[1].type : NULL};
	if (next_def(x, s) < node->item_def) {
		take_entries(x, node);
	} else {
		do {
			for (uint32_t k = 0; k < node->nkids; k++) {
				Value item = read_node(x, &node->kids[k]);
				if (spend(x, 2 * sizeof(Value)))
					ARENA_PUSH(x->scratch, &v, item);
			}
		} while (!x->bad && next_rep(x, s) == node->rep);
	}
	if (x->bad)
		return VALUE_NULL;
	if (!map)
		return value_str(packed_build(x->scratch, types, true, v.items, v.len));
	if (v.len > 2)
		each_key_once(x, types[0], &v);
	const Type **all = ARENA_ARRAY(x->scratch, const Type *, v.len + 1);
	for (uint32_t i = 0; i < v.len; i++)
		all[i] = types[i & 1];
	return value_str(packed_build(x->scratch, all, false, v.items, v.len));
}

static Value read_node(Reading *x, const SchemaNode *node)
{
	if (node->kind == SCHEMA_ABSENT || x->bad)
		return VALUE_NULL;
	if (node->kind == SCHEMA_LEAF)
		return leaf_value(x, node);
	if (next_def(x, &x->a->streams[node->slot]) < node->def) {
		take_entries(x, node);
		return VALUE_NULL;
	}
	return node->kind == SCHEMA_ROW ? row_value(x, node) : list_value(x, node);
}

static bool at_row_start(Reading *x)
{
	for (uint32_t i = 0; i < x->a->nstreams && !x->bad; i++) {
		AssembleStream *s = &x->a->streams[i];
		if (next_rep(x, s) != 0 && !x->bad) {
			x->bad = true;
			x->a->failed = &s->reader;
			s->reader.why = "its levels and those of its neighbours do not belong to the same rows";
		}
	}
	return !x->bad;
}

static bool nested_rows(Assemble *a, uint32_t n, Column *out, Arena *arena, Err *err)
{
	Reading x = {.a = a, .arena = arena, .scratch = arena_open("nested", 0), .budget = ASSEMBLE_BYTES_MAX, .err = err};
	column_init(out, a->node->type, n, arena);
	for (uint32_t i = 0; i < n && at_row_start(&x); i++) {
		Value v = read_node(&x, a->node);
		if (v.null) {
			out->str[i] = STR_EMPTY;
			column_set_null(out, i, arena);
		} else {
			out->str[i] = spend(&x, v.s.len) ? arena_str(arena, v.s) : STR_EMPTY;
		}
		arena_reset(x.scratch);
	}
	arena_close(x.scratch);
	return !x.bad;
}

/* ---- both ---- */

bool assemble_rows(Assemble *a, uint32_t n, Column *out, Arena *arena, FormatPins *pins, Err *err)
{
	a->failed = &a->streams[0].reader;
	return a->flat ? flat_rows(a, n, out, arena, pins, err) : nested_rows(a, n, out, arena, err);
}

bool assemble_skip(Assemble *a, int64_t rows, Err *err)
{
	Reading x = {.a = a, .err = err};
	a->failed = &a->streams[0].reader;
	if (a->flat)
		return leaf_skip(a->failed, rows, err);
	for (uint32_t i = 0; i < a->nstreams && !x.bad; i++)
		for (int64_t k = 0; k < rows && !x.bad; k++)
			do {
				take_entry(&x, &a->streams[i]);
			} while (!x.bad && next_rep(&x, &a->streams[i]) != 0);
	return !x.bad;
}
