/* SPDX-License-Identifier: Apache-2.0
 *
 * The SDMX REST API 1.5 (of SDMX 2.1) under /sdmx/2.1: dataflow, datastructure, codelist,
 * conceptscheme, contentconstraint, data and availableconstraint. What clients send
 * beyond that and means the default is taken; other resources are 501, other formats 406.
 */
#include "hub/api/api_internal.h"
#include "hub/formats/sdmx.h"
#include "hub/formats/xml_out.h"
#include "proto/base/alloc.h"
#include "proto/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define STRUCTURE_TYPE "application/vnd.sdmx.structure+xml;version=2.1"

/* Error codes of the standard. */
enum sdmx_error {
	SDMX_NO_RESULTS = 100,
	SDMX_SYNTAX = 140,
	SDMX_SEMANTIC = 150,
	SDMX_NOT_IMPLEMENTED = 501,
	SDMX_TOO_LARGE = 510
};

static enum drp_err sdmx_error(
	struct drp_api_call *call, int status, enum sdmx_error code, const char *text)
{
	struct drp_xml_out x;
	char number[16];
	snprintf(number, sizeof number, "%d", (int)code);
	call->reply->body.len = 0;
	call->reply->file_name[0] = 0;
	drp_reply_type(call->reply, status, "application/xml");
	drp_xml_begin(&x, &call->reply->body);
	drp_xml_open(&x, "message:Error");
	drp_xml_attribute(&x, "xmlns:message",
		"http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message");
	drp_xml_attribute(&x, "xmlns:common",
		"http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common");
	drp_xml_open(&x, "message:ErrorMessage");
	drp_xml_attribute(&x, "code", number);
	drp_xml_leaf(&x, "common:Text", text);
	drp_xml_close(&x);
	drp_xml_close(&x);
	return DRP_OK;
}

static enum drp_err not_found(struct drp_api_call *call)
{
	return sdmx_error(call, 404, SDMX_NO_RESULTS,
		"no results: /sdmx/2.1/dataflow lists what there is");
}

/* ---- what a path means ---- */

static int is_any(const char *text)
{
	return !*text || strcmp(text, "all") == 0 || strcmp(text, "*") == 0;
}

/* "2.0", or "latest": the version of the newest edition, 0. -1 is no version. */
static int read_version(const char *text, uint32_t *edition)
{
	char copy[16];
	*edition = 0;
	if (is_any(text) || strcmp(text, "latest") == 0) {
		return 0;
	}
	size_t n = strlen(text);
	if (n < 3 || n >= sizeof copy || strcmp(text + n - 2, ".0") != 0) {
		return -1;
	}
	memcpy(copy, text, n - 2);
	copy[n - 2] = 0;
	return drp_parse_u32(copy, 1, UINT32_MAX, edition);
}

/* The tables of the newest editions, or of those with that number. */
struct flows {
	size_t n;
	struct drp_cube *cube[];
};

static void free_flows(struct flows *flows)
{
	for (size_t i = 0; flows && i < flows->n; i++) {
		drp_cube_free(flows->cube[i]);
	}
	drp_free(flows);
}

/* Only what may be wanted: a flow with that id, or one of its campaign's code lists. */
static int may_want(const struct drp_publication *p, enum drp_cube_table table,
	const struct drp_sdmx_wanted *wanted)
{
	char id[DRP_SDMX_ID];
	drp_sdmx_id(p, table, id);
	if (wanted->flow) {
		return strcmp(id, wanted->flow) == 0;
	}
	if (wanted->codelist) {
		size_t n = strlen(strchr(id, '_')), k = strlen(wanted->codelist);
		return k > n && strcmp(wanted->codelist + k - n, strchr(id, '_')) == 0;
	}
	return 1;
}

