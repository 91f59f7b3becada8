/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts of schools over several campaigns, against cases that are counted by hand, and
 * against what the hub's editions say.
 */
#include "hub/tables/history.h"

#include "proto/base/alloc.h"
#include "tests/support/change_db.h"
#include "tests/support/hub_fixture.h"

#define L(level)   (1u << (level))
#define ALL_LEVELS (L(1) | L(2) | L(3) | L(4) | L(5))

static struct drp_history *history;

static struct drp_attendance school(
	uint32_t number, int province, int network, unsigned levels, unsigned counted)
{
	return (struct drp_attendance){.school = number,
		.province = (uint8_t)province,
		.network = (uint8_t)network,
		.levels = (uint8_t)levels,
		.counted = (uint8_t)counted,
		.enrolled = 1,
		.since_s = counted ? 1000 : 0};
}

static void add(const char *campaign, const char *region, int64_t signed_s,
	const struct drp_attendance *schools, size_t n)
{
	CHECK_OK(drp_history_add(history, campaign, region, signed_s, schools, n));
}

static void common_is(int64_t due, enum drp_family family, const char *code)
{
	CHECK_INT(drp_history_common(history, "one", "two", family, code), due);
	CHECK_INT(drp_history_common(history, "two", "one", family, code), due);
}

/* Six schools in the first, in another order in the second, with one that is new:
 *   9 takes part in both with levels 1 and 2, then only with 2
 *   7 in both, and moves from BE21 to BE22 and from GO to KOV
 *   5 in the first alone; 4 in the second alone; 3 in neither
 *   2 in both, with levels 3 and 4, then 4 alone
 *   8 is registered in the second alone, and takes part */
static void two_campaigns(void)
{
	const struct drp_attendance one[] = {
		school(9, DRP_BE21, DRP_GO, L(1) | L(2), L(1) | L(2)),
		school(7, DRP_BE21, DRP_GO, L(1), L(1)),
		school(5, DRP_BE21, DRP_GO, L(1), L(1)),
		school(4, DRP_BE22, DRP_KOV, L(2), 0),
		school(3, DRP_BE22, DRP_KOV, L(2), 0),
		school(2, DRP_BE22, DRP_OVSG, L(3) | L(4), L(3) | L(4))};
	const struct drp_attendance two[] = {
		school(2, DRP_BE22, DRP_OVSG, L(3) | L(4), L(4)),
		school(3, DRP_BE22, DRP_KOV, L(2), 0),
		school(4, DRP_BE22, DRP_KOV, L(2), L(2)),
		school(7, DRP_BE22, DRP_KOV, L(1), L(1)),
		school(8, DRP_BE21, DRP_GO, L(1), L(1)),
		school(9, DRP_BE21, DRP_GO, L(1) | L(2), L(2))};
	history = drp_history_new();
	CHECK(history != NULL);
	add("one", "VL", 100, one, 6);
	add("two", "VL", 200, two, 6);
}

static void common_schools_by_hand(void)
{
	two_campaigns();
	common_is(3, DRP_FAMILY_REGION, "_T");		/* 9, 7 and 2 */
	common_is(1, DRP_FAMILY_PROVINCE, "BE21");	/* 9; 7 left it */
	common_is(1, DRP_FAMILY_PROVINCE, "BE22");	/* 2; 7 came to it */
	common_is(3, DRP_FAMILY_PROVINCE, "BE21+BE22"); /* in the fold it stayed */
	common_is(0, DRP_FAMILY_PROVINCE, "BE25");
	common_is(0, DRP_FAMILY_PROVINCE, "_U");
	common_is(1, DRP_FAMILY_NETWORK, "GO");
	common_is(0, DRP_FAMILY_NETWORK, "KOV");
	common_is(1, DRP_FAMILY_NETWORK, "OVSG");
	common_is(1, DRP_FAMILY_LEVEL, "1"); /* 7; 9 had it the first time alone */
	common_is(1, DRP_FAMILY_LEVEL, "2"); /* 9 */
	common_is(0, DRP_FAMILY_LEVEL, "3");
	common_is(1, DRP_FAMILY_LEVEL, "4");  /* 2 */
	common_is(1, DRP_FAMILY_LEVEL, "34"); /* once, not once a level */
	common_is(1, DRP_FAMILY_LEVEL, "3+4");
	common_is(2, DRP_FAMILY_LEVEL, "1+2"); /* 9, now with another level, and 7 */
	/* With itself: all that took part. */
	CHECK_INT(drp_history_common(history, "one", "one", DRP_FAMILY_REGION, "_T"), 4);
	drp_history_free(history);
}

