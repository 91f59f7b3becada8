/* SPDX-License-Identifier: Apache-2.0
 *
 * A hostile hub opens again and again: other lists, other shares, other releases, fewer
 * schools, an old backup of its own directory, a notary that was started anew. It gets
 * the bytes that it had, or a refusal, so a thousand openings tell it what one does. The
 * control draws fresh noise for each opening: their mean is the exact sum.
 */
#include "tests/attack/collect.h"
#include "tests/attack/sealed_course.h"

#include "proto/privacy/noise.h"

#include <math.h>

#define SCHOOLS 12
#define REPEATS 1000

static struct fed f;
static struct course course;
static struct drp_diag diag;
static struct drp_reply reply;
static struct drp_buf body;

static enum drp_err ask(struct drp_request *q)
{
	return course_ask_notary(&f, q, &reply, &body, &diag);
}

/* ---- what a hub can ask ---- */

/* CLOSE with the entries of the hub's list from `from`, at most n of them. */
static enum drp_err close_with(size_t from, size_t n)
{
	struct drp_list list = {0}, part;
	struct drp_buf bytes = {0};
	struct drp_request q = {.type = DRP_MSG_CLOSE};
	CHECK_OK(drp_tally_list(&f.hub, course.tasks, &list, NULL));
	part = list;
	part.report = list.report + from;
	part.n = n < list.n - from ? n : list.n - from;
	CHECK_OK(drp_list_encode(&part, &bytes));
	q.close.campaign = course.tasks->manifest->hash;
	drp_hash_bytes(bytes.data, bytes.len, &q.close.list.hash);
	drp_sign(f.hub.keys, DRP_LIST_TAG, bytes.data, bytes.len, q.close.list.signature);
	CHECK_OK(drp_peer_put(
		&f.hub, &f.peer, &q.close.list.hash, bytes.data, bytes.len, NULL));
	drp_list_clear(&list);
	drp_buf_clear(&bytes);
	return ask(&q);
}

static enum drp_err numbers_with(const struct drp_buf *shares)
{
	struct drp_request q = {.type = DRP_MSG_NUMBERS};
	q.numbers.campaign = course.tasks->manifest->hash;
	q.numbers.shares = shares->data;
	q.numbers.shares_n = shares->len;
	return ask(&q);
}

static enum drp_err open_release(uint32_t release)
{
	struct drp_request q = {.type = DRP_MSG_OPEN};
	q.open.campaign = course.tasks->manifest->hash;
	q.open.release = release;
	return ask(&q);
}

/* The hub's shares of N, as its own honest program had them. */
static void hub_shares(struct drp_buf *shares)
{
	CHECK_OK(drp_hub_opening_get(
		f.hub.store, FED_CAMPAIGN, DRP_OPENING_HUB_NUMBERS, shares, NULL));
}

static void keep(struct drp_buf *kept)
{
	kept->len = 0;
	drp_buf_append(kept, reply.shares.bytes, reply.shares.n);
}

static void same(const struct drp_buf *kept)
{
	CHECK_INT(reply.shares.n, kept->len);
	CHECK_MEM(reply.shares.bytes, kept->data, kept->len);
}

/* ---- everything that the notary has shown ---- */

static struct drp_buf shown[DRP_RELEASES_MAX], shown_numbers;
static struct drp_hash shown_list;

static void note_all(void)
{
	struct drp_buf shares = {0};
	hub_shares(&shares);
	CHECK_OK(numbers_with(&shares));
	keep(&shown_numbers);
	CHECK_OK(close_with(0, 1000));
	shown_list = reply.close.list.hash;
	for (uint32_t r = 0; r < course.tasks->manifest->n_releases; r++) {
		enum drp_err err = open_release(r);
		CHECK(err == DRP_OK || err == DRP_E_POLICY);
		shown[r].len = 0;
		if (err == DRP_OK) {
			keep(&shown[r]);
			CHECK(shown[r].len > 0);
		}
	}
	drp_buf_clear(&shares);
}

