/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/campaign/tally.h"

#include "hub/campaign/gather.h"
#include "proto/base/alloc.h"
#include "proto/model/codes.h"
#include "proto/runtime/log.h"

#include <stdio.h>
#include <string.h>

void drp_opening_name_opened(uint32_t release, char name[DRP_OPENING_NAME_MAX])
{
	snprintf(name, DRP_OPENING_NAME_MAX, "opened-%u", (unsigned)release);
}

void drp_opening_name_shares(uint32_t release, char name[DRP_OPENING_NAME_MAX])
{
	snprintf(name, DRP_OPENING_NAME_MAX, "shares-%u", (unsigned)release);
}

/* ---- lists ---- */

struct listing {
	struct drp_list *list;
	size_t cap;
	struct drp_diag *diag;
};

static enum drp_err list_one(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct listing *l = self;
	(void)sealed;
	(void)n;
	if (stored->withdrawn || stored->state != DRP_CONTRIBUTION_COUNTED) {
		return DRP_OK;
	}
	if (l->list->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		struct drp_hash *more = drp_realloc(l->list->report, cap, sizeof *more);
		if (!more) {
			return drp_fail(l->diag, DRP_E_NOMEM, "no memory for the list");
		}
		l->list->report = more;
		l->cap = cap;
	}
	l->list->report[l->list->n++] = stored->hash;
	return DRP_OK;
}

enum drp_err drp_tally_list(struct drp_hub *hub, const struct drp_tasks *tasks,
	struct drp_list *list, struct drp_diag *diag)
{
	struct listing l = {.list = list, .diag = diag};
	memset(list, 0, sizeof *list);
	list->campaign = tasks->manifest->hash;
	enum drp_err err =
		drp_hub_contributions(hub->store, tasks->id, list_one, &l, diag);
	drp_list_sort(list);
	return err;
}

static enum drp_err keep_list(struct drp_hub *hub, const char *campaign,
	const struct drp_signed_list *list, struct drp_bytes bytes, const char *what,
	struct drp_diag *diag)
{
	uint8_t signed_list[DRP_SIGNED_LIST_BYTES];
	memcpy(signed_list, list->hash.b, 32);
	memcpy(signed_list + 32, list->signature, 64);
	enum drp_err err =
		drp_hub_blob_put(hub->store, &list->hash, bytes.data, bytes.n, diag);
	return err ? err
		   : drp_hub_opening_put(hub->store, campaign, what, 1, signed_list,
			     sizeof signed_list, diag);
}

enum drp_err drp_tally_list_sign(struct drp_hub *hub, const struct drp_tasks *tasks,
	const struct drp_list *list, const char *what, struct drp_signed_list *made,
	struct drp_diag *diag)
{
	struct drp_buf bytes = {0};
	enum drp_err err = drp_list_encode(list, &bytes);
	if (err == DRP_OK) {
		drp_hash_bytes(bytes.data, bytes.len, &made->hash);
		drp_sign(hub->keys, DRP_LIST_TAG, bytes.data, bytes.len, made->signature);
		err = keep_list(hub, tasks->id, made,
			(struct drp_bytes){bytes.data, bytes.len}, what, diag);
	}
	drp_buf_clear(&bytes);
	return err;
}

enum drp_err drp_tally_list_check(struct drp_hub *hub, const struct drp_tasks *tasks,
	const struct drp_key *signer, const struct drp_signed_list *of,
	const struct drp_hash *answers, struct drp_bytes bytes, const char *what,
	struct drp_diag *diag)
{
	struct drp_list list;
	struct drp_diag why = {0};
	enum drp_err err = drp_list_verify(
		of, signer, &tasks->manifest->hash, answers, bytes, &list, &why);
	drp_list_clear(&list);
	return err ? drp_fail(diag, err, "of the other side: %s", why.text)
		   : keep_list(hub, tasks->id, of, bytes, what, diag);
}

