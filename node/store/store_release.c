/* SPDX-License-Identifier: Apache-2.0 */
#include "node/store/store_internal.h"

#include "proto/base/alloc.h"
#include <stdio.h>
#include <string.h>

const char *drp_out_state_name(int state)
{
	static const char *const name[DRP_RELEASE_STATES] = {"ready", "stored", "refused",
		"withdrawing", "withdrawn", "confirmed", "counted", "left-out",
		"counted-anyway"};
	return state >= 0 && state < DRP_RELEASE_STATES ? name[state] : "?";
}

int drp_released_not_counted(const struct drp_released *release)
{
	static const char prefix[] = "NOT COUNTED";
	return strncmp(release->note, prefix, sizeof prefix - 1) == 0;
}

int drp_released_counted_anyway(const struct drp_released *release)
{
	static const char perhaps[] = DRP_PERHAPS_COUNTED;
	return release->state == DRP_RELEASE_COUNTED_ANYWAY ||
	       strncmp(release->note, perhaps, sizeof perhaps - 1) == 0;
}

int drp_released_wants_lists(const struct drp_released *release)
{
	return release->track == DRP_TRACK_SEALED &&
	       (release->state == DRP_RELEASE_CONFIRMED ||
		       (release->state == DRP_RELEASE_WITHDRAWN &&
			       strcmp(release->note, DRP_UNCOUNTED) != 0));
}

enum drp_err drp_node_release_add(struct drp_node_store *s, const struct drp_released *r,
	const void *bytes, size_t n, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"INSERT INTO released(campaign, level, grp, "
		"manifest, unit, request, hash, bytes,"
		" state, questionnaires, n_values, approved_s, track) "
		"VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)");
	drp_bind_place(q, r->campaign, r->level, r->group);
	drp_q_blob(q, r->manifest.b, sizeof r->manifest.b);
	drp_q_blob(q, r->unit.b, sizeof r->unit.b);
	drp_q_blob(q, r->request.b, sizeof r->request.b);
	drp_q_blob(q, r->hash.b, sizeof r->hash.b);
	drp_q_blob(q, bytes, n);
	drp_q_int(q, r->state);
	drp_q_int(q, r->questionnaires);
	drp_q_int(q, r->n_values);
	drp_q_int(q, r->approved_s);
	drp_q_int(q, r->track);
	return drp_q_run(q, diag);
}

#define RELEASE_COLUMNS                                                                  \
	"campaign, level, grp, manifest, unit, request, hash, state, questionnaires,"    \
	" n_values, approved_s, receipt, note, track, length(bytes), confirmed"

static enum drp_err read_receipt(
	struct drp_query *q, int column, int *present, struct drp_receipt *receipt)
{
	if (drp_q_is_null(q, column)) {
		return DRP_OK;
	}
	size_t n;
	const void *bytes = drp_q_col_blob(q, column, &n);
	*present = 1;
	enum drp_err err = drp_receipt_decode(bytes, n, receipt);
	return err && err != DRP_E_NOMEM ? DRP_E_STORE : err;
}

static enum drp_err read_release(struct drp_query *q, struct drp_released *r)
{
	memset(r, 0, sizeof *r);
	drp_q_col_copy(q, 0, r->campaign, sizeof r->campaign);
	r->level = (uint8_t)drp_q_col_int(q, 1);
	r->group = (uint8_t)drp_q_col_int(q, 2);
	(void)drp_q_col_bytes(q, 3, r->manifest.b, sizeof r->manifest.b);
	(void)drp_q_col_bytes(q, 4, r->unit.b, sizeof r->unit.b);
	(void)drp_q_col_bytes(q, 5, r->request.b, sizeof r->request.b);
	(void)drp_q_col_bytes(q, 6, r->hash.b, sizeof r->hash.b);
	r->state = (uint8_t)drp_q_col_int(q, 7);
	r->questionnaires = (uint32_t)drp_q_col_int(q, 8);
	r->n_values = (uint32_t)drp_q_col_int(q, 9);
	r->approved_s = drp_q_col_int(q, 10);
	drp_q_col_copy(q, 12, r->note, sizeof r->note);
	r->track = (uint8_t)drp_q_col_int(q, 13);
	r->n_bytes = (size_t)drp_q_col_int(q, 14);
	enum drp_err err = read_receipt(q, 11, &r->has_receipt, &r->receipt);
	return err ? err : read_receipt(q, 15, &r->has_confirmed, &r->confirmed);
}

