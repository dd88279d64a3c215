/*
 * sql/functions/function.c: looks functions up by name and resolves calls; the table of tables is in registry.c.
 *
 * The index is a sorted array of pointers, built before main.
 */
#include "sql/functions/function.h"

#include <stdlib.h>

#include "sql/functions/foreign_names.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

enum { FUNCTIONS_MAX = 512, NEAREST_DISTANCE_MAX = 3 };

static const Function *sorted[FUNCTIONS_MAX];
static uint32_t nsorted;

static int by_name(const void *a, const void *b)
{
	const Function *const *fa = a;
	const Function *const *fb = b;
	return strcmp((*fa)->name, (*fb)->name);
}

/* Before main: the index is constant for all threads. */
__attribute__((constructor)) static void build(void)
{
	for (uint32_t t = 0; registry_families[t]; t++) {
		for (uint32_t i = 0; i < registry_families[t]->len; i++) {
			ASSERT(nsorted < FUNCTIONS_MAX);
			sorted[nsorted++] = &registry_families[t]->items[i];
		}
	}
	qsort(sorted, nsorted, sizeof *sorted, by_name);
	for (uint32_t i = 1; i < nsorted; i++)
		ASSERT(strcmp(sorted[i - 1]->name, sorted[i]->name) != 0);
}

static int compare_upper(Str name, const char *upper)
{
	for (uint32_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.ptr[i];
		if (c >= 'a' && c <= 'z')
			c = (unsigned char)(c - 'a' + 'A');
		if (c != (unsigned char)upper[i])
			return (int)c - (int)(unsigned char)upper[i]; /* also where upper ends */
	}
	return upper[name.len] ? -1 : 0;
}

const Function *function_find(Str name)
{
	uint32_t low = 0;
	uint32_t high = nsorted;
	while (low < high) {
		uint32_t mid = (low + high) / 2;
		int c = compare_upper(name, sorted[mid]->name);
		if (c == 0)
			return sorted[mid];
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

const Function *function_at(uint32_t index)
{
	return index < nsorted ? sorted[index] : NULL;
}

typedef struct Nearest {
	unsigned distance;
	uint32_t length; /* difference of the lengths: decides between equal distances */
	Str name;
} Nearest;

static void consider(Nearest *best, Str name, const char *candidate)
{
	Str c = str_from(candidate);
	unsigned d = str_distance(name, c, best->distance + 1);
	uint32_t length = c.len > name.len ? c.len - name.len : name.len - c.len;
	if (d < best->distance || (d == best->distance && length < best->length))
		*best = (Nearest){d, length, c};
}

Str function_nearest(Str name)
{
	Nearest best = {NEAREST_DISTANCE_MAX + 1, 0, STR_EMPTY};
	const Function *f;
	for (uint32_t i = 0; (f = function_at(i)); i++)
		if (!(f->flags & FN_HIDDEN))
			consider(&best, name, f->name);
	const Aggregate *a;
	for (uint32_t i = 0; (a = aggregate_at(i)); i++)
		if (!(a->flags & FN_HIDDEN))
			consider(&best, name, a->name);
	/* A name of four letters with three changed is another name. */
	return best.distance * 2 <= name.len ? best.name : STR_EMPTY;
}

static bool no_such(const ResolveCtx *rc, Err *err)
{
	err_set_at(err, ERR_NO_SUCH_FUNCTION, rc->span, "function \"%.*s\" does not exist", STR_ARG(rc->name));
	const char *cure = foreign_names_function(rc->name);
	Str near = function_nearest(rc->name);
	if (cure)
		err_hint(err, "%s", cure);
	else if (near.len)
		err_hint(err, "Did you mean \"%.*s\"?", STR_ARG(near));
	else
		err_hint(err, "SHOW FUNCTIONS lists the functions.");
	return false;
}

static bool wrong_count(const ResolveCtx *rc, const Function *fn, Err *err)
{
	err_set_at(err, ERR_NO_SUCH_FUNCTION, rc->span, "function \"%s\" does not take %u argument%s", fn->name, rc->nargs,
	           rc->nargs == 1 ? "" : "s");
	return err_hint(err, "Its form is %s.", fn->signature);
}

bool function_resolve(ResolveCtx *rc, Err *err)
{
	const Function *fn = function_find(rc->name);
	if (!fn)
		return no_such(rc, err);
	if (rc->nargs < fn->min_args || (fn->max_args != 255 && rc->nargs > fn->max_args))
		return wrong_count(rc, fn, err);
	*rc->call = (FunctionCall){
	    .fn = fn,
	    .nargs = rc->nargs,
	    .strict = (fn->flags & FN_STRICT) != 0,
	    .can_fail = (fn->flags & FN_CAN_FAIL) != 0,
	};
	if (!fn->resolve(rc, err))
		return false;
	rc->call->arg_types = rc->arg_types;
	ASSERT(rc->call->kernel && rc->call->type);
	return true;
}
