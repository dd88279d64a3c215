/*
 * engine/formats/csv.h: one line of separated values a row; columns by position.
 *
 * Nothing is ignored silently: a record with too few or too many fields, with something behind a closing quote, or with
 * a second line, is bad as a whole. With ignore-parse-errors missing fields are errors of those fields instead, which
 * the reader makes NULL.
 */
#ifndef WEIR_ENGINE_FORMATS_CSV_H
#define WEIR_ENGINE_FORMATS_CSV_H

#include "engine/formats/format.h"

extern const Format csv_format;

#endif
