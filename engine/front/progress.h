/*
 * engine/front/progress.h: what a run on the terminal says of itself: a line that moves while inputs are read, and at
 * the end what could not be used.
 */
#ifndef WEIR_ENGINE_FRONT_PROGRESS_H
#define WEIR_ENGINE_FRONT_PROGRESS_H

#include <stdio.h>

#include "engine/runtime/engine.h"

typedef struct Progress {
	Engine *engine;
	bool on; /* standard error is a terminal */
	bool shown;
	int64_t next_us, last_us;
	uint64_t last_rows;
} Progress;

void progress_init(Progress *p, Engine *e);
/* To be called about every few milliseconds: redraws the line five times a second, from half a second on. Not while
 * results go to the same terminal line by line (print, stdout). */
void progress_show(Progress *p);
void progress_clear(Progress *p);
/* A line for each query with records that could not be decoded or rows that were late, and each sink with refused rows.
 */
void progress_losses(Engine *e, bool kept, FILE *out);

#endif
