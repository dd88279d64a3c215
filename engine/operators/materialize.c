/*
 * engine/operators/materialize.c: the root of a materialised view: keeps its rows and hands the step's net changes to
 * those who read it.
 *
 * Several rows may have one ordinal (windows that one row closes): all but the first carry their number behind it in
 * k$. The rows lie in the relation's state table (typed columns, read by snapshots and by people), under the key that
 * Stored names. Rows without a key that may be taken back are kept one per copy: hash of the row, number of the copy;
 * the copy with the highest number goes first.
 *
 * Where state below expires, a key that was forgotten begins anew while its row still stands here, and a row may be
 * taken back that is not here any more. A view is to that as a sink's table is: the new row takes the old one's place,
 * the unknown one is counted and left out. What readers get is what has changed here.
 */
#include "engine/operators/materialize.h"

#include "base/hash.h"
#include "engine/operators/expiry.h"
#include "engine/operators/operators.h"
#include "engine/operators/out_rows.h"

enum { MATERIALIZE_NUMBER = 4 }; /* bytes behind the ordinal of a row that is not the first one of its ordinal */

typedef struct MaterializeOp {
	const Relation *rel;
	int64_t last_ord; /* STORED_BY_ORDINAL: of the newest row, and how many of that ordinal there were before it */
	uint32_t last_number;
	StateTable *rows;
	StateTable **index;
	BatchList pending;
	StrBuf key, row, scratch;
	bool lenient;
	OutRows out; /* lenient */
	const Type **types;
} MaterializeOp;

/* Where the ordinals stand. */
static void restore_ordinals(MaterializeOp *m, Arena *arena)
{
	m->last_ord = INT64_MIN;
	if (m->rel->stored.kind != STORED_BY_ORDINAL)
		return;
	StateScan *s = state_scan_open(m->rows, (Str){0}, (Str){0}, true, true, arena);
	Str key, row;
	if (state_scan_next(s, &key, &row) && key.len >= 8) {
		m->last_ord = codec_load_i64(key.ptr);
		m->last_number = 0;
		for (uint32_t i = 8; i < key.len && i < 8 + MATERIALIZE_NUMBER; i++)
			m->last_number = m->last_number << 8 | (uint8_t)key.ptr[i];
	}
	state_scan_close(s);
}

static bool materialize_open(Operator *op, Err *err)
{
	MaterializeOp *m = ARENA_NEW(op->run->arena, MaterializeOp);
	Arena *arena = op->run->arena;
	m->rel = op->run->rel ? op->run->rel : op->plan->target.rel;
	strbuf_init(&m->key);
	strbuf_init(&m->row);
	strbuf_init(&m->scratch);
	op->state = m;
	const TableDef *t = m->rel->table;
	Str *names = ARENA_ARRAY(arena, Str, t->ncols + 1);
	const Type **types = m->types = ARENA_ARRAY(arena, const Type *, t->ncols + 1);
	/* rows under their ordinals are never taken back and never meet */
	m->lenient = expiry_lenient(op) && (m->rel->stored.kind == STORED_BY_KEY ||
	                                    (m->rel->stored.kind == STORED_BY_HASH && !op->plan->append_only));
	out_rows_init(&m->out, op);
	for (uint32_t i = 0; i < t->ncols; i++) {
		names[i] = t->cols[i].name;
		types[i] = t->cols[i].type;
	}
	StateRows rows = {m->rel->name, t->ncols, names, types};
	StateSpec spec = {.name = m->rel->stored.state, .unit = op->run->unit, .kind = STATE_ORDERED, .rows = &rows};
	if (!state_open(op->run->store, &spec, &m->rows, err))
		return false;
	operator_state_adopt(op, m->rows);
	m->index = ARENA_ARRAY_ZERO(arena, StateTable *, m->rel->nindexes + 1);
	for (uint32_t i = 0; i < m->rel->nindexes; i++) {
		StateSpec is = {.name = m->rel->indexes[i].state, .unit = op->run->unit, .kind = STATE_ORDERED};
		if (!state_open(op->run->store, &is, &m->index[i], err))
			return false;
		operator_state_adopt(op, m->index[i]);
	}
	restore_ordinals(m, op->run->step);
	return true;
}

StateTable *materialize_rows(Operator *op)
{
	ASSERT(op->type == &materialize_type);
	return ((MaterializeOp *)op->state)->rows;
}

StateTable *materialize_index(Operator *op, uint32_t at)
{
	ASSERT(op->type == &materialize_type);
	const MaterializeOp *m = op->state;
	ASSERT(at < m->rel->nindexes);
	return m->index[at];
}

