/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical form: a map
 *   accounting  array of [group, family, map, delta2, sigma2, draws, rho num, rho den]
 *   campaign    text
 *   created     Unix seconds
 *   manifest    bin 32
 *   number      1, 2, 3 ...
 *   opened      array of [group, family, provinces, levels, networks, map, items,
 *               draws, [sums]]
 *   rows        15 arrays of one length: family and group (uint), 12 texts in the
 *               order of text_column below, status (uint, its ASCII code)
 *   schools     [registered, took part]
 */
#include "proto/model/edition.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"
#include "proto/model/manifest.h"
#include "proto/wire/reader.h"
#include "proto/wire/writer.h"

#include <stddef.h>
#include <string.h>

#define EDITION_ITEMS_MAX 4000000
#define ROWS_MAX	  200000
#define OPENED_MAX	  (DRP_GROUPS * DRP_RELEASE_ITEMS * DRP_COHORTS_MAX)

struct drp_observation *drp_edition_add(struct drp_edition *edition)
{
	size_t n = edition->n_observations;
	if (n % 1024 == 0) {
		struct drp_observation *more = drp_realloc(
			edition->observation, n + 1024, sizeof *edition->observation);
		if (!more) {
			return NULL;
		}
		edition->observation = more;
	}
	struct drp_observation *o = &edition->observation[edition->n_observations++];
	memset(o, 0, sizeof *o);
	o->status = DRP_SHOWN;
	return o;
}

enum drp_err drp_edition_archive(struct drp_edition *e, const struct drp_opened *opened,
	const int64_t *values, size_t n)
{
	if (n > DRP_OPENED_VALUES_MAX) {
		return DRP_E_RANGE;
	}
	struct drp_opened *more =
		drp_realloc(e->opened, e->n_opened + 1, sizeof *e->opened);
	if (!more) {
		return DRP_E_NOMEM;
	}
	e->opened = more;
	struct drp_opened *o = &e->opened[e->n_opened];
	*o = *opened;
	o->n_values = (uint32_t)n;
	o->value = drp_alloc(n, sizeof *o->value);
	if (!o->value) {
		return DRP_E_NOMEM;
	}
	memcpy(o->value, values, n * sizeof *o->value);
	e->n_opened++;
	return DRP_OK;
}

void drp_edition_free(struct drp_edition *edition)
{
	if (!edition) {
		return;
	}
	for (size_t i = 0; edition->opened && i < edition->n_opened; i++) {
		drp_free(edition->opened[i].value);
	}
	drp_free(edition->opened);
	drp_free(edition->accounting);
	drp_free(edition->observation);
	drp_free(edition);
}

/* The text columns of an observation. */
static const struct {
	size_t offset, size;
} text_column[] = {
#define COLUMN(field)                                                                    \
	{                                                                                \
		offsetof(struct drp_observation, field),                                 \
			sizeof((struct drp_observation *)0)->field                       \
	}
	COLUMN(province),
	COLUMN(level),
	COLUMN(network),
	COLUMN(area),
	COLUMN(item),
	COLUMN(measure),
	COLUMN(value),
	COLUMN(se),
	COLUMN(low),
	COLUMN(high),
	COLUMN(n),
	COLUMN(schools),
#undef COLUMN
};
#define TEXT_COLUMNS (sizeof text_column / sizeof text_column[0])

static void write_rows(struct drp_writer *w, const struct drp_edition *e)
{
	drp_w_array(w, 3 + TEXT_COLUMNS);
	drp_w_array(w, e->n_observations);
	for (size_t i = 0; i < e->n_observations; i++) {
		drp_w_uint(w, e->observation[i].family);
	}
	drp_w_array(w, e->n_observations);
	for (size_t i = 0; i < e->n_observations; i++) {
		drp_w_uint(w, e->observation[i].group);
	}
	for (size_t c = 0; c < TEXT_COLUMNS; c++) {
		drp_w_array(w, e->n_observations);
		for (size_t i = 0; i < e->n_observations; i++) {
			drp_w_str(w,
				(const char *)&e->observation[i] + text_column[c].offset);
		}
	}
	drp_w_array(w, e->n_observations);
	for (size_t i = 0; i < e->n_observations; i++) {
		drp_w_uint(w, (uint8_t)e->observation[i].status);
	}
}

static void write_accounting(struct drp_writer *w, const struct drp_edition *e)
{
	drp_w_array(w, e->n_accounting);
	for (size_t i = 0; i < e->n_accounting; i++) {
		const struct drp_accounting *a = &e->accounting[i];
		int64_t fields[] = {a->group, a->family, a->map, a->delta2, a->sigma2,
			a->draws, a->rho.num, a->rho.den};
		drp_w_ints(w, fields, sizeof fields / sizeof fields[0]);
	}
}

