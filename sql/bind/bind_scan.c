/*
 * sql/bind/bind_scan.c: reading a relation: of a connector's table all fields and all columns, of a stored one all
 * columns; what is not needed a rewrite takes out later.
 *
 *   table t (a INT, b AS a + 1, ts TIMESTAMP(3), p INT METADATA FROM 'partition', WATERMARK FOR ts AS ts - INTERVAL '5'
 * SECOND)
 *
 *   fields  $0 value a   $1 value ts   $2 metadata partition
 *   exprs   $0, $0 + 1, $1, $2          watermark  $1 - 5 s
 */
#include "sql/bind/bind_int.h"

/* ---- metadata ---- */

typedef struct Metadata {
	const char *connector;
	const char *key;
	const Type *type;
	bool writable;
} Metadata;

static const Type metadata_headers = {.kind = TYPE_MAP, .key = &type_string, .elem = &type_bytes};

static const Type metadata_properties = {.kind = TYPE_MAP, .key = &type_string, .elem = &type_string};

static const Metadata metadata_keys[] = {
    {"kafka", "topic", &type_string_nn, true},
    {"kafka", "partition", &type_int, false},
    {"kafka", "offset", &type_bigint_nn, false},
    {"kafka", "timestamp", &type_ltz3, true},
    {"kafka", "timestamp-type", &type_string_nn, false},
    {"kafka", "headers", &metadata_headers, true},
    {"kafka", "value.schema", &type_string, false},
    {"kafka", "value.ingestion-timestamp", &type_ltz3, false},
    {"kafka", "value.source.timestamp", &type_ltz3, false},
    {"kafka", "value.source.database", &type_string, false},
    {"kafka", "value.source.schema", &type_string, false},
    {"kafka", "value.source.table", &type_string, false},
    {"kafka", "value.source.properties", &metadata_properties, false},
    {"filesystem", "file.path", &type_string_nn, false},
    {"filesystem", "file.name", &type_string_nn, false},
};

static bool same_family(Str connector, const char *family)
{
	return str_eq_c(connector, family) || (str_eq_c(str_from(family), "kafka") &&
	                                       (str_eq_c(connector, "upsert-kafka") || str_eq_c(connector, "test")));
}

bool bind_scan_metadata(Str connector, Str key, const Type **type, bool *writable)
{
	for (size_t i = 0; i < sizeof metadata_keys / sizeof metadata_keys[0]; i++) {
		if (same_family(connector, metadata_keys[i].connector) && str_eq_c(key, metadata_keys[i].key)) {
			*type = metadata_keys[i].type;
			*writable = metadata_keys[i].writable;
			return true;
		}
	}
	return false;
}

void bind_scan_metadata_list(Str connector, StrBuf *out)
{
	for (size_t i = 0; i < sizeof metadata_keys / sizeof metadata_keys[0]; i++)
		if (same_family(connector, metadata_keys[i].connector) && strncmp(metadata_keys[i].key, "value.", 6) != 0)
			strbuf_printf(out, "%s%s", out->len ? ", " : "", metadata_keys[i].key);
}

/* ---- tables of connectors ---- */

typedef struct FieldList {
	ScanField *items;
	uint32_t len;
	uint32_t cap;
} FieldList;

/* Is the column read from the record's key? */
static bool in_key(const TableDef *t, uint32_t col)
{
	bool upsert = str_eq_c(t->connector, "upsert-kafka");
	for (uint32_t i = 0; upsert && i < t->nkey; i++)
		if (t->key[i] == col)
			return true;
	if (upsert || !str_eq_c(options_get(&t->options, "value.fields-include"), "EXCEPT_KEY"))
		return false;
	Str rest = options_get(&t->options, "key.fields"), field;
	while (rest.len && str_next(&rest, ';', &field))
		if (str_eq(str_trim(field), t->cols[col].name))
			return true;
	return false;
}

static const Expr *add_field(Binder *b, FieldList *l, ScanFieldKind kind, Str name, uint32_t position, const Type *type)
{
	Str *path = ARENA_ARRAY(b->arena, Str, 1);
	path[0] = name;
	ScanField f = {
	    .kind = kind, .path = path, .npath = kind == SCAN_PROCTIME ? 0 : 1, .position = position, .type = type};
	ARENA_PUSH(b->arena, l, f);
	return expr_column(b->arena, type, l->len - 1);
}

static const Expr *physical(Binder *b, const TableDef *t, uint32_t col, uint32_t position, FieldList *l)
{
	const ColumnDef *c = &t->cols[col];
	bool key = in_key(t, col);
	Str name = c->name, prefix = options_get(&t->options, "key.fields-prefix");
	if (key && prefix.len && str_starts(name, prefix))
		name = str_slice(name, prefix.len, name.len);
	return add_field(b, l, key ? SCAN_KEY : SCAN_VALUE, name, position, c->type);
}

bool bind_scan_is_proctime(const Expr *e)
{
	return e->kind == EXPR_CALL && str_eq_c(str_from(e->call.fn->name), "PROCTIME");
}

