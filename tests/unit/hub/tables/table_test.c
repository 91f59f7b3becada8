/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of a small campaign whose figures are known, and of the minister's answer.
 */
#include "hub/tables/csv_out.h"
#include "hub/tables/observations.h"
#include "hub/tables/table.h"
#include "hub/tables/table_view.h"

#include "tests/support/check.h"
#include "tests/support/hub_fixture.h"

#define ANSWER DRP_SOURCE_DIR "/deploy/reference/answer-2021.yaml"

static struct hub_fixture fixture;
static struct drp_buf page;

static const char *print(const char *id, const char *by, const char *measure,
	const char *format, const char *language)
{
	struct drp_table_options options;
	struct drp_diag diag = {0};
	drp_buf_clear(&page);
	CHECK_OK(drp_table_options_read(by, measure, format, language, &options, &diag));
	enum drp_err err = drp_table_print(&fixture.hub, id, &options, &page, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
	return drp_buf_string(&page);
}

/* One line of the page with its runs of blanks made single. */
static const char *line_of(const char *text, const char *begins)
{
	static char line[512];
	size_t used = 0;
	const char *at = strncmp(text, begins, strlen(begins)) == 0 ? text : NULL;
	for (const char *p = text; !at && (p = strchr(p, '\n')); p++) {
		at = strncmp(p + 1, begins, strlen(begins)) == 0 ? p + 1 : NULL;
	}
	for (; at && *at && *at != '\n' && used + 1 < sizeof line; at++) {
		if (*at != ' ' || used == 0 || line[used - 1] != ' ') {
			line[used++] = *at;
		}
	}
	line[used] = 0;
	return line;
}

static void expect(const char *text, const char *const *parts)
{
	for (; *parts; parts++) {
		if (!strstr(text, *parts)) {
			printf("# missing: %s\n", *parts);
		}
		CHECK(strstr(text, *parts));
	}
}

static void by_province(void)
{
	const char *text = print(FIXTURE_CAMPAIGN, "province", NULL, NULL, NULL);
	CHECK_STR(line_of(text, "Antwerp"), "Antwerp 8 7 87.5% 25.0% 50 200 1,000");
	CHECK_STR(line_of(text, "Brussels"),
		"Brussels-Capital Region 2 2 100.0% 7.1% c c c");
	CHECK_STR(line_of(text, "Flemish"), "Flemish Brabant 6 6 100.0% 21.4% c c c");
	CHECK_STR(line_of(text, "unknown  "), "unknown 6 6 100.0% 21.4% 45 180 900");
	CHECK_STR(line_of(text, "total  "), "total 29 28 96.5% 205 772 4,100");
	CHECK_STR(line_of(text, "  shown"), " shown 23 22 100 352 2,000");
	CHECK_STR(line_of(text, "  suppressed"), " suppressed (c) 0 0 60 240 1,200");
	CHECK_STR(line_of(text, "  unknown"), " unknown 6 6 45 180 900");
	CHECK_STR(line_of(text, "teachers  "), "teachers 1,290 1,230 772 59.8%");
}

static void by_level(void)
{
	const char *text =
		print(FIXTURE_CAMPAIGN, "level", "participation", "text", "nl");
	CHECK_STR(line_of(text, "1  basis"),
		"1 basisonderwijs 15 15 100,0% 36,6% 75 252 1.500");
	CHECK_STR(line_of(text, "4  2e"),
		"4 2e en 3e graad TSO/BSO 14 13 92,9% 31,7% 65 260 1.300");
	CHECK_STR(line_of(text, "  34 2e"),
		" 34 2e en 3e graad SO 14 13 92,9% 63,4% 130 520 2.600");
	/* Schools are counted once a level, and the class 34 not beside its parts. */
	CHECK_STR(line_of(text, "totaal"), "totaal 43 41 205 772 4.100");
	CHECK_STR(line_of(text, "verschillende scholen"),
		"verschillende scholen 29 28 96,5%");
	CHECK(strstr(text, "41 paren van school en niveau"));
}

static void sums_add_up(void)
{
	static const char *const by[] = {
		NULL, "province", "level", "network", "level,province"};
	for (size_t i = 0; i < sizeof by / sizeof by[0]; i++) {
		json_error_t error;
		json_t *root = json_loads(
			print(FIXTURE_CAMPAIGN, by[i], NULL, "json", NULL), 0, &error);
		const char *column;
		json_t *sum;
		CHECK_INT(json_object_size(json_object_get(root, "sums")), 5);
		json_object_foreach(json_object_get(root, "sums"), column, sum)
		{
			json_int_t unknown =
				json_integer_value(json_object_get(sum, "unknown"));
			CHECK(json_is_integer(json_object_get(sum, "total")));
			CHECK_INT(json_integer_value(json_object_get(sum, "total")),
				json_integer_value(json_object_get(sum, "shown")) +
					json_integer_value(
						json_object_get(sum, "suppressed")) +
					unknown);
		}
		json_decref(root);
	}
}

static void nothing_of_small_cells(void)
{
	const char *text = print(FIXTURE_CAMPAIGN, "province,level", NULL, NULL, NULL);
	CHECK_STR(line_of(text, "  1  primary"), " 1 primary c c c c c c c");
	CHECK_STR(line_of(text, "  suppressed"), " suppressed (c) 43 41 205 772 4,100");
	CHECK_STR(line_of(text, "  unknown"), " unknown c c c c c");
	CHECK(strstr(text, "where suppressed, included"));
}

static void a_total_that_is_suppressed(void)
{
	struct drp_publication p;
	struct drp_table_view view;
	CHECK_OK(drp_publication_load(&fixture.hub, FIXTURE_CAMPAIGN, &p, NULL));
	for (size_t i = 0; i < p.edition->n_observations; i++) {
		struct drp_observation *o = &p.edition->observation[i];
		if (o->group == DRP_LEADER && !strcmp(o->measure, "questionnaires")) {
			o->value[0] = 0;
			o->status = DRP_SUPPRESSED;
		}
	}
	CHECK_OK(drp_table_view_make(p.edition, DRP_FAMILY_PROVINCE, &view, NULL));
	CHECK(!view.sum[DRP_COLUMN_LEADERS].known);
	CHECK(view.sum[DRP_COLUMN_TEACHERS].known);
	drp_publication_free(&p);
}

/* R42, R43, R45, R46 and what a person of several questionnaires must know. */
static void every_table_says(void)
{
	static const char *const en[] = {"edition 1, reference date 20",
		"2026-03-01 to 2026-05-31", "selfie, version 1.0",
		"self-selected schools", "29 schools registered, 28 with a node",
		"epsilon 3 (rho 185069/1000000)", "epsilon 1 (rho 243559/10000000)",
		"delta 1e-6", "k squared", "at least 5 schools of 3 boards",
		"suppressed (c)", "not zero", "no general statement", NULL};
	static const char *const nl[] = {"editie 1, referentiedatum 20",
		"2026-03-01 tot en met 2026-05-31", "selfie, versie 1.0",
		"zelf kozen om deel te nemen", "29 scholen geregistreerd",
		"epsilon 3 (rho 185069/1000000)", "k kwadraat", "minstens 5 scholen",
		"onderdrukt", "geen veralgemeenbare uitspraken", NULL};
	static const char *const measure[] = {"participation", "area", "item"};
	for (size_t i = 0; i < 3; i++) {
		struct drp_buf joined = {0};
		const char *text =
			print(FIXTURE_CAMPAIGN, "province", measure[i], NULL, "en");
		for (; *text; text++) { /* notes are wrapped */
			int blank = *text == ' ' || *text == '\n';
			if (!blank || joined.data[joined.len - 1] != ' ') {
				drp_buf_append(&joined, blank ? " " : text, 1);
			}
		}
		expect(drp_buf_string(&joined), en);
		drp_buf_clear(&joined);
	}
	struct drp_buf joined = {0};
	const char *text = print(FIXTURE_CAMPAIGN, "province", NULL, NULL, "nl");
	for (; *text; text++) {
		int blank = *text == ' ' || *text == '\n';
		if (!blank || joined.data[joined.len - 1] != ' ') {
			drp_buf_append(&joined, blank ? " " : text, 1);
		}
	}
	expect(drp_buf_string(&joined), nl);
	drp_buf_clear(&joined);
}

static void the_frame(void)
{
	const char *text = print(FIXTURE_CAMPAIGN, "level", NULL, NULL, NULL);
	CHECK_STR(line_of(text, "schools, all"), "schools, all 28 3,560 schools 0.8%");
	CHECK_STR(line_of(text, "schools, primary"),
		"schools, primary 15 2,451 schools 0.6%");
	/* A school may have several of these levels: it cannot be told. */
	CHECK_STR(line_of(text, "schools, secondary"),
		"schools, secondary x 1,060 schools x");
	CHECK_STR(line_of(text, "pupils, secondary"),
		"pupils, secondary 2,600 442,306 pupils 0.6%");
	CHECK_STR(line_of(text, "teachers, all"), "teachers, all 772 133,657 FTE 0.6%");
	CHECK(strstr(text, "annex B.3"));
	CHECK(strstr(text, "full-time equivalents, not people"));
}

static void means(void)
{
	const char *text = print(FIXTURE_CAMPAIGN, "province", "area", NULL, NULL);
	const char *teachers = strstr(text, "\nteachers"),
		   *pupils = strstr(text, "\npupils");
	CHECK(teachers && pupils);
	CHECK_STR(line_of(text, "Antwerp"), "Antwerp x"); /* leaders come first */
	CHECK_STR(line_of(teachers, "Brussels"), "Brussels-Capital Region c");
	CHECK(strstr(line_of(teachers, "  A "), "A Leadership 4.0"));
	CHECK(strstr(line_of(teachers, "  A "), " 200 7 u"));
	CHECK(strstr(
		line_of(pupils, "  B "), "B Infrastructure and equipment 4.0000 0.06"));
	/* Of the region n would tell the questionnaires of the few small units. */
	text = print(FIXTURE_CAMPAIGN, NULL, "item", NULL, "nl");
	CHECK(strstr(line_of(strstr(text, "\nleerkrachten"), "  B4"), " - 24 u"));
	CHECK(strstr(line_of(strstr(text, "\nleerlingen"), "  B1"), " 4.100 28"));
	CHECK(strstr(text, "n = -"));
}

static void rows_are_those_of_the_edition(void)
{
	struct drp_publication p;
	CHECK_OK(drp_publication_load(&fixture.hub, FIXTURE_CAMPAIGN, &p, NULL));
	struct drp_buf want = {0};
	drp_csv_line(&want, drp_observation_column, DRP_OBSERVATION_COLUMNS);
	for (size_t i = 0; i < p.edition->n_observations; i++) {
		const struct drp_observation *o = &p.edition->observation[i];
		struct drp_observation_scratch scratch;
		const char *fields[DRP_OBSERVATION_COLUMNS];
		if (o->family == DRP_FAMILY_NETWORK && strcmp(o->measure, "mean") == 0 &&
			strcmp(o->item, "_T") == 0) {
			drp_observation_fields(p.edition, o, &scratch, fields);
			drp_csv_line(&want, fields, DRP_OBSERVATION_COLUMNS);
		}
	}
	CHECK_STR(print(FIXTURE_CAMPAIGN, "network", "area", "csv", NULL),
		drp_buf_string(&want));
	drp_buf_clear(&want);
	drp_publication_free(&p);
}

static void only_a_sample_generalises(void)
{
	struct drp_publication p;
	struct drp_table_options options;
	CHECK_OK(drp_publication_load(&fixture.hub, FIXTURE_CAMPAIGN, &p, NULL));
	CHECK_OK(drp_table_options_read(NULL, NULL, NULL, NULL, &options, NULL));
	CHECK(!strstr(print(FIXTURE_CAMPAIGN, NULL, NULL, NULL, NULL), "sample"));
	p.manifest->sample = 1;
	drp_buf_clear(&page);
	CHECK_OK(drp_table_write(&p, &options, &page, NULL));
	CHECK(strstr(drp_buf_string(&page), "sample of schools"));
	CHECK(strstr(drp_buf_string(&page), "generalised"));
	CHECK(!strstr(drp_buf_string(&page), "self-selected"));
	drp_publication_free(&p);
}

static void what_cannot_be_asked(void)
{
	static const char *const by[] = {"province,network", "level,network", "school",
		"province,level,network", ""};
	struct drp_table_options o;
	struct drp_diag diag;
	for (size_t i = 0; i < sizeof by / sizeof by[0]; i++) {
		diag = (struct drp_diag){0};
		CHECK_ERR(drp_table_options_read(by[i], NULL, NULL, NULL, &o, &diag),
			DRP_E_USAGE);
		CHECK(strstr(diag.text, "province,level"));
	}
	CHECK_ERR(
		drp_table_options_read(NULL, "rank", NULL, NULL, &o, NULL), DRP_E_USAGE);
	CHECK_ERR(drp_table_options_read(NULL, NULL, "xml", NULL, &o, NULL), DRP_E_USAGE);
	CHECK_ERR(drp_table_options_read(NULL, NULL, NULL, "fr", &o, NULL), DRP_E_USAGE);
	CHECK_ERR(
		drp_table_options_read(NULL, NULL, NULL, "nl-BE", &o, NULL), DRP_E_USAGE);
	CHECK_OK(drp_table_options_read(NULL, NULL, NULL, NULL, &o, NULL));
	diag = (struct drp_diag){0};
	CHECK_ERR(drp_table_print(&fixture.hub, "nowhere", &o, &page, &diag),
		DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "nowhere"));
}

