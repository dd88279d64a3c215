/*
 * engine/net/registry.c: see registry.h.
 *
 * A Shared is what all users of one configuration have in common; it is never freed. Its mutex guards the entries, the
 * list of users, the state of an outage. Parsed schemas are immutable, so pointers to them go out of it.
 */
#include "engine/net/registry.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/log.h"

enum {
	BACKOFF_MS_MIN = 200,
	BACKOFF_MS_MAX = 10000,
	NONE_MS = 10000, /* what a registry did not know is asked again after this, when a message has it */
	ENTRIES_MAX = 1 << 16,
	REFERENCES_MAX = 200, /* schemas that one schema refers to */
};

typedef enum EntryState { ENTRY_ASKED, ENTRY_HAS, ENTRY_NONE, ENTRY_DENIED } EntryState;

typedef struct Entry {
	uint32_t id;
	EntryState state;
	const void *node;
	Arena *arena;
	Err *err;         /* ENTRY_NONE, ENTRY_DENIED */
	int64_t until_us; /* ENTRY_NONE: how long that holds */
} Entry;

typedef struct Shared Shared;

struct Registry {
	Shared *shared;
	void (*wake)(void *ctx);
	void *ctx;
	bool register_new; /* not of the shared: tables with one registry may differ in it */
	Registry *next;
};

struct Shared {
	Shared *next;
	char *identity;
	Arena *arena;
	RegistryConfig config;
	RegistryParse parse;
	pthread_mutex_t mutex;
	pthread_cond_t asked, answered;
	Entry **entries; /* by id */
	uint32_t len, cap;
	Registry *users;
	pthread_t thread;
	bool running;
	atomic_bool stop;
	uint64_t answers;
	/* an outage */
	int64_t down_since_us, said_us, say_after_us, retry_us, backoff_ms;
	char reason[200];
};

static pthread_mutex_t all_mutex = PTHREAD_MUTEX_INITIALIZER;
static Shared *all;

static int64_t now_us(void)
{
	return clock_mono_us(&clock_real);
}

/* ---- requests ---- */

typedef enum Outcome { OUT_OK, OUT_NONE, OUT_DENIED, OUT_OUTAGE } Outcome;

static Outcome judge(const char *url, const HttpReply *reply, json_t *json, Err *err)
{
	const json_t *code = json_object_get(json, "error_code"), *message = json_object_get(json, "message");
	const char *words = json_is_string(message) ? json_string_value(message) : "";
	if (reply->status == 401 || reply->status == 403) {
		err_set(err, ERR_SOURCE_FAILED, "the schema registry %s refuses access (%ld)", url, reply->status);
		err_detail(err, "%.400s", words);
		err_hint(err, "Give 'basic-auth.credentials-source' = 'USER_INFO' with \"basic-auth.user-info\", or "
		              "'bearer-auth.credentials-source' = 'STATIC_TOKEN' with \"bearer-auth.token\", of the format.");
		return OUT_DENIED;
	}
	if (reply->status == 404 && json_is_integer(code)) {
		err_set(err, ERR_BAD_RECORD, "the schema registry %s answers: %.300s", url, words);
		return OUT_NONE;
	}
	if (reply->status >= 500 || reply->status == 429 || reply->status == 408 || (reply->status < 300 && !json)) {
		err_set(err, ERR_SOURCE_UNREACHABLE, "the schema registry %s answers with status %ld%s%.300s", url,
		        reply->status,
		        words[0] ? ": "
		        : json   ? ""
		                 : " and no JSON",
		        words);
		err->flags |= ERR_RETRIABLE;
		return OUT_OUTAGE;
	}
	if (reply->status < 300)
		return OUT_OK;
	err_set(err, ERR_SOURCE_FAILED, "the schema registry %s answers with status %ld%s%.300s", url, reply->status,
	        words[0] ? ": " : "", words);
	if (!json_is_integer(code))
		err_hint(err, "Does the address lead to a schema registry?");
	else if (reply->status == 409)
		err_hint(err, "The columns changed in a way that the subject's compatibility does not allow; use another "
		              "\"subject\", or relax its compatibility.");
	return OUT_DENIED;
}

