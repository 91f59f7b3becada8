/* SPDX-License-Identifier: Apache-2.0
 *
 * A hub that is after one school lies about the others in the manifest, so that a cohort
 * seems large enough although everybody else in it is the hub's own: it invents schools,
 * puts its own key in the place of a school's, enlarges schools, moves them to the
 * victim's province, parts their board. The notary looks all of it up in its own register
 * and refuses, with a line that says what. The control is a notary whose register was
 * fed the same lie: it signs, and the hub gets the victim's number of questionnaires by
 * subtraction, and its sums but for the noise. Keys that the notary has never seen are
 * refused where it gave vouchers, or requires them, and pass where it did neither.
 */
#include "hub/peer/vouching.h"
#include "tests/attack/sealed_course.h"

#include <math.h>

#define SCHOOLS	 12
#define INVENTED 4
#define VICTIM	 0
#define OWN	 4 /* schools 1 to 4 do what the hub wants; so do those it invents */
#define G	 DRP_TEACHER
#define LATER	 "fed-2"
/* Of the mean of n squared normal errors, over their variance. One run in a million. */
#define DEVIATIONS 5.0

static struct fed f;
static struct course course;
static struct drp_diag diag;

/* ---- registers ---- */

/* Changes what a side's register says of a school. */
typedef void change(struct drp_school *school);

static void tell_register(struct drp_hub *side, size_t school, change *how)
{
	struct drp_school row;
	CHECK_OK(drp_hub_school_get(side->store, f.school[school].id, &row, NULL));
	how(&row);
	CHECK_OK(drp_hub_school_put(side->store, &row, NULL));
}

static void tell_some(struct drp_hub *side, size_t from, size_t to, change *how)
{
	for (size_t s = from; s < to; s++) {
		tell_register(side, s, how);
	}
}

static void in_antwerp(struct drp_school *s)
{
	s->province = DRP_BE21;
}

static void in_limburg(struct drp_school *s)
{
	s->province = DRP_BE22;
	s->network = DRP_GO;
}

static void small(struct drp_school *s)
{
	s->eligible[1][G] = 5;
}

static void large(struct drp_school *s)
{
	s->eligible[1][G] = COURSE_ELIGIBLE;
}

static void of_one_board(struct drp_school *s)
{
	snprintf(s->board, sizeof s->board, "B1");
}

static void of_its_own_board(struct drp_school *s)
{
	snprintf(s->board, sizeof s->board, "own-%.8s", s->id);
}

/* ---- the lies ---- */

static void invent_schools(struct drp_hub *side)
{
	for (size_t s = SCHOOLS; s < SCHOOLS + INVENTED; s++) {
		struct drp_school row = {
			.province = DRP_BE22, .network = DRP_GO, .levels = 1u << 1};
		for (int g = 0; g < DRP_GROUPS; g++) {
			row.eligible[1][g] = COURSE_ELIGIBLE;
		}
		snprintf(row.id, sizeof row.id, "S%zu", s);
		snprintf(row.name, sizeof row.name, "Nowhere %zu", s);
		snprintf(row.board, sizeof row.board, "B%zu", s);
		snprintf(f.school[s].id, sizeof f.school[s].id, "%s", row.id);
		CHECK_OK(drp_hub_school_put(side->store, &row, NULL));
	}
}

static void run_invented(void)
{
	for (; f.n < SCHOOLS + INVENTED; f.n++) {
		fed_enrol(&f, &f.school[f.n]);
	}
}

/* The notary does not look at keys that it has never seen. */
static void swap_keys(struct drp_hub *side)
{
	for (size_t s = 1; s <= OWN; s++) {
		CHECK_OK(drp_hub_school_forget(side->store, f.school[s].id, NULL));
	}
}

static void run_swapped(void)
{
	for (size_t s = 1; s <= OWN; s++) {
		fed_close_node(&f.school[s]);
		nftw(f.school[s].dir, fed_remove, 16, FTW_DEPTH | FTW_PHYS);
		fed_enrol(&f, &f.school[s]);
	}
}

static void enlarge(struct drp_hub *side)
{
	tell_some(side, 1, 1 + OWN, large);
}

