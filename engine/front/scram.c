/*
 * engine/front/scram.c: SCRAM-SHA-256, the server's side.
 *
 *   client-first   n,,n=user,r=cnonce                  (the user is that of the start-up message, as in PostgreSQL)
 *   server-first   r=cnonce+snonce,s=salt,i=iterations
 *   client-final   c=biws,r=cnonce+snonce,p=proof      proof = ClientKey xor HMAC(StoredKey, AuthMessage)
 *   server-final   v=HMAC(ServerKey, AuthMessage)
 *
 * The proof gives ClientKey back, and H(ClientKey) must be the StoredKey.
 */
#include "engine/front/scram.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/hash.h"

enum { SCRAM_MESSAGE_MAX = 1024, SCRAM_BASE64_MAX = 128 };

struct Scram {
	ScramVerifier v;
	char nonce[SCRAM_NONCE * 2];
	StrBuf auth; /* client-first-bare , server-first , client-final-without-proof */
	StrBuf full_nonce;
	StrBuf gs2; /* header of the client's first message */
	bool first_done;
};

static void hmac(const uint8_t *key, size_t key_len, Str text, uint8_t out[SCRAM_KEY])
{
	unsigned len = SCRAM_KEY;
	ASSERT(HMAC(EVP_sha256(), key, (int)key_len, (const uint8_t *)text.ptr, text.len, out, &len) && len == SCRAM_KEY);
}

static void sha256(const uint8_t *in, size_t n, uint8_t out[SCRAM_KEY])
{
	unsigned len = SCRAM_KEY;
	ASSERT(EVP_Digest(in, n, out, &len, EVP_sha256(), NULL) && len == SCRAM_KEY);
}

static void put_base64(const uint8_t *in, size_t n, StrBuf *out)
{
	char text[SCRAM_BASE64_MAX + 1];
	ASSERT(n <= SCRAM_SALT_MAX);
	int len = EVP_EncodeBlock((uint8_t *)text, in, (int)n);
	strbuf_put(out, text, (size_t)len);
}

/* false: not base64, or more than `most` bytes. */
static bool get_base64(Str text, uint8_t *out, uint32_t most, uint32_t *len)
{
	uint8_t bytes[SCRAM_BASE64_MAX];
	if (!text.len || text.len % 4 || text.len > SCRAM_BASE64_MAX)
		return false;
	int n = EVP_DecodeBlock(bytes, (const uint8_t *)text.ptr, (int)text.len);
	if (n < 0)
		return false;
	for (uint32_t i = text.len; i > text.len - 2 && text.ptr[i - 1] == '='; i--)
		n--;
	if ((uint32_t)n > most)
		return false;
	memcpy(out, bytes, (size_t)n);
	*len = (uint32_t)n;
	return true;
}

/* ---- verifiers ---- */

void scram_verifier_make(Str password, const uint8_t *salt, uint32_t salt_len, uint32_t iterations, ScramVerifier *out)
{
	ASSERT(salt_len <= SCRAM_SALT_MAX && iterations);
	bool plain = true;
	for (uint32_t i = 0; i < password.len; i++)
		plain = plain && (unsigned char)password.ptr[i] < 0x80;
	uint8_t *normal = NULL;
	if (!plain && str_is_utf8(password))
		utf8proc_map((const uint8_t *)password.ptr, password.len, &normal,
		             UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE);
	Str used = normal ? str_from((const char *)normal) : password;
	uint8_t salted[SCRAM_KEY], client_key[SCRAM_KEY];
	ASSERT(PKCS5_PBKDF2_HMAC(used.ptr, (int)used.len, salt, (int)salt_len, (int)iterations, EVP_sha256(), SCRAM_KEY,
	                         salted) == 1);
	hmac(salted, SCRAM_KEY, STR("Client Key"), client_key);
	sha256(client_key, SCRAM_KEY, out->stored_key);
	hmac(salted, SCRAM_KEY, STR("Server Key"), out->server_key);
	OPENSSL_cleanse(salted, sizeof salted);
	OPENSSL_cleanse(client_key, sizeof client_key);
	free(normal); /* of utf8proc */
	memcpy(out->salt, salt, salt_len);
	out->salt_len = salt_len;
	out->iterations = iterations;
}

