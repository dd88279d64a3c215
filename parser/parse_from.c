/*
 * parser/parse_from.c: what stands in FROM: tables, table functions, subqueries, joins.
 */
#include "parser/depth.h"
#include "parser/take.h"

static AstNode *from_joined(Parse *p);

/* alias := [["AS"] name ["(" name {"," name} ")"]] */
bool parse_from_alias(Parse *p, AstRefHead *head)
{
	if (take_peek_word(p, 0, KW_AS)) {
		take_any(p);
		if (!take_name(p, "an alias", &head->alias))
			return false;
	} else {
		take_alias_if(p, &head->alias);
	}
	if (head->alias.text.ptr != NULL && take_peek_symbol(p, 0, '(') &&
	    !take_names(p, "a column's name", &head->columns))
		return false;
	take_done(p, head);
	return true;
}

/* as-of := ["FOR" "SYSTEM_TIME" "AS" "OF" e] */
static bool from_as_of(Parse *p, AstRefTable *ref)
{
	if (ref->as_of != NULL || !take_word_if(p, KW_FOR))
		return true;
	if (!take_word(p, KW_SYSTEM_TIME) || !take_words(p, KW_AS, KW_OF))
		return false;
	ref->as_of = parse_expr(p);
	take_done(p, ref);
	return ref->as_of != NULL;
}

/* table := ["TABLE"] path [hints] [as-of] */
static AstNode *from_table(Parse *p, uint32_t begin, const AstNames *path)
{
	AstRefTable *ref = TAKE_NODE_AT(p, AstRefTable, AST_REF_TABLE, begin);
	ref->path = *path;
	if (!parse_option_hints(p, &ref->hints) || !from_as_of(p, ref))
		return NULL;
	return take_done(p, ref);
}

static AstNode *function_of(Parse *p, uint32_t begin, AstNode *call, bool wrapped)
{
	AstRefFunction *ref = TAKE_NODE_AT(p, AstRefFunction, AST_REF_FUNCTION, begin);
	if (call == NULL)
		return NULL;
	ref->call = AST(AstCall, call);
	ref->wrapped = wrapped;
	ref->ordinality = take_words_if(p, KW_WITH, KW_ORDINALITY);
	return take_done(p, ref);
}

/* function := path "(" ... ")" ["WITH" "ORDINALITY"];  table := path ... */
static AstNode *from_path(Parse *p, uint32_t begin, bool wrapped)
{
	AstNames path = {0};
	uint32_t call_begin = take_begin(p);
	if (!take_path(p, wrapped ? "a table function" : "a table", &path))
		return NULL;
	if (!take_peek_symbol(p, 0, '(') && !wrapped)
		return from_table(p, begin, &path);
	AstNode *call = parse_call(p, call_begin, &path);
	if (call == NULL || wrapped)
		return call;
	return function_of(p, begin, call, false);
}

/* wrapped := "TABLE" "(" path "(" ... ")" ")" ["WITH" "ORDINALITY"] */
static AstNode *from_wrapped(Parse *p, uint32_t begin)
{
	Span open;
	take_any(p);
	if (!take_open(p, &open))
		return NULL;
	AstNode *call = from_path(p, begin, true);
	if (call == NULL || !take_close(p, open))
		return NULL;
	return function_of(p, begin, call, true);
}

/* unnest := "UNNEST" "(" e {"," e} ")" ["WITH" "ORDINALITY"] */
static AstNode *from_unnest(Parse *p)
{
	AstRefUnnest *ref = TAKE_NODE(p, AstRefUnnest, AST_REF_UNNEST);
	Span open;
	take_any(p);
	if (!take_open(p, &open) || !parse_expr_list(p, &ref->args) || !take_close(p, open))
		return NULL;
	ref->ordinality = take_words_if(p, KW_WITH, KW_ORDINALITY);
	return take_done(p, ref);
}

/* parens := "(" (query | joined) ")" */
static AstNode *from_parens(Parse *p)
{
	uint32_t begin = take_begin(p);
	Span open;
	take_open(p, &open);
	if (parse_query_begins(p)) {
		AstRefSubquery *ref = TAKE_NODE_AT(p, AstRefSubquery, AST_REF_SUBQUERY, begin);
		ref->query = parse_query(p);
		return ref->query == NULL || !take_close(p, open) ? NULL : take_done(p, ref);
	}
	AstNode *inner = from_joined(p);
	return inner == NULL || !take_close(p, open) ? NULL : inner;
}

/* primary := ["LATERAL"] (parens | wrapped | unnest | function) | ["TABLE"] table */
static AstNode *from_primary(Parse *p)
{
	uint32_t begin = take_begin(p);
	bool lateral = take_peek_word(p, 0, KW_LATERAL) &&
	               (take_peek_symbol(p, 1, '(') || take_peek_word(p, 1, KW_TABLE) || take_peek_symbol(p, 2, '('));
	if (lateral)
		take_any(p);
	AstNode *ref = NULL;
	if (take_peek_symbol(p, 0, '('))
		ref = from_parens(p);
	else if (take_peek_word(p, 0, KW_UNNEST) && take_peek_symbol(p, 1, '('))
		ref = from_unnest(p);
	else if (take_peek_word(p, 0, KW_TABLE) && take_peek_symbol(p, 1, '('))
		ref = from_wrapped(p, begin);
	else if (take_peek_word(p, 0, KW_TABLE)) {
		take_any(p);
		ref = from_path(p, begin, false);
		if (ref != NULL && ref->kind == AST_REF_FUNCTION) {
			fail_at(p, ref->span, "a function behind TABLE stands in parentheses");
			err_hint(p->err, "Write TABLE(f(...)).");
			return NULL;
		}
	} else if (take_peek(p, 0)->kind == TOKEN_STRING) {
		fail_expected_hint(p, "a table",
		                   "Files and topics are read through a table: CREATE TABLE t (...) WITH "
		                   "('connector' = 'filesystem', ...).");
	} else
		ref = from_path(p, begin, false);
	if (ref != NULL && lateral) {
		if (ref->kind != AST_REF_FUNCTION && ref->kind != AST_REF_SUBQUERY && ref->kind != AST_REF_UNNEST) {
			fail_at(p, ref->span, "LATERAL stands before a query, a function or UNNEST");
			return NULL;
		}
		AST(AstRefHead, ref)->lateral = true;
		ref->span.begin = begin;
	}
	return ref;
}

