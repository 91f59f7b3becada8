/* SPDX-License-Identifier: Apache-2.0 */
#include "node/release/release_internal.h"

#include "node/release/window.h"
#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/model/codes.h"
#include "proto/privacy/noise.h"
#include "proto/privacy/sensitivity.h"

#include <stdio.h>
#include <string.h>

enum drp_err drp_release_participation(struct drp_node *node,
	const struct drp_node_work *work, int level,
	struct drp_participation_counts *counts, struct drp_diag *diag)
{
	memset(counts, 0, sizeof *counts);
	enum drp_err err = DRP_OK;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		struct drp_target target;
		int set;
		err = drp_node_target_get(
			node->store, work->manifest->id, level, g, &target, &set, diag);
		err = err ? err
			  : drp_node_sheets_count(node->store, work->manifest->id, level,
				    g, &counts->completed[g], diag);
		counts->eligible[g] = set && target.eligible
					      ? target.eligible
					      : work->unit[level]->eligible[g];
		counts->invited[g] =
			set && target.invited ? target.invited : counts->eligible[g];
	}
	return err;
}

/* ---- candidates ---- */

struct tabulating {
	const struct drp_node_work *work;
	int group;
	struct drp_tabulation *tabulation;
	struct drp_tabulation *one; /* of a single sheet, for its own sensitivity */
	uint32_t delta2;
	struct drp_diag *diag;
};

/* Every sheet is counted alone first: what one questionnaire adds to the vector must
 * not exceed the declared sensitivity, whatever the importer let through. */
static enum drp_err add_sheet(
	void *self, const struct drp_sheet *sheet, const uint8_t own[DRP_OWN_ITEMS_MAX])
{
	struct tabulating *t = self;
	int64_t vector[DRP_VALUES_MAX];
	(void)own; /* own questions never leave the school */
	memset(t->one, 0, sizeof *t->one);
	enum drp_err err = drp_tabulate_add(
		t->one, t->work->instrument, (enum drp_group)t->group, sheet);
	if (err == DRP_OK && t->delta2) {
		size_t n = drp_tabulation_pairs(
			t->one, t->work->instrument, (enum drp_group)t->group, vector);
		err = drp_sensitivity_check(vector, n, t->delta2);
	}
	err = err ? err
		  : drp_tabulate_add(t->tabulation, t->work->instrument,
			    (enum drp_group)t->group, sheet);
	return err ? drp_fail(t->diag, err,
			     "a stored questionnaire of group %s does not fit the "
			     "instrument (%s); "
			     "import it again",
			     drp_group_code(t->group), drp_err_text(err))
		   : DRP_OK;
}

static enum drp_err tabulate(struct drp_node *node, const struct drp_node_work *work,
	int level, struct drp_candidate *c, struct drp_diag *diag)
{
	struct tabulating t = {.work = work,
		.group = c->group,
		.delta2 = c->release ? c->release->delta2 : 0,
		.diag = diag};
	t.tabulation = drp_alloc(1, sizeof *t.tabulation);
	t.one = drp_alloc(1, sizeof *t.one);
	enum drp_err err = t.tabulation && t.one ? DRP_OK : DRP_E_NOMEM;
	err = err ? err
		  : drp_node_sheets(node->store, work->manifest->id, level, c->group,
			    add_sheet, &t, diag);
	if (err == DRP_OK && c->with_values) {
		c->n_values = (uint16_t)drp_tabulation_pairs(t.tabulation,
			work->instrument, (enum drp_group)c->group, c->value);
	}
	drp_free(t.tabulation);
	drp_free(t.one);
	return err;
}

