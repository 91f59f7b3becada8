/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/chain.h"

#include "proto/crypto/crypto.h"
#include "tests/support/check.h"

#define ROWS 5

static void make_ledger(struct drp_ledger_row rows[ROWS])
{
	memset(rows, 0, ROWS * sizeof *rows);
	for (int i = 0; i < ROWS; i++) {
		rows[i].year = 2026;
		rows[i].rho = (struct drp_rational){1, 40 + i};
		rows[i].time_s = 1790000000 + i;
		drp_ledger_follow(i ? &rows[i - 1] : NULL, &rows[i]);
	}
}

static void make_log(struct drp_log_row rows[ROWS])
{
	memset(rows, 0, ROWS * sizeof *rows);
	for (int i = 0; i < ROWS; i++) {
		snprintf(rows[i].event, sizeof rows[i].event, "stored");
		rows[i].time_s = i;
		drp_log_follow(i ? &rows[i - 1] : NULL, &rows[i]);
	}
}

static void whole(void)
{
	struct drp_ledger_row ledger[ROWS];
	struct drp_log_row log[ROWS];
	make_ledger(ledger);
	make_log(log);
	CHECK_OK(drp_ledger_verify(ledger, ROWS, NULL));
	CHECK_OK(drp_log_verify(log, ROWS, NULL));
	CHECK_OK(drp_ledger_verify(NULL, 0, NULL));
	CHECK_INT(ledger[ROWS - 1].seq, ROWS);
}

static void changed(void)
{
	struct drp_ledger_row ledger[ROWS];
	struct drp_log_row log[ROWS];
	for (int i = 0; i + 1 < ROWS; i++) {
		struct drp_diag diag = {0};
		make_ledger(ledger);
		ledger[i].rho.num = 2;
		CHECK_ERR(drp_ledger_verify(ledger, ROWS, &diag), DRP_E_HASH);
		CHECK(strstr(diag.text, "does not follow") != NULL);
		make_log(log);
		log[i].time_s += 100;
		CHECK_ERR(drp_log_verify(log, ROWS, NULL), DRP_E_HASH);
	}
}

static void dropped(void)
{
	struct drp_ledger_row ledger[ROWS];
	struct drp_log_row log[ROWS];
	make_ledger(ledger);
	make_log(log);
	memmove(&ledger[2], &ledger[3], 2 * sizeof *ledger);
	memmove(&log[2], &log[3], 2 * sizeof *log);
	CHECK_ERR(drp_ledger_verify(ledger, ROWS - 1, NULL), DRP_E_HASH);
	CHECK_ERR(drp_log_verify(log, ROWS - 1, NULL), DRP_E_HASH);
	CHECK_ERR(drp_log_verify(log + 1, 1, NULL), DRP_E_HASH);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	CASE("an untouched chain verifies", whole);
	CASE("a changed row shows in the next one", changed);
	CASE("a dropped row shows", dropped);
	return DONE();
}