static void what_cannot_be_told(void)
{
	two_campaigns();
	common_is(-1, DRP_FAMILY_PROVINCE_LEVEL, "BE21");
	common_is(-1, DRP_FAMILY_PROVINCE_LEVEL, "_T");
	common_is(-1, DRP_FAMILY_PROVINCE, "_T");
	common_is(-1, DRP_FAMILY_PROVINCE, "GO");
	common_is(-1, DRP_FAMILY_PROVINCE, "BE21+");
	common_is(-1, DRP_FAMILY_PROVINCE, "");
	common_is(-1, DRP_FAMILY_REGION, "BE21");
	common_is(-1, DRP_FAMILY_LEVEL, "6");
	CHECK_INT(
		drp_history_common(history, "one", "none", DRP_FAMILY_REGION, "_T"), -1);
	CHECK_INT(
		drp_history_common(history, "none", "two", DRP_FAMILY_REGION, "_T"), -1);
	drp_history_free(history);
}

static void a_campaign_is_added_once(void)
{
	two_campaigns();
	CHECK_ERR(drp_history_add(history, "two", "VL", 1, NULL, 0), DRP_E_EXISTS);
	common_is(3, DRP_FAMILY_REGION, "_T");
	add("empty", "VL", 1, NULL, 0);
	CHECK_INT(
		drp_history_common(history, "one", "empty", DRP_FAMILY_REGION, "_T"), 0);
	drp_history_free(history);
}

/* ---- reached ---- */

static int64_t reached(const char *region, enum drp_reached state, int64_t until_s)
{
	return drp_history_reached(history, region, ALL_LEVELS, state, until_s);
}

static void schools_reach_a_state_once(void)
{
	two_campaigns();
	const struct drp_attendance elsewhere[] = {
		school(9, DRP_BE10, DRP_GO, L(1), L(1)),
		school(20, DRP_BE10, DRP_GO, L(1), L(1))};
	add("brussels", "BR", 50, elsewhere, 2);
	/* 9, 7, 5 and 2 in the first; 4 and 8 more in the second. */
	CHECK_INT(reached("VL", DRP_REACHED_TOOK_PART, 5000), 6);
	CHECK_INT(reached("VL", DRP_REACHED_REGISTERED, 5000), 7);
	CHECK_INT(reached("BR", DRP_REACHED_TOOK_PART, 5000), 2);
	CHECK_INT(reached("WA", DRP_REACHED_TOOK_PART, 5000), -1);
	drp_history_free(history);
}

/* Of primary schools, those with level 1 that took part with it. */
static void levels_tell_schools_apart(void)
{
	two_campaigns();
	CHECK_INT(drp_history_reached(history, "VL", L(1), DRP_REACHED_TOOK_PART, 5000),
		4); /* 9, 7, 5 and 8 */
	CHECK_INT(drp_history_reached(
			  history, "VL", L(2) | L(3) | L(4), DRP_REACHED_TOOK_PART, 5000),
		3); /* 9, 2 and 4 */
	CHECK_INT(drp_history_reached(history, "VL", L(2), DRP_REACHED_REGISTERED, 5000),
		3); /* 9, 4 and 3 */
	CHECK_INT(drp_history_reached(history, "VL", L(5), DRP_REACHED_REGISTERED, 5000),
		0);
	drp_history_free(history);
}

