/*
 * sql/functions/json.c: JSON_VALUE, JSON_QUERY, JSON_EXISTS, IS JSON: reading JSON text by paths.
 *
 * A path is strict unless it begins with "lax": what it names must be there. Results of JSON_VALUE and JSON_QUERY
 * (Flink's):
 *
 *                          JSON_VALUE                        JSON_QUERY
 *   not JSON, no such path ON ERROR (lax: ON EMPTY)          the same
 *   JSON null              NULL (lax: ON EMPTY)              the same
 *   scalar                 its text, as the RETURNING type   ON ERROR (lax: ON EMPTY), or wrapped
 *   array, object          ON ERROR (lax: ON EMPTY)          its text
 *
 * The order of constant arguments is in registry.c.
 */
#include "sql/functions/kernel.h"

#include "sql/functions/cast.h"
#include "sql/functions/json_text.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/json_scan.h"
#include "sql/types/packed.h"

typedef enum Behavior { ON_NULL, ON_FAIL, ON_DEFAULT, ON_ARRAY, ON_OBJECT } Behavior;
typedef enum Wrapper { WRAP_WITHOUT, WRAP_CONDITIONAL, WRAP_UNCONDITIONAL } Wrapper;

typedef struct JsonData {
	const JsonPath *path; /* of a constant */
	bool lax;
	const Type *returning; /* JSON_QUERY: the array type, or NULL for text */
	Wrapper wrapper;
	Behavior on_empty;
	Behavior on_error;
	int kind; /* IS JSON */
} JsonData;

/* What a path found. */
typedef struct Found {
	JsonFound what;
	JsonKind kind;
	Str text;
	Str scalar;
	bool many;
	bool lax;
} Found;

static bool path_is_lax(Str path)
{
	return str_starts_nocase(str_trim(path), STR("lax"));
}

static Found find(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t i)
{
	const JsonData *d = call->data;
	const JsonPath *path = d->path;
	Found f = {.what = JSON_ERROR, .lax = d->lax};
	if (!path) {
		path = jsonpath_parse(kernel_str(args[1], i), ctx->arena, NULL);
		f.lax = path_is_lax(kernel_str(args[1], i));
	}
	if (path)
		f.what = jsonpath_find(path, kernel_str(args[0], i), ctx->arena, &f.kind, &f.text, &f.scalar, &f.many);
	return f;
}

/* The constant path of argument 1. */
static bool resolve_path(ResolveCtx *rc, JsonData *d, Err *err)
{
	Str path;
	if (!resolve_const_str(rc, 1, &path))
		return true;
	d->lax = path_is_lax(path);
	d->path = jsonpath_parse(path, rc->arena, err);
	if (!d->path && err)
		err->span = rc->span;
	return d->path != NULL;
}

static bool is_scalar(const Found *f)
{
	return f->what == JSON_FOUND && !f->many && f->kind != JSON_KIND_ARRAY && f->kind != JSON_KIND_OBJECT;
}

/* NULLs and errors of the two leading arguments; true: the row is settled. */
static bool settled(EvalCtx *ctx, const Column *const *args, uint32_t i, Column *out)
{
	if (kernel_copy_err(ctx, out, i, args[0]) || kernel_copy_err(ctx, out, i, args[1]))
		return true;
	if (!column_is_null(args[0], i) && !column_is_null(args[1], i))
		return false;
	kernel_null(ctx, out, i);
	return true;
}

/* ---- JSON_EXISTS ---- */

KERNEL(json_exists)
{
	const JsonData *d = call->data;
	KERNEL_EACH(i)
	{
		Found f = find(ctx, call, args, i);
		if (f.what != JSON_ERROR)
			out->b[i] = f.what == JSON_FOUND && (f.many || f.kind != JSON_KIND_NULL);
		else if (d->kind == 2)
			kernel_null(ctx, out, i);
		else if (d->kind == 3)
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "JSON_EXISTS: the path finds nothing, or the text is not JSON");
		else
			out->b[i] = d->kind == 0;
	}
}

RESOLVE(resolve_exists)
{
	static const char *const words[] = {"TRUE", "FALSE", "UNKNOWN", "ERROR", NULL};
	JsonData *d = ARENA_NEW(rc->arena, JsonData);
	rc->call->data = d;
	d->kind = rc->nargs == 3 ? resolve_word(rc, 2, words, err) : 1;
	rc->call->can_fail = d->kind == 3;
	return d->kind >= 0 && resolve_path(rc, d, err) && resolve_nullable(rc, "sss", &type_boolean, json_exists, err);
}

/* ---- JSON_VALUE ---- */

