/*
 * sql/functions/pg_functions.c: functions of PostgreSQL that psql and drivers call in their questions about the
 * catalog.
 *
 * Three kinds: those whose answer the session knows (table `asked`), those whose answer is always the same here (table
 * `fixed`), and a few that compute. They are not in SHOW FUNCTIONS: queries of weir have no use for them.
 */
#include "sql/functions/pg_functions.h"

#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/packed.h"
#include "sql/types/zone.h"

/* ---- asked ---- */

typedef struct Asked {
	const char *name;
	PgQuestion question;
	char result; /* s text, i BIGINT, b BOOLEAN */
	char first;  /* what the first argument is: i an OID, s a name */
	bool number; /* the second argument is a column or modifier, if it is a number */
} Asked;

static const Asked asked[] = {
    {"PG_TABLE_IS_VISIBLE", PG_ASK_VISIBLE, 'b', 'i', false},
    {"PG_GET_VIEWDEF", PG_ASK_VIEW, 's', 'i', false},
    {"PG_GET_INDEXDEF", PG_ASK_INDEX, 's', 'i', true},
    {"PG_GET_CONSTRAINTDEF", PG_ASK_CONSTRAINT, 's', 'i', false},
    {"OBJ_DESCRIPTION", PG_ASK_COMMENT, 's', 'i', false},
    {"COL_DESCRIPTION", PG_ASK_COMMENT, 's', 'i', true},
    {"FORMAT_TYPE", PG_ASK_TYPE, 's', 'i', true},
    {"CURRENT_SETTING", PG_ASK_SETTING, 's', 's', false},
    {"TO_REGCLASS", PG_ASK_RELATION_OID, 'i', 's', false},
    {"TO_REGTYPE", PG_ASK_TYPE_OID, 'i', 's', false},
    /* x::regclass: a name becomes its OID, an OID its name */
    {"REGCLASS", PG_ASK_RELATION, '?', '?', false},
    {"REGTYPE", PG_ASK_TYPE, '?', '?', false},
    {"REGNAMESPACE", PG_ASK_SCHEMA, 's', 'i', false},
    {"PG_GET_FUNCTION_ARGUMENTS", PG_ASK_ARGUMENTS, 's', 'i', false},
    {"PG_GET_FUNCTION_IDENTITY_ARGUMENTS", PG_ASK_ARGUMENTS, 's', 'i', false},
    {"PG_GET_FUNCTION_RESULT", PG_ASK_RESULT, 's', 'i', false},
};

static const Asked *find_asked(Str name)
{
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		if (str_eq_nocase(name, str_from(asked[i].name)))
			return &asked[i];
	return NULL;
}

KERNEL(ask)
{
	const Asked *a = call->data;
	const PgLookup *pg = ctx->env->pg;
	KERNEL_EACH(i)
	{
		bool by_name = a->first == 's';
		int64_t oid = by_name ? 0 : kernel_i64(args[0], i);
		Str name = by_name ? kernel_str(args[0], i) : STR_EMPTY;
		int64_t number = a->question == PG_ASK_TYPE ? -1 : 0;
		if (a->number && call->nargs > 1 && type_is_integer(call->arg_types[1]) && !column_is_null(args[1], i))
			number = kernel_i64(args[1], i);
		PgAnswer answer = {.text = STR_EMPTY};
		if (!pg || !pg->ask(pg->ctx, a->question, oid, number, name, ctx->arena, &answer))
			kernel_null(ctx, out, i);
		else if (a->result == 's')
			out->str[i] = answer.text;
		else if (a->result == 'i')
			out->i64[i] = answer.number;
		else
			out->b[i] = answer.number != 0;
	}
}

/* Strict in the first argument only. */
KERNEL(ask_first)
{
	for (uint32_t i = 0; args[0]->valid && i < n; i++)
		if (column_is_null(args[0], i))
			kernel_null(ctx, out, i);
	ask(ctx, call, args, n, out);
}

