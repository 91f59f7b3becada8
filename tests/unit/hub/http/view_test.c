/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/http/view.h"

#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/crypto/crypto.h"
#include "tests/support/api_fixture.h"

#define NOW 1800000000

static struct api_fixture f;

static struct drp_token_row token_of(int scope, int network, const char *campaign)
{
	struct drp_token_row row = {.scope = (uint8_t)scope, .network = (uint8_t)network};
	snprintf(row.campaign, sizeof row.campaign, "%s", campaign);
	return row;
}

static enum drp_sight sight(
	const struct drp_token_row *token, const char *campaign, int64_t embargo_s)
{
	struct drp_edition_row row = {.number = 1, .embargo_s = embargo_s};
	struct drp_hub_view view = drp_view_of(token);
	snprintf(row.campaign, sizeof row.campaign, "%s", campaign);
	return drp_view_sight(&view, &row, NOW);
}

/* Whoever it is: what is public is public, and before that each sees its own. */
static void sights(void)
{
	const struct drp_token_row ministry = token_of(DRP_SCOPE_MINISTRY, 0, "");
	const struct drp_token_row operator= token_of(DRP_SCOPE_OPERATOR, 0, "");
	const struct drp_token_row network = token_of(DRP_SCOPE_NETWORK, DRP_KOV, "");
	const struct drp_token_row researcher = token_of(DRP_SCOPE_RESEARCHER, 0, "a");
	const struct drp_token_row nobody = token_of(DRP_SCOPES, DRP_KOV, "a");
	const struct drp_token_row nowhere = token_of(DRP_SCOPE_NETWORK, 0, "a");
	const struct drp_token_row old = token_of(DRP_SCOPE_RESEARCHER, 0, "");
	const struct {
		const struct drp_token_row *token;
		enum drp_sight of_a, of_b;
	} all[] = {{NULL, DRP_SIGHT_NOTHING, DRP_SIGHT_NOTHING},
		{&nobody, DRP_SIGHT_NOTHING, DRP_SIGHT_NOTHING},
		{&nowhere, DRP_SIGHT_NOTHING, DRP_SIGHT_NOTHING},
		{&old, DRP_SIGHT_NOTHING, DRP_SIGHT_NOTHING},
		{&network, DRP_SIGHT_NETWORK, DRP_SIGHT_NETWORK},
		{&researcher, DRP_SIGHT_WHOLE, DRP_SIGHT_NOTHING},
		{&ministry, DRP_SIGHT_WHOLE, DRP_SIGHT_WHOLE},
		{&operator, DRP_SIGHT_WHOLE, DRP_SIGHT_WHOLE}};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		CHECK_INT(sight(all[i].token, "a", NOW + 1), all[i].of_a);
		CHECK_INT(sight(all[i].token, "b", NOW + 1), all[i].of_b);
		CHECK_INT(sight(all[i].token, "a", NOW), DRP_SIGHT_WHOLE);
		CHECK_INT(sight(all[i].token, "b", 0), DRP_SIGHT_WHOLE);
	}
}

static const char *name(int scope, int network, const char *campaign)
{
	static char text[DRP_VIEW_NAME];
	struct drp_token_row row = token_of(scope, network, campaign);
	struct drp_hub_view view = drp_view_of(&row);
	drp_view_name(&view, text);
	return text;
}

static void names(void)
{
	char text[DRP_VIEW_NAME], longest[DRP_NAME_MAX];
	struct drp_hub_view public = drp_view_of(NULL);
	drp_view_name(&public, text);
	CHECK_STR(text, "public");
	CHECK_STR(name(DRP_SCOPE_MINISTRY, 0, ""), "all");
	CHECK_STR(name(DRP_SCOPE_OPERATOR, 0, ""), "all");
	CHECK_STR(name(DRP_SCOPE_NETWORK, DRP_KOV, ""), "network KOV");
	CHECK_STR(name(DRP_SCOPE_NETWORK, DRP_GO, ""), "network GO");
	/* A campaign may be called as it likes. */
	CHECK_STR(name(DRP_SCOPE_RESEARCHER, 0, "public"), "campaign public");
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	CHECK_INT(strlen(name(DRP_SCOPE_RESEARCHER, 0, longest)),
		strlen("campaign ") + DRP_NAME_MAX - 1);
}

static struct drp_observation *add_row(int family, const char *network)
{
	struct drp_observation *o = drp_edition_add(f.publication.edition);
	CHECK(o != NULL);
	*o = f.publication.edition->observation[0];
	o->family = (uint8_t)family;
	snprintf(o->network, sizeof o->network, "%s", network);
	return o;
}

static int is_of(const struct drp_observation *o, const char *network)
{
	return o->family == DRP_FAMILY_REGION ||
	       (o->family == DRP_FAMILY_NETWORK && strcmp(o->network, network) == 0);
}