static void move_schools(struct drp_hub *side)
{
	tell_some(side, 1, 1 + OWN, in_limburg);
}

static void part_the_board(struct drp_hub *side)
{
	tell_some(side, 1, 1 + OWN, of_its_own_board);
}

/* What is true: the victim is in Limburg, the others in Antwerp. */
static void victim_alone(struct drp_hub *side)
{
	tell_some(side, 0, SCHOOLS, in_antwerp);
	tell_some(side, VICTIM, VICTIM + 1, in_limburg);
}

static void five_in_limburg(struct drp_hub *side)
{
	tell_some(side, 0, SCHOOLS, in_antwerp);
	tell_some(side, 0, 1 + OWN, in_limburg);
}

static void four_small_ones(struct drp_hub *side)
{
	five_in_limburg(side);
	tell_some(side, 1, 1 + OWN, small);
}

static void one_board_of_four(struct drp_hub *side)
{
	five_in_limburg(side);
	tell_some(side, 1, 1 + OWN, of_one_board);
}

static const struct lie {
	const char *name;
	void (*truth)(struct drp_hub *side);
	void (*tell)(struct drp_hub *side);
	void (*run)(void); /* what else the hub does for it; may be NULL */
	int open;	   /* Limburg is open in truth too: with honest schools in it */
	enum drp_err refusal;
	const char *says;
} lies[] = {{"invents schools", victim_alone, invent_schools, run_invented, 0,
		    DRP_E_POLICY, "is not in the notary's register"},
	{"swaps keys", five_in_limburg, swap_keys, run_swapped, 1, DRP_E_CONFLICT,
		"has another key than before"},
	{"enlarges schools", four_small_ones, enlarge, NULL, 0, DRP_E_POLICY,
		"eligible numbers differ"},
	{"moves schools", victim_alone, move_schools, NULL, 0, DRP_E_POLICY,
		"province, network or eligible numbers differ"},
	{"parts a board", one_board_of_four, part_the_board, NULL, 0, DRP_E_POLICY,
		"joins or parts boards"}};

/* ---- the attack ---- */

static const struct lie *lie;

static void pair_in_truth(struct fed *fed)
{
	fed_pair(fed);
	lie->truth(&fed->hub);
	lie->truth(&fed->notary->hub);
}

static const struct drp_cohort limburg = {
	.family = DRP_FAMILY_PROVINCE, .provinces = 1u << DRP_BE22};

static int limburg_is_open(const struct drp_manifest *m)
{
	static struct drp_plan plan;
	static uint8_t all[FED_SCHOOLS_MAX];
	memset(all, 1, sizeof all);
	CHECK(m->n_units <= sizeof all);
	CHECK_OK(drp_plan_make(m, G, all, NULL, (1u << DRP_FAMILIES) - 1, &plan));
	return drp_plan_opens(&plan, &limburg);
}

/* A draft with the hub's register as it is now. */
static void draft(void)
{
	struct drp_buf report = {0};
	char path[DRP_PATH_MAX], made[DRP_NAME_MAX];
	fed_write(&f, "later.yaml",
		"campaign: " LATER "\ntitle: Later\nregion: VL\n"
		"instrument: " DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml\n"
		"track: sealed\ncohort: self-selected\n"
		"period: {from: 2026-09-01, to: 2026-12-18}\n"
		"deadline: 2026-12-31\n",
		path);
	CHECK_OK(drp_campaign_new(&f.hub, path, made, &report, NULL));
	drp_buf_clear(&report);
}

static enum drp_err sign(void)
{
	struct drp_buf report = {0};
	diag = (struct drp_diag){0};
	enum drp_err err = drp_campaign_sign_by(&f.hub, &f.peer, LATER, &report, &diag);
	drp_buf_clear(&report);
	return err;
}

static void refused(void)
{
	struct drp_campaign_row row;
	CHECK_ERR(sign(), lie->refusal);
	printf("# a hub %s: %s\n", lie->name, diag.text);
	CHECK(strstr(diag.text, lie->says) != NULL);
	CHECK(strstr(diag.text, "the notary refused") != NULL);
	CHECK(strchr(diag.text, '\n') == NULL);
	CHECK_ERR(drp_hub_campaign_get(f.notary->hub.store, LATER, &row, NULL),
		DRP_E_NOTFOUND);
}

