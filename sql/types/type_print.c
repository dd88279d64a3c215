/*
 * sql/types/type_print.c: how types are spelt, in Flink's words and in PostgreSQL's.
 */
#include "sql/types/type.h"

static const char *const type_names[TYPE_KINDS] = {
    [TYPE_NULL] = "NULL",
    [TYPE_BOOLEAN] = "BOOLEAN",
    [TYPE_TINYINT] = "TINYINT",
    [TYPE_SMALLINT] = "SMALLINT",
    [TYPE_INT] = "INT",
    [TYPE_BIGINT] = "BIGINT",
    [TYPE_FLOAT] = "FLOAT",
    [TYPE_DOUBLE] = "DOUBLE",
    [TYPE_DECIMAL] = "DECIMAL",
    [TYPE_CHAR] = "CHAR",
    [TYPE_VARCHAR] = "VARCHAR",
    [TYPE_BINARY] = "BINARY",
    [TYPE_VARBINARY] = "VARBINARY",
    [TYPE_DATE] = "DATE",
    [TYPE_TIME] = "TIME",
    [TYPE_TIMESTAMP] = "TIMESTAMP",
    [TYPE_TIMESTAMP_LTZ] = "TIMESTAMP_LTZ",
    [TYPE_INTERVAL_MONTHS] = "INTERVAL YEAR TO MONTH",
    [TYPE_INTERVAL_SECONDS] = "INTERVAL DAY TO SECOND",
    [TYPE_ARRAY] = "ARRAY",
    [TYPE_MAP] = "MAP",
    [TYPE_ROW] = "ROW",
    [TYPE_MULTISET] = "MULTISET",
    [TYPE_JSON] = "JSON",
};

static void type_print_name(Str name, StrBuf *out)
{
	strbuf_putc(out, '`');
	for (uint32_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '`') {
			strbuf_putc(out, '`');
		}
		strbuf_putc(out, name.ptr[i]);
	}
	strbuf_putc(out, '`');
}

static void type_print_row(const Type *type, bool with_null, StrBuf *out)
{
	strbuf_puts(out, "ROW<");
	for (uint32_t i = 0; i < type->nfields; i++) {
		if (i > 0) {
			strbuf_puts(out, ", ");
		}
		type_print_name(type->fields[i].name, out);
		strbuf_putc(out, ' ');
		type_print(type->fields[i].type, with_null, out);
	}
	strbuf_putc(out, '>');
}

void type_print(const Type *type, bool with_null, StrBuf *out)
{
	const char *name = type_names[type->kind];
	switch (type->kind) {
	case TYPE_DECIMAL: strbuf_printf(out, "DECIMAL(%u, %u)", type->precision, type->scale); break;
	case TYPE_CHAR:
	case TYPE_VARCHAR:
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		if (type->length == TYPE_LENGTH_MAX && type->kind == TYPE_VARCHAR) {
			strbuf_puts(out, "STRING");
		} else if (type->length == TYPE_LENGTH_MAX && type->kind == TYPE_VARBINARY) {
			strbuf_puts(out, "BYTES");
		} else {
			strbuf_printf(out, "%s(%u)", name, type->length);
		}
		break;
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: strbuf_printf(out, "%s(%u)", name, type->precision); break;
	case TYPE_ARRAY:
	case TYPE_MULTISET:
		strbuf_printf(out, "%s<", name);
		type_print(type->elem, with_null, out);
		strbuf_putc(out, '>');
		break;
	case TYPE_MAP:
		strbuf_puts(out, "MAP<");
		type_print(type->key, with_null, out);
		strbuf_puts(out, ", ");
		type_print(type->elem, with_null, out);
		strbuf_putc(out, '>');
		break;
	case TYPE_ROW: type_print_row(type, with_null, out); break;
	default: strbuf_puts(out, name);
	}
	if (with_null && type->not_null) {
		strbuf_puts(out, " NOT NULL");
	}
}

void type_print_pg(const Type *type, StrBuf *out)
{
	static const char *const names[TYPE_KINDS] = {
	    [TYPE_NULL] = "text",
	    [TYPE_BOOLEAN] = "boolean",
	    [TYPE_TINYINT] = "smallint",
	    [TYPE_SMALLINT] = "smallint",
	    [TYPE_INT] = "integer",
	    [TYPE_BIGINT] = "bigint",
	    [TYPE_FLOAT] = "real",
	    [TYPE_DOUBLE] = "double precision",
	    [TYPE_BINARY] = "bytea",
	    [TYPE_VARBINARY] = "bytea",
	    [TYPE_DATE] = "date",
	    [TYPE_TIME] = "time without time zone",
	    [TYPE_TIMESTAMP] = "timestamp without time zone",
	    [TYPE_TIMESTAMP_LTZ] = "timestamp with time zone",
	    [TYPE_INTERVAL_MONTHS] = "interval",
	    [TYPE_INTERVAL_SECONDS] = "interval",
	    [TYPE_MAP] = "jsonb",
	    [TYPE_ROW] = "jsonb",
	    [TYPE_MULTISET] = "jsonb",
	    [TYPE_JSON] = "jsonb",
	};
	switch (type->kind) {
	case TYPE_DECIMAL: strbuf_printf(out, "numeric(%u,%u)", type->precision, type->scale); break;
	case TYPE_CHAR: strbuf_printf(out, "character(%u)", type->length ? type->length : 1); break;
	case TYPE_VARCHAR:
		/* PostgreSQL allows at most 10485760 characters in varchar(n), and none is not allowed. */
		if (type->length == 0 || type->length > 10485760) {
			strbuf_puts(out, "text");
		} else {
			strbuf_printf(out, "character varying(%u)", type->length);
		}
		break;
	case TYPE_ARRAY:
		if (type_is_nested(type->elem)) {
			strbuf_puts(out, "jsonb");
		} else {
			type_print_pg(type->elem, out);
			strbuf_puts(out, "[]");
		}
		break;
	default: strbuf_puts(out, names[type->kind]);
	}
}
