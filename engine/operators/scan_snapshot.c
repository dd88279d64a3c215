/*
 * engine/operators/scan_snapshot.c: a scan of a snapshot: stored rows by key range or index, system relations, bounded
 * connector tables.
 *
 * Stored rows come from the committed file (run->snapshot), or, when a statement changes a table, from its current
 * state (run->table_rows). One batch a round. Rows of a changelog source are added up first, unless the keyed
 * normalisation above wants them as they come.
 */
#include "engine/operators/collect.h"
#include "engine/operators/operators.h"
#include "engine/operators/scan_later.h"
#include "engine/operators/scan_range.h"

typedef struct ScanSnapshotOp {
	const PlanScan *scan;
	ScanKeys keys;
	bool begun, done;
	StateRows rows;
	SnapshotScan *stored; /* of the rows, or of the index */
	StateScan *state;     /* of the current state */
	StateTable *table, *index;
	Str *list; /* in its place: the rows without what comes later */
	uint32_t nlist, at;
	void *source;
	Collected changes; /* of a changelog source */
	int64_t left;      /* LIMIT: rows still to give; -1: all */
	const Type **types;
	Value *row;
	StrBuf key;
} ScanSnapshotOp;

static bool scan_snapshot_open(Operator *op, Err *err)
{
	(void)err;
	ScanSnapshotOp *s = ARENA_NEW(op->run->arena, ScanSnapshotOp);
	Arena *arena = op->run->arena;
	op->state = s;
	s->scan = &op->plan->scan;
	s->left = s->scan->limit;
	strbuf_init(&s->key);
	const TableDef *t = s->scan->rel->table;
	Str *names = ARENA_ARRAY(arena, Str, t->ncols + 1);
	s->types = ARENA_ARRAY(arena, const Type *, t->ncols + 1);
	s->row = ARENA_ARRAY(arena, Value, t->ncols + 1);
	for (uint32_t i = 0; i < t->ncols; i++) {
		names[i] = t->cols[i].name;
		s->types[i] = t->cols[i].type;
	}
	s->rows = (StateRows){s->scan->rel->name, t->ncols, names, s->types};
	return true;
}

static bool scan_snapshot_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)op;
	(void)port;
	(void)b;
	return err_set(err, ERR_INTERNAL, "a scan has no inputs");
}

/* The scan's columns of a batch of the relation's. */
static const Batch *pick(Operator *op, const Batch *b)
{
	const PlanScan *s = &op->plan->scan;
	Column *cols = ARENA_ARRAY(op->run->step, Column, op->plan->ncols + 1);
	for (uint32_t i = 0; i < op->plan->ncols; i++)
		cols[i] = b->cols[s->cols ? s->cols[i] : i];
	Batch *out = ARENA_NEW(op->run->step, Batch);
	*out = (Batch){b->n, op->plan->ncols, cols, b->weight, b->ord, NULL};
	return out;
}

/* ---- system relations, sources ---- */

static bool produce_system(Operator *op, bool *more, Err *err)
{
	Batch *b = NULL;
	*more = false;
	if (!op->run->system_rows)
		return err_set(err, ERR_INTERNAL, "no system relations here");
	if (!op->run->system_rows(op->run->ctx, op->plan->scan.rel, op->run->step, &b, err))
		return false;
	if (b && b->n)
		operator_emit(op, pick(op, b));
	return true;
}

static bool cannot_read(const Operator *op, Err *err)
{
	err_set_at(err, ERR_NOT_SUPPORTED, op->plan->span, "a statement that changes a table cannot read \"%.*s\" yet",
	           STR_ARG(op->plan->scan.rel->name));
	return err_hint(err,
	                "It can read tables that weir keeps itself; a SELECT, or a materialized view, reads the others.");
}

