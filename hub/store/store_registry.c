/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/store/store_internal.h"

#include "proto/base/alloc.h"

#include <string.h>

/* ---- registry ---- */

enum drp_err drp_hub_school_put(
	struct drp_hub_store *s, const struct drp_school *school, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO school(id, name, board, province, network) VALUES(?,?,?,?,?)"
		" ON CONFLICT(id) DO UPDATE SET name=excluded.name, board=excluded.board,"
		" province=excluded.province, network=excluded.network");
	drp_q_text(q, school->id);
	drp_q_text(q, school->name);
	drp_q_text(q, school->board);
	drp_q_int(q, school->province);
	drp_q_int(q, school->network);
	enum drp_err err = drp_q_run(q, diag);
	if (err) {
		return err;
	}
	q = drp_db_query(s->db, "DELETE FROM unit WHERE school=?");
	drp_q_text(q, school->id);
	err = drp_q_run(q, diag);
	for (int level = 1; err == DRP_OK && level <= DRP_LEVELS; level++) {
		if (!(school->levels & 1u << level)) {
			continue;
		}
		q = drp_db_query(s->db, "INSERT INTO unit VALUES(?,?,?,?,?)");
		drp_q_text(q, school->id);
		drp_q_int(q, level);
		for (int g = 0; g < DRP_GROUPS; g++) {
			drp_q_int(q, school->eligible[level][g]);
		}
		err = drp_q_run(q, diag);
	}
	return err;
}

#define SCHOOL_COLUMNS                                                                   \
	"id, name, board, province, network, revoked, key, proof,"                       \
	" (SELECT CASE WHEN v.code IS NULL THEN 2 ELSE 1 END FROM voucher v"             \
	"   WHERE v.school=school.id),"                                                  \
	" EXISTS(SELECT 1 FROM vouched k WHERE k.school=school.id AND k.key=school.key)"

static void read_school(struct drp_query *q, void *to)
{
	struct drp_school *school = to;
	memset(school, 0, sizeof *school);
	drp_q_col_copy(q, 0, school->id, sizeof school->id);
	drp_q_col_copy(q, 1, school->name, sizeof school->name);
	drp_q_col_copy(q, 2, school->board, sizeof school->board);
	school->province = (uint8_t)drp_q_col_int(q, 3);
	school->network = (uint8_t)drp_q_col_int(q, 4);
	school->revoked = (uint8_t)drp_q_col_int(q, 5);
	school->enrolled =
		drp_q_col_bytes(q, 6, school->key.b, sizeof school->key.b) == 0;
	if (drp_q_col_bytes(q, 7, school->proof, sizeof school->proof)) {
		memset(school->proof, 0, sizeof school->proof);
	}
	school->voucher = drp_q_col_int(q, 9) ? (uint8_t)DRP_VOUCHER_VOUCHED
					      : (uint8_t)drp_q_col_int(q, 8);
}

static enum drp_err read_units(
	struct drp_hub_store *s, struct drp_school *school, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT level, leader, teacher, pupil FROM unit "
				    "WHERE school=? ORDER BY level");
	drp_q_text(q, school->id);
	int step;
	while ((step = drp_q_step(q, diag)) > 0) {
		int level = (int)drp_q_col_int(q, 0);
		school->levels = (uint8_t)(school->levels | 1u << level);
		for (int g = 0; g < DRP_GROUPS; g++) {
			school->eligible[level][g] = (uint32_t)drp_q_col_int(q, 1 + g);
		}
	}
	return step < 0 ? DRP_E_STORE : DRP_OK;
}

enum drp_err drp_hub_school_get(struct drp_hub_store *s, const char *id,
	struct drp_school *school, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT " SCHOOL_COLUMNS " FROM school WHERE id=?");
	drp_q_text(q, id);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		read_school(q, school);
		drp_q_end(q);
		err = read_units(s, school, diag);
	} else if (err == DRP_E_NOTFOUND) {
		drp_fail(
			diag, err, "no school %s in the registry; see 'school list'", id);
	}
	return err;
}

