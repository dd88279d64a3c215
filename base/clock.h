/*
 * base/clock.h: time is injected, so that tests run on virtual time.
 *
 * Units: int64 microseconds since 1970-01-01 UTC (wall), microseconds since some start (monotonic).
 */
#ifndef WEIR_BASE_CLOCK_H
#define WEIR_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

typedef struct Clock {
	bool virtual_time;
	int64_t now_us; /* virtual time only: moved by clock_advance */
} Clock;

/* The process's real clock; immutable. */
extern const Clock clock_real;

void clock_init_virtual(Clock *c, int64_t now_us);
void clock_advance(Clock *c, int64_t by_us); /* virtual clocks only */
int64_t clock_wall_us(const Clock *c);
int64_t clock_mono_us(const Clock *c); /* for a virtual clock the same as the wall */
/* The moment `us` from now, for pthread_cond_timedwait on a condition with CLOCK_MONOTONIC. */
struct timespec clock_deadline(int64_t us);
void clock_sleep_us(int64_t us); /* real time, whatever the clock */

#endif
