/*
 * engine/operators/expiry.h: state that is forgotten a while after its last write (table.exec.state.ttl).
 *
 * A key is over when the step's clock reading has reached its last write + ttl, also while it is still there: who looks
 * it up asks expiry_over or expiry_touch first and takes it for absent, so that results follow from the order of
 * arrival and the clock readings alone. What is over is swept a little in each step, by an index in order of time:
 *
 *   tick 8 | key          tick: time of a write, rounded up
 *
 * A key has one entry in it, made with the key; one that was written since is put in again when its turn comes, so that
 * a write costs nothing here. Where the time of the last write is kept: in the operator's own entries, or in a table of
 * this file (expiry_touch).
 */
#ifndef WEIR_ENGINE_OPERATORS_EXPIRY_H
#define WEIR_ENGINE_OPERATORS_EXPIRY_H

#include "engine/operators/operator.h"

typedef struct Expiry {
	Operator *op;
	int64_t ttl_ms; /* 0: nothing expires, and nothing else is used here */
	int64_t tick_ms;
	int64_t low; /* nothing is due before */
	StrBuf from; /* nothing lies in the index before */
	StateTable *due;
	StateTable *seen; /* key -> ms of its last write; NULL: the operator keeps that */
	uint32_t left;    /* entries that this step may still sweep */
	StrBuf key;
} Expiry;

typedef enum ExpiryKind {
	EXPIRY_OWN,   /* the operator's entries hold the time of their last write */
	EXPIRY_SEEN,  /* a table of its own does: expiry_touch, expiry_gone, expiry_sweep */
	EXPIRY_EXACT, /* as OWN, for entries that are never written again: each comes out in the step that reaches its time
	               */
} ExpiryKind;

/* side: of plan_ttl_us. `what` names the state tables. Without a TTL, and in snapshots, nothing is opened. */
bool expiry_open(Expiry *x, Operator *op, uint32_t side, const char *what, ExpiryKind kind, Err *err);
void expiry_close(Expiry *x);

static inline int64_t expiry_now(const Expiry *x)
{
	int64_t us = x->op->run->env.now_us;
	return us / 1000 - (us % 1000 < 0);
}

static inline bool expiry_over(const Expiry *x, int64_t written_ms)
{
	return x->ttl_ms > 0 && expiry_now(x) - written_ms >= x->ttl_ms;
}

/* A key appears now (or: was written at ms, and is asked for again then). */
void expiry_begin(Expiry *x, Str key);
void expiry_renew(Expiry *x, Str key, int64_t written_ms);
/* Of the index: the next key that may be over, taken out; in the step's arena. Each call of a step
 * counts against what one step sweeps, but for EXPIRY_EXACT. */
bool expiry_next(Expiry *x, Str *key);
/* The step has ended. */
void expiry_step_end(Expiry *x);

/* EXPIRY_SEEN. The key is written now; true: it was over, so what is kept of it must be forgotten first. */
bool expiry_touch(Expiry *x, Str key);
/* Is the key over and still there? */
bool expiry_gone(Expiry *x, Str key);
/* The next key that is over, which must be forgotten now. */
bool expiry_sweep(Expiry *x, Str *key);

/* Does some state of the query expire? Then what is taken back may be unknown: it is counted and left out. */
static inline bool expiry_lenient(const Operator *op)
{
	return op->run->plan->forgets && !op->run->is_snapshot;
}

#endif
