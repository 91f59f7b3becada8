/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/tables/target.h"

#include "hub/campaign/yaml_fields.h"
#include "proto/base/alloc.h"
#include "proto/base/date.h"
#include "proto/base/text.h"

#include <stdio.h>
#include <string.h>

/* ---- the file ---- */

static const char *read_state(const char *text, size_t n, void *out, size_t size)
{
	int state = drp_reached_of(text);
	(void)n;
	(void)size;
	if (state < 0) {
		return "unknown; write registered, enrolled or took_part";
	}
	*(uint8_t *)out = (uint8_t)state;
	return NULL;
}

/* The register knows levels and does not tell dbso from them. */
static const char *read_sector(const char *text, size_t n, void *out, size_t size)
{
	static const uint8_t told[] = {
		DRP_SECTOR_BASIS, DRP_SECTOR_SECUNDAIR, DRP_SECTOR_TOTAL};
	(void)n;
	(void)size;
	for (size_t i = 0; i < sizeof told; i++) {
		if (strcmp(text, drp_sector_code(told[i])) == 0) {
			*(uint8_t *)out = told[i];
			return NULL;
		}
	}
	return "unknown; write basis, secundair or total";
}

static const char *read_percent(const char *text, size_t n, void *out, size_t size)
{
	uint32_t *permille = out;
	(void)n;
	(void)size;
	return drp_permille_parse(text, 1, permille) || *permille == 0
		       ? "not a percentage; write 0.1 to 100 with one decimal at most"
		       : NULL;
}

static const char *read_day(const char *text, size_t n, void *out, size_t size)
{
	(void)n;
	(void)size;
	return drp_date_parse(text, out) ? "not a day; write YYYY-MM-DD" : NULL;
}

static const char *read_file_name(const char *text, size_t n, void *out, size_t size)
{
	const char *what = drp_yaml_text(text, n, out, size);
	return what			    ? what
	       : drp_code_valid(text, size) ? NULL
					    : "not the name of a file beside this one; "
					      "write it without a path";
}

/* A target in the making, and what its members are checked against. */
struct made {
	struct drp_target target;
	const struct drp_frame_table *frame; /* NULL: not yet */
};

#define AT(member)                                                                       \
	offsetof(struct made, target.member), sizeof((struct made *)0)->target.member

static const struct drp_yaml_field notes[] = {
	{"en", drp_yaml_text, AT(note_en), NULL},
	{"nl", drp_yaml_text, AT(note_nl), NULL},
	{.key = NULL},
};

static const struct drp_yaml_field target_fields[] = {
	{"target", drp_yaml_code, AT(id), NULL},
	{"title", drp_yaml_text, AT(title), NULL},
	{"region", drp_yaml_code, AT(region), NULL},
	{"state", read_state, AT(state), NULL},
	{"percent", read_percent, AT(permille), NULL},
	{"by", read_day, AT(by), NULL},
	{"frame", read_file_name, AT(frame), NULL},
	{"sector", read_sector, AT(sector), NULL},
	{"source", drp_yaml_text, AT(source), NULL},
	{"notes", NULL, 0, 0, notes},
	{.key = NULL},
};

static const char *check(const void *object, const char **member)
{
	const struct made *made = object;
	*member = "sector";
	return made->frame && made->frame->cell[made->target.sector][DRP_FRAME_SCHOOLS]
					       .value == 0
		       ? "the frame does not say how many schools it has"
		       : NULL;
}

static enum drp_err parse(const void *text, size_t n, const char *name,
	const struct drp_frame_table *frame, struct drp_target *target,
	struct drp_diag *diag)
{
	struct made *made = drp_alloc(1, sizeof *made);
	if (!made) {
		return drp_fail(diag, DRP_E_NOMEM, "%s: no memory to read it", name);
	}
	made->frame = frame;
	enum drp_err err = drp_yaml_read(text, n, name, target_fields, check, made, diag);
	if (err == DRP_OK) {
		*target = made->target;
	}
	drp_free(made);
	return err;
}

enum drp_err drp_target_parse(const void *text, size_t n, const char *name,
	const void *frame, size_t frame_n, struct drp_target *target,
	struct drp_diag *diag)
{
	enum drp_err err = parse(text, n, name, NULL, target, diag);
	if (err || !frame) {
		return err;
	}
	struct drp_frame_table *table = drp_alloc(1, sizeof *table);
	err = table ? drp_frame_parse(frame, frame_n, target->frame, table, diag)
		    : drp_fail(diag, DRP_E_NOMEM, "%s: no memory to read it", name);
	err = err ? err : parse(text, n, name, table, target, diag);
	if (err == DRP_OK) {
		target->whole = table->cell[target->sector][DRP_FRAME_SCHOOLS];
	}
	drp_free(table);
	return err;
}

/* ---- the store ---- */

enum drp_err drp_target_id_unused(
	struct drp_hub *hub, const char *id, struct drp_diag *diag)
{
	struct drp_buf text = {0};
	struct drp_campaign_row row;
	enum drp_err err = drp_hub_answer_get(hub->store, id, &text, NULL);
	const char *what = "an answer";
	if (err == DRP_E_NOTFOUND) {
		err = drp_hub_target_get(hub->store, id, &text, &text, NULL);
		what = "a target";
	}
	if (err == DRP_E_NOTFOUND) {
		err = drp_hub_campaign_get(hub->store, id, &row, NULL);
		what = "a campaign";
	}
	drp_buf_clear(&text);
	return err == DRP_E_NOTFOUND ? DRP_OK
	       : err		     ? err
				     : drp_fail(diag, DRP_E_EXISTS,
					       "there is %s %s already; choose another id", what, id);
}

