/* SPDX-License-Identifier: Apache-2.0
 *
 * All the cryptography of Drempel; the only room that sees libsodium.
 * Signatures are Ed25519 over a BLAKE2b-256 digest that begins with a domain tag, so
 * that a signature made for one purpose never verifies for another. Sealing is a fresh
 * 32-byte message key in crypto_box_seal (X25519) plus XChaCha20-Poly1305 with the
 * context as associated data; the answer to a sealed request is encrypted under a key
 * derived from the same message key, so only the addressee can have made it.
 * Secret keys live in sodium-guarded memory and are wiped by their free function.
 * Threads: any, after drp_crypto_init. Claim: PRIVACY.md "On the wire".
 */
#ifndef DRP_CRYPTO_CRYPTO_H
#define DRP_CRYPTO_CRYPTO_H

#include "proto/base/buf.h"
#include "proto/base/env.h"

#include <drempel/err.h>
#include <drempel/types.h>

#include <stddef.h>
#include <stdint.h>

#define DRP_SIGNATURE_BYTES   64
#define DRP_BOX_KEY_BYTES     32
#define DRP_MESSAGE_KEY_BYTES 32
#define DRP_SEAL_BYTES	      120 /* that a seal is longer than what is in it */

/* drp_crypto_init must succeed before anything else here is called. */
enum drp_err drp_crypto_init(void) DRP_MUST_CHECK;

/* drp_system_rng is the operating system's randomness behind a pool that is wiped as it
 * is consumed and discarded on fork; two processes never share a pool. */
struct drp_rng drp_system_rng(void);

void drp_hash_bytes(const void *bytes, size_t n, struct drp_hash *hash);

/* drp_hash_tagged: BLAKE2b-256 over len8(tag) | tag | bytes. */
void drp_hash_tagged(const char *tag, const void *bytes, size_t n, struct drp_hash *hash);

int drp_hash_equal(const struct drp_hash *a, const struct drp_hash *b);

/* A key pair for signing (Ed25519) and one for opening seals (X25519). */
struct drp_keys; /* opaque, guarded memory */

/* drp_keys_new makes fresh keys; drp_keys_load reads a file written by drp_keys_save
 * (mode 0600, created exclusively, fsynced, never overwritten: DRP_E_EXISTS). A file
 * that others may read, or that is damaged, is DRP_E_CONFIG. Format: keyfile.c. */
enum drp_err drp_keys_new(struct drp_keys **keys) DRP_MUST_CHECK;
enum drp_err drp_keys_load(
	const char *path, struct drp_keys **keys, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_keys_save(const struct drp_keys *keys, const char *path,
	struct drp_diag *diag) DRP_MUST_CHECK;
void drp_keys_free(struct drp_keys *keys);
void drp_keys_public(const struct drp_keys *keys, struct drp_key *sign,
	uint8_t box[DRP_BOX_KEY_BYTES]);

void drp_sign(const struct drp_keys *keys, const char *tag, const void *bytes, size_t n,
	uint8_t signature[DRP_SIGNATURE_BYTES]);

/* drp_verify: DRP_OK or DRP_E_SIGNATURE. */
enum drp_err drp_verify(const struct drp_key *signer, const char *tag, const void *bytes,
	size_t n, const uint8_t signature[DRP_SIGNATURE_BYTES]) DRP_MUST_CHECK;

/* drp_seal appends to out: sealed message key | nonce | ciphertext with tag. The
 * message key is handed back for drp_reply_open; wipe it after use. DRP_E_SIGNATURE
 * when box is no public key, DRP_E_NOMEM. */
enum drp_err drp_seal(const uint8_t box[DRP_BOX_KEY_BYTES], const void *context,
	size_t context_n, const void *bytes, size_t n, struct drp_buf *out,
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES]) DRP_MUST_CHECK;

/* drp_unseal appends the plain bytes to out: DRP_E_SIGNATURE when anything was
 * changed or the context differs. */
enum drp_err drp_unseal(const struct drp_keys *keys, const void *context,
	size_t context_n, const void *sealed, size_t n, struct drp_buf *out,
	uint8_t message_key[DRP_MESSAGE_KEY_BYTES]) DRP_MUST_CHECK;

/* The answer under the request's message key (nonce | ciphertext with tag); key
 * derivation and byte tables: crypto.c. */
enum drp_err drp_reply_seal(const uint8_t message_key[DRP_MESSAGE_KEY_BYTES],
	const void *context, size_t context_n, const void *bytes, size_t n,
	struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_reply_open(const uint8_t message_key[DRP_MESSAGE_KEY_BYTES],
	const void *context, size_t context_n, const void *sealed, size_t n,
	struct drp_buf *out) DRP_MUST_CHECK;

/* Storage at rest: symmetric, for stored contributions under a campaign's key.
 * drp_secret_key_* keep 32 random bytes in a file of mode 0600; erase overwrites and
 * unlinks it and fsyncs the folder; what the disk itself keeps of overwritten blocks
 * (flash, snapshots, backups) is beyond it. */
enum drp_err drp_secret_key_create(
	const char *path, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_secret_key_load(
	const char *path, uint8_t key[32], struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_secret_key_erase(const char *path, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_store_seal(const uint8_t key[32], const void *context, size_t context_n,
	const void *bytes, size_t n, struct drp_buf *out) DRP_MUST_CHECK;
enum drp_err drp_store_open(const uint8_t key[32], const void *context, size_t context_n,
	const void *sealed, size_t n, struct drp_buf *out) DRP_MUST_CHECK;

void drp_wipe(void *p, size_t n);

#endif
