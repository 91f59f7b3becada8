/* SPDX-License-Identifier: Apache-2.0
 *
 * Log row statement, little endian: seq 8 | time 8 | event 16 | campaign 32 | unit 16 |
 * group 1 | contribution 32 | previous 32 = 145 bytes. Its tagged hash is the link.
 */
#include "proto/session/chain.h"

#include "proto/crypto/crypto.h"

#include <string.h>

#define LOG_ROW_BYTES 145

static void ledger_link(const struct drp_ledger_row *row, struct drp_hash *link)
{
	uint8_t bytes[DRP_LEDGER_ROW_BYTES];
	drp_ledger_encode(row, bytes);
	drp_hash_tagged("drempel ledger 1", bytes, sizeof bytes, link);
}

void drp_ledger_follow(const struct drp_ledger_row *last, struct drp_ledger_row *row)
{
	row->seq = last ? last->seq + 1 : 1;
	memset(&row->previous, 0, sizeof row->previous);
	if (last) {
		ledger_link(last, &row->previous);
	}
}

enum drp_err drp_ledger_verify(
	const struct drp_ledger_row *rows, size_t n, struct drp_diag *diag)
{
	for (size_t i = 0; i < n; i++) {
		struct drp_ledger_row want = rows[i];
		drp_ledger_follow(i ? &rows[i - 1] : NULL, &want);
		if (want.seq != rows[i].seq ||
			!drp_hash_equal(&want.previous, &rows[i].previous)) {
			return drp_fail(diag, DRP_E_HASH,
				"ledger row %llu does not follow the row before it",
				(unsigned long long)rows[i].seq);
		}
	}
	return DRP_OK;
}

static void put64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++) {
		p[i] = (uint8_t)(v >> 8 * i);
	}
}

static void log_link(const struct drp_log_row *row, struct drp_hash *link)
{
	uint8_t bytes[LOG_ROW_BYTES] = {0};
	put64(bytes, row->seq);
	put64(bytes + 8, (uint64_t)row->time_s);
	memcpy(bytes + 16, row->event, 16);
	memcpy(bytes + 32, row->campaign.b, 32);
	memcpy(bytes + 64, row->unit.b, 16);
	bytes[80] = row->group;
	memcpy(bytes + 81, row->bytes.b, 32);
	memcpy(bytes + 113, row->previous.b, 32);
	drp_hash_tagged("drempel log 1", bytes, sizeof bytes, link);
}

void drp_log_follow(const struct drp_log_row *last, struct drp_log_row *row)
{
	row->seq = last ? last->seq + 1 : 1;
	memset(&row->previous, 0, sizeof row->previous);
	if (last) {
		log_link(last, &row->previous);
	}
}

enum drp_err drp_log_verify(
	const struct drp_log_row *rows, size_t n, struct drp_diag *diag)
{
	for (size_t i = 0; i < n; i++) {
		struct drp_log_row want = rows[i];
		drp_log_follow(i ? &rows[i - 1] : NULL, &want);
		if (want.seq != rows[i].seq ||
			!drp_hash_equal(&want.previous, &rows[i].previous)) {
			return drp_fail(diag, DRP_E_HASH,
				"log row %llu does not follow the row before it",
				(unsigned long long)rows[i].seq);
		}
	}
	return DRP_OK;
}
