/*
 * sql/plan/rewrite_scan.c: snapshots: key ranges, order and limits go into the scans of stored rows.
 *
 * A stored relation can be read along several paths: its key, if it has one, and each index. A path is a list of
 * columns; its bytes sort as the columns do (sql/catalog/stored.h), NULL first, or last in a descending column.
 *
 *   WHERE a = 1 AND b > 2     path (a, b, c): eq [1], low 2         the longest run of equalities wins, then a range
 *   ORDER BY b DESC           path (a, b, c) with eq [1]: reverse    no sort
 *   MIN(b), MAX(b)            the first or last entry
 *
 * Only types whose bytes compare exactly as the language compares them take part: no FLOAT, DOUBLE, CHAR.
 */
#include "sql/plan/rewrite_scan.h"

#include "sql/catalog/catalog.h"

enum { REWRITE_CONJUNCTS_MAX = 64, REWRITE_PATH_KEY = -1 };

typedef struct Path {
	const uint32_t *cols; /* of the relation */
	const bool *desc;     /* NULL: all ascending */
	uint32_t ncols;
	bool unique;
} Path;

/* One conjunct: column `col` of the relation compared with a value that is the same for all rows. */
typedef struct Bound {
	uint32_t col;
	char op; /* '=', '<', '>', 'l' (<=), 'g' (>=) */
	const Expr *value;
	uint32_t conjunct;
} Bound;

static Plan *own(const Plan *p)
{
	return (Plan *)(uintptr_t)p; /* the tree is ours: see the header */
}

static bool is_stored(const Plan *p)
{
	if (p->kind != PLAN_SCAN || !p->scan.cols)
		return false;
	RelationKind k = p->scan.rel->kind;
	return k == REL_OWN || k == REL_MVIEW || k == REL_SIDE;
}

/* Takes comparisons: another database, which compares by itself, or files with statistics. */
static bool is_asked(const Plan *p)
{
	if (p->kind != PLAN_SCAN || !p->scan.fields || p->scan.lookup || p->scan.rel->kind != REL_SOURCE)
		return false;
	const TableDef *t = p->scan.rel->table;
	return str_eq_c(t->connector, "jdbc") ||
	       (str_eq_c(t->connector, "filesystem") && str_eq_c(options_get(&t->options, "format"), "parquet"));
}

static Path path_of(const Relation *r, int32_t index)
{
	if (index < 0)
		return (Path){r->stored.key, NULL, r->stored.kind == STORED_BY_KEY ? r->stored.nkey : 0, true};
	const IndexDef *ix = &r->indexes[index];
	return (Path){ix->cols, ix->desc, ix->ncols, false};
}

static bool descends(const Path *p, uint32_t i)
{
	return p->desc && p->desc[i];
}

/* ---- values ---- */

static bool orders_by_bytes(const Type *t)
{
	switch (t->kind) {
	case TYPE_BOOLEAN:
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT:
	case TYPE_DECIMAL:
	case TYPE_VARCHAR:
	case TYPE_VARBINARY:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: return true;
	default: return false;
	}
}

/* The value as one of the column's own kind, so that equal values have equal bytes; NULL: not possible. */
static const Expr *value_for(Arena *arena, const Type *col, const Expr *e)
{
	if (!orders_by_bytes(col) || (e->kind != EXPR_CONST && e->kind != EXPR_PARAM && !expr_is_deterministic(e)))
		return NULL;
	if (e->kind == EXPR_CALL && expr_can_fail(e))
		return NULL;
	const Type *t = e->type;
	if (type_is_integer(col) && type_is_integer(t))
		return e;
	if (col->kind == TYPE_VARCHAR && (t->kind == TYPE_VARCHAR || (t->kind == TYPE_CHAR && e->kind == EXPR_CONST)))
		return e;
	if (col->kind == TYPE_DECIMAL) {
		if (t->kind == TYPE_DECIMAL && t->scale == col->scale)
			return e;
		bool exact = type_is_integer(t) || (t->kind == TYPE_DECIMAL && t->scale < col->scale);
		if (!exact || e->kind != EXPR_CONST)
			return NULL;
		Err ignored = {0};
		const Expr *c = expr_cast(arena, e, col, false, e->span, &ignored); /* one that fails stays a call */
		c = c ? expr_fold(arena, c, NULL) : NULL;
		return c && c->kind == EXPR_CONST && !c->constant.null ? c : NULL;
	}
	return col->kind == t->kind ? e : NULL;
}

