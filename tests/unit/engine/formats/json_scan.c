/*
 * Scanning JSON: what is none, depth, UTF-8, odd bytes at every place, messages that end where memory ends.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/engine/formats/json_test.h"

TEST(what_is_no_json)
{
	static const char *const bad[] = {
	    "",
	    " ",
	    "{",
	    "}",
	    "{]",
	    "[",
	    "5",
	    "null",
	    "\"x\"",
	    "true",
	    "{\"a\"}",
	    "{\"a\":}",
	    "{\"a\":1",
	    "{\"a\":1,}",
	    "{,}",
	    "{\"a\":1 \"b\":2}",
	    "{\"a\":1}}",
	    "{\"a\":1} x",
	    "{\"a\":1}{}",
	    "{a:1}",
	    "{'a':1}",
	    "{\"a\":tru}",
	    "{\"a\":nul",
	    "{\"a\":truex}",
	    "{\"a\":01}",
	    "{\"a\":-}",
	    "{\"a\":-x}",
	    "{\"a\":1.}",
	    "{\"a\":.5}",
	    "{\"a\":1e}",
	    "{\"a\":1e+}",
	    "{\"a\":+1}",
	    "{\"a\":0x10}",
	    "{\"a\":NaN}",
	    "{\"a\":1.5.5}",
	    "{\"a\":\"x}",
	    "{\"a\":\"\\x\"}",
	    "{\"a\":\"\\u12\"}",
	    "{\"a\":\"\\u12g4\"}",
	    "{\"a\":\"a\nb\"}",
	    "{\"a\":\"a\tb\"}",
	    "{\"a\":\"\x1f\"}",
	    "{\"a\":\"\xff\"}",
	    "{\"a\":\"\xc0\x80\"}",
	    "{\"a\":\"\xed\xa0\x80\"}",
	    "{\"a\":\"\xf4\x90\x80\x80\"}",
	    "{\"a\":\"\xe2\x82\"}",
	    "{\"a\":\"\xf8\x88\x80\x80\x80\"}",
	    "{\"a\":\"\xe0\x9f\xbf\"}",
	    "{\"a\":\"\xf0\x8f\xbf\xbf\"}",
	    "{\"a\":\"\x80\"}",
	    "{\"\xff\":1}",
	    "{\"b\":[1,]}",
	    "{\"b\":[1 2]}",
	    "{\"b\":[}",
	    "{\"b\":{\"c\":1]}",
	    "{\"b\":[1}}",
	    "{\"b\":{\"c\" 1}}",
	    "{\"b\":{1:2}}",
	    "{\"b\":[,1]}",
	    "{\"b\":[\"x]}",
	    "{\"b\":[\"\\q\"]}",
	    "{\"b\":[01]}",
	    "{\"b\":[truE]}",
	    "[{}",
	    "[{},]",
	    "[{}}",
	    "[{}]]",
	    "[1]",
	    "[null]",
	    "[[]]",
	    "[{},5]",
	    "{\"a\":1,\"b\":\"",
	    "{\"a\":1\xc2\xa0}",
	    "{\"a\":1/**/}",
	    "{\"a\" \"b\"}",
	    "{\"a\":1;}",
	    "\xef\xbb\xbf",
	    "{\"a\":\"\\",
	    "{\"a\":\"\\u",
	    NULL,
	};
	TestTable t = {.format = "json", .cols = {{"a", &type_string}}};
	for (int i = 0; bad[i]; i++) {
		const char *got = ROWS(&t, bad[i]);
		bool ok = strcmp(got, bad[i][0] == '[' ? "0: BAD NULL" : "BAD NULL") == 0;
		CHECK_FMT(ok, "    %s\n    got %s\n", bad[i], got);
		CHECK(strstr(test_explain(&t, bad[i]), "the message is not a JSON object: ") != NULL);
	}
	static const char *const good[] = {
	    "{\"a\":\"\x7f\"}",
	    " \t\r\n{ \"a\" :\n\"x\" } \n",
	    "\xef\xbb\xbf{\"a\":1}",
	    "{\"a\":\"\xee\x80\x80\xef\xbf\xbf\xf4\x8f\xbf\xbf\"}",
	    "{\"a\":\"\xed\x9f\xbf\"}",
	    "{\"b\":[[],{},[[{\"x\":[]}]],\"\",0,-0.0e-0]}",
	    "{\"a\":123456789012345678901234567890e999999999}",
	    NULL,
	};
	for (int i = 0; good[i]; i++)
		CHECK_FMT(strstr(ROWS(&t, good[i]), "BAD") == NULL, "    %s\n", good[i]);
}

