/*
 * sql/catalog/catalog.c: versions of the catalog: a directory of counted entries, copied when it changes.
 *
 *   Catalog 7 [T V F]      an edit of version 7 copies the directory, takes T2 for T, and becomes version 8:
 *              | | |       T is freed when the last version that lists it is gone.
 *   Catalog 8 [T2 V F]
 *
 * A plan points at the relations it reads, so the entry of a view or query holds their entries too: what is replaced
 * stays as long as a reader of the old form. Finding names is catalog_names.c's affair.
 */
#include "sql/catalog/catalog.h"

#include <stdatomic.h>

#include "sql/catalog/uses.h"

typedef enum EntryKind { ENTRY_RELATION, ENTRY_FUNCTION, ENTRY_QUERY, ENTRY_KINDS } EntryKind;

typedef struct Entry Entry;
struct Entry {
	atomic_uint refs;
	EntryKind kind;
	union {
		Relation *relation;
		FunctionDef *function;
		QueryDef *query;
	};
	Entry **holds; /* entries of the relations that the plan points at */
	uint32_t nholds;
};

typedef struct EntryList {
	Entry **items;
	uint32_t len;
	uint32_t cap;
} EntryList;

struct Catalog {
	atomic_uint refs;
	uint64_t version;
	EntryList lists[ENTRY_KINDS];
};

struct CatalogEdit {
	Catalog *next;
};

static EntryList catalog_system; /* registered once, before the first catalog; never freed */
static Arena *catalog_system_arena;

/* ---- entries ---- */

static Entry *entry_new(EntryKind kind, void *object)
{
	Entry *e = MEM_NEW(Entry);
	atomic_init(&e->refs, 1);
	e->kind = kind;
	e->relation = object;
	return e;
}

static Entry *entry_ref(Entry *e)
{
	atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);
	return e;
}

