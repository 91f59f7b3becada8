/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/session/list.h"

#include "tests/support/check.h"

static const struct drp_hash campaign = {{9}};
static struct drp_keys *hub_keys, *notary_keys;

/* Names given by their first byte. */
#define LIST(...)                                                                        \
	list_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static struct drp_hash names[4][16];
static int next;

static struct drp_list list_of(const uint8_t *of, size_t n)
{
	struct drp_hash *name = names[next++ % 4];
	for (size_t i = 0; i < n; i++) {
		name[i] = (struct drp_hash){{of[i]}};
	}
	return (struct drp_list){.campaign = campaign, .n = n, .report = name};
}

static enum drp_err decoded(const struct drp_list *in, struct drp_list *out)
{
	struct drp_buf bytes = {0};
	struct drp_diag diag = {0};
	CHECK_OK(drp_list_encode(in, &bytes));
	enum drp_err err = drp_list_decode(bytes.data, bytes.len, &campaign, out, &diag);
	CHECK((err == DRP_OK) == (diag.text[0] == 0));
	drp_buf_clear(&bytes);
	return err;
}

static void round_trip(void)
{
	struct drp_list in = LIST(1, 2, 7), out;
	in.answers.b[31] = 5;
	CHECK_OK(decoded(&in, &out));
	CHECK_INT(out.n, 3);
	CHECK_MEM(out.report, in.report, 3 * sizeof *in.report);
	CHECK_MEM(out.campaign.b, in.campaign.b, 32);
	CHECK_MEM(out.answers.b, in.answers.b, 32);
	drp_list_clear(&out);
	in.n = 0;
	CHECK_OK(decoded(&in, &out));
	CHECK_INT(out.n, 0);
	drp_list_clear(&out);
}

static void in_order(void)
{
	struct drp_buf bytes = {0};
	struct drp_list wrong[] = {LIST(2, 1), LIST(1, 1)}, in = LIST(1, 2), out;
	for (size_t i = 0; i < 2; i++) {
		CHECK_ERR(drp_list_encode(&wrong[i], &bytes), DRP_E_RANGE);
	}
	CHECK_INT(bytes.len, 0);
	drp_list_sort(&wrong[0]);
	CHECK_OK(drp_list_encode(&wrong[0], &bytes));
	/* and as bytes from elsewhere: the names changed places */
	bytes.len = 0;
	CHECK_OK(drp_list_encode(&in, &bytes));
	bytes.data[bytes.len - 64] = 2;
	bytes.data[bytes.len - 32] = 1;
	CHECK_ERR(drp_list_decode(bytes.data, bytes.len, &campaign, &out, NULL),
		DRP_E_MALFORMED);
	drp_list_clear(&out);
	bytes.data[bytes.len - 64] = 1;
	CHECK_ERR(drp_list_decode(bytes.data, bytes.len, &campaign, &out, NULL),
		DRP_E_MALFORMED);
	drp_list_clear(&out);
	drp_buf_clear(&bytes);
}

static void of_the_campaign(void)
{
	struct drp_list in = LIST(1), out;
	in.campaign.b[0] ^= 1;
	CHECK_ERR(decoded(&in, &out), DRP_E_MALFORMED);
	drp_list_clear(&out);
}

static void damaged(void)
{
	struct drp_list in = LIST(1, 2), out;
	struct drp_buf bytes = {0};
	CHECK_OK(drp_list_encode(&in, &bytes));
	for (size_t n = 0; n < bytes.len; n++) {
		CHECK(drp_list_decode(bytes.data, n, &campaign, &out, NULL) != DRP_OK);
		drp_list_clear(&out);
	}
	/* half a name: 64 bytes said to be 48 */
	bytes.data[bytes.len - 65] = 48;
	CHECK_ERR(drp_list_decode(bytes.data, bytes.len - 16, &campaign, &out, NULL),
		DRP_E_MALFORMED);
	drp_list_clear(&out);
	drp_buf_clear(&bytes);
}

