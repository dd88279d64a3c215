/*
 * engine/connectors/stdout_template.h: a text with places for a row's values (option `template` of connector stdout).
 *
 *   {n}             the number of the row that is printed, from 1
 *   {column}        the column's value as text; an ARRAY of ROWs as a table in a frame, headed by the fields' names,
 *                   numbers and texts to the right
 *   {column:left}   the same, to the left
 *   {{              a brace
 */
#ifndef WEIR_ENGINE_CONNECTORS_STDOUT_TEMPLATE_H
#define WEIR_ENGINE_CONNECTORS_STDOUT_TEMPLATE_H

#include "base/err.h"
#include "sql/types/value.h"

typedef struct StdoutTemplate StdoutTemplate;

/* Names, types and text must live as long as the template. The error names the place that cannot be filled. */
bool stdout_template_open(Str text, const Str *names, const Type *const *types, uint32_t ncols, StdoutTemplate **out,
                          Err *err);
/* Appends the text for the number-th row; a line break is added if the text does not end with one. */
void stdout_template_put(const StdoutTemplate *t, uint64_t number, const Value *values, const struct Zone *zone,
                         StrBuf *out);
void stdout_template_close(StdoutTemplate *t);

#endif