static void value_behavior(EvalCtx *ctx, Behavior b, const Column *const *args, uint32_t fallback, uint32_t i,
                           Column *out, const char *why)
{
	if (b == ON_FAIL)
		kernel_fail(ctx, out, i, ROW_BAD_VALUE, "JSON_VALUE: %s", why);
	else if (b == ON_DEFAULT)
		kernel_copy(ctx, out, i, args[fallback], i);
	else
		kernel_null(ctx, out, i);
}

static Str number_text(EvalCtx *ctx, Str number)
{
	StrBuf b;
	strbuf_init(&b);
	json_text_number(number, &b);
	Str text = kernel_keep(ctx, &b);
	strbuf_deinit(&b);
	return text;
}

KERNEL(json_value)
{
	const JsonData *d = call->data;
	for (uint32_t i = 0; i < n; i++) {
		if (settled(ctx, args, i, out))
			continue;
		Found f = find(ctx, call, args, i);
		bool scalar = is_scalar(&f);
		bool empty =
		    f.what == JSON_EMPTY || (scalar && f.kind == JSON_KIND_NULL) || (f.what == JSON_FOUND && !scalar && f.lax);
		Value v = VALUE_NULL;
		if (scalar && f.kind == JSON_KIND_NULL && !f.lax) {
			kernel_null(ctx, out, i);
		} else if (empty) {
			value_behavior(ctx, d->on_empty, args, 4, i, out, "the path finds nothing");
		} else if (!scalar) {
			value_behavior(ctx, d->on_error, args, 6, i, out,
			               f.what == JSON_ERROR ? "the path finds nothing, or the text is not JSON"
			                                    : "the path finds no scalar");
		} else if (type_is_text(call->type)) {
			out->str[i] = f.kind == JSON_KIND_NUMBER ? number_text(ctx, f.scalar) : f.scalar;
		} else if (!value_parse(call->type, f.scalar, kernel_zone(ctx), ctx->arena, &v, NULL) || v.null) {
			value_behavior(ctx, d->on_error, args, 6, i, out, "the value is not of the RETURNING type");
		} else {
			column_set(out, i, v, ctx->arena);
		}
	}
}

/* The types that RETURNING may name. */
static const Type *returning_type(Arena *arena, Str name)
{
	static const struct {
		const char *name;
		const Type *type;
	} types[] = {
	    {"STRING", &type_string},
	    {"VARCHAR", &type_string},
	    {"CHAR", &type_string},
	    {"BOOLEAN", &type_boolean},
	    {"TINYINT", &type_tinyint},
	    {"SMALLINT", &type_smallint},
	    {"INT", &type_int},
	    {"INTEGER", &type_int},
	    {"BIGINT", &type_bigint},
	    {"FLOAT", &type_float},
	    {"DOUBLE", &type_double},
	    {"DATE", &type_date},
	    {"TIMESTAMP", &type_timestamp6},
	};
	name = str_trim(name);
	int64_t open = str_find(name, STR("("), 0);
	Str word = open < 0 ? name : str_trim(str_slice(name, 0, (uint32_t)open));
	for (size_t k = 0; k < sizeof types / sizeof *types; k++)
		if (str_eq_nocase(word, str_from(types[k].name)))
			return types[k].type;
	if (!str_eq_nocase(word, STR("DECIMAL")) && !str_eq_nocase(word, STR("NUMERIC")))
		return NULL;
	int64_t precision = 10;
	int64_t scale = 0;
	if (open >= 0) {
		Str inside = str_slice(name, (uint32_t)open + 1, name.len - (uint32_t)open - 2);
		Str part;
		if (!str_next(&inside, ',', &part) || !str_to_i64(str_trim(part), &precision))
			return NULL;
		if (inside.ptr && !str_to_i64(str_trim(inside), &scale))
			return NULL;
	}
	bool fine = precision >= 1 && precision <= TYPE_DECIMAL_MAX && scale >= 0 && scale <= precision;
	return fine ? type_decimal(arena, (unsigned)precision, (unsigned)scale) : NULL;
}

static bool no_returning(const ResolveCtx *rc, Str name, Err *err)
{
	return err_set_at(err, ERR_BAD_TYPE, rc->span, "\"%.*s\" cannot return %.*s", STR_ARG(rc->name), STR_ARG(name));
}

RESOLVE(resolve_value)
{
	static const char *const words[] = {"NULL", "ERROR", "DEFAULT", NULL};
	JsonData *d = ARENA_NEW(rc->arena, JsonData);
	rc->call->data = d;
	const Type *type = &type_string;
	Str name;
	if (rc->nargs != 2 && rc->nargs != 7)
		return resolve_mismatch(rc, err);
	if (rc->nargs == 7) {
		if (resolve_const_str(rc, 2, &name) && !(type = returning_type(rc->arena, name)))
			return no_returning(rc, name, err);
		int on_empty = resolve_word(rc, 3, words, err);
		int on_error = on_empty < 0 ? -1 : resolve_word(rc, 5, words, err);
		if (on_error < 0)
			return false;
		d->on_empty = (Behavior)on_empty;
		d->on_error = (Behavior)on_error;
		rc->arg_types[4] = type;
		rc->arg_types[6] = type;
	}
	rc->call->can_fail = d->on_empty == ON_FAIL || d->on_error == ON_FAIL;
	return resolve_path(rc, d, err) && resolve_nullable(rc, "ssaaaaa", type, json_value, err);
}

