/*
 * sql/expr/expr_print.c: an expression as SQL-like text, for EXPLAIN and messages.
 *
 * Parentheses stand only where the operators' precedence asks for them. Casts that the binder added print like the
 * user's.
 */
#include "sql/expr/expr.h"

/* From the loosest: a child of lower precedence than its place is put in parentheses. */
enum { PREC_OR = 1, PREC_AND, PREC_NOT, PREC_COMPARE, PREC_ADD, PREC_MUL, PREC_UNARY, PREC_PRIMARY };

typedef enum Form {
	FORM_CALL,    /* NAME(a, b) */
	FORM_INFIX,   /* a OP b */
	FORM_POSTFIX, /* a OP */
	FORM_CASE,
	FORM_CAST,
	FORM_IN,
	FORM_BRACKETS, /* NAME[a, b] */
	FORM_ITEM,
	FORM_FIELD,
	FORM_NOT,
	FORM_MINUS,
	FORM_UNIT_FIRST, /* EXTRACT(YEAR FROM t) */
	FORM_UNIT_LAST,  /* FLOOR(t TO HOUR) */
	FORM_BARE,       /* CURRENT_DATE */
} Form;

static const struct {
	const char *name;
	Form form;
	int precedence;
} forms[] = {
    {"OR", FORM_INFIX, PREC_OR},
    {"AND", FORM_INFIX, PREC_AND},
    {"NOT", FORM_NOT, PREC_NOT},
    {"=", FORM_INFIX, PREC_COMPARE},
    {"<>", FORM_INFIX, PREC_COMPARE},
    {"<", FORM_INFIX, PREC_COMPARE},
    {"<=", FORM_INFIX, PREC_COMPARE},
    {">", FORM_INFIX, PREC_COMPARE},
    {">=", FORM_INFIX, PREC_COMPARE},
    {"IS DISTINCT FROM", FORM_INFIX, PREC_COMPARE},
    {"IS NOT DISTINCT FROM", FORM_INFIX, PREC_COMPARE},
    {"LIKE", FORM_INFIX, PREC_COMPARE},
    {"SIMILAR TO", FORM_INFIX, PREC_COMPARE},
    {"AT TIME ZONE", FORM_INFIX, PREC_MUL},
    {"IN", FORM_IN, PREC_COMPARE},
    {"IS NULL", FORM_POSTFIX, PREC_COMPARE},
    {"IS NOT NULL", FORM_POSTFIX, PREC_COMPARE},
    {"IS TRUE", FORM_POSTFIX, PREC_COMPARE},
    {"IS NOT TRUE", FORM_POSTFIX, PREC_COMPARE},
    {"IS FALSE", FORM_POSTFIX, PREC_COMPARE},
    {"IS NOT FALSE", FORM_POSTFIX, PREC_COMPARE},
    {"IS UNKNOWN", FORM_POSTFIX, PREC_COMPARE},
    {"IS NOT UNKNOWN", FORM_POSTFIX, PREC_COMPARE},
    {"+", FORM_INFIX, PREC_ADD},
    {"-", FORM_INFIX, PREC_ADD},
    {"||", FORM_INFIX, PREC_ADD},
    {"*", FORM_INFIX, PREC_MUL},
    {"/", FORM_INFIX, PREC_MUL},
    {"%", FORM_INFIX, PREC_MUL},
    {"CASE", FORM_CASE, PREC_PRIMARY},
    {"CAST", FORM_CAST, PREC_PRIMARY},
    {"TRY_CAST", FORM_CAST, PREC_PRIMARY},
    {"ARRAY", FORM_BRACKETS, PREC_PRIMARY},
    {"MAP", FORM_BRACKETS, PREC_PRIMARY},
    {"ITEM", FORM_ITEM, PREC_PRIMARY},
    {"FIELD", FORM_FIELD, PREC_PRIMARY},
    {"EXTRACT", FORM_UNIT_FIRST, PREC_PRIMARY},
    {"CURRENT_DATE", FORM_BARE, PREC_PRIMARY},
    {"CURRENT_TIME", FORM_BARE, PREC_PRIMARY},
    {"CURRENT_TIMESTAMP", FORM_BARE, PREC_PRIMARY},
    {"LOCALTIME", FORM_BARE, PREC_PRIMARY},
    {"LOCALTIMESTAMP", FORM_BARE, PREC_PRIMARY},
    {"FLOOR", FORM_UNIT_LAST, PREC_PRIMARY},
    {"CEIL", FORM_UNIT_LAST, PREC_PRIMARY},
    {"CEILING", FORM_UNIT_LAST, PREC_PRIMARY},
};

