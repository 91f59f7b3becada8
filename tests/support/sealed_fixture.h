/* SPDX-License-Identifier: Apache-2.0
 *
 * A small campaign of the sealed track in memory: twelve schools of one unit each, six
 * boards, two provinces, two levels, with the instrument of node_fixture.h. Every group
 * has releases of several families, maps and kinds of items.
 */
#ifndef DRP_TESTS_SEALED_FIXTURE_H
#define DRP_TESTS_SEALED_FIXTURE_H

#include "proto/crypto/crypto.h"
#include "proto/model/manifest.h"
#include "proto/privacy/ledger.h"
#include "proto/privacy/rational.h"
#include "proto/privacy/sensitivity.h"
#include "proto/session/sharding.h"
#include "proto/session/task.h"
#include "proto/session/verification.h"

#include "tests/support/check.h"
#include "tests/support/node_fixture.h"
#include "tests/support/test_rng.h"

#define SEALED_UNITS 12

struct sealed_fixture {
	struct drp_instrument instrument;
	struct drp_manifest manifest;
	struct drp_unit unit[SEALED_UNITS];
	struct drp_key key[SEALED_UNITS];
	struct drp_keys *school[SEALED_UNITS], *hub, *notary;
	uint8_t seed[DRP_VERIFY_SEED_BYTES];
	struct drp_task task[DRP_GROUPS];
	uint8_t verify_key[DRP_GROUPS][DRP_PRIO3_VERIFY_KEY_BYTES];
};

/* A release that takes percent of the group's budget. */
static inline void sealed_release(
	struct sealed_fixture *f, int group, int family, int map, int items, int percent)
{
	struct drp_manifest *m = &f->manifest;
	struct drp_vector vector;
	struct drp_rational share;
	struct drp_release *r = &m->release[m->n_releases++];
	*r = (struct drp_release){.group = (uint8_t)group,
		.family = (uint8_t)family,
		.map = (uint8_t)map,
		.items = (uint8_t)items,
		.rho = {0, 1}};
	if (map != DRP_MAP_COUNTS) {
		drp_vector_make(&vector, &f->instrument, (enum drp_group)group);
		r->delta2 = drp_release_delta2(&vector, r);
		CHECK_OK(drp_rational_make(percent, 100, &share));
		CHECK_OK(drp_rational_mul(m->rho[group], share, &r->rho));
		CHECK_OK(drp_sigma2_for(r->delta2, r->rho, &r->sigma2));
	}
}

static inline void sealed_releases(struct sealed_fixture *f)
{
	enum { CORE = DRP_RELEASE_CORE };
	sealed_release(f, DRP_LEADER, DRP_FAMILY_REGION, DRP_MAP_PAIRS, CORE, 90);
	sealed_release(
		f, DRP_LEADER, DRP_FAMILY_REGION, DRP_MAP_TICKS, DRP_RELEASE_TICKS, 10);
	sealed_release(f, DRP_LEADER, DRP_FAMILY_PROVINCE, DRP_MAP_COUNTS, CORE, 0);
	sealed_release(f, DRP_TEACHER, DRP_FAMILY_REGION, DRP_MAP_HISTOGRAM, CORE, 22);
	sealed_release(f, DRP_TEACHER, DRP_FAMILY_REGION, DRP_MAP_SUMS,
		DRP_RELEASE_ADDITIONAL, 5);
	sealed_release(
		f, DRP_TEACHER, DRP_FAMILY_REGION, DRP_MAP_TICKS, DRP_RELEASE_TICKS, 3);
	sealed_release(f, DRP_TEACHER, DRP_FAMILY_PROVINCE, DRP_MAP_SUMS, CORE, 35);
	sealed_release(f, DRP_TEACHER, DRP_FAMILY_LEVEL, DRP_MAP_PAIRS, CORE, 35);
	sealed_release(
		f, DRP_TEACHER, DRP_FAMILY_PROVINCE_LEVEL, DRP_MAP_COUNTS, CORE, 0);
	sealed_release(f, DRP_PUPIL, DRP_FAMILY_REGION, DRP_MAP_HISTOGRAM, CORE, 50);
	sealed_release(f, DRP_PUPIL, DRP_FAMILY_LEVEL, DRP_MAP_SUMS, CORE, 50);
}

static inline void sealed_units(struct sealed_fixture *f)
{
	struct drp_manifest *m = &f->manifest;
	uint8_t box[DRP_BOX_KEY_BYTES];
	m->n_schools = m->n_units = SEALED_UNITS;
	m->n_boards = SEALED_UNITS / 2;
	m->key = f->key;
	m->unit = f->unit;
	for (uint32_t u = 0; u < SEALED_UNITS; u++) {
		CHECK_OK(drp_keys_new(&f->school[u]));
		drp_keys_public(f->school[u], &f->key[u], box);
		f->unit[u] = (struct drp_unit){.school = u,
			.board = u % m->n_boards,
			.level = (uint8_t)(1 + u % 2),
			.province = u < SEALED_UNITS / 2 ? DRP_BE21 : DRP_BE22,
			.network = DRP_GO,
			.eligible = {6 + u, 30 + u, 120 + 3 * u}};
		memset(f->unit[u].id.b, (int)(0x40 + u), sizeof f->unit[u].id.b);
	}
}

