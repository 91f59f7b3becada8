/* SPDX-License-Identifier: Apache-2.0
 *
 * The bundled instrument has the shape that the source documents state; a small one is
 * broken in every way that its author might break it.
 */
#include "proto/model/instrument.h"

#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/crypto/crypto.h"
#include "proto/wire/writer.h"
#include "tests/support/check.h"

#include <stdlib.h>
#include <unistd.h>

#define SELFIE DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml"
#define README DRP_SOURCE_DIR "/deploy/instruments/README.md"

/* Line 1 is `id`. */
static const char small[] = "id: small\n"
			    "version: \"1\"\n"
			    "title: {nl: Klein, en: Small}\n"
			    "languages: [nl-BE, en]\n"
			    "scales:\n"
			    "  - code: yes\n"
			    "    points: 5\n"
			    "    na: true\n"
			    "    labels:\n"
			    "      - {nl: een, en: one}\n"
			    "      - {nl: twee, en: two}\n"
			    "      - {nl: drie, en: three}\n"
			    "      - {nl: vier, en: four}\n"
			    "      - {nl: vijf, en: five}\n"
			    "  - code: half\n"
			    "    points: 2\n"
			    "    labels: [{nl: nee, en: no}, {nl: ja, en: yes}]\n"
			    "  - code: box\n"
			    "    points: tick\n"
			    "areas:\n"
			    "  - code: A\n"
			    "    name: {nl: Eerste, en: First}\n"
			    "  - code: X4\n"
			    "    additional: true\n"
			    "    name: {nl: Extra, en: More}\n"
			    "items:\n"
			    "  - code: A1\n"
			    "    area: A\n"
			    "    kind: core\n"
			    "    scale: yes\n"
			    "    groups: [leader, teacher, pupil]\n"
			    "    wording: {nl-BE: Wij, en: We}\n"
			    "    pupil: {nl: Ik, en: I}\n"
			    "  - code: X4_1\n"
			    "    area: X4\n"
			    "    kind: additional\n"
			    "    scale: box\n"
			    "    groups: [teacher]\n"
			    "    teacher:\n"
			    "      nl: Traag\n"
			    "      en: Slow\n"
			    "  - code: OA1\n"
			    "    area: A\n"
			    "    kind: optional\n"
			    "    scale: half\n"
			    "    groups: [teacher]\n"
			    "    levels: [2, 3]\n"
			    "    wording: {nl: Soms, en: Sometimes}\n"
			    "  - code: T1\n"
			    "    area: A\n"
			    "    kind: text\n"
			    "    groups: [pupil]\n"
			    "    wording: {nl: Vertel, en: Tell}\n";

static char path[] = "/tmp/drempel-instrument-XXXXXX";

static struct drp_instrument *owned;

static void drop(void)
{
	drp_instrument_free(owned);
	owned = NULL;
}

/* load hands out an instrument that lives until the next load. */
static enum drp_err load_text(const char *text, struct drp_diag *diag)
{
	drop();
	FILE *file = fopen(path, "wb");
	CHECK(file != NULL);
	size_t n = fwrite(text, 1, strlen(text), file);
	fclose(file);
	CHECK_INT(n, strlen(text));
	return drp_instrument_load(path, &owned, diag);
}

static const struct drp_instrument *load_good(const char *text)
{
	struct drp_diag diag = {0};
	enum drp_err err = load_text(text, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
	return owned;
}

static const struct drp_instrument *load_selfie(void)
{
	struct drp_diag diag = {0};
	drop();
	enum drp_err err = drp_instrument_load(SELFIE, &owned, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
	return owned;
}

/* with replaces the only occurrence of `from` in the small instrument. */
static const char *with(const char *from, const char *to)
{
	static char text[8192];
	const char *at = strstr(small, from);
	CHECK(at != NULL && strstr(at + 1, from) == NULL);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - small), small, to,
		at + strlen(from));
	return text;
}

/* ---- the bundled instrument ---- */

static size_t core_items(
	const struct drp_instrument *in, enum drp_group group, const char *area)
{
	uint16_t items[DRP_ITEMS_MAX];
	size_t n = drp_instrument_vector(in, group, DRP_ITEM_CORE, items), count = 0;
	for (size_t i = 0; i < n; i++) {
		count += !area ||
			 strcmp(in->area[in->item[items[i]].area].code, area) == 0;
	}
	return count;
}