static void the_day_counts_to_its_last_second(void)
{
	struct drp_attendance s[] = {school(1, DRP_BE21, DRP_GO, L(1), L(1)),
		school(2, DRP_BE21, DRP_GO, L(1), L(1)),
		school(3, DRP_BE21, DRP_GO, L(1), 0),
		school(4, DRP_BE21, DRP_GO, L(1), 0)};
	s[0].since_s = 999;
	s[1].since_s = 1001;
	s[3].enrolled = 0;
	history = drp_history_new();
	add("one", "VL", 500, s, 4);
	CHECK_INT(reached("VL", DRP_REACHED_TOOK_PART, 998), 0);
	CHECK_INT(reached("VL", DRP_REACHED_TOOK_PART, 999), 1);
	CHECK_INT(reached("VL", DRP_REACHED_TOOK_PART, 1000), 1);
	CHECK_INT(reached("VL", DRP_REACHED_TOOK_PART, 1001), 2);
	CHECK_INT(reached("VL", DRP_REACHED_REGISTERED, 499), 0);
	CHECK_INT(reached("VL", DRP_REACHED_REGISTERED, 500), 4);
	CHECK_INT(reached("VL", DRP_REACHED_ENROLLED, 499), 0);
	CHECK_INT(reached("VL", DRP_REACHED_ENROLLED, 500), 3);
	drp_history_free(history);
}

/* Not enrolled when the first was signed, enrolled by the second. */
static void states_hold_those_before(void)
{
	struct drp_attendance early = school(1, DRP_BE21, DRP_GO, L(1), 0);
	struct drp_attendance late = school(1, DRP_BE21, DRP_GO, L(1), L(1));
	early.enrolled = 0;
	history = drp_history_new();
	add("one", "VL", 100, &early, 1);
	add("two", "VL", 300, &late, 1);
	CHECK_INT(reached("VL", DRP_REACHED_ENROLLED, 200), 0);
	CHECK_INT(reached("VL", DRP_REACHED_ENROLLED, 300), 1);
	for (int state = 0; state < DRP_REACHED_STATES; state++) {
		CHECK_INT(reached("VL", (enum drp_reached)state, 2000), 1);
		CHECK_INT(drp_reached_of(drp_reached_code(state)), state);
	}
	CHECK_INT(drp_reached_of("answered"), -1);
	drp_history_free(history);
}

/* ---- from a hub ---- */

static struct hub_fixture f;
static struct drp_diag diag;

static void run(const char *sql)
{
	CHECK(change_db(f.dir, "hub.db", sql) > 0);
}

static enum drp_err load(const char *campaign)
{
	diag = (struct drp_diag){0};
	return drp_history_load(history, &f.hub, campaign, &diag);
}

static int64_t of_fixture(enum drp_family family, const char *code)
{
	return drp_history_common(
		history, FIXTURE_CAMPAIGN, FIXTURE_CAMPAIGN, family, code);
}

static int64_t long_after(void *self)
{
	(void)self;
	return INT64_C(4102444800000);
}

static void begin(void)
{
	hub_fixture_open(&f);
	history = drp_history_new();
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
}

static void end(void)
{
	drp_history_free(history);
	hub_fixture_close(&f);
}

/* The edition's own rows of schools, cohort by cohort. */
static void agrees_with_edition(void)
{
	struct drp_edition *e = NULL;
	int compared = 0;
	CHECK_OK(drp_campaign_edition(&f.hub, FIXTURE_CAMPAIGN, 0, &e, NULL));
	for (size_t i = 0; i < e->n_observations; i++) {
		const struct drp_observation *o = &e->observation[i];
		const char *code = o->family == DRP_FAMILY_PROVINCE  ? o->province
				   : o->family == DRP_FAMILY_LEVEL   ? o->level
				   : o->family == DRP_FAMILY_NETWORK ? o->network
								     : "_T";
		if (strcmp(o->measure, "schools") == 0 &&
			o->family != DRP_FAMILY_PROVINCE_LEVEL) {
			CHECK_INT(of_fixture((enum drp_family)o->family, code),
				atoi(o->value));
			compared++;
		}
	}
	CHECK(compared >= 1 + 5 + 4 + 3); /* the class 34 is one of the levels */
	drp_edition_free(e);
}