enum drp_err drp_hub_school_by_key(struct drp_hub_store *s, const struct drp_key *key,
	struct drp_school *school, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT " SCHOOL_COLUMNS " FROM school WHERE key=?");
	drp_q_blob(q, key->b, sizeof key->b);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		read_school(q, school);
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_hub_schools(struct drp_hub_store *s, struct drp_school **schools,
	size_t *n, struct drp_diag *diag)
{
	void *list = NULL;
	struct drp_query *q =
		drp_db_query(s->db, "SELECT " SCHOOL_COLUMNS " FROM school ORDER BY id");
	enum drp_err err = drp_q_rows(
		q, sizeof(struct drp_school), read_school, "registry", &list, n, diag);
	for (size_t i = 0; err == DRP_OK && i < *n; i++) {
		err = read_units(s, (struct drp_school *)list + i, diag);
	}
	if (err) {
		drp_free(list);
		return err;
	}
	*schools = list;
	return DRP_OK;
}

enum drp_err drp_hub_school_revoke(
	struct drp_hub_store *s, const char *id, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "UPDATE school SET revoked=1 WHERE id=?");
	drp_q_text(q, id);
	enum drp_err err = drp_q_run(q, diag);
	if (err == DRP_OK && drp_db_changes(s->db) == 0) {
		err = drp_fail(diag, DRP_E_NOTFOUND,
			"no school %s in the registry; see 'school list'", id);
	}
	return err;
}

/* ---- enrolment ---- */

enum drp_err drp_hub_invite_put(struct drp_hub_store *s, const struct drp_hash *token,
	const char *school, int64_t expires_s, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "INSERT INTO invite(token, school, expires_s) VALUES(?,?,?)");
	drp_q_blob(q, token->b, sizeof token->b);
	drp_q_text(q, school);
	drp_q_int(q, expires_s);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_invite_get(struct drp_hub_store *s, const struct drp_hash *token,
	char school[DRP_CODE_MAX], int64_t *expires_s, int *used, struct drp_key *used_by,
	struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "SELECT school, expires_s, used_by FROM invite WHERE token=?");
	drp_q_blob(q, token->b, sizeof token->b);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		drp_q_col_copy(q, 0, school, DRP_CODE_MAX);
		*expires_s = drp_q_col_int(q, 1);
		*used = drp_q_col_bytes(q, 2, used_by->b, sizeof used_by->b) == 0;
		drp_q_end(q);
	}
	return err;
}

/* The school first: a key that another school already has leaves the invite unused. */
enum drp_err drp_hub_enrol(struct drp_hub_store *s, const struct drp_hash *token,
	const char *school, const struct drp_key *key, int64_t now_s,
	struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(
		s->db, "UPDATE school SET key=?, enrolled_s=?, proof=NULL WHERE id=?");
	drp_q_blob(q, key->b, sizeof key->b);
	drp_q_int(q, now_s);
	drp_q_text(q, school);
	enum drp_err err = drp_q_run(q, NULL);
	if (err) {
		return err == DRP_E_EXISTS
			       ? drp_fail(diag, DRP_E_DUPLICATE_IDENTITY,
					 "this node's keys are another school's; make a "
					 "new node for school %s",
					 school)
			       : drp_fail(diag, err, "school %s cannot be enrolled: %s",
					 school, drp_err_text(err));
	}
	q = drp_db_query(s->db, "UPDATE invite SET used_by=?, used_s=? WHERE token=?");
	drp_q_blob(q, key->b, sizeof key->b);
	drp_q_int(q, now_s);
	drp_q_blob(q, token->b, sizeof token->b);
	return drp_q_run(q, diag);
}

enum drp_err drp_hub_school_prove(struct drp_hub_store *s, const char *school,
	const struct drp_key *key, const uint8_t proof[DRP_PROOF_BYTES],
	struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "UPDATE school SET proof=? WHERE id=? AND key=?");
	drp_q_blob(q, proof, DRP_PROOF_BYTES);
	drp_q_text(q, school);
	drp_q_blob(q, key->b, sizeof key->b);
	return drp_q_run(q, diag);
}
