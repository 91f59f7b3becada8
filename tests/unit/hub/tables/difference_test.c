/* SPDX-License-Identifier: Apache-2.0
 *
 * Two means are compared by one rule, digit by digit of what is printed, and lists hold
 * just what may be compared.
 */
#include "hub/tables/difference.h"

#include "proto/base/alloc.h"

#include "tests/support/check.h"

#include <jansson.h>

static struct drp_observation mean(const char *value, const char *se)
{
	struct drp_observation o = {.family = DRP_FAMILY_REGION,
		.group = DRP_LEADER,
		.status = DRP_SHOWN,
		.province = "_T",
		.level = "_T",
		.network = "_T",
		.area = "A",
		.item = "_T",
		.measure = "mean"};
	snprintf(o.value, sizeof o.value, "%s", value);
	snprintf(o.se, sizeof o.se, "%s", se);
	return o;
}

static struct drp_difference take(
	const char *one, const char *se, const char *other, const char *other_se)
{
	static struct drp_observation a, b;
	struct drp_difference d;
	a = mean(one, se);
	b = mean(other, other_se);
	drp_difference_of(&a, &b, &d);
	return d;
}

static void exact_in_the_last_digit(void)
{
	static const struct {
		const char *one, *se, *other, *other_se, *value, *error, *low, *high;
	} row[] = {
		{"3.9434", "0.0357", "3.7163", "0.0221", "0.2271", "0.0420", "0.1448",
			"0.3094"},
		{"3.0000", "0.0300", "3.1000", "0.0400", "-0.1000", "0.0500", "-0.1980",
			"-0.0020"},
		{"0.3", "0.0300", "0.1", "0.0400", "0.2000", "0.0500", "0.1020",
			"0.2980"},
		{"-0.1000", "0.0000", "0.2000", "0.0000", "-0.3000", "0.0000", "-0.3000",
			"-0.3000"},
		{"3.0001", "0.0001", "3.0000", "0.0001", "0.0001", "0.0002", "-0.0002",
			"0.0004"},
		{"4", "1", "1", "0", "3", "1", "2", "4"},
	};
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct drp_difference d =
			take(row[i].one, row[i].se, row[i].other, row[i].other_se);
		CHECK_STR(d.value, row[i].value);
		CHECK_STR(d.se, row[i].error);
		CHECK_STR(d.low, row[i].low);
		CHECK_STR(d.high, row[i].high);
		CHECK_INT(d.common, -1);
		CHECK_INT(d.status, DRP_SHOWN);
	}
}

/* s is 0.0500 and 1.96 s 0.0980; then s is 0.1275 and 1.96 s 0.2499. */
static void borders_of_the_rule(void)
{
	static const struct {
		const char *one, *se, *other, *other_se;
		enum drp_finding finding;
	} row[] = {
		{"3.0980", "0.0300", "3.0000", "0.0400", DRP_FINDING_UNCLEAR},
		{"3.0981", "0.0300", "3.0000", "0.0400", DRP_FINDING_SMALL},
		{"3.0000", "0.0300", "3.0981", "0.0400", DRP_FINDING_SMALL},
		{"3.0000", "0.0300", "3.0980", "0.0400", DRP_FINDING_UNCLEAR},
		{"3.2499", "0.0300", "3.0000", "0.0400", DRP_FINDING_SMALL},
		{"3.2500", "0.0300", "3.0000", "0.0400", DRP_FINDING_HIGHER},
		{"3.0000", "0.0300", "3.2500", "0.0400", DRP_FINDING_LOWER},
		{"3.2499", "0.1275", "3.0000", "0.0000", DRP_FINDING_UNCLEAR},
		{"3.2500", "0.1275", "3.0000", "0.0000", DRP_FINDING_HIGHER},
		{"3.2500", "0.1276", "3.0000", "0.0000", DRP_FINDING_UNCLEAR},
		{"3.0000", "0.0000", "3.0000", "0.0000", DRP_FINDING_UNCLEAR},
		{"3.0001", "0.0000", "3.0000", "0.0000", DRP_FINDING_SMALL},
	};
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct drp_difference d =
			take(row[i].one, row[i].se, row[i].other, row[i].other_se);
		CHECK_INT(d.finding, row[i].finding);
	}
}

/* Whoever looks at the interval finds what the rule says. */
static void the_interval_agrees_with_the_finding(void)
{
	for (int i = 0; i < 4000; i++) {
		char one[24], se[24];
		snprintf(one, sizeof one, "3.%04d", i);
		snprintf(se, sizeof se, "0.%04d", i * 7 % 1500);
		struct drp_difference d = take(one, se, "3.1000", "0.0123");
		int holds_zero =
			(d.low[0] == '-' || strtod(d.low, NULL) == 0) && d.high[0] != '-';
		CHECK_INT(holds_zero, d.finding == DRP_FINDING_UNCLEAR);
	}
}

