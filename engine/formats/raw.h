/*
 * engine/formats/raw.h: the bytes of the table's one column, as Flink's raw format.
 */
#ifndef WEIR_ENGINE_FORMATS_RAW_H
#define WEIR_ENGINE_FORMATS_RAW_H

#include "engine/formats/format.h"

extern const Format raw_format;

#endif
