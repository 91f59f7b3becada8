/* SPDX-License-Identifier: Apache-2.0
 *
 * An edition as three data sets, for every format of the public API:
 *   participation  schools and questionnaires
 *   areas          means of the questionnaire's areas
 *   items          means and shares of its statements
 * A row is an observation; its cells are one figure each: value, se, ci_low, ci_high, n,
 * schools. Which figures a table has is its INDICATOR list. Codes are those of
 * observations.csv, except that the parts of a folded cohort are joined by '-'
 * (BE21-BE22), because '+' means "or" in SDMX and a blank in a URL. Borrows the
 * publication. Threads: any, once made.
 */
#ifndef DRP_HUB_CUBE_H
#define DRP_HUB_CUBE_H

#include "hub/tables/cube_labels.h"
#include "hub/tables/observations.h"
#include "hub/tables/publication.h"
#include "proto/base/arena.h"

enum drp_cube_table { DRP_CUBE_PARTICIPATION, DRP_CUBE_AREAS, DRP_CUBE_ITEMS, DRP_CUBES };

/* "participation" "areas" "items"; -1 for another name. */
const char *drp_cube_name(enum drp_cube_table table);
int drp_cube_of(const char *name, size_t n);

/* Figures of a row, as codes of INDICATOR in the order of drp_labels. */
enum drp_figure {
	DRP_FIGURE_VALUE,
	DRP_FIGURE_SE,
	DRP_FIGURE_LOW,
	DRP_FIGURE_HIGH,
	DRP_FIGURE_N,
	DRP_FIGURE_SCHOOLS,
	DRP_FIGURES
};

struct drp_cube_code {
	char id[DRP_COHORT_CODE];
	const char *name[DRP_API_LANGUAGES]; /* never NULL */
	const char *parent;		     /* area of an item; NULL */
	uint8_t used;			     /* by a row of this table */
};

/* Items, or everything else, with what folds may add. */
#define DRP_CUBE_CODES_MAX (DRP_ITEMS_MAX + DRP_COHORTS_MAX)

/* All codes that the edition has in a dimension, the same in all tables of it, in an
 * order that does not depend on the data. */
struct drp_cube_list {
	size_t n;
	struct drp_cube_code *code;
};

struct drp_cube_row {
	const struct drp_observation *observation;
	uint16_t at[DRP_DIM_INDICATOR]; /* code of each dimension; 0 where the table
					   does not have it */
};

struct drp_cube {
	struct drp_arena arena;
	const struct drp_publication *publication;
	enum drp_cube_table table;
	char period[8];	  /* of the session's first day, "2026-03" */
	char updated[32]; /* the edition's creation, 2026-06-20T10:00:00Z */
	const char *title[DRP_API_LANGUAGES]; /* of a part it says so */
	size_t n_dims;
	uint8_t dim[DRP_DIMS]; /* enum drp_dim, in the order of every key */
	struct drp_cube_list list[DRP_DIMS];
	int8_t column_dim[DRP_OBSERVATION_COLUMNS]; /* the dimension whose codes a column
						       of observations.csv holds; -1 */
	size_t n_rows;
	struct drp_cube_row *row; /* ascending by at, no place twice */
};

/* drp_cube_make: a new object, DRP_E_NOMEM. */
enum drp_err drp_cube_make(const struct drp_publication *publication,
	enum drp_cube_table table, struct drp_cube **cube) DRP_MUST_CHECK;
void drp_cube_free(struct drp_cube *cube);

int drp_cube_has(const struct drp_cube *cube, enum drp_dim dim);
/* drp_cube_dim: a dimension of the table by its id or its column, letter case aside;
 * -1 when the table does not have it. */
int drp_cube_dim(const struct drp_cube *cube, const char *name, size_t n);
/* drp_cube_code: -1 when the table's list does not have it. */
int drp_cube_code(const struct drp_cube *cube, enum drp_dim dim, const char *id);

/* drp_cube_text: one figure's decimal, "" when it is not shown; *status says why, or
 * that it is unreliable (enum drp_status). */
const char *drp_cube_text(
	const struct drp_cube_row *row, enum drp_figure figure, char *status);

/* What a request chose. A dimension of which nothing was chosen has all its codes. */
struct drp_selection {
	uint8_t keep[DRP_DIMS][DRP_CUBE_CODES_MAX];
	uint8_t families; /* bit f set: rows of that family */
};

void drp_select_all(const struct drp_cube *cube, struct drp_selection *selection);
/* drp_select_none empties one dimension, drp_select_add takes a code of the table into
 * it: -1 when there is none. A pattern may be "*". */
void drp_select_none(struct drp_selection *selection, enum drp_dim dim);
int drp_select_add(const struct drp_cube *cube, struct drp_selection *selection,
	enum drp_dim dim, const char *id, size_t n);
/* drp_select_list keeps the codes of a list such as "BE21,BE22" only: -1 when one of them
 * is not there. */
int drp_select_list(const struct drp_cube *cube, struct drp_selection *selection,
	enum drp_dim dim, const char *ids, char separator);

/* Whether a code is among what is to be shown: chosen, and used by the table. */
int drp_selected(const struct drp_cube *cube, const struct drp_selection *selection,
	enum drp_dim dim, size_t code);
int drp_selected_row(const struct drp_cube *cube, const struct drp_selection *selection,
	const struct drp_cube_row *row);
/* drp_selected_codes: how many codes of a dimension are to be shown; drp_selected_cells:
 * the product over all dimensions; drp_selected_rows: rows. */
size_t drp_selected_codes(const struct drp_cube *cube,
	const struct drp_selection *selection, enum drp_dim dim);
uint64_t drp_selected_cells(
	const struct drp_cube *cube, const struct drp_selection *selection);
size_t drp_selected_rows(
	const struct drp_cube *cube, const struct drp_selection *selection);

#endif
