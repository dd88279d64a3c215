/*
 * sql/functions/aggregate_json.c: JSON_ARRAYAGG, JSON_OBJECTAGG.
 */
#include "sql/functions/aggregate.h"

#include "sql/functions/json_text.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/packed.h"

typedef struct JsonAggData {
	bool absent;
} JsonAggData;

static bool array_finish(const AggCall *call, const EvalEnv *env, const Value *rows, uint32_t n, Arena *arena,
                         Value *out)
{
	(void)env;
	const JsonAggData *d = call->data;
	StrBuf b;
	strbuf_init(&b);
	strbuf_putc(&b, '[');
	for (uint32_t i = 0; i < n; i++) {
		if (rows[i].null && d->absent)
			continue;
		if (b.len > 1)
			strbuf_putc(&b, ',');
		json_text_value(call->arg_types[0], rows[i], arena, &b);
	}
	strbuf_putc(&b, ']');
	*out = value_str(arena_str(arena, strbuf_str(&b)));
	strbuf_deinit(&b);
	return true;
}

/* Rows are ROW(key, value); a row with a NULL key is an error. */
static bool object_finish(const AggCall *call, const EvalEnv *env, const Value *rows, uint32_t n, Arena *arena,
                          Value *out)
{
	(void)env;
	const JsonAggData *d = call->data;
	const Type *row = call->arg_types[0];
	JsonMember *members = ARENA_ARRAY(arena, JsonMember, n);
	size_t len = 0;
	StrBuf b;
	strbuf_init(&b);
	bool fine = true;
	for (uint32_t i = 0; i < n && fine; i++) {
		Value key = packed_get(rows[i].s, row->fields[0].type, 0);
		Value v = packed_get(rows[i].s, row->fields[1].type, 1);
		fine = !key.null;
		if (!fine || (v.null && d->absent))
			continue;
		strbuf_clear(&b);
		json_text_value(row->fields[1].type, v, arena, &b);
		members[len++] = (JsonMember){key.s, arena_str(arena, strbuf_str(&b))};
	}
	strbuf_clear(&b);
	json_text_object(members, len, &b);
	*out = value_str(arena_str(arena, strbuf_str(&b)));
	strbuf_deinit(&b);
	return fine;
}

static bool resolve_mode(ResolveCtx *rc, AggCall *out, bool absent, Err *err)
{
	static const char *const words[] = {"NULL", "ABSENT", NULL};
	int word = rc->nargs == 2 ? resolve_word(rc, 1, words, err) : absent;
	if (word < 0)
		return false;
	JsonAggData *d = ARENA_NEW(rc->arena, JsonAggData);
	d->absent = word == 1;
	out->data = d;
	out->type = &type_string_nn;
	out->ignore_nulls = false;
	out->needs_all = true;
	return true;
}

static bool resolve_array(ResolveCtx *rc, AggCall *out, Err *err)
{
	if (rc->arg_types[0]->kind == TYPE_NULL)
		rc->arg_types[0] = &type_string;
	out->finish = array_finish;
	return resolve_mode(rc, out, true, err);
}

static bool resolve_object(ResolveCtx *rc, AggCall *out, Err *err)
{
	const Type *t = rc->arg_types[0];
	if (t->kind != TYPE_ROW || t->nfields != 2 || !type_is_text(t->fields[0].type))
		return resolve_mismatch(rc, err);
	out->finish = object_finish;
	return resolve_mode(rc, out, false, err);
}

static const Aggregate items[] = {
    {"JSON_ARRAYAGG", "JSON_ARRAYAGG(value [{NULL | ABSENT} ON NULL]) -> STRING", "A JSON array of the values.", 1, 2,
     0, AGG_ORDERED, resolve_array},
    {"JSON_OBJECTAGG", "JSON_OBJECTAGG([KEY] key VALUE value [{NULL | ABSENT} ON NULL]) -> STRING",
     "A JSON object of keys and values.", 1, 2, 0, AGG_ORDERED, resolve_object},
};

const AggregateTable aggregate_json_table = {items, sizeof items / sizeof *items};
