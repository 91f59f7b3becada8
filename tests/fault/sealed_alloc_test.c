/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that runs out while a sealed campaign is forwarded and closed, at the hub or at
 * the notary, which share this process. Every try begins from the same directories; an
 * allocation fails, or it and all later ones; then the same is run again with memory.
 * Whatever failed: no crash, no leak (the sanitizers see to that), an error that says so,
 * and in the end the very edition that comes out when nothing fails.
 *
 * usage: fault.sealed_alloc [stride]: every stride-th allocation (1: all of them)
 */
#include "tests/support/sealed_federation.h"

#define SCHOOLS	 5
#define ELIGIBLE 40
#define LENGTH	 512

static struct fed f;
static struct drp_tasks *tasks;
static struct drp_hash wanted; /* the edition */
static unsigned long stride = 23, tries;

static void copy_folder(const char *from, const char *to)
{
	char command[1024];
	snprintf(command, sizeof command, "rm -rf '%s' && cp -r '%s' '%s'", to, from, to);
	CHECK_INT(system(command), 0);
}

static void close_all(void)
{
	fed_close_hub(&f);
	fed_close_notary(&f);
}

static void open_all(void)
{
	fed_open_hub(&f);
	fed_open_notary(&f);
}

static void keep(int back)
{
	char hub[200], notary[200];
	snprintf(hub, sizeof hub, "%s.kept", f.hub_dir);
	snprintf(notary, sizeof notary, "%s.kept", f.notary->dir);
	close_all();
	copy_folder(back ? hub : f.hub_dir, back ? f.hub_dir : hub);
	copy_folder(back ? notary : f.notary->dir, back ? f.notary->dir : notary);
	open_all();
}

static void begin(void)
{
	static uint64_t counts[LENGTH];
	struct drp_hash name;
	fed_begin_sealed(&f, SCHOOLS, ELIGIBLE, 31);
	tasks = fed_tasks(&f.hub);
	for (size_t s = 0; s < SCHOOLS; s++) {
		fed_counts(&tasks->task[DRP_TEACHER].vector, 20 + s, (unsigned)s, counts);
		CHECK_OK(fed_report(&f, tasks, s, DRP_TEACHER, counts, &name));
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

static void edition(struct drp_hash *hash)
{
	struct drp_buf bytes = {0};
	CHECK_OK(drp_hub_edition_get(f.hub.store, FED_CAMPAIGN, 0, hash, &bytes, NULL));
	drp_buf_clear(&bytes);
}

/* 1 when the close needed fewer allocations than n. */
static int fails_at(unsigned long n, int sticky)
{
	struct drp_diag diag;
	struct drp_hash hash;
	(void)drp_alloc_hook(n, sticky);
	enum drp_err err = close_it(&diag);
	int whole = drp_alloc_hook(0, 0) < n;
	tries++;
	/* The hub is out of memory, or hears nothing of a notary that is. */
	if (err && err != DRP_E_NOMEM && err != DRP_E_NET && diag.code != DRP_E_NOMEM) {
		printf("# allocation %lu, %s: %s\n", n, sticky ? "sticky" : "once",
			diag.text);
		CHECK_ERR(err, DRP_E_NOMEM);
	}
	err = close_it(&diag);
	if (err) {
		printf("# allocation %lu, again: %s\n", n, diag.text);
	}
	CHECK_OK(err);
	edition(&hash);
	CHECK(drp_hash_equal(&hash, &wanted));
	return whole;
}

static void every_allocation(void)
{
	struct drp_diag diag;
	begin();
	keep(0);
	CHECK_OK(close_it(&diag));
	edition(&wanted);
	for (int sticky = 0; sticky < 2; sticky++) {
		for (unsigned long n = 1;; n += stride) {
			keep(1);
			if (fails_at(n, sticky)) {
				break;
			}
		}
	}
	end();
}

int main(int argc, char **argv)
{
	stride = argc > 1 ? strtoul(argv[1], NULL, 10) : stride;
	setenv("DREMPEL_LOG", "error", 1);
	CASE("a close that runs out of memory is run again to the same edition",
		every_allocation);
	printf("# %lu tries\n", tries);
	return DONE();
}