bool materialize_add_index(Operator *op, const Relation *rel, StateTable **out, Err *err)
{
	ASSERT(op->type == &materialize_type);
	MaterializeOp *m = op->state;
	uint32_t n = m->rel->nindexes;
	ASSERT(rel->nindexes == n + 1);
	StateSpec spec = {.name = rel->indexes[n].state, .unit = op->run->unit, .kind = STATE_ORDERED};
	if (!state_open(op->run->store, &spec, out, err))
		return false;
	operator_state_adopt(op, *out);
	StateTable **index = ARENA_ARRAY(op->run->arena, StateTable *, n + 1);
	if (n)
		memcpy(index, m->index, n * sizeof(StateTable *));
	index[n] = *out;
	m->index = index;
	m->rel = rel;
	return true;
}

void materialize_drop_index(Operator *op, const Relation *rel, uint32_t at)
{
	ASSERT(op->type == &materialize_type);
	MaterializeOp *m = op->state;
	StateTable *gone = m->index[at];
	uint32_t kept = 0;
	for (uint32_t i = 0; i < op->nstates; i++)
		if (op->states[i] != gone)
			op->states[kept++] = op->states[i];
	op->nstates = kept;
	state_drop(gone);
	for (uint32_t i = at; i < rel->nindexes; i++)
		m->index[i] = m->index[i + 1];
	m->rel = rel;
}

void materialize_keys(const Stored *stored, const Batch *b, Arena *arena, Str *keys)
{
	if (stored->kind == STORED_BY_KEY) {
		const Column **cols = ARENA_ARRAY(arena, const Column *, stored->nkey + 1);
		for (uint32_t i = 0; i < stored->nkey; i++)
			cols[i] = &b->cols[stored->key[i]];
		column_encode_keys(cols, stored->nkey, b->n, arena, keys);
		return;
	}
	if (stored->kind == STORED_BY_ORDINAL) {
		char *bytes = arena_alloc(arena, (size_t)b->n * 8 + 1);
		for (uint32_t i = 0; i < b->n; i++) {
			codec_store_be64(bytes + (size_t)i * 8, codec_order_i64(b->ord ? b->ord[i] : 0));
			keys[i] = str_make(bytes + (size_t)i * 8, 8);
		}
		return;
	}
	const Str *rows = operator_row_keys(b, arena);
	char *bytes = arena_alloc(arena, (size_t)b->n * 16 + 1);
	for (uint32_t i = 0; i < b->n; i++) {
		Hash128 h = hash_bytes128(rows[i].ptr, rows[i].len, 0);
		codec_store_be64(bytes + (size_t)i * 16, h.high);
		codec_store_be64(bytes + (size_t)i * 16 + 8, h.low);
		keys[i] = str_make(bytes + (size_t)i * 16, 16);
	}
}

static void index_row(MaterializeOp *m, const Batch *b, uint32_t row, Str key, bool put)
{
	for (uint32_t i = 0; i < m->rel->nindexes; i++) {
		const IndexDef *ix = &m->rel->indexes[i];
		strbuf_clear(&m->scratch);
		for (uint32_t c = 0; c < ix->ncols; c++) {
			size_t from = m->scratch.len;
			value_encode_key(b->cols[ix->cols[c]].type, column_value(&b->cols[ix->cols[c]], row), &m->scratch);
			if (ix->desc && ix->desc[c])
				codec_invert(&m->scratch, from);
		}
		strbuf_put_str(&m->scratch, key);
		if (put)
			state_put(m->index[i], strbuf_str(&m->scratch), key);
		else
			state_del(m->index[i], strbuf_str(&m->scratch));
	}
}

static bool unknown_row(Operator *op, const Batch *b, uint32_t row, Err *err)
{
	const Batch *one = batch_slice(b, row, row + 1, op->run->step);
	StrBuf text;
	strbuf_init(&text);
	batch_print(one, &text);
	err_set(err, ERR_RETRACT_UNKNOWN, "view \"%.*s\" was told to take back a row that it does not hold",
	        STR_ARG(op->run->name));
	err_detail(err, "%s", strbuf_cstr(&text));
	strbuf_deinit(&text);
	return false;
}

/* Number of copies of a row that is kept by its hash; the key buffer holds the hash. */
static int64_t count_copies(MaterializeOp *m, Str hash, Arena *arena)
{
	strbuf_clear(&m->scratch);
	strbuf_put_str(&m->scratch, hash);
	if (!codec_prefix_end(&m->scratch))
		return 0;
	StateScan *s = state_scan_open(m->rows, hash, strbuf_str(&m->scratch), true, true, arena);
	Str k, v;
	int64_t n = 0;
	if (state_scan_next(s, &k, &v) && k.len == 24) {
		CodecReader r = codec_reader(str_slice(k, 16, 8));
		codec_get_i64(&r, &n);
		n++;
	}
	state_scan_close(s);
	return n;
}

