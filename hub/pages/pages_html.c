/* SPDX-License-Identifier: Apache-2.0
 *
 * The smallest parts of pages: escaped text, numbers and dates, names, cells.
 */
#include "hub/formats/xml_out.h"
#include "hub/pages/pages_internal.h"
#include "proto/base/date.h"
#include "proto/model/codes.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NARROW_BLANK  "\xe2\x80\xaf"
#define BLANK	      "\xc2\xa0"
#define OPENING_QUOTE "\xc2\xab"
#define CLOSING_QUOTE "\xc2\xbb"

/* ---- html ---- */

const char *drp_web_say(const struct drp_web *web, enum drp_word word)
{
	return drp_word(word, web->language);
}

/* A blank that no line may break at: French sets one before : ; ? ! and inside quotation
 * marks, and every language that sets one before % means it so. */
static int binds(const char *start, const char *blank)
{
	return (blank[1] && strchr(":;?!%", blank[1]) != NULL) ||
	       strncmp(blank + 1, CLOSING_QUOTE, strlen(CLOSING_QUOTE)) == 0 ||
	       (blank - start >= 2 && memcmp(blank - 2, OPENING_QUOTE, 2) == 0);
}

static void escaped(struct drp_buf *out, const char *text)
{
	for (const char *start = text; *text; text++) {
		const char *entity = *text == '\'' ? "&#39;" : drp_xml_entity(*text);
		if (entity) {
			drp_buf_text(out, entity);
		} else if (*text == ' ' && binds(start, text)) {
			drp_buf_text(out, BLANK);
		} else {
			drp_buf_append(out, text, 1);
		}
	}
}

void drp_web_put(struct drp_web *web, const char *html, ...)
{
	va_list args;
	va_start(args, html);
	for (; *html; html++) {
		size_t n = strcspn(html, "%");
		drp_buf_append(web->out, html, n);
		html += n;
		if (!*html) {
			break;
		}
		switch (*++html) {
		case 's':
			escaped(web->out, va_arg(args, const char *));
			break;
		case 'w':
			escaped(web->out, drp_web_say(web, va_arg(args, enum drp_word)));
			break;
		case 'u':
			drp_buf_printf(web->out, "%u", va_arg(args, unsigned));
			break;
		case ':':
			drp_buf_text(web->out, web->language == DRP_FR ? BLANK ":" : ":");
			break;
		case 'r':
			drp_buf_text(web->out, va_arg(args, const char *));
			break;
		default:
			drp_buf_text(web->out, "%");
		}
	}
	va_end(args);
}

/* ---- numbers ---- */

/* Marks between thousands and before decimals. */
static const struct {
	const char *thousands, *point, *percent;
} marks[DRP_API_LANGUAGES] = {
	[DRP_NL] = {".", ",", "%"},
	[DRP_FR] = {NARROW_BLANK, ",", NARROW_BLANK "%"},
	[DRP_DE] = {".", ",", BLANK "%"},
	[DRP_EN] = {",", ".", "%"},
};

const char *drp_web_number(const struct drp_web *web, const char *plain, int decimals,
	char text[DRP_WEB_NUMBER])
{
	char digits[32];
	size_t n = 0;
	/* Half of the last digit goes away from zero, as the script's Intl has it; the
	 * double of such a decimal may lie just below it. */
	double value = strtod(plain, NULL);
	snprintf(digits, sizeof digits, "%.*f", decimals, value + copysign(1e-9, value));
	size_t whole = strcspn(digits, ".");
	for (size_t i = 0; digits[i] && n + 5 < DRP_WEB_NUMBER; i++) {
		size_t left = whole - i;
		const char *mark =
			digits[i] == '.' ? marks[web->language].point
			: i > 0 && i < whole && left % 3 == 0 && digits[i - 1] != '-'
				? marks[web->language].thousands
				: "";
		n += (size_t)snprintf(text + n, DRP_WEB_NUMBER - n, "%s", mark);
		if (digits[i] == '-') {
			n += (size_t)snprintf(
				text + n, DRP_WEB_NUMBER - n, "\xe2\x88\x92");
		} else if (digits[i] != '.') {
			text[n++] = digits[i];
		}
	}
	text[n] = 0;
	return text;
}

