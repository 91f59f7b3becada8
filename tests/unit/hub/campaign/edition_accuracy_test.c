/* SPDX-License-Identifier: Apache-2.0
 *
 * How near the means of a sealed edition come to the truth, and whether their errors say
 * so: campaigns of 143 schools, 333 leaders, 2,979 teachers and 13,973 pupils with the
 * demo's structure, the mechanism's own noise, fixed seeds. The plan of releases and the
 * gates are the real ones. Prints what it measures; the limits are those that the project
 * promises.
 */
#include "hub/campaign/plan_sealed.h"
#include "proto/model/codes.h"
#include "proto/model/vector.h"
#include "proto/privacy/ledger.h"
#include "proto/privacy/noise.h"
#include "proto/session/sealed_opening.h"

#include "tests/unit/privacy/frame.h"

#include <stdlib.h>

#define SCHOOLS	   143
#define UNITS_MAX  200
#define LENGTH_MAX 512
#define VALUES_MAX 65536
#define WORLDS	   30
#define DRAWS	   4 /* editions of one world */
#define PI	   3.14159265358979323846

static struct drp_instrument *instrument;
static struct frame frame;
static struct drp_vector vector[DRP_GROUPS];
static uint32_t counts[DRP_GROUPS][UNITS_MAX][LENGTH_MAX]; /* N and every counter */
static uint8_t came[DRP_GROUPS * UNITS_MAX];
static int64_t values[DRP_RELEASES_MAX][VALUES_MAX];
static const int64_t *opened[DRP_RELEASES_MAX];
static struct drp_sealed_opening opening;

/* ---- chance, the same on every run ---- */

static uint64_t state;

static uint64_t bits(void)
{
	return drp_test_rng_mix(++state);
}

static double uniform(void)
{
	return ((double)(bits() >> 11) + .5) / 9007199254740992.;
}

static double normal(double spread)
{
	return spread * sqrt(-2 * log(uniform())) * cos(2 * PI * uniform());
}

static uint32_t below(uint32_t n)
{
	return (uint32_t)(bits() % n);
}

static void fill(void *self, void *bytes, size_t n)
{
	(void)self;
	for (uint8_t *b = bytes; n > 0; n--) {
		*b++ = (uint8_t)(bits() >> 56);
	}
}

static int64_t noise(uint32_t sigma2)
{
	static const struct drp_rng rng = {.fill = fill};
	int64_t value;
	CHECK_OK(drp_noise_gaussian(&rng, sigma2, 1, &value));
	return value;
}

/* Cards in proportion to `count`, in random order. */
static void deal(const int *card, const int *count, size_t kinds, int *deck, size_t n)
{
	size_t dealt = 0;
	for (size_t k = 0; k < kinds; k++) {
		for (int c = 0; c < count[k] && dealt < n; c++) {
			deck[dealt++] = card[k];
		}
	}
	CHECK_INT(dealt, n);
	for (size_t i = n - 1; i > 0; i--) {
		size_t k = below((uint32_t)i + 1);
		int swap = deck[i];
		deck[i] = deck[k];
		deck[k] = swap;
	}
}

/* ---- schools: deploy/federation/generate.py in small ---- */

/* A board runs one to five schools of one network in one province. */
static void give_boards(const int *province, const int *network, uint32_t *board)
{
	static const uint32_t sizes[] = {1, 1, 2, 2, 3, 4, 5};
	uint32_t boards = 0;
	for (int p = 1; p <= DRP_PROVINCES; p++) {
		for (int n = 1; n <= DRP_NETWORKS; n++) {
			uint32_t left = 0;
			for (size_t s = 0; s < SCHOOLS; s++) {
				if (province[s] != p || network[s] != n) {
					continue;
				}
				if (left == 0) {
					left = sizes[below(7)];
					boards++;
				}
				left--;
				board[s] = boards - 1;
			}
		}
	}
}

