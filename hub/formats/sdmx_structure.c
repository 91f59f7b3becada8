/* SPDX-License-Identifier: Apache-2.0 */
#include "hub/formats/sdmx.h"
#include "hub/formats/xml_out.h"
#include "proto/base/alloc.h"

#include <stdio.h>
#include <string.h>

#define SCHEMAS	    "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
#define CONCEPTS    "CS_DREMPEL"
#define OBS_STATUS  "CL_OBS_STATUS"
#define CONF_STATUS "CL_CONF_STATUS"

struct writer {
	struct drp_xml_out xml;
	const struct drp_cube *const *cubes;
	size_t n_cubes, n; /* objects written */
	const struct drp_sdmx_wanted *wanted;
};

static void names(struct drp_xml_out *x, const char *const text[DRP_API_LANGUAGES])
{
	for (int l = 0; l < DRP_API_LANGUAGES; l++) {
		drp_xml_open(x, "common:Name");
		drp_xml_attribute(x, "xml:lang", drp_language_code[l]);
		drp_xml_text(x, text[l]);
		drp_xml_close(x);
	}
}

/* Begins an object that has agency and version. */
static void maintainable(
	struct writer *w, const char *element, const char *id, const char *version)
{
	drp_xml_open(&w->xml, element);
	drp_xml_attribute(&w->xml, "id", id);
	drp_xml_attribute(&w->xml, "agencyID", DRP_SDMX_AGENCY);
	drp_xml_attribute(&w->xml, "version", version);
	drp_xml_attribute(&w->xml, "isFinal", "true");
	w->n++;
}

static void reference(struct drp_xml_out *x, const char *id, const char *version,
	const char *package, const char *class)
{
	drp_xml_open(x, "Ref");
	drp_xml_attribute(x, "id", id);
	drp_xml_attribute(x, "version", version);
	drp_xml_attribute(x, "agencyID", DRP_SDMX_AGENCY);
	drp_xml_attribute(x, "package", package);
	drp_xml_attribute(x, "class", class);
	drp_xml_close(x);
}

static int flow_wanted(const struct writer *w, const struct drp_cube *cube)
{
	char id[DRP_SDMX_ID];
	drp_sdmx_id(cube->publication, cube->table, id);
	return !w->wanted->flow || strcmp(w->wanted->flow, id) == 0;
}

/* ---- dataflows ---- */

static void annotate(void *self, const char *path, const char *text)
{
	struct drp_xml_out *x = self;
	drp_xml_open(x, "common:Annotation");
	drp_xml_leaf(x, "common:AnnotationType", path);
	drp_xml_open(x, "common:AnnotationText");
	drp_xml_attribute(x, "xml:lang", "en");
	drp_xml_text(x, text);
	drp_xml_close(x);
	drp_xml_close(x);
}

static void dataflow(struct writer *w, const struct drp_cube *cube)
{
	struct drp_xml_out *x = &w->xml;
	char id[DRP_SDMX_ID], version[16];
	drp_sdmx_id(cube->publication, cube->table, id);
	drp_sdmx_version(cube->publication, version);
	maintainable(w, "structure:Dataflow", id, version);
	drp_xml_open(x, "common:Annotations");
	if (drp_metadata_facts(cube->publication, annotate, x) != DRP_OK) {
		x->out->failed = 1;
	}
	drp_xml_close(x);
	names(x, cube->title);
	drp_xml_open(x, "structure:Structure");
	reference(x, id, version, "datastructure", "DataStructure");
	drp_xml_close(x);
	drp_xml_close(x);
}

/* ---- data structures ---- */

static void concept_identity(struct drp_xml_out *x, const char *id)
{
	drp_xml_open(x, "structure:ConceptIdentity");
	drp_xml_open(x, "Ref");
	drp_xml_attribute(x, "id", id);
	drp_xml_attribute(x, "maintainableParentID", CONCEPTS);
	drp_xml_attribute(x, "maintainableParentVersion", "1.0");
	drp_xml_attribute(x, "agencyID", DRP_SDMX_AGENCY);
	drp_xml_attribute(x, "package", "conceptscheme");
	drp_xml_attribute(x, "class", "Concept");
	drp_xml_close(x);
	drp_xml_close(x);
}

