/*
 * engine/formats/parquet/parquet.h: the Parquet format: files of row groups, column by column.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_PARQUET_H
#define WEIR_ENGINE_FORMATS_PARQUET_PARQUET_H

#include "engine/formats/format.h"

extern const Format parquet_format;

#endif
