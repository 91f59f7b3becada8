/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/queue.h"

#include "proto/base/alloc.h"

enum drp_err drp_queue_init(struct drp_queue *queue, size_t cap)
{
	*queue = (struct drp_queue){.cap = cap};
	queue->ring = drp_alloc(cap, sizeof *queue->ring);
	if (!queue->ring) {
		return DRP_E_NOMEM;
	}
	if (uv_mutex_init(&queue->lock) != 0) {
		goto no_lock;
	}
	if (uv_cond_init(&queue->filled) != 0) {
		goto no_cond;
	}
	return DRP_OK;
no_cond:
	uv_mutex_destroy(&queue->lock);
no_lock:
	drp_free(queue->ring);
	queue->ring = NULL;
	return DRP_E_NOMEM;
}

void drp_queue_clear(struct drp_queue *queue)
{
	if (!queue->ring) {
		return;
	}
	uv_cond_destroy(&queue->filled);
	uv_mutex_destroy(&queue->lock);
	drp_free(queue->ring);
}

enum drp_err drp_queue_push(struct drp_queue *queue, void *item)
{
	uv_mutex_lock(&queue->lock);
	int room = !queue->closed && queue->len < queue->cap;
	if (room) {
		queue->ring[(queue->first + queue->len++) % queue->cap] = item;
		if (queue->len >= queue->wanted) {
			uv_cond_signal(&queue->filled);
		}
	}
	uv_mutex_unlock(&queue->lock);
	return room ? DRP_OK : DRP_E_BUSY;
}

static void wait_filled(struct drp_queue *queue, size_t min, int timeout_ms)
{
	uint64_t end = uv_hrtime() + (uint64_t)timeout_ms * 1000000;
	while (queue->len < min && !queue->closed) {
		uint64_t now = uv_hrtime();
		if (now >= end) {
			return;
		}
		uv_cond_timedwait(&queue->filled, &queue->lock, end - now);
	}
}

int drp_queue_pop(
	struct drp_queue *queue, void **items, size_t min, size_t max, int timeout_ms)
{
	uv_mutex_lock(&queue->lock);
	queue->wanted = min > 1 ? min : 0;
	wait_filled(queue, min, timeout_ms);
	queue->wanted = 0;
	int taken = 0;
	while ((size_t)taken < max && queue->len > 0) {
		items[taken++] = queue->ring[queue->first];
		queue->first = (queue->first + 1) % queue->cap;
		queue->len--;
	}
	if (taken == 0 && queue->closed) {
		taken = -1;
	}
	uv_mutex_unlock(&queue->lock);
	return taken;
}

size_t drp_queue_length(struct drp_queue *queue)
{
	uv_mutex_lock(&queue->lock);
	size_t len = queue->len;
	uv_mutex_unlock(&queue->lock);
	return len;
}

void drp_queue_close(struct drp_queue *queue)
{
	uv_mutex_lock(&queue->lock);
	queue->closed = 1;
	uv_cond_broadcast(&queue->filled);
	uv_mutex_unlock(&queue->lock);
}
