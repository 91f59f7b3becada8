/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of deploy/reference as they are shipped, and each of them with one line
 * spoiled.
 */
#include "hub/campaign/reference.h"
#include "proto/runtime/system.h"
#include "tests/support/check.h"

#include <stdlib.h>
#include <unistd.h>

#define FRAME  DRP_SOURCE_DIR "/deploy/reference/frame-vlaanderen-2020.csv"
#define ANSWER DRP_SOURCE_DIR "/deploy/reference/answer-2021.yaml"

/* A line of a file replaced by another text; at is the line that the error must name,
 * says a part of its words. */
struct spoiled {
	unsigned line;
	const char *text; /* NULL: the line is taken out */
	unsigned at;
	const char *says;
};

static char path[] = "/tmp/drp-reference-XXXXXX";

static void write_text(const char *text, size_t n)
{
	CHECK_OK(drp_file_write(path, text, n, 0600, NULL));
}

static void write_spoiled(const char *original, const struct spoiled *s)
{
	struct drp_buf in = {0}, out = {0};
	unsigned line = 0;
	CHECK_OK(drp_file_read(original, 1 << 20, &in, NULL));
	const char *text = drp_buf_string(&in);
	while (*text) {
		size_t n = strcspn(text, "\n") + 1;
		if (++line != s->line) {
			drp_buf_append(&out, text, n);
		} else if (s->text) {
			drp_buf_printf(&out, "%s\n", s->text);
		}
		text += n;
	}
	CHECK(line >= s->line);
	write_text((const char *)out.data, out.len);
	drp_buf_clear(&in);
	drp_buf_clear(&out);
}

static void expect_line(const struct drp_diag *diag, const struct spoiled *s)
{
	char start[64];
	snprintf(start, sizeof start, "%s:%u: ", path, s->at);
	int right = strncmp(diag->text, start, strlen(start)) == 0 &&
		    strstr(diag->text, s->says) != NULL;
	if (!right) {
		printf("# line %u spoiled: \"%s\", expected line %u: %s\n", s->line,
			diag->text, s->at, s->says);
	}
	CHECK(right);
}

static enum drp_err load_frame(
	const char *name, struct drp_frame_table *table, struct drp_diag *diag)
{
	struct drp_buf text = {0};
	CHECK_OK(drp_file_read(name, 1 << 20, &text, NULL));
	enum drp_err err = drp_frame_parse(text.data, text.len, name, table, diag);
	drp_buf_clear(&text);
	return err;
}

static enum drp_err load_answer(
	const char *name, struct drp_answer *answer, struct drp_diag *diag)
{
	struct drp_buf text = {0};
	CHECK_OK(drp_file_read(name, 1 << 20, &text, NULL));
	enum drp_err err = drp_answer_parse(text.data, text.len, name, answer, diag);
	drp_buf_clear(&text);
	return err;
}

static void frame_as_shipped(void)
{
	static const uint32_t want[DRP_SECTORS][DRP_FRAME_MEASURES] = {
		{463159, 2451, 65765}, {442306, 1060, 67892}, {8980, 49, 0},
		{914445, 3560, 133657}};
	struct drp_frame_table table;
	CHECK_OK(load_frame(FRAME, &table, NULL));
	for (int s = 0; s < DRP_SECTORS; s++) {
		for (int m = 0; m < DRP_FRAME_MEASURES; m++) {
			CHECK_INT(table.cell[s][m].value, want[s][m]);
			CHECK(strstr(table.cell[s][m].source, "annex B.3"));
			CHECK(table.cell[s][m].note[0]);
		}
	}
	CHECK(strstr(
		table.cell[DRP_SECTOR_TOTAL][DRP_FRAME_TEACHERS_FTE].note, "not people"));
	CHECK_STR(table.cell[DRP_SECTOR_BASIS][DRP_FRAME_TEACHERS_FTE].unit, "FTE");
	CHECK_STR(drp_sector_code(DRP_SECTOR_DBSO), "dbso");
	CHECK_STR(drp_frame_measure_code(DRP_FRAME_TEACHERS_FTE), "teachers_fte");
	CHECK_STR(drp_sector_code(DRP_SECTORS), "?");
	CHECK_STR(drp_frame_measure_code(-1), "?");
}

