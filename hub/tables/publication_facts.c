/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/observations.h"
#include "hub/tables/publication.h"
#include "hub/tables/table_view.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/estimate/estimate.h"
#include "proto/model/codes.h"
#include "proto/privacy/rational.h"
#include "proto/runtime/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct drp_cells drp_cells_count(const struct drp_edition *edition)
{
	struct drp_cells cells = {0};
	for (size_t i = 0; i < edition->n_observations; i++) {
		const struct drp_observation *o = &edition->observation[i];
		cells.published += o->value[0] != 0;
		cells.suppressed += o->status == DRP_SUPPRESSED;
		cells.unreliable += o->status == DRP_UNRELIABLE;
		cells.not_available += o->status == DRP_NOT_AVAILABLE;
		cells.not_applicable += o->status == DRP_NOT_APPLICABLE;
	}
	return cells;
}

uint32_t drp_publication_enrolled(const struct drp_publication *p)
{
	static const struct drp_key none;
	uint32_t n = 0;
	for (uint32_t i = 0; i < p->manifest->n_schools; i++) {
		n += memcmp(&p->manifest->key[i], &none, sizeof none) != 0;
	}
	return n;
}

const char *drp_publication_notice(const struct drp_manifest *m, const char *language)
{
	static const struct {
		const char *language, *chosen, *sample;
	} notice[] = {
		{"nl",
			"Scholen kozen zelf om deel te nemen: de cijfers beschrijven die "
			"scholen en laten geen veralgemeenbare uitspraken over alle "
			"scholen toe.",
			"De scholen vormen een steekproef volgens een vooraf bepaald "
			"ontwerp: met de gewichten daarvan zijn de cijfers "
			"veralgemeenbaar naar de scholen waaruit de steekproef is "
			"getrokken. De steekproeffout komt boven op de hier vermelde "
			"fout."},
		{"en",
			"Schools chose to take part: the figures describe those schools "
			"and allow no general statement about all schools.",
			"The schools are a sample drawn by design: with its weights the "
			"figures can be generalised to the schools it was drawn from. "
			"The sampling error comes on top of the error stated here."},
		{"fr",
			"Les écoles ont choisi elles-mêmes de participer : les chiffres "
			"décrivent ces écoles et ne sont pas généralisables à "
			"l'ensemble des écoles.",
			"Les écoles forment un échantillon tiré selon un plan de "
			"sondage : avec ses pondérations, les chiffres sont "
			"généralisables aux écoles dont il est tiré. L'erreur "
			"d'échantillonnage s'ajoute à l'erreur indiquée ici."},
		{"de",
			"Die Schulen nahmen freiwillig teil: Die Zahlen beschreiben "
			"diese Schulen und erlauben keine allgemeine Aussage über alle "
			"Schulen.",
			"Die Schulen bilden eine nach Plan gezogene Stichprobe: Mit "
			"deren Gewichten lassen sich die Zahlen auf die Schulen "
			"verallgemeinern, aus denen sie gezogen wurde. Der "
			"Stichprobenfehler kommt zum hier genannten Fehler hinzu."},
	};
	size_t l = sizeof notice / sizeof notice[0];
	do {
		l--;
	} while (l && strncmp(language, notice[l].language, 2) != 0);
	return m->sample ? notice[l].sample : notice[l].chosen;
}

/* ---- parts ---- */

const char *drp_publication_part(
	const struct drp_publication *p, const char *language, char text[DRP_PART_TEXT])
{
	static const struct {
		const char *language, *network, *region, *before, *until;
	} part[] = {
		{"nl", "onderwijsnet ", " en het totaal van de regio, ",
			"vóór publicatie", ", tot "},
		{"en", "network ", " and the region's total, ", "before publication",
			", until "},
		{"fr", "réseau ", " et total de la région, ", "avant publication",
			", jusqu'au "},
		{"de", "Schulnetz ", " und Gesamtwert der Region, ",
			"vor der Veröffentlichung", ", bis "},
	};
	char instant[DRP_DATE_TEXT] = "";
	size_t l = sizeof part / sizeof part[0];
	text[0] = 0;
	if (!p->network && !p->before_s) {
		return text;
	}
	do {
		l--;
	} while (l && strncmp(language, part[l].language, 2) != 0);
	if (p->before_s) {
		drp_time_format(p->before_s, instant);
	}
	snprintf(text, DRP_PART_TEXT, "%s%s%s%s%s%s", p->network ? part[l].network : "",
		p->network ? drp_network_code(p->network) : "",
		p->network ? part[l].region : "", part[l].before,
		*instant ? part[l].until : "", instant);
	return text;
}

