/*
 * engine/formats/format.c: the formats that there are. What each option is, stands in sql/catalog/options_table.c.
 */
#include "engine/formats/format.h"

#include "engine/formats/avro_confluent.h"
#include "engine/formats/csv.h"
#include "engine/formats/debezium.h"
#include "engine/formats/json.h"
#include "engine/formats/parquet/parquet.h"
#include "engine/formats/raw.h"

static const Format *const formats[] = {&json_format,           &csv_format,    &raw_format, &debezium_format,
                                        &avro_confluent_format, &parquet_format};

const Format *format_at(uint32_t index)
{
	return index < sizeof formats / sizeof formats[0] ? formats[index] : NULL;
}

const Format *format_find(Str name)
{
	const Format *f;
	for (uint32_t i = 0; (f = format_at(i)); i++) {
		if (str_eq_c(name, f->name))
			return f;
	}
	return NULL;
}
