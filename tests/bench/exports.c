/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_exports [--json]: an edition of 3,560 schools with a row for every family,
 * cohort, group, area, statement and share, in every format of the public API: rows,
 * bytes and seconds of each answer, and the most memory that the process had.
 */
#include "hub/api/api.h"
#include "proto/base/alloc.h"
#include "proto/model/codes.h"

#include "tests/support/sample.h"

#include <sys/resource.h>
#include <time.h>

#define SCHOOLS 3560

static const char *const targets[] = {"/t/sample-2026/participation.csv",
	"/t/sample-2026/items.csv", "/t/sample-2026/items.json",
	"/t/sample-2026/items.metadata.json", "/t/sample-2026/items.xlsx",
	"/t/sample-2026/datapackage.zip", "/t/sample-2026/differences.csv",
	"/t/sample-2026/differences.json", "/api/v2/tables",
	"/api/v2/tables/sample-2026.items/data", "/sdmx/2.1/dataflow",
	"/sdmx/2.1/data/ITEMS_sample-2026?format=csv",
	"/sdmx/2.1/data/ITEMS_sample-2026/BE21......",
	"/sdmx/2.1/data/ITEMS_sample-2026/.....mean.value",
	"/sdmx/2.1/availableconstraint/ITEMS_sample-2026", "/feed.atom", "/catalog.ttl"};

#define TARGETS (sizeof targets / sizeof targets[0])

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- the edition ---- */

struct place {
	int family;
	char province[8], level[8], network[8];
};

static void add_row(struct drp_edition *e, const struct place *p, int group,
	const char *area, const char *item, const char *measure)
{
	struct drp_observation *o = drp_edition_add(e);
	sample_need(o != NULL, "memory");
	o->family = (uint8_t)p->family;
	o->group = (uint8_t)group;
	o->status = DRP_SHOWN;
	snprintf(o->province, sizeof o->province, "%s", p->province);
	snprintf(o->level, sizeof o->level, "%s", p->level);
	snprintf(o->network, sizeof o->network, "%s", p->network);
	snprintf(o->area, sizeof o->area, "%s", area);
	snprintf(o->item, sizeof o->item, "%s", item);
	snprintf(o->measure, sizeof o->measure, "%s", measure);
	snprintf(o->value, sizeof o->value, "3.%04zu", e->n_observations % 10000);
	snprintf(o->se, sizeof o->se, "0.0412");
	snprintf(o->low, sizeof o->low, "2.9192");
	snprintf(o->high, sizeof o->high, "3.3311");
	snprintf(o->n, sizeof o->n, "%zu", e->n_observations);
	snprintf(o->schools, sizeof o->schools, "143");
}

static void add_items(struct drp_edition *e, const struct drp_instrument *in,
	const struct place *p, int group)
{
	static const char *const shares[] = {"mean", "share_1", "share_2", "share_3",
		"share_4", "share_5", "share_na"};
	for (int i = 0; i < in->n_items; i++) {
		for (size_t s = 0; s < sizeof shares / sizeof shares[0]; s++) {
			if (in->item[i].groups >> group & 1) {
				add_row(e, p, group, in->area[in->item[i].area].code,
					in->item[i].code, shares[s]);
			}
		}
	}
}

static void add_place(
	struct drp_edition *e, const struct drp_instrument *in, const struct place *p)
{
	static const char *const numbers[] = {
		"eligible", "invited", "questionnaires", "coverage"};
	add_row(e, p, DRP_GROUPS, "_T", "_T", "registered");
	add_row(e, p, DRP_GROUPS, "_T", "_T", "schools");
	for (int g = 0; g < DRP_GROUPS; g++) {
		for (int k = 0; k < 4; k++) {
			add_row(e, p, g, "_T", "_T", numbers[k]);
		}
		for (int a = 0; a < in->n_areas; a++) {
			add_row(e, p, g, in->area[a].code, "_T", "mean");
		}
		add_items(e, in, p, g);
	}
}

