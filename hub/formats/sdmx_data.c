/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/sdmx.h"
#include "hub/formats/xml_out.h"
#include "hub/tables/csv_out.h"

#include <stdio.h>
#include <string.h>

#define SCHEMAS "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"

/* ---- ids ---- */

static void without_dots(const char *text, char *out, size_t size)
{
	size_t n = 0;
	for (; *text && n + 3 < size; text++) {
		if (*text == '.') {
			out[n++] = '_';
			out[n++] = '-';
		} else {
			out[n++] = *text;
		}
	}
	out[n] = 0;
}

void drp_sdmx_id(
	const struct drp_publication *p, enum drp_cube_table table, char id[DRP_SDMX_ID])
{
	char campaign[2 * DRP_NAME_MAX], name[24];
	snprintf(name, sizeof name, "%s", drp_cube_name(table));
	for (char *at = name; *at; at++) {
		*at = (char)(*at - 'a' + 'A');
	}
	without_dots(p->edition->campaign, campaign, sizeof campaign);
	snprintf(id, DRP_SDMX_ID, "%s_%s", name, campaign);
}

void drp_sdmx_constraint_id(
	const struct drp_publication *p, enum drp_cube_table table, char id[DRP_SDMX_ID])
{
	char flow[DRP_SDMX_ID];
	drp_sdmx_id(p, table, flow);
	snprintf(id, DRP_SDMX_ID, "CC_%.*s", DRP_SDMX_ID - 4, flow);
}

void drp_sdmx_codelist_id(
	const struct drp_publication *p, enum drp_dim dim, char id[DRP_SDMX_ID])
{
	char campaign[2 * DRP_NAME_MAX];
	without_dots(p->edition->campaign, campaign, sizeof campaign);
	snprintf(id, DRP_SDMX_ID, "CL_%s_%s", drp_dim_label[dim].id, campaign);
}

void drp_sdmx_version(const struct drp_publication *p, char version[16])
{
	snprintf(version, 16, "%u.0", p->edition->number);
}

/* ---- observations ---- */

/* CL_OBS_STATUS and CL_CONF_STATUS: Q suppressed, U low reliability, L not collected, M
 * cannot exist, A normal; C confidential, F free. */
static const char *obs_status(char status)
{
	switch (status) {
	case DRP_SUPPRESSED:
		return "Q";
	case DRP_UNRELIABLE:
		return "U";
	case DRP_NOT_AVAILABLE:
		return "L";
	case DRP_NOT_APPLICABLE:
		return "M";
	default:
		return "A";
	}
}

static const char *conf_status(char status)
{
	return status == DRP_SUPPRESSED ? "C" : "F";
}

struct sdmx_cell {
	const char *key[DRP_DIMS]; /* of the table's dimensions, in their order */
	const char *value;
	char status;
};

struct message {
	const struct drp_view *view;
	enum drp_sdmx_detail detail;
	struct drp_xml_out xml;
	char id[DRP_SDMX_ID], version[16];
};

typedef void each_cell(struct message *m, const struct sdmx_cell *cell);

static void walk(struct message *m, each_cell *each)
{
	const struct drp_cube *cube = m->view->cube;
	for (size_t i = 0; i < cube->n_rows; i++) {
		if (!drp_selected_row(cube, m->view->selection, &cube->row[i])) {
			continue;
		}
		for (int f = 0; f < DRP_FIGURES; f++) {
			struct sdmx_cell cell;
			if (!drp_selected(cube, m->view->selection, DRP_DIM_INDICATOR,
				    (size_t)f)) {
				continue;
			}
			for (size_t k = 0; k < cube->n_dims; k++) {
				int d = cube->dim[k];
				size_t code = d < DRP_DIM_INDICATOR ? cube->row[i].at[d]
					      : d == DRP_DIM_INDICATOR ? (size_t)f
								       : 0;
				cell.key[k] = cube->list[d].code[code].id;
			}
			cell.value = drp_cube_text(
				&cube->row[i], (enum drp_figure)f, &cell.status);
			cell.value = *cell.value ? cell.value : "NaN";
			each(m, &cell);
		}
	}
}

/* ---- headers ---- */

