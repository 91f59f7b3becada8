/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of an export: what they hold, that they agree, and that no school is in them.
 */
#include "hub/formats/export.h"
#include "hub/store/store_public.h"

#include "hub/tables/observations.h"
#include "proto/base/csv.h"
#include "proto/base/text.h"

#include "tests/support/check.h"
#include "tests/support/hub_fixture.h"

#include <sys/stat.h>

#define FILE_MAX (1 << 24)

static const char *const all_files[] = {"observations.csv", "observations.json",
	"observations.msgpack", "datadictionary.csv", "datadictionary.json",
	"metadata.json", "README.txt", "CHECKSUMS", NULL};

static struct hub_fixture fixture;

static void folder(const char *name, char path[DRP_PATH_MAX])
{
	CHECK_OK(drp_path(path, fixture.dir, name, NULL));
}

static void read_file(const char *dir, const char *name, struct drp_buf *out)
{
	char path[DRP_PATH_MAX];
	drp_buf_clear(out);
	CHECK_OK(drp_path(path, dir, name, NULL));
	CHECK_OK(drp_file_read(path, FILE_MAX, out, NULL));
	CHECK(drp_buf_string(out));
}

static int exists(const char *dir, const char *name)
{
	char path[DRP_PATH_MAX];
	CHECK_OK(drp_path(path, dir, name, NULL));
	return access(path, F_OK) == 0;
}

static void set_up(void)
{
	struct drp_diag diag = {0};
	char dir[DRP_PATH_MAX];
	hub_fixture_open(&fixture);
	folder("out", dir);
	CHECK_ERR(drp_export(&fixture.hub, FIXTURE_CAMPAIGN, dir, DRP_EXPORT_ALL, &diag),
		DRP_E_NOTFOUND);
	CHECK(!exists(fixture.dir, "out"));
	CHECK_OK(drp_campaign_close(&fixture.hub, FIXTURE_CAMPAIGN, NULL));
	CHECK_OK(drp_export(&fixture.hub, FIXTURE_CAMPAIGN, dir, DRP_EXPORT_ALL, &diag));
	for (int i = 0; all_files[i]; i++) {
		CHECK(exists(dir, all_files[i]));
	}
}

static void header_is_binding(void)
{
	static const char want[] =
		"campaign,edition,family,province,level,network,group,area,item,measure,"
		"value,se_dp,ci_low,ci_high,n,schools,status\n";
	struct drp_buf text = {0};
	char dir[DRP_PATH_MAX];
	folder("out", dir);
	read_file(dir, "observations.csv", &text);
	CHECK(strncmp((const char *)text.data, want, strlen(want)) == 0);
	CHECK(!memchr(text.data, '\r', text.len));
	CHECK_INT(text.data[text.len - 1], '\n');
	CHECK(strstr((const char *)text.data, "\nspring-2026,1,province,BE21,_T,_T,"
					      "teacher,_T,_T,questionnaires,200,,,,200,7,"
					      "\n"));
	CHECK(strstr((const char *)text.data, "\nspring-2026,1,province,BE10,_T,_T,"
					      "teacher,_T,_T,questionnaires,,,,,,,c\n"));
	CHECK(strstr((const char *)text.data,
		"\nspring-2026,1,level,_T,34,_T,_T,_T,_T,schools,13,,,,,13,\n"));
	drp_buf_clear(&text);
}

/* csv, json and the decoded msgpack have the same rows, field by field. */
static void formats_agree(void)
{
	struct drp_buf text = {0}, json = {0}, packed = {0};
	char dir[DRP_PATH_MAX];
	struct drp_edition *edition = NULL;
	struct drp_csv csv;
	folder("out", dir);
	read_file(dir, "observations.csv", &text);
	read_file(dir, "observations.json", &json);
	read_file(dir, "observations.msgpack", &packed);
	CHECK_OK(drp_edition_decode(packed.data, packed.len, &edition));
	json_t *rows = json_loads(drp_buf_string(&json), 0, NULL);
	CHECK_INT(json_array_size(rows), edition->n_observations);
	CHECK_OK(drp_csv_open(&csv, text.data, text.len, NULL));
	CHECK_OK(drp_csv_next(&csv, NULL));
	for (size_t i = 0; i < edition->n_observations; i++) {
		const char *fields[DRP_OBSERVATION_COLUMNS];
		struct drp_observation_scratch scratch;
		drp_observation_fields(
			edition, &edition->observation[i], &scratch, fields);
		CHECK_OK(drp_csv_next(&csv, NULL));
		CHECK_INT(csv.n_cells, DRP_OBSERVATION_COLUMNS);
		for (uint32_t c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
			json_t *member = json_object_get(
				json_array_get(rows, i), drp_observation_column[c]);
			CHECK_STR(drp_csv_text(&csv, c), fields[c]);
			if (json_is_string(member)) {
				CHECK_STR(json_string_value(member), fields[c]);
			} else if (json_is_null(member)) {
				CHECK_STR("", fields[c]);
			} else {
				CHECK_NEAR(json_number_value(member),
					strtod(fields[c], NULL), 0);
			}
		}
	}
	CHECK_OK(drp_csv_next(&csv, NULL));
	CHECK_INT(csv.n_cells, 0);
	drp_csv_close(&csv);
	json_decref(rows);
	drp_edition_free(edition);
	drp_buf_clear(&text);
	drp_buf_clear(&json);
	drp_buf_clear(&packed);
}

