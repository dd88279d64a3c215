/*
 * engine/runtime/own.c: INSERT, UPDATE, DELETE, TRUNCATE on tables that weir keeps itself.
 *
 * Runs between two steps, on the current state, so no update is lost; the changes flow into the next step. PRIMARY KEY
 * and NOT NULL are enforced here.
 */
#include "engine/runtime/engine_int.h"

OwnTable *own_find(Engine *e, const Relation *rel)
{
	for (OwnTable *t = e->tables; t; t = t->next)
		if (str_eq(t->name, rel->name))
			return t;
	return NULL;
}

static const Type **column_types(const TableDef *t, Arena *arena, Str *names)
{
	const Type **types = ARENA_ARRAY(arena, const Type *, t->ncols + 1);
	for (uint32_t i = 0; i < t->ncols; i++) {
		types[i] = t->cols[i].type;
		if (names)
			names[i] = t->cols[i].name;
	}
	return types;
}

bool own_open(Engine *e, const Relation *rel, OwnTable **out, Err *err)
{
	Arena *arena = arena_open("own table", 0);
	Str *names = ARENA_ARRAY(arena, Str, rel->table->ncols + 1);
	StateRows rows = {rel->name, rel->table->ncols, names, column_types(rel->table, arena, names)};
	StateSpec spec = {.name = rel->stored.state, .unit = 0, .kind = STATE_ORDERED, .rows = &rows};
	StateTable *t;
	bool ok = state_open(e->store, &spec, &t, err);
	StateTable **index = MEM_ARRAY(StateTable *, rel->nindexes + 1);
	for (uint32_t i = 0; ok && i < rel->nindexes; i++) {
		StateSpec is = {.name = rel->indexes[i].state, .unit = 0, .kind = STATE_ORDERED};
		ok = state_open(e->store, &is, &index[i], err);
	}
	arena_close(arena);
	if (!ok) {
		mem_free(index);
		return false;
	}
	OwnTable *own = MEM_NEW(OwnTable);
	own->name = rel->name;
	own->rel = rel;
	own->rows = t;
	own->index = index;
	own->next = e->tables;
	e->tables = own;
	if (out)
		*out = own;
	return true;
}

static void forget(Engine *e, OwnTable *t)
{
	for (OwnTable **p = &e->tables; *p; p = &(*p)->next)
		if (*p == t) {
			*p = t->next;
			break;
		}
	mem_free(t->index);
	mem_free(t);
}

void own_close(Engine *e, OwnTable *t, bool drop)
{
	if (drop)
		query_end_followers(e, t);
	for (uint32_t i = 0; drop && i < t->rel->nindexes; i++)
		state_drop(t->index[i]);
	if (drop)
		state_drop(t->rows);
	forget(e, t);
}

void own_let_go(Engine *e, OwnTable *t)
{
	query_end_followers(e, t);
	for (uint32_t i = 0; i < t->rel->nindexes; i++)
		state_close(t->index[i]);
	state_close(t->rows);
	forget(e, t);
}

/* ---- rows ---- */

typedef struct Changes {
	Value *rows; /* ncols each */
	int64_t *weight;
	uint32_t n, cap;
} Changes;

static void add_change(Changes *c, Arena *arena, const Type *const *types, uint32_t ncols, const Value *row,
                       int64_t weight)
{
	if (c->n == c->cap) {
		uint32_t cap = c->cap ? c->cap * 2 : 64;
		c->rows =
		    arena_grow(arena, c->rows, (size_t)c->n * ncols * sizeof *c->rows, (size_t)cap * ncols * sizeof *c->rows);
		c->weight = arena_grow(arena, c->weight, c->n * sizeof *c->weight, cap * sizeof *c->weight);
		c->cap = cap;
	}
	for (uint32_t i = 0; i < ncols; i++)
		c->rows[(size_t)c->n * ncols + i] = value_copy(arena, types[i], row[i]);
	c->weight[c->n++] = weight;
}

static void row_key(const Relation *rel, const Value *row, int64_t ord, StrBuf *key)
{
	strbuf_clear(key);
	if (rel->stored.kind == STORED_BY_KEY) {
		for (uint32_t k = 0; k < rel->stored.nkey; k++)
			value_encode_key(rel->table->cols[rel->stored.key[k]].type, row[rel->stored.key[k]], key);
		return;
	}
	codec_put_i64(key, ord);
}

static bool check_row(const Relation *rel, const Value *row, Err *err)
{
	for (uint32_t i = 0; i < rel->table->ncols; i++)
		if (row[i].null && rel->table->cols[i].type->not_null) {
			err_set(err, ERR_NOT_NULL_VIOLATION, "NULL in column \"%.*s\" of table \"%.*s\", which is NOT NULL",
			        STR_ARG(rel->table->cols[i].name), STR_ARG(rel->name));
			return false;
		}
	return true;
}

