/* SPDX-License-Identifier: Apache-2.0
 *
 * After the freeze somebody takes the hub's machine: every byte of its directory, free
 * pages and log included, and the memory of the serving process. Nothing is left of any
 * school's contribution. Before the freeze the same search finds all of it.
 */
#include "hub/campaign/gather.h"

#include "tests/attack/collect.h"

#include <fcntl.h>

#define SCHOOLS	   6
#define WINDOW	   24 /* bytes that are looked for; a chance hit is out of the question */
#define BLOBS_MAX  (2 * SCHOOLS)
#define REGION_MAX (64L * 1024 * 1024) /* larger ones are a sanitizer's shadow */

struct blob {
	struct drp_stored stored;
	struct drp_buf sealed, plain;
};

static struct fed f;
static struct blob blob[BLOBS_MAX];
static size_t n_blobs;

/* ---- searching files ---- */

struct search {
	const uint8_t *bytes;
	size_t n;
	int hits;
};

static struct search search;

static int search_file(const char *path, const struct stat *st, int flag, struct FTW *w)
{
	(void)w;
	uint8_t *content = NULL;
	int fd = flag == FTW_F ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0 || !(content = malloc((size_t)st->st_size + 1))) {
		return 0;
	}
	ssize_t n = read(fd, content, (size_t)st->st_size);
	close(fd);
	if (n > 0 && memmem(content, (size_t)n, search.bytes, search.n)) {
		search.hits++;
	}
	free(content);
	return 0;
}

/* The number of files of the hub's directory that hold those bytes. */
static int files_with(const void *bytes, size_t n)
{
	search = (struct search){.bytes = bytes, .n = n};
	CHECK(nftw(f.hub_dir, search_file, 16, FTW_PHYS) == 0);
	return search.hits;
}

/* Any stretch of it, so that a half that is left counts too. */
static int is_on_disk(const struct drp_buf *bytes)
{
	for (size_t at = 0; at + WINDOW <= bytes->len; at += WINDOW) {
		if (files_with(bytes->data + at, WINDOW)) {
			return 1;
		}
	}
	return 0;
}

/* ---- searching the memory of this process ---- */

/* The key, masked, so that this very copy is not found. */
static uint8_t masked_key[32];
#define MASK 0x5a

static uint8_t window[1 << 16];

static int holds_key(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i + sizeof masked_key <= n; i++) {
		size_t k = 0;
		while (k < sizeof masked_key && (bytes[i + k] ^ MASK) == masked_key[k]) {
			k++;
		}
		if (k == sizeof masked_key) {
			return 1;
		}
	}
	return 0;
}

static int search_region(int memory, unsigned long from, unsigned long to)
{
	int hits = 0;
	for (unsigned long at = from; at < to; at += sizeof window - sizeof masked_key) {
		unsigned long own = (unsigned long)window;
		size_t n = to - at < sizeof window ? to - at : sizeof window;
		if (at < own + sizeof window && at + n > own) {
			continue; /* what is read here is no find */
		}
		ssize_t got = pread(memory, window, n, (off_t)at);
		hits += got > 0 && holds_key(window, (size_t)got);
	}
	memset(window, 0, sizeof window);
	return hits;
}

static int key_in_memory(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC), hits = 0;
	unsigned long from, to;
	char mode[8], line[512];
	CHECK(maps && memory >= 0);
	while (fgets(line, sizeof line, maps)) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3 &&
			mode[0] == 'r' && mode[1] == 'w' && to - from < REGION_MAX) {
			hits += search_region(memory, from, to);
		}
	}
	close(memory);
	fclose(maps);
	return hits;
}

/* ---- the course of events ---- */

static enum drp_err take_blob(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	(void)self;
	struct blob *b = &blob[n_blobs++];
	b->stored = *stored;
	drp_buf_append(&b->sealed, sealed, n);
	return DRP_OK;
}

static void take_blobs(void)
{
	struct drp_diag diag = {0};
	n_blobs = 0;
	CHECK_OK(
		drp_hub_contributions(f.hub.store, FED_CAMPAIGN, take_blob, NULL, &diag));
	CHECK_INT(n_blobs, BLOBS_MAX);
}

static void key_path(char path[DRP_PATH_MAX])
{
	struct drp_diag diag = {0};
	CHECK_OK(drp_hub_key_path(&f.hub, FED_CAMPAIGN, path, &diag));
}

