/* SPDX-License-Identifier: Apache-2.0
 *
 * A card: whatever it holds, it is read whole or refused with a reason.
 */
#include "proto/session/card.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drp_buf text = {0};
	struct drp_card card;
	struct drp_diag diag = {0};
	drp_buf_append(&text, data, size);
	const char *s = drp_buf_string(&text);
	if (s && drp_card_read(s, &card, &diag) != DRP_OK) {
		REQUIRE(diag.text[0] != 0);
	}
	drp_buf_clear(&text);
	return 0;
}
