/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/manifest.h"

#include "proto/base/alloc.h"
#include "proto/crypto/crypto.h"

#include "tests/support/check.h"
#include "tests/support/test_rng.h"

#include <stdlib.h>

/* Three schools of two boards, one of two levels, one not enrolled. */
static struct drp_manifest *sample(void)
{
	static struct drp_manifest m;
	static struct drp_key key[3];
	static struct drp_unit unit[4];
	memset(&m, 0, sizeof m);
	memset(key, 0, sizeof key);
	memset(unit, 0, sizeof unit);
	strcpy(m.id, "voorjaar-2026");
	strcpy(m.title, "Zelfreflectie voorjaar 2026 — Vlaanderen");
	strcpy(m.region, "BE2");
	m.track = DRP_TRACK_OPEN;
	m.sample = 1;
	m.year = 2025;
	m.period_from = 20500;
	m.period_to = 20530;
	m.deadline_s = 1777000000;
	memset(m.instrument.b, 0x11, 32);
	memset(m.hub.b, 0x22, 32);
	memset(m.hub_box, 0x33, 32);
	m.thresholds = (struct drp_thresholds){5, 3, 50, 70, {5, 10, 20}, {6, 11, 21}};
	m.rho[DRP_LEADER] = (struct drp_rational){243559, 10000000};
	m.rho[DRP_TEACHER] = (struct drp_rational){185069, 1000000};
	m.rho[DRP_PUPIL] = (struct drp_rational){1, 3};
	m.n_releases = 3;
	m.release[0] = (struct drp_release){DRP_TEACHER, DRP_FAMILY_REGION, DRP_MAP_PAIRS,
		0, {185069, 1000000}, 200, 541};
	m.release[1] = (struct drp_release){
		DRP_TEACHER, DRP_FAMILY_PROVINCE, DRP_MAP_PAIRS, 0, {0, 1}, 200, 541};
	m.release[2] = (struct drp_release){
		DRP_LEADER, DRP_FAMILY_LEVEL, DRP_MAP_COUNTS, 0, {0, 1}, 0, 0};
	m.n_folds = 2;
	m.fold[0] = (struct drp_fold){DRP_FAMILY_PROVINCE, DRP_BE10, DRP_BE24};
	m.fold[1] = (struct drp_fold){DRP_FAMILY_PROVINCE_LEVEL, 3, 4};
	m.n_schools = 3;
	m.n_boards = 2;
	m.key = key;
	memset(key[0].b, 0x44, 32);
	memset(key[2].b, 0x55, 32);
	m.n_units = 4;
	m.unit = unit;
	for (uint8_t i = 0; i < 4; i++) {
		memset(unit[i].id.b, 0x60 + i, 16);
		unit[i].school = i % 3;
		unit[i].board = i % 3 == 1;
		unit[i].level = i == 3 ? 3 : 1;
		unit[i].province = (uint8_t)(DRP_BE21 + i);
		unit[i].network = (uint8_t)(DRP_GO + i);
		unit[i].eligible[DRP_LEADER] = i;
		unit[i].eligible[DRP_TEACHER] = 40u + i;
		unit[i].eligible[DRP_PUPIL] = 70000u + i;
	}
	return &m;
}

static const struct drp_key sample_notary = {{0x76, 1}};

/* The same on the sealed track, in place of another campaign. */
static struct drp_manifest *seal(struct drp_manifest *m)
{
	m->track = DRP_TRACK_SEALED;
	m->notary = sample_notary;
	memset(m->notary_box, 0x77, 32);
	memset(m->verify.b, 0x78, 32);
	memset(m->replaces.b, 0x79, 32);
	m->release[1].rho = (struct drp_rational){1, 9};
	m->release[3] = (struct drp_release){DRP_PUPIL, DRP_FAMILY_REGION, DRP_MAP_TICKS,
		DRP_RELEASE_TICKS, {1, 8}, 12, 48};
	m->n_releases = 4;
	return m;
}

