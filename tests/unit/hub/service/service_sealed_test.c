/* SPDX-License-Identifier: Apache-2.0
 *
 * What the hub says to schools about sealed reports. Each refusal is asked for twice: of
 * a service that has just started, which checks on the store thread, and of one that
 * knows the campaign, which checks before.
 */
#include "tests/support/sealed_federation.h"

#define SCHOOLS	 6
#define ELIGIBLE 40
#define LENGTH	 512

static struct fed f;
static struct drp_tasks *tasks;
static uint64_t counts[LENGTH];
static struct drp_reply answer;
static struct drp_buf body;

static void begin(void)
{
	fed_begin_sealed(&f, SCHOOLS, ELIGIBLE, 21);
	tasks = fed_tasks(&f.hub);
	fed_counts(&tasks->task[DRP_PUPIL].vector, 30, 1, counts);
}

static void end(void)
{
	drp_tasks_free(tasks);
	fed_end(&f);
}

static void restart(void)
{
	fed_close_hub(&f);
	fed_open_hub(&f);
}

/* A school's report, to be changed and signed again by `signer`. */
struct made {
	struct drp_buf bytes, hub_share, out;
	struct drp_report report;
	struct drp_hash name;
};

static void make(struct made *m, size_t school)
{
	memset(m, 0, sizeof *m);
	fed_make_report(&f, tasks, school, DRP_PUPIL, counts, &m->bytes, &m->name);
	CHECK_OK(drp_report_decode(m->bytes.data, m->bytes.len, &m->report, &m->name));
	drp_buf_append(&m->hub_share, m->report.hub_share, m->report.hub_n);
}

static enum drp_err send_as(struct made *m, size_t sender, size_t signer)
{
	struct drp_buf statement = {0};
	m->report.hub_share = m->hub_share.data;
	m->report.hub_n = m->hub_share.len;
	drp_hash_bytes(
		m->hub_share.data, m->hub_share.len, &m->report.statement.hub_share);
	CHECK_OK(drp_report_statement_encode(&m->report.statement, &statement, &m->name));
	drp_sign(f.school[signer].node.keys, DRP_REPORT_TAG, statement.data,
		statement.len, m->report.signature);
	m->out.len = 0;
	CHECK_OK(drp_report_encode(&m->report, &m->out));
	drp_buf_clear(&statement);
	return fed_send_report(&f, sender, &m->out, &answer, &body);
}

static void clear(struct made *m)
{
	drp_buf_clear(&m->bytes);
	drp_buf_clear(&m->hub_share);
	drp_buf_clear(&m->out);
}

static int holds(size_t school)
{
	struct drp_stored stored;
	return fed_stored(&f.hub, fed_unit(&f, tasks, school), DRP_PUPIL, &stored);
}

static void only_what_fits(void)
{
	struct made m;
	begin();
	make(&m, 0);
	for (int again = 0; again < 2; again++) {
		CHECK_ERR(send_as(&m, 0, 1), DRP_E_SIGNATURE);
		m.hub_share.len--;
		CHECK_ERR(send_as(&m, 0, 0), DRP_E_MALFORMED);
		m.hub_share.len++;
		m.report.statement.group = DRP_TEACHER;
		CHECK_ERR(send_as(&m, 0, 0), DRP_E_MALFORMED);
		m.report.statement.group = DRP_PUPIL;
		CHECK(!holds(0));
	}
	CHECK_OK(send_as(&m, 0, 0));
	CHECK(holds(0));
	clear(&m);
	make(&m, 1);
	restart();
	CHECK_ERR(send_as(&m, 1, 2), DRP_E_SIGNATURE);
	CHECK(!holds(1));
	clear(&m);
	end();
}

static void only_from_the_school(void)
{
	struct made m;
	struct drp_stored stored;
	begin();
	make(&m, 0);
	CHECK_ERR(send_as(&m, 1, 1), DRP_E_UNKNOWN_KEY);
	CHECK_ERR(send_as(&m, 1, 0), DRP_E_UNKNOWN_KEY);
	m.report.statement.campaign.b[0] ^= 1;
	CHECK_ERR(send_as(&m, 0, 0), DRP_E_NOTFOUND);
	CHECK(!fed_stored(&f.hub, fed_unit(&f, tasks, 0), DRP_PUPIL, &stored));
	clear(&m);
	end();
}

