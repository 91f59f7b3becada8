/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/home/registry.h"

#include "hub/store/store_sealed.h"
#include "proto/base/alloc.h"
#include "proto/base/csv.h"
#include "proto/base/date.h"
#include "proto/base/text.h"
#include "proto/model/codes.h"
#include "proto/session/invite.h"

#include <stdio.h>
#include <string.h>

enum { SCHOOL, NAME, BOARD, PROVINCE, NETWORK, LEVEL, LEADER, TEACHER, PUPIL, COLUMNS };

static const char *const column[COLUMNS] = {"school", "name", "board", "province",
	"network", "level", "eligible_leader", "eligible_teacher", "eligible_pupil"};

struct reading {
	const char *path;
	struct drp_csv csv;
	struct drp_school *school;
	size_t n, units;
	struct drp_diag *diag;
};

static enum drp_err bad(struct reading *r, int c, const char *what)
{
	return drp_fail(r->diag, DRP_E_INPUT, "%s:%u: %s: %s", r->path,
		r->csv.n_cells ? r->csv.cell[0].line : r->csv.line, column[c], what);
}

/* What is wrong with the file as CSV, with the file's name in front. */
static enum drp_err not_csv(
	struct reading *r, enum drp_err err, const struct drp_diag *why)
{
	return drp_fail(r->diag, err, "%s: %s", r->path, why->text);
}

static enum drp_err next_row(struct reading *r)
{
	struct drp_diag why = {0};
	enum drp_err err = drp_csv_next(&r->csv, &why);
	return err ? not_csv(r, err, &why) : DRP_OK;
}

static enum drp_err read_header(struct reading *r)
{
	enum drp_err err = next_row(r);
	if (err) {
		return err;
	}
	for (uint32_t c = 0; c < COLUMNS; c++) {
		if (c >= r->csv.n_cells ||
			strcmp(drp_csv_text(&r->csv, c), column[c]) != 0) {
			return drp_fail(r->diag, DRP_E_INPUT,
				"%s:1: column %u must be '%s'; the header is "
				"school,name,board,"
				"province,network,level,eligible_leader,eligible_teacher,"
				"eligible_pupil",
				r->path, c + 1, column[c]);
		}
	}
	return DRP_OK;
}

/* The school of this row: one that is there already, or a new one. Rows of one school
 * mostly stand together, so the search begins at the end. */
static struct drp_school *school_of(struct reading *r, const char *id)
{
	for (size_t i = r->n; i-- > 0;) {
		if (strcmp(r->school[i].id, id) == 0) {
			return &r->school[i];
		}
	}
	if (r->n % 256 == 0) {
		struct drp_school *more =
			drp_realloc(r->school, r->n + 256, sizeof *r->school);
		if (!more) {
			return NULL;
		}
		r->school = more;
	}
	struct drp_school *s = &r->school[r->n++];
	memset(s, 0, sizeof *s);
	snprintf(s->id, sizeof s->id, "%s", id);
	return s;
}

static enum drp_err read_labels(struct reading *r, struct drp_school *s)
{
	const char *name = drp_csv_text(&r->csv, NAME);
	const char *board = drp_csv_text(&r->csv, BOARD);
	int province = drp_province_of(drp_csv_text(&r->csv, PROVINCE));
	int network = drp_network_of(drp_csv_text(&r->csv, NETWORK));
	if (strlen(name) >= sizeof s->name || strpbrk(name, "\r\n\t")) {
		return bad(r, NAME, "one line of at most 95 bytes is expected");
	}
	if (!drp_code_valid(board, sizeof s->board)) {
		return bad(r, BOARD, "a code of 1-15 letters and digits is expected");
	}
	if (province < 0) {
		return bad(r, PROVINCE,
			"one of BE10 BE21 BE22 BE23 BE24 BE25 _U is expected");
	}
	if (network < 0) {
		return bad(r, NETWORK, "one of GO OVSG POV KOV OTHER is expected");
	}
	if (s->levels && (s->province != province || s->network != network ||
				 strcmp(s->board, board))) {
		return bad(r, SCHOOL,
			"the rows of one school differ in board, province or "
			"network");
	}
	snprintf(s->name, sizeof s->name, "%s", name);
	snprintf(s->board, sizeof s->board, "%s", board);
	s->province = (uint8_t)province;
	s->network = (uint8_t)network;
	return DRP_OK;
}