static void print_key(const Relation *rel, const Value *row, StrBuf *out)
{
	for (uint32_t k = 0; k < rel->stored.nkey; k++) {
		uint32_t c = rel->stored.key[k];
		strbuf_puts(out, k ? ", " : "");
		strbuf_put_str(out, rel->table->cols[c].name);
		strbuf_puts(out, "=");
		value_print(rel->table->cols[c].type, row[c], VALUE_SQL, NULL, out);
	}
}

/* Index entries: index columns, then k$. */
static void index_key(const Relation *rel, const IndexDef *ix, const Value *row, Str key, StrBuf *out)
{
	strbuf_clear(out);
	for (uint32_t i = 0; i < ix->ncols; i++) {
		size_t from = out->len;
		value_encode_key(rel->table->cols[ix->cols[i]].type, row[ix->cols[i]], out);
		if (ix->desc && ix->desc[i])
			codec_invert(out, from);
	}
	strbuf_put_str(out, key);
}

static void store_row(OwnTable *t, const Value *row, Str key, bool put, StrBuf *scratch)
{
	const Relation *rel = t->rel;
	for (uint32_t i = 0; i < rel->nindexes; i++) {
		index_key(rel, &rel->indexes[i], row, key, scratch);
		if (put)
			state_put(t->index[i], strbuf_str(scratch), key);
		else
			state_del(t->index[i], strbuf_str(scratch));
	}
	if (!put) {
		state_del(t->rows, key);
		return;
	}
	strbuf_clear(scratch);
	for (uint32_t i = 0; i < rel->table->ncols; i++)
		value_encode(rel->table->cols[i].type, row[i], scratch);
	state_put(t->rows, key, strbuf_str(scratch));
}

/* Hands the changes to those who read the table, in the step to come. */
static void publish(Engine *e, OwnTable *t, Changes *c)
{
	if (!c->n)
		return;
	uint32_t ncols = t->rel->table->ncols;
	const Type **types = column_types(t->rel->table, e->step, NULL);
	int64_t *ord = ARENA_ARRAY(e->step, int64_t, c->n);
	for (uint32_t i = 0; i < c->n; i++)
		ord[i] = e->next_ord++;
	for (uint32_t at = 0; at < c->n; at += BATCH_ROWS_MAX) {
		uint32_t n = c->n - at < BATCH_ROWS_MAX ? c->n - at : BATCH_ROWS_MAX;
		Batch *b =
		    batch_from_values(types, ncols, c->rows + (size_t)at * ncols, n, c->weight + at, ord + at, NULL, e->step);
		ARENA_PUSH(e->step, &t->changes, b);
	}
}

/* ---- running the statement's plan over the current state ---- */

static StateTable *table_rows(void *ctx, const Relation *rel)
{
	OwnTable *t = own_find(ctx, rel);
	return t ? t->rows : NULL;
}

static StateTable *table_index(void *ctx, const Relation *rel, uint32_t index)
{
	const OwnTable *t = own_find(ctx, rel);
	ASSERT(t && t->rel == rel);
	return t->index[index];
}

typedef struct Collected {
	Arena *arena;
	uint32_t ncols;
	const Type **types;
	Changes rows;
} Collected;

static bool collect_rows(void *ctx, const Batch *b, bool *done, Err *err)
{
	(void)done;
	Collected *c = ctx;
	if (arena_over_limit(c->arena))
		return err_set(err, ERR_OUT_OF_MEMORY, "the statement needs more memory than 'weir.query.memory' allows") ||
		       err_hint(err, "Change fewer rows at once, or SET 'weir.query.memory' = '1 GB'.");
	Value *row = ARENA_ARRAY(c->arena, Value, c->ncols + 1);
	for (uint32_t i = 0; i < b->n; i++) {
		for (uint32_t k = 0; k < c->ncols; k++)
			row[k] = column_value(&b->cols[k], i);
		add_change(&c->rows, c->arena, c->types, c->ncols, row, 1);
	}
	return true;
}

static size_t own_memory(const EngineStatement *s)
{
	return (size_t)settings_size(s->settings, "weir.query.memory");
}

static bool run_plan(EngineStatement *s, Engine *e, const PlanQuery *plan, Collected *out, Err *err)
{
	out->ncols = plan->root->ncols;
	out->types = ARENA_ARRAY(out->arena, const Type *, out->ncols + 1);
	for (uint32_t i = 0; i < out->ncols; i++)
		out->types[i] = plan->root->cols[i].type;
	return own_run(s, e, plan, collect_rows, out, err);
}