static void write_opened(struct drp_writer *w, const struct drp_edition *e)
{
	drp_w_array(w, e->n_opened);
	for (size_t i = 0; i < e->n_opened; i++) {
		const struct drp_opened *o = &e->opened[i];
		drp_w_array(w, 9);
		drp_w_uint(w, o->group);
		drp_w_uint(w, o->cohort.family);
		drp_w_uint(w, o->cohort.provinces);
		drp_w_uint(w, o->cohort.levels);
		drp_w_uint(w, o->cohort.networks);
		drp_w_uint(w, o->map);
		drp_w_uint(w, o->items);
		drp_w_uint(w, o->draws);
		drp_w_ints(w, o->value, o->n_values);
	}
}

enum drp_err drp_edition_encode(struct drp_edition *e, struct drp_buf *out)
{
	struct drp_writer w = {0};
	drp_w_map(&w, 8);
	drp_w_key(&w, "accounting");
	write_accounting(&w, e);
	drp_w_key(&w, "campaign");
	drp_w_str(&w, e->campaign);
	drp_w_key(&w, "created");
	drp_w_uint(&w, (uint64_t)e->created_s);
	drp_w_key(&w, "manifest");
	drp_w_bin(&w, e->manifest.b, sizeof e->manifest.b);
	drp_w_key(&w, "number");
	drp_w_uint(&w, e->number);
	drp_w_key(&w, "opened");
	write_opened(&w, e);
	drp_w_key(&w, "rows");
	write_rows(&w, e);
	drp_w_key(&w, "schools");
	drp_w_array(&w, 2);
	drp_w_uint(&w, e->schools_registered);
	drp_w_uint(&w, e->schools_took_part);
	enum drp_err err = drp_w_finish(&w);
	if (err == DRP_OK) {
		drp_hash_bytes(w.out.data, w.out.len, &e->hash);
		drp_buf_append(out, w.out.data, w.out.len);
		err = out->failed ? DRP_E_NOMEM : DRP_OK;
	}
	drp_w_clear(&w);
	return err;
}

static int is_status(char c)
{
	return c == DRP_SHOWN || c == DRP_SUPPRESSED || c == DRP_UNRELIABLE ||
	       c == DRP_NOT_AVAILABLE || c == DRP_NOT_APPLICABLE;
}

static void read_column(struct drp_reader *r, size_t rows, uint64_t max, uint8_t *first,
	struct drp_edition *e)
{
	if (drp_r_array(r, ROWS_MAX) != rows) {
		drp_r_fail(r, DRP_E_MALFORMED);
		return;
	}
	for (size_t i = 0; i < rows; i++) {
		first[i * sizeof *e->observation] = (uint8_t)drp_r_uint(r, 0, max);
	}
	drp_r_end_array(r);
}

static enum drp_err read_rows(struct drp_reader *r, struct drp_edition *e)
{
	if (drp_r_array(r, 3 + TEXT_COLUMNS) != 3 + TEXT_COLUMNS) {
		return DRP_E_MALFORMED;
	}
	size_t rows = drp_r_array(r, ROWS_MAX);
	for (size_t i = 0; i < rows; i++) {
		struct drp_observation *o = drp_edition_add(e);
		if (!o) {
			return DRP_E_NOMEM;
		}
		o->family = (uint8_t)drp_r_uint(r, 0, DRP_FAMILIES - 1);
	}
	drp_r_end_array(r);
	if (rows == 0) {
		return DRP_E_MALFORMED;
	}
	read_column(r, rows, DRP_GROUPS, &e->observation[0].group, e);
	for (size_t c = 0; c < TEXT_COLUMNS; c++) {
		if (drp_r_array(r, ROWS_MAX) != rows) {
			return DRP_E_MALFORMED;
		}
		for (size_t i = 0; i < rows; i++) {
			drp_r_str(r, (char *)&e->observation[i] + text_column[c].offset,
				text_column[c].size);
		}
		drp_r_end_array(r);
	}
	read_column(r, rows, 127, (uint8_t *)&e->observation[0].status, e);
	for (size_t i = 0; i < rows; i++) {
		if (!is_status(e->observation[i].status)) {
			return DRP_E_MALFORMED;
		}
	}
	drp_r_end_array(r);
	return DRP_OK;
}

