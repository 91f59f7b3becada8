/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/csv_out.h"

#include "proto/model/edition.h"

#include <stdio.h>
#include <string.h>

void drp_csv_begin(struct drp_csv_out *csv, struct drp_buf *out, int semicolons)
{
	*csv = (struct drp_csv_out){
		out, semicolons ? ';' : ',', semicolons ? ',' : '.', 0};
	drp_buf_text(out, semicolons ? "\xef\xbb\xbf" : "");
}

void drp_csv_field(struct drp_csv_out *csv, const char *text)
{
	const char special[] = {csv->separator, '"', '\r', '\n', 0};
	if (csv->n++) {
		drp_buf_append(csv->out, &csv->separator, 1);
	}
	if (!text[strcspn(text, special)]) {
		drp_buf_text(csv->out, text);
		return;
	}
	drp_buf_text(csv->out, "\"");
	for (; *text; text++) {
		drp_buf_append(csv->out, text, 1);
		if (*text == '"') {
			drp_buf_append(csv->out, text, 1);
		}
	}
	drp_buf_text(csv->out, "\"");
}

void drp_csv_decimal(struct drp_csv_out *csv, const char *text)
{
	char copy[DRP_VALUE_TEXT];
	snprintf(copy, sizeof copy, "%s", text);
	char *point = strchr(copy, '.');
	if (point) {
		*point = csv->decimal;
	}
	drp_csv_field(csv, copy);
}

void drp_csv_end(struct drp_csv_out *csv)
{
	drp_buf_text(csv->out, "\n");
	csv->n = 0;
}

void drp_csv_line(struct drp_buf *out, const char *const *fields, size_t n)
{
	struct drp_csv_out csv;
	drp_csv_begin(&csv, out, 0);
	for (size_t i = 0; i < n; i++) {
		drp_csv_field(&csv, fields[i]);
	}
	drp_csv_end(&csv);
}