const char *drp_web_count(
	const struct drp_web *web, uint64_t count, char text[DRP_WEB_NUMBER])
{
	char plain[24];
	snprintf(plain, sizeof plain, "%llu", (unsigned long long)count);
	return drp_web_number(web, plain, 0, text);
}

const char *drp_web_percent_of(const struct drp_web *web, const char *plain, int decimals,
	char text[DRP_WEB_NUMBER])
{
	drp_web_number(web, plain, decimals, text);
	size_t n = strlen(text);
	snprintf(text + n, DRP_WEB_NUMBER - n, "%s", marks[web->language].percent);
	return text;
}

const char *drp_web_percent(
	const struct drp_web *web, double percent, char text[DRP_WEB_NUMBER])
{
	char plain[32];
	snprintf(plain, sizeof plain, "%.6f", percent);
	return drp_web_percent_of(web, plain, 1, text);
}

/* "22 November 2026" */
static void put_day(struct drp_web *web, const char *iso)
{
	int number = 0, month = 1;
	sscanf(iso + 5, "%2d-%2d", &month, &number);
	const char *mark = web->language == DRP_DE		    ? "."
			   : web->language == DRP_FR && number == 1 ? "er"
								    : "";
	drp_buf_printf(web->out, "%d%s %s %.4s", number, mark,
		drp_month(month - 1, web->language), iso);
}

void drp_web_date(struct drp_web *web, int32_t day)
{
	char iso[DRP_DATE_TEXT];
	drp_date_format(day, iso);
	drp_buf_printf(web->out, "<time datetime=\"%s\">", iso);
	put_day(web, iso);
	drp_buf_text(web->out, "</time>");
}

void drp_web_instant(struct drp_web *web, int64_t seconds)
{
	char instant[DRP_DATE_TEXT], date[DRP_DATE_TEXT];
	int32_t day = drp_day_of_ms(seconds * 1000);
	drp_time_format(seconds, instant);
	drp_date_format(day, date);
	drp_buf_printf(web->out, "<time datetime=\"%s\">", instant);
	put_day(web, date);
	drp_buf_printf(web->out, ", %.5s UTC</time>", instant + strlen(date) + 1);
}

/* ---- names ---- */

const char *drp_web_name(const struct drp_web *web, enum drp_dim dim, const char *code,
	char name[DRP_WEB_NAME])
{
	size_t n = 0;
	name[0] = 0;
	for (const char *at = code; *at && n < DRP_WEB_NAME;) {
		char part[DRP_COHORT_CODE];
		size_t length = strcspn(at, "+");
		snprintf(part, sizeof part, "%.*s", (int)length, at);
		const struct drp_label *label = drp_label_find(dim, part);
		n += (size_t)snprintf(name + n, DRP_WEB_NAME - n, "%s%s", n ? " + " : "",
			label ? label->in[web->language] : part);
		at += length + (at[length] == '+');
	}
	return name;
}

const char *drp_web_group(const struct drp_web *web, int group)
{
	static const enum drp_word names[DRP_GROUPS] = {
		DRP_W_LEADERS, DRP_W_TEACHERS, DRP_W_PUPILS};
	return drp_web_say(web, names[group]);
}

const char *drp_web_region(const struct drp_web *web)
{
	const char *code = web->p->manifest->region;
	return strcmp(code, "VL") == 0 ? drp_web_say(web, DRP_W_FLANDERS) : code;
}

