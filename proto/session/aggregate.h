/* SPDX-License-Identifier: Apache-2.0
 *
 * One aggregator's side of an opening: sums of its output shares over the cohorts of a
 * plan, the noise it drew when the manifest was signed, and what it shows the other side:
 * a share of N of a cohort, or a share of a release's noised values. Whoever has both
 * shares opens them by adding (drp_shares_open). Nothing else of the sums can leave this
 * module. Claim: PRIVACY.md "The sealed track".
 *
 * Noise: of every release with values, for every cohort of its family in the plan of the
 * signed manifest that is open there, in the plan's order, drp_release_values integers.
 * It is drawn once, when the manifest is signed, and stored before anything is used.
 */
#ifndef DRP_SESSION_AGGREGATE_H
#define DRP_SESSION_AGGREGATE_H

#include "proto/base/env.h"
#include "proto/privacy/gates.h"
#include "proto/session/task.h"

#define DRP_SHARE_BYTES 16 /* of one number: a Field128 element, little endian */

/* drp_noise_draw appends the noise of one release, as 64-bit little-endian integers;
 * agreed is the plan of the signed manifest for the release's group. */
enum drp_err drp_noise_draw(const struct drp_vector *vector,
	const struct drp_release *release, const struct drp_plan *agreed,
	const struct drp_rng *rng, struct drp_buf *out) DRP_MUST_CHECK;

struct drp_aggregate; /* of one task; opaque, wiped when freed */

/* The sums are over the cohorts of `plan`, open or not; the task must outlive it. */
enum drp_err drp_aggregate_new(const struct drp_task *task, const struct drp_plan *plan,
	struct drp_aggregate **aggregate) DRP_MUST_CHECK;
void drp_aggregate_free(struct drp_aggregate *aggregate);

/* drp_aggregate_add adds one report's output share to every cohort that holds the unit.
 */
enum drp_err drp_aggregate_add(struct drp_aggregate *aggregate,
	const struct drp_unit *unit, struct drp_bytes out_share) DRP_MUST_CHECK;

/* drp_aggregate_numbers appends this side's share of N for every open cohort of `open`,
 * a plan that lies within the aggregate's, in its order: DRP_SHARE_BYTES each. */
enum drp_err drp_aggregate_numbers(const struct drp_aggregate *aggregate,
	const struct drp_plan *open, struct drp_buf *out) DRP_MUST_CHECK;

/* drp_aggregate_values appends this side's shares of the release's noised values for
 * every open cohort of the release's family in `open`, cohort by cohort. noise are the
 * bytes of drp_noise_draw with `agreed`. DRP_E_RANGE when they do not fit it. */
enum drp_err drp_aggregate_values(const struct drp_aggregate *aggregate,
	const struct drp_release *release, const struct drp_plan *agreed,
	const struct drp_plan *open, struct drp_bytes noise,
	struct drp_buf *out) DRP_MUST_CHECK;

/* drp_shares_open adds both sides' shares, n_values of them each: DRP_E_MALFORMED for a
 * wrong length or no element, DRP_E_RANGE for a result that is no 64-bit number. */
enum drp_err drp_shares_open(struct drp_bytes ours, struct drp_bytes theirs,
	size_t n_values, int64_t *values) DRP_MUST_CHECK;

#endif
