/*
 * engine/runtime/side_rename.c: side tables and a query that gets another name.
 *
 * The tables of the owner go on under the new name. Rows of .bad, of these and of the tables that the query reads, say
 * which query could not use them: REPLAY gives them to it, and a record that is met again is known by it (weir.bad). So
 * these say the new name too.
 */
#include "engine/runtime/side.h"

typedef struct Renaming {
	Engine *e;
	Str from, to;
	Arena *arena;
} Renaming;

/* The key in weir.bad with the new name where it has the old one, as owner or query. false: it has not. */
static bool other_index(const Renaming *r, Str index, StrBuf *out)
{
	CodecReader c = codec_reader(index);
	StrBuf owner, partition, query;
	StrBuf *parts[] = {&owner, &partition, &query};
	for (int i = 0; i < 3; i++)
		strbuf_init(parts[i]);
	int64_t position;
	bool ok = codec_get_bytes(&c, &owner) && codec_get_bytes(&c, &partition) && codec_get_i64(&c, &position) &&
	          codec_get_bytes(&c, &query);
	bool owns = ok && str_eq(strbuf_str(&owner), r->from), asks = ok && str_eq(strbuf_str(&query), r->from);
	if (owns || asks) {
		codec_put_bytes(out, owns ? r->to : strbuf_str(&owner));
		codec_put_bytes(out, strbuf_str(&partition));
		codec_put_i64(out, position);
		codec_put_bytes(out, asks ? r->to : strbuf_str(&query));
		strbuf_put_str(out, str_make((const char *)c.at, (uint32_t)(c.end - c.at)));
	}
	for (int i = 0; i < 3; i++)
		strbuf_deinit(parts[i]);
	return owns || asks;
}

static void move_index(const Renaming *r, SideTable *s, Str key)
{
	SideRaw raw;
	StrBuf index;
	strbuf_init(&index);
	if (side_raw(s, key, &raw) && raw.index.len && other_index(r, raw.index, &index)) {
		uint32_t len;
		const void *seq = state_get(r->e->bad_rows, raw.index, &len);
		Str copy = seq ? arena_str(r->arena, str_make(seq, len)) : STR_EMPTY;
		if (copy.len) {
			state_del(r->e->bad_rows, raw.index);
			state_put(r->e->bad_rows, strbuf_str(&index), copy);
		}
		/* what it points at is the table's own value, which is about to be written */
		raw.index = strbuf_str(&index);
		raw.partition = arena_str(r->arena, raw.partition);
		raw.headers = raw.headers.ptr ? arena_str(r->arena, raw.headers) : raw.headers;
		raw.values = arena_str(r->arena, raw.values);
		side_put_raw(s, key, &raw);
	}
	strbuf_deinit(&index);
}

static void change_bad(const Renaming *r, Str owner)
{
	SideTable *s = side_open(r->e, owner, SIDE_BAD);
	if (!s->rows)
		return;
	struct {
		Str *items;
		uint32_t len, cap;
	} list = {0};
	StateScan *scan = state_scan_open(s->rows, (Str){0}, (Str){0}, false, true, r->arena);
	Str k, v;
	while (state_scan_next(scan, &k, &v)) {
		ARENA_PUSH(r->arena, &list, arena_str(r->arena, k));
		ARENA_PUSH(r->arena, &list, arena_str(r->arena, v));
	}
	state_scan_close(scan);
	const Type *const *types;
	uint32_t n = side_types(SIDE_BAD, &types);
	Value values[SIDE_COLUMNS_MAX];
	for (uint32_t i = 0; i < list.len; i += 2) {
		if (!batch_decode_row(list.items[i + 1], types, n, values))
			continue;
		move_index(r, s, list.items[i]);
		if (values[SIDE_BAD_QUERY].null || !str_eq(values[SIDE_BAD_QUERY].s, r->from))
			continue;
		values[SIDE_BAD_QUERY] = value_str(r->to);
		side_change(s, list.items[i], values);
	}
}

static bool has_table(Engine *e, Str owner, const char *what)
{
	StrBuf name;
	strbuf_init(&name);
	strbuf_printf(&name, "%.*s.%s", STR_ARG(owner), what);
	bool has = store_has_table(e->store, strbuf_str(&name));
	strbuf_deinit(&name);
	return has;
}

void side_rename(Engine *e, Str owner, Str to)
{
	Renaming r = {.e = e, .from = owner, .to = to, .arena = arena_open("rename", 0)};
	if (has_table(e, to, "bad"))
		change_bad(&r, to);
	const Relation *rel;
	SideWhat what;
	for (uint32_t i = 0; (rel = catalog_relation_at(e->catalog, i)); i++)
		if (side_what(rel, &what) && what == SIDE_BAD && !str_eq(rel->schema, to) && has_table(e, rel->schema, "bad"))
			change_bad(&r, rel->schema);
	arena_close(r.arena);
}
