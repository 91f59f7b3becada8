/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/pages/pages.h"

#include "hub/tables/history.h"
#include "hub/tables/observations.h"
#include "proto/base/alloc.h"

#include "tests/support/api_fixture.h"

#include <stdio.h>
#include <string.h>

static struct api_fixture fixture;
static struct api_year_later later;

/* What a visitor gets; the caller clears body. */
struct visit {
	struct drp_api_reply reply;
	const char *html;
};

static void visit(const struct drp_catalogue *catalogue, const char *path,
	const char *name, const char *value, struct visit *v)
{
	struct drp_api_request request = {.method = "GET",
		.path = path,
		.accept = "",
		.accept_language = "fr, nl;q=0.5",
		.n_parameters = name ? 1 : 0,
		.body = ""};
	request.parameter[0].name = name;
	request.parameter[0].value = value;
	CHECK_OK(drp_pages_answer(catalogue, &request, &v->reply));
	v->html = drp_buf_string(&v->reply.body);
	CHECK(v->html != NULL);
}

static int holds(const struct visit *v, const char *text)
{
	return strstr(v->html, text) != NULL;
}

static void end(struct visit *v)
{
	drp_buf_clear(&v->reply.body);
}

static const char *const slugs[] = {"", "/parliament", "/map", "/areas", "/statements",
	"/statements/B4", "/barriers", "/trend", "/tables", "/method", "/editions",
	"/accessibility"};

static void every_page(void)
{
	static const char *const languages[] = {"nl", "fr", "de", "en"};
	for (size_t l = 0; l < 4; l++) {
		for (size_t i = 0; i < sizeof slugs / sizeof slugs[0]; i++) {
			char path[128], language[32];
			struct visit v;
			snprintf(path, sizeof path, "/%s/" FIXTURE_CAMPAIGN "%s",
				languages[l], slugs[i]);
			snprintf(language, sizeof language, "<html lang=\"%s\">",
				languages[l]);
			visit(&fixture.catalogue, path, NULL, NULL, &v);
			CHECK_INT(v.reply.status, 200);
			CHECK(holds(&v, language));
			CHECK(holds(&v, "<h1>"));
			CHECK(holds(&v, "</html>"));
			CHECK(!holds(&v, "style=\"")); /* the policy forbids it */
			CHECK(!holds(&v, "onclick"));
			CHECK(!holds(&v, "sch-0")); /* no school (R48) */
			CHECK(!holds(&v, "De Wegwijzer"));
			CHECK_STR(v.reply.media_type, "text/html; charset=utf-8");
			end(&v);
		}
	}
}

/* What a page says of a place where a sum has a suppressed part, and of one that cannot
 * be told: two kinds of absence. */
static void absent_sums(void)
{
	struct drp_edition *e = fixture.publication.edition;
	struct visit v;
	for (size_t i = 0; i < e->n_observations; i++) {
		struct drp_observation *o = &e->observation[i];
		if (o->family != DRP_FAMILY_LEVEL || strcmp(o->level, "1") != 0 ||
			o->group != DRP_TEACHER ||
			strcmp(o->measure, "questionnaires") != 0) {
			continue;
		}
		const struct drp_observation was = *o;
		o->status = DRP_SUPPRESSED;
		o->value[0] = 0;
		visit(&fixture.catalogue, "/en/" FIXTURE_CAMPAIGN, NULL, NULL, &v);
		CHECK(holds(&v, "Teachers, primary</th><td class=\"num st st-c\""));
		CHECK(holds(&v, "Schools, secondary</th><td class=\"num st st-x\""));
		end(&v);
		*o = was;
		visit(&fixture.catalogue, "/en/" FIXTURE_CAMPAIGN, NULL, NULL, &v);
		CHECK(holds(&v, "Teachers, primary</th><td class=\"num\">"));
		end(&v);
		return;
	}
	CHECK(0);
}