static struct drp_buf encoded(struct drp_manifest *m)
{
	struct drp_buf bytes = {0};
	CHECK_OK(drp_manifest_encode(m, &bytes));
	return bytes;
}

static void manifests_come_back(void)
{
	struct drp_manifest *m = sample(), *back = NULL;
	struct drp_diag diag = {0};
	struct drp_buf bytes = {0};
	struct drp_hash hash;
	drp_buf_text(&bytes, "xyz"); /* encode appends */
	CHECK_OK(drp_manifest_encode(m, &bytes));
	drp_hash_bytes(bytes.data + 3, bytes.len - 3, &hash);
	CHECK(drp_hash_equal(&hash, &m->hash));
	CHECK_OK(drp_manifest_decode(bytes.data + 3, bytes.len - 3, &back, &diag));
	CHECK_INT(diag.code, DRP_OK);
	CHECK(drp_hash_equal(&hash, &back->hash));
	CHECK_STR(back->id, m->id);
	CHECK_STR(back->title, m->title);
	CHECK_STR(back->region, m->region);
	CHECK_INT(back->track, m->track);
	CHECK_INT(back->sample, 1);
	CHECK_INT(back->year, 2025);
	CHECK_INT(back->period_from, 20500);
	CHECK_INT(back->period_to, 20530);
	CHECK_INT(back->deadline_s, 1777000000);
	CHECK_MEM(&back->instrument, &m->instrument, 32);
	CHECK_MEM(&back->hub, &m->hub, 32);
	CHECK_MEM(back->hub_box, m->hub_box, 32);
	CHECK_MEM(&back->thresholds, &m->thresholds, sizeof m->thresholds);
	CHECK_MEM(back->rho, m->rho, sizeof m->rho);
	CHECK_INT(back->n_releases, 3);
	for (int i = 0; i < 3; i++) {
		const struct drp_release *a = &back->release[i], *b = &m->release[i];
		CHECK(a->group == b->group && a->family == b->family && a->map == b->map);
		CHECK(a->items == b->items && a->rho.num == b->rho.num);
		CHECK(a->rho.den == b->rho.den && a->delta2 == b->delta2);
		CHECK_INT(a->sigma2, b->sigma2);
	}
	CHECK_INT(back->n_folds, 2);
	CHECK_MEM(back->fold, m->fold, 2 * sizeof m->fold[0]);
	CHECK_INT(back->n_schools, 3);
	CHECK_INT(back->n_boards, 2);
	CHECK_MEM(back->key, m->key, 3 * sizeof *m->key);
	CHECK_INT(back->n_units, 4);
	CHECK_MEM(back->unit, m->unit, 4 * sizeof *m->unit);
	drp_manifest_free(back);
	drp_buf_clear(&bytes);
}

static void look_ups(void)
{
	struct drp_manifest *m = sample();
	for (size_t i = 0; i < m->n_units; i++) {
		CHECK(drp_manifest_unit(m, &m->unit[i].id) == &m->unit[i]);
	}
	struct drp_id unknown = m->unit[2].id;
	unknown.b[15]++;
	CHECK(drp_manifest_unit(m, &unknown) == NULL);
	CHECK(drp_manifest_release(m, DRP_TEACHER, DRP_FAMILY_PROVINCE,
		      DRP_RELEASE_CORE) == &m->release[1]);
	CHECK(drp_manifest_release(
		      m, DRP_TEACHER, DRP_FAMILY_REGION, DRP_RELEASE_ADDITIONAL) == NULL);
	CHECK(drp_manifest_release(m, DRP_PUPIL, DRP_FAMILY_REGION, DRP_RELEASE_CORE) ==
		NULL);
	static const char *const code[DRP_MAPS] = {
		"counts", "pairs", "sums", "histogram", "ticks"};
	for (int map = 0; map < DRP_MAPS; map++) {
		CHECK_STR(drp_map_code(map), code[map]);
	}
	CHECK_STR(drp_map_code(DRP_MAPS), "?");
}

