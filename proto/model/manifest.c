/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical form: a map. Days count from 1970-01-01, times in Unix seconds; groups are
 * 0 leader, 1 teacher, 2 pupil; families, maps, provinces and networks are numbered as
 * in types.h and manifest.h. Lists of records are maps of columns, all of one length.
 *   boards      uint         number of boards, 1..schools
 *   box         bin 32       X25519 key of the hub: contributions are sealed to it
 *   deadline    uint         contributions after it are refused
 *   folds       columns      family, from, into: codes of that family; the order counts
 *   from        uint         first day of the period
 *   hub         bin 32       Ed25519 key of the hub: signs manifest and receipts
 *   id          text         code by which commands know the campaign
 *   ids         bin 16 n     of the n units, ascending
 *   instrument  bin 32       hash of its canonical form
 *   keys        bin 32 s     Ed25519 keys of the s schools; zero: not enrolled
 *   notary      bin 32       Ed25519 key of the notary; these two and verify are zero on
 *                            the open track, and none of them is on the sealed one
 *   notary_box  bin 32       X25519 key of the notary: its shares are sealed to it
 *   region      text         code
 *   releases    columns      delta2, family, group, items (0 core, 1 additional with
 *                            points, 2 additional tick boxes), map, rho_den, rho_num,
 *                            sigma2
 *   replaces    bin 32       hash of the manifest of the campaign that lost its notary
 *                            and that this one takes the place of; zero: none
 *   rho         columns      den, num: budget of each group, reduced fractions
 *   sample      bool         the schools are a design-based sample
 *   thresholds  map          board_percent, boards, respondents [3], school_percent,
 *                            schools, unit [3]
 *   title       text         one line
 *   to          uint         last day of the period
 *   track       uint         0 open, 1 sealed
 *   units       columns      board, leader, level, network, province, pupil, school,
 *                            teacher: one entry per id; leader, pupil and teacher are
 *                            numbers of eligible people, school an index into keys
 *   verify      bin 32       commitment to the seed of the verification keys
 *   year        uint         in which the school year begins that is charged
 */
#include "proto/model/manifest.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "proto/model/columns.h"
#include "proto/model/manifest_check.h"

#include <stdlib.h>
#include <string.h>

static const char *const map_codes[DRP_MAPS] = {
	"counts", "pairs", "sums", "histogram", "ticks"};

const char *drp_map_code(int map)
{
	return map >= 0 && map < DRP_MAPS ? map_codes[map] : "?";
}

static const struct drp_column unit_columns[] = {
	DRP_COLUMN("board", drp_unit, board, DRP_SCHOOLS_MAX - 1),
	DRP_COLUMN("leader", drp_unit, eligible[DRP_LEADER], DRP_UNIT_ELIGIBLE_MAX),
	DRP_COLUMN("level", drp_unit, level, DRP_LEVELS),
	DRP_COLUMN("network", drp_unit, network, DRP_NETWORKS),
	DRP_COLUMN("province", drp_unit, province, DRP_PROVINCES),
	DRP_COLUMN("pupil", drp_unit, eligible[DRP_PUPIL], DRP_UNIT_ELIGIBLE_MAX),
	DRP_COLUMN("school", drp_unit, school, DRP_SCHOOLS_MAX - 1),
	DRP_COLUMN("teacher", drp_unit, eligible[DRP_TEACHER], DRP_UNIT_ELIGIBLE_MAX),
};

static const struct drp_column release_columns[] = {
	DRP_COLUMN("delta2", drp_release, delta2, DRP_DELTA2_MAX),
	DRP_COLUMN("family", drp_release, family, DRP_FAMILIES - 1),
	DRP_COLUMN("group", drp_release, group, DRP_GROUPS - 1),
	DRP_COLUMN("items", drp_release, items, DRP_RELEASE_ITEMS - 1),
	DRP_COLUMN("map", drp_release, map, DRP_MAPS - 1),
	DRP_COLUMN("rho_den", drp_release, rho.den, INT64_MAX),
	DRP_COLUMN("rho_num", drp_release, rho.num, INT64_MAX),
	DRP_COLUMN("sigma2", drp_release, sigma2, DRP_SIGMA2_MAX),
};

static const struct drp_column fold_columns[] = {
	DRP_COLUMN("family", drp_fold, family, DRP_FAMILIES - 1),
	DRP_COLUMN("from", drp_fold, from, UINT8_MAX),
	DRP_COLUMN("into", drp_fold, into, UINT8_MAX),
};

