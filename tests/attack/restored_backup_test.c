/* SPDX-License-Identifier: Apache-2.0
 *
 * Whoever restores an old backup of a school's node, or runs a copy of its machine,
 * hopes for a second draw of noise over the same answers. Real directories are copied
 * and put back.
 */
#include "tests/attack/collect.h"

#define SCHOOLS 5

static struct fed f;
static struct fed_school *s;
static char backup[192];

static void begin(uint64_t seed)
{
	collect_begin(&f, SCHOOLS, seed);
	s = &f.school[0];
	snprintf(backup, sizeof backup, "%s/backup", f.dir);
}

/* A copy of the directory while the node runs: database and log as they are. */
static void take_backup(void)
{
	collect_copy(s->dir, backup);
}

static void restore_backup(void)
{
	fed_close_node(s);
	collect_copy(backup, s->dir);
	fed_open_node(&f, s);
	s->node.rng = f.rng;
}

static void hash_of(struct drp_hash *hash)
{
	struct drp_buf bytes = {0};
	collect_bytes(s, DRP_TEACHER, &bytes);
	drp_hash_bytes(bytes.data, bytes.len, hash);
	drp_buf_clear(&bytes);
}

/* The hash of what the hub holds of the school's teachers. */
static void held_by_hub(struct drp_hash *hash, int *withdrawn)
{
	struct drp_released r;
	struct drp_stored stored;
	struct drp_diag diag = {0};
	CHECK_OK(drp_node_release_get(
		s->node.store, FED_CAMPAIGN, 1, DRP_TEACHER, &r, &diag));
	CHECK_OK(drp_hub_contribution_get(
		f.hub.store, FED_CAMPAIGN, &r.unit, DRP_TEACHER, &stored, &diag));
	*hash = stored.hash;
	*withdrawn = stored.withdrawn;
}

static int released(void)
{
	struct drp_released *list = NULL;
	struct drp_diag diag = {0};
	size_t n = 0;
	CHECK_OK(drp_node_releases(s->node.store, NULL, &list, &n, &diag));
	drp_free(list);
	return (int)n;
}

/* The node as it would be if it did not ask the hub before it draws. */
static void approve_without_asking(void)
{
	struct drp_node_work work;
	struct drp_diag diag = {0};
	uint32_t approved = 0;
	CHECK_OK(drp_node_work_load(&s->node, FED_CAMPAIGN, &work, &diag));
	CHECK_OK(drp_release_approve(&s->node, &work, NULL, 0, &approved, &diag));
	CHECK_INT(approved, 2);
	drp_node_work_clear(&work);
}

static void before_approval(void)
{
	struct drp_hash first, second, held;
	uint32_t approved = 0;
	int withdrawn;
	begin(51);
	take_backup();
	collect_approve(&f, s);
	collect_publish(&f, s);
	hash_of(&first);
	restore_backup();
	CHECK_ERR(fed_approve(&f, s, FED_CAMPAIGN, &approved), DRP_E_RELEASED);
	CHECK_INT(approved, 0);
	CHECK_INT(released(), 0);
	CHECK_INT(collect_charges(s), 0);

	/* The control draws again; then only the hub's memory is in its way. */
	approve_without_asking();
	hash_of(&second);
	CHECK(!drp_hash_equal(&first, &second));
	collect_publish(&f, s);
	CHECK_INT(s->result.stored, 0);
	CHECK_INT(s->result.refused, 2);
	held_by_hub(&held, &withdrawn);
	CHECK(drp_hash_equal(&held, &first));
	fed_end(&f);
}

static void between_approval_and_publication(void)
{
	struct drp_hash first, again, held;
	int withdrawn;
	begin(52);
	collect_approve(&f, s);
	take_backup();
	collect_publish(&f, s);
	hash_of(&first);
	restore_backup();
	hash_of(&again);
	CHECK(drp_hash_equal(&first, &again));
	collect_publish(&f, s); /* the node knows of no receipt: it sends again */
	CHECK_INT(s->result.stored, 2);
	held_by_hub(&held, &withdrawn);
	CHECK(drp_hash_equal(&held, &first));
	CHECK_INT(collect_charges(s), 2);
	fed_end(&f);
}

static void before_a_withdrawal(void)
{
	struct drp_hash held;
	uint32_t approved = 0;
	int withdrawn = 0;
	begin(53);
	take_backup();
	collect_approve(&f, s);
	collect_publish(&f, s);
	collect_withdraw(&f, s);
	restore_backup();
	CHECK_ERR(fed_approve(&f, s, FED_CAMPAIGN, &approved), DRP_E_RELEASED);
	approve_without_asking();
	collect_publish(&f, s);
	CHECK_INT(s->result.stored, 0);
	CHECK_INT(s->result.refused, 2);
	held_by_hub(&held, &withdrawn);
	CHECK(withdrawn);
	fed_end(&f);
}

/* Two copies approve before either has published: the hub takes the first bytes and
 * calls the others a conflict. It has then seen both: PRIVACY.md, "Limits". */
static void a_cloned_machine(void)
{
	struct drp_hash first, second, held;
	int withdrawn;
	begin(54);
	take_backup();
	collect_approve(&f, s);
	hash_of(&first);
	char clone[192];
	snprintf(clone, sizeof clone, "%s/clone", f.dir);
	collect_copy(s->dir, clone);
	restore_backup(); /* the other machine */
	collect_approve(&f, s);
	hash_of(&second);
	CHECK(!drp_hash_equal(&first, &second));
	collect_publish(&f, s);
	CHECK_INT(s->result.stored, 2);
	snprintf(backup, sizeof backup, "%s", clone);
	restore_backup(); /* the first one again */
	collect_publish(&f, s);
	CHECK_INT(s->result.stored, 0);
	CHECK_INT(s->result.refused, 2);
	held_by_hub(&held, &withdrawn);
	CHECK(drp_hash_equal(&held, &second));
	fed_end(&f);
}

int main(void)
{
	CASE("a backup from before approval draws nothing", before_approval);
	CASE("a backup from before publication sends the same bytes",
		between_approval_and_publication);
	CASE("a backup does not undo a withdrawal", before_a_withdrawal);
	CASE("of two copies of a machine one is stored", a_cloned_machine);
	return DONE();
}
