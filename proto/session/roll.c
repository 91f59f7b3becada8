/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical form: an array of strings, in the order of the manifest's school numbers.
 */
#include "proto/session/roll.h"

#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/wire/reader.h"
#include "proto/wire/writer.h"

#include <stdlib.h>
#include <string.h>

enum drp_err drp_roll_encode(const drp_roll_id *id, size_t n, struct drp_buf *out)
{
	struct drp_writer w = {0};
	drp_w_array(&w, n);
	for (size_t i = 0; i < n; i++) {
		drp_w_str(&w, id[i]);
	}
	enum drp_err err = drp_w_finish(&w);
	if (err == DRP_OK) {
		drp_buf_append(out, w.out.data, w.out.len);
		err = out->failed ? DRP_E_NOMEM : DRP_OK;
	}
	drp_w_clear(&w);
	return err;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A school that stood for two numbers could be counted as two. */
static enum drp_err check_once(const drp_roll_id *id, size_t n)
{
	const char **sorted = drp_alloc(n + 1, sizeof *sorted);
	enum drp_err err = sorted ? DRP_OK : DRP_E_NOMEM;
	for (size_t i = 0; sorted && i < n; i++) {
		sorted[i] = id[i];
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

enum drp_err drp_roll_decode(const void *bytes, size_t bytes_n, drp_roll_id *id, size_t n)
{
	struct drp_reader *r;
	enum drp_err err = drp_r_open(bytes, bytes_n, DRP_BLOB_ITEMS_MAX, &r);
	if (err) {
		return err;
	}
	if (drp_r_array(r, DRP_SCHOOLS_MAX) != n) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
	for (size_t i = 0; i < n; i++) {
		drp_r_str(r, id[i], sizeof id[i]);
		if (!drp_code_valid(id[i], sizeof id[i])) {
			drp_r_fail(r, DRP_E_MALFORMED);
		}
	}
	drp_r_end_array(r);
	err = drp_r_close(r);
	return err ? err : check_once((const drp_roll_id *)id, n);
}