static const struct drp_column rho_columns[] = {
	DRP_COLUMN("den", drp_rational, den, INT64_MAX),
	DRP_COLUMN("num", drp_rational, num, INT64_MAX),
};

/* ---- out ---- */

static void write_thresholds(struct drp_writer *w, const struct drp_thresholds *t)
{
	drp_w_map(w, 6);
	drp_w_key(w, "board_percent");
	drp_w_uint(w, t->max_board_percent);
	drp_w_key(w, "boards");
	drp_w_uint(w, t->k_boards);
	drp_w_key(w, "respondents");
	drp_w_uints(w, t->k_respondents, DRP_GROUPS);
	drp_w_key(w, "school_percent");
	drp_w_uint(w, t->max_school_percent);
	drp_w_key(w, "schools");
	drp_w_uint(w, t->k_schools);
	drp_w_key(w, "unit");
	drp_w_uints(w, t->k_unit, DRP_GROUPS);
}

static void write_manifest(
	struct drp_writer *w, const struct drp_manifest *m, const struct drp_buf *ids)
{
	drp_w_map(w, 24);
	drp_w_key(w, "boards");
	drp_w_uint(w, m->n_boards);
	drp_w_key(w, "box");
	drp_w_bin(w, m->hub_box, sizeof m->hub_box);
	drp_w_key(w, "deadline");
	drp_w_int(w, m->deadline_s);
	drp_w_key(w, "folds");
	drp_columns_write(
		w, DRP_COLUMNS(fold_columns), m->fold, sizeof m->fold[0], m->n_folds);
	drp_w_key(w, "from");
	drp_w_int(w, m->period_from);
	drp_w_key(w, "hub");
	drp_w_bin(w, m->hub.b, sizeof m->hub.b);
	drp_w_key(w, "id");
	drp_w_str(w, m->id);
	drp_w_key(w, "ids");
	drp_w_bin(w, ids->data, ids->len);
	drp_w_key(w, "instrument");
	drp_w_bin(w, m->instrument.b, sizeof m->instrument.b);
	drp_w_key(w, "keys");
	drp_w_bin(w, m->key, m->n_schools * sizeof *m->key);
	drp_w_key(w, "notary");
	drp_w_bin(w, m->notary.b, sizeof m->notary.b);
	drp_w_key(w, "notary_box");
	drp_w_bin(w, m->notary_box, sizeof m->notary_box);
	drp_w_key(w, "region");
	drp_w_str(w, m->region);
	drp_w_key(w, "releases");
	drp_columns_write(w, DRP_COLUMNS(release_columns), m->release,
		sizeof m->release[0], m->n_releases);
	drp_w_key(w, "replaces");
	drp_w_bin(w, m->replaces.b, sizeof m->replaces.b);
	drp_w_key(w, "rho");
	drp_columns_write(
		w, DRP_COLUMNS(rho_columns), m->rho, sizeof m->rho[0], DRP_GROUPS);
	drp_w_key(w, "sample");
	drp_w_bool(w, m->sample);
	drp_w_key(w, "thresholds");
	write_thresholds(w, &m->thresholds);
	drp_w_key(w, "title");
	drp_w_str(w, m->title);
	drp_w_key(w, "to");
	drp_w_int(w, m->period_to);
	drp_w_key(w, "track");
	drp_w_uint(w, m->track);
	drp_w_key(w, "units");
	drp_columns_write(
		w, DRP_COLUMNS(unit_columns), m->unit, sizeof *m->unit, m->n_units);
	drp_w_key(w, "verify");
	drp_w_bin(w, m->verify.b, sizeof m->verify.b);
	drp_w_key(w, "year");
	drp_w_uint(w, m->year);
}

enum drp_err drp_manifest_encode(struct drp_manifest *manifest, struct drp_buf *out)
{
	struct drp_writer w = {0};
	struct drp_buf ids = {0};
	enum drp_err err = drp_manifest_check(manifest, NULL);
	if (err) {
		return err == DRP_E_MALFORMED ? DRP_E_RANGE : err;
	}
	for (size_t i = 0; i < manifest->n_units; i++) {
		drp_buf_append(
			&ids, manifest->unit[i].id.b, sizeof manifest->unit[i].id.b);
	}
	if (ids.failed) {
		err = DRP_E_NOMEM;
		goto cleanup;
	}
	write_manifest(&w, manifest, &ids);
	err = drp_w_finish(&w);
	if (err) {
		goto cleanup;
	}
	drp_buf_append(out, w.out.data, w.out.len);
	if (out->failed) {
		err = DRP_E_NOMEM;
		goto cleanup;
	}
	drp_hash_bytes(w.out.data, w.out.len, &manifest->hash);
cleanup:
	drp_buf_clear(&ids);
	drp_w_clear(&w);
	return err;
}

