/* SPDX-License-Identifier: Apache-2.0
 *
 * A YAML document as a tree whose nodes know their line, for files whose keys only the
 * file itself tells (the languages of an instrument), so that every complaint can name
 * file and line. The first complaint sticks, like an error of the wire's reader: later
 * ones are not recorded, all functions take the NULL that a missing node is, and a
 * caller checks tree.err once. Anchors and aliases share nodes and cost nothing.
 * Threads: one at a time.
 */
#ifndef DRP_MODEL_YAML_TREE_H
#define DRP_MODEL_YAML_TREE_H

#include <drempel/err.h>

#include <stddef.h>
#include <yaml.h>

struct drp_tree {
	const char *path;      /* as complaints name the file; borrowed */
	struct drp_diag *diag; /* borrowed */
	enum drp_err err;
	char what[40]; /* what is being read, before every complaint: "item B3" */
	yaml_document_t document;
};

/* drp_tree_open reads the file at tree->path: DRP_E_NOTFOUND, DRP_E_IO, DRP_E_NOMEM, or
 * DRP_E_INPUT when it is not one YAML document, larger than DRP_BLOB_MAX_BYTES or nested
 * deeper than DRP_NESTING_MAX. drp_tree_close frees an opened tree. */
enum drp_err drp_tree_open(struct drp_tree *tree) DRP_MUST_CHECK;
void drp_tree_close(struct drp_tree *tree);

/* drp_tree_complain records DRP_E_INPUT: "path:line: what: ...". */
void drp_tree_complain(struct drp_tree *tree, const yaml_node_t *node, const char *fmt,
	...) __attribute__((format(printf, 3, 4)));
void drp_tree_no_memory(struct drp_tree *tree);

/* drp_tree_root and all nodes belong to the tree. */
const yaml_node_t *drp_tree_root(struct drp_tree *tree);

/* drp_tree_scalar returns the text of a node, NULL when it is none. */
const char *drp_tree_scalar(const yaml_node_t *node);

/* drp_tree_find returns the value of a key in a mapping, NULL when it is not there;
 * drp_tree_need complains then. */
const yaml_node_t *drp_tree_find(
	struct drp_tree *tree, const yaml_node_t *map, const char *key);
const yaml_node_t *drp_tree_need(
	struct drp_tree *tree, const yaml_node_t *map, const char *key);

/* drp_tree_keys complains unless the node is a mapping whose keys all stand in the
 * list (NULL at its end) and once in the mapping. */
void drp_tree_keys(
	struct drp_tree *tree, const yaml_node_t *map, const char *const *keys);

/* drp_tree_length: entries of a sequence, 0 of anything else. */
size_t drp_tree_length(const yaml_node_t *list);
const yaml_node_t *drp_tree_entry(
	struct drp_tree *tree, const yaml_node_t *list, size_t i);

/* drp_tree_list finds the sequence under that key and returns its length, 1 to max; 0
 * after a complaint. */
size_t drp_tree_list(struct drp_tree *tree, const yaml_node_t *map, const char *key,
	size_t max, const yaml_node_t **list);

#endif
