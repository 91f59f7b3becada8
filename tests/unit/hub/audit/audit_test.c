/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit of a sound campaign finds nothing; each kind of tampering, done to a copy of
 * the hub's folder, turns its own lines to FAIL and no others.
 */
#include "tests/support/audit_lines.h"

#include "hub/tables/publication.h"
#include "proto/base/alloc.h"
#include "proto/base/text.h"

#include "tests/support/hub_fixture.h"

static struct hub_fixture fixture;
static char closed_dir[96], frozen_dir[96];

static void set_up(void)
{
	hub_fixture_open(&fixture);
	snprintf(closed_dir, sizeof closed_dir, "%s.closed", fixture.dir);
	snprintf(frozen_dir, sizeof frozen_dir, "%s.frozen", fixture.dir);
	snprintf(audit_dir, sizeof audit_dir, "%s.copy", fixture.dir);
	CHECK_OK(drp_campaign_close(&fixture.hub, FIXTURE_CAMPAIGN, NULL));
	CHECK_OK(drp_hub_checkpoint(fixture.hub.store, NULL));
	audit_copy(fixture.dir, closed_dir);
	CHECK_OK(drp_campaign_freeze(&fixture.hub, FIXTURE_CAMPAIGN, NULL));
	audit_copy(fixture.dir, frozen_dir);
}

struct tampering {
	const char *sql, *fails;
};

static void try_all(const char *dir, const struct tampering *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		audit_tamper(dir, FIXTURE_CAMPAIGN, t[i].sql, t[i].fails);
	}
}

#define TRY(dir, list) try_all(dir, list, sizeof list / sizeof list[0])

static void a_sound_campaign(void)
{
	const char *const dir[] = {closed_dir, frozen_dir};
	for (size_t i = 0; i < 2; i++) {
		audit_copy(dir[i], audit_dir);
		audit_run(FIXTURE_CAMPAIGN);
		CHECK_STR(audit_failed, "");
		CHECK(strstr(audit_page, "ok   edition rebuilt"));
		CHECK(strstr(audit_page, "ok   gates, values"));
	}
	CHECK(strstr(audit_page, "erased at the freeze"));
}

static void manifest_and_instrument(void)
{
	static const struct tampering t[] = {
		{"UPDATE blob SET bytes=CAST(bytes||x'00' AS BLOB)"
		 " WHERE hash=(SELECT manifest FROM campaign)",
			"manifest hash;manifest signature;instrument hash;ledger charges;"
			"receipts;units;contributions;edition identity;edition "
			"rebuilt;no "
			"school named;thresholds;suppressed rows;privacy budget;gates, "
			"numbers;gates, values;"},
		{"UPDATE campaign SET signature=zeroblob(64)", "manifest signature;"},
		{"UPDATE blob SET bytes=CAST(bytes||x'00' AS BLOB)"
		 " WHERE hash=(SELECT instrument FROM campaign)",
			"instrument hash;edition identity;edition rebuilt;no school "
			"named;"
			"thresholds;suppressed rows;privacy budget;gates, numbers;gates, "
			"values;"},
	};
	TRY(closed_dir, t);
}

/* Another hub's key file beside the same evidence. */
static void another_key(void)
{
	char path[DRP_PATH_MAX];
	struct drp_keys *keys = NULL;
	audit_copy(closed_dir, audit_dir);
	CHECK_OK(drp_path(path, audit_dir, "hub.key", NULL));
	CHECK_INT(unlink(path), 0);
	CHECK_OK(drp_keys_new(&keys));
	CHECK_OK(drp_keys_save(keys, path, NULL));
	drp_keys_free(keys);
	audit_run(FIXTURE_CAMPAIGN);
	CHECK_STR(audit_failed, "manifest signature;");
}

static void ledger(void)
{
	static const struct tampering t[] = {
		{"DELETE FROM ledger WHERE seq=2", "ledger chain;ledger charges;"},
		{"UPDATE ledger SET rho_num=1 WHERE seq=1",
			"ledger chain;ledger charges;"},
		/* Nothing follows the last row: only the manifest tells. */
		{"UPDATE ledger SET rho_num=1 WHERE seq=3", "ledger charges;"},
		{"DELETE FROM ledger WHERE seq=3", "ledger charges;"},
		{"UPDATE ledger SET year=2024 WHERE seq=3", "ledger charges;"},
		{"UPDATE ledger SET bytes=zeroblob(32) WHERE seq=3", "ledger charges;"},
		{"UPDATE ledger SET grp=1 WHERE seq=3", "ledger charges;"},
		{"UPDATE ledger SET campaign=zeroblob(32) WHERE seq=3",
			"ledger charges;"},
	};
	TRY(closed_dir, t);
}

