/* SPDX-License-Identifier: Apache-2.0
 *
 * The data dictionary of an edition: every column of observations.csv and every code in
 * it, with names in Dutch and English, units and bases (R50). Threads: any.
 */
#ifndef DRP_HUB_DICTIONARY_H
#define DRP_HUB_DICTIONARY_H

#include "hub/tables/publication.h"

/* One entry; empty texts are empty fields. kind is "column" (describes a column), "code"
 * (a code of that column) or "scale" (a point of the scale that an item's unit names). */
struct drp_entry {
	const char *kind, *column, *code;
	const char *group; /* of an item's wording */
	const char *name_nl, *name_en;
	const char *unit, *base;
};

/* drp_dictionary_csv appends the columns
 * kind,column,code,group,name_nl,name_en,unit,base; drp_dictionary_json a list of objects
 * with those members. */
enum drp_err drp_dictionary_csv(
	const struct drp_publication *publication, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_dictionary_json(
	const struct drp_publication *publication, struct drp_buf *out) DRP_MUST_CHECK;

#endif
