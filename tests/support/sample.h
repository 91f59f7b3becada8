/* SPDX-License-Identifier: Apache-2.0
 *
 * One valid object of each kind that is hashed, signed or sent, with a value near every
 * edge of the canonical form: long and short numbers, negative ones, absent ones.
 */
#ifndef DRP_TESTS_SAMPLE_H
#define DRP_TESTS_SAMPLE_H

#include "proto/crypto/crypto.h"
#include "proto/model/contribution.h"
#include "proto/model/edition.h"
#include "proto/model/manifest.h"
#include "proto/session/chain.h"
#include "proto/session/invite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_SCHOOLS 6
#define SAMPLE_UNITS   8
#define SAMPLE_TIME    1790000000

/* A sample that cannot be made is a defect of the test. */
static inline void sample_need(int condition, const char *what)
{
	if (!condition) {
		fprintf(stderr, "sample: %s\n", what);
		exit(2);
	}
}

static inline void sample_fill(void *bytes, size_t n, uint8_t first)
{
	for (size_t i = 0; i < n; i++) {
		((uint8_t *)bytes)[i] = (uint8_t)(first + 7 * i);
	}
}

static inline struct drp_contribution sample_contribution(
	const struct drp_hash *campaign, int with_values)
{
	static const int64_t value[] = {0, 1, -1, 127, 128, -32, -33, 255, 256, -128,
		-129, 65535, 65536, -32768, -32769, INT64_C(4294967295),
		INT64_C(4294967296), INT64_C(-2147483648), INT64_C(-2147483649),
		INT64_C(1) << 53, -(INT64_C(1) << 53)};
	struct drp_contribution c = {.campaign = *campaign,
		.group = DRP_TEACHER,
		.questionnaires = 70000,
		.invited = DRP_UNIT_ELIGIBLE_MAX,
		.incomplete = 1};
	sample_fill(c.unit.b, sizeof c.unit.b, 3);
	if (with_values) {
		c.sigma2 = DRP_SIGMA2_MAX;
		c.n_values = sizeof value / sizeof value[0];
		memcpy(c.value, value, sizeof value);
	}
	return c;
}

static inline struct drp_receipt sample_receipt(
	const struct drp_keys *hub, const struct drp_contribution *c)
{
	uint8_t box[DRP_BOX_KEY_BYTES];
	struct drp_buf bytes = {0};
	struct drp_receipt r = {.campaign = c->campaign,
		.unit = c->unit,
		.group = c->group,
		.stored_s = SAMPLE_TIME};
	drp_keys_public(hub, &r.hub, box);
	sample_need(drp_contribution_encode(c, &bytes) == DRP_OK, "contribution");
	drp_hash_bytes(bytes.data, bytes.len, &r.contribution);
	bytes.len = 0;
	sample_need(drp_receipt_statement(&r, &bytes) == DRP_OK, "receipt");
	drp_sign(hub, "drempel receipt 1", bytes.data, bytes.len, r.signature);
	drp_buf_clear(&bytes);
	return r;
}

/* Teachers: values for region and province. Others: counts. */
static inline void sample_releases(struct drp_manifest *m)
{
	static const uint8_t groups[] = {DRP_TEACHER, DRP_LEADER, DRP_PUPIL};
	for (int i = 0; i < DRP_GROUPS; i++) {
		uint8_t g = groups[i];
		int values = g == DRP_TEACHER;
		for (uint8_t f = DRP_FAMILY_REGION; f <= DRP_FAMILY_PROVINCE; f++) {
			struct drp_rational none = {0, 1};
			m->release[m->n_releases++] = (struct drp_release){.group = g,
				.family = f,
				.map = values ? DRP_MAP_PAIRS : DRP_MAP_COUNTS,
				.rho = values && f == 0 ? m->rho[g] : none,
				.delta2 = values ? 200 : 0,
				.sigma2 = values ? 4106 : 0};
		}
	}
}

/* Free with drp_manifest_free. */
static inline struct drp_manifest *sample_manifest(
	const struct drp_keys *hub, const struct drp_hash *instrument)
{
	struct drp_manifest *m = calloc(1, sizeof *m);
	sample_need(m != NULL, "memory");
	*m = (struct drp_manifest){.id = "sample-2026",
		.title = "Voorbeeld \xc3\xa9\xc3\xa9n",
		.region = "VL",
		.year = 2026,
		.period_from = 20697,
		.period_to = 20805,
		.deadline_s = INT64_C(1798761599),
		.instrument = *instrument,
		.thresholds = {5, 3, 50, 70, {5, 10, 20}, {5, 10, 300}},
		.rho = {{185069, 1000000}, {243559, 10000000}, {1, INT64_C(5000000000)}},
		.n_folds = 1,
		.fold = {{DRP_FAMILY_LEVEL, 4, 3}},
		.n_schools = SAMPLE_SCHOOLS,
		.n_boards = 4,
		.n_units = SAMPLE_UNITS};
	drp_keys_public(hub, &m->hub, m->hub_box);
	m->key = drp_arena_alloc(&m->arena, SAMPLE_SCHOOLS, sizeof *m->key);
	m->unit = drp_arena_alloc(&m->arena, SAMPLE_UNITS, sizeof *m->unit);
	sample_need(m->key && m->unit, "memory");
	for (uint8_t s = 0; s + 1 < SAMPLE_SCHOOLS; s++) { /* the last has not enrolled */
		sample_fill(m->key[s].b, sizeof m->key[s].b, (uint8_t)(s + 1));
	}
	for (uint8_t u = 0; u < SAMPLE_UNITS; u++) {
		struct drp_unit *unit = &m->unit[u];
		sample_fill(unit->id.b, sizeof unit->id.b, (uint8_t)(20 * u + 3));
		unit->school = u % SAMPLE_SCHOOLS;
		unit->board = unit->school % 4;
		unit->level = (uint8_t)(1 + u / SAMPLE_SCHOOLS);
		unit->province = (uint8_t)(1 + u % DRP_PROVINCES);
		unit->network = (uint8_t)(1 + u % DRP_NETWORKS);
		unit->eligible[DRP_LEADER] = u;
		unit->eligible[DRP_TEACHER] = 100u + 60u * u;
		unit->eligible[DRP_PUPIL] = u == 7 ? DRP_UNIT_ELIGIBLE_MAX : 0;
	}
	sample_releases(m);
	return m;
}