const char *drp_publication_mark(const struct drp_publication *p)
{
	static const char *const mark[DRP_NETWORKS + 1] = {[0] = "-view-whole",
		[DRP_GO] = "-view-GO",
		[DRP_OVSG] = "-view-OVSG",
		[DRP_POV] = "-view-POV",
		[DRP_KOV] = "-view-KOV",
		[DRP_OTHER] = "-view-OTHER"};
	return p->network || p->before_s ? mark[p->network] : "";
}

/* A fold's code is its parts joined by '+'. */
static int names_network(const char *code, const char *network)
{
	size_t length = strlen(network);
	for (;; code++) {
		size_t n = strcspn(code, "+");
		if (n == length && strncmp(code, network, n) == 0) {
			return 1;
		}
		code += n;
		if (!*code) {
			return 0;
		}
	}
}

int drp_publication_keeps(
	const struct drp_publication *p, int family, const char *network)
{
	return !p->network || family == DRP_FAMILY_REGION ||
	       (family == DRP_FAMILY_NETWORK &&
		       names_network(network, drp_network_code(p->network)));
}

/* ---- metadata ---- */

static json_t *hex(const struct drp_hash *hash)
{
	char text[2 * sizeof hash->b + 1];
	drp_hex(hash->b, sizeof hash->b, text);
	return json_string(text);
}

static json_t *date(int32_t day)
{
	char text[DRP_DATE_TEXT];
	return json_string(drp_date_format(day, text));
}

static json_t *rational(struct drp_rational r)
{
	char text[DRP_RATIONAL_TEXT];
	return json_string(drp_rational_format(r, text));
}

static json_t *per_group(const uint32_t value[DRP_GROUPS])
{
	json_t *object = json_object();
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_json_set(&object, drp_group_code(g), json_integer(value[g]));
	}
	return object;
}

static const char *family_or_all(int family)
{
	return family == DRP_FAMILIES ? "_T" : drp_family_code(family);
}

json_t *drp_accounting_json(const struct drp_accounting *accounting, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		const struct drp_accounting *a = &accounting[i];
		drp_json_add(&list,
			json_pack("{s:s, s:s, s:s, s:I, s:I, s:o, s:I}", "group",
				drp_group_code(a->group), "family",
				family_or_all(a->family), "map", drp_map_code(a->map),
				"delta2", (json_int_t)a->delta2, "sigma2",
				(json_int_t)a->sigma2, "rho", rational(a->rho), "draws",
				(json_int_t)a->draws));
	}
	return list;
}

static json_t *budgets(const struct drp_manifest *m)
{
	json_t *list = json_array();
	for (int g = 0; g < DRP_GROUPS; g++) {
		drp_json_add(
			&list, json_pack("{s:s, s:o, s:f, s:f}", "group",
				       drp_group_code(g), "rho", rational(m->rho[g]),
				       "epsilon", drp_epsilon(m->rho[g], DRP_SHOWN_DELTA),
				       "delta", DRP_SHOWN_DELTA));
	}
	return list;
}

static json_t *privacy(const struct drp_publication *p)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "mechanism",
		"discrete_gaussian", "accounting",
		"zero-concentrated differential privacy (rho); epsilon at delta is for "
		"display, rounded up",
		"unit_of_privacy",
		"the answers of one questionnaire; a person who fills in k "
		"questionnaires is protected at k squared times rho",
		"neighbouring_relation",
		"zero-out: one questionnaire is replaced by one with every answer blank",
		"outside_the_guarantee",
		"numbers of schools and of questionnaires are exact; thresholds, gates "
		"and the audit against subtraction protect them",
		"budget", budgets(p->manifest), "releases",
		drp_accounting_json(p->edition->accounting, p->edition->n_accounting));
}

