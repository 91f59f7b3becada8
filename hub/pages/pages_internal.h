/* SPDX-License-Identifier: Apache-2.0
 *
 * What the pages of the dashboard share; inside hub/pages only.
 */
#ifndef DRP_HUB_PAGES_INTERNAL_H
#define DRP_HUB_PAGES_INTERNAL_H

#include "hub/api/api_internal.h"
#include "hub/pages/pages.h"
#include "hub/pages/pages_words.h"
#include "hub/tables/observations.h"
#include "hub/tables/table_view.h"

/* In the order of the menu; the last two stand at the foot. */
enum drp_web_page {
	DRP_WEB_OVERVIEW,
	DRP_WEB_PARLIAMENT,
	DRP_WEB_MAP,
	DRP_WEB_AREAS,
	DRP_WEB_STATEMENTS,
	DRP_WEB_BARRIERS,
	DRP_WEB_TREND,
	DRP_WEB_TABLES,
	DRP_WEB_METHOD,
	DRP_WEB_EDITIONS,
	DRP_WEB_ACCESS,
	DRP_WEB_PAGES
};

/* A page in the making. */
struct drp_web {
	struct drp_api_call call; /* path and parameters as for the API */
	const struct drp_publication *p;
	enum drp_language language;
	enum drp_web_page page;
	char item[DRP_CODE_MAX]; /* of the page of one statement; else "" */
	uint32_t edition;	 /* asked for; 0: the newest */
	struct drp_buf *out;
};

/* drp_web_put appends html. In it %s is a text, escaped; %w a word (enum drp_word); %u an
 * unsigned; %: a colon as the language has it; %r html as it is; %% a percent sign. */
void drp_web_put(struct drp_web *web, const char *html, ...);
const char *drp_web_say(const struct drp_web *web, enum drp_word word);

/* ---- numbers and dates as the language writes them ---- */

#define DRP_WEB_NUMBER 48
/* drp_web_number writes a plain decimal with so many digits after the point. */
const char *drp_web_number(const struct drp_web *web, const char *plain, int decimals,
	char text[DRP_WEB_NUMBER]);
const char *drp_web_count(
	const struct drp_web *web, uint64_t count, char text[DRP_WEB_NUMBER]);
/* A ratio of counts, "89.4 %". */
const char *drp_web_percent(
	const struct drp_web *web, double percent, char text[DRP_WEB_NUMBER]);
/* A decimal that is a percentage already, with so many digits: "9.99" stays below 10. */
const char *drp_web_percent_of(const struct drp_web *web, const char *plain, int decimals,
	char text[DRP_WEB_NUMBER]);
/* drp_web_date appends a <time>; drp_web_instant one with hours and minutes of UTC. */
void drp_web_date(struct drp_web *web, int32_t day);
void drp_web_instant(struct drp_web *web, int64_t seconds);

/* ---- names ---- */

#define DRP_WEB_NAME 320
/* The name of a code, parts of a fold joined by " + ". */
const char *drp_web_name(const struct drp_web *web, enum drp_dim dim, const char *code,
	char name[DRP_WEB_NAME]);
const char *drp_web_group(const struct drp_web *web, int group);
const char *drp_web_region(const struct drp_web *web);
/* drp_web_text appends a text of the instrument, with its language where the instrument
 * does not speak that of the page. */
void drp_web_text(struct drp_web *web, const struct drp_text *text);
const struct drp_area *drp_web_area(const struct drp_web *web, const char *code);
/* drp_web_asks: whether a group has core items in the area. */
int drp_web_asks(const struct drp_web *web, const struct drp_area *area, int group);
/* drp_web_area_mean: the row of an area's mean in a cohort; what stands for "not
 * applicable" where the group is asked nothing of the area. */
const struct drp_observation *drp_web_area_mean(const struct drp_web *web,
	enum drp_family family, const char *code, int group, const struct drp_area *area);

/* ---- cells of tables ---- */

enum drp_web_figure {
	DRP_WEB_COUNT,	 /* whole number */
	DRP_WEB_PERCENT, /* already in hundredths: coverage */
	DRP_WEB_MEAN,
	DRP_WEB_SHARE /* of 1, shown in percent */
};

/* drp_web_cell appends a <td> of an observation (NULL: not available) with the data that
 * the script draws; kinds of absence look and read different. group is a code, or "". */
void drp_web_cell(struct drp_web *web, const struct drp_observation *o,
	enum drp_web_figure figure, const char *group);
/* The same with the interval under the value. */
void drp_web_cell_interval(struct drp_web *web, const struct drp_observation *o,
	enum drp_web_figure figure, const char *group);
/* What drp_web_find gives where a part of an edition leaves a row out (publication.h) has
 * this status, which is in no file; and the cell of it. */
#define DRP_WEB_LEFT_OUT 'v'
int drp_web_is_left_out(const struct drp_observation *o); /* NULL is not */
void drp_web_cell_left_out(struct drp_web *web, const char *group);
/* drp_web_legend explains the marks of cells. */
void drp_web_legend(struct drp_web *web);
/* Of a part of an edition (publication.h): what it leaves out, under a caption, in one
 * sentence; nothing of a whole one. A mark beside the name of what is not public yet, in
 * part or whole. */
