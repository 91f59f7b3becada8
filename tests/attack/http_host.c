/* SPDX-License-Identifier: Apache-2.0
 *
 * http_host DREMPEL-HUB [embargo|two]: makes the small hub of tests/support/hub_fixture.h
 * with its campaign closed, prints its folder, and becomes `DREMPEL-HUB serve` on it. For
 * http.py, views.py and unseen.py, which remove the folder.
 * With embargo the campaign is not public before 2099, and it has two editions more in
 * which every figure but the region's is a mark that tells whose it is: 810273 KOV,
 * 820273 GO, 830273 OVSG, and 840273 of provinces, levels and their pairs.
 * With two it has no more, and a public campaign of the year before stands beside it.
 */
#include "hub/campaign/campaign.h"
#include "hub/store/store_public.h"
#include "tests/support/hub_fixture.h"

#include <unistd.h>

static struct hub_fixture f;

static void make(void)
{
	hub_fixture_open(&f);
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	drp_hub_close(&f.hub);
}

static const char *mark_of(const struct drp_observation *o)
{
	return o->family == DRP_FAMILY_REGION	 ? NULL
	       : o->family != DRP_FAMILY_NETWORK ? "840273"
	       : strcmp(o->network, "KOV") == 0	 ? "810273"
	       : strcmp(o->network, "GO") == 0	 ? "820273"
						 : "830273";
}

static void mark(struct drp_observation *o)
{
	const char *text = mark_of(o);
	char *const figure[] = {o->value, o->se, o->low, o->high, o->n, o->schools};
	for (size_t i = 0; text && *o->value && i < sizeof figure / sizeof figure[0];
		i++) {
		if (*figure[i]) {
			snprintf(figure[i], DRP_VALUE_TEXT, "%s", text);
		}
	}
}

static void put_edition(struct drp_edition *e, uint32_t number)
{
	struct drp_buf bytes = {0};
	e->number = number;
	CHECK_OK(drp_edition_encode(e, &bytes));
	CHECK_OK(drp_hub_edition_put(f.hub.store, FIXTURE_CAMPAIGN, number, &e->hash,
		bytes.data, bytes.len, e->created_s, NULL));
	drp_buf_clear(&bytes);
}

static void make_embargoed(void)
{
	struct drp_edition *e = NULL;
	hub_fixture_open(&f);
	CHECK_OK(drp_hub_embargo_set(
		f.hub.store, FIXTURE_CAMPAIGN, INT64_C(4070908800), NULL));
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	CHECK_OK(drp_campaign_edition(&f.hub, FIXTURE_CAMPAIGN, 0, &e, NULL));
	for (size_t i = 0; i < e->n_observations; i++) {
		mark(&e->observation[i]);
	}
	put_edition(e, 2);
	put_edition(e, 3);
	drp_edition_free(e);
	drp_hub_close(&f.hub);
}

static void make_two(void)
{
	static const char *const before[3] = {"2025-03-01", "2025-05-31", "2025-06-15"};
	hub_fixture_open(&f);
	fixture_campaign_of(&f, "spring-2025", "The year before", before);
	fixture_contribute_to(&f, "spring-2025");
	CHECK_OK(drp_campaign_close(&f.hub, "spring-2025", NULL));
	CHECK_OK(drp_hub_embargo_set(
		f.hub.store, FIXTURE_CAMPAIGN, INT64_C(4070908800), NULL));
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	drp_hub_close(&f.hub);
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3) {
		return 2;
	}
	CASE("a hub with an edition", argc == 2			    ? make
				      : strcmp(argv[2], "two") == 0 ? make_two
								    : make_embargoed);
	printf("%s\n", f.dir);
	fflush(stdout);
	execl(argv[1], argv[1], "serve", "--dir", f.dir, "--listen", "tcp://127.0.0.1:0",
		"--http", "127.0.0.1:0", (char *)NULL);
	return 1;
}