enum drp_err drp_tally_list_stored(struct drp_hub *hub, const char *campaign,
	const char *what, struct drp_signed_list *list, struct drp_diag *diag)
{
	struct drp_buf stored = {0};
	enum drp_err err = drp_hub_opening_get(hub->store, campaign, what, &stored, diag);
	if (err == DRP_OK && stored.len != DRP_SIGNED_LIST_BYTES) {
		err = drp_fail(
			diag, DRP_E_STORE, "the stored list of %s is damaged", campaign);
	}
	if (err == DRP_OK) {
		memcpy(list->hash.b, stored.data, 32);
		memcpy(list->signature, stored.data + 32, 64);
	}
	drp_buf_clear(&stored);
	return err;
}

enum drp_err drp_tally_list_load(struct drp_hub *hub, const char *campaign,
	const struct drp_hash *manifest, const char *what, struct drp_list *list,
	struct drp_diag *diag)
{
	struct drp_signed_list known;
	struct drp_buf bytes = {0};
	enum drp_err err = drp_tally_list_stored(hub, campaign, what, &known, diag);
	if (err == DRP_E_NOTFOUND) {
		err = drp_fail(diag, DRP_E_STATE,
			"the lists of campaign %s have not been exchanged yet", campaign);
	}
	err = err ? err : drp_hub_blob_get(hub->store, &known.hash, &bytes, diag);
	err = err ? err : drp_list_decode(bytes.data, bytes.len, manifest, list, diag);
	drp_buf_clear(&bytes);
	return err;
}

/* ---- who came, and what the gates allow of them ---- */

struct marking {
	struct drp_tally *tally;
	const struct drp_list *hubs, *notarys;
};

/* A name tells its place only to those who store the report. */
static enum drp_err mark_one(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct marking *k = self;
	const struct drp_manifest *m = k->tally->tasks->manifest;
	const struct drp_unit *unit = drp_manifest_unit(m, &stored->unit);
	(void)sealed;
	(void)n;
	if (unit && stored->group < DRP_GROUPS && !stored->withdrawn &&
		stored->state == DRP_CONTRIBUTION_COUNTED &&
		drp_list_holds(k->hubs, &stored->hash) &&
		drp_list_holds(k->notarys, &stored->hash)) {
		k->tally->came[(size_t)stored->group * m->n_units +
			       (size_t)(unit - m->unit)] = 1;
		k->tally->n_came++;
	}
	return DRP_OK;
}

static enum drp_err mark(struct drp_hub *hub, struct drp_tally *t,
	const struct drp_list *hubs, const struct drp_list *notarys,
	struct drp_diag *diag)
{
	struct marking k = {t, hubs, notarys};
	size_t common = drp_list_common(hubs, notarys);
	t->only_hub = hubs->n - common;
	t->only_notary = notarys->n - common;
	enum drp_err err =
		drp_hub_contributions(hub->store, t->tasks->id, mark_one, &k, diag);
	if (err == DRP_OK && t->n_came != common) {
		err = drp_fail(diag, DRP_E_STORE,
			"%zu reports of the list are stored here no longer; restore the "
			"directory from its backup",
			common - t->n_came);
	}
	return err;
}

static enum drp_err make(struct drp_hub *hub, const struct drp_tasks *tasks,
	const struct drp_list *hubs, const struct drp_list *notarys,
	struct drp_tally **out, struct drp_diag *diag)
{
	const struct drp_manifest *m = tasks->manifest;
	struct drp_tally *t = drp_alloc(1, sizeof *t);
	if (t) {
		t->came = drp_alloc((size_t)DRP_GROUPS * m->n_units, 1);
	}
	if (!t || !t->came) {
		drp_free(t);
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the opening");
	}
	t->tasks = tasks;
	t->opening = (struct drp_sealed_opening){
		.manifest = m, .instrument = tasks->instrument, .came = t->came};
	enum drp_err err = mark(hub, t, hubs, notarys, diag);
	err = err ? err : drp_sealed_agreed(&t->opening, diag);
	err = err ? err : drp_sealed_numbers(&t->opening, diag);
	if (err) {
		drp_tally_free(t);
		return err;
	}
	*out = t;
	return DRP_OK;
}