static void put_copy(MaterializeOp *m, Str hash, int64_t n)
{
	strbuf_clear(&m->key);
	strbuf_put_str(&m->key, hash);
	codec_put_i64(&m->key, n);
}

/* A row that another one of its key replaces is not read: it would come from the file, and be overwritten. */
static bool is_replaced(const MaterializeOp *m, const Batch *b, uint32_t row, const Str *keys)
{
	return m->rel->stored.kind == STORED_BY_KEY && row + 1 < b->n && b->weight[row + 1] > 0 &&
	       str_eq(keys[row], keys[row + 1]);
}

static bool apply_row(Operator *op, const Batch *b, uint32_t row, Str key, Err *err)
{
	MaterializeOp *m = op->state;
	int64_t w = batch_weight(b, row);
	if (m->rel->stored.kind != STORED_BY_HASH) {
		if (w > 0) {
			strbuf_clear(&m->row);
			batch_encode_row(b, row, &m->row);
			state_put(m->rows, key, strbuf_str(&m->row));
			index_row(m, b, row, key, true);
			return true;
		}
		if (!state_del(m->rows, key))
			return unknown_row(op, b, row, err);
		index_row(m, b, row, key, false);
		return true;
	}
	int64_t n = count_copies(m, key, op->run->step);
	for (; w > 0; w--, n++) {
		put_copy(m, key, n);
		strbuf_clear(&m->row);
		batch_encode_row(b, row, &m->row);
		state_put(m->rows, strbuf_str(&m->key), strbuf_str(&m->row));
		index_row(m, b, row, strbuf_str(&m->key), true);
	}
	for (; w < 0; w++) {
		if (--n < 0)
			return unknown_row(op, b, row, err);
		put_copy(m, key, n);
		state_del(m->rows, strbuf_str(&m->key));
		index_row(m, b, row, strbuf_str(&m->key), false);
	}
	return true;
}

static bool materialize_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	(void)err;
	MaterializeOp *m = op->state;
	ARENA_PUSH(op->run->step, &m->pending, b);
	return true;
}

static Str numbered_key(Str ordinal, uint32_t number, Arena *arena)
{
	if (!number)
		return ordinal;
	char *bytes = arena_alloc(arena, 8 + MATERIALIZE_NUMBER);
	memcpy(bytes, ordinal.ptr, 8);
	for (uint32_t k = 0; k < MATERIALIZE_NUMBER; k++)
		bytes[8 + k] = (char)(number >> (8 * (MATERIALIZE_NUMBER - 1 - k)));
	return str_make(bytes, 8 + MATERIALIZE_NUMBER);
}

/* Gives rows of one ordinal different keys. */
static void number_rows(MaterializeOp *m, const Batch *b, Arena *arena, Str *keys)
{
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t ord = b->ord ? b->ord[i] : 0;
		if (ord >= m->last_ord) {
			m->last_number = ord == m->last_ord ? m->last_number + 1 : 0;
			m->last_ord = ord;
			keys[i] = numbered_key(keys[i], m->last_number, arena);
			continue;
		}
		/* order is not kept: the first number that is free */
		uint32_t len, number = 0;
		Str key = keys[i];
		while (state_get(m->rows, key, &len))
			key = numbered_key(keys[i], ++number, arena);
		keys[i] = key;
	}
}

/* Deletions before insertions: a key whose row changes is put last. */
static bool apply_batch(Operator *op, const Batch *b, Err *err)
{
	MaterializeOp *m = op->state;
	Str *keys = ARENA_ARRAY(op->run->step, Str, b->n);
	materialize_keys(&m->rel->stored, b, op->run->step, keys);
	if (m->rel->stored.kind == STORED_BY_ORDINAL)
		number_rows(m, b, op->run->step, keys);
	for (uint32_t i = 0; b->weight && i < b->n; i++) {
		if (b->weight[i] >= 0)
			continue;
		if (is_replaced(m, b, i, keys)) {
			if (!state_may_have(m->rows, keys[i]))
				return unknown_row(op, b, i, err);
			index_row(m, b, i, keys[i], false);
		} else if (!apply_row(op, b, i, keys[i], err)) {
			return false;
		}
	}
	for (uint32_t i = 0; i < b->n; i++)
		if (batch_weight(b, i) > 0 && !apply_row(op, b, i, keys[i], err))
			return false;
	return true;
}

/* ---- where state below expires ---- */