void drp_web_left_out(struct drp_web *web, enum drp_word caption);
void drp_web_part_mark(struct drp_web *web, const struct drp_publication *publication);
/* A cohort type's notice, in a box. */
void drp_web_notice(struct drp_web *web);

/* drp_web_find: the row of a place with these codes; NULL when there is none; what stands
 * for "not in this view" where a part leaves it out. */
const struct drp_observation *drp_web_find(const struct drp_web *web,
	enum drp_family family, const char *province, const char *level,
	const char *network, int group, const char *area, const char *item,
	const char *measure);
/* The region's. */
const struct drp_observation *drp_web_region_row(const struct drp_web *web, int group,
	const char *area, const char *item, const char *measure);

/* drp_web_cohorts lists the codes of a one-way family (province, level, network) in the
 * order of the labels, folds last. */
#define DRP_WEB_COHORTS 24
struct drp_web_cohorts {
	size_t n;
	const char *code[DRP_WEB_COHORTS];
};
void drp_web_cohorts(
	const struct drp_web *web, enum drp_family family, struct drp_web_cohorts *list);
enum drp_dim drp_web_family_dim(enum drp_family family);
const struct drp_observation *drp_web_cohort_row(const struct drp_web *web,
	enum drp_family family, const char *code, int group, const char *area,
	const char *item, const char *measure);

/* What a page is about: the region, or one cohort of a one-way family, chosen by the
 * parameter place, "province.BE21". */
struct drp_web_place {
	enum drp_family family;
	const char *code;
};
struct drp_web_place drp_web_chosen_place(const struct drp_web *web);
void drp_web_select_place(struct drp_web *web, const struct drp_web_place *chosen);
const char *drp_web_place_name(const struct drp_web *web,
	const struct drp_web_place *place, char name[DRP_WEB_NAME]);
/* The place as the API's parameters. */
#define DRP_WEB_QUERY 256
void drp_web_place_query(const struct drp_web_place *place, char query[DRP_WEB_QUERY]);

/* ---- differences ---- */

/* drp_web_cell_difference appends a <td> of one - other with its interval and finding;
 * NULL stands for a mean that is not available. */
void drp_web_cell_difference(struct drp_web *web, const struct drp_observation *one,
	const struct drp_observation *other);
/* Between the groups, of a place's areas and of a statement in the region, with the rule
 * under them. */
void drp_web_area_differences(struct drp_web *web, const struct drp_web_place *place);
void drp_web_item_differences(struct drp_web *web, const struct drp_item *item);

/* ---- links and forms ---- */

/* drp_web_link appends the address of a page of this campaign, without parameters but the
 * edition's when one was asked for. */
void drp_web_link(struct drp_web *web, enum drp_web_page page);
/* drp_web_chosen: the parameter, or otherwise. */
const char *drp_web_chosen(
	const struct drp_web *web, const char *name, const char *otherwise);
void drp_web_form_begin(struct drp_web *web, enum drp_web_page page);
void drp_web_select_begin(struct drp_web *web, const char *name, enum drp_word label);
void drp_web_option(
	struct drp_web *web, const char *value, const char *chosen, const char *text);
void drp_web_select_end(struct drp_web *web);
void drp_web_form_end(struct drp_web *web);
/* drp_web_api appends the box that shows how to get table from the API: query is what
 * follows "?", without a mark. table may be differences or trend. */
void drp_web_api(struct drp_web *web, const char *table, const char *query);
/* drp_web_table_files appends the links of that box alone, in one line. */
void drp_web_table_files(struct drp_web *web, const char *table, const char *query);

/* drp_web_participation appends the table of schools and questionnaires by a one-way
 * family, with its sums: shown, suppressed and unknown add up to the total; of a part of
 * an edition what is not shown is not called suppressed. */
void drp_web_participation(struct drp_web *web, enum drp_family by, enum drp_word caption,
	const char *chart);

/* drp_web_targets appends the section on the region's targets; nothing without any. */
void drp_web_targets(struct drp_web *web);

/* ---- pages ---- */

/* Each appends what stands in <main>. */
void drp_web_overview(struct drp_web *web);
void drp_web_parliament(struct drp_web *web);
void drp_web_map(struct drp_web *web);
void drp_web_areas(struct drp_web *web);
void drp_web_statements(struct drp_web *web);
void drp_web_statement(struct drp_web *web);
void drp_web_barriers(struct drp_web *web);
void drp_web_trend(struct drp_web *web);
void drp_web_tables(struct drp_web *web);
void drp_web_method(struct drp_web *web);
void drp_web_editions(struct drp_web *web);
void drp_web_access(struct drp_web *web);

/* drp_web_slug: a page's name in addresses, "" of the overview. */
const char *drp_web_slug(enum drp_web_page page);

#endif
