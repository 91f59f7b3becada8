/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/edition.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "proto/model/manifest.h"
#include "tests/support/check.h"

#define ROWS 5

static void text(char *out, size_t size, const char *what)
{
	snprintf(out, size, "%s", what);
}

static void add_row(struct drp_edition *e, int i)
{
	static const char status[] = {DRP_SHOWN, DRP_SUPPRESSED, DRP_UNRELIABLE,
		DRP_NOT_AVAILABLE, DRP_NOT_APPLICABLE};
	struct drp_observation *o = drp_edition_add(e);
	CHECK(o != NULL);
	o->family = (uint8_t)(i % DRP_FAMILIES);
	o->group = (uint8_t)(i % (DRP_GROUPS + 1));
	o->status = status[i % 5];
	text(o->province, sizeof o->province, "BE21+BE22");
	text(o->level, sizeof o->level, "34");
	text(o->network, sizeof o->network, "_T");
	text(o->area, sizeof o->area, "B");
	text(o->item, sizeof o->item, "B4");
	text(o->measure, sizeof o->measure, "mean");
	if (o->status != DRP_SUPPRESSED) {
		text(o->value, sizeof o->value, "3.4142");
		text(o->se, sizeof o->se, "0.0650");
		text(o->low, sizeof o->low, "-3.2868");
		text(o->high, sizeof o->high, "3.5416");
		text(o->n, sizeof o->n, "2979");
		text(o->schools, sizeof o->schools, "143");
	}
}

static struct drp_edition *sample(int rows)
{
	struct drp_edition *e = drp_alloc(1, sizeof *e);
	CHECK(e != NULL);
	text(e->campaign, sizeof e->campaign, "spring-2026");
	e->number = 2;
	memset(e->manifest.b, 0xab, sizeof e->manifest.b);
	e->created_s = 1790000000;
	e->schools_registered = 300;
	e->schools_took_part = 143;
	e->accounting = drp_alloc(2, sizeof *e->accounting);
	e->opened = drp_alloc(2, sizeof *e->opened);
	CHECK(e->accounting && e->opened);
	e->n_accounting = e->n_opened = 2;
	for (int i = 0; i < 2; i++) {
		e->accounting[i] = (struct drp_accounting){.group = (uint8_t)i,
			.family = DRP_FAMILIES,
			.map = 1,
			.delta2 = 200,
			.sigma2 = 4106,
			.draws = 143,
			.rho = {243559, 10000000}};
		e->opened[i] = (struct drp_opened){.group = (uint8_t)(i + 1),
			.cohort = {DRP_FAMILY_PROVINCE, 1u << DRP_BE21, 0, 0},
			.map = DRP_MAP_TICKS,
			.items = DRP_RELEASE_TICKS,
			.draws = 24,
			.n_values = 3};
		e->opened[i].value = drp_alloc(3, sizeof *e->opened[i].value);
		CHECK(e->opened[i].value != NULL);
		e->opened[i].value[0] = INT64_MIN;
		e->opened[i].value[1] = -77;
		e->opened[i].value[2] = INT64_MAX;
	}
	for (int i = 0; i < rows; i++) {
		add_row(e, i);
	}
	return e;
}

static void check_same(const struct drp_edition *a, const struct drp_edition *b)
{
	CHECK_STR(a->campaign, b->campaign);
	CHECK_INT(a->number, b->number);
	CHECK_MEM(a->manifest.b, b->manifest.b, 32);
	CHECK_INT(a->created_s, b->created_s);
	CHECK_INT(a->schools_registered, b->schools_registered);
	CHECK_INT(a->schools_took_part, b->schools_took_part);
	CHECK_INT(a->n_observations, b->n_observations);
	CHECK_MEM(a->observation, b->observation,
		a->n_observations * sizeof *a->observation);
	CHECK_INT(a->n_accounting, b->n_accounting);
	for (size_t i = 0; i < a->n_accounting; i++) {
		CHECK_INT(a->accounting[i].family, b->accounting[i].family);
		CHECK_INT(a->accounting[i].map, b->accounting[i].map);
		CHECK_INT(a->accounting[i].delta2, b->accounting[i].delta2);
		CHECK_INT(a->accounting[i].sigma2, b->accounting[i].sigma2);
		CHECK_INT(a->accounting[i].draws, b->accounting[i].draws);
		CHECK_INT(a->accounting[i].rho.num, b->accounting[i].rho.num);
		CHECK_INT(a->accounting[i].rho.den, b->accounting[i].rho.den);
	}
	CHECK_INT(a->n_opened, b->n_opened);
	for (size_t i = 0; i < a->n_opened; i++) {
		CHECK_INT(a->opened[i].group, b->opened[i].group);
		CHECK(drp_cohort_equal(&a->opened[i].cohort, &b->opened[i].cohort));
		CHECK_INT(a->opened[i].map, b->opened[i].map);
		CHECK_INT(a->opened[i].items, b->opened[i].items);
		CHECK_INT(a->opened[i].draws, b->opened[i].draws);
		CHECK_INT(a->opened[i].n_values, b->opened[i].n_values);
		CHECK_MEM(a->opened[i].value, b->opened[i].value,
			a->opened[i].n_values * sizeof *a->opened[i].value);
	}
}

