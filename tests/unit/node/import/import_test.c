/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/import_fixture.h"

#include "proto/base/alloc.h"

static void start_csv(void)
{
	start(DRP_FORMAT_CSV, DRP_TEACHER, 1);
}

static void start_limesurvey(void)
{
	start(DRP_FORMAT_LIMESURVEY, DRP_TEACHER, 1);
}

static void plain_csv(void)
{
	start_csv();
	reads("B1,B2,B4\n1,5,NA\n,\"\",3\n\"4\",2,\"NA\"\n");
	CHECK_INT(result.rows_read, 3);
	CHECK_INT(result.rows_kept, 3);
	CHECK_INT(result.tabulation[DRP_TEACHER].n, 3);
	CHECK_INT(count(B1, 1), 1);
	CHECK_INT(count(B1, 4), 1);
	CHECK_INT(count(B1, DRP_ANSWER_NOT_SHOWN), 1);
	CHECK_INT(count(B2, DRP_ANSWER_BLANK), 1);
	CHECK_INT(count(B4, DRP_ANSWER_NA), 2);
	CHECK_INT(count(C9, DRP_ANSWER_NOT_SHOWN), 3);
	CHECK_INT(result.row[1].level, 1);
	CHECK_INT(result.row[1].sheet.answer[B4], 3);
}

static void unknown_and_missing(void)
{
	static const uint16_t missing[] = {B2, C9, X1, X4};
	struct drp_buf notes = {0};
	start_csv();
	reads("B1;remark;B4;b2;T1\n1;" CANARY ";2;" CANARY ";" CANARY "\n");
	CHECK_INT(result.n_unknown, 2);
	CHECK_STR(result.unknown[0], "remark");
	CHECK_STR(result.unknown[1], "b2");
	CHECK_INT(result.n_missing, 4);
	CHECK_MEM(result.missing, missing, sizeof missing);
	CHECK_OK(drp_import_notes(&result, &instrument, &notes));
	CHECK_STR(drp_buf_string(&notes),
		"columns outside instrument small, dropped: remark, b2\n"
		"items without a column, counted as not shown: B2, C9, X1, X4\n");
	drp_buf_clear(&notes);
}

static void completed_column(void)
{
	start_csv();
	reads("B1;completed\n1;1\n2;0\n" CANARY ";\n3;Y\n4;No\n5;yes\n");
	CHECK_INT(result.rows_read, 6);
	CHECK_INT(result.rows_kept, 3);
	CHECK_INT(result.rows_dropped[DRP_ROW_INCOMPLETE], 3);
	refuses("B1;completed\n1;" CANARY "\n", "line 2, column 2 (completed)");
}

static void empty_rows(void)
{
	start_csv();
	reads("B1;B2;B4\n1;2;3\n;;\n\n;\"\";\n");
	CHECK_INT(result.rows_read, 3);
	CHECK_INT(result.rows_kept, 2);
	CHECK_INT(result.rows_dropped[DRP_ROW_EMPTY], 1);
}

static void groups_by_column(void)
{
	start(DRP_FORMAT_CSV, -1, 0);
	reads("group,level,B1,D3,X4\nleader,2,5,,1\npupil,2,4,3,\npupil,1,4,\"\",\"\"\n");
	CHECK_INT(result.groups, 1 << DRP_LEADER | 1 << DRP_PUPIL);
	CHECK_INT(result.tabulation[DRP_LEADER].n, 1);
	CHECK_INT(result.tabulation[DRP_PUPIL].n, 2);
	CHECK_INT(result.tabulation[DRP_PUPIL].count[D3][3], 1);
	/* Not asked of level 1, and ticks not asked of pupils: "" is not a blank there.
	 */
	CHECK_INT(result.tabulation[DRP_PUPIL].count[D3][DRP_ANSWER_NOT_SHOWN], 1);
	CHECK_INT(result.tabulation[DRP_PUPIL].count[X4][DRP_ANSWER_NOT_SHOWN], 2);
	CHECK_INT(result.row[2].level, 1);
	refuses("group,level,B1\n" CANARY ",2,5\n",
		"line 2, column 1 (group): not a group");
	refuses("group,level,B1\nleader,6,5\n", "line 2, column 2 (level): not a level");
	refuses("group,level,D3\npupil,1,5\n", "is not asked");
	refuses("group,level,D3\nteacher,2,NA\n", "is not asked");
	refuses("level,B1\n1,5\n", "no column group");
	refuses("group,B1\npupil,5\n", "no column level");
	options.group_column = "role";
	reads("role,group,level,B1\nteacher," CANARY ",2,5\n");
	CHECK_INT(result.tabulation[DRP_TEACHER].n, 1);
	refuses("group,level,B1\npupil,2,5\n", "column 'role'");
}

