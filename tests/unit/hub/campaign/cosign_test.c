/* SPDX-License-Identifier: Apache-2.0
 *
 * A sealed manifest gets its two signatures, or none of what it asks for happens. Both
 * programs run here, on real stores; each refusal is provoked, and every message between
 * them is lost once in either direction.
 */
#include "hub/campaign/cosign.h"

#include "hub/campaign/commitment.h"
#include "hub/campaign/tasks.h"
#include "hub/peer/vouching.h"
#include "proto/base/alloc.h"
#include "proto/privacy/rational.h"
#include "proto/session/envelope.h"
#include "tests/support/pair_fixture.h"

static struct pair_fixture p;
static struct drp_diag diag;

static void begin(void)
{
	diag = (struct drp_diag){0};
	pair_open(&p);
}

static enum drp_err sign(void)
{
	diag = (struct drp_diag){0};
	return pair_sign(&p, PAIR_CAMPAIGN, &diag);
}

static struct drp_campaign_row row_at(struct hub_fixture *f)
{
	struct drp_campaign_row row;
	CHECK_OK(drp_hub_campaign_get(f->hub.store, PAIR_CAMPAIGN, &row, NULL));
	return row;
}

static size_t charges(struct hub_fixture *f, struct drp_ledger_row **rows)
{
	size_t n = 0;
	CHECK_OK(drp_hub_ledger(f->hub.store, rows, &n, NULL));
	return n;
}

static size_t count_charges(struct hub_fixture *f)
{
	struct drp_ledger_row *rows = NULL;
	size_t n = charges(f, &rows);
	drp_free(rows);
	return n;
}

static size_t expected_charges(const struct drp_manifest *m)
{
	size_t n = 0;
	for (uint16_t i = 0; i < m->n_releases; i++) {
		n += m->release[i].rho.num > 0;
	}
	return n;
}

/* ---- both sides, signed ---- */

static void check_ledgers(const struct drp_manifest *m)
{
	struct drp_ledger_row *a = NULL, *b = NULL;
	size_t n = charges(&p.hub, &a);
	CHECK_INT(n, expected_charges(m));
	CHECK_INT(charges(&p.notary, &b), n);
	for (size_t i = 0; i < n; i++) {
		CHECK_INT(a[i].group, b[i].group);
		CHECK_INT(a[i].year, b[i].year);
		CHECK_INT(a[i].delta2, b[i].delta2);
		CHECK_INT(a[i].sigma2, b[i].sigma2);
		CHECK(a[i].sigma2 > 0);
		CHECK_INT(drp_rational_cmp(a[i].rho, b[i].rho), 0);
		CHECK_MEM(&a[i].campaign, &m->hash, sizeof m->hash);
		CHECK_MEM(&b[i].campaign, &m->hash, sizeof m->hash);
	}
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_rational spent;
		CHECK_OK(drp_ledger_spent(b, n, m->year, (enum drp_group)g, &spent));
		CHECK_INT(drp_rational_cmp(spent, m->rho[g]), 0); /* all of it, exactly */
	}
	drp_free(a);
	drp_free(b);
}

/* The plain noise of a release; whether there is any. A release whose cohorts are all
 * closed has noise of no bytes. */
static int noise_of(struct hub_fixture *f, const struct drp_manifest *m, uint32_t i,
	struct drp_buf *plain)
{
	struct drp_buf sealed = {0};
	uint8_t key[32], context[DRP_STORED_CONTEXT_BYTES];
	plain->len = 0;
	int found = drp_hub_noise_get(f->hub.store, m->id, i, &sealed, NULL) == DRP_OK;
	if (found) {
		drp_stored_context(&m->hash, i, context);
		CHECK_OK(drp_storage_key(&f->hub, m->id, key, NULL));
		CHECK_OK(drp_store_open(
			key, context, sizeof context, sealed.data, sealed.len, plain));
	}
	drp_buf_clear(&sealed);
	return found;
}

static void check_noise(const struct drp_manifest *m)
{
	struct drp_buf a = {0}, b = {0};
	for (uint16_t i = 0; i < m->n_releases; i++) {
		int drawn = m->release[i].map != DRP_MAP_COUNTS;
		CHECK_INT(noise_of(&p.hub, m, i, &a), drawn);
		CHECK_INT(noise_of(&p.notary, m, i, &b), drawn);
		CHECK_INT(a.len, b.len);
		CHECK_INT(a.len % 8, 0);
		CHECK(a.len > 0 || !drawn || m->release[i].family != DRP_FAMILY_REGION);
		/* Each side's own: nobody can take off the other's. */
		CHECK(a.len == 0 || memcmp(a.data, b.data, a.len) != 0);
	}
	drp_buf_clear(&a);
	drp_buf_clear(&b);
}

static void check_signatures(const struct drp_manifest *m)
{
	struct drp_campaign_row a = row_at(&p.hub), b = row_at(&p.notary);
	struct drp_buf bytes = {0}, there = {0};
	CHECK_INT(a.state, DRP_CAMPAIGN_OPEN);
	CHECK_INT(b.state, DRP_CAMPAIGN_OPEN);
	CHECK_INT(a.cosigned && b.cosigned, 1);
	CHECK_MEM(a.signature, b.signature, 64);
	CHECK_MEM(a.cosignature, b.cosignature, 64);
	CHECK_OK(drp_hub_blob_get(p.hub.hub.store, &m->hash, &bytes, NULL));
	CHECK_OK(drp_hub_blob_get(p.notary.hub.store, &m->hash, &there, NULL));
	CHECK_INT(bytes.len, there.len);
	CHECK_OK(drp_verify(
		&m->hub, "drempel manifest 1", bytes.data, bytes.len, a.signature));
	CHECK_OK(drp_verify(
		&m->notary, "drempel manifest 1", bytes.data, bytes.len, a.cosignature));
	drp_buf_clear(&bytes);
	drp_buf_clear(&there);
}

static void check_seeds(const struct drp_manifest *m)
{
	uint8_t a[DRP_VERIFY_SEED_BYTES], b[DRP_VERIFY_SEED_BYTES];
	struct drp_hash commitment;
	CHECK_OK(drp_verify_seed(&p.hub.hub, m->id, &m->hash, a, NULL));
	CHECK_OK(drp_verify_seed(&p.notary.hub, m->id, &m->hash, b, NULL));
	CHECK_MEM(a, b, sizeof a);
	drp_verify_commitment(a, &commitment);
	CHECK_MEM(&commitment, &m->verify, sizeof commitment);
}