static bool fill_source(Binder *b, const TableDef *t, Plan *p, Err *err)
{
	FieldList fields = {0};
	const Expr **of = ARENA_ARRAY_ZERO(b->arena, const Expr *, t->ncols);
	uint32_t position = 0;
	for (uint32_t i = 0; i < t->ncols; i++) {
		const ColumnDef *c = &t->cols[i];
		if (c->kind == COLUMN_PHYSICAL)
			of[i] = physical(b, t, i, position++, &fields);
		if (c->kind != COLUMN_METADATA)
			continue;
		const Type *type;
		bool writable;
		if (!bind_scan_metadata(t->connector, c->metadata_key, &type, &writable))
			type = c->type;
		const Expr *e = add_field(b, &fields, SCAN_METADATA, c->metadata_key, 0, type);
		if (!(of[i] = bind_cast_to(b, e, c->type, p->span, err)))
			return false;
	}
	for (uint32_t i = 0; i < t->ncols; i++) {
		const ColumnDef *c = &t->cols[i];
		if (c->kind != COLUMN_COMPUTED)
			continue;
		if (bind_scan_is_proctime(c->computed))
			of[i] = add_field(b, &fields, SCAN_PROCTIME, STR_EMPTY, 0, c->type);
		else
			of[i] = bind_fold(b, expr_substitute(b->arena, c->computed, of));
	}
	p->scan.fields = fields.items;
	p->scan.nfields = fields.len;
	p->scan.exprs = of;
	p->scan.watermark = t->watermark ? bind_fold(b, expr_substitute(b->arena, t->watermark, of)) : NULL;
	return true;
}

/* Does a record say which change it is: is its format one of change data capture? */
static bool is_capture(const TableDef *t)
{
	Str format = options_get(&t->options, "value.format");
	return str_eq_c(format.len ? format : options_get(&t->options, "format"), "debezium-json");
}

/* Are the rows of the table kept by key, so that a record need not say which row it replaces? */
static bool is_keyed(const TableDef *t)
{
	return t->nkey && (is_capture(t) || str_eq_c(t->connector, "upsert-kafka"));
}

/* A record that takes a row back is another record than the one that brought it: what belongs to the record, and not to
 * the row, would not agree. */
static bool check_capture(Binder *b, const TableDef *t, Span span, Err *err)
{
	for (uint32_t i = 0; i < t->ncols; i++) {
		const ColumnDef *c = &t->cols[i];
		bool metadata = c->kind == COLUMN_METADATA;
		if (!metadata && (c->kind != COLUMN_COMPUTED || expr_is_deterministic(c->computed)))
			continue;
		if (metadata && !is_capture(t) && str_starts(c->metadata_key, STR("value."))) {
			err_set_at(err, ERR_NO_SUCH_COLUMN, span,
			           "metadata '%.*s' of column \"%.*s\" needs the format debezium-json", STR_ARG(c->metadata_key),
			           STR_ARG(c->name));
			return false;
		}
		if (is_capture(t) && !t->nkey) {
			err_set_at(err, ERR_NOT_SUPPORTED, span,
			           "%s column \"%.*s\" of table \"%.*s\", whose rows change, is not supported without a key",
			           metadata ? "metadata" : "computed", STR_ARG(c->name), STR_ARG(t->name));
			return err_hint(err, "Declare the table's PRIMARY KEY ... NOT ENFORCED, so that weir keeps the old rows.");
		}
	}
	if (!is_capture(t) || t->nkey || !settings_bool(b->bc->settings, "table.exec.source.cdc-events-duplicate"))
		return true;
	err_set_at(err, ERR_BAD_OPTION, span,
	           "table \"%.*s\" has no PRIMARY KEY, and 'table.exec.source.cdc-events-duplicate' is true",
	           STR_ARG(t->name));
	return err_hint(err, "Declare the PRIMARY KEY ... NOT ENFORCED by which repeated changes are known.");
}

static bool check_source(Binder *b, const Relation *r, Span span, Plan *p, Err *err)
{
	bool readable = true, bounded = false, changelog = str_eq_c(r->table->connector, "upsert-kafka");
	p->append_only = !changelog;
	if (b->schema_only)
		return true;
	if (!check_capture(b, r->table, span, err))
		return false;
	if (b->bc->source_facts && !b->bc->source_facts(r->table, &readable, &bounded, &changelog, err)) {
		if (err && err->span.end == 0)
			err->span = span;
		return false;
	}
	if (b->looks_up && str_eq_c(r->table->connector, "jdbc")) {
		p->append_only = true;
		return true;
	}
	if (!readable) {
		err_set_at(err, ERR_WRONG_OBJECT, span, "table \"%.*s\" cannot be read: its connector '%.*s' only writes",
		           STR_ARG(r->name), STR_ARG(r->table->connector));
		return false;
	}
	p->bounded = bounded;
	p->append_only = !changelog;
	if (b->snapshot && !bounded) {
		err_set_at(err, ERR_UNBOUNDED_SELECT, span, "table \"%.*s\" has no end, and a SELECT reads to the end",
		           STR_ARG(r->name));
		return err_hint(err, "CREATE MATERIALIZED VIEW v AS SELECT ... keeps the result for any SELECT; SELECT ... "
		                     "EMIT CHANGES follows it as it comes.");
	}
	return true;
}