/* ---- in ---- */

static void read_thresholds(struct drp_reader *r, struct drp_thresholds *t)
{
	drp_r_map(r);
	drp_r_key(r, "board_percent");
	t->max_board_percent = (uint32_t)drp_r_uint(r, 1, 100);
	drp_r_key(r, "boards");
	t->k_boards = (uint32_t)drp_r_uint(r, 1, DRP_SCHOOLS_MAX);
	drp_r_key(r, "respondents");
	drp_r_uints(r, DRP_UNIT_ELIGIBLE_MAX, t->k_respondents, DRP_GROUPS);
	drp_r_key(r, "school_percent");
	t->max_school_percent = (uint32_t)drp_r_uint(r, 1, 100);
	drp_r_key(r, "schools");
	t->k_schools = (uint32_t)drp_r_uint(r, 1, DRP_SCHOOLS_MAX);
	drp_r_key(r, "unit");
	drp_r_uints(r, DRP_UNIT_ELIGIBLE_MAX, t->k_unit, DRP_GROUPS);
	drp_r_end_map(r);
}

/* A binary of whole pieces: their number, at most max. */
static const uint8_t *read_pieces(
	struct drp_reader *r, size_t piece, size_t max, uint32_t *n)
{
	size_t bytes;
	const uint8_t *data = drp_r_bin(r, piece * max, &bytes);
	if (bytes % piece) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
	*n = (uint32_t)(bytes / piece);
	return data;
}

static void read_ids(struct drp_reader *r, struct drp_manifest *m)
{
	uint32_t n;
	const uint8_t *ids = read_pieces(r, sizeof(struct drp_id), DRP_UNITS_MAX, &n);
	m->unit = drp_arena_alloc(&m->arena, n, sizeof *m->unit);
	if (!m->unit) {
		drp_r_fail(r, DRP_E_NOMEM);
		return;
	}
	m->n_units = n;
	for (size_t i = 0; i < n; i++) {
		memcpy(m->unit[i].id.b, ids + i * sizeof(struct drp_id),
			sizeof(struct drp_id));
	}
}

static void read_keys(struct drp_reader *r, struct drp_manifest *m)
{
	uint32_t n;
	const uint8_t *keys = read_pieces(r, sizeof(struct drp_key), DRP_SCHOOLS_MAX, &n);
	m->key = drp_arena_alloc(&m->arena, n, sizeof *m->key);
	if (!m->key) {
		drp_r_fail(r, DRP_E_NOMEM);
		return;
	}
	m->n_schools = n;
	if (n) {
		memcpy(m->key, keys, n * sizeof *m->key);
	}
}

static void read_manifest(struct drp_reader *r, struct drp_manifest *m)
{
	drp_r_map(r);
	drp_r_key(r, "boards");
	m->n_boards = (uint32_t)drp_r_uint(r, 1, DRP_SCHOOLS_MAX);
	drp_r_key(r, "box");
	drp_r_bytes(r, m->hub_box, sizeof m->hub_box);
	drp_r_key(r, "deadline");
	m->deadline_s = drp_r_int(r, 0, (int64_t)DRP_DAY_MAX * 86400);
	drp_r_key(r, "folds");
	m->n_folds = (uint16_t)drp_columns_read(
		r, DRP_COLUMNS(fold_columns), m->fold, sizeof m->fold[0], DRP_FOLDS_MAX);
	drp_r_key(r, "from");
	m->period_from = (int32_t)drp_r_int(r, 0, DRP_DAY_MAX);
	drp_r_key(r, "hub");
	drp_r_bytes(r, m->hub.b, sizeof m->hub.b);
	drp_r_key(r, "id");
	drp_r_str(r, m->id, sizeof m->id);
	drp_r_key(r, "ids");
	read_ids(r, m);
	drp_r_key(r, "instrument");
	drp_r_bytes(r, m->instrument.b, sizeof m->instrument.b);
	drp_r_key(r, "keys");
	read_keys(r, m);
	drp_r_key(r, "notary");
	drp_r_bytes(r, m->notary.b, sizeof m->notary.b);
	drp_r_key(r, "notary_box");
	drp_r_bytes(r, m->notary_box, sizeof m->notary_box);
	drp_r_key(r, "region");
	drp_r_str(r, m->region, sizeof m->region);
	drp_r_key(r, "releases");
	m->n_releases = (uint16_t)drp_columns_read(r, DRP_COLUMNS(release_columns),
		m->release, sizeof m->release[0], DRP_RELEASES_MAX);
	drp_r_key(r, "replaces");
	drp_r_bytes(r, m->replaces.b, sizeof m->replaces.b);
	drp_r_key(r, "rho");
	if (drp_columns_read(r, DRP_COLUMNS(rho_columns), m->rho, sizeof m->rho[0],
		    DRP_GROUPS) != DRP_GROUPS) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
	drp_r_key(r, "sample");
	m->sample = (uint8_t)drp_r_bool(r);
	drp_r_key(r, "thresholds");
	read_thresholds(r, &m->thresholds);
	drp_r_key(r, "title");
	drp_r_str(r, m->title, sizeof m->title);
	drp_r_key(r, "to");
	m->period_to = (int32_t)drp_r_int(r, 0, DRP_DAY_MAX);
	drp_r_key(r, "track");
	m->track = (uint8_t)drp_r_uint(r, 0, DRP_TRACK_SEALED);
	drp_r_key(r, "units");
	if (drp_columns_read(r, DRP_COLUMNS(unit_columns), m->unit, sizeof *m->unit,
		    m->n_units) != m->n_units) {
		drp_r_fail(r, DRP_E_MALFORMED);
	}
	drp_r_key(r, "verify");
	drp_r_bytes(r, m->verify.b, sizeof m->verify.b);
	drp_r_key(r, "year");
	m->year = (uint32_t)drp_r_uint(r, 0, UINT32_MAX);
	drp_r_end_map(r);
}