static void command_and_column_agree(void)
{
	start_csv();
	reads("group,level,B1\nteacher,1,5\n");
	refuses("group,B1\npupil,5\n", "another group");
	refuses("level,B1\n2,5\n", "another level");
}

static void tick_items(void)
{
	start_csv();
	reads("B1,X4\n1,1\n1,0\n1,\n1,\"\"\n1,Y\n1,N\n");
	CHECK_INT(count(X4, DRP_ANSWER_TICKED), 2);
	CHECK_INT(count(X4, DRP_ANSWER_NOT_TICKED), 2);
	CHECK_INT(count(X4, DRP_ANSWER_BLANK), 1);
	CHECK_INT(count(X4, DRP_ANSWER_NOT_SHOWN), 1);
	reads("B1,X4\n1,Y\n1,\"\"\n1,\n");
	CHECK_INT(count(X4, DRP_ANSWER_TICKED), 1);
	CHECK_INT(count(X4, DRP_ANSWER_NOT_TICKED), 1);
	CHECK_INT(count(X4, DRP_ANSWER_BLANK), 0);
	CHECK_INT(count(X4, DRP_ANSWER_NOT_SHOWN), 1);
	refuses("B1,X4\n1,2\n", "not a tick");
	refuses("B1,X4\n1,NA\n", "not a tick");
}

static void no_answers(void)
{
	static const char *const cells[] = {"6", "0", "-1", "4.0", "4,5", "05", " 4",
		"4 ", "na", "A4", CANARY, "1e0", "\xD9\xA3", "99999999999999999999"};
	char text[200];
	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
		start_csv();
		snprintf(text, sizeof text, "B1;B4\n1;2\n3;%s\n", cells[i]);
		refuses(text, "line 3, column 2 (B4): not an answer on this scale (1 to "
			      "5 or NA)");
	}
	start_csv();
	refuses("B1;B2\n1;NA\n", "(1 to 5)");
}

static void place_of_a_cell(void)
{
	start_csv();
	refuses("T1;B1\n\"two\r\nlines\";1\n\n\"and\nmore\";" CANARY "\n",
		"line 6, column 2 (B1)");
}

static void incomplete_rows_are_not_judged(void)
{
	start_csv();
	reads("B1;completed\n" CANARY ";0\n1;1\n");
	CHECK_INT(result.rows_kept, 1);
}

static void rows_of_another_width(void)
{
	start_csv();
	refuses("B1;B4\n1;2\n" CANARY "\n", "line 3: 1 cells where the header has 2");
	refuses("B1;B4\n1;2;" CANARY "\n", "line 2: 3 cells");
	refuses("B1;B4\n1;\"" CANARY "\n", "line 2, column 2: a quote opens");
}

static void nothing_recognised(void)
{
	start_csv();
	refuses("B1 B2 B4\n1 2 3\n",
		"no column of instrument small found; separator ';' was read");
	refuses(CANARY ";x\n1;2\n", "2 columns");
	refuses(CANARY "\n1\n", "one column");
	refuses("q1\tq2\n1\t2\n", "separator tab");
	refuses("", "the file is empty");
	refuses("\n\n", "the file is empty");
	refuses("T1;x\n1;2\n", "no column of instrument");
}

static void header_only(void)
{
	start_csv();
	reads("B1;B4\n");
	CHECK_INT(result.rows_read, 0);
	CHECK_INT(result.groups, 1 << DRP_TEACHER);
}

static void doubled_columns(void)
{
	start_csv();
	refuses("B1;B4;B1\n1;2;3\n", "column 3 (B1): another column");
	refuses("person;B4;person\n1;2;3\n", "column 3 (person)");
	reads("x;B4;x\n1;2;3\n");
	CHECK_INT(result.n_unknown, 2);
}

