/* SPDX-License-Identifier: Apache-2.0
 *
 * Was this teacher's questionnaire in the contribution? The attacker of likelihood.h
 * plays many releases with the noise of a campaign's manifest: it does no better than
 * the budget says, and hardly worse, so that it is a good attacker. With a fifth of the
 * noise it does better.
 */
#include "tests/attack/likelihood.h"

#define MARGIN .01

static struct region r;
static int64_t with[LIKELIHOOD_TRIALS_MAX], without[LIKELIHOOD_TRIALS_MAX];

static double attack(enum drp_group group, uint32_t weaker, size_t trials, double *bound)
{
	static struct worlds w;
	const struct drp_release *release = drp_manifest_release(
		r.manifest, group, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
	likelihood_worlds(r.instrument, group, 19, 4, &w);
	CHECK_INT(w.length2, release->delta2); /* nobody can do more */
	likelihood_play(&r.rng, &w, release->sigma2 / weaker, trials, with, without);
	*bound = likelihood_bound(release->rho);
	return likelihood_auc(with, without, trials);
}

static void no_better_than_the_budget(void)
{
	static const size_t trials[DRP_GROUPS] = {10000, 16000, 40000};
	for (int g = 0; g < DRP_GROUPS; g++) {
		double bound, auc = attack((enum drp_group)g, 1, trials[g], &bound);
		printf("# %s: AUC %.4f, the budget allows %.4f\n", drp_group_code(g), auc,
			bound);
		CHECK(auc <= bound + MARGIN);
		CHECK(auc >= bound - MARGIN);
		CHECK(g == DRP_LEADER || bound <= .5621);
	}
}

static void less_noise_is_noticed(void)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		double bound, auc = attack((enum drp_group)g, 25, 2000, &bound);
		printf("# %s with a fifth of the noise: AUC %.4f\n", drp_group_code(g),
			auc);
		CHECK(auc > bound + 10 * MARGIN);
	}
}

int main(void)
{
	region_prepare(&r, 5);
	region_schools(&r, 20);
	region_manifest(&r);
	CASE("nobody tells a sheet from a blank one better than the budget says",
		no_better_than_the_budget);
	CASE("control: with a fifth of the noise the attacker does",
		less_noise_is_noticed);
	drp_manifest_free(r.manifest);
	drp_instrument_free(r.instrument);
	return DONE();
}
