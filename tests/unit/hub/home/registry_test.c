/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/home/registry.h"

#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/session/invite.h"
#include "tests/support/scratch_hub.h"

#define HEADER                                                                           \
	"school,name,board,province,network,level,eligible_leader,eligible_teacher,"     \
	"eligible_pupil\n"

static struct scratch_hub s;
static struct drp_diag diag;
static size_t schools, units;

static enum drp_err import(const char *text)
{
	char path[DRP_PATH_MAX];
	diag = (struct drp_diag){0};
	scratch_hub_file(&s, "register.csv", text, path);
	return drp_registry_import(&s.hub, path, &schools, &units, &diag);
}

static size_t count(void)
{
	struct drp_school *list = NULL;
	size_t n = 0;
	CHECK_OK(drp_hub_schools(s.hub.store, &list, &n, NULL));
	drp_free(list);
	return n;
}

static struct drp_school get(const char *id)
{
	struct drp_school school;
	CHECK_OK(drp_hub_school_get(s.hub.store, id, &school, NULL));
	return school;
}

static void reads_every_column(void)
{
	scratch_hub_open(&s);
	CHECK_OK(import(HEADER "S1,\"De Linde, Gent\",B1,BE23,KOV,1,2,30,200\n"
			       "S1,\"De Linde, Gent\",B1,BE23,KOV,4,0,0,100000\n"
			       "S-2.x,,B1,_U,OTHER,5,1,2,3\n"));
	CHECK_INT(schools, 2);
	CHECK_INT(units, 3);
	struct drp_school a = get("S1"), b = get("S-2.x");
	CHECK_STR(a.name, "De Linde, Gent");
	CHECK_STR(a.board, "B1");
	CHECK_INT(a.province, DRP_BE23);
	CHECK_INT(a.network, DRP_KOV);
	CHECK_INT(a.levels, 1u << 1 | 1u << 4);
	CHECK_INT(a.eligible[1][DRP_LEADER], 2);
	CHECK_INT(a.eligible[1][DRP_TEACHER], 30);
	CHECK_INT(a.eligible[1][DRP_PUPIL], 200);
	CHECK_INT(a.eligible[4][DRP_PUPIL], 100000);
	CHECK_INT(a.enrolled, 0);
	CHECK_INT(a.revoked, 0);
	CHECK_INT(b.province, DRP_PROVINCE_UNKNOWN);
	CHECK_INT(b.network, DRP_OTHER);
	CHECK_INT(b.levels, 1u << 5);
	scratch_hub_close(&s);
}

/* As spreadsheets write it. */
static void other_dialects(void)
{
	scratch_hub_open(&s);
	CHECK_OK(import("\xef\xbb\xbfschool;name;board;province;network;level;"
			"eligible_leader;eligible_teacher;eligible_pupil\r\n"
			"S1;Caf\xc3\xa9;B1;BE21;GO;1;1;2;3\r\n"));
	CHECK_STR(get("S1").name, "Caf\xc3\xa9");
	CHECK_OK(import(HEADER "S2,Caf\xe9,B1,BE21,GO,1,1,2,3\n"));
	CHECK_STR(get("S2").name, "Caf\xc3\xa9");
	scratch_hub_close(&s);
}

