/*
 * parser/ast_shape.h: which fields each kind of node has, as a table. Private to parser/.
 *
 * What is done to every node alike (dump, comparison, walk) goes over this table, so that a new field is met by all
 * of them.
 */
#ifndef WEIR_PARSER_AST_SHAPE_H
#define WEIR_PARSER_AST_SHAPE_H

#include "parser/ast.h"

typedef enum AstFieldType {
	AST_FIELD_NODE,  /* a pointer to a node, or NULL */
	AST_FIELD_LIST,  /* AstList */
	AST_FIELD_NAME,  /* AstName */
	AST_FIELD_NAMES, /* AstNames */
	AST_FIELD_STR,   /* Str */
	AST_FIELD_BOOL,
	AST_FIELD_ENUM, /* with names: the one at 0 may be "" where 0 means "nothing written" */
	AST_FIELD_U32,  /* 0: nothing written */
	AST_FIELD_I32,  /* -1: nothing written */
	AST_FIELD_I64,
	AST_FIELD_PARAMS, /* AstType.nparams and params */
} AstFieldType;

typedef struct AstField {
	const char *name;
	AstFieldType type;
	uint16_t offset;
	const char *const *names; /* AST_FIELD_ENUM */
} AstField;

typedef struct AstShape {
	const char *kind;       /* "AST_CALL" */
	const AstField *fields; /* in the order of the text; ended by a NULL name */
} AstShape;

const AstShape *ast_shape(AstKind kind);

/* The field's value. */
const void *ast_shape_at(const AstNode *node, const AstField *field);
AstNode *ast_shape_node(const AstNode *node, const AstField *field); /* AST_FIELD_NODE */
uint32_t ast_shape_enum(const AstNode *node, const AstField *field); /* AST_FIELD_ENUM */

#endif
