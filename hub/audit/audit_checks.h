/* SPDX-License-Identifier: Apache-2.0
 *
 * The checks of an audit and what they share; inside hub/audit only.
 */
#ifndef DRP_HUB_AUDIT_CHECKS_H
#define DRP_HUB_AUDIT_CHECKS_H

#include "hub/campaign/gather.h"
#include "hub/campaign/tally.h"
#include "hub/home/hub.h"
#include "proto/model/edition.h"
#include "proto/model/instrument.h"
#include "proto/model/manifest.h"
#include "proto/privacy/gates.h"

/* Evidence that later checks need; what could not be read is absent. */
struct drp_evidence {
	struct drp_hub *hub;
	struct drp_campaign_row row;
	struct drp_buf manifest_bytes, edition_bytes; /* of the newest edition */
	struct drp_manifest *manifest;
	struct drp_instrument *instrument;
	struct drp_edition *edition;
	uint8_t *
		came; /* [group * n_units + unit]: a contribution stands, erased or not */
	int gathered; /* the contributions themselves are there; open track */
	struct drp_gathering gathering;
	int is_notary;
	/* Of the sealed track: what drp_audit_lists, _numbers and _values found. */
	struct drp_tasks *tasks;
	struct drp_tally *tally;
	int lists_wrong, exchanged;
	int64_t *opened[DRP_RELEASES_MAX];
	char detail[400]; /* of the current check, for its line */
};

/* drp_audit_say sets the detail and returns ok, so that a check can end with it. */
int drp_audit_say(struct drp_evidence *e, int ok, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* drp_audit_say_err says diag's line, or the error's own; whether err is none. */
int drp_audit_say_err(
	struct drp_evidence *e, enum drp_err err, const struct drp_diag *diag);

int drp_audit_is_sealed(const struct drp_evidence *e);

/* Each returns whether it holds. */
int drp_audit_edition_hash(struct drp_evidence *e);
int drp_audit_edition_identity(struct drp_evidence *e);
int drp_audit_edition_rebuilt(struct drp_evidence *e);
int drp_audit_vocabulary(struct drp_evidence *e);
int drp_audit_thresholds(struct drp_evidence *e);
int drp_audit_suppressed(struct drp_evidence *e);
int drp_audit_budget(struct drp_evidence *e);
int drp_audit_gates_numbers(struct drp_evidence *e);
int drp_audit_gates_values(struct drp_evidence *e);

/* Of the sealed track, in this order: each rests on those before it. */
int drp_audit_cosignature(struct drp_evidence *e);
/* Of the notary alone. */
int drp_audit_school_keys(struct drp_evidence *e);
int drp_audit_release_charges(struct drp_evidence *e);
int drp_audit_notary_receipts(struct drp_evidence *e);
int drp_audit_reports(struct drp_evidence *e);
int drp_audit_lists(struct drp_evidence *e);
int drp_audit_opened_numbers(struct drp_evidence *e);
int drp_audit_opened_values(struct drp_evidence *e);
enum drp_err drp_audit_build_sealed(struct drp_evidence *e, int64_t created_s,
	struct drp_edition **again, struct drp_diag *diag) DRP_MUST_CHECK;
void drp_audit_sealed_clear(struct drp_evidence *e);

#endif
