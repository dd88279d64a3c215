/*
 * tests/tools/measure.c: what a command costs: time, processor time of it and its children, the most memory it had.
 *
 *   measure [-n TIMES] [-t SECONDS] COMMAND [ARGUMENT ...]
 *
 * Its last line on standard error, medians of TIMES runs (default 1):
 *   measure: wall=SECONDS cpu=SECONDS rss_mb=MB exit=STATUS
 * A run longer than SECONDS (default 600) is ended; its status is 124. The command's own output goes where it went.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIMES_MAX = 1000 };

static double now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double seconds(const struct timeval *tv)
{
	return (double)tv->tv_sec + (double)tv->tv_usec / 1e6;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof *v, by_size);
	return v[n / 2];
}

static volatile sig_atomic_t child, too_long;

static void on_alarm(int sig)
{
	(void)sig;
	too_long = 1;
	kill((pid_t)child, SIGKILL);
}

int main(int argc, char **argv)
{
	int times = 1, c;
	unsigned limit_s = 600;
	while ((c = getopt(argc, argv, "+n:t:")) != -1)
		switch (c) {
		case 'n': times = (int)strtol(optarg, NULL, 10); break;
		case 't': limit_s = (unsigned)strtol(optarg, NULL, 10); break;
		default: return 2;
		}
	if (optind >= argc || times < 1 || times > TIMES_MAX) {
		fprintf(stderr, "usage: measure [-n TIMES] [-t SECONDS] COMMAND [ARGUMENT ...]\n");
		return 2;
	}
	static double wall[TIMES_MAX], cpu[TIMES_MAX], rss[TIMES_MAX];
	int worst = 0;
	signal(SIGALRM, on_alarm);
	for (int i = 0; i < times; i++) {
		double start = now();
		pid_t pid = fork();
		if (pid < 0)
			return 1;
		if (pid == 0) {
			execvp(argv[optind], argv + optind);
			_exit(127);
		}
		child = pid;
		alarm(limit_s);
		int status;
		struct rusage ru;
		while (wait4(pid, &status, 0, &ru) < 0)
			;
		alarm(0);
		wall[i] = now() - start;
		cpu[i] = seconds(&ru.ru_utime) + seconds(&ru.ru_stime);
		rss[i] = (double)ru.ru_maxrss / 1024;
		int code = too_long ? 124 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (code > worst)
			worst = code;
	}
	fprintf(stderr, "measure: wall=%.4f cpu=%.4f rss_mb=%.1f exit=%d\n", median(wall, times), median(cpu, times),
	        median(rss, times), worst);
	return worst;
}
