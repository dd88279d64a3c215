/*
 * engine/front/main.c: the command line.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/front/command.h"

static const char usage[] =
    "weir - continuous SQL\n"
    "\n"
    "  weir                       shell on a new private engine\n"
    "  weir FILE.db               shell on the engine kept in FILE.db\n"
    "  weir connect [CONNINFO]    shell on a running engine\n"
    "  weir run FILE...           run files until bounded inputs end, or ^C\n"
    "  weir serve --state FILE.db FILE...   headless: query files at start-up, servers on\n"
    "  weir check FILE...         parse, bind, plan; run nothing\n"
    "  weir check --dialect flink FILE...   and name what would not run on Flink\n"
    "  weir export --to flink FILE...       rewrite for Flink, to standard output\n"
    "  weir test FILE...          query tests written in SQL, on virtual time\n"
    "  weir backup FILE.db TO.db  a consistent copy, checked; of a running engine too\n"
    "  weir explain CODE          more about an error code\n"
    "\n"
    "  -c SQL          run SQL and exit\n"
    "  -f FILE         run FILE and exit\n"
    "  --state FILE    keep the state in FILE\n"
    "  --set K=V       set a setting first\n"
    "  --config FILE   settings, one NAME = VALUE a line; --set wins over it\n"
    "  --format F      table, csv, tsv or json (table on a terminal, else tsv)\n"
    "  --log LEVEL     debug, info, warn, error, none (default: warn; serve: info)\n"
    "  --log-format F  text or json\n"
    "  --listen H:P    serve: TCP as well, on loopback, with a password\n"
    "  --http H:P      serve: metrics, health and what runs as JSON over HTTP, on loopback\n"
    "  --metrics H:P   serve: /metrics, /healthz and /readyz alone, on any address\n"
    "  --socket DIR    serve, backup: folder of the Unix socket (default: FILE.db-sock)\n"
    "  --junit FILE    test: write a report\n"
    "  --steps N       test: only this step size (1, 7, default)\n"
    "  --restarts HOW  test: only this way to restart (none, commit, crash)\n"
    "  --help, --version\n"
    "\n"
    "SQL is read from standard input when that is no terminal. Exit status: 0 all went well, 1 something failed,\n"
    "2 the command line is wrong.\n";

static int parse_args(int argc, char **argv, Command *c)
{
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];
		const char *value = NULL;
		char name[32];
		const char *eq = strchr(a, '=');
		bool is_long = strncmp(a, "--", 2) == 0 && a[2];
		if (is_long && eq && strncmp(a, "--set", 5) != 0) {
			snprintf(name, sizeof name, "%.*s", (int)(eq - a), a);
			value = eq + 1;
		} else {
			snprintf(name, sizeof name, "%s", a);
		}
		bool needs = !strcmp(name, "-c") || !strcmp(name, "-f") || !strcmp(name, "--state") || !strcmp(name, "--set") ||
		             !strcmp(name, "--format") || !strcmp(name, "--log") || !strcmp(name, "--log-format") ||
		             !strcmp(name, "--listen") || !strcmp(name, "--http") || !strcmp(name, "--metrics") ||
		             !strcmp(name, "--socket") || !strcmp(name, "--junit") || !strcmp(name, "--steps") ||
		             !strcmp(name, "--restarts") || !strcmp(name, "--dialect") || !strcmp(name, "--to") ||
		             !strcmp(name, "--config");
		if (needs && !value) {
			if (i + 1 >= argc) {
				fprintf(stderr, "weir: %s needs a value\n", a);
				return 2;
			}
			value = argv[++i];
		}
		if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
			fputs(usage, stdout);
			return -1;
		}
		if (!strcmp(name, "--version") || !strcmp(name, "-V")) {
			puts("weir " WEIR_VERSION);
			return -1;
		}
		if (!strcmp(name, "-c"))
			c->texts[c->ntexts++] = (CommandText){value, false};
		else if (!strcmp(name, "-f"))
			c->texts[c->ntexts++] = (CommandText){value, true};
		else if (!strcmp(name, "--state"))
			c->state = value;
		else if (!strcmp(name, "--set"))
			c->sets[c->nsets++] = value;
		else if (!strcmp(name, "--config") && c->config) {
			fprintf(stderr, "weir: --config is given twice\n");
			return 2;
		} else if (!strcmp(name, "--config"))
			c->config = value;
		else if (!strcmp(name, "--format"))
			c->format = value;
		else if (!strcmp(name, "--listen"))
			c->listen = value;
		else if (!strcmp(name, "--http"))
			c->http = value;
		else if (!strcmp(name, "--metrics"))
			c->metrics = value;
		else if (!strcmp(name, "--socket"))
			c->socket = value;
		else if (!strcmp(name, "--junit"))
			c->junit = value;
		else if (!strcmp(name, "--dialect"))
			c->dialect = value;
		else if (!strcmp(name, "--to"))
			c->to = value;
		else if (!strcmp(name, "--steps"))
			c->steps = value;
		else if (!strcmp(name, "--restarts"))
			c->restarts = value;
		else if (!strcmp(name, "--log"))
			c->log = value;
		else if (!strcmp(name, "--log-format"))
			c->log_format = value;
		else if (a[0] == '-' && a[1]) {
			fprintf(stderr, "weir: unknown option %s\nTry weir --help.\n", a);
			return 2;
		} else if (!c->verb && !c->nargs && command_find(a))
			c->verb = a;
		else
			c->args[c->nargs++] = a;
		if (c->ntexts == COMMAND_ARGS_MAX || c->nsets == COMMAND_ARGS_MAX || c->nargs == COMMAND_ARGS_MAX) {
			fprintf(stderr, "weir: more than %d arguments\n", COMMAND_ARGS_MAX);
			return 2;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigaction(SIGPIPE, &ignore, NULL);
	static Command c;
	int bad = parse_args(argc, argv, &c);
	if (bad)
		return bad < 0 ? 0 : bad;
	LogLevel level = c.verb && !strcmp(c.verb, "serve") ? LOG_INFO : LOG_WARN;
	if (c.log && !log_level_parse(c.log, &level)) {
		fprintf(stderr, "weir: unknown log level %s\n", c.log);
		return 2;
	}
	if (c.log_format && strcmp(c.log_format, "json") != 0 && strcmp(c.log_format, "text") != 0) {
		fprintf(stderr, "weir: unknown log format %s: text or json\n", c.log_format);
		return 2;
	}
	log_set(level, c.log_format && !strcmp(c.log_format, "json") ? LOG_JSON : LOG_TEXT);
	return command_run(&c);
}