static void one_person_one_row(void)
{
	start_csv();
	refuses("person;B1\n" CANARY ";1\nb;2\n" CANARY ";3\n", "lines 2 and 4");
	refuses("id;B1\n1;1\n\n1;3\n", "lines 2 and 4");
	refuses("id;B1\nz;1\nb;2\nb;3\nz;4\n", "lines 3 and 4");
	refuses("id;B1\na;1\nb;2\na;3\nb;4\n", "lines 2 and 4");
	reads("person;completed;B1\na;0;1\na;1;1\n");
	CHECK_INT(result.rows_kept, 1);
	reads("person;B1\n;1\n;1\nab;1\na;2\n");
	CHECK_INT(result.rows_kept, 4);
	reads("id;person;B1\n1;2;1\n2;1;1\n");
	start(DRP_FORMAT_CSV, -1, 0);
	reads("person;group;level;B1\na;leader;1;1\na;teacher;1;2\na;teacher;2;2\n");
	CHECK_INT(result.rows_kept, 3);
	refuses("person;group;level;B1\na;leader;1;1\na;teacher;1;2\na;leader;1;2\n",
		"lines 2 and 4");
}

static void odd_headers(void)
{
	start_csv();
	reads("B1;;\x1b[31mred;"
	      "an answer text that is far longer than any line of a message may "
	      "be é\n1;2;3;4\n");
	CHECK_INT(result.n_unknown, 3);
	CHECK_STR(result.unknown[0], "column 2 without a name");
	CHECK_STR(result.unknown[1], "?[31mred");
	CHECK_STR(result.unknown[2],
		"an answer text that is far longer than any line of a message...");
	/* What turns a line around or breaks it is no more printed than an escape is;
	 * what only looks like it is a name. */
	reads("B1;a\xE2\x80\xAE"
	      "b\xE2\x81\xA6\xE2\x80\xA8\xC2\x9B"
	      "c;\xE2\x80\x99\xE2\x82\xAC\n1;2;3\n");
	CHECK_STR(result.unknown[0], "a???b????????c");
	CHECK_STR(result.unknown[1], "\xE2\x80\x99\xE2\x82\xAC");
	refuses("B1;\"B\n4\"\n1;\n2\n", "line 4: 1 cells");
}

static const char metadata[] =
	"\"id\";\"submitdate\";\"lastpage\";\"startlanguage\";\"seed\";\"startdate\";"
	"\"datestamp\";\"token\";\"ipaddr\";\"refurl\"";
static const char metadata_row[] = "\"1980-01-01 00:00:00\";\"3\";\"nl\";\"99\";"
				   "\"1980-01-01 00:00:00\";\"1980-01-01 00:00:00\"";

/* A LimeSurvey export with BOM, CRLF and the usual columns, and one row per answer. */
static const char *limesurvey(const char *headers, const char *const rows[], size_t n)
{
	static char text[8192];
	size_t at = (size_t)snprintf(text, sizeof text,
		"\xEF\xBB\xBF%s;%s;\"interviewtime\";\"groupTime12\";\"B1Time\"\r\n",
		metadata, headers);
	for (size_t i = 0; i < n; i++) {
		at += (size_t)snprintf(text + at, sizeof text - at,
			"\"%zu\";%s;\"" CANARY
			"%zu\";\"10.0.0.1\";;%s;\"12.5\";\"1.5\";\"2\"\r\n\r\n",
			i + 1, metadata_row, i, rows[i]);
	}
	return text;
}

static void limesurvey_codes(void)
{
	static const char *const rows[] = {"\"A1\";\"5\";\"Y\";\"NA\"",
		"\"A5\";\"A2\";\"\";\"\"", ";\"3\";\"N\";\"4\""};
	start_limesurvey();
	reads(limesurvey("\"B1\";\"B2\";\"X4\";\"B4\"", rows, 3));
	CHECK_INT(result.rows_kept, 3);
	CHECK_INT(result.n_unknown, 0);
	CHECK_INT(count(B1, 1), 1);
	CHECK_INT(count(B1, 5), 1);
	CHECK_INT(count(B1, DRP_ANSWER_NOT_SHOWN), 1);
	CHECK_INT(count(B2, 2), 1);
	CHECK_INT(count(B4, DRP_ANSWER_NA), 1);
	CHECK_INT(count(B4, DRP_ANSWER_BLANK), 1);
	CHECK_INT(count(X4, DRP_ANSWER_TICKED), 1);
	CHECK_INT(count(X4, DRP_ANSWER_NOT_TICKED), 2);
}

