/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical form: a map
 *   campaign   bin 32   manifest hash
 *   groups     bin      one byte an entry
 *   reports    bin      32 bytes an entry: the report's name
 *   units      bin      16 bytes an entry
 */
#include "proto/session/list.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "proto/wire/reader.h"
#include "proto/wire/writer.h"

#include <string.h>

#define UNIT_BYTES   16
#define REPORT_BYTES 32

static int compare(const struct drp_listed *a, const struct drp_listed *b)
{
	int unit = memcmp(a->unit.b, b->unit.b, UNIT_BYTES);
	return unit ? unit : (int)a->group - (int)b->group;
}

static int is_sorted(const struct drp_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->entry[i].group >= DRP_GROUPS ||
			(i && compare(&list->entry[i - 1], &list->entry[i]) >= 0)) {
			return 0;
		}
	}
	return 1;
}

enum drp_err drp_list_encode(const struct drp_list *list, struct drp_buf *out)
{
	struct drp_writer w = {0};
	struct drp_buf groups = {0}, reports = {0}, units = {0};
	if (!is_sorted(list)) {
		return DRP_E_RANGE;
	}
	for (size_t i = 0; i < list->n; i++) {
		drp_buf_append(&groups, &list->entry[i].group, 1);
		drp_buf_append(&reports, list->entry[i].report.b, REPORT_BYTES);
		drp_buf_append(&units, list->entry[i].unit.b, UNIT_BYTES);
	}
	drp_w_map(&w, 4);
	drp_w_key(&w, "campaign");
	drp_w_bin(&w, list->campaign.b, sizeof list->campaign.b);
	drp_w_key(&w, "groups");
	drp_w_bin(&w, groups.data, groups.len);
	drp_w_key(&w, "reports");
	drp_w_bin(&w, reports.data, reports.len);
	drp_w_key(&w, "units");
	drp_w_bin(&w, units.data, units.len);
	int failed = groups.failed || reports.failed || units.failed;
	enum drp_err err = failed ? DRP_E_NOMEM : drp_w_finish(&w);
	if (err == DRP_OK) {
		drp_buf_append(out, w.out.data, w.out.len);
		err = out->failed ? DRP_E_NOMEM : DRP_OK;
	}
	drp_buf_clear(&groups);
	drp_buf_clear(&reports);
	drp_buf_clear(&units);
	drp_w_clear(&w);
	return err;
}

/* What the map holds, still as columns. */
struct columns {
	const uint8_t *groups, *reports, *units;
	size_t groups_n, reports_n, units_n;
};

static enum drp_err read_columns(
	const void *bytes, size_t n, struct drp_hash *campaign, struct columns *c)
{
	struct drp_reader *r;
	enum drp_err err = drp_r_open(bytes, n, DRP_WIRE_ITEMS_MAX, &r);
	if (err) {
		return err;
	}
	const size_t most = (size_t)DRP_UNITS_MAX * DRP_GROUPS;
	drp_r_map(r);
	drp_r_key(r, "campaign");
	drp_r_bytes(r, campaign->b, sizeof campaign->b);
	drp_r_key(r, "groups");
	c->groups = drp_r_bin(r, most, &c->groups_n);
	drp_r_key(r, "reports");
	c->reports = drp_r_bin(r, most * REPORT_BYTES, &c->reports_n);
	drp_r_key(r, "units");
	c->units = drp_r_bin(r, most * UNIT_BYTES, &c->units_n);
	drp_r_end_map(r);
	return drp_r_close(r);
}

static enum drp_err fill(struct drp_list *list, const struct columns *c)
{
	if (c->reports_n != c->groups_n * REPORT_BYTES ||
		c->units_n != c->groups_n * UNIT_BYTES) {
		return DRP_E_MALFORMED;
	}
	list->entry = drp_alloc(c->groups_n ? c->groups_n : 1, sizeof *list->entry);
	if (!list->entry) {
		return DRP_E_NOMEM;
	}
	list->n = c->groups_n;
	for (size_t i = 0; i < list->n; i++) {
		struct drp_listed *e = &list->entry[i];
		memcpy(e->unit.b, c->units + i * UNIT_BYTES, UNIT_BYTES);
		memcpy(e->report.b, c->reports + i * REPORT_BYTES, REPORT_BYTES);
		e->group = c->groups[i];
	}
	return is_sorted(list) ? DRP_OK : DRP_E_MALFORMED;
}

enum drp_err drp_list_decode(const void *bytes, size_t n,
	const struct drp_manifest *manifest, struct drp_list *list, struct drp_diag *diag)
{
	struct columns c = {0};
	*list = (struct drp_list){0};
	enum drp_err err = read_columns(bytes, n, &list->campaign, &c);
	err = err ? err : fill(list, &c);
	if (err) {
		return drp_fail(diag, err, "the list of reports cannot be read: %s",
			drp_err_text(err));
	}
	if (!drp_hash_equal(&list->campaign, &manifest->hash)) {
		return drp_fail(diag, DRP_E_MALFORMED,
			"the list of reports is not of campaign %s", manifest->id);
	}
	for (size_t i = 0; i < list->n; i++) {
		if (!drp_manifest_unit(manifest, &list->entry[i].unit)) {
			return drp_fail(diag, DRP_E_MALFORMED,
				"the list of reports names a unit that campaign %s does "
				"not have",
				manifest->id);
		}
	}
	return DRP_OK;
}

void drp_list_clear(struct drp_list *list)
{
	drp_free(list->entry);
	*list = (struct drp_list){0};
}

void drp_list_common(const struct drp_list *ours, const struct drp_list *theirs,
	const struct drp_manifest *manifest, uint8_t *came, size_t *only_ours,
	size_t *only_theirs)
{
	size_t i = 0, j = 0, common = 0;
	memset(came, 0, (size_t)DRP_GROUPS * manifest->n_units);
	while (i < ours->n && j < theirs->n) {
		const struct drp_listed *a = &ours->entry[i], *b = &theirs->entry[j];
		int order = compare(a, b);
		i += order <= 0;
		j += order >= 0;
		const struct drp_unit *unit =
			order == 0 && drp_hash_equal(&a->report, &b->report)
				? drp_manifest_unit(manifest, &a->unit)
				: NULL;
		if (unit) {
			came[(size_t)a->group * manifest->n_units +
				(size_t)(unit - manifest->unit)] = 1;
			common++;
		}
	}
	*only_ours = ours->n - common;
	*only_theirs = theirs->n - common;
}
