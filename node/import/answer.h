/* SPDX-License-Identifier: Apache-2.0
 *
 * What one cell of an export means as an answer to an item of a given scale. Anything
 * that is not plainly an answer is refused: a wrong number is worse than no number.
 * Threads: any.
 */
#ifndef DRP_NODE_ANSWER_H
#define DRP_NODE_ANSWER_H

#include "node/import/mapping.h"

/* drp_answer_name: "1".."7", "na", "ticked", "not_ticked", "blank", "not_shown"; the
 * member names of every JSON that counts answers. */
const char *drp_answer_name(int answer);

/* drp_answer_list writes the answers that a scale can have, in the order in which they
 * are printed: points or ticks, na (every scale of points), blank, not_shown. */
size_t drp_answer_list(const struct drp_scale *scale, uint8_t answers[DRP_ANSWERS]);

struct drp_answer_rules {
	enum drp_format format;
	const struct drp_scale *scale;
	const struct drp_answer_codes *codes; /* NULL: the format's own */
	const struct drp_word_list *missing;  /* NULL: none */
};

/* drp_answer_read reads a cell: nothing is not shown, "" is blank, the rest by the
 * rules. DRP_E_RANGE when it is no answer. The text is trusted to be one cell. */
enum drp_err drp_answer_read(const struct drp_answer_rules *rules, const char *text,
	int quoted, uint8_t *answer) DRP_MUST_CHECK;

#endif
