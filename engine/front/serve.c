/*
 * engine/front/serve.c: weir serve.
 */
#include "engine/front/serve.h"

#include <stdio.h>

int serve_main(const Command *c)
{
	(void)c;
	fprintf(stderr, "weir: serve is not supported yet\n");
	return 1;
}
