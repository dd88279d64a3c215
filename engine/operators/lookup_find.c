/*
 * engine/operators/lookup_find.c: see lookup_find.h.
 */
#include "engine/operators/lookup_find.h"

#include "engine/operators/join_pairs.h"
#include "engine/operators/lookup_cache.h"

/* A change of the right side in this step. */
struct LookupChange {
	Str key, row;
	int64_t ord, weight;
	LookupChange *next; /* older */
};

/* The distinct keys of a batch. */
typedef struct Distinct {
	Str *keys;
	uint32_t *row;  /* a row that has the key */
	uint32_t *slot; /* of each row of the batch; UINT32_MAX: none */
	uint32_t n;
	uint32_t *first, *count; /* what each found, in f->rows */
} Distinct;

static bool is_remote(const LookupFind *f)
{
	return f->scan->scan.rel->kind == REL_SOURCE;
}

static const bool *descending(const Operator *op, const PlanScan *s)
{
	const IndexDef *ix = s->index >= 0 ? &s->rel->indexes[s->index] : NULL;
	for (uint32_t i = 0; ix && ix->desc && i < op->plan->join.nkeys; i++)
		if (ix->desc[i])
			return ix->desc;
	return NULL;
}

bool lookup_find_open(LookupFind *f, Operator *op, Err *err)
{
	Arena *arena = op->run->arena;
	f->op = op;
	f->scan = op->plan->inputs[1];
	const PlanScan *s = &f->scan->scan;
	const TableDef *t = s->rel->table;
	strbuf_init(&f->bytes);
	if (is_remote(f)) {
		f->exprs = eval_open(arena, s->exprs, f->scan->ncols);
		f->cache = lookup_cache_open(&t->options);
		if (!op->run->lookup)
			return err_set(err, ERR_INTERNAL, "no tables elsewhere can be asked here");
		return op->run->lookup->open(op->run->ctx, op->plan, &f->remote, err);
	}
	f->desc = descending(op, s);
	f->types = ARENA_ARRAY(arena, const Type *, t->ncols + 1);
	f->whole = f->scan->ncols == t->ncols;
	for (uint32_t i = 0; i < t->ncols; i++)
		f->types[i] = t->cols[i].type;
	for (uint32_t i = 0; i < f->scan->ncols; i++)
		f->whole &= s->cols[i] == i;
	return true;
}

void lookup_find_close(LookupFind *f)
{
	strbuf_deinit(&f->bytes);
	lookup_cache_close(f->cache);
	if (f->remote)
		f->op->run->lookup->close(f->remote);
}

void lookup_find_describe(const LookupFind *f, StrBuf *out)
{
	if (is_remote(f) && f->cache)
		strbuf_printf(out, "%llu keys asked for, %llu found in the cache, which holds %u", (unsigned long long)f->asked,
		              (unsigned long long)f->hits, lookup_cache_len(f->cache));
	else if (is_remote(f))
		strbuf_printf(out, "%llu keys asked for", (unsigned long long)f->asked);
	else
		strbuf_printf(out, "%llu keys looked up", (unsigned long long)f->asked);
}

/* ---- keys ---- */

/* As the key or index has them. */
static Str *encode_keys(const LookupFind *f, const Batch *b, const uint32_t *cols)
{
	Arena *step = f->op->run->step;
	uint32_t n = f->op->plan->join.nkeys;
	const Column **of = ARENA_ARRAY(step, const Column *, n + 1);
	Str *keys = ARENA_ARRAY(step, Str, b->n + 1);
	for (uint32_t k = 0; k < n; k++)
		of[k] = &b->cols[cols[k]];
	column_encode_keys(of, n, b->n, step, keys);
	if (!f->desc)
		return keys;
	StrBuf buf;
	strbuf_init(&buf);
	for (uint32_t i = 0; i < b->n; i++) {
		strbuf_clear(&buf);
		for (uint32_t k = 0; k < n; k++) {
			size_t from = buf.len;
			value_encode_key(of[k]->type, column_value(of[k], i), &buf);
			if (f->desc[k])
				codec_invert(&buf, from);
		}
		keys[i] = arena_str(step, strbuf_str(&buf));
	}
	strbuf_deinit(&buf);
	return keys;
}

