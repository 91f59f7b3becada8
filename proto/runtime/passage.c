/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/runtime/passage.h"

#include "proto/base/alloc.h"
#include "proto/runtime/log.h"

#include <netinet/in.h>
#include <string.h>

static uint64_t now_ms(const struct drp_passage *p)
{
	return uv_now(p->house->loop);
}

/* A message that has begun has its own clock, which single bytes do not wind up. */
static void set_deadline(struct drp_passage *p)
{
	const struct drp_doorman_limits *limits = &p->house->limits;
	if (p->state == DRP_PASSAGE_GREETING) {
		p->deadline_ms = now_ms(p) + limits->header_ms;
	} else if (drp_frame_begun(&p->frame)) {
		p->deadline_ms = p->begun_ms + limits->message_ms;
	} else {
		p->deadline_ms = now_ms(p) + limits->idle_ms;
	}
}

static void on_closed(uv_handle_t *handle)
{
	struct drp_passage *p = handle->data;
	p->house->closed(p->house->self, p);
	drp_frame_clear(&p->frame);
	drp_free(p);
}

void drp_passage_close(struct drp_passage *p)
{
	if (p->state != DRP_PASSAGE_CLOSING) {
		p->state = DRP_PASSAGE_CLOSING;
		uv_close((uv_handle_t *)&p->client, on_closed);
	}
}

static void refuse(struct drp_passage *p, const char *reason)
{
	drp_log(DRP_LOG_DEBUG, "doorman", "refused", "reason=%s", reason);
	drp_passage_close(p);
}

static int has_unsent(const struct drp_passage *p)
{
	return uv_stream_get_write_queue_size((const uv_stream_t *)&p->client) > 0;
}

static void close_if_finished(struct drp_passage *p)
{
	if (p->finishing && p->unanswered == 0 && !has_unsent(p)) {
		drp_passage_close(p);
	}
}

/* --- reading ----------------------------------------------------------------- */

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

/* Of a greeting never more than itself is read: what follows stays in the socket. */
static void on_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	(void)suggested;
	struct drp_passage *p = handle->data;
	if (p->state == DRP_PASSAGE_GREETING) {
		*buf = uv_buf_init((char *)p->greeting + p->greeting_n,
			(unsigned)(DRP_GREETING_BYTES - p->greeting_n));
	} else {
		*buf = uv_buf_init((char *)p->house->in, sizeof p->house->in);
	}
}

/* A client is not listened to while its requests have to wait, nor while it does not
 * take its answers. */
static void update_reading(struct drp_passage *p)
{
	int wanted = !p->finishing && p->waiting == 0 && !has_unsent(p);
	if (p->state == DRP_PASSAGE_CLOSING || wanted == p->reading) {
		return;
	}
	p->reading = wanted;
	if (!wanted) {
		uv_read_stop((uv_stream_t *)&p->client);
		return;
	}
	p->begun_ms = now_ms(p); /* nobody could send while we did not read */
	set_deadline(p);
	if (uv_read_start((uv_stream_t *)&p->client, on_buffer, on_read) != 0) {
		drp_passage_close(p);
	}
}

static void take_request(struct drp_passage *p, const struct drp_frame_message *message)
{
	if (++p->unanswered > p->house->limits.unanswered) {
		refuse(p, "unanswered");
		return;
	}
	int rc = p->house->request(p->house->self, p, message);
	if (rc < 0) {
		refuse(p, "memory");
	}
	p->waiting += rc > 0;
}

static void take_bytes(struct drp_passage *p, size_t n)
{
	struct drp_frame_input input = {p->house->in, n};
	struct drp_frame_message message;
	int rc = 1;
	while (rc > 0 && p->state == DRP_PASSAGE_OPEN) {
		int begun = drp_frame_begun(&p->frame);
		rc = drp_frame_next(
			&p->frame, p->house->limits.message_max_bytes, &input, &message);
		if (!begun) {
			p->begun_ms = now_ms(p);
		}
		if (rc > 0) {
			take_request(p, &message);
		} else if (rc < 0) {
			refuse(p, "framing");
		}
	}
	set_deadline(p);
	update_reading(p);
}

/* --- writing ----------------------------------------------------------------- */

struct unsent {
	uv_write_t write;
	struct drp_passage *passage;
	uint8_t bytes[];
};

static void on_written(uv_write_t *write, int status)
{
	struct unsent *unsent = (struct unsent *)write;
	struct drp_passage *p = unsent->passage;
	drp_free(unsent);
	if (p->state == DRP_PASSAGE_CLOSING) {
		return;
	}
	if (status < 0) {
		drp_passage_close(p);
		return;
	}
	set_deadline(p);
	update_reading(p);
	close_if_finished(p);
}

