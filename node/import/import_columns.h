/* SPDX-License-Identifier: Apache-2.0
 *
 * What each column of an export is, decided from the header row alone and never
 * guessed: a column is an item only when its code equals an item's code, letter for
 * letter, or when the mapping names it. Everything else is dropped at the door.
 * Header styles of LimeSurvey (its CSV writer's documented options): question codes
 * "Q2[SQ001]", expression codes "Q2_SQ001", and code with text "id. Response ID"; a
 * mapping may write Q2[SQ001] for all three. In JSON a column is a member. Threads: one
 * at a time.
 */
#ifndef DRP_NODE_IMPORT_COLUMNS_H
#define DRP_NODE_IMPORT_COLUMNS_H

#include "node/import/mapping.h"
#include "node/import/own_items.h"
#include "node/import/table.h"

#define DRP_IMPORT_NAME 64

enum drp_import_role {
	DRP_IMPORT_UNKNOWN, /* outside the instrument: dropped, and said so */
	DRP_IMPORT_DROPPED, /* the tool's metadata, free text, or on the ignore list */
	DRP_IMPORT_ITEM,
	DRP_IMPORT_OWN_ITEM,
	DRP_IMPORT_COMPLETED,
	DRP_IMPORT_ID,
	DRP_IMPORT_PERSON,
	DRP_IMPORT_GROUP,
	DRP_IMPORT_LEVEL,
	DRP_IMPORT_AGE,
	DRP_IMPORT_ROLES
};

struct drp_import_column {
	uint8_t role;
	uint8_t saw_y, saw_digit; /* of a tick item: how it writes its ticks */
	uint16_t item;		  /* index in the instrument or among the own questions */
	const struct drp_answer_codes *codes;
	char name[DRP_IMPORT_NAME]; /* for messages: short, no control characters */
};

struct drp_import_columns {
	uint32_t n, n_items;
	struct drp_import_column *column;
	int32_t of_role[DRP_IMPORT_ROLES]; /* -1: no such column; items have none */
	uint8_t has_item[DRP_ITEMS_MAX];
	uint8_t has_own[DRP_OWN_ITEMS_MAX];
};

struct drp_import_column_rules {
	const struct drp_instrument *instrument;
	const struct drp_own_items *own;   /* NULL: none */
	const struct drp_mapping *mapping; /* NULL: none */
	enum drp_format format;
	const char *group_column; /* NULL: the mapping's or the format's own */
};

/* drp_import_columns_read decides over the row that the table holds, its header.
 * DRP_E_INPUT: no column of the instrument, two columns for one thing, a missing column
 * that the rules need. Errors quote no header of a file in which no item was found: its
 * first row may be data. */
enum drp_err drp_import_columns_read(struct drp_import_columns *columns,
	const struct drp_import_column_rules *rules, const struct drp_table *table,
	struct drp_diag *diag) DRP_MUST_CHECK;
void drp_import_columns_free(struct drp_import_columns *columns);

#endif
