/* SPDX-License-Identifier: Apache-2.0 */
#include "node/commands.h"
#include "node/import/own_items.h"
#include "node/release/release.h"
#include "node/release/window.h"
#include "node/sync/sync.h"
#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"
#include "proto/runtime/json.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum drp_err drp_args_level(
	const struct drp_args *args, int *level, struct drp_diag *diag)
{
	const char *text = drp_args_get(args, "--level");
	*level = text ? drp_level_of(text) : 0;
	return *level < 0 ? drp_fail(diag, DRP_E_USAGE, "--level is 1, 2, 3, 4 or 5")
			  : DRP_OK;
}

enum drp_err drp_args_group(
	const struct drp_args *args, int *group, struct drp_diag *diag)
{
	const char *text = drp_args_get(args, "--group");
	*group = text ? drp_group_of(text) : -1;
	return text && *group < 0 ? drp_fail(diag, DRP_E_USAGE,
					    "--group is leader, teacher or pupil")
				  : DRP_OK;
}

/* ---- init ---- */

static enum drp_err read_invite(
	const char *path, struct drp_invite *invite, struct drp_diag *diag)
{
	struct drp_buf text = {0};
	enum drp_err err = drp_file_read(path, DRP_INVITE_FILE_MAX_BYTES, &text, diag);
	if (err == DRP_OK) {
		const char *s = drp_buf_string(&text);
		err = s ? drp_invite_read(s, invite, diag) : DRP_E_NOMEM;
	}
	drp_buf_wipe(&text);
	return err;
}

/* A voucher on the command line, or in a file of that name. It tells that the notary in
 * the invite is the one that gave it. */
static enum drp_err read_voucher(const char *given, const struct drp_invite *invite,
	uint8_t code[DRP_VOUCHER_BYTES], struct drp_diag *diag)
{
	struct drp_buf text = {0};
	struct drp_voucher_place place = {
		.notary = invite->notary_key, .school = invite->school};
	enum drp_err err = DRP_OK;
	memcpy(place.notary_box, invite->notary_box, sizeof place.notary_box);
	if (!drp_invite_has_notary(invite)) {
		return drp_fail(diag, DRP_E_INVITE,
			"the invite names no notary that a voucher could be of; ask the "
			"hub's operator for a new one");
	}
	if (access(given, F_OK) == 0) {
		err = drp_file_read(given, DRP_VOUCHER_FILE_MAX_BYTES, &text, diag);
	} else {
		drp_buf_text(&text, given);
	}
	const char *s = err == DRP_OK ? drp_buf_string(&text) : NULL;
	err = err ? err : s ? drp_voucher_read(s, &place, code, diag) : DRP_E_NOMEM;
	drp_buf_wipe(&text);
	return err;
}

/* A node that was enrolled before it got its voucher does not lose that to an invite
 * that the hub refuses. */
static int stays_enrolled(struct drp_node *node)
{
	struct drp_buf name = {0};
	int before = drp_node_get(node->store, "school-name", &name, NULL) == DRP_OK;
	drp_buf_clear(&name);
	return before && drp_node_unset(node->store, "token", NULL) == DRP_OK &&
	       drp_node_unset(node->store, "proof", NULL) == DRP_OK;
}

/* The invite is redeemed at once when the hub answers; otherwise every later visit
 * tries again, and the directory is complete all the same. */
