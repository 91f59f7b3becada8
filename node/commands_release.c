/* SPDX-License-Identifier: Apache-2.0 */
#include "node/commands.h"
#include "node/release/release.h"
#include "node/sync/sync.h"
#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"
#include "proto/runtime/json.h"
#include "proto/runtime/log.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOT_SHOWN     "the hub has not shown the lists of the close"
#define NOT_KNOWN     "not known to be counted, " NOT_SHOWN
#define NOT_KNOWN_OUT "withdrawn, but not known to be left out, " NOT_SHOWN

/* ---- approve and withdraw ---- */

static int confirmed(const struct drp_args *args, const char *question)
{
	char answer[16];
	if (drp_args_has(args, "--yes")) {
		return 1;
	}
	printf("%s Type 'yes' to go on: ", question);
	fflush(stdout);
	return fgets(answer, sizeof answer, stdin) && strcmp(answer, "yes\n") == 0;
}

/* The hub is asked first: see release.h. */
static enum drp_err ask_and_approve(struct drp_node *node, const char *id,
	const struct drp_hash *manifest, uint32_t *approved, struct drp_diag *diag)
{
	struct drp_sync_options options = {.status = manifest};
	struct drp_sync_result *result = drp_alloc(1, sizeof *result);
	struct drp_node_work work;
	struct drp_diag why = {0};
	if (!result) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory");
	}
	enum drp_err err = drp_node_sync(node, &options, result, &why);
	if (err) {
		err = drp_fail(diag, err,
			"the hub must be asked before noise is drawn, and it could not "
			"be: %s",
			why.text);
	}
	err = err ? err : drp_node_work_load(node, id, &work, diag);
	if (err == DRP_OK) {
		err = drp_release_approve(
			node, &work, result->receipt, result->n_receipts, approved, diag);
		drp_node_work_clear(&work);
	}
	drp_free(result);
	return err;
}

enum drp_err drp_node_approve(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_node node;
	struct drp_node_campaign c;
	uint32_t approved = 0;
	const char *id = args->argument[0];
	enum drp_err err = drp_node_open(drp_args_dir(args), &node, diag);
	if (err) {
		return err;
	}
	err = drp_node_campaign_get(node.store, id, &c, diag);
	if (err == DRP_OK &&
		!confirmed(args,
			"This charges the year's budget, draws the noise (on the sealed "
			"track: splits the counters into two shares) and makes the "
			"contribution ready to leave ('preview' shows it).")) {
		err = drp_fail(diag, DRP_E_STATE, "not confirmed; nothing was approved");
	}
	err = err ? err : ask_and_approve(&node, id, &c.manifest, &approved, diag);
	if (err == DRP_OK) {
		printf("%u contributions approved; 'publish %s' sends them\n", approved,
			id);
	}
	drp_node_close(&node);
	return err;
}

static void print_settled(const struct drp_sync_result *r)
{
	if (r->stored) {
		printf("%u contributions stored at the hub, receipts kept\n", r->stored);
	}
	if (r->withdrawn) {
		printf("%u contributions withdrawn\n", r->withdrawn);
	}
	if (r->confirmed) {
		printf("%u contributions confirmed by the notary, receipts kept\n",
			r->confirmed);
	}
	if (!r->stored && !r->withdrawn && !r->refused && !r->confirmed && !r->counted &&
		!r->not_counted && !r->uncounted && !r->counted_anyway) {
		printf("nothing to send: no contribution is waiting\n");
	}
}

/* What is known of sealed reports after a visit. */
struct known {
	size_t lost, kept, unconfirmed, counted, uncounted;
	size_t unlisted, unlisted_withdrawn;
};

/* One that its hub closed without the notary's word is in no table, nor is one that the
 * lists of the close do not hold; a withdrawn one that they hold is. */
static void know_report(struct known *k, const struct drp_released *r, int closed)
{
	const char *lost = drp_released_not_counted(r)		      ? r->note
			   : closed && r->state == DRP_RELEASE_STORED ? DRP_NOT_COUNTED
								      : NULL;
	const char *kept = drp_released_counted_anyway(r) ? r->note : NULL;
	int withdrawn = r->state == DRP_RELEASE_WITHDRAWN;
	int open = closed && drp_released_wants_lists(r);
	if (lost || kept) {
		printf("level %d, %s: %s\n", r->level, drp_group_code(r->group),
			lost ? lost : kept);
	}
	k->lost += lost != NULL;
	k->kept += kept != NULL;
	k->unconfirmed += !lost && r->state == DRP_RELEASE_STORED;
	k->unlisted += !lost && open && !withdrawn;
	k->unlisted_withdrawn += !kept && open && withdrawn;
	k->counted += !lost && r->state == DRP_RELEASE_COUNTED;
	k->uncounted += withdrawn && strcmp(r->note, DRP_UNCOUNTED) == 0;
}