/* Rows are left out and never changed: in their order, byte for byte. */
static void parts_leave_out(void)
{
	struct drp_publication part;
	size_t kept = 0, others = 0;
	api_fixture_open(&f);
	const struct drp_edition *whole = f.publication.edition;
	CHECK_OK(drp_publication_of_network(&f.publication, DRP_KOV, &part));
	CHECK_INT(part.network, DRP_KOV);
	for (size_t i = 0; i < whole->n_observations; i++) {
		if (is_of(&whole->observation[i], "KOV")) {
			CHECK(kept < part.edition->n_observations);
			CHECK_MEM(&part.edition->observation[kept++],
				&whole->observation[i], sizeof whole->observation[i]);
		} else {
			others++;
		}
	}
	CHECK_INT(part.edition->n_observations, kept);
	CHECK(kept > 100 && others > 100);
	CHECK(whole->n_opened > 0);
	CHECK_INT(part.edition->n_opened, 0);
	CHECK(!part.edition->opened);
	CHECK_INT(part.edition->n_accounting, whole->n_accounting);
	CHECK(part.manifest == f.publication.manifest);
	drp_publication_of_network_free(&part);
	drp_publication_of_network_free(&part); /* twice is fine */
	api_fixture_close(&f);
}

static int has_row(const struct drp_publication *part, int family, const char *network)
{
	for (size_t i = 0; i < part->edition->n_observations; i++) {
		const struct drp_observation *o = &part->edition->observation[i];
		if (o->family == family && strcmp(o->network, network) == 0) {
			return 1;
		}
	}
	return 0;
}

/* A fold belongs to each of its parts, and to nobody whose name it only holds. */
static void parts_of_folds(void)
{
	struct drp_publication part;
	api_fixture_open(&f);
	add_row(DRP_FAMILY_NETWORK, "POV+OTHER");
	add_row(DRP_FAMILY_NETWORK, "OVSG+GO");
	add_row(DRP_FAMILY_NETWORK, "GOX");
	add_row(DRP_FAMILY_PROVINCE_LEVEL, "POV");
	CHECK_OK(drp_publication_of_network(&f.publication, DRP_OTHER, &part));
	CHECK(has_row(&part, DRP_FAMILY_NETWORK, "POV+OTHER"));
	CHECK(!has_row(&part, DRP_FAMILY_NETWORK, "OVSG+GO"));
	drp_publication_of_network_free(&part);
	CHECK_OK(drp_publication_of_network(&f.publication, DRP_POV, &part));
	CHECK(has_row(&part, DRP_FAMILY_NETWORK, "POV+OTHER"));
	CHECK(!has_row(&part, DRP_FAMILY_PROVINCE_LEVEL, "POV"));
	drp_publication_of_network_free(&part);
	CHECK_OK(drp_publication_of_network(&f.publication, DRP_GO, &part));
	CHECK(has_row(&part, DRP_FAMILY_NETWORK, "OVSG+GO"));
	CHECK(has_row(&part, DRP_FAMILY_NETWORK, "GO"));
	CHECK(!has_row(&part, DRP_FAMILY_NETWORK, "GOX"));
	drp_publication_of_network_free(&part);
	api_fixture_close(&f);
}

/* A part says that it is one, and never that its rows hash to the edition's hash. */
static void parts_say_so(void)
{
	struct drp_publication part;
	char text[DRP_PART_TEXT], hash[65];
	api_fixture_open(&f);
	CHECK_OK(drp_publication_of_network(&f.publication, DRP_KOV, &part));
	json_t *told = drp_publication_metadata(&part);
	json_t *whole = drp_publication_metadata(&f.publication);
	CHECK(told && whole);
	CHECK_STR(json_string_value(json_object_get(told, "view")),
		"network KOV and the region's total, before publication");
	CHECK(!json_object_get(told, "edition_hash"));
	drp_hex(part.edition->hash.b, sizeof part.edition->hash.b, hash);
	CHECK_STR(json_string_value(
			  json_object_get(json_object_get(told, "taken_from"), "hash")),
		hash);
	CHECK_STR(json_string_value(json_object_get(whole, "edition_hash")), hash);
	CHECK(!json_object_get(whole, "view") && !json_object_get(whole, "taken_from"));
	/* Of the frame nothing is said but of all schools: the levels are not here. */
	CHECK(json_array_size(json_object_get(whole, "coverage")) >
		json_array_size(json_object_get(told, "coverage")));
	json_decref(told);
	json_decref(whole);
	CHECK_STR(drp_publication_part(&part, "nl", text),
		"onderwijsnet KOV en het totaal van de regio, vóór publicatie");
	CHECK_STR(drp_publication_part(&part, "de", text),
		"Schulnetz KOV und Gesamtwert der Region, vor der Veröffentlichung");
	CHECK_STR(drp_publication_part(&f.publication, "en", text), "");
	drp_publication_of_network_free(&part);
	api_fixture_close(&f);
}