static void load_answer(void)
{
	struct drp_buf text = {0};
	CHECK_OK(drp_file_read(ANSWER, 1 << 20, &text, NULL));
	CHECK_OK(drp_hub_begin(fixture.hub.store, NULL));
	CHECK_OK(drp_hub_answer_put(
		fixture.hub.store, "answer-2021", drp_buf_string(&text), NULL));
	CHECK_OK(drp_hub_end(fixture.hub.store, DRP_OK, NULL));
	drp_buf_clear(&text);
}

/* R41, W10: as printed, with its residue and without a base or a province. */
static void the_ministers_answer(void)
{
	load_answer();
	const char *text = print("answer-2021", NULL, NULL, NULL, "en");
	CHECK_STR(line_of(text, "schools that"), "schools that took part 143");
	CHECK_STR(line_of(text, "  school leaders"), " school leaders 333");
	CHECK_STR(line_of(text, "  teachers"), " teachers 2,979");
	CHECK_STR(line_of(text, "  pupils"), " pupils 13,973");
	CHECK(strstr(line_of(text, "by level"), "base: not stated"));
	CHECK_STR(line_of(text, "  Primary"), " Primary education 31.6%");
	CHECK_STR(line_of(text, "  Lower"), " Lower secondary education 23.4%");
	CHECK_STR(line_of(text, "  Upper"), " Upper secondary education 44%");
	CHECK(strstr(line_of(text, "  residue"), " 1.0%"));
	CHECK(strstr(line_of(text, "by province"), "not available (niet beschikbaar)"));
	CHECK_STR(line_of(text, "reference date"), "reference date not stated");
	CHECK(strstr(line_of(text, "registered"), "more, no number given"));

	text = print("answer-2021", "province", NULL, NULL, "nl");
	CHECK_STR(line_of(text, "per provincie"), "per provincie niet beschikbaar");
	CHECK_STR(line_of(text, "  scholen waarvan"),
		" scholen waarvan de provincie onbekend is 143");
	CHECK_STR(line_of(text, "  leerlingen"), " leerlingen 13.973");
	CHECK(!strstr(text, "31,6%"));

	text = print("answer-2021", "level", NULL, NULL, "nl");
	CHECK_STR(line_of(text, "  Basis"), " Basisonderwijs 31,6%");
	CHECK_STR(line_of(text, "per provincie"), "");

	text = print("answer-2021", "network", NULL, NULL, NULL);
	CHECK(strstr(line_of(text, "by network"), "not available"));
	text = print("answer-2021", NULL, "area", NULL, NULL);
	CHECK(strstr(line_of(text, "results by"), "not available"));
	CHECK_STR(line_of(text, "schools that"), "");

	text = print("answer-2021", NULL, NULL, "csv", NULL);
	CHECK_STR(line_of(text, "measure"),
		"measure,group,level,province,value,unit,base,status");
	CHECK(strstr(text, "\nquestionnaires,teacher,_T,_T,2979,questionnaires,,\n"));
	CHECK(strstr(text, "\nshare,_T,34,_T,44,percent,not stated,\n"));
	CHECK(strstr(text, "\nresidue,_T,_T,_T,1.0,percent,not stated,\n"));
	CHECK(strstr(text, "\nschools,_T,_T,BE21,,schools,,x\n"));
	text = print("answer-2021", NULL, NULL, "json", NULL);
	json_t *root = json_loads(text, 0, NULL);
	CHECK_INT(json_array_size(json_object_get(root, "rows")), 14);
	json_decref(root);
}