RESOLVE(resolve_asked)
{
	const Asked *found = find_asked(rc->name);
	Asked *a = arena_copy(rc->arena, found, sizeof *found);
	const Type *first = rc->arg_types[0];
	bool text = type_is_text(first) || first->kind == TYPE_NULL;
	if (a->first == '?') {
		/* An OID in quotes is one too: what psql writes. */
		Str constant;
		int64_t oid;
		bool number = text && resolve_const_str(rc, 0, &constant) && str_to_i64(constant, &oid);
		a->first = text && !number ? 's' : 'i';
		a->result = text && !number ? 'i' : 's';
		if (a->first == 's')
			a->question = a->question == PG_ASK_TYPE ? PG_ASK_TYPE_OID : PG_ASK_RELATION_OID;
	}
	if (a->first == 's' && !text)
		return resolve_mismatch(rc, err);
	if (a->first == 'i' && !text && !type_is_integer(first))
		return resolve_mismatch(rc, err);
	rc->arg_types[0] = a->first == 's' ? &type_string : &type_bigint;
	if (rc->nargs > 1 && a->number && type_is_integer(rc->arg_types[1]))
		rc->arg_types[1] = &type_bigint;
	rc->call->data = a;
	rc->call->kernel = ask_first;
	rc->call->strict = false;
	rc->call->type = a->result == 's' ? &type_string : a->result == 'i' ? &type_bigint : &type_boolean;
	return true;
}

/* ---- fixed ---- */

typedef struct Fixed {
	const char *name;
	char result; /* s text, i BIGINT, b BOOLEAN, 0 a text that is NULL */
	const char *text;
	int64_t number;
} Fixed;

static const Fixed fixed[] = {
    {"VERSION", 's', "PostgreSQL 15.0 (weir " WEIR_VERSION ")", 0},
    {"SESSION_USER", 's', "weir", 0},
    {"USER", 's', "weir", 0},
    {"CURRENT_ROLE", 's', "weir", 0},
    {"CURRENT_CATALOG", 's', "default_database", 0},
    {"PG_GET_USERBYID", 's', "weir", 0},
    {"PG_ENCODING_TO_CHAR", 's', "UTF8", 0},
    {"PG_CLIENT_ENCODING", 's', "UTF8", 0},
    {"GETDATABASEENCODING", 's', "UTF8", 0},
    {"PG_TYPE_IS_VISIBLE", 'b', NULL, 1},
    {"PG_FUNCTION_IS_VISIBLE", 'b', NULL, 1},
    {"PG_OPERATOR_IS_VISIBLE", 'b', NULL, 1},
    {"PG_COLLATION_IS_VISIBLE", 'b', NULL, 1},
    {"HAS_TABLE_PRIVILEGE", 'b', NULL, 1},
    {"HAS_ANY_COLUMN_PRIVILEGE", 'b', NULL, 1},
    {"HAS_COLUMN_PRIVILEGE", 'b', NULL, 1},
    {"HAS_SCHEMA_PRIVILEGE", 'b', NULL, 1},
    {"HAS_DATABASE_PRIVILEGE", 'b', NULL, 1},
    {"HAS_FUNCTION_PRIVILEGE", 'b', NULL, 1},
    {"PG_HAS_ROLE", 'b', NULL, 1},
    {"PG_IS_IN_RECOVERY", 'b', NULL, 0},
    {"PG_RELATION_IS_PUBLISHABLE", 'b', NULL, 0},
    {"PG_IS_OTHER_TEMP_SCHEMA", 'b', NULL, 0},
    {"PG_BACKEND_PID", 'i', NULL, 0},
    {"PG_MY_TEMP_SCHEMA", 'i', NULL, 0},
    {"PG_RELATION_SIZE", 'i', NULL, 0},
    {"PG_TABLE_SIZE", 'i', NULL, 0},
    {"PG_TOTAL_RELATION_SIZE", 'i', NULL, 0},
    {"PG_INDEXES_SIZE", 'i', NULL, 0},
    {"PG_DATABASE_SIZE", 'i', NULL, 0},
    {"TXID_CURRENT", 'i', NULL, 1},
    {"PG_ADVISORY_LOCK", 0, NULL, 0},
    {"PG_ADVISORY_UNLOCK_ALL", 0, NULL, 0},
    {"PG_GET_PARTKEYDEF", 0, NULL, 0},
    {"PG_GET_FUNCTIONDEF", 0, NULL, 0},
    {"PG_GET_STATISTICSOBJDEF_COLUMNS", 0, NULL, 0},
    {"PG_GET_RULEDEF", 0, NULL, 0},
    {"PG_GET_FUNCTION_SQLBODY", 0, NULL, 0},
    {"PG_GET_TRIGGERDEF", 0, NULL, 0},
    {"SHOBJ_DESCRIPTION", 0, NULL, 0},
    {"PG_TABLESPACE_LOCATION", 0, NULL, 0},
    {"INET_SERVER_ADDR", 0, NULL, 0},
    {"INET_CLIENT_ADDR", 0, NULL, 0},
};