/* ---- JSON_QUERY ---- */

static void query_behavior(EvalCtx *ctx, const JsonData *d, Behavior b, uint32_t i, Column *out, const char *why)
{
	if (b == ON_FAIL)
		kernel_fail(ctx, out, i, ROW_BAD_VALUE, "JSON_QUERY: %s", why);
	else if (b == ON_NULL)
		kernel_null(ctx, out, i);
	else if (d->returning)
		out->str[i] = packed_build(ctx->arena, &d->returning->elem, true, NULL, 0);
	else
		out->str[i] = b == ON_ARRAY ? STR("[]") : STR("{}");
}

/* An element of a JSON array as the type; text types take scalars' text and the JSON text of others. */
static bool read_element(EvalCtx *ctx, const Type *type, JsonKind kind, Str text, Value *v)
{
	*v = VALUE_NULL;
	if (kind == JSON_KIND_NULL)
		return true;
	if (!type_is_text(type))
		return value_parse_json(type, text, ctx->arena, v, NULL);
	if (kind == JSON_KIND_STRING) {
		*v = value_str(json_scan_string(text, ctx->arena));
	} else {
		StrBuf b;
		strbuf_init(&b);
		json_text_canonical(text, ctx->arena, &b);
		*v = value_str(kernel_keep(ctx, &b));
		strbuf_deinit(&b);
	}
	return true;
}

static bool read_array(EvalCtx *ctx, const Type *array, Str text, Str *packed)
{
	struct {
		Value *items;
		size_t len, cap;
	} list = {0};
	JsonScan s = json_scan(text);
	bool first = true;
	JsonKind kind;
	Str item;
	while (json_scan_element(&s, &first, &kind, &item)) {
		Value v;
		if (!read_element(ctx, array->elem, kind, item, &v))
			return false;
		ARENA_PUSH(ctx->arena, &list, v);
	}
	*packed = packed_build(ctx->arena, &array->elem, true, list.items, (uint32_t)list.len);
	return true;
}

KERNEL(json_query)
{
	const JsonData *d = call->data;
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		Found f = find(ctx, call, args, i);
		bool scalar = is_scalar(&f);
		bool array = f.what == JSON_FOUND && (f.many || f.kind == JSON_KIND_ARRAY);
		bool wrap = d->wrapper == WRAP_UNCONDITIONAL || (d->wrapper == WRAP_CONDITIONAL && !array);
		if (f.what == JSON_ERROR) {
			query_behavior(ctx, d, d->on_error, i, out, "the path finds nothing, or the text is not JSON");
			continue;
		}
		if (scalar && f.kind == JSON_KIND_NULL && !wrap && !f.lax) {
			kernel_null(ctx, out, i);
			continue;
		}
		if (f.what == JSON_EMPTY || (scalar && f.kind == JSON_KIND_NULL) || (scalar && !wrap && f.lax)) {
			query_behavior(ctx, d, d->on_empty, i, out, "the path finds nothing");
			continue;
		}
		if (scalar && !wrap) {
			query_behavior(ctx, d, d->on_error, i, out, "the path finds a scalar");
			continue;
		}
		strbuf_clear(&b);
		strbuf_puts(&b, wrap ? "[" : "");
		json_text_canonical(f.text, ctx->arena, &b);
		strbuf_puts(&b, wrap ? "]" : "");
		Str text = kernel_keep(ctx, &b);
		if (!d->returning)
			out->str[i] = text;
		else if (!(wrap || array) || !read_array(ctx, d->returning, text, &out->str[i]))
			query_behavior(ctx, d, d->on_error, i, out, "the value is not of the RETURNING type");
	}
	strbuf_deinit(&b);
}

/* ARRAY<T>; NULL: text. */
static bool query_returning(ResolveCtx *rc, JsonData *d, Err *err)
{
	Str name;
	if (!resolve_const_str(rc, 2, &name))
		return true;
	name = str_trim(name);
	if (str_starts_nocase(name, STR("ARRAY<")) && name.ptr[name.len - 1] == '>') {
		const Type *elem = returning_type(rc->arena, str_slice(name, 6, name.len - 7));
		if (elem)
			d->returning = type_array(rc->arena, elem);
		return elem ? true : no_returning(rc, name, err);
	}
	const Type *type = returning_type(rc->arena, name);
	return type && type_is_text(type) ? true : no_returning(rc, name, err);
}

