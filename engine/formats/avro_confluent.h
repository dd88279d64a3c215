/*
 * engine/formats/avro_confluent.h: the avro-confluent format: a zero byte, the number of a schema in four bytes, Avro's
 * binary form. Schemas come from a registry and go there.
 */
#ifndef WEIR_ENGINE_FORMATS_AVRO_CONFLUENT_H
#define WEIR_ENGINE_FORMATS_AVRO_CONFLUENT_H

#include "engine/formats/format.h"

extern const Format avro_confluent_format;

#endif
