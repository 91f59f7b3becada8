/* SPDX-License-Identifier: Apache-2.0
 *
 * A target that a policy set: so many percent of the schools that there are, in a state
 * by a day; and how far it was reached (R55). A public file, loaded whole and strictly,
 * as deploy/reference/target-example.yaml has it:
 *
 *   target: digital-reflection-2026     a code, as commands take it
 *   title: ...
 *   region: VL
 *   state: took_part                    registered, enrolled or took_part
 *   percent: 10                         one decimal at most
 *   by: 2026-12-31
 *   frame: frame-vlaanderen-2020.csv    beside this file
 *   sector: total                       of the frame's schools: basis secundair total
 *   source: ...
 *   notes: {en: ..., nl: ...}
 *
 * The frame's schools are those of its own year, with its own caveats; the count is of
 * schools in the campaigns that the reader may see, of those that have one of the
 * sector's levels. Errors are DRP_E_INPUT with one line that begins "file:line: ".
 * Threads: any.
 */
#ifndef DRP_HUB_TARGET_H
#define DRP_HUB_TARGET_H

#include "hub/campaign/reference.h"
#include "hub/tables/history.h"
#include "hub/tables/publication.h"
#include "hub/tables/table.h"

/* All arrays are filled with zeros behind their text: equal targets are equal bytes. */
struct drp_target {
	char id[DRP_NAME_MAX], title[DRP_NAME_MAX];
	char region[DRP_CODE_MAX];
	char frame[DRP_NAME_MAX]; /* the file's name */
	uint8_t state;		  /* enum drp_reached */
	uint8_t sector;
	uint32_t permille; /* of the frame's schools; 100 is 10 % */
	int32_t by;	   /* the last day that counts */
	char source[192];
	char note_en[DRP_TEXT_MAX_BYTES], note_nl[DRP_TEXT_MAX_BYTES];
	struct drp_frame_cell whole; /* the frame's schools of the sector */
};

/* drp_target_parse reads the file's text and that of the frame that it names. frame NULL:
 * whole stays empty, and target->frame tells which file to read. */
enum drp_err drp_target_parse(const void *text, size_t n, const char *name,
	const void *frame, size_t frame_n, struct drp_target *target,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_target_load reads a file and the frame beside it, and stores both texts, under an
 * id that no answer, target or campaign has (DRP_E_EXISTS); the caller's transaction. */
enum drp_err drp_target_load(struct drp_hub *hub, const char *path, char id[DRP_NAME_MAX],
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_target_id_unused: DRP_E_EXISTS when an answer, a target or a campaign has that id;
 * one id names one thing in all commands. */
enum drp_err drp_target_id_unused(
	struct drp_hub *hub, const char *id, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_hub_target_read: one that is loaded; DRP_E_NOTFOUND. */
enum drp_err drp_hub_target_read(struct drp_hub_store *store, const char *id,
	struct drp_target *target, struct drp_diag *diag) DRP_MUST_CHECK;
/* drp_hub_targets: every loaded target, by id; returns new memory (drp_free). */
enum drp_err drp_hub_targets(struct drp_hub_store *store, struct drp_target **targets,
	size_t *n, struct drp_diag *diag) DRP_MUST_CHECK;

enum drp_outcome {
	DRP_OUTCOME_UNKNOWN, /* nothing of the region is published */
	DRP_OUTCOME_MET,
	DRP_OUTCOME_NOT_YET, /* and days are left, or not counted yet */
	DRP_OUTCOME_NOT_MET,
	DRP_OUTCOMES
};
const char *drp_outcome_code(int outcome); /* unknown met not_yet not_met */

struct drp_target_report {
	const struct drp_target *target;
	int64_t reached; /* schools; -1: no campaign of the region is published */
	uint32_t needed; /* the smallest number of schools that is enough */
	enum drp_outcome
		outcome;  /* met is reached >= needed, of counts, not of percents */
	int32_t until;	  /* the last day that was counted: `by`, or today before it */
	uint32_t share;	  /* of the frame, in hundredths of a percent, rounded down */
	size_t campaigns; /* that were counted */
	size_t left_out;  /* published, but signed before it was kept who took part */
};

/* drp_target_measure: today is a day number; history may be NULL. left_out is 0. */
void drp_target_measure(const struct drp_target *target,
	const struct drp_history *history, int32_t today,
	struct drp_target_report *report);

/* drp_target_report: by what is published, so that the same catalogue gives the same
 * report on any day. Today is the day on which the newest edition of the region was
 * made. Parts of editions (publication.h) do not count. */
void drp_target_report(const struct drp_target *target,
	const struct drp_publication *const *published, size_t n,
	const struct drp_history *history, struct drp_target_report *report);

/* drp_target_share writes "4.01"; "" when it cannot be told. */
const char *drp_target_share(
	const struct drp_target_report *report, char text[DRP_VALUE_TEXT]);

/* drp_target_write appends the report as text, csv or json. */
enum drp_err drp_target_write(const struct drp_target_report *report,
	const struct drp_table_options *options, struct drp_buf *out) DRP_MUST_CHECK;

/* drp_target_print appends the report on a loaded target, by all editions of the hub,
 * those under an embargo too. DRP_E_USAGE for a split. */
int drp_target_is(struct drp_hub *hub, const char *id);
enum drp_err drp_target_print(struct drp_hub *hub, const char *id,
	const struct drp_table_options *options, struct drp_buf *out,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* A list of reports, as files have it: csv has a line for each; json an object whose
 * member "targets" is a list of the same members. */
enum drp_err drp_targets_csv(const struct drp_target_report *reports, size_t n,
	struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_targets_json(const struct drp_target_report *reports, size_t n,
	struct drp_buf *out) DRP_MUST_CHECK;

#endif
