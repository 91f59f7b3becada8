/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical form: a map; a text is an array with one string per language, in the order
 * of `languages`; columns have one element per area, item or scale.
 *   areas      {additional: [0 or 1], code: [str], name: [text]}
 *   id         str
 *   items      {area: [index], code: [str], groups: [bits], kind: [0 core, 1 additional,
 *              2 optional, 3 text], levels: [bits, 0 for every level], scale: [index, 0
 *              of a text item], text: [a text per asked group]}
 *   languages  [str]
 *   scales     {code: [str], labels: [a text per point], na: [0 or 1], points: [2..7, 0
 *              for a tick box]}
 *   title      text
 *   version    str
 */
#include "proto/model/instrument.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "proto/model/instrument_rules.h"
#include "proto/wire/reader.h"
#include "proto/wire/writer.h"

#include <string.h>

#define EVERY_GROUP ((1u << DRP_GROUPS) - 1)
#define EVERY_LEVEL (((1u << DRP_LEVELS) - 1) << 1)

void drp_instrument_free(struct drp_instrument *instrument)
{
	if (instrument) {
		drp_arena_clear(&instrument->arena);
		drp_free(instrument);
	}
}

/* Lookups */

int drp_instrument_item(const struct drp_instrument *instrument, const char *code)
{
	for (int i = 0; i < instrument->n_items; i++) {
		if (strcmp(instrument->item[i].code, code) == 0) {
			return i;
		}
	}
	return -1;
}

int drp_instrument_language(const struct drp_instrument *instrument, const char *language)
{
	size_t primary = strcspn(language, "-");
	int related = -1;
	for (int i = 0; i < instrument->n_languages; i++) {
		const char *have = instrument->language[i];
		if (strcmp(have, language) == 0) {
			return i;
		}
		if (related < 0 && strcspn(have, "-") == primary &&
			strncmp(have, language, primary) == 0) {
			related = i;
		}
	}
	return related;
}

size_t drp_instrument_vector(const struct drp_instrument *instrument,
	enum drp_group group, enum drp_item_kind kind, uint16_t items[DRP_ITEMS_MAX])
{
	size_t n = 0;
	for (uint16_t i = 0; i < instrument->n_items; i++) {
		const struct drp_item *item = &instrument->item[i];
		int everywhere = item->levels == 0 || item->levels == EVERY_LEVEL;
		if (item->kind == kind && everywhere && (item->groups >> group & 1)) {
			items[n++] = i;
		}
	}
	return n;
}

/* Encoding. A column takes one field of n structures that lie stride bytes apart. */

static void write_numbers(struct drp_writer *w, const char *key, const uint8_t *first,
	size_t stride, size_t n)
{
	drp_w_key(w, key);
	drp_w_array(w, n);
	for (size_t i = 0; i < n; i++) {
		drp_w_uint(w, first[i * stride]);
	}
}

static void write_codes(
	struct drp_writer *w, const char *key, const char *first, size_t stride, size_t n)
{
	drp_w_key(w, key);
	drp_w_array(w, n);
	for (size_t i = 0; i < n; i++) {
		drp_w_str(w, first + i * stride);
	}
}

static void write_text(struct drp_writer *w, const struct drp_instrument *in,
	const struct drp_text *text)
{
	drp_w_array(w, in->n_languages);
	for (size_t l = 0; l < in->n_languages; l++) {
		drp_w_str(w, text->in[l]);
	}
}

static void write_areas(struct drp_writer *w, const struct drp_instrument *in)
{
	const struct drp_area *a = in->area;
	drp_w_map(w, 3);
	write_numbers(w, "additional", &a->additional, sizeof *a, in->n_areas);
	write_codes(w, "code", a->code, sizeof *a, in->n_areas);
	drp_w_key(w, "name");
	drp_w_array(w, in->n_areas);
	for (size_t i = 0; i < in->n_areas; i++) {
		write_text(w, in, &a[i].name);
	}
}

static void write_wordings(struct drp_writer *w, const struct drp_instrument *in,
	const struct drp_item *item)
{
	size_t asked = 0;
	for (unsigned g = 0; g < DRP_GROUPS; g++) {
		asked += item->groups >> g & 1;
	}
	drp_w_array(w, asked);
	for (unsigned g = 0; g < DRP_GROUPS; g++) {
		if (item->groups >> g & 1) {
			write_text(w, in, &item->wording[g]);
		}
	}
}

static void write_items(struct drp_writer *w, const struct drp_instrument *in)
{
	const struct drp_item *q = in->item;
	drp_w_map(w, 7);
	write_numbers(w, "area", &q->area, sizeof *q, in->n_items);
	write_codes(w, "code", q->code, sizeof *q, in->n_items);
	write_numbers(w, "groups", &q->groups, sizeof *q, in->n_items);
	write_numbers(w, "kind", &q->kind, sizeof *q, in->n_items);
	write_numbers(w, "levels", &q->levels, sizeof *q, in->n_items);
	write_numbers(w, "scale", &q->scale, sizeof *q, in->n_items);
	drp_w_key(w, "text");
	drp_w_array(w, in->n_items);
	for (size_t i = 0; i < in->n_items; i++) {
		write_wordings(w, in, &q[i]);
	}
}