void drp_web_text(struct drp_web *web, const struct drp_text *text)
{
	const struct drp_instrument *in = web->p->instrument;
	const char *const order[] = {drp_language_code[web->language], "en", "nl"};
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		int l = drp_instrument_language(in, order[i]);
		if (l < 0 || !text->in[l] || !*text->in[l]) {
			continue;
		}
		if (i == 0) {
			drp_web_put(web, "%s", text->in[l]);
		} else {
			drp_web_put(web, "<span class=\"lent\" lang=\"%s\">%s</span>",
				order[i], text->in[l]);
		}
		return;
	}
	drp_web_put(web, "%s", text->in[0] ? text->in[0] : "");
}

const struct drp_area *drp_web_area(const struct drp_web *web, const char *code)
{
	const struct drp_instrument *in = web->p->instrument;
	for (int a = 0; a < in->n_areas; a++) {
		if (strcmp(in->area[a].code, code) == 0) {
			return &in->area[a];
		}
	}
	return NULL;
}

/* ---- cells ---- */

int drp_web_is_left_out(const struct drp_observation *o)
{
	return o && o->status == DRP_WEB_LEFT_OUT;
}

void drp_web_cell_left_out(struct drp_web *web, const char *group)
{
	drp_web_put(web,
		"<td class=\"num st st-x\" data-s=\"x\" data-g=\"%s\">"
		"<span aria-hidden=\"true\">\xe2\x80\x93</span><span "
		"class=\"vh\">%w</span></td>",
		group, DRP_W_VIEW_ST);
}

static void absent(struct drp_web *web, char status, const char *group)
{
	char sign[2] = {status, 0};
	enum drp_word word = status == DRP_SUPPRESSED	    ? DRP_W_ST_C
			     : status == DRP_NOT_APPLICABLE ? DRP_W_ST_Z
							    : DRP_W_ST_X;
	drp_web_put(web,
		"<td class=\"num st st-%s\" data-s=\"%s\" data-g=\"%s\">"
		"<span aria-hidden=\"true\">%s</span><span class=\"vh\">%w</span></td>",
		sign, sign, group, sign, word);
}

static void written(struct drp_web *web, const char *plain, enum drp_web_figure figure,
	char text[DRP_WEB_NUMBER])
{
	switch (figure) {
	case DRP_WEB_PERCENT:
		drp_web_percent(web, strtod(plain, NULL), text);
		break;
	case DRP_WEB_SHARE: /* noise may lead outside: pages stay between 0 and 1 */
		drp_web_percent(web, 100 * fmin(fmax(strtod(plain, NULL), 0), 1), text);
		break;
	default:
		drp_web_number(web, plain, figure == DRP_WEB_MEAN ? 2 : 0, text);
	}
}

static void cell(struct drp_web *web, const struct drp_observation *o,
	enum drp_web_figure figure, const char *group, int interval)
{
	char text[DRP_WEB_NUMBER], low[DRP_WEB_NUMBER], high[DRP_WEB_NUMBER];
	if (drp_web_is_left_out(o)) {
		drp_web_cell_left_out(web, group);
		return;
	}
	if (!o || !*o->value) {
		absent(web, o && o->status != DRP_SHOWN ? o->status : DRP_NOT_AVAILABLE,
			group);
		return;
	}
	written(web, o->value, figure, text);
	drp_web_put(web,
		"<td class=\"num%r\" data-v=\"%s\" data-lo=\"%s\" data-hi=\"%s\" "
		"data-s=\"%s\" data-g=\"%s\">",
		o->status == DRP_UNRELIABLE ? " st-u" : "", o->value, o->low, o->high,
		o->status == DRP_UNRELIABLE ? "u" : "", group);
	drp_web_put(web, "<span class=\"v\">%s</span>", text);
	if (o->status == DRP_UNRELIABLE) {
		drp_web_put(web,
			"<sup class=\"u\" aria-hidden=\"true\">u</sup>"
			"<span class=\"vh\"> (%w)</span>",
			DRP_W_ST_U);
	}
	if (interval && *o->low && *o->high) {
		written(web, o->low, figure, low);
		written(web, o->high, figure, high);
		if (figure == DRP_WEB_PERCENT || figure == DRP_WEB_SHARE) {
			/* "27.4-66.9%": the sign ends the number, and stands once */
			low[strlen(low) - strlen(marks[web->language].percent)] = 0;
		}
		drp_web_put(web, " <span class=\"ci\"><span class=\"vh\">%w </span>%s",
			DRP_W_INTERVAL, low);
		drp_web_put(web,
			"<span aria-hidden=\"true\">\xe2\x80\x93</span>"
			"<span class=\"vh\"> %w </span>%s</span>",
			DRP_W_BETWEEN_TO, high);
	}
	drp_web_put(web, "</td>");
}

