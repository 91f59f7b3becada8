/* SPDX-License-Identifier: Apache-2.0
 *
 * Three symmetric keys come from one secret and never meet: key of purpose P is keyed
 * BLAKE2b-256 of the text P, with P "drempel request" or "drempel reply" for a message
 * key and "drempel store" for a campaign's key.
 *
 *	box:	nonce (24, random) | ciphertext | tag (16)
 *	seal:	crypto_box_seal of the message key (80) | box
 */
#include "proto/crypto/crypto.h"

#include "proto/base/alloc.h"
#include "proto/crypto/keyfile.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define NONCE_BYTES	 crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES	 crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SEALED_KEY_BYTES (DRP_MESSAGE_KEY_BYTES + crypto_box_SEALBYTES)
_Static_assert(
	SEALED_KEY_BYTES + NONCE_BYTES + TAG_BYTES == DRP_SEAL_BYTES, "a seal's length");
#define SEED_BYTES	 crypto_sign_SEEDBYTES
#define BOX_SECRET_BYTES crypto_box_SECRETKEYBYTES

struct drp_keys {
	uint8_t sign_secret[crypto_sign_SECRETKEYBYTES]; /* seed, then public key */
	struct drp_key sign_public;
	uint8_t box_secret[BOX_SECRET_BYTES];
	uint8_t box_public[DRP_BOX_KEY_BYTES];
};

_Static_assert(SEED_BYTES + BOX_SECRET_BYTES == DRP_KEYFILE_SECRET_MAX_BYTES, "key file");
_Static_assert(crypto_sign_BYTES == DRP_SIGNATURE_BYTES, "signature");
_Static_assert(crypto_sign_PUBLICKEYBYTES == sizeof(struct drp_key), "signing key");
_Static_assert(crypto_box_PUBLICKEYBYTES == DRP_BOX_KEY_BYTES, "box key");

enum drp_err drp_crypto_init(void)
{
	return sodium_init() < 0 ? DRP_E_ENTROPY : DRP_OK;
}

void drp_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

/* Hashes */

void drp_hash_bytes(const void *bytes, size_t n, struct drp_hash *hash)
{
	crypto_generichash(hash->b, sizeof hash->b, bytes, n, NULL, 0);
}

void drp_hash_tagged(const char *tag, const void *bytes, size_t n, struct drp_hash *hash)
{
	crypto_generichash_state state;
	size_t tag_n = strlen(tag);
	uint8_t length = (uint8_t)tag_n;
	if (tag_n > UINT8_MAX) {
		abort(); /* tags are constants of this program */
	}
	crypto_generichash_init(&state, NULL, 0, sizeof hash->b);
	crypto_generichash_update(&state, &length, 1);
	crypto_generichash_update(&state, (const uint8_t *)tag, tag_n);
	crypto_generichash_update(&state, bytes, n);
	crypto_generichash_final(&state, hash->b, sizeof hash->b);
}

int drp_hash_equal(const struct drp_hash *a, const struct drp_hash *b)
{
	return sodium_memcmp(a->b, b->b, sizeof a->b) == 0;
}

/* Keys */

/* keys_of computes both pairs from a seed and a box secret. */
static enum drp_err keys_of(
	const uint8_t secret[DRP_KEYFILE_SECRET_MAX_BYTES], struct drp_keys **keys)
{
	struct drp_keys *k = sodium_malloc(sizeof *k);
	if (!k) {
		return DRP_E_NOMEM;
	}
	crypto_sign_seed_keypair(k->sign_public.b, k->sign_secret, secret);
	memcpy(k->box_secret, secret + SEED_BYTES, BOX_SECRET_BYTES);
	crypto_scalarmult_base(k->box_public, k->box_secret);
	sodium_mprotect_readonly(k);
	*keys = k;
	return DRP_OK;
}

enum drp_err drp_keys_new(struct drp_keys **keys)
{
	uint8_t secret[DRP_KEYFILE_SECRET_MAX_BYTES];
	randombytes_buf(secret, sizeof secret);
	enum drp_err err = keys_of(secret, keys);
	drp_wipe(secret, sizeof secret);
	return err;
}

