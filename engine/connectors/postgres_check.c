/*
 * engine/connectors/postgres_check.c: see postgres_check.h.
 */
#include "engine/connectors/postgres_check.h"

/* A column of the target, as the catalog has it. */
typedef struct Found {
	Str name, type, cast;
	Str base;      /* cast, or what it is a domain of */
	char category; /* pg_type.typcategory */
	int number, typmod;
	bool not_null, has_default, generated;
} Found;

typedef struct Search {
	PostgresConn *c;
	const SinkSpec *spec;
	Arena *arena;
	Str table; /* as the option has it */
	Found *cols;
	uint32_t ncols;
	Err *err;
} Search;

static Str cell(Search *s, const PGresult *r, int row, int col)
{
	return arena_str(s->arena, str_from(PQgetvalue(r, row, col)));
}

static int number(const PGresult *r, int row, int col)
{
	int64_t n = 0;
	str_to_i64(str_from(PQgetvalue(r, row, col)), &n);
	return (int)n;
}

static PGresult *ask(Search *s, const char *sql, Str a)
{
	PostgresParam p = {.data = arena_cstr(s->arena, a), .type = 0};
	return postgres_conn_query(s->c, sql, &p, 1, s->err);
}

/* ---- the table ---- */

/* Splits "s.t", quotes each part; fold: small letters for what is not in quotes. */
static Str quote_path(Search *s, bool fold)
{
	StrBuf out, part;
	strbuf_init(&out);
	strbuf_init(&part);
	bool quoted = false;
	for (uint32_t i = 0; i <= s->table.len; i++) {
		char ch = i < s->table.len ? s->table.ptr[i] : '.';
		if (i < s->table.len && ch == '"') {
			quoted = !quoted;
		} else if (ch == '.' && !quoted) {
			if (out.len)
				strbuf_putc(&out, '.');
			postgres_conn_quote_name(&out, part.ptr ? strbuf_str(&part) : STR_EMPTY);
			strbuf_clear(&part);
		} else {
			strbuf_putc(&part, fold && !quoted && ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch);
		}
	}
	Str r = arena_str(s->arena, strbuf_str(&out));
	strbuf_deinit(&out);
	strbuf_deinit(&part);
	return r;
}

/* Sets *oid (empty: no such table) and its full name. */
static bool find_table(Search *s, Str *oid, const char **full, char *kind)
{
	static const char sql[] =
	    "SELECT c.oid::text, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind::text "
	    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)";
	*oid = STR_EMPTY;
	for (int folded = 1; folded >= 0; folded--) {
		PGresult *r = ask(s, sql, quote_path(s, folded));
		if (!r)
			return false;
		bool found = PQntuples(r) == 1;
		if (found) {
			*oid = cell(s, r, 0, 0);
			*full = cell(s, r, 0, 1).ptr;
			*kind = PQgetvalue(r, 0, 2)[0];
		}
		PQclear(r);
		if (found)
			return true;
	}
	return true;
}

static bool create_table(Search *s)
{
	const SinkSpec *spec = s->spec;
	StrBuf sql;
	strbuf_init(&sql);
	strbuf_printf(&sql, "CREATE TABLE IF NOT EXISTS %s (", quote_path(s, true).ptr);
	for (uint32_t i = 0; i < spec->ncols; i++) {
		strbuf_puts(&sql, i ? ", " : "");
		postgres_conn_quote_name(&sql, spec->names[i]);
		strbuf_putc(&sql, ' ');
		type_print_pg(spec->types[i], &sql);
		if (spec->types[i]->not_null)
			strbuf_puts(&sql, " NOT NULL");
	}
	for (uint32_t i = 0; i < spec->nkey; i++) {
		strbuf_puts(&sql, i ? ", " : ", PRIMARY KEY (");
		postgres_conn_quote_name(&sql, spec->names[spec->key[i]]);
	}
	strbuf_puts(&sql, spec->nkey ? "))" : ")");
	bool ok = postgres_conn_run(s->c, strbuf_cstr(&sql), s->err);
	strbuf_deinit(&sql);
	/* Somebody else made it at the same time. */
	if (!ok && (strcmp(s->c->sqlstate, "23505") == 0 || strcmp(s->c->sqlstate, "42P07") == 0))
		ok = true;
	return ok;
}

/* ---- its columns ---- */