/* Anything that changes, changes the hash. */
static void every_byte_counts(void)
{
	struct drp_manifest *m = sample();
	struct drp_buf bytes = encoded(m);
	int decoded = 0;
	for (size_t at = 0; at < bytes.len; at++) {
		for (int bit = 0; bit < 8; bit++) {
			struct drp_manifest *got = NULL;
			struct drp_diag diag = {0};
			bytes.data[at] ^= (uint8_t)(1 << bit);
			if (drp_manifest_decode(bytes.data, bytes.len, &got, &diag) ==
				DRP_OK) {
				struct drp_buf again = encoded(got);
				CHECK(!drp_hash_equal(&got->hash, &m->hash));
				CHECK_INT(again.len, bytes.len);
				CHECK_MEM(again.data, bytes.data, bytes.len);
				drp_buf_clear(&again);
				decoded++;
			} else {
				CHECK(got == NULL && diag.code != DRP_OK && diag.text[0]);
			}
			drp_manifest_free(got);
			bytes.data[at] ^= (uint8_t)(1 << bit);
		}
	}
	CHECK(decoded > 100);
	drp_buf_clear(&bytes);
}

static void truncated_or_longer_bytes_fail(void)
{
	struct drp_buf bytes = encoded(sample());
	struct drp_manifest *got = NULL;
	for (size_t n = 0; n < bytes.len; n++) {
		CHECK(drp_manifest_decode(bytes.data, n, &got, NULL) != DRP_OK);
	}
	drp_buf_append(&bytes, "", 1);
	CHECK(drp_manifest_decode(bytes.data, bytes.len, &got, NULL) != DRP_OK);
	CHECK(got == NULL);
	drp_buf_clear(&bytes);
	static const uint8_t large[DRP_BLOB_MAX_BYTES + 1];
	CHECK_ERR(drp_manifest_decode(large, sizeof large, &got, NULL), DRP_E_TOOBIG);
}

/* Finds the text of a key in the bytes and returns the place after it. */
static size_t after(const struct drp_buf *bytes, const char *key)
{
	size_t n = strlen(key);
	for (size_t i = 1; i + n <= bytes->len; i++) {
		if (bytes->data[i - 1] == (0xa0 | n) &&
			memcmp(bytes->data + i, key, n) == 0) {
			return i + n;
		}
	}
	CHECK(0);
	return 0;
}

static void check_field(const struct drp_buf *bytes, const char *field)
{
	struct drp_manifest *got = NULL;
	struct drp_diag diag = {0};
	char quoted[40];
	snprintf(quoted, sizeof quoted, "\"%s\"", field);
	CHECK_ERR(drp_manifest_decode(bytes->data, bytes->len, &got, &diag),
		DRP_E_MALFORMED);
	if (!strstr(diag.text, quoted)) {
		printf("# %s is not named: %s\n", quoted, diag.text);
	}
	CHECK(strstr(diag.text, quoted) != NULL);
}

/* The place after the value at a place, of the forms that a manifest has. */
static size_t skip(const uint8_t *b, size_t at)
{
	size_t inside = 0;
	uint8_t form = b[at++];
	switch (form) {
	case 0xc2:
	case 0xc3:
		return at;
	case 0xc4: /* bin 8 */
	case 0xd9: /* str 8 */
		return at + 1 + b[at];
	case 0xcc:
	case 0xcd:
	case 0xce:
	case 0xcf: /* uint 8 to 64 */
		return at + ((size_t)1 << (form - 0xcc));
	default:
		break;
	}
	if (form < 0x80) {
		return at;
	}
	if ((form & 0xe0) == 0xa0) {
		return at + (form & 0x1f);
	}
	CHECK(form < 0xa0 || form == 0xde);
	inside = form < 0x90   ? 2u * (form & 15)
		 : form < 0xa0 ? form & 15u
			       : 2u * b[at + 1];
	at += form == 0xde ? 2 : 0; /* map 16 */
	while (inside--) {
		at = skip(b, at);
	}
	return at;
}

