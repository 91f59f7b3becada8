/* SPDX-License-Identifier: Apache-2.0
 *
 * An edition as three tables: what is in them, in which order, under which names.
 */
#include "hub/tables/cube.h"

#include "proto/base/alloc.h"
#include "tests/support/api_fixture.h"
#include "tests/support/check.h"

static struct api_fixture fixture;
static struct drp_cube *cube[DRP_CUBES];

static void set_up(void)
{
	api_fixture_open(&fixture);
	for (int t = 0; t < DRP_CUBES; t++) {
		CHECK_OK(drp_cube_make(
			&fixture.publication, (enum drp_cube_table)t, &cube[t]));
	}
}

static void every_row_once(void)
{
	size_t n = 0;
	for (int t = 0; t < DRP_CUBES; t++) {
		n += cube[t]->n_rows;
		for (size_t i = 1; i < cube[t]->n_rows; i++) {
			CHECK(memcmp(cube[t]->row[i - 1].at, cube[t]->row[i].at,
				      sizeof cube[t]->row[i].at) != 0);
		}
	}
	CHECK_INT(n, fixture.publication.edition->n_observations);
}

static void rows_ascend(void)
{
	for (size_t i = 1; i < cube[DRP_CUBE_ITEMS]->n_rows; i++) {
		const uint16_t *a = cube[DRP_CUBE_ITEMS]->row[i - 1].at;
		const uint16_t *b = cube[DRP_CUBE_ITEMS]->row[i].at;
		int d = 0;
		while (d < DRP_DIM_INDICATOR && a[d] == b[d]) {
			d++;
		}
		CHECK(d < DRP_DIM_INDICATOR && a[d] < b[d]);
	}
}

static void same_codes_in_all_tables(void)
{
	for (int d = 0; d < DRP_DIM_INDICATOR; d++) {
		const struct drp_cube_list *a = &cube[0]->list[d], *b = &cube[2]->list[d];
		CHECK_INT(a->n, b->n);
		for (size_t i = 0; i < a->n; i++) {
			CHECK_STR(a->code[i].id, b->code[i].id);
		}
	}
	CHECK_STR(cube[0]->list[DRP_DIM_PROVINCE].code[0].id, "_T");
	CHECK_INT(drp_cube_code(cube[1], DRP_DIM_GROUP, "_T"), -1);
	CHECK(drp_cube_code(cube[0], DRP_DIM_GROUP, "_T") == 0);
}

static void names_in_four_languages(void)
{
	for (int t = 0; t < DRP_CUBES; t++) {
		for (size_t k = 0; k < cube[t]->n_dims; k++) {
			const struct drp_cube_list *list =
				&cube[t]->list[cube[t]->dim[k]];
			for (size_t i = 0; i < list->n; i++) {
				for (int l = 0; l < DRP_API_LANGUAGES; l++) {
					CHECK(list->code[i].name[l] &&
						*list->code[i].name[l]);
				}
			}
		}
	}
	for (int d = 0; d < DRP_DIMS; d++) {
		size_t n;
		const struct drp_label *label = drp_labels((enum drp_dim)d, &n);
		for (size_t i = 0; i < n; i++) {
			for (int l = 0; l < DRP_API_LANGUAGES; l++) {
				CHECK(label[i].in[l] && *label[i].in[l]);
			}
		}
	}
}

static void folds_are_named_by_their_parts(void)
{
	int at = drp_cube_code(cube[0], DRP_DIM_LEVEL, "3-4");
	CHECK(at > 0);
	const char *name = cube[0]->list[DRP_DIM_LEVEL].code[at].name[DRP_FR];
	CHECK(strstr(name, "ASO") && strstr(name, " + ") && strstr(name, "TSO/BSO"));
	CHECK_INT(drp_cube_code(cube[0], DRP_DIM_LEVEL, "3+4"), -1);
}

static void items_have_wording_and_area(void)
{
	int at = drp_cube_code(cube[2], DRP_DIM_ITEM, "A1");
	CHECK(at >= 0);
	const struct drp_cube_code *code = &cube[2]->list[DRP_DIM_ITEM].code[at];
	CHECK_STR(code->parent, "A");
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		for (int other = 0; other < l; other++) {
			CHECK(strcmp(code->name[l], code->name[other]) != 0);
		}
	}
}

/* An instrument without French speaks English instead; without English too, Dutch. */
static void another_language_stands_in(void)
{
	struct drp_instrument *in = fixture.publication.instrument;
	static const char *const taken[] = {"fr", "en"};
	static const int instead[] = {DRP_EN, DRP_NL};
	for (size_t i = 0; i < 2; i++) {
		struct drp_cube *c = NULL;
		strcpy(in->language[drp_instrument_language(in, taken[i])], "x");
		CHECK_OK(drp_cube_make(&fixture.publication, DRP_CUBE_ITEMS, &c));
		int at = drp_cube_code(c, DRP_DIM_ITEM, "A1");
		CHECK(at >= 0);
		const char *const *name = c->list[DRP_DIM_ITEM].code[at].name;
		CHECK_STR(name[DRP_FR], name[instead[i]]);
		CHECK(strcmp(name[DRP_FR], name[DRP_DE]) != 0);
		drp_cube_free(c);
	}
	strcpy(in->language[2], "fr");
	strcpy(in->language[4], "en");
}

