/* SPDX-License-Identifier: Apache-2.0 */
#include "node/commands.h"
#include "node/release/release.h"
#include "proto/base/alloc.h"
#include "proto/estimate/estimate.h"
#include "proto/model/codes.h"
#include "proto/model/vector.h"
#include "proto/privacy/ledger.h"
#include "proto/privacy/rational.h"
#include "proto/runtime/json.h"

#include <math.h>
#include <stdio.h>

#define DELTA_SHOWN 1e-6

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
	drp_json_show(json, err);
	drp_node_close(&node);
	drp_free(c);
	return err;
}
