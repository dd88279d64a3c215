/*
 * engine/runtime/replay_refused.c: refused rows go through the outbox of their sink again, as output of the epoch to
 * come.
 *
 * Not those of an epoch that is not delivered yet: it may be sent again whole. Not those of a key of which a later row
 * was sent: it would be overwritten by an older one (outbox.c marks them).
 */
#include "engine/runtime/delivery.h"
#include "engine/runtime/replay.h"

typedef struct Refused {
	Query *query;
	uint64_t delivered; /* the last epoch that is */
} Refused;

static bool send_chunk(Replay *r, void *ctx, const ReplayRow *rows, uint32_t n, Arena *arena, Err *err)
{
	(void)arena;
	Engine *e = r->x->e;
	const Refused *f = ctx;
	for (uint32_t i = 0; i < n; i++) {
		const ReplayRow *row = &rows[i];
		if (!row->has_raw || row->raw.epoch > f->delivered) {
			r->stayed++;
			continue;
		}
		if (row->raw.stale) {
			r->read++;
		} else {
			if (!outbox_again(f->query->outbox, row->raw.kind, row->raw.values))
				return err_set(err, ERR_STATE_CORRUPT, "a refused row is damaged");
			r->replayed++;
		}
		side_remove(e, r->side, row->key);
	}
	return true;
}

bool replay_refused(Replay *r, Err *err)
{
	Engine *e = r->x->e;
	Query *q = query_find(e, r->rel->schema);
	if (!q || !q->outbox || q->state != QUERY_RUNNING) {
		err_set_at(err, ERR_WRONG_OBJECT, r->x->stmt->span, "query \"%.*s\" does not run", STR_ARG(r->rel->schema));
		return err_hint(err, "RESUME it first.");
	}
	Err why = {0};
	if (outbox_failed(q->outbox, &why)) {
		err_set_at(err, ERR_WRONG_OBJECT, r->x->stmt->span, "sink \"%.*s\" has failed: %s", STR_ARG(q->name),
		           why.message);
		return err_hint(err, "Mend what it says; a restart of weir tries the sink again.");
	}
	DeliveryStatus status;
	delivery_status((Delivery *)(uintptr_t)outbox_delivery(q->outbox), &status);
	int64_t until = (int64_t)e->next_side;
	bool ok = replay_each(r, until, send_chunk, &(Refused){q, status.delivered}, err);
	/* at once: a row of the same key must not come into the same epoch */
	ok = ok && engine_checkpoint(e, err);
	r->x->s->replay_epoch = ok && r->replayed ? store_sealed_epoch(e->store) : 0;
	r->x->s->replay_seq = until;
	return ok;
}