static enum drp_err read_accounting(struct drp_reader *r, struct drp_edition *e)
{
	e->n_accounting = drp_r_array(r, DRP_RELEASES_MAX);
	e->accounting = drp_alloc(e->n_accounting, sizeof *e->accounting);
	if (!e->accounting) {
		return DRP_E_NOMEM;
	}
	for (size_t i = 0; i < e->n_accounting; i++) {
		struct drp_accounting *a = &e->accounting[i];
		if (drp_r_array(r, 8) != 8) {
			return DRP_E_MALFORMED;
		}
		a->group = (uint8_t)drp_r_uint(r, 0, DRP_GROUPS - 1);
		a->family = (uint8_t)drp_r_uint(r, 0, DRP_FAMILIES);
		a->map = (uint8_t)drp_r_uint(r, 0, DRP_MAPS - 1);
		a->delta2 = (uint32_t)drp_r_uint(r, 0, DRP_DELTA2_MAX);
		a->sigma2 = (uint32_t)drp_r_uint(r, 0, DRP_SIGMA2_MAX);
		a->draws = (uint32_t)drp_r_uint(r, 0, UINT32_MAX);
		a->rho.num = drp_r_int(r, 0, INT64_MAX);
		a->rho.den = drp_r_int(r, 1, INT64_MAX);
		drp_r_end_array(r);
	}
	drp_r_end_array(r);
	return DRP_OK;
}

static enum drp_err read_opened(struct drp_reader *r, struct drp_edition *e)
{
	e->n_opened = drp_r_array(r, OPENED_MAX);
	e->opened = drp_alloc(e->n_opened, sizeof *e->opened);
	if (!e->opened) {
		return DRP_E_NOMEM;
	}
	for (size_t i = 0; i < e->n_opened; i++) {
		struct drp_opened *o = &e->opened[i];
		if (drp_r_array(r, 9) != 9) {
			return DRP_E_MALFORMED;
		}
		o->group = (uint8_t)drp_r_uint(r, 0, DRP_GROUPS - 1);
		o->cohort.family = (enum drp_family)drp_r_uint(r, 0, DRP_FAMILIES - 1);
		o->cohort.provinces = (uint16_t)drp_r_uint(r, 0, UINT16_MAX);
		o->cohort.levels = (uint16_t)drp_r_uint(r, 0, UINT16_MAX);
		o->cohort.networks = (uint16_t)drp_r_uint(r, 0, UINT16_MAX);
		o->map = (uint8_t)drp_r_uint(r, 0, DRP_MAPS - 1);
		o->items = (uint8_t)drp_r_uint(r, 0, DRP_RELEASE_ITEMS - 1);
		o->draws = (uint32_t)drp_r_uint(r, 0, UINT32_MAX);
		o->n_values = (uint32_t)drp_r_array(r, DRP_OPENED_VALUES_MAX);
		o->value = drp_alloc(o->n_values, sizeof *o->value);
		if (!o->value) {
			return DRP_E_NOMEM;
		}
		for (uint32_t v = 0; v < o->n_values; v++) {
			o->value[v] = drp_r_int(r, INT64_MIN, INT64_MAX);
		}
		drp_r_end_array(r);
		drp_r_end_array(r);
	}
	drp_r_end_array(r);
	return DRP_OK;
}

static enum drp_err read_edition(struct drp_reader *r, struct drp_edition *e)
{
	drp_r_map(r);
	drp_r_key(r, "accounting");
	enum drp_err err = read_accounting(r, e);
	drp_r_key(r, "campaign");
	drp_r_str(r, e->campaign, sizeof e->campaign);
	drp_r_key(r, "created");
	e->created_s = (int64_t)drp_r_uint(r, 0, INT64_MAX);
	drp_r_key(r, "manifest");
	drp_r_bytes(r, e->manifest.b, sizeof e->manifest.b);
	drp_r_key(r, "number");
	e->number = (uint32_t)drp_r_uint(r, 1, UINT32_MAX);
	drp_r_key(r, "opened");
	err = err ? err : read_opened(r, e);
	if (err) {
		return err;
	}
	drp_r_key(r, "rows");
	err = read_rows(r, e);
	drp_r_key(r, "schools");
	(void)drp_r_array(r, 2);
	e->schools_registered = (uint32_t)drp_r_uint(r, 0, UINT32_MAX);
	e->schools_took_part = (uint32_t)drp_r_uint(r, 0, UINT32_MAX);
	drp_r_end_array(r);
	drp_r_end_map(r);
	return err;
}

enum drp_err drp_edition_decode(const void *bytes, size_t n, struct drp_edition **edition)
{
	struct drp_edition *e = drp_alloc(1, sizeof *e);
	struct drp_reader *r = NULL;
	enum drp_err err = e ? drp_r_open(bytes, n, EDITION_ITEMS_MAX, &r) : DRP_E_NOMEM;
	if (err == DRP_OK) {
		err = read_edition(r, e);
		enum drp_err end = drp_r_close(r);
		err = err ? err : end;
	}
	if (err) {
		drp_edition_free(e);
		return err;
	}
	drp_hash_bytes(bytes, n, &e->hash);
	*edition = e;
	return DRP_OK;
}
