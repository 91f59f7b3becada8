/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's decisions, row by row. A base case that is accepted, then one fact changed
 * at a time.
 */
#include "proto/session/judge.h"

#include "proto/crypto/crypto.h"
#include "tests/support/check.h"

#define NOW INT64_C(1790000000)

static struct drp_unit unit = {
	.id = {{7}}, .school = 0, .level = 1, .eligible = {9, 40, 90}};
static struct drp_key key = {{1}};
static struct drp_manifest manifest = {.id = "c",
	.n_schools = 1,
	.key = &key,
	.n_units = 1,
	.unit = &unit,
	.deadline_s = NOW + 1000,
	.thresholds = {.k_unit = {5, 10, 20}},
	.n_releases = 1,
	.release = {{.group = DRP_TEACHER,
		.family = DRP_FAMILY_REGION,
		.map = DRP_MAP_PAIRS,
		.delta2 = 200,
		.sigma2 = 4106,
		.rho = {1, 41}}}};
static const struct drp_hash hash = {{5}}, other = {{6}};

static struct drp_contribution contribution(void)
{
	struct drp_contribution c = {.unit = {{7}},
		.group = DRP_TEACHER,
		.questionnaires = 12,
		.sigma2 = 4106,
		.n_values = 80};
	return c;
}

static struct drp_place_facts facts(void)
{
	struct drp_place_facts f = {.manifest = &manifest,
		.state = DRP_CAMPAIGN_OPEN,
		.sender = &key,
		.now_s = NOW,
		.values_expected = 80};
	return f;
}

static void expect(const struct drp_contribution *c, const struct drp_place_facts *f,
	enum drp_verdict want, enum drp_err why)
{
	struct drp_diag diag = {0};
	enum drp_err err = DRP_OK;
	CHECK_INT(drp_judge_submit(c, &hash, f, &err, &diag), want);
	CHECK_ERR(err, why);
	CHECK((why == DRP_OK) == (diag.text[0] == 0));
}

static void accepts(void)
{
	struct drp_contribution c = contribution();
	struct drp_place_facts f = facts();
	expect(&c, &f, DRP_VERDICT_STORE, DRP_OK);
	c.n_values = 0; /* below the threshold: counts only */
	c.sigma2 = 0;
	c.questionnaires = 3;
	expect(&c, &f, DRP_VERDICT_STORE, DRP_OK);
}

static void strangers(void)
{
	struct drp_contribution c = contribution();
	struct drp_place_facts f = facts();
	static const struct drp_key stranger = {{2}};
	f.manifest = NULL;
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_NOTFOUND);
	f = facts();
	f.sender = &stranger;
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_UNKNOWN_KEY);
	f = facts();
	c.unit.b[0] = 8;
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_UNKNOWN_KEY);
}

static void repeats(void)
{
	struct drp_contribution c = contribution();
	struct drp_place_facts f = facts();
	f.stored = 1;
	f.stored_hash = hash;
	for (int state = DRP_CAMPAIGN_OPEN; state <= DRP_CAMPAIGN_FROZEN; state++) {
		f.state = (enum drp_campaign_state)state;
		expect(&c, &f, DRP_VERDICT_REPEAT,
			DRP_OK); /* the receipt is owed for ever */
	}
	f = facts();
	f.stored = 1;
	f.stored_hash = other;
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_CONFLICT);
	f.stored_hash = hash;
	f.withdrawn = 1;
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_POLICY);
}

static void late(void)
{
	struct drp_contribution c = contribution();
	struct drp_place_facts f = facts();
	f.state = DRP_CAMPAIGN_CLOSED;
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_CLOSED);
	f.state = DRP_CAMPAIGN_FROZEN;
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_FROZEN);
	f = facts();
	f.now_s = manifest.deadline_s;
	expect(&c, &f, DRP_VERDICT_STORE, DRP_OK);
	f.now_s++;
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_CLOSED);
}

static void wrong_content(void)
{
	struct drp_place_facts f = facts();
	struct drp_contribution c = contribution();
	c.questionnaires = 41; /* of 40 eligible */
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_RANGE);
	c = contribution();
	c.questionnaires = 9; /* values below the threshold of 10 */
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_TOO_FEW_SHEETS);
	c = contribution();
	c.sigma2 = 4105; /* less noise than the manifest asks for */
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_MALFORMED);
	c = contribution();
	c.n_values = 78;
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_MALFORMED);
	c = contribution();
	c.group = DRP_PUPIL; /* the plan has no release for them */
	expect(&c, &f, DRP_VERDICT_REFUSE, DRP_E_MALFORMED);
}

