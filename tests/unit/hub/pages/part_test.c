/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages and files before publication. Of a network's view: what is left out is said to be
 * left out, and nowhere to be suppressed, not available or nothing. Of a whole edition
 * too: that it is not public, and until when.
 */
#include "hub/formats/export.h"
#include "hub/formats/readme.h"
#include "hub/http/view.h"
#include "hub/pages/pages.h"

#include "tests/support/api_fixture.h"

static struct api_fixture f;
static struct drp_publication part;
static const struct drp_publication *list[2];
static struct drp_catalogue seen, whole;

/* The same edition for those who see it whole before it is public. */
#define INSTANT INT64_C(1796112000)
static struct drp_publication early;
static const struct drp_publication *early_list[2];
static struct drp_catalogue before_all;

static void begin(void)
{
	api_fixture_open(&f);
	CHECK_OK(drp_publication_of_network(&f.publication, DRP_KOV, &part));
	list[0] = &part;
	whole = f.catalogue;
	seen = f.catalogue;
	seen.publication = list;
	drp_publication_early(&f.publication, INSTANT, &early);
	early_list[0] = &early;
	before_all = f.catalogue;
	before_all.publication = early_list;
}

static void finish(void)
{
	drp_publication_of_network_free(&part);
	api_fixture_close(&f);
}

/* What is asked for, "?name=value" at its end; the caller clears the body. */
static struct drp_api_reply get(const struct drp_catalogue *catalogue, const char *what)
{
	static char path[256];
	struct drp_api_request request = {
		.method = "GET", .path = path, .accept = "", .accept_language = ""};
	struct drp_api_reply reply = {0};
	snprintf(path, sizeof path, "%s", what);
	for (char *at = strpbrk(path, "?"); at; at = strpbrk(at, "&")) {
		*at++ = 0;
		request.parameter[request.n_parameters].name = at;
		at += strcspn(at, "=");
		*at++ = 0;
		request.parameter[request.n_parameters++].value = at;
	}
	request.body = "";
	CHECK_OK(drp_pages_answer(catalogue, &request, &reply));
	return reply;
}

static int says(const struct drp_catalogue *catalogue, const char *what, const char *text)
{
	struct drp_api_reply reply = get(catalogue, what);
	int found =
		reply.status == 200 && strstr(drp_buf_string(&reply.body), text) != NULL;
	drp_buf_clear(&reply.body);
	return found;
}

#define PAGE(language, slug) "/" language "/" FIXTURE_CAMPAIGN slug

/* The total stands, and the rest of it is not called suppressed. */
static void sums(void)
{
	static const struct {
		const char *page, *rest, *suppressed;
	} in[] = {
		{PAGE("nl", ""), "waarvan niet getoond in deze weergave",
			"waarvan onderdrukt"},
		{PAGE("fr", "/parliament"), "dont non affich", "dont supprim"},
		{PAGE("de", "/parliament"), "davon in dieser Ansicht nicht gezeigt",
			"davon unterdr"},
		{PAGE("en", ""), "of which not shown in this view",
			"of which suppressed"},
	};
	begin();
	for (size_t i = 0; i < sizeof in / sizeof in[0]; i++) {
		CHECK(says(&seen, in[i].page, in[i].rest));
		CHECK(!says(&seen, in[i].page, in[i].suppressed));
		CHECK(!says(&whole, in[i].page, in[i].rest));
	}
	CHECK(says(&seen, PAGE("en", ""), "figures in this view"));
	CHECK(!says(&whole, PAGE("en", ""), "figures in this view"));
	finish();
}

/* One sentence in place of a table that would be empty. */
static void empty_tables(void)
{
	static const char sentence[] =
		"This breakdown is not in this view before publication.";
	static const char *const pages[] = {PAGE("en", "/map"), PAGE("en", ""),
		PAGE("en", "/parliament"), PAGE("en", "/tables?split=province"),
		PAGE("en", "/tables?split=level&table=participation"),
		PAGE("en", "/tables?split=province_level&table=items")};
	begin();
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		CHECK(says(&seen, pages[i], sentence));
		CHECK(!says(&whole, pages[i], sentence));
		CHECK(!says(&seen, pages[i], "<tbody></tbody>"));
	}
	CHECK(!says(&seen, PAGE("en", "/tables?split=network"), sentence));
	CHECK(says(&seen, PAGE("en", "/tables?split=network"), "Catholic"));
	CHECK(!says(&seen, PAGE("en", "/tables?split=region"), sentence));
	finish();
}

/* A cohort that another page of the whole links to is the region's here, or not there. */
static void choices(void)
{
	begin();
	CHECK(!says(&seen, PAGE("en", "/areas"), "province.BE21"));
	CHECK(!says(&seen, PAGE("en", "/areas"), "network.GO"));
	CHECK(says(&seen, PAGE("en", "/areas"), "network.KOV"));
	CHECK(says(&whole, PAGE("en", "/areas"), "province.BE21"));
	finish();
}

