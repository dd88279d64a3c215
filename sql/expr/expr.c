/*
 * sql/expr/expr.c: making bound expressions, walking them, folding constants.
 *
 * Expressions are immutable and may be shared: one Expr may be the argument of many (x BETWEEN a AND b holds x twice).
 * Rewrites keep that sharing by remembering for each node what it became; the evaluator computes a shared node once.
 */
#include "sql/expr/expr.h"

#include "sql/expr/eval.h"
#include "sql/functions/cast.h"

const Expr *expr_const(Arena *arena, const Type *type, Value v)
{
	Expr *e = ARENA_NEW(arena, Expr);
	e->kind = EXPR_CONST;
	e->type = type_with_null(arena, type, v.null);
	e->constant = v.null ? VALUE_NULL : value_copy(arena, type, v);
	return e;
}

const Expr *expr_column(Arena *arena, const Type *type, uint32_t index)
{
	Expr *e = ARENA_NEW(arena, Expr);
	e->kind = EXPR_COLUMN;
	e->type = type;
	e->index = index;
	return e;
}

const Expr *expr_param(Arena *arena, const Type *type, uint32_t index)
{
	Expr *e = ARENA_NEW(arena, Expr);
	e->kind = EXPR_PARAM;
	e->type = type;
	e->index = index;
	return e;
}

static const Expr *with_span(Arena *arena, const Expr *e, Span span)
{
	if (e->span.end || !span.end)
		return e;
	Expr *copy = arena_copy(arena, e, sizeof *e);
	copy->span = span;
	return copy;
}

static Expr *new_call(Arena *arena, const FunctionCall *call, const Expr **args, uint32_t nargs, Span span)
{
	Expr *e = ARENA_NEW(arena, Expr);
	e->kind = EXPR_CALL;
	e->span = span;
	e->type = call->type;
	e->call = *call;
	e->args = args;
	e->nargs = nargs;
	return e;
}

/* ---- casts ---- */

static bool needs_zone(const Type *from, const Type *to)
{
	return (from->kind == TYPE_TIMESTAMP_LTZ) != (to->kind == TYPE_TIMESTAMP_LTZ);
}

const Expr *expr_cast(Arena *arena, const Expr *e, const Type *to, bool try_cast, Span span, Err *err)
{
	if (type_equal(e->type, to))
		return e;
	if (e->kind == EXPR_CONST && e->constant.null && (e->type->kind == TYPE_NULL || cast_row_find(e->type, to)))
		return with_span(arena, expr_const(arena, to, VALUE_NULL), e->span.end ? e->span : span);
	FunctionCall call;
	if (!cast_resolve(arena, e->type, to, try_cast, span.end ? span : e->span, &call, err))
		return NULL;
	const Expr **args = ARENA_ARRAY(arena, const Expr *, 1);
	args[0] = e;
	return new_call(arena, &call, args, 1, span);
}

/* A cast that a function asked for. Of a constant it is done at once, so that a literal that has no such form is an
 * error of the statement, and the next floor sees a constant. */
static const Expr *implicit_cast(Arena *arena, const Expr *e, const Type *to, Span span, Err *err)
{
	const Expr *cast = expr_cast(arena, e, to, false, e->span.end ? e->span : span, err);
	if (!cast || cast->kind != EXPR_CALL || e->kind != EXPR_CONST || needs_zone(e->type, to))
		return cast;
	Value v;
	if (!eval_const(cast, NULL, NULL, arena, &v, err)) {
		if (err)
			err->span = e->span.end ? e->span : span;
		return NULL;
	}
	return with_span(arena, expr_const(arena, to, v), e->span);
}

/* ---- calls ---- */

static bool is_json_text(const Expr *e)
{
	return e->kind == EXPR_CALL && (e->call.fn->flags & FN_JSON_TEXT);
}

static bool builds_json(Str name)
{
	return str_eq_nocase(name, STR("JSON_OBJECT")) || str_eq_nocase(name, STR("JSON_ARRAY"));
}

