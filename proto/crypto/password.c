/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/crypto/password.h"

#include <sodium.h>

_Static_assert(crypto_pwhash_STRBYTES == DRP_PASSWORD_TEXT, "a password's text");

enum drp_err drp_password_hash(const void *secret, size_t n, char text[DRP_PASSWORD_TEXT])
{
	return crypto_pwhash_str_alg(text, secret, n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
		       crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13)
		       ? DRP_E_NOMEM
		       : DRP_OK;
}

enum drp_err drp_password_verify(const char *text, const void *secret, size_t n)
{
	return crypto_pwhash_str_verify(text, secret, n) ? DRP_E_SIGNATURE : DRP_OK;
}
