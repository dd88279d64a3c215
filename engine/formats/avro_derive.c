/*
 * engine/formats/avro_derive.c: the schema that Flink derives from columns (avro_write.h).
 *
 * The record is org.apache.flink.avro.generated.record, one inside of it has the name of the way to it:
 * record_user_address.
 */
#include "engine/formats/avro_write.h"

#define SPACE "org.apache.flink.avro.generated"

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

static bool put_type(const Type *type, const StrBuf *name, StrBuf *out, Err *err);

static bool put_fields(const Str *names, const Type *const *types, uint32_t n, const StrBuf *name, StrBuf *out,
                       Err *err)
{
	StrBuf inner;
	strbuf_init(&inner);
	bool ok = true;
	strbuf_puts(out, "\"fields\":[");
	for (uint32_t i = 0; ok && i < n; i++) {
		if (!is_name(names[i])) {
			err_set(err, ERR_BAD_OPTION, "column \"%.*s\": Avro has names of A-Z, a-z, 0-9 and _ only",
			        STR_ARG(names[i]));
			ok = err_hint(err, "Rename the column.");
			break;
		}
		strbuf_clear(&inner);
		strbuf_printf(&inner, "%.*s_%.*s", STR_ARG(strbuf_str(name)), STR_ARG(names[i]));
		strbuf_printf(out, "%s{\"name\":\"%.*s\",\"type\":", i ? "," : "", STR_ARG(names[i]));
		ok = put_type(types[i], &inner, out, err);
		strbuf_puts(out, types[i]->not_null ? "}" : ",\"default\":null}");
		if (!ok)
			err_detail(err, "The column is \"%.*s\".", STR_ARG(names[i]));
	}
	strbuf_putc(out, ']');
	strbuf_deinit(&inner);
	return ok;
}

static bool put_row(const Type *type, const StrBuf *name, StrBuf *out, Err *err)
{
	Arena *scratch = arena_open("avro derive", 0);
	Str *names = ARENA_ARRAY(scratch, Str, type->nfields + 1);
	const Type **types = ARENA_ARRAY(scratch, const Type *, type->nfields + 1);
	for (uint32_t i = 0; i < type->nfields; i++) {
		names[i] = type->fields[i].name;
		types[i] = type->fields[i].type;
	}
	strbuf_printf(out, "{\"type\":\"record\",\"name\":\"%.*s\",", STR_ARG(strbuf_str(name)));
	bool ok = put_fields(names, types, type->nfields, name, out, err);
	strbuf_putc(out, '}');
	arena_close(scratch);
	return ok;
}

static void put_logical(const char *kind, const char *logical, StrBuf *out)
{
	strbuf_printf(out, "{\"type\":\"%s\",\"logicalType\":\"%s\"}", kind, logical);
}

static bool put_not_null(const Type *type, const StrBuf *name, StrBuf *out, Err *err)
{
	bool ok = true;
	switch (type->kind) {
	case TYPE_BOOLEAN: strbuf_puts(out, "\"boolean\""); return true;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT: strbuf_puts(out, "\"int\""); return true;
	case TYPE_BIGINT: strbuf_puts(out, "\"long\""); return true;
	case TYPE_FLOAT: strbuf_puts(out, "\"float\""); return true;
	case TYPE_DOUBLE: strbuf_puts(out, "\"double\""); return true;
	case TYPE_CHAR:
	case TYPE_VARCHAR:
	case TYPE_JSON: strbuf_puts(out, "\"string\""); return true;
	case TYPE_BINARY:
	case TYPE_VARBINARY: strbuf_puts(out, "\"bytes\""); return true;
	case TYPE_DECIMAL:
		strbuf_printf(out, "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":%u,\"scale\":%u}",
		              type->precision, type->scale);
		return true;
	case TYPE_DATE: put_logical("int", "date", out); return true;
	case TYPE_TIME:
		put_logical(type->precision > 3 ? "long" : "int", type->precision > 3 ? "time-micros" : "time-millis", out);
		return true;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		put_logical("long", type->precision > 3 ? "timestamp-micros" : "timestamp-millis", out);
		return true;
	case TYPE_ARRAY:
		strbuf_puts(out, "{\"type\":\"array\",\"items\":");
		ok = put_type(type->elem, name, out, err);
		strbuf_putc(out, '}');
		return ok;
	case TYPE_MAP:
	case TYPE_MULTISET:
		if (!type_is_text(type->kind == TYPE_MAP ? type->key : type->elem))
			return err_set(err, ERR_BAD_TYPE, "Avro's maps have text keys only");
		strbuf_puts(out, "{\"type\":\"map\",\"values\":");
		if (type->kind == TYPE_MAP)
			ok = put_type(type->elem, name, out, err);
		else
			strbuf_puts(out, "\"int\"");
		strbuf_putc(out, '}');
		return ok;
	case TYPE_ROW: return put_row(type, name, out, err);
	case TYPE_NULL:
	case TYPE_INTERVAL_MONTHS:
	case TYPE_INTERVAL_SECONDS:
	case TYPE_KINDS: break;
	}
	StrBuf text;
	strbuf_init(&text);
	type_print(type, false, &text);
	err_set(err, ERR_BAD_TYPE, "Avro has no type for %s", strbuf_cstr(&text));
	strbuf_deinit(&text);
	return false;
}

static bool put_type(const Type *type, const StrBuf *name, StrBuf *out, Err *err)
{
	if (!type->not_null)
		strbuf_puts(out, "[\"null\",");
	bool ok = put_not_null(type, name, out, err);
	if (!type->not_null)
		strbuf_putc(out, ']');
	return ok;
}

bool avro_write_derive(const FormatSchema *schema, StrBuf *out, Err *err)
{
	StrBuf name;
	strbuf_init(&name);
	strbuf_puts(&name, "record");
	strbuf_puts(out, "{\"type\":\"record\",\"name\":\"record\",\"namespace\":\"" SPACE "\",");
	bool ok = put_fields(schema->names, schema->types, schema->ncols, &name, out, err);
	strbuf_putc(out, '}');
	strbuf_deinit(&name);
	return ok;
}
