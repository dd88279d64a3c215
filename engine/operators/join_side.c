/*
 * engine/operators/join_side.c: rows by join key, in a state table.
 */
#include "engine/operators/join_side.h"

#include <stdlib.h>

#include "base/hash.h"

enum { SIDE_HASH = 9, SIDE_COUNTS = 24, SIDE_PLAIN = 16 };

typedef struct SideEntry {
	int64_t weight;
	int64_t ord;
	int64_t partners; /* only where they are counted */
} SideEntry;

/* Do canonical bytes lose something of the value? */
static bool is_lossy(const Type *t)
{
	return type_phys(t) == PHYS_F64 || type_is_nested(t);
}

bool join_side_open(JoinSide *s, Operator *op, uint32_t port, const char *what, bool counts, Err *err)
{
	Arena *arena = op->run->arena;
	const PlanJoin *p = &op->plan->join;
	const uint32_t *keys = port ? p->right_keys : p->left_keys;
	const Plan *in = op->plan->inputs[port];
	*s = (JoinSide){.op = op, .in = in, .null_equal = p->null_equal, .nkeys = p->nkeys, .counts = counts};
	s->order = ARENA_ARRAY(arena, uint32_t, p->nkeys + in->ncols + 1);
	s->cols = ARENA_ARRAY_ZERO(arena, const Column *, p->nkeys + in->ncols + 1);
	s->types = ARENA_ARRAY(arena, const Type *, in->ncols + 1);
	bool *is_key = ARENA_ARRAY_ZERO(arena, bool, in->ncols + 1);
	for (uint32_t k = 0; k < p->nkeys; k++) {
		is_key[keys[k]] = true;
		s->order[s->norder++] = keys[k];
	}
	for (uint32_t c = 0; c < in->ncols; c++) {
		s->types[c] = in->cols[c].type;
		s->exact = s->exact || is_lossy(s->types[c]);
		if (!is_key[c])
			s->order[s->norder++] = c;
	}
	strbuf_init(&s->value);
	s->lenient = expiry_lenient(op);
	if (!operator_state_open(op, what, STATE_HASH, SIDE_HASH, &s->rows, err) ||
	    !expiry_open(&s->expiry, op, port, port ? "right_ttl" : "left_ttl", EXPIRY_OWN, err))
		return false;
	s->written = counts ? SIDE_COUNTS : SIDE_PLAIN;
	s->header = s->written + (s->expiry.ttl_ms ? 8 : 0);
	return true;
}

void join_side_close(JoinSide *s)
{
	if (!s->op)
		return;
	strbuf_deinit(&s->value);
	expiry_close(&s->expiry);
}

/* ---- keys ---- */

static void forget_nulls(const JoinSide *s, const Batch *b, Str *rows)
{
	for (uint32_t k = 0; k < s->nkeys; k++) {
		const Column *c = &b->cols[s->order[k]];
		for (uint32_t i = 0; c->valid && !(s->null_equal && s->null_equal[k]) && i < b->n; i++)
			if (column_is_null(c, i))
				rows[i].ptr = NULL;
	}
}

/* What of the batch's own rows lies in the file is read in the order of keys. */
static void warm(JoinSide *s, const Str *rows, uint32_t n)
{
	Str *list = ARENA_ARRAY(s->op->run->step, Str, n + 1);
	uint32_t len = 0;
	for (uint32_t i = 0; i < n; i++)
		if (rows[i].ptr)
			list[len++] = rows[i];
	state_warm(s->rows, list, len);
}

JoinKeys join_side_keys(JoinSide *s, const Batch *b)
{
	Arena *step = s->op->run->step;
	uint64_t seed = store_group_seed(s->op->run->store);
	JoinKeys out = {ARENA_ARRAY(step, Str, b->n + 1), ARENA_ARRAY(step, uint32_t, b->n + 1)};
	Column hash;
	if (s->nkeys) {
		for (uint32_t k = 0; k < s->nkeys; k++)
			s->cols[k] = &b->cols[s->order[k]];
		column_encode_keys(s->cols, s->nkeys, b->n, step, out.rows);
		column_init(&hash, &type_bigint_nn, b->n, step);
		for (uint32_t i = 0; i < b->n; i++) {
			hash.i64[i] = (int64_t)hash_bytes(out.rows[i].ptr, out.rows[i].len, seed);
			out.key_lens[i] = SIDE_HASH + out.rows[i].len;
		}
	} else {
		column_init_const(&hash, &type_bigint_nn, value_i64(0), b->n, step);
		for (uint32_t i = 0; i < b->n; i++)
			out.key_lens[i] = SIDE_HASH;
	}
	s->cols[0] = &hash;
	for (uint32_t k = 0; k < s->norder; k++)
		s->cols[k + 1] = &b->cols[s->order[k]];
	column_encode_keys(s->cols, s->norder + 1, b->n, step, out.rows);
	forget_nulls(s, b, out.rows);
	warm(s, out.rows, b->n);
	return out;
}

