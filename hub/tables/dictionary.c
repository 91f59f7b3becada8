/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/dictionary.h"

#include "hub/tables/csv_out.h"
#include "proto/model/codes.h"
#include "proto/runtime/json.h"

#include <stdio.h>

typedef void each_entry(void *self, const struct drp_entry *entry);

struct walk {
	const struct drp_publication *publication;
	each_entry *each;
	void *self;
};

/* ---- what every edition has ---- */

static const struct drp_entry columns[] = {
	{"column", "campaign", "", "", "campagne", "campaign", "", ""},
	{"column", "edition", "", "", "nummer van de editie", "number of the edition", "",
		""},
	{"column", "family", "", "", "hoe de eenheden verdeeld zijn",
		"how the units are divided", "", ""},
	{"column", "province", "", "", "provincie van de school, NUTS 2021",
		"province of the school, NUTS 2021", "", ""},
	{"column", "level", "", "", "onderwijsniveau", "education level", "", ""},
	{"column", "network", "", "", "onderwijsnet", "education network", "", ""},
	{"column", "group", "", "", "groep die antwoordde", "group that answered", "",
		""},
	{"column", "area", "", "", "gebied van de vragenlijst", "area of the instrument",
		"", ""},
	{"column", "item", "", "", "vraag; _T: het hele gebied",
		"item; _T: the whole area", "", ""},
	{"column", "measure", "", "", "wat de waarde meet", "what the value measures", "",
		""},
	{"column", "value", "", "", "waarde; leeg waar status c, x of z is, nooit 0",
		"value; empty where status is c, x or z, never 0", "of the measure", ""},
	{"column", "se_dp", "", "",
		"standaardfout door de ruis en wat ze deed aannemen; leeg bij exacte "
		"waarden",
		"standard error from the noise and what it made us assume; empty for "
		"exact values",
		"of the measure", ""},
	{"column", "ci_low", "", "", "ondergrens van het 95%-interval, niet afgekapt",
		"lower end of the 95% interval, not clipped", "of the measure", ""},
	{"column", "ci_high", "", "", "bovengrens van het 95%-interval, niet afgekapt",
		"upper end of the 95% interval, not clipped", "of the measure", ""},
	{"column", "n", "", "",
		"exacte vragenlijsten achter de rij; leeg waar ze samen met de deelname "
		"de aantallen van enkele scholen zouden tonen",
		"exact questionnaires behind the row; empty where together with "
		"participation they would tell the numbers of a few schools",
		"questionnaires", ""},
	{"column", "schools", "", "", "verschillende scholen achter de rij",
		"different schools behind the row", "schools", ""},
	{"column", "status", "", "", "waarom een waarde ontbreekt of niet betrouwbaar is",
		"why a value is missing or unreliable", "", ""},
};

#define BASE_COVERAGE                                                                    \
	"group _T: registered schools of the row; a group: eligible people of the row"
#define BASE_SHARE "questionnaires behind the row (n)"