static inline void sealed_fixture_make(struct sealed_fixture *f)
{
	struct drp_buf bytes = {0};
	memset(f, 0, sizeof *f);
	fixture_instrument(&f->instrument);
	CHECK_OK(drp_keys_new(&f->hub));
	CHECK_OK(drp_keys_new(&f->notary));
	memset(f->seed, 0x5e, sizeof f->seed);
	f->manifest = (struct drp_manifest){.id = "verzegeld",
		.title = "Verzegeld",
		.region = "BE2",
		.track = DRP_TRACK_SEALED,
		.year = 2026,
		.period_from = 20697, /* 1 September 2026 */
		.period_to = 20787,
		.deadline_s = INT64_C(20800) * 86400,
		.thresholds = {5, 3, 50, 70, {5, 10, 20}, {5, 10, 20}}};
	for (int g = 0; g < DRP_GROUPS; g++) {
		f->manifest.rho[g] = drp_ledger_default_rho((enum drp_group)g);
	}
	drp_keys_public(f->hub, &f->manifest.hub, f->manifest.hub_box);
	drp_keys_public(f->notary, &f->manifest.notary, f->manifest.notary_box);
	drp_verify_commitment(f->seed, &f->manifest.verify);
	sealed_units(f);
	sealed_releases(f);
	CHECK_OK(drp_manifest_encode(&f->manifest, &bytes)); /* sets its hash */
	drp_buf_clear(&bytes);
	for (int g = 0; g < DRP_GROUPS; g++) {
		CHECK_OK(drp_task_make(&f->manifest, &f->instrument, (enum drp_group)g,
			&f->task[g], NULL));
		drp_verify_key(
			f->seed, &f->manifest.hash, (enum drp_group)g, f->verify_key[g]);
	}
}

static inline void sealed_fixture_free(struct sealed_fixture *f)
{
	for (int u = 0; u < SEALED_UNITS; u++) {
		drp_keys_free(f->school[u]);
	}
	drp_keys_free(f->hub);
	drp_keys_free(f->notary);
}

/* Random sheets of a group, every sort of answer among them. */
static inline void sealed_tabulate(const struct sealed_fixture *f, int group,
	const struct drp_rng *rng, int sheets, struct drp_tabulation *tabulation)
{
	memset(tabulation, 0, sizeof *tabulation);
	while (sheets-- > 0) {
		struct drp_sheet sheet = {0};
		for (size_t i = 0; i < f->instrument.n_items; i++) {
			const struct drp_item *item = &f->instrument.item[i];
			const struct drp_scale *scale = &f->instrument.scale[item->scale];
			uint8_t roll = DRP_ANSWER_BLANK;
			while (item->groups >> group & 1 && item->kind != DRP_ITEM_TEXT) {
				rng->fill(rng->self, &roll, 1);
				roll %= DRP_ANSWERS;
				if (drp_answer_fits(roll, scale)) {
					break;
				}
			}
			sheet.answer[i] =
				item->groups >> group & 1 ? roll : DRP_ANSWER_NOT_SHOWN;
		}
		CHECK_OK(drp_tabulate_add(
			tabulation, &f->instrument, (enum drp_group)group, &sheet));
	}
}

#define SEALED_COUNTS_MAX 64

/* The counts of a random tabulation. */
static inline void sealed_counts(const struct sealed_fixture *f, int group,
	const struct drp_rng *rng, int sheets, uint64_t counts[SEALED_COUNTS_MAX])
{
	struct drp_tabulation tabulation;
	CHECK(f->task[group].vector.length <= SEALED_COUNTS_MAX);
	sealed_tabulate(f, group, rng, sheets, &tabulation);
	drp_vector_fill(&f->task[group].vector, &tabulation, counts);
}

/* A unit's report; the decoded one borrows bytes. */
static inline void sealed_report(struct sealed_fixture *f, int group, uint32_t unit,
	const uint64_t *counts, const struct drp_rng *rng, struct drp_buf *bytes,
	struct drp_report *report, struct drp_hash *name)
{
	struct drp_hash again;
	bytes->len = 0;
	CHECK_OK(drp_report_make(&f->task[group], counts, &f->unit[unit].id,
		f->school[unit], f->manifest.notary_box, rng, bytes, name));
	CHECK_OK(drp_report_decode(bytes->data, bytes->len, report, &again));
	CHECK(drp_hash_equal(name, &again));
}

static inline struct drp_bytes sealed_whole(const struct drp_buf *buf)
{
	return (struct drp_bytes){buf->data, buf->len};
}

/* The whole exchange; share[0] is the hub's output share, share[1] the notary's. The
 * first error of any step. */
static inline enum drp_err sealed_verify(struct sealed_fixture *f, int group,
	const struct drp_report *report, struct drp_buf share[2])
{
	const struct drp_task *task = &f->task[group];
	struct drp_report at_notary = *report;
	struct drp_buf state = {0}, initialize = {0}, finish = {0};
	at_notary.hub_share = NULL;
	at_notary.hub_n = 0;
	enum drp_err err = drp_report_check(task, &f->manifest, report, 0, NULL);
	err = err ? err : drp_report_check(task, &f->manifest, &at_notary, 1, NULL);
	err = err ? err
		  : drp_verification_start(
			    task, f->verify_key[group], report, &state, &initialize);
	err = err ? err
		  : drp_verification_answer(task, f->verify_key[group], f->notary,
			    &at_notary, sealed_whole(&initialize), &share[1], &finish);
	err = err ? err
		  : drp_verification_finish(
			    task, sealed_whole(&state), sealed_whole(&finish), &share[0]);
	drp_buf_wipe(&state);
	drp_buf_clear(&initialize);
	drp_buf_clear(&finish);
	return err;
}

#endif
