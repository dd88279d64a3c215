/*
 * engine/front/session_set.c: SET, RESET, USE, DISCARD, transactions.
 *
 * BEGIN is accepted: each SELECT reads the newest committed epoch (PostgreSQL's READ COMMITTED); statements that change
 * commit one by one, so ROLLBACK after a change is an error that says so.
 */
#include "engine/front/session_int.h"

static Str literal_text(const AstNode *n)
{
	return AST_CONST(AstLiteral, n)->value;
}

static bool list_settings(Running *r)
{
	static const char *const names[] = {"name", "value", "description"};
	struct {
		Str *items;
		size_t len, cap;
	} cells = {0};
	const SettingDef *d;
	uint32_t n = 0;
	const Settings *settings = session_settings_fresh(r->s);
	for (uint32_t i = 0; (d = settings_def_at(i)); i++) {
		if (d->class != OPTION_HONOURED)
			continue; /* most of these stand for many names */
		ARENA_PUSH(r->arena, &cells, str_from(d->name));
		ARENA_PUSH(r->arena, &cells, settings_str(settings, d->name));
		ARENA_PUSH(r->arena, &cells, str_from(d->doc));
		n++;
	}
	return session_text_result(r, names, 3, cells.items, n, "SET");
}

const Settings *session_settings_fresh(Session *s)
{
	Settings *engine = engine_settings(s->opt.engine);
	const SettingDef *d;
	for (uint32_t i = 0; (d = settings_def_at(i)); i++)
		if (d->class == OPTION_HONOURED && (d->scope == SETTING_ENGINE || d->scope == SETTING_START))
			settings_take(s->settings, engine, d->name);
	settings_free(engine);
	return s->settings;
}

/* What belongs to the engine is set there too. */
static bool set_engine(Running *r, Str name, Str value, Err *err)
{
	const SettingDef *d = settings_find(name);
	if (!d || d->class != OPTION_HONOURED || (d->scope != SETTING_ENGINE && d->scope != SETTING_START))
		return true;
	if (engine_set(r->s->opt.engine, name, value, err))
		return true;
	session_settings_fresh(r->s);
	return false;
}

static bool set_value(Running *r, const AstSet *node, Err *err)
{
	StrBuf value;
	strbuf_init(&value);
	for (uint32_t i = 0; i < node->values.len; i++) {
		const AstNode *v = node->values.items[i];
		if (i)
			strbuf_puts(&value, ", ");
		if (v->kind == AST_LITERAL && AST_CONST(AstLiteral, v)->kind == AST_LIT_TRUE)
			strbuf_puts(&value, "true");
		else if (v->kind == AST_LITERAL && AST_CONST(AstLiteral, v)->kind == AST_LIT_FALSE)
			strbuf_puts(&value, "false");
		else if (v->kind == AST_LITERAL)
			strbuf_put_str(&value, literal_text(v));
		else
			strbuf_put_str(&value, str_make(r->text.ptr + v->span.begin, v->span.end - v->span.begin));
	}
	bool no_effect = false;
	Str name = node->key->value;
	bool ok = node->to_default ? settings_reset(r->s->settings, name, err)
	                           : settings_set(r->s->settings, name, strbuf_str(&value), &no_effect, err);
	ok = ok && set_engine(r, name, node->to_default ? (Str){0} : strbuf_str(&value), err);
	strbuf_deinit(&value);
	if (!ok) {
		if (!err->span.end)
			err->span = node->key->node.span;
		return false;
	}
	if (no_effect && r->results->notice) {
		Str text = arena_printf(r->arena, "\"%.*s\" is accepted, and has no effect here", STR_ARG(name));
		r->results->notice(r->results->ctx, text.ptr);
	}
	session_end(r, "SET");
	return true;
}

static void put_flag(Session *s, const char *name, bool on)
{
	bool no_effect;
	Err err = {0};
	settings_set(s->settings, str_from(name), on ? STR("true") : STR("false"), &no_effect, &err);
}

