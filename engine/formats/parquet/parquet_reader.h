/*
 * engine/formats/parquet/parquet_reader.h: a Parquet file by row numbers and columns (FormatFiles of format.h).
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_PARQUET_READER_H
#define WEIR_ENGINE_FORMATS_PARQUET_PARQUET_READER_H

#include "engine/formats/format.h"

bool parquet_reader_open(const FormatInput *in, Str name, const Options *options, const FormatSchema *schema,
                         FileReader **out, Err *err);
int64_t parquet_reader_rows(const FileReader *r);
int64_t parquet_reader_next(const FileReader *r, int64_t row);
void parquet_reader_blocks(const FileReader *r, uint32_t *blocks, uint32_t *skipped);
uint32_t parquet_reader_run(const FileReader *r, int64_t row, uint32_t most);
bool parquet_reader_read(FileReader *r, int64_t row, uint32_t n, const uint32_t *cols, uint32_t ncols, Arena *arena,
                         FormatPins *pins, Column *out, Err *err);
bool parquet_reader_extent(const FileReader *r, int64_t row, uint32_t i, int64_t *at, int64_t *len);
void parquet_reader_unpin(FormatPins *pins);
void parquet_reader_close(FileReader *r);

#endif
