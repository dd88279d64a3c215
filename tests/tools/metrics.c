/*
 * tests/tools/metrics.c: the metrics that weir serve has, as HELP and TYPE lines, for docs/generate.sh and the tests of
 * the dashboard.
 */
#include "engine/front/metrics.h"

#include <stdio.h>

int main(void)
{
	Report none = {.now_us = 0};
	StrBuf out;
	strbuf_init(&out);
	metrics_print(&none, &out);
	Str rest = strbuf_str(&out), line;
	while (str_next(&rest, '\n', &line))
		if (line.len && line.ptr[0] == '#')
			printf("%.*s\n", STR_ARG(line));
	strbuf_deinit(&out);
	return 0;
}
