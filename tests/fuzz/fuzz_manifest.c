/* SPDX-License-Identifier: Apache-2.0
 *
 * A manifest that is accepted is canonical, is named by the hash of its bytes, and its
 * indices stay inside its tables.
 */
#include "proto/crypto/crypto.h"
#include "proto/model/manifest.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_units(const struct drp_manifest *m)
{
	REQUIRE(m->n_units <= DRP_UNITS_MAX && m->n_schools <= DRP_SCHOOLS_MAX);
	REQUIRE(m->n_releases <= DRP_RELEASES_MAX && m->n_folds <= DRP_FOLDS_MAX);
	for (uint32_t i = 0; i < m->n_units; i++) {
		const struct drp_unit *unit = &m->unit[i];
		REQUIRE(unit->school < m->n_schools && unit->board < m->n_boards);
		REQUIRE(drp_manifest_unit(m, &unit->id) == unit);
		REQUIRE(i == 0 || memcmp(m->unit[i - 1].id.b, unit->id.b, 16) < 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drp_manifest *manifest = NULL;
	struct drp_buf out = {0};
	struct drp_diag diag = {0};
	struct drp_hash hash;
	if (drp_manifest_decode(data, size, &manifest, &diag) != DRP_OK) {
		REQUIRE(manifest == NULL);
		return 0;
	}
	check_units(manifest);
	drp_hash_bytes(data, size, &hash);
	REQUIRE(drp_hash_equal(&manifest->hash, &hash));
	REQUIRE(drp_manifest_encode(manifest, &out) == DRP_OK);
	REQUIRE(out.len == size && memcmp(out.data, data, size) == 0);
	REQUIRE(drp_hash_equal(&manifest->hash, &hash));
	drp_buf_clear(&out);
	drp_manifest_free(manifest);
	return 0;
}