static void make_schools(void)
{
	static const int levels[] = {1, 2, 23, 24, 234, 34, 3, 4, 5};
	static const int n_levels[] = {50, 26, 5, 4, 2, 2, 26, 26, 2};
	static const int provinces[] = {
		DRP_BE21, DRP_BE23, DRP_BE25, DRP_BE22, DRP_BE24, DRP_BE10};
	static const int n_provinces[] = {38, 32, 24, 20, 19, 10};
	static const int networks[] = {DRP_KOV, DRP_GO, DRP_OVSG, DRP_POV, DRP_OTHER};
	static const int n_networks[] = {80, 26, 19, 9, 9};
	int level[SCHOOLS], province[SCHOOLS], network[SCHOOLS];
	uint32_t board[SCHOOLS];
	deal(levels, n_levels, 9, level, SCHOOLS);
	deal(provinces, n_provinces, 6, province, SCHOOLS);
	deal(networks, n_networks, 5, network, SCHOOLS);
	give_boards(province, network, board);
	frame_begin(&frame);
	for (uint32_t s = 0; s < SCHOOLS; s++) {
		for (int l = level[s]; l > 0; l /= 10) {
			frame_unit(
				&frame, s, board[s], province[s], l % 10, network[s], 0);
		}
	}
	CHECK_INT(frame.manifest.n_units, 158);
}

/* Completed questionnaires per unit, total of them in all, in proportion to size. */
static void give_counts(int group, uint32_t least, uint32_t total, const double *size)
{
	static const double per_level[2][6] = {
		{0, 4, 9, 12, 12, 6}, {0, 45, 70, 80, 75, 40}};
	uint32_t n = frame.manifest.n_units, given = 0;
	double weight[UNITS_MAX], sum = 0;
	for (uint32_t u = 0; u < n; u++) {
		weight[u] = group == DRP_LEADER
				    ? 1
				    : size[u] * exp(normal(.2)) *
					      per_level[group - 1][frame.unit[u].level];
		sum += weight[u];
	}
	for (uint32_t u = 0; u < n; u++) {
		uint32_t more = (uint32_t)((total - n * least) * weight[u] / sum);
		counts[group][u][0] = least + more;
		given += least + more;
	}
	for (; given < total; given++) {
		counts[group][below(n)][0]++;
	}
	for (uint32_t u = 0; u < n; u++) {
		uint32_t all = counts[group][u][0];
		frame.unit[u].eligible[group] =
			group == DRP_LEADER ? all + below(2)
					    : (uint32_t)(all * (1.3 + uniform()));
	}
}

/* ---- answers ---- */

struct item_model {
	double mean, na, blank;
};

static double cdf(double x)
{
	return .5 * erfc(-x / sqrt(2));
}

/* One answer: the counter of the item that it falls into. */
static size_t answer(const struct drp_vector *v, size_t i, const struct item_model *m,
	double mean, double na)
{
	double draw = uniform();
	size_t last = v->counters[i] - 1u;
	if (v->points[i] == 0) {
		return draw < 1 / (1 + exp(-1.2 * (mean - 3.6))) ? 0 : 1;
	}
	if (draw < m->blank) {
		return last;
	}
	if (draw < m->blank + na) {
		return v->points[i];
	}
	draw = (draw - m->blank - na) / (1 - m->blank - na);
	for (size_t k = 1; k < v->points[i]; k++) {
		if (draw < cdf(((double)k + .5 - mean) / .9)) {
			return k - 1;
		}
	}
	return v->points[i] - 1u;
}

/* Two in a hundred give one answer to everything. */
static void fill_sheet(const struct drp_vector *v, const struct item_model *model,
	double effect, double na_factor, uint32_t *count)
{
	static const size_t same[] = {3, 4, 4, 5};
	double person = normal(.5);
	size_t liner = uniform() < .02 ? same[below(4)] : 0;
	for (size_t i = 0; i < v->n_items; i++) {
		double na = v->has_na[i] ? model[i].na * na_factor : 0;
		size_t counter = !liner		     ? answer(v, i, &model[i],
							       model[i].mean + effect + person, na)
				 : v->points[i] == 0 ? 1
						     : liner - 1;
		count[v->offset[i] + counter]++;
	}
}

static void fill_sheets(int group, const struct item_model *model, const double *effect,
	const double *na_factor)
{
	for (uint32_t u = 0; u < frame.manifest.n_units; u++) {
		uint32_t *count = counts[group][u];
		double own = effect[u] + normal(.1);
		for (uint32_t s = 0; s < count[0]; s++) {
			fill_sheet(&vector[group], model, own,
				na_factor[frame.unit[u].school], count);
		}
	}
}

