/*
 * sql/catalog/catalog_names.c: from a name as written to the object that is meant.
 *
 * An exact match wins; else one that differs in case only, if there is just one; else an error that names the
 * candidates or the nearest name.
 */
#include "sql/catalog/catalog.h"

/* How far a name may be from what was written to be suggested. */
static unsigned distance_max(Str wanted)
{
	return wanted.len < 3 ? wanted.len : wanted.len / 3 + 2;
}

/* ---- relations ---- */

static bool is_default_schema(Str s)
{
	return str_eq_nocase(s, STR("default_database")) || str_eq_nocase(s, STR("public"));
}

/* Drops the default catalog and database in front of a path. */
static void strip_defaults(const Str **parts, uint32_t *nparts)
{
	if (*nparts > 1 &&
	    (str_eq_nocase((*parts)[0], STR("default_catalog")) || (*nparts > 2 && str_eq_c((*parts)[0], "weir")))) {
		(*parts)++;
		(*nparts)--;
	}
	if (*nparts > 1 && is_default_schema((*parts)[0])) {
		(*parts)++;
		(*nparts)--;
	}
}

static void join(const Str *parts, uint32_t nparts, StrBuf *out)
{
	for (uint32_t i = 0; i < nparts; i++) {
		if (i > 0)
			strbuf_putc(out, '.');
		strbuf_put_str(out, parts[i]);
	}
}

static bool is_side_word(Str s)
{
	return str_eq_nocase(s, STR("bad")) || str_eq_nocase(s, STR("late")) || str_eq_nocase(s, STR("refused"));
}

static void full_name(const Relation *r, StrBuf *out)
{
	strbuf_clear(out);
	catalog_put_name(r, out);
}

/* The one relation with that full name, in its exact case or, when nocase, in any. *count: how many. */
static const Relation *match(const Catalog *c, Str wanted, bool nocase, uint32_t *count, StrBuf *names)
{
	StrBuf name;
	strbuf_init(&name);
	const Relation *r, *found = NULL;
	*count = 0;
	for (uint32_t i = 0; (r = catalog_relation_at(c, i)); i++) {
		full_name(r, &name);
		if (nocase ? !str_eq_nocase(strbuf_str(&name), wanted) : !str_eq(strbuf_str(&name), wanted))
			continue;
		found = r;
		if (names) {
			if (*count > 0)
				strbuf_puts(names, ", ");
			strbuf_printf(names, "\"%s\"", strbuf_cstr(&name));
		}
		(*count)++;
	}
	strbuf_deinit(&name);
	return found;
}

static const Relation *nearest(const Catalog *c, Str wanted, StrBuf *out)
{
	StrBuf name;
	strbuf_init(&name);
	const Relation *r, *best = NULL;
	unsigned best_distance = distance_max(wanted);
	for (uint32_t i = 0; (r = catalog_relation_at(c, i)); i++) {
		full_name(r, &name);
		unsigned d = str_distance(strbuf_str(&name), wanted, best_distance);
		if (d < best_distance) {
			best = r;
			best_distance = d;
			strbuf_clear(out);
			strbuf_put_str(out, strbuf_str(&name));
		}
	}
	strbuf_deinit(&name);
	return best;
}

static bool fail_no_relation(const Catalog *c, Str wanted, const Str *parts, uint32_t nparts, Span span, Err *err)
{
	StrBuf name;
	strbuf_init(&name);
	uint32_t count;
	const Relation *base = nparts == 2 && is_side_word(parts[1]) ? match(c, parts[0], true, &count, NULL) : NULL;
	const FunctionDef *f = nparts == 1 ? catalog_function(c, parts[0]) : NULL;
	if (base) {
		err_set_at(err, ERR_NO_SUCH_TABLE, span, "\"%.*s\" has no table \"%.*s\"", STR_ARG(base->name),
		           STR_ARG(parts[1]));
		err_hint(err, "Sources have \"bad\"; materialized views \"bad\" and \"late\"; sinks \"refused\" too, once an "
		              "INSERT writes to them.");
	} else {
		err_set_at(err, ERR_NO_SUCH_TABLE, span, "unknown table or view \"%.*s\"", STR_ARG(wanted));
		if (f)
			err_hint(err, "\"%.*s\" is a function.", STR_ARG(f->name));
		else if (nearest(c, wanted, &name))
			err_hint(err, "Did you mean \"%s\"?", strbuf_cstr(&name));
		else
			err_hint(err, "SHOW TABLES and SHOW VIEWS list what there is.");
	}
	strbuf_deinit(&name);
	return false;
}

const Relation *catalog_relation(const Catalog *c, const Str *parts, uint32_t nparts, Span span, Err *err)
{
	strip_defaults(&parts, &nparts);
	StrBuf wanted, names;
	strbuf_init(&wanted);
	strbuf_init(&names);
	join(parts, nparts, &wanted);
	uint32_t count;
	const Relation *r = match(c, strbuf_str(&wanted), false, &count, NULL);
	if (!r)
		r = match(c, strbuf_str(&wanted), true, &count, &names);
	if (count > 1 && names.len > 0) {
		err_set_at(err, ERR_AMBIGUOUS, span, "\"%s\" may be %s", strbuf_cstr(&wanted), strbuf_cstr(&names));
		err_hint(err, "Write the name in its exact case.");
		r = NULL;
	} else if (!r && nparts == 1) {
		StrBuf pg;
		strbuf_init(&pg);
		strbuf_printf(&pg, "pg_catalog.%s", strbuf_cstr(&wanted));
		r = match(c, strbuf_str(&pg), true, &count, NULL);
		strbuf_deinit(&pg);
	}
	if (!r && count <= 1)
		fail_no_relation(c, strbuf_str(&wanted), parts, nparts, span, err);
	strbuf_deinit(&wanted);
	strbuf_deinit(&names);
	return r;
}

/* ---- functions and queries ---- */

const FunctionDef *catalog_function(const Catalog *c, Str name)
{
	const FunctionDef *f, *nocase = NULL;
	for (uint32_t i = 0; (f = catalog_function_at(c, i)); i++) {
		if (str_eq(f->name, name))
			return f;
		if (!nocase && str_eq_nocase(f->name, name))
			nocase = f;
	}
	return nocase;
}

const QueryDef *catalog_query(const Catalog *c, Str name, Err *err)
{
	const QueryDef *q, *found = NULL, *near = NULL;
	uint32_t count = 0;
	unsigned near_distance = distance_max(name);
	for (uint32_t i = 0; (q = catalog_query_at(c, i)); i++) {
		if (str_eq(q->name, name))
			return q;
		if (str_eq_nocase(q->name, name)) {
			found = q;
			count++;
		}
		unsigned d = str_distance(q->name, name, near_distance);
		if (d < near_distance) {
			near = q;
			near_distance = d;
		}
	}
	if (count == 1)
		return found;
	if (count > 1) {
		err_set(err, ERR_AMBIGUOUS, "more than one query is named \"%.*s\" but for the case", STR_ARG(name));
		err_hint(err, "Write the name in its exact case.");
		return NULL;
	}
	err_set(err, ERR_NO_SUCH_OBJECT, "unknown query \"%.*s\"", STR_ARG(name));
	if (near)
		err_hint(err, "Did you mean \"%.*s\"?", STR_ARG(near->name));
	else
		err_hint(err, "SHOW QUERIES lists what runs.");
	return NULL;
}
