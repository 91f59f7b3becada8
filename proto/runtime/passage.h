/* SPDX-License-Identifier: Apache-2.0
 *
 * One client's connection: its greeting, its requests, which it hands to the house
 * whole, and the answers that the house brings back. It owns its handle and frees itself
 * when that is closed, after telling the house. It knows no other passage and no totals.
 * Threads: the loop.
 */
#ifndef DRP_RUNTIME_PASSAGE_H
#define DRP_RUNTIME_PASSAGE_H

#include "proto/runtime/doorman.h"
#include "proto/runtime/frame.h"

#include <drempel/limits.h>

struct drp_passage;

/* What all passages of a doorman share. The buffers are used within one call. */
struct drp_passage_house {
	uv_loop_t *loop;
	struct drp_doorman_limits limits;
	void *self;
	/* A request is whole; its body is borrowed. 0: it is on its way. 1: it has to
	 * wait (the house has a copy): nothing more is read before drp_passage_resume.
	 * -1: it cannot be taken, the passage closes. */
	int (*request)(void *self, struct drp_passage *passage,
		const struct drp_frame_message *message);
	/* The handle is closed; the passage is freed after this. */
	void (*closed)(void *self, struct drp_passage *passage);
	uint8_t in[65536];
	uint8_t out[DRP_HEAD_BYTES + DRP_MESSAGE_MAX_BYTES];
};

enum drp_passage_state { DRP_PASSAGE_GREETING, DRP_PASSAGE_OPEN, DRP_PASSAGE_CLOSING };

struct drp_passage {
	struct drp_passage_house *house;
	uint64_t number;     /* the house's: requests and answers travel with it */
	uint8_t address[16]; /* the client's, as the limit per address counts it */
	enum drp_passage_state state;
	int reading;
	int finishing;	      /* no more requests, close after the last answer */
	unsigned waiting;     /* requests that the house keeps back */
	unsigned unanswered;  /* all requests without an answer, those too */
	uint64_t begun_ms;    /* the first byte of the message under way */
	uint64_t deadline_ms; /* loop time */
	uint8_t greeting[DRP_GREETING_BYTES];
	size_t greeting_n;
	struct drp_frame frame;
	uv_tcp_t client;
};

/* drp_passage_open accepts from the listener and waits for the greeting; NULL when
 * there is nothing to accept or no memory. */
struct drp_passage *drp_passage_open(
	struct drp_passage_house *house, uv_stream_t *listener);

/* drp_passage_answer sends an answer of at most DRP_MESSAGE_MAX_BYTES. */
void drp_passage_answer(
	struct drp_passage *passage, uint32_t id, const uint8_t *body, size_t n);

/* drp_passage_resume: one of the requests that waited is on its way. */
void drp_passage_resume(struct drp_passage *passage);

/* drp_passage_finish reads no more requests and closes after the last answer. */
void drp_passage_finish(struct drp_passage *passage);

/* drp_passage_close closes now; twice is fine. */
void drp_passage_close(struct drp_passage *passage);

#endif
