/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/yaml_tree.h"

#include "proto/base/buf.h"
#include "proto/base/text.h"

#include <drempel/limits.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* mask makes a text that quotes the file fit for one line on a terminal; a quotation
 * that was cut inside a character is no UTF-8 and loses its special characters. */
static void mask(char *text)
{
	int utf8 = drp_utf8_valid(text, strlen(text));
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8)) {
			*text = '?';
		}
	}
}

void drp_tree_complain(
	struct drp_tree *tree, const yaml_node_t *node, const char *fmt, ...)
{
	char text[300];
	va_list args;
	if (tree->err) {
		return;
	}
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	mask(text);
	tree->err = drp_fail(tree->diag, DRP_E_INPUT, "%s:%zu: %s%s%s", tree->path,
		node ? node->start_mark.line + 1 : 1, tree->what,
		tree->what[0] ? ": " : "", text);
}

void drp_tree_no_memory(struct drp_tree *tree)
{
	if (tree->err == DRP_OK) {
		tree->err = drp_fail(
			tree->diag, DRP_E_NOMEM, "%s: no memory to read it", tree->path);
	}
}

static enum drp_err not_yaml(struct drp_tree *tree, const yaml_parser_t *parser)
{
	if (parser->error == YAML_MEMORY_ERROR) {
		drp_tree_no_memory(tree);
		return tree->err;
	}
	if (parser->error == YAML_READER_ERROR) {
		return drp_fail(tree->diag, DRP_E_INPUT,
			"%s: not YAML in UTF-8: %s at byte %zu", tree->path,
			parser->problem, parser->problem_offset);
	}
	return drp_fail(tree->diag, DRP_E_INPUT, "%s:%zu: not YAML: %s", tree->path,
		parser->problem_mark.line + 1, parser->problem);
}

static enum drp_err read_whole(struct drp_tree *tree, struct drp_buf *bytes)
{
	char piece[4096];
	size_t n;
	FILE *file = fopen(tree->path, "rb");
	if (!file) {
		return drp_fail(tree->diag, errno == ENOENT ? DRP_E_NOTFOUND : DRP_E_IO,
			"%s cannot be opened: %s", tree->path, strerror(errno));
	}
	while (bytes->len <= DRP_BLOB_MAX_BYTES && !bytes->failed &&
		(n = fread(piece, 1, sizeof piece, file))) {
		drp_buf_append(bytes, piece, n);
	}
	enum drp_err err = DRP_OK;
	if (ferror(file)) {
		err = drp_fail(tree->diag, DRP_E_IO, "%s cannot be read: %s", tree->path,
			strerror(errno));
	} else if (bytes->len > DRP_BLOB_MAX_BYTES) {
		err = drp_fail(tree->diag, DRP_E_INPUT,
			"%s: larger than %d MiB; shorten it", tree->path,
			DRP_BLOB_MAX_BYTES / (1024 * 1024));
	}
	fclose(file);
	return err;
}

/* check_events lets one document of few levels through. A file of opening brackets would
 * keep libyaml busy for hours when it builds the tree; this pass stops at the ninth. */
static void check_events(struct drp_tree *tree, yaml_parser_t *parser)
{
	yaml_event_type_t type = YAML_NO_EVENT;
	int depth = 0, documents = 0;
	while (type != YAML_STREAM_END_EVENT && tree->err == DRP_OK) {
		yaml_event_t event;
		if (!yaml_parser_parse(parser, &event)) {
			tree->err = not_yaml(tree, parser);
			return;
		}
		type = event.type;
		size_t line = event.start_mark.line + 1;
		yaml_event_delete(&event);
		documents += type == YAML_DOCUMENT_START_EVENT;
		depth += type == YAML_SEQUENCE_START_EVENT ||
			 type == YAML_MAPPING_START_EVENT;
		depth -=
			type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT;
		if (depth > DRP_NESTING_MAX) {
			tree->err = drp_fail(tree->diag, DRP_E_INPUT,
				"%s:%zu: nested more than %d deep; see the schema",
				tree->path, line, DRP_NESTING_MAX);
		} else if (documents > 1) {
			tree->err = drp_fail(tree->diag, DRP_E_INPUT,
				"%s:%zu: a second document begins; make it a file of its "
				"own",
				tree->path, line);
		}
	}
}