static bool has_null(const LookupFind *f, const Batch *b, uint32_t row)
{
	const PlanJoin *j = &f->op->plan->join;
	for (uint32_t k = 0; k < j->nkeys; k++)
		if (column_is_null(&b->cols[j->left_keys[k]], row))
			return true;
	return false;
}

static Distinct find_distinct(const LookupFind *f, const Batch *b)
{
	Arena *step = f->op->run->step;
	Str *keys = encode_keys(f, b, f->op->plan->join.left_keys);
	uint32_t size = 64;
	while (size < b->n * 2)
		size *= 2;
	uint32_t *table = ARENA_ARRAY_ZERO(step, uint32_t, size);
	Distinct d = {.keys = ARENA_ARRAY(step, Str, b->n + 1),
	              .row = ARENA_ARRAY(step, uint32_t, b->n + 1),
	              .slot = ARENA_ARRAY(step, uint32_t, b->n + 1)};
	for (uint32_t i = 0; i < b->n; i++) {
		d.slot[i] = UINT32_MAX;
		if (batch_weight(b, i) < 0 || has_null(f, b, i))
			continue;
		uint32_t at = (uint32_t)state_hash(keys[i]) & (size - 1);
		while (table[at] && !str_eq(d.keys[table[at] - 1], keys[i]))
			at = (at + 1) & (size - 1);
		if (!table[at]) {
			d.keys[d.n] = keys[i];
			d.row[d.n] = i;
			table[at] = ++d.n;
		}
		d.slot[i] = table[at] - 1;
	}
	d.first = ARENA_ARRAY(step, uint32_t, d.n + 1);
	d.count = ARENA_ARRAY_ZERO(step, uint32_t, d.n + 1);
	return d;
}

static void add_row(LookupFind *f, Str row)
{
	Arena *step = f->op->run->step;
	if (f->nrows == f->cap) {
		uint32_t cap = f->cap * 2;
		f->rows = arena_grow(step, f->rows, f->cap * sizeof(Str), cap * sizeof(Str));
		f->cap = cap;
	}
	f->rows[f->nrows++] = row;
}

/* Rows of one key have no order of their own; what they are made into shall not depend on how they were found. */
static void sort_rows(Str *rows, uint32_t n)
{
	for (uint32_t gap = n / 2; gap; gap /= 2)
		for (uint32_t i = gap; i < n; i++) {
			Str x = rows[i];
			uint32_t k = i;
			for (; k >= gap && str_cmp(rows[k - gap], x) > 0; k -= gap)
				rows[k] = rows[k - gap];
			rows[k] = x;
		}
}

/* ---- what weir keeps ---- */

static bool damaged(const LookupFind *f, Err *err)
{
	return err_set(err, ERR_STATE_CORRUPT, "a row of \"%.*s\" in the state file is damaged",
	               STR_ARG(f->scan->scan.rel->name));
}

/* The scan's columns of a stored row. */
static bool add_stored(LookupFind *f, Str row, Err *err)
{
	Arena *step = f->op->run->step;
	if (f->whole) {
		add_row(f, arena_str(step, row));
		return true;
	}
	uint32_t n = f->scan->scan.rel->table->ncols;
	Value *values = ARENA_ARRAY(step, Value, n + 1);
	if (!batch_decode_row(row, f->types, n, values))
		return damaged(f, err);
	strbuf_clear(&f->bytes);
	for (uint32_t c = 0; c < f->scan->ncols; c++) {
		uint32_t of = f->scan->scan.cols[c];
		value_encode(f->types[of], values[of], &f->bytes);
	}
	add_row(f, arena_str(step, strbuf_str(&f->bytes)));
	return true;
}

