/*
 * Tests of base/map.c: against a naive model, and what the order of iteration promises.
 */
#include "base/hash.h"
#include "base/map.h"
#include "tests/support/check.h"

static uint64_t seed = 1;

static uint64_t rnd(uint64_t below)
{
	return hash_mix(++seed) % below;
}

/* The model: pairs in order of insertion, found by looking at each. */
enum { MODEL_MAX = 600 };
typedef struct Model {
	uint32_t keys[MODEL_MAX];
	void *values[MODEL_MAX];
	uint32_t len;
} Model;

static uint32_t model_find(const Model *model, uint32_t key)
{
	uint32_t i = 0;
	while (i < model->len && model->keys[i] != key)
		i++;
	return i;
}

static void *model_put(Model *model, uint32_t key, void *value)
{
	uint32_t i = model_find(model, key);
	if (i < model->len) {
		void *old = model->values[i];
		model->values[i] = value;
		return old;
	}
	model->keys[i] = key;
	model->values[i] = value;
	model->len++;
	return NULL;
}

static void *model_remove(Model *model, uint32_t key)
{
	uint32_t i = model_find(model, key);
	if (i == model->len)
		return NULL;
	void *old = model->values[i];
	model->len--;
	for (; i < model->len; i++) {
		model->keys[i] = model->keys[i + 1];
		model->values[i] = model->values[i + 1];
	}
	return old;
}

static Str key_of(uint32_t key, char buffer[16])
{
	/* Key 0 is the empty one, and one in three has a zero in it. */
	if (key == 0)
		return STR_EMPTY;
	int n = snprintf(buffer, 16, "k%u", key);
	if (key % 3 == 0)
		buffer[1] = '\0';
	memcpy(buffer + n, &key, sizeof key);
	return str_make(buffer, (size_t)n + sizeof key);
}

static void check_same(const Map *map, const Model *model)
{
	CHECK_EQ_U64(map->live, model->len);
	uint32_t it = 0;
	uint32_t n = 0;
	for (MapEntry *entry; (entry = map_next(map, &it)) != NULL; n++) {
		char buffer[16];
		REQUIRE(n < model->len);
		REQUIRE(str_eq(entry->key, key_of(model->keys[n], buffer)));
		REQUIRE(entry->value == model->values[n]);
	}
	CHECK_EQ_U64(n, model->len);
}

TEST(against_model)
{
	static char things[1000];
	for (int round = 0; round < 20; round++) {
		Map map;
		static Model model;
		model.len = 0;
		map_init(&map);
		uint64_t keys = 1 + rnd(MODEL_MAX);
		for (int step = 0; step < 5000; step++) {
			uint32_t key = (uint32_t)rnd(keys);
			char buffer[16];
			Str text = key_of(key, buffer);
			/* Waves: sometimes mostly puts, sometimes mostly removals. */
			bool puts = rnd(10) < (step / 500 % 2 ? 3 : 7);
			if (rnd(3) == 0) {
				uint32_t i = model_find(&model, key);
				REQUIRE(map_has(&map, text) == (i < model.len));
				REQUIRE(map_get(&map, text) == (i < model.len ? model.values[i] : NULL));
			} else if (puts) {
				void *value = rnd(20) == 0 ? NULL : &things[rnd(1000)];
				REQUIRE(map_put(&map, text, value) == model_put(&model, key, value));
			} else {
				REQUIRE(map_remove(&map, text) == model_remove(&model, key));
			}
			if (step % 250 == 0)
				check_same(&map, &model);
		}
		check_same(&map, &model);
		map_deinit(&map);
	}
}

TEST(empty)
{
	Map map;
	map_init(&map);
	uint32_t it = 0;
	CHECK(map_get(&map, STR("a")) == NULL);
	CHECK(!map_has(&map, STR("a")));
	CHECK(map_remove(&map, STR("a")) == NULL);
	CHECK(map_next(&map, &it) == NULL);
	map_deinit(&map);
	map_deinit(&map);
}

TEST(keys_are_copied)
{
	Map map;
	map_init(&map);
	char key[] = "name";
	map_put(&map, str_from(key), key);
	key[0] = 'g';
	CHECK(map_get(&map, STR("name")) == key);
	CHECK(!map_has(&map, STR("game")));
	map_put(&map, STR("null"), NULL);
	CHECK(map_has(&map, STR("null")) && map_get(&map, STR("null")) == NULL);
	map_deinit(&map);
}

TEST(remove_while_iterating)
{
	Map map;
	map_init(&map);
	char buffer[16];
	for (uint32_t i = 1; i <= 1000; i++)
		map_put(&map, key_of(i, buffer), &map);
	uint32_t it = 0;
	uint32_t seen = 0;
	for (MapEntry *entry; (entry = map_next(&map, &it)) != NULL; seen++)
		if (seen % 2)
			map_remove(&map, entry->key);
	CHECK_EQ_U64(seen, 1000);
	CHECK_EQ_U64(map.live, 500);
	for (uint32_t i = 1; i <= 1000; i++)
		REQUIRE(map_has(&map, key_of(i, buffer)) == (i % 2 == 1));
	map_deinit(&map);
}

/* The same few names put and removed for ever take no more room. */
TEST(churn_is_bounded)
{
	Map map;
	map_init(&map);
	char buffer[16];
	for (uint32_t i = 1; i < 100000; i++) {
		map_put(&map, key_of(i, buffer), &map);
		if (i > 4)
			CHECK(map_remove(&map, key_of(i - 4, buffer)) == &map);
	}
	CHECK_EQ_U64(map.live, 4);
	CHECK(map.nslots <= 64);
	map_deinit(&map);
}

TESTS(against_model, empty, keys_are_copied, remove_while_iterating, churn_is_bounded)