enum drp_err drp_release_candidate(struct drp_node *node,
	const struct drp_node_work *work, int level, int group, struct drp_candidate *c,
	int *present, struct drp_diag *diag)
{
	const struct drp_manifest *m = work->manifest;
	struct drp_participation_counts counts;
	struct drp_released before;
	memset(c, 0, sizeof *c);
	enum drp_err err = drp_release_participation(node, work, level, &counts, diag);
	if (err) {
		return err;
	}
	c->level = level;
	c->group = group;
	c->questionnaires = counts.completed[group];
	c->eligible = counts.eligible[group];
	c->invited = counts.invited[group];
	c->incomplete = drp_participation_classify(&counts, DRP_PARTICIPATION_CLOSE,
				NULL) == DRP_PARTICIPATION_INCOMPLETE;
	*present = c->questionnaires > 0;
	const struct drp_release *r = drp_manifest_release(
		m, (enum drp_group)group, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
	c->sealed = m->track == DRP_TRACK_SEALED;
	c->release = r && (c->sealed || r->map == DRP_MAP_PAIRS) ? r : NULL;
	c->with_values = c->release &&
			 (c->sealed || c->questionnaires >= m->thresholds.k_unit[group]);
	err = drp_node_release_get(node->store, m->id, level, group, &before, diag);
	c->already = err == DRP_OK;
	if (err != DRP_OK && err != DRP_E_NOTFOUND) {
		return err;
	}
	if (!*present) {
		return DRP_OK;
	}
	return c->sealed ? drp_sealed_tabulate(node, work, c, diag)
			 : tabulate(node, work, level, c, diag);
}

struct drp_rational drp_release_charge(
	const struct drp_node_work *work, const struct drp_candidate *c)
{
	return !c->with_values ? (struct drp_rational){0, 1}
	       : c->sealed     ? work->manifest->rho[c->group]
			       : c->release->rho;
}

enum drp_err drp_release_sizes(struct drp_node *node, const struct drp_node_work *work,
	const struct drp_candidate *c, struct drp_report_sizes *sizes,
	struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	struct drp_report report;
	struct drp_hash name;
	enum drp_err err = drp_sealed_make(node, work, c, &bytes, &name, diag);
	err = err ? err : drp_report_decode(bytes.data, bytes.len, &report, &name);
	if (err == DRP_OK) {
		*sizes = (struct drp_report_sizes){
			bytes.len, report.hub_n, report.notary_n};
	}
	drp_buf_wipe(&bytes);
	return err;
}

enum drp_err drp_release_ready(struct drp_node *node, const struct drp_node_work *work,
	int level, struct drp_diag *diag)
{
	struct drp_days window;
	int set;
	enum drp_err err = drp_node_window_get(node->store, work->manifest->id, level,
		&window.from, &window.to, &set, diag);
	if (err == DRP_OK && !set) {
		err = drp_fail(diag, DRP_E_STATE,
			"level %d has no answering window yet; set it with 'campaign set "
			"%s --level "
			"%d --window FROM..TO'",
			level, work->manifest->id, level);
	}
	return err ? err
		   : drp_window_ended(
			     &window, drp_day_of_ms(drp_node_now_s(node) * 1000), diag);
}

/* ---- approve ---- */

/* The hub holds something of this unit and group that this database does not know: an
 * old backup was restored, or another node has this school's keys. */
static enum drp_err check_not_held(const struct drp_candidate *c,
	const struct drp_id *unit, const struct drp_receipt *held, size_t n,
	struct drp_diag *diag)
{
	for (size_t i = 0; i < n; i++) {
		if (held[i].group == c->group &&
			memcmp(&held[i].unit, unit, sizeof *unit) == 0) {
			return drp_fail(diag, DRP_E_RELEASED,
				"the hub already holds a contribution of level %d, group "
				"%s, that this "
				"node does not know: an old backup was restored, or a "
				"second node has "
				"this school's keys; noise is never drawn twice",
				c->level, drp_group_code(c->group));
		}
	}
	return DRP_OK;
}

/* What the hub is bound to refuse must cost no budget: the noise would be drawn, and
 * could never be drawn again. */
static enum drp_err check_acceptable(const struct drp_candidate *c,
	const struct drp_node_work *work, struct drp_diag *diag)
{
	uint32_t eligible = work->unit[c->level]->eligible[c->group];
	return c->questionnaires > eligible
		       ? drp_fail(diag, DRP_E_RANGE,
				 "level %d, group %s has %u questionnaires and the "
				 "campaign %u eligible people; nothing was approved, "
				 "check what was imported",
				 c->level, drp_group_code(c->group), c->questionnaires,
				 eligible)
		       : DRP_OK;
}

static enum drp_err charge(struct drp_node *node, const struct drp_node_work *work,
	const struct drp_candidate *c, const struct drp_released *release,
	struct drp_diag *diag)
{
	struct drp_ledger_row *rows = NULL;
	size_t n = 0;
	enum drp_err err = drp_node_ledger(node->store, &rows, &n, diag);
	if (err) {
		return err;
	}
	struct drp_ledger_row row = {.year = work->manifest->year,
		.group = (uint8_t)c->group,
		.campaign = work->manifest->hash,
		.unit = release->unit,
		.delta2 = c->release->delta2,
		.sigma2 = c->sealed ? 0 : c->release->sigma2, /* no draw of its own */
		.rho = drp_release_charge(work, c),
		.bytes = release->hash,
		.time_s = release->approved_s};
	err = drp_ledger_admit(rows, n, &row, diag);
	drp_free(rows);
	return err ? err : drp_node_ledger_append(node->store, &row, diag);
}

static enum drp_err make_contribution(struct drp_node *node,
	const struct drp_node_work *work, const struct drp_candidate *c,
	struct drp_buf *bytes, struct drp_hash *name, struct drp_diag *diag)
{
	struct drp_contribution *k = drp_alloc(1, sizeof *k);
	if (!k) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the contribution");
	}
	k->campaign = work->manifest->hash;
	k->unit = work->unit[c->level]->id;
	k->group = (uint8_t)c->group;
	k->questionnaires = c->questionnaires;
	k->invited = c->invited;
	k->incomplete = (uint8_t)c->incomplete;
	enum drp_err err = DRP_OK;
	if (c->with_values) {
		k->sigma2 = c->release->sigma2;
		k->n_values = c->n_values;
		memcpy(k->value, c->value, c->n_values * sizeof *k->value);
		err = drp_noise_add(&node->rng, k->sigma2, k->value, k->n_values);
	}
	err = err ? err : drp_contribution_encode(k, bytes);
	if (err == DRP_OK) {
		drp_hash_bytes(bytes->data, bytes->len, name);
	}
	drp_free(k);
	return err ? drp_fail(diag, err, "the contribution could not be made: %s",
			     drp_err_text(err))
		   : DRP_OK;
}

