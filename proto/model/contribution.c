/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical form of a contribution: a map
 *   campaign        bin 32            manifest hash
 *   group           uint              0 leader, 1 teacher, 2 pupil
 *   incomplete      bool              participation of the unit is "onvolledig"
 *   invited         uint              0..DRP_UNIT_ELIGIBLE_MAX
 *   questionnaires  uint              completed, 0..DRP_UNIT_ELIGIBLE_MAX
 *   sigma2          uint              of each value's noise; 0 exactly without values
 *   unit            bin 16            id in the manifest
 *   values          array of int      noisy sums, at most DRP_VALUES_MAX, each within
 *                                     -2^53..2^53, which every reader holds exactly
 *
 * Canonical form of a receipt: a map
 *   campaign        bin 32            manifest hash
 *   contribution    bin 32            hash of the stored contribution
 *   group           uint              as above
 *   hub             bin 32            Ed25519 public key of the signer
 *   signature       bin 64            not in the statement that it covers
 *   stored          uint              Unix seconds of the hub's clock
 *   unit            bin 16            id in the manifest
 */
#include "proto/model/contribution.h"

#include "proto/wire/reader.h"
#include "proto/wire/writer.h"

#define VALUE_MAX  (INT64_C(1) << 53)
#define STORED_MAX (INT64_C(1) << 40)

/* What no single field can show. */
static int is_consistent(const struct drp_contribution *c)
{
	return (c->n_values == 0) == (c->sigma2 == 0);
}

static int is_in_range(const struct drp_contribution *c)
{
	int good = c->group < DRP_GROUPS && c->questionnaires <= DRP_UNIT_ELIGIBLE_MAX &&
		   c->invited <= DRP_UNIT_ELIGIBLE_MAX && c->incomplete <= 1 &&
		   c->sigma2 <= DRP_SIGMA2_MAX && c->n_values <= DRP_VALUES_MAX;
	for (size_t i = 0; good && i < c->n_values; i++) {
		good = c->value[i] >= -VALUE_MAX && c->value[i] <= VALUE_MAX;
	}
	return good && is_consistent(c);
}

enum drp_err drp_contribution_encode(
	const struct drp_contribution *c, struct drp_buf *out)
{
	struct drp_writer w = {0};
	if (!is_in_range(c)) {
		return DRP_E_RANGE;
	}
	drp_w_map(&w, 8);
	drp_w_key(&w, "campaign");
	drp_w_bin(&w, c->campaign.b, sizeof c->campaign.b);
	drp_w_key(&w, "group");
	drp_w_uint(&w, c->group);
	drp_w_key(&w, "incomplete");
	drp_w_bool(&w, c->incomplete);
	drp_w_key(&w, "invited");
	drp_w_uint(&w, c->invited);
	drp_w_key(&w, "questionnaires");
	drp_w_uint(&w, c->questionnaires);
	drp_w_key(&w, "sigma2");
	drp_w_uint(&w, c->sigma2);
	drp_w_key(&w, "unit");
	drp_w_bin(&w, c->unit.b, sizeof c->unit.b);
	drp_w_key(&w, "values");
	drp_w_ints(&w, c->value, c->n_values);
	return drp_w_hand_out(&w, out);
}

static void read_contribution(struct drp_reader *r, struct drp_contribution *c)
{
	drp_r_map(r);
	drp_r_key(r, "campaign");
	drp_r_bytes(r, c->campaign.b, sizeof c->campaign.b);
	drp_r_key(r, "group");
	c->group = (uint8_t)drp_r_uint(r, 0, DRP_GROUPS - 1);
	drp_r_key(r, "incomplete");
	c->incomplete = (uint8_t)drp_r_bool(r);
	drp_r_key(r, "invited");
	c->invited = (uint32_t)drp_r_uint(r, 0, DRP_UNIT_ELIGIBLE_MAX);
	drp_r_key(r, "questionnaires");
	c->questionnaires = (uint32_t)drp_r_uint(r, 0, DRP_UNIT_ELIGIBLE_MAX);
	drp_r_key(r, "sigma2");
	c->sigma2 = (uint32_t)drp_r_uint(r, 0, DRP_SIGMA2_MAX);
	drp_r_key(r, "unit");
	drp_r_bytes(r, c->unit.b, sizeof c->unit.b);
	drp_r_key(r, "values");
	c->n_values = (uint16_t)drp_r_array(r, DRP_VALUES_MAX);
	for (size_t i = 0; i < c->n_values; i++) {
		c->value[i] = drp_r_int(r, -VALUE_MAX, VALUE_MAX);
	}
	drp_r_end_array(r);
	drp_r_end_map(r);
	if (!is_consistent(c)) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
}

