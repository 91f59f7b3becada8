/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/base/csv.h"

#include "tests/support/check.h"

#include <stdlib.h>

static struct drp_csv csv;
static struct drp_diag diag;

static void open_bytes(const char *bytes, size_t n)
{
	diag = (struct drp_diag){0};
	CHECK_OK(drp_csv_open(&csv, bytes, n, &diag));
}

static void open_text(const char *text)
{
	open_bytes(text, strlen(text));
}

/* The next row as "a|b|c", a quoted cell as <b>. */
static const char *row(void)
{
	static char text[4096];
	CHECK_OK(drp_csv_next(&csv, &diag));
	text[0] = 0;
	for (uint32_t i = 0; i < csv.n_cells; i++) {
		size_t n = strlen(text);
		snprintf(text + n, sizeof text - n,
			csv.cell[i].quoted ? "%s<%s>" : "%s%s", i ? "|" : "",
			drp_csv_text(&csv, i));
		CHECK_INT(csv.cell[i].n, strlen(drp_csv_text(&csv, i)));
	}
	return text;
}

static void ends(void)
{
	CHECK_OK(drp_csv_next(&csv, &diag));
	CHECK_INT(csv.n_cells, 0);
	drp_csv_close(&csv);
}

/* Reads to the error and checks its line and column, and that it quotes no cell. */
static void fails(const char *text, const char *place)
{
	enum drp_err err = DRP_OK;
	open_text(text);
	do {
		err = drp_csv_next(&csv, &diag);
	} while (!err && csv.n_cells > 0);
	CHECK_ERR(err, DRP_E_INPUT);
	CHECK(strstr(diag.text, place));
	CHECK(!strstr(diag.text, "canary"));
	drp_csv_close(&csv);
}

static void separators(void)
{
	static const char *const texts[] = {
		"a;b\n1;2\n", "a,b\n1,2\n", "a\tb\n1\t2\n", "a|b\n1|2\n"};
	for (size_t i = 0; i < 4; i++) {
		open_text(texts[i]);
		CHECK_STR(row(), "a|b");
		CHECK_STR(row(), "1|2");
		ends();
	}
}

static void separator_outside_quotes(void)
{
	open_text("\"a,b,c\";\"d,e\"\n1;2\n");
	CHECK_INT(csv.separator, ';');
	CHECK_STR(row(), "<a,b,c>|<d,e>");
	CHECK_STR(row(), "1|2");
	ends();
	open_text("\"a;\n;;b\",c,d\n");
	CHECK_INT(csv.separator, ',');
	CHECK_STR(row(), "<a;\n;;b>|c|d");
	ends();
}

static void separator_hint(void)
{
	open_text("sep=,\r\na;b,c\r\n");
	CHECK_STR(row(), "a;b|c");
	CHECK_INT(csv.cell[0].line, 2);
	ends();
	open_text("\xEF\xBB\xBFsep=|\na;b;d|c\n");
	CHECK_STR(row(), "a;b;d|c");
	ends();
	open_text("sep=;x\n");
	CHECK_STR(row(), "sep=|x");
	ends();
}

static void line_ends(void)
{
	open_text("a;b\r\n\r\n1;2\r\r3;4\n\n\n5;6");
	CHECK_STR(row(), "a|b");
	CHECK_STR(row(), "1|2");
	CHECK_INT(csv.cell[1].line, 3);
	CHECK_STR(row(), "3|4");
	CHECK_INT(csv.cell[0].line, 5);
	CHECK_STR(row(), "5|6");
	CHECK_INT(csv.cell[0].line, 8);
	ends();
}

static void quoted_line_feeds(void)
{
	open_text("a;b\n\"x\r\ny\nz\";2\n3;4\n");
	CHECK_STR(row(), "a|b");
	CHECK_STR(row(), "<x\r\ny\nz>|2");
	CHECK_INT(csv.cell[0].line, 2);
	CHECK_INT(csv.cell[1].line, 4);
	CHECK_STR(row(), "3|4");
	CHECK_INT(csv.cell[0].line, 5);
	ends();
}

static void quotes(void)
{
	open_text("a;b;c\n\"say \"\"hi\"\"\";\"\";\n\"\"\"\";;\"\"\n");
	CHECK_STR(row(), "a|b|c");
	CHECK_STR(row(), "<say \"hi\">|<>|");
	CHECK_STR(row(), "<\">||<>");
	ends();
}

static void trailing_separator(void)
{
	open_text("a;b;\n1;2;");
	CHECK_STR(row(), "a|b|");
	CHECK_STR(row(), "1|2|");
	ends();
}

static void byte_order_mark(void)
{
	open_text("\xEF\xBB\xBF\"id\";b\n");
	CHECK_STR(row(), "<id>|b");
	CHECK_INT(csv.windows_1252, 0);
	ends();
	open_text("\xEF\xBB\xBF");
	ends();
	open_text("");
	ends();
}

