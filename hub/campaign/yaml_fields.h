/* SPDX-License-Identifier: Apache-2.0
 *
 * Small public YAML files whose members are told by a table of fields: every member once,
 * no others, one document. The file is walked as libyaml's document tree, which knows the
 * line of every node. Errors are DRP_E_INPUT with one line that begins "name:line: ".
 * Threads: any.
 */
#ifndef DRP_HUB_YAML_FIELDS_H
#define DRP_HUB_YAML_FIELDS_H

#include <drempel/err.h>

#include <stddef.h>
#include <stdint.h>

/* A table of them ends with one without a key. */
struct drp_yaml_field {
	const char *key;
	/* read takes n bytes of text into its place, of that size, and returns NULL or
	 * what is wrong with it; NULL of a mapping inside, whose members are fields. */
	const char *(*read)(const char *text, size_t n, void *out, size_t size);
	size_t at, size; /* in the object */
	const struct drp_yaml_field *fields;
};

/* drp_yaml_read fills the object. check, when all members are read, says what they
 * contradict (NULL: nothing), and of which member at the top. The object is spoiled by
 * an error. */
enum drp_err drp_yaml_read(const void *text, size_t n, const char *name,
	const struct drp_yaml_field *fields,
	const char *(*check)(const void *object, const char **member), void *object,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_yaml_first writes the first member's key, "" when there is none to be read. */
void drp_yaml_first(const void *text, size_t n, char *key, size_t size);

/* Readers that several files use: a code, a text of one line or more, a whole number
 * (uint32_t). */
const char *drp_yaml_code(const char *text, size_t n, void *out, size_t size);
const char *drp_yaml_text(const char *text, size_t n, void *out, size_t size);
const char *drp_yaml_number(const char *text, size_t n, void *out, size_t size);

/* drp_permille_parse: "31.6" is 316; at most 100.0. whole: "10" is 100 too. -1 for
 * anything else. */
int drp_permille_parse(const char *text, int whole, uint32_t *permille);

#endif
