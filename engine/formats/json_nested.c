/*
 * engine/formats/json_nested.c: ARRAY, MAP, MULTISET and ROW columns: the text of a JSON array or object to a packed
 * value.
 *
 * The text was checked by the walk, so this reads it without asking again, in one pass; what is not wanted (members
 * that a ROW does not declare) is stepped over. Recursion follows the type, whose depth the parser bounds. One item
 * that cannot be converted makes the whole field an error.
 */
#include "engine/formats/json_int.h"

#include "engine/formats/map_keys.h"
#include "sql/types/packed.h"

typedef struct Nested {
	const JsonOptions *options;
	Arena *arena;
	JsonWhy why;
} Nested;

/* A growing list of items. */
typedef struct Items {
	Value *items;
	uint32_t len;
	uint32_t cap;
} Items;

static const char *step_blanks(const char *p)
{
	while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
		p++;
	return p;
}

/* From the opening quote to behind the closing one. */
static const char *step_string(const char *p, bool *escaped)
{
	*escaped = false;
	for (p++; *p != '"'; p++) {
		if (*p == '\\') {
			*escaped = true;
			p++;
		}
	}
	return p + 1;
}

static const char *step_container(const char *p)
{
	bool ignored;
	unsigned depth = 0;
	for (;;) {
		if (*p == '"') {
			p = step_string(p, &ignored);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if ((*p == '}' || *p == ']') && --depth == 0)
			return p + 1;
		p++;
	}
}

/* Behind the value at p, which becomes *v. */
static const char *step_value(const char *p, JsonText *v)
{
	const char *q = p;
	*v = (JsonText){.escaped = false};
	switch (*p) {
	case '"':
		v->token = JSON_TOKEN_STRING;
		q = step_string(p, &v->escaped);
		v->text = str_make(p + 1, (size_t)(q - p - 2));
		return q;
	case '{':
	case '[':
		v->token = *p == '{' ? JSON_TOKEN_OBJECT : JSON_TOKEN_ARRAY;
		q = step_container(p);
		break;
	case 'n':
		v->token = JSON_TOKEN_NULL;
		q = p + 4;
		break;
	case 't':
		v->token = JSON_TOKEN_TRUE;
		q = p + 4;
		break;
	case 'f':
		v->token = JSON_TOKEN_FALSE;
		q = p + 5;
		break;
	default:
		v->token = JSON_TOKEN_NUMBER;
		while ((*q >= '0' && *q <= '9') || *q == '-' || *q == '+' || *q == '.' || *q == 'e' || *q == 'E')
			q++;
	}
	v->text = str_make(p, (size_t)(q - p));
	return q;
}

static bool read_item(Nested *n, const Type *type, JsonText v, Value *out)
{
	JsonWhy why;
	*out = VALUE_NULL;
	if (v.token == JSON_TOKEN_NULL || json_value_convert(n->options, type, v, n->arena, out, &why))
		return true;
	n->why = JSON_WHY_ITEM;
	return false;
}

/* To the first name or item behind a brace, bracket or comma; NULL: the container ends at *p. */
static const char *next_item(const char **p)
{
	*p = step_blanks(*p);
	if (**p == ',')
		*p = step_blanks(*p + 1);
	return **p == ']' || **p == '}' ? NULL : *p;
}

static const char *read_name(Nested *n, const char *p, Str *name)
{
	bool escaped;
	const char *q = step_string(p, &escaped);
	*name = str_make(p + 1, (size_t)(q - p - 2));
	if (escaped)
		*name = json_string_unescape(*name, n->arena);
	return step_blanks(step_blanks(q) + 1);
}

static bool read_array(Nested *n, const Type *type, const char *p, Value *out)
{
	Items list = {0};
	JsonText v;
	for (p++; next_item(&p);) {
		Value item;
		p = step_value(p, &v);
		if (!read_item(n, type->elem, v, &item))
			return false;
		ARENA_PUSH(n->arena, &list, item);
	}
	out->s = packed_build(n->arena, &type->elem, true, list.items, list.len);
	return true;
}

static uint32_t row_field(const Type *type, Str name, uint32_t guess)
{
	for (uint32_t i = 0; i < type->nfields; i++) {
		uint32_t at = guess + i < type->nfields ? guess + i : guess + i - type->nfields;
		if (str_eq(type->fields[at].name, name))
			return at;
	}
	return type->nfields;
}

static bool read_row(Nested *n, const Type *type, const char *p, Value *out)
{
	/* A name that comes twice: the last one wins, so values are converted when all are known. */
	JsonText *found = ARENA_ARRAY(n->arena, JsonText, type->nfields + 1);
	bool *there = ARENA_ARRAY_ZERO(n->arena, bool, type->nfields + 1);
	Value *items = ARENA_ARRAY(n->arena, Value, type->nfields + 1);
	const Type **types = ARENA_ARRAY(n->arena, const Type *, type->nfields + 1);
	uint32_t guess = 0;
	for (p++; next_item(&p);) {
		Str name;
		p = read_name(n, p, &name);
		uint32_t at = type->nfields > 0 ? row_field(type, name, guess) : 0;
		p = step_value(p, &found[at]);
		there[at] = true;
		if (at < type->nfields)
			guess = at + 1 < type->nfields ? at + 1 : 0;
	}
	for (uint32_t i = 0; i < type->nfields; i++) {
		types[i] = type->fields[i].type;
		items[i] = VALUE_NULL;
		if (there[i] ? !read_item(n, types[i], found[i], &items[i]) : n->options->fail_on_missing) {
			n->why = JSON_WHY_ITEM;
			return false;
		}
	}
	out->s = packed_build(n->arena, types, false, items, type->nfields);
	return true;
}

static bool read_map(Nested *n, const Type *type, const char *p, Value *out)
{
	const Type *value_type = packed_item_type(type, 1);
	Items list = {0};
	MapKeys keys = {0};
	JsonText *texts = NULL; /* of the values; the last one of a key counts */
	uint32_t cap = 0;
	for (p++; next_item(&p);) {
		Value key = {.null = false};
		JsonText v;
		p = read_name(n, p, &key.s);
		p = step_value(p, &v);
		uint32_t *slot = map_keys_slot(&keys, list.items, list.len, key.s, n->arena);
		if (*slot == 0) {
			if (list.len / 2 == cap) {
				uint32_t more = cap ? cap * 2 : 8;
				texts = arena_grow(n->arena, texts, cap * sizeof *texts, more * sizeof *texts);
				cap = more;
			}
			*slot = list.len / 2 + 1;
			ARENA_PUSH(n->arena, &list, key);
			ARENA_PUSH(n->arena, &list, VALUE_NULL);
		}
		texts[*slot - 1] = v;
	}
	const Type **types = ARENA_ARRAY(n->arena, const Type *, list.len + 1);
	for (uint32_t i = 0; i < list.len; i += 2) {
		types[i] = packed_item_type(type, 0);
		types[i + 1] = value_type;
		Value *value = &list.items[i + 1];
		bool bad = !read_item(n, value_type, texts[i / 2], value);
		if (bad || (type->kind == TYPE_MULTISET && (value->null || value->i < 1))) {
			n->why = JSON_WHY_ITEM;
			return false;
		}
	}
	out->s = packed_build(n->arena, types, false, list.items, list.len);
	return true;
}

bool json_nested_convert(const JsonOptions *o, const Type *type, JsonText v, Arena *arena, Value *out, JsonWhy *why)
{
	Nested n = {.options = o, .arena = arena, .why = JSON_WHY_KIND};
	bool ok = false;
	*out = (Value){.null = false};
	if (type->kind == TYPE_ARRAY && v.token == JSON_TOKEN_ARRAY)
		ok = read_array(&n, type, v.text.ptr, out);
	else if (type->kind == TYPE_ROW && v.token == JSON_TOKEN_OBJECT)
		ok = read_row(&n, type, v.text.ptr, out);
	else if ((type->kind == TYPE_MAP || type->kind == TYPE_MULTISET) && v.token == JSON_TOKEN_OBJECT)
		ok = read_map(&n, type, v.text.ptr, out);
	*why = n.why;
	return ok;
}
