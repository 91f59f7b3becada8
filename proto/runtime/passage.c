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
	if (p->state != DRP_PASSAGE_OPEN) {
		p->deadline_ms = now_ms(p) + limits->header_ms;
	} else if (drp_frame_begun(&p->requests)) {
		p->deadline_ms = p->begun_ms + limits->message_ms;
	} else {
		p->deadline_ms = now_ms(p) + limits->idle_ms;
	}
}

/* --- closing ----------------------------------------------------------------- */

static void free_when_closed(struct drp_passage *p)
{
	if (!p->client_open && !p->hub_open) {
		p->house->closed(p->house->self, p);
		drp_free(p);
	}
}

static void client_closed(uv_handle_t *handle)
{
	struct drp_passage *p = handle->data;
	p->client_open = 0;
	free_when_closed(p);
}

static void hub_closed(uv_handle_t *handle)
{
	struct drp_passage *p = handle->data;
	p->hub_open = 0;
	free_when_closed(p);
}

static void close_client(struct drp_passage *p)
{
	if (!uv_is_closing((uv_handle_t *)&p->client)) {
		uv_close((uv_handle_t *)&p->client, client_closed);
	}
}

static void close_both(struct drp_passage *p)
{
	if (p->state == DRP_PASSAGE_CLOSING) {
		return;
	}
	if (p->state == DRP_PASSAGE_ENTERING) {
		p->house->entered(p->house->self);
	}
	p->state = DRP_PASSAGE_CLOSING;
	close_client(p);
	if (p->hub_open) {
		uv_close((uv_handle_t *)&p->hub, hub_closed);
	}
}

void drp_passage_expire(struct drp_passage *p)
{
	close_both(p);
}

static int is_answered(const struct drp_passage *p)
{
	return p->answers.messages >= p->requests.messages;
}

void drp_passage_close(struct drp_passage *p)
{
	int awaited = p->state == DRP_PASSAGE_ENTERING ||
		      (p->state == DRP_PASSAGE_OPEN && !is_answered(p));
	if (!awaited) {
		close_both(p);
	} else if (!p->leaving) {
		p->leaving = 1;
		close_client(p);
		set_deadline(p);
	}
}

static void close_if_finished(struct drp_passage *p)
{
	if ((p->finishing || p->leaving) && is_answered(p) && !p->down.rest) {
		close_both(p);
	}
}

static void refuse(struct drp_passage *p, const char *reason)
{
	drp_log(DRP_LOG_DEBUG, "doorman", "refused", "reason=%s", reason);
	drp_passage_close(p);
}

/* --- passing bytes on -------------------------------------------------------- */

static void on_client_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void on_hub_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void on_client_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);
static void on_hub_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

static void read_client(struct drp_passage *p)
{
	if (!p->finishing && uv_read_start((uv_stream_t *)&p->client, on_client_buffer,
				     on_client_read)) {
		drp_passage_close(p);
	}
}

static void read_hub(struct drp_passage *p)
{
	if (uv_read_start((uv_stream_t *)&p->hub, on_hub_buffer, on_hub_read)) {
		drp_passage_close(p);
	}
}

static void on_rest_written(uv_write_t *write, int status)
{
	struct drp_passage *p = write->data;
	int up = write == &p->up.write;
	struct drp_flow *flow = up ? &p->up : &p->down;
	drp_free(flow->rest);
	flow->rest = NULL;
	if (p->state == DRP_PASSAGE_CLOSING) {
		return;
	}
	if (status < 0) {
		drp_passage_close(p);
		if (p->state == DRP_PASSAGE_CLOSING) {
			return;
		}
	}
	if (up) {
		p->begun_ms = now_ms(p); /* the client could not send while we waited */
		read_client(p);
	} else {
		read_hub(p);
	}
	set_deadline(p);
	close_if_finished(p);
}

/* Sends what the socket takes now and keeps a copy of the rest. -1: the client has been
 * sent away. */
