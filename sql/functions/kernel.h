/*
 * sql/functions/kernel.h: what kernels share: how they are declared, loops over arguments, row errors.
 *
 * The evaluator collapses calls whose arguments are all constant to one row (n == 1), so a kernel of one argument may
 * read data[i] straight away; kernels of two use KERNEL_LOOP2, which is three loops: flat-flat, flat-constant,
 * constant-flat.
 */
#ifndef WEIR_SQL_FUNCTIONS_KERNEL_H
#define WEIR_SQL_FUNCTIONS_KERNEL_H

#include "sql/functions/function.h"

#define KERNEL_UNUSED __attribute__((unused))
#define KERNEL(name)                                                                                                   \
	static void name(KERNEL_UNUSED EvalCtx *ctx, KERNEL_UNUSED const FunctionCall *call,                               \
	                 KERNEL_UNUSED const Column *const *args, KERNEL_UNUSED uint32_t n, KERNEL_UNUSED Column *out)

/* `stmt` sees i and x, a value of the first argument, of type TA. */
#define KERNEL_LOOP1(TA, stmt)                                                                                         \
	do {                                                                                                               \
		const TA *kernel_a = args[0]->data;                                                                            \
		for (uint32_t i = 0; i < n; i++) {                                                                             \
			const TA x = kernel_a[i];                                                                                  \
			stmt;                                                                                                      \
		}                                                                                                              \
	} while (0)

/* `stmt` sees i, x and y: values of two argument columns. */
#define KERNEL_LOOP2(A, B, TA, TB, stmt)                                                                               \
	do {                                                                                                               \
		const TA *kernel_a = (A)->data;                                                                                \
		const TB *kernel_b = (B)->data;                                                                                \
		if (n > 1 && (B)->constant) {                                                                                  \
			const TB y = kernel_b[0];                                                                                  \
			for (uint32_t i = 0; i < n; i++) {                                                                         \
				const TA x = kernel_a[i];                                                                              \
				stmt;                                                                                                  \
			}                                                                                                          \
		} else if (n > 1 && (A)->constant) {                                                                           \
			const TA x = kernel_a[0];                                                                                  \
			for (uint32_t i = 0; i < n; i++) {                                                                         \
				const TB y = kernel_b[i];                                                                              \
				stmt;                                                                                                  \
			}                                                                                                          \
		} else {                                                                                                       \
			for (uint32_t i = 0; i < n; i++) {                                                                         \
				const TA x = kernel_a[i];                                                                              \
				const TB y = kernel_b[i];                                                                              \
				stmt;                                                                                                  \
			}                                                                                                          \
		}                                                                                                              \
	} while (0)

/* Rows of a strict kernel that are not NULL; the data of the others becomes zero. Used where computing under a NULL is
 * not safe (strings) or not cheap. */
#define KERNEL_EACH(i)                                                                                                 \
	for (uint32_t i = 0; i < n; i++)                                                                                   \
		if (out->valid && !bit_get(out->valid, i)) {                                                                   \
			kernel_zero(out, i);                                                                                       \
		} else

static inline bool kernel_is_null(const Column *out, uint32_t i)
{
	return out->valid && !bit_get(out->valid, i);
}

/* Argument values by row, constant or flat. */
static inline Str kernel_str(const Column *c, uint32_t i)
{
	return c->str[column_at(c, i)];
}

static inline int64_t kernel_i64(const Column *c, uint32_t i)
{
	return c->i64[column_at(c, i)];
}

static inline double kernel_f64(const Column *c, uint32_t i)
{
	return c->f64[column_at(c, i)];
}

static inline bool kernel_bool(const Column *c, uint32_t i)
{
	return c->b[column_at(c, i)] != 0;
}

/* Sets the data of row i to 0, "" ...: memory under a NULL must be defined. */
void kernel_zero(Column *out, uint32_t i);
void kernel_zero_all(Column *out, uint32_t n);
/* Row i becomes NULL. */
void kernel_null(EvalCtx *ctx, Column *out, uint32_t i);
/* Row i fails. The words are only made when somebody asked (ctx->report). */
void kernel_fail(EvalCtx *ctx, Column *out, uint32_t i, RowErr e, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* Row i of out gets row `from` of c: value, NULL or error. Same physical form. */
void kernel_copy(EvalCtx *ctx, Column *out, uint32_t i, const Column *c, uint32_t from);
/* Row i of out gets the error of c, if it has one; true if so. */
bool kernel_copy_err(EvalCtx *ctx, Column *out, uint32_t i, const Column *c);
/* The value as text for messages, cut when long. In ctx->arena. */
Str kernel_text(EvalCtx *ctx, const Type *type, Value v);
/* A growing buffer's contents copied to the arena. */
Str kernel_keep(EvalCtx *ctx, const StrBuf *b);
const struct Zone *kernel_zone(const EvalCtx *ctx);
/* The wall clock of a DATE, TIMESTAMP or TIMESTAMP_LTZ value, in microseconds; of a TIME its microseconds of the day.
 */
int64_t kernel_local_us(const EvalCtx *ctx, const Type *type, int64_t v);

#endif