static bool load_columns(Search *s, Str oid)
{
	static const char sql[] = "SELECT a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1), "
	                          "coalesce(b.typcategory, t.typcategory)::text, "
	                          "a.attnum, CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, "
	                          "a.attnotnull, a.atthasdef OR a.attidentity <> '', "
	                          "a.attgenerated <> '' OR a.attidentity = 'a', format_type(coalesce(b.oid, t.oid), -1) "
	                          "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON "
	                          "t.typtype = 'd' AND b.oid = t.typbasetype "
	                          "WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
	PGresult *r = ask(s, sql, oid);
	if (!r)
		return false;
	s->ncols = (uint32_t)PQntuples(r);
	s->cols = ARENA_ARRAY_ZERO(s->arena, Found, s->ncols);
	for (int i = 0; i < (int)s->ncols; i++)
		s->cols[i] = (Found){
		    .name = cell(s, r, i, 0),
		    .type = cell(s, r, i, 1),
		    .cast = cell(s, r, i, 2),
		    .category = PQgetvalue(r, i, 3)[0],
		    .number = number(r, i, 4),
		    .typmod = number(r, i, 5),
		    .not_null = PQgetvalue(r, i, 6)[0] == 't',
		    .has_default = PQgetvalue(r, i, 7)[0] == 't',
		    .generated = PQgetvalue(r, i, 8)[0] == 't',
		    .base = cell(s, r, i, 9),
		};
	PQclear(r);
	return true;
}

static Found *find_column(Search *s, Str name)
{
	for (uint32_t i = 0; i < s->ncols; i++)
		if (str_eq(s->cols[i].name, name))
			return &s->cols[i];
	Found *only = NULL;
	for (uint32_t i = 0; i < s->ncols; i++)
		if (str_eq_nocase(s->cols[i].name, name)) {
			if (only)
				return NULL;
			only = &s->cols[i];
		}
	return only;
}

static bool no_column(Search *s, Str name)
{
	const Found *best = NULL;
	unsigned least = 4;
	for (uint32_t i = 0; i < s->ncols; i++) {
		unsigned d = str_distance(name, s->cols[i].name, least);
		if (d < least) {
			least = d;
			best = &s->cols[i];
		}
	}
	err_set(s->err, ERR_SINK_SCHEMA, "the table \"%.*s\" in PostgreSQL has no column \"%.*s\"", STR_ARG(s->table),
	        STR_ARG(name));
	return best ? err_hint(s->err, "Did you mean \"%.*s\"?", STR_ARG(best->name))
	            : err_hint(s->err, "Add the column there, or leave it out of the declaration.");
}

static bool starts(Str s, const char *with)
{
	return str_starts(s, str_from(with));
}

static bool is_json(Str cast)
{
	return str_eq_c(cast, "json") || str_eq_c(cast, "jsonb");
}

/* Does a value of our type fit without being changed? Integers may narrow: the server checks each one's range. */
static bool fits(const Type *type, const Found *f, PostgresForm *form, const char **why)
{
	Str t = f->base;
	bool integer = str_eq_c(t, "smallint") || str_eq_c(t, "integer") || str_eq_c(t, "bigint");
	bool real = str_eq_c(t, "real") || str_eq_c(t, "double precision");
	bool numeric = str_eq_c(t, "numeric");
	int scale = f->typmod >= 4 ? (f->typmod - 4) & 0x7ff : -1;
	if (scale > 1000)
		scale -= 2048;
	bool bounded_time = f->typmod >= 0;
	*form = POSTGRES_TEXT;
	*why = "the types do not match";
	switch (type->kind) {
	case TYPE_BOOLEAN: return str_eq_c(t, "boolean");
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT: return integer || real || numeric;
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
		if (numeric && f->typmod >= 4)
			*why = "the value would be rounded; CAST it to DECIMAL in the query";
		return real || (numeric && f->typmod < 4);
	case TYPE_DECIMAL:
		if (numeric && scale >= 0 && scale < (int)type->scale)
			*why = "the value would be rounded; CAST it to fewer digits in the query";
		else if (integer && type->scale == 0)
			return true;
		return real || (numeric && (f->typmod < 4 || scale >= (int)type->scale));
	case TYPE_CHAR:
	case TYPE_VARCHAR: return true; /* any type reads text */
	case TYPE_BINARY:
	case TYPE_VARBINARY: return str_eq_c(t, "bytea");
	case TYPE_DATE: return str_eq_c(t, "date") || starts(t, "timestamp");
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		if (bounded_time && f->typmod < (int)type->precision) {
			*why = "the value would be rounded; CAST it to the target's precision in the query";
			return false;
		}
		if (type->kind == TYPE_TIME)
			return starts(t, "time ");
		if (type->kind == TYPE_TIMESTAMP && starts(t, "timestamp with time zone"))
			*form = POSTGRES_WALL_TO_INSTANT;
		if (type->kind == TYPE_TIMESTAMP_LTZ && starts(t, "timestamp without time zone"))
			*form = POSTGRES_INSTANT_TO_WALL;
		return starts(t, "timestamp");
	case TYPE_INTERVAL_MONTHS:
	case TYPE_INTERVAL_SECONDS: return starts(t, "interval");
	case TYPE_ARRAY:
		if (f->category == 'A' && !type_is_nested(type->elem))
			return true;
		*form = POSTGRES_JSON;
		return is_json(t) || f->category == 'S';
	case TYPE_MAP:
	case TYPE_ROW:
	case TYPE_MULTISET:
	case TYPE_JSON: *form = POSTGRES_JSON; return is_json(t) || f->category == 'S';
	default: return false;
	}
}