static void no_edition_yet(void)
{
	struct drp_table_options o;
	struct drp_diag diag = {0};
	CHECK_OK(drp_table_options_read(NULL, NULL, NULL, NULL, &o, NULL));
	CHECK_ERR(drp_table_print(&fixture.hub, FIXTURE_CAMPAIGN, &o, &page, &diag),
		DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "campaign close"));
}

static void open_fixture(void)
{
	hub_fixture_open(&fixture);
}

static void close_campaign(void)
{
	CHECK_OK(drp_campaign_close(&fixture.hub, FIXTURE_CAMPAIGN, NULL));
}

static void differences_of_groups(void)
{
	const char *text = print(FIXTURE_CAMPAIGN, NULL, "difference", NULL, "nl");
	const char *const parts[] = {"Verschillen tussen groepen voor de hele regio",
		"schoolleiders - leerkrachten", "leerkrachten - leerlingen",
		"Regel: is een verschil", "Elke groep kreeg haar eigen", NULL};
	expect(text, parts);
	text = print(FIXTURE_CAMPAIGN, "province", "difference", "csv", NULL);
	CHECK(strstr(text, ",province,BE21,_T,_T,teacher,pupil,"));
	CHECK(strstr(text, ",region,") == NULL);
	json_t *root = json_loads(
		print(FIXTURE_CAMPAIGN, NULL, "difference", "json", NULL), 0, NULL);
	CHECK(json_array_size(json_object_get(root, "differences")) > 0);
	json_decref(root);
}