static void account(int family, int group, uint32_t draws)
{
	struct drp_edition *e = f.publication.edition;
	struct drp_accounting *more =
		drp_realloc(e->accounting, e->n_accounting + 1, sizeof *more);
	CHECK(more != NULL);
	e->accounting = more;
	more[e->n_accounting++] = (struct drp_accounting){.family = (uint8_t)family,
		.group = (uint8_t)group,
		.draws = draws,
		.rho = {1, 2}};
}

/* The draws of a family; -1 when it is not accounted for. */
static int64_t draws_of(const struct drp_publication *p, int family, int group)
{
	for (size_t i = 0; i < p->edition->n_accounting; i++) {
		const struct drp_accounting *a = &p->edition->accounting[i];
		if (a->family == family && a->group == group) {
			return a->draws;
		}
	}
	return -1;
}

/* That noise was drawn for a family tells that one of its cohorts is open, whosever. */
static void parts_account_for_their_own(void)
{
	struct drp_publication part;
	api_fixture_open(&f);
	struct drp_edition *e = f.publication.edition;
	e->n_accounting = 0;
	account(DRP_FAMILY_REGION, DRP_TEACHER, 2);
	account(DRP_FAMILY_NETWORK, DRP_TEACHER, 2);
	account(DRP_FAMILY_NETWORK, DRP_PUPIL, 2);
	account(DRP_FAMILY_PROVINCE, DRP_TEACHER, 2);
	account(DRP_FAMILY_PROVINCE_LEVEL, DRP_PUPIL, 2);
	for (size_t i = 0; i < e->n_observations; i++) { /* of KOV's pupils is nothing */
		struct drp_observation *o = &e->observation[i];
		if (o->family == DRP_FAMILY_NETWORK && o->group == DRP_PUPIL &&
			strcmp(o->network, "KOV") == 0) {
			o->value[0] = o->se[0] = 0;
		}
	}
	CHECK_OK(drp_publication_of_network(&f.publication, DRP_KOV, &part));
	CHECK_INT(draws_of(&part, DRP_FAMILY_REGION, DRP_TEACHER), 2);
	CHECK_INT(draws_of(&part, DRP_FAMILY_NETWORK, DRP_TEACHER), 2);
	CHECK_INT(draws_of(&part, DRP_FAMILY_NETWORK, DRP_PUPIL), 0);
	CHECK_INT(draws_of(&part, DRP_FAMILY_PROVINCE, DRP_TEACHER), -1);
	CHECK_INT(draws_of(&part, DRP_FAMILY_PROVINCE_LEVEL, DRP_PUPIL), -1);
	drp_publication_of_network_free(&part);
	CHECK_OK(drp_publication_of_network(&f.publication, DRP_GO, &part));
	CHECK_INT(draws_of(&part, DRP_FAMILY_NETWORK, DRP_PUPIL), 2);
	drp_publication_of_network_free(&part);
	api_fixture_close(&f);
}

/* A whole edition before it is public is the same edition, with its hash. */
static void early_says_so(void)
{
	struct drp_publication early, part;
	char text[DRP_PART_TEXT], hash[65];
	api_fixture_open(&f);
	drp_publication_early(&f.publication, NOW, &early);
	CHECK(early.edition == f.publication.edition && !early.network);
	CHECK_STR(drp_publication_part(&early, "fr", text),
		"avant publication, jusqu'au 2027-01-15T08:00:00Z");
	CHECK_STR(drp_publication_mark(&early), "-view-whole");
	CHECK_STR(drp_publication_mark(&f.publication), "");
	json_t *told = drp_publication_metadata(&early);
	CHECK_STR(json_string_value(json_object_get(told, "view")),
		"before publication, until 2027-01-15T08:00:00Z");
	CHECK_STR(json_string_value(json_object_get(told, "public_from")),
		"2027-01-15T08:00:00Z");
	drp_hex(early.edition->hash.b, sizeof early.edition->hash.b, hash);
	CHECK_STR(json_string_value(json_object_get(told, "edition_hash")), hash);
	json_decref(told);
	CHECK_OK(drp_publication_of_network(&f.publication, DRP_OTHER, &part));
	part.before_s = NOW;
	CHECK_STR(drp_publication_part(&part, "de", text),
		"Schulnetz OTHER und Gesamtwert der Region, vor der Veröffentlichung, "
		"bis 2027-01-15T08:00:00Z");
	told = drp_publication_metadata(&part);
	CHECK_STR(json_string_value(json_object_get(told, "public_from")),
		"2027-01-15T08:00:00Z");
	json_decref(told);
	drp_publication_of_network_free(&part);
	api_fixture_close(&f);
}

int main(void)
{
	CASE("each scope sees its own before the instant, everybody all after it",
		sights);
	CASE("a view's name is that of what it sees", names);
	CASE("a network's part has its rows and the region's, unchanged, and no others",
		parts_leave_out);
	CASE("a fold is seen by each network in it", parts_of_folds);
	CASE("a part says that it is one", parts_say_so);
	CASE("a part accounts for its own releases", parts_account_for_their_own);
	CASE("an edition seen before its time says so", early_says_so);
	return DONE();
}