static void status_of_each_figure(void)
{
	struct drp_observation o = {.status = DRP_SUPPRESSED};
	struct drp_cube_row row = {.observation = &o};
	char status;
	for (int f = 0; f < DRP_FIGURES; f++) {
		CHECK_STR(drp_cube_text(&row, (enum drp_figure)f, &status), "");
		CHECK_INT(status, DRP_SUPPRESSED);
	}
	o = (struct drp_observation){
		.status = DRP_UNRELIABLE, .value = "3.1", .se = "0.2", .schools = "7"};
	CHECK_STR(drp_cube_text(&row, DRP_FIGURE_VALUE, &status), "3.1");
	CHECK_INT(status, DRP_UNRELIABLE);
	CHECK_STR(drp_cube_text(&row, DRP_FIGURE_SCHOOLS, &status), "7");
	CHECK_INT(status, DRP_SHOWN);
	CHECK_STR(drp_cube_text(&row, DRP_FIGURE_N, &status), "");
	CHECK_INT(status, DRP_SUPPRESSED); /* withheld */
	CHECK_STR(drp_cube_text(&row, DRP_FIGURE_LOW, &status), "");
	CHECK_INT(status, DRP_NOT_APPLICABLE);
}

static void selections_choose_rows(void)
{
	struct drp_selection *s = drp_alloc(1, sizeof *s);
	CHECK(s);
	drp_select_all(cube[0], s);
	CHECK_INT(drp_selected_rows(cube[0], s), cube[0]->n_rows);
	CHECK_INT(drp_select_list(cube[0], s, DRP_DIM_PROVINCE, "BE21,BE22", ','), 0);
	CHECK_INT(drp_selected_codes(cube[0], s, DRP_DIM_PROVINCE), 2);
	size_t both = drp_selected_rows(cube[0], s);
	s->families = 1u << DRP_FAMILY_PROVINCE;
	size_t plain = drp_selected_rows(cube[0], s);
	CHECK(plain > 0 && plain < both && both < cube[0]->n_rows);
	CHECK_INT(drp_select_list(cube[0], s, DRP_DIM_PROVINCE, "BE21,BE99", ','), -1);
	CHECK_INT(drp_select_list(cube[0], s, DRP_DIM_PROVINCE, "", ','), -1);
	CHECK_INT(drp_select_list(cube[0], s, DRP_DIM_PROVINCE, "*", ','), 0);
	drp_free(s);
}

static void dimensions_have_two_names(void)
{
	CHECK_INT(drp_cube_dim(cube[0], "province", 8), DRP_DIM_PROVINCE);
	CHECK_INT(drp_cube_dim(cube[0], "ref_area", 8), DRP_DIM_PROVINCE);
	CHECK_INT(drp_cube_dim(cube[0], "item", 4), -1);
	CHECK_INT(drp_cube_dim(cube[2], "ITEM", 4), DRP_DIM_ITEM);
	CHECK_INT(drp_cube_dim(cube[0], "", 0), -1);
}

static void no_memory_is_an_error(void)
{
	for (unsigned long n = 1; n < 40; n++) {
		struct drp_cube *c = NULL;
		drp_alloc_hook(n, 1);
		enum drp_err err =
			drp_cube_make(&fixture.publication, DRP_CUBE_AREAS, &c);
		drp_alloc_hook(0, 0);
		CHECK(err == DRP_OK || err == DRP_E_NOMEM);
		CHECK((err == DRP_OK) == (c != NULL));
		drp_cube_free(c);
	}
}

static void tear_down(void)
{
	for (int t = 0; t < DRP_CUBES; t++) {
		drp_cube_free(cube[t]);
	}
	api_fixture_close(&fixture);
}

int main(void)
{
	CASE("the edition becomes three tables", set_up);
	CASE("every observation is a row of one table", every_row_once);
	CASE("rows ascend by their codes", rows_ascend);
	CASE("all tables of an edition have the same codes", same_codes_in_all_tables);
	CASE("every code has a name in four languages", names_in_four_languages);
	CASE("a folded cohort is named by its parts", folds_are_named_by_their_parts);
	CASE("an item has its wording and its area", items_have_wording_and_area);
	CASE("English or Dutch stands in for a language that is not there",
		another_language_stands_in);
	CASE("each figure says why it is not shown", status_of_each_figure);
	CASE("a selection chooses rows", selections_choose_rows);
	CASE("a dimension answers to id and column", dimensions_have_two_names);
	CASE("want of memory is an error", no_memory_is_an_error);
	CASE("the folder is removed", tear_down);
	return DONE();
}
