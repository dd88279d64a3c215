/*
 * engine/connectors/datagen_gen.c: see datagen_gen.h.
 *
 * Zipf ranks are drawn by
 * rejection-inversion (Hoermann and Derflinger 1996), which needs no table, so the number of ranks may be large.
 */
#include "engine/connectors/datagen_gen.h"

#include <float.h>
#include <math.h>

#include "engine/connectors/made_random.h"
#include "sql/types/decimal.h"
#include "sql/types/packed.h"
#include "sql/types/timestamp.h"

enum { LENGTH_DEFAULT = 100, ITEMS_DEFAULT = 3, ITEMS_MAX = 100000, DEPTH_MAX = 16 };

typedef enum GenKind { GEN_RANDOM, GEN_SEQUENCE, GEN_CHOICE, GEN_ZIPF } GenKind;

struct DatagenField {
	const Type *type;
	GenKind kind;
	uint32_t number;
	double null_rate;
	int64_t least, greatest; /* integers; ranks of a zipf; first and last of a sequence */
	double fleast, fgreatest;
	Int128 dleast, dgreatest;
	int64_t max_past_us;
	uint32_t length;
	bool var_len;
	double exponent, zipf_first, zipf_last, zipf_cut;
	Value *values;
	double *weights; /* running sums; the last one is 1 */
	uint32_t nvalues;
	const DatagenField **items; /* ROW: fields; ARRAY, MULTISET: element; MAP: key, value */
	uint32_t nitems;
};

/* ---- zipf ---- */

static double zipf_integral(double s, double x)
{
	double log_x = log(x), t = (1 - s) * log_x;
	return fabs(t) < 1e-8 ? log_x * (1 + t / 2 * (1 + t / 3)) : (exp(t) - 1) / (1 - s);
}

static double zipf_inverse(double s, double x)
{
	double t = x * (1 - s);
	if (t < -1)
		t = -1;
	return fabs(t) < 1e-8 ? exp(x * (1 - t / 2 * (1 - t * 2 / 3))) : exp(log1p(t) / (1 - s));
}

static double zipf_height(double s, double x)
{
	return exp(-s * log(x));
}

static void zipf_init(DatagenField *f)
{
	double s = f->exponent, n = (double)(f->greatest - f->least) + 1;
	f->zipf_first = zipf_integral(s, 1.5) - 1;
	f->zipf_last = zipf_integral(s, n + 0.5);
	f->zipf_cut = 2 - zipf_inverse(s, zipf_integral(s, 2.5) - zipf_height(s, 2));
}

static int64_t zipf_rank(const DatagenField *f, MadeRandom *r) /* from 0 */
{
	double s = f->exponent;
	int64_t n = f->greatest - f->least + 1;
	for (int tries = 0; tries < 1000; tries++) {
		double u = f->zipf_last + made_random_unit(r) * (f->zipf_first - f->zipf_last);
		double x = zipf_inverse(s, u);
		double k = floor(x + 0.5);
		if (k < 1)
			k = 1;
		else if (k > (double)n)
			k = (double)n;
		if (k - x <= f->zipf_cut || u >= zipf_integral(s, k + 0.5) - zipf_height(s, k))
			return (int64_t)k - 1;
	}
	return 0;
}

/* ---- options ---- */

static const OptionValue *option(const Options *o, Str name, const char *what)
{
	StrBuf key;
	strbuf_init(&key);
	strbuf_printf(&key, "fields.%.*s.%s", STR_ARG(name), what);
	const OptionValue *v = options_find(o, strbuf_str(&key));
	strbuf_deinit(&key);
	return v;
}

static bool bad(const OptionValue *o, const char *why, Err *err)
{
	return err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\" = '%.*s': %s", STR_ARG(o->key), STR_ARG(o->value), why);
}

static bool bound(const Type *type, const OptionValue *o, Arena *arena, Value *out, Err *err)
{
	return value_parse(type, o->value, NULL, arena, out, NULL) || bad(o, "no value of the column's type", err);
}

