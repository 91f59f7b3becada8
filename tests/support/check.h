/* SPDX-License-Identifier: Apache-2.0
 *
 * The test harness: one process a file, one function a case, TAP on stdout. A case's
 * name is a sentence of behaviour. A failed CHECK ends its case, not the process.
 *
 *	static void adds(void) { CHECK_INT(1 + 1, 2); }
 *	int main(void) { CASE("one and one is two", adds); return DONE(); }
 */
#ifndef DRP_TESTS_CHECK_H
#define DRP_TESTS_CHECK_H

#include <drempel/err.h>

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static jmp_buf drp_check_exit;
static int drp_check_count, drp_check_failures;

__attribute__((unused, noreturn)) static void drp_check_fail(const char *file, int line)
{
	printf("#   at %s:%d\n", file, line);
	longjmp(drp_check_exit, 1);
}

#define CHECK(condition)                                                                 \
	do {                                                                             \
		if (!(condition)) {                                                      \
			printf("# expected: %s\n", #condition);                          \
			drp_check_fail(__FILE__, __LINE__);                              \
		}                                                                        \
	} while (0)

#define CHECK_INT(got, want)                                                             \
	do {                                                                             \
		int64_t got_ = (int64_t)(got), want_ = (int64_t)(want);                  \
		if (got_ != want_) {                                                     \
			printf("# %s: got %" PRId64 ", expected %" PRId64 "\n", #got,    \
				got_, want_);                                            \
			drp_check_fail(__FILE__, __LINE__);                              \
		}                                                                        \
	} while (0)

#define CHECK_ERR(got, want)                                                             \
	do {                                                                             \
		enum drp_err got_ = (got), want_ = (want);                               \
		if (got_ != want_) {                                                     \
			printf("# %s: got %s, expected %s\n", #got, drp_err_name(got_),  \
				drp_err_name(want_));                                    \
			drp_check_fail(__FILE__, __LINE__);                              \
		}                                                                        \
	} while (0)

#define CHECK_OK(got) CHECK_ERR(got, DRP_OK)

#define CHECK_STR(got, want)                                                             \
	do {                                                                             \
		const char *got_ = (got), *want_ = (want);                               \
		if (strcmp(got_, want_) != 0) {                                          \
			printf("# %s: got \"%s\", expected \"%s\"\n", #got, got_,        \
				want_);                                                  \
			drp_check_fail(__FILE__, __LINE__);                              \
		}                                                                        \
	} while (0)

#define CHECK_NEAR(got, want, tolerance)                                                 \
	do {                                                                             \
		double got_ = (got), want_ = (want);                                     \
		if (!(fabs(got_ - want_) <= (tolerance))) {                              \
			printf("# %s: got %.10g, expected %.10g\n", #got, got_, want_);  \
			drp_check_fail(__FILE__, __LINE__);                              \
		}                                                                        \
	} while (0)

#define CHECK_MEM(got, want, n)                                                          \
	do {                                                                             \
		if (memcmp((got), (want), (n)) != 0) {                                   \
			printf("# %s differs from %s\n", #got, #want);                   \
			drp_check_fail(__FILE__, __LINE__);                              \
		}                                                                        \
	} while (0)

__attribute__((unused)) static void drp_check_case(const char *name, void (*body)(void))
{
	drp_check_count++;
	if (setjmp(drp_check_exit) == 0) {
		body();
		printf("ok %d - %s\n", drp_check_count, name);
	} else {
		drp_check_failures++;
		printf("not ok %d - %s\n", drp_check_count, name);
	}
	fflush(stdout);
}

__attribute__((unused)) static int drp_check_done(void)
{
	printf("1..%d\n", drp_check_count);
	return drp_check_failures != 0 || drp_check_count == 0;
}

#define CASE(name, body) drp_check_case(name, body)
#define DONE()		 drp_check_done()

#endif