static void same_bytes_again(void)
{
	struct drp_buf first = {0}, second = {0};
	char dir[DRP_PATH_MAX], again[DRP_PATH_MAX];
	folder("out", dir);
	folder("again", again);
	CHECK_OK(drp_export(&fixture.hub, FIXTURE_CAMPAIGN, again, DRP_EXPORT_ALL, NULL));
	CHECK_OK(drp_export(&fixture.hub, FIXTURE_CAMPAIGN, again, DRP_EXPORT_ALL, NULL));
	for (int i = 0; all_files[i]; i++) {
		read_file(dir, all_files[i], &first);
		read_file(again, all_files[i], &second);
		CHECK_INT(first.len, second.len);
		CHECK_MEM(first.data, second.data, first.len);
	}
	drp_buf_clear(&first);
	drp_buf_clear(&second);
}

static void checksums_check(void)
{
	char dir[DRP_PATH_MAX], command[DRP_PATH_MAX + 80];
	struct drp_buf list = {0};
	folder("out", dir);
	read_file(dir, "CHECKSUMS", &list);
	for (int i = 0; all_files[i]; i++) {
		int listed = strstr((const char *)list.data, all_files[i]) != NULL;
		CHECK_INT(listed, strcmp(all_files[i], "CHECKSUMS") != 0);
	}
	snprintf(command, sizeof command,
		"cd '%s' && b2sum -l 256 --strict --quiet -c CHECKSUMS", dir);
	CHECK_INT(system(command), 0);
	drp_buf_clear(&list);
}

/* ---- R48 ---- */

/* Everything that could tell a school: ids, names and boards of the register, node keys
 * and units of the manifest, bytes and digits. Returns how many of them are in text. */
static int search(const struct drp_buf *text, const char *needle, size_t n)
{
	int found = memmem(text->data, text->len, needle, n) != NULL;
	if (found) {
		printf("# found: %.*s\n", (int)n, needle);
	}
	return found;
}

static int search_bytes(const struct drp_buf *text, const void *bytes, size_t n)
{
	char hex[65];
	drp_hex(bytes, n, hex);
	return search(text, bytes, n) + search(text, hex, 2 * n);
}

static int search_schools(const struct drp_buf *text)
{
	struct drp_school *schools = NULL;
	struct drp_campaign_row row;
	struct drp_manifest *m = NULL;
	size_t n;
	int found = 0;
	CHECK_OK(drp_hub_schools(fixture.hub.store, &schools, &n, NULL));
	CHECK_OK(drp_hub_campaign_get(fixture.hub.store, FIXTURE_CAMPAIGN, &row, NULL));
	CHECK_OK(drp_hub_manifest(&fixture.hub, &row, &m, NULL));
	CHECK_INT(n, FIXTURE_SCHOOLS);
	for (size_t i = 0; i < n; i++) {
		found += search(text, schools[i].id, strlen(schools[i].id)) +
			 search(text, schools[i].name, strlen(schools[i].name)) +
			 search(text, schools[i].board, strlen(schools[i].board));
		if (schools[i].enrolled) {
			found += search_bytes(text, schools[i].key.b, 32);
		}
	}
	for (uint32_t u = 0; u < m->n_units; u++) {
		found += search_bytes(text, m->unit[u].id.b, 16);
	}
	free(schools);
	drp_manifest_free(m);
	return found;
}

static void no_school_is_named(void)
{
	char dir[DRP_PATH_MAX];
	struct drp_buf text = {0};
	folder("out", dir);
	for (int i = 0; all_files[i]; i++) {
		read_file(dir, all_files[i], &text);
		CHECK_INT(search_schools(&text), 0);
	}
	/* The search itself finds a school where there is one. */
	drp_buf_text(&text, "of De Wegwijzer 003");
	CHECK_INT(search_schools(&text), 1);
	drp_buf_clear(&text);
}

