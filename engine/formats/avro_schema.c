/*
 * engine/formats/avro_schema.c: the text of a schema to nodes.
 *
 * Names are resolved while parsing: a named type is known to all that comes behind it, inside of it too.
 */
#include "engine/formats/avro_schema.h"

#include <jansson.h>
#include <stdio.h>

typedef struct Named {
	const AvroNode *node;
} Named;

typedef struct Parser {
	Arena *arena;
	Named *items;
	uint32_t len, cap; /* of the names */
	uint32_t nodes, depth;
	Err *err;
} Parser;

static const char *const kind_names[AVRO_KINDS] = {"null",   "boolean", "int",  "long",  "float", "double", "bytes",
                                                   "string", "record",  "enum", "array", "map",   "union",  "fixed"};

static const struct {
	const char *name;
	AvroKind kind, other; /* of which types it can be */
} logical_names[AVRO_LOGICALS] = {
    [AVRO_PLAIN] = {"", AVRO_NULL, AVRO_NULL},
    [AVRO_DECIMAL] = {"decimal", AVRO_BYTES, AVRO_FIXED},
    [AVRO_DATE] = {"date", AVRO_INT, AVRO_INT},
    [AVRO_TIME_MILLIS] = {"time-millis", AVRO_INT, AVRO_INT},
    [AVRO_TIME_MICROS] = {"time-micros", AVRO_LONG, AVRO_LONG},
    [AVRO_TIMESTAMP_MILLIS] = {"timestamp-millis", AVRO_LONG, AVRO_LONG},
    [AVRO_TIMESTAMP_MICROS] = {"timestamp-micros", AVRO_LONG, AVRO_LONG},
    [AVRO_TIMESTAMP_NANOS] = {"timestamp-nanos", AVRO_LONG, AVRO_LONG},
    [AVRO_LOCAL_MILLIS] = {"local-timestamp-millis", AVRO_LONG, AVRO_LONG},
    [AVRO_LOCAL_MICROS] = {"local-timestamp-micros", AVRO_LONG, AVRO_LONG},
    [AVRO_LOCAL_NANOS] = {"local-timestamp-nanos", AVRO_LONG, AVRO_LONG},
    [AVRO_UUID] = {"uuid", AVRO_STRING, AVRO_FIXED},
};

static bool bad(Parser *p, const char *what, Str name)
{
	return err_set(p->err, ERR_BAD_VALUE, "the Avro schema is not valid: %s%s%.*s%s", what, name.len ? " \"" : "",
	               STR_ARG(name), name.len ? "\"" : "");
}

static const AvroNode *parse(Parser *p, const json_t *json, Str space);

static Str json_str(const json_t *json)
{
	return json_is_string(json) ? str_make(json_string_value(json), json_string_length(json)) : STR_EMPTY;
}

