/* SPDX-License-Identifier: Apache-2.0
 *
 * An attacker who can make a school approve and publish again and again, cut every
 * connection and restart both sides, hopes for fresh noise to average away. A thousand
 * rounds give one string of bytes and one charge. The control draws anew each time.
 */
#include "tests/attack/collect.h"

#include "proto/privacy/noise.h"

#include <math.h>

#define ROUNDS	1000
#define SCHOOLS 5

static struct fed f;
static struct drp_hash seen[8];
static size_t n_seen, n_sent;

/* What the hub reads in a request, when it carries a contribution. The connection breaks
 * then: the hub stores, and the node knows nothing of it. */
static int look_and_cut(struct fed *fed, const struct drp_buf *request)
{
	struct drp_envelope envelope;
	struct drp_request q;
	struct drp_buf body = {0};
	struct drp_hash hash;
	uint8_t key[DRP_MESSAGE_KEY_BYTES];
	size_t i = 0;
	CHECK_OK(drp_envelope_parse(request->data, request->len, &envelope));
	if (envelope.type != DRP_MSG_SUBMIT) {
		return 0;
	}
	CHECK_OK(drp_envelope_verify(&envelope));
	CHECK_OK(drp_envelope_open(&envelope, fed->hub.keys, &body, key));
	CHECK_OK(drp_request_decode(envelope.type, body.data, body.len, &q));
	drp_hash_bytes(q.submit.bytes, q.submit.n, &hash);
	drp_buf_clear(&body);
	while (i < n_seen && !drp_hash_equal(&seen[i], &hash)) {
		i++;
	}
	CHECK(i < sizeof seen / sizeof seen[0]);
	seen[i] = hash;
	n_seen += i == n_seen;
	n_sent++;
	return 1;
}

static double distance(const int64_t *exact, const double *guess, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++) {
		sum += ((double)exact[i] - guess[i]) * ((double)exact[i] - guess[i]);
	}
	return sqrt(sum / (double)n);
}

/* Noise drawn anew in every round. */
static double control(const struct drp_candidate *c, uint32_t sigma2)
{
	static double mean[DRP_VALUES_MAX];
	static int64_t value[DRP_VALUES_MAX];
	memset(mean, 0, sizeof mean);
	for (int round = 0; round < ROUNDS; round++) {
		memcpy(value, c->value, sizeof value);
		CHECK_OK(drp_noise_add(&f.rng, sigma2, value, c->n_values));
		for (size_t i = 0; i < c->n_values; i++) {
			mean[i] += (double)value[i] / ROUNDS;
		}
	}
	return distance(c->value, mean, c->n_values);
}

static void a_thousand_rounds(void)
{
	static struct drp_candidate exact;
	static struct drp_contribution sent;
	static double guess[DRP_VALUES_MAX];
	const struct drp_sync_options push = {.push = 1};
	struct fed_school *s = &f.school[0];
	uint32_t approved = 0;
	collect_begin(&f, SCHOOLS, 21);
	collect_approve(&f, s);
	for (int round = 0; round < ROUNDS; round++) {
		if (round % 10 == 0) {
			collect_restart(&f, s);
		}
		if (round % 50 == 0) {
			fed_close_hub(&f);
			fed_open_hub(&f);
		}
		CHECK_OK(fed_approve(&f, s, FED_CAMPAIGN, &approved));
		CHECK_INT(approved, 0);
		CHECK_OK(collect_visit(&f, s, &push, look_and_cut));
	}
	CHECK_INT(n_sent, ROUNDS);
	CHECK_INT(n_seen, 1);
	CHECK_INT(collect_charges(s), 2); /* one of teachers, one of pupils */

	for (int g = DRP_TEACHER; g <= DRP_PUPIL; g++) {
		struct drp_hash hash;
		struct drp_buf bytes = {0};
		collect_bytes(s, g, &bytes);
		drp_hash_bytes(bytes.data, bytes.len, &hash);
		if (drp_hash_equal(&hash, &seen[0])) {
			collect_exact(s, g, &exact);
			CHECK_OK(drp_contribution_decode(bytes.data, bytes.len, &sent));
		}
		drp_buf_clear(&bytes);
	}
	CHECK(sent.n_values == exact.n_values && sent.sigma2 > 0);
	for (size_t i = 0; i < sent.n_values; i++) {
		guess[i] = (double)sent.value[i]; /* the mean of equal bytes */
	}
	double sigma = sqrt(sent.sigma2);
	double kept = distance(exact.value, guess, exact.n_values);
	double redrawn = control(&exact, sent.sigma2);
	printf("# error of the average of %d rounds: %.1f; redrawn each time %.1f; one "
	       "draw's sigma %.1f\n",
		ROUNDS, kept, redrawn, sigma);
	CHECK(kept > .7 * sigma);
	CHECK(redrawn < .06 * sigma);
	fed_end(&f);
}

int main(void)
{
	CASE("a thousand publications are one", a_thousand_rounds);
	return DONE();
}