static void one_percent_sign(void)
{
	static const char *const interval[][2] = {
		{"nl", "27,4<"}, {"fr", "27,4<"}, {"de", "27,4<"}, {"en", "27.4<"}};
	struct drp_edition *e = fixture.publication.edition;
	size_t at = 0;
	while (at < e->n_observations &&
		(e->observation[at].family != DRP_FAMILY_REGION ||
			strcmp(e->observation[at].measure, "share_ticked") != 0)) {
		at++;
	}
	CHECK(at < e->n_observations);
	struct drp_observation *o = &e->observation[at];
	const struct drp_observation was = *o;
	o->status = DRP_SHOWN;
	snprintf(o->value, sizeof o->value, "0.471");
	snprintf(o->low, sizeof o->low, "0.274");
	snprintf(o->high, sizeof o->high, "0.669");
	for (size_t l = 0; l < sizeof interval / sizeof interval[0]; l++) {
		char path[64];
		struct visit v;
		snprintf(path, sizeof path, "/%s/" FIXTURE_CAMPAIGN "/barriers",
			interval[l][0]);
		visit(&fixture.catalogue, path, NULL, NULL, &v);
		CHECK(holds(&v, interval[l][1]));
		CHECK(holds(&v, "%</span></td>")); /* the end of the interval */
		end(&v);
	}
	*o = was;
}

/* The picture of a table rounds by Intl: 3.9450 is 3.95, though its double is below. */
static void halves(void)
{
	struct drp_edition *e = fixture.publication.edition;
	const struct drp_observation like = {.family = DRP_FAMILY_REGION,
		.province = "_T",
		.level = "_T",
		.network = "_T"};
	const struct drp_observation *found =
		drp_observation_find(e, &like, DRP_TEACHER, "A", "_T", "mean");
	CHECK(found != NULL);
	struct drp_observation *o = &e->observation[found - e->observation];
	const struct drp_observation was = *o;
	struct visit v;
	snprintf(o->value, sizeof o->value, "3.9450");
	visit(&fixture.catalogue, "/en/" FIXTURE_CAMPAIGN "/areas", NULL, NULL, &v);
	CHECK(holds(&v, "<span class=\"v\">3.95</span>"));
	end(&v);
	*o = was;
}

static void heads(void)
{
	struct visit v;
	visit(&fixture.catalogue, "/en/" FIXTURE_CAMPAIGN "/map", NULL, NULL, &v);
	CHECK(holds(&v, "<meta name=\"description\" content=\"An area on the map"));
	CHECK(holds(&v, "<meta property=\"og:title\" content=\"Map"));
	CHECK(holds(&v, "href=\"/feed.atom\""));
	CHECK(holds(&v, "<link rel=\"icon\""));
	end(&v);
}

/* Is the text on the page, as words of its own? A long text is sought up to the first
 * character that HTML writes otherwise; a short one that has such is not sought. */
static int shows(const struct visit *v, const char *text)
{
	char words[512];
	size_t n = strcspn(text, "'&<>\"");
	if (n < 16 && text[n]) {
		return 0;
	}
	snprintf(words, sizeof words, n < 16 ? ">%.*s<" : "%.*s", (int)n, text);
	return holds(v, words);
}

/* The texts of the instrument in that language, and how many a page shows; where two
 * languages say it alike, the text is nobody's. */
static int shown_in(const struct visit *v, int language, int other)
{
	const struct drp_instrument *in = fixture.publication.instrument;
	const struct drp_text *text[DRP_AREAS_MAX + DRP_SCALES_MAX * DRP_POINTS_MAX +
				    DRP_ITEMS_MAX * DRP_GROUPS];
	size_t n = 0;
	int shown = 0;
	if (language < 0 || other < 0) {
		return 0;
	}
	for (int a = 0; a < in->n_areas; a++) {
		text[n++] = &in->area[a].name;
	}
	for (int s = 0; s < in->n_scales; s++) {
		for (int p = 0; p < in->scale[s].points; p++) {
			text[n++] = &in->scale[s].label[p];
		}
	}
	for (int i = 0; i < in->n_items; i++) {
		for (int g = 0; g < DRP_GROUPS; g++) {
			text[n++] = &in->item[i].wording[g];
		}
	}
	for (size_t i = 0; i < n; i++) {
		const char *here = text[i]->in[language];
		const char *there = text[i]->in[other];
		shown += here && there && strcmp(here, there) != 0 && shows(v, here);
	}
	return shown;
}

