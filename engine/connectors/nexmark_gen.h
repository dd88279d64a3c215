/*
 * engine/connectors/nexmark_gen.h: the events of the Nexmark benchmark: an auction site's people, auctions and bids.
 *
 * In every 50 events (by default) come 1 person, 3 auctions and 46 bids, in that order. Event n is a function of the
 * seed and n alone, the same on every machine; its time is start + n / rate. Ids follow from n, so that a bid finds an
 * auction that was opened before it: half of the bids go to one hot auction in 100, three of four come from a hot
 * bidder, three of four auctions from a hot seller. Prices are log-uniform from 100 to 10^8.
 */
#ifndef WEIR_ENGINE_CONNECTORS_NEXMARK_GEN_H
#define WEIR_ENGINE_CONNECTORS_NEXMARK_GEN_H

#include "sql/types/value.h"

typedef struct NexmarkGen {
	uint64_t seed;
	int64_t start_us;
	int64_t rate;                   /* events per second of event time */
	int64_t people, auctions, bids; /* of people + auctions + bids events */
} NexmarkGen;

typedef enum NexmarkKind { NEXMARK_PERSON, NEXMARK_AUCTION, NEXMARK_BID } NexmarkKind;

enum { NEXMARK_FIELDS_MAX = 10 };

NexmarkKind nexmark_gen_kind(const NexmarkGen *g, int64_t n);
int64_t nexmark_gen_time_us(const NexmarkGen *g, int64_t n); /* whole milliseconds */
/* The fields of event n, of its kind and in the order of nexmark_gen_type; how many. Strings in the arena. */
uint32_t nexmark_gen_event(const NexmarkGen *g, int64_t n, Arena *arena, Value *out);
/* The kind's type: ROW<id BIGINT, ...>. */
const Type *nexmark_gen_type(NexmarkKind kind, Arena *arena);

#endif