static void print_known(const struct known *k)
{
	if (k->counted) {
		printf("%zu contributions counted: the signed lists of hub and notary "
		       "hold them\n",
			k->counted);
	}
	if (k->uncounted) {
		printf("%zu withdrawn contributions are " DRP_UNCOUNTED "\n",
			k->uncounted);
	}
	if (k->unconfirmed) {
		printf("%zu contributions are not confirmed by the notary yet; a later "
		       "visit asks again\n",
			k->unconfirmed);
	}
	if (k->unlisted) {
		printf("%zu contributions: " NOT_KNOWN "; a later visit asks again\n",
			k->unlisted);
	}
	if (k->unlisted_withdrawn) {
		printf("%zu contributions: " NOT_KNOWN_OUT "; a later visit asks again\n",
			k->unlisted_withdrawn);
	}
}

static enum drp_err report_confirmations(
	struct drp_node *node, const char *id, struct drp_diag *diag)
{
	struct drp_node_campaign campaign;
	struct drp_released *list = NULL;
	struct known k = {0};
	size_t n = 0;
	enum drp_err err = drp_node_campaign_get(node->store, id, &campaign, diag);
	err = err ? err : drp_node_releases(node->store, id, &list, &n, diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (list[i].track == DRP_TRACK_SEALED) {
			know_report(&k, &list[i], campaign.state >= DRP_CAMPAIGN_CLOSED);
		}
	}
	print_known(&k);
	drp_free(list);
	if (k.kept) {
		return drp_fail(diag, DRP_E_POLICY,
			"%zu withdrawn contributions of campaign %s are counted all the "
			"same, or may be; show 'log' to the notary's operator",
			k.kept, id);
	}
	return k.lost ? drp_fail(diag, DRP_E_CLOSED,
				"%zu contributions of campaign %s are NOT COUNTED",
				k.lost, id)
		      : err;
}

enum drp_err drp_node_withdraw(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_node node;
	struct drp_node_campaign campaign;
	struct drp_sync_result result;
	uint32_t waiting = 0;
	struct drp_diag why = {0};
	const char *id = args->argument[0];
	struct drp_sync_options options = {.push = 1, .only = id};
	enum drp_err err = drp_node_open(drp_args_dir(args), &node, diag);
	if (err) {
		return err;
	}
	err = drp_node_campaign_get(node.store, id, &campaign, diag);
	if (err == DRP_OK && !confirmed(args, "This takes every contribution of the "
					      "campaign back for good; the "
					      "budget stays spent.")) {
		err = drp_fail(diag, DRP_E_STATE, "not confirmed; nothing was withdrawn");
	}
	err = err ? err : drp_release_withdraw(&node, id, &waiting, diag);
	if (err == DRP_OK && drp_node_sync(&node, &options, &result, &why) == DRP_OK) {
		print_settled(&result);
		if (result.refused) {
			err = drp_fail(
				diag, DRP_E_PEER, "the hub refused: %s", result.refusal);
		}
	} else if (err == DRP_OK) {
		printf("%u withdrawals wait for the hub: %s\n", waiting, why.text);
	}
	drp_node_close(&node);
	return err;
}

/* ---- publish and serve ---- */

static int is_passing(enum drp_err err)
{
	return err == DRP_E_NET || err == DRP_E_TIMEOUT;
}

/* Waits at most ms, less when SIGTERM or SIGINT comes: then 1. Both are blocked. */
static int wait_or_signal(int64_t ms)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	const struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
	return sigtimedwait(&set, NULL, &t) > 0;
}

/* Before any thread exists, so that every thread inherits it. */
static void block_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