static const struct drp_entry codes[] = {
	{"code", "family", "region", "", "de hele regio", "the whole region", "", ""},
	{"code", "family", "province", "", "per provincie", "by province", "", ""},
	{"code", "family", "level", "", "per onderwijsniveau", "by education level", "",
		""},
	{"code", "family", "network", "", "per onderwijsnet", "by education network", "",
		""},
	{"code", "family", "province_level", "", "per provincie en onderwijsniveau",
		"by province and education level", "", ""},
	{"code", "province", "_T", "", "alle", "all", "", ""},
	{"code", "level", "_T", "", "alle", "all", "", ""},
	{"code", "network", "_T", "", "alle", "all", "", ""},
	{"code", "network", "GO", "", "GO! onderwijs van de Vlaamse Gemeenschap",
		"GO! education of the Flemish Community", "", ""},
	{"code", "network", "OVSG", "", "Onderwijs van steden en gemeenten",
		"education of cities and municipalities", "", ""},
	{"code", "network", "POV", "", "Provinciaal onderwijs Vlaanderen",
		"provincial education Flanders", "", ""},
	{"code", "network", "KOV", "", "Katholiek onderwijs Vlaanderen",
		"catholic education Flanders", "", ""},
	{"code", "network", "OTHER", "", "andere", "other", "", ""},
	{"code", "group", "_T", "", "alle (rijen over scholen)",
		"all (rows about schools)", "", ""},
	{"code", "area", "_T", "", "geen gebied (deelname)", "no area (participation)",
		"", ""},
	{"code", "item", "_T", "", "het hele gebied, of geen vraag (deelname)",
		"the whole area, or no item (participation)", "", ""},
	{"code", "measure", "schools", "", "scholen die deelnamen",
		"schools that took part", "schools", ""},
	{"code", "measure", "registered", "", "scholen in het register van de campagne",
		"schools in the campaign's register", "schools", ""},
	{"code", "measure", "eligible", "", "personen die in aanmerking komen",
		"eligible people", "people", ""},
	{"code", "measure", "invited", "",
		"uitgenodigde personen; op het verzegelde spoor alleen bij de school",
		"invited people; on the sealed track known to the school alone", "people",
		""},
	{"code", "measure", "questionnaires", "",
		"ingevulde vragenlijsten, geen personen",
		"completed questionnaires, not people", "questionnaires", ""},
	{"code", "measure", "coverage", "", "dekking", "coverage", "percent",
		BASE_COVERAGE},
	{"code", "measure", "mean", "",
		"gemiddelde; van een gebied dat van zijn kernvragen",
		"mean; of an area that of its core items", "scale points, 1 is lowest",
		"valid answers, estimated from n and the region's valid rate"},
	{"code", "measure", "share_1", "", "deel dat 1 antwoordde",
		"share that answered 1", "proportion", BASE_SHARE},
	{"code", "measure", "share_2", "", "deel dat 2 antwoordde",
		"share that answered 2", "proportion", BASE_SHARE},
	{"code", "measure", "share_3", "", "deel dat 3 antwoordde",
		"share that answered 3", "proportion", BASE_SHARE},
	{"code", "measure", "share_4", "", "deel dat 4 antwoordde",
		"share that answered 4", "proportion", BASE_SHARE},
	{"code", "measure", "share_5", "", "deel dat 5 antwoordde",
		"share that answered 5", "proportion", BASE_SHARE},
	{"code", "measure", "share_na", "", "deel dat 'niet van toepassing' antwoordde",
		"share that answered 'not applicable'", "proportion", BASE_SHARE},
	{"code", "measure", "share_ticked", "", "deel dat het vakje aankruiste",
		"share that ticked the box", "proportion", BASE_SHARE},
	{"code", "status", "", "", "waarde gepubliceerd", "value published", "", ""},
	{"code", "status", "c", "", "onderdrukt: de drempels of het nazicht op aftrekken",
		"suppressed: the thresholds or the audit against subtraction", "", ""},
	{"code", "status", "u", "", "niet betrouwbaar: se_dp boven 0,15",
		"unreliable: se_dp above 0.15", "", ""},
	{"code", "status", "x", "",
		"niet beschikbaar: niet in het plan of op het spoor van deze campagne",
		"not available: not in this campaign's plan or on its track", "", ""},
	{"code", "status", "z", "", "niet van toepassing", "not applicable", "", ""},
};

static void list(const struct walk *w, const struct drp_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		w->each(w->self, &entries[i]);
	}
}

static void list_places(const struct walk *w)
{
	static const int levels[] = {1, 2, 3, 4, 5, 34};
	for (int p = DRP_BE10; p <= DRP_PROVINCES; p++) {
		w->each(w->self,
			&(struct drp_entry){"code", "province", drp_province_code(p), "",
				drp_province_name(p, "nl"), drp_province_name(p, "en"),
				"", ""});
	}
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		int level = levels[i];
		w->each(w->self,
			&(struct drp_entry){"code", "level", drp_level_code(level), "",
				drp_level_name(level, "nl"), drp_level_name(level, "en"),
				"", level == 34 ? "levels 3 and 4 together" : ""});
	}
	for (int g = 0; g < DRP_GROUPS; g++) {
		w->each(w->self, &(struct drp_entry){"code", "group", drp_group_code(g),
					 "", drp_group_name(g, "nl"),
					 drp_group_name(g, "en"), "", ""});
	}
}

