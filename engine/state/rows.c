/*
 * engine/state/rows.c: the typed form of rows, and the readable view.
 *
 * The view uses only SQLite's built-in functions, so that any sqlite3 shell shows it when weir is not running.
 * Columns of FLOAT and DOUBLE are declared without a type: SQLite would store -0.0 as the integer 0 in a REAL column.
 */
#include "engine/state/rows.h"

#include <math.h>

#include "engine/state/db.h"
#include "sql/types/decimal.h"
#include "sql/types/packed.h"

StateRows rows_copy(const StateRows *rows, Arena *arena)
{
	Str *names = ARENA_ARRAY_ZERO(arena, Str, rows->ncols);
	const Type **types = ARENA_ARRAY_ZERO(arena, const Type *, rows->ncols);
	for (uint32_t c = 0; c < rows->ncols; c++) {
		names[c] = arena_str(arena, rows->names[c]);
		types[c] = type_copy(arena, rows->types[c]);
	}
	return (StateRows){arena_str(arena, rows->view_name), rows->ncols, names, types};
}

void rows_signature(const StateRows *rows, StrBuf *out)
{
	for (uint32_t c = 0; c < rows->ncols; c++) {
		if (c)
			strbuf_puts(out, ", ");
		db_put_name(out, rows->names[c]);
		strbuf_putc(out, ' ');
		type_print(rows->types[c], false, out);
	}
}

static bool rows_name_taken(const Str *names, uint32_t n, Str name)
{
	for (uint32_t i = 0; i < n; i++) {
		if (str_eq_nocase(names[i], name))
			return true;
	}
	return str_eq_nocase(name, STR("k$"));
}

static Str rows_free_name(const Str *names, uint32_t n, Str wanted, Arena *arena)
{
	Str name = arena_str(arena, wanted);
	for (unsigned k = 2; rows_name_taken(names, n, name); k++)
		name = arena_printf(arena, "%.*s_%u", STR_ARG(wanted), k);
	return name;
}

RowsColumn *rows_columns(const StateRows *rows, Arena *arena)
{
	RowsColumn *out = ARENA_ARRAY_ZERO(arena, RowsColumn, rows->ncols);
	Str *taken = ARENA_ARRAY_ZERO(arena, Str, rows->ncols * 2u);
	uint32_t n = 0;
	for (uint32_t c = 0; c < rows->ncols; c++, n++)
		taken[n] = out[c].name = out[c].stored = rows_free_name(taken, n, rows->names[c], arena);
	for (uint32_t c = 0; c < rows->ncols; c++) {
		if (!type_is_nested(rows->types[c]))
			continue;
		taken[n] = out[c].stored = rows_free_name(taken, n, arena_printf(arena, "%.*s$", STR_ARG(out[c].name)), arena);
		n++;
	}
	return out;
}

uint32_t rows_width(const StateRows *rows)
{
	uint32_t n = 1;
	for (uint32_t c = 0; c < rows->ncols; c++)
		n += type_is_nested(rows->types[c]) ? 2 : 1;
	return n;
}

static const char *rows_sql_type(const Type *type)
{
	switch (type_phys(type)) {
	case PHYS_BOOL:
	case PHYS_I64: return " INTEGER";
	case PHYS_F64: return "";
	case PHYS_I128: return " TEXT";
	case PHYS_STR: break;
	}
	return type_is_binary(type) ? " BLOB" : " TEXT";
}

/* How the readable view shows the column `name` (already quoted). */
static void rows_view_column(const Type *type, const char *name, StrBuf *out)
{
	switch (type->kind) {
	case TYPE_DATE: strbuf_printf(out, "date(%s * 86400, 'unixepoch')", name); return;
	case TYPE_TIME:
		strbuf_printf(out, "time(%s / 1000000, 'unixepoch') || printf('.%%06d', %s %% 1000000)", name, name);
		return;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		/* Division rounds towards zero; seconds must go down for times before 1970. NULL || text is NULL. */
		strbuf_printf(out,
		              "strftime('%%Y-%%m-%%d %%H:%%M:%%S', (%s - ((%s %% 1000000) + 1000000) %% 1000000) / 1000000, "
		              "'unixepoch') || printf('.%%06d', ((%s %% 1000000) + 1000000) %% 1000000)",
		              name, name, name);
		return;
	default: strbuf_puts(out, name);
	}
}