KERNEL(answer)
{
	const Fixed *f = call->data;
	for (uint32_t i = 0; i < n; i++) {
		if (f->result == 's')
			out->str[i] = str_from(f->text);
		else if (f->result == 'i')
			out->i64[i] = f->number;
		else if (f->result == 'b')
			out->b[i] = f->number != 0;
		else
			kernel_null(ctx, out, i);
	}
}

RESOLVE(resolve_fixed)
{
	(void)err;
	const Fixed *f = fixed;
	while (!str_eq_nocase(rc->name, str_from(f->name)))
		f++;
	rc->call->data = f;
	rc->call->kernel = answer;
	rc->call->type = f->result == 'i' ? &type_bigint : f->result == 'b' ? &type_boolean : &type_string;
	return true;
}

/* ---- computed ---- */

KERNEL(take_first)
{
	for (uint32_t i = 0; i < n; i++)
		kernel_copy(ctx, out, i, args[0], i);
}

/* pg_get_expr: here the catalog holds the text itself. */
RESOLVE(resolve_get_expr)
{
	(void)err;
	rc->arg_types[0] = &type_string;
	rc->call->kernel = take_first;
	rc->call->type = &type_string;
	return true;
}

/* set_config: settings are changed by SET; what drivers set this way may stay as it is. */
KERNEL(take_second)
{
	for (uint32_t i = 0; i < n; i++)
		kernel_copy(ctx, out, i, args[1], i);
}

RESOLVE(resolve_set_config)
{
	(void)err;
	rc->arg_types[0] = rc->arg_types[1] = &type_string;
	rc->call->kernel = take_second;
	rc->call->type = &type_string;
	return true;
}

KERNEL(schemas)
{
	static const char *const names[] = {"pg_catalog", "public"};
	const Type *text = &type_string;
	for (uint32_t i = 0; i < n; i++) {
		bool implicit = !column_is_null(args[0], i) && kernel_bool(args[0], i);
		Value items[2];
		for (int k = 0; k < 2; k++)
			items[k] = value_str(str_from(names[k]));
		out->str[i] = packed_build(ctx->arena, &text, true, implicit ? items : items + 1, implicit ? 2 : 1);
	}
}

RESOLVE(resolve_schemas)
{
	return resolve_simple(rc, "b", type_array(rc->arena, &type_string), schemas, err);
}

KERNEL(array_text)
{
	const Type *elem = call->arg_types[0]->elem;
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < n; i++) {
		if (column_is_null(args[0], i) || column_is_null(args[1], i)) {
			kernel_null(ctx, out, i);
			continue;
		}
		strbuf_clear(&b);
		Str packed = kernel_str(args[0], i), separator = kernel_str(args[1], i);
		bool any = false;
		for (uint32_t k = 0; k < packed_count(packed); k++) {
			Value v = packed_get(packed, elem, k);
			if (v.null && (call->nargs < 3 || column_is_null(args[2], i)))
				continue;
			if (any)
				strbuf_put_str(&b, separator);
			any = true;
			if (v.null)
				strbuf_put_str(&b, kernel_str(args[2], i));
			else
				value_print(elem, v, VALUE_PG, kernel_zone(ctx), &b);
		}
		out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

KERNEL(null_text)
{
	for (uint32_t i = 0; i < n; i++)
		kernel_null(ctx, out, i);
}

RESOLVE(resolve_array_text)
{
	if (rc->arg_types[0]->kind != TYPE_ARRAY && rc->arg_types[0]->kind != TYPE_NULL)
		return resolve_mismatch(rc, err);
	for (uint32_t i = 1; i < rc->nargs; i++)
		rc->arg_types[i] = &type_string;
	rc->call->kernel = rc->arg_types[0]->kind == TYPE_NULL ? null_text : array_text;
	rc->call->strict = false;
	rc->call->type = &type_string;
	return true;
}

KERNEL(array_count)
{
	KERNEL_EACH(i)
	{
		uint32_t items = packed_count(kernel_str(args[0], i));
		if (!items || kernel_i64(args[1], i) != 1)
			kernel_null(ctx, out, i);
		else
			out->i64[i] = items;
	}
}

RESOLVE_NULLABLE(resolve_array_count, "Ai", &type_int, array_count)

static bool plain_name(Str s)
{
	bool plain = s.len && !(s.ptr[0] >= '0' && s.ptr[0] <= '9');
	for (uint32_t i = 0; i < s.len && plain; i++)
		plain = (s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || (s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] == '_';
	return plain;
}

static Str quoted(EvalCtx *ctx, Str s, char quote)
{
	StrBuf b;
	strbuf_init(&b);
	strbuf_putc(&b, quote);
	for (uint32_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == quote)
			strbuf_putc(&b, quote);
		strbuf_putc(&b, s.ptr[i]);
	}
	strbuf_putc(&b, quote);
	Str text = kernel_keep(ctx, &b);
	strbuf_deinit(&b);
	return text;
}

KERNEL(quote_ident)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		out->str[i] = plain_name(s) ? s : quoted(ctx, s, '"');
	}
}

