/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/draft.h"

#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/model/instrument.h"
#include "proto/privacy/ledger.h"
#include "proto/privacy/rational.h"
#include "proto/session/policy.h"
#include "tests/support/check.h"
#include "tests/support/test_rng.h"

#define SCHOOLS 40

static struct drp_instrument *instrument;
static struct drp_draft draft;
static struct drp_diag diag;

static enum drp_err read_text(const char *text)
{
	diag = (struct drp_diag){0};
	return drp_draft_read(text, strlen(text), "c.yaml", &draft, &diag);
}

#define HEAD                                                                             \
	"campaign: spring\ntitle: Spring\nregion: VL\ninstrument: i.yaml\n"              \
	"track: open\ncohort: self-selected\n"
#define DATES	"period: {from: 2026-03-01, to: 2026-05-31}\ndeadline: 2026-06-15\n"
#define MINIMAL HEAD DATES

/* ---- the file ---- */

static void check_defaults(void)
{
	const struct drp_thresholds *t = &draft.thresholds;
	CHECK_INT(t->k_schools, 5);
	CHECK_INT(t->k_boards, 3);
	CHECK_INT(t->max_school_percent, 50);
	CHECK_INT(t->max_board_percent, 70);
	for (int g = 0; g < DRP_GROUPS; g++) {
		static const uint32_t k[DRP_GROUPS] = {5, 10, 20};
		CHECK_INT(t->k_respondents[g], k[g]);
		CHECK_INT(t->k_unit[g], k[g]);
		CHECK_INT(drp_rational_cmp(draft.rho[g],
				  drp_ledger_default_rho((enum drp_group)g)),
			0);
	}
	CHECK_INT(draft.n_folds, 0);
}

static void the_smallest_file(void)
{
	CHECK_OK(read_text(MINIMAL));
	CHECK_STR(draft.id, "spring");
	CHECK_STR(draft.title, "Spring");
	CHECK_STR(draft.region, "VL");
	CHECK_STR(draft.instrument, "i.yaml");
	CHECK_STR(draft.frame, "");
	CHECK_INT(draft.track, DRP_TRACK_OPEN);
	CHECK_INT(draft.sample, 0);
	CHECK_INT(draft.period_from, 20513); /* 2026-03-01 */
	CHECK_INT(draft.period_to, 20604);
	CHECK_INT(draft.deadline, 20619);
	check_defaults();
	CHECK_OK(read_text(DATES HEAD)); /* the order of keys means nothing */
	CHECK_STR(draft.title, "Spring");
	CHECK_INT(draft.period_from, 20513);
	check_defaults();
}

/* The example that the operations guide speaks of uses every key. */
static void the_example(void)
{
	struct drp_buf text = {0};
	CHECK_OK(drp_file_read(
		DRP_SOURCE_DIR "/deploy/campaign-example.yaml", 65536, &text, &diag));
	CHECK_OK(drp_draft_read(text.data, text.len, "example", &draft, &diag));
	const struct drp_thresholds *t = &draft.thresholds;
	CHECK_STR(draft.id, "example-2026");
	CHECK_STR(draft.frame, "reference/frame-vlaanderen-2020.csv");
	CHECK_INT(t->k_schools, 6);
	CHECK_INT(t->k_boards, 4);
	CHECK_INT(t->max_school_percent, 40);
	CHECK_INT(t->max_board_percent, 60);
	CHECK_INT(t->k_respondents[DRP_TEACHER], 15);
	CHECK_INT(t->k_unit[DRP_PUPIL], 25);
	CHECK_INT(draft.rho[DRP_LEADER].num, 185069);
	CHECK_INT(draft.rho[DRP_LEADER].den, 2000000);
	CHECK_INT(draft.rho[DRP_PUPIL].num, 121);
	CHECK_INT(draft.rho[DRP_PUPIL].den, 10000);
	CHECK_INT(draft.n_folds, 3);
	CHECK_INT(draft.fold[0].from, DRP_POV);
	CHECK_INT(draft.fold[1].into, 4);
	CHECK_INT(draft.fold[2].family, DRP_FAMILY_PROVINCE_LEVEL);
	static const char *const keys[] = {
		"campaign:", "title:", "region:", "instrument:", "frame:", "track:",
		"cohort:", "period:", "deadline:", "thresholds:", "schools:", "boards:",
		"largest-school-percent:", "largest-board-percent:", "respondents:",
		"unit:", "budget:", "fold:", "from:", "to:", "into:", "family:"};
	struct drp_buf guide = {0};
	CHECK_OK(drp_file_read(
		DRP_SOURCE_DIR "/deploy/README.md", 1 << 20, &guide, &diag));
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		char name[40];
		snprintf(name, sizeof name, "%.*s", (int)strlen(keys[i]) - 1, keys[i]);
		CHECK(strstr(drp_buf_string(&text), keys[i]) != NULL);
		CHECK(strstr(drp_buf_string(&guide), name) != NULL);
	}
	drp_buf_clear(&guide);
	/* Its paths are right as seen from its own folder. */
	char path[DRP_PATH_MAX];
	CHECK_OK(drp_path(path, DRP_SOURCE_DIR "/deploy", draft.instrument, &diag));
	drp_instrument_free(instrument);
	CHECK_OK(drp_instrument_load(path, &instrument, &diag));
	CHECK_OK(drp_path(path, DRP_SOURCE_DIR "/deploy", draft.frame, &diag));
	text.len = 0;
	CHECK_OK(drp_file_read(path, 1 << 20, &text, &diag));
	drp_buf_clear(&text);
}

