/*
 * sql/functions/printf.c: PRINTF(format, ...), by the rules of Java's String.format.
 *
 *   %[index$][flags][width][.precision]conversion       conversions: d x X o  f e E g G  s S c b n %
 *
 * Each conversion is handed to snprintf with a specification made here, so that nothing of the user's text reaches it.
 * A NULL argument prints as null. A conversion that does not fit its argument fails the row.
 */
#include "sql/functions/kernel.h"

#include <stdio.h>

#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/functions/text.h"
#include "sql/types/decimal.h"

enum { WIDTH_MAX = 1000, FLAGS_MAX = 6 };

typedef struct Spec {
	uint32_t index; /* argument from 1; 0: the next */
	char flags[FLAGS_MAX + 1];
	int width;     /* -1: none */
	int precision; /* -1: none */
	char conversion;
} Spec;

static int read_number(Str s, uint32_t *at)
{
	int v = -1;
	while (*at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9' && v <= WIDTH_MAX)
		v = (v < 0 ? 0 : v) * 10 + (s.ptr[(*at)++] - '0');
	return v;
}

/* Reads behind the %. */
static bool read_spec(Str s, uint32_t *at, Spec *spec)
{
	*spec = (Spec){.width = -1, .precision = -1};
	uint32_t begin = *at;
	int number = read_number(s, at);
	if (number > 0 && *at < s.len && s.ptr[*at] == '$') {
		spec->index = (uint32_t)number;
		(*at)++;
	} else {
		*at = begin;
	}
	int nflags = 0;
	while (*at < s.len && s.ptr[*at] && strchr("-#+ 0,(", s.ptr[*at]) && nflags < FLAGS_MAX)
		spec->flags[nflags++] = s.ptr[(*at)++];
	spec->width = read_number(s, at);
	if (*at < s.len && s.ptr[*at] == '.') {
		(*at)++;
		spec->precision = read_number(s, at);
		if (spec->precision < 0)
			return false;
	}
	if (*at >= s.len || spec->width > WIDTH_MAX || spec->precision > WIDTH_MAX)
		return false;
	spec->conversion = s.ptr[(*at)++];
	return true;
}

static bool has_flag(const Spec *spec, char c)
{
	return strchr(spec->flags, c) != NULL;
}

static void put_padded(StrBuf *b, const Spec *spec, Str s)
{
	uint32_t chars = text_length(s);
	size_t fill = spec->width > (int)chars ? (size_t)spec->width - chars : 0;
	if (!has_flag(spec, '-'))
		strbuf_fill(b, ' ', fill);
	strbuf_put_str(b, s);
	if (has_flag(spec, '-'))
		strbuf_fill(b, ' ', fill);
}

/* Digits with the flags that C has not: thousands' commas and ( ) for negatives; then the padding. */
static void put_number(StrBuf *b, const Spec *spec, const char *digits, bool negative)
{
	char text[2 * WIDTH_MAX];
	size_t n = 0;
	bool brackets = negative && has_flag(spec, '(');
	const char *sign = brackets ? "(" : negative ? "-" : has_flag(spec, '+') ? "+" : has_flag(spec, ' ') ? " " : "";
	n += (size_t)snprintf(text, sizeof text, "%s", sign);
	size_t whole = strspn(digits, "0123456789");
	size_t len = strlen(digits);
	if (has_flag(spec, '0') && !has_flag(spec, '-') && spec->width > 0)
		for (size_t have = n + len + brackets; have < (size_t)spec->width; have++)
			text[n++] = '0';
	for (size_t k = 0; k < len && n + 3 < sizeof text; k++) {
		if (has_flag(spec, ',') && k > 0 && k < whole && (whole - k) % 3 == 0)
			text[n++] = ',';
		text[n++] = digits[k];
	}
	if (brackets)
		text[n++] = ')';
	put_padded(b, spec, str_make(text, n));
}

static bool put_integer(StrBuf *b, const Spec *spec, const Type *type, Value v)
{
	if (!type_is_integer(type))
		return false;
	char digits[32];
	if (spec->conversion == 'd') {
		snprintf(digits, sizeof digits, "%llu", v.i < 0 ? -(unsigned long long)v.i : (unsigned long long)v.i);
		put_number(b, spec, digits, v.i < 0);
		return true;
	}
	/* Java prints the two's complement of the type's width. */
	unsigned long long bits = (unsigned long long)v.i;
	if (type->kind == TYPE_INT)
		bits &= 0xffffffffu;
	else if (type->kind == TYPE_SMALLINT)
		bits &= 0xffffu;
	else if (type->kind == TYPE_TINYINT)
		bits &= 0xffu;
	snprintf(digits, sizeof digits, spec->conversion == 'o' ? "%llo" : spec->conversion == 'X' ? "%llX" : "%llx", bits);
	put_number(b, spec, digits, false);
	return true;
}

static bool put_real(StrBuf *b, const Spec *spec, const Type *type, Value v)
{
	bool real = type_is_approx(type);
	if (!real && type->kind != TYPE_DECIMAL)
		return false;
	int precision = spec->precision < 0 ? 6 : spec->precision > 300 ? 300 : spec->precision;
	char digits[WIDTH_MAX];
	if (!real && spec->conversion == 'f') {
		Int128 d;
		unsigned scale = precision > TYPE_DECIMAL_MAX ? TYPE_DECIMAL_MAX : (unsigned)precision;
		if (decimal_rescale(v.d, type->scale, scale, TYPE_DECIMAL_MAX, &d)) {
			StrBuf text;
			strbuf_init(&text);
			decimal_print(d < 0 ? -d : d, scale, &text);
			put_number(b, spec, strbuf_cstr(&text), v.d < 0);
			strbuf_deinit(&text);
			return true;
		}
	}
	double x = real ? v.f : decimal_to_f64(v.d, type->scale);
	double size = x < 0 ? -x : x;
	switch (spec->conversion) {
	case 'f': snprintf(digits, sizeof digits, "%.*f", precision, size); break;
	case 'e': snprintf(digits, sizeof digits, "%.*e", precision, size); break;
	case 'E': snprintf(digits, sizeof digits, "%.*E", precision, size); break;
	case 'g': snprintf(digits, sizeof digits, "%#.*g", precision ? precision : 1, size); break;
	default: snprintf(digits, sizeof digits, "%#.*G", precision ? precision : 1, size); break;
	}
	put_number(b, spec, digits, x < 0);
	return true;
}

static void put_text(EvalCtx *ctx, StrBuf *b, const Spec *spec, const Type *type, Value v)
{
	StrBuf text;
	strbuf_init(&text);
	if (v.null)
		strbuf_puts(&text, "null");
	else
		value_print(type, v, VALUE_JAVA, kernel_zone(ctx), &text);
	Str s = strbuf_str(&text);
	if (spec->precision >= 0)
		s = text_slice(s, 0, (uint32_t)spec->precision);
	for (uint32_t k = 0; spec->conversion == 'S' && k < s.len; k++)
		if (text.ptr[k] >= 'a' && text.ptr[k] <= 'z')
			text.ptr[k] = (char)(text.ptr[k] - 'a' + 'A');
	put_padded(b, spec, s);
	strbuf_deinit(&text);
}

static bool put_value(EvalCtx *ctx, StrBuf *b, const Spec *spec, const Type *type, Value v)
{
	if (spec->conversion == 's' || spec->conversion == 'S') {
		put_text(ctx, b, spec, type, v);
		return true;
	}
	if (spec->conversion == 'b') {
		bool yes = !v.null && (type->kind != TYPE_BOOLEAN || v.b);
		put_padded(b, spec, yes ? STR("true") : STR("false"));
		return true;
	}
	if (!strchr("dxXofeEgGc", spec->conversion))
		return false;
	if (v.null) {
		put_padded(b, spec, STR("null"));
		return true;
	}
	if (strchr("dxXo", spec->conversion))
		return put_integer(b, spec, type, v);
	if (strchr("feEgG", spec->conversion))
		return put_real(b, spec, type, v);
	if (type_is_integer(type) && v.i >= 0 && v.i <= 0x10ffff) {
		char c[4];
		put_padded(b, spec, str_make(c, text_encode((uint32_t)v.i, c)));
		return true;
	}
	return false;
}

static bool format_row(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t i, StrBuf *b)
{
	Str s = kernel_str(args[0], i);
	uint32_t next = 1;
	for (uint32_t at = 0; at < s.len;) {
		char c = s.ptr[at++];
		if (c != '%') {
			strbuf_putc(b, c);
			continue;
		}
		Spec spec;
		if (!read_spec(s, &at, &spec))
			return false;
		if (spec.conversion == '%' || spec.conversion == 'n') {
			put_padded(b, &spec, spec.conversion == 'n' ? STR("\n") : STR("%"));
			continue;
		}
		uint32_t k = spec.index ? spec.index : next++;
		if (k >= call->nargs || !put_value(ctx, b, &spec, call->arg_types[k], column_value(args[k], i)))
			return false;
	}
	return true;
}

/* Not strict: NULLs are printed. */
KERNEL(printf_kernel)
{
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < n; i++) {
		bool failed = false;
		for (uint32_t k = 0; k < call->nargs && !failed; k++)
			failed = kernel_copy_err(ctx, out, i, args[k]);
		if (failed)
			continue;
		strbuf_clear(&b);
		if (column_is_null(args[0], i))
			kernel_null(ctx, out, i);
		else if (format_row(ctx, call, args, i, &b))
			out->str[i] = kernel_keep(ctx, &b);
		else
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "the format '%.*s' does not fit the arguments",
			            STR_ARG(kernel_str(args[0], i)));
	}
	strbuf_deinit(&b);
}

RESOLVE(resolve_printf)
{
	for (uint32_t i = 1; i < rc->nargs; i++)
		if (rc->arg_types[i]->kind == TYPE_NULL)
			rc->arg_types[i] = &type_string;
	return resolve_nullable(rc, "sa+", &type_string, printf_kernel, err);
}

static const Function items[] = {
    {"PRINTF", "string", "PRINTF(format, a, b, ...) -> STRING",
     "The arguments as text, by a format of Java's String.format.", 1, 255, FN_CAN_FAIL, resolve_printf},
};

const FunctionTable printf_functions = {items, sizeof items / sizeof *items};
