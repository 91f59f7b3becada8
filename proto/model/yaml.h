/* SPDX-License-Identifier: Apache-2.0
 *
 * Loads a YAML text by a libcyaml schema: bounded, without aliases, with one line of
 * explanation that names file and line. Memory comes from drp_alloc. Threads: any.
 */
#ifndef DRP_MODEL_YAML_H
#define DRP_MODEL_YAML_H

#include <drempel/err.h>

#include <cyaml/cyaml.h>
#include <stddef.h>

/* drp_yaml_load writes *out, the schema's top-level pointer, which drp_yaml_free
 * frees. `name` is what the error calls the file. DRP_E_INPUT when the text does not
 * fit the schema; also an empty text. */
enum drp_err drp_yaml_load(const void *bytes, size_t n, const char *name,
	const cyaml_schema_value_t *schema, void **out,
	struct drp_diag *diag) DRP_MUST_CHECK;
void drp_yaml_free(const cyaml_schema_value_t *schema, void *data);

#endif