TEST(depth_is_bounded)
{
	static const int bounds[] = {0, 3, 65, 5000};
	TestTable t = {.format = "json", .cols = {{"a", &type_string}}};
	for (int round = 0; round < 8; round++) {
		int extra = round % 2, bound = bounds[round / 2];
		t.depth_max = (uint32_t)bound;
		for (int kind = 0; kind < 3; kind++) {
			StrBuf m;
			strbuf_init(&m);
			int n = (bound ? bound : JSON_DEPTH_MAX) - 1 + extra; /* inside of the record */
			strbuf_puts(&m, kind == 1 ? "[{\"a\":" : "{\"b\":");
			n -= kind == 1;
			for (int i = 0; i < n; i++)
				strbuf_puts(&m, kind == 2 ? "{\"x\":" : "[");
			strbuf_puts(&m, kind == 2 ? "1" : "");
			strbuf_fill(&m, kind == 2 ? '}' : ']', (size_t)n);
			strbuf_puts(&m, kind == 1 ? "}]" : "}");
			const char *got = ROWS(&t, strbuf_cstr(&m));
			bool refused = strcmp(got, kind == 1 ? "0: BAD NULL" : "BAD NULL") == 0;
			CHECK_FMT(refused == (extra == 1), "    bound %d extra %d kind %d: %.40s\n", bound, extra, kind, got);
			strbuf_deinit(&m);
		}
	}
}

/* More names than are remembered; and names too long for it. */
TEST(many_names)
{
	TestTable t = {.format = "json", .cols = {{"k999", &type_int}, {"k3", &type_int}}};
	StrBuf m;
	strbuf_init(&m);
	strbuf_puts(&m, "{");
	for (int i = 0; i < 2000; i++)
		strbuf_printf(&m, "\"k%d\":%d,", i, i);
	strbuf_puts(&m, "\"");
	strbuf_fill(&m, 'x', 5000);
	strbuf_puts(&m, "\":1}");
	CHECK_STR(ROWS(&t, strbuf_cstr(&m), "{\"k3\":1,\"k1500\":2,\"k999\":3}", strbuf_cstr(&m)),
	          "999, 3 | 3, 1 | 999, 3");
	strbuf_deinit(&m);
}

/* Nothing is read behind the message: it ends where a page ends that cannot be read. Every length, and cut at every
 * byte. */
TEST(nothing_is_read_behind_the_end)
{
	static const char message[] = "{\"name\":\"a string of some length, with \\u00e9 and "
	                              "\xc3\xa9\",\"n\":12345678,\"skipped\":[1.5,true,null,{\"x\":\"y\"}],"
	                              "\"wide\":\"0123456789012345678901234567890123456789\",\"last\":-12.5e3}";
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *area = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	REQUIRE(area != MAP_FAILED && mprotect(area + page, page, PROT_NONE) == 0);
	TestTable t = {
	    .format = "json",
	    .cols = {{"name", &type_string}, {"n", &type_bigint}, {"last", &type_double}, {"wide", &type_string}}};
	for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
		Decoder *d = test_decoder(&t);
		if (json_use_kernel(d, kernels[k])) {
			for (size_t len = 0; len < sizeof message; len++) {
				Decoded out;
				char *at = area + page - len;
				memcpy(at, message, len);
				Str m = str_make(at, len);
				json_format.decode(d, &m, 1, test_arena, &out);
				CHECK_EQ_U64(out.nbad, len == sizeof message - 1 ? 0 : 1);
			}
			/* the shortest ones */
			for (int n = 0; n < 64; n++) {
				Str m = arena_printf(test_arena, "{\"n\":%.*s}", n + 1,
				                     "1234567890123456789012345678901234567890123456789012345678901234");
				Decoded out;
				memcpy(area + page - m.len, m.ptr, m.len);
				m.ptr = area + page - m.len;
				json_format.decode(d, &m, 1, test_arena, &out);
				CHECK_EQ_U64(out.nbad, 0);
				CHECK(column_is_null(&out.cols[1], 0) == (n > 18));
			}
		}
		json_format.decoder_close(d);
	}
	munmap(area, 2 * page);
}

TEST(huge_strings)
{
	TestTable t = {.format = "json", .cols = {{"a", &type_string}, {"b", &type_string}}};
	StrBuf m;
	strbuf_init(&m);
	strbuf_puts(&m, "{\"skip\":\"");
	strbuf_fill(&m, 's', 1 << 20);
	strbuf_puts(&m, "\",\"a\":\"");
	strbuf_fill(&m, 'a', 3 << 20);
	strbuf_puts(&m, "\",\"b\":\"\\n");
	strbuf_fill(&m, 'b', 1 << 20);
	strbuf_puts(&m, "\"}");
	for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
		Decoder *d = test_decoder(&t);
		Decoded out;
		Str message = strbuf_str(&m);
		if (json_use_kernel(d, kernels[k])) {
			json_format.decode(d, &message, 1, test_arena, &out);
			CHECK_EQ_U64(out.cols[0].str[0].len, 3 << 20);
			CHECK(out.cols[0].str[0].ptr > m.ptr && out.cols[0].str[0].ptr < m.ptr + m.len);
			CHECK_EQ_U64(out.cols[1].str[0].len, (1 << 20) + 1);
		}
		json_format.decoder_close(d);
	}
	strbuf_deinit(&m);
}

