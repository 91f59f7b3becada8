/* SPDX-License-Identifier: Apache-2.0
 *
 * The overview's section on targets.
 */
#include "hub/pages/pages.h"

#include "tests/support/target_fixture.h"

static struct target_fixture f;
static struct drp_api_reply reply;

static const char *visit(const char *path)
{
	struct drp_api_request request = {.method = "GET",
		.path = path,
		.accept = "",
		.accept_language = "",
		.body = ""};
	drp_buf_clear(&reply.body);
	CHECK_OK(drp_pages_answer(&f.catalogue, &request, &reply));
	CHECK_INT(reply.status, 200);
	return drp_buf_string(&reply.body);
}

static int says(const char *html, const char *text)
{
	return strstr(html, text) != NULL;
}

static void in_four_languages(void)
{
	static const struct {
		const char *path, *title, *share, *outcome, *day;
	} pages[] = {
		{"/nl/" FIXTURE_CAMPAIGN, ">Doelstellingen</h2>", "10,00%",
			"<td>gehaald<", "31 december 2026"},
		{"/fr/" FIXTURE_CAMPAIGN, ">Objectifs</h2>", "10,00\xe2\x80\xaf%",
			"<td>atteint<",
			"31 d\xc3\xa9"
			"cembre 2026"},
		{"/de/" FIXTURE_CAMPAIGN, ">Ziele</h2>", "10,00\xc2\xa0%",
			"<td>erreicht<", "31. Dezember 2026"},
		{"/en/" FIXTURE_CAMPAIGN, ">Targets</h2>", "10.00%", "<td>met<",
			"31 December 2026"},
	};
	target_fixture_open(&f);
	for (size_t i = 0; i < 4; i++) {
		const char *html = visit(pages[i].path);
		CHECK(says(html, pages[i].title));
		CHECK(says(html, pages[i].share));
		CHECK(says(html, pages[i].outcome));
		CHECK(says(html, pages[i].day));
		CHECK(says(html, "<th scope=\"row\">One in ten <span"));
		CHECK(!says(html, "Of another region"));
		CHECK(says(html, i == 0 ? ">Een noot<" : ">A note &amp; more<"));
		CHECK(says(html, "of 2020") && says(html, "a law, of 2026"));
		CHECK(says(html, "href=\"/targets.csv\""));
		CHECK(!says(html, "style=\""));
		CHECK(!says(html, "sch-0"));
	}
	target_fixture_close(&f);
}

/* One school short of ten in a hundred is 9.96 %, not 10, and not met. */
static void short_of_it_by_one(void)
{
	target_fixture_open(&f);
	f.target[0].whole.value = 281;
	const char *html = visit("/en/" FIXTURE_CAMPAIGN);
	CHECK(says(html, "9.96%") && says(html, "/ 10%<"));
	CHECK(says(html, "<td>not met yet<"));
	CHECK(says(html, "Counted up to <time datetime=\"2026-07-01\">"));
	f.target[0].by = TARGET_BY - 200;
	html = visit("/en/" FIXTURE_CAMPAIGN);
	CHECK(says(html, "<td>not met<"));
	target_fixture_close(&f);
}

/* The bar is as long as what is reached of what is needed, and never longer than all. */
static void the_bar_is_the_row(void)
{
	target_fixture_open(&f);
	f.target[0].whole.value = 560; /* 28 of 56 */
	CHECK(says(visit("/en/" FIXTURE_CAMPAIGN), "<rect width=\"500\""));
	f.target[0].whole.value = 100;
	CHECK(says(visit("/en/" FIXTURE_CAMPAIGN), "<rect width=\"1000\" height=\"10\" "
						   "fill=\"currentColor\" "
						   "fill-opacity=\".65\"/>"));
	target_fixture_close(&f);
}

static void only_what_there_is(void)
{
	target_fixture_open(&f);
	struct drp_history *nothing = drp_history_new();
	f.catalogue.history = nothing;
	const char *html = visit("/en/" FIXTURE_CAMPAIGN);
	CHECK(says(html, "<td>not known<") &&
		says(html, "it was not recorded at the time"));
	CHECK(!says(html, "Counted up to"));
	f.catalogue.history = NULL;
	CHECK(says(visit("/en/" FIXTURE_CAMPAIGN), "<td>not known<"));
	f.catalogue.n_targets = 0;
	CHECK(!says(visit("/en/" FIXTURE_CAMPAIGN), "Targets</h2>"));
	drp_history_free(nothing);
	target_fixture_close(&f);
}

int main(void)
{
	CASE("targets are told in four languages", in_four_languages);
	CASE("short of it by one is not met", short_of_it_by_one);
	CASE("the bar says what its row says", the_bar_is_the_row);
	CASE("what is not known or not there", only_what_there_is);
	drp_buf_clear(&reply.body);
	return DONE();
}