/* A box that this group is not shown is written as an unticked one, or as nothing. */
static void limesurvey_boxes_not_asked(void)
{
	start(DRP_FORMAT_LIMESURVEY, DRP_PUPIL, 1);
	reads("id;submitdate;B1;X4\n1;x;A1;\"\"\n2;x;A1;\n");
	CHECK_INT(result.tabulation[DRP_PUPIL].count[X4][DRP_ANSWER_NOT_SHOWN], 2);
	refuses("id;submitdate;B1;X4\n1;x;A1;Y\n", "is not asked");
}

static void limesurvey_item_like_a_timing(void)
{
	start_limesurvey();
	strcpy(instrument.item[C9].code, "C9Time");
	reads("id;submitdate;C9Time;C9TimeTime\n1;x;A4;7\n");
	CHECK_INT(count(C9, 4), 1);
	CHECK_INT(result.n_unknown, 0);
	fixture_instrument(&instrument);
}

static void limesurvey_refuses_codes(void)
{
	static const char *const answers[] = {"\"A6\"", "\"A0\"", "\"AO01\"", "\"-oth-\"",
		"\"A99\"", "\"3.0\"", "\"" CANARY "\"", "\"N/A\""};
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		start_limesurvey();
		refuses(limesurvey("\"B1\"", &answers[i], 1), "line 2, column 11 (B1)");
	}
}

static void limesurvey_incomplete(void)
{
	start_limesurvey();
	reads("id;submitdate;B1\n1;\"2026-01-02 10:00:00\";A1\n2;;A2\n3;\"\";" CANARY
	      "\n");
	CHECK_INT(result.rows_read, 3);
	CHECK_INT(result.rows_kept, 1);
	CHECK_INT(result.rows_dropped[DRP_ROW_INCOMPLETE], 2);
	refuses("id;lastpage;B1\n1;3;A1\n", "no column submitdate");
}

static void limesurvey_token_twice(void)
{
	start_limesurvey();
	refuses("id;submitdate;token;B1\n1;x;" CANARY ";A1\n2;x;" CANARY ";A2\n",
		"lines 2 and 3: the same person in column 3 (token)");
	refuses("id;submitdate;token;B1\n7;x;a;A1\n7;x;b;A2\n", "column 1 (id)");
}

#define SUBQUESTIONS                                                                     \
	"tool: limesurvey\ncolumns:\n"                                                   \
	"  - {column: \"Q2[SQ001]\", item: B1}\n"                                        \
	"  - {column: \"Q5[SQ001][2]\", item: B4}\n"

static void limesurvey_subquestions(void)
{
	start_limesurvey();
	map(SUBQUESTIONS);
	reads("id;submitdate;Q2[SQ001];Q5[SQ001][1];Q5[SQ001][2]\n1;x;A1;A2;A3\n");
	CHECK_INT(count(B1, 1), 1);
	CHECK_INT(count(B4, 3), 1);
	CHECK_INT(result.n_unknown, 1);
	reads("id;submitdate;Q2_SQ001;Q5_SQ001_0;Q5_SQ001_1\n1;x;A1;A2;A3\n");
	CHECK_INT(count(B1, 1), 1);
	CHECK_INT(count(B4, 3), 1);
	CHECK_STR(result.unknown[0], "Q5_SQ001_0");
	reads("\"id. Response ID\";\"submitdate. Date submitted\";"
	      "\"Q2[SQ001]. Apparatuur. [op school]\";\"token. Token\";\"B2. Iets\"\n"
	      "1;x;A1;" CANARY ";A2\n");
	CHECK_INT(count(B1, 1), 1);
	CHECK_INT(count(B2, 2), 1);
	CHECK_INT(result.n_unknown, 0);
}