/* A unit has a threshold of its own on the open track alone. */
static json_t *thresholds(const struct drp_manifest *m)
{
	const struct drp_thresholds *t = &m->thresholds;
	return json_pack("{s:I, s:I, s:I, s:I, s:o, s:o*}", "schools",
		(json_int_t)t->k_schools, "boards", (json_int_t)t->k_boards,
		"largest_school_percent", (json_int_t)t->max_school_percent,
		"largest_board_percent", (json_int_t)t->max_board_percent,
		"respondents_of_a_cohort", per_group(t->k_respondents),
		"respondents_of_a_unit_with_values",
		m->track == DRP_TRACK_OPEN ? per_group(t->k_unit) : NULL);
}

static json_t *texts(const char *const *text, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		drp_json_add(&list, json_string(text[i]));
	}
	return list;
}

/* From answers to values, step by step. */
static json_t *steps(const struct drp_manifest *m)
{
	static const char *const open_track[] = {
		"Each unit at or above its threshold adds discrete Gaussian noise of "
		"variance sigma2 to its sums of x - 3 and its valid counts, once, before "
		"they leave the school.",
		"The gates (schools, boards, dominance, questionnaires, subtraction) "
		"choose the cohorts to open; the others are suppressed.",
		"The noisy integers of an opened cohort are summed; they are archived in "
		"the edition.",
		"An item's valid rate r comes from the region's noisy valid counts, "
		"shrunk towards the group's rate.",
		"mean = 3 + S / (n r), with n the exact number of questionnaires behind "
		"the sum S, or where that is not printed the middle of what the printed "
		"numbers allow; an area's mean is the unweighted mean of its core "
		"items' means.",
		"se_dp holds the noise of S and of r and what rate and n had to assume; "
		"the interval is the value plus and minus 1.96 se_dp. Nothing is clipped "
		"to the scale; a mean with se_dp above 0.15 has status u."};
	static const char *const sealed[] = {
		"Each unit splits its exact counters into two random shares, one for the "
		"hub and one for the notary, with a proof that they are well formed.",
		"Hub and notary each add up their shares over cohorts. The gates "
		"(schools, boards, dominance, questionnaires, subtraction), which both "
		"compute for themselves, choose the cohorts to open; the others are "
		"suppressed.",
		"Each of the two adds discrete Gaussian noise of variance sigma2, drawn "
		"when the campaign was signed, to its share of every released number; "
		"then both shares are put together. Variance 2 sigma2; the integers are "
		"archived in the edition.",
		"The sums S of x - 3 of the region and of every split that is complete "
		"are reconciled by inverse variance, and cells with their province, so "
		"that a split adds up to the region.",
		"An item's valid rate r comes from the region's noisy counts, shrunk "
		"towards the group's rate; an additional item takes the group's rate.",
		"mean = 3 + S / (n r), with n the exact number of questionnaires; an "
		"area's mean is the unweighted mean of its core items' means. A share is "
		"a noisy count divided by n.",
		"se_dp holds the noise of S after reconciliation and of r and what the "
		"rate had to assume; the interval is the value plus and minus 1.96 "
		"se_dp. Nothing is clipped; a mean with se_dp above 0.15 has status u."};
	return m->track == DRP_TRACK_SEALED
		       ? texts(sealed, sizeof sealed / sizeof sealed[0])
		       : texts(open_track, sizeof open_track / sizeof open_track[0]);
}

static json_t *cells(const struct drp_edition *edition)
{
	struct drp_cells c = drp_cells_count(edition);
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "published",
		(json_int_t)c.published, "suppressed", (json_int_t)c.suppressed,
		"unreliable", (json_int_t)c.unreliable, "not_available",
		(json_int_t)c.not_available, "not_applicable",
		(json_int_t)c.not_applicable);
}

/* Participation against the frame, with the source's own caveats (R45); null where a part
 * is suppressed (status c) or it cannot be told (x). */
