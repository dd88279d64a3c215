/*
 * engine/front/scram.h: SCRAM-SHA-256 (RFC 5802, RFC 7677), the server's side, without channel binding.
 *
 * A verifier is what is kept of a password, in PostgreSQL's form: SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey
 * (base64). The password cannot be had from it.
 */
#ifndef WEIR_ENGINE_FRONT_SCRAM_H
#define WEIR_ENGINE_FRONT_SCRAM_H

#include "base/arena.h"
#include "base/err.h"

enum { SCRAM_KEY = 32, SCRAM_SALT_MAX = 64, SCRAM_ITERATIONS = 4096, SCRAM_NONCE = 24 };

typedef struct ScramVerifier {
	uint32_t iterations;
	uint8_t salt[SCRAM_SALT_MAX];
	uint32_t salt_len;
	uint8_t stored_key[SCRAM_KEY];
	uint8_t server_key[SCRAM_KEY];
} ScramVerifier;

/* Normalises the password (NFKC where it is UTF-8 beyond ASCII) and hashes it. */
void scram_verifier_make(Str password, const uint8_t *salt, uint32_t salt_len, uint32_t iterations, ScramVerifier *out);
void scram_verifier_print(const ScramVerifier *v, StrBuf *out);
bool scram_verifier_parse(Str text, ScramVerifier *out);

/* One exchange. Messages are what stands in SASLInitialResponse, SASLContinue ... */
typedef struct Scram Scram;

/* nonce: printable characters of the server's own, without comma; NULL: random. */
Scram *scram_open(const ScramVerifier *v, const char *nonce);
void scram_close(Scram *s); /* NULL is fine */
/* client-first-message -> server-first-message */
bool scram_first(Scram *s, Str client_first, StrBuf *server_first, Err *err);
/* client-final-message -> server-final-message; ERR_AUTH when the proof is wrong. */
bool scram_final(Scram *s, Str client_final, StrBuf *server_final, Err *err);

/* A password that people can type: letters and digits, 128 bits. In out, ended by NUL. */
enum { SCRAM_PASSWORD = 26 };
void scram_password(char out[SCRAM_PASSWORD + 1]);

#endif
