/* SPDX-License-Identifier: Apache-2.0
 *
 * What a campaign is held against: the frame (how many schools, pupils and teachers
 * there are) and an answer given before Drempel, figures as printed. Both are public
 * files of deploy/reference, loaded whole and strictly; this room judges that a file
 * does not contradict itself, never that it is true. Errors are DRP_E_INPUT with one
 * line that begins "file:line: ". Threads: any.
 */
#ifndef DRP_HUB_REFERENCE_H
#define DRP_HUB_REFERENCE_H

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

#include <stddef.h>
#include <stdint.h>

/* The frame's sectors are not the five levels: secundair is the levels 2, 3 and 4
 * without dbso (part-time vocational); level 5 (adults) is outside the frame. */
enum drp_sector {
	DRP_SECTOR_BASIS,
	DRP_SECTOR_SECUNDAIR,
	DRP_SECTOR_DBSO,
	DRP_SECTOR_TOTAL,
	DRP_SECTORS
};

enum drp_frame_measure {
	DRP_FRAME_PUPILS,
	DRP_FRAME_SCHOOLS,
	DRP_FRAME_TEACHERS_FTE, /* full-time equivalents are not people */
	DRP_FRAME_MEASURES
};

struct drp_frame_cell {
	uint32_t value; /* 0: not given by the source */
	char unit[DRP_CODE_MAX];
	char source[192];
	char note[192]; /* to be shown wherever the value is */
};

struct drp_frame_table {
	struct drp_frame_cell cell[DRP_SECTORS][DRP_FRAME_MEASURES];
};

/* Codes as the file has them: basis secundair dbso total; pupils schools teachers_fte. */
const char *drp_sector_code(int sector);
const char *drp_frame_measure_code(int measure);

/* drp_frame_parse reads a CSV of the columns sector,measure,value,unit,source,note with
 * one row for each sector and measure; a total is the sum of the parts that are given.
 * Errors call the text name. */
enum drp_err drp_frame_parse(const void *text, size_t n, const char *name,
	struct drp_frame_table *table, struct drp_diag *diag) DRP_MUST_CHECK;

/* The parliamentary classes of levels: 1, 2 and 34. */
#define DRP_ANSWER_CLASSES 3
extern const uint8_t drp_answer_level[DRP_ANSWER_CLASSES];

/* Where the answer has no figure, its own words stand ("not stated"). */
struct drp_answer {
	char id[DRP_NAME_MAX]; /* as commands take it: a code */
	char title[DRP_NAME_MAX];
	char source[192];
	char reference_date[DRP_NAME_MAX]; /* YYYY-MM-DD or "not stated" */
	char cohort[DRP_NAME_MAX];	   /* "self-selected" or "sample" */
	uint32_t schools;		   /* that completed */
	uint32_t questionnaires[DRP_GROUPS];
	char base[DRP_NAME_MAX];	       /* what the shares are shares of */
	uint32_t permille[DRP_ANSWER_CLASSES]; /* 316 is printed 31.6 % */
	uint32_t residue; /* 1000 less the shares; never spread over them */
	char provinces[DRP_NAME_MAX];
	char registered[DRP_NAME_MAX]; /* schools with a profile: a number or words */
	uint32_t completed;	       /* equal to schools */
	char note_en[DRP_TEXT_MAX_BYTES], note_nl[DRP_TEXT_MAX_BYTES];
};

/* drp_answer_parse reads YAML of the form of deploy/reference/answer-2021.yaml: every
 * member once, no others. Errors call the text name. */
enum drp_err drp_answer_parse(const void *text, size_t n, const char *name,
	struct drp_answer *answer, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
