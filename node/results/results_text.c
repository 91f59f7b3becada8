/* SPDX-License-Identifier: Apache-2.0
 *
 * The school's own results for people: one calm page of aligned text.
 */
#include "node/import/answer.h"
#include "node/results/results.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>

#define NAME_WIDTH    39
#define GROUP_WIDTH   16
#define INDENT_WIDTH  16
#define MEAN_WIDTH    6
#define N_WIDTH	      7
#define PERCENT_WIDTH 8

enum label {
	LABEL_SCOPE,
	LABEL_WATERMARK,
	LABEL_PARTICIPATION,
	LABEL_ELIGIBLE,
	LABEL_INVITED,
	LABEL_COMPLETED,
	LABEL_MINIMUM,
	LABEL_AREAS,
	LABEL_ADDITIONAL,
	LABEL_OWN,
	LABEL_ALL,
	LABEL_SCALE,
	LABEL_MEAN,
	LABEL_NA,
	LABEL_OF,
	LABELS
};

static const char *const labels_nl[LABELS] = {
	"Resultaten van de school zelf. Aantallen zijn ingevulde vragenlijsten.",
	"ONVOLLEDIG: niet elke groep heeft deelgenomen.",
	"Deelname",
	"in aanmerking",
	"uitgenodigd",
	"ingevuld",
	"minimum",
	"Gebieden: gemiddelde score, tussen haakjes het aantal vragen",
	"Aanvullende gebieden",
	"Door de school toegevoegde stellingen",
	"alle personen",
	"schaal",
	"gem.",
	"n.v.t.",
	"van",
};

static const char *const labels_en[LABELS] = {
	"The school's own results. Counts are completed questionnaires.",
	"INCOMPLETE: not every group took part.",
	"Participation",
	"eligible",
	"invited",
	"completed",
	"minimum",
	"Areas: mean score, with the number of questions in brackets",
	"Additional areas",
	"Statements added by the school",
	"all persons",
	"scale",
	"mean",
	"n/a",
	"of",
};

static const char *const labels_fr[LABELS] = {
	"Résultats de l'école elle-même. Les nombres sont des questionnaires remplis.",
	"INCOMPLET\u00a0: tous les groupes n'ont pas participé.",
	"Participation",
	"éligibles",
	"invités",
	"remplis",
	"minimum",
	"Domaines\u00a0: score moyen, entre parenthèses le nombre de questions",
	"Domaines supplémentaires",
	"Énoncés ajoutés par l'école",
	"tous",
	"échelle",
	"moy.",
	"s.o.",
	"sur",
};

static const char *const labels_de[LABELS] = {
	"Ergebnisse der Schule selbst. Die Anzahlen sind ausgefüllte Fragebögen.",
	"UNVOLLSTÄNDIG: Nicht jede Gruppe hat teilgenommen.",
	"Teilnahme",
	"berechtigt",
	"eingeladen",
	"ausgefüllt",
	"Minimum",
	"Bereiche: Mittelwert, in Klammern die Zahl der Fragen",
	"Zusätzliche Bereiche",
	"Von der Schule hinzugefügte Aussagen",
	"alle Personen",
	"Skala",
	"Mittel",
	"n. a.",
	"von",
};

static const struct {
	const char *language, *colon;
	char point; /* between a number and its tenths */
	const char *const *label;
	const char *state[DRP_STATES];
} words[] = {
	{"nl", ":", ',', labels_nl,
		{"", "niet gevraagd", "allen n.v.t.", "niet gekozen", "geen antwoorden",
			"afgeschermd"}},
	{"en", ":", '.', labels_en,
		{"", "not asked", "all n/a", "not selected", "no answers", "suppressed"}},
	{"fr", "\u00a0:", ',', labels_fr,
		{"", "pas demandé", "tous s.o.", "pas choisi", "pas de réponses",
			"supprimé"}},
	{"de", ":", ',', labels_de,
		{"", "nicht gefragt", "alle n. a.", "nicht ausgewählt", "keine Antworten",
			"unterdrückt"}},
};

struct page {
	const struct drp_results *report;
	const char *language, *colon;
	char point;
	int text_language; /* index among the instrument's languages */
	const char *const *label, *const *state;
	struct drp_buf *out;
};

static const char *state_name(const struct page *page, int state)
{
	return page->state[state];
}

static const char *text_of(const struct page *page, const struct drp_text *text)
{
	const char *here = text->in[page->text_language];
	const char *found = here ? here : text->in[0];
	return found ? found : "";
}

static int width_of(const char *text)
{
	int n = 0;
	for (; *text; text++) {
		n += ((unsigned char)*text & 0xC0) != 0x80;
	}
	return n;
}

/* Pads by characters, not bytes: to the right for words, to the left for numbers. */
static void put_left(const struct page *page, const char *text, int width)
{
	int pad = width - width_of(text);
	drp_buf_printf(page->out, "%s%*s", text, pad > 0 ? pad : 0, "");
}

