/* SPDX-License-Identifier: Apache-2.0
 *
 * After the freeze of both sides somebody takes the machines of hub and notary: every
 * byte of their directories, free pages and logs included, and the memory of the serving
 * processes. No report, no share, no noise, no seed and no key of the campaign is left,
 * sealed or in the open. Before the freeze the same search finds all of it. What a school
 * has withdrawn, and what was refused, is gone at once.
 */
#include "tests/attack/sealed_course.h"

#include "hub/campaign/gather.h"

#include <fcntl.h>

#define SCHOOLS	   6
#define WITHDRAWN  4 /* after it was counted */
#define TAKEN_BACK 5 /* before it was forwarded */
#define FORGED	   3
#define WINDOW	   24 /* bytes that are looked for; a chance hit is out of the question */
#define BLOBS_MAX  512
#define STRETCHES  8		       /* of a blob, spread over it */
#define REGION_MAX (64L * 1024 * 1024) /* larger ones are a sanitizer's shadow */

enum kind {
	REPORT,	   /* as the school sent it */
	STORED,	   /* the same, or a share, sealed under the campaign's key */
	SHARE,	   /* an output share in the open */
	SEALED_OF, /* noise or seed, sealed */
	NOISE,
	SEED,
	OPENING, /* the notary's shares of a release */
	KEY,
	KEY_FILE,
	KINDS
};

static const char *const kind_name[KINDS] = {"report", "stored report or share",
	"output share", "sealed noise or seed", "noise", "seed", "shares of an opening",
	"campaign key", "key file"};

/* What is looked for. Contents are masked, so that this copy is no find in memory. */
struct blob {
	enum kind kind;
	struct drp_hub *hub;
	struct drp_id unit;
	uint8_t group;
	struct drp_buf bytes;
};

static struct fed f;
static struct course course;
static struct blob blob[BLOBS_MAX];
static size_t n_blobs;
#define MASK 0x5a

static struct blob *note(enum kind kind, struct drp_hub *hub, const void *bytes, size_t n)
{
	CHECK(n_blobs < BLOBS_MAX);
	struct blob *b = &blob[n_blobs++];
	*b = (struct blob){.kind = kind, .hub = hub};
	drp_buf_append(&b->bytes, bytes, n);
	for (size_t i = 0; i < n; i++) {
		b->bytes.data[i] ^= MASK;
	}
	return b;
}

static void forget_blobs(void)
{
	for (size_t i = 0; i < n_blobs; i++) {
		drp_buf_clear(&blob[i].bytes);
	}
	n_blobs = 0;
}

/* A blob shorter than a window is one stretch; of a long one some are enough, the first
 * and the last among them. Where a stretch would be the same in every blob (a report
 * names its campaign first) it is skipped. */
static size_t stretches(const struct blob *b)
{
	return b->bytes.len < 2 * WINDOW ? 1 : STRETCHES;
}

static size_t stretch(const struct blob *b, size_t k, uint8_t out[WINDOW])
{
	size_t n = b->bytes.len < WINDOW ? b->bytes.len : WINDOW;
	size_t skip = b->kind == REPORT ? 256 : 0;
	size_t at = stretches(b) > 1
			    ? skip + k * (b->bytes.len - WINDOW - skip) / (STRETCHES - 1)
			    : 0;
	CHECK(at + n <= b->bytes.len);
	for (size_t i = 0; i < n; i++) {
		out[i] = b->bytes.data[at + i] ^ MASK;
	}
	return n;
}

/* ---- searching files ---- */

static struct drp_buf files; /* of a directory, one after the other */

static int read_file(const char *path, const struct stat *st, int flag, struct FTW *w)
{
	(void)w;
	struct drp_buf content = {0};
	if (flag == FTW_F && st->st_size > 0 &&
		drp_file_read(path, 256u << 20, &content, NULL) == DRP_OK) {
		drp_buf_append(&files, content.data, content.len);
	}
	drp_buf_wipe(&content);
	return 0;
}

static void read_directory(const char *dir)
{
	files.len = 0;
	CHECK(nftw(dir, read_file, 16, FTW_PHYS) == 0);
	CHECK(files.len > 0 && !files.failed);
}

static int is_in_files(const struct blob *b)
{
	uint8_t part[WINDOW];
	for (size_t k = 0; k < stretches(b); k++) {
		size_t n = stretch(b, k, part);
		if (memmem(files.data, files.len, part, n)) {
			return 1;
		}
	}
	return 0;
}