static enum drp_err read_row(struct reading *r)
{
	if (r->csv.n_cells != COLUMNS) {
		return drp_fail(r->diag, DRP_E_INPUT,
			"%s:%u: %u columns found, %u expected", r->path,
			r->csv.cell[0].line, r->csv.n_cells, (unsigned)COLUMNS);
	}
	const char *id = drp_csv_text(&r->csv, SCHOOL);
	if (!drp_code_valid(id, DRP_CODE_MAX)) {
		return bad(r, SCHOOL, "a code of 1-15 letters and digits is expected");
	}
	int level = drp_level_of(drp_csv_text(&r->csv, LEVEL));
	if (level < 0) {
		return bad(r, LEVEL, "1, 2, 3, 4 or 5 is expected");
	}
	struct drp_school *s = school_of(r, id);
	if (!s) {
		return drp_fail(r->diag, DRP_E_NOMEM, "no memory for the registry");
	}
	if (s->levels & 1u << level) {
		return bad(r, LEVEL, "this school already has that level");
	}
	enum drp_err err = read_labels(r, s);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		if (drp_parse_u32(drp_csv_text(&r->csv, (uint32_t)(LEADER + g)), 0,
			    DRP_UNIT_ELIGIBLE_MAX, &s->eligible[level][g])) {
			err = bad(
				r, LEADER + g, "a whole number up to 100000 is expected");
		}
	}
	s->levels = (uint8_t)(s->levels | 1u << level);
	r->units++;
	return err;
}

static enum drp_err store_all(struct drp_hub *hub, struct reading *r)
{
	enum drp_err err = drp_hub_begin(hub->store, r->diag);
	if (err) {
		return err;
	}
	for (size_t i = 0; err == DRP_OK && i < r->n; i++) {
		err = drp_hub_school_put(hub->store, &r->school[i], r->diag);
	}
	return drp_hub_end(hub->store, err, r->diag);
}

enum drp_err drp_registry_import(struct drp_hub *hub, const char *path, size_t *schools,
	size_t *units, struct drp_diag *diag)
{
	struct reading r = {.path = path, .diag = diag};
	struct drp_diag why = {0};
	struct drp_buf file = {0};
	enum drp_err err = drp_file_read(path, DRP_IMPORT_FILE_MAX_BYTES, &file, diag);
	if (err == DRP_OK) {
		err = drp_csv_open(&r.csv, file.data, file.len, &why);
		err = err ? not_csv(&r, err, &why) : DRP_OK;
	}
	if (err == DRP_OK) {
		err = read_header(&r);
		while (err == DRP_OK) {
			err = next_row(&r);
			if (err || r.csv.n_cells == 0) {
				break;
			}
			err = read_row(&r);
		}
		if (err == DRP_OK) {
			err = store_all(hub, &r);
		}
		drp_csv_close(&r.csv);
	}
	if (err == DRP_OK) {
		*schools = r.n;
		*units = r.units;
	}
	drp_free(r.school);
	drp_buf_clear(&file);
	return err;
}

/* The notary that campaigns signed from now on would name; a hub may have none. */
static enum drp_err name_notary(
	struct drp_hub *hub, struct drp_invite *invite, struct drp_diag *diag)
{
	struct drp_card notary;
	enum drp_err err = drp_hub_peer_notary(hub->store, &notary, diag);
	if (err == DRP_OK) {
		invite->notary_key = notary.key;
		memcpy(invite->notary_box, notary.box, sizeof notary.box);
	}
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}

enum drp_err drp_registry_invite(struct drp_hub *hub, const char *school, unsigned days,
	struct drp_buf *text, struct drp_diag *diag)
{
	struct drp_school s;
	const char *url = NULL;
	enum drp_err err = drp_hub_school_get(hub->store, school, &s, diag);
	err = err ? err : drp_hub_public_url(&hub->settings, &url, diag);
	if (err) {
		return err;
	}
	if (s.revoked) {
		return drp_fail(diag, DRP_E_REVOKED,
			"school %s has been revoked; it can only come back under a new "
			"id",
			school);
	}
	struct drp_invite invite = {0};
	struct drp_rng rng = drp_system_rng();
	rng.fill(rng.self, invite.token, sizeof invite.token);
	snprintf(invite.school, sizeof invite.school, "%s", s.id);
	snprintf(invite.hub, sizeof invite.hub, "%s", hub->settings.name);
	snprintf(invite.url, sizeof invite.url, "%s", url);
	/* The file names a day; the invite is good until that day's end. */
	int64_t last_day = drp_day_of_ms(drp_hub_now_s(hub) * 1000) + (int64_t)days;
	invite.expires_s = (last_day + 1) * 86400 - 1;
	drp_keys_public(hub->keys, &invite.hub_key, invite.hub_box);
	struct drp_hash token;
	drp_hash_tagged("drempel invite 1", invite.token, sizeof invite.token, &token);
	err = name_notary(hub, &invite, diag);
	err = err ? err : drp_hub_begin(hub->store, diag);
	if (err == DRP_OK) {
		err = drp_hub_invite_put(
			hub->store, &token, s.id, invite.expires_s, diag);
		err = drp_hub_end(hub->store, err, diag);
	}
	if (err == DRP_OK) {
		drp_invite_write(&invite, text);
		err = text->failed ? DRP_E_NOMEM : DRP_OK;
	}
	drp_wipe(&invite, sizeof invite);
	return err;
}
