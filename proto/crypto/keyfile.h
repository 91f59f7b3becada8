/* SPDX-License-Identifier: Apache-2.0
 *
 * Secrets in files; inside this room only. A key file is created once, for its owner's
 * eyes, and is on the disk when the call returns. Format: keyfile.c.
 * Threads: any.
 */
#ifndef DRP_CRYPTO_KEYFILE_H
#define DRP_CRYPTO_KEYFILE_H

#include <drempel/err.h>

#include <stddef.h>
#include <stdint.h>

#define DRP_KEYFILE_SECRET_MAX_BYTES 64

/* drp_keyfile_create writes n secret bytes under the name of their kind. DRP_E_EXISTS
 * when there is anything at that path, DRP_E_FULL, DRP_E_IO. */
enum drp_err drp_keyfile_create(const char *path, const char *kind, const uint8_t *secret,
	size_t n, struct drp_diag *diag) DRP_MUST_CHECK;

/* drp_keyfile_load reads them back. DRP_E_NOTFOUND; DRP_E_CONFIG when others may read
 * the file, when it is of another kind or when it is damaged; DRP_E_IO. */
enum drp_err drp_keyfile_load(const char *path, const char *kind, uint8_t *secret,
	size_t n, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
