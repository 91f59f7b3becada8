/* SPDX-License-Identifier: Apache-2.0
 *
 * A region of generated schools, a signed-looking manifest of them, and contributions
 * made as a node makes them: exact sums of generated answers, noise of the manifest's
 * variance above the threshold, nothing but the number below. From these the opening
 * builds a whole edition. The generator's exact numbers stay here, for the attacker's
 * success to be measured against.
 */
#ifndef DRP_ATTACK_REGION_H
#define DRP_ATTACK_REGION_H

#include "hub/campaign/draft.h"
#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "proto/model/codes.h"
#include "proto/privacy/noise.h"
#include "proto/session/edition_build.h"

#include "tests/support/check.h"
#include "tests/support/test_rng.h"

#include <stdlib.h>

#define REGION_SCHOOLS_MAX 160

struct region {
	struct drp_test_rng_state rng_state;
	struct drp_rng rng;
	struct drp_school school[REGION_SCHOOLS_MAX];
	size_t n_schools;
	struct drp_instrument *instrument;
	struct drp_manifest *manifest;
	struct drp_contribution *contribution;	 /* [group * units + unit] */
	const struct drp_contribution **present; /* what the hub holds; may be changed */
};

static inline uint32_t region_roll(struct region *r, uint32_t below)
{
	uint32_t v;
	r->rng.fill(r->rng.self, &v, sizeof v);
	return v % below;
}

/* Basic schools have level 1, the others some of 2, 3 and 4; boards run up to three
 * schools of a network; a school's size decides how many of each group it has. */
static inline void region_schools(struct region *r, size_t n)
{
	uint32_t board = 0;
	r->n_schools = n;
	for (size_t i = 0; i < n; i++) {
		struct drp_school *s = &r->school[i];
		uint32_t size = 40 + region_roll(r, 260);
		board += region_roll(r, 3) != 0;
		*s = (struct drp_school){.enrolled = 1,
			.province = (uint8_t)(1 + region_roll(r, 6)),
			.network = (uint8_t)(1 + board % 4)};
		snprintf(s->id, sizeof s->id, "S%u", (unsigned)i);
		snprintf(s->board, sizeof s->board, "B%u", board);
		r->rng.fill(r->rng.self, s->key.b, sizeof s->key.b);
		for (unsigned l = 1; l <= 4; l++) {
			if (i % 2 ? l == 1 : l > 1 && region_roll(r, 3) != 0) {
				s->levels |= (uint8_t)(1u << l);
				s->eligible[l][DRP_LEADER] = 2 + size / 60;
				s->eligible[l][DRP_TEACHER] = 4 + size / 8;
				s->eligible[l][DRP_PUPIL] = size;
			}
		}
		if (!s->levels) {
			s->levels = 1u << 2;
			s->eligible[2][DRP_TEACHER] = 4 + size / 8;
			s->eligible[2][DRP_PUPIL] = size;
		}
	}
}

static inline void region_manifest(struct region *r)
{
	static const char text[] = "campaign: attacked\ntitle: Attacked\nregion: VL\n"
				   "instrument: i.yaml\ntrack: open\n"
				   "cohort: self-selected\n"
				   "period: {from: 2026-09-01, to: 2026-12-18}\n"
				   "deadline: 2026-12-31\n";
	struct drp_diag diag = {0};
	struct drp_draft draft;
	struct drp_buf bytes = {0};
	CHECK_OK(drp_draft_read(text, strlen(text), "campaign.yaml", &draft, &diag));
	CHECK_OK(drp_draft_manifest(&draft, r->instrument, r->school, r->n_schools,
		&r->rng, &r->manifest, NULL, &diag));
	CHECK_OK(drp_manifest_encode(r->manifest, &bytes)); /* fills its hash */
	drp_buf_clear(&bytes);
}

/* Exact pairs of that many generated questionnaires, four answers of 2 to 5 in 19 of 20
 * cases and none in the other. */
static inline void region_answers(
	struct region *r, uint32_t n, struct drp_contribution *c)
{
	for (size_t i = 0; i < c->n_values; i += 2) {
		for (uint32_t k = 0; k < n; k++) {
			uint32_t answer = region_roll(r, 20);
			c->value[i] += answer == 0 ? 0 : (int64_t)(answer % 4) - 1;
			c->value[i + 1] += answer != 0;
		}
	}
}