/* A charge that follows the chain and breaks the year's cap. */
static void ledger_cap(void)
{
	struct drp_hub hub;
	struct drp_ledger_row row = {.year = 2025,
		.group = DRP_PUPIL,
		.campaign = {{7}},
		.delta2 = 5,
		.rho = drp_ledger_cap(DRP_PUPIL),
		.time_s = 1};
	audit_copy(closed_dir, audit_dir);
	CHECK_OK(drp_hub_open(audit_dir, &hub, NULL));
	CHECK_OK(drp_hub_begin(hub.store, NULL));
	CHECK_OK(drp_hub_ledger_append(hub.store, &row, NULL));
	CHECK_OK(drp_hub_end(hub.store, DRP_OK, NULL));
	drp_hub_close(&hub);
	audit_run(FIXTURE_CAMPAIGN);
	CHECK_STR(audit_failed, "ledger caps;");
}

/* ---- receipts and contributions ---- */

/* The receipt of the first row, changed by a function and stored without a signature. */
static void change_receipt(void (*change)(struct drp_receipt *receipt))
{
	char path[DRP_PATH_MAX];
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	struct drp_receipt receipt;
	struct drp_buf bytes = {0};
	CHECK_OK(drp_path(path, audit_dir, "hub.db", NULL));
	CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
	CHECK_INT(sqlite3_prepare_v2(db, "SELECT receipt FROM contribution WHERE rowid=1",
			  -1, &q, NULL),
		SQLITE_OK);
	CHECK_INT(sqlite3_step(q), SQLITE_ROW);
	CHECK_OK(drp_receipt_decode(
		sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0), &receipt));
	sqlite3_finalize(q);
	change(&receipt);
	CHECK_OK(drp_receipt_encode(&receipt, &bytes));
	CHECK_INT(
		sqlite3_prepare_v2(db, "UPDATE contribution SET receipt=? WHERE rowid=1",
			-1, &q, NULL),
		SQLITE_OK);
	sqlite3_bind_blob(q, 1, bytes.data, (int)bytes.len, SQLITE_STATIC);
	CHECK_INT(sqlite3_step(q), SQLITE_DONE);
	sqlite3_finalize(q);
	sqlite3_close(db);
	drp_buf_clear(&bytes);
}

static void backdate(struct drp_receipt *receipt)
{
	receipt->stored_s -= 86400;
}

static void receipts(void)
{
	static const struct tampering t[] = {
		{"UPDATE contribution SET receipt=(SELECT receipt FROM contribution "
		 "WHERE "
		 "rowid=2) WHERE rowid=1",
			"receipts;"},
		{"UPDATE contribution SET receipt=x'00' WHERE rowid=1",
			"receipts;units;contributions;edition rebuilt;gates, numbers;"},
	};
	TRY(closed_dir, t);
	audit_copy(frozen_dir, audit_dir);
	change_receipt(backdate);
	audit_run(FIXTURE_CAMPAIGN);
	CHECK_STR(audit_failed, "receipts;");
}

static void contributions(void)
{
	static const struct tampering closed[] = {
		{"UPDATE contribution SET "
		 "sealed=CAST(sealed||x'00' AS BLOB)"
		 " WHERE rowid=5",
			"contributions;edition rebuilt;"},
		{"UPDATE contribution SET hash=zeroblob(32) WHERE rowid=5",
			"receipts;contributions;edition rebuilt;"},
		/* The bytes of another place: the seal is bound to unit and group. */
		{"UPDATE contribution SET sealed=(SELECT sealed FROM contribution WHERE "
		 "rowid=6) WHERE rowid=5",
			"contributions;edition rebuilt;"},
		{"UPDATE contribution SET unit=zeroblob(16) WHERE rowid=5",
			"receipts;units;contributions;edition rebuilt;"},
		{"UPDATE contribution SET grp=7 WHERE rowid=5",
			"receipts;units;contributions;edition rebuilt;"},
		{"UPDATE contribution SET withdrawn=1, sealed=NULL WHERE grp=2 AND "
		 "rowid<9",
			"edition rebuilt;privacy budget;"},
		{"UPDATE contribution SET withdrawn=1 WHERE grp=0 AND rowid<4",
			"units;edition rebuilt;privacy budget;"},
		{"DELETE FROM contribution WHERE grp=2 AND rowid<9",
			"edition rebuilt;privacy budget;"},
	};
	static const struct tampering frozen[] = {
		{"UPDATE contribution SET sealed=x'00' WHERE rowid=5", "contributions;"},
	};
	TRY(closed_dir, closed);
	TRY(frozen_dir, frozen);
}

