/* SPDX-License-Identifier: Apache-2.0
 *
 * The subcommands of drempel-node; main.c lists them. Each opens the directory, does one
 * thing, prints, and closes it again.
 */
#ifndef DRP_NODE_COMMANDS_H
#define DRP_NODE_COMMANDS_H

#include "proto/runtime/cli.h"

/* commands_setup.c: from the invite to a campaign that is ready to be filled */
enum drp_err drp_node_init(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_node_campaign_list(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_node_campaign_show(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_node_campaign_set(const struct drp_args *args, struct drp_diag *diag);

/* commands_data.c: questionnaires in, the school's own report out */
enum drp_err drp_node_import(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_node_report(const struct drp_args *args, struct drp_diag *diag);

/* commands_release.c: what leaves */
enum drp_err drp_node_preview(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_node_approve(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_node_withdraw(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_node_publish(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_node_serve(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_node_show_log(const struct drp_args *args, struct drp_diag *diag);

/* Shared by them. --level and --group: 0 and -1 when they were not given. */
enum drp_err drp_args_level(
	const struct drp_args *args, int *level, struct drp_diag *diag) DRP_MUST_CHECK;
enum drp_err drp_args_group(
	const struct drp_args *args, int *group, struct drp_diag *diag) DRP_MUST_CHECK;

#endif
