/* SPDX-License-Identifier: Apache-2.0
 *
 * noise_tape FILE COUNT gaussian P Q | laplace T
 *
 * Draws COUNT values with the bytes of FILE for randomness and prints, for each, the
 * value and the position in the file behind it. A file that ends too early is an error.
 */
#include "proto/base/text.h"
#include "proto/privacy/noise.h"
#include "proto/privacy/noise_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void tape_fill(void *self, void *bytes, size_t n)
{
	if (fread(bytes, 1, n, self) != n) {
		fprintf(stderr, "noise_tape: the tape ended\n");
		exit(1);
	}
}

static enum drp_err draw(
	const struct drp_rng *rng, const uint32_t *parameters, int n, int64_t *value)
{
	struct drp_noise_source source = {rng, DRP_NOISE_DRAW_MAX_BYTES};

	return n == 2 ? drp_noise_gaussian(rng, parameters[0], parameters[1], value)
		      : drp_noise_laplace(&source, parameters[0], value);
}

static int print_draws(FILE *file, uint32_t count, const uint32_t *parameters, int n)
{
	struct drp_rng rng = {tape_fill, file};
	int64_t value;

	for (uint32_t i = 0; i < count; i++) {
		enum drp_err err = draw(&rng, parameters, n, &value);
		if (err) {
			fprintf(stderr, "noise_tape: draw %u: %s\n", i,
				drp_err_text(err));
			return 1;
		}
		printf("%" PRId64 " %ld\n", value, ftell(file));
	}
	return 0;
}

int main(int argc, char **argv)
{
	uint32_t count, parameters[2];
	int n = argc - 4, failed;
	FILE *file;

	if (n != (argc > 3 && strcmp(argv[3], "gaussian") == 0 ? 2 : 1) ||
		drp_parse_u32(argv[2], 1, UINT32_MAX, &count) != 0) {
		fprintf(stderr,
			"usage: noise_tape FILE COUNT gaussian P Q | laplace T\n");
		return 2;
	}
	for (int i = 0; i < n; i++) {
		if (drp_parse_u32(argv[4 + i], 1, UINT32_MAX, &parameters[i]) != 0) {
			fprintf(stderr, "noise_tape: %s is no positive number\n",
				argv[4 + i]);
			return 2;
		}
	}
	file = fopen(argv[1], "rb");
	if (!file) {
		fprintf(stderr, "noise_tape: cannot open %s\n", argv[1]);
		return 1;
	}
	failed = print_draws(file, count, parameters, n);
	fclose(file);
	return failed;
}