static void senders(void)
{
	struct drp_sender_facts f = {.known = 1, .now_s = NOW};
	CHECK_OK(drp_judge_sender(&f, NOW, NULL));
	CHECK_OK(drp_judge_sender(&f, NOW - 86400, NULL));
	CHECK_OK(drp_judge_sender(&f, NOW + 86400, NULL));
	CHECK_ERR(drp_judge_sender(&f, NOW - 86401, NULL), DRP_E_CLOCK);
	CHECK_ERR(drp_judge_sender(&f, NOW + 86401, NULL), DRP_E_CLOCK);
	f.revoked = 1;
	CHECK_ERR(drp_judge_sender(&f, NOW, NULL), DRP_E_REVOKED);
	f = (struct drp_sender_facts){.now_s = NOW};
	CHECK_ERR(drp_judge_sender(&f, NOW, NULL), DRP_E_UNKNOWN_KEY);
}

static void invites(void)
{
	static const struct drp_key mine = {{1}}, theirs = {{2}};
	struct drp_invite_facts f = {.known = 1, .expires_s = NOW, .now_s = NOW};
	int repeat;
	CHECK_OK(drp_judge_enrol(&f, &mine, &repeat, NULL));
	CHECK_INT(repeat, 0);
	f.now_s = NOW + 1;
	CHECK_ERR(drp_judge_enrol(&f, &mine, &repeat, NULL), DRP_E_INVITE);
	f.used = 1;
	f.used_by = mine; /* its answer was lost: an expired invite still repeats it */
	CHECK_OK(drp_judge_enrol(&f, &mine, &repeat, NULL));
	CHECK_INT(repeat, 1);
	CHECK_ERR(drp_judge_enrol(&f, &theirs, &repeat, NULL), DRP_E_DUPLICATE_IDENTITY);
	f.revoked = 1;
	CHECK_ERR(drp_judge_enrol(&f, &mine, &repeat, NULL), DRP_E_REVOKED);
	f = (struct drp_invite_facts){0};
	CHECK_ERR(drp_judge_enrol(&f, &mine, &repeat, NULL), DRP_E_INVITE);
}

static enum drp_err withdraw(const struct drp_id *id, const struct drp_keys *signer,
	const struct drp_place_facts *f)
{
	struct drp_withdrawal w = {.contribution = hash, .unit = *id, .group = 1};
	struct drp_buf statement = {0};
	CHECK_OK(drp_withdrawal_statement(&w, &statement));
	drp_sign(signer, DRP_WITHDRAWAL_TAG, statement.data, statement.len, w.signature);
	drp_buf_clear(&statement);
	return drp_judge_withdraw(&w, f, NULL);
}

static void withdrawals(void)
{
	struct drp_place_facts f = facts();
	static const struct drp_id id = {{7}}, elsewhere = {{8}};
	struct drp_keys *keys, *strange;
	const struct drp_key before = key;
	uint8_t box[DRP_BOX_KEY_BYTES];
	CHECK_OK(drp_keys_new(&keys));
	CHECK_OK(drp_keys_new(&strange));
	drp_keys_public(keys, &key, box);
	CHECK_ERR(withdraw(&elsewhere, keys, &f), DRP_E_UNKNOWN_KEY);
	CHECK_ERR(withdraw(&id, strange, &f), DRP_E_SIGNATURE);
	CHECK_OK(withdraw(&id, keys, &f)); /* it has not arrived */
	f.state = DRP_CAMPAIGN_FROZEN;
	CHECK_ERR(withdraw(&id, keys, &f), DRP_E_FROZEN);
	f.state = DRP_CAMPAIGN_OPEN;
	f.stored = 1;
	f.stored_hash = other;
	CHECK_ERR(withdraw(&id, keys, &f), DRP_E_NOTFOUND);
	f.stored_hash = hash;
	CHECK_OK(withdraw(&id, keys, &f));
	f.state = DRP_CAMPAIGN_CLOSED;
	CHECK_ERR(withdraw(&id, keys, &f), DRP_E_CLOSED);
	f.withdrawn = 1;
	CHECK_OK(withdraw(&id, keys, &f));
	CHECK_ERR(withdraw(&id, strange, &f), DRP_E_SIGNATURE);
	key = before;
	drp_keys_free(keys);
	drp_keys_free(strange);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	CASE("a contribution that fits is stored", accepts);
	CASE("strangers and unknown places are refused", strangers);
	CASE("the same bytes get their receipt again, others a conflict", repeats);
	CASE("nothing is stored after the deadline", late);
	CASE("content that does not fit the manifest is refused", wrong_content);
	CASE("unknown, revoked and mistimed senders are refused", senders);
	CASE("an invite binds one key once", invites);
	CASE("a withdrawal names what is stored or not there yet", withdrawals);
	return DONE();
}
