/*
 * engine/front/stop.c: the clock of an end that was asked for.
 */
#include "engine/front/stop.h"

#include <signal.h>
#include <unistd.h>

enum { STOP_LAST_S = STOP_MS / 1000 + 5 };

/* A connector that hangs in the kernel, or a library that does not come back, must not hold the process up. */
static void stop_at_last(int number)
{
	static const char text[] = "weir: could not stop in time; ended as by a crash, what a state file has is not lost\n";
	(void)number;
	ssize_t n = write(STDERR_FILENO, text, sizeof text - 1);
	_exit(n < 0 ? 2 : 1);
}

void stop_begin(void)
{
	struct sigaction last = {.sa_handler = stop_at_last};
	sigaction(SIGALRM, &last, NULL);
	alarm(STOP_LAST_S);
}