/* The same figures a year later, but for one mean. */
static void trend_of_two_campaigns(void)
{
	struct drp_publication earlier, later;
	struct drp_table_options options;
	drp_buf_clear(&page);
	CHECK_OK(drp_publication_load(&fixture.hub, FIXTURE_CAMPAIGN, &earlier, NULL));
	CHECK_OK(drp_publication_load(&fixture.hub, FIXTURE_CAMPAIGN, &later, NULL));
	CHECK_OK(drp_table_options_read(NULL, "trend", NULL, NULL, &options, NULL));
	CHECK_ERR(drp_table_write_trend(&later, &earlier, NULL, &options, &page, NULL),
		DRP_E_STATE);
	snprintf(later.edition->campaign, sizeof later.edition->campaign, "later");
	later.manifest->period_from += 365;
	for (size_t i = 0; i < later.edition->n_observations; i++) {
		struct drp_observation *o = &later.edition->observation[i];
		if (o->family == DRP_FAMILY_REGION && o->group == DRP_PUPIL &&
			strcmp(o->area, "B") == 0 && strcmp(o->item, "_T") == 0) {
			snprintf(o->value, sizeof o->value, "9.0000");
			snprintf(o->se, sizeof o->se, "0.0100");
			o->status = DRP_SHOWN;
		}
	}
	CHECK_OK(drp_table_write_trend(&later, &earlier, NULL, &options, &page, NULL));
	const char *const parts[] = {"Change since an earlier session",
		"schools now 28, before 28, in both -", "clearly higher",
		"other schools or other people", NULL};
	expect(drp_buf_string(&page), parts);
	drp_publication_free(&later);
	drp_publication_free(&earlier);
}

