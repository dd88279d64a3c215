/*
 * engine/front/pg_catalog_lookup.c: answers to the functions that ask about the catalog: regclass, format_type,
 * pg_get_viewdef ...
 */
#include "engine/front/pg_catalog.h"

#include "engine/front/pgwire_types.h"
#include "engine/front/session_int.h"

static Str key_name(Arena *arena, const Relation *r)
{
	return r->table->key_name.len ? r->table->key_name : arena_printf(arena, "%.*s_pkey", STR_ARG(r->name));
}

/* A relation, or one of its indexes: *index is then its number; its key is number nindexes; -1: the relation itself. */
static const Relation *find(const Catalog *c, int64_t oid, Arena *arena, int64_t *index)
{
	const Relation *r;
	*index = -1;
	for (uint32_t i = 0; (r = catalog_relation_at(c, i)); i++) {
		if (!pg_catalog_shows(r))
			continue;
		if (pg_catalog_oid(r) == oid)
			return r;
		for (uint32_t k = 0; k < r->nindexes; k++)
			if (pg_catalog_index_oid(r, r->indexes[k].name) == oid) {
				*index = k;
				return r;
			}
		if (r->table->nkey && pg_catalog_index_oid(r, key_name(arena, r)) == oid) {
			*index = r->nindexes;
			return r;
		}
	}
	return NULL;
}

static bool in_path(const Relation *r)
{
	return !r->schema.len || str_eq_c(r->schema, "pg_catalog");
}