static void namespaces(struct message *m, enum drp_sdmx_data format)
{
	struct drp_xml_out *x = &m->xml;
	drp_xml_attribute(x, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
	drp_xml_attribute(x, "xmlns:message", SCHEMAS "message");
	drp_xml_attribute(x, "xmlns:common", SCHEMAS "common");
	if (format == DRP_SDMX_GENERIC) {
		drp_xml_attribute(x, "xmlns:generic", SCHEMAS "data/generic");
	} else {
		char urn[DRP_SDMX_ID + 128];
		snprintf(urn, sizeof urn,
			"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=%s:"
			"%s(%s):ObsLevelDim:TIME_PERIOD",
			DRP_SDMX_AGENCY, m->id, m->version);
		drp_xml_attribute(x, "xmlns:ss", SCHEMAS "data/structurespecific");
		drp_xml_attribute(x, "xmlns:ns1", urn);
	}
}

static void reference(struct message *m)
{
	struct drp_xml_out *x = &m->xml;
	drp_xml_open(x, "common:Structure");
	drp_xml_open(x, "Ref");
	drp_xml_attribute(x, "agencyID", DRP_SDMX_AGENCY);
	drp_xml_attribute(x, "id", m->id);
	drp_xml_attribute(x, "version", m->version);
	drp_xml_attribute(x, "class", "DataStructure");
	drp_xml_close(x);
	drp_xml_close(x);
}

/* What may be said of the figures, and how to cite them. All of the metadata stand with
 * the dataflow: the Python client sdmx1 cannot read a dataset that has annotations. */
static void source(struct message *m)
{
	const struct drp_publication *p = m->view->cube->publication;
	char citation[DRP_CITATION];
	drp_citation(p, citation);
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		drp_xml_open(&m->xml, "message:Source");
		drp_xml_attribute(&m->xml, "xml:lang", drp_language_code[l]);
		drp_xml_text(&m->xml, citation);
		drp_xml_text(&m->xml, " ");
		drp_xml_text(&m->xml,
			drp_publication_notice(p->manifest, drp_language_code[l]));
		drp_xml_close(&m->xml);
	}
}

/* Clients ask for the data structure that is called as structureID is. */
static void header(struct message *m, enum drp_sdmx_data format)
{
	struct drp_xml_out *x = &m->xml;
	char id[DRP_SDMX_ID + 24];
	snprintf(id, sizeof id, "%s_%u", m->id,
		m->view->cube->publication->edition->number);
	drp_xml_open(x, "message:Header");
	drp_xml_leaf(x, "message:ID", id);
	drp_xml_leaf(x, "message:Test", "false");
	drp_xml_leaf(x, "message:Prepared", m->view->cube->updated);
	drp_xml_open(x, "message:Sender");
	drp_xml_attribute(x, "id", DRP_SDMX_AGENCY);
	drp_xml_close(x);
	drp_xml_open(x, "message:Structure");
	drp_xml_attribute(x, "structureID", m->id);
	if (format == DRP_SDMX_STRUCTURE_SPECIFIC) {
		char urn[DRP_SDMX_ID + 128];
		snprintf(urn, sizeof urn,
			"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=%s:"
			"%s(%s):ObsLevelDim:TIME_PERIOD",
			DRP_SDMX_AGENCY, m->id, m->version);
		drp_xml_attribute(x, "namespace", urn);
	}
	drp_xml_attribute(x, "dimensionAtObservation", "TIME_PERIOD");
	reference(m);
	drp_xml_close(x);
	source(m);
	drp_xml_close(x);
}

/* ---- generic ---- */

static void generic_value(struct message *m, const char *id, const char *value)
{
	drp_xml_open(&m->xml, "generic:Value");
	drp_xml_attribute(&m->xml, "id", id);
	drp_xml_attribute(&m->xml, "value", value);
	drp_xml_close(&m->xml);
}

static void generic_observation(struct message *m, const struct sdmx_cell *cell)
{
	struct drp_xml_out *x = &m->xml;
	drp_xml_open(x, "generic:Obs");
	drp_xml_open(x, "generic:ObsDimension");
	drp_xml_attribute(x, "id", "TIME_PERIOD");
	drp_xml_attribute(x, "value", m->view->cube->period);
	drp_xml_close(x);
	drp_xml_open(x, "generic:ObsValue");
	drp_xml_attribute(x, "value", cell->value);
	drp_xml_close(x);
	if (m->detail == DRP_SDMX_FULL) {
		drp_xml_open(x, "generic:Attributes");
		generic_value(m, "OBS_STATUS", obs_status(cell->status));
		drp_xml_close(x);
	}
	drp_xml_close(x);
}

/* CONF_STATUS belongs to the series: rsdmx 0.6 stumbles over two attributes of one
 * observation (opensdmx/rsdmx, "length(x) = 2 > 1"). */
static void generic_series(struct message *m, const struct sdmx_cell *cell)
{
	const struct drp_cube *cube = m->view->cube;
	drp_xml_open(&m->xml, "generic:Series");
	drp_xml_open(&m->xml, "generic:SeriesKey");
	for (size_t k = 0; k + 1 < cube->n_dims; k++) {
		generic_value(m, drp_dim_label[cube->dim[k]].id, cell->key[k]);
	}
	drp_xml_close(&m->xml);
	if (m->detail == DRP_SDMX_FULL || m->detail == DRP_SDMX_NO_DATA) {
		drp_xml_open(&m->xml, "generic:Attributes");
		generic_value(m, "CONF_STATUS", conf_status(cell->status));
		drp_xml_close(&m->xml);
	}
	if (m->detail <= DRP_SDMX_DATA_ONLY) {
		generic_observation(m, cell);
	}
	drp_xml_close(&m->xml);
}