/* Subquestion 1 of question X4 is X4_1 in both of LimeSurvey's notations. */
static void limesurvey_codes_with_underscore(void)
{
	start_limesurvey();
	strcpy(instrument.item[X4].code, "X4_1");
	reads("id;submitdate;X4[1]\n1;x;Y\n2;x;\"\"\n");
	CHECK_INT(count(X4, DRP_ANSWER_TICKED), 1);
	CHECK_INT(count(X4, DRP_ANSWER_NOT_TICKED), 1);
	reads("id;submitdate;X4_1;X4[1comment]\n1;x;Y;" CANARY "\n");
	CHECK_INT(count(X4, DRP_ANSWER_TICKED), 1);
	CHECK_INT(result.n_unknown, 1);
	refuses("id;submitdate;X4[1];X4_1\n1;x;Y;Y\n", "column 4 (X4_1)");
	refuses("id;submitdate;X4[1\n1;x;Y\n", "no column of instrument");
	start_csv();
	refuses("X4[1];x\n1;1\n", "no column of instrument");
	fixture_instrument(&instrument);
}

static void limesurvey_never_guesses(void)
{
	start_limesurvey();
	/* Subquestion B1 of question Q2 is not item B1 unless a mapping says so. */
	refuses("id;submitdate;Q2[B1]\n1;x;A1\n", "no column of instrument");
	refuses("id;submitdate;b1\n1;x;A1\n", "no column of instrument");
	refuses("\"Response ID\";\"Date submitted\";\"Technical support is "
		"available\"\n1;x;A1\n",
		"no column submitdate");
	refuses("\"Response ID\";\"Date submitted\";\"Technical sup..\"\n1;x;A1\n",
		"Question code");
}

static void limesurvey_full_text(void)
{
	start_limesurvey();
	map("tool: limesurvey\ncompleted: {column: Date submitted}\nperson: Response ID\n"
	    "columns:\n  - {column: \"Support [is there]\", item: B1, "
	    "codes: {1: [Helemaal oneens], 5: [Helemaal eens], NA: [\"N.v.t.\"]}}\n");
	reads("\"Response ID\";\"Date submitted\";\"Support [is there]\"\n"
	      "1;x;Helemaal eens\n2;;Helemaal eens\n3;x;N.v.t.\n4;x;\"\"\n");
	CHECK_INT(count(B1, 5), 1);
	CHECK_INT(count(B1, DRP_ANSWER_NA), 1);
	CHECK_INT(count(B1, DRP_ANSWER_BLANK), 1);
	CHECK_INT(result.rows_dropped[DRP_ROW_INCOMPLETE], 1);
	refuses("\"Response ID\";\"Date submitted\";\"Support [is there]\"\n1;x;A1\n",
		"not one of the codes that the mapping gives");
	refuses("\"Response ID\";\"Date submitted\";\"Support [is there]\"\n"
		"1;x;Helemaal eens\n1;x;Helemaal eens\n",
		"lines 2 and 3");
	refuses("\"Response ID\";\"Support [is there]\"\n1;Helemaal eens\n",
		"submitdate");
}

static void mapping_roles(void)
{
	start(DRP_FORMAT_CSV, -1, 0);
	map("tool: csv\nperson: rec\ncompleted: {column: done, values: [\"2\"]}\n"
	    "group_column: {column: role, leader: [dir], pupil: [l1, l2]}\n"
	    "level_column: {column: edu, 1: [BaO], 2: [SO1]}\nmissing: [\"-999\"]\n"
	    "ignore: [remarks]\nscales:\n"
	    "  - {scale: agree, codes: {1: [a], 2: [b], NA: [z], not_shown: [s]}}\n");
	reads("rec;done;role;edu;B1;remarks;D3\n1;2;dir;BaO;a;" CANARY
	      ";\n2;2;l2;SO1;-999;;b\n"
	      "3;1;x;y;z;;z\n4;2;l1;SO1;s;;z\n");
	CHECK_INT(result.rows_kept, 3);
	CHECK_INT(result.n_unknown, 0);
	CHECK_INT(result.tabulation[DRP_LEADER].count[B1][1], 1);
	CHECK_INT(result.tabulation[DRP_PUPIL].count[B1][DRP_ANSWER_BLANK], 1);
	CHECK_INT(result.tabulation[DRP_PUPIL].count[B1][DRP_ANSWER_NOT_SHOWN], 1);
	CHECK_INT(result.tabulation[DRP_PUPIL].count[D3][2], 1);
	CHECK_INT(result.tabulation[DRP_PUPIL].count[D3][DRP_ANSWER_NA], 1);
	refuses("rec;done;role;edu;B1\n1;2;leader;BaO;a\n", "not a group");
	refuses("rec;done;role;edu;B1\n1;2;dir;1;a\n", "not a level");
	refuses("rec;done;role;edu;B1\n1;2;dir;BaO;1\n", "not one of the codes");
	refuses("done;role;edu;B1\n2;dir;BaO;a\n", "column 'rec'");
	refuses("rec;role;edu;B1\n2;dir;BaO;a\n", "column 'done'");
}

