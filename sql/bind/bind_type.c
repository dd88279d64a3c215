/*
 * sql/bind/bind_type.c: types as written become types.
 *
 * Flink's names and PostgreSQL's aliases in one table; nothing here knows columns.
 */
#include "sql/bind/bind_int.h"

#include "sql/functions/foreign_names.h"
#include "sql/types/decimal.h"

typedef struct TypeName {
	const char *name;
	TypeKind kind;
	uint8_t params;    /* how many numbers may follow */
	bool unbounded;    /* STRING, BYTES, TEXT: the greatest length */
	int16_t precision; /* without a number */
} TypeName;

static const TypeName type_names[] = {
    {"BOOLEAN", TYPE_BOOLEAN, 0, false, 0},
    {"TINYINT", TYPE_TINYINT, 0, false, 0},
    {"SMALLINT", TYPE_SMALLINT, 0, false, 0},
    {"INT", TYPE_INT, 0, false, 0},
    {"INTEGER", TYPE_INT, 0, false, 0},
    {"BIGINT", TYPE_BIGINT, 0, false, 0},
    {"FLOAT", TYPE_FLOAT, 1, false, 24}, /* bits, PostgreSQL's; Flink's takes no number */
    {"DOUBLE", TYPE_DOUBLE, 0, false, 0},
    {"DECIMAL", TYPE_DECIMAL, 2, false, 10},
    {"DEC", TYPE_DECIMAL, 2, false, 10},
    {"NUMERIC", TYPE_DECIMAL, 2, false, 10},
    {"CHAR", TYPE_CHAR, 1, false, 1},
    {"CHARACTER", TYPE_CHAR, 1, false, 1},
    {"VARCHAR", TYPE_VARCHAR, 1, false, 1},
    {"STRING", TYPE_VARCHAR, 0, true, 0},
    {"BINARY", TYPE_BINARY, 1, false, 1},
    {"VARBINARY", TYPE_VARBINARY, 1, false, 1},
    {"BYTES", TYPE_VARBINARY, 0, true, 0},
    {"DATE", TYPE_DATE, 0, false, 0},
    {"TIME", TYPE_TIME, 1, false, 0},
    {"TIMESTAMP", TYPE_TIMESTAMP, 1, false, 6},
    {"TIMESTAMP_LTZ", TYPE_TIMESTAMP_LTZ, 1, false, 6},
    {"JSON", TYPE_JSON, 0, false, 0},
    /* PostgreSQL's */
    {"BOOL", TYPE_BOOLEAN, 0, false, 0},
    {"INT2", TYPE_SMALLINT, 0, false, 0},
    {"INT4", TYPE_INT, 0, false, 0},
    {"INT8", TYPE_BIGINT, 0, false, 0},
    {"FLOAT4", TYPE_FLOAT, 0, false, 0},
    {"REAL", TYPE_FLOAT, 0, false, 0},
    {"FLOAT8", TYPE_DOUBLE, 0, false, 0},
    {"TEXT", TYPE_VARCHAR, 0, true, 0},
    {"NAME", TYPE_VARCHAR, 0, true, 0},
    {"BYTEA", TYPE_VARBINARY, 0, true, 0},
    {"OID", TYPE_BIGINT, 0, false, 0},
    {"TIMESTAMPTZ", TYPE_TIMESTAMP_LTZ, 1, false, 6},
    {"JSONB", TYPE_JSON, 0, false, 0},
};

static const Type *fail(Binder *b, const AstType *node, Err *err, const char *message, const char *hint)
{
	err_set_at(err, ERR_BAD_TYPE, bind_span(b, &node->node), "%s", message);
	if (hint)
		err_hint(err, "%s", hint);
	return NULL;
}

static const Type *time_type(Binder *b, const AstType *node, TypeKind kind, uint32_t precision, Err *err)
{
	if (precision > TYPE_TIME_PRECISION_MAX) {
		err_set_at(err, ERR_BAD_TYPE, bind_span(b, &node->node), "a precision of %u digits is not supported",
		           precision);
		err_hint(err, "Times are kept to the microsecond: the precision is 0 to %d.", TYPE_TIME_PRECISION_MAX);
		return NULL;
	}
	return type_temporal(b->arena, kind, precision);
}

