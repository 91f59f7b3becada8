/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/queue.h"
#include "tests/support/check.h"

#define MANY 20000

static void keeps_order_and_bound(void)
{
	struct drp_queue queue;
	int values[4] = {0};
	void *got[8];
	CHECK_OK(drp_queue_init(&queue, 3));
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 3; i++) {
			CHECK_OK(drp_queue_push(&queue, &values[i]));
		}
		CHECK_ERR(drp_queue_push(&queue, &values[3]), DRP_E_BUSY);
		CHECK_INT(drp_queue_pop(&queue, got, 1, 1, 0), 1);
		CHECK(got[0] == &values[0]);
		CHECK_OK(drp_queue_push(&queue, &values[3]));
		CHECK_INT(drp_queue_pop(&queue, got, 1, 8, 0), 3);
		CHECK(got[0] == &values[1] && got[1] == &values[2] &&
			got[2] == &values[3]);
		CHECK_INT(drp_queue_pop(&queue, got, 1, 8, 0), 0);
	}
	drp_queue_clear(&queue);
}

static void closing_drains(void)
{
	struct drp_queue queue;
	int value;
	void *got[2];
	CHECK_OK(drp_queue_init(&queue, 3));
	CHECK_OK(drp_queue_push(&queue, &value));
	drp_queue_close(&queue);
	CHECK_ERR(drp_queue_push(&queue, &value), DRP_E_BUSY);
	CHECK_INT(drp_queue_pop(&queue, got, 1, 2, 1000000), 1);
	CHECK_INT(drp_queue_pop(&queue, got, 1, 2, 1000000), -1);
	drp_queue_clear(&queue);
}

static struct drp_queue shared;
static unsigned char numbers[MANY];

static void push_half(void *arg)
{
	size_t offset = *(size_t *)arg;
	for (size_t i = offset; i < MANY; i += 2) {
		while (drp_queue_push(&shared, &numbers[i]) != DRP_OK) {
			uv_sleep(0);
		}
	}
}

/* Every item arrives once, and those of one thread in their order. */
static void threads_hand_over_everything(void)
{
	uv_thread_t threads[2];
	size_t offsets[2] = {0, 1}, last[2] = {0, 0};
	int total = 0;
	CHECK_OK(drp_queue_init(&shared, 64));
	for (int i = 0; i < 2; i++) {
		CHECK_INT(uv_thread_create(&threads[i], push_half, &offsets[i]), 0);
	}
	while (total < MANY) {
		void *got[32];
		int n = drp_queue_pop(&shared, got, 1, 32, 20000);
		CHECK(n > 0);
		for (int i = 0; i < n; i++, total++) {
			size_t at = (size_t)((unsigned char *)got[i] - numbers);
			CHECK(numbers[at]++ == 0);
			CHECK(at < 2 || at > last[at % 2]);
			last[at % 2] = at;
		}
	}
	uv_thread_join(&threads[0]);
	uv_thread_join(&threads[1]);
	drp_queue_clear(&shared);
}

static void pop_one(void *arg)
{
	void *got;
	*(int *)arg = drp_queue_pop(&shared, &got, 1, 1, 1000000);
}

static void push_three(void *arg)
{
	for (int i = 0; i < 3; i++) {
		if (drp_queue_push(&shared, arg) != DRP_OK) {
			return;
		}
	}
}

static void waits_for_as_many_as_wanted(void)
{
	uv_thread_t thread;
	int value;
	void *got[4];
	CHECK_OK(drp_queue_init(&shared, 8));
	CHECK_INT(uv_thread_create(&thread, push_three, &value), 0);
	CHECK_INT(drp_queue_pop(&shared, got, 3, 4, 1000000), 3);
	uv_thread_join(&thread);
	CHECK_OK(drp_queue_push(&shared, &value));
	CHECK_INT(drp_queue_length(&shared), 1);
	CHECK_INT(drp_queue_pop(&shared, got, 3, 4, 1), 1);
	drp_queue_clear(&shared);
}

static void closing_wakes_a_waiter(void)
{
	uv_thread_t thread;
	int result = 7;
	CHECK_OK(drp_queue_init(&shared, 1));
	CHECK_INT(uv_thread_create(&thread, pop_one, &result), 0);
	drp_queue_close(&shared);
	uv_thread_join(&thread);
	CHECK_INT(result, -1);
	drp_queue_clear(&shared);
}

int main(void)
{
	CASE("items keep their order and the queue its bound", keeps_order_and_bound);
	CASE("a closed queue is drained, then tells so", closing_drains);
	CASE("threads hand over every item once", threads_hand_over_everything);
	CASE("many are waited for, but not for ever", waits_for_as_many_as_wanted);
	CASE("closing wakes a waiter", closing_wakes_a_waiter);
	return DONE();
}
