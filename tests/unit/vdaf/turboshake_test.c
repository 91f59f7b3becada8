/* SPDX-License-Identifier: Apache-2.0
 *
 * The known answers of RFC 9861, section 5, and what a sponge owes its caller.
 */
#include "proto/vdaf/turboshake.h"

#include "proto/base/text.h"
#include "tests/support/check.h"

/* The RFC's ptn(n): 0 to 250 over and over; or n bytes of ff. */
static void absorb(struct drp_turboshake *t, int ones, size_t n)
{
	uint8_t pattern[251];

	for (size_t i = 0; i < sizeof pattern; i++) {
		pattern[i] = ones ? 0xff : (uint8_t)i;
	}
	for (; n > sizeof pattern; n -= sizeof pattern) {
		drp_turboshake_absorb(t, pattern, sizeof pattern);
	}
	drp_turboshake_absorb(t, pattern, n);
}

static const struct {
	int ones;
	size_t n;
	uint8_t domain;
	size_t skip;
	const char *answer;
} known[] = {
	{0, 0, 0x1f, 0,
		"1e415f1c5983aff2169217277d17bb538cd945a397ddec541f1ce41af2c1b74c"
		"3e8ccae2a4dae56c84a04c2385c03c15e8193bdf58737363321691c05462c8df"},
	{0, 0, 0x1f, 10000,
		"a3b9b0385900ce761f22aed548e754da10a5242d62e8c658e3f3a923a7555607"},
	{0, 1, 0x1f, 0,
		"55cedd6f60af7bb29a4042ae832ef3f58db7299f893ebb9247247d856958daa9"},
	{0, 17, 0x1f, 0,
		"9c97d036a3bac819db70ede0ca554ec6e4c2a1a4ffbfd9ec269ca6a111161233"},
	{0, 17 * 17, 0x1f, 0,
		"96c77c279e0126f7fc07c9b07f5cdae1e0be60bdbe10620040e75d7223a624d2"},
	{0, 17 * 17 * 17, 0x1f, 0,
		"d4976eb56bcf118520582b709f73e1d6853e001fdaf80e1b13e0d0599d5fb372"},
	{0, 17 * 17 * 17 * 17, 0x1f, 0,
		"da67c7039e98bf530cf7a37830c6664e14cbab7f540f58403b1b82951318ee5c"},
	{1, 3, 0x01, 0,
		"bf323f940494e88ee1c540fe660be8a0c93f43d15ec006998462fa994eed5dab"},
	{1, 1, 0x06, 0,
		"8ec9c66465ed0d4a6c35d13506718d687a25cb05c74cca1e42501abd83874a67"},
	{1, 3, 0x07, 0,
		"b658576001cad9b1e5f399a9f77723bba05458042d68206f7252682dba3663ed"},
	{1, 7, 0x0b, 0,
		"8deeaa1aec47ccee569f659c21dfa8e112db3cee37b18178b2acd805b799cc37"},
	{1, 1, 0x30, 0,
		"553122e2135e363c3292bed2c6421fa232bab03daa07c7d6636603286506325b"},
	{1, 3, 0x7f, 0,
		"16274cc656d44cefd422395d0f9053bda6d28e122aba15c765e5ad0e6eaf26f9"},
};

static void known_answers(void)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t n = strlen(known[i].answer) / 2;
		uint8_t out[64], skipped;
		char hex[129];
		struct drp_turboshake t;
		drp_turboshake_init(&t);
		absorb(&t, known[i].ones, known[i].n);
		drp_turboshake_end(&t, known[i].domain);
		for (size_t k = 0; k < known[i].skip; k++) {
			drp_turboshake_squeeze(&t, &skipped, 1);
		}
		drp_turboshake_squeeze(&t, out, n);
		drp_hex(out, n, hex);
		CHECK_STR(hex, known[i].answer);
	}
}

/* Around the ends of words and of the 168-byte rate. */
static void any_pieces(void)
{
	static const size_t pieces[] = {1, 7, 8, 9, 15, 16, 167, 168, 169, 336, 400};
	uint8_t message[400], whole[400], split[400];
	struct drp_turboshake t;

	for (size_t i = 0; i < sizeof message; i++) {
		message[i] = (uint8_t)(i * i + 3);
	}
	drp_turboshake_init(&t);
	drp_turboshake_absorb(&t, message, sizeof message);
	drp_turboshake_end(&t, 1);
	drp_turboshake_squeeze(&t, whole, sizeof whole);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		size_t n = pieces[i];
		drp_turboshake_init(&t);
		for (size_t at = 0; at < sizeof message; at += n) {
			size_t left = sizeof message - at;
			drp_turboshake_absorb(&t, message + at, left < n ? left : n);
		}
		drp_turboshake_end(&t, 1);
		for (size_t at = 0; at < sizeof split; at += n) {
			size_t left = sizeof split - at;
			drp_turboshake_squeeze(&t, split + at, left < n ? left : n);
		}
		CHECK_MEM(split, whole, sizeof whole);
	}
}

int main(void)
{
	CASE("the known answers of RFC 9861", known_answers);
	CASE("pieces of any size are the same message and stream", any_pieces);
	return DONE();
}
