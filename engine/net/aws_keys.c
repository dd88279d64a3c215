/*
 * engine/net/aws_keys.c: see aws_keys.h.
 */
#include "engine/net/aws_keys.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/log.h"
#include "engine/net/http.h"
#include "engine/net/http_time.h"

typedef enum Place { PLACE_NONE, PLACE_OPTIONS, PLACE_ENVIRONMENT, PLACE_FILE, PLACE_MACHINE } Place;

enum { FILE_BYTES_MAX = 1 << 20, METADATA_MS = 1000 };

static const int64_t RENEW_BEFORE_US = INT64_C(300) * 1000000, ASK_AGAIN_US = INT64_C(10) * 1000000;

struct AwsKeys {
	Place place; /* of the keys at hand */
	char *access, *secret, *token;
	int64_t expires_us; /* INT64_MAX: never, as far as is known */
	int64_t asked_us;
	char from[300];
};

static void set(AwsKeys *k, Str access, Str secret, Str token)
{
	mem_free(k->access);
	mem_free(k->secret);
	mem_free(k->token);
	k->access = mem_cstr(access);
	k->secret = mem_cstr(secret);
	k->token = token.len ? mem_cstr(token) : NULL;
	k->expires_us = INT64_MAX;
}

AwsKeys *aws_keys_open(const char *access, const char *secret, const char *token)
{
	AwsKeys *k = MEM_NEW(AwsKeys);
	if (access) {
		set(k, str_from(access), str_from(secret), token ? str_from(token) : STR_EMPTY);
		k->place = PLACE_OPTIONS;
		snprintf(k->from, sizeof k->from, "the table's options");
	}
	return k;
}

void aws_keys_close(AwsKeys *k)
{
	if (!k)
		return;
	mem_free(k->access);
	mem_free(k->secret);
	mem_free(k->token);
	mem_free(k);
}

/* ---- environment ---- */

static Str env(const char *name)
{
	const char *v = getenv(name);
	return v ? str_trim(str_from(v)) : STR_EMPTY;
}

static bool from_environment(AwsKeys *k)
{
	Str access = env("AWS_ACCESS_KEY_ID"), secret = env("AWS_SECRET_ACCESS_KEY");
	if (!access.len || !secret.len)
		return false;
	set(k, access, secret, env("AWS_SESSION_TOKEN"));
	snprintf(k->from, sizeof k->from, "the environment (AWS_ACCESS_KEY_ID)");
	return true;
}

/* ---- file ---- */