static enum drp_err parse(
	const void *bytes, size_t n, struct drp_manifest *m, struct drp_diag *diag)
{
	struct drp_reader *r;
	enum drp_err err = n > DRP_BLOB_MAX_BYTES ? DRP_E_TOOBIG : DRP_OK;
	err = err ? err : drp_r_open(bytes, n, DRP_BLOB_ITEMS_MAX, &r);
	if (err) {
		return drp_fail(diag, err,
			"these bytes are not a manifest: %s; fetch it again",
			drp_err_text(err));
	}
	read_manifest(r, m);
	const char *field = drp_r_field(r);
	err = drp_r_close(r);
	if (err) {
		return drp_fail(diag, err,
			"the manifest cannot be read at its field \"%s\": %s; fetch it "
			"again",
			field, drp_err_text(err));
	}
	return drp_manifest_check(m, diag);
}

/* The only bytes that stand for a manifest are those that it encodes to. */
static enum drp_err compare(
	const void *bytes, size_t n, struct drp_manifest *m, struct drp_diag *diag)
{
	struct drp_buf again = {0};
	enum drp_err err = drp_manifest_encode(m, &again);
	if (!err && (again.len != n || memcmp(again.data, bytes, n) != 0)) {
		err = DRP_E_MALFORMED;
	}
	drp_buf_clear(&again);
	return err ? drp_fail(diag, err,
			     "the manifest is not in canonical form: %s; fetch it "
			     "again",
			     drp_err_text(err))
		   : DRP_OK;
}

enum drp_err drp_manifest_decode(const void *bytes, size_t n,
	struct drp_manifest **manifest, struct drp_diag *diag)
{
	struct drp_manifest *m = drp_alloc(1, sizeof *m);
	if (!m) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for a manifest");
	}
	enum drp_err err = parse(bytes, n, m, diag);
	err = err ? err : compare(bytes, n, m, diag);
	if (err) {
		drp_manifest_free(m);
		return err;
	}
	*manifest = m;
	return DRP_OK;
}

void drp_manifest_free(struct drp_manifest *manifest)
{
	if (manifest) {
		drp_arena_clear(&manifest->arena);
		drp_free(manifest);
	}
}

/* ---- look-ups ---- */

static int by_id(const void *id, const void *unit)
{
	return memcmp(id, ((const struct drp_unit *)unit)->id.b, sizeof(struct drp_id));
}

const struct drp_unit *drp_manifest_unit(
	const struct drp_manifest *manifest, const struct drp_id *id)
{
	return bsearch(
		id->b, manifest->unit, manifest->n_units, sizeof *manifest->unit, by_id);
}

const struct drp_release *drp_manifest_release(const struct drp_manifest *manifest,
	enum drp_group group, enum drp_family family, enum drp_release_items items)
{
	for (size_t i = 0; i < manifest->n_releases; i++) {
		const struct drp_release *r = &manifest->release[i];
		if (r->group == group && r->family == family && r->items == items) {
			return r;
		}
	}
	return NULL;
}