RESOLVE(resolve_query)
{
	static const char *const wrappers[] = {"WITHOUT", "CONDITIONAL", "UNCONDITIONAL", NULL};
	static const char *const words[] = {"NULL", "ERROR", "DEFAULT", "EMPTY ARRAY", "EMPTY OBJECT", NULL};
	JsonData *d = ARENA_NEW(rc->arena, JsonData);
	rc->call->data = d;
	if (rc->nargs != 2 && rc->nargs != 6)
		return resolve_mismatch(rc, err);
	if (rc->nargs == 6) {
		int wrapper = query_returning(rc, d, err) ? resolve_word(rc, 3, wrappers, err) : -1;
		int on_empty = wrapper < 0 ? -1 : resolve_word(rc, 4, words, err);
		int on_error = on_empty < 0 ? -1 : resolve_word(rc, 5, words, err);
		if (on_error < 0)
			return false;
		d->wrapper = (Wrapper)wrapper;
		d->on_empty = (Behavior)on_empty;
		d->on_error = (Behavior)on_error;
		bool object = d->on_empty == ON_OBJECT || d->on_error == ON_OBJECT;
		if (d->on_empty == ON_DEFAULT || d->on_error == ON_DEFAULT || (d->returning && object))
			return err_set_at(err, ERR_BAD_VALUE, rc->span, "JSON_QUERY: that behaviour does not fit what it returns");
	}
	rc->call->can_fail = d->on_empty == ON_FAIL || d->on_error == ON_FAIL;
	/* The constants do not make a strict call NULL: their NULL is "not given". */
	for (uint32_t i = 2; i < rc->nargs; i++)
		if (!rc->consts[i] || rc->consts[i]->null)
			return err_set_at(err, ERR_TYPE_MISMATCH, rc->span, "argument %u of \"JSON_QUERY\" must be a constant word",
			                  i + 1);
	return resolve_path(rc, d, err) &&
	       resolve_nullable(rc, "ssaaaa", d->returning ? d->returning : &type_string, json_query, err);
}

/* ---- IS JSON ---- */

KERNEL(is_json)
{
	const JsonData *d = call->data;
	for (uint32_t i = 0; i < n; i++) {
		JsonKind kind = JSON_KIND_NULL;
		if (kernel_copy_err(ctx, out, i, args[0]))
			continue;
		bool fine = !column_is_null(args[0], i) && jsonpath_is_json(kernel_str(args[0], i), &kind);
		bool nested = kind == JSON_KIND_ARRAY || kind == JSON_KIND_OBJECT;
		switch (d->kind) {
		case 1: fine = fine && !nested; break;
		case 2: fine = fine && kind == JSON_KIND_ARRAY; break;
		case 3: fine = fine && kind == JSON_KIND_OBJECT; break;
		default: break;
		}
		out->b[i] = fine;
	}
}

RESOLVE(resolve_is_json)
{
	static const char *const words[] = {"VALUE", "SCALAR", "ARRAY", "OBJECT", NULL};
	JsonData *d = ARENA_NEW(rc->arena, JsonData);
	rc->call->data = d;
	d->kind = rc->nargs == 2 ? resolve_word(rc, 1, words, err) : 0;
	return d->kind >= 0 && resolve_simple(rc, "ss", &type_boolean_nn, is_json, err);
}

#define ENTRY(name, sig, doc, least, most, flags, resolve)                                                             \
	{                                                                                                                  \
		name, "json", sig, doc, least, most, flags, resolve                                                            \
	}

static const Function items[] = {
    ENTRY("JSON_EXISTS", "JSON_EXISTS(json, path [{TRUE | FALSE | UNKNOWN | ERROR} ON ERROR]) -> BOOLEAN",
          "Does the path find something?", 2, 3, FN_STRICT | FN_CAN_FAIL, resolve_exists),
    ENTRY("JSON_VALUE", "JSON_VALUE(json, path [RETURNING type] [{NULL | ERROR | DEFAULT x} ON EMPTY] [.. ON ERROR])",
          "The scalar that the path finds.", 2, 7, FN_CAN_FAIL, resolve_value),
    ENTRY("JSON_QUERY", "JSON_QUERY(json, path [RETURNING type] [.. WRAPPER] [.. ON EMPTY] [.. ON ERROR])",
          "The object or array that the path finds, as JSON.", 2, 6, FN_STRICT | FN_CAN_FAIL, resolve_query),
    ENTRY("IS JSON", "s IS JSON [VALUE | SCALAR | ARRAY | OBJECT] -> BOOLEAN", "Is the text JSON? NULL is not.", 1, 2,
          FN_HIDDEN, resolve_is_json),
};

const FunctionTable json_functions = {items, sizeof items / sizeof *items};
