/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/campaign.h"

#include "hub/campaign/commitment.h"
#include "hub/campaign/cosign.h"
#include "hub/campaign/draft.h"
#include "hub/campaign/members.h"
#include "hub/campaign/plan_sealed.h"
#include "hub/campaign/reference.h"
#include "proto/base/alloc.h"
#include "proto/estimate/estimate.h"
#include "proto/model/codes.h"
#include "proto/privacy/gates.h"
#include "proto/privacy/rational.h"
#include "proto/session/chain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Before anybody has answered: half of those eligible are assumed to. */
#define ASSUMED_RESPONSE 0.5

/* ---- what to expect ---- */

static void expect_family(
	const struct drp_manifest *m, const struct drp_release *r, struct drp_buf *report)
{
	struct drp_cohort cohorts[DRP_COHORTS_MAX];
	size_t n = drp_cohorts_list((enum drp_family)r->family, m->unit, m->n_units,
		cohorts, DRP_COHORTS_MAX);
	double best = INFINITY, worst = 0;
	for (size_t c = 0; c < n; c++) {
		double answers = 0, draws = 0;
		for (uint32_t u = 0; u < m->n_units; u++) {
			double half = m->unit[u].eligible[r->group] * ASSUMED_RESPONSE;
			if (drp_cohort_holds(&cohorts[c], &m->unit[u]) &&
				half >= m->thresholds.k_unit[r->group]) {
				answers += half;
				draws += 1;
			}
		}
		double se = draws > 0
				    ? drp_estimate_expected_se(r->sigma2, draws, answers)
				    : INFINITY;
		best = se < best ? se : best;
		worst = se > worst && se < INFINITY ? se : worst;
	}
	drp_buf_printf(report, "%-8s %-15s ", drp_group_code(r->group),
		drp_family_code(r->family));
	if (best == INFINITY) {
		drp_buf_text(report, "no unit reaches the threshold: numbers only\n");
	} else {
		drp_buf_printf(report, "%.3f to %.3f%s\n", best, worst,
			best > 0.15 ? "  (unreliable)" : "");
	}
}

static void expect(const struct drp_manifest *m, struct drp_buf *report)
{
	drp_buf_text(report,
		"Expected standard error of an item's mean, from noise alone, if "
		"half of those eligible answer:\n");
	if (m->track == DRP_TRACK_SEALED) {
		drp_plan_sealed_expect(m, ASSUMED_RESPONSE, report);
		return;
	}
	for (uint16_t i = 0; i < m->n_releases; i++) {
		if (m->release[i].map == DRP_MAP_COUNTS) {
			drp_buf_printf(report, "%-8s %-15s numbers only\n",
				drp_group_code(m->release[i].group),
				drp_family_code(m->release[i].family));
		} else {
			expect_family(m, &m->release[i], report);
		}
	}
}

/* ---- new ---- */

/* The register without revoked schools. */
static enum drp_err current_schools(struct drp_hub *hub, struct drp_school **schools,
	size_t *n, struct drp_diag *diag)
{
	enum drp_err err = drp_hub_schools(hub->store, schools, n, diag);
	size_t kept = 0;
	for (size_t i = 0; err == DRP_OK && i < *n; i++) {
		if (!(*schools)[i].revoked) {
			(*schools)[kept++] = (*schools)[i];
		}
	}
	if (err == DRP_OK) {
		*n = kept;
	}
	return err;
}

/* roll[number] becomes the school that the manifest numbers so. */
static void call_roll(const struct drp_school *schools, size_t n, const uint32_t *number,
	struct drp_roll_entry *roll)
{
	for (size_t i = 0; i < n; i++) {
		struct drp_roll_entry *entry = &roll[number[i]];
		memcpy(entry->id, schools[i].id, sizeof entry->id);
		memcpy(entry->proof, schools[i].proof, sizeof entry->proof);
	}
}

