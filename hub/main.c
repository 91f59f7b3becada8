/* SPDX-License-Identifier: Apache-2.0
 *
 * drempel-hub: a region's program. It computes provincial and level breakdowns from
 * what schools publish, and cannot look into a school. This table is the whole command
 * line.
 */
#include "hub/commands.h"

static const struct drp_option init_options[] = {
	{"--name", "NAME", "what invites, cards and tables call it"},
	{"--role", "ROLE", "hub (default) or notary"},
	{"--vouchers", "HOW",
		"a notary's: required, or accepted (default), where keys without one are "
		"taken at first sight"},
	{"--listen", "URL",
		"where others connect (default tcp://127.0.0.1:7411, a notary's :7412)"},
	{"--address", "URL",
		"what invites and cards tell, when it differs from --listen"},
	{"--http", "ADDR", "where serve answers HTTP, such as 127.0.0.1:8080"},
	{NULL, NULL, NULL}};

static const struct drp_option school_options[] = {
	{"--name", "NAME", "the school's name"}, {"--board", "B", "its board's code"},
	{"--province", "P", "BE10 BE21 BE22 BE23 BE24 BE25 or _U"},
	{"--network", "N", "GO OVSG POV KOV or OTHER"},
	{"--level", "L", "one of its levels"},
	{"--leader", "N", "eligible school leaders"},
	{"--teacher", "N", "eligible teachers"}, {"--pupil", "N", "eligible pupils"},
	{NULL, NULL, NULL}};

static const struct drp_option invite_options[] = {
	{"--days", "N", "how long the invite is valid (default 30)"}, {NULL, NULL, NULL}};

static const struct drp_option voucher_options[] = {
	{"--all", NULL, "for every school whose key is not pinned yet"},
	{"--out", "PATH", "a new file; with --all a folder, one ID.txt a school"},
	{NULL, NULL, NULL}};

static const struct drp_option serve_options[] = {
	{"--listen", "URL", "listen here instead of where hub.yaml says"},
	{"--http", "ADDR",
		"serve HTTP there: 127.0.0.1:PORT or unix:/PATH, behind a front server"},
	{NULL, NULL, NULL}};

static const struct drp_option token_options[] = {
	{"--scope", "S", "ministry, network, researcher or operator"},
	{"--network", "N", "GO OVSG POV KOV or OTHER, with scope network"},
	{"--campaign", "ID", "the campaign that the token opens, with scope researcher"},
	{NULL, NULL, NULL}};

static const struct drp_option table_options[] = {
	{"--by", "LIST", "province, level, network, or two of them joined by a comma"},
	{"--measure", "M", "participation (default), area, item, difference or trend"},
	{"--with", "EARLIER", "of a trend: the earlier campaign (default: the last)"},
	{"--format", "F", "text (default), csv or json"},
	{"--language", "LL", "nl or en (default en)"}, {NULL, NULL, NULL}};

static const struct drp_option export_options[] = {{"--out", "DIR", "where the files go"},
	{"--format", "LIST",
		"csv,json,msgpack (default); "
		"xlsx,json-stat,sdmx-ml,sdmx-csv,datapackage"},
	{NULL, NULL, NULL}};

static const struct drp_command commands[] = {
	{"init", "", "make a hub or a notary", init_options, drp_hub_init, 0},
	{"school add", "ID", "register a school's unit, or change it", school_options,
		drp_hub_school_add, 0},
	{"school import", "FILE", "register schools from a CSV file", NULL,
		drp_hub_school_import, 0},
	{"school list", "", "the register", NULL, drp_hub_school_list, 0},
	{"school revoke", "ID", "shut a school out for good", NULL, drp_hub_school_out,
		0},
	{"school rekey", "ID",
		"at a notary: forget the key of a school that has a new one", NULL,
		drp_hub_rekey, 0},
	{"card", "", "print the card by which the other side pairs with this one", NULL,
		drp_hub_card, 0},
	{"pair", "FILE",
		"pin the other side's card: a notary's at a hub, a hub's at a notary",
		NULL, drp_hub_pair, 0},
	{"voucher", "ID",
		"at a notary: print a school's secret code, to be given to it by other "
		"means than the hub",
		voucher_options, drp_hub_voucher, 1},
	{"invite", "ID", "print a school's one-time invite", invite_options,
		drp_hub_invite, 0},
	{"campaign new", "FILE", "take in a campaign's draft and say what to expect",
		NULL, drp_hub_new, 0},
	{"campaign sign", "ID", "compute the plan, charge the budget, sign and announce",
		NULL, drp_hub_sign, 0},
	{"campaign list", "", "all campaigns", NULL, drp_hub_list, 0},
	{"campaign show", "ID", "one campaign: contributions, budget, privacy", NULL,
		drp_hub_show, 0},
	{"campaign close", "ID", "run the gates, open once, make the edition", NULL,
		drp_hub_close_campaign, 0},
	{"campaign freeze", "ID", "erase the contributions; only the edition stays", NULL,
		drp_hub_freeze, 0},
	{"campaign load", "FILE", "load an answer given without Drempel, or a target",
		NULL, drp_hub_load, 0},
	{"campaign embargo", "ID INSTANT",
		"keep editions from the public until YYYY-MM-DDTHH:MM:SSZ, or none", NULL,
		drp_hub_embargo, 0},
	{"token add", "NAME",
		"print a token for somebody who may see more than the public",
		token_options, drp_hub_token_add, 0},
	{"token list", "", "whose tokens there are", NULL, drp_hub_token_list, 0},
	{"token revoke", "NAME", "make a token void", NULL, drp_hub_token_revoke, 0},
	{"serve", "", "answer nodes (a notary: hubs) until it is told to stop",
		serve_options, drp_hub_serve, 0},
	{"table", "ID", "print a published table, a loaded answer or a target",
		table_options, drp_hub_table, 0},
	{"export", "ID", "write the edition's files with dictionary and checksums",
		export_options, drp_hub_export, 0},
	{"audit", "ID", "re-check everything from the stored evidence", NULL,
		drp_hub_audit, 0},
	{"instrument check", "FILE", "validate an instrument file", NULL,
		drp_hub_instrument_check, 0},
	{"instrument show", "FILE", "list an instrument's items", NULL,
		drp_hub_instrument_show, 0},
};

static const struct drp_program_file files[] = {
	{"hub.yaml", "name, role, and where the hub listens"},
	{"hub.key", "the hub's keys, which every invite pins; readable by the owner"},
	{"hub.db",
		"register, campaigns, contributions, receipts, budget ledger, editions"},
	{"campaigns/ID.key", "under which a campaign's contributions are encrypted; "
			     "erased at the freeze"},
	{NULL, NULL}};

static const struct drp_program program = {
	.name = "drempel-hub",
	.summary = "Computes regional figures from schools that keep their own results.",
	.files = files,
	.commands = commands,
	.n_commands = sizeof commands / sizeof commands[0],
};

int main(int argc, char **argv)
{
	return drp_cli_main(&program, argc, argv);
}
