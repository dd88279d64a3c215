/*
 * engine/front/system.c: relations whose rows are made when they are read.
 */
#include "engine/front/system.h"

#include "engine/front/session_int.h"

void system_register(void)
{
}

bool system_rows(void *ctx, const Relation *rel, Arena *arena, Batch **out, Err *err)
{
	(void)ctx;
	(void)arena;
	*out = NULL;
	return err_set(err, ERR_NOT_SUPPORTED, "\"%.*s\" is not supported yet", STR_ARG(rel->name));
}