static bool needs_quotes(Str s)
{
	bool plain = s.len && !(s.ptr[0] >= '0' && s.ptr[0] <= '9');
	for (uint32_t i = 0; i < s.len && plain; i++)
		plain = (s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || (s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] == '_';
	return !plain;
}

static Str relation_name(Arena *arena, const Relation *r, int64_t index)
{
	Str name = index < 0 ? r->name : index == (int64_t)r->nindexes ? key_name(arena, r) : r->indexes[index].name;
	const char *quote = needs_quotes(name) ? "\"" : "";
	if (in_path(r))
		return arena_printf(arena, "%s%.*s%s", quote, STR_ARG(name), quote);
	return arena_printf(arena, "%.*s.%s%.*s%s", STR_ARG(r->schema), quote, STR_ARG(name), quote);
}

static Str index_text(Arena *arena, const Relation *r, int64_t index, int64_t column)
{
	bool key = index == (int64_t)r->nindexes;
	const uint32_t *cols = key ? r->table->key : r->indexes[index].cols;
	uint32_t n = key ? r->table->nkey : r->indexes[index].ncols;
	if (column > 0)
		return column <= n ? r->table->cols[cols[column - 1]].name : STR_EMPTY;
	StrBuf b;
	strbuf_init(&b);
	strbuf_printf(&b, "CREATE %sINDEX %.*s ON %s.%.*s USING btree (", key ? "UNIQUE " : "",
	              STR_ARG(key ? key_name(arena, r) : r->indexes[index].name), pg_catalog_schema_name(r->schema),
	              STR_ARG(r->name));
	for (uint32_t i = 0; i < n; i++)
		strbuf_printf(&b, "%s%.*s%s", i ? ", " : "", STR_ARG(r->table->cols[cols[i]].name),
		              !key && r->indexes[index].desc && r->indexes[index].desc[i] ? " DESC" : "");
	strbuf_putc(&b, ')');
	Str text = arena_str(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return text;
}

static Str key_text(Arena *arena, const Relation *r)
{
	StrBuf b;
	strbuf_init(&b);
	strbuf_puts(&b, "PRIMARY KEY (");
	for (uint32_t i = 0; i < r->table->nkey; i++)
		strbuf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(r->table->cols[r->table->key[i]].name));
	strbuf_puts(&b, r->kind == REL_OWN || r->kind == REL_MVIEW ? ")" : ") NOT ENFORCED");
	Str text = arena_str(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return text;
}

/* "public.t", "t", "\"T\"": quotes keep the case, which is not changed anyway. */
static const Relation *by_name(const Catalog *c, Str name)
{
	Str parts[4], rest = name, part;
	uint32_t n = 0;
	while (n < 4 && str_next(&rest, '.', &part)) {
		part = str_trim(part);
		if (part.len > 1 && part.ptr[0] == '"' && part.ptr[part.len - 1] == '"')
			part = str_slice(part, 1, part.len - 2);
		parts[n++] = part;
	}
	uint32_t from = n > 1 && str_eq_nocase(parts[n - 2], STR("public")) ? n - 1 : 0;
	Err ignored = {0};
	return n ? catalog_relation(c, parts + from, n - from, (Span){0, 0}, &ignored) : NULL;
}

static Str type_text(Arena *arena, const PgwireType *t, int64_t modifier)
{
	const char *sql = t->sql;
	if (t->elem) {
		const PgwireType *elem = pgwire_types_find(t->elem);
		Str text = type_text(arena, elem, modifier);
		return arena_printf(arena, "%.*s[]", STR_ARG(text));
	}
	if (modifier < 0)
		return str_from(sql);
	switch (t->oid) {
	case PG_NUMERIC:
		return arena_printf(arena, "numeric(%d,%d)", (int)((modifier - 4) >> 16), (int)((modifier - 4) & 0xffff));
	case PG_VARCHAR:
	case PG_BPCHAR: return arena_printf(arena, "%s(%d)", sql, (int)modifier - 4);
	case PG_TIME: return arena_printf(arena, "time(%d) without time zone", (int)modifier);
	case PG_TIMESTAMP: return arena_printf(arena, "timestamp(%d) without time zone", (int)modifier);
	case PG_TIMESTAMPTZ: return arena_printf(arena, "timestamp(%d) with time zone", (int)modifier);
	default: return str_from(sql);
	}
}

static bool type_question(PgQuestion question, int64_t oid, int64_t modifier, Str name, Arena *arena, PgAnswer *out)
{
	if (question == PG_ASK_TYPE) {
		const PgwireType *t = oid > 0 && oid <= UINT32_MAX ? pgwire_types_find((uint32_t)oid) : NULL;
		out->text = t ? type_text(arena, t, modifier) : oid ? STR("???") : STR("-");
		return true;
	}
	const PgwireType *t;
	if (str_starts(name, STR("pg_catalog.")))
		name = str_slice(name, 11, name.len);
	for (uint32_t i = 0; (t = pgwire_types_at(i)); i++)
		if (str_eq_nocase(name, str_from(t->name)) || str_eq_nocase(name, str_from(t->sql))) {
			out->number = t->oid;
			return true;
		}
	return false;
}

static bool relation_question(const Catalog *c, PgQuestion question, int64_t oid, int64_t number, Arena *arena,
                              PgAnswer *out)
{
	int64_t index;
	const Relation *r = find(c, oid, arena, &index);
	const TableDef *t = r ? r->table : NULL;
	switch (question) {
	case PG_ASK_RELATION:
		out->text = r ? relation_name(arena, r, index) : oid ? arena_printf(arena, "%lld", (long long)oid) : STR("-");
		return true;
	case PG_ASK_VISIBLE: out->number = r && in_path(r); return true;
	case PG_ASK_VIEW:
		if (!r || !r->query_sql.len)
			return false;
		out->text = arena_str(arena, session_shown_query(r->query_sql, arena));
		return true;
	case PG_ASK_INDEX:
		if (!r || index < 0)
			return false;
		out->text = arena_str(arena, index_text(arena, r, index, number));
		return true;
	case PG_ASK_COMMENT:
		if (!r || index >= 0 || number > t->ncols)
			return false;
		out->text = arena_str(arena, number > 0 ? t->cols[number - 1].comment : t->comment);
		return out->text.len > 0;
	default: return false;
	}
}

/* Constraints have OIDs of their own: of the key's. */
static bool constraint_question(const Catalog *c, int64_t oid, Arena *arena, PgAnswer *out)
{
	const Relation *r;
	for (uint32_t i = 0; (r = catalog_relation_at(c, i)); i++)
		if (r->table->nkey && pg_catalog_constraint_oid(r, key_name(arena, r)) == oid) {
			out->text = key_text(arena, r);
			return true;
		}
	return false;
}

static bool function_question(const Catalog *c, PgQuestion question, int64_t oid, Arena *arena, PgAnswer *out)
{
	PgFunction f;
	for (uint32_t i = 0; pg_catalog_function_at(c, i, arena, &f); i++)
		if (f.oid == oid) {
			out->text = arena_str(arena, question == PG_ASK_RESULT ? f.result : f.arguments);
			return true;
		}
	return false;
}

static bool setting(Session *s, Str name, Arena *arena, PgAnswer *out)
{
	if (str_eq_c(name, "is_superuser"))
		out->text = STR("on");
	else if (settings_find(name))
		out->text = arena_str(arena, settings_str(s->settings, settings_find(name)->name));
	return out->text.ptr && (out->text.len || settings_find(name));
}

bool pg_catalog_lookup(void *ctx, PgQuestion question, int64_t oid, int64_t number, Str name, Arena *arena,
                       PgAnswer *out)
{
	Session *s = ctx;
	if (question == PG_ASK_SETTING)
		return setting(s, name, arena, out);
	if (question == PG_ASK_TYPE || question == PG_ASK_TYPE_OID)
		return type_question(question, oid, number, name, arena, out);
	if (question == PG_ASK_SCHEMA) {
		static const char *const schemas[] = {"", "pg_catalog", "information_schema", "weir"};
		for (int i = 0; i < 4; i++)
			if (pg_catalog_schema_oid(str_from(schemas[i])) == oid) {
				out->text = str_from(pg_catalog_schema_name(str_from(schemas[i])));
				return true;
			}
		return false;
	}
	Catalog *c = engine_catalog(s->opt.engine);
	bool known;
	if (question == PG_ASK_RELATION_OID) {
		const Relation *r = by_name(c, name);
		known = r != NULL;
		out->number = r ? pg_catalog_oid(r) : 0;
	} else if (question == PG_ASK_ARGUMENTS || question == PG_ASK_RESULT) {
		known = function_question(c, question, oid, arena, out);
	} else if (question == PG_ASK_CONSTRAINT) {
		known = constraint_question(c, oid, arena, out);
	} else {
		known = relation_question(c, question, oid, number, arena, out);
	}
	catalog_unref(c);
	return known;
}