static void coded(struct drp_xml_out *x, const char *codelist, const char *version)
{
	drp_xml_open(x, "structure:LocalRepresentation");
	drp_xml_open(x, "structure:Enumeration");
	reference(x, codelist, version, "codelist", "Codelist");
	drp_xml_close(x);
	drp_xml_close(x);
}

static void dimensions(struct writer *w, const struct drp_cube *cube, const char *version)
{
	struct drp_xml_out *x = &w->xml;
	drp_xml_open(x, "structure:DimensionList");
	drp_xml_attribute(x, "id", "DimensionDescriptor");
	for (size_t k = 0; k < cube->n_dims; k++) {
		enum drp_dim d = cube->dim[k];
		char position[16], codelist[DRP_SDMX_ID];
		snprintf(position, sizeof position, "%zu", k + 1);
		drp_xml_open(x, d == DRP_DIM_TIME ? "structure:TimeDimension"
						  : "structure:Dimension");
		drp_xml_attribute(x, "id", drp_dim_label[d].id);
		drp_xml_attribute(x, "position", position);
		concept_identity(x, drp_dim_label[d].id);
		if (d == DRP_DIM_TIME) {
			drp_xml_open(x, "structure:LocalRepresentation");
			drp_xml_open(x, "structure:TextFormat");
			drp_xml_attribute(x, "textType", "ObservationalTimePeriod");
			drp_xml_close(x);
			drp_xml_close(x);
		} else {
			drp_sdmx_codelist_id(cube->publication, d, codelist);
			coded(x, codelist, version);
		}
		drp_xml_close(x);
	}
	drp_xml_close(x);
}

static void local_reference(struct drp_xml_out *x, const char *element, const char *id)
{
	drp_xml_open(x, element);
	drp_xml_open(x, "Ref");
	drp_xml_attribute(x, "id", id);
	drp_xml_close(x);
	drp_xml_close(x);
}

/* OBS_STATUS belongs to the value, CONF_STATUS to the series. */
static void attributes(struct drp_xml_out *x, const struct drp_cube *cube)
{
	static const struct {
		const char *id, *codelist;
	} attribute[] = {{"OBS_STATUS", OBS_STATUS}, {"CONF_STATUS", CONF_STATUS}};
	drp_xml_open(x, "structure:AttributeList");
	drp_xml_attribute(x, "id", "AttributeDescriptor");
	for (int i = 0; i < 2; i++) {
		drp_xml_open(x, "structure:Attribute");
		drp_xml_attribute(x, "id", attribute[i].id);
		drp_xml_attribute(x, "assignmentStatus", "Mandatory");
		concept_identity(x, attribute[i].id);
		coded(x, attribute[i].codelist, "1.0");
		drp_xml_open(x, "structure:AttributeRelationship");
		if (i == 0) {
			local_reference(x, "structure:PrimaryMeasure", "OBS_VALUE");
		}
		for (size_t k = 0; i == 1 && k + 1 < cube->n_dims; k++) {
			local_reference(
				x, "structure:Dimension", drp_dim_label[cube->dim[k]].id);
		}
		drp_xml_close(x);
		drp_xml_close(x);
	}
	drp_xml_close(x);
}

static void data_structure(struct writer *w, const struct drp_cube *cube)
{
	struct drp_xml_out *x = &w->xml;
	char id[DRP_SDMX_ID], version[16];
	drp_sdmx_id(cube->publication, cube->table, id);
	drp_sdmx_version(cube->publication, version);
	maintainable(w, "structure:DataStructure", id, version);
	names(x, cube->title);
	drp_xml_open(x, "structure:DataStructureComponents");
	dimensions(w, cube, version);
	attributes(x, cube);
	drp_xml_open(x, "structure:MeasureList");
	drp_xml_attribute(x, "id", "MeasureDescriptor");
	drp_xml_open(x, "structure:PrimaryMeasure");
	drp_xml_attribute(x, "id", "OBS_VALUE");
	concept_identity(x, "OBS_VALUE");
	drp_xml_open(x, "structure:LocalRepresentation");
	drp_xml_open(x, "structure:TextFormat");
	drp_xml_attribute(x, "textType", "Double");
	drp_xml_close(x);
	drp_xml_close(x);
	drp_xml_close(x);
	drp_xml_close(x);
	drp_xml_close(x);
	drp_xml_close(x);
}