static bool match_columns(Search *s, PostgresTarget *out)
{
	const SinkSpec *spec = s->spec;
	bool *used = ARENA_ARRAY_ZERO(s->arena, bool, s->ncols + 1);
	out->ncols = spec->ncols;
	out->cols = ARENA_ARRAY_ZERO(s->arena, PostgresColumn, spec->ncols);
	for (uint32_t i = 0; i < spec->ncols; i++) {
		Found *f = find_column(s, spec->names[i]);
		if (!f)
			return no_column(s, spec->names[i]);
		if (f->generated)
			return err_set(s->err, ERR_SINK_SCHEMA,
			               "column \"%.*s\" of \"%.*s\" is generated by PostgreSQL and cannot be written",
			               STR_ARG(f->name), STR_ARG(s->table));
		const char *why;
		if (!fits(spec->types[i], f, &out->cols[i].form, &why)) {
			StrBuf ours;
			strbuf_init(&ours);
			type_print(spec->types[i], false, &ours);
			err_set(s->err, ERR_SINK_SCHEMA, "column \"%.*s\" is %s, but %.*s in PostgreSQL", STR_ARG(spec->names[i]),
			        strbuf_cstr(&ours), STR_ARG(f->type));
			strbuf_deinit(&ours);
			return err_detail(s->err, "%s", why);
		}
		StrBuf name;
		strbuf_init(&name);
		postgres_conn_quote_name(&name, f->name);
		out->cols[i].name = arena_cstr(s->arena, strbuf_str(&name));
		strbuf_deinit(&name);
		out->cols[i].cast = f->cast.ptr;
		used[f - s->cols] = true;
	}
	for (uint32_t i = 0; i < s->ncols; i++)
		if (!used[i] && s->cols[i].not_null && !s->cols[i].has_default && !s->cols[i].generated) {
			err_set(s->err, ERR_SINK_SCHEMA,
			        "column \"%.*s\" of \"%.*s\" is NOT NULL without a default, and is not declared",
			        STR_ARG(s->cols[i].name), STR_ARG(s->table));
			return err_hint(s->err, "Declare the column, or give it a default in PostgreSQL.");
		}
	return true;
}

/* ---- its key ---- */

static bool is_key(Search *s, Str numbers, uint32_t n)
{
	const SinkSpec *spec = s->spec;
	if (n != spec->nkey)
		return false;
	Str part;
	for (uint32_t k = 0; k < n && str_next(&numbers, ' ', &part); k++) {
		int64_t number = 0;
		str_to_i64(part, &number);
		bool found = false;
		for (uint32_t i = 0; i < spec->nkey && !found; i++)
			found = find_column(s, spec->names[spec->key[i]])->number == number;
		if (!found)
			return false;
	}
	return true;
}

static bool check_key(Search *s, Str oid)
{
	if (s->spec->nkey == 0)
		return true;
	static const char sql[] = "SELECT indkey::text, indnkeyatts FROM pg_index WHERE indrelid = $1::oid AND indisunique "
	                          "AND indisvalid AND indimmediate "
	                          "AND indpred IS NULL AND indexprs IS NULL";
	PGresult *r = ask(s, sql, oid);
	if (!r)
		return false;
	bool found = false;
	for (int i = 0; i < PQntuples(r) && !found; i++)
		found = is_key(s, str_from(PQgetvalue(r, i, 0)), (uint32_t)number(r, i, 1));
	PQclear(r);
	if (found)
		return true;
	StrBuf key;
	strbuf_init(&key);
	for (uint32_t i = 0; i < s->spec->nkey; i++)
		strbuf_printf(&key, "%s%.*s", i ? ", " : "", STR_ARG(s->spec->names[s->spec->key[i]]));
	err_set(s->err, ERR_SINK_SCHEMA, "the table \"%.*s\" in PostgreSQL has no primary key or unique index on (%s)",
	        STR_ARG(s->table), strbuf_cstr(&key));
	err_hint(s->err, "Make one there: CREATE UNIQUE INDEX ON %.*s (%s);", STR_ARG(s->table), strbuf_cstr(&key));
	strbuf_deinit(&key);
	return false;
}

