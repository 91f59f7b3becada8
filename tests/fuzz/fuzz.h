/* SPDX-License-Identifier: Apache-2.0
 *
 * A fuzz target is one file fuzz_<name>.c with LLVMFuzzerTestOneInput; its inputs lie in
 * corpus/<name>/. Built with libFuzzer it searches (tests/fuzz/run); built with replay.c
 * it runs its corpus and is the ctest fuzz.<name>. An input that once broke something
 * stays in the corpus.
 */
#ifndef DRP_TESTS_FUZZ_H
#define DRP_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that every input must have. */
#define REQUIRE(condition)                                                               \
	do {                                                                             \
		if (!(condition)) {                                                      \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__,       \
				#condition);                                             \
			abort();                                                         \
		}                                                                        \
	} while (0)

#endif
