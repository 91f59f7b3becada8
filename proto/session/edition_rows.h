/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of an edition, as far as both tracks make them alike: which cohorts have
 * rows, which rows a cohort has and in which order, the numbers of schools, and how
 * values are printed. Both tracks have the same keys. What a cohort's numbers and answers
 * are is the track's business: edition_build.c and edition_sealed.c. Threads: any.
 */
#ifndef DRP_SESSION_EDITION_ROWS_H
#define DRP_SESSION_EDITION_ROWS_H

#include "proto/estimate/estimate.h"
#include "proto/model/edition.h"
#include "proto/model/instrument.h"
#include "proto/model/manifest.h"
#include "proto/privacy/gates.h"

/* The participation of one cohort in one group. */
struct drp_participation {
	int shown;	 /* 0: suppressed */
	int has_invited; /* 0: not available, shown or not */
	uint64_t eligible, invited, questionnaires;
	uint32_t schools;
};

struct drp_cell {
	enum drp_status status; /* DRP_SHOWN: the estimate is */
	struct drp_estimate estimate;
};

/* The answers of one cohort in one group; a cell that the track does not fill is not
 * available. Items are indices into the instrument's. */
struct drp_answers {
	uint32_t schools;
	int has_n;
	uint64_t n;
	struct drp_cell area[DRP_AREAS_MAX]; /* mean of its core items */
	struct drp_cell mean[DRP_ITEMS_MAX];
	/* Of the region alone: points 1..s, then not applicable; of a tick box: ticked.
	 */
	struct drp_cell share[DRP_ITEMS_MAX][DRP_POINTS_MAX + 1];
};

/* Borrows everything. */
struct drp_edition_source {
	const struct drp_manifest *manifest;
	const struct drp_instrument *instrument;
	const struct drp_plan *cut; /* its cohorts, as the campaign folds them */
	const uint8_t *took_part;   /* per unit */
	void *track;
	enum drp_err (*participation)(void *track, enum drp_group group,
		const struct drp_cohort *cohort, struct drp_participation *participation);
	enum drp_err (*answers)(void *track, enum drp_group group,
		const struct drp_cohort *cohort, struct drp_answers *answers);
};

/* drp_edition_rows appends all rows, and fills the edition's name and numbers of
 * schools. The cohorts asked for are those of `cut`, and the class 34. */
enum drp_err drp_edition_rows(const struct drp_edition_source *source,
	struct drp_edition *edition) DRP_MUST_CHECK;

#endif
