/* SPDX-License-Identifier: Apache-2.0
 *
 * A bounded first-in-first-out queue of pointers between threads. It owns no item.
 * Hand-over is under a uv mutex only: the thread sanitizer sees that, and it does not
 * see atomics inside uninstrumented libraries. Threads: any, after init.
 */
#ifndef DRP_RUNTIME_QUEUE_H
#define DRP_RUNTIME_QUEUE_H

#include <drempel/err.h>

#include <stddef.h>
#include <uv.h>

struct drp_queue {
	uv_mutex_t lock;
	uv_cond_t filled;
	void **ring;
	size_t cap, first, len;
	size_t wanted; /* items that the waiting thread wants; 0: none waits for many */
	int closed;
};

enum drp_err drp_queue_init(struct drp_queue *queue, size_t cap) DRP_MUST_CHECK;

/* drp_queue_clear frees; a zeroed queue is fine. */
void drp_queue_clear(struct drp_queue *queue);

/* drp_queue_push: DRP_E_BUSY when the queue is full or closed. Never waits. */
enum drp_err drp_queue_push(struct drp_queue *queue, void *item) DRP_MUST_CHECK;

/* drp_queue_pop waits until min items are there, at most timeout_ms, and takes up to max
 * of those waiting: their number, 0 when the time is up, -1 when closed and empty. Only
 * one thread may ask for more than one item. */
int drp_queue_pop(struct drp_queue *queue, void **items, size_t min, size_t max,
	int timeout_ms) DRP_MUST_CHECK;

size_t drp_queue_length(struct drp_queue *queue);

/* drp_queue_close lets the poppers drain what is left and then leave. */
void drp_queue_close(struct drp_queue *queue);

#endif