static double area_mean(int group, const char *area)
{
	static const double mean[DRP_GROUPS][6] = {{3.6, 3.2, 3.9, 3.9, 3.2, 3.7},
		{3.3, 3.0, 3.8, 3.5, 3.0, 3.2}, {3.2, 2.8, 3.6, 3.4, 3.1, 3.3}};
	return area[0] >= 'A' && area[0] <= 'F' ? mean[group][area[0] - 'A'] : 3.4;
}

static void make_world(uint64_t seed)
{
	double size[UNITS_MAX], effect[UNITS_MAX], school[SCHOOLS], na[SCHOOLS];
	double of_item[DRP_ITEMS_MAX], place[3][16];
	state = seed << 40;
	memset(counts, 0, sizeof counts);
	memset(came, 1, sizeof came);
	make_schools();
	for (size_t i = 0; i < DRP_ITEMS_MAX; i++) {
		of_item[i] = normal(.25);
	}
	for (size_t i = 0; i < 3 * 16; i++) {
		place[i / 16][i % 16] = normal(.1);
	}
	for (size_t s = 0; s < SCHOOLS; s++) {
		school[s] = normal(.22);
		na[s] = .75 + .25 * below(3);
	}
	for (uint32_t u = 0; u < frame.manifest.n_units; u++) {
		const struct drp_unit *unit = &frame.unit[u];
		size[u] = exp(normal(.45));
		effect[u] = school[unit->school] + place[0][unit->province] +
			    place[1][unit->level] + place[2][unit->network];
	}
	for (int g = 0; g < DRP_GROUPS; g++) {
		static const uint32_t least[] = {1, 8, 15}, total[] = {333, 2979, 13973};
		struct item_model model[DRP_ITEMS_MAX];
		drp_vector_make(&vector[g], instrument, (enum drp_group)g);
		CHECK(vector[g].length <= LENGTH_MAX);
		for (size_t i = 0; i < vector[g].n_items; i++) {
			const struct drp_item *item =
				&instrument->item[vector[g].item[i]];
			model[i] = (struct item_model){
				area_mean(g, instrument->area[item->area].code) +
					of_item[vector[g].item[i]] + normal(.1),
				.005 + .075 * uniform(), .002 + .028 * uniform()};
		}
		give_counts(g, least[g], total[g], size);
		fill_sheets(g, model, effect, na);
	}
}

/* ---- opening ---- */

static int64_t exact(
	const struct drp_release *r, size_t k, const struct drp_cohort *cohort)
{
	struct drp_term terms[DRP_TERMS_MAX];
	size_t n = drp_release_terms(&vector[r->group], r, k, terms);
	int64_t value = 0;
	for (uint32_t u = 0; u < frame.manifest.n_units; u++) {
		for (size_t t = 0; drp_cohort_holds(cohort, &frame.unit[u]) && t < n;
			t++) {
			value += terms[t].weight *
				 (int64_t)counts[r->group][u][terms[t].index];
		}
	}
	return value;
}

static uint64_t questionnaires(int group, const struct drp_cohort *cohort)
{
	uint64_t n = 0;
	for (uint32_t u = 0; u < frame.manifest.n_units; u++) {
		n += drp_cohort_holds(cohort, &frame.unit[u]) ? counts[group][u][0] : 0;
	}
	return n;
}

static void open_plans(void)
{
	struct drp_diag diag = {0};
	for (int g = 0; g < DRP_GROUPS; g++) {
		frame.manifest.rho[g] = drp_ledger_default_rho((enum drp_group)g);
	}
	CHECK_OK(drp_plan_sealed(instrument, &frame.manifest, &diag));
	opening = (struct drp_sealed_opening){.manifest = &frame.manifest,
		.instrument = instrument,
		.came = came,
		.opened = opened};
	CHECK_OK(drp_sealed_agreed(&opening, NULL));
	CHECK_OK(drp_sealed_numbers(&opening, NULL));
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_sealed_group *group = &opening.group[g];
		for (size_t i = 0; i < group->numbers.n; i++) {
			group->n[i] = group->numbers.cohort[i].open
					      ? questionnaires(g,
							&group->numbers.cohort[i].cohort)
					      : 0;
		}
	}
	CHECK_OK(drp_sealed_values(&opening, NULL));
}

