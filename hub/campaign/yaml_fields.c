/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/yaml_fields.h"

#include "proto/base/text.h"

#include <stdio.h>
#include <string.h>
#include <yaml.h>

struct file {
	yaml_document_t *tree;
	const char *path;
	struct drp_diag *diag;
	void *object;
};

static enum drp_err wrong(const struct file *file, const yaml_node_t *node,
	const char *key, const char *what)
{
	return drp_fail(file->diag, DRP_E_INPUT, "%s:%zu: %s: %s", file->path,
		node->start_mark.line + 1, key, what);
}

/* ---- readers ---- */

int drp_permille_parse(const char *text, int whole, uint32_t *permille)
{
	char digits[4] = {0};
	uint32_t w;
	size_t n = strcspn(text, ".");
	int has_tenth = text[n] == '.';
	if (n > 3 || (!has_tenth && !whole) ||
		(has_tenth && (text[n + 1] < '0' || text[n + 1] > '9' || text[n + 2]))) {
		return -1;
	}
	memcpy(digits, text, n);
	if (drp_parse_u32(digits, 0, 100, &w)) {
		return -1;
	}
	*permille = 10 * w + (has_tenth ? (uint32_t)(text[n + 1] - '0') : 0);
	return *permille > 1000 ? -1 : 0;
}

const char *drp_yaml_text(const char *text, size_t n, void *out, size_t size)
{
	if (n == 0 || n >= size || strlen(text) != n) {
		return "empty or too long; write it shorter, or \"not stated\"";
	}
	memcpy(out, text, n + 1);
	return NULL;
}

const char *drp_yaml_code(const char *text, size_t n, void *out, size_t size)
{
	const char *what = drp_yaml_text(text, n, out, size);
	return what			    ? what
	       : drp_code_valid(text, size) ? NULL
					    : "not a code; use letters, digits, - and _";
}

const char *drp_yaml_number(const char *text, size_t n, void *out, size_t size)
{
	(void)n;
	(void)size;
	return drp_parse_u32(text, 0, UINT32_MAX, out)
		       ? "not a whole number; write plain digits"
		       : NULL;
}

/* ---- the tree ---- */

static enum drp_err read_scalar(const struct file *file, const yaml_node_t *node,
	const struct drp_yaml_field *field)
{
	if (node->type != YAML_SCALAR_NODE) {
		return wrong(file, node, field->key,
			"not a single value; write it on one line");
	}
	const char *what = field->read((const char *)node->data.scalar.value,
		node->data.scalar.length, (char *)file->object + field->at, field->size);
	return what ? wrong(file, node, field->key, what) : DRP_OK;
}

static const struct drp_yaml_field *field_of(
	const struct drp_yaml_field *fields, const yaml_node_t *key)
{
	for (; fields->key; fields++) {
		if (key->type == YAML_SCALAR_NODE &&
			strcmp((const char *)key->data.scalar.value, fields->key) == 0) {
			return fields;
		}
	}
	return NULL;
}

/* The mapping's members are the fields, each once. The depth is that of the tables. */
static enum drp_err read_fields(const struct file *file, const yaml_node_t *node,
	const char *name, const struct drp_yaml_field *fields)
{
	unsigned seen = 0;
	if (node->type != YAML_MAPPING_NODE) {
		return wrong(file, node, name,
			"not a mapping; see deploy/reference/README.md");
	}
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
		pair < node->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yaml_document_get_node(file->tree, pair->key);
		const yaml_node_t *value =
			yaml_document_get_node(file->tree, pair->value);
		const struct drp_yaml_field *field = field_of(fields, key);
		if (!field) {
			return wrong(
				file, key, name, "holds an unknown member; remove it");
		}
		if (seen & 1u << (field - fields)) {
			return wrong(
				file, key, field->key, "stands here twice; keep one");
		}
		seen |= 1u << (field - fields);
		enum drp_err e =
			field->read ? read_scalar(file, value, field)
				    : read_fields(file, value, field->key, field->fields);
		if (e) {
			return e;
		}
	}
	for (const struct drp_yaml_field *field = fields; field->key; field++) {
		if (!(seen & 1u << (field - fields))) {
			return wrong(file, node, field->key, "missing here; add it");
		}
	}
	return DRP_OK;
}