/* Each is refused with a line that names the file and the key. */
static void expect_refused(const char *text, const char *says)
{
	enum drp_err err = read_text(text);
	if (err != DRP_E_INPUT || strncmp(diag.text, "c.yaml: ", 8) != 0 ||
		!strstr(diag.text, says) || strchr(diag.text, '\n')) {
		printf("# file:\n%s", text);
		CHECK_STR(diag.text, says);
		CHECK_ERR(err, DRP_E_INPUT);
	}
}

static void thresholds_only_become_stricter(void)
{
	static const struct {
		const char *key, *weaker[4], *same, *stricter;
	} rule[] = {
		{"schools", {"4", "0", "-1", "10001"}, "5", "10000"},
		{"boards", {"2", "0", "3.5", "many"}, "3", "4"},
		{"largest-school-percent", {"51", "0", "100", "''"}, "50", "1"},
		{"largest-board-percent", {"71", "0", "-70", "101"}, "70", "69"},
		{"respondents: {leader", {"4}", "0}", "x}", "100001}"}, "5}", "100000}"},
		{"respondents: {teacher", {"9}", "0}", "-1}", "9.9}"}, "10}", "11}"},
		{"respondents: {pupil", {"19}", "0}", "1e9}", "1}"}, "20}", "21}"},
		{"unit: {leader", {"4}", "0}", "x}", "100001}"}, "5}", "6}"},
		{"unit: {teacher", {"9}", "0}", "-1}", "9.9}"}, "10}", "11}"},
		{"unit: {pupil", {"19}", "0}", "1e9}", "1}"}, "20}", "21}"},
	};
	for (size_t i = 0; i < sizeof rule / sizeof rule[0]; i++) {
		char text[512], name[40];
		snprintf(name, sizeof name, "%.*s", (int)strcspn(rule[i].key, ":"),
			rule[i].key);
		for (int k = 0; k < 4; k++) {
			snprintf(text, sizeof text, MINIMAL "thresholds:\n  %s: %s\n",
				rule[i].key, rule[i].weaker[k]);
			expect_refused(text, name);
		}
		snprintf(text, sizeof text, MINIMAL "thresholds:\n  %s: %s\n",
			rule[i].key, rule[i].same);
		CHECK_OK(read_text(text));
		check_defaults();
		snprintf(text, sizeof text, MINIMAL "thresholds:\n  %s: %s\n",
			rule[i].key, rule[i].stricter);
		CHECK_OK(read_text(text));
	}
}

static void budgets_stay_below_the_year(void)
{
	static const char *const wrong[] = {"0", "-1/10", "1/0", "x", "0.1x", "1",
		"730678/10000000", "9223372036854775808"};
	char text[512];
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		snprintf(text, sizeof text, MINIMAL "budget: {teacher: %s}\n", wrong[i]);
		expect_refused(text, "budget");
	}
	/* The whole of a year's cap may go to one campaign. */
	CHECK_OK(read_text(MINIMAL "budget: {teacher: 730677/10000000}\n"));
	CHECK_INT(
		drp_rational_cmp(draft.rho[DRP_TEACHER], drp_ledger_cap(DRP_TEACHER)), 0);
	CHECK_OK(read_text(MINIMAL "budget: {pupil: 2/200}\n"));
	CHECK_INT(draft.rho[DRP_PUPIL].den, 100); /* reduced, as a manifest wants it */
}