/* ---- the control: what the hub would get ---- */

/* Everybody takes part; then what the hub's own schools sent is no secret to it. */
static void run_campaign(void)
{
	course_take(&course, &f, LATER);
	for (size_t s = 0; s < f.n; s++) {
		course_send(&course, G, s);
	}
	course_close(&course);
	for (size_t s = 0; s < f.n; s++) {
		course.truth.present[G][s] = s != VICTIM;
	}
}

static size_t limburg_of(const struct drp_plan *plan)
{
	size_t c = 0;
	while (c < plan->n &&
		(plan->cohort[c].cohort.family != DRP_FAMILY_PROVINCE ||
			plan->cohort[c].cohort.provinces != limburg.provinces)) {
		c++;
	}
	CHECK(c < plan->n);
	return c;
}

static void the_number(const struct drp_tally *tally)
{
	const struct drp_sealed_group *group = &tally->opening.group[G];
	const struct drp_term n_term = {0, 1};
	size_t c = limburg_of(&group->numbers);
	CHECK(group->numbers.cohort[c].open);
	CHECK_INT(
		(int64_t)group->n[c] - truth_sum(&course.truth, G, &limburg, &n_term, 1),
		(int64_t)course_questionnaires(G, VICTIM));
}

/* The victim's sums, wrong by no more than both draws. */
static void the_sums(const struct drp_tally *tally)
{
	static int64_t opened[COURSE_VALUES_MAX];
	const struct drp_manifest *m = course.tasks->manifest;
	const struct drp_vector *v = &course.tasks->task[G].vector;
	const struct drp_plan *values = &tally->opening.group[G].values;
	double sum = 0;
	uint32_t r = 0;
	while (m->release[r].group != G || m->release[r].family != DRP_FAMILY_PROVINCE) {
		r++;
		CHECK(r < m->n_releases);
	}
	size_t n = drp_release_values(v, &m->release[r]), at = 0;
	CHECK(course_opened(&course, tally, r, opened) > 0);
	for (size_t c = 0; c < limburg_of(values); c++) {
		at += values->cohort[c].open && values->cohort[c].cohort.family ==
							DRP_FAMILY_PROVINCE
			      ? n
			      : 0;
	}
	for (size_t k = 0; k < n; k++) {
		struct drp_term terms[DRP_TERMS_MAX];
		size_t n_terms = drp_release_terms(v, &m->release[r], k, terms);
		double error =
			(double)(opened[at + k] -
				 truth_sum(&course.truth, G, &limburg, terms, n_terms));
		for (size_t t = 0; t < n_terms; t++) {
			error -= (double)terms[t].weight *
				 (double)course.truth.counts[G][VICTIM][terms[t].index];
		}
		sum += error * error / 2 / m->release[r].sigma2;
	}
	printf("# %zu sums of the victim, squared error over that of the noise %.2f\n", n,
		sum / (double)n);
	CHECK(n >= 20);
	CHECK(fabs(sum / (double)n - 1) < DEVIATIONS * sqrt(2.0 / (double)n));
}

static void isolated(void)
{
	CHECK_OK(sign());
	run_campaign();
	CHECK(limburg_is_open(course.tasks->manifest));
	struct drp_tally *tally = course_tally(&course);
	the_number(tally);
	the_sums(tally);
	drp_tally_free(tally);
	course_drop(&course);
}

static void attack(const struct lie *with)
{
	lie = with;
	setenv("DREMPEL_LOG", "error", 1);
	fed_begin_with(&f, SCHOOLS, COURSE_ELIGIBLE, 500, pair_in_truth);
	struct drp_tasks *tasks = fed_tasks(&f.hub);
	CHECK_INT(limburg_is_open(tasks->manifest), lie->open);
	drp_tasks_free(tasks);
	lie->tell(&f.hub);
	if (lie->run) {
		lie->run();
	}
	draft();
	refused();
	lie->tell(&f.notary->hub);
	isolated();
	fed_end(&f);
}

