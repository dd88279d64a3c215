/*
 * engine/runtime/replay_late.c: late rows go into another table, column by column by the name in the row that was late;
 * all of them or none. A table that weir keeps takes them as an INSERT; a connector's gets them through the outbox of
 * the query that writes it, as output of one epoch.
 */
#include "engine/runtime/replay.h"

enum { LATE_SHAPES_MAX = 64 };

/* How rows of one operator's input become rows of the table. */
typedef struct LateShape {
	uint32_t node;
	const Plan *in;
	const Type **types;
	Eval *eval;
} LateShape;

typedef struct LateRows {
	const Relation *target;
	Outbox *outbox; /* of a connector table; NULL: an own one */
	const ColumnDef *const *cols;
	uint32_t ncols;
	Query *query;
	EvalEnv env;
	LateShape shapes[LATE_SHAPES_MAX];
	uint32_t nshapes;
	Value *rows;
	uint32_t n, cap;
	StrBuf keys; /* of the side rows that are taken out */
} LateRows;

static int64_t find_column(const Plan *in, Str name)
{
	int64_t found = -1;
	for (uint32_t i = 0; i < in->ncols; i++)
		if (str_eq(in->cols[i].name, name))
			return i;
	for (uint32_t i = 0; i < in->ncols; i++)
		if (str_eq_nocase(in->cols[i].name, name))
			found = found < 0 ? (int64_t)i : -1;
	return found;
}

static bool fail_type(Replay *r, const ColumnDef *c, const Type *from, Err *err)
{
	StrBuf a, b;
	strbuf_init(&a);
	strbuf_init(&b);
	type_print(c->type, false, &a);
	type_print(from, false, &b);
	err_set_at(err, ERR_SINK_SCHEMA, r->node->into.items[0].span, "column \"%.*s\" is %s, but in the late row %s",
	           STR_ARG(c->name), strbuf_cstr(&a), strbuf_cstr(&b));
	strbuf_deinit(&a);
	strbuf_deinit(&b);
	return err_hint(err, "Columns go by their names: give the table's column a type that holds it.");
}

static bool make_shape(Replay *r, LateRows *l, uint32_t node, LateShape *s, Err *err)
{
	Arena *arena = r->x->arena;
	s->node = node;
	s->in = NULL;
	for (uint32_t i = 0; i < l->query->graph->nops; i++)
		if (l->query->graph->ops[i]->plan->id == node && l->query->graph->ops[i]->plan->ninputs)
			s->in = l->query->graph->ops[i]->plan->inputs[0];
	if (!s->in)
		return err_set(err, ERR_INTERNAL, "late rows of an operator that is not there");
	s->types = ARENA_ARRAY(arena, const Type *, s->in->ncols + 1);
	bool *used = ARENA_ARRAY_ZERO(arena, bool, s->in->ncols + 1);
	for (uint32_t i = 0; i < s->in->ncols; i++)
		s->types[i] = s->in->cols[i].type;
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, l->ncols + 1);
	for (uint32_t c = 0; c < l->ncols; c++) {
		const ColumnDef *col = l->cols[c];
		int64_t at = find_column(s->in, col->name);
		if (at < 0) {
			if (col->type->not_null) {
				err_set_at(err, ERR_NOT_NULL_VIOLATION, r->node->into.items[0].span,
				           "column \"%.*s\" is NOT NULL, and the late rows have no such column", STR_ARG(col->name));
				return err_hint(err,
				                "Columns go by their names; SELECT \"row\" FROM \"%.*s\".late shows those of the rows.",
				                STR_ARG(r->rel->schema));
			}
			exprs[c] = expr_const(arena, col->type, VALUE_NULL);
			continue;
		}
		used[at] = true;
		const Type *from = s->types[at], *to = type_with_null(arena, col->type, true);
		if (!type_equal(type_with_null(arena, from, true), to) && !type_assignable(from, to))
			return fail_type(r, col, from, err);
		exprs[c] = expr_cast(arena, expr_column(arena, type_with_null(arena, from, true), (uint32_t)at), to, false,
		                     r->node->into.items[0].span, err);
		if (!exprs[c])
			return false;
	}
	for (uint32_t i = 0; i < s->in->ncols; i++)
		if (!used[i]) {
			err_set_at(err, ERR_SINK_SCHEMA, r->node->into.items[0].span,
			           "table \"%.*s\" has no column for \"%.*s\" of the late rows", STR_ARG(l->target->name),
			           STR_ARG(s->in->cols[i].name));
			return err_hint(err, "Columns go by their names: make a table that has them all.");
		}
	s->eval = eval_open(arena, exprs, l->ncols);
	return true;
}