static void nothing_in_another_language(void)
{
	static const char *const asked[] = {"nl", "fr", "de", "en"};
	const struct drp_instrument *in = fixture.publication.instrument;
	for (size_t l = 0; l < 4; l++) {
		int here = drp_instrument_language(in, asked[l]), most = 0;
		for (size_t i = 0; i < sizeof slugs / sizeof slugs[0]; i++) {
			char path[128];
			struct visit v;
			snprintf(path, sizeof path, "/%s/" FIXTURE_CAMPAIGN "%s",
				asked[l], slugs[i]);
			visit(&fixture.catalogue, path, NULL, NULL, &v);
			CHECK(!holds(&v, "class=\"lent\"")); /* drp_web_text */
			for (int other = 0; other < in->n_languages; other++) {
				if (strncmp(in->language[other], asked[l], 2) != 0) {
					CHECK_INT(shown_in(&v, other, here), 0);
				}
			}
			int own = shown_in(&v, here,
				drp_instrument_language(in, asked[(l + 1) % 4]));
			most = own > most ? own : most;
			end(&v);
		}
		CHECK(most > 40); /* the list of statements */
	}
}

/* French sets a blank before these marks, and no line may begin with one. */
static void no_line_begins_with_a_mark(void)
{
	static const char *const marks[] = {
		" :", " ;", " ?", " !", " %", " \xc2\xbb", "\xc2\xab "};
	int bound = 0;
	for (size_t i = 0; i < sizeof slugs / sizeof slugs[0]; i++) {
		char path[128];
		struct visit v;
		snprintf(path, sizeof path, "/fr/" FIXTURE_CAMPAIGN "%s", slugs[i]);
		visit(&fixture.catalogue, path, NULL, NULL, &v);
		for (size_t m = 0; m < sizeof marks / sizeof marks[0]; m++) {
			CHECK(!holds(&v, marks[m]));
		}
		bound += holds(&v, "supprim\xc3\xa9\xc2\xa0:");
		end(&v);
	}
	CHECK(bound > 5);
}

static void first_page_speaks_the_visitors_language(void)
{
	struct visit v;
	visit(&fixture.catalogue, "/", NULL, NULL, &v);
	CHECK(holds(&v, "<html lang=\"fr\">"));
	CHECK_STR(v.reply.vary, "Accept-Language");
	end(&v);
	visit(&fixture.catalogue, "/de", NULL, NULL, &v);
	CHECK(holds(&v, "<html lang=\"de\">"));
	CHECK_STR(v.reply.vary, ""); /* the address says it */
	end(&v);
}

static void what_is_not_there(void)
{
	static const char *const paths[] = {"/nl/no-such",
		"/nl/" FIXTURE_CAMPAIGN "/no-such",
		"/nl/" FIXTURE_CAMPAIGN "/statements/Z9",
		"/nl/" FIXTURE_CAMPAIGN "/map/B4", "/nl/<script>"};
	struct visit v;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		visit(&fixture.catalogue, paths[i], NULL, NULL, &v);
		CHECK_INT(v.reply.status, 404);
		CHECK(!holds(&v, "<script>"));
		end(&v);
	}
	visit(&fixture.catalogue, "/nl/" FIXTURE_CAMPAIGN, "edition", "99", &v);
	CHECK_INT(v.reply.status, 404);
	end(&v);
}

static void a_dead_link_says_what_it_asked(void)
{
	struct visit v;
	visit(&fixture.catalogue, "/en/" FIXTURE_CAMPAIGN "/tables", "split", "<planet>",
		&v);
	CHECK_INT(v.reply.status, 200);
	CHECK(holds(&v, "split=&lt;planet&gt;"));
	CHECK(!holds(&v, "<planet>"));
	end(&v);
}

/* The total of each column is what is shown, suppressed and unknown together (R40). */
static void sums(void)
{
	struct visit v;
	visit(&fixture.catalogue, "/en/" FIXTURE_CAMPAIGN "/parliament", NULL, NULL, &v);
	CHECK(holds(&v, "of which suppressed (c)"));
	CHECK(holds(&v, "of which unknown"));
	CHECK(holds(&v, "data-s=\"c\""));
	CHECK(holds(&v, "self-selected schools"));
	CHECK(holds(&v, "<time datetime=\"2026-07-01\">1 July 2026</time>"));
	end(&v);
}