/* All rows whose key, or entry of the index, begins with the bytes. */
static bool find_prefix(LookupFind *f, Str from, Err *err)
{
	Arena *step = f->op->run->step;
	strbuf_clear(&f->bytes);
	strbuf_put_str(&f->bytes, from);
	Str to = codec_prefix_end(&f->bytes) ? arena_str(step, strbuf_str(&f->bytes)) : (Str){0};
	StateScan *s = state_scan_open(f->index ? f->index : f->state, from, to, false, true, step);
	Str key, value;
	bool ok = true;
	while (ok && state_scan_next(s, &key, &value)) {
		if (f->index) {
			uint32_t len = 0;
			const char *row = state_get(f->state, arena_str(step, value), &len);
			if (!row)
				ok = err_set(err, ERR_STATE_CORRUPT, "an index of \"%.*s\" names a row that is not there",
				             STR_ARG(f->scan->scan.rel->name));
			value = str_make(row, len);
		}
		ok = ok && add_stored(f, value, err);
	}
	state_scan_close(s);
	return ok;
}

/* ---- what weir keeps, in a snapshot ---- */

static bool add_values(LookupFind *f, const Value *values)
{
	strbuf_clear(&f->bytes);
	for (uint32_t c = 0; c < f->scan->ncols; c++)
		value_encode(f->scan->cols[c].type, values[c], &f->bytes);
	add_row(f, arena_str(f->op->run->step, strbuf_str(&f->bytes)));
	return true;
}

/* The row of a key of the relation; it may be missing, or must not. */
static bool add_keyed(LookupFind *f, const SnapshotScanSpec *rows, Str key, bool must, Err *err)
{
	Arena *step = f->op->run->step;
	Value *values = ARENA_ARRAY(step, Value, f->scan->ncols + 1);
	bool found;
	if (!snapshot_get(f->op->run->snapshot, rows, key, step, values, &found, err))
		return false;
	if (!found)
		return !must || err_set(err, ERR_STATE_CORRUPT, "an index of \"%.*s\" names a row that is not there",
		                        STR_ARG(f->scan->scan.rel->name));
	return add_values(f, values);
}

/* All rows whose key, or entry of the index, begins with the bytes. */
static bool add_prefix(LookupFind *f, const SnapshotScanSpec *rows, Str from, Err *err)
{
	const PlanScan *s = &f->scan->scan;
	Arena *step = f->op->run->step;
	SnapshotScanSpec spec = *rows;
	if (s->index >= 0)
		spec = (SnapshotScanSpec){.table = s->rel->indexes[s->index].state, .limit = -1, .must_exist = true};
	strbuf_clear(&f->bytes);
	strbuf_put_str(&f->bytes, from);
	spec.key_from = from;
	spec.key_to = codec_prefix_end(&f->bytes) ? arena_str(step, strbuf_str(&f->bytes)) : (Str){0};
	SnapshotScan *scan;
	if (!snapshot_scan_open(f->op->run->snapshot, &spec, &scan, err))
		return false;
	uint32_t n = 1, ncols = s->index >= 0 ? 2 : f->scan->ncols;
	Column *cols = ARENA_ARRAY(step, Column, ncols + 2);
	Value *values = ARENA_ARRAY(step, Value, ncols + 1);
	bool ok = true;
	while (ok && n && (ok = snapshot_scan_next(scan, BATCH_ROWS_MAX, step, cols, &n, err)))
		for (uint32_t i = 0; ok && i < n; i++) {
			for (uint32_t c = 0; c < ncols; c++)
				values[c] = column_value(&cols[c], i);
			ok = s->index >= 0 ? add_keyed(f, rows, values[1].s, true, err) : add_values(f, values);
		}
	snapshot_scan_close(scan);
	return ok;
}

static bool find_in_snapshot(LookupFind *f, Distinct *d, Err *err)
{
	const PlanScan *s = &f->scan->scan;
	const TableDef *t = s->rel->table;
	Str *names = ARENA_ARRAY(f->op->run->step, Str, t->ncols + 1);
	for (uint32_t i = 0; i < t->ncols; i++)
		names[i] = t->cols[i].name;
	StateRows of = {s->rel->name, t->ncols, names, f->types};
	SnapshotScanSpec rows = {
	    .table = s->rel->stored.state, .rows = &of, .cols = s->cols, .ncols = f->scan->ncols, .limit = -1};
	bool exact = s->index < 0 && f->op->plan->join.unique;
	for (uint32_t i = 0; i < d->n; i++) {
		d->first[i] = f->nrows;
		if (exact ? !add_keyed(f, &rows, d->keys[i], false, err) : !add_prefix(f, &rows, d->keys[i], err))
			return false;
		d->count[i] = f->nrows - d->first[i];
		sort_rows(f->rows + d->first[i], d->count[i]);
	}
	return true;
}