static const Type *decimal_type(Binder *b, const AstType *node, Err *err)
{
	uint32_t p = node->nparams > 0 ? node->params[0] : 10, s = node->nparams > 1 ? node->params[1] : 0;
	/* PostgreSQL's NUMERIC without numbers holds everything; here it is Flink's DECIMAL(10, 0). */
	if (p < 1 || p > TYPE_DECIMAL_MAX)
		return fail(b, node, err, "the precision of DECIMAL is 1 to 38", NULL);
	if (s > p)
		return fail(b, node, err, "the scale of DECIMAL is not greater than its precision", NULL);
	return type_decimal(b->arena, p, s);
}

static const Type *plain(TypeKind kind)
{
	static const Type *const constants[TYPE_KINDS] = {
	    [TYPE_BOOLEAN] = &type_boolean, [TYPE_TINYINT] = &type_tinyint, [TYPE_SMALLINT] = &type_smallint,
	    [TYPE_INT] = &type_int,         [TYPE_BIGINT] = &type_bigint,   [TYPE_FLOAT] = &type_float,
	    [TYPE_DOUBLE] = &type_double,   [TYPE_DATE] = &type_date,       [TYPE_JSON] = &type_json,
	};
	return constants[kind];
}

static const TypeName *find_name(Str name)
{
	for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++)
		if (str_eq_nocase(name, str_from(type_names[i].name)))
			return &type_names[i];
	return NULL;
}

static const Type *named_type(Binder *b, const AstType *node, Err *err)
{
	Str name = node->name.items[node->name.len - 1].text; /* pg_catalog.int4: the schema says nothing */
	const TypeName *t = find_name(name);
	if (!t) {
		err_set_at(err, ERR_BAD_TYPE, bind_span(b, &node->node), "unknown type \"%.*s\"", STR_ARG(name));
		const char *cure = foreign_names_type(name);
		if (cure) {
			err_hint(err, "%s", cure);
			return NULL;
		}
		Nearest near = bind_nearest(name);
		for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++)
			bind_nearest_try(&near, str_from(type_names[i].name));
		bind_nearest_hint(&near, err);
		return NULL;
	}
	if (node->nparams > t->params) {
		err_set_at(err, ERR_BAD_TYPE, bind_span(b, &node->node), "type %s takes %s", t->name,
		           t->params == 0 ? "no number in parentheses" : "one number in parentheses");
		return NULL;
	}
	uint32_t param = node->nparams > 0 ? node->params[0] : (uint32_t)t->precision;
	TypeKind kind = t->kind;
	switch (kind) {
	case TYPE_DECIMAL: return decimal_type(b, node, err);
	case TYPE_FLOAT:
		if (node->nparams && (param < 1 || param > 53))
			return fail(b, node, err, "the precision of FLOAT is 1 to 53 bits", NULL);
		return param > 24 ? &type_double : &type_float;
	case TYPE_CHAR:
	case TYPE_VARCHAR:
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		if (t->unbounded)
			return kind == TYPE_VARCHAR ? &type_string : &type_bytes;
		if (param < 1 || param > TYPE_LENGTH_MAX)
			return fail(b, node, err, "a length is 1 to 2147483647", NULL);
		return type_varchar(b->arena, kind, param);
	case TYPE_TIMESTAMP:
		if (node->zone == AST_ZONE_WITH_LOCAL || node->zone == AST_ZONE_WITH)
			kind = TYPE_TIMESTAMP_LTZ;
		return time_type(b, node, kind, param, err);
	case TYPE_TIME:
		if (node->zone == AST_ZONE_WITH || node->zone == AST_ZONE_WITH_LOCAL)
			return fail(b, node, err, "TIME WITH TIME ZONE is not supported", "TIMESTAMP_LTZ holds instants.");
		return time_type(b, node, kind, param, err);
	case TYPE_TIMESTAMP_LTZ: return time_type(b, node, kind, param, err);
	default: return plain(kind);
	}
}