/* min and max, or start and end, of a numeric column. */
static bool read_range(DatagenField *f, const OptionValue *least, const OptionValue *greatest, Arena *arena, Err *err)
{
	const Type *t = type_is_text(f->type) ? &type_bigint : f->type;
	bool ok = true;
	Value v;
	switch (type_phys(t)) {
	case PHYS_I64:
		if (type_is_integer(t)) {
			type_int_range(t->kind, &f->least, &f->greatest);
		} else {
			f->least = 0;
			f->greatest = t->kind == TYPE_INTERVAL_MONTHS ? 120 : TIMESTAMP_US_PER_DAY;
			least = greatest = NULL;
		}
		ok = (!least || (bound(t, least, arena, &v, err) && (f->least = v.i, true))) &&
		     (!greatest || (bound(t, greatest, arena, &v, err) && (f->greatest = v.i, true)));
		if (ok && f->least > f->greatest)
			ok = bad(least ? least : greatest, "the range is empty", err);
		break;
	case PHYS_F64:
		f->fleast = 0;
		f->fgreatest = t->kind == TYPE_FLOAT ? (double)FLT_MAX : DBL_MAX;
		ok = (!least || (bound(t, least, arena, &v, err) && (f->fleast = v.f, true))) &&
		     (!greatest || (bound(t, greatest, arena, &v, err) && (f->fgreatest = v.f, true)));
		if (ok && !(f->fleast <= f->fgreatest))
			ok = bad(least ? least : greatest, "the range is empty", err);
		break;
	case PHYS_I128:
		f->dgreatest = decimal_pow10(t->precision) - 1;
		f->dleast = -f->dgreatest;
		ok = (!least || (bound(t, least, arena, &v, err) && (f->dleast = v.d, true))) &&
		     (!greatest || (bound(t, greatest, arena, &v, err) && (f->dgreatest = v.d, true)));
		if (ok && f->dleast > f->dgreatest)
			ok = bad(least ? least : greatest, "the range is empty", err);
		break;
	default: break;
	}
	return ok;
}

static bool read_sequence(DatagenField *f, const Options *o, Str name, Arena *arena, Err *err)
{
	const OptionValue *start = option(o, name, "start"), *end = option(o, name, "end");
	if (!start || !end)
		return err_set(err, ERR_MISSING_OPTION, "a sequence needs \"fields.%.*s.start\" and \"fields.%.*s.end\"",
		               STR_ARG(name), STR_ARG(name));
	if (!type_is_numeric(f->type) && !type_is_text(f->type)) {
		err_set_at(err, ERR_BAD_OPTION, start->span, "column \"%.*s\" cannot be a sequence", STR_ARG(name));
		return err_hint(err, "Numbers and strings can; for times use \"start-time\" and \"step\".");
	}
	Value least, greatest;
	if (!bound(&type_bigint, start, arena, &least, err) || !bound(&type_bigint, end, arena, &greatest, err))
		return false;
	if (type_is_integer(f->type)) {
		int64_t low, high;
		type_int_range(f->type->kind, &low, &high);
		if (least.i < low || greatest.i > high)
			return bad(least.i < low ? start : end, "not in the column's range", err);
	}
	f->least = least.i;
	f->greatest = greatest.i;
	return least.i <= greatest.i || bad(start, "it is behind the end", err);
}

static uint32_t count_items(Str list)
{
	uint32_t n = 1;
	for (uint32_t i = 0; i < list.len; i++)
		n += list.ptr[i] == ';';
	return n;
}

static bool read_choice(DatagenField *f, const Options *o, Str name, Arena *arena, Err *err)
{
	const OptionValue *values = option(o, name, "values"), *weights = option(o, name, "weights");
	if (!values)
		return err_set(err, ERR_MISSING_OPTION, "a choice needs \"fields.%.*s.values\"", STR_ARG(name));
	if (type_is_nested(f->type))
		return bad(values, "a column of this type cannot be a choice", err);
	uint32_t n = count_items(values->value);
	f->values = ARENA_ARRAY(arena, Value, n);
	f->weights = ARENA_ARRAY(arena, double, n);
	Str rest = values->value, part, wrest = weights ? weights->value : STR_EMPTY, wpart;
	double sum = 0;
	while (f->nvalues < n && str_next(&rest, ';', &part)) {
		double w = 1;
		if (weights && (!str_next(&wrest, ';', &wpart) || !str_to_f64(str_trim(wpart), &w) || !(w >= 0) || isinf(w)))
			return bad(weights, "one weight of 0 or more is needed for each value", err);
		if (!value_parse(f->type, type_is_text(f->type) ? part : str_trim(part), NULL, arena, &f->values[f->nvalues],
		                 NULL))
			return bad(values, "not all are values of the column's type", err);
		f->values[f->nvalues] = value_copy(arena, f->type, f->values[f->nvalues]);
		sum += w;
		f->weights[f->nvalues++] = sum;
	}
	if (weights && wrest.ptr && str_next(&wrest, ';', &wpart))
		return bad(weights, "there are more weights than values", err);
	if (!(sum > 0))
		return bad(weights ? weights : values, "all weights are 0", err);
	for (uint32_t i = 0; i < f->nvalues; i++)
		f->weights[i] /= sum;
	return true;
}

