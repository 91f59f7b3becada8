/* SPDX-License-Identifier: Apache-2.0
 *
 * The close of a sealed campaign by a hub and a notary, both real, in one process. Every
 * report's counters are known, so that what is opened can be compared with the exact sum
 * plus both sides' noise, number by number. The close is cut short before and after every
 * single exchange with the notary, and run again.
 */
#include "tests/support/sealed_truth.h"

#define SCHOOLS	 12
#define ELIGIBLE 40

static struct fed f;
static struct drp_tasks *tasks;
static struct drp_hash name[DRP_GROUPS][SCHOOLS];
static struct truth truth;

static uint64_t questionnaires(int group, size_t school)
{
	return (group == DRP_LEADER ? 5u : 20u) + school;
}

static void send(int group, size_t school)
{
	uint64_t *c = truth.counts[group][school];
	CHECK(tasks->task[group].vector.length <= TRUTH_LENGTH);
	fed_counts(&tasks->task[group].vector, questionnaires(group, school),
		(unsigned)school, c);
	CHECK_OK(fed_report(
		&f, tasks, school, (enum drp_group)group, c, &name[group][school]));
	truth.present[group][school] = 1;
}

static void begin(uint64_t seed)
{
	memset(&truth, 0, sizeof truth);
	fed_begin_sealed(&f, SCHOOLS, ELIGIBLE, seed);
	tasks = fed_tasks(&f.hub);
	truth.f = &f;
	truth.tasks = tasks;
	for (size_t s = 0; s < SCHOOLS; s++) {
		for (int g = 0; g < DRP_GROUPS; g++) {
			send(g, s);
		}
	}
}

static void end(void)
{
	drp_tasks_free(tasks);
	fed_end(&f);
}

static enum drp_err close_it(struct drp_diag *diag)
{
	memset(diag, 0, sizeof *diag);
	return drp_closing_run(&f.hub, FED_CAMPAIGN, &f.peer, diag);
}

static void close_ok(void)
{
	struct drp_diag diag;
	enum drp_err err = close_it(&diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
}

static void edition_hash(struct drp_hash *hash)
{
	struct drp_buf bytes = {0};
	CHECK_OK(drp_hub_edition_get(f.hub.store, FED_CAMPAIGN, 0, hash, &bytes, NULL));
	CHECK(bytes.len > 0);
	drp_buf_clear(&bytes);
}

/* ---- cases ---- */

static void exact_sums_and_both_noises(void)
{
	struct drp_hash first, again;
	begin(1);
	close_ok();
	CHECK_INT(fed_state(&f.hub), DRP_CAMPAIGN_CLOSED);
	CHECK_INT(fed_state(&f.notary->hub), DRP_CAMPAIGN_CLOSED);
	truth_check(&truth);
	edition_hash(&first);
	unsigned opens = f.notary->arrived[DRP_MSG_OPEN];
	f.now_ms += 86400000;
	close_ok(); /* changes nothing, asks nothing */
	edition_hash(&again);
	CHECK(drp_hash_equal(&first, &again));
	CHECK_INT(f.notary->arrived[DRP_MSG_OPEN], opens);
	end();
}

/* ---- cut short ---- */

static unsigned exchanges, cut_at;
static enum fed_fate cut_fate;

static enum fed_fate cut(struct fed *fed, uint8_t type)
{
	(void)fed;
	(void)type;
	return exchanges++ == cut_at ? cut_fate : FED_ARRIVES;
}

static void restart(void)
{
	fed_close_hub(&f);
	fed_open_hub(&f);
	fed_close_notary(&f);
	fed_open_notary(&f);
}

/* Each run loses an exchange, its first one, its second and so on up to the fifth in
 * turn, and both programs are started again: whatever step that is, the same numbers and
 * the same noise come out. */
static void cut_at_every_exchange(enum fed_fate fate)
{
	struct drp_diag diag;
	unsigned stops = 0;
	begin(2);
	f.notary->fate = cut;
	cut_fate = fate;
	for (;;) {
		exchanges = 0;
		cut_at = stops % 5;
		if (close_it(&diag) == DRP_OK) {
			break;
		}
		CHECK_INT(diag.code, DRP_E_NET);
		CHECK(strstr(diag.text, "nothing is lost") != NULL);
		restart();
		CHECK(stops++ < 200);
	}
	CHECK(stops > 20);
	f.notary->fate = NULL;
	truth_check(&truth);
	end();
}

static void requests_are_lost(void)
{
	cut_at_every_exchange(FED_LOST);
}

static void answers_are_lost(void)
{
	cut_at_every_exchange(FED_REPLY_LOST);
}

/* The process died right after it stopped accepting: what had slipped in before that is
 * still verified and counted. */
static void died_after_it_stopped_accepting(void)
{
	begin(14);
	CHECK_OK(drp_hub_begin(f.hub.store, NULL));
	CHECK_OK(drp_hub_campaign_state(
		f.hub.store, FED_CAMPAIGN, DRP_CAMPAIGN_CLOSED, f.now_ms / 1000, NULL));
	CHECK_OK(drp_hub_end(f.hub.store, DRP_OK, NULL));
	close_ok();
	truth_check(&truth);
	CHECK_INT(f.notary->arrived[DRP_MSG_VERIFY], DRP_GROUPS * SCHOOLS);
	end();
}

static enum fed_fate twice(struct fed *fed, uint8_t type)
{
	(void)fed;
	(void)type;
	return FED_TWICE;
}

static void everything_twice(void)
{
	begin(3);
	f.notary->fate = twice;
	close_ok();
	truth_check(&truth);
	CHECK_OK(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, NULL));
	CHECK_INT(fed_state(&f.notary->hub), DRP_CAMPAIGN_FROZEN);
	end();
}

