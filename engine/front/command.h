/*
 * engine/front/command.h: the commands of the program: what main.c read from the command line, and one function per
 * verb.
 */
#ifndef WEIR_ENGINE_FRONT_COMMAND_H
#define WEIR_ENGINE_FRONT_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define WEIR_VERSION "0.1.0"

enum { COMMAND_ARGS_MAX = 256 };

typedef struct CommandText {
	const char *text; /* SQL, or a file's name */
	bool is_file;
} CommandText;

typedef struct Command {
	const char *verb;   /* NULL: shell, or SQL from -c, -f, standard input */
	const char *config; /* a file of settings */
	const char *state, *format, *log, *log_format, *listen, *http, *metrics, *socket, *junit, *steps, *restarts,
	    *dialect, *to;
	CommandText texts[COMMAND_ARGS_MAX];
	int ntexts;
	const char *sets[COMMAND_ARGS_MAX];
	int nsets;
	const char *args[COMMAND_ARGS_MAX];
	int nargs;
} Command;

bool command_find(const char *verb);
int command_run(const Command *c); /* the exit status */
/* Reads a whole file ("-": standard input) into out. */
bool command_read_file(const char *name, StrBuf *out);
/* Applies --config, then --set; prints what is wrong. */
struct Settings;
bool command_settings(const Command *c, struct Settings *s);

#endif
