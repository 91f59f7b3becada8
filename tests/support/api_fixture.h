/* SPDX-License-Identifier: Apache-2.0
 *
 * The fixture's edition as the public API sees it, with figures that differ from row to
 * row, so that a value in the wrong place is seen, and with rows of every status:
 *   values of means are 1.0001, 1.0002 ... in the order of the rows, errors 0.01 and up
 *   some of them are unreliable; some numbers n are withheld
 *   the levels 3 and 4 of one table are also there as a folded cohort, "3+4"
 */
#ifndef DRP_TESTS_API_FIXTURE_H
#define DRP_TESTS_API_FIXTURE_H

#include "hub/api/api.h"
#include "hub/campaign/campaign.h"
#include "hub/tables/publication.h"

#include "tests/support/hub_fixture.h"

#define API_BASE "https://drempel.example"

struct api_fixture {
	struct hub_fixture hub;
	struct drp_publication publication;
	const struct drp_publication *list[1];
	struct drp_catalogue catalogue;
};

static inline void api_fixture_vary(struct drp_edition *e)
{
	int k = 0;
	for (size_t i = 0; i < e->n_observations; i++) {
		struct drp_observation *o = &e->observation[i];
		if (!*o->value || !*o->se) {
			continue;
		}
		k++;
		snprintf(o->value, sizeof o->value, "%d.%04d", 1 + k / 3000, k % 10000);
		snprintf(o->se, sizeof o->se, "0.%04d", 100 + k % 2000);
		snprintf(o->low, sizeof o->low, "%d.%04d", k / 3000, k % 10000);
		snprintf(o->high, sizeof o->high, "%d.%04d", 2 + k / 3000, k % 10000);
		if (k % 7 == 0) {
			o->n[0] = 0;
		}
		o->status = k % 2000 > 1400 ? DRP_UNRELIABLE : DRP_SHOWN;
	}
}

/* Copies the rows of level 3 as those of a fold. */
static inline void api_fixture_fold(struct drp_edition *e)
{
	size_t n = e->n_observations;
	for (size_t i = 0; i < n; i++) {
		if (e->observation[i].family == DRP_FAMILY_PROVINCE_LEVEL &&
			strcmp(e->observation[i].province, "BE21") == 0 &&
			strcmp(e->observation[i].level, "3") == 0) {
			struct drp_observation copy = e->observation[i];
			struct drp_observation *o = drp_edition_add(e);
			CHECK(o != NULL);
			*o = copy;
			snprintf(o->level, sizeof o->level, "3+4");
		}
	}
}

static inline void api_fixture_open(struct api_fixture *f)
{
	memset(f, 0, sizeof *f);
	hub_fixture_open(&f->hub);
	CHECK_OK(drp_campaign_close(&f->hub.hub, FIXTURE_CAMPAIGN, NULL));
	CHECK_OK(drp_publication_load(
		&f->hub.hub, FIXTURE_CAMPAIGN, &f->publication, NULL));
	api_fixture_fold(f->publication.edition);
	api_fixture_vary(f->publication.edition);
	f->publication.edition->created_s = INT64_C(1782900000);
	struct drp_buf bytes = {0};
	CHECK_OK(drp_edition_encode(f->publication.edition, &bytes)); /* its hash */
	drp_buf_clear(&bytes);
	f->list[0] = &f->publication;
	f->catalogue =
		(struct drp_catalogue){.n = 1, .publication = f->list, .base = API_BASE};
}

static inline void api_fixture_close(struct api_fixture *f)
{
	drp_publication_free(&f->publication);
	hub_fixture_close(&f->hub);
}

/* The same figures a year later, in campaign spring-2027, with the instrument loaded once
 * more as a hub does; the catalogue has both. It borrows from the fixture. */
struct api_year_later {
	struct drp_publication publication;
	struct drp_manifest manifest;
	struct drp_edition edition;
	struct drp_instrument instrument;
	const struct drp_publication *list[2];
	struct drp_catalogue catalogue;
};

static inline void api_year_later(struct api_year_later *l, const struct api_fixture *f)
{
	l->publication = f->publication;
	l->manifest = *f->publication.manifest;
	l->edition = *f->publication.edition;
	l->instrument = *f->publication.instrument;
	snprintf(l->manifest.id, sizeof l->manifest.id, "spring-2027");
	snprintf(l->manifest.title, sizeof l->manifest.title, "A year later");
	snprintf(l->edition.campaign, sizeof l->edition.campaign, "spring-2027");
	l->manifest.period_from += 365;
	l->manifest.period_to += 365;
	l->publication.manifest = &l->manifest;
	l->publication.edition = &l->edition;
	l->publication.instrument = &l->instrument;
	l->list[0] = &l->publication;
	l->list[1] = &f->publication;
	l->catalogue =
		(struct drp_catalogue){.n = 2, .publication = l->list, .base = API_BASE};
}

#endif