/* nil in the place of any value is an error at that field. */
static void unreadable_fields_are_named(void)
{
	static const char *const fields[] = {"boards", "box", "deadline", "folds", "from",
		"hub", "id", "ids", "instrument", "keys", "notary", "notary_box",
		"region", "releases", "replaces", "rho", "verify", "sample", "thresholds",
		"title", "to", "track", "units", "year", "into", "items", "delta2",
		"group", "map", "rho_den", "rho_num", "sigma2", "den", "num",
		"board_percent", "respondents", "school_percent", "schools", "unit",
		"board", "leader", "level", "network", "province", "pupil", "school",
		"teacher"};
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		struct drp_buf bytes = encoded(sample());
		size_t at = after(&bytes, fields[i]), end = skip(bytes.data, at);
		memmove(bytes.data + at + 1, bytes.data + end, bytes.len - end);
		bytes.data[at] = 0xc0;
		bytes.len -= end - at - 1;
		check_field(&bytes, fields[i]);
		drp_buf_clear(&bytes);
	}
	/* Another key in its place, still ascending. */
	struct drp_buf bytes = encoded(sample());
	bytes.data[after(&bytes, "region") - 1] = 'o';
	check_field(&bytes, "region");
	drp_buf_clear(&bytes);
}

static void odd_lengths_are_named(void)
{
	/* A column that is shorter than the first. */
	struct drp_buf short_column = encoded(sample());
	size_t last = after(&short_column, "into");
	CHECK_INT(short_column.data[last], 0x92);
	short_column.data[last] = 0x91;
	memmove(short_column.data + last + 2, short_column.data + last + 3,
		short_column.len - last - 3);
	short_column.len--;
	check_field(&short_column, "into");
	drp_buf_clear(&short_column);
	/* Three keys and a byte. */
	struct drp_buf odd = encoded(sample());
	size_t size = after(&odd, "keys") + 1;
	CHECK_INT(odd.data[size], 96);
	odd.data[size]++;
	drp_buf_append(&odd, "", 1);
	memmove(odd.data + size + 1, odd.data + size, odd.len - size - 1);
	odd.data[size] = 97;
	check_field(&odd, "keys");
	drp_buf_clear(&odd);
}

/* Bytes that can be read but contradict each other. */
static void inconsistent_bytes_are_named(void)
{
	struct drp_buf bytes = encoded(sample());
	size_t at = after(&bytes, "ids") + 2; /* bin 8 and its length */
	CHECK_INT(bytes.data[at], 0x60);
	memset(bytes.data + at, 0x7f, 16);
	check_field(&bytes, "ids");
	memset(bytes.data + at, 0x61, 16); /* as the next one */
	check_field(&bytes, "ids");
	drp_buf_clear(&bytes);
	bytes = encoded(sample());
	at = after(&bytes, "school") + 1;
	CHECK_INT(bytes.data[at + 1], 1);
	bytes.data[at + 1] = 3; /* of 0..2 */
	check_field(&bytes, "units");
	drp_buf_clear(&bytes);
	bytes = encoded(sample());
	at = after(&bytes, "keys") + 2;
	memset(bytes.data + at + 32, 0x44, 32);
	check_field(&bytes, "keys");
	drp_buf_clear(&bytes);
}

static int tried;

/* Encode refuses what decode would, so each broken rule is tried there. */
static void check_refused(struct drp_manifest *m)
{
	struct drp_buf bytes = {0};
	tried++;
	if (drp_manifest_encode(m, &bytes) != DRP_E_RANGE || bytes.len) {
		printf("# try %d was encoded\n", tried);
		drp_buf_clear(&bytes);
		CHECK(0);
	}
}

#define REFUSE(change)                                                                   \
	do {                                                                             \
		struct drp_manifest *m = sample();                                       \
		change;                                                                  \
		check_refused(m);                                                        \
	} while (0)