enum drp_err drp_node_release_get(struct drp_node_store *s, const char *campaign,
	int level, int group, struct drp_released *release, struct drp_diag *diag)
{
	struct drp_query *q = drp_db_query(s->db,
		"SELECT " RELEASE_COLUMNS " FROM released WHERE campaign=? AND level=?"
		" AND grp=?");
	drp_bind_place(q, campaign, level, group);
	enum drp_err err = drp_q_find(q, diag);
	if (err == DRP_OK) {
		err = read_release(q, release);
		drp_q_end(q);
	}
	return err;
}

enum drp_err drp_node_release_bytes(struct drp_node_store *s, const struct drp_hash *hash,
	struct drp_buf *bytes, struct drp_diag *diag)
{
	struct drp_query *q =
		drp_db_query(s->db, "SELECT bytes FROM released WHERE hash=?");
	drp_q_blob(q, hash->b, sizeof hash->b);
	return drp_q_find_blob(q, bytes, diag);
}

enum drp_err drp_node_release_state(struct drp_node_store *s, const struct drp_hash *hash,
	int state, const char *note, const struct drp_receipt *receipt,
	struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	enum drp_err err = receipt ? drp_receipt_encode(receipt, &bytes) : DRP_OK;
	struct drp_query *q =
		drp_db_query(s->db, "UPDATE released SET state=?, note=?, "
				    "receipt=coalesce(?, receipt) WHERE hash=?");
	drp_q_int(q, state);
	drp_q_text(q, note);
	if (receipt) {
		drp_q_blob(q, bytes.data, bytes.len);
	} else {
		drp_q_null(q);
	}
	drp_q_blob(q, hash->b, sizeof hash->b);
	enum drp_err run = drp_q_run(q, diag);
	drp_buf_clear(&bytes);
	return err ? err : run;
}

enum drp_err drp_node_release_confirm(struct drp_node_store *s,
	const struct drp_hash *hash, const struct drp_receipt *confirmed,
	struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	enum drp_err err = drp_receipt_encode(confirmed, &bytes);
	if (err == DRP_OK) {
		struct drp_query *q = drp_db_query(
			s->db, "UPDATE released SET confirmed=? WHERE hash=?");
		drp_q_blob(q, bytes.data, bytes.len);
		drp_q_blob(q, hash->b, sizeof hash->b);
		err = drp_q_run(q, diag);
	}
	drp_buf_clear(&bytes);
	return err;
}

enum drp_err drp_node_releases(struct drp_node_store *s, const char *campaign,
	struct drp_released **releases, size_t *n, struct drp_diag *diag)
{
	struct drp_released *list = NULL;
	size_t count = 0;
	int step = 0;
	enum drp_err err = DRP_OK;
	struct drp_query *q = drp_db_query(s->db,
		"SELECT " RELEASE_COLUMNS " FROM released WHERE ?1 IS NULL OR campaign=?1"
		" ORDER BY approved_s, campaign, level, grp");
	if (campaign) {
		drp_q_text(q, campaign);
	} else {
		drp_q_null(q);
	}
	while (err == DRP_OK && (step = drp_q_step(q, diag)) > 0) {
		struct drp_released *more = drp_realloc(list, count + 1, sizeof *list);
		if (!more) {
			err = drp_fail(diag, DRP_E_NOMEM, "no memory for the releases");
			break;
		}
		list = more;
		err = read_release(q, &list[count++]);
	}
	if (err || step < 0) {
		drp_q_end(q);
		drp_free(list);
		return err ? err : DRP_E_STORE;
	}
	*releases = list;
	*n = count;
	return DRP_OK;
}