/* ---- concepts and code lists ---- */

static void concept(
	struct drp_xml_out *x, const char *id, const char *const text[DRP_API_LANGUAGES])
{
	drp_xml_open(x, "structure:Concept");
	drp_xml_attribute(x, "id", id);
	names(x, text);
	drp_xml_close(x);
}

static void concepts(struct writer *w)
{
	static const char *const title[DRP_API_LANGUAGES] = {"Begrippen van Drempel",
		"Concepts de Drempel", "Konzepte von Drempel", "Concepts of Drempel"};
	static const struct drp_label others[] = {
		{"OBS_VALUE", {"waarde", "valeur", "Wert", "value"}},
		{"OBS_STATUS", {"status van de waarde", "statut de la valeur",
				       "Status des Werts", "observation status"}},
		{"CONF_STATUS", {"vertrouwelijkheid", "confidentialité",
					"Vertraulichkeit", "confidentiality status"}},
	};
	maintainable(w, "structure:ConceptScheme", CONCEPTS, "1.0");
	names(&w->xml, title);
	for (int d = 0; d < DRP_DIMS; d++) {
		concept(&w->xml, drp_dim_label[d].id, drp_dim_label[d].in);
	}
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		concept(&w->xml, others[i].code, others[i].in);
	}
	drp_xml_close(&w->xml);
}

static void fixed_codelist(struct writer *w, const char *id,
	const char *const title[DRP_API_LANGUAGES], const struct drp_label *code,
	size_t n)
{
	maintainable(w, "structure:Codelist", id, "1.0");
	names(&w->xml, title);
	for (size_t i = 0; i < n; i++) {
		drp_xml_open(&w->xml, "structure:Code");
		drp_xml_attribute(&w->xml, "id", code[i].code);
		names(&w->xml, code[i].in);
		drp_xml_close(&w->xml);
	}
	drp_xml_close(&w->xml);
}

static void status_codelists(struct writer *w)
{
	static const char *const obs_title[] = {"Status van de waarde",
		"Statut de la valeur", "Status des Werts", "Observation status"};
	static const char *const conf_title[] = {"Vertrouwelijkheid", "Confidentialité",
		"Vertraulichkeit", "Confidentiality status"};
	static const struct drp_label obs[] = {
		{"A", {"normaal", "normale", "normal", "normal"}},
		{"L", {"niet verzameld in deze campagne",
			      "non recueillie dans cette campagne",
			      "in dieser Kampagne nicht erhoben",
			      "missing: not collected in this campaign"}},
		{"M", {"kan niet bestaan", "ne peut exister", "kann nicht bestehen",
			      "missing: cannot exist"}},
		{"Q", {"onderdrukt", "supprimée", "unterdrückt", "missing: suppressed"}},
		{"U", {"niet betrouwbaar", "peu fiable", "unzuverlässig",
			      "low reliability"}},
	};
	static const struct drp_label conf[] = {
		{"C", {"vertrouwelijk", "confidentielle", "vertraulich", "confidential"}},
		{"F", {"vrij", "libre", "frei", "free"}},
	};
	const char *id = w->wanted->codelist;
	if (!id || strcmp(id, OBS_STATUS) == 0) {
		fixed_codelist(w, OBS_STATUS, obs_title, obs, sizeof obs / sizeof obs[0]);
	}
	if (!id || strcmp(id, CONF_STATUS) == 0) {
		fixed_codelist(
			w, CONF_STATUS, conf_title, conf, sizeof conf / sizeof conf[0]);
	}
}

