/*
 * parser/dump.h: a tree as one line of text, for tests and for looking at.
 *
 *   (binary + left:(column path:a) right:(literal number value:'1'))
 *
 * Fields that are empty, NULL, false or unspecified are left out; so is raw where it equals value.
 */
#ifndef WEIR_PARSER_DUMP_H
#define WEIR_PARSER_DUMP_H

#include "base/str.h"
#include "parser/ast.h"

void dump_tree(const AstNode *node, StrBuf *out);

#endif
