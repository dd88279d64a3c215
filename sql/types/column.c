/*
 * sql/types/column.c: making columns and touching single rows.
 *
 * What moves many rows is column_move.c, group keys are column_keys.c.
 */
#include "sql/types/column.h"

size_t column_width(Phys phys)
{
	static const uint8_t widths[] = {
	    [PHYS_BOOL] = sizeof(uint8_t), [PHYS_I64] = sizeof(int64_t), [PHYS_F64] = sizeof(double),
	    [PHYS_I128] = sizeof(Int128),  [PHYS_STR] = sizeof(Str),
	};
	return widths[phys];
}

void column_init(Column *c, const Type *type, uint32_t n, Arena *arena)
{
	*c = (Column){.type = type, .phys = type_phys(type), .len = n};
	c->data = arena_alloc(arena, (size_t)n * column_width(c->phys));
}

/* Writes a value that is not NULL. */
static void column_store(Column *c, uint32_t at, Value v)
{
	switch (c->phys) {
	case PHYS_BOOL: c->b[at] = v.b ? 1 : 0; break;
	case PHYS_I64: c->i64[at] = v.i; break;
	case PHYS_F64: c->f64[at] = v.f; break;
	case PHYS_I128: c->i128[at] = v.d; break;
	case PHYS_STR: c->str[at] = v.s; break;
	}
}

static void column_store_zero(Column *c, uint32_t at)
{
	if (c->phys == PHYS_STR) {
		c->str[at] = STR_EMPTY;
	} else {
		memset((char *)c->data + (size_t)at * column_width(c->phys), 0, column_width(c->phys));
	}
}

void column_init_const(Column *c, const Type *type, Value v, uint32_t n, Arena *arena)
{
	column_init(c, type, 1, arena);
	c->constant = true;
	c->len = n;
	if (v.null) {
		c->valid = ARENA_ARRAY_ZERO(arena, uint64_t, 1);
		column_store_zero(c, 0);
	} else {
		column_store(c, 0, v);
	}
}

/* Entries of data, valid and err. */
static uint32_t column_entries(const Column *c)
{
	return c->constant ? 1 : c->len;
}

void column_need_valid(Column *c, Arena *arena)
{
	if (!c->valid) {
		size_t bytes = bit_words(column_entries(c)) * sizeof(uint64_t);
		c->valid = memset(arena_alloc(arena, bytes), 0xff, bytes);
	}
}

void column_need_err(Column *c, Arena *arena)
{
	if (!c->err) {
		c->err = ARENA_ARRAY_ZERO(arena, uint8_t, column_entries(c));
	}
}

Value column_value(const Column *c, uint32_t i)
{
	DCHECK(i < c->len);
	if (column_is_null(c, i)) {
		return VALUE_NULL;
	}
	uint32_t at = column_at(c, i);
	Value v = {.null = false};
	switch (c->phys) {
	case PHYS_BOOL: v.b = c->b[at] != 0; break;
	case PHYS_I64: v.i = c->i64[at]; break;
	case PHYS_F64: v.f = c->f64[at]; break;
	case PHYS_I128: v.d = c->i128[at]; break;
	case PHYS_STR: v.s = c->str[at]; break;
	}
	return v;
}

void column_set(Column *c, uint32_t i, Value v, Arena *arena)
{
	DCHECK(!c->constant && i < c->len);
	if (v.null) {
		column_set_null(c, i, arena);
		return;
	}
	column_store(c, i, v);
	if (c->valid) {
		bit_set(c->valid, i);
	}
	if (c->err) {
		c->err[i] = ROW_OK;
	}
}

void column_set_null(Column *c, uint32_t i, Arena *arena)
{
	DCHECK(!c->constant && i < c->len);
	column_need_valid(c, arena);
	bit_clear(c->valid, i);
	column_store_zero(c, i);
	if (c->err) {
		c->err[i] = ROW_OK;
	}
}

void column_set_err(Column *c, uint32_t i, RowErr e, Arena *arena)
{
	column_set_null(c, i, arena);
	column_need_err(c, arena);
	c->err[i] = (uint8_t)e;
}

int64_t column_first_err(const Column *c)
{
	if (!c->err || c->len == 0) {
		return -1;
	}
	uint32_t n = column_entries(c);
	uint32_t i = 0;
	for (; i + 8 <= n; i += 8) {
		uint64_t word;
		memcpy(&word, c->err + i, sizeof word);
		if (word != 0) {
			break;
		}
	}
	for (; i < n; i++) {
		if (c->err[i] != ROW_OK) {
			return i;
		}
	}
	return -1;
}

ErrCode column_err_code(RowErr e)
{
	switch (e) {
	case ROW_OK: return ERR_OK;
	case ROW_BAD_FIELD: return ERR_BAD_RECORD;
	case ROW_DIV_ZERO: return ERR_DIVISION_BY_ZERO;
	case ROW_OVERFLOW: return ERR_OUT_OF_RANGE;
	case ROW_BAD_CAST: return ERR_BAD_CAST;
	case ROW_BAD_VALUE: return ERR_BAD_VALUE;
	case ROW_MANY_ROWS: return ERR_MORE_THAN_ONE_ROW;
	case ROW_NOT_NULL: return ERR_NOT_NULL_VIOLATION;
	}
	return ERR_INTERNAL;
}