static void what_is_not_shown_has_no_difference(void)
{
	struct drp_observation a = mean("3.5000", "0.0100"), b = mean("", "");
	struct drp_difference d;
	static const char status[] = {
		DRP_SUPPRESSED, DRP_NOT_AVAILABLE, DRP_NOT_APPLICABLE, DRP_SHOWN};
	for (size_t i = 0; i < sizeof status; i++) {
		b.status = status[i];
		drp_difference_of(&a, &b, &d);
		CHECK_INT(
			d.status, status[i] == DRP_SHOWN ? DRP_NOT_AVAILABLE : status[i]);
		CHECK_INT(d.finding, DRP_FINDING_NONE);
		CHECK_STR(d.value, "");
		CHECK_STR(d.se, "");
		CHECK_STR(d.low, "");
		CHECK_STR(d.high, "");
		CHECK(drp_difference_words(&d, DRP_EN) == NULL);
	}
	a = mean("", "");
	a.status = DRP_NOT_AVAILABLE;
	b.status = DRP_SUPPRESSED; /* the graver reason is told */
	drp_difference_of(&a, &b, &d);
	CHECK_INT(d.status, DRP_SUPPRESSED);
	a.status = DRP_NOT_APPLICABLE; /* but what was not asked cannot be withheld */
	drp_difference_of(&a, &b, &d);
	CHECK_INT(d.status, DRP_NOT_APPLICABLE);
}

static void unreliable_means_give_no_finding(void)
{
	struct drp_observation a = mean("4.5000", "0.0100"), b = mean("3.0000", "0.2000");
	struct drp_difference d;
	b.status = DRP_UNRELIABLE;
	drp_difference_of(&a, &b, &d);
	CHECK_STR(d.value, "1.5000");
	CHECK_STR(d.se, "0.2003");
	CHECK_INT(d.status, DRP_UNRELIABLE);
	CHECK_INT(d.finding, DRP_FINDING_NONE);
}

static void texts_that_are_no_decimals(void)
{
	static const char *const wrong[] = {
		"3.5x", ".", "-", "1.2.3", "99999999999999", "nan", " 3"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct drp_difference d = take(wrong[i], "0.01", "3", "0.01");
		CHECK_STR(d.value, "");
		CHECK_INT(d.status, DRP_NOT_AVAILABLE);
		CHECK_INT(d.finding, DRP_FINDING_NONE);
	}
	/* More decimals than a whole number of them has room for. */
	CHECK_STR(take("0.00000000000000000000", "0", "0", "0").value, "");
	CHECK_STR(take("0.000000001", "0", "0", "0").value, "0.000000001");
	CHECK_STR(take("99999.9999", "0.0001", "-99999.9999", "99999.9999").value,
		"199999.9998");
}

static void words(void)
{
	struct drp_difference up = take("3.1000", "0.0010", "3.0000", "0.0010");
	struct drp_difference down = take("3.0000", "0.0010", "3.1000", "0.0010");
	CHECK_STR(drp_difference_words(&up, DRP_EN), "slightly higher");
	CHECK_STR(drp_difference_words(&down, DRP_NL), "iets lager");
	up = take("4.1000", "0.0010", "3.0000", "0.0010");
	CHECK_STR(drp_difference_words(&up, DRP_FR), "nettement plus haut");
	up = take("4.1000", "2.0000", "3.0000", "0.0010");
	CHECK_STR(
		drp_difference_words(&up, DRP_DE), "vom Rauschen nicht zu unterscheiden");
}

/* ---- lists ---- */

struct world {
	struct drp_edition edition[2];
	struct drp_manifest manifest[2];
	struct drp_instrument instrument[2];
	struct drp_publication publication[2];
};

static struct drp_observation *add(struct world *w, int session, int group,
	enum drp_family family, const char *code, const char *area, const char *item,
	const char *value)
{
	struct drp_observation *o = drp_edition_add(&w->edition[session]);
	CHECK(o != NULL);
	*o = mean(value, "0.0100");
	o->family = (uint8_t)family;
	o->group = (uint8_t)group;
	snprintf(o->area, sizeof o->area, "%s", area);
	snprintf(o->item, sizeof o->item, "%s", item);
	snprintf(family == DRP_FAMILY_LEVEL ? o->level : o->province, DRP_COHORT_CODE,
		"%s", code);
	snprintf(o->n, sizeof o->n, "%d", 100 * (group + 1));
	snprintf(o->schools, sizeof o->schools, "12");
	return o;
}

