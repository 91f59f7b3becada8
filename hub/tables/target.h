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
 *   sector: total                       of the frame's schools
 *   source: ...
 *   notes: {en: ..., nl: ...}
 *
 * The frame's schools are those of its own year, with its own caveats; the count is of
 * schools in the campaigns that the reader may see. Errors are DRP_E_INPUT with one line
 * that begins "file:line: ". Threads: any.
 */
#ifndef DRP_HUB_TARGET_H
#define DRP_HUB_TARGET_H

#include "hub/tables/history.h"
#include "hub/tables/reference.h"
#include "hub/tables/table.h"

struct drp_target {
	char id[DRP_NAME_MAX], title[DRP_NAME_MAX];
	char region[DRP_CODE_MAX];
	uint8_t state; /* enum drp_reached */
	uint8_t sector;
	uint32_t permille; /* of the frame's schools; 100 is 10 % */
	int32_t by;	   /* the last day that counts */
	char source[192];
	char note_en[DRP_TEXT_MAX_BYTES], note_nl[DRP_TEXT_MAX_BYTES];
	struct drp_frame_cell whole; /* the frame's schools of the sector */
};

/* drp_target_parse reads the file's text and that of the frame that it names. */
enum drp_err drp_target_parse(const void *text, size_t n, const char *name,
	const void *frame, size_t frame_n, struct drp_target *target,
	struct drp_diag *diag) DRP_MUST_CHECK;

struct drp_target_report {
	const struct drp_target *target;
	int64_t reached; /* schools; -1: no campaign of the region is published */
	uint32_t needed; /* the smallest number of schools that is enough */
	int met;	 /* reached >= needed */
	int32_t until;	 /* the last day that was counted: `by`, or today before it */
};

/* drp_target_measure: today is a day number. */
void drp_target_measure(const struct drp_target *target,
	const struct drp_history *history, int32_t today,
	struct drp_target_report *report);

/* drp_target_write appends the report as text, csv or json. */
enum drp_err drp_target_write(const struct drp_target_report *report,
	const struct drp_table_options *options, struct drp_buf *out) DRP_MUST_CHECK;

#endif
