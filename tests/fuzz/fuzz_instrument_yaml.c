/* SPDX-License-Identifier: Apache-2.0
 *
 * A file that its author got wrong gets one line that says so; a file that is accepted
 * has a canonical form, which decodes to the same hash.
 */
#include "proto/base/text.h"
#include "proto/crypto/crypto.h"
#include "proto/model/instrument.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void require_form(const struct drp_instrument *in)
{
	struct drp_buf form = {0};
	struct drp_instrument *back = NULL;
	REQUIRE(drp_instrument_encode(in, &form) == DRP_OK);
	REQUIRE(drp_instrument_decode(form.data, form.len, &back) == DRP_OK);
	REQUIRE(drp_hash_equal(&back->hash, &in->hash));
	drp_buf_clear(&form);
	drp_instrument_free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drp_instrument *in = NULL;
	struct drp_diag diag = {0};
	char path[64];
	int fd = memfd_create("instrument.yaml", 0);
	REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	enum drp_err err = drp_instrument_load(path, &in, &diag);
	REQUIRE(err == diag.code);
	if (err) {
		REQUIRE(in == NULL && strncmp(diag.text, path, strlen(path)) == 0);
		REQUIRE(!strchr(diag.text, '\n') && !strchr(diag.text, '\033'));
		REQUIRE(drp_utf8_valid(diag.text, strlen(diag.text)));
	} else {
		require_form(in);
		drp_instrument_free(in);
	}
	close(fd);
	return 0;
}
