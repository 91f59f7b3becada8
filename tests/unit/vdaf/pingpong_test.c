/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/vdaf/pingpong.h"

#include "proto/base/alloc.h"
#include "tests/unit/vdaf/samples.h"

static struct sample_report report;
static uint8_t initialize[SAMPLE_BYTES_MAX], finish[SAMPLE_BYTES_MAX];

static struct drp_bytes input_share(const struct drp_prio3 *p, unsigned a)
{
	return (struct drp_bytes){
		report.input_share[a], drp_prio3_input_share_size(p, a)};
}

static struct drp_bytes public_share(const struct drp_prio3 *p)
{
	return (struct drp_bytes){report.public_share, p->sizes.public_share};
}

static enum drp_err start(const struct drp_prio3 *p)
{
	return drp_pingpong_start(p, sample_key, report.nonce, public_share(p),
		input_share(p, 0), report.state[0], initialize);
}

static enum drp_err answer(const struct drp_prio3 *p, size_t n)
{
	return drp_pingpong_answer(p, sample_key, report.nonce, public_share(p),
		input_share(p, 1), (struct drp_bytes){initialize, n}, report.out_share[1],
		finish);
}

static enum drp_err end(const struct drp_prio3 *p, size_t n)
{
	return drp_pingpong_finish(p, (struct drp_bytes){report.state[0], p->sizes.state},
		(struct drp_bytes){finish, n}, report.out_share[0]);
}

static void begin(size_t i, struct drp_prio3 *p)
{
	sample_instance(i, 2, p);
	CHECK_OK(sample_shard(p, sample_measurement[i], 3, &report));
	CHECK_OK(start(p));
	CHECK_OK(answer(p, drp_pingpong_initialize_size(p)));
	CHECK_OK(end(p, drp_pingpong_finish_size(p)));
}

/* The same output shares as without ping-pong, and messages framed by the draft. */
static void exchange(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		static struct sample_report star;
		struct drp_prio3 p;
		begin(i, &p);
		memcpy(&star, &report, sizeof star);
		CHECK_OK(sample_verify(&p, &star));
		for (unsigned a = 0; a < 2; a++) {
			CHECK_MEM(report.out_share[a], star.out_share[a],
				p.sizes.out_share);
		}
		size_t n = p.sizes.verifier_share;
		CHECK_INT(drp_pingpong_initialize_size(&p), 5 + n);
		CHECK_INT(initialize[0], 0);
		CHECK_INT(initialize[1], 0);
		CHECK_INT(initialize[2], 0);
		CHECK_INT(initialize[3] << 8 | initialize[4], n);
		CHECK_MEM(initialize + 5, star.verifier_share[0], n);
		n = p.sizes.message;
		CHECK_INT(drp_pingpong_finish_size(&p), 5 + n);
		CHECK_MEM(finish, ((uint8_t[]){2, 0, 0, 0, (uint8_t)n}), 5);
		CHECK_MEM(finish + 5, star.message, n);
	}
}

static void flips(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct drp_prio3 p;
		begin(i, &p);
		size_t first = drp_pingpong_initialize_size(&p);
		size_t second = drp_pingpong_finish_size(&p);
		for (size_t k = 0; k < first; k++) {
			for (unsigned bit = 1; bit < 256; bit *= k < 5 ? 2 : 16) {
				initialize[k] ^= (uint8_t)bit;
				enum drp_err err = answer(&p, first);
				/* A wrong part of the randomness shows at the hub. */
				err = err ? err : end(&p, second);
				CHECK(err == DRP_E_PROOF || err == DRP_E_MALFORMED);
				CHECK(k >= 5 || err == DRP_E_MALFORMED);
				initialize[k] ^= (uint8_t)bit;
			}
		}
		CHECK_OK(answer(&p, first));
		for (size_t k = 0; k < second; k++) {
			for (unsigned bit = 1; bit < 256; bit *= 2) {
				finish[k] ^= (uint8_t)bit;
				CHECK_ERR(end(&p, second),
					k < 5 ? DRP_E_MALFORMED : DRP_E_PROOF);
				finish[k] ^= (uint8_t)bit;
			}
		}
		CHECK_OK(end(&p, second));
	}
}

static void wrong_lengths(void)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		struct drp_prio3 p;
		begin(i, &p);
		for (size_t n = 0; n <= drp_pingpong_initialize_size(&p) + 1; n++) {
			if (n != drp_pingpong_initialize_size(&p)) {
				CHECK_ERR(answer(&p, n), DRP_E_MALFORMED);
			}
		}
		for (size_t n = 0; n <= drp_pingpong_finish_size(&p) + 1; n++) {
			if (n != drp_pingpong_finish_size(&p)) {
				CHECK_ERR(end(&p, n), DRP_E_MALFORMED);
			}
		}
	}
}

static void two_only(void)
{
	struct drp_prio3 p;

	begin(5, &p);
	p.shares = 3;
	CHECK_ERR(start(&p), DRP_E_RANGE);
	CHECK_ERR(answer(&p, drp_pingpong_initialize_size(&p)), DRP_E_RANGE);
	CHECK_ERR(end(&p, drp_pingpong_finish_size(&p)), DRP_E_RANGE);
}

static void refused_answers_say_nothing(void)
{
	static const uint8_t untouched[SAMPLE_BYTES_MAX];
	struct drp_prio3 p;

	begin(5, &p);
	memset(finish, 0, sizeof finish);
	memset(report.out_share[1], 0, sizeof report.out_share[1]);
	initialize[5] ^= 1;
	CHECK_ERR(answer(&p, drp_pingpong_initialize_size(&p)), DRP_E_PROOF);
	initialize[5] ^= 1;
	for (unsigned long n = 1; n <= 4; n++) {
		drp_alloc_hook(n, 0);
		CHECK_ERR(answer(&p, drp_pingpong_initialize_size(&p)), DRP_E_NOMEM);
	}
	drp_alloc_hook(0, 0);
	CHECK_MEM(finish, untouched, sizeof finish);
	CHECK_MEM(report.out_share[1], untouched, sizeof report.out_share[1]);
	CHECK_OK(answer(&p, drp_pingpong_initialize_size(&p)));
}

int main(void)
{
	CASE("one exchange gives both their output shares", exchange);
	CASE("a flipped bit in either message is refused", flips);
	CASE("a message of another length is refused", wrong_lengths);
	CASE("an instance for three is refused", two_only);
	CASE("a refused answer leaves nothing behind", refused_answers_say_nothing);
	return DONE();
}
