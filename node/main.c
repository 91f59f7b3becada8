/* SPDX-License-Identifier: Apache-2.0
 *
 * drempel-node: a school's program. It keeps the raw results and publishes only noised
 * or thresholded figures. This table is the whole command line.
 */
#include "node/commands.h"
#include "proto/runtime/json.h"

static const struct drp_option init_options[] = {
	{"--invite", "FILE", "the invite that the hub's operator sent"},
	{"--voucher", "CODE",
		"the notary's voucher, or a file with it: its operator gives it to the "
		"school, not the hub's"},
	{NULL, NULL, NULL}};

static const struct drp_option list_options[] = {
	{"--offline", NULL, "do not ask the hub for news"}, {NULL, NULL, NULL}};

static const struct drp_option set_options[] = {
	{"--level", "L", "education level 1 to 5; needed when the school has several"},
	{"--group", "G", "leader, teacher or pupil, for --eligible and --invited"},
	{"--eligible", "N", "how many people of the group could take part"},
	{"--invited", "N", "how many were invited"},
	{"--window", "FROM..TO",
		"days of answering, YYYY-MM-DD..YYYY-MM-DD, 7 to 21 days"},
	{"--items", "A,B", "optional items that this school asks"},
	{"--own", "FILE", "the school's own questions (YAML, at most 8)"},
	{NULL, NULL, NULL}};

static const struct drp_option import_options[] = {
	{"--format", "F", "csv, json or limesurvey"},
	{"--map", "FILE", "mapping file, where codes differ (node/IMPORT.md)"},
	{"--level", "L", "education level 1 to 5"},
	{"--group", "G", "leader, teacher or pupil"},
	{"--dry-run", NULL, "read and count, store nothing"},
	{"--instrument", "FILE",
		"with --dry-run: check against this instrument, no directory"},
	{"--replace", NULL, "replace what was imported before"},
	{"--add", NULL, "add to what was imported before"}, {NULL, NULL, NULL}};

static const struct drp_option report_options[] = {
	{"--level", "L", "education level; all of the school's when left out"},
	{"--language", "LL", "nl, fr, de or en (default nl)"}, {NULL, NULL, NULL}};

static const struct drp_option approve_options[] = {
	{"--yes", NULL, "do not ask for confirmation"}, {NULL, NULL, NULL}};

static const struct drp_option publish_options[] = {
	{"--once", NULL, "try once instead of until it is done"},
	{"--hub", "URL", "another address of the same hub"}, {NULL, NULL, NULL}};

static const struct drp_option serve_options[] = {
	{"--every", "MINUTES", "how often to visit the hub (default 60)"},
	{NULL, NULL, NULL}};

static const struct drp_command commands[] = {
	{"init", "", "make this school's node from an invite, or learn its new notary",
		init_options, drp_node_init, 0},
	{"campaign list", "", "campaigns of the hub, newest news first asked for",
		list_options, drp_node_campaign_list, 0},
	{"campaign show", "ID", "one campaign, and how far this school is", NULL,
		drp_node_campaign_show, 0},
	{"campaign set", "ID", "say who could take part, who was invited and when",
		set_options, drp_node_campaign_set, 0},
	{"import", "ID FILE", "take in questionnaires from a survey tool's export",
		import_options, drp_node_import, 1},
	{"report", "ID", "the school's own results", report_options, drp_node_report, 0},
	{"preview", "ID", "exactly what would leave, field by field, and what it costs",
		NULL, drp_node_preview, 0},
	{"approve", "ID",
		"draw the noise or split into shares, charge the budget, put in the "
		"outbox",
		approve_options, drp_node_approve, 0},
	{"withdraw", "ID", "take everything of a campaign back, until it is closed",
		approve_options, drp_node_withdraw, 0},
	{"publish", "ID", "send the outbox to the hub; ends with the receipts",
		publish_options, drp_node_publish, 0},
	{"serve", "", "visit the hub in the background", serve_options, drp_node_serve,
		0},
	{"log", "", "what left this school, when, with which hash and receipt", NULL,
		drp_node_show_log, 0},
};

static const struct drp_program_file files[] = {{"node.yaml", "where the hub answers"},
	{"node.key", "this school's keys; made here, never sent, readable by the owner"},
	{"node.db", "questionnaires, settings, outbox, budget ledger and log"},
	{NULL, NULL}};

static const struct drp_program program = {
	.name = "drempel-node",
	.summary = "Keeps a school's questionnaires at the school and publishes only "
		   "what crosses the threshold, noised.",
	.files = files,
	.commands = commands,
	.n_commands = sizeof commands / sizeof commands[0],
};

int main(int argc, char **argv)
{
	drp_json_begin();
	return drp_cli_main(&program, argc, argv);
}
