/*
 * sql/bind/bind.c: the binder of one statement: spans, notices, what it reads, and the end of every query.
 */
#include "sql/bind/bind.h"

#include <stdio.h>

#include "sql/bind/bind_int.h"
#include "sql/plan/finish.h"
#include "sql/types/zone.h"

static bool count_params(void *ctx, AstNode *child)
{
	uint32_t *most = ctx;
	if (child->kind == AST_PARAM && AST(AstParam, child)->number > *most)
		*most = AST(AstParam, child)->number;
	return ast_walk(child, count_params, ctx);
}

void bind_init(Binder *b, BindContext *bc, bool snapshot, const AstNode *stmt)
{
	*b = (Binder){.bc = bc, .arena = bc->arena, .snapshot = snapshot, .arena_begin = arena_bytes(bc->arena)};
	uint32_t n = bc->nparams;
	if (stmt)
		count_params(&n, (AstNode *)stmt);
	b->nclient = b->next_slot = n;
	b->param_types = ARENA_ARRAY_ZERO(b->arena, const Type *, n + 1);
	for (uint32_t i = 0; i < bc->nparams; i++)
		b->param_types[i] = bc->param_types ? bc->param_types[i] : NULL;
}

EvalEnv bind_env(const Settings *settings, int64_t now_us)
{
	return (EvalEnv){
	    .zone = zone_find(settings_str(settings, "table.local-time-zone"), NULL),
	    .now_us = now_us,
	    .flink_arithmetic = str_eq_c(settings_str(settings, "weir.arithmetic"), "flink"),
	    .legacy_cast = str_eq_c(settings_str(settings, "table.exec.legacy-cast-behaviour"), "ENABLED"),
	    .watermark_us = INT64_MIN,
	    .database = "default_database",
	};
}

bool bind_finish(Binder *b, Plan *root, PlanQuery **out, Err *err)
{
	PlanQuery *q = ARENA_NEW(b->arena, PlanQuery);
	q->root = root;
	q->snapshot = b->snapshot;
	q->nparams = b->next_slot;
	q->nclient_params = b->nclient;
	for (uint32_t i = 0; i < b->nclient; i++)
		if (!b->param_types[i])
			b->param_types[i] = &type_string;
	q->param_types = b->param_types;
	q->reads = (const struct Relation **)b->reads.items;
	q->nreads = b->reads.len;
	q->uses = b->uses.items;
	q->nuses = b->uses.len;
	q->zone = b->bc->env.zone ? b->bc->env.zone : zone_utc;
	q->ttl_us = b->snapshot ? 0 : settings_duration_us(b->bc->settings, "table.exec.state.ttl");
	q->notices = b->bc->notices;
	*out = q;
	if (!b->snapshot && !bind_over_check(b, root, err))
		return false;
	return b->bc->unfinished || finish_plan(b->arena, q, err);
}

Span bind_spanned(const Binder *b, Span span)
{
	return b->foreign ? (Span){0, 0} : span;
}

Span bind_span(const Binder *b, const AstNode *n)
{
	return bind_spanned(b, n->span);
}

Span bind_path_span(const Binder *b, const AstNames *path)
{
	if (path->len == 0)
		return (Span){0, 0};
	return bind_spanned(b, (Span){path->items[0].span.begin, path->items[path->len - 1].span.end});
}

void bind_notice(Binder *b, const char *fmt, ...)
{
	if (!b->bc->notices || b->foreign)
		return;
	va_list args;
	va_start(args, fmt);
	strbuf_vprintf(b->bc->notices, fmt, args);
	va_end(args);
	strbuf_putc(b->bc->notices, '\n');
}

bool bind_unsupported(const Binder *b, Span span, Err *err, const char *fmt, ...)
{
	char what[256];
	va_list args;
	va_start(args, fmt);
	vsnprintf(what, sizeof what, fmt, args);
	va_end(args);
	return err_set_at(err, ERR_NOT_SUPPORTED, bind_spanned(b, span), "%s not supported yet", what);
}

/* ---- what is read and named ---- */

static void use(Binder *b, Str name)
{
	for (uint32_t i = 0; i < b->uses.len; i++)
		if (str_eq(b->uses.items[i], name))
			return;
	ARENA_PUSH(b->arena, &b->uses, name);
}

void bind_use_relation(Binder *b, const Relation *r)
{
	use(b, r->schema.len ? arena_printf(b->arena, "%.*s.%.*s", STR_ARG(r->schema), STR_ARG(r->name)) : r->name);
	if (r->kind == REL_VIEW)
		return;
	for (uint32_t i = 0; i < b->reads.len; i++)
		if (b->reads.items[i] == r)
			return;
	ARENA_PUSH(b->arena, &b->reads, r);
}

void bind_use_function(Binder *b, const FunctionDef *f)
{
	use(b, arena_printf(b->arena, "%.*s()", STR_ARG(f->name)));
}

const Relation *bind_relation(Binder *b, const AstNames *path, Span span, Err *err)
{
	Str *parts = ARENA_ARRAY(b->arena, Str, path->len);
	for (uint32_t i = 0; i < path->len; i++)
		parts[i] = path->items[i].text;
	return catalog_relation(b->bc->catalog, parts, path->len, span, err);
}

/* ---- words for messages ---- */

/* One letter of two may differ, two of three (they may have changed places), then a third. */
Nearest bind_nearest(Str wanted)
{
	return (Nearest){.wanted = wanted, .best = STR_EMPTY, .distance = wanted.len < 3 ? wanted.len : wanted.len / 3 + 2};
}

void bind_nearest_try(Nearest *n, Str name)
{
	unsigned d = str_distance(n->wanted, name, n->distance);
	if (d < n->distance) {
		n->best = name;
		n->distance = d;
	}
}

bool bind_nearest_hint(const Nearest *n, Err *err)
{
	if (n->best.len == 0)
		return false;
	err_hint(err, "Did you mean \"%.*s\"?", STR_ARG(n->best));
	return true;
}

const char *bind_type_text(Arena *arena, const Type *type)
{
	StrBuf b;
	strbuf_init(&b);
	type_print(type, false, &b);
	const char *text = arena_cstr(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return text;
}