static enum drp_err approve_one(struct drp_node *node, const struct drp_node_work *work,
	const struct drp_candidate *c, struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	struct drp_released r = {.level = (uint8_t)c->level,
		.group = (uint8_t)c->group,
		.state = DRP_RELEASE_READY,
		.manifest = work->manifest->hash,
		.unit = work->unit[c->level]->id,
		.questionnaires = c->questionnaires,
		.track = work->manifest->track,
		.n_values = c->sealed	     ? (uint32_t)c->n_counters
			    : c->with_values ? c->n_values
					     : 0,
		.approved_s = drp_node_now_s(node)};
	snprintf(r.campaign, sizeof r.campaign, "%s", work->manifest->id);
	node->rng.fill(node->rng.self, r.request.b, sizeof r.request.b);
	enum drp_err err =
		c->sealed ? drp_sealed_make(node, work, c, &bytes, &r.hash, diag)
			  : make_contribution(node, work, c, &bytes, &r.hash, diag);
	if (err == DRP_OK && drp_release_charge(work, c).num > 0) {
		err = charge(node, work, c, &r, diag);
	}
	err = err ? err
		  : drp_node_release_add(node->store, &r, bytes.data, bytes.len, diag);
	if (err == DRP_OK) {
		struct drp_log_row row = {.time_s = r.approved_s,
			.event = "approved",
			.campaign = r.manifest,
			.unit = r.unit,
			.group = r.group,
			.bytes = r.hash};
		err = drp_node_log_append(node->store, &row, diag);
	}
	drp_buf_clear(&bytes);
	return err;
}