/* *roll is new memory (drp_free), one entry for each of the manifest's schools. */
static enum drp_err make_manifest(struct drp_hub *hub, const struct drp_draft *draft,
	const struct drp_instrument *instrument, struct drp_manifest **manifest,
	struct drp_roll_entry **roll, struct drp_diag *diag)
{
	struct drp_school *schools = NULL;
	size_t n = 0;
	struct drp_rng rng = drp_system_rng();
	enum drp_err err = current_schools(hub, &schools, &n, diag);
	uint32_t *number = drp_alloc(n + 1, sizeof *number);
	*roll = drp_alloc(n + 1, sizeof **roll);
	err = err || (number && *roll) ? err : DRP_E_NOMEM;
	if (err == DRP_OK) {
		err = drp_draft_manifest(
			draft, instrument, schools, n, &rng, manifest, number, diag);
	}
	if (err == DRP_OK) {
		call_roll(schools, n, number, *roll);
		drp_keys_public(hub->keys, &(*manifest)->hub, (*manifest)->hub_box);
	}
	if (err == DRP_OK && draft->track == DRP_TRACK_SEALED) {
		err = drp_cosign_fill(hub, draft, *manifest, diag);
	}
	drp_free(schools);
	drp_free(number);
	return err;
}

static enum drp_err store_draft(struct drp_hub *hub, const struct drp_draft *draft,
	struct drp_instrument *instrument, struct drp_buf *text, struct drp_buf *frame,
	struct drp_diag *diag)
{
	struct drp_buf blob = {0};
	enum drp_err err = drp_instrument_encode(instrument, &blob);
	err = err ? err : drp_hub_begin(hub->store, diag);
	if (err == DRP_OK) {
		err = drp_hub_blob_put(
			hub->store, &instrument->hash, blob.data, blob.len, diag);
		err = err ? err
			  : drp_hub_campaign_new(hub->store, draft->id, &instrument->hash,
				    drp_buf_string(text), drp_buf_string(frame),
				    drp_hub_now_s(hub), diag);
		err = drp_hub_end(hub->store, err, diag);
	}
	drp_buf_clear(&blob);
	return err;
}

/* The frame's text is kept as it stands; it is read once, so that an error shows now. */
static enum drp_err read_frame(
	const char *path, struct drp_buf *text, struct drp_diag *diag)
{
	struct drp_frame_table *frame = drp_alloc(1, sizeof *frame);
	enum drp_err err =
		frame ? drp_file_read(path, DRP_FRAME_FILE_MAX_BYTES, text, diag)
		      : drp_fail(diag, DRP_E_NOMEM, "no memory for the frame");
	err = err ? err : drp_frame_parse(text->data, text->len, path, frame, diag);
	drp_free(frame);
	return err;
}

enum drp_err drp_campaign_new(struct drp_hub *hub, const char *path,
	char id[DRP_NAME_MAX], struct drp_buf *report, struct drp_diag *diag)
{
	struct drp_draft *draft = drp_alloc(1, sizeof *draft);
	struct drp_buf text = {0}, frame = {0};
	struct drp_instrument *instrument = NULL;
	struct drp_manifest *preview = NULL;
	struct drp_roll_entry *roll = NULL;
	char other[DRP_PATH_MAX];
	enum drp_err err = draft ? DRP_OK : DRP_E_NOMEM;
	err = err ? err : drp_file_read(path, DRP_YAML_FILE_MAX_BYTES, &text, diag);
	err = err ? err : drp_draft_read(text.data, text.len, path, draft, diag);
	err = err ? err : drp_path_beside(other, path, draft->instrument, diag);
	err = err ? err : drp_instrument_load(other, &instrument, diag);
	if (err == DRP_OK && *draft->frame) {
		err = drp_path_beside(other, path, draft->frame, diag);
		err = err ? err : read_frame(other, &frame, diag);
	}
	err = err ? err : make_manifest(hub, draft, instrument, &preview, &roll, diag);
	err = err ? err : store_draft(hub, draft, instrument, &text, &frame, diag);
	if (err == DRP_OK) {
		snprintf(id, DRP_NAME_MAX, "%s", draft->id);
		expect(preview, report);
	}
	drp_manifest_free(preview);
	drp_free(roll);
	drp_instrument_free(instrument);
	drp_buf_clear(&text);
	drp_buf_clear(&frame);
	drp_free(draft);
	return err;
}

/* ---- sign ---- */