/* A cast of a column that changes no value of it. */
static const Expr *bare(const Expr *e)
{
	if (e->kind != EXPR_CALL || strcmp(e->call.fn->name, "CAST") != 0 || e->nargs != 1)
		return e;
	const Type *from = e->args[0]->type, *to = e->type;
	bool wider = type_is_integer(from) && type_is_integer(to) && to->kind >= from->kind;
	wider |= from->kind == to->kind && (from->kind == TYPE_TIMESTAMP || from->kind == TYPE_TIMESTAMP_LTZ) &&
	         to->precision >= from->precision;
	return wider ? e->args[0] : e;
}

/* column op value, or the other way round. *column: of the scan's output. */
static bool read_comparison(const Expr *e, uint32_t *column, char *op, const Expr **value)
{
	static const struct {
		const char *name;
		char op, turned;
	} ops[] = {{"=", '=', '='}, {"<", '<', '>'}, {">", '>', '<'}, {"<=", 'l', 'g'}, {">=", 'g', 'l'}};
	if (e->kind != EXPR_CALL || e->nargs != 2)
		return false;
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		if (strcmp(e->call.fn->name, ops[i].name) != 0)
			continue;
		const Expr *a = bare(e->args[0]), *b = bare(e->args[1]);
		bool turned = a->kind != EXPR_COLUMN;
		const Expr *col = turned ? b : a;
		*value = turned ? e->args[0] : e->args[1];
		if (col->kind != EXPR_COLUMN || expr_reads_columns(*value))
			return false;
		*column = col->index;
		*op = turned ? ops[i].turned : ops[i].op;
		return true;
	}
	return false;
}

static bool read_bound(Arena *arena, const Plan *scan, const Expr *e, Bound *out)
{
	uint32_t column;
	const Expr *value;
	if (!read_comparison(e, &column, &out->op, &value))
		return false;
	out->col = scan->scan.cols[column];
	out->value = value_for(arena, scan->scan.rel->table->cols[out->col].type, value);
	return out->value != NULL;
}

/* ---- filters ---- */

static uint32_t cut(const Expr *e, const Expr **out, uint32_t n)
{
	if (e->kind != EXPR_CALL || strcmp(e->call.fn->name, "AND") != 0 || n + e->nargs >= REWRITE_CONJUNCTS_MAX) {
		out[n++] = e;
		return n;
	}
	for (uint32_t i = 0; i < e->nargs; i++)
		n = cut(e->args[i], out, n);
	return n;
}

/* How far the bounds go along a path; used[] gets the conjuncts that the range says completely. */
static uint32_t fit(Arena *arena, const Path *path, const Bound *bounds, uint32_t n, ScanRange *range, bool *used)
{
	*range = (ScanRange){.eq = ARENA_ARRAY_ZERO(arena, const Expr *, path->ncols + 1)};
	uint32_t at = 0;
	for (; at < path->ncols; at++) {
		uint32_t b = 0;
		while (b < n && !(bounds[b].op == '=' && bounds[b].col == path->cols[at]))
			b++;
		if (b == n)
			break;
		range->eq[range->neq++] = bounds[b].value;
		used[bounds[b].conjunct] = true;
	}
	for (uint32_t b = 0; at < path->ncols && b < n; b++) {
		if (bounds[b].col != path->cols[at])
			continue;
		bool low = bounds[b].op == '>' || bounds[b].op == 'g';
		if (low ? range->low != NULL : range->high != NULL)
			continue; /* a second bound of the same side stays a filter */
		used[bounds[b].conjunct] = true;
		if (low) {
			range->low = bounds[b].value;
			range->low_incl = bounds[b].op == 'g';
		} else {
			range->high = bounds[b].value;
			range->high_incl = bounds[b].op == 'l';
		}
	}
	return range->neq * 4 + (range->low ? 1 : 0) + (range->high ? 1 : 0);
}

static Plan *filter_into_scan(Arena *arena, Plan *filter)
{
	Plan *scan = own(filter->inputs[0]);
	const Relation *r = scan->scan.rel;
	const Expr *parts[REWRITE_CONJUNCTS_MAX * 2];
	Bound bounds[REWRITE_CONJUNCTS_MAX * 2];
	uint32_t n = cut(filter->predicate, parts, 0), nb = 0;
	for (uint32_t i = 0; i < n; i++) {
		bounds[nb].conjunct = i;
		if (read_bound(arena, scan, parts[i], &bounds[nb]))
			nb++;
	}
	uint32_t best = 0;
	bool *said = NULL;
	for (int32_t i = REWRITE_PATH_KEY; i < (int32_t)r->nindexes; i++) {
		Path path = path_of(r, i);
		ScanRange range;
		bool *used = ARENA_ARRAY_ZERO(arena, bool, n + 1);
		uint32_t score = fit(arena, &path, bounds, nb, &range, used);
		if (score <= best)
			continue;
		best = score;
		said = used;
		scan->scan.index = i;
		scan->scan.range = range;
	}
	if (!best)
		return filter;
	scan->scan.whole = false;
	const Expr *kept[REWRITE_CONJUNCTS_MAX * 2];
	uint32_t nk = 0;
	for (uint32_t i = 0; i < n; i++)
		if (!said[i])
			kept[nk++] = parts[i];
	if (!nk)
		return scan;
	Err ignored = {0};
	if (nk < n)
		filter->predicate = nk == 1 ? kept[0] : expr_call(arena, STR("AND"), kept, nk, filter->span, &ignored);
	ASSERT(filter->predicate);
	return filter;
}