/* NULLIF(a, b) is CASE WHEN a = b THEN NULL ELSE a END. */
static const Expr *make_nullif(Arena *arena, const Expr **args, Span span, Err *err)
{
	const Expr **pair = ARENA_ARRAY(arena, const Expr *, 2);
	pair[0] = args[0];
	pair[1] = args[1];
	const Expr **all = ARENA_ARRAY(arena, const Expr *, 3);
	all[0] = expr_call(arena, STR("="), pair, 2, span, err);
	if (!all[0])
		return NULL;
	all[1] = expr_const(arena, args[0]->type, VALUE_NULL);
	all[2] = args[0];
	return expr_call(arena, STR("CASE"), all, 3, span, err);
}

const Expr *expr_call(Arena *arena, Str name, const Expr **args, uint32_t nargs, Span span, Err *err)
{
	if (nargs == 2 && str_eq_nocase(name, STR("NULLIF")))
		return make_nullif(arena, args, span, err);
	bool json = builds_json(name);
	const Type **types = ARENA_ARRAY(arena, const Type *, nargs);
	const Type **given = ARENA_ARRAY(arena, const Type *, nargs);
	const Value **consts = ARENA_ARRAY(arena, const Value *, nargs);
	for (uint32_t i = 0; i < nargs; i++) {
		types[i] = given[i] = json && is_json_text(args[i]) ? &type_json : args[i]->type;
		consts[i] = args[i]->kind == EXPR_CONST ? &args[i]->constant : NULL;
	}
	FunctionCall call;
	ResolveCtx rc = {.arena = arena,
	                 .name = name,
	                 .span = span,
	                 .nargs = nargs,
	                 .arg_types = types,
	                 .consts = consts,
	                 .call = &call};
	if (!function_resolve(&rc, err))
		return NULL;
	const Expr **wanted = ARENA_ARRAY(arena, const Expr *, nargs);
	for (uint32_t i = 0; i < nargs; i++) {
		wanted[i] = type_equal(given[i], types[i]) ? args[i] : implicit_cast(arena, args[i], types[i], span, err);
		if (!wanted[i])
			return NULL;
	}
	Expr *e = new_call(arena, &call, wanted, nargs, span);
	/* -1 is a constant for whoever asks for one (IN lists, LIMIT, patterns of functions). */
	if (nargs == 1 && str_eq(name, STR("-")) && wanted[0]->kind == EXPR_CONST) {
		Value v;
		if (eval_const(e, NULL, NULL, arena, &v, NULL))
			return with_span(arena, expr_const(arena, e->type, v), span);
	}
	return e;
}

/* ---- rewriting with shared nodes ---- */

/* What each node became: pairs in a hash table by address. */
typedef struct Memo {
	Arena *arena;
	const Expr **from;
	const Expr **to;
	uint32_t len;
	uint32_t cap; /* power of two */
} Memo;

static uint32_t memo_slot(const Memo *m, const Expr *e)
{
	uint32_t at = (uint32_t)((uintptr_t)e >> 4) * 0x9e3779b1u & (m->cap - 1);
	while (m->from[at] && m->from[at] != e)
		at = (at + 1) & (m->cap - 1);
	return at;
}

static void memo_put(Memo *m, const Expr *from, const Expr *to)
{
	if (2 * (m->len + 1) > m->cap) {
		Memo old = *m;
		m->cap = old.cap ? old.cap * 2 : 16;
		m->from = ARENA_ARRAY_ZERO(m->arena, const Expr *, m->cap);
		m->to = ARENA_ARRAY_ZERO(m->arena, const Expr *, m->cap);
		for (uint32_t i = 0; i < old.cap; i++) {
			if (!old.from[i])
				continue;
			uint32_t at = memo_slot(m, old.from[i]);
			m->from[at] = old.from[i];
			m->to[at] = old.to[i];
		}
	}
	uint32_t at = memo_slot(m, from);
	m->from[at] = from;
	m->to[at] = to;
	m->len++;
}

