/*
 * parser/depth.c: the bounds on how deep a tree may be.
 */
#include "parser/depth.h"

#include "parser/take.h"

bool depth_enter(Parse *p)
{
	p->depth++;
	if (p->depth > PARSER_DEPTH_MAX)
		return fail_too_deep(p, take_peek(p, 0)->span);
	return true;
}

bool depth_add(Parse *p, Depth *d)
{
	if (p->height > d->own)
		d->own = p->height;
	d->own++;
	p->height = 0;
	if (d->own > PARSER_HEIGHT_MAX)
		return fail_too_deep(p, take_peek(p, 0)->span);
	return true;
}