static void heads_out_of_range(void)
{
	REFUSE(strcpy(m->id, ""));
	REFUSE(strcpy(m->id, "a b"));
	REFUSE(memset(m->id, 'a', sizeof m->id - 1); strcpy(m->id, "../x"));
	REFUSE(strcpy(m->title, ""));
	REFUSE(strcpy(m->title, "two\nlines"));
	REFUSE(strcpy(m->title, "\xff"));
	REFUSE(strcpy(m->region, "B E"));
	REFUSE(m->track = 2);
	REFUSE(m->sample = 2);
	REFUSE(m->year = 1969);
	REFUSE(m->year = 2244);
	REFUSE(m->period_to = m->period_from - 1);
	REFUSE(m->period_from = -1);
	REFUSE(m->period_to = 100001);
	REFUSE(m->deadline_s = -1);
	REFUSE(m->deadline_s = INT64_MAX);
}

static void thresholds_and_budgets_out_of_range(void)
{
	REFUSE(m->thresholds.k_schools = 0);
	REFUSE(m->thresholds.k_boards = 0);
	REFUSE(m->thresholds.k_schools = DRP_SCHOOLS_MAX + 1);
	REFUSE(m->thresholds.k_boards = DRP_SCHOOLS_MAX + 1);
	REFUSE(m->thresholds.max_school_percent = 0);
	REFUSE(m->thresholds.max_school_percent = 101);
	REFUSE(m->thresholds.max_board_percent = 0);
	REFUSE(m->thresholds.max_board_percent = 101);
	for (int g = 0; g < DRP_GROUPS; g++) {
		REFUSE(m->thresholds.k_respondents[g] = 0);
		REFUSE(m->thresholds.k_unit[g] = 0);
		REFUSE(m->thresholds.k_respondents[g] = DRP_UNIT_ELIGIBLE_MAX + 1);
		REFUSE(m->thresholds.k_unit[g] = DRP_UNIT_ELIGIBLE_MAX + 1);
		REFUSE(m->rho[g].num = 0);
		REFUSE(m->rho[g] = ((struct drp_rational){-1, 3}));
		REFUSE(m->rho[g] = ((struct drp_rational){1, 0}));
		REFUSE(m->rho[g] = ((struct drp_rational){2, 4}));
	}
}

static void releases_out_of_range(void)
{
	REFUSE(m->n_releases = DRP_RELEASES_MAX + 1);
	REFUSE(m->release[0].group = DRP_GROUPS);
	REFUSE(m->release[0].family = DRP_FAMILIES);
	REFUSE(m->release[0].map = DRP_MAPS);
	REFUSE(m->release[0].items = DRP_RELEASE_ITEMS);
	/* Ticks are of tick boxes, and tick boxes have nothing else. */
	REFUSE(m->release[0].items = DRP_RELEASE_TICKS);
	REFUSE(m->release[0].map = DRP_MAP_TICKS);
	REFUSE(m->release[2].items = DRP_RELEASE_TICKS);
	REFUSE(m->release[0].delta2 = 0);
	REFUSE(m->release[0].delta2 = DRP_DELTA2_MAX + 1);
	REFUSE(m->release[0].sigma2 = 0);
	REFUSE(m->release[0].sigma2 = DRP_SIGMA2_MAX + 1u);
	REFUSE(m->release[0].rho =
			((struct drp_rational){0, 1})); /* the draw is charged */
	REFUSE(m->release[0].rho = ((struct drp_rational){-1, 2}));
	REFUSE(m->release[0].rho = ((struct drp_rational){2, 2}));
	REFUSE(m->release[1].rho = ((struct drp_rational){0, 2}));
	REFUSE(seal(m); m->release[1].rho.num = 0); /* there every release draws */
	REFUSE(m->release[2].delta2 = 1);
	REFUSE(m->release[2].sigma2 = 1);
	REFUSE(m->release[2].rho = ((struct drp_rational){1, 2}));
	REFUSE(m->release[1].family = DRP_FAMILY_REGION); /* a second of the same */
}