/* Whoever has directory and key reads every contribution. */
static void open_blobs(void)
{
	char path[DRP_PATH_MAX];
	uint8_t key[32], context[49];
	struct drp_diag diag = {0};
	struct drp_campaign_row row;
	key_path(path);
	CHECK_OK(drp_hub_campaign_get(f.hub.store, FED_CAMPAIGN, &row, &diag));
	CHECK_OK(drp_secret_key_load(path, key, &diag));
	for (size_t i = 0; i < n_blobs; i++) {
		struct blob *b = &blob[i];
		drp_contribution_context(
			&row.manifest, &b->stored.unit, b->stored.group, context);
		CHECK_OK(drp_store_open(key, context, sizeof context, b->sealed.data,
			b->sealed.len, &b->plain));
	}
	for (size_t i = 0; i < sizeof key; i++) {
		masked_key[i] = key[i] ^ MASK;
	}
	drp_wipe(key, sizeof key);
}

static int blobs_on_disk(void)
{
	int n = 0;
	for (size_t i = 0; i < n_blobs; i++) {
		n += is_on_disk(&blob[i].sealed);
	}
	return n;
}

static int plain_on_disk(void)
{
	int n = 0;
	for (size_t i = 0; i < n_blobs; i++) {
		/* The first bytes name the campaign, as other rows do. */
		struct drp_buf values = {
			.data = blob[i].plain.data + 128, .len = blob[i].plain.len - 128};
		n += is_on_disk(&values);
	}
	return n;
}

static enum drp_err expect_erased(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	(void)sealed;
	(*(size_t *)self)++;
	CHECK_INT(n, 0);
	CHECK(stored->receipt.stored_s > 0); /* hash and receipt stay for ever */
	return DRP_OK;
}

/* Freezes as the command does: with the database open in another process as well. */
static void freeze_beside_the_service(void)
{
	struct drp_hub other;
	struct drp_diag diag = {0};
	CHECK_OK(drp_hub_open(f.hub_dir, &other, &diag));
	other.clock = f.hub.clock;
	enum drp_err err = drp_campaign_freeze(&other, FED_CAMPAIGN, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
	drp_hub_close(&other);
}

static void nothing_is_left(void)
{
	char path[DRP_PATH_MAX];
	struct drp_diag diag = {0};
	struct drp_buf key_file = {0};
	struct drp_service hooks;
	size_t rows = 0;
	collect_begin(&f, SCHOOLS, 11);
	collect_all(&f);
	take_blobs();
	open_blobs();
	collect_withdraw(&f, &f.school[5]);
	hooks = drp_hub_service_hooks(f.service);
	key_path(path);
	CHECK_OK(drp_file_read(path, 4096, &key_file, &diag));

	/* Before: sealed bytes of all, and of the withdrawn school in the log. */
	printf("# before: %d of %zu contributions on disk, %d of them readable without "
	       "the key, key in %d files\n",
		blobs_on_disk(), n_blobs, plain_on_disk(),
		files_with(key_file.data, key_file.len));
	CHECK(blobs_on_disk() >= BLOBS_MAX - 2);
	CHECK_INT(files_with(key_file.data, key_file.len), 1);
	CHECK_INT(plain_on_disk(), 0);
	hooks.idle(hooks.self);
	CHECK(key_in_memory() > 0); /* the service seals with it */

	collect_close(&f);
	freeze_beside_the_service();
	hooks.idle(hooks.self);
	CHECK_INT(blobs_on_disk(), 0);
	CHECK_INT(plain_on_disk(), 0);
	CHECK(access(path, F_OK) != 0);
	CHECK_INT(files_with(key_file.data, key_file.len), 0);
	CHECK_INT(key_in_memory(), 0);
	CHECK_OK(drp_hub_contributions(
		f.hub.store, FED_CAMPAIGN, expect_erased, &rows, &diag));
	CHECK_INT(rows, BLOBS_MAX);

	for (size_t i = 0; i < n_blobs; i++) {
		drp_buf_clear(&blob[i].sealed);
		drp_buf_clear(&blob[i].plain);
	}
	drp_buf_wipe(&key_file);
	fed_end(&f);
}

int main(void)
{
	CASE("after the freeze nothing is left on disk or in memory", nothing_is_left);
	return DONE();
}
