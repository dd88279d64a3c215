/* Tests of engine/net/s3_xml.c. */
#include "engine/net/s3_xml.h"

#include "tests/support/check.h"

TEST(next)
{
	Str rest = STR("<?xml version=\"1.0\"?><List xmlns=\"x\"><Keys/><Key>a&amp;b</Key><Key a='1'>c</Key><Key/></List>");
	Str s;
	CHECK(s3_xml_next(&rest, "Key", &s));
	CHECK_MEM(s.ptr, s.len, "a&amp;b");
	CHECK(s3_xml_next(&rest, "Key", &s));
	CHECK_MEM(s.ptr, s.len, "c");
	CHECK(!s3_xml_next(&rest, "Key", &s));
	Str cut = STR("<Key>a</Ke");
	CHECK(!s3_xml_next(&cut, "Key", &s));
	cut = STR("<Key");
	CHECK(!s3_xml_next(&cut, "Key", &s));
	cut = STR_EMPTY;
	CHECK(!s3_xml_next(&cut, "Key", &s));
}

TEST(text)
{
	Arena *a = arena_open("test", 0);
	CHECK_STR(s3_xml_text(STR("<E>&lt;&#65;&#xE4;&quot;&apos;&gt;&amp;amp; &nix; &</E>"), "E", a).ptr,
	          "<A\xc3\xa4\"'>&amp; &nix; &");
	CHECK_EQ_U64(s3_xml_text(STR("<E></E>"), "E", a).len, 0);
	CHECK_EQ_U64(s3_xml_text(STR("nothing"), "E", a).len, 0);
	CHECK_STR(s3_xml_unescape_url(STR("a%3D1/b+c%2B%25%C3%BC%zz%2"), a).ptr, "a=1/b c+%\xc3\xbc%zz%2");
	StrBuf b;
	strbuf_init(&b);
	s3_xml_put(&b, STR("\"a<b>&c\""));
	CHECK_STR(strbuf_cstr(&b), "&quot;a&lt;b&gt;&amp;c&quot;");
	strbuf_deinit(&b);
	arena_close(a);
}

TESTS(next, text)
