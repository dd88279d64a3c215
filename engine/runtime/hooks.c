/*
 * engine/runtime/hooks.c: what connectors and formats say about a table, asked by the binder (which is a floor below).
 */
#include "engine/runtime/hooks.h"

#include "engine/connectors/sink.h"
#include "engine/connectors/source.h"
#include "engine/formats/format.h"

static const Format *table_format(const TableDef *t)
{
	Str name = options_get(&t->options, "value.format");
	if (!name.len)
		name = options_get(&t->options, "format");
	return name.len ? format_find(name) : NULL;
}

bool hooks_is_capture(const TableDef *table)
{
	const Format *f = table_format(table);
	return f && f->changelog_in;
}

bool hooks_sink_accepts(const TableDef *table, unsigned *accepts, Err *err)
{
	const SinkType *s = sink_find(table->connector);
	if (!s) {
		err_set(err, ERR_WRONG_OBJECT, "table \"%.*s\" cannot be written: its connector \"%.*s\" only reads",
		        STR_ARG(table->name), STR_ARG(table->connector));
		return false;
	}
	return s->check(table, accepts, err);
}

bool hooks_source_facts(const TableDef *table, bool *readable, bool *bounded, bool *changelog, Err *err)
{
	const SourceType *s = source_find(table->connector);
	*readable = s != NULL;
	*bounded = false;
	*changelog = false;
	if (!s)
		return true;
	if (s->check && !s->check(table, err))
		return false;
	*bounded = s->is_bounded(table);
	*changelog = hooks_is_capture(table) || str_eq_c(table->connector, "upsert-kafka");
	return true;
}
