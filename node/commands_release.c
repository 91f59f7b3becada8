/* SPDX-License-Identifier: Apache-2.0 */
#include "node/commands.h"
#include "node/release.h"
#include "node/sync.h"
#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/estimate/estimate.h"
#include "proto/model/codes.h"
#include "proto/model/vector.h"
#include "proto/privacy/rational.h"
#include "proto/runtime/log.h"

#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DELTA_SHOWN 1e-6

/* ---- preview ---- */

static void preview_values(
	const struct drp_node_work *work, const struct drp_candidate *c, json_t *json)
{
	const struct drp_instrument *in = work->instrument;
	uint16_t items[DRP_ITEMS_MAX];
	size_t n =
		drp_instrument_vector(in, (enum drp_group)c->group, DRP_ITEM_CORE, items);
	double noise = sqrt((double)c->release->sigma2);
	for (size_t i = 0; i < n && 2 * i + 1 < c->n_values; i++) {
		const char *code = in->item[items[i]].code;
		long long sum = (long long)c->value[2 * i],
			  valid = (long long)c->value[2 * i + 1];
		if (json) {
			json_array_append_new(
				json, json_pack("{s:s, s:I, s:I, s:f}", "item", code,
					      "sum", (json_int_t)sum, "valid",
					      (json_int_t)valid, "noise_sd", noise));
		} else {
			printf("    %-6s sum of (answer - 3): %6lld +- %.1f   valid "
			       "answers: %6lld +- "
			       "%.1f\n",
				code, sum, noise, valid, noise);
		}
	}
}

static enum drp_err spent_so_far(struct drp_node *node, const struct drp_node_work *work,
	int group, struct drp_rational *spent, struct drp_diag *diag)
{
	struct drp_ledger_row *rows = NULL;
	size_t n = 0;
	enum drp_err err = drp_node_ledger(node->store, &rows, &n, diag);
	err = err ? err
		  : drp_ledger_spent(
			    rows, n, work->manifest->year, (enum drp_group)group, spent);
	drp_free(rows);
	return err;
}

static void print_cost(const struct drp_node_work *work, const struct drp_candidate *c,
	struct drp_rational spent)
{
	char rho[DRP_RATIONAL_TEXT], used[DRP_RATIONAL_TEXT], cap[DRP_RATIONAL_TEXT];
	struct drp_rational charge = drp_release_charge(work, c);
	drp_rational_format(charge, rho);
	drp_rational_format(spent, used);
	drp_rational_format(drp_ledger_cap((enum drp_group)c->group), cap);
	printf("  costs rho %s (epsilon %.4f at delta 1e-6); spent this school year %s "
	       "of %s\n",
		rho, drp_epsilon(charge, DELTA_SHOWN), used, cap);
}

/* The counters of one item, in words for a person or an object for a machine. */
static void preview_item(const struct drp_node_work *work, const struct drp_vector *v,
	size_t i, const uint64_t *counter, json_t *json)
{
	const char *code = work->instrument->item[v->item[i]].code;
	const uint64_t *at = counter + v->offset[i];
	json_t *counts = json ? json_object() : NULL;
	if (!json) {
		printf("    %-6s", code);
	}
	for (size_t k = 0; k < v->counters[i]; k++) {
		char name[16];
		snprintf(name, sizeof name, "%zu", k + 1);
		const char *label = k + 1 == v->counters[i] ? "none"
				    : v->points[i] == 0	    ? k ? "not ticked" : "ticked"
				    : k == v->points[i]	    ? "na"
							    : name;
		if (json) {
			json_object_set_new(
				counts, label, json_integer((json_int_t)at[k]));
		} else {
			printf(" %s: %llu ", label, (unsigned long long)at[k]);
		}
	}
	if (json) {
		json_array_append_new(
			json, json_pack("{s:s, s:o}", "item", code, "counts", counts));
	} else {
		printf("\n");
	}
}

static void preview_counters(
	const struct drp_node_work *work, const struct drp_candidate *c, json_t *json)
{
	struct drp_vector v;
	drp_vector_make(&v, work->instrument, (enum drp_group)c->group);
	for (size_t i = 0; i < v.n_items; i++) {
		preview_item(work, &v, i, c->counter, json);
	}
}

