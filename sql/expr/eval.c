/*
 * sql/expr/eval.c: expressions as flat steps.
 *
 *   $0 > 5 AND $0 + $1 < 10
 *   0 column $0   1 const 5   2 >(0,1)   3 column $1   4 +(0,3)   5 const 10   6 <(4,5)   7 AND(2,6)
 *
 * Equal subexpressions become one step: each new step is looked up by kind, function and argument steps. Steps are in
 * an order in which arguments come first, so a run is one loop. Calls that are not deterministic are one step only
 * where the same Expr node occurs twice.
 */
#include "sql/expr/eval.h"

#include "base/hash.h"
#include "sql/functions/kernel.h"
#include "sql/types/zone.h"

typedef struct Step {
	const Expr *expr;
	uint32_t *args; /* steps */
} Step;

struct Eval {
	Step *steps;
	uint32_t nsteps;
	uint32_t cap;
	uint32_t *out; /* the step of each expression */
	uint32_t nout;
	uint32_t args_max;
};

/* ---- compiling ---- */

typedef struct Compiler {
	Eval *eval;
	Arena *arena;
	uint32_t *by_shape; /* open addressing: step + 1 */
	uint32_t nshape;
	const Expr **node; /* the same by address */
	uint32_t *node_step;
	uint32_t nnode; /* slots */
} Compiler;

static uint32_t count_nodes(const Expr *e)
{
	uint32_t n = 1;
	for (uint32_t i = 0; i < e->nargs; i++)
		n += count_nodes(e->args[i]);
	return n;
}

static uint64_t shape_hash(const Expr *e, const uint32_t *args)
{
	uint64_t h = hash_mix((uint64_t)e->kind * 31 + (uint64_t)e->type->kind);
	if (e->kind == EXPR_COLUMN || e->kind == EXPR_PARAM)
		return hash_mix(h ^ e->index);
	if (e->kind == EXPR_CONST) {
		if (e->constant.null)
			return h;
		switch (type_phys(e->type)) {
		case PHYS_BOOL: return hash_mix(h ^ e->constant.b);
		case PHYS_I64: return hash_mix(h ^ (uint64_t)e->constant.i);
		case PHYS_F64: {
			uint64_t bits;
			memcpy(&bits, &e->constant.f, sizeof bits);
			return hash_mix(h ^ bits);
		}
		case PHYS_I128: return hash_mix(h ^ (uint64_t)e->constant.d);
		case PHYS_STR: return hash_bytes(e->constant.s.ptr, e->constant.s.len, h);
		}
	}
	h = hash_mix(h ^ (uint64_t)(uintptr_t)e->call.fn);
	for (uint32_t i = 0; i < e->nargs; i++)
		h = hash_mix(h ^ args[i]);
	return h;
}

static bool same_shape(const Step *s, const Expr *e, const uint32_t *args)
{
	const Expr *o = s->expr;
	if (e->kind != EXPR_CALL || o->kind != EXPR_CALL)
		return expr_equal(o, e);
	if (o->call.fn != e->call.fn || o->nargs != e->nargs || (e->call.fn->flags & FN_NOT_DETERMINISTIC) ||
	    !type_equal(o->type, e->type))
		return false;
	for (uint32_t i = 0; i < e->nargs; i++)
		if (s->args[i] != args[i] || !type_equal(o->call.arg_types[i], e->call.arg_types[i]))
			return false;
	return true;
}

static uint32_t node_slot(const Compiler *c, const Expr *e)
{
	uint32_t at = (uint32_t)hash_mix((uintptr_t)e) & (c->nnode - 1);
	while (c->node[at] && c->node[at] != e)
		at = (at + 1) & (c->nnode - 1);
	return at;
}

static uint32_t compile(Compiler *c, const Expr *e)
{
	uint32_t slot = node_slot(c, e);
	if (c->node[slot])
		return c->node_step[slot];
	uint32_t *args = ARENA_ARRAY(c->arena, uint32_t, e->nargs);
	for (uint32_t i = 0; i < e->nargs; i++)
		args[i] = compile(c, e->args[i]);
	if (e->nargs > c->eval->args_max)
		c->eval->args_max = e->nargs;
	uint32_t at = (uint32_t)shape_hash(e, args) & (c->nshape - 1);
	while (c->by_shape[at] && !same_shape(&c->eval->steps[c->by_shape[at] - 1], e, args))
		at = (at + 1) & (c->nshape - 1);
	uint32_t step;
	if (c->by_shape[at]) {
		step = c->by_shape[at] - 1;
	} else {
		step = c->eval->nsteps++;
		c->eval->steps[step] = (Step){e, args};
		c->by_shape[at] = step + 1;
	}
	slot = node_slot(c, e);
	c->node[slot] = e;
	c->node_step[slot] = step;
	return step;
}

