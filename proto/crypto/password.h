/* SPDX-License-Identifier: Apache-2.0
 *
 * Secrets that are recognised later and never kept: argon2id, with the parameters and
 * the salt inside the text (libsodium's crypto_pwhash_str, "interactive": 64 MiB, about a
 * tenth of a second). Threads: any, after drp_crypto_init.
 */
#ifndef DRP_CRYPTO_PASSWORD_H
#define DRP_CRYPTO_PASSWORD_H

#include <drempel/err.h>

#include <stddef.h>

#define DRP_PASSWORD_TEXT 128 /* with the final NUL */

enum drp_err drp_password_hash(const void *secret, size_t n,
	char text[DRP_PASSWORD_TEXT]) DRP_MUST_CHECK; /* DRP_E_NOMEM */

/* drp_password_verify: DRP_OK or DRP_E_SIGNATURE. */
enum drp_err drp_password_verify(
	const char *text, const void *secret, size_t n) DRP_MUST_CHECK;

#endif
