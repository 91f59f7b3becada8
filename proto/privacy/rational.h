/* SPDX-License-Identifier: Apache-2.0
 *
 * Exact rationals for the ledger. Every operation checks for overflow and fails
 * closed. Integers only. Threads: any.
 */
#ifndef DRP_PRIVACY_RATIONAL_H
#define DRP_PRIVACY_RATIONAL_H

#include <drempel/err.h>
#include <drempel/types.h>

#include <stddef.h>

enum drp_err drp_rational_make(
	int64_t num, int64_t den, struct drp_rational *r) DRP_MUST_CHECK;
enum drp_err drp_rational_add(struct drp_rational a, struct drp_rational b,
	struct drp_rational *sum) DRP_MUST_CHECK;
enum drp_err drp_rational_mul(struct drp_rational a, struct drp_rational b,
	struct drp_rational *product) DRP_MUST_CHECK;

/* drp_rational_cmp is -1, 0 or 1, exact (128-bit cross products never overflow). */
int drp_rational_cmp(struct drp_rational a, struct drp_rational b);

#define DRP_RATIONAL_TEXT 48
/* "p/q"; parse accepts "p/q", "p" and a plain decimal such as "0.22". */
const char *drp_rational_format(struct drp_rational r, char text[DRP_RATIONAL_TEXT]);
enum drp_err drp_rational_parse(const char *text, struct drp_rational *r) DRP_MUST_CHECK;

#endif
