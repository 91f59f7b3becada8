/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/yaml.h"

#include "proto/base/alloc.h"

#include <drempel/limits.h>

#include <stdio.h>
#include <string.h>

/* What libcyaml logs first is the cause; the first place it logs is the innermost. */
struct complaint {
	char cause[160];
	char place[160];
	int nomem;
};

static void *allocate(void *ctx, void *p, size_t size)
{
	struct complaint *complaint = ctx;
	if (size == 0) {
		drp_free(p);
		return NULL;
	}
	void *grown = drp_realloc(p, size, 1);
	if (!grown) {
		complaint->nomem = 1;
	}
	return grown;
}

/* The format is libcyaml's own. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void keep(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
{
	struct complaint *complaint = ctx;
	char line[160];
	(void)level;
	vsnprintf(line, sizeof line, fmt, args);
	line[strcspn(line, "\n")] = 0;
	char *kept = strstr(line, "(line: ") ? complaint->place : complaint->cause;
	if (!kept[0] && !strstr(line, "Backtrace")) {
		memcpy(kept, line, sizeof line);
	}
}
#pragma GCC diagnostic pop

static cyaml_config_t config(struct complaint *complaint)
{
	return (cyaml_config_t){
		.log_fn = keep,
		.log_ctx = complaint,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = allocate,
		.mem_ctx = complaint,
		.flags = CYAML_CFG_NO_ALIAS,
	};
}

static const char *after(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);
	return strncmp(text, prefix, n) == 0 ? text + n : text;
}

enum drp_err drp_yaml_load(const void *bytes, size_t n, const char *name,
	const cyaml_schema_value_t *schema, void **out, struct drp_diag *diag)
{
	struct complaint complaint = {0};
	cyaml_config_t cfg = config(&complaint);
	void *data = NULL;
	if (n > DRP_BLOB_MAX_BYTES) {
		return drp_fail(diag, DRP_E_INPUT, "%s: the file is larger than %d MiB",
			name, DRP_BLOB_MAX_BYTES / (1024 * 1024));
	}
	if (n == 0) { /* libyaml aborts where there are no bytes at all */
		return drp_fail(diag, DRP_E_INPUT, "%s: the file is empty", name);
	}
	cyaml_err_t got = cyaml_load_data(bytes, n, &cfg, schema, &data, NULL);
	if (got != CYAML_OK) {
		if (complaint.nomem) {
			return drp_fail(
				diag, DRP_E_NOMEM, "%s: no memory to read it", name);
		}
		const char *cause = complaint.cause[0] ? after(complaint.cause, "Load: ")
						       : cyaml_strerror(got);
		const char *place = strstr(complaint.place, "in ");
		return drp_fail(diag, DRP_E_INPUT, "%s: %s, %s", name, cause,
			place ? place : "at the top");
	}
	if (!data) {
		return drp_fail(diag, DRP_E_INPUT, "%s: the file is empty", name);
	}
	*out = data;
	return DRP_OK;
}

void drp_yaml_free(const cyaml_schema_value_t *schema, void *data)
{
	struct complaint complaint = {0};
	cyaml_config_t cfg = config(&complaint);
	cyaml_free(&cfg, schema, data, 0);
}