/* How many of a kind either directory holds. */
static void count_on_disk(int found[KINDS])
{
	const char *dir[] = {f.hub_dir, f.notary->dir};
	uint8_t seen[BLOBS_MAX] = {0};
	memset(found, 0, KINDS * sizeof *found);
	for (int d = 0; d < 2; d++) {
		read_directory(dir[d]);
		for (size_t i = 0; i < n_blobs; i++) {
			seen[i] |= (uint8_t)is_in_files(&blob[i]);
		}
	}
	for (size_t i = 0; i < n_blobs; i++) {
		found[blob[i].kind] += seen[i];
	}
	drp_buf_wipe(&files);
}

/* ---- searching the memory of this process ---- */

static uint8_t window[1 << 16];

static int region_holds(
	int memory, unsigned long from, unsigned long to, const uint8_t *masked)
{
	int hits = 0;
	for (unsigned long at = from; at < to; at += sizeof window - 32) {
		unsigned long own = (unsigned long)window;
		size_t n = to - at < sizeof window ? to - at : sizeof window;
		if (at < own + sizeof window && at + n > own) {
			continue; /* what is read here is no find */
		}
		ssize_t got = pread(memory, window, n, (off_t)at);
		for (size_t i = 0; got > 0 && i + 32 <= (size_t)got; i++) {
			size_t k = 0;
			while (k < 32 && (window[i + k] ^ MASK) == masked[k]) {
				k++;
			}
			hits += k == 32;
		}
	}
	memset(window, 0, sizeof window);
	return hits;
}

/* Keys and seeds: whoever has them opens the rest. */
static int secrets_in_memory(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC), hits = 0;
	unsigned long from, to;
	char mode[8], line[512];
	CHECK(maps && memory >= 0);
	while (fgets(line, sizeof line, maps)) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
			mode[0] != 'r' || mode[1] != 'w' || to - from >= REGION_MAX) {
			continue;
		}
		for (size_t i = 0; i < n_blobs; i++) {
			if (blob[i].kind == KEY || blob[i].kind == SEED) {
				CHECK_INT(blob[i].bytes.len, 32);
				hits += region_holds(
					memory, from, to, blob[i].bytes.data);
			}
		}
	}
	close(memory);
	fclose(maps);
	return hits;
}

/* ---- taking note of what there is ---- */

static struct drp_hub *taking;

static enum drp_err take_stored(
	void *self, const struct drp_stored *stored, const void *sealed, size_t n)
{
	(void)self;
	if (n) {
		struct blob *b = note(STORED, taking, sealed, n);
		b->unit = stored->unit;
		b->group = stored->group;
	}
	return DRP_OK;
}

/* With the key whoever takes them opens them: what is inside is looked for too. */
static void open_stored(size_t from, enum kind inside)
{
	size_t n = n_blobs;
	uint8_t key[32], context[49];
	CHECK_OK(drp_storage_key(taking, FED_CAMPAIGN, key, NULL));
	for (size_t i = from; i < n; i++) {
		struct drp_buf sealed = {0}, plain = {0};
		drp_contribution_context(&course.tasks->manifest->hash, &blob[i].unit,
			blob[i].group, context);
		for (size_t k = 0; k < blob[i].bytes.len; k++) {
			uint8_t byte = blob[i].bytes.data[k] ^ MASK;
			drp_buf_append(&sealed, &byte, 1);
		}
		CHECK_OK(drp_store_open(
			key, context, sizeof context, sealed.data, sealed.len, &plain));
		note(inside, taking, plain.data, plain.len);
		drp_buf_wipe(&sealed);
		drp_buf_wipe(&plain);
	}
	drp_wipe(key, sizeof key);
}

static void take_contributions(struct drp_hub *hub, enum kind inside)
{
	size_t from = n_blobs;
	taking = hub;
	CHECK_OK(
		drp_hub_contributions(hub->store, FED_CAMPAIGN, take_stored, NULL, NULL));
	open_stored(from, inside);
}

static void take_noise(struct drp_hub *hub)
{
	struct drp_buf sealed = {0}, plain = {0};
	for (uint32_t r = 0; r < course.tasks->manifest->n_releases; r++) {
		sealed.len = plain.len = 0;
		if (course.tasks->manifest->release[r].map == DRP_MAP_COUNTS) {
			continue;
		}
		CHECK_OK(drp_hub_noise_get(hub->store, FED_CAMPAIGN, r, &sealed, NULL));
		note(SEALED_OF, hub, sealed.data, sealed.len);
		truth_noise(&course.truth, hub, r, &plain);
		if (plain.len >= WINDOW) {
			note(NOISE, hub, plain.data, plain.len);
		}
	}
	drp_buf_clear(&sealed);
	drp_buf_wipe(&plain);
}