static void open_values(void)
{
	for (size_t i = 0; i < frame.manifest.n_releases; i++) {
		const struct drp_release *r = &frame.manifest.release[i];
		const struct drp_plan *plan = &opening.group[r->group].values;
		size_t width = drp_release_values(&vector[r->group], r), at = 0;
		for (size_t c = 0; c < plan->n && r->map != DRP_MAP_COUNTS; c++) {
			const struct drp_cohort *cohort = &plan->cohort[c].cohort;
			if (!plan->cohort[c].open || (int)cohort->family != r->family) {
				continue;
			}
			CHECK(at + width <= VALUES_MAX);
			for (size_t k = 0; k < width; k++) {
				values[i][at++] = exact(r, k, cohort) + noise(r->sigma2) +
						  noise(r->sigma2);
			}
		}
		opened[i] = at ? values[i] : NULL;
	}
}

/* ---- truth ---- */

static uint16_t mask_of(const char *codes, int (*code_of)(const char *))
{
	return strcmp(codes, "_T") == 0 ? 0 : (uint16_t)(1u << code_of(codes));
}

static uint16_t levels_of(const char *codes)
{
	return strcmp(codes, "_T") == 0	  ? 0
	       : strcmp(codes, "34") == 0 ? DRP_CLASS_34
					  : (uint16_t)(1u << atoi(codes));
}

static uint64_t counted(int group, const struct drp_cohort *cohort, size_t counter)
{
	uint64_t n = 0;
	for (uint32_t u = 0; u < frame.manifest.n_units; u++) {
		n += drp_cohort_holds(cohort, &frame.unit[u]) ? counts[group][u][counter]
							      : 0;
	}
	return n;
}

static double true_mean(int group, const struct drp_cohort *cohort, size_t item)
{
	double sum = 0, valid = 0;
	for (size_t k = 0; k < vector[group].points[item]; k++) {
		double n = (double)counted(group, cohort, vector[group].offset[item] + k);
		sum += (double)(k + 1) * n;
		valid += n;
	}
	return sum / valid;
}

static double truth_of(const struct drp_observation *o, const struct drp_cohort *cohort)
{
	const struct drp_vector *v = &vector[o->group];
	double sum = 0;
	int n = 0;
	for (size_t i = 0; i < v->n_items; i++) {
		const struct drp_item *item = &instrument->item[v->item[i]];
		if (strcmp(o->item, "_T") == 0
				? i < v->n_core &&
					  !strcmp(instrument->area[item->area].code,
						  o->area)
				: strcmp(o->item, item->code) == 0) {
			if (strcmp(o->measure, "mean") == 0) {
				sum += true_mean(o->group, cohort, i);
				n++;
				continue;
			}
			size_t k = strcmp(o->measure, "share_ticked") == 0 ? 0
				   : strcmp(o->measure, "share_na") == 0
					   ? v->points[i]
					   : (size_t)atoi(o->measure + 6) - 1;
			return (double)counted(o->group, cohort, v->offset[i] + k) /
			       (double)questionnaires(o->group, cohort);
		}
	}
	CHECK(n > 0);
	return sum / n;
}

/* ---- judging ---- */

enum kind { AREAS, CORE, ADDITIONAL, SHARES, TICKS, KINDS };

struct score {
	double n, squares, reliable, reliable_squares, ratio, covered;
};

static struct score scores[DRP_GROUPS][DRP_FAMILIES][KINDS];

static enum kind kind_of(const struct drp_observation *o)
{
	return strcmp(o->measure, "share_ticked") == 0 ? TICKS
	       : strcmp(o->measure, "mean") != 0       ? SHARES
	       : strcmp(o->item, "_T") == 0	       ? AREAS
	       : o->area[0] == 'X'		       ? ADDITIONAL
						       : CORE;
}