static enum drp_err enrol(const char *dir, struct drp_diag *diag)
{
	struct drp_node node;
	struct drp_sync_options options = {0};
	struct drp_sync_result result;
	struct drp_diag why = {0};
	enum drp_err err = drp_node_open(dir, &node, diag);
	if (err) {
		return err;
	}
	err = drp_node_sync(&node, &options, &result, &why);
	if (node.enrolled) {
		struct drp_key own;
		uint8_t box[DRP_BOX_KEY_BYTES];
		char fingerprint[DRP_VOUCHER_TEXT];
		drp_keys_public(node.keys, &own, box);
		drp_school_fingerprint(&own, fingerprint);
		printf("school %s is enrolled at %s\nfingerprint of its key: %s\n",
			node.school, node.hub_name, fingerprint);
		err = DRP_OK;
	} else if (err == DRP_E_NET || err == DRP_E_TIMEOUT) {
		printf("the node is ready; %s could not be reached yet (%s), enrolment "
		       "is tried "
		       "again at the next command that needs the hub\n",
			node.hub_name, why.text);
		err = DRP_OK;
	} else if (stays_enrolled(&node)) {
		err = drp_fail(
			diag, err, "%s; the node in %s stays as it was", why.text, dir);
	} else {
		err = drp_fail(
			diag, err, "%s; the node in %s is not enrolled", why.text, dir);
	}
	drp_node_close(&node);
	return err;
}

enum drp_err drp_node_init(const struct drp_args *args, struct drp_diag *diag)
{
	const char *dir = drp_args_dir(args), *path = drp_args_get(args, "--invite");
	const char *voucher = drp_args_get(args, "--voucher");
	uint8_t code[DRP_VOUCHER_BYTES];
	if (!path) {
		return drp_fail(diag, DRP_E_USAGE, "init needs --invite FILE");
	}
	struct drp_invite invite;
	struct drp_clock clock = drp_system_clock();
	enum drp_err err = drp_crypto_init();
	err = err ? err : read_invite(path, &invite, diag);
	if (err == DRP_OK && clock.now_ms(clock.self) / 1000 > invite.expires_s) {
		err = drp_fail(diag, DRP_E_INVITE,
			"%s: the invite has expired by this machine's clock; ask the hub "
			"for a new "
			"one, or set the clock",
			path);
	}
	if (err == DRP_OK && voucher) {
		err = read_voucher(voucher, &invite, code, diag);
	}
	err = err ? err : drp_node_create(dir, &invite, diag);
	if (voucher && (err == DRP_OK || err == DRP_E_EXISTS)) {
		err = drp_node_vouch(dir, &invite, code, diag);
	}
	drp_wipe(&invite, sizeof invite);
	drp_wipe(code, sizeof code);
	return err ? err : enrol(dir, diag);
}

/* ---- list and show ---- */

static enum drp_err news(struct drp_node *node, int offline, struct drp_diag *diag)
{
	struct drp_sync_options options = {0};
	struct drp_sync_result result;
	struct drp_diag why = {0};
	if (offline) {
		return DRP_OK;
	}
	enum drp_err err = drp_node_sync(node, &options, &result, &why);
	if (err == DRP_E_NET || err == DRP_E_TIMEOUT) {
		fprintf(stderr, "drempel-node: %s; showing what is known here\n",
			why.text);
		return DRP_OK;
	}
	return err ? drp_fail(diag, err, "%s", why.text) : DRP_OK;
}

static void print_campaign(const struct drp_node_campaign *c, json_t *list)
{
	if (list) {
		json_array_append_new(list, json_pack("{s:s, s:s}", "id", c->id, "state",
						    drp_campaign_state_name(c->state)));
	} else {
		printf("%-24s %s\n", c->id, drp_campaign_state_name(c->state));
	}
}

enum drp_err drp_node_campaign_list(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_node node;
	struct drp_node_campaign *list = NULL;
	size_t n = 0;
	enum drp_err err = drp_node_open(drp_args_dir(args), &node, diag);
	if (err) {
		return err;
	}
	json_t *json = drp_args_has(args, "--json") ? json_array() : NULL;
	err = news(&node, drp_args_has(args, "--offline"), diag);
	err = err ? err : drp_node_campaigns(node.store, &list, &n, diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (*list[i].id) {
			print_campaign(&list[i], json);
		}
	}
	if (!json && err == DRP_OK && n == 0) {
		printf("the hub has no campaigns yet\n");
	}
	drp_json_show(json, err);
	drp_free(list);
	drp_node_close(&node);
	return err;
}