static void take_keys(struct drp_hub *hub)
{
	struct drp_buf sealed = {0}, file = {0};
	char path[DRP_PATH_MAX];
	uint8_t key[32], seed[DRP_VERIFY_SEED_BYTES];
	CHECK_OK(drp_hub_seed_get(hub->store, FED_CAMPAIGN, &sealed, NULL));
	note(SEALED_OF, hub, sealed.data, sealed.len);
	CHECK_OK(drp_verify_seed(
		hub, FED_CAMPAIGN, &course.tasks->manifest->hash, seed, NULL));
	note(SEED, hub, seed, sizeof seed);
	CHECK_OK(drp_storage_key(hub, FED_CAMPAIGN, key, NULL));
	note(KEY, hub, key, sizeof key);
	CHECK_OK(drp_hub_key_path(hub, FED_CAMPAIGN, path, NULL));
	CHECK_OK(drp_file_read(path, 4096, &file, NULL));
	note(KEY_FILE, hub, file.data, file.len);
	drp_wipe(key, sizeof key);
	drp_wipe(seed, sizeof seed);
	drp_buf_clear(&sealed);
	drp_buf_wipe(&file);
}

static void take_openings(struct drp_hub *hub)
{
	char what[DRP_OPENING_NAME_MAX];
	struct drp_buf shares = {0};
	for (uint32_t r = 0; r < course.tasks->manifest->n_releases; r++) {
		shares.len = 0;
		drp_opening_name_shares(r, what);
		if (drp_hub_opening_get(hub->store, FED_CAMPAIGN, what, &shares, NULL) ==
			DRP_OK) {
			note(OPENING, hub, shares.data, shares.len);
		}
	}
	drp_buf_wipe(&shares);
}

static int noted(enum kind kind)
{
	int n = 0;
	for (size_t i = 0; i < n_blobs; i++) {
		n += blob[i].kind == kind;
	}
	return n;
}

static void tell(const char *when, const int found[KINDS])
{
	for (int k = 0; k < KINDS; k++) {
		if (noted((enum kind)k)) {
			printf("# %s: %s, %d of %d found\n", when, kind_name[k], found[k],
				noted((enum kind)k));
		}
	}
}

static void idle_both(void)
{
	struct drp_service hub = drp_hub_service_hooks(f.service);
	struct drp_service notary = drp_notary_hooks(f.notary->service);
	hub.idle(hub.self);
	notary.idle(notary.self);
}

/* Freezes as the command does: the hub's database open in another process as well. */
static void freeze_both(void)
{
	struct drp_hub other;
	struct drp_diag diag = {0};
	CHECK_OK(drp_closing_freeze(&f.hub, FED_CAMPAIGN, &f.peer, &diag));
	CHECK_OK(drp_hub_open(f.hub_dir, &other, &diag));
	other.clock = f.hub.clock;
	CHECK_OK(drp_hub_begin(other.store, &diag));
	CHECK_OK(drp_campaign_erase(&other, FED_CAMPAIGN, f.now_ms / 1000, &diag));
	CHECK_OK(drp_hub_end(other.store, DRP_OK, &diag));
	CHECK_OK(drp_hub_checkpoint(other.store, &diag));
	drp_hub_close(&other);
	CHECK_INT(fed_state(&f.notary->hub), DRP_CAMPAIGN_FROZEN);
}

/* ---- cases ---- */

static void nothing_is_left(void)
{
	int found[KINDS];
	char hub_key[DRP_PATH_MAX], notary_key[DRP_PATH_MAX];
	struct drp_diag diag = {0};
	course_begin(&course, &f, SCHOOLS, 301);
	course_send_all(&course);
	CHECK_OK(drp_hub_key_path(&f.hub, FED_CAMPAIGN, hub_key, NULL));
	CHECK_OK(drp_hub_key_path(&f.notary->hub, FED_CAMPAIGN, notary_key, NULL));
	take_contributions(&f.hub, REPORT);
	int reports = noted(REPORT);
	CHECK_INT(reports, SCHOOLS * DRP_GROUPS);
	count_on_disk(found);
	tell("before the notary has them", found);
	CHECK_INT(found[STORED], reports);
	CHECK_INT(found[REPORT], 0); /* sealed under the campaign's key */

	CHECK_OK(fed_forward(&f, &diag));
	take_contributions(&f.hub, SHARE);
	take_contributions(&f.notary->hub, SHARE);
	CHECK_INT(noted(SHARE), 2 * reports);
	take_noise(&f.hub);
	take_noise(&f.notary->hub);
	take_keys(&f.hub);
	take_keys(&f.notary->hub);
	CHECK(secrets_in_memory() > 0); /* the services seal and verify with them */
	course_close(&course);
	take_openings(&f.notary->hub);
	count_on_disk(found);
	tell("before the freeze", found);
	CHECK(found[STORED] >= 2 * reports);
	CHECK_INT(found[SEALED_OF], noted(SEALED_OF));
	CHECK_INT(found[OPENING], noted(OPENING));
	CHECK(noted(OPENING) > 0);
	CHECK_INT(found[KEY_FILE], 2);
	CHECK_INT(found[SHARE] + found[NOISE] + found[SEED] + found[REPORT], 0);

	freeze_both();
	idle_both();
	count_on_disk(found);
	tell("after the freeze", found);
	for (int k = 0; k < KINDS; k++) {
		CHECK_INT(found[k], 0);
	}
	CHECK(access(hub_key, F_OK) != 0 && access(notary_key, F_OK) != 0);
	CHECK_INT(secrets_in_memory(), 0);
	forget_blobs();
	course_end(&course);
}