static bool produce_source(Operator *op, bool *more, Err *err)
{
	ScanSnapshotOp *s = op->state;
	const Batch *b = NULL;
	if (!op->run->source_rows)
		return cannot_read(op, err);
	if (!op->run->source_rows(op->run->ctx, op->plan, &s->source, op->run->step, &b, err))
		return false;
	bool changelog = !op->plan->append_only && !(op->consumer && op->consumer->plan->kind == PLAN_NORMALIZE);
	*more = b && b->n;
	if (*more && changelog) {
		collect_add(&s->changes, b, true, op->run->arena);
		return true;
	}
	if (*more) {
		Batch *out = ARENA_NEW(op->run->step, Batch);
		*out = *b;
		out->stamp = NULL;
		operator_emit(op, out);
		return true;
	}
	const Batch *all;
	if (!s->changes.len)
		return true;
	if (!collect_all(&s->changes, op->plan, op->run->arena, &all, err))
		return false;
	operator_emit(op, batch_consolidate(all, false, op->run->step));
	return true;
}

/* ---- stored rows ---- */

static bool open_stored(Operator *op, bool *nothing, Err *err)
{
	ScanSnapshotOp *s = op->state;
	const PlanScan *p = s->scan;
	if (!scan_range_keys(op, &s->keys, nothing, err) || *nothing)
		return *nothing;
	if (op->run->snapshot) {
		SnapshotScanSpec spec = {
		    .table = p->index >= 0 ? p->rel->indexes[p->index].state : p->rel->stored.state,
		    .rows = p->index >= 0 ? NULL : &s->rows,
		    .cols = p->cols,
		    .ncols = op->plan->ncols,
		    .key_from = s->keys.from,
		    .key_to = s->keys.to,
		    .reverse = p->reverse,
		    .limit = p->limit,
		    .must_exist = p->index >= 0,
		};
		return snapshot_scan_open(op->run->snapshot, &spec, &s->stored, err);
	}
	s->table = op->run->table_rows ? op->run->table_rows(op->run->ctx, p->rel) : NULL;
	if (!s->table)
		return cannot_read(op, err);
	bool by_key = p->index < 0;
	const BatchList *later = operator_later(op->run, p->rel);
	if (later) {
		s->index = by_key ? NULL : op->run->table_index(op->run->ctx, p->rel, (uint32_t)p->index);
		return scan_later_rows(op, s->table, s->index, &s->keys, later, &s->list, &s->nlist, err);
	}
	if (!by_key && op->run->table_index) {
		s->index = op->run->table_index(op->run->ctx, p->rel, (uint32_t)p->index);
		s->state = state_scan_open(s->index, s->keys.from, s->keys.to, p->reverse, true, op->run->arena);
		return true;
	}
	s->state = state_scan_open(s->table, by_key ? s->keys.from : (Str){0}, by_key ? s->keys.to : (Str){0}, p->reverse,
	                           true, op->run->arena);
	return true;
}

static bool produce_rows(Operator *op, bool *more, Err *err)
{
	ScanSnapshotOp *s = op->state;
	uint32_t n;
	Column *cols = ARENA_ARRAY(op->run->step, Column, op->plan->ncols + 2);
	if (!snapshot_scan_next(s->stored, BATCH_ROWS_MAX, op->run->step, cols, &n, err))
		return false;
	*more = n > 0;
	/* the plan's types outlive the scan's own copies */
	for (uint32_t c = 0; c < op->plan->ncols; c++)
		cols[c].type = op->plan->cols[c].type;
	Batch *b = ARENA_NEW(op->run->step, Batch);
	*b = (Batch){.n = n, .ncols = op->plan->ncols, .cols = cols};
	operator_emit(op, b);
	return true;
}

/* Entries of the index, and the row of each. */
static bool produce_index(Operator *op, bool *more, Err *err)
{
	ScanSnapshotOp *s = op->state;
	Arena *step = op->run->step;
	uint32_t n, ncols = op->plan->ncols, found = 0;
	Column *entries = ARENA_ARRAY(step, Column, 4);
	if (!snapshot_scan_next(s->stored, BATCH_ROWS_MAX, step, entries, &n, err))
		return false;
	*more = n > 0;
	SnapshotScanSpec spec = {
	    .table = s->scan->rel->stored.state, .rows = &s->rows, .cols = s->scan->cols, .ncols = ncols, .limit = -1};
	Value *values = ARENA_ARRAY(step, Value, (size_t)n * ncols + 1);
	const Type **types = ARENA_ARRAY(step, const Type *, ncols + 1);
	for (uint32_t c = 0; c < ncols; c++)
		types[c] = op->plan->cols[c].type;
	for (uint32_t i = 0; i < n; i++) {
		bool there;
		Value key = column_value(&entries[1], i);
		if (!snapshot_get(op->run->snapshot, &spec, key.s, step, values + (size_t)found * ncols, &there, err))
			return false;
		if (!there)
			return err_set(err, ERR_STATE_CORRUPT, "an index of \"%.*s\" names a row that is not there",
			               STR_ARG(s->scan->rel->name));
		found++;
	}
	operator_emit(op, batch_from_values(types, ncols, values, found, NULL, NULL, NULL, step));
	return true;
}

