/*
 * engine/operators/row_number.c: see row_number.h.
 */
#include "engine/operators/row_number.h"

bool row_number_open(RowNumber *r, StateTable *table, Err *err)
{
	*r = (RowNumber){.table = table};
	uint32_t len;
	const void *next = state_get(table, STR_EMPTY, &len);
	if (next && len != sizeof r->next)
		return err_set(err, ERR_STATE_CORRUPT, "the state table \"%.*s\" is damaged", STR_ARG(state_name(table)));
	if (next)
		memcpy(&r->next, next, sizeof r->next);
	r->stored = next != NULL;
	return true;
}

void row_number_checkpoint(RowNumber *r)
{
	if (r->changed)
		state_put(r->table, STR_EMPTY, str_make((const char *)&r->next, sizeof r->next));
	r->changed = false;
}
