/*
 * engine/connectors/source.c: the connectors that read, by name.
 */
#include "engine/connectors/source.h"

#include "engine/connectors/connectors.h"

static const SourceType *const source_types[] = {
    &kafka_source_type,   &kafka_source_upsert_type, &filesystem_source_type,
    &datagen_source_type, &nexmark_source_type,      &postgres_source_type,
};

const SourceType *source_find(Str connector)
{
	for (size_t i = 0; i < sizeof source_types / sizeof *source_types; i++)
		if (str_eq_c(connector, source_types[i]->connector))
			return source_types[i];
	return NULL;
}
