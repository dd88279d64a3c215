/*
 * engine/operators/scan_range.c: key ranges.
 *
 *   column ascending   00 NULL | 01 value...        descending: every byte inverted, so NULL (ff) comes last and the
 * bounds change places
 *
 * A range leaves NULLs out: no comparison is true for them.
 */
#include "engine/operators/scan_range.h"

typedef struct RangeCol {
	const Type *type;
	bool desc;
} RangeCol;

static RangeCol range_col(const PlanScan *s, uint32_t k)
{
	const Relation *r = s->rel;
	if (s->index >= 0) {
		const IndexDef *ix = &r->indexes[s->index];
		return (RangeCol){r->table->cols[ix->cols[k]].type, ix->desc && ix->desc[k]};
	}
	return (RangeCol){r->table->cols[r->stored.key[k]].type, false};
}

/* Appends the bytes of a bound. */
static bool put_bound(Operator *op, const Expr *e, RangeCol col, StrBuf *out, bool *nothing, Err *err)
{
	Value v;
	if (!eval_const(e, &op->run->env, op->run->params, op->run->arena, &v, err))
		return false;
	if (v.null) {
		*nothing = true;
		return true;
	}
	size_t from = out->len;
	value_encode_key(col.type, v, out);
	if (col.desc)
		codec_invert(out, from);
	return true;
}

/* Bytes just behind everything that begins with the buffer. */
static void step_behind(StrBuf *b)
{
	bool bounded = codec_prefix_end(b);
	ASSERT(bounded); /* a key never is all 0xff */
}

/* low and high are already those of the bytes' order. */
static bool put_range(Operator *op, const PlanScan *s, RangeCol col, StrBuf *from, StrBuf *to, bool *nothing, Err *err)
{
	const Expr *low = col.desc ? s->range.high : s->range.low, *high = col.desc ? s->range.low : s->range.high;
	bool low_incl = col.desc ? s->range.high_incl : s->range.low_incl,
	     high_incl = col.desc ? s->range.low_incl : s->range.high_incl;
	if (low) {
		if (!put_bound(op, low, col, from, nothing, err))
			return false;
		if (!low_incl && !*nothing)
			step_behind(from);
	} else if (!col.desc) {
		strbuf_putc(from, 1); /* behind the NULLs */
	}
	if (high) {
		if (!put_bound(op, high, col, to, nothing, err))
			return false;
		if (high_incl && !*nothing)
			step_behind(to);
	} else if (col.desc) {
		strbuf_putc(to, (char)0xff); /* before the NULLs */
	} else if (to->len) {
		step_behind(to);
	}
	return true;
}

bool scan_range_keys(Operator *op, ScanKeys *out, bool *nothing, Err *err)
{
	const PlanScan *s = &op->plan->scan;
	*nothing = false;
	*out = (ScanKeys){0};
	bool ranged = s->range.low || s->range.high;
	if (!s->range.neq && !ranged)
		return true;
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	bool fine = true;
	for (uint32_t k = 0; fine && k < s->range.neq; k++)
		fine = put_bound(op, s->range.eq[k], range_col(s, k), &from, nothing, err);
	strbuf_put_str(&to, strbuf_str(&from));
	if (fine && !*nothing) {
		if (ranged)
			fine = put_range(op, s, range_col(s, s->range.neq), &from, &to, nothing, err);
		else
			step_behind(&to);
	}
	if (from.len)
		out->from = arena_str(op->run->arena, strbuf_str(&from));
	if (to.len)
		out->to = arena_str(op->run->arena, strbuf_str(&to));
	strbuf_deinit(&from);
	strbuf_deinit(&to);
	return fine;
}

bool scan_range_has(const ScanKeys *keys, const IndexDef *index, const Type *const *types, const Value *row,
                    StrBuf *scratch)
{
	strbuf_clear(scratch);
	for (uint32_t c = 0; c < index->ncols; c++) {
		size_t from = scratch->len;
		value_encode_key(types[index->cols[c]], row[index->cols[c]], scratch);
		if (index->desc && index->desc[c])
			codec_invert(scratch, from);
	}
	Str key = strbuf_str(scratch);
	return (!keys->from.ptr || str_cmp(key, keys->from) >= 0) && (!keys->to.ptr || str_cmp(key, keys->to) < 0);
}
