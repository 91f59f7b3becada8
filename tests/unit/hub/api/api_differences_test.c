/* SPDX-License-Identifier: Apache-2.0
 *
 * Differences between groups and between sessions over the public API: what is answered,
 * what is chosen, what is refused.
 */
#include "hub/api/api.h"
#include "hub/tables/difference.h"

#include "tests/support/api_fixture.h"
#include "tests/support/check.h"

#include <jansson.h>

#define HERE  "/t/" FIXTURE_CAMPAIGN
#define LATER "/t/spring-2027"

static struct api_fixture fixture;
static struct api_year_later later;
static struct drp_api_reply reply;
static char query_text[1024];

static const char *get(const char *target, int status)
{
	struct drp_api_request r = {
		.method = "GET", .accept = "", .accept_language = "", .body = ""};
	snprintf(query_text, sizeof query_text, "%s", target);
	char *at = strchr(query_text, '?');
	r.path = query_text;
	while (at) {
		*at++ = 0;
		char *equals = strchr(at, '=');
		CHECK(equals != NULL);
		r.parameter[r.n_parameters].name = at;
		at = strchr(equals + 1, '&');
		*equals = 0;
		r.parameter[r.n_parameters++].value = equals + 1;
	}
	drp_buf_clear(&reply.body);
	CHECK_OK(drp_api_answer(&later.catalogue, &r, &reply));
	drp_buf_string(&reply.body);
	if (reply.status != status) {
		printf("# %s: %s\n", target, (const char *)reply.body.data);
	}
	CHECK_INT(reply.status, status);
	return (const char *)reply.body.data;
}

static void problem(const char *target, int status, const char *says)
{
	json_t *value = json_loads(get(target, status), 0, NULL);
	CHECK_STR(reply.media_type, "application/problem+json");
	CHECK(strstr(json_string_value(json_object_get(value, "detail")), says));
	json_decref(value);
}

static size_t lines(const char *text)
{
	size_t n = 0;
	for (; (text = strchr(text, '\n')); text++) {
		n++;
	}
	return n;
}

static void set_up(void)
{
	api_fixture_open(&fixture);
	api_year_later(&later, &fixture);
}

static void between_groups(void)
{
	const char *csv = get(HERE "/differences.csv?family=region&item=_T", 200);
	CHECK_STR(reply.media_type, "text/csv; charset=utf-8; header=present");
	CHECK_STR(reply.file_name, FIXTURE_CAMPAIGN "-1-differences.csv");
	CHECK(strncmp(csv, "campaign,edition,other_campaign,other_edition,family,", 52) ==
		0);
	CHECK(strstr(csv, "\n" FIXTURE_CAMPAIGN ",1," FIXTURE_CAMPAIGN
			  ",1,region,_T,_T,_T,leader,teacher,B,_T,"));
	/* A to F of leaders and teachers; B, D, E and F of each and pupils. */
	CHECK_INT(lines(csv), 1 + 6 + 4 + 4);
	CHECK(!strstr(get(HERE "/differences.csv?family=level", 200), "+"));
	CHECK(strstr(get(HERE "/differences.csv?separator=semicolon", 200),
		";other_campaign;"));
}

static void rule_in_words_and_numbers(void)
{
	json_t *all = json_loads(get(HERE "/differences.json?lang=fr&family=region", 200),
		JSON_REJECT_DUPLICATES, NULL);
	CHECK(all != NULL);
	json_t *rule = json_object_get(all, "rule");
	CHECK_STR(json_string_value(json_object_get(rule, "text")),
		drp_difference_rule(DRP_FR));
	CHECK(json_real_value(json_object_get(rule, "clear_beyond_se")) == 1.96);
	CHECK(json_real_value(json_object_get(rule, "relevant_from")) == .25);
	json_t *session = json_object_get(all, "session");
	CHECK(json_object_get(json_object_get(session, "metadata"), "privacy") != NULL);
	json_t *rows = json_object_get(all, "differences");
	CHECK(json_array_size(rows) > 10);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		json_t *row = json_array_get(rows, i);
		CHECK_INT(json_object_size(row), DRP_DIFFERENCE_COLUMNS);
	}
	json_decref(all);
}

