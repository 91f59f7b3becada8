/* SPDX-License-Identifier: Apache-2.0
 *
 * An instrument that is accepted is canonical: encoding it gives the same bytes. Its
 * indices lie within its lists, and every text that may be read is there.
 */
#include "proto/model/instrument.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void require_texts(const struct drp_instrument *in, const struct drp_text *text)
{
	for (int l = 0; l < in->n_languages; l++) {
		REQUIRE(text->in[l] && text->in[l][0]);
		REQUIRE(strlen(text->in[l]) <= DRP_TEXT_MAX_BYTES);
	}
}

static void require_item(const struct drp_instrument *in, const struct drp_item *item)
{
	REQUIRE(item->area < in->n_areas);
	REQUIRE(item->scale < in->n_scales);
	REQUIRE(item->groups != 0 && item->groups >> DRP_GROUPS == 0);
	REQUIRE(item->kind != DRP_ITEM_CORE || in->scale[item->scale].points == 5);
	for (int g = 0; g < DRP_GROUPS; g++) {
		if (item->groups >> g & 1) {
			require_texts(in, &item->wording[g]);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drp_instrument *in = NULL;
	struct drp_buf out = {0};
	if (drp_instrument_decode(data, size, &in) != DRP_OK) {
		REQUIRE(in == NULL);
		return 0;
	}
	require_texts(in, &in->title);
	for (int i = 0; i < in->n_items; i++) {
		require_item(in, &in->item[i]);
		REQUIRE(drp_instrument_item(in, in->item[i].code) == i);
	}
	REQUIRE(drp_instrument_encode(in, &out) == DRP_OK);
	REQUIRE(out.len == size && memcmp(out.data, data, size) == 0);
	drp_buf_clear(&out);
	drp_instrument_free(in);
	return 0;
}