/* ---- dictionary and metadata ---- */

/* Every code that stands in a column of the observations has its entry. */
static void every_code_is_explained(void)
{
	static const int coded[] = {2, 3, 4, 5, 6, 7, 8, 9, 16};
	struct drp_publication p;
	struct drp_buf text = {0};
	char dir[DRP_PATH_MAX];
	folder("out", dir);
	read_file(dir, "datadictionary.csv", &text);
	CHECK_OK(drp_publication_load(&fixture.hub, FIXTURE_CAMPAIGN, &p, NULL));
	for (int c = 0; c < DRP_OBSERVATION_COLUMNS; c++) {
		char line[64];
		snprintf(line, sizeof line, "\ncolumn,%s,", drp_observation_column[c]);
		CHECK(strstr((const char *)text.data, line));
	}
	for (size_t i = 0; i < p.edition->n_observations; i++) {
		const char *fields[DRP_OBSERVATION_COLUMNS];
		struct drp_observation_scratch scratch;
		drp_observation_fields(
			p.edition, &p.edition->observation[i], &scratch, fields);
		for (size_t k = 0; k < sizeof coded / sizeof coded[0]; k++) {
			char line[80];
			snprintf(line, sizeof line, "\ncode,%s,%s,",
				drp_observation_column[coded[k]], fields[coded[k]]);
			if (!strstr((const char *)text.data, line)) {
				printf("# no entry: %s\n", line + 1);
			}
			CHECK(strstr((const char *)text.data, line));
		}
	}
	CHECK(strstr((const char *)text.data, "\ncode,item,B4,teacher,"));
	CHECK(strstr((const char *)text.data, "\nscale,,agree 5,,Klopt helemaal,"));
	CHECK(strstr((const char *)text.data, ",percent,"));
	drp_publication_free(&p);
	drp_buf_clear(&text);
}

static int exported_says(const char *name, const char *file, const char *what)
{
	struct drp_buf text = {0};
	char dir[DRP_PATH_MAX];
	folder(name, dir);
	CHECK_OK(drp_export(&fixture.hub, FIXTURE_CAMPAIGN, dir, DRP_EXPORT_ALL, NULL));
	read_file(dir, file, &text);
	int found = strstr(drp_buf_string(&text), what) != NULL;
	drp_buf_clear(&text);
	return found;
}

/* Files that are handed out before the embargo's end say so; the edition is the same. */
static void an_early_export_says_so(void)
{
	struct drp_hub_store *store = fixture.hub.store;
	const int64_t instant = INT64_C(4070908800);
	CHECK_OK(drp_hub_embargo_set(store, FIXTURE_CAMPAIGN, instant, NULL));
	CHECK(exported_says("early", "README.txt",
		"Seen before publication, until 2099-01-01T00:00:00Z."));
	CHECK(exported_says(
		"early-2", "metadata.json", "\"public_from\": \"2099-01-01T00:00:00Z\""));
	CHECK(exported_says("early-3", "metadata.json", "\"edition_hash\""));
	CHECK_OK(drp_hub_embargo_set(store, FIXTURE_CAMPAIGN, 1, NULL));
	CHECK(!exported_says("late", "README.txt", "before publication"));
	CHECK(!exported_says("late-2", "metadata.json", "public_from"));
}

static const char *string_at(json_t *root, const char *a, const char *b)
{
	json_t *member = json_object_get(root, a);
	const char *text = json_string_value(b ? json_object_get(member, b) : member);
	return text ? text : "(none)";
}

static void metadata_is_complete(void)
{
	struct drp_buf text = {0};
	char dir[DRP_PATH_MAX];
	struct drp_publication p;
	folder("out", dir);
	read_file(dir, "metadata.json", &text);
	json_t *root = json_loads(drp_buf_string(&text), 0, NULL);
	CHECK_OK(drp_publication_load(&fixture.hub, FIXTURE_CAMPAIGN, &p, NULL));
	char hash[65];
	drp_hex(p.edition->hash.b, 32, hash);
	CHECK_STR(string_at(root, "edition_hash", NULL), hash);
	drp_hex(p.manifest->hash.b, 32, hash);
	CHECK_STR(string_at(root, "manifest_hash", NULL), hash);
	drp_hex(p.instrument->hash.b, 32, hash);
	CHECK_STR(string_at(root, "instrument", "hash"), hash);
	CHECK_STR(string_at(root, "instrument", "version"), "1.0");
	CHECK_STR(string_at(root, "period", "from"), "2026-03-01");
	CHECK_STR(string_at(root, "cohort", NULL), "self-selected");
	CHECK_STR(string_at(root, "privacy", "mechanism"), "discrete_gaussian");
	CHECK(strstr(string_at(root, "privacy", "unit_of_privacy"), "k squared"));
	CHECK(strstr(string_at(root, "privacy", "neighbouring_relation"), "zero-out"));
	CHECK(strstr(string_at(root, "notice", NULL), "no general statement"));
	CHECK_STR(string_at(root, "licence", "id"), "CC-BY-4.0");
	CHECK_INT(json_integer_value(json_object_get(
			  json_object_get(root, "thresholds"), "schools")),
		5);
	json_t *releases = json_object_get(json_object_get(root, "privacy"), "releases");
	CHECK_INT(json_array_size(releases), DRP_GROUPS);
	json_t *teacher = json_array_get(releases, DRP_TEACHER);
	CHECK_STR(string_at(teacher, "rho", NULL), "243559/10000000");
	CHECK_STR(string_at(teacher, "family", NULL), "_T");
	CHECK_INT(json_integer_value(json_object_get(teacher, "draws")), 37);
	json_decref(root);
	drp_publication_free(&p);
	drp_buf_clear(&text);
}

