/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool never gives the same bytes twice: not to one thread, not to two threads, not
 * to a process and its child; and without randomness the process ends.
 */
#include "proto/base/env.h"
#include "proto/crypto/crypto.h"
#include "tests/support/check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct drp_rng rng;

static int order(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

static int all_differ(uint8_t (*row)[16], size_t n)
{
	qsort(row, n, 16, order);
	for (size_t i = 1; i < n; i++) {
		if (order(row[i - 1], row[i]) == 0) {
			return 0;
		}
	}
	return 1;
}

static void one_thread_sees_no_repeat(void)
{
	static uint8_t row[5000][16];
	for (size_t i = 0; i < 5000; i++) {
		rng.fill(rng.self, row[i], 16);
	}
	CHECK(all_differ(row, 5000));
}

static void fills_any_length(void)
{
	static uint8_t bytes[5000];
	for (size_t n = 0; n < sizeof bytes; n += n < 40 ? 1 : 613) {
		int nonzero = 0;
		memset(bytes, 0, sizeof bytes);
		for (int again = 0; again < 20; again++) {
			rng.fill(rng.self, bytes, n);
			nonzero |= n && bytes[n - 1];
		}
		CHECK_INT(nonzero, n > 0);
		CHECK_INT(bytes[n], 0);
	}
	rng.fill(rng.self, NULL, 0);
}

static void *draw(void *out)
{
	rng.fill(rng.self, out, 16);
	return NULL;
}

static void threads_draw_different_bytes(void)
{
	static uint8_t row[8][16];
	pthread_t thread[8];
	for (size_t i = 0; i < 8; i++) {
		CHECK(pthread_create(&thread[i], NULL, draw, row[i]) == 0);
	}
	for (size_t i = 0; i < 8; i++) {
		pthread_join(thread[i], NULL);
	}
	CHECK(all_differ(row, 8));
}

static void a_child_draws_different_bytes(void)
{
	uint8_t row[2][16];
	int channel[2], status;
	rng.fill(rng.self, row[0], 16); /* the pool is half used when it is copied */
	CHECK(pipe(channel) == 0);
	pid_t child = fork();
	if (child == 0) {
		rng.fill(rng.self, row[1], 16);
		_exit(write(channel[1], row[1], 16) != 16);
	}
	rng.fill(rng.self, row[0], 16);
	CHECK_INT(read(channel[0], row[1], 16), 16);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK(all_differ(row, 2));
}

/* deny makes getrandom fail in this process from now on. */
static int deny(void)
{
	struct sock_filter rule[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getrandom, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof rule / sizeof rule[0], rule};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

static void without_randomness_the_process_ends(void)
{
	uint8_t bytes[16];
	int status;
	pid_t child = fork();
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		if (deny()) {
			_exit(2);
		}
		rng.fill(rng.self, bytes, sizeof bytes);
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(!WIFEXITED(status) || WEXITSTATUS(status) != 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void)
{
	if (drp_crypto_init()) {
		return 1;
	}
	rng = drp_system_rng();
	CASE("one thread sees no repeat", one_thread_sees_no_repeat);
	CASE("any length is filled, and no byte more", fills_any_length);
	CASE("threads draw different bytes", threads_draw_different_bytes);
	CASE("a child draws other bytes than its parent", a_child_draws_different_bytes);
	CASE("without randomness the process ends", without_randomness_the_process_ends);
	return DONE();
}
