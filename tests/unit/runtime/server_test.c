/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole request path with real sockets: what a client can do to it, and what it
 * promises. The first four bytes of a request tell the test's service what to do.
 */
#include "proto/runtime/link.h"
#include "proto/runtime/service.h"
#include "tests/unit/runtime/sp.h"

#include "proto/base/alloc.h"

#include <drempel/limits.h>

#include <dirent.h>
#include <nng/nng.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

/* --- the service ------------------------------------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int gate_open = 1;		     /* "gate" waits for it in open */
static int hold_commits;		     /* commit waits for it to be 0 */
static int opened, committing, idles, works; /* events so far; works not dropped */
static size_t largest_batch;
static atomic_uint committed; /* batches whose commit has ended */

static void set(int *what, int value)
{
	pthread_mutex_lock(&lock);
	*what = value;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void add(int *what, int n)
{
	pthread_mutex_lock(&lock);
	*what += n;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void wait_at_least(const int *what, int value)
{
	pthread_mutex_lock(&lock);
	while (*what < value) {
		pthread_cond_wait(&changed, &lock);
	}
	pthread_mutex_unlock(&lock);
}

struct work {
	struct drp_buf request;
	int fails;
};

static void service_open(
	void *self, const uint8_t *request, size_t n, struct drp_service_job *job)
{
	(void)self;
	add(&opened, 1);
	if (n >= 4 && memcmp(request, "gate", 4) == 0) {
		wait_at_least(&gate_open, 1);
	}
	if (n >= 4 && memcmp(request, "none", 4) == 0) {
		return;
	}
	if (n >= 4 && memcmp(request, "door", 4) == 0) {
		drp_buf_text(&job->reply, "refused");
		return;
	}
	struct work *work = drp_alloc(1, sizeof *work);
	work->fails = n >= 4 && memcmp(request, "fail", 4) == 0;
	drp_buf_append(&work->request, request, n);
	job->work = work;
	add(&works, 1);
}

/* A reply is the number of its batch and the request. */
static void service_commit(void *self, struct drp_service_job *jobs, size_t n)
{
	(void)self;
	add(&committing, 1);
	pthread_mutex_lock(&lock);
	largest_batch = n > largest_batch ? n : largest_batch;
	while (hold_commits) {
		pthread_cond_wait(&changed, &lock);
	}
	pthread_mutex_unlock(&lock);
	uint32_t batch = atomic_load(&committed) + 1;
	for (size_t i = 0; i < n; i++) {
		struct work *work = jobs[i].work;
		if (!work->fails) {
			drp_buf_append(&jobs[i].reply, &batch, sizeof batch);
			drp_buf_append(
				&jobs[i].reply, work->request.data, work->request.len);
		}
	}
	atomic_store(&committed, batch);
}

static void service_idle(void *self)
{
	(void)self;
	add(&idles, 1);
}

static void service_drop(void *self, void *arg)
{
	(void)self;
	struct work *work = arg;
	drp_buf_clear(&work->request);
	drp_free(work);
	add(&works, -1);
}

static const struct drp_service service = {.open = service_open,
	.commit = service_commit,
	.idle = service_idle,
	.drop = service_drop};

/* --- the server in a thread of this process ---------------------------------- */

static pthread_t server_thread;
static enum drp_err server_result;
static int ready;
static uint16_t port;
static char address[96];

static void is_ready(void *self, const char *where)
{
	(void)self;
	snprintf(address, sizeof address, "%s", where);
	port = (uint16_t)atoi(strrchr(where, ':') + 1);
	set(&ready, 1);
}

static void *run_server(void *arg)
{
	struct drp_diag diag = {0};
	server_result = drp_server_run(arg, &service, is_ready, &diag);
	if (server_result) {
		printf("# %s\n", diag.text);
	}
	return NULL;
}

static void start_server(void)
{
	static const struct drp_server_config config = {
		.listen = "tcp://127.0.0.1:0", .workers = 2};
	atomic_store(&committed, 0);
	set(&ready, 0);
	set(&opened, 0);
	set(&committing, 0);
	CHECK_INT(pthread_create(&server_thread, NULL, run_server, (void *)&config), 0);
	wait_at_least(&ready, 1);
}

static void stop_server(void)
{
	kill(getpid(), SIGTERM);
	pthread_join(server_thread, NULL);
	CHECK_OK(server_result);
	CHECK_INT(works, 0);
}

static int greeted(unsigned host)
{
	int fd = sp_connect(port, host);
	CHECK_INT(sp_greet(fd, SP_REQ, SP_REP), 0);
	return fd;
}

/* 0 when the right answer came, after its batch was committed. */
static int exchange(int fd, uint32_t id, const char *text)
{
	char reply[256];
	uint32_t got_id, batch;
	if (sp_send(fd, id, text, strlen(text))) {
		return -1;
	}
	int64_t n = sp_receive(fd, &got_id, reply, sizeof reply);
	if (n != (int64_t)(4 + strlen(text)) || got_id != id ||
		memcmp(reply + 4, text, strlen(text)) != 0) {
		return -1;
	}
	memcpy(&batch, reply, 4);
	return atomic_load(&committed) >= batch ? 0 : -1;
}

static void is_alive(void)
{
	int fd = greeted(99);
	CHECK_INT(exchange(fd, 5, "alive"), 0);
	close(fd);
}

/* --- cases ------------------------------------------------------------------- */

static void link_gets_answers(void)
{
	start_server();
	struct drp_link *link;
	struct drp_buf reply = {0};
	static char big[DRP_MESSAGE_MAX_BYTES];
	memset(big, 'b', sizeof big);
	CHECK_OK(drp_link_open(address, 20000, &link, NULL));
	CHECK_OK(drp_link_exchange(link, "echo", 4, 20000, &reply, NULL));
	CHECK_INT(reply.len, 8);
	CHECK_MEM(reply.data + 4, "echo", 4);
	reply.len = 0;
	CHECK_OK(drp_link_exchange(link, "door", 4, 20000, &reply, NULL));
	CHECK_STR(drp_buf_string(&reply), "refused");
	reply.len = 0;
	CHECK_OK(drp_link_exchange(link, big, sizeof big - 4, 20000, &reply, NULL));
	CHECK_INT(reply.len, sizeof big);
	CHECK_MEM(reply.data + 4, big, sizeof big - 4);
	drp_link_close(link);
	drp_buf_clear(&reply);
	stop_server();
}

#define CLIENT_THREADS 8
#define PER_THREAD     25

static void *many_clients(void *arg)
{
	unsigned thread = *(unsigned *)arg;
	int fds[PER_THREAD];
	static _Thread_local char text[32];
	intptr_t wrong = 0;
	for (int i = 0; i < PER_THREAD; i++) {
		fds[i] = sp_connect(port, 1 + thread);
		wrong += sp_greet(fds[i], SP_REQ, SP_REP) != 0;
	}
	for (uint32_t round = 0; round < 10; round++) {
		for (int i = 0; i < PER_THREAD; i++) {
			snprintf(text, sizeof text, "echo %u.%d.%u", thread, i, round);
			wrong += exchange(fds[i], round + 1, text) != 0;
		}
	}
	for (int i = 0; i < PER_THREAD; i++) {
		close(fds[i]);
	}
	return (void *)wrong;
}

static void two_hundred_clients(void)
{
	start_server();
	pthread_t threads[CLIENT_THREADS];
	unsigned numbers[CLIENT_THREADS];
	for (unsigned i = 0; i < CLIENT_THREADS; i++) {
		numbers[i] = i;
		CHECK_INT(
			pthread_create(&threads[i], NULL, many_clients, &numbers[i]), 0);
	}
	intptr_t total = 0;
	for (unsigned i = 0; i < CLIENT_THREADS; i++) {
		void *wrong;
		pthread_join(threads[i], &wrong);
		total += (intptr_t)wrong;
	}
	CHECK_INT(total, 0);
	stop_server();
}

/* Each writes these bytes and then leaves, or waits to be thrown out. */
struct rudeness {
	const char *name;
	const char *bytes;
	size_t n;
	int thrown_out;
};

#define GREETING "\0SP\0\0\x30\0\0"
#define RUDE(name, bytes, out)                                                           \
	{                                                                                \
		name, bytes, sizeof bytes - 1, out                                       \
	}

static const struct rudeness rude[] = {
	RUDE("nothing", "", 0),
	RUDE("half a greeting", "\0SP\0", 0),
	RUDE("a wrong greeting", "GET / HTTP/1.1\r\n\r\n", 1),
	RUDE("another protocol", "\0SP\0\0\x31\0\0", 1),
	RUDE("a greeting", GREETING, 0),
	RUDE("half a length", GREETING "\0\0\0", 0),
	RUDE("half a message", GREETING "\0\0\0\0\0\0\1\0\x80\0\0\1half", 0),
	RUDE("an empty message", GREETING "\0\0\0\0\0\0\0\0\0\0\0\0", 1),
	RUDE("a request id alone", GREETING "\0\0\0\0\0\0\0\4\x80\0\0\1", 1),
	RUDE("no request id", GREETING "\0\0\0\0\0\0\0\6\x70\0\0\1hi", 1),
	RUDE("one byte too many", GREETING "\0\0\0\0\0\4\0\5\x80\0\0\1", 1),
	RUDE("a length of exabytes",
		GREETING "\x7f\xff\xff\xff\xff\xff\xff\xff\x80\0\0\1", 1),
	RUDE("a question and good-bye",
		GREETING "\0\0\0\0\0\0\0\x8\x80\0\0\1"
			 "echo",
		0),
};

static void rude_clients_do_not_stop_it(void)
{
	start_server();
	for (int i = 0; i < (int)(sizeof rude / sizeof *rude); i++) {
		for (int farewell = 0; farewell < 3; farewell++) {
			int fd = sp_connect(port, 2);
			CHECK_INT(sp_write(fd, rude[i].bytes, rude[i].n), 0);
			if (rude[i].thrown_out) {
				CHECK(sp_ended(fd));
			}
			if (farewell == 1) {
				shutdown(fd, SHUT_WR);
			}
			if (farewell > 0) {
				sp_abort(fd);
			} else {
				close(fd);
			}
		}
		is_alive();
	}
	stop_server();
}

static void hundreds_of_aborts_do_not_stop_it(void)
{
	start_server();
	for (int i = 0; i < 600; i++) {
		int fd = sp_connect(port, 3 + (unsigned)i % 50);
		const struct rudeness *r =
			&rude[(size_t)i % (sizeof rude / sizeof *rude)];
		sp_write(fd, r->bytes, r->n);
		shutdown(fd, SHUT_WR);
		sp_abort(fd);
	}
	is_alive();
	stop_server();
}

/* Three times as many as there are contexts: each must be recycled. */
static void unanswered_requests_close_and_recycle(void)
{
	start_server();
	for (int i = 0; i < 3 * DRP_HUB_CONTEXTS; i++) {
		int fd = greeted(2 + (unsigned)i % 8);
		CHECK_INT(sp_send(fd, 1, i % 2 ? "none" : "fail", 4), 0);
		CHECK(sp_gone(fd));
		close(fd);
	}
	is_alive();
	stop_server();
}

/* The commit is held: 150 requests of 150 connections gather, and no answer comes
 * before it ends (exchange() compares the batch). They then share few commits. */
static void answers_follow_their_commit(void)
{
	enum { N = 150 };
	static int fds[N];
	start_server();
	set(&hold_commits, 1);
	largest_batch = 0;
	for (uint32_t i = 0; i < N; i++) {
		fds[i] = greeted(1 + i % 4);
		CHECK_INT(sp_send(fds[i], i + 1, "echo", 4), 0);
	}
	/* As many as there are contexts get in; the others wait in their sockets. */
	wait_at_least(&opened, DRP_HUB_CONTEXTS);
	for (uint32_t i = 0; i < N; i++) {
		char byte;
		CHECK_INT(recv(fds[i], &byte, 1, MSG_DONTWAIT), -1);
	}
	CHECK_INT(opened, DRP_HUB_CONTEXTS);
	set(&hold_commits, 0);
	for (uint32_t i = 0; i < N; i++) {
		char reply[16];
		uint32_t id, batch;
		CHECK_INT(sp_receive(fds[i], &id, reply, sizeof reply), 8);
		CHECK_INT(id, i + 1);
		memcpy(&batch, reply, 4);
		CHECK(atomic_load(&committed) >= batch);
		close(fds[i]);
	}
	CHECK(largest_batch > DRP_HUB_CONTEXTS / 2);
	CHECK(largest_batch <= DRP_GROUP_COMMIT_MAX);
	stop_server();
}

/* Workers blocked, every context taken, more waiting: nobody is turned away. */
static void full_house_waits(void)
{
	enum { N = 180 };
	static int fds[N];
	start_server();
	set(&gate_open, 0);
	for (uint32_t i = 0; i < N; i++) {
		fds[i] = greeted(1 + i % 6);
		CHECK_INT(sp_send(fds[i], 9, "gate", 4), 0);
	}
	wait_at_least(&opened, 2);
	set(&gate_open, 1);
	for (uint32_t i = 0; i < N; i++) {
		char reply[16];
		uint32_t id;
		CHECK_INT(sp_receive(fds[i], &id, reply, sizeof reply), 8);
		close(fds[i]);
	}
	stop_server();
}

static void *exchange_until_it_ends(void *arg)
{
	int fd = *(int *)arg;
	uint32_t id = 1;
	while (exchange(fd, id, "busy") == 0) {
		id++;
	}
	close(fd);
	return NULL;
}

static int open_files(void)
{
	int n = 0;
	DIR *dir = opendir("/proc/self/fd");
	while (readdir(dir)) {
		n++;
	}
	closedir(dir);
	return n;
}

/* NNG closes its last files a little later, on its own thread. */
static int open_files_come_down_to(int wanted)
{
	for (int i = 0; i < 2000 && open_files() > wanted; i++) {
		poll(NULL, 0, 10);
	}
	return open_files() <= wanted;
}

static void stops_cleanly_while_busy(void)
{
	/* NNG's own files exist since the first case. */
	int before = open_files();
	for (int round = 0; round < 4; round++) {
		enum { N = 32 };
		pthread_t threads[N];
		int fds[N], silent, half;
		start_server();
		for (unsigned i = 0; i < N; i++) {
			fds[i] = greeted(1 + i % 3);
			CHECK_INT(pthread_create(&threads[i], NULL,
					  exchange_until_it_ends, &fds[i]),
				0);
		}
		silent = greeted(7);
		half = greeted(8);
		CHECK_INT(sp_write(half, "\0\0\0\0\0\0\1\0\x80\0\0\1half", 16), 0);
		wait_at_least(&opened, 2000);
		stop_server();
		CHECK(sp_gone(silent) && sp_gone(half));
		close(silent);
		close(half);
		for (int i = 0; i < N; i++) {
			pthread_join(threads[i], NULL);
		}
		CHECK(open_files_come_down_to(before));
	}
}

/* A request that is being committed when the signal comes is still answered. */
static void answers_what_is_in_work_when_stopped(void)
{
	start_server();
	set(&hold_commits, 1);
	int fd = greeted(1);
	CHECK_INT(sp_send(fd, 3, "late", 4), 0);
	wait_at_least(&committing, 1);
	kill(getpid(), SIGTERM);
	/* The port closes first, so that a refused connection shows the stop has begun.
	 */
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int refused = 0;
	while (!refused) {
		int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		refused = connect(probe, (struct sockaddr *)&to, sizeof to) != 0;
		close(probe);
	}
	set(&hold_commits, 0);
	char reply[16];
	uint32_t id;
	CHECK_INT(sp_receive(fd, &id, reply, sizeof reply), 8);
	CHECK_MEM(reply + 4, "late", 4);
	CHECK(sp_gone(fd));
	close(fd);
	pthread_join(server_thread, NULL);
	CHECK_OK(server_result);
}

static void idle_is_called(void)
{
	start_server();
	set(&idles, 0);
	wait_at_least(&idles, 1);
	is_alive();
	stop_server();
}

static void wrong_addresses_are_refused(void)
{
	static const char *const wrong[] = {"127.0.0.1:0", "tcp://127.0.0.1", "tcp://:1",
		"tcp://127.0.0.1:http/x", "ipc:///tmp/x"};
	struct drp_diag diag = {0};
	struct drp_server_config config = {.workers = 1};
	for (int i = 0; i < (int)(sizeof wrong / sizeof *wrong); i++) {
		config.listen = wrong[i];
		CHECK_ERR(drp_server_run(&config, &service, NULL, NULL), DRP_E_CONFIG);
	}
	char taken[64];
	uint16_t other;
	int fd = sp_listen(&other);
	snprintf(taken, sizeof taken, "tcp://127.0.0.1:%u", other);
	config.listen = taken;
	CHECK_ERR(drp_server_run(&config, &service, NULL, &diag), DRP_E_CONFIG);
	CHECK(strstr(diag.text, taken) && strstr(diag.text, "in use"));
	close(fd);
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	CASE("a link gets answers up to the size limit, and refusals", link_gets_answers);
	CASE("two hundred clients at once get their own answers", two_hundred_clients);
	CASE("rude clients are thrown out or ignored and do not stop it",
		rude_clients_do_not_stop_it);
	CASE("six hundred aborts do not stop it", hundreds_of_aborts_do_not_stop_it);
	CASE("a request without an answer closes its connection and frees its context",
		unanswered_requests_close_and_recycle);
	CASE("no answer precedes its commit, and waiting requests share one",
		answers_follow_their_commit);
	CASE("more requests than contexts wait for their turn", full_house_waits);
	CASE("it stops cleanly while busy and leaves no file open",
		stops_cleanly_while_busy);
	CASE("what is in work when it is stopped is still answered",
		answers_what_is_in_work_when_stopped);
	CASE("idle is called", idle_is_called);
	CASE("addresses that cannot be listened on are refused",
		wrong_addresses_are_refused);
	nng_fini();
	return DONE();
}