static void once(void)
{
	struct made first, second;
	begin();
	make(&first, 0);
	make(&second, 0);
	CHECK_OK(send_as(&first, 0, 0));
	struct drp_receipt receipt = answer.status.receipt[0];
	f.now_ms += 3600000;
	CHECK_OK(send_as(&first, 0, 0));
	CHECK(memcmp(&receipt, &answer.status.receipt[0], sizeof receipt) == 0);
	CHECK_ERR(send_as(&second, 0, 0), DRP_E_CONFLICT);
	f.now_ms = (tasks->manifest->deadline_s + 1) * 1000;
	CHECK_OK(send_as(&first, 0, 0)); /* it is there */
	clear(&second);
	make(&second, 1);
	CHECK_ERR(send_as(&second, 1, 1), DRP_E_CLOSED);
	clear(&first);
	clear(&second);
	end();
}

static void withdrawn(void)
{
	struct made m;
	begin();
	make(&m, 0);
	CHECK_OK(send_as(&m, 0, 0));
	CHECK_OK(fed_withdraw(&f, tasks, 0, DRP_PUPIL, &m.name));
	CHECK_ERR(send_as(&m, 0, 0), DRP_E_POLICY);
	clear(&m);
	end();
}

/* Neither a contribution of the open track nor a report of the sealed one is taken for
 * the other. */
static void the_other_track(void)
{
	static struct drp_contribution c;
	struct drp_buf bytes = {0};
	struct made m;
	begin();
	c = (struct drp_contribution){.campaign = tasks->manifest->hash,
		.unit = fed_unit(&f, tasks, 0)->id,
		.group = DRP_PUPIL,
		.questionnaires = 5,
		.invited = 10};
	CHECK_OK(drp_contribution_encode(&c, &bytes));
	struct drp_request q = {.type = DRP_MSG_SUBMIT};
	q.submit.bytes = bytes.data;
	q.submit.n = bytes.len;
	CHECK_ERR(fed_ask(&f, 0, &q, &answer, &body), DRP_E_MALFORMED);
	CHECK(!holds(0));
	drp_buf_clear(&bytes);
	make(&m, 0);
	end();

	struct drp_campaign_row row;
	struct drp_manifest *open = NULL;
	struct drp_key key;
	uint8_t box[DRP_BOX_KEY_BYTES];
	fed_begin(&f, SCHOOLS, ELIGIBLE, 22);
	CHECK_OK(drp_hub_campaign_get(f.hub.store, FED_CAMPAIGN, &row, NULL));
	CHECK_OK(drp_hub_manifest(&f.hub, &row, &open, NULL));
	drp_keys_public(f.school[0].node.keys, &key, box);
	m.report.statement.campaign = open->hash;
	for (uint32_t u = 0; u < open->n_units; u++) {
		if (memcmp(&open->key[open->unit[u].school], &key, sizeof key) == 0) {
			m.report.statement.unit = open->unit[u].id;
		}
	}
	CHECK_ERR(send_as(&m, 0, 0), DRP_E_MALFORMED);
	drp_manifest_free(open);
	clear(&m);
	fed_end(&f);
}

/* Bytes on the disk are no report any more. */
static void stored_sealed(void)
{
	struct made m;
	struct drp_buf sealed = {0};
	begin();
	make(&m, 0);
	CHECK_OK(send_as(&m, 0, 0));
	CHECK_OK(drp_hub_contribution_load(f.hub.store, FED_CAMPAIGN,
		&fed_unit(&f, tasks, 0)->id, DRP_PUPIL, &sealed, NULL, NULL));
	CHECK(sealed.len > m.out.len);
	CHECK(memmem(sealed.data, sealed.len, m.hub_share.data, 64) == NULL);
	drp_buf_clear(&sealed);
	clear(&m);
	end();
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	CASE("only a report that fits its task and is signed is stored", only_what_fits);
	CASE("only the school of a unit reports for it", only_from_the_school);
	CASE("one report a place; a repeat gets the same receipt", once);
	CASE("a withdrawal is final", withdrawn);
	CASE("the tracks do not mix", the_other_track);
	CASE("a stored report is sealed", stored_sealed);
	drp_buf_clear(&body);
	return DONE();
}