static void windows_1252(void)
{
	open_text("na\xEFve;\x80;\x93\xFF\x94\n");
	CHECK_STR(row(), "naïve|€|“ÿ”");
	CHECK_INT(csv.windows_1252, 1);
	ends();
}

static void utf8_stays(void)
{
	open_text("naïve;€\n");
	CHECK_STR(row(), "naïve|€");
	CHECK_INT(csv.windows_1252, 0);
	ends();
}

static void encodings_refused(void)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *says;
	} cases[] = {
		{"a;b\n1;\x81\n", 8, "line 2"},
		{"a\nb\n\xEF\xBB\xBF\x9D", 8, "line 3"},
		{"\xEF\xBB\xBF"
		 "a;\xE9\n",
			7, "UTF-8"},
		{"\xFF\xFE"
		 "a\0;\0",
			6, "line 1: a NUL byte"},
		{"a\r\nb\0", 5, "line 2: a NUL byte"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		diag = (struct drp_diag){0};
		CHECK_ERR(drp_csv_open(&csv, cases[i].bytes, cases[i].n, &diag),
			DRP_E_INPUT);
		CHECK(strstr(diag.text, cases[i].says));
	}
}

static void misplaced_quotes(void)
{
	fails("a;b\n1;2\n3;\"canary\n4;5\n", "line 3, column 2");
	fails("a;b\n1;\"", "line 2, column 2");
	fails("a;b\ncan\"ary;2\n", "line 2, column 1");
	fails("a;b\n1;\"x\"canary\n", "line 2, column 2");
	fails("a;b\n\"x\ny\"canary;1\n", "line 3, column 1");
	fails("a;b\n\"x\" ;1\n", "line 2, column 1");
}

static char *filled(size_t n, const char *head)
{
	char *text = malloc(n + 1);
	CHECK(text);
	memset(text, 'x', n);
	memcpy(text, head, strlen(head));
	text[n] = 0;
	return text;
}

static void limits_of_a_cell(void)
{
	size_t n = DRP_IMPORT_CELL_MAX_BYTES;
	char *text = filled(4 + n, "a;b\n");
	open_bytes(text, 4 + n);
	row();
	CHECK_OK(drp_csv_next(&csv, &diag));
	CHECK_INT(csv.cell[0].n, n);
	ends();
	free(text);
	text = filled(5 + n, "a;b\n");
	fails(text, "line 2, column 1: the cell is longer");
	free(text);
	text = filled(3 * n, "a;b\n1;\"");
	fails(text, "line 2, column 2: the cell is longer");
	free(text);
}

static void limit_of_a_row(void)
{
	size_t n = DRP_IMPORT_ROW_MAX_BYTES + 2;
	char *text = filled(n, "a");
	for (size_t i = 1000; i < n; i += 1000) {
		text[i] = ';';
	}
	fails(text, "line 1: the row is longer");
	free(text);
}

static void limit_of_columns(void)
{
	size_t n = DRP_IMPORT_COLUMNS_MAX;
	char *text = malloc(n + 1);
	CHECK(text);
	memset(text, ';', n);
	text[n] = 0;
	fails(text, "more than 2048 columns");
	text[n - 1] = '\n';
	open_text(text);
	CHECK_OK(drp_csv_next(&csv, &diag));
	CHECK_INT(csv.n_cells, n);
	ends();
	free(text);
}

static void limit_of_a_file(void)
{
	diag = (struct drp_diag){0};
	CHECK_ERR(drp_csv_open(&csv, "", (size_t)DRP_IMPORT_FILE_MAX_BYTES + 1, &diag),
		DRP_E_INPUT);
	CHECK(strstr(diag.text, "64 MiB"));
}

int main(void)
{
	CASE("each of the four separators is recognised", separators);
	CASE("separators inside quotes do not count", separator_outside_quotes);
	CASE("Excel's sep= line decides the separator", separator_hint);
	CASE("CRLF, LF and CR end a line and blank lines are skipped", line_ends);
	CASE("a quoted cell may hold line feeds, and lines stay right",
		quoted_line_feeds);
	CASE("doubled quotes are one, and quoted nothing differs from nothing", quotes);
	CASE("a separator at the end of a line opens an empty cell", trailing_separator);
	CASE("a byte order mark is no part of the first header", byte_order_mark);
	CASE("bytes that are not UTF-8 are read as Windows-1252", windows_1252);
	CASE("UTF-8 is kept as it is", utf8_stays);
	CASE("bytes of neither encoding are refused with their line", encodings_refused);
	CASE("a misplaced or unclosed quote is refused with its place", misplaced_quotes);
	CASE("a cell has a largest size", limits_of_a_cell);
	CASE("a row has a largest size", limit_of_a_row);
	CASE("a row has a largest number of columns", limit_of_columns);
	CASE("a file has a largest size", limit_of_a_file);
	return DONE();
}