static void trends_that_cannot_be_asked(void)
{
	struct drp_table_options options;
	struct drp_diag diag = {0};
	CHECK_ERR(drp_table_options_read(
			  "province,level", "trend", NULL, NULL, &options, &diag),
		DRP_E_USAGE);
	CHECK_OK(drp_table_options_read(NULL, "trend", NULL, NULL, &options, &diag));
	drp_buf_clear(&page);
	memset(&diag, 0, sizeof diag);
	CHECK_ERR(drp_table_print(&fixture.hub, FIXTURE_CAMPAIGN, &options, &page, &diag),
		DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "no earlier campaign"));
	options.with = "nothing";
	CHECK_ERR(drp_table_print(&fixture.hub, FIXTURE_CAMPAIGN, &options, &page, NULL),
		DRP_E_NOTFOUND);
	options.with = FIXTURE_CAMPAIGN;
	CHECK_ERR(drp_table_print(&fixture.hub, FIXTURE_CAMPAIGN, &options, &page, NULL),
		DRP_E_STATE);
	options.measure = DRP_TABLE_AREA;
	CHECK_ERR(drp_table_print(&fixture.hub, FIXTURE_CAMPAIGN, &options, &page, NULL),
		DRP_E_USAGE);
	CHECK_INT(page.len, 0);
}