static enum drp_err approve_level(struct drp_node *node, const struct drp_node_work *work,
	int level, const struct drp_receipt *held, size_t n_held, uint32_t *approved,
	struct drp_diag *diag)
{
	struct drp_candidate *c = drp_alloc(1, sizeof *c);
	enum drp_err err = c ? DRP_OK : DRP_E_NOMEM;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		int present = 0;
		err = drp_release_candidate(node, work, level, g, c, &present, diag);
		if (err || !present || c->already || (c->sealed && !c->with_values)) {
			continue;
		}
		err = check_not_held(c, &work->unit[level]->id, held, n_held, diag);
		err = err ? err : drp_release_ready(node, work, level, diag);
		err = err ? err : check_acceptable(c, work, diag);
		err = err ? err : approve_one(node, work, c, diag);
		*approved += err == DRP_OK;
	}
	drp_free(c);
	return err;
}

/* Shares are made for the present notary alone: an older one may be lost, or worse. */
static enum drp_err check_notary(
	const struct drp_node *node, const struct drp_manifest *m, struct drp_diag *diag)
{
	const struct drp_notary_pin *last =
		node->n_notaries ? &node->notary[node->n_notaries - 1] : NULL;
	int fits = m->track != DRP_TRACK_SEALED ||
		   (last && memcmp(&last->key, &m->notary, sizeof last->key) == 0);
	return fits ? DRP_OK
		    : drp_fail(diag, DRP_E_POLICY,
			      "campaign %s is for another notary than the latest invite "
			      "names; nothing was approved",
			      m->id);
}

enum drp_err drp_release_approve(struct drp_node *node, const struct drp_node_work *work,
	const struct drp_receipt *held, size_t n_held, uint32_t *approved,
	struct drp_diag *diag)
{
	if (work->campaign.state != DRP_CAMPAIGN_OPEN ||
		drp_node_now_s(node) > work->manifest->deadline_s) {
		return drp_fail(diag, DRP_E_CLOSED,
			"campaign %s is closed; nothing was approved",
			work->manifest->id);
	}
	uint32_t count = 0;
	enum drp_err err = check_notary(node, work->manifest, diag);
	err = err ? err : drp_node_begin(node->store, diag);
	if (err) {
		return err;
	}
	for (int level = 1; err == DRP_OK && level <= DRP_LEVELS; level++) {
		if (work->unit[level]) {
			err = approve_level(
				node, work, level, held, n_held, &count, diag);
		}
	}
	err = drp_node_end(node->store, err, diag);
	if (err == DRP_OK) {
		*approved = count;
	}
	return err;
}

/* ---- withdraw ---- */

/* Even what has no receipt here may have reached the hub just before a connection broke,
 * so every withdrawal goes through the outbox and is final with the hub's answer. */
static enum drp_err withdraw_one(
	struct drp_node *node, const struct drp_released *r, struct drp_diag *diag)
{
	struct drp_log_row row = {.time_s = drp_node_now_s(node),
		.event = "withdrawing",
		.campaign = r->manifest,
		.unit = r->unit,
		.group = r->group,
		.bytes = r->hash};
	enum drp_err err = drp_node_release_state(
		node->store, &r->hash, DRP_RELEASE_WITHDRAWING, "", NULL, diag);
	return err ? err : drp_node_log_append(node->store, &row, diag);
}

enum drp_err drp_release_withdraw(struct drp_node *node, const char *campaign,
	uint32_t *waiting, struct drp_diag *diag)
{
	struct drp_released *list = NULL;
	size_t n = 0;
	uint32_t count = 0;
	enum drp_err err = drp_node_begin(node->store, diag);
	if (err) {
		return err;
	}
	err = drp_node_releases(node->store, campaign, &list, &n, diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (list[i].state == DRP_RELEASE_READY ||
			list[i].state == DRP_RELEASE_STORED ||
			list[i].state == DRP_RELEASE_CONFIRMED) {
			err = withdraw_one(node, &list[i], diag);
			count++;
		}
	}
	err = drp_node_end(node->store, err, diag);
	drp_free(list);
	if (err == DRP_OK) {
		*waiting = count;
	}
	return err;
}