static void sizes_of_the_areas(void)
{
	static const struct {
		const char *area;
		size_t adults, pupils;
	} want[] = {{NULL, 40, 15}, {"A", 6, 0}, {"B", 8, 4}, {"C", 5, 0}, {"D", 11, 3},
		{"E", 5, 3}, {"F", 5, 5}};
	const struct drp_instrument *in = load_selfie();
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		CHECK_INT(core_items(in, DRP_LEADER, want[i].area), want[i].adults);
		CHECK_INT(core_items(in, DRP_TEACHER, want[i].area), want[i].adults);
		CHECK_INT(core_items(in, DRP_PUPIL, want[i].area), want[i].pupils);
	}
}

static void codes_of_the_manual(void)
{
	static const char *const everybody[] = {"B1", "B2", "B4", "B6"};
	static const char *const areas[] = {
		"A", "B", "C", "D", "E", "F", "X1", "X2", "X3", "X4", "X5", "X6"};
	const struct drp_instrument *in = load_selfie();
	for (size_t i = 0; i < sizeof everybody / sizeof everybody[0]; i++) {
		int item = drp_instrument_item(in, everybody[i]);
		CHECK(item >= 0);
		CHECK_INT(in->item[item].groups, 7);
	}
	CHECK_INT(in->n_areas, 12);
	for (int a = 0; a < in->n_areas; a++) {
		CHECK_STR(in->area[a].code, areas[a]);
		CHECK_INT(in->area[a].additional, a >= 6);
	}
	const struct drp_item *b2 = &in->item[drp_instrument_item(in, "B2")];
	for (int l = 0; l < in->n_languages; l++) {
		CHECK(strcmp(b2->wording[DRP_LEADER].in[l],
			      b2->wording[DRP_TEACHER].in[l]) != 0);
	}
}

static void core_items_can_be_not_applicable(void)
{
	const struct drp_instrument *in = load_selfie();
	for (int i = 0; i < in->n_items; i++) {
		const struct drp_scale *scale = &in->scale[in->item[i].scale];
		if (in->item[i].kind == DRP_ITEM_CORE) {
			CHECK_INT(scale->points, 5);
			CHECK_INT(scale->has_na, 1);
		}
	}
}

static void additional_areas(void)
{
	/* Groups of X1..X6: bit 0 leaders, 1 teachers, 2 pupils. */
	static const int groups[] = {2, 2, 2, 3, 3, 4};
	const struct drp_instrument *in = load_selfie();
	int items[6] = {0};
	for (int i = 0; i < in->n_items; i++) {
		const struct drp_item *item = &in->item[i];
		if (item->kind != DRP_ITEM_ADDITIONAL) {
			continue;
		}
		int x = item->area - 6;
		CHECK(x >= 0);
		items[x]++;
		CHECK_INT(item->groups, groups[x]);
		CHECK_INT(in->scale[item->scale].points, x == 3 ? 0 : 5);
	}
	for (int x = 0; x < 6; x++) {
		CHECK(items[x] > 0);
	}
	CHECK_INT(items[2], 1);
	CHECK_INT(items[4], 1);
}

static void every_kind_is_there(void)
{
	int kinds[4] = {0};
	const struct drp_instrument *in = load_selfie();
	for (int i = 0; i < in->n_items; i++) {
		kinds[in->item[i].kind]++;
	}
	CHECK(kinds[DRP_ITEM_OPTIONAL] >= 3);
	CHECK(kinds[DRP_ITEM_TEXT] >= 1);
	CHECK_STR(in->item[drp_instrument_item(in, "OB1")].code, "OB1");
	CHECK_INT(in->item[drp_instrument_item(in, "OB1")].kind, DRP_ITEM_OPTIONAL);
}

static void every_group_has_every_language(void)
{
	const struct drp_instrument *in = load_selfie();
	CHECK_INT(in->n_languages, 5);
	for (int i = 0; i < in->n_items; i++) {
		for (int g = 0; g < DRP_GROUPS; g++) {
			for (int l = 0; l < in->n_languages; l++) {
				int asked = in->item[i].groups >> g & 1;
				CHECK((in->item[i].wording[g].in[l] != NULL) == asked);
			}
		}
	}
}

