/*
 * engine/connectors/datagen_gen.h: made-up values: one generator per column, from the options fields.NAME.*.
 *
 * A value is a function of (seed, row number, column) and nothing else (times without start-time: and of the clock), so
 * reading may start again at any row.
 */
#ifndef WEIR_ENGINE_CONNECTORS_DATAGEN_GEN_H
#define WEIR_ENGINE_CONNECTORS_DATAGEN_GEN_H

#include "engine/batch/batch.h"
#include "sql/catalog/options.h"

typedef struct DatagenField DatagenField;

/* Reads the options of one column; in the arena. ERR_BAD_OPTION, ERR_MISSING_OPTION, ERR_NOT_SUPPORTED (type). */
const DatagenField *datagen_gen_new(const Options *options, Str name, const Type *type, uint32_t number, Arena *arena,
                                    Err *err);
/* How many rows a sequence allows; INT64_MAX: no bound. */
int64_t datagen_gen_rows(const DatagenField *f);
/* Fills a column with rows [from, from + n). time_us[i]: the time of row i. Strings lie in the arena. */
void datagen_gen_column(const DatagenField *f, uint64_t seed, int64_t from, uint32_t n, const int64_t *time_us,
                        Column *out, Arena *arena);

#endif