static void notaries_out_of_range(void)
{
	struct drp_buf bytes = encoded(seal(sample()));
	struct drp_manifest *got = NULL;
	CHECK_OK(drp_manifest_decode(bytes.data, bytes.len, &got, NULL));
	CHECK_MEM(&got->notary, &sample_notary, 32);
	CHECK_INT(got->notary_box[0], 0x77);
	CHECK_INT(got->verify.b[31], 0x78);
	CHECK_INT(got->replaces.b[0], 0x79);
	CHECK_INT(got->release[3].items, DRP_RELEASE_TICKS);
	drp_manifest_free(got);
	drp_buf_clear(&bytes);
	REFUSE(m->track = DRP_TRACK_SEALED);
	REFUSE(seal(m); memset(m->notary.b, 0, 32));
	REFUSE(seal(m); memset(m->notary_box, 0, 32));
	REFUSE(seal(m); memset(m->verify.b, 0, 32));
	REFUSE(seal(m); m->notary = m->hub);
	REFUSE(seal(m); memcpy(m->notary_box, m->hub_box, 32));
	REFUSE(seal(m); m->track = DRP_TRACK_OPEN);
	REFUSE(m->notary.b[31] = 1);
	REFUSE(m->notary_box[0] = 1);
	REFUSE(m->verify.b[9] = 1);
	struct drp_manifest *m = sample(); /* an open campaign may replace one too */
	m->replaces.b[0] = 1;
	bytes = encoded(m);
	drp_buf_clear(&bytes);
}

static void folds_out_of_range(void)
{
	REFUSE(m->n_folds = DRP_FOLDS_MAX + 1);
	REFUSE(m->fold[0].family = DRP_FAMILIES);
	REFUSE(m->fold[0].family = DRP_FAMILY_REGION);
	REFUSE(m->fold[0].from = 0);
	REFUSE(m->fold[0].into = 0);
	REFUSE(m->fold[0].from = DRP_PROVINCES + 1);
	REFUSE(m->fold[0].into = DRP_PROVINCES + 1);
	REFUSE(m->fold[1].into = DRP_LEVELS + 1);
	REFUSE(m->fold[1].into = m->fold[1].from);
}

static void units_out_of_range(void)
{
	REFUSE(m->n_units = 0);
	REFUSE(m->n_units = DRP_UNITS_MAX + 1);
	REFUSE(m->n_schools = 0);
	REFUSE(m->n_schools = DRP_SCHOOLS_MAX + 1);
	REFUSE(m->n_schools = 2); /* unit 2 is of school 2 */
	REFUSE(m->n_boards = 0);
	REFUSE(m->n_boards = 1);
	REFUSE(m->n_boards = 4); /* more than schools */
	REFUSE(m->unit[1].board = 2);
	REFUSE(m->unit[1].level = 0);
	REFUSE(m->unit[1].level = DRP_LEVELS + 1);
	REFUSE(m->unit[1].province = 0);
	REFUSE(m->unit[1].province = DRP_PROVINCES + 1);
	REFUSE(m->unit[1].network = 0);
	REFUSE(m->unit[1].network = DRP_NETWORKS + 1);
	REFUSE(m->unit[1].eligible[DRP_PUPIL] = DRP_UNIT_ELIGIBLE_MAX + 1);
	REFUSE(m->unit[1].id = m->unit[2].id);
	REFUSE(m->unit[1].id.b[0] = 0xff);
	REFUSE(m->unit[3].level = 1);  /* school 0 has that level */
	REFUSE(m->unit[3].board = 1);  /* school 0 is of board 0 */
	REFUSE(m->key[2] = m->key[0]); /* one node for two schools */
}

static void schools_without_a_key(void)
{
	struct drp_manifest *m = sample();
	memset(m->key, 0, 3 * sizeof *m->key);
	struct drp_buf bytes = encoded(m);
	struct drp_manifest *got = NULL;
	CHECK_OK(drp_manifest_decode(bytes.data, bytes.len, &got, NULL));
	drp_manifest_free(got);
	drp_buf_clear(&bytes);
}

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct drp_id));
}