static enum drp_err make_flows(const struct drp_api_call *call,
	const struct drp_sdmx_wanted *wanted, uint32_t edition, struct flows **out)
{
	const struct drp_catalogue *c = call->catalogue;
	struct flows *flows =
		drp_alloc(1, sizeof *flows + c->n * DRP_CUBES * sizeof flows->cube[0]);
	enum drp_err err = flows ? DRP_OK : DRP_E_NOMEM;
	for (size_t i = 0; err == DRP_OK && i < c->n * DRP_CUBES; i++) {
		const struct drp_publication *p = c->publication[i / DRP_CUBES];
		enum drp_cube_table table = (enum drp_cube_table)(i % DRP_CUBES);
		int right = edition ? p->edition->number == edition
				    : drp_catalogue_newest(c, i / DRP_CUBES);
		if (right && may_want(p, table, wanted)) {
			err = drp_cube_make(p, table, &flows->cube[flows->n]);
			flows->n += err == DRP_OK;
		}
	}
	if (err) {
		free_flows(flows);
		return err;
	}
	*out = flows;
	return DRP_OK;
}

/* ---- structures ---- */

static const struct {
	const char *name;
	unsigned parts, children, parents, descendants;
} resources[] = {
	{"dataflow", DRP_SDMX_FLOWS, DRP_SDMX_STRUCTURES, DRP_SDMX_CONSTRAINTS,
		DRP_SDMX_STRUCTURES | DRP_SDMX_CONCEPTS | DRP_SDMX_CODELISTS},
	{"datastructure", DRP_SDMX_STRUCTURES, DRP_SDMX_CONCEPTS | DRP_SDMX_CODELISTS,
		DRP_SDMX_FLOWS, DRP_SDMX_CONCEPTS | DRP_SDMX_CODELISTS},
	{"codelist", DRP_SDMX_CODELISTS, 0, 0, 0},
	{"conceptscheme", DRP_SDMX_CONCEPTS, 0, 0, 0},
	{"contentconstraint", DRP_SDMX_CONSTRAINTS, DRP_SDMX_FLOWS, 0,
		DRP_SDMX_FLOWS | DRP_SDMX_STRUCTURES | DRP_SDMX_CONCEPTS |
			DRP_SDMX_CODELISTS},
};

#define N_RESOURCES (sizeof resources / sizeof resources[0])

enum { DATAFLOW, DATASTRUCTURE, CODELIST, CONCEPTSCHEME, CONTENTCONSTRAINT };

/* Resources of which each flow has its own. */
static int of_flows(size_t resource)
{
	return resource == DATAFLOW || resource == DATASTRUCTURE ||
	       resource == CONTENTCONSTRAINT;
}

/* -1: not a value of the standard. */
static int read_references(size_t resource, const char *text, unsigned *parts)
{
	static const struct {
		const char *name;
		unsigned parts;
	} kinds[] = {{"dataflow", DRP_SDMX_FLOWS}, {"datastructure", DRP_SDMX_STRUCTURES},
		{"conceptscheme", DRP_SDMX_CONCEPTS}, {"codelist", DRP_SDMX_CODELISTS},
		{"contentconstraint", DRP_SDMX_CONSTRAINTS}, {"dataproviderscheme", 0}};
	unsigned parents = resources[resource].parents;
	unsigned all = resources[resource].descendants | parents;
	*parts = resources[resource].parts;
	if (!text || strcmp(text, "none") == 0) {
		return 0;
	}
	if (strcmp(text, "children") == 0) {
		*parts |= resources[resource].children;
	} else if (strcmp(text, "descendants") == 0) {
		*parts |= resources[resource].descendants;
	} else if (strcmp(text, "all") == 0) {
		*parts |= all;
	} else if (strcmp(text, "parents") == 0 ||
		   strcmp(text, "parentsandsiblings") == 0) {
		*parts |= parents;
	} else {
		for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
			if (strcmp(text, kinds[i].name) == 0) {
				*parts |= all & kinds[i].parts;
				return 0;
			}
		}
		return -1;
	}
	return 0;
}

static int accepts_structure(struct drp_api_call *call)
{
	static const char *const types[] = {
		STRUCTURE_TYPE, "application/xml", "text/xml"};
	const char *format = drp_parameter(call, "format");
	if (format) {
		return strcasecmp(format, "xml") == 0 ||
		       strcasecmp(format, "structure") == 0 ||
		       strcasecmp(format, "sdmx-2.1") == 0;
	}
	call->reply->vary = "Accept";
	return drp_accepted(call->request->accept, types, 3) >= 0;
}

