/* SPDX-License-Identifier: Apache-2.0
 *
 * The catalogue of api_fixture.h with its history and targets: 28 schools took part, and
 * "one-in-ten" asks for 10 % of 280 by the end of 2026; "elsewhere" is of a region that
 * has no campaign. The edition was made on 1 July 2026.
 */
#ifndef DRP_TESTS_TARGET_FIXTURE_H
#define DRP_TESTS_TARGET_FIXTURE_H

#include "tests/support/api_fixture.h"

#define TARGET_BY 20818 /* 2026-12-31 */

struct target_fixture {
	struct api_fixture api;
	struct drp_history *history;
	struct drp_target target[2];
	struct drp_catalogue catalogue; /* of both */
};

static inline void target_fixture_open(struct target_fixture *f)
{
	struct drp_diag diag = {0};
	memset(f, 0, sizeof *f);
	api_fixture_open(&f->api);
	f->history = drp_history_new();
	CHECK_OK(drp_history_load(f->history, &f->api.hub.hub, FIXTURE_CAMPAIGN, &diag));
	for (int i = 0; i < 2; i++) {
		f->target[i] = (struct drp_target){.id = "one-in-ten",
			.title = "One in ten",
			.region = "VL",
			.state = DRP_REACHED_TOOK_PART,
			.sector = DRP_SECTOR_TOTAL,
			.permille = 100,
			.by = TARGET_BY,
			.source = "a law, of 2026",
			.note_en = "A note & more",
			.note_nl = "Een noot",
			.whole = {280, "schools", "a count", "of 2020"}};
	}
	snprintf(f->target[1].id, sizeof f->target[1].id, "elsewhere");
	snprintf(f->target[1].title, sizeof f->target[1].title, "Of another region");
	snprintf(f->target[1].region, sizeof f->target[1].region, "BR");
	f->catalogue = f->api.catalogue;
	f->catalogue.history = f->history;
	f->catalogue.target = f->target;
	f->catalogue.n_targets = 2;
}

static inline void target_fixture_close(struct target_fixture *f)
{
	drp_history_free(f->history);
	api_fixture_close(&f->api);
}

#endif