static int pass_on(struct drp_passage *p, struct drp_flow *flow, uv_stream_t *from,
	uv_stream_t *to, uint8_t *bytes, size_t n)
{
	uv_buf_t buf = uv_buf_init((char *)bytes, (unsigned)n);
	int done = n ? uv_try_write(to, &buf, 1) : 0;
	if (done < 0 && done != UV_EAGAIN) {
		drp_passage_close(p);
		return -1;
	}
	size_t sent = done > 0 ? (size_t)done : 0;
	if (sent == n) {
		return 0;
	}
	flow->rest = drp_alloc(n - sent, 1);
	if (!flow->rest) {
		drp_passage_close(p);
		return -1;
	}
	memcpy(flow->rest, bytes + sent, n - sent);
	buf = uv_buf_init((char *)flow->rest, (unsigned)(n - sent));
	flow->write.data = p;
	if (uv_write(&flow->write, to, &buf, 1, on_rest_written) != 0) {
		drp_free(flow->rest);
		flow->rest = NULL;
		drp_passage_close(p);
		return -1;
	}
	uv_read_stop(from);
	return 0;
}

/* NULL, or why these requests are refused: then none of them reaches NNG. */
static const char *judge_requests(struct drp_passage *p, size_t n, size_t *out_n)
{
	struct drp_passage_house *house = p->house;
	if (drp_frame_request(&p->requests, house->limits.message_max_bytes, p->number,
		    house->in, n, house->out, out_n)) {
		return "framing";
	}
	if (p->requests.messages - p->answers.messages > house->limits.unanswered) {
		return "unanswered";
	}
	return NULL;
}

static void requests_came(struct drp_passage *p, size_t n)
{
	uint64_t before = p->requests.messages;
	int begun = drp_frame_begun(&p->requests);
	size_t out_n;
	const char *reason = judge_requests(p, n, &out_n);
	if (reason) {
		p->requests.messages = before;
		refuse(p, reason);
		return;
	}
	if (!begun || p->requests.messages != before) {
		p->begun_ms = now_ms(p);
	}
	if (pass_on(p, &p->up, (uv_stream_t *)&p->client, (uv_stream_t *)&p->hub,
		    p->house->out, out_n) == 0) {
		set_deadline(p);
	}
}

static void answers_came(struct drp_passage *p, size_t n)
{
	struct drp_passage_house *house = p->house;
	size_t out_n;
	if (drp_frame_answer(&p->answers, house->in, n, house->out, &out_n)) {
		drp_log(DRP_LOG_ERROR, "doorman", "nng-framing", "connection=%llu",
			(unsigned long long)p->number);
		drp_passage_close(p);
		return;
	}
	if (!p->leaving && pass_on(p, &p->down, (uv_stream_t *)&p->hub,
				   (uv_stream_t *)&p->client, house->out, out_n) != 0) {
		return;
	}
	set_deadline(p);
	close_if_finished(p);
}

/* --- greetings --------------------------------------------------------------- */

/* Of a greeting never more than itself is read: what follows stays in the socket. */
static void offer(struct drp_passage *p, int greeting, uv_buf_t *buf)
{
	if (greeting) {
		*buf = uv_buf_init((char *)p->greeting + p->greeting_n,
			(unsigned)(DRP_GREETING_BYTES - p->greeting_n));
	} else {
		*buf = uv_buf_init((char *)p->house->in, DRP_PASSAGE_READ_BYTES);
	}
}

static void on_client_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	(void)suggested;
	struct drp_passage *p = handle->data;
	offer(p, p->state == DRP_PASSAGE_GREETING, buf);
}

static void on_hub_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	(void)suggested;
	struct drp_passage *p = handle->data;
	offer(p, p->state == DRP_PASSAGE_ENTERING, buf);
}