static void languages_are_found(void)
{
	const struct drp_instrument *in = load_selfie();
	CHECK_INT(drp_instrument_language(in, "nl-BE"), 0);
	CHECK_INT(drp_instrument_language(in, "nl-NL"), 1);
	CHECK_INT(drp_instrument_language(in, "fr"), 2);
	CHECK_INT(drp_instrument_language(in, "fr-BE"), 2);
	CHECK_INT(drp_instrument_language(in, "de"), 3);
	CHECK_INT(drp_instrument_language(in, "de-BE"), 3);
	CHECK_INT(drp_instrument_language(in, "en"), 4);
	CHECK_INT(drp_instrument_language(in, "nl"), 0);
	CHECK_INT(drp_instrument_language(in, "nl-SR"), 0);
	CHECK_INT(drp_instrument_language(in, "en-GB"), 4);
	CHECK_INT(drp_instrument_language(in, "n"), -1);
	CHECK_INT(drp_instrument_language(in, "it"), -1);
	CHECK_INT(drp_instrument_language(in, ""), -1);
	CHECK_INT(drp_instrument_item(in, "B9"), -1);
	CHECK_INT(drp_instrument_item(in, "b1"), -1);
	const struct drp_item *a4 = &in->item[drp_instrument_item(in, "A4")];
	CHECK(strstr(a4->wording[DRP_TEACHER].in[0], "uurrooster") != NULL);
	CHECK(strstr(a4->wording[DRP_TEACHER].in[1], "uurrooster") == NULL);
}

/* ---- reading ---- */

static void small_is_read(void)
{
	const struct drp_instrument *in = load_good(small);
	CHECK_STR(in->id, "small");
	CHECK_STR(in->version, "1");
	CHECK_STR(in->title.in[1], "Small");
	CHECK_INT(in->n_scales, 3);
	CHECK_INT(in->scale[0].points, 5);
	CHECK_INT(in->scale[0].has_na, 1);
	CHECK_STR(in->scale[0].label[4].in[0], "vijf");
	CHECK_INT(in->scale[2].points, 0);
	CHECK_INT(in->n_items, 4);
	CHECK_STR(in->item[0].wording[DRP_LEADER].in[0], "Wij");
	CHECK_STR(in->item[0].wording[DRP_TEACHER].in[0], "Wij");
	CHECK_STR(in->item[0].wording[DRP_PUPIL].in[0], "Ik");
	CHECK_INT(in->item[1].area, 1);
	CHECK_INT(in->item[1].scale, 2);
	CHECK_INT(in->item[2].levels, 1u << 2 | 1u << 3);
	CHECK_INT(in->item[3].kind, DRP_ITEM_TEXT);
	CHECK_INT(in->item[3].groups, 1u << DRP_PUPIL);
}

static void vector_takes_what_all_units_ask(void)
{
	static struct drp_instrument in;
	uint16_t items[DRP_ITEMS_MAX];
	in.n_items = 4;
	in.item[0].groups = 7;
	in.item[1].groups = 7;
	in.item[1].levels = 1u << 1;
	in.item[2].groups = 1u << DRP_PUPIL;
	in.item[3].groups = 1u << DRP_LEADER;
	in.item[3].levels = 0x3e; /* all five */
	CHECK_INT(drp_instrument_vector(&in, DRP_LEADER, DRP_ITEM_CORE, items), 2);
	CHECK_INT(items[0], 0);
	CHECK_INT(items[1], 3);
	CHECK_INT(drp_instrument_vector(&in, DRP_PUPIL, DRP_ITEM_CORE, items), 2);
	CHECK_INT(items[1], 2);
	CHECK_INT(drp_instrument_vector(&in, DRP_PUPIL, DRP_ITEM_ADDITIONAL, items), 0);
}

static struct drp_hash hash_of(const char *text)
{
	return load_good(text)->hash;
}

static void hash_is_of_the_meaning(void)
{
	static const struct {
		const char *from, *to;
	} same[] = {
		{"    points: 2\n", "    # two answers\n    points: 2   # not five\n"},
		{"id: small\nversion: \"1\"\n", "---\nversion: 1\nid: \"small\"\n"},
		{"  - code: T1\n    area: A\n    kind: text\n",
			"  - kind: text\n    code: T1\n    area: A\n"},
		{"    groups: [leader, teacher, pupil]\n",
			"    groups:\n      - pupil\n      - teacher\n      - leader\n"
			"    levels: [1, 2, 3, 4, 5]\n"},
		{"{nl: Ik, en: I}", "{en: I, nl-BE: Ik}"},
		{"      nl: Traag\n", "      nl: >-\n        Traag\n"},
		{"    wording: {nl-BE: Wij, en: We}\n",
			"    leader: &us {nl: Wij, en: We}\n    teacher: *us\n"},
	};
	static const struct {
		const char *from, *to;
	} other[] = {
		{"Traag", "Trage"},
		{"id: small", "id: smalL"},
		{"version: \"1\"", "version: \"2\""},
		{"    na: true\n", ""},
		{"nl: drie", "nl: Drie"},
		{"    levels: [2, 3]\n", "    levels: [2]\n"},
		{"    groups: [teacher]\n    levels", "    groups: [leader]\n    levels"},
		{"    additional: true\n    name: {nl: Extra, en: More}",
			"    additional: true\n    name: {nl: Extra, en: Other}"},
	};
	struct drp_hash plain = hash_of(small);
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		struct drp_hash hash = hash_of(with(same[i].from, same[i].to));
		CHECK_MEM(&hash, &plain, sizeof hash);
	}
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
		struct drp_hash hash = hash_of(with(other[i].from, other[i].to));
		CHECK(!drp_hash_equal(&hash, &plain));
	}
}

