/* SPDX-License-Identifier: Apache-2.0
 *
 * A mapping says how one survey tool's export is read: which column holds which item,
 * which answer code means which answer, which rows are complete and who filled in.
 * It is a YAML file that a person writes (schema and example: node/IMPORT.md); nothing
 * is ever guessed beyond it. Knows the instrument, not the export. Threads: read-only
 * after loading.
 */
#ifndef DRP_NODE_MAPPING_H
#define DRP_NODE_MAPPING_H

#include "proto/model/instrument.h"
#include "proto/model/tabulation.h"

enum drp_format { DRP_FORMAT_CSV, DRP_FORMAT_LIMESURVEY, DRP_FORMAT_JSON };

/* drp_format_of reads "csv", "limesurvey" or "json"; -1 otherwise. */
int drp_format_of(const char *text);

struct drp_word_list {
	char **word;
	uint32_t word_count;
};

/* The codes that stand for each answer, indexed by enum drp_answer_kind. */
struct drp_answer_codes {
	struct drp_word_list list[DRP_ANSWERS];
};

struct drp_mapping_completed {
	char *column;
	struct drp_word_list values; /* none: any text means complete */
};

/* Codes per group, or none: the column holds leader, teacher or pupil itself. */
struct drp_mapping_groups {
	char *column;
	struct drp_word_list codes[DRP_GROUPS];
};

/* Codes per level, index 0 for level 1, or none: the column holds 1 to 5 itself. */
struct drp_mapping_levels {
	char *column;
	struct drp_word_list codes[DRP_LEVELS];
};

struct drp_mapping_scale {
	char *scale;
	struct drp_answer_codes *codes;
};

struct drp_mapping_column {
	char *column, *item;
	struct drp_answer_codes *codes; /* NULL: the scale's, else the tool's own */
};

/* Every pointer may be NULL except tool. */
struct drp_mapping {
	char *tool; /* as drp_format_of reads it */
	struct drp_mapping_completed *completed;
	char *person;
	char *age;
	char *group;
	struct drp_mapping_groups *group_column;
	char *level;
	struct drp_mapping_levels *level_column;
	struct drp_word_list missing; /* read as blank in every item's column */
	struct drp_word_list ignore;
	struct drp_mapping_scale *scale;
	uint32_t scale_count;
	struct drp_mapping_column *column;
	uint32_t column_count;
};

/* drp_mapping_load reads and checks: items and scales must be the instrument's, a code
 * may stand for one answer only and only for one that the scale has, an item and a
 * column may be named once. `name` is what errors call the file. */
enum drp_err drp_mapping_load(const void *bytes, size_t n, const char *name,
	const struct drp_instrument *instrument, struct drp_mapping **mapping,
	struct drp_diag *diag) DRP_MUST_CHECK;
void drp_mapping_free(struct drp_mapping *mapping);

int drp_word_list_has(const struct drp_word_list *list, const char *word);

/* drp_mapping_codes: the codes for an item's column: its own, else its scale's, else
 * NULL. `column` is an entry's index or -1. */
const struct drp_answer_codes *drp_mapping_codes(const struct drp_mapping *mapping,
	const struct drp_instrument *instrument, int column, int item);

#endif
