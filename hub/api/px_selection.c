/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/api/px_selection.h"

#include "proto/base/text.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct choice {
	const struct drp_cube *cube;
	struct drp_selection *selection;
	uint16_t chosen; /* bit d set: dimension d was named */
	char *complaint;
};

static int complain(struct choice *c, const char *what, const char *text, size_t n)
{
	snprintf(c->complaint, 256, "%s: '%.*s'", what, (int)(n < 120 ? n : 120), text);
	return -1;
}

/* ---- expressions ---- */

/* The argument of name(...) in an expression of n bytes, NULL when it is another. */
static const char *argument(
	const char *text, size_t n, const char *name, char out[DRP_COHORT_CODE * 2])
{
	size_t k = strlen(name);
	if (n < k + 2 || strncasecmp(text, name, k) != 0 || text[k] != '(' ||
		text[n - 1] != ')' || n - k - 2 >= DRP_COHORT_CODE * 2) {
		return NULL;
	}
	memcpy(out, text + k + 1, n - k - 2);
	out[n - k - 2] = 0;
	return out;
}

/* Keeps codes number from..to (counted among those the table uses). */
static void keep_range(struct choice *c, enum drp_dim d, size_t from, size_t to)
{
	const struct drp_cube_list *list = &c->cube->list[d];
	size_t position = 0;
	for (size_t i = 0; i < list->n; i++) {
		if (list->code[i].used) {
			if (position >= from && position < to) {
				c->selection->keep[d][i] = 1;
			}
			position++;
		}
	}
}

static size_t used_codes(const struct drp_cube *cube, enum drp_dim d)
{
	size_t n = 0;
	for (size_t i = 0; i < cube->list[d].n; i++) {
		n += cube->list[d].code[i].used;
	}
	return n;
}

/* Position of a code among those used; -1. */
static long position_of(const struct drp_cube *cube, enum drp_dim d, const char *id)
{
	long position = 0;
	int at = drp_cube_code(cube, d, id);
	for (int i = 0; i < at; i++) {
		position += cube->list[d].code[i].used;
	}
	return at < 0 ? -1 : position;
}

static int read_range(
	struct choice *c, enum drp_dim d, const char *from, const char *to, size_t used)
{
	long first = from ? position_of(c->cube, d, from) : 0;
	long last = to ? position_of(c->cube, d, to) : (long)used - 1;
	if (first < 0 || last < 0) {
		return -1;
	}
	keep_range(c, d, (size_t)first, (size_t)last + 1);
	return 0;
}

/* 1: not an expression. */
static int read_expression(struct choice *c, enum drp_dim d, const char *text, size_t n)
{
	char arg[DRP_COHORT_CODE * 2];
	size_t used = used_codes(c->cube, d);
	uint32_t k;
	if (argument(text, n, "top", arg) || argument(text, n, "bottom", arg)) {
		if (drp_parse_u32(arg, 1, DRP_CUBE_CODES_MAX, &k) != 0) {
			return -1;
		}
		size_t some = k < used ? k : used;
		/* The newest of a series is its top. */
		int last = (*text == 't' || *text == 'T') == (d == DRP_DIM_TIME);
		keep_range(c, d, last ? used - some : 0, last ? used : some);
		return 0;
	}
	if (argument(text, n, "from", arg)) {
		return read_range(c, d, arg, NULL, used);
	}
	if (argument(text, n, "to", arg)) {
		return read_range(c, d, NULL, arg, used);
	}
	if (argument(text, n, "range", arg)) {
		char *comma = strchr(arg, ',');
		if (!comma) {
			return -1;
		}
		*comma = 0;
		return read_range(c, d, arg, comma + 1, used);
	}
	return 1;
}

static int read_pattern(struct choice *c, enum drp_dim d, const char *text, size_t n)
{
	const struct drp_cube_list *list = &c->cube->list[d];
	char pattern[DRP_COHORT_CODE];
	int found = 0;
	if (n >= sizeof pattern || memchr(text, '[', n) || memchr(text, '\\', n)) {
		return -1;
	}
	memcpy(pattern, text, n);
	pattern[n] = 0;
	for (size_t i = 0; i < list->n; i++) {
		if (list->code[i].used && fnmatch(pattern, list->code[i].id, 0) == 0) {
			c->selection->keep[d][i] = 1;
			found = 1;
		}
	}
	return found ? 0 : -1;
}

static int read_value(struct choice *c, enum drp_dim d, const char *text, size_t n)
{
	if (drp_select_add(c->cube, c->selection, d, text, n) == 0) {
		return 0;
	}
	int failed = read_expression(c, d, text, n);
	if (failed == 1) {
		failed = memchr(text, '*', n) || memchr(text, '?', n)
				 ? read_pattern(c, d, text, n)
				 : -1;
	}
	return failed ? complain(c, "no such value code", text, n) : 0;
}

