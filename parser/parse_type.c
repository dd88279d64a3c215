/*
 * parser/parse_type.c: types as they are written. Which names exist and what their numbers may be is the binder's
 * affair.
 */
#include "parser/depth.h"
#include "parser/take.h"

static AstType *type_node(Parse *p, AstKind kind)
{
	AstType *type = TAKE_NODE(p, AstType, kind);
	type->leading = type->fraction = -1;
	return type;
}

/* params := "(" number ["," number] ")" */
static bool type_params(Parse *p, AstType *type)
{
	Span open;
	if (!take_peek_symbol(p, 0, '('))
		return true;
	if (!take_open(p, &open))
		return false;
	do {
		if (type->nparams == 2)
			return fail_expected(p, "\")\"");
		if (!parse_literal_uint(p, INT32_MAX, "a length or precision", &type->params[type->nparams]))
			return false;
		type->nparams++;
	} while (take_symbol_if(p, ','));
	return take_close(p, open);
}

static void set_name(Parse *p, AstType *type, const char *name, Span span)
{
	AstName part = {.text = str_from(name), .span = span};
	ARENA_PUSH(p->arena, &type->name, part);
}

/* zone := ["WITHOUT" "TIME" "ZONE" | "WITH" ["LOCAL"] "TIME" "ZONE"] */
static bool type_zone(Parse *p, AstType *type)
{
	if (take_peek_word(p, 0, KW_WITHOUT) && take_peek_word(p, 1, KW_TIME)) {
		take_any(p);
		type->zone = AST_ZONE_WITHOUT;
	} else if (take_peek_word(p, 0, KW_WITH) && take_peek_word(p, 1, KW_TIME)) {
		take_any(p);
		type->zone = AST_ZONE_WITH;
	} else if (take_peek_word(p, 0, KW_WITH) && take_peek_word(p, 1, KW_LOCAL)) {
		take_any(p);
		take_any(p);
		type->zone = AST_ZONE_WITH_LOCAL;
	} else {
		return true;
	}
	return take_words(p, KW_TIME, KW_ZONE);
}

/* The words that are two: DOUBLE PRECISION, CHARACTER VARYING, CHAR VARYING, BINARY VARYING. */
static const char *two_words(Parse *p)
{
	if (take_peek_word(p, 0, KW_DOUBLE) && take_peek_word(p, 1, KW_PRECISION))
		return "DOUBLE";
	if ((take_peek_word(p, 0, KW_CHARACTER) || take_peek_word(p, 0, KW_CHAR)) && take_peek_word(p, 1, KW_VARYING))
		return "VARCHAR";
	if (take_peek_word(p, 0, KW_BINARY) && take_peek_word(p, 1, KW_VARYING))
		return "VARBINARY";
	return NULL;
}

/* named := path [params] [zone] */
static AstType *type_named(Parse *p)
{
	AstType *type = type_node(p, AST_TYPE_NAME);
	const char *joined = two_words(p);
	bool timed = take_peek_word(p, 0, KW_TIME) || take_peek_word(p, 0, KW_TIMESTAMP);
	if (joined != NULL) {
		Span span = take_peek(p, 0)->span;
		take_any(p);
		span.end = take_peek(p, 0)->span.end;
		take_any(p);
		set_name(p, type, joined, span);
	} else if (!take_path(p, "a type", &type->name)) {
		return NULL;
	}
	if (!type_params(p, type) || (timed && !type_zone(p, type)))
		return NULL;
	return AST(AstType, take_done(p, type));
}

/* interval := "INTERVAL" [range] */
static AstType *type_interval(Parse *p)
{
	AstType *type = type_node(p, AST_TYPE_INTERVAL);
	take_any(p);
	if (parse_literal_unit(p, take_peek(p, 0)) != AST_UNIT_NONE &&
	    !parse_literal_range(p, &type->from, &type->to, &type->leading, &type->fraction))
		return NULL;
	return AST(AstType, take_done(p, type));
}

/* field := [name] type [string] */
static AstNode *type_field(Parse *p)
{
	AstTypeField *field = TAKE_NODE(p, AstTypeField, AST_TYPE_FIELD);
	const Token *next = take_peek(p, 1);
	bool named = next->kind == TOKEN_WORD || next->kind == TOKEN_NAME;
	if (named && two_words(p) == NULL && !take_name(p, "a field's name", &field->name))
		return NULL;
	field->type = parse_type(p);
	if (field->type == NULL)
		return NULL;
	if (take_peek(p, 0)->kind == TOKEN_STRING) {
		field->comment = parse_literal_string(p, "a comment");
		if (field->comment == NULL)
			return NULL;
	}
	return take_done(p, field);
}

