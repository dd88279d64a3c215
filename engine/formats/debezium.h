/*
 * engine/formats/debezium.h: the envelope of Debezium around JSON rows: {"before":..,"after":..,"op":"c|r|u|d"}.
 *
 * A message is a change: one row with weight +1 or -1, or both. With a key (FormatSchema.key) an update gives the new
 * row alone, and a deletion need only have the key: whoever reads them keeps the rows by key.
 */
#ifndef WEIR_ENGINE_FORMATS_DEBEZIUM_H
#define WEIR_ENGINE_FORMATS_DEBEZIUM_H

#include "engine/formats/format.h"

extern const Format debezium_format;

#endif