static void codelist(
	struct writer *w, const struct drp_cube *cube, enum drp_dim d, const char *id)
{
	const struct drp_cube_list *list = &cube->list[d];
	char version[16];
	drp_sdmx_version(cube->publication, version);
	const struct drp_sdmx_region *region = w->wanted->region;
	maintainable(w, "structure:Codelist", id, version);
	if (region) {
		drp_xml_attribute(&w->xml, "isPartial", "true");
	}
	names(&w->xml, drp_dim_label[d].in);
	for (size_t i = 0; i < list->n; i++) {
		if (region && !drp_selected(cube, &region->there, d, i)) {
			continue;
		}
		drp_xml_open(&w->xml, "structure:Code");
		drp_xml_attribute(&w->xml, "id", list->code[i].id);
		names(&w->xml, list->code[i].name);
		drp_xml_close(&w->xml);
	}
	drp_xml_close(&w->xml);
}

/* Whether an earlier table in the message has the same list. */
static int written_before(const struct writer *w, size_t k, enum drp_dim d)
{
	for (size_t i = 0; i < k; i++) {
		if (flow_wanted(w, w->cubes[i]) && drp_cube_has(w->cubes[i], d) &&
			w->cubes[i]->publication == w->cubes[k]->publication) {
			return 1;
		}
	}
	return 0;
}

static void codelists(struct writer *w)
{
	for (size_t k = 0; k < w->n_cubes; k++) {
		const struct drp_cube *cube = w->cubes[k];
		for (int d = 0; flow_wanted(w, cube) && d < DRP_DIM_TIME; d++) {
			char id[DRP_SDMX_ID];
			drp_sdmx_codelist_id(cube->publication, (enum drp_dim)d, id);
			if (drp_cube_has(cube, (enum drp_dim)d) &&
				!written_before(w, k, (enum drp_dim)d) &&
				(!w->wanted->codelist ||
					strcmp(w->wanted->codelist, id) == 0)) {
				codelist(w, cube, (enum drp_dim)d, id);
			}
		}
	}
	status_codelists(w);
}

/* ---- constraints ---- */

static void metric(struct drp_xml_out *x, const char *id, size_t n)
{
	char number[24];
	snprintf(number, sizeof number, "%zu", n);
	drp_xml_open(x, "common:Annotation");
	drp_xml_attribute(x, "id", id);
	drp_xml_leaf(x, "common:AnnotationTitle", number);
	drp_xml_leaf(x, "common:AnnotationType", "sdmx_metrics");
	drp_xml_close(x);
}

static void key_value(struct drp_xml_out *x, const struct drp_cube *cube,
	const struct drp_selection *there, enum drp_dim d)
{
	drp_xml_open(x, "common:KeyValue");
	drp_xml_attribute(x, "id", drp_dim_label[d].id);
	if (d == DRP_DIM_TIME) {
		drp_xml_open(x, "common:TimeRange");
		drp_xml_leaf(x, "common:StartPeriod", cube->period);
		drp_xml_leaf(x, "common:EndPeriod", cube->period);
		drp_xml_close(x);
	}
	for (size_t i = 0; d != DRP_DIM_TIME && i < cube->list[d].n; i++) {
		if (drp_selected(cube, there, d, i)) {
			drp_xml_leaf(x, "common:Value", cube->list[d].code[i].id);
		}
	}
	drp_xml_close(x);
}

/* Every series has one observation, so there are as many of both. */
static void constraint_of(struct writer *w, const struct drp_cube *cube,
	const struct drp_sdmx_region *region)
{
	struct drp_xml_out *x = &w->xml;
	char id[DRP_SDMX_ID], flow[DRP_SDMX_ID], version[16];
	drp_sdmx_constraint_id(cube->publication, cube->table, id);
	drp_sdmx_id(cube->publication, cube->table, flow);
	drp_sdmx_version(cube->publication, version);
	maintainable(w, "structure:ContentConstraint", id, version);
	drp_xml_attribute(x, "type", "Actual");
	drp_xml_open(x, "common:Annotations");
	metric(x, "series_count", region->series);
	metric(x, "obs_count", region->series);
	drp_xml_close(x);
	names(x, cube->title);
	drp_xml_open(x, "structure:ConstraintAttachment");
	drp_xml_open(x, "structure:Dataflow");
	reference(x, flow, version, "datastructure", "Dataflow");
	drp_xml_close(x);
	drp_xml_close(x);
	drp_xml_open(x, "structure:CubeRegion");
	drp_xml_attribute(x, "include", "true");
	for (size_t k = 0; k < cube->n_dims; k++) {
		enum drp_dim d = cube->dim[k];
		if ((region->component < 0 || region->component == (int)d) &&
			drp_selected_codes(cube, &region->there, d) > 0) {
			key_value(x, cube, &region->there, d);
		}
	}
	drp_xml_close(x);
	drp_xml_close(x);
}

