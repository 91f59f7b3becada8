/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that runs out. Each operation is run again and again, with its first allocation
 * failing, then its second, until it needs no more than it gets: once with that single
 * failure and once with every later one failing too. Whatever fails: no crash, no leak
 * (the sanitizers see to that), no half-done step, an error that says so; and where a
 * failure was survived, the result is the same as without it.
 */
#include "hub/campaign/draft.h"
#include "hub/campaign/gather.h"
#include "proto/session/edition_build.h"
#include "tests/support/federation.h"
#include "tests/support/hub_fixture.h"

#define TRIES_MAX 20000

static struct drp_diag diag;
static unsigned long tries;

/* An operation: returns its error, having compared its result when there is one. */
typedef enum drp_err operation(void);

static int is_memory(enum drp_err err)
{
	return err == DRP_E_NOMEM || diag.code == DRP_E_NOMEM;
}

/* Set when a try has changed something, as one that fails should not. */
static int spoiled;

/* Runs the operation with allocation n failing; 1 when it did not come to that. */
static int fails_at(operation *run, unsigned long n, int sticky, enum drp_err *err)
{
	diag = (struct drp_diag){0};
	(void)drp_alloc_hook(n, sticky);
	*err = run();
	tries++;
	return drp_alloc_hook(0, 0) < n;
}

/* before and after run without failures around every try; either may be NULL. */
static void sweep_with(operation *run, void (*before)(void), void (*after)(enum drp_err))
{
	for (int sticky = 0; sticky < 2; sticky++) {
		enum drp_err err = DRP_OK;
		int whole = 0;
		for (unsigned long n = 1; !whole; n++) {
			CHECK(n < TRIES_MAX);
			if (before) {
				before();
			}
			whole = fails_at(run, n, sticky, &err);
			if (err && !is_memory(err)) {
				printf("# allocation %lu, %s: %s\n", n,
					sticky ? "sticky" : "once", diag.text);
				CHECK_ERR(err, DRP_E_NOMEM);
			}
			spoiled |= err == DRP_OK;
			if (after) {
				after(err);
			}
		}
		CHECK_OK(err);
	}
}

static void sweep(operation *run)
{
	sweep_with(run, NULL, NULL);
}

/* ---- decoding ---- */

static struct drp_buf bytes;
static struct drp_hash wanted;
static struct fed f;
static struct hub_fixture h;

static enum drp_err decode_manifest(void)
{
	struct drp_manifest *m = NULL;
	enum drp_err err = drp_manifest_decode(bytes.data, bytes.len, &m, &diag);
	if (err) {
		CHECK(m == NULL);
		return err;
	}
	CHECK_MEM(&m->hash, &wanted, sizeof wanted);
	struct drp_buf again = {0};
	err = drp_manifest_encode(m, &again);
	CHECK(err || (again.len == bytes.len &&
			     memcmp(again.data, bytes.data, again.len) == 0));
	drp_buf_clear(&again);
	drp_manifest_free(m);
	return err;
}

static enum drp_err decode_instrument(void)
{
	struct drp_instrument *in = NULL;
	enum drp_err err = drp_instrument_decode(bytes.data, bytes.len, &in);
	if (err) {
		CHECK(in == NULL);
		return err;
	}
	CHECK_MEM(&in->hash, &wanted, sizeof wanted);
	struct drp_buf again = {0};
	err = drp_instrument_encode(in, &again);
	CHECK(err || (again.len == bytes.len &&
			     memcmp(again.data, bytes.data, again.len) == 0));
	drp_buf_clear(&again);
	drp_instrument_free(in);
	return err;
}

static enum drp_err decode_edition(void)
{
	struct drp_edition *e = NULL;
	enum drp_err err = drp_edition_decode(bytes.data, bytes.len, &e);
	if (err) {
		CHECK(e == NULL);
		return err;
	}
	struct drp_buf again = {0};
	err = drp_edition_encode(e, &again);
	CHECK(err || memcmp(&e->hash, &wanted, sizeof wanted) == 0);
	drp_buf_clear(&again);
	drp_edition_free(e);
	return err;
}

static enum drp_err decode_contribution(void)
{
	static struct drp_contribution c;
	enum drp_err err = drp_contribution_decode(bytes.data, bytes.len, &c);
	struct drp_buf again = {0};
	err = err ? err : drp_contribution_encode(&c, &again);
	CHECK(err || (again.len == bytes.len &&
			     memcmp(again.data, bytes.data, again.len) == 0));
	drp_buf_clear(&again);
	return err;
}

static void sweep_blob(const struct drp_hash *hash, operation *run)
{
	bytes.len = 0;
	wanted = *hash;
	CHECK_OK(drp_hub_blob_get(h.hub.store, hash, &bytes, NULL));
	sweep(run);
}