KERNEL(quote_literal)
{
	KERNEL_EACH(i)
	out->str[i] = quoted(ctx, kernel_str(args[0], i), '\'');
}

/* The place of a column in an index's list of columns ("2 1"), from 1; NULL: it is not there. */
KERNEL(key_position)
{
	KERNEL_EACH(i)
	{
		Str rest = kernel_str(args[0], i), part;
		int64_t number, place = 0, found = 0;
		while (str_next(&rest, ' ', &part)) {
			place++;
			if (!found && str_to_i64(part, &number) && number == kernel_i64(args[1], i))
				found = place;
		}
		if (found)
			out->i64[i] = found;
		else
			kernel_null(ctx, out, i);
	}
}

/* Parts of a name with dots; quotes keep the case, which is not changed anyway. */
KERNEL(parse_ident)
{
	const Type *text = &type_string;
	KERNEL_EACH(i)
	{
		Str rest = kernel_str(args[0], i), part;
		Value items[8];
		uint32_t parts = 0;
		while (parts < 8 && str_next(&rest, '.', &part)) {
			part = str_trim(part);
			if (part.len > 1 && part.ptr[0] == '"' && part.ptr[part.len - 1] == '"')
				part = str_slice(part, 1, part.len - 2);
			items[parts++] = value_str(part);
		}
		out->str[i] = packed_build(ctx->arena, &text, true, items, parts);
	}
}

RESOLVE_NULLABLE(resolve_key_position, "si", &type_bigint, key_position)

RESOLVE(resolve_parse_ident)
{
	return resolve_simple(rc, "s", type_array(rc->arena, &type_string), parse_ident, err);
}

/* As PostgreSQL rounds: a unit is left when its number has passed 10240. */
KERNEL(size_pretty)
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
	KERNEL_EACH(i)
	{
		int64_t size = kernel_i64(args[0], i);
		int unit = 0;
		for (; unit < 5 && (size > 10240 || size < -10240); unit++)
			size = (size + (size < 0 ? -512 : 512)) / 1024;
		out->str[i] = arena_printf(ctx->arena, "%lld %s", (long long)size, units[unit]);
	}
}

RESOLVE_SIMPLE(resolve_size_pretty, "i", &type_string, size_pretty)
RESOLVE_SIMPLE(resolve_quote_ident, "s", &type_string, quote_ident)
RESOLVE_SIMPLE(resolve_quote_literal, "s", &type_string, quote_literal)

#define PG(name, least, most, flags, resolve)                                                                          \
	{                                                                                                                  \
		name, "postgresql", name "(...)", "As in PostgreSQL, for its clients.", least, most,                           \
		    FN_HIDDEN | FN_OURS | (flags), resolve                                                                     \
	}
#define ASKED(name, least, most) PG(name, least, most, FN_CLOCK, resolve_asked)
#define FIXED(name, least, most) PG(name, least, most, 0, resolve_fixed)

