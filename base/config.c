/*
 * base/config.c: how values of options and settings are written.
 *
 * A quantity is a whole number, blanks, and a unit from a table. The names are those of Flink
 * (TimeUtils, MemorySize), in any case, so that its options can be copied.
 */
#include "base/config.h"

#include "base/err.h"

typedef struct ConfigUnit {
	const char *names; /* separated by blanks; the first is the one printed */
	int64_t factor;
} ConfigUnit;

/* Largest first: printing takes the first that divides. */
static const ConfigUnit config_durations[] = {
    {"d day days", INT64_C(86400000000)},
    {"h hour hours", INT64_C(3600000000)},
    {"min m minute minutes", 60000000},
    {"s sec secs second seconds", 1000000},
    {"ms milli millis millisecond milliseconds", 1000},
    {"us \xc2\xb5s micro micros microsecond microseconds", 1},
    {NULL, 0},
};

static const ConfigUnit config_sizes[] = {
    {"TB t tib tebibytes", INT64_C(1) << 40},
    {"GB g gib gibibytes", 1 << 30},
    {"MB m mib mebibytes", 1 << 20},
    {"KB k kib kibibytes", 1 << 10},
    {"bytes b byte", 1},
    {NULL, 0},
};

static const ConfigUnit *config_unit(const ConfigUnit *units, Str name)
{
	for (const ConfigUnit *unit = units; unit->names != NULL; unit++) {
		Str rest = str_from(unit->names);
		Str one;
		while (str_next(&rest, ' ', &one))
			if (str_eq_nocase(one, name))
				return unit;
	}
	return NULL;
}

static bool config_quantity(Str text, const ConfigUnit *units, int64_t bare_factor, int64_t *out)
{
	text = str_trim(text);
	uint32_t digits = 0;
	while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
		digits++;
	int64_t number;
	if (!str_to_i64(str_slice(text, 0, digits), &number))
		return false;
	Str name = str_trim(str_slice(text, digits, text.len));
	int64_t factor = bare_factor;
	if (name.len > 0) {
		const ConfigUnit *unit = config_unit(units, name);
		if (unit == NULL)
			return false;
		factor = unit->factor;
	}
	int64_t value;
	if (__builtin_mul_overflow(number, factor, &value))
		return false;
	*out = value;
	return true;
}

bool config_duration_us(Str text, int64_t *us)
{
	return config_quantity(text, config_durations, 1000, us);
}

bool config_size_bytes(Str text, int64_t *bytes)
{
	return config_quantity(text, config_sizes, 1, bytes);
}

bool config_bool(Str text, bool *out)
{
	static const struct {
		const char *name;
		bool value;
	} names[] = {
	    {"true", true}, {"false", false}, {"on", true}, {"off", false},
	    {"yes", true},  {"no", false},    {"1", true},  {"0", false},
	};
	text = str_trim(text);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (str_eq_nocase(text, str_from(names[i].name))) {
			*out = names[i].value;
			return true;
		}
	}
	return false;
}

static void config_print(StrBuf *out, int64_t value, const ConfigUnit *unit)
{
	while (value % unit->factor != 0)
		unit++;
	Str rest = str_from(unit->names);
	Str name = STR_EMPTY;
	(void)str_next(&rest, ' ', &name);
	strbuf_printf(out, "%lld %.*s", (long long)(value / unit->factor), STR_ARG(name));
}

void config_print_duration(StrBuf *out, int64_t us)
{
	if (us == 0)
		strbuf_puts(out, "0 ms");
	else
		config_print(out, us, config_durations);
}

void config_print_size(StrBuf *out, int64_t bytes)
{
	if (bytes == 0)
		strbuf_puts(out, "0 bytes");
	else
		config_print(out, bytes, config_sizes);
}

bool config_is_secret(Str name)
{
	/* The list of Flink's GlobalConfiguration, and what librdkafka and OpenSSL call keys. */
	static const char *const parts[] = {
	    "password",     "passwd",
	    "passphrase",   "secret",
	    "token",        "jaas",
	    "credential",   "apikey",
	    "api-key",      "api.key",
	    "account.key",  "access.key",
	    "access-key",   "private.key",
	    "private-key",  "service-key",
	    "auth-params",  "basic-auth",
	    "key.pem",      "keystore.key",
	    "http-headers", "oauthbearer.config",
	};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		Str part = str_from(parts[i]);
		for (uint32_t at = 0; at + part.len <= name.len; at++)
			if (str_starts_nocase(str_slice(name, at, part.len), part))
				return true;
	}
	return false;
}
