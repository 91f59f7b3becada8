/* SPDX-License-Identifier: Apache-2.0
 *
 * From a YAML tree to an instrument. Reading goes on after a complaint, with nothing in
 * the place of what was wrong; only the first complaint is kept.
 */
#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/crypto/crypto.h"
#include "proto/model/codes.h"
#include "proto/model/instrument_rules.h"
#include "proto/model/yaml_tree.h"

#include <stdio.h>
#include <string.h>

struct load {
	struct drp_tree *tree;
	struct drp_instrument *in;
	char primary[DRP_LANGUAGES_MAX][DRP_CODE_MAX]; /* "nl" of nl-BE */
	const char *text_key[2 * DRP_LANGUAGES_MAX + 1];
};

static void read_code(struct load *load, const yaml_node_t *node, char *code, size_t size)
{
	const char *text = drp_tree_scalar(node);
	if (!node) {
		return;
	}
	if (!text || !drp_instrument_code_valid(text, size)) {
		drp_tree_complain(load->tree, node,
			"'%.40s' is not a code; use 1 to %zu of A-Z a-z 0-9 _ . -, "
			"beginning with a letter or digit",
			text ? text : "", size - 1);
		return;
	}
	memcpy(code, text, strlen(text) + 1);
}

/* begin reads the code of an entry and names it in the complaints that follow. */
static void begin(struct load *load, const yaml_node_t *node, const char *noun, size_t i,
	char code[DRP_CODE_MAX])
{
	snprintf(load->tree->what, sizeof load->tree->what, "%s number %zu", noun, i + 1);
	read_code(load, drp_tree_need(load->tree, node, "code"), code, DRP_CODE_MAX);
	if (code[0]) {
		snprintf(load->tree->what, sizeof load->tree->what, "%s %s", noun, code);
	}
}

static int read_bool(struct load *load, const yaml_node_t *node)
{
	const char *text = node ? drp_tree_scalar(node) : "false";
	if (text && strcmp(text, "true") == 0) {
		return 1;
	}
	if (!text || strcmp(text, "false") != 0) {
		drp_tree_complain(load->tree, node, "'%.40s' must be true or false",
			text ? text : "");
	}
	return 0;
}

/* read_text: every language must have a text, under its own key or under its primary
 * part, so that `nl` serves nl-BE and nl-NL at once. */
static void read_text(struct load *load, const yaml_node_t *map, const char *name,
	struct drp_text *text)
{
	if (!map) {
		return;
	}
	drp_tree_keys(load->tree, map, load->text_key);
	for (size_t l = 0; l < load->in->n_languages; l++) {
		const yaml_node_t *node =
			drp_tree_find(load->tree, map, load->in->language[l]);
		node = node ? node : drp_tree_find(load->tree, map, load->primary[l]);
		const char *value = drp_tree_scalar(node);
		if (!node) {
			drp_tree_complain(load->tree, map, "%s has no text in %s; add it",
				name, load->in->language[l]);
		} else if (!value || !drp_instrument_text_valid(value)) {
			drp_tree_complain(load->tree, node,
				"%s: the text in %s must be one line of 1 to %d bytes",
				name, load->in->language[l], DRP_TEXT_MAX_BYTES);
		} else {
			text->in[l] =
				drp_arena_copy(&load->in->arena, value, strlen(value));
			if (!text->in[l]) {
				drp_tree_no_memory(load->tree);
			}
		}
	}
}

/* The parts of the file */

static void read_languages(struct load *load, const yaml_node_t *root)
{
	const yaml_node_t *list;
	size_t n = drp_tree_list(load->tree, root, "languages", DRP_LANGUAGES_MAX, &list);
	for (size_t l = 0; l < n; l++) {
		char *language = load->in->language[l];
		read_code(load, drp_tree_entry(load->tree, list, l), language,
			DRP_CODE_MAX);
		memcpy(load->primary[l], language, strcspn(language, "-"));
		load->text_key[2 * l] = language;
		load->text_key[2 * l + 1] = load->primary[l];
	}
	load->in->n_languages = (uint8_t)n;
}

static uint8_t read_points(struct load *load, const yaml_node_t *node)
{
	const char *text = drp_tree_scalar(node);
	uint32_t points = 0;
	if (text && strcmp(text, "tick") == 0) {
		return 0;
	}
	if (!text || drp_parse_u32(text, 2, DRP_POINTS_MAX, &points)) {
		drp_tree_complain(load->tree, node, "points must be 2 to %d, or tick",
			DRP_POINTS_MAX);
	}
	return (uint8_t)points;
}

static void read_labels(
	struct load *load, const yaml_node_t *node, struct drp_scale *scale)
{
	const yaml_node_t *list = drp_tree_find(load->tree, node, "labels");
	size_t n = drp_tree_length(list);
	if (n != scale->points || (list && n == 0)) {
		drp_tree_complain(load->tree, list ? list : node,
			"%zu labels for %u points; give every point one, a tick box none",
			n, scale->points);
		return;
	}
	for (size_t p = 0; p < n; p++) {
		read_text(load, drp_tree_entry(load->tree, list, p), "label",
			&scale->label[p]);
	}
}