/* The same bytes of everything, and nothing of what was refused before. */
static void nothing_new(void)
{
	struct drp_buf shares = {0};
	hub_shares(&shares);
	CHECK_OK(numbers_with(&shares));
	same(&shown_numbers);
	CHECK_OK(close_with(0, 1000));
	CHECK(drp_hash_equal(&reply.close.list.hash, &shown_list));
	for (uint32_t r = 0; r < course.tasks->manifest->n_releases; r++) {
		enum drp_err err = open_release(r);
		CHECK_INT(err, shown[r].len ? DRP_OK : DRP_E_POLICY);
		if (err == DRP_OK) {
			same(&shown[r]);
		}
	}
	drp_buf_clear(&shares);
}

/* Other questions about the same campaign. */
static void other_questions(void)
{
	struct drp_buf shares = {0};
	CHECK_ERR(close_with(0, 30), DRP_E_CONFLICT); /* a smaller working set */
	CHECK_ERR(close_with(3, 1000), DRP_E_CONFLICT);
	CHECK_ERR(close_with(0, 1), DRP_E_CONFLICT);
	hub_shares(&shares);
	for (size_t k = 0; k < shares.len; k += DRP_SHARE_BYTES) {
		shares.data[k] ^= 1;
		CHECK_ERR(numbers_with(&shares), DRP_E_CONFLICT);
		shares.data[k] ^= 1;
	}
	shares.len -= DRP_SHARE_BYTES;
	CHECK_ERR(numbers_with(&shares), DRP_E_CONFLICT);
	CHECK_ERR(open_release(course.tasks->manifest->n_releases), DRP_E_RANGE);
	drp_buf_clear(&shares);
}

static void begin(uint64_t seed)
{
	course_begin(&course, &f, SCHOOLS, seed);
	course_send_all(&course);
}

static void end(void)
{
	for (size_t r = 0; r < DRP_RELEASES_MAX; r++) {
		drp_buf_clear(&shown[r]);
	}
	drp_buf_clear(&shown_numbers);
	course_end(&course);
}

static void restart_notary(void)
{
	fed_close_notary(&f);
	fed_open_notary(&f);
}

/* ---- cases ---- */

static void asked_again(void)
{
	begin(201);
	course_close(&course);
	note_all();
	other_questions();
	nothing_new();
	restart_notary();
	other_questions();
	nothing_new();
	f.now_ms += INT64_C(30) * 86400 * 1000;
	nothing_new();
	end();
}

/* A hub that stops before the values and asks for them with a smaller set, or with
 * numbers that it makes up after it has seen the notary's. */
static enum fed_fate no_values(struct fed *fed, uint8_t type)
{
	(void)fed;
	return type == DRP_MSG_OPEN ? FED_LOST : FED_ARRIVES;
}

static void between_the_steps(void)
{
	begin(202);
	f.notary->fate = no_values;
	CHECK_ERR(course_try_close(&course, &diag), DRP_E_NET);
	f.notary->fate = NULL;
	other_questions();
	course_close(&course);
	note_all();
	restart_notary();
	nothing_new();
	truth_check(&course.truth);
	end();
}

/* The hub as it was before the close: it knows of no list and of no edition. */
static void an_old_backup(void)
{
	static char backup[192];
	struct drp_hash first, again;
	struct drp_buf bytes = {0};
	begin(203);
	CHECK_OK(fed_forward(&f, &diag));
	snprintf(backup, sizeof backup, "%s/backup", f.dir);
	collect_copy(f.hub_dir, backup);
	course_close(&course);
	note_all();
	CHECK_OK(drp_hub_edition_get(f.hub.store, FED_CAMPAIGN, 0, &first, &bytes, NULL));
	fed_close_hub(&f);
	collect_copy(backup, f.hub_dir);
	fed_open_hub(&f);
	CHECK_INT(fed_state(&f.hub), DRP_CAMPAIGN_OPEN);
	CHECK_ERR(close_with(0, 34), DRP_E_CONFLICT);
	/* The honest way leads to the same edition, byte for byte. */
	course_close(&course);
	CHECK_OK(drp_hub_edition_get(f.hub.store, FED_CAMPAIGN, 0, &again, &bytes, NULL));
	CHECK(drp_hash_equal(&first, &again));
	nothing_new();
	truth_check(&course.truth);
	drp_buf_clear(&bytes);
	end();
}