static void print_sealed(const struct drp_node_work *work, const struct drp_candidate *c,
	const struct drp_report_sizes *sizes, struct drp_rational spent)
{
	if (!c->with_values) {
		printf("  nothing leaves: the campaign asks nothing of this group\n");
		return;
	}
	printf("  leaves as one report of %zu bytes: %zu for the hub and %zu, sealed, "
	       "for "
	       "the notary\n"
	       "  each of the two is random bytes; only sums over many schools are ever "
	       "put together, with the noise of both\n"
	       "  shared between them, exactly: questionnaires %u, and\n",
		sizes->report, sizes->hub_share, sizes->notary_share, c->questionnaires);
	preview_counters(work, c, NULL);
	print_cost(work, c, spent);
}

static void print_candidate(const struct drp_node_work *work,
	const struct drp_candidate *c, const struct drp_report_sizes *sizes,
	struct drp_rational spent)
{
	printf("level %d, %s%s\n", c->level, drp_group_code(c->group),
		c->already ? " (approved already: these bytes are fixed)" : "");
	if (c->sealed) {
		print_sealed(work, c, sizes, spent);
		return;
	}
	printf("  leaves exactly: questionnaires %u, invited %u, participation %s\n",
		c->questionnaires, c->invited, c->incomplete ? "incomplete" : "complete");
	if (!c->with_values) {
		printf("  no answers leave: %s\n",
			c->release ? "fewer questionnaires than the threshold"
				   : "the campaign asks none of this group");
		return;
	}
	printf("  leaves with noise: %u sums; yours are shown here, each gets its own "
	       "random "
	       "draw of standard deviation %.1f before it leaves\n",
		(unsigned)c->n_values, sqrt((double)c->release->sigma2));
	preview_values(work, c, NULL);
	print_cost(work, c, spent);
}

static json_t *sealed_json(const struct drp_node_work *work,
	const struct drp_candidate *c, const struct drp_report_sizes *sizes)
{
	char rho[DRP_RATIONAL_TEXT];
	json_t *counters = json_array();
	drp_rational_format(drp_release_charge(work, c), rho);
	preview_counters(work, c, counters);
	return json_pack("{s:i, s:s, s:s, s:b, s:I, s:s, s:{s:I, s:I, s:I}, s:o}",
		"level", c->level, "group", drp_group_code(c->group), "track", "sealed",
		"approved", c->already, "questionnaires", (json_int_t)c->questionnaires,
		"rho", rho, "bytes", "report", (json_int_t)sizes->report, "hub",
		(json_int_t)sizes->hub_share, "notary", (json_int_t)sizes->notary_share,
		"counters", counters);
}

static json_t *candidate_json(
	const struct drp_node_work *work, const struct drp_candidate *c)
{
	char rho[DRP_RATIONAL_TEXT] = "0/1";
	json_t *values = json_array();
	if (c->with_values) {
		preview_values(work, c, values);
		drp_rational_format(c->release->rho, rho);
	}
	return json_pack("{s:i, s:s, s:b, s:I, s:I, s:b, s:I, s:s, s:o}", "level",
		c->level, "group", drp_group_code(c->group), "approved", c->already,
		"questionnaires", (json_int_t)c->questionnaires, "invited",
		(json_int_t)c->invited, "incomplete", c->incomplete, "sigma2",
		(json_int_t)(c->with_values ? c->release->sigma2 : 0), "rho", rho,
		"values", values);
}

static enum drp_err preview_one(struct drp_node *node, const struct drp_node_work *work,
	int level, int group, struct drp_candidate *c, json_t *json,
	struct drp_diag *diag)
{
	struct drp_report_sizes sizes = {0};
	struct drp_rational spent = {0, 1};
	int present = 0;
	enum drp_err err =
		drp_release_candidate(node, work, level, group, c, &present, diag);
	if (err || !present) {
		return err;
	}
	if (c->sealed && c->with_values) {
		err = drp_release_sizes(node, work, c, &sizes, diag);
	}
	err = err ? err : spent_so_far(node, work, group, &spent, diag);
	if (err == DRP_OK && json) {
		json_array_append_new(json, c->sealed ? sealed_json(work, c, &sizes)
						      : candidate_json(work, c));
	} else if (err == DRP_OK) {
		print_candidate(work, c, &sizes, spent);
	}
	return err;
}