static void not_asked_is_not_applicable(void)
{
	struct visit v;
	visit(&fixture.catalogue, "/en/" FIXTURE_CAMPAIGN "/statements/A1", NULL, NULL,
		&v);
	CHECK(holds(&v, "data-s=\"z\" data-g=\"pupil\""));
	end(&v);
}

/* An edition that has been replaced says so on every page, and which one holds. */
static void superseded(void)
{
	struct drp_publication newer = fixture.publication;
	struct drp_edition edition = *fixture.publication.edition;
	edition.number = fixture.publication.edition->number + 1;
	newer.edition = &edition;
	const struct drp_publication *list[] = {&newer, &fixture.publication};
	const struct drp_catalogue catalogue = {
		.n = 2, .publication = list, .base = API_BASE};
	char old[16];
	struct visit v;
	snprintf(old, sizeof old, "%u", fixture.publication.edition->number);
	for (size_t i = 0; i < sizeof slugs / sizeof slugs[0]; i++) {
		char path[128];
		snprintf(path, sizeof path, "/en/" FIXTURE_CAMPAIGN "%s", slugs[i]);
		visit(&catalogue, path, "edition", old, &v);
		CHECK(holds(&v, "has been superseded"));
		CHECK(holds(&v, "Edition 2</a>"));
		end(&v);
		visit(&catalogue, path, NULL, NULL, &v);
		CHECK(!holds(&v, "has been superseded"));
		end(&v);
	}
	visit(&catalogue, "/en/" FIXTURE_CAMPAIGN "/editions", NULL, NULL, &v);
	CHECK(holds(&v, "<td>superseded</td>"));
	CHECK(holds(
		&v, "<td>current</td><td class=\"num\">0</td>")); /* nothing differs */
	end(&v);
}

/* One figure that is other, one that is new and one that is gone, whatever the order. */
static void corrected(void)
{
	const struct drp_edition *before = fixture.publication.edition;
	size_t n = before->n_observations;
	struct drp_publication newer = fixture.publication;
	struct drp_edition edition = *before;
	struct drp_observation *row = drp_alloc(n, sizeof *row);
	CHECK(row != NULL);
	for (size_t i = 0; i < n; i++) {
		row[i] = before->observation[n - 1 - i];
	}
	snprintf(row[0].value, sizeof row[0].value, "7");
	snprintf(row[1].measure, sizeof row[1].measure, "other");
	edition.observation = row;
	edition.number++;
	newer.edition = &edition;
	const struct drp_publication *list[] = {&newer, &fixture.publication};
	const struct drp_catalogue catalogue = {
		.n = 2, .publication = list, .base = API_BASE};
	struct visit v;
	visit(&catalogue, "/en/" FIXTURE_CAMPAIGN "/editions", NULL, NULL, &v);
	CHECK(holds(&v, "<td>current</td><td class=\"num\">3</td>"));
	end(&v);
	drp_free(row);
}

/* Campaigns of one questionnaire stand in the order of their periods. */
static void a_trend(void)
{
	struct visit v;
	api_year_later(&later, &fixture);
	visit(&later.catalogue, "/en/" FIXTURE_CAMPAIGN "/trend", NULL, NULL, &v);
	const char *first = strstr(v.html, "<tr data-k=");
	CHECK(first != NULL);
	CHECK(holds(&v, "data-chart=\"lines\""));
	CHECK(strstr(first, "/en/" FIXTURE_CAMPAIGN "\"") <
		strstr(first, "/en/spring-2027\""));
	end(&v);
	visit(&later.catalogue, "/en", NULL, NULL,
		&v); /* the newest, and where the other is */
	CHECK(holds(&v, "<h1>A year later</h1>"));
	CHECK(holds(&v, "<a href=\"/en/" FIXTURE_CAMPAIGN "\">"));
	end(&v);
	visit(&fixture.catalogue, "/en/" FIXTURE_CAMPAIGN "/trend", NULL, NULL, &v);
	CHECK(!holds(&v, "data-chart=\"lines\""));
	CHECK(holds(&v, "only one campaign"));
	end(&v);
}

