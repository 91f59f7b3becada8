/* SPDX-License-Identifier: Apache-2.0 */
#include "node/commands.h"
#include "node/import/import.h"
#include "node/import/own_items.h"
#include "node/release/release.h"
#include "node/results/results.h"
#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/model/codes.h"

#include <stdio.h>
#include <string.h>

/* One import: options, mapping and file, read before anything is stored. */
struct importing {
	const struct drp_args *args;
	const struct drp_instrument *instrument;
	struct drp_import_options options;
	struct drp_mapping *mapping;
	struct drp_own_items *own;
	struct drp_buf file;
	struct drp_import_result result;
	struct drp_diag *diag;
};

static enum drp_err read_options(struct importing *im, const char *path)
{
	const char *format = drp_args_get(im->args, "--format");
	const char *map = drp_args_get(im->args, "--map");
	int f = format ? drp_format_of(format) : -1;
	if (f < 0) {
		return drp_fail(im->diag, DRP_E_USAGE,
			"import needs --format csv, json or limesurvey");
	}
	im->options.format = (enum drp_format)f;
	enum drp_err err = drp_args_level(im->args, &im->options.level, im->diag);
	err = err ? err : drp_args_group(im->args, &im->options.group, im->diag);
	if (err == DRP_OK && map) {
		struct drp_buf text = {0};
		err = drp_file_read(map, DRP_MAP_FILE_MAX_BYTES, &text, im->diag);
		err = err ? err
			  : drp_mapping_load(text.data, text.len, map, im->instrument,
				    &im->mapping, im->diag);
		drp_buf_clear(&text);
	}
	im->options.mapping = im->mapping;
	im->options.own = im->own;
	return err ? err
		   : drp_file_read(path, DRP_IMPORT_FILE_MAX_BYTES, &im->file, im->diag);
}

static enum drp_err read_file(struct importing *im, const char *path)
{
	struct drp_diag why = {0};
	enum drp_err err = read_options(im, path);
	if (err) {
		return err;
	}
	err = drp_import(im->instrument, &im->options, im->file.data, im->file.len,
		&im->result, &why);
	return err ? drp_fail(im->diag, err, "%s: %s; nothing was imported", path,
			     why.code ? why.text : drp_err_text(err))
		   : DRP_OK;
}

static void clear(struct importing *im)
{
	drp_import_free(&im->result);
	drp_mapping_free(im->mapping);
	drp_own_items_free(im->own);
	drp_buf_wipe(&im->file);
}

/* Columns and items to look at; only here, so that a refusal stays a single line. */
static enum drp_err print_notes(const struct importing *im)
{
	struct drp_buf notes = {0};
	enum drp_err err = drp_import_notes(&im->result, im->instrument, &notes);
	if (err == DRP_OK && notes.len) {
		fprintf(stderr, "%s", drp_buf_string(&notes));
	}
	drp_buf_clear(&notes);
	return err;
}

static enum drp_err print_result(struct importing *im, const char *done)
{
	enum drp_err noted = print_notes(im);
	if (noted) {
		return noted;
	}
	if (drp_args_has(im->args, "--json")) {
		struct drp_buf out = {0};
		enum drp_err err = drp_import_json(&im->result, im->instrument, &out);
		if (err == DRP_OK) {
			fwrite(out.data, 1, out.len, stdout);
		}
		drp_buf_clear(&out);
		return err;
	}
	printf("%s: %u rows read, %u questionnaires kept", done, im->result.rows_read,
		im->result.rows_kept);
	for (int fate = 1; fate < DRP_ROW_FATES; fate++) {
		if (im->result.rows_dropped[fate]) {
			printf(", %u dropped (%s)", im->result.rows_dropped[fate],
				drp_row_fate_name(fate));
		}
	}
	printf("\n");
	return DRP_OK;
}

/* ---- dry run without a directory ---- */

