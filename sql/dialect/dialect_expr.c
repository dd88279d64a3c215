/*
 * sql/dialect/dialect_expr.c: rules of expressions, types and names.
 */
#include "sql/dialect/dialect_int.h"

#include "parser/keywords.h"
#include "parser/print.h"
#include "sql/functions/aggregate.h"
#include "sql/types/timestamp.h"

/* ---- names ---------------------------------------------------------------------------------------------------- */

void dialect_name(void *dialect, const AstNode *owner, const AstName *name)
{
	Dialect *d = dialect;
	if (name->quote == '"')
		dialect_mended(d, "double-quotes", name->span, "Write it in backticks.",
		               "names in double quotes do not parse on Flink");
	switch (owner->kind) {
	case AST_CALL:
	case AST_HINT:
	case AST_TYPE_NAME:
	case AST_NAMED_ARG:
	case AST_COLLATE: return;
	case AST_COLUMN:
	case AST_STAR:
	case AST_REF_TABLE:
	case AST_TABLE_ARG:
	case AST_DESCRIPTOR:
	case AST_INSERT: {
		const AstName *other = dialect_spelling(d, name);
		if (other != NULL)
			dialect_mended(d, "name-case", name->span,
			               arena_cstr(d->arena, arena_printf(d->arena, "Write %.*s.", STR_ARG(other->text))),
			               "Flink tells upper from lower case: there is no \"%.*s\"", STR_ARG(name->text));
		break;
	}
	default: break;
	}
	if (name->quote == 0 && keywords_reserved_in_flink(name->text))
		dialect_mended(d, "reserved-word", name->span, "Write it in backticks; weir takes that too.",
		               "\"%.*s\" is reserved on Flink and needs backticks there", STR_ARG(name->text));
}

/* ---- types ---------------------------------------------------------------------------------------------------- */

const char *dialect_type_name(const AstType *type)
{
	static const char *const names[][2] = {
	    {"BOOL", "BOOLEAN"},  {"INT2", "SMALLINT"},
	    {"INT4", "INT"},      {"INT8", "BIGINT"},
	    {"FLOAT4", "FLOAT"},  {"REAL", "FLOAT"},
	    {"FLOAT8", "DOUBLE"}, {"TEXT", "STRING"},
	    {"NAME", "STRING"},   {"BYTEA", "BYTES"},
	    {"OID", "BIGINT"},    {"JSON", "STRING"},
	    {"JSONB", "STRING"},  {"TIMESTAMPTZ", "TIMESTAMP_LTZ"},
	};
	if (type->node.kind != AST_TYPE_NAME)
		return NULL;
	Str name = type->name.items[type->name.len - 1].text;
	if (str_eq_nocase(name, STR("TIMESTAMP")) && type->zone == AST_ZONE_WITH)
		return "TIMESTAMP_LTZ";
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_nocase(name, str_from(names[i][0])))
			return names[i][1];
	return NULL;
}

static void check_type(Dialect *d, const AstType *type)
{
	const char *name = dialect_type_name(type);
	if (name != NULL)
		dialect_mended(d, "type", type->node.span, arena_cstr(d->arena, arena_printf(d->arena, "Write %s.", name)),
		               "Flink has no type %.*s", STR_ARG(type->name.items[type->name.len - 1].text));
	if (type->node.kind == AST_TYPE_NAME && type->zone == AST_ZONE_WITH_LOCAL)
		dialect_touch(d, DIFFERENCE_ZONE, type->node.span);
	else if (type->node.kind == AST_TYPE_NAME &&
	         str_eq_nocase(type->name.items[type->name.len - 1].text, STR("TIMESTAMP_LTZ")))
		dialect_touch(d, DIFFERENCE_ZONE, type->node.span);
}

/* ---- intervals ------------------------------------------------------------------------------------------------ */