/* Pages of two campaigns look alike; those of the earlier one lead to the other's. */
static void an_earlier_campaign(void)
{
	struct visit v;
	api_year_later(&later, &fixture);
	visit(&later.catalogue, "/en/" FIXTURE_CAMPAIGN "/statements/B4", NULL, NULL, &v);
	CHECK(holds(&v, "earlier campaign"));
	CHECK(holds(&v, "<a href=\"/en/spring-2027/statements/B4\">A year later</a>"));
	end(&v);
	visit(&later.catalogue, "/en/" FIXTURE_CAMPAIGN, NULL, NULL, &v);
	CHECK(!holds(&v, "What has changed")); /* nothing was before it */
	end(&v);
	visit(&later.catalogue, "/en", NULL, NULL, &v);
	CHECK(!holds(&v, "earlier campaign"));
	CHECK(holds(&v, "<a href=\"/en/spring-2027/trend\">What has changed"));
	end(&v);
	later.manifest.sample =
		!later.manifest.sample; /* not to be compared: neither leads away */
	visit(&later.catalogue, "/en/" FIXTURE_CAMPAIGN, NULL, NULL, &v);
	CHECK(!holds(&v, "earlier campaign"));
	end(&v);
}

/* Puts a mean into an edition's row of the region; se is 0.0100. */
static void set_mean(struct drp_edition *e, int group, const char *area, const char *item,
	const char *value)
{
	struct drp_observation like = {.family = DRP_FAMILY_REGION,
		.province = "_T",
		.level = "_T",
		.network = "_T"};
	const struct drp_observation *at =
		drp_observation_find(e, &like, group, area, item, "mean");
	CHECK(at != NULL);
	struct drp_observation *o = &e->observation[at - e->observation];
	snprintf(o->value, sizeof o->value, "%s", value);
	snprintf(o->se, sizeof o->se, "0.0100");
	snprintf(o->low, sizeof o->low, "3.0000");
	snprintf(o->high, sizeof o->high, "3.0000");
	o->status = DRP_SHOWN;
}

/* Gives a copy of the fixture's edition rows of its own, to change; drp_free them. */
static void copy_rows(struct drp_edition *copy)
{
	copy->observation = NULL;
	copy->n_observations = 0;
	for (size_t i = 0; i < fixture.publication.edition->n_observations; i++) {
		struct drp_observation *o = drp_edition_add(copy);
		CHECK(o != NULL);
		*o = fixture.publication.edition->observation[i];
	}
}

static void differences(void)
{
	struct drp_publication p = fixture.publication;
	struct drp_edition edition = *fixture.publication.edition;
	copy_rows(&edition);
	p.edition = &edition;
	set_mean(&edition, DRP_LEADER, "B", "_T", "3.9000");
	set_mean(&edition, DRP_TEACHER, "B", "_T", "3.4000");
	set_mean(&edition, DRP_PUPIL, "B", "_T", "3.5000");
	set_mean(&edition, DRP_LEADER, "D", "_T", "3.4100");
	set_mean(&edition, DRP_TEACHER, "D", "_T", "3.4000");
	set_mean(&edition, DRP_TEACHER, "B", "B4", "3.9000");
	set_mean(&edition, DRP_PUPIL, "B", "B4", "3.1000");
	const struct drp_publication *list[] = {&p};
	const struct drp_catalogue catalogue = {
		.n = 1, .publication = list, .base = API_BASE};
	struct visit v;
	visit(&catalogue, "/en/" FIXTURE_CAMPAIGN "/areas", NULL, NULL, &v);
	CHECK(holds(&v, "<td class=\"num diff up much\"><span class=\"v\">+0.50</span>"));
	CHECK(holds(&v, "+0.47 <span class=\"to\">to</span> +0.53</span>"));
	CHECK(holds(&v, "</span>clearly higher</small>"));
	CHECK(holds(&v, "<td class=\"num diff down\"><span class=\"v\">"
			"\xe2\x88\x92"
			"0.10</span>"));
	CHECK(holds(&v, "</span>slightly lower</small>"));
	CHECK(holds(&v, "</span>cannot be told from noise</small>"));
	CHECK(holds(&v, "</span>higher in <b>B</b>")); /* at a glance */
	CHECK(holds(&v, "Each group got its own statements"));
	CHECK(holds(&v, "Rule: "));
	CHECK(holds(&v, "/differences.csv?edition=1&amp;family=region&amp;item=_T"));
	end(&v);
	visit(&catalogue, "/nl/" FIXTURE_CAMPAIGN "/statements/B4", NULL, NULL, &v);
	CHECK(holds(&v, "<span class=\"v\">+0,80</span>"));
	CHECK(holds(&v, "</span>duidelijk hoger</small>"));
	end(&v);
	visit(&catalogue, "/en/" FIXTURE_CAMPAIGN "/method", NULL, NULL, &v);
	CHECK(holds(&v, "How two figures are compared"));
	CHECK(holds(&v, "1.96 times its standard error"));
	end(&v);
	drp_free(edition.observation);
}

