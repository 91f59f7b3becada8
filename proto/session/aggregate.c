/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/aggregate.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "proto/privacy/noise.h"
#include "proto/vdaf/bytes.h"
#include "proto/vdaf/field.h"

#include <string.h>

/* Reports are proven over this field: circuit.h. */
static const struct drp_field *const field = &drp_field128;
_Static_assert(DRP_SHARE_BYTES == DRP_FIELD_BYTES_MAX, "a share is an element");

#define NOISE_BYTES 8

static int is_open(const struct drp_planned *planned, const struct drp_release *release)
{
	return planned->open && planned->cohort.family == release->family;
}

/* All or nothing. */
static enum drp_err settle(struct drp_buf *out, size_t before, enum drp_err err)
{
	err = !err && out->failed ? DRP_E_NOMEM : err;
	if (err) {
		out->len = before;
	}
	return err;
}

/* ---- noise ---- */

/* One cohort's draws; values is room for n of them. */
static enum drp_err draw(const struct drp_rng *rng, uint32_t sigma2, int64_t *values,
	size_t n, struct drp_buf *out)
{
	memset(values, 0, n * sizeof *values);
	enum drp_err err = drp_noise_add(rng, sigma2, values, n);
	for (size_t i = 0; !err && i < n; i++) {
		uint8_t bytes[NOISE_BYTES];
		drp_store64(bytes, (uint64_t)values[i]);
		drp_buf_append(out, bytes, sizeof bytes);
		drp_wipe(bytes, sizeof bytes);
	}
	return err;
}

enum drp_err drp_noise_draw(const struct drp_vector *vector,
	const struct drp_release *release, const struct drp_plan *agreed,
	const struct drp_rng *rng, struct drp_buf *out)
{
	size_t n = drp_release_values(vector, release), before = out->len;
	if (n == 0) {
		return DRP_OK;
	}
	int64_t *values = drp_alloc(n, sizeof *values);
	if (!values) {
		return DRP_E_NOMEM;
	}
	enum drp_err err = DRP_OK;
	for (size_t c = 0; !err && c < agreed->n; c++) {
		if (is_open(&agreed->cohort[c], release)) {
			err = draw(rng, release->sigma2, values, n, out);
		}
	}
	drp_wipe(values, n * sizeof *values);
	drp_free(values);
	return settle(out, before, err);
}

static struct drp_fe noise_element(const uint8_t bytes[NOISE_BYTES])
{
	uint64_t word = drp_load64(bytes);
	struct drp_fe zero = {0};
	return word >> 63 ? field->sub(zero, drp_fe_from_u64(field, 0 - word))
			  : drp_fe_from_u64(field, word);
}

/* ---- sums ---- */

struct drp_aggregate {
	const struct drp_task *task;
	struct drp_plan plan;
	struct drp_fe *sum; /* [cohort of the plan * vector.length + counter] */
	struct drp_fe *one; /* an output share */
};

static size_t length_of(const struct drp_aggregate *a)
{
	return a->task->vector.length;
}

enum drp_err drp_aggregate_new(const struct drp_task *task, const struct drp_plan *plan,
	struct drp_aggregate **aggregate)
{
	struct drp_aggregate *a = drp_alloc(1, sizeof *a);
	if (!a) {
		return DRP_E_NOMEM;
	}
	a->task = task;
	a->plan = *plan;
	a->sum = drp_alloc((plan->n + 1) * length_of(a), sizeof *a->sum);
	if (!a->sum) {
		drp_free(a);
		return DRP_E_NOMEM;
	}
	a->one = a->sum + plan->n * length_of(a);
	*aggregate = a;
	return DRP_OK;
}

void drp_aggregate_free(struct drp_aggregate *aggregate)
{
	if (aggregate) {
		drp_wipe(aggregate->sum, (aggregate->plan.n + 1) * length_of(aggregate) *
						 sizeof *aggregate->sum);
		drp_free(aggregate->sum);
		drp_free(aggregate);
	}
}

enum drp_err drp_aggregate_add(struct drp_aggregate *aggregate,
	const struct drp_unit *unit, struct drp_bytes out_share)
{
	size_t n = length_of(aggregate);
	if (out_share.n != aggregate->task->prio3.sizes.out_share) {
		return DRP_E_MALFORMED;
	}
	enum drp_err err = drp_field_decode(field, out_share.data, aggregate->one, n);
	for (size_t c = 0; !err && c < aggregate->plan.n; c++) {
		if (drp_cohort_holds(&aggregate->plan.cohort[c].cohort, unit)) {
			drp_field_add(field, aggregate->sum + c * n, aggregate->one, n);
		}
	}
	return err;
}

/* ---- what leaves ---- */

