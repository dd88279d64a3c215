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

/* ---- what a value must not show ---- */

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
	       c == '-' || c == '%';
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* The name of a parameter; it may be written as in a URL, pass%77ord. */
static bool is_secret_parameter(Str name)
{
	char plain[64];
	uint32_t n = 0;
	for (uint32_t i = 0; i < name.len && n < sizeof plain; i++) {
		char c = name.ptr[i];
		if (c == '%' && i + 2 < name.len && hex_digit(name.ptr[i + 1]) >= 0 && hex_digit(name.ptr[i + 2]) >= 0) {
			c = (char)(hex_digit(name.ptr[i + 1]) * 16 + hex_digit(name.ptr[i + 2]));
			i += 2;
		}
		plain[n++] = c;
	}
	Str s = str_make(plain, n);
	return config_is_secret(s) || str_eq_nocase(s, STR("sslkey"));
}

static bool is_digits(Str s)
{
	for (uint32_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return true;
}

/* The password of user:password@host behind the :// at `at`. What a password should not hold as it is (@ / ?) belongs
 * to it here: nothing of it may be shown. */
static bool config_user_secret(Str v, uint32_t at, Span *out)
{
	uint32_t end = at;
	while (end < v.len && v.ptr[end] != '?')
		end++;
	int64_t colon = str_find(v, STR(":"), at);
	if (colon < 0)
		return false;
	uint32_t from = (uint32_t)colon + 1, port = from;
	while (port < v.len && v.ptr[port] != '/' && v.ptr[port] != '?' && v.ptr[port] != ',')
		port++;
	if (!is_digits(str_slice(v, from, port - from)))
		end = v.len;
	uint32_t sign = end;
	while (sign > from && v.ptr[sign - 1] != '@')
		sign--;
	*out = (Span){from, sign - 1};
	return sign > from;
}

/* name=value behind the beginning or one of ? & ; , and blanks; the value may stand in quotes. */
static bool config_parameter_secret(Str v, uint32_t at, Span *out)
{
	bool url = at > 0 && (v.ptr[at - 1] == '?' || v.ptr[at - 1] == '&');
	uint32_t eq = at;
	while (eq < v.len && is_name_char(v.ptr[eq]))
		eq++;
	if (eq == at || eq == v.len || v.ptr[eq] != '=' || !is_secret_parameter(str_slice(v, at, eq - at)))
		return false;
	uint32_t end = eq + 1;
	char quote = end < v.len && (v.ptr[end] == '\'' || v.ptr[end] == '"') ? v.ptr[end] : 0;
	if (quote) {
		for (end++; end < v.len && v.ptr[end] != quote; end++)
			if (v.ptr[end] == '\\' && end + 1 < v.len)
				end++;
	}
	while (end < v.len && v.ptr[end] != '&' && (url || !strchr(";, \t\n", v.ptr[end])))
		end++;
	*out = (Span){eq + 1, end};
	return true;
}

bool config_secret_next(Str name, Str value, uint32_t at, Span *out)
{
	if (config_is_secret(name)) {
		*out = (Span){at, value.len};
		return at < value.len;
	}
	for (uint32_t i = 0; i < value.len; i++) {
		bool begins = i == 0 || strchr("?&;, \t\n", value.ptr[i - 1]) != NULL;
		bool user = i >= 3 && memcmp(value.ptr + i - 3, "://", 3) == 0;
		if (((user && config_user_secret(value, i, out)) || (begins && config_parameter_secret(value, i, out))) &&
		    out->begin >= at && out->end > out->begin)
			return true;
	}
	return false;
}

void config_put_shown(StrBuf *out, Str name, Str value)
{
	uint32_t at = 0;
	Span s;
	if (config_is_secret(name)) {
		strbuf_puts(out, "***");
		return;
	}
	while (config_secret_next(name, value, at, &s)) {
		strbuf_put_str(out, str_slice(value, at, s.begin - at));
		strbuf_puts(out, "***");
		at = s.end;
	}
	strbuf_put_str(out, str_slice(value, at, value.len));
}

/* The end of the literal whose quote is at begin: at its closing quote, or at the end of the line. */
static uint32_t config_literal_end(Str line, uint32_t begin)
{
	uint32_t end = begin + 1;
	while (end < line.len && (line.ptr[end] != '\'' || (end + 1 < line.len && line.ptr[end + 1] == '\'')))
		end += line.ptr[end] == '\'' ? 2 : 1;
	return end < line.len ? end : line.len;
}

bool config_secret_literal(Str line, uint32_t at, Span *out)
{
	Str name = STR_EMPTY;
	for (uint32_t i = 0; i < line.len; i++) {
		char c = line.ptr[i];
		if (c != '\'') {
			if (c != '=' && c != ' ' && c != '\t')
				name = STR_EMPTY;
			continue;
		}
		uint32_t begin = i + 1, end = config_literal_end(line, i);
		Str text = str_slice(line, begin, end - begin);
		if (config_secret_next(name, text, at > begin ? at - begin : 0, out)) {
			*out = (Span){out->begin + begin, out->end + begin};
			return true;
		}
		name = text;
		i = end;
	}
	return false;
}
