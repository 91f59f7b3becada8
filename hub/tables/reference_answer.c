/* SPDX-License-Identifier: Apache-2.0
 *
 * A table of fields says what an answer holds; the file is walked as libyaml's document
 * tree, which knows the line of every node.
 */
#include "hub/tables/reference.h"

#include "proto/base/buf.h"
#include "proto/base/date.h"
#include "proto/base/text.h"

#include <stddef.h>
#include <string.h>
#include <yaml.h>

const uint8_t drp_answer_level[DRP_ANSWER_CLASSES] = {1, 2, 34};

struct file {
	yaml_document_t *tree;
	const char *path;
	struct drp_diag *diag;
};

enum kind { CODE, TEXT, DAY, COHORT, NUMBER, PERCENT, FIELDS };

struct field {
	const char *key;
	enum kind kind;
	size_t at, size;	    /* in struct drp_answer */
	const struct field *fields; /* of a mapping inside */
};

#define AT(member)                                                                       \
	offsetof(struct drp_answer, member), sizeof((struct drp_answer *)0)->member

static const struct field questionnaires[] = {
	{"leader", NUMBER, AT(questionnaires[DRP_LEADER]), NULL},
	{"teacher", NUMBER, AT(questionnaires[DRP_TEACHER]), NULL},
	{"pupil", NUMBER, AT(questionnaires[DRP_PUPIL]), NULL},
	{.key = NULL},
};

static const struct field shares[] = {
	{"1", PERCENT, AT(permille[0]), NULL},
	{"2", PERCENT, AT(permille[1]), NULL},
	{"34", PERCENT, AT(permille[2]), NULL},
	{.key = NULL},
};

static const struct field levels[] = {
	{"base", TEXT, AT(base), NULL},
	{"shares", FIELDS, 0, 0, shares},
	{"residue", PERCENT, AT(residue), NULL},
	{.key = NULL},
};

static const struct field funnel[] = {
	{"registered", TEXT, AT(registered), NULL},
	{"completed", NUMBER, AT(completed), NULL},
	{.key = NULL},
};

static const struct field notes[] = {
	{"en", TEXT, AT(note_en), NULL},
	{"nl", TEXT, AT(note_nl), NULL},
	{.key = NULL},
};

static const struct field answer_fields[] = {
	{"id", CODE, AT(id), NULL},
	{"title", TEXT, AT(title), NULL},
	{"source", TEXT, AT(source), NULL},
	{"reference_date", DAY, AT(reference_date), NULL},
	{"cohort", COHORT, AT(cohort), NULL},
	{"schools", NUMBER, AT(schools), NULL},
	{"questionnaires", FIELDS, 0, 0, questionnaires},
	{"levels", FIELDS, 0, 0, levels},
	{"provinces", TEXT, AT(provinces), NULL},
	{"funnel", FIELDS, 0, 0, funnel},
	{"notes", FIELDS, 0, 0, notes},
	{.key = NULL},
};

static enum drp_err wrong(const struct file *file, const yaml_node_t *node,
	const char *key, const char *what)
{
	return drp_fail(file->diag, DRP_E_INPUT, "%s:%zu: %s: %s", file->path,
		node->start_mark.line + 1, key, what);
}

/* "31.6" is 316; one decimal, at most 100. */
static int parse_permille(const char *text, uint32_t *permille)
{
	char whole[4] = {0};
	uint32_t w;
	size_t n = strcspn(text, ".");
	if (n > 3 || text[n] != '.' || text[n + 1] < '0' || text[n + 1] > '9' ||
		text[n + 2]) {
		return -1;
	}
	memcpy(whole, text, n);
	if (drp_parse_u32(whole, 0, 100, &w)) {
		return -1;
	}
	*permille = 10 * w + (uint32_t)(text[n + 1] - '0');
	return *permille > 1000 ? -1 : 0;
}

