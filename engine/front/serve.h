/*
 * engine/front/serve.h: weir serve: an engine with query files at start-up and the wire server on.
 */
#ifndef WEIR_ENGINE_FRONT_SERVE_H
#define WEIR_ENGINE_FRONT_SERVE_H

#include "engine/front/command.h"

int serve_main(const Command *c);

#endif