static const Expr *memo_get(const Memo *m, const Expr *e)
{
	return m->cap ? m->to[memo_slot(m, e)] : NULL;
}

typedef struct Rewrite {
	Memo memo;
	Arena *arena;
	/* What a node becomes once its arguments were rewritten. */
	const Expr *(*leaf)(const struct Rewrite *rw, const Expr *e);
	const Expr *(*call)(const struct Rewrite *rw, const Expr *e, bool changed, const Expr **args);
	const uint32_t *map;
	const Expr *const *with;
	const EvalEnv *env;
} Rewrite;

static const Expr *rewrite(Rewrite *rw, const Expr *e)
{
	const Expr *done = memo_get(&rw->memo, e);
	if (done)
		return done;
	if (e->kind != EXPR_CALL) {
		done = rw->leaf(rw, e);
	} else {
		bool changed = false;
		const Expr **args = ARENA_ARRAY(rw->arena, const Expr *, e->nargs);
		for (uint32_t i = 0; i < e->nargs; i++) {
			args[i] = rewrite(rw, e->args[i]);
			changed = changed || args[i] != e->args[i];
		}
		done = rw->call(rw, e, changed, args);
	}
	memo_put(&rw->memo, e, done);
	return done;
}

static const Expr *same_leaf(const Rewrite *rw, const Expr *e)
{
	(void)rw;
	return e;
}

static const Expr *same_call(const Rewrite *rw, const Expr *e, bool changed, const Expr **args)
{
	return changed ? new_call(rw->arena, &e->call, args, e->nargs, e->span) : e;
}

static const Expr *remap_leaf(const Rewrite *rw, const Expr *e)
{
	if (e->kind != EXPR_COLUMN || rw->map[e->index] == e->index)
		return e;
	ASSERT(rw->map[e->index] != UINT32_MAX);
	Expr *copy = arena_copy(rw->arena, e, sizeof *e);
	copy->index = rw->map[e->index];
	return copy;
}

const Expr *expr_remap(Arena *arena, const Expr *e, const uint32_t *map)
{
	Rewrite rw = {.memo.arena = arena, .arena = arena, .leaf = remap_leaf, .call = same_call, .map = map};
	return rewrite(&rw, e);
}

static const Expr *substitute_leaf(const Rewrite *rw, const Expr *e)
{
	return e->kind == EXPR_COLUMN ? rw->with[e->index] : e;
}

const Expr *expr_substitute(Arena *arena, const Expr *e, const Expr *const *with)
{
	Rewrite rw = {.memo.arena = arena, .arena = arena, .leaf = substitute_leaf, .call = same_call, .with = with};
	return rewrite(&rw, e);
}

/* ---- folding ---- */

static bool is_cast(const Expr *e)
{
	return str_eq_c(str_from(e->call.fn->family), "cast");
}

/* AND and OR with constants: arguments that change nothing go; what follows a deciding constant is never looked at. */
static const Expr *fold_junction(const Rewrite *rw, const Expr *e)
{
	bool decides = e->call.fn->name[0] == 'O';
	const Expr **left = ARENA_ARRAY(rw->arena, const Expr *, e->nargs);
	uint32_t n = 0;
	for (uint32_t i = 0; i < e->nargs; i++) {
		const Expr *a = e->args[i];
		bool known = a->kind == EXPR_CONST && !a->constant.null;
		if (known && a->constant.b != decides)
			continue;
		left[n++] = a;
		if (!known)
			continue;
		/* a deciding constant: those before it matter only if they can fail. */
		bool fails = false;
		for (uint32_t k = 0; k + 1 < n; k++)
			fails = fails || expr_can_fail(left[k]);
		if (!fails)
			return a;
		break;
	}
	if (n == e->nargs)
		return e;
	if (n == 0)
		return expr_const(rw->arena, &type_boolean, (Value){.b = !decides});
	if (n == 1)
		return left[0];
	const Expr *fewer = expr_call(rw->arena, str_from(e->call.fn->name), left, n, e->span, NULL);
	return fewer ? fewer : e;
}

