/* SPDX-License-Identifier: Apache-2.0
 *
 * An instrument is a versioned questionnaire: groups, areas, items, scales and
 * additional areas. It is written as YAML (schema: deploy/instruments/README.md) and
 * named by the BLAKE2b-256 hash of its canonical MessagePack form, by which nodes
 * fetch it from the hub. Requirements R1-R4, R14. Threads: read-only after loading.
 */
#ifndef DRP_MODEL_INSTRUMENT_H
#define DRP_MODEL_INSTRUMENT_H

#include "proto/base/arena.h"
#include "proto/base/buf.h"

#include <drempel/err.h>
#include <drempel/limits.h>
#include <drempel/types.h>

#include <stddef.h>

enum drp_item_kind {
	DRP_ITEM_CORE,
	DRP_ITEM_ADDITIONAL,
	DRP_ITEM_OPTIONAL,
	DRP_ITEM_TEXT
};

/* A text in each of the instrument's languages, in their order. */
struct drp_text {
	const char *in[DRP_LANGUAGES_MAX];
};

struct drp_scale {
	char code[DRP_CODE_MAX];
	uint8_t points; /* 2..7; 0 = tick box */
	uint8_t has_na; /* "not applicable" may be answered */
	struct drp_text label[DRP_POINTS_MAX];
};

struct drp_area {
	char code[DRP_CODE_MAX]; /* A..F, X1..X6 */
	uint8_t additional;
	struct drp_text name;
};

struct drp_item {
	char code[DRP_CODE_MAX];
	uint8_t area;	/* index */
	uint8_t scale;	/* index; 0 and meaningless for a text */
	uint8_t kind;	/* enum drp_item_kind */
	uint8_t groups; /* bit g set: asked of group g */
	uint8_t levels; /* bit l set: asked at level l only; 0 = every level */
	struct drp_text wording[DRP_GROUPS]; /* only of groups that are asked */
};

struct drp_instrument {
	struct drp_arena arena;
	char id[DRP_CODE_MAX * 2];
	char version[DRP_CODE_MAX];
	struct drp_text title;
	char language[DRP_LANGUAGES_MAX][DRP_CODE_MAX]; /* "nl-BE" ... */
	uint8_t n_languages, n_scales, n_areas;
	uint16_t n_items;
	struct drp_scale scale[DRP_SCALES_MAX];
	struct drp_area area[DRP_AREAS_MAX];
	struct drp_item item[DRP_ITEMS_MAX];
	struct drp_hash hash; /* of the canonical form */
};

/* drp_instrument_load reads YAML; diag names file and line. Returns a new object whose
 * hash is set (after drp_crypto_init). */
enum drp_err drp_instrument_load(const char *path, struct drp_instrument **instrument,
	struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_instrument_encode appends the canonical form; drp_instrument_decode accepts
 * only bytes that encode back to themselves, and returns a new object. */
enum drp_err drp_instrument_encode(
	const struct drp_instrument *instrument, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_instrument_decode(
	const void *bytes, size_t n, struct drp_instrument **instrument) DRP_MUST_CHECK;
void drp_instrument_free(struct drp_instrument *instrument);

/* drp_instrument_item finds an item by code, -1 when there is none. */
int drp_instrument_item(const struct drp_instrument *instrument, const char *code);

/* drp_instrument_language finds a language, or else the first with the same primary
 * part ("nl" or "nl-SR" find nl-BE); -1 when there is none. */
int drp_instrument_language(
	const struct drp_instrument *instrument, const char *language);

/* drp_instrument_vector lists, in instrument order, the items of that kind (core or
 * additional) that every unit of the campaign asks of the group: at most
 * DRP_ITEMS_MAX indices. Only these ever have counters above the school. */
size_t drp_instrument_vector(const struct drp_instrument *instrument,
	enum drp_group group, enum drp_item_kind kind, uint16_t items[DRP_ITEMS_MAX]);

#endif