static void close_fixture(void)
{
	drp_buf_clear(&page);
	hub_fixture_close(&fixture);
}

int main(void)
{
	CASE("a campaign with contributions is set up", open_fixture);
	CASE("a campaign without an edition has no table", no_edition_yet);
	CASE("the campaign is closed", close_campaign);
	CASE("participation by province adds up to the total", by_province);
	CASE("by level the class 34 stands beside its parts", by_level);
	CASE("shown, suppressed and unknown add up in every split", sums_add_up);
	CASE("cells of few schools show nothing at all", nothing_of_small_cells);
	CASE("a suppressed total leaves no remainder", a_total_that_is_suppressed);
	CASE("every table says what its figures rest on", every_table_says);
	CASE("coverage is held against the frame, with its warnings", the_frame);
	CASE("means come with their errors and statuses", means);
	CASE("csv holds the edition's rows of that view", rows_are_those_of_the_edition);
	CASE("only a sample may be generalised", only_a_sample_generalises);
	CASE("what is no table is refused by name", what_cannot_be_asked);
	CASE("groups are compared, with the rule", differences_of_groups);
	CASE("campaigns are compared, with the rule", trend_of_two_campaigns);
	CASE("a trend that cannot be made is refused in words",
		trends_that_cannot_be_asked);
	CASE("the minister's answer is printed as it was given", the_ministers_answer);
	CASE("the folder is removed", close_fixture);
	return DONE();
}