/* The same, and one school is struck out as if it had withdrawn. */
static void with_a_school_less(void)
{
	static char backup[192];
	begin(204);
	CHECK_OK(fed_forward(&f, &diag));
	snprintf(backup, sizeof backup, "%s/backup", f.dir);
	collect_copy(f.hub_dir, backup);
	course_close(&course);
	note_all();
	fed_close_hub(&f);
	collect_copy(backup, f.hub_dir);
	fed_open_hub(&f);
	const struct drp_unit *unit = fed_unit(&f, course.tasks, 4);
	CHECK_OK(drp_hub_begin(f.hub.store, NULL));
	CHECK_OK(drp_hub_contribution_withdraw(
		f.hub.store, FED_CAMPAIGN, &unit->id, DRP_PUPIL, NULL));
	CHECK_OK(drp_hub_withdrawal_told(
		f.hub.store, FED_CAMPAIGN, &unit->id, DRP_PUPIL, NULL));
	CHECK_OK(drp_hub_end(f.hub.store, DRP_OK, NULL));
	CHECK_ERR(course_try_close(&course, &diag), DRP_E_CONFLICT);
	restart_notary();
	CHECK_ERR(course_try_close(&course, &diag), DRP_E_CONFLICT);
	struct drp_hash hash;
	struct drp_buf bytes = {0};
	CHECK_ERR(drp_hub_edition_get(f.hub.store, FED_CAMPAIGN, 0, &hash, &bytes, NULL),
		DRP_E_NOTFOUND);
	end();
}

/* A hub from before the signature would have the notary sign, and draw, once more. */
static void before_the_signature(void)
{
	static char backup[192];
	struct drp_campaign_row row, notarys;
	struct drp_buf report = {0};
	char path[DRP_PATH_MAX], made[DRP_NAME_MAX];
	begin(205);
	snprintf(backup, sizeof backup, "%s/backup", f.dir);
	collect_copy(f.hub_dir, backup);
	fed_campaign(&f, "fed-2");
	CHECK_OK(drp_hub_campaign_get(f.notary->hub.store, "fed-2", &row, NULL));
	fed_close_hub(&f);
	collect_copy(backup, f.hub_dir);
	fed_open_hub(&f);
	CHECK_OK(drp_path(path, f.dir, "campaign.yaml", NULL));
	CHECK_OK(drp_campaign_new(&f.hub, path, made, &report, &diag));
	CHECK_STR(made, "fed-2");
	diag = (struct drp_diag){0};
	CHECK_ERR(drp_campaign_sign_by(&f.hub, &f.peer, "fed-2", &report, &diag),
		DRP_E_EXISTS);
	CHECK(strstr(diag.text, "signed another campaign fed-2") != NULL);
	CHECK_OK(drp_hub_campaign_get(f.notary->hub.store, "fed-2", &notarys, NULL));
	CHECK(drp_hash_equal(&row.manifest, &notarys.manifest));
	drp_buf_clear(&report);
	end();
}

/* ---- averaging ---- */

/* A region's release of sums or counts, the first that is open. */
static uint32_t first_open(struct drp_tally *tally)
{
	uint32_t r = 0;
	while (drp_tally_opens(tally, r) == 0) {
		r++;
		CHECK(r < course.tasks->manifest->n_releases);
	}
	return r;
}