/* Worked out from the field table of the README, not by this program. */
static void hash_is_the_documented_one(void)
{
	char hex[65];
	struct drp_hash hash = hash_of(small);
	drp_hex(hash.b, sizeof hash.b, hex);
	CHECK_STR(
		hex, "4b1d148a3570e39fa54a3d5595d9fb58d57dd9a64d1401b88eddb0d8c5ad1db9");
}

static void readme_example_is_read(void)
{
	static char readme[64 * 1024];
	FILE *file = fopen(README, "rb");
	CHECK(file != NULL);
	readme[fread(readme, 1, sizeof readme - 1, file)] = 0;
	fclose(file);
	char *from = strstr(readme, "```yaml\n");
	CHECK(from != NULL);
	from += strlen("```yaml\n");
	char *end = strstr(from, "```");
	CHECK(end != NULL);
	*end = 0;
	load_good(from);
}

/* ---- what its author may do wrong ---- */

struct mistake {
	const char *from, *to;
	int line;
	const char *says;
};

static void check_mistake(const struct mistake *m)
{
	struct drp_diag diag = {0};
	char where[64];
	enum drp_err err = load_text(with(m->from, m->to), &diag);
	snprintf(where, sizeof where, "%s:%d: ", path, m->line);
	if (err != DRP_E_INPUT || strncmp(diag.text, where, strlen(where)) != 0 ||
		!strstr(diag.text, m->says)) {
		printf("# line %d, '%s': got %s %s\n", m->line, m->says,
			drp_err_name(err), diag.text);
	}
	CHECK_ERR(err, DRP_E_INPUT);
	CHECK_INT(diag.code, DRP_E_INPUT);
	CHECK(strncmp(diag.text, where, strlen(where)) == 0);
	CHECK(strstr(diag.text, m->says) != NULL);
	CHECK(owned == NULL);
}

#define CHECK_MISTAKES(list)                                                             \
	do {                                                                             \
		for (size_t i_ = 0; i_ < sizeof(list) / sizeof(list)[0]; i_++) {         \
			check_mistake(&(list)[i_]);                                      \
		}                                                                        \
	} while (0)

static void wrong_structure(void)
{
	static const struct mistake mistakes[] = {
		{"areas:\n", "areas\n", 21, "not YAML"},
		{"    na: true\n", "    an: true\n", 8,
			"scale yes: key 'an' is not known"},
		{"version: \"1\"\n", "versie: 1\n", 2, "key 'versie' is not known"},
		{"version: \"1\"\n", "", 1, "'version' is missing"},
		{"    additional: true\n", "    additional: 1\n", 24,
			"area X4: '1' must be true or false"},
		{"    kind: optional\n", "    kind: optional\n    kind: core\n", 45,
			"item OA1: 'kind' is there twice"},
		{"    kind: optional\n", "    kind: extra\n", 44,
			"item OA1: kind 'extra' must be"},
		{"    kind: optional\n", "", 42, "item OA1: 'kind' is missing"},
		{"  - code: T1\n    area", "  - area", 49,
			"item number 4: 'code' is missing"},
		{"    groups: [leader, teacher, pupil]\n", "    groups: all\n", 31,
			"item A1: 'groups' must be a list of 1 to 3 entries"},
		{"    groups: [leader, teacher, pupil]\n",
			"    groups: [leader, parent]\n", 31,
			"item A1: 'parent' under groups"},
		{"    levels: [2, 3]\n", "    levels: [2, 6]\n", 47, "'6' under levels"},
		{"    levels: [2, 3]\n", "    levels: [2, 2]\n", 47, "'2' under levels"},
		{"    points: 2\n", "    points: 8\n", 16,
			"scale half: points must be 2 to 7"},
		{"    points: 2\n", "    points: 1\n", 16,
			"scale half: points must be 2 to 7"},
		{"languages: [nl-BE, en]", "languages: []", 4,
			"'languages' must be a list"},
	};
	CHECK_MISTAKES(mistakes);
}