enum drp_err drp_tally_new(struct drp_hub *hub, const struct drp_tasks *tasks,
	struct drp_tally **tally, struct drp_diag *diag)
{
	struct drp_list hubs = {0}, notarys = {0};
	const struct drp_hash *campaign = &tasks->manifest->hash;
	enum drp_err err = drp_tally_list_load(
		hub, tasks->id, campaign, DRP_OPENING_HUB_LIST, &hubs, diag);
	err = err ? err
		  : drp_tally_list_load(hub, tasks->id, campaign, DRP_OPENING_NOTARY_LIST,
			    &notarys, diag);
	err = err ? err : make(hub, tasks, &hubs, &notarys, tally, diag);
	drp_list_clear(&hubs);
	drp_list_clear(&notarys);
	return err;
}

enum drp_err drp_tally_foresee(
	struct drp_hub *hub, const struct drp_tasks *tasks, struct drp_diag *diag)
{
	struct drp_list own = {0};
	struct drp_tally *tally = NULL;
	enum drp_err err = drp_tally_list(hub, tasks, &own, diag);
	err = err ? err : make(hub, tasks, &own, &own, &tally, diag);
	drp_list_clear(&own);
	drp_tally_free(tally);
	return err;
}

void drp_tally_free(struct drp_tally *t)
{
	if (t) {
		for (int g = 0; g < DRP_GROUPS; g++) {
			drp_aggregate_free(t->aggregate[g]);
		}
		drp_free(t->came);
		drp_free(t);
	}
}

/* Damage to what this side stored is its own fault, and no answer to the other side. */
static enum drp_err as_fault(enum drp_err err)
{
	return err == DRP_E_NOMEM || err == DRP_E_FROZEN ? err : DRP_E_STORE;
}

/* ---- sums ---- */

struct summing {
	struct drp_tally *tally;
	uint8_t key[32];
	size_t n;
	struct drp_diag *diag;
};

static enum drp_err sum_one(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	struct summing *s = self;
	const struct drp_manifest *m = s->tally->tasks->manifest;
	const struct drp_unit *unit = drp_manifest_unit(m, &stored->unit);
	uint8_t context[49];
	struct drp_buf share = {0};
	if (!unit || stored->group >= DRP_GROUPS ||
		!s->tally->came[(size_t)stored->group * m->n_units +
				(size_t)(unit - m->unit)]) {
		return DRP_OK;
	}
	enum drp_err err = DRP_E_STORE; /* it is in our own signed list */
	if (!stored->withdrawn && stored->state == DRP_CONTRIBUTION_COUNTED) {
		drp_contribution_context(&m->hash, &stored->unit, stored->group, context);
		err = drp_store_open(s->key, context, sizeof context, sealed, n, &share);
	}
	err = err ? err
		  : drp_aggregate_add(s->tally->aggregate[stored->group], unit,
			    (struct drp_bytes){share.data, share.len});
	drp_buf_wipe(&share);
	s->n += err == DRP_OK;
	return err ? drp_fail(s->diag, as_fault(err),
			     "a stored share cannot be read (%s); nothing was opened, "
			     "restore the directory from its backup",
			     drp_err_text(err))
		   : DRP_OK;
}

