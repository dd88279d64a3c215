/*
 * sql/catalog/table.c: look-ups in a table's definition.
 */
#include "sql/catalog/table.h"

int32_t table_column(const TableDef *t, Str name)
{
	for (uint32_t i = 0; i < t->ncols; i++)
		if (str_eq(t->cols[i].name, name))
			return (int32_t)i;
	return -1;
}