void scram_verifier_print(const ScramVerifier *v, StrBuf *out)
{
	strbuf_printf(out, "SCRAM-SHA-256$%u:", v->iterations);
	put_base64(v->salt, v->salt_len, out);
	strbuf_putc(out, '$');
	put_base64(v->stored_key, SCRAM_KEY, out);
	strbuf_putc(out, ':');
	put_base64(v->server_key, SCRAM_KEY, out);
}

bool scram_verifier_parse(Str text, ScramVerifier *out)
{
	Str prefix = STR("SCRAM-SHA-256$");
	text = str_trim(text);
	if (!str_starts(text, prefix))
		return false;
	Str rest = str_slice(text, prefix.len, text.len), head, keys, iterations, salt, stored, server;
	int64_t n;
	uint32_t len;
	if (!str_next(&rest, '$', &head) || !str_next(&rest, '$', &keys) || rest.ptr)
		return false;
	if (!str_next(&head, ':', &iterations) || !str_next(&head, ':', &salt) || head.ptr)
		return false;
	if (!str_next(&keys, ':', &stored) || !str_next(&keys, ':', &server) || keys.ptr)
		return false;
	if (!str_to_i64(iterations, &n) || n < 1 || n > 10000000)
		return false;
	out->iterations = (uint32_t)n;
	return get_base64(salt, out->salt, SCRAM_SALT_MAX, &out->salt_len) &&
	       get_base64(stored, out->stored_key, SCRAM_KEY, &len) && len == SCRAM_KEY &&
	       get_base64(server, out->server_key, SCRAM_KEY, &len) && len == SCRAM_KEY;
}

void scram_password(char out[SCRAM_PASSWORD + 1])
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* 32: five bits each */
	uint8_t random[SCRAM_PASSWORD];
	hash_random(random, sizeof random);
	for (int i = 0; i < SCRAM_PASSWORD; i++)
		out[i] = letters[random[i] % 32];
	out[SCRAM_PASSWORD] = 0;
}

/* ---- the exchange ---- */

Scram *scram_open(const ScramVerifier *v, const char *nonce)
{
	Scram *s = MEM_NEW(Scram);
	s->v = *v;
	strbuf_init(&s->auth);
	strbuf_init(&s->full_nonce);
	strbuf_init(&s->gs2);
	if (nonce) {
		size_t n = strlen(nonce);
		ASSERT(n < sizeof s->nonce);
		memcpy(s->nonce, nonce, n + 1);
	} else {
		uint8_t random[SCRAM_NONCE];
		hash_random(random, sizeof random);
		EVP_EncodeBlock((uint8_t *)s->nonce, random, sizeof random);
	}
	return s;
}

void scram_close(Scram *s)
{
	if (!s)
		return;
	strbuf_deinit(&s->auth);
	strbuf_deinit(&s->full_nonce);
	strbuf_deinit(&s->gs2);
	OPENSSL_cleanse(&s->v, sizeof s->v);
	mem_free(s);
}

static bool malformed(Err *err)
{
	return err_set(err, ERR_PROTOCOL, "malformed SCRAM message");
}

/* Takes "k=value" off the rest, up to a comma. */
static bool attribute(Str *rest, char key, Str *value)
{
	Str part;
	if (!str_next(rest, ',', &part) || part.len < 2 || part.ptr[0] != key || part.ptr[1] != '=')
		return false;
	*value = str_slice(part, 2, part.len);
	return true;
}

