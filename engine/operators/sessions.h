/*
 * engine/operators/sessions.h: the open sessions of every key, and when they close.
 *
 * A row at t stands for [t, t + gap). Rows whose spans overlap or touch are one session, [first row, last row + gap):
 * so two rows belong together when they lie at most a gap apart.
 *
 *     gap 5      0    4        11           rows 0 and 4 are [0, 9), 11 is [11, 16); a row at 7 makes one of both
 *                |----|----    |-----
 *
 *   open    group key -> its sessions, by their start         timers   end | group key
 *
 * Timers are lazy: a session has one at its end as it was when it began; one that comes too early is put again at the
 * end of now. So a row that only makes a session longer touches no timer. The key "" of the timers holds the number for
 * the next session.
 *
 * Times are milliseconds on the clock of window_time.h. What watermark, ordinals and stamps have to do with it is as in
 * window_fire.c.
 */
#ifndef WEIR_ENGINE_OPERATORS_SESSIONS_H
#define WEIR_ENGINE_OPERATORS_SESSIONS_H

#include "engine/operators/operator.h"
#include "engine/operators/window_time.h"

typedef struct Session {
	int64_t start, last; /* times of its first and its last row */
	int64_t number;      /* names what is kept of it; of no other that is open */
} Session;

/* A session closes. It is out of the directory. */
typedef bool (*SessionFire)(Operator *op, Str group, const Session *x, int64_t ord, int64_t stamp, Err *err);

typedef struct Sessions {
	Operator *op;
	SessionFire fire;
	int64_t gap;
	bool proctime;
	WindowTime clock;
	StateTable *open, *timers;
	int64_t next_number;
	bool number_changed;
	int64_t next_due;  /* the first timer; INT64_MAX: none */
	int64_t next_fire; /* the watermark that reaches it */
	int64_t watermark; /* carried out so far, ms */
	bool begun;        /* in this step */
	uint32_t point;    /* next point of the curve */
} Sessions;

bool sessions_open(Sessions *s, Operator *op, const WindowSpec *spec, SessionFire fire, Err *err);
/* Before a seal. */
void sessions_save(Sessions *s);

/* ---- the step's clock ---- */

/* What has happened before the first row of the step; ord: of that row. */
bool sessions_begin(Sessions *s, int64_t ord, Err *err);
/* Everything that a watermark up to `to` closes; ord: of the row that meets it. */
bool sessions_until(Sessions *s, int64_t to, int64_t ord, Err *err);
/* What is due at `watermark` although no watermark has moved: a retraction made a session shorter. */
bool sessions_overdue(Sessions *s, int64_t watermark, int64_t ord, Err *err);
/* The rest of the step's curve. */
bool sessions_end(Sessions *s, Err *err);
/* The watermark that the rows of a batch without stamps meet. */
static inline int64_t sessions_stamp(const Sessions *s, const Batch *b, uint32_t row)
{
	return s->proctime ? s->watermark : b->stamp ? b->stamp[row] : BATCH_NO_WATERMARK;
}
/* Is a timer due at this watermark? It may be one that came too early. */
static inline bool sessions_due(const Sessions *s, int64_t watermark)
{
	return watermark >= s->next_fire;
}
/* Puts timers right that came too early. true: some session closes at this watermark. */
bool sessions_settle(Sessions *s, int64_t watermark);

static inline int64_t sessions_end_of(const Sessions *s, const Session *x)
{
	return x->last + s->gap;
}

/* Local milliseconds of row i of the time column; of the clock where windows live on processing time. */
int64_t sessions_time(Sessions *s, const Column *time, uint32_t i);

/* ---- rows ---- */

typedef struct SessionPlace {
	bool late;        /* its session has closed; nothing was changed */
	int64_t number;   /* of the row's session */
	int64_t absorbed; /* the number of a session that has become part of it; -1: none */
} SessionPlace;

/* Takes a row in: its session begins, grows, or two become one. */
SessionPlace sessions_add(Sessions *s, Str group, int64_t time, int64_t watermark);
/* No row is left at `time`; before, after: the nearest rows of the key that are left. The session shrinks, falls apart,
 * or goes. */
void sessions_remove(Sessions *s, Str group, int64_t time, const int64_t *before, const int64_t *after);
/* Is a row at `time` that no open session holds one of a session that has closed? Else it never was there. */
static inline bool sessions_is_past(const Sessions *s, int64_t time, int64_t watermark)
{
	return window_time_fire(&s->clock, time + s->gap) <= watermark;
}
/* The open sessions of a key, in the step's arena. */
Session *sessions_of(const Sessions *s, Str group, uint32_t *n);

/* A late row goes to the side table. at: its time on the clock of the windows. */
void sessions_late(Sessions *s, const Batch *b, uint32_t row, uint32_t time_col, int64_t at);
/* A row without a time is an error. */
bool sessions_check_time(Operator *op, const Batch *b, uint32_t time_col, Err *err);
/* The group keys of a batch; without keys all are one group. */
Str *sessions_groups(Operator *op, const Batch *b, const Column *const *keys, uint32_t nkeys);
/* For EXPLAIN ANALYZE. */
void sessions_describe(const Sessions *s, StrBuf *out);
int64_t sessions_next_proctime(const Sessions *s);

#endif
