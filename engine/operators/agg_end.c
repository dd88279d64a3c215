/*
 * engine/operators/agg_end.c: FIRST_VALUE and LAST_VALUE of a window in its blocks.
 */
#include "engine/operators/agg_end.h"

#include "engine/operators/agg_values.h"

enum { END_NOTHING, END_NULL, END_HERE, END_LONG };
enum { END_HEAD = 2, END_ROOM = AGG_END_SIZE - END_HEAD };

bool agg_end_fits(const AggState *a, const AggCall *call)
{
	const PlanAgg *agg = a->agg;
	bool one_scope = a->scope_len && (agg->attached || agg->window.kind == WINDOW_TUMBLE);
	return one_scope && agg->window.kind != WINDOW_SESSION && !call->norder && !call->distinct && call->nargs == 1;
}

static bool is_plain(const Type *type)
{
	Phys phys = type_phys(type);
	return (phys == PHYS_STR && !type_is_nested(type)) || phys == PHYS_I64 || phys == PHYS_F64;
}

/* The bytes of a value that is not NULL. */
static Str bytes_of(const Column *c, uint32_t row, bool plain, StrBuf *scratch)
{
	uint32_t at = column_at(c, row);
	if (plain && c->phys == PHYS_STR)
		return c->str[at];
	if (plain)
		return str_make(c->phys == PHYS_I64 ? (const char *)&c->i64[at] : (const char *)&c->f64[at], 8);
	strbuf_clear(scratch);
	value_encode(c->type, column_value(c, row), scratch);
	return strbuf_str(scratch);
}

/* The rows whose values are too long, in their order. */
static bool put_long(AggState *a, const AggItem *it, const Batch *b, const Column *arg, const uint32_t *rows,
                     const uint32_t *sel, uint32_t n, const Str *keys, void *const *states, Err *err)
{
	Arena *step = a->op->run->step;
	Column gathered;
	column_gather(arg, rows, n, &gathered, step);
	uint32_t *of = ARENA_ARRAY(step, uint32_t, n);
	for (uint32_t i = 0; i < n; i++)
		of[i] = sel ? sel[rows[i]] : rows[i];
	const Column *args[1] = {&gathered};
	return agg_values_update(it->values, b, args, NULL, of, n, keys, states, err);
}

bool agg_end_update(AggState *a, const AggItem *it, const Batch *b, const Column *const *args, const uint32_t *sel,
                    uint32_t n, const Str *keys, void *const *states, Err *err)
{
	const Column *arg = args[0];
	const AggCall *call = it->call;
	bool plain = is_plain(arg->type), last = call->finish_last;
	StrBuf scratch;
	strbuf_init(&scratch);
	uint32_t *rows = NULL, nrows = 0;
	for (uint32_t i = 0; i < n; i++) {
		char *to = (char *)states[sel ? sel[i] : i] + it->offset;
		if (!last && to[0] != END_NOTHING)
			continue;
		if (column_is_null(arg, i)) {
			if (!call->ignore_nulls)
				to[0] = END_NULL;
			continue;
		}
		Str bytes = bytes_of(arg, i, plain, &scratch);
		if (bytes.len > END_ROOM) {
			if (!rows)
				rows = ARENA_ARRAY(a->op->run->step, uint32_t, n);
			to[0] = END_LONG;
			rows[nrows++] = i;
			continue;
		}
		to[0] = END_HERE;
		to[1] = (char)bytes.len;
		memcpy(to + END_HEAD, bytes.ptr, bytes.len);
	}
	strbuf_deinit(&scratch);
	return !nrows || put_long(a, it, b, arg, rows, sel, nrows, keys, states, err);
}

bool agg_end_result(const AggItem *it, const void *state, Arena *arena, Value *out)
{
	const char *from = (const char *)state + it->offset;
	const Type *type = it->call->arg_types[0];
	*out = VALUE_NULL;
	if (from[0] != END_HERE)
		return from[0] != END_LONG;
	Str bytes = str_make(from + END_HEAD, (size_t)(unsigned char)from[1]);
	Value value = {0};
	if (!is_plain(type)) {
		CodecReader r = codec_reader(bytes);
		if (value_decode(type, &r, &value))
			*out = value_copy(arena, type, value);
		return true;
	}
	if (type_phys(type) == PHYS_STR)
		value.s = arena_str(arena, bytes);
	else
		memcpy(type_phys(type) == PHYS_I64 ? (void *)&value.i : (void *)&value.f, bytes.ptr, 8);
	*out = value;
	return true;
}