enum drp_err drp_keys_load(
	const char *path, struct drp_keys **keys, struct drp_diag *diag)
{
	uint8_t secret[DRP_KEYFILE_SECRET_MAX_BYTES];
	enum drp_err err = drp_keyfile_load(path, "keys", secret, sizeof secret, diag);
	if (err == DRP_OK) {
		err = keys_of(secret, keys);
	}
	drp_wipe(secret, sizeof secret);
	return err == DRP_E_NOMEM ? drp_fail(diag, err, "no guarded memory for %s", path)
				  : err;
}

enum drp_err drp_keys_save(
	const struct drp_keys *keys, const char *path, struct drp_diag *diag)
{
	uint8_t secret[DRP_KEYFILE_SECRET_MAX_BYTES];
	memcpy(secret, keys->sign_secret, SEED_BYTES);
	memcpy(secret + SEED_BYTES, keys->box_secret, BOX_SECRET_BYTES);
	enum drp_err err = drp_keyfile_create(path, "keys", secret, sizeof secret, diag);
	drp_wipe(secret, sizeof secret);
	return err;
}

void drp_keys_free(struct drp_keys *keys)
{
	sodium_free(keys); /* wipes; NULL is allowed */
}

void drp_keys_public(
	const struct drp_keys *keys, struct drp_key *sign, uint8_t box[DRP_BOX_KEY_BYTES])
{
	*sign = keys->sign_public;
	memcpy(box, keys->box_public, DRP_BOX_KEY_BYTES);
}

/* Signatures */

void drp_sign(const struct drp_keys *keys, const char *tag, const void *bytes, size_t n,
	uint8_t signature[DRP_SIGNATURE_BYTES])
{
	struct drp_hash hash;
	drp_hash_tagged(tag, bytes, n, &hash);
	crypto_sign_detached(signature, NULL, hash.b, sizeof hash.b, keys->sign_secret);
}

enum drp_err drp_verify(const struct drp_key *signer, const char *tag, const void *bytes,
	size_t n, const uint8_t signature[DRP_SIGNATURE_BYTES])
{
	struct drp_hash hash;
	drp_hash_tagged(tag, bytes, n, &hash);
	return crypto_sign_verify_detached(signature, hash.b, sizeof hash.b, signer->b) ==
			       0
		       ? DRP_OK
		       : DRP_E_SIGNATURE;
}

/* Seals */

struct part {
	const void *bytes;
	size_t n;
};

static void derive(const uint8_t secret[32], const char *purpose, uint8_t key[32])
{
	crypto_generichash(
		key, 32, (const uint8_t *)purpose, strlen(purpose), secret, 32);
}

static enum drp_err append(struct drp_buf *out, const void *bytes, size_t n)
{
	drp_buf_append(out, bytes, n);
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}

/* box_seal appends head and then a box of the plain bytes. */
static enum drp_err box_seal(const uint8_t secret[32], const char *purpose,
	struct part head, struct part context, struct part plain, struct drp_buf *out)
{
	uint8_t key[32];
	if (plain.n > SIZE_MAX / 4) {
		return DRP_E_TOOBIG;
	}
	size_t n = head.n + NONCE_BYTES + plain.n + TAG_BYTES;
	uint8_t *box = drp_alloc(n, 1);
	if (!box) {
		return DRP_E_NOMEM;
	}
	if (head.n) {
		memcpy(box, head.bytes, head.n);
	}
	uint8_t *nonce = box + head.n;
	randombytes_buf(nonce, NONCE_BYTES);
	derive(secret, purpose, key);
	crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE_BYTES, NULL, plain.bytes,
		plain.n, context.bytes, context.n, NULL, nonce, key);
	drp_wipe(key, sizeof key);
	enum drp_err err = append(out, box, n);
	drp_free(box);
	return err;
}