static void find_section(Str text, Str profile, Str out[3])
{
	static const char *const names[3] = {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"};
	bool inside = false;
	Str line;
	while (text.ptr && str_next(&text, '\n', &line)) {
		line = str_trim(line);
		if (!line.len || line.ptr[0] == '#' || line.ptr[0] == ';')
			continue;
		if (line.ptr[0] == '[') {
			int64_t end = str_find(line, STR("]"), 0);
			inside = end > 0 && str_eq(str_trim(str_slice(line, 1, (uint32_t)end - 1)), profile);
			continue;
		}
		int64_t eq = inside ? str_find(line, STR("="), 0) : -1;
		for (int i = 0; eq > 0 && i < 3; i++)
			if (str_eq_nocase(str_trim(str_slice(line, 0, (uint32_t)eq)), str_from(names[i])))
				out[i] = str_trim(str_slice(line, (uint32_t)eq + 1, line.len));
	}
}

static bool from_file(AwsKeys *k, Err *err)
{
	Str named = env("AWS_SHARED_CREDENTIALS_FILE"), profile = env("AWS_PROFILE"), home = env("HOME");
	Str wanted = profile.len ? profile : STR("default");
	StrBuf path, text;
	strbuf_init(&path);
	strbuf_init(&text);
	if (named.len)
		strbuf_put_str(&path, named);
	else
		strbuf_printf(&path, "%.*s/.aws/credentials", STR_ARG(home));
	FILE *f = fopen(strbuf_cstr(&path), "re");
	Str found[3] = {STR_EMPTY, STR_EMPTY, STR_EMPTY};
	if (f) {
		strbuf_reserve(&text, FILE_BYTES_MAX + 1);
		text.len = fread(text.ptr, 1, FILE_BYTES_MAX, f);
		fclose(f);
		find_section(strbuf_str(&text), wanted, found);
	}
	bool ok = found[0].len && found[1].len;
	if (ok) {
		set(k, found[0], found[1], found[2]);
		snprintf(k->from, sizeof k->from, "\"%.200s\" [%.*s]", strbuf_cstr(&path), STR_ARG(str_slice(wanted, 0, 60)));
	} else if (named.len || profile.len) {
		/* Asked for by name: another place's keys would be a surprise. */
		err_set(err, ERR_BAD_OPTION, "no keys for the profile \"%.*s\" in \"%s\"", STR_ARG(wanted), strbuf_cstr(&path));
		err_hint(err, "AWS_PROFILE and AWS_SHARED_CREDENTIALS_FILE name it; the section needs aws_access_key_id and "
		              "aws_secret_access_key.");
	}
	strbuf_deinit(&path);
	if (text.ptr)
		memset(text.ptr, 0, text.len);
	strbuf_deinit(&text);
	return ok;
}

/* ---- metadata service ---- */

static bool ask(const char *method, Str base, const char *path, const char *header, HttpReply *reply)
{
	StrBuf url;
	strbuf_init(&url);
	strbuf_printf(&url, "%.*s%s", STR_ARG(base), path);
	HttpConfig config = {.connect_ms = METADATA_MS, .timeout_ms = 2 * METADATA_MS};
	HttpRequest request = {.method = method, .url = strbuf_cstr(&url), .headers = &header, .nheaders = 1};
	Err err = {0};
	bool ok = http_run(&config, &request, NULL, reply, &err) && reply->status == 200;
	strbuf_deinit(&url);
	return ok;
}

/* Keys of which nobody knows how long they live are not taken: they would end in the middle. */
static bool take_json(AwsKeys *k, Str body, Err *err)
{
	json_t *j = json_loadb(body.ptr, body.len, 0, NULL);
	const char *access = json_string_value(json_object_get(j, "AccessKeyId"));
	const char *secret = json_string_value(json_object_get(j, "SecretAccessKey"));
	const char *token = json_string_value(json_object_get(j, "Token"));
	const char *end = json_string_value(json_object_get(j, "Expiration"));
	int64_t expires_us = 0;
	bool ok = access && secret;
	if (ok && (!end || !http_time_parse(str_from(end), &expires_us))) {
		ok = err_set(err, ERR_BAD_OPTION, "the machine's metadata service gives keys without saying until when");
		err_detail(err, "\"Expiration\" is \"%.100s\".", end ? end : "");
		err_hint(err, "Is AWS_EC2_METADATA_SERVICE_ENDPOINT the address of such a service? It must answer with a time "
		              "like 2030-01-31T12:00:00Z.");
	}
	if (ok) {
		set(k, str_from(access), str_from(secret), token ? str_from(token) : STR_EMPTY);
		k->expires_us = expires_us;
	}
	json_decref(j);
	return ok;
}

static bool from_machine(AwsKeys *k, Err *err)
{
	Str base = env("AWS_EC2_METADATA_SERVICE_ENDPOINT");
	bool off = false;
	if (!base.len)
		base = STR("http://169.254.169.254");
	while (str_ends(base, STR("/")))
		base.len--;
	if (str_eq_nocase(env("AWS_EC2_METADATA_DISABLED"), STR("true")))
		off = true;
	static const char roles[] = "/latest/meta-data/iam/security-credentials/";
	HttpReply reply;
	StrBuf header, path;
	http_reply_init(&reply);
	strbuf_init(&header);
	strbuf_init(&path);
	bool ok = !off && ask("PUT", base, "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 21600", &reply);
	if (ok) {
		strbuf_printf(&header, "X-aws-ec2-metadata-token: %.*s", STR_ARG(str_trim(strbuf_str(&reply.body))));
		ok = ask("GET", base, roles, strbuf_cstr(&header), &reply);
	}
	if (ok) {
		Str body = strbuf_str(&reply.body), role;
		ok = str_next(&body, '\n', &role) && str_trim(role).len;
		strbuf_puts(&path, roles);
		if (ok)
			http_escape(str_trim(role), false, &path);
	}
	ok = ok && ask("GET", base, strbuf_cstr(&path), strbuf_cstr(&header), &reply) &&
	     take_json(k, strbuf_str(&reply.body), err);
	if (ok)
		snprintf(k->from, sizeof k->from, "the machine's metadata service");
	http_reply_deinit(&reply);
	strbuf_deinit(&header);
	strbuf_deinit(&path);
	return ok;
}

/* ---- the order ---- */

static bool look_up(AwsKeys *k, Err *err)
{
	Err why = {0};
	Place held = k->place;
	if ((held == PLACE_NONE || held == PLACE_ENVIRONMENT) && from_environment(k)) {
		k->place = PLACE_ENVIRONMENT;
		return true;
	}
	if ((held == PLACE_NONE || held == PLACE_FILE) && from_file(k, &why)) {
		k->place = PLACE_FILE;
		return true;
	}
	if (why.code) {
		*err = why;
		return false;
	}
	if ((held == PLACE_NONE || held == PLACE_MACHINE) && from_machine(k, &why)) {
		k->place = PLACE_MACHINE;
		return true;
	}
	if (why.code) {
		*err = why;
		return false;
	}
	if (held == PLACE_MACHINE) {
		err_set(err, ERR_BAD_OPTION, "the machine's metadata service gives no new keys");
		err_hint(err, "Does the instance still have its role? The keys that were there have expired.");
		err->flags |= ERR_RETRIABLE;
		return false;
	}
	err_set(err, ERR_BAD_OPTION, "there are no keys for S3");
	return err_hint(err,
	                "They come from the options \"s3.access-key\" and \"s3.secret-key\", else AWS_ACCESS_KEY_ID and "
	                "AWS_SECRET_ACCESS_KEY, else ~/.aws/credentials, else the machine's metadata service.");
}

bool aws_keys_get(AwsKeys *k, int64_t now_us, AwsKey *out, Err *err)
{
	bool stale = k->expires_us != INT64_MAX && k->expires_us - now_us < RENEW_BEFORE_US;
	if (!k->access || (stale && (now_us - k->asked_us >= ASK_AGAIN_US || k->expires_us <= now_us))) {
		Err why = {0};
		k->asked_us = now_us;
		if (!look_up(k, &why)) {
			if (!k->access || k->expires_us <= now_us) {
				*err = why;
				return false;
			}
			LOGW("aws", "keys could not be renewed yet", "reason=\"%s\"", why.message);
		}
	}
	*out = (AwsKey){.access = k->access, .secret = k->secret, .token = k->token, .from = k->from};
	return true;
}

bool aws_keys_expired(AwsKeys *k)
{
	if (k->place == PLACE_OPTIONS || k->place == PLACE_ENVIRONMENT || !k->access)
		return false;
	Str access = str_from(k->access), token = str_from(k->token ? k->token : "");
	char *before = mem_cstr(access), *before_token = mem_cstr(token);
	Err err = {0};
	bool changed =
	    look_up(k, &err) && (strcmp(before, k->access) != 0 || strcmp(before_token, k->token ? k->token : "") != 0);
	mem_free(before);
	mem_free(before_token);
	return changed;
}
