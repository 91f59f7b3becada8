/* SPDX-License-Identifier: Apache-2.0
 *
 * The statement of a row, 192 bytes, integers little endian:
 *
 *	offset  bytes  field
 *	     0      8  seq
 *	     8      4  year
 *	    12      1  group
 *	    13      3  zero
 *	    16     32  campaign
 *	    48     16  unit
 *	    64      4  delta2
 *	    68      4  sigma2
 *	    72      8  rho, numerator
 *	    80      8  rho, denominator
 *	    88     32  bytes (hash of what was released)
 *	   120      8  time_s
 *	   128     32  previous (link of the row before)
 *	   160     32  zero
 *
 * Sums below run over a year of one directory: tens of rows, so plain searches do.
 */
#include "proto/privacy/ledger.h"

#include "proto/privacy/rational.h"

#include <string.h>

#define CAMPAIGNS_A_YEAR 3

/* The rows of one key (year, group), and perhaps one more that asks to be added. */
struct account {
	const struct drp_ledger_row *rows;
	size_t n;
	const struct drp_ledger_row *charge;
	uint32_t year;
	enum drp_group group;
};

static const struct drp_rational nothing = {0, 1};

/* An unknown group gets nothing: every charge is then over its cap. */
struct drp_rational drp_ledger_default_rho(enum drp_group group)
{
	switch (group) {
	case DRP_TEACHER:
	case DRP_PUPIL:
		return (struct drp_rational){243559, 10000000};
	case DRP_LEADER:
		return (struct drp_rational){185069, 1000000};
	case DRP_GROUPS:
		break;
	}
	return nothing;
}

struct drp_rational drp_ledger_cap(enum drp_group group)
{
	struct drp_rational cap = drp_ledger_default_rho(group);

	cap.num *= CAMPAIGNS_A_YEAR;
	return cap;
}

static size_t account_size(const struct account *account)
{
	return account->n + (account->charge != NULL);
}

/* Row i when it belongs to the key, else NULL. */
static const struct drp_ledger_row *account_row(const struct account *account, size_t i)
{
	const struct drp_ledger_row *row =
		i < account->n ? &account->rows[i] : account->charge;

	return row->year == account->year && row->group == account->group ? row : NULL;
}

static int same_campaign(const struct drp_ledger_row *a, const struct drp_ledger_row *b)
{
	return memcmp(a->campaign.b, b->campaign.b, sizeof a->campaign.b) == 0;
}

static int same_unit(const struct drp_ledger_row *a, const struct drp_ledger_row *b)
{
	return same_campaign(a, b) && memcmp(a->unit.b, b->unit.b, sizeof a->unit.b) == 0;
}

/* Whether row i is the first of its campaign; the sum visits the campaign there. */
static int first_of_campaign(const struct account *account, size_t i)
{
	const struct drp_ledger_row *row = account_row(account, i);

	for (size_t j = 0; j < i; j++) {
		const struct drp_ledger_row *earlier = account_row(account, j);
		if (earlier && same_campaign(earlier, row)) {
			return 0;
		}
	}
	return 1;
}

/* The rows of one unit in one campaign are about the same questionnaires: they add. */
static enum drp_err unit_spent(const struct account *account,
	const struct drp_ledger_row *unit, struct drp_rational *spent)
{
	struct drp_rational sum = nothing;
	enum drp_err err = DRP_OK;

	for (size_t i = 0; i < account_size(account) && !err; i++) {
		const struct drp_ledger_row *row = account_row(account, i);
		if (row && same_unit(row, unit)) {
			err = row->rho.num < 0 ? DRP_E_RANGE
					       : drp_rational_add(sum, row->rho, &sum);
		}
	}
	if (!err) {
		*spent = sum;
	}
	return err;
}

/* Different units hold different questionnaires: the maximum. */
static enum drp_err campaign_spent(const struct account *account,
	const struct drp_ledger_row *campaign, struct drp_rational *spent)
{
	struct drp_rational most = nothing, unit = nothing;
	enum drp_err err = DRP_OK;

	for (size_t i = 0; i < account_size(account) && !err; i++) {
		const struct drp_ledger_row *row = account_row(account, i);
		if (row && same_campaign(row, campaign)) {
			err = unit_spent(account, row, &unit);
			most = drp_rational_cmp(unit, most) > 0 ? unit : most;
		}
	}
	if (!err) {
		*spent = most;
	}
	return err;
}