void drp_web_cell(struct drp_web *web, const struct drp_observation *o,
	enum drp_web_figure figure, const char *group)
{
	cell(web, o, figure, group, 0);
}

void drp_web_cell_interval(struct drp_web *web, const struct drp_observation *o,
	enum drp_web_figure figure, const char *group)
{
	cell(web, o, figure, group, 1);
}

static int sees_parts(const struct drp_web *web)
{
	const struct drp_catalogue *all = web->call.catalogue;
	for (size_t i = 0; i < all->n; i++) {
		if (all->publication[i]->network) {
			return 1;
		}
	}
	return 0;
}

void drp_web_legend(struct drp_web *web)
{
	static const struct {
		const char *sign, *class;
		enum drp_word word;
	} signs[] = {
		{"c", "st st-c", DRP_W_LEGEND_C},
		{"u", "st-u", DRP_W_LEGEND_U},
		{"x", "st st-x", DRP_W_LEGEND_X},
		{"z", "st st-z", DRP_W_LEGEND_Z},
		{"0", "", DRP_W_LEGEND_0},
	};
	drp_web_put(web, "<details class=\"legend\" open><summary>%w</summary><dl>",
		DRP_W_LEGEND);
	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
		drp_web_put(web,
			"<div><dt><span class=\"sign "
			"%r\">%s</span></dt><dd>%w</dd></div>",
			signs[i].class, signs[i].sign, signs[i].word);
	}
	if (sees_parts(web)) {
		drp_web_put(web,
			"<div><dt><span class=\"sign st st-x\">\xe2\x80\x93</span></dt>"
			"<dd>%w</dd></div>",
			DRP_W_VIEW_LEGEND);
	}
	drp_web_put(web, "</dl></details>");
}

void drp_web_left_out(struct drp_web *web, enum drp_word caption)
{
	if (web->p->network) {
		drp_web_put(web, "<p class=\"note\"><strong>%w.</strong> %w</p>", caption,
			DRP_W_VIEW_NONE);
	}
}

void drp_web_part_mark(struct drp_web *web, const struct drp_publication *p)
{
	char name[DRP_WEB_NAME];
	if (p->network) {
		drp_web_put(web, " <small>(%w%: %s)</small>", DRP_W_VIEW_HEAD,
			drp_web_name(web, DRP_DIM_NETWORK, drp_network_code(p->network),
				name));
	} else if (p->before_s) {
		drp_web_put(web, " <small>(%w)</small>", DRP_W_BEFORE);
	}
}

void drp_web_notice(struct drp_web *web)
{
	drp_web_put(web, "<p class=\"notice\"><strong>%w.</strong> %s</p>", DRP_W_CAUTION,
		drp_publication_notice(
			web->p->manifest, drp_language_code[web->language]));
}

/* ---- rows ---- */

const struct drp_observation *drp_web_find(const struct drp_web *web,
	enum drp_family family, const char *province, const char *level,
	const char *network, int group, const char *area, const char *item,
	const char *measure)
{
	static const struct drp_observation hidden = {.status = DRP_WEB_LEFT_OUT};
	struct drp_observation like = {.family = (uint8_t)family};
	if (!drp_publication_keeps(web->p, (int)family, network)) {
		return &hidden;
	}
	snprintf(like.province, sizeof like.province, "%s", province);
	snprintf(like.level, sizeof like.level, "%s", level);
	snprintf(like.network, sizeof like.network, "%s", network);
	return drp_observation_find(web->p->edition, &like, group, area, item, measure);
}

