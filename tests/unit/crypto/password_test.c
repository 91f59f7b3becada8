/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/crypto/password.h"

#include "proto/crypto/crypto.h"
#include "tests/support/check.h"

static void recognised(void)
{
	char a[DRP_PASSWORD_TEXT], b[DRP_PASSWORD_TEXT];
	CHECK_OK(drp_crypto_init());
	CHECK_OK(drp_password_hash("secret", 6, a));
	CHECK_OK(drp_password_hash("secret", 6, b));
	CHECK(strncmp(a, "$argon2id$v=19$m=65536,t=2,", 27) == 0);
	CHECK(strcmp(a, b) != 0); /* a salt of its own */
	CHECK(!strstr(a, "secret"));
	CHECK_OK(drp_password_verify(a, "secret", 6));
	CHECK_OK(drp_password_verify(b, "secret", 6));
	CHECK_ERR(drp_password_verify(a, "secret", 5), DRP_E_SIGNATURE);
	CHECK_ERR(drp_password_verify(a, "Secret", 6), DRP_E_SIGNATURE);
	CHECK_ERR(drp_password_verify("", "secret", 6), DRP_E_SIGNATURE);
	CHECK_ERR(drp_password_verify("$argon2id$", "secret", 6), DRP_E_SIGNATURE);
}

int main(void)
{
	CASE("a secret is recognised by its argon2id text, which differs each time",
		recognised);
	return DONE();
}
