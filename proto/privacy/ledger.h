/* SPDX-License-Identifier: Apache-2.0
 *
 * The privacy ledger's arithmetic and hash chain; the rows themselves live in the
 * daemon's database. Key: (school year, group). Charges of different campaigns add;
 * within one campaign the units of a school hold different questionnaires, so their
 * charges compose in parallel (maximum). Claim: PRIVACY.md "Budget".
 */
#ifndef DRP_PRIVACY_LEDGER_H
#define DRP_PRIVACY_LEDGER_H

#include <drempel/err.h>
#include <drempel/types.h>

#include <stddef.h>
#include <stdint.h>

struct drp_ledger_row {
	uint64_t seq; /* 1, 2, 3 ... */
	uint32_t year;
	uint8_t group;
	struct drp_hash campaign;
	struct drp_id unit; /* zero at hub and notary */
	uint32_t delta2,
		sigma2; /* sigma2 0: a commitment without a draw (hub, open track) */
	struct drp_rational rho;
	struct drp_hash bytes; /* of the released bytes */
	int64_t time_s;
	struct drp_hash previous; /* link of row seq - 1; zero for the first */
};

/* Default budget of one campaign and the yearly cap of three (rho, rounded down from
 * epsilon 1, 1 and 3 at delta 1e-6). */
struct drp_rational drp_ledger_default_rho(enum drp_group group);
struct drp_rational drp_ledger_cap(enum drp_group group);

/* drp_ledger_spent sums the rows of (year, group) as described above. */
enum drp_err drp_ledger_spent(const struct drp_ledger_row *rows, size_t n, uint32_t year,
	enum drp_group group, struct drp_rational *spent) DRP_MUST_CHECK;

/* drp_ledger_admit: DRP_E_BUDGET when the rows plus the charge would exceed the cap.
 * The charge is (campaign, unit, rho) of (year, group). */
enum drp_err drp_ledger_admit(const struct drp_ledger_row *rows, size_t n,
	const struct drp_ledger_row *charge, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_ledger_encode writes the fixed-width statement of a row, whose hash is its link.
 * The layout is in PROTOCOL.md "Ledger row". */
#define DRP_LEDGER_ROW_BYTES 192
void drp_ledger_encode(
	const struct drp_ledger_row *row, uint8_t bytes[DRP_LEDGER_ROW_BYTES]);

#endif