static void the_largest_fits_a_blob(void)
{
	struct drp_manifest *m = sample(), *got = NULL;
	struct drp_test_rng_state state;
	struct drp_rng rng = drp_test_rng(&state, 1);
	m->n_schools = DRP_SCHOOLS_MAX;
	m->n_boards = DRP_SCHOOLS_MAX;
	m->n_units = DRP_UNITS_MAX;
	m->key = drp_alloc(m->n_schools, sizeof *m->key);
	m->unit = drp_alloc(m->n_units, sizeof *m->unit);
	CHECK(m->key && m->unit);
	for (uint32_t s = 0; s < DRP_SCHOOLS_MAX; s++) {
		rng.fill(rng.self, m->key[s].b, sizeof m->key[s].b);
		for (uint8_t l = 0; l < 2; l++) {
			struct drp_unit *u = &m->unit[2 * s + l];
			rng.fill(rng.self, u->id.b, sizeof u->id.b);
			*u = (struct drp_unit){u->id, s, s, (uint8_t)(4 + l),
				DRP_PROVINCES, DRP_NETWORKS,
				{DRP_UNIT_ELIGIBLE_MAX, DRP_UNIT_ELIGIBLE_MAX,
					DRP_UNIT_ELIGIBLE_MAX}};
		}
	}
	qsort(m->unit, m->n_units, sizeof *m->unit, by_id);
	struct drp_buf bytes = encoded(m);
	CHECK(bytes.len < DRP_BLOB_MAX_BYTES);
	CHECK_OK(drp_manifest_decode(bytes.data, bytes.len, &got, NULL));
	CHECK_MEM(got->unit, m->unit, m->n_units * sizeof *m->unit);
	CHECK_MEM(got->key, m->key, m->n_schools * sizeof *m->key);
	drp_manifest_free(got);
	drp_buf_clear(&bytes);
	drp_free(m->key);
	drp_free(m->unit);
}

/* Each allocation of a decode fails once: an error, nothing left behind. */
static void out_of_memory(void)
{
	struct drp_buf bytes = encoded(sample());
	struct drp_manifest *got = NULL;
	enum drp_err err = DRP_E_NOMEM;
	unsigned long at = 0;
	while (err == DRP_E_NOMEM) {
		drp_alloc_hook(++at, 0);
		err = drp_manifest_decode(bytes.data, bytes.len, &got, NULL);
		drp_alloc_hook(0, 0);
		CHECK(err == DRP_OK || got == NULL);
	}
	CHECK_OK(err);
	CHECK(at > 8);
	drp_manifest_free(got);
	drp_buf_clear(&bytes);
	drp_manifest_free(NULL);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	CASE("a manifest comes back as it was", manifests_come_back);
	CASE("units, releases and map codes are found", look_ups);
	CASE("a changed bit fails or gives another hash", every_byte_counts);
	CASE("truncated or longer bytes fail", truncated_or_longer_bytes_fail);
	CASE("a field that cannot be read is named", unreadable_fields_are_named);
	CASE("a field of an odd length is named", odd_lengths_are_named);
	CASE("a field that contradicts another is named", inconsistent_bytes_are_named);
	CASE("head out of range", heads_out_of_range);
	CASE("thresholds and budgets out of range", thresholds_and_budgets_out_of_range);
	CASE("releases out of range", releases_out_of_range);
	CASE("a sealed campaign names its notary, an open one none",
		notaries_out_of_range);
	CASE("folds out of range", folds_out_of_range);
	CASE("units, schools and boards out of range", units_out_of_range);
	CASE("schools that have not enrolled have no key", schools_without_a_key);
	CASE("the largest manifest fits a blob", the_largest_fits_a_blob);
	CASE("running out of memory is an error", out_of_memory);
	return DONE();
}
