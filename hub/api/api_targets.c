/* SPDX-License-Identifier: Apache-2.0
 *
 * /targets.json and /targets.csv: how far each target was reached, by what this reader
 * may see.
 */
#include "hub/api/api_internal.h"
#include "proto/base/alloc.h"

#include <string.h>
#include <strings.h>

/* A report for each target of the region; all of them without one. */
static enum drp_err reports_of(const struct drp_api_call *call, const char *region,
	struct drp_target_report **reports, size_t *n)
{
	const struct drp_catalogue *all = call->catalogue;
	*reports = drp_alloc(all->n_targets + 1, sizeof **reports);
	*n = 0;
	for (size_t i = 0; *reports && i < all->n_targets; i++) {
		if (!region || strcmp(all->target[i].region, region) == 0) {
			drp_target_report(&all->target[i], all->publication, all->n,
				all->history, &(*reports)[(*n)++]);
		}
	}
	return *reports ? DRP_OK : DRP_E_NOMEM;
}

enum drp_err drp_api_targets(struct drp_api_call *call)
{
	int csv = drp_part_is(call, 0, "targets.csv");
	struct drp_target_report *reports = NULL;
	size_t n = 0;
	for (size_t i = 0; i < call->request->n_parameters; i++) {
		if (strcasecmp(call->request->parameter[i].name, "region") != 0) {
			return drp_problem(call, 400,
				"targets have no parameter '%.60s'; region chooses those "
				"of one region",
				call->request->parameter[i].name);
		}
	}
	if (call->path.n != 1) {
		return drp_problem(
			call, 404, "targets are at /targets.json and /targets.csv");
	}
	enum drp_err err = reports_of(call, drp_parameter(call, "region"), &reports, &n);
	if (err == DRP_OK) {
		drp_reply_type(call->reply, 200,
			csv ? "text/csv; charset=utf-8; header=present"
			    : "application/json");
		err = csv ? drp_targets_csv(reports, n, &call->reply->body)
			  : drp_targets_json(reports, n, &call->reply->body);
	}
	drp_free(reports);
	return err;
}