/* row := "ROW" ("<" field {"," field} ">" | "(" field {"," field} ")") */
static AstType *type_row(Parse *p)
{
	AstType *type = type_node(p, AST_TYPE_ROW);
	take_any(p);
	Span open = take_peek(p, 0)->span;
	bool round = take_peek_symbol(p, 0, '(');
	take_any(p);
	do {
		AstNode *field = type_field(p);
		if (field == NULL)
			return NULL;
		take_push(p, &type->fields, field);
	} while (take_symbol_if(p, ','));
	if (round ? !take_close(p, open) : !take_symbol(p, '>'))
		return NULL;
	return AST(AstType, take_done(p, type));
}

/* collection := ("ARRAY" | "MULTISET") "<" type ">" | "MAP" "<" type "," type ">" */
static AstType *type_collection(Parse *p, AstKind kind)
{
	AstType *type = type_node(p, kind);
	take_any(p);
	take_any(p);
	if (kind == AST_TYPE_MAP) {
		type->key = parse_type(p);
		if (type->key == NULL || !take_symbol(p, ','))
			return NULL;
	}
	type->elem = parse_type(p);
	if (type->elem == NULL || !take_symbol(p, '>'))
		return NULL;
	return AST(AstType, take_done(p, type));
}

static AstType *type_base(Parse *p)
{
	bool angle = take_peek_symbol(p, 1, '<');
	if (angle && take_peek_word(p, 0, KW_ARRAY))
		return type_collection(p, AST_TYPE_ARRAY);
	if (angle && take_peek_word(p, 0, KW_MULTISET))
		return type_collection(p, AST_TYPE_MULTISET);
	if (angle && take_peek_word(p, 0, KW_MAP))
		return type_collection(p, AST_TYPE_MAP);
	if ((angle || take_peek_symbol(p, 1, '(')) && take_peek_word(p, 0, KW_ROW))
		return type_row(p);
	if (take_peek_word(p, 0, KW_INTERVAL))
		return type_interval(p);
	return type_named(p);
}

static AstType *collection_of(Parse *p, AstKind kind, AstType *elem)
{
	AstType *type = type_node(p, kind);
	type->node.span.begin = elem->node.span.begin;
	type->elem = elem;
	return AST(AstType, take_done(p, type));
}

/* brackets := { "[" "]" }, PostgreSQL's arrays */
static AstType *type_brackets(Parse *p, AstType *type)
{
	Depth depth = depth_begin(p);
	while (type != NULL && take_peek_symbol(p, 0, '[') && take_peek_symbol(p, 1, ']')) {
		take_any(p);
		take_any(p);
		type = depth_add(p, &depth) ? collection_of(p, AST_TYPE_ARRAY, type) : NULL;
	}
	depth_end(p, &depth);
	return type;
}

AstType *parse_type_short(Parse *p)
{
	AstType *type = depth_enter(p) ? type_brackets(p, type_base(p)) : NULL;
	depth_leave(p);
	return type;
}

/* nullability := ["NULL" | "NOT" "NULL"] */
static void type_nullability(Parse *p, AstType *type)
{
	if (take_words_if(p, KW_NOT, KW_NULL))
		type->nullability = AST_NULL_NOT;
	else if (take_word_if(p, KW_NULL))
		type->nullability = AST_NULL_YES;
	type->node.span.end = take_end(p);
}

/* type := base brackets [nullability] { ("ARRAY" | "MULTISET") [nullability] } */
AstType *parse_type(Parse *p)
{
	AstType *type = parse_type_short(p);
	Depth depth = depth_begin(p);
	while (type != NULL) {
		type_nullability(p, type);
		AstKind kind = take_peek_word(p, 0, KW_ARRAY)      ? AST_TYPE_ARRAY
		               : take_peek_word(p, 0, KW_MULTISET) ? AST_TYPE_MULTISET
		                                                   : AST_NONE;
		if (kind == AST_NONE)
			break;
		take_any(p);
		type = depth_add(p, &depth) ? collection_of(p, kind, type) : NULL;
	}
	depth_end(p, &depth);
	return type;
}