/* Each school of the register, at the number where its key stands. */
static void check_members(const char *campaign)
{
	struct drp_campaign_row row;
	struct drp_manifest *m = NULL;
	struct drp_member *members = NULL;
	size_t n = 0;
	CHECK_OK(drp_hub_campaign_get(p.hub.hub.store, campaign, &row, NULL));
	CHECK_OK(drp_hub_manifest(&p.hub.hub, &row, &m, NULL));
	CHECK_OK(drp_hub_members(p.hub.hub.store, campaign, &members, &n, NULL));
	CHECK_INT(n, FIXTURE_SCHOOLS);
	for (size_t i = 0; i < n && members[i].number < m->n_schools; i++) {
		struct drp_school school;
		CHECK_OK(drp_hub_school_get(
			p.hub.hub.store, members[i].school, &school, NULL));
		CHECK_MEM(&m->key[members[i].number], &school.key, sizeof school.key);
		CHECK(i == 0 || strcmp(members[i - 1].school, members[i].school) < 0);
	}
	drp_free(members);
	drp_manifest_free(m);
}

static void check_no_members(void)
{
	struct drp_member *members = NULL;
	size_t n = 1;
	CHECK_OK(drp_hub_members(p.hub.hub.store, PAIR_CAMPAIGN, &members, &n, NULL));
	CHECK_INT(n, 0);
}

static void check_signed(void)
{
	struct drp_campaign_row row = row_at(&p.hub);
	struct drp_proposal proposal;
	struct drp_manifest *m = NULL;
	CHECK_OK(drp_hub_manifest(&p.hub.hub, &row, &m, NULL));
	check_signatures(m);
	check_ledgers(m);
	check_noise(m);
	check_seeds(m);
	check_members(PAIR_CAMPAIGN);
	CHECK_ERR(drp_hub_proposal_get(p.hub.hub.store, PAIR_CAMPAIGN, &proposal, NULL),
		DRP_E_NOTFOUND);
	drp_manifest_free(m);
}

static void both_sign_charge_and_draw(void)
{
	struct drp_school school;
	begin();
	CHECK_OK(sign());
	check_signed();
	/* The notary saw the schools' keys for the first time and keeps to them. */
	CHECK_OK(drp_hub_school_get(p.notary.hub.store, "sch-003", &school, NULL));
	CHECK_INT(school.enrolled, 1);
	CHECK_INT(school.key.b[0], 3);
	CHECK_OK(drp_hub_school_get(p.notary.hub.store, "sch-028", &school, NULL));
	CHECK_INT(school.enrolled, 0); /* nor at the hub */
	CHECK_ERR(sign(), DRP_E_STATE);
	check_signed();
	pair_close(&p);
}

static void the_releases_follow_the_table(void)
{
	struct drp_manifest *m = NULL;
	begin();
	CHECK_OK(sign());
	struct drp_campaign_row row = row_at(&p.hub);
	CHECK_OK(drp_hub_manifest(&p.hub.hub, &row, &m, NULL));
	for (int g = 0; g < DRP_GROUPS; g++) {
		struct drp_rational sum = {0, 1};
		for (uint16_t i = 0; i < m->n_releases; i++) {
			const struct drp_release *r = &m->release[i];
			if (r->group == g) {
				CHECK_OK(drp_rational_add(sum, r->rho, &sum));
			}
		}
		CHECK_INT(drp_rational_cmp(sum, m->rho[g]), 0);
	}
	const struct {
		int group, family, items, map, percent;
	} want[] = {
		{DRP_TEACHER, DRP_FAMILY_REGION, DRP_RELEASE_CORE, DRP_MAP_HISTOGRAM, 22},
		{DRP_TEACHER, DRP_FAMILY_PROVINCE, DRP_RELEASE_CORE, DRP_MAP_SUMS, 35},
		{DRP_TEACHER, DRP_FAMILY_LEVEL, DRP_RELEASE_CORE, DRP_MAP_SUMS, 20},
		{DRP_TEACHER, DRP_FAMILY_NETWORK, DRP_RELEASE_CORE, DRP_MAP_SUMS, 15},
		{DRP_PUPIL, DRP_FAMILY_PROVINCE, DRP_RELEASE_CORE, DRP_MAP_SUMS, 30},
		{DRP_PUPIL, DRP_FAMILY_PROVINCE_LEVEL, DRP_RELEASE_CORE, DRP_MAP_SUMS,
			25}};
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		struct drp_rational part;
		const struct drp_release *r = drp_manifest_release(m,
			(enum drp_group)want[i].group, (enum drp_family)want[i].family,
			(enum drp_release_items)want[i].items);
		CHECK(r != NULL);
		CHECK_INT(r->map, want[i].map);
		CHECK_OK(drp_rational_make(want[i].percent, 100, &part));
		CHECK_OK(drp_rational_mul(part, m->rho[want[i].group], &part));
		CHECK_INT(drp_rational_cmp(r->rho, part), 0);
	}
	CHECK_INT(drp_manifest_release(
			  m, DRP_TEACHER, DRP_FAMILY_PROVINCE_LEVEL, DRP_RELEASE_CORE)
			  ->map,
		DRP_MAP_COUNTS);
	CHECK_INT(
		drp_manifest_release(m, DRP_LEADER, DRP_FAMILY_PROVINCE, DRP_RELEASE_CORE)
			->map,
		DRP_MAP_COUNTS);
	drp_manifest_free(m);
	pair_close(&p);
}

/* ---- cut short ---- */

/* Nothing of one signing is done twice, however often it was tried. */
static void cut_everywhere(int after)
{
	begin();
	CHECK_OK(sign());
	int messages = p.messages;
	pair_close(&p);
	CHECK(messages >= 4); /* instrument, roll, manifest, COSIGN */
	for (int k = 0; k < messages; k++) {
		begin();
		p.cut_before = after ? -1 : k;
		p.cut_after = after ? k : -1;
		CHECK_ERR(sign(), DRP_E_NET);
		CHECK_INT(row_at(&p.hub).state, DRP_CAMPAIGN_DRAFT);
		CHECK_INT(count_charges(&p.hub), 0);
		check_no_members();
		int arrived = after && k == messages - 1;
		CHECK_INT(count_charges(&p.notary) > 0, arrived);
		p.cut_before = p.cut_after = -1;
		pair_reopen(&p);
		CHECK_OK(sign());
		check_signed();
		pair_close(&p);
	}
}