enum drp_err drp_tally_sum(
	struct drp_hub *hub, struct drp_tally *tally, struct drp_diag *diag)
{
	struct summing s = {.tally = tally, .diag = diag};
	enum drp_err err = drp_storage_key(hub, tally->tasks->id, s.key, diag);
	err = err ? as_fault(err) : DRP_OK;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = drp_aggregate_new(&tally->tasks->task[g],
			&tally->opening.group[g].agreed, &tally->aggregate[g]);
	}
	err = err ? err
		  : drp_hub_contributions(
			    hub->store, tally->tasks->id, sum_one, &s, diag);
	drp_wipe(s.key, sizeof s.key);
	if (err == DRP_OK && s.n != tally->n_came) {
		err = drp_fail(diag, DRP_E_STORE,
			"%zu reports of the list are stored here no longer; restore the "
			"directory from its backup",
			tally->n_came - s.n);
	}
	return err;
}

/* ---- numbers ---- */

enum drp_err drp_tally_numbers(const struct drp_tally *tally, struct drp_buf *shares)
{
	enum drp_err err = DRP_OK;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		err = drp_aggregate_numbers(
			tally->aggregate[g], &tally->opening.group[g].numbers, shares);
	}
	return err;
}

static size_t open_cohorts(const struct drp_plan *plan)
{
	size_t n = 0;
	for (size_t c = 0; c < plan->n; c++) {
		n += plan->cohort[c].open;
	}
	return n;
}

static uint64_t eligible_of_came(
	const struct drp_tally *tally, int group, const struct drp_cohort *cohort)
{
	const struct drp_manifest *m = tally->tasks->manifest;
	uint64_t sum = 0;
	for (uint32_t u = 0; u < m->n_units; u++) {
		if (tally->came[(size_t)group * m->n_units + u] &&
			drp_cohort_holds(cohort, &m->unit[u])) {
			sum += m->unit[u].eligible[group];
		}
	}
	return sum;
}

/* Files the opened numbers with their cohorts. One that cannot be closes its cohort: a
 * school that counts people it does not have, or a side that sums wrongly, spoils what it
 * is in and no more. */
static void take_numbers(struct drp_tally *tally, int g, const int64_t *opened)
{
	struct drp_sealed_group *group = &tally->opening.group[g];
	for (size_t c = 0; c < group->numbers.n; c++) {
		struct drp_planned *planned = &group->numbers.cohort[c];
		if (!planned->open) {
			continue;
		}
		int64_t n = *opened++;
		planned->open = n >= 0 && (uint64_t)n <= eligible_of_came(tally, g,
								 &planned->cohort);
		group->n[c] = planned->open ? (uint64_t)n : 0;
		if (!planned->open) {
			drp_log(DRP_LOG_WARN, "tally", "number-cannot-be",
				"campaign=%s group=%s", tally->tasks->id,
				drp_group_code(g));
		}
	}
}

enum drp_err drp_tally_exchange(struct drp_tally *tally, struct drp_bytes hub,
	struct drp_bytes notary, struct drp_diag *diag)
{
	size_t total = 0, at = 0;
	for (int g = 0; g < DRP_GROUPS; g++) {
		total += open_cohorts(&tally->opening.group[g].numbers);
	}
	if (hub.n != total * DRP_SHARE_BYTES || notary.n != hub.n) {
		return drp_fail(diag, DRP_E_MALFORMED,
			"the shares of the numbers are not those of %zu cohorts", total);
	}
	enum drp_err err = DRP_OK;
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		int64_t opened[DRP_COHORTS_MAX];
		size_t n = open_cohorts(&tally->opening.group[g].numbers);
		err = drp_shares_open(
			(struct drp_bytes){hub.data + at, n * DRP_SHARE_BYTES},
			(struct drp_bytes){notary.data + at, n * DRP_SHARE_BYTES}, n,
			opened);
		at += n * DRP_SHARE_BYTES;
		if (err) {
			drp_fail(diag, err, "the shares of the numbers do not open");
		} else {
			take_numbers(tally, g, opened);
		}
	}
	return err ? err : drp_sealed_values(&tally->opening, diag);
}

/* ---- values ---- */