/* ---- where selections stand ---- */

static int begin_variable(struct choice *c, const char *name, size_t n)
{
	int d = drp_cube_dim(c->cube, name, n);
	if (d < 0) {
		return complain(c, "no such variable", name, n);
	}
	if (!(c->chosen >> d & 1)) {
		drp_select_none(c->selection, (enum drp_dim)d);
		c->chosen |= (uint16_t)(1u << d);
	}
	return d;
}

/* Length of a value: up to a comma outside brackets. */
static size_t value_length(const char *text)
{
	size_t n = 0;
	for (int depth = 0; text[n] && (depth > 0 || text[n] != ','); n++) {
		depth += text[n] == '(' ? 1 : text[n] == ')' ? -1 : 0;
	}
	return n;
}

static int read_query(const struct drp_api_call *call, struct choice *c)
{
	for (size_t i = 0; i < call->request->n_parameters; i++) {
		const char *name = call->request->parameter[i].name;
		const char *value = call->request->parameter[i].value;
		size_t n = strlen(name);
		if (n < 13 || strncasecmp(name, "valuecodes[", 11) != 0 ||
			name[n - 1] != ']') {
			continue;
		}
		int d = begin_variable(c, name + 11, n - 12);
		for (; d >= 0; value++) {
			size_t k = value_length(value);
			if (read_value(c, (enum drp_dim)d, value, k) != 0) {
				return -1;
			}
			value += k;
			if (!*value) {
				break;
			}
		}
		if (d < 0) {
			return -1;
		}
	}
	return 0;
}

static int read_member(struct choice *c, const json_t *entry)
{
	const char *name = json_string_value(json_object_get(entry, "variableCode"));
	const json_t *codes = json_object_get(entry, "valueCodes");
	if (!name || (codes && !json_is_null(codes) && !json_is_array(codes))) {
		return complain(c, "a selection has variableCode and valueCodes", "", 0);
	}
	if (json_array_size(codes) == 0) {
		return 0; /* as if the variable were not named */
	}
	int d = begin_variable(c, name, strlen(name));
	for (size_t i = 0; d >= 0 && i < json_array_size(codes); i++) {
		const char *value = json_string_value(json_array_get(codes, i));
		if (!value) {
			return complain(c, "a value code is a text", "", 0);
		}
		if (read_value(c, (enum drp_dim)d, value, strlen(value)) != 0) {
			return -1;
		}
	}
	return d < 0 ? -1 : 0;
}

static int read_body(const struct drp_api_call *call, struct choice *c)
{
	const struct drp_api_request *r = call->request;
	if (r->body_n == 0) {
		return 0;
	}
	json_t *body =
		r->body_n <= DRP_HTTP_BODY_MAX_BYTES
			? json_loadb(r->body, r->body_n, JSON_REJECT_DUPLICATES, NULL)
			: NULL;
	const json_t *list = json_object_get(body, "selection");
	int failed = 0;
	if (!json_is_object(body) ||
		(list && !json_is_null(list) && !json_is_array(list))) {
		failed = complain(
			c, "the body is no JSON object with a list 'selection'", "", 0);
	}
	for (size_t i = 0; !failed && i < json_array_size(list); i++) {
		failed = read_member(c, json_array_get(list, i));
	}
	json_decref(body);
	return failed;
}

static void eliminate(
	const struct drp_cube *cube, struct drp_selection *selection, uint16_t chosen)
{
	for (int d = DRP_DIM_PROVINCE; d <= DRP_DIM_NETWORK; d++) {
		int all = drp_cube_code(cube, (enum drp_dim)d, "_T");
		if (!(chosen >> d & 1) && all >= 0) {
			drp_select_none(selection, (enum drp_dim)d);
			selection->keep[d][all] = 1;
		}
	}
}

void drp_px_select_default(const struct drp_cube *cube, struct drp_selection *selection)
{
	drp_select_all(cube, selection);
	if (drp_selected_cells(cube, selection) > DRP_PX_CELLS_MAX) {
		eliminate(cube, selection, 0);
	}
}

void drp_px_select(struct drp_api_call *call, const struct drp_cube *cube,
	struct drp_selection *selection, char complaint[256])
{
	struct choice c = {cube, selection, 0, complaint};
	drp_select_all(cube, selection);
	if (read_query(call, &c) == 0 && read_body(call, &c) == 0) {
		if (c.chosen) {
			eliminate(cube, selection, c.chosen);
		} else {
			drp_px_select_default(cube, selection);
		}
	}
}