static bool read_zipf(DatagenField *f, const Options *o, Str name, Arena *arena, Err *err)
{
	const OptionValue *max = option(o, name, "max"), *min = option(o, name, "min"), *e = option(o, name, "exponent");
	if (!type_is_integer(f->type) && !type_is_text(f->type))
		return err_set(err, ERR_BAD_OPTION, "column \"%.*s\" cannot be a zipf; integers and strings can",
		               STR_ARG(name));
	if (!max)
		return err_set(err, ERR_MISSING_OPTION, "a zipf needs \"fields.%.*s.max\", its last rank", STR_ARG(name));
	if (!read_range(f, min, max, arena, err))
		return false;
	if (!min)
		f->least = 1;
	f->exponent = 1;
	if (e && (!str_to_f64(str_trim(e->value), &f->exponent) || !(f->exponent > 0) || f->exponent > 100))
		return bad(e, "it is a number above 0", err);
	if (f->least > f->greatest || (double)f->greatest - (double)f->least > 1e15)
		return bad(max, "the range is empty or too large", err);
	zipf_init(f);
	return true;
}

static bool read_lengths(DatagenField *f, const Options *o, Str name, Err *err)
{
	const OptionValue *length = option(o, name, "length"), *var = option(o, name, "var-len");
	bool items = type_is_nested(f->type);
	f->length = items ? ITEMS_DEFAULT : LENGTH_DEFAULT;
	int64_t n;
	if (length) {
		if (!str_to_i64(str_trim(length->value), &n) || n < 0 || n > (items ? ITEMS_MAX : 1 << 20))
			return bad(length, "it is a number from 0 on", err);
		f->length = (uint32_t)n;
	}
	f->var_len = var && (str_eq_nocase(var->value, STR("true")));
	bool limited = type_is_text(f->type) || type_is_binary(f->type);
	if (limited && f->type->length != TYPE_LENGTH_MAX && (!length || f->length > f->type->length)) {
		if (length)
			return bad(length, "longer than the column's type", err);
		f->length = f->type->length;
	}
	return true;
}

static const DatagenField *make(const Options *o, Str name, const Type *type, uint32_t *number, unsigned depth,
                                Arena *arena, Err *err);

static bool read_items(DatagenField *f, const Options *o, Str name, uint32_t *number, unsigned depth, Arena *arena,
                       Err *err)
{
	f->nitems = f->type->kind == TYPE_ROW ? f->type->nfields : f->type->kind == TYPE_MAP ? 2 : 1;
	f->items = ARENA_ARRAY_ZERO(arena, const DatagenField *, f->nitems);
	for (uint32_t i = 0; i < f->nitems; i++) {
		Str sub = f->type->kind == TYPE_ROW   ? f->type->fields[i].name
		          : f->type->kind == TYPE_MAP ? (i == 0 ? STR("key") : STR("value"))
		                                      : STR("element");
		const Type *t = f->type->kind == TYPE_ROW             ? f->type->fields[i].type
		                : f->type->kind == TYPE_MAP && i == 0 ? f->type->key
		                                                      : f->type->elem;
		f->items[i] =
		    make(o, arena_printf(arena, "%.*s.%.*s", STR_ARG(name), STR_ARG(sub)), t, number, depth + 1, arena, err);
		if (!f->items[i])
			return false;
		if (f->items[i]->kind == GEN_SEQUENCE) {
			err_set(err, ERR_BAD_OPTION, "column \"%.*s\": nothing inside of a column can be a sequence",
			        STR_ARG(name));
			return false;
		}
	}
	return true;
}

