/* SPDX-License-Identifier: Apache-2.0
 *
 * A small instrument in memory for the tests of the school's program:
 *   B1 leader, teacher, pupil   five points, NA
 *   B2 leader, teacher          five points, no NA
 *   B4 leader, teacher, pupil   five points, NA
 *   C9 teacher, optional        five points, NA
 *   D3 pupil, levels 2 to 5     five points, NA
 *   X1 teacher, additional      five points, NA
 *   X4 leader, teacher          tick box
 *   T1 all, free text
 */
#ifndef DRP_TESTS_NODE_FIXTURE_H
#define DRP_TESTS_NODE_FIXTURE_H

#include "proto/model/instrument.h"

#include <string.h>

enum { B1, B2, B4, C9, D3, X1, X4, T1, FIXTURE_ITEMS };

#define L (1u << DRP_LEADER)
#define T (1u << DRP_TEACHER)
#define P (1u << DRP_PUPIL)

static inline void fixture_item(struct drp_instrument *instrument, int index,
	const char *code, int area, int scale, int kind, unsigned groups)
{
	struct drp_item *item = &instrument->item[index];
	strncpy(item->code, code, DRP_CODE_MAX - 1);
	item->area = (uint8_t)area;
	item->scale = (uint8_t)scale;
	item->kind = (uint8_t)kind;
	item->groups = (uint8_t)groups;
	for (int group = 0; group < DRP_GROUPS; group++) {
		item->wording[group].in[0] = groups >> group & 1 ? "Een stelling." : NULL;
		item->wording[group].in[1] = groups >> group & 1 ? "A statement." : NULL;
	}
}

static inline void fixture_area(struct drp_instrument *instrument, int index,
	const char *code, const char *nl, const char *en, int additional)
{
	struct drp_area *area = &instrument->area[index];
	strncpy(area->code, code, DRP_CODE_MAX - 1);
	area->name.in[0] = nl;
	area->name.in[1] = en;
	area->additional = (uint8_t)additional;
}

static inline void fixture_scale(struct drp_instrument *instrument, int index,
	const char *code, int points, int has_na)
{
	struct drp_scale *scale = &instrument->scale[index];
	strncpy(scale->code, code, DRP_CODE_MAX - 1);
	scale->points = (uint8_t)points;
	scale->has_na = (uint8_t)has_na;
	for (int point = 0; point < points; point++) {
		scale->label[point].in[0] = point == 0 ? "laag" : "hoog";
		scale->label[point].in[1] = point == 0 ? "low" : "high";
	}
}

static inline void fixture_instrument(struct drp_instrument *instrument)
{
	*instrument = (struct drp_instrument){
		.id = "small",
		.version = "1",
		.title.in = {"Klein", "Small"},
		.language = {"nl", "en"},
		.n_languages = 2,
		.n_scales = 3,
		.n_areas = 5,
		.n_items = FIXTURE_ITEMS,
	};
	fixture_scale(instrument, 0, "agree", 5, 1);
	fixture_scale(instrument, 1, "plain", 5, 0);
	fixture_scale(instrument, 2, "tick", 0, 0);
	fixture_area(
		instrument, 0, "B", "Infrastructuur en ápparatuur", "Infrastructure", 0);
	fixture_area(instrument, 1, "C", "Bij- en nascholing", "Training", 0);
	fixture_area(instrument, 2, "D", "Onderwijzen en leren", "Teaching", 0);
	fixture_area(instrument, 3, "X1", "Nut van nascholing", "Use of training", 1);
	fixture_area(instrument, 4, "X4", "Belemmeringen", "Barriers", 1);
	fixture_item(instrument, B1, "B1", 0, 0, DRP_ITEM_CORE, L | T | P);
	fixture_item(instrument, B2, "B2", 0, 1, DRP_ITEM_CORE, L | T);
	fixture_item(instrument, B4, "B4", 0, 0, DRP_ITEM_CORE, L | T | P);
	fixture_item(instrument, C9, "C9", 1, 0, DRP_ITEM_OPTIONAL, T);
	fixture_item(instrument, D3, "D3", 2, 0, DRP_ITEM_CORE, P);
	instrument->item[D3].levels = 0x3C;
	fixture_item(instrument, X1, "X1", 3, 0, DRP_ITEM_ADDITIONAL, T);
	fixture_item(instrument, X4, "X4", 4, 2, DRP_ITEM_ADDITIONAL, L | T);
	fixture_item(instrument, T1, "T1", 0, 0, DRP_ITEM_TEXT, L | T | P);
}

#undef L
#undef T
#undef P

#endif