static void the_notary_is_away(void)
{
	struct drp_diag diag;
	begin(4);
	f.notary->away = 1;
	CHECK_INT(close_it(&diag), DRP_E_NET);
	CHECK(strstr(diag.text, "stays open and nothing is lost") != NULL);
	CHECK(strchr(diag.text, '\n') == NULL);
	CHECK_INT(fed_state(&f.hub), DRP_CAMPAIGN_OPEN);
	size_t left = 0;
	CHECK_OK(drp_forward_left(&f.hub, FED_CAMPAIGN, &left, NULL));
	CHECK_INT(left, DRP_GROUPS * SCHOOLS);
	f.notary->away = 0;
	close_ok();
	truth_check(&truth);
	f.notary->away = 1;
	memset(&diag, 0, sizeof diag);
	CHECK_INT(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag), DRP_E_NET);
	CHECK_INT(fed_state(&f.hub), DRP_CAMPAIGN_CLOSED);
	end();
}

/* ---- lists ---- */

static enum drp_err ask_notary(struct drp_request *q, struct drp_reply *reply,
	struct drp_buf *body, struct drp_diag *diag)
{
	memset(diag, 0, sizeof *diag);
	return drp_peer_ask(&f.hub, &f.peer, q, reply, body, diag);
}

static struct drp_reply answer;
static struct drp_buf answer_body;

/* A CLOSE with the hub's list cut after n entries. */
static enum drp_err close_with(size_t n, struct drp_diag *diag)
{
	struct drp_list list = {0};
	struct drp_buf bytes = {0};
	struct drp_request q = {.type = DRP_MSG_CLOSE};
	CHECK_OK(drp_tally_list(&f.hub, tasks, &list, NULL));
	list.n = n < list.n ? n : list.n;
	CHECK_OK(drp_list_encode(&list, &bytes));
	q.close.campaign = tasks->manifest->hash;
	drp_hash_bytes(bytes.data, bytes.len, &q.close.list.hash);
	drp_sign(f.hub.keys, DRP_LIST_TAG, bytes.data, bytes.len, q.close.list.signature);
	CHECK_OK(drp_peer_put(
		&f.hub, &f.peer, &q.close.list.hash, bytes.data, bytes.len, NULL));
	drp_list_clear(&list);
	drp_buf_clear(&bytes);
	return ask_notary(&q, &answer, &answer_body, diag);
}