static void decoding(void)
{
	struct drp_campaign_row row;
	static struct drp_contribution c = {.questionnaires = 20,
		.invited = 30,
		.sigma2 = 4106,
		.n_values = 80,
		.value = {-1, 1000000, 127, -40000}};
	CHECK_OK(drp_hub_campaign_get(h.hub.store, FIXTURE_CAMPAIGN, &row, NULL));
	sweep_blob(&row.manifest, decode_manifest);
	sweep_blob(&row.instrument, decode_instrument);
	bytes.len = 0;
	CHECK_OK(drp_contribution_encode(&c, &bytes));
	sweep(decode_contribution);
	CHECK_OK(drp_campaign_close(&h.hub, FIXTURE_CAMPAIGN, NULL));
	bytes.len = 0;
	CHECK_OK(drp_hub_edition_get(
		h.hub.store, FIXTURE_CAMPAIGN, 0, &wanted, &bytes, NULL));
	sweep(decode_edition);
}

/* ---- the operator's files ---- */

static enum drp_err read_draft(void)
{
	struct drp_draft draft = {0};
	enum drp_err err =
		drp_draft_read(bytes.data, bytes.len, "example", &draft, &diag);
	CHECK(err || strcmp(draft.id, "example-2026") == 0);
	return err;
}