/* The row under a key goes, whatever it is. */
static bool take_stored(Operator *op, Str key, Str stored, int64_t ord, int64_t stamp, Err *err)
{
	MaterializeOp *m = op->state;
	Arena *step = op->run->step;
	uint32_t ncols = m->rel->table->ncols;
	Value *values = ARENA_ARRAY(step, Value, ncols + 1);
	if (!batch_decode_row(arena_str(step, stored), m->types, ncols, values))
		return err_set(err, ERR_STATE_CORRUPT, "a row of the view \"%.*s\" is damaged", STR_ARG(op->run->name));
	out_rows_values(&m->out, values, -1, ord, stamp);
	if (m->rel->nindexes)
		index_row(m, batch_from_values(m->types, ncols, values, 1, NULL, NULL, NULL, step), 0, key, false);
	state_del(m->rows, key);
	return true;
}

static bool apply_by_key(Operator *op, const Batch *b, uint32_t row, Str key, Err *err)
{
	MaterializeOp *m = op->state;
	int64_t ord = b->ord ? b->ord[row] : 0, stamp = b->stamp ? b->stamp[row] : BATCH_NO_WATERMARK;
	uint32_t len;
	const char *stored = state_get(m->rows, key, &len);
	if (batch_weight(b, row) < 0) {
		if (stored)
			return take_stored(op, key, str_make(stored, len), ord, stamp, err);
		op->counts.unknown++;
		return true;
	}
	strbuf_clear(&m->row);
	batch_encode_row(b, row, &m->row);
	if (stored && str_eq(str_make(stored, len), strbuf_str(&m->row)))
		return true;
	if (stored && !take_stored(op, key, str_make(stored, len), ord, stamp, err))
		return false;
	out_rows_copy(&m->out, b, row, 1, ord, stamp);
	return apply_row(op, b, row, key, err);
}

static bool apply_by_hash(Operator *op, const Batch *b, uint32_t row, Str key, Err *err)
{
	MaterializeOp *m = op->state;
	int64_t w = batch_weight(b, row), have = w < 0 ? count_copies(m, key, op->run->step) : 0;
	Batch one = *batch_slice(b, row, row + 1, op->run->step);
	if (have + w < 0 && w < 0) {
		op->counts.unknown += (uint64_t) - (have + w);
		w = -have;
	}
	one.weight = &w;
	if (!w)
		return true;
	out_rows_copy(&m->out, b, row, w, b->ord ? b->ord[row] : 0, b->stamp ? b->stamp[row] : BATCH_NO_WATERMARK);
	return apply_row(op, &one, 0, key, err);
}

/* Of the rows of one ordinal those that go first. */
static bool apply_lenient(Operator *op, const Batch *b, Err *err)
{
	MaterializeOp *m = op->state;
	Str *keys = ARENA_ARRAY(op->run->step, Str, b->n + 1);
	materialize_keys(&m->rel->stored, b, op->run->step, keys);
	bool by_key = m->rel->stored.kind == STORED_BY_KEY;
	for (uint32_t from = 0, to; from < b->n; from = to) {
		for (to = from + 1; to < b->n && b->ord && b->ord[to] == b->ord[from];)
			to++;
		for (int plus = 0; plus < 2; plus++)
			for (uint32_t i = from; i < to; i++)
				if ((batch_weight(b, i) > 0) == plus &&
				    !(by_key ? apply_by_key : apply_by_hash)(op, b, i, keys[i], err))
					return false;
	}
	out_rows_flush(&m->out);
	return true;
}

static bool materialize_flush(Operator *op, Err *err)
{
	MaterializeOp *m = op->state;
	BatchList list = m->pending;
	m->pending = (BatchList){0};
	if (!list.len)
		return true;
	if (m->lenient) {
		const Batch *b = batch_concat(list.items, list.len, op->run->step);
		return apply_lenient(op, op->plan->append_only ? b : batch_consolidate(b, true, op->run->step), err);
	}
	if (op->plan->append_only) {
		for (uint32_t i = 0; i < list.len; i++) {
			if (!apply_batch(op, list.items[i], err))
				return false;
			operator_emit(op, list.items[i]);
		}
		return true;
	}
	const Batch *all = list.len == 1 ? list.items[0] : batch_concat(list.items, list.len, op->run->step);
	const Batch *net = batch_consolidate(all, false, op->run->step);
	if (!apply_batch(op, net, err))
		return false;
	/* who reads the view sees each row's changes at their own ordinals and watermarks */
	operator_emit(op, net == all ? all : batch_consolidate(all, true, op->run->step));
	return true;
}

static void materialize_close(Operator *op)
{
	MaterializeOp *m = op->state;
	if (!m)
		return;
	strbuf_deinit(&m->key);
	strbuf_deinit(&m->row);
	strbuf_deinit(&m->scratch);
}

const OperatorType materialize_type = {
    .name = "materialize",
    .open = materialize_open,
    .push = materialize_push,
    .flush = materialize_flush,
    .close = materialize_close,
};
