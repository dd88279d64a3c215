/*
 * engine/front/stop.h: how long an end that was asked for may take, for every verb that runs queries.
 */
#ifndef WEIR_ENGINE_FRONT_STOP_H
#define WEIR_ENGINE_FRONT_STOP_H

/* The last epoch and the delivery of what waits have so long. */
enum { STOP_MS = 10000 };

/* Call it once when the end has been asked for, also in the handler of a signal: five seconds after STOP_MS the process
 * ends as by a crash, whatever still hangs. */
void stop_begin(void);

#endif