static void notices(void)
{
	begin();
	CHECK(says(&seen, PAGE("en", "/method"), "View before publication: Catholic"));
	CHECK(!says(&whole, PAGE("en", "/method"), "View before publication"));
	CHECK(says(&seen, PAGE("en", "/editions"),
		"of the whole edition that this view is taken from"));
	CHECK(says(&seen, PAGE("en", "/areas"), "asks for your token"));
	CHECK(!says(&whole, PAGE("en", "/areas"), "asks for your token"));
	CHECK(says(&seen, "/feed.atom", "-view-KOV</id>"));
	CHECK(!says(&whole, "/feed.atom", "-view-"));
	CHECK(says(&seen, "/catalog.ttl", "dct:accessRights right:RESTRICTED"));
	CHECK(!says(&whole, "/catalog.ttl", "dct:accessRights right:RESTRICTED"));
	CHECK(says(&seen, "/api/v2/tables", "\"category\":\"private\""));
	finish();
}

/* On every page, in its language, with the instant; and nowhere once it is public. */
static void banners(void)
{
	static const struct {
		const char *language, *says;
	} in[] = {{"nl", "<strong>Vóór publicatie, tot <time "
			 "datetime=\"2026-12-01T08:00:00Z\">1 december 2026, 08:00 "
			 "UTC</time>."},
		{"fr", "<strong>Avant publication, jusqu&#39;au <time "
		       "datetime=\"2026-12-01T08:00:00Z\">1er décembre 2026"},
		{"de", "<strong>Vor der Veröffentlichung, bis zum <time "
		       "datetime=\"2026-12-01T08:00:00Z\">1. Dezember 2026, 08:00"},
		{"en", "<strong>Before publication, until <time"}};
	static const char *const slugs[] = {"", "/parliament", "/map", "/areas",
		"/statements", "/statements/B4", "/barriers", "/trend", "/tables",
		"/method", "/editions", "/accessibility"};
	char page[128];
	begin();
	part.before_s = INSTANT;
	for (size_t i = 0; i < sizeof in / sizeof in[0]; i++) {
		for (size_t k = 0; k < sizeof slugs / sizeof slugs[0]; k++) {
			snprintf(page, sizeof page, "/%s/" FIXTURE_CAMPAIGN "%s",
				in[i].language, slugs[k]);
			CHECK(says(&before_all, page, in[i].says));
			CHECK(says(
				&seen, page, "<time datetime=\"2026-12-01T08:00:00Z\">"));
			CHECK(!says(&whole, page, in[i].says));
			CHECK(!says(&whole, page, "2026-12-01T08:00:00Z"));
		}
	}
	CHECK(says(&before_all, PAGE("en", "/editions"),
		"<small>(Before publication)</small>"));
	CHECK(!says(&whole, PAGE("en", "/editions"), "Before publication"));
	CHECK(says(&before_all, PAGE("en", "/areas"), "asks for your token"));
	/* It is whole: nothing is said to be left out. */
	CHECK(!says(&before_all, PAGE("en", "/map"), "not in this view"));
	finish();
}

/* Of a whole edition that is not public yet. */
static void early_files(void)
{
	static const char *const named[] = {"/t/" FIXTURE_CAMPAIGN "/areas.csv",
		"/t/" FIXTURE_CAMPAIGN "/items.xlsx",
		"/t/" FIXTURE_CAMPAIGN "/datapackage.zip",
		"/t/" FIXTURE_CAMPAIGN "/differences.csv"};
	static const char *const telling[] = {"/t/" FIXTURE_CAMPAIGN "/areas.json",
		"/t/" FIXTURE_CAMPAIGN "/areas.metadata.json",
		"/t/" FIXTURE_CAMPAIGN "/differences.json",
		"/api/v2/tables/" FIXTURE_CAMPAIGN ".areas/metadata", "/feed.atom",
		"/catalog.ttl", "/sdmx/2.1/dataflow"};
	begin();
	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
		struct drp_api_reply reply = get(&before_all, named[i]);
		CHECK_INT(reply.status, 200);
		CHECK(strstr(reply.file_name, "-1-view-whole") != NULL);
		drp_buf_clear(&reply.body);
	}
	for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++) {
		const char *path = telling[i];
		CHECK(says(&before_all, path, "2026-12-01T08:00:00Z"));
		CHECK(!says(&whole, path, "2026-12-01T08:00:00Z"));
	}
	CHECK(says(&before_all, "/feed.atom", "-view-whole</id>"));
	CHECK(says(&before_all, "/catalog.ttl", "dct:accessRights right:RESTRICTED"));
	CHECK(says(&before_all, "/api/v2/tables", "\"category\":\"private\""));
	CHECK(!says(&whole, "/api/v2/tables", "\"category\":\"private\""));
	finish();
}