/* What another database compares exactly as we do: whole numbers, dates, and texts for equality. */
static bool compares_alike(const Type *t, char op)
{
	return type_is_integer(t) || t->kind == TYPE_DATE || (t->kind == TYPE_VARCHAR && op == '=');
}

static bool is_real(const Type *t)
{
	return t->kind == TYPE_FLOAT || t->kind == TYPE_DOUBLE;
}

static void filter_into_source(Arena *arena, const Plan *filter)
{
	PlanScan *s = &own(filter->inputs[0])->scan;
	bool jdbc = str_eq_c(s->rel->table->connector, "jdbc");
	const Expr *parts[REWRITE_CONJUNCTS_MAX * 2], *value;
	uint32_t n = cut(filter->predicate, parts, 0), column;
	char op;
	ScanAsk *asks = ARENA_ARRAY_ZERO(arena, ScanAsk, s->nasks + n + 1);
	for (uint32_t i = 0; i < s->nasks; i++)
		asks[i] = s->asks[i];
	s->asks = asks;
	for (uint32_t i = 0; i < n; i++) {
		ScanAsk *a = &asks[s->nasks];
		if (!read_comparison(parts[i], &column, &op, &value) || value->kind != EXPR_CONST || value->constant.null)
			continue;
		const Expr *e = s->exprs[column];
		if (e->kind != EXPR_COLUMN)
			continue;
		a->field = e->index;
		const ScanField *f = &s->fields[a->field];
		a->op = op == 'l' ? "<=" : op == 'g' ? ">=" : op == '<' ? "<" : op == '>' ? ">" : "=";
		a->value = value_for(arena, f->type, value);
		if (is_real(f->type) && f->type->kind == value->type->kind)
			a->value = value;
		s->nasks += f->kind == SCAN_VALUE && f->npath == 1 && (!jdbc || compares_alike(f->type, op)) && a->value;
	}
}

/* ---- order and limits ---- */

/* Down through projections of plain columns (and filters, if allowed) to the scan; *col is followed. */
static Plan *scan_below(const Plan *p, uint32_t *cols, uint32_t ncols, bool filters, bool *filtered)
{
	*filtered = false;
	for (;;) {
		if (p->kind == PLAN_FILTER && filters) {
			*filtered = true;
		} else if (p->kind == PLAN_PROJECT) {
			for (uint32_t i = 0; i < ncols; i++) {
				const Expr *e = p->exprs[cols[i]];
				if (e->kind != EXPR_COLUMN)
					return NULL;
				cols[i] = e->index;
			}
		} else {
			return is_stored(p) ? own(p) : NULL;
		}
		p = p->inputs[0];
	}
}

static bool never_null(const Plan *scan, const Path *path, uint32_t at)
{
	const ScanRange *r = &scan->scan.range;
	return scan->scan.rel->table->cols[path->cols[at]].type->not_null ||
	       (at == r->neq && (r->low != NULL || r->high != NULL));
}

/* Does the path give the rows in the order of the sort keys (cols: of the scan's output)? */
static bool gives_order(const Plan *scan, const Path *path, const PlanSort *s, const uint32_t *cols, bool *reverse)
{
	uint32_t neq = scan->scan.range.neq, at = neq;
	bool decided = false;
	*reverse = false;
	for (uint32_t k = 0; k < s->nkeys; k++) {
		uint32_t col = scan->scan.cols[cols[k]];
		bool constant = false;
		for (uint32_t i = 0; i < neq; i++)
			constant |= path->cols[i] == col;
		if (constant)
			continue;
		if (at == path->ncols)
			return path->unique && at > 0; /* one row per key: nothing left to order */
		const SortKey *key = &s->keys[k];
		if (path->cols[at] != col || !orders_by_bytes(scan->scan.rel->table->cols[col].type))
			return false;
		if (key->nulls_first == key->desc && !never_null(scan, path, at))
			return false;
		bool back = key->desc != descends(path, at);
		if (decided && back != *reverse)
			return false;
		*reverse = back;
		decided = true;
		at++;
	}
	return at > 0;
}