static const LateShape *shape_of(Replay *r, LateRows *l, uint32_t node, Err *err)
{
	for (uint32_t i = 0; i < l->nshapes; i++)
		if (l->shapes[i].node == node)
			return &l->shapes[i];
	if (l->nshapes == LATE_SHAPES_MAX) {
		err_set(err, ERR_NOT_SUPPORTED, "late rows of more than %d operators are not supported", LATE_SHAPES_MAX);
		return NULL;
	}
	LateShape *s = &l->shapes[l->nshapes];
	if (!make_shape(r, l, node, s, err))
		return NULL;
	l->nshapes++;
	return s;
}

/* Rows of one shape become rows of the table. */
static bool convert(Replay *r, LateRows *l, const LateShape *s, const ReplayRow *const *rows, uint32_t n, Arena *arena,
                    Err *err)
{
	Value *values = ARENA_ARRAY(arena, Value, (size_t)n * s->in->ncols + 1);
	for (uint32_t i = 0; i < n; i++)
		if (!batch_decode_row(rows[i]->raw.values, s->types, s->in->ncols, values + (size_t)i * s->in->ncols))
			return err_set(err, ERR_STATE_CORRUPT, "a late row is damaged");
	const Batch *b = batch_from_values(s->types, s->in->ncols, values, n, NULL, NULL, NULL, arena);
	const Column **in = ARENA_ARRAY(arena, const Column *, s->in->ncols + 1);
	const Column **out = ARENA_ARRAY(arena, const Column *, l->ncols + 1);
	for (uint32_t i = 0; i < s->in->ncols; i++)
		in[i] = &b->cols[i];
	eval_run(s->eval, &l->env, in, NULL, n, arena, out);
	for (uint32_t c = 0; c < l->ncols; c++) {
		int64_t bad = column_first_err(out[c]);
		if (bad >= 0) {
			eval_report(s->eval, c, &l->env, in, NULL, (uint32_t)bad, arena, err);
			return err_detail(err, "column \"%.*s\" of table \"%.*s\", late row %lld; nothing was replayed",
			                  STR_ARG(l->cols[c]->name), STR_ARG(l->target->name), (long long)rows[bad]->values[0].i);
		}
	}
	for (uint32_t c = 0; c < l->ncols; c++)
		for (uint32_t i = 0; l->cols[c]->type->not_null && i < n; i++)
			if (column_is_null(out[c], i)) {
				err_set_at(err, ERR_NOT_NULL_VIOLATION, r->node->into.items[0].span,
				           "column \"%.*s\" is NOT NULL, and a late row has none", STR_ARG(l->cols[c]->name));
				return err_detail(err, "late row %lld; nothing was replayed", (long long)rows[i]->values[0].i);
			}
	if (l->n + n > l->cap) {
		uint32_t cap = l->cap * 2 > l->n + n ? l->cap * 2 : l->n + n;
		l->rows = arena_grow(r->x->arena, l->rows, (size_t)l->n * l->ncols * sizeof *l->rows,
		                     (size_t)cap * l->ncols * sizeof *l->rows);
		l->cap = cap;
	}
	for (uint32_t i = 0; i < n; i++, l->n++)
		for (uint32_t c = 0; c < l->ncols; c++)
			l->rows[(size_t)l->n * l->ncols + c] = value_copy(r->x->arena, l->cols[c]->type, column_value(out[c], i));
	return true;
}

static bool collect(Replay *r, void *ctx, const ReplayRow *rows, uint32_t n, Arena *arena, Err *err)
{
	LateRows *l = ctx;
	const ReplayRow **run = ARENA_ARRAY(arena, const ReplayRow *, n + 1);
	for (uint32_t at = 0; at < n;) {
		uint32_t len = 0, node = rows[at].raw.node;
		for (; at < n && (!len || rows[at].raw.node == node || !rows[at].has_raw); at++) {
			const ReplayRow *row = &rows[at];
			if (!row->has_raw || row->raw.weight < 0) {
				r->retractions += row->has_raw;
				r->stayed++;
				continue;
			}
			node = row->raw.node;
			run[len++] = row;
			codec_put_blob(&l->keys, row->key);
		}
		const LateShape *s = len ? shape_of(r, l, node, err) : NULL;
		if (len && (!s || !convert(r, l, s, run, len, arena, err)))
			return false;
	}
	return true;
}

