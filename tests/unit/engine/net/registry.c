/* Tests of engine/net/registry.c without a server: users share a client, nobody waits. With one:
 * tests/e2e/avro_confluent*.sh. */
#include "engine/net/registry.h"

#include "base/clock.h"
#include "tests/support/check.h"

static bool parse(const Str *texts, uint32_t n, Arena *arena, const void **out, Err *err)
{
	(void)arena, (void)err;
	*out = texts[n - 1].ptr;
	return true;
}

TEST(down)
{
	RegistryConfig config = {.urls = {"http://127.0.0.1:9"}, .nurls = 1, .register_new = true};
	const void *schema;
	Err err = {0};
	for (int round = 0; round < 2; round++) {
		Registry *a = registry_open(&config, parse, NULL, NULL), *b = registry_open(&config, parse, NULL, NULL);
		int64_t from = clock_mono_us(&clock_real);
		CHECK_EQ_I64(registry_schema(a, 1, false, &schema, &err), REGISTRY_WAITS);
		CHECK_EQ_I64(registry_schema(a, 1, true, &schema, &err), REGISTRY_WAITS);
		CHECK_EQ_I64(registry_schema(b, 1, true, &schema, NULL), REGISTRY_WAITS);
		CHECK(clock_mono_us(&clock_real) - from < 1000000);
		CHECK(err.flags & ERR_RETRIABLE);
		CHECK(!registry_wait(a, 30));
		registry_close(a);
		CHECK_EQ_I64(registry_schema(b, 1, true, &schema, &err), REGISTRY_WAITS);
		uint32_t id;
		CHECK(!registry_register(b, STR("s"), STR("\"int\""), &id, &err));
		CHECK_EQ_I64(err.code, ERR_SINK_UNREACHABLE);
		CHECK(err.flags & ERR_RETRIABLE);
		registry_close(b);
	}
}

TESTS(down)
