/*
 * engine/formats/json_value.c: one checked value to a column's type.
 *
 *   from \ to      BOOLEAN  number    DECIMAL   STRING      JSON     BYTES   DATE, TIME ...  ARRAY, MAP, ROW
 *   true, false    yes      -         -         its text    text     -       -               -
 *   number         FALSE    cut       rounded   its text    text     -       -               -
 *   string         its text read as the type    the string  text     base64  Flink's forms   -
 *   array, object  FALSE    -         -         its text    text     -       -               json_nested.c
 *
 * The numbers' range is checked, integers are cut towards zero, but TINYINT and SMALLINT take whole ones only. JSON's
 * null never comes here: it is NULL.
 */
#include "engine/formats/json_int.h"

bool json_value_convert(const JsonOptions *o, const Type *type, JsonText v, Arena *arena, Value *out, JsonWhy *why)
{
	int64_t least;
	int64_t greatest;
	*out = (Value){.null = false};
	*why = JSON_WHY_KIND;
	if (type->kind == TYPE_NULL) {
		*out = VALUE_NULL;
		return true;
	}
	if (type->kind == TYPE_JSON) {
		out->s = v.token == JSON_TOKEN_STRING ? str_make(v.text.ptr - 1, (size_t)v.text.len + 2) : v.text;
		return true;
	}
	if (type_is_nested(type))
		return json_nested_convert(o, type, v, arena, out, why);
	if (v.token == JSON_TOKEN_STRING) {
		*why = JSON_WHY_FORM;
		Str text = v.escaped ? json_string_unescape(v.text, arena) : v.text;
		return field_text_parse(type, text, o->time_style, arena, out);
	}
	if (type_is_text(type)) {
		out->s = v.text;
		return true;
	}
	if (type->kind == TYPE_BOOLEAN) {
		out->b = v.token == JSON_TOKEN_TRUE;
		return true;
	}
	if (v.token != JSON_TOKEN_NUMBER)
		return false;
	switch (type->kind) {
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
		if (memchr(v.text.ptr, '.', v.text.len) || memchr(v.text.ptr, 'e', v.text.len) ||
		    memchr(v.text.ptr, 'E', v.text.len))
			return false;
		/* fall through */
	case TYPE_INT:
	case TYPE_BIGINT:
		*why = JSON_WHY_RANGE;
		type_int_range(type->kind, &least, &greatest);
		return json_number_i64(v.text, &out->i) && out->i >= least && out->i <= greatest;
	case TYPE_FLOAT:
	case TYPE_DOUBLE: *why = JSON_WHY_RANGE; return json_number_f64(v.text, type->kind == TYPE_FLOAT, &out->f);
	case TYPE_DECIMAL: *why = JSON_WHY_RANGE; return json_number_decimal(v.text, type->precision, type->scale, &out->d);
	case TYPE_INTERVAL_MONTHS:
		*why = JSON_WHY_RANGE;
		return json_number_i64(v.text, &out->i) && out->i >= INT32_MIN && out->i <= INT32_MAX;
	case TYPE_INTERVAL_SECONDS: /* milliseconds, as in Flink */
		*why = JSON_WHY_RANGE;
		return json_number_i64(v.text, &out->i) && !__builtin_mul_overflow(out->i, 1000, &out->i);
	default: return false;
	}
}

void json_value_fail(Decoder *d, JsonTarget *t, JsonWhy why, JsonText v)
{
	if (!t->err)
		t->err = ARENA_ARRAY_ZERO(d->arena, uint8_t, d->cap);
	t->err[d->row] = ROW_BAD_FIELD;
	t->why = why;
	t->bad = v;
}

void json_value_put(Decoder *d, JsonTarget *t, JsonText v)
{
	Value value;
	JsonWhy why;
	if (!json_value_convert(&d->options, t->type, v, d->arena, &value, &why)) {
		json_value_fail(d, t, why, v);
		return;
	}
	if (value.null)
		return;
	switch (type_phys(t->type)) {
	case PHYS_BOOL: t->b[d->row] = value.b; break;
	case PHYS_I64: t->i64[d->row] = value.i; break;
	case PHYS_F64: t->f64[d->row] = value.f; break;
	case PHYS_I128: t->i128[d->row] = value.d; break;
	case PHYS_STR: t->str[d->row] = value.s; break;
	}
	bit_set(t->valid, d->row);
}