static bool find_kept(LookupFind *f, Distinct *d, Err *err)
{
	bool exact = !f->index && f->op->plan->join.unique;
	if (f->op->run->snapshot)
		return find_in_snapshot(f, d, err);
	if (exact)
		state_warm(f->state, d->keys, d->n);
	for (uint32_t i = 0; i < d->n; i++) {
		d->first[i] = f->nrows;
		if (exact) {
			uint32_t len;
			const char *row = state_get(f->state, d->keys[i], &len);
			if (row && !add_stored(f, str_make(row, len), err))
				return false;
		} else if (!find_prefix(f, d->keys[i], err)) {
			return false;
		}
		d->count[i] = f->nrows - d->first[i];
		sort_rows(f->rows + d->first[i], d->count[i]);
	}
	return true;
}

/* ---- the changes of the step ---- */

static LookupChange *note_changes(LookupFind *f, const Batch *b, LookupChange *list)
{
	Arena *step = f->op->run->step;
	Str *keys = encode_keys(f, b, f->op->plan->join.right_keys);
	for (uint32_t i = 0; i < b->n; i++) {
		LookupChange *c = ARENA_NEW(step, LookupChange);
		strbuf_clear(&f->bytes);
		batch_encode_row(b, i, &f->bytes);
		*c = (LookupChange){.key = keys[i],
		                    .row = arena_str(step, strbuf_str(&f->bytes)),
		                    .ord = b->ord[i],
		                    .weight = batch_weight(b, i),
		                    .next = list};
		list = c;
	}
	return list;
}

static bool not_open(const LookupFind *f, Err *err)
{
	return err_set(err, ERR_NOT_SUPPORTED, "\"%.*s\" cannot be looked up in here", STR_ARG(f->scan->scan.rel->name));
}

/* What the run has of the relation. */
static bool begin_run(LookupFind *f, Err *err)
{
	const OperatorRun *run = f->op->run;
	const PlanScan *s = &f->scan->scan;
	if (run->snapshot)
		return true;
	f->state = run->table_rows ? run->table_rows(run->ctx, s->rel) : NULL;
	f->index = f->state && s->index >= 0 ? run->table_index(run->ctx, s->rel, (uint32_t)s->index) : NULL;
	if (!f->state || (s->index >= 0 && !f->index))
		return not_open(f, err);
	const BatchList *later = operator_later(run, s->rel);
	for (uint32_t k = 0; later && k < later->len; k++) {
		const Batch *b = later->items[k];
		Column *cols = ARENA_ARRAY(run->step, Column, f->scan->ncols + 1);
		for (uint32_t i = 0; i < f->scan->ncols; i++)
			cols[i] = b->cols[s->cols[i]];
		Batch *picked = ARENA_NEW(run->step, Batch);
		*picked = (Batch){b->n, f->scan->ncols, cols, b->weight, b->ord, NULL};
		f->changes = note_changes(f, picked, f->changes);
	}
	return true;
}

bool lookup_find_step(LookupFind *f, const BatchList *right, Err *err)
{
	f->changes = NULL;
	if (is_remote(f))
		return true;
	if (f->op->run->is_snapshot)
		return begin_run(f, err);
	for (uint32_t i = 0; i < right->len; i++)
		f->changes = note_changes(f, right->items[i], f->changes);
	return f->op->run->lookup->kept(f->op->run->ctx, f->scan, &f->state, &f->index, err);
}

static bool remove_row(LookupFind *f, uint32_t first, Str row)
{
	for (uint32_t i = first; i < f->nrows; i++)
		if (str_eq(f->rows[i], row)) {
			f->rows[i] = f->rows[--f->nrows];
			return true;
		}
	return false;
}

