/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/campaign.h"
#include "hub/campaign/closing.h"
#include "hub/campaign/reference.h"
#include "hub/campaign/yaml_fields.h"
#include "hub/commands.h"
#include "hub/peer/vouching.h"
#include "hub/tables/publication.h"
#include "hub/tables/target.h"
#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"
#include "proto/privacy/rational.h"
#include "proto/runtime/json.h"

#include <stdio.h>
#include <string.h>

enum drp_err drp_hub_new(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_buf report = {0};
	char id[DRP_NAME_MAX];
	enum drp_err err = drp_hub_open_as(drp_args_dir(args), "hub", &hub, diag);
	if (err) {
		return err;
	}
	err = drp_campaign_new(&hub, args->argument[0], id, &report, diag);
	if (err == DRP_OK) {
		fwrite(report.data, 1, report.len, stdout);
		printf("campaign %s is a draft; 'campaign sign %s' starts it\n", id, id);
	}
	drp_buf_clear(&report);
	drp_hub_close(&hub);
	return err;
}

enum drp_err drp_hub_sign(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_buf report = {0};
	enum drp_err err = drp_hub_open_as(drp_args_dir(args), "hub", &hub, diag);
	if (err) {
		return err;
	}
	err = drp_campaign_sign(&hub, args->argument[0], &report, diag);
	if (err == DRP_OK) {
		fwrite(report.data, 1, report.len, stdout);
		printf("campaign %s is signed; nodes see it at their next visit\n",
			args->argument[0]);
	}
	drp_buf_clear(&report);
	drp_hub_close(&hub);
	return err;
}

enum drp_err drp_hub_list(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_campaign_row *list = NULL;
	size_t n = 0;
	enum drp_err err = drp_hub_open(drp_args_dir(args), &hub, diag);
	if (err) {
		return err;
	}
	json_t *json = drp_args_has(args, "--json") ? json_array() : NULL;
	err = drp_hub_campaigns(hub.store, &list, &n, diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (json) {
			json_array_append_new(
				json, json_pack("{s:s, s:s}", "id", list[i].id, "state",
					      drp_campaign_state_name(list[i].state)));
		} else {
			printf("%-24s %s\n", list[i].id,
				drp_campaign_state_name(list[i].state));
		}
	}
	drp_json_show(json, err);
	drp_free(list);
	drp_hub_close(&hub);
	return err;
}

/* ---- show ---- */

struct counting {
	uint32_t contributions[DRP_GROUPS], withdrawn;
	uint32_t verified, refused; /* of the sealed track: by hub and notary */
};

static enum drp_err count_one(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct counting *c = self;
	(void)sealed;
	(void)n;
	if (stored->withdrawn) {
		c->withdrawn++;
	} else {
		c->contributions[stored->group]++;
		c->verified += stored->state == DRP_CONTRIBUTION_COUNTED;
		c->refused += stored->state == DRP_CONTRIBUTION_REJECTED;
	}
	return DRP_OK;
}

/* Until an edition exists, what the campaign is allowed; then what it used. */
static json_t *privacy_json(struct drp_hub *hub, const struct drp_campaign_row *row,
	const struct drp_manifest *m)
{
	struct drp_edition *e = NULL;
	char rho[DRP_RATIONAL_TEXT];
	if (row->state >= DRP_CAMPAIGN_CLOSED &&
		drp_campaign_edition(hub, row->id, 0, &e, NULL) == DRP_OK) {
		json_t *used = drp_accounting_json(e->accounting, e->n_accounting);
		drp_edition_free(e);
		return used;
	}
	json_t *list = json_array();
	for (uint16_t i = 0; i < m->n_releases; i++) {
		const struct drp_release *r = &m->release[i];
		if (r->rho.num > 0) {
			json_array_append_new(
				list, json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:I}",
					      "group", drp_group_code(r->group), "family",
					      m->track == DRP_TRACK_OPEN
						      ? "_T"
						      : drp_family_code(r->family),
					      "map", drp_map_code(r->map), "delta2",
					      (json_int_t)r->delta2, "sigma2",
					      (json_int_t)r->sigma2, "rho",
					      drp_rational_format(r->rho, rho), "draws",
					      (json_int_t)0));
		}
	}
	return list;
}

/* Of a sealed campaign that is not finished: whether its notary answers this hub now.
 * NULL when there is nothing to ask. */
