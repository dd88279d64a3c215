/*
 * engine/connectors/nexmark_gen.c: see nexmark_gen.h.
 */
#include "engine/connectors/nexmark_gen.h"

#include <math.h>

#include "engine/connectors/made_random.h"

enum {
	FIRST_ID = 1000, /* of people and auctions */
	FIRST_CATEGORY = 10,
	CATEGORIES = 5,
	ACTIVE_PEOPLE = 1000,
	IN_FLIGHT = 100, /* auctions that are bid on */
	AHEAD = 10,      /* ids that are used a little before their event comes */
	HOT_EVERY = 100, /* one hot id in that many */
	CHANNELS = 10000,
	PERSON_BYTES = 200,
	AUCTION_BYTES = 500,
	BID_BYTES = 100,
};

/* ---- numbers of people and auctions ---- */

static int64_t block_of(const NexmarkGen *g)
{
	return g->people + g->auctions + g->bids;
}

NexmarkKind nexmark_gen_kind(const NexmarkGen *g, int64_t n)
{
	int64_t at = n % block_of(g);
	return at < g->people ? NEXMARK_PERSON : at < g->people + g->auctions ? NEXMARK_AUCTION : NEXMARK_BID;
}

/* How many people, or auctions, there are among the events 0 .. n. */
static int64_t people_until(const NexmarkGen *g, int64_t n)
{
	int64_t at = n % block_of(g) + 1;
	return n / block_of(g) * g->people + (at < g->people ? at : g->people);
}

static int64_t auctions_until(const NexmarkGen *g, int64_t n)
{
	int64_t at = n % block_of(g) + 1 - g->people;
	return n / block_of(g) * g->auctions + (at < 0 ? 0 : at < g->auctions ? at : g->auctions);
}

static int64_t some_person(const NexmarkGen *g, int64_t n, MadeRandom *r)
{
	int64_t known = people_until(g, n), active = known < ACTIVE_PEOPLE ? known : ACTIVE_PEOPLE;
	return FIRST_ID + known - active + made_random_between(r, 0, active + AHEAD - 1);
}

/* The same person for a while: the newest whose number is a multiple of HOT_EVERY, plus `shift`. */
static int64_t hot_person(const NexmarkGen *g, int64_t n, int64_t shift)
{
	int64_t known = people_until(g, n);
	return FIRST_ID + (known > 0 ? known - 1 : 0) / HOT_EVERY * HOT_EVERY + shift;
}

static int64_t some_auction(const NexmarkGen *g, int64_t n, MadeRandom *r)
{
	int64_t last = auctions_until(g, n) - 1, first = last > IN_FLIGHT ? last - IN_FLIGHT : 0;
	last = last < 0 ? 0 : last;
	return FIRST_ID + made_random_between(r, first, last + AHEAD);
}

static int64_t hot_auction(const NexmarkGen *g, int64_t n)
{
	int64_t known = auctions_until(g, n);
	return FIRST_ID + (known > 0 ? known - 1 : 0) / HOT_EVERY * HOT_EVERY;
}

static int64_t price(MadeRandom *r)
{
	return llround(pow(10, made_random_unit(r) * 6) * 100);
}

int64_t nexmark_gen_time_us(const NexmarkGen *g, int64_t n)
{
	return g->start_us + (int64_t)((Int128)n * 1000 / g->rate) * 1000;
}

/* ---- texts ---- */

static const char *one_of(MadeRandom *r, const char *const *list, uint32_t n)
{
	return list[made_random_between(r, 0, (int64_t)n - 1)];
}

#define ONE_OF(r, list) one_of(r, list, sizeof(list) / sizeof *(list))

/* Small letters. */
static Str letters(MadeRandom *r, uint32_t len, Arena *arena)
{
	char *p = arena_alloc(arena, len + 1);
	uint64_t bits = 0;
	for (uint32_t i = 0, left = 0; i < len; i++, left--, bits >>= 6) {
		if (!left) {
			bits = made_random_next(r);
			left = 10;
		}
		uint32_t c = (uint32_t)bits & 63;
		p[i] = (char)('a' + c % 26);
	}
	return str_make(p, len);
}

