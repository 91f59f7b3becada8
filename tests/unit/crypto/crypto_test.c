/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures and seals hold against every changed byte, and mean what PROTOCOL.md says:
 * the golden values were computed by other implementations (Python's hashlib, OpenSSL).
 */
#include "proto/base/alloc.h"
#include "proto/base/text.h"
#include "proto/crypto/crypto.h"
#include "tests/support/check.h"

static struct drp_keys *ours, *other;
static struct drp_key sign_ours, sign_other;
static uint8_t box_ours[32], box_other[32];

static void check_hex(const void *bytes, size_t n, const char *want)
{
	char got[200];
	drp_hex(bytes, n, got);
	CHECK_STR(got, want);
}

static void hashes_are_blake2b(void)
{
	struct drp_hash a, b;
	drp_hash_bytes("abc", 3, &a);
	check_hex(a.b, 32,
		"bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	drp_hash_tagged("drempel test 1", "abc", 3, &b);
	check_hex(b.b, 32,
		"b6cf07a2ea8842d28e650b5927d71e70bae1306e44e66ede788aded70e2846e9");
	CHECK(!drp_hash_equal(&a, &b));
	b = a;
	CHECK(drp_hash_equal(&a, &b));
	b.b[31] ^= 1;
	CHECK(!drp_hash_equal(&a, &b));
}

static void tags_do_not_run_into_the_bytes(void)
{
	struct drp_hash a, b;
	drp_hash_tagged("ab", "c", 1, &a);
	drp_hash_tagged("a", "bc", 2, &b);
	CHECK(!drp_hash_equal(&a, &b));
	drp_hash_tagged("", "", 0, &a);
	drp_hash_bytes("", 0, &b);
	CHECK(!drp_hash_equal(&a, &b));
}

static void signs_and_verifies(void)
{
	uint8_t signature[DRP_SIGNATURE_BYTES];
	drp_sign(ours, "drempel test 1", "message", 7, signature);
	CHECK_OK(drp_verify(&sign_ours, "drempel test 1", "message", 7, signature));
	CHECK_ERR(drp_verify(&sign_ours, "drempel test 2", "message", 7, signature),
		DRP_E_SIGNATURE);
	CHECK_ERR(drp_verify(&sign_ours, "drempel test 1", "messagf", 7, signature),
		DRP_E_SIGNATURE);
	CHECK_ERR(drp_verify(&sign_ours, "drempel test 1", "message", 6, signature),
		DRP_E_SIGNATURE);
	CHECK_ERR(drp_verify(&sign_other, "drempel test 1", "message", 7, signature),
		DRP_E_SIGNATURE);
	for (size_t bit = 0; bit < 8 * sizeof signature; bit++) {
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK_ERR(
			drp_verify(&sign_ours, "drempel test 1", "message", 7, signature),
			DRP_E_SIGNATURE);
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

/* A manifest has zeros for a school that has not enrolled. */
static void a_signer_of_zeros_verifies_nothing(void)
{
	static const struct drp_key none;
	uint8_t signature[DRP_SIGNATURE_BYTES] = {0};
	CHECK_ERR(drp_verify(&none, "drempel test 1", "message", 7, signature),
		DRP_E_SIGNATURE);
	signature[0] = 1; /* R is the neutral element, S is 0 */
	CHECK_ERR(drp_verify(&none, "drempel test 1", "message", 7, signature),
		DRP_E_SIGNATURE);
	drp_sign(ours, "drempel test 1", "message", 7, signature);
	CHECK_ERR(drp_verify(&none, "drempel test 1", "message", 7, signature),
		DRP_E_SIGNATURE);
}

static void seals_and_opens(void)
{
	uint8_t key[32], opened_key[32];
	struct drp_buf sealed = {0}, plain = {0};
	drp_buf_text(&sealed, "head");
	drp_buf_text(&plain, "before");
	CHECK_OK(drp_seal(box_ours, "context", 7, "message", 7, &sealed, key));
	CHECK_MEM(sealed.data, "head", 4);
	CHECK_INT(sealed.len, 4 + 32 + 48 + 24 + 7 + 16);
	CHECK_OK(drp_unseal(
		ours, "context", 7, sealed.data + 4, sealed.len - 4, &plain, opened_key));
	CHECK_INT(plain.len, 13);
	CHECK_MEM(plain.data, "beforemessage", 13);
	CHECK_MEM(key, opened_key, 32);
	drp_buf_clear(&sealed);
	drp_buf_clear(&plain);
}

static void seals_nothing_too(void)
{
	uint8_t key[32], opened_key[32];
	struct drp_buf sealed = {0}, plain = {0};
	CHECK_OK(drp_seal(box_ours, NULL, 0, NULL, 0, &sealed, key));
	CHECK_OK(drp_unseal(ours, NULL, 0, sealed.data, sealed.len, &plain, opened_key));
	CHECK_INT(plain.len, 0);
	drp_buf_clear(&sealed);
}

static void every_changed_bit_of_a_seal_is_noticed(void)
{
	uint8_t key[32], opened_key[32] = {0};
	static const uint8_t zero[32];
	struct drp_buf sealed = {0}, plain = {0};
	CHECK_OK(drp_seal(box_ours, "context", 7, "message", 7, &sealed, key));
	for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
		sealed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK_ERR(drp_unseal(ours, "context", 7, sealed.data, sealed.len, &plain,
				  opened_key),
			DRP_E_SIGNATURE);
		sealed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < sealed.len; n++) {
		CHECK_ERR(drp_unseal(
				  ours, "context", 7, sealed.data, n, &plain, opened_key),
			DRP_E_SIGNATURE);
	}
	CHECK_ERR(drp_unseal(ours, "contexu", 7, sealed.data, sealed.len, &plain,
			  opened_key),
		DRP_E_SIGNATURE);
	CHECK_ERR(drp_unseal(ours, "context", 6, sealed.data, sealed.len, &plain,
			  opened_key),
		DRP_E_SIGNATURE);
	CHECK_ERR(drp_unseal(other, "context", 7, sealed.data, sealed.len, &plain,
			  opened_key),
		DRP_E_SIGNATURE);
	CHECK_INT(plain.len, 0);
	CHECK_MEM(opened_key, zero, 32);
	drp_buf_clear(&sealed);
}

static void two_seals_of_one_message_differ(void)
{
	uint8_t first[32], second[32];
	struct drp_buf a = {0}, b = {0};
	CHECK_OK(drp_seal(box_ours, NULL, 0, "message", 7, &a, first));
	CHECK_OK(drp_seal(box_ours, NULL, 0, "message", 7, &b, second));
	CHECK(memcmp(first, second, 32) != 0);
	CHECK(memcmp(a.data, b.data, 80) != 0);
	CHECK(memcmp(a.data + 80, b.data + 80, 24) != 0);
	drp_buf_clear(&a);
	drp_buf_clear(&b);
}

static void a_key_of_small_order_is_refused(void)
{
	uint8_t zero[32] = {0}, key[32];
	struct drp_buf sealed = {0};
	CHECK_ERR(drp_seal(zero, NULL, 0, "message", 7, &sealed, key), DRP_E_SIGNATURE);
	CHECK_INT(sealed.len, 0);
}

typedef enum drp_err opener(const uint8_t key[32], const void *context, size_t context_n,
	const void *sealed, size_t n, struct drp_buf *out);

static void check_box(struct drp_buf *box, const uint8_t key[32], opener *open)
{
	struct drp_buf plain = {0};
	uint8_t wrong[32];
	memcpy(wrong, key, 32);
	wrong[0] ^= 1;
	for (size_t bit = 0; bit < 8 * box->len; bit++) {
		box->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK_ERR(open(key, "context", 7, box->data, box->len, &plain),
			DRP_E_SIGNATURE);
		box->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < box->len; n++) {
		CHECK_ERR(open(key, "context", 7, box->data, n, &plain), DRP_E_SIGNATURE);
	}
	CHECK_ERR(open(key, "kontext", 7, box->data, box->len, &plain), DRP_E_SIGNATURE);
	CHECK_ERR(
		open(wrong, "context", 7, box->data, box->len, &plain), DRP_E_SIGNATURE);
	CHECK_INT(plain.len, 0);
	CHECK_OK(open(key, "context", 7, box->data, box->len, &plain));
	CHECK_INT(plain.len, 7);
	CHECK_MEM(plain.data, "message", 7);
	drp_buf_clear(&plain);
	drp_buf_clear(box);
}

static void replies_and_stored_boxes_hold(void)
{
	uint8_t key[32] = {1};
	struct drp_buf box = {0};
	CHECK_OK(drp_reply_seal(key, "context", 7, "message", 7, &box));
	check_box(&box, key, drp_reply_open);
	CHECK_OK(drp_store_seal(key, "context", 7, "message", 7, &box));
	check_box(&box, key, drp_store_open);
}

static void purposes_do_not_mix(void)
{
	uint8_t key[32];
	struct drp_buf request = {0}, reply = {0}, out = {0};
	CHECK_OK(drp_seal(box_ours, NULL, 0, "message", 7, &request, key));
	/* a request played back as its own answer, and as a stored contribution */
	CHECK_ERR(drp_reply_open(key, NULL, 0, request.data + 80, request.len - 80, &out),
		DRP_E_SIGNATURE);
	CHECK_ERR(drp_store_open(key, NULL, 0, request.data + 80, request.len - 80, &out),
		DRP_E_SIGNATURE);
	CHECK_OK(drp_reply_seal(key, NULL, 0, "message", 7, &reply));
	CHECK_ERR(drp_store_open(key, NULL, 0, reply.data, reply.len, &out),
		DRP_E_SIGNATURE);
	drp_buf_clear(&request);
	drp_buf_clear(&reply);
}

static void opens_boxes_of_another_implementation(void)
{
	static const char *const hex[] = {
		"6465666768696a6b6c6d6e6f707172737475767778797a7b"
		"ca9a8a0040e6c98ffbd0a712021f7c567db635855b14a0e8274a84b67c715b1f",
		"6465666768696a6b6c6d6e6f707172737475767778797a7b"
		"6b9f00ce57030b8f0b9134e7d752b041c14a211ffe1d1a85a3b630e43699abce"};
	static opener *const open[] = {drp_reply_open, drp_store_open};
	uint8_t key[32], box[24 + 16 + 16];
	struct drp_buf plain = {0};
	for (size_t i = 0; i < sizeof key; i++) {
		key[i] = (uint8_t)i;
	}
	for (size_t i = 0; i < 2; i++) {
		CHECK(drp_unhex(hex[i], box, sizeof box) == 0);
		CHECK_OK(open[i](key, "context", 7, box, sizeof box, &plain));
	}
	CHECK_INT(plain.len, 32);
	CHECK_MEM(plain.data, "sixteen byte msgsixteen byte msg", 32);
	drp_buf_clear(&plain);
}

static void no_memory_leaves_the_output_alone(void)
{
	uint8_t key[32] = {0}, opened_key[32] = {0};
	static const uint8_t zero[32];
	struct drp_buf sealed = {0}, plain = {0};
	for (unsigned long fail_at = 1; fail_at <= 2; fail_at++) {
		drp_alloc_hook(fail_at, 0);
		enum drp_err err =
			drp_seal(box_ours, NULL, 0, "message", 7, &sealed, key);
		drp_alloc_hook(0, 0);
		CHECK_ERR(err, DRP_E_NOMEM);
		CHECK_INT(sealed.len, 0);
		CHECK_MEM(key, zero, 32);
		drp_buf_clear(&sealed);
	}
	CHECK_OK(drp_seal(box_ours, NULL, 0, "message", 7, &sealed, key));
	for (unsigned long fail_at = 1; fail_at <= 2; fail_at++) {
		drp_alloc_hook(fail_at, 0);
		enum drp_err err = drp_unseal(
			ours, NULL, 0, sealed.data, sealed.len, &plain, opened_key);
		drp_alloc_hook(0, 0);
		CHECK_ERR(err, DRP_E_NOMEM);
		CHECK_INT(plain.len, 0);
		CHECK_MEM(opened_key, zero, 32);
		drp_buf_clear(&plain);
	}
	drp_buf_clear(&sealed);
}

static void wiping_leaves_zeros(void)
{
	uint8_t bytes[9], zero[9] = {0};
	memset(bytes, 7, sizeof bytes);
	drp_wipe(bytes, sizeof bytes);
	CHECK_MEM(bytes, zero, sizeof bytes);
}

int main(void)
{
	if (drp_crypto_init() || drp_keys_new(&ours) || drp_keys_new(&other)) {
		return 1;
	}
	drp_keys_public(ours, &sign_ours, box_ours);
	drp_keys_public(other, &sign_other, box_other);
	CASE("hashes are BLAKE2b-256, tagged ones begin with len8(tag) and tag",
		hashes_are_blake2b);
	CASE("a tag does not run into the bytes", tags_do_not_run_into_the_bytes);
	CASE("a signature is good for one key, tag and message", signs_and_verifies);
	CASE("a signer key of zeros verifies nothing",
		a_signer_of_zeros_verifies_nothing);
	CASE("a seal is opened by its recipient", seals_and_opens);
	CASE("an empty message can be sealed", seals_nothing_too);
	CASE("a changed bit, length, context or recipient does not open",
		every_changed_bit_of_a_seal_is_noticed);
	CASE("two seals of one message differ", two_seals_of_one_message_differ);
	CASE("a recipient key of small order is refused",
		a_key_of_small_order_is_refused);
	CASE("a reply and a stored box open only unchanged",
		replies_and_stored_boxes_hold);
	CASE("request, reply and store are different purposes", purposes_do_not_mix);
	CASE("boxes of another implementation open",
		opens_boxes_of_another_implementation);
	CASE("no memory leaves the output alone", no_memory_leaves_the_output_alone);
	CASE("wiping leaves zeros", wiping_leaves_zeros);
	drp_keys_free(ours);
	drp_keys_free(other);
	return DONE();
}
