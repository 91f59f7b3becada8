/* SPDX-License-Identifier: Apache-2.0 */
#include "node/store/node.h"
#include "tests/support/change_db.h"

#include "tests/support/federation.h"

#include <sys/stat.h>

static char dir[64], node_dir[96];
static struct drp_diag diag;

static struct drp_invite invite_for(const char *school)
{
	struct drp_invite invite = {.hub = "Test hub",
		.url = "tcp://hub.example:7411",
		.hub_key = {{1}},
		.hub_box = {2},
		.expires_s = INT64_C(4000000000),
		.token = {3}};
	snprintf(invite.school, sizeof invite.school, "%s", school);
	return invite;
}

static void begin(void)
{
	diag = (struct drp_diag){0};
	snprintf(dir, sizeof dir, "%s/drempel-node-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	CHECK(mkdtemp(dir) != NULL);
	snprintf(node_dir, sizeof node_dir, "%s/node", dir);
}

static void end(void)
{
	nftw(dir, fed_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static void in_node_dir(const char *name, char path[DRP_PATH_MAX])
{
	CHECK_OK(drp_path(path, node_dir, name, NULL));
}

/* ---- the directory ---- */

static void a_new_node_has_what_the_invite_says(void)
{
	struct drp_node node;
	struct drp_invite invite = invite_for("S1");
	struct drp_key key;
	uint8_t box[DRP_BOX_KEY_BYTES];
	struct stat st;
	char path[DRP_PATH_MAX];
	begin();
	CHECK_OK(drp_node_create(node_dir, &invite, &diag));
	CHECK_OK(drp_node_open(node_dir, &node, &diag));
	CHECK_STR(node.school, "S1");
	CHECK_STR(node.hub_name, "Test hub");
	CHECK_STR(node.url, "tcp://hub.example:7411");
	CHECK_MEM(&node.hub, &invite.hub_key, sizeof node.hub);
	CHECK_MEM(node.hub_box, invite.hub_box, sizeof node.hub_box);
	CHECK_INT(node.enrolled, 0);
	drp_keys_public(node.keys, &key, box);
	drp_node_close(&node);
	/* Only the owner may look. */
	CHECK_INT(stat(node_dir, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0700);
	in_node_dir("node.key", path);
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	/* The directory can be moved; keys and settings go with it. */
	char moved[128];
	struct drp_key again;
	snprintf(moved, sizeof moved, "%s/elsewhere", dir);
	CHECK_INT(rename(node_dir, moved), 0);
	CHECK_OK(drp_node_open(moved, &node, &diag));
	drp_keys_public(node.keys, &again, box);
	CHECK_MEM(&again, &key, sizeof key);
	drp_node_close(&node);
	end();
}

static void an_enrolled_node_is_left_alone(void)
{
	struct drp_node node;
	struct drp_invite invite = invite_for("S1"), other = invite_for("S2");
	char path[DRP_PATH_MAX];
	begin();
	CHECK_OK(drp_node_create(node_dir, &invite, &diag));
	/* Not enrolled yet: the first invite may have expired, a new one takes its place.
	 */
	CHECK_OK(drp_node_create(node_dir, &other, &diag));
	CHECK_OK(drp_node_open(node_dir, &node, &diag));
	CHECK_STR(node.school, "S2");
	CHECK_OK(drp_node_unset(node.store, "token", &diag)); /* as enrolment does */
	drp_node_close(&node);
	CHECK_ERR(drp_node_create(node_dir, &invite, &diag), DRP_E_EXISTS);
	CHECK(strstr(diag.text, "left alone") != NULL);
	CHECK_OK(drp_node_open(node_dir, &node, NULL));
	CHECK_STR(node.school, "S2");
	CHECK_INT(node.enrolled, 1);
	drp_node_close(&node);
	in_node_dir("node.key", path);
	CHECK_INT(access(path, F_OK), 0);
	end();
}

/* A node that enrolled before it got its voucher enrols again, by its own invite alone.
 */
static void a_voucher_is_proved_at_the_next_enrolment(void)
{
	struct drp_node node;
	struct drp_invite invite = invite_for("S1"), other = invite_for("S2");
	const uint8_t code[DRP_VOUCHER_BYTES] = {4};
	uint8_t due[DRP_PROOF_BYTES], box[DRP_BOX_KEY_BYTES];
	struct drp_key own;
	struct drp_buf kept = {0};
	begin();
	CHECK_OK(drp_node_create(node_dir, &invite, &diag));
	CHECK_OK(drp_node_open(node_dir, &node, &diag));
	CHECK_OK(drp_node_unset(node.store, "token", &diag)); /* as enrolment does */
	drp_node_close(&node);
	CHECK_ERR(drp_node_vouch(node_dir, &other, code, &diag), DRP_E_EXISTS);
	CHECK_OK(drp_node_open(node_dir, &node, &diag));
	CHECK_INT(node.enrolled, 1);
	drp_node_close(&node);
	CHECK_OK(drp_node_vouch(node_dir, &invite, code, &diag));
	CHECK_OK(drp_node_open(node_dir, &node, &diag));
	CHECK_INT(node.enrolled, 0);
	drp_keys_public(node.keys, &own, box);
	drp_voucher_proof(code, &own, due);
	CHECK_OK(drp_node_get(node.store, "proof", &kept, &diag));
	CHECK_MEM(kept.data, due, sizeof due);
	drp_buf_clear(&kept);
	drp_node_close(&node);
	end();
}

/* Settings are written last: without them there is no node, and init can run again. */
static void an_interrupted_init_is_finished(void)
{
	struct drp_node node;
	struct drp_invite invite = invite_for("S1");
	struct drp_key before, after;
	uint8_t box[DRP_BOX_KEY_BYTES];
	char path[DRP_PATH_MAX];
	begin();
	CHECK_OK(drp_node_create(node_dir, &invite, &diag));
	CHECK_OK(drp_node_open(node_dir, &node, &diag));
	drp_keys_public(node.keys, &before, box);
	drp_node_close(&node);
	in_node_dir("node.yaml", path);
	CHECK_INT(unlink(path), 0);
	CHECK_ERR(drp_node_open(node_dir, &node, &diag), DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "init") != NULL);
	CHECK_OK(drp_node_create(node_dir, &invite, &diag));
	CHECK_OK(drp_node_open(node_dir, &node, NULL));
	drp_keys_public(node.keys, &after, box);
	CHECK_MEM(&after, &before, sizeof after); /* keys are made once */
	drp_node_close(&node);
	end();
}

static void expect_unopened(enum drp_err why, const char *says)
{
	struct drp_node node;
	diag = (struct drp_diag){0};
	enum drp_err err = drp_node_open(node_dir, &node, &diag);
	if (err != why || !strstr(diag.text, says)) {
		printf("# %s\n", diag.text);
		CHECK_ERR(err, why);
		CHECK_STR(diag.text, says);
	}
	CHECK(node.store == NULL && node.keys == NULL);
}

static void a_damaged_directory_is_named(void)
{
	static const char yaml[] = "hub: tcp://hub.example:7411\nsurprise: 1\n";
	struct drp_invite invite = invite_for("S1");
	char path[DRP_PATH_MAX];
	begin();
	snprintf(node_dir, sizeof node_dir, "%s/nowhere", dir);
	expect_unopened(DRP_E_NOTFOUND, "nowhere");
	snprintf(node_dir, sizeof node_dir, "%s/node", dir);
	CHECK_OK(drp_node_create(node_dir, &invite, NULL));
	in_node_dir("node.db", path);
	CHECK(change_db_file(path, "UPDATE setting SET value=x'00' WHERE key='hub-key'") >
		0);
	expect_unopened(DRP_E_STORE, "'hub-key' is missing or damaged");
	CHECK(change_db_file(path, "DELETE FROM setting WHERE key='school'") > 0);
	expect_unopened(DRP_E_NOTFOUND, "'school' is missing or damaged");
	in_node_dir("node.key", path);
	CHECK_INT(chmod(path, 0644), 0);
	expect_unopened(DRP_E_CONFIG, "node.key");
	CHECK_INT(unlink(path), 0);
	expect_unopened(DRP_E_NOTFOUND, "node.key");
	in_node_dir("node.yaml", path);
	CHECK_OK(drp_file_write(path, yaml, sizeof yaml - 1, 0600, NULL));
	expect_unopened(DRP_E_INPUT, "surprise");
	CHECK_OK(drp_file_write(path, "", 0, 0600, NULL));
	expect_unopened(DRP_E_INPUT, "node.yaml");
	char longest[2 * DRP_PATH_MAX];
	struct drp_node node;
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	CHECK_ERR(drp_node_open(longest, &node, NULL), DRP_E_RANGE);
	end();
}

/* ---- a campaign to work on ---- */

static struct fed f;

static void expect_no_work(struct fed_school *s, enum drp_err why, const char *says)
{
	struct drp_node_work work;
	diag = (struct drp_diag){0};
	enum drp_err err = drp_node_work_load(&s->node, FED_CAMPAIGN, &work, &diag);
	if (err != why || !strstr(diag.text, says)) {
		printf("# %s\n", diag.text);
		CHECK_ERR(err, why);
		CHECK_STR(diag.text, says);
	}
	CHECK(work.manifest == NULL && work.instrument == NULL);
}

static void a_campaign_is_worked_on_when_all_of_it_is_there(void)
{
	const struct drp_sync_options look = {0};
	struct fed_school *s = &f.school[0];
	struct drp_node_work work;
	struct drp_node_campaign c;
	fed_begin(&f, 5, 60, 1);
	expect_no_work(s, DRP_E_NOTFOUND, "campaign list");
	CHECK_OK(fed_visit(&f, s, &look));
	CHECK_OK(drp_node_work_load(&s->node, FED_CAMPAIGN, &work, &diag));
	CHECK_STR(work.manifest->id, FED_CAMPAIGN);
	for (int level = 1; level <= DRP_LEVELS; level++) {
		CHECK((work.unit[level] != NULL) == (level == 1));
	}
	CHECK_INT(work.unit[1]->eligible[DRP_PUPIL], 60);
	drp_node_work_clear(&work);
	CHECK_OK(drp_node_campaign_get(s->node.store, FED_CAMPAIGN, &c, &diag));
	CHECK_OK(drp_node_blob_drop(s->node.store, &c.instrument, &diag));
	expect_no_work(s, DRP_E_NOTFOUND, "has not fully arrived");
	fed_end(&f);
}

static void a_school_outside_the_campaign_is_told(void)
{
	const struct drp_sync_options look = {0};
	struct fed_school *s = &f.school[0];
	struct drp_keys *other = NULL;
	fed_begin(&f, 5, 60, 1);
	CHECK_OK(fed_visit(&f, s, &look));
	/* As after a new machine and a new invite, in the middle of a campaign. */
	CHECK_OK(drp_keys_new(&other));
	drp_keys_free(s->node.keys);
	s->node.keys = other;
	expect_no_work(s, DRP_E_NOTFOUND, "not in campaign");
	fed_end(&f);
}

/* The hub's signature does not make weak rules acceptable. */
static void weak_rules_are_not_worked_on(void)
{
	const struct drp_sync_options look = {0};
	struct fed_school *s = &f.school[0];
	struct drp_campaign_row row;
	struct drp_manifest *m = NULL;
	struct drp_buf bytes = {0};
	uint8_t signature[DRP_SIGNATURE_BYTES];
	char path[DRP_PATH_MAX];
	fed_begin(&f, 5, 60, 1);
	CHECK_OK(drp_hub_campaign_get(f.hub.store, FED_CAMPAIGN, &row, NULL));
	CHECK_OK(drp_hub_manifest(&f.hub, &row, &m, NULL));
	m->thresholds.k_unit[DRP_TEACHER] = 2;
	CHECK_OK(drp_manifest_encode(m, &bytes));
	drp_sign(f.hub.keys, "drempel manifest 1", bytes.data, bytes.len, signature);
	CHECK_OK(drp_path(path, f.hub_dir, "hub.db", NULL));
	CHECK(change_db_file(path, "UPDATE campaign SET manifest=NULL, state=0") > 0);
	CHECK_OK(drp_hub_blob_put(f.hub.store, &m->hash, bytes.data, bytes.len, NULL));
	CHECK_OK(drp_hub_campaign_sign(
		f.hub.store, FED_CAMPAIGN, &m->hash, signature, 1, NULL));
	CHECK_OK(fed_visit(&f, s, &look));
	expect_no_work(s, DRP_E_POLICY, "weaker thresholds");
	drp_buf_clear(&bytes);
	drp_manifest_free(m);
	fed_end(&f);
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	CASE("a new node has what the invite says, and can be moved",
		a_new_node_has_what_the_invite_says);
	CASE("an enrolled node is left alone", an_enrolled_node_is_left_alone);
	CASE("a voucher is proved at the next enrolment",
		a_voucher_is_proved_at_the_next_enrolment);
	CASE("an init that was cut short is finished by running it again",
		an_interrupted_init_is_finished);
	CASE("what is damaged is named", a_damaged_directory_is_named);
	CASE("a campaign is worked on when all of it is there",
		a_campaign_is_worked_on_when_all_of_it_is_there);
	CASE("a school outside the campaign is told",
		a_school_outside_the_campaign_is_told);
	CASE("weak rules are not worked on, whoever signed them",
		weak_rules_are_not_worked_on);
	return DONE();
}
