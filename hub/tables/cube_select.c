/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/cube.h"

#include <string.h>

void drp_select_all(const struct drp_cube *cube, struct drp_selection *selection)
{
	memset(selection, 0, sizeof *selection);
	selection->families = 0xff;
	for (int d = 0; d < DRP_DIMS; d++) {
		memset(selection->keep[d], 1, cube->list[d].n);
	}
}

void drp_select_none(struct drp_selection *selection, enum drp_dim dim)
{
	memset(selection->keep[dim], 0, sizeof selection->keep[dim]);
}

int drp_select_add(const struct drp_cube *cube, struct drp_selection *selection,
	enum drp_dim dim, const char *id, size_t n)
{
	const struct drp_cube_list *list = &cube->list[dim];
	if (n == 1 && *id == '*') {
		memset(selection->keep[dim], 1, list->n);
		return 0;
	}
	for (size_t i = 0; i < list->n; i++) {
		if (list->code[i].used && strlen(list->code[i].id) == n &&
			strncmp(list->code[i].id, id, n) == 0) {
			selection->keep[dim][i] = 1;
			return 0;
		}
	}
	return -1;
}

int drp_select_list(const struct drp_cube *cube, struct drp_selection *selection,
	enum drp_dim dim, const char *ids, char separator)
{
	const char ends[] = {separator, 0};
	int missing = 0;
	drp_select_none(selection, dim);
	for (;; ids++) {
		size_t n = strcspn(ids, ends);
		missing |= drp_select_add(cube, selection, dim, ids, n);
		ids += n;
		if (!*ids) {
			return missing;
		}
	}
}

int drp_selected(const struct drp_cube *cube, const struct drp_selection *selection,
	enum drp_dim dim, size_t code)
{
	return selection->keep[dim][code] && cube->list[dim].code[code].used;
}

int drp_selected_row(const struct drp_cube *cube, const struct drp_selection *selection,
	const struct drp_cube_row *row)
{
	if (!(selection->families >> row->observation->family & 1)) {
		return 0;
	}
	for (size_t i = 0; i < cube->n_dims && cube->dim[i] < DRP_DIM_INDICATOR; i++) {
		if (!selection->keep[cube->dim[i]][row->at[cube->dim[i]]]) {
			return 0;
		}
	}
	return drp_selected_codes(cube, selection, DRP_DIM_TIME) > 0;
}

size_t drp_selected_codes(const struct drp_cube *cube,
	const struct drp_selection *selection, enum drp_dim dim)
{
	size_t n = 0;
	for (size_t i = 0; i < cube->list[dim].n; i++) {
		n += drp_selected(cube, selection, dim, i) != 0;
	}
	return n;
}

uint64_t drp_selected_cells(
	const struct drp_cube *cube, const struct drp_selection *selection)
{
	uint64_t n = 1;
	for (size_t i = 0; i < cube->n_dims; i++) {
		n *= drp_selected_codes(cube, selection, cube->dim[i]);
	}
	return n;
}

size_t drp_selected_rows(
	const struct drp_cube *cube, const struct drp_selection *selection)
{
	size_t n = 0;
	for (size_t i = 0; i < cube->n_rows; i++) {
		n += drp_selected_row(cube, selection, &cube->row[i]) != 0;
	}
	return n;
}