/* ---- stored rows ---- */

static int compare_matches(const void *a, const void *b)
{
	const JoinMatch *x = a, *y = b;
	if (x->ord != y->ord)
		return x->ord < y->ord ? -1 : 1;
	return str_cmp(x->row, y->row);
}

static bool is_over(const JoinSide *s, const char *value)
{
	int64_t written;
	if (!s->expiry.ttl_ms)
		return false;
	memcpy(&written, value + s->written, 8);
	return expiry_over(&s->expiry, written);
}

static void set_written(const JoinSide *s, void *value)
{
	int64_t now = expiry_now(&s->expiry);
	memcpy((char *)value + s->written, &now, 8);
}

void join_side_find(JoinSide *s, Str key, JoinMatches *out, Arena *arena)
{
	Arena *scratch = s->op->run->arena; /* nothing else is put there meanwhile */
	ArenaMark mark = arena_mark(scratch);
	StateScan *scan = state_scan_open(s->rows, str_slice(key, 0, SIDE_HASH), (Str){0}, false, false, scratch);
	Str row, value;
	uint32_t from = out->len;
	while (state_scan_next(scan, &row, &value)) {
		if (row.len < key.len || memcmp(row.ptr + SIDE_HASH, key.ptr + SIDE_HASH, key.len - SIDE_HASH) != 0)
			continue;
		if (is_over(s, value.ptr))
			continue;
		const SideEntry *e = (const void *)value.ptr;
		JoinMatch m = {
		    .row = str_make(arena_copy(arena, row.ptr, row.len), row.len), .weight = e->weight, .ord = e->ord};
		if (s->exact)
			m.exact = str_make(arena_copy(arena, value.ptr + s->header, value.len - s->header), value.len - s->header);
		ARENA_PUSH(arena, out, m);
	}
	state_scan_close(scan);
	arena_rewind(scratch, mark);
	bool sorted = true;
	for (uint32_t i = from + 1; i < out->len && sorted; i++)
		sorted = compare_matches(&out->items[i - 1], &out->items[i]) < 0;
	if (!sorted)
		qsort(out->items + from, out->len - from, sizeof *out->items, compare_matches);
}

static SideEntry *edit_entry(JoinSide *s, Str key, const Batch *b, uint32_t row, bool *created)
{
	if (s->expiry.ttl_ms) {
		uint32_t n;
		const char *value = state_get(s->rows, key, &n);
		if (value && is_over(s, value)) {
			state_del(s->rows, key);
			s->op->counts.expired++;
		}
	}
	if (!s->exact)
		return state_edit(s->rows, key, s->header, NULL, created);
	uint32_t len;
	*created = !state_get(s->rows, key, &len);
	if (!*created)
		return state_edit(s->rows, key, len, NULL, NULL);
	const char none[SIDE_COUNTS + 8] = {0};
	strbuf_clear(&s->value);
	codec_put_fixed(&s->value, none, s->header);
	batch_encode_row(b, row, &s->value);
	return state_put(s->rows, key, strbuf_str(&s->value));
}

int64_t join_side_add(JoinSide *s, Str key, const Batch *b, uint32_t row, int64_t weight, int64_t partners)
{
	bool created;
	SideEntry *e = edit_entry(s, key, b, row, &created);
	int64_t before = e->weight;
	if (created) {
		e->ord = b->ord ? b->ord[row] : 0;
		if (s->counts)
			e->partners = partners;
		if (s->expiry.ttl_ms)
			expiry_begin(&s->expiry, str_slice(key, 0, SIDE_HASH));
	}
	if (s->expiry.ttl_ms)
		set_written(s, e);
	e->weight = before + weight;
	if (e->weight < 0) {
		JoinBelow below = {key, b, row};
		ARENA_PUSH(s->op->run->step, &s->below, below);
	}
	if (e->weight == 0)
		state_del(s->rows, key);
	return before;
}

int64_t join_side_partner(JoinSide *s, Str key, int64_t change)
{
	bool created;
	SideEntry *e = state_edit(s->rows, key, s->header, NULL, &created);
	ASSERT(!created);
	int64_t before = e->partners;
	e->partners = before + change;
	if (s->expiry.ttl_ms)
		set_written(s, e);
	return before;
}

int64_t join_side_known(JoinSide *s, Str key, int64_t weight)
{
	uint32_t len;
	const char *value = weight < 0 && s->lenient && key.ptr ? state_get(s->rows, key, &len) : NULL;
	if (weight >= 0 || !s->lenient || !key.ptr)
		return weight;
	int64_t have = value && !is_over(s, value) ? ((const SideEntry *)(const void *)value)->weight : 0;
	if (have + weight >= 0)
		return weight;
	s->op->counts.unknown += (uint64_t) - (have + weight);
	return -have;
}