bool own_run(EngineStatement *s, Engine *e, const PlanQuery *plan,
             bool (*rows)(void *ctx, const Batch *b, bool *done, Err *err), void *ctx, Err *err)
{
	size_t memory = own_memory(s);
	OperatorRun run = {
	    .plan = plan,
	    .name = STR("dml"),
	    .store = e->store,
	    .is_snapshot = true,
	    .params = s->params,
	    .arena = arena_open("dml query", memory),
	    .step = arena_open("dml step", memory),
	    .cancel = s->req.cancel,
	    .memory = (int64_t)memory,
	    .table_rows = table_rows,
	    .table_index = table_index,
	    .ctx = e,
	};
	run.env = bind_env(s->settings, clock_wall_us(e->clock));
	run.env.zone = plan->zone;
	bool ok = graph_run_snapshot(&run, plan, rows, ctx, err);
	arena_close(run.arena);
	arena_close(run.step);
	return ok;
}

bool own_put_rows(Engine *e, const Relation *rel, const Value *rows, uint32_t n, Err *err)
{
	OwnTable *t = own_find(e, rel);
	ASSERT(t);
	uint32_t ncols = rel->table->ncols;
	const Type **types = column_types(rel->table, e->step, NULL);
	StrBuf key, scratch;
	strbuf_init(&key);
	strbuf_init(&scratch);
	bool ok = true;
	Map seen;
	map_init(&seen);
	/* all checks first: a statement takes effect whole or not at all */
	for (uint32_t i = 0; ok && i < n; i++) {
		const Value *row = rows + (size_t)i * ncols;
		ok = check_row(rel, row, err);
		if (!ok || rel->stored.kind != STORED_BY_KEY)
			continue;
		row_key(rel, row, 0, &key);
		uint32_t len;
		if (state_get(t->rows, strbuf_str(&key), &len) || map_put(&seen, strbuf_str(&key), &seen)) {
			print_key(rel, row, &scratch);
			ok = err_set(err, ERR_UNIQUE_VIOLATION, "a row with %s exists in table \"%.*s\"", strbuf_cstr(&scratch),
			             STR_ARG(rel->name));
			err_hint(err, "UPDATE the row, or DELETE it first.");
		}
	}
	for (uint32_t i = 0; ok && i < n; i++) {
		const Value *row = rows + (size_t)i * ncols;
		row_key(rel, row, e->next_ord + i, &key);
		store_row(t, row, strbuf_str(&key), true, &scratch);
	}
	if (ok) {
		Changes out = {0};
		for (uint32_t i = 0; i < n; i++)
			add_change(&out, e->step, types, ncols, rows + (size_t)i * ncols, 1);
		publish(e, t, &out);
	}
	map_deinit(&seen);
	strbuf_deinit(&key);
	strbuf_deinit(&scratch);
	return ok;
}

bool own_insert(EngineStatement *s, Engine *e, const PlanQuery *plan, const Relation *rel, uint64_t *rows, Err *err)
{
	Collected c = {.arena = arena_open("insert", own_memory(s))};
	bool ok = run_plan(s, e, plan, &c, err) && own_put_rows(e, rel, c.rows.rows, c.rows.n, err);
	if (ok)
		*rows = c.rows.n;
	arena_close(c.arena);
	return ok;
}

/* Tables without a key: the keys of stored rows that equal the rows, by one walk; ptr NULL: there is none. Of equal
 * rows the newest go first. rows: `stride` values apart. */
static Str *find_rows(OwnTable *t, const Value *rows, uint32_t stride, uint32_t n, Arena *arena)
{
	const TableDef *def = t->rel->table;
	Str *keys = ARENA_ARRAY_ZERO(arena, Str, n + 1);
	uint32_t *after = ARENA_ARRAY_ZERO(arena, uint32_t, n + 1), left = n; /* of equal rows the next one's number + 1 */
	StrBuf bytes;
	strbuf_init(&bytes);
	Map first; /* the row's bytes -> where the number + 1 of the first one not found stands */
	map_init(&first);
	for (uint32_t i = n; i-- > 0;) {
		strbuf_clear(&bytes);
		for (uint32_t c = 0; c < def->ncols; c++)
			value_encode(def->cols[c].type, rows[(size_t)i * stride + c], &bytes);
		uint32_t *at = map_get(&first, strbuf_str(&bytes));
		if (!at)
			map_put(&first, strbuf_str(&bytes), at = ARENA_NEW(arena, uint32_t));
		after[i] = *at;
		*at = i + 1;
	}
	StateScan *scan = state_scan_open(t->rows, (Str){0}, (Str){0}, true, true, arena);
	Str k, v;
	while (left && state_scan_next(scan, &k, &v)) {
		uint32_t *at = map_get(&first, v);
		if (!at || !*at)
			continue;
		keys[*at - 1] = arena_str(arena, k);
		*at = after[*at - 1];
		left--;
	}
	state_scan_close(scan);
	strbuf_deinit(&bytes);
	map_deinit(&first);
	return keys;
}