static void report_closed(const struct drp_plan *plan, int group, struct drp_buf *report)
{
	char p[DRP_COHORT_CODE], l[DRP_COHORT_CODE], n[DRP_COHORT_CODE];
	for (size_t i = 0; i < plan->n; i++) {
		const struct drp_cohort *c = &plan->cohort[i].cohort;
		if (!plan->cohort[i].open) {
			drp_buf_printf(report, "%-8s %-15s %s %s %s is left out\n",
				drp_group_code(group), drp_family_code((int)c->family),
				drp_cohort_province(c, p), drp_cohort_level(c, l),
				drp_cohort_network(c, n));
		}
	}
}

/* Nothing is signed unless the region could be opened for at least one group. */
static enum drp_err plan_all(
	const struct drp_manifest *m, struct drp_buf *report, struct drp_diag *diag)
{
	uint8_t *member = drp_alloc(m->n_units, 1);
	struct drp_plan *plan = drp_alloc(1, sizeof *plan);
	int possible = 0;
	enum drp_err err = member && plan ? DRP_OK : DRP_E_NOMEM;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		for (uint32_t u = 0; u < m->n_units; u++) {
			member[u] = m->unit[u].eligible[g] > 0;
		}
		err = drp_plan_make(m, (enum drp_group)g, member, NULL,
			(1u << DRP_FAMILIES) - 1, plan);
		if (err == DRP_OK) {
			possible = 1;
			report_closed(plan, g, report);
		} else if (drp_err_is_refusal(err)) {
			drp_buf_printf(report, "%-8s nothing can be opened: %s\n",
				drp_group_code(g), drp_err_text(err));
			err = DRP_OK;
		}
	}
	drp_free(member);
	drp_free(plan);
	if (err == DRP_OK && !possible) {
		err = drp_fail(diag, DRP_E_TOO_FEW_SCHOOLS,
			"the register has too few schools or boards, or one dominates, "
			"for any "
			"figure of the region (at least %u schools of %u boards)",
			m->thresholds.k_schools, m->thresholds.k_boards);
	}
	return err;
}

/* The hub draws no noise on this track; it keeps the account of what the nodes may
 * spend, so that the year's cap binds before any school is asked. */
static enum drp_err charge(
	struct drp_hub *hub, const struct drp_manifest *m, struct drp_diag *diag)
{
	struct drp_ledger_row *rows = NULL;
	size_t n = 0;
	enum drp_err err = drp_hub_ledger(hub->store, &rows, &n, diag);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		const struct drp_release *r = drp_manifest_release(
			m, (enum drp_group)g, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
		if (!r) {
			continue;
		}
		struct drp_ledger_row row = {.year = m->year,
			.group = (uint8_t)g,
			.campaign = m->hash,
			.delta2 = r->delta2,
			.rho = m->rho[g],
			.bytes = m->hash,
			.time_s = drp_hub_now_s(hub)};
		err = drp_ledger_admit(rows, n, &row, diag);
		err = err ? err : drp_hub_ledger_append(hub->store, &row, diag);
	}
	drp_free(rows);
	return err;
}

static enum drp_err sign_and_store(struct drp_hub *hub, struct drp_manifest *m,
	const struct drp_roll_entry *roll, struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	uint8_t signature[DRP_SIGNATURE_BYTES];
	enum drp_err err = drp_manifest_encode(m, &bytes);
	err = err ? err : drp_hub_begin(hub->store, diag);
	if (err) {
		drp_buf_clear(&bytes);
		return err;
	}
	drp_sign(hub->keys, "drempel manifest 1", bytes.data, bytes.len, signature);
	err = charge(hub, m, diag);
	err = err ? err
		  : drp_hub_blob_put(hub->store, &m->hash, bytes.data, bytes.len, diag);
	err = err ? err
		  : drp_hub_campaign_sign(hub->store, m->id, &m->hash, signature,
			    drp_hub_now_s(hub), diag);
	err = err ? err : drp_members_keep(hub, m->id, roll, m->n_schools, diag);
	/* The last step before the commit: a refused campaign leaves no key behind, a
	 * signed one is never without. */
	err = err ? err : drp_storage_key_make(hub, m->id, diag);
	err = drp_hub_end(hub->store, err, diag);
	drp_buf_clear(&bytes);
	return err;
}