static void world_open(struct world *w)
{
	memset(w, 0, sizeof *w);
	for (int s = 0; s < 2; s++) {
		struct drp_edition *e = &w->edition[s];
		snprintf(e->campaign, sizeof e->campaign, "session-%d", s);
		e->number = 1;
		snprintf(w->manifest[s].region, sizeof w->manifest[s].region, "VL");
		w->manifest[s].period_from = 20000 + 365 * s;
		w->publication[s] = (struct drp_publication){.manifest = &w->manifest[s],
			.instrument = &w->instrument[s],
			.edition = e};
	}
	for (int s = 0; s < 2; s++) {
		for (int g = 0; g < DRP_GROUPS; g++) {
			add(w, s, g, DRP_FAMILY_REGION, "_T", "A", "_T",
				s ? "3.4000" : "3.0000");
			add(w, s, g, DRP_FAMILY_PROVINCE, "BE21", "A", "_T", "3.2000");
		}
		add(w, s, DRP_TEACHER, DRP_FAMILY_REGION, "_T", "A", "A1", "3.0000");
		add(w, s, DRP_PUPIL, DRP_FAMILY_REGION, "_T", "A", "A1", "2.9000");
		add(w, s, DRP_TEACHER, DRP_FAMILY_REGION, "_T", "A", "A2", "3.0000");
		add(w, s, DRP_TEACHER, DRP_FAMILY_LEVEL, s ? "3+4" : "3", "A", "_T",
			"3.0000");
		add(w, s, DRP_TEACHER, DRP_FAMILY_PROVINCE_LEVEL, "BE21", "A", "_T",
			"3.0000");
		snprintf(add(w, s, DRP_TEACHER, DRP_FAMILY_REGION, "_T", "A", "A1",
				 "0.5000")
				 ->measure,
			DRP_CODE_MAX, "share_1");
	}
}

static void world_close(struct world *w)
{
	drp_free(w->edition[0].observation);
	drp_free(w->edition[1].observation);
}

static size_t count(const struct drp_differences *list, int one, int other,
	const char *area, const char *item)
{
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct drp_difference *d = &list->row[i];
		n += d->one->group == one && d->other->group == other &&
		     strcmp(d->one->area, area) == 0 && strcmp(d->one->item, item) == 0;
		CHECK_STR(d->one->item, d->other->item);
		CHECK_STR(d->one->province, d->other->province);
		CHECK_STR(d->one->level, d->other->level);
		CHECK_STR(d->one->measure, "mean");
	}
	return n;
}

static void groups_of_one_edition(void)
{
	struct world w;
	struct drp_differences list;
	world_open(&w);
	CHECK_OK(drp_differences_groups(&w.publication[0], &list));
	CHECK_INT(count(&list, DRP_LEADER, DRP_TEACHER, "A", "_T"), 2);
	CHECK_INT(count(&list, DRP_LEADER, DRP_PUPIL, "A", "_T"), 2);
	CHECK_INT(count(&list, DRP_TEACHER, DRP_PUPIL, "A", "_T"), 2);
	CHECK_INT(count(&list, DRP_TEACHER, DRP_PUPIL, "A", "A1"), 1);
	CHECK_INT(list.n, 7); /* A2 was asked of teachers alone */
	drp_differences_free(&list);
	world_close(&w);
}

static void sessions_share_cohorts(void)
{
	struct world w;
	struct drp_differences list;
	world_open(&w);
	CHECK_OK(drp_differences_sessions(
		&w.publication[1], &w.publication[0], NULL, &list));
	CHECK_INT(list.n, 9); /* no 3+4 against 3, no province by level */
	CHECK_INT(count(&list, DRP_TEACHER, DRP_TEACHER, "A", "_T"), 2);
	CHECK_STR(list.row[0].value, "0.4000"); /* later - earlier */
	CHECK_INT(list.row[0].common, -1);
	drp_differences_free(&list);
	world_close(&w);
}

static void schools_in_common(void)
{
	static const struct drp_attendance before[] = {{1, DRP_BE21, 1, 2, 2, 1, 1000},
		{2, DRP_BE21, 1, 2, 2, 1, 1000}, {3, DRP_BE22, 1, 2, 2, 1, 1000}};
	static const struct drp_attendance after[] = {{1, DRP_BE21, 1, 2, 2, 1, 2000},
		{2, DRP_BE21, 1, 2, 0, 1, 0}, {3, DRP_BE22, 1, 2, 2, 1, 2000}};
	struct world w;
	struct drp_differences list;
	struct drp_history *history = drp_history_new();
	world_open(&w);
	CHECK(history != NULL);
	CHECK_OK(drp_history_add(history, "session-0", "VL", 900, before, 3));
	CHECK_OK(drp_history_add(history, "session-1", "VL", 1900, after, 3));
	CHECK_OK(drp_differences_sessions(
		&w.publication[1], &w.publication[0], history, &list));
	for (size_t i = 0; i < list.n; i++) {
		const struct drp_difference *d = &list.row[i];
		CHECK_INT(d->common, d->one->family == DRP_FAMILY_PROVINCE ? 1 : 2);
	}
	drp_differences_free(&list);
	drp_history_free(history);
	world_close(&w);
}