static int32_t digits_of(Str value)
{
	uint32_t i = 0, n = 0;
	while (i < value.len && (value.ptr[i] < '0' || value.ptr[i] > '9'))
		i++;
	for (; i < value.len && value.ptr[i] >= '0' && value.ptr[i] <= '9'; i++)
		n++;
	return (int32_t)n;
}

/* In the largest unit that holds the value without a rest. */
static void of_amount(Arena *arena, bool months, int64_t amount, AstInterval *out)
{
	static const struct {
		AstUnit unit;
		int64_t size;
	} units[] = {{AST_UNIT_DAY, INT64_C(86400000000)},
	             {AST_UNIT_HOUR, INT64_C(3600000000)},
	             {AST_UNIT_MINUTE, 60000000},
	             {AST_UNIT_SECOND, 1000000}};
	const char *sign = amount < 0 ? "-" : "";
	uint64_t size = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
	if (months) {
		bool years = size > 0 && size % 12 == 0;
		out->from = years ? AST_UNIT_YEAR : AST_UNIT_MONTH;
		out->value = arena_printf(arena, "%s%llu", sign, (unsigned long long)(years ? size / 12 : size));
		return;
	}
	for (size_t i = 0; i < 4; i++) {
		uint64_t unit = (uint64_t)units[i].size;
		if (size % unit != 0 || (size == 0 && units[i].unit != AST_UNIT_SECOND))
			continue;
		out->from = units[i].unit;
		out->value = arena_printf(arena, "%s%llu", sign, (unsigned long long)(size / unit));
		return;
	}
	out->from = AST_UNIT_SECOND;
	out->value = arena_printf(arena, "%s%llu.%06llu", sign, (unsigned long long)(size / 1000000),
	                          (unsigned long long)(size % 1000000));
}

DialectInterval dialect_interval(Arena *arena, const AstInterval *i, AstInterval *out)
{
	*out = *i;
	bool changed = false;
	int64_t amount;
	if (i->from == AST_UNIT_NONE) {
		bool months;
		if (!timestamp_parse_interval_pg(i->value, &months, &amount, NULL))
			return INTERVAL_HOPELESS;
		of_amount(arena, months, amount, out);
		changed = true;
	} else if (i->from == AST_UNIT_MILLISECOND || i->from == AST_UNIT_MICROSECOND) {
		int64_t factor = i->from == AST_UNIT_MILLISECOND ? 1000 : 1;
		if (i->to != AST_UNIT_NONE || !str_to_i64(i->value, &amount) || __builtin_mul_overflow(amount, factor, &amount))
			return INTERVAL_HOPELESS;
		out->leading = -1;
		of_amount(arena, false, amount, out);
		changed = true;
	} else if (i->from > AST_UNIT_SECOND) {
		return INTERVAL_HOPELESS;
	}
	int32_t digits = digits_of(out->value);
	if (out->leading < 0 && digits > 2) {
		out->leading = digits;
		changed = true;
	}
	out->raw = out->value;
	out->expanded = false;
	return changed ? INTERVAL_REWRITTEN : INTERVAL_FINE;
}

static void check_interval(Dialect *d, const AstInterval *i)
{
	AstInterval other;
	Span span = i->node.span;
	DialectInterval how = dialect_interval(d->arena, i, &other);
	if (i->expanded)
		dialect_mended(d, "variable", span, "Write the value itself.", "Flink does not replace ${...}");
	if (how == INTERVAL_FINE)
		return;
	if (how == INTERVAL_HOPELESS) {
		dialect_error(d, "interval", span, "Write INTERVAL 'n' SECOND or another unit of Flink's.",
		              "Flink has no such interval");
		return;
	}
	StrBuf b;
	strbuf_init(&b);
	strbuf_puts(&b, "Write ");
	print_sql(&other.node, NULL, &b);
	strbuf_puts(&b, "; weir takes that too.");
	const char *hint = arena_cstr(d->arena, strbuf_str(&b));
	strbuf_deinit(&b);
	if (i->from == AST_UNIT_NONE || i->from > AST_UNIT_SECOND)
		dialect_mended(d, "interval", span, hint, "Flink has no such interval");
	else
		dialect_mended(d, "interval-precision", span, hint,
		               "an interval's first field has two digits on Flink unless it says more");
}