Eval *eval_open(Arena *arena, const Expr *const *exprs, uint32_t nexprs)
{
	uint32_t nodes = 0;
	for (uint32_t i = 0; i < nexprs; i++)
		nodes += count_nodes(exprs[i]);
	uint32_t slots = 16;
	while (slots < 2 * nodes)
		slots *= 2;
	Eval *eval = ARENA_NEW(arena, Eval);
	eval->steps = ARENA_ARRAY(arena, Step, nodes);
	eval->out = ARENA_ARRAY(arena, uint32_t, nexprs);
	eval->nout = nexprs;
	Compiler c = {
	    .eval = eval,
	    .arena = arena,
	    .by_shape = ARENA_ARRAY_ZERO(arena, uint32_t, slots),
	    .nshape = slots,
	    .node = ARENA_ARRAY_ZERO(arena, const Expr *, slots),
	    .node_step = ARENA_ARRAY_ZERO(arena, uint32_t, slots),
	    .nnode = slots,
	};
	for (uint32_t i = 0; i < nexprs; i++)
		eval->out[i] = compile(&c, exprs[i]);
	return eval;
}

/* ---- running ---- */

static void merge_err(Column *out, const Column *a, uint32_t n, Arena *arena)
{
	if (!a->err || (a->constant && !a->err[0]))
		return;
	column_need_err(out, arena);
	for (uint32_t i = 0; i < n; i++)
		if (!out->err[i])
			out->err[i] = a->err[column_at(a, i)];
}

/* Validity and errors of a strict call. false: every row is NULL. */
static bool merge_strict(Column *out, const Column *const *args, uint32_t nargs, uint32_t n, Arena *arena)
{
	bool any = true;
	uint32_t words = bit_words(n);
	for (uint32_t k = 0; k < nargs; k++) {
		const Column *a = args[k];
		if (!a->valid || (a->constant && bit_get(a->valid, 0)))
			continue;
		merge_err(out, a, n, arena);
		column_need_valid(out, arena);
		if (a->constant) {
			memset(out->valid, 0, words * sizeof *out->valid);
			any = false;
		} else {
			for (uint32_t w = 0; w < words; w++)
				out->valid[w] &= a->valid[w];
		}
	}
	return any;
}

static void run_call(EvalCtx *ctx, const Expr *e, const Column *const *args, uint32_t n, Column *out)
{
	bool constant = !(e->call.fn->flags & (FN_NOT_DETERMINISTIC | FN_STAMP));
	for (uint32_t k = 0; k < e->nargs && constant; k++)
		constant = args[k]->constant;
	uint32_t rows = constant ? 1 : n;
	column_init(out, e->type, rows, ctx->arena);
	if (!e->call.strict || merge_strict(out, args, e->nargs, rows, ctx->arena))
		e->call.kernel(ctx, &e->call, args, rows, out);
	else
		kernel_zero_all(out, rows);
	out->constant = constant;
	out->len = n;
}

static EvalEnv default_env(void)
{
	return (EvalEnv){.zone = zone_utc, .watermark_us = INT64_MIN};
}

/* Fills cols[step] for all steps. reports: NULL, or an Err per step for a single row. */
static void run_steps(const Eval *eval, const EvalEnv *env, const Column *const *inputs, const Value *params,
                      uint32_t n, Arena *arena, const Column **cols, Err *reports)
{
	EvalCtx ctx = {.env = env, .arena = arena};
	const Column **args = ARENA_ARRAY(arena, const Column *, eval->args_max);
	for (uint32_t s = 0; s < eval->nsteps; s++) {
		const Step *step = &eval->steps[s];
		const Expr *e = step->expr;
		if (e->kind == EXPR_COLUMN) {
			cols[s] = inputs[e->index];
			DCHECK(cols[s]->len == n);
			continue;
		}
		Column *c = ARENA_NEW(arena, Column);
		cols[s] = c;
		if (e->kind == EXPR_CONST || e->kind == EXPR_PARAM) {
			column_init_const(c, e->type, e->kind == EXPR_CONST ? e->constant : params[e->index], n, arena);
			continue;
		}
		for (uint32_t k = 0; k < e->nargs; k++)
			args[k] = cols[step->args[k]];
		ctx.report = reports ? &reports[s] : NULL;
		run_call(&ctx, e, args, n, c);
	}
}