static bool is_name(Str s)
{
	for (uint32_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return s.len > 0;
}

static int64_t last_dot(Str s)
{
	for (int64_t i = (int64_t)s.len - 1; i >= 0; i--)
		if (s.ptr[i] == '.')
			return i;
	return -1;
}

/* The full name, and the namespace that it opens for what is inside. */
static Str full_name(Parser *p, Str name, Str space)
{
	if (last_dot(name) >= 0 || space.len == 0)
		return arena_str(p->arena, name);
	return arena_printf(p->arena, "%.*s.%.*s", STR_ARG(space), STR_ARG(name));
}

static const AvroNode *find_name(const Parser *p, Str full)
{
	for (uint32_t i = p->len; i-- > 0;)
		if (str_eq(p->items[i].node->name, full))
			return p->items[i].node;
	return NULL;
}

static AvroNode *new_node(Parser *p, AvroKind kind)
{
	if (++p->nodes > AVRO_NODES_MAX) {
		bad(p, "it has too many types", STR_EMPTY);
		return NULL;
	}
	AvroNode *node = ARENA_NEW(p->arena, AvroNode);
	node->kind = kind;
	return node;
}

static bool give_name(Parser *p, AvroNode *node, const json_t *json, Str space)
{
	Str name = json_str(json_object_get(json, "name"));
	const json_t *own = json_object_get(json, "namespace");
	if (!is_name(str_slice(name, (uint32_t)(last_dot(name) + 1), name.len)))
		return bad(p, "not a name:", name);
	node->name = full_name(p, name, json_is_string(own) ? json_str(own) : space);
	if (find_name(p, node->name))
		return bad(p, "defined twice:", node->name);
	Named named = {node};
	ARENA_PUSH(p->arena, p, named);
	return true;
}

static Str space_of(const AvroNode *node)
{
	int64_t dot = last_dot(node->name);
	return dot < 0 ? STR_EMPTY : str_slice(node->name, 0, (uint32_t)dot);
}

static int put_text(const char *data, size_t n, void *out)
{
	strbuf_put(out, data, n);
	return 0;
}

static bool parse_field(Parser *p, const json_t *json, Str space, AvroField *out)
{
	out->name = arena_str(p->arena, json_str(json_object_get(json, "name")));
	if (!is_name(out->name))
		return bad(p, "not a field's name:", out->name);
	const json_t *type = json_object_get(json, "type");
	if (!type)
		return bad(p, "a field without a type:", out->name);
	out->type = parse(p, type, space);
	if (!out->type)
		return false;
	const json_t *aliases = json_object_get(json, "aliases");
	Str *list = ARENA_ARRAY(p->arena, Str, json_array_size(aliases) + 1);
	for (size_t i = 0; i < json_array_size(aliases); i++)
		list[out->naliases++] = arena_str(p->arena, json_str(json_array_get(aliases, i)));
	out->aliases = list;
	const json_t *preset = json_object_get(json, "default");
	if (preset) {
		StrBuf text;
		strbuf_init(&text);
		(void)json_dump_callback(preset, put_text, &text, JSON_ENCODE_ANY | JSON_COMPACT);
		out->preset = arena_str(p->arena, strbuf_str(&text));
		strbuf_deinit(&text);
	}
	return true;
}

static bool parse_record(Parser *p, AvroNode *node, const json_t *json)
{
	const json_t *fields = json_object_get(json, "fields");
	if (!json_is_array(fields))
		return bad(p, "a record without fields:", node->name);
	uint32_t n = (uint32_t)json_array_size(fields);
	AvroField *list = ARENA_ARRAY_ZERO(p->arena, AvroField, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		if (!parse_field(p, json_array_get(fields, i), space_of(node), &list[i]))
			return false;
		for (uint32_t k = 0; k < i; k++)
			if (str_eq(list[k].name, list[i].name))
				return bad(p, "a field that comes twice:", list[i].name);
	}
	node->fields = list;
	node->n = n;
	return true;
}

static bool parse_enum(Parser *p, AvroNode *node, const json_t *json)
{
	const json_t *symbols = json_object_get(json, "symbols");
	uint32_t n = (uint32_t)json_array_size(symbols);
	if (n == 0)
		return bad(p, "an enum without symbols:", node->name);
	Str *list = ARENA_ARRAY(p->arena, Str, n);
	for (uint32_t i = 0; i < n; i++) {
		list[i] = arena_str(p->arena, json_str(json_array_get(symbols, i)));
		if (!is_name(list[i]))
			return bad(p, "not a symbol:", list[i]);
	}
	node->symbols = list;
	node->n = n;
	return true;
}

static bool parse_items(Parser *p, AvroNode *node, const json_t *items, Str space)
{
	if (!items)
		return bad(p, "an array or map without the type of its items", STR_EMPTY);
	node->items = ARENA_ARRAY(p->arena, const AvroNode *, 1);
	node->n = 1;
	node->items[0] = parse(p, items, space);
	return node->items[0] != NULL;
}

static const AvroNode *parse_union(Parser *p, const json_t *json, Str space)
{
	AvroNode *node = new_node(p, AVRO_UNION);
	if (!node)
		return NULL;
	node->n = (uint32_t)json_array_size(json);
	node->items = ARENA_ARRAY(p->arena, const AvroNode *, node->n + 1);
	for (uint32_t i = 0; i < node->n; i++) {
		node->items[i] = parse(p, json_array_get(json, i), space);
		if (!node->items[i])
			return NULL;
		if (node->items[i]->kind == AVRO_UNION) {
			bad(p, "a union directly in a union", STR_EMPTY);
			return NULL;
		}
	}
	if (node->n == 0) {
		bad(p, "an empty union", STR_EMPTY);
		return NULL;
	}
	return node;
}

static void parse_logical(AvroNode *node, const json_t *json)
{
	Str name = json_str(json_object_get(json, "logicalType"));
	for (uint32_t i = 1; i < AVRO_LOGICALS; i++) {
		if (!str_eq_c(name, logical_names[i].name) ||
		    (node->kind != logical_names[i].kind && node->kind != logical_names[i].other))
			continue;
		int64_t precision = json_integer_value(json_object_get(json, "precision"));
		int64_t scale = json_integer_value(json_object_get(json, "scale"));
		if (i == AVRO_UUID && node->kind == AVRO_FIXED && node->size != 16)
			continue;
		if (i == AVRO_DECIMAL && (precision < 1 || scale < 0 || scale > precision || scale > 200))
			continue;
		node->logical = (AvroLogical)i;
		node->precision = precision > 38 ? 255 : (uint8_t)precision;
		node->scale = (uint8_t)scale;
	}
}

static const AvroNode *parse_named(Parser *p, Str name, Str space)
{
	for (uint32_t k = 0; k < AVRO_KINDS; k++)
		if (k <= AVRO_STRING && str_eq_c(name, kind_names[k]))
			return new_node(p, (AvroKind)k);
	const AvroNode *node = find_name(p, full_name(p, name, space));
	if (!node)
		node = find_name(p, name);
	if (!node)
		bad(p, "unknown type", name);
	return node;
}

static const AvroNode *parse_object(Parser *p, const json_t *json, Str space)
{
	const json_t *type = json_object_get(json, "type");
	if (!json_is_string(type)) {
		if (type)
			return parse(p, type, space); /* {"type": {...}}: one wrapped in another */
		bad(p, "an object without \"type\"", STR_EMPTY);
		return NULL;
	}
	Str name = json_str(type);
	AvroKind kind = AVRO_KINDS;
	for (uint32_t k = 0; k < AVRO_KINDS; k++)
		if (k != AVRO_UNION && str_eq_c(name, kind_names[k]))
			kind = (AvroKind)k;
	if (str_eq_c(name, "error"))
		kind = AVRO_RECORD;
	if (kind == AVRO_KINDS)
		return parse_named(p, name, space);
	AvroNode *node = new_node(p, kind);
	if (!node)
		return NULL;
	bool ok = true;
	if (kind == AVRO_RECORD || kind == AVRO_ENUM || kind == AVRO_FIXED)
		ok = give_name(p, node, json, space);
	if (ok && kind == AVRO_RECORD)
		ok = parse_record(p, node, json);
	else if (ok && kind == AVRO_ENUM)
		ok = parse_enum(p, node, json);
	else if (ok && kind == AVRO_ARRAY)
		ok = parse_items(p, node, json_object_get(json, "items"), space);
	else if (ok && kind == AVRO_MAP)
		ok = parse_items(p, node, json_object_get(json, "values"), space);
	else if (ok && kind == AVRO_FIXED) {
		int64_t size = json_integer_value(json_object_get(json, "size"));
		ok = (size >= 0 && size <= INT32_MAX && json_is_integer(json_object_get(json, "size"))) ||
		     bad(p, "a fixed without a size:", node->name);
		node->size = (uint32_t)size;
	}
	if (!ok)
		return NULL;
	parse_logical(node, json);
	return node;
}

static const AvroNode *parse(Parser *p, const json_t *json, Str space)
{
	if (++p->depth > AVRO_DEPTH_MAX) {
		bad(p, "its types are nested too deep", STR_EMPTY);
		return NULL;
	}
	const AvroNode *node = NULL;
	if (json_is_string(json))
		node = parse_named(p, json_str(json), space);
	else if (json_is_array(json))
		node = parse_union(p, json, space);
	else if (json_is_object(json))
		node = parse_object(p, json, space);
	else
		bad(p, "a type is a name, an object or a list", STR_EMPTY);
	p->depth--;
	return node;
}

bool avro_schema_parse(const Str *texts, uint32_t n, Arena *arena, const AvroNode **out, Err *err)
{
	Parser p = {.arena = arena, .err = err};
	*out = NULL;
	for (uint32_t i = 0; i < n; i++) {
		json_error_t why;
		json_t *json = json_loadb(texts[i].ptr, texts[i].len, JSON_DECODE_ANY, &why);
		if (!json) {
			err_set(err, ERR_BAD_VALUE, "the Avro schema is no JSON: %s", why.text);
			return err_detail(err, "At line %d, column %d.", why.line, why.column);
		}
		*out = parse(&p, json, STR_EMPTY);
		json_decref(json);
		if (!*out)
			return false;
	}
	return *out != NULL;
}

int32_t avro_schema_field(const AvroNode *record, Str name)
{
	for (uint32_t i = 0; i < record->n; i++)
		if (str_eq(record->fields[i].name, name))
			return (int32_t)i;
	return -1;
}

Str avro_schema_words(const AvroNode *node, Arena *arena)
{
	const char *kind = kind_names[node->kind];
	if (node->logical == AVRO_DECIMAL)
		return arena_printf(arena, "decimal(%u, %u)", node->precision, node->scale);
	if (node->logical != AVRO_PLAIN)
		return str_from(logical_names[node->logical].name);
	if (node->name.len)
		return arena_printf(arena, "%s %.*s", kind, STR_ARG(node->name));
	return str_from(kind);
}
