/* SPDX-License-Identifier: Apache-2.0
 *
 * An invite file: whatever it holds, it is read whole or refused with a reason.
 */
#include "proto/session/invite.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drp_buf text = {0};
	struct drp_invite invite;
	struct drp_diag diag = {0};
	drp_buf_append(&text, data, size);
	const char *s = drp_buf_string(&text);
	if (s && drp_invite_read(s, &invite, &diag) != DRP_OK) {
		REQUIRE(diag.text[0] != 0);
	}
	drp_buf_clear(&text);
	return 0;
}