static void read_scales(struct load *load, const yaml_node_t *root)
{
	static const char *const keys[] = {"code", "points", "na", "labels", NULL};
	const yaml_node_t *list;
	size_t n = drp_tree_list(load->tree, root, "scales", DRP_SCALES_MAX, &list);
	for (size_t i = 0; i < n; i++) {
		const yaml_node_t *node = drp_tree_entry(load->tree, list, i);
		struct drp_scale *scale = &load->in->scale[i];
		begin(load, node, "scale", i, scale->code);
		drp_tree_keys(load->tree, node, keys);
		scale->points =
			read_points(load, drp_tree_need(load->tree, node, "points"));
		scale->has_na =
			(uint8_t)read_bool(load, drp_tree_find(load->tree, node, "na"));
		read_labels(load, node, scale);
	}
	load->in->n_scales = (uint8_t)n;
	load->tree->what[0] = 0;
}

static void read_areas(struct load *load, const yaml_node_t *root)
{
	static const char *const keys[] = {"code", "additional", "name", NULL};
	const yaml_node_t *list;
	size_t n = drp_tree_list(load->tree, root, "areas", DRP_AREAS_MAX, &list);
	for (size_t i = 0; i < n; i++) {
		const yaml_node_t *node = drp_tree_entry(load->tree, list, i);
		struct drp_area *area = &load->in->area[i];
		begin(load, node, "area", i, area->code);
		drp_tree_keys(load->tree, node, keys);
		area->additional = (uint8_t)read_bool(
			load, drp_tree_find(load->tree, node, "additional"));
		read_text(load, drp_tree_need(load->tree, node, "name"), "name",
			&area->name);
	}
	load->in->n_areas = (uint8_t)n;
	load->tree->what[0] = 0;
}

static uint8_t read_kind(struct load *load, const yaml_node_t *node)
{
	static const char *const kinds[] = {"core", "additional", "optional", "text"};
	const char *text = drp_tree_scalar(node);
	for (uint8_t kind = 0; text && kind < sizeof kinds / sizeof kinds[0]; kind++) {
		if (strcmp(text, kinds[kind]) == 0) {
			return kind;
		}
	}
	drp_tree_complain(load->tree, node,
		"kind '%.40s' must be core, additional, optional or text",
		text ? text : "");
	return DRP_ITEM_CORE;
}

/* read_reference returns the index of a code among n that lie stride bytes apart. */
static uint8_t read_reference(struct load *load, const yaml_node_t *node,
	const char *noun, const char *codes, size_t stride, size_t n)
{
	const char *code = drp_tree_scalar(node);
	for (size_t i = 0; code && i < n; i++) {
		if (strcmp(codes + i * stride, code) == 0) {
			return (uint8_t)i;
		}
	}
	drp_tree_complain(load->tree, node, "%s '%.40s' is not defined; add it under %ss",
		noun, code ? code : "", noun);
	return 0;
}

static uint8_t read_area(struct load *load, const yaml_node_t *item)
{
	const struct drp_area *areas = load->in->area;
	return read_reference(load, drp_tree_need(load->tree, item, "area"), "area",
		areas->code, sizeof *areas, load->in->n_areas);
}

/* The scale of a text is 0 and means nothing. */
static uint8_t read_scale(struct load *load, const yaml_node_t *item, int is_text)
{
	const struct drp_scale *scales = load->in->scale;
	const yaml_node_t *node = drp_tree_find(load->tree, item, "scale");
	if (is_text) {
		if (node) {
			drp_tree_complain(
				load->tree, node, "a text has no scale; leave it out");
		}
		return 0;
	}
	return read_reference(load, drp_tree_need(load->tree, item, "scale"), "scale",
		scales->code, sizeof *scales, load->in->n_scales);
}

/* read_bits sets bit value_of(word) for every word of a list of known words. */
static uint8_t read_bits(struct load *load, const yaml_node_t *item, const char *key,
	size_t max, int (*value_of)(const char *))
{
	const yaml_node_t *list;
	unsigned bits = 0;
	size_t n = drp_tree_list(load->tree, item, key, max, &list);
	for (size_t i = 0; i < n; i++) {
		const yaml_node_t *node = drp_tree_entry(load->tree, list, i);
		const char *word = drp_tree_scalar(node);
		int value = word ? value_of(word) : -1;
		if (value < 0 || (bits >> value & 1)) {
			drp_tree_complain(load->tree, node,
				"'%.40s' under %s is unknown or there twice",
				word ? word : "", key);
			return 0;
		}
		bits |= 1u << value;
	}
	return (uint8_t)bits;
}