static double root_mean_square(const double *error, size_t n)
{
	double sum = 0;
	for (size_t k = 0; k < n; k++) {
		sum += error[k] * error[k];
	}
	return sqrt(sum / (double)n);
}

static void exact_values(
	uint32_t release, const struct drp_cohort *cohort, size_t n, int64_t *exact)
{
	const struct drp_release *r = &course.tasks->manifest->release[release];
	const struct drp_vector *v = &course.tasks->task[r->group].vector;
	for (size_t k = 0; k < n; k++) {
		struct drp_term terms[DRP_TERMS_MAX];
		size_t n_terms = drp_release_terms(v, r, k, terms);
		exact[k] = truth_sum(&course.truth, r->group, cohort, terms, n_terms);
	}
}

/* A thousand openings, added up by the hub, of shares as the notary gives them. */
static void sum_of_repeats(
	uint32_t release, const struct drp_buf *hubs, size_t n, double *sum)
{
	static int64_t values[COURSE_VALUES_MAX];
	for (int i = 0; i < REPEATS; i++) {
		CHECK_OK(open_release(release));
		CHECK_OK(drp_shares_open((struct drp_bytes){hubs->data, hubs->len},
			(struct drp_bytes){reply.shares.bytes, reply.shares.n},
			reply.shares.n / DRP_SHARE_BYTES, values));
		for (size_t k = 0; k < n; k++) {
			sum[k] += (double)values[k];
		}
	}
}

static void averaging(void)
{
	static int64_t exact[COURSE_VALUES_MAX], fresh[COURSE_VALUES_MAX];
	static double error[COURSE_VALUES_MAX], control[COURSE_VALUES_MAX];
	struct drp_buf hubs = {0};
	begin(206);
	course_close(&course);
	struct drp_tally *tally = course_tally(&course);
	uint32_t release = first_open(tally);
	const struct drp_release *r = &course.tasks->manifest->release[release];
	const struct drp_planned *region =
		&tally->opening.group[r->group].agreed.cohort[0];
	size_t n = drp_release_values(&course.tasks->task[r->group].vector, r);
	CHECK_INT(r->family, DRP_FAMILY_REGION);
	exact_values(release, &region->cohort, n, exact);
	CHECK_OK(drp_tally_sum(&f.hub, tally, NULL));
	CHECK_OK(drp_tally_values(&f.hub, tally, release, &hubs, NULL));
	sum_of_repeats(release, &hubs, n, error);
	for (int i = 0; i < REPEATS; i++) {
		memcpy(fresh, exact, n * sizeof *fresh);
		CHECK_OK(drp_noise_add(&f.rng, r->sigma2, fresh, n));
		CHECK_OK(drp_noise_add(&f.rng, r->sigma2, fresh, n));
		for (size_t k = 0; k < n; k++) {
			control[k] += (double)fresh[k];
		}
	}
	for (size_t k = 0; k < n; k++) {
		error[k] = error[k] / REPEATS - (double)exact[k];
		control[k] = control[k] / REPEATS - (double)exact[k];
	}
	double one = sqrt(2.0 * r->sigma2);
	printf("# error of one opening %.1f, of the mean of %d %.1f; with fresh noise "
	       "%.2f\n",
		one, REPEATS, root_mean_square(error, n), root_mean_square(control, n));
	CHECK(root_mean_square(error, n) > .6 * one);
	CHECK(root_mean_square(control, n) < .06 * one);
	drp_buf_wipe(&hubs);
	drp_tally_free(tally);
	end();
}

int main(void)
{
	CASE("asked again, in other ways, after restarts and a month", asked_again);
	CASE("asked in other ways between the steps of a close", between_the_steps);
	CASE("a hub restored from before the close opens the same", an_old_backup);
	CASE("nor with a school less", with_a_school_less);
	CASE("a hub restored from before the signature gets no second draw",
		before_the_signature);
	CASE("a thousand openings are one; control: with fresh noise they average out",
		averaging);
	drp_buf_clear(&body);
	return DONE();
}
