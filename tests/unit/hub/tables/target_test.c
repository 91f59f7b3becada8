/* SPDX-License-Identifier: Apache-2.0
 *
 * A target as it is shipped, with one line spoiled each time, and the report on it at the
 * boundaries where it begins to be met.
 */
#include "hub/tables/target.h"

#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "tests/support/hub_fixture.h"

#define TARGET DRP_SOURCE_DIR "/deploy/reference/target-example.yaml"
#define FRAME  DRP_SOURCE_DIR "/deploy/reference/frame-vlaanderen-2020.csv"

static struct drp_diag diag;
static struct drp_target target;
static struct drp_buf frame;

static const char plain[] = "target: t-1\n"			     /* 1 */
			    "title: One in ten\n"		     /* 2 */
			    "region: VL\n"			     /* 3 */
			    "state: took_part\n"		     /* 4 */
			    "percent: 10\n"			     /* 5 */
			    "by: 2026-12-31\n"			     /* 6 */
			    "frame: frame.csv\n"		     /* 7 */
			    "sector: total\n"			     /* 8 */
			    "source: a law\n"			     /* 9 */
			    "notes: {en: In English, nl: Vlaams}\n"; /* 10 */

static enum drp_err parse(const char *text)
{
	diag = (struct drp_diag){0};
	memset(&target, 0, sizeof target);
	return drp_target_parse(text, strlen(text), "t.yaml", drp_buf_string(&frame),
		frame.len, &target, &diag);
}

static void set_frame(const char *path)
{
	drp_buf_clear(&frame);
	CHECK_OK(drp_file_read(path, 1 << 20, &frame, NULL));
}

/* ---- the file ---- */

static void as_shipped(void)
{
	struct drp_buf text = {0};
	set_frame(FRAME);
	CHECK_OK(drp_file_read(TARGET, 1 << 16, &text, NULL));
	CHECK_OK(parse(drp_buf_string(&text)));
	CHECK_STR(target.id, "target-example");
	CHECK_STR(target.region, "VL");
	CHECK_STR(target.frame, "frame-vlaanderen-2020.csv");
	CHECK_INT(target.state, DRP_REACHED_TOOK_PART);
	CHECK_INT(target.permille, 100);
	CHECK_INT(target.sector, DRP_SECTOR_TOTAL);
	CHECK_INT(target.whole.value, 3560);
	CHECK(strstr(target.note_en, "no government") != NULL);
	CHECK(strstr(target.note_nl, "voorbeeld") != NULL);
	drp_buf_clear(&text);
}

/* The frame is found by the name in the file, before there is one. */
static void names_its_frame(void)
{
	CHECK_OK(drp_target_parse(
		plain, strlen(plain), "t.yaml", NULL, 0, &target, &diag));
	CHECK_STR(target.frame, "frame.csv");
	CHECK_INT(target.whole.value, 0);
}

static void refused_with_its_line(void)
{
	static const struct {
		unsigned line;
		const char *text; /* "": the line is taken out */
		unsigned at;
		const char *says;
	} spoiled[] = {
		{1, "target: /t", 1, "not a code"},
		{1, "id: t-1", 1, "unknown member"},
		{2, "", 1, "title: missing here"},
		{3, "region: V L", 3, "not a code"},
		{4, "state: answered", 4, "registered, enrolled or took_part"},
		{5, "percent: 0", 5, "0.1 to 100"},
		{5, "percent: 100.1", 5, "0.1 to 100"},
		{5, "percent: 9.99", 5, "one decimal"},
		{5, "percent: 10 %", 5, "0.1 to 100"},
		{5, "percent: [10]", 5, "not a single value"},
		{6, "by: 31-12-2026", 6, "YYYY-MM-DD"},
		{6, "by: 2026-02-30", 6, "YYYY-MM-DD"},
		{7, "frame: ../frame.csv", 7, "beside this one"},
		{7, "frame: /etc/frame.csv", 7, "beside this one"},
		{8, "sector: dbso", 8, "basis, secundair or total"},
		{9, "source:", 9, "empty"},
		{9, "source: a\nsource: b", 10, "twice"},
		{10, "notes: {en: only}", 10, "nl: missing"},
		{10, "notes: {en: a, nl: b}\n---\ntarget: t-2", 11, "second document"},
		{10, "notes: {en: a", 11, "not YAML"},
	};
	set_frame(FRAME);
	CHECK_OK(parse(plain));
	for (size_t i = 0; i < sizeof spoiled / sizeof spoiled[0]; i++) {
		struct drp_buf text = {0};
		char start[32];
		unsigned line = 1;
		for (const char *at = plain; *at; line++) {
			size_t n = strcspn(at, "\n") + 1;
			if (line == spoiled[i].line) {
				drp_buf_printf(&text, *spoiled[i].text ? "%s\n" : "%s",
					spoiled[i].text);
			} else {
				drp_buf_append(&text, at, n);
			}
			at += n;
		}
		CHECK_ERR(parse(drp_buf_string(&text)), DRP_E_INPUT);
		snprintf(start, sizeof start, "t.yaml:%u: ", spoiled[i].at);
		if (strncmp(diag.text, start, strlen(start)) != 0 ||
			!strstr(diag.text, spoiled[i].says)) {
			printf("# case %zu: %s\n", i, diag.text);
			CHECK(0);
		}
		CHECK(strchr(diag.text, '\n') == NULL);
		drp_buf_clear(&text);
	}
	CHECK_ERR(parse(""), DRP_E_INPUT);
	CHECK(strstr(diag.text, "t.yaml:1: empty") != NULL);
}