static void any_message_may_be_lost(void)
{
	cut_everywhere(0);
}

static void any_answer_may_be_lost(void)
{
	cut_everywhere(1);
}

/* A hub that stops between the notary's answer and its own transaction. */
static void the_hub_may_stop_before_it_finishes(void)
{
	uint8_t first[64], second[64];
	struct drp_buf before = {0}, after = {0};
	struct drp_manifest *m = NULL;
	begin();
	p.cut_after = 0; /* there is a proposal, and the notary has its first piece */
	CHECK_ERR(sign(), DRP_E_NET);
	p.cut_after = -1;
	CHECK_OK(drp_cosign_proposed(&p.hub.hub, PAIR_CAMPAIGN, &m, NULL));
	CHECK_OK(drp_cosign_ask(&p.hub.hub, &p.peer, PAIR_CAMPAIGN, first, &diag));
	CHECK(noise_of(&p.notary, m, 0, &before));
	CHECK(before.len > 0);
	pair_reopen(&p);
	/* The notary answers a repeat with the same signature and draws nothing. */
	CHECK_OK(drp_cosign_ask(&p.hub.hub, &p.peer, PAIR_CAMPAIGN, second, &diag));
	CHECK_MEM(first, second, sizeof first);
	CHECK(noise_of(&p.notary, m, 0, &after));
	CHECK_INT(before.len, after.len);
	CHECK_MEM(before.data, after.data, before.len);
	CHECK_INT(count_charges(&p.notary), expected_charges(m));
	CHECK_INT(count_charges(&p.hub), 0);
	pair_reopen(&p);
	CHECK_OK(sign());
	check_signed();
	/* Finishing twice is no second draw either. */
	CHECK(noise_of(&p.hub, m, 0, &before));
	CHECK_ERR(drp_cosign_finish(&p.hub.hub, PAIR_CAMPAIGN, first, NULL),
		DRP_E_NOTFOUND);
	CHECK(noise_of(&p.hub, m, 0, &after));
	CHECK_MEM(before.data, after.data, before.len);
	drp_manifest_free(m);
	drp_buf_clear(&before);
	drp_buf_clear(&after);
	pair_close(&p);
}

/* Only the notary's own signature under these bytes opens a campaign. */
static void a_signature_that_does_not_verify_opens_nothing(void)
{
	uint8_t signature[64];
	struct drp_manifest *m = NULL;
	begin();
	p.cut_before = 0;
	CHECK_ERR(sign(), DRP_E_NET);
	p.cut_before = -1;
	CHECK_OK(drp_cosign_ask(&p.hub.hub, &p.peer, PAIR_CAMPAIGN, signature, &diag));
	signature[5] ^= 1;
	CHECK_ERR(drp_cosign_finish(&p.hub.hub, PAIR_CAMPAIGN, signature, NULL),
		DRP_E_SIGNATURE);
	CHECK_INT(row_at(&p.hub).state, DRP_CAMPAIGN_DRAFT);
	CHECK_INT(count_charges(&p.hub), 0);
	/* Nor does a notary that keeps a spoilt signature. */
	CHECK_OK(drp_hub_cosignature_put(
		p.notary.hub.store, PAIR_CAMPAIGN, signature, NULL));
	diag = (struct drp_diag){0};
	CHECK_ERR(drp_cosign_ask(&p.hub.hub, &p.peer, PAIR_CAMPAIGN, signature, &diag),
		DRP_E_SIGNATURE);
	CHECK_OK(drp_cosign_proposed(&p.hub.hub, PAIR_CAMPAIGN, &m, NULL)); /* kept */
	drp_manifest_free(m);
	pair_close(&p);
}

/* A transaction that fails at the notary's end leaves nothing of itself. */
static void a_fault_at_the_notary_is_no_answer(void)
{
	struct drp_hub_store *other = NULL;
	char path[DRP_PATH_MAX];
	begin();
	CHECK_OK(drp_path(path, p.notary.dir, "hub.db", NULL));
	CHECK_OK(drp_hub_store_open(path, 0, &other, NULL));
	CHECK_OK(drp_hub_begin(other, NULL)); /* holds the lock: BUSY for the service */
	CHECK_ERR(sign(), DRP_E_NET);
	(void)!drp_hub_end(other, DRP_E_INTERNAL, NULL);
	drp_hub_store_close(other);
	CHECK_INT(count_charges(&p.notary), 0);
	CHECK_OK(sign());
	check_signed();
	pair_close(&p);
}

/* ---- refused ---- */

/* Nothing was charged, drawn, pinned or entered on either side. */
static void check_untouched(void)
{
	struct drp_campaign_row row;
	struct drp_school school;
	CHECK_INT(row_at(&p.hub).state, DRP_CAMPAIGN_DRAFT);
	CHECK_INT(count_charges(&p.hub), 0);
	CHECK_INT(count_charges(&p.notary), 0);
	CHECK_ERR(drp_hub_campaign_get(p.notary.hub.store, PAIR_CAMPAIGN, &row, NULL),
		DRP_E_NOTFOUND);
	CHECK_OK(drp_hub_school_get(p.notary.hub.store, "sch-005", &school, NULL));
	CHECK_INT(school.enrolled, 0);
}

static int is_proposed(void)
{
	struct drp_proposal proposal;
	return drp_hub_proposal_get(p.hub.hub.store, PAIR_CAMPAIGN, &proposal, NULL) ==
	       DRP_OK;
}

static void expect_refusal(enum drp_err want, const char *says)
{
	CHECK_ERR(sign(), want);
	if (!strstr(diag.text, says)) {
		CHECK_STR(diag.text, says);
	}
	CHECK(strstr(diag.text, "the notary refused") != NULL);
	check_untouched();
	CHECK_INT(is_proposed(), 0); /* the next signing proposes afresh */
}

/* The notary's register says something else about one school. */
static void register_says(void (*change)(struct drp_school *school))
{
	struct drp_school school;
	CHECK_OK(drp_hub_school_get(p.notary.hub.store, "sch-005", &school, NULL));
	change(&school);
	CHECK_OK(drp_hub_school_put(p.notary.hub.store, &school, NULL));
}

