/* SPDX-License-Identifier: Apache-2.0
 *
 * What a node submits for (campaign, unit, group) and the receipt it gets: canonical
 * forms, hashed. An open-track contribution carries the exact number of questionnaires
 * and, at or above the group's unit threshold, noisy integers: never an exact answer.
 * Wire: PROTOCOL.md "Contribution", "Receipt".
 */
#ifndef DRP_MODEL_CONTRIBUTION_H
#define DRP_MODEL_CONTRIBUTION_H

#include "proto/base/buf.h"

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

#include <stddef.h>
#include <stdint.h>

struct drp_contribution {
	struct drp_hash campaign; /* manifest hash */
	struct drp_id unit;
	uint8_t group;
	uint32_t questionnaires; /* completed: exact */
	uint32_t invited;
	uint8_t incomplete; /* participation of the unit is "onvolledig" (R12) */
	uint32_t sigma2;    /* of each value; 0 when there are none */
	uint16_t n_values;  /* 0: below the threshold, counts only */
	int64_t value[DRP_VALUES_MAX];
};

enum drp_err drp_contribution_encode(
	const struct drp_contribution *contribution, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_contribution_decode(const void *bytes, size_t n,
	struct drp_contribution *contribution) DRP_MUST_CHECK;

/* The hub's signed proof that it stored these bytes. */
struct drp_receipt {
	struct drp_hash campaign;
	struct drp_id unit;
	uint8_t group;
	struct drp_hash contribution; /* of the canonical contribution */
	int64_t stored_s;	      /* hub's Unix time */
	struct drp_key hub;
	uint8_t signature[64]; /* over the fields above, tag "drempel receipt 1" */
};

/* drp_receipt_statement appends what the signature covers. */
enum drp_err drp_receipt_statement(
	const struct drp_receipt *receipt, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_receipt_encode(
	const struct drp_receipt *receipt, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_receipt_decode(
	const void *bytes, size_t n, struct drp_receipt *receipt) DRP_MUST_CHECK;

#endif
