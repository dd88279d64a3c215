/*
 * engine/formats/parquet/parquet_writer.h: rows to row groups, for the sink of files (FormatFiles of format.h).
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_PARQUET_WRITER_H
#define WEIR_ENGINE_FORMATS_PARQUET_PARQUET_WRITER_H

#include "engine/formats/format.h"
#include "engine/formats/parquet/schema.h"

#define PARQUET_SCOPE "format:parquet"

bool parquet_writer_open(const Options *options, const FormatSchema *schema, FileWriter **out, Err *err);
bool parquet_writer_add(FileWriter *w, const Value *values, Err *err);
size_t parquet_writer_bytes(const FileWriter *w);
size_t parquet_writer_memory(const FileWriter *w);
size_t parquet_writer_block_bytes(const FileWriter *w);
void parquet_writer_mark(FileWriter *w);
void parquet_writer_undo(FileWriter *w);
void parquet_writer_block(FileWriter *w, int64_t offset, StrBuf *out, StrBuf *note);
uint64_t parquet_writer_shape(const FileWriter *w);
bool parquet_writer_footer(const FileWriter *w, const Str *notes, uint32_t n, StrBuf *out, Err *err);
void parquet_writer_close(FileWriter *w);

/* What the options say of timestamps; of their values only ERR_BAD_OPTION. */
bool parquet_writer_schema_options(const Options *options, SchemaOptions *out, Err *err);
bool parquet_writer_check(const Options *options, const FormatSchema *schema, Err *err);

#endif
