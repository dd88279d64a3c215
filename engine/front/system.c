/*
 * engine/front/system.c: relations whose rows are made when they are read: their registration, and the way from cells
 * to a batch.
 */
#include "engine/front/system.h"

#include "engine/front/session_int.h"
#include "engine/front/system_int.h"

enum { SYSTEM_COLS_MAX = 64 };

static const SystemTable *const families[] = {system_weir_tables, pg_catalog_tables, pg_catalog_type_tables,
                                              pg_catalog_schema_tables};

static const Type array_of_strings = {.kind = TYPE_ARRAY, .elem = &type_string};
static const Type array_of_oids = {.kind = TYPE_ARRAY, .elem = &type_bigint};

const SystemTable *system_table_at(uint32_t index)
{
	for (size_t f = 0; f < sizeof families / sizeof *families; f++)
		for (const SystemTable *t = families[f]; t->name; t++)
			if (index-- == 0)
				return t;
	return NULL;
}

static const Type *column_type(char letter)
{
	switch (letter) {
	case 's': return &type_string;
	case 'i': return &type_bigint;
	case 'n': return &type_int;
	case 'b': return &type_boolean;
	case 'd': return &type_double;
	case 't': return &type_ltz3;
	case 'w': return &type_timestamp3;
	case 'a': return &array_of_strings;
	case 'k': return &array_of_oids;
	default:
		ASSERT(false); /* a column type of a system table */
		return NULL;
	}
}

void system_register(void)
{
	const SystemTable *t;
	for (uint32_t i = 0; (t = system_table_at(i)); i++) {
		Str names[SYSTEM_COLS_MAX];
		const Type *types[SYSTEM_COLS_MAX];
		uint32_t n = 0;
		Str rest = str_from(t->cols), part;
		while (str_next(&rest, ' ', &part)) {
			ASSERT(n < SYSTEM_COLS_MAX && part.len > 2 && part.ptr[part.len - 2] == ':');
			names[n] = str_slice(part, 0, part.len - 2);
			types[n++] = column_type(part.ptr[part.len - 1]);
		}
		catalog_register_system(str_from(t->schema), str_from(t->name), names, types, n);
	}
}

bool system_rows(void *ctx, const Relation *rel, Arena *arena, Batch **out, Err *err)
{
	Session *s = *(Session **)ctx;
	const SystemTable *t;
	for (uint32_t i = 0; (t = system_table_at(i)); i++)
		if (str_eq_c(rel->name, t->name) && str_eq_c(rel->schema, t->schema))
			break;
	if (!t)
		return err_set(err, ERR_INTERNAL, "nobody knows the rows of \"%.*s\"", STR_ARG(rel->name));
	Catalog *catalog = engine_catalog(s->opt.engine);
	SystemRows r = {
	    .arena = arena, .engine = s->opt.engine, .session = s, .catalog = catalog, .ncols = rel->table->ncols};
	bool ok = !t->fill || t->fill(&r, err);
	ASSERT(!ok || r.len % r.ncols == 0);
	if (ok) {
		const Type **types = ARENA_ARRAY(arena, const Type *, r.ncols);
		for (uint32_t i = 0; i < r.ncols; i++)
			types[i] = rel->table->cols[i].type;
		/* The catalog's strings go with this version of it. */
		for (size_t i = 0; i < r.len; i++)
			r.items[i] = value_copy(arena, types[i % r.ncols], r.items[i]);
		*out = batch_from_values(types, r.ncols, r.items, (uint32_t)(r.len / r.ncols), NULL, NULL, NULL, arena);
	}
	catalog_unref(catalog);
	return ok;
}

void system_put(SystemRows *r, Value v)
{
	ARENA_PUSH(r->arena, r, v);
}

void system_null(SystemRows *r)
{
	system_put(r, VALUE_NULL);
}

void system_str(SystemRows *r, Str s)
{
	system_put(r, s.ptr ? value_str(s) : VALUE_NULL);
}

void system_text(SystemRows *r, const char *s)
{
	system_put(r, s ? value_str(str_from(s)) : VALUE_NULL);
}

void system_opt(SystemRows *r, Str s)
{
	system_put(r, s.len ? value_str(s) : VALUE_NULL);
}

void system_i64(SystemRows *r, int64_t v)
{
	system_put(r, value_i64(v));
}

void system_u64(SystemRows *r, uint64_t v)
{
	system_put(r, value_i64((int64_t)v));
}

void system_bool(SystemRows *r, bool v)
{
	system_put(r, (Value){.b = v});
}

void system_ms(SystemRows *r, int64_t ms)
{
	int64_t us;
	if (ms == BATCH_NO_WATERMARK || ms == BATCH_END || __builtin_mul_overflow(ms, 1000, &us))
		system_null(r);
	else
		system_i64(r, us);
}

void system_us(SystemRows *r, int64_t us)
{
	if (us == INT64_MIN || us == INT64_MAX)
		system_null(r);
	else
		system_i64(r, us / 1000 * 1000);
}
