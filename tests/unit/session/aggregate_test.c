/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole small campaign: every report sharded, verified by both sides and added up; what
 * both open together is the linear map of the counts and both sides' noise, and nothing
 * that one of them shows alone.
 */
#include "proto/session/aggregate.h"

#include "proto/base/alloc.h"

#include "tests/support/sealed_fixture.h"

static struct sealed_fixture fixture;
static struct drp_test_rng_state state;
static struct drp_rng rng;

/* What happened in one group: exact counts, and both sides' sums. */
struct group_run {
	struct drp_plan agreed;
	uint64_t counts[SEALED_UNITS][SEALED_COUNTS_MAX];
	int sheets[SEALED_UNITS];
	struct drp_aggregate *side[2];
};

static void plan(int group, struct drp_plan *agreed)
{
	uint8_t eligible[SEALED_UNITS];
	memset(eligible, 1, sizeof eligible);
	CHECK_OK(drp_plan_make(&fixture.manifest, (enum drp_group)group, eligible, NULL,
		(1u << DRP_FAMILIES) - 1, agreed));
}

/* Unit 7 does not take part; unit 3 has nobody to say anything. */
static void run_group(int group, struct group_run *run)
{
	memset(run, 0, sizeof *run);
	plan(group, &run->agreed);
	CHECK_OK(drp_aggregate_new(&fixture.task[group], &run->agreed, &run->side[0]));
	CHECK_OK(drp_aggregate_new(&fixture.task[group], &run->agreed, &run->side[1]));
	for (uint32_t u = 0; u < SEALED_UNITS; u++) {
		struct drp_buf bytes = {0}, share[2] = {{0}, {0}};
		struct drp_report report;
		struct drp_hash name;
		if (u == 7) {
			continue;
		}
		run->sheets[u] = u == 3 ? 0 : (int)fixture.unit[u].eligible[group];
		sealed_counts(&fixture, group, &rng, run->sheets[u], run->counts[u]);
		sealed_report(
			&fixture, group, u, run->counts[u], &rng, &bytes, &report, &name);
		CHECK_OK(sealed_verify(&fixture, group, &report, share));
		for (int s = 0; s < 2; s++) {
			CHECK_OK(drp_aggregate_add(
				run->side[s], &fixture.unit[u], sealed_whole(&share[s])));
			drp_buf_wipe(&share[s]);
		}
		drp_buf_clear(&bytes);
	}
}

static void end_group(struct group_run *run)
{
	drp_aggregate_free(run->side[0]);
	drp_aggregate_free(run->side[1]);
}

static int64_t exact(const struct group_run *run, int group,
	const struct drp_release *release, const struct drp_cohort *cohort, size_t k)
{
	int64_t sum = 0;
	for (uint32_t u = 0; u < SEALED_UNITS; u++) {
		struct drp_term terms[DRP_TERMS_MAX];
		size_t n =
			drp_release_terms(&fixture.task[group].vector, release, k, terms);
		for (size_t t = 0; t < n && drp_cohort_holds(cohort, &fixture.unit[u]);
			t++) {
			sum += terms[t].weight * (int64_t)run->counts[u][terms[t].index];
		}
	}
	return sum;
}

static int64_t noise_at(const struct drp_buf *noise, size_t i)
{
	uint64_t word = 0;
	for (unsigned b = 0; b < 8; b++) {
		word |= (uint64_t)noise->data[8 * i + b] << 8 * b;
	}
	return (int64_t)word;
}

/* Opens one release with both sides' noise and compares it with the counts. The second
 * open cohort of the family is closed after the agreement: noise that was drawn for it
 * stays unused, and the others keep theirs. */
static size_t open_release(const struct group_run *run, const struct drp_release *release)
{
	static int64_t values[4096];
	int group = release->group;
	struct drp_buf noise[2] = {{0}, {0}}, shares[2] = {{0}, {0}};
	struct drp_plan open = run->agreed;
	size_t width = drp_release_values(&fixture.task[group].vector, release);
	size_t seen = 0, opened = 0, drawn = 0;
	for (size_t c = 0; c < open.n; c++) {
		if (open.cohort[c].cohort.family == release->family &&
			open.cohort[c].open && seen++ == 1) {
			open.cohort[c].open = 0;
		}
	}
	for (int s = 0; s < 2; s++) {
		CHECK_OK(drp_noise_draw(&fixture.task[group].vector, release,
			&run->agreed, &rng, &noise[s]));
		CHECK_INT(noise[s].len, 8 * width * seen);
		CHECK_OK(drp_aggregate_values(run->side[s], release, &run->agreed, &open,
			sealed_whole(&noise[s]), &shares[s]));
	}
	opened = shares[0].len / DRP_SHARE_BYTES;
	CHECK_OK(drp_shares_open(
		sealed_whole(&shares[0]), sealed_whole(&shares[1]), opened, values));
	for (size_t c = 0, at = 0; c < run->agreed.n; c++) {
		const struct drp_planned *planned = &run->agreed.cohort[c];
		if (planned->cohort.family != release->family || !planned->open) {
			continue;
		}
		for (size_t k = 0; k < width && open.cohort[c].open; k++, at++) {
			CHECK_INT(values[at],
				exact(run, group, release, &planned->cohort, k) +
					noise_at(&noise[0], drawn + k) +
					noise_at(&noise[1], drawn + k));
		}
		drawn += width;
	}
	for (int s = 0; s < 2; s++) {
		drp_buf_clear(&noise[s]);
		drp_buf_clear(&shares[s]);
	}
	return opened;
}