static void show_group(struct drp_node *node, const struct drp_node_work *work, int level,
	int group, const struct drp_participation_counts *counts, json_t *groups)
{
	struct drp_released r;
	uint32_t eligible = counts->eligible[group];
	uint32_t least = drp_participation_minimum((enum drp_group)group, eligible);
	enum drp_err found = drp_node_release_get(
		node->store, work->manifest->id, level, group, &r, NULL);
	const char *state =
		found != DRP_OK ? "not approved"
		: drp_released_not_counted(&r) || drp_released_counted_anyway(&r)
			? r.note
			: drp_out_state_name(r.state);
	if (groups) {
		json_object_set_new(groups, drp_group_code(group),
			json_pack("{s:I, s:I, s:I, s:I, s:s}", "eligible",
				(json_int_t)eligible, "invited",
				(json_int_t)counts->invited[group], "completed",
				(json_int_t)counts->completed[group], "minimum",
				(json_int_t)least, "contribution", state));
		return;
	}
	printf("  %-8s eligible %u, invited %u, completed %u (recommended at least %u), "
	       "contribution: %s\n",
		drp_group_code(group), eligible, counts->invited[group],
		counts->completed[group], least, state);
}

static enum drp_err show_level(struct drp_node *node, const struct drp_node_work *work,
	int level, json_t *levels, struct drp_diag *diag)
{
	struct drp_participation_counts counts;
	int32_t from, to;
	int set;
	char a[DRP_DATE_TEXT], b[DRP_DATE_TEXT];
	enum drp_participation_reason reason;
	enum drp_err err = drp_release_participation(node, work, level, &counts, diag);
	err = err ? err
		  : drp_node_window_get(node->store, work->manifest->id, level, &from,
			    &to, &set, diag);
	if (err) {
		return err;
	}
	int class = (int)drp_participation_classify(
		&counts, DRP_PARTICIPATION_CLOSE, &reason);
	drp_date_format(from, a);
	drp_date_format(to, b);
	json_t *groups = levels ? json_object() : NULL;
	if (!levels) {
		printf("level %d (%s): window %s%s%s, participation %s\n", level,
			drp_level_name(level, "nl"), set ? a : "not set", set ? ".." : "",
			set ? b : "", drp_participation_name(class, "nl"));
	}
	for (int g = 0; g < DRP_GROUPS; g++) {
		show_group(node, work, level, g, &counts, groups);
	}
	if (levels) {
		json_array_append_new(levels,
			json_pack("{s:i, s:s, s:s, s:s, s:s, s:o}", "level", level,
				"from", set ? a : "", "to", set ? b : "", "participation",
				drp_participation_code(class), "reason",
				drp_participation_reason_code((int)reason), "groups",
				groups));
	}
	return DRP_OK;
}

static enum drp_err show_campaign(struct drp_node *node, const struct drp_node_work *work,
	int for_machines, struct drp_diag *diag)
{
	const struct drp_manifest *m = work->manifest;
	const char *state = drp_campaign_state_name(work->campaign.state);
	char from[DRP_DATE_TEXT], to[DRP_DATE_TEXT], until[DRP_DATE_TEXT];
	enum drp_err err = DRP_OK;
	drp_date_format(m->period_from, from);
	drp_date_format(m->period_to, to);
	drp_time_format(m->deadline_s, until);
	json_t *levels = for_machines ? json_array() : NULL;
	if (!levels) {
		printf("%s: %s\nperiod %s..%s, contributions until %s, %s track, %s\n",
			m->id, m->title, from, to, until, drp_track_code(m->track),
			state);
	}
	for (int level = 1; err == DRP_OK && level <= DRP_LEVELS; level++) {
		if (work->unit[level]) {
			err = show_level(node, work, level, levels, diag);
		}
	}
	if (levels) {
		json_t *all = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "id",
			m->id, "title", m->title, "state", state, "track",
			drp_track_code(m->track), "from", from, "to", to, "deadline",
			until, "levels", levels);
		drp_json_show(all, err);
	}
	return err;
}

