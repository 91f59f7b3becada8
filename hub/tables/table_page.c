/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/layout.h"
#include "hub/tables/table_text.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/estimate/estimate.h"
#include "proto/model/codes.h"
#include "proto/privacy/rational.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_INDENT 20

const char *drp_page_say(const struct drp_page *page, const char *nl, const char *en)
{
	return strcmp(page->options->language, "en") == 0 ? en : nl;
}

void drp_page_note(const struct drp_page *page, const char *label, const char *fmt, ...)
{
	char text[2048];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	drp_layout_note(page->out, NOTE_INDENT, label, text);
}

/* ---- names of places ---- */

/* Appends the name of each code of a list joined by '+'. */
static const char *join(const struct drp_page *page, const char *codes,
	const char *(*name_of)(const struct drp_page *page, const char *code),
	char name[DRP_PLACE_TEXT])
{
	size_t used = 0;
	name[0] = 0;
	while (*codes) {
		char code[DRP_COHORT_CODE];
		size_t n = strcspn(codes, "+");
		snprintf(code, sizeof code, "%.*s", (int)n, codes);
		int more = snprintf(name + used, DRP_PLACE_TEXT - used, "%s%s",
			used ? " + " : "", name_of(page, code));
		used += (size_t)more;
		if (used >= DRP_PLACE_TEXT) {
			break;
		}
		codes += n + (codes[n] == '+');
	}
	return name;
}

static const char *province_name(const struct drp_page *page, const char *code)
{
	return drp_province_name(drp_province_of(code), page->options->language);
}

/* Shorter than those of codes.h, so that a table fits a page. */
static const char *level_name(const struct drp_page *page, const char *code)
{
	static const struct {
		const char *code, *nl, *en;
	} level[] = {
		{"1", "1  basisonderwijs", "1  primary"},
		{"2", "2  1e graad SO", "2  lower secondary"},
		{"3", "3  2e en 3e graad ASO", "3  upper secondary, general"},
		{"4", "4  2e en 3e graad TSO/BSO", "4  upper secondary, vocational"},
		{"34", "34 2e en 3e graad SO", "34 upper secondary (3 and 4)"},
		{"5", "5  volwassenenonderwijs", "5  adult education"},
	};
	for (size_t i = 0; i < sizeof level / sizeof level[0]; i++) {
		if (strcmp(level[i].code, code) == 0) {
			return drp_page_say(page, level[i].nl, level[i].en);
		}
	}
	return "?";
}

static const char *network_name(const struct drp_page *page, const char *code)
{
	static const char *const nl[] = {"?", "GO!", "OVSG (steden en gemeenten)",
		"POV (provincies)", "KOV (katholiek)", "andere"};
	static const char *const en[] = {"?", "GO!", "OVSG (cities and municipalities)",
		"POV (provinces)", "KOV (catholic)", "other"};
	int network = drp_network_of(code);
	return network < 0 ? "?" : drp_page_say(page, nl[network], en[network]);
}

const char *drp_page_province(
	const struct drp_page *page, const char *codes, char name[DRP_PLACE_TEXT])
{
	return join(page, codes, province_name, name);
}

const char *drp_page_level(
	const struct drp_page *page, const char *codes, char name[DRP_PLACE_TEXT])
{
	return join(page, codes, level_name, name);
}

const char *drp_page_network(
	const struct drp_page *page, const char *codes, char name[DRP_PLACE_TEXT])
{
	return join(page, codes, network_name, name);
}

void drp_page_cohort(const struct drp_page *page, const struct drp_observation *o,
	char name[DRP_COHORT_TEXT])
{
	char p[DRP_PLACE_TEXT], l[DRP_PLACE_TEXT];
	switch (o->family) {
	case DRP_FAMILY_PROVINCE:
		drp_page_province(page, o->province, name);
		break;
	case DRP_FAMILY_LEVEL:
		drp_page_level(page, o->level, name);
		break;
	case DRP_FAMILY_NETWORK:
		drp_page_network(page, o->network, name);
		break;
	case DRP_FAMILY_PROVINCE_LEVEL:
		snprintf(name, DRP_COHORT_TEXT, "%s, %s",
			drp_page_province(page, o->province, p),
			drp_page_level(page, o->level, l));
		break;
	default:
		snprintf(
			name, DRP_COHORT_TEXT, "%s", page->publication->manifest->region);
	}
}