static void add_places(struct drp_edition *e, const struct drp_instrument *in)
{
	struct place p = {DRP_FAMILY_REGION, "_T", "_T", "_T"};
	add_place(e, in, &p);
	for (int province = 1; province <= DRP_PROVINCES; province++) {
		p = (struct place){DRP_FAMILY_PROVINCE, "", "_T", "_T"};
		snprintf(
			p.province, sizeof p.province, "%s", drp_province_code(province));
		add_place(e, in, &p);
		p.family = DRP_FAMILY_PROVINCE_LEVEL;
		for (int level = 1; level <= DRP_LEVELS; level++) {
			snprintf(p.level, sizeof p.level, "%d", level);
			add_place(e, in, &p);
		}
	}
	for (int level = 1; level <= DRP_LEVELS; level++) {
		p = (struct place){DRP_FAMILY_LEVEL, "_T", "", "_T"};
		snprintf(p.level, sizeof p.level, "%d", level);
		add_place(e, in, &p);
	}
	for (int network = 1; network <= DRP_NETWORKS; network++) {
		p = (struct place){DRP_FAMILY_NETWORK, "_T", "_T", ""};
		snprintf(p.network, sizeof p.network, "%s", drp_network_code(network));
		add_place(e, in, &p);
	}
}

static void make_publication(struct drp_publication *p)
{
	struct drp_keys *keys = NULL;
	struct drp_buf bytes = {0};
	sample_need(drp_crypto_init() == DRP_OK, "crypto");
	sample_need(drp_keys_new(&keys) == DRP_OK, "keys");
	sample_need(drp_instrument_load(DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml",
			    &p->instrument, NULL) == DRP_OK,
		"instrument");
	p->manifest = sample_manifest(keys, &p->instrument->hash);
	p->edition = sample_edition(&p->manifest->hash);
	p->edition->n_observations = 0;
	p->edition->schools_registered = p->edition->schools_took_part = SCHOOLS;
	add_places(p->edition, p->instrument);
	sample_need(drp_edition_encode(p->edition, &bytes) == DRP_OK, "edition");
	drp_buf_clear(&bytes);
	drp_keys_free(keys);
}

/* ---- answers ---- */

static double measure(
	const struct drp_catalogue *catalogue, const char *target, size_t *bytes)
{
	struct drp_api_request *request = drp_alloc(1, sizeof *request);
	struct drp_api_reply reply;
	char path[128];
	snprintf(path, sizeof path, "%s", target);
	char *query = strchr(path, '?');
	double start = now();
	sample_need(request != NULL, "memory");
	request->method = "GET";
	request->path = path;
	if (query) {
		*query = 0;
		request->n_parameters = 1;
		request->parameter[0].name = "format";
		request->parameter[0].value = query + strlen("?format=");
	}
	request->accept = request->accept_language = request->body = "";
	sample_need(drp_api_answer(catalogue, request, &reply) == DRP_OK &&
			    reply.status == 200,
		target);
	*bytes = reply.body.len;
	drp_buf_clear(&reply.body);
	drp_free(request);
	return now() - start;
}

int main(int argc, char **argv)
{
	int json = argc > 1 && strcmp(argv[1], "--json") == 0;
	struct drp_publication publication = {0};
	const struct drp_publication *list[1] = {&publication};
	const struct drp_catalogue catalogue = {
		.n = 1, .publication = list, .base = "https://drempel.example"};
	struct rusage usage;
	double all = 0;
	make_publication(&publication);
	printf(json ? "{\"rows\": %zu, \"answers\": [" : "%zu rows\n",
		publication.edition->n_observations);
	for (size_t i = 0; i < TARGETS; i++) {
		size_t bytes;
		double seconds = measure(&catalogue, targets[i], &bytes);
		all += seconds;
		printf(json ? "%s{\"target\": \"%s\", \"bytes\": %zu, \"seconds\": %.4f}"
			    : "%s%-56s %10zu bytes %8.4f s\n",
			json && i ? ", " : "", targets[i], bytes, seconds);
	}
	getrusage(RUSAGE_SELF, &usage);
	printf(json ? "], \"seconds\": %.3f, \"max_rss_kb\": %ld}\n"
		    : "all of them in %.3f s; at most %ld kB of memory\n",
		all, usage.ru_maxrss);
	drp_publication_free(&publication);
	return 0;
}