static void another_list_is_refused(void)
{
	struct drp_diag diag;
	begin(5);
	struct drp_request numbers = {.type = DRP_MSG_NUMBERS},
			   open = {.type = DRP_MSG_OPEN},
			   freeze = {.type = DRP_MSG_FREEZE};
	numbers.numbers.campaign = tasks->manifest->hash;
	numbers.numbers.shares = answer_body.data;
	open.open.campaign = freeze.freeze.campaign = tasks->manifest->hash;
	CHECK_INT(ask_notary(&numbers, &answer, &answer_body, &diag), DRP_E_STATE);
	CHECK_INT(ask_notary(&open, &answer, &answer_body, &diag), DRP_E_STATE);
	CHECK_INT(ask_notary(&freeze, &answer, &answer_body, &diag), DRP_E_STATE);
	close_ok();
	CHECK_INT(close_with(30, &diag), DRP_E_CONFLICT);
	CHECK_OK(close_with(1000, &diag)); /* the same one */
	static const uint8_t others[3200];
	numbers.numbers.shares = others;
	numbers.numbers.shares_n = sizeof others;
	CHECK_INT(ask_notary(&numbers, &answer, &answer_body, &diag), DRP_E_CONFLICT);
	open.open.release = DRP_RELEASES_MAX - 1;
	CHECK_INT(ask_notary(&open, &answer, &answer_body, &diag), DRP_E_RANGE);
	truth_check(&truth);
	end();
}

static enum fed_fate no_numbers(struct fed *fed, uint8_t type)
{
	(void)fed;
	return type == DRP_MSG_NUMBERS ? FED_LOST : FED_ARRIVES;
}

static struct drp_request numbers_of(const struct drp_buf *shares)
{
	struct drp_request q = {.type = DRP_MSG_NUMBERS};
	q.numbers.campaign = tasks->manifest->hash;
	q.numbers.shares = shares->data;
	q.numbers.shares_n = shares->len;
	return q;
}

/* Until the exchange of numbers, which does not arrive; the hub's shares are in *shares.
 */
static void close_without_numbers(struct drp_buf *shares)
{
	struct drp_diag diag;
	f.notary->fate = no_numbers;
	CHECK_INT(close_it(&diag), DRP_E_NET);
	f.notary->fate = NULL;
	CHECK_OK(drp_hub_opening_get(
		f.hub.store, FED_CAMPAIGN, DRP_OPENING_HUB_NUMBERS, shares, NULL));
}

static int notary_has_shown(void)
{
	struct drp_buf shown = {0};
	enum drp_err err = drp_hub_opening_get(f.notary->hub.store, FED_CAMPAIGN,
		DRP_OPENING_NOTARY_NUMBERS, &shown, NULL);
	drp_buf_clear(&shown);
	return err == DRP_OK;
}

static void what_opens_nothing(void)
{
	struct drp_diag diag;
	struct drp_buf shares = {0};
	begin(12);
	close_without_numbers(&shares);
	struct drp_request numbers = numbers_of(&shares), open = {.type = DRP_MSG_OPEN};
	open.open.campaign = tasks->manifest->hash;
	CHECK_ERR(ask_notary(&open, &answer, &answer_body, &diag), DRP_E_STATE);
	numbers.numbers.shares_n -= 16;
	CHECK_ERR(ask_notary(&numbers, &answer, &answer_body, &diag), DRP_E_MALFORMED);
	close_ok();
	truth_check(&truth);
	for (uint32_t r = 0; r < tasks->manifest->n_releases; r++) {
		open.open.release = r;
		if (tasks->manifest->release[r].map == DRP_MAP_COUNTS) {
			CHECK_ERR(ask_notary(&open, &answer, &answer_body, &diag),
				DRP_E_POLICY);
		}
	}
	drp_buf_clear(&shares);
	end();
}