static void comes_back(int rows)
{
	struct drp_edition *e = sample(rows), *back = NULL;
	struct drp_buf bytes = {0}, again = {0};
	drp_buf_text(&bytes, "before"); /* encode appends */
	CHECK_OK(drp_edition_encode(e, &bytes));
	CHECK_OK(drp_edition_decode(bytes.data + 6, bytes.len - 6, &back));
	check_same(e, back);
	CHECK(drp_hash_equal(&e->hash, &back->hash));
	CHECK_OK(drp_edition_encode(back, &again));
	CHECK_INT(again.len, bytes.len - 6);
	CHECK_MEM(again.data, bytes.data + 6, again.len);
	drp_edition_free(e);
	drp_edition_free(back);
	drp_buf_clear(&bytes);
	drp_buf_clear(&again);
}

static void small_and_large_come_back(void)
{
	comes_back(1);
	comes_back(ROWS);
	comes_back(30000); /* more than a region has */
}

static void the_hash_sees_everything(void)
{
	struct drp_edition *e = sample(ROWS);
	struct drp_hash seen[6];
	for (size_t i = 0; i < 6; i++) {
		struct drp_buf bytes = {0};
		e->number += i == 1;
		e->observation[4].value[5] ^= i == 2;
		e->opened[1].value[1] += i == 3;
		e->accounting[0].draws += i == 4;
		e->schools_took_part += i == 5;
		CHECK_OK(drp_edition_encode(e, &bytes));
		drp_buf_clear(&bytes);
		seen[i] = e->hash;
		for (size_t k = 0; k < i; k++) {
			CHECK(!drp_hash_equal(&seen[k], &seen[i]));
		}
	}
	drp_edition_free(e);
}

static void cut_anywhere(void)
{
	struct drp_edition *e = sample(ROWS), *back = NULL;
	struct drp_buf bytes = {0};
	CHECK_OK(drp_edition_encode(e, &bytes));
	for (size_t n = 0; n < bytes.len; n++) {
		CHECK(drp_edition_decode(bytes.data, n, &back) != DRP_OK);
		CHECK(back == NULL);
	}
	drp_buf_append(&bytes, "\0", 1);
	CHECK(drp_edition_decode(bytes.data, bytes.len, &back) != DRP_OK);
	drp_edition_free(e);
	drp_buf_clear(&bytes);
}

/* Whatever decodes is canonical: it encodes back to the same bytes, so no two forms of
 * one edition exist and no number was cut to fit. */
static void try_changed(const struct drp_buf *bytes)
{
	struct drp_edition *back = NULL;
	struct drp_buf again = {0};
	if (drp_edition_decode(bytes->data, bytes->len, &back) == DRP_OK) {
		CHECK_OK(drp_edition_encode(back, &again));
		CHECK_INT(again.len, bytes->len);
		CHECK_MEM(again.data, bytes->data, bytes->len);
	}
	drp_edition_free(back);
	drp_buf_clear(&again);
}

static void changed_anywhere(void)
{
	struct drp_edition *e = sample(1);
	struct drp_buf bytes = {0};
	CHECK_OK(drp_edition_encode(e, &bytes));
	for (size_t at = 0; at < bytes.len; at++) {
		uint8_t was = bytes.data[at];
		for (int b = 0; b < 256; b++) {
			bytes.data[at] = (uint8_t)b;
			try_changed(&bytes);
		}
		bytes.data[at] = was;
	}
	drp_edition_free(e);
	drp_buf_clear(&bytes);
}

