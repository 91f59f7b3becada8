/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables and exports of a sealed edition, printed without a hub.
 */
#include "hub/formats/export.h"
#include "hub/tables/table.h"

#include "tests/support/sealed_world.h"

#include <ftw.h>
#include <unistd.h>

static struct sealed_world world;
static struct drp_publication publication;
static struct drp_buf page;

static void open_world(void)
{
	sealed_begin(&world);
	frame_schools(&world.frame, 6, DRP_BE21, 1, DRP_KOV, 40);
	frame_schools(&world.frame, 6, DRP_BE22, 1, DRP_GO, 40);
	world.frame.manifest.key = calloc(12, sizeof *world.frame.manifest.key);
	CHECK(world.frame.manifest.key != NULL);
	world.frame.manifest.year = 2025;
	sealed_open(&world);
	sealed_build(&world);
	publication = (struct drp_publication){.manifest = &world.frame.manifest,
		.instrument = &world.instrument,
		.edition = world.edition};
	CHECK_INT(drp_cells_count(world.edition).unreliable, 0);
}

static const char *print(
	const char *by, const char *measure, const char *format, const char *language)
{
	struct drp_table_options options;
	struct drp_diag diag = {0};
	drp_buf_clear(&page);
	CHECK_OK(drp_table_options_read(by, measure, format, language, &options, &diag));
	CHECK_OK(drp_table_write(&publication, &options, &page, &diag));
	return drp_buf_string(&page);
}

static void expect(const char *text, const char *part)
{
	if (!strstr(text, part)) {
		printf("# missing: %s\n%s", part, text);
	}
	CHECK(strstr(text, part));
}

/* Of 20 answers 1, 1, 5, 9 and 2; one not applicable where the scale has it. */
static void distributions(void)
{
	const char *text = print(NULL, "item", NULL, "en");
	expect(text, "5.0%    5.0%   25.0%   45.0%   10.0%    5.0%");
	expect(text, "45.0%   10.0%            1.8%\n");
	expect(text, "ticked");
	expect(text, "25.0%    1.8%");
	expect(text, "part of all questionnaires");
	CHECK(!strstr(text, "threshold per school"));
	CHECK(!strstr(text, "per school and level"));
	expect(print(NULL, "item", NULL, "nl"), "vinkte");
	CHECK(!strstr(print("province", "item", NULL, "en"), "ticked"));
	CHECK(!strstr(print(NULL, "area", NULL, "en"), "ticked"));
}

static void participation(void)
{
	const char *text = print("province", NULL, NULL, "en");
	expect(text, "sealed track");
	expect(text, "120"); /* 6 units of 20 */
}

static void rows_as_files_have_them(void)
{
	const char *text = print(NULL, "participation", "csv", NULL);
	expect(text, "sealed,1,region,_T,_T,_T,teacher,_T,_T,invited,,,,,,,x\n");
	text = print(NULL, "item", "csv", NULL);
	expect(text, "leader,B,B1,share_1,,,,,,,x\n");
	expect(text, "teacher,B,B1,share_1,0.0500,0.0177,");
	text = print(NULL, "item", "json", NULL);
	expect(text, "share_ticked");
	expect(text, "Each of the two adds discrete Gaussian noise");
	CHECK(!strstr(text, "respondents_of_a_unit_with_values"));
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *walk)
{
	(void)st;
	(void)flag;
	(void)walk;
	return remove(path);
}

static void exported(void)
{
	char dir[] = "/tmp/drempel-export-XXXXXX", path[64], text[4096];
	struct drp_diag diag = {0};
	unsigned formats;
	struct drp_buf bytes = {0};
	CHECK(mkdtemp(dir) != NULL);
	CHECK_OK(drp_edition_encode(world.edition, &bytes)); /* gives it its hash */
	drp_buf_clear(&bytes);
	CHECK_OK(drp_export_formats(NULL, &formats, &diag));
	enum drp_err err = drp_export_write(&publication, dir, formats, &diag);
	if (err) {
		printf("# %s\n", diag.text);
	}
	CHECK_OK(err);
	snprintf(path, sizeof path, "%s/README.txt", dir);
	FILE *file = fopen(path, "r");
	CHECK(file != NULL);
	size_t n = fread(text, 1, sizeof text - 1, file);
	text[n] = 0;
	fclose(file);
	expect(text, "hub and notary each added");
	CHECK_INT(nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

int main(void)
{
	CASE("a sealed campaign is opened", open_world);
	CASE("distributions stand under the means by item", distributions);
	CASE("participation", participation);
	CASE("rows as files have them", rows_as_files_have_them);
	CASE("an export", exported);
	drp_buf_clear(&page);
	free(world.frame.manifest.key);
	sealed_clear(&world);
	return DONE();
}