/* Forgets the rows of a hash that are over; when the oldest of the others was written, INT64_MAX: there is none. */
static int64_t sweep_hash(JoinSide *s, Str hash)
{
	Arena *step = s->op->run->step;
	int64_t oldest = INT64_MAX, written;
	StateScan *scan = state_scan_open(s->rows, hash, (Str){0}, false, false, step);
	Str row, value;
	while (state_scan_next(scan, &row, &value)) {
		memcpy(&written, value.ptr + s->written, 8);
		if (!expiry_over(&s->expiry, written)) {
			oldest = written < oldest ? written : oldest;
			continue;
		}
		state_del(s->rows, arena_str(step, row));
		s->op->counts.expired++;
	}
	state_scan_close(scan);
	return oldest;
}

void join_side_sweep(JoinSide *s)
{
	Str hash;
	while (expiry_next(&s->expiry, &hash)) {
		int64_t oldest = sweep_hash(s, hash);
		if (oldest != INT64_MAX)
			expiry_renew(&s->expiry, hash, oldest);
	}
	expiry_step_end(&s->expiry);
}

bool join_side_check(JoinSide *s, Err *err)
{
	uint32_t n = s->below.len, len;
	const JoinBelow *list = s->below.items;
	s->below.items = NULL;
	s->below.len = s->below.cap = 0;
	for (uint32_t i = 0; i < n; i++) {
		const SideEntry *e = state_get(s->rows, list[i].key, &len);
		if (!e || e->weight >= 0)
			continue;
		StrBuf text;
		strbuf_init(&text);
		batch_print(batch_slice(list[i].batch, list[i].row, list[i].row + 1, s->op->run->step), &text);
		err_set(err, ERR_RETRACT_UNKNOWN, "a join of \"%.*s\" was told to take back a row that it does not hold",
		        STR_ARG(s->op->run->name));
		err_detail(err, "%s", strbuf_cstr(&text));
		strbuf_deinit(&text);
		return false;
	}
	return true;
}

/* ---- rows as columns ---- */

/* The common string, without zero bytes: the cell points into the row's bytes. */
static bool decode_string(Column *c, uint32_t row, CodecReader *r)
{
	const uint8_t *from = r->at + 1;
	const uint8_t *zero = from < r->end ? memchr(from, 0, (size_t)(r->end - from)) : NULL;
	if (!zero || zero + 1 >= r->end || zero[1] != 0)
		return false;
	c->str[row] = str_make((const char *)from, (size_t)(zero - from));
	if (c->valid)
		bit_set(c->valid, row);
	r->at = zero + 2;
	return true;
}

static bool decode_cell(Column *c, uint32_t row, CodecReader *r, Arena *arena)
{
	if (r->end - r->at >= 9 && r->at[0] == 1 && c->phys == PHYS_I64) {
		c->i64[row] = codec_load_i64(r->at + 1);
		if (c->valid)
			bit_set(c->valid, row);
		r->at += 9;
		return true;
	}
	if (r->at < r->end && r->at[0] == 1 && c->phys == PHYS_STR && decode_string(c, row, r))
		return true;
	Value v;
	if (!value_decode_key(c->type, r, arena, &v))
		return false;
	column_set(c, row, v, arena);
	return true;
}

static bool decode_row(JoinSide *s, const JoinMatch *m, uint32_t row, Column *cols, Arena *arena)
{
	if (s->exact) {
		CodecReader r = codec_reader(m->exact);
		for (uint32_t c = 0; c < s->in->ncols; c++) {
			Value v;
			if (!value_decode(s->types[c], &r, &v))
				return false;
			column_set(&cols[c], row, v, arena);
		}
		return r.at == r.end;
	}
	CodecReader r = codec_reader(str_slice(m->row, SIDE_HASH, m->row.len));
	for (uint32_t k = 0; k < s->norder; k++)
		if (!decode_cell(&cols[s->order[k]], row, &r, arena))
			return false;
	return r.at == r.end;
}

bool join_side_decode(JoinSide *s, const JoinMatches *m, Column *cols, Arena *arena, Err *err)
{
	for (uint32_t c = 0; c < s->in->ncols; c++)
		column_init(&cols[c], s->types[c], m->len, arena);
	for (uint32_t i = 0; i < m->len; i++)
		if (!decode_row(s, &m->items[i], i, cols, arena))
			return err_set(err, ERR_STATE_CORRUPT, "a row of the state table \"%.*s\" is damaged",
			               STR_ARG(state_name(s->rows)));
	return true;
}