/* *json is the reply, to be given back by json_decref. Each address is tried. */
static Outcome request(const Shared *s, const char *method, Str path, Str body, const atomic_bool *cancel,
                       json_t **json, Err *err)
{
	static const char *const headers[] = {"Accept: application/vnd.schemaregistry.v1+json, application/json",
	                                      "Content-Type: application/vnd.schemaregistry.v1+json"};
	Outcome out = OUT_OUTAGE;
	HttpReply reply;
	StrBuf url;
	http_reply_init(&reply);
	strbuf_init(&url);
	*json = NULL;
	for (uint32_t i = 0; i < s->config.nurls && out == OUT_OUTAGE && !(cancel && atomic_load(cancel)); i++) {
		strbuf_clear(&url);
		strbuf_printf(&url, "%s%.*s", s->config.urls[i], STR_ARG(path));
		HttpRequest r = {.method = method,
		                 .url = strbuf_cstr(&url),
		                 .headers = headers,
		                 .nheaders = body.ptr ? 2 : 1,
		                 .body = body,
		                 .follow = true};
		Err why = {0};
		json_decref(*json);
		*json = NULL;
		if (!http_run(&s->config.http, &r, cancel, &reply, &why)) {
			err_set(err, ERR_SOURCE_UNREACHABLE, "the schema registry %s does not answer: %.300s", s->config.urls[i],
			        why.message);
			err->flags |= ERR_RETRIABLE;
			continue;
		}
		*json = json_loadb(reply.body.ptr ? reply.body.ptr : "", reply.body.len, 0, NULL);
		out = judge(s->config.urls[i], &reply, *json, err);
	}
	strbuf_deinit(&url);
	http_reply_deinit(&reply);
	return out;
}

/* ---- a schema with those it refers to ---- */

typedef struct Texts {
	Str *items;
	uint32_t len, cap;
	Str *seen; /* subject and version of what is there */
	uint32_t nseen;
} Texts;

static Outcome gather(Shared *s, const json_t *json, Texts *texts, uint32_t depth, Arena *scratch, Err *err);

static Outcome gather_reference(Shared *s, const json_t *ref, Texts *texts, uint32_t depth, Arena *scratch, Err *err)
{
	const char *subject = json_string_value(json_object_get(ref, "subject"));
	json_int_t version = json_integer_value(json_object_get(ref, "version"));
	if (!subject || texts->nseen == REFERENCES_MAX || depth > 16) {
		err_set(err, ERR_BAD_RECORD, "its references cannot be followed");
		return OUT_NONE;
	}
	Str name = arena_printf(scratch, "%s %lld", subject, (long long)version);
	for (uint32_t i = 0; i < texts->nseen; i++)
		if (str_eq(texts->seen[i], name))
			return OUT_OK;
	texts->seen[texts->nseen++] = name;
	StrBuf path;
	strbuf_init(&path);
	strbuf_puts(&path, "/subjects/");
	http_escape(str_from(subject), false, &path);
	strbuf_printf(&path, "/versions/%lld", (long long)version);
	json_t *json;
	Outcome out = request(s, "GET", strbuf_str(&path), (Str){0}, &s->stop, &json, err);
	if (out == OUT_OK)
		out = gather(s, json, texts, depth + 1, scratch, err);
	json_decref(json);
	strbuf_deinit(&path);
	return out;
}

static Outcome gather(Shared *s, const json_t *json, Texts *texts, uint32_t depth, Arena *scratch, Err *err)
{
	const json_t *schema = json_object_get(json, "schema"), *refs = json_object_get(json, "references");
	const char *type = json_string_value(json_object_get(json, "schemaType"));
	if (!json_is_string(schema) || (type && strcmp(type, "AVRO") != 0)) {
		err_set(err, ERR_BAD_RECORD, "it is %s%s", type ? "no Avro schema but " : "no schema", type ? type : "");
		return OUT_NONE;
	}
	for (size_t i = 0; i < json_array_size(refs); i++) {
		Outcome out = gather_reference(s, json_array_get(refs, i), texts, depth, scratch, err);
		if (out != OUT_OK)
			return out;
	}
	Str text = arena_str(scratch, str_make(json_string_value(schema), json_string_length(schema)));
	ARENA_PUSH(scratch, texts, text);
	return OUT_OK;
}

static Outcome fetch(Shared *s, uint32_t id, Arena *arena, const void **node, Err *err)
{
	Arena *scratch = arena_open("registry", 0);
	Texts texts = {.seen = ARENA_ARRAY(scratch, Str, REFERENCES_MAX)};
	json_t *json;
	Outcome out = request(s, "GET", arena_printf(scratch, "/schemas/ids/%u", id), (Str){0}, &s->stop, &json, err);
	if (out == OUT_OK)
		out = gather(s, json, &texts, 0, scratch, err);
	if (out == OUT_OK && !s->parse(texts.items, texts.len, arena, node, err))
		out = OUT_NONE;
	json_decref(json);
	if (out == OUT_NONE) {
		Err why = *err;
		err_set(err, ERR_BAD_RECORD, "the schema %u of the message cannot be used: %.400s", id, why.message);
		err_detail(err, "%s", why.detail);
	}
	arena_close(scratch);
	return out;
}