static void write_scales(struct drp_writer *w, const struct drp_instrument *in)
{
	const struct drp_scale *s = in->scale;
	drp_w_map(w, 4);
	write_codes(w, "code", s->code, sizeof *s, in->n_scales);
	drp_w_key(w, "labels");
	drp_w_array(w, in->n_scales);
	for (size_t i = 0; i < in->n_scales; i++) {
		drp_w_array(w, s[i].points);
		for (size_t p = 0; p < s[i].points; p++) {
			write_text(w, in, &s[i].label[p]);
		}
	}
	write_numbers(w, "na", &s->has_na, sizeof *s, in->n_scales);
	write_numbers(w, "points", &s->points, sizeof *s, in->n_scales);
}

static void write_instrument(struct drp_writer *w, const struct drp_instrument *in)
{
	drp_w_map(w, 7);
	drp_w_key(w, "areas");
	write_areas(w, in);
	drp_w_key(w, "id");
	drp_w_str(w, in->id);
	drp_w_key(w, "items");
	write_items(w, in);
	write_codes(
		w, "languages", in->language[0], sizeof in->language[0], in->n_languages);
	drp_w_key(w, "scales");
	write_scales(w, in);
	drp_w_key(w, "title");
	write_text(w, in, &in->title);
	drp_w_key(w, "version");
	drp_w_str(w, in->version);
}

enum drp_err drp_instrument_encode(
	const struct drp_instrument *instrument, struct drp_buf *out)
{
	struct drp_writer w = {0};
	write_instrument(&w, instrument);
	enum drp_err err = drp_w_finish(&w);
	if (err == DRP_OK && w.out.len > DRP_BLOB_MAX_BYTES) {
		err = DRP_E_TOOBIG;
	}
	if (err == DRP_OK) {
		drp_buf_append(out, w.out.data, w.out.len);
		err = out->failed ? DRP_E_NOMEM : DRP_OK;
	}
	drp_w_clear(&w);
	return err;
}

/* Decoding */

static void read_code(struct drp_reader *r, char *code, size_t size)
{
	drp_r_str(r, code, size);
	if (!drp_instrument_code_valid(code, size)) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
}

/* read_text: areas come first in the form, so their first name tells the number of
 * languages; every later text and the list of languages must agree. */
static void read_text(
	struct drp_reader *r, struct drp_instrument *in, struct drp_text *text)
{
	char buffer[DRP_TEXT_MAX_BYTES + 1];
	size_t n = drp_r_array(r, DRP_LANGUAGES_MAX);
	if (in->n_languages == 0) {
		in->n_languages = (uint8_t)n;
	}
	if (n == 0 || n != in->n_languages) {
		drp_r_fail(r, DRP_E_MALFORMED);
		return;
	}
	for (size_t l = 0; l < n; l++) {
		drp_r_str(r, buffer, sizeof buffer);
		if (!drp_instrument_text_valid(buffer)) {
			drp_r_fail(r, DRP_E_MALFORMED);
			return;
		}
		text->in[l] = drp_arena_copy(&in->arena, buffer, strlen(buffer));
		if (!text->in[l]) {
			drp_r_fail(r, DRP_E_NOMEM);
		}
	}
	drp_r_end_array(r);
}

/* column enters an array of exactly n elements; a column of unknown length, at most
 * max, has n 0 and tells how many rows there are. */
static size_t column(struct drp_reader *r, const char *key, size_t n, size_t max)
{
	drp_r_key(r, key);
	size_t have = drp_r_array(r, max);
	if (have == 0 || (n != 0 && have != n)) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
	return have;
}

static size_t read_numbers(struct drp_reader *r, const char *key, unsigned max,
	uint8_t *first, size_t stride, size_t n, size_t n_max)
{
	size_t have = column(r, key, n, n_max);
	for (size_t i = 0; i < have; i++) {
		first[i * stride] = (uint8_t)drp_r_uint(r, 0, max);
	}
	drp_r_end_array(r);
	return have;
}

static size_t read_codes(struct drp_reader *r, const char *key, char *first,
	size_t stride, size_t n, size_t n_max)
{
	size_t have = column(r, key, n, n_max);
	for (size_t i = 0; i < have; i++) {
		read_code(r, first + i * stride, DRP_CODE_MAX);
	}
	drp_r_end_array(r);
	return have;
}

static void read_areas(struct drp_reader *r, struct drp_instrument *in)
{
	struct drp_area *a = in->area;
	drp_r_map(r);
	size_t n = read_numbers(
		r, "additional", 1, &a->additional, sizeof *a, 0, DRP_AREAS_MAX);
	read_codes(r, "code", a->code, sizeof *a, n, DRP_AREAS_MAX);
	n = column(r, "name", n, DRP_AREAS_MAX);
	for (size_t i = 0; i < n; i++) {
		read_text(r, in, &a[i].name);
	}
	drp_r_end_array(r);
	drp_r_end_map(r);
	in->n_areas = (uint8_t)n;
}

