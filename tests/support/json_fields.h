/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects as JSON under the names of PROTOCOL.md; a binary is a text "hex:...".
 */
#ifndef DRP_TESTS_JSON_FIELDS_H
#define DRP_TESTS_JSON_FIELDS_H

#include "proto/base/text.h"
#include "tests/support/sample.h"

#include <jansson.h>

static inline json_t *json_bin(const void *bytes, size_t n)
{
	char *text = malloc(2 * n + 5);
	sample_need(text != NULL, "memory");
	memcpy(text, "hex:", 4);
	drp_hex(bytes, n, text + 4);
	json_t *json = json_string(text);
	free(text);
	return json;
}

static inline json_t *json_buf(struct drp_buf *bytes)
{
	json_t *json = json_bin(bytes->data, bytes->len);
	drp_buf_clear(bytes);
	return json;
}

static inline json_t *json_ints(const int64_t *values, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_array_append_new(list, json_integer(values[i]));
	}
	return list;
}

/* --- fields, under the names of PROTOCOL.md ---------------------------------- */

static inline json_t *contribution_fields(const struct drp_contribution *c)
{
	return json_pack("{s:o, s:i, s:b, s:I, s:I, s:I, s:o, s:o}", "campaign",
		json_bin(c->campaign.b, 32), "group", c->group, "incomplete",
		c->incomplete, "invited", (json_int_t)c->invited, "questionnaires",
		(json_int_t)c->questionnaires, "sigma2", (json_int_t)c->sigma2, "unit",
		json_bin(c->unit.b, 16), "values", json_ints(c->value, c->n_values));
}

static inline json_t *receipt_fields(const struct drp_receipt *r)
{
	return json_pack("{s:o, s:o, s:i, s:o, s:o, s:I, s:o}", "campaign",
		json_bin(r->campaign.b, 32), "contribution",
		json_bin(r->contribution.b, 32), "group", r->group, "hub",
		json_bin(r->hub.b, 32), "signature", json_bin(r->signature, 64), "stored",
		(json_int_t)r->stored_s, "unit", json_bin(r->unit.b, 16));
}

static inline void json_append_to(json_t *columns, const char *key, int64_t value)
{
	json_t *column = json_object_get(columns, key);
	if (!column) {
		column = json_array();
		json_object_set_new(columns, key, column);
	}
	json_array_append_new(column, json_integer(value));
}

static inline json_t *unit_columns(const struct drp_manifest *m)
{
	json_t *columns = json_object();
	for (size_t i = 0; i < m->n_units; i++) {
		const struct drp_unit *u = &m->unit[i];
		json_append_to(columns, "board", u->board);
		json_append_to(columns, "leader", u->eligible[DRP_LEADER]);
		json_append_to(columns, "level", u->level);
		json_append_to(columns, "network", u->network);
		json_append_to(columns, "province", u->province);
		json_append_to(columns, "pupil", u->eligible[DRP_PUPIL]);
		json_append_to(columns, "school", u->school);
		json_append_to(columns, "teacher", u->eligible[DRP_TEACHER]);
	}
	return columns;
}

static inline json_t *release_columns(const struct drp_manifest *m)
{
	json_t *columns = json_object();
	for (size_t i = 0; i < m->n_releases; i++) {
		const struct drp_release *r = &m->release[i];
		json_append_to(columns, "delta2", r->delta2);
		json_append_to(columns, "family", r->family);
		json_append_to(columns, "group", r->group);
		json_append_to(columns, "items", r->items);
		json_append_to(columns, "map", r->map);
		json_append_to(columns, "rho_den", r->rho.den);
		json_append_to(columns, "rho_num", r->rho.num);
		json_append_to(columns, "sigma2", r->sigma2);
	}
	return columns;
}

static inline json_t *threshold_fields(const struct drp_thresholds *t)
{
	const uint32_t *b = t->k_respondents, *u = t->k_unit;
	return json_pack("{s:i, s:i, s:[i,i,i], s:i, s:i, s:[i,i,i]}", "board_percent",
		t->max_board_percent, "boards", t->k_boards, "respondents", b[0], b[1],
		b[2], "school_percent", t->max_school_percent, "schools", t->k_schools,
		"unit", u[0], u[1], u[2]);
}