/* The manifest of a draft, made afresh with new unit ids. */
static enum drp_err make_signable(struct drp_hub *hub, const char *id,
	const struct drp_campaign_row *row, struct drp_manifest **m,
	struct drp_roll_entry **roll, struct drp_diag *diag)
{
	struct drp_buf text = {0}, frame = {0};
	struct drp_draft *draft = drp_alloc(1, sizeof *draft);
	struct drp_instrument *instrument = NULL;
	enum drp_err err = draft ? DRP_OK : DRP_E_NOMEM;
	err = err ? err : drp_hub_campaign_text(hub->store, id, &text, &frame, diag);
	err = err ? err : drp_draft_read(text.data, text.len, id, draft, diag);
	err = err ? err : drp_hub_instrument(hub, &row->instrument, &instrument, diag);
	err = err ? err : make_manifest(hub, draft, instrument, m, roll, diag);
	drp_instrument_free(instrument);
	drp_buf_clear(&text);
	drp_buf_clear(&frame);
	drp_free(draft);
	return err;
}

static enum drp_err cosign(
	struct drp_hub *hub, struct drp_peer *peer, const char *id, struct drp_diag *diag)
{
	uint8_t signature[DRP_SIGNATURE_BYTES];
	struct drp_diag why = {0};
	enum drp_err err = drp_cosign_ask(hub, peer, id, signature, &why);
	if (err == DRP_E_NET || err == DRP_E_TIMEOUT) {
		return drp_fail(diag, err,
			"the notary: %s; then run 'campaign sign %s' again, it goes on "
			"where it stopped",
			why.text, id);
	}
	return err ? drp_fail(diag, err, "%s", why.code ? why.text : drp_err_text(err))
		   : drp_cosign_finish(hub, id, signature, diag);
}

static enum drp_err cosign_with(struct drp_hub *hub, struct drp_peer *peer,
	const struct drp_manifest *m, struct drp_diag *diag)
{
	struct drp_peer dialled;
	if (peer) {
		return cosign(hub, peer, m->id, diag);
	}
	enum drp_err err = drp_peer_dial_to(hub, &m->notary, &dialled, diag);
	if (err == DRP_OK) {
		err = cosign(hub, &dialled, m->id, diag);
		drp_peer_close(&dialled);
	}
	return err;
}

static enum drp_err sign_new(struct drp_hub *hub, struct drp_peer *peer, const char *id,
	const struct drp_campaign_row *row, struct drp_buf *report, struct drp_diag *diag)
{
	struct drp_manifest *m = NULL;
	struct drp_roll_entry *roll = NULL;
	enum drp_err err = make_signable(hub, id, row, &m, &roll, diag);
	err = err ? err : plan_all(m, report, diag);
	if (err == DRP_OK && m->track == DRP_TRACK_OPEN) {
		err = sign_and_store(hub, m, roll, diag);
	} else if (err == DRP_OK) {
		err = drp_commitment_admit(hub, m, diag);
		err = err ? err : drp_cosign_propose(hub, m, roll, diag);
		err = err ? err : cosign_with(hub, peer, m, diag);
	}
	drp_manifest_free(m);
	drp_free(roll);
	return err;
}

enum drp_err drp_campaign_sign_by(struct drp_hub *hub, struct drp_peer *peer,
	const char *id, struct drp_buf *report, struct drp_diag *diag)
{
	struct drp_campaign_row row;
	struct drp_manifest *proposed = NULL;
	enum drp_err err = drp_hub_campaign_get(hub->store, id, &row, diag);
	if (err == DRP_OK && row.state != DRP_CAMPAIGN_DRAFT) {
		err = drp_fail(diag, DRP_E_STATE, "campaign %s is already signed", id);
	}
	if (err) {
		return err;
	}
	err = drp_cosign_proposed(hub, id, &proposed, diag);
	if (err == DRP_E_NOTFOUND) {
		return sign_new(hub, peer, id, &row, report, diag);
	}
	/* An earlier run was cut short: what it proposed may be signed already. */
	err = err ? err : plan_all(proposed, report, diag);
	err = err ? err : cosign_with(hub, peer, proposed, diag);
	drp_manifest_free(proposed);
	return err;
}

enum drp_err drp_campaign_sign(struct drp_hub *hub, const char *id,
	struct drp_buf *report, struct drp_diag *diag)
{
	return drp_campaign_sign_by(hub, NULL, id, report, diag);
}