bool scram_first(Scram *s, Str m, StrBuf *server_first, Err *err)
{
	if (s->first_done || m.len > SCRAM_MESSAGE_MAX || m.len < 3)
		return malformed(err);
	if (m.ptr[0] == 'p')
		return err_set(err, ERR_PROTOCOL, "channel binding needs TLS, which is not supported yet");
	/* n: the client cannot bind; y: it can, and believes that we cannot, which is so. */
	if (m.ptr[0] != 'n' && m.ptr[0] != 'y')
		return malformed(err);
	Str rest = m, flag, authzid, user, nonce;
	if (!str_next(&rest, ',', &flag) || flag.len != 1 || !str_next(&rest, ',', &authzid) || !rest.ptr)
		return malformed(err);
	if (authzid.len)
		return err_set(err, ERR_NOT_SUPPORTED, "an authorization identity is not supported");
	Str bare = rest;
	strbuf_put(&s->gs2, m.ptr, (size_t)(bare.ptr - m.ptr));
	if (!attribute(&rest, 'n', &user) || !attribute(&rest, 'r', &nonce) || !nonce.len)
		return malformed(err);
	for (uint32_t i = 0; i < nonce.len; i++)
		if (nonce.ptr[i] < 0x21 || nonce.ptr[i] > 0x7e)
			return malformed(err);
	strbuf_put_str(&s->full_nonce, nonce);
	strbuf_puts(&s->full_nonce, s->nonce);
	size_t from = server_first->len;
	strbuf_printf(server_first, "r=%s,s=", strbuf_cstr(&s->full_nonce));
	put_base64(s->v.salt, s->v.salt_len, server_first);
	strbuf_printf(server_first, ",i=%u", s->v.iterations);
	strbuf_put_str(&s->auth, bare);
	strbuf_putc(&s->auth, ',');
	strbuf_put(&s->auth, server_first->ptr + from, server_first->len - from);
	s->first_done = true;
	return true;
}

static bool right_proof(Scram *s, const uint8_t proof[SCRAM_KEY])
{
	uint8_t signature[SCRAM_KEY], client_key[SCRAM_KEY], stored[SCRAM_KEY];
	hmac(s->v.stored_key, SCRAM_KEY, strbuf_str(&s->auth), signature);
	for (int i = 0; i < SCRAM_KEY; i++)
		client_key[i] = proof[i] ^ signature[i];
	sha256(client_key, SCRAM_KEY, stored);
	bool right = CRYPTO_memcmp(stored, s->v.stored_key, SCRAM_KEY) == 0;
	OPENSSL_cleanse(client_key, sizeof client_key);
	return right;
}

bool scram_final(Scram *s, Str m, StrBuf *server_final, Err *err)
{
	if (!s->first_done || m.len > SCRAM_MESSAGE_MAX)
		return malformed(err);
	Str rest = m, binding, nonce, part = {0};
	if (!attribute(&rest, 'c', &binding) || !attribute(&rest, 'r', &nonce))
		return malformed(err);
	while (str_next(&rest, ',', &part) && rest.ptr)
		;
	uint8_t bytes[SCRAM_SALT_MAX], proof[SCRAM_KEY];
	uint32_t len;
	if (!get_base64(binding, bytes, sizeof bytes, &len) || !str_eq(str_make((char *)bytes, len), strbuf_str(&s->gs2)))
		return malformed(err);
	if (!str_eq(nonce, strbuf_str(&s->full_nonce)))
		return malformed(err);
	if (part.len < 2 || part.ptr[0] != 'p' || part.ptr[1] != '=' ||
	    !get_base64(str_slice(part, 2, part.len), proof, SCRAM_KEY, &len) || len != SCRAM_KEY)
		return malformed(err);
	strbuf_putc(&s->auth, ',');
	strbuf_put(&s->auth, m.ptr, (size_t)(part.ptr - 1 - m.ptr));
	s->first_done = false;
	if (!right_proof(s, proof))
		return err_set(err, ERR_AUTH, "password authentication failed");
	uint8_t signature[SCRAM_KEY];
	hmac(s->v.server_key, SCRAM_KEY, strbuf_str(&s->auth), signature);
	strbuf_puts(server_final, "v=");
	put_base64(signature, SCRAM_KEY, server_final);
	return true;
}