static inline json_t *manifest_fields(const struct drp_manifest *m)
{
	json_t *rho = json_object(), *folds = json_object();
	struct drp_buf ids = {0};
	for (int g = 0; g < DRP_GROUPS; g++) {
		json_append_to(rho, "den", m->rho[g].den);
		json_append_to(rho, "num", m->rho[g].num);
	}
	for (size_t i = 0; i < m->n_folds; i++) {
		json_append_to(folds, "family", m->fold[i].family);
		json_append_to(folds, "from", m->fold[i].from);
		json_append_to(folds, "into", m->fold[i].into);
	}
	for (size_t i = 0; i < m->n_units; i++) {
		drp_buf_append(&ids, m->unit[i].id.b, 16);
	}
	return json_pack("{s:I, s:o, s:I, s:o, s:i, s:o, s:s, s:o, s:o, s:o, s:o, s:o, "
			 "s:o, s:o, s:s, s:o,"
			 " s:o, s:b, s:o, s:s, s:i, s:i, s:o, s:i}",
		"boards", (json_int_t)m->n_boards, "box", json_bin(m->hub_box, 32),
		"deadline", (json_int_t)m->deadline_s, "folds", folds, "from",
		m->period_from, "hub", json_bin(m->hub.b, 32), "id", m->id, "ids",
		json_buf(&ids), "instrument", json_bin(m->instrument.b, 32), "keys",
		json_bin(m->key, 32 * m->n_schools), "notary", json_bin(m->notary.b, 32),
		"notary_box", json_bin(m->notary_box, 32), "verify",
		json_bin(m->verify.b, 32), "replaces", json_bin(m->replaces.b, 32),
		"region", m->region, "releases", release_columns(m), "rho", rho, "sample",
		m->sample, "thresholds", threshold_fields(&m->thresholds), "title",
		m->title, "to", m->period_to, "track", m->track, "units", unit_columns(m),
		"year", m->year);
}

/* The texts of row i, in the order of the arrays. */
static inline json_t *row_texts(const struct drp_observation *o)
{
	return json_pack("[s,s,s,s,s,s,s,s,s,s,s,s]", o->province, o->level, o->network,
		o->area, o->item, o->measure, o->value, o->se, o->low, o->high, o->n,
		o->schools);
}

static inline json_t *edition_rows(const struct drp_edition *e)
{
	json_t *rows = json_array();
	for (int c = 0; c < 15; c++) {
		json_array_append_new(rows, json_array());
	}
	for (size_t i = 0; i < e->n_observations; i++) {
		const struct drp_observation *o = &e->observation[i];
		json_t *texts = row_texts(o);
		json_array_append_new(json_array_get(rows, 0), json_integer(o->family));
		json_array_append_new(json_array_get(rows, 1), json_integer(o->group));
		for (size_t t = 0; t < 12; t++) {
			json_array_append(
				json_array_get(rows, 2 + t), json_array_get(texts, t));
		}
		json_array_append_new(json_array_get(rows, 14), json_integer(o->status));
		json_decref(texts);
	}
	return rows;
}

static inline json_t *edition_accounting(const struct drp_edition *e)
{
	json_t *list = json_array();
	for (size_t i = 0; i < e->n_accounting; i++) {
		const struct drp_accounting *a = &e->accounting[i];
		const int64_t numbers[] = {a->group, a->family, a->map, a->delta2,
			a->sigma2, a->draws, a->rho.num, a->rho.den};
		json_array_append_new(list, json_ints(numbers, 8));
	}
	return list;
}

static inline json_t *edition_opened(const struct drp_edition *e)
{
	json_t *list = json_array();
	for (size_t i = 0; i < e->n_opened; i++) {
		const struct drp_opened *o = &e->opened[i];
		const int64_t numbers[] = {o->group, o->cohort.family,
			o->cohort.provinces, o->cohort.levels, o->cohort.networks,
			o->map, o->items, o->draws};
		json_t *one = json_ints(numbers, 8);
		json_array_append_new(one, json_ints(o->value, o->n_values));
		json_array_append_new(list, one);
	}
	return list;
}

static inline json_t *edition_fields(const struct drp_edition *e)
{
	return json_pack("{s:o, s:s, s:I, s:o, s:I, s:o, s:o, s:[I,I]}", "accounting",
		edition_accounting(e), "campaign", e->campaign, "created",
		(json_int_t)e->created_s, "manifest", json_bin(e->manifest.b, 32),
		"number", (json_int_t)e->number, "opened", edition_opened(e), "rows",
		edition_rows(e), "schools", (json_int_t)e->schools_registered,
		(json_int_t)e->schools_took_part);
}

static inline json_t *core_codes(const struct drp_instrument *in, enum drp_group group)
{
	uint16_t items[DRP_ITEMS_MAX];
	json_t *codes = json_array();
	size_t n = drp_instrument_vector(in, group, DRP_ITEM_CORE, items);
	for (size_t i = 0; i < n; i++) {
		json_array_append_new(codes, json_string(in->item[items[i]].code));
	}
	return codes;
}

/* Its form is columns of many texts: what the other side has to find in them. */
static inline json_t *instrument_facts(const struct drp_instrument *in)
{
	json_t *areas = json_array(), *wordings = json_array();
	for (size_t i = 0; i < in->n_areas; i++) {
		json_array_append_new(areas, json_string(in->area[i].code));
	}
	for (size_t i = 0; i < in->n_items; i++) {
		for (int g = 0; g < DRP_GROUPS; g++) {
			const char *text = in->item[i].wording[g].in[0];
			if (in->item[i].groups >> g & 1) {
				json_array_append_new(wordings, json_string(text));
			}
		}
	}
	return json_pack("{s:o, s:[o,o,o], s:s, s:s, s:o}", "areas", areas, "core",
		core_codes(in, DRP_LEADER), core_codes(in, DRP_TEACHER),
		core_codes(in, DRP_PUPIL), "id", in->id, "version", in->version,
		"wordings", wordings);
}

#endif
