/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/sharding.h"

#include "tests/support/sealed_fixture.h"

static struct sealed_fixture fixture;
static struct drp_test_rng_state state;
static struct drp_rng rng;

static void the_share_context_is_as_documented(void)
{
	struct drp_report_statement s = {.group = DRP_PUPIL};
	uint8_t context[DRP_SHARE_CONTEXT_BYTES];
	memset(s.campaign.b, 0xca, 32);
	memset(s.unit.b, 0x17, 16);
	memset(s.nonce.b, 0x33, 16);
	memset(s.public_share.b, 0x99, 32);
	drp_share_context(&s, context);
	CHECK_MEM(context, "drempel share 1", 16);
	CHECK_MEM(context + 16, s.campaign.b, 32);
	CHECK_MEM(context + 48, s.unit.b, 16);
	CHECK_INT(context[64], DRP_PUPIL);
	CHECK_MEM(context + 65, s.nonce.b, 16);
	CHECK_MEM(context + 81, s.public_share.b, 32);
	CHECK_INT(context[113], 1);
	CHECK_INT(sizeof context, 114);
}

static void lengths(void)
{
	uint64_t counts[SEALED_COUNTS_MAX];
	struct drp_buf bytes = {0};
	struct drp_report r;
	struct drp_hash name;
	sealed_counts(&fixture, DRP_TEACHER, &rng, 31, counts);
	sealed_report(&fixture, DRP_TEACHER, 2, counts, &rng, &bytes, &r, &name);
	CHECK_INT(r.public_n, 64);
	CHECK_INT(r.hub_n, fixture.task[DRP_TEACHER].prio3.sizes.first_input_share);
	CHECK_INT(r.notary_n, 64 + DRP_SEAL_BYTES);
	CHECK_OK(drp_report_check(
		&fixture.task[DRP_TEACHER], &fixture.manifest, &r, 0, NULL));
	drp_buf_clear(&bytes);
}

/* The bytes of a report, to the last bit, are as long and as random for any counts. */
static void nothing_of_the_counts_shows(void)
{
	static uint64_t nobody[SEALED_COUNTS_MAX];
	uint64_t all[SEALED_COUNTS_MAX];
	struct drp_buf a = {0}, b = {0}, again = {0};
	struct drp_report x, y;
	struct drp_hash one, two, three;
	size_t ones = 0;
	sealed_counts(&fixture, DRP_LEADER, &rng, 15, all);
	sealed_report(&fixture, DRP_LEADER, 2, nobody, &rng, &a, &x, &one);
	sealed_report(&fixture, DRP_LEADER, 2, all, &rng, &b, &y, &two);
	CHECK_INT(a.len, b.len);
	for (size_t i = 0; i < 8 * x.hub_n; i++) {
		ones += x.hub_share[i / 8] >> i % 8 & 1;
	}
	CHECK_NEAR((double)ones / (double)(8 * x.hub_n), 0.5, 0.03);
	/* Twice the same counts: nothing in common but the place. */
	sealed_report(&fixture, DRP_LEADER, 2, all, &rng, &again, &x, &three);
	CHECK(memcmp(&x.statement.nonce, &y.statement.nonce, 16) != 0);
	CHECK(memcmp(x.hub_share, y.hub_share, 32) != 0);
	CHECK(memcmp(x.notary_share, y.notary_share, x.notary_n) != 0);
	CHECK(!drp_hash_equal(&two, &three));
	drp_buf_clear(&a);
	drp_buf_clear(&b);
	drp_buf_clear(&again);
}

static void counts_out_of_range(void)
{
	uint64_t counts[SEALED_COUNTS_MAX] = {0};
	const struct drp_vector *v = &fixture.task[DRP_LEADER].vector;
	struct drp_buf bytes = {0};
	struct drp_hash name;
	counts[0] = 1u << fixture.task[DRP_LEADER].prio3.circuit.bits;
	for (size_t i = 0; i < v->n_items; i++) {
		counts[v->offset[i]] = counts[0];
	}
	drp_buf_text(&bytes, "before");
	CHECK_ERR(drp_report_make(&fixture.task[DRP_LEADER], counts, &fixture.unit[0].id,
			  fixture.school[0], fixture.manifest.notary_box, &rng, &bytes,
			  &name),
		DRP_E_RANGE);
	memset(counts, 0, sizeof counts);
	uint8_t no_key[DRP_BOX_KEY_BYTES] = {0};
	CHECK_ERR(drp_report_make(&fixture.task[DRP_LEADER], counts, &fixture.unit[0].id,
			  fixture.school[0], no_key, &rng, &bytes, &name),
		DRP_E_SIGNATURE);
	CHECK_INT(bytes.len, 6);
	drp_buf_clear(&bytes);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	rng = drp_test_rng(&state, 21);
	sealed_fixture_make(&fixture);
	CASE("the share's context is as it is documented",
		the_share_context_is_as_documented);
	CASE("parts of a report have the documented lengths", lengths);
	CASE("a report shows nothing of the counts", nothing_of_the_counts_shows);
	CASE("counts that are no tabulation make no report", counts_out_of_range);
	sealed_fixture_free(&fixture);
	return DONE();
}