static const Function items[] = {
    ASKED("PG_TABLE_IS_VISIBLE", 1, 1),
    ASKED("PG_GET_VIEWDEF", 1, 2),
    ASKED("PG_GET_INDEXDEF", 1, 3),
    ASKED("PG_GET_CONSTRAINTDEF", 1, 2),
    ASKED("OBJ_DESCRIPTION", 1, 2),
    ASKED("COL_DESCRIPTION", 2, 2),
    ASKED("FORMAT_TYPE", 2, 2),
    ASKED("CURRENT_SETTING", 1, 2),
    ASKED("TO_REGCLASS", 1, 1),
    ASKED("TO_REGTYPE", 1, 1),
    ASKED("REGCLASS", 1, 1),
    ASKED("REGTYPE", 1, 1),
    ASKED("REGNAMESPACE", 1, 1),
    ASKED("PG_GET_FUNCTION_ARGUMENTS", 1, 1),
    ASKED("PG_GET_FUNCTION_IDENTITY_ARGUMENTS", 1, 1),
    ASKED("PG_GET_FUNCTION_RESULT", 1, 1),
    FIXED("VERSION", 0, 0),
    FIXED("SESSION_USER", 0, 0),
    FIXED("USER", 0, 0),
    FIXED("CURRENT_ROLE", 0, 0),
    FIXED("CURRENT_CATALOG", 0, 0),
    FIXED("PG_GET_USERBYID", 1, 1),
    FIXED("PG_ENCODING_TO_CHAR", 1, 1),
    FIXED("PG_CLIENT_ENCODING", 0, 0),
    FIXED("GETDATABASEENCODING", 0, 0),
    FIXED("PG_TYPE_IS_VISIBLE", 1, 1),
    FIXED("PG_FUNCTION_IS_VISIBLE", 1, 1),
    FIXED("PG_OPERATOR_IS_VISIBLE", 1, 1),
    FIXED("PG_COLLATION_IS_VISIBLE", 1, 1),
    FIXED("HAS_TABLE_PRIVILEGE", 2, 3),
    FIXED("HAS_ANY_COLUMN_PRIVILEGE", 2, 3),
    FIXED("HAS_COLUMN_PRIVILEGE", 3, 4),
    FIXED("HAS_SCHEMA_PRIVILEGE", 2, 3),
    FIXED("HAS_DATABASE_PRIVILEGE", 2, 3),
    FIXED("HAS_FUNCTION_PRIVILEGE", 2, 3),
    FIXED("PG_HAS_ROLE", 2, 3),
    FIXED("PG_IS_IN_RECOVERY", 0, 0),
    FIXED("PG_RELATION_IS_PUBLISHABLE", 1, 1),
    FIXED("PG_IS_OTHER_TEMP_SCHEMA", 1, 1),
    FIXED("PG_BACKEND_PID", 0, 0),
    FIXED("PG_MY_TEMP_SCHEMA", 0, 0),
    FIXED("PG_RELATION_SIZE", 1, 2),
    FIXED("PG_TABLE_SIZE", 1, 1),
    FIXED("PG_TOTAL_RELATION_SIZE", 1, 1),
    FIXED("PG_INDEXES_SIZE", 1, 1),
    FIXED("PG_DATABASE_SIZE", 1, 1),
    FIXED("TXID_CURRENT", 0, 0),
    FIXED("PG_ADVISORY_LOCK", 1, 2),
    FIXED("PG_ADVISORY_UNLOCK_ALL", 0, 0),
    FIXED("PG_GET_PARTKEYDEF", 1, 1),
    FIXED("PG_GET_FUNCTIONDEF", 1, 1),
    FIXED("PG_GET_STATISTICSOBJDEF_COLUMNS", 1, 1),
    FIXED("PG_GET_RULEDEF", 1, 2),
    FIXED("PG_GET_FUNCTION_SQLBODY", 1, 1),
    FIXED("PG_GET_TRIGGERDEF", 1, 2),
    FIXED("SHOBJ_DESCRIPTION", 2, 2),
    FIXED("PG_TABLESPACE_LOCATION", 1, 1),
    FIXED("INET_SERVER_ADDR", 0, 0),
    FIXED("INET_CLIENT_ADDR", 0, 0),
    PG("PG_GET_EXPR", 2, 3, 0, resolve_get_expr),
    PG("SET_CONFIG", 3, 3, FN_CLOCK, resolve_set_config),
    PG("CURRENT_SCHEMAS", 1, 1, FN_STRICT, resolve_schemas),
    PG("ARRAY_TO_STRING", 2, 3, 0, resolve_array_text),
    PG("ARRAY_LENGTH", 2, 2, FN_STRICT, resolve_array_count),
    PG("ARRAY_UPPER", 2, 2, FN_STRICT, resolve_array_count),
    PG("PG_KEY_POSITION", 2, 2, FN_STRICT, resolve_key_position),
    PG("PARSE_IDENT", 1, 1, FN_STRICT, resolve_parse_ident),
    PG("PG_SIZE_PRETTY", 1, 1, FN_STRICT, resolve_size_pretty),
    PG("QUOTE_IDENT", 1, 1, FN_STRICT, resolve_quote_ident),
    PG("QUOTE_LITERAL", 1, 1, FN_STRICT, resolve_quote_literal),
};

const FunctionTable pg_functions = {items, sizeof items / sizeof *items};
