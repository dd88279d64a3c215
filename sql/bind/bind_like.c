/*
 * sql/bind/bind_like.c: CREATE TABLE ... LIKE: what of another table's definition goes into the new one.
 *
 * The default is INCLUDING ALL OVERWRITING OPTIONS. INCLUDING refuses what both have, OVERWRITING lets the new table
 * win. Physical columns always come along. Expressions are taken as text and bound again, over the new table's columns.
 */
#include "sql/bind/bind_int.h"

typedef struct Strategies {
	AstLikeAction of[AST_LIKE_WATERMARKS + 1];
} Strategies;

static void choose(const AstCreateTable *ct, Strategies *s)
{
	for (int i = 0; i <= AST_LIKE_WATERMARKS; i++)
		s->of[i] = AST_LIKE_INCLUDING;
	s->of[AST_LIKE_OPTIONS] = AST_LIKE_OVERWRITING;
	for (int pass = 0; pass < 2; pass++) { /* ALL first, wherever it stands */
		for (uint32_t i = 0; i < ct->like_options.len; i++) {
			const AstLikeOption *o = AST_CONST(AstLikeOption, ct->like_options.items[i]);
			if (pass == 0 && o->what == AST_LIKE_ALL)
				for (int k = 0; k <= AST_LIKE_WATERMARKS; k++)
					s->of[k] = o->action;
			if (pass == 1 && o->what != AST_LIKE_ALL)
				s->of[o->what] = o->action;
		}
	}
}

static bool fail_both(Binder *b, const AstCreateTable *ct, const char *what, const char *feature, Err *err)
{
	err_set_at(err, ERR_DUPLICATE_OBJECT, bind_path_span(b, &ct->like), "both tables have %s", what);
	return err_hint(err, "Write LIKE ... (%s %s).",
	                str_eq_c(str_from(feature), "CONSTRAINTS") || str_eq_c(str_from(feature), "PARTITIONS")
	                    ? "EXCLUDING"
	                    : "OVERWRITING",
	                feature);
}

static bool new_has_column(const AstCreateTable *ct, Str name)
{
	for (uint32_t i = 0; i < ct->columns.len; i++)
		if (str_eq(AST_CONST(AstColumnDef, ct->columns.items[i])->name.text, name))
			return true;
	return false;
}

static bool take_column(Binder *b, const AstCreateTable *ct, const Strategies *s, const ColumnDef *from, Draft *d,
                        Err *err)
{
	AstLikeAction action = from->kind == COLUMN_COMPUTED   ? s->of[AST_LIKE_GENERATED]
	                       : from->kind == COLUMN_METADATA ? s->of[AST_LIKE_METADATA]
	                                                       : AST_LIKE_INCLUDING;
	if (action == AST_LIKE_EXCLUDING || (action == AST_LIKE_OVERWRITING && new_has_column(ct, from->name)))
		return true;
	DraftColumn c = {.from_like = true};
	c.def = (ColumnDef){
	    .name = arena_str(b->arena, from->name),
	    .kind = from->kind,
	    .metadata_key = arena_str(b->arena, from->metadata_key),
	    .is_virtual = from->is_virtual,
	    .computed_text = arena_str(b->arena, from->computed_text),
	    .comment = arena_str(b->arena, from->comment),
	};
	if (from->kind != COLUMN_COMPUTED) {
		c.def.type = type_copy(b->arena, from->type);
	} else {
		AstNode *e;
		if (!parser_expr(b->arena, c.def.computed_text, NULL, &e, err))
			return false;
		c.expr = e;
	}
	ARENA_PUSH(b->arena, &d->cols, c);
	return true;
}

static AstNames column_names(Binder *b, const TableDef *t, const uint32_t *cols, uint32_t n)
{
	AstNames names = {0};
	for (uint32_t i = 0; i < n; i++) {
		AstName name = {.text = arena_str(b->arena, t->cols[cols[i]].name)};
		ARENA_PUSH(b->arena, &names, name);
	}
	return names;
}