static void what_else_is_refused(void)
{
	static const struct {
		const char *line, *says;
	} wrong[] = {
		{"campaign: a b", "campaign"},
		{"campaign: ../up", "campaign"},
		{"campaign: ''", "campaign"},
		{"title: \"two\\nlines\"", "title"},
		{"title: ''", "title"},
		{"region: Vlaams Gewest", "region"},
		{"region: VL/BE", "region"},
		{"track: other", "track"},
		{"cohort: everybody", "cohort"},
		{"period: {from: 2026-06-01, to: 2026-05-31}", "period"},
		{"period: {from: 2026-02-29, to: 2026-05-31}", "period"},
		{"period: {from: 1969-12-31, to: 2026-05-31}", "period"},
		{"period: {from: 2026-03-01, to: 2300-01-01}", "period"},
		{"period: {from: 2026-03-01, to: 2027-03-03}", "period"},
		{"period: {from: 2026-03-01}", "to"},
		{"period: 2026", "period"},
		{"deadline: 2026-02-28", "deadline"},
		{"deadline: 2300-01-01", "deadline"},
		{"deadline: tomorrow", "deadline"},
		{"fold: [{family: region, from: BE21, into: BE22}]", "fold"},
		{"fold: [{family: province, from: BE21, into: BE21}]", "fold"},
		{"fold: [{family: province, from: GO, into: BE21}]", "fold"},
		{"fold: [{family: level, from: '3', into: '34'}]", "fold"},
		{"fold: [{family: province}]", "from"},
		{"surprise: 1", "surprise"},
	};
	static const char *const lines[] = {"campaign: spring", "title: Spring",
		"region: VL", "instrument: i.yaml", "track: open",
		"cohort: self-selected", "period: {from: 2026-03-01, to: 2026-05-31}",
		"deadline: 2026-06-15"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		char text[1024] = "";
		size_t key = strcspn(wrong[i].line, ":") + 1;
		for (size_t k = 0; k < sizeof lines / sizeof lines[0]; k++) {
			if (strncmp(lines[k], wrong[i].line, key) != 0) {
				strcat(strcat(text, lines[k]), "\n");
			}
		}
		strcat(strcat(text, wrong[i].line), "\n");
		expect_refused(text, wrong[i].says);
	}
	for (size_t leave = 0; leave < sizeof lines / sizeof lines[0]; leave++) {
		char text[1024] = "", key[40];
		for (size_t k = 0; k < sizeof lines / sizeof lines[0]; k++) {
			if (k != leave) {
				strcat(strcat(text, lines[k]), "\n");
			}
		}
		snprintf(key, sizeof key, "%.*s", (int)strcspn(lines[leave], ":"),
			lines[leave]);
		expect_refused(text, key);
	}
	expect_refused(MINIMAL "track: open\n", "track"); /* a key twice */
	expect_refused("", "");
	CHECK_ERR(drp_draft_read(NULL, 0, "c.yaml", &draft, &diag), DRP_E_INPUT);
	expect_refused("- a\n- b\n", "");
	expect_refused(MINIMAL "x: [\n", "");
}

/* A sealed draft is read like an open one; only it can replace a campaign. */
static void a_sealed_draft(void)
{
#define SEALED                                                                           \
	"campaign: spring\ntitle: Spring\nregion: VL\ninstrument: i.yaml\n"              \
	"track: sealed\ncohort: self-selected\n" DATES
	CHECK_OK(read_text(SEALED));
	CHECK_INT(draft.track, DRP_TRACK_SEALED);
	CHECK_STR(draft.replaces, "");
	CHECK_OK(read_text(SEALED "replaces: winter\n"));
	CHECK_STR(draft.replaces, "winter");
	expect_refused(SEALED "replaces: spring\n", "replaces");
	expect_refused(SEALED "replaces: ../winter\n", "replaces");
	expect_refused(MINIMAL "replaces: winter\n", "replaces");
}

static void nothing_is_written_on_refusal(void)
{
	memset(&draft, 0x5a, sizeof draft);
	CHECK_ERR(read_text(MINIMAL "budget: {pupil: 1000}\n"), DRP_E_INPUT);
	CHECK_INT(draft.id[0], 0x5a);
	CHECK_ERR(read_text("campaign: x\ntrack: sealed\n"), DRP_E_INPUT);
}

/* ---- the manifest ---- */

static struct drp_school school[SCHOOLS];

/* Boards own two schools; every third school has levels 1 and 4; every fourth has not
 * enrolled. */