/* Fills the event up to its mean size, give or take a fifth. */
static Str extra(MadeRandom *r, size_t have, int64_t mean, Arena *arena)
{
	int64_t want = mean + made_random_between(r, -mean / 5, mean / 5) - (int64_t)have;
	return letters(r, want > 0 ? (uint32_t)want : 0, arena);
}

/* ---- events ---- */

static uint32_t person(const NexmarkGen *g, int64_t n, MadeRandom *r, Arena *arena, Value *out)
{
	static const char *const first[] = {"Anna",  "Ben",   "Clara", "David", "Emil", "Frida",
	                                    "Georg", "Hanna", "Ivo",   "Jana",  "Karl"};
	static const char *const last[] = {"Adler", "Berger", "Conrad", "Dorn", "Engel", "Fuchs", "Graf", "Hahn", "Imhof"};
	static const struct {
		const char *state;
		const char *cities[3];
	} places[] = {
	    {"AZ", {"Phoenix", "Tucson", "Mesa"}},     {"CA", {"Los Angeles", "San Diego", "Oakland"}},
	    {"ID", {"Boise", "Nampa", "Meridian"}},    {"OR", {"Portland", "Salem", "Bend"}},
	    {"WA", {"Seattle", "Spokane", "Redmond"}}, {"WY", {"Cheyenne", "Casper", "Kent"}},
	};
	size_t place = (size_t)made_random_between(r, 0, (int64_t)(sizeof places / sizeof *places) - 1);
	/* one call after another: the order of arguments is the compiler's */
	const char *given = ONE_OF(r, first), *family = ONE_OF(r, last);
	Str name = arena_printf(arena, "%s %s", given, family);
	Str user = letters(r, 7, arena), host = letters(r, 5, arena);
	Str mail = arena_printf(arena, "%.*s@%.*s.com", STR_ARG(user), STR_ARG(host));
	uint64_t digits = (uint64_t)made_random_between(r, 0, 9999999999999999);
	Str card = arena_printf(arena, "%04u %04u %04u %04u", (unsigned)(digits / 1000000000000),
	                        (unsigned)(digits / 100000000 % 10000), (unsigned)(digits / 10000 % 10000),
	                        (unsigned)(digits % 10000));
	Str city = str_from(ONE_OF(r, places[place].cities));
	out[0] = value_i64(FIRST_ID + people_until(g, n) - 1);
	out[1] = value_str(name);
	out[2] = value_str(mail);
	out[3] = value_str(card);
	out[4] = value_str(city);
	out[5] = value_str(str_from(places[place].state));
	out[6] = value_i64(nexmark_gen_time_us(g, n));
	out[7] = value_str(extra(r, 8 + name.len + mail.len + card.len + city.len + 2 + 8, PERSON_BYTES, arena));
	return 8;
}

static uint32_t auction(const NexmarkGen *g, int64_t n, MadeRandom *r, Arena *arena, Value *out)
{
	int64_t time_us = nexmark_gen_time_us(g, n), first = price(r), more = price(r);
	Str item = letters(r, 20, arena), description = letters(r, 100, arena);
	/* twice as long as it takes until IN_FLIGHT further ones have been opened, at most */
	int64_t horizon_ms = IN_FLIGHT * block_of(g) / g->auctions * 1000 / g->rate * 2;
	out[0] = value_i64(FIRST_ID + auctions_until(g, n) - 1);
	out[1] = value_str(item);
	out[2] = value_str(description);
	out[3] = value_i64(first);
	out[4] = value_i64(first + more);
	out[5] = value_i64(time_us);
	out[6] = value_i64(time_us + made_random_between(r, 1, horizon_ms > 1 ? horizon_ms : 1) * 1000);
	out[7] = value_i64(made_random_between(r, 0, 3) ? hot_person(g, n, 0) : some_person(g, n, r));
	out[8] = value_i64(FIRST_CATEGORY + made_random_between(r, 0, CATEGORIES - 1));
	out[9] = value_str(extra(r, 7 * 8 + item.len + description.len, AUCTION_BYTES, arena));
	return 10;
}