static void between_sessions(void)
{
	const char *csv =
		get(LATER "/trend.csv?family=region&item=_T&group=teacher", 200);
	CHECK_STR(reply.file_name, "spring-2027-1-trend.csv");
	CHECK_INT(lines(csv), 1 + 6);
	CHECK(strstr(csv, "\nspring-2027,1," FIXTURE_CAMPAIGN
			  ",1,region,_T,_T,_T,teacher,teacher,A,_T,"));
	size_t size = reply.body.len;
	get(LATER "/trend.csv?family=region&item=_T&group=teacher&with=" FIXTURE_CAMPAIGN,
		200);
	CHECK_INT(reply.body.len, size);
	CHECK(!strstr(get(LATER "/trend.csv", 200), ",province_level,"));
	json_t *all = json_loads(get(LATER "/trend.json", 200), 0, NULL);
	CHECK_STR(json_string_value(json_object_get(all, "between")), "sessions");
	CHECK(json_object_get(all, "other_session") != NULL);
	json_decref(all);
}

static void selections(void)
{
	static const struct {
		const char *query, *holds, *not ;
	} row[] = {
		{"group=pupil&family=region", ",teacher,pupil,", ",leader,teacher,"},
		{"area=B&family=region", ",B,_T,", ",A,_T,"},
		{"item=B4", ",B4,", ",_T,mean"},
		{"family=province,level", ",level,", ",region,"},
		{"province=BE21", ",BE21,", ",BE22,"},
	};
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		char target[128];
		snprintf(target, sizeof target, HERE "/differences.csv?%s", row[i].query);
		const char *csv = get(target, 200);
		CHECK(strstr(csv, row[i].holds) != NULL);
		CHECK(strstr(csv, row[i].not ) == NULL);
	}
}

static void refusals(void)
{
	problem(HERE "/differences.xlsx", 404, "differences and trend");
	problem(HERE "/differences", 404, "a table is");
	problem(HERE "/differences.csv?edition=9", 404, "no published edition");
	problem(HERE "/differences.csv?edition=x", 400, "edition is a number");
	problem(HERE "/differences.csv?with=spring-2027", 400, "no parameter 'with'");
	problem(HERE "/differences.csv?labels=yes", 400, "no parameter 'labels'");
	problem(HERE "/differences.csv?school=1", 400, "no parameter 'school'");
	problem(HERE "/differences.csv?area=Z", 400, "a code that the table does not");
	problem(HERE "/differences.csv?area=", 400, "a code that the table does not");
	problem(HERE "/differences.csv?area=A,", 400, "a code that the table does not");
	problem(HERE "/differences.csv?family=province_levels", 400, "does not have");
	problem(HERE "/differences.json?separator=tab", 400, "separator is");
	problem(HERE "/trend.csv", 404, "no session with this questionnaire");
	problem(LATER "/trend.csv?with=nothing", 404, "no published edition of");
	problem(HERE "/trend.csv?with=spring-2027", 400, "cannot be compared");
	problem(HERE "/trend.csv?with=" FIXTURE_CAMPAIGN, 400, "cannot be compared");
	problem(LATER "/trend.csv?group=_T", 400, "does not have");
	problem(LATER "/trend.json?family=province_level", 400, "does not have");
	later.instrument.hash.b[0] ^= 1;
	problem(LATER "/trend.csv", 404, "no session with this questionnaire");
	problem(LATER "/trend.csv?with=" FIXTURE_CAMPAIGN, 400, "cannot be compared");
	later.instrument.hash.b[0] ^= 1;
}

static void no_school(void)
{
	static const char *const targets[] = {HERE "/differences.csv",
		HERE "/differences.json", LATER "/trend.csv", LATER "/trend.json"};
	for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
		const char *body = get(targets[i], 200);
		CHECK(!strstr(body, "sch-0"));
		CHECK(!strstr(body, "De Wegwijzer"));
	}
}

static void tear_down(void)
{
	drp_buf_clear(&reply.body);
	api_fixture_close(&fixture);
}

int main(void)
{
	CASE("two editions of one questionnaire are published", set_up);
	CASE("differences between groups are a file", between_groups);
	CASE("the rule is there in words and numbers", rule_in_words_and_numbers);
	CASE("differences between sessions are a file", between_sessions);
	CASE("parameters choose rows", selections);
	CASE("what cannot be asked is refused in one line", refusals);
	CASE("no answer names a school", no_school);
	CASE("the folder is removed", tear_down);
	return DONE();
}