static enum drp_err write_structures(struct drp_api_call *call, size_t resource,
	const struct drp_sdmx_wanted *wanted, uint32_t edition)
{
	struct flows *flows = NULL;
	size_t n = 0;
	enum drp_err err = make_flows(call, wanted, edition, &flows);
	if (err == DRP_OK) {
		drp_reply_type(call->reply, 200, STRUCTURE_TYPE);
		err = drp_sdmx_structure((const struct drp_cube *const *)flows->cube,
			flows->n, wanted, &call->reply->body, &n);
	}
	/* Concepts are always there. */
	int empty = n == 0 || (flows && flows->n == 0 && of_flows(resource));
	free_flows(flows);
	return err == DRP_OK && empty ? not_found(call) : err;
}

static enum drp_err structure(struct drp_api_call *call, size_t resource)
{
	char agency[64], id[DRP_SDMX_ID], version[16];
	struct drp_sdmx_wanted wanted = {0};
	uint32_t edition;
	if (call->path.n > 6 || drp_part_text(call, 3, agency, sizeof agency) != 0 ||
		drp_part_text(call, 4, id, sizeof id) != 0 ||
		drp_part_text(call, 5, version, sizeof version) != 0 ||
		read_references(resource, drp_parameter(call, "references"),
			&wanted.parts) != 0) {
		return sdmx_error(call, 400, SDMX_SYNTAX,
			"a structure is /sdmx/2.1/RESOURCE/AGENCY/ID/VERSION; references "
			"is none, children, parents, descendants or all");
	}
	if (!accepts_structure(call)) {
		return sdmx_error(call, 406, SDMX_SEMANTIC,
			"structures are offered as " STRUCTURE_TYPE);
	}
	if ((!is_any(agency) && strcmp(agency, DRP_SDMX_AGENCY) != 0) ||
		(resource == CONCEPTSCHEME && !is_any(id) &&
			strcmp(id, "CS_DREMPEL") != 0) ||
		(resource == CONTENTCONSTRAINT && !is_any(id) &&
			strncmp(id, "CC_", 3) != 0)) {
		return not_found(call);
	}
	wanted.flow = of_flows(resource) && !is_any(id) ? id : NULL;
	if (wanted.flow && resource == CONTENTCONSTRAINT) {
		wanted.flow += 3;
	}
	wanted.codelist = resource == CODELIST && !is_any(id) ? id : NULL;
	if (read_version(version, &edition) != 0) {
		return not_found(call);
	}
	/* Lists of statuses and concepts have a version of their own. */
	int shared = resource == CONCEPTSCHEME || strcmp(id, "CL_OBS_STATUS") == 0 ||
		     strcmp(id, "CL_CONF_STATUS") == 0;
	return write_structures(call, resource, &wanted, shared ? 0 : edition);
}

/* ---- data ---- */

static const struct {
	const char *format, *media_type;
	enum drp_sdmx_data data;
} data_formats[] = {
	{"genericdata", "application/vnd.sdmx.genericdata+xml;version=2.1",
		DRP_SDMX_GENERIC},
	{"structurespecificdata",
		"application/vnd.sdmx.structurespecificdata+xml;version=2.1",
		DRP_SDMX_STRUCTURE_SPECIFIC},
	{"csv", "application/vnd.sdmx.data+csv;version=2.0.0", DRP_SDMX_CSV},
	{"xml", "application/xml", DRP_SDMX_GENERIC},
	{"sdmx-ml", "text/xml", DRP_SDMX_GENERIC},
	{"csvdata", "text/csv", DRP_SDMX_CSV},
};

#define N_DATA_FORMATS (sizeof data_formats / sizeof data_formats[0])

/* Time series forms are the same messages here: every series runs over time. */
static int data_format(struct drp_api_call *call)
{
	const char *format = drp_parameter(call, "format");
	const char *types[N_DATA_FORMATS];
	for (size_t i = 0; i < N_DATA_FORMATS; i++) {
		types[i] = data_formats[i].media_type;
		if (format && strcasecmp(format, data_formats[i].format) == 0) {
			return (int)i;
		}
	}
	if (format) {
		return -1;
	}
	call->reply->vary = "Accept";
	return drp_accepted(call->request->accept, types, N_DATA_FORMATS);
}