static void wrong_codes(void)
{
	static const struct mistake mistakes[] = {
		{"  - code: T1\n", "  - code: A1\n", 49, "'A1' is there twice"},
		{"    points: tick\n",
			"    points: tick\n  - {code: half, points: tick}\n", 20,
			"scales: 'half' is there twice"},
		{"    name: {nl: Extra, en: More}\n",
			"    name: {nl: Extra, en: More}\n  - {code: A, name: {nl: a, "
			"en: a}}\n",
			26, "areas: 'A' is there twice"},
		{"[nl-BE, en]", "[nl-BE, en, en]", 4, "languages: 'en' is there twice"},
		{"  - code: X4_1\n", "  - code: _T\n", 34,
			"item number 2: '_T' is not a code"},
		{"  - code: X4_1\n", "  - code: a b\n", 34, "'a b' is not a code"},
		{"  - code: X4_1\n", "  - code: a234567890123456\n", 34,
			"use 1 to 15 of A-Z"},
		{"id: small\n", "id: ../small\n", 1, "'../small' is not a code"},
		{"    scale: half\n", "    scale: hlaf\n", 45,
			"item OA1: scale 'hlaf' is not defined; add it under scales"},
		{"    scale: half\n", "", 42, "item OA1: 'scale' is missing"},
		{"    area: X4\n", "    area: X5\n", 35,
			"item X4_1: area 'X5' is not defined; add it under areas"},
	};
	CHECK_MISTAKES(mistakes);
}

static void wrong_texts(void)
{
	static const struct mistake mistakes[] = {
		{"{nl: drie, en: three}", "{nl: drie}", 12,
			"scale yes: label has no text in en; add it"},
		{"      - {nl: vijf, en: five}\n", "", 10,
			"scale yes: 4 labels for 5 points"},
		{"    points: tick\n", "    points: tick\n    labels: []\n", 20,
			"scale box: 0 labels for 0 points"},
		{"    name: {nl: Eerste, en: First}\n", "    name: Eerste\n", 22,
			"area A: must be a mapping"},
		{"      en: Slow\n", "", 40, "item X4_1: teacher has no text in en"},
		{"      en: Slow\n", "      en: Slow\n      fr: Lent\n", 42,
			"key 'fr' is not known here"},
		{"      nl: Traag\n", "      nl: \"\"\n", 40, "must be one line"},
		{"      nl: Traag\n", "      nl: [Traag]\n", 40, "must be one line"},
		{"      nl: Traag\n", "      nl: |\n        Traag\n        net\n", 40,
			"teacher: the text in nl-BE must be one line"},
		{"      nl: Traag\n", "      nl: \"Tr\\0ag\"\n", 40, "must be one line"},
		{"      nl: Traag\n", "      nl: \"Tr\\x7fag\"\n", 40,
			"must be one line"},
		{"    wording: {nl-BE: Wij, en: We}\n", "", 27,
			"item A1: has no wording for leader; add 'leader:' or "
			"'wording:'"},
		{"    groups: [leader, teacher, pupil]\n",
			"    groups: [leader, teacher]\n", 33,
			"item A1: has a wording for pupil"},
	};
	CHECK_MISTAKES(mistakes);
}

