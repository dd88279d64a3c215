/*
 * engine/front/portable.h: check --dialect flink and export --to flink.
 */
#ifndef WEIR_ENGINE_FRONT_PORTABLE_H
#define WEIR_ENGINE_FRONT_PORTABLE_H

#include "engine/front/command.h"

/* Both take files that weir itself has accepted, in their order. The exit status. */
int portable_check(const Command *c);
int portable_export(const Command *c);

#endif
