/*
 * Tests of base/queue.c: order, bounds, timeouts, closing, and many threads at once.
 */
#include "base/clock.h"
#include "base/queue.h"
#include "tests/support/check.h"

static void *item_of(uintptr_t number)
{
	return (void *)number;
}

TEST(order_and_bound)
{
	Queue q;
	queue_init(&q, 3);
	for (uintptr_t round = 0; round < 10; round++) {
		for (uintptr_t i = 1; i <= 3; i++)
			CHECK(queue_push(&q, item_of(i), 0));
		CHECK(!queue_push(&q, item_of(4), 0));
		CHECK_EQ_U64(queue_len(&q), 3);
		CHECK(queue_pop(&q, 0) == item_of(1));
		CHECK(queue_push(&q, item_of(5), 0));
		CHECK(queue_pop(&q, 0) == item_of(2));
		CHECK(queue_pop(&q, 0) == item_of(3));
		CHECK(queue_pop(&q, 0) == item_of(5));
		CHECK(queue_pop(&q, 0) == NULL);
	}
	queue_deinit(&q);
}

TEST(timeouts)
{
	Queue q;
	queue_init(&q, 1);
	int64_t begin_us = clock_mono_us(&clock_real);
	CHECK(queue_pop(&q, 30) == NULL);
	int64_t popped_us = clock_mono_us(&clock_real);
	CHECK(popped_us - begin_us >= 29000);
	CHECK(queue_push(&q, item_of(1), 1000));
	CHECK(!queue_push(&q, item_of(2), 30));
	CHECK(clock_mono_us(&clock_real) - popped_us >= 29000);
	CHECK(queue_pop(&q, INT64_MAX) == item_of(1));
	queue_deinit(&q);
}

TEST(close_leaves_what_is_queued)
{
	Queue q;
	queue_init(&q, 2);
	CHECK(queue_push(&q, item_of(1), -1));
	queue_close(&q);
	CHECK(!queue_push(&q, item_of(2), -1));
	CHECK(queue_pop(&q, -1) == item_of(1));
	CHECK(queue_pop(&q, -1) == NULL);
	queue_close(&q);
	queue_deinit(&q);
}

static void *pop_for_ever(void *q)
{
	return queue_pop(q, -1);
}

static void *push_for_ever(void *q)
{
	return queue_push(q, q, -1) ? q : NULL;
}

TEST(close_wakes_everybody)
{
	enum { THREADS = 6 };
	for (int round = 0; round < 20; round++) {
		Queue empty;
		Queue full;
		queue_init(&empty, 1);
		queue_init(&full, 1);
		REQUIRE(queue_push(&full, &full, 0));
		pthread_t threads[THREADS];
		for (int i = 0; i < THREADS; i++)
			REQUIRE(pthread_create(&threads[i], NULL, i % 2 ? pop_for_ever : push_for_ever, i % 2 ? &empty : &full) ==
			        0);
		queue_close(&empty);
		queue_close(&full);
		for (int i = 0; i < THREADS; i++) {
			void *result;
			pthread_join(threads[i], &result);
			CHECK(result == NULL);
		}
		CHECK(queue_pop(&full, 0) == &full);
		queue_deinit(&empty);
		queue_deinit(&full);
	}
}

/* Every item arrives once, and each consumer sees each producer's items in order. */
enum { PRODUCERS = 4, CONSUMERS = 3, ITEMS = 20000 };

typedef struct Worker {
	Queue *q;
	uintptr_t id;
	uintptr_t sum;
	uintptr_t count;
	bool in_order;
} Worker;

static void *produce(void *ctx)
{
	Worker *w = ctx;
	for (uintptr_t i = 1; i <= ITEMS; i++) {
		/* All three ways to wait. */
		int64_t timeout_ms = i % 3 == 0 ? -1 : i % 3 == 1 ? 1 : 0;
		while (!queue_push(w->q, item_of(i * PRODUCERS + w->id), timeout_ms)) {
		}
	}
	return NULL;
}

static void *consume(void *ctx)
{
	Worker *w = ctx;
	uintptr_t last[PRODUCERS] = {0};
	w->in_order = true;
	for (void *item; (item = queue_pop(w->q, -1)) != NULL;) {
		uintptr_t number = (uintptr_t)item;
		w->in_order = w->in_order && number > last[number % PRODUCERS];
		last[number % PRODUCERS] = number;
		w->sum += number;
		w->count++;
	}
	return NULL;
}

TEST(many_threads)
{
	Queue q;
	queue_init(&q, 16);
	Worker producers[PRODUCERS];
	Worker consumers[CONSUMERS];
	pthread_t threads[PRODUCERS + CONSUMERS];
	for (uintptr_t i = 0; i < CONSUMERS; i++) {
		consumers[i] = (Worker){.q = &q, .id = i};
		REQUIRE(pthread_create(&threads[PRODUCERS + i], NULL, consume, &consumers[i]) == 0);
	}
	for (uintptr_t i = 0; i < PRODUCERS; i++) {
		producers[i] = (Worker){.q = &q, .id = i};
		REQUIRE(pthread_create(&threads[i], NULL, produce, &producers[i]) == 0);
	}
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(threads[i], NULL);
	queue_close(&q);
	uintptr_t sum = 0;
	uintptr_t count = 0;
	for (int i = 0; i < CONSUMERS; i++) {
		pthread_join(threads[PRODUCERS + i], NULL);
		CHECK(consumers[i].in_order);
		sum += consumers[i].sum;
		count += consumers[i].count;
	}
	uintptr_t want = 0;
	for (uintptr_t i = 1; i <= ITEMS; i++)
		for (uintptr_t id = 0; id < PRODUCERS; id++)
			want += i * PRODUCERS + id;
	CHECK_EQ_U64(count, (uint64_t)PRODUCERS * ITEMS);
	CHECK_EQ_U64(sum, want);
	queue_deinit(&q);
}

TESTS(order_and_bound, timeouts, close_leaves_what_is_queued, close_wakes_everybody, many_threads)