static void wrong_meaning(void)
{
	static const struct mistake mistakes[] = {
		{"    kind: core\n    scale: yes\n", "    kind: core\n    scale: half\n",
			30, "item A1: a core item needs a scale of 5 points, and half"},
		{"    area: A\n    kind: core\n", "    area: X4\n    kind: core\n", 28,
			"item A1: area X4 is additional"},
		{"    area: X4\n", "    area: A\n", 37,
			"item X4_1: scale box is a tick box"},
		{"    scale: box\n", "    scale: half\n", 37,
			"item X4_1: an additional item needs a scale of 5 points or "
			"tick"},
		{"    scale: half\n", "    scale: box\n", 45,
			"item OA1: scale box is a tick box"},
		{"    area: X4\n    kind: additional\n    scale: box\n",
			"    area: A\n    kind: additional\n    scale: yes\n", 35,
			"item X4_1: area A is a main area"},
		{"    points: tick\n", "    points: tick\n    na: true\n", 20,
			"scale box: a tick box has no"},
		{"    kind: text\n", "    kind: text\n    scale: yes\n", 52,
			"item T1: a text has no scale"},
		{"    groups: [leader, teacher, pupil]\n    wording: {nl-BE: Wij, en: "
		 "We}\n"
		 "    pupil: {nl: Ik, en: I}\n",
			"    groups: [leader, teacher]\n    wording: {nl: Wij, en: We}\n",
			27, "no core item is asked of group pupil"},
		{"    groups: [leader, teacher, pupil]\n",
			"    groups: [leader, teacher, pupil]\n    levels: [1]\n", 27,
			"no core item is asked of group leader at every level"},
	};
	CHECK_MISTAKES(mistakes);
}

static void check_refused(const char *text, enum drp_err err, const char *says)
{
	struct drp_diag diag = {0};
	CHECK_ERR(load_text(text, &diag), err);
	if (!strstr(diag.text, says)) {
		printf("# %s\n", diag.text);
	}
	CHECK(strstr(diag.text, says) != NULL);
}

static void files_that_are_no_instrument(void)
{
	struct drp_diag diag = {0};
	check_refused("", DRP_E_INPUT, ":1: must be a mapping");
	check_refused("- a\n", DRP_E_INPUT, ":1: must be a mapping");
	check_refused("id: [a\n", DRP_E_INPUT, "not YAML");
	check_refused("id: \xff\xfe\n", DRP_E_INPUT, "not YAML in UTF-8");
	check_refused("id: &a [*a]\n", DRP_E_INPUT, ":1: '' is not a code");
	check_refused("? [a]\n: b\n", DRP_E_INPUT, "key '' is not known");
	check_refused("\"a\\eb\\nc\": d\n", DRP_E_INPUT, "key 'a?b?c' is not known");
	check_refused("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\u00e9: d\n", DRP_E_INPUT,
		"aaa?' is not known");
	check_refused("a:\n- [[[[[[[[[[\n", DRP_E_INPUT, ":2: nested more than 8 deep");
	check_refused("id: a\n---\nid: a\n", DRP_E_INPUT, ":2: a second document");
	CHECK_ERR(drp_instrument_load("/nowhere.yaml", &owned, &diag), DRP_E_NOTFOUND);
	CHECK_STR(diag.text, "/nowhere.yaml cannot be opened: No such file or directory");
	CHECK_ERR(drp_instrument_load("/nowhere.yaml", &owned, NULL), DRP_E_NOTFOUND);
	CHECK_ERR(drp_instrument_load("/", &owned, NULL), DRP_E_IO);
	CHECK_ERR(drp_instrument_load("/dev/zero", &owned, NULL), DRP_E_INPUT);
}

static void many_items(int n, char *text, size_t size)
{
	size_t len = (size_t)snprintf(text, size, "%s", small);
	for (int i = 4; i < n; i++) {
		len += (size_t)snprintf(text + len, size - len,
			"  - {code: T%d, area: A, kind: text, groups: [pupil], wording: "
			"{nl: a, "
			"en: b}}\n",
			i);
	}
	CHECK(len < size);
}

static void at_most_the_limits(void)
{
	static char text[64 * 1024];
	char longest[DRP_TEXT_MAX_BYTES + 2], line[DRP_TEXT_MAX_BYTES + 32];
	many_items(DRP_ITEMS_MAX, text, sizeof text);
	CHECK_INT(load_good(text)->n_items, DRP_ITEMS_MAX);
	many_items(DRP_ITEMS_MAX + 1, text, sizeof text);
	check_refused(
		text, DRP_E_INPUT, ":27: 'items' must be a list of 1 to 256 entries");
	memset(longest, 'a', sizeof longest);
	longest[DRP_TEXT_MAX_BYTES] = 0;
	snprintf(line, sizeof line, "      nl: %s\n", longest);
	load_good(with("      nl: Traag\n", line));
	snprintf(line, sizeof line, "      nl: %sa\n", longest);
	check_refused(with("      nl: Traag\n", line), DRP_E_INPUT, "1 to 1024 bytes");
}

/* ---- canonical form ---- */

static struct drp_buf form;

static void encode(const struct drp_instrument *in)
{
	drp_buf_clear(&form);
	form = (struct drp_buf){0};
	CHECK_OK(drp_instrument_encode(in, &form));
}