static void constraint(struct writer *w, const struct drp_cube *cube)
{
	struct both {
		struct drp_selection all;
		struct drp_sdmx_region region;
	} * whole;
	if (w->wanted->region) {
		constraint_of(w, cube, w->wanted->region);
		return;
	}
	whole = drp_alloc(1, sizeof *whole);
	if (!whole) {
		w->xml.out->failed = 1;
		return;
	}
	drp_select_all(cube, &whole->all);
	drp_sdmx_region_make(cube, &whole->all, DRP_SDMX_EXACT, &whole->region);
	whole->region.component = -1;
	constraint_of(w, cube, &whole->region);
	drp_free(whole);
}

/* ---- the message ---- */

static void header(struct writer *w)
{
	struct drp_xml_out *x = &w->xml;
	drp_xml_open(x, "message:Header");
	drp_xml_leaf(x, "message:ID", "DREMPEL_STRUCTURE");
	drp_xml_leaf(x, "message:Test", "false");
	drp_xml_leaf(x, "message:Prepared",
		w->n_cubes ? w->cubes[0]->updated : "1970-01-01T00:00:00Z");
	drp_xml_open(x, "message:Sender");
	drp_xml_attribute(x, "id", DRP_SDMX_AGENCY);
	drp_xml_close(x);
	drp_xml_close(x);
}

static void all_of(struct writer *w, const char *element,
	void (*write)(struct writer *w, const struct drp_cube *cube))
{
	drp_xml_open(&w->xml, element);
	for (size_t i = 0; i < w->n_cubes; i++) {
		if (flow_wanted(w, w->cubes[i])) {
			write(w, w->cubes[i]);
		}
	}
	drp_xml_close(&w->xml);
}

static void structures(struct writer *w)
{
	if (w->wanted->parts & DRP_SDMX_FLOWS) {
		all_of(w, "structure:Dataflows", dataflow);
	}
	if (w->wanted->parts & DRP_SDMX_CODELISTS) {
		drp_xml_open(&w->xml, "structure:Codelists");
		codelists(w);
		drp_xml_close(&w->xml);
	}
	if (w->wanted->parts & DRP_SDMX_CONCEPTS) {
		drp_xml_open(&w->xml, "structure:Concepts");
		concepts(w);
		drp_xml_close(&w->xml);
	}
	if (w->wanted->parts & DRP_SDMX_STRUCTURES) {
		all_of(w, "structure:DataStructures", data_structure);
	}
	if (w->wanted->parts & DRP_SDMX_CONSTRAINTS) {
		all_of(w, "structure:Constraints", constraint);
	}
}

enum drp_err drp_sdmx_structure(const struct drp_cube *const *cubes, size_t n_cubes,
	const struct drp_sdmx_wanted *wanted, struct drp_buf *out, size_t *n)
{
	struct writer w = {.cubes = cubes, .n_cubes = n_cubes, .wanted = wanted};
	struct drp_xml_out *x = &w.xml;
	drp_xml_begin(x, out);
	drp_xml_open(x, "message:Structure");
	drp_xml_attribute(x, "xmlns:message", SCHEMAS "message");
	drp_xml_attribute(x, "xmlns:structure", SCHEMAS "structure");
	drp_xml_attribute(x, "xmlns:common", SCHEMAS "common");
	header(&w);
	drp_xml_open(x, "message:Structures");
	structures(&w);
	drp_xml_close(x);
	drp_xml_close(x);
	*n = w.n;
	return out->failed ? DRP_E_NOMEM : DRP_OK;
}