static int read_detail(const char *text, enum drp_sdmx_detail *detail)
{
	static const char *const names[] = {
		"full", "dataonly", "serieskeysonly", "nodata"};
	for (int i = 0; text && i < 4; i++) {
		if (strcmp(text, names[i]) == 0) {
			*detail = (enum drp_sdmx_detail)i;
			return 0;
		}
	}
	*detail = DRP_SDMX_FULL;
	return text ? -1 : 0;
}

/* Months from and to of a period such as 2026, 2026-03, 2026-03-15, 2026-Q1, 2026-S2, as
 * years times 12; -1 when it is none. */
static int read_period(const char *text, long *first, long *last)
{
	char *end;
	size_t digits = strspn(text, "0123456789");
	long year = strtol(text, &end, 10), part;
	if (digits != 4) {
		return -1;
	}
	*first = year * 12;
	*last = *first + 11;
	if (!*end) {
		return 0;
	}
	int months = end[1] == 'Q' ? 3 : end[1] == 'S' ? 6 : end[1] == 'A' ? 12 : 1;
	const char *number = end + 1 + (months > 1);
	part = strtol(number, &end, 10);
	if (*text == 0 || end == number || part < 1 || part * months > 12 ||
		(*end && !(months == 1 && *end == '-'))) {
		return -1;
	}
	*first += (part - 1) * months;
	*last = *first + months - 1;
	return 0;
}

/* 1: the session lies in what was asked; -1: what was asked is no period. */
static int in_time(const struct drp_api_call *call, const struct drp_cube *cube)
{
	const char *start = drp_parameter(call, "startPeriod");
	const char *end = drp_parameter(call, "endPeriod");
	long session, from = 0, to = 0, unused;
	if (read_period(cube->period, &session, &unused) != 0 ||
		(start && read_period(start, &from, &unused) != 0) ||
		(end && read_period(end, &unused, &to) != 0)) {
		return -1;
	}
	return (!start || session >= from) && (!end || session <= to);
}

/* One position of a key: codes joined by '+', nothing for all. A code that the list does
 * not have matches nothing. */
static void read_position(const struct drp_cube *cube, struct drp_selection *selection,
	enum drp_dim d, const char *text, size_t n)
{
	char codes[DRP_SEGMENT_MAX];
	if (n == 0 || n >= sizeof codes || (n == 1 && (*text == '*'))) {
		return;
	}
	memcpy(codes, text, n);
	codes[n] = 0;
	(void)drp_select_list(cube, selection, d, codes, '+');
}

/* -1: another number of positions than the table has dimensions before time. */
static int read_key(
	const struct drp_cube *cube, const char *key, struct drp_selection *selection)
{
	size_t k = 0;
	drp_select_all(cube, selection);
	if (is_any(key)) {
		return 0;
	}
	for (;; key++) {
		size_t n = strcspn(key, ".");
		if (k + 1 >= cube->n_dims || n >= DRP_SEGMENT_MAX) {
			return -1;
		}
		read_position(cube, selection, cube->dim[k++], key, n);
		key += n;
		if (!*key) {
			return k + 1 == cube->n_dims ? 0 : -1;
		}
	}
}

/* FLOW, AGENCY,FLOW or AGENCY,FLOW,VERSION; 0 found, 1 not, -1 not a reference. */
static int read_flow(struct drp_api_call *call, char id[DRP_SDMX_ID], uint32_t *edition)
{
	char text[DRP_SDMX_ID + 96];
	*edition = 0;
	if (drp_part_text(call, 3, text, sizeof text) != 0 || !*text) {
		return -1;
	}
	char *comma = strchr(text, ',');
	const char *name = text;
	if (comma) {
		*comma = 0;
		name = comma + 1;
		if (!is_any(text) && strcmp(text, DRP_SDMX_AGENCY) != 0) {
			return 1;
		}
	}
	size_t n = strcspn(name, ",");
	if (n >= DRP_SDMX_ID) {
		return -1;
	}
	memcpy(id, name, n);
	id[n] = 0;
	return name[n] && read_version(name + n + 1, edition) != 0 ? 1 : 0;
}