static void check_round_trip(const struct drp_instrument *in)
{
	struct drp_instrument *back = NULL;
	struct drp_buf again = {0};
	encode(in);
	CHECK_OK(drp_instrument_decode(form.data, form.len, &back));
	CHECK_OK(drp_instrument_encode(back, &again));
	int equal = again.len == form.len &&
		    memcmp(again.data, form.data, form.len) == 0 &&
		    drp_hash_equal(&back->hash, &in->hash);
	int same_words = strcmp(back->item[0].wording[DRP_TEACHER].in[1],
				 in->item[0].wording[DRP_TEACHER].in[1]) == 0;
	drp_buf_clear(&again);
	drp_instrument_free(back);
	CHECK(equal);
	CHECK(same_words);
}

static void round_trip(void)
{
	check_round_trip(load_good(small));
	check_round_trip(load_selfie());
}

static void appends(void)
{
	const struct drp_instrument *in = load_good(small);
	struct drp_buf out = {0};
	encode(in);
	drp_buf_text(&out, "before");
	CHECK_OK(drp_instrument_encode(in, &out));
	int appended = out.len == 6 + form.len && memcmp(out.data, "before", 6) == 0 &&
		       memcmp(out.data + 6, form.data, form.len) == 0;
	drp_buf_clear(&out);
	CHECK(appended);
}

static void truncated_or_longer(void)
{
	struct drp_instrument *back = NULL;
	encode(load_good(small));
	for (size_t n = 0; n < form.len; n++) {
		CHECK(drp_instrument_decode(form.data, n, &back) != DRP_OK);
	}
	drp_buf_append(&form, "", 1);
	CHECK_ERR(drp_instrument_decode(form.data, form.len, &back), DRP_E_MALFORMED);
	CHECK(back == NULL);
}

/* What a changed byte leaves decodable is another instrument, never the same one. */
static void changed_bytes(void)
{
	static const uint8_t flips[] = {0x01, 0x02, 0x10, 0x20, 0x40, 0x80, 0xff};
	size_t accepted = 0, refused = 0;
	const struct drp_instrument *in = load_good(small);
	encode(in);
	for (size_t i = 0; i < form.len * sizeof flips; i++) {
		struct drp_instrument *back = NULL;
		struct drp_buf again = {0};
		uint8_t *byte = &form.data[i / sizeof flips], old = *byte;
		int honest = 1;
		*byte ^= flips[i % sizeof flips];
		if (drp_instrument_decode(form.data, form.len, &back) == DRP_OK) {
			accepted++;
			honest = drp_instrument_encode(back, &again) == DRP_OK &&
				 again.len == form.len &&
				 memcmp(again.data, form.data, form.len) == 0 &&
				 !drp_hash_equal(&back->hash, &in->hash);
			drp_buf_clear(&again);
			drp_instrument_free(back);
		} else {
			refused++;
		}
		*byte = old;
		CHECK(honest);
	}
	CHECK(accepted > 0);
	CHECK(refused > 0);
}

static struct drp_instrument changed;

static void check_unsound(void)
{
	struct drp_instrument *back = NULL;
	encode(&changed);
	CHECK_ERR(drp_instrument_decode(form.data, form.len, &back), DRP_E_MALFORMED);
	CHECK(back == NULL);
	changed = *owned;
}

static void unsound_forms(void)
{
	struct drp_instrument *back = NULL;
	load_good(small);
	changed = *owned;
	changed.item[0].scale = 1; /* a core item on two points */
	check_unsound();
	changed.item[1].scale = 3; /* no such scale */
	check_unsound();
	changed.item[2].area = 2; /* no such area */
	check_unsound();
	changed.item[3].scale = 1; /* a text with a scale */
	check_unsound();
	changed.item[2].levels = 1; /* level 0 */
	check_unsound();
	changed.item[2].levels = 0x3e; /* every level, said twice */
	check_unsound();
	changed.item[3].groups = 0;
	check_unsound();
	changed.item[0].levels = 2; /* leaders are left without a core item */
	check_unsound();
	changed.item[3].kind = DRP_ITEM_TEXT + 1;
	check_unsound();
	changed.scale[0].has_na = 2;
	check_unsound();
	changed.scale[1].points = 1;
	check_unsound();
	strcpy(changed.item[1].code, "A1");
	check_unsound();
	strcpy(changed.item[1].code, "_T");
	check_unsound();
	strcpy(changed.area[0].code, "");
	check_unsound();
	strcpy(changed.language[1], "nl-BE");
	check_unsound();
	changed.title.in[0] = "two\nlines";
	check_unsound();
	changed.title.in[0] = "";
	check_unsound();
	changed.n_languages = 0;
	check_unsound();
	changed.n_scales = 0;
	check_unsound();
	changed.n_items = 0;
	check_unsound();
	encode(owned);
	CHECK_ERR(drp_instrument_decode(form.data, DRP_BLOB_MAX_BYTES + 1, &back),
		DRP_E_TOOBIG);
}

