/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/instrument_rules.h"

#include "proto/base/text.h"
#include "proto/model/codes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Sums of x - 3 and their declared sensitivity suppose five points (design section 2). */
#define RELEASED_POINTS 5

__attribute__((format(printf, 5, 6))) static enum drp_err broken(struct drp_fault *fault,
	const char *list, size_t at, const char *field, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	fault->list = list;
	fault->at = at;
	fault->field = field;
	vsnprintf(fault->text, sizeof fault->text, fmt, args);
	va_end(args);
	return DRP_E_INPUT;
}

int drp_instrument_code_valid(const char *text, size_t max)
{
	return text[0] != '_' && drp_code_valid(text, max);
}

int drp_instrument_text_valid(const char *text)
{
	size_t n = strlen(text);
	if (n == 0 || n > DRP_TEXT_MAX_BYTES) {
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) {
			return 0;
		}
	}
	return 1;
}

/* check_unique looks at n codes that lie stride bytes apart. */
static enum drp_err check_unique(const char *list, const char *field, const char *codes,
	size_t stride, size_t n, struct drp_fault *fault)
{
	for (size_t i = 1; i < n; i++) {
		const char *code = codes + i * stride;
		for (size_t j = 0; j < i; j++) {
			if (strcmp(codes + j * stride, code) == 0) {
				return broken(fault, list, i, field,
					"%s: '%s' is there twice; give each its own",
					list, code);
			}
		}
	}
	return DRP_OK;
}

static enum drp_err check_codes(const struct drp_instrument *in, struct drp_fault *fault)
{
	enum drp_err err = check_unique("languages", NULL, in->language[0],
		sizeof in->language[0], in->n_languages, fault);
	if (err == DRP_OK) {
		err = check_unique("scales", "code", in->scale[0].code,
			sizeof in->scale[0], in->n_scales, fault);
	}
	if (err == DRP_OK) {
		err = check_unique("areas", "code", in->area[0].code, sizeof in->area[0],
			in->n_areas, fault);
	}
	if (err == DRP_OK) {
		err = check_unique("items", "code", in->item[0].code, sizeof in->item[0],
			in->n_items, fault);
	}
	return err;
}

static enum drp_err check_scale(
	const struct drp_instrument *in, size_t i, struct drp_fault *fault)
{
	const struct drp_scale *scale = &in->scale[i];
	if (scale->points == 0 && scale->has_na) {
		return broken(fault, "scales", i, "na",
			"scale %s: a tick box has no 'not applicable'; leave na out",
			scale->code);
	}
	return DRP_OK;
}

/* A core or additional item is counted above the school; the others are not. */
static enum drp_err check_released(
	const struct drp_instrument *in, size_t i, struct drp_fault *fault)
{
	const struct drp_item *item = &in->item[i];
	const struct drp_area *area = &in->area[item->area];
	const struct drp_scale *scale = &in->scale[item->scale];
	if (item->kind == DRP_ITEM_CORE && area->additional) {
		return broken(fault, "items", i, "area",
			"item %s: area %s is additional; a core item belongs in a main "
			"area",
			item->code, area->code);
	}
	if (item->kind == DRP_ITEM_ADDITIONAL && !area->additional) {
		return broken(fault, "items", i, "area",
			"item %s: area %s is a main area; an additional item belongs in "
			"an "
			"additional one",
			item->code, area->code);
	}
	if (item->kind == DRP_ITEM_CORE && scale->points != RELEASED_POINTS) {
		return broken(fault, "items", i, "scale",
			"item %s: a core item needs a scale of %d points, and %s is "
			"another",
			item->code, RELEASED_POINTS, scale->code);
	}
	if (scale->points != RELEASED_POINTS && scale->points != 0) {
		return broken(fault, "items", i, "scale",
			"item %s: an additional item needs a scale of %d points or tick, "
			"and %s is "
			"another",
			item->code, RELEASED_POINTS, scale->code);
	}
	return DRP_OK;
}

static enum drp_err check_item(
	const struct drp_instrument *in, size_t i, struct drp_fault *fault)
{
	const struct drp_item *item = &in->item[i];
	if (item->kind == DRP_ITEM_TEXT) {
		return DRP_OK;
	}
	if (in->scale[item->scale].points == 0 && !in->area[item->area].additional) {
		return broken(fault, "items", i, "scale",
			"item %s: scale %s is a tick box, which only an additional area "
			"may use",
			item->code, in->scale[item->scale].code);
	}
	return item->kind == DRP_ITEM_OPTIONAL ? DRP_OK : check_released(in, i, fault);
}

enum drp_err drp_instrument_rules_check(
	const struct drp_instrument *in, struct drp_fault *fault)
{
	enum drp_err err = check_codes(in, fault);
	for (size_t i = 0; err == DRP_OK && i < in->n_scales; i++) {
		err = check_scale(in, i, fault);
	}
	for (size_t i = 0; err == DRP_OK && i < in->n_items; i++) {
		err = check_item(in, i, fault);
	}
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		uint16_t items[DRP_ITEMS_MAX];
		if (drp_instrument_vector(in, (enum drp_group)g, DRP_ITEM_CORE, items) ==
			0) {
			err = broken(fault, "items", in->n_items, NULL,
				"no core item is asked of group %s at every level; each "
				"group "
				"needs one",
				drp_group_code(g));
		}
	}
	return err;
}
