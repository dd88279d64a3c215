/*
 * engine/front/settings_file.h: the settings of --config FILE.
 *
 *   # one a line; ${NAME} as in files of SQL
 *   weir.memory = 1 GB
 *   SET 'execution.checkpointing.interval' = '${EPOCH:-500 ms}';     -- a statement of SQL in one line will do as well
 */
#ifndef WEIR_ENGINE_FRONT_SETTINGS_FILE_H
#define WEIR_ENGINE_FRONT_SETTINGS_FILE_H

#include "base/str.h"
#include "sql/catalog/settings.h"

/* Sets what the text says; the origin of each value is "name:line". What is wrong is printed to errors, all of it,
 * with file, line and column; notices too. False when something was wrong. */
bool settings_file_apply(Settings *s, const char *name, Str text, StrBuf *errors);

#endif