bool postgres_check_target(PostgresConn *c, const SinkSpec *spec, Arena *arena, PostgresTarget *out, Err *err)
{
	Search s = {.c = c,
	            .spec = spec,
	            .arena = arena,
	            .table = str_trim(options_get(&spec->table->options, "table-name")),
	            .err = err};
	*out = (PostgresTarget){.key = spec->key, .nkey = spec->nkey};
	c->fault = POSTGRES_FINE;
	Str oid;
	char kind = 'r';
	if (!find_table(&s, &oid, &out->table, &kind))
		return false;
	if (oid.len == 0 && options_bool(&spec->table->options, "jdbc", "weir.create-table")) {
		if (!create_table(&s) || !find_table(&s, &oid, &out->table, &kind))
			return false;
	}
	if (oid.len == 0) {
		err_set(err, ERR_SINK_SCHEMA, "there is no table \"%.*s\" in PostgreSQL", STR_ARG(s.table));
		return err_hint(err, "Create it there, or set 'weir.create-table' = 'true' on the table here.");
	}
	if (!strchr("rpfv", kind) || (kind == 'v' && spec->nkey))
		return err_set(err, ERR_SINK_SCHEMA, "\"%.*s\" in PostgreSQL is no table that can be written by key",
		               STR_ARG(s.table));
	return load_columns(&s, oid) && match_columns(&s, out) && check_key(&s, oid);
}

/* ---- a table that is read ---- */

/* Values are read from their text, so most types can be declared as another; what would be read wrong is refused. */
static bool reads(const Type *type, const Found *f, const char **hint)
{
	bool instant = starts(f->base, "timestamp with time zone"), wall = starts(f->base, "timestamp without time zone");
	*hint = instant ? "Declare it as TIMESTAMP_LTZ." : "Declare it as TIMESTAMP.";
	return !(type->kind == TYPE_TIMESTAMP && instant) && !(type->kind == TYPE_TIMESTAMP_LTZ && wall);
}

bool postgres_check_source(PostgresConn *c, const TableDef *t, Arena *arena, PostgresFields *out, Err *err)
{
	Search s = {.c = c, .arena = arena, .table = str_trim(options_get(&t->options, "table-name")), .err = err};
	*out = (PostgresFields){0};
	c->fault = POSTGRES_FINE;
	Str oid;
	char kind = 'r';
	if (!find_table(&s, &oid, &out->table, &kind))
		return false;
	if (oid.len == 0)
		return err_set(err, ERR_SINK_SCHEMA, "there is no table \"%.*s\" in PostgreSQL", STR_ARG(s.table));
	out->has_pages = kind == 'r' || kind == 'm' || kind == 'p';
	if (!load_columns(&s, oid))
		return false;
	out->names = ARENA_ARRAY(arena, const char *, t->ncols + 1);
	out->casts = ARENA_ARRAY(arena, const char *, t->ncols + 1);
	out->is_text = ARENA_ARRAY(arena, bool, t->ncols + 1);
	out->declared = ARENA_ARRAY(arena, Str, t->ncols + 1);
	out->types = ARENA_ARRAY(arena, const Type *, t->ncols + 1);
	for (uint32_t i = 0; i < t->ncols; i++) {
		const ColumnDef *col = &t->cols[i];
		if (col->kind != COLUMN_PHYSICAL)
			continue;
		const Found *f = find_column(&s, col->name);
		if (!f)
			return no_column(&s, col->name);
		const char *hint;
		if (!reads(col->type, f, &hint)) {
			err_set(err, ERR_SINK_SCHEMA, "column \"%.*s\" is %.*s in PostgreSQL", STR_ARG(col->name),
			        STR_ARG(f->type));
			return err_hint(err, "%s", hint);
		}
		StrBuf name;
		strbuf_init(&name);
		postgres_conn_quote_name(&name, f->name);
		out->names[out->n] = arena_cstr(arena, strbuf_str(&name));
		strbuf_deinit(&name);
		out->casts[out->n] = f->cast.ptr;
		out->is_text[out->n] = f->category == 'S';
		out->declared[out->n] = col->name;
		out->types[out->n++] = col->type;
	}
	return true;
}