static void put_right(const struct page *page, const char *text, int width)
{
	int pad = width - width_of(text);
	drp_buf_printf(page->out, "%*s%s", pad > 0 ? pad : 0, "", text);
}

static void put_watermark(const struct page *page)
{
	if (page->report->level == DRP_PARTICIPATION_INCOMPLETE) {
		drp_buf_printf(page->out, "\n*** %s ***\n", page->label[LABEL_WATERMARK]);
	}
}

static void put_heading(const struct page *page)
{
	const struct drp_instrument *instrument = page->report->input.instrument;
	drp_buf_printf(page->out, "%s %s, %s\n%s\n", text_of(page, &instrument->title),
		instrument->version,
		drp_level_name(page->report->input.level, page->language),
		page->label[LABEL_SCOPE]);
}

static void put_participation(const struct page *page)
{
	const struct drp_participation_counts *counts =
		&page->report->input.participation;
	drp_buf_printf(page->out, "\n%s%s %s\n", page->label[LABEL_PARTICIPATION],
		page->colon,
		drp_participation_name((int)page->report->level, page->language));
	put_left(page, "", INDENT_WIDTH);
	for (int label = LABEL_ELIGIBLE; label <= LABEL_MINIMUM; label++) {
		put_right(page, page->label[label], GROUP_WIDTH - 3);
	}
	drp_buf_text(page->out, "\n");
	for (int group = 0; group < DRP_GROUPS; group++) {
		uint32_t columns[] = {counts->eligible[group], counts->invited[group],
			counts->completed[group],
			drp_participation_minimum(
				(enum drp_group)group, counts->eligible[group])};
		put_left(page, drp_group_name(group, page->language), INDENT_WIDTH);
		for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
			drp_buf_printf(page->out, "%*u", GROUP_WIDTH - 3, columns[i]);
		}
		drp_buf_text(page->out, "\n");
	}
}

static void put_areas(const struct page *page)
{
	const struct drp_instrument *instrument = page->report->input.instrument;
	char text[40];
	drp_buf_printf(page->out, "\n%s\n", page->label[LABEL_AREAS]);
	put_left(page, "", NAME_WIDTH);
	for (int group = 0; group < DRP_GROUPS; group++) {
		put_right(page, drp_group_name(group, page->language), GROUP_WIDTH);
	}
	drp_buf_text(page->out, "\n");
	for (int i = 0; i < instrument->n_areas; i++) {
		const struct drp_results_area *area = &page->report->area[i];
		if (instrument->area[i].additional) {
			continue;
		}
		drp_buf_printf(page->out, "%-3s", instrument->area[i].code);
		put_left(page, text_of(page, &instrument->area[i].name), NAME_WIDTH - 3);
		for (int group = 0; group < DRP_GROUPS; group++) {
			uint32_t mean = drp_results_area_tenths(area->mean[group]);
			snprintf(text, sizeof text, "%u%c%u (%2u)", mean / 10,
				page->point, mean % 10, (unsigned)area->questions[group]);
			put_right(page, area->questions[group] ? text : "-", GROUP_WIDTH);
		}
		drp_buf_text(page->out, "\n");
	}
}

static void put_tenths(const struct page *page, uint32_t tenths, int width)
{
	drp_buf_printf(
		page->out, "%*u%c%u", width - 2, tenths / 10, page->point, tenths % 10);
}

static void put_percent(const struct page *page, uint64_t count, uint32_t n)
{
	put_tenths(page, drp_results_percent_tenths(count, n), PERCENT_WIDTH);
}

static void put_tick(const struct page *page, const struct drp_results_cell *cell)
{
	put_percent(page, cell->sum, cell->valid);
	drp_buf_printf(page->out, " %%  (%u %s %u)", (unsigned)cell->sum,
		page->label[LABEL_OF], cell->valid);
}

static void put_breakdown_head(const struct page *page, const struct drp_scale *scale)
{
	char text[40];
	put_left(page, "", 4 + INDENT_WIDTH);
	put_right(page, page->label[LABEL_MEAN], MEAN_WIDTH);
	put_right(page, "n", N_WIDTH);
	for (unsigned point = 1; point <= scale->points; point++) {
		snprintf(text, sizeof text, "%u %%", point);
		put_right(page, text, PERCENT_WIDTH);
	}
	if (scale->has_na) {
		snprintf(text, sizeof text, "%s %%", page->label[LABEL_NA]);
		put_right(page, text, PERCENT_WIDTH + 2);
	}
	drp_buf_text(page->out, "\n");
}

static void put_breakdown(const struct page *page, const struct drp_results_cell *cell,
	const struct drp_scale *scale)
{
	if (cell->valid) {
		put_tenths(page, drp_results_mean_tenths(cell), MEAN_WIDTH);
	} else {
		put_right(page, "-", MEAN_WIDTH);
	}
	drp_buf_printf(page->out, "%*u", N_WIDTH, cell->n);
	for (uint8_t point = 1; point <= scale->points; point++) {
		put_percent(page, cell->count[point], cell->n);
	}
	if (scale->has_na) {
		drp_buf_text(page->out, "  ");
		put_percent(page, cell->count[DRP_ANSWER_NA], cell->n);
	}
}