static void a_whole_campaign(void)
{
	static struct group_run run;
	size_t opened = 0;
	for (int g = 0; g < DRP_GROUPS; g++) {
		run_group(g, &run);
		CHECK(run.agreed.cohort[0].open); /* the region */
		for (size_t i = 0; i < fixture.manifest.n_releases; i++) {
			const struct drp_release *r = &fixture.manifest.release[i];
			size_t n = r->group == g ? open_release(&run, r) : 0;
			CHECK(n > 0 || r->group != g || r->map == DRP_MAP_COUNTS);
			opened += n;
		}
		end_group(&run);
	}
	CHECK(opened > 40);
}

static void numbers(void)
{
	static struct group_run run;
	run_group(DRP_PUPIL, &run);
	struct drp_buf shares[2] = {{0}, {0}};
	struct drp_plan open = run.agreed;
	int64_t n[DRP_COHORTS_MAX];
	size_t cohorts = 0;
	open.cohort[1].open = 0;
	for (int s = 0; s < 2; s++) {
		CHECK_OK(drp_aggregate_numbers(run.side[s], &open, &shares[s]));
	}
	for (size_t c = 0; c < open.n; c++) {
		cohorts += open.cohort[c].open;
	}
	CHECK_INT(shares[0].len, cohorts * DRP_SHARE_BYTES);
	CHECK_OK(drp_shares_open(
		sealed_whole(&shares[0]), sealed_whole(&shares[1]), cohorts, n));
	for (size_t c = 0, at = 0; c < open.n; c++) {
		int64_t sum = 0;
		for (uint32_t u = 0; u < SEALED_UNITS; u++) {
			sum += drp_cohort_holds(&open.cohort[c].cohort, &fixture.unit[u])
				       ? run.sheets[u]
				       : 0;
		}
		if (open.cohort[c].open) {
			CHECK_INT(n[at++], sum);
		}
	}
	/* One side alone has nothing that looks like a number. */
	CHECK_ERR(drp_shares_open(
			  sealed_whole(&shares[0]), sealed_whole(&shares[0]), cohorts, n),
		DRP_E_RANGE);
	drp_buf_clear(&shares[0]);
	drp_buf_clear(&shares[1]);
	end_group(&run);
}

/* Nothing of a cohort that the aggregate's plan has closed, or does not have. */
static void closed_cohorts_stay_closed(void)
{
	static struct group_run run;
	struct drp_aggregate *a = NULL;
	struct drp_buf noise = {0}, out = {0};
	struct drp_plan closed, open;
	const struct drp_release *r =
		&fixture.manifest.release[7]; /* teachers by level */
	size_t level = 0;
	plan(DRP_TEACHER, &run.agreed);
	while (run.agreed.cohort[level].cohort.family != DRP_FAMILY_LEVEL) {
		level++;
	}
	closed = open = run.agreed;
	closed.cohort[level].open = 0;
	CHECK_INT(run.agreed.cohort[level].open, 1);
	drp_buf_text(&out, "before");
	CHECK_OK(drp_aggregate_new(&fixture.task[DRP_TEACHER], &closed, &a));
	CHECK_ERR(drp_aggregate_numbers(a, &open, &out), DRP_E_RANGE);
	CHECK_OK(drp_noise_draw(
		&fixture.task[DRP_TEACHER].vector, r, &run.agreed, &rng, &noise));
	CHECK_ERR(drp_aggregate_values(
			  a, r, &run.agreed, &open, sealed_whole(&noise), &out),
		DRP_E_RANGE);
	/* No noise was drawn for it. */
	noise.len = 0;
	CHECK_OK(drp_noise_draw(
		&fixture.task[DRP_TEACHER].vector, r, &closed, &rng, &noise));
	drp_aggregate_free(a);
	CHECK_OK(drp_aggregate_new(&fixture.task[DRP_TEACHER], &run.agreed, &a));
	CHECK_ERR(drp_aggregate_values(a, r, &closed, &open, sealed_whole(&noise), &out),
		DRP_E_RANGE);
	/* A cohort that is nobody's. */
	open.cohort[level].cohort.levels = 1u << 5;
	CHECK_ERR(drp_aggregate_numbers(a, &open, &out), DRP_E_RANGE);
	CHECK_INT(out.len, 6);
	drp_aggregate_free(a);
	drp_buf_clear(&noise);
	drp_buf_clear(&out);
}