enum drp_err drp_node_publish(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_node node;
	struct drp_node_campaign campaign;
	struct drp_sync_result result;
	struct drp_sync_options options = {
		.push = 1, .only = args->argument[0], .url = drp_args_get(args, "--hub")};
	block_signals();
	enum drp_err err = drp_node_open(drp_args_dir(args), &node, diag);
	if (err) {
		return err;
	}
	err = drp_node_campaign_get(node.store, args->argument[0], &campaign, diag);
	int stopped = err != DRP_OK;
	for (unsigned tries = 1; !stopped; tries++) {
		struct drp_diag why = {0};
		err = drp_node_sync(&node, &options, &result, &why);
		if (!is_passing(err) || drp_args_has(args, "--once")) {
			err = err ? drp_fail(diag, err, "%s", why.text) : DRP_OK;
			break;
		}
		fprintf(stderr, "drempel-node: %s; trying again\n", why.text);
		stopped = wait_or_signal(drp_backoff_ms(tries, &node.rng));
	}
	if (err == DRP_OK) {
		print_settled(&result);
	}
	if (err == DRP_OK && result.refused) {
		err = drp_fail(diag, DRP_E_PEER, "the hub refused %u contributions: %s",
			result.refused, result.refusal);
	}
	err = err ? err : report_confirmations(&node, args->argument[0], diag);
	drp_node_close(&node);
	return err;
}

/* A tenth of jitter, so that a region's schools do not all come at once. */
static int64_t next_visit_ms(uint32_t every_minutes, const struct drp_rng *rng)
{
	uint32_t random, spread = every_minutes * 6000;
	rng->fill(rng->self, &random, sizeof random);
	return (int64_t)every_minutes * 60000 - random % spread;
}

enum drp_err drp_node_serve(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_node node;
	struct drp_sync_options options = {.push = 1};
	uint32_t every = 60;
	int held = -1;
	const char *text = drp_args_get(args, "--every");
	if (text && drp_parse_u32(text, 1, 10080, &every)) {
		return drp_fail(
			diag, DRP_E_USAGE, "--every is a number of minutes, 1 to 10080");
	}
	block_signals();
	enum drp_err err = drp_node_open(drp_args_dir(args), &node, diag);
	err = err ? err : drp_dir_hold(node.dir, &held, diag);
	if (err) {
		drp_node_close(&node);
		return err;
	}
	printf("visiting %s (%s) every %u minutes\n", node.hub_name, node.url, every);
	fflush(stdout);
	int stopped = 0;
	for (unsigned failures = 0; !stopped;) {
		struct drp_sync_result result;
		struct drp_diag why = {0};
		enum drp_err visit = drp_node_sync(&node, &options, &result, &why);
		failures = visit ? failures + 1 : 0;
		if (visit) {
			drp_log(DRP_LOG_WARN, "sync", "visit-failed", "error=%s %s",
				drp_err_name(visit), why.text);
		} else {
			drp_log(DRP_LOG_INFO, "sync", "visited",
				"stored=%u confirmed=%u withdrawn=%u refused=%u "
				"counted=%u not-counted=%u uncounted=%u "
				"counted-anyway=%u",
				result.stored, result.confirmed, result.withdrawn,
				result.refused, result.counted, result.not_counted,
				result.uncounted, result.counted_anyway);
		}
		stopped = wait_or_signal(visit ? drp_backoff_ms(failures, &node.rng)
					       : next_visit_ms(every, &node.rng));
	}
	drp_dir_release(held);
	drp_node_close(&node);
	return DRP_OK;
}

/* ---- log ---- */

static json_t *release_json(struct drp_node *node, const struct drp_released *r)
{
	char hash[65], when[DRP_DATE_TEXT], stored[DRP_DATE_TEXT] = "",
					    confirmed[DRP_DATE_TEXT] = "",
					    signature[129] = "", notary[129] = "";
	struct drp_buf bytes = {0};
	char *content = NULL;
	int sealed = r->track == DRP_TRACK_SEALED;
	drp_hex(r->hash.b, 32, hash);
	if (r->has_receipt) {
		drp_hex(r->receipt.signature, 64, signature);
		drp_time_format(r->receipt.stored_s, stored);
	}
	if (r->has_confirmed) {
		drp_hex(r->confirmed.signature, 64, notary);
		drp_time_format(r->confirmed.stored_s, confirmed);
	}
	/* A report is shares: random bytes, and too many to print. */
	if (!sealed &&
		drp_node_release_bytes(node->store, &r->hash, &bytes, NULL) == DRP_OK &&
		(content = drp_alloc(bytes.len * 2 + 1, 1)) != NULL) {
		drp_hex(bytes.data, bytes.len, content);
	}
	json_t *o = json_pack(
		"{s:s, s:s, s:i, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, "
		"s:I, s:s}",
		"campaign", r->campaign, "track", drp_track_code(r->track), "level",
		r->level, "group", drp_group_code(r->group), "state",
		drp_out_state_name(r->state), "questionnaires",
		(json_int_t)r->questionnaires, "values", (json_int_t)r->n_values,
		"approved", drp_time_format(r->approved_s, when), "hash", hash, "stored",
		stored, "receipt", signature, "confirmed", confirmed, "notary_receipt",
		notary, "note", r->note, "size", (json_int_t)r->n_bytes, "bytes",
		content ? content : "");
	drp_free(content);
	drp_buf_clear(&bytes);
	return o;
}