/* ---- what the instrument asks ---- */

static const char *in_language(
	const struct walk *w, const struct drp_text *text, const char *language)
{
	int l = drp_instrument_language(w->publication->instrument, language);
	return l >= 0 && text->in[l] ? text->in[l] : "";
}

static void list_item(const struct walk *w, const struct drp_item *item)
{
	const struct drp_scale *scale = &w->publication->instrument->scale[item->scale];
	char unit[DRP_CODE_MAX + 32];
	if (scale->points) {
		snprintf(unit, sizeof unit, "scale %s, 1 to %u", scale->code,
			scale->points);
	} else {
		snprintf(unit, sizeof unit, "tick box");
	}
	for (int g = 0; g < DRP_GROUPS; g++) {
		if (item->groups >> g & 1) {
			w->each(w->self, &(struct drp_entry){"code", "item", item->code,
						 drp_group_code(g),
						 in_language(w, &item->wording[g], "nl"),
						 in_language(w, &item->wording[g], "en"),
						 unit, ""});
		}
	}
}

/* Optional items and free text have no counter above the school, and no entry here. */
static void list_instrument(const struct walk *w)
{
	const struct drp_instrument *in = w->publication->instrument;
	for (int a = 0; a < in->n_areas; a++) {
		w->each(w->self,
			&(struct drp_entry){"code", "area", in->area[a].code, "",
				in_language(w, &in->area[a].name, "nl"),
				in_language(w, &in->area[a].name, "en"), "", ""});
	}
	for (int i = 0; i < in->n_items; i++) {
		if (in->item[i].kind == DRP_ITEM_CORE ||
			in->item[i].kind == DRP_ITEM_ADDITIONAL) {
			list_item(w, &in->item[i]);
		}
	}
	for (int s = 0; s < in->n_scales; s++) {
		for (int point = 0; point < in->scale[s].points; point++) {
			char code[DRP_CODE_MAX + 16];
			const struct drp_text *label = &in->scale[s].label[point];
			snprintf(
				code, sizeof code, "%s %d", in->scale[s].code, point + 1);
			w->each(w->self, &(struct drp_entry){"scale", "", code, "",
						 in_language(w, label, "nl"),
						 in_language(w, label, "en"), "", ""});
		}
	}
}

static void list_all(const struct walk *w)
{
	list(w, columns, sizeof columns / sizeof columns[0]);
	list(w, codes, sizeof codes / sizeof codes[0]);
	list_places(w);
	list_instrument(w);
}

/* ---- files ---- */

#define FIELDS 8

static void add_csv(void *self, const struct drp_entry *e)
{
	const char *const fields[FIELDS] = {e->kind, e->column, e->code, e->group,
		e->name_nl, e->name_en, e->unit, e->base};
	drp_csv_line(self, fields, FIELDS);
}

static void add_json(void *self, const struct drp_entry *e)
{
	drp_json_add(self, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "kind",
				   e->kind, "column", e->column, "code", e->code, "group",
				   e->group, "name_nl", e->name_nl, "name_en", e->name_en,
				   "unit", e->unit, "base", e->base));
}

enum drp_err drp_dictionary_csv(
	const struct drp_publication *publication, struct drp_buf *out)
{
	static const char *const header[FIELDS] = {
		"kind", "column", "code", "group", "name_nl", "name_en", "unit", "base"};
	drp_csv_line(out, header, FIELDS);
	list_all(&(struct walk){publication, add_csv, out});
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}

enum drp_err drp_dictionary_json(
	const struct drp_publication *publication, struct drp_buf *out)
{
	json_t *entries = json_array();
	list_all(&(struct walk){publication, add_json, &entries});
	return drp_json_print(entries, DRP_JSON_LINES, out);
}