static void its_frame_must_be_one(void)
{
	drp_buf_clear(&frame);
	drp_buf_text(&frame, "sector,measure\n");
	CHECK_ERR(parse(plain), DRP_E_INPUT);
	CHECK(strncmp(diag.text, "frame.csv:1: ", 13) == 0);
	/* A frame may leave a value open; a target of it cannot be measured. */
	drp_buf_clear(&frame);
	drp_buf_text(&frame, "sector,measure,value,unit,source,note\n");
	for (int s = 0; s < DRP_SECTORS; s++) {
		drp_buf_printf(&frame,
			"%s,pupils,,pupils,s,none\n%s,schools,,schools,s,none\n"
			"%s,teachers_fte,,FTE,s,none\n",
			drp_sector_code(s), drp_sector_code(s), drp_sector_code(s));
	}
	CHECK_ERR(parse(plain), DRP_E_INPUT);
	CHECK(strncmp(diag.text, "t.yaml:8: sector: ", 18) == 0);
}

/* ---- the measure ---- */

static struct drp_history *some_took_part(uint32_t n, uint32_t of)
{
	struct drp_attendance *schools = calloc(of + 1, sizeof *schools);
	struct drp_history *history = drp_history_new();
	for (uint32_t i = 0; schools && i < of; i++) {
		schools[i] = (struct drp_attendance){.school = i,
			.province = DRP_BE21,
			.network = DRP_GO,
			.levels = 2,
			.counted = i < n ? 2 : 0,
			.enrolled = 1,
			.since_s = i < n ? 86400 * 20 : 0};
	}
	CHECK_OK(drp_history_add(history, "one", "VL", 86400 * 10, schools, of));
	free(schools);
	return history;
}

static void measure(uint32_t whole, uint32_t permille, uint32_t reached, int32_t by,
	int32_t today, struct drp_target_report *report)
{
	target = (struct drp_target){.region = "VL",
		.state = DRP_REACHED_TOOK_PART,
		.sector = DRP_SECTOR_TOTAL,
		.permille = permille,
		.by = by};
	target.whole.value = whole;
	struct drp_history *history = some_took_part(reached, reached + 3);
	drp_target_measure(&target, history, today, report);
	CHECK_INT(report->reached, by < 20 || today < 20 ? 0 : reached);
	drp_history_free(history);
}

static void enough_is_counted_not_rounded(void)
{
	static const struct {
		uint32_t whole, permille, reached, needed;
		int met;
		const char *share;
	} cases[] = {
		{10000, 100, 999, 1000, 0, "9.99"}, {10000, 100, 1000, 1000, 1, "10.00"},
		{3560, 100, 355, 356, 0, "9.97"}, {3560, 100, 356, 356, 1, "10.00"},
		{3561, 100, 356, 357, 0, "9.99"}, /* 9.9972 */
		{3561, 100, 357, 357, 1, "10.02"},
		{30001, 100, 3000, 3001, 0, "9.99"}, /* 9.99967: not 10.00 */
		{7, 1, 0, 1, 0, "0.00"},	     /* a share of nothing is nobody */
		{3, 333, 1, 1, 1, "33.33"}, {3, 334, 1, 2, 0, "33.33"},
		{4, 1000, 4, 4, 1, "100.00"},
		{4, 1000, 5, 4, 1, "125.00"}, /* a register larger than the frame */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct drp_target_report r;
		char share[DRP_VALUE_TEXT];
		measure(cases[i].whole, cases[i].permille, cases[i].reached, 30, 40, &r);
		CHECK_INT(r.needed, cases[i].needed);
		CHECK_INT(
			r.outcome, cases[i].met ? DRP_OUTCOME_MET : DRP_OUTCOME_NOT_MET);
		CHECK_STR(drp_target_share(&r, share), cases[i].share);
		CHECK_INT(r.campaigns, 1);
	}
}

