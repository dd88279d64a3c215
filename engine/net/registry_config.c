/*
 * engine/net/registry_config.c: the options of a schema registry (registry.h).
 */
#include "engine/net/registry.h"

#include <stdio.h>

static const OptionValue *given(const Options *o, const char *key)
{
	return options_find(o, str_from(key));
}

static const char *text(const Options *o, const char *key, Arena *arena)
{
	const OptionValue *v = given(o, key);
	return v && str_trim(v->value).len ? arena_cstr(arena, str_trim(v->value)) : NULL;
}

static bool read_urls(const Options *o, Arena *arena, RegistryConfig *out, Err *err)
{
	const OptionValue *v = given(o, "url");
	if (!v)
		v = given(o, "schema-registry.url");
	if (!v) {
		err_set(err, ERR_MISSING_OPTION, "\"avro-confluent.url\" is missing");
		return err_hint(err, "It is the address of the schema registry: http://host:8081. With \"value.format\" or "
		                     "\"key.format\" the option begins with \"value.\" or \"key.\".");
	}
	Str rest = v->value, one;
	while (str_next(&rest, ',', &one)) {
		one = str_trim(one);
		while (str_ends(one, STR("/")))
			one.len--;
		if (!str_starts(one, STR("http://")) && !str_starts(one, STR("https://"))) {
			err_set_at(err, ERR_BAD_OPTION, v->span, "\"%.*s\" is no address of a schema registry", STR_ARG(one));
			return err_hint(err, "It begins with http:// or https://.");
		}
		if (str_find(one, STR("@"), 0) >= 0) {
			err_set_at(err, ERR_BAD_OPTION, v->span, "a user or password in the address of a schema registry");
			return err_hint(err, "Use 'basic-auth.credentials-source' = 'USER_INFO' and 'basic-auth.user-info': they "
			                     "are not shown.");
		}
		if (out->nurls == REGISTRY_URLS_MAX)
			return err_set_at(err, ERR_BAD_OPTION, v->span, "more than %d addresses", REGISTRY_URLS_MAX);
		out->urls[out->nurls++] = arena_cstr(arena, one);
	}
	return true;
}

static bool read_auth(const Options *o, Arena *arena, RegistryConfig *out, Err *err)
{
	const OptionValue *basic = given(o, "basic-auth.credentials-source");
	const OptionValue *bearer = given(o, "bearer-auth.credentials-source");
	const char *user = text(o, "basic-auth.user-info", arena), *token = text(o, "bearer-auth.token", arena);
	if (basic && !str_eq_nocase(str_trim(basic->value), STR("USER_INFO"))) {
		err_set_at(err, ERR_NOT_SUPPORTED, basic->span, "that \"basic-auth.credentials-source\" is not supported yet");
		return err_hint(err, "Use 'USER_INFO' with \"basic-auth.user-info\" = 'user:password'.");
	}
	if (bearer && !str_eq_nocase(str_trim(bearer->value), STR("STATIC_TOKEN"))) {
		err_set_at(err, ERR_NOT_SUPPORTED, bearer->span,
		           "that \"bearer-auth.credentials-source\" is not supported yet");
		return err_hint(err, "Use 'STATIC_TOKEN' with \"bearer-auth.token\".");
	}
	if ((basic != NULL) != (user != NULL)) {
		err_set(err, ERR_MISSING_OPTION, "\"basic-auth.user-info\" and \"basic-auth.credentials-source\" go together");
		return err_hint(err,
		                "'basic-auth.credentials-source' = 'USER_INFO', 'basic-auth.user-info' = 'user:password'.");
	}
	if ((bearer != NULL) != (token != NULL)) {
		err_set(err, ERR_MISSING_OPTION, "\"bearer-auth.token\" and \"bearer-auth.credentials-source\" go together");
		return err_hint(err, "'bearer-auth.credentials-source' = 'STATIC_TOKEN', 'bearer-auth.token' = '...'.");
	}
	if (user && token)
		return err_set(err, ERR_BAD_OPTION, "both basic and bearer authentication are given");
	out->http.user_info = user;
	out->http.bearer = token;
	return true;
}

static bool is_pem(Str path)
{
	return str_ends(path, STR(".pem")) || str_ends(path, STR(".crt"));
}

static bool is_p12(Str path)
{
	return str_ends(path, STR(".p12")) || str_ends(path, STR(".pfx"));
}

static bool read_ssl(const Options *o, Arena *arena, RegistryConfig *out, Err *err)
{
	const OptionValue *trust = given(o, "ssl.truststore.location"), *key = given(o, "ssl.keystore.location");
	if (trust && !is_pem(trust->value)) {
		err_set_at(err, ERR_BAD_OPTION, trust->span,
		           "\"ssl.truststore.location\" is a key store in Java's form, which is not readable here");
		return err_hint(err, "Convert it to PEM (keytool -exportcert -rfc) and give the .pem file.");
	}
	if (key && !is_pem(key->value) && !is_p12(key->value)) {
		err_set_at(err, ERR_BAD_OPTION, key->span,
		           "\"ssl.keystore.location\" is a key store in Java's form, which is not readable here");
		return err_hint(err, "Convert it to PKCS#12 (keytool -importkeystore -deststoretype PKCS12), and give the .p12 "
		                     "file, or a .pem file with certificate and key.");
	}
	out->http.ca_file = trust ? arena_cstr(arena, trust->value) : NULL;
	out->http.cert_file = key ? arena_cstr(arena, key->value) : NULL;
	out->http.cert_is_p12 = key && is_p12(key->value);
	out->http.cert_password = key ? text(o, "ssl.keystore.password", arena) : NULL;
	return true;
}

bool registry_config(const Options *o, const char *scope, Arena *arena, RegistryConfig *out, Err *err)
{
	*out = (RegistryConfig){0};
	if (!read_urls(o, arena, out, err) || !read_auth(o, arena, out, err) || !read_ssl(o, arena, out, err))
		return false;
	out->register_new = options_bool(o, scope, "auto.register.schemas");
	out->http.connect_ms = options_int(o, scope, "properties.http.connect.timeout.ms");
	out->http.timeout_ms = out->http.connect_ms + options_int(o, scope, "properties.http.read.timeout.ms");
	const char *host = text(o, "properties.proxy.host", arena), *port = text(o, "properties.proxy.port", arena);
	if ((host != NULL) != (port != NULL))
		return err_set(err, ERR_MISSING_OPTION, "\"properties.proxy.host\" and \"properties.proxy.port\" go together");
	if (host)
		out->http.proxy = arena_printf(arena, "%s:%s", host, port).ptr;
	return true;
}