void eval_run(Eval *eval, const EvalEnv *env, const Column *const *inputs, const Value *params, uint32_t n,
              Arena *arena, const Column **out)
{
	EvalEnv none;
	if (!env) {
		none = default_env();
		env = &none;
	}
	const Column **cols = ARENA_ARRAY(arena, const Column *, eval->nsteps);
	run_steps(eval, env, inputs, params, n, arena, cols, NULL);
	for (uint32_t i = 0; i < eval->nout; i++)
		out[i] = cols[eval->out[i]];
}

uint32_t eval_select(const Column *c, uint32_t n, uint32_t *sel, int64_t *bad)
{
	*bad = -1;
	if (c->constant) {
		if (column_err(c, 0)) {
			*bad = n ? 0 : -1;
			return 0;
		}
		if (column_is_null(c, 0) || !c->b[0])
			return 0;
		for (uint32_t i = 0; i < n; i++)
			sel[i] = i;
		return n;
	}
	uint32_t k = 0;
	if (!c->valid) {
		for (uint32_t i = 0; i < n; i++) {
			sel[k] = i;
			k += c->b[i] != 0;
		}
		return k;
	}
	if (c->err) {
		for (uint32_t i = 0; i < n; i++) {
			if (c->err[i]) {
				*bad = i;
				break;
			}
		}
	}
	for (uint32_t i = 0; i < n; i++) {
		sel[k] = i;
		k += c->b[i] != 0 && bit_get(c->valid, i);
	}
	return k;
}

/* ---- words of an error ---- */

/* Where the error of step s comes from: itself when its kernel spoke, else the first argument with the same error. */
static uint32_t find_origin(const Eval *eval, const Column *const *cols, const Err *reports, uint32_t s)
{
	uint8_t e = column_err(cols[s], 0);
	while (!reports[s].code) {
		const Step *step = &eval->steps[s];
		uint32_t k = 0;
		while (k < step->expr->nargs && column_err(cols[step->args[k]], 0) != e)
			k++;
		if (k == step->expr->nargs)
			break;
		s = step->args[k];
	}
	return s;
}

void eval_report(Eval *eval, uint32_t expr, const EvalEnv *env, const Column *const *inputs, const Value *params,
                 uint32_t row, Arena *arena, Err *err)
{
	EvalEnv none;
	if (!env) {
		none = default_env();
		env = &none;
	}
	uint32_t ninputs = 0;
	for (uint32_t s = 0; s < eval->nsteps; s++)
		if (eval->steps[s].expr->kind == EXPR_COLUMN && eval->steps[s].expr->index >= ninputs)
			ninputs = eval->steps[s].expr->index + 1;
	const Column **one = ARENA_ARRAY_ZERO(arena, const Column *, ninputs);
	for (uint32_t s = 0; s < eval->nsteps; s++) {
		const Expr *e = eval->steps[s].expr;
		if (e->kind != EXPR_COLUMN || one[e->index])
			continue;
		Column *c = ARENA_NEW(arena, Column);
		column_gather(inputs[e->index], &row, 1, c, arena);
		one[e->index] = c;
	}
	const Column **cols = ARENA_ARRAY(arena, const Column *, eval->nsteps);
	Err *reports = ARENA_ARRAY_ZERO(arena, Err, eval->nsteps);
	run_steps(eval, env, one, params, 1, arena, cols, reports);
	uint32_t s = eval->out[expr];
	uint8_t e = column_err(cols[s], 0);
	s = find_origin(eval, cols, reports, s);
	const Expr *origin = eval->steps[s].expr;
	if (reports[s].code)
		*err = reports[s];
	else if (origin->kind == EXPR_COLUMN)
		err_set(err, column_err_code((RowErr)e), "a value of column %u is not valid: %s", origin->index + 1,
		        err_title(column_err_code((RowErr)e)));
	else
		err_set(err, e ? column_err_code((RowErr)e) : ERR_INTERNAL, "%s",
		        e ? err_title(column_err_code((RowErr)e)) : "the row has no error");
	if (!err->span.end)
		err->span = origin->span;
}

bool eval_const(const Expr *e, const EvalEnv *env, const Value *params, Arena *arena, Value *out, Err *err)
{
	if (e->kind == EXPR_CONST) {
		*out = e->constant;
		return true;
	}
	Eval *eval = eval_open(arena, &e, 1);
	const Column *c;
	eval_run(eval, env, NULL, params, 1, arena, &c);
	if (column_err(c, 0)) {
		if (err)
			eval_report(eval, 0, env, NULL, params, 0, arena, err);
		return false;
	}
	*out = column_value(c, 0);
	return true;
}