static const char *ask_notary(struct drp_hub *hub, const struct drp_campaign_row *row,
	const struct drp_manifest *m, struct drp_diag *why)
{
	struct drp_peer peer;
	if (!row->cosigned || row->abandoned_s || row->state == DRP_CAMPAIGN_FROZEN ||
		drp_hub_is_notary(hub)) {
		return NULL;
	}
	enum drp_err err = drp_peer_dial_to(hub, &m->notary, &peer, why);
	err = err ? err : drp_closing_reach(hub, &m->hash, &peer, why);
	drp_peer_close(&peer);
	return err ? "unreachable" : "reachable";
}

static void print_show(const struct drp_manifest *m, const struct drp_campaign_row *row,
	const struct counting *c, const char *notary, const char *why)
{
	char from[DRP_DATE_TEXT], to[DRP_DATE_TEXT], until[DRP_DATE_TEXT], hash[65];
	char rho[DRP_RATIONAL_TEXT];
	drp_hex(m->hash.b, 32, hash);
	printf("%s: %s\nstate %s, %s track, %s schools\nperiod %s..%s, contributions "
	       "until %s\n"
	       "manifest %s\n%u schools registered, %u units\n",
		m->id, m->title, drp_campaign_state_name(row->state),
		drp_track_code(m->track), m->sample ? "a sample of" : "self-selected",
		drp_date_format(m->period_from, from), drp_date_format(m->period_to, to),
		drp_time_format(m->deadline_s, until), hash, m->n_schools, m->n_units);
	for (int g = 0; g < DRP_GROUPS; g++) {
		printf("%-8s contributions %u, budget rho %s\n", drp_group_code(g),
			c->contributions[g], drp_rational_format(m->rho[g], rho));
	}
	if (m->track == DRP_TRACK_SEALED) {
		printf("verified %u, refused %u\n", c->verified, c->refused);
	}
	if (notary) {
		printf("the notary is %s%s%s\n", notary, *why ? ": " : "", why);
	}
	if (c->withdrawn) {
		printf("withdrawn %u\n", c->withdrawn);
	}
}

static enum drp_err show_signed(struct drp_hub *hub, const struct drp_campaign_row *row,
	const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_manifest *m = NULL;
	struct counting c = {0};
	struct drp_vouching_count keys = {0};
	struct drp_diag why = {0};
	char hash[65];
	enum drp_err err = drp_hub_manifest(hub, row, &m, diag);
	if (err == DRP_OK && drp_hub_is_notary(hub)) {
		err = drp_vouching_of(hub, row->id, m, &keys, diag);
	}
	err = err ? err : drp_hub_contributions(hub->store, row->id, count_one, &c, diag);
	const char *notary = err ? NULL : ask_notary(hub, row, m, &why);
	if (err == DRP_OK && drp_args_has(args, "--json")) {
		drp_hex(m->hash.b, 32, hash);
		json_t *all = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:{s:I, "
					"s:I, s:I}, s:I, s:I, "
					"s:I, s:s?, s:o}",
			"id", m->id, "title", m->title, "state",
			drp_campaign_state_name(row->state), "track",
			drp_track_code(m->track), "manifest", hash, "schools",
			(json_int_t)m->n_schools, "units", (json_int_t)m->n_units,
			"contributions", "leader", (json_int_t)c.contributions[0],
			"teacher", (json_int_t)c.contributions[1], "pupil",
			(json_int_t)c.contributions[2], "verified",
			(json_int_t)c.verified, "refused", (json_int_t)c.refused,
			"withdrawn", (json_int_t)c.withdrawn, "notary", notary, "privacy",
			privacy_json(hub, row, m));
		if (drp_hub_is_notary(hub)) {
			json_object_set_new(all, "keys",
				json_pack("{s:I, s:I}", "vouched",
					(json_int_t)keys.vouched, "first_sight",
					(json_int_t)keys.first_sight));
		}
		drp_json_show(all, DRP_OK);
	} else if (err == DRP_OK) {
		print_show(m, row, &c, notary, why.text);
		if (drp_hub_is_notary(hub)) {
			printf("school keys: %u vouched for, %u taken at first sight\n",
				keys.vouched, keys.first_sight);
		}
	}
	drp_manifest_free(m);
	return err;
}