/* A wrong row stands on line 4, after two good schools: nothing of the file is taken. */
static void one_wrong_row_stores_nothing(void)
{
	static const struct {
		const char *row, *says;
	} wrong[] = {
		{"S 3,n,B1,BE21,GO,1,1,2,3", "register.csv:4: school:"},
		{",n,B1,BE21,GO,1,1,2,3", "register.csv:4: school:"},
		{"S234567890123456,n,B1,BE21,GO,1,1,2,3", "register.csv:4: school:"},
		{"S3,n,B/1,BE21,GO,1,1,2,3", "register.csv:4: board:"},
		{"S3,n,B1,BE26,GO,1,1,2,3", "register.csv:4: province:"},
		{"S3,n,B1,,GO,1,1,2,3", "register.csv:4: province:"},
		{"S3,n,B1,BE21,go,1,1,2,3", "register.csv:4: network:"},
		{"S3,n,B1,BE21,GO,6,1,2,3", "register.csv:4: level:"},
		{"S3,n,B1,BE21,GO,34,1,2,3", "register.csv:4: level:"},
		{"S3,n,B1,BE21,GO,1,-1,2,3", "register.csv:4: eligible_leader:"},
		{"S3,n,B1,BE21,GO,1,1,2.5,3", "register.csv:4: eligible_teacher:"},
		{"S3,n,B1,BE21,GO,1,1,2,100001", "register.csv:4: eligible_pupil:"},
		{"S3,n,B1,BE21,GO,1,1,2,", "register.csv:4: eligible_pupil:"},
		{"S3,n,B1,BE21,GO,1,1,2", "register.csv:4: 8 columns"},
		{"S3,n,B1,BE21,GO,1,1,2,3,4", "register.csv:4: 10 columns"},
		{"S2,n,B1,BE21,GO,1,1,2,3", "register.csv:4: level:"},
		{"S2,n,B2,BE21,GO,2,1,2,3", "register.csv:4: school:"},
		{"S2,n,B1,BE22,GO,2,1,2,3", "register.csv:4: school:"},
		{"S2,n,B1,BE21,KOV,2,1,2,3", "register.csv:4: school:"},
		{"S3,\"two\nlines\",B1,BE21,GO,1,1,2,3", "register.csv:4: name:"},
		{"S3,\"n,B1,BE21,GO,1,1,2,3", "register.csv: line 4"},
		{"S3,\"n\"n,B1,BE21,GO,1,1,2,3", "register.csv: line 4"},
		{"S3,0123456789012345678901234567890123456789012345678901234567890123456"
		 "789012345678901234567890123456789,B1,BE21,GO,1,1,2,3",
			"register.csv:4: name:"},
	};
	scratch_hub_open(&s);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		char text[1024];
		snprintf(text, sizeof text,
			HEADER "S1,n,B1,BE21,GO,1,1,2,3\nS2,n,B1,BE21,GO,1,1,2,3\n%s\n",
			wrong[i].row);
		schools = units = 77;
		CHECK_ERR(import(text), DRP_E_INPUT);
		if (!strstr(diag.text, wrong[i].says) || strchr(diag.text, '\n')) {
			CHECK_STR(diag.text, wrong[i].says);
		}
		CHECK_INT(count(), 0);
		CHECK_INT(schools + units, 154);
	}
	scratch_hub_close(&s);
}

/* A register that is sorted by level has a school's rows far apart. */
static void rows_of_a_school_stand_anywhere(void)
{
	struct drp_buf text = {0};
	scratch_hub_open(&s);
	drp_buf_text(&text, HEADER);
	for (int level = 1; level <= DRP_LEVELS; level++) {
		for (int i = 0; i < 300; i++) {
			drp_buf_printf(&text, "T%d,n,B1,BE21,GO,%d,1,2,%d\n", i, level,
				i + level);
		}
	}
	CHECK_OK(import(drp_buf_string(&text)));
	CHECK_INT(schools, 300);
	CHECK_INT(units, 1500);
	CHECK_INT(get("T17").levels, 0x3e);
	CHECK_INT(get("T17").eligible[3][DRP_PUPIL], 20);
	drp_buf_text(&text, "T17,n,B1,BE21,GO,3,1,2,3\n");
	CHECK_ERR(import(drp_buf_string(&text)), DRP_E_INPUT);
	CHECK(strstr(diag.text, "register.csv:1502: level:") != NULL);
	drp_buf_clear(&text);
	scratch_hub_close(&s);
}

static void the_header_is_held_to(void)
{
	static const char *const wrong[] = {"", "\n\n",
		"school,name,board,province,network,level,eligible_leader,"
		"eligible_teacher\n",
		"name,school,board,province,network,level,eligible_leader,"
		"eligible_teacher,eligible_pupil\n",
		"S1,n,B1,BE21,GO,1,1,2,3\n"};
	scratch_hub_open(&s);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		CHECK_ERR(import(wrong[i]), DRP_E_INPUT);
		CHECK(strstr(diag.text, "register.csv:1: column ") != NULL);
	}
	CHECK_ERR(drp_registry_import(&s.hub, "/nowhere/x.csv", &schools, &units, &diag),
		DRP_E_NOTFOUND);
	scratch_hub_close(&s);
}