/* ---- calls ---------------------------------------------------------------------------------------------------- */

static bool is_one_of(Str name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (str_eq_nocase(name, str_from(*names)))
			return true;
	return false;
}

/* What a function that Flink lacks is written as there. */
static const char *cure_of(Str name, const char *doc)
{
	static const char *const cures[][2] = {
	    {"DATE_TRUNC", "Write FLOOR(time TO unit), as FLOOR(ts TO HOUR); its weeks begin on Sunday."},
	    {"STRING_AGG", "Write LISTAGG(text, separator)."},
	    {"BOOL_AND", "Write MIN(CASE WHEN x THEN 1 WHEN NOT x THEN 0 END) = 1."},
	    {"EVERY", "Write MIN(CASE WHEN x THEN 1 WHEN NOT x THEN 0 END) = 1."},
	    {"BOOL_OR", "Write MAX(CASE WHEN x THEN 1 WHEN NOT x THEN 0 END) = 1."},
	};
	for (size_t i = 0; i < sizeof cures / sizeof *cures; i++)
		if (str_eq_nocase(name, str_from(cures[i][0])))
			return cures[i][1];
	return str_starts(str_from(doc), STR("Another name")) ? doc : "Write it with functions of Flink's, or a UDF.";
}

static void check_call(Dialect *d, const AstCall *c)
{
	static const char *const newer[] = {"STARTSWITH",
	                                    "ENDSWITH",
	                                    "BTRIM",
	                                    "ELT",
	                                    "PRINTF",
	                                    "TRANSLATE",
	                                    "UNHEX",
	                                    "REGEXP_COUNT",
	                                    "REGEXP_INSTR",
	                                    "REGEXP_SUBSTR",
	                                    "INET_ATON",
	                                    "INET_NTOA",
	                                    "JSON_QUOTE",
	                                    "JSON_UNQUOTE",
	                                    "REGEXP_EXTRACT_ALL",
	                                    "URL_ENCODE",
	                                    "URL_DECODE",
	                                    "JSON",
	                                    "URL_DECODE_RECURSIVE",
	                                    NULL};
	static const char *const ranks[] = {"RANK", "DENSE_RANK", NULL};
	static const char *const zoned[] = {
	    "NOW",       "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_DATE",   "CURRENT_TIME",
	    "LOCALTIME", "TO_TIMESTAMP_LTZ",  "FROM_UNIXTIME",  "UNIX_TIMESTAMP", NULL};
	static const char *const sums[] = {"SUM", NULL};
	Str name = c->name.items[c->name.len - 1].text;
	Span span = c->node.span;
	const Function *f = function_find(name);
	const Aggregate *a = aggregate_find(name);
	bool ours = f != NULL ? (f->flags & FN_OURS) != 0 : a != NULL && (a->flags & FN_OURS) != 0;
	const char *doc = f != NULL ? f->doc : a != NULL ? a->doc : "";
	if (ours)
		dialect_error(d, "function", span, cure_of(name, doc), "Flink has no function %.*s", STR_ARG(name));
	else if (is_one_of(name, newer))
		dialect_error(d, "function", span, "It came with Flink 2.0.", "Flink 1.20 has no function %.*s", STR_ARG(name));
	if (c->over != NULL && is_one_of(name, ranks))
		dialect_error(d, "rank", span, "Use ROW_NUMBER().", "Flink has no %.*s over streams", STR_ARG(name));
	if (c->order_by.len > 0)
		dialect_error(d, "aggregate-order", span, "Leave ORDER BY out: the order is that of arrival.",
		              "Flink has no ORDER BY within an aggregate");
	if (c->within_group.len > 0)
		dialect_error(d, "aggregate-order", span, "Leave it out.", "Flink 1.20 has no WITHIN GROUP");
	if (is_one_of(name, zoned))
		dialect_touch(d, DIFFERENCE_ZONE, span);
	if (is_one_of(name, sums))
		dialect_touch(d, DIFFERENCE_OVERFLOW, span);
}

