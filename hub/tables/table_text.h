/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables as plain text, in Dutch or English; inside hub/tables only.
 */
#ifndef DRP_HUB_TABLE_TEXT_H
#define DRP_HUB_TABLE_TEXT_H

#include "hub/tables/difference.h"
#include "hub/tables/table.h"
#include "hub/tables/table_view.h"

/* Each appends a whole table with its notes. */
enum drp_err drp_table_participation_text(const struct drp_publication *publication,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_table_means_text(const struct drp_publication *publication,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* Of areas, with the rule under it. list holds the rows of one family. */
enum drp_err drp_table_differences_text(const struct drp_differences *list,
	const struct drp_table_options *options, struct drp_buf *out) DRP_MUST_CHECK;

/* drp_table_trend_print finds the earlier campaign in the hub: drp_table_print's part. */
enum drp_err drp_table_trend_print(struct drp_hub *hub,
	const struct drp_publication *later, const struct drp_table_options *options,
	struct drp_buf *out, struct drp_diag *diag) DRP_MUST_CHECK;

/* What all are made of. */
struct drp_page {
	const struct drp_publication *publication;
	const struct drp_table_options *options;
	struct drp_buf *out;
};

/* The wording in the page's language. */
const char *drp_page_say(const struct drp_page *page, const char *nl, const char *en)
	__attribute__((format_arg(2), format_arg(3)));

/* drp_page_head appends title, what is shown, edition and date. */
void drp_page_head(const struct drp_page *page, const char *subject);

/* drp_page_notes appends what every table states (R43). */
void drp_page_notes(const struct drp_page *page);

/* drp_page_shares appends the distributions of answers of the whole region; returns how
 * many items have one. language is the instrument's. */
size_t drp_page_shares(const struct drp_page *page, int language);

/* Participation against the frame, its first column `label` wide, and the notes that
 * belong with it (R45). */
void drp_page_frame(const struct drp_page *page, int label,
	const struct drp_frame_line *lines, size_t n);
void drp_page_frame_notes(
	const struct drp_page *page, const struct drp_frame_line *lines, size_t n);

/* One line of notes. */
void drp_page_note(const struct drp_page *page, const char *label, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The name of a cohort's province, level or network, parts of a fold joined by " + ". */
#define DRP_PLACE_TEXT 160
const char *drp_page_province(
	const struct drp_page *page, const char *codes, char name[DRP_PLACE_TEXT]);
const char *drp_page_level(
	const struct drp_page *page, const char *codes, char name[DRP_PLACE_TEXT]);
const char *drp_page_network(
	const struct drp_page *page, const char *codes, char name[DRP_PLACE_TEXT]);

/* The name of a row's cohort. */
#define DRP_COHORT_TEXT (2 * DRP_PLACE_TEXT + 4)
void drp_page_cohort(const struct drp_page *page, const struct drp_observation *row,
	char name[DRP_COHORT_TEXT]);

#endif