static void common(void)
{
	struct drp_list a = LIST(1, 2, 4, 5), b = LIST(2, 3, 5, 9), none = LIST(0);
	none.n = 0;
	CHECK_INT(drp_list_common(&a, &b), 2);
	CHECK_INT(drp_list_common(&b, &a), 2);
	CHECK_INT(drp_list_common(&a, &a), 4);
	CHECK_INT(drp_list_common(&a, &none), 0);
	CHECK(drp_list_holds(&a, &b.report[0]));
	CHECK(!drp_list_holds(&a, &b.report[1]));
	CHECK(!drp_list_holds(&none, &b.report[0]));
}

/* ---- both signatures ---- */

static struct drp_key key_of(const struct drp_keys *keys)
{
	struct drp_key key;
	uint8_t box[DRP_BOX_KEY_BYTES];
	drp_keys_public(keys, &key, box);
	return key;
}

static struct drp_signed_list sign(
	const struct drp_list *list, const struct drp_keys *by, struct drp_buf *bytes)
{
	struct drp_signed_list of;
	bytes->len = 0;
	CHECK_OK(drp_list_encode(list, bytes));
	drp_hash_bytes(bytes->data, bytes->len, &of.hash);
	drp_sign(by, DRP_LIST_TAG, bytes->data, bytes->len, of.signature);
	return of;
}

static enum drp_err verify(const struct drp_signed_list *of, const struct drp_keys *by,
	const struct drp_hash *answers, const struct drp_buf *bytes)
{
	struct drp_key key = key_of(by);
	struct drp_list list;
	struct drp_diag diag = {0};
	enum drp_err err = drp_list_verify(of, &key, &campaign, answers,
		(struct drp_bytes){bytes->data, bytes->len}, &list, &diag);
	CHECK((err == DRP_OK) == (diag.text[0] == 0));
	drp_list_clear(&list);
	return err;
}

static void an_answer(void)
{
	struct drp_buf hubs = {0}, notarys = {0};
	struct drp_list a = LIST(1, 2), b = LIST(1);
	struct drp_signed_list of_hub = sign(&a, hub_keys, &hubs), of_notary;
	b.answers = of_hub.hash;
	of_notary = sign(&b, notary_keys, &notarys);
	CHECK_OK(verify(&of_hub, hub_keys, NULL, &hubs));
	CHECK_OK(verify(&of_notary, notary_keys, &of_hub.hash, &notarys));
	CHECK_ERR(verify(&of_notary, hub_keys, &of_hub.hash, &notarys), DRP_E_SIGNATURE);
	CHECK_ERR(verify(&of_notary, notary_keys, &of_notary.hash, &notarys),
		DRP_E_CONFLICT);
	CHECK_ERR(verify(&of_notary, notary_keys, NULL, &notarys), DRP_E_CONFLICT);
	CHECK_ERR(verify(&of_hub, hub_keys, &of_notary.hash, &hubs), DRP_E_CONFLICT);
	CHECK_ERR(verify(&of_hub, hub_keys, NULL, &notarys), DRP_E_HASH);
	of_hub.signature[1] ^= 1;
	CHECK_ERR(verify(&of_hub, hub_keys, NULL, &hubs), DRP_E_SIGNATURE);
	drp_buf_clear(&hubs);
	drp_buf_clear(&notarys);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	CHECK_OK(drp_keys_new(&hub_keys));
	CHECK_OK(drp_keys_new(&notary_keys));
	CASE("a list survives its encoding", round_trip);
	CASE("names are in order, none twice", in_order);
	CASE("a list of another campaign is refused", of_the_campaign);
	CASE("a damaged list is refused", damaged);
	CASE("what both lists hold is counted", common);
	CASE("a list is the signer's, of its hash, and answers the right one", an_answer);
	drp_keys_free(hub_keys);
	drp_keys_free(notary_keys);
	return DONE();
}
