/*
 * engine/operators/expiry.c: the index of what is forgotten a while after its last write.
 */
#include "engine/operators/expiry.h"

enum {
	EXPIRY_TICKS = 16,   /* of a TTL: how much later than due an entry may be swept, and how often a key is looked at */
	EXPIRY_STEP = 20000, /* entries that one step sweeps at most */
};

bool expiry_open(Expiry *x, Operator *op, uint32_t side, const char *what, ExpiryKind kind, Err *err)
{
	int64_t us = op->run->is_snapshot ? 0 : plan_ttl_us(op->plan, side);
	*x = (Expiry){.op = op, .ttl_ms = us / 1000 + (us % 1000 > 0), .low = INT64_MIN, .left = EXPIRY_STEP};
	strbuf_init(&x->key);
	strbuf_init(&x->from);
	if (!x->ttl_ms)
		return true;
	x->tick_ms = kind == EXPIRY_EXACT || x->ttl_ms < EXPIRY_TICKS ? 1 : x->ttl_ms / EXPIRY_TICKS;
	if (kind == EXPIRY_EXACT)
		x->left = UINT32_MAX;
	if (kind == EXPIRY_SEEN && !operator_state_open(op, "seen", STATE_HASH, 0, &x->seen, err))
		return false;
	return operator_state_open(op, what, STATE_ORDERED, 0, &x->due, err);
}

void expiry_close(Expiry *x)
{
	if (!x->op)
		return;
	strbuf_deinit(&x->key);
	strbuf_deinit(&x->from);
}

static void put(Expiry *x, int64_t written_ms, Str key)
{
	int64_t past = written_ms % x->tick_ms;
	int64_t tick = past ? written_ms + x->tick_ms - past : written_ms;
	strbuf_clear(&x->key);
	codec_put_i64(&x->key, tick);
	if (key.len)
		strbuf_put_str(&x->key, key);
	state_put(x->due, strbuf_str(&x->key), STR_EMPTY);
	if (tick < x->low)
		x->low = tick;
	if (str_cmp(strbuf_str(&x->key), strbuf_str(&x->from)) < 0) {
		strbuf_clear(&x->from);
		strbuf_put_str(&x->from, strbuf_str(&x->key));
	}
}

void expiry_begin(Expiry *x, Str key)
{
	put(x, expiry_now(x), key);
}

void expiry_renew(Expiry *x, Str key, int64_t written_ms)
{
	put(x, written_ms, key);
}

bool expiry_next(Expiry *x, Str *key)
{
	if (!x->ttl_ms || !x->left)
		return false;
	int64_t limit = expiry_now(x) - x->ttl_ms;
	if (x->low > limit)
		return false;
	Arena *step = x->op->run->step;
	StateScan *s = state_scan_open(x->due, strbuf_str(&x->from), (Str){0}, false, true, step);
	Str k, v;
	int64_t tick = 0;
	bool any = state_scan_next(s, &k, &v), found = false;
	if (any) {
		CodecReader r = codec_reader(k);
		found = codec_get_i64(&r, &tick) && tick <= limit;
	}
	if (found)
		*key = arena_str(step, k);
	state_scan_close(s);
	x->low = any ? tick : INT64_MAX;
	if (!found)
		return false;
	if (x->left != UINT32_MAX)
		x->left--;
	state_del(x->due, *key);
	/* what was deleted would be walked over until its epoch has landed */
	strbuf_clear(&x->from);
	strbuf_put_str(&x->from, *key);
	*key = str_slice(*key, 8, key->len - 8);
	return true;
}

void expiry_step_end(Expiry *x)
{
	if (x->left != UINT32_MAX)
		x->left = EXPIRY_STEP;
}

bool expiry_touch(Expiry *x, Str key)
{
	bool created;
	int64_t *written = state_edit(x->seen, key, 8, NULL, &created);
	bool over = !created && expiry_over(x, *written);
	*written = expiry_now(x);
	if (created)
		expiry_begin(x, key);
	if (over)
		x->op->counts.expired++;
	return over;
}

bool expiry_gone(Expiry *x, Str key)
{
	uint32_t len;
	const int64_t *written = state_get(x->seen, key, &len);
	return written && expiry_over(x, *written);
}

bool expiry_sweep(Expiry *x, Str *key)
{
	while (expiry_next(x, key)) {
		uint32_t len;
		const int64_t *written = state_get(x->seen, *key, &len);
		if (!written)
			continue;
		if (!expiry_over(x, *written)) {
			expiry_renew(x, *key, *written);
			continue;
		}
		state_del(x->seen, *key);
		x->op->counts.expired++;
		return true;
	}
	return false;
}