static void mapping_and_command(void)
{
	start_csv();
	map("tool: csv\ngroup: pupil\n");
	refuses("B1\n1\n", "the command says group teacher");
	options.group = -1;
	reads("B1;x\n1;2\n");
	CHECK_INT(result.tabulation[DRP_PUPIL].n, 1);
	options.format = DRP_FORMAT_LIMESURVEY;
	refuses("B1\n1\n", "the mapping is for csv");
	start_csv();
	map("tool: csv\nlevel: \"2\"\n");
	refuses("B1\n1\n", "the command says level 1");
}

static void a_mapped_item_twice(void)
{
	start_csv();
	map("tool: csv\ncolumns:\n  - {column: Q7, item: B1}\n");
	refuses("Q7;B1\n1;2\n", "column 2 (B1): another column");
	start_csv();
	map("tool: csv\nignore: [B1]\ncolumns:\n  - {column: Q7, item: B1}\n");
	reads("Q7;B1\n1;2\n");
	CHECK_INT(count(B1, 1), 1);
}

static void young_pupils(void)
{
	start(DRP_FORMAT_CSV, DRP_PUPIL, 0);
	map("tool: csv\nage: age\n");
	reads("level;age;B1\n1;8;1\n1;9;2\n2;8;3\n");
	CHECK_INT(result.rows_kept, 2);
	CHECK_INT(result.rows_dropped[DRP_ROW_UNDER_AGE], 1);
	refuses("level;age;B1\n1;" CANARY ";1\n", "not an age");
}

static void own_questions(void)
{
	static const char yaml[] = "questions:\n  - code: robots\n    groups: [teacher]\n"
				   "    teacher: {text: a, help: b}\n";
	start_csv();
	CHECK_OK(drp_own_items_load(
		yaml, strlen(yaml), "own.yaml", &instrument, &own, &diag));
	options.own = own;
	reads("B1;robots\n1;4\n2;NA\n");
	CHECK_INT(result.n_unknown, 0);
	CHECK_INT(result.row[0].own[0], 4);
	CHECK_INT(result.own[DRP_TEACHER].count[0][4], 1);
	CHECK_INT(result.own[DRP_TEACHER].count[0][DRP_ANSWER_NA], 1);
	refuses("B1;robots\n1;" CANARY "\n", "(robots)");
	refuses("B1;robots;robots\n1;1;1\n", "column 3 (robots)");
}

static void json_line(void)
{
	struct drp_buf out = {0};
	start_csv();
	reads("B1,B2,B4,X1,X4,C9,completed\n1,2,NA,5,1,,1\n1,,\"\",5,0,,1\n1,,,,,,0\n");
	CHECK_OK(drp_import_json(&result, &instrument, &out));
	CHECK_STR(drp_buf_string(&out),
		"{\"rows\":{\"read\":3,\"kept\":2,\"dropped\":{\"incomplete\":1}},"
		"\"groups\":{\"teacher\":{\"n\":2,\"items\":{"
		"\"B1\":{\"1\":2,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"na\":0,\"blank\":0,"
		"\"not_shown\":0},"
		"\"B2\":{\"1\":0,\"2\":1,\"3\":0,\"4\":0,\"5\":0,\"na\":0,\"blank\":0,"
		"\"not_shown\":1},"
		"\"B4\":{\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"na\":1,\"blank\":1,"
		"\"not_shown\":0},"
		"\"C9\":{\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"na\":0,\"blank\":0,"
		"\"not_shown\":2},"
		"\"X1\":{\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":2,\"na\":0,\"blank\":0,"
		"\"not_shown\":0},"
		"\"X4\":{\"ticked\":1,\"not_ticked\":1,\"blank\":0,\"not_shown\":0}}}}}"
		"\n");
	drp_buf_clear(&out);
}