static void make_schools(void)
{
	memset(school, 0, sizeof school);
	for (int i = 0; i < SCHOOLS; i++) {
		struct drp_school *s = &school[i];
		snprintf(s->id, sizeof s->id, "S%d", i % 1000);
		snprintf(s->board, sizeof s->board, "B%d", i / 2 % 1000);
		s->province = (uint8_t)(1 + i % DRP_PROVINCES);
		s->network = (uint8_t)(1 + i % DRP_NETWORKS);
		s->levels = i % 3 == 0 ? 1u << 1 | 1u << 4 : 1u << 2;
		s->enrolled = i % 4 != 0;
		memset(s->key.b, i + 1, sizeof s->key.b);
		for (int l = 1; l <= DRP_LEVELS; l++) {
			for (int g = 0; g < DRP_GROUPS; g++) {
				/* Names its school, level and group. */
				s->eligible[l][g] = (uint32_t)(1000 * i + 10 * l + g);
			}
		}
	}
}

static struct drp_manifest *make(uint64_t seed)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, seed);
	struct drp_manifest *m = NULL;
	make_schools();
	CHECK_OK(read_text(MINIMAL));
	CHECK_OK(drp_draft_manifest(
		&draft, instrument, school, SCHOOLS, &rng, &m, NULL, &diag));
	return m;
}

/* Design section 3: what one draw of each group costs. 40 core items of leaders and
 * teachers and 15 of pupils, 5 each; sigma2 = ceil(delta2 / (2 rho)). */
static void releases(void)
{
	static const struct {
		uint32_t delta2, sigma2;
		unsigned values; /* families, bit f */
	} want[DRP_GROUPS] = {{200, 541, 0x01}, {200, 4106, 0x0f}, {75, 1540, 0x1f}};
	struct drp_manifest *m = make(1);
	CHECK_INT(m->n_releases, DRP_GROUPS * DRP_FAMILIES);
	for (int g = 0; g < DRP_GROUPS; g++) {
		for (int f = 0; f < DRP_FAMILIES; f++) {
			const struct drp_release *r = drp_manifest_release(m,
				(enum drp_group)g, (enum drp_family)f, DRP_RELEASE_CORE);
			int values = want[g].values >> f & 1;
			CHECK(r != NULL);
			CHECK_INT(r->map, values ? DRP_MAP_PAIRS : DRP_MAP_COUNTS);
			CHECK_INT(r->delta2, values ? want[g].delta2 : 0);
			CHECK_INT(r->sigma2, values ? want[g].sigma2 : 0);
			/* One draw serves every family, so one is charged. */
			CHECK_INT(r->rho.num, f == 0 ? m->rho[g].num : 0);
			CHECK(drp_manifest_release(m, (enum drp_group)g,
				      (enum drp_family)f,
				      DRP_RELEASE_ADDITIONAL) == NULL);
		}
	}
	CHECK_OK(drp_policy_check(m, instrument, &diag)); /* nodes will take it */
	drp_manifest_free(m);
}

static void takes_the_draft(void)
{
	struct drp_manifest *m = make(1);
	struct drp_buf bytes = {0};
	CHECK_STR(m->id, "spring");
	CHECK_STR(m->title, "Spring");
	CHECK_STR(m->region, "VL");
	CHECK_INT(m->year, 2025); /* of the period's first day */
	CHECK_INT(m->period_from, draft.period_from);
	CHECK_INT(m->period_to, draft.period_to);
	CHECK_INT(m->deadline_s, (INT64_C(20619) + 1) * 86400 - 1);
	CHECK(drp_hash_equal(&m->instrument, &instrument->hash));
	CHECK_MEM(&m->thresholds, &draft.thresholds, sizeof m->thresholds);
	CHECK_OK(drp_manifest_encode(m, &bytes));
	drp_buf_clear(&bytes);
	drp_manifest_free(m);
}

/* Which school of the register a unit is of: its eligible counts say so. */
static uint32_t origin(const struct drp_unit *u)
{
	CHECK_INT(u->eligible[DRP_LEADER] % 1000, 10u * u->level);
	CHECK_INT(u->eligible[DRP_PUPIL], u->eligible[DRP_LEADER] + 2);
	return u->eligible[DRP_LEADER] / 1000;
}

