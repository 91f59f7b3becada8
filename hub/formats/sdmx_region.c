/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/sdmx.h"

#include <string.h>

/* Adds the codes of the rows that a selection finds, of one dimension or (-1) of all;
 * returns the number of rows. */
static size_t collect(const struct drp_cube *cube, const struct drp_selection *asked,
	int only, struct drp_selection *there)
{
	size_t n = 0;
	if (drp_selected_codes(cube, asked, DRP_DIM_INDICATOR) == 0) {
		return 0;
	}
	for (size_t i = 0; i < cube->n_rows; i++) {
		if (!drp_selected_row(cube, asked, &cube->row[i])) {
			continue;
		}
		n++;
		for (int d = 0; d < DRP_DIM_INDICATOR; d++) {
			if (only < 0 || only == d) {
				there->keep[d][cube->row[i].at[d]] = 1;
			}
		}
	}
	/* A row has every figure, and there is one period. */
	for (int d = DRP_DIM_INDICATOR; n && d < DRP_DIMS; d++) {
		if (only < 0 || only == d) {
			memcpy(there->keep[d], asked->keep[d], sizeof there->keep[d]);
		}
	}
	return n;
}

void drp_sdmx_region_make(const struct drp_cube *cube, const struct drp_selection *asked,
	enum drp_sdmx_mode mode, struct drp_sdmx_region *region)
{
	memset(&region->there, 0, sizeof region->there);
	if (mode == DRP_SDMX_EXACT) {
		region->series = collect(cube, asked, -1, &region->there);
	} else {
		struct drp_selection others = *asked;
		region->series = drp_selected_rows(cube, asked);
		for (size_t k = 0; k < cube->n_dims; k++) {
			enum drp_dim d = cube->dim[k];
			memset(others.keep[d], 1, cube->list[d].n);
			(void)collect(cube, &others, (int)d, &region->there);
			memcpy(others.keep[d], asked->keep[d], sizeof others.keep[d]);
		}
	}
	region->series *= drp_selected_codes(cube, asked, DRP_DIM_INDICATOR);
}