static int readme_says(const struct drp_publication *p, const char *text)
{
	struct drp_buf out = {0};
	CHECK_OK(drp_readme(p, NULL, 0, &out));
	int found = strstr(drp_buf_string(&out), text) != NULL;
	drp_buf_clear(&out);
	return found;
}

static void early_readme(void)
{
	begin();
	part.before_s = INSTANT;
	CHECK(readme_says(&early,
		"Seen before publication, until 2026-12-01T08:00:00Z. Do not pass it"));
	CHECK(readme_says(&early, "Gezien vóór publicatie, tot 2026-12-01T08:00:00Z."));
	CHECK(readme_says(&part, "until 2026-12-01T08:00:00Z"));
	CHECK(!readme_says(&f.publication, "before publication"));
	finish();
}

/* Codes that are not in the view are mistakes, like any other that there is none of. */
static void files(void)
{
	static const struct {
		const char *what;
		int whole, part;
	} all[] = {
		{"/t/" FIXTURE_CAMPAIGN "/areas.csv?network=KOV", 200, 200},
		{"/t/" FIXTURE_CAMPAIGN "/areas.csv?network=GO", 200, 400},
		{"/t/" FIXTURE_CAMPAIGN "/areas.json?province=BE21", 200, 400},
		{"/t/" FIXTURE_CAMPAIGN "/items.xlsx?level=1", 200, 400},
		{"/t/" FIXTURE_CAMPAIGN "/areas.csv?family=province", 200, 200},
		{"/t/" FIXTURE_CAMPAIGN "/areas.json?family=province", 200, 200},
		{"/t/" FIXTURE_CAMPAIGN "/areas.zip?family=province", 200, 200},
		{"/t/" FIXTURE_CAMPAIGN "/areas.xlsx?family=province", 200, 200},
		{"/t/" FIXTURE_CAMPAIGN "/datapackage.zip", 200, 200},
		{"/t/" FIXTURE_CAMPAIGN "/differences.csv", 200, 200},
		{"/t/" FIXTURE_CAMPAIGN "/differences.json?province=BE21", 200, 400},
		{"/api/v2/tables/" FIXTURE_CAMPAIGN
		 ".participation/data?valuecodes[NETWORK]=GO",
			200, 400},
	};
	begin();
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct drp_api_reply one = get(&whole, all[i].what);
		struct drp_api_reply other = get(&seen, all[i].what);
		CHECK_INT(one.status, all[i].whole);
		CHECK_INT(other.status, all[i].part);
		CHECK_INT(strstr(one.file_name, "-view-") != NULL, 0);
		CHECK_INT(strstr(other.file_name, "-1-view-KOV") != NULL,
			*one.file_name && other.status == 200);
		drp_buf_clear(&one.body);
		drp_buf_clear(&other.body);
	}
	finish();
}

/* Another edition that has the same rows of the region and of KOV, and no other row in
 * common: figures, statuses, how many there are, what they are. */
static void change_the_rest(struct drp_edition *e)
{
	size_t kept = 0;
	for (size_t i = 0; i < e->n_observations; i++) {
		struct drp_observation o = e->observation[i];
		if (!drp_publication_keeps(&part, o.family, o.network)) {
			if (i % 3 == 0) {
				continue;
			}
			snprintf(o.value, sizeof o.value, "2.7182");
			o.n[0] = o.schools[0] = 0;
			o.status = i % 2 ? DRP_SUPPRESSED : DRP_UNRELIABLE;
		}
		e->observation[kept++] = o;
	}
	e->n_observations = kept;
	for (size_t i = 0; i < e->n_accounting; i++) {
		if (e->accounting[i].family > DRP_FAMILY_REGION &&
			e->accounting[i].family < DRP_FAMILIES) {
			e->accounting[i].draws = 7;
		}
	}
}

/* What a network gets does not depend on what it may not see: two editions that differ in
 * nothing else give it the same bytes, but for the hash of the whole. */
