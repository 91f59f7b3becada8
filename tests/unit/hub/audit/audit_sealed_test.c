/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit of a sealed campaign, at the hub and at the notary: a sound one passes every
 * check, before and after the freeze; each kind of tampering with one side's database
 * turns its own lines to FAIL.
 */
#include "tests/support/audit_lines.h"
#include "tests/support/sealed_federation.h"

#define SCHOOLS 12
#define LENGTH	512

static struct fed f;
static char closed_dir[2][96], frozen_dir[2][96];

enum { HUB, NOTARY };

static void keep(char dir[2][96], const char *word)
{
	CHECK_OK(drp_hub_checkpoint(f.hub.store, NULL));
	CHECK_OK(drp_hub_checkpoint(f.notary->hub.store, NULL));
	for (int side = HUB; side <= NOTARY; side++) {
		snprintf(dir[side], sizeof dir[side], "%.64s.%s%d", f.dir, word, side);
		audit_copy(side == HUB ? f.hub_dir : f.notary->dir, dir[side]);
	}
}

static void set_up(void)
{
	struct drp_diag diag = {0};
	uint64_t counts[LENGTH];
	struct drp_hash name;
	fed_begin_sealed(&f, SCHOOLS, 40, 7);
	snprintf(audit_dir, sizeof audit_dir, "%.64s.copy", f.dir);
	struct drp_tasks *tasks = fed_tasks(&f.hub);
	for (size_t s = 0; s < SCHOOLS; s++) {
		for (int g = 0; g < DRP_GROUPS; g++) {
			fed_counts(&tasks->task[g].vector, 12 + s, (unsigned)s, counts);
			CHECK_OK(fed_report(
				&f, tasks, s, (enum drp_group)g, counts, &name));
		}
	}
	drp_tasks_free(tasks);
	CHECK_OK(drp_closing_run(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	keep(closed_dir, "closed");
	CHECK_OK(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	CHECK_OK(drp_hub_begin(f.hub.store, NULL));
	CHECK_OK(drp_campaign_erase(&f.hub, FED_CAMPAIGN, f.now_ms / 1000, NULL));
	CHECK_OK(drp_hub_end(f.hub.store, DRP_OK, NULL));
	keep(frozen_dir, "frozen");
}

static void tamper(const char *dir, const char *sql, const char *fails)
{
	audit_tamper(dir, FED_CAMPAIGN, sql, fails);
}

static void a_sound_campaign(void)
{
	static const char *const said[] = {
		"ok   edition rebuilt", "edition             none"};
	for (int side = HUB; side <= NOTARY; side++) {
		const char *const dir[] = {closed_dir[side], frozen_dir[side]};
		for (size_t i = 0; i < 2; i++) {
			audit_copy(dir[i], audit_dir);
			audit_run(FED_CAMPAIGN);
			if (audit_failed[0]) {
				printf("%s", audit_page);
			}
			CHECK_STR(audit_failed, "");
			CHECK(strstr(audit_page, "ok   cosignature"));
			CHECK(strstr(audit_page, "36 reports in both"));
			CHECK(strstr(audit_page, "ok   opened values"));
			CHECK(strstr(audit_page, said[side]));
		}
		CHECK(strstr(audit_page, "erased at the freeze"));
	}
}

static void signatures(void)
{
	for (int side = HUB; side <= NOTARY; side++) {
		tamper(closed_dir[side], "UPDATE campaign SET cosignature=zeroblob(64)",
			"cosignature;");
		tamper(closed_dir[side], "UPDATE campaign SET signature=zeroblob(64)",
			"manifest signature;");
	}
	tamper(closed_dir[HUB],
		"UPDATE contribution SET answer=zeroblob(length(answer)) WHERE rowid=1",
		"notary's receipts;");
	tamper(closed_dir[NOTARY],
		"UPDATE contribution SET receipt=(SELECT receipt FROM contribution WHERE "
		"rowid=2) WHERE rowid=1",
		"receipts;");
}

static void charges(void)
{
	for (int side = HUB; side <= NOTARY; side++) {
		tamper(closed_dir[side], "UPDATE ledger SET sigma2=sigma2+1 WHERE seq=3",
			"ledger chain;ledger charges;");
		tamper(closed_dir[side],
			"DELETE FROM ledger WHERE seq=(SELECT max(seq) FROM ledger)",
			"ledger charges;");
	}
}

/* SQL of a byte that is not that one, whichever it is. */
#define OTHER(byte) "CASE " byte " WHEN x'00' THEN x'01' ELSE x'00' END"

static void shares(void)
{
	for (int side = HUB; side <= NOTARY; side++) {
		tamper(closed_dir[side],
			"UPDATE contribution SET sealed=CAST(substr(sealed,1,64)||" OTHER(
				"substr(sealed,65,1)") "||substr(sealed,66) AS BLOB) "
						       "WHERE rowid=5",
			side == HUB ? "reports;opened numbers;opened values;edition "
				      "rebuilt;"
				    : "reports;opened numbers;opened values;");
		tamper(frozen_dir[side],
			"UPDATE contribution SET sealed=zeroblob(6000) WHERE rowid=5",
			"reports;");
	}
}

/* A report that one side drops from its books after the lists were signed. */
static void lists(void)
{
	tamper(closed_dir[HUB],
		"UPDATE contribution SET withdrawn=1, sealed=NULL WHERE rowid=5",
		"lists;opened numbers;opened values;edition rebuilt;");
	tamper(closed_dir[NOTARY],
		"UPDATE opening SET bytes=CAST(substr(bytes,1,32)||zeroblob(64) AS BLOB)"
		" WHERE what='list-hub'",
		"lists;opened numbers;opened values;");
}

static void openings(void)
{
	tamper(closed_dir[HUB],
		"UPDATE opening SET bytes=CAST(" OTHER(
			"substr(bytes,1,1)") "||substr(bytes,2) AS BLOB)"
					     " WHERE what='numbers-hub'",
		"opened numbers;opened values;edition rebuilt;");
	tamper(frozen_dir[HUB],
		"UPDATE opening SET bytes=CAST(substr(bytes,9)||substr(bytes,1,8) AS "
		"BLOB)"
		" WHERE what='opened-0'",
		"edition rebuilt;");
	tamper(frozen_dir[HUB], "DELETE FROM opening WHERE what='opened-0'",
		"opened values;edition rebuilt;");
	tamper(closed_dir[NOTARY],
		"UPDATE opening SET bytes=CAST(substr(bytes,17)||substr(bytes,1,16) AS "
		"BLOB) WHERE what='shares-0'",
		"opened values;");
}

static void removed(void)
{
	char command[512];
	snprintf(command, sizeof command, "rm -rf '%s' '%s' '%s' '%s' '%s'",
		closed_dir[0], closed_dir[1], frozen_dir[0], frozen_dir[1], audit_dir);
	CHECK_INT(system(command), 0);
	fed_end(&f);
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	CASE("a sealed campaign is closed and frozen", set_up);
	CASE("a sound campaign passes every check on both sides", a_sound_campaign);
	CASE("a changed signature or receipt is found", signatures);
	CASE("a changed ledger is found", charges);
	CASE("changed shares, and shares after the freeze, are found", shares);
	CASE("a report that a side drops from its books is found", lists);
	CASE("what was opened otherwise is found", openings);
	CASE("the folders are removed", removed);
	return DONE();
}
