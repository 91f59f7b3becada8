/* SPDX-License-Identifier: Apache-2.0
 *
 * A network that loses, repeats, delays and reorders what schools send to their hub, by a
 * seeded die.
 */
#ifndef DRP_TESTS_BAD_NETWORK_H
#define DRP_TESTS_BAD_NETWORK_H

#include "tests/support/federation.h"

#define OLD_MAX 24

/* Requests that were dropped or delayed, to be delivered late or again. */
struct network {
	struct drp_buf old[OLD_MAX];
	size_t n;
};

static inline uint32_t roll(struct fed *f, uint32_t below)
{
	uint32_t v;
	f->rng.fill(f->rng.self, &v, sizeof v);
	return v % below;
}

static inline void keep(struct fed *f, struct network *net, const void *request, size_t n)
{
	struct drp_buf copy = {0};
	drp_buf_append(&copy, request, n);
	if (net->n == OLD_MAX) {
		uint32_t k = roll(f, OLD_MAX);
		drp_buf_clear(&net->old[k]);
		net->old[k] = copy;
	} else {
		net->old[net->n++] = copy;
	}
}

static inline void deliver_late(struct fed *f, struct network *net)
{
	struct drp_buf reply = {0};
	if (net->n) {
		fed_deliver(f, &net->old[roll(f, (uint32_t)net->n)], &reply);
	}
	drp_buf_clear(&reply);
}

static inline void network_clear(struct network *net)
{
	while (net->n) {
		drp_buf_clear(&net->old[--net->n]);
	}
}

/* One exchange of one school; the network may lose either direction. */
static inline void step(struct fed *f, struct fed_school *s, struct network *net)
{
	const struct drp_sync_options push = {.push = 1};
	struct drp_buf request = {0}, reply = {0};
	int done = 0;
	if (!s->visiting) {
		memset(&s->diag, 0, sizeof s->diag);
		CHECK_OK(drp_node_sync_begin(
			&s->sync, &s->node, &push, &s->result, &s->diag));
		s->visiting = 1;
	}
	CHECK_OK(drp_node_session_next(&s->sync.session, &request, &done, &s->diag));
	uint32_t fate = roll(f, 8);
	int lost = done;
	if (!done) {
		keep(f, net, request.data, request.len);
		if (fate != 0) { /* 0: the request is lost */
			fed_deliver(f, &request, &reply);
		}
		if (fate == 1) { /* repeated by the network */
			struct drp_buf again = {0};
			fed_deliver(f, &request, &again);
			drp_buf_clear(&again);
		}
		lost = fate == 0 || fate == 2 || !reply.len; /* 2: the reply is lost */
		if (!lost) {
			CHECK_OK(drp_node_session_reply(
				&s->sync.session, reply.data, reply.len, &s->diag));
		}
	}
	if (lost) {
		drp_node_sync_end(&s->sync);
		s->visiting = 0;
	}
	drp_buf_clear(&request);
	drp_buf_clear(&reply);
}

#endif
