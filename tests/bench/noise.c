/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_noise [--json]: discrete Gaussian samples a second with the pooled randomness of
 * the daemons, and beside it with a getrandom() for every uniform number.
 */
#include "proto/privacy/noise.h"
#include "proto/crypto/crypto.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define SECONDS 0.5 /* per figure */
#define BATCH	1000

static const uint32_t variances[] = {1, 18, 1027, 4106, 100000};
#define VARIANCES (sizeof variances / sizeof *variances)

struct figure {
	double pooled, unpooled; /* samples a second */
	double bytes;		 /* random bytes a sample */
};

static void unpooled_fill(void *self, void *bytes, size_t n)
{
	uint64_t *total = self;

	while (getrandom(bytes, n, 0) != (ssize_t)n) {
		/* interrupted: so few bytes come whole or not at all */
	}
	*total += n;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Draws for SECONDS; samples are the number drawn, the result is that a second. */
static enum drp_err measure(
	const struct drp_rng *rng, uint32_t sigma2, uint64_t *samples, double *per_second)
{
	double start = now(), elapsed;
	int64_t values[BATCH] = {0};

	*samples = 0;
	do {
		enum drp_err err = drp_noise_add(rng, sigma2, values, BATCH);
		if (err) {
			return err;
		}
		*samples += BATCH;
		elapsed = now() - start;
	} while (elapsed < SECONDS);
	*per_second = (double)*samples / elapsed;
	return DRP_OK;
}

static enum drp_err measure_variance(uint32_t sigma2, struct figure *figure)
{
	struct drp_rng pooled = drp_system_rng();
	uint64_t bytes = 0, samples;
	struct drp_rng unpooled = {unpooled_fill, &bytes};
	enum drp_err err = measure(&pooled, sigma2, &samples, &figure->pooled);

	if (!err) {
		err = measure(&unpooled, sigma2, &samples, &figure->unpooled);
		figure->bytes = (double)bytes / (double)samples;
	}
	return err;
}

static void print_json(const struct figure *figures)
{
	printf("{\"bench\":\"noise\",\"results\":[");
	for (size_t i = 0; i < VARIANCES; i++) {
		printf("%s{\"sigma2\":%" PRIu32 ",\"samples_per_second\":%.0f,"
		       "\"bytes_per_sample\":%.2f,\"unpooled_samples_per_second\":%.0f}",
			i > 0 ? "," : "", variances[i], figures[i].pooled,
			figures[i].bytes, figures[i].unpooled);
	}
	printf("]}\n");
}

static void print_table(const struct figure *figures)
{
	printf("discrete Gaussian noise, one thread\n\n");
	printf("  sigma2    samples/s  bytes/sample    samples/s without the pool\n");
	for (size_t i = 0; i < VARIANCES; i++) {
		printf("%8" PRIu32 " %12.0f %13.1f %18.0f\n", variances[i],
			figures[i].pooled, figures[i].bytes, figures[i].unpooled);
	}
}

int main(int argc, char **argv)
{
	struct figure figures[VARIANCES];
	int json = argc == 2 && strcmp(argv[1], "--json") == 0;
	enum drp_err err;

	if (argc > 1 && !json) {
		fprintf(stderr, "usage: bench_noise [--json]\n");
		return 2;
	}
	err = drp_crypto_init();
	for (size_t i = 0; i < VARIANCES && !err; i++) {
		err = measure_variance(variances[i], &figures[i]);
	}
	if (err) {
		fprintf(stderr, "bench_noise: %s\n", drp_err_text(err));
		return 1;
	}
	if (json) {
		print_json(figures);
	} else {
		print_table(figures);
	}
	return 0;
}