static void a_pair_that_is_withheld(void)
{
	struct drp_publication p = fixture.publication;
	struct drp_edition edition = *fixture.publication.edition;
	const struct drp_publication *list[] = {&p};
	const struct drp_catalogue catalogue = {
		.n = 1, .publication = list, .base = API_BASE};
	struct visit v;
	copy_rows(&edition);
	p.edition = &edition;
	for (size_t i = 0; i < edition.n_observations; i++) {
		struct drp_observation *o = &edition.observation[i];
		if (o->group == DRP_LEADER && strcmp(o->measure, "mean") == 0) {
			o->value[0] = 0;
			o->status = DRP_NOT_AVAILABLE;
		}
	}
	visit(&catalogue, "/en/" FIXTURE_CAMPAIGN "/areas", NULL, NULL, &v);
	CHECK(holds(&v, "School leaders minus teachers:</span> cannot be compared (not "
			"available)"));
	CHECK(!holds(&v, "School leaders minus teachers</th>"));
	CHECK(holds(&v, "Teachers minus pupils</th>"));
	end(&v);
	drp_free(edition.observation);
}

/* Gives the rows of one network to a fold. */
static void fold(struct drp_edition *e, const char *network, const char *into)
{
	for (size_t i = 0; i < e->n_observations; i++) {
		struct drp_observation *o = &e->observation[i];
		if (strcmp(o->network, network) == 0) {
			snprintf(o->network, sizeof o->network, "%s", into);
		}
	}
}

/* A later campaign, with schools of both and rows of its own. */
static struct drp_history *begin_change(void)
{
	static const struct drp_attendance schools[] = {
		{1, DRP_BE21, 1, 2, 2, 1, 1000}, {2, DRP_BE21, 1, 2, 2, 1, 1000}};
	struct drp_history *history = drp_history_new();
	CHECK(history != NULL);
	CHECK_OK(drp_history_add(history, FIXTURE_CAMPAIGN, "VL", 900, schools, 2));
	CHECK_OK(drp_history_add(history, "spring-2027", "VL", 900, schools, 1));
	api_year_later(&later, &fixture);
	later.catalogue.history = history;
	copy_rows(&later.edition);
	return history;
}

static void end_change(struct drp_history *history)
{
	drp_free(later.edition.observation);
	drp_history_free(history);
}

static void a_change(void)
{
	struct visit v;
	struct drp_history *history = begin_change();
	set_mean(&later.edition, DRP_TEACHER, "A", "_T", "4.9000");
	visit(&later.catalogue, "/en/spring-2027/trend", NULL, NULL, &v);
	CHECK(holds(&v, "<tfoot class=\"changes\"><tr><th scope=\"row\">Change since "));
	CHECK(holds(&v, "</span>clearly higher</small>"));
	CHECK(holds(
		&v, "<td class=\"num\">1 <small class=\"verdict\">in both campaigns"));
	CHECK(holds(&v, "A change may come from other schools"));
	CHECK(holds(&v,
		"/t/spring-2027/trend.csv?edition=1&amp;family=region&amp;item=_T&amp;"
		"with=" FIXTURE_CAMPAIGN));
	CHECK(!holds(&v, "trend.xlsx"));
	end(&v);
	visit(&later.catalogue, "/en/spring-2027/trend", "place", "province.BE21", &v);
	CHECK(holds(&v, "<option value=\"province.BE21\" selected>"));
	CHECK(holds(&v, "family=province&amp;province=BE21&amp;item=_T&amp;with="));
	end(&v);
	visit(&later.catalogue, "/en/" FIXTURE_CAMPAIGN "/trend", NULL, NULL, &v);
	CHECK(holds(&v, "/t/" FIXTURE_CAMPAIGN "/areas.csv")); /* nothing was before */
	end(&v);
	end_change(history);
}