static void a_second_import_updates(void)
{
	struct drp_key key = {{9}};
	struct drp_hash token = {{8}};
	scratch_hub_open(&s);
	CHECK_OK(import(HEADER "S1,Old,B1,BE21,GO,1,1,2,3\nS1,Old,B1,BE21,GO,2,1,2,3\n"
			       "S2,Kept,B2,BE22,KOV,1,1,2,3\n"));
	CHECK_OK(drp_hub_enrol(s.hub.store, &token, "S1", &key, 1, NULL));
	CHECK_OK(drp_hub_school_revoke(s.hub.store, "S1", NULL));
	CHECK_OK(import(HEADER "S1,New,B9,BE25,OTHER,3,7,8,9\n"));
	CHECK_INT(schools, 1);
	CHECK_INT(count(), 2);
	struct drp_school a = get("S1");
	CHECK_STR(a.name, "New");
	CHECK_STR(a.board, "B9");
	CHECK_INT(a.levels, 1u << 3); /* the old units are gone */
	CHECK_INT(a.eligible[3][DRP_PUPIL], 9);
	CHECK_INT(a.eligible[1][DRP_PUPIL], 0);
	CHECK_INT(a.revoked, 1);
	CHECK_INT(a.enrolled, 1);
	CHECK_MEM(&a.key, &key, sizeof key);
	CHECK_STR(get("S2").name, "Kept");
	scratch_hub_close(&s);
}

/* ---- invites ---- */

static void an_invite_pins_the_hub(void)
{
	struct drp_buf text = {0}, again = {0};
	struct drp_invite a, b;
	struct drp_key sign;
	uint8_t box[DRP_BOX_KEY_BYTES];
	scratch_hub_open(&s);
	CHECK_OK(import(HEADER "S1,n,B1,BE21,GO,1,1,2,3\n"));
	CHECK_OK(drp_registry_invite(&s.hub, "S1", 30, &text, &diag));
	CHECK_OK(drp_invite_read(drp_buf_string(&text), &a, &diag));
	drp_keys_public(s.hub.keys, &sign, box);
	CHECK_MEM(&a.hub_key, &sign, sizeof sign);
	CHECK_MEM(a.hub_box, box, sizeof box);
	CHECK_STR(a.hub, "Test hub");
	CHECK_STR(a.school, "S1");
	CHECK_STR(a.url, "tcp://127.0.0.1:7411");
	/* The file names the thirtieth day; the node refuses from the next on. */
	CHECK_INT(a.expires_s, SCRATCH_NOW_S + 31 * 86400);
	snprintf(s.hub.settings.address, sizeof s.hub.settings.address,
		"tcp://hub.example:7411");
	CHECK_OK(drp_registry_invite(&s.hub, "S1", 1, &again, &diag));
	CHECK_OK(drp_invite_read(drp_buf_string(&again), &b, &diag));
	CHECK_STR(b.url, "tcp://hub.example:7411");
	CHECK_INT(b.expires_s, SCRATCH_NOW_S + 2 * 86400);
	CHECK(memcmp(a.token, b.token, sizeof a.token) != 0);
	drp_buf_clear(&text);
	drp_buf_clear(&again);
	scratch_hub_close(&s);
}

/* Of a hub that is paired with a notary, both. */
static void an_invite_pins_the_notary(void)
{
	struct drp_buf text = {0}, again = {0};
	struct drp_invite invite;
	struct drp_card notary = {.role = "notary",
		.name = "N",
		.url = "tcp://n:1",
		.key = {{1, 2}},
		.box = {3, 4}};
	scratch_hub_open(&s);
	CHECK_OK(import(HEADER "S1,n,B1,BE21,GO,1,1,2,3\n"));
	CHECK_OK(drp_registry_invite(&s.hub, "S1", 30, &text, &diag));
	CHECK_OK(drp_invite_read(drp_buf_string(&text), &invite, &diag));
	CHECK_INT(drp_invite_has_notary(&invite), 0);
	CHECK_OK(drp_hub_peer_put(s.hub.store, &notary, 1, &diag));
	CHECK_OK(drp_registry_invite(&s.hub, "S1", 30, &again, &diag));
	CHECK_OK(drp_invite_read(drp_buf_string(&again), &invite, &diag));
	CHECK_INT(drp_invite_has_notary(&invite), 1);
	CHECK_MEM(&invite.notary_key, &notary.key, sizeof notary.key);
	CHECK_MEM(invite.notary_box, notary.box, sizeof notary.box);
	drp_buf_clear(&text);
	drp_buf_clear(&again);
	scratch_hub_close(&s);
}