/* READ ONLY holds; of the isolation levels there is one, and who asks for a stronger one is told. */
static void take_modes(Running *r, uint32_t modes, const char *setting)
{
	if (modes & (AST_MODE_READ_ONLY | AST_MODE_READ_WRITE))
		put_flag(r->s, setting, modes & AST_MODE_READ_ONLY);
	if ((modes & (AST_MODE_SERIALIZABLE | AST_MODE_REPEATABLE_READ)) && r->results->notice)
		r->results->notice(r->results->ctx, "each SELECT reads the newest committed epoch, as in READ COMMITTED");
}

static bool transaction(Running *r, const AstTransaction *node, Err *err)
{
	Session *s = r->s;
	switch (node->action) {
	case AST_TRANSACTION_BEGIN:
		s->transaction = 'T';
		s->changed_in_transaction = false;
		put_flag(s, "transaction_read_only", settings_bool(s->settings, "default_transaction_read_only"));
		take_modes(r, node->modes, "transaction_read_only");
		session_end(r, "BEGIN");
		return true;
	case AST_TRANSACTION_COMMIT:
		session_end(r, s->transaction == 'E' ? "ROLLBACK" : "COMMIT");
		s->transaction = 'I';
		put_flag(s, "transaction_read_only", false);
		return true;
	case AST_TRANSACTION_ROLLBACK: {
		bool changed = s->changed_in_transaction;
		s->transaction = 'I';
		s->changed_in_transaction = false;
		put_flag(s, "transaction_read_only", false);
		if (changed) {
			err_set_at(err, ERR_TRANSACTION, node->node.span,
			           "the changes of this transaction are committed and cannot be rolled back");
			return err_hint(err, "weir commits each statement that changes something by itself.");
		}
		session_end(r, "ROLLBACK");
		return true;
	}
	case AST_TRANSACTION_SAVEPOINT:
	case AST_TRANSACTION_RELEASE:
		session_end(r, node->action == AST_TRANSACTION_SAVEPOINT ? "SAVEPOINT" : "RELEASE");
		return true;
	case AST_TRANSACTION_ROLLBACK_TO:
		if (s->changed_in_transaction)
			return err_set_at(err, ERR_TRANSACTION, node->node.span,
			                  "changes are committed one by one and cannot be rolled back");
		s->transaction = 'T';
		session_end(r, "ROLLBACK");
		return true;
	case AST_TRANSACTION_SET:
		take_modes(r, node->modes, "transaction_read_only");
		session_end(r, "SET");
		return true;
	case AST_TRANSACTION_SET_SESSION:
		take_modes(r, node->modes, "default_transaction_read_only");
		session_end(r, "SET");
		return true;
	}
	return true;
}

bool session_set(Running *r, Err *err)
{
	switch (r->stmt->kind) {
	case AST_SET: {
		const AstSet *node = AST_CONST(AstSet, r->stmt);
		return node->key ? set_value(r, node, err) : list_settings(r);
	}
	case AST_RESET: {
		const AstSet *node = AST_CONST(AstSet, r->stmt);
		if (!settings_reset(r->s->settings, node->key ? node->key->value : STR_EMPTY, err) ||
		    (node->key && !set_engine(r, node->key->value, (Str){0}, err)))
			return false;
		session_end(r, "RESET");
		return true;
	}
	case AST_TRANSACTION: return transaction(r, AST_CONST(AstTransaction, r->stmt), err);
	case AST_DISCARD: session_end(r, "DISCARD ALL"); return settings_reset(r->s->settings, STR_EMPTY, err);
	case AST_USE: {
		const AstUse *node = AST_CONST(AstUse, r->stmt);
		Str name = node->path.items[node->path.len - 1].text;
		if (!str_eq_nocase(name, STR("default_database")) && !str_eq_nocase(name, STR("default_catalog")))
			return err_set_at(err, ERR_NOT_SUPPORTED, node->node.span,
			                  "other catalogs and databases are not supported yet");
		session_end(r, "USE");
		return true;
	}
	default: return err_set(err, ERR_INTERNAL, "not a statement of settings");
	}
}
