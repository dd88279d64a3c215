/*
 * engine/state/snapshot_scan.c: stored rows as columns.
 *
 * The SQL is one SELECT over the key range in key order; the typed columns are read straight into vectors.
 */
#include "engine/state/snapshot_internal.h"

#include <math.h>

#include "engine/state/rows.h"

struct SnapshotScan {
	Snapshot *snapshot;
	sqlite3_stmt *stmt; /* NULL: at the end */
	Arena *arena;
	const Type **types; /* of the result columns */
	uint32_t ncols;
};

/* The SQLite name of the table in this snapshot, in the arena; ptr NULL: it is not there (yet). Checks the columns. */
static bool snapshot_scan_table(Snapshot *s, const SnapshotScanSpec *spec, Arena *arena, Str *out, Err *err)
{
	sqlite3_stmt *stmt;
	*out = (Str){0};
	if (!db_prepare(s->db, "SELECT sql_table, columns FROM \"weir$tables\" WHERE name = ?1", &stmt, err))
		return false;
	sqlite3_bind_text(stmt, 1, spec->table.ptr, (int)spec->table.len, SQLITE_STATIC);
	int rc = sqlite3_step(stmt);
	bool ok = rc == SQLITE_DONE || rc == SQLITE_ROW || snapshot_error(s, rc, err);
	if (rc == SQLITE_ROW) {
		StrBuf columns;
		strbuf_init(&columns);
		if (spec->rows)
			rows_signature(spec->rows, &columns);
		*out = arena_str(arena, db_column(stmt, 0));
		if (!str_eq(strbuf_str(&columns), db_column(stmt, 1)))
			ok = err_set(err, ERR_STATE_FORMAT, "the stored table \"%.*s\" has other columns", STR_ARG(spec->table));
		strbuf_deinit(&columns);
	}
	sqlite3_finalize(stmt);
	if (ok && !out->ptr && snapshot_name_is_moved(s->store, spec->table)) {
		ok = err_set(err, ERR_NO_SUCH_OBJECT, "\"%.*s\" was renamed while the statement began", STR_ARG(spec->table));
		err_hint(err, "Run the statement again.");
	}
	return ok;
}

static void snapshot_scan_select(const SnapshotScanSpec *spec, Str table, Arena *arena, StrBuf *sql)
{
	strbuf_puts(sql, "SELECT ");
	if (!spec->rows) {
		strbuf_puts(sql, "k, v");
	} else {
		const RowsColumn *columns = rows_columns(spec->rows, arena);
		for (uint32_t c = 0; c < spec->ncols; c++) {
			db_put_name(sql, columns[spec->cols[c]].stored);
			strbuf_puts(sql, ", ");
		}
		strbuf_puts(sql, spec->want_key ? "\"k$\"" : "NULL");
	}
	strbuf_puts(sql, " FROM ");
	db_put_name(sql, table);
}

static uint32_t snapshot_scan_types(const SnapshotScanSpec *spec, Arena *arena, const Type ***out)
{
	uint32_t n = 0;
	const Type **types = ARENA_ARRAY_ZERO(arena, const Type *, spec->ncols + 2u);
	*out = types;
	if (!spec->rows) {
		types[0] = types[1] = &type_bytes;
		return 2;
	}
	for (uint32_t c = 0; c < spec->ncols; c++)
		types[n++] = type_copy(arena, spec->rows->types[spec->cols[c]]);
	if (spec->want_key)
		types[n++] = &type_bytes;
	return n;
}

static bool snapshot_scan_prepare(SnapshotScan *scan, const SnapshotScanSpec *spec, Str table, Err *err)
{
	const char *k = spec->rows ? "\"k$\"" : "k";
	StrBuf sql;
	strbuf_init(&sql);
	snapshot_scan_select(spec, table, scan->arena, &sql);
	if (spec->key_from.ptr)
		strbuf_printf(&sql, " WHERE %s >= ?1", k);
	if (spec->key_to.ptr)
		strbuf_printf(&sql, " %s %s < ?2", spec->key_from.ptr ? "AND" : "WHERE", k);
	strbuf_printf(&sql, " ORDER BY %s%s", k, spec->reverse ? " DESC" : "");
	if (spec->limit >= 0)
		strbuf_printf(&sql, " LIMIT %lld", (long long)spec->limit);
	bool ok = db_prepare(scan->snapshot->db, strbuf_cstr(&sql), &scan->stmt, err);
	strbuf_deinit(&sql);
	if (ok && spec->key_from.ptr)
		db_bind_blob(scan->stmt, 1, arena_str(scan->arena, spec->key_from));
	if (ok && spec->key_to.ptr)
		db_bind_blob(scan->stmt, 2, arena_str(scan->arena, spec->key_to));
	return ok;
}

bool snapshot_scan_open(Snapshot *s, const SnapshotScanSpec *spec, SnapshotScan **out, Err *err)
{
	Arena *arena = arena_open("snapshot scan", 0);
	SnapshotScan *scan = ARENA_NEW(arena, SnapshotScan);
	scan->snapshot = s;
	scan->arena = arena;
	scan->ncols = snapshot_scan_types(spec, arena, &scan->types);
	Str table;
	bool ok = snapshot_scan_table(s, spec, arena, &table, err);
	if (ok && !table.ptr && spec->must_exist) {
		ok = err_set(err, ERR_NO_SUCH_OBJECT, "\"%.*s\" was dropped while the statement began", STR_ARG(spec->table));
		err_hint(err, "Run the statement again.");
	}
	ok = ok && (!table.ptr || snapshot_scan_prepare(scan, spec, table, err));
	if (!ok) {
		arena_close(arena);
		return false;
	}
	*out = scan;
	return true;
}

