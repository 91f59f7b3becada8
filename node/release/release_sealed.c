/* SPDX-License-Identifier: Apache-2.0 */
#include "node/release/release_internal.h"

#include "proto/base/alloc.h"
#include "proto/model/codes.h"
#include "proto/privacy/sensitivity.h"
#include "proto/session/sharding.h"

#include <string.h>

struct tabulating {
	const struct drp_node_work *work;
	enum drp_group group;
	struct drp_vector vector;
	struct drp_tabulation all, one; /* one: of a single sheet */
	uint64_t counter[DRP_COUNTERS_MAX];
	int64_t value[DRP_COUNTERS_MAX]; /* a release has no more values than counters */
	struct drp_diag *diag;
};

/* The values of one release, of the sheet in t->counter. */
static size_t apply(struct tabulating *t, const struct drp_release *release)
{
	size_t n = drp_release_values(&t->vector, release);
	for (size_t k = 0; k < n; k++) {
		struct drp_term terms[DRP_TERMS_MAX];
		size_t n_terms = drp_release_terms(&t->vector, release, k, terms);
		t->value[k] = 0;
		for (size_t i = 0; i < n_terms; i++) {
			t->value[k] +=
				terms[i].weight * (int64_t)t->counter[terms[i].index];
		}
	}
	return n;
}

/* What one questionnaire adds to any release of its group must not exceed the declared
 * sensitivity, whatever the importer let through: the proof holds that the counters of
 * each item add up to N, and says nothing of single questionnaires. */
static enum drp_err check_sheet(struct tabulating *t, const struct drp_sheet *sheet)
{
	const struct drp_manifest *m = t->work->manifest;
	memset(&t->one, 0, sizeof t->one);
	enum drp_err err =
		drp_tabulate_add(&t->one, t->work->instrument, t->group, sheet);
	if (err == DRP_OK) {
		drp_vector_fill(&t->vector, &t->one, t->counter);
	}
	for (uint16_t i = 0; err == DRP_OK && i < m->n_releases; i++) {
		const struct drp_release *r = &m->release[i];
		if (r->group == t->group && r->map != DRP_MAP_COUNTS) {
			size_t n = apply(t, r);
			err = drp_sensitivity_check(t->value, n, r->delta2);
		}
	}
	return err;
}

static enum drp_err add_sheet(
	void *self, const struct drp_sheet *sheet, const uint8_t own[DRP_OWN_ITEMS_MAX])
{
	struct tabulating *t = self;
	(void)own; /* own questions never leave the school */
	enum drp_err err = check_sheet(t, sheet);
	err = err ? err : drp_tabulate_add(&t->all, t->work->instrument, t->group, sheet);
	return err ? drp_fail(t->diag, err,
			     "a stored questionnaire of group %s does not fit the "
			     "instrument (%s); "
			     "import it again",
			     drp_group_code((int)t->group), drp_err_text(err))
		   : DRP_OK;
}

enum drp_err drp_sealed_tabulate(struct drp_node *node, const struct drp_node_work *work,
	struct drp_candidate *c, struct drp_diag *diag)
{
	struct tabulating *t = drp_alloc(1, sizeof *t);
	if (!t) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory to count questionnaires");
	}
	t->work = work;
	t->group = (enum drp_group)c->group;
	t->diag = diag;
	drp_vector_make(&t->vector, work->instrument, t->group);
	enum drp_err err = drp_node_sheets(
		node->store, work->manifest->id, c->level, c->group, add_sheet, t, diag);
	if (err == DRP_OK) {
		drp_vector_fill(&t->vector, &t->all, c->counter);
		c->n_counters = t->vector.length;
	}
	drp_wipe(t, sizeof *t);
	drp_free(t);
	return err;
}

enum drp_err drp_sealed_make(struct drp_node *node, const struct drp_node_work *work,
	const struct drp_candidate *c, struct drp_buf *bytes, struct drp_hash *name,
	struct drp_diag *diag)
{
	const struct drp_manifest *m = work->manifest;
	struct drp_task *task = drp_alloc(1, sizeof *task);
	if (!task) {
		return drp_fail(diag, DRP_E_NOMEM, "no memory for the report");
	}
	enum drp_err err =
		drp_task_make(m, work->instrument, (enum drp_group)c->group, task, diag);
	if (err == DRP_OK) {
		err = drp_report_make(task, c->counter, &work->unit[c->level]->id,
			node->keys, m->notary_box, &node->rng, bytes, name);
		err = err ? drp_fail(diag, err, "the report could not be made: %s",
				    drp_err_text(err))
			  : DRP_OK;
	}
	drp_free(task);
	return err;
}