/* A wrong number of texts shows as one too few or one left over. */
static void read_wordings(
	struct drp_reader *r, struct drp_instrument *in, struct drp_item *item)
{
	if (drp_r_array(r, DRP_GROUPS) == 0) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
	for (unsigned g = 0; g < DRP_GROUPS; g++) {
		if (item->groups >> g & 1) {
			read_text(r, in, &item->wording[g]);
		}
	}
	drp_r_end_array(r);
}

static void read_items(struct drp_reader *r, struct drp_instrument *in)
{
	struct drp_item *q = in->item;
	const size_t size = sizeof *q, max = DRP_ITEMS_MAX;
	drp_r_map(r);
	size_t n = read_numbers(r, "area", DRP_AREAS_MAX - 1, &q->area, size, 0, max);
	read_codes(r, "code", q->code, size, n, max);
	read_numbers(r, "groups", EVERY_GROUP, &q->groups, size, n, max);
	read_numbers(r, "kind", DRP_ITEM_TEXT, &q->kind, size, n, max);
	read_numbers(r, "levels", EVERY_LEVEL, &q->levels, size, n, max);
	read_numbers(r, "scale", DRP_SCALES_MAX - 1, &q->scale, size, n, max);
	n = column(r, "text", n, max);
	for (size_t i = 0; i < n; i++) {
		read_wordings(r, in, &q[i]);
	}
	drp_r_end_array(r);
	drp_r_end_map(r);
	in->n_items = (uint16_t)n;
}

static void read_scales(struct drp_reader *r, struct drp_instrument *in)
{
	struct drp_scale *s = in->scale;
	size_t labels[DRP_SCALES_MAX];
	drp_r_map(r);
	size_t n = read_codes(r, "code", s->code, sizeof *s, 0, DRP_SCALES_MAX);
	n = column(r, "labels", n, DRP_SCALES_MAX);
	for (size_t i = 0; i < n; i++) {
		labels[i] = drp_r_array(r, DRP_POINTS_MAX);
		for (size_t p = 0; p < labels[i]; p++) {
			read_text(r, in, &s[i].label[p]);
		}
		drp_r_end_array(r);
	}
	drp_r_end_array(r);
	read_numbers(r, "na", 1, &s->has_na, sizeof *s, n, DRP_SCALES_MAX);
	read_numbers(
		r, "points", DRP_POINTS_MAX, &s->points, sizeof *s, n, DRP_SCALES_MAX);
	for (size_t i = 0; i < n; i++) {
		if (s[i].points != labels[i] || s[i].points == 1) {
			drp_r_fail(r, DRP_E_MALFORMED);
		}
	}
	drp_r_end_map(r);
	in->n_scales = (uint8_t)n;
}

static void read_instrument(struct drp_reader *r, struct drp_instrument *in)
{
	drp_r_map(r);
	drp_r_key(r, "areas");
	read_areas(r, in);
	drp_r_key(r, "id");
	read_code(r, in->id, sizeof in->id);
	drp_r_key(r, "items");
	read_items(r, in);
	read_codes(r, "languages", in->language[0], sizeof in->language[0],
		in->n_languages, DRP_LANGUAGES_MAX);
	drp_r_key(r, "scales");
	read_scales(r, in);
	drp_r_key(r, "title");
	read_text(r, in, &in->title);
	drp_r_key(r, "version");
	read_code(r, in->version, sizeof in->version);
	drp_r_end_map(r);
}

/* form_is_sound looks at what one value has to do with another: indices within their
 * lists, and one way only to say "every level" and "no scale". */
static int form_is_sound(const struct drp_instrument *in)
{
	for (size_t i = 0; i < in->n_items; i++) {
		const struct drp_item *item = &in->item[i];
		if (item->area >= in->n_areas || item->scale >= in->n_scales ||
			(item->kind == DRP_ITEM_TEXT && item->scale != 0) ||
			(item->levels & 1) || item->levels == EVERY_LEVEL) {
			return 0;
		}
	}
	return 1;
}

static enum drp_err decode(const void *bytes, size_t n, struct drp_instrument *in)
{
	struct drp_reader *r;
	struct drp_fault fault;
	enum drp_err err = drp_r_open(bytes, n, DRP_BLOB_ITEMS_MAX, &r);
	if (err) {
		return err;
	}
	read_instrument(r, in);
	err = drp_r_close(r);
	if (err) {
		return err;
	}
	if (!form_is_sound(in) || drp_instrument_rules_check(in, &fault)) {
		return DRP_E_MALFORMED;
	}
	drp_hash_bytes(bytes, n, &in->hash);
	return DRP_OK;
}

enum drp_err drp_instrument_decode(
	const void *bytes, size_t n, struct drp_instrument **instrument)
{
	if (n > DRP_BLOB_MAX_BYTES) {
		return DRP_E_TOOBIG;
	}
	struct drp_instrument *in = drp_alloc(1, sizeof *in);
	enum drp_err err = in ? decode(bytes, n, in) : DRP_E_NOMEM;
	if (err) {
		drp_instrument_free(in);
		return err;
	}
	*instrument = in;
	return DRP_OK;
}