/* ---- formats ---- */

static void only_what_is_asked(void)
{
	char dir[DRP_PATH_MAX];
	struct drp_buf list = {0};
	unsigned formats;
	struct drp_diag diag = {0};
	folder("some", dir);
	CHECK_OK(drp_export_formats("json", &formats, NULL));
	CHECK_INT(formats, DRP_EXPORT_JSON);
	CHECK_OK(drp_export(&fixture.hub, FIXTURE_CAMPAIGN, dir, formats, NULL));
	CHECK(exists(dir, "observations.json") && !exists(dir, "observations.csv"));
	CHECK(exists(dir, "datadictionary.csv") && exists(dir, "metadata.json"));
	read_file(dir, "CHECKSUMS", &list);
	CHECK(!strstr((const char *)list.data, "observations.csv"));
	drp_buf_clear(&list);
	CHECK_OK(drp_export_formats("csv,msgpack", &formats, NULL));
	CHECK_INT(formats, DRP_EXPORT_CSV | DRP_EXPORT_MSGPACK);
	CHECK_OK(drp_export_formats(NULL, &formats, NULL));
	CHECK_INT(formats, DRP_EXPORT_USUAL);
	CHECK_ERR(drp_export_formats("csv,xml", &formats, &diag), DRP_E_USAGE);
	CHECK(strstr(diag.text, "'xml'"));
	CHECK_ERR(drp_export_formats("", &formats, NULL), DRP_E_USAGE);
	CHECK_ERR(drp_export_formats("csv,", &formats, NULL), DRP_E_USAGE);
}

static void a_folder_that_cannot_be(void)
{
	char dir[DRP_PATH_MAX];
	struct drp_diag diag = {0};
	folder("register.csv", dir);
	CHECK_ERR(drp_export(&fixture.hub, FIXTURE_CAMPAIGN, dir, DRP_EXPORT_ALL, &diag),
		DRP_E_IO);
	CHECK(strstr(diag.text, "register.csv"));
}

/* An edition that was changed in memory is not exported under its old hash. */
static void a_changed_edition(void)
{
	struct drp_publication p;
	struct drp_diag diag = {0};
	char dir[DRP_PATH_MAX];
	folder("changed", dir);
	CHECK_OK(drp_publication_load(&fixture.hub, FIXTURE_CAMPAIGN, &p, NULL));
	p.edition->observation[3].value[0] ^= 1;
	CHECK_ERR(drp_export_write(&p, dir, DRP_EXPORT_MSGPACK, &diag), DRP_E_HASH);
	drp_publication_free(&p);
}

static void tear_down(void)
{
	hub_fixture_close(&fixture);
}

int main(void)
{
	CASE("a closed campaign is exported, an open one is not", set_up);
	CASE("the header of observations.csv is the promised one", header_is_binding);
	CASE("csv, json and msgpack hold the same rows", formats_agree);
	CASE("the same edition gives the same bytes", same_bytes_again);
	CASE("b2sum confirms the checksums", checksums_check);
	CASE("no file names a school, board, key or unit", no_school_is_named);
	CASE("the dictionary explains every column and code", every_code_is_explained);
	CASE("the metadata hold what a reader must know", metadata_is_complete);
	CASE("only the formats asked for are written", only_what_is_asked);
	CASE("a folder that cannot be made is named", a_folder_that_cannot_be);
	CASE("what is exported before it is public says so", an_early_export_says_so);
	CASE("a changed edition is not exported", a_changed_edition);
	CASE("the folder is removed", tear_down);
	return DONE();
}
