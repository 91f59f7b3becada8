/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/store/store_internal.h"

#include "proto/runtime/ledger_rows.h"

/* A hub's charges are of no unit. */
#define LEDGER                                                                           \
	"SELECT seq, year, grp, campaign, zeroblob(16), delta2, sigma2, rho_num, "       \
	"rho_den, bytes, time_s, previous FROM ledger "

enum drp_err drp_hub_ledger(struct drp_hub_store *s, struct drp_ledger_row **rows,
	size_t *n, struct drp_diag *diag)
{
	return drp_ledger_rows(s->db, LEDGER "ORDER BY seq", rows, n, diag);
}

enum drp_err drp_hub_ledger_append(
	struct drp_hub_store *s, struct drp_ledger_row *row, struct drp_diag *diag)
{
	return drp_ledger_append(s->db, LEDGER "ORDER BY seq DESC LIMIT 1",
		"INSERT INTO ledger VALUES(?1,?2,?3,?4,?6,?7,?8,?9,?10,?11,?12)", row,
		diag);
}
