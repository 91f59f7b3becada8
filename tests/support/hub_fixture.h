/* SPDX-License-Identifier: Apache-2.0
 *
 * A small hub in a temporary folder, with a register, a signed campaign and contributions
 * without noise, for the tests of what is published and checked:
 *   BE21 8 schools, BE22 7, BE24 6, BE10 2, unknown 6; levels 1, or 3 and 4 in turn
 *   boards own two schools; every unit has 6 leaders, 30 teachers and 120 pupils
 *   of each unit answer 5 leaders, 20 teachers and 100 pupils, with x = 4 everywhere;
 *   in BE22, at level 1, 8 teachers, who are below the threshold of a unit
 *   the last school of BE21 takes no part
 */
#ifndef DRP_TESTS_HUB_FIXTURE_H
#define DRP_TESTS_HUB_FIXTURE_H

#include "hub/campaign/campaign.h"
#include "hub/campaign/gather.h"
#include "hub/home/hub.h"
#include "hub/home/registry.h"
#include "proto/model/codes.h"

#include "tests/support/check.h"

#include <stdlib.h>
#include <unistd.h>

#define FIXTURE_CAMPAIGN "spring-2026"
#define FIXTURE_SCHOOLS	 29

struct hub_fixture {
	char dir[64];
	struct drp_hub hub;
};

static const struct {
	const char *province;
	int schools;
} fixture_place[] = {{"BE21", 8}, {"BE22", 7}, {"BE24", 6}, {"BE10", 2}, {"_U", 6}};

static inline void fixture_file(const struct hub_fixture *f, const char *name,
	const struct drp_buf *text, char path[DRP_PATH_MAX])
{
	CHECK_OK(drp_path(path, f->dir, name, NULL));
	CHECK_OK(drp_file_write(path, text->data, text->len, 0600, NULL));
}

static inline void fixture_register(struct hub_fixture *f)
{
	static const char *const network[] = {"GO", "KOV", "OVSG"};
	struct drp_buf csv = {0};
	char path[DRP_PATH_MAX];
	size_t schools, units;
	int n = 0;
	drp_buf_text(&csv, "school,name,board,province,network,level,eligible_leader,"
			   "eligible_teacher,eligible_pupil\n");
	for (size_t p = 0; p < sizeof fixture_place / sizeof fixture_place[0]; p++) {
		for (int i = 0; i < fixture_place[p].schools; i++, n++) {
			for (int level = n % 2 ? 3 : 1; level <= (n % 2 ? 4 : 1);
				level++) {
				drp_buf_printf(&csv,
					"sch-%03d,De Wegwijzer %03d,brd-%02d,%s,%s,%d,6,"
					"30,120\n",
					n, n, n / 2, fixture_place[p].province,
					network[n % 3], level);
			}
		}
	}
	fixture_file(f, "register.csv", &csv, path);
	CHECK_OK(drp_registry_import(&f->hub, path, &schools, &units, NULL));
	CHECK_INT(schools, FIXTURE_SCHOOLS);
	drp_buf_clear(&csv);
}

/* Node keys, made up: what the manifest names as the schools' keys. */
static inline void fixture_enrol(struct hub_fixture *f)
{
	for (int n = 0; n + 1 < FIXTURE_SCHOOLS; n++) {
		char school[DRP_CODE_MAX];
		struct drp_key key = {{(uint8_t)n, 0xab}};
		struct drp_hash token = {{(uint8_t)n, 0xcd}};
		snprintf(school, sizeof school, "sch-%03d", n);
		CHECK_OK(drp_hub_begin(f->hub.store, NULL));
		CHECK_OK(drp_hub_enrol(f->hub.store, &token, school, &key, 1000, NULL));
		CHECK_OK(drp_hub_end(f->hub.store, DRP_OK, NULL));
	}
}

/* when: from, to and deadline of the period. */
static inline void fixture_campaign_of(struct hub_fixture *f, const char *campaign,
	const char *title, const char *const when[3])
{
	struct drp_buf yaml = {0}, report = {0};
	char path[DRP_PATH_MAX], id[DRP_NAME_MAX];
	drp_buf_printf(&yaml, "campaign: %s\ntitle: %s\n", campaign, title);
	drp_buf_text(&yaml,
		"region: VL\n"
		"instrument: " DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml\n"
		"frame: " DRP_SOURCE_DIR "/deploy/reference/frame-vlaanderen-2020.csv\n"
		"track: open\n"
		"cohort: self-selected\n");
	drp_buf_printf(&yaml, "period: {from: %s, to: %s}\ndeadline: %s\n", when[0],
		when[1], when[2]);
	fixture_file(f, "campaign.yaml", &yaml, path);
	CHECK_OK(drp_campaign_new(&f->hub, path, id, &report, NULL));
	CHECK_OK(drp_campaign_sign(&f->hub, id, &report, NULL));
	drp_buf_clear(&yaml);
	drp_buf_clear(&report);
}

static inline void fixture_campaign(struct hub_fixture *f)
{
	static const char *const when[3] = {"2026-03-01", "2026-05-31", "2026-06-15"};
	fixture_campaign_of(f, FIXTURE_CAMPAIGN, "Spring campaign", when);
}