static bool find_target(Replay *r, LateRows *l, Err *err)
{
	Execute *x = r->x;
	const AstNames *path = &r->node->into;
	Str *parts = ARENA_ARRAY(x->arena, Str, path->len + 1);
	for (uint32_t i = 0; i < path->len; i++)
		parts[i] = path->items[i].text;
	l->target = catalog_relation(x->e->catalog, parts, path->len, path->items[0].span, err);
	if (!l->target)
		return false;
	const TableDef *t = l->target->table;
	if (l->target->kind == REL_OWN) {
		const ColumnDef **cols = ARENA_ARRAY(x->arena, const ColumnDef *, t->ncols + 1);
		for (uint32_t i = 0; i < t->ncols; i++)
			cols[i] = &t->cols[i];
		l->cols = cols;
		l->ncols = t->ncols;
		return true;
	}
	if (l->target->kind != REL_SOURCE) {
		err_set_at(err, ERR_WRONG_OBJECT, path->items[0].span, "\"%.*s\" is not a table", STR_ARG(l->target->name));
		return err_hint(err, "CREATE TABLE k (...) without WITH, and REPLAY INTO k.");
	}
	uint32_t writers = 0;
	for (const Query *q = x->e->queries; q; q = q->next)
		if (q->def && str_eq(q->def->sink->name, l->target->name) && q->state == QUERY_RUNNING &&
		    !outbox_failed(q->outbox, NULL)) {
			l->outbox = q->outbox;
			writers++;
		}
	if (writers != 1) {
		err_set_at(err, ERR_WRONG_OBJECT, path->items[0].span,
		           "rows are sent to \"%.*s\" by the query that writes it, and %s", STR_ARG(l->target->name),
		           writers ? "several do" : "none runs");
		return err_hint(
		    err,
		    "Let one INSERT INTO \"%.*s\" run, or REPLAY INTO a table that weir keeps (CREATE TABLE without WITH).",
		    STR_ARG(l->target->name));
	}
	const SinkSpec *spec = outbox_columns(l->outbox);
	l->cols = spec->cols;
	l->ncols = spec->ncols;
	return true;
}

/* Into the outbox. An epoch has one row per key of the sink: the last one. */
static bool send_rows(const LateRows *l, Err *err)
{
	const SinkSpec *spec = outbox_columns(l->outbox);
	Map last;
	map_init(&last);
	StrBuf b;
	strbuf_init(&b);
	for (int pass = spec->nkey ? 0 : 1; pass < 2; pass++)
		for (uint32_t i = 0; i < l->n; i++) {
			const Value *row = l->rows + (size_t)i * l->ncols;
			strbuf_clear(&b);
			for (uint32_t k = 0; k < spec->nkey; k++)
				value_encode_key(spec->types[spec->key[k]], row[spec->key[k]], &b);
			if (!pass)
				map_put(&last, strbuf_str(&b), (void *)(uintptr_t)row);
			if (!pass || (spec->nkey && map_get(&last, strbuf_str(&b)) != row))
				continue;
			strbuf_clear(&b);
			for (uint32_t c = 0; c < l->ncols; c++)
				value_encode(spec->types[c], row[c], &b);
			if (!outbox_again(l->outbox, ROW_INSERT, strbuf_str(&b)))
				return err_set(err, ERR_INTERNAL, "a row cannot be sent");
		}
	map_deinit(&last);
	strbuf_deinit(&b);
	return true;
}

bool replay_late(Replay *r, Err *err)
{
	Engine *e = r->x->e;
	LateRows l = {.query = query_find(e, r->rel->schema)};
	if (!find_target(r, &l, err))
		return false;
	if (!l.query || l.query->state != QUERY_RUNNING) {
		err_set_at(err, ERR_WRONG_OBJECT, r->x->stmt->span, "query \"%.*s\" does not run", STR_ARG(r->rel->schema));
		return err_hint(err, "RESUME it first.");
	}
	l.env = l.query->run.env;
	strbuf_init(&l.keys);
	bool ok = replay_each(r, (int64_t)e->next_side, collect, &l, err);
	ok = ok && (l.outbox ? send_rows(&l, err) : own_put_rows(e, l.target, l.rows, l.n, err));
	CodecReader k = codec_reader(strbuf_str(&l.keys));
	Str key;
	while (ok && codec_get_blob(&k, &key)) {
		side_remove(e, r->side, key);
		side_gone(r->side, key);
		r->replayed++;
	}
	strbuf_deinit(&l.keys);
	/* at once: a row of the same key must not come into the same epoch */
	return ok && (!l.outbox || engine_checkpoint(e, err));
}