enum drp_err drp_hub_show(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_campaign_row row;
	enum drp_err err = drp_hub_open(drp_args_dir(args), &hub, diag);
	if (err) {
		return err;
	}
	err = drp_hub_campaign_get(hub.store, args->argument[0], &row, diag);
	if (err == DRP_OK && row.state != DRP_CAMPAIGN_DRAFT) {
		err = show_signed(&hub, &row, args, diag);
	} else if (err == DRP_OK && drp_args_has(args, "--json")) {
		printf("{\"id\": \"%s\", \"state\": \"draft\"}\n", row.id);
	} else if (err == DRP_OK) {
		printf("%s: draft, not signed yet\n", row.id);
	}
	drp_hub_close(&hub);
	return err;
}

/* ---- close, freeze, load ---- */

enum drp_err drp_hub_close_campaign(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	struct drp_edition *e = NULL;
	const char *id = args->argument[0];
	enum drp_err err = drp_hub_open_as(drp_args_dir(args), "hub", &hub, diag);
	if (err) {
		return err;
	}
	err = drp_campaign_close(&hub, id, diag);
	err = err ? err : drp_campaign_edition(&hub, id, 0, &e, diag);
	if (err == DRP_OK) {
		size_t shown = 0, suppressed = 0;
		for (size_t i = 0; i < e->n_observations; i++) {
			shown += e->observation[i].value[0] != 0;
			suppressed += e->observation[i].status == DRP_SUPPRESSED;
		}
		printf("campaign %s: edition %u, %zu values published, %zu suppressed; "
		       "'table %s' "
		       "shows it, 'campaign freeze %s' erases the contributions\n",
			id, e->number, shown, suppressed, id, id);
	}
	drp_edition_free(e);
	drp_hub_close(&hub);
	return err;
}

enum drp_err drp_hub_freeze(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	enum drp_err err = drp_hub_open(drp_args_dir(args), &hub, diag);
	if (err) {
		return err;
	}
	err = drp_campaign_freeze(&hub, args->argument[0], diag);
	if (err == DRP_OK) {
		printf("campaign %s is frozen: contributions and their key are erased\n",
			args->argument[0]);
	}
	drp_hub_close(&hub);
	return err;
}

static enum drp_err load_answer(struct drp_hub *hub, const char *path,
	const struct drp_buf *text, char id[DRP_NAME_MAX], struct drp_diag *diag)
{
	struct drp_answer *answer = drp_alloc(1, sizeof *answer);
	enum drp_err err =
		answer ? drp_answer_parse(text->data, text->len, path, answer, diag)
		       : drp_fail(diag, DRP_E_NOMEM, "no memory to load");
	if (err == DRP_OK) {
		memcpy(id, answer->id, DRP_NAME_MAX);
		err = drp_target_id_unused(hub, id, diag);
	}
	err = err ? err
		  : drp_hub_answer_put(hub->store, id, (const char *)text->data, diag);
	drp_free(answer);
	return err;
}

/* An answer that somebody gave, or a target that somebody set: the first member tells. */
static enum drp_err load(struct drp_hub *hub, const char *path, char id[DRP_NAME_MAX],
	struct drp_diag *diag)
{
	struct drp_buf text = {0};
	char first[DRP_CODE_MAX] = "";
	enum drp_err err = drp_file_read(path, DRP_YAML_FILE_MAX_BYTES, &text, diag);
	if (err == DRP_OK && !drp_buf_string(&text)) {
		err = drp_fail(diag, DRP_E_NOMEM, "no memory to load");
	}
	if (err == DRP_OK) {
		drp_yaml_first(text.data, text.len, first, sizeof first);
		err = strcmp(first, "target") == 0 ? drp_target_load(hub, path, id, diag)
		      : !*first || strcmp(first, "id") == 0
			      ? load_answer(hub, path, &text, id, diag)
			      : drp_fail(diag, DRP_E_INPUT,
					"%s: begins with '%s'; an answer begins with id "
					"and a target with target, see "
					"deploy/reference/README.md",
					path, first);
	}
	drp_buf_clear(&text);
	return err;
}

enum drp_err drp_hub_load(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_hub hub;
	char id[DRP_NAME_MAX] = "";
	enum drp_err err = drp_hub_open_as(drp_args_dir(args), "hub", &hub, diag);
	if (err) {
		return err;
	}
	err = drp_hub_begin(hub.store, diag);
	if (err == DRP_OK) {
		err = load(&hub, args->argument[0], id, diag);
		err = drp_hub_end(hub.store, err, diag);
	}
	if (err == DRP_OK) {
		printf("%s is loaded as it was given; 'table %s' shows it\n", id, id);
	}
	drp_hub_close(&hub);
	return err;
}