const struct drp_observation *drp_web_region_row(const struct drp_web *web, int group,
	const char *area, const char *item, const char *measure)
{
	return drp_web_find(
		web, DRP_FAMILY_REGION, "_T", "_T", "_T", group, area, item, measure);
}

const struct drp_observation *drp_web_cohort_row(const struct drp_web *web,
	enum drp_family family, const char *code, int group, const char *area,
	const char *item, const char *measure)
{
	char first[DRP_COHORT_CODE];
	switch (family) {
	case DRP_FAMILY_PROVINCE:
		return drp_web_find(
			web, family, code, "_T", "_T", group, area, item, measure);
	case DRP_FAMILY_LEVEL:
		return drp_web_find(
			web, family, "_T", code, "_T", group, area, item, measure);
	case DRP_FAMILY_NETWORK:
		return drp_web_find(
			web, family, "_T", "_T", code, group, area, item, measure);
	case DRP_FAMILY_PROVINCE_LEVEL:
		snprintf(first, sizeof first, "%.*s", (int)strcspn(code, "."), code);
		return drp_web_find(web, family, first,
			code[strcspn(code, ".")] ? strchr(code, '.') + 1 : "_T", "_T",
			group, area, item, measure);
	default:
		return drp_web_region_row(web, group, area, item, measure);
	}
}

int drp_web_asks(const struct drp_web *web, const struct drp_area *area, int group)
{
	const struct drp_instrument *in = web->p->instrument;
	for (int i = 0; i < in->n_items; i++) {
		if (strcmp(in->area[in->item[i].area].code, area->code) == 0 &&
			in->item[i].kind == DRP_ITEM_CORE &&
			(in->item[i].groups >> group & 1)) {
			return 1;
		}
	}
	return 0;
}

const struct drp_observation *drp_web_area_mean(const struct drp_web *web,
	enum drp_family family, const char *code, int group, const struct drp_area *area)
{
	static const struct drp_observation not_asked = {.status = DRP_NOT_APPLICABLE};
	return drp_web_asks(web, area, group) ? drp_web_cohort_row(web, family, code,
							group, area->code, "_T", "mean")
					      : &not_asked;
}

enum drp_dim drp_web_family_dim(enum drp_family family)
{
	return family == DRP_FAMILY_LEVEL     ? DRP_DIM_LEVEL
	       : family == DRP_FAMILY_NETWORK ? DRP_DIM_NETWORK
					      : DRP_DIM_PROVINCE;
}

static const char *code_in(const struct drp_observation *o, enum drp_family family)
{
	return family == DRP_FAMILY_LEVEL     ? o->level
	       : family == DRP_FAMILY_NETWORK ? o->network
					      : o->province;
}

static size_t place_of(enum drp_dim dim, const char *code)
{
	size_t n;
	const struct drp_label *label = drp_labels(dim, &n);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(label[i].code, code) == 0) {
			return i;
		}
	}
	return n;
}

void drp_web_cohorts(
	const struct drp_web *web, enum drp_family family, struct drp_web_cohorts *list)
{
	const struct drp_edition *e = web->p->edition;
	enum drp_dim dim = drp_web_family_dim(family);
	list->n = 0;
	for (size_t i = 0; i < e->n_observations && list->n < DRP_WEB_COHORTS; i++) {
		const struct drp_observation *o = &e->observation[i];
		if (o->family != family || strcmp(o->measure, "schools") != 0) {
			continue;
		}
		size_t at = list->n++;
		for (; at > 0 && place_of(dim, list->code[at - 1]) >
					 place_of(dim, code_in(o, family));
			at--) {
			list->code[at] = list->code[at - 1];
		}
		list->code[at] = code_in(o, family);
	}
}