static void counts_to_the_day(void)
{
	struct drp_target_report r;
	measure(10, 500, 5, 30, 40, &r); /* over */
	CHECK_INT(r.until, 30);
	CHECK_INT(r.outcome, DRP_OUTCOME_MET);
	measure(10, 600, 5, 30, 25, &r); /* days are left */
	CHECK_INT(r.until, 25);
	CHECK_INT(r.outcome, DRP_OUTCOME_NOT_YET);
	measure(10, 600, 5, 30, 30, &r); /* the last day is counted */
	CHECK_INT(r.outcome, DRP_OUTCOME_NOT_MET);
	measure(10, 500, 5, 19, 40, &r); /* all came the day after */
	CHECK_INT(r.until, 19);
	CHECK_INT(r.outcome, DRP_OUTCOME_NOT_MET);
	measure(10, 500, 5, 20, 40, &r);
	CHECK_INT(r.outcome, DRP_OUTCOME_MET);
}

/* Of a sector, schools with its levels; adult education is in none. */
static void sectors_are_levels(void)
{
	static const uint8_t levels[] = {
		1u << 1, 1u << 2, 1u << 4, 1u << 4, 1u << 5, 1u << 1 | 1u << 3};
	struct drp_attendance schools[6];
	struct drp_target_report r;
	struct drp_history *history = drp_history_new();
	for (uint32_t i = 0; i < 6; i++) {
		schools[i] = (struct drp_attendance){
			i, DRP_BE21, DRP_GO, levels[i], levels[i], 1, 86400};
	}
	CHECK_OK(drp_history_add(history, "one", "VL", 0, schools, 6));
	target = (struct drp_target){.region = "VL",
		.state = DRP_REACHED_TOOK_PART,
		.permille = 100,
		.by = 30};
	target.whole.value = 10;
	target.sector = DRP_SECTOR_BASIS;
	drp_target_measure(&target, history, 30, &r);
	CHECK_INT(r.reached, 2);
	target.sector = DRP_SECTOR_SECUNDAIR;
	drp_target_measure(&target, history, 30, &r);
	CHECK_INT(r.reached, 4);
	target.sector = DRP_SECTOR_TOTAL;
	drp_target_measure(&target, history, 30, &r);
	CHECK_INT(r.reached, 5);
	drp_history_free(history);
}

static void nothing_is_published(void)
{
	struct drp_target_report r;
	struct drp_buf out = {0};
	struct drp_table_options options = {.language = "en"};
	set_frame(FRAME);
	CHECK_OK(parse(plain));
	drp_target_report(&target, NULL, 0, NULL, &r);
	CHECK_INT(r.outcome, DRP_OUTCOME_UNKNOWN);
	CHECK_OK(drp_target_write(&r, &options, &out));
	CHECK(strstr(drp_buf_string(&out), "nothing is published of this region") !=
		NULL);
	CHECK(strstr(drp_buf_string(&out), "counted up to") == NULL);
	out.len = 0;
	options.format = DRP_TABLE_JSON;
	CHECK_OK(drp_target_write(&r, &options, &out));
	CHECK(strstr(drp_buf_string(&out), "\"reached\": null") != NULL);
	CHECK(strstr(drp_buf_string(&out), "\"counted_until\": null") != NULL);
	drp_buf_clear(&out);
}

/* ---- at a hub ---- */

static struct hub_fixture f;

static enum drp_err load(const char *path, char id[DRP_NAME_MAX])
{
	diag = (struct drp_diag){0};
	CHECK_OK(drp_hub_begin(f.hub.store, NULL));
	return drp_hub_end(f.hub.store, drp_target_load(&f.hub, path, id, &diag), &diag);
}

static const char *print(
	const char *id, struct drp_table_options options, struct drp_buf *out)
{
	diag = (struct drp_diag){0};
	out->len = 0;
	CHECK_OK(drp_table_print(&f.hub, id, &options, out, &diag));
	return drp_buf_string(out);
}

static void write_file(const char *name, const char *text, char path[DRP_PATH_MAX])
{
	struct drp_buf file = {0};
	drp_buf_text(&file, text);
	fixture_file(&f, name, &file, path);
	drp_buf_clear(&file);
}