/* Rows by key become changes. */
static Plan *normalize(Binder *b, const TableDef *t, Plan *scan)
{
	Plan *p = bind_plan_new(b, PLAN_NORMALIZE, scan->span, scan, NULL);
	p->target.key = t->key;
	p->target.nkey = t->nkey;
	return bind_plan_done(b, p);
}

/* ---- stored relations ---- */

static void fill_stored(Binder *b, const Relation *r, Plan *p)
{
	p->scan.cols = ARENA_ARRAY(b->arena, uint32_t, p->ncols);
	for (uint32_t i = 0; i < p->ncols; i++)
		p->scan.cols[i] = i;
	p->bounded = b->snapshot;
	p->append_only = b->snapshot || (r->kind != REL_OWN && r->append_only);
	if (r->stored.kind == STORED_BY_KEY) {
		p->has_key = true;
		p->key = r->stored.key;
		p->nkey = r->stored.nkey;
	}
}

static bool check_stored(Binder *b, const Relation *r, Span span, Err *err)
{
	if (b->snapshot || r->kind != REL_SYSTEM)
		return true;
	err_set_at(err, ERR_WRONG_OBJECT, span, "system table \"%.*s.%.*s\" can be read by SELECT only", STR_ARG(r->schema),
	           STR_ARG(r->name));
	return err_hint(err, "Its rows are made when they are read, so that there are no changes to follow. Ask again and "
	                     "again, or let Prometheus read /metrics.");
}

/* ---- OPTIONS hints ---- */

const Relation *bind_scan_with_hints(Binder *b, const Relation *r, const AstList *hints, Err *err)
{
	Relation *copy = NULL;
	Span span = {0, 0};
	for (uint32_t i = 0; hints && i < hints->len; i++) {
		const AstHint *h = AST_CONST(AstHint, hints->items[i]);
		if (!str_eq_nocase(h->name.text, STR("OPTIONS"))) {
			bind_notice(b, "the hint %.*s has no effect here", STR_ARG(h->name.text));
			continue;
		}
		if (r->kind != REL_SOURCE) {
			err_set_at(err, ERR_WRONG_OBJECT, bind_span(b, &h->node), "\"%.*s\" has no options to override",
			           STR_ARG(r->name));
			return NULL;
		}
		Options extra = {0};
		if (!bind_table_options(b, &h->options, &extra, err))
			return NULL;
		span = bind_span(b, &h->node);
		copy = arena_copy(b->arena, r, sizeof *r);
		TableDef *t = arena_copy(b->arena, r->table, sizeof *r->table);
		t->options = (Options){0};
		for (uint32_t k = 0; k < r->table->options.len; k++)
			ARENA_PUSH(b->arena, &t->options, r->table->options.items[k]);
		for (uint32_t k = 0; k < extra.len; k++)
			options_set(&t->options, b->arena, extra.items[k].key, extra.items[k].value);
		copy->table = t;
		r = copy;
	}
	if (!copy)
		return r;
	StrBuf notice;
	strbuf_init(&notice);
	bool ok = b->bc->for_test || options_check(&copy->table->options, b->arena, &notice, err);
	if (ok && notice.len)
		bind_notice(b, "options without effect here: %s", strbuf_cstr(&notice));
	strbuf_deinit(&notice);
	if (!ok && err && err->span.end == 0)
		err->span = span;
	return ok ? copy : NULL;
}

/* ---- the node ---- */

static Str side_of(const Relation *r)
{
	if (r->kind != REL_SIDE)
		return STR_EMPTY;
	for (uint32_t i = r->name.len; i > 0; i--)
		if (r->name.ptr[i - 1] == '.')
			return str_slice(r->name, i, r->name.len);
	return r->name;
}

bool bind_scan(Binder *b, const Relation *r, const AstList *hints, Span span, Plan **out, Err *err)
{
	if (!(r = bind_scan_with_hints(b, r, hints, err)))
		return false;
	Plan *p = bind_plan_new(b, PLAN_SCAN, span, NULL, NULL);
	const TableDef *t = r->table;
	p->scan = (PlanScan){.rel = r, .index = -1, .limit = -1, .whole = true, .side = side_of(r)};
	p->ncols = t->ncols;
	p->cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, t->ncols);
	for (uint32_t i = 0; i < t->ncols; i++)
		p->cols[i] = (PlanCol){.name = t->cols[i].name, .type = t->cols[i].type, .time = t->cols[i].time};
	if (r->kind == REL_SOURCE) {
		if (!check_source(b, r, span, p, err) || !fill_source(b, t, p, err))
			return false;
		bind_plan_done(b, p);
		*out = is_keyed(t) ? normalize(b, t, p) : p;
		return true;
	}
	if (!check_stored(b, r, span, err))
		return false;
	fill_stored(b, r, p);
	*out = bind_plan_done(b, p);
	return true;
}
