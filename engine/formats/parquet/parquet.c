/*
 * engine/formats/parquet/parquet.c: the row of functions that the list of formats names.
 */
#include "engine/formats/parquet/parquet.h"

#include "engine/formats/parquet/parquet_reader.h"
#include "engine/formats/parquet/parquet_writer.h"

static const FormatFiles parquet_files = {
    .writer_open = parquet_writer_open,
    .add = parquet_writer_add,
    .bytes = parquet_writer_bytes,
    .memory = parquet_writer_memory,
    .block_bytes = parquet_writer_block_bytes,
    .mark = parquet_writer_mark,
    .undo = parquet_writer_undo,
    .block = parquet_writer_block,
    .shape = parquet_writer_shape,
    .footer = parquet_writer_footer,
    .writer_close = parquet_writer_close,
    .reader_open = parquet_reader_open,
    .rows = parquet_reader_rows,
    .next = parquet_reader_next,
    .blocks = parquet_reader_blocks,
    .run = parquet_reader_run,
    .read = parquet_reader_read,
    .extent = parquet_reader_extent,
    .unpin = parquet_reader_unpin,
    .reader_close = parquet_reader_close,
};

const Format parquet_format = {
    .name = "parquet",
    .check = parquet_writer_check,
    .files = &parquet_files,
};