/* ---- keys that the notary has never seen ---- */

static const struct lie unseen[] = {
	{"has keys without a voucher", five_in_limburg, NULL, NULL, 1, DRP_E_POLICY,
		"has not used the notary's voucher"},
	{"repeats proofs for keys of its own", five_in_limburg, NULL, NULL, 1,
		DRP_E_POLICY, "is not the one that the notary's voucher vouches for"},
	{"has keys where vouchers are required", five_in_limburg, NULL, NULL, 1,
		DRP_E_POLICY, "no voucher of the notary waits"}};

static uint8_t proof[SCHOOLS][DRP_PROOF_BYTES]; /* all that the hub saw of vouchers */

static void vouch(size_t s)
{
	const struct drp_sync_options visit = {0};
	struct fed_school *school = &f.school[s];
	struct drp_voucher_place place = {
		.notary = school->invite.notary_key, .school = school->invite.school};
	struct drp_school row;
	uint8_t code[DRP_VOUCHER_BYTES];
	char text[DRP_VOUCHER_TEXT];
	memcpy(place.notary_box, school->invite.notary_box, sizeof place.notary_box);
	CHECK_OK(drp_hub_school_get(f.notary->hub.store, school->id, &row, NULL));
	CHECK_OK(drp_vouching_make(&f.notary->hub, &row, text, NULL));
	CHECK_OK(drp_voucher_read(text, &place, code, NULL));
	fed_close_node(school);
	CHECK_OK(drp_node_vouch(school->dir, &school->invite, code, NULL));
	fed_open_node(&f, school);
	CHECK_OK(fed_visit(&f, school, &visit));
	CHECK_OK(drp_hub_school_get(f.hub.store, school->id, &row, NULL));
	memcpy(proof[s], row.proof, sizeof proof[s]);
	CHECK(drp_proof_given(proof[s]));
}

static void repeat_proof(size_t s)
{
	struct drp_school row;
	CHECK_OK(drp_hub_school_get(f.hub.store, f.school[s].id, &row, NULL));
	CHECK_OK(drp_hub_school_prove(f.hub.store, row.id, &row.key, proof[s], NULL));
}

/* A federation whose notary has no key yet; then the hub enrols its own nodes. */
static void begin_unseen(const struct lie *with, int vouchers)
{
	lie = with;
	setenv("DREMPEL_LOG", "error", 1);
	fed_begin_with(&f, SCHOOLS, COURSE_ELIGIBLE, 500, pair_in_truth);
	for (size_t s = 0; s < SCHOOLS; s++) {
		CHECK_OK(
			drp_hub_school_forget(f.notary->hub.store, f.school[s].id, NULL));
		if (vouchers) {
			vouch(s);
		}
	}
	run_swapped();
	draft();
}

static void unvouched(void)
{
	begin_unseen(&unseen[0], 1);
	refused();
	lie = &unseen[1];
	for (size_t s = 1; s <= OWN; s++) {
		repeat_proof(s);
	}
	refused();
	fed_end(&f);
	begin_unseen(&unseen[2], 0);
	snprintf(f.notary->hub.settings.vouchers, DRP_CODE_MAX, "required");
	refused();
	snprintf(f.notary->hub.settings.vouchers, DRP_CODE_MAX, "accepted");
	isolated();
	fed_end(&f);
}

static void invented(void)
{
	attack(&lies[0]);
}

static void swapped(void)
{
	attack(&lies[1]);
}

static void enlarged(void)
{
	attack(&lies[2]);
}

static void moved(void)
{
	attack(&lies[3]);
}

static void parted(void)
{
	attack(&lies[4]);
}

int main(void)
{
	CASE("invented schools; control: in the notary's register too", invented);
	CASE("the hub's keys for schools'; control: keys never seen before", swapped);
	CASE("its keys where the notary vouches; control: keys at first sight",
		unvouched);
	CASE("schools made larger; control: in the notary's register too", enlarged);
	CASE("schools moved to the victim's province; control likewise", moved);
	CASE("a board in parts; control likewise", parted);
	return DONE();
}