static void judge(const struct drp_edition *edition)
{
	for (size_t i = 0; i < edition->n_observations; i++) {
		const struct drp_observation *o = &edition->observation[i];
		if (!o->se[0]) {
			continue;
		}
		struct drp_cohort cohort = {(enum drp_family)o->family,
			mask_of(o->province, drp_province_of), levels_of(o->level),
			mask_of(o->network, drp_network_of)};
		struct score *s = &scores[o->group][o->family][kind_of(o)];
		double truth = truth_of(o, &cohort);
		double error = strtod(o->value, NULL) - truth;
		double ratio = error / strtod(o->se, NULL);
		CHECK_INT(strtoll(o->n, NULL, 10), questionnaires(o->group, &cohort));
		s->n++;
		s->squares += error * error;
		s->ratio += ratio * ratio;
		s->covered +=
			strtod(o->low, NULL) <= truth && truth <= strtod(o->high, NULL);
		if (o->status != DRP_UNRELIABLE) {
			s->reliable++;
			s->reliable_squares += error * error;
		}
	}
}

static void run_worlds(void)
{
	for (uint64_t world = 1; world <= WORLDS; world++) {
		make_world(world);
		open_plans();
		for (int draw = 0; draw < DRAWS; draw++) {
			struct drp_edition *edition = NULL;
			struct drp_diag diag = {0};
			open_values();
			CHECK_OK(drp_edition_build_sealed(
				&opening, 1, 1775000000, &edition, &diag));
			judge(edition);
			drp_edition_free(edition);
		}
	}
}

static void print_scores(void)
{
	static const char *const kind[KINDS] = {
		"areas", "items", "additional", "shares", "ticks"};
	for (int g = 0; g < DRP_GROUPS; g++) {
		for (int f = 0; f < DRP_FAMILIES; f++) {
			for (int k = 0; k < KINDS; k++) {
				const struct score *s = &scores[g][f][k];
				if (s->n > 0) {
					printf("# %-8s%-15s%-11s%6.0f rows, rmse %.4f, "
					       "%3.0f %% reliable with %.4f, ratio "
					       "%.3f, covered %.3f\n",
						drp_group_code(g), drp_family_code(f),
						kind[k], s->n, sqrt(s->squares / s->n),
						100 * s->reliable / s->n,
						sqrt(s->reliable_squares / s->reliable),
						s->ratio / s->n, s->covered / s->n);
				}
			}
		}
	}
}

static double rmse(int group, int family, enum kind kind)
{
	const struct score *s = &scores[group][family][kind];
	return sqrt(s->squares / s->n);
}

static void accuracy(void)
{
	const struct score *province = &scores[DRP_TEACHER][DRP_FAMILY_PROVINCE][AREAS];
	run_worlds();
	print_scores();
	CHECK(rmse(DRP_TEACHER, DRP_FAMILY_REGION, CORE) <= .08);
	CHECK(sqrt(province->reliable_squares / province->reliable) <= .13);
	CHECK(province->reliable >= .65 * province->n);
	CHECK(rmse(DRP_PUPIL, DRP_FAMILY_PROVINCE, AREAS) <= .04);
	CHECK(rmse(DRP_LEADER, DRP_FAMILY_REGION, AREAS) <= .07);
}

/* Over a group's rows of one kind, all families together; of items, since the areas of a
 * cohort share its items' noise. */
static void errors_are_honest(void)
{
	for (int g = 0; g < DRP_GROUPS; g++) {
		for (int k = CORE; k < KINDS; k++) {
			double n = 0, ratio = 0, covered = 0;
			for (int f = 0; f < DRP_FAMILIES; f++) {
				n += scores[g][f][k].n;
				ratio += scores[g][f][k].ratio;
				covered += scores[g][f][k].covered;
			}
			if (n < 1) {
				continue;
			}
			printf("# %-8s kind %d: %5.0f rows, ratio %.3f, covered %.3f\n",
				drp_group_code(g), k, n, ratio / n, covered / n);
			CHECK(ratio / n >= (g == DRP_LEADER ? .7 : .85));
			CHECK(ratio / n <= (g == DRP_LEADER ? 1.35 : 1.15));
			CHECK(covered / n >= .93 && covered / n <= .97);
		}
	}
}

int main(void)
{
	struct drp_diag diag = {0};
	CHECK_OK(drp_instrument_load(
		DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml", &instrument, &diag));
	CASE("means are as near as promised", accuracy);
	CASE("errors and intervals are honest", errors_are_honest);
	drp_instrument_free(instrument);
	return DONE();
}