/* share_percent of those eligible answer, more or less. */
static inline void region_contribute(
	struct region *r, enum drp_group group, uint32_t unit, uint32_t share_percent)
{
	const struct drp_manifest *m = r->manifest;
	const struct drp_unit *u = &m->unit[unit];
	size_t at = (size_t)group * m->n_units + unit;
	struct drp_contribution *c = &r->contribution[at];
	uint32_t n = u->eligible[group] *
		     (share_percent / 2 + region_roll(r, share_percent)) / 100;
	const struct drp_release *release =
		drp_manifest_release(m, group, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
	uint16_t items[DRP_ITEMS_MAX];
	if (n == 0) {
		return;
	}
	*c = (struct drp_contribution){.campaign = m->hash,
		.unit = u->id,
		.group = (uint8_t)group,
		.questionnaires = n,
		.invited = u->eligible[group]};
	if (n >= m->thresholds.k_unit[group]) {
		c->sigma2 = release->sigma2;
		c->n_values = (uint16_t)(2 * drp_instrument_vector(r->instrument, group,
						     DRP_ITEM_CORE, items));
		region_answers(r, n, c);
		CHECK_OK(drp_noise_add(&r->rng, c->sigma2, c->value, c->n_values));
	}
	r->present[at] = c;
}

/* One unit in eight stays away; the others contribute for every group. */
static inline void region_collect(struct region *r)
{
	region_manifest(r);
	size_t places = (size_t)DRP_GROUPS * r->manifest->n_units;
	r->contribution = drp_alloc(places, sizeof *r->contribution);
	r->present = drp_alloc(places, sizeof *r->present);
	CHECK(r->contribution && r->present);
	for (uint32_t u = 0; u < r->manifest->n_units; u++) {
		if (region_roll(r, 8) != 0) {
			region_contribute(r, DRP_TEACHER, u, 60);
			region_contribute(r, DRP_PUPIL, u, 40);
			region_contribute(r, DRP_LEADER, u, 100);
		}
	}
}

static inline void region_prepare(struct region *r, uint64_t seed)
{
	struct drp_diag diag = {0};
	memset(r, 0, sizeof *r);
	r->rng = drp_test_rng(&r->rng_state, seed);
	CHECK_OK(drp_crypto_init());
	CHECK_OK(drp_instrument_load(
		DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml", &r->instrument, &diag));
}

static inline void region_begin(struct region *r, size_t schools, uint64_t seed)
{
	region_prepare(r, seed);
	region_schools(r, schools);
	region_collect(r);
}

/* A later campaign of the same schools but the last, with answers of its own. */
static inline void region_later(
	struct region *r, const struct region *earlier, uint64_t seed)
{
	region_prepare(r, seed);
	memcpy(r->school, earlier->school, sizeof r->school);
	r->n_schools = earlier->n_schools - 1;
	region_collect(r);
}

static inline void region_end(struct region *r)
{
	drp_free(r->contribution);
	drp_free(r->present);
	drp_manifest_free(r->manifest);
	drp_instrument_free(r->instrument);
}

static inline enum drp_err region_edition(struct region *r, struct drp_edition **edition)
{
	const struct drp_gathered gathered = {r->manifest, r->instrument, r->present};
	struct drp_diag diag = {0};
	enum drp_err err = drp_edition_build(&gathered, 1, 1800000000, edition, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	return err;
}

/* The contribution of a unit, NULL when none came. */
static inline const struct drp_contribution *region_of(
	const struct region *r, int group, uint32_t unit)
{
	return r->present[(size_t)group * r->manifest->n_units + unit];
}

/* ---- what a reader of an edition does ---- */

static inline uint16_t region_mask(const char *codes, int (*value_of)(const char *))
{
	uint16_t mask = 0;
	char text[DRP_COHORT_CODE];
	snprintf(text, sizeof text, "%s", codes);
	if (strcmp(text, "_T") == 0) {
		return 0;
	}
	if (strcmp(text, "34") == 0) {
		return 1u << 3 | 1u << 4;
	}
	for (char *part = strtok(text, "+"); part; part = strtok(NULL, "+")) {
		mask |= (uint16_t)(1u << value_of(part));
	}
	return mask;
}

/* The cohort that a row is about. */
static inline struct drp_cohort region_cohort(const struct drp_observation *o)
{
	return (struct drp_cohort){(enum drp_family)o->family,
		region_mask(o->province, drp_province_of),
		region_mask(o->level, drp_level_of),
		region_mask(o->network, drp_network_of)};
}

#endif