static enum drp_err write_data(
	struct drp_api_call *call, const struct drp_cube *cube, int format)
{
	struct drp_selection *selection = drp_alloc(1, sizeof *selection);
	enum drp_sdmx_detail detail = DRP_SDMX_FULL;
	char key[DRP_SEGMENT_MAX];
	if (!selection) {
		return DRP_E_NOMEM;
	}
	const struct drp_view view = {cube, selection, DRP_EN};
	int time = in_time(call, cube);
	enum drp_err err;
	if (drp_part_text(call, 4, key, sizeof key) != 0 ||
		read_detail(drp_parameter(call, "detail"), &detail) != 0 || time < 0) {
		err = sdmx_error(call, 400, SDMX_SYNTAX,
			"the key is too long, detail is unknown, or startPeriod or "
			"endPeriod is no period");
	} else if (read_key(cube, key, selection) != 0) {
		err = sdmx_error(call, 400, SDMX_SEMANTIC,
			"the key has another number of positions than the data "
			"structure has dimensions without TIME_PERIOD");
	} else if (!time || drp_selected_rows(cube, selection) == 0 ||
		   drp_selected_codes(cube, selection, DRP_DIM_INDICATOR) == 0) {
		err = not_found(call);
	} else if (data_formats[format].data != DRP_SDMX_CSV &&
		   drp_selected_rows(cube, selection) * drp_selected_codes(cube,
								selection,
								DRP_DIM_INDICATOR) >
			   DRP_SDMX_OBSERVATIONS_MAX) {
		err = sdmx_error(call, 413, SDMX_TOO_LARGE,
			"too many observations for one message in XML: narrow the key, "
			"or ask for format=csv");
	} else {
		drp_reply_type(call->reply, 200, data_formats[format].media_type);
		err = drp_sdmx_data(
			&view, data_formats[format].data, detail, &call->reply->body);
	}
	drp_free(selection);
	return err;
}

static enum drp_err data(struct drp_api_call *call)
{
	const char *at = drp_parameter(call, "dimensionAtObservation");
	char id[DRP_SDMX_ID];
	uint32_t edition;
	int failed = read_flow(call, id, &edition);
	if (failed < 0 || call->path.n > 6) {
		return sdmx_error(call, 400, SDMX_SYNTAX,
			"data is /sdmx/2.1/data/FLOW/KEY; a flow is ID, AGENCY,ID or "
			"AGENCY,ID,VERSION");
	}
	int format = data_format(call);
	if (format < 0) {
		return sdmx_error(call, 406, SDMX_SEMANTIC,
			"data is offered as genericdata, structurespecificdata (SDMX-ML "
			"2.1) and csv (SDMX-CSV 2.0)");
	}
	if (at && strcmp(at, "TIME_PERIOD") != 0) {
		return sdmx_error(call, 501, SDMX_NOT_IMPLEMENTED,
			"dimensionAtObservation can be TIME_PERIOD");
	}
	const struct drp_sdmx_wanted wanted = {.flow = id};
	struct flows *flows = NULL;
	enum drp_err err = make_flows(call, &wanted, edition, &flows);
	if (err == DRP_OK) {
		err = failed || flows->n == 0 ? not_found(call)
					      : write_data(call, flows->cube[0], format);
	}
	free_flows(flows);
	return err;
}

/* ---- what data there are ---- */

/* -1: not a word of the standard. */
static int read_mode(const char *text, enum drp_sdmx_mode *mode)
{
	*mode = text && strcmp(text, "available") == 0 ? DRP_SDMX_AVAILABLE
						       : DRP_SDMX_EXACT;
	return !text || *mode == DRP_SDMX_AVAILABLE || strcmp(text, "exact") == 0 ? 0
										  : -1;
}

/* A dimension of the table by its id, -1 for all of them, -2 when it has none such. */
static int read_component(const struct drp_cube *cube, const char *id)
{
	if (is_any(id)) {
		return -1;
	}
	for (size_t k = 0; k < cube->n_dims; k++) {
		if (strcmp(drp_dim_label[cube->dim[k]].id, id) == 0) {
			return cube->dim[k];
		}
	}
	return -2;
}

/* Fills the region for the path and its parameters; returns a problem of the client, NULL
 * without one. */