static void build_tree(struct drp_tree *tree, yaml_parser_t *parser)
{
	if (!yaml_parser_load(parser, &tree->document)) {
		tree->err = not_yaml(tree, parser);
	}
}

static void parse(struct drp_tree *tree, const struct drp_buf *bytes,
	void (*pass)(struct drp_tree *, yaml_parser_t *))
{
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser)) {
		drp_tree_no_memory(tree);
		return;
	}
	yaml_parser_set_input_string(&parser, bytes->data, bytes->len);
	pass(tree, &parser);
	yaml_parser_delete(&parser);
}

enum drp_err drp_tree_open(struct drp_tree *tree)
{
	struct drp_buf bytes = {0};
	tree->err = read_whole(tree, &bytes);
	/* libyaml refuses a null pointer even for no bytes. */
	if (tree->err == DRP_OK && !drp_buf_string(&bytes)) {
		drp_tree_no_memory(tree);
	}
	if (tree->err == DRP_OK) {
		parse(tree, &bytes, check_events);
	}
	if (tree->err == DRP_OK) {
		parse(tree, &bytes, build_tree);
	}
	drp_buf_clear(&bytes);
	return tree->err;
}

void drp_tree_close(struct drp_tree *tree)
{
	yaml_document_delete(&tree->document);
}

const yaml_node_t *drp_tree_root(struct drp_tree *tree)
{
	return yaml_document_get_root_node(&tree->document);
}

static const yaml_node_t *node_of(struct drp_tree *tree, int id)
{
	return yaml_document_get_node(&tree->document, id);
}

const char *drp_tree_scalar(const yaml_node_t *node)
{
	if (!node || node->type != YAML_SCALAR_NODE) {
		return NULL;
	}
	const char *text = (const char *)node->data.scalar.value;
	return strlen(text) == node->data.scalar.length ? text : NULL;
}

const yaml_node_t *drp_tree_find(
	struct drp_tree *tree, const yaml_node_t *map, const char *key)
{
	if (!map || map->type != YAML_MAPPING_NODE) {
		return NULL;
	}
	for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
		pair < map->data.mapping.pairs.top; pair++) {
		const char *have = drp_tree_scalar(node_of(tree, pair->key));
		if (have && strcmp(have, key) == 0) {
			return node_of(tree, pair->value);
		}
	}
	return NULL;
}

const yaml_node_t *drp_tree_need(
	struct drp_tree *tree, const yaml_node_t *map, const char *key)
{
	const yaml_node_t *node = drp_tree_find(tree, map, key);
	if (!node) {
		drp_tree_complain(tree, map, "'%s' is missing; add it", key);
	}
	return node;
}

static int known(const char *name, const char *const *keys)
{
	for (size_t k = 0; name && keys[k]; k++) {
		if (strcmp(keys[k], name) == 0) {
			return 1;
		}
	}
	return 0;
}

void drp_tree_keys(struct drp_tree *tree, const yaml_node_t *map, const char *const *keys)
{
	if (!map || map->type != YAML_MAPPING_NODE) {
		drp_tree_complain(
			tree, map, "must be a mapping, with keys such as '%s:'", keys[0]);
		return;
	}
	for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
		pair < map->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = node_of(tree, pair->key);
		const char *name = drp_tree_scalar(key);
		if (!known(name, keys)) {
			drp_tree_complain(tree, key,
				"key '%.40s' is not known here; see the schema or mend "
				"the spelling",
				name ? name : "");
		} else if (drp_tree_find(tree, map, name) != node_of(tree, pair->value)) {
			drp_tree_complain(
				tree, key, "'%s' is there twice; keep one", name);
		}
	}
}

size_t drp_tree_length(const yaml_node_t *list)
{
	if (!list || list->type != YAML_SEQUENCE_NODE) {
		return 0;
	}
	return (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
}

const yaml_node_t *drp_tree_entry(
	struct drp_tree *tree, const yaml_node_t *list, size_t i)
{
	return node_of(tree, list->data.sequence.items.start[i]);
}

size_t drp_tree_list(struct drp_tree *tree, const yaml_node_t *map, const char *key,
	size_t max, const yaml_node_t **list)
{
	*list = drp_tree_need(tree, map, key);
	size_t n = drp_tree_length(*list);
	if (n == 0 || n > max) {
		drp_tree_complain(
			tree, *list, "'%s' must be a list of 1 to %zu entries", key, max);
		return 0;
	}
	return n;
}