static void depends_on_its_own(void)
{
	static const char *const paths[] = {PAGE("nl", ""), PAGE("nl", "/parliament"),
		PAGE("fr", "/map"), PAGE("de", "/areas"), PAGE("en", "/statements"),
		PAGE("en", "/statements/B4"), PAGE("en", "/barriers"),
		PAGE("en", "/trend"), PAGE("en", "/tables?split=network"),
		PAGE("en", "/tables?split=province"), PAGE("en", "/method"),
		PAGE("en", "/editions"), "/feed.atom", "/catalog.ttl", "/api/v2/tables",
		"/api/v2/tables/" FIXTURE_CAMPAIGN ".areas/metadata",
		"/api/v2/tables/" FIXTURE_CAMPAIGN ".items/data",
		"/sdmx/2.1/dataflow/all/all/latest?references=all",
		"/sdmx/2.1/contentconstraint", "/sdmx/2.1/codelist",
		"/t/" FIXTURE_CAMPAIGN "/participation.json",
		"/t/" FIXTURE_CAMPAIGN "/items.xlsx",
		"/t/" FIXTURE_CAMPAIGN "/areas.metadata.json",
		"/t/" FIXTURE_CAMPAIGN "/datapackage.zip",
		"/t/" FIXTURE_CAMPAIGN "/differences.json"};
	struct drp_publication other, whole_other = {0};
	begin();
	struct drp_hash hash = f.publication.edition->hash;
	CHECK_OK(drp_publication_load(&f.hub.hub, FIXTURE_CAMPAIGN, &whole_other, NULL));
	api_fixture_fold(whole_other.edition);
	api_fixture_vary(whole_other.edition);
	whole_other.edition->created_s = f.publication.edition->created_s;
	change_the_rest(whole_other.edition);
	whole_other.edition->hash = hash;
	CHECK_OK(drp_publication_of_network(&whole_other, DRP_KOV, &other));
	const struct drp_publication *const one[] = {&other}, *const all[] = {
								      &whole_other};
	struct drp_catalogue changed = seen, whole_changed = seen;
	changed.publication = one;
	whole_changed.publication = all;
	size_t seen_whole = 0;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		struct drp_api_reply a = get(&seen, paths[i]),
				     b = get(&changed, paths[i]);
		struct drp_api_reply c = get(&whole, paths[i]);
		struct drp_api_reply d = get(&whole_changed, paths[i]);
		CHECK_INT(a.status, 200);
		CHECK_INT(a.body.len, b.body.len);
		CHECK_MEM(a.body.data, b.body.data, a.body.len);
		seen_whole += c.body.len != d.body.len ||
			      memcmp(c.body.data, d.body.data, c.body.len) != 0;
		drp_buf_clear(&a.body);
		drp_buf_clear(&b.body);
		drp_buf_clear(&c.body);
		drp_buf_clear(&d.body);
	}
	CHECK(seen_whole > 10); /* the control: who sees all sees the difference */
	drp_publication_of_network_free(&other);
	drp_publication_free(&whole_other);
	finish();
}

/* The canonical form is the whole edition's: of a part there is none. */
static void no_canonical_form(void)
{
	char dir[128];
	struct drp_diag diag = {0};
	begin();
	snprintf(dir, sizeof dir, "%s/out", f.hub.dir);
	CHECK_ERR(drp_export_write(&part, dir, DRP_EXPORT_MSGPACK, &diag), DRP_E_STATE);
	CHECK_OK(drp_export_write(&part, dir, DRP_EXPORT_CSV, NULL));
	finish();
}

/* The session before is public: what of the newer one is not in the view is marked so. */
static void trends(void)
{
	begin();
	struct drp_manifest manifest = *f.publication.manifest;
	struct drp_edition edition = *f.publication.edition;
	struct drp_publication before = f.publication;
	snprintf(manifest.id, sizeof manifest.id, "spring-2025");
	snprintf(edition.campaign, sizeof edition.campaign, "spring-2025");
	manifest.period_from -= 365;
	manifest.period_to -= 365;
	before.manifest = &manifest;
	before.edition = &edition;
	list[1] = &before;
	seen.n = 2;
	const char *const left_out = "<span class=\"vh\">not in this view</span>";
	CHECK(says(&seen, "/en/spring-2025/trend?place=province.BE21", left_out));
	CHECK(says(&seen, "/en/spring-2025/trend?place=network.GO", left_out));
	CHECK(says(&seen, "/en/spring-2025/trend", "(View before publication: Catholic"));
	CHECK(says(&seen, "/en/spring-2025/trend", "it is in the edition"));
	const struct drp_publication *const both[] = {&f.publication, &before};
	whole.publication = both;
	whole.n = 2;
	CHECK(!says(&whole, "/en/spring-2025/trend?place=province.BE21", left_out));
	CHECK(!says(&whole, "/en/spring-2025/trend", "View before publication"));
	finish();
}

int main(void)
{
	CASE("sums do not call suppressed what the view leaves out", sums);
	CASE("a table with nothing to show is a sentence", empty_tables);
	CASE("choices are those of the view", choices);
	CASE("pages, feed and catalogue say what they show", notices);
	CASE("each page says that it is not public yet, and until when", banners);
	CASE("so do files of a whole edition, or their names", early_files);
	CASE("so does the README", early_readme);
	CASE("trends mark what of a session is not in the view", trends);
	CASE("a part has no canonical form", no_canonical_form);
	CASE("what a network gets depends on nothing that it may not see",
		depends_on_its_own);
	CASE("files say so in their names, and have the view's codes alone", files);
	return DONE();
}