/* ---- the thread ---- */

static uint32_t place(const Shared *s, uint32_t id)
{
	uint32_t lo = 0, hi = s->len;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		if (s->entries[mid]->id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static Entry *find(const Shared *s, uint32_t id)
{
	uint32_t at = place(s, id);
	return at < s->len && s->entries[at]->id == id ? s->entries[at] : NULL;
}

static void note_outage(Shared *s, const Err *err)
{
	int64_t now = now_us();
	if (!s->down_since_us) {
		s->down_since_us = now;
		s->say_after_us = 1000000;
		s->said_us = now;
		s->backoff_ms = BACKOFF_MS_MIN;
		LOGW("registry", "schema registry is down, trying again", "reason=\"%s\"", err->message);
	} else {
		s->backoff_ms = s->backoff_ms * 2 < BACKOFF_MS_MAX ? s->backoff_ms * 2 : BACKOFF_MS_MAX;
	}
	if (now - s->said_us >= s->say_after_us) {
		LOGW("registry", "schema registry is down, trying again", "reason=\"%s\" down_ms=%lld", err->message,
		     (long long)((now - s->down_since_us) / 1000));
		s->said_us = now;
		if (s->say_after_us < 60000000)
			s->say_after_us *= 2;
	}
	snprintf(s->reason, sizeof s->reason, "%.199s", err->message);
	s->retry_us = now + s->backoff_ms * 1000 - (now % 7) * s->backoff_ms * 20; /* not all at once */
}

static void note_answer(Shared *s)
{
	if (s->down_since_us)
		LOGI("registry", "schema registry answers again", "down_ms=%lld",
		     (long long)((now_us() - s->down_since_us) / 1000));
	s->down_since_us = s->retry_us = 0;
	s->reason[0] = '\0';
}

static void keep(Entry *e, Outcome out, const void *node, Arena *arena, const Err *err)
{
	if (out == OUT_OK) {
		e->state = ENTRY_HAS;
		e->node = node;
		e->arena = arena;
		return;
	}
	arena_close(arena);
	e->state = out == OUT_NONE ? ENTRY_NONE : ENTRY_DENIED;
	e->until_us = now_us() + NONE_MS * 1000;
	mem_free(e->err);
	e->err = MEM_NEW(Err);
	*e->err = *err;
}

/* With the mutex; false: stop. */
static bool answer_one(Shared *s)
{
	Entry *e = NULL;
	for (uint32_t i = 0; i < s->len && !e; i++)
		if (s->entries[i]->state == ENTRY_ASKED)
			e = s->entries[i];
	int64_t wait_us = e ? s->retry_us - now_us() : 3600 * INT64_C(1000000);
	if (wait_us > 0) {
		struct timespec until = clock_deadline(wait_us);
		pthread_cond_timedwait(&s->asked, &s->mutex, &until);
		return !atomic_load(&s->stop);
	}
	uint32_t id = e->id;
	pthread_mutex_unlock(&s->mutex);
	Arena *arena = arena_open("avro schema", 0);
	const void *node = NULL;
	Err err = {0};
	Outcome out = fetch(s, id, arena, &node, &err);
	pthread_mutex_lock(&s->mutex);
	if (atomic_load(&s->stop)) {
		arena_close(arena);
		return false;
	}
	if (out == OUT_OUTAGE) {
		arena_close(arena);
		note_outage(s, &err);
		return true;
	}
	note_answer(s);
	keep(find(s, id), out, node, arena, &err);
	s->answers++;
	pthread_cond_broadcast(&s->answered);
	for (const Registry *u = s->users; u; u = u->next)
		if (u->wake)
			u->wake(u->ctx);
	return true;
}

static void *run(void *ctx)
{
	Shared *s = ctx;
	pthread_mutex_lock(&s->mutex);
	while (!atomic_load(&s->stop) && answer_one(s))
		;
	pthread_mutex_unlock(&s->mutex);
	return NULL;
}

/* ---- users ---- */

static void add_text(StrBuf *b, const char *s)
{
	if (s)
		codec_put_blob(b, str_from(s));
	else
		strbuf_putc(b, '\0');
}

static char *identity_of(const RegistryConfig *c)
{
	StrBuf b, hex;
	strbuf_init(&b);
	strbuf_init(&hex);
	for (uint32_t i = 0; i < c->nurls; i++)
		add_text(&b, c->urls[i]);
	const char *const parts[] = {c->http.user_info, c->http.bearer,        c->http.ca_file,
	                             c->http.cert_file, c->http.cert_password, c->http.proxy};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		add_text(&b, parts[i]);
	for (size_t i = 0; i < b.len; i++)
		strbuf_printf(&hex, "%02x", (unsigned char)b.ptr[i]);
	strbuf_printf(&hex, " %lld %lld", (long long)c->http.connect_ms, (long long)c->http.timeout_ms);
	char *out = mem_cstr(strbuf_str(&hex));
	strbuf_deinit(&b);
	strbuf_deinit(&hex);
	return out;
}

static const char *copy(Arena *arena, const char *s)
{
	return s ? arena_cstr(arena, str_from(s)) : NULL;
}

static Shared *new_shared(const RegistryConfig *c, RegistryParse parse, char *identity)
{
	Shared *s = MEM_NEW(Shared);
	s->identity = identity;
	s->arena = arena_open("registry", 0);
	s->config = *c;
	s->parse = parse;
	for (uint32_t i = 0; i < c->nurls; i++)
		s->config.urls[i] = copy(s->arena, c->urls[i]);
	HttpConfig *h = &s->config.http;
	h->user_info = copy(s->arena, h->user_info);
	h->bearer = copy(s->arena, h->bearer);
	h->ca_file = copy(s->arena, h->ca_file);
	h->cert_file = copy(s->arena, h->cert_file);
	h->cert_password = copy(s->arena, h->cert_password);
	h->proxy = copy(s->arena, h->proxy);
	pthread_mutex_init(&s->mutex, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->asked, &attr);
	pthread_cond_init(&s->answered, &attr);
	pthread_condattr_destroy(&attr);
	s->next = all;
	all = s;
	return s;
}

Registry *registry_open(const RegistryConfig *config, RegistryParse parse, void (*wake)(void *ctx), void *ctx)
{
	char *identity = identity_of(config);
	Registry *r = MEM_NEW(Registry);
	r->wake = wake;
	r->ctx = ctx;
	r->register_new = config->register_new;
	pthread_mutex_lock(&all_mutex);
	Shared *s = all;
	while (s && (s->parse != parse || strcmp(s->identity, identity) != 0))
		s = s->next;
	if (s)
		mem_free(identity);
	else
		s = new_shared(config, parse, identity);
	pthread_mutex_lock(&s->mutex);
	r->shared = s;
	r->next = s->users;
	s->users = r;
	pthread_mutex_unlock(&s->mutex);
	pthread_mutex_unlock(&all_mutex);
	return r;
}

void registry_close(Registry *r)
{
	if (!r)
		return;
	Shared *s = r->shared;
	pthread_mutex_lock(&all_mutex);
	pthread_mutex_lock(&s->mutex);
	for (Registry **p = &s->users; *p; p = &(*p)->next)
		if (*p == r) {
			*p = r->next;
			break;
		}
	bool end = !s->users && s->running;
	if (end)
		atomic_store(&s->stop, true);
	pthread_cond_broadcast(&s->asked);
	pthread_mutex_unlock(&s->mutex);
	if (end) {
		pthread_join(s->thread, NULL);
		s->running = false;
		atomic_store(&s->stop, false);
	}
	pthread_mutex_unlock(&all_mutex);
	mem_free(r);
}

/* Room for what strangers' bytes may ask for: what is not there goes first. */
static void make_room(Shared *s)
{
	if (s->len < ENTRIES_MAX)
		return;
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->len; i++) {
		if (s->entries[i]->state == ENTRY_NONE) {
			mem_free(s->entries[i]->err);
			mem_free(s->entries[i]);
		} else {
			s->entries[n++] = s->entries[i];
		}
	}
	s->len = n;
}

static Entry *add(Shared *s, uint32_t id)
{
	make_room(s);
	uint32_t at = place(s, id);
	if (s->len == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 16;
		s->entries = mem_realloc(s->entries, s->cap * sizeof *s->entries);
	}
	memmove(s->entries + at + 1, s->entries + at, (s->len - at) * sizeof *s->entries);
	s->entries[at] = MEM_NEW(Entry);
	s->entries[at]->id = id;
	s->len++;
	return s->entries[at];
}

static void ask_for(Shared *s, Entry *e)
{
	e->state = ENTRY_ASKED;
	if (!s->running)
		s->running = pthread_create(&s->thread, NULL, run, s) == 0;
	pthread_cond_broadcast(&s->asked);
}

static RegistryAnswer waits(const Shared *s, uint32_t id, Err *err)
{
	if (s->down_since_us)
		err_set(err, ERR_SOURCE_UNREACHABLE, "schema %u is awaited for %lld s: %s", id,
		        (long long)((now_us() - s->down_since_us) / 1000000), s->reason);
	else
		err_set(err, ERR_SOURCE_UNREACHABLE, "schema %u is awaited from the schema registry %s", id, s->config.urls[0]);
	if (err)
		err->flags |= ERR_RETRIABLE;
	return REGISTRY_WAITS;
}

static RegistryAnswer look_up(Shared *s, uint32_t id, bool ask, const void **out, Err *err)
{
	Entry *e = find(s, id);
	*out = NULL;
	if (!e && !ask)
		return waits(s, id, err);
	if (!e)
		ask_for(s, e = add(s, id));
	if (e->state == ENTRY_NONE && ask && now_us() > e->until_us)
		ask_for(s, e);
	if (e->state == ENTRY_ASKED && ask)
		ask_for(s, e); /* by a user that has gone since, perhaps */
	switch (e->state) {
	case ENTRY_HAS: *out = e->node; return REGISTRY_HAS;
	case ENTRY_NONE:
		if (err)
			*err = *e->err;
		return REGISTRY_HAS_NOT;
	case ENTRY_DENIED:
		if (err)
			*err = *e->err;
		if (ask)
			e->state = ENTRY_NONE, e->until_us = 0;
		return REGISTRY_DENIED;
	case ENTRY_ASKED: break;
	}
	return waits(s, id, err);
}

RegistryAnswer registry_schema(Registry *r, uint32_t id, bool ask, const void **out, Err *err)
{
	pthread_mutex_lock(&r->shared->mutex);
	RegistryAnswer answer = look_up(r->shared, id, ask, out, err);
	pthread_mutex_unlock(&r->shared->mutex);
	return answer;
}

bool registry_wait(Registry *r, int64_t ms)
{
	Shared *s = r->shared;
	struct timespec until = clock_deadline(ms * 1000);
	pthread_mutex_lock(&s->mutex);
	uint64_t before = s->answers;
	while (s->answers == before && pthread_cond_timedwait(&s->answered, &s->mutex, &until) == 0)
		;
	bool came = s->answers != before;
	pthread_mutex_unlock(&s->mutex);
	return came;
}

bool registry_register(Registry *r, Str subject, Str schema, uint32_t *id, Err *err)
{
	Shared *s = r->shared;
	StrBuf path, body;
	strbuf_init(&path);
	strbuf_init(&body);
	strbuf_puts(&path, "/subjects/");
	http_escape(subject, false, &path);
	if (r->register_new)
		strbuf_puts(&path, "/versions");
	strbuf_puts(&body, "{\"schema\":");
	strbuf_put_json(&body, schema);
	strbuf_putc(&body, '}');
	json_t *json;
	Outcome out = request(s, "POST", strbuf_str(&path), strbuf_str(&body), NULL, &json, err);
	strbuf_deinit(&path);
	strbuf_deinit(&body);
	const json_t *number = json_object_get(json, "id");
	if (out == OUT_OK && !json_is_integer(number)) {
		err_set(err, ERR_SOURCE_UNREACHABLE, "the schema registry %s answers without an \"id\"", s->config.urls[0]);
		err->flags |= ERR_RETRIABLE;
		out = OUT_OUTAGE;
	}
	if (out == OUT_OK)
		*id = (uint32_t)json_integer_value(number);
	json_decref(json);
	if (out == OUT_OK)
		return true;
	Err why = *err;
	if (out == OUT_OUTAGE) {
		err->code = ERR_SINK_UNREACHABLE;
		return false;
	}
	err_set(err, ERR_SINK_FAILED, "the schema cannot be registered under \"%.*s\": %.300s", STR_ARG(subject),
	        why.message);
	err_detail(err, "%s", why.detail);
	if (out == OUT_NONE)
		return err_hint(err, "With 'auto.register.schemas' = 'true' it would be registered.");
	return err_hint(err, "%s", why.hint);
}
