/* SPDX-License-Identifier: Apache-2.0
 *
 * The table command: a question to one edition (or to an answer that somebody else gave
 * before), printed as text for people, as rows of observations.csv or as JSON. It states
 * with every table what the figures rest on and what they do not allow (R40-R47).
 * Threads: any.
 */
#ifndef DRP_HUB_TABLE_H
#define DRP_HUB_TABLE_H

#include "hub/home/hub.h"
#include "hub/tables/history.h"
#include "hub/tables/publication.h"

enum drp_table_measure {
	DRP_TABLE_PARTICIPATION,
	DRP_TABLE_AREA,
	DRP_TABLE_ITEM,
	DRP_TABLE_DIFFERENCE, /* between groups */
	DRP_TABLE_TREND,      /* since an earlier campaign */
	DRP_TABLE_MEASURES
};
enum drp_table_format {
	DRP_TABLE_TEXT,
	DRP_TABLE_CSV,
	DRP_TABLE_JSON,
	DRP_TABLE_FORMATS
};

struct drp_table_options {
	enum drp_family by; /* DRP_FAMILY_REGION: no split */
	enum drp_table_measure measure;
	enum drp_table_format format;
	char language[3]; /* "nl" or "en", of text */
	const char *with; /* of a trend: the earlier campaign; NULL: the newest before */
};

/* drp_table_options_read fills the options from the command line's texts; NULL stands
 * for the default: no split, participation, text, en; with is NULL. by is a family:
 * "province", "level", "network", "province,level" (in either order) or "region".
 * DRP_E_USAGE names what may be asked. */
enum drp_err drp_table_options_read(const char *by, const char *measure,
	const char *format, const char *language, struct drp_table_options *options,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_table_print appends the table of a campaign's newest edition, or of a loaded
 * answer with that id. A trend without an earlier session is DRP_E_NOTFOUND, with one
 * that cannot be compared DRP_E_STATE. */
enum drp_err drp_table_print(struct drp_hub *hub, const char *id,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_table_write is the part that needs no hub; trends have one of their own. */
enum drp_err drp_table_write(const struct drp_publication *publication,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_table_write_trend(const struct drp_publication *later,
	const struct drp_publication *earlier, const struct drp_history *history,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag) DRP_MUST_CHECK;

#endif