static const char *objection(
	const struct field *field, const char *text, size_t n, void *out)
{
	int32_t day;
	uint32_t *number = out;
	if (field->kind == NUMBER) {
		return drp_parse_u32(text, 0, UINT32_MAX, number)
			       ? "not a whole number; write plain digits"
			       : NULL;
	}
	if (field->kind == PERCENT) {
		return parse_permille(text, number)
			       ? "not a percentage; write 0.0 to 100.0 with one decimal"
			       : NULL;
	}
	if (n == 0 || n >= field->size || strlen(text) != n) {
		return "empty or too long; write it shorter, or \"not stated\"";
	}
	if (field->kind == CODE && !drp_code_valid(text, field->size)) {
		return "not a code; use letters, digits, - and _";
	}
	if (field->kind == DAY && strcmp(text, "not stated") != 0 &&
		drp_date_parse(text, &day)) {
		return "not a day; write YYYY-MM-DD or \"not stated\"";
	}
	if (field->kind == COHORT && strcmp(text, "self-selected") != 0 &&
		strcmp(text, "sample") != 0) {
		return "unknown; write self-selected or sample";
	}
	memcpy(out, text, n + 1);
	return NULL;
}

static enum drp_err read_scalar(const struct file *file, const yaml_node_t *node,
	const struct field *field, struct drp_answer *answer)
{
	if (node->type != YAML_SCALAR_NODE) {
		return wrong(file, node, field->key,
			"not a single value; write it on one line");
	}
	const char *what = objection(field, (const char *)node->data.scalar.value,
		node->data.scalar.length, (char *)answer + field->at);
	return what ? wrong(file, node, field->key, what) : DRP_OK;
}

static const struct field *field_of(const struct field *fields, const yaml_node_t *key)
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
	const char *name, const struct field *fields, struct drp_answer *answer)
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
		const struct field *field = field_of(fields, key);
		if (!field) {
			return wrong(
				file, key, name, "holds an unknown member; remove it");
		}
		if (seen & 1u << (field - fields)) {
			return wrong(
				file, key, field->key, "stands here twice; keep one");
		}
		seen |= 1u << (field - fields);
		enum drp_err e = field->kind == FIELDS
					 ? read_fields(file, value, field->key,
						   field->fields, answer)
					 : read_scalar(file, value, field, answer);
		if (e) {
			return e;
		}
	}
	for (const struct field *field = fields; field->key; field++) {
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

/* What the figures say of each other. Shares are never scaled to 100 (R42). */
static enum drp_err check(const struct file *file, const struct drp_answer *answer)
{
	uint32_t sum = answer->residue;
	for (int i = 0; i < DRP_ANSWER_CLASSES; i++) {
		sum += answer->permille[i];
	}
	if (sum != 1000) {
		return wrong(file, member(file, "levels"), "levels",
			"shares and residue do not add up to 100.0; correct the residue");
	}
	if (answer->completed != answer->schools) {
		return wrong(file, member(file, "funnel"), "funnel",
			"completed is not the number of schools; make them equal");
	}
	return DRP_OK;
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

static enum drp_err read_document(const char *path, yaml_parser_t *parser,
	struct drp_answer *answer, struct drp_diag *diag)
{
	yaml_document_t tree;
	struct file file = {&tree, path, diag};
	enum drp_err e = load_tree(path, parser, &tree, diag);
	if (e) {
		return e;
	}
	const yaml_node_t *root = yaml_document_get_root_node(&tree);
	e = root ? read_fields(&file, root, "the file", answer_fields, answer)
		 : drp_fail(diag, DRP_E_INPUT,
			   "%s:1: empty; see deploy/reference/README.md", path);
	if (!e) {
		e = check(&file, answer);
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
			"%s:%zu: a second document; keep one answer in a file", path,
			tree.start_mark.line + 1);
	}
	yaml_document_delete(&tree);
	return e;
}

enum drp_err drp_answer_parse(const void *text, size_t n, const char *name,
	struct drp_answer *answer, struct drp_diag *diag)
{
	struct drp_answer made = {0};
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser)) {
		return drp_fail(diag, DRP_E_NOMEM, "%s: no memory to read it", name);
	}
	/* libyaml refuses a null pointer even for no bytes. */
	yaml_parser_set_input_string(&parser, n ? text : "", n);
	enum drp_err e = read_document(name, &parser, &made, diag);
	if (!e) {
		e = expect_end(name, &parser, diag);
	}
	yaml_parser_delete(&parser);
	if (!e) {
		*answer = made;
	}
	return e;
}