enum drp_err drp_target_load(struct drp_hub *hub, const char *path, char id[DRP_NAME_MAX],
	struct drp_diag *diag)
{
	struct drp_target *target = drp_alloc(1, sizeof *target);
	struct drp_buf text = {0}, frame = {0};
	char beside[DRP_PATH_MAX];
	enum drp_err err =
		target ? drp_file_read(path, DRP_YAML_FILE_MAX_BYTES, &text, diag)
		       : drp_fail(diag, DRP_E_NOMEM, "no memory to load");
	err = err ? err
		  : drp_target_parse(text.data, text.len, path, NULL, 0, target, diag);
	err = err ? err : drp_path_beside(beside, path, target->frame, diag);
	err = err ? err : drp_file_read(beside, DRP_FRAME_FILE_MAX_BYTES, &frame, diag);
	err = err ? err
		  : drp_target_parse(text.data, text.len, path, drp_buf_string(&frame),
			    frame.len, target, diag);
	err = err ? err : drp_target_id_unused(hub, target->id, diag);
	err = err ? err
		  : drp_hub_target_put(hub->store, target->id, drp_buf_string(&text),
			    drp_buf_string(&frame), diag);
	if (err == DRP_OK) {
		memcpy(id, target->id, DRP_NAME_MAX);
	}
	drp_buf_clear(&text);
	drp_buf_clear(&frame);
	drp_free(target);
	return err;
}

enum drp_err drp_hub_target_read(struct drp_hub_store *store, const char *id,
	struct drp_target *target, struct drp_diag *diag)
{
	struct drp_buf text = {0}, frame = {0};
	enum drp_err err = drp_hub_target_get(store, id, &text, &frame, diag);
	err = err ? err
		  : drp_target_parse(text.data, text.len, id, drp_buf_string(&frame),
			    frame.len, target, diag);
	drp_buf_clear(&text);
	drp_buf_clear(&frame);
	return err;
}

enum drp_err drp_hub_targets(struct drp_hub_store *store, struct drp_target **targets,
	size_t *n, struct drp_diag *diag)
{
	struct drp_target_row *rows = NULL;
	size_t count = 0;
	enum drp_err err = drp_hub_target_rows(store, &rows, &count, diag);
	struct drp_target *list = err ? NULL : drp_alloc(count + 1, sizeof *list);
	if (!err && !list) {
		err = drp_fail(diag, DRP_E_NOMEM, "no memory for the targets");
	}
	for (size_t i = 0; err == DRP_OK && i < count; i++) {
		err = drp_hub_target_read(store, rows[i].id, &list[i], diag);
	}
	drp_free(rows);
	if (err) {
		drp_free(list);
		return err;
	}
	*targets = list;
	*n = count;
	return DRP_OK;
}

/* ---- the measure ---- */

const char *drp_outcome_code(int outcome)
{
	static const char *const code[DRP_OUTCOMES] = {
		"unknown", "met", "not_yet", "not_met"};
	return outcome >= 0 && outcome < DRP_OUTCOMES ? code[outcome] : "?";
}

/* Adult education (level 5) is in none of the frame's sectors. */
static unsigned levels_of(int sector)
{
	return sector == DRP_SECTOR_BASIS	? 1u << 1
	       : sector == DRP_SECTOR_SECUNDAIR ? 1u << 2 | 1u << 3 | 1u << 4
						: 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4;
}

static enum drp_outcome outcome_of(const struct drp_target_report *r)
{
	if (r->reached < 0) {
		return DRP_OUTCOME_UNKNOWN;
	}
	if (r->reached >= r->needed) {
		return DRP_OUTCOME_MET;
	}
	return r->until < r->target->by ? DRP_OUTCOME_NOT_YET : DRP_OUTCOME_NOT_MET;
}

void drp_target_measure(const struct drp_target *target,
	const struct drp_history *history, int32_t today,
	struct drp_target_report *report)
{
	struct drp_target_report r = {.target = target, .reached = -1};
	uint64_t frame = target->whole.value;
	r.needed = (uint32_t)((frame * target->permille + 999) / 1000);
	r.until = today < target->by ? today : target->by;
	if (history) {
		r.reached = drp_history_reached(history, target->region,
			levels_of(target->sector), (enum drp_reached)target->state,
			((int64_t)r.until + 1) * 86400 - 1);
		r.campaigns = drp_history_campaigns(history, target->region);
	}
	if (r.reached >= 0 && frame > 0) {
		r.share = (uint32_t)((uint64_t)r.reached * 10000 / frame);
	}
	r.outcome = outcome_of(&r);
	*report = r;
}

void drp_target_report(const struct drp_target *target,
	const struct drp_publication *const *published, size_t n,
	const struct drp_history *history, struct drp_target_report *report)
{
	int32_t today = INT32_MIN;
	size_t campaigns = 0;
	for (size_t i = 0; i < n; i++) {
		const struct drp_publication *p = published[i];
		/* A part of an edition is not public, and in no history. */
		int first =
			!p->network && strcmp(p->manifest->region, target->region) == 0;
		if (first) {
			int32_t day = drp_day_of_ms(p->edition->created_s * 1000);
			today = day > today ? day : today;
		}
		for (size_t k = 0; first && k < i; k++) {
			first = strcmp(published[k]->edition->campaign,
					p->edition->campaign) != 0;
		}
		campaigns += (size_t)first;
	}
	drp_target_measure(target, history, today, report);
	report->left_out =
		campaigns > report->campaigns ? campaigns - report->campaigns : 0;
}

const char *drp_target_share(
	const struct drp_target_report *report, char text[DRP_VALUE_TEXT])
{
	text[0] = 0;
	if (report->reached >= 0) {
		snprintf(text, DRP_VALUE_TEXT, "%u.%02u", report->share / 100,
			report->share % 100);
	}
	return text;
}
