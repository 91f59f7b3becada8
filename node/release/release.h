/* SPDX-License-Identifier: Apache-2.0
 *
 * What leaves a school: tabulation, threshold, noise, charge. approve draws noise once:
 * charge, noise and bytes are one transaction, every retry re-sends those bytes, and the
 * hub is asked before anything is drawn, so that a node restored from an old backup
 * does not draw again.
 *
 * On the sealed track a report leaves instead: the exact counters in two shares, each of
 * which is random bytes without the other. Hub and notary draw the noise; the node
 * charges the campaign's whole budget of the group once. There is no threshold of a unit,
 * since no unit is ever opened. Claim: PRIVACY.md "Once", "Budget". Threads: one at a
 * time.
 */
#ifndef DRP_NODE_RELEASE_H
#define DRP_NODE_RELEASE_H

#include "node/results/participation.h"
#include "node/store/node.h"
#include "proto/model/contribution.h"

/* N and every counter of every item: drp_vector. */
#define DRP_COUNTERS_MAX (1 + DRP_ITEMS_MAX * (DRP_POINTS_MAX + 2))

/* What would leave for one unit and group, before noise. */
struct drp_candidate {
	int level, group;
	uint32_t questionnaires, eligible, invited;
	int incomplete;	 /* participation is "onvolledig" */
	int sealed;	 /* of the sealed track: counters, not values */
	int with_values; /* at or above the threshold; sealed: something is asked */
	const struct drp_release
		*release; /* NULL: the campaign asks nothing of the group */
	uint16_t n_values;
	int64_t value[DRP_VALUES_MAX]; /* exact; never leaves */
	size_t n_counters;
	uint64_t counter[DRP_COUNTERS_MAX]; /* exact; leaves only as shares */
	int already;			    /* approved before */
};

/* drp_release_candidate tabulates one unit and group, checking each sheet against the
 * declared sensitivity. *present is 0 when it has no questionnaires. */
enum drp_err drp_release_candidate(struct drp_node *node,
	const struct drp_node_work *work, int level, int group,
	struct drp_candidate *candidate, int *present,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_release_charge: what approving it takes from the year's budget of the group. */
struct drp_rational drp_release_charge(
	const struct drp_node_work *work, const struct drp_candidate *candidate);

/* How large a sealed report is, and the two shares in it. */
struct drp_report_sizes {
	size_t report, hub_share, notary_share;
};
enum drp_err drp_release_sizes(struct drp_node *node, const struct drp_node_work *work,
	const struct drp_candidate *candidate, struct drp_report_sizes *sizes,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_release_ready: the level's window is set and has ended (R9). */
enum drp_err drp_release_ready(struct drp_node *node, const struct drp_node_work *work,
	int level, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_release_approve approves every unit and group of the campaign that is ready and
 * not yet approved: one transaction. held are the hub's receipts for this school (the
 * answer to STATUS). *approved counts. DRP_E_RELEASED, DRP_E_BUDGET, DRP_E_WINDOW_OPEN,
 * DRP_E_CLOSED (also past the deadline), DRP_E_RANGE. */
enum drp_err drp_release_approve(struct drp_node *node, const struct drp_node_work *work,
	const struct drp_receipt *held, size_t n_held, uint32_t *approved,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_release_withdraw puts the withdrawal of everything that was approved into the
 * outbox; *waiting counts. The charge stays: the noise was drawn. */
enum drp_err drp_release_withdraw(struct drp_node *node, const char *campaign,
	uint32_t *waiting, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_release_participation fills the counts of a level (R15). */
enum drp_err drp_release_participation(struct drp_node *node,
	const struct drp_node_work *work, int level,
	struct drp_participation_counts *counts, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