/* Forms that no encoder of ours writes, made by hand for the corpus of the fuzz target.
 */
static void uneven_forms(void)
{
	static const char *const names[] = {"columns-uneven", "column-too-long",
		"title-in-one-language", "title-in-three-languages", "language-missing",
		"label-missing", "wording-missing", "code-twice", "no-such-area",
		"no-such-scale", "every-level-said-twice", "core-on-two-points",
		"trailing"};
	struct drp_instrument *back = NULL;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char bytes[1024], corpus[512];
		snprintf(corpus, sizeof corpus, "%s/tests/fuzz/corpus/instrument/%s",
			DRP_SOURCE_DIR, names[i]);
		FILE *file = fopen(corpus, "rb");
		CHECK(file != NULL);
		size_t n = fread(bytes, 1, sizeof bytes, file);
		fclose(file);
		CHECK_ERR(drp_instrument_decode(bytes, n, &back), DRP_E_MALFORMED);
		CHECK(back == NULL);
	}
}

/* ---- memory ---- */

static void every_allocation_may_fail(void)
{
	load_good(small);
	encode(owned);
	for (int decode = 0; decode < 2; decode++) {
		enum drp_err err = DRP_E_NOMEM;
		unsigned long n = 1;
		for (; err == DRP_E_NOMEM && n < 1000; n++) {
			struct drp_instrument *in = NULL;
			struct drp_diag diag = {0};
			drp_alloc_hook(n, 0);
			err = decode ? drp_instrument_decode(form.data, form.len, &in)
				     : drp_instrument_load(path, &in, &diag);
			drp_alloc_hook(0, 0);
			CHECK((err == DRP_OK) == (in != NULL));
			CHECK(decode || err == diag.code);
			drp_instrument_free(in);
		}
		CHECK_OK(err);
		CHECK(n > 3);
	}
}

int main(void)
{
	int file = mkstemp(path);
	if (file < 0 || drp_crypto_init()) {
		return 2;
	}
	close(file);
	CASE("40, 40 and 15 core items; area D asks 11, 11 and 3 (W2)",
		sizes_of_the_areas);
	CASE("B1, B2, B4 and B6 are for all; leaders read B2 otherwise",
		codes_of_the_manual);
	CASE("a core item has five points and n/a", core_items_can_be_not_applicable);
	CASE("additional areas ask whom they are about, X4 by ticks", additional_areas);
	CASE("optional and text items are there", every_kind_is_there);
	CASE("those who are asked can read it in every language",
		every_group_has_every_language);
	CASE("a language is found by itself or by its primary part", languages_are_found);
	CASE("a small instrument is read to the letter", small_is_read);
	CASE("the vector holds what every unit asks", vector_takes_what_all_units_ask);
	CASE("the hash is of the meaning, not of the file", hash_is_of_the_meaning);
	CASE("the hash is that of the documented form", hash_is_the_documented_one);
	CASE("the example of the README is an instrument", readme_example_is_read);
	CASE("a wrong structure is named with its line", wrong_structure);
	CASE("a wrong code is named with its line", wrong_codes);
	CASE("a wrong text is named with its line", wrong_texts);
	CASE("a broken rule is named with its line", wrong_meaning);
	CASE("a file that is no instrument says so", files_that_are_no_instrument);
	CASE("the limits can be reached and not passed", at_most_the_limits);
	CASE("what was encoded decodes to the same", round_trip);
	CASE("encoding appends", appends);
	CASE("a truncated or longer form is refused", truncated_or_longer);
	CASE("a changed byte never decodes to the same instrument", changed_bytes);
	CASE("a form that breaks a rule is refused", unsound_forms);
	CASE("a form with uneven columns or a missing text is refused", uneven_forms);
	CASE("without memory nothing is made and nothing leaks",
		every_allocation_may_fail);
	drop();
	drp_buf_clear(&form);
	unlink(path);
	return DONE();
}
