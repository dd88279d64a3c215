/*
 * engine/front/shell.h: the interactive shell: a libpq client of a running engine, or of one that it starts on a
 * private socket.
 */
#ifndef WEIR_ENGINE_FRONT_SHELL_H
#define WEIR_ENGINE_FRONT_SHELL_H

#include "engine/front/command.h"

int shell_main(const Command *c); /* starts an engine (c->state, or private) */
/* To a running engine: c->args[0] is a state file or a connection string; none: the engine served last. Types, or runs
 * what -c and -f say. */
int shell_connect(const Command *c);

#endif