/* The next row of the current state, encoded; *row NULL: it is damaged. */
static bool next_row(ScanSnapshotOp *s, Str *row, Arena *step)
{
	if (s->list) {
		if (s->at < s->nlist)
			*row = s->list[s->at];
		return s->at++ < s->nlist;
	}
	Str key;
	if (!state_scan_next(s->state, &key, row))
		return false;
	if (s->index) {
		/* an entry's value is the key of its row */
		uint32_t len = 0;
		const char *found = state_get(s->table, arena_str(step, *row), &len);
		*row = found ? str_make(found, len) : (Str){0};
	}
	return true;
}

static bool produce_state(Operator *op, bool *more, Err *err)
{
	ScanSnapshotOp *s = op->state;
	Arena *step = op->run->step;
	uint32_t ncols = op->plan->ncols, n = 0, all = s->scan->rel->table->ncols;
	Value *values = ARENA_ARRAY(step, Value, (size_t)BATCH_ROWS_MAX * ncols + 1);
	const Type **types = ARENA_ARRAY(step, const Type *, ncols + 1);
	for (uint32_t c = 0; c < ncols; c++)
		types[c] = op->plan->cols[c].type;
	Str bytes = {0};
	*more = false;
	while (s->left != 0 && next_row(s, &bytes, step)) {
		if (!bytes.ptr)
			return err_set(err, ERR_STATE_CORRUPT, "an index of \"%.*s\" names a row that is not there",
			               STR_ARG(s->scan->rel->name));
		if (!batch_decode_row(arena_str(step, bytes), s->types, all, s->row))
			return err_set(err, ERR_STATE_CORRUPT, "a row of table \"%.*s\" is damaged", STR_ARG(s->scan->rel->name));
		if (s->scan->index >= 0 && !s->index &&
		    !scan_range_has(&s->keys, &s->scan->rel->indexes[s->scan->index], s->types, s->row, &s->key))
			continue;
		for (uint32_t c = 0; c < ncols; c++)
			values[(size_t)n * ncols + c] = s->row[s->scan->cols[c]];
		s->left -= s->left > 0;
		if (++n == BATCH_ROWS_MAX) {
			*more = true;
			break;
		}
	}
	operator_emit(op, batch_from_values(types, ncols, values, n, NULL, NULL, NULL, step));
	return true;
}

static bool scan_snapshot_produce(Operator *op, bool *more, Err *err)
{
	ScanSnapshotOp *s = op->state;
	*more = false;
	if (s->done)
		return true;
	bool fine = true;
	if (s->scan->rel->kind == REL_SYSTEM) {
		fine = produce_system(op, more, err);
	} else if (s->scan->rel->kind == REL_SOURCE) {
		fine = produce_source(op, more, err);
	} else {
		if (!s->begun) {
			bool nothing = false;
			s->begun = true;
			if (!open_stored(op, &nothing, err))
				return false;
			s->done = nothing;
			if (nothing)
				return true;
		}
		if (s->state || s->list)
			fine = produce_state(op, more, err);
		else if (s->scan->index >= 0)
			fine = produce_index(op, more, err);
		else
			fine = produce_rows(op, more, err);
	}
	s->done = !*more;
	return fine;
}

static void scan_snapshot_close(Operator *op)
{
	ScanSnapshotOp *s = op->state;
	if (!s)
		return;
	if (s->stored)
		snapshot_scan_close(s->stored);
	if (s->state)
		state_scan_close(s->state);
	strbuf_deinit(&s->key);
}

const OperatorType scan_snapshot_type = {
    .name = "scan",
    .open = scan_snapshot_open,
    .push = scan_snapshot_push,
    .close = scan_snapshot_close,
    .produce = scan_snapshot_produce,
};