/* A string at every offset to the steps of the scanner, with something odd at every place. */
TEST(odd_bytes_at_every_place)
{
	TestTable t = {.format = "json", .cols = {{"a", &type_string}}};
	static const char *const odd[] = {"\\n", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\\u00e9", "\\\\", "\\\""};
	for (int len = 0; len < 70; len += 3) {
		for (int at = 0; at <= len; at++) {
			for (size_t o = 0; o < sizeof odd / sizeof odd[0]; o++) {
				Str m =
				    arena_printf(test_arena, "{\"a\":\"%.*s%s%.*s\"}", at,
				                 "......................................................................", odd[o],
				                 len - at, "----------------------------------------------------------------------");
				const char *got = ROWS(&t, m.ptr);
				CHECK(strncmp(got, "BAD", 3) != 0 && strlen(got) >= (size_t)len + 1);
			}
		}
		arena_reset(test_arena);
	}
}

/* Every pair of bytes, and the edges of three and four, at the end of the scanner's steps and before the quote:
 * accepted exactly when the base's reader of UTF-8 accepts them. */
TEST(utf8_everywhere)
{
	static const char lead[] = "{\"a\":\"\xd0\xbf";
	static const unsigned char edges[] = {0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xff};
	TestTable t = {.format = "json", .cols = {{"a", &type_string}}};
	enum { PLACES = 3, MESSAGES_MAX = 64 };
	static const int before[PLACES] = {0, 21, 29};
	(void)test_format(&t);
	Decoder *decoders[3];
	for (int k = 0; k < 3; k++) {
		decoders[k] = test_decoder(&t);
		(void)json_use_kernel(decoders[k], kernels[k]);
	}
	Arena *scratch = arena_open("utf8", 0);
	for (int first = 0x80; first < 0x100; first++) {
		for (int second = 0x20; second < 0x100; second++) {
			for (size_t rest = 0; rest < sizeof edges * (first >= 0xe0 ? sizeof edges : 1);
			     rest += first >= 0xe0 ? 1 : 7) {
				char bytes[4] = {(char)first, (char)second, (char)edges[rest % sizeof edges],
				                 (char)edges[rest / sizeof edges]};
				if (second == '"' || second == '\\')
					continue;
				for (int place = 0; place < PLACES; place++) {
					char text[128];
					size_t n = sizeof lead - 1;
					memcpy(text, lead, n);
					memset(text + n, '.', (size_t)before[place]);
					n += (size_t)before[place];
					memcpy(text + n, bytes, sizeof bytes);
					n += sizeof bytes;
					bool good = str_is_utf8(str_make(text, n));
					memset(text + n, '-', 32);
					n += place == 1 ? 32 : 0;
					memcpy(text + n, "\"}", 2);
					Str message = str_make(text, n + 2);
					for (int k = 0; k < 3; k++) {
						Decoded out;
						json_format.decode(decoders[k], &message, 1, scratch, &out);
						if ((out.nbad == 0) != good)
							CHECK_FMT(false, "    %02x %02x %02x %02x, place %d, kernel %d\n", first, second,
							          bytes[2] & 0xff, bytes[3] & 0xff, place, k);
					}
				}
			}
			arena_reset(scratch);
		}
	}
	arena_close(scratch);
	for (int k = 0; k < 3; k++)
		json_format.decoder_close(decoders[k]);
}

/* A megabyte of characters, the last of them cut: not looked at again and again. */
TEST(bad_end_of_a_long_text)
{
	TestTable t = {.format = "json", .cols = {{"a", &type_string}}};
	StrBuf m;
	strbuf_init(&m);
	strbuf_puts(&m, "{\"a\":\"");
	for (int i = 0; i < 1 << 18; i++)
		strbuf_puts(&m, "\xd0\xbf x");
	CHECK_STR(ROWS(&t, arena_printf(test_arena, "%s\xd0\"}", m.ptr).ptr), "BAD NULL");
	CHECK(strncmp(ROWS(&t, arena_printf(test_arena, "%s\"}", m.ptr).ptr), "\xd0\xbf", 2) == 0);
	strbuf_deinit(&m);
}

TEST(valid_json)
{
	CHECK(json_is_valid(STR(" [1, \"x\"] ")) && json_is_valid(STR("5")) && json_is_valid(STR("\"\"")) &&
	      json_is_valid(STR("null")));
	CHECK(!json_is_valid(STR("")) && !json_is_valid(STR("1 2")) && !json_is_valid(STR("{")) &&
	      !json_is_valid(STR("nul")));
}

TESTS(what_is_no_json, depth_is_bounded, many_names, nothing_is_read_behind_the_end, huge_strings,
      odd_bytes_at_every_place, utf8_everywhere, bad_end_of_a_long_text, valid_json)
