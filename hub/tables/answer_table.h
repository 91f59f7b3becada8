/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of an answer that was given before Drempel: its own figures as printed, its
 * own gaps as gaps. Nothing is computed from it but marks for thousands (R41, R42).
 * Threads: any.
 */
#ifndef DRP_HUB_ANSWER_TABLE_H
#define DRP_HUB_ANSWER_TABLE_H

#include "hub/campaign/reference.h"
#include "hub/tables/table.h"

/* drp_answer_table_write appends the table; csv has the columns
 * measure,group,level,province,value,unit,base,status. */
enum drp_err drp_answer_table_write(const struct drp_answer *answer,
	const struct drp_table_options *options, struct drp_buf *out) DRP_MUST_CHECK;

#endif