/* The name of a split: "province", "level" ...; "" for the region as a whole. */
static const char *split_name(const struct drp_page *page)
{
	switch (page->options->by) {
	case DRP_FAMILY_PROVINCE:
		return drp_page_say(page, "per provincie", "by province");
	case DRP_FAMILY_LEVEL:
		return drp_page_say(page, "per onderwijsniveau", "by level");
	case DRP_FAMILY_NETWORK:
		return drp_page_say(page, "per onderwijsnet", "by network");
	case DRP_FAMILY_PROVINCE_LEVEL:
		return drp_page_say(page, "per provincie en onderwijsniveau",
			"by province and level");
	default:
		return drp_page_say(page, "voor de hele regio", "for the whole region");
	}
}

/* ---- head and notes ---- */

void drp_page_head(const struct drp_page *page, const char *subject)
{
	const struct drp_manifest *m = page->publication->manifest;
	const struct drp_edition *e = page->publication->edition;
	char day[DRP_DATE_TEXT];
	drp_buf_printf(page->out, "%s (%s)\n%s %s\n", m->title, m->id, subject,
		split_name(page));
	drp_buf_printf(page->out, "%s %u, %s %s\n\n",
		drp_page_say(page, "editie", "edition"), e->number,
		drp_page_say(page, "referentiedatum", "reference date"),
		drp_date_format(drp_day_of_ms(e->created_s * 1000), day));
}

static void note_instrument(const struct drp_page *page)
{
	const struct drp_manifest *m = page->publication->manifest;
	const struct drp_instrument *in = page->publication->instrument;
	char from[DRP_DATE_TEXT], to[DRP_DATE_TEXT], hash[2 * sizeof in->hash.b + 1];
	drp_hex(in->hash.b, sizeof in->hash.b, hash);
	drp_page_note(page, drp_page_say(page, "periode", "period"),
		drp_page_say(page, "%s tot en met %s, schooljaar %u-%u",
			"%s to %s, school year %u-%u"),
		drp_date_format(m->period_from, from), drp_date_format(m->period_to, to),
		m->year, m->year + 1);
	drp_page_note(page, drp_page_say(page, "vragenlijst", "instrument"),
		drp_page_say(page, "%s, versie %s (BLAKE2b %.16s...)",
			"%s, version %s (BLAKE2b %.16s...)"),
		in->id, in->version, hash);
}

static void note_cohort(const struct drp_page *page)
{
	const struct drp_publication *p = page->publication;
	const struct drp_manifest *m = p->manifest;
	drp_page_note(page, drp_page_say(page, "deelnemers", "cohort"), "%s",
		m->sample ? drp_page_say(
				    page, "steekproef van scholen", "sample of schools")
			  : drp_page_say(page, "scholen die zelf kozen om deel te nemen",
				    "self-selected schools"));
	drp_page_note(page, drp_page_say(page, "traject", "funnel"),
		drp_page_say(page,
			"%u scholen geregistreerd, %u met een eigen node, %u namen deel; "
			"lopende afnames kent alleen de school",
			"%u schools registered, %u with a node of their own, %u took "
			"part; windows still open are known to the school alone"),
		p->edition->schools_registered, drp_publication_enrolled(p),
		p->edition->schools_took_part);
}

