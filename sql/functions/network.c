/*
 * sql/functions/network.c: IPv4 addresses as numbers and back.
 */
#include "sql/functions/function.h"

#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

/* One to four parts of decimal digits; the last one fills what the others leave, as inet_aton has it. */
static bool parse_address(Str s, int64_t *out)
{
	uint64_t parts[4] = {0};
	uint32_t n = 0;
	for (uint32_t at = 0; at <= s.len; at++, n++) {
		uint32_t begin = at;
		if (n == 4)
			return false;
		for (; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9'; at++) {
			parts[n] = parts[n] * 10 + (uint64_t)(s.ptr[at] - '0');
			if (parts[n] > UINT32_MAX)
				return false;
		}
		if (at == begin || (at < s.len && s.ptr[at] != '.'))
			return false;
	}
	uint64_t value = 0;
	for (uint32_t i = 0; i + 1 < n; i++) {
		if (parts[i] > 255)
			return false;
		value |= parts[i] << (24 - 8 * i);
	}
	if (parts[n - 1] >= UINT64_C(1) << (8 * (5 - n)))
		return false;
	*out = (int64_t)(value | parts[n - 1]);
	return true;
}

KERNEL(inet_to_number)
{
	KERNEL_EACH(i)
	if (!parse_address(kernel_str(args[0], i), &out->i64[i]))
		kernel_null(ctx, out, i);
}

KERNEL(number_to_inet)
{
	KERNEL_EACH(i)
	{
		int64_t v = kernel_i64(args[0], i);
		if (v < 0 || v > UINT32_MAX) {
			kernel_null(ctx, out, i);
			continue;
		}
		out->str[i] = arena_printf(ctx->arena, "%u.%u.%u.%u", (unsigned)(v >> 24), (unsigned)(v >> 16 & 255),
		                           (unsigned)(v >> 8 & 255), (unsigned)(v & 255));
	}
}

RESOLVE_NULLABLE(resolve_inet_aton, "s", &type_bigint, inet_to_number)
RESOLVE_NULLABLE(resolve_inet_ntoa, "i", &type_string, number_to_inet)

static const Function items[] = {
    {"INET_ATON", "string", "INET_ATON(string) -> BIGINT", "The number of an IPv4 address; NULL if it is none.", 1, 1,
     FN_STRICT, resolve_inet_aton},
    {"INET_NTOA", "string", "INET_NTOA(integer) -> STRING", "The IPv4 address of a number; NULL if it is none.", 1, 1,
     FN_STRICT, resolve_inet_ntoa},
};

const FunctionTable network_functions = {items, sizeof items / sizeof *items};
