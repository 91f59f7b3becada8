/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/csv_out.h"

#include "tests/support/check.h"

static struct drp_buf out;

static void quoted_when_it_has_to_be(void)
{
	static const char *const cell[] = {
		"plain", "a,b", "a;b", "say \"no\"", "two\nlines", ""};
	drp_csv_line(&out, cell, 6);
	CHECK_STR(drp_buf_string(&out),
		"plain,\"a,b\",a;b,\"say \"\"no\"\"\",\"two\nlines\",\n");
	drp_buf_clear(&out);
}

/* A point in a text stays one. */
static void for_spreadsheets_of_the_continent(void)
{
	struct drp_csv_out csv;
	drp_csv_begin(&csv, &out, 1);
	drp_csv_field(&csv, "1.0");
	drp_csv_field(&csv, "a;b");
	drp_csv_decimal(&csv, "-3.1400");
	drp_csv_decimal(&csv, "");
	drp_csv_end(&csv);
	drp_csv_decimal(&csv, "7");
	drp_csv_end(&csv);
	CHECK_STR(drp_buf_string(&out), "\xef\xbb\xbf"
					"1.0;\"a;b\";-3,1400;\n7\n");
	drp_buf_clear(&out);
}

static void decimals_with_points(void)
{
	struct drp_csv_out csv;
	drp_csv_begin(&csv, &out, 0);
	drp_csv_decimal(&csv, "-3.1400");
	drp_csv_end(&csv);
	CHECK_STR(drp_buf_string(&out), "-3.1400\n");
	drp_buf_clear(&out);
}

int main(void)
{
	CASE("a field is quoted when it has to be", quoted_when_it_has_to_be);
	CASE("semicolons come with decimal commas", for_spreadsheets_of_the_continent);
	CASE("commas come with decimal points", decimals_with_points);
	return DONE();
}