static const Type *row_type(Binder *b, const AstType *node, Err *err)
{
	TypeField *fields = ARENA_ARRAY_ZERO(b->arena, TypeField, node->fields.len);
	for (uint32_t i = 0; i < node->fields.len; i++) {
		const AstTypeField *f = AST_CONST(AstTypeField, node->fields.items[i]);
		fields[i].name = f->name.text.ptr ? f->name.text : arena_printf(b->arena, "f%u", i);
		fields[i].type = bind_type_node(b, f->type, err);
		if (!fields[i].type)
			return NULL;
		for (uint32_t k = 0; k < i; k++) {
			if (str_eq(fields[k].name, fields[i].name)) {
				err_set_at(err, ERR_DUPLICATE_COLUMN, bind_span(b, &f->node), "field \"%.*s\" appears twice",
				           STR_ARG(fields[i].name));
				return NULL;
			}
		}
	}
	return type_row(b->arena, fields, node->fields.len);
}

static const Type *interval_type(const AstType *node)
{
	AstUnit first = node->from;
	bool months = first == AST_UNIT_YEAR || first == AST_UNIT_MONTH || first == AST_UNIT_QUARTER;
	return months ? &type_interval_months : &type_interval_seconds;
}

static const Type *bare_type(Binder *b, const AstType *node, Err *err)
{
	const Type *key, *elem;
	switch (node->node.kind) {
	case AST_TYPE_NAME: return named_type(b, node, err);
	case AST_TYPE_ARRAY: elem = bind_type_node(b, node->elem, err); return elem ? type_array(b->arena, elem) : NULL;
	case AST_TYPE_MULTISET:
		elem = bind_type_node(b, node->elem, err);
		return elem ? type_multiset(b->arena, elem) : NULL;
	case AST_TYPE_MAP:
		key = bind_type_node(b, node->key, err);
		elem = key ? bind_type_node(b, node->elem, err) : NULL;
		return elem ? type_map(b->arena, key, elem) : NULL;
	case AST_TYPE_ROW: return row_type(b, node, err);
	case AST_TYPE_INTERVAL: return interval_type(node);
	default: ASSERT(false);
	}
	return NULL;
}

const Type *bind_type_node(Binder *b, const AstType *node, Err *err)
{
	const Type *t = bare_type(b, node, err);
	return t && node->nullability == AST_NULL_NOT ? type_with_null(b->arena, t, false) : t;
}

/* The DECIMAL that holds the argument's values; those of a text that is not known yet may have any digits. */
static const Type *any_decimal(Binder *b, const Expr *arg)
{
	unsigned precision, scale;
	if (arg->type->kind == TYPE_DECIMAL)
		return arg->type;
	if (type_is_integer(arg->type))
		return type_decimal(b->arena, type_int_digits(arg->type->kind), 0);
	if (arg->kind == EXPR_CONST && !arg->constant.null && type_is_text(arg->type) &&
	    decimal_is_number(str_trim(arg->constant.s)) &&
	    decimal_literal_type(str_trim(arg->constant.s), &precision, &scale))
		return type_decimal(b->arena, precision, scale);
	return type_decimal(b->arena, TYPE_DECIMAL_MAX, 18);
}

const Type *bind_type_colons(Binder *b, const AstType *node, const Expr *arg, Err *err)
{
	const TypeName *t = node->node.kind == AST_TYPE_NAME && !node->nparams
	                        ? find_name(node->name.items[node->name.len - 1].text)
	                        : NULL;
	if (t && t->kind == TYPE_VARCHAR)
		return &type_string;
	if (t && t->kind == TYPE_DECIMAL)
		return any_decimal(b, arg);
	if (t && str_eq_c(str_from(t->name), "FLOAT"))
		return &type_double;
	return bind_type_node(b, node, err);
}

bool bind_type(BindContext *bc, const AstType *node, const Type **out, Err *err)
{
	Binder b;
	bind_init(&b, bc, true, NULL);
	*out = bind_type_node(&b, node, err);
	return *out != NULL;
}