/* Rounded up in the fourth decimal, and no more decimals than it has. */
static const char *epsilon(const struct drp_page *page, struct drp_rational rho,
	char text[DRP_LAYOUT_NUMBER])
{
	char plain[24];
	snprintf(plain, sizeof plain, "%.4f", drp_epsilon(rho, DRP_SHOWN_DELTA));
	size_t n = strlen(plain);
	while (plain[n - 1] == '0') {
		plain[--n] = 0;
	}
	plain[n - 1] = plain[n - 1] == '.' ? 0 : plain[n - 1];
	return drp_layout_number(plain, page->options->language, text);
}

static void note_privacy(const struct drp_page *page)
{
	const struct drp_manifest *m = page->publication->manifest;
	char text[512];
	size_t used = 0;
	for (int g = 0; g < DRP_GROUPS; g++) {
		char rho[DRP_RATIONAL_TEXT], number[DRP_LAYOUT_NUMBER];
		used += (size_t)snprintf(text + used, sizeof text - used,
			"%s%s epsilon %s (rho %s)", g ? ", " : "",
			drp_group_name(g, page->options->language),
			epsilon(page, m->rho[g], number),
			drp_rational_format(m->rho[g], rho));
	}
	drp_page_note(page, "privacy",
		drp_page_say(page,
			"%s spoor; %s, bij delta 1e-6, per vragenlijst. Wie k "
			"vragenlijsten invult is beschermd op k kwadraat maal rho. "
			"Aantallen scholen en vragenlijsten zijn exact en vallen onder "
			"de drempels.",
			"%s track; %s, at delta 1e-6, for one questionnaire. A person "
			"who fills in k is protected at k squared times rho. Numbers of "
			"schools and questionnaires are exact; the thresholds protect "
			"them."),
		drp_page_say(page, m->track == DRP_TRACK_OPEN ? "open" : "verzegeld",
			drp_track_code(m->track)),
		text);
}

static void note_thresholds(const struct drp_page *page)
{
	const struct drp_manifest *m = page->publication->manifest;
	const struct drp_thresholds *t = &m->thresholds;
	char unit[160] = "";
	if (m->track == DRP_TRACK_OPEN) { /* sealed numbers of a school are nobody's */
		snprintf(unit, sizeof unit,
			drp_page_say(page,
				"; per school en niveau %u, %u en %u voor antwoorden",
				"; per school and level %u, %u and %u for answers"),
			t->k_unit[DRP_LEADER], t->k_unit[DRP_TEACHER],
			t->k_unit[DRP_PUPIL]);
	}
	drp_page_note(page, drp_page_say(page, "drempels", "thresholds"),
		drp_page_say(page,
			"per cel minstens %u scholen van %u besturen, hoogstens %u%% "
			"uit een school en %u%% uit een bestuur, en %u schoolleiders, "
			"%u leerkrachten of %u leerlingen%s",
			"per cell at least %u schools of %u boards, at most %u%% from "
			"one school and %u%% from one board, and %u school leaders, %u "
			"teachers or %u pupils%s"),
		t->k_schools, t->k_boards, t->max_school_percent, t->max_board_percent,
		t->k_respondents[DRP_LEADER], t->k_respondents[DRP_TEACHER],
		t->k_respondents[DRP_PUPIL], unit);
}

void drp_page_notes(const struct drp_page *page)
{
	struct drp_cells cells = drp_cells_count(page->publication->edition);
	note_instrument(page);
	note_cohort(page);
	note_privacy(page);
	note_thresholds(page);
	drp_page_note(page, drp_page_say(page, "cellen", "cells"),
		drp_page_say(page,
			"in de hele editie %zu gepubliceerd, %zu onderdrukt (c), %zu "
			"niet betrouwbaar (u), %zu niet beschikbaar (x)",
			"in the whole edition %zu published, %zu suppressed (c), %zu "
			"unreliable (u), %zu not available (x)"),
		cells.published, cells.suppressed, cells.unreliable, cells.not_available);
	drp_page_note(page, drp_page_say(page, "let op", "please note"), "%s",
		drp_publication_notice(
			page->publication->manifest, page->options->language));
}