static json_t *events_json(const struct drp_log_row *rows, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		char hash[65], previous[65], when[DRP_DATE_TEXT];
		drp_hex(rows[i].bytes.b, 32, hash);
		drp_hex(rows[i].previous.b, 32, previous);
		json_array_append_new(list,
			json_pack("{s:I, s:s, s:s, s:s, s:s, s:s}", "seq",
				(json_int_t)rows[i].seq, "time",
				drp_time_format(rows[i].time_s, when), "event",
				rows[i].event, "group", drp_group_code(rows[i].group),
				"hash", hash, "previous", previous));
	}
	return list;
}

/* The reports of which the school must know that they are in no table though they were
 * sent, or in one though they were withdrawn, or may be. */
static void print_miscounted(
	struct drp_node *node, const struct drp_released *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct drp_released *r = &list[i];
		struct drp_node_campaign c;
		const char *note =
			drp_released_not_counted(r) || drp_released_counted_anyway(r)
				? r->note
				: NULL;
		if (!note && drp_released_wants_lists(r) &&
			drp_node_campaign_get(node->store, r->campaign, &c, NULL) ==
				DRP_OK &&
			c.state >= DRP_CAMPAIGN_CLOSED) {
			note = r->state == DRP_RELEASE_WITHDRAWN ? NOT_KNOWN_OUT
								 : NOT_KNOWN;
		}
		if (note) {
			printf("%s, level %d, %s: %s\n", r->campaign, r->level,
				drp_group_code(r->group), note);
		}
	}
}

static const char *event_words(const char *event)
{
	static const char *const words[][2] = {{"stored", "stored by the hub"},
		{"confirmed", "confirmed by the notary"},
		{"counted", "counted by both sides"}, {"not-counted", "NOT COUNTED"},
		{"uncounted", "withdrawal holds"},
		{"counted-anyway", "COUNTED THOUGH WITHDRAWN"},
		{"perhaps-counted", "withdrawal NOT PROVEN"}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(event, words[i][0]) == 0) {
			return words[i][1];
		}
	}
	return event;
}

static void print_log(const struct drp_log_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char hash[65], when[DRP_DATE_TEXT];
		drp_hex(rows[i].bytes.b, 32, hash);
		printf("%llu  %s  %-24s %-8s %s\n", (unsigned long long)rows[i].seq,
			drp_time_format(rows[i].time_s, when), event_words(rows[i].event),
			drp_group_code(rows[i].group), hash);
	}
	if (n == 0) {
		printf("nothing has left this school\n");
	}
}

enum drp_err drp_node_show_log(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_node node;
	struct drp_log_row *rows = NULL;
	struct drp_released *releases = NULL;
	size_t n = 0, n_releases = 0;
	enum drp_err err = drp_node_open(drp_args_dir(args), &node, diag);
	if (err) {
		return err;
	}
	err = drp_node_log(node.store, &rows, &n, diag);
	err = err ? err : drp_log_verify(rows, n, diag);
	err = err ? err
		  : drp_node_releases(node.store, NULL, &releases, &n_releases, diag);
	if (err == DRP_OK && drp_args_has(args, "--json")) {
		json_t *list = json_array();
		for (size_t i = 0; i < n_releases; i++) {
			json_array_append_new(list, release_json(&node, &releases[i]));
		}
		json_t *all = json_pack("{s:s, s:s, s:o, s:o}", "school", node.school,
			"hub", node.hub_name, "contributions", list, "events",
			events_json(rows, n));
		drp_json_show(all, DRP_OK);
	} else if (err == DRP_OK) {
		print_log(rows, n);
		print_miscounted(&node, releases, n_releases);
	}
	drp_free(rows);
	drp_free(releases);
	drp_node_close(&node);
	return err;
}
