/*
 * engine/formats/parquet/stats.h: least and greatest value of a column chunk, in the order of its type.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_STATS_H
#define WEIR_ENGINE_FORMATS_PARQUET_STATS_H

#include "engine/formats/parquet/schema.h"

/* values: nvalues in the PLAIN form. The result points into them or into the arena. Without a range: INT96, which has
 * no order; a NaN alone; bounds that are long. */
void stats_range(const SchemaLeaf *leaf, const MetaElement *element, Str values, uint32_t nvalues, Arena *arena,
                 MetaStats *out);

#endif