static int64_t constant_rows(const Expr *e, int64_t otherwise)
{
	if (!e)
		return otherwise;
	if (e->kind != EXPR_CONST || e->constant.null || !type_is_integer(e->type) || e->constant.i < 0)
		return -1;
	return e->constant.i;
}

static void limit_scan(Plan *scan, const PlanSort *s)
{
	int64_t limit = s->limit ? constant_rows(s->limit, -1) : -1, offset = constant_rows(s->offset, 0);
	if (limit < 0 || offset < 0 || limit > INT64_MAX - offset)
		return;
	if (scan->scan.limit < 0 || scan->scan.limit > limit + offset)
		scan->scan.limit = limit + offset;
}

static Plan *sort_into_scan(Arena *arena, Plan *p)
{
	uint32_t *cols = ARENA_ARRAY(arena, uint32_t, p->sort.nkeys + 1);
	for (uint32_t k = 0; k < p->sort.nkeys; k++)
		cols[k] = p->sort.keys[k].col;
	bool filtered, reverse = false, found = false;
	Plan *scan = scan_below(p->inputs[0], cols, p->sort.nkeys, true, &filtered);
	if (!scan || scan->scan.limit >= 0)
		return p;
	/* a range has chosen the path; else the key, or an index if few rows are wanted */
	int32_t from = scan->scan.whole ? REWRITE_PATH_KEY : scan->scan.index, to = from + 1;
	if (scan->scan.whole && p->sort.limit)
		to = (int32_t)scan->scan.rel->nindexes;
	for (int32_t i = from; i < to && !found; i++) {
		Path path = path_of(scan->scan.rel, i);
		if (!path.ncols || !gives_order(scan, &path, &p->sort, cols, &reverse))
			continue;
		found = true;
		scan->scan.index = i;
		scan->scan.reverse = reverse;
	}
	if (!found)
		return p;
	if (!filtered)
		limit_scan(scan, &p->sort);
	if (!p->sort.limit && !p->sort.offset)
		return own(p->inputs[0]);
	p->kind = PLAN_LIMIT;
	p->sort.nkeys = 0;
	return p;
}

static void limit_into_scan(Plan *p)
{
	bool filtered;
	Plan *scan = scan_below(p->inputs[0], NULL, 0, false, &filtered);
	if (scan)
		limit_scan(scan, &p->sort);
}

/* MIN or MAX of the next column of the scan's path: its first row says it. */
static void extreme_into_scan(Plan *p)
{
	const PlanAgg *a = &p->agg;
	if (a->nkeys || a->naggs != 1 || a->aggs[0].filter >= 0 || a->aggs[0].call.nargs != 1)
		return;
	bool max = strcmp(a->aggs[0].call.agg->name, "MAX") == 0, filtered;
	if (!max && strcmp(a->aggs[0].call.agg->name, "MIN") != 0)
		return;
	uint32_t col = a->aggs[0].args[0];
	Plan *scan = scan_below(p->inputs[0], &col, 1, false, &filtered);
	if (!scan || scan->scan.limit >= 0)
		return;
	col = scan->scan.cols[col];
	int32_t from = scan->scan.whole ? REWRITE_PATH_KEY : scan->scan.index;
	int32_t to = scan->scan.whole ? (int32_t)scan->scan.rel->nindexes : from + 1;
	for (int32_t i = from; i < to; i++) {
		Path path = path_of(scan->scan.rel, i);
		uint32_t at = scan->scan.range.neq;
		if (at >= path.ncols || path.cols[at] != col || !orders_by_bytes(scan->scan.rel->table->cols[col].type))
			continue;
		if (!max && !never_null(scan, &path, at))
			continue; /* MIN passes NULLs over, and they come first */
		scan->scan.index = i;
		scan->scan.reverse = max != descends(&path, at);
		scan->scan.limit = 1;
		return;
	}
}

Plan *rewrite_scan_plan(Arena *arena, Plan *p)
{
	for (uint32_t i = 0; i < p->ninputs; i++)
		p->inputs[i] = rewrite_scan_plan(arena, own(p->inputs[i]));
	switch (p->kind) {
	case PLAN_FILTER:
		if (is_stored(p->inputs[0]) && p->inputs[0]->scan.limit < 0 && p->inputs[0]->scan.whole)
			return filter_into_scan(arena, p);
		if (is_asked(p->inputs[0]))
			filter_into_source(arena, p);
		break;
	case PLAN_SORT: return sort_into_scan(arena, p);
	case PLAN_LIMIT: limit_into_scan(p); break;
	case PLAN_AGG: extreme_into_scan(p); break;
	default: break;
	}
	return p;
}