void rows_create_sql(const StateRows *rows, const RowsColumn *columns, Str table, Str view, StrBuf *out)
{
	StrBuf name;
	strbuf_init(&name);
	strbuf_puts(out, "CREATE TABLE ");
	db_put_name(out, table);
	strbuf_puts(out, "(\"k$\" BLOB PRIMARY KEY");
	for (uint32_t c = 0; c < rows->ncols; c++) {
		strbuf_puts(out, ", ");
		db_put_name(out, columns[c].name);
		strbuf_puts(out, rows_sql_type(rows->types[c]));
		if (type_is_nested(rows->types[c])) {
			strbuf_puts(out, ", ");
			db_put_name(out, columns[c].stored);
			strbuf_puts(out, " BLOB");
		}
	}
	strbuf_puts(out, ") WITHOUT ROWID; CREATE VIEW ");
	db_put_name(out, view);
	strbuf_puts(out, " AS SELECT ");
	for (uint32_t c = 0; c < rows->ncols; c++) {
		if (c)
			strbuf_puts(out, ", ");
		strbuf_clear(&name);
		db_put_name(&name, columns[c].name);
		rows_view_column(rows->types[c], strbuf_cstr(&name), out);
		strbuf_puts(out, " AS ");
		strbuf_puts(out, strbuf_cstr(&name));
	}
	if (rows->ncols == 0)
		strbuf_puts(out, "NULL AS \"no columns\"");
	strbuf_puts(out, " FROM ");
	db_put_name(out, table);
	strbuf_deinit(&name);
}

static void rows_bind_text(sqlite3_stmt *stmt, int at, Str s)
{
	sqlite3_bind_text(stmt, at, s.len ? s.ptr : "", (int)s.len, SQLITE_STATIC);
}

static void rows_bind_printed(sqlite3_stmt *stmt, int at, const Type *type, Value v, Arena *scratch)
{
	StrBuf text;
	strbuf_init(&text);
	if (type->kind == TYPE_DECIMAL)
		decimal_print(v.d, type->scale, &text);
	else
		value_print(type, v, VALUE_JSON, NULL, &text);
	rows_bind_text(stmt, at, arena_str(scratch, strbuf_str(&text)));
	strbuf_deinit(&text);
}

/* Returns the next free parameter. */
static int rows_bind_value(sqlite3_stmt *stmt, int at, const Type *type, Value v, Arena *scratch)
{
	if (v.null) {
		sqlite3_bind_null(stmt, at);
		if (type_is_nested(type))
			sqlite3_bind_null(stmt, ++at);
		return at + 1;
	}
	switch (type_phys(type)) {
	case PHYS_BOOL: sqlite3_bind_int(stmt, at, v.b); break;
	case PHYS_I64: sqlite3_bind_int64(stmt, at, v.i); break;
	case PHYS_F64:
		if (isnan(v.f))
			rows_bind_text(stmt, at, STR("NaN"));
		else
			sqlite3_bind_double(stmt, at, v.f);
		break;
	case PHYS_I128: rows_bind_printed(stmt, at, type, v, scratch); break;
	case PHYS_STR:
		if (type_is_nested(type)) {
			rows_bind_printed(stmt, at, type, v, scratch);
			db_bind_blob(stmt, ++at, v.s);
		} else if (type_is_binary(type)) {
			db_bind_blob(stmt, at, v.s);
		} else {
			rows_bind_text(stmt, at, v.s);
		}
		break;
	}
	return at + 1;
}

bool rows_bind(sqlite3_stmt *stmt, int first, const StateRows *rows, Str bytes, Arena *scratch)
{
	CodecReader r = codec_reader(bytes);
	for (uint32_t c = 0; c < rows->ncols; c++) {
		Value v;
		if (!value_decode(rows->types[c], &r, &v))
			return false;
		first = rows_bind_value(stmt, first, rows->types[c], v, scratch);
	}
	return r.at == r.end;
}

bool rows_read(sqlite3_stmt *stmt, int at, const Type *type, Value *out)
{
	int stored = sqlite3_column_type(stmt, at);
	Value v = {.null = false};
	*out = VALUE_NULL;
	if (stored == SQLITE_NULL)
		return true;
	bool ok = false;
	switch (type_phys(type)) {
	case PHYS_BOOL:
		ok = stored == SQLITE_INTEGER;
		v.b = sqlite3_column_int64(stmt, at) != 0;
		break;
	case PHYS_I64:
		ok = stored == SQLITE_INTEGER;
		v.i = sqlite3_column_int64(stmt, at);
		break;
	case PHYS_F64:
		ok = stored == SQLITE_FLOAT || stored == SQLITE_INTEGER || str_eq_c(db_column(stmt, at), "NaN");
		v.f = stored == SQLITE_TEXT ? (double)NAN : sqlite3_column_double(stmt, at);
		break;
	case PHYS_I128:
		ok = stored == SQLITE_TEXT && decimal_parse(db_column(stmt, at), type->precision, type->scale, &v.d);
		break;
	case PHYS_STR:
		v.s = db_column(stmt, at);
		if (type_is_nested(type))
			ok = stored == SQLITE_BLOB && packed_check(v.s, type);
		else
			ok = stored == (type_is_binary(type) ? SQLITE_BLOB : SQLITE_TEXT);
		break;
	}
	if (ok)
		*out = v;
	return ok;
}

bool rows_read_bytes(sqlite3_stmt *stmt, int first, const StateRows *rows, StrBuf *out)
{
	for (uint32_t c = 0; c < rows->ncols; c++) {
		Value v;
		if (!rows_read(stmt, first + (int)c, rows->types[c], &v))
			return false;
		value_encode(rows->types[c], v, out);
	}
	return true;
}
