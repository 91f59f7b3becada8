/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/privacy/ledger.h"

#include "proto/privacy/rational.h"
#include "tests/support/check.h"

/* A row of the teachers of 2026 that commits rho without a draw. */
static struct drp_ledger_row row_of(int campaign, int unit, int64_t num, int64_t den)
{
	struct drp_ledger_row row = {
		.year = 2026, .group = DRP_TEACHER, .rho = {num, den}};

	row.campaign.b[31] = (uint8_t)campaign;
	row.unit.b[15] = (uint8_t)unit;
	return row;
}

static void check_spent(
	const struct drp_ledger_row *rows, size_t n, int64_t num, int64_t den)
{
	struct drp_rational spent;

	CHECK_OK(drp_ledger_spent(rows, n, 2026, DRP_TEACHER, &spent));
	CHECK_INT(spent.num, num);
	CHECK_INT(spent.den, den);
}

static void defaults(void)
{
	static const struct drp_rational zero = {0, 1};

	for (int group = 0; group < DRP_GROUPS; group++) {
		struct drp_rational rho = drp_ledger_default_rho((enum drp_group)group);
		struct drp_rational cap = drp_ledger_cap((enum drp_group)group), thrice;
		CHECK_OK(drp_rational_mul(rho, (struct drp_rational){3, 1}, &thrice));
		CHECK_INT(drp_rational_cmp(cap, thrice), 0);
		CHECK_INT(rho.num, group == DRP_LEADER ? 185069 : 243559);
		CHECK_INT(rho.den, group == DRP_LEADER ? 1000000 : 10000000);
	}
	CHECK_INT(drp_rational_cmp(drp_ledger_cap(DRP_GROUPS), zero), 0);
}

static void campaigns_add(void)
{
	struct drp_ledger_row rows[] = {
		row_of(1, 0, 1, 100), row_of(2, 0, 1, 50), row_of(3, 0, 1, 25)};

	check_spent(rows, 0, 0, 1);
	check_spent(rows, 1, 1, 100);
	check_spent(rows, 3, 7, 100);
}

static void units_compose_in_parallel(void)
{
	struct drp_ledger_row rows[] = {row_of(1, 1, 1, 100), row_of(1, 2, 3, 100),
		row_of(1, 3, 2, 100), row_of(2, 1, 1, 10)};

	check_spent(rows, 3, 3, 100);
	check_spent(rows, 4, 13, 100);
}

static void rows_of_a_unit_add(void)
{
	struct drp_ledger_row rows[] = {row_of(1, 1, 1, 100), row_of(1, 2, 3, 200),
		row_of(1, 1, 1, 100), row_of(1, 2, 1, 1000)};

	check_spent(rows, 4, 1, 50); /* 2/100 beats 3/200 + 1/1000 */
	check_spent(rows, 3, 1, 50);
	check_spent(rows, 2, 3, 200);
}

static void keys_are_separate(void)
{
	struct drp_ledger_row rows[] = {
		row_of(1, 0, 1, 2), row_of(2, 0, 1, 4), row_of(1, 0, 1, 8)};

	rows[0].year = 2025;
	rows[1].group = DRP_PUPIL;
	check_spent(rows, 3, 1, 8);
	CHECK_OK(drp_ledger_admit(rows, 2,
		&(struct drp_ledger_row){
			.year = 2026, .group = DRP_TEACHER, .rho = {7, 100}},
		NULL));
}

static void bad_rows_fail_closed(void)
{
	struct drp_ledger_row rows[] = {row_of(1, 0, -1, 100), row_of(1, 0, 1, 100)};
	struct drp_ledger_row charge = row_of(2, 0, 1, 100);
	struct drp_rational spent = {7, 9};

	CHECK_ERR(drp_ledger_spent(rows, 2, 2026, DRP_TEACHER, &spent), DRP_E_RANGE);
	CHECK_ERR(drp_ledger_admit(rows, 2, &charge, NULL), DRP_E_RANGE);
	rows[0].rho = (struct drp_rational){0, 0};
	CHECK_ERR(drp_ledger_spent(rows, 2, 2026, DRP_TEACHER, &spent), DRP_E_RANGE);
	rows[0].rho = (struct drp_rational){1, INT64_MAX};
	CHECK_ERR(drp_ledger_spent(rows, 2, 2026, DRP_TEACHER, &spent), DRP_E_OVERFLOW);
	CHECK_ERR(drp_ledger_admit(rows, 2, &charge, NULL), DRP_E_OVERFLOW);
	CHECK_INT(spent.num, 7);
}