static void on_client_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	(void)buf;
	struct drp_passage *p = stream->data;
	if (n < 0) {
		drp_passage_close(p);
	} else if (p->state == DRP_PASSAGE_OPEN) {
		requests_came(p, (size_t)n);
	} else {
		p->greeting_n += (size_t)n;
		if (p->greeting_n < DRP_GREETING_BYTES) {
			return;
		}
		if (memcmp(p->greeting, drp_greeting_req, DRP_GREETING_BYTES) != 0) {
			refuse(p, "greeting");
			return;
		}
		uv_read_stop(stream);
		p->state = DRP_PASSAGE_WAITING;
		set_deadline(p);
		p->house->greeted(p->house->self, p);
	}
}

/* NNG has greeted: its words are the client's greeting too. */
static void open_passage(struct drp_passage *p)
{
	if (memcmp(p->greeting, drp_greeting_rep, DRP_GREETING_BYTES) != 0 ||
		p->leaving) {
		close_both(p);
		return;
	}
	p->state = DRP_PASSAGE_OPEN;
	p->house->entered(p->house->self);
	if (pass_on(p, &p->down, (uv_stream_t *)&p->hub, (uv_stream_t *)&p->client,
		    p->greeting, DRP_GREETING_BYTES) == 0) {
		set_deadline(p);
		read_client(p);
		close_if_finished(p);
	}
}

static void on_hub_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	(void)buf;
	struct drp_passage *p = stream->data;
	if (n < 0) {
		close_both(p);
	} else if (p->state == DRP_PASSAGE_OPEN) {
		answers_came(p, (size_t)n);
	} else {
		p->greeting_n += (size_t)n;
		if (p->greeting_n == DRP_GREETING_BYTES) {
			open_passage(p);
		}
	}
}

static void on_dialled(uv_connect_t *dial, int status)
{
	struct drp_passage *p = dial->data;
	if (p->state == DRP_PASSAGE_CLOSING) {
		return;
	}
	uint8_t greeting[DRP_GREETING_BYTES];
	memcpy(greeting, drp_greeting_req, sizeof greeting);
	uv_buf_t buf = uv_buf_init((char *)greeting, sizeof greeting);
	if (status < 0 ||
		uv_try_write((uv_stream_t *)&p->hub, &buf, 1) != sizeof greeting ||
		uv_read_start((uv_stream_t *)&p->hub, on_hub_buffer, on_hub_read) != 0) {
		drp_log(DRP_LOG_WARN, "doorman", "nng-unreachable", "status=%d", status);
		close_both(p);
	}
}

void drp_passage_enter(struct drp_passage *p)
{
	p->state = DRP_PASSAGE_ENTERING;
	p->greeting_n = 0;
	set_deadline(p);
	if (uv_pipe_init(p->house->loop, &p->hub, 0) != 0) {
		close_both(p);
		return;
	}
	p->hub.data = p;
	p->hub_open = 1;
	p->dial.data = p;
	uv_pipe_connect(&p->dial, &p->hub, p->house->hub_path, on_dialled);
}

/* --- the client -------------------------------------------------------------- */

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
		if (IN6_IS_ADDR_V4MAPPED(v6)) {
			memcpy(p->address + 12, v6->s6_addr + 12, 4);
		} else {
			memcpy(p->address, v6->s6_addr, 8);
		}
	}
}

struct drp_passage *drp_passage_open(
	struct drp_passage_house *house, uv_stream_t *listener, uint64_t number)
{
	struct drp_passage *p = drp_alloc(1, sizeof *p);
	if (!p || uv_tcp_init(house->loop, &p->client) != 0) {
		drp_free(p);
		return NULL;
	}
	p->house = house;
	p->number = number;
	p->client.data = p;
	p->client_open = 1;
	set_deadline(p);
	if (uv_accept(listener, (uv_stream_t *)&p->client) != 0) {
		close_both(p);
		return p;
	}
	uv_tcp_nodelay(&p->client, 1);
	note_address(p);
	read_client(p);
	return p;
}

void drp_passage_finish(struct drp_passage *p)
{
	p->finishing = 1;
	if (p->state != DRP_PASSAGE_OPEN) {
		drp_passage_close(p);
		return;
	}
	uv_read_stop((uv_stream_t *)&p->client);
	close_if_finished(p);
}
