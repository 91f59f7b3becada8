/* SPDX-License-Identifier: Apache-2.0
 *
 * The guard must be what libnng itself calls. Without it the first case leaves a bare
 * listener deaf for ever.
 */
#include "proto/runtime/epipe_guard.h"
#include "tests/unit/runtime/sp.h"

#include <dlfcn.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>

static nng_socket open_rep(uint16_t *port)
{
	nng_socket socket;
	nng_listener listener;
	nng_sockaddr address;
	CHECK_INT(nng_rep0_open(&socket), 0);
	CHECK_INT(nng_listen(socket, "tcp://127.0.0.1:0", &listener, 0), 0);
	CHECK_INT(nng_listener_get_addr(listener, NNG_OPT_LOCADDR, &address), 0);
	*port = ntohs(address.s_in.sa_port);
	return socket;
}

static void echo_once(nng_socket socket, uint16_t port)
{
	int fd = sp_connect(port, 1);
	CHECK_INT(sp_greet(fd, SP_REQ, SP_REP), 0);
	CHECK_INT(sp_send(fd, 7, "alive", 5), 0);
	nng_msg *message;
	CHECK_INT(nng_recvmsg(socket, &message, 0), 0);
	CHECK_INT(nng_sendmsg(socket, message, 0), 0);
	char body[16];
	uint32_t id;
	CHECK_INT(sp_receive(fd, &id, body, sizeof body), 5);
	CHECK_MEM(body, "alive", 5);
	close(fd);
}

/* FIN and then a reset, before NNG has said its first word: its sendmsg gets EPIPE. */
static void listener_survives_aborts(void)
{
	uint16_t port;
	nng_socket socket = open_rep(&port);
	CHECK_INT(nng_socket_set_ms(socket, NNG_OPT_RECVTIMEO, 20000), 0);
	unsigned long before = drp_epipe_guard();
	int i;
	for (i = 0; i < 5000 && drp_epipe_guard() < before + 3; i++) {
		int fd = sp_connect(port, 1);
		shutdown(fd, SHUT_WR);
		sp_abort(fd);
	}
	printf("# %d aborts, %lu of them seen as EPIPE\n", i, drp_epipe_guard() - before);
	CHECK(drp_epipe_guard() > before);
	echo_once(socket, port);
	nng_close(socket);
}

static void linker_prefers_the_guard(void)
{
	static const char *const names[] = {"sendmsg", "getsockopt"};
	Dl_info guard, found;
	CHECK(dladdr((void *)(uintptr_t)drp_epipe_guard, &guard));
	for (int i = 0; i < 2; i++) {
		void *symbol = dlsym(RTLD_DEFAULT, names[i]);
		CHECK(symbol && dladdr(symbol, &found));
		CHECK_STR(found.dli_fname, guard.dli_fname);
	}
}

static void other_errors_and_values_pass(void)
{
	int type = 0, error = 77;
	socklen_t size = sizeof type;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK_INT(getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size), 0);
	CHECK_INT(type, SOCK_STREAM);
	size = sizeof error;
	CHECK_INT(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size), 0);
	CHECK_INT(error, 0);
	close(fd);
	struct msghdr message = {0};
	errno = 0;
	CHECK_INT(sendmsg(fd, &message, 0), -1);
	CHECK_INT(errno, EBADF);
	CHECK_INT(getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size), -1);
	CHECK_INT(errno, EBADF);
}

int main(void)
{
	CASE("an NNG listener survives aborted connections", listener_survives_aborts);
	CASE("the dynamic linker finds the guard first", linker_prefers_the_guard);
	CASE("every other error and option passes unchanged",
		other_errors_and_values_pass);
	nng_fini();
	return DONE();
}