static enum drp_err dry_run_on_file(
	const struct drp_args *args, const char *instrument, struct drp_diag *diag)
{
	struct drp_instrument *in = NULL;
	enum drp_err err = drp_instrument_load(instrument, &in, diag);
	if (err) {
		return err;
	}
	struct importing im = {.args = args, .instrument = in, .diag = diag};
	err = read_file(&im, args->argument[args->n_arguments - 1]);
	err = err ? err : print_result(&im, "dry run, nothing stored");
	clear(&im);
	drp_instrument_free(in);
	return err;
}

/* ---- storing ---- */

static int places(const struct importing *im, uint32_t count[DRP_LEVELS + 1][DRP_GROUPS])
{
	int n = 0;
	memset(count, 0, sizeof(uint32_t) * (DRP_LEVELS + 1) * DRP_GROUPS);
	for (uint32_t i = 0; i < im->result.rows_kept; i++) {
		const struct drp_import_row *row = &im->result.row[i];
		n += count[row->level][row->group]++ == 0;
	}
	return n;
}

/* What stands in the way of putting questionnaires at that place. */
static enum drp_err check_place(struct drp_node *node, const struct drp_node_work *work,
	struct importing *im, int level, int group)
{
	struct drp_released r;
	uint32_t held = 0;
	const char *id = work->manifest->id;
	if (!work->unit[level]) {
		return drp_fail(im->diag, DRP_E_INPUT,
			"campaign %s has no level %d for this school", id, level);
	}
	enum drp_err err =
		drp_node_release_get(node->store, id, level, group, &r, im->diag);
	if (err == DRP_OK) {
		return drp_fail(im->diag, DRP_E_STATE,
			"level %d, group %s was approved already; nothing can be added",
			level, drp_group_code(group));
	}
	if (err != DRP_E_NOTFOUND) {
		return err;
	}
	err = drp_node_sheets_count(node->store, id, level, group, &held, im->diag);
	if (err == DRP_OK && held && drp_args_has(im->args, "--replace")) {
		return drp_node_sheets_drop(node->store, id, level, group, im->diag);
	}
	if (err == DRP_OK && held && !drp_args_has(im->args, "--add")) {
		err = drp_fail(im->diag, DRP_E_EXISTS,
			"level %d, group %s already has %u questionnaires; use "
			"--replace, or --add "
			"for another part of the same group",
			level, drp_group_code(group), held);
	}
	return err;
}

/* A questionnaire enters one campaign only, or its answers would be paid for once and
 * released twice (gate D). */
static enum drp_err check_not_elsewhere(struct drp_node *node,
	const struct drp_node_work *work, struct importing *im,
	const struct drp_hash *file)
{
	char other[DRP_NAME_MAX];
	enum drp_err err = drp_node_import_elsewhere(
		node->store, work->manifest->id, file, other, im->diag);
	if (err == DRP_OK) {
		return drp_fail(im->diag, DRP_E_POLICY,
			"this very file was imported into campaign %s; a questionnaire "
			"enters one campaign only",
			other);
	}
	return err == DRP_E_NOTFOUND ? DRP_OK : err;
}

static enum drp_err store_rows(
	struct drp_node *node, const struct drp_node_work *work, struct importing *im)
{
	uint32_t count[DRP_LEVELS + 1][DRP_GROUPS];
	struct drp_hash file;
	const char *id = work->manifest->id;
	enum drp_err err = DRP_OK;
	places(im, count);
	drp_hash_tagged("drempel import 1", im->file.data, im->file.len, &file);
	err = check_not_elsewhere(node, work, im, &file);
	for (int level = 1; err == DRP_OK && level <= DRP_LEVELS; level++) {
		for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
			if (!count[level][g]) {
				continue;
			}
			err = check_place(node, work, im, level, g);
			err = err ? err
				  : drp_node_import_note(node->store, id, level, g, &file,
					    drp_day_of_ms(drp_node_now_s(node) * 1000),
					    NULL);
			if (err == DRP_E_EXISTS) {
				drp_fail(im->diag, err,
					"this very file was imported before");
			}
		}
	}
	for (uint32_t i = 0; err == DRP_OK && i < im->result.rows_kept; i++) {
		const struct drp_import_row *row = &im->result.row[i];
		err = drp_node_sheet_add(node->store, id, row->level, row->group,
			&row->sheet, work->instrument->n_items, row->own, im->diag);
	}
	return err;
}

