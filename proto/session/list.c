/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical form: a map
 *   answers    bin 32   hash of the hub's list; zero in the hub's own
 *   campaign   bin 32   manifest hash
 *   reports    bin      32 bytes an entry: the report's name
 */
#include "proto/session/list.h"

#include "proto/base/alloc.h"
#include "proto/wire/reader.h"
#include "proto/wire/writer.h"

#include <drempel/limits.h>

#include <stdlib.h>
#include <string.h>

#define REPORT_BYTES sizeof(struct drp_hash)
#define REPORTS_MAX  ((size_t)DRP_UNITS_MAX * DRP_GROUPS)

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, REPORT_BYTES);
}

void drp_list_sort(struct drp_list *list)
{
	if (list->n) {
		qsort(list->report, list->n, REPORT_BYTES, compare);
	}
}

static int is_sorted(const struct drp_list *list)
{
	for (size_t i = 1; i < list->n; i++) {
		if (compare(&list->report[i - 1], &list->report[i]) >= 0) {
			return 0;
		}
	}
	return 1;
}

enum drp_err drp_list_encode(const struct drp_list *list, struct drp_buf *out)
{
	struct drp_writer w = {0};
	if (!is_sorted(list)) {
		return DRP_E_RANGE;
	}
	drp_w_map(&w, 3);
	drp_w_key(&w, "answers");
	drp_w_bin(&w, list->answers.b, sizeof list->answers.b);
	drp_w_key(&w, "campaign");
	drp_w_bin(&w, list->campaign.b, sizeof list->campaign.b);
	drp_w_key(&w, "reports");
	drp_w_bin(&w, list->report, list->n * REPORT_BYTES);
	return drp_w_hand_out(&w, out);
}

static enum drp_err read(const void *bytes, size_t n, struct drp_list *list)
{
	struct drp_reader *r;
	enum drp_err err = drp_r_open(bytes, n, DRP_WIRE_ITEMS_MAX, &r);
	if (err) {
		return err;
	}
	size_t length = 0;
	drp_r_map(r);
	drp_r_key(r, "answers");
	drp_r_bytes(r, list->answers.b, sizeof list->answers.b);
	drp_r_key(r, "campaign");
	drp_r_bytes(r, list->campaign.b, sizeof list->campaign.b);
	drp_r_key(r, "reports");
	const uint8_t *reports = drp_r_bin(r, REPORTS_MAX * REPORT_BYTES, &length);
	drp_r_end_map(r);
	err = drp_r_close(r);
	if (err == DRP_OK && length % REPORT_BYTES) {
		err = DRP_E_MALFORMED;
	}
	if (err) {
		return err;
	}
	size_t count = length / REPORT_BYTES;
	list->report = drp_alloc(count ? count : 1, REPORT_BYTES);
	if (!list->report) {
		return DRP_E_NOMEM;
	}
	list->n = count;
	if (length) {
		memcpy(list->report, reports, length);
	}
	return is_sorted(list) ? DRP_OK : DRP_E_MALFORMED;
}

enum drp_err drp_list_decode(const void *bytes, size_t n, const struct drp_hash *campaign,
	struct drp_list *list, struct drp_diag *diag)
{
	*list = (struct drp_list){0};
	enum drp_err err = read(bytes, n, list);
	if (err) {
		return drp_fail(diag, err, "the list of reports cannot be read: %s",
			drp_err_text(err));
	}
	return drp_hash_equal(&list->campaign, campaign)
		       ? DRP_OK
		       : drp_fail(diag, DRP_E_MALFORMED,
				 "the list of reports is of another campaign");
}

enum drp_err drp_list_verify(const struct drp_signed_list *of,
	const struct drp_key *signer, const struct drp_hash *campaign,
	const struct drp_hash *answers, struct drp_bytes bytes, struct drp_list *list,
	struct drp_diag *diag)
{
	static const struct drp_hash none;
	struct drp_hash real;
	*list = (struct drp_list){0};
	drp_hash_bytes(bytes.data, bytes.n, &real);
	enum drp_err err = drp_hash_equal(&real, &of->hash) ? DRP_OK : DRP_E_HASH;
	err = err ? err
		  : drp_verify(signer, DRP_LIST_TAG, bytes.data, bytes.n, of->signature);
	if (err) {
		return drp_fail(diag, err, "the list of reports is not right: %s",
			drp_err_text(err));
	}
	err = drp_list_decode(bytes.data, bytes.n, campaign, list, diag);
	if (err == DRP_OK && !drp_hash_equal(&list->answers, answers ? answers : &none)) {
		err = drp_fail(
			diag, DRP_E_CONFLICT, "the list of reports answers another list");
	}
	return err;
}

void drp_list_clear(struct drp_list *list)
{
	drp_free(list->report);
	*list = (struct drp_list){0};
}

int drp_list_holds(const struct drp_list *list, const struct drp_hash *report)
{
	return list->n &&
	       bsearch(report, list->report, list->n, REPORT_BYTES, compare) != NULL;
}

size_t drp_list_common(const struct drp_list *a, const struct drp_list *b)
{
	size_t i = 0, j = 0, common = 0;
	while (i < a->n && j < b->n) {
		int order = compare(&a->report[i], &b->report[j]);
		i += order <= 0;
		j += order >= 0;
		common += order == 0;
	}
	return common;
}