/* Changes by their key, newest first. */
typedef struct ChangeTable {
	LookupChange **slots;
	uint32_t mask;
} ChangeTable;

static ChangeTable by_key(const LookupFind *f)
{
	Arena *step = f->op->run->step;
	uint32_t n = 0, size = 64;
	for (const LookupChange *c = f->changes; c; c = c->next)
		n++;
	while (size < n * 2)
		size *= 2;
	ChangeTable t = {ARENA_ARRAY_ZERO(step, LookupChange *, size), size - 1};
	LookupChange **tail = ARENA_ARRAY_ZERO(step, LookupChange *, size);
	for (const LookupChange *c = f->changes; c; c = c->next) {
		uint32_t at = (uint32_t)state_hash(c->key) & t.mask;
		while (t.slots[at] && !str_eq(t.slots[at]->key, c->key))
			at = (at + 1) & t.mask;
		LookupChange *copy = arena_copy(step, c, sizeof *c);
		copy->next = NULL;
		if (tail[at])
			tail[at]->next = copy;
		else
			t.slots[at] = copy;
		tail[at] = copy;
	}
	return t;
}

static const LookupChange *changes_of(const ChangeTable *t, Str key)
{
	uint32_t at = (uint32_t)state_hash(key) & t->mask;
	while (t->slots[at] && !str_eq(t->slots[at]->key, key))
		at = (at + 1) & t->mask;
	return t->slots[at];
}

/* What the key held before the changes behind `ord`. */
static bool take_changes_back(LookupFind *f, const Distinct *d, uint32_t slot, const LookupChange *c, int64_t ord,
                              Err *err)
{
	uint32_t first = f->nrows;
	for (uint32_t i = 0; i < d->count[slot]; i++)
		add_row(f, f->rows[d->first[slot] + i]);
	for (; c && c->ord > ord; c = c->next) {
		for (int64_t w = c->weight; w < 0; w++)
			add_row(f, c->row);
		for (int64_t w = c->weight; w > 0; w--)
			if (!remove_row(f, first, c->row))
				return err_set(err, ERR_INTERNAL, "\"%.*s\" does not hold a row that it has got in this step",
				               STR_ARG(f->scan->scan.rel->name));
	}
	sort_rows(f->rows + first, f->nrows - first);
	return true;
}

/* ---- tables elsewhere ---- */

/* The value fields of the rows, and the clock, as the scan's columns. */
static Batch *as_scanned(const LookupFind *f, const Batch *rows)
{
	const PlanScan *s = &f->scan->scan;
	Operator *op = f->op;
	Arena *step = op->run->step;
	const Column **fields = ARENA_ARRAY(step, const Column *, s->nfields + 1);
	for (uint32_t i = 0, at = 0; i < s->nfields; i++) {
		if (s->fields[i].kind != SCAN_PROCTIME) {
			fields[i] = &rows->cols[at++];
			continue;
		}
		Column *now = ARENA_NEW(step, Column);
		column_init_const(now, s->fields[i].type, value_i64(op->run->env.now_us / 1000 * 1000), rows->n, step);
		fields[i] = now;
	}
	const Column **out = ARENA_ARRAY(step, const Column *, f->scan->ncols + 1);
	eval_run(f->exprs, &op->run->env, fields, op->run->params, rows->n, step, out);
	Column *cols = ARENA_ARRAY(step, Column, f->scan->ncols + 1);
	for (uint32_t c = 0; c < f->scan->ncols; c++)
		cols[c] = *out[c];
	Batch *b = ARENA_NEW(step, Batch);
	*b = (Batch){.n = rows->n, .ncols = f->scan->ncols, .cols = cols};
	return b;
}

static bool check_rows(const LookupFind *f, const Batch *b, Err *err)
{
	for (uint32_t c = 0; c < b->ncols; c++) {
		int64_t bad = column_first_err(&b->cols[c]);
		if (bad >= 0)
			return err_set(err, column_err_code((RowErr)column_err(&b->cols[c], (uint32_t)bad)),
			               "column \"%.*s\" of a row of \"%.*s\" cannot be computed", STR_ARG(f->scan->cols[c].name),
			               STR_ARG(f->scan->scan.rel->name));
	}
	return true;
}