static uint8_t read_levels(struct load *load, const yaml_node_t *item)
{
	const unsigned every = ((1u << DRP_LEVELS) - 1) << 1;
	if (!drp_tree_find(load->tree, item, "levels")) {
		return 0;
	}
	uint8_t levels = read_bits(load, item, "levels", DRP_LEVELS, drp_level_of);
	return levels == every ? 0 : levels;
}

static void read_wordings(
	struct load *load, const yaml_node_t *node, struct drp_item *item)
{
	const yaml_node_t *common = drp_tree_find(load->tree, node, "wording");
	for (int g = 0; g < DRP_GROUPS; g++) {
		const char *group = drp_group_code(g);
		const yaml_node_t *own = drp_tree_find(load->tree, node, group);
		int asked = item->groups >> g & 1;
		if (own && !asked) {
			drp_tree_complain(load->tree, own,
				"has a wording for %s, which is not among its groups",
				group);
		} else if (asked && !own && !common) {
			drp_tree_complain(load->tree, node,
				"has no wording for %s; add '%s:' or 'wording:'", group,
				group);
		} else if (asked) {
			read_text(load, own ? own : common, own ? group : "wording",
				&item->wording[g]);
		}
	}
}

static void read_items(struct load *load, const yaml_node_t *root)
{
	static const char *const keys[] = {"code", "area", "kind", "scale", "groups",
		"levels", "wording", "leader", "teacher", "pupil", NULL};
	const yaml_node_t *list;
	size_t n = drp_tree_list(load->tree, root, "items", DRP_ITEMS_MAX, &list);
	for (size_t i = 0; i < n && load->tree->err == DRP_OK; i++) {
		const yaml_node_t *node = drp_tree_entry(load->tree, list, i);
		struct drp_item *item = &load->in->item[i];
		begin(load, node, "item", i, item->code);
		drp_tree_keys(load->tree, node, keys);
		item->area = read_area(load, node);
		item->kind = read_kind(load, drp_tree_need(load->tree, node, "kind"));
		item->scale = read_scale(load, node, item->kind == DRP_ITEM_TEXT);
		item->groups = read_bits(load, node, "groups", DRP_GROUPS, drp_group_of);
		item->levels = read_levels(load, node);
		read_wordings(load, node, item);
	}
	load->in->n_items = (uint16_t)n;
	load->tree->what[0] = 0;
}

/* obey_rules turns a broken rule into a complaint at the line of what broke it. */
static void obey_rules(struct load *load, const yaml_node_t *root)
{
	struct drp_fault fault;
	if (load->tree->err || drp_instrument_rules_check(load->in, &fault) == DRP_OK) {
		return;
	}
	const yaml_node_t *node = drp_tree_find(load->tree, root, fault.list);
	node = fault.at < drp_tree_length(node)
		       ? drp_tree_entry(load->tree, node, fault.at)
		       : node;
	const yaml_node_t *field =
		fault.field ? drp_tree_find(load->tree, node, fault.field) : NULL;
	drp_tree_complain(load->tree, field ? field : node, "%s", fault.text);
}

static void read_file(struct load *load)
{
	static const char *const keys[] = {
		"id", "version", "title", "languages", "scales", "areas", "items", NULL};
	const yaml_node_t *root = drp_tree_root(load->tree);
	struct drp_instrument *in = load->in;
	drp_tree_keys(load->tree, root, keys);
	if (load->tree->err) {
		return;
	}
	read_code(load, drp_tree_need(load->tree, root, "id"), in->id, sizeof in->id);
	read_code(load, drp_tree_need(load->tree, root, "version"), in->version,
		sizeof in->version);
	read_languages(load, root);
	read_text(load, drp_tree_need(load->tree, root, "title"), "title", &in->title);
	read_scales(load, root);
	read_areas(load, root);
	read_items(load, root);
	obey_rules(load, root);
}

static enum drp_err name_by_hash(struct load *load)
{
	struct drp_buf form = {0};
	enum drp_err err = drp_instrument_encode(load->in, &form);
	if (err) {
		drp_fail(load->tree->diag, err, "%s: %s", load->tree->path,
			err == DRP_E_TOOBIG ? "the instrument is too large; shorten it"
					    : drp_err_text(err));
	} else {
		drp_hash_bytes(form.data, form.len, &load->in->hash);
	}
	drp_buf_clear(&form);
	return err;
}

enum drp_err drp_instrument_load(
	const char *path, struct drp_instrument **instrument, struct drp_diag *diag)
{
	struct drp_tree tree = {.path = path, .diag = diag};
	struct load load = {.tree = &tree};
	enum drp_err err = drp_tree_open(&tree);
	if (err) {
		return err;
	}
	load.in = drp_alloc(1, sizeof *load.in);
	if (!load.in) {
		drp_tree_no_memory(&tree);
	} else {
		read_file(&load);
	}
	drp_tree_close(&tree);
	err = tree.err ? tree.err : name_by_hash(&load);
	if (err) {
		drp_instrument_free(load.in);
		return err;
	}
	*instrument = load.in;
	return DRP_OK;
}