/* A network that one of the two has only in a fold has no common number. */
static void no_common_number_of_a_fold(void)
{
	struct visit v;
	struct drp_history *history = begin_change();
	visit(&later.catalogue, "/en/spring-2027/trend", "place", "network.GO", &v);
	CHECK(holds(&v, "<option value=\"network.GO\" selected>"));
	CHECK(holds(&v, "in both campaigns"));
	end(&v);
	fold(&later.edition, "GO", "GO+OTHER");
	visit(&later.catalogue, "/en/" FIXTURE_CAMPAIGN "/trend", "place", "network.GO",
		&v);
	CHECK(holds(&v, "<option value=\"network.GO\" selected>"));
	CHECK(!holds(&v, "in both campaigns"));
	end(&v);
	end_change(history);
}

static void nothing_is_published(void)
{
	const struct drp_catalogue none = {.base = API_BASE};
	struct visit v;
	visit(&none, "/en", NULL, NULL, &v);
	CHECK_INT(v.reply.status, 200);
	CHECK(holds(&v, "Nothing has been published yet."));
	end(&v);
}

/* All that is not a page goes to the API. */
static void other_paths(void)
{
	struct visit v;
	visit(&fixture.catalogue, "/api/v2/config", NULL, NULL, &v);
	CHECK_STR(v.reply.media_type, "application/json");
	end(&v);
	struct drp_api_request request = {.method = "GET",
		.path = "/favicon.ico",
		.accept = "",
		.accept_language = "",
		.body = ""};
	CHECK_ERR(
		drp_pages_answer(&fixture.catalogue, &request, &v.reply), DRP_E_NOTFOUND);
}

static void set_up(void)
{
	api_fixture_open(&fixture);
}

static void tear_down(void)
{
	api_fixture_close(&fixture);
}

int main(void)
{
	CASE("an edition is published", set_up);
	CASE("every page is there in four languages and names no school", every_page);
	CASE("no text of the instrument is in a language that was not asked for",
		nothing_in_another_language);
	CASE("no line of French begins with a mark", no_line_begins_with_a_mark);
	CASE("the first page speaks the visitor's language",
		first_page_speaks_the_visitors_language);
	CASE("what is not there is a page that says so", what_is_not_there);
	CASE("a dead link says what it asked", a_dead_link_says_what_it_asked);
	CASE("columns add up to shown, suppressed and unknown", sums);
	CASE("what a group is not asked is not applicable", not_asked_is_not_applicable);
	CASE("a sum with a suppressed part is suppressed, one that cannot be told is not",
		absent_sums);
	CASE("an interval has one percent sign", one_percent_sign);
	CASE("half of the last digit goes away from zero", halves);
	CASE("a page says what it is to those who list it", heads);
	CASE("a replaced edition says so, and which one holds", superseded);
	CASE("a correction counts what is other, new and gone", corrected);
	CASE("campaigns with one questionnaire make a trend", a_trend);
	CASE("an earlier campaign says so, and a later one leads to what has changed",
		an_earlier_campaign);
	CASE("groups differ by the rule, in words and signs", differences);
	CASE("a pair without any mean has a sentence and no column",
		a_pair_that_is_withheld);
	CASE("a change since the campaign before, and the schools of both", a_change);
	CASE("a network that one has in a fold only has no common number",
		no_common_number_of_a_fold);
	CASE("nothing published is a page too", nothing_is_published);
	CASE("all else goes to the API", other_paths);
	CASE("the folder is removed", tear_down);
	return DONE();
}