enum drp_err drp_node_campaign_show(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_node node;
	struct drp_node_work work;
	enum drp_err err = drp_node_open(drp_args_dir(args), &node, diag);
	if (err) {
		return err;
	}
	err = drp_node_work_load(&node, args->argument[0], &work, diag);
	if (err == DRP_OK) {
		err = show_campaign(&node, &work, drp_args_has(args, "--json"), diag);
		drp_node_work_clear(&work);
	}
	drp_node_close(&node);
	return err;
}

/* ---- set ---- */

struct setting {
	struct drp_node *node;
	const struct drp_node_work *work;
	const struct drp_args *args;
	int level, group;
	struct drp_diag *diag;
};

static enum drp_err set_target(struct setting *s)
{
	const char *eligible = drp_args_get(s->args, "--eligible");
	const char *invited = drp_args_get(s->args, "--invited");
	struct drp_target target;
	int set;
	if (!eligible && !invited) {
		return DRP_OK;
	}
	if (s->group < 0) {
		return drp_fail(
			s->diag, DRP_E_USAGE, "--eligible and --invited need --group");
	}
	enum drp_err err = drp_node_target_get(s->node->store, s->work->manifest->id,
		s->level, s->group, &target, &set, s->diag);
	if (err == DRP_OK &&
		((eligible && drp_parse_u32(eligible, 0, DRP_UNIT_ELIGIBLE_MAX,
				      &target.eligible)) ||
			(invited && drp_parse_u32(invited, 0, DRP_UNIT_ELIGIBLE_MAX,
					    &target.invited)))) {
		err = drp_fail(s->diag, DRP_E_USAGE,
			"a number of people up to %d is expected", DRP_UNIT_ELIGIBLE_MAX);
	}
	return err ? err
		   : drp_node_target_put(s->node->store, s->work->manifest->id, s->level,
			     s->group, &target, s->diag);
}

/* Three sessions a school year (R7): another campaign's window at this level counts. */
static enum drp_err check_sessions(struct setting *s)
{
	struct drp_node_campaign *list = NULL;
	size_t n = 0, same_year = 0;
	enum drp_err err = drp_node_windows_elsewhere(
		s->node->store, s->work->manifest->id, s->level, &list, &n, s->diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		int32_t from, to;
		int set;
		err = drp_node_window_get(
			s->node->store, list[i].id, s->level, &from, &to, &set, s->diag);
		same_year += err == DRP_OK && set &&
			     drp_school_year(from) == (int)s->work->manifest->year;
	}
	drp_free(list);
	return err == DRP_OK && same_year >= 3 ? drp_fail(s->diag, DRP_E_POLICY,
							 "level %d already has three "
							 "sessions in this school year",
							 s->level)
					       : err;
}

static enum drp_err set_window(struct setting *s)
{
	const char *text = drp_args_get(s->args, "--window");
	if (!text) {
		return DRP_OK;
	}
	char from[16] = "";
	struct drp_days window;
	const struct drp_days period = {
		s->work->manifest->period_from, s->work->manifest->period_to};
	if (strlen(text) == 22 && memcmp(text + 10, "..", 2) == 0) {
		memcpy(from, text, 10);
	}
	if (drp_date_parse(from, &window.from) || drp_date_parse(text + 12, &window.to)) {
		return drp_fail(
			s->diag, DRP_E_USAGE, "--window is YYYY-MM-DD..YYYY-MM-DD");
	}
	enum drp_err err = drp_window_check(&period, &window, s->diag);
	err = err ? err : check_sessions(s);
	return err ? err
		   : drp_node_window_put(s->node->store, s->work->manifest->id, s->level,
			     window.from, window.to, s->diag);
}

static enum drp_err check_item(struct setting *s, const char *code)
{
	int i = drp_instrument_item(s->work->instrument, code);
	return i < 0 || s->work->instrument->item[i].kind != DRP_ITEM_OPTIONAL
		       ? drp_fail(s->diag, DRP_E_INPUT,
				 "--items: %.15s is not an optional item of this "
				 "instrument",
				 code)
		       : DRP_OK;
}