static void a_key_that_outlived_the_freeze(void)
{
	char path[DRP_PATH_MAX];
	audit_copy(frozen_dir, audit_dir);
	CHECK_OK(drp_path(path, audit_dir, "campaigns/" FIXTURE_CAMPAIGN ".key", NULL));
	CHECK_OK(drp_secret_key_create(path, NULL));
	audit_run(FIXTURE_CAMPAIGN);
	CHECK_STR(audit_failed, "contributions;");
}

/* ---- the edition ---- */

static void edition_bytes(void)
{
	static const struct tampering t[] = {
		{"UPDATE edition SET hash=zeroblob(32)", "edition hash;"},
		{"UPDATE edition SET bytes=x'80'",
			"edition hash;edition identity;edition rebuilt;no school named;"
			"thresholds;suppressed rows;privacy budget;gates, numbers;gates, "
			"values;"},
		{"UPDATE edition SET number=2", "edition hash;"},
	};
	TRY(frozen_dir, t);
}

static void store_edition(struct drp_edition *edition)
{
	char path[DRP_PATH_MAX];
	sqlite3 *db = NULL;
	sqlite3_stmt *q = NULL;
	struct drp_buf bytes = {0};
	CHECK_OK(drp_edition_encode(edition, &bytes));
	CHECK_OK(drp_path(path, audit_dir, "hub.db", NULL));
	CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
	CHECK_INT(sqlite3_prepare_v2(
			  db, "UPDATE edition SET bytes=?, hash=?", -1, &q, NULL),
		SQLITE_OK);
	sqlite3_bind_blob(q, 1, bytes.data, (int)bytes.len, SQLITE_STATIC);
	sqlite3_bind_blob(q, 2, edition->hash.b, 32, SQLITE_STATIC);
	CHECK_INT(sqlite3_step(q), SQLITE_DONE);
	sqlite3_finalize(q);
	sqlite3_close(db);
	drp_buf_clear(&bytes);
}

/* The first row of that family, group, measure and codes. */
static struct drp_observation *row_of(struct drp_edition *edition, int family,
	const char *province, const char *level, int group, const char *measure)
{
	struct drp_observation *found = NULL;
	for (size_t i = 0; !found && i < edition->n_observations; i++) {
		struct drp_observation *o = &edition->observation[i];
		if (o->family == family && o->group == group &&
			!strcmp(o->measure, measure) && !strcmp(o->province, province) &&
			!strcmp(o->level, level)) {
			found = o;
		}
	}
	CHECK(found != NULL);
	return found;
}

/* An edition changed by a function, under a hash of its own, after the freeze: when the
 * contributions are gone, what it says has to give it away. */
static void change_edition(void (*change)(struct drp_edition *edition), const char *fails)
{
	struct drp_hub hub;
	struct drp_publication p;
	audit_copy(frozen_dir, audit_dir);
	CHECK_OK(drp_hub_open(audit_dir, &hub, NULL));
	CHECK_OK(drp_publication_load(&hub, FIXTURE_CAMPAIGN, &p, NULL));
	drp_hub_close(&hub);
	change(p.edition);
	store_edition(p.edition);
	drp_publication_free(&p);
	audit_run(FIXTURE_CAMPAIGN);
	if (strcmp(audit_failed, fails) != 0) {
		printf("%s", audit_page);
	}
	CHECK_STR(audit_failed, fails);
}

static void rename_campaign(struct drp_edition *edition)
{
	snprintf(edition->campaign, sizeof edition->campaign, "autumn");
}

static void name_a_unit(struct drp_edition *edition)
{
	struct drp_campaign_row row;
	struct drp_manifest *m = NULL;
	CHECK_OK(drp_hub_campaign_get(fixture.hub.store, FIXTURE_CAMPAIGN, &row, NULL));
	CHECK_OK(drp_hub_manifest(&fixture.hub, &row, &m, NULL));
	memcpy(edition->manifest.b, m->unit[3].id.b, 16);
	drp_manifest_free(m);
}

