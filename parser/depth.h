/*
 * parser/depth.h: the bounds on how deep a tree may be. Private to parser/.
 *
 * Two things make a deep tree: nesting, which is also the parser's recursion, and chains such as a + b + c ..., which
 * a loop builds leftwards. Whoever walks the tree later recurses over both.
 */
#ifndef WEIR_PARSER_DEPTH_H
#define WEIR_PARSER_DEPTH_H

#include "parser/parse_int.h"

/* Before a construct that may hold itself; depth_leave after it, on success as on failure. */
bool depth_enter(Parse *p);
static inline void depth_leave(Parse *p)
{
	p->depth--;
}

/* The height of what a function builds: begin notes the height found so far and begins anew; add puts one more node
 * above the parts since; end gives the higher of both to the caller. */
typedef struct Depth {
	uint32_t outer;
	uint32_t own;
} Depth;
static inline Depth depth_begin(Parse *p)
{
	Depth d = {p->height, 0};
	p->height = 0;
	return d;
}
bool depth_add(Parse *p, Depth *d);
static inline void depth_end(Parse *p, const Depth *d)
{
	p->height = d->outer > d->own ? d->outer : d->own;
}

#endif