/* The sums of an open cohort; NULL when the aggregate's plan does not have it open. */
static const struct drp_fe *sums_of(
	const struct drp_aggregate *a, const struct drp_cohort *cohort)
{
	const struct drp_planned *planned = drp_plan_find(&a->plan, cohort);
	return planned && planned->open
		       ? a->sum + (size_t)(planned - a->plan.cohort) * length_of(a)
		       : NULL;
}

static void append_share(struct drp_buf *out, struct drp_fe share)
{
	uint8_t bytes[DRP_SHARE_BYTES];
	drp_field_encode(field, &share, 1, bytes);
	drp_buf_append(out, bytes, sizeof bytes);
}

enum drp_err drp_aggregate_numbers(const struct drp_aggregate *aggregate,
	const struct drp_plan *open, struct drp_buf *out)
{
	enum drp_err err = DRP_OK;
	size_t before = out->len;
	for (size_t c = 0; !err && c < open->n; c++) {
		if (open->cohort[c].open) {
			const struct drp_fe *sum =
				sums_of(aggregate, &open->cohort[c].cohort);
			if (sum) {
				append_share(out, sum[0]);
			} else {
				err = DRP_E_RANGE;
			}
		}
	}
	return settle(out, before, err);
}

static struct drp_fe value_of(
	const struct drp_fe *sum, const struct drp_term *terms, size_t n)
{
	struct drp_fe value = {0};
	for (size_t t = 0; t < n; t++) {
		int weight = terms[t].weight;
		struct drp_fe part = field->mul(sum[terms[t].index],
			drp_fe_from_u64(
				field, (uint64_t)(weight < 0 ? -weight : weight)));
		value = weight < 0 ? field->sub(value, part) : field->add(value, part);
	}
	return value;
}

/* The values of one cohort, with the noise that was drawn for it. */
static void append_values(const struct drp_aggregate *a,
	const struct drp_release *release, const struct drp_fe *sum, const uint8_t *noise,
	struct drp_buf *out)
{
	size_t n = drp_release_values(&a->task->vector, release);
	for (size_t k = 0; k < n; k++) {
		struct drp_term terms[DRP_TERMS_MAX];
		size_t n_terms = drp_release_terms(&a->task->vector, release, k, terms);
		append_share(out, field->add(value_of(sum, terms, n_terms),
					  noise_element(noise + k * NOISE_BYTES)));
	}
}

/* Cohorts of the release that are open: in number, and before one of them. */
static size_t open_before(const struct drp_plan *agreed,
	const struct drp_release *release, const struct drp_planned *end)
{
	size_t n = 0;
	for (const struct drp_planned *c = agreed->cohort; c < end; c++) {
		n += (size_t)is_open(c, release);
	}
	return n;
}

enum drp_err drp_aggregate_values(const struct drp_aggregate *aggregate,
	const struct drp_release *release, const struct drp_plan *agreed,
	const struct drp_plan *open, struct drp_bytes noise, struct drp_buf *out)
{
	enum drp_err err = DRP_OK;
	size_t before = out->len,
	       stride = NOISE_BYTES *
			drp_release_values(&aggregate->task->vector, release);
	if (noise.n !=
		stride * open_before(agreed, release, agreed->cohort + agreed->n)) {
		return DRP_E_RANGE;
	}
	for (size_t c = 0; !err && stride > 0 && c < open->n; c++) {
		if (!is_open(&open->cohort[c], release)) {
			continue;
		}
		const struct drp_cohort *cohort = &open->cohort[c].cohort;
		const struct drp_planned *drawn = drp_plan_find(agreed, cohort);
		const struct drp_fe *sum = sums_of(aggregate, cohort);
		if (drawn && drawn->open && sum) {
			append_values(aggregate, release, sum,
				noise.data + stride * open_before(agreed, release, drawn),
				out);
		} else {
			err = DRP_E_RANGE;
		}
	}
	return settle(out, before, err);
}

enum drp_err drp_shares_open(
	struct drp_bytes ours, struct drp_bytes theirs, size_t n_values, int64_t *values)
{
	if (ours.n != n_values * DRP_SHARE_BYTES || theirs.n != ours.n) {
		return DRP_E_MALFORMED;
	}
	for (size_t i = 0; i < n_values; i++) {
		struct drp_fe a, b;
		enum drp_err err =
			drp_field_decode(field, ours.data + i * DRP_SHARE_BYTES, &a, 1);
		err = err ? err
			  : drp_field_decode(
				    field, theirs.data + i * DRP_SHARE_BYTES, &b, 1);
		err = err ? err : drp_fe_to_i64(field, field->add(a, b), &values[i]);
		if (err) {
			return err;
		}
	}
	return DRP_OK;
}
