/* SPDX-License-Identifier: Apache-2.0
 *
 * http_host DREMPEL-HUB: makes the small hub of tests/support/hub_fixture.h with its
 * campaign closed, prints its folder, and becomes `DREMPEL-HUB serve` on it. For http.py,
 * which removes the folder.
 */
#include "hub/campaign/campaign.h"
#include "tests/support/hub_fixture.h"

#include <unistd.h>

static struct hub_fixture f;

static void make(void)
{
	hub_fixture_open(&f);
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	drp_hub_close(&f.hub);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		return 2;
	}
	CASE("a hub with an edition", make);
	printf("%s\n", f.dir);
	fflush(stdout);
	execl(argv[1], argv[1], "serve", "--dir", f.dir, "--listen", "tcp://127.0.0.1:0",
		"--http", "127.0.0.1:0", (char *)NULL);
	return 1;
}