static void name_a_school(struct drp_edition *edition)
{
	struct drp_observation *o =
		row_of(edition, DRP_FAMILY_PROVINCE, "BE10", "_T", DRP_LEADER, "invited");
	snprintf(o->item, sizeof o->item, "sch-021");
}

static void words_for_a_value(struct drp_edition *edition)
{
	struct drp_observation *o =
		row_of(edition, DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_PUPIL, "invited");
	snprintf(o->value, sizeof o->value, "-1.");
}

static void few_schools(struct drp_edition *edition)
{
	struct drp_observation *o =
		row_of(edition, DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_TEACHER, "mean");
	snprintf(o->schools, sizeof o->schools, "4");
}

static void few_questionnaires(struct drp_edition *edition)
{
	struct drp_observation *o = row_of(
		edition, DRP_FAMILY_LEVEL, "_T", "1", DRP_TEACHER, "questionnaires");
	snprintf(o->value, sizeof o->value, "9");
}

static void few_behind_a_mean(struct drp_edition *edition)
{
	struct drp_observation *o =
		row_of(edition, DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_PUPIL, "mean");
	snprintf(o->n, sizeof o->n, "19");
}

static void few_schools_two_ways(struct drp_edition *edition)
{
	struct drp_observation *o = row_of(
		edition, DRP_FAMILY_PROVINCE_LEVEL, "BE21", "1", DRP_GROUPS, "schools");
	o->status = DRP_SHOWN;
	snprintf(o->value, sizeof o->value, "4");
	snprintf(o->schools, sizeof o->schools, "4");
}

static void an_error_of_a_suppressed_row(struct drp_edition *edition)
{
	struct drp_observation *o =
		row_of(edition, DRP_FAMILY_PROVINCE, "BE10", "_T", DRP_TEACHER, "mean");
	snprintf(o->se, sizeof o->se, "0.1000");
}

static void suppressed_as_zero(struct drp_edition *edition)
{
	struct drp_observation *o =
		row_of(edition, DRP_FAMILY_PROVINCE, "BE10", "_T", DRP_TEACHER, "mean");
	snprintf(o->n, sizeof o->n, "0");
}

static void unreliable_unmarked(struct drp_edition *edition)
{
	row_of(edition, DRP_FAMILY_REGION, "_T", "_T", DRP_LEADER, "mean")->status =
		DRP_SHOWN;
}

static void cheaper(struct drp_edition *edition)
{
	edition->accounting[DRP_PUPIL].rho.num--;
}

static void less_noise(struct drp_edition *edition)
{
	edition->accounting[DRP_PUPIL].sigma2--;
}

static void unaccounted(struct drp_edition *edition)
{
	edition->n_accounting--;
}

static void show(struct drp_edition *edition, const char *province)
{
	struct drp_observation *o = row_of(edition, DRP_FAMILY_PROVINCE, province, "_T",
		DRP_PUPIL, "questionnaires");
	CHECK_INT(o->status, DRP_SUPPRESSED);
	o->status = DRP_SHOWN;
	snprintf(o->value, sizeof o->value, "200");
	snprintf(o->schools, sizeof o->schools, "5");
}

/* Two schools only. */
static void show_a_small_cohort(struct drp_edition *edition)
{
	show(edition, "BE10");
}

/* Large enough itself, but the small one is then total less the others. */
static void show_its_complement(struct drp_edition *edition)
{
	show(edition, "BE24");
}

static void show_class_34_alone(struct drp_edition *edition)
{
	static const char *const measure[] = {
		"eligible", "invited", "questionnaires", "coverage"};
	for (size_t i = 0; i < 4; i++) {
		struct drp_observation *o = row_of(
			edition, DRP_FAMILY_LEVEL, "_T", "4", DRP_PUPIL, measure[i]);
		o->status = DRP_SUPPRESSED;
		o->value[0] = o->n[0] = o->schools[0] = 0;
	}
}

static void unknown_cohort(struct drp_edition *edition)
{
	struct drp_observation *o = row_of(
		edition, DRP_FAMILY_PROVINCE, "BE21", "_T", DRP_PUPIL, "questionnaires");
	snprintf(o->province, sizeof o->province, "BE25");
}