static void entry_unref(Entry *e)
{
	if (atomic_fetch_sub_explicit(&e->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (uint32_t i = 0; i < e->nholds; i++)
		entry_unref(e->holds[i]);
	mem_free(e->holds);
	Arena *arena = e->kind == ENTRY_RELATION   ? e->relation->arena
	               : e->kind == ENTRY_FUNCTION ? e->function->arena
	                                           : e->query->arena;
	arena_close(arena);
	mem_free(e);
}

static void list_push(EntryList *l, Entry *e)
{
	if (l->len == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 16;
		l->items = mem_realloc(l->items, l->cap * sizeof *l->items);
	}
	l->items[l->len++] = e;
}

static void list_remove(EntryList *l, uint32_t i)
{
	Entry *e = l->items[i];
	memmove(&l->items[i], &l->items[i + 1], (l->len - i - 1) * sizeof *l->items);
	l->len--;
	entry_unref(e);
}

static Str entry_name(const Entry *e)
{
	return e->kind == ENTRY_RELATION   ? e->relation->name
	       : e->kind == ENTRY_FUNCTION ? e->function->name
	                                   : e->query->name;
}

static int64_t list_find(const EntryList *l, Str schema, Str name)
{
	for (uint32_t i = 0; i < l->len; i++) {
		const Entry *e = l->items[i];
		if (str_eq(entry_name(e), name) && (e->kind != ENTRY_RELATION || str_eq(e->relation->schema, schema)))
			return i;
	}
	return -1;
}

/* ---- versions ---- */

static Catalog *catalog_copy(const Catalog *from, uint64_t version)
{
	Catalog *c = MEM_NEW(Catalog);
	atomic_init(&c->refs, 1);
	c->version = version;
	for (int k = 0; from && k < ENTRY_KINDS; k++)
		for (uint32_t i = 0; i < from->lists[k].len; i++)
			list_push(&c->lists[k], entry_ref(from->lists[k].items[i]));
	return c;
}

Catalog *catalog_new(void)
{
	Catalog *c = catalog_copy(NULL, 1);
	for (uint32_t i = 0; i < catalog_system.len; i++)
		list_push(&c->lists[ENTRY_RELATION], entry_ref(catalog_system.items[i]));
	return c;
}

Catalog *catalog_ref(Catalog *c)
{
	atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
	return c;
}

void catalog_unref(Catalog *c)
{
	if (!c || atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (int k = 0; k < ENTRY_KINDS; k++) {
		for (uint32_t i = 0; i < c->lists[k].len; i++)
			entry_unref(c->lists[k].items[i]);
		mem_free(c->lists[k].items);
	}
	mem_free(c);
}

uint64_t catalog_version(const Catalog *c)
{
	return c->version;
}

/* ---- reading ---- */

const Relation *catalog_find(const Catalog *c, Str schema, Str name)
{
	int64_t i = list_find(&c->lists[ENTRY_RELATION], schema, name);
	return i < 0 ? NULL : c->lists[ENTRY_RELATION].items[i]->relation;
}

const Relation *catalog_relation_at(const Catalog *c, uint32_t i)
{
	const EntryList *l = &c->lists[ENTRY_RELATION];
	return i < l->len ? l->items[i]->relation : NULL;
}

const FunctionDef *catalog_function_at(const Catalog *c, uint32_t i)
{
	const EntryList *l = &c->lists[ENTRY_FUNCTION];
	return i < l->len ? l->items[i]->function : NULL;
}

const QueryDef *catalog_query_at(const Catalog *c, uint32_t i)
{
	const EntryList *l = &c->lists[ENTRY_QUERY];
	return i < l->len ? l->items[i]->query : NULL;
}

/* ---- who reads what ---- */

static bool has_name(const Str *names, uint32_t n, Str name)
{
	for (uint32_t i = 0; i < n; i++)
		if (str_eq(names[i], name))
			return true;
	return false;
}

static bool plan_names(const struct PlanQuery *plan, Str name)
{
	Uses u = uses_of_plan(plan);
	return has_name(u.names, u.nnames, name);
}

bool catalog_names_have(const CatalogNames *names, Str name)
{
	return has_name(names->items, names->len, name);
}

void catalog_names_add(CatalogNames *names, Str name)
{
	if (!catalog_names_have(names, name))
		ARENA_PUSH(names->arena, names, arena_str(names->arena, name));
}

Str catalog_names_text(const CatalogNames *names)
{
	StrBuf text;
	strbuf_init(&text);
	for (uint32_t i = 0; i < names->len; i++)
		strbuf_printf(&text, "%s%.*s", i ? ", " : "", STR_ARG(names->items[i]));
	Str out = arena_str(names->arena, strbuf_str(&text));
	strbuf_deinit(&text);
	return out;
}

/* "f()": how a function is named among relations */
static Str function_use(const FunctionDef *f, StrBuf *out)
{
	strbuf_clear(out);
	strbuf_put_str(out, f->name);
	strbuf_puts(out, "()");
	return strbuf_str(out);
}

const FunctionDef *catalog_names_function(const Catalog *c, Str name)
{
	bool ends = name.len > 2 && str_eq(str_slice(name, name.len - 2, 2), STR("()"));
	int64_t i = ends ? list_find(&c->lists[ENTRY_FUNCTION], STR_EMPTY, str_slice(name, 0, name.len - 2)) : -1;
	return i < 0 ? NULL : c->lists[ENTRY_FUNCTION].items[i]->function;
}

static void add_functions(const Catalog *c, Str use, CatalogNames *names)
{
	StrBuf name;
	strbuf_init(&name);
	const FunctionDef *f;
	for (uint32_t i = 0; (f = catalog_function_at(c, i)); i++)
		if (has_name(f->uses, f->nuses, use))
			catalog_names_add(names, function_use(f, &name));
	strbuf_deinit(&name);
}

static void add_dependents(const Catalog *c, Str use, const Relation *self, CatalogNames *names)
{
	add_functions(c, use, names);
	const Relation *r;
	for (uint32_t i = 0; (r = catalog_relation_at(c, i)); i++) {
		if (r == self)
			continue;
		if (plan_names(r->plan, use) || (r->table && has_name(r->table->uses, r->table->nuses, use)))
			catalog_names_add(names, r->name);
	}
	const QueryDef *q;
	for (uint32_t i = 0; (q = catalog_query_at(c, i)); i++)
		if (plan_names(q->plan, use) ||
		    (self && q->sink && str_eq(q->sink->name, self->name) && str_eq(q->sink->schema, self->schema)))
			catalog_names_add(names, q->name);
}

void catalog_put_name(const Relation *r, StrBuf *out)
{
	if (r->schema.len > 0) {
		strbuf_put_str(out, r->schema);
		strbuf_putc(out, '.');
	}
	strbuf_put_str(out, r->name);
}

uint32_t catalog_side_dependents(const Catalog *c, Str owner, const char *but, CatalogNames *names)
{
	StrBuf use;
	strbuf_init(&use);
	const Relation *r;
	for (uint32_t i = 0; (r = catalog_relation_at(c, i)); i++) {
		if (r->kind != REL_SIDE || !str_eq(r->schema, owner) || (but && str_eq_c(r->name, but)))
			continue;
		strbuf_clear(&use);
		catalog_put_name(r, &use);
		add_dependents(c, strbuf_str(&use), r, names);
	}
	strbuf_deinit(&use);
	return names->len;
}

uint32_t catalog_dependents(const Catalog *c, const Relation *r, CatalogNames *names)
{
	StrBuf use;
	strbuf_init(&use);
	catalog_put_name(r, &use);
	add_dependents(c, strbuf_str(&use), r, names);
	strbuf_deinit(&use);
	return r->schema.len ? names->len : catalog_side_dependents(c, r->name, NULL, names);
}

uint32_t catalog_function_dependents(const Catalog *c, const FunctionDef *f, CatalogNames *names)
{
	StrBuf use;
	strbuf_init(&use);
	add_dependents(c, function_use(f, &use), NULL, names);
	strbuf_deinit(&use);
	return names->len;
}

/* ---- editing ---- */

CatalogEdit *catalog_edit(const Catalog *base)
{
	CatalogEdit *e = MEM_NEW(CatalogEdit);
	e->next = catalog_copy(base, base->version + 1);
	return e;
}

const Catalog *catalog_edited(const CatalogEdit *e)
{
	return e->next;
}

static void put(CatalogEdit *e, EntryKind kind, Str schema, Str name, Entry *entry)
{
	EntryList *l = &e->next->lists[kind];
	int64_t i = list_find(l, schema, name);
	if (i < 0) {
		list_push(l, entry);
		return;
	}
	Entry *old = l->items[i];
	l->items[i] = entry;
	entry_unref(old);
}

/* Takes a reference on the entry of each relation that the plan points at. */
static void hold_relation(Entry *entry, const CatalogEdit *e, const Relation *r)
{
	const EntryList *l = &e->next->lists[ENTRY_RELATION];
	for (uint32_t i = 0; i < l->len; i++) {
		if (l->items[i]->relation == r) {
			entry->holds = mem_realloc(entry->holds, (entry->nholds + 1) * sizeof(Entry *));
			entry->holds[entry->nholds++] = entry_ref(l->items[i]);
			return;
		}
	}
}

static void hold_reads(Entry *entry, const CatalogEdit *e, const struct PlanQuery *plan)
{
	Uses u = uses_of_plan(plan);
	for (uint32_t i = 0; i < u.nreads; i++)
		hold_relation(entry, e, u.reads[i]);
}

void catalog_put_relation(CatalogEdit *e, Relation *r)
{
	Entry *entry = entry_new(ENTRY_RELATION, r);
	hold_reads(entry, e, r->plan);
	/* a version that shares its definition with the one before (an index more) lives on its memory */
	const Relation *old = catalog_find(e->next, r->schema, r->name);
	if (old && old != r && old->table == r->table)
		hold_relation(entry, e, old);
	put(e, ENTRY_RELATION, r->schema, r->name, entry);
}

void catalog_put_function(CatalogEdit *e, FunctionDef *f)
{
	put(e, ENTRY_FUNCTION, STR_EMPTY, f->name, entry_new(ENTRY_FUNCTION, f));
}

void catalog_put_query(CatalogEdit *e, QueryDef *q)
{
	Entry *entry = entry_new(ENTRY_QUERY, q);
	hold_reads(entry, e, q->plan);
	if (q->sink)
		hold_relation(entry, e, q->sink);
	put(e, ENTRY_QUERY, STR_EMPTY, q->name, entry);
}

static bool drop(CatalogEdit *e, EntryKind kind, Str schema, Str name)
{
	EntryList *l = &e->next->lists[kind];
	int64_t i = list_find(l, schema, name);
	if (i < 0)
		return false;
	list_remove(l, (uint32_t)i);
	return true;
}

bool catalog_drop_relation(CatalogEdit *e, Str schema, Str name)
{
	return drop(e, ENTRY_RELATION, schema, name);
}

bool catalog_drop_function(CatalogEdit *e, Str name)
{
	return drop(e, ENTRY_FUNCTION, STR_EMPTY, name);
}

bool catalog_drop_query(CatalogEdit *e, Str name)
{
	return drop(e, ENTRY_QUERY, STR_EMPTY, name);
}

Catalog *catalog_publish(CatalogEdit *e)
{
	Catalog *c = e->next;
	mem_free(e);
	return c;
}

void catalog_discard(CatalogEdit *e)
{
	if (e)
		catalog_unref(catalog_publish(e));
}

void catalog_register_system(Str schema, Str name, const Str *cols, const Type *const *types, uint32_t ncols)
{
	if (list_find(&catalog_system, schema, name) >= 0)
		return;
	if (!catalog_system_arena)
		catalog_system_arena = arena_open("system relations", 0);
	Arena *a = catalog_system_arena;
	TableDef *t = ARENA_NEW(a, TableDef);
	t->name = arena_str(a, name);
	t->ncols = ncols;
	t->cols = ARENA_ARRAY_ZERO(a, ColumnDef, ncols);
	t->watermark_col = -1;
	for (uint32_t i = 0; i < ncols; i++) {
		t->cols[i].name = arena_str(a, cols[i]);
		t->cols[i].type = type_copy(a, types[i]);
	}
	Relation *r = ARENA_NEW(a, Relation);
	r->kind = REL_SYSTEM;
	r->schema = arena_str(a, schema);
	r->name = t->name;
	r->table = t;
	list_push(&catalog_system, entry_new(ENTRY_RELATION, r));
}