static enum drp_err load_instrument(void)
{
	struct drp_instrument *in = NULL;
	enum drp_err err = drp_instrument_load(
		DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml", &in, &diag);
	CHECK((err == DRP_OK) == (in != NULL));
	CHECK(err || memcmp(&in->hash, &wanted, sizeof wanted) == 0);
	drp_instrument_free(in);
	return err;
}

static void files(void)
{
	struct drp_instrument *in = NULL;
	bytes.len = 0;
	CHECK_OK(drp_file_read(
		DRP_SOURCE_DIR "/deploy/campaign-example.yaml", 65536, &bytes, NULL));
	sweep(read_draft);
	CHECK_OK(drp_instrument_load(
		DRP_SOURCE_DIR "/deploy/instruments/selfie.yaml", &in, NULL));
	wanted = in->hash;
	drp_instrument_free(in);
	sweep(load_instrument);
}

/* ---- an opening ---- */

static struct drp_manifest *manifest;
static struct drp_instrument *instrument;
static struct drp_gathering gathering;
static const struct drp_gathered *gathered;

static enum drp_err build(void)
{
	struct drp_edition *e = NULL;
	struct drp_buf encoded = {0};
	enum drp_err err = drp_edition_build(gathered, 1, 1000, &e, &diag);
	CHECK((err == DRP_OK) == (e != NULL));
	err = err ? err : drp_edition_encode(e, &encoded);
	/* A failure that was swallowed would show as a wrong figure. */
	CHECK(err || memcmp(&e->hash, &wanted, sizeof wanted) == 0);
	drp_buf_clear(&encoded);
	drp_edition_free(e);
	return err;
}

static void an_opening(void)
{
	struct drp_campaign_row row;
	struct drp_edition *e = NULL;
	CHECK_OK(drp_hub_campaign_get(h.hub.store, FIXTURE_CAMPAIGN, &row, NULL));
	CHECK_OK(drp_hub_manifest(&h.hub, &row, &manifest, NULL));
	CHECK_OK(drp_hub_instrument(&h.hub, &row.instrument, &instrument, NULL));
	CHECK_OK(drp_gather(&h.hub, FIXTURE_CAMPAIGN, manifest, &gathering, NULL));
	const struct drp_gathered all = {manifest, instrument, gathering.table};
	gathered = &all;
	CHECK_OK(drp_edition_build(gathered, 1, 1000, &e, NULL));
	bytes.len = 0;
	CHECK_OK(drp_edition_encode(e, &bytes));
	wanted = e->hash;
	drp_edition_free(e);
	sweep(build);
	drp_gathering_clear(&gathering);
	drp_instrument_free(instrument);
	drp_manifest_free(manifest);
}

/* ---- steps that are stored: every try begins from the same folders, newly opened,
 * since statements are cached and need memory only once ---- */

static struct fed_school *s;

static void copy_folder(
	const char *from, const char *from_end, const char *to, const char *to_end)
{
	char command[1024];
	snprintf(command, sizeof command, "rm -rf '%s%s' && cp -r '%s%s' '%s%s'", to,
		to_end, from, from_end, to, to_end);
	CHECK_INT(system(command), 0);
}

static void close_both(void)
{
	fed_close_hub(&f);
	if (s) {
		fed_close_node(s);
	}
}

static void open_both(void)
{
	fed_open_hub(&f);
	if (s) {
		fed_open_node(&f, s);
	}
}

static void keep(void)
{
	close_both();
	copy_folder(f.hub_dir, "", f.hub_dir, ".kept");
	if (s) {
		copy_folder(s->dir, "", s->dir, ".kept");
	}
	open_both();
}

static void restore(void)
{
	close_both();
	if (spoiled) {
		copy_folder(f.hub_dir, ".kept", f.hub_dir, "");
	}
	if (spoiled && s) {
		copy_folder(s->dir, ".kept", s->dir, "");
	}
	spoiled = 0;
	open_both();
}

/* ---- at the hub ---- */

static char register_path[DRP_PATH_MAX];

static enum drp_err import(void)
{
	size_t schools = 0, units = 0;
	return drp_registry_import(&f.hub, register_path, &schools, &units, &diag);
}

static void check_imported(enum drp_err err)
{
	struct drp_school *list = NULL;
	size_t n = 0;
	CHECK_OK(drp_hub_schools(f.hub.store, &list, &n, NULL));
	CHECK_INT(n, err ? 5 : 6);
	size_t changed = 0;
	for (size_t i = 0; i < n; i++) {
		changed += strcmp(list[i].name, "New") == 0;
	}
	CHECK_INT(changed, err ? 0 : 3);
	drp_free(list);
}

static void importing(void)
{
	struct drp_buf csv = {0};
	s = NULL;
	fed_begin(&f, 5, 60, 1);
	drp_buf_text(&csv, "school,name,board,province,network,level,eligible_leader,"
			   "eligible_teacher,eligible_pupil\n"
			   "S0,New,B0,BE21,GO,1,1,2,3\nS0,New,B0,BE21,GO,2,1,2,3\n"
			   "S1,New,B1,BE21,GO,1,1,2,3\nS9,New,B1,BE21,GO,1,1,2,3\n");
	fed_write(&f, "new.csv", drp_buf_string(&csv), register_path);
	drp_buf_clear(&csv);
	keep();
	sweep_with(import, restore, check_imported);
	fed_end(&f);
}

static char draft_path[DRP_PATH_MAX];
static const char draft[] =
	"campaign: sweep\ntitle: T\nregion: VL\ninstrument: " DRP_SOURCE_DIR
	"/deploy/instruments/selfie.yaml\nframe: " DRP_SOURCE_DIR
	"/deploy/reference/frame-vlaanderen-2020.csv\ntrack: open\n"
	"cohort: self-selected\nperiod: {from: 2026-09-01, to: 2026-12-18}\n"
	"deadline: 2026-12-31\n";

static enum drp_err draft_campaign(void)
{
	char made[DRP_NAME_MAX];
	struct drp_buf report = {0};
	enum drp_err err = drp_campaign_new(&f.hub, draft_path, made, &report, &diag);
	drp_buf_clear(&report);
	return err;
}

static void check_state(const char *id, int state)
{
	struct drp_campaign_row row;
	enum drp_err err = drp_hub_campaign_get(f.hub.store, id, &row, NULL);
	CHECK_ERR(err, state < 0 ? DRP_E_NOTFOUND : DRP_OK);
	CHECK(err || row.state == state);
}

static void check_drafted(enum drp_err err)
{
	check_state("sweep", err ? -1 : DRP_CAMPAIGN_DRAFT);
}

static enum drp_err sign(void)
{
	struct drp_buf report = {0};
	enum drp_err err = drp_campaign_sign(&f.hub, "sweep", &report, &diag);
	drp_buf_clear(&report);
	return err;
}

static void check_signed(enum drp_err err)
{
	struct drp_ledger_row *rows = NULL;
	char path[DRP_PATH_MAX];
	size_t n = 0;
	check_state("sweep", err ? DRP_CAMPAIGN_DRAFT : DRP_CAMPAIGN_OPEN);
	CHECK_OK(drp_hub_ledger(f.hub.store, &rows, &n, NULL));
	CHECK_OK(drp_ledger_verify(rows, n, NULL));
	CHECK_INT(n, err ? DRP_GROUPS : 2 * DRP_GROUPS);
	CHECK_OK(drp_hub_key_path(&f.hub, "sweep", path, NULL));
	CHECK(err || access(path, F_OK) == 0);
	drp_free(rows);
}

static void drafting_and_signing(void)
{
	s = NULL;
	fed_begin(&f, 5, 60, 1);
	fed_write(&f, "sweep.yaml", draft, draft_path);
	keep();
	sweep_with(draft_campaign, restore, check_drafted);
	keep();
	sweep_with(sign, restore, check_signed);
	fed_end(&f);
}

static const struct drp_sync_options look = {0}, push = {.push = 1};

/* ---- a school's steps ---- */

static enum drp_err approve(void)
{
	static struct drp_node_work work;
	uint32_t approved = 0;
	enum drp_err err = drp_node_work_load(&s->node, FED_CAMPAIGN, &work, &diag);
	if (err == DRP_OK) {
		err = drp_release_approve(&s->node, &work, NULL, 0, &approved, &diag);
		CHECK_INT(approved, err ? 0 : 2);
		drp_node_work_clear(&work);
	}
	return err;
}

static void check_approved(enum drp_err err)
{
	struct drp_ledger_row *rows = NULL;
	struct drp_released *list = NULL;
	struct drp_log_row *log = NULL;
	size_t n = 0, n_list = 0, n_log = 0;
	CHECK_OK(drp_node_ledger(s->node.store, &rows, &n, NULL));
	CHECK_OK(drp_node_releases(s->node.store, NULL, &list, &n_list, NULL));
	CHECK_OK(drp_node_log(s->node.store, &log, &n_log, NULL));
	CHECK_INT(n, err ? 0 : 2);
	CHECK_INT(n_list, err ? 0 : 2);
	CHECK_INT(n_log, err ? 0 : 2);
	CHECK_OK(drp_ledger_verify(rows, n, NULL));
	CHECK_OK(drp_log_verify(log, n_log, NULL));
	drp_free(rows);
	drp_free(list);
	drp_free(log);
}

static enum drp_err visit_with(const struct drp_sync_options *options)
{
	enum drp_err err = fed_visit(&f, s, options);
	diag = s->diag;
	/* The hub's own lack of memory is an answer that does not come. */
	return err == DRP_E_NET ? DRP_E_NOMEM : err;
}

static enum drp_err fetch(void)
{
	return visit_with(&look);
}

/* Whatever a visit without memory left undone, the next one makes up for. */
static void check_fetched(enum drp_err err)
{
	struct drp_node_work work;
	(void)err;
	spoiled = 1;
	CHECK_OK(fetch());
	CHECK_OK(drp_node_work_load(&s->node, FED_CAMPAIGN, &work, &diag));
	drp_node_work_clear(&work);
}

static enum drp_err publish(void)
{
	return visit_with(&push);
}

static enum drp_err count(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	(void)stored;
	(void)sealed;
	*(size_t *)self += n > 0;
	return DRP_OK;
}

static void check_published(enum drp_err err)
{
	struct drp_released *list = NULL;
	size_t n = 0, held = 0;
	(void)err;
	spoiled = 1;
	CHECK_OK(publish());
	CHECK_OK(drp_node_releases(s->node.store, NULL, &list, &n, NULL));
	CHECK_INT(n, 2);
	CHECK_INT(list[0].state, DRP_RELEASE_STORED);
	CHECK_INT(list[1].state, DRP_RELEASE_STORED);
	drp_free(list);
	CHECK_OK(drp_hub_contributions(f.hub.store, FED_CAMPAIGN, count, &held, NULL));
	CHECK_INT(held, 2);
}

static void fill(void)
{
	fed_fill(s, FED_CAMPAIGN, DRP_TEACHER, 12, 4);
	fed_fill(s, FED_CAMPAIGN, DRP_PUPIL, 30, 4);
}

static void a_schools_steps(void)
{
	s = NULL;
	fed_begin(&f, 5, 60, 1);
	s = &f.school[0];
	keep();
	sweep_with(fetch, restore, check_fetched);
	fill();
	keep();
	sweep_with(approve, restore, check_approved);
	keep();
	sweep_with(publish, restore, check_published);
	fed_end(&f);
}

static enum drp_err close_campaign(void)
{
	return drp_campaign_close(&f.hub, FED_CAMPAIGN, &diag);
}

static void check_closed(enum drp_err err)
{
	struct drp_edition *e = NULL;
	check_state(FED_CAMPAIGN, err ? DRP_CAMPAIGN_OPEN : DRP_CAMPAIGN_CLOSED);
	CHECK_ERR(drp_campaign_edition(&f.hub, FED_CAMPAIGN, 0, &e, NULL),
		err ? DRP_E_NOTFOUND : DRP_OK);
	drp_edition_free(e);
}

static void closing(void)
{
	s = NULL;
	fed_begin(&f, 5, 60, 1);
	for (size_t i = 0; i < f.n; i++) {
		s = &f.school[i];
		CHECK_OK(fetch());
		fill();
		CHECK_OK(approve());
		CHECK_OK(publish());
	}
	s = NULL;
	keep();
	sweep_with(close_campaign, restore, check_closed);
	fed_end(&f);
}

int main(void)
{
	setenv("DREMPEL_LOG", "error", 1);
	hub_fixture_open(&h);
	CASE("an opening", an_opening);
	CASE("decoding manifests, instruments, contributions and editions", decoding);
	hub_fixture_close(&h);
	CASE("reading an operator's files", files);
	CASE("importing a register", importing);
	CASE("drafting and signing a campaign", drafting_and_signing);
	CASE("fetching, approving and publishing", a_schools_steps);
	CASE("closing a campaign", closing);
	printf("# %lu tries\n", tries);
	drp_buf_clear(&bytes);
	return DONE();
}