/* An encoded sample in which one number was replaced by another that is out of range. */
static enum drp_err decode_with(void (*change)(struct drp_edition *e))
{
	struct drp_edition *e = sample(ROWS), *back = NULL;
	struct drp_buf bytes = {0};
	change(e);
	enum drp_err err = drp_edition_encode(e, &bytes);
	err = err ? err : drp_edition_decode(bytes.data, bytes.len, &back);
	drp_edition_free(e);
	drp_edition_free(back);
	drp_buf_clear(&bytes);
	return err;
}

static void no_number(struct drp_edition *e)
{
	e->number = 0;
}

static void a_time_before_1970(struct drp_edition *e)
{
	e->created_s = -1;
}

static void a_group_too_many(struct drp_edition *e)
{
	e->observation[1].group = DRP_GROUPS + 1;
}

static void a_family_too_many(struct drp_edition *e)
{
	e->observation[1].family = DRP_FAMILIES;
}

static void an_opened_group_too_many(struct drp_edition *e)
{
	e->opened[0].group = DRP_GROUPS;
}

static void an_opened_map_too_many(struct drp_edition *e)
{
	e->opened[1].map = DRP_MAPS;
}

static void opened_items_of_no_kind(struct drp_edition *e)
{
	e->opened[1].items = DRP_RELEASE_ITEMS;
}

static void an_accounted_group_too_many(struct drp_edition *e)
{
	e->accounting[0].group = DRP_GROUPS;
}

static void an_accounted_family_too_many(struct drp_edition *e)
{
	e->accounting[0].family = DRP_FAMILIES + 1;
}

static void an_accounted_map_too_many(struct drp_edition *e)
{
	e->accounting[1].map = 200;
}

static void a_rho_without_denominator(struct drp_edition *e)
{
	e->accounting[1].rho.den = 0;
}

static void an_unknown_status(struct drp_edition *e)
{
	e->observation[0].status = 'k';
}

static void numbers_out_of_range_are_refused(void)
{
	static void (*const change[])(struct drp_edition *) = {no_number,
		a_time_before_1970, a_group_too_many, a_family_too_many,
		an_opened_group_too_many, an_opened_map_too_many, opened_items_of_no_kind,
		an_accounted_group_too_many, an_accounted_family_too_many,
		an_accounted_map_too_many, a_rho_without_denominator, an_unknown_status};
	for (size_t i = 0; i < sizeof change / sizeof change[0]; i++) {
		if (decode_with(change[i]) != DRP_E_MALFORMED) {
			CHECK_INT(i, -1);
		}
	}
}

static void archives_copies_within_bounds(void)
{
	static int64_t values[DRP_OPENED_VALUES_MAX + 1] = {7, -8};
	struct drp_edition *e = sample(1);
	const struct drp_opened what = {.group = DRP_PUPIL, .map = DRP_MAP_SUMS};
	CHECK_OK(drp_edition_archive(e, &what, values, 2));
	CHECK_OK(drp_edition_archive(e, &what, values, DRP_OPENED_VALUES_MAX));
	CHECK_ERR(drp_edition_archive(e, &what, values, DRP_OPENED_VALUES_MAX + 1),
		DRP_E_RANGE);
	CHECK_INT(e->n_opened, 4);
	CHECK_INT(e->opened[2].n_values, 2);
	CHECK(e->opened[2].value != values && e->opened[2].value[1] == -8);
	CHECK_INT(e->opened[2].map, DRP_MAP_SUMS);
	drp_edition_free(e);
}

static void an_edition_without_rows_is_none(void)
{
	struct drp_edition *e = sample(0), *back = NULL;
	struct drp_buf bytes = {0};
	CHECK_OK(drp_edition_encode(e, &bytes));
	CHECK_ERR(drp_edition_decode(bytes.data, bytes.len, &back), DRP_E_MALFORMED);
	drp_edition_free(e);
	drp_edition_free(NULL);
	drp_buf_clear(&bytes);
}

int main(void)
{
	if (drp_crypto_init()) {
		return 1;
	}
	CASE("editions come back, small and large", small_and_large_come_back);
	CASE("every part has its part in the hash", the_hash_sees_everything);
	CASE("an edition that is cut, or goes on, is refused", cut_anywhere);
	CASE("whatever decodes encodes back to the same bytes", changed_anywhere);
	CASE("numbers out of range are refused", numbers_out_of_range_are_refused);
	CASE("the archive holds copies, of bounded length",
		archives_copies_within_bounds);
	CASE("an edition without rows is none", an_edition_without_rows_is_none);
	return DONE();
}
