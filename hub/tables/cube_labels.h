/* SPDX-License-Identifier: Apache-2.0
 *
 * Short names of the API's dimensions and of the codes that every edition may have, in
 * Dutch, French, German and English. Names of areas and items come from the instrument.
 * Threads: any.
 */
#ifndef DRP_HUB_CUBE_LABELS_H
#define DRP_HUB_CUBE_LABELS_H

#include <stddef.h>

enum drp_language { DRP_NL, DRP_FR, DRP_DE, DRP_EN, DRP_API_LANGUAGES };

/* "nl" "fr" "de" "en", in the order of the enum. */
extern const char *const drp_language_code[DRP_API_LANGUAGES];
/* A language's own name. */
extern const char *const drp_language_name[DRP_API_LANGUAGES];

/* drp_language_of reads "nl", "nl-BE" or "NL"; -1 for another language. */
int drp_language_of(const char *text);

/* Dimensions, in the order of every key. */
enum drp_dim {
	DRP_DIM_PROVINCE,
	DRP_DIM_LEVEL,
	DRP_DIM_NETWORK,
	DRP_DIM_GROUP,
	DRP_DIM_AREA,
	DRP_DIM_ITEM,
	DRP_DIM_MEASURE,
	DRP_DIM_INDICATOR,
	DRP_DIM_TIME,
	DRP_DIMS
};

struct drp_label {
	const char *code;
	const char *in[DRP_API_LANGUAGES];
};

/* A dimension as the API names it: REF_AREA LEVEL NETWORK GROUP AREA ITEM MEASURE
 * INDICATOR TIME_PERIOD; its column in observations.csv ("" for the last two); its
 * name. */
struct drp_dim_label {
	const char *id, *column;
	const char *in[DRP_API_LANGUAGES];
};
extern const struct drp_dim_label drp_dim_label[DRP_DIMS];

/* drp_labels: the fixed codes of a dimension in their order; none of areas, items and
 * time. */
const struct drp_label *drp_labels(enum drp_dim dim, size_t *n);

/* drp_label_find: NULL for a code that is not fixed. */
const struct drp_label *drp_label_find(enum drp_dim dim, const char *code);

/* Names of the statuses c u x z; code "" is that of a published value. */
#define DRP_STATUS_LABELS 5
extern const struct drp_label drp_status_label[DRP_STATUS_LABELS];

#endif