static void generic_message(struct message *m)
{
	drp_xml_open(&m->xml, "message:GenericData");
	namespaces(m, DRP_SDMX_GENERIC);
	header(m, DRP_SDMX_GENERIC);
	drp_xml_open(&m->xml, "message:DataSet");
	drp_xml_attribute(&m->xml, "structureRef", m->id);
	drp_xml_attribute(&m->xml, "action", "Replace");
	walk(m, generic_series);
	drp_xml_close(&m->xml);
	drp_xml_close(&m->xml);
}

/* ---- structure-specific ---- */

static void specific_series(struct message *m, const struct sdmx_cell *cell)
{
	const struct drp_cube *cube = m->view->cube;
	struct drp_xml_out *x = &m->xml;
	drp_xml_open(x, "Series");
	for (size_t k = 0; k + 1 < cube->n_dims; k++) {
		drp_xml_attribute(x, drp_dim_label[cube->dim[k]].id, cell->key[k]);
	}
	if (m->detail == DRP_SDMX_FULL || m->detail == DRP_SDMX_NO_DATA) {
		drp_xml_attribute(x, "CONF_STATUS", conf_status(cell->status));
	}
	if (m->detail <= DRP_SDMX_DATA_ONLY) {
		drp_xml_open(x, "Obs");
		drp_xml_attribute(x, "TIME_PERIOD", cube->period);
		drp_xml_attribute(x, "OBS_VALUE", cell->value);
		if (m->detail == DRP_SDMX_FULL) {
			drp_xml_attribute(x, "OBS_STATUS", obs_status(cell->status));
		}
		drp_xml_close(x);
	}
	drp_xml_close(x);
}

static void specific_message(struct message *m)
{
	drp_xml_open(&m->xml, "message:StructureSpecificData");
	namespaces(m, DRP_SDMX_STRUCTURE_SPECIFIC);
	header(m, DRP_SDMX_STRUCTURE_SPECIFIC);
	drp_xml_open(&m->xml, "message:DataSet");
	drp_xml_attribute(&m->xml, "ss:dataScope", "DataStructure");
	drp_xml_attribute(&m->xml, "xsi:type", "ns1:DataSetType");
	drp_xml_attribute(&m->xml, "ss:structureRef", m->id);
	drp_xml_attribute(&m->xml, "ss:action", "Replace");
	walk(m, specific_series);
	drp_xml_close(&m->xml);
	drp_xml_close(&m->xml);
}

/* ---- CSV ---- */

static void csv_line(struct message *m, const struct sdmx_cell *cell)
{
	const size_t n = m->view->cube->n_dims;
	const char *fields[DRP_DIMS + 6];
	char flow[DRP_SDMX_ID + 48];
	snprintf(flow, sizeof flow, "%s:%s(%s)", DRP_SDMX_AGENCY, m->id, m->version);
	fields[0] = "dataflow";
	fields[1] = flow;
	fields[2] = "I";
	for (size_t k = 0; k < n; k++) {
		fields[3 + k] = cell->key[k];
	}
	fields[3 + n] = cell->value;
	fields[4 + n] = obs_status(cell->status);
	fields[5 + n] = conf_status(cell->status);
	drp_csv_line(m->xml.out, fields, 6 + n);
}

static void csv_message(struct message *m)
{
	const size_t n = m->view->cube->n_dims;
	const char *fields[DRP_DIMS + 6] = {"STRUCTURE", "STRUCTURE_ID", "ACTION"};
	for (size_t k = 0; k < n; k++) {
		fields[3 + k] = drp_dim_label[m->view->cube->dim[k]].id;
	}
	fields[3 + n] = "OBS_VALUE";
	fields[4 + n] = "OBS_STATUS";
	fields[5 + n] = "CONF_STATUS";
	drp_csv_line(m->xml.out, fields, 6 + n);
	walk(m, csv_line);
}

enum drp_err drp_sdmx_data(const struct drp_view *view, enum drp_sdmx_data format,
	enum drp_sdmx_detail detail, struct drp_buf *out)
{
	struct message m = {.view = view, .detail = detail, .xml = {.out = out}};
	drp_sdmx_id(view->cube->publication, view->cube->table, m.id);
	drp_sdmx_version(view->cube->publication, m.version);
	if (format == DRP_SDMX_CSV) {
		csv_message(&m);
		return out->failed ? DRP_E_NOMEM : DRP_OK;
	}
	drp_xml_begin(&m.xml, out);
	if (format == DRP_SDMX_GENERIC) {
		generic_message(&m);
	} else {
		specific_message(&m);
	}
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