/* Values never leave without their noise: too little or too much of it is refused. */
static void noise_of_another_length(void)
{
	struct drp_plan agreed;
	struct drp_aggregate *a = NULL;
	struct drp_buf noise = {0}, out = {0};
	const struct drp_release *r = &fixture.manifest.release[3];
	plan(DRP_TEACHER, &agreed);
	CHECK_OK(drp_aggregate_new(&fixture.task[DRP_TEACHER], &agreed, &a));
	CHECK_OK(drp_noise_draw(
		&fixture.task[DRP_TEACHER].vector, r, &agreed, &rng, &noise));
	size_t n = noise.len;
	for (size_t len = 0; len < n; len++) {
		noise.len = len;
		CHECK_ERR(drp_aggregate_values(
				  a, r, &agreed, &agreed, sealed_whole(&noise), &out),
			DRP_E_RANGE);
	}
	noise.len = n;
	drp_buf_append(&noise, "12345678", 8);
	CHECK_ERR(
		drp_aggregate_values(a, r, &agreed, &agreed, sealed_whole(&noise), &out),
		DRP_E_RANGE);
	CHECK_INT(out.len, 0);
	noise.len = n;
	CHECK_OK(
		drp_aggregate_values(a, r, &agreed, &agreed, sealed_whole(&noise), &out));
	drp_aggregate_free(a);
	drp_buf_clear(&noise);
	drp_buf_clear(&out);
}

static void bytes_that_are_no_shares(void)
{
	uint8_t ours[32] = {0}, theirs[32] = {0};
	int64_t values[2];
	struct drp_bytes a = {ours, 32}, b = {theirs, 32};
	struct drp_aggregate *aggregate = NULL;
	struct drp_plan agreed;
	ours[0] = 7;
	theirs[16] = 3;
	CHECK_OK(drp_shares_open(a, b, 2, values));
	CHECK_INT(values[0], 7);
	CHECK_INT(values[1], 3);
	CHECK_ERR(drp_shares_open(a, b, 1, values), DRP_E_MALFORMED);
	b.n = 31;
	CHECK_ERR(drp_shares_open(a, b, 2, values), DRP_E_MALFORMED);
	b.n = 32;
	theirs[24] = 1; /* 2^64 */
	CHECK_ERR(drp_shares_open(a, b, 2, values), DRP_E_RANGE);
	memset(theirs, 0xff, 16); /* no element */
	CHECK_ERR(drp_shares_open(a, b, 2, values), DRP_E_MALFORMED);
	plan(DRP_LEADER, &agreed);
	CHECK_OK(drp_aggregate_new(&fixture.task[DRP_LEADER], &agreed, &aggregate));
	uint8_t zeros[(SEALED_COUNTS_MAX + 1) * 16] = {0};
	size_t share_n = fixture.task[DRP_LEADER].prio3.sizes.out_share;
	for (size_t n = share_n - 16; n <= share_n + 16; n++) {
		CHECK_ERR(drp_aggregate_add(aggregate, &fixture.unit[0],
				  (struct drp_bytes){zeros, n}),
			n == share_n ? DRP_OK : DRP_E_MALFORMED);
	}
	memset(zeros + 16, 0xff, 16);
	CHECK_ERR(drp_aggregate_add(aggregate, &fixture.unit[0],
			  (struct drp_bytes){zeros, share_n}),
		DRP_E_MALFORMED);
	drp_aggregate_free(aggregate);
	drp_aggregate_free(NULL);
}

static void out_of_memory(void)
{
	struct drp_plan agreed;
	struct drp_aggregate *a = NULL;
	struct drp_buf noise = {0}, numbers_out = {0}, out = {0};
	const struct drp_release *r = &fixture.manifest.release[6];
	enum drp_err err = DRP_E_NOMEM;
	unsigned long at = 0;
	plan(DRP_TEACHER, &agreed);
	while (err == DRP_E_NOMEM) {
		drp_buf_clear(&noise);
		drp_buf_clear(&out);
		drp_buf_clear(&numbers_out);
		drp_alloc_hook(++at, 0);
		err = drp_aggregate_new(&fixture.task[DRP_TEACHER], &agreed, &a);
		err = err ? err
			  : drp_noise_draw(&fixture.task[DRP_TEACHER].vector, r, &agreed,
				    &rng, &noise);
		err = err ? err : drp_aggregate_numbers(a, &agreed, &numbers_out);
		err = err ? err
			  : drp_aggregate_values(
				    a, r, &agreed, &agreed, sealed_whole(&noise), &out);
		drp_alloc_hook(0, 0);
		drp_aggregate_free(a);
		a = NULL;
	}
	CHECK_OK(err);
	CHECK(at > 5);
	drp_buf_clear(&noise);
	drp_buf_clear(&numbers_out);
	drp_buf_clear(&out);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	rng = drp_test_rng(&state, 11);
	sealed_fixture_make(&fixture);
	CASE("values are the linear map of the counts and both noises", a_whole_campaign);
	CASE("numbers are exact, and one side has none", numbers);
	CASE("a closed cohort stays closed", closed_cohorts_stay_closed);
	CASE("values never leave without their noise", noise_of_another_length);
	CASE("bytes that are no shares are refused", bytes_that_are_no_shares);
	CASE("running out of memory is an error", out_of_memory);
	sealed_fixture_free(&fixture);
	return DONE();
}
