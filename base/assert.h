/*
 * base/assert.h: what must hold. ASSERT stays on in release and is cheap; DCHECK may cost. Never on input: a failure is
 * a bug, and the process recovers from its last epoch.
 */
#ifndef WEIR_BASE_ASSERT_H
#define WEIR_BASE_ASSERT_H

/* Prints where, and aborts. */
_Noreturn void assert_failed(const char *file, int line, const char *what);
#define ASSERT(cond) ((cond) ? (void)0 : assert_failed(__FILE__, __LINE__, #cond))
#ifdef NDEBUG
#define DCHECK(cond) ((void)sizeof(cond))
#else
#define DCHECK(cond) ASSERT(cond)
#endif

#endif
