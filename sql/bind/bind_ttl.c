/*
 * sql/bind/bind_ttl.c: the hint STATE_TTL('a' = '1 h', ...) of a SELECT.
 *
 *   FROM a JOIN b   each name is a side of a join; of a chain of joins, what stands for the rows that a join has made
 *                   keeps the setting
 *   FROM a          the name stands for the groups of GROUP BY or DISTINCT
 *
 * A name is the alias, or that of the table, view or WITH query if it has none. The hint goes before
 * table.exec.state.ttl.
 */
#include "base/config.h"
#include "sql/bind/bind_int.h"

static bool add(Binder *b, TtlHints *t, const AstOption *o, Err *err)
{
	TtlName n = {.name = o->key->value, .span = bind_span(b, &o->node), .ttl = {.hint = true}};
	bool fine = o->value && config_duration_us(o->value->value, &n.ttl.us) && n.ttl.us >= 0;
	if (!fine) {
		err_set_at(err, ERR_BAD_OPTION, n.span, "\"%.*s\" is no duration for the state of \"%.*s\"",
		           STR_ARG(o->value ? o->value->value : STR_EMPTY), STR_ARG(n.name));
		return err_hint(err, "For example '10 min', '1 h', '2 d'; '0' keeps state for ever.");
	}
	ARENA_PUSH(b->arena, t, n);
	return true;
}

bool bind_ttl_begin(Binder *b, const AstSelect *sel, TtlHints *t, Err *err)
{
	const AstNode *first = sel->from.len ? sel->from.items[0] : NULL;
	*t = (TtlHints){.joins = sel->from.len > 1 || (first && first->kind == AST_REF_JOIN)};
	for (uint32_t i = 0; i < sel->hints.len; i++) {
		const AstHint *h = AST_CONST(AstHint, sel->hints.items[i]);
		if (!str_eq_nocase(h->name.text, STR("STATE_TTL"))) {
			bind_notice(b, "the hint %.*s has no effect here", STR_ARG(h->name.text));
			continue;
		}
		if (!h->options.len || h->args.len) {
			err_set_at(err, ERR_SYNTAX, bind_span(b, &h->node), "STATE_TTL needs names and durations");
			return err_hint(err, "Write STATE_TTL('a' = '1 h', 'b' = '2 d') with names or aliases of FROM.");
		}
		for (uint32_t k = 0; k < h->options.len; k++)
			if (!add(b, t, AST_CONST(AstOption, h->options.items[k]), err))
				return false;
	}
	return true;
}

void bind_ttl_mark(Binder *b, Str name, Plan *plan)
{
	TtlHints *t = b->ttl;
	if (!t || !name.len)
		return;
	ARENA_PUSH(b->arena, &t->tables, name);
	for (uint32_t i = 0; i < t->len; i++) {
		TtlName *n = &t->items[i];
		if (!str_eq_nocase(n->name, name))
			continue;
		n->used = true;
		if (b->snapshot)
			continue;
		if (t->joins)
			plan->side_ttl = n->ttl;
		else
			t->groups = n->ttl;
	}
}

bool bind_ttl_end(Binder *b, const TtlHints *t, bool grouped, Err *err)
{
	for (uint32_t i = 0; i < t->len; i++) {
		const TtlName *n = &t->items[i];
		if (n->used)
			continue;
		err_set_at(err, ERR_NO_SUCH_TABLE, n->span, "the hint STATE_TTL names \"%.*s\", which is no table in FROM",
		           STR_ARG(n->name));
		Nearest near = bind_nearest(n->name);
		for (uint32_t k = 0; k < t->tables.len; k++)
			bind_nearest_try(&near, t->tables.items[k]);
		if (!near.best.len)
			return err_hint(err, "A table with an alias is named by the alias.");
		bind_nearest_hint(&near, err);
		return false;
	}
	if (t->len && !t->joins && !grouped)
		bind_notice(b, "the hint STATE_TTL has no effect here: it is for joins and GROUP BY; other state follows "
		               "'table.exec.state.ttl'");
	return true;
}
