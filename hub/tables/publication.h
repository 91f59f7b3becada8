/* SPDX-License-Identifier: Apache-2.0
 *
 * A published edition together with what it takes to read it: manifest, instrument and
 * frame. Tables and exports are made of this and of nothing else, so that none of them
 * can show what the edition does not hold. Threads: any, once loaded.
 */
#ifndef DRP_HUB_PUBLICATION_H
#define DRP_HUB_PUBLICATION_H

#include "hub/campaign/reference.h"
#include "hub/home/hub.h"
#include "proto/model/edition.h"
#include "proto/model/instrument.h"
#include "proto/model/manifest.h"

#include <jansson.h>

/* Every epsilon that Drempel shows is at this delta. */
#define DRP_SHOWN_DELTA 1e-6

struct drp_publication {
	struct drp_manifest *manifest;
	struct drp_instrument *instrument;
	struct drp_edition *edition;
	struct drp_frame_table *frame; /* NULL: the campaign names none */
	uint8_t network;  /* 0: whole. Else the edition has only the rows of the
			     region and of this enum drp_network, as that
			     network sees it before it is public */
	int64_t before_s; /* 0: public. Else it is seen before this second, in which
			     its embargo ends */
};

/* drp_publication_load takes the newest edition, as whoever runs the hub sees it: it says
 * whether it is public. DRP_E_NOTFOUND when the campaign is unknown or has no edition
 * yet. Free it whatever the outcome. */
enum drp_err drp_publication_load(struct drp_hub *hub, const char *id,
	struct drp_publication *publication, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_publication_load_edition takes that edition, 0: the newest, as if it were public.
 */
enum drp_err drp_publication_load_edition(struct drp_hub *hub, const char *id,
	uint32_t number, struct drp_publication *publication,
	struct drp_diag *diag) DRP_MUST_CHECK;
void drp_publication_free(struct drp_publication *publication);

/* The observations of an edition by what they show. */
struct drp_cells {
	size_t published, suppressed, unreliable, not_available, not_applicable;
};
struct drp_cells drp_cells_count(const struct drp_edition *edition);

/* Schools of the manifest whose node could sign when the campaign was signed. */
uint32_t drp_publication_enrolled(const struct drp_publication *publication);

/* What may be said of the figures, by cohort type; language nl, fr, de or en, anything
 * else is nl. */
const char *drp_publication_notice(
	const struct drp_manifest *manifest, const char *language);

/* Of a part: "network KOV and the region's total, before publication, until INSTANT"; of
 * a whole one that is not public yet: "before publication, until INSTANT"; its mark;
 * whether rows of that family and network code are in it. What is public has texts of ""
 * and every row. language as above. */
#define DRP_PART_TEXT 160
const char *drp_publication_part(const struct drp_publication *publication,
	const char *language, char text[DRP_PART_TEXT]);
/* "-view-KOV", "-view-whole": for the names of files of what is not public. */
const char *drp_publication_mark(const struct drp_publication *publication);
int drp_publication_keeps(
	const struct drp_publication *publication, int family, const char *network);

/* drp_accounting_json: the list of {group, family, map, delta2, sigma2, rho, draws}
 * that every summary has; exact rationals as "p/q". NULL without memory. */
json_t *drp_accounting_json(const struct drp_accounting *accounting, size_t n);

/* drp_publication_metadata: all that a reader must know besides the values (R43, R50):
 * instrument, hashes, dates, cohort type, coverage of the frame, thresholds, mechanism
 * and its parameters, the steps from noisy integers to values, licence; of what is not
 * public, that it is not and until when; of a part, that it is one and which edition it
 * is taken from. A new object, NULL without memory. */
json_t *drp_publication_metadata(const struct drp_publication *publication);

#endif