/* The school's own questions of the level, so that their columns are known. */
static enum drp_err load_own(struct drp_node *node, const struct drp_node_work *work,
	int level, struct drp_own_items **own, struct drp_diag *diag)
{
	struct drp_buf text = {0};
	enum drp_err err = drp_node_note_get(
		node->store, work->manifest->id, level, "own", &text, diag);
	if (err == DRP_E_NOTFOUND) {
		return DRP_OK;
	}
	err = err ? err
		  : drp_own_items_load(text.data, text.len, "own questions",
			    work->instrument, own, diag);
	drp_buf_clear(&text);
	return err;
}

static enum drp_err import_into(struct drp_node *node, const struct drp_node_work *work,
	struct importing *im, const char *path)
{
	int level = 0;
	enum drp_err err = drp_args_level(im->args, &level, im->diag);
	im->instrument = work->instrument;
	/* A file that names the level in a column, of a school that has only one. */
	level = level ? level : drp_node_only_level(work);
	err = err ? err : load_own(node, work, level, &im->own, im->diag);
	err = err ? err : read_file(im, path);
	if (err || drp_args_has(im->args, "--dry-run")) {
		return err ? err : print_result(im, "dry run, nothing stored");
	}
	err = drp_node_begin(node->store, im->diag);
	if (err == DRP_OK) {
		err = store_rows(node, work, im);
		err = drp_node_end(node->store, err, im->diag);
	}
	return err ? err : print_result(im, "imported");
}

enum drp_err drp_node_import(const struct drp_args *args, struct drp_diag *diag)
{
	const char *instrument = drp_args_get(args, "--instrument");
	if (instrument) {
		return drp_args_has(args, "--dry-run")
			       ? dry_run_on_file(args, instrument, diag)
			       : drp_fail(diag, DRP_E_USAGE,
					 "--instrument goes with --dry-run");
	}
	if (args->n_arguments != 2) {
		return drp_fail(diag, DRP_E_USAGE, "import takes: ID FILE");
	}
	struct drp_node node;
	struct drp_node_work work;
	struct importing im = {.args = args, .diag = diag};
	enum drp_err err = drp_node_open(drp_args_dir(args), &node, diag);
	if (err) {
		return err;
	}
	err = drp_node_work_load(&node, args->argument[0], &work, diag);
	if (err == DRP_OK) {
		err = import_into(&node, &work, &im, args->argument[1]);
		clear(&im);
		drp_node_work_clear(&work);
	}
	drp_node_close(&node);
	return err;
}

/* ---- report ---- */

struct reporting {
	const struct drp_instrument *instrument;
	const struct drp_own_items *own;
	enum drp_group group;
	struct drp_tabulation tabulation[DRP_GROUPS];
	struct drp_own_tabulation own_tabulation[DRP_GROUPS];
	uint8_t selected[DRP_ITEMS_MAX];
	struct drp_results report;
};

static enum drp_err count_sheet(
	void *self, const struct drp_sheet *sheet, const uint8_t own[DRP_OWN_ITEMS_MAX])
{
	struct reporting *r = self;
	enum drp_err err = drp_tabulate_add(
		&r->tabulation[r->group], r->instrument, r->group, sheet);
	if (err == DRP_OK && r->own) {
		err = drp_own_tabulate_add(
			&r->own_tabulation[r->group], r->own, r->group, own);
	}
	return err;
}

