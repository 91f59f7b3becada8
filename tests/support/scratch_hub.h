/* SPDX-License-Identifier: Apache-2.0
 *
 * An empty hub in a scratch folder, with a clock that only tests move.
 *
 *	struct scratch_hub s;
 *	scratch_hub_open(&s);
 *	... s.hub ...
 *	scratch_hub_close(&s);
 */
#ifndef DRP_TESTS_SCRATCH_HUB_H
#define DRP_TESTS_SCRATCH_HUB_H

#include "hub/home/hub.h"
#include "tests/support/check.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

/* 2026-10-01, in the school year 2026. */
#define SCRATCH_NOW_S INT64_C(1790812800)

struct scratch_hub {
	char dir[64];
	int64_t now_s;
	struct drp_hub hub;
};

static inline int64_t scratch_hub_now(void *self)
{
	return ((struct scratch_hub *)self)->now_s * 1000;
}

static inline void scratch_hub_open(struct scratch_hub *s)
{
	static const struct drp_hub_settings settings = {
		"Test hub", "hub", "tcp://127.0.0.1:7411", "", "", "", ""};
	memset(s, 0, sizeof *s);
	s->now_s = SCRATCH_NOW_S;
	snprintf(s->dir, sizeof s->dir, "%s/drempel-hub-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	CHECK(mkdtemp(s->dir) != NULL);
	CHECK_OK(drp_crypto_init());
	CHECK_OK(drp_hub_create(s->dir, &settings, NULL));
	CHECK_OK(drp_hub_open(s->dir, &s->hub, NULL));
	s->hub.clock = (struct drp_clock){scratch_hub_now, s};
}

static inline int scratch_hub_remove(
	const char *path, const struct stat *st, int flag, struct FTW *w)
{
	(void)st;
	(void)flag;
	(void)w;
	return remove(path);
}

static inline void scratch_hub_close(struct scratch_hub *s)
{
	drp_hub_close(&s->hub);
	nftw(s->dir, scratch_hub_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void scratch_hub_file(const struct scratch_hub *s, const char *name,
	const char *text, char path[DRP_PATH_MAX])
{
	CHECK_OK(drp_path(path, s->dir, name, NULL));
	CHECK_OK(drp_file_write(path, text, strlen(text), 0600, NULL));
}

#endif
