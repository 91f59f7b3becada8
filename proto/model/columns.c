/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/model/columns.h"

#include <string.h>

static uint64_t load(const unsigned char *from, size_t size)
{
	uint32_t four;
	uint64_t eight;
	switch (size) {
	case 1:
		return *from;
	case 4:
		memcpy(&four, from, sizeof four);
		return four;
	default:
		memcpy(&eight, from, sizeof eight);
		return eight;
	}
}

static void store(unsigned char *to, size_t size, uint64_t value)
{
	uint32_t four = (uint32_t)value;
	if (size == 1) {
		*to = (unsigned char)value;
	} else if (size == 4) {
		memcpy(to, &four, sizeof four);
	} else {
		memcpy(to, &value, sizeof value);
	}
}

void drp_columns_write(struct drp_writer *w, const struct drp_column *column,
	size_t n_columns, const void *records, size_t record_size, size_t n)
{
	drp_w_map(w, n_columns);
	for (size_t c = 0; c < n_columns; c++) {
		const unsigned char *at =
			(const unsigned char *)records + column[c].offset;
		drp_w_key(w, column[c].key);
		drp_w_array(w, n);
		for (size_t i = 0; i < n; i++) {
			drp_w_uint(w, load(at + i * record_size, column[c].size));
		}
	}
}

size_t drp_columns_read(struct drp_reader *r, const struct drp_column *column,
	size_t n_columns, void *records, size_t record_size, size_t max)
{
	size_t n = 0;
	drp_r_map(r);
	for (size_t c = 0; c < n_columns; c++) {
		drp_r_key(r, column[c].key);
		size_t have = drp_r_array(r, max);
		if (c == 0) {
			n = have;
		} else if (have != n) {
			drp_r_fail(r, DRP_E_MALFORMED);
		}
		for (size_t i = 0; i < have; i++) {
			unsigned char *record =
				(unsigned char *)records + i * record_size;
			store(record + column[c].offset, column[c].size,
				drp_r_uint(r, 0, column[c].max));
		}
		drp_r_end_array(r);
	}
	drp_r_end_map(r);
	return n;
}