static void frame_refuses(void)
{
	static const struct spoiled row[] = {
		{1, "sector,measure,value,unit,source", 1, "columns"},
		{1, NULL, 1, "columns"},
		{3, NULL, 12, "without pupils of secundair"},
		{3, "", 3, "fewer than 6"},
		{3, "secundair,pupils,442306,pupils,source", 3, "fewer than 6"},
		{3, "secundair,pupils,442306,pupils,source,note,more", 3, "more than 6"},
		{3, "secundair,pupils,442306,pupils,sou\"rce,note", 3, "misplaced"},
		{3, "secundair,pupils,442306,pupils,\"source\"x,note", 3, "misplaced"},
		{3, "secundair,pupils,442306,pupils,source,\"note", 3, "misplaced"},
		{3, "tertiair,pupils,442306,pupils,source,note", 3, "unknown sector"},
		{3, "secundair,teachers,442306,pupils,source,note", 3, "unknown sector"},
		{3, "basis,pupils,442306,pupils,source,note", 3, "above already"},
		{3, "secundair,pupils,442306,schools,source,note", 3, "unit"},
		{3, "secundair,pupils,442306,pupils,,note", 3, "no source"},
		{3, "secundair,pupils,442.306,pupils,source,note", 3, "whole number"},
		{3, "secundair,pupils,-5,pupils,source,note", 3, "whole number"},
		{3, "secundair,pupils,0,pupils,source,note", 3, "whole number"},
		{3, "secundair,pupils,99999999999,pupils,source,note", 3, "whole number"},
		{3, "secundair,pupils,,pupils,source,", 3, "no note"},
		{3, "secundair,pupils,442307,pupils,source,note", 13, "total of pupils"},
		{13, "total,teachers_fte,133658,FTE,source,note", 13,
			"total of teachers_fte"},
		{3, "secundair,pupils,442306,pupils,source,\xff", 1, "UTF-8"},
	};
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct drp_frame_table table = {.cell = {{{.value = 77}}}};
		struct drp_diag diag = {0};
		write_spoiled(FRAME, &row[i]);
		CHECK_ERR(load_frame(path, &table, &diag), DRP_E_INPUT);
		expect_line(&diag, &row[i]);
		CHECK_INT(table.cell[0][0].value, 77);
	}
}

static void frame_texts(void)
{
	static const struct spoiled quoted = {
		3, "secundair,pupils,\"442306\",pupils,\"a \"\"b\"\", c\",\"\"\r", 0, ""};
	struct drp_frame_table table;
	char text[400];
	write_spoiled(FRAME, &quoted);
	CHECK_OK(load_frame(path, &table, NULL));
	const struct drp_frame_cell *cell =
		&table.cell[DRP_SECTOR_SECUNDAIR][DRP_FRAME_PUPILS];
	CHECK_STR(cell->source, "a \"b\", c");
	CHECK_STR(cell->note, "");

	struct drp_diag diag = {0};
	const struct spoiled longest = {3, text, 3, "too long"};
	snprintf(text, sizeof text, "secundair,pupils,442306,pupils,source,%0200d", 0);
	write_spoiled(FRAME, &longest);
	CHECK_ERR(load_frame(path, &table, &diag), DRP_E_INPUT);
	expect_line(&diag, &longest);
}

static void answer_as_shipped(void)
{
	struct drp_answer a;
	CHECK_OK(load_answer(ANSWER, &a, NULL));
	CHECK_STR(a.id, "answer-2021");
	CHECK_INT(a.schools, 143);
	CHECK_INT(a.questionnaires[DRP_LEADER], 333);
	CHECK_INT(a.questionnaires[DRP_TEACHER], 2979);
	CHECK_INT(a.questionnaires[DRP_PUPIL], 13973);
	CHECK_INT(a.permille[0], 316);
	CHECK_INT(a.permille[1], 234);
	CHECK_INT(a.permille[2], 440);
	CHECK_INT(a.residue, 10);
	CHECK_INT(drp_answer_level[2], 34);
	CHECK_STR(a.base, "not stated");
	CHECK_STR(a.provinces, "not available");
	CHECK_STR(a.reference_date, "not stated");
	CHECK_STR(a.registered, "more, no number given");
	CHECK_INT(a.completed, 143);
	CHECK_STR(a.cohort, "self-selected");
	CHECK(strstr(a.note_en, "questionnaires, not people"));
	CHECK(strstr(a.note_nl, "vragenlijsten, geen personen"));
}