static json_t *coverage(const struct drp_publication *p)
{
	struct drp_frame_line line[DRP_FRAME_LINES_MAX];
	json_t *list = json_array();
	size_t n = drp_frame_lines(p, line);
	for (size_t i = 0; i < n; i++) {
		const struct drp_frame_cell *whole = line[i].whole;
		json_t *part = *line[i].part
				       ? json_integer(strtoll(line[i].part, NULL, 10))
				       : json_null();
		drp_json_add(&list,
			json_pack("{s:s, s:s, s:o, s:s, s:I, s:s, s:s, s:s}", "sector",
				drp_sector_code(line[i].sector), "measure",
				drp_frame_measure_code(line[i].measure), "answered", part,
				"status",
				*line[i].part ? "" : (char[2]){line[i].status, 0},
				"frame", (json_int_t)whole->value, "unit", whole->unit,
				"source", whole->source, "note", whole->note));
	}
	return list;
}

static json_t *licence(void)
{
	return json_pack("{s:s, s:s, s:s}", "id", "CC-BY-4.0", "text",
		"You may use, share and adapt this table for any purpose when you name "
		"its source: campaign and edition.",
		"url", "https://creativecommons.org/licenses/by/4.0/");
}

static json_t *identity(const struct drp_publication *p)
{
	const struct drp_manifest *m = p->manifest;
	const struct drp_edition *e = p->edition;
	return json_pack(
		"{s:s, s:s, s:s, s:I, s:o*, s:o, s:o, s:{s:o, s:o}, s:I, s:{s:s, "
		"s:s, s:o}, s:s, s:s, s:s}",
		"campaign", m->id, "title", m->title, "region", m->region, "edition",
		(json_int_t)e->number, "edition_hash", p->network ? NULL : hex(&e->hash),
		"manifest_hash", hex(&m->hash), "reference_date",
		date(drp_day_of_ms(e->created_s * 1000)), "period", "from",
		date(m->period_from), "to", date(m->period_to), "school_year",
		(json_int_t)m->year, "instrument", "id", p->instrument->id, "version",
		p->instrument->version, "hash", hex(&p->instrument->hash), "track",
		drp_track_code(m->track), "cohort",
		m->sample ? "sample" : "self-selected", "notice",
		drp_publication_notice(m, "en"));
}

/* What is not public yet, and until when. The rows of a part hash to nothing: it names
 * the edition that it is taken from. */
static json_t *view_of(const struct drp_publication *p)
{
	char part[DRP_PART_TEXT], instant[DRP_DATE_TEXT];
	json_t *from =
		p->before_s ? json_string(drp_time_format(p->before_s, instant)) : NULL;
	if (!p->network && !p->before_s) {
		return json_object();
	}
	drp_publication_part(p, "en", part);
	if (!p->network) {
		return json_pack("{s:s, s:o}", "view", part, "public_from", from);
	}
	return json_pack("{s:s, s:o*, s:{s:I, s:o, s:s}}", "view", part, "public_from",
		from, "taken_from", "edition", (json_int_t)p->edition->number, "hash",
		hex(&p->edition->hash), "note",
		"The hash is of the whole edition, which is published later; the rows of "
		"this view are some of its rows, unchanged. Rows that are not here are "
		"not in this view; that does not say that they are suppressed.");
}

json_t *drp_publication_metadata(const struct drp_publication *p)
{
	json_t *all = view_of(p), *whole = identity(p);
	json_t *rest = json_pack("{s:{s:I, s:I, s:I}, s:o, s:o, s:o, s:o, s:o, s:o}",
		"schools", "registered", (json_int_t)p->edition->schools_registered,
		"enrolled", (json_int_t)drp_publication_enrolled(p), "took_part",
		(json_int_t)p->edition->schools_took_part, "coverage", coverage(p),
		"cells", cells(p->edition), "thresholds", thresholds(p->manifest),
		"privacy", privacy(p), "postprocessing", steps(p->manifest), "licence",
		licence());
	if (!all || !whole || !rest || json_object_update(all, whole) != 0 ||
		json_object_update(all, rest) != 0) {
		json_decref(all);
		all = NULL;
	}
	json_decref(whole);
	json_decref(rest);
	return all;
}
