/* SPDX-License-Identifier: Apache-2.0
 *
 * A school's own questions: at most eight per school, level and session (R2), with a
 * text and a help text for every group that is asked (R3). A YAML file (schema and
 * example: node/IMPORT.md). They are answered on a fixed scale of five points of
 * agreement, or not applicable. They never leave the node: nothing here has an encoder
 * and no message can carry them (R34). Threads: read-only after loading.
 */
#ifndef DRP_NODE_OWN_ITEMS_H
#define DRP_NODE_OWN_ITEMS_H

#include "proto/model/instrument.h"
#include "proto/model/tabulation.h"

struct drp_own_item {
	char *code;	/* the name of its column in an import */
	uint8_t groups; /* bit g set: asked of group g */
	char *text[DRP_GROUPS];
	char *help[DRP_GROUPS]; /* describes the situation that deserves a 5 */
};

struct drp_own_items {
	struct drp_arena arena;
	uint8_t n;
	struct drp_own_item item[DRP_OWN_ITEMS_MAX];
};

/* Counts of one unit and group; each row sums to n. */
struct drp_own_tabulation {
	uint32_t n;
	uint32_t count[DRP_OWN_ITEMS_MAX][DRP_ANSWERS];
};

/* drp_own_items_load refuses a ninth question (DRP_E_POLICY), a missing text or help
 * text, and a code that the instrument or another question already has (DRP_E_INPUT).
 * `name` is what errors call the file. Returns a new object. */
enum drp_err drp_own_items_load(const void *bytes, size_t n, const char *name,
	const struct drp_instrument *instrument, struct drp_own_items **own,
	struct drp_diag *diag) DRP_MUST_CHECK;
void drp_own_items_free(struct drp_own_items *own);

/* drp_own_items_may_edit: DRP_E_STATE once a questionnaire of that level and session
 * has been submitted, since its answers would then belong to another question. */
enum drp_err drp_own_items_may_edit(
	uint32_t submitted, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_own_item_find returns the index of a code, -1 when there is none. */
int drp_own_item_find(const struct drp_own_items *own, const char *code);

/* The scale of every own question: five points and not applicable, no labels. */
const struct drp_scale *drp_own_scale(void);

/* The five labels of that scale, in Dutch (nl) or English (en). */
const char *drp_own_label(int point, const char *language);

/* drp_own_tabulate_add counts one sheet's own answers; an answer outside the scale, or
 * to a question that the group is not asked, is DRP_E_RANGE and nothing is counted. */
enum drp_err drp_own_tabulate_add(struct drp_own_tabulation *tabulation,
	const struct drp_own_items *own, enum drp_group group,
	const uint8_t answer[DRP_OWN_ITEMS_MAX]) DRP_MUST_CHECK;

#endif
