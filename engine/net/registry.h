/*
 * engine/net/registry.h: schemas of a schema registry (Confluent's HTTP API), by number.
 *
 * What a number means never changes, so it is asked once and kept as long as the process lives; all tables with the
 * same address and credentials share that. A thread asks, with back-off while the registry is down; nobody waits for
 * it but who wants to. Registering is done by the caller's own thread.
 */
#ifndef WEIR_ENGINE_NET_REGISTRY_H
#define WEIR_ENGINE_NET_REGISTRY_H

#include "engine/net/http.h"
#include "sql/catalog/options.h"

enum { REGISTRY_URLS_MAX = 8 };

typedef struct RegistryConfig {
	const char *urls[REGISTRY_URLS_MAX]; /* without a slash at the end; tried in order */
	uint32_t nurls;
	HttpConfig http;
	bool register_new; /* false: what is written must be registered already */
} RegistryConfig;

/* Reads and checks the options of a format; strings are the options' or the arena's. */
bool registry_config(const Options *options, const char *scope, Arena *arena, RegistryConfig *out, Err *err);

typedef struct Registry Registry; /* one user's handle */

/* A schema's text, behind the texts of those that it refers to, as what its users want of it. Called by the registry's
 * thread; what it makes lies in the arena and does not change. */
typedef bool (*RegistryParse)(const Str *texts, uint32_t n, Arena *arena, const void **out, Err *err);

/* wake is called by the registry's thread when something was answered; may be NULL. Copies the configuration. */
Registry *registry_open(const RegistryConfig *config, RegistryParse parse, void (*wake)(void *ctx), void *ctx);
void registry_close(Registry *r); /* NULL is fine; waits for a request that is under way, a second at most */

typedef enum RegistryAnswer {
	REGISTRY_HAS,
	REGISTRY_HAS_NOT, /* err: there is none of that number, or it is no Avro schema */
	REGISTRY_WAITS,   /* asked for; err (ERR_RETRIABLE): why it takes so long */
	REGISTRY_DENIED,  /* err: what trying again does not cure; asked anew by the next call */
} RegistryAnswer;

/* Does not wait. ask: a number that is not known, or was not a while ago, is asked for. */
RegistryAnswer registry_schema(Registry *r, uint32_t id, bool ask, const void **out, Err *err);
/* Waits until an answer has come, for up to ms; false: none has. */
bool registry_wait(Registry *r, int64_t ms);

/* Registers a schema under a subject (or looks it up there); the number it has. Waits for the reply. false: err, with
 * ERR_RETRIABLE for an outage. */
bool registry_register(Registry *r, Str subject, Str schema, uint32_t *id, Err *err);

#endif