static const char *read_region(struct drp_api_call *call, const struct drp_cube *cube,
	struct drp_selection *asked, struct drp_sdmx_region *region)
{
	char key[DRP_SEGMENT_MAX], component[64];
	enum drp_sdmx_mode mode;
	int time = in_time(call, cube);
	if (drp_part_text(call, 4, key, sizeof key) != 0 ||
		drp_part_text(call, 6, component, sizeof component) != 0 || time < 0 ||
		read_mode(drp_parameter(call, "mode"), &mode) != 0) {
		return "the key is too long, mode is not exact or available, or "
		       "startPeriod or endPeriod is no period";
	}
	if (read_key(cube, key, asked) != 0) {
		return "the key has another number of positions than the data structure "
		       "has dimensions without TIME_PERIOD";
	}
	region->component = read_component(cube, component);
	if (region->component == -2) {
		return "the last part of the path is the id of a dimension, or all";
	}
	if (!time) {
		drp_select_none(asked, DRP_DIM_TIME);
	}
	drp_sdmx_region_make(cube, asked, mode, region);
	return NULL;
}

/* Whether there is a code in what is to be told. */
static int region_empty(const struct drp_cube *cube, const struct drp_sdmx_region *region)
{
	size_t n = 0;
	for (size_t k = 0; k < cube->n_dims; k++) {
		if (region->component < 0 || region->component == cube->dim[k]) {
			n += drp_selected_codes(cube, &region->there, cube->dim[k]);
		}
	}
	return n == 0;
}

static enum drp_err write_available(struct drp_api_call *call,
	const struct drp_cube *cube, struct drp_sdmx_wanted *wanted)
{
	struct both {
		struct drp_selection asked;
		struct drp_sdmx_region region;
	} *both = drp_alloc(1, sizeof *both);
	enum drp_err err;
	size_t n;
	if (!both) {
		return DRP_E_NOMEM;
	}
	const char *problem = read_region(call, cube, &both->asked, &both->region);
	if (problem) {
		err = sdmx_error(call, 400, SDMX_SEMANTIC, problem);
	} else if (region_empty(cube, &both->region)) {
		err = not_found(call);
	} else {
		wanted->region = &both->region;
		drp_reply_type(call->reply, 200, STRUCTURE_TYPE);
		err = drp_sdmx_structure(&cube, 1, wanted, &call->reply->body, &n);
	}
	drp_free(both);
	return err;
}

static enum drp_err available(struct drp_api_call *call)
{
	char id[DRP_SDMX_ID];
	struct drp_sdmx_wanted wanted = {.flow = id};
	uint32_t edition;
	int failed = read_flow(call, id, &edition);
	if (failed < 0 ||
		read_references(CONTENTCONSTRAINT, drp_parameter(call, "references"),
			&wanted.parts) != 0) {
		return sdmx_error(call, 400, SDMX_SYNTAX,
			"what there is is /sdmx/2.1/availableconstraint/FLOW/KEY/"
			"PROVIDER/DIMENSION; references is none, all or a kind of "
			"structure");
	}
	if (!accepts_structure(call)) {
		return sdmx_error(call, 406, SDMX_SEMANTIC,
			"constraints are offered as " STRUCTURE_TYPE);
	}
	struct flows *flows = NULL;
	enum drp_err err = make_flows(call, &wanted, edition, &flows);
	if (err == DRP_OK) {
		err = failed || flows->n == 0
			      ? not_found(call)
			      : write_available(call, flows->cube[0], &wanted);
	}
	free_flows(flows);
	return err;
}

enum drp_err drp_api_sdmx(struct drp_api_call *call)
{
	if (drp_part_is(call, 2, "data")) {
		return data(call);
	}
	if (drp_part_is(call, 2, "availableconstraint")) {
		return available(call);
	}
	for (size_t i = 0; i < N_RESOURCES; i++) {
		if (drp_part_is(call, 2, resources[i].name)) {
			return structure(call, i);
		}
	}
	return sdmx_error(call, 501, SDMX_NOT_IMPLEMENTED,
		"offered are dataflow, datastructure, codelist, conceptscheme, "
		"contentconstraint, data and availableconstraint");
}