/* Asks for the keys that are not in the cache; miss: which of the distinct ones. */
static bool ask(LookupFind *f, const Batch *b, Distinct *d, const uint32_t *miss, uint32_t n, Err *err)
{
	Operator *op = f->op;
	const PlanJoin *j = &op->plan->join;
	Arena *step = op->run->step;
	uint32_t *rows = ARENA_ARRAY(step, uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		rows[i] = d->row[miss[i]];
	Column *keys = ARENA_ARRAY(step, Column, j->nkeys + 1);
	for (uint32_t k = 0; k < j->nkeys; k++)
		column_gather(column_flat(&b->cols[j->left_keys[k]], step), rows, n, &keys[k], step);
	Batch found = {0};
	const uint32_t *of;
	f->asked += n;
	if (!op->run->lookup->ask(f->remote, keys, n, step, &found, &of, err))
		return false;
	const Batch *scanned = as_scanned(f, &found);
	if (!check_rows(f, scanned, err))
		return false;
	uint32_t at = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t slot = miss[i];
		d->first[slot] = f->nrows;
		for (; at < scanned->n && of[at] == i; at++) {
			strbuf_clear(&f->bytes);
			batch_encode_row(scanned, at, &f->bytes);
			add_row(f, arena_str(step, strbuf_str(&f->bytes)));
		}
		d->count[slot] = f->nrows - d->first[slot];
		sort_rows(f->rows + d->first[slot], d->count[slot]);
		if (f->cache)
			lookup_cache_put(f->cache, d->keys[slot], op->run->env.now_us, f->rows + d->first[slot], d->count[slot]);
	}
	return true;
}

static bool find_remote(LookupFind *f, const Batch *b, Distinct *d, Err *err)
{
	Arena *step = f->op->run->step;
	uint32_t *miss = ARENA_ARRAY(step, uint32_t, d->n + 1), n = 0;
	for (uint32_t i = 0; i < d->n; i++) {
		Str *rows;
		uint32_t count;
		if (!f->cache || !lookup_cache_get(f->cache, d->keys[i], f->op->run->env.now_us, step, &rows, &count)) {
			miss[n++] = i;
			continue;
		}
		f->hits++;
		d->first[i] = f->nrows;
		d->count[i] = count;
		for (uint32_t k = 0; k < count; k++)
			add_row(f, rows[k]);
	}
	return !n || ask(f, b, d, miss, n, err);
}

/* ---- a batch ---- */

bool lookup_find_batch(LookupFind *f, const Batch *b, Err *err)
{
	Arena *step = f->op->run->step;
	f->nrows = 0;
	f->cap = b->n + 1;
	f->rows = ARENA_ARRAY(step, Str, f->cap);
	f->first = ARENA_ARRAY(step, uint32_t, b->n + 1);
	f->count = ARENA_ARRAY(step, uint32_t, b->n + 1);
	Distinct d = find_distinct(f, b);
	if (is_remote(f) ? !find_remote(f, b, &d, err) : !find_kept(f, &d, err))
		return false;
	if (!is_remote(f))
		f->asked += d.n;
	ChangeTable changes = f->changes ? by_key(f) : (ChangeTable){0};
	for (uint32_t i = 0; i < b->n; i++) {
		uint32_t slot = d.slot[i];
		f->first[i] = slot == UINT32_MAX ? 0 : d.first[slot];
		f->count[i] = slot == UINT32_MAX ? 0 : d.count[slot];
		const LookupChange *c = f->changes && slot != UINT32_MAX ? changes_of(&changes, d.keys[slot]) : NULL;
		int64_t ord = f->op->run->is_snapshot ? INT64_MIN : b->ord[i];
		if (!c || c->ord <= ord)
			continue;
		f->first[i] = f->nrows;
		if (!take_changes_back(f, &d, slot, c, ord, err))
			return false;
		f->count[i] = f->nrows - f->first[i];
	}
	return true;
}