/* A hub that would like a number to be larger than it is, so that more is opened, has
 * one try: otherwise refusals would tell it the number. */
static void numbers_that_cannot_be(void)
{
	struct drp_diag diag;
	struct drp_buf shares = {0};
	begin(15);
	close_without_numbers(&shares);
	struct drp_request numbers = numbers_of(&shares);
	shares.data[10]++; /* 2^80 more: no number at all */
	CHECK_ERR(ask_notary(&numbers, &answer, &answer_body, &diag), DRP_E_RANGE);
	CHECK_ERR(ask_notary(&numbers, &answer, &answer_body, &diag), DRP_E_RANGE);
	CHECK(!notary_has_shown());
	shares.data[10]--;
	CHECK_ERR(ask_notary(&numbers, &answer, &answer_body, &diag), DRP_E_CONFLICT);
	CHECK_INT(close_it(&diag), DRP_E_CONFLICT);
	CHECK(!notary_has_shown());
	/* Nothing can be opened any more, and nothing is kept for it. */
	memset(&diag, 0, sizeof diag);
	CHECK_OK(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	CHECK_INT(fed_state(&f.notary->hub), DRP_CAMPAIGN_FROZEN);
	drp_buf_clear(&shares);
	end();
}

/* A school says that more people answered than it has. Its report proves nothing against
 * that, and must not cost the others what they are in together without it. */
static void one_school_too_many(void)
{
	static struct drp_sealed_opening o;
	static uint8_t came[DRP_GROUPS * FED_SCHOOLS_MAX];
	memset(&truth, 0, sizeof truth);
	fed_begin_sealed(&f, SCHOOLS, ELIGIBLE, 20);
	tasks = fed_tasks(&f.hub);
	truth.f = &f;
	truth.tasks = tasks;
	for (size_t s = 0; s < SCHOOLS; s++) {
		/* Even schools are of one network: 263 questionnaires of 240 people. */
		uint64_t n = s == 0 ? 63 : s % 2 ? 20 : ELIGIBLE;
		fed_counts(&tasks->task[DRP_PUPIL].vector, n, (unsigned)s,
			truth.counts[DRP_PUPIL][s]);
		CHECK_OK(fed_report(&f, tasks, s, DRP_PUPIL, truth.counts[DRP_PUPIL][s],
			&name[DRP_PUPIL][s]));
		truth.present[DRP_PUPIL][s] = 1;
		send(DRP_LEADER, s);
		send(DRP_TEACHER, s);
	}
	close_ok();
	truth_check(&truth);
	truth_plans(&truth, &o, came);
	size_t closed = 0;
	for (size_t c = 0; c < o.group[DRP_PUPIL].numbers.n; c++) {
		const struct drp_planned *planned = &o.group[DRP_PUPIL].numbers.cohort[c];
		if (planned->cohort.family == DRP_FAMILY_NETWORK) {
			closed += !planned->open;
			/* The other one follows by subtraction. */
			CHECK(!o.group[DRP_PUPIL].values.cohort[c].open);
		}
	}
	CHECK_INT(closed, 1);
	CHECK(o.group[DRP_PUPIL].values.cohort[0].open); /* the region */
	end();
}

static void give_up(struct drp_hub *side)
{
	CHECK_OK(drp_hub_campaign_abandon(
		side->store, FED_CAMPAIGN, f.now_ms / 1000, NULL));
}

/* The same answers count in the campaign that replaces it. */
static void given_up_after_the_lists(void)
{
	struct drp_diag diag;
	struct drp_buf shares = {0};
	begin(16);
	close_without_numbers(&shares);
	give_up(&f.notary->hub);
	CHECK_INT(close_it(&diag), DRP_E_POLICY);
	CHECK(!notary_has_shown());
	struct drp_request open = {.type = DRP_MSG_OPEN};
	open.open.campaign = tasks->manifest->hash;
	CHECK_ERR(ask_notary(&open, &answer, &answer_body, &diag), DRP_E_POLICY);
	drp_buf_clear(&shares);
	end();
}

/* Another process of the hub does so in the middle of the close. */
static enum fed_fate given_up_at_close(struct fed *fed, uint8_t type)
{
	if (type == DRP_MSG_CLOSE) {
		give_up(&fed->hub);
	}
	return FED_ARRIVES;
}

static void given_up_meanwhile(void)
{
	struct drp_diag diag;
	begin(17);
	f.notary->fate = given_up_at_close;
	CHECK_INT(close_it(&diag), DRP_E_STATE);
	CHECK(strstr(diag.text, "given up") != NULL);
	CHECK_INT(f.notary->arrived[DRP_MSG_NUMBERS], 0);
	f.notary->fate = NULL;
	CHECK_INT(close_it(&diag), DRP_E_STATE);
	end();
}

/* A notary whose operator froze it before anything was opened. */
static void frozen_by_the_notary(void)
{
	struct drp_diag diag;
	struct drp_buf shares = {0};
	begin(18);
	close_without_numbers(&shares);
	memset(&diag, 0, sizeof diag);
	CHECK_INT(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag), DRP_E_STATE);
	drp_buf_clear(&shares);
	end();
	begin(18);
	f.notary->fate = no_numbers;
	CHECK_INT(close_it(&diag), DRP_E_NET);
	CHECK_OK(drp_campaign_freeze(&f.notary->hub, FED_CAMPAIGN, NULL));
	memset(&diag, 0, sizeof diag);
	CHECK_INT(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag), DRP_E_NET);
	f.notary->fate = NULL;
	CHECK_INT(close_it(&diag), DRP_E_FROZEN);
	memset(&diag, 0, sizeof diag);
	CHECK_OK(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	end();
}

