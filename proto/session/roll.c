/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical form: a map of two columns, in the order of the manifest's school numbers.
 */
#include "proto/session/roll.h"

#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/wire/reader.h"
#include "proto/wire/writer.h"

#include <stdlib.h>
#include <string.h>

enum drp_err drp_roll_encode(
	const struct drp_roll_entry *roll, size_t n, struct drp_buf *out)
{
	struct drp_writer w = {0};
	struct drp_buf proofs = {0};
	drp_w_map(&w, 2);
	drp_w_key(&w, "ids");
	drp_w_array(&w, n);
	for (size_t i = 0; i < n; i++) {
		drp_w_str(&w, roll[i].id);
		drp_buf_append(&proofs, roll[i].proof, sizeof roll[i].proof);
	}
	drp_w_key(&w, "proofs");
	drp_w_bin(&w, proofs.data, proofs.len);
	enum drp_err err = proofs.failed ? DRP_E_NOMEM : DRP_OK;
	enum drp_err end = drp_w_finish(&w);
	err = err ? err : end;
	if (err == DRP_OK) {
		drp_buf_append(out, w.out.data, w.out.len);
		err = out->failed ? DRP_E_NOMEM : DRP_OK;
	}
	drp_buf_clear(&proofs);
	drp_w_clear(&w);
	return err;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A school that stood for two numbers could be counted as two. */
static enum drp_err check_once(const struct drp_roll_entry *roll, size_t n)
{
	const char **sorted = drp_alloc(n + 1, sizeof *sorted);
	enum drp_err err = sorted ? DRP_OK : DRP_E_NOMEM;
	for (size_t i = 0; sorted && i < n; i++) {
		sorted[i] = roll[i].id;
	}
	if (sorted) {
		qsort(sorted, n, sizeof *sorted, by_text);
	}
	for (size_t i = 1; err == DRP_OK && i < n; i++) {
		if (strcmp(sorted[i - 1], sorted[i]) == 0) {
			err = DRP_E_MALFORMED;
		}
	}
	drp_free(sorted);
	return err;
}

static void read_proofs(struct drp_reader *r, struct drp_roll_entry *roll, size_t n)
{
	size_t held;
	drp_r_key(r, "proofs");
	const uint8_t *proofs =
		drp_r_bin(r, (size_t)DRP_SCHOOLS_MAX * DRP_PROOF_BYTES, &held);
	if (!proofs || held != n * DRP_PROOF_BYTES) {
		drp_r_fail(r, DRP_E_MALFORMED);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		memcpy(roll[i].proof, proofs + i * DRP_PROOF_BYTES, DRP_PROOF_BYTES);
	}
}

enum drp_err drp_roll_decode(
	const void *bytes, size_t bytes_n, struct drp_roll_entry *roll, size_t n)
{
	struct drp_reader *r;
	enum drp_err err = drp_r_open(bytes, bytes_n, DRP_BLOB_ITEMS_MAX, &r);
	if (err) {
		return err;
	}
	drp_r_map(r);
	drp_r_key(r, "ids");
	if (drp_r_array(r, DRP_SCHOOLS_MAX) != n) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
	for (size_t i = 0; i < n; i++) {
		drp_r_str(r, roll[i].id, sizeof roll[i].id);
		if (!drp_code_valid(roll[i].id, sizeof roll[i].id)) {
			drp_r_fail(r, DRP_E_MALFORMED);
		}
	}
	drp_r_end_array(r);
	read_proofs(r, roll, n);
	drp_r_end_map(r);
	err = drp_r_close(r);
	return err ? err : check_once(roll, n);
}