static void fewer_pupils(struct drp_school *s)
{
	for (int l = 1; l <= DRP_LEVELS; l++) {
		s->eligible[l][DRP_PUPIL] = s->eligible[l][DRP_PUPIL] ? 119 : 0;
	}
}

static void other_province(struct drp_school *s)
{
	s->province = DRP_BE25;
}

static void other_network(struct drp_school *s)
{
	s->network = DRP_POV;
}

static void one_level_less(struct drp_school *s)
{
	s->levels = (uint8_t)(s->levels & ~(1u << 4));
}

static void joins_another_board(struct drp_school *s)
{
	snprintf(s->board, sizeof s->board, "brd-09");
}

static void has_a_board_of_its_own(struct drp_school *s)
{
	snprintf(s->board, sizeof s->board, "brd-99");
}

static void units_must_be_those_of_the_notarys_register(void)
{
	const struct {
		void (*change)(struct drp_school *school);
		const char *says;
	} kind[] = {{fewer_pupils, "eligible numbers"}, {other_province, "province"},
		{other_network, "network"}, {one_level_less, "level 4"},
		{joins_another_board, "boards"}, {has_a_board_of_its_own, "boards"}};
	for (size_t i = 0; i < sizeof kind / sizeof kind[0]; i++) {
		struct drp_school good;
		begin();
		CHECK_OK(drp_hub_school_get(p.notary.hub.store, "sch-005", &good, NULL));
		register_says(kind[i].change);
		expect_refusal(DRP_E_POLICY, kind[i].says);
		CHECK_OK(drp_hub_school_put(p.notary.hub.store, &good, NULL));
		CHECK_OK(sign());
		check_signed();
		pair_close(&p);
	}
}

static void schools_must_be_known_and_not_revoked(void)
{
	struct drp_school extra = {.id = "sch-999",
		.name = "Only at the hub",
		.board = "brd-00",
		.province = DRP_BE21,
		.network = DRP_GO,
		.levels = 1u << 1};
	begin();
	CHECK_OK(drp_hub_school_revoke(p.notary.hub.store, "sch-005", NULL));
	expect_refusal(DRP_E_REVOKED, "sch-005");
	pair_close(&p);
	begin();
	extra.eligible[1][DRP_PUPIL] = 10;
	CHECK_OK(drp_hub_school_put(p.hub.hub.store, &extra, NULL));
	expect_refusal(DRP_E_POLICY, "sch-999");
	pair_close(&p);
}

/* A school that only the notary knows is no obstacle. */
static void the_notary_may_know_more_schools(void)
{
	struct drp_school extra = {.id = "sch-999",
		.name = "Only at the notary",
		.board = "brd-00",
		.province = DRP_BE21,
		.network = DRP_GO,
		.levels = 1u << 1};
	begin();
	CHECK_OK(drp_hub_school_put(p.notary.hub.store, &extra, NULL));
	CHECK_OK(sign());
	check_signed();
	pair_close(&p);
}

static void a_school_key_must_stay_the_same(void)
{
	const struct drp_key other = {{0x55}}, third = {{3, 0xab}};
	begin();
	CHECK_OK(drp_hub_school_pin(p.notary.hub.store, "sch-007", &other, 1, NULL));
	expect_refusal(DRP_E_CONFLICT, "school rekey sch-007");
	CHECK_OK(drp_hub_school_forget(p.notary.hub.store, "sch-007", NULL));
	/* Another school's key under this one's name. */
	CHECK_OK(drp_hub_school_pin(p.notary.hub.store, "sch-028", &third, 1, NULL));
	expect_refusal(DRP_E_CONFLICT, "one key");
	CHECK_OK(drp_hub_school_forget(p.notary.hub.store, "sch-028", NULL));
	CHECK_OK(sign());
	check_signed();
	pair_close(&p);
}

/* ---- vouchers ---- */

/* What the school's node would send with the voucher that the notary gave it. */
static void use_voucher(const char *id)
{
	struct drp_school at_notary, at_hub;
	struct drp_voucher_place place = {.school = id};
	char text[DRP_VOUCHER_TEXT];
	uint8_t code[DRP_VOUCHER_BYTES], proof[DRP_PROOF_BYTES];
	CHECK_OK(drp_hub_school_get(p.notary.hub.store, id, &at_notary, NULL));
	CHECK_OK(drp_vouching_make(&p.notary.hub, &at_notary, text, NULL));
	drp_keys_public(p.notary.hub.keys, &place.notary, place.notary_box);
	CHECK_OK(drp_voucher_read(text, &place, code, NULL));
	CHECK_OK(drp_hub_school_get(p.hub.hub.store, id, &at_hub, NULL));
	drp_voucher_proof(code, &at_hub.key, proof);
	CHECK_OK(drp_hub_school_prove(p.hub.hub.store, id, &at_hub.key, proof, NULL));
}

static int voucher_state_of(const char *id)
{
	struct drp_school school;
	CHECK_OK(drp_hub_school_get(p.notary.hub.store, id, &school, NULL));
	return school.voucher;
}

static void check_key_counts(uint32_t vouched, uint32_t first_sight)
{
	struct drp_manifest *m = NULL;
	struct drp_campaign_row row = row_at(&p.notary);
	struct drp_vouching_count keys;
	CHECK_OK(drp_hub_manifest(&p.notary.hub, &row, &m, NULL));
	CHECK_OK(drp_vouching_of(&p.notary.hub, PAIR_CAMPAIGN, m, &keys, NULL));
	CHECK_INT(keys.vouched, vouched);
	CHECK_INT(keys.first_sight, first_sight);
	drp_manifest_free(m);
}