/* The hub keeps the token's hash: who reads its database cannot enrol. */
static void the_token_is_not_kept(void)
{
	struct drp_buf text = {0}, database = {0};
	struct drp_invite invite;
	struct drp_hash hash;
	struct drp_key used_by;
	char school[DRP_CODE_MAX], path[DRP_PATH_MAX];
	int64_t expires_s;
	int used;
	scratch_hub_open(&s);
	CHECK_OK(import(HEADER "S1,n,B1,BE21,GO,1,1,2,3\n"));
	CHECK_OK(drp_registry_invite(&s.hub, "S1", 30, &text, &diag));
	CHECK_OK(drp_invite_read(drp_buf_string(&text), &invite, &diag));
	drp_hash_tagged("drempel invite 1", invite.token, sizeof invite.token, &hash);
	CHECK_OK(drp_hub_invite_get(
		s.hub.store, &hash, school, &expires_s, &used, &used_by, &diag));
	CHECK_STR(school, "S1");
	CHECK_INT(used, 0);
	CHECK_INT(expires_s, invite.expires_s - 1); /* so does the hub */
	CHECK_OK(drp_hub_checkpoint(s.hub.store, &diag));
	CHECK_OK(drp_path(path, s.dir, "hub.db", &diag));
	CHECK_OK(drp_file_read(path, 1 << 24, &database, &diag));
	CHECK(memmem(database.data, database.len, hash.b, sizeof hash.b) != NULL);
	CHECK(memmem(database.data, database.len, invite.token, sizeof invite.token) ==
		NULL);
	drp_buf_clear(&text);
	drp_buf_clear(&database);
	scratch_hub_close(&s);
}

static void an_invite_to_nowhere_is_not_made(void)
{
	static const char *const nowhere[] = {
		"tcp://0.0.0.0:7411", "tcp://[::]:7411", "tcp://*:7411"};
	struct drp_buf text = {0};
	scratch_hub_open(&s);
	CHECK_OK(import(HEADER "S1,n,B1,BE21,GO,1,1,2,3\n"));
	for (int i = 0; i < 3; i++) {
		snprintf(s.hub.settings.listen, sizeof s.hub.settings.listen, "%s",
			nowhere[i]);
		diag = (struct drp_diag){0};
		CHECK_ERR(
			drp_registry_invite(&s.hub, "S1", 1, &text, &diag), DRP_E_CONFIG);
		CHECK(strstr(diag.text, "address") != NULL);
		CHECK_INT(text.len, 0);
	}
	snprintf(s.hub.settings.address, sizeof s.hub.settings.address,
		"tcp://hub.example:7411");
	CHECK_OK(drp_registry_invite(&s.hub, "S1", 1, &text, &diag));
	drp_buf_clear(&text);
	scratch_hub_close(&s);
}

static void who_gets_no_invite(void)
{
	struct drp_buf text = {0};
	scratch_hub_open(&s);
	CHECK_OK(import(HEADER "S1,n,B1,BE21,GO,1,1,2,3\n"));
	CHECK_ERR(drp_registry_invite(&s.hub, "S2", 30, &text, &diag), DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "S2") != NULL);
	CHECK_OK(drp_hub_school_revoke(s.hub.store, "S1", NULL));
	diag = (struct drp_diag){0};
	CHECK_ERR(drp_registry_invite(&s.hub, "S1", 30, &text, &diag), DRP_E_REVOKED);
	CHECK(strstr(diag.text, "S1") != NULL);
	CHECK_INT(text.len, 0);
	scratch_hub_close(&s);
}

int main(void)
{
	CASE("every column is read", reads_every_column);
	CASE("a spreadsheet's CSV is read too", other_dialects);
	CASE("one wrong row stores nothing and is named by file and line",
		one_wrong_row_stores_nothing);
	CASE("the rows of a school may stand anywhere", rows_of_a_school_stand_anywhere);
	CASE("the header is held to", the_header_is_held_to);
	CASE("a second import replaces rows and units, not keys and revocations",
		a_second_import_updates);
	CASE("an invite pins the hub's keys, address and expiry", an_invite_pins_the_hub);
	CASE("an invite pins the notary", an_invite_pins_the_notary);
	CASE("of an invite's token only the hash is kept", the_token_is_not_kept);
	CASE("an invite to nowhere is not made", an_invite_to_nowhere_is_not_made);
	CASE("unknown and revoked schools get no invite", who_gets_no_invite);
	return DONE();
}