enum drp_err drp_node_preview(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_node node;
	struct drp_node_work work;
	struct drp_candidate *c = drp_alloc(1, sizeof *c);
	json_t *json = drp_args_has(args, "--json") ? json_array() : NULL;
	enum drp_err err =
		c ? drp_node_open(drp_args_dir(args), &node, diag) : DRP_E_NOMEM;
	if (err) {
		drp_free(c);
		json_decref(json);
		return err;
	}
	err = drp_node_work_load(&node, args->argument[0], &work, diag);
	if (err == DRP_OK) {
		for (int i = 0; err == DRP_OK && i < DRP_LEVELS * DRP_GROUPS; i++) {
			if (work.unit[1 + i / DRP_GROUPS]) {
				err = preview_one(&node, &work, 1 + i / DRP_GROUPS,
					i % DRP_GROUPS, c, json, diag);
			}
		}
		drp_node_work_clear(&work);
	}
	if (err == DRP_OK && json) {
		json_dumpf(json, stdout, JSON_INDENT(1));
		printf("\n");
	}
	json_decref(json);
	drp_node_close(&node);
	drp_free(c);
	return err;
}

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
	if (!r->stored && !r->withdrawn && !r->refused && !r->confirmed) {
		printf("nothing to send: no contribution is waiting\n");
	}
}

/* What is known of the campaign's sealed reports after a visit. One that its hub closed
 * without the notary's word is in no table. */
static enum drp_err report_confirmations(
	struct drp_node *node, const char *id, struct drp_diag *diag)
{
	struct drp_node_campaign campaign;
	struct drp_released *list = NULL;
	size_t n = 0, lost = 0, waiting = 0;
	enum drp_err err = drp_node_campaign_get(node->store, id, &campaign, diag);
	err = err ? err : drp_node_releases(node->store, id, &list, &n, diag);
	for (size_t i = 0; err == DRP_OK && i < n; i++) {
		if (list[i].track != DRP_TRACK_SEALED || list[i].has_confirmed ||
			list[i].state != DRP_RELEASE_STORED) {
			continue;
		}
		waiting += campaign.state < DRP_CAMPAIGN_CLOSED;
		lost += campaign.state >= DRP_CAMPAIGN_CLOSED;
		if (campaign.state >= DRP_CAMPAIGN_CLOSED) {
			printf("level %d, %s: " DRP_NOT_COUNTED "\n", list[i].level,
				drp_group_code(list[i].group));
		}
	}
	if (waiting) {
		printf("%zu contributions are not confirmed by the notary yet; a later "
		       "visit asks again\n",
			waiting);
	}
	drp_free(list);
	return lost ? drp_fail(diag, DRP_E_CLOSED,
			      "%zu contributions of campaign %s are NOT COUNTED", lost,
			      id)
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
				"stored=%u confirmed=%u withdrawn=%u refused=%u",
				result.stored, result.confirmed, result.withdrawn,
				result.refused);
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

/* The reports of which the school must know that they are in no table. */
static void print_not_counted(const struct drp_released *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].note, DRP_NOT_COUNTED) == 0) {
			printf("%s, level %d, %s: %s\n", list[i].campaign, list[i].level,
				drp_group_code(list[i].group), list[i].note);
		}
	}
}

static void print_log(const struct drp_log_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char hash[65], when[DRP_DATE_TEXT];
		drp_hex(rows[i].bytes.b, 32, hash);
		printf("%llu  %s  %-11s %-8s %s\n", (unsigned long long)rows[i].seq,
			drp_time_format(rows[i].time_s, when), rows[i].event,
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
		json_dumpf(all, stdout, JSON_INDENT(1));
		printf("\n");
		json_decref(all);
	} else if (err == DRP_OK) {
		print_log(rows, n);
		print_not_counted(releases, n_releases);
	}
	drp_free(rows);
	drp_free(releases);
	drp_node_close(&node);
	return err;
}