/* ref := primary alias [as-of] { "MATCH_RECOGNIZE" "(" ... ")" alias } */
static AstNode *from_ref(Parse *p)
{
	AstNode *ref = from_primary(p);
	if (ref == NULL)
		return NULL;
	if (AST(AstRefHead, ref)->alias.text.ptr == NULL && !parse_from_alias(p, AST(AstRefHead, ref)))
		return NULL;
	if (ref->kind == AST_REF_TABLE && !from_as_of(p, AST(AstRefTable, ref)))
		return NULL;
	if (take_peek_word(p, 0, KW_TABLESAMPLE)) {
		err_set_at(p->err, ERR_NOT_SUPPORTED, take_peek(p, 0)->span, "TABLESAMPLE is not supported");
		err_hint(p->err, "Filter by a condition, for example WHERE RAND() < 0.1.");
		return NULL;
	}
	while (take_peek_word(p, 0, KW_MATCH_RECOGNIZE)) {
		ref = parse_match(p, ref);
		if (ref == NULL || !parse_from_alias(p, AST(AstRefHead, ref)))
			return NULL;
	}
	return ref;
}

/* kind := ["INNER"] "JOIN" | ("LEFT" | "RIGHT" | "FULL") ["OUTER"] "JOIN" | "CROSS" "JOIN" | ["LEFT"] ("SEMI" | "ANTI")
 * "JOIN";  false: no join follows */
static bool from_join_kind(Parse *p, AstJoinKind *kind, bool *ok)
{
	static const struct {
		Keyword kw;
		AstJoinKind kind;
	} sides[] = {{KW_LEFT, AST_JOIN_LEFT}, {KW_RIGHT, AST_JOIN_RIGHT}, {KW_FULL, AST_JOIN_FULL}};
	*ok = true;
	if (take_word_if(p, KW_JOIN)) {
		*kind = AST_JOIN_INNER;
		return true;
	}
	if (take_word_if(p, KW_INNER)) {
		*kind = AST_JOIN_INNER;
		*ok = take_word(p, KW_JOIN);
		return true;
	}
	if (take_word_if(p, KW_CROSS)) {
		*kind = AST_JOIN_CROSS;
		*ok = take_word(p, KW_JOIN);
		return true;
	}
	uint32_t at = take_peek_word(p, 0, KW_LEFT) ? 1 : 0;
	if ((take_peek_word(p, at, KW_SEMI) || take_peek_word(p, at, KW_ANTI)) && take_peek_word(p, at + 1, KW_JOIN)) {
		*kind = take_peek_word(p, at, KW_SEMI) ? AST_JOIN_SEMI : AST_JOIN_ANTI;
		for (uint32_t i = 0; i < at + 2; i++)
			take_any(p);
		return true;
	}
	for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
		if (take_word_if(p, sides[i].kw)) {
			*kind = sides[i].kind;
			take_word_if(p, KW_OUTER);
			*ok = take_word_if(p, KW_JOIN) || fail_tried(p, NULL);
			return true;
		}
	}
	return false;
}

/* condition := "ON" e | "USING" "(" name {"," name} ")" */
static bool from_condition(Parse *p, AstRefJoin *join)
{
	if (take_word_if(p, KW_ON)) {
		join->on = parse_expr(p);
		return join->on != NULL;
	}
	if (take_word_if(p, KW_USING))
		return take_names(p, "a column's name", &join->using);
	return fail_expected_hint(p, "ON or USING", "A join without a condition is written CROSS JOIN, or ON TRUE.");
}

/* joined := ref { ["NATURAL"] kind ref [condition] } */
static AstNode *from_joined(Parse *p)
{
	Depth depth = depth_begin(p);
	AstNode *left = depth_enter(p) ? from_ref(p) : NULL;
	bool ok = left != NULL && depth_add(p, &depth);
	while (ok) {
		AstRefJoin *join = TAKE_NODE_AT(p, AstRefJoin, AST_REF_JOIN, left->span.begin);
		join->natural = take_word_if(p, KW_NATURAL);
		if (!from_join_kind(p, &join->kind, &ok)) {
			if (join->natural)
				ok = fail_tried(p, NULL);
			break;
		}
		if (!ok)
			break;
		join->left = left;
		join->right = from_ref(p);
		bool conditional = !join->natural && join->kind != AST_JOIN_CROSS;
		ok = join->right != NULL && (!conditional || from_condition(p, join)) && depth_add(p, &depth);
		left = take_done(p, join);
	}
	depth_leave(p);
	depth_end(p, &depth);
	return ok ? left : NULL;
}

/* from := joined { "," joined } */
bool parse_from(Parse *p, AstList *out)
{
	do {
		AstNode *ref = from_joined(p);
		if (ref == NULL)
			return false;
		take_push(p, out, ref);
	} while (take_symbol_if(p, ','));
	return true;
}