/* One person may answer in every campaign: they add. */
static enum drp_err account_spent(
	const struct account *account, struct drp_rational *spent)
{
	struct drp_rational sum = nothing, campaign = nothing;
	enum drp_err err = DRP_OK;

	for (size_t i = 0; i < account_size(account) && !err; i++) {
		const struct drp_ledger_row *row = account_row(account, i);
		if (row && first_of_campaign(account, i)) {
			err = campaign_spent(account, row, &campaign);
			if (!err) {
				err = drp_rational_add(sum, campaign, &sum);
			}
		}
	}
	if (!err) {
		*spent = sum;
	}
	return err;
}

enum drp_err drp_ledger_spent(const struct drp_ledger_row *rows, size_t n, uint32_t year,
	enum drp_group group, struct drp_rational *spent)
{
	struct account account = {rows, n, NULL, year, group};

	return account_spent(&account, spent);
}

/* A charge is positive and pays at least for the draw that it names. */
static enum drp_err check_charge(
	const struct drp_ledger_row *charge, struct drp_diag *diag)
{
	struct drp_rational cost;
	enum drp_err err;

	if (charge->group >= DRP_GROUPS || charge->rho.num <= 0 || charge->rho.den <= 0) {
		return drp_fail(diag, DRP_E_RANGE,
			"ledger: a charge needs a group and a positive rho; nothing was "
			"charged");
	}
	if (charge->sigma2 == 0) {
		return DRP_OK;
	}
	err = drp_rational_make(charge->delta2, 2 * (int64_t)charge->sigma2, &cost);
	if (!err && (charge->delta2 == 0 || drp_rational_cmp(charge->rho, cost) < 0)) {
		err = DRP_E_RANGE;
	}
	return err ? drp_fail(diag, err,
			     "ledger: the charge does not cover its noise (delta2 %u, "
			     "sigma2 %u); nothing was charged",
			     charge->delta2, charge->sigma2)
		   : DRP_OK;
}

enum drp_err drp_ledger_admit(const struct drp_ledger_row *rows, size_t n,
	const struct drp_ledger_row *charge, struct drp_diag *diag)
{
	struct account account = {
		rows, n, charge, charge->year, (enum drp_group)charge->group};
	struct drp_rational spent, cap;
	char asked[DRP_RATIONAL_TEXT], limit[DRP_RATIONAL_TEXT];
	enum drp_err err = check_charge(charge, diag);

	if (err) {
		return err;
	}
	err = account_spent(&account, &spent);
	if (err) {
		return drp_fail(diag, err,
			"ledger: the charges of year %u cannot be added up; run the "
			"audit",
			charge->year);
	}
	cap = drp_ledger_cap(account.group);
	if (drp_rational_cmp(spent, cap) > 0) {
		return drp_fail(diag, DRP_E_BUDGET,
			"ledger: year %u would reach rho %s of at most %s; wait for the "
			"next school year",
			charge->year, drp_rational_format(spent, asked),
			drp_rational_format(cap, limit));
	}
	return DRP_OK;
}

static uint8_t *put(uint8_t *at, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		at[i] = (uint8_t)(value >> (8 * i));
	}
	return at + n;
}

static uint8_t *put_bytes(uint8_t *at, const uint8_t *bytes, size_t n)
{
	memcpy(at, bytes, n);
	return at + n;
}

void drp_ledger_encode(
	const struct drp_ledger_row *row, uint8_t bytes[DRP_LEDGER_ROW_BYTES])
{
	uint8_t *at = bytes;

	memset(bytes, 0, DRP_LEDGER_ROW_BYTES);
	at = put(at, row->seq, 8);
	at = put(at, row->year, 4);
	at = put(at, row->group, 1) + 3;
	at = put_bytes(at, row->campaign.b, sizeof row->campaign.b);
	at = put_bytes(at, row->unit.b, sizeof row->unit.b);
	at = put(at, row->delta2, 4);
	at = put(at, row->sigma2, 4);
	at = put(at, (uint64_t)row->rho.num, 8);
	at = put(at, (uint64_t)row->rho.den, 8);
	at = put_bytes(at, row->bytes.b, sizeof row->bytes.b);
	at = put(at, (uint64_t)row->time_s, 8);
	put_bytes(at, row->previous.b, sizeof row->previous.b);
}