/* Reads result column `at` of the current row into row `row`. */
static bool snapshot_scan_cell(sqlite3_stmt *stmt, int at, Column *col, uint32_t row, Arena *arena)
{
	Value v;
	if (!rows_read(stmt, at, col->type, &v))
		return false;
	if (v.null) {
		column_set_null(col, row, arena);
		return true;
	}
	switch (col->phys) {
	case PHYS_BOOL: col->b[row] = v.b; break;
	case PHYS_I64: col->i64[row] = v.i; break;
	case PHYS_F64: col->f64[row] = v.f; break;
	case PHYS_I128: col->i128[row] = v.d; break;
	case PHYS_STR: col->str[row] = arena_str(arena, v.s); break;
	}
	return true;
}

bool snapshot_scan_next(SnapshotScan *scan, uint32_t max, Arena *arena, Column *cols, uint32_t *n, Err *err)
{
	Snapshot *s = scan->snapshot;
	*n = 0;
	for (uint32_t c = 0; c < scan->ncols; c++)
		column_init(&cols[c], scan->types[c], max, arena);
	if (snapshot_is_ended(s))
		return snapshot_error(s, SQLITE_OK, err);
	bool ok = true;
	while (ok && scan->stmt && *n < max) {
		int rc = sqlite3_step(scan->stmt);
		if (rc != SQLITE_ROW) {
			ok = rc == SQLITE_DONE || snapshot_error(s, rc, err);
			sqlite3_finalize(scan->stmt);
			scan->stmt = NULL;
			break;
		}
		for (uint32_t c = 0; c < scan->ncols && ok; c++)
			ok = snapshot_scan_cell(scan->stmt, (int)c, &cols[c], *n, arena);
		if (!ok)
			err_set(err, ERR_STATE_CORRUPT, "a stored row cannot be read");
		*n += ok;
	}
	for (uint32_t c = 0; c < scan->ncols; c++)
		cols[c].len = *n;
	return ok;
}

void snapshot_scan_close(SnapshotScan *scan)
{
	if (!scan)
		return;
	sqlite3_finalize(scan->stmt);
	arena_close(scan->arena);
}

void snapshot_forget_get(Snapshot *s)
{
	sqlite3_finalize(s->get);
	s->get = NULL;
	arena_close(s->get_arena);
	s->get_arena = NULL;
}

/* Is the kept statement made for this? A table does not change within a snapshot. */
static bool snapshot_scan_same_get(const Snapshot *s, const SnapshotScanSpec *spec)
{
	const SnapshotScanSpec *had = &s->get_spec;
	return s->get_arena && str_eq(had->table, spec->table) && had->rows == spec->rows && had->ncols == spec->ncols &&
	       had->want_key == spec->want_key &&
	       (spec->ncols == 0 || memcmp(had->cols, spec->cols, spec->ncols * sizeof *spec->cols) == 0);
}

/* The statement that looks up one row; NULL in s->get: the table is not there. Kept for the next call of the same
 * shape. */
static bool snapshot_scan_prepare_get(Snapshot *s, const SnapshotScanSpec *spec, Err *err)
{
	if (snapshot_scan_same_get(s, spec))
		return true;
	snapshot_forget_get(s);
	Arena *arena = s->get_arena = arena_open("snapshot get", 0);
	s->get_spec = *spec;
	s->get_spec.table = arena_str(arena, spec->table);
	s->get_spec.cols = arena_copy(arena, spec->cols, spec->ncols * sizeof *spec->cols);
	s->get_ncols = snapshot_scan_types(spec, arena, &s->get_types);
	Str table;
	bool ok = snapshot_scan_table(s, spec, arena, &table, err);
	if (ok && table.ptr) {
		StrBuf sql;
		strbuf_init(&sql);
		snapshot_scan_select(spec, table, arena, &sql);
		strbuf_puts(&sql, spec->rows ? " WHERE \"k$\" = ?1" : " WHERE k = ?1");
		ok = db_prepare(s->db, strbuf_cstr(&sql), &s->get, err);
		strbuf_deinit(&sql);
	}
	if (!ok)
		snapshot_forget_get(s);
	return ok;
}

bool snapshot_get(Snapshot *s, const SnapshotScanSpec *spec, Str key, Arena *arena, Value *values, bool *found,
                  Err *err)
{
	*found = false;
	if (snapshot_is_ended(s))
		return snapshot_error(s, SQLITE_OK, err);
	if (!snapshot_scan_prepare_get(s, spec, err))
		return false;
	if (!s->get)
		return true;
	db_bind_blob(s->get, 1, key);
	int rc = sqlite3_step(s->get);
	bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE || snapshot_error(s, rc, err);
	if (rc == SQLITE_ROW) {
		for (uint32_t c = 0; c < s->get_ncols && ok; c++) {
			ok = rows_read(s->get, (int)c, s->get_types[c], &values[c]);
			if (ok)
				values[c] = value_copy(arena, s->get_types[c], values[c]);
		}
		if (!ok)
			err_set(err, ERR_STATE_CORRUPT, "a stored row cannot be read");
		*found = ok;
	}
	sqlite3_reset(s->get);
	return ok;
}