/* box_open appends the plain bytes of a box. */
static enum drp_err box_open(const uint8_t secret[32], const char *purpose,
	struct part context, struct part box, struct drp_buf *out)
{
	uint8_t key[32];
	if (box.n < NONCE_BYTES + TAG_BYTES) {
		return DRP_E_SIGNATURE;
	}
	size_t n = box.n - NONCE_BYTES - TAG_BYTES;
	uint8_t *plain = drp_alloc(n, 1);
	if (!plain) {
		return DRP_E_NOMEM;
	}
	const uint8_t *nonce = box.bytes;
	derive(secret, purpose, key);
	int bad = crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
		nonce + NONCE_BYTES, n + TAG_BYTES, context.bytes, context.n, nonce, key);
	drp_wipe(key, sizeof key);
	enum drp_err err = bad ? DRP_E_SIGNATURE : append(out, plain, n);
	drp_wipe(plain, n);
	drp_free(plain);
	return err;
}

enum drp_err drp_seal(const uint8_t box[DRP_BOX_KEY_BYTES], const void *context,
	size_t context_n, const void *bytes, size_t n, struct drp_buf *out,
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES])
{
	uint8_t key[DRP_MESSAGE_KEY_BYTES], sealed_key[SEALED_KEY_BYTES];
	randombytes_buf(key, sizeof key);
	if (crypto_box_seal(sealed_key, key, sizeof key, box) != 0) {
		drp_wipe(key, sizeof key);
		return DRP_E_SIGNATURE; /* not the key of any recipient */
	}
	enum drp_err err = box_seal(key, "drempel request",
		(struct part){sealed_key, sizeof sealed_key},
		(struct part){context, context_n}, (struct part){bytes, n}, out);
	if (err == DRP_OK) {
		memcpy(message_key, key, sizeof key);
	}
	drp_wipe(key, sizeof key);
	return err;
}

enum drp_err drp_unseal(const struct drp_keys *keys, const void *context,
	size_t context_n, const void *sealed, size_t n, struct drp_buf *out,
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES])
{
	uint8_t key[DRP_MESSAGE_KEY_BYTES];
	const uint8_t *bytes = sealed;
	if (n < SEALED_KEY_BYTES || crypto_box_seal_open(key, bytes, SEALED_KEY_BYTES,
					    keys->box_public, keys->box_secret) != 0) {
		return DRP_E_SIGNATURE;
	}
	enum drp_err err = box_open(key, "drempel request",
		(struct part){context, context_n},
		(struct part){bytes + SEALED_KEY_BYTES, n - SEALED_KEY_BYTES}, out);
	if (err == DRP_OK) {
		memcpy(message_key, key, sizeof key);
	}
	drp_wipe(key, sizeof key);
	return err;
}

enum drp_err drp_reply_seal(const uint8_t message_key[DRP_MESSAGE_KEY_BYTES],
	const void *context, size_t context_n, const void *bytes, size_t n,
	struct drp_buf *out)
{
	return box_seal(message_key, "drempel reply", (struct part){0},
		(struct part){context, context_n}, (struct part){bytes, n}, out);
}

enum drp_err drp_reply_open(const uint8_t message_key[DRP_MESSAGE_KEY_BYTES],
	const void *context, size_t context_n, const void *sealed, size_t n,
	struct drp_buf *out)
{
	return box_open(message_key, "drempel reply", (struct part){context, context_n},
		(struct part){sealed, n}, out);
}

enum drp_err drp_store_seal(const uint8_t key[32], const void *context, size_t context_n,
	const void *bytes, size_t n, struct drp_buf *out)
{
	return box_seal(key, "drempel store", (struct part){0},
		(struct part){context, context_n}, (struct part){bytes, n}, out);
}

enum drp_err drp_store_open(const uint8_t key[32], const void *context, size_t context_n,
	const void *sealed, size_t n, struct drp_buf *out)
{
	return box_open(key, "drempel store", (struct part){context, context_n},
		(struct part){sealed, n}, out);
}