static void a_sum_that_no_row_shows(struct drp_edition *edition)
{
	for (size_t i = 0; i < edition->n_observations; i++) {
		struct drp_observation *o = &edition->observation[i];
		if (o->family == DRP_FAMILY_PROVINCE && o->group == DRP_PUPIL &&
			!strcmp(o->province, "BE21") && !strcmp(o->measure, "mean")) {
			o->status = DRP_SUPPRESSED;
			o->value[0] = o->se[0] = o->low[0] = o->high[0] = 0;
			o->n[0] = o->schools[0] = 0;
		}
	}
}

static void a_row_without_its_sum(struct drp_edition *edition)
{
	drp_free(edition->opened[--edition->n_opened].value);
}

static void a_sum_of_another_cohort(struct drp_edition *edition)
{
	for (size_t i = 0; i < edition->n_opened; i++) {
		struct drp_opened *o = &edition->opened[i];
		if (o->group == DRP_PUPIL && o->cohort.provinces == 1u << DRP_BE21 &&
			!o->cohort.levels) {
			o->cohort.provinces = 1u << DRP_BE10;
		}
	}
}

static void a_mean_outside_the_plan(struct drp_edition *edition)
{
	struct drp_observation *o =
		row_of(edition, DRP_FAMILY_PROVINCE, "BE24", "_T", DRP_PUPIL, "mean");
	o->status = DRP_SHOWN;
	snprintf(o->value, sizeof o->value, "4.0000");
	snprintf(o->se, sizeof o->se, "0.1000");
	snprintf(o->schools, sizeof o->schools, "6");
}

static void hide_network(struct drp_edition *edition)
{
	for (size_t i = 0; i < edition->n_observations; i++) {
		struct drp_observation *o = &edition->observation[i];
		if (o->family == DRP_FAMILY_NETWORK && !strcmp(o->network, "KOV") &&
			o->group == DRP_PUPIL && strcmp(o->measure, "mean")) {
			o->status = DRP_SUPPRESSED;
			o->value[0] = o->n[0] = o->schools[0] = 0;
		}
	}
}

/* A network of which four schools came is suppressed, and follows from the others: each
 * cohort that is shown passes by itself, only audit C can tell. */
static void a_remainder(void)
{
	struct drp_hub hub;
	struct drp_publication p;
	struct drp_buf sql = {0};
	audit_copy(frozen_dir, audit_dir);
	CHECK_OK(drp_hub_open(audit_dir, &hub, NULL));
	CHECK_OK(drp_publication_load(&hub, FIXTURE_CAMPAIGN, &p, NULL));
	drp_hub_close(&hub);
	drp_buf_text(
		&sql, "UPDATE contribution SET withdrawn=1 WHERE grp=2 AND unit IN (");
	for (uint32_t u = 0; u < p.manifest->n_units; u++) {
		const struct drp_unit *unit = &p.manifest->unit[u];
		char hex[33];
		if (unit->network == DRP_KOV && unit->province <= DRP_BE22) {
			drp_hex(unit->id.b, sizeof unit->id.b, hex);
			drp_buf_printf(&sql, "x'%s',", hex);
		}
	}
	drp_buf_text(&sql, "NULL)");
	audit_change(drp_buf_string(&sql));
	drp_buf_clear(&sql);
	hide_network(p.edition);
	store_edition(p.edition);
	drp_publication_free(&p);
	audit_run(FIXTURE_CAMPAIGN);
	CHECK_STR(audit_failed, "gates, numbers;");
	CHECK(strstr(audit_page, "could be computed"));
}

static void what_an_edition_says(void)
{
	change_edition(rename_campaign, "edition identity;");
	change_edition(name_a_unit, "edition identity;");
	change_edition(name_a_school, "no school named;");
	change_edition(words_for_a_value, "no school named;");
	change_edition(few_schools, "thresholds;");
	change_edition(few_questionnaires, "thresholds;");
	change_edition(few_behind_a_mean, "thresholds;");
	change_edition(few_schools_two_ways, "thresholds;");
	change_edition(an_error_of_a_suppressed_row, "suppressed rows;");
	change_edition(suppressed_as_zero, "suppressed rows;");
	change_edition(unreliable_unmarked, "suppressed rows;");
	change_edition(cheaper, "privacy budget;");
	change_edition(less_noise, "privacy budget;");
	change_edition(unaccounted, "privacy budget;");
	change_edition(show_a_small_cohort, "gates, numbers;");
	CHECK(strstr(audit_page, "province BE10"));
	change_edition(show_its_complement, "gates, numbers;");
	change_edition(show_class_34_alone, "gates, numbers;");
	CHECK(strstr(audit_page, "level 34 is shown without"));
	change_edition(unknown_cohort, "gates, numbers;");
	change_edition(a_sum_that_no_row_shows, "gates, values;");
	change_edition(a_row_without_its_sum, "gates, values;");
	change_edition(a_sum_of_another_cohort, "gates, values;");
	CHECK(strstr(audit_page, "no row shows"));
	change_edition(a_mean_outside_the_plan, "gates, values;");
	CHECK(strstr(audit_page, "not in the plan of the manifest"));
}