static enum drp_err set_items(struct setting *s)
{
	const char *text = drp_args_get(s->args, "--items");
	char copy[512];
	enum drp_err err = DRP_OK;
	if (!text) {
		return DRP_OK;
	}
	if (snprintf(copy, sizeof copy, "%s", text) >= (int)sizeof copy) {
		return drp_fail(s->diag, DRP_E_USAGE, "--items is too long");
	}
	char *rest = NULL;
	for (char *code = strtok_r(copy, ",", &rest); err == DRP_OK && code;
		code = strtok_r(NULL, ",", &rest)) {
		err = check_item(s, code);
	}
	return err ? err
		   : drp_node_note_put(s->node->store, s->work->manifest->id, s->level,
			     "items", text, s->diag);
}

static enum drp_err set_own(struct setting *s)
{
	const char *path = drp_args_get(s->args, "--own");
	struct drp_buf text = {0};
	struct drp_own_items *own = NULL;
	uint32_t submitted = 0;
	enum drp_err err = DRP_OK;
	if (!path) {
		return DRP_OK;
	}
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		uint32_t n = 0;
		err = drp_node_sheets_count(
			s->node->store, s->work->manifest->id, s->level, g, &n, s->diag);
		submitted += n;
	}
	err = err ? err : drp_own_items_may_edit(submitted, s->diag);
	err = err ? err : drp_file_read(path, DRP_YAML_FILE_MAX_BYTES, &text, s->diag);
	err = err ? err
		  : drp_own_items_load(text.data, text.len, path, s->work->instrument,
			    &own, s->diag);
	err = err ? err
		  : drp_node_note_put(s->node->store, s->work->manifest->id, s->level,
			    "own", drp_buf_string(&text), s->diag);
	drp_own_items_free(own);
	drp_buf_clear(&text);
	return err;
}

/* The level that was meant: the only one of the school when none was named. */
static enum drp_err choose_level(struct setting *s)
{
	if (s->level == 0) {
		s->level = drp_node_only_level(s->work);
	}
	return s->level == 0 || !s->work->unit[s->level]
		       ? drp_fail(s->diag, DRP_E_USAGE,
				 s->level ? "this school does not have that level in "
					    "campaign %s"
					  : "say which --level: this school has several "
					    "in campaign %s",
				 s->work->manifest->id)
		       : DRP_OK;
}

static enum drp_err check_editable(struct setting *s)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_released r;
		enum drp_err err = drp_node_release_get(
			s->node->store, s->work->manifest->id, s->level, g, &r, s->diag);
		if (err == DRP_OK && (s->group < 0 || s->group == g)) {
			return drp_fail(s->diag, DRP_E_STATE,
				"level %d, group %s was approved already; its settings "
				"are fixed",
				s->level, drp_group_code(g));
		}
		if (err != DRP_OK && err != DRP_E_NOTFOUND) {
			return err;
		}
	}
	return DRP_OK;
}

enum drp_err drp_node_campaign_set(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_node node;
	struct drp_node_work work;
	struct setting s = {.node = &node, .work = &work, .args = args, .diag = diag};
	enum drp_err err = drp_args_level(args, &s.level, diag);
	err = err ? err : drp_args_group(args, &s.group, diag);
	err = err ? err : drp_node_open(drp_args_dir(args), &node, diag);
	if (err) {
		return err;
	}
	err = drp_node_work_load(&node, args->argument[0], &work, diag);
	if (err == DRP_OK) {
		err = choose_level(&s);
		err = err ? err : check_editable(&s);
		err = err ? err : drp_node_begin(node.store, diag);
		if (err == DRP_OK) {
			err = set_target(&s);
			err = err ? err : set_window(&s);
			err = err ? err : set_items(&s);
			err = err ? err : set_own(&s);
			err = drp_node_end(node.store, err, diag);
		}
		drp_node_work_clear(&work);
	}
	drp_node_close(&node);
	return err;
}