/* ---- operators and literals ----------------------------------------------------------------------------------- */

static void check_binary(Dialect *d, const AstBinary *b)
{
	switch (b->op) {
	case AST_OP_NE:
		if (b->op_span.begin < d->text.len && d->text.ptr[b->op_span.begin] == '!')
			dialect_mended(d, "operator", b->op_span, "Write <>.", "!= does not parse on Flink 1.20");
		break;
	case AST_OP_MATCH:
	case AST_OP_MATCH_NOCASE:
	case AST_OP_NOT_MATCH:
	case AST_OP_NOT_MATCH_NOCASE:
		dialect_error(d, "operator", b->op_span, "Use REGEXP(text, regex).", "Flink has no operator %s",
		              ast_operator_name(b->op));
		break;
	case AST_OP_AT_ZONE:
		dialect_error(d, "operator", b->op_span, "Use CONVERT_TZ or the session's time zone.",
		              "Flink has no AT TIME ZONE");
		break;
	case AST_OP_ADD:
	case AST_OP_SUB:
	case AST_OP_MUL:
		if (b->right->kind != AST_INTERVAL)
			dialect_touch(d, DIFFERENCE_OVERFLOW, b->node.span);
		break;
	default: break;
	}
}

static void check_literal(Dialect *d, const AstLiteral *l)
{
	if (l->expanded)
		dialect_mended(d, "variable", l->node.span, "Write the value itself.", "Flink does not replace ${...}");
	uint32_t at = l->node.span.begin;
	if (l->kind == AST_LIT_STRING && at + 1 < d->text.len && (d->text.ptr[at] | 0x20) == 'e' &&
	    d->text.ptr[at + 1] == '\'')
		dialect_mended(d, "string", l->node.span, "Write the characters themselves.",
		               "strings E'...' do not parse on Flink 1.20");
}

void dialect_expr(Dialect *d, AstNode *n)
{
	switch (n->kind) {
	case AST_LITERAL: check_literal(d, AST_CONST(AstLiteral, n)); break;
	case AST_INTERVAL: check_interval(d, AST_CONST(AstInterval, n)); break;
	case AST_BINARY: check_binary(d, AST_CONST(AstBinary, n)); break;
	case AST_CALL: check_call(d, AST_CONST(AstCall, n)); break;
	case AST_CAST:
		if (AST_CONST(AstCast, n)->form == AST_CAST_COLONS)
			dialect_mended(d, "cast", n->span, "Write CAST(x AS type).", "Flink has no x::type");
		break;
	case AST_LIKE:
		if (AST_CONST(AstLike, n)->kind == AST_LIKE_ILIKE)
			dialect_error(d, "operator", n->span, "Write LOWER(x) LIKE ...", "Flink has no ILIKE");
		break;
	case AST_QUANTIFIED:
		if (AST_CONST(AstQuantified, n)->items.len > 0)
			dialect_error(d, "operator", n->span, "Use IN (...) or ARRAY_CONTAINS(array, x).",
			              "Flink has no ANY and ALL over arrays and lists");
		break;
	case AST_PARAM: dialect_error(d, "parameter", n->span, "Write the value.", "Flink has no parameters"); break;
	case AST_ARRAY_OF: dialect_error(d, "array-of", n->span, "Use ARRAY_AGG.", "Flink has no ARRAY(query)"); break;
	case AST_COLLATE: dialect_error(d, "collate", n->span, "Leave it out.", "Flink has no COLLATE"); break;
	case AST_DEFAULT: dialect_error(d, "default", n->span, "Write the value.", "Flink has no DEFAULT"); break;
	default:
		if (n->kind >= AST_TYPE_NAME && n->kind <= AST_TYPE_INTERVAL)
			check_type(d, AST_CONST(AstType, n));
		break;
	}
}