/* A report whose proof is none: its share for the hub is spoilt. */
static void send_forged(int group, size_t school)
{
	static struct drp_reply reply;
	struct drp_buf bytes = {0}, body = {0}, statement = {0};
	struct drp_report report;
	struct drp_hash name;
	uint64_t counts[TRUTH_LENGTH];
	course_counts(&course.tasks->task[group].vector, &f.rng, 20, counts);
	fed_make_report(
		&f, course.tasks, school, (enum drp_group)group, counts, &bytes, &name);
	CHECK_OK(drp_report_decode(bytes.data, bytes.len, &report, &name));
	((uint8_t *)(uintptr_t)report.hub_share)[report.hub_n / 2] ^= 1;
	drp_hash_bytes(report.hub_share, report.hub_n, &report.statement.hub_share);
	CHECK_OK(drp_report_statement_encode(&report.statement, &statement, &name));
	drp_sign(f.school[school].node.keys, DRP_REPORT_TAG, statement.data,
		statement.len, report.signature);
	struct drp_buf forged = {0};
	CHECK_OK(drp_report_encode(&report, &forged));
	CHECK_OK(fed_send_report(&f, school, &forged, &reply, &body));
	drp_buf_clear(&bytes);
	drp_buf_clear(&forged);
	drp_buf_clear(&statement);
	drp_buf_clear(&body);
}

static void of_unit(size_t school, struct drp_hub *hub)
{
	const struct drp_unit *unit = fed_unit(&f, course.tasks, school);
	taking = hub;
	struct drp_buf sealed = {0};
	struct drp_stored stored = {.unit = unit->id, .group = DRP_PUPIL};
	CHECK_OK(drp_hub_contribution_load(
		hub->store, FED_CAMPAIGN, &unit->id, DRP_PUPIL, &sealed, NULL, NULL));
	CHECK_OK(take_stored(NULL, &stored, sealed.data, sealed.len));
	drp_buf_clear(&sealed);
}

/* No freeze is needed, nor is the close. */
static void withdrawn_and_refused(void)
{
	int found[KINDS];
	struct drp_diag diag = {0};
	struct drp_stored stored;
	course_begin(&course, &f, SCHOOLS, 302);
	for (size_t s = 0; s < SCHOOLS; s++) {
		if (s != TAKEN_BACK && s != FORGED) {
			course_send(&course, DRP_PUPIL, s);
		}
	}
	of_unit(WITHDRAWN, &f.hub); /* the report */
	CHECK_OK(fed_forward(&f, &diag));
	course_send(&course, DRP_PUPIL, TAKEN_BACK);
	send_forged(DRP_PUPIL, FORGED);
	of_unit(WITHDRAWN, &f.hub); /* the shares that came of it */
	of_unit(WITHDRAWN, &f.notary->hub);
	of_unit(TAKEN_BACK, &f.hub);
	of_unit(FORGED, &f.hub);
	count_on_disk(found);
	tell("before", found);
	CHECK(found[STORED] >= 4);

	CHECK_OK(fed_withdraw(&f, course.tasks, WITHDRAWN, DRP_PUPIL,
		&course.name[DRP_PUPIL][WITHDRAWN]));
	CHECK_OK(fed_withdraw(&f, course.tasks, TAKEN_BACK, DRP_PUPIL,
		&course.name[DRP_PUPIL][TAKEN_BACK]));
	CHECK_OK(fed_forward(&f, &diag));
	CHECK(fed_stored(&f.hub, fed_unit(&f, course.tasks, FORGED), DRP_PUPIL, &stored));
	CHECK_INT(stored.state, DRP_CONTRIBUTION_REJECTED);
	idle_both();
	count_on_disk(found);
	tell("after", found);
	CHECK_INT(found[STORED], 0);
	of_unit(0, &f.hub); /* the control: what was neither is there */
	of_unit(0, &f.notary->hub);
	count_on_disk(found);
	CHECK_INT(found[STORED], 2);
	forget_blobs();
	course_end(&course);
}

int main(void)
{
	CASE("after the freeze nothing is left at either side", nothing_is_left);
	CASE("what was withdrawn or refused is gone at once", withdrawn_and_refused);
	return DONE();
}
