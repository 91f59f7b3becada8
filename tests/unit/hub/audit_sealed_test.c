/* SPDX-License-Identifier: Apache-2.0
 *
 * The checks of an audit that read no more than manifest and edition, of a sealed
 * campaign.
 */
#include "hub/audit_checks.h"
#include "proto/privacy/rational.h"
#include "proto/privacy/sensitivity.h"

#include "tests/support/sealed_world.h"

static struct sealed_world world;
static struct drp_evidence evidence;

/* Each release its own noise, all of them the group's budget. */
static void price(void)
{
	struct drp_manifest *m = &world.frame.manifest;
	for (int g = 0; g < DRP_GROUPS; g++) {
		m->rho[g] = (struct drp_rational){0, 1};
	}
	for (size_t i = 0; i < m->n_releases; i++) {
		struct drp_release *r = &m->release[i];
		r->rho = (struct drp_rational){0, 1};
		if (r->map != DRP_MAP_COUNTS) {
			r->rho = (struct drp_rational){1, 100};
			CHECK_OK(drp_sigma2_for(r->delta2, r->rho, &r->sigma2));
			CHECK_OK(drp_rational_add(
				m->rho[r->group], r->rho, &m->rho[r->group]));
		}
	}
}

static void make(void)
{
	sealed_clear(&world);
	sealed_begin(&world);
	price();
	frame_schools(&world.frame, 6, DRP_BE21, 1, DRP_KOV, 40);
	frame_schools(&world.frame, 6, DRP_BE22, 3, DRP_GO, 40);
	frame_schools(&world.frame, 6, DRP_BE24, 4, DRP_GO, 40);
	sealed_open(&world);
	sealed_build(&world);
	evidence = (struct drp_evidence){.manifest = &world.frame.manifest,
		.instrument = &world.instrument,
		.edition = world.edition,
		.came = world.came};
}

static void says(int ok, const char *part)
{
	if (ok != !part || (part && !strstr(evidence.detail, part))) {
		printf("# %s\n", evidence.detail);
	}
	CHECK_INT(ok, !part);
	CHECK(!part || strstr(evidence.detail, part));
}

static void all_holds(void)
{
	make();
	says(drp_audit_budget(&evidence), NULL);
	says(drp_audit_gates_numbers(&evidence), NULL);
	says(drp_audit_gates_values(&evidence), NULL);
	says(drp_audit_suppressed(&evidence), NULL);
}

static void accounts_that_do_not_fit(void)
{
	make();
	world.edition->accounting[0].draws = 1;
	says(drp_audit_budget(&evidence), "group leader");
	make();
	world.edition->accounting[2].sigma2--;
	says(drp_audit_budget(&evidence), "group teacher");
	make();
	world.edition->accounting[5].rho.den = 99;
	says(drp_audit_budget(&evidence), "group pupil");
	make();
	world.edition->n_accounting--;
	says(drp_audit_budget(&evidence), "group pupil");
	make();
	world.frame.manifest.rho[DRP_PUPIL].den *= 2;
	says(drp_audit_budget(&evidence), "group pupil");
}

static void archives_that_do_not_fit(void)
{
	make();
	world.edition->opened[0].items = DRP_RELEASE_ADDITIONAL;
	says(drp_audit_gates_values(&evidence), "archived that no row shows");
	make();
	world.edition->opened[0].map = DRP_MAP_HISTOGRAM;
	says(drp_audit_gates_values(&evidence), "archived that no row shows");
	make();
	drp_free(world.edition->opened[world.edition->n_opened - 1].value);
	world.edition->n_opened--;
	says(drp_audit_gates_values(&evidence), "are not archived");
}

int main(void)
{
	CASE("a sealed edition passes", all_holds);
	CASE("accounts that do not fit the manifest", accounts_that_do_not_fit);
	CASE("archives that do not fit the rows", archives_that_do_not_fit);
	sealed_clear(&world);
	return DONE();
}