static const yaml_node_t *member(const struct file *file, const char *name)
{
	const yaml_node_t *root = yaml_document_get_root_node(file->tree);
	const yaml_node_pair_t *pair = root->data.mapping.pairs.start;
	for (; pair < root->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yaml_document_get_node(file->tree, pair->key);
		if (strcmp((const char *)key->data.scalar.value, name) == 0) {
			return yaml_document_get_node(file->tree, pair->value);
		}
	}
	return root;
}

static enum drp_err load_tree(const char *path, yaml_parser_t *parser,
	yaml_document_t *tree, struct drp_diag *diag)
{
	return yaml_parser_load(parser, tree)
		       ? DRP_OK
		       : drp_fail(diag, DRP_E_INPUT,
				 "%s:%zu: not YAML (%s); correct the line", path,
				 parser->problem_mark.line + 1,
				 parser->problem ? parser->problem : "no memory");
}

static enum drp_err read_document(struct file *file, yaml_parser_t *parser,
	const struct drp_yaml_field *fields,
	const char *(*check)(const void *object, const char **member))
{
	yaml_document_t tree;
	enum drp_err e = load_tree(file->path, parser, &tree, file->diag);
	if (e) {
		return e;
	}
	file->tree = &tree;
	const yaml_node_t *root = yaml_document_get_root_node(&tree);
	e = root ? read_fields(file, root, "the file", fields)
		 : drp_fail(file->diag, DRP_E_INPUT,
			   "%s:1: empty; see deploy/reference/README.md", file->path);
	if (!e) {
		const char *of = NULL;
		const char *what = check(file->object, &of);
		e = what ? wrong(file, member(file, of), of, what) : DRP_OK;
	}
	yaml_document_delete(&tree);
	return e;
}

static enum drp_err expect_end(
	const char *path, yaml_parser_t *parser, struct drp_diag *diag)
{
	yaml_document_t tree;
	enum drp_err e = load_tree(path, parser, &tree, diag);
	if (e) {
		return e;
	}
	const yaml_node_t *root = yaml_document_get_root_node(&tree);
	if (root) {
		e = drp_fail(diag, DRP_E_INPUT,
			"%s:%zu: a second document; keep one in a file", path,
			tree.start_mark.line + 1);
	}
	yaml_document_delete(&tree);
	return e;
}

enum drp_err drp_yaml_read(const void *text, size_t n, const char *name,
	const struct drp_yaml_field *fields,
	const char *(*check)(const void *object, const char **member), void *object,
	struct drp_diag *diag)
{
	struct file file = {.path = name, .diag = diag, .object = object};
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser)) {
		return drp_fail(diag, DRP_E_NOMEM, "%s: no memory to read it", name);
	}
	/* libyaml refuses a null pointer even for no bytes. */
	yaml_parser_set_input_string(&parser, n ? text : "", n);
	enum drp_err e = read_document(&file, &parser, fields, check);
	e = e ? e : expect_end(name, &parser, diag);
	yaml_parser_delete(&parser);
	return e;
}

void drp_yaml_first(const void *text, size_t n, char *key, size_t size)
{
	yaml_parser_t parser;
	yaml_document_t tree;
	key[0] = 0;
	if (!yaml_parser_initialize(&parser)) {
		return;
	}
	yaml_parser_set_input_string(&parser, n ? text : "", n);
	if (yaml_parser_load(&parser, &tree)) {
		const yaml_node_t *root = yaml_document_get_root_node(&tree);
		const yaml_node_t *first =
			root && root->type == YAML_MAPPING_NODE &&
					root->data.mapping.pairs.start <
						root->data.mapping.pairs.top
				? yaml_document_get_node(
					  &tree, root->data.mapping.pairs.start->key)
				: NULL;
		if (first && first->type == YAML_SCALAR_NODE) {
			snprintf(key, size, "%s", first->data.scalar.value);
		}
		yaml_document_delete(&tree);
	}
	yaml_parser_delete(&parser);
}
