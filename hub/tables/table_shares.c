/* SPDX-License-Identifier: Apache-2.0
 *
 * Distributions of answers of the whole region, under the means by item: how large a
 * part gave each answer, and which part ticked a box.
 */
#include "hub/tables/layout.h"
#include "hub/tables/observations.h"
#include "hub/tables/table_text.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL	 38
#define NUMBER	 8
#define ANSWERS	 6 /* 1 to 5 and not applicable */
#define MEASURES 7

static const char *const measure[MEASURES] = {"share_1", "share_2", "share_3", "share_4",
	"share_5", "share_na", "share_ticked"};

/* The rows of one item, by measure; NULL where it has none. */
struct shares {
	const struct drp_observation *row[MEASURES];
	const struct drp_observation *any;
};

static int measure_of(const struct drp_observation *o)
{
	for (int m = 0; m < MEASURES; m++) {
		if (strcmp(o->measure, measure[m]) == 0) {
			return m;
		}
	}
	return -1;
}

/* The next item of the group from row *at on that has shares on this track. */
static int next_item(
	const struct drp_edition *e, int group, size_t *at, struct shares *shares)
{
	*shares = (struct shares){0};
	for (; *at < e->n_observations; (*at)++) {
		const struct drp_observation *o = &e->observation[*at];
		int m = o->group == group && o->status != DRP_NOT_AVAILABLE
				? measure_of(o)
				: -1;
		if (m < 0) {
			if (shares->any) {
				return 1;
			}
			continue;
		}
		if (shares->any && strcmp(shares->any->item, o->item) != 0) {
			return 1;
		}
		shares->row[m] = shares->any = o;
	}
	return shares->any != NULL;
}

static void print_percent(
	const struct drp_page *page, const struct drp_observation *o, const char *value)
{
	char text[DRP_LAYOUT_NUMBER] = "";
	const char *shown = "";
	if (o && !value[0]) {
		text[0] = o->status;
		shown = text;
	} else if (o) {
		shown = drp_layout_percent(
			strtod(value, NULL), 1, page->options->language, text);
	}
	drp_layout_cell(page->out, shown, NUMBER, 1);
}

static void print_item(
	const struct drp_page *page, int language, const struct shares *shares)
{
	const struct drp_instrument *in = page->publication->instrument;
	const struct drp_observation *any = shares->any;
	char label[4 * LABEL], cut[4 * LABEL];
	int item = drp_instrument_item(in, any->item);
	const char *wording =
		item >= 0 ? in->item[item].wording[any->group].in[language] : NULL;
	snprintf(label, sizeof label, "  %-3.15s %.120s", any->item,
		wording ? wording : "");
	drp_layout_cut(label, LABEL, cut, sizeof cut);
	drp_layout_cell(page->out, cut, LABEL, 0);
	if (shares->row[ANSWERS]) {
		print_percent(page, shares->row[ANSWERS], shares->row[ANSWERS]->value);
	}
	for (int m = 0; m < ANSWERS && !shares->row[ANSWERS]; m++) {
		print_percent(page, shares->row[m],
			shares->row[m] ? shares->row[m]->value : "");
	}
	if (any->value[0]) { /* one release: one error for all */
		print_percent(page, any, any->se);
	}
	drp_layout_line(page->out);
}

static void print_head(const struct drp_page *page, int group, int ticks)
{
	static const char *const answers[ANSWERS - 1] = {"1", "2", "3", "4", "5"};
	const char *name = drp_group_name(group, page->options->language);
	drp_layout_cell(page->out, name, LABEL, 0);
	for (int i = 0; i < ANSWERS - 1 && !ticks; i++) {
		drp_layout_cell(page->out, answers[i], NUMBER, 1);
	}
	drp_layout_cell(page->out,
		ticks ? drp_page_say(page, "vinkte", "ticked")
		      : drp_page_say(page, "n.v.t.", "n/a"),
		NUMBER, 1);
	drp_layout_cell(page->out, "se_dp", NUMBER, 1);
	drp_layout_line(page->out);
}

static size_t print_group(const struct drp_page *page, int group, int language, int ticks)
{
	const struct drp_edition *e = page->publication->edition;
	struct shares shares;
	size_t at = 0, n = 0;
	while (next_item(e, group, &at, &shares)) {
		if ((shares.row[ANSWERS] != NULL) != ticks) {
			continue;
		}
		if (n++ == 0) {
			print_head(page, group, ticks);
		}
		print_item(page, language, &shares);
	}
	if (n) {
		drp_buf_text(page->out, "\n");
	}
	return n;
}

size_t drp_page_shares(const struct drp_page *page, int language)
{
	size_t n = 0;
	for (int g = 0; g < DRP_GROUPS; g++) {
		n += print_group(page, g, language, 0);
		n += print_group(page, g, language, 1);
	}
	return n;
}