static inline uint32_t fixture_answers(const struct drp_unit *unit, int group)
{
	static const uint32_t usual[DRP_GROUPS] = {5, 20, 100};
	int few = unit->province == DRP_BE22 && unit->level == 1;
	return few && group == DRP_TEACHER ? 8 : usual[group];
}

/* Seals and stores one contribution with its receipt, as the service does. */
static inline void fixture_put(struct hub_fixture *f, const char *campaign,
	const struct drp_contribution *c, const uint8_t key[32])
{
	struct drp_buf plain = {0}, sealed = {0}, statement = {0};
	uint8_t context[49], box[DRP_BOX_KEY_BYTES];
	struct drp_stored stored = {.unit = c->unit, .group = c->group};
	CHECK_OK(drp_contribution_encode(c, &plain));
	drp_hash_bytes(plain.data, plain.len, &stored.hash);
	drp_contribution_context(&c->campaign, &c->unit, c->group, context);
	CHECK_OK(drp_store_seal(
		key, context, sizeof context, plain.data, plain.len, &sealed));
	struct drp_receipt *r = &stored.receipt;
	r->campaign = c->campaign;
	r->unit = c->unit;
	r->group = c->group;
	r->contribution = stored.hash;
	r->stored_s = 1775000000;
	drp_keys_public(f->hub.keys, &r->hub, box);
	CHECK_OK(drp_receipt_statement(r, &statement));
	drp_sign(f->hub.keys, "drempel receipt 1", statement.data, statement.len,
		r->signature);
	CHECK_OK(drp_hub_contribution_put(
		f->hub.store, campaign, &stored, sealed.data, sealed.len, NULL));
	drp_buf_clear(&plain);
	drp_buf_clear(&sealed);
	drp_buf_clear(&statement);
}

static inline void fixture_contribution(const struct drp_manifest *m,
	const struct drp_instrument *in, const struct drp_unit *unit, int group,
	struct drp_contribution *c)
{
	uint16_t items[DRP_ITEMS_MAX];
	const struct drp_release *release = drp_manifest_release(
		m, (enum drp_group)group, DRP_FAMILY_REGION, DRP_RELEASE_CORE);
	memset(c, 0, sizeof *c);
	c->campaign = m->hash;
	c->unit = unit->id;
	c->group = (uint8_t)group;
	c->questionnaires = fixture_answers(unit, group);
	c->invited = unit->eligible[group];
	if (c->questionnaires < m->thresholds.k_unit[group]) {
		return;
	}
	size_t n = drp_instrument_vector(in, (enum drp_group)group, DRP_ITEM_CORE, items);
	c->sigma2 = release->sigma2;
	c->n_values = (uint16_t)(2 * n);
	for (size_t i = 0; i < n; i++) {
		c->value[2 * i] = c->questionnaires; /* x - 3 = 1 */
		c->value[2 * i + 1] = c->questionnaires;
	}
}

static inline void fixture_contribute_to(struct hub_fixture *f, const char *campaign)
{
	static const struct drp_key last_of_be21 = {{7, 0xab}};
	struct drp_campaign_row row;
	struct drp_manifest *m = NULL;
	struct drp_instrument *in = NULL;
	struct drp_contribution *c = calloc(1, sizeof *c);
	char path[DRP_PATH_MAX];
	uint8_t key[32];
	CHECK_OK(drp_hub_campaign_get(f->hub.store, campaign, &row, NULL));
	CHECK_OK(drp_hub_manifest(&f->hub, &row, &m, NULL));
	CHECK_OK(drp_hub_instrument(&f->hub, &row.instrument, &in, NULL));
	CHECK_OK(drp_hub_key_path(&f->hub, campaign, path, NULL));
	CHECK_OK(drp_secret_key_load(path, key, NULL));
	CHECK_OK(drp_hub_begin(f->hub.store, NULL));
	for (uint32_t u = 0; c && u < m->n_units; u++) {
		if (memcmp(&m->key[m->unit[u].school], &last_of_be21,
			    sizeof last_of_be21) == 0) {
			continue;
		}
		for (int g = 0; g < DRP_GROUPS; g++) {
			fixture_contribution(m, in, &m->unit[u], g, c);
			fixture_put(f, campaign, c, key);
		}
	}
	CHECK_OK(drp_hub_end(f->hub.store, DRP_OK, NULL));
	free(c);
	drp_instrument_free(in);
	drp_manifest_free(m);
}

/* A campaign that is ready to be closed. */
static inline void hub_fixture_open(struct hub_fixture *f)
{
	static const struct drp_hub_settings settings = {
		"Test hub", "hub", "tcp://127.0.0.1:0", "", "", "", ""};
	memset(f, 0, sizeof *f);
	snprintf(f->dir, sizeof f->dir, "/tmp/drp-hub-XXXXXX");
	CHECK(mkdtemp(f->dir) != NULL);
	CHECK_OK(drp_crypto_init());
	CHECK_OK(drp_hub_create(f->dir, &settings, NULL));
	CHECK_OK(drp_hub_open(f->dir, &f->hub, NULL));
	fixture_register(f);
	fixture_enrol(f);
	fixture_campaign(f);
	fixture_contribute_to(f, FIXTURE_CAMPAIGN);
}

static inline void hub_fixture_close(struct hub_fixture *f)
{
	char command[128];
	drp_hub_close(&f->hub);
	snprintf(command, sizeof command, "rm -rf '%s'", f->dir);
	CHECK_INT(system(command), 0);
}

#endif
