/*
 * engine/front/render.h: results as text on a stream: table, csv, tsv, json; errors and notices on another.
 */
#ifndef WEIR_ENGINE_FRONT_RENDER_H
#define WEIR_ENGINE_FRONT_RENDER_H

#include <stdio.h>

#include "engine/front/session.h"

typedef enum RenderFormat { RENDER_TABLE, RENDER_CSV, RENDER_TSV, RENDER_JSON } RenderFormat;

typedef struct Render Render;

bool render_format_parse(Str name, RenderFormat *out);
/* file: name for errors, or NULL. first_line: of the text that is run. */
Render *render_open(RenderFormat format, FILE *out, FILE *err, const char *file);
/* Errors and notices go into the log from now on. */
void render_into_log(Render *r);
void render_close(Render *r);
/* The Results to hand to session_run. Tags of statements without rows are printed when `tags` (interactive use). */
Results render_results(Render *r, bool tags);
/* Aligned text of a result, at most `width` characters wide (0: any); shared with the stdout sink's look. */
void render_table(const PlanCol *cols, uint32_t ncols, const Str *cells, uint32_t nrows, uint32_t width, StrBuf *out);

#endif
