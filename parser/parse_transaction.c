/*
 * parser/parse_transaction.c: BEGIN to ROLLBACK, as drivers of PostgreSQL send them.
 */
#include "parser/take.h"

/* mode := "ISOLATION" "LEVEL" ("SERIALIZABLE" | "REPEATABLE" "READ" | "READ" ("COMMITTED" | "UNCOMMITTED"))
 *         | "READ" ("ONLY" | "WRITE") | ["NOT"] "DEFERRABLE" */
static bool transaction_mode(Parse *p, uint32_t *modes, bool *found)
{
	*found = true;
	if (take_word_if(p, KW_ISOLATION)) {
		if (!take_word(p, KW_LEVEL))
			return false;
		if (take_word_if(p, KW_SERIALIZABLE))
			*modes |= AST_MODE_SERIALIZABLE;
		else if (take_words_if(p, KW_REPEATABLE, KW_READ))
			*modes |= AST_MODE_REPEATABLE_READ;
		else if (take_words_if(p, KW_READ, KW_COMMITTED))
			*modes |= AST_MODE_READ_COMMITTED;
		else if (take_words_if(p, KW_READ, KW_UNCOMMITTED))
			*modes |= AST_MODE_READ_UNCOMMITTED;
		else
			return fail_tried(p, NULL);
	} else if (take_words_if(p, KW_READ, KW_ONLY)) {
		*modes |= AST_MODE_READ_ONLY;
	} else if (take_words_if(p, KW_READ, KW_WRITE)) {
		*modes |= AST_MODE_READ_WRITE;
	} else if (take_words_if(p, KW_NOT, KW_DEFERRABLE)) {
		*modes |= AST_MODE_NOT_DEFERRABLE;
	} else if (take_word_if(p, KW_DEFERRABLE)) {
		*modes |= AST_MODE_DEFERRABLE;
	} else {
		*found = false;
	}
	return true;
}

/* modes := [mode {[","] mode}] */
AstNode *parse_transaction_modes(Parse *p, uint32_t begin, AstTransactionAction action)
{
	AstTransaction *out = TAKE_NODE_AT(p, AstTransaction, AST_TRANSACTION, begin);
	out->action = action;
	bool found = true, comma = false;
	while (found) {
		if (!transaction_mode(p, &out->modes, &found))
			return NULL;
		if (!found && (comma || (out->modes == 0 && action >= AST_TRANSACTION_SET))) {
			fail_tried(p, NULL);
			return NULL;
		}
		comma = found && take_symbol_if(p, ',');
	}
	return take_done(p, out);
}

static void skip_work(Parse *p)
{
	if (!take_word_if(p, KW_WORK))
		take_word_if(p, KW_TRANSACTION);
}

static AstNode *named(Parse *p, AstTransaction *out, AstTransactionAction action)
{
	out->action = action;
	return take_name(p, "a savepoint's name", &out->name) ? take_done(p, out) : NULL;
}

/* transaction := "BEGIN" ["WORK" | "TRANSACTION"] modes | "START" "TRANSACTION" modes
 *              | ("COMMIT" | "END") ["WORK" | "TRANSACTION"] | "SAVEPOINT" name | "RELEASE" ["SAVEPOINT"] name
 *              | ("ROLLBACK" | "ABORT") ["WORK" | "TRANSACTION"] ["TO" ["SAVEPOINT"] name] */
AstNode *parse_transaction(Parse *p)
{
	const Keyword first = take_peek(p, 0)->keyword;
	uint32_t begin = take_begin(p);
	if (first == KW_BEGIN && take_peek_word(p, 1, KW_STATEMENT))
		return parse_dml_begin_statement_set(p);
	AstTransaction *out = TAKE_NODE(p, AstTransaction, AST_TRANSACTION);
	take_any(p);
	switch (first) {
	case KW_BEGIN: skip_work(p); return parse_transaction_modes(p, begin, AST_TRANSACTION_BEGIN);
	case KW_START:
		return take_word(p, KW_TRANSACTION) ? parse_transaction_modes(p, begin, AST_TRANSACTION_BEGIN) : NULL;
	case KW_COMMIT:
	case KW_END:
		skip_work(p);
		out->action = AST_TRANSACTION_COMMIT;
		return take_done(p, out);
	case KW_SAVEPOINT: return named(p, out, AST_TRANSACTION_SAVEPOINT);
	case KW_RELEASE: take_word_if(p, KW_SAVEPOINT); return named(p, out, AST_TRANSACTION_RELEASE);
	default:
		skip_work(p);
		out->action = AST_TRANSACTION_ROLLBACK;
		if (take_word_if(p, KW_TO)) {
			take_word_if(p, KW_SAVEPOINT);
			return named(p, out, AST_TRANSACTION_ROLLBACK_TO);
		}
		return take_done(p, out);
	}
}