size_t drp_tally_opens(const struct drp_tally *tally, uint32_t release)
{
	const struct drp_release *r = &tally->tasks->manifest->release[release];
	const struct drp_plan *plan = &tally->opening.group[r->group].values;
	size_t cohorts = 0;
	if (r->map == DRP_MAP_COUNTS) {
		return 0;
	}
	for (size_t c = 0; c < plan->n; c++) {
		cohorts += plan->cohort[c].open &&
			   plan->cohort[c].cohort.family == r->family;
	}
	return cohorts * drp_release_values(&tally->tasks->task[r->group].vector, r);
}

static enum drp_err load_noise(struct drp_hub *hub, const struct drp_tally *tally,
	uint32_t release, struct drp_buf *noise, struct drp_diag *diag)
{
	struct drp_buf sealed = {0};
	uint8_t key[32] = {0};
	enum drp_err err =
		drp_hub_noise_get(hub->store, tally->tasks->id, release, &sealed, diag);
	err = err ? err : drp_storage_key(hub, tally->tasks->id, key, diag);
	if (err == DRP_OK) {
		uint8_t context[DRP_STORED_CONTEXT_BYTES];
		drp_stored_context(&tally->tasks->manifest->hash, release, context);
		err = drp_store_open(
			key, context, sizeof context, sealed.data, sealed.len, noise);
	}
	drp_wipe(key, sizeof key);
	drp_buf_clear(&sealed);
	return err ? drp_fail(diag, as_fault(err),
			     "the noise of campaign %s cannot be read: %s",
			     tally->tasks->id, drp_err_text(err))
		   : DRP_OK;
}

enum drp_err drp_tally_values(struct drp_hub *hub, const struct drp_tally *tally,
	uint32_t release, struct drp_buf *shares, struct drp_diag *diag)
{
	const struct drp_release *r = &tally->tasks->manifest->release[release];
	const struct drp_sealed_group *group = &tally->opening.group[r->group];
	struct drp_buf noise = {0};
	enum drp_err err = load_noise(hub, tally, release, &noise, diag);
	err = err ? err
		  : drp_aggregate_values(tally->aggregate[r->group], r, &group->agreed,
			    &group->values, (struct drp_bytes){noise.data, noise.len},
			    shares);
	drp_buf_wipe(&noise);
	return err ? drp_fail(diag, as_fault(err),
			     "the values of a release cannot be summed: %s",
			     drp_err_text(err))
		   : DRP_OK;
}

/* ---- what was opened ---- */

void drp_opened_encode(const int64_t *values, size_t n, struct drp_buf *out)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t bytes[8];
		for (int k = 0; k < 8; k++) {
			bytes[k] = (uint8_t)((uint64_t)values[i] >> 8 * k);
		}
		drp_buf_append(out, bytes, sizeof bytes);
	}
}

static void decode(const uint8_t *bytes, size_t n, int64_t *values)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t word = 0;
		for (int k = 0; k < 8; k++) {
			word |= (uint64_t)bytes[8 * i + (size_t)k] << 8 * k;
		}
		values[i] = (int64_t)word;
	}
}

enum drp_err drp_tally_opened(struct drp_hub *hub, const struct drp_tally *tally,
	uint32_t release, int64_t *values, struct drp_diag *diag)
{
	char name[DRP_OPENING_NAME_MAX];
	struct drp_buf stored = {0};
	size_t n = drp_tally_opens(tally, release);
	drp_opening_name_opened(release, name);
	enum drp_err err =
		drp_hub_opening_get(hub->store, tally->tasks->id, name, &stored, diag);
	if (err == DRP_OK && stored.len != 8 * n) {
		err = drp_fail(diag, DRP_E_STORE,
			"what was opened of campaign %s is damaged; restore the hub's "
			"directory from its backup",
			tally->tasks->id);
	}
	if (err == DRP_OK) {
		decode(stored.data, n, values);
	}
	drp_buf_clear(&stored);
	return err;
}
