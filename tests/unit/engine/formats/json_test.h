/*
 * What the tests of decoding JSON share: the rows of messages, the same for every build of the scanner.
 */
#ifndef WEIR_TESTS_UNIT_ENGINE_FORMATS_JSON_TEST_H
#define WEIR_TESTS_UNIT_ENGINE_FORMATS_JSON_TEST_H

#include "engine/formats/json.h"
#include "tests/unit/engine/formats/format_test.h"

static const JsonKernelKind kernels[] = {JSON_AVX2, JSON_SSE2, JSON_PLAIN};

/* The rows of the messages, the same for all kernels. */
static const char *rows(const TestTable *t, const char *const *messages)
{
	const char *first = NULL;
	for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
		Decoder *d = test_decoder(t);
		REQUIRE(d != NULL);
		if (json_use_kernel(d, kernels[i])) {
			const char *text = test_decode(t, d, messages);
			if (first)
				CHECK_STR(text, first);
			first = text;
		}
		json_format.decoder_close(d);
	}
	return first;
}

#define ROWS(t, ...) rows(t, (const char *const[]){__VA_ARGS__, NULL})

#endif
