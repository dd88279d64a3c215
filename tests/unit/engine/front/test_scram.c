/*
 * tests/unit/engine/front/test_scram.c: the vector of RFC 7677, verifiers, and what must be refused.
 */
#include "engine/front/scram.h"

#include "tests/support/check.h"

/* RFC 7677, section 3: user "user", password "pencil". */
#define CLIENT_FIRST "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
#define SERVER_NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define SERVER_FIRST "r=rOprNGfwEbeRWgbNEkqO" SERVER_NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
#define CLIENT_FINAL "c=biws,r=rOprNGfwEbeRWgbNEkqO" SERVER_NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define SERVER_FINAL "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static ScramVerifier verifier(const char *password)
{
	static const uint8_t salt[] = {0x5b, 0x6d, 0x99, 0x68, 0x9d, 0x12, 0x35, 0x8e,
	                               0xec, 0xa0, 0x4b, 0x14, 0x12, 0x36, 0xfa, 0x81};
	ScramVerifier v;
	scram_verifier_make(str_from(password), salt, sizeof salt, 4096, &v);
	return v;
}

TEST(scram_gives_the_answers_of_the_rfc)
{
	ScramVerifier v = verifier("pencil");
	Scram *s = scram_open(&v, SERVER_NONCE);
	StrBuf out;
	strbuf_init(&out);
	Err err = {0};
	REQUIRE(scram_first(s, STR(CLIENT_FIRST), &out, &err));
	CHECK_STR(strbuf_cstr(&out), SERVER_FIRST);
	strbuf_clear(&out);
	CHECK(scram_final(s, STR(CLIENT_FINAL), &out, &err));
	CHECK_STR(strbuf_cstr(&out), SERVER_FINAL);
	/* once only */
	CHECK(!scram_final(s, STR(CLIENT_FINAL), &out, &err));
	strbuf_deinit(&out);
	scram_close(s);
}

TEST(scram_refuses_a_wrong_password)
{
	ScramVerifier v = verifier("pencils");
	Scram *s = scram_open(&v, SERVER_NONCE);
	StrBuf out;
	strbuf_init(&out);
	Err err = {0};
	REQUIRE(scram_first(s, STR(CLIENT_FIRST), &out, &err));
	strbuf_clear(&out);
	CHECK(!scram_final(s, STR(CLIENT_FINAL), &out, &err));
	CHECK_EQ_I64(err.code, ERR_AUTH);
	CHECK_EQ_I64(out.len, 0);
	strbuf_deinit(&out);
	scram_close(s);
}

TEST(scram_refuses_what_is_malformed)
{
	static const char *const firsts[] = {
	    "",
	    "n",
	    "n,,",
	    "n,,n=user",
	    "n,,r=abc,n=user",
	    "x,,n=u,r=abc",
	    "n,a=root,n=u,r=abc",
	    "p=tls-server-end-point,,n=u,r=abc",
	    "n,,n=u,r=",
	    "n,,n=u,r=a\tb",
	    "nn,,n=u,r=abc",
	};
	ScramVerifier v = verifier("pencil");
	StrBuf out;
	strbuf_init(&out);
	for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
		Scram *s = scram_open(&v, SERVER_NONCE);
		Err err = {0};
		CHECK_FMT(!scram_first(s, str_from(firsts[i]), &out, &err), "    %s\n", firsts[i]);
		scram_close(s);
	}
	static const char *const finals[] = {
	    "",
	    "c=biws",
	    "c=biws,r=rOprNGfwEbeRWgbNEkqO" SERVER_NONCE,
	    "c=biws,r=rOprNGfwEbeRWgbNEkqO" SERVER_NONCE ",p=",
	    "c=biws,r=rOprNGfwEbeRWgbNEkqO" SERVER_NONCE ",p=AAAA",
	    "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	    "c=eSws,r=rOprNGfwEbeRWgbNEkqO" SERVER_NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	    "c=bi!s,r=rOprNGfwEbeRWgbNEkqO" SERVER_NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	};
	for (size_t i = 0; i < sizeof finals / sizeof *finals; i++) {
		Scram *s = scram_open(&v, SERVER_NONCE);
		Err err = {0};
		REQUIRE(scram_first(s, STR(CLIENT_FIRST), &out, &err));
		CHECK_FMT(!scram_final(s, str_from(finals[i]), &out, &err), "    %s\n", finals[i]);
		scram_close(s);
	}
	strbuf_deinit(&out);
}

TEST(scram_verifiers_read_back)
{
	ScramVerifier v = verifier("pencil"), w;
	StrBuf out;
	strbuf_init(&out);
	scram_verifier_print(&v, &out);
	/* StoredKey and ServerKey of this password and salt, as PostgreSQL prints them. */
	CHECK_STR(strbuf_cstr(&out),
	          "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
	          "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
	REQUIRE(scram_verifier_parse(strbuf_str(&out), &w));
	CHECK_EQ_I64(w.iterations, v.iterations);
	CHECK_EQ_I64(w.salt_len, v.salt_len);
	CHECK(memcmp(w.stored_key, v.stored_key, SCRAM_KEY) == 0);
	CHECK(memcmp(w.server_key, v.server_key, SCRAM_KEY) == 0);
	strbuf_putc(&out, '\n');
	CHECK(scram_verifier_parse(strbuf_str(&out), &w));
	static const char *const bad[] = {
	    "",
	    "md5abc",
	    "SCRAM-SHA-256$",
	    "SCRAM-SHA-256$4096:W22Z$AAAA:AAAA",
	    "SCRAM-SHA-256$0:W22Z$AAAA:AAAA",
	    "SCRAM-SHA-256$4096:W22Z",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_FMT(!scram_verifier_parse(str_from(bad[i]), &w), "    %s\n", bad[i]);
	strbuf_deinit(&out);
}

TEST(scram_normalises_passwords)
{
	/* "fi" as a ligature is "fi": NFKC */
	ScramVerifier a = verifier("\xef\xac\x81sh"), b = verifier("fish");
	CHECK(memcmp(a.stored_key, b.stored_key, SCRAM_KEY) == 0);
	ScramVerifier c = verifier("e\xcc\x81"), d = verifier("\xc3\xa9");
	CHECK(memcmp(c.stored_key, d.stored_key, SCRAM_KEY) == 0);
}

TEST(scram_passwords_differ)
{
	char a[SCRAM_PASSWORD + 1], b[SCRAM_PASSWORD + 1];
	scram_password(a);
	scram_password(b);
	CHECK_EQ_I64(strlen(a), SCRAM_PASSWORD);
	CHECK(strcmp(a, b) != 0);
}

TESTS(scram_gives_the_answers_of_the_rfc, scram_refuses_a_wrong_password, scram_refuses_what_is_malformed,
      scram_verifiers_read_back, scram_normalises_passwords, scram_passwords_differ)
