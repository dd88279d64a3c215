/*
 * tests/bench/json_bench.c: how fast the JSON decoder is: bytes and messages a second, per build of the scanner.
 *
 *   json_bench [MEGABYTES] [NAME]
 *
 * Messages are made first (MEGABYTES of each kind, 32 by default, so more than the caches hold), then decoded in
 * batches of 4,096 again and again; the best of the passes counts, because other programs disturb. Everything is
 * checked as in production.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "engine/formats/json.h"

enum { BATCH = 4096, PASSES = 15, FIELDS_MAX = 20, MEGABYTE = 1000 * 1000 };

static uint64_t state = 88172645463325252ULL;

/* xorshift: the same numbers every time. */
static uint64_t next_number(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static uint64_t below(uint64_t n)
{
	return next_number() % n;
}

static void put_word(StrBuf *out, uint64_t least, uint64_t more)
{
	uint64_t n = least + below(more + 1);
	for (uint64_t i = 0; i < n; i++)
		strbuf_putc(out, (char)('a' + below(26)));
}

/* A Nexmark bid, about 225 bytes. */
static void make_bid(StrBuf *out)
{
	static const char *const channels[] = {"Google", "Facebook", "Baidu", "Apple", "channel-4711"};
	strbuf_printf(out, "{\"auction\":%u,\"bidder\":%u,\"price\":%u,", (unsigned)(1000 + below(100000)),
	              (unsigned)(1000 + below(50000)), (unsigned)(100 + below(1U << below(26))));
	strbuf_printf(out, "\"channel\":\"%s\",\"url\":\"https://www.nexmark.com/", channels[below(5)]);
	put_word(out, 3, 5);
	strbuf_puts(out, "/");
	put_word(out, 3, 5);
	strbuf_printf(out, "/item.htm?query=1&channel_id=%u\",", (unsigned)below(100000000));
	strbuf_printf(out, "\"dateTime\":\"2024-05-01 %02u:%02u:%02u.%03u\",\"extra\":\"", (unsigned)below(24),
	              (unsigned)below(60), (unsigned)below(60), (unsigned)below(1000));
	put_word(out, 15, 15);
	strbuf_puts(out, "\"}");
}

/* A purchase with 18 fields, about 500 bytes. */
static void make_purchase(StrBuf *out)
{
	strbuf_printf(out, "{\"event_id\":\"%08x-%04x-4%03x-a%03x-%012llx\",", (unsigned)below(UINT32_MAX),
	              (unsigned)below(65536), (unsigned)below(4096), (unsigned)below(4096),
	              (unsigned long long)below(1ULL << 48));
	strbuf_printf(out, "\"event_type\":\"purchase\",\"event_time\":\"2024-05-01 %02u:%02u:%02u.%03u\",",
	              (unsigned)below(24), (unsigned)below(60), (unsigned)below(60), (unsigned)below(1000));
	strbuf_printf(out, "\"user_id\":%u,\"session_id\":\"s-", (unsigned)below(10000000));
	put_word(out, 12, 0);
	strbuf_printf(out, "\",\"product_id\":%u,\"product_name\":\"", (unsigned)below(100000));
	put_word(out, 5, 10);
	strbuf_puts(out, " ");
	put_word(out, 3, 8);
	strbuf_printf(out, "\",\"category\":\"%s\",\"brand\":\"", below(2) ? "electronics" : "garden");
	put_word(out, 4, 6);
	strbuf_printf(out, "\",\"price\":%u.%02u,\"quantity\":%u,\"currency\":\"EUR\",\"discount\":%s,",
	              (unsigned)below(1000), (unsigned)below(100), (unsigned)(1 + below(5)), below(4) ? "null" : "0.15");
	strbuf_printf(out, "\"is_member\":%s,\"payment\":\"credit_card\",", below(2) ? "true" : "false");
	strbuf_printf(out, "\"address\":{\"country\":\"DE\",\"city\":\"Berlin\",\"zip\":\"%05u\"},\"ip\":\"%u.%u.%u.%u\",",
	              (unsigned)below(100000), (unsigned)below(256), (unsigned)below(256), (unsigned)below(256),
	              (unsigned)below(256));
	strbuf_puts(out, "\"user_agent\":\"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\"}");
}

/* Comments in a language beyond ASCII, with escapes. */
static void make_comment(StrBuf *out)
{
	static const char *const words[] = {"\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82",
	                                    "\xd0\xbc\xd0\xb8\xd1\x80",
	                                    "caf\xc3\xa9",
	                                    "hello",
	                                    "\\u00fcber",
	                                    "\\n",
	                                    "\xe6\x97\xa5\xe6\x9c\xac"};
	strbuf_printf(out, "{\"id\":%u,\"text\":\"", (unsigned)below(1000000));
	for (uint64_t i = 0, n = 10 + below(20); i < n; i++)
		strbuf_printf(out, "%s ", words[below(7)]);
	strbuf_printf(out, "\",\"likes\":%u}", (unsigned)below(1000));
}

typedef struct Case {
	const char *name;
	void (*make)(StrBuf *out);
	struct {
		const char *path;
		const Type *type;
	} fields[FIELDS_MAX];
} Case;

static Case cases[] = {
    {"bid, 3 fields", make_bid, {{"auction", &type_bigint}, {"price", &type_bigint}, {"dateTime", &type_timestamp3}}},
    {"bid, 3 plain", make_bid, {{"auction", &type_bigint}, {"bidder", &type_bigint}, {"price", &type_bigint}}},
    {"bid, all",
     make_bid,
     {{"auction", &type_bigint},
      {"bidder", &type_bigint},
      {"price", &type_bigint},
      {"channel", &type_string},
      {"url", &type_string},
      {"dateTime", &type_timestamp3},
      {"extra", &type_string}}},
    {"bid, none", make_bid, {{NULL, NULL}}},
    {"purchase, 3 fields",
     make_purchase,
     {{"event_time", &type_timestamp3}, {"product_id", &type_bigint}, {"price", &type_double}}},
    {"purchase, nested",
     make_purchase,
     {{"event_time", &type_string}, {"address/city", &type_string}, {"quantity", &type_int}}},
    {"comment, 2 fields", make_comment, {{"id", &type_bigint}, {"text", &type_string}}},
};

static void run(const Case *c, size_t bytes, JsonKernelKind kind, const char *kernel)
{
	StrBuf data;
	strbuf_init(&data);
	state = 88172645463325252ULL;
	uint32_t n = 0;
	uint32_t cap = 1024;
	size_t *starts = mem_alloc(cap * sizeof *starts);
	while (data.len < bytes) {
		if (n + 1 >= cap)
			starts = mem_realloc(starts, (cap *= 2) * sizeof *starts);
		starts[n++] = data.len;
		c->make(&data);
	}
	starts[n] = data.len;
	Str *messages = mem_alloc(n * sizeof *messages);
	for (uint32_t i = 0; i < n; i++)
		messages[i] = str_make(data.ptr + starts[i], starts[i + 1] - starts[i]);

	Arena *memory = arena_open("bench", 0);
	Arena *step = arena_open("step", 0);
	FormatField fields[FIELDS_MAX];
	FormatSchema schema = {.fields = fields};
	while (schema.nfields < FIELDS_MAX && c->fields[schema.nfields].path) {
		FormatField *f = &fields[schema.nfields];
		Str *path = ARENA_ARRAY(memory, Str, 8);
		Str rest = str_from(c->fields[schema.nfields].path);
		*f = (FormatField){.path = path, .type = c->fields[schema.nfields].type};
		while (str_next(&rest, '/', &path[f->npath]))
			f->npath++;
		schema.nfields++;
	}
	Options options = {0};
	Decoder *d;
	Err err;
	if (!json_format.decoder_open(&options, &schema, memory, &d, &err)) {
		fprintf(stderr, "%s\n", err.message);
		exit(1);
	}
	if (json_use_kernel(d, kind)) {
		double best = 0;
		for (int pass = 0; pass < PASSES; pass++) {
			int64_t from = clock_mono_us(&clock_real);
			for (uint32_t i = 0; i < n; i += BATCH) {
				Decoded out;
				json_format.decode(d, messages + i, n - i < BATCH ? n - i : BATCH, step, &out);
				if (out.nbad > 0)
					exit(1);
				arena_reset(step);
			}
			double seconds = (double)(clock_mono_us(&clock_real) - from) / 1e6;
			double rate = (double)data.len / seconds;
			best = rate > best ? rate : best;
		}
		double mean = (double)data.len / n;
		printf("%-20s %-6s %6.0f bytes  %6.0f MB/s  %6.2f M/s  %6.1f ns each\n", c->name, kernel, mean, best / 1e6,
		       best / mean / 1e6, 1e9 * mean / best);
		fflush(stdout);
	}
	json_format.decoder_close(d);
	arena_close(memory);
	arena_close(step);
	mem_free(messages);
	mem_free(starts);
	strbuf_deinit(&data);
}

int main(int argc, char **argv)
{
	size_t megabytes = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 32;
	static const struct {
		JsonKernelKind kind;
		const char *name;
	} kernels[] = {{JSON_AVX2, "avx2"}, {JSON_SSE2, "sse2"}, {JSON_PLAIN, "plain"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
			if (argc <= 2 || strstr(cases[i].name, argv[2]))
				run(&cases[i], megabytes * MEGABYTE, kernels[k].kind, kernels[k].name);
		}
	}
	return 0;
}
