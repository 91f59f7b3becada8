/* SPDX-License-Identifier: Apache-2.0
 *
 * The manifest: the signed, canonical description of one campaign. It holds random
 * ids in place of schools and boards; the names stay in the hub's registry. Its hash
 * names the campaign on the wire and binds every contribution, receipt and ledger row.
 * Wire: PROTOCOL.md "Manifest". Threads: read-only after decoding.
 */
#ifndef DRP_MODEL_MANIFEST_H
#define DRP_MODEL_MANIFEST_H

#include "proto/base/arena.h"
#include "proto/base/buf.h"
#include "proto/model/instrument.h"

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

/* What is released of a vector of items. */
enum drp_map {
	DRP_MAP_COUNTS,	   /* nothing but the number of questionnaires */
	DRP_MAP_PAIRS,	   /* sum of x - 3 and valid count: squared L2 5 per item */
	DRP_MAP_SUMS,	   /* sum of x - 3: 4 per item */
	DRP_MAP_HISTOGRAM, /* counters 1..s and na: 1 per item */
	DRP_MAP_TICKS,	   /* tick count: 1 per item */
	DRP_MAPS
};
const char *drp_map_code(int map); /* counts pairs sums histogram ticks */

/* Which items of the vector a release is about. */
enum drp_release_items {
	DRP_RELEASE_CORE,
	DRP_RELEASE_ADDITIONAL, /* additional items with points */
	DRP_RELEASE_TICKS,	/* additional tick boxes; only with DRP_MAP_TICKS */
	DRP_RELEASE_ITEMS
};

/* One noisy release of the plan; at most one per group, family and kind of item. On the
 * open track every unit draws for itself, once per group: the region's release is that
 * draw and its charge, and a release of another family whose rho is 0 re-uses it. On the
 * sealed track hub and notary each draw for every release and cohort, and every release
 * with values has its own charge. */
struct drp_release {
	uint8_t group, family, map;
	uint8_t items;		 /* enum drp_release_items */
	struct drp_rational rho; /* charged in full */
	uint32_t delta2;	 /* squared L2 sensitivity of one questionnaire */
	uint32_t sigma2;	 /* ceil(delta2 / (2 rho)), of one draw */
				 /* All three are 0 for DRP_MAP_COUNTS. */
};

/* What happens to a cohort that fails gate A: folded into another code of the same
 * family when a rule names it, left out otherwise. Codes are dimension values; cells of
 * province_level are folded by level, inside their province. */
struct drp_fold {
	uint8_t family, from, into;
};

struct drp_thresholds {
	uint32_t k_schools, k_boards;
	uint32_t max_school_percent, max_board_percent;
	uint32_t k_respondents[DRP_GROUPS]; /* gate B, of a cohort */
	uint32_t k_unit[DRP_GROUPS]; /* node, of a unit's contribution with values */
};

#define DRP_FOLDS_MAX 32

struct drp_manifest {
	struct drp_arena arena; /* owns unit and key */
	char id[DRP_NAME_MAX];	/* as commands take it: a code */
	char title[DRP_NAME_MAX];
	char region[DRP_CODE_MAX];
	uint8_t track;			/* enum drp_track */
	uint8_t sample;			/* 1: a design-based sample of schools (R54) */
	uint32_t year;			/* school year in which it is charged */
	int32_t period_from, period_to; /* days; windows lie inside (R8) */
	int64_t deadline_s; /* Unix seconds; contributions after it are refused */
	struct drp_hash instrument;
	struct drp_key hub; /* signs; box key below opens contributions */
	uint8_t hub_box[32];
	/* Of the sealed track; all zero on the open one. */
	struct drp_key notary;	  /* signs too */
	uint8_t notary_box[32];	  /* opens its shares */
	struct drp_hash verify;	  /* commitment to the verification key: task.h */
	struct drp_hash replaces; /* the campaign whose notary was lost; zero: none */
	struct drp_thresholds thresholds;
	struct drp_rational rho[DRP_GROUPS]; /* the campaign's budget per group */
	uint16_t n_releases;
	struct drp_release release[DRP_RELEASES_MAX];
	uint16_t n_folds;
	struct drp_fold fold[DRP_FOLDS_MAX];
	uint32_t n_schools, n_boards;
	struct drp_key *key; /* n_schools: the node of school number i signs with key[i];
				all zero while it has not enrolled */
	uint32_t n_units;
	struct drp_unit *unit; /* ascending by id */
	struct drp_hash hash;  /* of the canonical form */
};

/* drp_manifest_encode appends the canonical form and fills manifest->hash; DRP_E_RANGE
 * when it would not be decoded. drp_manifest_decode accepts only canonical bytes within
 * limits.h whose numbers are consistent (units ascending, indices in range, no key twice,
 * one board a school), and returns a new object; diag names the field that is wrong. */
enum drp_err drp_manifest_encode(
	struct drp_manifest *manifest, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_manifest_decode(const void *bytes, size_t n,
	struct drp_manifest **manifest, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_manifest_free(struct drp_manifest *manifest);

/* drp_manifest_unit finds a unit by id, NULL when it has none. */
const struct drp_unit *drp_manifest_unit(
	const struct drp_manifest *manifest, const struct drp_id *id);

/* drp_manifest_release: the release of that group and family (NULL: none planned). */
const struct drp_release *drp_manifest_release(const struct drp_manifest *manifest,
	enum drp_group group, enum drp_family family, enum drp_release_items items);

#endif