static Form form_of(const Expr *e, int *precedence)
{
	Str name = str_from(e->call.fn->name);
	*precedence = PREC_PRIMARY;
	for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
		if (!str_eq_c(name, forms[k].name))
			continue;
		*precedence = forms[k].precedence;
		if (forms[k].form == FORM_INFIX && e->nargs == 1) {
			*precedence = PREC_UNARY;
			return FORM_MINUS;
		}
		if (forms[k].form == FORM_INFIX && e->nargs > 2 && forms[k].precedence == PREC_COMPARE) {
			*precedence = PREC_PRIMARY; /* LIKE with ESCAPE */
			return FORM_CALL;
		}
		if (forms[k].form == FORM_UNIT_LAST && e->nargs == 1)
			return FORM_CALL;
		return forms[k].form;
	}
	return FORM_CALL;
}

static void put_quoted(Str s, StrBuf *out)
{
	strbuf_putc(out, '\'');
	for (uint32_t k = 0; k < s.len; k++) {
		if (s.ptr[k] == '\'')
			strbuf_putc(out, '\'');
		strbuf_putc(out, s.ptr[k]);
	}
	strbuf_putc(out, '\'');
}

static void put_const(const Expr *e, StrBuf *out)
{
	const Type *t = e->type;
	if (e->constant.null || t->kind == TYPE_NULL) {
		strbuf_puts(out, "NULL");
		return;
	}
	StrBuf b;
	strbuf_init(&b);
	value_print(t, e->constant, VALUE_SQL, NULL, &b);
	const char *before = "";
	const char *after = "";
	bool quoted = true;
	switch (t->kind) {
	case TYPE_CHAR:
	case TYPE_VARCHAR:
	case TYPE_JSON: break;
	case TYPE_DATE: before = "DATE "; break;
	case TYPE_TIME: before = "TIME "; break;
	case TYPE_TIMESTAMP: before = "TIMESTAMP "; break;
	case TYPE_TIMESTAMP_LTZ: before = "TIMESTAMP_LTZ "; break;
	case TYPE_INTERVAL_MONTHS:
		before = "INTERVAL ";
		after = " YEAR TO MONTH";
		break;
	case TYPE_INTERVAL_SECONDS:
		before = "INTERVAL ";
		after = " DAY TO SECOND";
		break;
	default: quoted = false; break;
	}
	strbuf_puts(out, before);
	if (quoted)
		put_quoted(strbuf_str(&b), out);
	else
		strbuf_put_str(out, strbuf_str(&b));
	strbuf_puts(out, after);
	strbuf_deinit(&b);
}

static void put(const Expr *e, const Str *names, int least, StrBuf *out);

static void put_list(const Expr *e, uint32_t from, const Str *names, StrBuf *out)
{
	for (uint32_t i = from; i < e->nargs; i++) {
		if (i > from)
			strbuf_puts(out, ", ");
		put(e->args[i], names, 0, out);
	}
}

static void put_case(const Expr *e, const Str *names, StrBuf *out)
{
	strbuf_puts(out, "CASE");
	uint32_t i = 0;
	for (; i + 1 < e->nargs; i += 2) {
		strbuf_puts(out, " WHEN ");
		put(e->args[i], names, 0, out);
		strbuf_puts(out, " THEN ");
		put(e->args[i + 1], names, 0, out);
	}
	if (i < e->nargs) {
		strbuf_puts(out, " ELSE ");
		put(e->args[i], names, 0, out);
	}
	strbuf_puts(out, " END");
}