bool own_change(EngineStatement *s, Engine *e, const PlanQuery *plan, const Relation *rel, bool update, uint64_t *rows,
                Err *err)
{
	OwnTable *t = own_find(e, rel);
	ASSERT(t);
	uint32_t ncols = rel->table->ncols;
	Collected c = {.arena = arena_open("update", own_memory(s))};
	StrBuf key, scratch, key2;
	strbuf_init(&key);
	strbuf_init(&key2);
	strbuf_init(&scratch);
	bool ok = run_plan(s, e, plan, &c, err);
	bool by_key = rel->stored.kind == STORED_BY_KEY;
	/* new keys must be free once the old rows are gone */
	Map gone, fresh;
	map_init(&gone);
	map_init(&fresh);
	for (uint32_t i = 0; ok && by_key && update && i < c.rows.n; i++) {
		row_key(rel, c.rows.rows + (size_t)i * c.ncols, 0, &key);
		map_put(&gone, strbuf_str(&key), &gone);
	}
	for (uint32_t i = 0; ok && update && i < c.rows.n; i++) {
		const Value *after = c.rows.rows + (size_t)i * c.ncols + ncols;
		ok = check_row(rel, after, err);
		if (!ok || !by_key)
			continue;
		row_key(rel, after, 0, &key);
		uint32_t len;
		bool taken = state_get(t->rows, strbuf_str(&key), &len) && !map_has(&gone, strbuf_str(&key));
		if (taken || map_put(&fresh, strbuf_str(&key), &fresh)) {
			print_key(rel, after, &scratch);
			ok = err_set(err, ERR_UNIQUE_VIOLATION, "a row with %s exists in table \"%.*s\"", strbuf_cstr(&scratch),
			             STR_ARG(rel->name));
		}
	}
	Changes out = {0};
	const Type **types = column_types(rel->table, e->step, NULL);
	Str *found = ok && !by_key ? find_rows(t, c.rows.rows, c.ncols, c.rows.n, c.arena) : NULL;
	for (uint32_t i = 0; ok && i < c.rows.n; i++) {
		const Value *before = c.rows.rows + (size_t)i * c.ncols;
		strbuf_clear(&key);
		if (by_key)
			row_key(rel, before, 0, &key);
		else if (found[i].ptr)
			strbuf_put_str(&key, found[i]);
		else
			continue;
		store_row(t, before, strbuf_str(&key), false, &scratch);
		add_change(&out, e->step, types, ncols, before, -1);
		if (update && !by_key) {
			store_row(t, before + ncols, strbuf_str(&key), true, &scratch);
			add_change(&out, e->step, types, ncols, before + ncols, 1);
		}
	}
	for (uint32_t i = 0; ok && by_key && update && i < c.rows.n; i++) {
		const Value *after = c.rows.rows + (size_t)i * c.ncols + ncols;
		row_key(rel, after, 0, &key);
		store_row(t, after, strbuf_str(&key), true, &scratch);
		add_change(&out, e->step, types, ncols, after, 1);
	}
	if (ok) {
		*rows = c.rows.n;
		publish(e, t, &out);
	}
	map_deinit(&gone);
	map_deinit(&fresh);
	strbuf_deinit(&key);
	strbuf_deinit(&key2);
	strbuf_deinit(&scratch);
	arena_close(c.arena);
	return ok;
}

bool own_truncate(Engine *e, const Relation *rel, uint64_t *rows, Err *err)
{
	OwnTable *t = own_find(e, rel);
	ASSERT(t);
	Arena *arena = arena_open("truncate", 0);
	uint32_t ncols = rel->table->ncols;
	const Type **types = column_types(rel->table, e->step, NULL);
	Changes out = {0};
	StateScan *scan = state_scan_open(t->rows, (Str){0}, (Str){0}, false, true, arena);
	Str k, v;
	Value *row = ARENA_ARRAY(arena, Value, ncols + 1);
	bool ok = true;
	while (ok && state_scan_next(scan, &k, &v)) {
		ok = batch_decode_row(v, types, ncols, row);
		if (ok)
			add_change(&out, e->step, types, ncols, row, -1);
		else
			err_set(err, ERR_STATE_CORRUPT, "a row of table \"%.*s\" is damaged", STR_ARG(rel->name));
	}
	state_scan_close(scan);
	if (ok) {
		state_del_range(t->rows, (Str){0}, (Str){0});
		for (uint32_t i = 0; i < rel->nindexes; i++)
			state_del_range(t->index[i], (Str){0}, (Str){0});
		*rows = out.n;
		publish(e, t, &out);
	}
	arena_close(arena);
	return ok;
}