static bool new_has_key(const AstCreateTable *ct)
{
	bool has = ct->keys.len > 0;
	for (uint32_t i = 0; i < ct->columns.len; i++)
		has = has || AST_CONST(AstColumnDef, ct->columns.items[i])->key;
	return has;
}

static bool take_rest(Binder *b, const AstCreateTable *ct, const Strategies *s, const TableDef *t, Draft *d, Err *err)
{
	if (t->watermark && s->of[AST_LIKE_WATERMARKS] != AST_LIKE_EXCLUDING) {
		if (ct->watermarks.len && s->of[AST_LIKE_WATERMARKS] == AST_LIKE_INCLUDING)
			return fail_both(b, ct, "a WATERMARK", "WATERMARKS", err);
		AstNode *e;
		d->watermark_text = arena_str(b->arena, t->watermark_text);
		if (!parser_expr(b->arena, d->watermark_text, NULL, &e, err))
			return false;
		d->watermark = e;
		d->watermark_col = (AstName){.text = arena_str(b->arena, t->cols[t->watermark_col].name)};
		d->watermark_from_like = true;
	}
	if (t->nkey && s->of[AST_LIKE_CONSTRAINTS] != AST_LIKE_EXCLUDING) {
		if (new_has_key(ct))
			return fail_both(b, ct, "a PRIMARY KEY", "CONSTRAINTS", err);
		d->key = column_names(b, t, t->key, t->nkey);
		d->key_name = arena_str(b->arena, t->key_name);
		d->has_key = true;
		d->key_not_enforced = t->connector.len > 0;
	}
	if (t->npartitioned_by && s->of[AST_LIKE_PARTITIONS] != AST_LIKE_EXCLUDING) {
		if (ct->partitioned_by.len)
			return fail_both(b, ct, "PARTITIONED BY", "PARTITIONS", err);
		d->partitioned_by = column_names(b, t, t->partitioned_by, t->npartitioned_by);
	}
	return true;
}

static bool take_options(Binder *b, const AstCreateTable *ct, const Strategies *s, const TableDef *t, Draft *d,
                         Err *err)
{
	Options own = {0};
	if (!bind_table_options(b, &ct->options, &own, err))
		return false;
	for (uint32_t i = 0; s->of[AST_LIKE_OPTIONS] != AST_LIKE_EXCLUDING && i < t->options.len; i++) {
		const OptionValue *o = &t->options.items[i];
		if (options_find(&own, o->key)) {
			if (s->of[AST_LIKE_OPTIONS] == AST_LIKE_INCLUDING)
				return fail_both(b, ct, "the same option", "OPTIONS", err);
			continue;
		}
		OptionValue v = {.key = arena_str(b->arena, o->key),
		                 .raw = arena_str(b->arena, o->raw),
		                 .value = arena_str(b->arena, o->value)};
		ARENA_PUSH(b->arena, &d->options, v);
	}
	for (uint32_t i = 0; i < own.len; i++)
		ARENA_PUSH(b->arena, &d->options, own.items[i]);
	return true;
}

bool bind_like(Binder *b, const AstCreateTable *ct, Draft *d, Err *err)
{
	const Relation *r = bind_relation(b, &ct->like, bind_path_span(b, &ct->like), err);
	if (!r)
		return false;
	if (r->kind == REL_SYSTEM || r->kind == REL_SIDE)
		return err_set_at(err, ERR_WRONG_OBJECT, bind_path_span(b, &ct->like), "LIKE needs a table or view");
	Strategies s;
	choose(ct, &s);
	for (uint32_t i = 0; i < r->table->ncols; i++)
		if (!take_column(b, ct, &s, &r->table->cols[i], d, err))
			return false;
	return take_rest(b, ct, &s, r->table, d, err) && take_options(b, ct, &s, r->table, d, err);
}