static void admits_three_campaigns(void)
{
	struct drp_ledger_row rows[4], rest = row_of(4, 0, 1, INT64_C(1) << 40);
	struct drp_diag diag = {DRP_OK, ""};

	for (int i = 0; i < 3; i++) {
		rows[i] = row_of(i + 1, 0, 243559, 10000000);
		CHECK_OK(drp_ledger_admit(rows, (size_t)i, &rows[i], &diag));
	}
	CHECK_STR(diag.text, "");
	CHECK_ERR(drp_ledger_admit(rows, 3, &rest, &diag), DRP_E_BUDGET);
	CHECK(strstr(diag.text, "2026") != NULL);
	CHECK_ERR(drp_ledger_admit(rows, 3, &rows[0], NULL), DRP_E_BUDGET);
	/* Another unit of a campaign costs nothing more, a larger one does. */
	rows[3] = row_of(3, 1, 243559, 10000000);
	CHECK_OK(drp_ledger_admit(rows, 3, &rows[3], NULL));
	rows[3].rho.num++;
	CHECK_ERR(drp_ledger_admit(rows, 3, &rows[3], NULL), DRP_E_BUDGET);
	rest.year = 2027;
	CHECK_OK(drp_ledger_admit(rows, 3, &rest, NULL));
}

static void charge_covers_its_noise(void)
{
	struct drp_ledger_row charge = row_of(1, 0, 243559, 10000000);

	charge.delta2 = 200;
	charge.sigma2 = 4106;
	CHECK_OK(drp_ledger_admit(NULL, 0, &charge, NULL));
	charge.sigma2 = 4105;
	CHECK_ERR(drp_ledger_admit(NULL, 0, &charge, NULL), DRP_E_RANGE);
	charge.sigma2 = 0;
	CHECK_OK(drp_ledger_admit(NULL, 0, &charge, NULL));
	charge.sigma2 = 4106;
	charge.delta2 = 0;
	CHECK_ERR(drp_ledger_admit(NULL, 0, &charge, NULL), DRP_E_RANGE);
}

static void refuses_odd_charges(void)
{
	static const struct drp_rational bad[] = {{0, 1}, {-1, 100}, {0, 0}, {1, -100}};
	struct drp_ledger_row charge = row_of(1, 0, 1, 100);
	struct drp_diag diag = {DRP_OK, ""};

	charge.group = DRP_GROUPS;
	CHECK_ERR(drp_ledger_admit(NULL, 0, &charge, &diag), DRP_E_RANGE);
	CHECK(diag.text[0] != '\0');
	charge.group = DRP_TEACHER;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		charge.rho = bad[i];
		CHECK_ERR(drp_ledger_admit(NULL, 0, &charge, NULL), DRP_E_RANGE);
	}
}

static void encodes(void)
{
	struct drp_ledger_row row = {.seq = 0x0102030405060708,
		.year = 0x11121314,
		.group = DRP_PUPIL,
		.delta2 = 0x21222324,
		.sigma2 = 0x31323334,
		.rho = {0x4142434445464748, 0x5152535455565758},
		.time_s = -2};
	uint8_t bytes[DRP_LEDGER_ROW_BYTES],
		want[DRP_LEDGER_ROW_BYTES] = {
			8, 7, 6, 5, 4, 3, 2, 1, 0x14, 0x13, 0x12, 0x11, DRP_PUPIL};
	static const uint8_t numbers[] = {0x24, 0x23, 0x22, 0x21, 0x34, 0x33, 0x32, 0x31,
		0x48, 0x47, 0x46, 0x45, 0x44, 0x43, 0x42, 0x41, 0x58, 0x57, 0x56, 0x55,
		0x54, 0x53, 0x52, 0x51};

	for (int i = 0; i < 32; i++) {
		want[16 + i] = row.campaign.b[i] = (uint8_t)(100 + i);
		want[88 + i] = row.bytes.b[i] = (uint8_t)(150 + i);
		want[128 + i] = row.previous.b[i] = (uint8_t)(200 + i);
	}
	for (int i = 0; i < 16; i++) {
		want[48 + i] = row.unit.b[i] = (uint8_t)(60 + i);
	}
	memcpy(want + 64, numbers, sizeof numbers);
	memset(want + 120, 0xff, 8);
	want[120] = 0xfe;
	memset(bytes, 0xaa, sizeof bytes);
	drp_ledger_encode(&row, bytes);
	CHECK_MEM(bytes, want, sizeof want);
}

int main(void)
{
	CASE("the default budgets, and caps of three of them", defaults);
	CASE("charges of different campaigns add", campaigns_add);
	CASE("units of one campaign cost their maximum", units_compose_in_parallel);
	CASE("several rows of one unit add", rows_of_a_unit_add);
	CASE("another year or group is another account", keys_are_separate);
	CASE("rows that cannot be added up refuse", bad_rows_fail_closed);
	CASE("three default campaigns fit in a year, not a sliver more",
		admits_three_campaigns);
	CASE("a charge below the cost of its noise is refused", charge_covers_its_noise);
	CASE("a charge without group or rho is refused", refuses_odd_charges);
	CASE("a row's statement has its bytes where the table says", encodes);
	return DONE();
}
