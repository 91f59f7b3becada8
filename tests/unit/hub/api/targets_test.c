/* SPDX-License-Identifier: Apache-2.0
 *
 * /targets.json and /targets.csv, by what the catalogue of a reader holds.
 */
#include "hub/api/api.h"

#include "tests/support/target_fixture.h"

static struct target_fixture f;
static struct drp_api_reply reply;

static void begin(void)
{
	target_fixture_open(&f);
}

static void end(void)
{
	target_fixture_close(&f);
}

static const char *ask(const char *path, const char *name, const char *value)
{
	struct drp_api_request request = {.method = "GET",
		.path = path,
		.accept = "",
		.accept_language = "",
		.n_parameters = name != NULL};
	request.parameter[0].name = name;
	request.parameter[0].value = value;
	drp_buf_clear(&reply.body);
	CHECK_OK(drp_api_answer(&f.catalogue, &request, &reply));
	return drp_buf_string(&reply.body);
}

static void rows_for_spreadsheets(void)
{
	begin();
	const char *said = ask("/targets.csv", NULL, NULL);
	CHECK_INT(reply.status, 200);
	CHECK_STR(reply.media_type, "text/csv; charset=utf-8; header=present");
	/* The edition was made on 1 July 2026: what is published goes no further. */
	CHECK(strstr(said,
		"one-in-ten,One in ten,VL,took_part,total,10,2026-12-31,280,28,28,10.00,"
		"met,2026-07-01,1,0,a count,of 2020,\"a law, of 2026\"\n"));
	CHECK(strstr(said,
		"elsewhere,Of another region,BR,took_part,total,10,2026-12-31,280,28,"
		",,unknown,,0,0,a count,"));
	said = ask("/targets.csv", "region", "BR");
	CHECK(strstr(said, "elsewhere") && !strstr(said, "one-in-ten"));
	end();
}

static void the_same_numbers_for_programs(void)
{
	begin();
	f.target[0].whole.value = 281; /* one too few */
	const char *said = ask("/targets.json", NULL, NULL);
	json_t *all = json_loads(said, 0, NULL);
	json_t *first = json_array_get(json_object_get(all, "targets"), 0);
	json_t *second = json_array_get(json_object_get(all, "targets"), 1);
	CHECK_STR(reply.media_type, "application/json");
	CHECK_INT(json_integer_value(json_object_get(first, "reached")), 28);
	CHECK_INT(json_integer_value(json_object_get(first, "needed")), 29);
	CHECK_NEAR(json_real_value(json_object_get(first, "share")), 9.96, 1e-9);
	CHECK_STR(json_string_value(json_object_get(first, "outcome")), "not_yet");
	CHECK(json_is_null(json_object_get(second, "reached")));
	CHECK(json_string_value(json_object_get(all, "note")) != NULL);
	json_decref(all);
	end();
}

/* A reader who sees no campaign is told of the target, and of no school. */
static void counts_only_what_the_reader_may_see(void)
{
	begin();
	const struct drp_catalogue all = f.catalogue;
	struct drp_history *nothing = drp_history_new();
	f.catalogue.n = 0;
	f.catalogue.history = nothing;
	CHECK(strstr(ask("/targets.csv", NULL, NULL), ",280,28,,,unknown,"));
	f.catalogue.history = NULL;
	CHECK(strstr(ask("/targets.csv", NULL, NULL), ",280,28,,,unknown,"));
	drp_history_free(nothing);
	f.catalogue = all;
	/* An edition of before members were kept is told to be missing. */
	nothing = drp_history_new();
	f.catalogue.history = nothing;
	CHECK(strstr(ask("/targets.csv", NULL, NULL), ",unknown,,0,1,a count"));
	drp_history_free(nothing);
	f.catalogue = all;
	end();
}

static void what_is_refused(void)
{
	begin();
	CHECK(strstr(ask("/targets.csv", "by", "province"), "no parameter 'by'"));
	CHECK_INT(reply.status, 400);
	ask("/targets.json/more", NULL, NULL);
	CHECK_INT(reply.status, 404);
	f.catalogue.n_targets = 0;
	CHECK(strstr(ask("/targets.json", NULL, NULL), "\"targets\": []"));
	CHECK_INT(reply.status, 200);
	end();
}

int main(void)
{
	CASE("rows for spreadsheets", rows_for_spreadsheets);
	CASE("the same numbers for programs", the_same_numbers_for_programs);
	CASE("only what the reader may see is counted",
		counts_only_what_the_reader_may_see);
	CASE("what is not understood is refused", what_is_refused);
	drp_buf_clear(&reply.body);
	return DONE();
}
