/* Tests of engine/net/http_time.c. */
#include "engine/net/http_time.h"

#include "tests/support/check.h"

TEST(parse)
{
	int64_t us;
	CHECK(http_time_parse(STR("Fri, 24 May 2013 00:00:01 GMT"), &us));
	CHECK_EQ_I64(us, INT64_C(1369353601000000));
	CHECK(http_time_parse(STR(" 2013-05-24T00:00:01.250Z "), &us));
	CHECK_EQ_I64(us, INT64_C(1369353601250000));
	CHECK(http_time_parse(STR("2013-05-24T02:00:01+02:00"), &us));
	CHECK_EQ_I64(us, INT64_C(1369353601000000));
	CHECK(!http_time_parse(STR("Friday"), &us));
	CHECK(!http_time_parse(STR_EMPTY, &us));
}

TESTS(parse)