static void put_cell(const struct page *page, const char *name,
	const struct drp_results_cell *cell, const struct drp_scale *scale)
{
	drp_buf_text(page->out, "    ");
	put_left(page, name, INDENT_WIDTH);
	if (cell->state != DRP_STATE_VALUE && cell->state != DRP_STATE_ALL_NA) {
		drp_buf_printf(page->out, "  %s", state_name(page, cell->state));
	} else if (scale->points == 0) {
		put_tick(page, cell);
	} else {
		put_breakdown(page, cell, scale);
		drp_buf_printf(page->out, "%s%s",
			cell->state == DRP_STATE_VALUE ? "" : "  ",
			state_name(page, cell->state));
	}
	drp_buf_text(page->out, "\n");
}

static void put_item(const struct page *page, uint16_t index)
{
	const struct drp_instrument *instrument = page->report->input.instrument;
	const struct drp_item *item = &instrument->item[index];
	const struct drp_scale *scale = &instrument->scale[item->scale];
	const struct drp_results_item *cells = &page->report->item[index];
	const char *wording = "";
	for (int group = DRP_GROUPS - 1; group >= 0; group--) {
		wording = item->groups >> group & 1 ? text_of(page, &item->wording[group])
						    : wording;
	}
	drp_buf_printf(page->out, "\n%s  %s\n", item->code, wording);
	if (scale->points > 0) {
		drp_buf_printf(page->out, "    %s%s 1 = %s, %u = %s\n",
			page->label[LABEL_SCALE], page->colon,
			text_of(page, &scale->label[0]), scale->points,
			text_of(page, &scale->label[scale->points - 1]));
		put_breakdown_head(page, scale);
		put_cell(page, page->label[LABEL_ALL], &cells->overall, scale);
	}
	for (int group = 0; group < DRP_GROUPS; group++) {
		if (scale->points > 0 ||
			cells->group[group].state != DRP_STATE_NOT_ASKED) {
			put_cell(page, drp_group_name(group, page->language),
				&cells->group[group], scale);
		}
	}
}

static void put_statements(const struct page *page, int additional)
{
	const struct drp_instrument *instrument = page->report->input.instrument;
	for (int area = 0; area < instrument->n_areas; area++) {
		int begun = 0;
		for (uint16_t i = 0; i < instrument->n_items; i++) {
			if (instrument->item[i].area != area ||
				instrument->area[area].additional != additional ||
				instrument->item[i].kind == DRP_ITEM_TEXT) {
				continue;
			}
			if (!begun) {
				drp_buf_printf(page->out, "\n%s  %s\n",
					instrument->area[area].code,
					text_of(page, &instrument->area[area].name));
				begun = 1;
			}
			put_item(page, i);
		}
	}
}

static int has_additional(const struct drp_instrument *instrument)
{
	for (int area = 0; area < instrument->n_areas; area++) {
		if (instrument->area[area].additional) {
			return 1;
		}
	}
	return 0;
}

static void put_own(const struct page *page)
{
	const struct drp_own_items *own = page->report->input.own;
	if (!own || own->n == 0) {
		return;
	}
	drp_buf_printf(page->out, "\n%s\n    %s%s 1 = %s\n    %*s 5 = %s\n",
		page->label[LABEL_OWN], page->label[LABEL_SCALE], page->colon,
		drp_own_label(1, page->language),
		width_of(page->label[LABEL_SCALE]) + width_of(page->colon), "",
		drp_own_label(5, page->language));
	for (int i = 0; i < own->n; i++) {
		for (int group = 0; group < DRP_GROUPS; group++) {
			if (own->item[i].groups >> group & 1) {
				drp_buf_printf(page->out, "\n%s  %s\n", own->item[i].code,
					own->item[i].text[group]);
				put_breakdown_head(page, drp_own_scale());
				put_cell(page, drp_group_name(group, page->language),
					&page->report->own[i].group[group],
					drp_own_scale());
			}
		}
	}
}

enum drp_err drp_results_text(
	const struct drp_results *report, const char *language, struct drp_buf *out)
{
	const struct drp_instrument *instrument = report->input.instrument;
	int in = drp_instrument_language(instrument, language);
	size_t l = sizeof words / sizeof words[0] - 1;
	while (l && strncmp(language, words[l].language, 2) != 0) {
		l--;
	}
	struct page page = {
		.report = report,
		.language = language,
		.text_language = in < 0 ? 0 : in,
		.colon = words[l].colon,
		.point = words[l].point,
		.label = words[l].label,
		.state = words[l].state,
		.out = out,
	};
	put_heading(&page);
	put_watermark(&page);
	put_participation(&page);
	put_areas(&page);
	put_statements(&page, 0);
	if (has_additional(instrument)) {
		drp_buf_printf(out, "\n%s\n", page.label[LABEL_ADDITIONAL]);
		put_statements(&page, 1);
	}
	put_own(&page);
	put_watermark(&page);
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
