/*
 * sql/functions/kernel.c: row errors, copies and texts for kernels; see kernel.h.
 */
#include "sql/functions/kernel.h"

#include <stdarg.h>
#include <stdio.h>

#include "sql/types/timestamp.h"
#include "sql/types/zone.h"

void kernel_zero(Column *out, uint32_t i)
{
	switch (out->phys) {
	case PHYS_BOOL: out->b[i] = 0; break;
	case PHYS_I64: out->i64[i] = 0; break;
	case PHYS_F64: out->f64[i] = 0; break;
	case PHYS_I128: out->i128[i] = 0; break;
	case PHYS_STR: out->str[i] = STR_EMPTY; break;
	}
}

void kernel_zero_all(Column *out, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		kernel_zero(out, i);
}

void kernel_null(EvalCtx *ctx, Column *out, uint32_t i)
{
	kernel_zero(out, i);
	column_need_valid(out, ctx->arena);
	bit_clear(out->valid, i);
}

static void set_hint(Err *err, RowErr e)
{
	if (e == ROW_DIV_ZERO)
		err_hint(err, "NULLIF(x, 0) as the divisor gives NULL instead.");
	else if (e == ROW_BAD_CAST)
		err_hint(err, "TRY_CAST gives NULL instead.");
}

void kernel_fail(EvalCtx *ctx, Column *out, uint32_t i, RowErr e, const char *fmt, ...)
{
	kernel_zero(out, i);
	column_set_err(out, i, e, ctx->arena);
	if (!ctx->report)
		return;
	char message[sizeof ctx->report->message];
	va_list args;
	va_start(args, fmt);
	vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	err_set(ctx->report, column_err_code(e), "%s", message);
	set_hint(ctx->report, e);
}

void kernel_copy(EvalCtx *ctx, Column *out, uint32_t i, const Column *c, uint32_t from)
{
	uint32_t at = column_at(c, from);
	if (c->valid && !bit_get(c->valid, at)) {
		if (c->err && c->err[at]) {
			kernel_zero(out, i);
			column_set_err(out, i, (RowErr)c->err[at], ctx->arena);
		} else {
			kernel_null(ctx, out, i);
		}
		return;
	}
	switch (out->phys) {
	case PHYS_BOOL: out->b[i] = c->b[at]; break;
	case PHYS_I64: out->i64[i] = c->i64[at]; break;
	case PHYS_F64: out->f64[i] = c->f64[at]; break;
	case PHYS_I128: out->i128[i] = c->i128[at]; break;
	case PHYS_STR: out->str[i] = c->str[at]; break;
	}
}

bool kernel_copy_err(EvalCtx *ctx, Column *out, uint32_t i, const Column *c)
{
	uint8_t e = column_err(c, i);
	if (!e)
		return false;
	kernel_zero(out, i);
	column_set_err(out, i, (RowErr)e, ctx->arena);
	return true;
}

Str kernel_keep(EvalCtx *ctx, const StrBuf *b)
{
	return b->len ? arena_str(ctx->arena, strbuf_str(b)) : STR_EMPTY;
}

enum { TEXT_BYTES_MAX = 80 };

Str kernel_text(EvalCtx *ctx, const Type *type, Value v)
{
	StrBuf b;
	strbuf_init(&b);
	value_print(type, v, VALUE_SQL, kernel_zone(ctx), &b);
	Str s = strbuf_str(&b);
	bool cut = s.len > TEXT_BYTES_MAX;
	uint32_t len = cut ? TEXT_BYTES_MAX : s.len;
	while (cut && len > 0 && ((unsigned char)s.ptr[len] & 0xc0) == 0x80)
		len--;
	Str text = arena_printf(ctx->arena, "%.*s%s", (int)len, s.len ? s.ptr : "", cut ? "..." : "");
	strbuf_deinit(&b);
	return text;
}

const struct Zone *kernel_zone(const EvalCtx *ctx)
{
	return ctx->env->zone ? ctx->env->zone : zone_utc;
}

int64_t kernel_local_us(const EvalCtx *ctx, const Type *type, int64_t v)
{
	int64_t us;
	if (type->kind == TYPE_DATE)
		return !__builtin_mul_overflow(v, TIMESTAMP_US_PER_DAY, &us) ? us : v < 0 ? INT64_MIN : INT64_MAX;
	if (type->kind == TYPE_TIMESTAMP_LTZ)
		return zone_to_local(kernel_zone(ctx), v);
	return v;
}