static inline struct drp_edition *sample_edition(const struct drp_hash *manifest)
{
	static const int64_t sums[] = {-5, 700, INT64_C(-123456789012)};
	struct drp_edition *e = calloc(1, sizeof *e);
	sample_need(e != NULL, "memory");
	*e = (struct drp_edition){.campaign = "sample-2026",
		.number = 2,
		.manifest = *manifest,
		.created_s = SAMPLE_TIME,
		.schools_registered = 6,
		.schools_took_part = 5,
		.n_opened = 1,
		.n_accounting = 1};
	e->opened = calloc(1, sizeof *e->opened);
	e->accounting = calloc(1, sizeof *e->accounting);
	sample_need(e->opened && e->accounting, "memory");
	*e->opened = (struct drp_opened){.group = DRP_TEACHER,
		.cohort = {DRP_FAMILY_LEVEL, 0, 1u << 3 | 1u << 4, 0},
		.map = DRP_MAP_HISTOGRAM,
		.items = DRP_RELEASE_ADDITIONAL,
		.draws = 5,
		.n_values = 3,
		.value = calloc(3, sizeof *sums)};
	sample_need(e->opened->value != NULL, "memory");
	memcpy(e->opened->value, sums, sizeof sums);
	*e->accounting = (struct drp_accounting){DRP_TEACHER, DRP_FAMILIES, DRP_MAP_PAIRS,
		200, 4106, 5, {243559, 10000000}};
	for (int i = 0; i < 20; i++) {
		struct drp_observation *o = drp_edition_add(e);
		sample_need(o != NULL, "memory");
		o->family = (uint8_t)(i % DRP_FAMILIES);
		o->group = (uint8_t)(i % (DRP_GROUPS + 1));
		o->status = i % 3 ? DRP_SHOWN : DRP_SUPPRESSED;
		snprintf(o->province, sizeof o->province, "_T");
		snprintf(o->level, sizeof o->level, "3+4");
		snprintf(o->network, sizeof o->network, "_T");
		snprintf(o->area, sizeof o->area, "B");
		snprintf(o->item, sizeof o->item, "B%d", i);
		snprintf(o->measure, sizeof o->measure, "mean");
		snprintf(o->value, sizeof o->value, "%s", i % 3 ? "3.1416" : "");
	}
	return e;
}

static inline struct drp_ledger_row sample_ledger_row(
	const struct drp_ledger_row *last, uint8_t group)
{
	struct drp_ledger_row row = {.year = 2026,
		.group = group,
		.delta2 = 200,
		.sigma2 = 4106,
		.rho = {243559, 10000000},
		.time_s = SAMPLE_TIME};
	sample_fill(row.campaign.b, sizeof row.campaign.b, 1);
	sample_fill(row.unit.b, sizeof row.unit.b, 2);
	sample_fill(row.bytes.b, sizeof row.bytes.b, group);
	drp_ledger_follow(last, &row);
	return row;
}

static inline struct drp_log_row sample_log_row(
	const struct drp_log_row *last, const char *event)
{
	struct drp_log_row row = {.time_s = SAMPLE_TIME, .group = DRP_PUPIL};
	snprintf(row.event, sizeof row.event, "%s", event);
	sample_fill(row.campaign.b, sizeof row.campaign.b, 1);
	sample_fill(row.unit.b, sizeof row.unit.b, 2);
	sample_fill(row.bytes.b, sizeof row.bytes.b, 4);
	drp_log_follow(last, &row);
	return row;
}

static inline struct drp_invite sample_invite(const struct drp_keys *hub)
{
	struct drp_invite invite = {.hub = "Hub \xc3\xa9\xc3\xa9n",
		.url = "tcp://hub.example.org:7411",
		.school = "sch-001",
		.expires_s = INT64_C(20727) * 86400};
	sample_fill(invite.token, sizeof invite.token, 9);
	drp_keys_public(hub, &invite.hub_key, invite.hub_box);
	return invite;
}

#endif