static void a_campaign_as_its_edition_has_it(void)
{
	begin();
	CHECK_OK(load(FIXTURE_CAMPAIGN));
	agrees_with_edition();
	/* Receipts are of 1 April 2026, 23:33:20. */
	CHECK_INT(reached("VL", DRP_REACHED_TOOK_PART, 1775000000), FIXTURE_SCHOOLS - 1);
	CHECK_INT(reached("VL", DRP_REACHED_TOOK_PART, 1774999999), 0);
	/* The fixture's last school never enrolled but took part, which holds more. */
	CHECK_INT(reached("VL", DRP_REACHED_ENROLLED, INT64_MAX), FIXTURE_SCHOOLS);
	CHECK_INT(reached("VL", DRP_REACHED_REGISTERED, INT64_MAX), FIXTURE_SCHOOLS);
	CHECK_ERR(load(FIXTURE_CAMPAIGN), DRP_E_EXISTS);
	end();
}

static void the_freeze_changes_nothing(void)
{
	begin();
	CHECK_OK(drp_campaign_freeze(&f.hub, FIXTURE_CAMPAIGN, NULL));
	CHECK_OK(load(FIXTURE_CAMPAIGN));
	agrees_with_edition();
	end();
}

/* Who left the register since, and whose node enrolled anew, is the same school. */
static void a_school_stays_itself(void)
{
	const struct drp_key key = {{0xee}};
	const struct drp_hash token = {{0xef}};
	begin();
	CHECK_OK(drp_hub_school_revoke(f.hub.store, "sch-001", NULL));
	CHECK_OK(drp_hub_begin(f.hub.store, NULL));
	CHECK_OK(drp_hub_enrol(f.hub.store, &token, "sch-002", &key, 2000, NULL));
	CHECK_OK(drp_hub_end(f.hub.store, DRP_OK, NULL));
	CHECK_OK(load(FIXTURE_CAMPAIGN));
	CHECK_INT(of_fixture(DRP_FAMILY_REGION, "_T"), FIXTURE_SCHOOLS - 1);
	agrees_with_edition();
	end();
}

/* A second campaign of the same hub, whose contributions never come: its schools are the
 * same numbers, none of them took part. */
static void schools_have_one_number(void)
{
	struct drp_buf yaml = {0}, report = {0};
	struct drp_member *members = NULL;
	char path[DRP_PATH_MAX], id[DRP_NAME_MAX];
	size_t n = 0;
	begin();
	drp_buf_text(&yaml,
		"campaign: autumn-2026\ntitle: Autumn\nregion: VL\n"
		"instrument: " DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml\n"
		"track: open\ncohort: self-selected\n"
		"period: {from: 2026-10-01, to: 2026-11-30}\n"
		"deadline: 2026-12-15\n");
	fixture_file(&f, "autumn.yaml", &yaml, path);
	CHECK_OK(drp_hub_school_revoke(f.hub.store, "sch-000", NULL));
	CHECK_OK(drp_campaign_new(&f.hub, path, id, &report, NULL));
	CHECK_OK(drp_hub_members(f.hub.store, "autumn-2026", &members, &n, NULL));
	CHECK_INT(n, 0); /* a draft has none */
	CHECK_OK(drp_campaign_sign(&f.hub, id, &report, NULL));
	CHECK_OK(drp_hub_members(f.hub.store, "autumn-2026", &members, &n, NULL));
	CHECK_INT(n, FIXTURE_SCHOOLS - 1);
	CHECK_STR(members[0].school, "sch-001");
	drp_free(members);
	CHECK_ERR(load("autumn-2026"), DRP_E_NOTFOUND); /* no edition yet */
	run("INSERT INTO edition SELECT 'autumn-2026', number, hash, bytes, created_s "
	    "FROM edition");
	CHECK_ERR(load("autumn-2026"), DRP_E_STORE); /* another's edition: 28 schools */
	CHECK_OK(load(FIXTURE_CAMPAIGN));
	CHECK_INT(reached("VL", DRP_REACHED_REGISTERED, INT64_MAX), FIXTURE_SCHOOLS);
	drp_buf_clear(&yaml);
	drp_buf_clear(&report);
	end();
}