/* W5: study visits, 15 teachers: 11 very useful, 2 useful, 2 not applicable. */
static void study_visits(void)
{
	char text[200] = "X1\n";
	start_csv();
	for (int i = 0; i < 15; i++) {
		strcat(text, i < 11 ? "5\n" : i < 13 ? "4\n" : "NA\n");
	}
	reads(text);
	CHECK_INT(count(X1, 5), 11);
	CHECK_INT(count(X1, 4), 2);
	CHECK_INT(count(X1, DRP_ANSWER_NA), 2);
}

static void windows_1252_and_bom(void)
{
	start_csv();
	reads("B1;opmerking\n1;na\xEF"
	      "ef\n");
	CHECK_INT(result.windows_1252, 1);
	reads("\xEF\xBB\xBF\x42\x31;x\r\n1;2\r\n");
	CHECK_INT(count(B1, 1), 1);
}

static void no_memory(void)
{
	enum drp_err err = DRP_E_NOMEM;
	char text[2048] = "person;B1;x\n";
	start_csv();
	for (int i = 0; i < 70; i++) {
		snprintf(text + strlen(text), 20, "%d;1;2\n", i);
	}
	int n = 1;
	for (; err == DRP_E_NOMEM; n++) {
		diag = (struct drp_diag){0};
		drp_alloc_hook((unsigned long)n, 0);
		err = drp_import(
			&instrument, &options, text, strlen(text), &result, &diag);
		drp_alloc_hook(0, 0);
	}
	CHECK_OK(err);
	CHECK_INT(result.rows_kept, 70);
	CHECK(n > 8);
	drp_import_free(&result);
}

int main(void)
{
	fixture_instrument(&instrument);
	CASE("a plain CSV is read by item codes", plain_csv);
	CASE("unknown columns and items without a column are listed",
		unknown_and_missing);
	CASE("rows that are not completed are dropped as incomplete", completed_column);
	CASE("a row of nothing but separators is dropped as empty", empty_rows);
	CASE("group and level may come from columns", groups_by_column);
	CASE("columns may not contradict the command", command_and_column_agree);
	CASE("ticks are 1 and 0 or Y and nothing quoted", tick_items);
	CASE("whatever is not on the scale is refused, without its text", no_answers);
	CASE("an error names the cell's own line", place_of_a_cell);
	CASE("answers of incomplete rows are not judged", incomplete_rows_are_not_judged);
	CASE("every row has as many cells as the header", rows_of_another_width);
	CASE("a file without any item's column is refused", nothing_recognised);
	CASE("a header without rows is an import of nothing", header_only);
	CASE("two columns for one thing are refused", doubled_columns);
	CASE("one person has one row of a group and level", one_person_one_row);
	CASE("headers are shortened and cleaned before they are printed", odd_headers);
	CASE("LimeSurvey's question codes and answer codes are read", limesurvey_codes);
	CASE("a box that the group is not asked is not shown",
		limesurvey_boxes_not_asked);
	CASE("an item is an item even when it is called like a timing",
		limesurvey_item_like_a_timing);
	CASE("other LimeSurvey codes need a mapping", limesurvey_refuses_codes);
	CASE("LimeSurvey rows without a submitdate are incomplete",
		limesurvey_incomplete);
	CASE("a LimeSurvey token or id may occur once", limesurvey_token_twice);
	CASE("a mapped subquestion is found in every header style",
		limesurvey_subquestions);
	CASE("an item's code may be a subquestion's", limesurvey_codes_with_underscore);
	CASE("LimeSurvey columns are never guessed", limesurvey_never_guesses);
	CASE("full-text headers and labels are read by a mapping", limesurvey_full_text);
	CASE("a mapping names person, completion, group and level", mapping_roles);
	CASE("mapping and command must agree", mapping_and_command);
	CASE("an item may not be mapped and present as well", a_mapped_item_twice);
	CASE("pupils of level 1 younger than nine are dropped", young_pupils);
	CASE("own questions are read and counted apart", own_questions);
	CASE("the JSON line has the documented members", json_line);
	CASE("15 study visits give 11, 2 and 2", study_visits);
	CASE("Windows-1252 and a byte order mark are read", windows_1252_and_bom);
	CASE("an import survives every failed allocation", no_memory);
	start_csv(); /* frees what the last case left */
	return DONE();
}