static int keep_unsent(struct drp_passage *p, const uint8_t *bytes, size_t n)
{
	struct unsent *unsent = drp_alloc(1, sizeof *unsent + n);
	if (!unsent) {
		return -1;
	}
	unsent->passage = p;
	memcpy(unsent->bytes, bytes, n);
	uv_buf_t buf = uv_buf_init((char *)unsent->bytes, (unsigned)n);
	if (uv_write(&unsent->write, (uv_stream_t *)&p->client, &buf, 1, on_written) !=
		0) {
		drp_free(unsent);
		return -1;
	}
	return 0;
}

/* What the socket does not take at once is copied and follows. */
static void send_bytes(struct drp_passage *p, uint8_t *bytes, size_t n)
{
	uv_buf_t buf = uv_buf_init((char *)bytes, (unsigned)n);
	int sent = has_unsent(p) ? 0 : uv_try_write((uv_stream_t *)&p->client, &buf, 1);
	if (sent == UV_EAGAIN) {
		sent = 0;
	}
	if (sent < 0 ||
		((size_t)sent < n && keep_unsent(p, bytes + sent, n - (size_t)sent))) {
		drp_passage_close(p);
	}
}

void drp_passage_answer(struct drp_passage *p, uint32_t id, const uint8_t *body, size_t n)
{
	if (p->state == DRP_PASSAGE_CLOSING || n > DRP_MESSAGE_MAX_BYTES) {
		drp_passage_close(p);
		return;
	}
	drp_frame_head(p->house->out, id, n);
	memcpy(p->house->out + DRP_HEAD_BYTES, body, n);
	p->unanswered--;
	send_bytes(p, p->house->out, DRP_HEAD_BYTES + n);
	set_deadline(p);
	update_reading(p);
	close_if_finished(p);
}

/* --- the beginning and the end ----------------------------------------------- */

static void take_greeting(struct drp_passage *p, size_t n)
{
	uint8_t mine[DRP_GREETING_BYTES];
	p->greeting_n += n;
	if (p->greeting_n < DRP_GREETING_BYTES) {
		return;
	}
	if (memcmp(p->greeting, drp_greeting_req, DRP_GREETING_BYTES) != 0) {
		refuse(p, "greeting");
		return;
	}
	p->state = DRP_PASSAGE_OPEN;
	memcpy(mine, drp_greeting_rep, sizeof mine);
	send_bytes(p, mine, sizeof mine);
	set_deadline(p);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	(void)buf;
	struct drp_passage *p = stream->data;
	if (n < 0) {
		drp_passage_close(p);
	} else if (p->state == DRP_PASSAGE_GREETING) {
		take_greeting(p, (size_t)n);
	} else if (n > 0) {
		take_bytes(p, (size_t)n);
	}
}

/* An IPv4 address whole, of an IPv6 address the /64 that one subscriber gets. */
static void note_address(struct drp_passage *p)
{
	struct sockaddr_storage peer;
	int size = sizeof peer;
	if (uv_tcp_getpeername(&p->client, (struct sockaddr *)&peer, &size) != 0) {
		return;
	}
	if (peer.ss_family == AF_INET) {
		memcpy(p->address + 12, &((struct sockaddr_in *)&peer)->sin_addr, 4);
	} else if (peer.ss_family == AF_INET6) {
		const struct in6_addr *v6 = &((struct sockaddr_in6 *)&peer)->sin6_addr;
		int mapped = IN6_IS_ADDR_V4MAPPED(v6);
		memcpy(p->address + (mapped ? 12 : 0), v6->s6_addr + (mapped ? 12 : 0),
			mapped ? 4 : 8);
	}
}

struct drp_passage *drp_passage_open(
	struct drp_passage_house *house, uv_stream_t *listener)
{
	struct drp_passage *p = drp_alloc(1, sizeof *p);
	if (!p || uv_tcp_init(house->loop, &p->client) != 0) {
		drp_free(p);
		return NULL;
	}
	p->house = house;
	p->client.data = p;
	set_deadline(p);
	if (uv_accept(listener, (uv_stream_t *)&p->client) != 0) {
		drp_passage_close(p);
		return p;
	}
	uv_tcp_nodelay(&p->client, 1);
	note_address(p);
	update_reading(p);
	return p;
}

void drp_passage_resume(struct drp_passage *p)
{
	p->waiting--;
	update_reading(p);
}

void drp_passage_finish(struct drp_passage *p)
{
	p->finishing = 1;
	update_reading(p);
	close_if_finished(p);
}