/* Before the freeze the opening is done again, whatever was changed. */
static void an_edition_before_the_freeze(void)
{
	struct drp_hub hub;
	struct drp_publication p;
	audit_copy(closed_dir, audit_dir);
	CHECK_OK(drp_hub_open(audit_dir, &hub, NULL));
	CHECK_OK(drp_publication_load(&hub, FIXTURE_CAMPAIGN, &p, NULL));
	drp_hub_close(&hub);
	struct drp_observation *o =
		row_of(p.edition, DRP_FAMILY_REGION, "_T", "_T", DRP_PUPIL, "mean");
	snprintf(o->value, sizeof o->value, "4.9000");
	store_edition(p.edition);
	drp_publication_free(&p);
	audit_run(FIXTURE_CAMPAIGN);
	CHECK_STR(audit_failed, "edition rebuilt;");
}

static void nothing_to_audit(void)
{
	struct drp_buf out = {0};
	struct drp_diag diag = {0};
	struct drp_hub hub;
	unsigned failures = 7;
	CHECK_ERR(drp_audit(&fixture.hub, "nowhere", &out, &failures, &diag),
		DRP_E_NOTFOUND);
	audit_copy(closed_dir, audit_dir);
	audit_change("UPDATE campaign SET state=0");
	CHECK_OK(drp_hub_open(audit_dir, &hub, NULL));
	diag = (struct drp_diag){0};
	CHECK_ERR(drp_audit(&hub, FIXTURE_CAMPAIGN, &out, &failures, &diag), DRP_E_STATE);
	drp_hub_close(&hub);
	CHECK_INT(failures, 7);
	drp_buf_clear(&out);
}

/* A campaign that is still open has no edition, and everything else is checked. */
static void an_open_campaign(void)
{
	struct drp_hub hub;
	struct drp_buf out = {0};
	unsigned failures = 7;
	audit_copy(closed_dir, audit_dir);
	audit_change("UPDATE campaign SET state=1; DELETE FROM edition");
	CHECK_OK(drp_hub_open(audit_dir, &hub, NULL));
	CHECK_OK(drp_audit(&hub, FIXTURE_CAMPAIGN, &out, &failures, NULL));
	drp_hub_close(&hub);
	CHECK_INT(failures, 0);
	CHECK(strstr(drp_buf_string(&out), "none yet"));
	CHECK(strstr(drp_buf_string(&out), "ok   contributions"));
	drp_buf_clear(&out);
}

static void tear_down(void)
{
	char command[512];
	snprintf(command, sizeof command, "rm -rf '%s' '%s' '%s'", closed_dir, frozen_dir,
		audit_dir);
	CHECK_INT(system(command), 0);
	hub_fixture_close(&fixture);
}

int main(void)
{
	CASE("a campaign is closed and frozen", set_up);
	CASE("a sound campaign passes every check", a_sound_campaign);
	CASE("a changed manifest or instrument is found", manifest_and_instrument);
	CASE("another hub's key does not fit the manifest", another_key);
	CASE("a changed ledger is found", ledger);
	CASE("a charge above the year's cap is found", ledger_cap);
	CASE("a changed receipt is found", receipts);
	CASE("changed contributions are found", contributions);
	CASE("a key that outlived the freeze is found", a_key_that_outlived_the_freeze);
	CASE("changed bytes of an edition are found", edition_bytes);
	CASE("an edition that says too much is found after the freeze",
		what_an_edition_says);
	CASE("a cohort that follows from others is found", a_remainder);
	CASE("an edition that was not opened so is found before it",
		an_edition_before_the_freeze);
	CASE("an open campaign is audited without an edition", an_open_campaign);
	CASE("without a signed campaign there is nothing to audit", nothing_to_audit);
	CASE("the folders are removed", tear_down);
	return DONE();
}
