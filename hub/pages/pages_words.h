/* SPDX-License-Identifier: Apache-2.0
 *
 * What the dashboard says, in Dutch, French, German and English. Threads: any.
 */
#ifndef DRP_HUB_PAGES_WORDS_H
#define DRP_HUB_PAGES_WORDS_H

#include "hub/tables/cube_labels.h"

#define DRP_WORD(name, nl, fr, de, en) DRP_W_##name,
enum drp_word {
#include "hub/pages/pages_words.inc"
	DRP_WORDS
};
#undef DRP_WORD

const char *drp_word(enum drp_word word, enum drp_language language);

/* Month names, from 0. */
const char *drp_month(int month, enum drp_language language);

#endif