/* May the result differ with the environment: the zone, wrapping integers? Asked when folding without one. */
static bool needs_env(const Expr *e)
{
	Str name = str_from(e->call.fn->name);
	bool needs = str_eq(name, STR("TRY_CAST")) || str_eq(name, STR("FROM_UNIXTIME"));
	needs = needs || e->type->kind == TYPE_TIMESTAMP_LTZ;
	for (uint32_t i = 0; i < e->nargs; i++)
		needs = needs || e->args[i]->type->kind == TYPE_TIMESTAMP_LTZ || type_is_nested(e->args[i]->type);
	return needs;
}

static const Expr *fold_call(const Rewrite *rw, const Expr *e, bool changed, const Expr **args)
{
	if (changed) {
		/* New constants may serve the function (a pattern to compile): resolve again; where that fails it fails when a
		 * row comes. What builds JSON knows from its old arguments which texts are JSON. */
		Str name = str_from(e->call.fn->name);
		bool keep = is_cast(e) || builds_json(name);
		const Expr *again = keep ? NULL : expr_call(rw->arena, name, args, e->nargs, e->span, NULL);
		e = again && type_equal(again->type, e->type) ? again : new_call(rw->arena, &e->call, args, e->nargs, e->span);
		if (e->kind != EXPR_CALL)
			return e;
	}
	bool constant = !(e->call.fn->flags & (FN_NOT_DETERMINISTIC | FN_CLOCK)) && (rw->env || !needs_env(e));
	for (uint32_t i = 0; i < e->nargs; i++)
		constant = constant && e->args[i]->kind == EXPR_CONST;
	Value v;
	if (constant)
		return eval_const(e, rw->env, NULL, rw->arena, &v, NULL)
		           ? with_span(rw->arena, expr_const(rw->arena, e->type, v), e->span)
		           : e;
	if (str_eq_c(str_from(e->call.fn->name), "AND") || str_eq_c(str_from(e->call.fn->name), "OR"))
		return fold_junction(rw, e);
	return e;
}

const Expr *expr_fold(Arena *arena, const Expr *e, const EvalEnv *env)
{
	Rewrite rw = {.memo.arena = arena, .arena = arena, .leaf = same_leaf, .call = fold_call, .env = env};
	return rewrite(&rw, e);
}

/* ---- questions ---- */

void expr_columns(const Expr *e, bool *used)
{
	if (e->kind == EXPR_COLUMN)
		used[e->index] = true;
	for (uint32_t i = 0; i < e->nargs; i++)
		expr_columns(e->args[i], used);
}

/* Is there a node of one of these kinds, or a call with one of these flags? */
static bool has(const Expr *e, bool column, bool param, unsigned flags)
{
	if ((column && e->kind == EXPR_COLUMN) || (param && e->kind == EXPR_PARAM))
		return true;
	if (e->kind == EXPR_CALL && (e->call.fn->flags & flags))
		return true;
	for (uint32_t i = 0; i < e->nargs; i++)
		if (has(e->args[i], column, param, flags))
			return true;
	return false;
}

bool expr_is_const(const Expr *e)
{
	return !has(e, true, true, FN_NOT_DETERMINISTIC | FN_CLOCK);
}

bool expr_is_deterministic(const Expr *e)
{
	return !has(e, false, false, FN_NOT_DETERMINISTIC | FN_CLOCK);
}

bool expr_reads_columns(const Expr *e)
{
	return has(e, true, false, 0);
}

bool expr_uses_params(const Expr *e)
{
	return has(e, false, true, 0);
}

bool expr_can_fail(const Expr *e)
{
	if (e->kind == EXPR_CALL && e->call.can_fail)
		return true;
	for (uint32_t i = 0; i < e->nargs; i++)
		if (expr_can_fail(e->args[i]))
			return true;
	return false;
}
