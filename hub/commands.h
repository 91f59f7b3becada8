/* SPDX-License-Identifier: Apache-2.0
 *
 * The subcommands of drempel-hub; main.c lists them. Each opens the directory, does one
 * thing, prints, and closes it again. They work beside a running `serve`.
 */
#ifndef DRP_HUB_COMMANDS_H
#define DRP_HUB_COMMANDS_H

#include "proto/runtime/cli.h"

/* commands_setup.c */
enum drp_err drp_hub_init(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_school_add(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_school_import(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_school_list(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_school_out(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_invite(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_serve(const struct drp_args *args, struct drp_diag *diag);

/* commands_pairing.c */
enum drp_err drp_hub_card(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_pair(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_rekey(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_voucher(const struct drp_args *args, struct drp_diag *diag);

/* commands_campaign.c */
enum drp_err drp_hub_new(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_sign(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_list(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_show(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_close_campaign(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_freeze(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_load(const struct drp_args *args, struct drp_diag *diag);

/* commands_access.c */
enum drp_err drp_hub_token_add(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_token_list(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_token_revoke(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_embargo(const struct drp_args *args, struct drp_diag *diag);

/* commands_publish.c */
enum drp_err drp_hub_table(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_export(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_audit(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_instrument_check(const struct drp_args *args, struct drp_diag *diag);
enum drp_err drp_hub_instrument_show(const struct drp_args *args, struct drp_diag *diag);

#endif
