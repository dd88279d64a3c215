/*
 * engine/formats/parquet/skip.h: row groups whose statistics say that no row of them is asked for.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_SKIP_H
#define WEIR_ENGINE_FORMATS_PARQUET_SKIP_H

#include "engine/formats/format.h"
#include "engine/formats/parquet/schema.h"

/* Is the comparison true for no row of the group? false: for some it may be. */
bool skip_group(const Schema *s, const MetaFile *file, uint32_t group, const FormatAsk *ask, const struct Zone *zone,
                Arena *arena);

#endif