enum drp_err drp_contribution_decode(
	const void *bytes, size_t n, struct drp_contribution *contribution)
{
	struct drp_reader *r;
	struct drp_contribution c = {0};
	enum drp_err err = drp_r_open(bytes, n, DRP_WIRE_ITEMS_MAX, &r);
	if (err) {
		return err;
	}
	read_contribution(r, &c);
	err = drp_r_close(r);
	if (!err) {
		*contribution = c;
	}
	return err;
}

static enum drp_err write_receipt(
	const struct drp_receipt *receipt, int with_signature, struct drp_buf *out)
{
	struct drp_writer w = {0};
	if (receipt->group >= DRP_GROUPS || receipt->stored_s < 0 ||
		receipt->stored_s > STORED_MAX) {
		return DRP_E_RANGE;
	}
	drp_w_map(&w, with_signature ? 7 : 6);
	drp_w_key(&w, "campaign");
	drp_w_bin(&w, receipt->campaign.b, sizeof receipt->campaign.b);
	drp_w_key(&w, "contribution");
	drp_w_bin(&w, receipt->contribution.b, sizeof receipt->contribution.b);
	drp_w_key(&w, "group");
	drp_w_uint(&w, receipt->group);
	drp_w_key(&w, "hub");
	drp_w_bin(&w, receipt->hub.b, sizeof receipt->hub.b);
	if (with_signature) {
		drp_w_key(&w, "signature");
		drp_w_bin(&w, receipt->signature, sizeof receipt->signature);
	}
	drp_w_key(&w, "stored");
	drp_w_uint(&w, (uint64_t)receipt->stored_s);
	drp_w_key(&w, "unit");
	drp_w_bin(&w, receipt->unit.b, sizeof receipt->unit.b);
	return drp_w_hand_out(&w, out);
}

enum drp_err drp_receipt_statement(const struct drp_receipt *receipt, struct drp_buf *out)
{
	return write_receipt(receipt, 0, out);
}

enum drp_err drp_receipt_encode(const struct drp_receipt *receipt, struct drp_buf *out)
{
	return write_receipt(receipt, 1, out);
}

enum drp_err drp_receipt_decode(const void *bytes, size_t n, struct drp_receipt *receipt)
{
	struct drp_reader *r;
	struct drp_receipt got = {0};
	enum drp_err err = drp_r_open(bytes, n, DRP_WIRE_ITEMS_MAX, &r);
	if (err) {
		return err;
	}
	drp_r_map(r);
	drp_r_key(r, "campaign");
	drp_r_bytes(r, got.campaign.b, sizeof got.campaign.b);
	drp_r_key(r, "contribution");
	drp_r_bytes(r, got.contribution.b, sizeof got.contribution.b);
	drp_r_key(r, "group");
	got.group = (uint8_t)drp_r_uint(r, 0, DRP_GROUPS - 1);
	drp_r_key(r, "hub");
	drp_r_bytes(r, got.hub.b, sizeof got.hub.b);
	drp_r_key(r, "signature");
	drp_r_bytes(r, got.signature, sizeof got.signature);
	drp_r_key(r, "stored");
	got.stored_s = drp_r_int(r, 0, STORED_MAX);
	drp_r_key(r, "unit");
	drp_r_bytes(r, got.unit.b, sizeof got.unit.b);
	drp_r_end_map(r);
	err = drp_r_close(r);
	if (!err) {
		*receipt = got;
	}
	return err;
}