static void loaded_once_with_its_frame(void)
{
	char path[DRP_PATH_MAX], id[DRP_NAME_MAX] = "";
	struct drp_target *targets = NULL;
	size_t n = 7;
	hub_fixture_open(&f);
	CHECK_OK(drp_hub_targets(f.hub.store, &targets, &n, &diag));
	CHECK_INT(n, 0);
	drp_free(targets);
	write_file("t.yaml", plain, path);
	CHECK_ERR(load(path, id), DRP_E_NOTFOUND); /* no frame.csv beside it */
	CHECK(strstr(diag.text, "frame.csv") != NULL);
	CHECK_OK(load(TARGET, id));
	CHECK_STR(id, "target-example");
	CHECK_ERR(load(TARGET, id), DRP_E_EXISTS);
	CHECK(strstr(diag.text, "a target target-example already") != NULL);
	/* One id, one thing. */
	set_frame(FRAME);
	write_file("frame.csv", drp_buf_string(&frame), path);
	write_file("t.yaml", plain, path);
	CHECK_OK(drp_hub_answer_put(f.hub.store, "t-1", "id: t-1\n", NULL));
	CHECK_ERR(load(path, id), DRP_E_EXISTS);
	CHECK(strstr(diag.text, "an answer t-1 already") != NULL);
	CHECK_ERR(drp_target_id_unused(&f.hub, FIXTURE_CAMPAIGN, &diag), DRP_E_EXISTS);
	CHECK_OK(drp_hub_targets(f.hub.store, &targets, &n, &diag));
	CHECK_INT(n, 1);
	CHECK_STR(targets[0].id, "target-example");
	CHECK_INT(targets[0].whole.value, 3560);
	drp_free(targets);
	hub_fixture_close(&f);
}

/* 28 of the fixture's schools took part on 1 April 2026. */
static void reported_in_text_csv_and_json(void)
{
	char id[DRP_NAME_MAX];
	struct drp_buf out = {0};
	hub_fixture_open(&f);
	CHECK_OK(load(TARGET, id));
	const char *said = print(id, (struct drp_table_options){.language = "en"}, &out);
	CHECK(strstr(said, "nothing is published of this region yet") != NULL);
	CHECK_OK(drp_campaign_close(&f.hub, FIXTURE_CAMPAIGN, NULL));
	said = print(id, (struct drp_table_options){.language = "en"}, &out);
	CHECK(strstr(said, "needed, schools                                356\n"));
	CHECK(strstr(said, "reached, schools                                28\n"));
	CHECK(strstr(said, "0.78%\n") != NULL); /* 0.7865 */
	CHECK(strstr(said, "schools in the frame                         3,560\n"));
	CHECK(strstr(said, "IDEA Consult") && strstr(said, "names no school year"));
	CHECK(strstr(said, "not how all schools are doing") != NULL);
	CHECK(strstr(said, "no government") != NULL);
	said = print(id, (struct drp_table_options){.language = "nl"}, &out);
	CHECK(strstr(said, "3.560\n") && strstr(said, "0,78%\n"));
	CHECK(strstr(said, "niet hoe het met alle") != NULL);
	said = print(id,
		(struct drp_table_options){.format = DRP_TABLE_CSV, .language = "en"},
		&out);
	CHECK(strncmp(said, "target,title,region,state,sector,percent,by,", 44) == 0);
	CHECK(strstr(said, ",VL,took_part,total,10,2026-12-31,3560,356,28,0.78,"));
	said = print(id,
		(struct drp_table_options){.format = DRP_TABLE_JSON, .language = "en"},
		&out);
	CHECK(strstr(said, "\"reached\": 28,") && strstr(said, "\"share\": 0.78,"));
	CHECK(strstr(said, "\"percent\": 10,") && strstr(said, "\"left_out\": 0,"));
	CHECK(strstr(said, "sch-0") == NULL);
	const struct drp_table_options split = {
		.by = DRP_FAMILY_PROVINCE, .language = "en"};
	CHECK_ERR(drp_table_print(&f.hub, id, &split, &out, &diag), DRP_E_USAGE);
	CHECK(strstr(diag.text, "whole region; leave out --by") != NULL);
	diag = (struct drp_diag){0};
	const struct drp_table_options usual = {.language = "en"};
	CHECK_ERR(drp_table_print(&f.hub, "none", &usual, &out, &diag), DRP_E_NOTFOUND);
	CHECK(strstr(diag.text, "no campaign none here") != NULL);
	drp_buf_clear(&out);
	hub_fixture_close(&f);
}

int main(void)
{
	CHECK_OK(drp_crypto_init());
	CASE("the shipped target is an example that is read", as_shipped);
	CASE("a target names its frame", names_its_frame);
	CASE("a wrong target is refused with its line", refused_with_its_line);
	CASE("its frame must be one, and say what is asked", its_frame_must_be_one);
	CASE("enough is counted, never rounded", enough_is_counted_not_rounded);
	CASE("days count up to the last", counts_to_the_day);
	CASE("a sector's schools have its levels", sectors_are_levels);
	CASE("nothing is published yet", nothing_is_published);
	CASE("loaded once, with its frame", loaded_once_with_its_frame);
	CASE("reported in text, csv and json", reported_in_text_csv_and_json);
	drp_buf_clear(&frame);
	return DONE();
}
