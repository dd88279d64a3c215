/*
 * engine/net/s3_config.c: paths on S3 and the options s3.* (s3.h).
 */
#include "engine/net/s3.h"

#include <stdlib.h>

#include "base/config.h"

static const char *const schemes[] = {"s3://", "s3a://", "s3n://"};

bool s3_is_path(Str path)
{
	path = str_trim(path);
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
		if (str_starts_nocase(path, str_from(schemes[i])))
			return true;
	return false;
}

static const char *text(const Options *o, const char *key, Arena *arena)
{
	Str v = str_trim(options_get(o, key));
	return v.len ? arena_cstr(arena, v) : NULL;
}

static const char *env(const char *name, Arena *arena)
{
	const char *v = getenv(name);
	Str s = v ? str_trim(str_from(v)) : STR_EMPTY;
	return s.len ? arena_cstr(arena, s) : NULL;
}

static bool read_place(const Options *o, Str path, Arena *arena, S3Config *out, Err *err)
{
	const OptionValue *given = options_find(o, STR("path"));
	Span span = given ? given->span : (Span){0};
	Str rest = str_trim(path);
	rest = str_slice(rest, (uint32_t)str_find(rest, STR("://"), 0) + 3, rest.len);
	int64_t slash = str_find(rest, STR("/"), 0);
	out->bucket = slash < 0 ? rest : str_slice(rest, 0, (uint32_t)slash);
	out->prefix = slash < 0 ? STR_EMPTY : str_slice(rest, (uint32_t)slash + 1, rest.len);
	while (str_ends(out->prefix, STR("/")))
		out->prefix.len--;
	bool ok = out->bucket.len >= 3 && out->bucket.len <= 63;
	for (uint32_t i = 0; i < out->bucket.len; i++) {
		char c = out->bucket.ptr[i];
		ok = ok && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._", c));
	}
	if (!ok) {
		err_set_at(err, ERR_BAD_OPTION, span, "\"%.*s\" is no name of a bucket", STR_ARG(out->bucket));
		return err_hint(err, "A path on S3 is s3://bucket/prefix: 3 to 63 letters, digits, dots and hyphens.");
	}
	if (str_starts(out->prefix, STR("/")) || str_find(out->prefix, STR("//"), 0) >= 0) {
		err_set_at(err, ERR_BAD_OPTION, span, "\"%.*s\" has an empty folder in it", STR_ARG(path));
		return err_hint(err, "Write one slash between names.");
	}
	out->bucket = arena_str(arena, out->bucket);
	out->prefix = arena_str(arena, out->prefix);
	return true;
}

/* "10.0.0.1", "10.0.0.1:9000", "[::1]:9000": has no names below it. */
static bool is_number(Str host)
{
	int64_t colon = str_find(host, STR(":"), 0);
	Str name = str_starts(host, STR("[")) || colon < 0 ? host : str_slice(host, 0, (uint32_t)colon);
	bool digits = name.len > 0;
	for (uint32_t i = 0; i < name.len; i++)
		digits = digits && ((name.ptr[i] >= '0' && name.ptr[i] <= '9') || name.ptr[i] == '.');
	return digits || str_starts(host, STR("["));
}

/* No port, or one that there can be. */
static bool is_port_fine(Str host)
{
	uint32_t from = host.len;
	while (from > 0 && host.ptr[from - 1] != ':' && host.ptr[from - 1] != ']')
		from--;
	int64_t port;
	return from == 0 || host.ptr[from - 1] == ']' ||
	       (str_to_i64(str_slice(host, from, host.len), &port) && port > 0 && port < 65536);
}

static bool read_endpoint(const Options *o, Arena *arena, S3Config *out, Err *err)
{
	const OptionValue *given = options_find(o, STR("s3.endpoint"));
	const char *e = text(o, "s3.endpoint", arena), *region = text(o, "s3.region", arena);
	if (!e)
		e = env("AWS_ENDPOINT_URL_S3", arena);
	if (!e)
		e = env("AWS_ENDPOINT_URL", arena);
	if (!region)
		region = env("AWS_REGION", arena);
	if (!region)
		region = env("AWS_DEFAULT_REGION", arena);
	out->region = region ? region : "us-east-1";
	const OptionValue *style = options_find(o, STR("s3.path-style"));
	/* Servers of one's own rarely have a name for each bucket; a certificate of *.host covers no dots in it. */
	out->path_style = e || str_find(out->bucket, STR("."), 0) >= 0;
	if (style && !config_bool(style->value, &out->path_style))
		return err_set_at(err, ERR_BAD_OPTION, style->span, "\"s3.path-style\" is neither true nor false");
	Str url = e ? str_from(e) : arena_printf(arena, "https://s3.%s.amazonaws.com", out->region);
	if (str_find(url, STR("://"), 0) < 0)
		url = arena_printf(arena, "https://%.*s", STR_ARG(url));
	while (str_ends(url, STR("/")))
		url.len--;
	Str host = str_starts(url, STR("https://"))  ? str_slice(url, 8, url.len)
	           : str_starts(url, STR("http://")) ? str_slice(url, 7, url.len)
	                                             : STR_EMPTY;
	if (!host.len || strcspn(arena_cstr(arena, host), "/?#@ ") != host.len || !is_port_fine(host)) {
		err_set_at(err, ERR_BAD_OPTION, given ? given->span : (Span){0}, "\"%.*s\" is no address of an S3 server",
		           STR_ARG(url));
		return err_hint(err, "Write http://host:port or https://host, without a path; keys have options of their own.");
	}
	if (!out->path_style && is_number(host)) {
		err_set_at(err, ERR_BAD_OPTION, style->span, "\"%.*s\" has no name below which the bucket could be",
		           STR_ARG(url));
		return err_hint(err, "Set \"s3.path-style\" to true, or give \"s3.endpoint\" the server's name.");
	}
	out->endpoint = arena_cstr(arena, url);
	out->ca_file = env("AWS_CA_BUNDLE", arena);
	return true;
}

bool s3_config_read(const Options *o, Str path, Arena *arena, S3Config *out, Err *err)
{
	*out = (S3Config){0};
	if (!read_place(o, path, arena, out, err) || !read_endpoint(o, arena, out, err))
		return false;
	out->access = text(o, "s3.access-key", arena);
	out->secret = text(o, "s3.secret-key", arena);
	out->token = text(o, "s3.session-token", arena);
	if (!out->access != !out->secret || (out->token && !out->access)) {
		err_set(err, ERR_BAD_OPTION, "\"%s\" is missing", out->access ? "s3.secret-key" : "s3.access-key");
		return err_hint(err,
		                "Give both keys, or none: then they come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
		                "the credentials file or the machine's metadata service.");
	}
	return true;
}