static void units_are_those_of_the_register(void)
{
	struct drp_manifest *m = make(1);
	uint32_t expected = 0, in_order = 0;
	uint8_t levels[SCHOOLS] = {0}, school_seen[SCHOOLS] = {0};
	uint32_t board_of[SCHOOLS / 2];
	memset(board_of, 0xff, sizeof board_of);
	for (int i = 0; i < SCHOOLS; i++) {
		expected += (uint32_t)__builtin_popcount(school[i].levels);
	}
	CHECK_INT(m->n_units, expected);
	CHECK_INT(m->n_schools, SCHOOLS);
	CHECK_INT(m->n_boards, SCHOOLS / 2);
	for (uint32_t u = 0; u < m->n_units; u++) {
		const struct drp_unit *unit = &m->unit[u];
		uint32_t i = origin(unit);
		CHECK_INT(unit->province, school[i].province);
		CHECK_INT(unit->network, school[i].network);
		CHECK(school[i].levels >> unit->level & 1);
		CHECK(!(levels[i] >> unit->level & 1));
		levels[i] = (uint8_t)(levels[i] | 1u << unit->level);
		school_seen[unit->school] = 1;
		if (board_of[i / 2] == UINT32_MAX) {
			board_of[i / 2] = unit->board;
		}
		CHECK_INT(unit->board, board_of[i / 2]);
		static const struct drp_key none;
		CHECK_MEM(&m->key[unit->school],
			school[i].enrolled ? &school[i].key : &none, sizeof none);
		in_order += unit->school == i;
	}
	for (int i = 0; i < SCHOOLS; i++) {
		CHECK_INT(levels[i], school[i].levels);
		CHECK(school_seen[i]);
		for (int k = 0; k < i / 2; k++) {
			CHECK(board_of[k] != board_of[i / 2]);
		}
	}
	CHECK(in_order < SCHOOLS / 4); /* numbers say nothing about the register */
	drp_manifest_free(m);
}

static void ids_are_random_and_sorted(void)
{
	struct drp_manifest *a = make(1), *b = make(2), *again = make(1);
	unsigned bits = 0;
	for (uint32_t u = 0; u < a->n_units; u++) {
		CHECK(u == 0 || memcmp(&a->unit[u - 1].id, &a->unit[u].id,
					sizeof a->unit[u].id) < 0);
		CHECK(drp_manifest_unit(b, &a->unit[u].id) == NULL);
		CHECK_MEM(&a->unit[u], &again->unit[u], sizeof a->unit[u]);
		for (size_t k = 0; k < sizeof a->unit[u].id; k++) {
			bits += (unsigned)__builtin_popcount(a->unit[u].id.b[k]);
		}
	}
	/* Half of the bits of all bytes are set, give or take eight standard deviations:
	 * none of the id is a counter or a constant. */
	double n = 128.0 * a->n_units;
	CHECK_NEAR(bits, n / 2, 8 * sqrt(n / 4));
	drp_manifest_free(a);
	drp_manifest_free(b);
	drp_manifest_free(again);
}

static void registers_that_do_not_fit(void)
{
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, 1);
	struct drp_manifest *m = NULL;
	struct drp_school *many = drp_alloc(DRP_SCHOOLS_MAX + 1, sizeof *many);
	CHECK(many != NULL);
	CHECK_OK(read_text(MINIMAL));
	CHECK_ERR(drp_draft_manifest(&draft, instrument, many, 0, &rng, &m, NULL, &diag),
		DRP_E_RANGE);
	CHECK(strstr(diag.text, "register") != NULL);
	CHECK_ERR(drp_draft_manifest(&draft, instrument, many, DRP_SCHOOLS_MAX + 1, &rng,
			  &m, NULL, &diag),
		DRP_E_RANGE);
	for (int i = 0; i < 5000; i++) {
		many[i].levels = 0x3e;
	}
	diag = (struct drp_diag){0};
	CHECK_ERR(
		drp_draft_manifest(&draft, instrument, many, 5000, &rng, &m, NULL, &diag),
		DRP_E_RANGE);
	CHECK(strstr(diag.text, "25000 units") != NULL);
	CHECK(m == NULL);
	drp_free(many);
}

int main(void)
{
	if (drp_crypto_init() ||
		drp_instrument_load(DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml",
			&instrument, NULL)) {
		return 1;
	}
	CASE("a sealed draft", a_sealed_draft);
	CASE("a file without thresholds and budget has the design's", the_smallest_file);
	CASE("the example has every key and is read", the_example);
	CASE("thresholds become stricter, never weaker", thresholds_only_become_stricter);
	CASE("a budget is positive and within a year's cap", budgets_stay_below_the_year);
	CASE("anything wrong is named by file and key", what_else_is_refused);
	CASE("a refused file leaves no draft", nothing_is_written_on_refusal);
	CASE("every group's noise follows from its items and its budget", releases);
	CASE("a manifest says what its draft says", takes_the_draft);
	CASE("units are the register's; schools and boards are numbered anew",
		units_are_those_of_the_register);
	CASE("ids are random, and units stand in their order", ids_are_random_and_sorted);
	CASE("a register that does not fit is refused with its size",
		registers_that_do_not_fit);
	drp_instrument_free(instrument);
	return DONE();
}