static const DatagenField *make(const Options *o, Str name, const Type *type, uint32_t *number, unsigned depth,
                                Arena *arena, Err *err)
{
	static const struct {
		const char *name;
		GenKind kind;
	} kinds[] = {{"random", GEN_RANDOM}, {"sequence", GEN_SEQUENCE}, {"choice", GEN_CHOICE}, {"zipf", GEN_ZIPF}};
	DatagenField *f = ARENA_NEW(arena, DatagenField);
	f->type = type;
	f->number = (*number)++;
	if (type->kind == TYPE_JSON || type->kind == TYPE_NULL || depth > DEPTH_MAX) {
		err_set(err, ERR_NOT_SUPPORTED, "datagen does not make values for column \"%.*s\"", STR_ARG(name));
		return NULL;
	}
	const OptionValue *kind = option(o, name, "kind"), *rate = option(o, name, "null-rate"),
	                  *past = option(o, name, "max-past");
	for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++)
		if (str_eq_nocase(kind->value, str_from(kinds[i].name)))
			f->kind = kinds[i].kind;
	if (rate && (!str_to_f64(str_trim(rate->value), &f->null_rate) || !(f->null_rate >= 0 && f->null_rate <= 1))) {
		bad(rate, "it is a number from 0 to 1", err);
		return NULL;
	}
	if (past)
		f->max_past_us = options_duration_us(o, "datagen", arena_cstr(arena, past->key));
	bool ok = false;
	switch (f->kind) {
	case GEN_SEQUENCE: ok = read_sequence(f, o, name, arena, err); break;
	case GEN_CHOICE: ok = read_choice(f, o, name, arena, err); break;
	case GEN_ZIPF: ok = read_zipf(f, o, name, arena, err); break;
	case GEN_RANDOM:
		ok = read_lengths(f, o, name, err) &&
		     (type_phys(type) == PHYS_STR ||
		      read_range(f, option(o, name, "min"), option(o, name, "max"), arena, err)) &&
		     (!type_is_nested(type) || read_items(f, o, name, number, depth, arena, err));
		break;
	}
	return ok ? f : NULL;
}

const DatagenField *datagen_gen_new(const Options *options, Str name, const Type *type, uint32_t number, Arena *arena,
                                    Err *err)
{
	uint32_t n = number * 1000; /* what lies inside of a column has numbers of its own */
	return make(options, name, type, &n, 0, arena, err);
}

int64_t datagen_gen_rows(const DatagenField *f)
{
	if (f->kind != GEN_SEQUENCE)
		return INT64_MAX;
	uint64_t n = (uint64_t)f->greatest - (uint64_t)f->least;
	return n >= INT64_MAX ? INT64_MAX : (int64_t)n + 1;
}

/* ---- values ---- */

static Value number_value(const DatagenField *f, int64_t n, Arena *arena)
{
	switch (type_phys(f->type)) {
	case PHYS_STR: return value_str(arena_printf(arena, "%lld", (long long)n));
	case PHYS_F64: return (Value){.f = (double)n};
	case PHYS_I128: return (Value){.d = (Int128)n * decimal_pow10(f->type->scale)};
	default: return value_i64(n);
	}
}

static Value text_value(const DatagenField *f, MadeRandom *r, Arena *arena)
{
	static const char digits[] = "0123456789abcdef";
	uint32_t n = f->var_len ? (uint32_t)made_random_between(r, 0, f->length) : f->length;
	char *p = arena_alloc(arena, n + 1);
	bool text = type_is_text(f->type);
	uint64_t bits = 0;
	for (uint32_t i = 0; i < n; i++) {
		bits = i % (text ? 16 : 8) == 0 ? made_random_next(r) : bits >> (text ? 4 : 8);
		p[i] = text ? digits[bits & 15] : (char)(bits & 255);
	}
	return value_str(str_make(p, n));
}

