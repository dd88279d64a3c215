/*
 * engine/formats/csv_int.h: what the files of the CSV format share. Nobody else includes it.
 */
#ifndef WEIR_ENGINE_FORMATS_CSV_INT_H
#define WEIR_ENGINE_FORMATS_CSV_INT_H

#include "engine/formats/csv.h"

typedef struct CsvRules {
	Str delimiter;   /* one character */
	char quote;      /* 0: none */
	char escape;     /* 0: none */
	bool comments;   /* lines that begin with # */
	bool lenient;    /* ignore-parse-errors */
	bool has_null;   /* null_literal means NULL */
	bool scientific; /* decimals with exponents */
	Str null_literal;
	Str array_delimiter; /* of ARRAY's items and ROW's fields */
} CsvRules;

/* A field of a record, as it stands there. */
typedef struct CsvField {
	Str text;     /* without quotes */
	bool escaped; /* doubled quotes or escapes are inside */
	bool quoted;
} CsvField;

/* ---- csv_record.c */
bool csv_record_rules(const Options *options, Arena *arena, CsvRules *out, Err *err);
/* Cuts a record (without its line end) into fields: *count of them, the first max are stored. false: it is no record,
 * *why and *at (a place in the record) say why. */
bool csv_record_fields(const CsvRules *r, Str record, CsvField *fields, uint32_t max, uint32_t *count, const char **why,
                       uint32_t *at);
/* The field's characters; a copy in the arena when something was escaped. */
Str csv_record_text(const CsvRules *r, const CsvField *field, Arena *arena);
bool csv_record_is_comment(const CsvRules *r, Str record);
uint32_t csv_record_split(const Options *options, Str data, bool at_end, Str *messages, uint32_t max, size_t *used);

/* ---- csv_encode.c */
bool csv_encode_open(const Options *options, const FormatSchema *schema, Arena *arena, Encoder **out, Err *err);
bool csv_encode_row(Encoder *e, RowKind kind, const Value *values, StrBuf *out, Err *err);
void csv_encode_close(Encoder *e);

#endif