static void what_may_not_be_compared(void)
{
	struct world w;
	struct drp_differences list;
	struct drp_publication *later, *earlier;
	world_open(&w);
	later = &w.publication[1];
	earlier = &w.publication[0];
	CHECK(drp_sessions_comparable(later, earlier));
	w.instrument[0].hash.b[31] = 1;
	CHECK_ERR(drp_differences_sessions(later, earlier, NULL, &list), DRP_E_STATE);
	w.instrument[0].hash.b[31] = 0;
	w.manifest[0].region[0] = 'X';
	CHECK_ERR(drp_differences_sessions(later, earlier, NULL, &list), DRP_E_STATE);
	w.manifest[0].region[0] = 'V';
	w.manifest[0].sample = 1;
	CHECK_ERR(drp_differences_sessions(later, earlier, NULL, &list), DRP_E_STATE);
	w.manifest[0].sample = 0;
	CHECK_ERR(drp_differences_sessions(earlier, later, NULL, &list), DRP_E_STATE);
	CHECK_ERR(drp_differences_sessions(later, later, NULL, &list), DRP_E_STATE);
	CHECK(list.row == NULL);
	world_close(&w);
}

static void the_session_before(void)
{
	struct world w[2];
	world_open(&w[0]);
	world_open(&w[1]);
	struct drp_publication *later = &w[0].publication[1];
	struct drp_publication *near = &w[0].publication[0];
	struct drp_publication *newer = &w[1].publication[0], *far = &w[1].publication[1];
	const struct drp_publication *list[] = {far, near, later, newer};
	newer->edition->number = 2; /* of the same campaign as near */
	snprintf(far->edition->campaign, DRP_NAME_MAX, "long-ago");
	far->manifest->period_from = 18000;
	CHECK(drp_session_before(later, list, 4) == newer);
	CHECK(drp_session_before(later, list, 2) == near);
	CHECK(drp_session_before(near, list, 4) == far);
	CHECK(drp_session_before(far, list, 4) == NULL);
	near->instrument->hash.b[0] = newer->instrument->hash.b[0] = 1;
	CHECK(drp_session_before(later, list, 4) == far);
	world_close(&w[0]);
	world_close(&w[1]);
}

/* ---- files ---- */

static void files(void)
{
	struct world w;
	struct drp_differences list;
	struct drp_buf out = {0};
	world_open(&w);
	add(&w, 0, DRP_LEADER, DRP_FAMILY_LEVEL, "3+4", "A", "_T", "4.0000");
	add(&w, 0, DRP_TEACHER, DRP_FAMILY_LEVEL, "3+4", "A", "_T", "3.0000")->n[0] = 0;
	CHECK_OK(drp_differences_groups(&w.publication[0], &list));
	CHECK_OK(drp_differences_csv(&list, '-', 0, &out));
	const char *csv = drp_buf_string(&out);
	CHECK(strncmp(csv, "campaign,edition,other_campaign,", 32) == 0);
	CHECK(strstr(csv, "\nsession-0,1,session-0,1,level,_T,3-4,_T,leader,teacher,A,_T,"
			  "4.0000,3.0000,1.0000,0.0142,0.9722,1.0278,100,,12,12,,higher,"
			  "\n"));
	drp_buf_clear(&out);
	CHECK_OK(drp_differences_csv(&list, '+', 1, &out));
	csv = drp_buf_string(&out);
	CHECK(strstr(csv, ";level;_T;3+4;_T;leader;teacher;A;_T;4,0000;3,0000;1,0000;"));
	drp_buf_clear(&out);
	drp_differences_free(&list);
	world_close(&w);
}

int main(void)
{
	CASE("a difference is exact in the last printed digit", exact_in_the_last_digit);
	CASE("the rule holds up to its borders", borders_of_the_rule);
	CASE("the interval agrees with the finding",
		the_interval_agrees_with_the_finding);
	CASE("what is not shown has no difference", what_is_not_shown_has_no_difference);
	CASE("unreliable means give no finding", unreliable_means_give_no_finding);
	CASE("texts that are no decimals give nothing", texts_that_are_no_decimals);
	CASE("a finding has words, with its direction", words);
	CASE("groups are compared where both were asked", groups_of_one_edition);
	CASE("sessions are compared where both have the cohort", sessions_share_cohorts);
	CASE("schools of both sessions are counted by cohort", schools_in_common);
	CASE("other questionnaires, regions and orders are refused",
		what_may_not_be_compared);
	CASE("the session before is the last comparable one", the_session_before);
	CASE("files have the printed digits and the API's codes", files);
	return DONE();
}