static Value time_value(const DatagenField *f, MadeRandom *r, int64_t time_us)
{
	int64_t t = time_us - (f->max_past_us > 0 ? made_random_between(r, 0, f->max_past_us) : 0);
	int64_t day = t / TIMESTAMP_US_PER_DAY - (t % TIMESTAMP_US_PER_DAY < 0);
	if (f->type->kind == TYPE_DATE)
		return value_i64(day);
	if (f->type->kind == TYPE_TIME)
		t -= day * TIMESTAMP_US_PER_DAY;
	static const int64_t unit_us[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
	int64_t u = unit_us[f->type->precision <= 6 ? f->type->precision : 6];
	int64_t rest = t % u;
	return value_i64(t - (rest < 0 ? rest + u : rest));
}

static Value make_value(const DatagenField *f, uint64_t seed, int64_t row, MadeRandom *outer, int64_t time_us,
                        Arena *arena);

static Value nested_value(const DatagenField *f, uint64_t seed, int64_t row, MadeRandom *r, int64_t time_us,
                          Arena *arena)
{
	if (f->type->kind == TYPE_ROW) {
		Value *v = ARENA_ARRAY(arena, Value, f->nitems);
		const Type **types = ARENA_ARRAY(arena, const Type *, f->nitems);
		for (uint32_t i = 0; i < f->nitems; i++) {
			v[i] = make_value(f->items[i], seed, row, r, time_us, arena);
			types[i] = f->items[i]->type;
		}
		return value_str(packed_build(arena, types, false, v, f->nitems));
	}
	uint32_t n = f->var_len ? (uint32_t)made_random_between(r, 0, f->length) : f->length, len = 0;
	uint32_t pair = f->type->kind == TYPE_ARRAY ? 1 : 2;
	Value *v = ARENA_ARRAY(arena, Value, n * pair);
	const Type **types = ARENA_ARRAY(arena, const Type *, n *pair);
	for (uint32_t i = 0; i < n; i++) {
		Value k = make_value(f->items[0], seed, row, r, time_us, arena);
		bool there = false;
		for (uint32_t j = 0; pair == 2 && j < len && !there; j += 2)
			there = value_equal(f->items[0]->type, v[j], k);
		if (there)
			continue;
		types[len] = f->items[0]->type;
		v[len++] = k;
		if (pair == 1)
			continue;
		types[len] = f->type->kind == TYPE_MAP ? f->items[1]->type : &type_bigint_nn;
		v[len++] = f->type->kind == TYPE_MAP ? make_value(f->items[1], seed, row, r, time_us, arena) : value_i64(1);
	}
	return value_str(packed_build(arena, types, false, v, len));
}

static Value random_value(const DatagenField *f, uint64_t seed, int64_t row, MadeRandom *r, int64_t time_us,
                          Arena *arena)
{
	switch (f->type->kind) {
	case TYPE_BOOLEAN: return (Value){.b = made_random_next(r) & 1};
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT:
	case TYPE_INTERVAL_MONTHS:
	case TYPE_INTERVAL_SECONDS: return value_i64(made_random_between(r, f->least, f->greatest));
	case TYPE_FLOAT:
	case TYPE_DOUBLE: {
		double u = made_random_unit(r), v = f->fleast * (1 - u) + f->fgreatest * u;
		return (Value){.f = f->type->kind == TYPE_FLOAT ? (double)(float)v : v};
	}
	case TYPE_DECIMAL: {
		UInt128 span = (UInt128)(f->dgreatest - f->dleast) + 1, bits = (UInt128)made_random_next(r) << 64;
		bits |= made_random_next(r);
		return (Value){.d = f->dleast + (Int128)(span ? bits % span : bits)};
	}
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: return time_value(f, r, time_us);
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_MULTISET:
	case TYPE_ROW: return nested_value(f, seed, row, r, time_us, arena);
	default: return text_value(f, r, arena);
	}
}

/* outer: inside of a nested value the numbers go on; else NULL. */
static Value make_value(const DatagenField *f, uint64_t seed, int64_t row, MadeRandom *outer, int64_t time_us,
                        Arena *arena)
{
	MadeRandom own = outer ? *outer : made_random_of(seed, row, f->number);
	MadeRandom *r = outer ? outer : &own;
	if (f->null_rate > 0 && made_random_unit(r) < f->null_rate)
		return VALUE_NULL;
	switch (f->kind) {
	case GEN_SEQUENCE: return number_value(f, (int64_t)((uint64_t)f->least + (uint64_t)row), arena);
	case GEN_ZIPF: return number_value(f, f->least + zipf_rank(f, r), arena);
	case GEN_CHOICE: {
		double u = made_random_unit(r);
		uint32_t i = 0;
		while (i + 1 < f->nvalues && u >= f->weights[i])
			i++;
		return f->values[i];
	}
	default: return random_value(f, seed, row, r, time_us, arena);
	}
}

void datagen_gen_column(const DatagenField *f, uint64_t seed, int64_t from, uint32_t n, const int64_t *time_us,
                        Column *out, Arena *arena)
{
	column_init(out, f->type, n, arena);
	if (f->null_rate > 0)
		column_need_valid(out, arena);
	for (uint32_t i = 0; i < n; i++) {
		Value v = make_value(f, seed, from + i, NULL, time_us[i], arena);
		if (v.null) {
			column_set_null(out, i, arena);
			continue;
		}
		switch (out->phys) {
		case PHYS_BOOL: out->b[i] = v.b; break;
		case PHYS_I64: out->i64[i] = v.i; break;
		case PHYS_F64: out->f64[i] = v.f; break;
		case PHYS_I128: out->i128[i] = v.d; break;
		case PHYS_STR: out->str[i] = v.s; break;
		}
	}
}