/* A constant word, without quotes. */
static void put_word(const Expr *e, const Str *names, StrBuf *out)
{
	if (e->kind == EXPR_CONST && !e->constant.null && type_phys(e->type) == PHYS_STR)
		strbuf_put_str(out, e->constant.s);
	else
		put(e, names, 0, out);
}

static void put_infix(const Expr *e, const Str *names, int precedence, StrBuf *out)
{
	for (uint32_t i = 0; i < e->nargs; i++) {
		if (i)
			strbuf_printf(out, " %s ", e->call.fn->name);
		/* a - (b - c) */
		bool associative = precedence <= PREC_AND;
		put(e->args[i], names, precedence + (i > 0 && !associative), out);
	}
}

static void put_call(const Expr *e, const Str *names, int least, StrBuf *out)
{
	int precedence;
	Form form = form_of(e, &precedence);
	bool brackets = precedence < least;
	if (brackets)
		strbuf_putc(out, '(');
	switch (form) {
	case FORM_INFIX: put_infix(e, names, precedence, out); break;
	case FORM_POSTFIX:
		put(e->args[0], names, precedence + 1, out);
		strbuf_printf(out, " %s", e->call.fn->name);
		break;
	case FORM_CASE: put_case(e, names, out); break;
	case FORM_CAST:
		strbuf_printf(out, "%s(", e->call.fn->name);
		put(e->args[0], names, 0, out);
		strbuf_puts(out, " AS ");
		type_print(e->type, false, out);
		strbuf_putc(out, ')');
		break;
	case FORM_IN:
		put(e->args[0], names, precedence + 1, out);
		strbuf_puts(out, " IN (");
		put_list(e, 1, names, out);
		strbuf_putc(out, ')');
		break;
	case FORM_BRACKETS:
		strbuf_printf(out, "%s[", e->call.fn->name);
		put_list(e, 0, names, out);
		strbuf_putc(out, ']');
		break;
	case FORM_ITEM:
		put(e->args[0], names, PREC_PRIMARY, out);
		strbuf_putc(out, '[');
		put(e->args[1], names, 0, out);
		strbuf_putc(out, ']');
		break;
	case FORM_FIELD:
		put(e->args[0], names, PREC_PRIMARY, out);
		strbuf_putc(out, '.');
		put_word(e->args[1], names, out);
		break;
	case FORM_NOT:
		strbuf_puts(out, "NOT ");
		put(e->args[0], names, precedence, out);
		break;
	case FORM_MINUS:
		strbuf_putc(out, '-');
		put(e->args[0], names, PREC_PRIMARY, out);
		break;
	case FORM_UNIT_FIRST:
		strbuf_printf(out, "%s(", e->call.fn->name);
		put_word(e->args[0], names, out);
		strbuf_puts(out, " FROM ");
		put(e->args[1], names, 0, out);
		strbuf_putc(out, ')');
		break;
	case FORM_UNIT_LAST:
		strbuf_printf(out, "%s(", e->call.fn->name);
		put(e->args[0], names, 0, out);
		strbuf_puts(out, " TO ");
		put_word(e->args[1], names, out);
		strbuf_putc(out, ')');
		break;
	case FORM_BARE: strbuf_puts(out, e->call.fn->name); break;
	case FORM_CALL:
		strbuf_printf(out, "%s(", e->call.fn->name);
		put_list(e, 0, names, out);
		strbuf_putc(out, ')');
		break;
	}
	if (brackets)
		strbuf_putc(out, ')');
}

static void put(const Expr *e, const Str *names, int least, StrBuf *out)
{
	switch (e->kind) {
	case EXPR_CONST: put_const(e, out); break;
	case EXPR_COLUMN:
		if (names)
			strbuf_put_str(out, names[e->index]);
		else
			strbuf_printf(out, "$%u", e->index);
		break;
	case EXPR_PARAM: strbuf_printf(out, "?%u", e->index + 1); break;
	case EXPR_CALL: put_call(e, names, least, out); break;
	}
}

void expr_print(const Expr *e, const Str *names, StrBuf *out)
{
	put(e, names, 0, out);
}
