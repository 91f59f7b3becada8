/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/readme.h"

#include "hub/formats/formats.h"
#include "hub/tables/layout.h"
#include "proto/base/date.h"

#include <stdio.h>

#define INDENT 16

static const struct drp_readme_note always[] = {
	{"", ""},
	{"suppressed", "An empty value with status c was suppressed. It is not zero. Do "
		       "not add up what is shown and call it a total: totals are rows of "
		       "their own (code _T)."},
	{"error",
		"se_dp and the 95% interval ci_low to ci_high say how much noise there "
		"is; status u marks means with se_dp above 0.15. Values are not "
		"clipped to the scale. Chance differences between schools are not in "
		"the intervals."},
	{"numbers", "Numbers count questionnaires, not people: who answers at two levels "
		    "or in two roles counts twice. Numbers of schools count a school "
		    "once a row. Level 34 is levels 3 and 4 together: leave it out when "
		    "you add up levels."},
	{"percentages",
		"The base of each is in the data dictionary. Nothing was scaled to 100."},
	{"schools", "Nothing here ranks or names a school."},
	{"licence", "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/: use, share "
		    "and adapt for any purpose when you name the source."},
};

static void put_early(const struct drp_publication *p, struct drp_buf *out)
{
	static const struct {
		const char *language, *begin, *rest;
	} says[] = {{"en", "Seen ", ". Do not pass it on before then."},
		{"nl", "Gezien ", ". Geef dit vóór dat moment niet door."}};
	for (size_t l = 0; l < 2; l++) {
		char part[DRP_PART_TEXT], text[256];
		snprintf(text, sizeof text, "%s%s%s", says[l].begin,
			drp_publication_part(p, says[l].language, part), says[l].rest);
		drp_layout_note(out, 0, "", text);
	}
	drp_buf_text(out, "\n");
}

/* What is missing from a part is not in it: that is no suppression. */
static void put_part(const struct drp_publication *p, struct drp_buf *out)
{
	static const char *const language[] = {"en", "nl"};
	static const char *const rest[] = {
		". Rows that are not here are not in this view; that does not say that "
		"they are suppressed. The edition that it is taken from is published "
		"whole, later.",
		". Rijen die hier ontbreken, staan niet in deze weergave; dat zegt niet "
		"dat ze onderdrukt zijn. De editie waaruit zij komt, wordt later in haar "
		"geheel gepubliceerd."};
	static const char *const begin[] = {"View of ", "Weergave van "};
	for (size_t l = 0; l < 2; l++) {
		char part[DRP_PART_TEXT], text[512];
		snprintf(text, sizeof text, "%s%s%s", begin[l],
			drp_publication_part(p, language[l], part), rest[l]);
		drp_layout_note(out, 0, "", text);
	}
	drp_buf_text(out, "\n");
}

enum drp_err drp_readme(const struct drp_publication *p,
	const struct drp_readme_note *notes, size_t n, struct drp_buf *out)
{
	const struct drp_manifest *m = p->manifest;
	char day[DRP_DATE_TEXT], from[DRP_DATE_TEXT], to[DRP_DATE_TEXT],
		citation[DRP_CITATION];
	drp_buf_printf(out, "%s\nCampaign %s, edition %u of %s\n", m->title, m->id,
		p->edition->number,
		drp_date_format(drp_day_of_ms(p->edition->created_s * 1000), day));
	drp_buf_printf(out, "Period %s to %s; instrument %s, version %s\n\n",
		drp_date_format(m->period_from, from), drp_date_format(m->period_to, to),
		p->instrument->id, p->instrument->version);
	if (p->network) {
		put_part(p, out);
	} else if (p->before_s) {
		put_early(p, out);
	}
	drp_layout_note(out, 0, "", drp_publication_notice(m, "en"));
	drp_layout_note(out, 0, "", drp_publication_notice(m, "nl"));
	drp_buf_text(out, "\n");
	for (size_t i = 0; i < n; i++) {
		drp_layout_note(out, INDENT, notes[i].label, notes[i].text);
	}
	drp_layout_note(out, INDENT, "noise",
		m->track == DRP_TRACK_SEALED
			? "Means and shares carry noise that hub and notary each added "
			  "before they put together what neither could read alone."
			: "Means carry noise that was added before they left the "
			  "schools.");
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
		drp_layout_note(out, INDENT, always[i].label, always[i].text);
	}
	drp_citation(p, citation);
	drp_layout_note(out, INDENT, "cite as", citation);
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
