/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/list.h"

#include "proto/crypto/crypto.h"
#include "tests/support/check.h"

#define UNITS 4

static struct drp_unit unit[UNITS];
static struct drp_manifest manifest = {.n_units = UNITS, .unit = unit, .hash = {{9}}};

/* Entries given as unit, group, report. */
#define LIST(...)                                                                        \
	list_of((const uint8_t[][3]){__VA_ARGS__},                                       \
		sizeof((const uint8_t[][3]){__VA_ARGS__}) / 3)

static struct drp_listed entries[2][16];
static int next;

static struct drp_list list_of(const uint8_t (*of)[3], size_t n)
{
	struct drp_listed *entry = entries[next++ % 2];
	for (size_t i = 0; i < n; i++) {
		entry[i] = (struct drp_listed){
			.unit = {{of[i][0]}}, .group = of[i][1], .report = {{of[i][2]}}};
	}
	return (struct drp_list){.campaign = manifest.hash, .n = n, .entry = entry};
}

static enum drp_err decoded(const struct drp_list *in, struct drp_list *out)
{
	struct drp_buf bytes = {0};
	struct drp_diag diag = {0};
	CHECK_OK(drp_list_encode(in, &bytes));
	enum drp_err err = drp_list_decode(bytes.data, bytes.len, &manifest, out, &diag);
	CHECK((err == DRP_OK) == (diag.text[0] == 0));
	drp_buf_clear(&bytes);
	return err;
}

static void round_trip(void)
{
	struct drp_list in = LIST({1, 0, 1}, {1, 2, 2}, {3, 1, 3}), out;
	CHECK_OK(decoded(&in, &out));
	CHECK_INT(out.n, 3);
	CHECK_MEM(out.entry, in.entry, 3 * sizeof *in.entry);
	CHECK_MEM(out.campaign.b, in.campaign.b, 32);
	drp_list_clear(&out);
	in.n = 0;
	CHECK_OK(decoded(&in, &out));
	CHECK_INT(out.n, 0);
	drp_list_clear(&out);
}

static void in_order(void)
{
	struct drp_buf bytes = {0};
	const struct drp_list wrong[] = {
		LIST({2, 0, 1}, {1, 0, 1}), LIST({1, 1, 1}, {1, 1, 2})};
	for (size_t i = 0; i < 2; i++) {
		CHECK_ERR(drp_list_encode(&wrong[i], &bytes), DRP_E_RANGE);
	}
	struct drp_list in = LIST({1, 1, 1}, {1, 0, 1}), out;
	CHECK_ERR(drp_list_encode(&in, &bytes), DRP_E_RANGE);
	in = LIST({1, 3, 1});
	CHECK_ERR(drp_list_encode(&in, &bytes), DRP_E_RANGE);
	CHECK_INT(bytes.len, 0);
	/* and as bytes from elsewhere: the two groups changed places */
	in = LIST({1, 0, 1}, {1, 1, 1});
	CHECK_OK(drp_list_encode(&in, &bytes));
	for (size_t i = 0; i + 2 < bytes.len; i++) {
		if (!memcmp(bytes.data + i, "\xc4\x02\x00\x01", 4)) {
			memcpy(bytes.data + i + 2, "\x01\x00", 2);
		}
	}
	CHECK_ERR(drp_list_decode(bytes.data, bytes.len, &manifest, &out, NULL),
		DRP_E_MALFORMED);
	drp_list_clear(&out);
	drp_buf_clear(&bytes);
}

static void of_the_campaign(void)
{
	struct drp_list in = LIST({1, 0, 1}), out;
	in.campaign.b[0] ^= 1;
	CHECK_ERR(decoded(&in, &out), DRP_E_MALFORMED);
	drp_list_clear(&out);
	in = LIST({1, 0, 1}, {200, 0, 1});
	CHECK_ERR(decoded(&in, &out), DRP_E_MALFORMED);
	drp_list_clear(&out);
}

static void damaged(void)
{
	struct drp_list in = LIST({1, 0, 1}, {2, 0, 2}), out;
	struct drp_buf bytes = {0};
	CHECK_OK(drp_list_encode(&in, &bytes));
	for (size_t n = 0; n < bytes.len; n++) {
		CHECK(drp_list_decode(bytes.data, n, &manifest, &out, NULL) != DRP_OK);
		drp_list_clear(&out);
	}
	drp_buf_clear(&bytes);
	/* a column that is shorter than the others */
	static const char *const wrong = "\x84\xa8"
					 "campaign\xc4\x20";
	drp_buf_text(&bytes, wrong);
	drp_buf_append(&bytes, manifest.hash.b, 32);
	drp_buf_append(
		&bytes, "\xa6groups\xc4\x01\x00\xa7reports\xc4\x00\xa5units\xc4\x00", 28);
	CHECK_ERR(drp_list_decode(bytes.data, bytes.len, &manifest, &out, NULL),
		DRP_E_MALFORMED);
	drp_list_clear(&out);
	drp_buf_clear(&bytes);
}

static void common(void)
{
	uint8_t came[DRP_GROUPS * UNITS];
	size_t mine, yours;
	memset(came, 7, sizeof came);
	struct drp_list a = LIST({0, 0, 1}, {1, 0, 2}, {1, 1, 3}, {3, 2, 4});
	struct drp_list b = LIST({0, 1, 1}, {1, 0, 2}, {1, 1, 9}, {2, 0, 5}, {3, 2, 4});
	drp_list_common(&a, &b, &manifest, came, &mine, &yours);
	uint8_t want[DRP_GROUPS * UNITS] = {0};
	want[0 * UNITS + 1] = 1; /* the same name */
	want[2 * UNITS + 3] = 1;
	CHECK_MEM(came, want,
		sizeof want); /* another name in the same place is neither's */
	CHECK_INT(mine, 2);
	CHECK_INT(yours, 3);
	b.n = 0;
	drp_list_common(&a, &b, &manifest, came, &mine, &yours);
	CHECK_INT(mine, 4);
	CHECK_INT(yours, 0);
	CHECK(memchr(came, 1, sizeof came) == NULL);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	for (uint8_t i = 0; i < UNITS; i++) {
		unit[i].id.b[0] = i;
	}
	CASE("what is written is read back", round_trip);
	CASE("entries stand in order, no place twice", in_order);
	CASE("a list is of one campaign and its units", of_the_campaign);
	CASE("damaged lists are refused", damaged);
	CASE("what both lists hold with the same name is common", common);
	return DONE();
}