/* All that a school sent was withdrawn before the close: it took no part. Of another
 * school one level is left, of which it took part. */
static void withdrawn_is_not_counted(void)
{
	hub_fixture_open(&f);
	history = drp_history_new();
	run("UPDATE contribution SET withdrawn=1, sealed=NULL WHERE unit=(SELECT unit "
	    "FROM "
	    "contribution GROUP BY unit ORDER BY unit LIMIT 1)");
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	CHECK_OK(load(FIXTURE_CAMPAIGN));
	agrees_with_edition();
	end();
	hub_fixture_open(&f);
	history = drp_history_new();
	run("UPDATE contribution SET withdrawn=1, sealed=NULL WHERE grp=1");
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	CHECK_OK(load(FIXTURE_CAMPAIGN));
	agrees_with_edition();
	CHECK_INT(of_fixture(DRP_FAMILY_REGION, "_T"), FIXTURE_SCHOOLS - 1);
	end();
}

static void a_campaign_without_an_edition_is_left_out(void)
{
	hub_fixture_open(&f);
	history = drp_history_new();
	CHECK_ERR(load("never"), DRP_E_NOTFOUND);
	CHECK_ERR(load(FIXTURE_CAMPAIGN), DRP_E_NOTFOUND); /* open */
	run("UPDATE contribution SET withdrawn=1, sealed=NULL");
	f.hub.clock = (struct drp_clock){long_after, NULL};
	CHECK_OK(drp_campaign_freeze(&f.hub, FIXTURE_CAMPAIGN, NULL));
	CHECK_ERR(load(FIXTURE_CAMPAIGN), DRP_E_NOTFOUND); /* closed without one */
	CHECK_INT(reached("VL", DRP_REACHED_REGISTERED, INT64_MAX), -1);
	end();
}

static void damage_shows(void)
{
	begin();
	run("DELETE FROM contribution WHERE rowid % 2");
	run("UPDATE contribution SET withdrawn=1");
	CHECK_ERR(load(FIXTURE_CAMPAIGN), DRP_E_STORE);
	CHECK(strstr(diag.text, "as its edition says") != NULL);
	run("DELETE FROM member WHERE number=3");
	CHECK_ERR(load(FIXTURE_CAMPAIGN), DRP_E_STORE);
	CHECK(strstr(diag.text, "are not the manifest's") != NULL);
	run("DELETE FROM member");
	CHECK_ERR(load(FIXTURE_CAMPAIGN), DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "signed before") != NULL);
	CHECK_INT(reached("VL", DRP_REACHED_REGISTERED, INT64_MAX), -1);
	end();
}

int main(void)
{
	CASE("schools in both of two campaigns, by hand", common_schools_by_hand);
	CASE("what cannot be told is not told", what_cannot_be_told);
	CASE("a campaign is added once", a_campaign_is_added_once);
	CASE("a school reaches a state once, in one region", schools_reach_a_state_once);
	CASE("of levels, their own schools", levels_tell_schools_apart);
	CASE("a day counts to its last second", the_day_counts_to_its_last_second);
	CASE("each state holds those before it", states_hold_those_before);
	CASE("a campaign as its edition has it", a_campaign_as_its_edition_has_it);
	CASE("the freeze changes nothing", the_freeze_changes_nothing);
	CASE("revoked or enrolled anew, a school stays itself", a_school_stays_itself);
	CASE("schools have one number in all campaigns", schools_have_one_number);
	CASE("what was withdrawn is not counted", withdrawn_is_not_counted);
	CASE("without an edition it is left out",
		a_campaign_without_an_edition_is_left_out);
	CASE("damage shows", damage_shows);
	return DONE();
}