static uint32_t bid(const NexmarkGen *g, int64_t n, MadeRandom *r, Arena *arena, Value *out)
{
	static const char *const hot[] = {"Google", "Facebook", "Baidu", "Apple"};
	int64_t auction_id = made_random_between(r, 0, 1) ? hot_auction(g, n) : some_auction(g, n, r);
	int64_t bidder = made_random_between(r, 0, 3) ? hot_person(g, n, 1) : some_person(g, n, r);
	int64_t amount = price(r);
	bool known = made_random_between(r, 0, 1);
	int number = (int)made_random_between(r, 0, CHANNELS - 1);
	Str channel = known ? str_from(ONE_OF(r, hot)) : arena_printf(arena, "channel-%d", number);
	Str x = letters(r, 4, arena), y = letters(r, 4, arena), z = letters(r, 4, arena);
	Str url = arena_printf(arena, "https://auctions.example/%.*s/%.*s/%.*s/item.html?query=1", STR_ARG(x), STR_ARG(y),
	                       STR_ARG(z));
	if (!known)
		url = arena_printf(arena, "%.*s&channel_id=%d", STR_ARG(url), number);
	out[0] = value_i64(auction_id);
	out[1] = value_i64(bidder);
	out[2] = value_i64(amount);
	out[3] = value_str(channel);
	out[4] = value_str(url);
	out[5] = value_i64(nexmark_gen_time_us(g, n));
	out[6] = value_str(extra(r, 4 * 8, BID_BYTES, arena));
	return 7;
}

uint32_t nexmark_gen_event(const NexmarkGen *g, int64_t n, Arena *arena, Value *out)
{
	MadeRandom r = made_random_of(g->seed, n, 0);
	switch (nexmark_gen_kind(g, n)) {
	case NEXMARK_PERSON: return person(g, n, &r, arena, out);
	case NEXMARK_AUCTION: return auction(g, n, &r, arena, out);
	case NEXMARK_BID: break;
	}
	return bid(g, n, &r, arena, out);
}

#define FIELD(name, type)                                                                                              \
	{                                                                                                                  \
		{name, sizeof(name) - 1}, type                                                                                 \
	}

const Type *nexmark_gen_type(NexmarkKind kind, Arena *arena)
{
	static const TypeField people[] = {
	    FIELD("id", &type_bigint),           FIELD("name", &type_string),  FIELD("emailAddress", &type_string),
	    FIELD("creditCard", &type_string),   FIELD("city", &type_string),  FIELD("state", &type_string),
	    FIELD("dateTime", &type_timestamp3), FIELD("extra", &type_string),
	};
	static const TypeField auctions[] = {
	    FIELD("id", &type_bigint),          FIELD("itemName", &type_string), FIELD("description", &type_string),
	    FIELD("initialBid", &type_bigint),  FIELD("reserve", &type_bigint),  FIELD("dateTime", &type_timestamp3),
	    FIELD("expires", &type_timestamp3), FIELD("seller", &type_bigint),   FIELD("category", &type_bigint),
	    FIELD("extra", &type_string),
	};
	static const TypeField bids[] = {
	    FIELD("auction", &type_bigint), FIELD("bidder", &type_bigint), FIELD("price", &type_bigint),
	    FIELD("channel", &type_string), FIELD("url", &type_string),    FIELD("dateTime", &type_timestamp3),
	    FIELD("extra", &type_string),
	};
	switch (kind) {
	case NEXMARK_PERSON: return type_row(arena, people, sizeof people / sizeof *people);
	case NEXMARK_AUCTION: return type_row(arena, auctions, sizeof auctions / sizeof *auctions);
	case NEXMARK_BID: break;
	}
	return type_row(arena, bids, sizeof bids / sizeof *bids);
}
