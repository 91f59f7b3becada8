/* SPDX-License-Identifier: Apache-2.0
 *
 * What makes an instrument sound, whether it was read from YAML or decoded from its
 * canonical form. One set of rules behind both doors: codes name one thing, and what
 * may leave a school (core and additional items) has the scale for which the noise is
 * declared. Knows nothing of files or bytes. Threads: any.
 */
#ifndef DRP_MODEL_INSTRUMENT_RULES_H
#define DRP_MODEL_INSTRUMENT_RULES_H

#include "proto/model/instrument.h"

/* Where a rule is broken, as the YAML file names it: "items", the entry's number and
 * the key within it. */
struct drp_fault {
	const char *list;
	size_t at;	   /* past the last entry: the list as a whole */
	const char *field; /* NULL: the entry as a whole */
	char text[200];
};

/* drp_instrument_code_valid: drp_code_valid, and no '_' in front: tables use such
 * codes for themselves ("_T" is all, "_U" unknown). */
int drp_instrument_code_valid(const char *text, size_t max);

/* drp_instrument_text_valid: 1 to DRP_TEXT_MAX_BYTES bytes and no control characters,
 * so one line. Whether it is UTF-8 is the reader's to know. */
int drp_instrument_text_valid(const char *text);

/* drp_instrument_rules_check takes an instrument whose codes and texts are valid and
 * whose indices lie within their lists: DRP_E_INPUT fills fault. */
enum drp_err drp_instrument_rules_check(
	const struct drp_instrument *instrument, struct drp_fault *fault) DRP_MUST_CHECK;

#endif
