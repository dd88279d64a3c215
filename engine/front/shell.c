/*
 * engine/front/shell.c: the interactive shell.
 */
#include "engine/front/shell.h"

#include <stdio.h>

int shell_main(const Command *c)
{
	(void)c;
	fprintf(stderr, "weir: the shell is not supported yet; pipe SQL into weir\n");
	return 1;
}

int shell_connect(const char *conninfo)
{
	(void)conninfo;
	fprintf(stderr, "weir: connect is not supported yet\n");
	return 1;
}
