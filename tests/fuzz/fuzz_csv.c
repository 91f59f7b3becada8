/* SPDX-License-Identifier: Apache-2.0
 *
 * A CSV file. Whatever is read, written again in plain form and read once more is the
 * same: cells, quotes and all.
 */
#include "proto/base/csv.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define ROUND_TRIP_MAX_BYTES                                                             \
	16384 /* Windows-1252 may grow threefold, still in limits                        \
	       */

static void write_cell(struct drp_buf *out, const struct drp_csv *csv, uint32_t column)
{
	const char *text = drp_csv_text(csv, column);
	if (!csv->cell[column].quoted) {
		drp_buf_text(out, text);
		return;
	}
	drp_buf_text(out, "\"");
	for (; *text; text++) {
		drp_buf_append(out, text, 1);
		if (*text == '"') {
			drp_buf_text(out, "\"");
		}
	}
	drp_buf_text(out, "\"");
}

static int read_all(const void *bytes, size_t n, struct drp_buf *out)
{
	struct drp_csv csv;
	struct drp_diag diag = {0};
	uint32_t last_line = 1;
	if (drp_csv_open(&csv, bytes, n, &diag)) {
		REQUIRE(diag.text[0] != 0);
		return -1;
	}
	drp_buf_printf(out, "sep=%c\n", csv.separator);
	for (;;) {
		enum drp_err err = drp_csv_next(&csv, &diag);
		REQUIRE(err == DRP_OK ||
			(err == DRP_E_INPUT && strncmp(diag.text, "line ", 5) == 0));
		if (err || csv.n_cells == 0) {
			drp_csv_close(&csv);
			return err ? -1 : 0;
		}
		REQUIRE(csv.n_cells <= DRP_IMPORT_COLUMNS_MAX);
		for (uint32_t i = 0; i < csv.n_cells; i++) {
			REQUIRE(strlen(drp_csv_text(&csv, i)) == csv.cell[i].n);
			REQUIRE(csv.cell[i].line >= last_line);
			last_line = csv.cell[i].line;
			if (i > 0) {
				drp_buf_append(out, &csv.separator, 1);
			}
			write_cell(out, &csv, i);
		}
		drp_buf_text(out, "\n");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drp_buf once = {0}, twice = {0};
	if (read_all(data, size, &once) == 0 && size <= ROUND_TRIP_MAX_BYTES) {
		REQUIRE(read_all(once.data, once.len, &twice) == 0);
		REQUIRE(once.len == twice.len &&
			memcmp(once.data, twice.data, once.len) == 0);
	}
	drp_buf_clear(&once);
	drp_buf_clear(&twice);
	return 0;
}