static size_t enrolled_at_the_hub(void)
{
	struct drp_school *list = NULL;
	size_t n = 0, enrolled = 0;
	CHECK_OK(drp_hub_schools(p.hub.hub.store, &list, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		enrolled += list[i].enrolled && !list[i].revoked;
	}
	drp_free(list);
	return enrolled;
}

static void a_voucher_must_be_used(void)
{
	struct drp_school school;
	char text[DRP_VOUCHER_TEXT], again[DRP_VOUCHER_TEXT];
	begin();
	CHECK_OK(drp_hub_school_get(p.notary.hub.store, "sch-007", &school, NULL));
	CHECK_OK(drp_vouching_make(&p.notary.hub, &school, text, NULL));
	CHECK_OK(drp_vouching_make(&p.notary.hub, &school, again, NULL));
	CHECK_STR(again, text); /* it waits, and is not made void by asking */
	expect_refusal(DRP_E_POLICY, "sch-007 has not used the notary's voucher");
	use_voucher("sch-007");
	CHECK_OK(sign());
	check_signed();
	CHECK_INT(voucher_state_of("sch-007"), DRP_VOUCHER_VOUCHED);
	CHECK_INT(voucher_state_of("sch-008"), DRP_VOUCHER_NONE);
	check_key_counts(1, (uint32_t)enrolled_at_the_hub() - 1);
	CHECK_OK(drp_hub_school_get(p.notary.hub.store, "sch-007", &school, NULL));
	CHECK_ERR(drp_vouching_make(&p.notary.hub, &school, text, NULL), DRP_E_STATE);
	pair_close(&p);
}

static void a_proof_must_be_of_the_key_and_the_voucher(void)
{
	struct drp_school school, other;
	begin();
	use_voucher("sch-007");
	use_voucher("sch-008");
	CHECK_OK(drp_hub_school_get(p.hub.hub.store, "sch-007", &school, NULL));
	CHECK_OK(drp_hub_school_get(p.hub.hub.store, "sch-008", &other, NULL));
	CHECK_OK(drp_hub_school_prove(
		p.hub.hub.store, "sch-007", &school.key, other.proof, NULL));
	expect_refusal(DRP_E_POLICY, "the key of school sch-007 is not the one");
	CHECK_OK(drp_hub_school_prove(
		p.hub.hub.store, "sch-007", &school.key, school.proof, NULL));
	CHECK_OK(sign());
	check_signed();
	pair_close(&p);
}

/* Who once vouched for a school does not fall back on the hub's word. */
static void a_forgotten_key_needs_another_voucher(void)
{
	begin();
	use_voucher("sch-007");
	CHECK_OK(drp_hub_school_forget(p.notary.hub.store, "sch-007", NULL));
	CHECK_INT(voucher_state_of("sch-007"), DRP_VOUCHER_SPENT);
	expect_refusal(DRP_E_POLICY, "'voucher sch-007'");
	use_voucher("sch-007");
	CHECK_OK(sign());
	check_signed();
	pair_close(&p);
}

static void where_vouchers_are_required_every_key_needs_one(void)
{
	struct drp_school *list = NULL, first;
	size_t n = 0;
	begin();
	CHECK_OK(drp_hub_school_get(p.hub.hub.store, "sch-007", &first, NULL));
	CHECK_OK(drp_hub_school_pin(p.notary.hub.store, "sch-007", &first.key, 1, NULL));
	snprintf(p.notary.hub.settings.vouchers, DRP_CODE_MAX, "required");
	expect_refusal(DRP_E_POLICY, "no voucher of the notary waits");
	CHECK_OK(drp_hub_schools(p.hub.hub.store, &list, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		if (list[i].enrolled && !list[i].revoked &&
			strcmp(list[i].id, "sch-007") != 0) {
			use_voucher(list[i].id);
		}
	}
	drp_free(list);
	/* Nor does a key pass that was taken at first sight before. */
	expect_refusal(DRP_E_POLICY, "'voucher sch-007'");
	CHECK_OK(drp_hub_school_forget(p.notary.hub.store, "sch-007", NULL));
	use_voucher("sch-007");
	CHECK_OK(sign());
	check_signed();
	check_key_counts((uint32_t)enrolled_at_the_hub(), 0);
	pair_close(&p);
}

static void the_notarys_ledger_decides_too(void)
{
	begin();
	struct drp_ledger_row full = {.year = 2025,
		.group = DRP_PUPIL,
		.campaign = {{9}},
		.rho = drp_ledger_cap(DRP_PUPIL),
		.bytes = {{9}},
		.time_s = 1};
	CHECK_OK(drp_hub_ledger_append(p.notary.hub.store, &full, NULL));
	CHECK_ERR(sign(), DRP_E_BUDGET);
	CHECK_INT(count_charges(&p.notary), 1);
	CHECK_INT(count_charges(&p.hub), 0);
	CHECK_INT(is_proposed(), 0);
	CHECK_INT(row_at(&p.hub).state, DRP_CAMPAIGN_DRAFT);
	pair_close(&p);
}

/* ---- a hub that is not honest ---- */

/* The proposal that the draft would give, changed before it is signed. */
static void propose(void (*change)(struct drp_manifest *m))
{
	struct drp_hub *hub = &p.hub.hub;
	struct drp_campaign_row row = row_at(&p.hub);
	struct drp_buf text = {0}, frame = {0};
	struct drp_draft *draft = drp_alloc(1, sizeof *draft);
	struct drp_instrument *in = NULL;
	struct drp_school *schools = NULL;
	struct drp_manifest *m = NULL;
	struct drp_rng rng = drp_system_rng();
	uint32_t number[FIXTURE_SCHOOLS];
	struct drp_roll_entry roll[FIXTURE_SCHOOLS];
	size_t n;
	CHECK_OK(drp_hub_campaign_text(hub->store, PAIR_CAMPAIGN, &text, &frame, NULL));
	CHECK_OK(drp_draft_read(text.data, text.len, "c.yaml", draft, NULL));
	CHECK_OK(drp_hub_instrument(hub, &row.instrument, &in, NULL));
	CHECK_OK(drp_hub_schools(hub->store, &schools, &n, NULL));
	CHECK_OK(drp_draft_manifest(draft, in, schools, n, &rng, &m, number, NULL));
	for (size_t i = 0; i < n; i++) {
		memcpy(roll[number[i]].id, schools[i].id, sizeof roll[0].id);
		memcpy(roll[number[i]].proof, schools[i].proof, sizeof roll[0].proof);
	}
	drp_keys_public(hub->keys, &m->hub, m->hub_box);
	CHECK_OK(drp_cosign_fill(hub, draft, m, NULL));
	change(m);
	CHECK_OK(drp_cosign_propose(hub, m, roll, NULL));
	drp_manifest_free(m);
	drp_instrument_free(in);
	drp_free(schools);
	drp_free(draft);
	drp_buf_clear(&text);
	drp_buf_clear(&frame);
}

static void one_school_is_enough(struct drp_manifest *m)
{
	m->thresholds.k_schools = 1;
}

static void less_noise(struct drp_manifest *m)
{
	m->release[0].sigma2--;
}

static void another_notary(struct drp_manifest *m)
{
	m->notary.b[5] ^= 1;
}

static void another_notary_box(struct drp_manifest *m)
{
	m->notary_box[5] ^= 1;
}

static void another_hub_box(struct drp_manifest *m)
{
	m->hub_box[5] ^= 1;
}

static void another_year(struct drp_manifest *m)
{
	m->year++;
}

/* Signed by this notary too, for another hub. */
static void replaces_anothers(struct drp_manifest *m)
{
	struct drp_manifest theirs = *m;
	struct drp_campaign_row row = {.id = "theirs", .signed_s = 1};
	struct drp_hub_store *store = p.notary.hub.store;
	struct drp_buf bytes = {0};
	snprintf(theirs.id, sizeof theirs.id, "theirs");
	theirs.hub.b[3] ^= 1;
	memset(&theirs.verify, 7, sizeof theirs.verify);
	CHECK_OK(drp_manifest_encode(&theirs, &bytes));
	CHECK_OK(drp_hub_blob_put(store, &theirs.hash, bytes.data, bytes.len, NULL));
	row.manifest = row.instrument = m->replaces = theirs.hash;
	CHECK_OK(drp_hub_campaign_take(store, &row, &theirs.hash, "s", 1, NULL));
	drp_buf_clear(&bytes);
}

static void only_its_own_campaigns_are_replaced(void)
{
	struct drp_campaign_row theirs;
	begin();
	propose(replaces_anothers);
	expect_refusal(DRP_E_POLICY, "another hub's");
	CHECK_OK(drp_hub_campaign_get(p.notary.hub.store, "theirs", &theirs, NULL));
	CHECK_INT(theirs.state, DRP_CAMPAIGN_OPEN);
	CHECK_INT(theirs.abandoned_s, 0);
	pair_close(&p);
}

static void a_dishonest_manifest_is_refused(void)
{
	const struct {
		void (*change)(struct drp_manifest *m);
		enum drp_err err;
	} kind[] = {{one_school_is_enough, DRP_E_POLICY}, {less_noise, DRP_E_POLICY},
		{another_notary, DRP_E_POLICY}, {another_notary_box, DRP_E_POLICY},
		{another_hub_box, DRP_E_POLICY}, {another_year, DRP_E_POLICY}};
	for (size_t i = 0; i < sizeof kind / sizeof kind[0]; i++) {
		begin();
		propose(kind[i].change);
		expect_refusal(kind[i].err, "");
		CHECK_OK(sign());
		check_signed();
		pair_close(&p);
	}
}

/* The stored proposal with a changed signature, roll or seed. */
static void spoil(int what)
{
	struct drp_hub *hub = &p.hub.hub;
	struct drp_proposal proposal;
	struct drp_manifest *m = NULL;
	struct drp_buf sealed = {0};
	uint8_t seed[DRP_VERIFY_SEED_BYTES];
	p.cut_before = 0;
	CHECK_ERR(sign(), DRP_E_NET);
	p.cut_before = -1;
	CHECK_OK(drp_hub_proposal_get(hub->store, PAIR_CAMPAIGN, &proposal, NULL));
	CHECK_OK(drp_cosign_proposed(hub, PAIR_CAMPAIGN, &m, NULL));
	CHECK_OK(drp_verify_seed(hub, PAIR_CAMPAIGN, &m->hash, seed, NULL));
	proposal.signature[9] ^= what == 0;
	if (what == 1) {
		proposal.roll = m->instrument;
	}
	seed[9] ^= what == 2;
	CHECK_OK(drp_seed_seal(hub, m, seed, &sealed, NULL));
	CHECK_OK(drp_hub_proposal_drop(hub->store, PAIR_CAMPAIGN, NULL));
	CHECK_OK(drp_hub_proposal_put(
		hub->store, PAIR_CAMPAIGN, &proposal, sealed.data, sealed.len, NULL));
	drp_manifest_free(m);
	drp_buf_clear(&sealed);
}

static void signature_roll_and_seed_are_checked(void)
{
	static const enum drp_err want[] = {
		DRP_E_SIGNATURE, DRP_E_MALFORMED, DRP_E_POLICY};
	for (int what = 0; what < 3; what++) {
		begin();
		spoil(what);
		expect_refusal(want[what], "");
		CHECK_OK(sign());
		check_signed();
		pair_close(&p);
	}
}

/* A hub that the notary does not know is told so, and keeps its proposal: nothing is
 * wrong with that. */
static void an_unpaired_hub_is_told_so(void)
{
	struct drp_hub_store *store;
	begin();
	pair_close(&p);
	memset(&p, 0, sizeof p);
	p.cut_before = p.cut_after = -1;
	pair_directory(&p.hub, "hub");
	pair_directory(&p.notary, "notary");
	pair_introduce(&p.hub, &p.notary);
	fixture_enrol(&p.hub);
	CHECK_OK(drp_notary_new(&p.notary.hub, &p.service));
	p.peer = (struct drp_peer){.self = &p, .exchange = pair_exchange};
	CHECK_OK(drp_pairing_card(&p.notary.hub, &p.peer.card, NULL));
	CHECK_OK(pair_draft(&p, PAIR_YAML, NULL));
	CHECK_ERR(sign(), DRP_E_UNKNOWN_KEY);
	CHECK(strstr(diag.text, "pair") != NULL);
	CHECK_INT(is_proposed(), 1);
	store = p.notary.hub.store;
	uint32_t held = 1, total = 1;
	struct drp_card card;
	CHECK_OK(drp_pairing_card(&p.hub.hub, &card, NULL));
	struct drp_campaign_row row = row_at(&p.hub);
	CHECK_OK(drp_hub_staged(store, &card.key, &row.instrument, &held, &total, NULL));
	CHECK_INT(held, 0); /* nothing of a stranger is kept */
	pair_introduce(&p.notary, &p.hub);
	CHECK_OK(sign());
	check_signed();
	pair_close(&p);
}

static void a_campaign_id_is_used_once(void)
{
	static const char spare[] = "spare";
	struct drp_campaign_row row = {.signed_s = 1};
	struct drp_hash blob;
	begin();
	drp_hash_bytes(spare, sizeof spare, &blob);
	CHECK_OK(drp_hub_blob_put(p.notary.hub.store, &blob, spare, sizeof spare, NULL));
	snprintf(row.id, sizeof row.id, PAIR_CAMPAIGN);
	row.manifest = row.instrument = blob;
	CHECK_OK(drp_hub_campaign_take(p.notary.hub.store, &row, &blob, "s", 1, NULL));
	CHECK_ERR(sign(), DRP_E_EXISTS);
	CHECK_INT(count_charges(&p.notary), 0);
	pair_close(&p);
}

/* ---- at the notary's door ---- */

static struct drp_reply reply;
static struct drp_buf said;

static enum drp_err ask(struct drp_request request)
{
	diag = (struct drp_diag){0};
	return drp_peer_ask(&p.hub.hub, &p.peer, &request, &reply, &said, &diag);
}

static void what_schools_ask_is_unknown_to_a_notary(void)
{
	static const uint8_t type[] = {
		DRP_MSG_ENROL, DRP_MSG_SYNC, DRP_MSG_STATUS, DRP_MSG_WITHDRAW};
	begin();
	for (size_t i = 0; i < sizeof type; i++) {
		CHECK_ERR(ask((struct drp_request){.type = type[i]}), DRP_E_PEER);
		CHECK(strstr(diag.text, drp_err_text(DRP_E_VERSION)) != NULL);
		CHECK_INT(reply.err, DRP_OK);
	}
	drp_buf_clear(&said);
	pair_close(&p);
}

static enum drp_err put(
	const struct drp_hash *hash, uint32_t total, uint32_t offset, size_t n)
{
	static uint8_t bytes[1000];
	memset(bytes, 7, sizeof bytes);
	return ask((struct drp_request){
		.type = DRP_MSG_PUT, .put = {*hash, total, offset, bytes + offset, n}});
}

static void a_blob_is_put_in_order_and_checked(void)
{
	uint8_t bytes[1000];
	struct drp_hash right;
	const struct drp_hash wrong = {{1, 2, 3}};
	memset(bytes, 7, sizeof bytes);
	drp_hash_bytes(bytes, sizeof bytes, &right);
	begin();
	CHECK_OK(put(&right, 1000, 400, 100)); /* too early */
	CHECK_INT(reply.put.held, 0);
	CHECK_OK(put(&right, 1000, 0, 300));
	CHECK_INT(reply.put.held, 300);
	CHECK_OK(put(&right, 1000, 0, 300)); /* again */
	CHECK_INT(reply.put.held, 300);
	CHECK_ERR(put(&right, 999, 300, 100), DRP_E_CONFLICT);
	CHECK_OK(put(&right, 1000, 300, 700));
	CHECK_INT(reply.put.held, 1000);
	CHECK_OK(put(&wrong, 1000, 0, 999));
	CHECK_ERR(put(&wrong, 1000, 999, 1), DRP_E_HASH);
	CHECK_OK(put(&wrong, 1000, 0, 10)); /* dropped: it begins again */
	CHECK_INT(reply.put.held, 10);
	drp_buf_clear(&said);
	pair_close(&p);
}

static void what_was_signed_can_be_fetched_again(void)
{
	struct drp_buf out = {0};
	const struct drp_hash unknown = {{1, 2, 3}};
	begin();
	CHECK_OK(sign());
	struct drp_campaign_row row = row_at(&p.hub);
	CHECK_OK(drp_peer_get(&p.hub.hub, &p.peer, &row.manifest, &out, &diag));
	CHECK(out.len > 0);
	CHECK_ERR(
		drp_peer_get(&p.hub.hub, &p.peer, &unknown, &out, &diag), DRP_E_NOTFOUND);
	drp_buf_clear(&out);
	pair_close(&p);
}

/* A blob of several pieces, cut in the middle, goes on where it stopped. */
static void a_long_blob_goes_on_where_it_stopped(void)
{
	size_t n = 3 * (size_t)DRP_CHUNK_MAX_BYTES + 17;
	uint8_t *bytes = drp_alloc(n, 1);
	struct drp_buf back = {0};
	struct drp_hash hash;
	struct drp_card hub;
	CHECK(bytes != NULL);
	for (size_t i = 0; i < n; i++) {
		bytes[i] = (uint8_t)(i * 31 >> 7);
	}
	drp_hash_bytes(bytes, n, &hash);
	begin();
	p.cut_after = p.messages + 2;
	CHECK_ERR(drp_peer_put(&p.hub.hub, &p.peer, &hash, bytes, n, &diag), DRP_E_NET);
	p.cut_after = -1;
	p.messages = 0;
	diag = (struct drp_diag){0};
	CHECK_OK(drp_peer_put(&p.hub.hub, &p.peer, &hash, bytes, n, &diag));
	CHECK_INT(p.messages, 2); /* the first tells how far it was */
	CHECK_OK(drp_pairing_card(&p.hub.hub, &hub, NULL));
	CHECK_OK(drp_hub_staged_get(p.notary.hub.store, &hub.key, &hash, &back, NULL));
	CHECK_INT(back.len, n);
	CHECK_MEM(back.data, bytes, n);
	drp_buf_clear(&back);
	drp_free(bytes);
	pair_close(&p);
}

/* ---- drafts ---- */

static void a_sealed_draft_needs_a_notary(void)
{
	struct pair_fixture alone;
	memset(&alone, 0, sizeof alone);
	CHECK_OK(drp_crypto_init());
	pair_directory(&alone.hub, "hub");
	diag = (struct drp_diag){0};
	CHECK_ERR(pair_draft(&alone, PAIR_YAML, &diag), DRP_E_STATE);
	CHECK(strstr(diag.text, "pair") != NULL);
	hub_fixture_close(&alone.hub);
}

#define SUCCESSOR(id)                                                                    \
	"campaign: " id "\ntitle: Again\nregion: VL\n"                                   \
	"instrument: " DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml\n"                \
	"track: sealed\ncohort: self-selected\nreplaces: " PAIR_CAMPAIGN "\n"            \
	"period: {from: 2026-03-01, to: 2026-05-31}\ndeadline: 2026-06-15\n"

/* The notary is lost for good: another takes its place, and the campaign is run anew. */
static void a_lost_notary_has_a_successor(void)
{
	struct drp_campaign_row row, next;
	struct drp_manifest *m = NULL;
	begin();
	diag = (struct drp_diag){0};
	CHECK_ERR(pair_draft(&p, SUCCESSOR("again"), &diag), DRP_E_STATE); /* a draft */
	CHECK_OK(sign());
	size_t once = count_charges(&p.hub);
	drp_notary_free(p.service);
	hub_fixture_close(&p.notary);
	pair_directory(&p.notary, "notary");
	pair_introduce(&p.hub, &p.notary);
	pair_introduce(&p.notary, &p.hub);
	CHECK_OK(drp_notary_new(&p.notary.hub, &p.service));
	CHECK_OK(drp_pairing_card(&p.notary.hub, &p.peer.card, NULL));
	diag = (struct drp_diag){0};
	CHECK_OK(pair_draft(&p, SUCCESSOR("again"), &diag));
	CHECK_OK(pair_sign(&p, "again", &diag));
	row = row_at(&p.hub);
	CHECK_INT(row.state, DRP_CAMPAIGN_CLOSED);
	CHECK(row.abandoned_s > 0);
	CHECK_OK(drp_hub_campaign_get(p.hub.hub.store, "again", &next, NULL));
	CHECK_OK(drp_hub_manifest(&p.hub.hub, &next, &m, NULL));
	CHECK_MEM(&m->replaces, &row.manifest, sizeof row.manifest);
	CHECK_INT(count_charges(&p.hub), 2 * once); /* both stand */
	check_members("again");
	CHECK_INT(count_charges(&p.notary), once);
	CHECK_ERR(pair_draft(&p, SUCCESSOR("third"), NULL), DRP_E_STATE); /* once */
	drp_manifest_free(m);
	pair_close(&p);
}

static void an_opened_campaign_is_not_replaced(void)
{
	begin();
	CHECK_OK(sign());
	CHECK_OK(drp_hub_opening_put(
		p.hub.hub.store, PAIR_CAMPAIGN, "numbers-hub", 0, "x", 1, NULL));
	diag = (struct drp_diag){0};
	CHECK_ERR(pair_draft(&p, SUCCESSOR("again"), &diag), DRP_E_STATE);
	CHECK(strstr(diag.text, "opened") != NULL);
	pair_close(&p);
}

/* The old one's close went on while the successor was signed: the same answers must not
 * count in both. */
static void nor_one_that_is_opened_meanwhile(void)
{
	struct drp_campaign_row next;
	begin();
	CHECK_OK(sign());
	size_t once = count_charges(&p.hub);
	CHECK_OK(pair_draft(&p, SUCCESSOR("again"), NULL));
	p.cut_before = p.messages;
	CHECK_ERR(pair_sign(&p, "again", NULL), DRP_E_NET);
	p.cut_before = -1;
	CHECK_OK(drp_hub_opening_put(
		p.hub.hub.store, PAIR_CAMPAIGN, "numbers-hub", 1, "x", 1, NULL));
	diag = (struct drp_diag){0};
	CHECK_ERR(pair_sign(&p, "again", &diag), DRP_E_STATE);
	CHECK(strstr(diag.text, "opened") != NULL);
	CHECK_OK(drp_hub_campaign_get(p.hub.hub.store, "again", &next, NULL));
	CHECK_INT(next.state, DRP_CAMPAIGN_DRAFT);
	CHECK_INT(row_at(&p.hub).abandoned_s, 0);
	CHECK_INT(count_charges(&p.hub), once);
	/* What a notary froze stays frozen, given up or not. */
	CHECK_OK(drp_hub_campaign_state(
		p.notary.hub.store, PAIR_CAMPAIGN, DRP_CAMPAIGN_FROZEN, 1, NULL));
	CHECK_OK(drp_hub_campaign_abandon(p.notary.hub.store, PAIR_CAMPAIGN, 2, NULL));
	CHECK_INT(row_at(&p.notary).state, DRP_CAMPAIGN_FROZEN);
	pair_close(&p);
}

int main(void)
{
	CASE("both sign, charge and draw", both_sign_charge_and_draw);
	CASE("the releases follow the table", the_releases_follow_the_table);
	CASE("any message may be lost", any_message_may_be_lost);
	CASE("any answer may be lost", any_answer_may_be_lost);
	CASE("the hub may stop before it finishes", the_hub_may_stop_before_it_finishes);
	CASE("a signature that does not verify opens nothing",
		a_signature_that_does_not_verify_opens_nothing);
	CASE("a fault at the notary is no answer", a_fault_at_the_notary_is_no_answer);
	CASE("units must be those of the notary's register",
		units_must_be_those_of_the_notarys_register);
	CASE("schools must be known and not revoked",
		schools_must_be_known_and_not_revoked);
	CASE("the notary may know more schools", the_notary_may_know_more_schools);
	CASE("a school's key must stay the same", a_school_key_must_stay_the_same);
	CASE("a voucher must be used", a_voucher_must_be_used);
	CASE("a proof must be of the key and the voucher",
		a_proof_must_be_of_the_key_and_the_voucher);
	CASE("a forgotten key needs another voucher",
		a_forgotten_key_needs_another_voucher);
	CASE("where vouchers are required every key needs one",
		where_vouchers_are_required_every_key_needs_one);
	CASE("the notary's ledger decides too", the_notarys_ledger_decides_too);
	CASE("a dishonest manifest is refused", a_dishonest_manifest_is_refused);
	CASE("only a hub's own campaigns are replaced",
		only_its_own_campaigns_are_replaced);
	CASE("signature, roll and seed are checked", signature_roll_and_seed_are_checked);
	CASE("an unpaired hub is told so", an_unpaired_hub_is_told_so);
	CASE("a campaign's id is used once", a_campaign_id_is_used_once);
	CASE("what schools ask is unknown to a notary",
		what_schools_ask_is_unknown_to_a_notary);
	CASE("a blob is put in order and checked", a_blob_is_put_in_order_and_checked);
	CASE("what was signed can be fetched again",
		what_was_signed_can_be_fetched_again);
	CASE("a long blob goes on where it stopped",
		a_long_blob_goes_on_where_it_stopped);
	CASE("a sealed draft needs a notary", a_sealed_draft_needs_a_notary);
	CASE("a lost notary has a successor", a_lost_notary_has_a_successor);
	CASE("an opened campaign is not replaced", an_opened_campaign_is_not_replaced);
	CASE("nor is one that is opened meanwhile", nor_one_that_is_opened_meanwhile);
	return DONE();
}