/* The notary never got to know two of the reports that the hub has counted. */
static void lists_that_differ(void)
{
	struct drp_diag diag = {0};
	begin(6);
	CHECK_OK(fed_forward(&f, &diag));
	for (int g = DRP_TEACHER; g <= DRP_PUPIL; g++) {
		const struct drp_unit *unit = fed_unit(&f, tasks, 4);
		CHECK_OK(drp_hub_begin(f.notary->hub.store, NULL));
		CHECK_OK(drp_hub_contribution_withdraw(
			f.notary->hub.store, FED_CAMPAIGN, &unit->id, g, NULL));
		CHECK_OK(drp_hub_end(f.notary->hub.store, DRP_OK, NULL));
		truth.present[g][4] = 0;
	}
	close_ok();
	truth_check(&truth);
	struct drp_tally *tally = NULL;
	CHECK_OK(drp_tally_new(&f.hub, tasks, &tally, &diag));
	CHECK_INT(tally->only_hub, 2);
	CHECK_INT(tally->only_notary, 0);
	drp_tally_free(tally);
	end();
}

/* Reports that are withdrawn before the close are in no sum, at neither side. */
static void withdrawals(void)
{
	struct drp_diag diag = {0};
	struct drp_stored stored;
	begin(7);
	CHECK_OK(fed_withdraw(&f, tasks, 0, DRP_PUPIL, &name[DRP_PUPIL][0]));
	CHECK_OK(fed_forward(&f, &diag));
	CHECK_OK(fed_withdraw(&f, tasks, 1, DRP_PUPIL, &name[DRP_PUPIL][1]));
	truth.present[DRP_PUPIL][0] = truth.present[DRP_PUPIL][1] = 0;
	close_ok();
	truth_check(&truth);
	for (size_t s = 0; s < 2; s++) {
		struct drp_buf share = {0};
		const struct drp_unit *unit = fed_unit(&f, tasks, s);
		CHECK(fed_stored(&f.notary->hub, unit, DRP_PUPIL, &stored));
		CHECK(stored.withdrawn);
		CHECK_OK(drp_hub_contribution_load(f.notary->hub.store, FED_CAMPAIGN,
			&unit->id, DRP_PUPIL, &share, NULL, NULL));
		CHECK_INT(share.len, 0);
		CHECK(fed_stored(&f.hub, unit, DRP_PUPIL, &stored));
		CHECK_INT(stored.withdrawn, 2);
	}
	CHECK_INT(
		fed_withdraw(&f, tasks, 2, DRP_PUPIL, &name[DRP_PUPIL][2]), DRP_E_CLOSED);
	end();
}