/* The lines are those of the shipped file. */
static void answer_refuses(void)
{
	static const struct spoiled row[] = {
		{3, "id: a/b", 3, "id: not a code"},
		{3, NULL, 3, "id: missing"},
		{4, "title: ''", 4, "title: empty"},
		{4, "title: \"a\\0b\"", 4, "title: empty"},
		{4, "title: [a, b]", 4, "title: not a single value"},
		{6, "reference_date: 2021-02-30", 6, "reference_date: not a day"},
		{7, "cohort: random", 7, "cohort: unknown"},
		{9, "schools: 1e3", 9, "schools: not a whole number"},
		{9, "schools: -1", 9, "schools: not a whole number"},
		{9, "schools: 144", 26, "completed is not the number"},
		{11, "  leaders: 333", 11, "questionnaires: holds an unknown member"},
		{11, "  teacher: 3", 12, "teacher: stands here twice"},
		{11, NULL, 11, "leader: missing"},
		{10, "questionnaires: 5\nrest:", 10, "questionnaires: not a mapping"},
		{18, "    \"1\": 31,6", 18, "1: not a percentage"},
		{18, "    \"1\": 31.65", 18, "1: not a percentage"},
		{18, "    \"1\": 100.1", 18, "1: not a percentage"},
		{18, "    \"1\": 31.7", 16, "do not add up"},
		{21, "  residue: 0.0", 16, "do not add up"},
		{9, "schools: [143", 10, "not YAML"},
		{41, "    worden gegeven.\n---\nid: other", 42, "second document"},
	};
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct drp_answer answer = {.schools = 77};
		struct drp_diag diag = {0};
		write_spoiled(ANSWER, &row[i]);
		CHECK_ERR(load_answer(path, &answer, &diag), DRP_E_INPUT);
		expect_line(&diag, &row[i]);
		CHECK_INT(answer.schools, 77);
	}
}

static void answer_with_a_date(void)
{
	static const struct spoiled dated = {6, "reference_date: 2021-03-01", 0, ""};
	struct drp_answer answer;
	write_spoiled(ANSWER, &dated);
	CHECK_OK(load_answer(path, &answer, NULL));
	CHECK_STR(answer.reference_date, "2021-03-01");
}

static void nothing_to_read(void)
{
	struct drp_frame_table table;
	struct drp_answer answer;
	struct drp_diag frame_diag = {0}, answer_diag = {0};
	static const struct spoiled first = {0, NULL, 1, ""};
	write_text("", 0);
	CHECK_ERR(load_frame(path, &table, &frame_diag), DRP_E_INPUT);
	expect_line(&frame_diag, &first);
	CHECK_ERR(load_answer(path, &answer, &answer_diag), DRP_E_INPUT);
	expect_line(&answer_diag, &first);
	CHECK_ERR(drp_answer_parse(NULL, 0, "empty", &answer, NULL), DRP_E_INPUT);
}

int main(void)
{
	int fd = mkstemp(path);
	if (fd < 0) {
		return 1;
	}
	close(fd);
	CASE("the shipped frame is that of the source", frame_as_shipped);
	CASE("a wrong frame is refused with its line", frame_refuses);
	CASE("a frame's texts may be quoted but not too long", frame_texts);
	CASE("the shipped answer is that of the minister", answer_as_shipped);
	CASE("a wrong answer is refused with its line", answer_refuses);
	CASE("an answer may have a reference date", answer_with_a_date);
	CASE("no file, an empty file", nothing_to_read);
	unlink(path);
	return DONE();
}
