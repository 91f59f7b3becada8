/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection through the doorman: a client's TCP connection, NNG's private socket,
 * and the bytes between them. It owns both handles and frees itself when both are
 * closed, after telling its house. It knows no other passage and no totals.
 * Threads: the loop.
 */
#ifndef DRP_RUNTIME_PASSAGE_H
#define DRP_RUNTIME_PASSAGE_H

#include "proto/runtime/doorman.h"
#include "proto/runtime/frame.h"

#define DRP_PASSAGE_READ_BYTES 65536

struct drp_passage;

/* What all passages of a doorman share. The buffers are used within one callback. */
struct drp_passage_house {
	uv_loop_t *loop;
	const char *hub_path;
	struct drp_doorman_limits limits;
	void *self;
	/* The client's greeting is right: the house calls drp_passage_enter in its turn.
	 */
	void (*greeted)(void *self, struct drp_passage *passage);
	/* NNG has greeted, or never will: once for every drp_passage_enter. */
	void (*entered)(void *self);
	/* Both handles are closed; the passage is freed after this. */
	void (*closed)(void *self, struct drp_passage *passage);
	uint8_t in[DRP_PASSAGE_READ_BYTES];
	uint8_t out[DRP_FRAME_OUT_MAX(DRP_PASSAGE_READ_BYTES)];
};

enum drp_passage_state {
	DRP_PASSAGE_GREETING, /* the client has to say that it is a REQ */
	DRP_PASSAGE_WAITING,  /* for its turn to enter */
	DRP_PASSAGE_ENTERING, /* greeting NNG */
	DRP_PASSAGE_OPEN,
	DRP_PASSAGE_CLOSING,
};

/* One direction: what the socket did not take at once waits in rest, and nothing more
 * is read from the other side until it has gone. */
struct drp_flow {
	uv_write_t write;
	uint8_t *rest;
};

struct drp_passage {
	struct drp_passage *prev, *next; /* the house's list */
	struct drp_passage *waiting;	 /* the house's line */
	struct drp_passage_house *house;
	uint64_t number;
	uint8_t address[16]; /* the client's, as the limit per address counts it */
	enum drp_passage_state state;
	int client_open, hub_open; /* handles to be closed */
	int leaving;		   /* the client has gone, NNG has not greeted yet */
	int finishing;		   /* no more requests, close after the last answer */
	uint64_t begun_ms;	   /* the first byte of the message under way */
	uint64_t deadline_ms;	   /* loop time */
	uint8_t greeting[DRP_GREETING_BYTES];
	size_t greeting_n;
	struct drp_frame requests, answers;
	struct drp_flow up, down;
	uv_tcp_t client;
	uv_pipe_t hub;
	uv_connect_t dial;
};

/* drp_passage_open accepts from the listener and waits for the greeting; NULL when
 * there is nothing to accept or no memory. */
struct drp_passage *drp_passage_open(
	struct drp_passage_house *house, uv_stream_t *listener, uint64_t number);

/* drp_passage_enter connects to NNG. */
void drp_passage_enter(struct drp_passage *passage);

/* drp_passage_close sends the client away; twice is fine. NNG's side goes with it
 * unless NNG still has something to say, a greeting or answers: libnng 1.5.2 must not
 * meet a connection that ends there (epipe_guard.c; it also loses the answer's memory,
 * nng #1713). They are heard out and thrown away. */
void drp_passage_close(struct drp_passage *passage);

/* drp_passage_expire closes both sides, whatever the state. */
void drp_passage_expire(struct drp_passage *passage);

/* drp_passage_finish reads no more requests and closes after the last answer. */
void drp_passage_finish(struct drp_passage *passage);

#endif