/* ---- too few ---- */

static void too_few_schools(void)
{
	struct drp_diag diag;
	memset(&truth, 0, sizeof truth);
	fed_begin_sealed(&f, SCHOOLS, ELIGIBLE, 8);
	tasks = fed_tasks(&f.hub);
	truth.f = &f;
	truth.tasks = tasks;
	for (size_t s = 0; s < 3; s++) {
		send(DRP_TEACHER, s);
	}
	CHECK_INT(close_it(&diag), DRP_E_TOO_FEW_SCHOOLS);
	CHECK_INT(fed_state(&f.hub), DRP_CAMPAIGN_OPEN); /* more may come */
	CHECK_INT(f.notary->arrived[DRP_MSG_CLOSE], 0);
	for (size_t s = 3; s < SCHOOLS; s++) {
		send(DRP_TEACHER, s);
	}
	close_ok();
	end();
}

/* The deadline is over and nothing can be opened: shares are not kept for it. */
static void too_few_for_ever(void)
{
	struct drp_diag diag;
	memset(&truth, 0, sizeof truth);
	fed_begin_sealed(&f, SCHOOLS, ELIGIBLE, 19);
	tasks = fed_tasks(&f.hub);
	for (size_t s = 0; s < 3; s++) {
		send(DRP_TEACHER, s);
	}
	CHECK_INT(close_it(&diag), DRP_E_TOO_FEW_SCHOOLS);
	CHECK_INT(fed_state(&f.hub), DRP_CAMPAIGN_OPEN);
	f.now_ms = (tasks->manifest->deadline_s + 1) * 1000;
	for (int again = 0; again < 2; again++) {
		CHECK_INT(close_it(&diag), DRP_E_TOO_FEW_SCHOOLS);
		CHECK_INT(fed_state(&f.hub), DRP_CAMPAIGN_CLOSED);
		CHECK_INT(fed_state(&f.notary->hub), DRP_CAMPAIGN_CLOSED);
	}
	memset(&diag, 0, sizeof diag);
	CHECK_OK(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	CHECK_INT(fed_state(&f.notary->hub), DRP_CAMPAIGN_FROZEN);
	CHECK_INT(f.notary->arrived[DRP_MSG_NUMBERS], 0);
	end();
}

/* Both sides see at the close that what they have in common is too little: nothing is
 * opened, ever, and both can be frozen. */
static void too_little_in_common(void)
{
	struct drp_diag diag;
	begin(9);
	CHECK_OK(fed_forward(&f, &diag));
	CHECK_OK(drp_hub_begin(f.notary->hub.store, NULL));
	for (size_t s = 2; s < SCHOOLS; s++) {
		for (int g = 0; g < DRP_GROUPS; g++) {
			CHECK_OK(drp_hub_contribution_withdraw(f.notary->hub.store,
				FED_CAMPAIGN, &fed_unit(&f, tasks, s)->id, g, NULL));
		}
	}
	CHECK_OK(drp_hub_end(f.notary->hub.store, DRP_OK, NULL));
	CHECK_INT(close_it(&diag), DRP_E_TOO_FEW_SCHOOLS);
	CHECK_INT(fed_state(&f.hub), DRP_CAMPAIGN_CLOSED);
	CHECK_INT(f.notary->arrived[DRP_MSG_NUMBERS], 0);
	struct drp_request numbers = {.type = DRP_MSG_NUMBERS};
	numbers.numbers.campaign = tasks->manifest->hash;
	static const uint8_t shares[16];
	numbers.numbers.shares = shares;
	numbers.numbers.shares_n = sizeof shares;
	CHECK_INT(ask_notary(&numbers, &answer, &answer_body, &diag),
		DRP_E_TOO_FEW_SCHOOLS);
	CHECK_INT(close_it(&diag), DRP_E_TOO_FEW_SCHOOLS);
	memset(&diag, 0, sizeof diag);
	CHECK_OK(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	CHECK_INT(fed_state(&f.notary->hub), DRP_CAMPAIGN_FROZEN);
	end();
}

/* ---- freeze ---- */

static enum drp_err count_bytes(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	(void)stored;
	(void)sealed;
	*(size_t *)self += n;
	return DRP_OK;
}

static void nothing_is_left(struct drp_hub *hub)
{
	char path[DRP_PATH_MAX], what[DRP_OPENING_NAME_MAX];
	struct drp_buf bytes = {0};
	size_t sealed = 0;
	CHECK_INT(fed_state(hub), DRP_CAMPAIGN_FROZEN);
	CHECK_OK(drp_hub_key_path(hub, FED_CAMPAIGN, path, NULL));
	CHECK(access(path, F_OK) != 0);
	CHECK_OK(drp_hub_contributions(
		hub->store, FED_CAMPAIGN, count_bytes, &sealed, NULL));
	CHECK_INT(sealed, 0);
	for (uint32_t r = 0; r < tasks->manifest->n_releases; r++) {
		CHECK_INT(drp_hub_noise_get(hub->store, FED_CAMPAIGN, r, &bytes, NULL),
			DRP_E_NOTFOUND);
		drp_opening_name_shares(r, what);
		CHECK_INT(
			drp_hub_opening_get(hub->store, FED_CAMPAIGN, what, &bytes, NULL),
			DRP_E_NOTFOUND);
	}
	CHECK_INT(
		drp_hub_seed_get(hub->store, FED_CAMPAIGN, &bytes, NULL), DRP_E_NOTFOUND);
	drp_buf_clear(&bytes);
}

/* ---- what is left on the disk ---- */

static const struct drp_buf *sought;
static int found;

static int look_into(const char *path, const struct stat *st, int flag, struct FTW *w)
{
	struct drp_buf file = {0};
	(void)w;
	if (flag == FTW_F && st->st_size > 0 &&
		drp_file_read(path, 1u << 28, &file, NULL) == DRP_OK) {
		found |= memmem(file.data, file.len, sought->data, sought->len) != NULL;
	}
	drp_buf_clear(&file);
	return 0;
}

static int on_disk(const char *dir, const struct drp_buf *bytes)
{
	sought = bytes;
	found = 0;
	nftw(dir, look_into, 16, FTW_PHYS);
	return found;
}

/* The first bytes of a stored share, as they lie in a database page. */
static void share_of(struct drp_hub *hub, struct drp_buf *bytes)
{
	CHECK_OK(drp_hub_contribution_load(hub->store, FED_CAMPAIGN,
		&fed_unit(&f, tasks, 3)->id, DRP_PUPIL, bytes, NULL, NULL));
	CHECK(bytes->len > 64);
	bytes->len = 64;
}

static void nothing_on_the_disk(void)
{
	struct drp_buf hubs = {0}, notarys = {0};
	begin(13);
	close_ok();
	share_of(&f.hub, &hubs);
	share_of(&f.notary->hub, &notarys);
	CHECK(on_disk(f.hub_dir, &hubs));
	CHECK(on_disk(f.notary->dir, &notarys));
	CHECK_OK(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, NULL));
	CHECK(!on_disk(f.notary->dir, &notarys));
	CHECK(on_disk(f.hub_dir, &hubs)); /* its own turn comes after the answer */
	CHECK_OK(drp_hub_begin(f.hub.store, NULL));
	CHECK_OK(drp_campaign_erase(&f.hub, FED_CAMPAIGN, f.now_ms / 1000, NULL));
	CHECK_OK(drp_hub_end(f.hub.store, DRP_OK, NULL));
	CHECK_OK(drp_hub_checkpoint(f.hub.store, NULL));
	CHECK(!on_disk(f.hub_dir, &hubs));
	drp_buf_clear(&hubs);
	drp_buf_clear(&notarys);
	end();
}

static void frozen(void)
{
	struct drp_diag diag = {0};
	begin(10);
	CHECK_INT(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag), DRP_E_STATE);
	close_ok();
	CHECK_OK(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	CHECK_OK(drp_hub_begin(f.hub.store, NULL));
	CHECK_OK(drp_campaign_erase(&f.hub, FED_CAMPAIGN, f.now_ms / 1000, NULL));
	CHECK_OK(drp_hub_end(f.hub.store, DRP_OK, NULL));
	nothing_is_left(&f.hub);
	nothing_is_left(&f.notary->hub);
	struct drp_request open = {.type = DRP_MSG_OPEN};
	open.open.campaign = tasks->manifest->hash;
	CHECK_INT(ask_notary(&open, &answer, &answer_body, &diag), DRP_E_FROZEN);
	CHECK_OK(drp_campaign_freeze(&f.notary->hub, FED_CAMPAIGN, NULL)); /* by hand */
	/* The evidence stays. */
	static const char *const lasting[] = {DRP_OPENING_HUB_LIST,
		DRP_OPENING_NOTARY_LIST, DRP_OPENING_HUB_NUMBERS,
		DRP_OPENING_NOTARY_NUMBERS};
	for (size_t i = 0; i < 4; i++) {
		struct drp_buf bytes = {0};
		CHECK_OK(drp_hub_opening_get(
			f.hub.store, FED_CAMPAIGN, lasting[i], &bytes, NULL));
		CHECK(bytes.len > 0);
		drp_buf_clear(&bytes);
	}
	end();
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	CASE("what is opened is the exact sum and both sides' noise",
		exact_sums_and_both_noises);
	CASE("a close whose requests are lost goes on where it was", requests_are_lost);
	CASE("a close whose answers are lost goes on where it was", answers_are_lost);
	CASE("what arrived before the close counts, though the close died",
		died_after_it_stopped_accepting);
	CASE("every request may arrive twice", everything_twice);
	CASE("a notary that is away: one clear line, nothing lost", the_notary_is_away);
	CASE("the notary takes no other list and no other shares",
		another_list_is_refused);
	CASE("the notary refuses what opens nothing", what_opens_nothing);
	CASE("a hub has one try at its numbers", numbers_that_cannot_be);
	CASE("one school that counts too many spoils its cohorts alone",
		one_school_too_many);
	CASE("a campaign that was given up is not opened", given_up_after_the_lists);
	CASE("nor when it is given up in the middle of the close", given_up_meanwhile);
	CASE("what the notary froze can be frozen at the hub", frozen_by_the_notary);
	CASE("lists that differ: what both have counts", lists_that_differ);
	CASE("what was withdrawn is in no sum", withdrawals);
	CASE("too few schools: the campaign stays open", too_few_schools);
	CASE("too few by the deadline: closed, and nothing is kept", too_few_for_ever);
	CASE("too little in common: nothing is opened", too_little_in_common);
	CASE("after the freeze no share and no noise is left, the evidence is", frozen);
	CASE("after the freeze no byte of a share is on either disk",
		nothing_on_the_disk);
	drp_buf_clear(&answer_body);
	return DONE();
}
