/*
 * engine/connectors/lookup.c: the connectors whose tables can be asked, by name.
 */
#include "engine/connectors/lookup.h"

#include "engine/connectors/connectors.h"

const LookupType *lookup_find(Str connector)
{
	return str_eq_c(connector, postgres_lookup_type.connector) ? &postgres_lookup_type : NULL;
}
