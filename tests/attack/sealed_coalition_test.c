/* SPDX-License-Identifier: Apache-2.0
 *
 * All schools but one put their exact counters together and read the edition. They learn
 * the last school's number of questionnaires exactly, which the gates' rules say, and its
 * sums only up to noise: the spread of what they get wrong is that of two draws, or of
 * one when hub or notary is with them. The controls: with both it is nothing, and a
 * coalition that is told less noise than there is notices.
 */
#include "tests/attack/sealed_course.h"

#include <math.h>

#define SCHOOLS 12
#define LAST	7
/* Of the mean of n squared normal errors, over their variance. One run in a million. */
#define DEVIATIONS 5.0

static struct fed f;
static struct course course;
static struct truth others; /* what the coalition knows: all counters but the last's */
static struct truth alone;  /* what it is after */
static struct drp_tally *tally;

enum helper { NOBODY, HUB, NOTARY, BOTH };

/* Squares of the coalition's errors, each over sigma2 of its release. */
struct spread {
	double sum;
	size_t n, exact;
};

static void leave(struct truth *t, int last)
{
	*t = course.truth;
	for (int g = 0; g < DRP_GROUPS; g++) {
		for (size_t s = 0; s < SCHOOLS; s++) {
			t->present[g][s] = (s == LAST) == last;
		}
	}
}

static void begin(uint64_t seed)
{
	course_begin(&course, &f, SCHOOLS, seed);
	course_send_all(&course);
	course_close(&course);
	leave(&others, 0);
	leave(&alone, 1);
	tally = course_tally(&course);
}

static void end(void)
{
	drp_tally_free(tally);
	course_end(&course);
}

/* The noise that a helper knows, value by value as it was drawn. */
static void known_noise(enum helper helper, uint32_t release, struct drp_buf noise[2])
{
	if (helper == HUB || helper == BOTH) {
		truth_noise(&course.truth, &f.hub, release, &noise[0]);
	}
	if (helper == NOTARY || helper == BOTH) {
		truth_noise(&course.truth, &f.notary->hub, release, &noise[1]);
	}
}

static int64_t known_at(struct drp_buf noise[2], size_t k)
{
	return (noise[0].len ? truth_integer(&noise[0], k) : 0) +
	       (noise[1].len ? truth_integer(&noise[1], k) : 0);
}

/* What the coalition takes for a value of the last school, against what it is. */
static void attack_value(const struct drp_release *r, const struct drp_cohort *cohort,
	size_t k, int64_t opened, int64_t known, struct spread *spread)
{
	struct drp_term terms[DRP_TERMS_MAX];
	const struct drp_vector *v = &course.tasks->task[r->group].vector;
	size_t n = drp_release_terms(v, r, k, terms);
	int64_t guess = opened - truth_sum(&others, r->group, cohort, terms, n) - known;
	int64_t error = guess - truth_sum(&alone, r->group, cohort, terms, n);
	spread->sum += (double)error * (double)error / r->sigma2;
	spread->n++;
	spread->exact += error == 0;
}

/* Every open cohort that the last school is in. */
static void attack_release(uint32_t release, enum helper helper, struct spread *spread)
{
	static int64_t opened[COURSE_VALUES_MAX];
	const struct drp_release *r = &course.tasks->manifest->release[release];
	const struct drp_vector *v = &course.tasks->task[r->group].vector;
	const struct drp_sealed_group *group = &tally->opening.group[r->group];
	const struct drp_unit *unit = fed_unit(&f, course.tasks, LAST);
	struct drp_buf noise[2] = {{0}, {0}};
	size_t at = 0, drawn = 0, values = drp_release_values(v, r);
	if (course_opened(&course, tally, release, opened) == 0) {
		return;
	}
	known_noise(helper, release, noise);
	for (size_t c = 0; c < group->agreed.n; c++) {
		const struct drp_cohort *cohort = &group->agreed.cohort[c].cohort;
		if ((int)cohort->family != r->family || !group->agreed.cohort[c].open) {
			continue;
		}
		int open = group->values.cohort[c].open;
		for (size_t k = 0; open && k < values; k++, at++) {
			if (drp_cohort_holds(cohort, unit)) {
				attack_value(r, cohort, k, opened[at],
					known_at(noise, drawn + k), spread);
			}
		}
		drawn += values;
	}
	drp_buf_wipe(&noise[0]);
	drp_buf_wipe(&noise[1]);
}

static struct spread attack(enum helper helper)
{
	struct spread spread = {0};
	for (uint32_t r = 0; r < course.tasks->manifest->n_releases; r++) {
		attack_release(r, helper, &spread);
	}
	printf("# %zu sums of the last school: squared error over sigma2 %.3f, %zu of "
	       "them exact\n",
		spread.n, spread.sum / (double)spread.n, spread.exact);
	return spread;
}

/* Whether errors of that spread fit so many draws of noise. */
static int fits(const struct spread *spread, double draws)
{
	double mean = spread->sum / (double)spread->n / draws;
	return fabs(mean - 1) < DEVIATIONS * sqrt(2.0 / (double)spread->n);
}

/* ---- cases ---- */

/* N of every open cohort, from the edition's archive, less what the coalition has. */
static void the_number(void)
{
	const struct drp_term n_term = {0, 1};
	int learned = 0;
	begin(101);
	for (int g = 0; g < DRP_GROUPS; g++) {
		const struct drp_sealed_group *group = &tally->opening.group[g];
		for (size_t c = 0; c < group->numbers.n; c++) {
			const struct drp_cohort *cohort =
				&group->numbers.cohort[c].cohort;
			if (!group->numbers.cohort[c].open ||
				!drp_cohort_holds(
					cohort, fed_unit(&f, course.tasks, LAST))) {
				continue;
			}
			CHECK_INT((int64_t)group->n[c] -
					  truth_sum(&others, g, cohort, &n_term, 1),
				(int64_t)course_questionnaires(g, LAST));
			learned++;
		}
	}
	CHECK(learned >= DRP_GROUPS);
}

static void the_sums(void)
{
	struct spread two = attack(NOBODY);
	CHECK(two.n > 300);
	CHECK(fits(&two, 2));
	CHECK(two.exact < two.n / 20);
}

static void with_an_aggregator(void)
{
	struct spread hub = attack(HUB), notary = attack(NOTARY);
	CHECK(fits(&hub, 1));
	CHECK(fits(&notary, 1));
	CHECK(hub.exact < hub.n / 10 && notary.exact < notary.n / 10);
}

/* What is left when neither side's noise is there is the school, to the last counter;
 * and the measure tells one draw from two, and two from four. */
static void without_noise(void)
{
	struct spread none = attack(BOTH), one = attack(HUB), two = attack(NOBODY);
	CHECK_INT(none.exact, none.n);
	CHECK(!fits(&one, 2));
	CHECK(!fits(&two, 1));
	CHECK(!fits(&two, 4));
	end();
}

int main(void)
{
	CASE("all schools but one learn the last one's number", the_number);
	CASE("but its sums only up to both draws of noise", the_sums);
	CASE("with hub or notary among them up to the other's draw", with_an_aggregator);
	CASE("control: without noise they learn every sum", without_noise);
	return DONE();
}
