/*
 * sql/functions/digest.c: MD5, SHA1, SHA224 .. SHA512, SHA2: digests by OpenSSL, in lower-case hexadecimal digits.
 */
#include "sql/functions/kernel.h"

#include <openssl/evp.h>

#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

static Str hex(EvalCtx *ctx, const unsigned char *bytes, unsigned len)
{
	static const char digits[] = "0123456789abcdef";
	char *p = arena_alloc(ctx->arena, (size_t)len * 2);
	for (unsigned k = 0; k < len; k++) {
		p[2 * k] = digits[bytes[k] >> 4];
		p[2 * k + 1] = digits[bytes[k] & 15];
	}
	return str_make(p, (size_t)len * 2);
}

static const EVP_MD *by_bits(int64_t bits)
{
	switch (bits) {
	case 224: return EVP_sha224();
	case 0:
	case 256: return EVP_sha256();
	case 384: return EVP_sha384();
	case 512: return EVP_sha512();
	default: return NULL;
	}
}

static const EVP_MD *by_name(const char *name)
{
	if (strcmp(name, "MD5") == 0)
		return EVP_md5();
	if (strcmp(name, "SHA1") == 0)
		return EVP_sha1();
	int64_t bits = 0;
	str_to_i64(str_from(name + 3), &bits); /* SHA256 */
	return by_bits(bits);
}

KERNEL(digest)
{
	const EVP_MD *fixed = call->nargs == 1 ? by_name(call->fn->name) : NULL;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		const EVP_MD *kind = fixed ? fixed : by_bits(kernel_i64(args[1], i));
		unsigned char bytes[EVP_MAX_MD_SIZE];
		unsigned len = 0;
		if (!kind)
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "SHA2 takes 224, 256, 384 or 512 bits");
		else if (EVP_DigestInit_ex(md, kind, NULL) && EVP_DigestUpdate(md, s.ptr, s.len) &&
		         EVP_DigestFinal_ex(md, bytes, &len))
			out->str[i] = hex(ctx, bytes, len);
		else
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "%s is not provided by the OpenSSL library", call->fn->name);
	}
	EVP_MD_CTX_free(md);
}

RESOLVE_SIMPLE(resolve_digest, "Yi", &type_string, digest)

#define ENTRY(name, doc)                                                                                               \
	{                                                                                                                  \
		name, "hash", name "(string or bytes) -> STRING", doc, 1, 1, FN_STRICT | FN_CAN_FAIL, resolve_digest           \
	}

static const Function items[] = {
    ENTRY("MD5", "The MD5 digest, in hexadecimal digits."),
    ENTRY("SHA1", "The SHA-1 digest, in hexadecimal digits."),
    ENTRY("SHA224", "The SHA-224 digest, in hexadecimal digits."),
    ENTRY("SHA256", "The SHA-256 digest, in hexadecimal digits."),
    ENTRY("SHA384", "The SHA-384 digest, in hexadecimal digits."),
    ENTRY("SHA512", "The SHA-512 digest, in hexadecimal digits."),
    {"SHA2", "hash", "SHA2(string or bytes, bits) -> STRING",
     "The SHA-2 digest of 224, 256, 384 or 512 bits, in hexadecimal digits.", 2, 2, FN_STRICT | FN_CAN_FAIL,
     resolve_digest},
};

const FunctionTable digest_functions = {items, sizeof items / sizeof *items};