/* Optional items that the school did not choose are "not selected", not "no data". */
static enum drp_err mark_selected(struct drp_node *node, const struct drp_node_work *work,
	int level, struct reporting *r, struct drp_diag *diag)
{
	struct drp_buf text = {0};
	enum drp_err err = drp_node_note_get(
		node->store, work->manifest->id, level, "items", &text, diag);
	if (err != DRP_OK && err != DRP_E_NOTFOUND) {
		return err;
	}
	const char *list = err == DRP_OK ? drp_buf_string(&text) : "";
	for (uint16_t i = 0; list && i < work->instrument->n_items; i++) {
		const struct drp_item *item = &work->instrument->item[i];
		const char *at = strstr(list, item->code);
		size_t n = strlen(item->code);
		int chosen = item->kind != DRP_ITEM_OPTIONAL ||
			     (at && (at == list || at[-1] == ',') &&
				     (at[n] == 0 || at[n] == ','));
		r->selected[i] = chosen ? item->groups : 0;
	}
	drp_buf_clear(&text);
	return DRP_OK;
}

static enum drp_err print_report(
	const struct drp_args *args, const struct drp_results *report, int level)
{
	const char *language = drp_args_get(args, "--language");
	struct drp_buf out = {0};
	enum drp_err err =
		drp_args_has(args, "--json")
			? drp_results_json(report, &out)
			: drp_results_text(report, language ? language : "nl", &out);
	if (err == DRP_OK) {
		if (!drp_args_has(args, "--json")) {
			printf("%s\n\n",
				drp_level_name(level, language ? language : "nl"));
		}
		fwrite(out.data, 1, out.len, stdout);
		printf("\n");
	}
	drp_buf_clear(&out);
	return err;
}

static enum drp_err report_level(struct drp_node *node, const struct drp_node_work *work,
	int level, const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_own_items *own = NULL;
	struct reporting *r = drp_alloc(1, sizeof *r);
	struct drp_results_input in = {.instrument = work->instrument,
		.level = (uint8_t)level,
		.close = DRP_PARTICIPATION_CLOSE};
	enum drp_err err = r ? DRP_OK : DRP_E_NOMEM;
	err = err ? err : drp_release_ready(node, work, level, diag); /* R9 */
	err = err ? err : load_own(node, work, level, &own, diag);
	err = err ? err : mark_selected(node, work, level, r, diag);
	err = err ? err
		  : drp_release_participation(node, work, level, &in.participation, diag);
	for (int g = 0; err == DRP_OK && g < DRP_GROUPS; g++) {
		r->instrument = work->instrument;
		r->own = own;
		r->group = (enum drp_group)g;
		err = drp_node_sheets(
			node->store, work->manifest->id, level, g, count_sheet, r, diag);
		in.tabulation[g] = r->tabulation[g].n ? &r->tabulation[g] : NULL;
		in.own_tabulation[g] = own ? &r->own_tabulation[g] : NULL;
	}
	if (err == DRP_OK) {
		in.own = own;
		in.selected = r->selected;
		drp_results_build(&in, &r->report);
		err = print_report(args, &r->report, level);
	}
	drp_own_items_free(own);
	drp_free(r);
	return err;
}

enum drp_err drp_node_report(const struct drp_args *args, struct drp_diag *diag)
{
	struct drp_node node;
	struct drp_node_work work;
	int level;
	enum drp_err err = drp_args_level(args, &level, diag);
	err = err ? err : drp_node_open(drp_args_dir(args), &node, diag);
	if (err) {
		return err;
	}
	err = drp_node_work_load(&node, args->argument[0], &work, diag);
	if (err == DRP_OK) {
		for (int l = 1; err == DRP_OK && l <= DRP_LEVELS; l++) {
			if (work.unit[l] && (level == 0 || level == l)) {
				err = report_level(&node, &work, l, args, diag);
			}
		}
		drp_node_work_clear(&work);
	}
	drp_node_close(&node);
	return err;
}
