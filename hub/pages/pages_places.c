/* SPDX-License-Identifier: Apache-2.0
 *
 * Choosing what a page is about: the region, or one province, level or network.
 */
#include "hub/pages/pages_internal.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>

struct drp_web_place drp_web_chosen_place(const struct drp_web *web)
{
	static const enum drp_family families[] = {
		DRP_FAMILY_PROVINCE, DRP_FAMILY_LEVEL, DRP_FAMILY_NETWORK};
	const char *asked = drp_web_chosen(web, "place", "_T");
	for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
		struct drp_web_cohorts list;
		const char *name = drp_family_code((int)families[f]);
		size_t n = strlen(name);
		if (strncmp(asked, name, n) != 0 || asked[n] != '.') {
			continue;
		}
		drp_web_cohorts(web, families[f], &list);
		for (size_t i = 0; i < list.n; i++) {
			if (strcmp(list.code[i], asked + n + 1) == 0) {
				return (struct drp_web_place){families[f], list.code[i]};
			}
		}
	}
	return (struct drp_web_place){DRP_FAMILY_REGION, "_T"};
}

static void place_value(const struct drp_web_place *place, char value[96])
{
	if (place->family == DRP_FAMILY_REGION) {
		snprintf(value, 96, "_T");
	} else {
		snprintf(value, 96, "%s.%s", drp_family_code((int)place->family),
			place->code);
	}
}

void drp_web_select_place(struct drp_web *web, const struct drp_web_place *chosen)
{
	static const struct {
		enum drp_family family;
		enum drp_word label;
	} families[] = {{DRP_FAMILY_PROVINCE, DRP_W_PROVINCE},
		{DRP_FAMILY_LEVEL, DRP_W_LEVEL}, {DRP_FAMILY_NETWORK, DRP_W_NETWORK}};
	char now[96], value[96], name[DRP_WEB_NAME];
	place_value(chosen, now);
	drp_web_select_begin(web, "place", DRP_W_PLACE);
	drp_web_option(web, "_T", now, drp_web_region(web));
	for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
		struct drp_web_cohorts list;
		drp_web_cohorts(web, families[f].family, &list);
		if (list.n == 0) { /* a part of an edition may have none */
			continue;
		}
		drp_web_put(web, "<optgroup label=\"%w\">", families[f].label);
		for (size_t i = 0; i < list.n; i++) {
			const struct drp_web_place place = {
				families[f].family, list.code[i]};
			place_value(&place, value);
			drp_web_option(
				web, value, now, drp_web_place_name(web, &place, name));
		}
		drp_web_put(web, "</optgroup>");
	}
	drp_web_select_end(web);
}

const char *drp_web_place_name(const struct drp_web *web,
	const struct drp_web_place *place, char name[DRP_WEB_NAME])
{
	return place->family == DRP_FAMILY_REGION
		       ? drp_web_region(web)
		       : drp_web_name(web, drp_web_family_dim(place->family), place->code,
				 name);
}

void drp_web_place_query(const struct drp_web_place *place, char query[DRP_WEB_QUERY])
{
	const char *family = drp_family_code((int)place->family);
	int n = snprintf(query, DRP_WEB_QUERY, "family=%s", family);
	if (place->family != DRP_FAMILY_REGION) {
		snprintf(query + n, DRP_WEB_QUERY - (size_t)n, "&%s=%s", family,
			place->code);
		for (char *plus = query; (plus = strchr(plus, '+'));) {
			*plus = '-';
		}
	}
}
